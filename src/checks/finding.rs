//! What a check says: its outcome, the facts it compared, the cells they came from, the law it rests on.

use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::{CellRef, Month, Place, Term};

/// Outcome of a check for one case, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Contrary to a binding limit.
    Violation,
    /// Lawful on its face, calls for investigation.
    Risk,
    /// Cannot be decided for lack of data.
    Unverified,
    /// Examined, nothing found.
    Pass,
}

impl Outcome {
    /// All outcomes, worst first.
    pub const ALL: [Outcome; 4] = [Outcome::Violation, Outcome::Risk, Outcome::Unverified, Outcome::Pass];

    /// The name in JSON and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Violation => "violation",
            Outcome::Risk => "risk",
            Outcome::Unverified => "unverified",
            Outcome::Pass => "pass",
        }
    }
}

/// Risk class of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Class {
    /// 提前出狱: early release.
    E,
    /// 纸面服刑: a sentence served only on paper.
    P,
    /// 从严: restricted category.
    R,
    /// 程序: procedure.
    O,
}

impl Class {
    /// The letter.
    pub fn as_str(self) -> &'static str {
        match self {
            Class::E => "E",
            Class::P => "P",
            Class::R => "R",
            Class::O => "O",
        }
    }
}

/// A provision of law. Every finding carries some, so that their names are shared and not copied.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// The instrument's id in `rules/instruments.toml`, e.g. `法释〔2016〕23号`.
    pub instrument: Arc<str>,
    /// The article, e.g. `7` or `120之三`.
    pub article: Arc<str>,
    /// The paragraph (款), where one is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paragraph: Option<u32>,
}

impl Basis {
    /// A provision.
    pub fn new(instrument: &str, article: &str, paragraph: Option<u32>) -> Basis {
        Basis { instrument: instrument.into(), article: article.into(), paragraph }
    }
}

/// One value a check compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Could not be determined.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A count, e.g. of days.
    Int(i64),
    /// Points or money.
    Dec(Decimal),
    /// Text.
    Text(String),
    /// A day.
    Date(NaiveDate),
    /// A duration.
    Term(Term),
    /// A month.
    Month(Month),
    /// A cell of the input; written out as file, sheet and cell by the report.
    Missing(Missing),
    /// Several values.
    List(Vec<Fact>),
    /// Named values.
    Map(Facts),
}

/// Something the workbook does not say, and the paper that would.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Missing {
    /// The blank cell or absent column.
    pub place: Place,
    /// The document to ask for.
    pub document: &'static str,
}

macro_rules! from {
    ($($ty:ty => $variant:ident,)*) => { $(impl From<$ty> for Fact { fn from(v: $ty) -> Fact { Fact::$variant(v.into()) } })* };
}
from! { bool => Bool, i64 => Int, i32 => Int, u32 => Int, Decimal => Dec, String => Text, &str => Text, NaiveDate => Date, Term => Term, Month => Month, Facts => Map, Missing => Missing, }

impl<T: Into<Fact>> From<Option<T>> for Fact {
    fn from(v: Option<T>) -> Fact {
        v.map_or(Fact::Null, Into::into)
    }
}

impl<T: Into<Fact>> From<Vec<T>> for Fact {
    fn from(v: Vec<T>) -> Fact {
        Fact::List(v.into_iter().map(Into::into).collect())
    }
}

/// The facts of a finding, in the order in which they were compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(pub Vec<(&'static str, Fact)>);

impl Facts {
    /// No facts yet.
    pub fn new() -> Facts {
        Facts::default()
    }

    /// The fact of that name.
    pub fn get(&self, key: &str) -> Option<&Fact> {
        self.0.iter().find(|(k, _)| *k == key).map(|(_, v)| v)
    }

    /// Adds a fact, replacing one of the same name.
    pub fn set(&mut self, key: &'static str, value: impl Into<Fact>) {
        let value = value.into();
        match self.0.iter_mut().find(|(k, _)| *k == key) {
            Some(slot) => slot.1 = value,
            None => self.0.push((key, value)),
        }
    }

    /// Adds a fact and returns the facts.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<Fact>) -> Facts {
        self.set(key, value);
        self
    }
}

