//! The records of a dossier as they stand in a line: the keys are those of the columns, a key that is absent is a blank
//! cell, and one that is named in `unclear` is a cell that could not be read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::error::Fault;
use crate::model::value::Orientation;
use crate::model::{
    Ability, Amount, AppKind, Application, Assessment, Award, AwardKind, CellRef, Change, Col, Conduct, CountTerm,
    CustodyKind, CustodyRow, Declared, End, Field, Grade, Health, Hearing, Inmate, Month, NewCrime, NewCrimeKind,
    Patent, PointRow, PropertyItem, PropertyKind, PropertyState, Proposal, Restitution, Rights, RowRef, Ruling,
    Sentence, Sex, Situation, Sources, SpendingRow, Value,
};

/// The row of a record: the id of its sheet, and its line there, counted from 1.
pub(super) type At = (u16, u32);
/// A cell: the id of its sheet, its row and its column, counted from 1; without the column where the sheet has none for
/// it, empty where there is no such sheet.
pub(super) type Cell = Vec<u32>;

// ---- values ---------------------------------------------------------------------------------------------------------

/// Points or money, exactly, as text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dec(pub Decimal);

impl Serialize for Dec {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Dec {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Dec, D::Error> {
        struct Exact;
        impl Visitor<'_> for Exact {
            type Value = Dec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal written as text, such as \"35.5\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Dec, E> {
                let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
                let number = plain.then(|| Decimal::from_str_exact(text).ok()).flatten();
                number.map(Dec).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        d.deserialize_str(Exact)
    }
}

/// 金额 in a line.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(super) enum AmountLine {
    /// In yuan.
    Yuan(Dec),
    /// 没收个人全部财产
    AllProperty,
}

/// A value as it stands in a line. What comes back is checked for the bounds that a workbook has too, so that nothing
/// computed from it can overflow.
pub(super) trait Plain: Sized {
    /// How it is written.
    type Wire;
    /// Written.
    fn to_wire(&self) -> Self::Wire;
    /// Read; `None` where it is out of bounds.
    fn of_wire(wire: Self::Wire) -> Option<Self>;
}

macro_rules! plain {
    ($($ty:ty,)*) => {$(
        impl Plain for $ty {
            type Wire = $ty;
            fn to_wire(&self) -> $ty { self.clone() }
            fn of_wire(wire: $ty) -> Option<$ty> { Some(wire) }
        }
    )*};
}

plain! {
    String, bool, Month, Sentence, Rights, Proposal, Vec<CountTerm>, Sex, Restitution, Assessment, AppKind, Hearing, AwardKind,
    Grade, Patent, PropertyKind, PropertyState, Ability, CustodyKind, NewCrimeKind, BTreeSet<Declared>, BTreeSet<Health>,
    BTreeSet<Conduct>, BTreeSet<Situation>,
}

fn in_bounds(day: NaiveDate) -> bool {
    (1900..=2200).contains(&day.year())
}

impl Plain for NaiveDate {
    type Wire = NaiveDate;
    fn to_wire(&self) -> NaiveDate {
        *self
    }
    fn of_wire(day: NaiveDate) -> Option<NaiveDate> {
        in_bounds(day).then_some(day)
    }
}

impl Plain for End {
    type Wire = End;
    fn to_wire(&self) -> End {
        *self
    }
    fn of_wire(end: End) -> Option<End> {
        end.date().is_none_or(in_bounds).then_some(end)
    }
}

impl Plain for Change {
    type Wire = Change;
    fn to_wire(&self) -> Change {
        self.clone()
    }
    fn of_wire(change: Change) -> Option<Change> {
        match change {
            Change::ReductionRevoked { date: Some(day), .. } if !in_bounds(day) => None,
            change => Some(change),
        }
    }
}

impl Plain for Decimal {
    type Wire = Dec;
    fn to_wire(&self) -> Dec {
        Dec(*self)
    }
    fn of_wire(wire: Dec) -> Option<Decimal> {
        (wire.0.abs() < Decimal::from(1_000_000_000_000_000_000_u64)).then_some(wire.0)
    }
}

impl Plain for Amount {
    type Wire = AmountLine;
    fn to_wire(&self) -> AmountLine {
        match self {
            Amount::Yuan(yuan) => AmountLine::Yuan(Dec(*yuan)),
            Amount::AllProperty => AmountLine::AllProperty,
        }
    }
    fn of_wire(wire: AmountLine) -> Option<Amount> {
        match wire {
            AmountLine::Yuan(yuan) => Decimal::of_wire(yuan).map(Amount::Yuan),
            AmountLine::AllProperty => Some(Amount::AllProperty),
        }
    }
}

