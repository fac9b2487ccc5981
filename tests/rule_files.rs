//! The rule files that say what a check is and when people work: complete, in both languages, resting on provisions
//! that exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use chrono::{Datelike, NaiveDate, Weekday};
use jxjs::checks::finding::Outcome;
use jxjs::law::{CheckEntry, Rules};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckFile {
    check: Vec<CheckEntry>,
}

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules").join(name);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

const FAMILIES: [(&str, usize); 8] = [
    ("reduction", 12),
    ("parole", 9),
    ("category", 4),
    ("term", 9),
    ("points", 19),
    ("paper", 13),
    ("pattern", 10),
    ("procedure", 6),
];

#[test]
fn every_check_is_explained_and_founded() {
    let rules = Rules::builtin();
    let exists =
        |instrument: &str, article: &str| rules.instruments.get(instrument).is_some_and(|i| i.has_article(article));
    let mut seen = BTreeSet::new();
    for (family, count) in FAMILIES {
        let file: CheckFile = toml::from_str(&read(&format!("checks/{family}.toml"))).expect(family);
        assert_eq!(file.check.len(), count, "{family}");
        for check in file.check {
            let id = &check.id;
            assert!(id.starts_with(&format!("{family}/")), "{id}");
            assert!(seen.insert(id.clone()), "{id} stands twice");
            assert!(!check.fails_as.is_empty() && !check.fails_as.contains(&Outcome::Pass), "{id}");
            assert!(!check.basis.is_empty(), "{id}");
            let of_thresholds = check.thresholds.values().filter_map(|t| t.basis.as_ref());
            for basis in check.basis.iter().chain(of_thresholds) {
                assert!(exists(&basis.instrument, &basis.article), "{id}: {basis:?}");
            }
            // A violation needs at least one provision whose text was seen.
            if check.fails_as.contains(&Outcome::Violation) {
                let seen = |i: &str| rules.instruments.get(i).is_some_and(|i| i.verified);
                assert!(check.basis.iter().any(|b| seen(&b.instrument)), "{id}");
            }
            let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            for (zh, en) in [
                (&check.zh.title, &check.en.title),
                (&check.zh.meaning, &check.en.meaning),
                (&check.zh.why, &check.en.why),
                (&check.zh.how, &check.en.how),
                (&check.zh.confirm, &check.en.confirm),
            ] {
                assert!(zh.chars().any(chinese), "{id}: {zh}");
                assert!(!en.is_empty() && !en.chars().any(chinese), "{id}: {en}");
            }
            for (name, threshold) in &check.thresholds {
                assert!(!threshold.reason_zh.is_empty(), "{id} {name}");
                assert!(!threshold.reason_en.is_empty(), "{id} {name}");
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Calendar {
    year: Vec<Year>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    year: i32,
    source: String,
    page: Vec<String>,
    verified: bool,
    holidays: Vec<NaiveDate>,
    workdays: Vec<NaiveDate>,
}

#[test]
fn the_calendar_is_plausible() {
    let calendar: Calendar = toml::from_str(&read("holidays.toml")).expect("holidays.toml");
    let years: Vec<i32> = calendar.year.iter().map(|y| y.year).collect();
    assert!(years.is_sorted_by(|a, b| a < b), "{years:?}");
    for y in calendar.year {
        let year = y.year;
        assert!(y.verified && !y.source.is_empty() && !y.page.is_empty(), "{year}");
        let weekend = |d: &NaiveDate| matches!(d.weekday(), Weekday::Sat | Weekday::Sun);
        let both = y.holidays.iter().chain(&y.workdays);
        assert!(both.clone().all(|d| d.year() == year), "{year}");
        assert!(y.workdays.iter().all(weekend), "{year}: only a weekend is made up");
        assert_eq!(both.clone().collect::<BTreeSet<_>>().len(), both.count(), "{year}");
        // Working weekdays lost to holidays, less weekends worked: the statutory days and their bridges.
        let lost = y.holidays.iter().filter(|d| !weekend(d)).count();
        let net = lost - y.workdays.len();
        assert!((8..=14).contains(&net), "{year}: {net}");
        for (month, day) in [(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)] {
            let statutory = NaiveDate::from_ymd_opt(year, month, day).expect("date");
            assert!(y.holidays.contains(&statutory), "{statutory}");
        }
    }
}
