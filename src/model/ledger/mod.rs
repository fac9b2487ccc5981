//! Recomputes the points ledger (计分考核台账) of one person, month by month, from the recorded components, the awards and
//! the custody record.
//!
//! Pure arithmetic: the numbers come in as [`Values`], the result is the *lawful* ledger (the recorded components, with
//! the lawful amount wherever a recorded one cannot be lawful), the cycles that follow from it, and [`Note`]s on every
//! place where the record departs from it. Where the law can be read in two ways, or a paper decides, the fold runs once
//! for every combination of answers ([`Fold::steps`]); it is one linear pass over the months each time.
//!
//! Articles in comments are those of 司规〔2021〕3号 unless another instrument is named.

mod awards;
mod fold;
mod track;

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

use super::date::{Month, add_days};
use super::dossier::{Dossier, Presence};
use super::records::{
    Ability, Award, AwardKind, CustodyKind, CustodyRow, Grade, Health, Inmate, NewCrime, NewCrimeKind, Part, PointRow,
    PropertyState,
};
use super::schema::{Col, SheetKind};
use super::value::{CellRef, Field, Place, RowRef, Value};

use fold::Folder;
use track::Track;

/// The numbers of the points system; they are data of the rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// First day of the present regime (2021 rules).
    pub since: NaiveDate,
    /// Monthly base of 监管, 教育, 劳动 (11–13).
    pub base: [Decimal; 3],
    /// The same for those found unable to work (20).
    pub unable: [Decimal; 3],
    /// Ordinary bonus of a part as a share of its base (10).
    pub bonus_share: Decimal,
    /// Most for one special bonus (14¶2).
    pub special_single: Decimal,
    /// Special bonus in a year, as a rule (14¶2).
    pub special_year: Decimal,
    /// Taken off for 警告 (15).
    pub warning: Decimal,
    /// Taken off for 记过 (15).
    pub demerit: Decimal,
    /// Taken off for 禁闭 (15).
    pub confinement: Decimal,
    /// Points of a cycle (4, 38¶2).
    pub cycle: Decimal,
    /// One deduction of this much bars 积极 (22(1)).
    pub breach: Decimal,
    /// So many warnings or demerits make 不合格 (23(7)).
    pub penalties: u32,
    /// A month below this counts towards 不合格 (23(9)).
    pub low_score: Decimal,
    /// So many such months make it (23(9)).
    pub low_months: u32,
    /// Share of 积极 among those graded, in percent (21¶2).
    pub quota_percent: Decimal,
    /// Months over which an average is taken (17, 33, 34).
    pub average_months: u32,
    /// Longest confinement, days.
    pub confinement_most: i64,
    /// Shortest confinement, days.
    pub confinement_least: i64,
    /// Last day on which a confinement that must have the shortest length can begin.
    pub confinement_least_until: NaiveDate,
    /// Old regime: base of 监管 and 教育 together.
    pub old_education: Decimal,
    /// Old regime: base of 劳动.
    pub old_labour: Decimal,
    /// Old regime: base where only education is assessed.
    pub old_unable: Decimal,
    /// Tolerance of a base by the day, points (ours).
    pub tolerance: Decimal,
    /// A month of so many days is accepted as divisor too (ours).
    pub divisor: Decimal,
    /// A penalty within so many days after an inquiry is its finding (ours).
    pub finding_days: i64,
    /// Fewest peers to compare with (ours).
    pub peers: u32,
    /// An award later than so many months after the cycle is worth a question (ours).
    pub late_award_months: u32,
}

/// Three-valued: no, undecided, yes; `max` is "or".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Tri {
    /// No under every reading.
    #[default]
    No,
    /// Depends on a reading or on a paper.
    Maybe,
    /// Yes under every reading.
    Yes,
}

impl Tri {
    /// From "yes under all readings" and "yes under one".
    fn of(all: bool, any: bool) -> Tri {
        match (all, any) {
            (true, _) => Tri::Yes,
            (false, true) => Tri::Maybe,
            (false, false) => Tri::No,
        }
    }