// ---- places ---------------------------------------------------------------------------------------------------------

/// The record's row or, in a transposed sheet, column.
fn line_of(sources: &Sources, at: CellRef) -> Option<RowRef> {
    let sheet = sources.sheet(at.sheet).filter(|_| at.exists())?;
    let line = match sheet.orientation {
        Orientation::Rows => at.row,
        Orientation::Columns => u32::from(at.col),
    };
    Some(RowRef { sheet: at.sheet, line })
}

fn default_cell(sources: &Sources, row: Option<RowRef>, col: Col) -> CellRef {
    row.map_or(CellRef::NOWHERE, |row| sources.cell(row, col))
}

/// The cell, where it is not the one that follows from the record's row and the columns of its sheet.
fn elsewhere(sources: &Sources, row: Option<RowRef>, at: CellRef, col: Col) -> Option<Cell> {
    (at != default_cell(sources, row, col)).then(|| at.into())
}

pub(super) fn row(at: RowRef) -> Option<At> {
    (at.sheet != CellRef::NONE).then_some((at.sheet, at.line + 1))
}

/// Where the sheets of a line are in the sources that its dossier will refer to.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// Ids in order, with the index of each.
    pub(super) indices: Vec<(u16, u16)>,
    pub(super) sources: std::sync::Arc<Sources>,
}

impl Places {
    fn index(&self, id: u16) -> Option<u16> {
        self.indices.binary_search_by_key(&id, |(id, _)| *id).ok().and_then(|at| self.indices.get(at)).map(|(_, i)| *i)
    }

    fn row(&self, at: Option<At>, path: &str) -> Result<Option<RowRef>, Fault> {
        let Some((id, line)) = at else { return Ok(None) };
        let bad = || Fault::place(format!("{path}.at"), &format!("[{id},{line}]"));
        let sheet = self.index(id).ok_or_else(bad)?;
        let line = line.checked_sub(1).filter(|l| *l < 1 << 24).ok_or_else(bad)?;
        Ok(Some(RowRef { sheet, line }))
    }

    pub(super) fn cell(&self, cell: &[u32], path: impl FnOnce() -> String) -> Result<CellRef, Fault> {
        let here = |at: CellRef| match at.sheet {
            CellRef::NONE => Some(at),
            id => self.index(id).map(|sheet| CellRef { sheet, ..at }),
        };
        let read = CellRef::try_from(cell.to_vec()).ok();
        read.and_then(here).ok_or_else(|| Fault::place(path(), &format!("{cell:?}")))
    }
}

fn value<T: Plain>(wire: Option<T::Wire>, unclear: bool, path: &str, key: &str) -> Result<Value<T>, Fault> {
    match (wire, unclear) {
        (Some(_), true) => Err(Fault::contradiction(format!("{path}.{key}"))),
        (Some(wire), false) => {
            T::of_wire(wire).map(Value::Known).ok_or_else(|| Fault::out_of_bounds(format!("{path}.{key}")))
        }
        (None, true) => Ok(Value::Unclear),
        (None, false) => Ok(Value::Empty),
    }
}

// ---- records --------------------------------------------------------------------------------------------------------

