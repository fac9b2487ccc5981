//! Recomputes the points ledger (计分考核台账) of one person, month by month, from the recorded components, the awards and
//! the custody record.
//!
//! Pure arithmetic: the numbers come in as [`Values`], the result is the *lawful* ledger (the recorded components, with
//! the lawful amount wherever a recorded one cannot be lawful), the cycles that follow from it, and [`Note`]s on every
//! place where the record departs from it. Where the law can be read in two ways, or a paper decides, the fold runs once
//! for every combination of answers ([`Fold::steps`]); it is one linear pass over the months each time.
//!
//! Articles in comments are those of 司规〔2021〕3号 unless another instrument is named.

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

use super::custody::{self, Span};
use super::date::{Month, add_days};
use super::dossier::{Dossier, Presence};
use super::records::{
    Ability, AwardKind, CustodyKind, CustodyRow, Grade, Health, Inmate, NewCrimeKind, Part, PointRow, PropertyState,
};
use super::schema::{Col, SheetKind};
use super::value::{CellRef, Field, Place, RowRef, Value};

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
struct Answers {
    steps: Vec<Step>,
    at: usize,
}

impl Answers {
    fn ask(&mut self, question: Question, ask: Option<Ask>) -> bool {
        if let Some(step) = self.steps[..self.at].iter().find(|s| s.question == question) {
            return step.yes;
        }
        if self.at == self.steps.len() {
            self.steps.push(Step { question, yes: false, ask });
        }
        self.at += 1;
        self.steps[self.at - 1].yes
    }

    fn advance(&mut self) -> bool {
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

/// Something that may cancel points and awards from a day on (30–34).
#[derive(Clone, Copy, Debug)]
struct Event {
    day: NaiveDate,
    /// Certain, or the paper that decides.
    ask: Option<Ask>,
    negative: Negative,
}

/// What becomes of a negative balance on cancellation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Negative {
    /// It is kept, and the cycle goes on (30, 31).
    Kept,
    /// Kept or wiped: art. 32 does not say.
    PerhapsWiped,
    /// Kept; the cycle goes on or a new one begins (34).
    PerhapsNewCycle,
}

/// 丧失劳动能力 as far as the workbook says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    Able,
    Unable,
    /// 基本丧失劳动能力: art. 20 can be read either way.
    Reading,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Out,
    TakenBack,
    Confined,
    Inquiry,
    Open,
    Intake,
    Hospital,
    Full,
    Gap,
}

/// What does not change with the answers.
struct Track<'a> {
    d: &'a Dossier,
    v: &'a Values,
    since: Month,
    has_awards: bool,
    has_custody: bool,
    has_intake_education: bool,
    spans: Vec<Span>,
    /// For each span of an inquiry: whether it led to a finding.
    found: Vec<bool>,
    admitted: Option<NaiveDate>,
    work: Work,
    inmate: &'a Inmate,
    /// Penalties of 奖惩 by date: amount, row.
    penalties: Vec<(NaiveDate, Decimal, usize)>,
    events: Vec<Event>,
    /// Absences by 解回 without a row of 新罪漏罪.
    unexplained: Vec<(NaiveDate, NaiveDate, usize)>,
    /// Awards in order of date: rows.
    awards: Vec<usize>,
}

fn contains(field: &Field<String>, words: &[&str]) -> bool {
    field.known().is_some_and(|text| words.iter().any(|w| text.contains(w)))
}

impl<'a> Track<'a> {
    fn new(d: &'a Dossier, inmate: &'a Inmate, v: &'a Values, presence: &Presence) -> Track<'a> {
        let spans = custody::replay(&d.custody, custody::points_rank);
        let in_prison = |k: CustodyKind| !k.is_elsewhere() && !k.is_away();
        let intake = spans.iter().filter(|s| s.kind == CustodyKind::Intake).map(|s| s.from).min();
        let first = spans.iter().filter(|s| in_prison(s.kind)).map(|s| s.from).min();
        let delivered = inmate.delivered.get();
        let admitted = intake.or(match (first, delivered) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        });
        let mut penalties: Vec<_> = d
            .awards
            .iter()
            .enumerate()
            .filter_map(|(i, a)| {
                let amount = match a.kind.get()? {
                    AwardKind::Warning => v.warning,
                    AwardKind::Demerit => v.demerit,
                    AwardKind::Confinement => v.confinement,
                    _ => return None,
                };
                Some((a.date.get()?, amount, i))
            })
            .collect();
        penalties.sort_unstable();
        let mut awards: Vec<usize> = (0..d.awards.len())
            .filter(|&i| {
                matches!(
                    d.awards[i].kind.get(),
                    Some(AwardKind::Commendation | AwardKind::Material | AwardKind::NoAward)
                ) && d.awards[i].date.get().is_some()
            })
            .collect();
        awards.sort_by_key(|&i| {
            let a = &d.awards[i];
            (a.date.get(), a.cycle_to.get(), a.kind.get(), a.grade.get(), a.cycle_from.get())
        });
        let work = match inmate.health.known() {
            None => Work::Unknown,
            Some(h) if h.contains(&Health::UnableToWork) => Work::Unable,
            Some(h) if h.contains(&Health::MostlyUnableToWork) => Work::Reading,
            Some(_) => Work::Able,
        };
        let mut track = Track {
            d,
            v,
            since: Month::of(v.since),
            has_awards: presence.has(SheetKind::Awards),
            has_custody: !spans.is_empty(),
            has_intake_education: spans.iter().any(|s| s.kind == CustodyKind::IntakeEducation),
            found: Vec::new(),
            spans,
            admitted,
            work,
            inmate,
            penalties,
            events: Vec::new(),
            unexplained: Vec::new(),
            awards,
        };
        track.found = track.spans.iter().map(|s| track.has_finding(s)).collect();
        track.find_events();
        track
    }

    /// Whether an inquiry led to something: a new crime judged later, or a penalty from its start to some days after its end (33).
    fn has_finding(&self, span: &Span) -> bool {
        if !matches!(span.kind, CustodyKind::Investigation | CustodyKind::Isolation) {
            return false;
        }
        let judged = self.d.new_crimes.iter().any(|n| n.confirmed.get().is_some_and(|c| c >= span.from));
        let until = if span.to == NaiveDate::MAX { span.to } else { add_days(span.to, self.v.finding_days) };
        let first = self.penalties.partition_point(|p| p.0 < span.from);
        judged || self.penalties.get(first).is_some_and(|p| p.0 <= until)
    }

    fn class(&self, i: usize) -> Class {
        let kind = self.spans[i].kind;
        match kind {
            CustodyKind::TakenBack => Class::TakenBack,
            CustodyKind::Confinement => Class::Confined,
            CustodyKind::Investigation | CustodyKind::Isolation => {
                if self.found[i] {
                    Class::Inquiry
                } else {
                    Class::Open
                }
            }
            CustodyKind::IntakeEducation => Class::Intake,
            // Someone unable to work has no labour score to lose.
            CustodyKind::Hospital | CustodyKind::Recovery if self.work != Work::Unable => Class::Hospital,
            CustodyKind::HomeLeave => Class::Full,
            k if k.is_away() || k.is_elsewhere() => Class::Out,
            _ => Class::Full,
        }
    }

    /// Calls `f` with every run of days of one class in `[from, to]`.
    fn each_run(&self, from: NaiveDate, to: NaiveDate, mut f: impl FnMut(Class, NaiveDate, u32)) {
        let mut day = from;
        let mut i = self.spans.partition_point(|s| s.to < from);
        while day <= to {
            let before = self.admitted.filter(|a| day < *a);
            let (class, last) = if let Some(a) = before {
                (Class::Out, add_days(a, -1))
            } else {
                match self.spans.get(i) {
                    Some(s) if s.from <= day => (self.class(i), s.to),
                    Some(s) => (if self.has_custody { Class::Gap } else { Class::Full }, add_days(s.from, -1)),
                    None => (if self.has_custody { Class::Gap } else { Class::Full }, to),
                }
            };
            let last = last.min(to);
            f(class, day, (last - day).num_days() as u32 + 1);
            day = add_days(last, 1);
            while self.spans.get(i).is_some_and(|s| s.to < day) {
                i += 1;
            }
        }
    }

    /// How the days of a month fall into classes; days before `cut` (a cancellation in the month) are outside (30–34).
    fn days(&self, month: Month, cut: Option<NaiveDate>) -> Days {
        let (first, last) = (month.first_day(), month.last_day());
        let mut days = Days { total: month.days(), ..Days::default() };
        let mut count = |class: Class, n: u32, cancelled: bool| match class {
            Class::Out => days.out += n,
            Class::TakenBack if !cancelled => days.taken_back += n,
            Class::TakenBack => days.out += n,
            _ if cancelled => {
                days.out += n;
                days.cancelled += n;
            }
            Class::Confined => days.confined += n,
            Class::Inquiry => days.inquiry += n,
            Class::Open => days.open += n,
            Class::Intake => days.intake += n,
            Class::Hospital => days.hospital += n,
            Class::Full => days.full += n,
            Class::Gap => {
                days.full += n;
                days.gap += n;
            }
        };
        self.each_run(first, last, |class, from, n| match cut {
            Some(e) if e > from => {
                let before = ((e - from).num_days() as u32).min(n);
                count(class, before, true);
                count(class, n - before, false);
            }
            _ => count(class, n, false),
        });
        days
    }

    /// The first day on or after `day` on which the person is in prison.
    fn back_in_prison(&self, day: NaiveDate) -> Option<NaiveDate> {
        let mut i = self.spans.partition_point(|s| s.to < day);
        let mut at = day;
        loop {
            match self.spans.get(i) {
                Some(s) if s.from <= at && matches!(self.class(i), Class::Out | Class::TakenBack) => {
                    if s.to == NaiveDate::MAX {
                        return None;
                    }
                    at = add_days(s.to, 1);
                    i += 1;
                }
                _ => return Some(at),
            }
        }
    }

