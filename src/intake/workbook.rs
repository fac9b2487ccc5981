//! Workbooks: xlsx by the reader of our own, xlsb cell by cell, xls and ods as whole sheets.

use std::borrow::Cow;
use std::cell::Cell;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::rc::Rc;

use calamine::{Data, DataRef, ExcelDateTime, Ods, Reader, SheetType, SheetVisible, Xls, Xlsb};
use quick_xml::events::Event;
use rayon::prelude::*;

use super::cell::Raw;
use super::compound;
use super::files::Setting;
use super::layout::Merge;
use super::limits::{Exceeded, Held, Limits, Stop};
use super::sheet::{Intake, SheetInfo, SheetReader, WIDEST};
use super::text::Rationed;
use super::values::Epoch;
use super::xlsx::{self, Book, Listed, Shape, Trouble};
use crate::model::value::column_letters;
use crate::model::{Level, ProblemCode};

fn broken(e: &dyn std::fmt::Display) -> Stop {
    Stop::Unreadable(format!("文件损坏或不是有效的工作簿：{e}"), format!("damaged, or not a valid workbook: {e}"))
}

fn unopened(e: std::io::Error) -> Stop {
    Stop::Unreadable(e.to_string(), e.to_string())
}

/// Where a file is and what it is called.
#[derive(Clone, Copy, Debug)]
pub(super) struct Location<'l> {
    /// Where.
    pub path: &'l Path,
    /// Its name without the extension.
    pub stem: &'l str,
    /// Its name in messages.
    pub name: &'l str,
}

/// Reads a workbook, of whatever type its content is, into parts that follow one another.
///
/// # Errors
/// The workbook is damaged, encrypted, of an unknown type, or holds too much.
pub(super) fn read<'c>(
    at: &Location<'_>,
    head: &[u8],
    setting: &Setting<'c>,
    parts: &mut Vec<Intake<'c>>,
) -> Result<(), Stop> {
    // A damaged file must end in a message, whatever the libraries below do with it.
    let read = catch_unwind(AssertUnwindSafe(|| {
        if head.starts_with(b"PK") {
            return zipped(at, setting, parts);
        }
        let mut part = setting.part(at.name);
        let read = compound(at, &mut part);
        parts.push(part);
        read
    }));
    read.unwrap_or_else(|_| Err(broken(&"unexpected content")))
}

fn open(path: &Path) -> Result<BufReader<File>, Stop> {
    File::open(path).map(BufReader::new).map_err(unopened)
}

fn zipped<'c>(at: &Location<'_>, setting: &Setting<'c>, parts: &mut Vec<Intake<'c>>) -> Result<(), Stop> {
    let archive = zip::ZipArchive::new(open(at.path)?).map_err(|e| broken(&e))?;
    let names: Vec<String> = archive.file_names().flatten().map(|n| n.replace('\\', "/").to_lowercase()).collect();
    vet(&archive, setting.limits)?;
    let has = |name: &str| names.iter().any(|n| n == name);
    if has("xl/vbaproject.bin") {
        let mut about = setting.part(at.name);
        about.builder.problem(
            ProblemCode::Macros,
            Level::Warning,
            "",
            None,
            "工作簿含有宏，未执行；只读取了单元格".to_owned(),
            "the workbook has macros; they were not run, only cells were read".to_owned(),
        );
        parts.push(about);
    }
    let binary = has("xl/workbook.bin");
    if binary || has("content.xml") {
        xlsx::measure(at.path, setting.limits, &setting.spent).map_err(|t| stop(t, ""))?;
        let mut part = setting.part(at.name);
        let read = if binary { xlsb(at, &mut part) } else { ods(at, &mut part) };
        parts.push(part);
        read
    } else if names.iter().any(|n| n.contains("workbook")) {
        xlsx(at, setting, parts)
    } else {
        Err(Stop::Unreadable(
            "压缩文件中没有工作簿；可接受：.xlsx .xlsm .xlsb .ods".to_owned(),
            "no workbook in this archive; accepted: .xlsx .xlsm .xlsb .ods".to_owned(),
        ))
    }
}

