//! The term (刑期): where it begins and ends, what was credited, what later rulings made of it, and whether people were let
//! out too early or held too long.
//!
//! These checks run over every person, with or without an application, and replay *all* rulings, also one only named in
//! 提请案件.

use chrono::NaiveDate;

use super::case::{Case, counted};
use super::conduct::Det;
use super::finding::{Basis, Leaf, Outcome};
use super::person::Proof;
use super::reduction::settle;
use super::registry::{Check, Run, Scope};
use super::world::World;
use crate::law::charges::group;
use crate::model::timeline::{self, Doubt, Hints};
use crate::model::whereabouts::{Where, Whereabouts, where_of};
use crate::model::{
    AppKind, Change, Col, CustodyKind, End, NewCrimeKind, Place, Proposal, Ruling, Sentence, SheetKind, Stage,
    Standing, Term, Value, date,
};

/// The checks of this family.
pub const CHECKS: &[Check] = &[
    Check {
        id: "term/end-date",
        scope: Scope::Person,
        needs: &[],
        uses: &[SheetKind::Custody],
        run: Run::Items(end_date),
    },
    Check {
        id: "term/current-end",
        scope: Scope::Person,
        needs: &[],
        uses: &[SheetKind::NewCrimes],
        run: Run::Items(current_end),
    },
    Check {
        id: "term/conversion-start",
        scope: Scope::Person,
        needs: &[],
        uses: &[SheetKind::NewCrimes],
        run: Run::Items(conversion_start),
    },
    Check {
        id: "term/custody-credit",
        scope: Scope::Person,
        needs: &[],
        uses: &[SheetKind::Custody],
        run: Run::Items(custody_credit),
    },
    Check {
        id: "term/void-reduction",
        scope: Scope::Person,
        needs: &[],
        uses: &[SheetKind::NewCrimes],
        run: Run::Items(void_reduction),
    },
    Check { id: "term/history", scope: Scope::Person, needs: &[], uses: &[], run: Run::Items(super::history::history) },
    Check {
        id: "term/released-early",
        scope: Scope::Person,
        needs: &[SheetKind::Custody],
        uses: &[],
        run: Run::Items(released_early),
    },
    Check {
        id: "term/overdue",
        scope: Scope::Person,
        needs: &[],
        uses: &[SheetKind::Custody, SheetKind::Points, SheetKind::Spending],
        run: Run::Items(overdue),
    },
    Check {
        id: "term/exceeds-remaining",
        scope: Scope::Application,
        needs: &[],
        uses: &[],
        run: Run::World(exceeds_remaining),
    },
];

/// A message with the papers that confirm it, in brackets. What the English text says in its own way follows it.
macro_rules! text {
    ($case:expr, $papers:expr, $zh:literal, $en:literal $(, $name:ident = $value:expr)*) => {
        if $case.lang.is_zh() {
            $crate::checks::term::bracketed(format_args!($zh).to_string(), "", $papers.0)
        } else {
            $crate::checks::term::bracketed(format_args!($en $(, $name = $value)*).to_string(), " ", $papers.1)
        }
    };
}
pub(super) use text;

/// `text [papers]`.
pub(super) fn bracketed(mut text: String, gap: &str, papers: &str) -> String {
    text.push_str(gap);
    text.push('[');
    text.push_str(papers);
    text.push(']');
    text
}

/// Papers in both languages.
pub(super) type Papers = (&'static str, &'static str);

const NOTICE: Papers =
    ("执行通知书，拘留证、取保候审、留置文书", "the enforcement notice; papers of detention, bail and retention");
const RULINGS: Papers = ("历次裁定书、送达回证", "all rulings and proofs of service");
const CONVERSION: Papers =
    ("死缓核准裁定、减刑裁定书", "the approval of the reprieved sentence, the conversion ruling");
const CREDIT: Papers = ("拘留证、逮捕证、取保候审文书", "papers of detention, arrest and bail");
const NEW_JUDGMENT: Papers = (
    "新判决书、执行通知书、重新裁定的减刑裁定书",
    "the new judgment, the enforcement notice, the new reduction ruling",
);
const RELEASE: Papers = ("释放证明书、裁定书", "the release certificate, the ruling");
const HELD: Papers = ("释放证明书或者新的羁押手续", "the release certificate or the new custody papers");
const HANDOVER: Papers = ("减刑建议书、释放衔接材料", "the proposal; arrangements for release");

/// "Cannot be decided without this cell", with a sentence that says so.
pub(super) fn lack(case: &Case<'_>, place: Place, document: &'static str) -> Leaf {
    let column = place.col.name();
    let sheet = (case.lang.is_zh(), place.col.sheet());
    let text = match sheet {
        (true, sheet) => format!("缺少{}的“{column}”，不能确定。[{document}]", sheet.name()),
        (false, sheet) => {
            format!("Cannot be decided without {column} of the sheet of {}. [{document}]", sheet.name_en())
        }
    };
    Leaf::needs(place, document).says(text)
}

/// What cannot be replayed with certainty, as a leaf.
pub(super) fn doubtful(case: &Case<'_>, doubt: &Doubt) -> Leaf {
    let text = if case.lang.is_zh() {
        format!("{}，止日不能确定。[{}]", doubt.zh, doubt.document)
    } else {
        format!("The end cannot be determined: {}. [{}]", doubt.en, doubt.document)
    };
    Leaf::needs(doubt.place, doubt.document).says(text).cell(doubt.place.at)
}

/// The judgment and all rulings replayed, the one only named in 提请案件 included.
pub(super) struct Full {
    /// The rulings of the sheet, then those only named in 提请案件.
    pub rulings: Vec<Ruling>,
    /// The replay from the original end as recorded.
    pub standing: Standing,
    /// The replay from start and term, where that gives another original end.
    pub computed: Option<Standing>,
}

impl Full {
    /// Every end that an accepted way of counting gives, in order.
    pub fn ends(&self) -> Vec<NaiveDate> {
        let mut ends = self.standing.ends.clone();
        ends.extend(self.computed.iter().flat_map(|s| s.ends.iter().copied()));
        ends.sort();
        ends.dedup();
        ends
    }

    /// What keeps the replay from being certain.
    pub fn doubt(&self) -> Option<&Doubt> {
        self.standing.doubts.first()
    }

    /// The place where a ruling's content stands.
    pub fn change_place(&self, ruling: usize) -> Option<Place> {
        self.rulings.get(ruling).map(|r| r.change.place())
    }
}

impl Case<'_> {
    /// What the custody record says about releases and returns.
    pub(super) fn hints(&self) -> Hints {
        let mut hints = Hints::default();
        for row in &self.dossier.custody {
            let (Some(from), Some(kind)) = (row.from.get(), row.kind.get()) else { continue };
            match kind {
                CustodyKind::Released => hints.releases.push(from),
                CustodyKind::Parole => hints.paroles.push(from),
                CustodyKind::Recalled | CustodyKind::Held | CustodyKind::Intake | CustodyKind::DetentionCentre => {
                    hints.entries.push(from);
                }
                _ => {}
            }
        }
        hints.releases.sort();
        hints.paroles.sort();
        hints.entries.sort();
        hints
    }

    /// All rulings: those of 历次裁定, and those that 提请案件 names and the sheet does not have.
    pub(super) fn all_rulings(&self) -> Vec<Ruling> {
        let mut rulings = self.dossier.rulings.clone();
        rulings.extend(self.dossier.unlisted_rulings(|_| true));
        rulings
    }

    /// All rulings replayed, worked out once a person.
    pub(super) fn full(&self) -> &Full {
        self.person.full.get_or_init(|| self.replay_all(None))
    }

    /// Replays the rulings dated before `cut` (all where `None`).
    pub(super) fn replay_all(&self, cut: Option<NaiveDate>) -> Full {
        let rulings = self.all_rulings();
        let law = self.rules.replay_law();
        let hints = self.hints();
        let crimes = &self.dossier.new_crimes;
        let standing = timeline::replay_with(self.inmate, &rulings, crimes, &law, cut, &hints);
        let other = match (
            self.inmate.sentence.get().and_then(Sentence::term),
            self.inmate.term_start.get(),
            self.inmate.term_end.get().and_then(End::date),
        ) {
            (Some(term), Some(start), Some(end)) => date::last(start, term) != end,
            _ => false,
        };
        let computed = other.then(|| {
            let mut inmate = self.inmate.clone();
            inmate.term_end.value = Value::Empty;
            timeline::replay_with(&inmate, &rulings, crimes, &law, cut, &hints)
        });
        Full { rulings, standing, computed }
    }

    /// The custody record as spans.
    pub(super) fn whereabouts(&self) -> &Whereabouts {
        self.person.whereabouts()
    }

    /// Whether the judgment says that the sentence is suspended.
    pub(super) fn surely_suspended(&self) -> bool {
        self.inmate.suspended.get() == Some(true)
    }

    /// The days of every recorded escape that has ended: (first day, last day, row).
    pub(super) fn escapes(&self) -> Vec<(NaiveDate, NaiveDate, usize)> {
        let w = self.whereabouts();
        w.spans
            .iter()
            .filter(|s| s.kind == CustodyKind::Escape && s.to != NaiveDate::MAX)
            .map(|s| (s.from, s.to, s.row))
            .collect()
    }

    /// Without 历次裁定 nothing is known of anyone's rulings.
    pub(super) fn no_rulings(&self) -> Option<Leaf> {
        (!self.has(SheetKind::Rulings)).then(|| lack(self, self.sheet_place(Col::RuDate), "历次裁定书"))
    }
}

