//! TOML's own dates (`2017-01-01`, without quotes) as [`NaiveDate`]s.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};

/// A required date.
pub fn day<'de, D: Deserializer<'de>>(d: D) -> Result<NaiveDate, D::Error> {
    let value = toml::value::Datetime::deserialize(d)?;
    let date = value.date.filter(|_| value.time.is_none());
    date.and_then(|x| NaiveDate::from_ymd_opt(i32::from(x.year), u32::from(x.month), u32::from(x.day)))
        .ok_or_else(|| serde::de::Error::custom("a date such as 2017-01-01 is expected"))
}

/// A date that may be absent; use with `#[serde(default)]`.
pub fn opt<'de, D: Deserializer<'de>>(d: D) -> Result<Option<NaiveDate>, D::Error> {
    day(d).map(Some)
}
