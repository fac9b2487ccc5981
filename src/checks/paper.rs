//! Sentences served only on paper (纸面服刑): never taken in, taken in late, gaps, too long or too early outside, time that
//! does not count, records that cannot be, one person under several numbers.
//!
//! They run over every person: someone serving on paper is never proposed for anything.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::case::{Case, counted};
use super::finding::{Basis, Facts, Leaf, Missing, Outcome};
use super::groups::Restricted;
use super::identity;
use super::person::Proof;
use super::registry::{Check, Run, Scope};
use super::term::{Full, Papers, agrees, doubtful, escape_explains, lack, nearest, text};
use super::world::{Origin, World, examine};
use crate::law::charges::group;
use crate::model::custody::Span;
use crate::model::timeline;
use crate::model::whereabouts::{Where, Whereabouts, where_of};
use crate::model::{
    CellRef, Change, Col, CustodyKind, CustodyRow, End, Health, Month, NewCrimeKind, PointRow, Sentence, Sex,
    SheetKind, Stage, Standing, Term, date,
};
use crate::review::aggregate::{Ending, Identity, Sentenced};

const CUSTODY: &[SheetKind] = &[SheetKind::Custody];

const fn check(
    id: &'static str,
    needs: &'static [SheetKind],
    uses: &'static [SheetKind],
    run: fn(&Case<'_>) -> Vec<Leaf>,
) -> Check {
    Check { id, scope: Scope::Person, needs, uses, run: Run::Items(run) }
}

/// The checks of this family.
pub const CHECKS: &[Check] = &[
    check("paper/no-intake", CUSTODY, &[], no_intake),
    check("paper/late-delivery", &[], CUSTODY, late_delivery),
    check("paper/custody-gap", CUSTODY, &[], custody_gap),
    check("paper/outside-share", CUSTODY, &[], outside_share),
    check("paper/medical-parole-stage", CUSTODY, &[], stage_outside),
    check("paper/medical-parole-early", CUSTODY, &[], early_outside),
    check("paper/medical-parole-renewal", CUSTODY, &[], renewal),
    check("paper/home-leave-early", CUSTODY, &[], home_leave),
    check("paper/uncounted-time", CUSTODY, &[SheetKind::NewCrimes], uncounted_time),
    check("paper/reduction-while-outside", CUSTODY, &[], reduction_outside),
    check("paper/fit-before-outside", &[SheetKind::Custody, SheetKind::Points], &[], fit_before_outside),
    check("paper/impossible-record", CUSTODY, &[SheetKind::Awards, SheetKind::Spending], impossible_record),
    check("paper/duplicate-identity", &[], &[], duplicate_identity),
];

const INTAKE: Papers = (
    "执行通知书回执、罪犯入监登记表、收监凭证",
    "the receipt of the enforcement notice, the intake form, proof of delivery",
);
const DELIVERY: Papers =
    ("执行文书送达回证、收押和收监回执", "proof of service of the papers, receipts of detention centre and prison");
const MOVES: Papers =
    ("调监、解回、住院、离监审批，收监凭证", "approvals of transfer, return, hospital and leave; proof of recall");
const OUTSIDE: Papers =
    ("历次暂予监外执行决定书、病情复查材料", "all decisions on service outside, the medical check-ups");
const DECISION: Papers =
    ("暂予监外执行决定书、病情诊断书、病危通知书", "the decision, the diagnosis, the notice of critical illness");
const RENEWAL: Papers =
    ("每三个月病情复查、续保决定、化验和影像原件", "the three-monthly check-ups, renewals, original tests and images");
const LEAVE: Papers = ("离监探亲审批表、往返登记", "the approval and the register of leaving and returning");
const UNCOUNTED: Papers = (
    "收监执行决定书、不计入执行刑期裁定、脱逃和追回记录",
    "the recall decision, the ruling on time that does not count, records of escape and capture",
);
const COMMUNITY: Papers =
    ("社区矫正机构建议书和考核材料、立功材料", "the community correction body's proposal and records, proof of merit");
const HEALTH: Papers =
    ("病情诊断书和化验影像原件、劳动记录", "the diagnosis with original tests and images, work records");
const REGISTERS: Papers =
    ("考核奖惩原始台账、消费流水、审批记录", "the original registers, spending records, the approvals");
const IDENTITY: Papers = ("指纹、DNA、户籍比对", "fingerprints, DNA, the household register");

/// Days of rest in a row that no calendar exceeds: for years whose holidays are not loaded.
const LONGEST_REST: i64 = 11;

// ---- shared -------------------------------------------------------------------------------------------------------

/// The person has no row in a custody record that is there: the record is missing. A sentence that is not served in custody
/// needs none.
fn no_rows(case: &Case<'_>) -> Option<Leaf> {
    let outside = case.surely_suspended() || matches!(case.inmate.sentence.get(), Some(Sentence::Control(_)));
    (case.dossier.custody.is_empty() && !outside)
        .then(|| lack(case, case.sheet_place(Col::CuFrom), "羁押轨迹（收监凭证、换押证）"))
}

/// 有期徒刑, 无期徒刑 or 死缓 that is executed in prison; `None` where the check is silent.
fn imprisonment(case: &Case<'_>) -> Option<Result<Sentence, Leaf>> {
    match case.inmate.sentence.get() {
        None => Some(Err(lack(case, case.inmate.sentence.place(), "判决书"))),
        Some(Sentence::Control(_) | Sentence::Detention(_)) => None,
        Some(_) if case.surely_suspended() => None,
        Some(sentence) => Some(Ok(sentence)),
    }
}

/// A sentence that may be suspended, for which the cell does not say: 缓刑 is up to three years.
fn maybe_suspended(case: &Case<'_>, sentence: Sentence) -> bool {
    case.inmate.suspended.get().is_none()
        && sentence.term().is_some_and(|t| t <= case.rules.term("suspended/up-to"))
        && case.inmate.delivered.get().is_none()
}

/// The last lawful day of delivery: ten days for the court's papers, then a month for the police.
struct DeliveryDue {
    /// Never later than the lawful day.
    least: NaiveDate,
    /// Never earlier.
    most: NaiveDate,
}

fn delivery_due(case: &Case<'_>, effective: NaiveDate) -> DeliveryDue {
    let days = case.rules.threshold_int("paper/late-delivery", "court_days");
    let months = u32::try_from(case.rules.threshold_int("paper/late-delivery", "police_months")).unwrap_or(1);
    let due = case.rules.calendar.due(effective, days);
    let after = |d: NaiveDate| date::add(d, Term::of_months(months));
    match due.day {
        Some(day) => DeliveryDue { least: after(day), most: after(day) },
        None => DeliveryDue { least: after(due.counted), most: after(date::add_days(due.counted, LONGEST_REST)) },
    }
}

/// Whether the detention centre serves what is left: little remained when the judgment became final, and a row covers it.
/// `None` where the record cannot say.
pub(super) fn served_in_detention(case: &Case<'_>, effective: NaiveDate) -> Option<bool> {
    let Some(End::On(end)) = case.inmate.term_end.get() else {
        return Some(false);
    };
    let judged = case.inmate.judged.get().unwrap_or(effective);
    let id = if judged.year() < 2013 { "detention_centre_months_before_2013" } else { "detention_centre_months" };
    let months = u32::try_from(case.rules.threshold_int("paper/no-intake", id)).unwrap_or(3);
    let from = date::add_days(effective, case.rules.threshold_int("paper/no-intake", "court_days"));
    if end >= date::add(from, Term::of_months(months)) {
        return Some(false);
    }
    if !case.has(SheetKind::Custody) {
        return None;
    }
    let covers = case.dossier.custody.iter().any(|r| {
        r.kind.get() == Some(CustodyKind::DetentionCentre)
            && r.from.get().is_some_and(|f| f <= from)
            && r.to.get().is_none_or(|t| t >= date::add_days(end, -1) || t >= from)
    });
    Some(covers)
}

/// One absence outside prison by 暂予监外执行: the row and its days.
struct Outside<'a> {
    row: &'a CustodyRow,
    from: NaiveDate,
    /// `None` where the row is open and no return is recorded.
    to: Option<NaiveDate>,
}

/// All 暂予监外执行 rows in order of time. An open row ends where a return is recorded.
fn outside<'a>(case: &'a Case<'_>, w: &Whereabouts) -> Vec<Outside<'a>> {
    let mut list: Vec<Outside<'a>> = case
        .dossier
        .custody
        .iter()
        .enumerate()
        .filter(|(_, r)| r.kind.get() == Some(CustodyKind::OutsideExecution))
        .filter_map(|(i, row)| {
            let from = row.from.get()?;
            let to = row
                .to
                .get()
                .or_else(|| w.spans.iter().rfind(|s| s.row == i).map(|s| s.to).filter(|to| *to != NaiveDate::MAX));
            Some(Outside { row, from, to })
        })
        .collect();
    list.sort_by_key(|o| (o.from, o.to));
    list
}

fn mentions(row: &CustodyRow, words: &[&str]) -> bool {
    [&row.reason, &row.note].into_iter().filter_map(|f| f.known()).any(|t| words.iter().any(|w| t.contains(w)))
}