    /// Finds what may cancel points and awards: the returns from outside, and the new crimes.
    fn find_events(&mut self) {
        let d = self.d;
        let mut events = Vec::new();
        let mut unexplained = Vec::new();
        let mut i = 0;
        while i < self.spans.len() {
            let start = self.spans[i];
            let kind = start.kind;
            i += 1;
            if !matches!(kind, CustodyKind::OutsideExecution | CustodyKind::Parole | CustodyKind::TakenBack) {
                continue;
            }
            // Renewals, and custody elsewhere in between, belong to the same absence.
            let mut last = start;
            while let Some(next) = self.spans.get(i) {
                if next.from == add_days(last.to, 1) && (next.kind == kind || next.kind.is_elsewhere()) {
                    last = *next;
                    i += 1;
                } else {
                    break;
                }
            }
            if last.to == NaiveDate::MAX {
                continue;
            }
            let Some(back) = self.back_in_prison(add_days(last.to, 1)) else { continue };
            let recalled = d.custody.iter().filter(|r| {
                r.kind.get() == Some(CustodyKind::Recalled) && r.from.get().is_some_and(|f| f > start.from && f <= back)
            });
            let recalled = recalled.max_by_key(|r| r.from.get());
            match kind {
                CustodyKind::OutsideExecution => {
                    let reason = recalled.map_or(&d.custody[last.row].reason, |r| &r.reason);
                    let known = recalled.is_some() && reason.known().is_some();
                    if known && contains(reason, &["违反"]) {
                        events.push(Event { day: back, ask: None, negative: Negative::Kept });
                    } else if !(known && contains(reason, &["消失", "不符合"])) {
                        let cell = Cell::At(reason.at, Col::CuReason);
                        let ask = Some(Ask { cell, document: "收监执行决定书" });
                        events.push(Event { day: back, ask, negative: Negative::Kept });
                    }
                }
                CustodyKind::Parole => {
                    let crime = d.new_crimes.iter().find(|n| match (n.crime_date.get(), n.confirmed.get()) {
                        (Some(c), _) => c >= start.from && c < back,
                        (None, Some(c)) => c >= start.from,
                        (None, None) => true,
                    });
                    let ask = crime.map(|n| Ask { cell: Cell::At(n.kind.at, Col::NcKind), document: "判决书" });
                    events.push(Event { day: back, ask, negative: Negative::PerhapsWiped });
                }
                _ => {
                    let judged = |n: &&super::records::NewCrime| {
                        n.confirmed.get().is_none_or(|c| c >= start.from && c <= add_days(back, self.v.finding_days))
                    };
                    let undiscovered = d.new_crimes.iter().filter(judged);
                    let undiscovered = undiscovered.clone().find(|n| n.kind.get() == Some(NewCrimeKind::Undiscovered));
                    let any = d.new_crimes.iter().any(|n| judged(&n));
                    let reason = &d.custody[start.row].reason;
                    match undiscovered {
                        Some(n) => {
                            let kept = n.confessed.get() == Some(true) || contains(reason, &["抗诉", "未结"]);
                            if !kept {
                                let cell = Cell::At(n.confessed.at, Col::NcConfessed);
                                let ask = Some(Ask { cell, document: "解回函、判决书" });
                                events.push(Event { day: back, ask, negative: Negative::PerhapsNewCycle });
                            }
                        }
                        None if !any => unexplained.push((start.from, last.to, start.row)),
                        None => {}
                    }
                }
            }
        }
        for n in &d.new_crimes {
            let (Some(NewCrimeKind::NewCrime), Some(confirmed)) = (n.kind.get(), n.confirmed.get()) else { continue };
            let on_parole = n.crime_date.get().is_some_and(|c| {
                custody::span_on(&self.spans, c).is_some_and(|s| s.kind == CustodyKind::Parole)
                    || self.admitted.is_some_and(|a| c < a)
            });
            if !on_parole && let Some(day) = self.back_in_prison(confirmed) {
                events.push(Event { day, ask: None, negative: Negative::Kept });
            }
        }
        // On one day the certain event comes first: the others then find nothing left to cancel.
        events.sort_by_key(|e| (e.day, e.ask.is_some(), e.negative as u8));
        unexplained.sort_unstable();
        self.events = events;
        self.unexplained = unexplained;
    }

    fn point(&self, row: usize, col: Col) -> Cell {
        Cell::Point(self.d.points[row].at, col)
    }

    /// The recorded months in order, and the notes that hold whatever the answers.
    fn entries(&self) -> (Vec<Entry>, Vec<Note>) {
        let points = &self.d.points;
        let mut notes = Vec::new();
        let amounts: Vec<Amounts> = points.iter().map(Amounts::of).collect();
        let mut order: Vec<usize> = (0..points.len()).collect();
        // Everything that can tell two rows of one month apart takes part in the order, so that it does not depend on
        // the order of the sheet.
        let key = |i: usize| {
            let (r, a) = (&points[i], &amounts[i]);
            (
                r.month,
                a.score,
                a.balance,
                a.cycle,
                a.special,
                a.penalty,
                a.parts.map(|p| (p.base, p.bonus, p.deduction)),
            )
        };
        if !order.is_sorted_by_key(|&i| points[i].month)
            || order.windows(2).any(|w| points[w[0]].month == points[w[1]].month)
        {
            order.sort_by_key(|&i| key(i));
        }
        let mut entries: Vec<Entry> = Vec::with_capacity(order.len());
        let mut i = 0;
        while i < order.len() {
            let month = points[order[i]].month;
            let mut j = i + 1;
            while j < order.len() && points[order[j]].month == month {
                j += 1;
            }
            let rows = &order[i..j];
            i = j;
            let before = entries.last().and_then(|e| e.recorded.balance);
            let follows = |r: usize| {
                let a = &amounts[r];
                before.is_some() && chain(before, a.score, a.cycle) == a.balance
            };
            let (row, other, recorded, added) = match rows {
                [row] => (*row, None, amounts[*row], false),
                _ => {
                    let first = rows.iter().copied().find(|r| follows(*r)).unwrap_or(rows[0]);
                    let second = rows.iter().copied().find(|r| *r != first).unwrap_or(first);
                    let transfer = self.transferred(month);
                    let prisons = points[first].prison.known().zip(points[second].prison.known());
                    let moved = prisons.is_some_and(|(a, b)| a != b);
                    if rows.len() == 2 && (transfer || (moved && !self.has_custody)) {
                        if !transfer {
                            notes.push(self.note(
                                Test::DuplicateMonth,
                                Mark::Unverified,
                                What::TwiceTransfer,
                                month,
                                first,
                            ));
                        }
                        (second, Some(first), amounts[first].plus(&amounts[second]), true)
                    } else {
                        let mut note = self.note(Test::DuplicateMonth, Mark::Violation, What::Twice, month, first);
                        note.recorded = Some(Decimal::from(rows.len()));
                        note.expected = Some(Decimal::ONE);
                        note.cells = rows.iter().map(|r| self.point(*r, Col::PtMonth)).collect();
                        notes.push(note);
                        (first, Some(second), amounts[first], false)
                    }
                }
            };
            let set = self.set_of(&recorded, entries.last().map(|e| e.set));
            let old = month < self.since;
            let mixed = !old && set == BaseSet::Unable && self.mixes(&recorded, month);
            entries.push(Entry { month, row, other, recorded, set, old, after_gap: false, added, mixed });
        }
        self.missing_months(&mut entries, &mut notes);
        self.confinements(&mut notes);
        self.special_awards(&entries, &mut notes);
        self.unplaced_crimes(&entries, &mut notes);
        (entries, notes)
    }

    fn transferred(&self, month: Month) -> bool {
        self.d.custody.iter().any(|r| {
            r.kind.get() == Some(CustodyKind::Transfer)
                && r.from.get().is_some_and(|f| Month::of(f) <= month && Month::of(r.to.get().unwrap_or(f)) >= month)
        })
    }

    /// Whether a stay in hospital in this month is recorded as due to an injury or a rescue.
    fn hurt(&self, month: Month) -> bool {
        let (first, last) = (month.first_day(), month.last_day());
        let from = self.spans.partition_point(|s| s.to < first);
        self.spans[from..].iter().take_while(|s| s.from <= last).any(|s| {
            matches!(s.kind, CustodyKind::Hospital | CustodyKind::Recovery)
                && contains(&self.d.custody[s.row].reason, &["救", "受伤", "工伤", "因公", "负伤"])
        })
    }

    fn set_of(&self, a: &Amounts, before: Option<BaseSet>) -> BaseSet {
        let over = |p: usize| a.parts[p].base.is_some_and(|b| b > self.v.base[p]);
        let labour = a.parts[LABOUR].base;
        if over(0) || over(1) || (before == Some(BaseSet::Unable) && labour.is_some_and(|l| l.is_zero())) {
            BaseSet::Unable
        } else {
            BaseSet::Able
        }
    }

    /// Whether a row that uses the bases of art. 20 in one part does not do so in another.
    fn mixes(&self, a: &Amounts, month: Month) -> bool {
        let labour = a.parts[LABOUR].base.is_some_and(|l| l > self.v.unable[LABOUR]);
        let days = self.days(month, None);
        let whole = days.full == days.total;
        let ordinary = |p: usize| a.parts[p].base == Some(self.v.base[p]);
        labour || (whole && (ordinary(0) || ordinary(1)))
    }

    fn note(&self, test: Test, mark: Mark, what: What, month: Month, row: usize) -> Note {
        Note {
            test,
            mark,
            what,
            month,
            recorded: None,
            expected: None,
            cells: vec![self.point(row, Col::PtMonth)],
            ask: None,
        }
    }

    /// Months that ought to have a row and have none.
    fn missing_months(&self, entries: &mut [Entry], notes: &mut Vec<Note>) {
        let Some(first) = entries.first().map(|e| (e.month, e.row)) else { return };
        // Before the first row: from the intake month, as far as the present regime reaches.
        if let Some(admitted) = self.admitted.map(Month::of).filter(|m| *m >= self.since) {
            let mut month = admitted;
            while month < first.0 {
                if self.days(month, None).assessed() {
                    let mut note =
                        self.note(Test::MissingMonth, Mark::Unverified, What::MonthMissingUnsure, month, first.1);
                    note.ask = Some(Ask { cell: self.point(first.1, Col::PtMonth), document: "计分考核台账" });
                    notes.push(note);
                    break;
                }
                month = month.plus(1);
            }
        }
        for i in 1..entries.len() {
            let (before, after) = (entries[i - 1].month, entries[i].month);
            let row = entries[i].row;
            let mut month = before.plus(1);
            while month < after {
                let days = self.days(month, None);
                if days.assessed() {
                    entries[i].after_gap = true;
                    // Days that only fall to the prison because nothing else is recorded prove nothing.
                    let sure = self.has_custody && days.assessed_days() > days.gap;
                    let (mark, what) = if sure {
                        (Mark::Violation, What::MonthMissing)
                    } else {
                        (Mark::Unverified, What::MonthMissingUnsure)
                    };
                    let mut note = self.note(Test::MissingMonth, mark, what, month, row);
                    if !sure {
                        note.ask = Some(Ask { cell: self.point(row, Col::PtMonth), document: "计分考核台账" });
                    }
                    notes.push(note);
                } else if days.open > 0 {
                    entries[i].after_gap = true;
                    let mut note =
                        self.note(Test::MissingMonth, Mark::Unverified, What::MonthMissingUnsure, month, row);
                    note.ask = Some(Ask {
                        cell: self.point(row, Col::PtMonth), document: "立案侦查或隔离调查的结论"
                    });
                    notes.push(note);
                }
                month = month.plus(1);
            }
        }
    }

