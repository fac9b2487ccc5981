//! Earlier rulings (term/history): each by the law of its own day.
//!
//! The proposal of an earlier ruling is not in the workbook, nor the grade of conduct it rested on. A limit that no
//! proposal day and no grade could keep is a violation; one that only some could keep is unverified. Rulings before 2017
//! are audited by the old tables with their marks. The property limb of the strict group is left out: what was unpaid
//! then is not recorded.

use chrono::NaiveDate;

use super::case::{Case, counted};
use super::conduct::{Det, Merit};
use super::finding::{Basis, Leaf, Outcome};
use super::groups::Restricted;
use super::parole::{self, Bar};
use super::reduction::settle;
use super::term::{Full, Papers, lack, text};
use super::windows::Wait;
use super::world::{World, examine, holds};
use crate::law::before_2017::{OldLimits, OldRule};
use crate::law::{Group, LimitRow};
use crate::model::{
    AppKind, Application, Change, Col, Field, Place, Proposal, Rights, Ruling, Sentence, SheetKind, Stage, Term, date,
};

const PAPERS: Papers = ("该次减刑（假释）建议书、裁定书", "that proposal and ruling");

/// More earlier rulings than this are not audited one by one.
const MAX_AUDITED: usize = 60;

/// Audits every earlier ruling.
pub(super) fn history(case: &Case<'_>) -> Vec<Leaf> {
    if let Some(leaf) = case.no_rulings() {
        return vec![leaf];
    }
    if case.inmate.sentence.get().is_none() {
        let rows = !case.dossier.rulings.is_empty();
        return rows.then(|| lack(case, case.inmate.sentence.place(), "判决书")).into_iter().collect();
    }
    let full = case.full();
    let mut items = Vec::new();
    let mut order: Vec<(usize, &Ruling)> = full.rulings.iter().enumerate().collect();
    order.sort_by_key(|(_, r)| r.date.get());
    for (n, (i, ruling)) in order.into_iter().enumerate() {
        let (Some(day), Some(change)) = (ruling.date.get(), ruling.change.known()) else { continue };
        // The outcome of this application is not an earlier ruling.
        if case.applied().is_some_and(|a| day >= a) {
            continue;
        }
        let audited = matches!(
            change,
            Change::Reduce(_) | Change::ReduceRemainder | Change::ToFixed(_) | Change::ToLife | Change::Parole
        );
        if !audited {
            continue;
        }
        if n >= MAX_AUDITED {
            items.push(Leaf::unverified().cell(ruling.date.at).says(text!(
                case,
                PAPERS,
                "历次裁定过多，没有逐件核对。",
                "There are too many rulings to audit one by one."
            )));
            break;
        }
        items.extend(audit(case, full, i, day, change));
    }
    items
}

/// One earlier ruling, as if it were the application of its own day.
struct Audit<'a, 'b> {
    /// A case whose reference day is the ruling.
    then: &'b Case<'a>,
    ruling: &'b Ruling,
    day: NaiveDate,
    /// 提请日期 where an application of the batch led to this ruling.
    proposed: Option<NaiveDate>,
}

fn audit(case: &Case<'_>, full: &Full, at: usize, day: NaiveDate, change: &Change) -> Vec<Leaf> {
    let Some(ruling) = full.rulings.get(at) else { return Vec::new() };
    let app = application(ruling, day, change);
    let then = case.with_application(&app);
    let table = Restricted::ALL
        .map(|g| if g == Restricted::AbleNotPaying { Some(false) } else { holds(|w| then.evaluate(w, g)) });
    // A fresh case: nothing has asked for its groups yet.
    let _ = then.groups.set(table);
    let proposed = case
        .dossier
        .applications
        .iter()
        .find(|a| a.ruled.get() == Some(day))
        .and_then(|a| a.applied.get())
        .filter(|a| *a <= day);
    let audit = Audit { then: &then, ruling, day, proposed };
    let old = day < case.rules.date("law/limits-from");
    let mut items = Vec::new();
    let mut run = |f: &dyn Fn(&Audit<'_, '_>, &mut World) -> Det<Leaf>| {
        let finding = examine("term/history", super::finding::Class::E, case.lang.is_zh(), |w| settle(f(&audit, w)));
        if let Some(f) = finding {
            let facts = f.facts.with("ruling", day);
            items.push(
                Leaf {
                    outcome: Some(f.outcome),
                    basis: f.basis,
                    facts,
                    evidence: f.evidence,
                    message: f.message,
                    ..Leaf::default()
                }
                .cells([ruling.date.at, ruling.change.at]),
            );
        }
    };
    match change {
        Change::Parole => {
            run(&|a, w| a.parole_served(w));
            run(&|a, w| a.parole_barred(w));
            run(&|a, w| a.parole_after_reduction(w));
        }
        _ if case.surely_suspended() => run(&|a, w| a.suspended(w)),
        _ => {
            run(&|a, _| a.fits());
            run(&|a, w| a.timing(w));
            match change {
                Change::Reduce(_) => run(&|a, w| a.amount(w)),
                Change::ToFixed(_) => run(&|a, w| a.target(w)),
                _ => {}
            }
            run(&|a, w| a.floor(w));
            run(&|a, w| a.rights(w));
        }
    }
    if old && day < OldLimits::builtin().date("1997/from") {
        for item in &mut items {
            if matches!(item.outcome, Some(Outcome::Violation | Outcome::Risk)) {
                item.outcome = Some(Outcome::Unverified);
            }
        }
    }
    items
}

