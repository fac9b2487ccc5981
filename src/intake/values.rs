//! Reading the text of a cell: dates, months, terms, sentences, proposals, rulings, amounts, yes or no.
//!
//! Pure functions of text. Each knows one type of column and accepts the formats of the contract; anything else is
//! refused with what was found and what would be accepted, never guessed.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use crate::model::{Amount, Change, CountTerm, Month, ProblemCode, Proposal, Rights, Sentence, Term};

/// A value that could not be read with certainty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?}: {want_en}")]
pub struct Bad {
    /// The kind of problem.
    pub code: ProblemCode,
    /// What the cell says.
    pub found: String,
    /// Why it was refused, or what would be accepted, in Chinese.
    pub want_zh: String,
    /// The same in English.
    pub want_en: String,
}

impl Bad {
    /// A refusal of `found`.
    pub fn new(code: ProblemCode, found: &str, want_zh: impl Into<String>, want_en: impl Into<String>) -> Bad {
        Bad { code, found: shorten(found), want_zh: want_zh.into(), want_en: want_en.into() }
    }
}

/// The first characters of a text, for messages.
pub fn shorten(text: &str) -> String {
    const LIMIT: usize = 60;
    let mut out: String = text.chars().take(LIMIT).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LIMIT).is_some() {
        out.push('…');
    }
    out
}

fn invisible(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' | '\u{00ad}')
}

fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '−' => '-',
        '￥' => '¥',
        _ => c,
    }
}

/// Full-width characters narrowed and every blank dropped.
pub fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !invisible(*c)).map(narrow).collect()
}

/// Whether a cell holds nothing but dashes or a slash: read as blank.
pub fn is_lone_dash(text: &str) -> bool {
    let mut chars = text.chars().filter(|c| !invisible(*c)).peekable();
    chars.peek().is_some()
        && chars
            .all(|c| matches!(c, '/' | '／' | '\\' | '-' | '－' | '—' | '–' | '―' | '─' | '·' | '・' | '•' | '−' | '_'))
}

// ---------------------------------------------------------------- numerals

fn zero_like(c: char) -> bool {
    // Zero is typed as the ideograph, a circle, or a Greek or Cyrillic letter that looks like one.
    matches!(c, '〇' | '○' | '◯' | 'Ο' | 'ο' | 'О' | 'о' | '零' | 'O' | '0')
}

fn digit(c: char) -> Option<u64> {
    Some(match c {
        c if zero_like(c) => 0,
        '一' | '壹' | '弌' => 1,
        '二' | '贰' | '貳' | '两' | '兩' => 2,
        '三' | '叁' | '參' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' | '陸' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        '1'..='9' => c as u64 - '0' as u64,
        _ => return None,
    })
}

fn chinese_digit(c: char) -> Option<u64> {
    if c.is_ascii_alphanumeric() { None } else { digit(c) }
}

fn small_unit(c: char) -> Option<u64> {
    Some(match c {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1000,
        _ => return None,
    })
}

fn is_numeral(c: char) -> bool {
    chinese_digit(c).is_some() || small_unit(c).is_some() || matches!(c, '万' | '萬' | '亿' | '億' | '廿' | '卅')
}

/// A Chinese numeral with units (`二十二`, `一百零五`, `二十二万`); `None` where the reading is not certain, as in
/// the spoken `三百五`.
fn chinese_number(text: &[char]) -> Option<u64> {
    if text.is_empty() || text.len() > 30 {
        return None;
    }
    let (mut total, mut section): (u64, u64) = (0, 0);
    let mut pending: Option<u64> = None;
    let mut last_unit: u64 = u64::MAX;
    let mut last_big: u64 = u64::MAX;
    let mut zero = false;
    for (i, &c) in text.iter().enumerate() {
        let big = match c {
            '万' | '萬' => Some(10_000),
            '亿' | '億' => Some(100_000_000),
            _ => None,
        };
        if let Some(unit) = big {
            let value = section + pending.take().unwrap_or(0);
            if value == 0 || unit >= last_big {
                return None;
            }
            total += value * unit;
            (section, last_big, last_unit, zero) = (0, unit, unit, false);
        } else if let Some(unit) = small_unit(c) {
            // 十五 stands for 一十五 only at the start of the numeral or of a section after 零.
            let d = match pending.take() {
                Some(d) => d,
                None if unit == 10 && (i == 0 || zero || section == 0) => 1,
                None => return None,
            };
            if unit >= last_unit && last_unit < 10_000 {
                return None;
            }
            section += d * unit;
            (last_unit, zero) = (unit, false);
        } else if matches!(c, '廿' | '卅') {
            if pending.is_some() || last_unit <= 10 {
                return None;
            }
            section += if c == '廿' { 20 } else { 30 };
            (last_unit, zero) = (10, false);
        } else {
            let d = chinese_digit(c)?;
            if pending.is_some() {
                return None;
            }
            if d == 0 {
                zero = true;
            } else {
                pending = Some(d);
            }
        }
    }
    if let Some(d) = pending {
        if last_unit != u64::MAX && last_unit > 10 && !zero {
            return None;
        }
        section += d;
    } else if zero && text.len() > 1 {
        return None;
    }
    Some(total + section)
}