    /// Lengths of confinement, and whether both sheets tell the same story.
    fn confinements(&self, notes: &mut Vec<Note>) {
        let length = |notes: &mut Vec<Note>, from: NaiveDate, to: NaiveDate, cell: Cell| {
            // With one end counted and with both: what is unlawful either way is a violation.
            let (short, long) = ((to - from).num_days(), (to - from).num_days() + 1);
            let (most, least) = (self.v.confinement_most, self.v.confinement_least);
            let has_least = from <= self.v.confinement_least_until;
            let mut say = |mark, what, expected: i64| {
                notes.push(Note {
                    test: Test::Confinement,
                    mark,
                    what,
                    month: Month::of(from),
                    recorded: Some(Decimal::from(long)),
                    expected: Some(Decimal::from(expected)),
                    cells: vec![cell],
                    ask: (mark == Mark::Unverified).then_some(Ask { cell, document: "禁闭审批表" }),
                });
            };
            if short > most {
                say(Mark::Violation, What::ConfinementLong, most);
            } else if long > most {
                say(Mark::Unverified, What::ConfinementLong, most);
            } else if has_least && long < least {
                say(Mark::Violation, What::ConfinementShort, least);
            } else if has_least && short < least {
                say(Mark::Unverified, What::ConfinementShort, least);
            }
        };
        let of_custody: Vec<(&CustodyRow, NaiveDate)> = self
            .d
            .custody
            .iter()
            .filter(|r| r.kind.get() == Some(CustodyKind::Confinement))
            .filter_map(|r| Some((r, r.from.get()?)))
            .collect();
        let mut matched = vec![false; of_custody.len()];
        for &(date, _, i) in &self.penalties {
            let a = &self.d.awards[i];
            if a.kind.get() != Some(AwardKind::Confinement) || Month::of(date) < self.since {
                continue;
            }
            let cell = Cell::At(a.from.at, Col::AwFrom);
            if let (Some(from), Some(to)) = (a.from.get(), a.to.get()) {
                length(notes, from, to, cell);
            }
            if !self.has_custody {
                continue;
            }
            let near = of_custody
                .iter()
                .position(|(r, from)| a.from.get() == Some(*from) && a.to.get().is_some() && a.to.get() == r.to.get());
            if let Some(n) = near {
                matched[n] = true;
                continue;
            }
            // Take the custody row that overlaps, so that one difference is reported once.
            let overlapping = of_custody.iter().position(|(r, from)| {
                let (af, at) = (a.from.get().unwrap_or(date), a.to.get().or(a.from.get()).unwrap_or(date));
                *from <= at && r.to.get().is_none_or(|t| t >= af)
            });
            if let Some(n) = overlapping {
                matched[n] = true;
            }
            notes.push(Note {
                test: Test::Confinement,
                mark: Mark::Unverified,
                what: What::ConfinementDates,
                month: Month::of(date),
                recorded: None,
                expected: None,
                cells: vec![cell],
                ask: Some(Ask { cell, document: "禁闭审批表" }),
            });
        }
        for ((r, from), matched) in of_custody.iter().zip(matched) {
            let cell = Cell::At(r.from.at, Col::CuFrom);
            if matched || Month::of(*from) < self.since {
                continue;
            }
            if let Some(to) = r.to.get() {
                length(notes, *from, to, cell);
            }
            if self.has_awards {
                notes.push(Note {
                    test: Test::Confinement,
                    mark: Mark::Unverified,
                    what: What::ConfinementDates,
                    month: Month::of(*from),
                    recorded: None,
                    expected: None,
                    cells: vec![cell],
                    ask: Some(Ask { cell, document: "禁闭审批表" }),
                });
            }
        }
    }

    /// Special bonuses: each at most so much, the year's total as a rule at most so much, none in a month of merit (14).
    fn special_awards(&self, entries: &[Entry], notes: &mut Vec<Note>) {
        let singles: Vec<(Month, Decimal, usize)> = self
            .d
            .awards
            .iter()
            .enumerate()
            .filter(|(_, a)| a.kind.get() == Some(AwardKind::Special))
            .filter_map(|(i, a)| Some((Month::of(a.date.get()?), a.points.get()?, i)))
            .filter(|(m, ..)| *m >= self.since)
            .collect();
        for (month, points, i) in &singles {
            if *points > self.v.special_single {
                notes.push(Note {
                    test: Test::SpecialBonus,
                    mark: Mark::Violation,
                    what: What::SpecialSingle,
                    month: *month,
                    recorded: Some(*points),
                    expected: Some(self.v.special_single),
                    cells: vec![Cell::At(self.d.awards[*i].points.at, Col::AwPoints)],
                    ask: None,
                });
            }
        }
        let merits: Vec<Month> = self
            .d
            .awards
            .iter()
            .filter(|a| matches!(a.kind.get(), Some(AwardKind::Merit | AwardKind::MajorMerit)))
            .filter_map(|a| a.date.get().map(Month::of))
            .collect();
        let anchor = self.admitted.map(Month::of);
        // Running totals of the calendar year and of the year since intake; each year is reported once at most.
        let mut totals: [(i32, Decimal); 2] = [(i32::MIN, Decimal::ZERO); 2];
        let mut reported: Option<Month> = None;
        for entry in entries.iter().filter(|e| !e.old) {
            let cell = self.point(entry.row, Col::PtSpecial);
            let ask = Ask { cell, document: "专项加分审批表" };
            let Some(special) = entry.recorded.special else { continue };
            if special.is_zero() {
                continue;
            }
            let mut say = |mark, what, recorded: Decimal, expected: Option<Decimal>| {
                notes.push(Note {
                    test: Test::SpecialBonus,
                    mark,
                    what,
                    month: entry.month,
                    recorded: Some(recorded),
                    expected,
                    cells: vec![cell],
                    ask: (mark == Mark::Unverified).then_some(ask),
                });
            };
            if special > self.v.special_single {
                let of_month = singles.iter().filter(|s| s.0 == entry.month);
                let explained = of_month.clone().map(|s| s.1).sum::<Decimal>() == special;
                if !explained {
                    say(Mark::Unverified, What::SpecialMonth, special, Some(self.v.special_single));
                }
            }
            if merits.contains(&entry.month) {
                say(Mark::Risk, What::SpecialMerit, special, None);
            }
            let years =
                [entry.month.year(), anchor.map_or(entry.month.year(), |a| a.until(entry.month).div_euclid(12))];
            for (total, year) in totals.iter_mut().zip(years) {
                if total.0 != year {
                    *total = (year, Decimal::ZERO);
                }
                total.1 += special;
            }
            let most = totals[0].1.max(totals[1].1);
            if most > self.v.special_year && reported.is_none_or(|m| m.until(entry.month) >= 12) {
                say(Mark::Unverified, What::SpecialYear, most, Some(self.v.special_year));
                reported = Some(entry.month);
            }
        }
    }

    /// A new crime whose judgment has no date cannot be placed.
    fn unplaced_crimes(&self, entries: &[Entry], notes: &mut Vec<Note>) {
        let Some(last) = entries.last() else { return };
        for n in &self.d.new_crimes {
            if n.kind.get() == Some(NewCrimeKind::NewCrime) && n.confirmed.get().is_none() {
                let cell = Cell::At(n.confirmed.at, Col::NcConfirmed);
                notes.push(Note {
                    test: Test::Cancellation,
                    mark: Mark::Unverified,
                    what: What::CancelDateUnknown,
                    month: n.crime_date.get().map_or(last.month, Month::of),
                    recorded: None,
                    expected: None,
                    cells: vec![cell],
                    ask: Some(Ask { cell, document: "判决书" }),
                });
            }
        }
    }
}

/// The balance after a month, as far as all of it is known. A blank cycle deduction is taken as none.
fn chain(before: Option<Decimal>, score: Option<Decimal>, cycle: Option<Decimal>) -> Option<Decimal> {
    Some(before? + score? - cycle.unwrap_or_default())
}

/// The state of the fold while it goes through the months under one set of answers.
struct Folder<'t, 'a> {
    t: &'t Track<'a>,
    entries: &'t [Entry],
    answers: &'t mut Answers,
    out: Fold,
    /// Lawful balance; `None` while it cannot be known.
    lawful: Option<Decimal>,
    /// The balance that later tests go on from: the lawful one until a departure has been reported.
    tested: Option<Decimal>,
    /// Cycles of the lawful ledger: first month (if known) and last.
    closed: Vec<(Option<Month>, Month)>,
    /// The same as the tests see them.
    closed_tested: Vec<(Option<Month>, Month)>,
    cycle_from: Option<Month>,
    tested_from: Option<Month>,
    /// Closings that the record may still book in the next month, and those already reported as late.
    unbooked: u32,
    owed: u32,
    /// Whether the tests have left the lawful ledger.
    apart: bool,
    /// Penalties that must be booked by now, and those that may have been booked before the record begins.
    due: Decimal,
    optional: Decimal,
    penalty_at: usize,
    event_at: usize,
    /// Lawful scores of the last months: score, labour score, days assessed.
    recent: Vec<(Option<Decimal>, Option<Decimal>, u32)>,
    /// Where the run of months with the bases of art. 20 begins that reaches the last month.
    last_unable: usize,
    /// Whether the present regime has been entered.
    entered: bool,
    /// Columns whose blank cells have been reported.
    blank: Vec<(Test, Col)>,
}

/// How the bases of a month are tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Treatment {
    /// Against what the days give.
    Test,
    /// The record uses bases that cannot be lawful: what the days give stands in their place.
    Replace,
    /// Not at all: a month in which the bases change.
    Skip,
}

/// What one part of a month comes to.
struct PartResult {
    lawful: PartAmounts,
    /// Base that is missing from a base kept though below its test.
    shortfall: Decimal,
    /// What the days without base would have given.
    lost: Decimal,
}

impl<'t, 'a> Folder<'t, 'a> {
    fn new(t: &'t Track<'a>, entries: &'t [Entry], answers: &'t mut Answers) -> Folder<'t, 'a> {
        let last_unable = entries.iter().rposition(|e| e.set == BaseSet::Able || e.mixed).map_or(0, |i| i + 1);
        Folder {
            t,
            entries,
            answers,
            out: Fold { months: Vec::with_capacity(entries.len()), ..Fold::default() },
            lawful: None,
            tested: None,
            closed: Vec::new(),
            closed_tested: Vec::new(),
            cycle_from: None,
            tested_from: None,
            unbooked: 0,
            owed: 0,
            apart: false,
            due: Decimal::ZERO,
            optional: Decimal::ZERO,
            penalty_at: 0,
            event_at: 0,
            recent: Vec::new(),
            last_unable,
            entered: false,
            blank: Vec::new(),
        }
    }

    fn run(mut self) -> Fold {
        if self.entries.is_empty() {
            self.out.steps = self.answers.steps[..self.answers.at].to_vec();
            return self.out;
        }
        for i in 0..self.entries.len() {
            if self.entries[i].old { self.old_month(i) } else { self.month(i) }
        }
        self.commendations();
        self.out.steps = self.answers.steps[..self.answers.at].to_vec();
        self.out
    }

    #[allow(clippy::too_many_arguments)]
    fn say(
        &mut self,
        i: usize,
        test: Test,
        mark: Mark,
        what: What,
        recorded: Option<Decimal>,
        expected: Option<Decimal>,
        cols: &[Col],
        document: Option<&'static str>,
    ) {
        let e = &self.entries[i];
        let cells: Vec<Cell> = cols.iter().map(|c| self.t.point(e.row, *c)).collect();
        let ask = document.and_then(|document| cells.first().map(|cell| Ask { cell: *cell, document }));
        self.out.notes.push(Note { test, mark, what, month: e.month, recorded, expected, cells, ask });
    }

    /// A blank cell leaves its test open; said once a column.
    fn blank(&mut self, i: usize, test: Test, col: Col) {
        if !self.blank.contains(&(test, col)) {
            self.blank.push((test, col));
            self.say(i, test, Mark::Unverified, What::EmptyCell, None, None, &[col], Some("计分考核台账"));
        }
    }

    /// A month before the present regime: its arithmetic is looked at, nothing in it can be more than unverified.
    fn old_month(&mut self, i: usize) {
        let e = &self.entries[i];
        let r = e.recorded;
        let days = self.t.days(e.month, None);
        if let Some(parts) = r.all_parts() {
            let education = parts[0].0 + parts[1].0;
            let v = self.t.v;
            let usual = (education == v.old_education && parts[LABOUR].0 == v.old_labour)
                || (education == v.old_unable && parts[LABOUR].0.is_zero());
            if days.full == days.total && !usual {
                self.say(
                    i,
                    Test::Base,
                    Mark::Unverified,
                    What::OldRegime,
                    None,
                    None,
                    &BASE_COLS,
                    Some("原计分考核细则"),
                );
            }
        }
        if let (Some((full, floored)), Some(score)) = (sums(&r), r.score) {
            let penalty = r.penalty.unwrap_or_default();
            if ![full, floored].iter().any(|s| *s == score || *s - penalty == score) {
                let expected = Some(full - penalty);
                self.say(
                    i,
                    Test::MonthSum,
                    Mark::Unverified,
                    What::OldRegime,
                    Some(score),
                    expected,
                    &[Col::PtScore],
                    Some("原计分考核细则"),
                );
            }
        }
        let before = self.before(i);
        if let (Some(expected), Some(balance)) = (chain(before, r.score, r.cycle), r.balance)
            && expected != balance
            && expected - r.penalty.unwrap_or_default() != balance
        {
            self.say(
                i,
                Test::Balance,
                Mark::Unverified,
                What::OldRegime,
                Some(balance),
                Some(expected),
                &[Col::PtBalance],
                Some("原计分考核细则"),
            );
        }
        self.out.months.push(MonthFold {
            expected: Amounts::default(),
            days,
            difference: None,
            closings: 0,
            part_below: [Tri::Maybe; 3],
            below: Tri::Maybe,
            low: Tri::Maybe,
            big_deduction: false,
            penalised: false,
        });
    }

