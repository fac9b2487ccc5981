//! CSV files: UTF-8 with or without a mark, UTF-16, or GB18030, as Chinese spreadsheets save them.

use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::cell::Raw;
use super::limits::{Exceeded, Stop};
use super::sheet::{Intake, SheetInfo, WIDEST};

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

/// Reads a CSV file as one sheet.
///
/// # Errors
/// The file cannot be read, holds too much, or its encoding is unknown.
pub(super) fn read(path: &Path, stem: &str, intake: &mut Intake<'_>) -> Result<(), Stop> {
    let limits = intake.limits.clone();
    let limit = |exceeded| Stop::Limit(exceeded, String::new());
    let io = |e: std::io::Error| (e.to_string(), e.to_string());
    let mut bytes = Vec::new();
    File::open(path).map_err(io)?.take(limits.part_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > limits.part_bytes {
        return Err(limit(Exceeded::PartBytes(limits.part_bytes)));
    }
    let mut text = decode(&bytes)?;
    if text.contains('\0') {
        return Err(Stop::Unreadable(
            "内容不是文本，也不是可识别的工作簿".to_owned(),
            "neither text nor a workbook that is recognised".to_owned(),
        ));
    }
    // With a final line break, the lines a record takes can be counted.
    if !text.ends_with('\n') {
        text.to_mut().push('\n');
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let info = SheetInfo { other_names: vec![stem.to_owned()], ..SheetInfo::default() };
    let mut sheet = intake.sheet(info);
    let mut record = csv::StringRecord::new();
    let mut row = 0u32;
    let mut line = reader.position().line();
    let mut count = 0u64;
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {
                let after = reader.position().line();
                count += record.len() as u64;
                if count > limits.cells {
                    return Err(limit(Exceeded::Cells(limits.cells)));
                }
                if record.iter().any(|f| f.len() as u64 > limits.text) {
                    return Err(limit(Exceeded::Text(limits.text)));
                }
                // The reader drops empty lines, a spreadsheet counts them.
                let own = 1 + record.iter().map(|f| f.matches('\n').count() as u64).sum::<u64>();
                let skipped = after.saturating_sub(line).saturating_sub(own);
                row = row.saturating_add(u32::try_from(skipped).unwrap_or(0));
                let cells: Vec<Raw<'_>> = record
                    .iter()
                    .take(WIDEST)
                    .map(|f| if f.is_empty() { Raw::Blank } else { Raw::Untyped(Cow::Borrowed(f)) })
                    .collect();
                sheet.row(row, &cells);
                row = row.saturating_add(1);
                line = after;
            }
            Err(e) => {
                sheet.finish();
                let zh = format!("第{row}行之后无法读取：{e}");
                return Err(Stop::Unreadable(zh, format!("cannot be read after row {row}: {e}")));
            }
        }
    }
    sheet.finish();
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
    fn the_delimiter_is_the_most_frequent_one() {
        assert_eq!(delimiter("a,b,c\n1;2,3"), b',');
        assert_eq!(delimiter("a\tb\tc\n"), b'\t');
        assert_eq!(delimiter("a"), b',');
    }
}
