//! One row seen as fields: each column's cells are read by the column's type, and what is to be said is collected.

use rust_decimal::Decimal;

use super::cell::{self, Context, FromCell, Raw};
use super::columns::Extra;
use super::layout::{Feed, Slot};
use super::values::{Bad, Epoch};
use crate::model::*;

/// A remark about a cell, before it is known whose row it is.
pub(super) struct Remark {
    pub(super) at: CellRef,
    pub(super) col: Col,
    pub(super) bad: Bad,
}

/// One row as a feed sees it.
pub(super) struct Line<'l> {
    pub(super) cells: &'l [Raw<'l>],
    pub(super) row: u32,
    pub(super) source: u16,
    pub(super) feed: &'l Feed,
    pub(super) epoch: Epoch,
    pub(super) merged: Option<&'l Raw<'static>>,
}

pub(super) const BLANK: Raw<'static> = Raw::Blank;

impl Line<'_> {
    pub(super) fn at(&self, col: Option<u32>) -> CellRef {
        let col = col.and_then(|c| u16::try_from(c).ok()).unwrap_or(CellRef::NONE);
        CellRef { sheet: self.source, row: self.row, col }
    }

    pub(super) fn cell(&self, slot: Slot) -> &Raw<'_> {
        self.cells.get(slot.col as usize).unwrap_or(&BLANK)
    }
}

/// Reads the fields of one row and collects what is to be said about them.
pub(super) struct Reader<'l> {
    pub(super) line: &'l Line<'l>,
    pub(super) remarks: Vec<Remark>,
}

impl<'l> Reader<'l> {
    pub(super) fn new(line: &'l Line<'l>) -> Reader<'l> {
        Reader { line, remarks: Vec::new() }
    }

    pub(super) fn say(&mut self, at: CellRef, col: Col, bad: Bad) {
        self.remarks.push(Remark { at, col, bad });
    }

    /// A field of a column; its requiredness included.
    pub(super) fn field<T: FromCell>(&mut self, col: Col) -> Field<T> {
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

    pub(super) fn optional<T: FromCell>(&mut self, col: Col) -> Field<T> {
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
    pub(super) fn value<T: FromCell>(&mut self, col: Col) -> Value<T> {
        self.field(col).value
    }

    /// The amount of a deduction, whatever its sign.
    pub(super) fn amount(&mut self, col: Col) -> Value<Decimal> {
        self.value::<Decimal>(col).map(|d| d.abs())
    }

    /// A signed column (定额加扣分).
    pub(super) fn signed(&mut self, extra: Extra, col: Col) -> Value<Decimal> {
        let Some(slot) = self.line.feed.extra(extra) else { return Value::Empty };
        let ctx = Context { col, unit: slot.unit, epoch: self.line.epoch };
        let got = cell::read::<Decimal>(self.line.cell(slot), &ctx);
        if let Some(bad) = got.remark {
            self.say(self.line.at(Some(slot.col)), col, bad);
        }
        got.value
    }
}
