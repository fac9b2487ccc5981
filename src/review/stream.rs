//! Reviewing a whole batch: many people at a time, the results in the order of the input as soon as they are ready, and
//! none kept longer than it is needed.

use std::convert::Infallible;

use rayon::prelude::*;

use super::aggregate::Aggregate;
use super::patterns::{Rates, batch_findings};
use super::run::{not_examined, problems_of, review_one};
use super::{BatchReview, CaseReview, ReviewOptions, Verdict};
use crate::checks::case::BatchContext;
use crate::checks::finding::Outcome;
use crate::law::Rules;
use crate::model::{Application, Batch, CellRef, Dossier, Level, Problem};

/// Cases that are in memory at the same time.
const CHUNK: usize = 256;
/// Cases that one thread takes at a time.
const PIECE: usize = 16;
/// Dossiers that are gathered from at a time.
const GATHERED: usize = 512;

/// What is told how far a review is: cases done, cases in all. Called now and then, from one thread.
pub type Progress<'a> = &'a dyn Fn(usize, usize);

/// A batch ready to be reviewed: what it says as a whole is gathered, the order of its cases is settled.
pub struct Reviewer<'a> {
    batch: &'a Batch,
    rules: &'a Rules,
    options: &'a ReviewOptions,
    aggregate: Aggregate,
    turns: Vec<Turn>,
    progress: Option<Progress<'a>>,
}

/// A case: a dossier, and which of its applications.
#[derive(Clone, Copy)]
struct Turn {
    dossier: usize,
    application: Option<usize>,
}

/// What a review comes to, beside its cases.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Cases.
    pub cases: usize,
    /// Those of them that are applications.
    pub applications: usize,
    /// Cases by verdict, worst first.
    pub by_verdict: [usize; 4],
    /// How often each check had which outcome, in the order of [`Outcome::ALL`].
    pub by_check: Vec<(&'static str, [u64; 4])>,
    /// The problems of the cases, in their order; a person with two cases has the same in both.
    pub problems: Vec<Problem>,
    pub(crate) rates: Rates,
}

impl Totals {
    /// The totals of some cases.
    pub fn of<'c>(cases: impl IntoIterator<Item = &'c CaseReview>) -> Totals {
        let mut totals = Totals::default();
        cases.into_iter().for_each(|c| totals.observe(c));
        totals
    }

    fn observe(&mut self, case: &CaseReview) {
        self.cases += 1;
        self.applications += usize::from(case.application);
        self.by_verdict[case.verdict as usize] += 1;
        // Findings come in the order of the catalogue, so the next one is mostly the next counted.
        let mut at = 0;
        for finding in &case.findings {
            at = self.slot(finding.check, at);
            self.by_check[at].1[finding.outcome as usize] += 1;
            at += 1;
        }
        self.problems.extend(case.problems.iter().cloned());
        self.rates.observe(case);
    }

    /// Where a check is counted, looked for from a place on.
    fn slot(&mut self, check: &'static str, from: usize) -> usize {
        let n = self.by_check.len();
        let found = (from..n).chain(0..from.min(n)).find(|i| self.by_check[*i].0 == check);
        found.unwrap_or_else(|| {
            self.by_check.push((check, [0; 4]));
            n
        })
    }

    /// Adds the totals of the cases that come next.
    fn extend(&mut self, next: Totals) {
        self.cases += next.cases;
        self.applications += next.applications;
        for (mine, theirs) in self.by_verdict.iter_mut().zip(next.by_verdict) {
            *mine += theirs;
        }
        let mut at = 0;
        for (check, counts) in next.by_check {
            at = self.slot(check, at);
            for (mine, theirs) in self.by_check[at].1.iter_mut().zip(counts) {
                *mine += theirs;
            }
            at += 1;
        }
        self.problems.extend(next.problems);
        self.rates.merge(next.rates);
    }
}