/// The application that would have led to a ruling: its day is the ruling's, its conduct unknown.
fn application(ruling: &Ruling, day: NaiveDate, change: &Change) -> Application {
    let at = ruling.date.at;
    let kind = if *change == Change::Parole { AppKind::Parole } else { AppKind::Reduction };
    let proposal = match change {
        Change::Reduce(t) => Some(Proposal::Reduce(*t)),
        Change::ToFixed(t) => Some(Proposal::ToFixed(*t)),
        Change::ToLife => Some(Proposal::ToLife),
        Change::ReduceRemainder => Some(Proposal::Remainder),
        _ => None,
    };
    let rights = ruling.rights.get();
    let mut app = Application::blank(at.row);
    app.kind.set(kind);
    app.applied = Field::of(day, Col::ApApplied, at);
    app.ruled = Field::of(day, Col::ApRuled, at);
    if let Some(proposal) = proposal {
        app.proposal = Field::of(proposal, Col::ApProposal, ruling.change.at);
    }
    if let Some(rights) = rights {
        app.rights = Field::of(rights, Col::ApRights, ruling.rights.at);
    }
    app
}

impl Audit<'_, '_> {
    fn is_old(&self) -> bool {
        self.day < self.then.rules.date("law/limits-from")
    }

    fn amount_off(&self) -> Option<Term> {
        match self.ruling.change.known() {
            Some(Change::Reduce(t)) => Some(*t),
            _ => None,
        }
    }

    /// Whether major merit may have lifted a waiting time: an award says so, or the awards are not there.
    fn major_open(&self) -> Option<(Place, &'static str)> {
        match self.then.merit_proof(true) {
            Merit::Proven => Some((self.then.sheet_place(Col::AwKind), "重大立功审批材料")),
            Merit::Unproved(place, document) => Some((place, document)),
            Merit::Refuted(_) => None,
        }
    }

    /// The old rules that may govern this ruling; a ruling lawful under one of them is lawful.
    fn old_rules(&self, w: &mut World) -> Vec<OldRule> {
        let old = OldLimits::builtin();
        let both = vec![OldRule::R1997, OldRule::R2012];
        if self.day < old.date("2012/from") {
            return vec![OldRule::R1997];
        }
        let inmate = self.then.inmate;
        let until = self.then.rules.date("law/old-criminal-law-until");
        let effective = inmate.effective.get().or(inmate.judged.get());
        let earlier = match effective {
            Some(day) => day <= until,
            None => w.ask("old-effective", inmate.effective.place(), "判决书（生效日期）"),
        };
        if earlier {
            // Which rule a ruling of the first year took is only said by a later notice.
            let read = self.day < old.date("2012/notice") && w.reading("notice-2013", 2) == 1;
            return if read { vec![OldRule::R2012] } else { both };
        }
        let offence = match inmate.crime_date.get() {
            Some(day) => day <= until,
            None => w.ask("old-offence-date", inmate.crime_date.place(), "判决书"),
        };
        // An old offence sentenced under the new code falls under 2012 alone; the code applied is not recorded.
        if offence && w.reading("old-code-applied", 2) == 0 { both } else { vec![OldRule::R2012] }
    }

    /// The best that any of the rules makes of a limit, and on top of it the policy on the three categories.
    fn old_limit(&self, w: &mut World, eval: impl Fn(OldRule) -> Option<Leaf>) -> Leaf {
        let rules = self.old_rules(w);
        let best = rules.into_iter().map(|r| eval(r).unwrap_or_default()).reduce(|a, b| {
            let rank = |l: &Leaf| l.outcome.unwrap_or(Outcome::Pass);
            if rank(&b) > rank(&a) { b } else { a }
        });
        let best = best.unwrap_or_default();
        let policy = self.day >= OldLimits::builtin().date("policy/from") && self.then.three_categories(w);
        match eval(OldRule::Policy).filter(|_| policy) {
            Some(leaf) if leaf.outcome.is_some_and(|o| o < best.outcome.unwrap_or(Outcome::Pass)) => leaf,
            _ => best,
        }
    }

    /// The rows of every group: what keeps them all is lawful whoever the person is, and no group has to be asked about.
    fn every_row(&self) -> Vec<&LimitRow> {
        let s = &self.then.standing;
        let Some(stage) = s.stage else { return Vec::new() };
        let groups = [Group::All, Group::R1, Group::R2, Group::C, Group::L];
        self.then.rules.rows_for(stage, s.term.unwrap_or_default(), self.day, &groups).collect()
    }

    /// The earliest day on which this ruling was proposed.
    fn first_proposal(&self) -> NaiveDate {
        let months = self.then.rules.threshold_int("term/history", "proposal_lead_months");
        let [lead, _] = date::move_back(self.day, Term::of_months(u32::try_from(months).unwrap_or(2)));
        self.proposed.unwrap_or(lead)
    }

    /// Whether a ruling that kept a time may have been proposed before it was over, where that would be a violation.
    fn perhaps_early(&self, wait: &Wait, breach: Outcome) -> bool {
        breach == Outcome::Violation && self.first_proposal() < wait.earliest
    }

