//! The recomputation against a slow one that walks day by day, and properties that any ledger must have.

mod points_support;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use jxjs::model::date::add_days;
use jxjs::model::ledger::{Ledger, Mark, Tri};
use jxjs::model::{AwardKind, CustodyKind, CustodyRow, Grade, Month};
use jxjs::review::Aggregate;
use points_support::*;
use rust_decimal::{Decimal, RoundingStrategy};

/// A small generator of numbers: the same seed gives the same ledger.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.below(i as u64 + 1) as usize);
        }
    }
}

/// Amounts come from a fixed list, so that texts live long enough.
const BONUSES: [&str; 12] = ["0", "0", "0", "1", "2.5", "5", "8", "12.25", "15", "17.5", "17.51", "22"];
const DEDUCTIONS: [&str; 8] = ["0", "0", "0", "0", "1", "3.5", "9.99", "12"];

fn leak(d: Decimal) -> &'static str {
    Box::leak(d.to_string().into_boxed_str())
}

/// A person with one to three years of points, booked mostly as they should be, with the mistakes of the trade.
fn random_person(dice: &mut Dice) -> Someone {
    let start = add_days(day("2022-01-01"), dice.below(400) as i64);
    let mut p = Someone::admitted(&start.to_string());
    let months = 6 + dice.below(28) as i32;
    let first = Month::of(start);
    let mut at = start;
    if dice.one_in(2) {
        let until = add_days(start, dice.below(70) as i64);
        p.custody(CustodyKind::IntakeEducation, &start.to_string(), &until.to_string(), "");
        at = until;
    }
    let end = first.plus(months - 1).last_day();
    let mut penalties: Vec<(NaiveDate, i64)> = Vec::new();
    loop {
        at = add_days(at, 5 + dice.below(150) as i64);
        let until = add_days(at, 6 + dice.below(40) as i64);
        if until >= end {
            break;
        }
        let (from, to) = (at.to_string(), until.to_string());
        match dice.below(7) {
            0 | 1 => {
                p.custody(CustodyKind::Hospital, &from, &to, "");
                // Touching, or inside.
                if dice.one_in(2) {
                    p.custody(CustodyKind::Recovery, &to, &add_days(until, 3).to_string(), "");
                }
            }
            2 => {
                let to = add_days(at, 8).to_string();
                p.confined(&from, &to);
                penalties.push((at, 400));
            }
            3 => {
                p.custody(CustodyKind::Isolation, &from, &to, "");
                p.award(AwardKind::Warning, &add_days(until, 10).to_string(), None, "");
                penalties.push((add_days(until, 10), 100));
            }
            4 => {
                p.custody(CustodyKind::OutsideExecution, &from, if dice.one_in(2) { &to } else { "" }, "");
                let reason = if dice.one_in(2) { "违反规定" } else { "情形消失" };
                let back = if dice.one_in(2) { until } else { add_days(until, 1) };
                p.custody(CustodyKind::Recalled, &back.to_string(), &back.to_string(), reason);
            }
            5 => {
                p.custody(CustodyKind::HomeLeave, &from, &add_days(at, 4).to_string(), "");
            }
            _ => {
                p.award(AwardKind::Demerit, &from, None, "");
                penalties.push((at, 200));
            }
        }
        at = add_days(until, 4);
    }
    let mut month = first;
    let mut carried = 0;
    let slow = Slow::new(&p);
    for _ in 0..months {
        let due = slow.bases(month);
        let mut row = Row::default();
        for part in 0..3 {
            row.base[part] = match dice.below(8) {
                0 => ["35", "35", "30"][part],
                1 => leak((due[part] + n("0.4")).min(n(["35", "35", "30"][part]))),
                _ => leak(due[part]),
            };
            row.bonus[part] = BONUSES[dice.below(12) as usize];
            row.deduction[part] = DEDUCTIONS[dice.below(8) as usize];
        }
        if dice.one_in(9) {
            row.special = "40";
        }
        let fresh: i64 = penalties.iter().filter(|x| Month::of(x.0) == month).map(|x| x.1).sum();
        let booked = match dice.below(6) {
            0 => carried,
            1 => 0,
            _ => carried + fresh,
        };
        // What was to be booked by now and was not is forgotten, which is a mistake.
        carried = (carried + fresh - booked).min(fresh).max(0);
        row.penalty = leak(Decimal::from(booked));
        if dice.one_in(25) {
            row.base = ["35", "35", "30"];
        }
        p.row(&month.to_string(), row);
        if p.balance >= n("600") {
            let last = p.dossier.points.last_mut().unwrap();
            p.balance -= n("600");
            last.cycle = jxjs::model::Value::Known(n("600"));
            last.balance = jxjs::model::Value::Known(p.balance);
        }
        month = month.plus(1);
    }
    p
}