/// Whether an end date is one of those accepted; the ways of counting a month's end are among them.
pub(super) fn agrees(ends: &[NaiveDate], day: NaiveDate) -> bool {
    ends.contains(&day)
}

/// The accepted end nearest to a day.
pub(super) fn nearest(ends: &[NaiveDate], day: NaiveDate) -> Option<NaiveDate> {
    ends.iter().copied().min_by_key(|e| (date::days_between(*e, day).abs(), *e))
}

/// The term of a sentence with an end that is executed in custody: 有期徒刑 or 拘役, and 管制.
fn fixed_term(case: &Case<'_>) -> Det<Option<(Sentence, Term)>> {
    match case.inmate.sentence.get() {
        None => Err(Box::new(lack(case, case.inmate.sentence.place(), "判决书、执行通知书"))),
        Some(sentence) => Ok(sentence.term().filter(|_| !case.surely_suspended()).map(|t| (sentence, t))),
    }
}

fn one(result: Det<Leaf>) -> Vec<Leaf> {
    vec![settle(result)]
}

// ---- end-date -----------------------------------------------------------------------------------------------------

/// Days of a period that are not custody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct NotHeld {
    /// Days on bail, released, or otherwise recorded as free.
    free: i64,
    /// Days that no row covers.
    uncovered: i64,
    /// Days of residential surveillance that do not count (two make one).
    surveillance: i64,
    /// Days due for residential surveillance before the period, by which its first day may have been moved back.
    due: i64,
}

impl NotHeld {
    fn total(self) -> i64 {
        self.free + self.uncovered + self.surveillance
    }

    /// Days that must move the end; below zero where more is due than was lost.
    fn net(self) -> i64 {
        self.total() - self.due
    }
}

fn not_held(case: &Case<'_>, from: NaiveDate, before: NaiveDate) -> NotHeld {
    let to = date::add_days(before, -1);
    if to < from {
        return NotHeld::default();
    }
    let w = case.whereabouts();
    let per_day = case.rules.threshold_int("term/custody-credit", "surveillance_days_per_day").max(1);
    let watched = w.days(from, to, |s| s.kind == CustodyKind::ResidentialSurveillance);
    let free = w.days(from, to, |s| where_of(s.kind) != Where::In && s.kind != CustodyKind::ResidentialSurveillance);
    let uncovered = w.uncovered(from, to).iter().map(|(a, b)| date::days_between(*a, *b) + 1).sum();
    // Halved together: a day in the period and one before it make a day of credit too.
    let before = w.days(NaiveDate::MIN, date::add_days(from, -1), |s| s.kind == CustodyKind::ResidentialSurveillance);
    let due = (before + watched) / per_day - watched / per_day;
    NotHeld { free, uncovered, surveillance: watched - watched / per_day, due }
}

/// The recorded original end against the start and the term (刑法41, 44, 47; 刑诉法解释2021 art. 202).
fn end_date(case: &Case<'_>) -> Vec<Leaf> {
    match fixed_term(case) {
        Ok(None) => Vec::new(),
        Ok(Some((sentence, term))) => one(try_end_date(case, sentence, term)),
        Err(leaf) => vec![*leaf],
    }
}

fn try_end_date(case: &Case<'_>, sentence: Sentence, term: Term) -> Det<Leaf> {
    let inmate = case.inmate;
    let need = |place| Err(Box::new(lack(case, place, "执行通知书")));
    let Some(start) = inmate.term_start.get() else { return need(inmate.term_start.place()) };
    let end = match inmate.term_end.get() {
        Some(End::On(end)) => end,
        Some(End::None) => {
            return Ok(Leaf::unverified().cell(inmate.term_end.at).cell(inmate.sentence.at).says(text!(
                case,
                NOTICE,
                "判处的刑罚有期限，刑期止日却写为无期，两处矛盾。",
                "The sentence has a term, yet the end is given as none: the two contradict each other."
            )));
        }
        None => return need(inmate.term_end.place()),
    };
    let expected = date::last(start, term);
    let law = case.rules.replay_law();
    let (first, second) = date::add_readings(start, term);
    let same = [Some(first), second]
        .into_iter()
        .flatten()
        .map(|d| date::add_days(d, -1))
        .any(|d| d == end || timeline::is_month_end_twin(d, end, inmate, &law));
    let days = date::days_between(end, expected);
    let leaf = |leaf: Leaf, cause: &'static str| {
        leaf.fact("recorded", end).fact("expected", expected).fact("days", days.abs()).fact("cause", cause).cells([
            inmate.term_start.at,
            inmate.term_end.at,
            inmate.sentence.at,
        ])
    };
    if same {
        let text = text!(
            case,
            NOTICE,
            "刑期自{start}起，至{end}止，与刑期相符。",
            "From {start} to {end}, as the term gives."
        );
        return Ok(leaf(Leaf::pass(), "none").says(text));
    }
    let control = matches!(sentence, Sentence::Control(_));
    if days > 0 {
        let explained = case.credit_explained();
        if explained == Some(days) {
            let text = text!(
                case,
                NOTICE,
                "刑期止日比推算早{days}天，正好由起日以前另有的羁押折抵。",
                "The end is {days} earlier than computed, exactly what separate earlier custody makes.",
                days = counted(days, "day", "days")
            );
            return Ok(leaf(Leaf::pass(), "earlier-custody").note(text.clone()).says(text));
        }
        let earlier = inmate.detained.get().is_some_and(|d| d < start);
        if control && inmate.detained.get().is_some() || earlier || explained.is_some_and(|n| n > 0) {
            let text = text!(
                case,
                NOTICE,
                "刑期止日比推算的{expected}早{days}天；有先行羁押，但现有记录不能恰好说明这些天数。",
                "The end is {days} earlier than the computed {expected}; there was earlier custody, but the record does \
                 not account for exactly these days.",
                days = counted(days, "day", "days")
            );
            let leaf = leaf(Leaf::unverified(), "earlier-custody");
            return Ok(if case.has(SheetKind::Custody) {
                leaf.missing(case.sheet_place(Col::CuFrom), "拘留证、逮捕证、执行通知书").says(text)
            } else {
                leaf.missing(case.sheet_place(Col::CuFrom), "羁押轨迹、拘留证、执行通知书").says(text)
            });
        }
        if inmate.detained.get().is_none() {
            let text = text!(
                case,
                NOTICE,
                "刑期止日比推算的{expected}早{days}天，羁押日期没有记载，不能确定是不是先行羁押折抵。",
                "The end is {days} earlier than the computed {expected}; the first day of custody is not recorded, so credit \
                 cannot be ruled out.",
                days = counted(days, "day", "days")
            );
            return Ok(leaf(Leaf::unverified(), "unknown")
                .missing(inmate.detained.place(), "拘留证、逮捕证")
                .says(text));
        }
        let text = text!(
            case,
            NOTICE,
            "刑期止日写早了：自{start}起算应当到{expected}，执行通知书写{end}，少{days}天，没有先行羁押可以说明。",
            "The end is too early: from {start} it should be {expected}, but {end} is recorded, {days} less, and no earlier \
             custody accounts for it.",
            days = counted(days, "day", "days")
        );
        return Ok(leaf(Leaf::violation(), "unexplained").says(text));
    }
    let late = -days;
    let before = inmate.delivered.get();
    let rows = before.is_some_and(|d| case.dossier.custody.iter().any(|r| r.from.get().is_some_and(|f| f < d)));
    if let Some(delivered) = before.filter(|_| rows && !control) {
        let lost = not_held(case, start, delivered);
        if lost.total() == late || lost.net() == late {
            let text = text!(
                case,
                NOTICE,
                "刑期止日比推算晚{late}天，正好等于取保候审等没有羁押的天数。",
                "The end is {late} later than computed, exactly the days on bail or otherwise not in custody.",
                late = counted(late, "day", "days")
            );
            return Ok(leaf(Leaf::pass(), "not-held").note(text.clone()).says(text));
        }
        let text = text!(
            case,
            NOTICE,
            "刑期止日写晚了：自{start}起算应当到{expected}，写成{end}，多{late}天，中断羁押的天数也对不上（程序问题，涉及超期）。",
            "The end is too late: from {start} it should be {expected}, but {end} is recorded, {late} more, which the days \
             out of custody do not account for (a matter of procedure).",
            late = counted(late, "day", "days")
        );
        return Ok(leaf(Leaf::violation(), "late").says(text));
    }
    let text = text!(
        case,
        NOTICE,
        "刑期止日比推算的{expected}晚{late}天，没有交付以前的羁押记录，不能确定是否因取保候审等中断。",
        "The end is {late} later than the computed {expected}; without rows before delivery an interruption cannot be shown.",
        late = counted(late, "day", "days")
    );
    Ok(leaf(Leaf::unverified(), "unknown")
        .missing(case.sheet_place(Col::CuFrom), "取保候审决定书、执行通知书")
        .says(text))
}

// ---- current-end --------------------------------------------------------------------------------------------------

/// Why a recorded end differs from the replay.
struct Cause {
    code: &'static str,
    zh: String,
    en: String,
}

