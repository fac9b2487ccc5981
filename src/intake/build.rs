//! Rows become records, records become dossiers.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::cell::{self, Commendations, Context, FromCell, Raw};
use super::columns::Extra;
use super::layout::{Feed, Plan, Slot, WideProperty, WideRuling};
use super::values::{self, Bad, ChangeText, Epoch, ProposalText, SentenceText};
use crate::model::dossier::{InputFile, SheetCount};
use crate::model::records::*;
use crate::model::value::{Orientation, SheetSource};
use crate::model::*;

/// A person being put together.
struct Person {
    dossier: Dossier,
    /// Position among the rows of 罪犯信息.
    inmate_at: Option<u64>,
    /// Position among the rows of 提请案件.
    applied_at: Option<u64>,
    /// Inmates and applications read from a sheet of another kind; used only if the batch has no sheet of its own.
    second_inmate: Option<Inmate>,
    second_applications: Vec<Application>,
    /// Property items read from columns of a wide sheet; the same rule.
    wide_property: Vec<PropertyItem>,
}

/// A remark about a cell, before it is known whose row it is.
struct Remark {
    at: CellRef,
    col: Col,
    bad: Bad,
}

/// Where the sheet being read stands in the batch.
#[derive(Clone, Copy, Debug)]
pub struct SheetAt {
    input: usize,
    count: usize,
}

/// Collects records into dossiers.
#[derive(Default)]
pub struct Builder {
    sources: Vec<SheetSource>,
    /// The count that each source's rows belong to.
    source_counts: Vec<SheetAt>,
    inputs: Vec<InputFile>,
    people: HashMap<String, usize>,
    persons: Vec<Person>,
    order: u64,
    problems: Vec<Problem>,
    sheets: BTreeSet<SheetKind>,
    second_sheets: BTreeSet<SheetKind>,
    columns: BTreeSet<Col>,
    second_columns: BTreeSet<Col>,
    unknown: HashSet<(SheetKind, String)>,
    /// How many warnings of a code a column of a sheet has had.
    warned: HashMap<(u16, Col, ProblemCode), (u32, CellRef)>,
}

/// Warnings of one kind in one column after which the rest are only counted.
const WARNINGS_A_COLUMN: u32 = 50;
/// Orphan rows of one person in one sheet that are listed singly.
const ORPHANS_A_PERSON: usize = 20;

impl Builder {
    /// Begins a file.
    pub fn begin_file(&mut self, file: String, sha256: String) {
        self.inputs.push(InputFile { file, sha256, sheets: Vec::new() });
    }

    /// The file being read.
    pub fn file(&self) -> &str {
        self.inputs.last().map_or("", |i| i.file.as_str())
    }

    /// Begins a sheet of that file.
    pub fn begin_sheet(&mut self, sheet: &str, kind: Option<SheetKind>) -> SheetAt {
        let input = self.inputs.len().saturating_sub(1);
        let mut count = 0;
        if let Some(file) = self.inputs.get_mut(input) {
            count = file.sheets.len();
            file.sheets.push(SheetCount { sheet: sheet.to_owned(), kind, read: 0, used: 0, reported: 0 });
        }
        SheetAt { input, count }
    }

    fn count(&mut self, at: SheetAt) -> Option<&mut SheetCount> {
        self.inputs.get_mut(at.input)?.sheets.get_mut(at.count)
    }

    /// Counts rows that were read and not used; a problem about them is the caller's.
    pub fn count_reported(&mut self, at: SheetAt, rows: u64) {
        if let Some(c) = self.count(at) {
            c.read += rows;
            c.reported += rows;
        }
    }

    fn count_used(&mut self, at: SheetAt, rows: u64) {
        if let Some(c) = self.count(at) {
            c.read += rows;
            c.used += rows;
        }
    }

    /// Registers a source of records of one kind; `None` when there are too many sheets to number.
    pub fn source(
        &mut self,
        at: SheetAt,
        sheet: &str,
        kind: SheetKind,
        orientation: Orientation,
        columns: Vec<(Col, u32)>,
        second: bool,
    ) -> Option<u16> {
        let index = u16::try_from(self.sources.len()).ok().filter(|i| *i != CellRef::NONE)?;
        let (sheets, cols) = if second {
            (&mut self.second_sheets, &mut self.second_columns)
        } else {
            (&mut self.sheets, &mut self.columns)
        };
        sheets.insert(kind);
        cols.extend(columns.iter().map(|(c, _)| *c));
        let file = self.file().to_owned();
        self.sources.push(SheetSource { file, sheet: sheet.to_owned(), kind, orientation, columns });
        self.source_counts.push(at);
        Some(index)
    }

    /// Adds a problem that belongs to no person.
    pub fn problem(
        &mut self,
        code: ProblemCode,
        level: Level,
        sheet: &str,
        cell: Option<String>,
        zh: String,
        en: String,
    ) {
        let file = self.file().to_owned();
        self.problems.push(Problem { level, code, file, sheet: sheet.to_owned(), cell, zh, en, at: None });
    }

    /// Adds a problem about a file that is not among the inputs read.
    pub fn problem_in(&mut self, file: &str, code: ProblemCode, level: Level, zh: String, en: String) {
        self.problems.push(Problem {
            level,
            code,
            file: file.to_owned(),
            sheet: String::new(),
            cell: None,
            zh,
            en,
            at: None,
        });
    }

    /// Lists an unknown column, once for a kind of sheet.
    pub fn unknown_column(&mut self, kind: SheetKind, sheet: &str, cell: Option<String>, header: &str) {
        if !self.unknown.insert((kind, values::squeeze(header))) {
            return;
        }
        let header = values::shorten(header);
        self.problem(
            ProblemCode::UnknownColumn,
            Level::Warning,
            sheet,
            cell,
            format!("{}中的列“{header}”不认识，未读取；可在 --columns 文件中为它指定列名", kind.name()),
            format!(
                "column {header:?} of {} is unknown and was not read; a --columns file can name it",
                kind.name_en()
            ),
        );
    }

    fn located(&self, code: ProblemCode, at: CellRef, zh: String, en: String) -> Problem {
        let source = self.sources.get(usize::from(at.sheet));
        Problem {
            level: code.level(),
            code,
            file: source.map_or_else(String::new, |s| s.file.clone()),
            sheet: source.map_or_else(String::new, |s| s.sheet.clone()),
            cell: at.a1(),
            zh,
            en,
            at: Some(at),
        }
    }

    fn remark_problem(&self, remark: &Remark) -> Problem {
        let (name, found) = (remark.col.name(), &remark.bad.found);
        let (zh, en) = if remark.bad.code == ProblemCode::MissingCell {
            (format!("{name}：{}", remark.bad.want_zh), format!("{name}: {}", remark.bad.want_en))
        } else {
            (format!("{name}：“{found}”，{}", remark.bad.want_zh), format!("{name}: {found:?}; {}", remark.bad.want_en))
        };
        self.located(remark.bad.code, remark.at, zh, en)
    }

    /// Whether a warning is still listed singly.
    fn admits(&mut self, remark: &Remark) -> bool {
        if remark.bad.code.level() == Level::Error {
            return true;
        }
        let entry = self.warned.entry((remark.at.sheet, remark.col, remark.bad.code)).or_insert((0, remark.at));
        entry.0 += 1;
        entry.0 <= WARNINGS_A_COLUMN
    }

