//! The points system (计分考核): what the recomputed ledger says, as findings; the totals an application claims; and what
//! only a whole batch can show.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::case::{BatchContext, Case, Lang, counted};
use super::finding::{Fact, Finding, Leaf, Missing, Outcome};
use super::groups::Restricted;
use super::person::Person;
use super::registry::{Check, Run, Scope};
use super::world::{Origin, World};
use crate::law::points::scale_amount;
use crate::model::ledger::{self, Ask, Commendation, Fold, Ledger, Mark, Note, Question, Step, Test, Tri, What};
use crate::model::{
    Application, AwardKind, CellRef, Col, Dossier, Grade, Month, Place, Presence, Proposal, SheetKind, Sources, Term,
};
use crate::review::{BatchFinding, pairs};

const fn check(
    id: &'static str,
    needs: &'static [SheetKind],
    uses: &'static [SheetKind],
    run: fn(&Case<'_>, &mut World) -> Leaf,
) -> Check {
    Check { id, scope: Scope::Person, needs, uses, run: Run::World(run) }
}

const POINTS: &[SheetKind] = &[SheetKind::Points];
const WITH_AWARDS: &[SheetKind] = &[SheetKind::Points, SheetKind::Awards];
const WITH_CUSTODY: &[SheetKind] = &[SheetKind::Points, SheetKind::Custody];
const AWARDS: &[SheetKind] = &[SheetKind::Awards];
const CUSTODY: &[SheetKind] = &[SheetKind::Custody];
const EVENTS: &[SheetKind] = &[SheetKind::Custody, SheetKind::NewCrimes];

/// The checks of this family.
pub const CHECKS: &[Check] = &[
    check("points/month-sum", POINTS, &[], |c, w| of_test(c, w, Test::MonthSum)),
    check("points/balance", POINTS, &[], |c, w| of_test(c, w, Test::Balance)),
    check("points/base", POINTS, CUSTODY, |c, w| of_test(c, w, Test::Base)),
    check("points/bonus-cap", POINTS, CUSTODY, |c, w| of_test(c, w, Test::BonusCap)),
    check("points/special-bonus", POINTS, AWARDS, |c, w| of_test(c, w, Test::SpecialBonus)),
    check("points/penalty", WITH_AWARDS, &[], |c, w| of_test(c, w, Test::Penalty)),
    check("points/confinement", POINTS, &[SheetKind::Awards, SheetKind::Custody], |c, w| {
        of_test(c, w, Test::Confinement)
    }),
    check("points/intake", WITH_CUSTODY, &[], |c, w| of_test(c, w, Test::Intake)),
    check("points/hospital-labour", WITH_CUSTODY, &[], |c, w| of_test(c, w, Test::HospitalLabour)),
    check("points/cycle", POINTS, &[], |c, w| of_test(c, w, Test::Cycle)),
    check("points/suspension", WITH_CUSTODY, EVENTS, |c, w| of_test(c, w, Test::Suspension)),
    check("points/cancellation", POINTS, EVENTS, |c, w| of_test(c, w, Test::Cancellation)),
    check("points/award", WITH_AWARDS, &[], |c, w| of_test(c, w, Test::Award)),
    check("points/grade", WITH_AWARDS, &[], |c, w| of_test(c, w, Test::Grade)),
    Check { scope: Scope::Application, ..check("points/claimed-totals", POINTS, AWARDS, claimed_totals) },
    check("points/missing-month", POINTS, CUSTODY, |c, w| of_test(c, w, Test::MissingMonth)),
    check("points/duplicate-month", POINTS, CUSTODY, |c, w| of_test(c, w, Test::DuplicateMonth)),
    check("points/outside-custody", POINTS, CUSTODY, |c, w| of_test(c, w, Test::OutsideCustody)),
    check("points/strict-group", POINTS, &[], strict_group),
];

/// The check that belongs to the family of reductions.
pub const SUPPORT: Check =
    Check { scope: Scope::Reduction, ..check("reduction/points-support", WITH_AWARDS, &[], points_support) };

/// The groups to be assessed strictly (司规〔2021〕3号 art. 19); unpaid property is not among them.
const STRICT: [Restricted; 10] = [
    Restricted::Duty,
    Restricted::Finance,
    Restricted::OrganizedCrime,
    Restricted::NationalSecurity,
    Restricted::Terrorism,
    Restricted::DrugRingleader,
    Restricted::DrugRecidivist,
    Restricted::Recidivist,
    Restricted::ViolentTen,
    Restricted::Violent,
];

impl Case<'_> {
    /// The recomputed ledger of the person, worked out once.
    pub fn ledger(&self) -> &Ledger {
        self.person.ledger(self.presence)
    }

    /// The fold of the ledger that this world leads to: its questions are asked as choices of the world. `None` where it was
    /// not worked out, because there are too many questions.
    fn fold(&self, w: &mut World) -> Option<&Fold> {
        let ledger = self.ledger();
        let mut depth = 0;
        let mut candidates: Vec<&Fold> = ledger.folds.iter().collect();
        while candidates.len() > 1 || ledger.incomplete {
            let Some(step) = candidates.iter().find_map(|f| f.steps.get(depth)) else { break };
            let question = step.question;
            let yes = w.choose(key(question), 2, || origin(step, self.sources)) == 1;
            let kept: Vec<&Fold> = candidates
                .iter()
                .copied()
                .filter(|f| f.steps.get(depth).is_some_and(|s| s.question == question && s.yes == yes))
                .collect();
            candidates = kept;
            depth += 1;
        }
        candidates.first().copied()
    }
}

/// The world's fold was not worked out.
fn too_many(case: &Case<'_>) -> Leaf {
    Leaf::unverified().says(case.say(
        || "不能确定的事项太多，各种可能没有全部推算，应当先补齐台账。".to_owned(),
        || "Too much is unknown for every possibility to be worked out; the ledger must be completed first.".to_owned(),
    ))
}

