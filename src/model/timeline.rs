//! The sentence timeline: the judgment and every later ruling, replayed as a fold of dated events.
//!
//! The replay says where a sentence stands just before a given day: its stage, the term being executed and from when it
//! runs, the reductions that are still valid, the days that do not count, and every end date that an accepted way of
//! counting gives. What cannot be replayed with certainty is kept as a doubt that names the cell.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::date::{self, Term};
use super::records::{Change, End, Inmate, NewCrime, NewCrimeKind, Rights, Ruling, Sentence};
use super::value::{Place, Value};

/// Where a sentence stands; decides which table applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// 管制
    Control,
    /// 拘役
    Detention,
    /// 有期徒刑, original
    Fixed,
    /// 死缓, the two years of the reprieve
    Reprieve,
    /// 无期徒刑, original
    Life,
    /// 死缓减为无期
    LifeAfterReprieve,
    /// 无期减为有期
    FixedFromLife,
    /// 死缓减为有期
    FixedFromReprieve,
}

impl Stage {
    /// The name in JSON and in the rules.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Control => "control",
            Stage::Detention => "detention",
            Stage::Fixed => "fixed",
            Stage::Reprieve => "reprieve",
            Stage::Life => "life",
            Stage::LifeAfterReprieve => "life-after-reprieve",
            Stage::FixedFromLife => "fixed-from-life",
            Stage::FixedFromReprieve => "fixed-from-reprieve",
        }
    }

    /// In Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Stage::Control => "管制",
            Stage::Detention => "拘役",
            Stage::Fixed => "有期徒刑",
            Stage::Reprieve => "死刑缓期执行期间",
            Stage::Life => "无期徒刑",
            Stage::LifeAfterReprieve => "死缓减为无期徒刑",
            Stage::FixedFromLife => "无期徒刑减为有期徒刑",
            Stage::FixedFromReprieve => "死缓减为有期徒刑",
        }
    }

    /// Whether a term with an end date is being served.
    pub fn has_end(self) -> bool {
        !matches!(self, Stage::Reprieve | Stage::Life | Stage::LifeAfterReprieve)
    }

    /// Whether a life or reprieved sentence has become a fixed one.
    pub fn converted(self) -> bool {
        matches!(self, Stage::FixedFromLife | Stage::FixedFromReprieve)
    }

    /// Whether life imprisonment is being served.
    pub fn is_life(self) -> bool {
        matches!(self, Stage::Life | Stage::LifeAfterReprieve)
    }
}

/// A reduction in months that is still valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reduction {
    /// Index of its ruling among the dossier's rulings.
    pub ruling: usize,
    /// 裁定日期.
    pub date: NaiveDate,
    /// What it took off.
    pub amount: Term,
}

/// The last reduction, from which the interval runs; a conversion to a fixed term is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastReduction {
    /// Index of its ruling.
    pub ruling: usize,
    /// 裁定日期.
    pub date: NaiveDate,
    /// What it took off; `None` for a conversion.
    pub amount: Option<Term>,
}

/// Earlier reductions that lost their force when the judgment changed (2016 rules, arts 32 and 34).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voided {
    /// The day of the event.
    pub date: NaiveDate,
    /// Their sum.
    pub sum: Term,
    /// How much of it has been granted again since.
    pub restored: Term,
    /// The 漏罪 row that voided them; `None` for a retrial.
    pub crime: Option<usize>,
}

/// The return to prison after parole was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recall {
    /// Index of the ruling that revoked parole.
    pub ruling: usize,
    /// The day of return, where the record gives one.
    pub day: Option<NaiveDate>,
}

/// Something that keeps the replay from being certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The cell.
    pub place: Place,
    /// The paper that would settle it.
    pub document: &'static str,
    /// What is not certain, in Chinese.
    pub zh: &'static str,
    /// The same in English.
    pub en: &'static str,
}

/// A ruling as it was replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Index of the ruling.
    pub ruling: usize,
    /// 裁定日期.
    pub date: NaiveDate,
    /// The stage before it.
    pub before: Option<Stage>,
    /// Every end date that an accepted way of counting gives after it, before the recorded one is looked at.
    pub accepted: Vec<NaiveDate>,
    /// The end date to expect after it, where one can be given.
    pub expected: Option<NaiveDate>,
    /// The end date the ruling records.
    pub recorded: Option<(NaiveDate, Place)>,
    /// Whether something before it or in it is in doubt.
    pub doubtful: bool,
}