/// A number in Arabic or Chinese numerals at the start of `text`, and how many characters it takes.
fn take_int(text: &[char]) -> Option<(u32, usize)> {
    let arabic = text.iter().take_while(|c| c.is_ascii_digit()).count();
    if arabic > 0 {
        let n = text.iter().take(arabic.min(5)).fold(0u32, |n, c| n * 10 + c.to_digit(10).unwrap_or(0));
        return (arabic <= 4).then_some((n, arabic));
    }
    let chinese = text.iter().take_while(|c| is_numeral(**c)).count();
    let n = chinese_number(text.get(..chinese)?)?;
    Some((u32::try_from(n).ok()?, chinese))
}

fn small_int(text: &[char]) -> Option<u32> {
    let all_zero_led = text.len() == 2 && text.first().is_some_and(|c| zero_like(*c) && !c.is_ascii());
    if all_zero_led {
        return text.get(1).and_then(|c| chinese_digit(*c)).map(|d| d as u32);
    }
    take_int(text).filter(|(_, used)| *used == text.len()).map(|(n, _)| n)
}

fn year_number(text: &[char]) -> Option<i32> {
    (text.len() == 4).then_some(())?;
    text.iter().try_fold(0i32, |n, c| Some(n * 10 + i32::try_from(digit(*c)?).ok()?))
}

// ---------------------------------------------------------------- dates

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

/// A date. A bare five-digit text is a serial day number.
///
/// # Errors
/// Two-digit years, a month without a day, days that do not exist, and anything else that is not a date.
pub fn date(text: &str, epoch: Epoch) -> Result<NaiveDate, Bad> {
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

// ---------------------------------------------------------------- terms

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
fn coded_term(text: &[char]) -> Option<(Term, bool)> {
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

/// A term in words at the start of `text`, and how many characters it takes.
fn take_term(text: &[char]) -> Option<(Term, usize)> {
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

// ---------------------------------------------------------------- sentences

/// A sentence with what its tail adds (`，剥夺政治权利三年，并处罚金…`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SentenceText {
    /// The principal punishment.
    pub sentence: Sentence,
    /// Deprivation of political rights named in the tail.
    pub rights: Option<Rights>,
    /// The tail says 限制减刑.
    pub limited: bool,
    /// The tail says 终身监禁.
    pub whole_life: bool,
    /// The tail suspends the sentence (缓刑).
    pub suspended: bool,
    /// A lost leading zero was restored.
    pub restored: bool,
}

const SENTENCE_ZH: &str =
    "可接受：有期徒刑十五年、有期徒刑3年6个月、15-06-00、无期徒刑、死刑缓期二年执行、拘役六个月、管制二年";
const SENTENCE_EN: &str =
    "accepted: 有期徒刑十五年, 有期徒刑3年6个月, 15-06-00, 无期徒刑, 死刑缓期二年执行, 拘役六个月, 管制二年";

fn bad_sentence(found: &str) -> Bad {
    Bad::new(ProblemCode::BadTerm, found, SENTENCE_ZH, SENTENCE_EN)
}

fn strip<'a>(text: &'a [char], prefix: &str) -> Option<&'a [char]> {
    let mut rest = text;
    for c in prefix.chars() {
        match rest {
            [first, tail @ ..] if *first == c => rest = tail,
            _ => return None,
        }
    }
    Some(rest)
}

fn strip_any<'a>(text: &'a [char], prefixes: &[&str]) -> Option<&'a [char]> {
    prefixes.iter().find_map(|p| strip(text, p))
}

fn find(text: &[char], needle: &str) -> Option<usize> {
    let needle: Vec<char> = needle.chars().collect();
    text.windows(needle.len().max(1)).position(|w| w == needle.as_slice())
}

fn contains(text: &[char], needle: &str) -> bool {
    find(text, needle).is_some()
}

fn is_break(c: char) -> bool {
    matches!(c, ',' | '、' | ';' | '。' | '.' | '(' | '[' | ':' | '〔' | '【')
}

