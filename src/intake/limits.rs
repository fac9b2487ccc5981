//! How much a batch may hold: a hostile or broken file must end in a message, not in exhausted memory.

use super::error::Fault;

/// Limits of reading. They are checked while a file streams past; what a file claims about itself is never trusted.
///
/// The defaults are far above what a province hands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Cells of one sheet, formatted blank ones included.
    pub cells: u64,
    /// Cells of a file that is held in memory as a whole (xls, ods), blank ones between others included.
    pub held: u64,
    /// Bytes of one part of a workbook when decompressed, or of a text file.
    pub part_bytes: u64,
    /// Bytes of all files of a batch when decompressed.
    pub total_bytes: u64,
    /// How many times larger a part may become when decompressed.
    pub ratio: u64,
    /// A part of no more bytes than this, decompressed, may have been compressed to any degree.
    pub ratio_from: u64,
    /// Bytes of the text of one cell.
    pub text: u64,
    /// Bytes of the text of all cells of a sheet, where it is more than [`TEXT_A_CELL`] a cell. A text that stands once in
    /// the file can be named by every cell.
    pub sheet_text: u64,
    /// Bytes of the XML of one row.
    pub row_bytes: u64,
    /// Entries of a workbook's table of shared strings.
    pub strings: u64,
    /// Bytes of all shared strings of a workbook, which are held in memory.
    pub string_bytes: u64,
    /// Parts of one workbook, and sheets among them.
    pub parts: u64,
}

/// So many bytes of text a cell are ordinary, however many cells there are.
pub const TEXT_A_CELL: u64 = 128;

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            cells: 200_000_000,
            // Some hundred megabytes.
            held: 5_000_000,
            part_bytes: 8 << 30,
            total_bytes: 128 << 30,
            ratio: 250,
            ratio_from: 64 << 20,
            // A cell of a spreadsheet holds 32,767 characters.
            text: 128 << 10,
            sheet_text: 64 << 20,
            row_bytes: 64 << 20,
            strings: 50_000_000,
            string_bytes: 2 << 30,
            parts: 10_000,
        }
    }
}

/// A limit that is not one, or not a number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no limit; accepted: {names}, each as name=number (a number may end in K, M or G)", names = Limits::NAMES.join(", "))]
pub struct BadLimit(pub String);

impl BadLimit {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        let names = Limits::NAMES.join("、");
        format!("“{}”不是读取上限；可用：{names}，写作 名称=数字（数字后可加 K、M、G）", self.0)
    }
}

impl Limits {
    /// The limits a user may set, as `--max` names them.
    pub const NAMES: [&'static str; 12] = [
        "cells",
        "held",
        "unpacked",
        "total",
        "ratio",
        "ratio-from",
        "text",
        "sheet-text",
        "row",
        "strings",
        "string-bytes",
        "parts",
    ];

    /// Sets a limit given as `name=number`; K, M and G stand for 1024, 1024² and 1024³.
    ///
    /// # Errors
    /// There is no such limit, or the number is none.
    pub fn set(&mut self, given: &str) -> Result<(), BadLimit> {
        let bad = || BadLimit(given.chars().take(60).collect());
        let (name, number) = given.split_once('=').ok_or_else(bad)?;
        let slot = match name.trim() {
            "cells" => &mut self.cells,
            "held" => &mut self.held,
            "unpacked" => &mut self.part_bytes,
            "total" => &mut self.total_bytes,
            "ratio" => &mut self.ratio,
            "ratio-from" => &mut self.ratio_from,
            "text" => &mut self.text,
            "sheet-text" => &mut self.sheet_text,
            "row" => &mut self.row_bytes,
            "strings" => &mut self.strings,
            "string-bytes" => &mut self.string_bytes,
            "parts" => &mut self.parts,
            _ => return Err(bad()),
        };
        let number = number.trim();
        let (digits, shift) = match number.chars().last() {
            Some('K' | 'k') => (number.get(..number.len() - 1), 10),
            Some('M' | 'm') => (number.get(..number.len() - 1), 20),
            Some('G' | 'g') => (number.get(..number.len() - 1), 30),
            _ => (Some(number), 0),
        };
        let digits = digits.filter(|d| d.bytes().all(|b| b.is_ascii_digit())).ok_or_else(bad)?;
        let n: u64 = digits.parse().map_err(|_| bad())?;
        *slot = n.checked_mul(1 << shift).filter(|n| *n > 0).ok_or_else(bad)?;
        Ok(())
    }
}

/// Which limit was exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exceeded {
    /// Cells of a sheet.
    Cells(u64),
    /// Bytes of a part or text file.
    PartBytes(u64),
    /// Bytes of the batch.
    TotalBytes(u64),
    /// Degree of compression.
    Ratio(u64),
    /// Text of a cell.
    Text(u64),
    /// Text of all cells of a sheet.
    SheetText(u64),
    /// A row.
    RowBytes(u64),
    /// Number of shared strings.
    Strings(u64),
    /// Bytes of shared strings.
    StringBytes(u64),
    /// Number of parts.
    Parts(u64),
}