    fn opposite(self) -> Tri {
        match self {
            Tri::No => Tri::Yes,
            Tri::Maybe => Tri::Maybe,
            Tri::Yes => Tri::No,
        }
    }
}

/// Base, bonus and deduction of one part (the deduction as a positive amount).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartAmounts {
    /// 基础分
    pub base: Option<Decimal>,
    /// 加分
    pub bonus: Option<Decimal>,
    /// 扣分
    pub deduction: Option<Decimal>,
}

/// The amounts of a month; `None` where the record does not say or it cannot be known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// 监管, 教育, 劳动.
    pub parts: [PartAmounts; 3],
    /// 专项加分
    pub special: Option<Decimal>,
    /// 处罚扣分, positive
    pub penalty: Option<Decimal>,
    /// 当月考核分
    pub score: Option<Decimal>,
    /// 考核积分 after the month
    pub balance: Option<Decimal>,
    /// 周期扣减, positive
    pub cycle: Option<Decimal>,
}

impl Amounts {
    /// What a row records. The sign of deductions, penalties and cycle deductions carries no meaning.
    pub fn of(row: &PointRow) -> Amounts {
        let part = |p: &Part| PartAmounts {
            base: p.base.known().copied(),
            bonus: p.bonus.known().copied(),
            deduction: p.deduction.known().map(Decimal::abs),
        };
        Amounts {
            parts: [part(&row.supervision), part(&row.education), part(&row.labour)],
            special: row.special.known().copied(),
            penalty: row.penalty.known().map(Decimal::abs),
            score: row.score.known().copied(),
            balance: row.balance.known().copied(),
            cycle: row.cycle.known().map(Decimal::abs),
        }
    }

    /// Two rows of one month taken together (a transfer within the month, 37); the balance is that of the later one.
    fn plus(&self, later: &Amounts) -> Amounts {
        let add = |a: Option<Decimal>, b: Option<Decimal>| Some(a? + b?);
        let mut sum = *later;
        for (part, other) in sum.parts.iter_mut().zip(&self.parts) {
            part.base = add(part.base, other.base);
            part.bonus = add(part.bonus, other.bonus);
            part.deduction = add(part.deduction, other.deduction);
        }
        sum.special = add(sum.special, self.special);
        sum.penalty = add(sum.penalty, self.penalty);
        sum.score = add(sum.score, self.score);
        sum.cycle = match (sum.cycle, self.cycle) {
            (None, other) | (other, None) => other,
            (Some(a), Some(b)) => Some(a + b),
        };
        sum
    }

    /// Base, bonus and deduction of all parts, where none is missing.
    fn all_parts(&self) -> Option<[(Decimal, Decimal, Decimal); 3]> {
        let mut out = [(Decimal::ZERO, Decimal::ZERO, Decimal::ZERO); 3];
        for (slot, p) in out.iter_mut().zip(&self.parts) {
            *slot = (p.base?, p.bonus?, p.deduction?);
        }
        Some(out)
    }
}

/// Which set of bases a row uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseSet {
    /// 35/35/30
    Able,
    /// 50/50/0 (20)
    Unable,
}

/// How the days of a month fall into classes (points contract, section 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// Days of the month.
    pub total: u32,
    /// In prison, all parts assessed.
    pub full: u32,
    /// In prison by default: no row of the custody record covers them (counted in `full` too).
    pub gap: u32,
    /// 住院, 康复: no labour score.
    pub hospital: u32,
    /// 入监教育: no base.
    pub intake: u32,
    /// 禁闭: base 0.
    pub confined: u32,
    /// Inquiry with a finding: base 0.
    pub inquiry: u32,
    /// Inquiry without a finding: assessed afterwards.
    pub open: u32,
    /// 解回.
    pub taken_back: u32,
    /// Otherwise outside, before intake, after release.
    pub out: u32,
    /// Of `out`: in prison, but before a cancellation within the month.
    pub cancelled: u32,
}

impl Days {
    /// Days for which a part has a base.
    pub fn with_base(&self, part: usize) -> u32 {
        if part == LABOUR { self.full } else { self.full + self.hospital }
    }

