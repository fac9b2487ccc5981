//! How often each amount of points occurs, and how one of them stands to the others.
//!
//! Whole numbers of ten-thousandths of a point: as exact as decimals for every amount that can be points, and a tenth of
//! the work where a ward's months are compared with each other for everybody in it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Decimals that an amount of points has at most.
const SCALE: u32 = 4;
/// Larger amounts cannot be points.
const MOST: i64 = 1_000_000 * 10_i64.pow(SCALE);

/// Ten-thousandths of a point; `None` where the amount is too large for points or has more decimals.
fn units(amount: Decimal) -> Option<i64> {
    let amount = if amount.scale() > SCALE { amount.normalize() } else { amount };
    let factor = 10_i64.pow(SCALE.checked_sub(amount.scale())?);
    let units = i64::try_from(amount.mantissa()).ok()?.checked_mul(factor)?;
    (units.abs() <= MOST).then_some(units)
}

fn amount(units: i64) -> Decimal {
    Decimal::new(units, SCALE).normalize()
}

/// An amount of points that can be calculated with, in its shortest form: larger ones, and ones with more decimals, cannot
/// be points, and would make sums inexact.
pub fn sane(value: Decimal) -> Option<Decimal> {
    units(value).map(amount)
}

/// [`sane`] without the shortest form.
pub(super) fn plausible(value: Decimal) -> Option<Decimal> {
    units(value).map(|_| value)
}

/// How often each amount of points occurs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(try_from = "BTreeMap<Decimal, u32>", into = "BTreeMap<Decimal, u32>")]
#[cfg_attr(test, schemars(with = "BTreeMap<String, u32>"))]
pub struct Multiset {
    /// In order; a list, because a ward's month is looked through for everybody in it and added to once.
    counts: Vec<(i64, u32)>,
    len: u32,
}

impl TryFrom<BTreeMap<Decimal, u32>> for Multiset {
    type Error = String;

    fn try_from(counts: BTreeMap<Decimal, u32>) -> Result<Multiset, String> {
        let mut out = Multiset::default();
        for (value, n) in counts {
            let units = units(value).ok_or_else(|| format!("{value} is not an amount of points"))?;
            out.add_units(units, n);
        }
        Ok(out)
    }
}

impl From<Multiset> for BTreeMap<Decimal, u32> {
    fn from(set: Multiset) -> BTreeMap<Decimal, u32> {
        set.counts.into_iter().map(|(units, n)| (amount(units), n)).collect()
    }
}

/// The others of a ward and month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peers {
    /// How many.
    pub count: u32,
    /// The median of their totals.
    pub median: Decimal,
    /// The median of their distances from it.
    pub deviation: Decimal,
}

impl Multiset {
    fn find(&self, units: i64) -> Result<usize, usize> {
        self.counts.binary_search_by_key(&units, |(units, _)| *units)
    }

    fn add_units(&mut self, units: i64, n: u32) {
        if n == 0 {
            return;
        }
        match self.find(units) {
            Ok(at) => self.counts[at].1 = self.counts[at].1.saturating_add(n),
            Err(at) => self.counts.insert(at, (units, n)),
        }
        self.len = self.len.saturating_add(n);
    }

    /// Adds an amount; one that cannot be points is no part of it.
    pub fn add(&mut self, value: Decimal) {
        if let Some(units) = units(value) {
            self.add_units(units, 1);
        }
    }

    /// How many amounts there are.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The amount that all of them are, if they are all the same.
    pub fn only(&self) -> Option<Decimal> {
        match self.counts.as_slice() {
            [(units, _)] => Some(amount(*units)),
            _ => None,
        }
    }

    /// Adds those of another.
    pub fn merge(&mut self, other: Multiset) {
        other.counts.into_iter().for_each(|(units, n)| self.add_units(units, n));
    }

    /// How one of the amounts stands to the others: how many those are, their median, and the median of their distances
    /// from it. `None` where there are no others.
    pub fn compare(&self, own: Decimal) -> Option<Peers> {
        let own = units(own).and_then(|units| self.find(units).ok());
        let count = self.len.checked_sub(u32::from(own.is_some()))?;
        // In quarters of a unit, so that both medians are whole: each may be the middle of two.
        let other = |i: usize| {
            let (units, n) = self.counts[i];
            (units * 4, n - u32::from(own == Some(i)))
        };
        let median = middle((0..self.counts.len()).map(other), count)?;
        let from = self.counts.partition_point(|(units, _)| units * 4 < median);
        let deviation = middle(
            outwards(from, self.counts.len(), |i| (other(i).0 - median).abs()).map(|i| {
                let (value, n) = other(i);
                ((value - median).abs(), n)
            }),
            count,
        )?;
        let shown = |quarters: i64| Decimal::new(quarters * 25, SCALE + 2).normalize();
        Some(Peers { count, median: shown(median), deviation: shown(deviation) })
    }
}

