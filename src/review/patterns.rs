//! Statistics over a batch, for the pattern checks: who is far from his peers, who gives the bonuses, who got merit for
//! one event, where proposals bunch at the limits.
//!
//! Everything is exact: decimals, counts and fractions, never floating point, so that a batch cut in any way and put
//! together in any order gives the same numbers.
//!
//! Size. For each prison, ward and month only how often each total occurs is kept: at most one entry a points row,
//! in practice a third of that, some thirty bytes each. A province of 80 000 people with 60 months each (4.8 million rows,
//! about 32 000 ward-months) takes 50 to 150 MB. Officers cost one entry for each inmate they assessed (a few for each
//! inmate), merits one for each award, rates one for each application that stands out.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::multiset::{Multiset, Peers, plausible, sane};
use super::pairs;
use super::run::selected;
use super::{Aggregate, BatchFinding, CaseReview};
use crate::checks::case::{BatchContext, counted};
use crate::checks::finding::{Fact, Facts, Finding, Outcome};
use crate::law::Rules;
use crate::model::ledger::Amounts;
use crate::model::{AppKind, Award, AwardKind, CellRef, Dossier, Month, PointRow, date};

fn points(value: Option<Decimal>) -> Option<Decimal> {
    value.and_then(plausible)
}

/// A sum of cells, and whether one of them is blank without the month's score showing that it stands for zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// What the filled cells come to.
    pub known: Decimal,
    /// Whether it may be more.
    pub blank: bool,
}

impl Sum {
    fn of(month: &Amounts, cells: impl Iterator<Item = Option<Decimal>>) -> Sum {
        let mut sum = Sum::default();
        for cell in cells {
            match points(cell) {
                Some(amount) => sum.known += amount,
                None => sum.blank = true,
            }
        }
        Sum { known: sum.known.normalize(), blank: sum.blank && !blanks_are_zero(month) }
    }

    /// The sum, where it is known.
    pub fn certain(self) -> Option<Decimal> {
        (!self.blank).then_some(self.known)
    }
}

/// The bonus of a month, 专项加分 included.
pub fn bonus_of(month: &Amounts) -> Sum {
    Sum::of(month, month.parts.iter().map(|p| p.bonus).chain([month.special]))
}

/// The deductions of a month, 处罚扣分 included.
pub fn deductions_of(month: &Amounts) -> Sum {
    let cells = month.parts.iter().map(|p| p.deduction).chain([month.penalty]);
    Sum::of(month, cells.map(|d| d.map(|d| d.abs())))
}

/// The base total of a month, where no base is missing.
pub fn base_of(month: &Amounts) -> Option<Decimal> {
    month.parts.iter().map(|p| points(p.base)).sum()
}

/// Whether the cells that are filled already come to the month's score, so that those left blank stand for zero.
fn blanks_are_zero(month: &Amounts) -> bool {
    let (Some(base), Some(score)) = (base_of(month), points(month.score)) else { return false };
    let rest = month.parts.iter().flat_map(|p| [p.bonus, p.deduction.map(|d| -d.abs())]);
    let rest = rest.chain([month.special, month.penalty.map(|d| -d.abs())]).flatten();
    rest.map(plausible).sum::<Option<Decimal>>().is_some_and(|rest| base + rest == score)
}

/// The totals of one ward and month.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct WardMonth {
    /// How often each total occurs.
    totals: Multiset,
    /// How many of them are the base and nothing else.
    at_base: u32,
}

impl WardMonth {
    /// The one total everybody has, where it is not the base.
    fn same(&self, people: u32) -> Option<Decimal> {
        let all = self.at_base == 0 && self.totals.len() >= people;
        self.totals.only().filter(|_| all)
    }
}

/// What one officer gave: to each inmate in how many months how much bonus.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct Officer {
    /// By 罪犯编号: months and bonus.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, (u32, String)>"))]
    inmates: BTreeMap<String, (u32, Decimal)>,
}

impl Officer {
    fn add(&mut self, inmate: &str, months: u32, bonus: Decimal) {
        let slot = self.inmates.entry(inmate.to_owned()).or_default();
        slot.0 += months;
        slot.1 = (slot.1 + bonus).normalize();
    }