    /// A waiting time that is kept only if shortened, for the young, the old and the ill (2016 rules, arts 19, 20): kept by
    /// every proposal, or only by some.
    fn relaxed(&self, w: &mut World, wait: &Wait, breach: Outcome) -> Option<Leaf> {
        let case = self.then;
        let (day, earliest) = (self.day, wait.earliest);
        if self.is_old() || day >= earliest && !self.perhaps_early(wait, breach) {
            return None;
        }
        let relaxed = case.relaxed_wait(w, wait);
        let kept = self.first_proposal() >= relaxed;
        let applies = if day < earliest {
            day >= relaxed && case.relaxable(w)
        } else {
            // The day of the proposal is what has to be found: health is not asked for as well.
            kept && holds(|w| case.relaxable(w)) == Some(true)
        };
        if !applies {
            return None;
        }
        Some(if kept {
            let text = text!(
                case,
                PAPERS,
                "{day}的减刑早于或者可能早于一般的{earliest}，但缩短后只须到{relaxed}，符合规定。",
                "The reduction of {day} need not have waited until {earliest}: shortened, the time ended on {relaxed} and was kept."
            );
            wait.against(day, Leaf::pass()).fact("relaxed", true).says(text)
        } else {
            let text = text!(
                case,
                PAPERS,
                "{day}裁定时已满缩短后的{relaxed}，但当时哪天提请没有记录，提请可能早于该日。",
                "By the ruling of {day} the shortened time to {relaxed} had passed, but when it was proposed is not recorded and \
                 may be earlier."
            );
            self.undated(wait, "该次减刑建议书").fact("relaxed", true).says(text)
        })
    }

    /// Open because the day of the proposal is not recorded.
    fn undated(&self, wait: &Wait, document: &'static str) -> Leaf {
        wait.against(self.day, Leaf::unverified()).missing(self.then.sheet_place(Col::ApApplied), document)
    }

    /// Whether the interval was kept whatever the group and the day of service.
    fn interval_surely_kept(&self) -> bool {
        let s = &self.then.standing;
        let (Some(last), None) = (s.last_reduction, s.revoked_last) else { return false };
        let longest = self.every_row().iter().filter_map(|r| r.interval.as_ref()).map(|q| q.value).max();
        let Some(longest) = longest else { return false };
        let within = self.then.rules.number("service/within-days");
        let served = self.then.dossier.rulings.get(last.ruling).and_then(|r| r.served.get());
        let from = served.unwrap_or_else(|| date::add_days(last.date, within));
        let met = |t: Term| {
            let (first, second) = date::add_readings(from, t);
            second.map_or(first, |d| d.max(first)) <= self.first_proposal()
        };
        met(longest) && last.amount.is_none_or(met)
    }

    // ---- start and interval ----

    /// A waiting time against the ruling: no proposal could have kept it, some could, or all did.
    fn met(&self, w: &mut World, wait: &Wait, breach: Outcome, interval: bool) -> Leaf {
        let case = self.then;
        let (day, from, earliest) = (self.day, wait.from, wait.earliest);
        let (need_zh, need_en) = (wait.required.zh(), wait.required.en());
        if let Some(leaf) = self.relaxed(w, wait, breach) {
            return leaf;
        }
        if day < earliest {
            let short = date::days_between(day, earliest);
            let text = if interval {
                text!(
                    case,
                    PAPERS,
                    "{day}的减刑间隔不足：上次{from}，应当间隔{need_zh}，{earliest}以后才可以，早了{short}天。",
                    "The reduction of {day} came too soon: {need_en} from {from} must pass, lawful from {earliest}, {short} short.",
                    short = counted(short, "day", "days")
                )
            } else {
                text!(
                    case,
                    PAPERS,
                    "{day}的减刑起始时间不足：自{from}应执行{need_zh}，{earliest}以后才可以，早了{short}天。",
                    "The reduction of {day} came too early: {need_en} from {from} must be served, lawful from {earliest}, {short} \
                     short.",
                    short = counted(short, "day", "days")
                )
            };
            let leaf = |outcome| Leaf { outcome: Some(outcome), ..Leaf::default() };
            if breach == Outcome::Violation
                && let Some((place, document)) = self.major_open()
            {
                return wait.short(day, Leaf::unverified()).missing(place, document).says(text);
            }
            return wait.short(day, leaf(breach)).says(text);
        }
        if self.perhaps_early(wait, breach) {
            let text = text!(
                case,
                PAPERS,
                "{day}裁定时已满{earliest}，但当时哪天提请没有记录，提请可能早于该日。",
                "By the ruling of {day} the time to {earliest} had passed, but when it was proposed is not recorded and may be earlier."
            );
            return self.undated(wait, "该次减刑建议书").says(text);
        }
        let text = text!(case, PAPERS, "{day}的减刑时间符合规定。", "The reduction of {day} kept the waiting time.");
        wait.against(self.day, Leaf::pass()).says(text)
    }