/// What a check says about one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The check's name in the catalogue.
    pub check: &'static str,
    /// Its outcome.
    pub outcome: Outcome,
    /// Its class in the catalogue.
    pub class: Class,
    /// The provisions it rests on.
    pub basis: Vec<Basis>,
    /// What it compared.
    pub facts: Facts,
    /// Where that came from.
    pub evidence: Vec<CellRef>,
    /// One or two sentences for a reader who is not a programmer, in the language of the run.
    pub message: String,
}

/// What a check says in one world: one completion of the unknown inputs under one reading of the law.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leaf {
    /// The outcome; `None` where the check does not apply.
    pub outcome: Option<Outcome>,
    /// The provisions of the parameters actually used; empty for the general basis of the catalogue.
    pub basis: Vec<Basis>,
    /// What was compared.
    pub facts: Facts,
    /// Cells the facts came from.
    pub evidence: Vec<CellRef>,
    /// What is missing.
    pub missing: Vec<Missing>,
    /// The sentence for the reader.
    pub message: String,
    /// This world is not counted: another check speaks about it (a case without any ground has no cap to exceed).
    pub left_out: bool,
}

impl Leaf {
    /// This world is left to another check.
    pub fn left_out() -> Leaf {
        Leaf { left_out: true, ..Leaf::default() }
    }

    /// The check does not apply here.
    pub fn silent() -> Leaf {
        Leaf::default()
    }

    fn of(outcome: Outcome) -> Leaf {
        Leaf { outcome: Some(outcome), ..Leaf::default() }
    }

    /// Examined, nothing found.
    pub fn pass() -> Leaf {
        Leaf::of(Outcome::Pass)
    }

    /// Contrary to a binding limit.
    pub fn violation() -> Leaf {
        Leaf::of(Outcome::Violation)
    }

    /// Calls for investigation.
    pub fn risk() -> Leaf {
        Leaf::of(Outcome::Risk)
    }

    /// Cannot be decided.
    pub fn unverified() -> Leaf {
        Leaf::of(Outcome::Unverified)
    }

    /// Cannot be decided without this cell.
    pub fn needs(place: Place, document: &'static str) -> Leaf {
        Leaf::unverified().missing(place, document)
    }

    /// Adds a fact.
    #[must_use]
    pub fn fact(mut self, key: &'static str, value: impl Into<Fact>) -> Leaf {
        self.facts.set(key, value);
        self
    }

    /// Adds the note of a pass that needs one.
    #[must_use]
    pub fn note(self, text: impl Into<String>) -> Leaf {
        self.fact("note", Fact::Text(text.into()))
    }

    /// Adds a provision.
    #[must_use]
    pub fn basis(mut self, basis: &Basis) -> Leaf {
        if !self.basis.contains(basis) {
            self.basis.push(basis.clone());
        }
        self
    }

    /// Adds provisions.
    #[must_use]
    pub fn bases<'b>(self, list: impl IntoIterator<Item = &'b Basis>) -> Leaf {
        list.into_iter().fold(self, Leaf::basis)
    }

    /// Adds a cell.
    #[must_use]
    pub fn cell(mut self, at: CellRef) -> Leaf {
        if at.exists() && !self.evidence.contains(&at) {
            self.evidence.push(at);
        }
        self
    }

    /// Adds cells.
    #[must_use]
    pub fn cells(self, list: impl IntoIterator<Item = CellRef>) -> Leaf {
        list.into_iter().fold(self, Leaf::cell)
    }

    /// Adds something missing.
    #[must_use]
    pub fn missing(mut self, place: Place, document: &'static str) -> Leaf {
        let missing = Missing { place, document };
        if !self.missing.contains(&missing) {
            self.missing.push(missing);
        }
        self
    }

    /// Sets the sentence for the reader.
    #[must_use]
    pub fn says(mut self, text: String) -> Leaf {
        self.message = text;
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn outcomes_and_classes_are_printed_as_they_are_stored() {
        for outcome in Outcome::ALL {
            assert_eq!(json!(outcome), outcome.as_str());
        }
        for (class, letter) in [(Class::E, "E"), (Class::P, "P"), (Class::R, "R"), (Class::O, "O")] {
            assert_eq!((class.as_str(), json!(class)), (letter, json!(letter)));
        }
    }
}