    fn months(&self) -> u32 {
        self.inmates.values().map(|(n, _)| n).sum()
    }

    fn bonus(&self) -> Decimal {
        self.inmates.values().map(|(_, b)| *b).sum()
    }
}

/// A 立功 or 重大立功 of the batch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MeritAward {
    /// Its day.
    pub date: NaiveDate,
    /// 罪犯编号.
    pub inmate: String,
    /// 事由 without white space; `None` where blank.
    pub reason: Option<String>,
    /// Where it stands.
    pub at: CellRef,
}

/// How two merits of different people are connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shared {
    /// On the same day with the same (or an unrecorded) reason.
    DayAndEvent,
    /// On the same day, with different reasons.
    Day,
    /// For the same reason, some days apart.
    Event,
}

impl MeritAward {
    /// The merit an award records, if it is one with a day.
    pub fn of(dossier: &Dossier, award: &Award) -> Option<MeritAward> {
        if !matches!(award.kind.get(), Some(AwardKind::Merit | AwardKind::MajorMerit)) {
            return None;
        }
        let reason = award.reason.known().map(|r| r.split_whitespace().collect::<String>()).filter(|r| !r.is_empty());
        Some(MeritAward { date: award.date.get()?, inmate: dossier.no.clone(), reason, at: award.kind.at })
    }

    /// How it is connected with another one, if it is; `days` apart at most for the same reason.
    pub fn shares(&self, other: &MeritAward, days: i64) -> Option<Shared> {
        let apart = date::days_between(self.date, other.date).abs();
        let reasons = self.reason.as_ref().zip(other.reason.as_ref());
        match (self.inmate == other.inmate, apart, reasons) {
            (true, ..) => None,
            (_, 0, Some((a, b))) if a != b => Some(Shared::Day),
            (_, 0, _) => Some(Shared::DayAndEvent),
            (_, n, Some((a, b))) if a == b && n <= days => Some(Shared::Event),
            _ => None,
        }
    }
}

/// Prison and ward of a points row: its own, else those of the person.
fn place<'d>(dossier: &'d Dossier, row: &'d PointRow) -> (&'d str, Option<&'d str>) {
    let inmate = dossier.inmate.as_ref();
    let prison = row.prison.known().or_else(|| inmate.and_then(|i| i.prison.known()));
    let ward = row.ward.known().or_else(|| inmate.and_then(|i| i.ward.known()));
    (prison.map_or("", String::as_str), ward.map(String::as_str))
}

/// The prison on a day: as the points say, else as the person's row says.
pub fn prison_on(dossier: &Dossier, day: NaiveDate) -> &str {
    let month = Month::of(day);
    let row = dossier.points.iter().filter(|r| r.month <= month && r.prison.known().is_some()).max_by_key(|r| r.month);
    match row {
        Some(row) => place(dossier, row).0,
        None => dossier.inmate.as_ref().and_then(|i| i.prison.known()).map_or("", String::as_str),
    }
}

/// The months that have one row, and that row, in order; a month with two rows belongs to no ward.
pub fn single_rows(dossier: &Dossier) -> impl Iterator<Item = &PointRow> {
    let mut rows: Vec<&PointRow> = dossier.points.iter().collect();
    rows.sort_by_key(|r| r.month);
    let same = |a: usize, b: usize| rows.get(a).zip(rows.get(b)).is_some_and(|(a, b)| a.month == b.month);
    let alone = |i: &usize| !same(*i, i + 1) && !i.checked_sub(1).is_some_and(|before| same(before, *i));
    let single: Vec<&PointRow> = (0..rows.len()).filter(alone).map(|i| rows[i]).collect();
    single.into_iter()
}

/// What the pattern checks need from a whole batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PatternAggregate {
    /// People, and those of them with an application.
    people: (u64, u64),
    /// By prison, ward and month.
    wards: BTreeMap<String, BTreeMap<String, BTreeMap<Month, WardMonth>>>,
    /// By prison and name.
    officers: BTreeMap<String, BTreeMap<String, Officer>>,
    /// By prison, in order of time.
    merits: BTreeMap<String, BTreeSet<MeritAward>>,
}