/// What the directory of an archive says already: enough to turn away most bombs before anything is decompressed.
fn vet<R: Read + Seek>(archive: &zip::ZipArchive<R>, limits: &Limits) -> Result<(), Stop> {
    let limit = |exceeded| Err(Stop::Limit(exceeded, String::new()));
    if archive.len() as u64 > limits.parts {
        return limit(Exceeded::Parts(limits.parts));
    }
    if archive.decompressed_size().is_some_and(|n| n > u128::from(limits.total_bytes)) {
        return limit(Exceeded::TotalBytes(limits.total_bytes));
    }
    Ok(())
}

fn compound(at: &Location<'_>, intake: &mut Intake<'_>) -> Result<(), Stop> {
    let bytes = std::fs::read(at.path).map_err(unopened)?;
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(name.len()).any(|w| w == name.as_slice()) {
        return Err(Stop::Unreadable(
            "工作簿有密码保护；请去掉打开密码后另存".to_owned(),
            "protected by a password; save it without one".to_owned(),
        ));
    }
    compound::vet(&bytes, &intake.limits).map_err(|e| Stop::Limit(e, String::new()))?;
    xls(bytes, at, intake)
}

fn hidden_sheet(name: &str, intake: &mut Intake<'_>) {
    intake.builder.problem(
        ProblemCode::HiddenRows,
        Level::Warning,
        name,
        None,
        "工作表是隐藏的，仍已读取；请核对其内容".to_owned(),
        "the sheet is hidden; it was read all the same; check what it holds".to_owned(),
    );
}

/// Sheets that hold cells, with hidden ones reported.
fn tables(sheets: &[calamine::Sheet], intake: &mut Intake<'_>) -> Vec<String> {
    let mut out = Vec::new();
    for s in sheets {
        if s.typ != SheetType::WorkSheet {
            continue;
        }
        if s.visible != SheetVisible::Visible {
            hidden_sheet(&s.name, intake);
        }
        out.push(s.name.clone());
    }
    out
}

/// Stretches as a list: how many in all, and the first of them by name.
fn listed(stretches: &[(u32, u32)], name: impl Fn(u32) -> String) -> (u64, Vec<String>, &'static str) {
    let total = stretches.iter().map(|(a, b)| u64::from(b - a) + 1).sum();
    let one = |(a, b): &(u32, u32)| if a == b { name(*a) } else { format!("{}–{}", name(*a), name(*b)) };
    let list: Vec<String> = stretches.iter().take(20).map(one).collect();
    let more = if stretches.len() > list.len() { "…" } else { "" };
    (total, list, more)
}

fn hidden_rows(name: &str, shape: &Shape, intake: &mut Intake<'_>) {
    let Some((first, _)) = shape.hidden_rows.first() else { return };
    let (total, list, more) = listed(&shape.hidden_rows, |row| (row + 1).to_string());
    intake.builder.problem_first(
        ProblemCode::HiddenRows,
        name,
        Some(format!("A{}", first + 1)),
        format!("有{total}行是隐藏的（常因筛选），仍已读取：第{}{more}行", list.join("、")),
        format!("{total} hidden rows (often left by a filter) were read all the same: {}{more}", list.join(", ")),
    );
}

fn hidden_columns(name: &str, shape: &Shape, intake: &mut Intake<'_>) {
    let Some((first, _)) = shape.hidden_cols.first() else { return };
    let (total, list, more) = listed(&shape.hidden_cols, column_letters);
    intake.builder.problem_first(
        ProblemCode::HiddenRows,
        name,
        Some(format!("{}1", column_letters(*first))),
        format!("有{total}列是隐藏的，仍已读取：{}{more}", list.join("、")),
        format!("{total} hidden columns were read all the same: {}{more}", list.join(", ")),
    );
}