/// Commas between the words of one punishment (死刑，缓期二年执行).
fn skip_breaks(text: &[char]) -> &[char] {
    let n = text.iter().take_while(|c| matches!(c, ',' | '、')).count();
    text.get(n..).unwrap_or(&[])
}

/// A principal punishment at the start of `text`, and what follows it.
fn take_sentence(text: &[char]) -> Option<(Sentence, &[char])> {
    let text = strip_any(text, &["判处", "判决", "应执行", "执行", "处以", "处"]).unwrap_or(text);
    if let Some(rest) = strip(text, "死缓") {
        let rest = strip_any(rest, &["二年", "2年", "两年"]).unwrap_or(rest);
        return Some((Sentence::Reprieve, rest));
    }
    if let Some(rest) = strip(text, "死刑") {
        let rest = strip(skip_breaks(rest), "缓期")?;
        let rest = strip_any(rest, &["二年", "2年", "两年"]).unwrap_or(rest);
        return Some((Sentence::Reprieve, strip(rest, "执行").unwrap_or(rest)));
    }
    if let Some(rest) = strip_any(text, &["无期徒刑", "无期"]) {
        return Some((Sentence::Life, rest));
    }
    type Make = fn(Term) -> Sentence;
    const KINDS: [(&str, Make); 5] = [
        ("有期徒刑", Sentence::Fixed),
        ("有期", Sentence::Fixed),
        ("徒刑", Sentence::Fixed),
        ("拘役", Sentence::Detention),
        ("管制", Sentence::Control),
    ];
    for (word, make) in KINDS {
        if let Some(rest) = strip(text, word) {
            let rest = strip(rest, ":").or_else(|| strip(rest, "为")).unwrap_or(rest);
            let (t, used) = take_term(rest)?;
            return (!t.is_zero()).then_some((make(t), rest.get(used..).unwrap_or(&[])));
        }
    }
    let (t, used) = take_term(text)?;
    (!t.is_zero()).then_some((Sentence::Fixed(t), text.get(used..).unwrap_or(&[])))
}

/// What a tail may begin with, when no punctuation precedes it.
const TAILS: [&str; 14] = [
    "并处",
    "附加",
    "剥夺",
    "没收",
    "罚金",
    "处罚金",
    "限制减刑",
    "终身监禁",
    "缓刑",
    "宣告缓刑",
    "并附加",
    "决定限制",
    "同时",
    "刑期",
];

struct Tail {
    rights: Option<Rights>,
    limited: bool,
    whole_life: bool,
    suspended: bool,
}

/// Reads what follows a principal punishment. `None` where it contradicts it or runs on from it without a break.
fn read_tail(tail: &[char]) -> Option<Tail> {
    let mut out = Tail { rights: None, limited: false, whole_life: false, suspended: false };
    let Some(first) = tail.first() else { return Some(out) };
    if !is_break(*first) && strip_any(tail, &TAILS).is_none() {
        return None;
    }
    // A second principal punishment: which of the two is executed cannot be told.
    for other in ["有期徒刑", "无期徒刑", "死刑", "死缓", "拘役", "管制", "决定执行", "合并执行"]
    {
        if contains(tail, other) {
            return None;
        }
    }
    if let Some(i) = find(tail, "剥夺政治权利") {
        out.rights = take_rights(tail.get(i + 6..).unwrap_or(&[]));
    }
    out.limited = contains(tail, "限制减刑") && !contains(tail, "不限制减刑") && !contains(tail, "不得限制减刑");
    out.whole_life = contains(tail, "终身监禁");
    out.suspended = contains(tail, "缓刑") && !contains(tail, "撤销") && !contains(tail, "缓刑考验期满");
    Some(out)
}

fn take_rights(text: &[char]) -> Option<Rights> {
    let text = strip_any(text, &["改为", "减为", "缩减为", "变更为", "为", ":"]).unwrap_or(text);
    if strip(text, "终身").is_some() {
        return Some(Rights::ForLife);
    }
    let (t, _) = take_term(text)?;
    (!t.is_zero()).then_some(Rights::For(t))
}