/// The slow way: every day of every month, every row of the custody record for every day.
struct Slow {
    custody: Vec<CustodyRow>,
    start: NaiveDate,
    /// What every day is, from some weeks before the start on.
    kinds: Vec<Kind>,
    /// By month, the day from which days count again after a recall for breach.
    anew: BTreeMap<Month, NaiveDate>,
}

/// Days looked at before the start and altogether.
const BEFORE: i64 = 40;
const DAYS: i64 = 1400;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Out,
    Nothing,
    NoLabour,
    All,
}

impl Slow {
    fn new(p: &Someone) -> Slow {
        let start = p.dossier.inmate.as_ref().unwrap().delivered.get().unwrap();
        let mut slow = Slow { custody: p.dossier.custody.clone(), start, kinds: Vec::new(), anew: BTreeMap::new() };
        slow.kinds = (0..DAYS).map(|i| slow.look(add_days(start, i - BEFORE))).collect();
        slow.anew = slow.breaches();
        slow
    }

    fn kind(&self, d: NaiveDate) -> Kind {
        self.kinds[usize::try_from((d - self.start).num_days() + BEFORE).unwrap()]
    }

    fn covers(&self, row: &CustodyRow, d: NaiveDate) -> bool {
        let (from, kind) = (row.from.get().unwrap(), row.kind.get().unwrap());
        if d < from {
            return false;
        }
        let rows = &self.custody;
        match row.to.get() {
            Some(to) => d <= to && !(d == to && from < to && rows.iter().any(|o| o.from.get() == Some(to))),
            None if kind == CustodyKind::OutsideExecution => !rows.iter().any(|o| {
                matches!(o.kind.get(), Some(CustodyKind::Recalled | CustodyKind::Intake))
                    && o.from.get().is_some_and(|f| f > from && f <= d)
            }),
            None => true,
        }
    }

    fn look(&self, d: NaiveDate) -> Kind {
        if d < self.start {
            return Kind::Out;
        }
        let of = |k: CustodyKind| match k {
            CustodyKind::OutsideExecution => (0, Kind::Out),
            CustodyKind::Confinement | CustodyKind::Isolation => (1, Kind::Nothing),
            CustodyKind::IntakeEducation => (2, Kind::Nothing),
            CustodyKind::Hospital | CustodyKind::Recovery => (3, Kind::NoLabour),
            _ => (4, Kind::All),
        };
        let covering = self.custody.iter().filter(|r| self.covers(r, d));
        covering.map(|r| of(r.kind.get().unwrap())).min().map_or(Kind::All, |k| k.1)
    }

    fn cancelled(&self, month: Month) -> Option<NaiveDate> {
        self.anew.get(&month).copied()
    }

    /// Every day on which the person is back in prison and the 收监 since the person left says 违反规定.
    fn breaches(&self) -> BTreeMap<Month, NaiveDate> {
        let mut found = BTreeMap::new();
        let mut left = None;
        for i in 1..DAYS - BEFORE {
            let d = add_days(self.start, i);
            match (self.kind(d), left) {
                (Kind::Out, None) => left = Some(d),
                (Kind::Out, Some(_)) | (_, None) => {}
                (_, Some(from)) => {
                    left = None;
                    let recalls = self.custody.iter().filter(|r| r.kind.get() == Some(CustodyKind::Recalled));
                    let recalls = recalls.filter(|r| r.from.get().is_some_and(|f| f >= from && f <= d));
                    let last = recalls.max_by_key(|r| r.from.get());
                    if last.and_then(|r| r.reason.known()).is_some_and(|r| r == "违反规定") {
                        found.insert(Month::of(d), d);
                    }
                }
            }
        }
        found
    }

