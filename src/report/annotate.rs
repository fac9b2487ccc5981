//! `--annotate`: a copy of the user's own application sheet with the results appended, since that is where people work.
//!
//! An xlsx workbook is copied as it is, with its formats, formulas and other sheets; only new cells are put at the end of
//! the rows of applications. Of any other file the values of the sheet are written into a new workbook. The results are
//! text: a name such as `=HYPERLINK(…)` stays one.

mod styles;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufReader, Cursor, Read, Write};
use std::path::{Path, PathBuf};

use calamine::{Data, Reader as _, open_workbook_auto};
use quick_xml::events::Event;
use rust_xlsxwriter::{Color, DocProperties, Format, FormatAlign, Workbook};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::text::{finding_sentence, one_line, reason, verdict_word};
use super::view::{join, term_word};
use super::write::{OutError, Outbox};
use super::xlsx::{COLOURS, excel_day};
use super::{Report, svg};
use crate::intake::xlsx::{attribute, cell, parts};
use crate::intake::{digest, text};
use crate::model::dossier::InputFile;
use crate::model::value::{Orientation, SheetSource, column_letters};
use crate::model::{AppKind, SheetKind};
use crate::review::{CaseReview, Verdict};

/// The folder of the copies.
pub const FOLDER: &str = "标注";
/// The most columns a sheet has.
const COLUMNS: u32 = 16_384;

/// What became of the sheets of applications.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annotated {
    /// The copies written.
    pub written: Vec<PathBuf>,
    /// Sheets that could not be annotated: file and sheet, and why, in Chinese and English.
    pub left: Vec<(String, &'static str, &'static str)>,
}

/// The rows of results of one sheet, with the worst verdict of each: by zero-based row.
type Rows = BTreeMap<u32, (Option<Verdict>, [String; 6])>;
/// The list of formats of a workbook.
const STYLES: &str = "xl/styles.xml";

/// What is to be put into one sheet.
struct Sheet<'a> {
    source: &'a SheetSource,
    /// The row of the titles.
    head: Option<u32>,
    rows: Rows,
}

/// The folders of copies: a second one where two inputs have files of one name.
pub fn folders() -> impl Iterator<Item = String> {
    (1..).map(|n| if n == 1 { FOLDER.to_owned() } else { format!("{FOLDER}-{n}") })
}

/// Puts copies of the files with applications into the outbox, to lie in `dir`, with the results appended. `inputs` are
/// what the batch was read from.
///
/// # Errors
/// The first file that cannot be read or written.
pub fn annotate(
    report: &Report<'_>,
    inputs: &[PathBuf],
    dir: &Path,
    outbox: &mut Outbox,
) -> Result<Annotated, OutError> {
    let mut done = Annotated::default();
    for file in &report.batch.inputs {
        let mut sheets = Vec::new();
        for (at, source) in (0u16..).zip(&report.batch.sources.sheets) {
            if source.kind != SheetKind::Applications || source.file != file.file {
                continue;
            }
            if source.orientation == Orientation::Columns {
                let name = format!("{} {}", source.file, source.sheet);
                done.left.push((name, "一列一案的表不能标注", "its applications lie along columns"));
                continue;
            }
            let rows = rows(report, at);
            if let Some(first) = rows.keys().next() {
                sheets.push(Sheet { source, head: first.checked_sub(1), rows });
            }
        }
        if sheets.is_empty() {
            continue;
        }
        let Some(path) = find(inputs, file) else {
            let why = ("输入文件已经改动或不在原处", "the input has changed or is no longer there");
            done.left.push((file.file.clone(), why.0, why.1));
            continue;
        };
        let read = OutError::at(&path);
        let bytes = fs::read(&path).map_err(&read)?;
        let (name, copy) = match patched(&bytes, &sheets, report) {
            Some(copy) => (file.file.clone(), copy),
            None => (format!("{}.xlsx", file.file), values(&path, &bytes, &sheets, report).map_err(&read)?),
        };
        let mut targets = folders().map(|f| Path::new(&f).join(&name));
        let Some(target) = targets.find(|t| !outbox.has(&dir.join(t))) else { continue };
        outbox.put(dir, &target, &copy)?;
        done.written.push(dir.join(target));
    }
    Ok(done)
}

/// The file of an input, if it is still what was read.
fn find(inputs: &[PathBuf], file: &InputFile) -> Option<PathBuf> {
    let candidates = inputs.iter().map(|input| if input.is_dir() { input.join(&file.file) } else { input.clone() });
    candidates.into_iter().find(|path| digest(path).is_ok_and(|d| d == file.sha256))
}