fn key(question: Question) -> (&'static str, u32) {
    match question {
        Question::Cancels(n) => ("points/cancels", n),
        Question::Negative(n) => ("points/negative", n),
        Question::TwoAtOnce => ("points/two-at-once", 0),
    }
}

fn origin(step: &Step, sources: &Sources) -> Origin {
    match step.ask {
        Some(ask) => Origin::Unknown(missing(ask, sources)),
        None => Origin::Reading,
    }
}

fn missing(ask: Ask, sources: &Sources) -> Missing {
    Missing { place: ledger::place(ask.cell, sources), document: ask.document }
}

/// What one test of the ledger says in this world.
fn of_test(case: &Case<'_>, w: &mut World, test: Test) -> Leaf {
    if case.dossier.points.is_empty() {
        // No row at all: the record is missing, and one check says so.
        return if test == Test::MissingMonth { no_rows(case) } else { Leaf::silent() };
    }
    let Some(fold) = case.fold(w) else { return too_many(case) };
    let mut notes: Vec<&Note> = fold.notes.iter().filter(|n| n.test == test).collect();
    if notes.iter().any(|n| n.what == What::GradeStrict) && !case.in_any(w, &STRICT) {
        notes.retain(|n| n.what != What::GradeStrict);
    }
    let Some(worst) = notes.iter().map(|n| n.mark).min() else {
        return if applies(case, fold, test) { passed(case, fold, test) } else { Leaf::silent() };
    };
    notes.retain(|n| n.mark == worst);
    let mut leaf = match worst {
        Mark::Violation => Leaf::violation(),
        Mark::Risk => Leaf::risk(),
        Mark::Unverified => Leaf::unverified(),
    };
    let first = notes[0];
    leaf = leaf.fact("month", first.month).fact("recorded", first.recorded).fact("expected", first.expected);
    if let (Some(recorded), Some(expected)) = (first.recorded, first.expected) {
        leaf = leaf.fact("difference", recorded - expected);
    }
    for note in &notes {
        for cell in &note.cells {
            leaf = leaf.cell(ledger::place(*cell, case.sources).at);
        }
        if let Some(ask) = note.ask {
            let missing = missing(ask, case.sources);
            leaf = leaf.missing(missing.place, missing.document);
        }
    }
    let drift = drift(case, fold, first, test);
    leaf.says(case.say(|| message_zh(first, &notes, drift), || message_en(first, &notes, drift)))
}

fn no_rows(case: &Case<'_>) -> Leaf {
    Leaf::needs(case.sheet_place(Col::PtMonth), "计分考核台账").says(case.say(
        || "计分考核表中没有该犯的任何记录，应当调取计分考核台账。".to_owned(),
        || "The points sheet has no row for this person; ask for the points ledger.".to_owned(),
    ))
}

/// From this month on the recorded balance is off by this much.
fn drift(case: &Case<'_>, fold: &Fold, note: &Note, test: Test) -> Option<Decimal> {
    let length = matches!(note.what, What::ConfinementLong | What::ConfinementShort);
    if length || matches!(test, Test::Award | Test::Grade | Test::MissingMonth) || note.mark != Mark::Violation {
        return None;
    }
    let at = case.ledger().position(note.month)?;
    fold.months.get(at)?.difference.filter(|d| !d.is_zero())
}

/// Whether a check whose subject may be absent has anything to look at.
fn applies(case: &Case<'_>, fold: &Fold, test: Test) -> bool {
    let any = |f: &dyn Fn(&ledger::Days) -> u32| fold.months.iter().any(|m| f(&m.days) > 0);
    match test {
        Test::Confinement => {
            any(&|d| d.confined) || case.dossier.awards.iter().any(|a| a.kind.get() == Some(AwardKind::Confinement))
        }
        Test::Intake => any(&|d| d.intake),
        Test::HospitalLabour => any(&|d| d.hospital),
        Test::Suspension => any(&|d| d.open + d.taken_back + d.inquiry),
        Test::Cancellation => !fold.cancelled.is_empty() || !fold.steps.is_empty(),
        Test::Award | Test::Grade => !fold.cycles.is_empty(),
        _ => true,
    }
}

fn passed(case: &Case<'_>, fold: &Fold, test: Test) -> Leaf {
    let ledger = case.ledger();
    let mut leaf = Leaf::pass();
    if matches!(test, Test::Balance | Test::Cycle)
        && let (Some(entry), Some(month)) = (ledger.entries.last(), fold.months.last())
    {
        leaf = leaf
            .fact("month", entry.month)
            .fact("recorded", entry.recorded.balance)
            .fact("expected", month.expected.balance);
    }
    let n = ledger.entries.len();
    leaf.says(case.say(
        || format!("已核对{n}个月的计分考核记录，未发现不符。"),
        || format!("{} of the points record agree.", counted(n, "month", "months")),
    ))
}

fn two(d: Decimal) -> String {
    format!("{d:.2}")
}

fn or_unknown(d: Option<Decimal>, zh: bool) -> String {
    d.map_or_else(|| if zh { "不明".to_owned() } else { "unknown".to_owned() }, two)
}

