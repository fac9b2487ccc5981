//! The registry: every check of the catalogue with its function, in catalogue order.

use super::case::Case;
use super::finding::{Finding, Leaf};
use super::world::{World, examine};
use crate::model::{AppKind, SheetKind};

/// To which cases a check applies at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Applications for a reduction.
    Reduction,
    /// Applications for parole.
    Parole,
    /// Any application.
    Application,
    /// Every person, with or without an application.
    Person,
}

impl Scope {
    /// Whether a case is in scope.
    pub fn includes(self, case: &Case<'_>) -> bool {
        match self {
            Scope::Reduction => case.kind() == Some(AppKind::Reduction),
            Scope::Parole => case.kind() == Some(AppKind::Parole),
            Scope::Application => case.app.is_some(),
            Scope::Person => true,
        }
    }
}

/// How a check works.
#[derive(Clone, Copy)]
pub enum Run {
    /// Runs in one world at a time; unknowns and readings are folded by the driver.
    World(fn(&Case<'_>, &mut World) -> Leaf),
    /// Looks at the whole case and folds by itself (ledger checks, which compare whole sequences): any number of leaves,
    /// folded as "several items within one check": violation, risk, unverified, pass.
    Items(fn(&Case<'_>) -> Vec<Leaf>),
    /// Looks at the whole batch and says nothing of a single case.
    Batch,
    /// Like [`Run::World`], after all others: it also sees what they found, in catalogue order.
    After(fn(&Case<'_>, &mut World, &[Finding]) -> Leaf),
}

/// One check.
#[derive(Clone, Copy)]
pub struct Check {
    /// Its name in the catalogue.
    pub id: &'static str,
    /// Which cases it is for.
    pub scope: Scope,
    /// The optional sheets without any of which it has nothing to examine (then it is listed in `not_examined`).
    pub needs: &'static [SheetKind],
    /// Optional sheets that only some of its limbs need; without them those limbs are skipped and the check is listed too.
    pub uses: &'static [SheetKind],
    /// The check itself.
    pub run: Run,
}

impl Check {
    /// Whether the check needs what the others found.
    pub fn runs_last(&self) -> bool {
        matches!(self.run, Run::After(_))
    }

    /// Runs the check; `None` where it says nothing. `found` is what was found before, for checks that run last.
    pub fn examine(&self, case: &Case<'_>, found: &[Finding]) -> Option<Finding> {
        if !self.scope.includes(case) || self.needs.iter().any(|s| !case.has(*s)) {
            return None;
        }
        let entry = case.rules.check(self.id)?;
        let finding = match self.run {
            // The day of the application decides which law applies: without it nothing about the limits can be said.
            _ if matches!(self.scope, Scope::Reduction | Scope::Parole) && case.applied().is_none() => {
                examine(self.id, entry.class, case.lang.is_zh(), |_| undated(case))
            }
            Run::World(f) => examine(self.id, entry.class, case.lang.is_zh(), |w| f(case, w)),
            Run::Batch => None,
            Run::Items(f) => super::world::combine(self.id, entry.class, case.lang.is_zh(), f(case)),
            Run::After(f) => examine(self.id, entry.class, case.lang.is_zh(), |w| f(case, w, found)),
        };
        finding.map(|mut finding| {
            if finding.basis.is_empty() {
                finding.basis.clone_from(&entry.basis);
            }
            finding
        })
    }
}

fn undated(case: &Case<'_>) -> Leaf {
    let Some(app) = case.app else { return Leaf::silent() };
    Leaf::needs(app.applied.place(), "减刑（假释）建议书").says(case.say(
        || "提请日期不明，适用哪一版法律、时间是否够都不能确定。".to_owned(),
        || "The date of the application is unknown, so neither the law that applies nor the time served can be settled."
            .to_owned(),
    ))
}

/// All checks, in catalogue order.
pub fn all() -> impl Iterator<Item = &'static Check> {
    [
        super::reduction::CHECKS,
        &[super::points::SUPPORT],
        super::parole::CHECKS,
        super::category::CHECKS,
        super::term::CHECKS,
        super::points::CHECKS,
        super::paper::CHECKS,
        super::pattern::CHECKS,
        super::procedure::CHECKS,
    ]
    .into_iter()
    .flatten()
}
