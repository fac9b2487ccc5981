//! One sheet after another: rows are held back until the layout is known, then go straight into records.

use super::build::Builder;
use super::cell::Raw;
use super::columns::{Columns, Named};
use super::error::{Fault, IntakeError};
use super::layout::{self, Detected, HEAD_ROWS, HeadRow, Merge};
use super::limits::Limits;
use super::rows::{RowReader, merged_numbers};
use super::transposed::{self, Uncertain};
use super::values::{Epoch, squeeze};
use crate::model::{Batch, Level, ProblemCode, SheetKind};

/// More rows than a ledger of one person can have.
const GRID_ROWS: usize = 5000;

/// Columns beyond this hold nothing that a table of the contract could hold.
pub(super) const WIDEST: usize = 4096;

/// A batch being read.
pub struct Intake<'c> {
    columns: &'c Columns,
    /// How much may be read.
    pub limits: Limits,
    /// Where the records go.
    pub builder: Builder,
    faults: Vec<Fault>,
    /// Headers of every sheet, for the message about a missing sheet.
    seen: Vec<(String, String, Vec<String>)>,
}

/// What is known of a sheet before its rows.
#[derive(Clone, Debug, Default)]
pub struct SheetInfo {
    /// Its name; empty for CSV.
    pub name: String,
    /// Other names that may tell its kind: the file's.
    pub other_names: Vec<String>,
    /// The file's date system.
    pub epoch: Epoch,
    /// Recorded merges.
    pub merges: Vec<Merge>,
}

enum State {
    /// Looking for the header.
    Head(Vec<HeadRow>),
    /// Reading records.
    Rows(Box<RowReader>),
    /// Collecting a transposed sheet, which is understood as a whole.
    Grid(Vec<HeadRow>),
    /// Counting rows that nothing will be read from.
    Skipped(u64),
}

/// A sheet being read.
pub struct SheetReader<'i, 'c> {
    intake: &'i mut Intake<'c>,
    info: SheetInfo,
    state: State,
    /// The head that a layout was decided by before the merges were known.
    decided: Option<Box<(Vec<HeadRow>, Detected)>>,
}

impl<'c> Intake<'c> {
    /// An empty batch.
    pub fn new(columns: &'c Columns, limits: Limits) -> Intake<'c> {
        Intake { columns, limits, builder: Builder::default(), faults: Vec::new(), seen: Vec::new() }
    }

    /// The names of columns and sheets.
    pub fn columns(&self) -> &'c Columns {
        self.columns
    }

    /// Records a reason why nothing can be reviewed.
    pub fn fault(&mut self, fault: Fault) {
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// Begins a sheet of the current file.
    pub fn sheet(&mut self, info: SheetInfo) -> SheetReader<'_, 'c> {
        SheetReader { intake: self, info, state: State::Head(Vec::new()), decided: None }
    }

    /// Adds what was read on its own of the current file.
    pub fn absorb(&mut self, part: Intake<'_>) {
        part.faults.into_iter().for_each(|f| self.fault(f));
        self.seen.extend(part.seen);
        if self.builder.absorb(part.builder).is_none() {
            self.fault(too_many_sheets(self.builder.file().to_owned()));
        }
    }

    /// The finished batch.
    ///
    /// # Errors
    /// Every fault met, and required sheets that are missing.
    pub fn finish(mut self) -> Result<Batch, IntakeError> {
        // A sheet that was found but lacks a column has been reported already.
        let told = |f: &[Fault], kind: SheetKind| {
            f.iter().any(|f| {
                matches!(f, Fault::MissingColumn { kind: k, .. } if *k == kind)
                    || matches!(f, Fault::AmbiguousLayout { .. })
            })
        };
        let unread =
            |f: &Fault| matches!(f, Fault::Unreadable { .. } | Fault::LimitExceeded { .. } | Fault::NoInput { .. });
        if !self.faults.iter().any(unread) {
            for kind in super::required_kinds() {
                if !self.builder.has(kind) && !told(&self.faults, kind) {
                    self.faults.push(Fault::MissingSheet { kind, found: self.seen.clone() });
                }
            }
        }
        // When all of it was too much, what else was met is chance.
        let all = |f: &Fault| matches!(f, Fault::LimitExceeded { file, .. } if file.is_empty());
        if self.faults.iter().any(all) {
            self.faults.retain(all);
        }
        if self.faults.is_empty() { Ok(self.builder.finish()) } else { Err(IntakeError { faults: self.faults }) }
    }
}

impl SheetReader<'_, '_> {
    /// How much may be read.
    pub fn limits(&self) -> &Limits {
        &self.intake.limits
    }