/// A sentence.
///
/// # Errors
/// A bare number, a date, two punishments of which none is said to be executed, and anything else.
pub fn sentence(text: &str) -> Result<SentenceText, Bad> {
    let compact: Vec<char> = squeeze(text).chars().collect();
    let plain = |sentence, restored| SentenceText {
        sentence,
        rights: None,
        limited: false,
        whole_life: false,
        suspended: false,
        restored,
    };
    match compact.as_slice() {
        ['9', '9', '9', '5'] => return Ok(plain(Sentence::Life, false)),
        ['9', '9', '9', '6'] => return Ok(plain(Sentence::Reprieve, false)),
        _ => {}
    }
    if let Some((t, restored)) = coded_term(&compact).filter(|(t, _)| !t.is_zero()) {
        return Ok(plain(Sentence::Fixed(t), restored));
    }
    // Several counts: the punishment to be executed is the one after 决定执行.
    let mut body: &[char] = &compact;
    for word in ["决定执行", "合并执行"] {
        while let Some(i) = find(body, word) {
            body = body.get(i + 4..).unwrap_or(&[]);
        }
    }
    let body = strip_any(skip_breaks(body), &["刑期", "刑罚"]).unwrap_or(body);
    let read = take_sentence(body).and_then(|(s, rest)| Some((s, read_tail(rest)?)));
    let (sentence, tail) = read.ok_or_else(|| bad_sentence(text))?;
    Ok(SentenceText {
        sentence,
        rights: tail.rights,
        limited: tail.limited,
        whole_life: tail.whole_life,
        suspended: tail.suspended,
        restored: false,
    })
}

/// Terms of single counts: `抢劫罪:十二年;盗窃罪:三年`.
///
/// # Errors
/// An entry without a charge or without a readable punishment.
pub fn count_terms(text: &str) -> Result<Vec<CountTerm>, Bad> {
    let bad = || {
        Bad::new(
            ProblemCode::BadTerm,
            text,
            "可接受：抢劫罪:十二年;盗窃罪:三年（每罪“罪名:刑期”，以分号分隔）",
            "accepted: 抢劫罪:十二年;盗窃罪:三年 (charge:term, separated by semicolons)",
        )
    };
    let compact = squeeze(text);
    if compact == "无" {
        return Ok(Vec::new());
    }
    let mut out = Vec::new();
    for entry in compact.split([';', '；', '\n']).filter(|e| !e.is_empty()) {
        let (charge, punishment) = match entry.split_once(':') {
            Some(parts) => parts,
            // 抢劫罪十二年: the charge ends with its 罪.
            None => entry.rfind('罪').map(|i| entry.split_at(i + '罪'.len_utf8())).ok_or_else(bad)?,
        };
        let punishment = punishment.trim_matches(',');
        if charge.is_empty() || punishment.is_empty() {
            return Err(bad());
        }
        out.push(CountTerm { charge: charge.to_owned(), sentence: sentence(punishment).map_err(|_| bad())?.sentence });
    }
    if out.is_empty() { Err(bad()) } else { Ok(out) }
}

// ---------------------------------------------------------------- proposals and rulings

/// A proposal with what its tail says about political rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProposalText {
    /// What is proposed.
    pub proposal: Proposal,
    /// Political rights named in the tail.
    pub rights: Option<Rights>,
    /// A lost leading zero was restored.
    pub restored: bool,
}

const PROPOSAL_ZH: &str = "可接受：六个月、减刑六个月、1年、00-06-00、减为有期徒刑二十二年、减为无期徒刑、减余刑";
const PROPOSAL_EN: &str = "accepted: 六个月, 减刑六个月, 1年, 00-06-00, 减为有期徒刑二十二年, 减为无期徒刑, 减余刑";

/// 减刑六个月, 减为…, 减余刑 at the start of `text`, and what follows.
fn take_reduction(text: &[char]) -> Option<(Proposal, &[char])> {
    if let Some(rest) =
        strip_any(text, &["减去余刑", "减余刑", "减去剩余刑期", "减去剩余刑", "减除余刑", "减刑余刑", "余刑"])
    {
        return Some((Proposal::Remainder, rest));
    }
    if let Some(rest) = strip_any(text, &["减刑为", "减为", "减至", "改为", "减刑至"]) {
        return match take_sentence(rest)? {
            (Sentence::Life, tail) => Some((Proposal::ToLife, tail)),
            (Sentence::Fixed(t), tail) => Some((Proposal::ToFixed(t), tail)),
            _ => None,
        };
    }
    let rest = strip_any(text, &["减刑", "减去", "减少", "减"])?;
    let rest = strip_any(rest, &["幅度", "期限"]).unwrap_or(rest);
    let rest = strip(rest, ":").unwrap_or(rest);
    let rest = strip_any(rest, &["有期徒刑", "刑期", "拘役", "管制"]).unwrap_or(rest);
    if let Some((t, used)) = take_term(rest) {
        return (!t.is_zero()).then_some((Proposal::Reduce(t), rest.get(used..).unwrap_or(&[])));
    }
    let end = rest.iter().position(|c| is_break(*c)).unwrap_or(rest.len());
    let (t, _) = coded_term(rest.get(..end)?)?;
    (!t.is_zero()).then_some((Proposal::Reduce(t), rest.get(end..).unwrap_or(&[])))
}