impl PatternAggregate {
    /// Takes in one person.
    pub fn observe(&mut self, dossier: &Dossier) {
        self.people.0 += 1;
        self.people.1 += u64::from(!dossier.applications.is_empty());
        let rows: Vec<_> = single_rows(dossier).map(|row| (place(dossier, row), row)).collect();
        // Mostly one group: names are looked up once for all its months.
        for group in rows.chunk_by(|a, b| a.0 == b.0) {
            let (prison, ward) = group[0].0;
            let amounts: Vec<Amounts> = group.iter().map(|(_, row)| Amounts::of(row)).collect();
            if let Some(ward) = ward {
                let scored = group.iter().zip(&amounts).filter_map(|((_, row), a)| Some((row, a, points(a.score)?)));
                let mut scored = scored.peekable();
                if scored.peek().is_some() {
                    let months = entry(entry(&mut self.wards, prison), ward);
                    for (row, amounts, score) in scored {
                        let slot = months.entry(row.month).or_default();
                        slot.totals.add(score);
                        slot.at_base += u32::from(base_of(amounts) == Some(score));
                    }
                }
            }
            let mut officers: Vec<(&str, u32, Decimal)> = Vec::new();
            for ((_, row), amounts) in group.iter().zip(&amounts) {
                if let (Some(officer), Some(bonus)) = (row.officer.known(), bonus_of(amounts).certain()) {
                    match officers.iter_mut().find(|(name, ..)| name == officer) {
                        Some((_, months, sum)) => (*months, *sum) = (*months + 1, *sum + bonus),
                        None => officers.push((officer, 1, bonus)),
                    }
                }
            }
            for (officer, months, bonus) in officers {
                entry(entry(&mut self.officers, prison), officer).add(&dossier.no, months, bonus);
            }
        }
        for merit in dossier.awards.iter().filter_map(|a| MeritAward::of(dossier, a)) {
            entry(&mut self.merits, prison_on(dossier, merit.date)).insert(merit);
        }
    }

    /// Adds what was observed elsewhere in the same batch.
    pub fn merge(&mut self, other: PatternAggregate) {
        self.people = (self.people.0 + other.people.0, self.people.1 + other.people.1);
        for (prison, wards) in other.wards {
            let mine = self.wards.entry(prison).or_default();
            for (ward, months) in wards {
                let mine = mine.entry(ward).or_default();
                for (month, theirs) in months {
                    let slot = mine.entry(month).or_default();
                    slot.totals.merge(theirs.totals);
                    slot.at_base += theirs.at_base;
                }
            }
        }
        for (prison, officers) in other.officers {
            let mine = self.officers.entry(prison).or_default();
            for (name, officer) in officers {
                let slot = mine.entry(name).or_default();
                officer.inmates.iter().for_each(|(no, (months, bonus))| slot.add(no, *months, *bonus));
            }
        }
        for (prison, merits) in other.merits {
            self.merits.entry(prison).or_default().extend(merits);
        }
    }

    /// The same with every cell where `place` says.
    pub(crate) fn map_cells(mut self, place: &dyn Fn(CellRef) -> CellRef) -> PatternAggregate {
        for merits in self.merits.values_mut() {
            let moved = std::mem::take(merits).into_iter().map(|m| MeritAward { at: place(m.at), ..m });
            *merits = moved.collect();
        }
        self
    }

    /// How many people it was gathered from.
    pub fn people(&self) -> u64 {
        self.people.0
    }

    /// Whether everybody in the batch is up for a reduction or parole, so that there are no other peers.
    pub fn applicants_only(&self) -> bool {
        self.people.0 == self.people.1
    }

    /// How a person's total of a month stands to the others of the ward; `None` where the ward is not known.
    pub fn peers(&self, dossier: &Dossier, row: &PointRow) -> Option<(Decimal, Peers)> {
        let (prison, ward) = place(dossier, row);
        let own = row.score.known().copied().and_then(sane)?;
        let month = self.wards.get(prison)?.get(ward?)?.get(&row.month)?;
        Some((own, month.totals.compare(own)?))
    }