    fn settle(&mut self, person: Option<usize>, remarks: Vec<Remark>) {
        for remark in remarks {
            if self.admits(&remark) {
                let problem = self.remark_problem(&remark);
                match person.and_then(|p| self.persons.get_mut(p)) {
                    Some(p) => p.dossier.problems.push(problem),
                    None => self.problems.push(problem),
                }
            }
        }
    }

    fn person(&mut self, no: &str) -> usize {
        if let Some(i) = self.people.get(no) {
            return *i;
        }
        let i = self.persons.len();
        self.people.insert(no.to_owned(), i);
        self.persons.push(Person {
            dossier: Dossier::new(no.to_owned()),
            inmate_at: None,
            applied_at: None,
            second_inmate: None,
            second_applications: Vec::new(),
            wide_property: Vec::new(),
        });
        i
    }

    fn next(&mut self) -> u64 {
        self.order += 1;
        self.order
    }
}

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
}

impl RowReader {
    /// Registers a sheet's sources and unknown columns. `None` if there are too many sheets.
    pub fn begin(
        builder: &mut Builder,
        sheet: &str,
        plan: Plan,
        epoch: Epoch,
        merges: &[(u32, u32, u32, u32)],
    ) -> Option<RowReader> {
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
        let no = plan.kind.columns().next();
        let no_cols: Vec<u32> =
            plan.feeds.iter().flat_map(|f| no.map_or(&[][..], |n| f.slots(n))).map(|s| s.col).collect();
        let merges = merges.iter().filter(|m| m.1 == m.3 && no_cols.contains(&m.1)).map(|m| (m.0, m.2, m.1)).collect();
        Some(RowReader { plan, at, epoch, feeds, second, rulings, property, merges, carried: HashMap::new() })
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
            let no = self.plan.kind.columns().next();
            let columns = || Col::ALL.iter().flat_map(|c| feed.slots(*c)).chain(feed.extras.iter().map(|(_, s)| s));
            if self.feeds.len() > 1 && columns().all(|s| cells.get(s.col as usize).is_none_or(Raw::is_blank)) {
                // The right half of the last row of a side-by-side sheet.
                continue;
            }
            let number = no.map_or(&[][..], |n| feed.slots(n)).first().and_then(|s| cells.get(s.col as usize));
            if number.is_some_and(|n| is_repeated_header(no, n)) || is_footer(number, cells) {
                continue;
            }
            seen = true;
            let line = Line { cells, row, source: *source, feed, epoch: self.epoch, merged: merged.as_ref() };
            match record(builder, self.plan.kind, &line) {
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
                (true, _) => builder.count_used(self.at, 1),
                (false, _) => builder.count_reported(self.at, 1),
            }
        }
    }

    /// The number of a merged cell that began in an earlier row.
    fn merged_number(&mut self, row: u32, cells: &[Raw<'_>]) -> Option<Raw<'static>> {
        let (first, _, col) = *self.merges.iter().find(|(a, b, _)| (*a..=*b).contains(&row))?;
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
                        p.second_inmate.get_or_insert(record);
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
                            p.second_applications.push(record);
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
                    p.dossier.rulings.push(record);
                }
            }
        }
        if let Some(source) = self.property {
            for wide in &self.plan.property {
                let (record, remarks) = wide_property(wide, cells, row, source, self.epoch);
                builder.settle(Some(person), remarks);
                if let (Some(record), Some(p)) = (record, builder.persons.get_mut(person)) {
                    p.wide_property.push(record);
                }
            }
        }
    }
}

/// The header printed again at the top of a page.
fn is_repeated_header(no: Option<Col>, number: &Raw<'_>) -> bool {
    let text = values::squeeze(&number.show());
    no.is_some_and(|c| c.name() == text) || matches!(text.as_str(), "编号" | "罪犯编号" | "档案编号" | "档卡号")
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

/// One row as a feed sees it.
struct Line<'l> {
    cells: &'l [Raw<'l>],
    row: u32,
    source: u16,
    feed: &'l Feed,
    epoch: Epoch,
    merged: Option<&'l Raw<'static>>,
}

const BLANK: Raw<'static> = Raw::Blank;

impl Line<'_> {
    fn at(&self, col: Option<u32>) -> CellRef {
        let col = col.and_then(|c| u16::try_from(c).ok()).unwrap_or(CellRef::NONE);
        CellRef { sheet: self.source, row: self.row, col }
    }

    fn cell(&self, slot: Slot) -> &Raw<'_> {
        self.cells.get(slot.col as usize).unwrap_or(&BLANK)
    }
}

/// Reads the fields of one row and collects what is to be said about them.
struct Reader<'l> {
    line: &'l Line<'l>,
    remarks: Vec<Remark>,
}

impl<'l> Reader<'l> {
    fn new(line: &'l Line<'l>) -> Reader<'l> {
        Reader { line, remarks: Vec::new() }
    }

    fn say(&mut self, at: CellRef, col: Col, bad: Bad) {
        self.remarks.push(Remark { at, col, bad });
    }

    /// A field of a column; its requiredness included.
    fn field<T: FromCell>(&mut self, col: Col) -> Field<T> {
        let field = self.optional(col);
        let lone_dash = self.remarks.last().is_some_and(|r| r.at == field.at && r.bad.code == ProblemCode::LoneDash);
        if col.required() && field.is_empty() && field.at.exists() {
            if lone_dash {
                self.remarks.pop();
            }
            self.say(field.at, col, Bad::new(ProblemCode::MissingCell, "", "必填，但为空", "required, but blank"));
        }
        field
    }

    fn optional<T: FromCell>(&mut self, col: Col) -> Field<T> {
        let line = self.line;
        let slots = line.feed.slots(col);
        let mut found: Option<(Field<T>, Option<Bad>)> = None;
        for slot in slots {
            let raw = line.cell(*slot);
            let ctx = Context { col, unit: slot.unit, epoch: line.epoch };
            let got = cell::read::<T>(raw, &ctx);
            let field = Field { value: got.value, at: line.at(Some(slot.col)), col };
            found = Some(match found {
                None => (field, got.remark),
                Some((first, remark)) if matches!(field.value, Value::Empty) => (first, remark),
                Some((first, _)) if matches!(first.value, Value::Empty) => (field, got.remark),
                Some((first, remark)) if first.value == field.value && !matches!(first.value, Value::Unclear) => {
                    (first, remark)
                }
                Some((first, _)) => {
                    let at = |f: &Field<T>| f.at.a1().unwrap_or_default();
                    let (a, b) = (at(&first), at(&field));
                    let bad = Bad::new(
                        ProblemCode::AliasConflict,
                        &raw.show(),
                        format!("{a}和{b}两列都是“{}”，内容不同，按不明处理；请删去其中一列或改为一致", col.name()),
                        format!(
                            "{a} and {b} both stand for {} and differ; the value is unknown; drop one or make them agree",
                            col.name()
                        ),
                    );
                    (Field { value: Value::Unclear, at: field.at, col }, Some(bad))
                }
            });
        }
        match found {
            Some((field, remark)) => {
                if let Some(bad) = remark {
                    self.say(field.at, col, bad);
                }
                field
            }
            None => Field::empty(col, line.at(None)),
        }
    }

    /// A value of a compact record.
    fn value<T: FromCell>(&mut self, col: Col) -> Value<T> {
        self.field(col).value
    }

    /// The amount of a deduction, whatever its sign.
    fn amount(&mut self, col: Col) -> Value<Decimal> {
        self.value::<Decimal>(col).map(|d| d.abs())
    }

    /// A signed column (定额加扣分).
    fn signed(&mut self, extra: Extra, col: Col) -> Value<Decimal> {
        let Some(slot) = self.line.feed.extra(extra) else { return Value::Empty };
        let ctx = Context { col, unit: slot.unit, epoch: self.line.epoch };
        let got = cell::read::<Decimal>(self.line.cell(slot), &ctx);
        if let Some(bad) = got.remark {
            self.say(self.line.at(Some(slot.col)), col, bad);
        }
        got.value
    }
}