const PREGNANT: &[&str] = &["怀孕", "哺乳"];
const DYING: &[&str] = &["短期内有生命危险", "短期内有死亡", "生命危险", "病危"];
const UNFIT: &[&str] = &["不符合条件", "不符合暂予监外执行条件"];

/// Where the sentence stood on a day, rulings of that day included.
fn standing_on(case: &Case<'_>, day: NaiveDate) -> Standing {
    let law = case.rules.replay_law();
    let rulings = case.all_rulings();
    timeline::replay_with(
        case.inmate,
        &rulings,
        &case.dossier.new_crimes,
        &law,
        Some(date::add_days(day, 1)),
        &case.hints(),
    )
}

/// Runs one item in every world.
fn item(case: &Case<'_>, check: &'static str, f: impl FnMut(&mut World) -> Leaf) -> Option<Leaf> {
    let entry = case.rules.check(check)?;
    let finding = examine(check, entry.class, case.lang.is_zh(), f)?;
    Some(Leaf {
        outcome: Some(finding.outcome),
        basis: finding.basis,
        facts: finding.facts,
        evidence: finding.evidence,
        message: finding.message,
        ..Leaf::default()
    })
}

fn span_facts(from: NaiveDate, to: Option<NaiveDate>, days: i64) -> Facts {
    Facts::new().with("from", from).with("to", to).with("days", days)
}

fn with_facts(mut leaf: Leaf, facts: Facts) -> Leaf {
    for (key, value) in facts.0 {
        leaf.facts.set(key, value);
    }
    leaf
}

// ---- no-intake ----------------------------------------------------------------------------------------------------

/// Sentenced to prison, long due there, and never recorded as taken in.
fn no_intake(case: &Case<'_>) -> Vec<Leaf> {
    let sentence = match imprisonment(case) {
        None => return Vec::new(),
        Some(Err(leaf)) => return vec![leaf],
        Some(Ok(sentence)) => sentence,
    };
    let inmate = case.inmate;
    let rows = &case.dossier.custody;
    let inside = |k: CustodyKind| matches!(k, CustodyKind::Intake | CustodyKind::IntakeEducation | CustodyKind::Held);
    if let Some(row) = rows.iter().find(|r| r.kind.get().is_some_and(inside)) {
        let text = text!(case, INTAKE, "有入监、在押的记录。", "Intake or custody is recorded.");
        return vec![Leaf::pass().cell(row.from.at).says(text)];
    }
    let Some(effective) = inmate.effective.get() else {
        let leaf = lack(case, inmate.effective.place(), "判决书（生效日期）、执行通知书");
        return vec![leaf];
    };
    let grace = case.rules.threshold_int("paper/no-intake", "grace_days");
    let due = delivery_due(case, effective);
    let last = date::add_days(due.most, grace);
    let today = case.reference_day();
    let leaf = |leaf: Leaf| {
        with_facts(leaf, span_facts(effective, Some(today), date::days_between(effective, today)))
            .cells([inmate.effective.at, inmate.sentence.at])
            .cells(rows.iter().map(|r| r.kind.at))
    };
    if today <= last {
        let text = text!(
            case,
            INTAKE,
            "判决{effective}生效，交付的期限加宽限到{last}，尚未届满。",
            "The judgment became final on {effective}; the time for delivery, with grace, runs to {last}."
        );
        return vec![leaf(Leaf::pass()).says(text)];
    }
    if served_in_detention(case, effective) == Some(true) {
        return Vec::new();
    }
    if maybe_suspended(case, sentence) {
        return vec![leaf(lack(case, inmate.suspended.place(), "判决书主文"))];
    }
    let out = rows.iter().any(|r| r.kind.get().is_some_and(|k| where_of(k) == Where::Out));
    let text = if out {
        text!(
            case,
            INTAKE,
            "判决{effective}生效，只有在监外的记录，从未进监。",
            "The judgment became final on {effective}; only service outside is recorded: never inside."
        )
    } else {
        text!(
            case,
            INTAKE,
            "判决{effective}生效，至今没有任何入监、在押的记录，可能从未收监执行。",
            "The judgment became final on {effective}, and no intake or custody is recorded: the person may never have been taken in."
        )
    };
    vec![leaf(Leaf::risk()).says(text)]
}

// ---- late-delivery ------------------------------------------------------------------------------------------------

/// Delivered after the legal time.
fn late_delivery(case: &Case<'_>) -> Vec<Leaf> {
    match imprisonment(case) {
        None => return Vec::new(),
        Some(Err(leaf)) => return vec![leaf],
        Some(Ok(_)) => {}
    }
    let inmate = case.inmate;
    let Some(effective) = inmate.effective.get() else {
        return vec![lack(case, inmate.effective.place(), "判决书（生效日期）")];
    };
    if served_in_detention(case, effective) == Some(true) {
        return Vec::new();
    }
    let Some(delivered) = inmate.delivered.get() else {
        return vec![lack(case, inmate.delivered.place(), "收押回执、罪犯入监登记表")];
    };
    let due = delivery_due(case, effective);
    let days = date::days_between(due.most, delivered).max(0);
    let leaf = |leaf: Leaf| {
        with_facts(leaf, span_facts(effective, Some(delivered), days))
            .fact("expected", due.most)
            .cells([inmate.effective.at, inmate.delivered.at])
    };
    let last = due.most;
    if delivered <= due.least {
        let text = text!(
            case,
            DELIVERY,
            "{delivered}交付执行，没有超过{last}。",
            "Delivered on {delivered}, not after {last}."
        );
        return vec![leaf(Leaf::pass()).says(text)];
    }
    if delivered <= due.most {
        let text = text!(
            case,
            DELIVERY,
            "{delivered}交付执行，是否逾期取决于当年的节假日安排，历法没有收录。",
            "Delivered on {delivered}; whether that is late depends on holidays of a year that is not loaded."
        );
        return vec![leaf(Leaf::unverified()).says(text)];
    }
    let text = text!(
        case,
        DELIVERY,
        "判决{effective}生效，最迟应当在{last}交付，{delivered}才交付，迟了{days}天，须查这段时间人在哪里。",
        "The judgment became final on {effective}; delivery was due by {last} and came on {delivered}, {days} late: where was the \
         person meanwhile?",
        days = counted(days, "day", "days")
    );
    vec![leaf(Leaf::risk()).says(text)]
}

// ---- custody-gap --------------------------------------------------------------------------------------------------

/// Days after delivery in no row, and returns that no 收监 row records.
fn custody_gap(case: &Case<'_>) -> Vec<Leaf> {
    if case.surely_suspended() || case.dossier.custody.is_empty() {
        return Vec::new();
    }
    let inmate = case.inmate;
    let w = case.whereabouts();
    let rows = &case.dossier.custody;
    let mut items = Vec::new();
    for back in w.unrecorded_returns(rows) {
        let (Some(row), Some(away)) = (rows.get(back.row), rows.get(back.away)) else { continue };
        let day = back.day;
        let kind = away.kind.get();
        let (zh, en) = kind.map_or(("离监", "leave"), |k| (k.zh(), k.en()));
        let text = text!(
            case,
            MOVES,
            "{zh}以后没有收监的记录，{day}却又登记为在押。",
            "After {en} no return is recorded, yet custody is recorded again from {day}."
        );
        items.push(
            with_facts(Leaf::risk(), span_facts(away.from.get().unwrap_or(day), Some(day), 0))
                .cells([row.from.at, row.kind.at, away.from.at, away.kind.at])
                .says(text),
        );
    }
    items.extend(outside(case, w).iter().filter_map(|o| silent_return(case, w, o)));
    let Some(delivered) = inmate.delivered.get() else {
        // A short rest served in the detention centre has no delivery.
        if inmate.effective.get().and_then(|e| served_in_detention(case, e)) != Some(true) {
            items.push(lack(case, inmate.delivered.place(), "收押回执、罪犯入监登记表"));
        }
        return items;
    };
    // Up to the proposal or the last release; without a proposal the record is looked at as far as it goes.
    let released = w
        .spans
        .iter()
        .rfind(|s| s.to == NaiveDate::MAX && where_of(s.kind) == Where::Gone)
        .map(|s| date::add_days(s.from, -1));
    let known_to = w.spans.last().map_or(delivered, |s| s.to);
    let today = case.reference_day();
    let to = released.unwrap_or(today).min(today);
    let least = case.rules.threshold_int("paper/custody-gap", "gap_days");
    let gaps: Vec<(NaiveDate, NaiveDate)> =
        w.uncovered(delivered, to).into_iter().filter(|(a, b)| date::days_between(*a, *b) + 1 >= least).collect();
    let (inside, after): (Vec<_>, Vec<_>) =
        gaps.into_iter().partition(|(from, _)| *from <= known_to || case.applied().is_some());
    let sum =
        |list: &[(NaiveDate, NaiveDate)]| -> i64 { list.iter().map(|(a, b)| date::days_between(*a, *b) + 1).sum() };
    let show =
        |list: &[(NaiveDate, NaiveDate)]| list.iter().map(|(a, b)| format!("{a}～{b}")).collect::<Vec<_>>().join("、");
    let facts = |leaf: Leaf, list: &[(NaiveDate, NaiveDate)]| {
        let gaps: Vec<Facts> =
            list.iter().map(|(a, b)| span_facts(*a, Some(*b), date::days_between(*a, *b) + 1)).collect();
        let (from, until) = (list.first().map(|g| g.0), list.last().map(|g| g.1));
        leaf.fact("from", from)
            .fact("to", until)
            .fact("days", sum(list))
            .fact("gaps", gaps)
            .cell(inmate.delivered.at)
            .cells(rows.iter().map(|r| r.to.at))
    };
    if !inside.is_empty() {
        let (n, list) = (sum(&inside), show(&inside));
        let text = text!(
            case,
            MOVES,
            "交付以后有{n}天不在任何羁押区间内（{list}），人在哪里没有记录。",
            "After delivery {n} in no interval ({list}): where the person was is not recorded.",
            n = counted(n, "day lies", "days lie")
        );
        items.push(facts(Leaf::risk(), &inside).says(text));
    } else if !after.is_empty() {
        let list = show(&after);
        let text = text!(
            case,
            MOVES,
            "轨迹记到{known_to}为止，以后的情况没有记录（{list}）；数据导出的日期不明。",
            "The record ends on {known_to}; nothing is said of {list}, and the day of the export is unknown."
        );
        items.push(
            facts(Leaf::unverified(), &after).missing(case.sheet_place(Col::CuTo), "收监凭证、释放证明书").says(text),
        );
    } else if items.is_empty() {
        let text = text!(case, MOVES, "自{delivered}起轨迹连续。", "The record is continuous from {delivered}.");
        items.push(Leaf::pass().cell(inmate.delivered.at).says(text));
    }
    items
}

