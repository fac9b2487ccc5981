//! Restricted groups (从严对象) in one world: what the charge proves, what the flags and 罪犯类别 add.
//!
//! A filled 罪犯类别 is exhaustive for its own vocabulary; it never overrules what the charge itself proves. A flag and
//! 罪犯类别 that contradict each other, and a declared group that the charge contradicts, leave both answers open.

use chrono::NaiveDate;

use super::case::Case;
use super::person::{Count, Proof};
use super::world::{World, holds};
use crate::law::Group;
use crate::law::charges::{Membership, group};
use crate::model::{Declared, Field, Sentence, Term};

/// The groups of the contract, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Restricted {
    /// 职务犯罪
    Duty,
    /// 破坏金融管理秩序、金融诈骗
    Finance,
    /// 涉黑
    OrganizedCrime,
    /// 危害国家安全
    NationalSecurity,
    /// 恐怖活动
    Terrorism,
    /// 毒品犯罪集团首要分子
    DrugRingleader,
    /// 毒品再犯
    DrugRecidivist,
    /// 累犯
    Recidivist,
    /// 有履行能力而不履行财产性判项
    AbleNotPaying,
    /// a violent count of ten years or more, original sentence fixed
    ViolentTen,
    /// two or more counts of ten years or more, original sentence fixed
    MultipleTen,
    /// a violent crime, life or reprieved death
    Violent,
    /// 数罪并罚, life or reprieved death
    Combined,
    /// corruption under the 2019 supplement
    Corruption,
    /// 限制减刑
    Limited,
    /// 终身监禁
    WholeLife,
}

impl Restricted {
    /// All groups, in the order of the contract.
    pub const ALL: [Restricted; 16] = [
        Restricted::Duty,
        Restricted::Finance,
        Restricted::OrganizedCrime,
        Restricted::NationalSecurity,
        Restricted::Terrorism,
        Restricted::DrugRingleader,
        Restricted::DrugRecidivist,
        Restricted::Recidivist,
        Restricted::AbleNotPaying,
        Restricted::ViolentTen,
        Restricted::MultipleTen,
        Restricted::Violent,
        Restricted::Combined,
        Restricted::Corruption,
        Restricted::Limited,
        Restricted::WholeLife,
    ];

    /// The groups of 2016 art. 7.1 that do not depend on property.
    pub const R1_BY_PERSON: [Restricted; 8] = [
        Restricted::Duty,
        Restricted::Finance,
        Restricted::OrganizedCrime,
        Restricted::NationalSecurity,
        Restricted::Terrorism,
        Restricted::DrugRingleader,
        Restricted::DrugRecidivist,
        Restricted::Recidivist,
    ];

    /// The groups of 2016 art. 7.2 (9 and 11 for life and reprieved death).
    pub const R2: [Restricted; 4] =
        [Restricted::ViolentTen, Restricted::MultipleTen, Restricted::Violent, Restricted::Combined];

    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Restricted::Duty => "duty-crime",
            Restricted::Finance => "finance-crime",
            Restricted::OrganizedCrime => "organized-crime",
            Restricted::NationalSecurity => "national-security",
            Restricted::Terrorism => "terrorism",
            Restricted::DrugRingleader => "drug-ringleader",
            Restricted::DrugRecidivist => "drug-recidivist",
            Restricted::Recidivist => "recidivist",
            Restricted::AbleNotPaying => "able-not-paying",
            Restricted::ViolentTen => "violent-10y",
            Restricted::MultipleTen => "multiple-10y",
            Restricted::Violent => "violent",
            Restricted::Combined => "combined-counts",
            Restricted::Corruption => "corruption-2019",
            Restricted::Limited => "limited-commutation",
            Restricted::WholeLife => "life-without-commutation",
        }
    }

    /// In Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Restricted::Duty => "职务犯罪",
            Restricted::Finance => "金融犯罪",
            Restricted::OrganizedCrime => "涉黑",
            Restricted::NationalSecurity => "危害国家安全",
            Restricted::Terrorism => "恐怖活动",
            Restricted::DrugRingleader => "毒品犯罪集团首要分子",
            Restricted::DrugRecidivist => "毒品再犯",
            Restricted::Recidivist => "累犯",
            Restricted::AbleNotPaying => "有履行能力而不履行财产性判项",
            Restricted::ViolentTen => "暴力犯罪十年以上",
            Restricted::MultipleTen => "两罪以上十年以上",
            Restricted::Violent => "暴力犯罪",
            Restricted::Combined => "数罪并罚",
            Restricted::Corruption => "贪污贿赂（2019年补充规定）",
            Restricted::Limited => "限制减刑",
            Restricted::WholeLife => "终身监禁",
        }
    }
}