/// Reads the row's person and its record. `None` if it became no record; a problem then says why.
fn record(builder: &mut Builder, kind: SheetKind, line: &Line<'_>) -> Option<usize> {
    let mut r = Reader::new(line);
    let no_col = kind.columns().next()?;
    let mut no: Field<String> = r.optional(no_col);
    if let (Value::Empty, Some(merged)) = (&no.value, line.merged) {
        let ctx = Context { col: no_col, unit: None, epoch: line.epoch };
        no.value = cell::read::<String>(merged, &ctx).value;
    }
    let Some(number) = no.known().cloned() else {
        if no.is_empty() {
            r.remarks.clear();
            r.say(
                no.at,
                no_col,
                Bad::new(
                    ProblemCode::MissingCell,
                    "",
                    "编号为空，整行未读取",
                    "blank, so that the row belongs to nobody and was not read",
                ),
            );
        }
        builder.settle(None, r.remarks);
        return None;
    };
    r.remarks.clear();
    let person = builder.person(&number);
    let mut reader = Reader::new(line);
    let used = match kind {
        SheetKind::Inmates => {
            let record = inmate(&mut reader);
            let order = builder.next();
            builder.add_inmate(person, record, order);
            true
        }
        SheetKind::Applications => {
            let record = application(&mut reader);
            let order = builder.next();
            if let Some(p) = builder.persons.get_mut(person) {
                p.applied_at.get_or_insert(order);
                p.dossier.applications.push(record);
            }
            true
        }
        SheetKind::Points => {
            let record = points(&mut reader);
            push(builder, person, record, |d| &mut d.points)
        }
        SheetKind::Awards => {
            let record = award(&mut reader);
            push(builder, person, Some(record), |d| &mut d.awards)
        }
        SheetKind::Rulings => {
            let record = ruling(&mut reader);
            push(builder, person, Some(record), |d| &mut d.rulings)
        }
        SheetKind::Property => {
            let record = property(&mut reader);
            push(builder, person, Some(record), |d| &mut d.property)
        }
        SheetKind::Spending => {
            let record = spending(&mut reader);
            push(builder, person, record, |d| &mut d.spending)
        }
        SheetKind::Custody => {
            let record = custody(&mut reader);
            push(builder, person, Some(record), |d| &mut d.custody)
        }
        SheetKind::NewCrimes => {
            let record = new_crime(&mut reader);
            push(builder, person, Some(record), |d| &mut d.new_crimes)
        }
    };
    builder.settle(Some(person), reader.remarks);
    used.then_some(person)
}

fn push<T>(builder: &mut Builder, person: usize, record: Option<T>, list: fn(&mut Dossier) -> &mut Vec<T>) -> bool {
    match (record, builder.persons.get_mut(person)) {
        (Some(record), Some(p)) => {
            list(&mut p.dossier).push(record);
            true
        }
        _ => false,
    }
}

/// A flag that the sentence's tail states, where the column is blank; a contradiction makes it unclear.
fn flag_from_tail(r: &mut Reader<'_>, field: &mut Field<bool>, sentence_at: CellRef, said: bool, word: &str) {
    if !said {
        return;
    }
    match field.value {
        Value::Empty => *field = Field { value: Value::Known(true), at: sentence_at, col: field.col },
        Value::Known(false) => {
            field.value = Value::Unclear;
            let bad = Bad::new(
                ProblemCode::AliasConflict,
                word,
                format!("原判刑罚写明{word}，本列却填“否”，按不明处理"),
                format!("the sentence says {word}, this column says no; the value is unknown"),
            );
            r.say(field.at, field.col, bad);
        }
        Value::Known(true) | Value::Unclear => {}
    }
}

fn rights_from_tail(r: &mut Reader<'_>, field: &mut Field<Rights>, from: CellRef, said: Option<Rights>) {
    let Some(said) = said else { return };
    match field.value {
        Value::Empty => *field = Field { value: Value::Known(said), at: from, col: field.col },
        Value::Known(own) if own != said => {
            field.value = Value::Unclear;
            let bad = Bad::new(
                ProblemCode::AliasConflict,
                "剥夺政治权利",
                format!("与{}所写的剥夺政治权利不一致，按不明处理", from.a1().unwrap_or_default()),
                format!(
                    "differs from the deprivation of political rights in {}; the value is unknown",
                    from.a1().unwrap_or_default()
                ),
            );
            r.say(field.at, field.col, bad);
        }
        Value::Known(_) | Value::Unclear => {}
    }
}

fn inmate(r: &mut Reader<'_>) -> Inmate {
    use Col::*;
    let no = r.optional(InNo);
    let name = r.field(InName);
    let sex = r.field(InSex);
    let birth = r.field(InBirth);
    let id_number: Field<String> = r.field(InIdNumber);
    let id_number = Field { value: id_number.value.map(|t| t.to_uppercase()), ..id_number };
    let charges = r.field(InCharges);
    let crime_date = r.field(InCrimeDate);
    let text: Field<SentenceText> = r.field(InSentence);
    let tail = text.get();
    let sentence = Field { value: text.value.map(|s| s.sentence), at: text.at, col: text.col };
    let mut out = Inmate {
        no,
        name,
        sex,
        birth,
        id_number,
        charges,
        crime_date,
        sentence,
        count_terms: r.field(InCountTerms),
        judged: r.field(InJudged),
        effective: r.field(InEffective),
        detained: r.field(InDetained),
        delivered: r.field(InDelivered),
        term_start: r.field(InTermStart),
        term_end: r.field(InTermEnd),
        current_end: r.field(InCurrentEnd),
        reprieve_end: r.field(InReprieveEnd),
        recidivist: r.field(InRecidivist),
        drug_recidivist: r.field(InDrugRecidivist),
        functionary: r.field(InFunctionary),
        limited: r.field(InLimited),
        whole_life: r.field(InWholeLife),
        suspended: r.field(InSuspended),
        rank: r.field(InRank),
        categories: r.field(InCategories),
        health: r.field(InHealth),
        health_date: r.field(InHealthDate),
        rights: r.field(InRights),
        restitution: r.field(InRestitution),
        remorse: r.field(InRemorse),
        assessment: r.field(InAssessment),
        assessment_date: r.field(InAssessmentDate),
        prison: r.field(InPrison),
        ward: r.field(InWard),
    };
    if let Some(tail) = tail {
        let at = out.sentence.at;
        rights_from_tail(r, &mut out.rights, at, tail.rights);
        flag_from_tail(r, &mut out.limited, at, tail.limited, "限制减刑");
        flag_from_tail(r, &mut out.whole_life, at, tail.whole_life, "终身监禁");
        flag_from_tail(r, &mut out.suspended, at, tail.suspended, "缓刑");
    }
    out
}

