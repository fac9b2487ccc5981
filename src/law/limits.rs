//! Rows of the limit tables and named values of the law.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::checks::finding::Basis;
use crate::model::{Stage, Term};

/// For whom a row of the limit tables is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Group {
    /// Everyone.
    #[serde(rename = "all")]
    All,
    /// The categories of 2016 art. 7.1, 9, 11.
    R1,
    /// Violent crimes and combined sentences of 2016 art. 7.2, 9, 11.
    R2,
    /// Corruption under the 2019 supplement.
    C,
    /// 限制减刑
    L,
}

/// Whether major merit lifts a waiting time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lifts {
    /// It does.
    Yes,
    /// The text does not say; both readings are computed.
    Reading,
    /// It may shorten it, without a number.
    Shorten,
}

/// The terms of sentence that a row is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// From this term on (included).
    #[serde(default)]
    pub min: Option<Term>,
    /// Up to this term, included.
    #[serde(default)]
    pub up_to: Option<Term>,
    /// Below this term.
    #[serde(default)]
    pub below: Option<Term>,
}

impl Band {
    /// Whether the band contains a term.
    pub fn contains(&self, t: Term) -> bool {
        self.min.is_none_or(|m| t >= m) && self.up_to.is_none_or(|m| t <= m) && self.below.is_none_or(|m| t < m)
    }
}

/// A figure with the provision it comes from; `None` in the table is "–": the general row supplies it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quantity {
    /// The figure.
    pub value: Term,
    /// Its provision.
    pub basis: Basis,
}

/// A figure for each grade of conduct.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByGrade {
    /// Grade 1 (悔改 or 立功) to 4 (悔改+重大立功); `-` for no figure of its own.
    pub values: [String; 4],
    /// Its provision.
    pub basis: Basis,
}

impl ByGrade {
    /// The figure for a grade (1 to 4).
    pub fn of(&self, grade: u8) -> Option<Term> {
        self.values.get(usize::from(grade).checked_sub(1)?).and_then(|v| v.parse().ok())
    }
}

/// One row of a limit table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitRow {
    /// Unique name.
    pub id: String,
    /// The stage it is for.
    pub stage: Stage,
    /// The groups it is for.
    pub groups: Vec<Group>,
    /// The terms it is for; everything where absent.
    #[serde(default)]
    pub term: Option<Band>,
    /// In force from this day.
    #[serde(deserialize_with = "super::toml_date::day")]
    pub from: NaiveDate,
    /// In force until this day.
    #[serde(default, deserialize_with = "super::toml_date::opt")]
    pub until: Option<NaiveDate>,
    /// Whether the text of the provision was seen.
    pub verified: bool,
    /// Time to be served before the first reduction of the stage.
    #[serde(default)]
    pub start: Option<Quantity>,
    /// Most that one reduction may take off.
    #[serde(default)]
    pub cap: Option<ByGrade>,
    /// Time between two reductions.
    #[serde(default)]
    pub interval: Option<Quantity>,
    /// The lowest fixed term that life may become.
    #[serde(default)]
    pub target: Option<ByGrade>,
    /// Whether major merit lifts the start.
    #[serde(default)]
    pub lifts_start: Option<Lifts>,
    /// Whether major merit lifts the interval.
    #[serde(default)]
    pub lifts_interval: Option<Lifts>,
}

impl LimitRow {
    /// Whether the row is in force on a day.
    pub fn in_force(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|u| day <= u)
    }
}

/// A single figure of the law, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedValue {
    /// Its name, e.g. `floor/life`.
    pub id: String,
    /// A duration, where it is one.
    #[serde(default)]
    pub term: Option<Term>,
    /// A number, where it is one.
    #[serde(default)]
    pub number: Option<i64>,
    /// A date, where it is one.
    #[serde(default, deserialize_with = "super::toml_date::opt")]
    pub date: Option<NaiveDate>,
    /// Its provision.
    pub basis: Basis,
    /// Whether the text was seen.
    pub verified: bool,
    /// What it is, in Chinese.
    pub zh: String,
    /// What it is, in English.
    pub en: String,
    /// Which direction an overlay may move it.
    #[serde(default)]
    pub stricter: Option<Stricter>,
}

/// Which direction makes a value stricter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stricter {
    /// Larger values are stricter.
    Larger,
    /// Smaller values are stricter.
    Smaller,
}
