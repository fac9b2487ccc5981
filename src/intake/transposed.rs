//! The transposed 考核奖惩统计台账: one sheet a person, months across, the parts of the points down the side.

use std::collections::HashSet;

use rust_decimal::Decimal;

use super::build::{Builder, SheetAt};
use super::cell::{self, Context, FromCell, Raw};
use super::columns::{Columns, Extra, Header, Target};
use super::layout::HeadRow;
use super::record::split_signed;
use super::values::{self, Bad, Epoch};
use crate::model::value::Orientation;
use crate::model::*;

/// A block of months: a line of months, and the labelled rows below it.
#[derive(Clone, Debug)]
struct Block {
    /// Index of the line of months among the rows.
    line: usize,
    /// Column and month.
    months: Vec<(u32, Month)>,
    /// Row and what it holds.
    rows: Vec<(u32, Target)>,
    /// Rows whose text is kept as a note: 等级评定情况, 行政奖励情况.
    notes: Vec<(u32, String)>,
    /// Labels that are not known (row, column, text).
    unknown: Vec<(u32, u32, String)>,
}

/// Why a transposed sheet is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncertain {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// A transposed sheet that was understood.
#[derive(Clone, Debug)]
pub struct Ledger {
    no: String,
    no_at: (u32, u32),
    prison: Option<String>,
    ward: Option<String>,
    blocks: Vec<Block>,
}

fn text(raw: Option<&Raw<'_>>) -> String {
    match raw {
        Some(Raw::Text(t) | Raw::Untyped(t)) => values::squeeze(t),
        _ => String::new(),
    }
}

/// `3月`, whose year stands elsewhere.
fn month_number(text: &str) -> Option<u32> {
    let bare = text.strip_suffix("月份").or_else(|| text.strip_suffix('月'))?;
    values::month(&format!("2000年{bare}月"), Epoch::From1900).ok().map(Month::number)
}

/// `2024年`, `2024年度`.
fn year_text(text: &str) -> Option<i32> {
    let bare = text.strip_suffix("年度").or_else(|| text.strip_suffix('年'))?;
    values::month(&format!("{bare}年1月"), Epoch::From1900).ok().map(Month::year)
}

/// A month written in full in a heading cell.
fn full_month(raw: &Raw<'_>, epoch: Epoch) -> Option<Month> {
    let ctx = Context { col: Col::PtMonth, unit: None, epoch };
    match raw {
        Raw::Day(_) => Month::from_cell(raw, &ctx).value.known().copied(),
        Raw::Text(t) | Raw::Untyped(t) if values::squeeze(t).chars().count() >= 6 => {
            Month::from_cell(raw, &ctx).value.known().copied()
        }
        Raw::Number { value, .. } if (190_001.0..220_013.0).contains(value) => {
            Month::from_cell(raw, &ctx).value.known().copied()
        }
        _ => None,
    }
}

/// A cell of a line of months: a month, or a number of a month whose year stands elsewhere.
enum Heading {
    Full(Month),
    Number(u32),
}

