//! Prints a review: as JSON for machines, as text for people. A report only renders what the review found; it decides
//! nothing.

pub mod annotate;
pub mod compare;
pub mod docx;
pub mod evidence;
pub mod explain;
pub mod html;
pub mod json;
pub mod ledger;
pub mod limits;
pub mod out;
pub mod show;
pub mod svg;
pub mod text;
mod view;
pub mod write;
pub mod xlsx;

use std::collections::HashSet;

use crate::checks::case::Lang;
use crate::checks::finding::{Finding, Outcome};
use crate::law::Rules;
use crate::model::{AppKind, Batch, CellRef, Place, Problem, ProblemCode, Sources};
use crate::review::{BatchReview, CaseReview, Verdict};

/// A review with everything that is needed to print it.
#[derive(Clone, Copy)]
pub struct Report<'a> {
    /// The batch as read.
    pub batch: &'a Batch,
    /// What the review found.
    pub review: &'a BatchReview,
    /// The law it was reviewed under.
    pub rules: &'a Rules,
    /// The language of the texts.
    pub lang: Lang,
    /// The mildest outcome that is shown; never touches a verdict or a count.
    pub min_outcome: Outcome,
}

/// How often each outcome occurred, in the order of [`Outcome::ALL`].
pub type Counts = [u64; 4];

impl<'a> Report<'a> {
    /// A report that shows everything.
    pub fn new(batch: &'a Batch, review: &'a BatchReview, rules: &'a Rules, lang: Lang) -> Report<'a> {
        Report { batch, review, rules, lang, min_outcome: Outcome::Pass }
    }

    /// One of two texts.
    fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        if self.lang.is_zh() { zh } else { en }
    }

    /// Whether a finding is bad enough to be shown.
    pub fn shows(&self, finding: &Finding) -> bool {
        finding.outcome <= self.min_outcome
    }

    /// All problems: those of the batch, then those of each person, in the order of the cases. A person with two cases
    /// has the same problems in both; they are listed once.
    pub fn problems(&self) -> Vec<&'a Problem> {
        let mut seen = HashSet::new();
        let all = self.batch.problems.iter().chain(&self.review.totals.problems);
        all.filter(|p| seen.insert((p.code, p.file.as_str(), p.sheet.as_str(), p.cell.as_deref(), p.zh.as_str())))
            .collect()
    }

    /// [`Report::problems`] as people should meet them: errors first, then what was hidden from view, then the rest.
    fn problems_by_weight(&self) -> Vec<&'a Problem> {
        let mut all = self.problems();
        all.sort_by_key(|p| (p.level, p.code != ProblemCode::HiddenRows));
        all
    }

    /// The number of cases of each verdict, worst first.
    pub fn by_verdict(&self) -> [(Verdict, usize); 4] {
        Verdict::ALL.map(|v| (v, self.review.totals.by_verdict[v as usize]))
    }

    /// The number of cases of each outcome, for every check that said something, in catalogue order.
    pub fn by_check(&self) -> Vec<(&'a str, Counts)> {
        let place = |id: &str| self.rules.checks.iter().position(|c| c.id == id).unwrap_or(usize::MAX);
        let mut counts: Vec<(&str, Counts)> = self.review.totals.by_check.clone();
        counts.sort_by_key(|(id, _)| place(id));
        counts
    }

    /// The title of a check in the language of the report; its name where the catalogue has none.
    pub fn title(&self, check: &'a str) -> &'a str {
        match self.rules.check(check) {
            Some(entry) if self.lang.is_zh() => &entry.zh.title,
            Some(entry) => &entry.en.title,
            None => check,
        }
    }
}

/// What is said about a problem, in a language.
pub fn problem_message(problem: &Problem, lang: Lang) -> &str {
    if lang.is_zh() { &problem.zh } else { &problem.en }
}

/// The kind of a case in the output: `None` for an application whose kind cannot be read.
fn case_kind(case: &CaseReview) -> Option<&'static str> {
    match (case.application, case.kind) {
        (false, _) => Some("none"),
        (true, Some(AppKind::Reduction)) => Some("reduction"),
        (true, Some(AppKind::Parole)) => Some("parole"),
        (true, None) => None,
    }
}

/// File and sheet of a cell; empty where there is none.
fn file_and_sheet(sources: &Sources, at: CellRef) -> (&str, &str) {
    sources.sheet(at.sheet).map_or(("", ""), |s| (s.file.as_str(), s.sheet.as_str()))
}

/// The sheet a missing cell is in: the one it was looked for in, or the contract's name where the sheet is not there.
fn missing_sheet(sources: &Sources, place: Place) -> &str {
    sources.sheet(place.at.sheet).map_or_else(|| place.col.sheet().name(), |s| s.sheet.as_str())
}

#[cfg(test)]
mod sample;