fn application(r: &mut Reader<'_>) -> Application {
    use Col::*;
    let no = r.optional(ApNo);
    let case_no = r.field(ApCaseNo);
    let kind = r.field(ApKind);
    let applied = r.field(ApApplied);
    let text: Field<ProposalText> = r.field(ApProposal);
    let tail = text.get().and_then(|p| p.rights);
    let proposal = Field { value: text.value.map(|p| p.proposal), at: text.at, col: text.col };
    let mut rights = r.field(ApRights);
    rights_from_tail(r, &mut rights, proposal.at, tail);
    let conduct = r.field(ApConduct);
    let period_from = r.field(ApPeriodFrom);
    let period_to = r.field(ApPeriodTo);
    let both: Field<Commendations> = r.field(ApCommendations);
    let rest = both.get().and_then(|c| c.rest);
    let commendations = Field { value: both.value.map(|c| c.count), at: both.at, col: both.col };
    let mut balance: Field<Decimal> = r.field(ApBalance);
    if let (Some(rest), Value::Empty) = (rest, &balance.value) {
        balance = Field { value: Value::Known(rest), at: commendations.at, col: ApBalance };
    } else if let (Some(rest), Some(own)) = (rest, balance.get()) {
        if rest != own {
            balance.value = Value::Unclear;
            let bad = Bad::new(
                ProblemCode::AliasConflict,
                &own.to_string(),
                format!("与认定表扬次数一列所写的余{rest}分不一致，按不明处理"),
                format!("differs from the rest of {rest} in the column of commendations; the value is unknown"),
            );
            r.say(balance.at, ApBalance, bad);
        }
    }
    let published_from = r.field(ApPublishedFrom);
    let published_to = r.field(ApPublishedTo);
    let sent = r.field(ApSent);
    let opinion = r.field(ApOpinion);
    let court = r.field(ApCourt);
    let hearing = r.field(ApHearing);
    let received = r.field(ApReceived);
    let ruled = r.field(ApRuled);
    let result: Field<ChangeText> = r.field(ApResult);
    Application {
        no,
        case_no,
        kind,
        applied,
        proposal,
        rights,
        conduct,
        period_from,
        period_to,
        commendations,
        balance,
        published_from,
        published_to,
        sent,
        opinion,
        court,
        hearing,
        received,
        ruled,
        result: Field { value: result.value.map(|c| c.change), at: result.at, col: result.col },
        probation_end: r.field(ApProbationEnd),
    }
}

fn plus(a: Value<Decimal>, b: Value<Decimal>) -> Value<Decimal> {
    match (a, b) {
        (Value::Unclear, _) | (_, Value::Unclear) => Value::Unclear,
        (Value::Known(a), Value::Known(b)) => Value::Known(a + b),
        (known, Value::Empty) | (Value::Empty, known) => known,
    }
}

/// Splits a signed amount into bonus and deduction.
pub(super) fn split_signed(part: Part, signed: Value<Decimal>) -> Part {
    let (bonus, deduction) = match signed {
        Value::Known(v) if v.is_sign_negative() && !v.is_zero() => (Value::Known(Decimal::ZERO), Value::Known(-v)),
        Value::Known(v) => (Value::Known(v), Value::Known(Decimal::ZERO)),
        Value::Empty => (Value::Empty, Value::Empty),
        Value::Unclear => (Value::Unclear, Value::Unclear),
    };
    Part { base: part.base, bonus: plus(part.bonus, bonus), deduction: plus(part.deduction, deduction) }
}

fn points(r: &mut Reader<'_>) -> Option<PointRow> {
    use Col::*;
    let month: Field<Month> = r.field(PtMonth);
    let month = month.get()?;
    let mut part = |base, bonus, deduction, extra| {
        let part = Part { base: r.value(base), bonus: r.value(bonus), deduction: r.amount(deduction) };
        let signed = r.signed(extra, bonus);
        split_signed(part, signed)
    };
    let supervision = part(PtSupervisionBase, PtSupervisionBonus, PtSupervisionDeduction, Extra::SupervisionSigned);
    let education = part(PtEducationBase, PtEducationBonus, PtEducationDeduction, Extra::EducationSigned);
    let labour = part(PtLabourBase, PtLabourBonus, PtLabourDeduction, Extra::LabourSigned);
    Some(PointRow {
        at: RowRef { sheet: r.line.source, line: r.line.row },
        month,
        supervision,
        education,
        labour,
        special: r.value(PtSpecial),
        penalty: r.amount(PtPenalty),
        score: r.value(PtScore),
        balance: r.value(PtBalance),
        cycle: r.amount(PtCycle),
        officer: r.value(PtOfficer),
        prison: r.value(PtPrison),
        ward: r.value(PtWard),
        post: r.value(PtPost),
        note: r.value(PtNote),
    })
}

fn award(r: &mut Reader<'_>) -> Award {
    use Col::*;
    Award {
        date: r.field(AwDate),
        kind: r.field(AwKind),
        grade: r.field(AwGrade),
        cycle_from: r.field(AwCycleFrom),
        cycle_to: r.field(AwCycleTo),
        from: r.field(AwFrom),
        to: r.field(AwTo),
        points: r.field(AwPoints),
        reason: r.field(AwReason),
        doc_no: r.field(AwDocNo),
        patent: r.field(AwPatent),
        confirmed: r.field(AwConfirmed),
        full_roster: r.field(AwFullRoster),
    }
}