/// The file's name tells the kind of its only sheet.
fn info(only: bool, name: &str, stem: &str, epoch: Epoch) -> SheetInfo {
    let other_names = if only { vec![stem.to_owned()] } else { Vec::new() };
    SheetInfo { name: name.to_owned(), other_names, epoch, ..SheetInfo::default() }
}

fn epoch(is_1904: bool) -> Epoch {
    if is_1904 { Epoch::From1904 } else { Epoch::From1900 }
}

fn day<'a>(d: &ExcelDateTime, epoch: Epoch) -> Raw<'a> {
    if d.is_duration() {
        return Raw::DURATION;
    }
    Raw::serial(d.as_f64(), epoch)
}

fn error(e: &calamine::CellErrorType) -> Cow<'static, str> {
    Cow::Owned(e.to_string())
}

pub(super) fn raw_ref<'a>(value: &DataRef<'a>, epoch: Epoch, pad: u8) -> Raw<'a> {
    match value {
        DataRef::Empty => Raw::Blank,
        DataRef::Int(n) => Raw::Number { value: *n as f64, pad },
        DataRef::Float(value) => Raw::Number { value: *value, pad },
        DataRef::String(s) => Raw::Text(Cow::Owned(s.clone())),
        DataRef::SharedString(s) => Raw::Text(Cow::Borrowed(s)),
        DataRef::Bool(b) => Raw::Bool(*b),
        DataRef::DateTime(d) => day(d, epoch),
        DataRef::DateTimeIso(s) => Raw::iso(Cow::Owned(s.clone())),
        DataRef::DurationIso(_) => Raw::DURATION,
        DataRef::Error(e) => Raw::Error(error(e)),
    }
}

fn raw(value: &Data, epoch: Epoch) -> Raw<'_> {
    match value {
        Data::Empty => Raw::Blank,
        Data::Int(n) => Raw::Number { value: *n as f64, pad: 0 },
        Data::Float(value) => Raw::Number { value: *value, pad: 0 },
        Data::String(s) => Raw::Text(Cow::Borrowed(s)),
        Data::Bool(b) => Raw::Bool(*b),
        Data::DateTime(d) => day(d, epoch),
        Data::DateTimeIso(s) => Raw::iso(Cow::Borrowed(s)),
        Data::DurationIso(_) => Raw::DURATION,
        Data::Error(e) => Raw::Error(error(e)),
    }
}

/// Cells in reading order made into rows.
struct Rows<'s, 'i, 'c, 'a> {
    sheet: &'s mut SheetReader<'i, 'c>,
    row: u32,
    cells: Vec<Raw<'a>>,
    /// What was met so far.
    held: Held,
}

impl<'a> Rows<'_, '_, '_, 'a> {
    fn cell(&mut self, row: u32, col: u32, raw: Raw<'a>) -> Result<(), Exceeded> {
        let limits = self.sheet.limits();
        self.held = self.held.and(1, raw.text_bytes(), limits)?;
        if matches!(&raw, Raw::Text(t) if t.len() as u64 > limits.text) {
            return Err(Exceeded::Text(limits.text));
        }
        if row != self.row {
            self.flush();
            self.row = row;
        }
        raw.put(&mut self.cells, col as usize);
        Ok(())
    }

    fn flush(&mut self) {
        if !self.cells.is_empty() {
            self.sheet.row(self.row, &self.cells);
            self.cells.clear();
        }
    }
}

