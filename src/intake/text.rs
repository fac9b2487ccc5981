//! CSV files: UTF-8 with or without a mark, UTF-16, or GB18030, as Chinese spreadsheets save them.

use std::borrow::Cow;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;
use std::rc::Rc;

use encoding_rs::{Decoder, DecoderResult, Encoding};

use super::cell::Raw;
use super::limits::{Exceeded, Held, Limits, Stop};
use super::sheet::{Intake, SheetInfo, WIDEST};
use super::xlsx::Spent;

type Reason = (String, String);

/// Decodes a file: by its mark, else as UTF-8, else as GB18030.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Reason> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, bad) = encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or(&[]));
        return if bad { Err(undecodable()) } else { Ok(text) };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Cow::Borrowed(text));
    }
    match encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Ok(text),
        None => Err(undecodable()),
    }
}

fn undecodable() -> Reason {
    (
        "文字编码无法识别；可接受：UTF-8、GB18030（GBK）、带标记的 UTF-16".to_owned(),
        "unknown text encoding; accepted: UTF-8, GB18030 (GBK), UTF-16 with a mark".to_owned(),
    )
}

/// The character between fields: the one most frequent in the first lines.
pub(crate) fn delimiter(text: &str) -> u8 {
    let head: String = text.lines().take(20).collect();
    let count = |c: char| head.matches(c).count();
    let candidates = [(',', b','), ('\t', b'\t'), (';', b';'), ('|', b'|')];
    let mut best = (0, b',');
    for (c, byte) in candidates {
        if count(c) > best.0 {
            best = (count(c), byte);
        }
    }
    best.1
}

/// What a look through the whole file tells, before anything is read from it.
struct Seen {
    encoding: &'static Encoding,
    /// The first characters.
    head: String,
    /// Whether the last line ends.
    ends: bool,
    quotes: u64,
}

/// A file decoded as it is read. Characters that are none end it with an error.
struct Decoded<R> {
    input: R,
    decoder: Decoder,
    raw: Vec<u8>,
    /// What of `raw` is still to be decoded.
    rest: Range<usize>,
    text: Vec<u8>,
    /// What of `text` is still to be given out.
    ready: Range<usize>,
    last: bool,
    done: bool,
}