    fn days(&self, month: Month) -> (u32, u32, bool) {
        let from = self.cancelled(month).unwrap_or(month.first_day());
        let (mut ordinary, mut labour, mut inside) = (0, 0, false);
        for i in 0..month.days() {
            let d = add_days(month.first_day(), i64::from(i));
            let kind = if d < from { Kind::Out } else { self.kind(d) };
            ordinary += u32::from(kind >= Kind::NoLabour);
            labour += u32::from(kind == Kind::All);
            inside |= kind != Kind::Out;
        }
        (ordinary, labour, inside)
    }

    fn bases(&self, month: Month) -> [Decimal; 3] {
        let (ordinary, labour, _) = self.days(month);
        let total = Decimal::from(month.days());
        [("35", ordinary), ("35", ordinary), ("30", labour)].map(|(base, k)| round(n(base) * Decimal::from(k) / total))
    }

    /// Score and balance of every month, and whether a cycle closes with it.
    fn ledger(&self, p: &Someone) -> Vec<(Decimal, Decimal, bool)> {
        let mut penalties: Vec<(Month, Decimal)> = Vec::new();
        for a in &p.dossier.awards {
            let amount = match a.kind.get().unwrap() {
                AwardKind::Warning => "100",
                AwardKind::Demerit => "200",
                AwardKind::Confinement => "400",
                _ => continue,
            };
            penalties.push((Month::of(a.date.get().unwrap()), n(amount)));
        }
        let mut out = Vec::new();
        let mut balance = n("0");
        let mut due = n("0");
        let mut labour_scores: Vec<(Decimal, i64)> = Vec::new();
        for row in &p.dossier.points {
            let month = row.month;
            let (ordinary, labour, inside) = self.days(month);
            let total = month.days();
            let from = self.cancelled(month).unwrap_or(month.first_day());
            let days = (0..total).map(|d| add_days(month.first_day(), i64::from(d)));
            let assessed = days.filter(|d| *d >= from && self.kind(*d) != Kind::Out).count() as i64;
            let booked = row.penalty.known().copied().unwrap();
            let fresh: Decimal = penalties.iter().filter(|x| x.0 == month).map(|x| x.1).sum();
            let penalty = booked.max(due);
            due = if booked < due { fresh } else { (due + fresh - booked).max(n("0")) };
            let mut score = n("0");
            let parts =
                [(&row.supervision, "35", ordinary), (&row.education, "35", ordinary), (&row.labour, "30", labour)];
            for (i, (part, base, k)) in parts.into_iter().enumerate() {
                let base = n(base);
                let recorded = part.base.known().copied().unwrap();
                let lawful = round(base * Decimal::from(k) / Decimal::from(total));
                let most = if k == 0 || k == total {
                    lawful
                } else {
                    let more = Decimal::from((k + 1).min(total));
                    let largest = round(base * more / Decimal::from(total)).max(round(base * more / n("30")));
                    (largest + n("0.5")).min(base)
                };
                let mut part_score = recorded;
                // Without any intake education on record the days of the first two months are open.
                let early = Month::of(self.start).until(month) < 2 && !self.educated();
                let open = early && k < total && recorded <= base;
                let net = part.bonus.known().copied().unwrap() - part.deduction.known().copied().unwrap();
                let hurt = i == 2 && self.like_an_average(&labour_scores, month, recorded, net, lawful);
                if recorded > most && !open && !hurt {
                    part_score = lawful;
                }
                let bonus = part.bonus.known().copied().unwrap();
                // A whole month in hospital has no labour bonus; intake education has no limit that is written.
                let all_hospital = i == 2
                    && (0..total).all(|d| self.kind(add_days(month.first_day(), i64::from(d))) == Kind::NoLabour);
                part_score += if all_hospital && !hurt {
                    n("0")
                } else if self.intake(month) || all_hospital {
                    bonus
                } else {
                    bonus.min(base / n("2"))
                };
                part_score -= part.deduction.known().copied().unwrap();
                score += part_score;
                if i == 2 {
                    labour_scores.push((part_score, assessed));
                }
            }
            score += row.special.known().copied().unwrap() - penalty;
            if !inside && self.cancelled(month).is_none() {
                score = -penalty;
                labour_scores.pop();
                labour_scores.push((n("0"), 0));
            }
            if self.cancelled(month).is_some() && balance >= n("0") {
                balance = n("0");
            }
            balance += score;
            let closes = balance >= n("600");
            if closes {
                balance -= n("600");
            }
            out.push((score, balance, closes));
        }
        out
    }

