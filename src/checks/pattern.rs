//! Unusual patterns (异常模式): reasons to look at papers, never grounds by themselves. No number here is the law's; all
//! are data in `rules/checks/pattern.toml`. With fewer months or people than needed a check says nothing.
//!
//! What needs the rest of the batch is in [`crate::review::patterns`].

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::case::{Case, counted};
use super::conduct::{Det, INVENTION, mentions, need};
use super::finding::{Fact, Facts, Leaf, Outcome};
use super::limits::try_earliest;
use super::reduction::settle;
use super::registry::{Check, Run, Scope};
use super::world::World;
use crate::model::ledger::{Amounts, Days};
use crate::model::{
    Amount, AppKind, Application, Award, AwardKind, CellRef, Change, Col, Conduct, CustodyKind, Month, Place, PointRow,
    PropertyItem, PropertyKind, PropertyState, Proposal, SheetKind, Stage, Term, Value, date,
};
use crate::review::multiset::sane;
use crate::review::patterns::{self, Mean, MeritAward, Shared, Sum, bonus_of, deductions_of, papers, single_rows};

const LATE_SURGE: &str = "pattern/late-surge";
const HUGGING: &str = "pattern/threshold-hugging";
const CAP: &str = "pattern/cap-hugging";
const PERFECT: &str = "pattern/perfect-record";
const OFFICER: &str = "pattern/officer-concentration";
const GRADES: &str = "pattern/grade-quota";
const PEERS: &str = "pattern/peer-outlier";
const SPENDING: &str = "pattern/spending";
const POSTING: &str = "pattern/posting";
const INVENTION_MERIT: &str = "pattern/invention";

const POINTS: &[SheetKind] = &[SheetKind::Points];

const fn check(
    id: &'static str,
    scope: Scope,
    needs: &'static [SheetKind],
    uses: &'static [SheetKind],
    run: fn(&Case<'_>) -> Vec<Leaf>,
) -> Check {
    Check { id, scope, needs, uses, run: Run::Items(run) }
}

/// The checks of this family.
pub const CHECKS: &[Check] = &[
    check(LATE_SURGE, Scope::Application, POINTS, &[], |c| vec![late_surge(c)]),
    Check { id: HUGGING, scope: Scope::Reduction, needs: &[], uses: &[], run: Run::World(threshold_hugging) },
    Check { id: CAP, scope: Scope::Reduction, needs: &[], uses: &[], run: Run::World(cap_hugging) },
    check(PERFECT, Scope::Person, POINTS, &[SheetKind::Custody], |c| vec![perfect_record(c)]),
    check(OFFICER, Scope::Person, POINTS, &[], |c| vec![officer_concentration(c)]),
    check(PEERS, Scope::Person, POINTS, &[], |c| vec![peer_outlier(c)]),
    check(SPENDING, Scope::Person, &[SheetKind::Spending], &[], |c| vec![spending(c)]),
    Check { id: GRADES, scope: Scope::Person, needs: &[SheetKind::Awards], uses: &[], run: Run::Batch },
    check(POSTING, Scope::Person, &[], &[SheetKind::Points, SheetKind::Awards, SheetKind::Custody], |c| {
        vec![posting(c)]
    }),
    check(INVENTION_MERIT, Scope::Person, &[SheetKind::Awards], &[], |c| vec![invention(c)]),
];

/// The papers to ask for, for the end of a message that reports a risk.
fn ask_for(case: &Case<'_>, check: &str) -> String {
    papers(case.rules, case.lang.is_zh(), check)
}

fn percent(part: Decimal, whole: Decimal) -> Decimal {
    (part * Decimal::ONE_HUNDRED).checked_div(whole).unwrap_or_default().round_dp(2).normalize()
}

// ---- months ---------------------------------------------------------------------------------------------------------

/// A month of the points record.
struct MonthRow<'a> {
    month: Month,
    amounts: &'a Amounts,
    days: &'a Days,
    /// Before the present points system.
    old: bool,
    row: usize,
}

impl MonthRow<'_> {
    /// Whether the person was in prison on every day of the month.
    fn inside(&self) -> bool {
        self.days.out <= self.days.cancelled
    }

    /// Whether bonuses of the month can be compared: in prison throughout, intake education over.
    fn comparable(&self) -> bool {
        self.inside() && self.days.intake == 0 && self.days.taken_back == 0
    }

    /// The month's own bonus cells that hold something.
    fn bonus_cells(&self, case: &Case<'_>) -> Vec<CellRef> {
        let Some(row) = case.dossier.points.get(self.row) else { return Vec::new() };
        let filled = |v: &Value<Decimal>| v.known().is_some_and(|d| !d.is_zero());
        BONUS.iter().filter(|(_, value)| filled(value(row))).map(|(col, _)| case.sources.cell(row.at, *col)).collect()
    }

    /// The first blank cell among some columns.
    fn blank(&self, case: &Case<'_>, cols: &[Column]) -> Option<Place> {
        let row = case.dossier.points.get(self.row)?;
        let (col, _) = cols.iter().find(|(_, value)| value(row).known().is_none()).or(cols.first())?;
        Some(Place { at: case.sources.cell(row.at, *col), col: *col })
    }

    fn score_cell(&self, case: &Case<'_>) -> Option<CellRef> {
        case.dossier.points.get(self.row).map(|row| case.sources.cell(row.at, Col::PtScore))
    }

    fn score(&self) -> Option<Decimal> {
        self.amounts.score.and_then(sane)
    }
}

type Column = (Col, fn(&PointRow) -> &Value<Decimal>);

const BONUS: &[Column] = &[
    (Col::PtSupervisionBonus, |r| &r.supervision.bonus),
    (Col::PtEducationBonus, |r| &r.education.bonus),
    (Col::PtLabourBonus, |r| &r.labour.bonus),
    (Col::PtSpecial, |r| &r.special),
];

const DEDUCTION: &[Column] = &[
    (Col::PtSupervisionDeduction, |r| &r.supervision.deduction),
    (Col::PtEducationDeduction, |r| &r.education.deduction),
    (Col::PtLabourDeduction, |r| &r.labour.deduction),
    (Col::PtPenalty, |r| &r.penalty),
];

/// The months of the points record up to the day the case is looked at, in order.
fn months<'a>(case: &'a Case<'_>) -> Vec<MonthRow<'a>> {
    let ledger = case.ledger();
    let until = Month::of(case.reference_day());
    let rows = ledger.entries.iter().zip(&ledger.best().months).filter(|(e, _)| e.month <= until);
    rows.map(|(e, m)| MonthRow { month: e.month, amounts: &e.recorded, days: &m.days, old: e.old, row: e.row })
        .collect()
}

/// First and last month that the case rests on: those of 考核起日 and 考核止日, else all.
fn period(case: &Case<'_>) -> (Option<Month>, Month) {
    let until = Month::of(case.reference_day());
    let from = case.app.and_then(|a| a.period_from.get()).map(Month::of);
    let to = case.app.and_then(|a| a.period_to.get()).map_or(until, |d| Month::of(d).min(until));
    (from, to)
}

fn within((from, to): (Option<Month>, Month), month: Month) -> bool {
    from.is_none_or(|f| month >= f) && month <= to
}

fn number(case: &Case<'_>, check: &str, name: &str) -> i32 {
    i32::try_from(case.rules.threshold_int(check, name)).unwrap_or(i32::MAX / 4)
}

// ---- late-surge -----------------------------------------------------------------------------------------------------

