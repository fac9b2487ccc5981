//! Values read from a workbook: what is known, what is blank, what cannot be trusted, and the cell each came from.

use serde::{Deserialize, Serialize};

use super::schema::{Col, SheetKind};

/// A value that may be unknown. Blank is never "no" and never zero; both blank and unclear values are
/// unknown to the checks and differ only in what the user is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value<T> {
    /// Read without doubt.
    Known(T),
    /// The cell (or its whole column) is not there or blank.
    #[default]
    Empty,
    /// Something is there, but it could not be read or two sources contradict each other; a problem says so.
    Unclear,
}

impl<T> Value<T> {
    /// The value, if it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Value::Known(v) => Some(v),
            Value::Empty | Value::Unclear => None,
        }
    }

    /// The same value seen through `f`.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Value<U> {
        match self {
            Value::Known(v) => Value::Known(f(v)),
            Value::Empty => Value::Empty,
            Value::Unclear => Value::Unclear,
        }
    }
}

/// Where a cell is: an index into [`Sources::sheets`], and zero-based row and column.
///
/// Written as `[sheet, row, column]`, row and column from 1 as people count them; without the column where the sheet
/// has none for it, and empty where there is no such sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Vec<u32>", into = "Vec<u32>")]
pub struct CellRef {
    /// Index into [`Sources::sheets`], or [`CellRef::NONE`] where the whole sheet is missing.
    pub sheet: u16,
    /// Zero-based row.
    pub row: u32,
    /// Zero-based column, or [`CellRef::NONE`] where the column is missing.
    pub col: u16,
}

impl From<CellRef> for Vec<u32> {
    fn from(at: CellRef) -> Vec<u32> {
        let mut out = Vec::new();
        if at.sheet != CellRef::NONE {
            out.extend([u32::from(at.sheet), at.row + 1]);
            if at.col != CellRef::NONE {
                out.push(u32::from(at.col) + 1);
            }
        }
        out
    }
}

/// The numbers are no cell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no cell: accepted are [sheet, row] and [sheet, row, column], rows and columns from 1")]
pub struct BadCell(Vec<u32>);

impl TryFrom<Vec<u32>> for CellRef {
    type Error = BadCell;

    fn try_from(cell: Vec<u32>) -> Result<CellRef, BadCell> {
        let small = |n: u32| u16::try_from(n).ok().filter(|n| *n != CellRef::NONE);
        // No sheet has more rows than this.
        let row = |n: u32| n.checked_sub(1).filter(|n| *n < 1 << 24);
        let found = match cell.as_slice() {
            [] => Some(CellRef::NOWHERE),
            [sheet, r] => small(*sheet).zip(row(*r)).map(|(sheet, row)| CellRef { sheet, row, col: CellRef::NONE }),
            [sheet, r, c] => {
                let col = c.checked_sub(1).and_then(small);
                small(*sheet).zip(row(*r)).zip(col).map(|((sheet, row), col)| CellRef { sheet, row, col })
            }
            _ => None,
        };
        found.ok_or(BadCell(cell))
    }
}

impl CellRef {
    /// Stands for a missing sheet or column.
    pub const NONE: u16 = u16::MAX;

    /// A cell that does not exist because its whole sheet is missing.
    pub const NOWHERE: CellRef = CellRef { sheet: CellRef::NONE, row: 0, col: CellRef::NONE };

    /// Whether there is an actual cell.
    pub fn exists(self) -> bool {
        self.sheet != CellRef::NONE && self.col != CellRef::NONE
    }

    /// The cell in A1 notation; `None` where the column is missing.
    pub fn a1(self) -> Option<String> {
        self.exists().then(|| format!("{}{}", column_letters(u32::from(self.col)), self.row + 1))
    }
}

/// The letters of a zero-based column: `A`, `Z`, `AA`.
pub fn column_letters(col: u32) -> String {
    let mut letters = Vec::new();
    let mut n = col + 1;
    while n > 0 {
        letters.push(b'A' + ((n - 1) % 26) as u8);
        n = (n - 1) / 26;
    }
    letters.reverse();
    String::from_utf8_lossy(&letters).into_owned()
}

