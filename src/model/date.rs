//! The legal calendar: terms (刑期) and how they are added to dates.
//!
//! Counting follows the 2021 interpretation of the Criminal Procedure Law, art. 202: a year runs to
//! the same month and day, a month to the same day, both falling back to the last day of a month
//! that is too short; a month counted from the last day of its month runs to the last day of the
//! target month; half a month is always 15 days.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// A length of time as the law writes it: years, months (below twelve) and days, never converted
/// into one another (a year is not 365 days).
///
/// The order is by years, then months, then days, which is the legal order as long as the days stay
/// below one month, as they do in every sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    months: u32,
    days: u32,
}

impl Term {
    /// No time at all.
    pub const ZERO: Term = Term { months: 0, days: 0 };

    /// A term of whole years, months and days; twelve months become a year.
    pub const fn new(years: u32, months: u32, days: u32) -> Term {
        Term { months: years * 12 + months, days }
    }

    /// `n` years.
    pub const fn of_years(n: u32) -> Term {
        Term::new(n, 0, 0)
    }

    /// `n` months.
    pub const fn of_months(n: u32) -> Term {
        Term::new(0, n, 0)
    }

    /// `n` days.
    pub const fn of_days(n: u32) -> Term {
        Term::new(0, 0, n)
    }

    /// Whole years.
    pub const fn years(self) -> u32 {
        self.months / 12
    }

    /// Months beyond the whole years (below 12).
    pub const fn months(self) -> u32 {
        self.months % 12
    }

    /// Days beyond the months.
    pub const fn days(self) -> u32 {
        self.days
    }

    /// Years and months together, in months.
    pub const fn total_months(self) -> u32 {
        self.months
    }

    /// Whether the term is empty.
    pub const fn is_zero(self) -> bool {
        self.months == 0 && self.days == 0
    }

    /// The sum of two terms, unit by unit.
    #[must_use]
    pub const fn plus(self, other: Term) -> Term {
        Term { months: self.months + other.months, days: self.days + other.days }
    }

    /// This term less another, unit by unit; `None` where a unit would become negative and cannot be
    /// borrowed without guessing the length of a month.
    #[must_use]
    pub fn minus(self, other: Term) -> Option<Term> {
        Some(Term { months: self.months.checked_sub(other.months)?, days: self.days.checked_sub(other.days)? })
    }

    /// Half of the term: years and months exactly, half a month being 15 days. An odd number of days is rounded
    /// up, so that a floor is never shortened by rounding.
    #[must_use]
    pub const fn half(self) -> Term {
        Term { months: self.months / 2, days: (self.months % 2) * 15 + self.days.div_ceil(2) }
    }

    /// `num/den` of the term for the one-third relaxations (2016 rules, arts 19 and 20): a third of a month
    /// is ten days; an odd rest of days is rounded up.
    #[must_use]
    pub const fn fraction(self, num: u32, den: u32) -> Term {
        let months = self.months * num;
        Term { months: months / den, days: (months % den) * 30 / den + (self.days * num).div_ceil(den) }
    }

    /// The term in Chinese: `一年六个月` is written `1年6个月`.
    pub fn zh(self) -> String {
        let mut out = String::new();
        if self.years() > 0 {
            out += &format!("{}年", self.years());
        }
        if self.months() > 0 {
            out += &format!("{}个月", self.months());
        }
        if self.days > 0 || out.is_empty() {
            out += &format!("{}天", self.days);
        }
        out
    }

    /// The term in English: `1 year 6 months`.
    pub fn en(self) -> String {
        let part = |n: u32, unit: &str| (n > 0).then(|| format!("{n} {unit}{}", if n == 1 { "" } else { "s" }));
        let parts: Vec<String> = [part(self.years(), "year"), part(self.months(), "month"), part(self.days, "day")]
            .into_iter()
            .flatten()
            .collect();
        if parts.is_empty() { "0 days".to_owned() } else { parts.join(" ") }
    }
}

/// ISO 8601, normalised: `P1Y6M`, `P15D`, `P0D`.
impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return f.write_str("P0D");
        }
        f.write_str("P")?;
        for (n, unit) in [(self.years(), 'Y'), (self.months(), 'M'), (self.days, 'D')] {
            if n > 0 {
                write!(f, "{n}{unit}")?;
            }
        }
        Ok(())
    }
}

/// The text was not an ISO 8601 duration of years, months and days.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a duration such as P1Y6M: {0:?}")]
pub struct BadDuration(pub String);

impl FromStr for Term {
    type Err = BadDuration;