fn message_zh(n: &Note, notes: &[&Note], drift: Option<Decimal>) -> String {
    let (r, e) = (or_unknown(n.recorded, true), or_unknown(n.expected, true));
    let document = n.ask.map_or("有关审批材料", |a| a.document);
    let month = format!("{}年{}月", n.month.year(), n.month.number());
    let body = match n.what {
        What::EmptyCell => format!("{month}起有空白的单元格，无法核对，请调取{document}"),
        What::OldRegime => format!("{month}的记录适用2021年10月以前的规定，与已知的旧规定不一致，请调取{document}"),
        What::Sum => format!("{month}考核分记为{r}，各项合计应为{e}"),
        What::PenaltyUnclear => format!("{month}考核分{r}未减处罚扣分，合计应为{e}，积分是否已扣无法核对"),
        What::Chain => format!("{month}考核积分记为{r}，由上月积分推算应为{e}"),
        What::Opening => format!("{month}以前的积分没有记录，期初积分按{r}计算，请调取{document}"),
        What::BaseAbove => format!("{month}基础分记为{r}，按在监天数最多应为{e}"),
        What::BaseAboveUnsure => format!("{month}基础分记为{r}，按羁押轨迹应为{e}，该月天数有待查证"),
        What::BaseBelow => format!("{month}基础分记为{r}，低于应给的{e}，请调取{document}"),
        What::MixedSets => format!("{month}混用了正常与丧失劳动能力两套基础分（记为{r}，应为{e}）"),
        What::UnableSet if n.mark == Mark::Violation => {
            format!("{month}起按丧失劳动能力的标准（50/50/0）记基础分，但身体状况没有这一认定")
        }
        What::UnableSet => format!("{month}起按丧失劳动能力的标准（50/50/0）记基础分，请调取载明日期的{document}"),
        What::LabelledAble => format!("已鉴定丧失劳动能力，{month}仍记劳动基础分，请核对{document}"),
        What::BonusAbove => format!("{month}有一部分加分{r}，超过基础分百分之五十的上限{e}，超出部分无效"),
        What::BonusReading => format!("{month}不足月，加分{r}超过按日折算基础分的一半（{e}），按整月基础分则不超过"),
        What::BonusIntake => format!("{month}入监教育期间加分{r}超过{e}，是否含看守所表现，请调取{document}"),
        What::BonusInHospital => format!("{month}全月住院或康复，仍有劳动加分{r}"),
        What::Rescue => format!("{month}住院期间劳动分{r}与受伤前三个月平均分相符，请调取{document}"),
        What::SpecialMonth => format!("{month}专项加分{r}，超过单次上限{e}，请调取{document}核对各次分值"),
        What::SpecialSingle => format!("{month}有一次专项加分{r}，超过单次上限{e}"),
        What::SpecialYear => format!("至{month}本年度专项加分合计{r}，超过{e}，须核对是否属于不受限制的情形"),
        What::SpecialMerit => format!("{month}认定立功的同时有专项加分{r}，同一事实可能重复计算"),
        What::PenaltyShort => format!("{month}处罚扣分记为{r}，按奖惩记录至少应扣{e}"),
        What::PenaltyExtra => format!("{month}处罚扣分{r}，奖惩记录只能说明{e}，请调取{document}"),
        What::ConfinementDates => {
            format!("{month}的禁闭在奖惩表与羁押轨迹中起止不一致或者只有一处记载，请调取{document}")
        }
        What::ConfinementLong if n.mark == Mark::Violation => format!("{month}开始的禁闭超过{}天", whole(n.expected)),
        What::ConfinementShort if n.mark == Mark::Violation => format!("{month}开始的禁闭不足{}天", whole(n.expected)),
        What::ConfinementLong | What::ConfinementShort => {
            format!("{month}开始的禁闭首尾均计为{}天，是否超出法定期限取决于计算方法", whole(n.recorded))
        }
        What::CycleEarly => format!("{month}扣减周期分{r}，但重算积分只有{e}，周期尚未完成"),
        What::CycleLate => format!("{month}仍未扣减已完成周期的分值（重算积分{e}）"),
        What::CycleAmount => format!("{month}周期扣减记为{r}，应为{e}"),
        What::InquiryOpen => {
            format!("{month}处于立案侦查或隔离调查期间，结论不明，考核分暂列{r}（此前平均折算{e}），请调取{document}")
        }
        What::TakenBackAverage => format!("{month}解回期间考核分{r}，超过解回前平均分加其余天数应得的{e}"),
        What::TakenBackOpen => format!("{month}被解回，原因和结果不明，该期间是否计分无法确定，请调取{document}"),
        What::Carried => format!("{month}依法应当取消原有积分，记录仍沿用{r}（应为{e}）"),
        What::CarriedBase => format!("{month}取消积分以前的天数仍给了基础分：记为{r}，应为{e}"),
        What::CancelBonus => format!("{month}中途取消积分，当月加分{r}哪些发生在取消之前不明，请调取{document}"),
        What::CancelDateUnknown => format!("又犯罪的判决确定日期没有填写，积分自何时取消无法确定，请调取{document}"),
        What::GradeFailedDue => format!("至{month}的周期依法应当评为不合格"),
        What::GradeActiveBarred => format!("至{month}的周期有不得评为积极的情形"),
        What::GradeUnsure => format!("至{month}的周期等级是否允许取决于未见的材料，请调取{document}"),
        What::GradeFailedPapers => format!("至{month}的周期评为不合格，台账中看不出事由，请调取{document}"),
        What::GradeStrict => format!("至{month}的周期，从严对象被评为积极"),
        What::AwardWrong => format!("至{month}的周期所给奖励与等级和各月得分不符"),
        What::AwardUnsure => format!("至{month}的周期应给表扬还是物质奖励无法确定，请调取{document}"),
        What::AwardPeriod => format!("奖励所列周期起止与重算周期（至{month}）不一致"),
        What::AwardEarly => format!("至{month}的周期尚未结束即给予奖励"),
        What::AwardLate => format!("至{month}的周期结束两个月以后才给予奖励"),
        What::AwardMissing => format!("至{month}的周期没有奖励或者不予奖励的记录，请调取{document}"),
        What::AwardNoCycle if n.mark == Mark::Violation => format!("{month}给予奖励，但没有已完成的周期与之对应"),
        What::AwardNoCycle => format!("{month}给予的奖励无法与周期对应，请调取{document}"),
        What::NoRows => "没有计分考核记录".to_owned(),
        What::MonthMissing => format!("{month}在监，没有计分考核记录"),
        What::MonthMissingUnsure => format!("{month}没有计分考核记录，请调取{document}"),
        What::Twice => format!("{month}有{}条计分考核记录", whole(n.recorded)),
        What::TwiceTransfer => format!("{month}有两个监狱的记录，没有调监轨迹可以核对"),
        What::Outside => format!("{month}全月不在监内，仍记考核分{r}"),
    };
    let mut text = body;
    if let Some(drift) = drift {
        let word = if drift > Decimal::ZERO { "多" } else { "少" };
        text += &format!("；此后积分一直{word}{}", two(drift.abs()));
    }
    let others = notes.iter().filter(|o| o.month != n.month).count();
    if others > 0 {
        text += &format!("；另有{others}处");
    }
    text + "。"
}