    /// Merits of other people of the prison that are connected with one.
    pub fn shared(&self, prison: &str, merit: &MeritAward, days: i64) -> Vec<(&MeritAward, Shared)> {
        let Some(all) = self.merits.get(prison) else { return Vec::new() };
        let bound = |days| MeritAward {
            date: date::add_days(merit.date, days),
            inmate: String::new(),
            reason: None,
            at: CellRef { sheet: 0, row: 0, col: 0 },
        };
        let days = days.max(0);
        let near = all.range(bound(-days)..bound(days + 1));
        near.filter_map(|other| merit.shares(other, days).map(|how| (other, how))).collect()
    }
}

fn entry<'m, T: Default>(map: &'m mut BTreeMap<String, T>, name: &str) -> &'m mut T {
    map.entry(name.to_owned()).or_default()
}

// ---- rates ----------------------------------------------------------------------------------------------------------

/// One of the rates compared between wards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum RateOf {
    Hugging,
    Cap,
}

impl RateOf {
    const ALL: [RateOf; 2] = [RateOf::Hugging, RateOf::Cap];

    /// The check, and its fact that says whether a case counts.
    fn check(self) -> (&'static str, &'static str) {
        match self {
            RateOf::Hugging => ("pattern/threshold-hugging", "near"),
            RateOf::Cap => ("pattern/cap-hugging", "at_cap"),
        }
    }
}

/// Cases examined, and those that count with their cells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct Tally {
    /// Cases examined.
    cases: u64,
    /// Those that count.
    hits: BTreeSet<(CellRef, String)>,
}

/// How many reductions were proposed at the first lawful moment, and at the cap, by prison and ward.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rates {
    /// By what is counted, prison and ward.
    #[serde(with = "pairs")]
    #[cfg_attr(test, schemars(with = "Vec<((RateOf, String, String), Tally)>"))]
    by_place: BTreeMap<(RateOf, String, String), Tally>,
}

impl Rates {
    /// Takes in one reviewed case.
    pub fn observe(&mut self, case: &CaseReview) {
        if case.kind != Some(AppKind::Reduction) {
            return;
        }
        for of in RateOf::ALL {
            let (check, fact) = of.check();
            let finding = case.findings.iter().find(|f| f.check == check);
            let Some(Fact::Bool(hit)) = finding.and_then(|f| f.facts.get(fact)) else { continue };
            let name = |n: &Option<String>| n.clone().unwrap_or_default();
            let slot = self.by_place.entry((of, name(&case.prison), name(&case.ward))).or_default();
            slot.cases += 1;
            if *hit {
                slot.hits.insert((case.at, case.inmate.clone()));
            }
        }
    }

    /// Adds what was observed elsewhere in the same batch.
    pub fn merge(&mut self, other: Rates) {
        for (key, tally) in other.by_place {
            let mine = self.by_place.entry(key).or_default();
            mine.cases += tally.cases;
            mine.hits.extend(tally.hits);
        }
    }

    /// The same with every cell where `place` says.
    #[must_use]
    pub fn map_cells(mut self, place: &dyn Fn(CellRef) -> CellRef) -> Rates {
        for tally in self.by_place.values_mut() {
            tally.hits = std::mem::take(&mut tally.hits).into_iter().map(|(at, no)| (place(at), no)).collect();
        }
        self
    }

    /// The sheets that it names cells of.
    pub fn sheets(&self) -> BTreeSet<u16> {
        self.by_place.values().flat_map(|t| &t.hits).map(|(at, _)| at.sheet).filter(|s| *s != CellRef::NONE).collect()
    }