    /// The recorded balance before a month, where the record is unbroken.
    fn before(&self, i: usize) -> Option<Decimal> {
        let e = &self.entries[i];
        if e.after_gap {
            return None;
        }
        match i.checked_sub(1) {
            Some(p) => self.entries[p].recorded.balance,
            None => self.starts_at_zero().then_some(Decimal::ZERO),
        }
    }

    /// Whether the record begins with the intake month, so that the opening balance is known to be nothing (4).
    fn starts_at_zero(&self) -> bool {
        let first = self.entries[0].month;
        first >= self.t.since && self.t.admitted.is_some_and(|a| Month::of(a) == first)
    }

    fn month(&mut self, i: usize) {
        let entry = self.entries[i].clone();
        let r = entry.recorded;
        let before = self.before(i);
        let cancel = self.cancellation(i);
        let days = self.t.days(entry.month, cancel.map(|c| c.0));

        let parts = self.parts(i, &entry, &days, cancel.is_some());
        let penalty = self.penalty(i, &entry);
        let outside = days.all_out() && days.cancelled == 0;
        let left_out = self.month_sum(i, &entry);

        // The lawful month.
        let mut lawful = Amounts { special: r.special, penalty, ..Amounts::default() };
        for (slot, part) in lawful.parts.iter_mut().zip(&parts) {
            *slot = part.lawful;
        }
        lawful.special = r.special.map(|s| self.lawful_special(entry.month, s));
        lawful.score = self.lawful_score(&r, &lawful, left_out.floored);
        if outside {
            self.outside(i, &entry, &days);
            lawful = Amounts {
                parts: [PartAmounts {
                    base: Some(Decimal::ZERO),
                    bonus: Some(Decimal::ZERO),
                    deduction: Some(Decimal::ZERO),
                }; 3],
                special: Some(Decimal::ZERO),
                penalty: lawful.penalty,
                score: lawful.penalty.map(|p| -p).or(Some(Decimal::ZERO)),
                ..Amounts::default()
            };
        }
        self.absence(i, &entry, &days, lawful.score);

        // Where the balance comes from.
        if self.lawful.is_none() || entry.after_gap {
            self.open(i, &entry, before, left_out.without_penalty);
        }
        if let Some(event) = cancel {
            self.cancel(i, event, before, left_out.without_penalty);
        }
        self.balance(i, before, left_out.without_penalty, cancel.is_some());
        let closings = self.close(i, &entry, lawful.score);

        let pending = if self.apart { Decimal::ZERO } else { self.t.v.cycle * Decimal::from(self.unbooked) };
        lawful.balance = self.lawful.map(|b| b + pending);
        lawful.cycle = if self.apart {
            (closings > 0).then(|| self.t.v.cycle * Decimal::from(closings))
        } else {
            // Booked with the closing month or the month after: one ledger, shown as the record books it.
            self.taken(i).filter(|c| !c.is_zero())
        };
        let difference = r.balance.zip(lawful.balance).map(|(a, b)| a - b);
        let month = self.judge(&r, &days, &parts, &lawful, closings, difference);
        self.recent.push((lawful.score, labour_score(&lawful), days.assessed_days()));
        self.out.months.push(MonthFold { expected: lawful, ..month });
    }

    /// Base and bonus of the three parts.
    fn parts(&mut self, i: usize, e: &Entry, days: &Days, cancelled: bool) -> [PartResult; 3] {
        let v = self.t.v;
        if days.all_out() && days.cancelled == 0 {
            // Nothing is due; a score in such a month is one mistake, not one a part.
            let zero = Some(Decimal::ZERO);
            return std::array::from_fn(|_| PartResult {
                lawful: PartAmounts { base: zero, bonus: zero, deduction: zero },
                shortfall: Decimal::ZERO,
                lost: Decimal::ZERO,
            });
        }
        let (set, treatment) = self.lawful_set(i, e);
        let bases = match set {
            BaseSet::Able => v.base,
            BaseSet::Unable => v.unable,
        };
        // By-day amounts are open where the record of days is.
        let early = self.t.admitted.is_some_and(|a| Month::of(a).until(e.month) < 2) && !self.t.has_intake_education;
        let unsure = days.open > 0 || days.taken_back > 0 || days.gap > 0 || !self.t.has_custody || early;
        let mut above: Vec<(Test, Mark, What, usize, Decimal, Decimal)> = Vec::new();
        let mut below: Option<(Decimal, Decimal)> = None;
        let results = std::array::from_fn(|p| {
            let (n, k, total) = (bases[p], days.with_base(p), days.total);
            let due = if k == total { n } else { by_day(n, k, Decimal::from(total)) };
            let cell = e.recorded.parts[p];
            let lost_days = days.confined + days.inquiry + if p == LABOUR { days.hospital } else { 0 };
            let lost = by_day(n, lost_days, Decimal::from(total));
            let mut shortfall = Decimal::ZERO;
            let base = match cell.base {
                None => {
                    self.blank(i, Test::Base, BASE_COLS[p]);
                    None
                }
                Some(b) if treatment == Treatment::Skip => Some(b),
                Some(_) if treatment == Treatment::Replace => Some(due),
                Some(b) => {
                    let (least, most) = fits(n, k, total, v);
                    if b > n || b > most {
                        let test = cause(p, days, cancelled && days.cancelled > 0);
                        let open = b <= n && k < total && unsure && test != Test::Cancellation;
                        let rescue = p == LABOUR && days.hospital > 0 && self.rescued(e.month, &cell, due, days);
                        if rescue {
                            above.push((Test::HospitalLabour, Mark::Unverified, What::Rescue, p, b, due));
                            Some(b)
                        } else if open {
                            above.push((Test::Base, Mark::Unverified, What::BaseAboveUnsure, p, b, due));
                            Some(b)
                        } else {
                            let what = if e.mixed {
                                What::MixedSets
                            } else if test == Test::Cancellation {
                                What::CarriedBase
                            } else {
                                What::BaseAbove
                            };
                            let test = if b > n && k == total { Test::Base } else { test };
                            above.push((test, Mark::Violation, what, p, b, due));
                            Some(due)
                        }
                    } else {
                        if b < least {
                            shortfall = due - b;
                            let sum = below.get_or_insert((Decimal::ZERO, Decimal::ZERO));
                            sum.0 += b;
                            sum.1 += due;
                        }
                        Some(b)
                    }
                }
            };
            let bonus = match cell.bonus {
                None => {
                    self.blank(i, Test::BonusCap, BONUS_COLS[p]);
                    None
                }
                Some(b) => Some(self.bonus(i, p, b, n, due, days, set)),
            };
            PartResult { lawful: PartAmounts { base, bonus, deduction: cell.deduction }, shortfall, lost }
        });
        // One mistake in several parts is one note: the parts together, with all their cells.
        above.sort_by_key(|a| (a.0, a.1));
        for group in above.chunk_by(|a, b| (a.0, a.1, a.2) == (b.0, b.1, b.2)) {
            let cols: Vec<Col> = group.iter().map(|g| BASE_COLS[g.3]).collect();
            let (recorded, expected) = group.iter().fold((Decimal::ZERO, Decimal::ZERO), |s, g| (s.0 + g.4, s.1 + g.5));
            let (test, mark, what, ..) = group[0];
            let document = (mark == Mark::Unverified).then_some(match what {
                What::Rescue => "因公受伤证明",
                _ => "日记载、月汇总表",
            });
            self.say(i, test, mark, what, Some(recorded), Some(expected), &cols, document);
        }
        if let Some((recorded, expected)) = below {
            let (what, document) =
                if e.mixed { (What::MixedSets, "劳动能力鉴定书") } else { (What::BaseBelow, "扣分审批表") };
            self.say(i, Test::Base, Mark::Unverified, what, Some(recorded), Some(expected), &BASE_COLS, Some(document));
        }
        results
    }

    /// Which bases the law gives in this month, with notes on the choice the record made.
    fn lawful_set(&mut self, i: usize, e: &Entry) -> (BaseSet, Treatment) {
        let ability = self.t.work;
        let by_label = if ability == Work::Unable { BaseSet::Unable } else { BaseSet::Able };
        if e.mixed {
            let side = |at: Option<&Entry>| at.filter(|x| !x.mixed && !x.old).map_or(by_label, |x| x.set);
            let before = side(i.checked_sub(1).map(|p| &self.entries[p]));
            let after = side(self.entries.get(i + 1));
            if before == after {
                return (before, Treatment::Test);
            }
            self.say(i, Test::Base, Mark::Unverified, What::MixedSets, None, None, &BASE_COLS, Some("劳动能力鉴定书"));
            return (BaseSet::Unable, Treatment::Skip);
        }
        match (e.set, ability) {
            (BaseSet::Unable, Work::Able) if i >= self.last_unable => {
                if i == self.last_unable {
                    self.say(i, Test::Base, Mark::Violation, What::UnableSet, None, None, &BASE_COLS, None);
                }
                (BaseSet::Able, Treatment::Replace)
            }
            (BaseSet::Unable, Work::Unable) => (BaseSet::Unable, Treatment::Test),
            (BaseSet::Unable, _) => {
                let first =
                    i.checked_sub(1).is_none_or(|p| self.entries[p].set != BaseSet::Unable || self.entries[p].old);
                if first {
                    self.say(
                        i,
                        Test::Base,
                        Mark::Unverified,
                        What::UnableSet,
                        None,
                        None,
                        &BASE_COLS,
                        Some("劳动能力鉴定书"),
                    );
                }
                (BaseSet::Unable, Treatment::Test)
            }
            (BaseSet::Able, Work::Unable) => {
                let found = self.t.inmate.health_date.get().map(Month::of);
                let labour = e.recorded.parts[LABOUR].base.is_some_and(|b| !b.is_zero());
                if labour
                    && found.is_some_and(|f| e.month > f)
                    && !self.blank.contains(&(Test::Base, Col::InHealthDate))
                {
                    self.blank.push((Test::Base, Col::InHealthDate));
                    self.say(
                        i,
                        Test::Base,
                        Mark::Unverified,
                        What::LabelledAble,
                        None,
                        None,
                        &BASE_COLS,
                        Some("劳动能力鉴定书"),
                    );
                }
                (BaseSet::Able, Treatment::Test)
            }
            (BaseSet::Able, _) => (BaseSet::Able, Treatment::Test),
        }
    }

    /// Whether a labour score in hospital may be the average that someone hurt in a rescue is given (17).
    ///
    /// A base simply left standing equals the average of anyone who never had a labour bonus; it is taken for an average
    /// only where the custody record speaks of an injury.
    fn rescued(&self, month: Month, cell: &PartAmounts, due: Decimal, days: &Days) -> bool {
        let Some(rate) = self.average(days.hospital, days.total, |r| r.1) else { return false };
        let expected = due + rate;
        let tolerance = self.t.v.tolerance;
        let near = |s: Decimal| (s - expected).abs() <= tolerance;
        let score = cell.base.zip(cell.bonus).zip(cell.deduction).map(|((a, b), c)| a + b - c);
        if ![cell.base, score].into_iter().flatten().any(near) {
            return false;
        }
        !near(self.t.v.base[LABOUR]) || self.t.hurt(month)
    }

