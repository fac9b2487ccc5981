//! Runs the checks over dossiers and says what follows: the review of one dossier is a pure function of the dossier, the
//! rules, the as-of date and the batch's aggregate.

pub mod aggregate;
pub mod multiset;
mod notices;
pub(crate) mod pairs;
pub mod patterns;
pub mod run;
pub mod stream;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::checks::finding::{Finding, Outcome};
use crate::checks::world::Settled;
use crate::model::{AppKind, CellRef, Problem, SheetKind, Stage, Term};

pub use aggregate::Aggregate;
pub use run::review_dossier;
pub use stream::{Reviewer, Totals, all_clear, review_batch};

/// What a case comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// At least one violation.
    Unlawful,
    /// No violation, at least one risk.
    Suspect,
    /// Neither, but something that matters could not be decided, or a row of the person has an error.
    Unverified,
    /// Everything was examined and nothing found.
    Clear,
}

impl Verdict {
    /// All verdicts, worst first.
    pub const ALL: [Verdict; 4] = [Verdict::Unlawful, Verdict::Suspect, Verdict::Unverified, Verdict::Clear];

    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Unlawful => "unlawful",
            Verdict::Suspect => "suspect",
            Verdict::Unverified => "unverified",
            Verdict::Clear => "clear",
        }
    }
}

/// What the law allows in a case, each value over all completions and readings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Where the sentence stands.
    pub stage: Settled<Stage>,
    /// First lawful day of a first reduction of the stage.
    pub start: Settled<NaiveDate>,
    /// First lawful day after the last reduction.
    pub interval: Settled<NaiveDate>,
    /// First lawful day of an application, all dated obstacles together.
    pub earliest: Settled<NaiveDate>,
    /// Most that the reduction may take off.
    pub cap: Settled<Term>,
    /// Lowest fixed term that life may become.
    pub target: Settled<Term>,
    /// Earliest lawful end date.
    pub floor: Settled<NaiveDate>,
    /// End date before the proposal.
    pub end_now: Settled<NaiveDate>,
    /// End date after the proposal.
    pub end_proposed: Settled<NaiveDate>,
    /// Whether major merit lifts the waiting times.
    pub exempt: Settled<bool>,
    /// Whether a relaxation for minors, old, disabled or ill inmates is open.
    pub relaxed: Settled<bool>,
    /// First lawful day of parole by time served alone.
    pub parole: Settled<NaiveDate>,
}

/// The review of one case.
#[derive(Clone, Debug)]
pub struct CaseReview {
    /// 罪犯编号.
    pub inmate: String,
    /// 姓名, where known.
    pub name: Option<String>,
    /// 案号, where known.
    pub case_no: Option<String>,
    /// Kind of application; `None` without one (or where it cannot be read).
    pub kind: Option<AppKind>,
    /// Whether there is an application at all.
    pub application: bool,
    /// 提请日期.
    pub applied: Option<NaiveDate>,
    /// 监狱 and 监区, for grouping.
    pub prison: Option<String>,
    /// 监区.
    pub ward: Option<String>,
    /// The cell of the application's (or the person's) number: the place in the input, and the order of cases.
    pub at: CellRef,
    /// What it comes to.
    pub verdict: Verdict,
    /// Restricted groups the person is certainly in, in the fixed order of the contract.
    pub groups: Vec<&'static str>,
    /// Restricted groups the person may be in.
    pub groups_unverified: Vec<&'static str>,
    /// What the law allows; `None` where the person is not in 罪犯信息.
    pub limits: Option<Limits>,
    /// How many checks said something.
    pub examined: usize,
    /// What the checks say, in catalogue order.
    pub findings: Vec<Finding>,
    /// Problems on rows of the person.
    pub problems: Vec<Problem>,
}

impl CaseReview {
    /// The case without what a summary does not show: what passed, and what the law allows.
    #[must_use]
    pub fn brief(mut self) -> CaseReview {
        self.findings.retain(|f| f.outcome != Outcome::Pass || f.facts.get("missing").is_some());
        self.findings.shrink_to_fit();
        self.limits = None;
        self
    }
}

/// A finding about the batch as a whole.
#[derive(Clone, Debug)]
pub struct BatchFinding {
    /// The finding; its evidence may name cells of many people.
    pub finding: Finding,
    /// 罪犯编号 of the people concerned.
    pub inmates: Vec<String>,
}

/// A sheet that was not there, and the checks that were therefore not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotExamined {
    /// The sheet.
    pub sheet: SheetKind,
    /// The checks.
    pub checks: Vec<&'static str>,
}

/// The review of a whole batch.
#[derive(Clone, Debug)]
pub struct BatchReview {
    /// The as-of date.
    pub as_of: NaiveDate,
    /// Whether only some checks were run (`--only`).
    pub partial: bool,
    /// The cases, in input order, people without an application last.
    pub cases: Vec<CaseReview>,
    /// What they come to, also where they are not kept.
    pub totals: Totals,
    /// Findings about the batch.
    pub batch_findings: Vec<BatchFinding>,
    /// What could not be examined at all.
    pub not_examined: Vec<NotExamined>,
}

impl BatchReview {
    /// A review of nothing.
    pub fn empty(as_of: NaiveDate, partial: bool) -> BatchReview {
        BatchReview {
            as_of,
            partial,
            cases: Vec::new(),
            totals: Totals::default(),
            batch_findings: Vec::new(),
            not_examined: Vec::new(),
        }
    }
}

/// How a review is made.
#[derive(Clone, Debug)]
pub struct ReviewOptions {
    /// The as-of date.
    pub as_of: NaiveDate,
    /// The language of messages.
    pub lang: crate::checks::case::Lang,
    /// Only these checks (`family/name` or `family/*`); everything where empty.
    pub only: Vec<String>,
}

/// The verdict that follows from findings and problems.
pub fn verdict(findings: &[Finding], has_error: bool, partial: bool) -> Verdict {
    use crate::checks::finding::Class;
    let any = |outcome| findings.iter().any(|f| f.outcome == outcome);
    if any(Outcome::Violation) {
        Verdict::Unlawful
    } else if any(Outcome::Risk) {
        Verdict::Suspect
    } else if has_error || partial || findings.iter().any(|f| f.outcome == Outcome::Unverified && f.class != Class::O) {
        Verdict::Unverified
    } else {
        Verdict::Clear
    }
}
