//! Sentences with their tails, and the terms of single counts.

use super::terms::{coded_term, take_term};
use super::{Bad, squeeze};
use crate::model::{CountTerm, ProblemCode, Rights, Sentence, Term};

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

pub(super) fn strip<'a>(text: &'a [char], prefix: &str) -> Option<&'a [char]> {
    let mut rest = text;
    for c in prefix.chars() {
        match rest {
            [first, tail @ ..] if *first == c => rest = tail,
            _ => return None,
        }
    }
    Some(rest)
}

pub(super) fn strip_any<'a>(text: &'a [char], prefixes: &[&str]) -> Option<&'a [char]> {
    prefixes.iter().find_map(|p| strip(text, p))
}

pub(super) fn find(text: &[char], needle: &str) -> Option<usize> {
    let needle: Vec<char> = needle.chars().collect();
    text.windows(needle.len().max(1)).position(|w| w == needle.as_slice())
}

pub(super) fn contains(text: &[char], needle: &str) -> bool {
    find(text, needle).is_some()
}

pub(super) fn is_break(c: char) -> bool {
    matches!(c, ',' | '、' | ';' | '。' | '.' | '(' | '[' | ':' | '〔' | '【')
}

/// Commas between the words of one punishment (死刑，缓期二年执行).
pub(super) fn skip_breaks(text: &[char]) -> &[char] {
    let n = text.iter().take_while(|c| matches!(c, ',' | '、')).count();
    text.get(n..).unwrap_or(&[])
}

/// A principal punishment at the start of `text`, and what follows it.
pub(super) fn take_sentence(text: &[char]) -> Option<(Sentence, &[char])> {
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

/// What a tail adds.
pub(super) struct Tail {
    pub(super) rights: Option<Rights>,
    pub(super) limited: bool,
    pub(super) whole_life: bool,
    pub(super) suspended: bool,
}

/// Reads what follows a principal punishment. `None` where it contradicts it or runs on from it without a break.
pub(super) fn read_tail(tail: &[char]) -> Option<Tail> {
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

pub(super) fn take_rights(text: &[char]) -> Option<Rights> {
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