fn titles(report: &Report<'_>) -> [&'static str; 6] {
    if report.lang.is_zh() {
        ["审查结论", "主要理由", "其他问题", "需要调取的材料", "最早可提请日", "幅度上限"]
    } else {
        ["verdict", "main reason", "other findings", "to ask for", "earliest lawful day", "cap"]
    }
}

/// Widths of the new columns.
const WIDTHS: [f64; 6] = [12.0, 50.0, 40.0, 36.0, 14.0, 14.0];

/// The results of the applications of a sheet.
fn rows(report: &Report<'_>, sheet: u16) -> Rows {
    let mut rows = Rows::new();
    for case in report.review.cases.iter().filter(|c| c.application && c.at.sheet == sheet) {
        let cells = cells(report, case);
        match rows.entry(case.at.row) {
            std::collections::btree_map::Entry::Vacant(slot) => {
                slot.insert((Some(case.verdict), cells));
            }
            // Two applications side by side on one row.
            std::collections::btree_map::Entry::Occupied(mut slot) => {
                let (worst, texts) = slot.get_mut();
                *worst = (*worst).min(Some(case.verdict));
                for (old, new) in texts.iter_mut().zip(cells) {
                    *old = format!("{old}\n{new}");
                }
            }
        }
    }
    rows
}

fn cells(report: &Report<'_>, case: &CaseReview) -> [String; 6] {
    let lang = report.lang;
    let failing = report.failing_findings(case);
    let others: Vec<String> = failing.iter().skip(1).map(|f| finding_sentence(f, report)).collect();
    let mut papers: Vec<String> = failing.iter().flat_map(|f| report.missing_words(f)).collect();
    papers.dedup();
    let reduction = case.kind != Some(AppKind::Parole);
    let limits = case.limits.as_ref().filter(|_| reduction);
    let earliest = limits.and_then(|l| report.settled(&l.earliest, |d| d.to_string()));
    let cap = limits.and_then(|l| {
        let word = |t: &crate::model::Term| term_word(*t, lang);
        report.settled(&l.cap, word).or_else(|| report.settled(&l.target, word))
    });
    [
        verdict_word(case.verdict, lang).to_owned(),
        reason(report, case),
        join(&others, lang),
        join(&papers, lang),
        earliest.unwrap_or_default(),
        cap.unwrap_or_default(),
    ]
}

/// The workbook with the cells put in; `None` where it is not an xlsx workbook, or not one that can be followed.
fn patched(bytes: &[u8], sheets: &[Sheet<'_>], report: &Report<'_>) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let parts = parts(&mut archive);
    let mut changed: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut styles = String::new();
    // Without a list of formats that can be followed the results are plain.
    let read = archive.by_name(STYLES).ok().and_then(|mut part| part.read_to_string(&mut styles).ok());
    let formats = read.and_then(|_| styles::added(&styles)).map(|(xml, formats)| {
        changed.insert(STYLES.to_owned(), xml.into_bytes());
        formats
    });
    for sheet in sheets {
        let part = parts.get(&sheet.source.sheet)?;
        let mut xml = String::new();
        archive.by_name(part).ok()?.read_to_string(&mut xml).ok()?;
        changed.insert(part.clone(), patch(&xml, sheet, titles(report), formats)?);
    }
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let file = archive.by_index_raw(at).ok()?;
        let name = file.name().ok()?.into_owned();
        match changed.remove(&name) {
            Some(xml) => {
                out.start_file(name, SimpleFileOptions::default()).ok()?;
                out.write_all(&xml).ok()?;
            }
            None => out.raw_copy_file(file).ok()?,
        }
    }
    if !changed.is_empty() {
        return None;
    }
    Some(out.finish().ok()?.into_inner())
}

/// A row as it lies in the sheet, or not yet.
struct Found {
    /// Zero-based.
    row: u32,
    /// Where the element begins, where its first tag ends, and where its end tag begins; no end tag for `<row/>`.
    begin: usize,
    tag: usize,
    end: Option<usize>,
}

/// What a pass over the sheet finds.
struct Layout {
    prefix: String,
    rows: Vec<Found>,
    /// One past the last column in use.
    column: u32,
    /// The end of the columns' widths, and the last column they say something about.
    cols: Option<(usize, u32)>,
    /// Where the rows begin.
    data: usize,
    dimension: Option<(usize, usize)>,
}