    /// The average of the months before, for so many days: the mean of three whole months, else by the day (17, 33, 34).
    fn average(
        &self,
        for_days: u32,
        total: u32,
        score: impl Fn(&(Option<Decimal>, Option<Decimal>, u32)) -> Option<Decimal>,
    ) -> Option<Decimal> {
        let wanted = self.t.v.average_months as usize;
        let assessed = self.recent.iter().rev().filter(|r| r.2 > 0).take(wanted);
        let (mut sum, mut days, mut months) = (Decimal::ZERO, 0, 0);
        for r in assessed {
            sum += score(r)?;
            days += r.2;
            months += 1;
        }
        if months == 0 {
            None
        } else if months == wanted {
            Some(cents(sum / Decimal::from(months as u32) * Decimal::from(for_days) / Decimal::from(total)))
        } else {
            Some(cents(sum / Decimal::from(days) * Decimal::from(for_days)))
        }
    }

    /// The lawful part of a bonus.
    #[allow(clippy::too_many_arguments)]
    fn bonus(
        &mut self,
        i: usize,
        p: usize,
        b: Decimal,
        n: Decimal,
        due: Decimal,
        days: &Days,
        set: BaseSet,
    ) -> Decimal {
        let v = self.t.v;
        let cap = n * v.bonus_share;
        let cols = [BONUS_COLS[p]];
        if b <= Decimal::ZERO {
            return b;
        }
        if p == LABOUR && days.hospital == days.total && set == BaseSet::Able {
            let cell = self.entries[i].recorded.parts[p];
            if self.rescued(self.entries[i].month, &cell, due, days) {
                // A base above what is due has said so already.
                if cell.base.is_some_and(|base| base <= due) {
                    self.say(
                        i,
                        Test::HospitalLabour,
                        Mark::Unverified,
                        What::Rescue,
                        Some(b),
                        None,
                        &cols,
                        Some("因公受伤证明"),
                    );
                }
                return b;
            }
            self.say(
                i,
                Test::HospitalLabour,
                Mark::Violation,
                What::BonusInHospital,
                Some(b),
                Some(Decimal::ZERO),
                &cols,
                None,
            );
            return Decimal::ZERO;
        }
        if b > cap {
            if days.intake > 0 {
                // Conduct in the detention centre may be entered here as well, and its limit is written nowhere (18¶2).
                self.say(
                    i,
                    Test::BonusCap,
                    Mark::Unverified,
                    What::BonusIntake,
                    Some(b),
                    Some(cap),
                    &cols,
                    Some("看守所鉴定"),
                );
                return b;
            }
            self.say(i, Test::BonusCap, Mark::Violation, What::BonusAbove, Some(b), Some(cap), &cols, None);
            return cap;
        }
        let by_day = cents(due * v.bonus_share);
        let part_month = days.with_base(p) > 0 && days.with_base(p) < days.total;
        if part_month && days.intake == 0 && b > by_day {
            self.say(
                i,
                Test::BonusCap,
                Mark::Unverified,
                What::BonusReading,
                Some(b),
                Some(by_day),
                &cols,
                Some("日记载、月汇总表"),
            );
        }
        b
    }

    /// The lawful special bonus of a month: what exceeds the limit for a single one is void.
    fn lawful_special(&self, month: Month, recorded: Decimal) -> Decimal {
        let single = self.t.v.special_single;
        let excess: Decimal = self
            .t
            .d
            .awards
            .iter()
            .filter(|a| a.kind.get() == Some(AwardKind::Special))
            .filter(|a| a.date.get().is_some_and(|d| Month::of(d) == month))
            .filter_map(|a| a.points.get().filter(|p| *p > single).map(|p| p - single))
            .sum();
        if excess > Decimal::ZERO { (recorded - excess).max(Decimal::ZERO).min(recorded) } else { recorded }
    }

    /// Penalties of 奖惩 must be booked in their month or the next (15); returns the lawful amount of this month.
    fn penalty(&mut self, i: usize, e: &Entry) -> Option<Decimal> {
        let t = self.t;
        if !t.has_awards {
            if e.recorded.penalty.is_none() {
                self.blank(i, Test::MonthSum, Col::PtPenalty);
            }
            return e.recorded.penalty;
        }
        let mut fresh = Decimal::ZERO;
        let mut cells = Vec::new();
        let previous = i.checked_sub(1).map(|p| self.entries[p].month);
        if e.after_gap {
            self.optional += self.due;
            self.due = Decimal::ZERO;
        }
        while let Some(&(date, amount, row)) = t.penalties.get(self.penalty_at).filter(|p| Month::of(p.0) <= e.month) {
            self.penalty_at += 1;
            let month = Month::of(date);
            if month == e.month {
                fresh += amount;
            } else if previous.is_none() || e.after_gap || month < t.since {
                // It may have been booked in a month that is not in the record.
                if month.until(e.month) <= 1 || e.after_gap {
                    self.optional += amount;
                }
            } else {
                self.due += amount;
            }
            cells.push(Cell::At(t.d.awards[row].date.at, Col::AwDate));
        }
        let Some(recorded) = e.recorded.penalty else {
            if self.due + fresh + self.optional > Decimal::ZERO {
                self.blank(i, Test::Penalty, Col::PtPenalty);
            }
            self.due = Decimal::ZERO;
            self.optional = fresh;
            return None;
        };
        let (least, most) = (self.due, self.due + fresh + self.optional);
        let mut lawful = recorded;
        if recorded < least {
            self.say(
                i,
                Test::Penalty,
                Mark::Violation,
                What::PenaltyShort,
                Some(recorded),
                Some(least),
                &[Col::PtPenalty],
                None,
            );
            if let Some(note) = self.out.notes.last_mut() {
                note.cells.extend(&cells);
            }
            lawful = least;
            self.due = fresh;
        } else if recorded > most {
            self.say(
                i,
                Test::Penalty,
                Mark::Unverified,
                What::PenaltyExtra,
                Some(recorded),
                Some(most),
                &[Col::PtPenalty],
                Some("处罚决定书"),
            );
            self.due = Decimal::ZERO;
        } else {
            self.due = (self.due + fresh - recorded).max(Decimal::ZERO);
        }
        self.optional = Decimal::ZERO;
        Some(lawful)
    }

    /// Whether the recorded score is the sum of its components, and in which way.
    fn month_sum(&mut self, i: usize, e: &Entry) -> SumReading {
        let r = &e.recorded;
        let mut reading = SumReading::default();
        for p in 0..3 {
            for (cell, col) in [
                (r.parts[p].base, BASE_COLS[p]),
                (r.parts[p].bonus, BONUS_COLS[p]),
                (r.parts[p].deduction, DEDUCTION_COLS[p]),
            ] {
                if cell.is_none() {
                    self.blank(i, Test::MonthSum, col);
                }
            }
        }
        for (cell, col) in [(r.special, Col::PtSpecial), (r.penalty, Col::PtPenalty), (r.score, Col::PtScore)] {
            if cell.is_none() {
                self.blank(i, Test::MonthSum, col);
            }
        }
        let (Some((full, floored)), Some(penalty), Some(score)) = (sums(r), r.penalty, r.score) else { return reading };
        let with = [full - penalty, floored - penalty];
        if with.contains(&score) {
            reading.floored = score != with[0];
            return reading;
        }
        if !penalty.is_zero() && (score == full || score == floored) {
            // Left out of the month but taken off the balance: art. 15 can be read so too.
            reading.floored = score != full;
            reading.without_penalty = true;
            let taken = match (self.before(i), r.balance) {
                (Some(before), Some(balance)) => {
                    let rest = before + score - penalty - balance;
                    r.cycle.map_or_else(|| self.whole_cycles(rest).is_some(), |c| c == rest)
                }
                _ => {
                    self.say(
                        i,
                        Test::MonthSum,
                        Mark::Unverified,
                        What::PenaltyUnclear,
                        Some(score),
                        Some(full - penalty),
                        &[Col::PtScore, Col::PtPenalty],
                        Some("处罚决定书"),
                    );
                    return reading;
                }
            };
            if taken {
                return reading;
            }
            reading.without_penalty = false;
        }
        let cols = [
            Col::PtScore,
            BASE_COLS[0],
            BONUS_COLS[0],
            DEDUCTION_COLS[0],
            BASE_COLS[1],
            BONUS_COLS[1],
            DEDUCTION_COLS[1],
            BASE_COLS[2],
            BONUS_COLS[2],
            DEDUCTION_COLS[2],
            Col::PtSpecial,
            Col::PtPenalty,
        ];
        self.say(i, Test::MonthSum, Mark::Violation, What::Sum, Some(score), Some(full - penalty), &cols, None);
        reading
    }

    /// So many whole cycles, or nothing.
    fn whole_cycles(&self, amount: Decimal) -> Option<u32> {
        let cycle = self.t.v.cycle;
        let n = amount / cycle;
        (n >= Decimal::ZERO && n.fract().is_zero() && n <= Decimal::from(9u32))
            .then(|| u32::try_from(n.trunc()).unwrap_or(0))
    }

    /// The lawful score: the sum of the lawful components; from totals alone, the recorded score less what is void.
    fn lawful_score(&self, r: &Amounts, lawful: &Amounts, floored: bool) -> Option<Decimal> {
        if let (Some((full, low)), Some(penalty)) = (sums(lawful), lawful.penalty) {
            return Some(if floored { low } else { full } - penalty);
        }
        let less = |a: Option<Decimal>, b: Option<Decimal>| a.zip(b).map_or(Decimal::ZERO, |(a, b)| a - b);
        let void: Decimal = r
            .parts
            .iter()
            .zip(&lawful.parts)
            .map(|(a, b)| less(a.base, b.base) + less(a.bonus, b.bonus))
            .sum::<Decimal>()
            + less(r.special, lawful.special)
            + less(lawful.penalty, r.penalty);
        r.score.map(|s| s - void)
    }

    /// A score in a month spent wholly outside.
    fn outside(&mut self, i: usize, e: &Entry, days: &Days) {
        let r = &e.recorded;
        let positive = |d: Option<Decimal>| d.is_some_and(|d| d > Decimal::ZERO);
        let any =
            positive(r.score) || r.parts.iter().any(|p| positive(p.base) || positive(p.bonus)) || positive(r.special);
        if any && days.cancelled == 0 {
            let recorded = r.score.or(Some(Decimal::ZERO));
            self.say(
                i,
                Test::OutsideCustody,
                Mark::Violation,
                What::Outside,
                recorded,
                Some(Decimal::ZERO),
                &[Col::PtScore, Col::PtMonth],
                None,
            );
        }
    }