    /// Whether the person was in the hands of the prison on some day in a way that must be assessed.
    fn assessed(&self) -> bool {
        self.full + self.hospital + self.intake + self.confined + self.inquiry > 0
    }

    /// Days assessed one way or another.
    fn assessed_days(&self) -> u32 {
        self.full + self.hospital + self.intake + self.confined + self.inquiry
    }

    /// Nothing but days outside (解回 apart).
    fn all_out(&self) -> bool {
        self.out == self.total
    }
}

const LABOUR: usize = 2;
const BASE_COLS: [Col; 3] = [Col::PtSupervisionBase, Col::PtEducationBase, Col::PtLabourBase];
const BONUS_COLS: [Col; 3] = [Col::PtSupervisionBonus, Col::PtEducationBonus, Col::PtLabourBonus];
const DEDUCTION_COLS: [Col; 3] = [Col::PtSupervisionDeduction, Col::PtEducationDeduction, Col::PtLabourDeduction];

/// The check a note belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Test {
    MonthSum,
    Balance,
    Base,
    BonusCap,
    SpecialBonus,
    Penalty,
    Confinement,
    Intake,
    HospitalLabour,
    Cycle,
    Suspension,
    Cancellation,
    Award,
    Grade,
    MissingMonth,
    DuplicateMonth,
    OutsideCustody,
}

impl Test {
    /// All, in catalogue order.
    pub const ALL: [Test; 17] = [
        Test::MonthSum,
        Test::Balance,
        Test::Base,
        Test::BonusCap,
        Test::SpecialBonus,
        Test::Penalty,
        Test::Confinement,
        Test::Intake,
        Test::HospitalLabour,
        Test::Cycle,
        Test::Suspension,
        Test::Cancellation,
        Test::Award,
        Test::Grade,
        Test::MissingMonth,
        Test::DuplicateMonth,
        Test::OutsideCustody,
    ];

    /// The check's name in the catalogue.
    pub fn check(self) -> &'static str {
        match self {
            Test::MonthSum => "points/month-sum",
            Test::Balance => "points/balance",
            Test::Base => "points/base",
            Test::BonusCap => "points/bonus-cap",
            Test::SpecialBonus => "points/special-bonus",
            Test::Penalty => "points/penalty",
            Test::Confinement => "points/confinement",
            Test::Intake => "points/intake",
            Test::HospitalLabour => "points/hospital-labour",
            Test::Cycle => "points/cycle",
            Test::Suspension => "points/suspension",
            Test::Cancellation => "points/cancellation",
            Test::Award => "points/award",
            Test::Grade => "points/grade",
            Test::MissingMonth => "points/missing-month",
            Test::DuplicateMonth => "points/duplicate-month",
            Test::OutsideCustody => "points/outside-custody",
        }
    }
}

/// How bad a note is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Contrary to the rules under this reading.
    Violation,
    /// Lawful on its face, worth a question.
    Risk,
    /// A paper decides.
    Unverified,
}

/// What a note says; the checks turn it into sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum What {
    EmptyCell,
    OldRegime,
    Sum,
    PenaltyUnclear,
    Chain,
    Opening,
    BaseAbove,
    BaseAboveUnsure,
    BaseBelow,
    MixedSets,
    UnableSet,
    LabelledAble,
    BonusAbove,
    BonusReading,
    BonusIntake,
    BonusInHospital,
    Rescue,
    SpecialMonth,
    SpecialSingle,
    SpecialYear,
    SpecialMerit,
    PenaltyShort,
    PenaltyExtra,
    ConfinementDates,
    ConfinementLong,
    ConfinementShort,
    CycleEarly,
    CycleLate,
    CycleAmount,
    InquiryOpen,
    TakenBackAverage,
    TakenBackOpen,
    Carried,
    CarriedBase,
    CancelBonus,
    CancelDateUnknown,
    GradeFailedDue,
    GradeActiveBarred,
    GradeUnsure,
    GradeFailedPapers,
    GradeStrict,
    AwardWrong,
    AwardUnsure,
    AwardPeriod,
    AwardEarly,
    AwardLate,
    AwardMissing,
    AwardNoCycle,
    NoRows,
    MonthMissing,
    MonthMissingUnsure,
    Twice,
    TwiceTransfer,
    Outside,
}