fn layout(xml: &str) -> Option<Layout> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut found = Layout { prefix: String::new(), rows: Vec::new(), column: 0, cols: None, data: 0, dimension: None };
    let (mut column, mut last_col) = (0u32, 0u32);
    loop {
        let before = usize::try_from(reader.buffer_position()).ok()?;
        let event = reader.read_event().ok()?;
        let after = usize::try_from(reader.buffer_position()).ok()?;
        match &event {
            Event::Eof => break,
            Event::Start(e) | Event::Empty(e) => match e.local_name().as_ref() {
                "sheetData" => {
                    // An empty sheet has nothing to annotate.
                    if matches!(event, Event::Empty(_)) {
                        return None;
                    }
                    found.prefix = e.name().prefix().map(|p| format!("{}:", p.as_ref())).unwrap_or_default();
                    found.data = before;
                }
                "dimension" => found.dimension = Some((before, after)),
                "col" => last_col = last_col.max(attribute(e, "max")?.parse().ok()?),
                "row" => {
                    let row = match attribute(e, "r") {
                        Some(r) => r.parse::<u32>().ok()?.checked_sub(1)?,
                        None => found.rows.last().map_or(0, |f| f.row + 1),
                    };
                    column = 0;
                    found.rows.push(Found { row, begin: before, tag: after, end: None });
                }
                "c" => {
                    if let Some(at) = attribute(e, "r") {
                        column = cell(at.as_bytes())?.1;
                    }
                    column += 1;
                    found.column = found.column.max(column);
                }
                _ => {}
            },
            Event::End(e) => match e.local_name().as_ref() {
                "row" => found.rows.last_mut()?.end = Some(before),
                "cols" => found.cols = Some((before, last_col)),
                _ => {}
            },
            _ => {}
        }
    }
    (found.data > 0 && found.column + 6 < COLUMNS).then_some(found)
}

/// Puts the results into the XML of a sheet; every other byte stays as it is.
fn patch(xml: &str, sheet: &Sheet<'_>, titles: [&'static str; 6], formats: Option<styles::Formats>) -> Option<Vec<u8>> {
    let found = layout(xml)?;
    let p = &found.prefix;
    let mut rows: Rows = sheet.rows.clone();
    if let Some(head) = sheet.head {
        rows.insert(head, (None, titles.map(str::to_owned)));
    }
    let cells = |row: u32, (verdict, texts): &(Option<Verdict>, [String; 6])| -> String {
        let mut out = String::new();
        for (column, text) in (found.column..).zip(texts).filter(|(_, t)| !t.is_empty()) {
            let format = match verdict {
                Some(verdict) => formats.filter(|_| column == found.column).map(|f| f.verdict(*verdict as usize)),
                None => formats.map(styles::Formats::head),
            };
            let format = format.map(|f| format!(" s=\"{f}\"")).unwrap_or_default();
            let (at, text) = (format!("{}{}", column_letters(column), row + 1), lines(text));
            out += &format!(
                "<{p}c r=\"{at}\"{format} t=\"inlineStr\"><{p}is><{p}t xml:space=\"preserve\">{text}</{p}t></{p}is></{p}c>"
            );
        }
        out
    };
    let mut out = String::with_capacity(xml.len() + rows.len() * 400);
    let mut copied = 0;
    // What stands before the rows: the size is dropped (it is a hint), the new columns get their widths.
    if let Some((from, to)) = found.dimension {
        out += xml.get(copied..from)?;
        copied = to;
    }
    let widths: String = (found.column + 1..)
        .zip(WIDTHS)
        .map(|(n, w)| format!("<{p}col min=\"{n}\" max=\"{n}\" width=\"{w}\" customWidth=\"1\"/>"))
        .collect();
    match found.cols {
        Some((at, last)) if last <= found.column && at > copied => {
            out += xml.get(copied..at)?;
            out += &widths;
            copied = at;
        }
        None => {
            out += xml.get(copied..found.data)?;
            out += &format!("<{p}cols>{widths}</{p}cols>");
            copied = found.data;
        }
        Some(_) => {}
    }
    for place in &found.rows {
        let Some(texts) = rows.remove(&place.row) else { continue };
        // `spans` is a hint that would now be wrong.
        let tag = without(xml.get(place.begin..place.tag)?, "spans");
        out += xml.get(copied..place.begin)?;
        let new = cells(place.row, &texts);
        match place.end {
            Some(end) => {
                out += &tag;
                out += xml.get(place.tag..end)?;
                out += &new;
                copied = end;
            }
            None => {
                out += tag.trim_end_matches("/>").trim_end();
                out += &format!(">{new}</{p}row>");
                copied = place.tag;
            }
        }
    }
    out += xml.get(copied..)?;
    // The title may stand above everything; an application always has its row.
    rows.keys().all(|row| Some(*row) == sheet.head).then(|| out.into_bytes())
}