    fn from_str(text: &str) -> Result<Term, BadDuration> {
        let bad = || BadDuration(text.to_owned());
        let mut rest = text.strip_prefix('P').ok_or_else(bad)?;
        if rest.is_empty() {
            return Err(bad());
        }
        let mut parts = [0u32; 3];
        for (slot, unit) in parts.iter_mut().zip(['Y', 'M', 'D']) {
            if let Some((number, tail)) = rest.split_once(unit) {
                *slot = number.parse().ok().filter(|n| *n <= 9999).ok_or_else(bad)?;
                rest = tail;
            }
        }
        if rest.is_empty() { Ok(Term::new(parts[0], parts[1], parts[2])) } else { Err(bad()) }
    }
}

impl Serialize for Term {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Term {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Term, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Which way years and months are added from the last day of a month, where art. 202 leaves a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counting {
    /// Years first, then months.
    YearsThenMonths,
    /// Everything as months, so that the last day of a month stays a last day.
    AllMonths,
}

/// Whether `d` is the last day of its month.
pub fn is_month_end(d: NaiveDate) -> bool {
    d.succ_opt().is_none_or(|next| next.month() != d.month())
}

/// The last day of `d`'s month.
pub fn month_end(d: NaiveDate) -> NaiveDate {
    NaiveDate::from_ymd_opt(d.year(), d.month(), 1)
        .and_then(|first| first.checked_add_months(Months::new(1)))
        .and_then(|next| next.pred_opt())
        .unwrap_or(d)
}

/// `d` plus `n` years: same month and day, else the last day of that month.
pub fn add_years(d: NaiveDate, n: u32) -> NaiveDate {
    d.checked_add_months(Months::new(n.saturating_mul(12))).unwrap_or(NaiveDate::MAX)
}

/// `d` plus `n` months: same day, else the last day; from a last day to the last day.
pub fn add_months(d: NaiveDate, n: u32) -> NaiveDate {
    if n == 0 {
        return d;
    }
    let moved = d.checked_add_months(Months::new(n)).unwrap_or(NaiveDate::MAX);
    if is_month_end(d) && moved != NaiveDate::MAX { month_end(moved) } else { moved }
}

/// `d` plus `n` days.
pub fn add_days(d: NaiveDate, n: i64) -> NaiveDate {
    match u64::try_from(n) {
        Ok(n) => d.checked_add_days(Days::new(n)).unwrap_or(NaiveDate::MAX),
        Err(_) => d.checked_sub_days(Days::new(n.unsigned_abs())).unwrap_or(NaiveDate::MIN),
    }
}

/// The day on which a waiting time of `t` from `d` is met (that day is lawful): years, then months, then days.
pub fn add(d: NaiveDate, t: Term) -> NaiveDate {
    add_by(d, t, Counting::YearsThenMonths)
}

/// [`add`] under a chosen way of counting.
pub fn add_by(d: NaiveDate, t: Term, counting: Counting) -> NaiveDate {
    let moved = match counting {
        Counting::YearsThenMonths => add_months(add_years(d, t.years()), t.months()),
        // Whole years keep the day either way: only a term with months can stick to the month's end.
        Counting::AllMonths if t.months() == 0 => add_years(d, t.years()),
        Counting::AllMonths => add_months(d, t.total_months()),
    };
    add_days(moved, i64::from(t.days()))
}

/// The two days that [`add`] may give, where the ways of counting differ.
pub fn add_readings(d: NaiveDate, t: Term) -> (NaiveDate, Option<NaiveDate>) {
    let first = add(d, t);
    let second = add_by(d, t, Counting::AllMonths);
    (first, (second != first).then_some(second))
}

/// The last day of a term of `t` that starts on `d`.
pub fn last(d: NaiveDate, t: Term) -> NaiveDate {
    add_days(add(d, t), -1)
}

/// The end dates that a reduction of `t` may give when an end date is moved back in one step: clamped to
/// the month's last day, or staying on a last day. Both are seen in rulings.
pub fn move_back(end: NaiveDate, t: Term) -> [NaiveDate; 2] {
    let clamped = end.checked_sub_months(Months::new(t.total_months())).unwrap_or(NaiveDate::MIN);
    let sticky = if is_month_end(end) { month_end(clamped) } else { clamped };
    [clamped, sticky].map(|d| add_days(d, -i64::from(t.days())))
}

/// Days from `a` to `b`, negative when `b` is earlier.
pub fn days_between(a: NaiveDate, b: NaiveDate) -> i64 {
    (b - a).num_days()
}

/// A calendar month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    /// Months since year 0.
    index: i32,
}

impl Month {
    /// The month `month` (1 to 12) of `year`.
    pub fn new(year: i32, month: u32) -> Option<Month> {
        ((1..=12).contains(&month) && (1900..=2200).contains(&year))
            .then(|| Month { index: year * 12 + month as i32 - 1 })
    }

