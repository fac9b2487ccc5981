//! What a sheet is and where its columns are: recognised by its name, else by its header row, which need not be the
//! first row and may take two or three rows.

use std::collections::{HashMap, HashSet};

use super::cell::Raw;
use super::columns::{Columns, Extra, Header, Named, Target, Unit};
use super::values::squeeze;
use crate::model::{Col, PropertyKind, SheetKind};

/// How many rows are looked at for a header.
pub const HEAD_ROWS: usize = 60;

/// A row kept for looking at: zero-based row number and its cells.
pub type HeadRow = (u32, Vec<Raw<'static>>);

/// A merged area: zero-based first row, first column, last row, last column.
pub type Merge = (u32, u32, u32, u32);

/// Where a value is and what its header says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Zero-based column.
    pub col: u32,
    /// Unit in the header.
    pub unit: Option<Unit>,
}

/// Columns of the n-th earlier reduction in a wide sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WideRuling {
    /// Which reduction.
    pub nth: u32,
    /// 日期
    pub date: Option<Slot>,
    /// 送达日期
    pub served: Option<Slot>,
    /// 幅度
    pub change: Option<Slot>,
    /// 后起日
    pub start: Option<Slot>,
    /// 后止日
    pub end: Option<Slot>,
    /// 剥权
    pub rights: Option<Slot>,
    /// 法院
    pub court: Option<Slot>,
    /// 案号
    pub case_no: Option<Slot>,
}

/// Columns of a property item in a wide sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WideProperty {
    /// What kind of item.
    pub kind: PropertyKind,
    /// The amount.
    pub amount: Slot,
    /// 缴纳情况 beside it.
    pub state: Option<Slot>,
    /// 已缴金额 beside it.
    pub paid: Option<Slot>,
}

/// How records of one kind are taken from the rows of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feed {
    /// Columns of the contract, by index of [`Col::ALL`].
    pub cols: Vec<Vec<Slot>>,
    /// Columns beside the contract.
    pub extras: Vec<(Extra, Slot)>,
}

impl Feed {
    fn new() -> Feed {
        Feed { cols: vec![Vec::new(); Col::ALL.len()], extras: Vec::new() }
    }

    fn add(&mut self, target: Target, slot: Slot) {
        match target {
            Target::Col(c) => {
                if let Some(list) = self.cols.get_mut(c as usize) {
                    list.push(slot);
                }
            }
            Target::Extra(e) => self.extras.push((e, slot)),
            Target::Ignored => {}
        }
    }

    /// The columns of a field.
    pub fn slots(&self, col: Col) -> &[Slot] {
        self.cols.get(col as usize).map_or(&[], Vec::as_slice)
    }

    /// The column of something beside the contract.
    pub fn extra(&self, extra: Extra) -> Option<Slot> {
        self.extras.iter().find(|(e, _)| *e == extra).map(|(_, s)| *s)
    }

    /// The columns found.
    pub fn found(&self) -> impl Iterator<Item = (Col, u32)> + '_ {
        Col::ALL.iter().filter_map(|c| self.slots(*c).first().map(|s| (*c, s.col)))
    }
}

/// A layout with one record a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What the sheet is.
    pub kind: SheetKind,
    /// First row after the header.
    pub data_from: u32,
    /// The records side by side in a row; usually one.
    pub feeds: Vec<Feed>,
    /// Records of another kind taken from the same rows: applications beside inmates, or the reverse.
    pub second: Option<(SheetKind, Feed)>,
    /// 第一次…第七次减刑 columns.
    pub rulings: Vec<WideRuling>,
    /// 罚金, 民赔 columns.
    pub property: Vec<WideProperty>,
    /// Unknown headers with their cells (row, column).
    pub unknown: Vec<(u32, u32, String)>,
}

/// What was found out about a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detected {
    /// Nothing in it.
    Blank,
    /// One record a row.
    Rows(Box<Plan>),
    /// No kind of the contract.
    Unknown,
    /// It is of a kind, by its name, but required columns are missing.
    Missing {
        /// The kind.
        kind: SheetKind,
        /// The missing columns.
        columns: Vec<Col>,
        /// The headers found.
        headers: Vec<String>,
    },
    /// It could be read in two ways.
    Ambiguous {
        /// The kinds it may be.
        kinds: Vec<SheetKind>,
        /// Why, in Chinese.
        zh: String,
        /// Why, in English.
        en: String,
        /// The headers found.
        headers: Vec<String>,
    },
}