    /// Prisons, then wards, whose rate is far above that of the whole batch.
    fn findings(&self, of: RateOf, batch: &BatchContext<'_>) -> Vec<BatchFinding> {
        let (check, _) = of.check();
        let min = batch.rules.threshold(check, "ward_min_cases");
        let difference = batch.rules.threshold(check, "ward_difference_points");
        let mut whole = (0_u64, 0_u64);
        type Group<'t> = (u64, BTreeSet<&'t (CellRef, String)>);
        let mut groups: BTreeMap<(&str, Option<&str>), Group<'_>> = BTreeMap::new();
        for ((_, prison, ward), tally) in self.by_place.iter().filter(|((o, ..), _)| *o == of) {
            whole = (whole.0 + tally.cases, whole.1 + tally.hits.len() as u64);
            let places = [(!prison.is_empty()).then_some(None), (!ward.is_empty()).then_some(Some(ward.as_str()))];
            for ward in places.into_iter().flatten() {
                let slot = groups.entry((prison, ward)).or_default();
                slot.0 += tally.cases;
                slot.1.extend(&tally.hits);
            }
        }
        let (all, all_hits) = (Decimal::from(whole.0), Decimal::from(whole.1));
        let mut out = Vec::new();
        for ((prison, ward), (cases, hits)) in groups {
            let (n, k) = (Decimal::from(cases), Decimal::from(hits.len() as u64));
            // k/n − K/N ≥ difference, without a division.
            if n < min || (k * all - all_hits * n) * Decimal::ONE_HUNDRED < difference * n * all {
                continue;
            }
            let percent = |a: Decimal, b: Decimal| (a * Decimal::ONE_HUNDRED / b).round_dp(2).normalize();
            let (own, total) = (percent(k, n), percent(all_hits, all));
            let facts = Facts::new()
                .with("prison", name(prison))
                .with("ward", ward.map(str::to_owned))
                .with("cases", cases as i64)
                .with("hits", hits.len() as i64)
                .with("percent", own)
                .with("batch_cases", whole.0 as i64)
                .with("batch_hits", whole.1 as i64)
                .with("batch_percent", total)
                .with("difference", own - total);
            let place = place_name(batch, prison, ward);
            let hit_count = hits.len();
            let days = batch.rules.threshold_int(RateOf::Hugging.check().0, "near_days");
            let (what_zh, what_en) = match of {
                RateOf::Hugging => (
                    format!("在最早合法日起{days}天以内提请"),
                    format!("were filed within {} of the first lawful day", counted(days, "day", "days")),
                ),
                RateOf::Cap => ("按最高幅度提请".to_owned(), "propose the maximum".to_owned()),
            };
            let message = batch.lang.pick(
                || {
                    format!(
                        "{place}{cases}件减刑中有{hit_count}件（{own}%）{what_zh}，全批{}件中有{}件（{total}%），高出{}个百分点。",
                        whole.0,
                        whole.1,
                        own - total
                    )
                },
                || {
                    format!(
                        "{place}: {hit_count} of {cases} reductions ({own} %) {what_en}; in the whole batch {} of {} ({total} %), {} less.",
                        whole.1,
                        whole.0,
                        counted(own - total, "point", "points")
                    )
                },
            );
            let cells = hits.iter().map(|h| h.0).collect();
            let inmates = hits.iter().map(|h| h.1.clone()).collect();
            let message = message + &ask_for(batch, check);
            out.extend(finding(batch, check, facts, cells, message, inmates));
        }
        out
    }
}

// ---- findings -------------------------------------------------------------------------------------------------------

/// A name for the facts; absent where it is not recorded.
fn name(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn place_name(batch: &BatchContext<'_>, prison: &str, ward: Option<&str>) -> String {
    match (prison.is_empty(), ward) {
        (false, Some(ward)) => batch.lang.pick(|| format!("{prison}{ward}"), || format!("{prison}, {ward}")),
        (true, Some(ward)) => ward.to_owned(),
        (false, None) => prison.to_owned(),
        (true, None) => batch.lang.pick(|| "监狱不明，".to_owned(), || "Prison unknown".to_owned()),
    }
}

/// The papers to ask for, as the catalogue says them.
pub fn papers(rules: &Rules, zh: bool, check: &str) -> String {
    rules.check(check).map_or_else(String::new, |entry| match zh {
        true => entry.zh.confirm.clone(),
        false => format!(" To confirm: {}", entry.en.confirm),
    })
}

fn ask_for(batch: &BatchContext<'_>, check: &str) -> String {
    papers(batch.rules, batch.lang.is_zh(), check)
}

/// The papers to ask for where several people got merit for one event.
pub fn shared_papers(zh: bool) -> &'static str {
    match zh {
        true => "查各人的立功材料、审批表和证人证言，逐人核实作用。",
        false => " To confirm: each one’s merit papers, approvals and witnesses, and the part each had.",
    }
}