fn message_en(n: &Note, notes: &[&Note], drift: Option<Decimal>) -> String {
    let (r, e) = (or_unknown(n.recorded, false), or_unknown(n.expected, false));
    let document = n.ask.map_or("the approvals", |a| a.document);
    let month = n.month;
    let body = match n.what {
        What::EmptyCell => format!("Blank cells from {month} on; ask for {document}"),
        What::OldRegime => format!(
            "{month} falls under the rules before October 2021 and does not fit what is known of them; ask for {document}"
        ),
        What::Sum => format!("{month}: score {r}, but its components come to {e}"),
        What::PenaltyUnclear => format!(
            "{month}: the score {r} leaves out the penalty (sum {e}); whether the balance has it cannot be seen"
        ),
        What::Chain => format!("{month}: balance {r}, but from the month before it is {e}"),
        What::Opening => {
            format!("Nothing is recorded before {month}; the opening balance is taken to be {r}; ask for {document}")
        }
        What::BaseAbove => format!("{month}: base {r}, for the days in prison at most {e}"),
        What::BaseAboveUnsure => format!("{month}: base {r}, by the custody record {e}; the days need proof"),
        What::BaseBelow => format!("{month}: base {r}, below the {e} that was due; ask for {document}"),
        What::MixedSets => {
            format!("{month} mixes the bases of those able and those unable to work (recorded {r}, due {e})")
        }
        What::UnableSet if n.mark == Mark::Violation => {
            format!(
                "From {month} on the bases of those unable to work (50/50/0) are used, but the health column does not say so"
            )
        }
        What::UnableSet => format!(
            "From {month} on the bases of those unable to work (50/50/0) are used; ask for the dated {document}"
        ),
        What::LabelledAble => format!("Found unable to work, yet {month} has a labour base; compare {document}"),
        What::BonusAbove => format!("{month}: a bonus of {r} exceeds half of its base ({e}); the excess is void"),
        What::BonusReading => format!(
            "{month} is a part month: the bonus {r} exceeds half of the base by the day ({e}), not half of the whole base"
        ),
        What::BonusIntake => format!("{month}: a bonus of {r} during intake education exceeds {e}; ask for {document}"),
        What::BonusInHospital => format!("{month}: in hospital all month, yet a labour bonus of {r}"),
        What::Rescue => format!(
            "{month}: the labour score {r} in hospital equals the average before the injury; ask for {document}"
        ),
        What::SpecialMonth => format!("{month}: special bonus {r}, above {e} for a single one; ask for {document}"),
        What::SpecialSingle => format!("{month}: one special bonus of {r}, above {e}"),
        What::SpecialYear => {
            format!("Special bonuses of the year come to {r} by {month}, above {e}; some grounds are exempt")
        }
        What::SpecialMerit => {
            format!("{month}: a special bonus of {r} in a month of recognised merit: one fact may be counted twice")
        }
        What::PenaltyShort => format!("{month}: penalty {r}, by the penalties on record at least {e}"),
        What::PenaltyExtra => format!("{month}: penalty {r}, the record explains only {e}; ask for {document}"),
        What::ConfinementDates => {
            format!("The confinement of {month} is not the same in both sheets; ask for {document}")
        }
        What::ConfinementLong if n.mark == Mark::Violation => {
            format!("A confinement from {month} is longer than {}", days(n.expected))
        }
        What::ConfinementShort if n.mark == Mark::Violation => {
            format!("A confinement from {month} is shorter than {}", days(n.expected))
        }
        What::ConfinementLong | What::ConfinementShort => {
            format!(
                "A confinement from {month} is {} with both ends; whether that is lawful depends on the counting",
                days(n.recorded)
            )
        }
        What::CycleEarly => format!("{month}: {r} taken off for a cycle, but the recomputed balance is only {e}"),
        What::CycleLate => format!("{month}: a completed cycle has still not been taken off (recomputed balance {e})"),
        What::CycleAmount => format!("{month}: {r} taken off for a cycle, {e} would be right"),
        What::InquiryOpen => format!(
            "{month} lies in an inquiry of unknown outcome; score {r} (average before: {e}); ask for {document}"
        ),
        What::TakenBackAverage => {
            format!("{month}: score {r} while taken back, above the average before plus the other days ({e})")
        }
        What::TakenBackOpen => {
            format!("{month}: taken back for reasons unknown; whether the time is scored is open; ask for {document}")
        }
        What::Carried => format!("{month}: the balance had to be cancelled, the record carries on {r} instead of {e}"),
        What::CarriedBase => format!("{month}: base {r} also for the days before the cancellation, {e} is due"),
        What::CancelBonus => format!(
            "{month}: cancelled within the month; which part of the bonus {r} came before is unknown; ask for {document}"
        ),
        What::CancelDateUnknown => format!("The new crime has no date of final judgment; ask for {document}"),
        What::GradeFailedDue => format!("The cycle to {month} had to be graded failed"),
        What::GradeActiveBarred => format!("The cycle to {month} could not be graded active"),
        What::GradeUnsure => {
            format!("Whether the grade of the cycle to {month} is allowed depends on papers; ask for {document}")
        }
        What::GradeFailedPapers => {
            format!("The cycle to {month} was graded failed for reasons not in the ledger; ask for {document}")
        }
        What::GradeStrict => format!("In the cycle to {month} someone of a strict group was graded active"),
        What::AwardWrong => format!("The award for the cycle to {month} does not follow from grade and scores"),
        What::AwardUnsure => format!("Which award the cycle to {month} gives cannot be decided; ask for {document}"),
        What::AwardPeriod => {
            format!("The months named by the award are not those of the recomputed cycle (to {month})")
        }
        What::AwardEarly => format!("An award was given before the cycle to {month} was over"),
        What::AwardLate => format!("The award for the cycle to {month} came more than two months later"),
        What::AwardMissing => format!("Nothing is recorded for the completed cycle to {month}; ask for {document}"),
        What::AwardNoCycle if n.mark == Mark::Violation => format!("An award of {month} belongs to no completed cycle"),
        What::AwardNoCycle => format!("An award of {month} cannot be matched with a cycle; ask for {document}"),
        What::NoRows => "No points record".to_owned(),
        What::MonthMissing => format!("In prison in {month}, but no points row"),
        What::MonthMissingUnsure => format!("No points row for {month}; ask for {document}"),
        What::Twice => format!("{month} has {} points rows", whole(n.recorded)),
        What::TwiceTransfer => format!("{month} has rows of two prisons and no transfer on record"),
        What::Outside => format!("{month}: outside all month, yet a score of {r}"),
    };
    let mut text = body;
    if let Some(drift) = drift {
        text += &format!("; from here on the balance is off by {}", two(drift));
    }
    let others = notes.iter().filter(|o| o.month != n.month).count();
    if others > 0 {
        text += &format!("; {others} more");
    }
    text + "."
}