/// The text of a header cell; numbers and dates are no headers.
fn header_text(raw: Option<&Raw<'_>>) -> String {
    match raw {
        Some(Raw::Text(t) | Raw::Untyped(t)) => squeeze(t),
        _ => String::new(),
    }
}

/// One way to take a header: its first row, how many rows, and the possible readings of every column.
struct Candidate {
    first: usize,
    rows: usize,
    columns: Vec<Vec<Header>>,
}

fn candidate(head: &[HeadRow], merges: &[Merge], first: usize, rows: usize) -> Option<Candidate> {
    let lines = head.get(first..first + rows)?;
    // The rows of one header follow one another.
    if lines.windows(2).any(|w| matches!(w, [(a, _), (b, _)] if *b != a.saturating_add(1))) {
        return None;
    }
    let width = lines.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
    let merged = |row: u32, col: u32| merges.iter().any(|m| (m.0..=m.2).contains(&row) && (m.1..=m.3).contains(&col));
    // A row with recorded merges records all of them: a blank outside them is a true blank.
    let recorded: Vec<bool> =
        lines.iter().map(|(row, _)| merges.iter().any(|m| m.3 > m.1 && (m.0..=m.2).contains(row))).collect();
    let mut stacks: Vec<(Vec<String>, Vec<String>)> = Vec::with_capacity(width);
    let mut carried = vec![String::new(); rows];
    for col in 0..width {
        let mut own: Vec<String> = Vec::new();
        let mut filled: Vec<String> = Vec::new();
        for ((row, cells), (carried, recorded)) in lines.iter().zip(carried.iter_mut().zip(&recorded)) {
            let text = header_text(cells.get(col));
            if !text.is_empty() {
                carried.clone_from(&text);
            } else if *recorded && !merged(*row, col as u32) {
                carried.clear();
            }
            filled.push(carried.clone());
            own.push(text);
        }
        stacks.push((own, filled));
    }
    let mut bottoms: HashMap<String, u32> = HashMap::new();
    for (own, _) in &stacks {
        if let Some(text) = own.iter().rfind(|t| !t.is_empty()) {
            *bottoms.entry(text.clone()).or_default() += 1;
        }
    }
    let once = |text: &str| bottoms.get(text) == Some(&1);
    Some(Candidate { first, rows, columns: stacks.iter().map(|(own, filled)| readings(own, filled, &once)).collect() })
}

/// What a column's header may be, best reading first.
fn readings(own: &[String], filled: &[String], once: &dyn Fn(&str) -> bool) -> Vec<Header> {
    let Some(last) = own.iter().rposition(|t| !Header::of(t).key.is_empty()) else {
        return Vec::new();
    };
    let mut out: Vec<Header> = Vec::new();
    let mut push = |texts: &[&str]| {
        let joined = Header::of(&texts.concat());
        if !joined.key.is_empty() && !out.contains(&joined) {
            out.push(joined);
        }
    };
    let bottom = own.get(last).map_or("", String::as_str);
    let above: Vec<&str> =
        filled.get(..last).unwrap_or(&[]).iter().map(String::as_str).filter(|t| !t.is_empty()).collect();
    if above.is_empty() {
        push(&[bottom]);
        return out;
    }
    for start in 0..above.len() {
        let mut texts = above.get(start..).unwrap_or(&[]).to_vec();
        texts.push(bottom);
        push(&texts);
    }
    if let [top, _, ..] = above.as_slice() {
        push(&[top, bottom]);
    }
    // 原判情况 over 刑期止日 also reads 原判刑期止日, and simply 刑期止日.
    const NEUTRAL: [&str; 6] = ["信息", "情况", "资料", "内容", "登记", "台账"];
    let stem = |t: &str| NEUTRAL.iter().find_map(|w| t.strip_suffix(w).map(str::to_owned));
    let neutral = above.iter().all(|t| stem(t).is_some());
    if let Some(top) = above.last().and_then(|t| stem(t)) {
        push(&[&top, bottom]);
    }
    // A short word such as 日期 under another group title means the group's date, not the sheet's: alone it is not
    // read, nor is one that stands under several groups.
    if neutral || (once(bottom) && Header::of(bottom).key.chars().count() >= 4) {
        push(&[bottom]);
    }
    out
}

