//! Property judgments (财产性判项): what each item means for 悔改 and for the application.
//!
//! From 2024-05-01 the 2024 rules govern; before that, being able and not performing only put an inmate into the strict
//! group for a reduction and barred parole (2016 rules, arts 7 and 27).

use chrono::NaiveDate;

use super::case::Case;
use super::finding::Missing;
use super::world::{Origin, World};
use crate::model::{Ability, Amount, Col, PropertyItem, PropertyKind, PropertyState, SheetKind, Situation, date};

/// What one item means in one world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemMeaning {
    /// Performed.
    Performed,
    /// Unfinished, but no obstacle: a short reason.
    NoObstacle(Reason),
    /// Obstacle: able and not performing, or an art. 6 situation going on. 悔改 is struck.
    Obstacle(Reason),
    /// A situation has ended or the item was then performed; nothing before this day.
    WaitUntil(NaiveDate),
    /// Cannot be decided from this record.
    Undecided(Reason),
}

/// Why an item means what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A situation of art. 6 is going on.
    Situation,
    /// Able and not performing.
    Able,
    /// Unable.
    Unable,
    /// Execution was terminated after a search.
    Terminated,
    /// The fine was remitted.
    Remitted,
    /// In instalments, deposited or waived.
    Special,
    /// Confiscation, art. 9.
    Confiscation,
    /// State and amounts contradict each other.
    Contradiction,
    /// Able, yet execution was terminated.
    AbleButTerminated,
    /// A status that does not exist for this kind of item.
    WrongKind,
    /// The day from which the wait runs is not recorded.
    NoDate,
}

impl Reason {
    /// In Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Reason::Situation => "存在财产性判项规定第六条所列情形",
            Reason::Able => "有履行能力而未履行完毕",
            Reason::Unable => "无履行能力",
            Reason::Terminated => "执行法院已终结执行或者终结本次执行",
            Reason::Remitted => "已裁定免除",
            Reason::Special => "分期履行、提存或者谅解放弃",
            Reason::Confiscation => "没收财产一般不影响认定悔改",
            Reason::Contradiction => "状态与金额互相矛盾",
            Reason::AbleButTerminated => "记载有履行能力，又记载终结执行，互相矛盾",
            Reason::WrongKind => "该状态不适用于这一种类的判项",
            Reason::NoDate => "情形消失或者履行完毕的日期没有记载",
        }
    }

    /// In English.
    pub fn en(self) -> &'static str {
        match self {
            Reason::Situation => "a situation of art. 6 of the property rules is going on",
            Reason::Able => "able to perform, but not fully performed",
            Reason::Unable => "unable to perform",
            Reason::Terminated => "execution was terminated by the court",
            Reason::Remitted => "remitted by ruling",
            Reason::Special => "in instalments, deposited or waived",
            Reason::Confiscation => "confiscation generally does not count",
            Reason::Contradiction => "state and amounts contradict each other",
            Reason::AbleButTerminated => "recorded as able, yet execution was terminated",
            Reason::WrongKind => "that state does not exist for this kind of item",
            Reason::NoDate => "the day the situation ended or the item was performed is not recorded",
        }
    }
}

/// What the amounts say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Amounts {
    PaidInFull,
    PaidInPart,
    PaidNothing,
    Unknown,
}

fn amounts(item: &PropertyItem) -> Amounts {
    let Some(Amount::Yuan(owed)) = item.amount.get() else {
        return match item.paid.get() {
            Some(paid) if paid.is_zero() => Amounts::PaidNothing,
            _ => Amounts::Unknown,
        };
    };
    match item.paid.get() {
        Some(paid) if paid >= owed => Amounts::PaidInFull,
        Some(paid) if paid.is_zero() => Amounts::PaidNothing,
        Some(_) => Amounts::PaidInPart,
        None => Amounts::Unknown,
    }
}

fn contradicts(item: &PropertyItem) -> bool {
    matches!(
        (item.state.get(), amounts(item)),
        (Some(PropertyState::Performed), Amounts::PaidInPart | Amounts::PaidNothing)
            | (Some(PropertyState::Unperformed), Amounts::PaidInFull | Amounts::PaidInPart)
            | (Some(PropertyState::Partly), Amounts::PaidInFull | Amounts::PaidNothing)
            | (Some(PropertyState::Instalments), Amounts::PaidInFull)
    )
}

