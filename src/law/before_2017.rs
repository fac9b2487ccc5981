//! The limits of the years before 2017 (`rules/limits/before-2017.toml`): the rules of 1997 and 2012, and the policy on the
//! three categories from 2014. Every figure carries how binding it is and how well its text is known; only a hard figure
//! seen in two sources makes a violation.

use std::sync::OnceLock;

use chrono::NaiveDate;
use serde::Deserialize;

use super::limits::Band;
use crate::checks::finding::{Basis, Outcome};
use crate::model::{Stage, Term};

/// The file, built into the binary.
pub const BUILTIN: &str = include_str!("../../rules/limits/before-2017.toml");

/// Which of the old rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum OldRule {
    /// 法释〔1997〕25号.
    #[serde(rename = "1997")]
    R1997,
    /// 法释〔2012〕2号.
    #[serde(rename = "2012")]
    R2012,
    /// 中政委〔2014〕5号, for the three categories.
    #[serde(rename = "policy")]
    Policy,
}

impl OldRule {
    /// The prefix of its values.
    pub fn prefix(self) -> &'static str {
        match self {
            OldRule::R1997 => "1997",
            OldRule::R2012 => "2012",
            OldRule::Policy => "policy",
        }
    }
}

/// How binding a figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// 不得, 不能少于, 不超过.
    Hard,
    /// 一般.
    General,
    /// 可以.
    May,
    /// Known from a paraphrase only.
    Paraphrase,
}

/// What breaking a figure comes to.
fn breach(mark: Mark, seen: u8) -> Outcome {
    match mark {
        Mark::Hard if seen >= 2 => Outcome::Violation,
        Mark::General | Mark::May => Outcome::Risk,
        Mark::Hard | Mark::Paraphrase => Outcome::Unverified,
    }
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OldFigure {
    /// The figure.
    pub value: Term,
    /// How binding.
    pub mark: Mark,
    /// In how many independent sources its text was seen.
    pub seen: u8,
    /// Its provision.
    pub basis: Basis,
}

impl OldFigure {
    /// What breaking it comes to.
    pub fn breach(&self) -> Outcome {
        breach(self.mark, self.seen)
    }
}

/// A figure for each grade of conduct.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OldGrades {
    /// Grade 1 to 4; `-` for none.
    pub values: [String; 4],
    /// How binding.
    pub mark: Mark,
    /// In how many independent sources.
    pub seen: u8,
    /// Its provision.
    pub basis: Basis,
}

impl OldGrades {
    /// The figures there are.
    pub fn terms(&self) -> impl Iterator<Item = Term> + '_ {
        self.values.iter().filter_map(|v| v.parse().ok())
    }

    /// What breaking it comes to.
    pub fn breach(&self) -> Outcome {
        breach(self.mark, self.seen)
    }
}

/// A row of the old tables.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OldRow {
    /// Unique name.
    pub id: String,
    /// The rule.
    pub rule: OldRule,
    /// The stage.
    pub stage: Stage,
    /// The terms it is for; everything where absent.
    #[serde(default)]
    pub term: Option<Band>,
    /// Whether the rule has no figure of its own here, so that the row is one reading only.
    #[serde(default)]
    pub by_analogy: bool,
    /// Time to be served before the first reduction.
    #[serde(default)]
    pub start: Option<OldFigure>,
    /// What one reduction takes off, by grade.
    #[serde(default)]
    pub cap: Option<OldGrades>,
    /// The most of all, where the text is hard.
    #[serde(default)]
    pub hard_cap: Option<OldGrades>,
    /// Between two reductions.
    #[serde(default)]
    pub interval: Option<OldFigure>,
    /// The same after a reduction of two years or more.
    #[serde(default)]
    pub interval_after_large: Option<OldFigure>,
    /// The lowest fixed term life may become, by grade.
    #[serde(default)]
    pub target: Option<OldGrades>,
}

/// A single figure, by name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OldValue {
    /// Its name.
    pub id: String,
    /// The figure.
    pub term: Term,
    /// How binding.
    pub mark: Mark,
    /// In how many independent sources.
    pub seen: u8,
    /// Its provision.
    pub basis: Basis,
    /// What it is.
    pub zh: String,
}

impl OldValue {
    /// What breaking it comes to.
    pub fn breach(&self) -> Outcome {
        breach(self.mark, self.seen)
    }
}

