//! Dates and months.

use chrono::{Datelike, NaiveDate};

use super::numerals::{small_int, year_number};
use super::{Bad, narrow, squeeze};
use crate::model::{Month, ProblemCode};

/// Which day a spreadsheet counts its serial day numbers from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Epoch {
    /// The 1900 system.
    #[default]
    From1900,
    /// The 1904 system of older Macintosh files.
    From1904,
}

const DATE_ZH: &str =
    "可接受：2019-03-05、2019/3/5、2019.3.5、20190305、2019年3月5日、二〇一九年三月五日或日期单元格，须有四位年份和日";
const DATE_EN: &str = "accepted: 2019-03-05, 2019/3/5, 2019.3.5, 20190305, 2019年3月5日, 二〇一九年三月五日 or a date \
                       cell, with a four-digit year and a day";
const MONTH_ZH: &str = "可接受：2024-03、2024/3、2024年3月、202403、二〇二四年三月或日期";
const MONTH_EN: &str = "accepted: 2024-03, 2024/3, 2024年3月, 202403, 二〇二四年三月 or a date";

fn bad_date(found: &str) -> Bad {
    Bad::new(ProblemCode::BadDate, found, DATE_ZH, DATE_EN)
}

fn bad_month(found: &str) -> Bad {
    Bad::new(ProblemCode::BadDate, found, MONTH_ZH, MONTH_EN)
}

fn plausible(d: NaiveDate) -> bool {
    (1900..=2200).contains(&d.year())
}

/// The day of a serial number; `None` for the day 1900-02-29 that never was, and outside 1900 to 2200.
pub fn serial_date(serial: f64, epoch: Epoch) -> Option<NaiveDate> {
    if !serial.is_finite() || !(0.0..=120_000.0).contains(&serial) {
        return None;
    }
    let whole = serial.floor() as i64;
    let (from, days) = match epoch {
        Epoch::From1904 => (NaiveDate::from_ymd_opt(1904, 1, 1)?, whole),
        Epoch::From1900 if whole < 60 => (NaiveDate::from_ymd_opt(1899, 12, 31)?, whole),
        Epoch::From1900 if whole == 60 => return None,
        Epoch::From1900 => (NaiveDate::from_ymd_opt(1899, 12, 30)?, whole),
    };
    from.checked_add_signed(chrono::TimeDelta::try_days(days)?).filter(|d| plausible(*d))
}

/// Whether `text` is a time of day (`00:00`, `08:30:00.000`). A zone would make the day uncertain.
fn is_time(text: &str) -> bool {
    let mut parts = text.split(':');
    let number = |t: Option<&str>, below: u32| {
        t.is_some_and(|t| {
            (1..=2).contains(&t.len())
                && t.bytes().all(|b| b.is_ascii_digit())
                && t.parse::<u32>().is_ok_and(|n| n < below)
        })
    };
    if !number(parts.next(), 24) || !number(parts.next(), 60) {
        return false;
    }
    let seconds = parts.next();
    let seconds_fit = seconds.is_none_or(|s| {
        let (whole, fraction) = s.split_once('.').unwrap_or((s, "0"));
        number(Some(whole), 60) && !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit())
    });
    seconds_fit && parts.next().is_none()
}

/// Drops a time of day after a date.
fn without_time(text: &str) -> String {
    let folded: String = text.trim().chars().map(narrow).collect();
    for (i, c) in folded.char_indices() {
        if c == 'T' || c == 't' || c.is_whitespace() {
            let tail = folded.get(i + c.len_utf8()..).unwrap_or("");
            if is_time(tail.trim()) {
                return squeeze(folded.get(..i).unwrap_or(""));
            }
        }
    }
    squeeze(&folded)
}