    /// Inquiries still open, and absences by 解回 that no judgment explains (33, 34¶2).
    fn absence(&mut self, i: usize, e: &Entry, days: &Days, score: Option<Decimal>) {
        if days.open > 0 {
            let average = self.average(days.open, days.total, |r| r.0);
            self.say(
                i,
                Test::Suspension,
                Mark::Unverified,
                What::InquiryOpen,
                e.recorded.score,
                average,
                &[Col::PtScore],
                Some("立案侦查或隔离调查的结论"),
            );
        }
        if days.taken_back == 0 {
            return;
        }
        let (first, last) = (e.month.first_day(), e.month.last_day());
        let from = self.t.unexplained.partition_point(|u| u.1 < first);
        let Some(&(_, _, row)) = self.t.unexplained.get(from).filter(|u| u.0 <= last) else { return };
        let cell = Cell::At(self.t.d.custody[row].reason.at, Col::CuReason);
        let average = self.average(days.taken_back, days.total, |r| r.0);
        // The other days of the month keep what they earn; the average may come on top, and no more.
        let v = self.t.v;
        let bases = if e.set == BaseSet::Unable { v.unable } else { v.base };
        let others: Decimal = (0..3).map(|p| by_day(bases[p], days.with_base(p), Decimal::from(days.total))).sum();
        let present = (0..3).any(|p| days.with_base(p) > 0);
        let conduct: Option<Decimal> = e.recorded.all_parts().filter(|_| present).map(|parts| {
            parts.iter().map(|p| p.1 - p.2).sum::<Decimal>() + e.recorded.special.unwrap_or_default()
                - e.recorded.penalty.unwrap_or_default()
        });
        let most = average.map(|a| a + others + conduct.unwrap_or_default());
        let above = score.zip(most).is_some_and(|(s, m)| (conduct.is_some() || !present) && s > m + v.tolerance);
        let (mark, what, document) = if above {
            (Mark::Violation, What::TakenBackAverage, None)
        } else {
            (Mark::Unverified, What::TakenBackOpen, Some("解回函、判决书"))
        };
        self.say(i, Test::Suspension, mark, what, score, most, &[Col::PtScore], None);
        if let Some(note) = self.out.notes.last_mut() {
            note.cells.push(cell);
            note.ask = document.map(|document| Ask { cell, document });
        }
    }

    /// The balance with which the record, or a part of it, begins.
    fn open(&mut self, i: usize, e: &Entry, before: Option<Decimal>, without_penalty: bool) {
        let zero = i == 0 && self.starts_at_zero();
        let resumed = e.recorded.balance.zip(e.recorded.score).map(|(balance, score)| {
            let penalty = if without_penalty { e.recorded.penalty.unwrap_or_default() } else { Decimal::ZERO };
            balance + e.recorded.cycle.unwrap_or_default() - score + penalty
        });
        let opening = if zero { Some(Decimal::ZERO) } else { before.or(resumed) };
        // Nothing more is known of the cycle than that it is running.
        self.cycle_from = zero.then_some(e.month);
        self.tested_from = self.cycle_from;
        let first = !std::mem::replace(&mut self.entered, true);
        if !zero && first {
            self.say(
                i,
                Test::Balance,
                Mark::Unverified,
                What::Opening,
                opening,
                None,
                &[Col::PtBalance],
                Some("此前的计分考核台账"),
            );
        }
        self.lawful = opening;
        self.tested = opening;
        self.unbooked = 0;
        self.owed = 0;
        self.apart = false;
    }

    /// The day in or before this month (and after the last one) on which points and awards are cancelled.
    fn cancellation(&mut self, i: usize) -> Option<(NaiveDate, Negative, u32)> {
        let month = self.entries[i].month;
        let start = i.checked_sub(1).map(|p| self.entries[p].month);
        let mut found = None;
        while let Some(event) = self.t.events.get(self.event_at).filter(|e| Month::of(e.day) <= month) {
            let index = self.event_at as u32;
            self.event_at += 1;
            if start.is_none() && Month::of(event.day) < month {
                // Before the record begins: the opening balance has it in already.
                if event.ask.is_none() || self.answers.ask(Question::Cancels(index), event.ask) {
                    self.out.cancelled.push(event.day);
                }
                continue;
            }
            let yes = match event.ask {
                None => true,
                Some(_) => found.is_none() && self.answers.ask(Question::Cancels(index), event.ask),
            };
            if yes {
                found = Some((event.day, event.negative, index));
            }
        }
        let (day, ..) = found?;
        self.out.cancelled.push(day);
        // Within a gap the record is taken up again as it is.
        found.filter(|_| !self.entries[i].after_gap || Month::of(day) == month)
    }

    /// Carries out a cancellation (30–34) and sees whether the record did.
    fn cancel(
        &mut self,
        i: usize,
        (day, negative, index): (NaiveDate, Negative, u32),
        before: Option<Decimal>,
        without_penalty: bool,
    ) {
        let e = &self.entries[i];
        let r = e.recorded;
        let had = self.lawful;
        if had.is_none_or(|b| b >= Decimal::ZERO) {
            self.lawful = Some(Decimal::ZERO);
            self.cycle_from = Some(Month::of(day));
        } else if negative != Negative::Kept {
            let other = self.answers.ask(Question::Negative(index), None);
            if other && negative == Negative::PerhapsWiped {
                self.lawful = Some(Decimal::ZERO);
            }
            if other {
                self.cycle_from = Some(Month::of(day));
            }
        }
        let penalty = if without_penalty { r.penalty.unwrap_or_default() } else { Decimal::ZERO };
        let opened = r.balance.zip(r.score).map(|(b, s)| b + r.cycle.unwrap_or_default() - s + penalty);
        let bonus: Decimal = r.parts.iter().filter_map(|p| p.bonus).sum::<Decimal>() + r.special.unwrap_or_default();
        // Carried on, or a negative balance wiped; anything else is a broken chain, which is another test.
        let carried =
            opened.zip(self.lawful).is_some_and(|(o, l)| o > l && (before.is_none_or(|b| b == o) || o.is_zero()));
        match opened {
            None => self.blank(i, Test::Cancellation, Col::PtBalance),
            Some(opened) if carried => {
                self.say(
                    i,
                    Test::Cancellation,
                    Mark::Violation,
                    What::Carried,
                    Some(opened),
                    self.lawful,
                    &[Col::PtBalance],
                    None,
                );
                // One mistake: later tests go on from what the record carried on.
                self.tested = Some(opened);
                self.apart = true;
            }
            Some(_) => {
                self.tested = self.lawful;
                self.tested_from = self.cycle_from;
                self.unbooked = 0;
                self.owed = 0;
                self.apart = false;
            }
        }
        if day > e.month.first_day() && Month::of(day) == e.month && bonus > Decimal::ZERO {
            self.say(
                i,
                Test::Cancellation,
                Mark::Unverified,
                What::CancelBonus,
                Some(bonus),
                None,
                &BONUS_COLS,
                Some("日记载、月汇总表"),
            );
        }
    }

    /// 积分 = previous 积分 + 当月考核分 − 周期扣减.
    fn balance(&mut self, i: usize, before: Option<Decimal>, without_penalty: bool, cancelled: bool) {
        let e = &self.entries[i];
        let r = e.recorded;
        let Some(balance) = r.balance else {
            self.blank(i, Test::Balance, Col::PtBalance);
            return;
        };
        let penalty = if without_penalty { r.penalty.unwrap_or_default() } else { Decimal::ZERO };
        let Some(expected) = chain(before, r.score, r.cycle).map(|x| x - penalty) else { return };
        let mut rest = expected - balance;
        if cancelled && !rest.is_zero() {
            // The record may have begun anew.
            rest = expected - before.unwrap_or_default() - balance;
        }
        if let Some(other) = e.other.filter(|_| e.added) {
            // Two rows added: the balance runs through both.
            let first = Amounts::of(&self.t.d.points[other]);
            if let (Some(middle), Some(shown)) = (chain(before, first.score, first.cycle), first.balance)
                && middle != shown
            {
                self.say(
                    i,
                    Test::Balance,
                    Mark::Violation,
                    What::Chain,
                    Some(shown),
                    Some(middle),
                    &[Col::PtBalance],
                    None,
                );
                return;
            }
        }
        if rest.is_zero() {
            return;
        }
        if r.cycle.is_none() {
            // A blank deduction that the balances show is a deduction; anything else leaves two cells to doubt.
            if self.whole_cycles(rest).is_none() {
                self.say(
                    i,
                    Test::Balance,
                    Mark::Unverified,
                    What::EmptyCell,
                    Some(balance),
                    Some(expected),
                    &[Col::PtCycle, Col::PtBalance],
                    Some("计分考核台账"),
                );
            }
            return;
        }
        self.say(
            i,
            Test::Balance,
            Mark::Violation,
            What::Chain,
            Some(balance),
            Some(balance + rest),
            &[Col::PtBalance, Col::PtScore, Col::PtCycle],
            None,
        );
    }

    /// What the record takes off in this month for closed cycles; from the balances where the cell is blank.
    fn taken(&self, i: usize) -> Option<Decimal> {
        let r = &self.entries[i].recorded;
        if r.cycle.is_some() {
            return r.cycle;
        }
        let rest = chain(self.before(i), r.score, None)? - r.balance?;
        let without = rest - r.penalty.unwrap_or_default();
        if rest > Decimal::ZERO && self.whole_cycles(rest).is_some() {
            Some(rest)
        } else if without > Decimal::ZERO && self.whole_cycles(without).is_some() {
            Some(without)
        } else {
            Some(Decimal::ZERO)
        }
    }

    /// Adds the month and closes what is full (38¶2); returns the closings of the lawful ledger.
    fn close(&mut self, i: usize, e: &Entry, score: Option<Decimal>) -> u32 {
        let cycle = self.t.v.cycle;
        let Some(score) = score else {
            self.lawful = None;
            self.tested = None;
            return 0;
        };
        let step = |balance: &mut Option<Decimal>, answers: &mut Answers| -> u32 {
            let Some(b) = balance.as_mut() else { return 0 };
            *b += score;
            let mut n = 0;
            while *b >= cycle && (n == 0 || answers.ask(Question::TwoAtOnce, None)) {
                *b -= cycle;
                n += 1;
            }
            n
        };
        let closings = step(&mut self.lawful, self.answers);
        for _ in 0..closings {
            self.closed.push((self.cycle_from, e.month));
            self.cycle_from = Some(e.month.plus(1));
        }
        let tested = if self.apart {
            step(&mut self.tested, self.answers)
        } else {
            self.tested = self.lawful;
            closings
        };
        if self.tested.is_none() {
            return closings;
        }
        let close_tested = |this: &mut Self, n: u32| {
            for _ in 0..n {
                this.closed_tested.push((this.tested_from, e.month));
                this.tested_from = Some(e.month.plus(1));
            }
        };
        let recorded = e.recorded.cycle;
        let taken = self.taken(i).unwrap_or_default();
        let must = self.unbooked;
        let resume = |this: &mut Self, late: u32| {
            this.apart = true;
            this.owed += late;
            this.unbooked = 0;
            if let Some(balance) = this.entries[i].recorded.balance {
                this.tested = Some(balance - cycle * Decimal::from(this.owed));
            }
        };
        match self.whole_cycles(taken) {
            None => {
                let expected = cycle * Decimal::from(must + tested);
                self.say(
                    i,
                    Test::Cycle,
                    Mark::Violation,
                    What::CycleAmount,
                    recorded,
                    Some(expected),
                    &[Col::PtCycle, Col::PtBalance],
                    None,
                );
                close_tested(self, tested.max(1));
                resume(self, 0);
            }
            Some(n) if n > must + tested + self.owed => {
                // Taken although the lawful balance has not reached the cycle.
                let reached = self.tested.map(|b| b + cycle * Decimal::from(tested));
                self.say(
                    i,
                    Test::Cycle,
                    Mark::Violation,
                    What::CycleEarly,
                    Some(taken),
                    reached,
                    &[Col::PtCycle, Col::PtBalance],
                    None,
                );
                close_tested(self, n - must - self.owed);
                self.owed = 0;
                resume(self, 0);
            }
            Some(n) if n < must => {
                let reached = self.tested.map(|b| b + cycle * Decimal::from(must));
                self.say(
                    i,
                    Test::Cycle,
                    Mark::Violation,
                    What::CycleLate,
                    Some(taken),
                    reached,
                    &[Col::PtCycle, Col::PtBalance],
                    None,
                );
                close_tested(self, tested);
                resume(self, must - n + tested);
            }
            Some(n) => {
                close_tested(self, tested);
                let open = must + tested + self.owed - n;
                // What is taken is first what had to be taken, then what closes now, then what was late.
                self.unbooked = (must + tested).saturating_sub(n);
                self.owed = open - self.unbooked;
            }
        }
        closings
    }