/// Service outside ended and the person is inside again only because an older row was left open: nothing records how.
fn silent_return(case: &Case<'_>, w: &Whereabouts, o: &Outside<'_>) -> Option<Leaf> {
    let to = o.to?;
    let next = date::add_days(to, 1);
    let inside = w.on(next).filter(|s| where_of(s.kind) == Where::In)?;
    let row = case.dossier.custody.get(inside.row)?;
    let older = row.from.get().is_some_and(|f| f < o.from);
    let recorded = case.dossier.custody.iter().any(|r| {
        r.kind.get().is_some_and(|k| where_of(k) == Where::In) && r.from.get().is_some_and(|f| f == to || f == next)
    });
    if !older || recorded {
        return None;
    }
    let text = text!(
        case,
        MOVES,
        "暂予监外执行到{to}为止，没有收监的记录，以后按在押登记。",
        "Service outside ended on {to} without a recorded return; afterwards the person is recorded inside."
    );
    Some(
        with_facts(Leaf::unverified(), span_facts(o.from, Some(to), 0))
            .missing(case.sheet_place(Col::CuKind), "收监凭证")
            .cells([o.row.to.at, row.from.at])
            .says(text),
    )
}

// ---- outside-share ------------------------------------------------------------------------------------------------

/// A third or more of the elapsed term outside.
fn outside_share(case: &Case<'_>) -> Vec<Leaf> {
    if let Some(leaf) = no_rows(case) {
        return vec![leaf];
    }
    let w = case.whereabouts();
    let is_out = |s: &Span| where_of(s.kind) == Where::Out;
    if !w.spans.iter().any(is_out) {
        return Vec::new();
    }
    let inmate = case.inmate;
    let start = match inmate.sentence.get() {
        Some(Sentence::Life | Sentence::Reprieve) => &inmate.effective,
        _ => &inmate.term_start,
    };
    let Some(from) = start.get() else { return vec![lack(case, start.place(), "执行通知书、判决书")] };
    let end = case.full().ends().last().copied();
    let today = case.reference_day();
    let to = end.map_or(today, |e| e.min(today));
    let total = date::days_between(from, to) + 1;
    let days = w.days(from, to, is_out);
    let hospital = w.days(from, to, |s| matches!(s.kind, CustodyKind::Hospital | CustodyKind::Recovery));
    let divisor = case.rules.threshold_int("paper/outside-share", "share_divisor").max(1);
    let least = case.rules.threshold_int("paper/outside-share", "min_days");
    let cells = case.dossier.custody.iter().filter(|r| r.kind.get().is_some_and(|k| where_of(k) == Where::Out));
    let leaf = |leaf: Leaf| {
        with_facts(leaf, span_facts(from, Some(to), days))
            .fact("total_days", total)
            .fact("hospital_days", hospital)
            .cell(start.at)
            .cells(cells.map(|r| r.from.at))
    };
    let percent = if total > 0 { days * 100 / total } else { 0 };
    if days * divisor >= total && days >= least && total > 0 {
        let text = text!(
            case,
            OUTSIDE,
            "自{from}至{to}的{total}天里有{days}天在监外，占{percent}%（住院{hospital}天另计）。",
            "Of the {total} from {from} to {to}, {days} outside, {percent} % (hospital, {hospital}, apart).",
            total = counted(total, "day", "days"),
            days = counted(days, "was", "were"),
            hospital = counted(hospital, "day", "days")
        );
        return vec![leaf(Leaf::risk()).says(text)];
    }
    let text = text!(
        case,
        OUTSIDE,
        "自{from}至{to}的{total}天里有{days}天在监外，占{percent}%。",
        "Of the {total} from {from} to {to}, {days} outside, {percent} %.",
        total = counted(total, "day", "days"),
        days = counted(days, "was", "were")
    );
    vec![leaf(Leaf::pass()).says(text)]
}

// ---- medical-parole-stage -----------------------------------------------------------------------------------------

/// Outside during the reprieve, or during life for other reasons than pregnancy or nursing.
fn stage_outside(case: &Case<'_>) -> Vec<Leaf> {
    if let Some(leaf) = no_rows(case) {
        return vec![leaf];
    }
    let w = case.whereabouts();
    outside(case, w).iter().map(|o| stage_on(case, o)).collect()
}

fn stage_on(case: &Case<'_>, o: &Outside<'_>) -> Leaf {
    let day = o.from;
    let inmate = case.inmate;
    let Some(sentence) = inmate.sentence.get() else { return lack(case, inmate.sentence.place(), "判决书") };
    if matches!(sentence, Sentence::Life | Sentence::Reprieve)
        && let Some(leaf) = case.no_rulings()
    {
        return leaf;
    }
    let standing = standing_on(case, day);
    let cells = [o.row.from.at, o.row.kind.at, o.row.reason.at, inmate.sentence.at];
    let leaf = |leaf: Leaf| {
        let days = o.to.map_or(0, |to| date::days_between(day, to) + 1);
        with_facts(leaf, span_facts(day, o.to, days)).cells(cells)
    };
    let Some(stage) = standing.stage.filter(|s| !s.has_end()) else {
        let text = text!(
            case,
            DECISION,
            "{day}出监时执行的刑罚可以暂予监外执行。",
            "The sentence served on {day} allows service outside."
        );
        return leaf(Leaf::pass()).says(text);
    };
    if let Some(doubt) = standing.doubts.first() {
        return doubtful(case, doubt).cells(cells);
    }
    if day < case.rules.date("law/outside-stage-from") {
        let text = text!(
            case,
            DECISION,
            "{day}在死缓或者无期徒刑期间出监，当时的规定不同，须人工核对。",
            "Outside from {day} under reprieved death or life; other rules applied then, to be checked by hand."
        );
        return leaf(Leaf::unverified()).says(text);
    }
    if stage == Stage::Reprieve {
        let text = text!(
            case,
            DECISION,
            "死刑缓期执行期间（{day}）暂予监外执行，法律不允许。",
            "Served outside from {day} during the reprieve, which the law never allows."
        );
        return leaf(Leaf::violation()).says(text);
    }
    let pregnant = mentions(o.row, PREGNANT);
    let violation = || {
        leaf(Leaf::violation()).says(text!(
            case,
            DECISION,
            "无期徒刑期间（{day}）暂予监外执行，只有怀孕或者哺乳的妇女才可以。",
            "Served outside from {day} under life, which only pregnant or nursing women may."
        ))
    };
    let known = o.row.reason.known().is_some();
    match (inmate.sex.get(), pregnant, known) {
        (Some(Sex::Male), _, _) => violation(),
        (Some(Sex::Female), true, _) => leaf(Leaf::pass()).says(text!(
            case,
            DECISION,
            "无期徒刑期间因怀孕或者哺乳自{day}暂予监外执行。",
            "Outside from {day} under life, for pregnancy or nursing."
        )),
        (_, false, true) => violation(),
        (None, true, _) => leaf(lack(case, inmate.sex.place(), "身份证明")),
        (_, false, false) => leaf(lack(case, o.row.reason.place(), "暂予监外执行决定书、妊娠检查")),
    }
}

// ---- medical-parole-early -----------------------------------------------------------------------------------------