impl Exceeded {
    fn zh(self) -> String {
        match self {
            Exceeded::Cells(n) => format!("单元格超过{n}个"),
            Exceeded::PartBytes(n) => format!("解压后超过{n}字节"),
            Exceeded::TotalBytes(n) => format!("全部文件解压后合计超过{n}字节"),
            Exceeded::Ratio(n) => format!("解压后是压缩数据的{n}倍以上，不像正常的工作簿"),
            Exceeded::Text(n) => format!("有单元格的文字超过{n}字节"),
            Exceeded::SheetText(n) => format!("各单元格的文字合计超过{n}字节，且平均每格超过{TEXT_A_CELL}字节"),
            Exceeded::RowBytes(n) => format!("有一行超过{n}字节"),
            Exceeded::Strings(n) => format!("共享字符串超过{n}个"),
            Exceeded::StringBytes(n) => format!("共享字符串合计超过{n}字节"),
            Exceeded::Parts(n) => format!("工作簿的组成文件超过{n}个"),
        }
    }

    fn en(self) -> String {
        match self {
            Exceeded::Cells(n) => format!("more than {n} cells"),
            Exceeded::PartBytes(n) => format!("more than {n} bytes when decompressed"),
            Exceeded::TotalBytes(n) => format!("all files together take more than {n} bytes when decompressed"),
            Exceeded::Ratio(n) => format!("more than {n} times larger when decompressed, unlike any workbook"),
            Exceeded::Text(n) => format!("a cell with more than {n} bytes of text"),
            Exceeded::SheetText(n) => {
                format!("more than {n} bytes of text in all cells, and more than {TEXT_A_CELL} a cell")
            }
            Exceeded::RowBytes(n) => format!("a row of more than {n} bytes"),
            Exceeded::Strings(n) => format!("more than {n} shared strings"),
            Exceeded::StringBytes(n) => format!("more than {n} bytes of shared strings"),
            Exceeded::Parts(n) => format!("the workbook has more than {n} parts"),
        }
    }

    /// The fault: such a file counts as unreadable, since what was not read might matter.
    pub(super) fn fault(self, file: &str, sheet: &str) -> Fault {
        Fault::LimitExceeded { file: file.to_owned(), sheet: sheet.to_owned(), zh: self.zh(), en: self.en() }
    }
}

/// The cells of one sheet and their text, counted as they are met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Held {
    cells: u64,
    text: u64,
}

impl Held {
    /// Bytes of text so far.
    pub(super) fn text(self) -> u64 {
        self.text
    }

    /// With these cells, which have so many bytes of text together.
    ///
    /// # Errors
    /// There are too many cells, or their text is too long.
    pub(super) fn and(self, cells: u64, text: u64, limits: &Limits) -> Result<Held, Exceeded> {
        let sum = Held { cells: self.cells.saturating_add(cells), text: self.text.saturating_add(text) };
        if sum.cells > limits.cells {
            return Err(Exceeded::Cells(limits.cells));
        }
        if sum.text > limits.sheet_text && sum.text > sum.cells.saturating_mul(TEXT_A_CELL) {
            return Err(Exceeded::SheetText(limits.sheet_text));
        }
        Ok(sum)
    }
}

/// Why reading a file ended early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// It cannot be read; in Chinese and English.
    Unreadable(String, String),
    /// It holds too much; the sheet, where one is meant.
    Limit(Exceeded, String),
}

impl Stop {
    /// The fault of a file.
    pub(super) fn fault(self, file: &str) -> Fault {
        match self {
            Stop::Unreadable(zh, en) => Fault::Unreadable { file: file.to_owned(), zh, en },
            // Which file it was met in is chance.
            Stop::Limit(exceeded @ Exceeded::TotalBytes(_), _) => exceeded.fault("", ""),
            Stop::Limit(exceeded, sheet) => exceeded.fault(file, &sheet),
        }
    }
}

impl From<(String, String)> for Stop {
    fn from((zh, en): (String, String)) -> Stop {
        Stop::Unreadable(zh, en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_can_be_set() {
        let mut limits = Limits::default();
        for name in Limits::NAMES {
            limits.set(&format!("{name}=3")).unwrap();
        }
        let all = Limits {
            cells: 3,
            held: 3,
            part_bytes: 3,
            total_bytes: 3,
            ratio: 3,
            ratio_from: 3,
            text: 3,
            sheet_text: 3,
            row_bytes: 3,
            strings: 3,
            string_bytes: 3,
            parts: 3,
        };
        assert_eq!(limits, all);
        limits.set("text=2K").unwrap();
        limits.set("unpacked = 5g").unwrap();
        assert_eq!((limits.text, limits.part_bytes), (2048, 5 << 30));
        for bad in [
            "",
            "text",
            "text=",
            "text=K",
            "text=-1",
            "text=0",
            "text=1.5",
            "size=1",
            "cells=99999999999999999999",
            "cells=99999999999G",
        ] {
            assert!(limits.set(bad).unwrap_err().to_string().contains("string-bytes"), "{bad}");
        }
    }

    #[test]
    fn many_short_texts_are_no_bomb_and_few_long_ones_are() {
        let limits = Limits { sheet_text: 1000, ..Limits::default() };
        let mut held = Held::default();
        for _ in 0..1000 {
            held = held.and(1, TEXT_A_CELL, &limits).unwrap();
        }
        assert_eq!(held.and(0, 1, &limits), Err(Exceeded::SheetText(1000)));
        let held = Held::default().and(1, 1000, &limits).unwrap();
        assert_eq!(held.and(1, 1, &limits), Err(Exceeded::SheetText(1000)));
        assert_eq!(Held::default().and(u64::MAX, 0, &limits), Err(Exceeded::Cells(limits.cells)));
    }
}