/// What the custody record adds to the replay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// Days on which the person was released, in order.
    pub releases: Vec<NaiveDate>,
    /// Days on which release on parole is recorded, in order.
    pub paroles: Vec<NaiveDate>,
    /// Days on which the person was taken in (again), in order.
    pub entries: Vec<NaiveDate>,
}

impl Hints {
    fn entry_after(&self, day: NaiveDate) -> Option<NaiveDate> {
        self.entries.iter().copied().find(|d| *d > day)
    }
}

/// Where a sentence stands just before a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The stage; `None` where the sentence is unknown.
    pub stage: Option<Stage>,
    /// The sentence under the judgment in force (original, retried or merged).
    pub sentence: Option<Sentence>,
    /// The term being executed in a stage with an end: original, merged, or the converted term.
    pub term: Option<Term>,
    /// The day from which that term runs.
    pub start: Option<NaiveDate>,
    /// The day of the judgment in force, where a merger or retrial replaced the original one.
    pub rejudged: Option<NaiveDate>,
    /// Valid reductions in months of the term being executed.
    pub reductions: Vec<Reduction>,
    /// The last valid reduction or conversion.
    pub last_reduction: Option<LastReduction>,
    /// A reduction revoked after it was the last one: whether the interval runs from it is open.
    pub revoked_last: Option<LastReduction>,
    /// The last ruling whose content is not known: it may have been a reduction, or have converted the sentence.
    pub unread: Option<LastReduction>,
    /// Whether there has been a reduction in the present stage (a recall after parole starts anew).
    pub reduced_in_stage: bool,
    /// The ruling that made reprieved death life.
    pub to_life: Option<(usize, NaiveDate)>,
    /// The ruling that made life or reprieved death a fixed term.
    pub conversion: Option<(usize, NaiveDate)>,
    /// Time that a ruling excluded from the term.
    pub not_counted: Vec<(usize, Term)>,
    /// The parole now running, or last granted.
    pub parole: Option<(usize, NaiveDate)>,
    /// Whether the person is on parole.
    pub on_parole: bool,
    /// Parole that was revoked.
    pub recall: Option<Recall>,
    /// Reductions that a retrial or an undiscovered crime voided.
    pub voided: Option<Voided>,
    /// New intentional or undiscovered crimes that changed the sentence, by index.
    pub merged: Vec<usize>,
    /// Whether an undiscovered crime brought life back after life had become a fixed term (2016 rules, art. 37).
    pub life_again: bool,
    /// Months taken off before a new crime, which do not count as served (2016 rules, art. 33).
    pub unserved: Term,
    /// Every accepted end date; empty where there is none.
    pub ends: Vec<NaiveDate>,
    /// The end date to propose when none is recorded: counted forward from the start where that can be done.
    pub forward_end: Option<NaiveDate>,
    /// The end date last recorded before the day.
    pub recorded_end: Option<(NaiveDate, Place)>,
    /// Whether the end must be counted backward from a recorded one (days excluded, or the original end set apart).
    pub backward_only: bool,
    /// Whether that was so before time was first excluded.
    pub set_apart: bool,
    /// The deprivation of political rights in force.
    pub rights: Option<(Rights, Place)>,
    /// What is not certain.
    pub doubts: Vec<Doubt>,
    /// The rulings one by one, in order of time.
    pub steps: Vec<Step>,
    /// The ends before parole was revoked, as if probation had been served; empty where it was not.
    pub probation_served: Vec<NaiveDate>,
}

impl Standing {
    /// Sum of the valid reductions of the term being executed.
    pub fn reduced_by(&self) -> Term {
        self.reductions.iter().fold(Term::ZERO, |sum, r| sum.plus(r.amount))
    }

    /// Whether the recorded end date is one that the replay accepts; `None` where nothing is recorded or replayed.
    pub fn recorded_agrees(&self) -> Option<bool> {
        let (recorded, _) = self.recorded_end?;
        if self.ends.is_empty() {
            return None;
        }
        // Without the start the forward date cannot be counted: at a month's end it may lie a few days off.
        let could_be_forward = |end: &NaiveDate| {
            let late = |d: NaiveDate| chrono::Datelike::day(&d) >= 28 || chrono::Datelike::day(&d) <= 2;
            self.start.is_none() && late(*end) && late(recorded) && date::days_between(*end, recorded).abs() <= 3
        };
        Some(self.ends.contains(&recorded) || self.ends.iter().any(could_be_forward))
    }