/// An xlsx workbook: its sheets at the same time, each on its own.
fn xlsx<'c>(at: &Location<'_>, setting: &Setting<'c>, parts: &mut Vec<Intake<'c>>) -> Result<(), Stop> {
    let book = Book::open(at.path, setting.limits, &setting.spent).map_err(|t| stop(t, ""))?;
    let mut about = setting.part(at.name);
    for sheet in book.sheets.iter().filter(|s| s.hidden) {
        hidden_sheet(&sheet.name, &mut about);
    }
    parts.push(about);
    let read = |sheet: &Listed| -> Result<Intake<'c>, Stop> {
        let (part, merges) = xlsx_sheet(&book, sheet, at, setting, Vec::new())?;
        match merges {
            None => Ok(part),
            Some(merges) => xlsx_sheet(&book, sheet, at, setting, merges).map(|(part, _)| part),
        }
    };
    let sheets: Vec<Result<Intake<'c>, Stop>> = book.sheets.par_iter().map(read).collect();
    for sheet in sheets {
        parts.push(sheet?);
    }
    Ok(())
}

/// One sheet, with the merges that are known. Others stand behind its rows: if these change what the sheet says, they are
/// returned, and it has to be read again with them. That is rare, and cheaper than a look at the end of every sheet first,
/// which only decompressing it whole would show.
fn xlsx_sheet<'c>(
    book: &Book,
    sheet: &Listed,
    at: &Location<'_>,
    setting: &Setting<'c>,
    merges: Vec<Merge>,
) -> Result<(Intake<'c>, Option<Vec<Merge>>), Stop> {
    let name = &sheet.name;
    let mut part = setting.part(at.name);
    let again = !merges.is_empty();
    let only = book.sheets.len() == 1;
    let mut reader = part.sheet(SheetInfo { merges, ..info(only, name, at.stem, book.epoch) });
    let shape = book
        .read(sheet, setting.limits, &setting.spent, |row, cells| reader.row(row, cells))
        .map_err(|t| stop(t, name))?;
    if !again && !shape.merges.is_empty() && reader.merges(&shape.merges) {
        return Ok((part, Some(shape.merges)));
    }
    reader.finish();
    hidden_columns(name, &shape, &mut part);
    hidden_rows(name, &shape, &mut part);
    part.builder.seal();
    Ok((part, None))
}

fn stop(trouble: Trouble, sheet: &str) -> Stop {
    match trouble {
        Trouble::Broken(what) if sheet.is_empty() => broken(&what),
        Trouble::Broken(what) => broken(&format!("{sheet}: {what}")),
        Trouble::Limit(exceeded) => Stop::Limit(exceeded, sheet.to_owned()),
    }
}

fn xlsb(at: &Location<'_>, intake: &mut Intake<'_>) -> Result<(), Stop> {
    let mut book: Xlsb<_> =
        calamine::open_workbook_from_rs(open(at.path)?).map_err(|e: calamine::XlsbError| broken(&e))?;
    let epoch = epoch(book.has_1904_epoch());
    let sheets = book.sheets_metadata().to_vec();
    let names = tables(&sheets, intake);
    for name in &names {
        let mut reader = book.worksheet_cells_reader(name).map_err(|e| broken(&e))?;
        let mut sheet = intake.sheet(info(names.len() == 1, name, at.stem, epoch));
        let mut rows = Rows { sheet: &mut sheet, row: 0, cells: Vec::new(), held: Held::default() };
        loop {
            match reader.next_cell() {
                Ok(Some(cell)) => {
                    let (row, col) = cell.get_position();
                    rows.cell(row, col, raw_ref(cell.get_value(), epoch, 0))
                        .map_err(|e| Stop::Limit(e, name.clone()))?;
                }
                Ok(None) => break,
                Err(e) => return Err(broken(&e)),
            }
        }
        rows.flush();
        sheet.finish();
    }
    Ok(())
}

fn xls(bytes: Vec<u8>, at: &Location<'_>, intake: &mut Intake<'_>) -> Result<(), Stop> {
    let book: Xls<_> =
        calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).map_err(|e: calamine::XlsError| broken(&e))?;
    let epoch = epoch(book.has_1904_epoch());
    ranges(book, at, epoch, intake)
}

