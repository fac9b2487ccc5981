//! What the tests of this binary add to the people made for tests.

use jxjs::checks::finding::{Fact, Finding, Outcome};
use jxjs::model::{
    Award, AwardKind, Change, CustodyKind, CustodyRow, End, Month, NewCrime, NewCrimeKind, PointRow, Ruling, Sentence,
    SpendingRow, Term, Value, date,
};

pub use crate::support::{World, d, t};

/// Fixed-term imprisonment.
pub fn fixed(term: &str) -> Sentence {
    Sentence::Fixed(t(term))
}

/// Fifteen years from 2015-03-10 (to 2030-03-09), delivered 2015-09-26, lawfully held throughout.
pub fn fifteen() -> World {
    World::new(fixed("P15Y"), "2015-09-26").lawful()
}

/// A reduction.
pub fn less(months: u32) -> Change {
    Change::Reduce(Term::of_months(months))
}

pub trait Make: Sized {
    fn custody(self, kind: CustodyKind, from: &str, to: &str) -> Self;
    fn custody_for(self, kind: CustodyKind, from: &str, to: &str, reason: &str) -> Self;
    fn lawful(self) -> Self;
    fn no_custody(self) -> Self;
    fn current(self, day: &str) -> Self;
    fn dates(self, start: &str, end: &str, delivered: &str) -> Self;
    fn end_recorded(self, day: &str) -> Self;
    fn start_recorded(self, day: &str) -> Self;
    fn award(self, kind: AwardKind, day: &str) -> Self;
    fn spend(self, month: &str, yuan: i64) -> Self;
    fn labour(self, month: &str, base: i64, bonus: i64) -> Self;
    fn crime(self, kind: NewCrimeKind, confirmed: &str, f: impl FnOnce(&mut NewCrime)) -> Self;
    fn cause(&self, check: &str) -> String;
}

impl Make for World {
    fn custody(self, kind: CustodyKind, from: &str, to: &str) -> World {
        self.custody_for(kind, from, to, "")
    }

    fn custody_for(mut self, kind: CustodyKind, from: &str, to: &str, reason: &str) -> World {
        let mut row = CustodyRow::blank(self.dossier.custody.len() as u32 + 1);
        row.kind.set(kind);
        row.from.set(d(from));
        if !to.is_empty() {
            row.to.set(d(to));
        }
        if !reason.is_empty() {
            row.reason.set(reason.to_owned());
        }
        self.dossier.custody.push(row);
        self
    }

    /// The detention centre from the first day of custody, prison from delivery on.
    fn lawful(mut self) -> World {
        let (detained, delivered) = (self.inmate().detained.get(), self.inmate().delivered.get());
        if let (Some(from), Some(to)) = (detained, delivered) {
            let last = date::add_days(to, -1);
            self = self.custody(CustodyKind::DetentionCentre, &from.to_string(), &last.to_string());
            self = self.custody(CustodyKind::Held, &to.to_string(), "");
        }
        self
    }

    fn no_custody(mut self) -> World {
        self.dossier.custody.clear();
        self
    }

    fn current(mut self, day: &str) -> World {
        self.inmate().current_end.set(End::On(d(day)));
        self
    }

    /// Start and end of the original term, and delivery; custody begins with the term.
    fn dates(mut self, start: &str, end: &str, delivered: &str) -> World {
        let inmate = self.inmate();
        inmate.term_start.set(d(start));
        inmate.detained.set(d(start));
        inmate.crime_date.set(date::add_days(d(start), -10));
        inmate.term_end.set(End::On(d(end)));
        inmate.current_end.set(End::On(d(end)));
        inmate.delivered.set(d(delivered));
        inmate.effective.set(date::add_days(d(delivered), -30));
        inmate.judged.set(date::add_days(d(delivered), -45));
        self
    }

    /// 减后刑期止日 of the last ruling.
    fn end_recorded(mut self, day: &str) -> World {
        last(&mut self).new_end.set(End::On(d(day)));
        self
    }

    /// 减后刑期起日 of the last ruling.
    fn start_recorded(mut self, day: &str) -> World {
        last(&mut self).new_start.set(d(day));
        self
    }

    fn award(mut self, kind: AwardKind, day: &str) -> World {
        let mut row = Award::blank(self.dossier.awards.len() as u32 + 1);
        row.kind.set(kind);
        row.date.set(d(day));
        self.dossier.awards.push(row);
        self
    }

    fn spend(mut self, month: &str, yuan: i64) -> World {
        let month: Month = month.parse().unwrap_or_else(|_| panic!("bad month {month}"));
        let mut row = SpendingRow::blank(self.dossier.spending.len() as u32 + 1, month);
        row.spent = Value::Known(yuan.into());
        self.dossier.spending.push(row);
        self
    }

    fn labour(mut self, month: &str, base: i64, bonus: i64) -> World {
        let month: Month = month.parse().unwrap_or_else(|_| panic!("bad month {month}"));
        let mut row = PointRow::blank(self.dossier.points.len() as u32 + 1, month);
        row.labour.base = Value::Known(base.into());
        row.labour.bonus = Value::Known(bonus.into());
        self.dossier.points.push(row);
        self
    }

    fn crime(mut self, kind: NewCrimeKind, confirmed: &str, f: impl FnOnce(&mut NewCrime)) -> World {
        let mut row = NewCrime::blank(self.dossier.new_crimes.len() as u32 + 1);
        row.kind.set(kind);
        row.confirmed.set(d(confirmed));
        f(&mut row);
        self.dossier.new_crimes.push(row);
        self
    }

    /// The cause that a check names.
    fn cause(&self, check: &str) -> String {
        text(self.finding(check).as_ref(), "cause")
    }
}

fn last(world: &mut World) -> &mut Ruling {
    world.dossier.rulings.last_mut().unwrap_or_else(|| panic!("a ruling"))
}

/// A fact, as text.
pub fn text(finding: Option<&Finding>, key: &str) -> String {
    match finding.and_then(|f| f.facts.get(key)) {
        Some(Fact::Text(t)) => t.clone(),
        Some(Fact::Date(day)) => day.to_string(),
        Some(Fact::Int(n)) => n.to_string(),
        Some(other) => format!("{other:?}"),
        None => String::new(),
    }
}

pub const V: Option<Outcome> = Some(Outcome::Violation);
pub const R: Option<Outcome> = Some(Outcome::Risk);
pub const U: Option<Outcome> = Some(Outcome::Unverified);
pub const P: Option<Outcome> = Some(Outcome::Pass);

/// Checks the outcome, and shows what was said where it is another.
#[track_caller]
pub fn says(world: &World, check: &str, expected: Option<Outcome>) {
    let finding = world.finding(check);
    let said = finding.as_ref().map(|f| (f.message.as_str(), format!("{:?}", f.facts)));
    assert_eq!(finding.as_ref().map(|f| f.outcome), expected, "{check}: {said:?}");
    if let Some(finding) = finding {
        assert!(!finding.message.is_empty(), "{check} says nothing");
        assert!(
            finding.message.ends_with(']') || finding.message.contains(']'),
            "{check}: no paper: {}",
            finding.message
        );
    }
}

/// Checks that the message says something.
#[track_caller]
pub fn mentions(world: &World, check: &str, words: &str) {
    let message = world.finding(check).map(|f| f.message).unwrap_or_default();
    assert!(message.contains(words), "{check}: {message}");
}

/// Facts of a check, as text.
pub fn facts<const N: usize>(world: &World, check: &str, keys: [&str; N]) -> [String; N] {
    let finding = world.finding(check);
    keys.map(|key| text(finding.as_ref(), key))
}