    fn timing(&self, w: &mut World) -> Det<Leaf> {
        let case = self.then;
        let stage = case.known_stage()?;
        if matches!(stage, Stage::Control | Stage::Detention | Stage::Reprieve) {
            return Ok(Leaf::silent());
        }
        if self.is_old() {
            return self.old_timing(w, stage);
        }
        // After a retrial or a merger the next reduction is free of start and interval (arts 32, 34).
        if case.standing.voided.is_some_and(|v| v.restored.is_zero()) {
            return Ok(Leaf::silent());
        }
        if case.standing.reduced_in_stage {
            if self.interval_surely_kept() {
                let day = self.day;
                let text = text!(case, PAPERS, "{day}的减刑间隔已满。", "The reduction of {day} kept the interval.");
                return Ok(Leaf::pass().fact("actual", day).says(text));
            }
            return Ok(match case.interval(w)? {
                Some(wait) => self.met(w, &wait, Outcome::Violation, true),
                None => Leaf::silent(),
            });
        }
        let Some(wait) = case.start(w)? else { return Ok(Leaf::silent()) };
        let leaf = self.met(w, &wait, Outcome::Violation, false);
        if stage == Stage::Fixed && leaf.outcome != Some(Outcome::Pass) && case.short_remainder(w) {
            let (day, left) = (self.day, case.rules.term("start/short-remainder"));
            let (left_zh, left_en) = (left.zh(), left.en());
            let text = text!(
                case,
                PAPERS,
                "判决生效时剩余刑期不满{left_zh}，减刑起始时间可以缩短，{day}的减刑不为过早。",
                "Less than {left_en} were left when the judgment became final, so the time may be shortened: {day} is not too early."
            );
            return Ok(wait.against(day, Leaf::pass()).says(text).basis(&Basis::new(
                "法释〔2016〕23号",
                "16",
                Some(1),
            )));
        }
        Ok(leaf)
    }

    fn old_timing(&self, w: &mut World, stage: Stage) -> Det<Leaf> {
        let case = self.then;
        let old = OldLimits::builtin();
        let s = &case.standing;
        let term = s.term.unwrap_or_default();
        if stage.has_end() && s.reduced_in_stage {
            let Some(last) = case.previous(w) else { return Ok(Leaf::silent()) };
            // Whether it ran from the ruling or from service is not known: the earlier day is taken.
            let place = case.dossier.rulings.get(last.ruling).map_or(self.ruling.date.place(), |r| r.date.place());
            // No row of its own for terms that were life: the general one is one reading.
            if stage.converted() && w.reading("old-converted", 2) == 1 {
                return Ok(Leaf::silent());
            }
            let large = last.amount.is_some_and(|a| a >= old.value("large-reduction").term);
            return Ok(self.old_limit(w, |rule| {
                let row = if rule == OldRule::Policy {
                    old.row(rule, stage, term)
                } else {
                    old.row(rule, Stage::Fixed, term)
                };
                let row = row?;
                let figure = row.interval_after_large.as_ref().filter(|_| large).or(row.interval.as_ref())?;
                let wait = Wait {
                    from: last.date,
                    place,
                    required: figure.value,
                    basis: figure.basis.clone(),
                    earliest: date::add(last.date, figure.value),
                    shifted: false,
                };
                Some(self.met_old(&wait, figure.breach(), true))
            }));
        }
        let (from, place) = match stage {
            Stage::Fixed => match case.inmate.delivered.get() {
                Some(day) => (day, case.inmate.delivered.place()),
                None => return Ok(lack(case, case.inmate.delivered.place(), "执行通知书")),
            },
            Stage::Life => match case.inmate.effective.get() {
                Some(day) => (day, case.inmate.effective.place()),
                None => return Ok(lack(case, case.inmate.effective.place(), "判决书（生效日期）")),
            },
            Stage::LifeAfterReprieve => match s.to_life {
                Some((i, day)) => {
                    (day, case.dossier.rulings.get(i).map_or(self.ruling.date.place(), |r| r.date.place()))
                }
                None => return Ok(Leaf::silent()),
            },
            _ => return Ok(Leaf::silent()),
        };
        Ok(self.old_limit(w, |rule| {
            let row = old.row(rule, stage, term)?;
            let figure = row.start.as_ref()?;
            let earliest = date::add(from, figure.value);
            let wait =
                Wait { from, place, required: figure.value, basis: figure.basis.clone(), earliest, shifted: false };
            Some(self.met_old(&wait, figure.breach(), false))
        }))
    }

    /// [`Audit::met`] for the old tables: what is only "generally" so is not doubted for an unknown proposal.
    fn met_old(&self, wait: &Wait, breach: Outcome, interval: bool) -> Leaf {
        let leaf = self.met(&mut World::default(), wait, breach, interval);
        match (leaf.outcome, self.major_open()) {
            (Some(Outcome::Risk), Some((place, document))) if self.then.has(SheetKind::Awards) => {
                Leaf { outcome: Some(Outcome::Unverified), ..leaf }.missing(place, document)
            }
            _ => leaf,
        }
    }

    // ---- stage ----

    /// A ruling that what was being served does not allow: a penalty without an end is first made another one (刑法50, 78).
    fn fits(&self) -> Det<Leaf> {
        let case = self.then;
        let Ok(stage) = case.known_stage() else { return Ok(Leaf::silent()) };
        let fits = match self.ruling.change.known() {
            Some(Change::Reduce(_) | Change::ReduceRemainder) => stage.has_end(),
            Some(Change::ToFixed(_)) => !stage.has_end(),
            Some(Change::ToLife) => stage == Stage::Reprieve,
            _ => true,
        };
        if fits {
            return Ok(Leaf::silent());
        }
        let (day, stage_zh, stage_en) = (self.day, stage.zh(), stage.as_str());
        let article = if stage == Stage::Reprieve { "50" } else { "78" };
        let place = self.ruling.change.place();
        Ok(Leaf::needs(place, "历次裁定书").basis(&Basis::new("刑法", article, Some(1))).cell(place.at).says(text!(
            case,
            PAPERS,
            "{day}的裁定与当时执行的刑罚（{stage_zh}）不符：裁定内容登记有误，或者少登记了一份裁定。",
            "The ruling of {day} does not fit what was being served ({stage_en}): its content is recorded wrongly, or a ruling is \
             missing."
        )))
    }