/// The line of months in a row: at least one, and nothing else right of the first but totals.
fn headings(cells: &[Raw<'static>], epoch: Epoch) -> Option<Vec<(u32, Heading)>> {
    let mut out = Vec::new();
    for (col, raw) in cells.iter().enumerate() {
        if raw.is_blank() {
            continue;
        }
        let col = col as u32;
        if let Some(m) = full_month(raw, epoch) {
            out.push((col, Heading::Full(m)));
        } else if let Some(n) = month_number(&text(Some(raw))) {
            out.push((col, Heading::Number(n)));
        } else if !out.is_empty() && !is_total(&text(Some(raw))) {
            return None;
        }
    }
    // A label such as 罪犯编号 left of a single date is a row of data, not a line of months.
    (!out.is_empty() && out.first().is_some_and(|(c, _)| *c > 0)).then_some(out)
}

fn is_total(text: &str) -> bool {
    ["合计", "总计", "小计", "备注", "全年", "年度", "累计"].iter().any(|w| text.starts_with(w))
}

/// What a row's labels mean; the labels are the cells left of the first month.
fn label(columns: &Columns, group: &str, item: &str) -> Option<Target> {
    let joined = format!("{group}{item}");
    [joined.as_str(), item]
        .iter()
        .filter(|t| !t.is_empty())
        .find_map(|t| columns.target(SheetKind::Points, &Header::of(t).key))
}

fn is_note(label: &str) -> bool {
    ["等级评定情况", "等级评定", "行政奖励情况", "行政奖励", "奖励情况", "考核等级"].contains(&label)
}

/// A labelled value above the table: in the same cell after a colon, or in the next cell.
fn head_values(columns: &Columns, head: &[HeadRow], col: Col) -> Vec<(String, (u32, u32))> {
    let mut out: Vec<(String, (u32, u32))> = Vec::new();
    let mut push = |value: String, at: (u32, u32)| {
        if !value.is_empty() && !out.iter().any(|(v, _)| *v == value) {
            out.push((value, at));
        }
    };
    let means = |label: &str| columns.target(SheetKind::Points, &Header::of(label).key) == Some(Target::Col(col));
    for (row, cells) in head {
        for (i, raw) in cells.iter().enumerate() {
            let (Raw::Text(t) | Raw::Untyped(t)) = raw else { continue };
            // 罪犯编号：6101000001  姓名：甲
            let folded: String = t.chars().map(|c| if c == '：' { ':' } else { c }).collect();
            let mut from = 0;
            while let Some(at) = folded.get(from..).and_then(|rest| rest.find(':')).map(|at| at + from) {
                let label = folded.get(from..at).unwrap_or("");
                let label = label.rsplit(char::is_whitespace).find(|w| !w.is_empty()).unwrap_or("");
                let rest = folded.get(at + 1..).unwrap_or("").trim_start();
                let end = rest
                    .find(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | ';' | '；'))
                    .unwrap_or(rest.len());
                if means(label) {
                    push(values::squeeze(rest.get(..end).unwrap_or("")), (*row, i as u32));
                }
                from = at + 1;
            }
            if means(&values::squeeze(t)) {
                let next = cells.iter().enumerate().skip(i + 1).find(|(_, c)| !c.is_blank());
                if let Some((j, raw)) = next {
                    let value = if col.ty() == crate::model::schema::ColType::Id {
                        cell::identifier(raw).unwrap_or_default()
                    } else {
                        raw.show().trim().to_owned()
                    };
                    // The next label is not this label's value.
                    if columns.target(SheetKind::Points, &Header::of(&value).key).is_none() {
                        push(value, (*row, j as u32));
                    }
                }
            }
        }
    }
    out
}

/// Whether the first rows look like a transposed ledger: a line of months with points labels below it.
pub fn looks_transposed(columns: &Columns, head: &[HeadRow], epoch: Epoch) -> bool {
    let found = blocks(columns, head, epoch);
    found.is_ok_and(|b| !b.is_empty()) || matches!(blocks(columns, head, epoch), Err(Some(_)))
}