fn whole(d: Option<Decimal>) -> String {
    d.map_or_else(String::new, |d| d.normalize().to_string())
}

fn days(d: Option<Decimal>) -> String {
    d.map_or_else(String::new, |d| counted(d.normalize(), "day", "days").to_string())
}

/// The worst of several limbs of one check.
fn worst(leaves: Vec<Leaf>) -> Leaf {
    let mut leaves = leaves;
    leaves.sort_by_key(|l| (l.outcome.is_none(), l.outcome));
    leaves.into_iter().next().unwrap_or_else(Leaf::silent)
}

/// Commendations and balance that the ledger supports for the window of an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// 考核起日.
    pub from: Option<NaiveDate>,
    /// 考核止日.
    pub to: Option<NaiveDate>,
    /// Fewest and most commendations supported, counted by date.
    pub by_date: (u32, u32),
    /// The same counted by the month with which the cycle closed.
    pub by_cycle: (u32, u32),
    /// Lawful balances on 考核止日: one, or two where it lies within a month or a closing is booked a month later.
    pub balance: Vec<Decimal>,
    /// Deductions within the window, penalties included.
    pub deductions: Option<Decimal>,
    /// Bonus and special bonus over base, within the window.
    pub bonus_share: Option<Decimal>,
}

/// What the ledger supports for an application.
pub fn window(dossier: &Dossier, ledger: &Ledger, fold: &Fold, app: &Application, cycle: Decimal) -> Window {
    let (from, to) = (app.period_from.get(), app.period_to.get());
    let inside = |d: NaiveDate| from.is_none_or(|f| d >= f) && to.is_none_or(|t| d <= t);
    let month_inside = |m: Month| from.is_none_or(|f| m >= Month::of(f)) && to.is_none_or(|t| m <= Month::of(t));
    let count = |f: &dyn Fn(&Commendation) -> bool| {
        let of = |least: Tri| fold.commendations.iter().filter(|c| c.lawful >= least && f(c)).count() as u32;
        (of(Tri::Yes), of(Tri::Maybe))
    };
    let date_of = |c: &Commendation| dossier.awards[c.row].date.get();
    let by_date = count(&|c| date_of(c).is_some_and(inside));
    let by_cycle = count(&|c| match c.cycle_to {
        Some(m) => month_inside(m),
        None => date_of(c).is_some_and(inside),
    });
    let mut balance = Vec::new();
    if let Some(to) = to {
        let last = Month::of(to);
        let mut push = |month: Month| {
            // A month outside keeps the balance of the month before.
            let at = ledger.entries.partition_point(|e| e.month <= month).checked_sub(1);
            let covered = ledger.entries.last().is_some_and(|e| e.month >= month);
            if let Some(at) = at.filter(|_| covered)
                && let Some(b) = fold.months[at].expected.balance
            {
                balance.push(b);
                // Closed with this month and booked in the next: one ledger.
                if fold.months[at].closings > 0 && fold.months[at].expected.cycle.is_none() {
                    balance.push(b - cycle * Decimal::from(fold.months[at].closings));
                }
            }
        };
        push(last);
        if to < last.last_day() {
            push(last.plus(-1));
        }
        balance.sort_unstable();
        balance.dedup();
    }
    let (mut deductions, mut bonus, mut base) = (Some(Decimal::ZERO), Some(Decimal::ZERO), Some(Decimal::ZERO));
    for entry in ledger.entries.iter().filter(|e| !e.old && month_inside(e.month)) {
        let r = &entry.recorded;
        for part in &r.parts {
            deductions = add(deductions, part.deduction);
            bonus = add(bonus, part.bonus);
            base = add(base, part.base);
        }
        deductions = add(deductions, r.penalty);
        bonus = add(bonus, r.special);
    }
    Window { from, to, by_date, by_cycle, balance, deductions, bonus_share: share(bonus, base) }
}