/// Recidivists and grave violent offenders must serve a time first (规定 art. 7).
fn early_outside(case: &Case<'_>) -> Vec<Leaf> {
    if let Some(leaf) = no_rows(case) {
        return vec![leaf];
    }
    let w = case.whereabouts();
    let list = outside(case, w);
    let mut items = Vec::new();
    for (n, o) in list.iter().enumerate() {
        // A renewal without a return goes on from the first decision, which is judged.
        let renewed = n.checked_sub(1).and_then(|p| list[p].to).is_some_and(|to| date::days_between(to, o.from) <= 1);
        if !renewed {
            items.extend(item(case, "paper/medical-parole-early", |world| early_on(case, world, o)));
        }
    }
    items
}

fn early_on(case: &Case<'_>, w: &mut World, o: &Outside<'_>) -> Leaf {
    let inmate = case.inmate;
    let day = o.from;
    let Some(sentence) = inmate.sentence.get() else { return lack(case, inmate.sentence.place(), "判决书") };
    let cells = [o.row.from.at, o.row.kind.at, o.row.reason.at, inmate.charges.at, inmate.recidivist.at];
    let leaf = |leaf: Leaf| {
        let days = o.to.map_or(0, |to| date::days_between(day, to) + 1);
        with_facts(leaf, span_facts(day, o.to, days)).cells(cells)
    };
    let free = |leaf: Leaf| {
        leaf.says(text!(
            case,
            DECISION,
            "{day}出监，依法不要求先执行一定刑期。",
            "Outside from {day}; no time has to be served first."
        ))
    };
    if mentions(o.row, PREGNANT) {
        return free(leaf(Leaf::pass()));
    }
    let old = day < case.rules.date("law/outside-from");
    let ten = Term::of_years(
        u32::try_from(case.rules.threshold_int("paper/medical-parole-early", "long_term_years")).unwrap_or(10),
    );
    // Who must serve first: by the rules of 2014 the listed offenders; before, everyone.
    if !old {
        if sentence.term().is_some_and(|t| t < ten) || matches!(sentence, Sentence::Control(_) | Sentence::Detention(_))
        {
            return free(leaf(Leaf::pass()));
        }
        if !listed(case, w, ten) {
            return free(leaf(Leaf::pass()));
        }
    }
    let standing = standing_on(case, day);
    let Some(stage) = standing.stage else { return lack(case, inmate.sentence.place(), "判决书") };
    if !stage.has_end() {
        // The stage itself forbids it: the check of the stage says so.
        return Leaf::silent();
    }
    let (earliest, required, from) = if matches!(sentence, Sentence::Life | Sentence::Reprieve) {
        let years = case.rules.threshold_int("paper/medical-parole-early", "after_conversion_years");
        let required = Term::of_years(u32::try_from(years).unwrap_or(7));
        let Some((_, converted)) = standing.conversion else {
            return case.no_rulings().unwrap_or_else(|| lack(case, case.sheet_place(Col::RuChange), "减刑裁定书"));
        };
        (date::add(converted, required), required, converted)
    } else {
        let Some(term) = sentence.term() else { return Leaf::silent() };
        let required = term.fraction(1, 3);
        let field = if !old && w.reading("third-from", 2) == 1 { &inmate.delivered } else { &inmate.term_start };
        let Some(from) = field.get() else { return lack(case, field.place(), "执行通知书") };
        (date::add(from, required), required, from)
    };
    let (need_zh, need_en) = (required.zh(), required.en());
    let leaf = |l: Leaf| leaf(l).fact("required", required).fact("earliest", earliest).fact("actual", day);
    if day >= earliest {
        let text = text!(
            case,
            DECISION,
            "{day}出监时自{from}已执行{need_zh}以上。",
            "{need_en} from {from} were served before {day}."
        );
        return leaf(Leaf::pass()).says(text);
    }
    let short = date::days_between(day, earliest);
    let leaf = |l: Leaf| leaf(l).fact("short_days", short);
    let text = text!(
        case,
        DECISION,
        "{day}就暂予监外执行，应当自{from}先执行{need_zh}（到{earliest}），早了{short}天。",
        "Outside from {day}, but {need_en} from {from} (up to {earliest}) must be served first, {short} early.",
        short = counted(short, "day", "days")
    );
    if old {
        return leaf(Leaf::unverified()).says(text!(
            case,
            DECISION,
            "{day}出监时执行不足三分之一或者七年，当时适用1990年的办法，须人工核对。",
            "Outside from {day} before a third or seven years were served; the rules of 1990 applied, to be checked by hand."
        ));
    }
    if mentions(o.row, DYING) {
        let text = text!(
            case,
            DECISION,
            "{day}出监时执行不足{need_zh}，事由为短期内有生命危险，不受该期限限制，须核对病危通知书。",
            "Outside from {day} before {need_en}; danger of death in short time is free of that period: check the notice."
        );
        return leaf(Leaf::pass()).note(text.clone()).says(text);
    }
    if o.row.reason.known().is_none() {
        return leaf(Leaf::needs(o.row.reason.place(), "暂予监外执行决定书、病情诊断书")).says(text);
    }
    if lenient(case, w, day) {
        return leaf(Leaf::risk()).basis(&Basis::new("暂予监外执行规定2014", "7", Some(2))).says(text!(
            case,
            DECISION,
            "{day}出监时执行不足{need_zh}，早了{short}天；未成年、年满六十五周岁或者残疾可以适度从宽，幅度没有规定，须说明理由。",
            "Outside from {day}, {short} before {need_en} were served; minors, those of 65 and the disabled may be treated more \
             leniently, without a number: ask for the reasons.",
            short = counted(short, "day", "days")
        ));
    }
    leaf(Leaf::violation()).says(text)
}

/// 累犯, the violent crimes of 规定 art. 7 or organised violence.
fn listed(case: &Case<'_>, w: &mut World, ten: Term) -> bool {
    if case.in_group(w, Restricted::Recidivist) {
        return true;
    }
    let violent = match case.person.proof(group::VIOLENT_EIGHT) {
        Proof::Yes => true,
        Proof::Reading => w.reading("violent-charge", 2) == 1,
        Proof::Unknown | Proof::No | Proof::IfFunctionary => false,
    };
    let violent = violent
        || !case.person.charges_certain() && w.ask("violent-charge-unknown", case.inmate.charges.place(), "判决书");
    if violent {
        // Ten years for the violent count, or for all together, can be read either way.
        let count_short = case.person.counts.as_ref().is_some_and(|counts| {
            let of_violence = |c: &&super::person::Count<'_>| {
                c.charge.is_none_or(|ch| {
                    case.rules.categories.membership(ch, group::VIOLENT_EIGHT) == crate::law::charges::Membership::Yes
                })
            };
            let mut violent = counts.iter().filter(of_violence).peekable();
            violent.peek().is_some() && violent.all(|c| c.sentence.term().is_some_and(|t| t < ten))
        });
        return !count_short || w.reading("count-or-total", 2) == 1;
    }
    case.organized_violence(w)
}

/// Under 18, 65 or more, or disabled.
fn lenient(case: &Case<'_>, w: &mut World, day: NaiveDate) -> bool {
    let old = case.rules.threshold_int("paper/medical-parole-early", "old_age");
    let age = case.age(day).map(i64::from);
    let by_age = match age {
        Some(age) => age < case.rules.number("relax/minor-under") || age >= old,
        None => w.ask("age", case.inmate.birth.place(), "身份证明"),
    };
    by_age
        || match case.inmate.health.known() {
            Some(set) => set.contains(&Health::Disabled),
            None => {
                w.choose(("disabled", 0), 2, || {
                    Origin::Unknown(Missing {
                        place: case.inmate.health.place(), document: "残疾证、病情诊断书"
                    })
                }) == 1
            }
        }
}

// ---- medical-parole-renewal ---------------------------------------------------------------------------------------

/// Outside again and again, for long, up to or beyond the end of the term; or on an old diagnosis.
fn renewal(case: &Case<'_>) -> Vec<Leaf> {
    if let Some(leaf) = no_rows(case) {
        return vec![leaf];
    }
    let w = case.whereabouts();
    let list = outside(case, w);
    if list.is_empty() {
        return Vec::new();
    }
    let number = |name| case.rules.threshold_int("paper/medical-parole-renewal", name);
    let (gap, links, long) = (number("chain_gap_days"), number("chain_links"), number("long_days"));
    let today = case.reference_day();
    let end = case.full().ends().last().copied();
    let mut items = Vec::new();
    let mut at = 0;
    while at < list.len() {
        let mut until = at;
        let mut last = list[at].to;
        while until + 1 < list.len() && last.is_none_or(|to| date::days_between(to, list[until + 1].from) <= gap) {
            until += 1;
            last = match (last, list[until].to) {
                (Some(a), Some(b)) => Some(a.max(b)),
                _ => None,
            };
        }
        let chain = &list[at..=until];
        items.push(chain_leaf(case, chain, last, today, end, (links, long)));
        at = until + 1;
    }
    items.extend(list.iter().filter_map(|o| old_diagnosis(case, o)));
    items
}