/// A cell a note rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A column of a points row.
    Point(RowRef, Col),
    /// A cell of another sheet.
    At(CellRef, Col),
}

/// A paper to ask for, and the cell it would fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The cell.
    pub cell: Cell,
    /// The paper.
    pub document: &'static str,
}

/// Something the record does not agree with, in one month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The check it belongs to.
    pub test: Test,
    /// How bad.
    pub mark: Mark,
    /// What it is.
    pub what: What,
    /// The month.
    pub month: Month,
    /// What the record says.
    pub recorded: Option<Decimal>,
    /// What would be lawful.
    pub expected: Option<Decimal>,
    /// Where.
    pub cells: Vec<Cell>,
    /// What to ask for.
    pub ask: Option<Ask>,
}

/// A question the fold asks; the answer is yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    /// Does this event (by its place in time) cancel points and awards?
    Cancels(u32),
    /// Is a negative balance wiped out (parole, 32), or does a new cycle begin with it (34)?
    Negative(u32),
    /// Does a balance of twice the cycle close two cycles at once?
    TwoAtOnce,
}

/// One answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The question.
    pub question: Question,
    /// The answer.
    pub yes: bool,
    /// The paper that answers it; `None` where it is a reading of the law.
    pub ask: Option<Ask>,
}

/// A month as recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The month.
    pub month: Month,
    /// The row; of two rows the one used.
    pub row: usize,
    /// The second row, where two were added (a transfer) or one was set aside.
    pub other: Option<usize>,
    /// Its amounts.
    pub recorded: Amounts,
    /// Which bases it uses.
    pub set: BaseSet,
    /// Whether it lies before the present regime.
    pub old: bool,
    /// Whether an assessed month before it has no row, so that the fold resumes from the record.
    pub after_gap: bool,
    /// Whether the second row was added to the first (a transfer).
    added: bool,
    mixed: bool,
}

/// A month as recomputed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthFold {
    /// The lawful amounts; the balance is after closing, `cycle` what was taken off.
    pub expected: Amounts,
    /// How the days fall into classes.
    pub days: Days,
    /// Recorded balance less lawful balance.
    pub difference: Option<Decimal>,
    /// Cycles closed with this month.
    pub closings: u32,
    part_below: [Tri; 3],
    below: Tri,
    low: Tri,
    big_deduction: bool,
    penalised: bool,
}

/// A cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// First month; `None` where it began before the record, or in a month without a row.
    pub from: Option<Month>,
    /// Month with which it closed.
    pub to: Month,
    /// Whether 不合格 is required (23(7)–(9)).
    pub must_fail: Tri,
    /// Whether 积极 is barred (22).
    pub barred: Tri,
    /// Whether a month lies below its base (38¶1).
    pub below: Tri,
    /// Grades that are not excluded.
    pub allowed: Vec<Grade>,
    /// 等级 as recorded.
    pub grade: Option<Grade>,
    /// Rows of 奖惩 that belong to it.
    pub awards: Vec<usize>,
    /// Awards that an allowed grade gives.
    pub expected: Vec<AwardKind>,
}

/// Whether a commendation of the record can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commendation {
    /// Row of 奖惩.
    pub row: usize,
    /// Whether it is lawful.
    pub lawful: Tri,
    /// Month with which its cycle closed, where known.
    pub cycle_to: Option<Month>,
}

/// The ledger under one set of answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fold {
    /// The answers, in the order in which they were asked.
    pub steps: Vec<Step>,
    /// One for each [`Ledger::entries`].
    pub months: Vec<MonthFold>,
    /// What departs from the law under these answers.
    pub notes: Vec<Note>,
    /// The cycles of the lawful ledger, with what the record says about them.
    pub cycles: Vec<Cycle>,
    /// Every 表扬 of the record.
    pub commendations: Vec<Commendation>,
    /// Days on which points and awards were cancelled.
    pub cancelled: Vec<NaiveDate>,
}

