//! The legal windows of a case in one world: waiting times, caps, targets, floors, end dates.
//!
//! Each figure is the strictest of all rows that apply, parameter by parameter, and keeps the provision of the row it
//! came from.

use chrono::NaiveDate;

use super::case::Case;
use super::conduct::{Det, Effective, need};
use super::finding::{Basis, Leaf, Missing};
use super::groups::Restricted;
use super::world::{Origin, World};
use crate::law::limits::ByGrade;
use crate::law::{Group, Lifts, LimitRow};
use crate::model::timeline::{LastReduction, reprieve_end};
use crate::model::{
    Col, CustodyKind, End, Health, NewCrime, NewCrimeKind, Place, Proposal, Sentence, SheetKind, Stage, Term, date,
};

/// A figure of the law with its provision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The figure.
    pub value: Term,
    /// The provision of the row it came from.
    pub basis: Basis,
}

/// A waiting time: from a day, for a term, met on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The day it counts from.
    pub from: NaiveDate,
    /// Where that day is recorded.
    pub place: Place,
    /// How long.
    pub required: Term,
    /// Its provision.
    pub basis: Basis,
    /// The first lawful day.
    pub earliest: NaiveDate,
    /// Whether time that does not count has moved that day later (the start; not the interval, which is calendar time).
    pub shifted: bool,
}

impl Wait {
    /// A leaf with this waiting time beside the day that is held against it.
    #[must_use]
    pub(super) fn against(&self, actual: NaiveDate, leaf: Leaf) -> Leaf {
        leaf.fact("from", self.from)
            .fact("required", self.required)
            .fact("earliest", self.earliest)
            .fact("actual", actual)
            .basis(&self.basis)
            .cell(self.place.at)
    }

    /// The same for a day that came too early: with the days that are missing.
    #[must_use]
    pub(super) fn short(&self, actual: NaiveDate, leaf: Leaf) -> Leaf {
        self.against(actual, leaf).fact("short_days", date::days_between(actual, self.earliest))
    }
}

/// A bar on reductions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// The first day on which it no longer stands; `None` where it stands for good.
    pub until: Option<NaiveDate>,
    /// Its provision.
    pub basis: Basis,
    /// What it is.
    pub kind: BarKind,
    /// The cells it rests on.
    pub places: Vec<Place>,
}

/// What a bar is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BarKind {
    /// 终身监禁
    WholeLife,
    /// 缓刑
    Suspended,
    /// A new intentional crime.
    NewCrime,
    /// An intentional crime in the reprieve.
    CrimeInReprieve,
}

/// What major merit does to a waiting time in this world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifted {
    /// Nothing: no major merit, or the rule does not let it.
    No,
    /// It drops the waiting time.
    Yes,
    /// It may shorten it, without a number.
    Shortened,
}

fn strictest<'r>(
    rows: &[&'r LimitRow],
    pick: impl Fn(&'r LimitRow) -> Option<(Term, &'r Basis)>,
    larger: bool,
) -> Option<Figure> {
    let mut best: Option<(Term, &Basis)> = None;
    for found in rows.iter().filter_map(|r| pick(r)) {
        if best.is_none_or(|(value, _)| if larger { found.0 > value } else { found.0 < value }) {
            best = Some(found);
        }
    }
    best.map(|(value, basis)| Figure { value, basis: basis.clone() })
}

fn graded(of: Option<&ByGrade>, grade: u8) -> Option<(Term, &Basis)> {
    of.and_then(|g| g.of(grade).map(|t| (t, &g.basis)))
}