    /// The end dates under which the limits must be examined: the recorded one where it agrees, the replayed one
    /// where none is recorded, both where they disagree.
    pub fn end_readings(&self) -> Vec<NaiveDate> {
        match (self.recorded_end, self.recorded_agrees()) {
            (Some((recorded, _)), Some(true) | None) => vec![recorded],
            (Some((recorded, _)), Some(false)) => {
                let mut both = vec![recorded];
                both.extend(self.forward_end.or_else(|| self.ends.first().copied()));
                both.sort();
                both.dedup();
                both
            }
            (None, _) => self.forward_end.or_else(|| self.ends.first().copied()).into_iter().collect(),
        }
    }

    /// Forgets what only the rulings can say: without their sheet nobody knows whether life has become a fixed term, what
    /// was taken off, or which deprivation of rights is in force.
    pub fn without_rulings(&mut self) {
        if matches!(self.sentence, Some(Sentence::Life | Sentence::Reprieve)) {
            self.stage = None;
        }
        self.rights = None;
        self.ends.clear();
        self.forward_end = None;
        self.recorded_end = None;
    }

    fn doubt(&mut self, place: Place, document: &'static str, zh: &'static str, en: &'static str) {
        self.doubts.push(Doubt { place, document, zh, en });
    }

    fn accept(&mut self, day: Option<NaiveDate>) {
        if let Some(day) = day
            && !self.ends.contains(&day)
        {
            self.ends.push(day);
        }
    }

    /// Begins a fixed term that runs from `start`.
    fn begin(&mut self, term: Term, start: Option<NaiveDate>, recorded: Option<(NaiveDate, Place)>) {
        self.term = Some(term);
        self.start = start;
        self.reductions.clear();
        self.not_counted.clear();
        self.ends.clear();
        self.backward_only = false;
        self.forward_end = start.map(|s| date::last(s, term));
        self.accept(self.forward_end);
        if let Some(start) = start {
            self.accept(Some(date::add_days(date::add_by(start, term, date::Counting::AllMonths), -1)));
        }
        self.recorded_end = recorded;
    }

    /// Takes `amount` off: forward from the start, and backward from every accepted end.
    fn reduce(&mut self, reduction: Reduction) {
        let mut before = std::mem::take(&mut self.ends);
        if let Some((recorded, _)) = self.recorded_end
            && !self.backward_only
            && before.contains(&recorded)
        {
            // Backward from what was recorded; what is counted forward is counted anew from the start.
            before = vec![recorded];
        }
        self.reductions.push(reduction);
        self.forward_end = None;
        if !self.backward_only
            && let (Some(start), Some(left)) = (self.start, self.term.and_then(|t| t.minus(self.reduced_by())))
        {
            self.forward_end = Some(date::last(start, left));
            self.accept(self.forward_end);
            self.accept(Some(date::add_days(date::add_by(start, left, date::Counting::AllMonths), -1)));
        }
        for end in before {
            for moved in date::move_back(end, reduction.amount) {
                self.accept(Some(moved));
            }
        }
        if self.forward_end.is_none() {
            self.forward_end = self.ends.first().copied();
        }
    }

    /// Moves every end date later by time that does not count.
    fn exclude(&mut self, ruling: usize, time: Term) {
        if self.not_counted.is_empty() {
            self.set_apart = self.backward_only;
        }
        self.not_counted.push((ruling, time));
        self.backward_only = true;
        for end in &mut self.ends {
            *end = date::add(*end, time);
        }
        self.forward_end = self.forward_end.map(|e| date::add(e, time));
    }

    /// Whether the end before reductions must be counted backward from a recorded one, time excluded later left aside.
    fn base_apart(&self, excluded: &[(usize, Term)]) -> bool {
        if excluded.is_empty() { self.backward_only } else { self.set_apart }
    }

    /// Recomputes the ends from scratch after a reduction was revoked.
    fn replay_reductions(&mut self, original_end: Option<NaiveDate>) {
        let reductions = std::mem::take(&mut self.reductions);
        let excluded = std::mem::take(&mut self.not_counted);
        let backward = self.base_apart(&excluded);
        let (Some(term), start) = (self.term, self.start) else { return };
        self.begin(term, start, None);
        self.backward_only = backward;
        if backward {
            self.ends.clear();
            self.forward_end = None;
        }
        self.accept(original_end);
        self.forward_end = self.forward_end.or(original_end);
        for reduction in reductions {
            self.reduce(reduction);
        }
        for (ruling, time) in excluded {
            self.exclude(ruling, time);
        }
    }
}

