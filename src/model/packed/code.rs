//! How values become bytes: small ones short, repeated ones by reference, places as steps from the place before.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::rows::Order;
use crate::model::value::RowRef;
use crate::model::*;

/// Texts that later ones may refer to; beyond that they are written out again.
const WORDS: usize = 250;

/// What both ends remember of the entries before.
#[derive(Clone, Debug)]
pub struct Memory {
    /// What is added to the number of a sheet: logs of other sheets were read on their own.
    pub(super) sheets: u16,
    /// Place of the last field.
    at: CellRef,
    /// Column of the contract of the last field.
    col: u16,
    /// The last row of points, and of spending.
    pub(super) rows: [Option<(RowRef, Month)>; 2],
    /// Where texts stand in the log: from, to.
    words: Vec<(u32, u32)>,
}

impl Default for Memory {
    fn default() -> Self {
        Memory {
            sheets: 0,
            at: CellRef { sheet: CellRef::NONE, row: 0, col: 0 },
            col: 0,
            rows: [None; 2],
            words: Vec::new(),
        }
    }
}

/// Writes to the end of a log.
pub struct Writer<'l> {
    pub(super) log: &'l mut Vec<u8>,
    pub(super) memory: &'l mut Memory,
    pub(super) order: &'l mut Order,
}

/// Reads a log from its beginning. Logs are only ever written by [`Writer`], so what is read is what was written.
pub struct Reader<'l> {
    log: &'l [u8],
    at: usize,
    pub(super) memory: Memory,
}

/// A value that can be written to a log and read back. Nothing outside this module can be one.
pub trait Code: Sized {
    fn put(&self, out: &mut Writer<'_>);
    fn take(from: &mut Reader<'_>) -> Self;
}

impl Writer<'_> {
    pub(super) fn byte(&mut self, byte: u8) {
        self.log.push(byte);
    }

    /// A number in groups of seven bits, the lowest first.
    pub(super) fn number(&mut self, mut n: u128) {
        while n >= 0x80 {
            self.log.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.log.push(n as u8);
    }

    /// A number of either sign, small where its amount is.
    pub(super) fn signed(&mut self, n: i128) {
        self.number(zigzag(n));
    }

    /// Values with their number before them.
    fn list<'v, T: Code + 'v>(&mut self, values: impl ExactSizeIterator<Item = &'v T>) {
        self.number(values.len() as u128);
        values.for_each(|v| v.put(self));
    }

    /// The lowest bytes of a mask.
    pub(super) fn mask(&mut self, mask: u32, bytes: usize) {
        self.log.extend(&mask.to_le_bytes()[..bytes]);
    }

    /// A text: by its number where it occurred before.
    pub(super) fn text(&mut self, text: &str) {
        let same = |(from, to): &(u32, u32)| {
            (to - from) as usize == text.len() && self.log.get(*from as usize..*to as usize) == Some(text.as_bytes())
        };
        if let Some(known) = self.memory.words.iter().position(same) {
            self.number(known as u128 + 1);
            return;
        }
        self.byte(0);
        self.number(text.len() as u128);
        let from = self.log.len();
        self.log.extend(text.as_bytes());
        self.memory.remember(from, self.log.len());
    }
}

impl Memory {
    fn remember(&mut self, from: usize, to: usize) {
        if let (true, Ok(from), Ok(to)) = (self.words.len() < WORDS, u32::try_from(from), u32::try_from(to)) {
            self.words.push((from, to));
        }
    }
}

impl<'l> Reader<'l> {
    pub(super) fn new(log: &'l [u8]) -> Reader<'l> {
        Reader { log, at: 0, memory: Memory::default() }
    }

    pub(super) fn is_done(&self) -> bool {
        self.at >= self.log.len()
    }

    pub(super) fn byte(&mut self) -> u8 {
        self.at += 1;
        self.log[self.at - 1]
    }

    pub(super) fn number(&mut self) -> u128 {
        let first = self.byte();
        if first < 0x80 {
            return u128::from(first);
        }
        let (mut n, mut shift) = (u128::from(first & 0x7f), 7);
        loop {
            let byte = self.byte();
            n |= u128::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return n;
            }
            shift += 7;
        }
    }

    /// Forgets what came before.
    pub(super) fn again(&mut self) {
        self.memory = Memory { sheets: self.memory.sheets, ..Memory::default() };
    }

    /// Forgets what came before, and has other sheets from here on.
    pub(super) fn move_to(&mut self) {
        let (low, high) = (self.byte(), self.byte());
        self.memory = Memory { sheets: u16::from_le_bytes([low, high]), ..Memory::default() };
    }

    /// The number of a sheet.
    pub(super) fn sheet(&mut self) -> u16 {
        match self.number() as u16 {
            CellRef::NONE => CellRef::NONE,
            sheet => sheet.saturating_add(self.memory.sheets),
        }
    }

    pub(super) fn signed(&mut self) -> i128 {
        unzigzag(self.number())
    }

    fn list<T: Code, L: FromIterator<T>>(&mut self) -> L {
        let len = self.number() as usize;
        (0..len).map(|_| T::take(self)).collect()
    }

    pub(super) fn mask(&mut self, bytes: usize) -> u32 {
        (0..bytes).fold(0, |mask, i| mask | u32::from(self.byte()) << (8 * i))
    }

    pub(super) fn text(&mut self) -> &'l str {
        let (from, to) = match self.number() {
            0 => {
                let len = self.number() as usize;
                let from = self.at;
                self.at += len;
                self.memory.remember(from, self.at);
                (from, self.at)
            }
            known => {
                let (from, to) = self.memory.words[known as usize - 1];
                (from as usize, to as usize)
            }
        };
        std::str::from_utf8(&self.log[from..to]).unwrap_or_default()
    }
}

fn zigzag(n: i128) -> u128 {
    ((n << 1) ^ (n >> 127)) as u128
}

fn unzigzag(n: u128) -> i128 {
    (n >> 1) as i128 ^ -((n & 1) as i128)
}

impl Code for String {
    fn put(&self, out: &mut Writer<'_>) {
        out.text(self);
    }

