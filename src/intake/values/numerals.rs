//! Arabic and Chinese numerals.

pub(super) fn zero_like(c: char) -> bool {
    // Zero is typed as the ideograph, a circle, or a Greek or Cyrillic letter that looks like one.
    matches!(c, '〇' | '○' | '◯' | 'Ο' | 'ο' | 'О' | 'о' | '零' | 'O' | '0')
}

pub(super) fn digit(c: char) -> Option<u64> {
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

pub(super) fn chinese_digit(c: char) -> Option<u64> {
    if c.is_ascii_alphanumeric() { None } else { digit(c) }
}

pub(super) fn small_unit(c: char) -> Option<u64> {
    Some(match c {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1000,
        _ => return None,
    })
}

pub(super) fn is_numeral(c: char) -> bool {
    chinese_digit(c).is_some() || small_unit(c).is_some() || matches!(c, '万' | '萬' | '亿' | '億' | '廿' | '卅')
}

/// A Chinese numeral with units (`二十二`, `一百零五`, `二十二万`); `None` where the reading is not certain, as in
/// the spoken `三百五`.
pub(super) fn chinese_number(text: &[char]) -> Option<u64> {
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
pub(super) fn take_int(text: &[char]) -> Option<(u32, usize)> {
    let arabic = text.iter().take_while(|c| c.is_ascii_digit()).count();
    if arabic > 0 {
        let n = text.iter().take(arabic.min(5)).fold(0u32, |n, c| n * 10 + c.to_digit(10).unwrap_or(0));
        return (arabic <= 4).then_some((n, arabic));
    }
    let chinese = text.iter().take_while(|c| is_numeral(**c)).count();
    let n = chinese_number(text.get(..chinese)?)?;
    Some((u32::try_from(n).ok()?, chinese))
}

pub(super) fn small_int(text: &[char]) -> Option<u32> {
    let all_zero_led = text.len() == 2 && text.first().is_some_and(|c| zero_like(*c) && !c.is_ascii());
    if all_zero_led {
        return text.get(1).and_then(|c| chinese_digit(*c)).map(|d| d as u32);
    }
    take_int(text).filter(|(_, used)| *used == text.len()).map(|(n, _)| n)
}

pub(super) fn year_number(text: &[char]) -> Option<i32> {
    (text.len() == 4).then_some(())?;
    text.iter().try_fold(0i32, |n, c| Some(n * 10 + i32::try_from(digit(*c)?).ok()?))
}