/// The figures of the law that the replay needs; they come from the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplayLaw {
    /// Length of the reprieve of 死缓 (刑法48).
    pub reprieve: Term,
    /// First day of the present rule on counting terms; judgments before it may be a day off at a month's end.
    pub counting_from: NaiveDate,
}

/// An event on the timeline.
#[derive(Clone, Copy)]
enum Event {
    Ruling(usize),
    Crime(usize),
}

/// Replays the judgment and every ruling dated before `cut` (all of them where `cut` is `None`).
pub fn replay(
    inmate: &Inmate,
    rulings: &[Ruling],
    crimes: &[NewCrime],
    law: &ReplayLaw,
    cut: Option<NaiveDate>,
) -> Standing {
    replay_with(inmate, rulings, crimes, law, cut, &Hints::default())
}

/// [`replay`], with what the custody record says about releases and returns.
pub fn replay_with(
    inmate: &Inmate,
    rulings: &[Ruling],
    crimes: &[NewCrime],
    law: &ReplayLaw,
    cut: Option<NaiveDate>,
    hints: &Hints,
) -> Standing {
    let mut s = begin(inmate, law);
    let before = |d: NaiveDate| cut.is_none_or(|c| d < c);
    let mut events: Vec<(NaiveDate, (u8, Term), Event)> = Vec::new();
    for (i, ruling) in rulings.iter().enumerate() {
        match ruling.date.get() {
            Some(day) if before(day) => events.push((day, rank(ruling), Event::Ruling(i))),
            Some(_) => {}
            None => {
                s.doubt(ruling.date.place(), "历次裁定书", "一份裁定的日期不明", "a ruling without a readable date")
            }
        }
    }
    for (i, crime) in crimes.iter().enumerate() {
        match crime.confirmed.get() {
            Some(day) if before(day) => events.push((day, (0, Term::ZERO), Event::Crime(i))),
            Some(_) => {}
            None => s.doubt(
                crime.confirmed.place(),
                "新罪（漏罪）判决书",
                "新罪或漏罪的判决确定日期不明",
                "a new or undiscovered crime without the day its judgment became final",
            ),
        }
    }
    events.sort_by_key(|(day, order, _)| (*day, *order));
    for (day, _, event) in events {
        match event {
            Event::Ruling(i) => apply_ruling(&mut s, inmate, (rulings, crimes), (law, hints), i, day),
            Event::Crime(i) => apply_crime(&mut s, inmate, &crimes[i], i, day),
        }
    }
    s
}

/// The order of rulings of one day, so that the order of rows does not matter: what fixes the sentence before what
/// shortens it, then by amount.
fn rank(ruling: &Ruling) -> (u8, Term) {
    match ruling.change.known() {
        None => (1, Term::ZERO),
        Some(Change::ToLife) => (2, Term::ZERO),
        Some(Change::RetrialChanged(_) | Change::RetrialUpheld | Change::Merged(_)) => (3, Term::ZERO),
        Some(Change::ToFixed(t)) => (4, *t),
        Some(Change::ParoleRevoked | Change::ReductionRevoked { .. }) => (5, Term::ZERO),
        Some(Change::NotCounted(t)) => (6, *t),
        Some(Change::ReductionRestored(t)) => (7, *t),
        Some(Change::Reduce(t)) => (8, *t),
        Some(Change::ReduceRemainder | Change::Parole | Change::Refused) => (9, Term::ZERO),
    }
}

fn begin(inmate: &Inmate, law: &ReplayLaw) -> Standing {
    let mut s = Standing { sentence: inmate.sentence.get(), ..Standing::default() };
    if let Some(rights) = inmate.rights.get() {
        s.rights = Some((rights, inmate.rights.place()));
    }
    let Some(sentence) = s.sentence else { return s };
    set_sentence(&mut s, sentence);
    if let Some(term) = sentence.term() {
        let recorded = inmate.term_end.get().and_then(End::date);
        s.begin(term, inmate.term_start.get(), recorded.map(|d| (d, inmate.term_end.place())));
        if let Some(recorded) = recorded
            && !s.ends.contains(&recorded)
        {
            // The original end was set apart from start + term (custody credit, interrupted custody): count from it.
            let twin = s.forward_end.is_some_and(|f| is_month_end_twin(f, recorded, inmate, law));
            if !twin {
                s.ends.clear();
                s.backward_only = true;
                s.forward_end = Some(recorded);
            }
            s.accept(Some(recorded));
        }
    }
    s
}