impl Cause {
    fn new(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Cause {
        Cause { code, zh: zh.into(), en: en.into() }
    }
}

/// More rulings than this are not tried out one by one when a cause is looked for.
const MAX_TRIED: usize = 40;

/// The likely cause of a difference: each hypothesis is replayed, and the first that gives the recorded end is named.
fn likely_cause(case: &Case<'_>, full: &Full, recorded: NaiveDate) -> Cause {
    let law = case.rules.replay_law();
    let hints = case.hints();
    let crimes = &case.dossier.new_crimes;
    let hits = |rulings: &[Ruling]| {
        timeline::replay_with(case.inmate, rulings, crimes, &law, None, &hints).ends.contains(&recorded)
    };
    let ends = full.ends();
    let on = |r: &Ruling| r.date.get().map(|d| d.to_string()).unwrap_or_default();
    let few = full.rulings.len() <= MAX_TRIED;
    for (i, ruling) in full.rulings.iter().enumerate().filter(|_| few) {
        let Some(change) = ruling.change.known() else { continue };
        let day = on(ruling);
        let cause = match change {
            Change::NotCounted(_) => Cause::new(
                "excluded-time-ignored",
                format!("{day}裁定不计入执行刑期的时间没有后移"),
                format!("the time excluded by the ruling of {day} was not added"),
            ),
            Change::ReductionRevoked { .. } => Cause::new(
                "revoked-reduction-kept",
                format!("{day}撤销的减刑仍然算着"),
                format!("the reduction revoked on {day} is still counted"),
            ),
            Change::RetrialChanged(_) | Change::Merged(_) => Cause::new(
                "void-reduction-kept",
                format!("{day}改判以前的减刑仍然算着"),
                format!("reductions before the new judgment of {day} are still counted"),
            ),
            Change::ParoleRevoked => Cause::new(
                "probation-counted",
                format!("{day}撤销的假释，考验期被算成服刑"),
                format!("probation before parole was revoked on {day} is counted as served"),
            ),
            Change::Reduce(_) | Change::ReductionRestored(_) => Cause::new(
                "reduction-left-out",
                format!("{day}的减刑没有算进去"),
                format!("the reduction of {day} was left out"),
            ),
            _ => continue,
        };
        let without: Vec<Ruling> =
            full.rulings.iter().enumerate().filter(|(n, _)| *n != i).map(|(_, r)| r.clone()).collect();
        if hits(&without) {
            return cause;
        }
    }
    for ruling in full.rulings.iter().filter(|_| few) {
        if matches!(ruling.change.known(), Some(Change::Reduce(_) | Change::ReductionRestored(_))) {
            let mut twice = full.rulings.clone();
            twice.push(ruling.clone());
            if hits(&twice) {
                let day = on(ruling);
                return Cause::new(
                    "reduction-twice",
                    format!("{day}的减刑算了两次"),
                    format!("the reduction of {day} was counted twice"),
                );
            }
        }
    }
    if let Some(cause) = carried_on(full, recorded) {
        return cause;
    }
    if full.standing.conversion.is_none() && case.inmate.term_end.get() == Some(End::On(recorded)) {
        return Cause::new(
            "rulings-left-out",
            "仍是原判止日，后来的裁定都没有算进去",
            "it is still the original end: none of the later rulings was counted",
        );
    }
    if let Some(voided) = full.standing.voided
        && ends.iter().any(|e| date::move_back(*e, voided.sum).contains(&recorded))
    {
        return Cause::new(
            "void-reduction-kept",
            "已经失效的减刑仍然算着",
            "reductions that have lost their force are still counted",
        );
    }
    if let Some(cause) = conversion_day(case, full, recorded) {
        return cause;
    }
    if let Some(cause) = credit_twice(case, &ends, recorded) {
        return cause;
    }
    let as_days = full.standing.reductions.iter().any(|r| {
        let months = i64::from(r.amount.total_months());
        ends.iter().any(|e| {
            let back = date::add_by(*e, r.amount, date::Counting::AllMonths);
            date::add_days(back, -months * 30 - i64::from(r.amount.days())) == recorded
        })
    });
    if as_days {
        return Cause::new("months-as-days", "减去的月数被换算成天数", "the months taken off were turned into days");
    }
    let off = nearest(&ends, recorded).map_or(0, |e| date::days_between(e, recorded));
    match off {
        1 => Cause::new("one-day", "止日多算了一天（没有减一天）", "one day too many: the last day was not taken off"),
        -1 => Cause::new("one-day", "止日少算了一天（多减了一天）", "one day too few: a day was taken off twice"),
        _ => Cause::new("unknown", "原因不明", "the cause is not apparent"),
    }
}

/// An earlier ruling recorded a wrong end, and later reductions were taken off from it.
fn carried_on(full: &Full, recorded: NaiveDate) -> Option<Cause> {
    for step in &full.standing.steps {
        let Some((wrong, _)) = step.recorded else { continue };
        if step.accepted.contains(&wrong) {
            continue;
        }
        let later = full
            .standing
            .reductions
            .iter()
            .filter(|r| r.date > step.date)
            .fold(Term::ZERO, |sum, r| sum.plus(r.amount));
        if wrong == recorded || date::move_back(wrong, later).contains(&recorded) {
            let day = step.date;
            return Some(Cause::new(
                "wrong-end-carried",
                format!("{day}的裁定写错了止日（{wrong}），以后照此递减"),
                format!("the ruling of {day} recorded a wrong end ({wrong}), and later ones went on from it"),
            ));
        }
    }
    None
}

/// A converted term was counted from another day than the ruling (or the end of the reprieve).
fn conversion_day(case: &Case<'_>, full: &Full, recorded: NaiveDate) -> Option<Cause> {
    let s = &full.standing;
    if !s.stage?.converted() || s.rejudged.is_some() {
        return None;
    }
    let left = s.term?.minus(s.reduced_by())?;
    let inmate = case.inmate;
    let served = s.conversion.and_then(|(i, _)| full.rulings.get(i)).and_then(|r| r.served.get());
    let days = [
        (inmate.effective.get(), "判决生效日", "the day the judgment became final"),
        (inmate.judged.get(), "判决日", "the day of the judgment"),
        (inmate.delivered.get(), "交付执行日", "the day of delivery"),
        (inmate.detained.get(), "羁押日", "the first day of custody"),
        (inmate.term_start.get(), "原刑期起日", "the start on the enforcement notice"),
        (s.to_life.map(|(_, d)| d), "减为无期徒刑之日", "the day it became life"),
        (inmate.reprieve_end.get(), "死缓期满日", "the end of the reprieve"),
        (served, "裁定送达日", "the day of service"),
    ];
    days.into_iter().find_map(|(day, zh, en)| {
        let day = day.filter(|d| s.start != Some(*d))?;
        (date::last(day, left) == recorded).then(|| {
            Cause::new(
                "conversion-start",
                format!("转换后的刑期从{zh}（{day}）起算，起日错了"),
                format!("the converted term was counted from {en} ({day}), a wrong start"),
            )
        })
    })
}

/// Custody before the judgment, which is in 刑期起日 already, was taken off once more.
fn credit_twice(case: &Case<'_>, ends: &[NaiveDate], recorded: NaiveDate) -> Option<Cause> {
    let inmate = case.inmate;
    let starts = [inmate.detained.get(), inmate.term_start.get()].into_iter().flatten();
    let stops = [inmate.judged.get(), inmate.effective.get(), inmate.delivered.get(), inmate.term_start.get()];
    for start in starts {
        for stop in stops.into_iter().flatten().filter(|s| *s > start) {
            let days = date::days_between(start, stop);
            let hit = |n: i64| ends.iter().any(|e| date::add_days(*e, -n) == recorded);
            if hit(days) || hit(days + 1) {
                return Some(Cause::new(
                    "credit-twice",
                    format!("{start}至{stop}的先行羁押折抵了两次"),
                    format!("custody from {start} to {stop} was credited twice"),
                ));
            }
        }
    }
    None
}

/// 现刑期止日, and the end each ruling records, against the replay of all rulings.
fn current_end(case: &Case<'_>) -> Vec<Leaf> {
    let inmate = case.inmate;
    if case.surely_suspended() {
        return Vec::new();
    }
    if inmate.sentence.get().is_none() {
        return vec![lack(case, inmate.sentence.place(), "判决书、执行通知书")];
    }
    let full = case.full();
    let Some(stage) = full.standing.stage else { return Vec::new() };
    let recorded = inmate.current_end.get();
    if !stage.has_end() {
        return life_with_end(case, recorded).into_iter().collect();
    }
    if let Some(leaf) = case.no_rulings() {
        return vec![leaf];
    }
    let mut items = Vec::new();
    match recorded {
        None => items.push(lack(case, inmate.current_end.place(), "历次裁定书、执行通知书")),
        Some(End::None) => items.push(Leaf::unverified().cell(inmate.current_end.at).says(text!(
            case,
            RULINGS,
            "重放裁定后执行的是有期徒刑，现刑期止日却写为无期。",
            "By the rulings a fixed term is being served, yet the current end is given as none."
        ))),
        Some(End::On(day)) => items.push(compare(case, full, day)),
    }
    if full.doubt().is_none() {
        items.extend(rulings_ends(case, full));
    }
    items
}

/// Life or reprieved death, yet an end date is recorded: a ruling must be missing.
fn life_with_end(case: &Case<'_>, recorded: Option<End>) -> Option<Leaf> {
    let Some(End::On(day)) = recorded else { return None };
    if let Some(leaf) = case.no_rulings() {
        return Some(leaf);
    }
    Some(
        Leaf::unverified()
            .fact("recorded", day)
            .fact("cause", "conversion-missing")
            .cell(case.inmate.current_end.at)
            .missing(case.sheet_place(Col::RuChange), "减为有期徒刑的裁定书")
            .says(text!(
                case,
                RULINGS,
                "没有减为有期徒刑的裁定，现刑期止日却写为{day}。",
                "No ruling makes it a fixed term, yet {day} is recorded as the current end."
            )),
    )
}

fn compare(case: &Case<'_>, full: &Full, recorded: NaiveDate) -> Leaf {
    let at = case.inmate.current_end.at;
    if let Some(doubt) = full.doubt() {
        return doubtful(case, doubt).fact("recorded", recorded).cell(at);
    }
    let ends = full.ends();
    let Some(near) = nearest(&ends, recorded) else {
        return lack(case, case.inmate.term_end.place(), "执行通知书、历次裁定书").fact("recorded", recorded).cell(at);
    };
    let cells = full.rulings.iter().map(|r| r.change.at);
    let leaf = |leaf: Leaf, expected: NaiveDate, cause: &'static str| {
        leaf.fact("recorded", recorded)
            .fact("expected", expected)
            .fact("days", date::days_between(recorded, expected).abs())
            .fact("cause", cause)
            .cell(at)
            .cells([case.inmate.term_start.at, case.inmate.term_end.at])
            .cells(cells.clone())
    };
    if agrees(&ends, recorded) {
        let text = text!(
            case,
            RULINGS,
            "现刑期止日{recorded}与历次裁定相符。",
            "The current end of {recorded} agrees with the rulings."
        );
        return leaf(Leaf::pass(), recorded, "none").says(text);
    }
    let late = date::days_between(near, recorded);
    if late > 0 && escape_explains(case, late) {
        let text = text!(
            case,
            RULINGS,
            "现刑期止日比重放的晚{late}天，等于脱逃的天数。",
            "The current end is {late} later than replayed, which are the days of escape.",
            late = counted(late, "day", "days")
        );
        return leaf(Leaf::pass(), near, "escape").note(text.clone()).says(text);
    }
    let expected = if agrees(&full.standing.ends, near) {
        full.standing.forward_end.filter(|e| date::days_between(*e, near).abs() <= 1).unwrap_or(near)
    } else {
        near
    };
    let cause = likely_cause(case, full, recorded);
    let days = date::days_between(recorded, expected).abs();
    let (zh, en) = (&cause.zh, &cause.en);
    let text = if late < 0 {
        text!(
            case,
            RULINGS,
            "现刑期止日写早了：逐件重放历次裁定应为{expected}，登记为{recorded}，早{days}天。可能的原因：{zh}。",
            "The current end is too early: replaying the rulings gives {expected}, but {recorded} is recorded, {days} \
             early. Likely cause: {en}.",
            days = counted(days, "day", "days")
        )
    } else {
        text!(
            case,
            RULINGS,
            "现刑期止日写晚了：逐件重放历次裁定应为{expected}，登记为{recorded}，晚{days}天（程序问题，可能超期关押）。可能的原因：{zh}。",
            "The current end is too late: replaying the rulings gives {expected}, but {recorded} is recorded, {days} late (a \
             matter of procedure: it may hold the person too long). Likely cause: {en}.",
            days = counted(days, "day", "days")
        )
    };
    leaf(Leaf::violation(), expected, cause.code).says(text)
}