fn strip_verbs(text: &[char]) -> &[char] {
    let mut rest = text;
    while let Some(next) = strip_any(
        rest,
        &["建议", "提请", "裁定", "决定", "予以", "准予", "同意", "依法", "对其", "对罪犯", "给予", "准许", "应"],
    ) {
        rest = next;
    }
    rest
}

/// What a prison proposes.
///
/// # Errors
/// Anything that is not an amount, a conversion or 减余刑.
pub fn proposal(text: &str) -> Result<ProposalText, Bad> {
    let bad = || Bad::new(ProblemCode::BadTerm, text, PROPOSAL_ZH, PROPOSAL_EN);
    let compact: Vec<char> = squeeze(text).chars().collect();
    if let Some((t, restored)) = coded_term(&compact).filter(|(t, _)| !t.is_zero()) {
        return Ok(ProposalText { proposal: Proposal::Reduce(t), rights: None, restored });
    }
    let body = strip_verbs(&compact);
    let bare = || {
        let (t, used) = take_term(body).filter(|(t, _)| !t.is_zero())?;
        Some((Proposal::Reduce(t), body.get(used..).unwrap_or(&[])))
    };
    let (proposal, rest) = take_reduction(body).or_else(bare).ok_or_else(bad)?;
    let tail = read_tail(rest).ok_or_else(bad)?;
    Ok(ProposalText { proposal, rights: tail.rights, restored: false })
}

/// What a ruling changed, with what its tail says about political rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeText {
    /// The change.
    pub change: Change,
    /// Political rights named in the tail.
    pub rights: Option<Rights>,
}

const CHANGE_ZH: &str = "可接受：减刑六个月、减余刑、减为无期徒刑、减为有期徒刑二十二年、假释、撤销假释、撤销减刑裁定（案号或日期）、\
                         不计入刑期四年十二天、再审改判有期徒刑五年、再审维持、数罪并罚决定执行有期徒刑十二年、恢复减刑六个月、不予减刑、不予假释";
const CHANGE_EN: &str = "accepted: 减刑六个月, 减余刑, 减为无期徒刑, 减为有期徒刑二十二年, 假释, 撤销假释, 撤销减刑裁定 with case \
                         number or date, 不计入刑期四年十二天, 再审改判有期徒刑五年, 再审维持, 数罪并罚决定执行有期徒刑十二年, \
                         恢复减刑六个月, 不予减刑, 不予假释";

/// A case number with its brackets and width made alike, for comparing: `(2019)陕01刑更123号`.
pub fn fold_case_no(text: &str) -> String {
    squeeze(text)
        .chars()
        .map(|c| match c {
            '〔' | '[' | '【' => '(',
            '〕' | ']' | '】' => ')',
            c => c,
        })
        .collect()
}

/// The case number within a text: from the bracketed year to 号.
fn find_case_no(text: &[char]) -> Option<String> {
    let open = |c: char| matches!(c, '(' | '〔' | '[' | '【');
    for (i, c) in text.iter().enumerate() {
        let year = text.get(i + 1..i + 5).unwrap_or(&[]);
        if open(*c) && year.len() == 4 && year.iter().all(char::is_ascii_digit) {
            let rest = text.get(i..).unwrap_or(&[]);
            let end = rest.iter().position(|c| *c == '号')?;
            return Some(rest.get(..=end)?.iter().collect());
        }
    }
    None
}

fn is_date_part(c: char) -> bool {
    c.is_ascii_digit() || is_numeral(c) || zero_like(c) || matches!(c, '年' | '月' | '日' | '-' | '/' | '.')
}

/// The one date within a text.
fn find_date(text: &[char]) -> Option<NaiveDate> {
    let mut found = None;
    for run in text.split(|c| !is_date_part(*c)) {
        let run: String = run.iter().collect();
        if let Ok(d) = date(&run, Epoch::From1900) {
            if found.is_some() {
                return None;
            }
            found = (run.len() != 5).then_some(d);
        }
    }
    found
}

