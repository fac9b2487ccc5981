//! Rows of points and spending: which values there are in a few bits, then the values, about forty bytes in all.

use rust_decimal::Decimal;

use super::code::{Code, Reader, Writer};
use crate::model::value::RowRef;
use crate::model::*;

const POINTS: usize = 0;
const SPENDING: usize = 1;

/// In which order the rows of a log are.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// The first and the last month of the rows of each kind.
    months: [Option<(Month, Month)>; 2],
    /// Whether a month did not come after the one before.
    pub(super) disorder: bool,
}

impl Order {
    fn add(&mut self, kind: usize, first: Month, last: Month) {
        let span = &mut self.months[kind];
        self.disorder |= span.is_some_and(|(_, before)| before >= first);
        span.get_or_insert((first, last)).1 = last;
    }

    /// Adds the rows of another log behind these.
    pub(super) fn append(&mut self, other: &Order) {
        self.disorder |= other.disorder;
        for (kind, span) in other.months.iter().enumerate() {
            if let Some((first, last)) = span {
                self.add(kind, *first, *last);
            }
        }
    }
}

/// Bits of a mask that say what follows from the row before, and whether a value is unclear.
struct Bits {
    bytes: usize,
    next_line: u32,
    next_month: u32,
    unclear: u32,
}

impl Writer<'_> {
    fn row(&mut self, kind: usize, bits: &Bits, at: RowRef, month: Month, known: u32, unclear: u32) {
        let last = self.memory.rows[kind];
        let next_line = last.is_some_and(|(l, _)| l.sheet == at.sheet && l.line.checked_add(1) == Some(at.line));
        let next_month = last.is_some_and(|(_, m)| m.until(month) == 1);
        let flag = |on: bool, bit: u32| if on { bit } else { 0 };
        self.mask(
            known
                | flag(next_line, bits.next_line)
                | flag(next_month, bits.next_month)
                | flag(unclear != 0, bits.unclear),
            bits.bytes,
        );
        if unclear != 0 {
            self.mask(unclear, bits.bytes);
        }
        if !next_line {
            self.number(u128::from(at.sheet));
            self.number(u128::from(at.line));
        }
        if !next_month {
            month.put(self);
        }
        self.order.add(kind, month, month);
        self.memory.rows[kind] = Some((at, month));
    }

    fn values<T: Code>(&mut self, values: &[&Value<T>]) {
        for value in values {
            if let Value::Known(v) = value {
                v.put(self);
            }
        }
    }
}

/// Which of the values are known, and which unclear, from the lowest bit on.
fn states<'v, T: 'v>(values: impl Iterator<Item = &'v Value<T>>) -> (u32, u32) {
    values.enumerate().fold((0, 0), |(known, unclear), (i, value)| match value {
        Value::Known(_) => (known | 1 << i, unclear),
        Value::Empty => (known, unclear),
        Value::Unclear => (known, unclear | 1 << i),
    })
}

/// A row's masks, read from the lowest bit on.
struct Row {
    at: RowRef,
    month: Month,
    known: u32,
    unclear: u32,
}

impl Row {
    fn take(from: &mut Reader<'_>, kind: usize, bits: &Bits) -> Row {
        let known = from.mask(bits.bytes);
        let unclear = if known & bits.unclear != 0 { from.mask(bits.bytes) } else { 0 };
        let last = from.memory.rows[kind];
        let at = match last {
            Some((l, _)) if known & bits.next_line != 0 => RowRef { sheet: l.sheet, line: l.line + 1 },
            _ => RowRef { sheet: from.sheet(), line: from.number() as u32 },
        };
        let month = match last {
            Some((_, m)) if known & bits.next_month != 0 => m.plus(1),
            _ => Month::take(from),
        };
        from.memory.rows[kind] = Some((at, month));
        Row { at, month, known, unclear }
    }

    fn next<T: Code>(&mut self, from: &mut Reader<'_>) -> Value<T> {
        let (known, unclear) = (self.known & 1 != 0, self.unclear & 1 != 0);
        self.known >>= 1;
        self.unclear >>= 1;
        match (known, unclear) {
            (true, _) => Value::Known(T::take(from)),
            (false, true) => Value::Unclear,
            (false, false) => Value::Empty,
        }
    }

    fn part(&mut self, from: &mut Reader<'_>) -> Part {
        Part { base: self.next(from), bonus: self.next(from), deduction: self.next(from) }
    }
}

const OF_POINTS: Bits = Bits { bytes: 3, next_line: 1 << 21, next_month: 1 << 22, unclear: 1 << 23 };

impl Code for PointRow {
    fn put(&self, out: &mut Writer<'_>) {
        let PointRow {
            at,
            month,
            supervision,
            education,
            labour,
            special,
            penalty,
            score,
            balance,
            cycle,
            officer,
            prison,
            ward,
            post,
            note,
        } = self;
        let parts = [supervision, education, labour].map(|Part { base, bonus, deduction }| [base, bonus, deduction]);
        let rest = [special, penalty, score, balance, cycle];
        let texts = [officer, prison, ward, post, note];
        let (numbers_known, numbers_unclear) = states(parts.iter().flatten().copied().chain(rest));
        let (texts_known, texts_unclear) = states(texts.iter().copied());
        let known = numbers_known | texts_known << NUMBERS;
        out.row(POINTS, &OF_POINTS, *at, *month, known, numbers_unclear | texts_unclear << NUMBERS);
        parts.iter().for_each(|part| out.values(part));
        out.values(&rest);
        out.values(&texts);
    }

    fn take(from: &mut Reader<'_>) -> Self {
        let mut row = Row::take(from, POINTS, &OF_POINTS);
        PointRow {
            at: row.at,
            month: row.month,
            supervision: row.part(from),
            education: row.part(from),
            labour: row.part(from),
            special: row.next(from),
            penalty: row.next(from),
            score: row.next(from),
            balance: row.next(from),
            cycle: row.next(from),
            officer: row.next(from),
            prison: row.next(from),
            ward: row.next(from),
            post: row.next(from),
            note: row.next(from),
        }
    }
}

/// Numbers of a row of points, before its texts.
const NUMBERS: u32 = 14;

const OF_SPENDING: Bits = Bits { bytes: 1, next_line: 1 << 3, next_month: 1 << 4, unclear: 1 << 5 };

impl Code for SpendingRow {
    fn put(&self, out: &mut Writer<'_>) {
        let SpendingRow { at, month, spent, limit, balance } = self;
        let values: [&Value<Decimal>; 3] = [spent, limit, balance];
        let (known, unclear) = states(values.into_iter());
        out.row(SPENDING, &OF_SPENDING, *at, *month, known, unclear);
        out.values(&values);
    }

    fn take(from: &mut Reader<'_>) -> Self {
        let mut row = Row::take(from, SPENDING, &OF_SPENDING);
        SpendingRow {
            at: row.at,
            month: row.month,
            spent: row.next(from),
            limit: row.next(from),
            balance: row.next(from),
        }
    }
}