/// Whether days by which an end is later are those of recorded escapes (either end day may or may not be counted).
pub(super) fn escape_explains(case: &Case<'_>, late: i64) -> bool {
    let escapes = case.escapes();
    let n = escapes.len() as i64;
    let days: i64 = escapes.iter().map(|(from, to, _)| date::days_between(*from, *to) + 1).sum();
    n > 0 && (days - n..=days + n).contains(&late)
}

/// 减后刑期止日 of each ruling against the replay up to it.
fn rulings_ends(case: &Case<'_>, full: &Full) -> Vec<Leaf> {
    let mut items = Vec::new();
    for step in &full.standing.steps {
        let Some((recorded, place)) = step.recorded else { continue };
        if step.doubtful || step.accepted.is_empty() || agrees(&step.accepted, recorded) {
            continue;
        }
        let other = full.computed.as_ref().and_then(|s| s.steps.iter().find(|o| o.ruling == step.ruling));
        if other.is_some_and(|o| agrees(&o.accepted, recorded)) {
            continue;
        }
        let Some(expected) = nearest(&step.accepted, recorded) else { continue };
        let days = date::days_between(recorded, expected);
        let day = step.date;
        let n = days.abs();
        // An end that follows from an earlier ruling's wrong end is that ruling's fault.
        let text = if days > 0 {
            text!(
                case,
                RULINGS,
                "{day}的裁定写明的止日{recorded}比重放的{expected}早{n}天。",
                "The ruling of {day} records {recorded} as the end, {n} before the replayed {expected}.",
                n = counted(n, "day", "days")
            )
        } else if escape_explains(case, n) {
            continue;
        } else {
            text!(
                case,
                RULINGS,
                "{day}的裁定写明的止日{recorded}比重放的{expected}晚{n}天（程序问题）。",
                "The ruling of {day} records {recorded} as the end, {n} after the replayed {expected} (a matter of procedure).",
                n = counted(n, "day", "days")
            )
        };
        items.push(
            Leaf::violation()
                .fact("recorded", recorded)
                .fact("expected", expected)
                .fact("days", n)
                .fact("cause", "ruling-end")
                .cell(place.at)
                .cells(full.change_place(step.ruling).map(|p| p.at))
                .says(text),
        );
    }
    items
}

// ---- conversion-start ---------------------------------------------------------------------------------------------

/// 死缓期满日: the days the law gives (the last day of two years, and the day after it), and whether a new crime restarted it.
pub(super) struct ReprieveEnd {
    /// The days accepted, in order; empty where the judgment's day is unknown.
    pub days: Vec<NaiveDate>,
    /// The row of the crime that restarted the reprieve.
    pub restarted: Option<usize>,
    /// The row of a crime of which it is unknown whether it restarted it.
    pub open: Option<usize>,
}

impl Case<'_> {
    /// When the reprieve of this person ends by law (刑法50, 51).
    pub(super) fn reprieve_by_law(&self) -> ReprieveEnd {
        let years = u32::try_from(self.rules.threshold_int("term/conversion-start", "reprieve_years")).unwrap_or(2);
        let length = Term::of_years(years);
        let both = |from: NaiveDate| {
            let last = date::last(from, length);
            vec![last, date::add_days(last, 1)]
        };
        let Some(effective) = self.inmate.effective.get() else {
            return ReprieveEnd { days: Vec::new(), restarted: None, open: None };
        };
        let mut out = ReprieveEnd { days: both(effective), restarted: None, open: None };
        for (i, crime) in self.dossier.new_crimes.iter().enumerate() {
            if crime.kind.get() != Some(NewCrimeKind::NewCrime) {
                continue;
            }
            let last = out.days.last().copied().unwrap_or(effective);
            let Some(day) = crime.crime_date.get() else {
                if crime.confirmed.get().is_none_or(|c| c <= date::add(last, Term::of_years(1))) {
                    out.open = Some(i);
                }
                continue;
            };
            if day < effective || day >= last {
                continue;
            }
            match (crime.intentional.get(), crime.confirmed.get()) {
                (Some(false), _) => {}
                (Some(true), Some(confirmed)) => {
                    out.days = both(confirmed);
                    out.restarted = Some(i);
                }
                _ => out.open = Some(i),
            }
        }
        out
    }
}

/// Life or reprieved death became a fixed term, or reprieved death life: from which day, and not before the reprieve ended.
fn conversion_start(case: &Case<'_>) -> Vec<Leaf> {
    if !matches!(case.inmate.sentence.get(), Some(Sentence::Life | Sentence::Reprieve)) {
        return Vec::new();
    }
    if let Some(leaf) = case.no_rulings() {
        return vec![leaf];
    }
    let full = case.full();
    let mut items = Vec::new();
    let mut changed = false;
    for step in &full.standing.steps {
        let Some(ruling) = full.rulings.get(step.ruling) else { continue };
        let Some(change) = ruling.change.known() else { continue };
        let item = match (change, step.before) {
            (Change::RetrialChanged(_) | Change::Merged(_), _) => {
                changed = true;
                continue;
            }
            (Change::ToFixed(term), Some(Stage::Life | Stage::LifeAfterReprieve)) => {
                converted(case, ruling, step.date, *term, &[step.date], &Basis::new("刑法", "80", None))
            }
            (Change::ToFixed(term), Some(Stage::Reprieve)) => direct(case, ruling, step.date, *term),
            (Change::ToLife, Some(Stage::Reprieve)) => to_life(case, ruling, step.date),
            _ => continue,
        };
        items.push(if changed && item.outcome != Some(Outcome::Pass) {
            Leaf { outcome: Some(Outcome::Unverified), ..item }
                .missing(ruling.new_start.place(), "再审（并罚）判决书、执行通知书")
        } else {
            item
        });
    }
    items
}