/// Whether two original end dates differ only by the month-end conventions in use before the present rule: a day at a
/// month's end.
pub fn is_month_end_twin(a: NaiveDate, b: NaiveDate, inmate: &Inmate, law: &ReplayLaw) -> bool {
    let old = inmate.judged.get().or(inmate.effective.get()).is_none_or(|d| d < law.counting_from);
    let near_end = |d: NaiveDate| {
        date::is_month_end(d) || date::is_month_end(date::add_days(d, 1)) || chrono::Datelike::day(&d) <= 2
    };
    old && date::days_between(a, b).abs() <= 1 && (near_end(a) || near_end(b))
}

fn set_sentence(s: &mut Standing, sentence: Sentence) {
    s.sentence = Some(sentence);
    s.stage = Some(match sentence {
        Sentence::Control(_) => Stage::Control,
        Sentence::Detention(_) => Stage::Detention,
        Sentence::Fixed(_) => Stage::Fixed,
        Sentence::Life => Stage::Life,
        Sentence::Reprieve => Stage::Reprieve,
    });
}

fn apply_ruling(
    s: &mut Standing,
    inmate: &Inmate,
    (rulings, crimes): (&[Ruling], &[NewCrime]),
    (law, hints): (&ReplayLaw, &Hints),
    i: usize,
    day: NaiveDate,
) {
    let ruling = &rulings[i];
    let before = s.stage;
    let recorded = ruling.new_end.get().and_then(End::date).map(|d| (d, ruling.new_end.place()));
    if let Some(rights) = ruling.rights.get() {
        s.rights = Some((rights, ruling.rights.place()));
    }
    let Some(change) = ruling.change.known() else {
        s.unread = Some(LastReduction { ruling: i, date: day, amount: None });
        s.doubt(ruling.change.place(), "历次裁定书", "一份裁定的变更内容不明", "a ruling whose content is unknown");
        return;
    };
    let mut note_end = true;
    match change {
        Change::Reduce(amount) | Change::ReductionRestored(amount) => {
            if s.stage.is_some_and(Stage::has_end) {
                s.reduce(Reduction { ruling: i, date: day, amount: *amount });
            } else {
                s.doubt(
                    ruling.change.place(),
                    "历次裁定书",
                    "无期徒刑或者死缓期间的裁定写明减去月数，与所处阶段不符",
                    "a ruling takes months off a sentence that has no end date",
                );
            }
            if let (Change::ReductionRestored(_), Some(voided)) = (change, s.voided.as_mut()) {
                voided.restored = voided.restored.plus(*amount);
            }
            s.last_reduction = Some(LastReduction { ruling: i, date: day, amount: Some(*amount) });
            s.revoked_last = None;
            s.reduced_in_stage = true;
        }
        Change::ReduceRemainder => {
            if s.stage.is_some_and(Stage::has_end) {
                s.ends = vec![day];
                s.accept(ruling.served.get().filter(|d| *d > day));
                s.forward_end = Some(day);
                s.backward_only = true;
            } else {
                s.doubt(
                    ruling.change.place(),
                    "历次裁定书",
                    "无期徒刑或者死缓期间的裁定写明减去余刑，与所处阶段不符",
                    "a ruling takes the rest off a sentence that has no end date",
                );
            }
            s.last_reduction = Some(LastReduction { ruling: i, date: day, amount: None });
            s.reduced_in_stage = true;
        }
        Change::ToLife => {
            if s.stage == Some(Stage::Reprieve) {
                s.stage = Some(Stage::LifeAfterReprieve);
                s.to_life = Some((i, day));
                s.reduced_in_stage = false;
            } else {
                s.doubt(
                    ruling.change.place(),
                    "历次裁定书",
                    "减为无期徒刑与所处阶段不符",
                    "became life from a stage that cannot",
                );
            }
            note_end = false;
        }
        Change::ToFixed(term) => {
            let from_reprieve = s.stage == Some(Stage::Reprieve);
            let next = match s.stage {
                Some(Stage::Life) => Some(Stage::FixedFromLife),
                Some(Stage::LifeAfterReprieve | Stage::Reprieve) => Some(Stage::FixedFromReprieve),
                _ => None,
            };
            if let Some(next) = next {
                // Life runs as a fixed term from the ruling (刑法80), reprieved death from the end of the reprieve (刑法51).
                let start = if from_reprieve { reprieve_end(inmate, law).first().copied() } else { Some(day) };
                s.stage = Some(next);
                s.begin(*term, start, None);
                s.conversion = Some((i, day));
                s.last_reduction = Some(LastReduction { ruling: i, date: day, amount: None });
                s.revoked_last = None;
                s.reduced_in_stage = true;
            } else {
                s.doubt(
                    ruling.change.place(),
                    "历次裁定书",
                    "减为有期徒刑与所处阶段不符",
                    "became a fixed term although it already was one",
                );
                s.last_reduction = Some(LastReduction { ruling: i, date: day, amount: None });
                s.reduced_in_stage = true;
            }
        }
        Change::Parole => {
            s.parole = Some((i, day));
            s.on_parole = true;
            note_end = false;
        }
        Change::ParoleRevoked => {
            s.on_parole = false;
            let paroled = s.parole.map(|(_, day)| day);
            let recall = ruling.new_start.get().or_else(|| paroled.and_then(|p| hints.entry_after(p)));
            s.probation_served = s.ends.clone();
            if let (Some(paroled), Some(recall_day)) = (paroled, recall) {
                // 刑法86.3: what was unserved at release runs from the recall. The day of release is the ruling's, or
                // the one the custody record has; arrest before the recall counts (社区矫正法48.3).
                let mut from = vec![paroled];
                from.extend(hints.paroles.iter().copied().filter(|d| *d > paroled && *d < recall_day));
                let mut back = vec![recall_day];
                back.extend(hints.entry_after(paroled).filter(|d| *d < recall_day));
                let ends = std::mem::take(&mut s.ends);
                for end in ends {
                    for release in &from {
                        for back in &back {
                            let days = date::days_between(*release, end);
                            s.accept(Some(date::add_days(*back, days)));
                            s.accept(Some(date::add_days(*back, days - 1)));
                        }
                    }
                }
                s.forward_end = s.ends.first().copied();
                s.backward_only = true;
            } else {
                s.doubt(
                    ruling.new_start.place(),
                    "撤销假释裁定书、收监凭证",
                    "撤销假释后的收监日期不明",
                    "the day of return after parole was revoked is unknown",
                );
                s.ends.clear();
                s.forward_end = None;
                s.backward_only = true;
            }
            s.recall = Some(Recall { ruling: i, day: recall });
            s.reduced_in_stage = false;
        }
        Change::ReductionRevoked { case_no, date: target } => {
            let hit = find_revoked(s, rulings, case_no.as_deref(), *target);
            match hit {
                Some(at) => {
                    let revoked = s.reductions.remove(at);
                    if s.last_reduction.is_some_and(|l| l.ruling == revoked.ruling) {
                        s.revoked_last = s.last_reduction;
                        s.last_reduction = s
                            .reductions
                            .last()
                            .map(|r| LastReduction { ruling: r.ruling, date: r.date, amount: Some(r.amount) })
                            .or_else(|| {
                                s.conversion.map(|(ruling, date)| LastReduction { ruling, date, amount: None })
                            });
                        s.reduced_in_stage = s.last_reduction.is_some();
                    }
                    let own = s.conversion.is_none() && s.rejudged.is_none();
                    let original = inmate.term_end.get().and_then(End::date).filter(|_| own);
                    // What was counted anew then (the rest after parole, a term less what had been served) is not in the
                    // original end, nor in start and term.
                    if s.recall.is_some() || s.rejudged.is_some() && s.base_apart(&s.not_counted) {
                        s.doubt(
                            ruling.change.place(),
                            "撤销减刑的裁定书、执行通知书",
                            "撤销减刑以前，刑期已经因撤销假释或者改判重新计算，撤销后的止日须人工确定",
                            "a reduction was revoked after the end had been counted anew: the end must be settled by hand",
                        );
                    }
                    s.replay_reductions(original);
                }
                None => s.doubt(
                    ruling.change.place(),
                    "撤销减刑的裁定书",
                    "撤销的是哪一份减刑裁定不明",
                    "which reduction was revoked is unknown",
                ),
            }
        }
        Change::NotCounted(time) => s.exclude(i, *time),
        Change::RetrialChanged(sentence) => {
            void_reductions(s, day, None);
            let old_start = s.start.or(inmate.term_start.get());
            s.life_again = false;
            rejudge(s, *sentence, day, ruling.new_start.get().or(inmate.term_start.get()), recorded);
            served_before(s, sentence.term(), old_start, ruling, recorded, hints);
        }
        Change::Merged(sentence) => {
            // The same merger may also stand in 新罪漏罪, with more detail; that row has then been applied already.
            let known = s.merged.iter().any(|c| crimes[*c].decided.get() == Some(*sentence));
            if !known {
                void_reductions(s, day, None);
                s.life_again = s.stage == Some(Stage::FixedFromLife) && *sentence == Sentence::Life;
                rejudge(s, *sentence, day, ruling.new_start.get().or(inmate.term_start.get()), recorded);
                s.doubt(
                    ruling.change.place(),
                    "数罪并罚判决书",
                    "数罪并罚没有对应的新罪漏罪记录，不知是新罪还是漏罪",
                    "a merger without a row that says whether the crime was new or undiscovered",
                );
            }
        }
        Change::RetrialUpheld | Change::Refused => note_end = false,
    }
    if note_end {
        s.recorded_end = recorded;
    }
    s.steps.push(Step {
        ruling: i,
        date: day,
        before,
        accepted: s.ends.clone(),
        expected: s.forward_end,
        recorded: recorded.filter(|_| note_end),
        doubtful: !s.doubts.is_empty(),
    });
    if note_end && let Some((end, _)) = recorded {
        if s.ends.contains(&end) {
            // Later reductions move back from the end that the ruling actually set, or forward from the start.
            s.ends.retain(|e| *e == end || Some(*e) == s.forward_end);
        } else if s.ends.is_empty() {
            s.accept(Some(end));
            s.forward_end = Some(end);
        }
    }
}