fn chain_leaf(
    case: &Case<'_>,
    chain: &[Outside<'_>],
    last: Option<NaiveDate>,
    today: NaiveDate,
    end: Option<NaiveDate>,
    (links, long): (i64, i64),
) -> Leaf {
    let from = chain.first().map_or(today, |o| o.from);
    let to = last.unwrap_or(today).max(from);
    let days = date::days_between(from, to) + 1;
    let n = chain.len() as i64;
    let cells = chain.iter().flat_map(|o| [o.row.from.at, o.row.to.at]);
    let leaf = |leaf: Leaf| with_facts(leaf, span_facts(from, last, days)).fact("links", n).cells(cells);
    let beyond = match (end, last) {
        (Some(end), Some(to)) => to > end,
        (Some(end), None) => today > end,
        (None, _) => false,
    };
    if beyond && let Some(end) = end {
        let text = text!(
            case,
            RENEWAL,
            "自{from}起暂予监外执行，越过了刑期止日{end}。",
            "Outside from {from}, going on beyond the end of the term on {end}."
        );
        return leaf(Leaf::risk()).says(text);
    }
    if n >= links {
        let text = text!(
            case,
            RENEWAL,
            "自{from}起连续{n}次暂予监外执行，前后{days}天，须核查每次的病情依据。",
            "Outside {n} in a row from {from}, {days} in all: the medical basis of each must be examined.",
            n = counted(n, "time", "times"),
            days = counted(days, "day", "days")
        );
        return leaf(Leaf::risk()).says(text);
    }
    let open_long = last.is_none() && date::days_between(from, today) >= long;
    if days >= long || open_long {
        let text = text!(
            case,
            RENEWAL,
            "自{from}起一次在监外{days}天，没有好转也没有收监，须重新诊断。",
            "Outside for {days} from {from}, neither well nor recalled: a new diagnosis is due.",
            days = counted(days, "day", "days")
        );
        return leaf(Leaf::risk()).says(text);
    }
    let text = text!(
        case,
        RENEWAL,
        "自{from}起暂予监外执行{n}次、{days}天。",
        "Outside {n} from {from}, {days}.",
        n = counted(n, "time", "times"),
        days = counted(days, "day", "days")
    );
    leaf(Leaf::pass()).says(text)
}

/// The first date after a word in a text: `2019-03-05`, `2019.3.5`, `2019年3月5日`.
fn date_after(text: &str, word: &str) -> Option<NaiveDate> {
    let rest = &text[text.find(word)? + word.len()..];
    let mut numbers: Vec<u32> = Vec::new();
    let mut digits = String::new();
    for c in rest.chars().chain([' ']) {
        if let Some(d) = c.to_digit(10) {
            digits.push(char::from_digit(d, 10)?);
            continue;
        }
        if !digits.is_empty() {
            if numbers.is_empty() && digits.len() == 8 {
                return NaiveDate::parse_from_str(&digits, "%Y%m%d").ok();
            }
            if numbers.is_empty() && digits.len() != 4 {
                digits.clear();
                continue;
            }
            numbers.push(digits.parse().ok()?);
            digits.clear();
        }
        if numbers.len() == 3 {
            break;
        }
        if !numbers.is_empty() && !matches!(c, '-' | '.' | '/' | '年' | '月' | '日' | ' ') {
            numbers.clear();
        }
    }
    match numbers[..] {
        [y, m, d] => NaiveDate::from_ymd_opt(i32::try_from(y).ok()?, m, d),
        _ => None,
    }
}

/// A diagnosis more than three months old at the decision, where its date is written down.
fn old_diagnosis(case: &Case<'_>, o: &Outside<'_>) -> Option<Leaf> {
    let months = u32::try_from(case.rules.threshold_int("paper/medical-parole-renewal", "diagnosis_months")).ok()?;
    let texts = [&o.row.note, &o.row.reason, &o.row.doc_no].into_iter().filter_map(|f| f.known());
    let diagnosed = texts.filter_map(|t| date_after(t, "诊断")).next()?;
    let day = o.from;
    if day <= date::add(diagnosed, Term::of_months(months)) {
        return None;
    }
    let n = date::days_between(diagnosed, day);
    let text = text!(
        case,
        RENEWAL,
        "病情诊断是{diagnosed}作出的，{day}出监时已过三个月（{n}天），应当重新诊断。",
        "The diagnosis is of {diagnosed}, over three months ({n}) before going outside on {day}: a new one was due.",
        n = counted(n, "day", "days")
    );
    Some(
        with_facts(Leaf::risk(), span_facts(diagnosed, Some(day), n))
            .basis(&Basis::new("司发通〔2023〕24号", "8", None))
            .cells([o.row.from.at, o.row.note.at])
            .says(text),
    )
}

// ---- home-leave-early ---------------------------------------------------------------------------------------------

/// Home leave before half of the term, or under life or reprieved death; too long, or without a return.
fn home_leave(case: &Case<'_>) -> Vec<Leaf> {
    if let Some(leaf) = no_rows(case) {
        return vec![leaf];
    }
    let w = case.whereabouts();
    let mut rows: Vec<_> = case.dossier.custody.iter().enumerate().collect();
    rows.sort_by_key(|(_, r)| (r.from.get(), r.to.get()));
    rows.into_iter()
        .filter(|(_, r)| r.kind.get() == Some(CustodyKind::HomeLeave))
        .filter_map(|(i, r)| r.from.get().map(|from| leave_on(case, w, i, r, from)))
        .collect()
}

fn leave_on(case: &Case<'_>, w: &Whereabouts, i: usize, row: &CustodyRow, from: NaiveDate) -> Leaf {
    let inmate = case.inmate;
    let Some(sentence) = inmate.sentence.get() else { return lack(case, inmate.sentence.place(), "判决书") };
    if matches!(sentence, Sentence::Life | Sentence::Reprieve)
        && let Some(leaf) = case.no_rulings()
    {
        return leaf;
    }
    let standing = standing_on(case, from);
    let end =
        row.to.get().or_else(|| w.spans.iter().rfind(|s| s.row == i).map(|s| s.to).filter(|to| *to != NaiveDate::MAX));
    let days = end.map_or(0, |to| date::days_between(from, to) + 1);
    let leaf = |leaf: Leaf| with_facts(leaf, span_facts(from, end, days)).cells([row.from.at, row.to.at, row.kind.at]);
    if let Some(stage) = standing.stage.filter(|s| !s.has_end()) {
        let (zh, en) = (stage.zh(), stage.as_str());
        let text = text!(
            case,
            LEAVE,
            "{zh}期间（{from}）离监探亲，不符合法定条件。",
            "Home leave from {from} under {en}, which the law does not allow."
        );
        return leaf(Leaf::violation()).says(text);
    }
    let converted = standing.stage.is_some_and(Stage::converted);
    let term = if converted { standing.term } else { sentence.term() };
    let start = if converted { standing.start } else { inmate.term_start.get() };
    let (Some(term), Some(start)) = (term, start) else {
        return leaf(lack(case, inmate.term_start.place(), "执行通知书"));
    };
    let shift: i64 =
        case.escapes().iter().filter(|(a, _, _)| *a < from).map(|(a, b, _)| date::days_between(*a, *b) + 1).sum();
    let half = term.half();
    let excluded = standing.not_counted.iter().fold(date::add(start, half), |d, (_, t)| date::add(d, *t));
    let earliest = date::add_days(excluded, shift);
    let (half_zh, half_en) = (half.zh(), half.en());
    let leaf = |l: Leaf| leaf(l).fact("required", half).fact("earliest", earliest).fact("actual", from);
    if from < earliest {
        let short = date::days_between(from, earliest);
        let leaf = |l: Leaf| leaf(l).fact("short_days", short);
        if converted {
            let text = text!(
                case,
                LEAVE,
                "由无期徒刑或者死缓减为有期徒刑，{from}离监探亲时新刑期还没有过半，能否准许有两种理解。",
                "Converted from life or reprieved death; on {from} half of the new term was not served: read both ways."
            );
            return leaf(Leaf::unverified()).says(text);
        }
        let text = text!(
            case,
            LEAVE,
            "{from}离监探亲，应当先执行原判刑期的一半（{half_zh}，到{earliest}），早了{short}天。",
            "Home leave from {from}, but half of the term ({half_en}, up to {earliest}) must be served first, {short} early.",
            short = counted(short, "day", "days")
        );
        return leaf(Leaf::violation()).says(text);
    }
    let most = case.rules.threshold_int("paper/home-leave-early", "max_days");
    let Some(end) = end else {
        let text =
            text!(case, LEAVE, "{from}离监探亲，没有回监的记录。", "Home leave from {from} without a recorded return.");
        return leaf(Leaf::risk()).says(text);
    };
    if days > most {
        let text = text!(
            case,
            LEAVE,
            "{from}至{end}离监探亲{days}天，超过{most}天。",
            "Home leave from {from} to {end}, {days}, over {most}.",
            days = counted(days, "day", "days")
        );
        return leaf(Leaf::risk()).says(text);
    }
    let text = text!(
        case,
        LEAVE,
        "{from}至{end}离监探亲，刑期已过半。",
        "Home leave from {from} to {end}; half of the term was served."
    );
    leaf(Leaf::pass()).says(text)
}

// ---- uncounted-time -----------------------------------------------------------------------------------------------

/// Time that is not service by law, still counted as served.
fn uncounted_time(case: &Case<'_>) -> Vec<Leaf> {
    let w = case.whereabouts();
    let full = case.full();
    let mut items = Vec::new();
    let ends = full.ends();
    let recorded = case.inmate.current_end.get().and_then(End::date);
    excluded(case, full, &ends, recorded, &mut items);
    escaped(case, w, full, &ends, recorded, &mut items);
    probation(case, full, &ends, recorded, &mut items);
    recalled_unfit(case, full, &mut items);
    if items.is_empty()
        && let Some(leaf) = no_rows(case)
    {
        return vec![leaf];
    }
    items
}

/// (a) A ruling says that time does not count, and the end does not carry it.
fn excluded(case: &Case<'_>, full: &Full, ends: &[NaiveDate], recorded: Option<NaiveDate>, items: &mut Vec<Leaf>) {
    for (i, time) in &full.standing.not_counted {
        let Some(ruling) = full.rulings.get(*i) else { continue };
        let at = [ruling.change.at, ruling.date.at, case.inmate.current_end.at];
        if let Some(doubt) = full.doubt() {
            items.push(doubtful(case, doubt).cells(at));
            continue;
        }
        let Some(recorded) = recorded else {
            items.push(lack(case, case.inmate.current_end.place(), "不计入执行刑期裁定、执行通知书").cells(at));
            continue;
        };
        let Some(expected) = nearest(ends, recorded) else {
            items.push(lack(case, case.inmate.term_end.place(), "执行通知书").cells(at));
            continue;
        };
        let days = date::days_between(recorded, expected);
        let (zh, en) = (time.zh(), time.en());
        let leaf =
            |leaf: Leaf| leaf.fact("recorded", recorded).fact("expected", expected).fact("days", days.max(0)).cells(at);
        if days <= 0 || agrees(ends, recorded) {
            let text = text!(
                case,
                UNCOUNTED,
                "不计入的{zh}已经从止日后移。",
                "The {en} that do not count were added to the end."
            );
            items.push(leaf(Leaf::pass()).says(text));
            continue;
        }
        let whole = date::days_between(recorded, date::add(recorded, *time));
        let text = text!(
            case,
            UNCOUNTED,
            "裁定不计入执行刑期{zh}，止日应为{expected}，登记为{recorded}，少了{days}天。",
            "A ruling excludes {en}; the end should be {expected}, but {recorded} is recorded, {days} less.",
            days = counted(days, "day", "days")
        );
        let result = if days >= whole - 3 { Leaf::violation() } else { Leaf::unverified() };
        items.push(leaf(result).basis(&Basis::new("刑事诉讼法", "268", Some(3))).says(text));
    }
}

/// (b) and (c) Escape, and an end that was not moved by it.
fn escaped(
    case: &Case<'_>,
    w: &Whereabouts,
    full: &Full,
    ends: &[NaiveDate],
    recorded: Option<NaiveDate>,
    items: &mut Vec<Leaf>,
) {
    for (from, to, row) in case.escapes() {
        let Some(row) = case.dossier.custody.get(row) else { continue };
        let days = date::days_between(from, to) + 1;
        let at = [row.from.at, row.to.at, row.kind.at, case.inmate.current_end.at];
        let leaf = |leaf: Leaf| with_facts(leaf, span_facts(from, Some(to), days)).cells(at);
        // A later ruling on time that does not count, or a new judgment, settles it.
        let settled = full
            .standing
            .not_counted
            .iter()
            .any(|(i, _)| full.rulings.get(*i).and_then(|r| r.date.get()).is_some_and(|d| d >= from))
            || case.dossier.new_crimes.iter().any(|c| {
                c.kind.get() == Some(NewCrimeKind::NewCrime)
                    && c.confirmed.get().is_some_and(|d| d >= from)
                    && c.decided.known().is_some()
            });
        if settled {
            let text = text!(
                case,
                UNCOUNTED,
                "{from}脱逃，其后已有裁判处理刑期。",
                "Escape from {from}; a later ruling or judgment settles the term."
            );
            items.push(leaf(Leaf::pass()).says(text));
            continue;
        }
        if full.standing.stage.is_some_and(|s| !s.has_end()) {
            continue;
        }
        if let Some(doubt) = full.doubt() {
            items.push(doubtful(case, doubt).cells(at));
            continue;
        }
        let Some(recorded) = recorded else {
            items.push(leaf(lack(case, case.inmate.current_end.place(), "脱逃和追回记录、执行通知书")));
            continue;
        };
        let moved = ends.iter().any(|e| escape_explains(case, date::days_between(*e, recorded)));
        if moved {
            let text = text!(
                case,
                UNCOUNTED,
                "脱逃的{days}天已经从止日后移。",
                "The {days} added to the end.",
                days = counted(days, "day of escape was", "days of escape were")
            );
            items.push(leaf(Leaf::pass()).says(text));
            continue;
        }
        let before = w.spans.iter().rfind(|s| s.to < from);
        let outside = before.is_some_and(|s| s.kind == CustodyKind::OutsideExecution)
            || case.dossier.custody.iter().any(|r| {
                r.kind.get() == Some(CustodyKind::OutsideExecution)
                    && r.from.get().is_some_and(|f| f <= from)
                    && r.to.get().is_none_or(|t| t >= date::add_days(from, -1))
            });
        if outside {
            let text = text!(
                case,
                UNCOUNTED,
                "暂予监外执行期间脱逃（{from}至{to}，{days}天）不计入刑期，止日{recorded}没有后移。",
                "Escape from service outside ({from} to {to}, {days}) does not count, but the end of {recorded} was not moved.",
                days = counted(days, "day", "days")
            );
            items.push(
                leaf(Leaf::violation())
                    .fact("recorded", recorded)
                    .basis(&Basis::new("刑事诉讼法", "268", Some(3)))
                    .says(text),
            );
        } else {
            let text = text!(
                case,
                UNCOUNTED,
                "从监狱脱逃（{from}至{to}，{days}天），止日{recorded}没有后移；法律没有明文，须看有无脱逃罪判决。",
                "Escape from prison ({from} to {to}, {days}) and the end of {recorded} was not moved; no clause says so expressly: \
                 look for a judgment on the escape.",
                days = counted(days, "day", "days")
            );
            items.push(
                leaf(Leaf::unverified())
                    .fact("recorded", recorded)
                    .basis(&Basis::new("刑法", "47", None))
                    .missing(case.sheet_place(Col::NcConfirmed), "脱逃罪判决书、追回记录")
                    .says(text),
            );
        }
    }
}

/// (d) Probation counted as served although parole was revoked.
fn probation(case: &Case<'_>, full: &Full, ends: &[NaiveDate], recorded: Option<NaiveDate>, items: &mut Vec<Leaf>) {
    let Some(recall) = full.standing.recall else { return };
    let at: Vec<CellRef> =
        full.change_place(recall.ruling).map(|p| p.at).into_iter().chain([case.inmate.current_end.at]).collect();
    if let Some(doubt) = full.doubt() {
        items.push(doubtful(case, doubt).cells(at));
        return;
    }
    let Some(recorded) = recorded else { return };
    let basis = Basis::new("刑法", "86", Some(3));
    let leaf = |leaf: Leaf| leaf.fact("recorded", recorded).basis(&basis).cells(at.iter().copied());
    if !agrees(ends, recorded) && agrees(&full.standing.probation_served, recorded) {
        let expected = nearest(ends, recorded);
        let days = expected.map_or(0, |e| date::days_between(recorded, e));
        let text = text!(
            case,
            UNCOUNTED,
            "假释已被撤销，考验期仍被算进刑期，止日{recorded}少了{days}天。",
            "Parole was revoked, yet probation is counted as served: the end of {recorded} is {days} too early.",
            days = counted(days, "day", "days")
        );
        items.push(leaf(Leaf::violation()).fact("expected", expected).fact("days", days).says(text));
    } else if agrees(ends, recorded) {
        let text = text!(
            case,
            UNCOUNTED,
            "假释撤销后考验期没有算进刑期。",
            "Probation before the revocation is not counted as served."
        );
        items.push(leaf(Leaf::pass()).says(text));
    }
}

/// (e) Recalled as unfit for service outside, without a ruling on the time.
fn recalled_unfit(case: &Case<'_>, full: &Full, items: &mut Vec<Leaf>) {
    let mut rows: Vec<_> =
        case.dossier.custody.iter().filter(|r| r.kind.get() == Some(CustodyKind::Recalled)).collect();
    rows.sort_by_key(|r| r.from.get());
    for row in rows {
        let Some(day) = row.from.get() else { continue };
        if !mentions(row, UNFIT) {
            continue;
        }
        let ruled = full
            .rulings
            .iter()
            .any(|r| matches!(r.change.known(), Some(Change::NotCounted(_))) && r.date.get().is_none_or(|d| d >= day));
        if ruled {
            continue;
        }
        let text = text!(
            case,
            UNCOUNTED,
            "{day}因不符合条件收监，没有不计入执行刑期的裁定；是否以贿赂等非法手段取得须查明。",
            "Recalled on {day} as unfit, without a ruling that the time does not count; whether it was got by bribery or the like must be \
             found out."
        );
        items.push(
            Leaf::unverified()
                .fact("to", day)
                .missing(case.sheet_place(Col::RuChange), "不计入执行刑期裁定、收监执行决定书")
                .cells([row.from.at, row.reason.at])
                .says(text),
        );
    }
}

// ---- reduction-while-outside --------------------------------------------------------------------------------------

/// A reduction proposed or ruled while outside, or a full month of the assessed period outside.
fn reduction_outside(case: &Case<'_>) -> Vec<Leaf> {
    if let Some(leaf) = no_rows(case) {
        return vec![leaf];
    }
    let w = case.whereabouts();
    let is_out = |s: &Span| s.kind == CustodyKind::OutsideExecution;
    if !w.spans.iter().any(is_out) {
        return Vec::new();
    }
    let outside = |day: NaiveDate| w.on(day).filter(|s| is_out(s));
    let mut items = Vec::new();
    let cell = |s: &Span| case.dossier.custody.get(s.row).map(|r| r.from.at);
    let risk = |span: &Span, day: NaiveDate, at: CellRef, text: String| {
        with_facts(Leaf::risk(), span_facts(span.from, Some(span.to).filter(|t| *t != NaiveDate::MAX), 0))
            .fact("actual", day)
            .cell(at)
            .cells(cell(span))
            .says(text)
    };
    let mut rulings = case.all_rulings();
    rulings.sort_by_key(|r| r.date.get());
    for ruling in rulings {
        let reduces = matches!(
            ruling.change.known(),
            Some(Change::Reduce(_) | Change::ReduceRemainder | Change::ToFixed(_) | Change::ToLife)
        );
        if let Some(day) = ruling.date.get().filter(|_| reduces)
            && let Some(span) = outside(day)
        {
            let text = text!(
                case,
                COMMUNITY,
                "{day}裁定减刑时正在暂予监外执行，在外没有计分考核，减刑依据须查明。",
                "The reduction of {day} was ruled during service outside, where nothing is scored: on what did it rest?"
            );
            items.push(risk(span, day, ruling.date.at, text));
        }
    }
    if let Some(app) = case.app.filter(|_| case.kind() == Some(crate::model::AppKind::Reduction)) {
        if let Some(day) = app.applied.get()
            && let Some(span) = outside(day)
        {
            let text = text!(
                case,
                COMMUNITY,
                "{day}提请减刑时正在暂予监外执行，2020年7月1日以后应由社区矫正机构提出。",
                "The reduction was proposed on {day} during service outside; from July 2020 the community correction body proposes."
            );
            items.push(risk(span, day, app.applied.at, text));
        }
        if let (Some(from), Some(to)) = (app.period_from.get(), app.period_to.get()) {
            let mut month = Month::of(from);
            let last = Month::of(to);
            // At most one message: the first full month.
            while month <= last {
                let full = month.first_day() >= from && month.last_day() <= to;
                if full && w.whole_month(month, is_out) {
                    let text = text!(
                        case,
                        COMMUNITY,
                        "考核期内{month}整月在暂予监外执行，该月没有计分考核。",
                        "In the assessed period all of {month} was outside, where nothing is scored."
                    );
                    if let Some(span) = outside(month.first_day()) {
                        items.push(risk(span, month.first_day(), app.period_from.at, text));
                    }
                    break;
                }
                month = month.plus(1);
            }
        }
    }
    if items.is_empty() {
        let text = text!(
            case,
            COMMUNITY,
            "提请、裁定和考核期都不在监外期间。",
            "No proposal, ruling or assessed month lies outside."
        );
        items.push(Leaf::pass().says(text));
    }
    items
}

// ---- fit-before-outside -------------------------------------------------------------------------------------------

/// At full labour before going outside as ill or helpless, or at once after return.
fn fit_before_outside(case: &Case<'_>) -> Vec<Leaf> {
    if let Some(leaf) = no_rows(case) {
        return vec![leaf];
    }
    let w = case.whereabouts();
    let list = outside(case, w);
    let mut items = Vec::new();
    for (n, o) in list.iter().enumerate() {
        if mentions(o.row, PREGNANT) {
            continue;
        }
        let renewed = n.checked_sub(1).and_then(|p| list[p].to).is_some_and(|to| date::days_between(to, o.from) <= 1);
        if !renewed {
            items.extend(fit_before(case, w, o));
        }
        let goes_on = list.get(n + 1).is_some_and(|next| o.to.is_some_and(|to| date::days_between(to, next.from) <= 1));
        if !goes_on {
            items.extend(fit_after(case, o));
        }
    }
    items
}

/// The full labour base of a month; `None` before the present points system.
fn full_labour(case: &Case<'_>, row: &PointRow) -> Option<bool> {
    if row.month.first_day() < case.rules.date("law/points-from") {
        return None;
    }
    let full = case.rules.points.iter().find(|p| p.id == "base/labour").map_or(Decimal::from(30), |v| v.value);
    Some(row.labour.base.known().is_some_and(|b| *b >= full))
}

fn fit_before(case: &Case<'_>, w: &Whereabouts, o: &Outside<'_>) -> Option<Leaf> {
    let number = |name| case.rules.threshold_int("paper/fit-before-outside", name);
    let day = o.from;
    let months = i32::try_from(number("months_before")).unwrap_or(3);
    let first = Month::of(day).plus(-months);
    let rows: Vec<&PointRow> =
        case.dossier.points.iter().filter(|r| r.month >= first && r.month < Month::of(day)).collect();
    if rows.is_empty() {
        // No ledger of that time: the checks of the ledger say so.
        return None;
    }
    let cells = rows.iter().map(|r| case.sources.cell(r.at, Col::PtLabourBase));
    let leaf = |leaf: Leaf| {
        with_facts(leaf, span_facts(first.first_day(), Some(day), date::days_between(first.first_day(), day)))
            .cells([o.row.from.at, o.row.reason.at])
            .cells(cells)
    };
    let unable = case.inmate.health.known().is_some_and(|set| {
        set.iter().any(|h| matches!(h, Health::UnableToWork | Health::MostlyUnableToWork | Health::CannotCareForSelf))
    }) || mentions(o.row, &["不能自理"]);
    let works = rows.iter().any(|r| r.labour.base.known().is_some_and(|b| *b > Decimal::ZERO));
    if unable && works {
        let text = text!(
            case,
            HEALTH,
            "{day}以丧失劳动能力或者不能自理出监，此前{months}个月台账里还有劳动基础分。",
            "Outside from {day} as incapable or helpless, yet the ledger has labour points in the {months} before.",
            months = counted(months, "month", "months")
        );
        return Some(leaf(Leaf::risk()).says(text));
    }
    let back = date::add_days(day, -number("hospital_days"));
    let hospital = w.days(back, date::add_days(day, -1), |s| s.kind == CustodyKind::Hospital) > 0
        || case.dossier.custody.iter().any(|r| {
            r.kind.get() == Some(CustodyKind::Hospital)
                && r.from.get().is_some_and(|f| f < day)
                && r.to.get().is_none_or(|t| t >= back)
        });
    let full = !rows.is_empty()
        && rows
            .iter()
            .all(|r| full_labour(case, r) == Some(true) && r.labour.bonus.known().is_some_and(|b| *b > Decimal::ZERO));
    if full && !hospital {
        let n = rows.len();
        let text = text!(
            case,
            HEALTH,
            "{day}因病出监，此前{n}个月劳动基础分都满、还有加分，九十天内也没有住院。",
            "Outside from {day} for illness, yet labour was full with a bonus in {n} before, and no hospital within ninety days.",
            n = counted(n, "month", "months")
        );
        return Some(leaf(Leaf::risk()).says(text));
    }
    let text = text!(
        case,
        HEALTH,
        "{day}出监前的台账与病情没有明显矛盾。",
        "The ledger before {day} does not contradict the illness."
    );
    Some(leaf(Leaf::pass()).says(text))
}

fn fit_after(case: &Case<'_>, o: &Outside<'_>) -> Option<Leaf> {
    let to = o.to?;
    let months = u32::try_from(case.rules.threshold_int("paper/fit-before-outside", "recovery_months")).unwrap_or(1);
    let until = date::add(to, Term::of_months(months));
    // The first whole month after the return, if it begins within a month of it.
    let month = Month::of(to).plus(1);
    if month.first_day() > until {
        return None;
    }
    let row = case.dossier.points.iter().find(|r| r.month == month)?;
    if full_labour(case, row) != Some(true) {
        return None;
    }
    let text = text!(
        case,
        HEALTH,
        "{to}结束监外执行，{month}就恢复了满分劳动，与出监的病情难以相符。",
        "Service outside ended on {to}, and labour was full again in {month}, which hardly fits the illness."
    );
    Some(
        with_facts(Leaf::risk(), span_facts(o.from, Some(to), date::days_between(o.from, to) + 1))
            .cells([o.row.to.at, case.sources.cell(row.at, Col::PtLabourBase)])
            .says(text),
    )
}

// ---- impossible-record --------------------------------------------------------------------------------------------

/// Why a record on a day cannot be.
enum Impossible {
    Away(CustodyKind),
    BeforeDelivery,
}

fn impossible_on(case: &Case<'_>, w: &Whereabouts, day: NaiveDate) -> Option<Impossible> {
    if let Some(span) = w.on(day)
        && (where_of(span.kind) == Where::Gone || span.kind == CustodyKind::OutsideExecution)
    {
        return Some(Impossible::Away(span.kind));
    }
    case.inmate.delivered.get().filter(|d| day < *d).map(|_| Impossible::BeforeDelivery)
}

/// A grade of a cycle of which every day was outside.
fn cycle_outside(w: &Whereabouts, award: &crate::model::Award) -> Option<Impossible> {
    let (from, to) = (award.cycle_from.get()?.first_day(), award.cycle_to.get()?.last_day());
    let away = |s: &Span| where_of(s.kind) == Where::Gone || s.kind == CustodyKind::OutsideExecution;
    let kind = w.on(from).filter(|s| away(s))?.kind;
    let days = date::days_between(from, to) + 1;
    (days > 0 && w.days(from, to, away) == days).then_some(Impossible::Away(kind))
}

/// Awards, penalties, grades and spending on days when the person was not in prison.
fn impossible_record(case: &Case<'_>) -> Vec<Leaf> {
    if !case.has(SheetKind::Awards) && !case.has(SheetKind::Spending) {
        return Vec::new();
    }
    let w = case.whereabouts();
    let mut items = Vec::new();
    let points_from = case.rules.date("law/points-from");
    let mut awards: Vec<_> = case.dossier.awards.iter().collect();
    awards.sort_by_key(|a| (a.date.get(), a.kind.get()));
    for award in awards {
        let Some(day) = award.date.get() else { continue };
        // The detention centre's report is of the time before delivery.
        if award.reason.known().is_some_and(|t| t.contains("看守所")) {
            continue;
        }
        let Some(why) = impossible_on(case, w, day).or_else(|| cycle_outside(w, award)) else { continue };
        let kind = award.kind.get().map_or("奖惩", |k| k.zh());
        let kind_en = award.kind.get().map_or("award or penalty", |k| k.en());
        let text = impossible_text(case, day, kind, kind_en, &why);
        let result = if day < points_from {
            Leaf::unverified().missing(case.sheet_place(Col::AwDate), "考核奖惩原始台账")
        } else {
            Leaf::violation()
        };
        items.push(with_facts(result, span_facts(day, Some(day), 1)).cells([award.date.at, award.kind.at]).says(text));
    }
    let away = |s: &Span| where_of(s.kind) == Where::Gone || s.kind == CustodyKind::OutsideExecution;
    for row in &case.dossier.spending {
        if row.spent.known().is_none_or(|d| *d <= Decimal::ZERO) {
            continue;
        }
        let month = row.month;
        let before = case.inmate.delivered.get().is_some_and(|d| month.last_day() < d);
        if !before && !w.whole_month(month, away) {
            continue;
        }
        let text = text!(
            case,
            REGISTERS,
            "{month}整月不在监狱，却有狱内消费；可能是账户结算，须查流水。",
            "All of {month} was spent outside prison, yet there is spending; it may be the settling of an account."
        );
        items.push(
            with_facts(Leaf::risk(), span_facts(month.first_day(), Some(month.last_day()), i64::from(month.days())))
                .cells([case.sources.cell(row.at, Col::SpMonth), case.sources.cell(row.at, Col::SpSpent)])
                .says(text),
        );
    }
    if items.is_empty() {
        if let Some(leaf) = no_rows(case) {
            return vec![leaf];
        }
        let text = text!(
            case,
            REGISTERS,
            "奖惩和消费都在监管期间。",
            "Awards, penalties and spending all lie in time inside."
        );
        items.push(Leaf::pass().says(text));
    }
    items
}

fn impossible_text(case: &Case<'_>, day: NaiveDate, kind: &str, kind_en: &str, why: &Impossible) -> String {
    match why {
        Impossible::Away(state) => {
            let (zh, en) = (state.zh(), state.en());
            text!(
                case,
                REGISTERS,
                "{day}有{kind}的记录，但当天（或者整个考核周期）处于{zh}状态，不可能发生。",
                "A {kind_en} is recorded on {day}, but that day (or the whole cycle) was {en}: it cannot be."
            )
        }
        Impossible::BeforeDelivery => text!(
            case,
            REGISTERS,
            "{day}有{kind}的记录，但当时还没有交付监狱执行，不可能发生。",
            "A {kind_en} is recorded on {day}, before delivery to the prison: it cannot be."
        ),
    }
}

// ---- duplicate-identity -------------------------------------------------------------------------------------------

/// One identity under several numbers of the batch.
fn duplicate_identity(case: &Case<'_>) -> Vec<Leaf> {
    let Some(aggregate) = case.aggregate else { return Vec::new() };
    let inmate = case.inmate;
    let number = inmate.id_number.known().and_then(|n| identity::normalise(n));
    let by_name = inmate.name.known().zip(case.birth()).map(|(n, b)| Identity::NameAndBirth(n.clone(), b));
    let own = aggregate_own(case, &number, &by_name);
    let others =
        |key: &Identity| -> Vec<&Sentenced> { aggregate.of(key).filter(|s| s.no != case.dossier.no).collect() };
    if let Some(number) = &number {
        let found = others(&Identity::Number(number.clone()));
        if !found.is_empty() {
            return vec![same_person(case, own, &found, true)];
        }
    }
    if let Some(key) = &by_name {
        let found = others(key);
        if !found.is_empty() {
            return vec![same_person(case, own, &found, false)];
        }
    }
    if number.is_none() && by_name.is_none() {
        return Vec::new();
    }
    let text = text!(case, IDENTITY, "没有其他编号使用同一身份。", "No other number of the batch has this identity.");
    vec![Leaf::pass().says(text)]
}

fn aggregate_own<'c>(case: &Case<'c>, number: &Option<String>, by_name: &Option<Identity>) -> Option<&'c Sentenced> {
    let aggregate = case.aggregate?;
    let keys = [number.clone().map(Identity::Number), by_name.clone()];
    keys.into_iter().flatten().find_map(|k| aggregate.of(&k).find(|s| s.no == case.dossier.no))
}