/// The start and the end of a converted term.
fn converted(
    case: &Case<'_>,
    ruling: &Ruling,
    ruled: NaiveDate,
    term: Term,
    starts: &[NaiveDate],
    basis: &Basis,
) -> Leaf {
    let Some(&right) = starts.first() else {
        return lack(case, case.inmate.reprieve_end.place(), "死缓核准裁定、执行通知书").basis(basis);
    };
    let years = term.zh();
    let years_en = term.en();
    let leaf = |leaf: Leaf, recorded: NaiveDate, expected: NaiveDate, cause: &'static str| {
        leaf.fact("recorded", recorded)
            .fact("expected", expected)
            .fact("days", date::days_between(recorded, expected).abs())
            .fact("cause", cause)
            .basis(basis)
            .cells([ruling.date.at, ruling.new_start.at, ruling.new_end.at, ruling.change.at])
    };
    let start = ruling.new_start.get();
    if let Some(start) = start
        && !starts.contains(&start)
    {
        let days = date::days_between(start, right);
        let n = days.abs();
        let tolerance = case.rules.threshold_int("term/conversion-start", "tolerance_days");
        if ruled != right && days == tolerance {
            let text = text!(
                case,
                CONVERSION,
                "减为有期徒刑的起日{start}比死缓期满日{right}早一天，期满日当天还是次日起算有两种理解。",
                "The start of {start} is a day before the end of the reprieve of {right}; from which of the two it runs is read \
                 both ways."
            );
            return leaf(Leaf::unverified(), start, right, "conversion-start").says(text);
        }
        if days > 0 {
            let text = text!(
                case,
                CONVERSION,
                "减为有期徒刑的刑期应当自{right}起算，写成{start}，早了{n}天，刑期因此少{n}天。",
                "The converted term runs from {right}, but {start} is recorded, {n} early, and the term is shorter by as much.",
                n = counted(n, "day", "days")
            );
            return leaf(Leaf::violation(), start, right, "conversion-start").says(text);
        }
        let text = text!(
            case,
            CONVERSION,
            "减为有期徒刑的刑期应当自{right}起算，写成{start}，晚了{n}天，原因需要核实。",
            "The converted term runs from {right}, but {start} is recorded, {n} late; the reason must be found.",
            n = counted(n, "day", "days")
        );
        return leaf(Leaf::unverified(), start, right, "conversion-start").says(text);
    }
    let from: Vec<NaiveDate> = match start {
        Some(start) => vec![start],
        None => starts.to_vec(),
    };
    let mut lasts: Vec<NaiveDate> = Vec::new();
    for start in &from {
        let (first, second) = date::add_readings(*start, term);
        lasts.extend([Some(first), second].into_iter().flatten().map(|d| date::add_days(d, -1)));
    }
    match ruling.new_end.get().and_then(End::date) {
        Some(end) if !agrees(&lasts, end) => {
            let expected = nearest(&lasts, end).unwrap_or(end);
            let days = date::days_between(end, expected);
            let n = days.abs();
            if days > 0 {
                let text = text!(
                    case,
                    CONVERSION,
                    "{years}自{right}起算应当到{expected}，裁定写到{end}，早{n}天。",
                    "{years_en} from {right} end on {expected}, but the ruling records {end}, {n} early.",
                    n = counted(n, "day", "days")
                );
                leaf(Leaf::violation(), end, expected, "conversion-end").says(text)
            } else {
                let text = text!(
                    case,
                    CONVERSION,
                    "{years}自{right}起算应当到{expected}，裁定写到{end}，晚{n}天，原因需要核实。",
                    "{years_en} from {right} end on {expected}, but the ruling records {end}, {n} late; the reason must be found.",
                    n = counted(n, "day", "days")
                );
                leaf(Leaf::unverified(), end, expected, "conversion-end").says(text)
            }
        }
        Some(_) => {
            let text = text!(
                case,
                CONVERSION,
                "{years}自{right}起算，起止相符。",
                "{years_en} from {right}: start and end agree."
            );
            leaf(Leaf::pass(), start.unwrap_or(right), right, "none").says(text)
        }
        None if start.is_some() => {
            let text = text!(
                case,
                CONVERSION,
                "{years}自{right}起算，起日相符。",
                "{years_en} from {right}: the start agrees."
            );
            leaf(Leaf::pass(), right, right, "none").says(text)
        }
        None => lack(case, ruling.new_start.place(), "减刑裁定书").basis(basis),
    }
}

/// Reprieved death directly became a fixed term: it runs from the end of the reprieve (刑法51).
fn direct(case: &Case<'_>, ruling: &Ruling, ruled: NaiveDate, term: Term) -> Leaf {
    let law = case.reprieve_by_law();
    let days = if law.days.is_empty() { case.inmate.reprieve_end.get().into_iter().collect() } else { law.days };
    let leaf = converted(case, ruling, ruled, term, &days, &Basis::new("刑法", "51", None));
    match law.open {
        Some(i) if leaf.outcome != Some(Outcome::Pass) => {
            let crime = &case.dossier.new_crimes[i];
            Leaf { outcome: Some(Outcome::Unverified), ..leaf }.missing(crime.crime_date.place(), "新罪判决书")
        }
        _ => leaf,
    }
}

/// Reprieved death became life: not before the reprieve ended (刑法50.1).
fn to_life(case: &Case<'_>, ruling: &Ruling, ruled: NaiveDate) -> Leaf {
    let inmate = case.inmate;
    let law = case.reprieve_by_law();
    let basis = Basis::new("刑法", "50", Some(1));
    let recorded = inmate.reprieve_end.get();
    let Some(due) = law.days.first().copied().or(recorded) else {
        return lack(case, inmate.effective.place(), "死缓核准裁定、判决书").basis(&basis);
    };
    let leaf = |leaf: Leaf, day: NaiveDate, cause: &'static str| {
        leaf.fact("recorded", day)
            .fact("expected", due)
            .fact("days", date::days_between(day, due).abs())
            .fact("cause", cause)
            .basis(&basis)
            .cells([ruling.date.at, inmate.reprieve_end.at, inmate.effective.at])
    };
    if let Some(i) = law.open {
        let crime = &case.dossier.new_crimes[i];
        let text = text!(
            case,
            CONVERSION,
            "缓期执行期间可能又故意犯罪，期满日是否重新计算不能确定。",
            "There may have been an intentional crime in the reprieve; whether it started again cannot be told."
        );
        return leaf(Leaf::unverified(), ruled, "reprieve-restart")
            .missing(crime.crime_date.place(), "新罪判决书")
            .says(text);
    }
    if let Some(day) = recorded.filter(|d| *d < due) {
        let n = date::days_between(day, due);
        let text = text!(
            case,
            CONVERSION,
            "死缓期满日登记为{day}，按判决生效日推算应为{due}，早了{n}天。",
            "The end of the reprieve is recorded as {day}; from the judgment it is {due}, {n} later.",
            n = counted(n, "day", "days")
        );
        return leaf(Leaf::violation(), day, "reprieve-end").says(text);
    }
    if ruled < due {
        let n = date::days_between(ruled, due);
        let text = text!(
            case,
            CONVERSION,
            "死缓期到{due}才满，{ruled}就裁定减为无期徒刑，早了{n}天。",
            "The reprieve ends on {due}, but it became life on {ruled}, {n} early.",
            n = counted(n, "day", "days")
        );
        return leaf(Leaf::violation(), ruled, "reprieve-end").says(text);
    }
    if let Some(day) = recorded.filter(|d| ruled < *d) {
        let text = text!(
            case,
            CONVERSION,
            "死缓期满日登记为{day}，裁定在{ruled}，按判决生效日推算则已满，两处不一致。",
            "The end of the reprieve is recorded as {day} and the ruling is of {ruled}; by the judgment the reprieve had ended: \
             the two differ."
        );
        return leaf(Leaf::unverified(), ruled, "reprieve-end").says(text);
    }
    let text = text!(
        case,
        CONVERSION,
        "死缓期{due}满，{ruled}减为无期徒刑。",
        "The reprieve ended on {due}; it became life on {ruled}."
    );
    leaf(Leaf::pass(), ruled, "none").says(text)
}

// ---- custody-credit -----------------------------------------------------------------------------------------------

/// Custody credited that was not custody: two tests.
fn custody_credit(case: &Case<'_>) -> Vec<Leaf> {
    match fixed_term(case) {
        Ok(Some((sentence, term))) => {
            let mut items = vec![first_custody(case)];
            if !matches!(sentence, Sentence::Control(_)) && case.has(SheetKind::Custody) {
                items.extend(credited_days(case, term));
                items.extend(retention_row(case));
            }
            items
        }
        Ok(None) => Vec::new(),
        Err(leaf) => vec![*leaf],
    }
}

