//! What parts of a batch know about the whole, as one line of JSON each. Parts merge in any order and any grouping to the same
//! line: first those gathered from dossiers, which every review needs, then those gathered from reviews, which the
//! batch-wide findings and the summary need.

use std::collections::BTreeMap;
use std::io::{self, Write};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::SCHEMA;
use super::dossier::{self, Key, Reader, SourceLine, key};
use super::error::Fault;
use crate::checks::case::{BatchContext, Lang};
use crate::checks::finding::Outcome;
use crate::law::Rules;
use crate::model::value::SheetSource;
use crate::model::{CellRef, Dossier, Presence, SheetKind, Sources};
use crate::review::patterns::{Rates, batch_findings};
use crate::review::run::not_examined_without;
use crate::review::{Aggregate, BatchFinding, NotExamined, Totals, Verdict};

/// A part, or several merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Digest of the rules: parts under different rules are not merged.
    rules: String,
    /// The sheets that cells refer to, with their ids, in order.
    sheets: Vec<(u16, SheetSource)>,
    /// From dossiers.
    pub gathered: Option<Gathered>,
    /// From reviews.
    pub reviewed: Option<Reviewed>,
}

fn absent(presence: &Presence) -> impl Iterator<Item = SheetKind> {
    SheetKind::ALL.into_iter().filter(|kind| !presence.has(*kind))
}

fn add(without: &mut BTreeMap<SheetKind, u64>, more: impl IntoIterator<Item = (SheetKind, u64)>) {
    more.into_iter().for_each(|(kind, n)| *without.entry(kind).or_default() += n);
}

fn add_four(mine: &mut [u64; 4], more: [u64; 4]) {
    mine.iter_mut().zip(more).for_each(|(a, b)| *a += b);
}

/// What dossiers say together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Gathered {
    /// How many there were.
    pub dossiers: u64,
    /// How many of them lack a sheet.
    pub without: BTreeMap<SheetKind, u64>,
    /// What a review needs from the rest of the batch.
    pub batch: Aggregate,
}

impl Gathered {
    /// Takes in a dossier.
    pub fn add(&mut self, dossier: &Dossier, presence: &Presence, rules: &Rules) {
        self.dossiers += 1;
        add(&mut self.without, absent(presence).map(|kind| (kind, 1)));
        self.batch.add(dossier, rules);
    }

    /// Both together.
    #[must_use]
    pub fn merge(mut self, other: Gathered) -> Gathered {
        self.dossiers += other.dossiers;
        add(&mut self.without, other.without);
        Gathered { batch: self.batch.merge(other.batch), ..self }
    }
}

/// What reviews say together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Reviewed {
    /// The day of the reviews.
    pub as_of: NaiveDate,
    /// The checks that were run; all of them where empty.
    pub only: Vec<String>,
    /// Lines that could not be read.
    pub unread: u64,
    /// How many dossiers were reviewed.
    pub dossiers: u64,
    /// How many of them lack a sheet.
    pub without: BTreeMap<SheetKind, u64>,
    /// Cases.
    pub cases: u64,
    /// Cases of each verdict: unlawful, suspect, unverified, clear.
    pub by_verdict: [u64; 4],
    /// Cases of each outcome, by check: violation, risk, unverified, pass.
    pub by_check: BTreeMap<String, [u64; 4]>,
    /// Whether an error stands in a dossier: then the whole is not clear.
    pub errors: bool,
    /// Proposals at the first lawful moment and at the cap.
    pub rates: Rates,
}

impl Reviewed {
    /// Nothing yet.
    pub fn new(as_of: NaiveDate, only: &[String]) -> Reviewed {
        Reviewed {
            as_of,
            only: only.to_vec(),
            unread: 0,
            dossiers: 0,
            without: BTreeMap::new(),
            cases: 0,
            by_verdict: [0; 4],
            by_check: BTreeMap::new(),
            errors: false,
            rates: Rates::default(),
        }
    }

    /// Takes in what a dossier came to.
    pub fn add(&mut self, presence: &Presence, totals: Totals, errors: bool) {
        self.dossiers += 1;
        add(&mut self.without, absent(presence).map(|kind| (kind, 1)));
        self.errors |= errors;
        self.cases += totals.cases as u64;
        add_four(&mut self.by_verdict, totals.by_verdict.map(|n| n as u64));
        for (check, counts) in totals.by_check {
            match self.by_check.get_mut(check) {
                Some(mine) => add_four(mine, counts),
                None => {
                    self.by_check.insert(check.to_owned(), counts);
                }
            }
        }
        self.rates.merge(totals.rates);
    }