/// 变更内容, or what 减刑幅度 and 加减刑幅度 with 变更类型 say instead.
fn ruling_change(r: &mut Reader<'_>) -> (Field<Change>, Option<Rights>) {
    let line = r.line;
    let has_column = !line.feed.slots(Col::RuChange).is_empty();
    let mut change: Field<ChangeText> =
        if has_column { r.optional(Col::RuChange) } else { Field::empty(Col::RuChange, line.at(None)) };
    let kind_slot = line.feed.extra(Extra::ChangeKind);
    let kind_text = kind_slot.map_or_else(String::new, |s| values::squeeze(&line.cell(s).show()));
    for extra in [Extra::ReductionAmount, Extra::ChangeAmount] {
        let Some(slot) = line.feed.extra(extra) else { continue };
        if !change.is_empty() {
            break;
        }
        let at = line.at(Some(slot.col));
        let raw = line.cell(slot);
        let ctx = Context { col: Col::RuChange, unit: slot.unit, epoch: line.epoch };
        // 减刑六个月 is complete in itself; a bare amount needs to be told to be a reduction.
        let whole = cell::read::<ChangeText>(raw, &ctx);
        if !matches!(whole.value, Value::Unclear) {
            change = Field { value: whole.value, at, col: Col::RuChange };
            if let Some(bad) = whole.remark {
                r.say(at, Col::RuChange, bad);
            }
            continue;
        }
        let reduction = extra == Extra::ReductionAmount || matches!(kind_text.as_str(), "减刑" | "裁定减刑" | "减");
        let amount = cell::read::<Term>(raw, &ctx);
        match (amount.value, reduction) {
            (Value::Known(t), true) => {
                change = Field::of(ChangeText { change: Change::Reduce(t), rights: None }, Col::RuChange, at);
                if let Some(bad) = amount.remark {
                    r.say(at, Col::RuChange, bad);
                }
            }
            (Value::Known(_), false) => {
                change = Field { value: Value::Unclear, at, col: Col::RuChange };
                let bad = Bad::new(
                    ProblemCode::BadTerm,
                    &raw.show(),
                    format!("幅度是减刑还是加刑不明（类型：“{kind_text}”）；请写“减刑六个月”，或在类型列写“减刑”"),
                    format!(
                        "a reduction or an addition? (kind: {kind_text:?}); write 减刑六个月, or 减刑 in the column 类型"
                    ),
                );
                r.say(at, Col::RuChange, bad);
            }
            _ => {
                change = Field { value: Value::Unclear, at, col: Col::RuChange };
                if let Some(bad) = whole.remark {
                    r.say(at, Col::RuChange, bad);
                }
            }
        }
    }
    // 假释, 撤销假释 and the like need no amount.
    if change.is_empty() {
        if let Some(slot) = kind_slot {
            if let Ok(text) = values::change(&kind_text) {
                change = Field::of(text, Col::RuChange, line.at(Some(slot.col)));
            }
        }
    }
    if change.is_empty() {
        let at = match line.feed.slots(Col::RuChange).first() {
            Some(s) => line.at(Some(s.col)),
            None => [Extra::ReductionAmount, Extra::ChangeAmount]
                .iter()
                .find_map(|e| line.feed.extra(*e))
                .map_or(line.at(None), |s| line.at(Some(s.col))),
        };
        change.at = at;
        r.remarks.retain(|m| !(m.at == at && m.bad.code == ProblemCode::LoneDash));
        r.say(at, Col::RuChange, Bad::new(ProblemCode::MissingCell, "", "必填，但为空", "required, but blank"));
    }
    let rights = change.known().and_then(|c| c.rights);
    (Field { value: change.value.map(|c| c.change), at: change.at, col: Col::RuChange }, rights)
}

fn ruling(r: &mut Reader<'_>) -> Ruling {
    use Col::*;
    let date = r.field(RuDate);
    let served = r.field(RuServed);
    let (change, tail) = ruling_change(r);
    let mut rights = r.field(RuRights);
    rights_from_tail(r, &mut rights, change.at, tail);
    Ruling {
        date,
        served,
        change,
        new_start: r.field(RuNewStart),
        new_end: r.field(RuNewEnd),
        rights,
        court: r.field(RuCourt),
        case_no: r.field(RuCaseNo),
    }
}

fn property(r: &mut Reader<'_>) -> PropertyItem {
    use Col::*;
    PropertyItem {
        kind: r.field(PrKind),
        amount: r.field(PrAmount),
        paid: r.field(PrPaid),
        state: r.field(PrState),
        able: r.field(PrAble),
        situation: r.field(PrSituation),
        situation_ended: r.field(PrSituationEnded),
        performed: r.field(PrPerformed),
    }
}

fn spending(r: &mut Reader<'_>) -> Option<SpendingRow> {
    use Col::*;
    let month: Field<Month> = r.field(SpMonth);
    let month = month.get()?;
    Some(SpendingRow {
        at: RowRef { sheet: r.line.source, line: r.line.row },
        month,
        spent: r.value(SpSpent),
        limit: r.value(SpLimit),
        balance: r.value(SpBalance),
    })
}

fn custody(r: &mut Reader<'_>) -> CustodyRow {
    use Col::*;
    CustodyRow {
        from: r.field(CuFrom),
        to: r.field(CuTo),
        kind: r.field(CuKind),
        reason: r.field(CuReason),
        authority: r.field(CuAuthority),
        doc_no: r.field(CuDocNo),
        place: r.field(CuPlace),
        note: r.field(CuNote),
    }
}

fn new_crime(r: &mut Reader<'_>) -> NewCrime {
    use Col::*;
    NewCrime {
        kind: r.field(NcKind),
        crime_date: r.field(NcCrimeDate),
        confirmed: r.field(NcConfirmed),
        sentence: r.field(NcSentence),
        decided: r.field(NcDecided),
        new_start: r.field(NcNewStart),
        new_end: r.field(NcNewEnd),
        intentional: r.field(NcIntentional),
        confessed: r.field(NcConfessed),
    }
}

fn wide_columns(r: &WideRuling) -> [(Col, Option<Slot>); 8] {
    [
        (Col::RuDate, r.date),
        (Col::RuServed, r.served),
        (Col::RuChange, r.change),
        (Col::RuNewStart, r.start),
        (Col::RuNewEnd, r.end),
        (Col::RuRights, r.rights),
        (Col::RuCourt, r.court),
        (Col::RuCaseNo, r.case_no),
    ]
}

struct WideReader<'l> {
    cells: &'l [Raw<'l>],
    row: u32,
    source: u16,
    epoch: Epoch,
    remarks: Vec<Remark>,
}

impl WideReader<'_> {
    fn at(&self, slot: Option<Slot>) -> CellRef {
        let col = slot.and_then(|s| u16::try_from(s.col).ok()).unwrap_or(CellRef::NONE);
        CellRef { sheet: self.source, row: self.row, col }
    }

    fn raw(&self, slot: Option<Slot>) -> &Raw<'_> {
        slot.and_then(|s| self.cells.get(s.col as usize)).unwrap_or(&BLANK)
    }

    fn field<T: FromCell>(&mut self, col: Col, slot: Option<Slot>) -> Field<T> {
        let at = self.at(slot);
        let Some(slot) = slot else { return Field::empty(col, at) };
        let ctx = Context { col, unit: slot.unit, epoch: self.epoch };
        let got = cell::read::<T>(self.raw(Some(slot)), &ctx);
        if let Some(bad) = got.remark {
            self.remarks.push(Remark { at, col, bad });
        }
        Field { value: got.value, at, col }
    }
}

/// The n-th earlier reduction of a wide row; nothing where all its cells are blank.
fn wide_ruling(
    wide: &WideRuling,
    cells: &[Raw<'_>],
    row: u32,
    source: u16,
    epoch: Epoch,
) -> (Option<Ruling>, Vec<Remark>) {
    let mut r = WideReader { cells, row, source, epoch, remarks: Vec::new() };
    let empty = |raw: &Raw<'_>| {
        raw.is_blank()
            || matches!(raw, Raw::Text(t) | Raw::Untyped(t) if values::is_lone_dash(t) || values::squeeze(t) == "无")
    };
    if wide_columns(wide).iter().all(|(_, s)| empty(r.raw(*s))) {
        return (None, Vec::new());
    }
    let date: Field<NaiveDate> = r.field(Col::RuDate, wide.date);
    if date.is_empty() {
        let bad = Bad::new(
            ProblemCode::MissingCell,
            "",
            "本次减刑的其他列有内容，裁定日期却为空",
            "blank, though other columns of this reduction are filled",
        );
        r.remarks.push(Remark { at: date.at, col: Col::RuDate, bad });
    }
    let at = r.at(wide.change);
    let change: Field<Change> = match wide.change {
        None => Field::empty(Col::RuChange, at),
        Some(slot) => {
            let ctx = Context { col: Col::RuChange, unit: slot.unit, epoch };
            let raw = r.raw(Some(slot));
            let term = cell::read::<Term>(raw, &ctx);
            let (value, remark) = match term.value {
                Value::Known(t) => (Value::Known(Change::Reduce(t)), term.remark),
                Value::Empty => (Value::Empty, term.remark),
                Value::Unclear => {
                    let whole = cell::read::<ChangeText>(raw, &ctx);
                    (whole.value.map(|c| c.change), whole.remark)
                }
            };
            if let Some(bad) = remark {
                r.remarks.push(Remark { at, col: Col::RuChange, bad });
            }
            Field { value, at, col: Col::RuChange }
        }
    };
    let record = Ruling {
        date,
        served: r.field(Col::RuServed, wide.served),
        change,
        new_start: r.field(Col::RuNewStart, wide.start),
        new_end: r.field(Col::RuNewEnd, wide.end),
        rights: r.field(Col::RuRights, wide.rights),
        court: r.field(Col::RuCourt, wide.court),
        case_no: r.field(Col::RuCaseNo, wide.case_no),
    };
    (Some(record), r.remarks)
}