    // ---- amount and target ----

    fn amount_leaf(&self, leaf: Leaf, cap: Term, amount: Term, basis: &Basis) -> Leaf {
        leaf.fact("cap", cap).fact("proposed", amount).basis(basis).cell(self.ruling.change.at)
    }

    fn amount_text(&self, cap: Term, amount: Term, outcome: Outcome) -> String {
        let case = self.then;
        let day = self.day;
        let (amount_zh, amount_en, cap_zh, cap_en) = (amount.zh(), amount.en(), cap.zh(), cap.en());
        match outcome {
            Outcome::Pass => text!(
                case,
                PAPERS,
                "{day}减{amount_zh}，没有超过{cap_zh}。",
                "{amount_en} on {day}, not above {cap_en}."
            ),
            Outcome::Unverified => text!(
                case,
                PAPERS,
                "{day}减{amount_zh}，超过较低等级的{cap_zh}；当时认定的表现没有记录，不能确定是否超限。",
                "{amount_en} on {day}, above the {cap_en} of a lower grade; the conduct found then is not recorded."
            ),
            _ => text!(
                case,
                PAPERS,
                "{day}减{amount_zh}，超过当时一次最多的{cap_zh}。",
                "{amount_en} on {day}, above the most allowed at once then, {cap_en}."
            ),
        }
    }

    fn amount(&self, w: &mut World) -> Det<Leaf> {
        let case = self.then;
        let Some(amount) = self.amount_off() else { return Ok(Leaf::silent()) };
        let stage = case.known_stage()?;
        if !stage.has_end() || matches!(stage, Stage::Control | Stage::Detention) {
            return Ok(Leaf::silent());
        }
        if self.is_old() {
            return Ok(self.old_amount(w, stage, amount));
        }
        if case.standing.voided.is_some_and(|v| v.restored.is_zero()) {
            return Ok(Leaf::silent());
        }
        let least = self
            .every_row()
            .into_iter()
            .filter_map(|r| r.cap.as_ref())
            .flat_map(|c| (1..=4).filter_map(|g| c.of(g)))
            .min();
        if least.is_some_and(|t| amount <= t) {
            let (day, amount_zh, amount_en) = (self.day, amount.zh(), amount.en());
            let text = text!(
                case,
                PAPERS,
                "{day}减{amount_zh}，没有超过任何一类罪犯的上限。",
                "{amount_en} on {day}, not above the cap of any group."
            );
            return Ok(Leaf::pass().fact("proposed", amount).cell(self.ruling.change.at).says(text));
        }
        let mut caps = Vec::new();
        for grade in 1..=4 {
            caps.extend(case.cap(w, grade)?);
        }
        let lowest = caps.iter().min_by_key(|c| c.value);
        let highest = caps.iter().max_by_key(|c| c.value);
        let (Some(lowest), Some(highest)) = (lowest, highest) else { return Ok(Leaf::silent()) };
        let result = |leaf: Leaf, cap: &super::windows::Figure| {
            let outcome = leaf.outcome.unwrap_or(Outcome::Pass);
            self.amount_leaf(leaf, cap.value, amount, &cap.basis).says(self.amount_text(cap.value, amount, outcome))
        };
        if amount <= lowest.value {
            return Ok(result(Leaf::pass(), lowest));
        }
        if amount > highest.value {
            let relaxed = case.relaxed_cap(highest.value);
            if amount <= relaxed && case.relaxable(w) {
                return Ok(result(Leaf::unverified(), highest).fact("relaxed", true));
            }
            let leaf = result(Leaf::violation(), highest);
            return Ok(match amount.minus(highest.value) {
                Some(excess) => leaf.fact("excess", excess),
                None => leaf,
            });
        }
        Ok(result(Leaf::unverified(), lowest).missing(case.sheet_place(Col::ApConduct), "该次减刑建议书、裁定书"))
    }

    fn old_amount(&self, w: &mut World, stage: Stage, amount: Term) -> Leaf {
        let case = self.then;
        let old = OldLimits::builtin();
        let term = case.standing.term.unwrap_or_default();
        if stage.converted() && w.reading("old-converted", 2) == 1 {
            return Leaf::silent();
        }
        self.old_limit(w, |rule| {
            let row =
                if rule == OldRule::Policy { old.row(rule, stage, term) } else { old.row(rule, Stage::Fixed, term) }?;
            let cap = row.cap.as_ref()?;
            let lowest = cap.terms().min()?;
            let top = row.hard_cap.as_ref().unwrap_or(cap);
            let highest = top.terms().max()?;
            Some(if amount <= lowest {
                self.amount_leaf(Leaf::pass(), lowest, amount, &cap.basis).says(self.amount_text(
                    lowest,
                    amount,
                    Outcome::Pass,
                ))
            } else if amount > highest {
                let outcome = top.breach();
                let leaf = Leaf { outcome: Some(outcome), ..Leaf::default() };
                self.amount_leaf(leaf, highest, amount, &top.basis).says(self.amount_text(highest, amount, outcome))
            } else {
                self.amount_leaf(Leaf::unverified(), lowest, amount, &cap.basis)
                    .missing(case.sheet_place(Col::ApConduct), "该次减刑建议书、裁定书")
                    .says(self.amount_text(lowest, amount, Outcome::Unverified))
            })
        })
    }