impl<R: Read> Decoded<R> {
    fn new(input: R, encoding: &'static Encoding) -> Decoded<R> {
        Decoded {
            input,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; 1 << 16],
            rest: 0..0,
            text: vec![0; 1 << 17],
            ready: 0..0,
            last: false,
            done: false,
        }
    }

    fn decode(&mut self) -> io::Result<()> {
        // A decoder that has come to its end must not be asked again.
        while self.ready.is_empty() && !self.done {
            if self.rest.is_empty() && !self.last {
                let n = self.input.read(&mut self.raw)?;
                self.rest = 0..n;
                self.last = n == 0;
            }
            let raw = self.raw.get(self.rest.clone()).unwrap_or(&[]);
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(raw, &mut self.text, self.last);
            self.rest.start += read;
            self.ready = 0..written;
            match result {
                DecoderResult::Malformed(..) => return Err(io::ErrorKind::InvalidData.into()),
                DecoderResult::InputEmpty => self.done = self.last,
                DecoderResult::OutputFull => {}
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.decode()?;
        let n = out.len().min(self.ready.len());
        let text = self.text.get(self.ready.start..self.ready.start + n).unwrap_or(&[]);
        if let Some(out) = out.get_mut(..text.len()) {
            out.copy_from_slice(text);
        }
        self.ready.start += n;
        Ok(n)
    }
}

/// Looks through the file in an encoding; `None` if it is in another.
fn look(path: &Path, encoding: &'static Encoding, limits: &Limits) -> Result<Option<Seen>, Stop> {
    let mut input = Decoded::new(File::open(path).map_err(unread)?, encoding);
    let mut seen = Seen { encoding, head: String::new(), ends: false, quotes: 0 };
    let mut head = Vec::new();
    let mut buffer = vec![0u8; 1 << 16];
    let mut total = 0u64;
    loop {
        let n = match input.read(&mut buffer) {
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::InvalidData => return Ok(None),
            Err(e) => return Err(unread(e)),
        };
        let Some(text) = buffer.get(..n).filter(|t| !t.is_empty()) else { break };
        total += n as u64;
        if total > limits.part_bytes {
            return Err(Stop::Limit(Exceeded::PartBytes(limits.part_bytes), String::new()));
        }
        if text.contains(&0) {
            return Err(Stop::Unreadable(
                "内容不是文本，也不是可识别的工作簿；可接受：.xlsx .xlsm .xls .xlsb .ods .csv 文件".to_owned(),
                "neither text nor a workbook that is recognised; accepted: .xlsx .xlsm .xls .xlsb .ods .csv files"
                    .to_owned(),
            ));
        }
        seen.quotes += text.iter().filter(|b| **b == b'"').count() as u64;
        seen.ends = text.last() == Some(&b'\n');
        if head.len() < HEAD {
            head.extend_from_slice(text);
        }
    }
    seen.head = String::from_utf8_lossy(&head).into_owned();
    Ok(Some(seen))
}

/// Enough to find out what separates the fields.
const HEAD: usize = 1 << 16;

fn unread(e: io::Error) -> Stop {
    Stop::Unreadable(e.to_string(), e.to_string())
}

/// Gives out at most so many bytes until it is filled up again: no row is endless.
pub(super) struct Rationed<R> {
    pub(super) input: R,
    pub(super) left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Rationed<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left.get()).unwrap_or(usize::MAX).min(out.len());
        if most == 0 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let n = self.input.read(out.get_mut(..most).unwrap_or(&mut []))?;
        self.left.set(self.left.get() - n as u64);
        Ok(n)
    }
}

/// Rows as a spreadsheet counts them: the reader drops empty lines, and a field may take several.
pub(crate) struct RowCount {
    /// The row that comes next if no empty line does.
    next: u32,
    /// The line on which it begins.
    line: u64,
    /// Lines that the last record took beyond its first.
    more_lines: u64,
}

impl RowCount {
    pub(crate) fn new() -> RowCount {
        RowCount { next: 0, line: 1, more_lines: 0 }
    }

    /// The zero-based row of a record behind which the reader stands on the line `after`.
    pub(crate) fn row(&mut self, record: &csv::StringRecord, after: u64) -> u32 {
        self.more_lines = record.iter().map(|f| f.matches('\n').count() as u64).sum();
        let skipped = after.saturating_sub(self.line).saturating_sub(1 + self.more_lines);
        let row = self.next.saturating_add(u32::try_from(skipped).unwrap_or(0));
        self.next = row.saturating_add(1);
        self.line = after;
        row
    }
}

