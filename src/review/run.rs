//! Reviewing one dossier.

use crate::checks::case::{BatchContext, Case};
use crate::checks::finding::{Finding, Outcome};
use crate::checks::groups::Restricted;
use crate::checks::limits;
use crate::checks::person::Person;
use crate::checks::registry::{self, Check};
use crate::model::{Application, Dossier, Level, Presence, Problem, SheetKind};

use super::notices::notices;
use super::{CaseReview, NotExamined, Verdict, verdict};

/// Whether a check is selected by `--only` (`family/name` or `family/*`).
pub fn selected(id: &str, only: &[String]) -> bool {
    only.is_empty()
        || only.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(prefix) => id.starts_with(prefix),
            None => id == pattern,
        })
}

/// Reviews every case of one person: one for each application, or one without an application.
pub fn review_dossier(dossier: &Dossier, batch: &BatchContext<'_>, only: &[String]) -> Vec<CaseReview> {
    let apps: Vec<Option<&Application>> =
        if dossier.applications.is_empty() { vec![None] } else { dossier.applications.iter().map(Some).collect() };
    apps.into_iter().filter_map(|app| review_one(dossier, app, batch, only)).collect()
}

/// Reviews one case of a person; `None` where there is neither an application nor a row of 罪犯信息.
pub(super) fn review_one(
    dossier: &Dossier,
    app: Option<&Application>,
    batch: &BatchContext<'_>,
    only: &[String],
) -> Option<CaseReview> {
    with_case(dossier, app, batch, |case| review_case(case, only)).or_else(|| Some(orphan(dossier, app?)))
}

/// The problems of one case, without its review.
pub(super) fn problems_of(dossier: &Dossier, app: Option<&Application>, batch: &BatchContext<'_>) -> Vec<Problem> {
    with_case(dossier, app, batch, problems).unwrap_or_else(|| dossier.problems.clone())
}

fn problems(case: &Case<'_>) -> Vec<Problem> {
    case.dossier.problems.iter().cloned().chain(notices(case)).collect()
}