    fn target_leaf(&self, leaf: Leaf, target: Term, term: Term, basis: &Basis) -> Leaf {
        let case = self.then;
        let day = self.day;
        let (term_zh, term_en, low_zh, low_en) = (term.zh(), term.en(), target.zh(), target.en());
        let text = match leaf.outcome {
            Some(Outcome::Pass) => text!(
                case,
                PAPERS,
                "{day}减为有期徒刑{term_zh}，不低于{low_zh}。",
                "A fixed term of {term_en} on {day}, not below {low_en}."
            ),
            Some(Outcome::Unverified) => text!(
                case,
                PAPERS,
                "{day}减为有期徒刑{term_zh}，低于{low_zh}，要看当时认定的表现。",
                "A fixed term of {term_en} on {day}, below {low_en}: it depends on the conduct found then."
            ),
            _ => text!(
                case,
                PAPERS,
                "{day}减为有期徒刑{term_zh}，低于当时最低的{low_zh}。",
                "A fixed term of {term_en} on {day}, below the lowest then allowed, {low_en}."
            ),
        };
        leaf.fact("target", target).fact("proposed", term).basis(basis).cell(self.ruling.change.at).says(text)
    }

    fn target(&self, w: &mut World) -> Det<Leaf> {
        let case = self.then;
        let Some(Change::ToFixed(term)) = self.ruling.change.known() else { return Ok(Leaf::silent()) };
        let term = *term;
        let stage = case.known_stage()?;
        if stage == Stage::Reprieve {
            let id = if case.old_offence(w) { "reprieve/merit-target-old-min" } else { "reprieve/merit-target" };
            let low = case.rules.term(id);
            let leaf = if term < low { Leaf::violation() } else { Leaf::pass() };
            return Ok(self.target_leaf(leaf, low, term, case.rules.basis_of(id)));
        }
        if !stage.is_life() {
            return Ok(Leaf::silent());
        }
        if self.is_old() {
            let old = OldLimits::builtin();
            return Ok(self.old_limit(w, |rule| {
                let row = old.row(rule, stage, Term::ZERO)?;
                let target = row.target.as_ref()?;
                let (usual, least) = (target.terms().max()?, target.terms().min()?);
                Some(if term >= usual {
                    self.target_leaf(Leaf::pass(), usual, term, &target.basis)
                } else if term >= least || row.by_analogy {
                    self.target_leaf(Leaf::unverified(), usual, term, &target.basis)
                        .missing(case.sheet_place(Col::ApConduct), "该次减刑建议书、裁定书")
                } else {
                    let leaf = Leaf { outcome: Some(target.breach()), ..Leaf::default() };
                    self.target_leaf(leaf, least, term, &target.basis)
                })
            }));
        }
        let mut targets = Vec::new();
        for grade in 1..=4 {
            targets.extend(case.target(w, grade)?);
        }
        let usual = targets.iter().max_by_key(|t| t.value);
        let least = targets.iter().min_by_key(|t| t.value);
        let (Some(usual), Some(least)) = (usual, least) else { return Ok(Leaf::silent()) };
        Ok(if term >= usual.value {
            self.target_leaf(Leaf::pass(), usual.value, term, &usual.basis)
        } else if term >= least.value || case.relaxable(w) {
            self.target_leaf(Leaf::unverified(), usual.value, term, &usual.basis)
                .missing(case.sheet_place(Col::ApConduct), "该次减刑建议书、裁定书")
        } else {
            self.target_leaf(Leaf::violation(), least.value, term, &least.basis)
        })
    }

    // ---- floor ----

    fn floor(&self, w: &mut World) -> Det<Leaf> {
        let case = self.then;
        let stage = case.known_stage()?;
        let end = match self.ruling.change.known() {
            Some(Change::Reduce(amount)) if stage.has_end() => case.end_after(w, *amount)?,
            Some(Change::ToFixed(term)) if stage.is_life() => Some(case.last(w, self.day, *term)),
            Some(Change::ReduceRemainder) if stage.has_end() => Some(self.day),
            _ => None,
        };
        let Some(end) = end else { return Ok(Leaf::silent()) };
        let mut floor = case.floor(w)?;
        if self.is_old() && case.standing.sentence == Some(Sentence::Reprieve) && !case.in_group(w, Restricted::Limited)
        {
            let old = OldLimits::builtin();
            let from = case.reprieve_end()?;
            // Lawful under either rule: the lower figure.
            let figures = self.old_rules(w).into_iter().filter_map(|r| old.of(r, "floor/reprieve"));
            if let Some(figure) = figures.min_by_key(|f| f.term) {
                floor.earliest = date::add_days(case.shifted(case.add(w, from, figure.term)), -1);
                floor.required = figure.term;
                floor.basis = figure.basis.clone();
            }
        }
        let day = self.day;
        let earliest = floor.earliest;
        let leaf = |leaf: Leaf| {
            leaf.fact("floor", earliest).fact("end_proposed", end).basis(&floor.basis).cell(floor.place.at)
        };
        if end >= earliest {
            let text = text!(
                case,
                PAPERS,
                "{day}减刑后止日{end}，不早于最低应执行到的{earliest}。",
                "After the reduction of {day} the term ends on {end}, not before the floor of {earliest}."
            );
            return Ok(leaf(Leaf::pass()).says(text));
        }
        let short = date::days_between(end, earliest);
        let text = text!(
            case,
            PAPERS,
            "{day}减刑后止日{end}，早于最低应执行到的{earliest}，少{short}天。",
            "After the reduction of {day} the term ends on {end}, before the floor of {earliest}, {short} short.",
            short = counted(short, "day", "days")
        );
        Ok(leaf(Leaf::violation()).fact("short_days", short).says(text))
    }