impl Case<'_> {
    /// Whether the property sheet is there; without it nothing is known of anyone's property judgments.
    pub fn property_known(&self) -> bool {
        self.has(SheetKind::Property)
    }

    /// Whether the 2024 property rules apply in this world.
    pub fn property_rules(&self, w: &mut World) -> bool {
        self.law_day(w) >= self.rules.date("law/property-from")
    }

    /// What an item means for this application in this world.
    pub fn item_meaning(&self, w: &mut World, index: usize) -> ItemMeaning {
        let Some(item) = self.dossier.property.get(index) else { return ItemMeaning::Performed };
        let n = index as u32;
        if contradicts(item) {
            return ItemMeaning::Undecided(Reason::Contradiction);
        }
        let day = self.reference_day();
        let performed = item.state.get() == Some(PropertyState::Performed)
            || (item.state.get().is_none() && amounts(item) == Amounts::PaidInFull);
        if self.property_rules(w)
            && let Some(meaning) = self.situation(w, item, n, performed, day)
        {
            return meaning;
        }
        if performed {
            return ItemMeaning::Performed;
        }
        if item.kind.get() == Some(PropertyKind::Confiscation) {
            return ItemMeaning::NoObstacle(Reason::Confiscation);
        }
        self.by_state(w, item, n)
    }

    /// The situations of art. 6: going on, or ended less than six months ago.
    fn situation(
        &self,
        w: &mut World,
        item: &PropertyItem,
        n: u32,
        performed: bool,
        day: NaiveDate,
    ) -> Option<ItemMeaning> {
        if !self.had_situation(w, item, n) {
            return None;
        }
        match self.situation_wait(item) {
            Some(until) => (day < until).then_some(ItemMeaning::WaitUntil(until)),
            None if performed => Some(ItemMeaning::Undecided(Reason::NoDate)),
            None => Some(ItemMeaning::Obstacle(Reason::Situation)),
        }
    }

    /// The day on which six months have passed since a situation ended or the item was then performed, the earlier of
    /// the two; `None` where neither has happened.
    fn situation_wait(&self, item: &PropertyItem) -> Option<NaiveDate> {
        let day = self.reference_day();
        let performed = item.state.get() == Some(PropertyState::Performed);
        let ended = item.situation_ended.get().filter(|d| *d <= day);
        let done = item.performed.get().filter(|d| *d <= day && performed);
        let from = [ended, done].into_iter().flatten().min()?;
        Some(date::add(from, self.rules.term("property/wait")))
    }

    /// The latest day up to which a situation makes everyone wait, met or not; `None` where there is none.
    pub fn property_wait(&self, w: &mut World) -> Option<NaiveDate> {
        if !self.property_rules(w) {
            return None;
        }
        let mut latest = None;
        for (i, item) in self.dossier.property.iter().enumerate() {
            if let Some(until) = self.situation_wait(item)
                && self.had_situation(w, item, i as u32)
            {
                latest = latest.max(Some(until));
            }
        }
        latest
    }

    /// Whether a situation of art. 6 exists or existed for an item, in this world.
    fn had_situation(&self, w: &mut World, item: &PropertyItem, n: u32) -> bool {
        let confiscation = item.kind.get() == Some(PropertyKind::Confiscation);
        match item.situation.known() {
            // For confiscation only the situations of art. 6.1 count (art. 9).
            Some(set) if confiscation => set.iter().any(|s| *s != Situation::Spending),
            Some(set) => !set.is_empty(),
            // A finished item is looked at again only if a situation is recorded; an open one may hide one.
            None if item.state.get() == Some(PropertyState::Performed) => false,
            None => self.choose_situation(w, item, n),
        }
    }

    fn choose_situation(&self, w: &mut World, item: &PropertyItem, n: u32) -> bool {
        w.ask_at(("situation", n), item.situation.place(), "财产申报材料、执行法院情况说明")
    }

    fn by_state(&self, w: &mut World, item: &PropertyItem, n: u32) -> ItemMeaning {
        use ItemMeaning::{NoObstacle, Obstacle, Undecided};
        let able = item.able.get();
        let kind = item.kind.get();
        // The special states are of the 2024 rules and fit only some kinds of item; before, ability alone counted.
        let special = matches!(
            item.state.get(),
            Some(PropertyState::Instalments | PropertyState::Deposited | PropertyState::Forgiven)
        );
        if able == Some(Ability::Unable) && !(special && self.property_rules(w)) {
            return NoObstacle(Reason::Unable);
        }
        match item.state.get() {
            Some(PropertyState::Terminated | PropertyState::TerminatedForNow) => match able {
                Some(Ability::Able) => Undecided(Reason::AbleButTerminated),
                _ => NoObstacle(Reason::Terminated),
            },
            Some(PropertyState::Remitted) => NoObstacle(Reason::Remitted),
            Some(PropertyState::Instalments) => match kind {
                Some(PropertyKind::Fine | PropertyKind::CivilDamages) => NoObstacle(Reason::Special),
                _ => Undecided(Reason::WrongKind),
            },
            Some(PropertyState::Deposited | PropertyState::Forgiven) => match kind {
                Some(PropertyKind::CivilDamages) => NoObstacle(Reason::Special),
                _ => Undecided(Reason::WrongKind),
            },
            _ => match able {
                Some(Ability::Able) => Obstacle(Reason::Able),
                Some(Ability::Unable | Ability::Unclear) | None => {
                    if w.ask_at(("able", n), item.able.place(), "执行法院出具的履行能力说明、财产申报材料")
                    {
                        Obstacle(Reason::Able)
                    } else {
                        NoObstacle(Reason::Unable)
                    }
                }
            },
        }
    }

    /// R1's property limb: an unfinished item other than confiscation with ability, or (from 2024-05-01) any item with a
    /// situation of art. 6 going on.
    pub fn able_not_paying(&self, w: &mut World) -> bool {
        if !self.property_known() {
            return self.property_unknown(w);
        }
        (0..self.dossier.property.len()).any(|i| match self.item_meaning(w, i) {
            ItemMeaning::Obstacle(_) => true,
            ItemMeaning::Undecided(reason) => {
                !matches!(reason, Reason::WrongKind | Reason::NoDate) && {
                    let place = self.dossier.property[i].state.place();
                    let missing = Missing { place, document: "执行法院结案通知书、缴付款票据" };
                    w.choose(("item-undecided", i as u32), 2, || Origin::Unknown(missing)) == 1
                }
            }
            ItemMeaning::WaitUntil(_) => {
                // While the six months run, ability still decides whether an unfinished item is withheld.
                let item = &self.dossier.property[i];
                item.state.get() != Some(PropertyState::Performed)
                    && item.kind.get() != Some(PropertyKind::Confiscation)
                    && matches!(self.by_state(w, item, i as u32), ItemMeaning::Obstacle(_))
            }
            ItemMeaning::Performed | ItemMeaning::NoObstacle(_) => false,
        })
    }

    /// Nothing is known of property judgments: whether the person is able and not performing is open.
    pub fn property_unknown(&self, w: &mut World) -> bool {
        w.ask("property-sheet", self.sheet_place(Col::PrState), "财产性判项执行情况材料")
    }

    /// Whether 悔改 is struck for property in this world.
    pub fn property_strikes(&self, w: &mut World) -> bool {
        let by_rules = self.property_rules(w);
        // 31号 art. 7 (2021-12-01 to 2024-04-30) can be read as striking, or as leaving it to the strict limits.
        let by_opinion = !by_rules
            && self.law_day(w) >= self.rules.date("law/substance-from")
            && (!self.property_known() || !self.dossier.property.is_empty());
        if !by_rules && !by_opinion {
            return false;
        }
        let able = self.able_not_paying(w);
        if by_rules {
            return able;
        }
        (able || self.withheld_or_hidden()) && w.reading("opinion-2021-strikes", 2) == 1
    }

    /// 31号 art. 7 (1) and (2): an unfinished item whose proceeds are withheld or hidden, whatever the ability.
    fn withheld_or_hidden(&self) -> bool {
        self.dossier.property.iter().any(|item| {
            item.state.get() != Some(PropertyState::Performed)
                && item.situation.known().is_some_and(|set| {
                    set.contains(&Situation::WhereaboutsWithheld) || set.contains(&Situation::Hidden)
                })
        })
    }
}