/// The blocks of a sheet. `Err(None)` where it is no such sheet, `Err(Some(_))` where it is one but uncertain.
fn blocks(columns: &Columns, rows: &[HeadRow], epoch: Epoch) -> Result<Vec<Block>, Option<Uncertain>> {
    let lines: Vec<(usize, Vec<(u32, Heading)>)> =
        rows.iter().enumerate().filter_map(|(i, (_, cells))| headings(cells, epoch).map(|h| (i, h))).collect();
    let mut out = Vec::new();
    let mut uncertain = None;
    for (n, (i, line)) in lines.iter().enumerate() {
        let end = lines.get(n + 1).map_or(rows.len(), |(next, _)| *next);
        let first = line.first().map_or(0, |(c, _)| *c as usize);
        let mut block =
            Block { line: *i, months: Vec::new(), rows: Vec::new(), notes: Vec::new(), unknown: Vec::new() };
        let mut group = String::new();
        let mut components = 0;
        for (row, cells) in rows.get(i + 1..end).unwrap_or(&[]) {
            let labels: Vec<(usize, String)> =
                (0..first).map(|c| (c, text(cells.get(c)))).filter(|(_, t)| !t.is_empty()).collect();
            let Some((col, last)) = labels.last() else { continue };
            // The group's name fills the first column, once for all its rows.
            let item = if labels.len() > 1 || (*col > 0 && !group.is_empty()) { last.as_str() } else { "" };
            if let Some((0, name)) = labels.first() {
                group.clone_from(name);
            }
            let whole = if item.is_empty() { group.clone() } else { item.to_owned() };
            match label(columns, &group, item) {
                Some(Target::Ignored) => {}
                Some(target) => {
                    if matches!(target, Target::Col(Col::PtNo | Col::PtMonth)) {
                        continue;
                    }
                    components += 1;
                    block.rows.push((*row, target));
                }
                None if is_note(&whole) => block.notes.push((*row, whole)),
                None if cells.iter().skip(first).any(|c| !c.is_blank()) => {
                    block.unknown.push((*row, *col as u32, format!("{group}{item}")));
                }
                None => {}
            }
        }
        if components < 3 {
            continue;
        }
        let distinct: HashSet<Target> = block.rows.iter().map(|(_, t)| *t).collect();
        if distinct.len() != block.rows.len() {
            uncertain = Some(Uncertain {
                zh: "同一项目在一组月份下出现两行，无法确定用哪一行".to_owned(),
                en: "one item stands in two rows below the same months, so that neither can be trusted".to_owned(),
            });
            continue;
        }
        match months(rows, *i, line) {
            Some(m) => {
                block.months = m;
                out.push(block);
            }
            None => {
                uncertain = Some(Uncertain {
                    zh: "月份没有写明年份，或同一月份出现两次；请写成 2024-03 或在月份上方写明 2024年".to_owned(),
                    en: "months without a year, or one month twice; write 2024-03, or 2024年 above the months"
                        .to_owned(),
                });
            }
        }
    }
    match uncertain {
        Some(u) => Err(Some(u)),
        None if out.is_empty() => Err(None),
        None => Ok(out),
    }
}

/// Months of a line, with the year from the line above or from the one year that the head names.
fn months(rows: &[HeadRow], line_at: usize, line: &[(u32, Heading)]) -> Option<Vec<(u32, Month)>> {
    let above = line_at.checked_sub(1).and_then(|i| rows.get(i)).map_or(&[][..], |(_, cells)| cells.as_slice());
    let year_above = |col: u32| {
        let reach = above.get(..=(col as usize).min(above.len().saturating_sub(1)))?;
        reach.iter().rev().find_map(|c| year_text(&text(Some(c))))
    };
    let mut named = HashSet::new();
    for (_, cells) in rows.get(..=line_at)? {
        for raw in cells {
            let t = text(Some(raw));
            let chars: Vec<char> = t.chars().collect();
            for w in chars.windows(5) {
                if w.last() == Some(&'年') {
                    named.extend(year_text(&w.iter().collect::<String>()));
                }
            }
        }
    }
    let only = (named.len() == 1).then(|| named.iter().next().copied()).flatten();
    let mut seen = HashSet::new();
    line.iter()
        .map(|(col, heading)| {
            let month = match heading {
                Heading::Full(m) => *m,
                Heading::Number(n) => Month::new(year_above(*col).or(only)?, *n)?,
            };
            seen.insert(month).then_some((*col, month))
        })
        .collect()
}