    fn take(from: &mut Reader<'_>) -> Self {
        from.text().to_owned()
    }
}

impl Code for bool {
    fn put(&self, out: &mut Writer<'_>) {
        out.byte(u8::from(*self));
    }

    fn take(from: &mut Reader<'_>) -> Self {
        from.byte() != 0
    }
}

impl Code for Decimal {
    fn put(&self, out: &mut Writer<'_>) {
        let (scale, mantissa) = (self.scale() as u8, self.mantissa());
        let minus_zero = mantissa == 0 && self.is_sign_negative();
        // The lowest two bits say how many decimals; the code 3 says that the next byte says it.
        if scale < 3 && !minus_zero {
            out.number(zigzag(mantissa) << 2 | u128::from(scale));
        } else {
            out.number(zigzag(mantissa) << 2 | 3);
            out.byte(scale | u8::from(minus_zero) << 7);
        }
    }

    fn take(from: &mut Reader<'_>) -> Self {
        let n = from.number();
        let code = if n & 3 == 3 { from.byte() } else { (n & 3) as u8 };
        let mut value = Decimal::try_from_i128_with_scale(unzigzag(n >> 2), u32::from(code & 0x7f)).unwrap_or_default();
        if code & 0x80 != 0 {
            value.set_sign_negative(true);
        }
        value
    }
}

impl Code for NaiveDate {
    fn put(&self, out: &mut Writer<'_>) {
        out.signed(i128::from(self.num_days_from_ce() - FIRST_OF_2000));
    }

    fn take(from: &mut Reader<'_>) -> Self {
        NaiveDate::from_num_days_from_ce_opt(from.signed() as i32 + FIRST_OF_2000).unwrap_or_default()
    }
}

/// Near the days that occur, so that most take two bytes.
const FIRST_OF_2000: i32 = 730_120;

impl Code for Month {
    fn put(&self, out: &mut Writer<'_>) {
        out.signed(i128::from(Month::from_index(0).until(*self)));
    }