/// Bonuses of the last months against those before.
fn late_surge(case: &Case<'_>) -> Leaf {
    settle(surge(case))
}

fn surge(case: &Case<'_>) -> Det<Leaf> {
    let value = |name| case.rules.threshold(LATE_SURGE, name);
    let (length, min_before) =
        (number(case, LATE_SURGE, "window_months"), number(case, LATE_SURGE, "min_before_months"));
    let silent = || Err(Box::new(Leaf::silent()));
    let Some(app) = case.app else { return silent() };
    let all = months(case);
    let Some(to) = app.period_to.get() else {
        let enough = all.len() as i64 >= i64::from(length) + i64::from(min_before);
        if !enough {
            return silent();
        }
        return Err(Box::new(Leaf::needs(app.period_to.place(), "减刑（假释）建议书").says(case.say(
            || "考核止日没有记载，不能比较临近提请的加分。".to_owned(),
            || "The end of the period is not recorded, so late bonuses cannot be compared.".to_owned(),
        ))));
    };
    let last = Month::of(to);
    let first = last.plus(1 - length);
    let window: Vec<&MonthRow<'_>> = all.iter().filter(|m| m.month >= first && m.month <= last).collect();
    if window.len() as i64 != i64::from(length) {
        return silent();
    }
    // The time before begins with the period, but never holds less than the least there must be.
    let from = app.period_from.get().map(|d| Month::of(d).min(first.plus(-min_before)));
    let old = window.iter().any(|m| m.old);
    let before: Vec<&MonthRow<'_>> = all
        .iter()
        .filter(|m| m.month < first && from.is_none_or(|f| m.month >= f) && m.comparable() && m.old == old)
        .collect();
    let (Some(start), Some(end)) = (before.first().map(|m| m.month), before.last().map(|m| m.month)) else {
        return silent();
    };
    if (before.len() as i64) < i64::from(min_before) {
        return silent();
    }
    let sum = |rows: &[&MonthRow<'_>]| {
        let sums = rows.iter().map(|m| bonus_of(m.amounts));
        sums.fold(Sum::default(), |a, b| Sum { known: a.known + b.known, blank: a.blank || b.blank })
    };
    let (late, early) = (sum(&window), sum(&before));
    let mean = |sum: Decimal, rows: &[&MonthRow<'_>]| Mean { sum, count: Decimal::from(rows.len()) };
    let (late_mean, early_mean) = (mean(late.known, &window), mean(early.known, &before));
    let total = late.known + early.known;
    let fires = late.known > Decimal::ZERO
        && late_mean.at_least(value("ratio"), &early_mean)
        && late_mean.above_by(value("min_increase"), &early_mean)
        && late.known * Decimal::ONE_HUNDRED >= value("share_percent") * total;
    // What is blank can only be more: in the last months towards the risk, before them away from it.
    let (certain, possible) = (fires && !early.blank, fires || late.blank);
    let special: Decimal = window.iter().filter_map(|m| m.amounts.special.and_then(sane)).sum();
    let share = percent(late.known, total);
    let leaf = if certain {
        Leaf::risk().cells(window.iter().flat_map(|m| m.bonus_cells(case)))
    } else if possible {
        let months = window.iter().chain(&before).filter(|m| bonus_of(m.amounts).blank);
        let blank = months.filter_map(|m| m.blank(case, BONUS)).next();
        blank.map_or_else(Leaf::unverified, |place| Leaf::needs(place, "加扣分审批表"))
    } else {
        Leaf::pass()
    };
    let numbers = case.say(
        || {
            format!(
                "{first}至{last}{length}个月加{}分，月均{}分；以前{}个月（{start}至{end}）月均{}分；占全部加分的{share}%",
                late.known.normalize(),
                late_mean.shown(),
                before.len(),
                early_mean.shown()
            )
        },
        || {
            format!(
                "{first} to {last}: {} of bonus, {} a month; the {} before ({start} to {end}): {} a month; {share} % of all bonus",
                counted(late.known.normalize(), "point", "points"),
                late_mean.shown(),
                counted(before.len(), "month", "months"),
                early_mean.shown()
            )
        },
    );
    let text = match leaf.outcome {
        Some(Outcome::Risk) => case.say(
            || format!("临近提请加分明显增多：{numbers}。{}", ask_for(case, LATE_SURGE)),
            || format!("Bonuses rose sharply before the proposal: {numbers}.{}", ask_for(case, LATE_SURGE)),
        ),
        Some(Outcome::Unverified) => case.say(
            || format!("有的月份加分没有记载，不能确定是否突然多加分：{numbers}，需调取加扣分审批表。"),
            || format!("Some bonuses are not recorded, so a late surge cannot be told; ask for the approvals. As recorded, {numbers}."),
        ),
        _ => case.say(|| format!("{numbers}。"), || format!("{numbers}.")),
    };
    Ok(leaf
        .fact("window_from", first)
        .fact("window_to", last)
        .fact("window_bonus", late.known.normalize())
        .fact("window_mean", late_mean.shown())
        .fact("special", special)
        .fact("before_from", start)
        .fact("before_to", end)
        .fact("before_months", before.len() as i64)
        .fact("before_mean", early_mean.shown())
        .fact("share_percent", share)
        .says(text))
}

// ---- threshold- and cap-hugging -------------------------------------------------------------------------------------

/// Earlier rulings of a kind, each as the application it must have been: the same person just before that ruling. What was
/// claimed then is not recorded; merit is taken from the awards since the ruling before, repentance for granted.
fn earlier(case: &Case<'_>, counts: fn(&Change) -> bool) -> Vec<(usize, Application)> {
    let Some(applied) = case.applied() else { return Vec::new() };
    let mut rulings: Vec<(NaiveDate, usize)> = Vec::new();
    for (i, ruling) in case.dossier.rulings.iter().enumerate() {
        if let Some(day) = ruling.date.get().filter(|d| *d < applied) {
            rulings.push((day, i));
        }
    }
    rulings.sort_unstable();
    let mut since = NaiveDate::MIN;
    let mut out = Vec::new();
    for (day, i) in rulings {
        if case.dossier.rulings[i].change.known().is_some_and(counts) {
            let mut conduct = BTreeSet::from([Conduct::Repentance]);
            let between = |a: &&Award| a.date.get().is_some_and(|d| d > since && d <= day);
            for award in case.dossier.awards.iter().filter(between) {
                match award.kind.get() {
                    Some(AwardKind::Merit) => conduct.insert(Conduct::Merit),
                    Some(AwardKind::MajorMerit) => conduct.insert(Conduct::MajorMerit),
                    _ => false,
                };
            }
            let mut app = Application::blank(0);
            app.kind.set(AppKind::Reduction);
            app.applied.set(day);
            app.conduct.set(conduct);
            out.push((i, app));
            since = day;
        }
    }
    out
}

fn rulings_needed<T>(case: &Case<'_>) -> Det<T> {
    Err(Box::new(Leaf::needs(case.sheet_place(Col::RuDate), "历次裁定书").says(case.say(
        || "没有历次裁定，不能确定以前的裁定是否也是这样，需调取历次裁定书。".to_owned(),
        || "No earlier rulings are on record, so a repetition cannot be told; ask for the rulings.".to_owned(),
    ))))
}

/// Proposed as soon as it is lawful, time after time. Once is a right.
fn threshold_hugging(case: &Case<'_>, w: &mut World) -> Leaf {
    settle(try_threshold_hugging(case, w))
}

/// The first lawful day of a case in this world, all dated obstacles together; `None` where there is none.
fn first_lawful_day(case: &Case<'_>, w: &mut World) -> Det<Option<NaiveDate>> {
    // Reprieved death is commuted when the reprieve ends: the law sets that day, not the prison.
    if case.known_stage()? == Stage::Reprieve {
        return Ok(None);
    }
    Ok(try_earliest(case, w)?.and_then(|days| days.into_iter().max()))
}

fn try_threshold_hugging(case: &Case<'_>, w: &mut World) -> Det<Leaf> {
    let Some(app) = case.app else { return Ok(Leaf::silent()) };
    let Some(day) = app.applied.get() else { return need(app.applied.place(), "减刑建议书") };
    let Some(earliest) = first_lawful_day(case, w)? else { return Ok(Leaf::silent()) };
    let margin = case.rules.threshold_int(HUGGING, "near_days");
    let then_margin = case.rules.threshold_int(HUGGING, "earlier_near_days");
    let days = date::days_between(earliest, day);
    let near = (0..=margin).contains(&days);
    let with = |leaf: Leaf| {
        leaf.fact("earliest", earliest)
            .fact("actual", day)
            .fact("days", days)
            .fact("near", near)
            .basis(&rule_basis(case, HUGGING))
            .cell(app.applied.at)
    };
    let mut found = Vec::new();
    let mut cells = Vec::new();
    if near {
        if !case.has(SheetKind::Rulings) {
            return rulings_needed(case);
        }
        for (i, app) in earlier(case, |c| matches!(c, Change::Reduce(_) | Change::ReduceRemainder | Change::ToFixed(_)))
        {
            let before = case.with_application(&app);
            // Rulings under rules that are not in the tables cannot be measured.
            let (Some(ruled), Ok(Some(first))) = (app.applied.get(), first_lawful_day(&before, w)) else { continue };
            let days = date::days_between(first, ruled);
            if (0..=then_margin).contains(&days) {
                found.push((ruled, first, days));
                cells.push(case.dossier.rulings[i].date.at);
            }
        }
    }
    if !found.is_empty() {
        let list = found.iter().map(|(ruled, first, days)| {
            Fact::Map(Facts::new().with("actual", *ruled).with("earliest", *first).with("days", *days))
        });
        let texts = |sep: &str, f: fn(&(NaiveDate, NaiveDate, i64)) -> String| {
            found.iter().map(f).collect::<Vec<_>>().join(sep)
        };
        return Ok(with(Leaf::risk()).fact("earlier", Fact::List(list.collect())).cells(cells).says(case.say(
            || {
                format!(
                    "反复踩点：{day}提请，距最早合法日{earliest}只有{days}天；以前的裁定也紧接最早合法日（{}）。踩点一次是权利，反复踩点要看考核是否为凑条件而作。{}",
                    texts("；", |(r, f, d)| format!("{r}裁定，最早合法日{f}，相隔{d}天")),
                    ask_for(case, HUGGING)
                )
            },
            || {
                format!(
                    "Again at the first lawful moment: filed on {day}, {} after the first lawful day {earliest}; earlier rulings too ({}). Once is a right; again asks whether the points were made to fit.{}",
                    counted(days, "day", "days"),
                    texts("; ", |(r, f, d)| format!("ruled on {r}, lawful from {f}, {}", counted(*d, "day", "days"))),
                    ask_for(case, HUGGING)
                )
            },
        )));
    }
    if let Some(leaf) = last_commendation(case, app, day, margin) {
        return Ok(with(leaf));
    }
    Ok(with(Leaf::pass()).says(case.say(
        || match days {
            ..0 => format!("{day}提请，早于最早合法日{earliest}，不是踩点。"),
            _ if near => format!("最早合法日{earliest}，{day}提请，相隔{days}天；没有反复，踩点一次是权利。"),
            _ => format!("最早合法日{earliest}，{day}提请，相隔{days}天。"),
        },
        || match days {
            ..0 => format!("Filed on {day}, before the first lawful day {earliest}: not a matter of this check."),
            _ if near => {
                format!(
                    "Lawful from {earliest}, filed on {day}, {} later; not repeated, once is a right.",
                    counted(days, "day", "days")
                )
            }
            _ => format!("Lawful from {earliest}, filed on {day}, {} later.", counted(days, "day", "days")),
        },
    )))
}

/// The last commendation that a local scale needs, won just before the proposal while bonuses surged.
fn last_commendation(case: &Case<'_>, app: &Application, day: NaiveDate, margin: i64) -> Option<Leaf> {
    let Some(Proposal::Reduce(proposed)) = app.proposal.get() else { return None };
    let step = case.rules.scale.iter().filter(|s| s.reduction >= proposed).min_by_key(|s| s.commendations)?;
    if !case.has(SheetKind::Points) {
        return None;
    }
    let from = app.period_from.get();
    let mut won: Vec<(NaiveDate, CellRef)> = case
        .dossier
        .awards
        .iter()
        .filter(|a| a.kind.get() == Some(AwardKind::Commendation))
        .filter_map(|a| a.date.get().map(|d| (d, a.date.at)))
        .filter(|(d, _)| *d <= day && from.is_none_or(|f| *d >= f))
        .collect();
    won.sort_unstable();
    let last = usize::try_from(step.commendations).ok()?.checked_sub(1)?;
    let (won_on, cell) = *won.get(last)?;
    let days = date::days_between(won_on, day);
    if days > margin || late_surge(case).outcome != Some(Outcome::Risk) {
        return None;
    }
    let n = step.commendations;
    Some(
        Leaf::risk().basis(&step.basis).cell(cell).fact("commendations", n).fact("commended", won_on).says(case.say(
            || {
                format!(
                    "按本地尺度建议减{}需要表扬{n}次，第{n}次在{won_on}取得，提请前只有{days}天，同时临近提请突然多加分。{}",
                    proposed.zh(),
                    ask_for(case, HUGGING)
                )
            },
            || {
                format!(
                    "The local scale needs {} for {}; the last was won on {won_on}, {} before the proposal, while bonuses surged.{}",
                    counted(n, "commendation", "commendations"),
                    proposed.en(),
                    counted(days, "day", "days"),
                    ask_for(case, HUGGING)
                )
            },
        )),
    )
}

fn rule_basis(case: &Case<'_>, check: &str) -> super::finding::Basis {
    let own = case.rules.check(check).and_then(|c| c.basis.first().cloned());
    own.unwrap_or_else(|| super::finding::Basis::new("法发〔2021〕31号", "10", None))
}

/// The maximum, time after time.
fn cap_hugging(case: &Case<'_>, w: &mut World) -> Leaf {
    settle(try_cap_hugging(case, w))
}

fn has_cap(stage: Stage) -> bool {
    stage.has_end() && !matches!(stage, Stage::Control | Stage::Detention)
}

fn try_cap_hugging(case: &Case<'_>, w: &mut World) -> Det<Leaf> {
    let Some(app) = case.app else { return Ok(Leaf::silent()) };
    let proposed = match app.proposal.get() {
        _ if !has_cap(case.known_stage()?) => return Ok(Leaf::silent()),
        Some(Proposal::Reduce(months)) => months,
        Some(_) => return Ok(Leaf::silent()),
        None => return need(app.proposal.place(), "减刑建议书"),
    };
    let Some(grade) = case.grade(w) else { return Ok(Leaf::left_out()) };
    let Some(cap) = case.cap(w, grade)? else { return Ok(Leaf::silent()) };
    let at_cap = proposed == cap.value;
    let with = |leaf: Leaf| {
        leaf.fact("cap", cap.value)
            .fact("proposed", proposed)
            .fact("grade", i64::from(grade))
            .fact("at_cap", at_cap)
            .bases([&cap.basis, &rule_basis(case, CAP)])
            .cell(app.proposal.at)
    };
    if !at_cap {
        let over = proposed > cap.value;
        return Ok(with(Leaf::pass()).says(case.say(
            || {
                let how = if over { "超过上限" } else { "没有用足上限" };
                format!("建议减{}，{how}{}，不是顶格。", proposed.zh(), cap.value.zh())
            },
            || {
                let how = if over { "above" } else { "below" };
                format!("{} proposed, {how} the maximum of {}, not at it.", proposed.en(), cap.value.en())
            },
        )));
    }
    if !case.has(SheetKind::Rulings) {
        return rulings_needed(case);
    }
    let mut found: Vec<(NaiveDate, Term)> = Vec::new();
    let mut cells = Vec::new();
    for (i, app) in earlier(case, |c| matches!(c, Change::Reduce(_))) {
        let ruling = &case.dossier.rulings[i];
        let (Some(ruled), Some(Change::Reduce(amount))) = (ruling.date.get(), ruling.change.known()) else { continue };
        let before = case.with_application(&app);
        let Ok(stage) = before.known_stage() else { continue };
        let grade = before.claimed(w).grade().unwrap_or(1);
        if has_cap(stage) && before.cap(w, grade).is_ok_and(|c| c.is_some_and(|c| c.value == *amount)) {
            found.push((ruled, *amount));
            cells.push(ruling.change.at);
        }
    }
    if found.is_empty() {
        return Ok(with(Leaf::pass()).says(case.say(
            || format!("建议减{}，等于上限；以前没有顶格的裁定，只记录在此。", proposed.zh()),
            || format!("{} proposed, the maximum; no earlier ruling was at its maximum.", proposed.en()),
        )));
    }
    let list: Vec<Fact> =
        found.iter().map(|(r, t)| Fact::Map(Facts::new().with("actual", *r).with("cap", *t))).collect();
    Ok(with(Leaf::risk()).fact("earlier", Fact::List(list)).cells(cells).says(case.say(
        || {
            format!(
                "反复顶格：建议减{}，等于上限；以前的裁定也等于当时的上限（{}）。幅度应当看表现，不应当一律到顶。{}",
                proposed.zh(),
                found.iter().map(|(r, t)| format!("{r}减{}", t.zh())).collect::<Vec<_>>().join("；"),
                ask_for(case, CAP)
            )
        },
        || {
            format!(
                "Again at the maximum: {} proposed, the cap; earlier rulings equalled theirs ({}).{}",
                proposed.en(),
                found.iter().map(|(r, t)| format!("{} on {r}", t.en())).collect::<Vec<_>>().join("; "),
                ask_for(case, CAP)
            )
        },
    )))
}

// ---- perfect-record -------------------------------------------------------------------------------------------------

/// The longest run of months without a break; whether a month begins one, or goes on with the month before.
fn longest_run(
    rows: &[&MonthRow<'_>],
    joins: impl Fn(Option<&MonthRow<'_>>, &MonthRow<'_>) -> bool,
) -> Option<(usize, usize)> {
    let mut best: Option<(usize, usize)> = None;
    let mut start: Option<usize> = None;
    for (i, row) in rows.iter().enumerate() {
        let before = i.checked_sub(1).map(|b| rows[b]).filter(|b| start.is_some() && b.month.plus(1) == row.month);
        start = match (before, start) {
            (Some(before), Some(s)) if joins(Some(before), row) => Some(s),
            _ => joins(None, row).then_some(i),
        };
        if let Some(s) = start
            && best.is_none_or(|(a, b)| i - s > b - a)
        {
            best = Some((s, i));
        }
    }
    best
}

/// No deduction for years, or the same total month after month.
fn perfect_record(case: &Case<'_>) -> Leaf {
    let (clean_least, equal_least) = (number(case, PERFECT, "clean_months"), number(case, PERFECT, "equal_months"));
    let all = months(case);
    let period = period(case);
    let every: Vec<&MonthRow<'_>> = all.iter().filter(|m| within(period, m.month)).collect();
    let rows: Vec<&MonthRow<'_>> = every.iter().copied().filter(|m| m.inside()).collect();
    let (Some(first), Some(last), true) = (rows.first(), rows.last(), rows.len() as i64 >= i64::from(equal_least))
    else {
        return Leaf::silent();
    };
    // A record that shows a deduction now and then is no perfect one, however long the time between.
    let deducted = every.iter().filter(|m| !deductions_of(m.amounts).known.is_zero()).count();
    let blank = every.iter().find(|m| deductions_of(m.amounts).blank);
    let unbroken = deducted == 0 && rows.len() as i64 >= i64::from(clean_least);
    let is_clean = unbroken && blank.is_none();
    let base =
        |m: &MonthRow<'_>| patterns::base_of(m.amounts).unwrap_or_else(|| case.rules.point_values.base.iter().sum());
    let equal = longest_run(&rows, |before, m| {
        m.score().is_some_and(|s| s != base(m) && before.is_none_or(|b| b.score() == Some(s)))
    });
    let length = |run: Option<(usize, usize)>| run.map_or(0, |(a, b)| (b - a + 1) as i64);
    let ends = |run: Option<(usize, usize)>| run.map(|(a, b)| (rows[a], rows[b]));
    let is_equal = length(equal) >= i64::from(equal_least);
    let mut leaf = match blank.and_then(|m| m.blank(case, DEDUCTION)) {
        _ if is_clean || is_equal => Leaf::risk(),
        Some(place) if unbroken => Leaf::needs(place, "加扣分审批表"),
        _ => Leaf::pass(),
    };
    let months = rows.len();
    leaf = leaf
        .fact("from", first.month)
        .fact("to", last.month)
        .fact("months", months as i64)
        .fact("months_deducted", deducted as i64);
    let mut texts = vec![case.say(
        || match deducted {
            0 => format!("{}至{}在押{months}个整月没有任何扣分", first.month, last.month),
            n => format!("{}至{}在押{months}个整月，其中{n}个月有扣分", first.month, last.month),
        },
        || match deducted {
            0 => format!(
                "no deduction in {} ({} to {})",
                counted(months, "full month", "full months"),
                first.month,
                last.month
            ),
            n => {
                format!(
                    "deductions in {}, {} in custody ({} to {})",
                    counted(n, "month", "months"),
                    counted(months, "full month", "full months"),
                    first.month,
                    last.month
                )
            }
        },
    )];
    if is_equal && let Some((from, to)) = ends(equal) {
        let score = from.score().unwrap_or_default();
        leaf = leaf
            .fact("equal_from", from.month)
            .fact("equal_to", to.month)
            .fact("equal_months", length(equal))
            .fact("equal_score", score)
            .cells(equal.map(|(a, b)| &rows[a..=b]).unwrap_or_default().iter().filter_map(|m| m.score_cell(case)));
        texts.push(case.say(
            || format!("{}至{}连续{}个月总分都是{score}分", from.month, to.month, length(equal)),
            || {
                format!(
                    "{} months in a row ({} to {}) have the same total of {score}",
                    length(equal),
                    from.month,
                    to.month
                )
            },
        ));
    }
    if is_clean {
        leaf = leaf.cells([first, last].iter().filter_map(|m| m.score_cell(case)));
    }
    let body = case.say(|| texts.join("；"), || texts.join("; "));
    let text = match leaf.outcome {
        Some(Outcome::Risk) => case.say(
            || format!("记录过于整齐：{body}。{}", ask_for(case, PERFECT)),
            || format!("Too even a record: {body}.{}", ask_for(case, PERFECT)),
        ),
        Some(Outcome::Unverified) => case.say(
            || format!("有的月份扣分没有记载，不能确定是否长期没有扣分：{body}，需调取加扣分审批表。"),
            || format!("Some deductions are not recorded; ask for the approvals. As recorded, {body}."),
        ),
        _ => case.say(|| format!("{body}。"), || format!("As recorded, {body}.")),
    };
    leaf.says(text)
}

// ---- officer-concentration ------------------------------------------------------------------------------------------

/// Almost all of a person's bonus from an officer who assessed him in few months. Officers are compared in
/// [`crate::review::patterns`].
fn officer_concentration(case: &Case<'_>) -> Leaf {
    let value = |name| case.rules.threshold(OFFICER, name);
    let period = period(case);
    let mut total = (0_i64, Decimal::ZERO);
    let mut named = 0;
    let mut officers: BTreeMap<&str, (i64, Decimal, Vec<CellRef>)> = BTreeMap::new();
    for row in single_rows(case.dossier).filter(|r| within(period, r.month)) {
        let Some(bonus) = bonus_of(&Amounts::of(row)).certain() else { continue };
        total = (total.0 + 1, total.1 + bonus);
        if let Some(name) = row.officer.known() {
            named += 1;
            let slot = officers.entry(name).or_default();
            slot.0 += 1;
            slot.1 += bonus;
            if !bonus.is_zero() {
                slot.2.push(case.sources.cell(row.at, Col::PtOfficer));
            }
        }
    }
    if Decimal::from(named) < value("inmate_min_months") {
        return Leaf::silent();
    }
    let (months, sum) = (Decimal::from(total.0), total.1);
    let top = officers.iter().max_by(|a, b| a.1.1.cmp(&b.1.1).then(b.0.cmp(a.0)));
    let Some((officer, (own, bonus, cells))) = top else { return Leaf::silent() };
    let fires = sum >= value("inmate_min_bonus")
        && sum > Decimal::ZERO
        && *bonus * Decimal::ONE_HUNDRED >= value("bonus_share_percent") * sum
        && Decimal::from(*own) * Decimal::ONE_HUNDRED <= value("months_share_percent") * months;
    let (of_bonus, of_months) = (percent(*bonus, sum), percent(Decimal::from(*own), months));
    let leaf = if fires { Leaf::risk().cells(cells.iter().copied()) } else { Leaf::pass() };
    let numbers = case.say(
        || {
            format!(
                "考核民警{officer}考核{own}个月（占{}个月的{of_months}%），加{}分，占全部加分{}分的{of_bonus}%",
                total.0,
                bonus.normalize(),
                sum.normalize()
            )
        },
        || {
            format!(
                "officer {officer} assessed {own} of {} ({of_months} %) and gave {} of {} of bonus ({of_bonus} %)",
                counted(total.0, "month", "months"),
                bonus.normalize(),
                counted(sum.normalize(), "point", "points")
            )
        },
    );
    leaf.fact("officer", *officer)
        .fact("officer_months", *own)
        .fact("months", total.0)
        .fact("months_percent", of_months)
        .fact("officer_bonus", bonus.normalize())
        .fact("bonus", sum.normalize())
        .fact("bonus_percent", of_bonus)
        .says(match fires {
            true => case.say(
                || format!("加分几乎都来自一名民警：{numbers}。{}", ask_for(case, OFFICER)),
                || format!("Nearly all bonus from one officer: {numbers}.{}", ask_for(case, OFFICER)),
            ),
            false => case.say(|| format!("{numbers}。"), || format!("The most bonus: {numbers}.")),
        })
}

// ---- peer-outlier ---------------------------------------------------------------------------------------------------

/// Months far above the rest of the ward.
fn peer_outlier(case: &Case<'_>) -> Leaf {
    let Some(batch) = case.aggregate.map(|a| &a.patterns) else { return Leaf::silent() };
    let value = |name| case.rules.threshold(PEERS, name);
    let (min_peers, z, scale, floor) = (value("min_peers"), value("z"), value("scale"), value("min_deviation"));
    let least = case.rules.threshold_int(PEERS, "months");
    let period = period(case);
    let (mut compared, mut found, mut cells) = (0, Vec::new(), Vec::new());
    for row in single_rows(case.dossier).filter(|r| within(period, r.month)) {
        let Some((own, peers)) = batch.peers(case.dossier, row) else { continue };
        if Decimal::from(peers.count) < min_peers {
            continue;
        }
        compared += 1;
        let deviation = peers.deviation.max(floor);
        let distance = scale * (own - peers.median);
        if distance >= z * deviation {
            let shown = distance.checked_div(deviation).unwrap_or_default().round_dp(2).normalize();
            found.push((row.month, own, peers, shown));
            cells.push(case.sources.cell(row.at, Col::PtScore));
        }
    }
    if compared < least {
        return Leaf::silent();
    }
    let list = found.iter().map(|(month, own, peers, z)| {
        Fact::Map(
            Facts::new()
                .with("month", *month)
                .with("recorded", *own)
                .with("median", peers.median)
                .with("deviation", peers.deviation)
                .with("peers", peers.count)
                .with("z", *z),
        )
    });
    let n = found.len() as i64;
    let mut leaf = if n >= least { Leaf::risk().cells(cells) } else { Leaf::pass() };
    leaf = leaf.fact("months_compared", compared).fact("count", n).fact("months", Fact::List(list.collect()));
    let mut text = match found.first() {
        Some((month, own, peers, z)) if n >= least => case.say(
            || {
                format!(
                    "{compared}个可比月份中有{n}个月明显高于同监区，如{month}总分{own}，其他{}人的中位数{}，绝对偏差中位数{}，稳健分数{z}。",
                    peers.count, peers.median, peers.deviation
                )
            },
            || {
                format!(
                    "Far above the ward in {n} of {}, e.g. {month}: {own}, median of {} {}, median deviation {}, robust score {z}.",
                    counted(compared, "month", "months"),
                    counted(peers.count, "other", "others"), peers.median,
                    peers.deviation
                )
            },
        ),
        _ => case.say(
            || format!("{compared}个可比月份中明显高于同监区的有{n}个月。"),
            || format!("Of {} compared with the ward {n} are far above it.", counted(compared, "month", "months")),
        ),
    };
    if batch.applicants_only() {
        leaf = leaf.fact("applicants_only", true);
        text += &case.say(
            || "本批只有提请人员，没有其他罪犯可以比较，结果可能偏低。".to_owned(),
            || " The batch holds applicants only, so outliers may be understated.".to_owned(),
        );
    }
    if n >= least {
        text += &ask_for(case, PEERS);
    }
    leaf.says(text)
}

// ---- spending -------------------------------------------------------------------------------------------------------

/// Signs in the spending record that money was there to pay what is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpendingSigns {
    /// Months in which spending reached the share of the limit that counts as clearly over: month, spent, limit.
    pub clearly_over: Vec<(Month, Decimal, Decimal)>,
    /// Months over the limit.
    pub over: u32,
    /// The last balance of the account recorded.
    pub balance: Option<Decimal>,
    /// What is unpaid, where every open item says.
    pub unpaid: Option<Decimal>,
    /// Whether that balance would have paid it.
    pub could_pay: bool,
    /// The cells they rest on.
    pub cells: Vec<CellRef>,
}

/// What the property judgments say about debts.
struct Owed {
    /// Known to be open.
    open: bool,
    /// An item of which it is not known whether it is open.
    doubtful: Option<Place>,
    /// What is known to be unpaid.
    sum: Decimal,
    /// An open item whose unpaid rest is not known.
    unsized_item: Option<Place>,
}

fn money(amount: Decimal) -> Option<Decimal> {
    (amount.abs() <= Decimal::from(1_000_000_000_000_u64)).then_some(amount)
}

/// Open items other than confiscation, for which spending does not count (2024 property rules, art. 9).
fn owed(case: &Case<'_>) -> Owed {
    let mut owed = Owed { open: false, doubtful: None, sum: Decimal::ZERO, unsized_item: None };
    for item in case.dossier.property.iter().filter(|i| i.kind.get() != Some(PropertyKind::Confiscation)) {
        let rest = unpaid(item);
        match item.state.get() {
            Some(
                PropertyState::Performed | PropertyState::Remitted | PropertyState::Forgiven | PropertyState::Deposited,
            ) => continue,
            Some(_) => owed.open = true,
            None if rest.is_some_and(|r| r.is_zero()) => continue,
            None if rest.is_some() => owed.open = true,
            None => owed.doubtful = owed.doubtful.or(Some(item.state.place())),
        }
        match rest {
            Some(rest) => owed.sum = owed.sum.checked_add(rest).unwrap_or(Decimal::MAX),
            None => {
                let blank = if item.amount.get().is_none() { item.amount.place() } else { item.paid.place() };
                owed.unsized_item = owed.unsized_item.or(Some(blank));
            }
        }
    }
    owed
}

fn unpaid(item: &PropertyItem) -> Option<Decimal> {
    let Some(Amount::Yuan(amount)) = item.amount.get() else { return None };
    let paid = match item.paid.get() {
        Some(paid) => paid,
        None if item.state.get() == Some(PropertyState::Unperformed) => Decimal::ZERO,
        None => return None,
    };
    Some((money(amount)? - money(paid)?).max(Decimal::ZERO))
}

/// Spending over the limit, or money to pay, while something is owed: the person may be able to pay. `None` where the
/// record does not show it for certain. For the property checks, which then ask for papers.
pub fn spending_inferred(case: &Case<'_>) -> Option<SpendingSigns> {
    let owed = owed(case);
    (owed.open && case.property_known()).then(|| signs(case, &owed)).filter(|(_, fires, _)| *fires).map(|(s, ..)| s)
}

/// The signs, whether they suffice, and a cell that might hold one if it were filled.
fn signs(case: &Case<'_>, owed: &Owed) -> (SpendingSigns, bool, Option<(Place, &'static str)>) {
    let clearly = case.rules.threshold(SPENDING, "over_limit_percent");
    let often = case.rules.threshold_int(SPENDING, "over_limit_months");
    let until = Month::of(case.reference_day());
    let mut rows: Vec<_> = case.dossier.spending.iter().filter(|r| r.month <= until).collect();
    rows.sort_by_key(|r| (r.month, r.at));
    let mut found = SpendingSigns {
        clearly_over: Vec::new(),
        over: 0,
        balance: None,
        unpaid: (owed.unsized_item.is_none() && owed.doubtful.is_none()).then_some(owed.sum),
        could_pay: false,
        cells: Vec::new(),
    };
    let mut open: Option<(Place, &'static str)> = None;
    let mut balance_cell = None;
    for row in &rows {
        let get = |v: &Value<Decimal>| v.known().copied().and_then(money);
        let place = |col| Place { at: case.sources.cell(row.at, col), col };
        match (get(&row.spent), get(&row.limit)) {
            (Some(spent), Some(limit)) if spent > limit => {
                found.over += 1;
                found.cells.push(place(Col::SpSpent).at);
                if spent * Decimal::ONE_HUNDRED >= limit * clearly {
                    found.clearly_over.push((row.month, spent, limit));
                }
            }
            (Some(spent), None) if spent > Decimal::ZERO => {
                open = open.or(Some((place(Col::SpLimit), "监狱消费限额规定、罪犯分级处遇审批表")));
            }
            (None, _) => open = open.or(Some((place(Col::SpSpent), "狱内消费流水"))),
            _ => {}
        }
        if let Some(balance) = get(&row.balance) {
            found.balance = Some(balance);
            balance_cell = Some(place(Col::SpBalance).at);
        }
    }
    match (found.balance, rows.last()) {
        (Some(balance), _) if balance > Decimal::ZERO && balance >= owed.sum => {
            found.could_pay = found.unpaid.is_some() && owed.sum > Decimal::ZERO;
            if found.could_pay {
                found.cells.extend(balance_cell);
            } else if let Some(place) = owed.unsized_item.or(owed.doubtful) {
                open = open.or(Some((place, "缴付款票据、执行法院情况说明")));
            }
        }
        (None, Some(last)) => {
            let at = case.sources.cell(last.at, Col::SpBalance);
            open = open.or(Some((Place { at, col: Col::SpBalance }, "罪犯账户余额明细")));
        }
        _ => {}
    }
    let fires = !found.clearly_over.is_empty() || i64::from(found.over) >= often || found.could_pay;
    (found, fires, open)
}

/// Spending over the limit, or a balance that would pay, while something is owed.
fn spending(case: &Case<'_>) -> Leaf {
    if !case.property_known() {
        return match case.dossier.spending.is_empty() {
            true => Leaf::silent(),
            false => Leaf::needs(case.sheet_place(Col::PrState), "财产性判项执行情况材料").says(case.say(
                || "没有财产性判项，不能确定是否一边欠款一边高消费，需调取执行情况材料。".to_owned(),
                || "No property judgments are on record, so spending while owing cannot be told.".to_owned(),
            )),
        };
    }
    let owed = owed(case);
    if !owed.open && owed.doubtful.is_none() {
        return Leaf::silent();
    }
    let (found, fires, open) = signs(case, &owed);
    let mut leaf = match (fires, owed.open, open) {
        (true, true, _) => Leaf::risk(),
        (true, false, _) => match owed.doubtful {
            Some(place) => Leaf::needs(place, "执行法院结案通知书、缴付款票据"),
            None => Leaf::unverified(),
        },
        (false, _, Some((place, document))) => Leaf::needs(place, document),
        (false, _, None) => Leaf::pass(),
    };
    let worst = found.clearly_over.iter().max_by(|a, b| (a.1 * b.2).cmp(&(b.1 * a.2)).then(b.0.cmp(&a.0)));
    if let Some((month, spent, limit)) = worst {
        leaf = leaf.fact("month", *month).fact("recorded", *spent).fact("expected", *limit);
    }
    leaf = leaf
        .fact("clearly_over", found.clearly_over.len() as i64)
        .fact("over", found.over)
        .fact("balance", found.balance)
        .fact("unpaid", found.unpaid)
        .cells(found.cells.iter().copied());
    let unknown = |d: Option<Decimal>| match d {
        Some(d) => case.say(|| format!("{}元", d.normalize()), || format!("{} yuan", d.normalize())),
        None => case.say(|| "不明".to_owned(), || "unknown".to_owned()),
    };
    let (balance, unpaid) = (unknown(found.balance), unknown(found.unpaid));
    let month = worst.map_or_else(String::new, |(m, s, l)| {
        case.say(
            || format!("，其中{m}消费{}元，限额{}元", s.normalize(), l.normalize()),
            || format!(" (in {m} {} yuan against a limit of {})", s.normalize(), l.normalize()),
        )
    });
    let numbers = case.say(
        || format!("超过消费限额{}个月{month}；账户余额{balance}，未履行{unpaid}", found.over),
        || {
            format!(
                "over the limit in {}{month}; account {balance}, unpaid {unpaid}",
                counted(found.over, "month", "months")
            )
        },
    );
    let text = match leaf.outcome {
        Some(Outcome::Risk) => case.say(
            || {
                format!(
                    "财产性判项没有履行完，狱内消费或者账户余额却显示可能有钱履行：{numbers}。{}",
                    ask_for(case, SPENDING)
                )
            },
            || {
                format!(
                    "Property judgments are open, yet spending or the account suggests money to pay: {numbers}.{}",
                    ask_for(case, SPENDING)
                )
            },
        ),
        Some(Outcome::Unverified) => case.say(
            || format!("消费、限额、余额或者判项记载不全，不能确定是否一边欠款一边高消费：{numbers}。"),
            || format!("The record is incomplete, so spending while owing cannot be told: {numbers}."),
        ),
        _ => case.say(|| format!("{numbers}。"), || format!("As recorded: {numbers}.")),
    };
    leaf.says(text)
}

// ---- posting --------------------------------------------------------------------------------------------------------

/// Where a month was spent, as far as its rows say.
#[derive(Clone, PartialEq, Eq)]
struct Posted<'c> {
    month: Month,
    prison: Option<&'c str>,
    ward: Option<&'c str>,
    post: Option<&'c str>,
    /// Rows of more than one prison or ward: the month of a change.
    mixed: bool,
    at: CellRef,
}