    // ---- political rights ----

    fn rights(&self, w: &mut World) -> Det<Leaf> {
        let case = self.then;
        let Some(new) = self.ruling.rights.get() else { return Ok(Leaf::silent()) };
        let stage = case.known_stage()?;
        let present = case.standing.rights.map(|(r, _)| r);
        let old = OldLimits::builtin();
        let day = self.day;
        let converting = matches!(self.ruling.change.known(), Some(Change::ToFixed(_))) && !stage.has_end();
        let leaf = |leaf: Leaf, basis: &Basis| leaf.basis(basis).cell(self.ruling.rights.at).fact("cause", "rights");
        if converting {
            let (low, high, basis) = if self.is_old() {
                let low = old.value("rights/conversion-min");
                (low.term, old.value("rights/conversion-max").term, low.basis.clone())
            } else {
                let id = "rights/conversion-min";
                (case.rules.term(id), case.rules.term("rights/conversion-max"), case.rules.basis_of(id).clone())
            };
            let fits = matches!(new, Rights::For(t) if t >= low && t <= high);
            let (low_zh, high_zh, low_en, high_en) = (low.zh(), high.zh(), low.en(), high.en());
            let text = text!(
                case,
                PAPERS,
                "{day}减为有期徒刑，剥夺政治权利应当改为{low_zh}以上{high_zh}以下。",
                "On conversion of {day} the deprivation of rights is set to between {low_en} and {high_en}."
            );
            return Ok(leaf(if fits { Leaf::pass() } else { Leaf::violation() }, &basis).says(text));
        }
        let (Some(Rights::For(_) | Rights::ForLife), true) = (present, stage.has_end() && stage != Stage::Control)
        else {
            return Ok(Leaf::silent());
        };
        let t = match new {
            Rights::For(t) => t,
            Rights::None => Term::ZERO,
            Rights::ForLife => return Ok(Leaf::silent()),
        };
        let text = |low: Term| {
            let (low_zh, low_en, new_zh, new_en) = (low.zh(), low.en(), t.zh(), t.en());
            text!(
                case,
                PAPERS,
                "{day}减刑后剥夺政治权利{new_zh}，不得少于{low_zh}。",
                "After the reduction of {day} the deprivation of rights is {new_en}; not below {low_en}."
            )
        };
        if self.is_old() {
            return Ok(self.old_limit(w, |rule| {
                let figure = old.of(rule, "rights/fixed-min")?;
                let outcome = if t >= figure.term { Outcome::Pass } else { figure.breach() };
                let result = Leaf { outcome: Some(outcome), ..Leaf::default() };
                Some(leaf(result, &figure.basis).says(text(figure.term)))
            }));
        }
        let id = if stage.converted() { "rights/converted-final-min" } else { "rights/fixed-min" };
        let low = case.rules.term(id);
        let result = if t >= low { Leaf::pass() } else { Leaf::violation() };
        Ok(leaf(result, case.rules.basis_of(id)).says(text(low)))
    }

    // ---- suspended ----

    fn suspended(&self, _: &mut World) -> Det<Leaf> {
        let case = self.then;
        let day = self.day;
        let text = text!(
            case,
            PAPERS,
            "宣告缓刑的罪犯一般不适用减刑，{day}却裁定减刑，须查有无重大立功。",
            "A suspended sentence is generally not reduced, yet a reduction was ruled on {day}; see whether there was major merit."
        );
        let cell = case.inmate.suspended.at;
        if self.is_old() {
            let figure = OldLimits::builtin().value("suspended");
            let leaf = Leaf { outcome: Some(figure.breach()), ..Leaf::default() };
            return Ok(leaf.basis(&figure.basis).cell(cell).says(text));
        }
        let basis = Basis::new("法释〔2016〕23号", "18", Some(1));
        Ok(match self.major_open() {
            Some((place, document)) => Leaf::needs(place, document).basis(&basis).cell(cell).says(text),
            None => Leaf::violation().basis(&basis).cell(cell).says(text),
        })
    }

    // ---- parole ----