/// 刑期起日 before the first custody.
fn first_custody(case: &Case<'_>) -> Leaf {
    let inmate = case.inmate;
    let Some(start) = inmate.term_start.get() else { return lack(case, inmate.term_start.place(), "执行通知书") };
    let rows = &case.dossier.custody;
    let first_row = rows
        .iter()
        .filter(|r| matches!(r.kind.get(), Some(CustodyKind::DetentionCentre | CustodyKind::Liuzhi)))
        .filter_map(|r| r.from.get().map(|d| (d, r.from.at)))
        .min();
    let detained = inmate.detained.get().map(|d| (d, inmate.detained.at));
    let Some((first, at)) = [detained, first_row].into_iter().flatten().min() else {
        return lack(case, inmate.detained.place(), "拘留证、逮捕证");
    };
    // Residential surveillance before it may have moved the start back, two days for one.
    let per_day = case.rules.threshold_int("term/custody-credit", "surveillance_days_per_day").max(1);
    let watched = case
        .whereabouts()
        .days(NaiveDate::MIN, date::add_days(first, -1), |s| s.kind == CustodyKind::ResidentialSurveillance);
    let lawful = date::add_days(first, -(watched / per_day));
    let leaf = |leaf: Leaf| {
        leaf.fact("recorded", start)
            .fact("expected", lawful)
            .fact("days", date::days_between(start, lawful).max(0))
            .cells([inmate.term_start.at, at])
    };
    if start >= lawful && start < first {
        let n = date::days_between(start, first);
        let text = text!(
            case,
            CREDIT,
            "刑期起日{start}比第一次羁押（{first}）早{n}天，没有超过以前监视居住应当折抵的天数。",
            "The start of {start} is {n} before the first custody ({first}), not more than surveillance before it makes up for.",
            n = counted(n, "day", "days")
        );
        return leaf(Leaf::pass()).fact("cause", "none").says(text);
    }
    if start >= lawful {
        let text = text!(
            case,
            CREDIT,
            "刑期起日{start}不早于第一次羁押（{first}）。",
            "The start of {start} is not before the first custody ({first})."
        );
        return leaf(Leaf::pass()).fact("cause", "none").says(text);
    }
    let n = date::days_between(start, lawful);
    let text = text!(
        case,
        CREDIT,
        "刑期自{start}起算，但第一次羁押是{first}，多折抵了{n}天。",
        "The term runs from {start}, but custody began on {first}: {n} credited.",
        n = counted(n, "day too many was", "days too many were")
    );
    leaf(Leaf::violation()).fact("cause", "start-before-custody").says(text)
}

/// Days between the start and delivery that were not custody and did not move the end.
fn credited_days(case: &Case<'_>, term: Term) -> Option<Leaf> {
    let inmate = case.inmate;
    let (Some(start), Some(End::On(end))) = (inmate.term_start.get(), inmate.term_end.get()) else {
        return None;
    };
    let lawful = date::last(start, term);
    let moved = date::days_between(lawful, end);
    // A short rest served in the detention centre has no delivery: up to the day the judgment became final.
    let in_detention = || inmate.effective.get().filter(|e| super::paper::served_in_detention(case, *e) == Some(true));
    let Some(delivered) = inmate.delivered.get().or_else(in_detention) else {
        return Some(lack(case, inmate.delivered.place(), "执行通知书、收押回执"));
    };
    let before = case.dossier.custody.iter().any(|r| r.from.get().is_some_and(|f| f < delivered));
    if !before {
        if inmate.detained.get() == Some(start) && moved == 0 {
            let text = text!(
                case,
                CREDIT,
                "交付以前没有轨迹记录；起日与羁押日期一致，止日与刑期相符，未发现不当。",
                "There are no rows before delivery; the start is the first day of custody and the end fits the term."
            );
            return Some(Leaf::pass().note(text.clone()).says(text));
        }
        return Some(Leaf::unverified().missing(case.sheet_place(Col::CuFrom), "拘留证、逮捕证、收押回执").says(text!(
            case,
            CREDIT,
            "交付以前没有轨迹记录，从{start}到{delivered}是否一直羁押不能确定。",
            "There are no rows before delivery: whether the person was in custody from {start} to {delivered} is unknown."
        )));
    }
    let lost = not_held(case, start, delivered);
    let n = lost.total();
    // Before the start there may also have been custody, a day for a day (刑法47); of another case perhaps, so only where
    // it makes up for exactly what is missing.
    let held = case.whereabouts().days(NaiveDate::MIN, date::add_days(start, -1), |s| {
        matches!(s.kind, CustodyKind::DetentionCentre | CustodyKind::Liuzhi)
    });
    let (short, expected) = match lost.net() - moved {
        short if short == held => (0, end),
        short => (short, date::add_days(lawful, lost.net().max(moved.min(0)))),
    };
    let leaf = |leaf: Leaf| {
        leaf.fact("recorded", end)
            .fact("expected", expected)
            .fact("days", short.max(0))
            .cells([inmate.term_start.at, inmate.term_end.at, inmate.delivered.at])
            .cells(
                case.dossier.custody.iter().filter(|r| r.from.get().is_some_and(|f| f < delivered)).map(|r| r.from.at),
            )
    };
    // An end that is too early although every day was custody belongs to term/end-date.
    if n == 0 || short <= 0 {
        let text = if n > moved.max(0) {
            text!(
                case,
                CREDIT,
                "起日到交付之间没有羁押的{n}天，由起日以前的羁押、监视居住折抵或者已经后移止日，没有多折抵。",
                "The {n} made up for by custody or surveillance before the start, or moved the end: not too much was credited.",
                n = counted(
                    n,
                    "day between start and delivery that was not custody was",
                    "days between start and delivery that were not custody were"
                )
            )
        } else {
            text!(
                case,
                CREDIT,
                "起日到交付之间没有羁押的{n}天没有被折抵。",
                "The {n} not credited.",
                n = counted(
                    n,
                    "day between start and delivery that was not custody was",
                    "days between start and delivery that were not custody were"
                )
            )
        };
        return Some(leaf(Leaf::pass()).fact("cause", "none").says(text));
    }
    // Days in no row may have been custody: it must be the others that are missing.
    if (lost.free > 0 || lost.surveillance > 0 && lost.uncovered == 0) && short > lost.uncovered {
        let free = lost.free + lost.surveillance;
        let due = lost.due;
        let text = if due > 0 {
            text!(
                case,
                CREDIT,
                "起日到交付之间有{free}天是取保候审、释放或者监视居住，并未羁押；起日以前的监视居住只能折抵{due}天，止日没有相应后移，少{short}天。",
                "Between start and delivery {free} bail, release or surveillance, not custody; surveillance before the start \
                 makes up for {due}, and the end was not moved: {short} less.",
                free = counted(free, "day was", "days were"),
                due = counted(due, "day", "days"),
                short = counted(short, "day", "days")
            )
        } else {
            text!(
                case,
                CREDIT,
                "起日到交付之间有{free}天是取保候审、释放或者监视居住，并未羁押，止日没有相应后移，少{short}天。",
                "Between start and delivery {free} bail, release or surveillance, not custody; the end was not moved: {short} less.",
                free = counted(free, "day was", "days were"),
                short = counted(short, "day", "days")
            )
        };
        return Some(leaf(Leaf::violation()).fact("cause", "bail-credited").says(text));
    }
    let uncovered = lost.uncovered;
    let text = text!(
        case,
        CREDIT,
        "起日到交付之间有{uncovered}天没有任何羁押记录，止日没有相应后移，是否羁押不能确定。",
        "Between start and delivery {uncovered} in no row, and the end was not moved for them: whether they were custody is \
         unknown.",
        uncovered = counted(uncovered, "day is", "days are")
    );
    Some(
        leaf(Leaf::unverified())
            .fact("cause", "uncovered")
            .missing(case.sheet_place(Col::CuFrom), "拘留证、逮捕证、换押证")
            .says(text),
    )
}

/// A duty crime judged since the supervision commissions exist, without a row of retention.
fn retention_row(case: &Case<'_>) -> Option<Leaf> {
    let inmate = case.inmate;
    if case.dossier.custody.is_empty() {
        return None;
    }
    let from = case.rules.date("law/retention-from");
    let judged = inmate.judged.get().or(inmate.effective.get())?;
    let duty = match case.person.proof(group::DUTY_CRIME) {
        Proof::Yes => true,
        Proof::IfFunctionary => inmate.functionary.get() == Some(true),
        _ => false,
    };
    let row = case.dossier.custody.iter().any(|r| r.kind.get() == Some(CustodyKind::Liuzhi));
    if !duty || judged < from || row {
        return None;
    }
    Some(
        Leaf::unverified()
            .fact("cause", "no-retention-row")
            .missing(case.sheet_place(Col::CuKind), "留置决定书、解除留置文书")
            .cells([inmate.charges.at, inmate.judged.at])
            .says(text!(
                case,
                ("留置决定书、执行通知书", "the decision on retention, the enforcement notice"),
                "职务犯罪，{judged}判决，轨迹里没有留置记录，留置期间的折抵不能核对。",
                "A duty crime judged on {judged} without a row of retention: its credit cannot be examined."
            )),
    )
}

// ---- void-reduction -----------------------------------------------------------------------------------------------

/// Reductions that a retrial, an undiscovered or new crime, or a revocation took away, but that are still counted.
fn void_reduction(case: &Case<'_>) -> Vec<Leaf> {
    let full = case.full();
    let events: Vec<usize> = full
        .standing
        .steps
        .iter()
        .filter(|s| {
            full.rulings.get(s.ruling).and_then(|r| r.change.known()).is_some_and(|c| {
                matches!(
                    c,
                    Change::RetrialChanged(_)
                        | Change::Merged(_)
                        | Change::ReductionRevoked { .. }
                        | Change::ParoleRevoked
                )
            })
        })
        .map(|s| s.ruling)
        .collect();
    if events.is_empty() && case.dossier.new_crimes.is_empty() {
        return Vec::new();
    }
    let mut items = Vec::new();
    items.extend(regrant(case, full));
    items.push(still_carried(case, full, &events));
    items
}