/// Reads a CSV file as one sheet.
///
/// # Errors
/// The file cannot be read, holds too much, or its encoding is unknown.
pub(super) fn read(path: &Path, stem: &str, spent: &Spent, intake: &mut Intake<'_>) -> Result<(), Stop> {
    let limits = intake.limits.clone();
    let limit = |exceeded| Stop::Limit(exceeded, String::new());
    spent.add(std::fs::metadata(path).map_err(unread)?.len(), &limits).map_err(limit)?;
    let mut mark = Vec::new();
    File::open(path).and_then(|f| f.take(4).read_to_end(&mut mark)).map_err(unread)?;
    let candidates = match Encoding::for_bom(&mark) {
        Some((encoding, _)) => vec![encoding],
        None => vec![encoding_rs::UTF_8, encoding_rs::GB18030],
    };
    let mut seen = None;
    for encoding in candidates {
        seen = look(path, encoding, &limits)?;
        if seen.is_some() {
            break;
        }
    }
    let seen = seen.ok_or_else(undecodable)?;
    // With a final line break, the lines a record takes can be counted.
    let end: &[u8] = if seen.ends { b"" } else { b"\n" };
    // Every cell as long as it may be, in more columns than a table has.
    let ration = limits.text.saturating_mul(128).max(1 << 16);
    let left = Rc::new(Cell::new(ration));
    let decoded = Decoded::new(File::open(path).map_err(unread)?, seen.encoding).chain(end);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&seen.head))
        .from_reader(Rationed { input: decoded, left: Rc::clone(&left) });
    let info = SheetInfo { other_names: vec![stem.to_owned()], ..SheetInfo::default() };
    let mut sheet = intake.sheet(info);
    let mut record = csv::StringRecord::new();
    let mut rows = RowCount::new();
    let mut held = Held::default();
    loop {
        left.set(ration);
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {
                let row = rows.row(&record, reader.position().line());
                held = held.and(record.len() as u64, record.as_slice().len() as u64, &limits).map_err(limit)?;
                if record.iter().any(|f| f.len() as u64 > limits.text) {
                    return Err(limit(Exceeded::Text(limits.text)));
                }
                let cells: Vec<Raw<'_>> = record
                    .iter()
                    .take(WIDEST)
                    .map(|f| if f.is_empty() { Raw::Blank } else { Raw::Untyped(Cow::Borrowed(f)) })
                    .collect();
                sheet.row(row, &cells);
            }
            Err(e) => {
                sheet.finish();
                if matches!(e.kind(), csv::ErrorKind::Io(e) if e.kind() == io::ErrorKind::FileTooLarge) {
                    return Err(limit(Exceeded::Text(limits.text)));
                }
                let row = rows.next;
                let zh = format!("第{row}行之后无法读取：{e}");
                return Err(Stop::Unreadable(zh, format!("cannot be read after row {row}: {e}")));
            }
        }
    }
    sheet.finish();
    // A quotation mark that is never closed makes one cell of all rows that follow.
    if rows.more_lines > 0 && seen.quotes % 2 == 1 {
        let row = rows.next;
        return Err(Stop::Unreadable(
            format!("第{row}行有引号没有成对，其后各行无法读取；请补上引号或另存为 .xlsx"),
            format!(
                "a quotation mark in row {row} is never closed, so the rows that follow cannot be told apart; close it, or save the file as .xlsx"
            ),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        let gb = encoding_rs::GB18030.encode("罪犯编号,姓名").0.into_owned();
        assert_eq!(decode(&gb).unwrap(), "罪犯编号,姓名");
        assert_eq!(decode("罪犯编号".as_bytes()).unwrap(), "罪犯编号");
        assert_eq!(decode("\u{feff}罪犯编号".as_bytes()).unwrap(), "罪犯编号");
        assert!(decode(&[0xff, 0xff, 0x80, 0x0a]).is_err());
    }

    #[test]
    fn a_file_is_decoded_piece_by_piece() {
        let text = "罪犯编号,姓名\n".repeat(20_000);
        for (encoding, mark) in [(encoding_rs::UTF_8, "\u{feff}"), (encoding_rs::GB18030, "")] {
            let bytes = encoding.encode(&format!("{mark}{text}")).0.into_owned();
            let mut out = String::new();
            Decoded::new(bytes.as_slice(), encoding).read_to_string(&mut out).unwrap();
            assert_eq!(out, text);
            let cut = Decoded::new(&bytes[..bytes.len() - 2], encoding).read_to_string(&mut out);
            assert!(cut.is_err(), "half a character");
        }
        let utf16: Vec<u8> = "\u{feff}甲乙".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut out = String::new();
        Decoded::new(utf16.as_slice(), encoding_rs::UTF_16LE).read_to_string(&mut out).unwrap();
        assert_eq!(out, "甲乙");
    }

    #[test]
    fn the_delimiter_is_the_most_frequent_one() {
        assert_eq!(delimiter("a,b,c\n1;2,3"), b',');
        assert_eq!(delimiter("a\tb\tc\n"), b'\t');
        assert_eq!(delimiter("a"), b',');
    }
}