/// What changed between two months.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Move {
    Prison,
    Ward,
    Post,
}

fn postings<'c>(case: &Case<'c>) -> Vec<Posted<'c>> {
    let until = Month::of(case.reference_day());
    let mut rows: Vec<&'c PointRow> = case.dossier.points.iter().filter(|r| r.month <= until).collect();
    rows.sort_by_key(|r| (r.month, r.at));
    let mut out: Vec<Posted<'c>> = Vec::new();
    for row in rows {
        let text = |v: &'c Value<String>| v.known().map(String::as_str);
        let next = Posted {
            month: row.month,
            prison: text(&row.prison),
            ward: text(&row.ward),
            post: text(&row.post),
            mixed: false,
            at: case.sources.cell(row.at, Col::PtWard),
        };
        match out.last_mut() {
            Some(last) if last.month == next.month => last.mixed |= moved(last, &next).is_some(),
            _ => out.push(next),
        }
    }
    out
}

fn moved(a: &Posted<'_>, b: &Posted<'_>) -> Option<Move> {
    let differ = |a: Option<&str>, b: Option<&str>| a.zip(b).is_some_and(|(a, b)| a != b);
    if differ(a.prison, b.prison) {
        Some(Move::Prison)
    } else if differ(a.ward, b.ward) {
        Some(Move::Ward)
    } else {
        differ(a.post, b.post).then_some(Move::Post)
    }
}