/// Understands a transposed sheet.
///
/// # Errors
/// Why it cannot be read with certainty.
pub fn understand(columns: &Columns, rows: &[HeadRow], epoch: Epoch) -> Result<Ledger, Uncertain> {
    let blocks = blocks(columns, rows, epoch).map_err(|u| {
        u.unwrap_or_else(|| Uncertain { zh: "没有月份行".to_owned(), en: "no line of months".to_owned() })
    })?;
    let all: HashSet<Month> = blocks.iter().flat_map(|b| b.months.iter().map(|(_, m)| *m)).collect();
    if all.len() != blocks.iter().map(|b| b.months.len()).sum::<usize>() {
        return Err(Uncertain {
            zh: "同一月份出现在两组中".to_owned(),
            en: "one month stands in two blocks".to_owned(),
        });
    }
    let head = rows.get(..blocks.first().map_or(0, |b| b.line)).unwrap_or(&[]);
    let numbers = head_values(columns, head, Col::PtNo);
    let one = |col| match head_values(columns, head, col).as_slice() {
        [(v, _)] => Some(v.clone()),
        _ => None,
    };
    match numbers.as_slice() {
        [(no, at)] => {
            Ok(Ledger { no: no.clone(), no_at: *at, prison: one(Col::PtPrison), ward: one(Col::PtWard), blocks })
        }
        [] => Err(Uncertain {
            zh: "表头没有写明罪犯编号（如“罪犯编号：6101000001”）".to_owned(),
            en: "the head does not give the person's number (such as 罪犯编号：6101000001)".to_owned(),
        }),
        _ => Err(Uncertain {
            zh: "表头有两个不同的罪犯编号".to_owned(),
            en: "the head gives two different numbers of persons".to_owned(),
        }),
    }
}

struct MonthReader<'l> {
    rows: &'l [HeadRow],
    block: &'l Block,
    source: u16,
    col: u32,
    epoch: Epoch,
    remarks: Vec<(CellRef, Col, Bad)>,
}

impl MonthReader<'_> {
    fn raw(&self, row: u32) -> Option<&Raw<'static>> {
        let i = self.rows.binary_search_by_key(&row, |(r, _)| *r).ok()?;
        self.rows.get(i)?.1.get(self.col as usize)
    }

    fn at(&self, row: u32) -> CellRef {
        CellRef { sheet: self.source, row, col: u16::try_from(self.col).unwrap_or(CellRef::NONE) }
    }

    fn row_of(&self, target: Target) -> Option<u32> {
        self.block.rows.iter().find(|(_, t)| *t == target).map(|(r, _)| *r)
    }

    fn read<T: FromCell>(&mut self, target: Target, col: Col) -> Value<T> {
        let Some(row) = self.row_of(target) else { return Value::Empty };
        let ctx = Context { col, unit: None, epoch: self.epoch };
        let got = self.raw(row).map(|raw| cell::read::<T>(raw, &ctx));
        let Some(got) = got else { return Value::Empty };
        if let Some(bad) = got.remark {
            self.remarks.push((self.at(row), col, bad));
        }
        got.value
    }

    fn number(&mut self, col: Col) -> Value<Decimal> {
        let value = self.read(Target::Col(col), col);
        if col.required() && matches!(value, Value::Empty) {
            if let Some(row) = self.row_of(Target::Col(col)) {
                let bad = Bad::new(ProblemCode::MissingCell, "", "必填，但为空", "required, but blank");
                self.remarks.push((self.at(row), col, bad));
            }
        }
        value
    }

    fn part(&mut self, base: Col, bonus: Col, deduction: Col, extra: Extra) -> Part {
        let part = Part {
            base: self.number(base),
            bonus: self.number(bonus),
            deduction: self.number(deduction).map(|d| d.abs()),
        };
        let signed = self.read(Target::Extra(extra), bonus);
        split_signed(part, signed)
    }
}

impl Ledger {
    /// Columns of 计分考核 that the sheet lacks although they are required.
    pub fn missing(&self) -> Vec<Col> {
        let lacks = |c: Col| self.blocks.iter().any(|b| !b.rows.iter().any(|(_, t)| *t == Target::Col(c)));
        [Col::PtScore].into_iter().filter(|c| lacks(*c)).collect()
    }

