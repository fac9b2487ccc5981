//! What a prison proposes, what a ruling changed, and deprivation of political rights.

use chrono::NaiveDate;

use super::dates::{Epoch, date};
use super::numerals::{is_numeral, zero_like};
use super::sentences::{contains, find, is_break, read_tail, sentence, skip_breaks, strip, strip_any, take_sentence};
use super::terms::{coded_term, take_term};
use super::{Bad, squeeze};
use crate::model::{Change, ProblemCode, Proposal, Rights, Sentence};

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