/// A day on which something changed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OldDate {
    /// Its name.
    pub id: String,
    /// The day.
    #[serde(deserialize_with = "super::toml_date::day")]
    pub date: NaiveDate,
    /// What it is.
    pub zh: String,
}

/// The tables.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OldLimits {
    /// Rows.
    #[serde(rename = "row")]
    pub rows: Vec<OldRow>,
    /// Single figures.
    #[serde(rename = "value")]
    pub values: Vec<OldValue>,
    /// Days.
    #[serde(rename = "date")]
    pub dates: Vec<OldDate>,
}

impl OldLimits {
    /// The tables built into the binary.
    ///
    /// # Panics
    /// Never in a released binary: a test parses this same text and asks for every name the code uses.
    pub fn builtin() -> &'static OldLimits {
        static LIMITS: OnceLock<OldLimits> = OnceLock::new();
        LIMITS.get_or_init(|| match toml::from_str(BUILTIN) {
            Ok(limits) => limits,
            Err(error) => panic!("rules/limits/before-2017.toml is damaged: {error}"),
        })
    }

    /// The row of a rule for a stage and a term.
    pub fn row(&self, rule: OldRule, stage: Stage, term: Term) -> Option<&OldRow> {
        self.rows.iter().find(|r| r.rule == rule && r.stage == stage && r.term.is_none_or(|band| band.contains(term)))
    }

    /// A single figure.
    ///
    /// # Panics
    /// If the name is not in the file; see [`OldLimits::builtin`].
    pub fn value(&self, id: &str) -> &OldValue {
        self.values.iter().find(|v| v.id == id).unwrap_or_else(|| panic!("the old limits have no value {id}"))
    }

    /// A single figure of one rule.
    pub fn of(&self, rule: OldRule, name: &str) -> Option<&OldValue> {
        let id = format!("{}/{name}", rule.prefix());
        self.values.iter().find(|v| v.id == id)
    }

    /// A day.
    ///
    /// # Panics
    /// As [`OldLimits::value`].
    pub fn date(&self, id: &str) -> NaiveDate {
        self.dates.iter().find(|d| d.id == id).unwrap_or_else(|| panic!("the old limits have no date {id}")).date
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::Rules;

    #[test]
    fn the_old_tables_are_sound_and_complete() {
        let limits = OldLimits::builtin();
        let rules = Rules::builtin();
        let known = |b: &Basis| rules.instruments.get(&*b.instrument).is_some_and(|i| i.has_article(&b.article));
        for row in &limits.rows {
            let figures = [&row.start, &row.interval, &row.interval_after_large].into_iter().flatten();
            let grades = [&row.cap, &row.hard_cap, &row.target].into_iter().flatten();
            for basis in figures.map(|f| &f.basis).chain(grades.clone().map(|g| &g.basis)) {
                assert!(known(basis), "{}: {basis:?}", row.id);
            }
            for grade in grades {
                assert!(grade.values.iter().all(|v| v == "-" || v.parse::<Term>().is_ok()), "{}", row.id);
                // No violation rests on a figure of 2012: its text was found once only, or is not hard.
                assert!(grade.breach() != Outcome::Violation || row.rule == OldRule::R1997, "{}", row.id);
            }
        }
        for value in &limits.values {
            assert!(known(&value.basis), "{}", value.id);
        }
        for id in ["rights/conversion-min", "rights/conversion-max", "large-reduction", "suspended"] {
            limits.value(id);
        }
        for rule in [OldRule::R1997, OldRule::R2012] {
            for name in [
                "floor/reprieve",
                "rights/fixed-min",
                "parole/reprieve",
                "parole/after-reduction",
                "parole/after-large-reduction",
            ] {
                assert!(limits.of(rule, name).is_some(), "{rule:?} {name}");
            }
            for months in 1..=25 * 12 {
                assert!(limits.row(rule, Stage::Fixed, Term::of_months(months)).is_some(), "{rule:?} {months}");
            }
        }
        for id in ["1997/from", "2012/from", "2012/notice", "policy/from"] {
            limits.date(id);
        }
    }

    #[test]
    fn only_a_hard_figure_seen_twice_makes_a_violation() {
        assert_eq!(breach(Mark::Hard, 2), Outcome::Violation);
        assert_eq!(breach(Mark::Hard, 1), Outcome::Unverified);
        assert_eq!(breach(Mark::General, 2), Outcome::Risk);
        assert_eq!(breach(Mark::May, 2), Outcome::Risk);
        assert_eq!(breach(Mark::Paraphrase, 2), Outcome::Unverified);
    }
}