/// The recomputed ledger of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// The months with a row, in order.
    pub entries: Vec<Entry>,
    /// One for each set of answers; never empty.
    pub folds: Vec<Fold>,
    /// Index of the fold that the record follows longest.
    pub best: usize,
    /// Whether there were too many questions to answer all combinations.
    pub incomplete: bool,
    /// 入监, as far as known.
    pub admitted: Option<NaiveDate>,
}

/// More sets of answers than this are not run.
const MAX_FOLDS: usize = 64;

/// Half-up to the cent: the only rounding there is.
fn cents(d: Decimal) -> Decimal {
    d.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

fn by_day(n: Decimal, k: u32, divisor: Decimal) -> Decimal {
    cents(n * Decimal::from(k) / divisor)
}

impl Ledger {
    /// Recomputes the ledger.
    pub fn new(dossier: &Dossier, inmate: &Inmate, values: &Values, presence: &Presence) -> Ledger {
        let track = Track::new(dossier, inmate, values, presence);
        let (entries, shared) = track.entries();
        let mut answers = Answers::default();
        let mut folds = Vec::with_capacity(1);
        let incomplete = loop {
            let mut fold = Folder::new(&track, &entries, &mut answers).run();
            fold.notes.extend(shared.iter().cloned());
            fold.notes.sort_by_key(|n| (n.test, n.month, n.mark));
            folds.push(fold);
            if !answers.advance() {
                break false;
            }
            if folds.len() >= MAX_FOLDS {
                break true;
            }
        };
        let fit = |f: &Fold| {
            let wrong = f.notes.iter().filter(|n| n.mark == Mark::Violation).count();
            let differing = f.months.iter().filter(|m| m.difference.is_some_and(|d| !d.is_zero())).count();
            (differing, wrong)
        };
        let best = (0..folds.len()).min_by_key(|&i| (fit(&folds[i]), i)).unwrap_or(0);
        Ledger { entries, folds, best, incomplete, admitted: track.admitted }
    }

    /// The fold that the record follows longest.
    pub fn best(&self) -> &Fold {
        &self.folds[self.best]
    }

    /// The first month in which the recorded balance parts from the lawful one.
    pub fn first_difference(&self) -> Option<(Month, Decimal)> {
        let fold = self.best();
        self.entries.iter().zip(&fold.months).find_map(|(e, m)| Some((e.month, m.difference.filter(|d| !d.is_zero())?)))
    }

    /// The place of a month among the entries.
    pub fn position(&self, month: Month) -> Option<usize> {
        self.entries.binary_search_by_key(&month, |e| e.month).ok()
    }
}

/// Remembers the answers given, to run through all combinations.
#[derive(Debug, Default)]
pub(super) struct Answers {
    pub(super) steps: Vec<Step>,
    pub(super) at: usize,
}

impl Answers {
    pub(super) fn ask(&mut self, question: Question, ask: Option<Ask>) -> bool {
        if let Some(step) = self.steps[..self.at].iter().find(|s| s.question == question) {
            return step.yes;
        }
        if self.at == self.steps.len() {
            self.steps.push(Step { question, yes: false, ask });
        }
        self.at += 1;
        self.steps[self.at - 1].yes
    }

    pub(super) fn advance(&mut self) -> bool {
        self.at = 0;
        while let Some(step) = self.steps.last_mut() {
            if !step.yes {
                step.yes = true;
                return true;
            }
            self.steps.pop();
        }
        false
    }
}

/// The balance after a month, as far as all of it is known. A blank cycle deduction is taken as none.
fn chain(before: Option<Decimal>, score: Option<Decimal>, cycle: Option<Decimal>) -> Option<Decimal> {
    Some(before? + score? - cycle.unwrap_or_default())
}

/// The place of a cell, given where the sheets are.
pub fn place(cell: Cell, sources: &super::value::Sources) -> Place {
    match cell {
        Cell::Point(row, col) => Place { at: sources.cell(row, col), col },
        Cell::At(at, col) => Place { at, col },
    }
}

/// A value that may be blank, as an option.
pub fn known(value: &Value<Decimal>) -> Option<Decimal> {
    value.known().copied()
}