/// After a retrial of someone who had already served and been released: the new term runs from the return, less what was
/// served. What was served is taken off by days or by months; where no release is recorded the ruling's own end stands.
fn served_before(
    s: &mut Standing,
    term: Option<Term>,
    old_start: Option<NaiveDate>,
    ruling: &Ruling,
    recorded: Option<(NaiveDate, Place)>,
    hints: &Hints,
) {
    let (Some(term), Some(old), Some(new)) = (term, old_start, ruling.new_start.get()) else { return };
    if new <= old {
        return;
    }
    let release = hints.releases.iter().copied().rfind(|d| *d >= old && *d < new);
    match release {
        Some(release) => {
            let computed = rest_ends(old, term, release, new);
            s.ends.clear();
            s.forward_end = computed.first().copied();
            for end in computed {
                s.accept(Some(end));
            }
            s.backward_only = true;
        }
        None if recorded.is_none() => {
            s.doubt(
                ruling.new_end.place(),
                "再审判决书、执行通知书",
                "再审改判以前已经执行的刑期不明",
                "how much had been served before the retrial is unknown",
            );
            s.ends.clear();
            s.forward_end = None;
            s.backward_only = true;
        }
        None => {}
    }
}

/// The ends of a term that ran from `start`, was broken off after `release` (that day is served) and goes on from `back`:
/// what is left counted in days, and in months and days.
pub fn rest_ends(start: NaiveDate, term: Term, release: NaiveDate, back: NaiveDate) -> Vec<NaiveDate> {
    let mut ends = Vec::new();
    let left = date::days_between(release, date::last(start, term));
    let next = date::add_days(release, 1);
    let mut months = date::Month::of(start).until(date::Month::of(next)).max(0) as u32;
    while months > 0 && date::add_months(start, months) > next {
        months -= 1;
    }
    let days = date::days_between(date::add_months(start, months), next);
    if let Some(rest) = term.minus(Term::of_months(months)) {
        ends.push(date::add_days(date::last(back, rest), -days));
    }
    let by_days = date::add_days(back, left - 1);
    if !ends.contains(&by_days) {
        ends.push(by_days);
    }
    ends
}