/// A change that is followed by higher bonuses, or a transfer soon before merit or the proposal.
fn posting(case: &Case<'_>) -> Leaf {
    if !case.has(SheetKind::Points) && !case.has(SheetKind::Custody) {
        return Leaf::silent();
    }
    let posted = postings(case);
    // Each change with the first month that belongs wholly to the new place.
    let mut changes: Vec<(Month, Month, Move, CellRef)> = Vec::new();
    let mut stay: Option<&Posted<'_>> = None;
    let mut pending: Option<&Posted<'_>> = None;
    for p in &posted {
        if p.mixed {
            pending = Some(p);
            continue;
        }
        if let Some(what) = stay.and_then(|before| moved(before, p)) {
            let since = pending.map_or(p.month, |m| m.month);
            changes.push((since, p.month, what, p.at));
        }
        pending = None;
        stay = Some(p);
    }
    let recorded = !posted.is_empty() || case.has(SheetKind::Custody);
    let (transfer, looked) = transfer_before(case, &changes);
    if !recorded || !looked {
        return Leaf::silent();
    }
    let higher = case.applied().and_then(|day| higher_after_change(case, &changes, day));
    let mut leaves = higher.into_iter().chain(transfer);
    match leaves.next() {
        None => Leaf::pass().fact("changes", changes.len() as i64).says(case.say(
            || format!("记录里换监区、调监、换岗{}次，没有发现换后加分明显变多或者刚调来就立功、提请。", changes.len()),
            || {
                format!(
                    "{} changes of place on record; none is followed by higher bonuses, merit or the proposal.",
                    changes.len()
                )
            },
        )),
        Some(first) => {
            let mut all = leaves.fold(first, |mut all, other| {
                all.message += &case.say(String::new, || " ".to_owned());
                all.message += &other.message;
                all.facts.0.extend(other.facts.0);
                all.cells(other.evidence)
            });
            all.message += &ask_for(case, POSTING);
            all
        }
    }
}