    fn take(from: &mut Reader<'_>) -> Self {
        Month::from_index(from.signed() as i32)
    }
}

impl Code for Term {
    fn put(&self, out: &mut Writer<'_>) {
        out.number(u128::from(self.total_months()));
        out.number(u128::from(self.days()));
    }

    fn take(from: &mut Reader<'_>) -> Self {
        Term::new(0, from.number() as u32, from.number() as u32)
    }
}

impl<T: Code> Code for Option<T> {
    fn put(&self, out: &mut Writer<'_>) {
        out.byte(u8::from(self.is_some()));
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn take(from: &mut Reader<'_>) -> Self {
        (from.byte() != 0).then(|| T::take(from))
    }
}

impl<T: Code> Code for Vec<T> {
    fn put(&self, out: &mut Writer<'_>) {
        out.list(self.iter());
    }

    fn take(from: &mut Reader<'_>) -> Self {
        from.list()
    }
}

impl<T: Code + Ord> Code for BTreeSet<T> {
    fn put(&self, out: &mut Writer<'_>) {
        out.list(self.iter());
    }

    fn take(from: &mut Reader<'_>) -> Self {
        from.list()
    }
}

impl Code for CellRef {
    fn put(&self, out: &mut Writer<'_>) {
        out.number(u128::from(self.sheet));
        out.number(u128::from(self.row));
        out.number(u128::from(self.col));
    }

    fn take(from: &mut Reader<'_>) -> Self {
        CellRef { sheet: from.sheet(), row: from.number() as u32, col: from.number() as u16 }
    }
}

// The first byte of a field: what its value is, and what follows from the field before.
const VALUE: u8 = 3;
const KNOWN: u8 = 0;
const EMPTY: u8 = 1;
const UNCLEAR: u8 = 2;
const SAME_ROW: u8 = 4;
const NEXT_CELL: u8 = 8;
const NO_CELL: u8 = 16;
const NEXT_COL: u8 = 32;

impl<T: Code> Code for Field<T> {
    fn put(&self, out: &mut Writer<'_>) {
        let (last, at) = (out.memory.at, self.at);
        let col = self.col as u16;
        let value = match self.value {
            Value::Known(_) => KNOWN,
            Value::Empty => EMPTY,
            Value::Unclear => UNCLEAR,
        };
        let same_row = (last.sheet, last.row) == (at.sheet, at.row);
        let no_cell = at.col == CellRef::NONE;
        let next_cell = !no_cell && at.col == last.col.wrapping_add(1);
        let next_col = col == out.memory.col.wrapping_add(1);
        let flag = |on: bool, flag: u8| if on { flag } else { 0 };
        out.byte(
            value
                | flag(same_row, SAME_ROW)
                | flag(next_cell, NEXT_CELL)
                | flag(no_cell, NO_CELL)
                | flag(next_col, NEXT_COL),
        );
        if !same_row {
            out.number(u128::from(at.sheet));
            out.signed(i128::from(at.row) - i128::from(last.row));
        }
        if !next_cell && !no_cell {
            out.number(u128::from(at.col));
        }
        if !next_col {
            out.number(u128::from(col));
        }
        out.memory.at = CellRef { col: if no_cell { last.col } else { at.col }, ..at };
        out.memory.col = col;
        if let Value::Known(value) = &self.value {
            value.put(out);
        }
    }