    fn parole_served(&self, w: &mut World) -> Det<Leaf> {
        let case = self.then;
        let Some(mut wait) = case.parole_day(w)? else { return Ok(Leaf::silent()) };
        let mut breach = Outcome::Violation;
        if self.is_old() && case.standing.sentence == Some(Sentence::Reprieve) {
            let old = OldLimits::builtin();
            let figures: Vec<_> = self.old_rules(w).into_iter().filter_map(|r| old.of(r, "parole/reprieve")).collect();
            if let Some(figure) = figures.into_iter().min_by_key(|f| f.term) {
                let from = case.reprieve_end()?;
                wait.required = figure.term;
                wait.earliest = case.shifted(case.add(w, from, figure.term));
                wait.basis = figure.basis.clone();
                breach = figure.breach();
            }
        }
        let (day, earliest) = (self.day, wait.earliest);
        let (need_zh, need_en) = (wait.required.zh(), wait.required.en());
        if day >= earliest {
            if self.first_proposal() >= earliest {
                let text = text!(
                    case,
                    PAPERS,
                    "{day}假释时已执行足够的刑期。",
                    "Enough had been served at the parole of {day}."
                );
                return Ok(wait.against(self.day, Leaf::pass()).says(text));
            }
            let text = text!(
                case,
                PAPERS,
                "{day}裁定假释时已满{earliest}，但当时哪天提请没有记录，提请可能早于该日。",
                "By the parole ruling of {day} the time to {earliest} had passed, but the day of the proposal is not recorded."
            );
            return Ok(wait
                .against(self.day, Leaf::unverified())
                .missing(case.sheet_place(Col::ApApplied), "该次假释建议书")
                .says(text));
        }
        let short = date::days_between(day, earliest);
        let text = text!(
            case,
            PAPERS,
            "{day}假释时实际执行不足：至少{need_zh}，{earliest}以后才可以，早了{short}天。",
            "Too little was served at the parole of {day}: at least {need_en}, lawful from {earliest}, {short} short.",
            short = counted(short, "day", "days")
        );
        let leaf = Leaf { outcome: Some(breach), ..Leaf::default() };
        Ok(wait.short(day, leaf).says(text))
    }

    fn parole_barred(&self, w: &mut World) -> Det<Leaf> {
        let case = self.then;
        let day = self.day;
        let Some(bar) = parole::bar(case, w) else {
            let text = text!(case, PAPERS, "{day}假释，没有不得假释的情形。", "Nothing barred the parole of {day}.");
            return Ok(Leaf::pass().basis(&Basis::new("刑法", "81", Some(2))).says(text));
        };
        if matches!(bar, Bar::Kind(_)) {
            case.known_stage()?;
        }
        let (leaf, zh, en) = parole::barred_by(case, bar);
        let text = text!(case, PAPERS, "{day}裁定假释，但{zh}", "Parole was ruled on {day}. {en}");
        // Older offences fall under other lists of crimes.
        let until = case.rules.date("law/old-criminal-law-until");
        let crime = case.inmate.crime_date.get();
        let certain = match bar {
            Bar::Recidivist if crime.is_some_and(|d| d > case.rules.date("law/before-1997-code-until")) => true,
            Bar::Limited | Bar::Recidivist | Bar::Violent | Bar::Organized => match crime {
                Some(d) => d > until,
                None => w.ask("parole-offence", case.inmate.crime_date.place(), "判决书"),
            },
            Bar::Kind(_) | Bar::Suspended | Bar::WholeLife => true,
        };
        let outcome = if certain { Outcome::Violation } else { Outcome::Unverified };
        Ok(Leaf { outcome: Some(outcome), ..leaf }.says(text))
    }

    fn parole_after_reduction(&self, w: &mut World) -> Det<Leaf> {
        let case = self.then;
        let Some(last) = case.standing.last_reduction else { return Ok(Leaf::silent()) };
        if last.amount.is_none() {
            return Ok(Leaf::silent());
        }
        let large = last.amount.unwrap_or_default();
        let old = OldLimits::builtin();
        let (from, place) = case.service(w, last);
        let wait = |required: Term, basis: &Basis| Wait {
            from,
            place,
            required,
            basis: basis.clone(),
            earliest: date::add(from, required),
            shifted: false,
        };
        let judge = |wait: &Wait, breach: Outcome| {
            let (day, earliest) = (self.day, wait.earliest);
            let (need_zh, need_en) = (wait.required.zh(), wait.required.en());
            if day >= earliest && self.perhaps_early(wait, breach) {
                let text = text!(
                    case,
                    PAPERS,
                    "{day}裁定假释时距上次减刑的间隔已满（{earliest}），但当时哪天提请没有记录，提请可能早于该日。",
                    "By the parole ruling of {day} the interval to {earliest} was over, but the day of the proposal is not recorded."
                );
                return self.undated(wait, "该次假释建议书").says(text);
            }
            if day >= earliest {
                let text = text!(
                    case,
                    PAPERS,
                    "{day}假释，距上次减刑的间隔已满。",
                    "The parole of {day} kept the interval since the last reduction."
                );
                return wait.against(self.day, Leaf::pass()).says(text);
            }
            let short = date::days_between(day, earliest);
            let text = text!(
                case,
                PAPERS,
                "{day}假释，距上次减刑（{from}）不足{need_zh}，早了{short}天。",
                "The parole of {day} came less than {need_en} after the last reduction ({from}), {short} short.",
                short = counted(short, "day", "days")
            );
            let leaf = Leaf { outcome: Some(breach), ..Leaf::default() };
            wait.short(day, leaf).says(text)
        };
        if self.is_old() {
            let name = if large >= old.value("large-reduction").term {
                "parole/after-large-reduction"
            } else {
                "parole/after-reduction"
            };
            return Ok(self.old_limit(w, |rule| {
                let figure = old.of(rule, name)?;
                Some(judge(&wait(figure.term, &figure.basis), figure.breach()))
            }));
        }
        let id = if large >= case.rules.term("parole/large-reduction") {
            "parole/after-large-reduction"
        } else {
            "parole/after-reduction"
        };
        // Less than two years left: the interval may be shorter, without a number.
        let left = case.end_now(w)?;
        let short = left.is_some_and(|e| e < date::add(last.date, case.rules.term("parole/short-remainder")));
        let breach = if short { Outcome::Risk } else { Outcome::Violation };
        Ok(judge(&wait(case.rules.term(id), case.rules.basis_of(id)), breach))
    }
}