/// The last change of ward (or post) within the months before the proposal, with bonuses before and after, where it is a
/// risk.
fn higher_after_change(case: &Case<'_>, changes: &[(Month, Month, Move, CellRef)], day: NaiveDate) -> Option<Leaf> {
    let value = |name| case.rules.threshold(POSTING, name);
    let earliest = Month::of(day).plus(-number(case, POSTING, "ward_months"));
    let at = changes.iter().rposition(|(since, ..)| *since >= earliest && *since <= Month::of(day))?;
    let (since, settled, what, cell) = changes[at];
    let left = at.checked_sub(1).map(|b| changes[b].1);
    let all = months(case);
    let bonus = |m: &&MonthRow<'_>| m.comparable().then(|| bonus_of(m.amounts).certain()).flatten();
    let old: Vec<Decimal> =
        all.iter().filter(|m| m.month < since && left.is_none_or(|l| m.month >= l)).filter_map(|m| bonus(&m)).collect();
    let new: Vec<Decimal> = all.iter().filter(|m| m.month >= settled).filter_map(|m| bonus(&m)).collect();
    let enough = |list: &[Decimal], least| Decimal::from(list.len()) >= value(least);
    if !enough(&old, "min_months_before") || !enough(&new, "min_months_after") {
        return None;
    }
    let (n_old, n_new) = (old.len(), new.len());
    let (before, after) = (Mean::of(old)?, Mean::of(new)?);
    if !after.at_least(value("ratio"), &before) || !after.above_by(value("min_increase"), &before) {
        return None;
    }
    let (zh, en) = match what {
        Move::Prison => ("调监", "change of prison"),
        Move::Ward => ("换监区", "change of ward"),
        Move::Post => ("换岗位", "change of post"),
    };
    let leaf = Leaf::risk()
        .fact("changed", since)
        .fact("before_months", n_old as i64)
        .fact("before_mean", before.shown())
        .fact("after_months", n_new as i64)
        .fact("after_mean", after.shown())
        .cell(cell)
        .cells(all.iter().filter(|m| m.month >= settled).flat_map(|m| m.bonus_cells(case)))
        .says(case.say(
            || {
                format!(
                    "提请前{zh}（{since}）以后加分明显变多：以前{n_old}个月月均{}分，以后{n_new}个月月均{}分。",
                    before.shown(),
                    after.shown()
                )
            },
            || {
                format!(
                    "After a {en} in {since}, soon before the proposal, bonuses are higher: {} a month in {} before, {} in {n_new} after.",
                    before.shown(),
                    counted(n_old, "month", "months"),
                    after.shown()
                )
            },
        ));
    Some(leaf)
}