    /// What the month means for grade and award.
    fn judge(
        &self,
        r: &Amounts,
        days: &Days,
        parts: &[PartResult; 3],
        lawful: &Amounts,
        closings: u32,
        difference: Option<Decimal>,
    ) -> MonthFold {
        let v = self.t.v;
        let zero = Decimal::ZERO;
        // A part is below its base when its bonus does not make up for what it lost; whether days without base count as
        // lost is a question of reading.
        let mut part_below = [Tri::Maybe; 3];
        for (slot, part) in part_below.iter_mut().zip(parts) {
            if let (Some(bonus), Some(deduction)) = (part.lawful.bonus, part.lawful.deduction) {
                let net = bonus - deduction;
                *slot = Tri::of(net < part.shortfall, net < part.shortfall + part.lost);
            }
        }
        let shortfall: Decimal = parts.iter().map(|p| p.shortfall).sum();
        let lost: Decimal = parts.iter().map(|p| p.lost).sum();
        let base: Option<Decimal> = lawful.parts.iter().map(|p| p.base).sum();
        let with = lawful.score.zip(base).map(|(s, b)| s - b);
        let below = match with {
            Some(with) => {
                let without = with + lawful.penalty.unwrap_or(zero);
                Tri::of(without < shortfall, with < shortfall + lost)
            }
            None => match lawful.score {
                // Totals alone: a whole month has its whole base.
                Some(s) if days.full == days.total && lawful.parts.iter().all(|p| p.base.is_none()) => {
                    let base: Decimal = v.base.iter().sum();
                    Tri::of(s + lawful.penalty.unwrap_or(zero) < base && lawful.penalty.is_some(), s < base)
                }
                _ => Tri::Maybe,
            },
        };
        let part_month = days.out + days.open + days.intake + days.taken_back > 0;
        let low = match lawful.score {
            Some(s) => {
                let high = s + lawful.penalty.unwrap_or(zero);
                Tri::of(high < v.low_score && !part_month, s < v.low_score)
            }
            None => Tri::Maybe,
        };
        MonthFold {
            expected: *lawful,
            days: *days,
            difference,
            closings,
            part_below: if days.all_out() { [Tri::No; 3] } else { part_below },
            below: if days.all_out() { Tri::No } else { below },
            low: if days.all_out() { Tri::of(false, low > Tri::No) } else { low },
            big_deduction: r.parts.iter().any(|p| p.deduction.is_some_and(|d| d >= v.breach)),
            penalised: lawful.penalty.is_some_and(|p| p > zero),
        }
    }
}

/// How the recorded score comes to be.
#[derive(Clone, Copy, Debug, Default)]
struct SumReading {
    /// A part below zero stops at zero (10: parts do not make up for each other).
    floored: bool,
    /// The penalty is not in the score but taken off the balance.
    without_penalty: bool,
}

/// Σ(base + bonus − deduction) + special, with parts below zero counted in full and stopped at zero.
fn sums(a: &Amounts) -> Option<(Decimal, Decimal)> {
    let parts = a.all_parts()?;
    let special = a.special?;
    let each = parts.map(|(base, bonus, deduction)| base + bonus - deduction);
    let full: Decimal = each.iter().sum();
    let floored: Decimal = each.iter().map(|s| (*s).max(Decimal::ZERO)).sum();
    Some((full + special, floored + special))
}

fn labour_score(a: &Amounts) -> Option<Decimal> {
    let p = a.parts[LABOUR];
    Some(p.base? + p.bonus? - p.deduction?)
}

/// Least and most that a base by the day may be: days at the ends and the divisor are read differently.
fn fits(n: Decimal, k: u32, total: u32, v: &Values) -> (Decimal, Decimal) {
    if k == total {
        return (n, n);
    }
    if k == 0 {
        return (Decimal::ZERO, Decimal::ZERO);
    }
    let divisors = [Decimal::from(total), v.divisor];
    let least = divisors.iter().map(|d| by_day(n, k - 1, *d)).min().unwrap_or(n);
    let most = divisors.iter().map(|d| by_day(n, (k + 1).min(total), *d)).max().unwrap_or(n);
    (least - v.tolerance, (most + v.tolerance).min(n))
}

/// Which check speaks about a base above what the days allow: by what took most of the lost days.
fn cause(part: usize, days: &Days, cancelled: bool) -> Test {
    if cancelled && days.cancelled > 0 {
        return Test::Cancellation;
    }
    let hospital = if part == LABOUR { days.hospital } else { 0 };
    let rest = days.out + days.taken_back + days.open + days.inquiry;
    let list = [
        (days.confined, Test::Confinement),
        (days.intake, Test::Intake),
        (hospital, Test::HospitalLabour),
        (rest, Test::Base),
    ];
    // Of equal causes the first: it is the graver one.
    let most = list.iter().map(|l| l.0).max().unwrap_or(0);
    list.iter().find(|l| l.0 == most && most > 0).map_or(Test::Base, |l| l.1)
}

/// Awards decided together for one cycle.
struct Group {
    date: NaiveDate,
    rows: Vec<usize>,
    from: Option<Month>,
    to: Option<Month>,
}

impl Group {
    fn month(&self) -> Month {
        Month::of(self.date)
    }
}

impl Folder<'_, '_> {
    /// Puts awards and cycles together (21–24, 38) and says which commendations can be counted.
    fn commendations(&mut self) {
        let groups = self.groups();
        let closed = std::mem::take(&mut self.closed_tested);
        let mut cycles = self.cycles(&closed, &groups);
        let owner = self.assign(&closed, &groups);
        let mut lawful = vec![Tri::Maybe; groups.len()];
        let mut previous = None;
        for (n, cycle) in cycles.iter_mut().enumerate() {
            let mine: Vec<usize> = (0..groups.len()).filter(|g| owner[*g] == Some(n)).collect();
            let verdict = self.grade_and_award(cycle, &groups, &mine, previous);
            previous = Some(match cycle.grade {
                Some(Grade::Failed) => Tri::Yes,
                Some(_) if cycle.must_fail != Tri::Yes => Tri::No,
                _ => cycle.must_fail,
            });
            for g in mine {
                lawful[g] = verdict;
            }
        }
        self.without_cycle(&groups, &owner, &mut lawful);
        for (g, group) in groups.iter().enumerate() {
            let void = self.out.cancelled.iter().any(|day| group.date < *day);
            let lawful = if void { Tri::No } else { lawful[g] };
            let cycle_to = group.to.or_else(|| owner[g].map(|n| closed[n].1));
            for row in &group.rows {
                if self.t.d.awards[*row].kind.get() == Some(AwardKind::Commendation) {
                    self.out.commendations.push(Commendation { row: *row, lawful, cycle_to });
                }
            }
        }
        // The printed cycles are those of the lawful ledger.
        if closed == self.closed {
            self.out.cycles = cycles;
        } else {
            let closed = std::mem::take(&mut self.closed);
            let mut cycles = self.cycles(&closed, &groups);
            let owner = self.assign(&closed, &groups);
            let notes = self.out.notes.len();
            let mut previous = None;
            for (n, cycle) in cycles.iter_mut().enumerate() {
                let mine: Vec<usize> = (0..groups.len()).filter(|g| owner[*g] == Some(n)).collect();
                self.grade_and_award(cycle, &groups, &mine, previous);
                previous = Some(cycle.must_fail);
            }
            self.out.notes.truncate(notes);
            self.out.cycles = cycles;
        }
    }