/// A re-grant after the reductions fell may not exceed what they had taken off (2016 rules, arts 32.2, 34).
fn regrant(case: &Case<'_>, full: &Full) -> Option<Leaf> {
    let voided = full.standing.voided?;
    if voided.restored <= voided.sum {
        return None;
    }
    let (sum, again) = (voided.sum, voided.restored);
    let (sum_zh, again_zh, sum_en, again_en) = (sum.zh(), again.zh(), sum.en(), again.en());
    let basis = if voided.crime.is_some() {
        Basis::new("法释〔2016〕23号", "34", None)
    } else {
        Basis::new("法释〔2016〕23号", "32", Some(2))
    };
    let cells = full
        .rulings
        .iter()
        .filter(|r| matches!(r.change.known(), Some(Change::ReductionRestored(_))))
        .map(|r| r.change.at);
    Some(
        Leaf::violation()
            .basis(&basis)
            .fact("cap", sum)
            .fact("proposed", again)
            .fact("cause", "regrant-above")
            .cells(cells)
            .says(text!(
                case,
                NEW_JUDGMENT,
                "失效的减刑合计{sum_zh}，重新裁定减去{again_zh}，超过了原来的总和。",
                "The void reductions add up to {sum_en}, but {again_en} were granted again, more than before."
            )),
    )
}

fn still_carried(case: &Case<'_>, full: &Full, events: &[usize]) -> Leaf {
    let cells: Vec<_> = events
        .iter()
        .filter_map(|i| full.change_place(*i).map(|p| p.at))
        .chain(case.dossier.new_crimes.iter().map(|c| c.confirmed.at))
        .chain([case.inmate.current_end.at])
        .collect();
    if let Some(doubt) = full.doubt() {
        return doubtful(case, doubt).cells(cells);
    }
    let ends = full.ends();
    if full.standing.stage.is_some_and(|s| !s.has_end()) {
        return Leaf::pass().cells(cells).says(text!(
            case,
            NEW_JUDGMENT,
            "现在执行无期徒刑或者死缓，没有止日，以前的减刑没有继续计算。",
            "Life or reprieved death is being served without an end: earlier reductions are not counted on."
        ));
    }
    let Some(recorded) = case.inmate.current_end.get().and_then(End::date) else {
        return lack(case, case.inmate.current_end.place(), "新判决书、执行通知书").cells(cells);
    };
    let Some(expected) = nearest(&ends, recorded) else {
        return lack(case, case.inmate.term_end.place(), "新判决书、执行通知书").cells(cells);
    };
    let days = date::days_between(recorded, expected);
    let leaf = |leaf: Leaf, cause: &'static str| {
        leaf.fact("recorded", recorded)
            .fact("expected", expected)
            .fact("days", days.abs())
            .fact("cause", cause)
            .cells(cells.iter().copied())
    };
    if agrees(&ends, recorded) || days < 0 {
        let text =
            text!(case, NEW_JUDGMENT, "应当失效的减刑没有继续计算。", "Reductions that fell are not counted on.");
        return leaf(Leaf::pass(), "none").says(text);
    }
    let cause = likely_cause(case, full, recorded);
    let kept = matches!(cause.code, "void-reduction-kept" | "revoked-reduction-kept" | "probation-counted")
        || full.standing.unserved > Term::ZERO
            && ends.iter().any(|e| date::move_back(*e, full.standing.unserved).contains(&recorded));
    if kept {
        let (zh, en) = (&cause.zh, &cause.en);
        let text = text!(
            case,
            NEW_JUDGMENT,
            "{zh}：止日应为{expected}，登记为{recorded}，早{days}天。",
            "A reduction that fell is still enjoyed ({en}): the end should be {expected}, {recorded} is recorded, {days} early.",
            days = counted(days, "day", "days")
        );
        return leaf(Leaf::violation(), cause.code).says(text);
    }
    let text = text!(
        case,
        NEW_JUDGMENT,
        "现刑期止日{recorded}早于重放的{expected}，是否仍带着失效的减刑不能确定。",
        "The current end of {recorded} is before the replayed {expected}; whether a void reduction is still counted cannot be told."
    );
    leaf(Leaf::unverified(), cause.code).missing(case.inmate.current_end.place(), "新判决书、执行通知书").says(text)
}

// ---- released-early -----------------------------------------------------------------------------------------------

/// Words in 事由 or 备注 under which a release has another ground than the end of the term.
const OTHER_GROUND: &[&str] = &["特赦", "赦免", "再审", "无罪", "改判", "死亡", "免予", "免除"];

/// 释放 before the replayed end, 假释 without a ruling or before it.
fn released_early(case: &Case<'_>) -> Vec<Leaf> {
    let inmate = case.inmate;
    if case.surely_suspended() {
        return Vec::new();
    }
    if case.dossier.custody.is_empty() && !matches!(inmate.sentence.get(), Some(Sentence::Control(_))) {
        return vec![lack(case, case.sheet_place(Col::CuFrom), "羁押轨迹（释放证明书）")];
    }
    let convicted = inmate.judged.get().or(inmate.effective.get()).or(inmate.delivered.get());
    let mut items = Vec::new();
    let mut rows: Vec<_> = case.dossier.custody.iter().collect();
    rows.sort_by_key(|r| (r.from.get(), r.kind.get()));
    for row in rows {
        let (Some(day), Some(kind)) = (row.from.get(), row.kind.get()) else { continue };
        if convicted.is_some_and(|c| day <= c) {
            continue;
        }
        let noted = [&row.reason, &row.note]
            .into_iter()
            .filter_map(|f| f.known())
            .any(|t| OTHER_GROUND.iter().any(|w| t.contains(w)));
        let leaf = match kind {
            CustodyKind::Released | CustodyKind::Parole if noted => {
                Leaf::unverified().missing(row.reason.place(), "特赦、再审文书").says(text!(
                    case,
                    RELEASE,
                    "{day}释放的记录注明特赦、再审改判等情形，须核对有关文书。",
                    "The release of {day} notes amnesty, retrial or the like; those papers must be checked."
                ))
            }
            CustodyKind::Released => released(case, day),
            CustodyKind::Parole => paroled(case, day),
            _ => continue,
        };
        items.push(leaf.cells([row.from.at, row.kind.at]));
    }
    items
}

fn released(case: &Case<'_>, day: NaiveDate) -> Leaf {
    if let Some(leaf) = case.no_rulings() {
        return leaf;
    }
    // What was in force on the day of release: a later retrial or revocation does not make it unlawful then.
    let full = case.replay_all(Some(date::add_days(day, 1)));
    let s = &full.standing;
    if s.on_parole {
        return Leaf::pass().says(text!(
            case,
            RELEASE,
            "{day}释放在假释考验期内登记，不是刑满释放。",
            "The release of {day} falls into probation on parole."
        ));
    }
    if let Some(doubt) = full.doubt() {
        return doubtful(case, doubt);
    }
    let Some(stage) = s.stage else { return lack(case, case.inmate.sentence.place(), "判决书") };
    if !stage.has_end() {
        let (zh, en) = (stage.zh(), stage.as_str());
        return Leaf::violation().fact("recorded", day).fact("cause", "no-end").says(text!(
            case,
            RELEASE,
            "正在执行{zh}，没有止日，{day}却登记为释放。",
            "The sentence ({en}) has no end, yet release is recorded on {day}."
        ));
    }
    let ends = full.ends();
    let (Some(first), Some(last)) = (ends.first().copied(), ends.last().copied()) else {
        return lack(case, case.inmate.term_end.place(), "执行通知书、历次裁定书");
    };
    let leaf = |leaf: Leaf, expected: NaiveDate, cause: &'static str| {
        leaf.fact("recorded", day)
            .fact("expected", expected)
            .fact("days", date::days_between(day, expected).max(0))
            .fact("cause", cause)
    };
    if day >= last || agrees(&ends, day) {
        let text =
            text!(case, RELEASE, "{day}释放，刑期{first}届满。", "Released on {day}; the term ended on {first}.");
        return leaf(Leaf::pass(), first, "none").says(text);
    }
    if day > first {
        let text = text!(
            case,
            RELEASE,
            "{day}释放；原判止日有两种算法（{first}、{last}），是否提前不能确定。",
            "Released on {day}; the original end can be {first} or {last}, so whether it was early cannot be told."
        );
        return leaf(Leaf::unverified(), last, "original-end")
            .missing(case.inmate.term_end.place(), "执行通知书")
            .says(text);
    }
    let n = date::days_between(day, first);
    let text = text!(
        case,
        RELEASE,
        "提前释放：重放历次裁定刑期到{first}才满，{day}就已释放，提前{n}天。",
        "Released too early: by the rulings the term ends on {first}, but release was on {day}, {n} before.",
        n = counted(n, "day", "days")
    );
    leaf(Leaf::violation(), first, "early").says(text)
}

