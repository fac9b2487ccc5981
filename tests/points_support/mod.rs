//! Builds people with points ledgers for the tests: months as a prison would book them, with departures on request.
#![allow(dead_code)]

use chrono::NaiveDate;
use jxjs::checks::case::{BatchContext, Lang};
use jxjs::checks::finding::{Finding, Outcome};
use jxjs::law::Rules;
use jxjs::model::ledger::{Ledger, Mark, Note, Test, What};
use jxjs::model::{
    AppKind, Application, Award, AwardKind, CustodyKind, CustodyRow, Dossier, Field, Grade, Health, Month, NewCrime,
    NewCrimeKind, Part, PointRow, Presence, Sentence, Term, Value, build,
};
use jxjs::review::aggregate::Aggregate;
use jxjs::review::{CaseReview, review_dossier};
use rust_decimal::Decimal;

#[path = "../support/mod.rs"]
pub mod support;
use support::World;

/// A decimal from its text.
pub fn n(text: &str) -> Decimal {
    text.parse().unwrap_or_else(|_| panic!("not a number: {text}"))
}

/// A day from its text.
pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_else(|_| panic!("not a day: {text}"))
}

/// A month from its text.
pub fn month(text: &str) -> Month {
    text.parse().unwrap_or_else(|_| panic!("not a month: {text}"))
}

fn fill<T>(field: &mut Field<T>, value: Option<T>) {
    if let Some(value) = value {
        field.set(value);
    }
}