    /// The month that `d` lies in.
    pub fn of(d: NaiveDate) -> Month {
        Month { index: d.year() * 12 + d.month0() as i32 }
    }

    /// The month a number of months after the first month of year 0.
    pub(crate) fn from_index(index: i32) -> Month {
        Month { index }
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.index.div_euclid(12)
    }

    /// The month's number, 1 to 12.
    pub fn number(self) -> u32 {
        self.index.rem_euclid(12) as u32 + 1
    }

    /// The first day.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year(), self.number(), 1).unwrap_or(NaiveDate::MIN)
    }

    /// The last day.
    pub fn last_day(self) -> NaiveDate {
        month_end(self.first_day())
    }

    /// How many days it has.
    pub fn days(self) -> u32 {
        self.last_day().day()
    }

    /// The month `n` later (earlier when negative).
    #[must_use]
    pub fn plus(self, n: i32) -> Month {
        Month { index: self.index + n }
    }

    /// Months from `self` to `other`.
    pub fn until(self, other: Month) -> i32 {
        other.index - self.index
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.number())
    }
}

impl FromStr for Month {
    type Err = BadDuration;

    fn from_str(text: &str) -> Result<Month, BadDuration> {
        let parsed = text.split_once('-').and_then(|(y, m)| Month::new(y.parse().ok()?, m.parse().ok()?));
        parsed.ok_or_else(|| BadDuration(text.to_owned()))
    }
}

impl Serialize for Month {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Month, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn terms_are_added_as_article_202_says() {
        for (from, term, expected) in [
            ("2021-03-15", "P2Y", "2023-03-15"),
            ("2020-02-29", "P1Y", "2021-02-28"),
            ("2020-02-29", "P4Y", "2024-02-29"),
            ("2021-01-31", "P1M", "2021-02-28"),
            ("2021-02-28", "P1M", "2021-03-31"),
            ("2020-02-28", "P1M", "2020-03-28"),
            ("2021-01-30", "P1M", "2021-02-28"),
            ("2021-04-30", "P1M", "2021-05-31"),
            ("2021-04-30", "P1Y6M", "2022-10-31"),
            ("2021-04-30", "P15D", "2021-05-15"),
        ] {
            assert_eq!(add(d(from), term.parse().unwrap()), d(expected), "{from} + {term}");
        }
    }

    #[test]
    fn the_two_ways_of_counting_part_only_at_a_months_end() {
        assert_eq!(add_readings(d("2019-02-28"), Term::new(1, 1, 0)), (d("2020-03-28"), Some(d("2020-03-31"))));
        assert_eq!(add_readings(d("2019-02-28"), Term::of_years(1)), (d("2020-02-28"), None));
        assert_eq!(add_readings(d("2021-03-15"), Term::new(1, 6, 0)), (d("2022-09-15"), None));
    }

    #[test]
    fn half_a_term_is_exact_and_half_a_month_is_fifteen_days() {
        assert_eq!(Term::new(3, 7, 0).half(), Term::new(1, 9, 15));
        assert_eq!(Term::new(14, 0, 0).half(), Term::new(7, 0, 0));
        assert_eq!(Term::of_months(18).fraction(2, 3), Term::of_months(12));
        assert_eq!(Term::of_months(12).fraction(2, 3), Term::of_months(8));
        assert_eq!(Term::of_months(9).fraction(4, 3), Term::of_months(12));
        assert_eq!(Term::of_months(1).fraction(1, 3), Term::of_days(10));
    }

    #[test]
    fn durations_are_normalised() {
        assert_eq!(Term::of_months(18).to_string(), "P1Y6M");
        assert_eq!(Term::ZERO.to_string(), "P0D");
        assert_eq!("P24Y6M".parse::<Term>().unwrap(), Term::new(24, 6, 0));
        assert!("18M".parse::<Term>().is_err() && "P".parse::<Term>().is_err() && "P1X".parse::<Term>().is_err());
    }

    #[test]
    fn an_end_date_moves_back_in_one_step() {
        // The three accepted end dates of a published case: 2025-11-30 less eight months.
        assert_eq!(move_back(d("2025-11-30"), Term::of_months(8)), [d("2025-03-30"), d("2025-03-31")]);
        assert_eq!(move_back(d("2028-12-20"), Term::of_months(8)), [d("2028-04-20"), d("2028-04-20")]);
    }
}