macro_rules! records {
    ($($(#[$doc:meta])* $record:ident $line:ident $key:ident { $($field:ident $ty:ty = $col:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        #[serde(default, deny_unknown_fields)]
        pub(super) struct $line {
            /// Where the record stands: the id of its sheet and its line there, from 1; absent for data that come from no
            /// workbook.
            #[serde(skip_serializing_if = "Option::is_none")]
            at: Option<At>,
            /// Cells that do not follow from `at` and the columns of the sheet: sheet id, row and column, from 1.
            #[serde(skip_serializing_if = "BTreeMap::is_empty")]
            #[cfg_attr(test, schemars(with = "BTreeMap<String, CellRef>"))]
            cells: BTreeMap<$key, Cell>,
            /// Cells in which something stands that could not be read, or that contradict each other.
            #[serde(skip_serializing_if = "Vec::is_empty")]
            unclear: Vec<$key>,
            $(#[allow(missing_docs)] #[serde(skip_serializing_if = "Option::is_none")] pub(super) $field: Option<<$ty as Plain>::Wire>,)*
        }

        /// The keys of the record.
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        pub(super) enum $key { $($field,)* }

        impl $line {
            pub(super) fn of(record: &$record, sources: &Sources) -> $line {
                let first = [$(record.$field.at,)*].into_iter().find_map(|at| line_of(sources, at));
                let mut out = $line { at: first.and_then(row), ..$line::default() };
                $(
                    match &record.$field.value {
                        Value::Known(v) => out.$field = Some(v.to_wire()),
                        Value::Empty => {}
                        Value::Unclear => out.unclear.push($key::$field),
                    }
                    if let Some(cell) = elsewhere(sources, first, record.$field.at, Col::$col) {
                        out.cells.insert($key::$field, cell);
                    }
                )*
                out
            }

            pub(super) fn record(self, path: &str, places: &Places) -> Result<$record, Fault> {
                let row = places.row(self.at, path)?;
                Ok($record { $($field: Field {
                    value: value::<$ty>(self.$field, self.unclear.contains(&$key::$field), path, stringify!($field))?,
                    at: match self.cells.get(&$key::$field) {
                        Some(cell) => places.cell(cell, || format!("{path}.cells.{}", stringify!($field)))?,
                        None => default_cell(&places.sources, row, Col::$col),
                    },
                    col: Col::$col,
                },)* })
            }

            /// Adds the sheets that the record's cells are in.
            pub(super) fn sheets(record: &$record, out: &mut BTreeSet<u16>) {
                $(out.insert(record.$field.at.sheet);)*
            }

            /// The keys with their columns.
            #[cfg(test)]
            pub(super) const KEYS: &'static [(&'static str, Col)] = &[$((stringify!($field), Col::$col),)*];
        }
    )*};
}

records! {
    /// A row of 罪犯信息. Without `no`, the person has the number of the dossier.
    Inmate InmateLine InmateKey {
        no String = InNo, name String = InName, sex Sex = InSex, birth NaiveDate = InBirth, id_number String = InIdNumber,
        charges String = InCharges, crime_date NaiveDate = InCrimeDate, sentence Sentence = InSentence,
        count_terms Vec<CountTerm> = InCountTerms, judged NaiveDate = InJudged, effective NaiveDate = InEffective,
        detained NaiveDate = InDetained, delivered NaiveDate = InDelivered, term_start NaiveDate = InTermStart,
        term_end End = InTermEnd, current_end End = InCurrentEnd, reprieve_end NaiveDate = InReprieveEnd,
        recidivist bool = InRecidivist, drug_recidivist bool = InDrugRecidivist, functionary bool = InFunctionary,
        limited bool = InLimited, whole_life bool = InWholeLife, suspended bool = InSuspended, rank String = InRank,
        categories BTreeSet<Declared> = InCategories, health BTreeSet<Health> = InHealth,
        health_date NaiveDate = InHealthDate, rights Rights = InRights, restitution Restitution = InRestitution,
        remorse bool = InRemorse, assessment Assessment = InAssessment, assessment_date NaiveDate = InAssessmentDate,
        prison String = InPrison, ward String = InWard,
    }
    /// A row of 提请案件. Without `no`, the application is of the person of the dossier.
    Application ApplicationLine ApplicationKey {
        no String = ApNo, case_no String = ApCaseNo, kind AppKind = ApKind, applied NaiveDate = ApApplied,
        proposal Proposal = ApProposal, rights Rights = ApRights, conduct BTreeSet<Conduct> = ApConduct,
        period_from NaiveDate = ApPeriodFrom, period_to NaiveDate = ApPeriodTo, commendations Decimal = ApCommendations,
        balance Decimal = ApBalance, published_from NaiveDate = ApPublishedFrom,
        published_to NaiveDate = ApPublishedTo, sent NaiveDate = ApSent, opinion NaiveDate = ApOpinion,
        court String = ApCourt, hearing Hearing = ApHearing, received NaiveDate = ApReceived, ruled NaiveDate = ApRuled,
        result Change = ApResult, probation_end NaiveDate = ApProbationEnd,
    }
    /// A row of 奖惩.
    Award AwardLine AwardKey {
        date NaiveDate = AwDate, kind AwardKind = AwKind, grade Grade = AwGrade, cycle_from Month = AwCycleFrom,
        cycle_to Month = AwCycleTo, from NaiveDate = AwFrom, to NaiveDate = AwTo, points Decimal = AwPoints,
        reason String = AwReason, doc_no String = AwDocNo, patent Patent = AwPatent, confirmed bool = AwConfirmed,
        full_roster bool = AwFullRoster,
    }
    /// A row of 历次裁定.
    Ruling RulingLine RulingKey {
        date NaiveDate = RuDate, served NaiveDate = RuServed, change Change = RuChange, new_start NaiveDate = RuNewStart,
        new_end End = RuNewEnd, rights Rights = RuRights, court String = RuCourt, case_no String = RuCaseNo,
    }
    /// A row of 财产性判项.
    PropertyItem PropertyLine PropertyKey {
        kind PropertyKind = PrKind, amount Amount = PrAmount, paid Decimal = PrPaid, state PropertyState = PrState,
        able Ability = PrAble, situation BTreeSet<Situation> = PrSituation,
        situation_ended NaiveDate = PrSituationEnded, performed NaiveDate = PrPerformed,
    }
    /// A row of 羁押轨迹.
    CustodyRow CustodyLine CustodyKey {
        from NaiveDate = CuFrom, to NaiveDate = CuTo, kind CustodyKind = CuKind, reason String = CuReason,
        authority String = CuAuthority, doc_no String = CuDocNo, place String = CuPlace, note String = CuNote,
    }
    /// A row of 新罪漏罪.
    NewCrime NewCrimeLine NewCrimeKey {
        kind NewCrimeKind = NcKind, crime_date NaiveDate = NcCrimeDate, confirmed NaiveDate = NcConfirmed,
        sentence Sentence = NcSentence, decided Sentence = NcDecided, new_start NaiveDate = NcNewStart,
        new_end End = NcNewEnd, intentional bool = NcIntentional, confessed bool = NcConfessed,
    }
}