/// The places of an ordered list of so many, from one of them to both sides, in the order of their distances.
fn outwards(from: usize, len: usize, distance: impl Fn(usize) -> i64) -> impl Iterator<Item = usize> {
    let (mut low, mut high) = (from, from);
    std::iter::from_fn(move || {
        if low > 0 && (high == len || distance(low - 1) < distance(high)) {
            low -= 1;
            Some(low)
        } else {
            (high < len).then(|| {
                high += 1;
                high - 1
            })
        }
    })
}

/// The middle of ordered values, so many together; of an even number, the mean of the two in the middle.
fn middle(ordered: impl Iterator<Item = (i64, u32)>, count: u32) -> Option<i64> {
    let (low, high) = (count.checked_sub(1)? / 2, count / 2);
    let (mut seen, mut first) = (0_u32, None);
    for (value, n) in ordered {
        seen = seen.saturating_add(n);
        if first.is_none() && seen > low {
            first = Some(value);
        }
        if seen > high {
            return first.map(|f| (f + value) / 2);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn set(values: &[&str]) -> Multiset {
        let mut set = Multiset::default();
        values.iter().for_each(|v| set.add(decimal(v)));
        set
    }

    #[test]
    fn what_cannot_be_points_is_none() {
        for (value, shown) in [
            ("100.00", Some("100")),
            ("-0.0001", Some("-0.0001")),
            ("0.00010000000000", Some("0.0001")),
            ("0.00001", None),
            ("1000000", Some("1000000")),
            ("1000000.0001", None),
            ("-1000000.0001", None),
            ("79228162514264337593543950335", None),
        ] {
            let found = sane(decimal(value)).map(|d| d.to_string());
            assert_eq!(found.as_deref(), shown, "{value}");
        }
    }

    #[test]
    fn an_aggregate_with_what_cannot_be_points_is_refused() {
        let read: Result<Multiset, _> = serde_json::from_str(r#"{"99.50":2,"0.00001":1}"#);
        assert!(read.unwrap_err().to_string().contains("0.00001 is not an amount of points"));
        let read: Multiset = serde_json::from_str(r#"{"99.50":2,"100":1,"7":0}"#).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), r#"{"99.5":2,"100":1}"#);
        assert_eq!(read.len(), 3);
    }

    #[test]
    fn one_against_the_others() {
        let peers = |values: &[&str], own: &str| {
            set(values).compare(decimal(own)).map(|p| (p.count, p.median.to_string(), p.deviation.to_string()))
        };
        let found = |count, median: &str, deviation: &str| Some((count, median.to_owned(), deviation.to_owned()));
        assert_eq!(peers(&["100"], "100"), None);
        assert_eq!(peers(&["100"], "90"), found(1, "100", "0"));
        assert_eq!(peers(&["100", "101", "130"], "130"), found(2, "100.5", "0.5"));
        assert_eq!(peers(&["0.0001", "0.0002", "0.0004", "9"], "9"), found(3, "0.0002", "0.0001"));
        assert_eq!(peers(&["0", "0.0001", "0.0001", "0.0002", "9"], "9"), found(4, "0.0001", "0.00005"));
        assert_eq!(peers(&["100", "100", "130", "160"], "100"), found(3, "130", "30"));
    }

    proptest! {
        #[test]
        fn it_is_what_sorting_gives(values in prop::collection::vec(-30_i64..60, 2..40), own in 0_usize..40) {
            let own = values[own % values.len()];
            let mut all = Multiset::default();
            values.iter().for_each(|v| all.add(Decimal::new(*v, 1)));
            let mut others = values.clone();
            others.remove(others.iter().position(|v| *v == own).unwrap());
            let middle = |mut list: Vec<Decimal>| {
                list.sort();
                ((list[(list.len() - 1) / 2] + list[list.len() / 2]) / Decimal::TWO).normalize()
            };
            let others: Vec<Decimal> = others.into_iter().map(|v| Decimal::new(v, 1)).collect();
            let median = middle(others.clone());
            let deviation = middle(others.iter().map(|v| (*v - median).abs()).collect());
            let count = u32::try_from(others.len()).unwrap();
            prop_assert_eq!(all.compare(Decimal::new(own, 1)), Some(Peers { count, median, deviation }));
        }
    }
}
