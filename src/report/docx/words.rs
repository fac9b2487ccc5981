//! How official documents write dates, terms, sentences and provisions.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use crate::checks::finding::Basis;
use crate::law::Rules;
use crate::model::{Amount, CellRef, Change, End, Proposal, Rights, Sentence, Sources, Term};

/// A number in Chinese numerals, 0 to 9999: 十二, 一百二十, 六百三十五.
pub fn numeral(n: u32) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    const UNITS: [&str; 4] = ["", "十", "百", "千"];
    if n == 0 || n > 9999 {
        return if n == 0 { "零".to_owned() } else { n.to_string() };
    }
    let digits: Vec<usize> = n.to_string().bytes().map(|b| usize::from(b - b'0')).collect();
    let mut out = String::new();
    let mut gap = false;
    for (at, digit) in digits.iter().enumerate() {
        let unit = digits.len() - 1 - at;
        if *digit == 0 {
            gap = true;
            continue;
        }
        if gap && !out.is_empty() {
            out.push('零');
        }
        gap = false;
        // 十二, not 一十二.
        if !(*digit == 1 && unit == 1 && out.is_empty()) {
            out.push_str(DIGITS[*digit]);
        }
        out.push_str(UNITS[unit]);
    }
    out
}

/// 2026年1月5日.
pub fn day(d: NaiveDate) -> String {
    format!("{}年{}月{}日", d.year(), d.month(), d.day())
}

/// A term in Chinese numerals: 一年六个月.
pub fn term(t: Term) -> String {
    let mut out = String::new();
    if t.years() > 0 {
        out += &format!("{}年", numeral(t.years()));
    }
    if t.months() > 0 {
        out += &format!("{}个月", numeral(t.months()));
    }
    if t.days() > 0 || out.is_empty() {
        out += &format!("{}日", numeral(t.days()));
    }
    out
}

/// A principal punishment.
pub fn sentence(s: Sentence) -> String {
    match s {
        Sentence::Control(t) => format!("管制{}", term(t)),
        Sentence::Detention(t) => format!("拘役{}", term(t)),
        Sentence::Fixed(t) => format!("有期徒刑{}", term(t)),
        Sentence::Life => "无期徒刑".to_owned(),
        Sentence::Reprieve => "死刑，缓期二年执行".to_owned(),
    }
}

/// An end date.
pub fn end(e: End) -> String {
    e.date().map_or_else(|| "无（无期徒刑、死缓）".to_owned(), day)
}

/// Deprivation of political rights.
pub fn rights(r: Rights) -> String {
    match r {
        Rights::None => "无".to_owned(),
        Rights::For(t) => format!("剥夺政治权利{}", term(t)),
        Rights::ForLife => "剥夺政治权利终身".to_owned(),
    }
}

/// What is proposed.
pub fn proposal(p: Proposal) -> String {
    match p {
        Proposal::Reduce(t) => format!("减去刑期{}", term(t)),
        Proposal::ToLife => "减为无期徒刑".to_owned(),
        Proposal::ToFixed(t) => format!("减为有期徒刑{}", term(t)),
        Proposal::Remainder => "减去剩余刑期".to_owned(),
    }
}

/// What a ruling changed.
pub fn change(c: &Change) -> String {
    match c {
        Change::Reduce(t) => format!("减去刑期{}", term(*t)),
        Change::ReduceRemainder => "减去剩余刑期".to_owned(),
        Change::ToLife => "减为无期徒刑".to_owned(),
        Change::ToFixed(t) => format!("减为有期徒刑{}", term(*t)),
        Change::Parole => "假释".to_owned(),
        Change::ParoleRevoked => "撤销假释".to_owned(),
        Change::ReductionRevoked { case_no, date } => match (case_no, date) {
            (Some(no), _) => format!("撤销减刑裁定{no}"),
            (None, Some(d)) => format!("撤销{}的减刑裁定", day(*d)),
            (None, None) => "撤销减刑裁定".to_owned(),
        },
        Change::NotCounted(t) => format!("不计入执行刑期{}", term(*t)),
        Change::RetrialChanged(s) => format!("再审改判{}", sentence(*s)),
        Change::RetrialUpheld => "再审维持原判".to_owned(),
        Change::Merged(s) => format!("数罪并罚，决定执行{}", sentence(*s)),
        Change::ReductionRestored(t) => format!("恢复减刑{}", term(*t)),
        Change::Refused => "不予减刑（假释）".to_owned(),
    }
}

/// An amount of money.
pub fn yuan(d: Decimal) -> String {
    format!("{}元", d.normalize())
}