/// A transfer to another prison within a year before merit or the proposal; and whether there is merit or a proposal.
fn transfer_before(case: &Case<'_>, changes: &[(Month, Month, Move, CellRef)]) -> (Option<Leaf>, bool) {
    let limit = u32::try_from(number(case, POSTING, "prison_months")).unwrap_or(0);
    let until = case.reference_day();
    let mut transfers: Vec<(NaiveDate, CellRef)> = case
        .dossier
        .custody
        .iter()
        .filter(|r| r.kind.get() == Some(CustodyKind::Transfer))
        .filter_map(|r| r.from.get().map(|d| (d, r.from.at)))
        .chain(changes.iter().filter(|c| c.2 == Move::Prison).map(|c| (c.0.first_day(), c.3)))
        .filter(|(d, _)| *d <= until)
        .collect();
    transfers.sort_unstable();
    let merits = case
        .dossier
        .awards
        .iter()
        .filter(|a| matches!(a.kind.get(), Some(AwardKind::Merit | AwardKind::MajorMerit)))
        .filter_map(|a| a.date.get().filter(|d| *d <= until).map(|d| (d, false, a.date.at)));
    let proposal = case.app.and_then(|a| a.applied.get().map(|d| (d, true, a.applied.at)));
    let mut events: Vec<(NaiveDate, bool, CellRef)> = merits.chain(proposal).collect();
    events.sort_unstable();
    let looked = !events.is_empty();
    let pair = events.iter().find_map(|event| {
        let last = transfers.iter().rev().find(|(d, _)| *d <= event.0)?;
        (date::add_months(last.0, limit) >= event.0).then_some((*last, *event))
    });
    let Some(((moved, moved_at), (day, is_proposal, at))) = pair else { return (None, looked) };
    let days = date::days_between(moved, day);
    let leaf =
        Leaf::risk().fact("transferred", moved).fact("actual", day).fact("days", days).cells([moved_at, at]).says(
            case.say(
                || {
                    let what = if is_proposal { "提请" } else { "立功" };
                    format!("{moved}调监，{days}天以后（{day}）{what}，在{limit}个月以内。")
                },
                || {
                    let what = if is_proposal { "the proposal" } else { "merit" };
                    format!(
                        "Transferred on {moved}; {what} followed after {} ({day}), within {}.",
                        counted(days, "day", "days"),
                        counted(limit, "month", "months")
                    )
                },
            ),
        );
    (Some(leaf), looked)
}