macro_rules! compact {
    ($($(#[$doc:meta])* $record:ident $line:ident $key:ident { $($field:ident $ty:ty = $col:ident $($path:ident).+,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub(super) struct $line {
            /// Where the record stands: the id of its sheet and its line there, from 1; absent for data that come from no
            /// workbook.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            at: Option<At>,
            /// The month, always known: a row without one belongs nowhere.
            month: Month,
            /// Cells in which something stands that could not be read, or that contradict each other.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            unclear: Vec<$key>,
            $(
                #[allow(missing_docs)]
                #[serde(default, skip_serializing_if = "Option::is_none")]
                $field: Option<<$ty as Plain>::Wire>,
            )*
        }

        /// The keys of the record.
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        pub(super) enum $key { $($field,)* }

        impl $line {
            pub(super) fn of(record: &$record) -> $line {
                let mut unclear = Vec::new();
                $(let $field = match &record.$($path).+ {
                    Value::Known(v) => Some(v.to_wire()),
                    Value::Empty => None,
                    Value::Unclear => {
                        unclear.push($key::$field);
                        None
                    }
                };)*
                $line { at: row(record.at), month: record.month, unclear, $($field,)* }
            }

            pub(super) fn record(self, path: &str, places: &Places) -> Result<$record, Fault> {
                let at = places.row(self.at, path)?.unwrap_or(RowRef { sheet: CellRef::NONE, line: 0 });
                let mut out = $record::blank(0, self.month);
                out.at = at;
                $(out.$($path).+ = value::<$ty>(self.$field, self.unclear.contains(&$key::$field), path, stringify!($field))?;)*
                Ok(out)
            }

            /// The keys with their columns.
            #[cfg(test)]
            pub(super) const KEYS: &'static [(&'static str, Col)] = &[$((stringify!($field), Col::$col),)*];
        }
    )*};
}

compact! {
    /// A row of 计分考核. Deductions are positive amounts.
    PointRow PointLine PointKey {
        supervision_base Decimal = PtSupervisionBase supervision.base,
        supervision_bonus Decimal = PtSupervisionBonus supervision.bonus,
        supervision_deduction Decimal = PtSupervisionDeduction supervision.deduction,
        education_base Decimal = PtEducationBase education.base,
        education_bonus Decimal = PtEducationBonus education.bonus,
        education_deduction Decimal = PtEducationDeduction education.deduction,
        labour_base Decimal = PtLabourBase labour.base,
        labour_bonus Decimal = PtLabourBonus labour.bonus,
        labour_deduction Decimal = PtLabourDeduction labour.deduction,
        special Decimal = PtSpecial special, penalty Decimal = PtPenalty penalty, score Decimal = PtScore score,
        balance Decimal = PtBalance balance, cycle Decimal = PtCycle cycle, officer String = PtOfficer officer,
        prison String = PtPrison prison, ward String = PtWard ward, post String = PtPost post, note String = PtNote note,
    }
    /// A row of 狱内消费.
    SpendingRow SpendingLine SpendingKey {
        spent Decimal = SpSpent spent, limit Decimal = SpLimit limit, balance Decimal = SpBalance balance,
    }
}