    fn take(from: &mut Reader<'_>) -> Self {
        let flags = from.byte();
        let mut at = from.memory.at;
        if flags & SAME_ROW == 0 {
            at.sheet = from.sheet();
            at.row = (i128::from(at.row) + from.signed()) as u32;
        }
        if flags & NEXT_CELL != 0 {
            at.col = at.col.wrapping_add(1);
        } else if flags & NO_CELL == 0 {
            at.col = from.number() as u16;
        }
        let col = if flags & NEXT_COL != 0 { from.memory.col.wrapping_add(1) } else { from.number() as u16 };
        from.memory.at = at;
        from.memory.col = col;
        let value = match flags & VALUE {
            KNOWN => Value::Known(T::take(from)),
            EMPTY => Value::Empty,
            _ => Value::Unclear,
        };
        let at = if flags & NO_CELL != 0 { CellRef { col: CellRef::NONE, ..at } } else { at };
        Field { value, at, col: Col::ALL[usize::from(col)] }
    }
}

macro_rules! words {
    ($($ty:ident)*) => {$(
        impl Code for $ty {
            fn put(&self, out: &mut Writer<'_>) {
                out.byte(*self as u8);
            }

            fn take(from: &mut Reader<'_>) -> Self {
                $ty::ALL[usize::from(from.byte())]
            }
        }
    )*};
}

words! { Sex Declared Health Restitution Assessment AppKind Conduct Hearing AwardKind Grade Patent PropertyKind
PropertyState Ability Situation CustodyKind NewCrimeKind ProblemCode }

/// Enums whose variants hold something: each variant with its number.
macro_rules! choices {
    ($($ty:ident { $($n:literal $variant:ident $(($value:ident))? $({$($field:ident)*})?,)* })*) => {$(
        impl Code for $ty {
            fn put(&self, out: &mut Writer<'_>) {
                match self {
                    $($ty::$variant $(($value))? $({$($field),*})? => {
                        out.byte($n);
                        $($value.put(out);)?
                        $($($field.put(out);)*)?
                    })*
                }
            }

            fn take(from: &mut Reader<'_>) -> Self {
                match from.byte() {
                    $($n => {
                        $(let $value = Code::take(from);)?
                        $($(let $field = Code::take(from);)*)?
                        $ty::$variant $(($value))? $({$($field),*})?
                    })*
                    other => unreachable!("{} has no variant {other}", stringify!($ty)),
                }
            }
        }
    )*};
}

choices! {
    Level { 0 Error, 1 Warning, }
    Sentence { 0 Control(term), 1 Detention(term), 2 Fixed(term), 3 Life, 4 Reprieve, }
    End { 0 On(day), 1 None, }
    Rights { 0 None, 1 For(term), 2 ForLife, }
    Proposal { 0 Reduce(term), 1 ToLife, 2 ToFixed(term), 3 Remainder, }
    Amount { 0 Yuan(amount), 1 AllProperty, }
    Change {
        0 Reduce(term),
        1 ReduceRemainder,
        2 ToLife,
        3 ToFixed(term),
        4 Parole,
        5 ParoleRevoked,
        6 ReductionRevoked { case_no date },
        7 NotCounted(term),
        8 RetrialChanged(sentence),
        9 RetrialUpheld,
        10 Merged(sentence),
        11 ReductionRestored(term),
        12 Refused,
    }
}

/// Records: their fields one after the other.
macro_rules! records {
    ($($ty:ident { $($field:ident)* })*) => {$(
        impl Code for $ty {
            fn put(&self, out: &mut Writer<'_>) {
                let $ty { $($field),* } = self;
                $($field.put(out);)*
            }

            fn take(from: &mut Reader<'_>) -> Self {
                $(let $field = Code::take(from);)*
                $ty { $($field),* }
            }
        }
    )*};
}

records! {
    CountTerm { charge sentence }
    Problem { level code file sheet cell zh en at }
    Inmate { no name sex birth id_number charges crime_date sentence count_terms judged effective detained delivered
        term_start term_end current_end reprieve_end recidivist drug_recidivist functionary limited whole_life suspended
        rank categories health health_date rights restitution remorse assessment assessment_date prison ward }
    Application { no case_no kind applied proposal rights conduct period_from period_to commendations balance
        published_from published_to sent opinion court hearing received ruled result probation_end }
    Award { date kind grade cycle_from cycle_to from to points reason doc_no patent confirmed full_roster }
    Ruling { date served change new_start new_end rights court case_no }
    PropertyItem { kind amount paid state able situation situation_ended performed }
    CustodyRow { from to kind reason authority doc_no place note }
    NewCrime { kind crime_date confirmed sentence decided new_start new_end intentional confessed }
}