/// For each group of [`Restricted::ALL`]: certainly in it, certainly not, or open.
pub type GroupTable = [Option<bool>; 16];

impl Case<'_> {
    /// For each group whether the person is certainly in it, certainly not, or may be.
    pub fn group_table(&self) -> &GroupTable {
        self.groups.get_or_init(|| Restricted::ALL.map(|g| holds(|w| self.evaluate(w, g))))
    }

    /// Whether the person is in a group, in this world.
    pub fn in_group(&self, w: &mut World, g: Restricted) -> bool {
        self.group_table()[g as usize].unwrap_or_else(|| self.evaluate(w, g))
    }

    /// Whether the person is in any of several groups; certain ones first, so that nothing is asked without need.
    pub fn in_any(&self, w: &mut World, list: &[Restricted]) -> bool {
        let table = self.group_table();
        list.iter().any(|g| table[*g as usize] == Some(true))
            || list.iter().any(|g| table[*g as usize].is_none() && self.evaluate(w, *g))
    }

    /// R1 of the limit tables (2016 art. 7.1, 9, 11), the property limb included.
    pub fn is_r1(&self, w: &mut World) -> bool {
        self.in_any(w, &Restricted::R1_BY_PERSON) || self.in_group(w, Restricted::AbleNotPaying)
    }

    /// R2 of the limit tables.
    pub fn is_r2(&self, w: &mut World) -> bool {
        self.in_any(w, &Restricted::R2)
    }

    /// The groups by which rows of the limit tables are selected.
    pub fn limit_groups(&self, w: &mut World) -> Vec<Group> {
        let mut groups = vec![Group::All];
        if self.is_r1(w) {
            groups.push(Group::R1);
        }
        if self.is_r2(w) {
            groups.push(Group::R2);
        }
        if self.in_group(w, Restricted::Corruption) {
            groups.push(Group::C);
        }
        if self.in_group(w, Restricted::Limited) {
            groups.push(Group::L);
        }
        groups
    }

    /// 三类罪犯: 职务, 金融, 涉黑 (2016 art. 3.2).
    pub fn three_categories(&self, w: &mut World) -> bool {
        self.in_any(w, &[Restricted::Duty, Restricted::Finance, Restricted::OrganizedCrime])
    }

    /// Whether 罪犯类别 names a category; `None` where the cell is blank or unreadable.
    pub fn declared(&self, word: Declared) -> Option<bool> {
        self.inmate.categories.known().map(|set| set.contains(&word))
    }

    /// Evaluates a group in this world, without the table.
    pub(super) fn evaluate(&self, w: &mut World, g: Restricted) -> bool {
        match g {
            Restricted::Duty => self.duty(w),
            Restricted::Finance => self.by_charge_and_word(w, group::FINANCE_CRIME, "finance", Declared::Finance),
            Restricted::OrganizedCrime => {
                self.by_charge_and_word(w, group::ORGANIZED_CRIME, "organized", Declared::OrganizedCrime)
            }
            Restricted::NationalSecurity => {
                self.by_charge_and_word(w, group::NATIONAL_SECURITY, "national-security", Declared::NationalSecurity)
            }
            Restricted::Terrorism => {
                // A finding of fact: the charge alone never contradicts it.
                self.declared(Declared::Terrorism) == Some(true)
                    || self.by_charge_and_word(w, group::TERRORISM, "terrorism", Declared::Terrorism)
            }
            Restricted::DrugRingleader => self.drug_ringleader(w),
            Restricted::DrugRecidivist => self.drug_recidivist(w),
            Restricted::Recidivist => self.recidivist(w),
            Restricted::AbleNotPaying => self.able_not_paying(w),
            Restricted::ViolentTen => self.fixed_sentence() && self.violent_ten(w),
            Restricted::MultipleTen => self.fixed_sentence() && self.multiple_ten(w),
            Restricted::Violent => self.life_or_reprieve() && self.violent_any_term(w),
            Restricted::Combined => self.life_or_reprieve() && self.combined(w),
            Restricted::Corruption => self.corruption(w),
            Restricted::Limited => self.limited(w),
            Restricted::WholeLife => self.whole_life(w),
        }
    }

    fn fixed_sentence(&self) -> bool {
        matches!(self.standing.sentence, Some(Sentence::Fixed(_) | Sentence::Detention(_) | Sentence::Control(_)))
    }

    fn life_or_reprieve(&self) -> bool {
        matches!(self.standing.sentence, Some(Sentence::Life | Sentence::Reprieve))
    }

    /// The charge, then (where it is silent or unknown) the word of 罪犯类别.
    fn by_charge_and_word(&self, w: &mut World, category: &str, key: &'static str, word: Declared) -> bool {
        let declared = self.declared(word);
        match self.person.proof(category) {
            Proof::Yes => true,
            Proof::Reading => {
                declared == Some(true) || w.reading(key, 2) == 1 || self.by_unknown_charge(w, key, declared)
            }
            Proof::IfFunctionary => {
                declared == Some(true)
                    || self.yes(w, "functionary", &self.inmate.functionary, "判决书、干部任免材料")
                    || self.by_unknown_charge(w, key, declared)
            }
            Proof::Unknown => self.by_unknown_charge(w, key, declared),
            Proof::No if declared == Some(true) => w.ask(key, self.inmate.categories.place(), "判决书"),
            Proof::No => false,
        }
    }

    /// Whether a charge that is not recognised is of the group: the word of 罪犯类别 tells, and where that is blank, nobody.
    fn by_unknown_charge(&self, w: &mut World, key: &'static str, declared: Option<bool>) -> bool {
        !self.person.charges_certain()
            && declared.unwrap_or_else(|| w.ask_at((key, 1), self.inmate.charges.place(), "判决书"))
    }

    fn duty(&self, w: &mut World) -> bool {
        let declared = self.declared(Declared::Duty);
        if self.person.proof(group::DUTY_CRIME) != Proof::IfFunctionary {
            return self.by_charge_and_word(w, group::DUTY_CRIME, "duty", Declared::Duty);
        }
        match (self.inmate.functionary.get(), declared) {
            (Some(true), _) => true,
            (Some(false), Some(true)) => w.ask("duty", self.inmate.categories.place(), "判决书"),
            (Some(false), _) => self.by_unknown_charge(w, "duty", declared),
            (None, _) => {
                w.ask("functionary", self.inmate.functionary.place(), "判决书、干部任免材料")
                    || self.by_unknown_charge(w, "duty", declared)
            }
        }
    }

    /// A flag beside a word of 罪犯类别: they may confirm, supply or contradict each other.
    fn flag_and_word(&self, w: &mut World, key: &'static str, flag: &Field<bool>, word: Declared) -> bool {
        match (flag.get(), self.declared(word)) {
            (Some(a), Some(b)) if a == b => a,
            (Some(_), Some(_)) => w.ask(key, flag.place(), "判决书"),
            (Some(a), None) => a,
            (None, Some(b)) => b,
            (None, None) => w.ask(key, flag.place(), "判决书"),
        }
    }

    fn recidivist(&self, w: &mut World) -> bool {
        self.flag_and_word(w, "recidivist", &self.inmate.recidivist, Declared::Recidivist)
    }

    fn drug_recidivist(&self, w: &mut World) -> bool {
        let stated =
            self.inmate.drug_recidivist.get() == Some(true) || self.declared(Declared::DrugRecidivist) == Some(true);
        match self.person.proof(group::DRUG_SECTION) {
            // Without a drug charge it is impossible; where it is stated all the same, the record contradicts itself.
            Proof::No if stated => w.ask("drug-recidivist", self.inmate.drug_recidivist.place(), "判决书"),
            Proof::No => false,
            _ => self.flag_and_word(w, "drug-recidivist", &self.inmate.drug_recidivist, Declared::DrugRecidivist),
        }
    }

    fn drug_ringleader(&self, w: &mut World) -> bool {
        let declared = self.declared(Declared::DrugRingleader);
        match (self.person.proof(group::DRUG_SECTION), declared) {
            (Proof::No, Some(true)) => w.ask("drug-ringleader", self.inmate.categories.place(), "判决书"),
            (Proof::No, _) => false,
            (_, Some(answer)) => answer,
            (_, None) => w.ask("drug-ringleader", self.inmate.categories.place(), "判决书"),
        }
    }

    fn corruption(&self, w: &mut World) -> bool {
        if self.law_day(w) < self.rules.date("law/corruption-from") {
            return false;
        }
        let by_charge = match self.person.proof(group::CORRUPTION) {
            Proof::Yes => true,
            Proof::No => false,
            _ => w.ask("corruption", self.inmate.charges.place(), "判决书"),
        };
        by_charge
            && self.judged_under_amendment_nine(w)
            && self.yes(w, "functionary", &self.inmate.functionary, "判决书、干部任免材料")
    }

    /// Sentenced on or after 2015-11-01; first instance before and final after can be read either way.
    fn judged_under_amendment_nine(&self, w: &mut World) -> bool {
        let from = self.rules.date("law/amendment-nine");
        let (judged, effective) = (self.inmate.judged.get(), self.inmate.effective.get());
        match (judged, effective) {
            (Some(j), _) if j >= from => true,
            (Some(_), Some(e)) if e >= from => w.reading("amendment-nine", 2) == 1,
            // Delivered before that day: the judgment was final before it too.
            (_, None) if self.inmate.delivered.get().is_some_and(|d| d < from) => false,
            (Some(_), None) => w.ask("amendment-nine", self.inmate.effective.place(), "判决书、裁定书"),
            (_, Some(e)) if e < from => false,
            (None, _) => w.ask("amendment-nine", self.inmate.judged.place(), "判决书"),
            (Some(_), Some(_)) => false,
        }
    }

    fn limited(&self, w: &mut World) -> bool {
        let reprieve = self.standing.sentence == Some(Sentence::Reprieve);
        match (self.inmate.limited.get(), reprieve) {
            (Some(answer), true) => answer,
            (Some(true), false) => w.ask("limited", self.inmate.limited.place(), "判决书主文"),
            (_, false) => false,
            (None, true) => w.ask("limited", self.inmate.limited.place(), "判决书主文"),
        }
    }

    fn whole_life(&self, w: &mut World) -> bool {
        let charge = !matches!(self.person.proof(group::LIFE_WITHOUT_COMMUTATION_CHARGE), Proof::No);
        let possible = self.standing.sentence == Some(Sentence::Reprieve) && charge;
        match (self.inmate.whole_life.get(), possible) {
            (Some(answer), true) => answer,
            (Some(true), false) => w.ask("whole-life", self.inmate.whole_life.place(), "判决书主文"),
            (_, false) => false,
            (None, true) => w.ask("whole-life", self.inmate.whole_life.place(), "判决书主文"),
        }
    }

    /// 缓刑: only up to three years or 拘役, and not once the person was delivered, unless the cell says so.
    pub fn suspended(&self, w: &mut World) -> bool {
        let possible = match self.standing.sentence {
            Some(Sentence::Fixed(t)) => t <= self.rules.term("suspended/up-to"),
            Some(Sentence::Detention(_)) => true,
            _ => false,
        };
        match self.inmate.suspended.get() {
            Some(answer) => answer,
            None if !possible || self.inmate.delivered.get().is_some() => false,
            None => w.ask("suspended", self.inmate.suspended.place(), "判决书主文"),
        }
    }

    fn ten_years(&self) -> Term {
        self.rules.term("parole/violent-term")
    }

    fn is_violent(&self, w: &mut World, count: &Count<'_>, category: &str) -> bool {
        match count.charge.map(|c| self.rules.categories.membership(c, category)) {
            Some(Membership::Yes) => true,
            Some(Membership::Reading) => w.reading("violent-charge", 2) == 1,
            Some(Membership::No | Membership::IfFunctionary) => false,
            None => w.ask("violent-count", self.inmate.count_terms.place(), "判决书"),
        }
    }

    fn violent_by_charge(&self, w: &mut World, category: &str) -> bool {
        match self.person.proof(category) {
            Proof::Yes => true,
            Proof::Reading => w.reading("violent-charge", 2) == 1,
            Proof::No | Proof::IfFunctionary => false,
            Proof::Unknown => w.ask("violent-charge-unknown", self.inmate.charges.place(), "判决书"),
        }
    }

    /// Whether a count that can be organised violence is of ten years or more; the total decides where there is one
    /// charge. Where no charge is of that kind, the finding of fact may attach to any of them.
    pub fn organized_count_ten(&self, w: &mut World) -> bool {
        let total = self.standing.sentence.and_then(Sentence::term);
        if total.is_some_and(|t| t < self.ten_years()) {
            return false;
        }
        match &self.person.counts {
            Some(counts) => {
                let violent = |c: &Count<'_>| {
                    c.charge.is_none_or(|charge| {
                        self.rules.categories.membership(charge, group::VIOLENT_ANY) != Membership::No
                    })
                };
                let any_violent = counts.iter().any(violent);
                counts
                    .iter()
                    .any(|c| (violent(c) || !any_violent) && c.sentence.term().is_none_or(|t| t >= self.ten_years()))
            }
            None if self.person.charge_count() <= 1 => true,
            None => w.ask("any-count-ten", self.inmate.count_terms.place(), "判决书"),
        }
    }

    /// Declared organised violence. A 刑法294 charge of ten years or more leaves it open where it is not declared.
    pub fn organized_violence(&self, w: &mut World) -> bool {
        let possible = |p: Proof| p != Proof::No;
        match self.declared(Declared::OrganizedViolence) {
            Some(true) => true,
            _ if self.person.proof(group::ORGANIZED_CRIME) == Proof::Yes => {
                w.ask("organized-violence", self.inmate.categories.place(), "判决书")
            }
            Some(false) => false,
            None if possible(self.person.proof(group::VIOLENT_ANY)) => {
                w.ask("organized-violence", self.inmate.categories.place(), "判决书")
            }
            None => false,
        }
    }

    /// A count of one of the violent crimes of `category` with ten years or more (life and reprieved death included).
    pub fn violent_count(&self, w: &mut World, category: &str) -> bool {
        let ten = self.ten_years();
        let total = self.standing.sentence.and_then(Sentence::term);
        if total.is_some_and(|t| t < ten) {
            return false;
        }
        match &self.person.counts {
            Some(counts) => {
                let long = |c: &Count<'_>| c.sentence.term().is_none_or(|t| t >= ten);
                if counts.iter().any(|c| long(c) && self.is_violent(w, c, category)) {
                    return true;
                }
                // None alone has ten years: what reaches them together are several.
                let mut sum = Term::ZERO;
                for count in counts {
                    if let Some(term) = count.sentence.term()
                        && self.is_violent(w, count, category)
                    {
                        sum = sum.plus(term);
                    }
                }
                sum >= ten && w.reading("violent-counts-together", 2) == 1
            }
            None if self.person.charge_count() <= 1 => self.violent_by_charge(w, category),
            None => {
                self.violent_by_charge(w, category)
                    && w.ask("violent-count-ten", self.inmate.count_terms.place(), "判决书")
            }
        }
    }

    fn violent_ten(&self, w: &mut World) -> bool {
        let total = self.standing.sentence.and_then(Sentence::term);
        if total.is_some_and(|t| t < self.ten_years()) {
            return false;
        }
        self.violent_count(w, group::VIOLENT_EIGHT) || (self.organized_count_ten(w) && self.organized_violence(w))
    }

    fn multiple_ten(&self, w: &mut World) -> bool {
        let ten = self.ten_years();
        let total = self.standing.sentence.and_then(Sentence::term);
        if total.is_none_or(|t| t < ten) {
            return false;
        }
        match &self.person.counts {
            Some(counts) => counts.iter().filter(|c| c.sentence.term().is_none_or(|t| t >= ten)).count() >= 2,
            None if self.person.charge_count() <= 1 => false,
            None => w.ask("multiple-ten", self.inmate.count_terms.place(), "判决书"),
        }
    }

    fn violent_any_term(&self, w: &mut World) -> bool {
        self.violent_by_charge(w, group::VIOLENT_EIGHT) || self.organized_violence(w)
    }

    fn combined(&self, w: &mut World) -> bool {
        if self.person.charge_count() >= 2
            || self.person.counts.as_ref().is_some_and(|c| c.len() >= 2)
            || !self.standing.merged.is_empty()
        {
            return true;
        }
        self.person.charge_count() == 0 && w.ask("combined", self.inmate.charges.place(), "判决书")
    }

    /// The day whose law applies: 提请日期, or the ruling's where the law changed in between (both are then read).
    pub fn law_day(&self, w: &mut World) -> NaiveDate {
        let (applied, ruled) = *self.law_days.get_or_init(|| {
            let applied = self.reference_day();
            let ruled = self.app.and_then(|a| a.ruled.get());
            (applied, ruled.filter(|r| self.law_changes(applied, *r)))
        });
        match ruled {
            Some(ruled) if w.reading("law-day", 2) == 1 => ruled,
            _ => applied,
        }
    }

    /// Whether a version boundary of the limits lies after `a` and not after `b`.
    fn law_changes(&self, a: NaiveDate, b: NaiveDate) -> bool {
        ["law/limits-from", "law/corruption-from", "law/property-from", "law/substance-from"]
            .iter()
            .any(|id| (a..b).contains(&crate::model::date::add_days(self.rules.date(id), -1)))
    }
}