impl Case<'_> {
    /// The stage, or that it needs the sentence.
    pub fn known_stage(&self) -> Det<Stage> {
        match self.standing.stage {
            // A ruling nobody can read may have made it a fixed term.
            Some(stage) if !stage.has_end() && self.standing.unread.is_some() => {
                need(self.unread_place(), "历次裁定书")
            }
            Some(stage) => Ok(stage),
            None if self.standing.sentence.is_some() && !self.has(SheetKind::Rulings) => {
                need(self.sheet_place(Col::RuDate), "历次裁定书")
            }
            None => need(self.inmate.sentence.place(), "判决书、执行通知书"),
        }
    }

    /// Whether there was a reduction in the present stage; open where the sheet of rulings is missing.
    pub fn reduced_before(&self, w: &mut World) -> bool {
        if !self.has(SheetKind::Rulings) {
            w.ask("reduced-before", self.sheet_place(Col::RuDate), "历次裁定书")
        } else if self.standing.unread.is_some() && !self.standing.reduced_in_stage {
            w.ask("unread-ruling", self.unread_place(), "历次裁定书")
        } else {
            self.standing.reduced_in_stage
        }
    }

    /// The cell of the ruling whose content is not known.
    pub fn unread_place(&self) -> Place {
        let ruling = self.standing.unread.and_then(|u| self.dossier.rulings.get(u.ruling));
        ruling.map_or(self.sheet_place(Col::RuChange), |r| r.change.place())
    }

    /// A ruling of unknown content after the last known reduction, where this world takes it for a reduction.
    pub fn unread_reduction(&self, w: &mut World) -> Option<LastReduction> {
        let unread = self.standing.unread?;
        let after = self.standing.last_reduction.is_none_or(|last| last.date <= unread.date);
        (after && w.ask("unread-ruling", self.unread_place(), "历次裁定书")).then_some(unread)
    }

    /// `d` plus `t`, under the way of counting of this world where the two differ.
    pub fn add(&self, w: &mut World, d: NaiveDate, t: Term) -> NaiveDate {
        match date::add_readings(d, t) {
            (_, Some(second)) if w.reading("counting", 2) == 1 => second,
            (first, _) => first,
        }
    }

    /// The last day of a term.
    pub fn last(&self, w: &mut World, d: NaiveDate, t: Term) -> NaiveDate {
        date::add_days(self.add(w, d, t), -1)
    }

    /// The rows that apply for some groups.
    fn rows_of(&self, w: &mut World, groups: &[Group]) -> Det<Vec<&LimitRow>> {
        let stage = self.known_stage()?;
        let term = self.standing.term.unwrap_or_default();
        if let Some(app) = self.app
            && app.applied.get().is_none()
        {
            // The day decides which law applies.
            return need(app.applied.place(), "减刑（假释）建议书");
        }
        let day = self.law_day(w);
        if day < self.rules.date("law/limits-from") {
            let text = self.say(
                || "2017年1月1日以前的案件适用旧规定，本项需人工核对。".to_owned(),
                || "Cases before 2017-01-01 fall under the earlier rules; this must be checked by hand.".to_owned(),
            );
            return Err(Box::new(Leaf::unverified().says(text)));
        }
        Ok(self.rules.rows_for(stage, term, day, groups).collect())
    }

    fn rows(&self, w: &mut World) -> Det<Vec<&LimitRow>> {
        let groups = self.limit_groups(w);
        self.rows_of(w, &groups)
    }

    // ---- start ----------------------------------------------------------------------------------------------------

    /// From which day the start of the stage counts.
    fn start_from(&self, w: &mut World) -> Det<(NaiveDate, Place)> {
        let stage = self.known_stage()?;
        let delivered = &self.inmate.delivered;
        let effective = &self.inmate.effective;
        match stage {
            Stage::Life => {
                if let Some(day) = self.standing.rejudged {
                    let place = self.standing.merged.last().map(|i| self.dossier.new_crimes[*i].confirmed.place());
                    return Ok((day, place.unwrap_or(effective.place())));
                }
                let field = if w.reading("start-from", 2) == 0 { effective } else { delivered };
                match field.get() {
                    Some(day) => Ok((day, field.place())),
                    None => need(field.place(), "判决书（生效日期）、执行通知书"),
                }
            }
            Stage::LifeAfterReprieve => {
                let by_ruling = w.reading("start-from", 2) == 0;
                match self.standing.to_life {
                    Some((i, day)) if by_ruling => Ok((day, self.dossier.rulings[i].date.place())),
                    _ => self.reprieve_end().map(|day| (day, self.inmate.reprieve_end.place())),
                }
            }
            _ => {
                if let Some(recall) = self.standing.recall {
                    let ruling = &self.dossier.rulings[recall.ruling];
                    return match recall.day {
                        Some(day) => Ok((day, ruling.new_start.place())),
                        None => need(ruling.new_start.place(), "撤销假释裁定书、收监凭证"),
                    };
                }
                match delivered.get() {
                    Some(day) => Ok((day, delivered.place())),
                    None => need(delivered.place(), "执行通知书、收押回执"),
                }
            }
        }
    }

    /// 死缓期满日: recorded, or the last day of two years from the judgment.
    pub fn reprieve_end(&self) -> Det<NaiveDate> {
        match reprieve_end(self.inmate, &self.rules.replay_law()).first() {
            Some(day) => Ok(*day),
            None => need(self.inmate.reprieve_end.place(), "判决书、死缓执行通知书"),
        }
    }

    /// Whether life, a fixed term by then, was imposed again for an undiscovered crime of up to three years (art. 37.2).
    fn life_again_short(&self) -> bool {
        let merged = self.standing.merged.last().filter(|_| self.standing.life_again);
        merged.is_some_and(|i| {
            let crime = &self.dossier.new_crimes[*i];
            crime.kind.get() == Some(NewCrimeKind::Undiscovered)
                && crime
                    .sentence
                    .get()
                    .and_then(Sentence::term)
                    .is_some_and(|t| t <= self.rules.term("life-again/crime-up-to"))
        })
    }

    /// The waiting time before a first reduction of the stage; `None` where the stage has none.
    pub fn start(&self, w: &mut World) -> Det<Option<Wait>> {
        let stage = self.known_stage()?;
        if !matches!(stage, Stage::Fixed | Stage::Life | Stage::LifeAfterReprieve) {
            return Ok(None);
        }
        let rows = self.rows(w)?;
        let figure = if stage == Stage::Life && self.life_again_short() {
            Some(Figure {
                value: self.rules.term("start/life-again"),
                basis: self.rules.basis_of("start/life-again").clone(),
            })
        } else {
            strictest(&rows, |r| r.start.as_ref().map(|q| (q.value, &q.basis)), true)
        };
        let Some(figure) = figure else { return Ok(None) };
        let (from, place) = self.start_from(w)?;
        let reached = self.add(w, from, figure.value);
        // After a recall the clock starts anew: what was lost before it does not count again.
        let shifted = self.standing.recall.is_none();
        let earliest = if shifted { self.shifted(reached) } else { reached };
        Ok(Some(Wait { from, place, required: figure.value, basis: figure.basis, earliest, shifted }))
    }

    /// What major merit does to the start in this world.
    pub fn start_lifted(&self, w: &mut World, conduct: Effective) -> Det<Lifted> {
        let groups = self.limit_groups(w);
        let rows = self.rows_of(w, &groups)?;
        Ok(self.lifted(
            w,
            conduct,
            &groups,
            rows.iter().filter(|r| r.start.is_some()).map(|r| r.lifts_start),
            "lift-start",
        ))
    }

    /// What major merit does to the interval in this world.
    pub fn interval_lifted(&self, w: &mut World, conduct: Effective) -> Det<Lifted> {
        let groups = self.limit_groups(w);
        let rows = self.rows_of(w, &groups)?;
        let rules = rows.iter().filter(|r| r.interval.is_some()).map(|r| r.lifts_interval);
        Ok(self.lifted(w, conduct, &groups, rules, "lift-interval"))
    }

    fn lifted(
        &self,
        w: &mut World,
        conduct: Effective,
        groups: &[Group],
        rules: impl Iterator<Item = Option<Lifts>>,
        key: &'static str,
    ) -> Lifted {
        if !conduct.major {
            return Lifted::No;
        }
        // 2019 supplement art. 5 lifts every row's waiting time for corruption.
        if groups.contains(&Group::C) {
            return Lifted::Yes;
        }
        let mut lifted = Lifted::Yes;
        for rule in rules {
            match rule {
                Some(Lifts::Yes) => {}
                Some(Lifts::Shorten) => lifted = Lifted::Shortened,
                Some(Lifts::Reading) if lifted != Lifted::Shortened => {
                    if w.reading(key, 2) == 0 {
                        lifted = Lifted::No;
                    }
                }
                Some(Lifts::Reading) => {}
                None => lifted = Lifted::No,
            }
        }
        lifted
    }

    /// Art. 16: less than two years left when the judgment became final.
    pub fn short_remainder(&self, w: &mut World) -> bool {
        let (effective, end) = (&self.inmate.effective, &self.inmate.term_end);
        match (effective.get(), end.get()) {
            (Some(effective), Some(End::On(end))) => {
                end < date::add_days(date::add(effective, self.rules.term("start/short-remainder")), -1)
            }
            (_, Some(End::None)) => false,
            (None, _) => w.ask("short-remainder", effective.place(), "判决书（生效日期）"),
            (_, None) => w.ask("short-remainder", end.place(), "执行通知书"),
        }
    }

    // ---- interval -------------------------------------------------------------------------------------------------

    /// The reduction from which the interval runs; after a revocation both readings.
    pub fn previous(&self, w: &mut World) -> Option<LastReduction> {
        match (self.standing.last_reduction, self.standing.revoked_last) {
            (last, Some(revoked)) if w.reading("after-revoked", 2) == 1 => Some(revoked).or(last),
            (last, _) => last,
        }
    }

    /// The day a ruling was served: recorded, else within seven days of the ruling.
    pub fn service(&self, w: &mut World, last: LastReduction) -> (NaiveDate, Place) {
        let ruling = &self.dossier.rulings[last.ruling];
        match ruling.served.get() {
            Some(day) => (day, ruling.served.place()),
            None => {
                let latest = date::add_days(last.date, self.rules.number("service/within-days"));
                let missing = Missing { place: ruling.served.place(), document: "上次裁定书送达回证" };
                let late = w.choose(("service", last.ruling as u32), 2, || Origin::Unknown(missing)) == 1;
                (if late { latest } else { last.date }, ruling.date.place())
            }
        }
    }

    /// The waiting time since the last reduction; `None` where there is none or the stage has no interval.
    pub fn interval(&self, w: &mut World) -> Det<Option<Wait>> {
        let stage = self.known_stage()?;
        if !stage.has_end() || matches!(stage, Stage::Control | Stage::Detention) {
            return Ok(None);
        }
        let unread = self.unread_reduction(w);
        let Some(last) = unread.or_else(|| self.previous(w)) else { return Ok(None) };
        let rows = self.rows(w)?;
        let Some(figure) = strictest(&rows, |r| r.interval.as_ref().map(|q| (q.value, &q.basis)), true) else {
            return Ok(None);
        };
        let (from, place) = self.service(w, last);
        let mut wait = Wait {
            from,
            place,
            required: figure.value,
            earliest: self.add(w, from, figure.value),
            basis: figure.basis,
            shifted: false,
        };
        // Art. 6.3: never shorter than what the previous reduction took off.
        if let Some(amount) = last.amount {
            let by_amount = self.add(w, from, amount);
            if by_amount > wait.earliest {
                wait.required = amount;
                wait.earliest = by_amount;
                wait.basis = Basis::new("法释〔2016〕23号", "6", Some(3));
            }
        }
        // What a ruling of unknown content took off may ask for more than the row does, never for less.
        if unread.is_some() && self.applied().is_none_or(|day| day >= wait.earliest) {
            return need(self.unread_place(), "历次裁定书");
        }
        Ok(Some(wait))
    }

    // ---- cap and target -------------------------------------------------------------------------------------------

    /// The most that one reduction may take off, for a grade; `None` where the stage has no cap.
    pub fn cap(&self, w: &mut World, grade: u8) -> Det<Option<Figure>> {
        let stage = self.known_stage()?;
        if !stage.has_end() {
            return Ok(None);
        }
        let mut groups = self.limit_groups(w);
        // In the strict group only for property, with major merit: 2024 art. 4.4 can be read as leaving art. 6's cap.
        if grade >= 3
            && groups.contains(&Group::R1)
            && self.property_rules(w)
            && !self.in_any(w, &Restricted::R1_BY_PERSON)
            && w.reading("property-only-cap", 2) == 1
        {
            groups.retain(|g| *g != Group::R1);
        }
        let rows = self.rows_of(w, &groups)?;
        Ok(strictest(&rows, |r| graded(r.cap.as_ref(), grade), false))
    }

    /// The general cap of the stage (art. 6), for a grade.
    pub fn general_cap(&self, w: &mut World, grade: u8) -> Det<Option<Figure>> {
        let rows = self.rows_of(w, &[Group::All])?;
        Ok(strictest(&rows, |r| graded(r.cap.as_ref(), grade), false))
    }

    /// Whether a restricted row of its own gives the cap (or target) of a grade.
    pub fn restricted_own_figure(&self, w: &mut World, grade: u8, target: bool) -> Det<bool> {
        let mut groups = self.limit_groups(w);
        groups.retain(|g| *g != Group::All);
        let rows = self.rows_of(w, &groups)?;
        Ok(rows.iter().any(|r| graded(if target { r.target.as_ref() } else { r.cap.as_ref() }, grade).is_some()))
    }

    /// The lowest fixed term that life may become, for a grade; `None` outside the life stages.
    pub fn target(&self, w: &mut World, grade: u8) -> Det<Option<Figure>> {
        if !self.known_stage()?.is_life() {
            return Ok(None);
        }
        let rows = self.rows(w)?;
        Ok(strictest(&rows, |r| graded(r.target.as_ref(), grade), true))
    }

    /// The general target of the stage, for a grade.
    pub fn general_target(&self, w: &mut World, grade: u8) -> Det<Option<Figure>> {
        let rows = self.rows_of(w, &[Group::All])?;
        Ok(strictest(&rows, |r| graded(r.target.as_ref(), grade), true))
    }

    // ---- bars -----------------------------------------------------------------------------------------------------

    /// What stands against any reduction, apart from major merit.
    pub fn bars(&self, w: &mut World) -> Det<Vec<Bar>> {
        let stage = self.known_stage()?;
        let mut bars = Vec::new();
        if self.in_group(w, Restricted::WholeLife) && stage != Stage::Reprieve {
            bars.push(Bar {
                until: None,
                basis: Basis::new("法释〔2016〕23号", "15", None),
                kind: BarKind::WholeLife,
                places: vec![self.inmate.whole_life.place()],
            });
        }
        if self.suspended(w) {
            bars.push(Bar {
                until: None,
                basis: Basis::new("法释〔2016〕23号", "18", Some(1)),
                kind: BarKind::Suspended,
                places: vec![self.inmate.suspended.place()],
            });
        }
        for (i, crime) in self.dossier.new_crimes.iter().enumerate() {
            if crime.kind.get() != Some(NewCrimeKind::NewCrime) {
                continue;
            }
            let n = i as u32;
            if !match crime.intentional.get() {
                Some(answer) => answer,
                None => w.ask_at(("crime-intentional", n), crime.intentional.place(), "新罪判决书"),
            } {
                continue;
            }
            let Some(confirmed) = crime.confirmed.get() else {
                return need(crime.confirmed.place(), "新罪判决书");
            };
            if confirmed >= self.reference_day() {
                continue;
            }
            if let Some(bar) = self.crime_in_reprieve(w, i)? {
                bars.push(bar);
                continue;
            }
            let life = match crime.sentence.get() {
                Some(Sentence::Fixed(_)) => false,
                Some(Sentence::Life | Sentence::Reprieve) => true,
                Some(Sentence::Control(_) | Sentence::Detention(_)) => continue,
                None => match w.choose(("crime-sentence", n), 3, || {
                    Origin::Unknown(Missing { place: crime.sentence.place(), document: "新罪判决书" })
                }) {
                    0 => continue,
                    1 => false,
                    _ => true,
                },
            };
            let id = if life { "bar/new-crime-life" } else { "bar/new-crime-fixed" };
            bars.push(Bar {
                until: Some(self.add(w, confirmed, self.rules.term(id))),
                basis: self.rules.basis_of(id).clone(),
                kind: BarKind::NewCrime,
                places: vec![crime.confirmed.place(), crime.sentence.place()],
            });
        }
        Ok(bars)
    }

    fn crime_in_reprieve(&self, w: &mut World, i: usize) -> Det<Option<Bar>> {
        if self.inmate.sentence.get() != Some(Sentence::Reprieve) {
            return Ok(None);
        }
        let crime = &self.dossier.new_crimes[i];
        let end = self.reprieve_end()?;
        let inside = match crime.crime_date.get() {
            Some(day) => self.inmate.effective.get().is_none_or(|e| day >= e) && day <= end,
            None => w.ask_at(("crime-in-reprieve", i as u32), crime.crime_date.place(), "新罪判决书"),
        };
        let Some((ruling, day)) = self.standing.to_life.filter(|_| inside) else { return Ok(None) };
        Ok(Some(Bar {
            until: Some(self.add(w, day, self.rules.term("bar/crime-in-reprieve"))),
            basis: self.rules.basis_of("bar/crime-in-reprieve").clone(),
            kind: BarKind::CrimeInReprieve,
            places: vec![self.dossier.rulings[ruling].date.place(), crime.crime_date.place()],
        }))
    }

    // ---- relaxation -----------------------------------------------------------------------------------------------

    /// 出生日期, from its cell or from a valid identity number.
    pub fn birth(&self) -> Option<NaiveDate> {
        self.inmate.birth.get().or_else(|| {
            let number = self.inmate.id_number.known().filter(|_| self.inmate.birth.is_empty())?;
            crate::checks::identity::birth_of(number)
        })
    }

    /// Whole years of age on a day.
    pub fn age(&self, day: NaiveDate) -> Option<u32> {
        self.birth().and_then(|b| day.years_since(b))
    }

    /// Whether the person has a state of health; blank is open.
    fn health(&self, w: &mut World, key: &'static str, any: &[Health]) -> bool {
        match self.inmate.health.known() {
            Some(set) => any.iter().any(|h| set.contains(h)),
            None => w.ask(key, self.inmate.health.place(), "病情诊断、劳动能力鉴定书"),
        }
    }

    /// Whether arts 19, 20 or 31 allow up to a third more, or a third less waiting.
    pub fn relaxable(&self, w: &mut World) -> bool {
        let day = self.reference_day();
        if self.in_group(w, Restricted::Corruption) && w.reading("corruption-relaxation", 2) == 0 {
            return false;
        }
        if self.minor(w, day) && !self.barred_kind_of_crime(w) {
            return true;
        }
        let number = |id| u32::try_from(self.rules.number(id)).unwrap_or(u32::MAX);
        let from_age = |w: &mut World, key, id| match self.age(day) {
            Some(age) => age >= number(id),
            None => w.ask(key, self.inmate.birth.place(), "身份证明"),
        };
        let cannot_care = |w: &mut World| self.health(w, "health-care", &[Health::CannotCareForSelf]);
        let unable = |w: &mut World| self.health(w, "health-work", &[Health::MostlyUnableToWork, Health::UnableToWork]);
        let ill = |w: &mut World| self.health(w, "health-ill", &[Health::GravelyIll, Health::Disabled]);
        if let Some(set) = self.inmate.health.known()
            && set.iter().all(|h| *h == Health::Old)
        {
            return false;
        }
        // Only one of the two conditions recorded: the other is open.
        let both = |w: &mut World| match (unable(w), cannot_care(w)) {
            (true, true) => true,
            (false, false) => false,
            _ => w.ask("health-both", self.inmate.health.place(), "劳动能力鉴定书、生活自理能力鉴定书"),
        };
        if (from_age(w, "age-old", "relax/old-from") || ill(w)) && both(w) {
            return true;
        }
        from_age(w, "age-very-old", "relax/very-old-from")
            && (ill(w) || cannot_care(w))
            && w.ask("fit-for-parole", self.inmate.health.place(), "假释条件审查材料")
    }

    fn minor(&self, w: &mut World, day: NaiveDate) -> bool {
        let under = u32::try_from(self.rules.number("relax/minor-under")).unwrap_or(0);
        let Some(birth) = self.birth() else {
            return w.ask("minor", self.inmate.birth.place(), "身份证明");
        };
        let age_on = |d: NaiveDate| d.years_since(birth).unwrap_or(0);
        if age_on(day) < under {
            return true;
        }
        // Under 18 at delivery, grown up since: "before the application" can be read either way.
        match self.inmate.delivered.get() {
            Some(delivered) if age_on(delivered) < under => w.reading("minor-at-delivery", 2) == 1,
            _ => false,
        }
    }

    /// A crime of 刑法81.2: 累犯, or a violent count of ten years or more, life or reprieved death.
    fn barred_kind_of_crime(&self, w: &mut World) -> bool {
        self.in_group(w, Restricted::Recidivist) || self.in_any(w, &[Restricted::ViolentTen, Restricted::Violent])
    }

    /// A waiting time shortened by a third.
    pub fn relaxed_wait(&self, w: &mut World, wait: &Wait) -> NaiveDate {
        let (num, den) = self.relaxation();
        let shortened = self.add(w, wait.from, wait.required.fraction(den - num, den));
        let shortened = if wait.shifted { self.shifted(shortened) } else { shortened };
        shortened.min(wait.earliest)
    }

    /// A cap raised by a third.
    pub fn relaxed_cap(&self, cap: Term) -> Term {
        let (num, den) = self.relaxation();
        cap.fraction(den + num, den)
    }

    fn relaxation(&self) -> (u32, u32) {
        let number = |id| u32::try_from(self.rules.number(id)).unwrap_or(1);
        (number("relax/numerator"), number("relax/denominator"))
    }

    // ---- floor and ends -------------------------------------------------------------------------------------------

    /// Days by which the recorded original end is earlier than start + term (custody credit kept apart); 0 where they agree.
    pub fn credit_days(&self) -> i64 {
        if self.standing.rejudged.is_some() {
            return 0;
        }
        let (Some(term), Some(start), Some(end)) = (
            self.inmate.sentence.get().and_then(Sentence::term),
            self.inmate.term_start.get(),
            self.inmate.term_end.get().and_then(End::date),
        ) else {
            return 0;
        };
        let (first, second) = date::add_readings(start, term);
        let law = self.rules.replay_law();
        let agrees = [Some(first), second]
            .into_iter()
            .flatten()
            .map(|d| date::add_days(d, -1))
            .any(|d| d == end || crate::model::timeline::is_month_end_twin(d, end, self.inmate, &law));
        if agrees { 0 } else { date::days_between(end, date::add_days(first, -1)).max(0) }
    }

    /// Days that custody before 刑期起日 explains: detention and 留置 one for one, residential surveillance two for one
    /// (under 管制 custody counts double, surveillance once); `None` where 刑期起日 is not known.
    pub fn credit_explained(&self) -> Option<i64> {
        let start = self.inmate.term_start.get()?;
        let control = matches!(self.inmate.sentence.get(), Some(Sentence::Control(_)));
        let mut whole = 0;
        let mut halves = 0;
        for row in &self.dossier.custody {
            let (Some(from), Some(to), Some(kind)) = (row.from.get(), row.to.get(), row.kind.get()) else { continue };
            let to = to.min(date::add_days(start, -1));
            let days = (date::days_between(from, to) + 1).max(0);
            match kind {
                CustodyKind::DetentionCentre | CustodyKind::Liuzhi => whole += days,
                CustodyKind::ResidentialSurveillance => halves += days,
                _ => {}
            }
        }
        Some(if control { whole * 2 + halves } else { whole + halves / 2 })
    }

    /// The credit that counts in this world: what the record explains, else open.
    fn credit(&self, w: &mut World) -> i64 {
        let k = self.credit_days();
        if k == 0 || self.credit_explained() == Some(k) {
            return k;
        }
        if w.ask("credit", self.inmate.term_end.place(), "拘留证、逮捕证、执行通知书") { 0 } else { k }
    }

    /// Days that do not count: escape, and parole that was revoked.
    fn days_lost(&self) -> i64 {
        let day = self.reference_day();
        let escapes: i64 = self
            .dossier
            .custody
            .iter()
            .filter(|r| r.kind.get() == Some(CustodyKind::Escape))
            .filter_map(|r| {
                let from = r.from.get()?;
                let to = r.to.get().unwrap_or(day).min(day);
                Some((date::days_between(from, to) + 1).max(0))
            })
            .sum();
        let parole = match (self.standing.parole, self.standing.recall) {
            (Some((_, from)), Some(recall)) => {
                let back = recall.day.or(self.dossier.rulings[recall.ruling].date.get());
                back.map_or(0, |b| date::days_between(from, b).max(0))
            }
            _ => 0,
        };
        escapes + parole
    }

    /// Moves a clock later by everything that does not count.
    pub fn shifted(&self, day: NaiveDate) -> NaiveDate {
        let moved = self.standing.not_counted.iter().fold(day, |d, (_, time)| date::add(d, *time));
        date::add_days(moved, self.days_lost())
    }

    /// Whether the offence dates from before amendment VIII (to 2011-04-30).
    pub fn old_offence(&self, w: &mut World) -> bool {
        let until = self.rules.date("law/old-criminal-law-until");
        let crimes = || self.dossier.new_crimes.iter().enumerate().map(|(i, c)| (i, c, self.crime_later(c, until)));
        if crimes().any(|(_, _, later)| later == Some(true)) {
            return false;
        }
        let old = match self.inmate.crime_date.get() {
            Some(day) => day <= until,
            None => {
                let judged = self.inmate.judged.get().or(self.inmate.effective.get());
                judged.is_some_and(|d| d <= until) || w.ask("old-offence", self.inmate.crime_date.place(), "判决书")
            }
        };
        old && !crimes().any(|(i, crime, later)| {
            later.is_none() && w.ask_at(("later-crime", i as u32), crime.crime_date.place(), "新罪（漏罪）判决书")
        })
    }

    /// Whether a new or undiscovered crime was committed after a day; `None` where its date is not known and nothing else
    /// tells. An undiscovered crime comes before the first judgment (刑法70), a new one after it (刑法71), and both before
    /// the judgment on them.
    fn crime_later(&self, crime: &NewCrime, until: NaiveDate) -> Option<bool> {
        if let Some(day) = crime.crime_date.get() {
            return Some(day > until);
        }
        let judged = self.inmate.judged.get();
        let undiscovered = crime.kind.get() == Some(NewCrimeKind::Undiscovered);
        let new = crime.kind.get() == Some(NewCrimeKind::NewCrime);
        if crime.confirmed.get().is_some_and(|d| d <= until) || undiscovered && judged.is_some_and(|d| d <= until) {
            Some(false)
        } else if new && judged.is_some_and(|d| d > until) {
            Some(true)
        } else {
            None
        }
    }

    /// The day on which half of the term in force is served, for a fixed sentence; parole and floor share it.
    fn half_day(&self, w: &mut World) -> Det<(NaiveDate, Place, Term)> {
        let Some(term) = self.standing.sentence.and_then(Sentence::term) else {
            return need(self.inmate.sentence.place(), "判决书、执行通知书");
        };
        let Some(start) = self.standing.start.or(self.inmate.term_start.get()) else {
            return need(self.inmate.term_start.place(), "执行通知书");
        };
        let half = term.half();
        let reached = date::add_days(self.add(w, start, half), -self.credit(w));
        Ok((self.shifted(reached), self.inmate.term_start.place(), half))
    }

    /// The day from which the life clock runs: the judgment in force.
    fn life_from(&self) -> Det<(NaiveDate, Place)> {
        let effective = &self.inmate.effective;
        match self.standing.rejudged.filter(|_| self.inmate.sentence.get() != Some(Sentence::Life)).or(effective.get())
        {
            Some(day) => Ok((day, effective.place())),
            None => need(effective.place(), "判决书（生效日期）"),
        }
    }

    /// The earliest lawful end date (刑法78.2; 2016 arts 12, 16).
    pub fn floor(&self, w: &mut World) -> Det<Wait> {
        let (from, place, id) = match self.standing.sentence {
            Some(Sentence::Life) => {
                let (from, place) = self.life_from()?;
                (from, place, if self.old_offence(w) { "floor/life-old" } else { "floor/life" })
            }
            Some(Sentence::Reprieve) => {
                let from = self.reprieve_end()?;
                let id = if self.in_group(w, Restricted::Limited) {
                    let direct =
                        self.standing.stage == Some(Stage::FixedFromReprieve) && self.standing.to_life.is_none();
                    if direct { "floor/limited-fixed" } else { "floor/limited-life" }
                } else {
                    "floor/reprieve"
                };
                (from, self.inmate.reprieve_end.place(), id)
            }
            _ => {
                let (reached, place, half) = self.half_day(w)?;
                let from = self.standing.start.unwrap_or(reached);
                return Ok(Wait {
                    from,
                    place,
                    required: half,
                    basis: Basis::new("刑法", "78", Some(2)),
                    earliest: date::add_days(reached, -1),
                    shifted: true,
                });
            }
        };
        let required = self.rules.term(id);
        let earliest = date::add_days(self.shifted(self.add(w, from, required)), -1);
        Ok(Wait { from, place, required, basis: self.rules.basis_of(id).clone(), earliest, shifted: true })
    }

    /// The first day of parole by time served alone; `None` where the stage has no parole.
    pub fn parole_day(&self, w: &mut World) -> Det<Option<Wait>> {
        if matches!(self.standing.sentence, Some(Sentence::Control(_) | Sentence::Detention(_))) || self.suspended(w) {
            return Ok(None);
        }
        let (from, place, id) = match self.standing.sentence {
            Some(Sentence::Life) => {
                let (from, place) = self.life_from()?;
                (from, place, if self.old_offence(w) { "parole/life-old" } else { "parole/life" })
            }
            Some(Sentence::Reprieve) => (self.reprieve_end()?, self.inmate.reprieve_end.place(), "parole/reprieve"),
            _ => {
                let (reached, place, half) = self.half_day(w)?;
                let from = self.standing.start.unwrap_or(reached);
                return Ok(Some(Wait {
                    from,
                    place,
                    required: half,
                    basis: Basis::new("刑法", "81", Some(1)),
                    earliest: reached,
                    shifted: true,
                }));
            }
        };
        let required = self.rules.term(id);
        let earliest = self.shifted(self.add(w, from, required));
        Ok(Some(Wait { from, place, required, basis: self.rules.basis_of(id).clone(), earliest, shifted: true }))
    }

    /// The end date before the proposal.
    pub fn end_now(&self, w: &mut World) -> Det<Option<NaiveDate>> {
        if !self.known_stage()?.has_end() {
            return Ok(None);
        }
        if let Some(doubt) = self.standing.doubts.first() {
            let text = self.say(|| format!("{}。", doubt.zh), || format!("There is {}.", doubt.en));
            return Err(Box::new(Leaf::needs(doubt.place, doubt.document).says(text)));
        }
        let readings = self.standing.end_readings();
        let place = self.standing.recorded_end.map_or(self.inmate.term_end.place(), |(_, p)| p);
        let missing = || Origin::Unknown(Missing { place, document: "历次裁定书、执行通知书" });
        match readings.as_slice() {
            [] => need(place, "执行通知书、历次裁定书"),
            several => {
                let n = w.choose(("end-now", 0), several.len(), missing);
                Ok(several.get(n).copied())
            }
        }
    }

    /// The end date after taking `amount` off: counted forward where possible, else backward from the end.
    pub fn end_after(&self, w: &mut World, amount: Term) -> Det<Option<NaiveDate>> {
        let Some(end) = self.end_now(w)? else { return Ok(None) };
        let s = &self.standing;
        let forward = !s.backward_only && (s.ends.is_empty() || s.ends.contains(&end));
        if forward
            && let (Some(start), Some(left)) =
                (s.start, s.term.and_then(|t| t.minus(s.reduced_by())).and_then(|t| t.minus(amount)))
        {
            return Ok(Some(self.last(w, start, left)));
        }
        let [clamped, sticky] = date::move_back(end, amount);
        Ok(Some(if clamped != sticky && w.reading("move-back", 2) == 1 { sticky } else { clamped }))
    }

    /// The end date after the proposal; `None` where it cannot be known yet (a conversion before its ruling).
    pub fn end_proposed(&self, w: &mut World) -> Det<Option<NaiveDate>> {
        let Some(app) = self.app else { return Ok(None) };
        let stage = self.known_stage()?;
        if !stage.has_end() && app.ruled.get().is_none() && app.proposal.get().is_none() {
            return Ok(None);
        }
        let Some(proposal) = app.proposal.get() else {
            return need(app.proposal.place(), "减刑建议书");
        };
        let ruled = app.ruled.get();
        match proposal {
            Proposal::Reduce(amount) => self.end_after(w, amount),
            Proposal::Remainder if stage.has_end() => match ruled {
                Some(day) => Ok(Some(day)),
                None => need(app.ruled.place(), "减刑裁定书"),
            },
            Proposal::ToFixed(term) if stage.is_life() => Ok(ruled.map(|day| self.last(w, day, term))),
            Proposal::ToFixed(term) if stage == Stage::Reprieve && ruled.is_some() => {
                let from = self.reprieve_end()?;
                Ok(Some(self.last(w, from, term)))
            }
            _ => Ok(None),
        }
    }
}
