//! Builds people with points ledgers for the tests: months as a prison would book them, with departures on request.
#![allow(dead_code)]

use std::collections::BTreeSet;

use chrono::NaiveDate;
use jxjs::law::Rules;
use jxjs::model::ledger::{Ledger, Mark, Note, Test, What};
use jxjs::model::{
    Application, Award, AwardKind, CellRef, Col, CustodyKind, CustodyRow, Dossier, Field, Grade, Health, Inmate, Month,
    NewCrime, NewCrimeKind, Part, PointRow, Presence, PropertyItem, RowRef, SheetKind, Value,
};
use rust_decimal::Decimal;

/// A decimal from its text.
pub fn n(text: &str) -> Decimal {
    text.parse().unwrap_or_else(|_| panic!("not a number: {text}"))
}

/// A day from its text.
pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_else(|_| panic!("not a day: {text}"))
}

/// A month from its text.
pub fn month(text: &str) -> Month {
    text.parse().unwrap_or_else(|_| panic!("not a month: {text}"))
}

fn field<T>(value: Option<T>, col: Col, row: u32) -> Field<T> {
    let at = CellRef { sheet: 1, row, col: 0 };
    Field { value: value.map_or(Value::Empty, Value::Known), at, col }
}

macro_rules! blank {
    ($name:ident, $ty:ident { $($f:ident: $col:ident),* $(,)? }) => {
        /// A record of which nothing is known.
        pub fn $name(row: u32) -> $ty {
            $ty { $($f: field(None, Col::$col, row),)* }
        }
    };
}

blank!(
    inmate,
    Inmate {
        no: InNo,
        name: InName,
        sex: InSex,
        birth: InBirth,
        id_number: InIdNumber,
        charges: InCharges,
        crime_date: InCrimeDate,
        sentence: InSentence,
        count_terms: InCountTerms,
        judged: InJudged,
        effective: InEffective,
        detained: InDetained,
        delivered: InDelivered,
        term_start: InTermStart,
        term_end: InTermEnd,
        current_end: InCurrentEnd,
        reprieve_end: InReprieveEnd,
        recidivist: InRecidivist,
        drug_recidivist: InDrugRecidivist,
        functionary: InFunctionary,
        limited: InLimited,
        whole_life: InWholeLife,
        suspended: InSuspended,
        rank: InRank,
        categories: InCategories,
        health: InHealth,
        health_date: InHealthDate,
        rights: InRights,
        restitution: InRestitution,
        remorse: InRemorse,
        assessment: InAssessment,
        assessment_date: InAssessmentDate,
        prison: InPrison,
        ward: InWard,
    }
);
blank!(
    application,
    Application {
        no: ApNo,
        case_no: ApCaseNo,
        kind: ApKind,
        applied: ApApplied,
        proposal: ApProposal,
        rights: ApRights,
        conduct: ApConduct,
        period_from: ApPeriodFrom,
        period_to: ApPeriodTo,
        commendations: ApCommendations,
        balance: ApBalance,
        published_from: ApPublishedFrom,
        published_to: ApPublishedTo,
        sent: ApSent,
        opinion: ApOpinion,
        court: ApCourt,
        hearing: ApHearing,
        received: ApReceived,
        ruled: ApRuled,
        result: ApResult,
        probation_end: ApProbationEnd,
    }
);
blank!(
    award,
    Award {
        date: AwDate,
        kind: AwKind,
        grade: AwGrade,
        cycle_from: AwCycleFrom,
        cycle_to: AwCycleTo,
        from: AwFrom,
        to: AwTo,
        points: AwPoints,
        reason: AwReason,
        doc_no: AwDocNo,
        patent: AwPatent,
        confirmed: AwConfirmed,
        full_roster: AwFullRoster,
    }
);
blank!(
    custody_row,
    CustodyRow {
        from: CuFrom,
        to: CuTo,
        kind: CuKind,
        reason: CuReason,
        authority: CuAuthority,
        doc_no: CuDocNo,
        place: CuPlace,
        note: CuNote,
    }
);
blank!(
    new_crime,
    NewCrime {
        kind: NcKind,
        crime_date: NcCrimeDate,
        confirmed: NcConfirmed,
        sentence: NcSentence,
        decided: NcDecided,
        new_start: NcNewStart,
        new_end: NcNewEnd,
        intentional: NcIntentional,
        confessed: NcConfessed,
    }
);
blank!(
    property_item,
    PropertyItem {
        kind: PrKind,
        amount: PrAmount,
        paid: PrPaid,
        state: PrState,
        able: PrAble,
        situation: PrSituation,
        situation_ended: PrSituationEnded,
        performed: PrPerformed,
    }
);