fn finding(
    batch: &BatchContext<'_>,
    check: &'static str,
    facts: Facts,
    evidence: Vec<CellRef>,
    message: String,
    mut inmates: Vec<String>,
) -> Option<BatchFinding> {
    let entry = batch.rules.check(check)?;
    let evidence = evidence.into_iter().filter(|c| c.exists()).collect();
    let mut seen = BTreeSet::new();
    inmates.retain(|no| seen.insert(no.clone()));
    let basis = entry.basis.clone();
    let finding = Finding { check, outcome: Outcome::Risk, class: entry.class, basis, facts, evidence, message };
    Some(BatchFinding { finding, inmates })
}

/// The checks that [`batch_findings`] makes.
pub const BATCH_CHECKS: [&str; 6] = [
    "pattern/threshold-hugging",
    "pattern/cap-hugging",
    "pattern/perfect-record",
    "pattern/officer-concentration",
    "pattern/grade-quota",
    "pattern/invention",
];

/// What the whole batch shows, in catalogue order.
pub fn batch_findings(
    aggregate: &Aggregate,
    rates: &Rates,
    batch: &BatchContext<'_>,
    only: &[String],
) -> Vec<BatchFinding> {
    let patterns = &aggregate.patterns;
    type Source<'s> = Box<dyn Fn() -> Vec<BatchFinding> + 's>;
    let all: [Source<'_>; 6] = [
        Box::new(|| rates.findings(RateOf::Hugging, batch)),
        Box::new(|| rates.findings(RateOf::Cap, batch)),
        Box::new(|| patterns.same_totals(batch)),
        Box::new(|| patterns.officer_findings(batch)),
        Box::new(|| aggregate.points.grade_quota(batch)),
        Box::new(|| patterns.shared_merits(batch)),
    ];
    BATCH_CHECKS.iter().zip(&all).filter(|(id, _)| selected(id, only)).flat_map(|(_, make)| make()).collect()
}

impl PatternAggregate {
    /// Wards in which everybody has the same total, other than the base, month after month.
    fn same_totals(&self, batch: &BatchContext<'_>) -> Vec<BatchFinding> {
        let check = "pattern/perfect-record";
        let people = u32::try_from(batch.rules.threshold_int(check, "ward_min_people")).unwrap_or(u32::MAX);
        let months = batch.rules.threshold_int(check, "ward_equal_months");
        let mut out = Vec::new();
        for (prison, wards) in &self.wards {
            for (ward, by_month) in wards {
                let same: Vec<(Month, u32, Decimal)> = by_month
                    .iter()
                    .filter_map(|(m, w)| w.same(people).map(|total| (*m, w.totals.len(), total)))
                    .collect();
                let (Some(first), true) = (same.first().copied(), same.len() as i64 >= months) else { continue };
                let list: Vec<Fact> = same
                    .iter()
                    .map(|(month, people, total)| {
                        let f = Facts::new().with("month", *month).with("inmates", *people).with("recorded", *total);
                        Fact::Map(f)
                    })
                    .collect();
                let mut facts = Facts::new()
                    .with("prison", name(prison))
                    .with("ward", ward.clone())
                    .with("count", same.len() as i64);
                facts.set("months", Fact::List(list));
                let place = place_name(batch, prison, Some(ward));
                let message = batch.lang.pick(
                    || {
                        format!(
                            "{place}有{}个月全监区总分一模一样又不等于基础总分，如{}，{}人都是{}分。",
                            same.len(),
                            first.0,
                            first.1,
                            first.2
                        )
                    },
                    || {
                        format!(
                            "{place}: in {} everybody has the same total, other than the base; in {} {} {}.",
                            counted(same.len(), "month", "months"),
                            first.0,
                            counted(first.1, "person has", "people have"),
                            first.2
                        )
                    },
                );
                let message = message + &ask_for(batch, check);
                out.extend(finding(batch, check, facts, Vec::new(), message, Vec::new()));
            }
        }
        out
    }