/// Looks through the table of an ods file before it is opened: the library that reads it holds every repeated cell in
/// memory, and does not end where the file ends too early.
fn vet_ods(path: &Path, limits: &Limits) -> Result<(), Stop> {
    let mut archive = zip::ZipArchive::new(open(path)?).map_err(|e| broken(&e))?;
    let content = archive.by_name("content.xml").map_err(|e| broken(&e))?;
    let packed = content.compressed_size();
    let allowed = limits.part_bytes.min(packed.saturating_mul(limits.ratio).max(limits.ratio_from));
    // Text and tags are held one at a time: none is endless.
    let ration = limits.text.saturating_mul(8).max(1 << 16);
    let left = Rc::new(Cell::new(ration));
    let content = Rationed { input: content.take(allowed.saturating_add(1)), left: Rc::clone(&left) };
    let limit = |exceeded| Stop::Limit(exceeded, String::new());
    let mut reader = quick_xml::Reader::from_reader(BufReader::new(content));
    let mut buffer = Vec::new();
    let (mut depth, mut columns, mut rows) = (0u64, 0u64, 1u64);
    // A repeated cell repeats its text: that of the cell, of the row so far, and of the sheet.
    let (mut text, mut row_text, mut held) = (0u64, 0u64, Held::default());
    let mut repeats = 1u64;
    let most = Limits { cells: limits.cells.min(limits.held), ..limits.clone() };
    // Cells without content between others are held too; a last one that fills the row to its end is not.
    let mut blank = 0u64;
    loop {
        buffer.clear();
        left.set(ration);
        let event = reader.read_event_into(&mut buffer);
        if matches!(&event, Err(quick_xml::Error::Io(e)) if e.kind() == std::io::ErrorKind::FileTooLarge) {
            return Err(Stop::Limit(Exceeded::Text(limits.text), String::new()));
        }
        if reader.buffer_position() > allowed {
            let ratio = allowed < limits.part_bytes;
            let exceeded = if ratio { Exceeded::Ratio(limits.ratio) } else { Exceeded::PartBytes(limits.part_bytes) };
            return Err(Stop::Limit(exceeded, String::new()));
        }
        let (start, empty) = match event.map_err(|e| broken(&e))? {
            Event::Start(e) => (e, false),
            Event::Empty(e) => (e, true),
            Event::End(e) => {
                depth = depth.saturating_sub(1);
                match e.name().as_ref() {
                    "table:table-cell" | "table:covered-table-cell" => {
                        row_text = row_text.saturating_add(text.saturating_mul(repeats));
                        text = 0;
                        let (n, bytes) = (columns.saturating_mul(rows), row_text.saturating_mul(rows));
                        held.and(n, bytes, &most).map_err(limit)?;
                    }
                    "table:table-row" => {
                        let (n, bytes) = (columns.saturating_mul(rows), row_text.saturating_mul(rows));
                        held = held.and(n, bytes, &most).map_err(limit)?;
                    }
                    _ => {}
                }
                continue;
            }
            Event::Text(t) => {
                text = text.saturating_add(t.len() as u64);
                continue;
            }
            Event::CData(t) => {
                text = text.saturating_add(t.len() as u64);
                continue;
            }
            Event::Eof if depth > 0 => return Err(broken(&"it ends too early")),
            Event::Eof => return Ok(()),
            // Entities could expand to anything; no spreadsheet declares one.
            Event::DocType(_) => return Err(broken(&"a document type is not accepted")),
            _ => continue,
        };
        depth += u64::from(!empty);
        let repeated = |name: &str| {
            let value = start.attributes().flatten().find(|a| a.key.as_ref() == name);
            value.map_or(Some(1), |a| a.value.parse::<u64>().ok()).ok_or_else(|| broken(&"a count that is none"))
        };
        match start.name().as_ref() {
            "table:table-row" => {
                (columns, blank, row_text) = (0, 0, 0);
                rows = repeated("table:number-rows-repeated")?;
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let n = repeated("table:number-columns-repeated")?;
                let values = start.attributes().flatten().filter(|a| a.key.as_ref().starts_with("office:"));
                let (count, bytes) = values.fold((0, 0), |(k, b), a| (k + 1, b + a.value.len() as u64));
                (text, repeats) = (bytes, n);
                let holds = !empty || count > 0;
                if holds {
                    columns = columns.saturating_add(blank).saturating_add(n);
                    blank = 0;
                } else {
                    blank = blank.saturating_add(n);
                }
                if columns > MOST_COLUMNS {
                    return Err(limit(Exceeded::Cells(most.cells)));
                }
                row_text = row_text.saturating_add(if empty { text.saturating_mul(n) } else { 0 });
                let (n, bytes) = (columns.saturating_mul(rows), row_text.saturating_mul(rows));
                held.and(n, bytes, &most).map_err(limit)?;
            }
            _ => {}
        }
    }
}