/// The n-th reduction's part that a wide header names.
fn wide_part(key: &str) -> Option<(u32, &'static str)> {
    let rest = key.strip_prefix('第')?;
    let (n, rest) = rest.split_once('次')?;
    let nth = match n {
        "一" | "1" => 1,
        "二" | "2" => 2,
        "三" | "3" => 3,
        "四" | "4" => 4,
        "五" | "5" => 5,
        "六" | "6" => 6,
        "七" | "7" => 7,
        "八" | "8" => 8,
        "九" | "9" => 9,
        "十" | "10" => 10,
        "十一" | "11" => 11,
        "十二" | "12" => 12,
        _ => return None,
    };
    let mut part = rest;
    for word in ["减刑", "裁减", "裁定", "减刑", "后", "刑期", "新刑期"] {
        part = part.strip_prefix(word).unwrap_or(part);
    }
    let part = match part {
        "日期" | "时间" | "日" => "date",
        "送达日期" | "送达时间" | "送达" => "served",
        "幅度" | "期限" | "内容" | "变更内容" | "减去刑期" | "" | "结果" => "change",
        "起日" | "起始日期" | "起" | "起始日" => "start",
        "止日" | "终止日期" | "截止日期" | "止" | "终止日" | "减后止日" | "减后刑期止日" => {
            "end"
        }
        "剥权" | "剥政" | "剥夺政治权利" | "剥政年限" => "rights",
        "法院" | "机关" => "court",
        "案号" | "文号" | "字号" | "书号" | "书文号" => "case_no",
        _ => return None,
    };
    Some((nth, part))
}

fn property_kind(key: &str) -> Option<PropertyKind> {
    let bare = ["金额", "数额"].iter().find_map(|s| key.strip_suffix(s)).unwrap_or(key);
    Some(match bare {
        "罚金" | "并处罚金" => PropertyKind::Fine,
        "没收财产" | "没收个人财产" => PropertyKind::Confiscation,
        "追缴" | "追缴违法所得" | "追缴赃款" => PropertyKind::Recovery,
        "责令退赔" | "退赔" => PropertyKind::Restitution,
        "民赔" | "民事赔偿" | "附带民事赔偿" | "刑事附带民事赔偿" => PropertyKind::CivilDamages,
        _ => return None,
    })
}

/// What a column beside an item tells: its state (`true`) or the sum paid.
fn property_part(key: &str) -> Option<bool> {
    let ends = |words: &[&str]| words.iter().any(|w| key.ends_with(w));
    if ends(&["缴纳情况", "履行情况", "执行情况", "履行状态", "缴纳状态", "状态"]) {
        Some(true)
    } else if ends(&["已缴", "已缴金额", "已缴纳", "已履行", "已履行金额", "已缴纳金额", "缴纳金额", "履行金额"])
    {
        Some(false)
    } else {
        None
    }
}

/// The best header for one kind.
struct Match {
    score: usize,
    explained: usize,
    rows: usize,
    first: usize,
    /// Per column: the reading used and its target.
    targets: Vec<Option<(Header, Target)>>,
}

fn match_kind(columns: &Columns, kind: SheetKind, candidate: &Candidate) -> Match {
    let mut distinct = HashSet::new();
    let mut explained = 0;
    let targets: Vec<Option<(Header, Target)>> = candidate
        .columns
        .iter()
        .map(|readings| {
            // 第一次减刑 over 刑期止日 is that reduction's, not the sheet's.
            let wide = readings.iter().any(|h| wide_part(&h.key).is_some());
            let known = if wide {
                None
            } else {
                readings.iter().find_map(|h| columns.target(kind, &h.key).map(|t| (h.clone(), t)))
            };
            match &known {
                Some((_, Target::Ignored)) => explained += 1,
                Some((_, t)) => {
                    explained += 1;
                    distinct.insert(*t);
                }
                None if wide => explained += 1,
                None => {}
            }
            known
        })
        .collect();
    Match { score: distinct.len(), explained, rows: candidate.rows, first: candidate.first, targets }
}

fn has(matched: &Match, target: Target) -> bool {
    matched.targets.iter().flatten().any(|(_, t)| *t == target)
}

/// Required columns that a header lacks. An amount of reduction stands in for 变更内容.
fn missing(kind: SheetKind, matched: &Match) -> Vec<Col> {
    kind.columns()
        .filter(|c| c.required() && !has(matched, Target::Col(*c)))
        .filter(|c| {
            *c != Col::RuChange
                || !(has(matched, Target::Extra(Extra::ReductionAmount))
                    || has(matched, Target::Extra(Extra::ChangeAmount)))
        })
        .collect()
}