fn find_revoked(s: &Standing, rulings: &[Ruling], case_no: Option<&str>, target: Option<NaiveDate>) -> Option<usize> {
    let matches: Vec<usize> = s
        .reductions
        .iter()
        .enumerate()
        .filter(|(_, r)| {
            let by_case = case_no.is_some_and(|c| rulings[r.ruling].case_no.known().is_some_and(|k| k == c));
            by_case || target == Some(r.date)
        })
        .map(|(at, _)| at)
        .collect();
    match (matches.as_slice(), case_no.is_none() && target.is_none(), s.reductions.len()) {
        ([one], _, _) => Some(*one),
        ([], true, 1) => Some(0),
        _ => None,
    }
}

fn void_reductions(s: &mut Standing, day: NaiveDate, crime: Option<usize>) {
    let sum = s.reduced_by();
    if !sum.is_zero() {
        s.voided = Some(Voided { date: day, sum, restored: Term::ZERO, crime });
    }
    s.reductions.clear();
    if s.conversion.is_none() {
        s.last_reduction = None;
    }
    s.revoked_last = None;
    s.reduced_in_stage = s.conversion.is_some();
}

/// A new judgment replaces the old one.
fn rejudge(
    s: &mut Standing,
    sentence: Sentence,
    day: NaiveDate,
    start: Option<NaiveDate>,
    recorded: Option<(NaiveDate, Place)>,
) {
    let converted = s.stage.filter(|stage| stage.converted());
    set_sentence(s, sentence);
    s.rejudged = Some(day);
    match sentence.term() {
        Some(term) => {
            // A conversion survives a merged fixed term (art. 33): the person keeps the waiting times of that stage.
            if let Some(stage) = converted {
                s.stage = Some(stage);
            }
            // A term that runs on from its old start can be counted; from a new one the recorded end may already deduct
            // what was served.
            let runs_on = start.is_some() && start == s.start;
            s.begin(term, start, recorded);
            if let Some((end, _)) = recorded
                && !s.ends.contains(&end)
                && !runs_on
            {
                s.ends = vec![end];
                s.forward_end = Some(end);
                s.backward_only = true;
            }
        }
        None => {
            s.conversion = None;
            s.term = None;
            s.start = None;
            s.ends.clear();
            s.forward_end = None;
            s.recorded_end = None;
            s.reduced_in_stage = false;
            s.last_reduction = None;
        }
    }
}