/// The amounts of one month; `score` and `balance` follow unless given.
#[derive(Clone, Debug)]
pub struct Row {
    pub base: [&'static str; 3],
    pub bonus: [&'static str; 3],
    pub deduction: [&'static str; 3],
    pub special: &'static str,
    pub penalty: &'static str,
    pub cycle: &'static str,
    pub score: Option<&'static str>,
    pub balance: Option<&'static str>,
    pub prison: Option<&'static str>,
}

impl Default for Row {
    fn default() -> Row {
        Row {
            base: ["35", "35", "30"],
            bonus: ["0"; 3],
            deduction: ["0"; 3],
            special: "0",
            penalty: "0",
            cycle: "0",
            score: None,
            balance: None,
            prison: None,
        }
    }
}

/// A month with a bonus in 监管.
pub fn plus(bonus: &'static str) -> Row {
    Row { bonus: [bonus, "0", "0"], ..Row::default() }
}

fn value(text: &str) -> Value<Decimal> {
    if text.is_empty() { Value::Empty } else { Value::Known(n(text)) }
}

/// A person under construction.
#[derive(Clone, Debug)]
pub struct Someone {
    pub dossier: Dossier,
    pub inmate: Inmate,
    pub presence: Presence,
    /// Balance of the last month booked.
    pub balance: Decimal,
}

impl Someone {
    /// Taken in on that day.
    pub fn admitted(on: &str) -> Someone {
        let mut inmate = inmate(1);
        inmate.delivered = field(Some(day(on)), Col::InDelivered, 1);
        inmate.health = field(Some(BTreeSet::new()), Col::InHealth, 1);
        let mut someone = Someone {
            dossier: Dossier::new("1".to_owned()),
            inmate,
            presence: Presence { sheets: SheetKind::ALL.to_vec(), columns: Col::ALL.to_vec() },
            balance: Decimal::ZERO,
        };
        someone.custody(CustodyKind::Intake, on, on, "").custody(CustodyKind::Held, on, "", "");
        someone
    }

    /// Long in prison, the record beginning with this balance.
    pub fn running(balance: &str) -> Someone {
        let mut someone = Someone::admitted("2020-01-01");
        someone.balance = n(balance);
        someone
    }

    /// Books a month.
    pub fn row(&mut self, at: &str, row: Row) -> &mut Someone {
        let amounts: Vec<[Value<Decimal>; 3]> =
            (0..3).map(|p| [row.base[p], row.bonus[p], row.deduction[p]].map(value)).collect();
        let get = |v: &Value<Decimal>| v.known().map(Decimal::abs).unwrap_or_default();
        let parts: Decimal = amounts.iter().map(|[b, p, m]| get(b) + get(p) - get(m)).sum();
        let (special, penalty, cycle) = (value(row.special), value(row.penalty), value(row.cycle));
        let score = row.score.map_or_else(|| Value::Known(parts + get(&special) - get(&penalty)), value);
        let after = self.balance + score.known().copied().unwrap_or_default() - get(&cycle);
        let balance = row.balance.map_or(Value::Known(after), value);
        self.balance = balance.known().copied().unwrap_or(after);
        let part = |p: usize| Part {
            base: amounts[p][0].clone(),
            bonus: amounts[p][1].clone(),
            deduction: amounts[p][2].clone(),
        };
        let line = self.dossier.points.len() as u32 + 1;
        self.dossier.points.push(PointRow {
            at: RowRef { sheet: 0, line },
            month: month(at),
            supervision: part(0),
            education: part(1),
            labour: part(2),
            special,
            penalty,
            score,
            balance,
            cycle,
            officer: Value::Empty,
            prison: row.prison.map_or(Value::Empty, |p| Value::Known(p.to_owned())),
            ward: Value::Empty,
            post: Value::Empty,
            note: Value::Empty,
        });
        self
    }

    /// Books months of exactly the base from one to another, both included.
    pub fn rows(&mut self, from: &str, to: &str) -> &mut Someone {
        let mut at = month(from);
        while at <= month(to) {
            self.row(&at.to_string(), Row::default());
            at = at.plus(1);
        }
        self
    }

    /// Adds a row of 羁押轨迹.
    pub fn custody(&mut self, kind: CustodyKind, from: &str, to: &str, reason: &str) -> &mut Someone {
        let mut row = custody_row(self.dossier.custody.len() as u32 + 1);
        row.kind = field(Some(kind), Col::CuKind, 1);
        row.from = field(Some(day(from)), Col::CuFrom, 1);
        row.to = field(to.parse().ok(), Col::CuTo, 1);
        row.reason = field((!reason.is_empty()).then(|| reason.to_owned()), Col::CuReason, 1);
        self.dossier.custody.push(row);
        self
    }

    /// Adds a row of 奖惩; `cycle` is `2024-01…2024-05` or empty.
    pub fn award(&mut self, kind: AwardKind, on: &str, grade: Option<Grade>, cycle: &str) -> &mut Someone {
        let mut row = award(self.dossier.awards.len() as u32 + 1);
        row.kind = field(Some(kind), Col::AwKind, 1);
        row.date = field(Some(day(on)), Col::AwDate, 1);
        row.grade = field(grade, Col::AwGrade, 1);
        let (from, to) = cycle.split_once('…').unwrap_or_default();
        row.cycle_from = field(from.parse().ok(), Col::AwCycleFrom, 1);
        row.cycle_to = field(to.parse().ok(), Col::AwCycleTo, 1);
        self.dossier.awards.push(row);
        self
    }

    /// Confinement, in both sheets.
    pub fn confined(&mut self, from: &str, to: &str) -> &mut Someone {
        self.award(AwardKind::Confinement, from, None, "");
        if let Some(last) = self.dossier.awards.last_mut() {
            last.from = field(from.parse().ok(), Col::AwFrom, 1);
            last.to = field(to.parse().ok(), Col::AwTo, 1);
        }
        self.custody(CustodyKind::Confinement, from, to, "")
    }

    /// A new or undiscovered crime.
    pub fn crime(
        &mut self,
        kind: NewCrimeKind,
        committed: &str,
        confirmed: &str,
        confessed: Option<bool>,
    ) -> &mut Someone {
        let mut row = new_crime(self.dossier.new_crimes.len() as u32 + 1);
        row.kind = field(Some(kind), Col::NcKind, 1);
        row.crime_date = field(committed.parse().ok(), Col::NcCrimeDate, 1);
        row.confirmed = field(confirmed.parse().ok(), Col::NcConfirmed, 1);
        row.confessed = field(confessed, Col::NcConfessed, 1);
        self.dossier.new_crimes.push(row);
        self
    }

    /// 身体状况.
    pub fn health(&mut self, words: &[Health]) -> &mut Someone {
        self.inmate.health = field(Some(words.iter().copied().collect()), Col::InHealth, 1);
        self
    }

    /// The recomputed ledger.
    pub fn ledger(&self) -> Ledger {
        Ledger::new(&self.dossier, &self.inmate, &Rules::builtin().point_values, &self.presence)
    }
}

/// Notes of one test in the fold that fits best.
pub fn notes(ledger: &Ledger, test: Test) -> Vec<&Note> {
    ledger.best().notes.iter().filter(|n| n.test == test).collect()
}

/// What the best fold says, without the opening of the balance, in a form that is easy to compare.
pub fn said(ledger: &Ledger) -> Vec<(Test, Mark, What, String)> {
    let all = ledger.best().notes.iter().filter(|n| n.what != What::Opening);
    all.map(|n| (n.test, n.mark, n.what, n.month.to_string())).collect()
}

/// The lawful balances, month by month.
pub fn balances(ledger: &Ledger) -> Vec<String> {
    shown(ledger, ledger.best)
}

/// The same for any fold.
pub fn shown(ledger: &Ledger, fold: usize) -> Vec<String> {
    let months = ledger.folds[fold].months.iter();
    months.map(|m| m.expected.balance.map_or_else(|| "?".to_owned(), |b| b.normalize().to_string())).collect()
}
