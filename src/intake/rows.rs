//! A sheet with one record a row, read as it streams past.

use std::collections::{BTreeSet, HashMap};

use super::build::{Builder, SheetAt, set_aside};
use super::cell::Raw;
use super::field::{Line, Reader};
use super::layout::{Merge, Plan, WideProperty};
use super::record::{Last, application, inmate, record};
use super::values::{self, Epoch};
use super::wide::{wide_columns, wide_property, wide_ruling};
use crate::model::value::Orientation;
use crate::model::*;

/// A sheet being read row by row.
pub struct RowReader {
    plan: Plan,
    at: SheetAt,
    epoch: Epoch,
    /// Sources of the plan's feeds.
    feeds: Vec<u16>,
    second: Option<u16>,
    rulings: Option<u16>,
    property: Option<u16>,
    /// Recorded vertical merges: a person's number that stands for several rows.
    merges: Vec<(u32, u32, u32)>,
    carried: HashMap<u32, (u32, Raw<'static>)>,
    /// The column of the person's number.
    no: Option<Col>,
    last: Last,
}

impl RowReader {
    /// Registers a sheet's sources and unknown columns. `None` if there are too many sheets.
    pub fn begin(builder: &mut Builder, sheet: &str, plan: Plan, epoch: Epoch, merges: &[Merge]) -> Option<RowReader> {
        let at = builder.begin_sheet(sheet, Some(plan.kind));
        let mut feeds = Vec::new();
        for feed in &plan.feeds {
            feeds.push(builder.source(at, sheet, plan.kind, Orientation::Rows, feed.found().collect(), false)?);
        }
        let second = match &plan.second {
            Some((kind, feed)) => {
                Some(builder.source(at, sheet, *kind, Orientation::Rows, feed.found().collect(), true)?)
            }
            None => None,
        };
        let rulings = if plan.rulings.is_empty() {
            None
        } else {
            let mut cols: BTreeSet<Col> = [Col::RuNo].into();
            for r in &plan.rulings {
                cols.extend(wide_columns(r).iter().filter(|(_, s)| s.is_some()).map(|(c, _)| *c));
            }
            // One contract column lies in several sheet columns: the fields carry their own cells.
            let i = builder.source(at, sheet, SheetKind::Rulings, Orientation::Rows, Vec::new(), false)?;
            builder.columns.extend(cols);
            Some(i)
        };
        let property = if plan.property.is_empty() {
            None
        } else {
            let i = builder.source(at, sheet, SheetKind::Property, Orientation::Rows, Vec::new(), true)?;
            builder.second_columns.extend([Col::PrNo, Col::PrKind, Col::PrAmount]);
            let some = |f: fn(&WideProperty) -> bool| plan.property.iter().any(f);
            builder.second_columns.extend(some(|p| p.state.is_some()).then_some(Col::PrState));
            builder.second_columns.extend(some(|p| p.paid.is_some()).then_some(Col::PrPaid));
            Some(i)
        };
        for (row, col, header) in &plan.unknown {
            let cell = CellRef { sheet: 0, row: *row, col: *col as u16 }.a1();
            builder.unknown_column(plan.kind, sheet, cell, header);
        }
        if plan.rulings.iter().any(|r| r.change.is_none()) {
            builder.problem(
                ProblemCode::MissingColumn,
                Level::Warning,
                sheet,
                None,
                "“第几次减刑”各列中没有减刑幅度：历次裁定的变更内容不明，有关检查无法完成；请补“第一次减刑幅度”等列，或提供历次裁定表".to_owned(),
                "the columns of earlier reductions give no amounts, so what those rulings changed is unknown; add columns such as \
                 第一次减刑幅度, or a sheet of earlier rulings"
                    .to_owned(),
            );
        }
        let merges = merged_numbers(&plan, merges);
        let no = plan.kind.columns().next();
        let carried = HashMap::new();
        Some(RowReader { plan, at, epoch, feeds, second, rulings, property, merges, carried, no, last: None })
    }

    /// First row that holds data.
    pub fn data_from(&self) -> u32 {
        self.plan.data_from
    }

    /// Reads one row.
    pub fn row(&mut self, builder: &mut Builder, row: u32, cells: &[Raw<'_>]) {
        if row < self.plan.data_from || cells.iter().all(Raw::is_blank) {
            return;
        }
        let mut used = false;
        let mut reported = false;
        let mut seen = false;
        let merged = self.merged_number(row, cells);
        for i in 0..self.feeds.len() {
            let (Some(feed), Some(source)) = (self.plan.feeds.get(i), self.feeds.get(i)) else { continue };
            let Some(no) = self.no else { continue };
            let columns = || Col::ALL.iter().flat_map(|c| feed.slots(*c)).chain(feed.extras.iter().map(|(_, s)| s));
            if self.feeds.len() > 1 && columns().all(|s| cells.get(s.col as usize).is_none_or(Raw::is_blank)) {
                // The right half of the last row of a side-by-side sheet.
                continue;
            }
            let number = feed.slots(no).first().and_then(|s| cells.get(s.col as usize));
            // Neither begins with a digit.
            let plain = |n: &Raw<'_>| match n {
                Raw::Text(t) | Raw::Untyped(t) => t.starts_with(|c: char| c.is_ascii_alphanumeric()),
                _ => false,
            };
            if !number.is_some_and(plain)
                && (number.is_some_and(|n| is_repeated_header(no, n)) || is_footer(number, cells))
            {
                continue;
            }
            seen = true;
            let line = Line { cells, row, source: *source, feed, epoch: self.epoch, merged: merged.as_ref() };
            match record(builder, self.plan.kind, no, &line, &mut self.last) {
                Some(person) => {
                    used = true;
                    self.others(builder, person, row, cells, merged.as_ref());
                }
                None => reported = true,
            }
        }
        if seen {
            // With records side by side a row counts as used when any of them was.
            match (used, reported) {
                (true, _) => builder.count_records(self.at, 1, 0),
                (false, _) => builder.count_reported(self.at, 1),
            }
        }
    }