/// Columns that a spreadsheet may have.
const MOST_COLUMNS: u64 = 16_384;

fn ods(at: &Location<'_>, intake: &mut Intake<'_>) -> Result<(), Stop> {
    vet_ods(at.path, &intake.limits)?;
    let book: Ods<_> = calamine::open_workbook_from_rs(open(at.path)?).map_err(|e: calamine::OdsError| broken(&e))?;
    ranges(book, at, ods_epoch(at.path), intake)
}

/// The null date that an ods file declares: its serial day numbers count from there.
fn ods_epoch(path: &Path) -> Epoch {
    const NEEDLE: &[u8] = b"date-value=\"1904-01-01\"";
    // Declared before the first table.
    const ENOUGH: u64 = 4 << 20;
    let mut head = Vec::new();
    let read = open(path).ok().and_then(|f| zip::ZipArchive::new(f).ok()).and_then(|mut archive| {
        let content = archive.by_name("content.xml").ok()?;
        content.take(ENOUGH).read_to_end(&mut head).ok()
    });
    let declared = |at: usize| head.get(at..at + 200).unwrap_or(head.get(at..).unwrap_or(&[]));
    let null_date = head.windows(10).position(|w| w == b":null-date");
    match null_date.filter(|_| read.is_some()) {
        Some(at) if declared(at).windows(NEEDLE.len()).any(|w| w == NEEDLE) => Epoch::From1904,
        _ => Epoch::From1900,
    }
}

fn ranges<RS: Read + Seek, B: Reader<RS>>(
    mut book: B,
    at: &Location<'_>,
    epoch: Epoch,
    intake: &mut Intake<'_>,
) -> Result<(), Stop>
where
    B::Error: std::fmt::Display,
{
    let sheets = book.sheets_metadata().to_vec();
    let names = tables(&sheets, intake);
    for name in &names {
        let range = book.worksheet_range(name).map_err(|e| broken(&e))?;
        let mut sheet = intake.sheet(info(names.len() == 1, name, at.stem, epoch));
        let (first_row, first_col) = range.start().unwrap_or((0, 0));
        let mut cells: Vec<Raw<'_>> = Vec::new();
        let mut held = Held::default();
        for (i, row) in range.rows().enumerate() {
            cells.clear();
            cells.resize(first_col as usize, Raw::Blank);
            cells.extend(row.iter().take(WIDEST).map(|d| raw(d, epoch)));
            let text = cells.iter().map(Raw::text_bytes).sum();
            if cells.iter().any(|c| c.text_bytes() > sheet.limits().text) {
                return Err(Stop::Limit(Exceeded::Text(sheet.limits().text), name.clone()));
            }
            held = held.and(cells.len() as u64, text, sheet.limits()).map_err(|e| Stop::Limit(e, name.clone()))?;
            if cells.iter().any(|c| *c != Raw::Blank) {
                sheet.row(first_row + i as u32, &cells);
            }
        }
        sheet.finish();
    }
    Ok(())
}