fn add(a: Option<Decimal>, b: Option<Decimal>) -> Option<Decimal> {
    Some(a? + b?)
}

fn share(bonus: Option<Decimal>, base: Option<Decimal>) -> Option<Decimal> {
    let base = base.filter(|b| *b > Decimal::ZERO)?;
    Some((bonus? / base).round_dp(4))
}

/// 认定表扬次数 and 认定剩余考核分 against the ledger: above is a violation, below a question.
fn claimed_totals(case: &Case<'_>, w: &mut World) -> Leaf {
    let Some(app) = case.app else { return Leaf::silent() };
    if case.dossier.points.is_empty() {
        return Leaf::silent();
    }
    let by_cycle = w.reading("points/window", 2) == 1;
    let Some(fold) = case.fold(w) else { return too_many(case) };
    let window = window(case.dossier, case.ledger(), fold, app, case.rules.point_values.cycle);
    let mut leaves = Vec::new();
    if case.has(SheetKind::Awards) {
        let supported = if by_cycle { window.by_cycle } else { window.by_date };
        leaves.push(commendations(case, app, supported));
    }
    leaves.push(remaining(case, app, &window));
    worst(leaves)
}

fn commendations(case: &Case<'_>, app: &Application, (least, most): (u32, u32)) -> Leaf {
    let place = app.commendations.place();
    let Some(claimed) = app.commendations.get() else {
        return Leaf::needs(place, "提请减刑（假释）建议书").says(case.say(
            || "认定表扬次数没有填写，无法与台账核对。".to_owned(),
            || "The number of commendations relied on is blank.".to_owned(),
        ));
    };
    let (low, high) = (Decimal::from(least), Decimal::from(most));
    let facts = |leaf: Leaf, expected: Decimal| {
        let leaf = leaf
            .fact("recorded", claimed)
            .fact("expected", expected)
            .fact("difference", claimed - expected)
            .fact("commendations", expected)
            .cell(place.at);
        match app.period_to.get() {
            Some(to) => leaf.fact("month", Month::of(to)),
            None => leaf,
        }
    };
    let claimed_text = whole(Some(claimed));
    if claimed > high {
        return facts(Leaf::violation(), high).says(case.say(
            || format!("认定表扬{claimed_text}次，台账最多支持{most}次。"),
            || format!("{claimed_text} commendations claimed, the ledger supports {most} at most."),
        ));
    }
    if app.period_to.get().is_none() || app.period_from.get().is_none() {
        let open = if app.period_to.get().is_none() { app.period_to.place() } else { app.period_from.place() };
        return facts(Leaf::unverified(), low).missing(open, "提请减刑（假释）建议书").says(case.say(
            || "考核起止日期没有填写，表扬次数无法核对。".to_owned(),
            || "The period relied on is blank, so the commendations cannot be counted.".to_owned(),
        ));
    }
    if claimed < low || low != high {
        return facts(Leaf::unverified(), low).missing(place, "等级评定审批表").says(case.say(
            || format!("认定表扬{claimed_text}次，台账支持{least}至{most}次，请核对。"),
            || format!("{claimed_text} commendations claimed, the ledger supports {least} to {most}."),
        ));
    }
    facts(Leaf::pass(), high).says(case.say(
        || format!("认定表扬{claimed_text}次，与台账一致。"),
        || format!("{claimed_text} commendations, as in the ledger."),
    ))
}

fn remaining(case: &Case<'_>, app: &Application, window: &Window) -> Leaf {
    let place = app.balance.place();
    let Some(claimed) = app.balance.get() else {
        return Leaf::needs(place, "提请减刑（假释）建议书").says(case.say(
            || "认定剩余考核分没有填写，无法与台账核对。".to_owned(),
            || "The remaining points relied on are blank.".to_owned(),
        ));
    };
    let Some(most) = window.balance.last().copied() else {
        let missing = if window.to.is_none() { app.period_to.place() } else { case.sheet_place(Col::PtBalance) };
        return Leaf::unverified()
            .fact("recorded", claimed)
            .fact("expected", Fact::Null)
            .missing(missing, "计分考核台账")
            .says(case.say(
                || "考核止日的积分无法由台账得出，剩余考核分不能核对。".to_owned(),
                || "The ledger gives no balance for the end of the period.".to_owned(),
            ));
    };
    let expected = if window.balance.contains(&claimed) { claimed } else { most };
    let leaf = if claimed > most {
        Leaf::violation()
    } else if window.balance.contains(&claimed) {
        Leaf::pass()
    } else {
        Leaf::unverified().missing(place, "计分考核台账")
    };
    let leaf = leaf
        .fact("recorded", claimed)
        .fact("expected", expected)
        .fact("difference", claimed - expected)
        .fact("balance", most)
        .cell(place.at);
    let leaf = match window.to {
        Some(to) => leaf.fact("month", Month::of(to)),
        None => leaf,
    };
    leaf.says(case.say(
        || format!("认定剩余考核分{}，重算为{}。", two(claimed), two(expected)),
        || format!("Remaining points claimed {}, recomputed {}.", two(claimed), two(expected)),
    ))
}

/// Bonus of someone to be assessed strictly, against the median of the prison's others (19): there is no number in the
/// rule, so at or above the median is a question.
fn strict_group(case: &Case<'_>, w: &mut World) -> Leaf {
    let Some(peers) = case.aggregate.map(|a| &a.points.peers) else { return Leaf::silent() };
    if case.dossier.points.is_empty() || !case.in_any(w, &STRICT) {
        return Leaf::silent();
    }
    let Some(own) = bonus_share(case.dossier, case.rules.point_values.since) else { return Leaf::silent() };
    let prison = prison_of(case.dossier, None);
    let Some(others) = peers.get(prison).filter(|p| p.count >= case.rules.point_values.peers) else {
        return Leaf::silent();
    };
    let median = others.median();
    // Where nothing was added there is nothing to be strict about, even if the median is nothing too.
    let leaf = if own >= median && own > Decimal::ZERO { Leaf::risk() } else { Leaf::pass() };
    leaf.fact("recorded", own)
        .fact("expected", median)
        .fact("difference", own - median)
        .fact("peers", i64::from(others.count))
        .says(case.say(
            || format!("从严计分对象，加分与基础分之比为{own}，同监狱普通罪犯的中位数为{median}。"),
            || format!("To be assessed strictly: bonus over base {own}, median of the prison's others {median}."),
        ))
}

