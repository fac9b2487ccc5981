//! Rows become records, records become dossiers.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::field::Remark;
use super::merge::{Relation, case_numbers_agree, known_different, known_equal, one_ruling, when};
use super::values::{self, Bad};
use crate::model::dossier::{InputFile, SheetCount};
use crate::model::packed::Entry;
use crate::model::records::*;
use crate::model::value::{Orientation, SheetSource};
use crate::model::*;

/// A person being put together.
pub(super) struct Person {
    /// What has been read so far, packed at once: a batch may have millions of rows.
    pub(super) packed: PackedDossier,
    /// Position among the rows of 罪犯信息; `None` where the person is not there.
    pub(super) inmate_at: Option<u64>,
    /// Position among the rows of 提请案件.
    pub(super) applied_at: Option<u64>,
    /// Inmates and applications read from a sheet of another kind; used only if the batch has no sheet of its own.
    pub(super) second_inmate: Option<Box<PackedDossier>>,
    pub(super) second_applications: Option<Box<PackedDossier>>,
    /// Property items read from columns of a wide sheet; the same rule.
    pub(super) wide_property: Option<Box<PackedDossier>>,
}

/// Adds a record to those that are only used if the batch has no sheet of their own.
pub(super) fn set_aside<T: Entry>(list: &mut Option<Box<PackedDossier>>, record: &T) {
    list.get_or_insert_default().push(record);
}

fn join(mine: &mut Option<Box<PackedDossier>>, other: Option<Box<PackedDossier>>, sheets: u16) {
    if let Some(other) = other {
        mine.get_or_insert_default().append(&other, sheets);
    }
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
    /// Rows whose person is not in 罪犯信息, counted once each.
    orphaned: HashSet<(u16, u32)>,
    inputs: Vec<InputFile>,
    people: HashMap<String, usize>,
    pub(super) persons: Vec<Person>,
    order: u64,
    problems: Vec<Problem>,
    sheets: BTreeSet<SheetKind>,
    second_sheets: BTreeSet<SheetKind>,
    /// Sources of records beside those of another kind.
    seconds: Vec<u16>,
    pub(super) columns: BTreeSet<Col>,
    pub(super) second_columns: BTreeSet<Col>,
    /// Unknown columns told of, with the number of the problem that tells it.
    unknown: HashMap<(SheetKind, String), usize>,
    /// How many problems of a code a column of a sheet has had.
    met: HashMap<(u16, Col, ProblemCode), Met>,
    /// Who has been told of an error of a code in a column that has had too many to list.
    told: HashSet<(u16, Col, ProblemCode, usize)>,
    /// How many rows of somebody unknown a sheet has had.
    orphans: HashMap<u16, Met>,
}

/// Problems of one kind.
#[derive(Clone, Copy, Debug)]
struct Met {
    /// Those that are listed.
    listed: u64,
    /// Those that are only counted.
    more: u64,
    /// Where the first one is.
    at: CellRef,
}

impl Met {
    fn at(at: CellRef) -> Met {
        Met { listed: 0, more: 0, at }
    }

    /// Counts one more; whether it is listed.
    fn count(&mut self, listed: bool) -> bool {
        *if listed { &mut self.listed } else { &mut self.more } += 1;
        listed
    }
}