fn best<'c>(columns: &Columns, kind: SheetKind, candidates: &'c [Candidate]) -> Option<(Match, &'c Candidate)> {
    let mut best: Option<(Match, &Candidate)> = None;
    for c in candidates {
        let m = match_kind(columns, kind, c);
        // More columns, then fewer header rows, then the earlier row.
        let better = best.as_ref().is_none_or(|(b, _)| {
            (m.score, m.explained, std::cmp::Reverse(m.rows)) > (b.score, b.explained, std::cmp::Reverse(b.rows))
        });
        if m.score > 0 && better {
            best = Some((m, c));
        }
    }
    best
}

/// The texts of the row that looks most like a header, for messages.
fn headers_shown(head: &[HeadRow]) -> Vec<String> {
    let texts = |cells: &[Raw<'static>]| -> Vec<String> {
        cells.iter().map(|c| header_text(Some(c))).filter(|t| !t.is_empty()).collect()
    };
    let mut rows = head.iter().take(10).map(|(_, cells)| texts(cells));
    let mut best = rows.next().unwrap_or_default();
    for row in rows {
        if row.len() > best.len() && best.len() < 3 {
            best = row;
        }
    }
    best
}

/// The unit named above the header (`单位：万元`).
fn unit_above(head: &[HeadRow], before: usize) -> Option<Unit> {
    head.get(..before)?.iter().flat_map(|(_, cells)| cells).find_map(|c| {
        let text = header_text(Some(c));
        let at = text.find("单位:")?;
        let rest = text.get(at + "单位:".len()..)?;
        let word: String = rest.chars().take_while(|c| matches!(c, '元' | '万' | '千' | '百' | '亿')).collect();
        Header::of(&format!("x({word})")).unit.filter(|u| matches!(u, Unit::Money(_)))
    })
}

/// Finds out what a sheet is.
pub fn detect(columns: &Columns, names: &[&str], head: &[HeadRow], merges: &[Merge]) -> Detected {
    if head.iter().all(|(_, cells)| cells.iter().all(Raw::is_blank)) {
        return Detected::Blank;
    }
    let last = head.last().map_or(0, |(row, _)| *row);
    let merges: Vec<Merge> = merges.iter().filter(|m| m.0 <= last).copied().collect();
    let mut candidates = Vec::new();
    for rows in 1..=3 {
        for first in 0..head.len() {
            candidates.extend(candidate(head, &merges, first, rows));
        }
    }
    let named = names.iter().find_map(|n| columns.kind_of_name(n));
    let mut fits: Vec<(SheetKind, Match, &Candidate)> = Vec::new();
    for kind in SheetKind::ALL {
        if let Some((m, c)) = best(columns, kind, &candidates) {
            if missing(kind, &m).is_empty() && m.score >= 2 {
                fits.push((kind, m, c));
            }
        }
    }
    if let Some((kind, surely)) = named {
        if let Some(i) = fits.iter().position(|(k, _, _)| *k == kind) {
            let (_, m, c) = fits.swap_remove(i);
            return plan(columns, kind, m, c, head);
        }
        if surely == Named::Exactly || fits.is_empty() {
            let found = best(columns, kind, &candidates);
            let absent = found
                .as_ref()
                .map_or_else(|| kind.columns().filter(|c| c.required()).collect(), |(m, _)| missing(kind, m));
            let headers = match &found {
                Some((m, _)) => head.get(m.first..m.first + m.rows).map(headers_shown).unwrap_or_default(),
                None => headers_shown(head),
            };
            // Another name than the contract's is no proof: some columns must agree with it.
            if surely == Named::Exactly || found.is_some_and(|(m, _)| m.score >= 2) {
                return Detected::Missing { kind, columns: absent, headers };
            }
        }
    }
    if fits.is_empty() && candidates.iter().any(|c| c.columns.iter().flatten().any(|h| h.key == "月均消费")) {
        return Detected::Ambiguous {
            kinds: vec![SheetKind::Spending],
            zh: "收入和消费情况只有合计和月均，没有月份，无法分到各月；请补“月份”列和“消费额”列".to_owned(),
            en: "income and spending are given as totals and averages without months; add the columns 月份 and 消费额"
                .to_owned(),
            headers: headers_shown(head),
        };
    }
    // By the header: most of its cells must be known.
    fits.retain(|(_, m, c)| 2 * m.explained >= c.columns.iter().filter(|r| !r.is_empty()).count() || m.score >= 6);
    fits.sort_by_key(|(_, m, _)| std::cmp::Reverse((m.score, m.explained)));
    let tie = match fits.as_slice() {
        [(_, a, _), (_, b, _), ..] => (a.score, a.explained) == (b.score, b.explained),
        _ => false,
    };
    if tie {
        let kinds: Vec<SheetKind> = fits.iter().take(2).map(|(k, _, _)| *k).collect();
        let list = |f: fn(SheetKind) -> &'static str| kinds.iter().map(|k| f(*k)).collect::<Vec<_>>();
        return Detected::Ambiguous {
            zh: format!("按表头可能是{}；请把工作表命名为其中之一", list(SheetKind::name).join("或")),
            en: format!("by its header it may be {}; name the sheet accordingly", list(SheetKind::name).join(" or ")),
            headers: headers_shown(head),
            kinds,
        };
    }
    match fits.into_iter().next() {
        Some((kind, m, c)) => plan(columns, kind, m, c, head),
        None => Detected::Unknown,
    }
}