/// A tag without one of its attributes.
fn without<'t>(tag: &'t str, name: &str) -> Cow<'t, str> {
    let sign = format!(" {name}=\"");
    let Some(from) = tag.find(&sign) else { return tag.into() };
    match tag.get(from + sign.len()..).and_then(|rest| rest.find('"')) {
        Some(length) => format!("{}{}", &tag[..from], &tag[from + sign.len() + length + 1..]).into(),
        None => tag.into(),
    }
}

/// Text for markup, line by line.
fn lines(text: &str) -> String {
    text.lines().map(svg::escape).collect::<Vec<_>>().join("\n")
}

/// A new workbook with the values of the sheets and the results next to them.
fn values(path: &Path, bytes: &[u8], sheets: &[Sheet<'_>], report: &Report<'_>) -> io::Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    // The day of the review, not of the clock: the same review gives the same bytes.
    if let Some(day) = excel_day(report.review.as_of) {
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&day));
    }
    let bold = Format::new().set_bold();
    let verdicts = COLOURS.map(|(text, back, _)| {
        let bold = Format::new().set_bold().set_align(FormatAlign::Center);
        bold.set_font_color(Color::RGB(text)).set_background_color(Color::RGB(back))
    });
    let date = Format::new().set_num_format("yyyy-mm-dd");
    for sheet in sheets {
        let grid = grid(path, bytes, &sheet.source.sheet)?;
        let out = workbook.add_worksheet();
        if !sheet.source.sheet.is_empty() {
            out.set_name(&sheet.source.sheet).map_err(io::Error::other)?;
        }
        let width = grid.iter().map(|(_, c, _)| c + 1).max().unwrap_or(0);
        for (row, column, value) in &grid {
            let (row, column) = (*row, *column);
            let done = match value {
                Data::Empty => continue,
                Data::Float(n) => out.write_number(row, column, *n),
                Data::Int(n) => out.write_number(row, column, *n as f64),
                Data::Bool(b) => out.write_boolean(row, column, *b),
                Data::DateTime(d) => out.write_number_with_format(row, column, d.as_f64(), &date),
                other => out.write_string(row, column, other.to_string()),
            };
            done.map_err(io::Error::other)?;
        }
        let titles = (None, titles(report).map(str::to_owned));
        let head = sheet.head.map(|head| (head, &titles));
        for (row, (verdict, texts)) in head.into_iter().chain(sheet.rows.iter().map(|(r, t)| (*r, t))) {
            for (column, text) in (width..).zip(texts).filter(|(_, t)| !t.is_empty()) {
                let done = match verdict {
                    None => out.write_string_with_format(row, column, text, &bold),
                    Some(v) if column == width => {
                        out.write_string_with_format(row, column, text, &verdicts[*v as usize])
                    }
                    Some(_) => out.write_string(row, column, text),
                };
                done.map_err(io::Error::other)?;
            }
        }
        for (column, w) in (width..).zip(WIDTHS) {
            out.set_column_width(column, w).map_err(io::Error::other)?;
        }
    }
    workbook.save_to_buffer().map_err(io::Error::other)
}

/// The cells of a sheet: of a workbook by its name, else of the text file.
fn grid(path: &Path, bytes: &[u8], sheet: &str) -> io::Result<Vec<(u32, u16, Data)>> {
    let column = |c: usize| u16::try_from(c).map_err(io::Error::other);
    let mut out = Vec::new();
    let zipped = bytes.starts_with(b"PK") || bytes.starts_with(b"\xd0\xcf\x11\xe0");
    if zipped {
        let mut book = open_workbook_auto(path).map_err(io::Error::other)?;
        let range = book.worksheet_range(sheet).map_err(io::Error::other)?;
        let (top, left) = range.start().unwrap_or((0, 0));
        for (r, c, value) in range.used_cells() {
            out.push((top + r as u32, column(left as usize + c)?, value.clone()));
        }
        return Ok(out);
    }
    let decoded = text::decode(bytes).map_err(|(_, en)| io::Error::other(en))?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(text::delimiter(&decoded))
        .from_reader(BufReader::new(decoded.as_bytes()));
    let mut rows = text::RowCount::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(io::Error::other)? {
        let row = rows.row(&record, reader.position().line());
        for (c, field) in record.iter().enumerate().filter(|(_, f)| !f.is_empty()) {
            out.push((row, column(c)?, Data::String(field.to_owned())));
        }
    }
    Ok(out)
}

impl Annotated {
    /// What was left out, in words.
    pub fn left_words(&self, zh: bool) -> Vec<String> {
        self.left
            .iter()
            .map(|(name, a, b)| match zh {
                true => format!("未标注 {}：{a}", one_line(name)),
                false => format!("{} is not annotated: {b}", one_line(name)),
            })
            .collect()
    }
}