fn paroled(case: &Case<'_>, day: NaiveDate) -> Leaf {
    if let Some(leaf) = case.no_rulings() {
        return leaf;
    }
    let rulings = case.all_rulings();
    let mut days: Vec<(NaiveDate, Place)> = rulings
        .iter()
        .filter(|r| matches!(r.change.known(), Some(Change::Parole)))
        .filter_map(|r| r.date.get().map(|d| (d, r.date.place())))
        .collect();
    days.sort_by_key(|(d, _)| *d);
    let unread = rulings.iter().find(|r| r.change.known().is_none() || r.date.get().is_none());
    if let Some((ruled, place)) = days.iter().rfind(|(d, _)| *d <= day) {
        return Leaf::pass().fact("recorded", day).fact("expected", *ruled).cell(place.at).says(text!(
            case,
            RELEASE,
            "{ruled}裁定假释，{day}释放。",
            "Parole was ruled on {ruled}; released on {day}."
        ));
    }
    if let Some(ruling) = unread {
        return lack(case, ruling.change.place(), "假释裁定书").fact("recorded", day);
    }
    match days.first() {
        Some((ruled, place)) => {
            let n = date::days_between(day, *ruled);
            Leaf::violation()
                .fact("recorded", day)
                .fact("expected", *ruled)
                .fact("days", n)
                .fact("cause", "before-ruling")
                .cell(place.at)
                .says(text!(
                    case,
                    RELEASE,
                    "假释{ruled}才裁定，{day}就已按假释放人，早{n}天。",
                    "Parole was ruled on {ruled}, but release on parole is recorded on {day}, {n} before.",
                    n = counted(n, "day", "days")
                ))
        }
        None => Leaf::violation().fact("recorded", day).fact("cause", "no-ruling").says(text!(
            case,
            RELEASE,
            "{day}登记为假释，但没有假释裁定。",
            "Release on parole is recorded on {day}, but there is no parole ruling."
        )),
    }
}

// ---- overdue ------------------------------------------------------------------------------------------------------

/// Still recorded in custody after the replayed end.
fn overdue(case: &Case<'_>) -> Vec<Leaf> {
    if case.surely_suspended() || case.inmate.sentence.get().is_none() {
        return Vec::new();
    }
    let full = case.full();
    if full.standing.on_parole || full.standing.stage.is_none_or(|s| !s.has_end()) {
        return Vec::new();
    }
    if let Some(leaf) = case.no_rulings() {
        return vec![leaf];
    }
    if let Some(doubt) = full.doubt() {
        return vec![doubtful(case, doubt)];
    }
    let ends = full.ends();
    let Some(mut end) = ends.last().copied() else {
        return vec![lack(case, case.inmate.term_end.place(), "执行通知书、历次裁定书")];
    };
    // Escape moves the end later, whatever was recorded.
    for (from, to, _) in case.escapes() {
        if from <= end {
            end = date::add_days(end, date::days_between(from, to) + 1);
        }
    }
    let w = case.whereabouts();
    let next = date::add_days(end, 1);
    let held = |day: NaiveDate| w.on(day).is_none_or(|s| where_of(s.kind) == Where::In);
    let leaf = |leaf: Leaf| leaf.fact("expected", end).cells([case.inmate.current_end.at, case.inmate.term_end.at]);
    let other_case = !case.dossier.new_crimes.is_empty()
        || w.spans.iter().any(|s| {
            s.to > end
                && matches!(s.kind, CustodyKind::Investigation | CustodyKind::TakenBack | CustodyKind::DetentionCentre)
        });
    let mut latest: Option<(NaiveDate, crate::model::CellRef)> = None;
    let mut see = |day: NaiveDate, at: crate::model::CellRef| {
        if day > end && held(day) && latest.is_none_or(|(d, _)| day > d) {
            latest = Some((day, at));
        }
    };
    for row in &case.dossier.points {
        see(row.month.first_day(), case.sources.cell(row.at, Col::PtMonth));
    }
    for row in &case.dossier.spending {
        see(row.month.first_day(), case.sources.cell(row.at, Col::SpMonth));
    }
    for app in &case.dossier.applications {
        if let Some(day) = app.applied.get() {
            see(day, app.applied.at);
        }
    }
    let mut open = None;
    for span in w.spans.iter().filter(|s| where_of(s.kind) == Where::In && s.to > end) {
        let Some(row) = case.dossier.custody.get(span.row) else { continue };
        match row.to.get() {
            Some(_) => see(span.to, row.to.at),
            // A later row that begins after the end and ends this one shows custody up to the day before it.
            None if span.to != NaiveDate::MAX => see(span.to, row.from.at),
            None => open = Some(row.from.at),
        }
    }
    if let Some((day, at)) = latest {
        let n = date::days_between(end, day);
        let result = |l: Leaf| leaf(l).fact("recorded", day).fact("days", n).cell(at);
        if other_case {
            let text = text!(
                case,
                HELD,
                "刑期{end}届满，{day}仍有关押的记录，可能因另案羁押，须核对手续。",
                "The term ended on {end}; custody is recorded on {day}, perhaps for another case: the papers must be checked."
            );
            return vec![
                result(Leaf::unverified()).missing(case.sheet_place(Col::CuReason), "新的羁押手续").says(text),
            ];
        }
        let text = text!(
            case,
            HELD,
            "刑期{end}届满，{day}仍有关押的记录，超过{n}天，应当立即核实释放。",
            "The term ended on {end}, yet custody is recorded on {day}, {n} later: to be checked and ended at once.",
            n = counted(n, "day", "days")
        );
        return vec![result(Leaf::violation()).fact("cause", "dated-record").says(text)];
    }
    if let Some(at) = open.filter(|_| case.as_of > end && held(next)) {
        if other_case {
            return vec![
                leaf(Leaf::unverified()).cell(at).missing(case.sheet_place(Col::CuReason), "新的羁押手续").says(text!(
                    case,
                    HELD,
                    "刑期{end}届满，轨迹仍为在押，可能因另案羁押，须核对手续。",
                    "The term ended on {end} and the record still says in custody, perhaps for another case."
                )),
            ];
        }
        let text = text!(
            case,
            HELD,
            "刑期{end}届满，轨迹没有结束，仍记为关押；数据导出的日期不明，须核实是否已经释放。",
            "The term ended on {end}, but the custody record is still open; the day of the export is unknown, so release must be \
             checked."
        );
        return vec![leaf(Leaf::risk()).fact("cause", "open-interval").cell(at).says(text)];
    }
    let text = text!(case, HELD, "没有止日{end}以后的关押记录。", "No custody is recorded after the end of {end}.");
    vec![leaf(Leaf::pass()).says(text)]
}

// ---- exceeds-remaining --------------------------------------------------------------------------------------------

/// With the proposal the term is over when it is proposed or ruled.
fn exceeds_remaining(case: &Case<'_>, w: &mut World) -> Leaf {
    match try_exceeds(case, w) {
        Ok(leaf) => leaf,
        // What keeps the end from being known is said by the other checks; here nothing fires.
        Err(_) => Leaf::silent(),
    }
}

fn try_exceeds(case: &Case<'_>, w: &mut World) -> Det<Leaf> {
    let Some(app) = case.app else { return Ok(Leaf::silent()) };
    let Some(applied) = app.applied.get() else { return Ok(Leaf::silent()) };
    if !case.known_stage()?.has_end() || !case.has(SheetKind::Rulings) {
        return Ok(Leaf::silent());
    }
    let remainder = app.proposal.get() == Some(Proposal::Remainder);
    let end =
        if case.kind() == Some(AppKind::Reduction) && !remainder { case.end_proposed(w)? } else { case.end_now(w)? };
    let Some(end) = end else { return Ok(Leaf::silent()) };
    let basis = Basis::new("法释〔2014〕5号", "17", Some(2));
    let leaf = |leaf: Leaf| {
        leaf.fact("end_proposed", end).fact("actual", applied).basis(&basis).cells([
            app.applied.at,
            app.proposal.at,
            app.ruled.at,
        ])
    };
    let over = |day: NaiveDate| end < day;
    if remainder || over(applied) || app.ruled.get().is_some_and(over) {
        let day = if over(applied) { applied } else { app.ruled.get().unwrap_or(applied) };
        let text = if remainder {
            text!(
                case,
                HANDOVER,
                "建议减去全部余刑（止日{end}），裁定即释放，送达和安置须衔接。",
                "All that is left (up to {end}) is to be taken off: release on the day of the ruling; service and placement must fit."
            )
        } else {
            text!(
                case,
                HANDOVER,
                "照此刑期{end}就已届满，早于{day}，裁定即须释放。",
                "The term would be over on {end}, before {day}: release would be due at once."
            )
        };
        return Ok(leaf(Leaf::risk()).says(text));
    }
    let months = u32::try_from(case.rules.threshold_int("term/exceeds-remaining", "note_months")).unwrap_or(1);
    if end < date::add(applied, Term::of_months(months)) {
        let text = text!(
            case,
            HANDOVER,
            "减刑后刑期{end}届满，在提请后一个月以内，裁定时可能已过止日。",
            "After the reduction the term ends on {end}, within a month of the proposal; it may be past when the court rules."
        );
        return Ok(leaf(Leaf::pass()).note(text.clone()).says(text));
    }
    Ok(Leaf::silent())
}