    fn merge(mut self, other: Reviewed) -> Result<Reviewed, Differs> {
        if self.as_of != other.as_of {
            return Err(Differs::AsOf(self.as_of, other.as_of));
        }
        if self.only != other.only {
            return Err(Differs::Only);
        }
        self.unread += other.unread;
        self.dossiers += other.dossiers;
        add(&mut self.without, other.without);
        self.cases += other.cases;
        self.errors |= other.errors;
        add_four(&mut self.by_verdict, other.by_verdict);
        for (check, counts) in other.by_check {
            add_four(self.by_check.entry(check).or_default(), counts);
        }
        self.rates.merge(other.rates);
        Ok(self)
    }

    /// How many cases are not clear.
    pub fn not_clear(&self) -> u64 {
        self.cases - self.by_verdict[Verdict::Clear as usize].min(self.cases)
    }
}

/// Why two parts are not parts of one batch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Differs {
    /// Made under different rules.
    #[error("the parts were made under different rules")]
    Rules,
    /// Reviewed on different days.
    #[error("the parts were reviewed as of different days: {0} and {1}")]
    AsOf(NaiveDate, NaiveDate),
    /// Reviewed by different checks.
    #[error("the parts were reviewed by different checks (--only)")]
    Only,
    /// More sheets than can be numbered.
    #[error("the parts have too many sheets together: at most 65534")]
    Sheets,
}

impl Differs {
    /// In Chinese.
    pub fn zh(&self) -> String {
        match self {
            Differs::Rules => "各部分所用的规则不同，不能合并".to_owned(),
            Differs::AsOf(a, b) => format!("各部分的审查日期不同（{a}、{b}），不能合并"),
            Differs::Only => "各部分执行的检查项（--only）不同，不能合并".to_owned(),
            Differs::Sheets => "各部分的表合起来太多：最多65534张".to_owned(),
        }
    }
}

// ---- as a line ------------------------------------------------------------------------------------------------------

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Part"))]
#[serde(deny_unknown_fields)]
pub(super) struct PartLine {
    /// Version of this shape.
    schema: u32,
    /// Digest of the rules.
    rules_digest: String,
    /// The sheets that cells refer to: the first number of a cell counts them, from 0.
    sources: Vec<SourceLine>,
    /// What the dossiers say together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gathered: Option<Gathered>,
    /// What the reviews say together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reviewed: Option<Reviewed>,
}

impl Part {
    /// A part gathered from dossiers that `reader` read.
    pub(super) fn of_dossiers(rules: &Rules, reader: &Reader, gathered: Gathered) -> Part {
        let part =
            Part { rules: rules.digest.clone(), sheets: reader.sheets(), gathered: Some(gathered), reviewed: None };
        part.in_order()
    }

    /// A part gathered from reviews, whose cells are in the sheets of what the dossiers said together. Only those sheets are
    /// kept that it names; without the others' sheets its cells mean nothing, and are left out.
    pub fn of_reviews(whole: Option<&Part>, rules: &Rules, reviewed: Reviewed) -> Part {
        let all = whole.map_or(&[][..], |part| part.sheets.as_slice());
        let used: Vec<u16> = reviewed.rates.sheets().into_iter().filter(|n| usize::from(*n) < all.len()).collect();
        let at: BTreeMap<u16, u16> = used.iter().copied().zip(0..).collect();
        let sheets = used.iter().filter_map(|n| all.get(usize::from(*n)).cloned()).collect();
        let rates = reviewed.rates.map_cells(&|cell| moved(cell, |sheet| at.get(&sheet).copied()));
        Part { rules: rules.digest.clone(), sheets, gathered: None, reviewed: Some(Reviewed { rates, ..reviewed }) }
    }

    /// With its sheets in a fixed order, whatever the order in which they were met.
    fn in_order(self) -> Part {
        let mut order: Vec<(Key, u16)> = self.sheets.iter().zip(0..).map(|((id, s), at)| (key(*id, s), at)).collect();
        order.sort_unstable();
        let mut to = vec![0; order.len()];
        for ((_, from), now) in order.iter().zip(0..) {
            to[usize::from(*from)] = now;
        }
        let sheets = order.iter().map(|(_, from)| self.sheets[usize::from(*from)].clone()).collect();
        Part { sheets, ..self.map_sheets(&|sheet| to.get(usize::from(sheet)).copied()) }
    }

    fn map_sheets(self, to: &dyn Fn(u16) -> Option<u16>) -> Part {
        let place = |cell| moved(cell, to);
        Part {
            gathered: self.gathered.map(|g| Gathered { batch: g.batch.map_cells(&place), ..g }),
            reviewed: self.reviewed.map(|r| Reviewed { rates: r.rates.map_cells(&place), ..r }),
            ..self
        }
    }