    /// Officers whose mean bonus is far above that of their colleagues in the prison.
    fn officer_findings(&self, batch: &BatchContext<'_>) -> Vec<BatchFinding> {
        let check = "pattern/officer-concentration";
        let value = |id| batch.rules.threshold(check, id);
        let mut out = Vec::new();
        for (prison, officers) in &self.officers {
            let mut means: Vec<(&str, &Officer, Mean)> = officers
                .iter()
                .map(|(name, o)| (name.as_str(), o, Mean { sum: o.bonus(), count: Decimal::from(o.months()) }))
                .filter(|(_, _, mean)| mean.count >= value("min_inmate_months") && !mean.count.is_zero())
                .collect();
            if Decimal::from(means.len()) < value("min_officers") {
                continue;
            }
            means.sort_by(|a, b| a.2.compare(&b.2).then(a.0.cmp(b.0)));
            let (low, high) = (means[(means.len() - 1) / 2].2, means[means.len() / 2].2);
            let floor = Mean { sum: value("min_median"), count: Decimal::ONE };
            let median = low.middle(&high).larger(floor);
            for (officer, given, mean) in &means {
                if !mean.at_least(value("ratio"), &median) {
                    continue;
                }
                let (own, usual) = (mean.shown(), low.middle(&high).shown());
                let facts = Facts::new()
                    .with("prison", name(prison))
                    .with("officer", *officer)
                    .with("inmate_months", given.months())
                    .with("mean", own)
                    .with("median", usual)
                    .with("officers", means.len() as i64);
                let place = name(prison).unwrap_or_default();
                let message = batch.lang.pick(
                    || {
                        format!(
                            "{place}考核民警{officer}在{}个人月里平均每月加{own}分，可比的{}名民警的中位数为{usual}分。",
                            given.months(),
                            means.len()
                        )
                    },
                    || {
                        format!(
                            "{}Officer {officer}: a mean bonus of {own} in {}; the median of {} officers is {usual}.",
                            if place.is_empty() { String::new() } else { format!("{place}: ") },
                            counted(given.months(), "inmate-month", "inmate-months"),
                            means.len()
                        )
                    },
                );
                let mut inmates: Vec<(&String, &(u32, Decimal))> = given.inmates.iter().collect();
                inmates.sort_by(|a, b| b.1.1.cmp(&a.1.1).then(a.0.cmp(b.0)));
                let inmates = inmates.into_iter().filter(|(_, (_, b))| *b > Decimal::ZERO).map(|(no, _)| no.clone());
                let message = message + &ask_for(batch, check);
                out.extend(finding(batch, check, facts, Vec::new(), message, inmates.collect()));
            }
        }
        out
    }

    /// Merits of several people on one day or for one event.
    fn shared_merits(&self, batch: &BatchContext<'_>) -> Vec<BatchFinding> {
        let check = "pattern/invention";
        let days = batch.rules.threshold_int(check, "event_days");
        let least = batch.rules.threshold_int(check, "shared_inmates");
        let mut out = Vec::new();
        for (prison, merits) in &self.merits {
            let merits: Vec<&MeritAward> = merits.iter().collect();
            for group in connected(&merits, days) {
                let people: BTreeSet<&str> = group.iter().map(|i| merits[*i].inmate.as_str()).collect();
                if (people.len() as i64) < least.max(2) {
                    continue;
                }
                let (from, to) = (merits[group[0]].date, merits[group[group.len() - 1]].date);
                let reasons: BTreeSet<&str> = group.iter().filter_map(|i| merits[*i].reason.as_deref()).collect();
                let facts = Facts::new()
                    .with("prison", name(prison))
                    .with("from", from)
                    .with("to", to)
                    .with("inmates", people.len() as i64)
                    .with("reasons", reasons.iter().map(|r| (*r).to_owned()).collect::<Vec<_>>());
                let place = name(prison).unwrap_or_default();
                let reasons_zh = reasons.iter().copied().collect::<Vec<_>>().join("；");
                let days_zh = if from == to { format!("{from}") } else { format!("{from}至{to}") };
                let days_en = if from == to { format!("on {from}") } else { format!("from {from} to {to}") };
                let message = batch.lang.pick(
                    || {
                        let why =
                            if reasons.is_empty() { String::new() } else { format!("（事由：{reasons_zh}）") };
                        format!("{place}{days_zh}有{}名罪犯同日或者因同一事由立功{why}。", people.len())
                    },
                    || {
                        format!(
                            "{}{} inmates got merit {days_en}, on one day or for one event.",
                            if place.is_empty() { String::new() } else { format!("{place}: ") },
                            people.len()
                        )
                    },
                );
                let cells = group.iter().map(|i| merits[*i].at).collect();
                let inmates = group.iter().map(|i| merits[*i].inmate.clone()).collect();
                let message = message + shared_papers(batch.lang.is_zh());
                out.extend(finding(batch, check, facts, cells, message, inmates));
            }
        }
        out
    }
}