    /// Puts the months into the person's dossier. `None` if there are too many sheets.
    pub fn take(&self, builder: &mut Builder, at: SheetAt, sheet: &str, rows: &[HeadRow], epoch: Epoch) -> Option<()> {
        use Col::*;
        for block in &self.blocks {
            let mut places: Vec<(Col, u32)> = vec![(PtNo, self.no_at.0)];
            places.extend(block.rows.iter().filter_map(|(row, t)| match t {
                Target::Col(c) => Some((*c, *row)),
                Target::Extra(Extra::SupervisionSigned) => Some((PtSupervisionBonus, *row)),
                Target::Extra(Extra::EducationSigned) => Some((PtEducationBonus, *row)),
                Target::Extra(Extra::LabourSigned) => Some((PtLabourBonus, *row)),
                _ => None,
            }));
            // A column of the contract that two rows feed is placed at the first.
            let mut seen = HashSet::new();
            places.retain(|(c, _)| seen.insert(*c));
            let source = builder.source(at, sheet, SheetKind::Points, Orientation::Columns, places, false)?;
            builder.columns.insert(PtMonth);
            for (row, col, text) in &block.unknown {
                let cell = CellRef { sheet: 0, row: *row, col: *col as u16 }.a1();
                builder.unknown_column(SheetKind::Points, sheet, cell, text);
            }
            let mut records = Vec::new();
            for (col, month) in &block.months {
                let mut r = MonthReader { rows, block, source, col: *col, epoch, remarks: Vec::new() };
                let filled = block.rows.iter().any(|(row, _)| r.raw(*row).is_some_and(|c| !c.is_blank()));
                if !filled {
                    // A month of the form that is not yet filled in.
                    continue;
                }
                let notes: Vec<String> = block
                    .notes
                    .iter()
                    .filter_map(|(row, label)| {
                        r.raw(*row).filter(|c| !c.is_blank()).map(|c| format!("{label}：{}", c.show().trim()))
                    })
                    .collect();
                let note = r.read::<String>(Target::Col(PtNote), PtNote);
                let note = match (notes.is_empty(), note) {
                    (true, note) => note,
                    (false, Value::Known(own)) => Value::Known(format!("{}；{own}", notes.join("；"))),
                    (false, _) => Value::Known(notes.join("；")),
                };
                let from_head = |value: Value<String>, head: &Option<String>| match (value, head) {
                    (Value::Empty, Some(h)) => Value::Known(h.clone()),
                    (value, _) => value,
                };
                let record = PointRow {
                    at: RowRef { sheet: source, line: *col },
                    month: *month,
                    supervision: r.part(
                        PtSupervisionBase,
                        PtSupervisionBonus,
                        PtSupervisionDeduction,
                        Extra::SupervisionSigned,
                    ),
                    education: r.part(PtEducationBase, PtEducationBonus, PtEducationDeduction, Extra::EducationSigned),
                    labour: r.part(PtLabourBase, PtLabourBonus, PtLabourDeduction, Extra::LabourSigned),
                    special: r.number(PtSpecial),
                    penalty: r.number(PtPenalty).map(|d| d.abs()),
                    score: r.number(PtScore),
                    balance: r.number(PtBalance),
                    cycle: r.number(PtCycle).map(|d| d.abs()),
                    officer: r.read(Target::Col(PtOfficer), PtOfficer),
                    prison: from_head(r.read(Target::Col(PtPrison), PtPrison), &self.prison),
                    ward: from_head(r.read(Target::Col(PtWard), PtWard), &self.ward),
                    post: r.read(Target::Col(PtPost), PtPost),
                    note,
                };
                for (at, col, bad) in r.remarks {
                    builder.cell_problem(Some(&self.no), at, col, bad);
                }
                records.push(record);
            }
            builder.count_records(at, records.len() as u64, 0);
            builder.add_points(&self.no, &records);
        }
        Some(())
    }
}