impl<'a> Reviewer<'a> {
    /// Looks through the batch once.
    pub fn new(batch: &'a Batch, rules: &'a Rules, options: &'a ReviewOptions) -> Reviewer<'a> {
        let mut reviewer =
            Reviewer { batch, rules, options, aggregate: Aggregate::default(), turns: Vec::new(), progress: None };
        let mut turns: Vec<((bool, u16, u32), Turn)> = Vec::new();
        for (n, chunk) in batch.dossiers.chunks(GATHERED * rayon::current_num_threads()).enumerate() {
            let first = n * GATHERED * rayon::current_num_threads();
            let parts: Vec<_> = chunk
                .par_chunks(GATHERED)
                .enumerate()
                .map(|(n, part)| {
                    let (mut aggregate, mut turns) = (Aggregate::default(), Vec::new());
                    for (i, packed) in part.iter().enumerate() {
                        let dossier = packed.open();
                        aggregate.add(&dossier, rules);
                        turns.extend(self::turns(&dossier, first + n * GATHERED + i));
                    }
                    (aggregate, turns)
                })
                .collect();
            for (aggregate, more) in parts {
                reviewer.aggregate = std::mem::take(&mut reviewer.aggregate).merge(aggregate);
                turns.extend(more);
            }
        }
        // Applications in input order, then people without one.
        turns.sort_by_key(|(order, _)| *order);
        reviewer.turns = turns.into_iter().map(|(_, turn)| turn).collect();
        reviewer
    }

    /// Tells `progress` how far the review is.
    #[must_use]
    pub fn with_progress(mut self, progress: Progress<'a>) -> Reviewer<'a> {
        self.progress = Some(progress);
        self
    }

    /// What the batch says as a whole.
    pub fn aggregate(&self) -> &Aggregate {
        &self.aggregate
    }

    /// The review before its first case.
    pub fn blank(&self) -> BatchReview {
        BatchReview::empty(self.options.as_of, !self.options.only.is_empty())
    }

    /// What a case needs to know of the batch.
    pub fn context(&self) -> BatchContext<'_> {
        BatchContext {
            rules: self.rules,
            sources: &self.batch.sources,
            presence: &self.batch.presence,
            as_of: self.options.as_of,
            lang: self.options.lang,
            aggregate: Some(&self.aggregate),
        }
    }

    /// Calls `make` for every case, on many threads, and hands what it makes to `take` in order.
    fn each<T: Send, E>(
        &self,
        make: impl Fn(&Dossier, Option<&Application>) -> T + Sync,
        mut take: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        for chunk in self.turns.chunks(CHUNK) {
            let made: Vec<T> = chunk
                .par_iter()
                .with_min_len(PIECE)
                .map(|turn| {
                    let dossier = self.batch.dossiers[turn.dossier].open();
                    make(&dossier, turn.application.and_then(|n| dossier.applications.get(n)))
                })
                .collect();
            made.into_iter().try_for_each(&mut take)?;
        }
        Ok(())
    }

    /// Reviews every case. `keep` makes of it what is kept, on many threads; `take` gets that in the order of the cases.
    /// The review that comes back has no cases.
    ///
    /// # Errors
    /// The first error of `take`, which ends the review.
    pub fn stream<T: Send, E>(
        &self,
        keep: impl Fn(CaseReview) -> T + Sync,
        mut take: impl FnMut(T) -> Result<(), E>,
    ) -> Result<BatchReview, E> {
        let context = self.context();
        let mut totals = Totals::default();
        let make = |dossier: &Dossier, app: Option<&Application>| {
            review_one(dossier, app, &context, &self.options.only).map(|case| (Totals::of([&case]), keep(case)))
        };
        let mut done = 0;
        self.each(make, |made| {
            let Some((one, kept)) = made else { return Ok(()) };
            totals.extend(one);
            done += 1;
            if let Some(progress) = self.progress.filter(|_| done % PIECE == 0 || done == self.turns.len()) {
                progress(done, self.turns.len());
            }
            take(kept)
        })?;
        Ok(BatchReview {
            batch_findings: batch_findings(&self.aggregate, &totals.rates, &context, &self.options.only),
            not_examined: not_examined(&self.batch.presence, &self.options.only),
            totals,
            ..self.blank()
        })
    }

    /// Reviews every case and keeps what `keep` makes of it.
    pub fn collect(&self, keep: impl Fn(CaseReview) -> CaseReview + Sync) -> BatchReview {
        let mut cases = Vec::with_capacity(self.turns.len());
        let Ok(review) = self.stream(keep, |case| {
            cases.push(case);
            Ok::<(), Infallible>(())
        });
        BatchReview { cases, ..review }
    }

    /// The problems of every case, without its review: for an output that lists them before the cases.
    pub fn problems(&self) -> Vec<Problem> {
        let context = self.context();
        let mut problems = Vec::new();
        let make = |dossier: &Dossier, app: Option<&Application>| problems_of(dossier, app, &context);
        let Ok(()) = self.each(make, |mut more| {
            problems.append(&mut more);
            Ok::<(), Infallible>(())
        });
        problems
    }
}

/// The cases of a dossier with the key they are sorted by.
fn turns(dossier: &Dossier, at: usize) -> impl Iterator<Item = ((bool, u16, u32), Turn)> {
    let place = |cell: CellRef, application: Option<usize>| {
        ((application.is_none(), cell.sheet, cell.row), Turn { dossier: at, application })
    };
    let applications: Vec<_> = dossier.applications.iter().enumerate().map(|(n, a)| place(a.no.at, Some(n))).collect();
    let without = dossier.inmate.as_ref().filter(|_| applications.is_empty()).map(|i| place(i.no.at, None));
    applications.into_iter().chain(without)
}

/// Reviews a batch and keeps every case whole.
pub fn review_batch(batch: &Batch, rules: &Rules, options: &ReviewOptions) -> BatchReview {
    Reviewer::new(batch, rules, options).collect(|case| case)
}

/// Whether nothing in a review is worse than clear.
pub fn all_clear(review: &BatchReview, batch: &Batch) -> bool {
    review.totals.by_verdict[Verdict::Clear as usize] == review.totals.cases
        && !batch.problems.iter().any(|p| p.level == Level::Error)
        && review.batch_findings.iter().all(|f| f.finding.outcome == Outcome::Pass)
}