fn apply_crime(s: &mut Standing, inmate: &Inmate, crime: &NewCrime, i: usize, day: NaiveDate) {
    let kind = crime.kind.get();
    s.merged.push(i);
    let recorded = crime.new_end.get().and_then(End::date).map(|d| (d, crime.new_end.place()));
    match kind {
        Some(NewCrimeKind::Undiscovered) => void_reductions(s, day, Some(i)),
        Some(NewCrimeKind::NewCrime) => {
            s.unserved = s.unserved.plus(s.reduced_by());
        }
        None => s.doubt(
            crime.kind.place(),
            "新罪（漏罪）判决书",
            "不知是新罪还是漏罪",
            "new or undiscovered crime is unknown",
        ),
    }
    match crime.decided.value {
        Value::Known(sentence) => {
            let start = match kind {
                Some(NewCrimeKind::Undiscovered) => crime.new_start.get().or(inmate.term_start.get()),
                _ => crime.new_start.get(),
            };
            if sentence.term().is_some() && start.is_none() {
                s.doubt(
                    crime.new_start.place(),
                    "新判决书、执行通知书",
                    "并罚后的刑期起日不明",
                    "the start of the merged term is unknown",
                );
            }
            if sentence == Sentence::Reprieve && s.stage != Some(Stage::Reprieve) {
                s.doubt(
                    crime.decided.place(),
                    "新判决书",
                    "漏罪并罚决定执行死缓，后续阶段须人工确定",
                    "merged to reprieved death: the stage must be settled by hand",
                );
            }
            let was_fixed = s.stage == Some(Stage::FixedFromLife) || s.life_again;
            s.life_again = was_fixed && kind == Some(NewCrimeKind::Undiscovered) && sentence == Sentence::Life;
            rejudge(s, sentence, day, start, recorded);
        }
        Value::Empty | Value::Unclear => {
            s.doubt(
                crime.decided.place(),
                "新判决书、执行通知书",
                "并罚后决定执行的刑罚不明",
                "the merged sentence is unknown",
            );
            s.ends.clear();
            s.forward_end = None;
            s.recorded_end = recorded;
        }
    }
}

/// 死缓期满日 as recorded, else the length of the reprieve from the day the judgment became final: the last day of the reprieve, or the
/// day after it, which is also accepted.
pub fn reprieve_end(inmate: &Inmate, law: &ReplayLaw) -> Vec<NaiveDate> {
    if let Some(recorded) = inmate.reprieve_end.get() {
        return vec![recorded];
    }
    match inmate.effective.get() {
        Some(effective) => {
            let last = date::last(effective, law.reprieve);
            vec![last, date::add_days(last, 1)]
        }
        None => Vec::new(),
    }
}
