//! The working-day calendar (`rules/holidays.toml`): which days are worked, and when a legal deadline falls due.
//!
//! A deadline of days does not count the day it starts from; where its last day is a day of rest it runs to the first
//! working day after it (刑事诉讼法 art. 105). Prison terms never roll (the proviso of the same article). For a year that
//! is not in the file only what holds whatever its holidays is said.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;

use crate::model::date;

const BUILTIN: &str = include_str!("../../rules/holidays.toml");

/// Holidays and made-up working days of the years that are loaded.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    years: BTreeMap<i32, Year>,
}

#[derive(Clone, Debug, Default)]
struct Year {
    holidays: BTreeSet<NaiveDate>,
    workdays: BTreeSet<NaiveDate>,
}

#[derive(Deserialize)]
struct File {
    year: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    year: i32,
    holidays: Vec<NaiveDate>,
    workdays: Vec<NaiveDate>,
}

/// When something falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The last day by plain counting: never later than the real one.
    pub counted: NaiveDate,
    /// The last day after rolling over days of rest; `None` where the calendar of that year is not loaded.
    pub day: Option<NaiveDate>,
}

impl Due {
    /// Whether the deadline has passed on a day; `None` where that depends on holidays that are not loaded.
    pub fn passed(self, today: NaiveDate) -> Option<bool> {
        if today <= self.counted { Some(false) } else { self.day.map(|last| today > last) }
    }

    /// The best known last day.
    pub fn last(self) -> NaiveDate {
        self.day.unwrap_or(self.counted)
    }
}

/// How many working days an interval has: exactly, or between two bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingDays {
    /// At least.
    pub least: i64,
    /// At most.
    pub most: i64,
}

impl WorkingDays {
    /// Whether there are at least `n`; `None` where that depends on holidays that are not loaded.
    pub fn at_least(self, n: i64) -> Option<bool> {
        if self.least >= n {
            Some(true)
        } else if self.most < n {
            Some(false)
        } else {
            None
        }
    }
}

impl Calendar {
    /// The calendar built into the program.
    ///
    /// # Errors
    /// If the file is not TOML of the expected shape.
    pub fn builtin() -> Result<Calendar, toml::de::Error> {
        Calendar::from_toml(BUILTIN)
    }

    /// Reads a calendar in the format of `rules/holidays.toml`.
    ///
    /// # Errors
    /// If the text is not TOML of the expected shape.
    pub fn from_toml(text: &str) -> Result<Calendar, toml::de::Error> {
        let file: File = toml::from_str(text)?;
        let mut calendar = Calendar::default();
        for entry in file.year {
            let year = calendar.years.entry(entry.year).or_default();
            year.holidays.extend(entry.holidays);
            year.workdays.extend(entry.workdays);
        }
        Ok(calendar)
    }

    /// The text of the built-in file, for the digest of the rules.
    pub(super) const fn text() -> &'static str {
        BUILTIN
    }

    /// Whether a day is worked; `None` where its year is not loaded.
    pub fn is_working_day(&self, day: NaiveDate) -> Option<bool> {
        let year = self.years.get(&day.year())?;
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        Some(if weekend { year.workdays.contains(&day) } else { !year.holidays.contains(&day) })
    }

    /// The working days from `from` to `to`, both included; none where the interval is reversed.
    pub fn working_days(&self, from: NaiveDate, to: NaiveDate) -> WorkingDays {
        let mut count = WorkingDays { least: 0, most: 0 };
        for day in from.iter_days().take_while(|d| *d <= to) {
            match self.is_working_day(day) {
                Some(true) => {
                    count.least += 1;
                    count.most += 1;
                }
                Some(false) => {}
                None => count.most += 1,
            }
        }
        count
    }

    /// The day on which a period of `n` days from `from` ends: `from` itself is not counted, a day of rest rolls on.
    pub fn due(&self, from: NaiveDate, n: i64) -> Due {
        self.ending(date::add_days(from, n))
    }

    /// The day on which a period ends that by plain counting ends on `counted`: a day of rest rolls on.
    pub fn ending(&self, counted: NaiveDate) -> Due {
        let mut day = Some(counted);
        while let Some(d) = day {
            match self.is_working_day(d) {
                Some(true) => break,
                Some(false) => day = d.succ_opt(),
                None => day = None,
            }
        }
        Due { counted, day }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn weekends_holidays_and_made_up_days() {
        let calendar = Calendar::builtin().unwrap();
        for (day, expected) in [
            ("2007-02-16", Some(true)),
            ("2007-02-17", Some(true)), // a Saturday made up for the Spring Festival
            ("2007-02-18", Some(false)),
            ("2007-03-03", Some(false)), // an ordinary Saturday
            ("2008-10-01", Some(false)),
            ("2006-10-02", None),
            ("2100-01-04", None),
        ] {
            assert_eq!(calendar.is_working_day(d(day)), expected, "{day}");
        }
    }

    #[test]
    fn a_deadline_does_not_count_its_first_day_and_rolls_over_rest() {
        let calendar = Calendar::builtin().unwrap();
        for (from, n, expected) in [
            ("2024-03-01", 10, "2024-03-11"), // a Monday
            ("2024-02-29", 10, "2024-03-11"), // the 10th is a Sunday
            ("2024-09-21", 10, "2024-10-08"), // National Day
            ("2007-02-07", 10, "2007-02-17"), // the made-up Saturday is worked
        ] {
            let due = calendar.due(d(from), n);
            assert_eq!((due.day, due.last()), (Some(d(expected)), d(expected)), "{from}+{n}");
            assert_eq!(due.passed(d(expected)), Some(false));
            assert_eq!(due.passed(d(expected).succ_opt().unwrap()), Some(true));
        }
    }

    #[test]
    fn without_the_year_only_what_holds_whatever_its_holidays() {
        let calendar = Calendar::from_toml("year = []").unwrap();
        let due = calendar.due(d("2024-03-01"), 10);
        assert_eq!(due, Due { counted: d("2024-03-11"), day: None });
        assert_eq!(due.passed(d("2024-03-11")), Some(false));
        assert_eq!(due.passed(d("2024-03-12")), None);
        let days = calendar.working_days(d("2024-03-01"), d("2024-03-05"));
        assert_eq!(days, WorkingDays { least: 0, most: 5 });
        assert_eq!((days.at_least(6), days.at_least(5)), (Some(false), None));
    }

    #[test]
    fn working_days_count_both_ends() {
        let calendar = Calendar::builtin().unwrap();
        for (from, to, n) in [
            ("2024-03-04", "2024-03-08", 5), // Monday to Friday
            ("2024-03-07", "2024-03-11", 3), // over a weekend
            ("2024-03-04", "2024-03-04", 1),
            ("2024-03-05", "2024-03-04", 0),
            ("2024-09-30", "2024-10-08", 2), // National Day in between
        ] {
            assert_eq!(calendar.working_days(d(from), d(to)), WorkingDays { least: n, most: n }, "{from} to {to}");
        }
    }
}
