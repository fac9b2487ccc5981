//! The numbers of the points system (计分考核), read from `rules/points.toml`, and the local scale that turns
//! commendations into months, where an overlay gives one.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

use super::limits::Stricter;
use crate::checks::finding::Basis;
use crate::model::Term;
use crate::model::ledger::Values;

/// One number of the points system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointValue {
    /// Its name, e.g. `base/labour`.
    pub id: String,
    /// The number, as decimal text.
    pub value: Decimal,
    /// Its unit.
    pub unit: String,
    /// First day on which it holds.
    #[serde(default, deserialize_with = "super::toml_date::opt")]
    pub from: Option<NaiveDate>,
    /// Last day on which it holds.
    #[serde(default, deserialize_with = "super::toml_date::opt")]
    pub until: Option<NaiveDate>,
    /// Whether it is a bound of ours and not one of the law.
    #[serde(default)]
    pub ours: bool,
    /// Its provision; a bound of ours has none.
    #[serde(default)]
    pub basis: Option<Basis>,
    /// Whether the text was seen.
    pub verified: bool,
    /// What it is, in Chinese.
    pub zh: String,
    /// What it is, in English.
    pub en: String,
    /// Which direction an overlay may move it; none at all where absent.
    #[serde(default)]
    pub stricter: Option<Stricter>,
}

impl PointValue {
    /// Whether an overlay may put `new` in the place of this value: never more lenient, and only where a direction is given.
    pub fn may_become(&self, new: &PointValue) -> bool {
        match self.stricter {
            Some(Stricter::Larger) => new.value >= self.value,
            Some(Stricter::Smaller) => new.value <= self.value,
            None => new.value == self.value,
        }
    }
}

/// A step of a local scale: with so many commendations at most so much may be proposed. No national rule has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScaleStep {
    /// Its name, unique among the steps.
    pub id: String,
    /// Commendations (表扬) needed.
    pub commendations: u32,
    /// Most that may be taken off for them.
    pub reduction: Term,
    /// The local rule.
    pub basis: Basis,
}

/// The most that a scale gives for a number of commendations: its highest step reached; `None` below the lowest.
pub fn scale_amount(scale: &[ScaleStep], commendations: u32) -> Option<Term> {
    scale.iter().filter(|s| s.commendations <= commendations).map(|s| s.reduction).max()
}

/// A number the code needs is missing or out of its range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value {0} of rules/points.toml is missing or cannot be used")]
pub struct BadPointValue(pub String);

/// Puts the values together as the recomputation wants them.
///
/// # Errors
/// Names the first value that is missing or cannot be used (a share that is negative, a count that is not whole).
pub fn values(list: &[PointValue]) -> Result<Values, BadPointValue> {
    let find = |id: &str| {
        list.iter().find(|v| v.id == id && !v.value.is_sign_negative()).ok_or_else(|| BadPointValue(id.to_owned()))
    };
    let number = |id: &str| find(id).map(|v| v.value);
    let count = |id: &str| {
        let value = find(id)?.value;
        value.to_u32().filter(|_| value.fract().is_zero()).ok_or_else(|| BadPointValue(id.to_owned()))
    };
    let day = |id: &str, d: Option<NaiveDate>| d.ok_or_else(|| BadPointValue(id.to_owned()));
    let percent = |id: &str| number(id).map(|v| v / Decimal::ONE_HUNDRED);
    Ok(Values {
        since: day("cycle", find("cycle")?.from)?,
        base: [number("base/supervision")?, number("base/education")?, number("base/labour")?],
        unable: [number("unable/supervision")?, number("unable/education")?, number("unable/labour")?],
        bonus_share: percent("bonus/percent")?,
        special_single: number("special/single")?,
        special_year: number("special/year")?,
        warning: number("penalty/warning")?,
        demerit: number("penalty/demerit")?,
        confinement: number("penalty/confinement")?,
        cycle: number("cycle").and_then(|v| {
            // A cycle of nothing would close for ever.
            if v.is_zero() { Err(BadPointValue("cycle".to_owned())) } else { Ok(v) }
        })?,
        breach: number("grade/breach")?,
        penalties: count("grade/penalties")?,
        low_score: number("grade/low-score")?,
        low_months: count("grade/low-months")?,
        quota_percent: number("grade/quota-percent")?,
        average_months: count("average/months")?,
        confinement_most: i64::from(count("confinement/most-days")?),
        confinement_least: i64::from(count("confinement/least-days")?),
        confinement_least_until: day("confinement/least-days", find("confinement/least-days")?.until)?,
        old_education: number("old/education")?,
        old_labour: number("old/labour")?,
        old_unable: number("old/unable")?,
        tolerance: number("ours/tolerance")?,
        divisor: number("ours/divisor")
            .and_then(|v| if v.is_zero() { Err(BadPointValue("ours/divisor".to_owned())) } else { Ok(v) })?,
        finding_days: i64::from(count("ours/finding-days")?),
        peers: count("ours/peers")?,
        late_award_months: count("ours/late-award-months")?,
    })
}
