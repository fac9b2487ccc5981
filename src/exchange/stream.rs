//! Lines in, lines out: in the order of the input, in parallel, with a bounded number of lines in memory.

use std::io::{self, BufRead, Write};

use chrono::NaiveDate;
use rayon::prelude::*;

use super::dossier::{Alone, Reader};
use super::error::{Fault, LineError};
use super::part::{Gathered, Part, Reviewed};
use crate::checks::case::{BatchContext, Lang};
use crate::checks::finding::Outcome;
use crate::law::Rules;
use crate::model::{Level, Problem};
use crate::report::json;
use crate::review::Totals;
use crate::review::run::review_alone;

/// So many lines, or bytes, are worked on at a time.
const LINES: usize = 1024;
const BYTES: usize = 16 << 20;
/// A longer line is no dossier: a person with a row a month for a hundred years has a tenth of it.
const LONGEST: u64 = 16 << 20;

/// A line with its number in the input.
struct Numbered {
    line: u64,
    text: Vec<u8>,
}

/// Reads the next lines; empty at the end of the input. Lines of white space alone are passed over.
fn chunk(input: &mut dyn BufRead, line: &mut u64) -> io::Result<Vec<Result<Numbered, LineError>>> {
    let mut out = Vec::new();
    let mut bytes = 0;
    while out.len() < LINES && bytes < BYTES {
        let mut text = Vec::new();
        let read = io::Read::take(&mut *input, LONGEST).read_until(b'\n', &mut text)? as u64;
        if read == 0 {
            break;
        }
        *line += 1;
        if read == LONGEST && text.last() != Some(&b'\n') {
            input.skip_until(b'\n')?;
            let fault = Fault::new("", "超过16 MiB，不是案卷", "is longer than 16 MiB: no dossier");
            out.push(Err(LineError { line: *line, fault }));
            continue;
        }
        if *line == 1 && text.starts_with(b"\xef\xbb\xbf") {
            text.drain(..3);
        }
        bytes += text.len();
        if !text.iter().all(u8::is_ascii_whitespace) {
            out.push(Ok(Numbered { line: *line, text }));
        }
    }
    Ok(out)
}

/// Gives every chunk of the input, read in parallel, to `take`.
fn each<T: Send>(
    input: &mut dyn BufRead,
    work: impl Fn(&Numbered) -> Result<T, Fault> + Sync,
    mut take: impl FnMut(Vec<Result<T, LineError>>) -> io::Result<()>,
) -> io::Result<()> {
    let mut line = 0;
    loop {
        let read = chunk(input, &mut line)?;
        if read.is_empty() {
            // A chunk of blank lines is empty too.
            if input.fill_buf()?.is_empty() {
                return Ok(());
            }
            continue;
        }
        let done = read.into_par_iter().map(|numbered| {
            let numbered = numbered?;
            work(&numbered).map_err(|fault| LineError { line: numbered.line, fault })
        });
        take(done.collect())?;
    }
}

/// How lines are reviewed.
#[derive(Clone, Copy)]
pub struct Review<'a> {
    /// The law.
    pub rules: &'a Rules,
    /// The day of the review.
    pub as_of: NaiveDate,
    /// The language of messages.
    pub lang: Lang,
    /// Only these checks; everything where empty.
    pub only: &'a [String],
    /// The mildest outcome that is written.
    pub min_outcome: Outcome,
    /// What the rest of the batch says.
    pub part: Option<&'a Part>,
}

/// What one line came to.
struct Done {
    lines: Vec<u8>,
    /// With the problems that are not the dossier's own: those came with the line.
    totals: Totals,
    errors: bool,
    presence: std::sync::Arc<crate::model::Presence>,
}

impl Review<'_> {
    fn line(&self, reader: &Reader, text: &[u8]) -> Result<Done, Fault> {
        let Alone { dossier, presence, sources } = reader.read(text)?;
        let batch = BatchContext {
            rules: self.rules,
            sources: &sources,
            presence: &presence,
            as_of: self.as_of,
            lang: self.lang,
            aggregate: self.part.and_then(|p| p.gathered.as_ref()).map(|g| &g.batch),
        };
        let cases = review_alone(&dossier, &batch, self.only);
        let mut lines = Vec::new();
        for case in &cases {
            json::write_case(case, &sources, self.min_outcome, &mut lines)
                .map_err(|e| Fault::new("", e.to_string(), e.to_string()))?;
        }
        let mut totals = Totals::of(&cases);
        totals.problems.retain(|p| !dossier.problems.contains(p));
        let errors = dossier.problems.iter().any(|p| p.level == Level::Error);
        Ok(Done { lines, totals, errors, presence })
    }

    /// Reviews every line of the input and writes one line a case. `problem` gets lines that could not be read, which have no
    /// review, and what the reviews noticed about the input.
    ///
    /// # Errors
    /// Only what reading and writing report.
    pub fn run(
        &self,
        input: &mut dyn BufRead,
        out: &mut dyn Write,
        mut problem: impl FnMut(Problem) -> io::Result<()>,
    ) -> io::Result<Reviewed> {
        let reader = self.part.map_or_else(Reader::default, Part::reader);
        let mut reviewed = Reviewed::new(self.as_of, self.only);
        each(
            input,
            |numbered| self.line(&reader, &numbered.text),
            |chunk| {
                for done in chunk {
                    match done {
                        Ok(mut done) => {
                            out.write_all(&done.lines)?;
                            let problems = std::mem::take(&mut done.totals.problems);
                            reviewed.add(&done.presence, done.totals, done.errors);
                            problems.into_iter().try_for_each(&mut problem)?;
                        }
                        Err(error) => {
                            reviewed.unread += 1;
                            problem(error.problem())?;
                        }
                    }
                }
                out.flush()
            },
        )?;
        Ok(reviewed)
    }
}

/// Gathers what the dossiers of the input say together. Lines that cannot be read are given back instead: what lacks a
/// person would be wrong about the others too.
///
/// # Errors
/// Only what reading reports.
pub fn gather(input: &mut dyn BufRead, rules: &Rules) -> io::Result<Result<Part, Vec<LineError>>> {
    let reader = Reader::growing();
    let mut gathered = Gathered::default();
    let mut bad = Vec::new();
    each(
        input,
        |numbered| {
            let alone = reader.read(&numbered.text)?;
            let mut one = Gathered::default();
            one.add(&alone.dossier, &alone.presence, rules);
            Ok(one)
        },
        |chunk| {
            for one in chunk {
                match one {
                    Ok(one) => gathered = std::mem::take(&mut gathered).merge(one),
                    Err(error) if bad.len() < LINES => bad.push(error),
                    Err(_) => {}
                }
            }
            Ok(())
        },
    )?;
    Ok(if bad.is_empty() { Ok(Part::of_dossiers(rules, &reader, gathered)) } else { Err(bad) })
}