    /// Rows of one day and one cycle belong together.
    fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for &row in &self.t.awards {
            let a = &self.t.d.awards[row];
            let Some(date) = a.date.get() else { continue };
            let (from, to) = (a.cycle_from.get(), a.cycle_to.get());
            match groups.last_mut().filter(|g| g.date == date && g.to == to) {
                // Two commendations on one day are two awards.
                Some(g) if !g.rows.iter().any(|r| self.t.d.awards[*r].kind.get() == a.kind.get()) => {
                    g.rows.push(row);
                    g.from = g.from.or(from);
                }
                _ => groups.push(Group { date, rows: vec![row], from, to }),
            }
        }
        groups
    }

    /// Which cycle each group of awards is for: by its 周期止月, else by its date.
    fn assign(&self, closed: &[(Option<Month>, Month)], groups: &[Group]) -> Vec<Option<usize>> {
        let mut owner: Vec<Option<usize>> = vec![None; groups.len()];
        let mut used = vec![false; closed.len()];
        for (g, group) in groups.iter().enumerate() {
            let named = group.to.and_then(|to| (0..closed.len()).find(|n| !used[*n] && closed[*n].1 == to));
            if let Some(n) = named {
                owner[g] = Some(n);
                used[n] = true;
            }
        }
        for (g, group) in groups.iter().enumerate() {
            if owner[g].is_some() || group.month() < self.t.since {
                continue;
            }
            let month = group.month();
            let before = closed.partition_point(|c| c.1 < month);
            // The cycle last closed before the award; else, for one given early, the next to close.
            let late = (0..before).rev().take_while(|n| closed[*n].1.until(month) <= 12).find(|n| !used[*n]);
            let early = (before..closed.len()).take_while(|n| month.until(closed[*n].1) <= 2).find(|n| !used[*n]);
            if let Some(n) = late.or(early) {
                owner[g] = Some(n);
                used[n] = true;
                continue;
            }
            // A material reward decided apart from the commendation it joins.
            let material = group.rows.iter().all(|r| self.t.d.awards[*r].kind.get() == Some(AwardKind::Material));
            if material && let Some(n) = before.checked_sub(1).filter(|n| closed[*n].1.until(month) <= 2) {
                owner[g] = Some(n);
            }
        }
        owner
    }

    /// What the months of each cycle mean for its grade.
    fn cycles(&self, closed: &[(Option<Month>, Month)], _groups: &[Group]) -> Vec<Cycle> {
        let mut at = 0;
        let mut out: Vec<Cycle> = Vec::with_capacity(closed.len());
        for (n, &(from, to)) in closed.iter().enumerate() {
            let start = match from {
                Some(from) => self.entries.partition_point(|e| e.month < from),
                None => at,
            };
            let end = self.entries.partition_point(|e| e.month <= to);
            at = end;
            // Two closings in one month: the second has no month of its own.
            let start = if start >= end && n > 0 { end.saturating_sub(1) } else { start.min(end) };
            let entries = &self.entries[start..end];
            let months = &self.out.months[start..end];
            let seen_whole = from.is_some() && !entries.iter().skip(1).any(|e| e.after_gap);
            let (first_day, last_day) =
                (entries.first().map_or(to, |e| e.month).min(from.unwrap_or(to)).first_day(), to.last_day());

            let below = months.iter().map(|m| m.below).max().unwrap_or_default();
            let mut must_fail = self.must_fail(months, first_day, last_day);
            let mut barred = months.iter().flat_map(|m| m.part_below).max().unwrap_or_default();
            if months.iter().any(|m| m.penalised) || self.penalties_in(first_day, last_day).next().is_some() {
                barred = Tri::Yes;
            } else if months.iter().any(|m| m.big_deduction) {
                barred = barred.max(Tri::Maybe);
            }
            barred = barred.max(self.unpaid(first_day, last_day));
            let mut below = below;
            if !seen_whole {
                // Months that nobody sees may hold anything.
                must_fail = must_fail.max(Tri::Maybe);
                barred = barred.max(Tri::Maybe);
                below = below.max(Tri::Maybe);
            }
            out.push(Cycle {
                from,
                to,
                must_fail,
                barred,
                below,
                allowed: Vec::new(),
                grade: None,
                awards: Vec::new(),
                expected: Vec::new(),
            });
        }
        out
    }

    fn penalties_in(&self, from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = AwardKind> {
        let penalties = &self.t.penalties;
        let start = penalties.partition_point(|p| p.0 < from);
        penalties[start..].iter().take_while(move |p| p.0 <= to).filter_map(|p| self.t.d.awards[p.2].kind.get())
    }

    /// 23(7) to (9): what makes 不合格 whatever else.
    fn must_fail(&self, months: &[MonthFold], from: NaiveDate, to: NaiveDate) -> Tri {
        let v = self.t.v;
        let (mut warnings, mut demerits, mut confined) = (0, 0, false);
        for kind in self.penalties_in(from, to) {
            match kind {
                AwardKind::Warning => warnings += 1,
                AwardKind::Demerit => demerits += 1,
                _ => confined = true,
            }
        }
        let low = |tri: Tri| months.iter().filter(|m| m.low >= tri).count() as u32;
        Tri::of(confined, confined)
            // Twice the same, or twice taken together: the wording bears both.
            .max(Tri::of(warnings.max(demerits) >= v.penalties, warnings + demerits >= v.penalties))
            .max(Tri::of(low(Tri::Yes) >= v.low_months, low(Tri::Maybe) >= v.low_months))
    }

    /// 22(4): able and not (fully) paying in the cycle.
    fn unpaid(&self, from: NaiveDate, to: NaiveDate) -> Tri {
        let d = self.t.d;
        let mut worst = Tri::No;
        for item in &d.property {
            let finished = match item.state.get() {
                Some(PropertyState::Remitted) => continue,
                Some(PropertyState::Forgiven | PropertyState::Deposited) => Tri::Yes,
                Some(PropertyState::Performed) => match item.performed.get() {
                    Some(day) if day < from => Tri::Yes,
                    Some(day) if day > to => Tri::No,
                    // Paid within the cycle, or on an unknown day.
                    _ => Tri::Maybe,
                },
                Some(PropertyState::Instalments) | None => Tri::Maybe,
                Some(_) => Tri::No,
            };
            let able = match item.able.get() {
                Some(Ability::Able) => Tri::Yes,
                Some(Ability::Unable) => Tri::No,
                Some(Ability::Unclear) | None => Tri::Maybe,
            };
            let unpaid = finished.opposite();
            let able = if able < Tri::Yes && unpaid > Tri::No { able.max(self.overspent(from, to)) } else { able };
            worst = worst.max(unpaid.min(able));
        }
        worst
    }

    /// Spending above the limit while something is unpaid counts as being able, unless there was a special reason
    /// (法释〔2024〕5号 6¶2), so it is never more than open.
    fn overspent(&self, from: NaiveDate, to: NaiveDate) -> Tri {
        let (from, to) = (Month::of(from), Month::of(to));
        let rows = self.t.d.spending.iter().filter(|s| s.month >= from && s.month <= to);
        let over = rows.into_iter().any(|s| match (s.spent.known(), s.limit.known()) {
            (Some(spent), Some(limit)) => spent > limit,
            (Some(spent), None) => !spent.is_zero(),
            (None, _) => false,
        });
        if over { Tri::Maybe } else { Tri::No }
    }

    /// Grade and award of one cycle against what the law allows; returns whether its commendations are lawful.
    fn grade_and_award(&mut self, cycle: &mut Cycle, groups: &[Group], mine: &[usize], previous: Option<Tri>) -> Tri {
        // 22(3): the cycle before; for the first one it is known only if the record begins with intake.
        let after_failed = previous.unwrap_or(if cycle.from.is_some() { Tri::No } else { Tri::Maybe });
        cycle.barred = cycle.barred.max(after_failed);
        cycle.allowed = match cycle.must_fail {
            Tri::Yes => vec![Grade::Failed],
            open => {
                let mut allowed = Vec::with_capacity(3);
                if cycle.barred != Tri::Yes {
                    allowed.push(Grade::Active);
                }
                allowed.push(Grade::Passed);
                if open == Tri::Maybe {
                    allowed.push(Grade::Failed);
                }
                allowed
            }
        };
        let d = self.t.d;
        let rows: Vec<usize> = mine.iter().flat_map(|g| groups[*g].rows.iter().copied()).collect();
        cycle.awards.clone_from(&rows);
        cycle.grade = rows.iter().find_map(|r| d.awards[*r].grade.get());
        let below = cycle.below;
        let gives = |g: Grade| -> &'static [AwardKind] {
            match (g, below) {
                (Grade::Active, _) | (Grade::Passed, Tri::No) => &[AwardKind::Commendation],
                (Grade::Passed, Tri::Yes) => &[AwardKind::Material],
                (Grade::Passed, Tri::Maybe) => &[AwardKind::Commendation, AwardKind::Material],
                (Grade::Failed, _) => &[AwardKind::NoAward],
            }
        };
        for kind in cycle.allowed.iter().flat_map(|g| gives(*g)) {
            if !cycle.expected.contains(kind) {
                cycle.expected.push(*kind);
            }
        }
        let month = cycle.to;
        let closing = self.entries.binary_search_by_key(&month, |e| e.month).unwrap_or(0);
        if rows.is_empty() {
            let graded_by =
                self.entries.last().is_some_and(|e| month.until(e.month) >= self.t.v.late_award_months as i32);
            if self.t.has_awards && graded_by {
                self.say(
                    closing,
                    Test::Award,
                    Mark::Unverified,
                    What::AwardMissing,
                    None,
                    None,
                    &[Col::PtCycle, Col::PtBalance],
                    Some("等级评定审批表"),
                );
            }
            return Tri::Maybe;
        }
        let cells: Vec<Cell> = rows
            .iter()
            .flat_map(|r| [Cell::At(d.awards[*r].kind.at, Col::AwKind), Cell::At(d.awards[*r].grade.at, Col::AwGrade)])
            .collect();
        let say = |this: &mut Self, test, mark, what, document: Option<&'static str>, cell: Option<Cell>| {
            let cell = cell.unwrap_or(cells[0]);
            this.out.notes.push(Note {
                test,
                mark,
                what,
                month,
                recorded: None,
                expected: None,
                cells: cells.clone(),
                ask: document.map(|document| Ask { cell, document }),
            });
        };

        let mut grade_wrong = false;
        match cycle.grade {
            None => {
                let cell = Cell::At(d.awards[rows[0]].grade.at, Col::AwGrade);
                say(self, Test::Grade, Mark::Unverified, What::EmptyCell, Some("等级评定审批表"), Some(cell));
            }
            Some(Grade::Failed) => {
                if cycle.must_fail != Tri::Yes {
                    say(self, Test::Grade, Mark::Unverified, What::GradeFailedPapers, Some("等级评定审批表"), None);
                }
            }
            Some(grade) => {
                let active = grade == Grade::Active;
                let bar = if active { cycle.barred } else { Tri::No };
                if cycle.must_fail == Tri::Yes {
                    grade_wrong = true;
                    say(self, Test::Grade, Mark::Violation, What::GradeFailedDue, None, None);
                } else if bar == Tri::Yes {
                    grade_wrong = true;
                    say(self, Test::Grade, Mark::Violation, What::GradeActiveBarred, None, None);
                } else if cycle.must_fail.max(bar) == Tri::Maybe {
                    say(self, Test::Grade, Mark::Unverified, What::GradeUnsure, Some("等级评定审批表"), None);
                }
                if active {
                    say(self, Test::Grade, Mark::Risk, What::GradeStrict, None, None);
                }
            }
        }

        // The award: what the grade gives; without a lawful grade, what an allowed one gives.
        let given: Vec<AwardKind> = rows.iter().filter_map(|r| d.awards[*r].kind.get()).collect();
        let commended = given.contains(&AwardKind::Commendation);
        let material = given.contains(&AwardKind::Material);
        let fits = |g: Grade| -> Tri {
            match g {
                Grade::Active => Tri::of(commended, commended),
                Grade::Passed => {
                    if commended && !material {
                        below.opposite()
                    } else if material && !commended {
                        below
                    } else {
                        Tri::No
                    }
                }
                Grade::Failed => Tri::of(!commended && !material, !commended && !material),
            }
        };
        let grades = match cycle.grade.filter(|_| !grade_wrong) {
            Some(g) => vec![g],
            None => cycle.allowed.clone(),
        };
        let all = grades.iter().map(|g| fits(*g)).min().unwrap_or_default();
        let any = grades.iter().map(|g| fits(*g)).max().unwrap_or_default();
        let mut lawful = if all == Tri::Yes {
            Tri::Yes
        } else if any == Tri::No {
            Tri::No
        } else {
            Tri::Maybe
        };
        match lawful {
            Tri::No => say(self, Test::Award, Mark::Violation, What::AwardWrong, None, None),
            Tri::Maybe => say(self, Test::Award, Mark::Unverified, What::AwardUnsure, Some("等级评定审批表"), None),
            Tri::Yes => {}
        }
        for g in mine {
            let group = &groups[*g];
            let wrong_from = group.from.zip(cycle.from).is_some_and(|(a, b)| a != b);
            if group.to.is_some_and(|to| to != month) || wrong_from {
                lawful = Tri::No;
                say(self, Test::Award, Mark::Violation, What::AwardPeriod, None, None);
            }
            if group.month() <= month {
                lawful = Tri::No;
                say(self, Test::Award, Mark::Violation, What::AwardEarly, None, None);
            } else if month.until(group.month()) > self.t.v.late_award_months as i32 {
                say(self, Test::Award, Mark::Risk, What::AwardLate, None, None);
            }
        }
        lawful
    }

    /// Awards for which no cycle has closed.
    fn without_cycle(&mut self, groups: &[Group], owner: &[Option<usize>], lawful: &mut [Tri]) {
        // Where the record cannot be followed the cycles are not known.
        let Some(first) = self.entries.iter().find(|e| !e.old).map(|e| e.month) else { return };
        let Some(last) = self.entries.last().map(|e| e.month) else { return };
        let whole = self.starts_at_zero();
        let broken = self.entries.iter().any(|e| e.after_gap) || self.lawful.is_none();
        for (g, group) in groups.iter().enumerate() {
            if owner[g].is_some() || group.month() < self.t.since {
                continue;
            }
            let kinds = |k| group.rows.iter().any(|r| self.t.d.awards[*r].kind.get() == Some(k));
            if !kinds(AwardKind::Commendation) && !kinds(AwardKind::Material) {
                continue;
            }
            // An award soon after the record begins may be for a cycle before it, one after its end for a later one.
            let seen = (whole || first.until(group.month()) > self.t.v.late_award_months as i32)
                && group.month() <= last.plus(1);
            if !seen {
                continue;
            }
            let mark = if broken { Mark::Unverified } else { Mark::Violation };
            if !broken {
                lawful[g] = Tri::No;
            }
            let cell = Cell::At(self.t.d.awards[group.rows[0]].date.at, Col::AwDate);
            self.out.notes.push(Note {
                test: Test::Award,
                mark,
                what: What::AwardNoCycle,
                month: group.month(),
                recorded: None,
                expected: None,
                cells: group.rows.iter().map(|r| Cell::At(self.t.d.awards[*r].kind.at, Col::AwKind)).collect(),
                ask: broken.then_some(Ask { cell, document: "等级评定审批表" }),
            });
        }
    }
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