/// 变更内容 of an earlier ruling, or 裁定结果 of an application.
///
/// # Errors
/// A bare amount (it could be a reduction or an addition), and anything else that is not one of the accepted forms.
pub fn change(text: &str) -> Result<ChangeText, Bad> {
    let bad = || Bad::new(ProblemCode::BadTerm, text, CHANGE_ZH, CHANGE_EN);
    let compact: Vec<char> = squeeze(text).chars().collect();
    let plain = |change| Ok(ChangeText { change, rights: None });
    let all = compact.as_slice();

    if contains(all, "不予") || contains(all, "不准") || contains(all, "驳回") || contains(all, "不同意") {
        let what = contains(all, "减刑") || contains(all, "假释") || contains(all, "申请") || contains(all, "提请");
        let only = strip_any(strip_verbs(all), &["不予", "不准", "驳回", "不同意"]).is_some()
            || strip_any(all, &["对", "对其", "减刑", "假释"]).is_some();
        let bare =
            matches!(compact.iter().collect::<String>().as_str(), "不予" | "不准" | "不准予" | "驳回" | "不同意");
        return if (what && only) || bare { plain(Change::Refused) } else { Err(bad()) };
    }
    if contains(all, "撤销") || contains(all, "撤消") {
        if contains(all, "假释") && !contains(all, "减刑") {
            return plain(Change::ParoleRevoked);
        }
        // 恢复减刑 or a new sentence in the same cell: two changes, one row.
        if contains(all, "减刑") && !contains(all, "假释") && !contains(all, "恢复") && !contains(all, "改判") {
            let case_no = find_case_no(all);
            let date = if case_no.is_some() { None } else { find_date(all) };
            return plain(Change::ReductionRevoked { case_no, date });
        }
        return Err(bad());
    }
    if let Some(i) = find(all, "不计入") {
        let before = all.get(..i).unwrap_or(&[]);
        let after = all.get(i + 3..).unwrap_or(&[]);
        let after = strip_any(after, &["执行刑期", "刑期", "已执行刑期", "执行的刑期"]).unwrap_or(after);
        let after = strip(after, ":").unwrap_or(after);
        let read = |t: &[char]| take_term(t).filter(|(term, used)| !term.is_zero() && *used == t.len()).map(|(t, _)| t);
        return match (read(after), read(before)) {
            (Some(t), _) if before.is_empty() => plain(Change::NotCounted(t)),
            (_, Some(t)) if after.is_empty() => plain(Change::NotCounted(t)),
            _ => Err(bad()),
        };
    }
    if contains(all, "改判") || contains(all, "再审") {
        if let Some(i) = find(all, "改判") {
            let rest = all.get(i + 2..).unwrap_or(&[]);
            let rest = strip_any(rest, &["为", ":"]).unwrap_or(rest);
            let read: String = rest.iter().collect();
            let s = sentence(&read).map_err(|_| bad())?;
            return Ok(ChangeText { change: Change::RetrialChanged(s.sentence), rights: s.rights });
        }
        return if contains(all, "维持") { plain(Change::RetrialUpheld) } else { Err(bad()) };
    }
    if contains(all, "数罪并罚") || contains(all, "决定执行") || contains(all, "合并执行") {
        let start = ["决定执行", "合并执行"].iter().filter_map(|w| find(all, w).map(|i| i + 4)).max();
        let start = start.or_else(|| find(all, "数罪并罚").map(|i| i + 4)).unwrap_or(0);
        let rest: String = skip_breaks(all.get(start..).unwrap_or(&[])).iter().collect();
        let s = sentence(&rest).map_err(|_| bad())?;
        return Ok(ChangeText { change: Change::Merged(s.sentence), rights: s.rights });
    }
    if let Some(rest) = strip(strip_verbs(all), "恢复") {
        let rest = strip_any(rest, &["减刑", "减去"]).ok_or_else(bad)?;
        let (t, used) = take_term(rest).ok_or_else(bad)?;
        return if used == rest.len() && !t.is_zero() { plain(Change::ReductionRestored(t)) } else { Err(bad()) };
    }
    let body = strip_verbs(all);
    if let Some(rest) = strip(body, "假释") {
        return if rest.first().is_none_or(|c| is_break(*c)) { plain(Change::Parole) } else { Err(bad()) };
    }
    let (reduction, rest) = take_reduction(body).ok_or_else(bad)?;
    let tail = read_tail(rest).ok_or_else(bad)?;
    let change = match reduction {
        Proposal::Reduce(t) => Change::Reduce(t),
        Proposal::ToLife => Change::ToLife,
        Proposal::ToFixed(t) => Change::ToFixed(t),
        Proposal::Remainder => Change::ReduceRemainder,
    };
    Ok(ChangeText { change, rights: tail.rights })
}