fn plan(columns: &Columns, kind: SheetKind, m: Match, c: &Candidate, head: &[HeadRow]) -> Detected {
    let header = head.get(m.first..m.first + m.rows).unwrap_or(&[]);
    let last_row = header.last().map_or(0, |(row, _)| *row);
    let default_unit = unit_above(head, m.first + m.rows);
    let slot = |col: usize, unit: Option<Unit>| Slot { col: col as u32, unit: unit.or(default_unit) };

    let sequence: Vec<(Target, Slot)> = m
        .targets
        .iter()
        .enumerate()
        .filter_map(|(i, t)| t.as_ref().map(|(h, t)| (*t, slot(i, h.unit))))
        .filter(|(t, _)| *t != Target::Ignored)
        .collect();
    let blocks = match side_by_side(kind, &sequence) {
        Ok(n) => n,
        Err(()) => {
            return Detected::Ambiguous {
                kinds: vec![kind],
                zh: "同一行有几组重复的列，但各组不一致，无法确定如何拆分".to_owned(),
                en: "columns repeat side by side, but the groups differ, so that rows cannot be split with certainty"
                    .to_owned(),
                headers: headers_shown(header),
            };
        }
    };
    let size = sequence.len() / blocks.max(1);
    let mut feeds = Vec::new();
    for block in sequence.chunks(size.max(1)) {
        let mut feed = Feed::new();
        for (target, slot) in block {
            feed.add(*target, *slot);
        }
        feeds.push(feed);
    }

    let mut plan = Plan {
        kind,
        data_from: last_row.saturating_add(1),
        feeds,
        second: None,
        rulings: Vec::new(),
        property: Vec::new(),
        unknown: Vec::new(),
    };
    let mut rest: Vec<(usize, &Vec<Header>)> = c
        .columns
        .iter()
        .enumerate()
        .filter(|(i, r)| !r.is_empty() && m.targets.get(*i).is_none_or(Option::is_none))
        .collect();
    if matches!(kind, SheetKind::Inmates | SheetKind::Applications) && blocks == 1 {
        take_wide(&mut plan, &mut rest, &slot);
        // 姓名 is ignored among applications, but inmates taken from the same rows need it.
        let ignored = |i: usize| matches!(m.targets.get(i), Some(Some((_, Target::Ignored))));
        let pool =
            rest.iter().copied().chain(c.columns.iter().enumerate().filter(|(i, _)| ignored(*i))).collect::<Vec<_>>();
        let used = take_second(columns, &mut plan, &pool, &slot);
        rest.retain(|(i, _)| !used.contains(i));
    }
    let text_at =
        |col: usize| header.iter().rev().map(|(_, cells)| header_text(cells.get(col))).find(|t| !t.is_empty());
    plan.unknown = rest.iter().filter_map(|(i, _)| Some((last_row, *i as u32, text_at(*i)?))).collect();
    Detected::Rows(Box::new(plan))
}