/// A property item of a wide row. A blank cell is not "none": the item then exists with its amount unknown; `无` and 0
/// mean that there is no item.
fn wide_property(
    wide: &WideProperty,
    cells: &[Raw<'_>],
    row: u32,
    source: u16,
    epoch: Epoch,
) -> (Option<PropertyItem>, Vec<Remark>) {
    let mut r = WideReader { cells, row, source, epoch, remarks: Vec::new() };
    let amount: Field<Amount> = r.field(Col::PrAmount, Some(wide.amount));
    let paid = r.field(Col::PrPaid, wide.paid);
    let state_raw = values::squeeze(&r.raw(wide.state).show());
    if amount.known() == Some(&Amount::Yuan(Decimal::ZERO)) && matches!(state_raw.as_str(), "" | "无" | "/" | "-" | "—")
    {
        return (None, r.remarks);
    }
    let state = r.field(Col::PrState, wide.state);
    let nowhere = CellRef { sheet: source, row, col: CellRef::NONE };
    let item = PropertyItem {
        kind: Field::of(wide.kind, Col::PrKind, amount.at),
        amount,
        paid,
        state,
        able: Field::empty(Col::PrAble, nowhere),
        situation: Field::empty(Col::PrSituation, nowhere),
        situation_ended: Field::empty(Col::PrSituationEnded, nowhere),
        performed: Field::empty(Col::PrPerformed, nowhere),
    };
    (Some(item), r.remarks)
}

// ---------------------------------------------------------------- duplicates

/// A record whose copies can be compared and merged.
trait Record: Sized {
    /// Whether two records say the same.
    fn same(&self, other: &Self) -> bool;
    /// Takes over what the other knows; fields that differ become unclear and are returned.
    fn merge(&mut self, other: Self) -> Vec<(Place, Place)>;
    /// A place to name the record by.
    fn place(&self) -> Place;
}

fn merge_field<T: PartialEq>(mine: &mut Field<T>, other: Field<T>, out: &mut Vec<(Place, Place)>) {
    if mine.value == other.value && !matches!(mine.value, Value::Unclear) {
        return;
    }
    // A column that one of the sheets lacks says nothing.
    if !other.at.exists() {
        return;
    }
    if !mine.at.exists() && mine.is_empty() {
        *mine = other;
        return;
    }
    if !matches!(mine.value, Value::Unclear) && !matches!(other.value, Value::Unclear) {
        out.push((mine.place(), other.place()));
    }
    mine.value = Value::Unclear;
}

macro_rules! record {
    ($ty:ident by $by:ident: $($field:ident)*) => {
        impl Record for $ty {
            fn same(&self, other: &Self) -> bool {
                $(self.$field.value == other.$field.value)&&*
            }
            fn merge(&mut self, other: Self) -> Vec<(Place, Place)> {
                let mut out = Vec::new();
                $(merge_field(&mut self.$field, other.$field, &mut out);)*
                out
            }
            fn place(&self) -> Place {
                self.$by.place()
            }
        }
    };
}

record! { Inmate by no: no name sex birth id_number charges crime_date sentence count_terms judged effective detained delivered
term_start term_end current_end reprieve_end recidivist drug_recidivist functionary limited whole_life suspended rank
categories health health_date rights restitution remorse assessment assessment_date prison ward }
record! { Application by no: no case_no kind applied proposal rights conduct period_from period_to commendations balance
published_from published_to sent opinion court hearing received ruled result probation_end }
record! { Award by date: date kind grade cycle_from cycle_to from to points reason doc_no patent confirmed full_roster }
record! { Ruling by date: date served change new_start new_end rights court case_no }
record! { PropertyItem by kind: kind amount paid state able situation situation_ended performed }
record! { CustodyRow by from: from to kind reason authority doc_no place note }
record! { NewCrime by kind: kind crime_date confirmed sentence decided new_start new_end intentional confessed }

/// How two records of one person relate.
#[derive(PartialEq, Eq)]
enum Relation {
    Distinct,
    /// They describe one thing.
    Same,
}

fn known_equal<T: PartialEq>(a: &Field<T>, b: &Field<T>) -> bool {
    matches!((a.known(), b.known()), (Some(a), Some(b)) if a == b)
}

fn known_different<T: PartialEq>(a: &Field<T>, b: &Field<T>) -> bool {
    matches!((a.known(), b.known()), (Some(a), Some(b)) if a != b)
}

fn when(same: bool) -> Relation {
    if same { Relation::Same } else { Relation::Distinct }
}

fn case_numbers_differ(a: &Field<String>, b: &Field<String>) -> bool {
    matches!((a.known(), b.known()), (Some(a), Some(b)) if values::fold_case_no(a) != values::fold_case_no(b))
}

fn case_numbers_agree(a: &Field<String>, b: &Field<String>) -> bool {
    matches!((a.known(), b.known()), (Some(a), Some(b)) if values::fold_case_no(a) == values::fold_case_no(b))
}

fn one_ruling(a: &Ruling, b: &Ruling) -> Relation {
    if case_numbers_differ(&a.case_no, &b.case_no) {
        return Relation::Distinct;
    }
    let kinds_agree = match (a.change.known(), b.change.known()) {
        // Several reductions may be revoked on one day, each with its own row.
        (Some(Change::ReductionRevoked { .. }), Some(Change::ReductionRevoked { .. })) => a.change == b.change,
        (Some(x), Some(y)) => std::mem::discriminant(x) == std::mem::discriminant(y),
        // A wide sheet knows the date only.
        _ => true,
    };
    when(kinds_agree && (known_equal(&a.date, &b.date) || case_numbers_agree(&a.case_no, &b.case_no)))
}

impl Builder {
    fn duplicate(&mut self, person: usize, kind: SheetKind, first: Place, second: Place, differing: &[(Place, Place)]) {
        let at = |p: Place| p.at.a1().unwrap_or_else(|| format!("第{}行", p.at.row + 1));
        let problem = if differing.is_empty() {
            self.located(
                ProblemCode::DuplicateIdentical,
                second.at,
                format!("{}：与{}一行相同，已合并", kind.name(), at(first)),
                format!("{}: the same as the row of {}; merged", kind.name_en(), first.at.a1().unwrap_or_default()),
            )
        } else {
            let names: Vec<&str> = differing.iter().map(|(p, _)| p.col.name()).collect();
            let (_, other) = differing.first().copied().unwrap_or((first, second));
            self.located(
                ProblemCode::DuplicateConflict,
                other.at,
                format!("{}：与{}一行重复但内容不同（{}），不同的内容按不明处理；请只保留正确的一行", kind.name(), at(first), names.join("、")),
                format!(
                    "{}: a second row for what {} describes, differing in {}; those values are unknown; keep only the right row",
                    kind.name_en(),
                    first.at.a1().unwrap_or_default(),
                    names.join(", ")
                ),
            )
        };
        if let Some(p) = self.persons.get_mut(person) {
            p.dossier.problems.push(problem);
        }
    }

    fn add_inmate(&mut self, person: usize, record: Inmate, order: u64) {
        let Some(p) = self.persons.get_mut(person) else { return };
        p.inmate_at.get_or_insert(order);
        match p.dossier.inmate.take() {
            None => p.dossier.inmate = Some(record),
            Some(mut first) => {
                let (a, b) = (first.place(), record.place());
                let differing = first.merge(record);
                p.dossier.inmate = Some(first);
                self.duplicate(person, SheetKind::Inmates, a, b, &differing);
            }
        }
    }

    fn dedupe<T: Record>(
        &mut self,
        person: usize,
        kind: SheetKind,
        list: fn(&mut Dossier) -> &mut Vec<T>,
        relation: fn(&T, &T) -> Relation,
    ) {
        let Some(p) = self.persons.get_mut(person) else { return };
        let records = std::mem::take(list(&mut p.dossier));
        if records.len() < 2 {
            *list(&mut p.dossier) = records;
            return;
        }
        let mut kept: Vec<T> = Vec::with_capacity(records.len());
        let mut told = Vec::new();
        for record in records {
            match kept.iter_mut().find(|k| k.same(&record) || relation(k, &record) == Relation::Same) {
                Some(first) => {
                    let (a, b) = (first.place(), record.place());
                    told.push((a, b, first.merge(record)));
                }
                None => kept.push(record),
            }
        }
        *list(&mut p.dossier) = kept;
        for (a, b, differing) in told {
            self.duplicate(person, kind, a, b, &differing);
        }
    }

    fn dedupe_compact<T: Clone + PartialEq>(
        &mut self,
        person: usize,
        kind: SheetKind,
        list: fn(&mut Dossier) -> &mut Vec<T>,
        at: fn(&mut T) -> &mut RowRef,
        month: fn(&T) -> Month,
        merge: Option<fn(&mut T, &T)>,
    ) {
        let Some(p) = self.persons.get_mut(person) else { return };
        let mut records = std::mem::take(list(&mut p.dossier));
        records.sort_by_key(month);
        let mut kept: Vec<T> = Vec::with_capacity(records.len());
        let mut told = Vec::new();
        for mut record in records {
            let here = *at(&mut record);
            let earlier = kept.iter_mut().rev().take_while(|k| month(k) == month(&record)).find(|k| {
                let mut copy = (**k).clone();
                *at(&mut copy) = here;
                copy == record || merge.is_some()
            });
            let Some(first) = earlier else {
                kept.push(record);
                continue;
            };
            let mut copy = first.clone();
            *at(&mut copy) = here;
            let there = *at(first);
            if copy != record {
                if let Some(merge) = merge {
                    merge(first, &record);
                }
            }
            told.push((there, here, copy != record));
        }
        kept.shrink_to_fit();
        *list(&mut p.dossier) = kept;
        let Some(no) = kind.columns().next() else { return };
        for (there, here, differs) in told {
            let place = |r: RowRef| Place { at: self.cell(r, no), col: no };
            let (a, b) = (place(there), place(here));
            let differing = if differs { vec![(a, b)] } else { Vec::new() };
            self.duplicate(person, kind, a, b, &differing);
        }
    }

    fn cell(&self, row: RowRef, col: Col) -> CellRef {
        let found = self.sources.get(usize::from(row.sheet));
        let n = found.and_then(|s| s.columns.iter().find(|(c, _)| *c == col)).and_then(|(_, n)| u16::try_from(*n).ok());
        match (found.map(|s| s.orientation), n) {
            (Some(Orientation::Columns), Some(n)) => {
                CellRef { sheet: row.sheet, row: u32::from(n), col: u16::try_from(row.line).unwrap_or(CellRef::NONE) }
            }
            (_, Some(n)) => CellRef { sheet: row.sheet, row: row.line, col: n },
            _ => CellRef { sheet: row.sheet, row: row.line, col: CellRef::NONE },
        }
    }

    /// The kinds of sheet the batch has, seconds included.
    pub fn has(&self, kind: SheetKind) -> bool {
        self.sheets.contains(&kind) || self.second_sheets.contains(&kind)
    }

    /// Uses records read beside those of another kind, where the batch has no sheet of their own.
    fn adopt_seconds(&mut self) {
        let inmates = !self.sheets.contains(&SheetKind::Inmates);
        let applications = !self.sheets.contains(&SheetKind::Applications);
        let property = !self.sheets.contains(&SheetKind::Property);
        for i in 0..self.persons.len() {
            let mut order = self.order;
            if let Some(p) = self.persons.get_mut(i) {
                let second = p.second_inmate.take();
                if inmates && second.is_some() {
                    p.dossier.inmate = second;
                    order += 1;
                    p.inmate_at = p.inmate_at.or(p.applied_at).or(Some(order));
                }
                let seconds = std::mem::take(&mut p.second_applications);
                if applications && !seconds.is_empty() {
                    p.dossier.applications.extend(seconds);
                    p.applied_at = p.applied_at.or(p.inmate_at);
                }
                let items = std::mem::take(&mut p.wide_property);
                if property {
                    p.dossier.property.extend(items);
                }
            }
            self.order = order;
        }
        let adopted: Vec<SheetKind> = self.second_sheets.iter().copied().filter(|k| !self.sheets.contains(k)).collect();
        self.columns.extend(self.second_columns.iter().filter(|c| adopted.contains(&c.sheet())));
        self.sheets.extend(adopted);
    }

    fn orphan_rows(&mut self, person: usize) {
        let Some(p) = self.persons.get_mut(person) else { return };
        let d = &mut p.dossier;
        let no = d.no.clone();
        let points = std::mem::take(&mut d.points);
        let spending = std::mem::take(&mut d.spending);
        let at = |f: CellRef| RowRef { sheet: f.sheet, line: f.row };
        let mut rows: Vec<(SheetKind, RowRef)> = Vec::new();
        rows.extend(points.iter().map(|r| (SheetKind::Points, r.at)));
        rows.extend(std::mem::take(&mut d.awards).iter().map(|r| (SheetKind::Awards, at(r.date.at))));
        rows.extend(std::mem::take(&mut d.rulings).iter().map(|r| (SheetKind::Rulings, at(r.date.at))));
        rows.extend(std::mem::take(&mut d.property).iter().map(|r| (SheetKind::Property, at(r.kind.at))));
        rows.extend(spending.iter().map(|r| (SheetKind::Spending, r.at)));
        rows.extend(std::mem::take(&mut d.custody).iter().map(|r| (SheetKind::Custody, at(r.from.at))));
        rows.extend(std::mem::take(&mut d.new_crimes).iter().map(|r| (SheetKind::NewCrimes, at(r.kind.at))));
        let mut per_sheet: Vec<(u16, usize)> = Vec::new();
        for (kind, row) in rows {
            if let Some(c) = self.source_counts.get(usize::from(row.sheet)).copied().and_then(|a| self.count(a)) {
                c.used = c.used.saturating_sub(1);
                c.reported += 1;
            }
            let n = match per_sheet.iter_mut().find(|(s, _)| *s == row.sheet) {
                Some((_, n)) => {
                    *n += 1;
                    *n
                }
                None => {
                    per_sheet.push((row.sheet, 1));
                    1
                }
            };
            if n > ORPHANS_A_PERSON {
                continue;
            }
            let number = kind.columns().next().map_or(CellRef::NOWHERE, |c| self.cell(row, c));
            let problem = self.located(
                ProblemCode::OrphanRow,
                number,
                format!("罪犯编号“{no}”不在罪犯信息中，本行未使用；请核对编号或在罪犯信息中补录"),
                format!(
                    "{no:?} is not in the inmates sheet, so this row was not used; check the number or add the person"
                ),
            );
            self.problems.push(problem);
        }
        for (sheet, n) in per_sheet {
            if n > ORPHANS_A_PERSON {
                let at = CellRef { sheet, row: 0, col: CellRef::NONE };
                let more = n - ORPHANS_A_PERSON;
                let problem = self.located(
                    ProblemCode::OrphanRow,
                    at,
                    format!("罪犯编号“{no}”不在罪犯信息中，另有{more}行未使用"),
                    format!("{no:?} is not in the inmates sheet; {more} more rows were not used"),
                );
                self.problems.push(problem);
            }
        }
    }

    /// The finished batch.
    pub fn finish(mut self) -> Batch {
        self.adopt_seconds();
        for i in 0..self.persons.len() {
            let Some((no, known, applied)) = self
                .persons
                .get(i)
                .map(|p| (p.dossier.no.clone(), p.dossier.inmate.is_some(), !p.dossier.applications.is_empty()))
            else {
                continue;
            };
            if !known {
                self.orphan_rows(i);
                if !applied {
                    // Remarks on rows that belong to nobody in the batch.
                    if let Some(p) = self.persons.get_mut(i) {
                        let problems = std::mem::take(&mut p.dossier.problems);
                        self.problems.extend(problems);
                    }
                    continue;
                }
            }
            self.dedupe::<Application>(
                i,
                SheetKind::Applications,
                |d| &mut d.applications,
                |a, b| when(case_numbers_agree(&a.case_no, &b.case_no)),
            );
            self.dedupe::<Award>(
                i,
                SheetKind::Awards,
                |d| &mut d.awards,
                |a, b| {
                    when(
                        known_equal(&a.date, &b.date)
                            && known_equal(&a.kind, &b.kind)
                            && known_equal(&a.doc_no, &b.doc_no),
                    )
                },
            );
            self.dedupe::<Ruling>(i, SheetKind::Rulings, |d| &mut d.rulings, one_ruling);
            self.dedupe::<PropertyItem>(i, SheetKind::Property, |d| &mut d.property, |_, _| Relation::Distinct);
            self.dedupe::<CustodyRow>(
                i,
                SheetKind::Custody,
                |d| &mut d.custody,
                |a, b| {
                    when(
                        known_equal(&a.from, &b.from) && known_equal(&a.kind, &b.kind) && known_different(&a.to, &b.to),
                    )
                },
            );
            self.dedupe::<NewCrime>(
                i,
                SheetKind::NewCrimes,
                |d| &mut d.new_crimes,
                |a, b| when(known_equal(&a.kind, &b.kind) && known_equal(&a.confirmed, &b.confirmed)),
            );
            // Two differing rows of a month are a finding of the points checks, not a problem of reading.
            self.dedupe_compact::<PointRow>(i, SheetKind::Points, |d| &mut d.points, |r| &mut r.at, |r| r.month, None);
            self.dedupe_compact::<SpendingRow>(
                i,
                SheetKind::Spending,
                |d| &mut d.spending,
                |r| &mut r.at,
                |r| r.month,
                Some(|a, b| {
                    for (mine, other) in
                        [(&mut a.spent, &b.spent), (&mut a.limit, &b.limit), (&mut a.balance, &b.balance)]
                    {
                        if mine != other {
                            *mine = Value::Unclear;
                        }
                    }
                }),
            );
            let mut told = Vec::new();
            if let Some(p) = self.persons.get(i) {
                if let Some(first) = p.dossier.applications.first() {
                    if !known {
                        told.push((
                            ProblemCode::OrphanApplication,
                            first.no.at,
                            format!("罪犯编号“{no}”不在罪犯信息中，本案无法审查；请核对编号或在罪犯信息中补录"),
                            format!("{no:?} is not in the inmates sheet, so this application cannot be reviewed; check the number or add the person"),
                        ));
                    }
                    for other in p.dossier.applications.iter().skip(1) {
                        told.push((
                            ProblemCode::DuplicateApplication,
                            other.no.at,
                            format!(
                                "罪犯编号“{no}”有不止一件提请案件（另见{}），按各自独立的案件审查",
                                first.no.at.a1().unwrap_or_default()
                            ),
                            format!(
                                "{no:?} has more than one application (see {}); each is reviewed as a case",
                                first.no.at.a1().unwrap_or_default()
                            ),
                        ));
                    }
                }
            }
            for (code, at, zh, en) in told {
                let problem = self.located(code, at, zh, en);
                if let Some(p) = self.persons.get_mut(i) {
                    p.dossier.problems.push(problem);
                }
            }
        }
        self.tell_uncounted();
        let mut persons: Vec<Person> = std::mem::take(&mut self.persons);
        persons.retain(|p| p.dossier.inmate.is_some() || !p.dossier.applications.is_empty());
        persons.sort_by_key(|p| match (p.dossier.inmate.is_some(), p.inmate_at, p.applied_at) {
            (true, Some(at), _) => (0, at),
            (_, _, Some(at)) => (1, at),
            _ => (2, 0),
        });
        Batch {
            inputs: self.inputs,
            sources: Arc::new(Sources { sheets: self.sources }),
            presence: Arc::new(Presence {
                sheets: self.sheets.into_iter().collect(),
                columns: self.columns.into_iter().collect(),
            }),
            dossiers: persons.into_iter().map(|p| p.dossier).collect(),
            problems: self.problems,
        }
    }

    /// Says how many warnings of a column were not listed singly.
    fn tell_uncounted(&mut self) {
        let mut more: Vec<(u16, Col, ProblemCode, u32, CellRef)> = self
            .warned
            .iter()
            .filter(|(_, (n, _))| *n > WARNINGS_A_COLUMN)
            .map(|((sheet, col, code), (n, at))| (*sheet, *col, *code, *n - WARNINGS_A_COLUMN, *at))
            .collect();
        more.sort();
        for (_, col, code, n, at) in more {
            let problem = self.located(
                code,
                at,
                format!("{}：同类提示另有{n}处，未逐一列出", col.name()),
                format!("{}: {n} more warnings of this kind are not listed singly", col.name()),
            );
            self.problems.push(problem);
        }
    }
}