/// 金额 of a property judgment.
pub fn amount(a: Amount) -> String {
    match a {
        Amount::Yuan(d) => yuan(d),
        Amount::AllProperty => "个人全部财产".to_owned(),
    }
}

/// Writes the ISO dates of a text as dates of an official document.
pub fn with_days(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    let mut at = 0;
    while at + 10 <= bytes.len() {
        let digit_before = at > 0 && (bytes[at - 1].is_ascii_digit() || bytes[at - 1] == b'-');
        let digit_after = bytes.get(at + 10).is_some_and(|b| b.is_ascii_digit() || *b == b'-');
        let found = (!digit_before && !digit_after && bytes[at].is_ascii_digit())
            .then(|| text.get(at..at + 10))
            .flatten()
            .filter(|t| t.as_bytes()[4] == b'-' && t.as_bytes()[7] == b'-')
            .and_then(|t| t.parse::<NaiveDate>().ok());
        match found {
            Some(d) => {
                out.push_str(&text[from..at]);
                out.push_str(&day(d));
                at += 10;
                from = at;
            }
            None => at += 1,
        }
    }
    out.push_str(&text[from..]);
    out
}

/// A provision in full: 《…规定》（法释〔2016〕23号）第七条第一款.
pub fn provision(basis: &Basis, rules: &Rules) -> String {
    let title = match rules.instruments.get(&*basis.instrument) {
        Some(i) => {
            let (title, note) = split_note(&i.zh);
            let title = title.replace('《', "〈").replace('》', "〉");
            if !note.is_empty() {
                format!("《{title}》（{note}）")
            } else if i.id.contains('〔') {
                format!("《{title}》（{}）", i.id)
            } else {
                format!("《{title}》")
            }
        }
        None => basis.instrument.to_string(),
    };
    let paragraph = basis.paragraph.map(|p| format!("第{}款", numeral(p))).unwrap_or_default();
    format!("{title}{}{paragraph}", article(&basis.article))
}

/// 第一百二十条之三.
fn article(text: &str) -> String {
    let (number, rest) = match text.split_once('之') {
        Some((n, rest)) => (n, format!("之{rest}")),
        None => (text, String::new()),
    };
    match number.parse() {
        Ok(n) => format!("第{}条{rest}", numeral(n)),
        Err(_) => format!("第{number}条{rest}"),
    }
}

/// Splits the remark in brackets off a title; the number of an amendment （八） belongs to the title.
fn split_note(title: &str) -> (&str, &str) {
    let Some(inner) = title.strip_suffix('）') else { return (title, "") };
    match inner.split_once('（') {
        Some((name, note)) if note.chars().count() > 2 => (name, note),
        _ => (title, ""),
    }
}

/// A cell as a source: 罪犯信息 I2, with the file where there are several.
pub fn source(at: CellRef, sources: &Sources) -> Option<String> {
    let sheet = sources.sheet(at.sheet)?;
    let cell = at.a1()?;
    Some(if sheet.sheet.is_empty() { format!("{} {cell}", sheet.file) } else { format!("{} {cell}", sheet.sheet) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals() {
        for (n, expected) in [
            (1, "一"),
            (10, "十"),
            (12, "十二"),
            (20, "二十"),
            (105, "一百零五"),
            (110, "一百一十"),
            (635, "六百三十五"),
            (1001, "一千零一"),
        ] {
            assert_eq!(numeral(n), expected);
        }
    }

    #[test]
    fn dates_in_a_sentence() {
        assert_eq!(
            with_days("自2021-03-05起，2023-03-15以后；编号2021-03-055、2021-13-01"),
            "自2021年3月5日起，2023年3月15日以后；编号2021-03-055、2021-13-01"
        );
    }

    #[test]
    fn provisions_in_full() {
        let rules = Rules::builtin();
        for (instrument, art, paragraph, expected) in [
            (
                "法释〔2016〕23号",
                "7",
                Some(1),
                "《最高人民法院关于办理减刑、假释案件具体应用法律的规定》（法释〔2016〕23号）第七条第一款",
            ),
            ("刑法", "120之三", None, "《中华人民共和国刑法》第一百二十条之三"),
            ("刑法修正案（八）", "4", None, "《中华人民共和国刑法修正案（八）》第四条"),
            (
                "刑诉法解释2021",
                "534",
                None,
                "《最高人民法院关于适用〈中华人民共和国刑事诉讼法〉的解释》（法释〔2021〕1号）第五百三十四条",
            ),
            ("刑法1997", "50", None, "《中华人民共和国刑法》（修正案（八）施行以前的文本）第五十条"),
        ] {
            assert_eq!(provision(&Basis::new(instrument, art, paragraph), &rules), expected);
        }
    }
}