    /// A labour score in hospital that is the average of the three months before, by the day where there are fewer.
    fn like_an_average(
        &self,
        before: &[(Decimal, i64)],
        month: Month,
        recorded: Decimal,
        net: Decimal,
        due: Decimal,
    ) -> bool {
        let from = self.cancelled(month).unwrap_or(month.first_day());
        let days = (0..month.days()).map(|d| add_days(month.first_day(), i64::from(d)));
        let ill = days.filter(|d| *d >= from && self.kind(*d) == Kind::NoLabour).count();
        let last: Vec<_> = before.iter().rev().filter(|b| b.1 > 0).take(3).collect();
        if ill == 0 || last.is_empty() {
            return false;
        }
        let sum: Decimal = last.iter().map(|b| b.0).sum();
        let (ill, total) = (Decimal::from(ill), Decimal::from(month.days()));
        let rate = match last.len() {
            3 => round(sum / n("3") * ill / total),
            _ => round(sum / Decimal::from(last.iter().map(|b| b.1).sum::<i64>()) * ill),
        };
        let near = |x: Decimal| (x - due - rate).abs() <= n("0.5");
        (near(recorded) || near(recorded + net)) && !near(n("30"))
    }

    fn educated(&self) -> bool {
        self.custody.iter().any(|r| r.kind.get() == Some(CustodyKind::IntakeEducation))
    }

    fn intake(&self, month: Month) -> bool {
        if !self.educated() {
            return false;
        }
        let from = self.cancelled(month).unwrap_or(month.first_day());
        (0..month.days()).map(|d| add_days(month.first_day(), i64::from(d))).filter(|d| *d >= from).any(|d| {
            let rows = self.custody.iter().filter(|r| self.covers(r, d));
            let kinds: Vec<CustodyKind> = rows.filter_map(|r| r.kind.get()).collect();
            let over = [CustodyKind::OutsideExecution, CustodyKind::Confinement, CustodyKind::Isolation];
            d >= self.start && kinds.contains(&CustodyKind::IntakeEducation) && !kinds.iter().any(|k| over.contains(k))
        })
    }
}