/// Deprivation of political rights; `None` where the text says that it stays unchanged.
///
/// # Errors
/// Anything that is neither a term, 终身 nor 无.
pub fn rights(text: &str) -> Result<Option<Rights>, Bad> {
    let bad = || {
        Bad::new(
            ProblemCode::BadTerm,
            text,
            "可接受：三年、1年、03-00-00、终身、无、不变",
            "accepted: 三年, 1年, 03-00-00, 终身, 无, 不变",
        )
    };
    let compact: Vec<char> = squeeze(text).chars().collect();
    let body = strip_verbs(&compact);
    let body = strip_any(body, &["附加", "并处"]).unwrap_or(body);
    let body = strip_any(body, &["剥夺政治权利", "剥政", "剥权"]).unwrap_or(body);
    let body = strip_any(body, &["改为", "减为", "缩减为", "变更为", "为", ":"]).unwrap_or(body);
    match body.iter().collect::<String>().as_str() {
        "无" | "否" | "未附加" | "没有" | "0" | "0年" | "00-00-00" | "00_00_00" | "000000" => {
            return Ok(Some(Rights::None));
        }
        "终身" | "终生" => return Ok(Some(Rights::ForLife)),
        "不变" | "不予变更" | "维持不变" | "期限不变" => return Ok(None),
        _ => {}
    }
    let found = coded_term(body).filter(|(_, restored)| !restored).map(|(t, _)| t).or_else(|| {
        let (t, used) = take_term(body)?;
        (used == body.len()).then_some(t)
    });
    found.filter(|t| !t.is_zero()).map(|t| Some(Rights::For(t))).ok_or_else(bad)
}

// ---------------------------------------------------------------- numbers

const NUMBER_ZH: &str = "可接受：100、1,234.50、１００、85分、5000元、1千元、人民币二十二万元";
const NUMBER_EN: &str = "accepted: 100, 1,234.50, １００, 85分, 5000元, 1千元, 人民币二十二万元";

fn bad_number(found: &str) -> Bad {
    Bad::new(ProblemCode::BadNumber, found, NUMBER_ZH, NUMBER_EN)
}

/// A number and whether it carries a unit of money itself, which then overrides the unit of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// The number, in yuan or points.
    pub value: Decimal,
    /// Whether the text names 元, 千, 万 or 亿.
    pub own_unit: bool,
}

/// A plain decimal with well-formed thousands separators.
fn plain_decimal(text: &str) -> Option<Decimal> {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, f)| (w, Some(f)));
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    if fraction.is_some_and(|f| !digits(f)) {
        return None;
    }
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let grouped = whole.contains(',');
    if !digits(first) || (grouped && first.len() > 3) || groups.any(|g| g.len() != 3 || !digits(g)) {
        return None;
    }
    let bare: String = text.chars().filter(|c| *c != ',').collect();
    // 20 digits hold every amount a judgment can name and stay exact in later arithmetic.
    (bare.len() <= 20).then(|| bare.parse().ok()).flatten()
}

/// Arabic numbers with Chinese units in falling order: `1千`, `2.5万`, `1万2千`.
fn arabic_with_units(text: &str) -> Option<Decimal> {
    let mut total = Decimal::ZERO;
    let mut last = u64::MAX;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ','))?;
        let (number, tail) = rest.split_at(end);
        let mut unit = 1u64;
        let mut used = 0;
        for c in tail.chars() {
            let factor = match c {
                '万' | '萬' => 10_000,
                '亿' | '億' => 100_000_000,
                c => match small_unit(c) {
                    Some(u) => u,
                    None => break,
                },
            };
            unit = unit.checked_mul(factor).filter(|u| *u <= 1_000_000_000_000)?;
            used += c.len_utf8();
        }
        if unit == 1 || unit >= last {
            return None;
        }
        total = total.checked_add(plain_decimal(number)?.checked_mul(Decimal::from(unit))?)?;
        last = unit;
        rest = tail.get(used..)?;
    }
    (last != u64::MAX).then_some(total)
}

/// A number of points or of yuan.
///
/// # Errors
/// Numbers with an unknown unit, ill-formed separators, exponents, spoken short forms, and anything else.
pub fn number(text: &str) -> Result<Quantity, Bad> {
    let bad = || bad_number(text);
    let compact = squeeze(text).replace('，', ",");
    let mut body = compact.as_str();
    for prefix in ["人民币", "RMB", "CNY", "¥"] {
        body = body.strip_prefix(prefix).unwrap_or(body);
    }
    let (negative, unsigned) = match body.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, body.strip_prefix('+').unwrap_or(body)),
    };
    body = unsigned.strip_prefix('¥').unwrap_or(unsigned);
    let mut money = body.len() != unsigned.len() || compact.starts_with("人民币") || compact.starts_with('¥');
    for suffix in ["元人民币", "元整", "元正", "圆整", "圆正", "元", "圆"] {
        if let Some(rest) = body.strip_suffix(suffix) {
            (body, money) = (rest, true);
            break;
        }
    }
    if !money {
        body = body.strip_suffix('分').unwrap_or(body);
    }
    let (value, scaled) = if let Some(v) = plain_decimal(body) {
        (v, false)
    } else if let Some(v) = arabic_with_units(body) {
        (v, true)
    } else {
        let chars: Vec<char> = body.chars().collect();
        if !chars.iter().all(|c| is_numeral(*c)) {
            return Err(bad());
        }
        (Decimal::from(chinese_number(&chars).ok_or_else(bad)?), true)
    };
    let value = if negative { -value } else { value };
    Ok(Quantity { value: value.normalize(), own_unit: money || scaled })
}

