//! Terms: years, months and days, in words or in code.

use super::numerals::take_int;
use super::{Bad, squeeze};
use crate::model::{ProblemCode, Term};

const TERM_ZH: &str = "可接受：十五年六个月、15年6个月、半年、一年半、15-06-00、15_06_00、150600（年、月、日）";
const TERM_EN: &str =
    "accepted: 十五年六个月, 15年6个月, 半年, 一年半, 15-06-00, 15_06_00, 150600 (years, months, days)";

fn bad_term(found: &str) -> Bad {
    Bad::new(ProblemCode::BadTerm, found, TERM_ZH, TERM_EN)
}

/// A term, with whether a lost leading zero was restored (`50600`, five years and six months).
///
/// # Errors
/// Bare numbers, dates, and anything else that is not a term of some length.
pub fn term(text: &str) -> Result<(Term, bool), Bad> {
    let compact: Vec<char> = squeeze(text).chars().collect();
    let found = coded_term(&compact).or_else(|| {
        let (t, used) = take_term(&compact)?;
        (used == compact.len()).then_some((t, false))
    });
    found.filter(|(t, _)| !t.is_zero()).ok_or_else(|| bad_term(text))
}

/// `15-06-00`, `15_06_00`, `150600`, and `50600` for `050600`.
pub(super) fn coded_term(text: &[char]) -> Option<(Term, bool)> {
    let compact: String = text.iter().collect();
    let fits = |y: u32, m: u32, d: u32| (y <= 99 && m < 12 && d < 31).then(|| Term::new(y, m, d));
    for separator in ['-', '_'] {
        let parts: Vec<&str> = compact.split(separator).collect();
        if let [y, m, d] = parts.as_slice() {
            let number = |t: &str| {
                ((1..=2).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit())).then(|| t.parse().ok()).flatten()
            };
            return Some((fits(number(y)?, number(m)?, number(d)?)?, false));
        }
    }
    if !compact.is_empty() && compact.bytes().all(|b| b.is_ascii_digit()) && matches!(compact.len(), 5 | 6) {
        let n: u32 = compact.parse().ok()?;
        return Some((fits(n / 10_000, n / 100 % 100, n % 100)?, compact.len() == 5));
    }
    None
}

/// A term at the start of `text`, in words or as a code with separators, and how many characters it takes.
pub(super) fn take_term(text: &[char]) -> Option<(Term, usize)> {
    // A code may follow a word too: 有期徒刑07-00-00. Bare digits are a code only as the whole value.
    let code = text.iter().take_while(|c| c.is_ascii_digit() || matches!(c, '-' | '_')).count();
    if text.iter().take(code).any(|c| matches!(c, '-' | '_')) {
        return coded_term(text.get(..code)?).map(|(t, _)| (t, code));
    }
    let mut at = 0;
    let (mut years, mut months, mut days) = (None, None, None);
    let mut extra_months = 0;
    let mut extra_days = 0;
    let rest = |at: usize| text.get(at..).unwrap_or(&[]);
    loop {
        // 十五年零六个月: the zero between two parts.
        let skip = match rest(at) {
            ['零' | '〇' | '又' | '另', ..] if at > 0 => 1,
            _ => 0,
        };
        let here = rest(at + skip);
        match here {
            ['半', '年', ..] if at == 0 => {
                (months, at) = (Some(6), at + 2);
                continue;
            }
            ['半', '个', '月', ..] if days.is_none() && months.is_none() => {
                (days, at) = (Some(15), at + skip + 3);
                continue;
            }
            _ => {}
        }
        let Some((n, used)) = take_int(here) else { break };
        let unit = here.get(used..).unwrap_or(&[]);
        let used = used + skip;
        match unit {
            ['年', '半', rest @ ..]
                if years.is_none() && months.is_none() && days.is_none() && rest.first() != Some(&'个') =>
            {
                (years, extra_months, at) = (Some(n), 6, at + used + 2);
                break;
            }
            ['年', ..] if years.is_none() && months.is_none() && days.is_none() => {
                (years, at) = (Some(n), at + used + 1)
            }
            ['个', '半', '月', ..] if months.is_none() && days.is_none() => {
                (months, extra_days, at) = (Some(n), 15, at + used + 3);
                break;
            }
            ['个', '月', ..] if months.is_none() && days.is_none() => (months, at) = (Some(n), at + used + 2),
            ['月', ..] if months.is_none() && days.is_none() => (months, at) = (Some(n), at + used + 1),
            ['天' | '日', ..] if days.is_none() => {
                (days, at) = (Some(n), at + used + 1);
                break;
            }
            _ => break,
        }
    }
    let within = years.unwrap_or(0) <= 99 && months.unwrap_or(0) <= 1200 && days.unwrap_or(0) <= 9999;
    (at > 0 && within).then(|| {
        (Term::new(years.unwrap_or(0), months.unwrap_or(0) + extra_months, days.unwrap_or(0) + extra_days), at)
    })
}

/// A whole number in a column whose header names the unit (`减刑幅度（月）`).
///
/// # Errors
/// Anything but a whole number above zero.
pub fn term_in_unit(text: &str, years: bool) -> Result<Term, Bad> {
    let compact = squeeze(text);
    let n: u32 = (compact.len() <= 3 && compact.bytes().all(|b| b.is_ascii_digit()))
        .then(|| compact.parse().ok())
        .flatten()
        .filter(|n| *n > 0)
        .ok_or_else(|| bad_term(text))?;
    Ok(if years { Term::of_years(n) } else { Term::of_months(n) })
}