/// The amounts of one month; `score` and `balance` follow unless given.
#[derive(Clone, Debug)]
pub struct Row {
    pub base: [&'static str; 3],
    pub bonus: [&'static str; 3],
    pub deduction: [&'static str; 3],
    pub special: &'static str,
    pub penalty: &'static str,
    pub cycle: &'static str,
    pub score: Option<&'static str>,
    pub balance: Option<&'static str>,
    pub prison: Option<&'static str>,
}

impl Default for Row {
    fn default() -> Row {
        Row {
            base: ["35", "35", "30"],
            bonus: ["0"; 3],
            deduction: ["0"; 3],
            special: "0",
            penalty: "0",
            cycle: "0",
            score: None,
            balance: None,
            prison: None,
        }
    }
}

/// A month with a bonus in 监管.
pub fn plus(bonus: &'static str) -> Row {
    Row { bonus: [bonus, "0", "0"], ..Row::default() }
}

fn value(text: &str) -> Value<Decimal> {
    if text.is_empty() { Value::Empty } else { Value::Known(n(text)) }
}

/// A person under construction.
#[derive(Clone, Debug)]
pub struct Someone {
    pub dossier: Dossier,
    pub presence: Presence,
    /// Balance of the last month booked.
    pub balance: Decimal,
}

impl Someone {
    /// Taken in on that day; a thief of ten years, able to work, in no restricted group, owing nothing.
    pub fn admitted(on: &str) -> Someone {
        let world = World::new(Sentence::Fixed(Term::of_years(9)), on);
        let mut someone = Someone { dossier: world.dossier, presence: build::all_present(), balance: Decimal::ZERO };
        someone.custody(CustodyKind::Intake, on, on, "").custody(CustodyKind::Held, on, "", "");
        someone
    }

    /// Long in prison, the record beginning with this balance.
    pub fn running(balance: &str) -> Someone {
        let mut someone = Someone::admitted("2020-01-01");
        someone.balance = n(balance);
        someone
    }

    /// Books a month.
    pub fn row(&mut self, at: &str, row: Row) -> &mut Someone {
        let amounts: Vec<[Value<Decimal>; 3]> =
            (0..3).map(|p| [row.base[p], row.bonus[p], row.deduction[p]].map(value)).collect();
        let get = |v: &Value<Decimal>| v.known().map(Decimal::abs).unwrap_or_default();
        let parts: Decimal = amounts.iter().map(|[b, p, m]| get(b) + get(p) - get(m)).sum();
        let (special, penalty, cycle) = (value(row.special), value(row.penalty), value(row.cycle));
        let score = row.score.map_or_else(|| Value::Known(parts + get(&special) - get(&penalty)), value);
        let after = self.balance + score.known().copied().unwrap_or_default() - get(&cycle);
        let balance = row.balance.map_or(Value::Known(after), value);
        self.balance = balance.known().copied().unwrap_or(after);
        let part = |p: usize| Part { base: amounts[p][0], bonus: amounts[p][1], deduction: amounts[p][2] };
        let line = self.dossier.points.len() as u32 + 1;
        self.dossier.points.push(PointRow {
            supervision: part(0),
            education: part(1),
            labour: part(2),
            special,
            penalty,
            score,
            balance,
            cycle,
            prison: row.prison.map_or(Value::Empty, |p| Value::Known(p.to_owned())),
            ..PointRow::blank(line, month(at))
        });
        self
    }

    /// Books months of exactly the base from one to another, both included.
    pub fn rows(&mut self, from: &str, to: &str) -> &mut Someone {
        let mut at = month(from);
        while at <= month(to) {
            self.row(&at.to_string(), Row::default());
            at = at.plus(1);
        }
        self
    }

    /// Adds a row of 羁押轨迹.
    pub fn custody(&mut self, kind: CustodyKind, from: &str, to: &str, reason: &str) -> &mut Someone {
        let mut row = CustodyRow::blank(self.dossier.custody.len() as u32 + 1);
        fill(&mut row.kind, Some(kind));
        fill(&mut row.from, Some(day(from)));
        fill(&mut row.to, to.parse().ok());
        fill(&mut row.reason, (!reason.is_empty()).then(|| reason.to_owned()));
        self.dossier.custody.push(row);
        self
    }

    /// Adds a row of 奖惩; `cycle` is `2024-01…2024-05` or empty.
    pub fn award(&mut self, kind: AwardKind, on: &str, grade: Option<Grade>, cycle: &str) -> &mut Someone {
        let mut row = Award::blank(self.dossier.awards.len() as u32 + 1);
        fill(&mut row.kind, Some(kind));
        fill(&mut row.date, Some(day(on)));
        fill(&mut row.grade, grade);
        let (from, to) = cycle.split_once('…').unwrap_or_default();
        fill(&mut row.cycle_from, from.parse().ok());
        fill(&mut row.cycle_to, to.parse().ok());
        self.dossier.awards.push(row);
        self
    }

    /// Confinement, in both sheets.
    pub fn confined(&mut self, from: &str, to: &str) -> &mut Someone {
        self.award(AwardKind::Confinement, from, None, "");
        if let Some(last) = self.dossier.awards.last_mut() {
            fill(&mut last.from, from.parse().ok());
            fill(&mut last.to, to.parse().ok());
        }
        self.custody(CustodyKind::Confinement, from, to, "")
    }

    /// A new or undiscovered crime.
    pub fn crime(
        &mut self,
        kind: NewCrimeKind,
        committed: &str,
        confirmed: &str,
        confessed: Option<bool>,
    ) -> &mut Someone {
        let mut row = NewCrime::blank(self.dossier.new_crimes.len() as u32 + 1);
        fill(&mut row.kind, Some(kind));
        fill(&mut row.crime_date, committed.parse().ok());
        fill(&mut row.confirmed, confirmed.parse().ok());
        fill(&mut row.confessed, confessed);
        self.dossier.new_crimes.push(row);
        self
    }

    /// 身体状况.
    pub fn health(&mut self, words: &[Health]) -> &mut Someone {
        self.inmate().health.set(words.iter().copied().collect());
        self
    }

    /// The recomputed ledger.
    pub fn ledger(&self) -> Ledger {
        let inmate = self.dossier.inmate.as_ref().expect("a person");
        Ledger::new(&self.dossier, inmate, &Rules::builtin().point_values, &self.presence)
    }

    /// The person's row.
    pub fn inmate(&mut self) -> &mut jxjs::model::Inmate {
        self.dossier.inmate.as_mut().expect("a person")
    }

    /// Applies for a reduction on the last day of that month, with what is claimed.
    pub fn claims(&mut self, from: &str, to: &str, commendations: &str, balance: &str) -> &mut Someone {
        let mut app = Application::blank(self.dossier.applications.len() as u32 + 1);
        app.no.set("1001".to_owned());
        app.kind.set(AppKind::Reduction);
        fill(&mut app.applied, to.parse().ok());
        fill(&mut app.period_from, from.parse().ok());
        fill(&mut app.period_to, to.parse().ok());
        fill(&mut app.commendations, commendations.parse().ok());
        fill(&mut app.balance, balance.parse().ok());
        self.dossier.applications.push(app);
        self
    }

    /// The review of the (first) case.
    pub fn review(&self, lang: Lang, aggregate: Option<&Aggregate>) -> CaseReview {
        let rules = Rules::builtin();
        let sources = build::sources();
        let context = BatchContext {
            rules: &rules,
            sources: &sources,
            presence: &self.presence,
            as_of: day("2026-11-24"),
            lang,
            aggregate,
        };
        review_dossier(&self.dossier, &context, &["points/*".to_owned()]).remove(0)
    }

    /// What each points check says that does not pass; without the opening of the balance.
    pub fn failing(&self) -> Vec<(&'static str, Outcome)> {
        let findings = self.review(Lang::En, None).findings.into_iter();
        let opening = |f: &Finding| f.check == "points/balance" && f.outcome == Outcome::Unverified;
        findings.filter(|f| f.outcome != Outcome::Pass && !opening(f)).map(|f| (f.check, f.outcome)).collect()
    }

    /// The finding of one check.
    pub fn finding(&self, check: &str) -> Option<Finding> {
        self.review(Lang::En, None).findings.into_iter().find(|f| f.check == check)
    }
}

/// Notes of one test in the fold that fits best.
pub fn notes(ledger: &Ledger, test: Test) -> Vec<&Note> {
    ledger.best().notes.iter().filter(|n| n.test == test).collect()
}

/// What the best fold says, without the opening of the balance, in a form that is easy to compare.
pub fn said(ledger: &Ledger) -> Vec<(Test, Mark, What, String)> {
    let all = ledger.best().notes.iter().filter(|n| n.what != What::Opening);
    all.map(|n| (n.test, n.mark, n.what, n.month.to_string())).collect()
}

/// The lawful balances, month by month.
pub fn balances(ledger: &Ledger) -> Vec<String> {
    shown(ledger, ledger.best)
}

/// The same for any fold.
pub fn shown(ledger: &Ledger, fold: usize) -> Vec<String> {
    let months = ledger.folds[fold].months.iter();
    months.map(|m| m.expected.balance.map_or_else(|| "?".to_owned(), |b| b.normalize().to_string())).collect()
}