// ---- invention ------------------------------------------------------------------------------------------------------

/// Merit by invention, and merit that several people share.
fn invention(case: &Case<'_>) -> Leaf {
    let until = case.reference_day();
    let merits: Vec<&Award> = case
        .dossier
        .awards
        .iter()
        .filter(|a| matches!(a.kind.get(), Some(AwardKind::Merit | AwardKind::MajorMerit)))
        .filter(|a| a.date.get().is_none_or(|d| d <= until))
        .collect();
    if merits.is_empty() {
        return Leaf::silent();
    }
    let (mut texts, mut cells, mut facts) = (Vec::new(), Vec::new(), Vec::new());
    let mut blank = None;
    let mut inventions = 0_i64;
    for award in &merits {
        if award.patent.get().is_some() || mentions(award, INVENTION) {
            inventions += 1;
            cells.extend([award.kind.at, award.reason.at]);
            let day = award.date.get().map_or_else(String::new, |d| d.to_string());
            let kind = award.kind.get().unwrap_or(AwardKind::Merit);
            let patent = award.patent.get();
            texts.push(case.say(
                || {
                    let patent = patent.map_or_else(String::new, |p| format!("，专利类型{}", p.zh()));
                    format!("{day}以发明、专利或者技术革新取得{}{patent}", kind.zh())
                },
                || {
                    let patent = patent.map_or_else(String::new, |p| format!(", patent type {}", p.en()));
                    format!("{} of {day} rests on an invention, patent or innovation{patent}", kind.en())
                },
            ));
        } else if award.reason.known().is_none() {
            blank = blank.or(Some(award.reason.place()));
        }
    }
    let days = case.rules.threshold_int(INVENTION_MERIT, "event_days");
    let least = case.rules.threshold_int(INVENTION_MERIT, "shared_inmates");
    let mut shared_with: BTreeSet<&str> = BTreeSet::new();
    if let Some(batch) = case.aggregate.map(|a| &a.patterns) {
        for award in &merits {
            let Some(merit) = MeritAward::of(case.dossier, award) else { continue };
            let others = batch.shared(patterns::prison_on(case.dossier, merit.date), &merit, days);
            let people: BTreeSet<&str> = others.iter().map(|(o, _)| o.inmate.as_str()).collect();
            if others.is_empty() || (people.len() as i64) + 1 < least {
                continue;
            }
            cells.push(merit.at);
            cells.extend(others.iter().map(|(o, _)| o.at));
            let same_event = others.iter().any(|(_, how)| *how != Shared::Day);
            let names = people.iter().copied().collect::<Vec<_>>();
            let day = merit.date;
            texts.push(case.say(
                || {
                    let how = if same_event { "同一事由" } else { "同日（事由不同）" };
                    format!("{day}的立功与罪犯{}{how}", names.join("、"))
                },
                || {
                    let how = if same_event { "the same event" } else { "the same day, for another reason" };
                    format!("the merit of {day} is shared with inmates {} ({how})", names.join(", "))
                },
            ));
            shared_with.extend(people);
        }
    }
    facts.push(("inventions", Fact::Int(inventions)));
    if !shared_with.is_empty() {
        let people: Vec<String> = shared_with.iter().map(|s| (*s).to_owned()).collect();
        facts.push(("shared_with", people.into()));
    }
    let mut leaf = match (texts.is_empty(), blank) {
        (false, _) => Leaf::risk(),
        (true, Some(place)) => Leaf::needs(place, "立功材料、奖惩审批表"),
        (true, None) => Leaf::pass(),
    };
    leaf.facts.0.extend(facts);
    let mut asked = String::new();
    if inventions > 0 {
        asked += &ask_for(case, INVENTION_MERIT);
    }
    if !shared_with.is_empty() {
        asked += patterns::shared_papers(case.lang.is_zh());
    }
    let text = match leaf.outcome {
        Some(Outcome::Risk) => case.say(
            || format!("{}。{asked}", texts.join("；")),
            || format!("Merit to be verified: {}.{asked}", texts.join("; ")),
        ),
        Some(Outcome::Unverified) => case.say(
            || "立功的事由没有记载，不能确定是否以发明、专利取得，需调取立功材料。".to_owned(),
            || {
                "The reason of the merit is not recorded, so an invention cannot be ruled out; ask for its papers."
                    .to_owned()
            },
        ),
        _ => case.say(
            || "立功不是以发明、专利、技术革新取得，也没有与他人同日、同一事由立功。".to_owned(),
            || "The merit is no invention, and nobody else got merit on that day or for that event.".to_owned(),
        ),
    };
    leaf.cells(cells).says(text)
}