    /// The number of a merged cell that began in an earlier row.
    fn merged_number(&mut self, row: u32, cells: &[Raw<'_>]) -> Option<Raw<'static>> {
        let after = self.merges.partition_point(|(first, _, _)| *first <= row);
        let (first, _, col) = *self.merges.get(after.checked_sub(1)?).filter(|(_, last, _)| row <= *last)?;
        if row == first {
            let value = cells.get(col as usize).map(Raw::to_owned)?;
            self.carried.insert(col, (first, value));
            return None;
        }
        self.carried.get(&col).filter(|(from, _)| *from == first).map(|(_, v)| v.to_owned())
    }

    /// Records of other kinds in the same row.
    fn others(&self, builder: &mut Builder, person: usize, row: u32, cells: &[Raw<'_>], merged: Option<&Raw<'static>>) {
        if let (Some((kind, feed)), Some(source)) = (&self.plan.second, self.second) {
            let line = Line { cells, row, source, feed, epoch: self.epoch, merged };
            let mut out = Reader::new(&line);
            match kind {
                SheetKind::Inmates => {
                    let record = inmate(&mut out);
                    let remarks = out.remarks;
                    builder.settle(Some(person), remarks);
                    if let Some(p) = builder.persons.get_mut(person) {
                        if p.second_inmate.is_none() {
                            set_aside(&mut p.second_inmate, &record);
                        }
                    }
                }
                _ => {
                    // A wide sheet also lists people nobody has proposed.
                    let any = feed
                        .found()
                        .filter(|(c, _)| *c != Col::ApNo)
                        .any(|(_, col)| cells.get(col as usize).is_some_and(|c| !c.is_blank()));
                    if any {
                        let record = application(&mut out);
                        let remarks = out.remarks;
                        builder.settle(Some(person), remarks);
                        if let Some(p) = builder.persons.get_mut(person) {
                            set_aside(&mut p.second_applications, &record);
                        }
                    }
                }
            }
        }
        if let Some(source) = self.rulings {
            for wide in &self.plan.rulings {
                let (record, remarks) = wide_ruling(wide, cells, row, source, self.epoch);
                builder.settle(Some(person), remarks);
                if let (Some(record), Some(p)) = (record, builder.persons.get_mut(person)) {
                    p.packed.push(&record);
                }
            }
        }
        if let Some(source) = self.property {
            for wide in &self.plan.property {
                let (record, remarks) = wide_property(wide, cells, row, source, self.epoch);
                builder.settle(Some(person), remarks);
                if let (Some(record), Some(p)) = (record, builder.persons.get_mut(person)) {
                    set_aside(&mut p.wide_property, &record);
                }
            }
        }
    }
}

/// Vertical merges of the column with the person's number: first and last row, column.
pub(super) fn merged_numbers(plan: &Plan, merges: &[Merge]) -> Vec<(u32, u32, u32)> {
    let no = plan.kind.columns().next();
    let no_cols: Vec<u32> = plan.feeds.iter().flat_map(|f| no.map_or(&[][..], |n| f.slots(n))).map(|s| s.col).collect();
    let mut merges: Vec<(u32, u32, u32)> = match no_cols.as_slice() {
        [col] => merges.iter().filter(|m| m.1 == m.3 && m.1 == *col).map(|m| (m.0, m.2, m.1)).collect(),
        _ => Vec::new(),
    };
    merges.sort_unstable();
    merges
}

/// The header printed again at the top of a page.
fn is_repeated_header(no: Col, number: &Raw<'_>) -> bool {
    let text = values::squeeze(&number.show());
    no.name() == text || matches!(text.as_str(), "编号" | "罪犯编号" | "档案编号" | "档卡号")
}

/// A line of totals or signatures below the table.
fn is_footer(number: Option<&Raw<'_>>, cells: &[Raw<'_>]) -> bool {
    let begins = |raw: &Raw<'_>| {
        let text = values::squeeze(&raw.show());
        [
            "合计",
            "总计",
            "小计",
            "共计",
            "制表",
            "填表",
            "审核人",
            "注:",
            "备注:",
            "说明:",
            "打印时间",
            "打印日期",
            "导出时间",
            "单位负责人",
        ]
        .iter()
        .any(|w| text.starts_with(w))
    };
    let first = cells.iter().find(|c| !c.is_blank());
    number.is_none_or(|n| n.is_blank() || begins(n)) && first.is_some_and(begins)
}