/// Warnings of one kind in one column after which the rest are only counted.
const WARNINGS_A_COLUMN: u64 = 50;
/// The same of errors. Beyond these the first of each person is still listed: it keeps the person's cases from being clear.
const ERRORS_A_COLUMN: u64 = 1000;
/// Orphan rows of a sheet that are listed singly.
const ORPHANS_A_SHEET: u64 = 1000;
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
        if second {
            self.seconds.push(index);
        }
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

    /// Adds a problem that stands before those of the sheet's cells.
    pub fn problem_first(&mut self, code: ProblemCode, sheet: &str, cell: Option<String>, zh: String, en: String) {
        self.problem(code, code.level(), sheet, cell, zh, en);
        self.problems.rotate_right(1);
        self.unknown.values_mut().for_each(|at| *at += 1);
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
        let key = (kind, values::squeeze(header));
        if self.unknown.contains_key(&key) {
            return;
        }
        self.unknown.insert(key, self.problems.len());
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

    pub(super) fn located(&self, code: ProblemCode, at: CellRef, zh: String, en: String) -> Problem {
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

    /// Whether a problem is still listed singly.
    fn admits(&mut self, person: Option<usize>, remark: &Remark) -> bool {
        let (sheet, col, code) = (remark.at.sheet, remark.col, remark.bad.code);
        let met = self.met.entry((sheet, col, code)).or_insert(Met::at(remark.at));
        let listed = match code.level() {
            Level::Warning => met.listed < WARNINGS_A_COLUMN,
            Level::Error => {
                met.listed < ERRORS_A_COLUMN || person.is_some_and(|p| self.told.insert((sheet, col, code, p)))
            }
        };
        met.count(listed)
    }

    pub(super) fn settle(&mut self, person: Option<usize>, remarks: Vec<Remark>) {
        for remark in remarks {
            if self.admits(person, &remark) {
                let problem = self.remark_problem(&remark);
                match person.and_then(|p| self.persons.get_mut(p)) {
                    Some(p) => p.packed.push(&problem),
                    None => self.problems.push(problem),
                }
            }
        }
    }

    pub(super) fn person(&mut self, no: &str) -> usize {
        if let Some(i) = self.people.get(no) {
            return *i;
        }
        let i = self.persons.len();
        self.people.insert(no.to_owned(), i);
        self.persons.push(Person {
            packed: PackedDossier::new(no.to_owned()),
            inmate_at: None,
            applied_at: None,
            second_inmate: None,
            second_applications: None,
            wide_property: None,
        });
        i
    }

    pub(super) fn next(&mut self) -> u64 {
        self.order += 1;
        self.order
    }

    pub(super) fn cell(&self, row: RowRef, col: Col) -> CellRef {
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

    /// Adds a person's points from a transposed sheet.
    pub fn add_points(&mut self, no: &str, rows: &[PointRow]) {
        let person = self.person(no);
        if let Some(p) = self.persons.get_mut(person) {
            rows.iter().for_each(|r| p.packed.push(r));
        }
    }

    /// Adds a problem about a cell of a source to a person, or to the batch.
    pub fn cell_problem(&mut self, no: Option<&str>, at: CellRef, col: Col, bad: Bad) {
        let person = no.map(|n| self.person(n));
        self.settle(person, vec![Remark { at, col, bad }]);
    }

    /// Counts columns (or rows) of a transposed sheet.
    pub fn count_records(&mut self, at: SheetAt, used: u64, reported: u64) {
        self.count_used(at, used);
        self.count_reported(at, reported);
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
                if let (true, Some(second)) = (inmates, p.second_inmate.take()) {
                    p.packed.append(&second, 0);
                    order += 1;
                    p.inmate_at = p.inmate_at.or(p.applied_at).or(Some(order));
                }
                if let (true, Some(seconds)) = (applications, p.second_applications.take()) {
                    p.packed.append(&seconds, 0);
                    p.applied_at = p.applied_at.or(p.inmate_at);
                }
                if let (true, Some(items)) = (property, p.wide_property.take()) {
                    p.packed.append(&items, 0);
                }
            }
            self.order = order;
        }
        for index in std::mem::take(&mut self.seconds) {
            let kind = self.sources.get(usize::from(index)).map(|s| s.kind);
            let Some(kind) = kind.filter(|k| self.sheets.contains(k)) else { continue };
            let problem = self.located(
                ProblemCode::UnknownColumn,
                CellRef { sheet: index, row: 0, col: CellRef::NONE },
                format!("本表中属于{}的列未使用：批次中另有{}表", kind.name(), kind.name()),
                format!(
                    "columns of {} in this sheet were not used: the batch has a sheet of its own for them",
                    kind.name_en()
                ),
            );
            self.problems.push(problem);
        }
        let adopted: Vec<SheetKind> = self.second_sheets.iter().copied().filter(|k| !self.sheets.contains(k)).collect();
        self.columns.extend(self.second_columns.iter().filter(|c| adopted.contains(&c.sheet())));
        self.sheets.extend(adopted);
    }

    /// Tells of the rows of somebody who is not in 罪犯信息, and takes them out.
    fn orphan_rows(&mut self, d: &mut Dossier) {
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
            // A row that holds two records side by side is still one row.
            let first = self.orphaned.insert((row.sheet, row.line));
            if let Some(c) = self.source_counts.get(usize::from(row.sheet)).copied().and_then(|a| self.count(a))
                && first
                && c.used > 0
            {
                c.used -= 1;
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
            // A transposed sheet is one person's: one problem says it all.
            let transposed =
                self.sources.get(usize::from(row.sheet)).is_some_and(|s| s.orientation == Orientation::Columns);
            if n > ORPHANS_A_PERSON || (transposed && n > 1) {
                continue;
            }
            let met = self.orphans.entry(row.sheet).or_insert(Met::at(CellRef::NOWHERE));
            let listed = met.listed < ORPHANS_A_SHEET;
            if !met.count(listed) {
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
            let full = self.orphans.get_mut(&sheet).filter(|met| met.more > 0);
            if let (Some(met), true) = (full, n > ORPHANS_A_PERSON) {
                met.more += (n - ORPHANS_A_PERSON) as u64;
            } else if n > ORPHANS_A_PERSON {
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

    /// Adds what was read from further sheets of the current file. Sheets are read on their own, so that they can be read
    /// at the same time; added in their order, they give what reading them one after another gives. `None` if there are
    /// too many sheets to number.
    pub fn absorb(&mut self, part: Builder) -> Option<()> {
        let sheets = u16::try_from(self.sources.len()).ok()?;
        let all = self.sources.len() + part.sources.len();
        u16::try_from(all).ok().filter(|n| *n < CellRef::NONE)?;
        let input = self.inputs.len().saturating_sub(1);
        let counts = self.inputs.last().map_or(0, |i| i.sheets.len());
        if let Some(own) = self.inputs.last_mut() {
            own.sheets.extend(part.inputs.into_iter().flat_map(|i| i.sheets));
        }
        self.sources.extend(part.sources);
        self.source_counts.extend(part.source_counts.iter().map(|at| SheetAt { input, count: counts + at.count }));
        self.sheets.extend(part.sheets);
        self.second_sheets.extend(part.second_sheets);
        self.columns.extend(part.columns);
        self.second_columns.extend(part.second_columns);
        self.seconds.extend(part.seconds.iter().map(|s| s + sheets));
        let moved = |at: CellRef| match at.sheet {
            CellRef::NONE => at,
            sheet => CellRef { sheet: sheet + sheets, ..at },
        };
        // A column is told of once, and so is one that only the part has met.
        let mut told: HashMap<usize, (SheetKind, String)> =
            part.unknown.into_iter().map(|(key, at)| (at, key)).collect();
        for (i, problem) in part.problems.into_iter().enumerate() {
            if let Some(key) = told.remove(&i) {
                if self.unknown.contains_key(&key) {
                    continue;
                }
                self.unknown.insert(key, self.problems.len());
            }
            self.problems.push(Problem { at: problem.at.map(moved), ..problem });
        }
        let met = part.met.into_iter();
        self.met.extend(
            met.map(|((sheet, col, code), met)| ((sheet + sheets, col, code), Met { at: moved(met.at), ..met })),
        );
        for person in part.persons {
            self.absorb_person(person, sheets);
        }
        self.order += part.order;
        Some(())
    }

    fn absorb_person(&mut self, other: Person, sheets: u16) {
        let order = self.order;
        let index = self.person(other.packed.no());
        let Some(mine) = self.persons.get_mut(index) else { return };
        let first = match (mine.inmate_at, other.inmate_at) {
            (Some(_), Some(_)) => mine.packed.open_records().inmate,
            _ => None,
        };
        mine.packed.append(&other.packed, sheets);
        mine.inmate_at = mine.inmate_at.or(other.inmate_at.map(|n| n + order));
        mine.applied_at = mine.applied_at.or(other.applied_at.map(|n| n + order));
        if mine.second_inmate.is_none() {
            join(&mut mine.second_inmate, other.second_inmate, sheets);
        }
        join(&mut mine.second_applications, other.second_applications, sheets);
        join(&mut mine.wide_property, other.wide_property, sheets);
        if let Some(mut first) = first {
            let mut d = mine.packed.open_records();
            if let Some(second) = d.inmate.take() {
                let problem = self.merge_inmate(&mut first, second);
                d.problems.push(problem);
            }
            d.inmate = Some(first);
            if let Some(mine) = self.persons.get_mut(index) {
                mine.packed.set_records(&d);
            }
        }
    }

    /// Gives back what is only needed while rows are added: nothing more is until this is absorbed.
    pub fn seal(&mut self) {
        self.persons.iter_mut().for_each(|p| p.packed.seal());
        self.persons.shrink_to_fit();
        self.people = HashMap::new();
    }

    /// The finished batch.
    pub fn finish(mut self) -> Batch {
        self.adopt_seconds();
        let mut persons = std::mem::take(&mut self.persons);
        persons.par_iter_mut().filter(|p| p.inmate_at.is_some()).for_each(|p| self.finish_person(p));
        persons.retain_mut(|p| p.inmate_at.is_some() || self.finish_orphan(p));
        self.tell_uncounted();
        persons.sort_by_key(|p| match (p.inmate_at, p.applied_at) {
            (Some(at), _) => (0, at),
            (None, Some(at)) => (1, at),
            (None, None) => (2, 0),
        });
        Batch {
            inputs: self.inputs,
            sources: Arc::new(Sources { sheets: self.sources }),
            presence: Arc::new(Presence {
                sheets: self.sheets.into_iter().collect(),
                columns: self.columns.into_iter().collect(),
            }),
            dossiers: persons.into_iter().map(|p| p.packed).collect(),
            problems: self.problems,
            redacted: false,
        }
    }

    /// Tells of the rows of somebody who is not in 罪犯信息; says whether there is anything to review.
    fn finish_orphan(&mut self, person: &mut Person) -> bool {
        let mut d = person.packed.open();
        self.orphan_rows(&mut d);
        if d.applications.is_empty() {
            // Remarks on rows that belong to nobody in the batch.
            self.problems.append(&mut d.problems);
            return false;
        }
        person.packed = PackedDossier::from(d);
        self.finish_person(person);
        true
    }

    /// Merges what one person has twice.
    fn finish_person(&self, person: &mut Person) {
        let packed = &mut person.packed;
        let mut d = packed.open_records();
        let problems = d.problems.len();
        let mut changed = false;
        changed |= self.dedupe::<Application>(
            &mut d,
            SheetKind::Applications,
            |d| &mut d.applications,
            |a, b| when(case_numbers_agree(&a.case_no, &b.case_no)),
        );
        changed |= self.dedupe::<Award>(
            &mut d,
            SheetKind::Awards,
            |d| &mut d.awards,
            |a, b| {
                when(
                    known_equal(&a.date, &b.date) && known_equal(&a.kind, &b.kind) && known_equal(&a.doc_no, &b.doc_no),
                )
            },
        );
        changed |= self.dedupe::<Ruling>(&mut d, SheetKind::Rulings, |d| &mut d.rulings, one_ruling);
        changed |=
            self.dedupe::<PropertyItem>(&mut d, SheetKind::Property, |d| &mut d.property, |_, _| Relation::Distinct);
        changed |= self.dedupe::<CustodyRow>(
            &mut d,
            SheetKind::Custody,
            |d| &mut d.custody,
            |a, b| {
                when(known_equal(&a.from, &b.from) && known_equal(&a.kind, &b.kind) && known_different(&a.to, &b.to))
            },
        );
        changed |= self.dedupe::<NewCrime>(
            &mut d,
            SheetKind::NewCrimes,
            |d| &mut d.new_crimes,
            |a, b| when(known_equal(&a.kind, &b.kind) && known_equal(&a.confirmed, &b.confirmed)),
        );
        if !packed.rows_in_order() {
            self.finish_rows(packed, &mut d);
        }
        self.tell_applications(&mut d);
        if changed || d.problems.len() > problems {
            packed.set_records(&d);
        }
        packed.seal();
    }

    /// Sorts rows by month and merges those that are there twice.
    fn finish_rows(&self, packed: &mut PackedDossier, d: &mut Dossier) {
        let mut rows = packed.open();
        std::mem::swap(&mut rows.problems, &mut d.problems);
        // Two differing rows of a month are a finding of the points checks, not a problem of reading.
        self.dedupe_compact::<PointRow>(
            &mut rows,
            SheetKind::Points,
            |d| &mut d.points,
            |r| &mut r.at,
            |r| r.month,
            None,
        );
        self.dedupe_compact::<SpendingRow>(
            &mut rows,
            SheetKind::Spending,
            |d| &mut d.spending,
            |r| &mut r.at,
            |r| r.month,
            Some(|a, b| {
                for (mine, other) in [(&mut a.spent, &b.spent), (&mut a.limit, &b.limit), (&mut a.balance, &b.balance)]
                {
                    if mine != other {
                        *mine = Value::Unclear;
                    }
                }
            }),
        );
        std::mem::swap(&mut rows.problems, &mut d.problems);
        packed.set_rows(&rows);
    }

    /// Tells of applications of somebody unknown, and of several of one person.
    fn tell_applications(&self, d: &mut Dossier) {
        let no = &d.no;
        let mut told = Vec::new();
        if let Some(first) = d.applications.first() {
            if d.inmate.is_none() {
                told.push(self.located(
                    ProblemCode::OrphanApplication,
                    first.no.at,
                    format!("罪犯编号“{no}”不在罪犯信息中，本案无法审查；请核对编号或在罪犯信息中补录"),
                    format!("{no:?} is not in the inmates sheet, so this application cannot be reviewed; check the number or add the person"),
                ));
            }
            for other in d.applications.iter().skip(1) {
                told.push(self.located(
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
        d.problems.append(&mut told);
    }

    /// Says how many problems of a column, and how many rows of people unknown, were not listed singly.
    fn tell_uncounted(&mut self) {
        let mut more: Vec<(u16, Col, ProblemCode, u64, CellRef)> = self
            .met
            .iter()
            .filter(|(_, met)| met.more > 0)
            .map(|((sheet, col, code), met)| (*sheet, *col, *code, met.more, met.at))
            .collect();
        more.sort();
        for (_, col, code, n, at) in more {
            let name = col.name();
            let (zh, en) = match code.level() {
                Level::Warning => (
                    format!("{name}：同类提示另有{n}处，未逐一列出"),
                    format!("{name}: {n} more warnings of this kind are not listed singly"),
                ),
                Level::Error => (
                    format!("{name}：同类错误另有{n}处，未逐一列出；所涉罪犯每人至少列出一处"),
                    format!(
                        "{name}: {n} more errors of this kind are not listed singly; at least one is of every person concerned"
                    ),
                ),
            };
            let problem = self.located(code, at, zh, en);
            self.problems.push(problem);
        }
        let mut orphans: Vec<(u16, u64)> =
            self.orphans.iter().filter(|(_, met)| met.more > 0).map(|(sheet, met)| (*sheet, met.more)).collect();
        orphans.sort_unstable();
        for (sheet, n) in orphans {
            let problem = self.located(
                ProblemCode::OrphanRow,
                CellRef { sheet, row: 0, col: CellRef::NONE },
                format!("另有{n}行的罪犯编号不在罪犯信息中，未使用，未逐一列出"),
                format!(
                    "{n} more rows of numbers that are not in the inmates sheet were not used and are not listed singly"
                ),
            );
            self.problems.push(problem);
        }
    }
}
