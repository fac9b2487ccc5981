//! Records made without a workbook: for the `limits` command, the generator and tests. Every field starts blank, placed
//! in the cell it would have in a workbook with the columns of the contract in order.

use super::records::{
    Application, Award, CustodyRow, Inmate, NewCrime, Part, PointRow, PropertyItem, Ruling, SpendingRow,
};
use super::schema::{Col, SheetKind};
use super::value::{CellRef, Field, RowRef, SheetSource, Sources, Value};
use super::{Month, Presence};

fn blank<T>(col: Col, row: u32) -> Field<T> {
    let kind = col.sheet();
    let sheet = SheetKind::ALL.iter().position(|k| *k == kind).unwrap_or(0) as u16;
    let at = kind.columns().position(|c| c == col).unwrap_or(0) as u16;
    Field::empty(col, CellRef { sheet, row, col: at })
}

impl<T> Field<T> {
    /// Fills the field.
    pub fn set(&mut self, value: T) {
        self.value = Value::Known(value);
    }
}

/// Sources for records made here: one sheet a kind, named as in the contract.
pub fn sources() -> Sources {
    let sheets = SheetKind::ALL
        .iter()
        .map(|kind| SheetSource {
            file: String::new(),
            sheet: kind.name().to_owned(),
            kind: *kind,
            orientation: Default::default(),
            columns: kind.columns().enumerate().map(|(i, c)| (c, i as u32)).collect(),
        })
        .collect();
    Sources { sheets }
}

/// A batch that has every sheet and every column.
pub fn all_present() -> Presence {
    Presence { sheets: SheetKind::ALL.to_vec(), columns: Col::ALL.to_vec() }
}

macro_rules! builders {
    ($($(#[$doc:meta])* $record:ident { $($field:ident $col:ident,)* })*) => {
        $(impl $record {
            $(#[$doc])*
            pub fn blank(row: u32) -> $record {
                $record { $($field: blank(Col::$col, row),)* }
            }
        })*
    };
}

builders! {
    /// A row of 罪犯信息 with nothing filled in.
    Inmate {
        no InNo, name InName, sex InSex, birth InBirth, id_number InIdNumber, charges InCharges,
        crime_date InCrimeDate, sentence InSentence, count_terms InCountTerms, judged InJudged,
        effective InEffective, detained InDetained, delivered InDelivered, term_start InTermStart,
        term_end InTermEnd, current_end InCurrentEnd, reprieve_end InReprieveEnd, recidivist InRecidivist,
        drug_recidivist InDrugRecidivist, functionary InFunctionary, limited InLimited, whole_life InWholeLife,
        suspended InSuspended, rank InRank, categories InCategories, health InHealth, health_date InHealthDate,
        rights InRights, restitution InRestitution, remorse InRemorse, assessment InAssessment,
        assessment_date InAssessmentDate, prison InPrison, ward InWard,
    }
    /// A row of 提请案件 with nothing filled in.
    Application {
        no ApNo, case_no ApCaseNo, kind ApKind, applied ApApplied, proposal ApProposal, rights ApRights,
        conduct ApConduct, period_from ApPeriodFrom, period_to ApPeriodTo, commendations ApCommendations,
        balance ApBalance, published_from ApPublishedFrom, published_to ApPublishedTo, sent ApSent,
        opinion ApOpinion, court ApCourt, hearing ApHearing, received ApReceived, ruled ApRuled, result ApResult,
        probation_end ApProbationEnd,
    }
    /// A row of 奖惩 with nothing filled in.
    Award {
        date AwDate, kind AwKind, grade AwGrade, cycle_from AwCycleFrom, cycle_to AwCycleTo, from AwFrom, to AwTo,
        points AwPoints, reason AwReason, doc_no AwDocNo, patent AwPatent, confirmed AwConfirmed,
        full_roster AwFullRoster,
    }
    /// A row of 历次裁定 with nothing filled in.
    Ruling {
        date RuDate, served RuServed, change RuChange, new_start RuNewStart, new_end RuNewEnd, rights RuRights,
        court RuCourt, case_no RuCaseNo,
    }
    /// A row of 财产性判项 with nothing filled in.
    PropertyItem {
        kind PrKind, amount PrAmount, paid PrPaid, state PrState, able PrAble, situation PrSituation,
        situation_ended PrSituationEnded, performed PrPerformed,
    }
    /// A row of 羁押轨迹 with nothing filled in.
    CustodyRow {
        from CuFrom, to CuTo, kind CuKind, reason CuReason, authority CuAuthority, doc_no CuDocNo, place CuPlace,
        note CuNote,
    }
    /// A row of 新罪漏罪 with nothing filled in.
    NewCrime {
        kind NcKind, crime_date NcCrimeDate, confirmed NcConfirmed, sentence NcSentence, decided NcDecided,
        new_start NcNewStart, new_end NcNewEnd, intentional NcIntentional, confessed NcConfessed,
    }
}

impl PointRow {
    /// A row of 计分考核 with only its month.
    pub fn blank(row: u32, month: Month) -> PointRow {
        PointRow {
            at: RowRef { sheet: 2, line: row },
            month,
            supervision: Part::default(),
            education: Part::default(),
            labour: Part::default(),
            special: Value::Empty,
            penalty: Value::Empty,
            score: Value::Empty,
            balance: Value::Empty,
            cycle: Value::Empty,
            officer: Value::Empty,
            prison: Value::Empty,
            ward: Value::Empty,
            post: Value::Empty,
            note: Value::Empty,
        }
    }
}

impl SpendingRow {
    /// A row of 狱内消费 with only its month.
    pub fn blank(row: u32, month: Month) -> SpendingRow {
        SpendingRow {
            at: RowRef { sheet: 6, line: row },
            month,
            spent: Value::Empty,
            limit: Value::Empty,
            balance: Value::Empty,
        }
    }
}