/// The decimal a number cell shows: a binary number rounded to 15 significant digits, as spreadsheets do.
///
/// # Errors
/// Not a number, infinite, or too large.
pub fn decimal_of_float(value: f64) -> Result<Decimal, Bad> {
    if !value.is_finite() || value.abs() >= 1e20 {
        return Err(bad_number(&value.to_string()));
    }
    if value == 0.0 || value.abs() < 1e-13 {
        return Ok(Decimal::ZERO);
    }
    let text = format!("{value:.14e}");
    Decimal::from_scientific(&text).map(|d| d.normalize()).map_err(|_| bad_number(&text))
}

/// 金额 of a property item: an amount, or all of a person's property.
///
/// # Errors
/// As [`number`].
pub fn amount(text: &str) -> Result<(Amount, bool), Bad> {
    let compact = squeeze(text);
    let body = compact.strip_prefix("并处").unwrap_or(&compact);
    if matches!(
        body,
        "没收个人全部财产"
            | "没收全部个人财产"
            | "没收全部财产"
            | "没收个人财产全部"
            | "个人全部财产"
            | "全部个人财产"
            | "全部财产"
            | "全部"
    ) {
        return Ok((Amount::AllProperty, true));
    }
    let q = number(text).map_err(|b| Bad {
        want_zh: format!("{}、没收个人全部财产", b.want_zh),
        want_en: format!("{}, 没收个人全部财产", b.want_en),
        ..b
    })?;
    Ok((Amount::Yuan(q.value), q.own_unit))
}

/// 认定表扬次数, which may carry the rest of the points as well (`表扬4次，余502分`).
///
/// # Errors
/// As [`number`].
pub fn commendations(text: &str) -> Result<(Decimal, Option<Decimal>), Bad> {
    let compact = squeeze(text);
    let mut parts = compact.split([',', ';', '、']).filter(|p| !p.is_empty());
    let bad = || {
        Bad::new(
            ProblemCode::BadNumber,
            text,
            "可接受：4、4次、表扬4次、表扬4次，余502分",
            "accepted: 4, 4次, 表扬4次, 表扬4次，余502分",
        )
    };
    let first = parts.next().ok_or_else(bad)?;
    let first = first.strip_prefix("表扬").unwrap_or(first);
    let first = ["次", "个"].iter().find_map(|s| first.strip_suffix(s)).unwrap_or(first);
    let count = number(first).map_err(|_| bad())?.value;
    let rest = match parts.next() {
        None => None,
        Some(rest) => {
            let rest = ["剩余考核分", "剩余", "余"].iter().find_map(|p| rest.strip_prefix(p)).ok_or_else(bad)?;
            Some(number(rest).map_err(|_| bad())?.value)
        }
    };
    if parts.next().is_some() { Err(bad()) } else { Ok((count, rest)) }
}

/// 认定剩余考核分, which may be written `余502分`.
///
/// # Errors
/// As [`number`].
pub fn balance(text: &str) -> Result<Decimal, Bad> {
    let compact = squeeze(text);
    let body = ["剩余考核分", "剩余", "余"].iter().find_map(|p| compact.strip_prefix(p)).unwrap_or(&compact);
    number(body).map(|q| q.value).map_err(|b| Bad { found: shorten(text), ..b })
}

// ---------------------------------------------------------------- yes or no

/// Yes or no.
///
/// # Errors
/// Anything but the accepted words.
pub fn boolean(text: &str) -> Result<bool, Bad> {
    Ok(match squeeze(text).to_ascii_lowercase().as_str() {
        "是" | "有" | "1" | "y" | "yes" | "true" | "√" | "✓" | "✔" | "☑" => true,
        "否" | "无" | "0" | "n" | "no" | "false" | "×" | "✗" | "✘" | "x" | "╳" | "不是" | "没有" => false,
        _ => {
            return Err(Bad::new(
                ProblemCode::BadBool,
                text,
                "可接受：是/否、有/无、1/0、Y/N、√/×、TRUE/FALSE",
                "accepted: 是/否, 有/无, 1/0, Y/N, √/×, TRUE/FALSE",
            ));
        }
    })
}

#[cfg(test)]
#[path = "values_tests.rs"]
mod tests;
