//! Points and money.

use rust_decimal::Decimal;

use super::numerals::{chinese_number, is_numeral, small_unit};
use super::{Bad, shorten, squeeze};
use crate::model::{Amount, ProblemCode};

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

/// No judgment names so much; below it, later sums cannot overflow.
fn limit() -> Decimal {
    Decimal::from(1_000_000_000_000_000_000u64)
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
    if value >= limit() {
        return Err(bad());
    }
    let value = if negative { -value } else { value };
    Ok(Quantity { value: value.normalize(), own_unit: money || scaled })
}

/// The decimal a number cell shows: a binary number rounded to 15 significant digits, as spreadsheets do.
///
/// # Errors
/// Not a number, infinite, or too large.
pub fn decimal_of_float(value: f64) -> Result<Decimal, Bad> {
    if !value.is_finite() || value.abs() >= 1e18 {
        return Err(bad_number(&value.to_string()));
    }
    if value == 0.0 || value.abs() < 1e-13 {
        return Ok(Decimal::ZERO);
    }
    if let Some(short) = short_decimal(value) {
        return Ok(short);
    }
    let text = format!("{value:.14e}");
    Decimal::from_scientific(&text).map(|d| d.normalize()).map_err(|_| bad_number(&text))
}

/// The decimal with few digits after the point that a binary number stands for. Both numbers of the quotient are whole and
/// exact, so it is rounded once, as reading the decimal is; with at most 15 digits no other decimal is meant.
fn short_decimal(value: f64) -> Option<Decimal> {
    const SHIFTS: [f64; 5] = [1.0, 10.0, 100.0, 1_000.0, 10_000.0];
    for (digits, shift) in (0u32..).zip(SHIFTS) {
        let whole = (value * shift).round();
        if whole.abs() >= 1e15 {
            return None;
        }
        if whole / shift == value {
            return Decimal::try_new(whole as i64, digits).ok();
        }
    }
    None
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