/// A row (or, in a transposed layout, a column) of a sheet, for records too numerous to keep a cell per value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowRef {
    /// Index into [`Sources::sheets`].
    pub sheet: u16,
    /// Zero-based row; in a transposed sheet the zero-based column.
    pub line: u32,
}

/// A value of one column of one record, with its cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field<T> {
    /// What the cell says.
    pub value: Value<T>,
    /// The cell it was read from, or would have been read from.
    pub at: CellRef,
    /// Which column of the contract it is.
    pub col: Col,
}

impl<T> Field<T> {
    /// A field that was not filled in.
    pub fn empty(col: Col, at: CellRef) -> Field<T> {
        Field { value: Value::Empty, at, col }
    }

    /// A known field.
    pub fn of(value: T, col: Col, at: CellRef) -> Field<T> {
        Field { value: Value::Known(value), at, col }
    }

    /// The value, if known.
    pub fn known(&self) -> Option<&T> {
        self.value.known()
    }

    /// Whether the cell is blank (as opposed to unreadable).
    pub fn is_empty(&self) -> bool {
        matches!(self.value, Value::Empty)
    }

    /// What this field is, without its value: to name it in a finding.
    pub fn place(&self) -> Place {
        Place { at: self.at, col: self.col }
    }
}

impl<T: Copy> Field<T> {
    /// The value, if known.
    pub fn get(&self) -> Option<T> {
        self.value.known().copied()
    }
}

/// A cell with the column it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The cell.
    pub at: CellRef,
    /// The column of the contract.
    pub col: Col,
}

/// Whether records lie along rows or along columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Orientation {
    /// One record a row.
    #[default]
    Rows,
    /// One record a column (the transposed 考核奖惩统计台账).
    Columns,
}

/// One sheet that records were read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetSource {
    /// File, relative to the input argument, with `/`.
    pub file: String,
    /// Sheet name; empty for CSV.
    pub sheet: String,
    /// What it was recognised as.
    pub kind: SheetKind,
    /// Direction of its records.
    #[serde(default)]
    pub orientation: Orientation,
    /// Where the columns of the compact records are: (column of the contract, zero-based sheet column, or row if transposed).
    #[serde(default)]
    pub columns: Vec<(Col, u32)>,
}

/// All sheets of a batch, in reading order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sources {
    /// The sheets; [`CellRef::sheet`] is an index into this.
    pub sheets: Vec<SheetSource>,
}

impl Sources {
    /// The sheet of an index.
    pub fn sheet(&self, index: u16) -> Option<&SheetSource> {
        self.sheets.get(usize::from(index))
    }

    /// The cell of a compact record's column.
    pub fn cell(&self, row: RowRef, col: Col) -> CellRef {
        let found = self
            .sheet(row.sheet)
            .and_then(|s| s.columns.iter().find(|(c, _)| *c == col).map(|(_, n)| (s.orientation, *n)));
        match found {
            Some((Orientation::Rows, n)) => CellRef { sheet: row.sheet, row: row.line, col: n as u16 },
            Some((Orientation::Columns, n)) => CellRef { sheet: row.sheet, row: n, col: row.line as u16 },
            None => CellRef { sheet: row.sheet, row: row.line, col: CellRef::NONE },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_within_the_bounds_of_sheets() {
        let most = 1 << 24;
        let cell = |row, col| CellRef { sheet: 2, row, col };
        for (numbers, expected) in [
            (vec![], Some(CellRef::NOWHERE)),
            (vec![2, 1], Some(cell(0, CellRef::NONE))),
            (vec![2, 1, 1], Some(cell(0, 0))),
            (vec![2, most, 1], Some(cell(most - 1, 0))),
            (vec![2, most + 1, 1], None),
            (vec![2, 0], None),
            (vec![2, 1, 0], None),
            (vec![2, 1, 65535], Some(cell(0, 65534))),
            (vec![2, 1, 65536], None),
            (vec![65535, 1], None),
            (vec![2], None),
            (vec![2, 1, 1, 1], None),
        ] {
            let read = CellRef::try_from(numbers.clone()).ok();
            assert_eq!(read, expected, "{numbers:?}");
            if let Some(cell) = read {
                assert_eq!(Vec::from(cell), numbers);
            }
        }
    }
}