/// Groups of merits connected by their day or their reason, each in order of time. Merits come in order of time, so it is
/// enough to connect neighbours.
fn connected(merits: &[&MeritAward], days: i64) -> Vec<Vec<usize>> {
    let mut group: Vec<usize> = (0..merits.len()).collect();
    let root = |group: &[usize], mut i: usize| {
        while group[i] != i {
            i = group[i];
        }
        i
    };
    let mut last_of: BTreeMap<&str, usize> = BTreeMap::new();
    for (i, merit) in merits.iter().enumerate() {
        let before = i.checked_sub(1).filter(|b| merits[*b].date == merit.date);
        let alike = merit.reason.as_deref().and_then(|reason| last_of.insert(reason, i));
        let alike = alike.filter(|b| date::days_between(merits[*b].date, merit.date) <= days);
        for other in [before, alike].into_iter().flatten() {
            let (a, b) = (root(&group, i), root(&group, other));
            group[a.max(b)] = a.min(b);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for i in 0..merits.len() {
        let first = root(&group, i);
        group[i] = first;
        groups.entry(first).or_default().push(i);
    }
    groups.into_values().collect()
}

/// A mean as a fraction, so that comparisons are exact.
#[derive(Clone, Copy, Debug)]
pub struct Mean {
    /// What was added up.
    pub sum: Decimal,
    /// How many there were; never zero.
    pub count: Decimal,
}

impl Mean {
    /// The mean of some values; `None` where there are none.
    pub fn of(values: impl IntoIterator<Item = Decimal>) -> Option<Mean> {
        let (sum, count) = values.into_iter().fold((Decimal::ZERO, 0_u32), |(s, n), v| (s + v, n + 1));
        (count > 0).then(|| Mean { sum, count: Decimal::from(count) })
    }

    /// Which is larger.
    pub fn compare(&self, other: &Mean) -> std::cmp::Ordering {
        (self.sum * other.count).cmp(&(other.sum * self.count))
    }

    /// Whether it is at least `ratio` times another.
    pub fn at_least(&self, ratio: Decimal, other: &Mean) -> bool {
        self.sum * other.count >= ratio * other.sum * self.count
    }

    /// Whether it is at least `points` above another.
    pub fn above_by(&self, points: Decimal, other: &Mean) -> bool {
        self.sum * other.count - other.sum * self.count >= points * self.count * other.count
    }

    /// Half way to another.
    fn middle(&self, other: &Mean) -> Mean {
        if self.sum == other.sum && self.count == other.count {
            return *self;
        }
        let sum = self.sum * other.count + other.sum * self.count;
        Mean { sum, count: Decimal::TWO * self.count * other.count }
    }

    fn larger(self, other: Mean) -> Mean {
        if self.compare(&other).is_lt() { other } else { self }
    }

    /// For a reader: to two decimals.
    pub fn shown(&self) -> Decimal {
        self.sum.checked_div(self.count).unwrap_or_default().round_dp(2).normalize()
    }
}