    /// Both together.
    ///
    /// # Errors
    /// Why they are not parts of one batch.
    pub fn merge(self, other: Part) -> Result<Part, Differs> {
        if self.rules != other.rules {
            return Err(Differs::Rules);
        }
        let mut sheets = self.sheets.clone();
        let mut known: BTreeMap<Key, u16> = sheets.iter().zip(0..).map(|((id, s), at)| (key(*id, s), at)).collect();
        let mut to = Vec::with_capacity(other.sheets.len());
        for (id, sheet) in &other.sheets {
            let next = u16::try_from(sheets.len()).ok().filter(|n| *n != CellRef::NONE).ok_or(Differs::Sheets)?;
            let at = *known.entry(key(*id, sheet)).or_insert(next);
            if at == next {
                sheets.push((*id, sheet.clone()));
            }
            to.push(at);
        }
        let other = other.map_sheets(&|sheet| to.get(usize::from(sheet)).copied());
        let gathered = match (self.gathered, other.gathered) {
            (Some(a), Some(b)) => Some(a.merge(b)),
            (a, b) => a.or(b),
        };
        let reviewed = match (self.reviewed, other.reviewed) {
            (Some(a), Some(b)) => Some(a.merge(b)?),
            (a, b) => a.or(b),
        };
        Ok(Part { rules: self.rules, sheets, gathered, reviewed }.in_order())
    }

    /// Whether it was made under these rules.
    pub fn is_under(&self, rules: &Rules) -> bool {
        self.rules == rules.digest
    }

    /// A reader of dossiers whose sheets are those of this part.
    pub fn reader(&self) -> Reader {
        Reader::fixed(&self.sheets)
    }

    /// Writes the part as one line.
    ///
    /// # Errors
    /// Only what the writer reports.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let line = PartLine {
            schema: SCHEMA,
            rules_digest: self.rules.clone(),
            sources: self.sheets.iter().map(|(id, s)| dossier::source_line(*id, s)).collect(),
            gathered: self.gathered.clone(),
            reviewed: self.reviewed.clone(),
        };
        serde_json::to_writer(&mut *out, &line)?;
        writeln!(out)
    }

    /// Reads a part from a line.
    ///
    /// # Errors
    /// The first field that cannot be read.
    pub fn read(text: &[u8]) -> Result<Part, Fault> {
        let line: PartLine = dossier::document(text)?;
        let mut sheets = Vec::with_capacity(line.sources.len());
        for (n, source) in line.sources.into_iter().enumerate() {
            sheets.push((source.id(), dossier::source(source, n)?));
        }
        Ok(Part { rules: line.rules_digest, sheets, gathered: line.gathered, reviewed: line.reviewed })
    }
}

/// A cell with its sheet where it now is; one of a sheet that is not known is no longer a cell.
fn moved(cell: CellRef, to: impl Fn(u16) -> Option<u16>) -> CellRef {
    match cell.sheet {
        CellRef::NONE => cell,
        sheet => to(sheet).map_or(CellRef::NOWHERE, |sheet| CellRef { sheet, ..cell }),
    }
}

// ---- what it comes to -----------------------------------------------------------------------------------------------

/// What a batch comes to as a whole.
pub struct Final {
    /// What the reviews say together.
    pub reviewed: Reviewed,
    /// Findings about the batch; `None` without what the dossiers say together.
    pub findings: Option<Vec<BatchFinding>>,
    /// Where their cells are.
    pub sources: Sources,
    /// What could not be examined for lack of a sheet, for one person at least.
    pub not_examined: Vec<NotExamined>,
}

impl Part {
    /// What the merged parts of a batch come to; `None` without reviews.
    pub fn finish(&self, rules: &Rules, lang: Lang) -> Option<Final> {
        let reviewed = self.reviewed.clone()?;
        let sources = Sources { sheets: self.sheets.iter().map(|(_, s)| s.clone()).collect() };
        let findings = self.gathered.as_ref().map(|gathered| {
            let context = BatchContext {
                rules,
                sources: &sources,
                presence: &Presence::default(),
                as_of: reviewed.as_of,
                lang,
                aggregate: Some(&gathered.batch),
            };
            batch_findings(&gathered.batch, &reviewed.rates, &context, &reviewed.only)
        });
        let without: Vec<SheetKind> = reviewed.without.keys().copied().collect();
        let not_examined = not_examined_without(&without, &reviewed.only);
        Some(Final { not_examined, findings, sources, reviewed })
    }
}

impl Final {
    /// Whether nothing was found and every line was read.
    pub fn is_clear(&self) -> bool {
        self.reviewed.not_clear() == 0
            && !self.reviewed.errors
            && self.findings.iter().flatten().all(|f| f.finding.outcome == Outcome::Pass)
    }
}