/// How many records stand side by side in a row. `Err` where columns repeat but not regularly.
fn side_by_side(kind: SheetKind, sequence: &[(Target, Slot)]) -> Result<usize, ()> {
    let Some(no) = kind.columns().next() else { return Ok(1) };
    let count = sequence.iter().filter(|(t, _)| *t == Target::Col(no)).count();
    let distinct: HashSet<Target> = sequence.iter().map(|(t, _)| *t).collect();
    if count < 2 || distinct.len() == 1 {
        return Ok(1);
    }
    let repeated = distinct.iter().filter(|t| sequence.iter().filter(|(u, _)| u == *t).count() > 1).count();
    if repeated == 1 {
        // Only the person's number is there twice: two names of one column.
        return Ok(1);
    }
    let size = sequence.len() / count;
    let regular = size * count == sequence.len()
        && sequence.iter().zip(sequence.iter().skip(size)).all(|((a, _), (b, _))| a == b)
        && sequence.get(..size).is_some_and(|first| first.iter().map(|(t, _)| t).collect::<HashSet<_>>().len() == size);
    if regular { Ok(count) } else { Err(()) }
}

fn take_wide(plan: &mut Plan, rest: &mut Vec<(usize, &Vec<Header>)>, slot: &impl Fn(usize, Option<Unit>) -> Slot) {
    let mut last_property: Option<usize> = None;
    rest.retain(|(i, readings)| {
        if let Some((h, (nth, part))) = readings.iter().find_map(|h| wide_part(&h.key).map(|p| (h, p))) {
            let at = plan.rulings.iter().position(|r| r.nth == nth).unwrap_or_else(|| {
                plan.rulings.push(WideRuling { nth, ..WideRuling::default() });
                plan.rulings.len() - 1
            });
            if let Some(r) = plan.rulings.get_mut(at) {
                let place = match part {
                    "date" => &mut r.date,
                    "served" => &mut r.served,
                    "change" => &mut r.change,
                    "start" => &mut r.start,
                    "end" => &mut r.end,
                    "rights" => &mut r.rights,
                    "court" => &mut r.court,
                    _ => &mut r.case_no,
                };
                if place.is_none() {
                    *place = Some(Slot { col: *i as u32, unit: h.unit });
                    return false;
                }
            }
            return true;
        }
        if let Some((h, kind)) = readings.iter().find_map(|h| property_kind(&h.key).map(|k| (h, k))) {
            plan.property.push(WideProperty { kind, amount: slot(*i, h.unit), state: None, paid: None });
            last_property = Some(*i);
            return false;
        }
        // 缴纳情况 and 已缴金额 belong to the item just to their left.
        if last_property.is_some_and(|last| last + 1 == *i) {
            let part = readings.iter().find_map(|h| property_part(&h.key).map(|p| (h, p)));
            if let (Some(item), Some((h, is_state))) = (plan.property.last_mut(), part) {
                let place = if is_state { &mut item.state } else { &mut item.paid };
                if place.is_none() {
                    *place = Some(slot(*i, h.unit));
                    last_property = Some(*i);
                    return false;
                }
            }
        }
        true
    });
    plan.rulings.retain(|r| r.date.is_some());
    plan.rulings.sort_by_key(|r| r.nth);
}

/// Applications in a sheet of inmates, or the reverse: only where every required column of the second kind is there.
/// Returns the columns used.
fn take_second(
    columns: &Columns,
    plan: &mut Plan,
    pool: &[(usize, &Vec<Header>)],
    slot: &impl Fn(usize, Option<Unit>) -> Slot,
) -> HashSet<usize> {
    let (second, own_no, second_no) = match plan.kind {
        SheetKind::Inmates => (SheetKind::Applications, Col::InNo, Col::ApNo),
        _ => (SheetKind::Inmates, Col::ApNo, Col::InNo),
    };
    let mut feed = Feed::new();
    for no in plan.feeds.first().map_or(&[][..], |f| f.slots(own_no)) {
        feed.add(Target::Col(second_no), *no);
    }
    let mut used = HashSet::new();
    for (i, readings) in pool {
        let found = readings.iter().find_map(|h| columns.target(second, &h.key).map(|t| (h, t)));
        if let Some((h, target @ (Target::Col(_) | Target::Ignored))) = found {
            feed.add(target, slot(*i, h.unit));
            used.insert(*i);
        }
    }
    if second.columns().all(|c| !c.required() || !feed.slots(c).is_empty()) {
        plan.second = Some((second, feed));
        used
    } else {
        HashSet::new()
    }
}