/// Bonus and special bonus over base, in all months of the present regime; `None` where a cell is blank.
fn bonus_share(dossier: &Dossier, since: NaiveDate) -> Option<Decimal> {
    let since = Month::of(since);
    let (mut bonus, mut base) = (Some(Decimal::ZERO), Some(Decimal::ZERO));
    for row in dossier.points.iter().filter(|r| r.month >= since) {
        for part in [&row.supervision, &row.education, &row.labour] {
            bonus = add(bonus, ledger::known(&part.bonus));
            base = add(base, ledger::known(&part.base));
        }
        bonus = add(bonus, ledger::known(&row.special));
    }
    share(bonus, base)
}

/// The prison at a month: as the points row says, else as the person's row says.
fn prison_of(dossier: &Dossier, month: Option<Month>) -> &str {
    let row = match month {
        Some(m) => dossier.points.iter().filter(|r| r.month <= m).max_by_key(|r| r.month),
        None => dossier.points.iter().max_by_key(|r| r.month),
    };
    let named = row.and_then(|r| r.prison.known());
    named.or_else(|| dossier.inmate.as_ref().and_then(|i| i.prison.known())).map_or("", String::as_str)
}

/// The commendations the ledger supports against what a local scale gives for them; silent without a scale.
fn points_support(case: &Case<'_>, w: &mut World) -> Leaf {
    let scale = &case.rules.scale;
    let (Some(app), false) = (case.app, scale.is_empty() || case.dossier.points.is_empty()) else {
        return Leaf::silent();
    };
    let Some(Proposal::Reduce(proposed)) = app.proposal.get() else { return Leaf::silent() };
    let by_cycle = w.reading("points/window", 2) == 1;
    let Some(fold) = case.fold(w) else { return too_many(case) };
    let window = window(case.dossier, case.ledger(), fold, app, case.rules.point_values.cycle);
    let (least, most) = if by_cycle { window.by_cycle } else { window.by_date };
    let amount = |n| scale_amount(scale, n).unwrap_or(Term::ZERO);
    let (low, high) = (amount(least), amount(most));
    let leaf = if proposed > high {
        Leaf::risk()
    } else if proposed > low {
        Leaf::unverified().missing(app.commendations.place(), "等级评定审批表")
    } else {
        Leaf::pass()
    };
    leaf.bases(scale.iter().map(|s| &s.basis))
        .fact("proposed", proposed)
        .fact("cap", high)
        .fact("commendations", i64::from(most))
        .cell(app.proposal.at)
        .says(case.say(
            || format!("台账支持表扬{most}次，按本地尺度最多减刑{}，建议减刑{}。", high.zh(), proposed.zh()),
            || {
                format!(
                    "{most} commendations are supported; the local scale gives {} for them, proposed {}.",
                    high.en(),
                    proposed.en()
                )
            },
        ))
}

/// What the points checks need from a whole batch. Parts of a batch can be observed apart and merged,
/// in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PointsAggregate {
    /// Bonus over base of each unrestricted inmate, by prison.
    peers: BTreeMap<String, Peers>,
    /// Gradings by prison, month and day.
    #[serde(with = "pairs")]
    #[cfg_attr(test, schemars(with = "Vec<((String, Month), BTreeMap<NaiveDate, Grading>)>"))]
    graded: BTreeMap<(String, Month), BTreeMap<NaiveDate, Grading>>,
}

/// Bonus over base of a prison's unrestricted inmates: how often each value occurs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(from = "BTreeMap<Decimal, u32>", into = "BTreeMap<Decimal, u32>")]
#[cfg_attr(test, schemars(with = "BTreeMap<String, u32>"))]
struct Peers {
    shares: BTreeMap<Decimal, u32>,
    count: u32,
    /// Worked out at the first question, once everybody has been added.
    median: OnceLock<Decimal>,
}

impl PartialEq for Peers {
    fn eq(&self, other: &Peers) -> bool {
        self.shares == other.shares
    }
}

impl Eq for Peers {}

impl From<BTreeMap<Decimal, u32>> for Peers {
    fn from(shares: BTreeMap<Decimal, u32>) -> Peers {
        let mut out = Peers::default();
        shares.into_iter().for_each(|(share, n)| out.add(share, n));
        out
    }
}

impl From<Peers> for BTreeMap<Decimal, u32> {
    fn from(peers: Peers) -> BTreeMap<Decimal, u32> {
        peers.shares
    }
}

impl Peers {
    fn add(&mut self, share: Decimal, n: u32) {
        // Equal values are written alike, whichever came first.
        *self.shares.entry(share.normalize()).or_default() += n;
        self.count = self.count.saturating_add(n);
        self.median = OnceLock::new();
    }

    /// The middle value; of an even number, the mean of the two in the middle.
    fn median(&self) -> Decimal {
        *self.median.get_or_init(|| {
            let at = |rank: u32| {
                let mut seen = 0;
                self.shares.iter().find_map(|(share, n)| {
                    seen += n;
                    (seen > rank).then_some(*share)
                })
            };
            let (low, high) = (at(self.count.saturating_sub(1) / 2), at(self.count / 2));
            low.zip(high).map_or(Decimal::ZERO, |(a, b)| (a + b) / Decimal::TWO)
        })
    }
}

