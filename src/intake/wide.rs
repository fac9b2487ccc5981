//! Records that a wide sheet holds in columns: 第一次…第七次减刑, 罚金 beside 缴纳情况.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::cell::{self, Context, FromCell, Raw};
use super::field::{BLANK, Remark};
use super::layout::{Slot, WideProperty, WideRuling};
use super::values::{self, Bad, ChangeText, Epoch};
use crate::model::*;

pub(super) fn wide_columns(r: &WideRuling) -> [(Col, Option<Slot>); 8] {
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
pub(super) fn wide_ruling(
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
pub(super) fn wide_property(
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