/// Year, month and, where written, day.
fn ymd(compact: &str) -> Option<(i32, u32, Option<u32>)> {
    let chars: Vec<char> = compact.chars().collect();
    if let Some(y) = chars.iter().position(|c| *c == '年') {
        let year = year_number(chars.get(..y)?)?;
        let rest = chars.get(y + 1..)?;
        let m = rest.iter().position(|c| *c == '月')?;
        let month = small_int(rest.get(..m)?)?;
        let rest = rest.get(m + 1..)?;
        return match rest {
            [] | ['份'] => Some((year, month, None)),
            [day @ .., '日' | '号'] if !day.is_empty() => Some((year, month, Some(small_int(day)?))),
            _ => None,
        };
    }
    if !compact.is_ascii() {
        return None;
    }
    let number = |t: &str, most: usize| {
        ((1..=most).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit()))
            .then(|| t.parse::<u32>().ok())
            .flatten()
    };
    if compact.bytes().all(|b| b.is_ascii_digit()) {
        let part = |a: usize, b: usize| compact.get(a..b).and_then(|t| t.parse::<u32>().ok());
        return match compact.len() {
            8 => Some((part(0, 4)? as i32, part(4, 6)?, Some(part(6, 8)?))),
            6 => Some((part(0, 4)? as i32, part(4, 6)?, None)),
            _ => None,
        };
    }
    for separator in ['-', '/', '.'] {
        if compact.contains(separator) {
            let parts: Vec<&str> = compact.split(separator).collect();
            let year = parts.first().filter(|y| y.len() == 4).and_then(|y| number(y, 4))? as i32;
            return match parts.as_slice() {
                [_, m] => Some((year, number(m, 2)?, None)),
                [_, m, d] => Some((year, number(m, 2)?, Some(number(d, 2)?))),
                _ => None,
            };
        }
    }
    None
}

/// `2024-03-05` or `2024-03`, the forms that nearly all cells have.
fn plain(text: &str) -> Option<(i32, u32, Option<u32>)> {
    let number =
        |digits: &[u8]| digits.iter().try_fold(0u32, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')));
    match text.as_bytes() {
        [year @ .., b'-', m1, m2] if year.len() == 4 => Some((number(year)? as i32, number(&[*m1, *m2])?, None)),
        [year @ .., b'-', m1, m2, b'-', d1, d2] if year.len() == 4 => {
            Some((number(year)? as i32, number(&[*m1, *m2])?, Some(number(&[*d1, *d2])?)))
        }
        _ => None,
    }
}

/// A date. A bare five-digit text is a serial day number.
///
/// # Errors
/// Two-digit years, a month without a day, days that do not exist, and anything else that is not a date.
pub fn date(text: &str, epoch: Epoch) -> Result<NaiveDate, Bad> {
    if let Some((y, m, Some(d))) = plain(text) {
        return NaiveDate::from_ymd_opt(y, m, d).filter(|d| plausible(*d)).ok_or_else(|| bad_date(text));
    }
    let compact = without_time(text);
    if compact.len() == 5 && compact.bytes().all(|b| b.is_ascii_digit()) {
        return compact.parse().ok().and_then(|n: f64| serial_date(n, epoch)).ok_or_else(|| bad_date(text));
    }
    let found = ymd(&compact).and_then(|(y, m, d)| NaiveDate::from_ymd_opt(y, m, d?));
    found.filter(|d| plausible(*d)).ok_or_else(|| bad_date(text))
}

/// A month; a whole date stands for its month.
///
/// # Errors
/// Anything that names no month of a four-digit year.
pub fn month(text: &str, epoch: Epoch) -> Result<Month, Bad> {
    if let Some((y, m, None)) = plain(text) {
        return Month::new(y, m).ok_or_else(|| bad_month(text));
    }
    let compact = without_time(text);
    if compact.len() == 5 && compact.bytes().all(|b| b.is_ascii_digit()) {
        return date(text, epoch).map(Month::of).map_err(|_| bad_month(text));
    }
    match ymd(&compact) {
        Some((y, m, None)) => Month::new(y, m).ok_or_else(|| bad_month(text)),
        Some((y, m, Some(d))) => {
            NaiveDate::from_ymd_opt(y, m, d).filter(|d| plausible(*d)).map(Month::of).ok_or_else(|| bad_month(text))
        }
        None => Err(bad_month(text)),
    }
}

/// A month written as a decimal number (`2024.03`, from an untyped file or a number cell). One digit `1` after the
/// point may be January or October, and is refused.
///
/// # Errors
/// As [`month`], and for the ambiguous form.
pub fn month_of_decimal(text: &str) -> Result<Month, Bad> {
    if text.split_once('.').is_some_and(|(_, m)| m == "1") {
        return Err(Bad::new(
            ProblemCode::BadDate,
            text,
            format!("数字“{text}”可能是1月或10月；{MONTH_ZH}"),
            format!("the number may be January or October; {MONTH_EN}"),
        ));
    }
    month(text, Epoch::From1900)
}

/// Whether a text in an end-date column says that there is no end date.
pub fn says_no_end(text: &str) -> bool {
    matches!(
        squeeze(text).as_str(),
        "无期"
            | "无期徒刑"
            | "死缓"
            | "死刑缓期二年执行"
            | "死刑,缓期二年执行"
            | "死刑缓期执行"
            | "9995"
            | "9996"
    )
}