    /// Takes merges that became known behind the last row. Whether they change what has been read: then the sheet is to
    /// be read again with them.
    pub fn merges(&mut self, merges: &[Merge]) -> bool {
        let Some((head, detected)) = self.decided.as_deref() else {
            self.info.merges = merges.to_vec();
            return false;
        };
        let mut names: Vec<&str> = vec![&self.info.name];
        names.extend(self.info.other_names.iter().map(String::as_str));
        layout::detect(self.intake.columns, &names, head, merges) != *detected
            || matches!(detected, Detected::Rows(plan) if !merged_numbers(plan, merges).is_empty())
    }

    /// Takes the next row that holds anything; rows must come in order.
    pub fn row(&mut self, row: u32, cells: &[Raw<'_>]) {
        match &mut self.state {
            State::Rows(reader) => reader.row(&mut self.intake.builder, row, cells),
            State::Skipped(n) => *n += 1,
            State::Grid(rows) if rows.len() < GRID_ROWS => rows.push((row, cells.iter().map(Raw::to_owned).collect())),
            State::Grid(_) => {}
            State::Head(head) => {
                if head.is_empty() && cells.iter().all(Raw::is_blank) {
                    return;
                }
                head.push((row, cells.iter().map(Raw::to_owned).collect()));
                if head.len() >= HEAD_ROWS {
                    self.decide();
                }
            }
        }
    }

    /// Ends the sheet.
    pub fn finish(mut self) {
        if matches!(self.state, State::Head(_)) {
            self.decide();
        }
        match std::mem::replace(&mut self.state, State::Skipped(0)) {
            State::Grid(rows) => self.take_grid(&rows),
            State::Skipped(rows @ 1..) => {
                let at = self.intake.builder.begin_sheet(&self.info.name, None);
                self.intake.builder.count_records(at, 0, rows);
            }
            State::Skipped(_) | State::Rows(_) | State::Head(_) => {}
        }
    }

    fn decide(&mut self) {
        let State::Head(head) = std::mem::replace(&mut self.state, State::Skipped(0)) else { return };
        // Before anything else: its head may hold 罪犯编号 and 姓名 in one row, as a table's header would.
        if transposed::looks_transposed(self.intake.columns, &head, self.info.epoch) {
            self.state = State::Grid(head);
            return;
        }
        let mut names: Vec<&str> = vec![&self.info.name];
        names.extend(self.info.other_names.iter().map(String::as_str));
        let detected = layout::detect(self.intake.columns, &names, &head, &self.info.merges);
        if self.info.merges.is_empty() {
            self.decided = Some(Box::new((head.clone(), detected.clone())));
        }
        let file = self.intake.builder.file().to_owned();
        let sheet = self.info.name.clone();
        let headers = headers(&head);
        if !matches!(detected, Detected::Blank) {
            self.intake.seen.push((file.clone(), sheet.clone(), headers.clone()));
        }
        let rows = head.len() as u64;
        match detected {
            Detected::Blank => {
                // A sheet of a kind's name without even a header cannot say "none".
                let kind = names
                    .iter()
                    .find_map(|n| self.intake.columns.kind_of_name(n))
                    .filter(|(_, n)| *n == Named::Exactly);
                if let Some((kind, _)) = kind {
                    let columns = kind.columns().filter(|c| c.required()).collect();
                    self.intake.fault(Fault::MissingColumn { file, sheet, kind, columns, headers });
                }
            }
            Detected::Rows(plan) => {
                let reader =
                    RowReader::begin(&mut self.intake.builder, &sheet, *plan, self.info.epoch, &self.info.merges);
                match reader {
                    Some(mut reader) => {
                        for (row, cells) in &head {
                            if *row >= reader.data_from() {
                                reader.row(&mut self.intake.builder, *row, cells);
                            }
                        }
                        self.state = State::Rows(Box::new(reader));
                    }
                    None => self.intake.fault(too_many_sheets(file)),
                }
            }
            // Instructions such as the template's own are no data.
            Detected::Unknown if is_cover(&sheet) => {}
            Detected::Unknown => {
                self.state = State::Skipped(rows);
                let known = SheetKind::ALL.map(SheetKind::name).join("、");
                let shown = headers.iter().take(12).map(String::as_str).collect::<Vec<_>>().join("、");
                self.intake.builder.problem(
                    ProblemCode::UnknownSheet,
                    Level::Warning,
                    &sheet,
                    None,
                    format!("不认识的表，未读取；其首行为：{shown}；可接受的表：{known}"),
                    format!("unknown sheet, not read; its first row: {shown}; accepted sheets: {known}"),
                );
            }
            Detected::Missing { kind, columns, headers } => {
                self.intake.fault(Fault::MissingColumn { file, sheet, kind, columns, headers });
            }
            Detected::Ambiguous { kinds, zh, en, headers } => {
                if kinds.iter().any(|k| k.required()) {
                    self.intake.fault(Fault::AmbiguousLayout { file, sheet, zh, en, headers });
                } else {
                    // Unread, a sheet that is not required counts as absent: what needs it stays open.
                    self.state = State::Skipped(rows);
                    self.intake.builder.problem(
                        ProblemCode::AmbiguousLayout,
                        Level::Error,
                        &sheet,
                        None,
                        format!("版式无法确定，本表未读取：{zh}；表头：{}", headers.join("、")),
                        format!(
                            "the layout is uncertain and the sheet was not read: {en}; headers: {}",
                            headers.join(", ")
                        ),
                    );
                }
            }
        }
    }
}

impl SheetReader<'_, '_> {
    /// Reads a transposed sheet; one that is uncertain is a problem, and counts as not there.
    fn take_grid(&mut self, rows: &[HeadRow]) {
        let file = self.intake.builder.file().to_owned();
        let sheet = self.info.name.clone();
        self.intake.seen.push((file.clone(), sheet.clone(), headers(rows)));
        let understood = if rows.len() < GRID_ROWS {
            transposed::understand(self.intake.columns, rows, self.info.epoch)
        } else {
            Err(Uncertain {
                zh: format!("超过{GRID_ROWS}行，不像一个人的台账"),
                en: format!("more than {GRID_ROWS} rows, unlike the ledger of one person"),
            })
        };
        match understood {
            Ok(ledger) => {
                let missing = ledger.missing();
                if !missing.is_empty() {
                    let headers = headers(rows);
                    self.intake.fault(Fault::MissingColumn {
                        file,
                        sheet,
                        kind: SheetKind::Points,
                        columns: missing,
                        headers,
                    });
                    return;
                }
                let builder = &mut self.intake.builder;
                let at = builder.begin_sheet(&sheet, Some(SheetKind::Points));
                if ledger.take(builder, at, &sheet, rows, self.info.epoch).is_none() {
                    self.intake.fault(too_many_sheets(file));
                }
            }
            Err(why) => {
                let builder = &mut self.intake.builder;
                let at = builder.begin_sheet(&sheet, Some(SheetKind::Points));
                builder.count_records(at, 0, 1);
                builder.problem(
                    ProblemCode::AmbiguousLayout,
                    Level::Error,
                    &sheet,
                    None,
                    format!("考核台账（月份横排）无法确定地读取，本表未读取：{}", why.zh),
                    format!("the ledger with months across cannot be read with certainty and was not read: {}", why.en),
                );
            }
        }
    }
}

fn is_cover(name: &str) -> bool {
    ["填写说明", "填表说明", "使用说明", "说明", "封面", "目录"].contains(&squeeze(name).as_str())
}

fn too_many_sheets(file: String) -> Fault {
    Fault::Unreadable {
        file,
        zh: "工作表超过65000个，请分批".to_owned(),
        en: "more than 65,000 sheets; split the batch".to_owned(),
    }
}

/// The texts of the first row with more than one cell.
fn headers(head: &[HeadRow]) -> Vec<String> {
    let texts = |cells: &[Raw<'static>]| -> Vec<String> {
        cells.iter().map(|c| squeeze(&c.show())).filter(|t| !t.is_empty()).collect()
    };
    let rows: Vec<Vec<String>> = head.iter().take(10).map(|(_, cells)| texts(cells)).collect();
    rows.iter().find(|r| r.len() > 1).or(rows.first()).cloned().unwrap_or_default()
}