/// Looks at a case; `None` where the person is not in 罪犯信息.
fn with_case<T>(
    dossier: &Dossier,
    app: Option<&Application>,
    batch: &BatchContext<'_>,
    look: impl FnOnce(&Case<'_>) -> T,
) -> Option<T> {
    let inmate = dossier.inmate.as_ref()?;
    let extended = app.and_then(|app| with_earlier_rulings(dossier, app));
    let person = Person::new(extended.as_ref().unwrap_or(dossier), inmate, batch.rules);
    Some(look(&Case::new(&person, app, batch)))
}

/// The dossier as an application finds it where an earlier application of the same person was ruled on before it and
/// 历次裁定 does not list that ruling: without it the interval after it would not be seen. `None` where nothing is added.
fn with_earlier_rulings(dossier: &Dossier, app: &Application) -> Option<Dossier> {
    let applied = app.applied.get()?;
    let earlier = dossier
        .unlisted_rulings(|other| other.no.at != app.no.at && other.ruled.get().is_some_and(|ruled| ruled < applied));
    (!earlier.is_empty()).then(|| {
        let mut dossier = dossier.clone();
        dossier.rulings.extend(earlier);
        dossier
    })
}

/// Runs the selected checks: first those that look at the case alone, then those that also look at what was found.
fn examine(case: &Case<'_>, only: &[String]) -> Vec<Finding> {
    let checks: Vec<&Check> = registry::all().collect();
    // A check that looks at the others needs all of them, also those that are not shown.
    let all = checks.iter().any(|c| c.runs_last() && selected(c.id, only));
    let mut made: Vec<Option<Finding>> = checks
        .iter()
        .map(|c| if !c.runs_last() && (all || selected(c.id, only)) { c.examine(case, &[]) } else { None })
        .collect();
    for (at, check) in checks.iter().enumerate().filter(|(_, c)| all && c.runs_last()) {
        let found: Vec<Finding> = made.iter().flatten().cloned().collect();
        made[at] = check.examine(case, &found);
    }
    made.into_iter().flatten().filter(|f| selected(f.check, only)).collect()
}

fn review_case(case: &Case<'_>, only: &[String]) -> CaseReview {
    let findings = examine(case, only);
    let partial = !only.is_empty();
    let has_error = case.dossier.problems.iter().any(|p| p.level == Level::Error);
    let table = case.group_table();
    let named = |state: Option<bool>| {
        Restricted::ALL.iter().zip(table).filter(|(_, s)| **s == state).map(|(g, _)| g.as_str()).collect::<Vec<_>>()
    };
    let inmate = case.inmate;
    CaseReview {
        inmate: case.dossier.no.clone(),
        name: inmate.name.known().cloned(),
        case_no: case.app.and_then(|a| a.case_no.known().cloned()),
        kind: case.kind(),
        application: case.app.is_some(),
        applied: case.applied(),
        prison: inmate.prison.known().cloned(),
        ward: inmate.ward.known().cloned(),
        at: case.app.map_or(inmate.no.at, |a| a.no.at),
        verdict: verdict(&findings, has_error, partial),
        groups: named(Some(true)),
        groups_unverified: named(None),
        limits: Some(limits::limits(case)),
        examined: findings.len(),
        findings,
        problems: problems(case),
    }
}

/// An application whose person is not in 罪犯信息: still a case, unverified, without checks.
fn orphan(dossier: &Dossier, app: &Application) -> CaseReview {
    CaseReview {
        inmate: dossier.no.clone(),
        name: None,
        case_no: app.case_no.known().cloned(),
        kind: app.kind.get(),
        application: true,
        applied: app.applied.get(),
        prison: None,
        ward: None,
        at: app.no.at,
        verdict: Verdict::Unverified,
        groups: Vec::new(),
        groups_unverified: Vec::new(),
        limits: None,
        examined: 0,
        findings: Vec::new(),
        problems: dossier.problems.clone(),
    }
}

/// Checks of a case that look at the rest of the batch: without it what they say is no examination.
const WITH_BATCH: [&str; 5] = [
    "category/hidden-recidivist",
    "paper/duplicate-identity",
    "pattern/invention",
    "pattern/peer-outlier",
    "points/strict-group",
];

/// The checks that are not made, or not in full, where a dossier is reviewed without the rest of its batch, in catalogue
/// order.
pub fn batch_wide(only: &[String]) -> Vec<&'static str> {
    let whole = super::patterns::BATCH_CHECKS;
    let is = |id: &str| WITH_BATCH.contains(&id) || whole.contains(&id);
    registry::all().map(|c| c.id).filter(|id| is(id) && selected(id, only)).collect()
}

/// [`review_dossier`] for a dossier that may come without the rest of its batch: a check that would have looked at it has
/// then not passed.
pub fn review_alone(dossier: &Dossier, batch: &BatchContext<'_>, only: &[String]) -> Vec<CaseReview> {
    let mut cases = review_dossier(dossier, batch, only);
    if batch.aggregate.is_none() {
        let passed = |f: &Finding| f.outcome == Outcome::Pass && WITH_BATCH.contains(&f.check);
        for case in &mut cases {
            case.findings.retain(|f| !passed(f));
            case.examined = case.findings.len();
        }
    }
    cases
}

/// The optional sheets that are absent, with the checks that could therefore not be made.
pub(super) fn not_examined(presence: &Presence, only: &[String]) -> Vec<NotExamined> {
    let absent: Vec<SheetKind> = SheetKind::ALL.into_iter().filter(|s| !presence.has(*s)).collect();
    not_examined_without(&absent, only)
}

/// The optional ones of some absent sheets, with the checks that could therefore not be made.
pub fn not_examined_without(absent: &[SheetKind], only: &[String]) -> Vec<NotExamined> {
    let optional =
        [SheetKind::Points, SheetKind::Awards, SheetKind::Spending, SheetKind::Custody, SheetKind::NewCrimes];
    optional
        .into_iter()
        .filter(|s| absent.contains(s))
        .filter_map(|sheet| {
            let checks: Vec<&'static str> = registry::all()
                .filter(|c| c.uses.contains(&sheet) || c.needs.contains(&sheet))
                .filter(|c| selected(c.id, only))
                .map(|c| c.id)
                .collect();
            (!checks.is_empty()).then_some(NotExamined { sheet, checks })
        })
        .collect()
}