/// Whether two sentences run at the same time; `None` where a date is missing.
fn overlap(a: &Sentenced, b: &Sentenced) -> Option<bool> {
    let last = |s: &Sentenced| match &s.ending {
        Ending::On(days) => days.iter().max().copied(),
        Ending::Open => Some(NaiveDate::MAX),
        Ending::Unknown => None,
    };
    Some(a.from? <= last(b)? && b.from? <= last(a)?)
}

fn same_person(case: &Case<'_>, own: Option<&Sentenced>, others: &[&Sentenced], by_number: bool) -> Leaf {
    let list = others.iter().map(|s| s.no.as_str()).collect::<Vec<_>>().join("、");
    let at_once = own.is_some_and(|own| others.iter().any(|o| overlap(own, o) == Some(true)));
    let text = match (by_number, at_once) {
        (true, true) => text!(
            case,
            IDENTITY,
            "身份证号与编号{list}相同，而且刑期重叠：同时执行两个刑期。",
            "The identity number is also that of {list}, and the terms overlap: two terms at once."
        ),
        (true, false) => text!(
            case,
            IDENTITY,
            "身份证号与编号{list}相同，刑期前后相接或者不明，须核对是否同一人、是否累犯。",
            "The identity number is also that of {list}; the terms follow each other or are unknown: one person, or a recidivist?"
        ),
        (false, true) => text!(
            case,
            IDENTITY,
            "姓名和出生日期与编号{list}相同，而且刑期重叠，可能同时执行两个刑期或者顶替服刑。",
            "Name and birth date are those of {list} too, and the terms overlap: perhaps two terms at once, or one serving for another."
        ),
        (false, false) => text!(
            case,
            IDENTITY,
            "姓名和出生日期与编号{list}相同，须核对是否同一人。",
            "Name and birth date are those of {list} too: to be checked whether it is one person."
        ),
    };
    let numbers: Vec<String> = others.iter().map(|s| s.no.clone()).collect();
    let inmate = case.inmate;
    let mine = if by_number { inmate.id_number.at } else { inmate.name.at };
    Leaf { outcome: Some(Outcome::Risk), ..Leaf::default() }
        .fact("numbers", numbers)
        .fact("two_terms_at_once", at_once)
        .cells([inmate.no.at, mine])
        .cells(others.iter().map(|s| s.at))
        .says(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_found_after_a_word() {
        let d = |t: &str| t.parse::<NaiveDate>().ok();
        for (text, expected) in [
            ("诊断书2019-03-05出具", d("2019-03-05")),
            ("诊断日期：2019年3月5日", d("2019-03-05")),
            ("诊断20190305", d("2019-03-05")),
            ("诊断书第12号，2019.3.5", d("2019-03-05")),
            ("2019-03-05诊断", None),
            ("诊断书第2019号", None),
            ("病危", None),
        ] {
            assert_eq!(date_after(text, "诊断"), expected, "{text}");
        }
    }
}