fn round(d: Decimal) -> Decimal {
    d.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

#[test]
fn the_fold_agrees_with_a_day_by_day_reference() {
    let (mut months, mut closings, mut differing) = (0, 0, 0);
    for seed in 0..1200 {
        let p = random_person(&mut Dice(seed));
        let slow = Slow::new(&p).ledger(&p);
        let ledger = p.ledger();
        assert_eq!(ledger.folds.len(), 1, "seed {seed}: nothing is left open");
        let fast = &ledger.best().months;
        assert_eq!(fast.len(), slow.len());
        for (i, (score, balance, closes)) in slow.iter().enumerate() {
            let m = &fast[i];
            let month = ledger.entries[i].month;
            assert_eq!(m.expected.score, Some(*score), "seed {seed} {month}: score");
            // A closing that the record has not booked yet is shown with the record, one month at most.
            let pending = if *closes && m.expected.cycle.is_none() { n("600") } else { n("0") };
            assert_eq!(m.expected.balance.map(|b| b - pending), Some(*balance), "seed {seed} {month}: balance");
            assert_eq!(m.closings > 0, *closes, "seed {seed} {month}: closing");
            months += 1;
            closings += u32::from(*closes);
            differing += u32::from(m.difference.is_some_and(|d| !d.is_zero()));
        }
    }
    // The ledgers are not all alike.
    assert!(months > 20_000 && closings > 1_500 && differing > 3_000, "{months} {closings} {differing}");
}

/// What is said, without the places in the sheets: months, notes and cycles.
fn essence(ledger: &Ledger) -> String {
    let mut notes: Vec<_> = ledger
        .best()
        .notes
        .iter()
        .map(|n| {
            let mut cells: Vec<String> = n.cells.iter().map(|c| format!("{c:?}")).collect();
            cells.sort();
            format!("{:?} {:?} {:?} {} {:?} {:?} {cells:?}", n.test, n.mark, n.what, n.month, n.recorded, n.expected)
        })
        .collect();
    notes.sort();
    let months: Vec<_> =
        ledger.entries.iter().zip(&ledger.best().months).map(|(e, m)| (e.month, e.recorded, m.clone())).collect();
    let cycles: Vec<_> = ledger
        .best()
        .cycles
        .iter()
        .map(|c| {
            (
                c.from,
                c.to,
                c.must_fail,
                c.barred,
                c.below,
                c.allowed.clone(),
                c.grade,
                c.expected.clone(),
                c.awards.len(),
            )
        })
        .collect();
    format!("{notes:#?}\n{months:?}\n{cycles:#?}")
}

/// Rewards every recorded closing, so that grades and awards take part.
fn rewarded(dice: &mut Dice) -> Someone {
    let mut p = random_person(dice);
    let closed: Vec<Month> =
        p.dossier.points.iter().filter(|r| r.cycle.known().is_some_and(|c| !c.is_zero())).map(|r| r.month).collect();
    for month in closed {
        let grade = [Grade::Active, Grade::Passed, Grade::Failed][dice.below(3) as usize];
        let kind = [AwardKind::Commendation, AwardKind::Material, AwardKind::NoAward][dice.below(3) as usize];
        let on = add_days(month.plus(1).first_day(), dice.below(70) as i64);
        p.award(kind, &on.to_string(), Some(grade), "");
    }
    p
}

#[test]
fn the_order_of_rows_does_not_matter() {
    for seed in 0..400 {
        let mut dice = Dice(seed + 10_000);
        let mut p = rewarded(&mut dice);
        if dice.one_in(2) && p.dossier.points.len() > 4 {
            // A duplicate, too.
            let mut row = p.dossier.points[3].clone();
            row.score = jxjs::model::Value::Known(n("77"));
            row.at.line = 900;
            p.dossier.points.push(row);
        }
        let before = essence(&p.ledger());
        dice.shuffle(&mut p.dossier.points);
        dice.shuffle(&mut p.dossier.awards);
        dice.shuffle(&mut p.dossier.custody);
        let after = essence(&p.ledger());
        assert_eq!(before, after, "seed {seed}");
    }
}

#[test]
fn a_lawful_bonus_never_lowers_an_award() {
    let mut compared = 0;
    for seed in 0..900 {
        let mut dice = Dice(seed + 20_000);
        let p = rewarded(&mut dice);
        let at = dice.below(p.dossier.points.len() as u64) as usize;
        let part = dice.below(3) as usize;
        let mut better = p.clone();
        let row = &mut better.dossier.points[at];
        let slot = match part {
            0 => &mut row.supervision,
            1 => &mut row.education,
            _ => &mut row.labour,
        };
        let cap = n(["17.5", "17.5", "15"][part]);
        let Some(bonus) = slot.bonus.known().copied().filter(|b| *b + n("1") <= cap) else { continue };
        slot.bonus = jxjs::model::Value::Known(bonus + n("1"));
        for (i, row) in better.dossier.points.iter_mut().enumerate().skip(at) {
            if i == at {
                row.score = row.score.map(|s| s + n("1"));
            }
            row.balance = row.balance.map(|b| b + n("1"));
        }
        let (before, after) = (p.ledger(), better.ledger());
        let closings = |l: &Ledger| -> Vec<Month> { l.best().cycles.iter().map(|c| c.to).collect() };
        if closings(&before) != closings(&after) || before.best().cycles.is_empty() {
            continue;
        }
        compared += 1;
        for (old, new) in before.best().cycles.iter().zip(&after.best().cycles) {
            let harm = |c: &jxjs::model::ledger::Cycle| -> [Tri; 3] { [c.must_fail, c.barred, c.below] };
            assert!(
                harm(new).iter().zip(harm(old)).all(|(n, o)| *n <= o),
                "seed {seed}: cycle to {} {:?} became {:?}",
                old.to,
                harm(old),
                harm(new)
            );
        }
    }
    assert!(compared > 200, "{compared}");
}

#[test]
fn a_batch_split_and_merged_is_the_batch() {
    let rules = jxjs::law::Rules::builtin();
    let mut dice = Dice(7);
    let people: Vec<_> = (0..60)
        .map(|i| {
            let mut p = rewarded(&mut dice);
            p.dossier.no = format!("{i:03}");
            p.inmate().prison.set(["甲监狱", "乙监狱"][i % 2].to_owned());
            p.dossier
        })
        .collect();
    let gather = |list: &[jxjs::model::Dossier]| {
        let mut a = Aggregate::default();
        list.iter().for_each(|d| a.add(d, &rules));
        a
    };
    let whole = gather(&people);
    for _ in 0..20 {
        let (a, b) = (dice.below(60) as usize, dice.below(60) as usize);
        let (a, b) = (a.min(b), a.max(b));
        let parts = [gather(&people[b..]), gather(&people[..a]), gather(&people[a..b])];
        assert_eq!(parts.into_iter().fold(Aggregate::default(), Aggregate::merge), whole);
    }
}

#[test]
fn lawfully_booked_ledgers_have_no_violation() {
    // Everything booked as due: no note may be a violation.
    let mut seen: BTreeMap<&'static str, u32> = BTreeMap::new();
    for seed in 0..400 {
        let mut p = random_person(&mut Dice(seed + 50_000));
        let months: Vec<Month> = p.dossier.points.iter().map(|r| r.month).collect();
        let slow = Slow::new(&p);
        let slow_rows: Vec<[Decimal; 3]> = months.iter().map(|m| slow.bases(*m)).collect();
        let cancelled: Vec<bool> = months.iter().map(|m| slow.cancelled(*m).is_some()).collect();
        let penalties: Vec<Decimal> = months
            .iter()
            .map(|m| {
                let mine = p.dossier.awards.iter().filter(|a| a.date.get().map(Month::of) == Some(*m));
                mine.map(|a| match a.kind.get() {
                    Some(AwardKind::Warning) => n("100"),
                    Some(AwardKind::Demerit) => n("200"),
                    Some(AwardKind::Confinement) => n("400"),
                    _ => n("0"),
                })
                .sum()
            })
            .collect();
        p.dossier.points.clear();
        p.balance = n("0");
        for (i, month) in months.iter().enumerate() {
            if cancelled[i] && p.balance > n("0") {
                p.balance = n("0");
            }
            let base = slow_rows[i].map(leak);
            let score = slow_rows[i].iter().sum::<Decimal>() - penalties[i];
            let cycle = if p.balance + score >= n("600") { "600" } else { "0" };
            p.row(&month.to_string(), Row { base, penalty: leak(penalties[i]), cycle, ..Row::default() });
        }
        let ledger = p.ledger();
        for note in &ledger.best().notes {
            assert_ne!(note.mark, Mark::Violation, "seed {seed}: {note:?}");
            *seen.entry(note.test.check()).or_default() += 1;
        }
        assert_eq!(ledger.first_difference(), None, "seed {seed}");
    }
    assert!(!seen.contains_key("points/month-sum") && !seen.contains_key("points/balance"), "{seen:?}");
}