/// A grading of one prison on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct Grading {
    /// How many were graded.
    graded: u32,
    /// Those graded 积极, with their cells.
    active: BTreeSet<(String, CellRef)>,
    /// Whether every row says that the roster is complete.
    full: bool,
}

impl Default for Grading {
    fn default() -> Grading {
        Grading { graded: 0, active: BTreeSet::new(), full: true }
    }
}

impl Grading {
    fn merge(&mut self, other: Grading) {
        self.graded += other.graded;
        self.active.extend(other.active);
        self.full &= other.full;
    }
}

impl PointsAggregate {
    /// Takes in one person.
    pub fn observe(&mut self, person: &Person<'_>) {
        let d = person.dossier;
        let since = person.rules.point_values.since;
        if d.points.is_empty() && d.awards.is_empty() {
            return;
        }
        // Groups follow from the person's own rows.
        let (sources, presence) = (Sources::default(), Presence::default());
        let alone = BatchContext {
            rules: person.rules,
            sources: &sources,
            presence: &presence,
            as_of: since,
            lang: Lang::Zh,
            aggregate: None,
        };
        let case = Case::new(person, None, &alone);
        let table = case.group_table();
        let unrestricted = STRICT.iter().all(|g| table[*g as usize] == Some(false));
        if unrestricted && let Some(share) = bonus_share(d, since) {
            self.peers.entry(prison_of(d, None).to_owned()).or_default().add(share, 1);
        }
        let mut seen: Vec<(NaiveDate, Option<Month>)> = Vec::new();
        for a in &d.awards {
            let (Some(date), Some(grade)) = (a.date.get(), a.grade.get()) else { continue };
            if date < since {
                continue;
            }
            let month = Month::of(date);
            let slot =
                self.graded.entry((prison_of(d, Some(month)).to_owned(), month)).or_default().entry(date).or_default();
            slot.full &= a.full_roster.get() == Some(true);
            // A commendation and a material reward of one grading are one person graded.
            if seen.contains(&(date, a.cycle_to.get())) {
                continue;
            }
            seen.push((date, a.cycle_to.get()));
            slot.graded += 1;
            if grade == Grade::Active {
                slot.active.insert((d.no.clone(), a.grade.at));
            }
        }
    }

    /// Adds what was observed elsewhere in the same batch.
    pub fn merge(&mut self, other: PointsAggregate) {
        for (prison, peers) in other.peers {
            let mine = self.peers.entry(prison).or_default();
            peers.shares.into_iter().for_each(|(share, n)| mine.add(share, n));
        }
        for (key, days) in other.graded {
            let mine = self.graded.entry(key).or_default();
            for (day, grading) in days {
                mine.entry(day).or_default().merge(grading);
            }
        }
    }

    /// The same with every cell where `place` says.
    pub(crate) fn map_cells(mut self, place: &dyn Fn(CellRef) -> CellRef) -> PointsAggregate {
        for grading in self.graded.values_mut().flat_map(BTreeMap::values_mut) {
            grading.active = std::mem::take(&mut grading.active).into_iter().map(|(no, at)| (no, place(at))).collect();
        }
        self
    }

    /// pattern/grade-quota: the share of 积极 among all graded of a prison and period, where the roster is complete
    /// (21¶2). A period is a month, or what was decided on one day; both must be over for a violation.
    pub fn grade_quota(&self, batch: &BatchContext<'_>) -> Vec<BatchFinding> {
        let id = "pattern/grade-quota";
        let Some(entry) = batch.rules.check(id) else { return Vec::new() };
        let quota = batch.rules.point_values.quota_percent;
        let over =
            |active: u32, graded: u32| Decimal::from(active) * Decimal::ONE_HUNDRED > quota * Decimal::from(graded);
        let mut out = Vec::new();
        for ((prison, month), days) in &self.graded {
            let (active, graded, full) =
                days.values().fold((0, 0, true), |t, g| (t.0 + g.active.len() as u32, t.1 + g.graded, t.2 && g.full));
            if !full {
                continue;
            }
            let by_month = over(active, graded);
            let by_day = days.values().any(|g| over(g.active.len() as u32, g.graded));
            let outcome = match (by_month, by_day) {
                (true, true) => Outcome::Violation,
                (false, false) => continue,
                _ => Outcome::Unverified,
            };
            let people: BTreeSet<(String, CellRef)> = days.values().flat_map(|g| g.active.iter().cloned()).collect();
            let percent = (Decimal::from(active) * Decimal::ONE_HUNDRED / Decimal::from(graded)).round_dp(2);
            let name = if prison.is_empty() {
                batch.lang.pick(|| "监狱不明".to_owned(), || "prison unknown".to_owned())
            } else {
                prison.clone()
            };
            let leaf = Leaf::default()
                .fact("month", *month)
                .fact("prison", name.clone())
                .fact("recorded", percent)
                .fact("expected", quota)
                .fact("active", i64::from(active))
                .fact("graded", i64::from(graded))
                .cells(people.iter().map(|p| p.1));
            let message = batch.lang.pick(
                || format!("{name}{month}参加评定{graded}人，评为积极{active}人，占{percent}%，上限为{quota}%。"),
                || format!("{name}, {month}: {active} of {graded} graded active, {percent} %; the limit is {quota} %."),
            );
            let mut inmates: Vec<String> = people.into_iter().map(|p| p.0).collect();
            inmates.dedup();
            let finding = Finding {
                check: id,
                outcome,
                class: entry.class,
                basis: entry.basis.clone(),
                facts: leaf.facts,
                evidence: leaf.evidence,
                message,
            };
            out.push(BatchFinding { finding, inmates });
        }
        out
    }
}

/// The place of a note's cell.
pub fn note_place(cell: ledger::Cell, sources: &Sources) -> Place {
    ledger::place(cell, sources)
}
