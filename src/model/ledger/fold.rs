//! One pass over the months under one set of answers: the lawful amounts, the balance, the closings, and a note wherever
//! the record departs from them.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::track::{Negative, Track, Work};
use super::*;

/// No month fills so many cycles. A balance that would is a mistake, said elsewhere; closing it cycle by cycle could take
/// hours.
const MOST_AT_ONCE: u32 = 100;

/// The state of the fold while it goes through the months under one set of answers.
pub(super) struct Folder<'t, 'a> {
    pub(super) t: &'t Track<'a>,
    pub(super) entries: &'t [Entry],
    pub(super) answers: &'t mut Answers,
    pub(super) out: Fold,
    /// Lawful balance; `None` while it cannot be known.
    pub(super) lawful: Option<Decimal>,
    /// The balance that later tests go on from: the lawful one until a departure has been reported.
    pub(super) tested: Option<Decimal>,
    /// Cycles of the lawful ledger: first month (if known) and last.
    pub(super) closed: Vec<(Option<Month>, Month)>,
    /// The same as the tests see them.
    pub(super) closed_tested: Vec<(Option<Month>, Month)>,
    pub(super) cycle_from: Option<Month>,
    pub(super) tested_from: Option<Month>,
    /// Closings that the record may still book in the next month, and those already reported as late.
    pub(super) unbooked: u32,
    pub(super) owed: u32,
    /// Whether the tests have left the lawful ledger.
    pub(super) apart: bool,
    /// Penalties that must be booked by now, and those that may have been booked before the record begins.
    pub(super) due: Decimal,
    pub(super) optional: Decimal,
    pub(super) penalty_at: usize,
    pub(super) event_at: usize,
    /// Lawful scores of the last months: score, labour score, days assessed.
    pub(super) recent: Vec<(Option<Decimal>, Option<Decimal>, u32)>,
    /// Where the run of months with the bases of art. 20 begins that reaches the last month.
    pub(super) last_unable: usize,
    /// Whether the present regime has been entered.
    pub(super) entered: bool,
    /// Columns whose blank cells have been reported.
    pub(super) blank: Vec<(Test, Col)>,
}

/// How the bases of a month are tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Treatment {
    /// Against what the days give.
    Test,
    /// The record uses bases that cannot be lawful: what the days give stands in their place.
    Replace,
    /// Not at all: a month in which the bases change.
    Skip,
}

/// What one part of a month comes to.
pub(super) struct PartResult {
    pub(super) lawful: PartAmounts,
    /// Base that is missing from a base kept though below its test.
    pub(super) shortfall: Decimal,
    /// What the days without base would have given.
    pub(super) lost: Decimal,
}

impl<'t, 'a> Folder<'t, 'a> {
    pub(super) fn new(t: &'t Track<'a>, entries: &'t [Entry], answers: &'t mut Answers) -> Folder<'t, 'a> {
        let last_unable = entries.iter().rposition(|e| e.set == BaseSet::Able || e.mixed).map_or(0, |i| i + 1);
        Folder {
            t,
            entries,
            answers,
            out: Fold { months: Vec::with_capacity(entries.len()), ..Fold::default() },
            lawful: None,
            tested: None,
            closed: Vec::new(),
            closed_tested: Vec::new(),
            cycle_from: None,
            tested_from: None,
            unbooked: 0,
            owed: 0,
            apart: false,
            due: Decimal::ZERO,
            optional: Decimal::ZERO,
            penalty_at: 0,
            event_at: 0,
            recent: Vec::new(),
            last_unable,
            entered: false,
            blank: Vec::new(),
        }
    }

    pub(super) fn run(mut self) -> Fold {
        if self.entries.is_empty() {
            self.out.steps = self.answers.steps[..self.answers.at].to_vec();
            return self.out;
        }
        for i in 0..self.entries.len() {
            if self.entries[i].old { self.old_month(i) } else { self.month(i) }
        }
        self.commendations();
        self.out.steps = self.answers.steps[..self.answers.at].to_vec();
        self.out
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn say(
        &mut self,
        i: usize,
        test: Test,
        mark: Mark,
        what: What,
        recorded: Option<Decimal>,
        expected: Option<Decimal>,
        cols: &[Col],
        document: Option<&'static str>,
    ) {
        let e = &self.entries[i];
        let cells: Vec<Cell> = cols.iter().map(|c| self.t.point(e.row, *c)).collect();
        let ask = document.and_then(|document| cells.first().map(|cell| Ask { cell: *cell, document }));
        self.out.notes.push(Note { test, mark, what, month: e.month, recorded, expected, cells, ask });
    }

    /// A blank cell leaves its test open; said once a column.
    pub(super) fn blank(&mut self, i: usize, test: Test, col: Col) {
        if !self.blank.contains(&(test, col)) {
            self.blank.push((test, col));
            self.say(i, test, Mark::Unverified, What::EmptyCell, None, None, &[col], Some("计分考核台账"));
        }
    }

    /// A month before the present regime: its arithmetic is looked at, nothing in it can be more than unverified.
    pub(super) fn old_month(&mut self, i: usize) {
        let e = &self.entries[i];
        let r = e.recorded;
        let days = self.t.days(e.month, None);
        if let Some(parts) = r.all_parts() {
            let education = parts[0].0 + parts[1].0;
            let v = self.t.v;
            let usual = (education == v.old_education && parts[LABOUR].0 == v.old_labour)
                || (education == v.old_unable && parts[LABOUR].0.is_zero());
            if days.full == days.total && !usual {
                self.say(
                    i,
                    Test::Base,
                    Mark::Unverified,
                    What::OldRegime,
                    None,
                    None,
                    &BASE_COLS,
                    Some("原计分考核细则"),
                );
            }
        }
        if let (Some((full, floored)), Some(score)) = (sums(&r), r.score) {
            let penalty = r.penalty.unwrap_or_default();
            if ![full, floored].iter().any(|s| *s == score || *s - penalty == score) {
                let expected = Some(full - penalty);
                self.say(
                    i,
                    Test::MonthSum,
                    Mark::Unverified,
                    What::OldRegime,
                    Some(score),
                    expected,
                    &[Col::PtScore],
                    Some("原计分考核细则"),
                );
            }
        }
        let before = self.before(i);
        if let (Some(expected), Some(balance)) = (chain(before, r.score, r.cycle), r.balance)
            && expected != balance
            && expected - r.penalty.unwrap_or_default() != balance
        {
            self.say(
                i,
                Test::Balance,
                Mark::Unverified,
                What::OldRegime,
                Some(balance),
                Some(expected),
                &[Col::PtBalance],
                Some("原计分考核细则"),
            );
        }
        self.out.months.push(MonthFold {
            expected: Amounts::default(),
            days,
            difference: None,
            closings: 0,
            part_below: [Tri::Maybe; 3],
            below: Tri::Maybe,
            low: Tri::Maybe,
            big_deduction: false,
            penalised: false,
        });
    }

    /// The recorded balance before a month, where the record is unbroken.
    pub(super) fn before(&self, i: usize) -> Option<Decimal> {
        let e = &self.entries[i];
        if e.after_gap {
            return None;
        }
        match i.checked_sub(1) {
            Some(p) => self.entries[p].recorded.balance,
            None => self.starts_at_zero().then_some(Decimal::ZERO),
        }
    }

    /// Whether the record begins with the intake month, so that the opening balance is known to be nothing (4).
    pub(super) fn starts_at_zero(&self) -> bool {
        let first = self.entries[0].month;
        first >= self.t.since && self.t.admitted.is_some_and(|a| Month::of(a) == first)
    }

    pub(super) fn month(&mut self, i: usize) {
        let entries = self.entries;
        let entry = &entries[i];
        let r = entry.recorded;
        let before = self.before(i);
        let cancel = self.cancellation(i);
        let days = self.t.days(entry.month, cancel.map(|c| c.0));

        let parts = self.parts(i, entry, &days, cancel.is_some());
        let penalty = self.penalty(i, entry);
        let outside = days.all_out() && days.cancelled == 0;
        let left_out = self.month_sum(i, entry);

        // The lawful month.
        let mut lawful = Amounts { special: r.special, penalty, ..Amounts::default() };
        for (slot, part) in lawful.parts.iter_mut().zip(&parts) {
            *slot = part.lawful;
        }
        lawful.special = r.special.map(|s| self.lawful_special(entry.month, s));
        lawful.score = self.lawful_score(&r, &lawful, left_out);
        if outside {
            self.outside(i, entry, &days);
            lawful = Amounts {
                parts: [PartAmounts {
                    base: Some(Decimal::ZERO),
                    bonus: Some(Decimal::ZERO),
                    deduction: Some(Decimal::ZERO),
                }; 3],
                special: Some(Decimal::ZERO),
                penalty: lawful.penalty,
                score: lawful.penalty.map(|p| -p).or(Some(Decimal::ZERO)),
                ..Amounts::default()
            };
        }
        self.absence(i, entry, &days, lawful.score);

        // Where the balance comes from.
        if self.lawful.is_none() || entry.after_gap {
            self.open(i, entry, before, left_out.without_penalty);
        }
        if let Some(event) = cancel {
            self.cancel(i, event, before, left_out.without_penalty);
        }
        self.balance(i, before, left_out.without_penalty, cancel.is_some());
        let closings = self.close(i, entry, lawful.score);

        let pending = if self.apart { 0 } else { self.unbooked };
        lawful.balance = self.lawful.map(|b| if pending > 0 { b + self.t.v.cycle * Decimal::from(pending) } else { b });
        lawful.cycle = if self.apart {
            (closings > 0).then(|| self.t.v.cycle * Decimal::from(closings))
        } else {
            // Booked with the closing month or the month after: one ledger, shown as the record books it.
            self.taken(i).filter(|c| !c.is_zero())
        };
        let difference = r.balance.zip(lawful.balance).map(|(a, b)| a - b);
        let month = self.judge(&r, &days, &parts, &lawful, closings, difference);
        self.recent.push((lawful.score, labour_score(&lawful), days.assessed_days()));
        self.out.months.push(MonthFold { expected: lawful, ..month });
    }

    /// Base and bonus of the three parts.
    pub(super) fn parts(&mut self, i: usize, e: &Entry, days: &Days, cancelled: bool) -> [PartResult; 3] {
        let v = self.t.v;
        if days.all_out() && days.cancelled == 0 {
            // Nothing is due; a score in such a month is one mistake, not one a part.
            let zero = Some(Decimal::ZERO);
            return std::array::from_fn(|_| PartResult {
                lawful: PartAmounts { base: zero, bonus: zero, deduction: zero },
                shortfall: Decimal::ZERO,
                lost: Decimal::ZERO,
            });
        }
        let (set, treatment) = self.lawful_set(i, e);
        let bases = match set {
            BaseSet::Able => v.base,
            BaseSet::Unable => v.unable,
        };
        // By-day amounts are open where the record of days is.
        let early = self.t.admitted.is_some_and(|a| Month::of(a).until(e.month) < 2) && !self.t.has_intake_education;
        let unsure = days.open > 0 || days.taken_back > 0 || days.gap > 0 || !self.t.has_custody || early;
        let mut above: Vec<(Test, Mark, What, usize, Decimal, Decimal)> = Vec::new();
        let mut below: Option<(Decimal, Decimal)> = None;
        let results = std::array::from_fn(|p| {
            let (n, k, total) = (bases[p], days.with_base(p), days.total);
            let due = if k == total { n } else { by_day(n, k, Decimal::from(total)) };
            let cell = e.recorded.parts[p];
            let lost_days = days.confined + days.inquiry + if p == LABOUR { days.hospital } else { 0 };
            let lost = if lost_days == 0 { Decimal::ZERO } else { by_day(n, lost_days, Decimal::from(total)) };
            let mut shortfall = Decimal::ZERO;
            let base = match cell.base {
                None => {
                    self.blank(i, Test::Base, BASE_COLS[p]);
                    // What the lost days should have cost cannot be seen either.
                    let test = cause(p, days, cancelled && days.cancelled > 0);
                    if test != Test::Base {
                        self.blank(i, test, BASE_COLS[p]);
                    }
                    None
                }
                Some(b) if treatment == Treatment::Skip => Some(b),
                Some(_) if treatment == Treatment::Replace => Some(due),
                Some(b) => {
                    let (least, most) = fits(n, k, total, v);
                    if b > n || b > most {
                        let test = cause(p, days, cancelled && days.cancelled > 0);
                        let open = b <= n && k < total && unsure && test != Test::Cancellation;
                        let rescue = p == LABOUR && days.hospital > 0 && self.rescued(e.month, &cell, due, days);
                        if rescue {
                            above.push((Test::HospitalLabour, Mark::Unverified, What::Rescue, p, b, due));
                            Some(b)
                        } else if open {
                            above.push((Test::Base, Mark::Unverified, What::BaseAboveUnsure, p, b, due));
                            Some(b)
                        } else {
                            let what = if e.mixed {
                                What::MixedSets
                            } else if test == Test::Cancellation {
                                What::CarriedBase
                            } else {
                                What::BaseAbove
                            };
                            let test = if b > n && k == total { Test::Base } else { test };
                            above.push((test, Mark::Violation, what, p, b, due));
                            Some(due)
                        }
                    } else {
                        if b < least {
                            shortfall = due - b;
                            let sum = below.get_or_insert((Decimal::ZERO, Decimal::ZERO));
                            sum.0 += b;
                            sum.1 += due;
                        }
                        Some(b)
                    }
                }
            };
            let bonus = match cell.bonus {
                None => {
                    self.blank(i, Test::BonusCap, BONUS_COLS[p]);
                    None
                }
                Some(b) => Some(self.bonus(i, p, b, n, due, days, set)),
            };
            PartResult { lawful: PartAmounts { base, bonus, deduction: cell.deduction }, shortfall, lost }
        });
        // One mistake in several parts is one note: the parts together, with all their cells.
        above.sort_by_key(|a| (a.0, a.1));
        for group in above.chunk_by(|a, b| (a.0, a.1, a.2) == (b.0, b.1, b.2)) {
            let cols: Vec<Col> = group.iter().map(|g| BASE_COLS[g.3]).collect();
            let (recorded, expected) = group.iter().fold((Decimal::ZERO, Decimal::ZERO), |s, g| (s.0 + g.4, s.1 + g.5));
            let (test, mark, what, ..) = group[0];
            let document = (mark == Mark::Unverified).then_some(match what {
                What::Rescue => "因公受伤证明",
                _ => "日记载、月汇总表",
            });
            self.say(i, test, mark, what, Some(recorded), Some(expected), &cols, document);
        }
        if let Some((recorded, expected)) = below {
            let (what, document) =
                if e.mixed { (What::MixedSets, "劳动能力鉴定书") } else { (What::BaseBelow, "扣分审批表") };
            self.say(i, Test::Base, Mark::Unverified, what, Some(recorded), Some(expected), &BASE_COLS, Some(document));
        }
        results
    }

    /// Which bases the law gives in this month, with notes on the choice the record made.
    pub(super) fn lawful_set(&mut self, i: usize, e: &Entry) -> (BaseSet, Treatment) {
        let ability = self.t.work;
        let by_label = if ability == Work::Unable { BaseSet::Unable } else { BaseSet::Able };
        if e.mixed {
            let side = |at: Option<&Entry>| at.filter(|x| !x.mixed && !x.old).map_or(by_label, |x| x.set);
            let before = side(i.checked_sub(1).map(|p| &self.entries[p]));
            let after = side(self.entries.get(i + 1));
            if before == after {
                return (before, Treatment::Test);
            }
            self.say(i, Test::Base, Mark::Unverified, What::MixedSets, None, None, &BASE_COLS, Some("劳动能力鉴定书"));
            return (BaseSet::Unable, Treatment::Skip);
        }
        match (e.set, ability) {
            (BaseSet::Unable, Work::Able) if i >= self.last_unable => {
                if i == self.last_unable {
                    self.say(i, Test::Base, Mark::Violation, What::UnableSet, None, None, &BASE_COLS, None);
                }
                (BaseSet::Able, Treatment::Replace)
            }
            (BaseSet::Unable, Work::Unable) => (BaseSet::Unable, Treatment::Test),
            (BaseSet::Unable, _) => {
                let first =
                    i.checked_sub(1).is_none_or(|p| self.entries[p].set != BaseSet::Unable || self.entries[p].old);
                if first {
                    self.say(
                        i,
                        Test::Base,
                        Mark::Unverified,
                        What::UnableSet,
                        None,
                        None,
                        &BASE_COLS,
                        Some("劳动能力鉴定书"),
                    );
                }
                (BaseSet::Unable, Treatment::Test)
            }
            (BaseSet::Able, Work::Unable) => {
                let found = self.t.inmate.health_date.get().map(Month::of);
                let labour = e.recorded.parts[LABOUR].base.is_some_and(|b| !b.is_zero());
                if labour
                    && found.is_some_and(|f| e.month > f)
                    && !self.blank.contains(&(Test::Base, Col::InHealthDate))
                {
                    self.blank.push((Test::Base, Col::InHealthDate));
                    self.say(
                        i,
                        Test::Base,
                        Mark::Unverified,
                        What::LabelledAble,
                        None,
                        None,
                        &BASE_COLS,
                        Some("劳动能力鉴定书"),
                    );
                }
                (BaseSet::Able, Treatment::Test)
            }
            (BaseSet::Able, _) => (BaseSet::Able, Treatment::Test),
        }
    }

    /// Whether a labour score in hospital may be the average that someone hurt in a rescue is given (17).
    ///
    /// A base simply left standing equals the average of anyone who never had a labour bonus; it is taken for an average
    /// only where the custody record speaks of an injury.
    pub(super) fn rescued(&self, month: Month, cell: &PartAmounts, due: Decimal, days: &Days) -> bool {
        let Some(rate) = self.average(days.hospital, days.total, |r| r.1) else { return false };
        let expected = due + rate;
        let tolerance = self.t.v.tolerance;
        let near = |s: Decimal| (s - expected).abs() <= tolerance;
        let score = cell.base.zip(cell.bonus).zip(cell.deduction).map(|((a, b), c)| a + b - c);
        if ![cell.base, score].into_iter().flatten().any(near) {
            return false;
        }
        !near(self.t.v.base[LABOUR]) || self.t.hurt(month)
    }

    /// The average of the months before, for so many days: the mean of three whole months, else by the day (17, 33, 34).
    pub(super) fn average(
        &self,
        for_days: u32,
        total: u32,
        score: impl Fn(&(Option<Decimal>, Option<Decimal>, u32)) -> Option<Decimal>,
    ) -> Option<Decimal> {
        let wanted = self.t.v.average_months as usize;
        let assessed = self.recent.iter().rev().filter(|r| r.2 > 0).take(wanted);
        let (mut sum, mut days, mut months) = (Decimal::ZERO, 0, 0);
        for r in assessed {
            sum += score(r)?;
            days += r.2;
            months += 1;
        }
        if months == 0 {
            None
        } else if months == wanted {
            Some(cents(sum / Decimal::from(months as u32) * Decimal::from(for_days) / Decimal::from(total)))
        } else {
            Some(cents(sum / Decimal::from(days) * Decimal::from(for_days)))
        }
    }

    /// The lawful part of a bonus.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn bonus(
        &mut self,
        i: usize,
        p: usize,
        b: Decimal,
        n: Decimal,
        due: Decimal,
        days: &Days,
        set: BaseSet,
    ) -> Decimal {
        if b <= Decimal::ZERO {
            return b;
        }
        let v = self.t.v;
        let cap = n * v.bonus_share;
        let cols = [BONUS_COLS[p]];
        if p == LABOUR && days.hospital == days.total && set == BaseSet::Able {
            let cell = self.entries[i].recorded.parts[p];
            if self.rescued(self.entries[i].month, &cell, due, days) {
                // A base above what is due has said so already.
                if cell.base.is_some_and(|base| base <= due) {
                    self.say(
                        i,
                        Test::HospitalLabour,
                        Mark::Unverified,
                        What::Rescue,
                        Some(b),
                        None,
                        &cols,
                        Some("因公受伤证明"),
                    );
                }
                return b;
            }
            self.say(
                i,
                Test::HospitalLabour,
                Mark::Violation,
                What::BonusInHospital,
                Some(b),
                Some(Decimal::ZERO),
                &cols,
                None,
            );
            return Decimal::ZERO;
        }
        if b > cap {
            if days.intake > 0 {
                // Conduct in the detention centre may be entered here as well, and its limit is written nowhere (18¶2).
                self.say(
                    i,
                    Test::BonusCap,
                    Mark::Unverified,
                    What::BonusIntake,
                    Some(b),
                    Some(cap),
                    &cols,
                    Some("看守所鉴定"),
                );
                return b;
            }
            self.say(i, Test::BonusCap, Mark::Violation, What::BonusAbove, Some(b), Some(cap), &cols, None);
            return cap;
        }
        let part_month = days.with_base(p) > 0 && days.with_base(p) < days.total;
        // Only a part of a month has another limit by the day.
        let by_day = if part_month { cents(due * v.bonus_share) } else { cap };
        if part_month && days.intake == 0 && b > by_day {
            self.say(
                i,
                Test::BonusCap,
                Mark::Unverified,
                What::BonusReading,
                Some(b),
                Some(by_day),
                &cols,
                Some("日记载、月汇总表"),
            );
        }
        b
    }

    /// The lawful special bonus of a month: what exceeds the limit for a single one is void.
    pub(super) fn lawful_special(&self, month: Month, recorded: Decimal) -> Decimal {
        let excess: Decimal = self.t.excess.iter().filter(|e| e.0 == month).map(|e| e.1).sum();
        if excess > Decimal::ZERO { (recorded - excess).max(Decimal::ZERO).min(recorded) } else { recorded }
    }

    /// Penalties of 奖惩 must be booked in their month or the next (15); returns the lawful amount of this month.
    pub(super) fn penalty(&mut self, i: usize, e: &Entry) -> Option<Decimal> {
        let t = self.t;
        if !t.has_awards {
            if e.recorded.penalty.is_none() {
                self.blank(i, Test::MonthSum, Col::PtPenalty);
            }
            return e.recorded.penalty;
        }
        let mut fresh = Decimal::ZERO;
        let mut cells = Vec::new();
        let previous = i.checked_sub(1).map(|p| self.entries[p].month);
        if e.after_gap {
            self.optional += self.due;
            self.due = Decimal::ZERO;
        }
        while let Some(&(date, amount, row)) = t.penalties.get(self.penalty_at).filter(|p| Month::of(p.0) <= e.month) {
            self.penalty_at += 1;
            let month = Month::of(date);
            if month == e.month {
                fresh += amount;
            } else if previous.is_none() || e.after_gap || month < t.since {
                // It may have been booked in a month that is not in the record.
                if month.until(e.month) <= 1 || e.after_gap {
                    self.optional += amount;
                }
            } else {
                self.due += amount;
            }
            cells.push(Cell::At(t.d.awards[row].date.at, Col::AwDate));
        }
        let Some(recorded) = e.recorded.penalty else {
            if self.due + fresh + self.optional > Decimal::ZERO {
                self.blank(i, Test::Penalty, Col::PtPenalty);
            }
            self.due = Decimal::ZERO;
            self.optional = fresh;
            return None;
        };
        let (least, most) = (self.due, self.due + fresh + self.optional);
        let mut lawful = recorded;
        if recorded < least {
            self.say(
                i,
                Test::Penalty,
                Mark::Violation,
                What::PenaltyShort,
                Some(recorded),
                Some(least),
                &[Col::PtPenalty],
                None,
            );
            if let Some(note) = self.out.notes.last_mut() {
                note.cells.extend(&cells);
            }
            lawful = least;
            self.due = fresh;
        } else if recorded > most {
            self.say(
                i,
                Test::Penalty,
                Mark::Unverified,
                What::PenaltyExtra,
                Some(recorded),
                Some(most),
                &[Col::PtPenalty],
                Some("处罚决定书"),
            );
            self.due = Decimal::ZERO;
        } else {
            self.due = (self.due + fresh - recorded).max(Decimal::ZERO);
        }
        self.optional = Decimal::ZERO;
        Some(lawful)
    }

    /// Whether the recorded score is the sum of its components, and in which way.
    pub(super) fn month_sum(&mut self, i: usize, e: &Entry) -> SumReading {
        let r = &e.recorded;
        let mut reading = SumReading::default();
        for p in 0..3 {
            for (cell, col) in [
                (r.parts[p].base, BASE_COLS[p]),
                (r.parts[p].bonus, BONUS_COLS[p]),
                (r.parts[p].deduction, DEDUCTION_COLS[p]),
            ] {
                if cell.is_none() {
                    self.blank(i, Test::MonthSum, col);
                }
            }
        }
        for (cell, col) in [(r.special, Col::PtSpecial), (r.penalty, Col::PtPenalty), (r.score, Col::PtScore)] {
            if cell.is_none() {
                self.blank(i, Test::MonthSum, col);
            }
        }
        reading.sums = sums(r);
        let (Some((full, floored)), Some(penalty), Some(score)) = (reading.sums, r.penalty, r.score) else {
            return reading;
        };
        let with = [full - penalty, floored - penalty];
        if with.contains(&score) {
            reading.floored = score != with[0];
            return reading;
        }
        if !penalty.is_zero() && (score == full || score == floored) {
            // Left out of the month but taken off the balance: art. 15 can be read so too.
            reading.floored = score != full;
            reading.without_penalty = true;
            let taken = match (self.before(i), r.balance) {
                (Some(before), Some(balance)) => {
                    let rest = before + score - penalty - balance;
                    r.cycle.map_or_else(|| self.whole_cycles(rest).is_some(), |c| c == rest)
                }
                _ => {
                    self.say(
                        i,
                        Test::MonthSum,
                        Mark::Unverified,
                        What::PenaltyUnclear,
                        Some(score),
                        Some(full - penalty),
                        &[Col::PtScore, Col::PtPenalty],
                        Some("处罚决定书"),
                    );
                    return reading;
                }
            };
            if taken {
                return reading;
            }
            reading.without_penalty = false;
        }
        let cols = [
            Col::PtScore,
            BASE_COLS[0],
            BONUS_COLS[0],
            DEDUCTION_COLS[0],
            BASE_COLS[1],
            BONUS_COLS[1],
            DEDUCTION_COLS[1],
            BASE_COLS[2],
            BONUS_COLS[2],
            DEDUCTION_COLS[2],
            Col::PtSpecial,
            Col::PtPenalty,
        ];
        self.say(i, Test::MonthSum, Mark::Violation, What::Sum, Some(score), Some(full - penalty), &cols, None);
        reading
    }

    /// So many whole cycles, or nothing.
    pub(super) fn whole_cycles(&self, amount: Decimal) -> Option<u32> {
        if amount.is_zero() {
            return Some(0);
        }
        let n = amount / self.t.v.cycle;
        (n >= Decimal::ZERO && n.fract().is_zero() && n <= Decimal::from(9u32))
            .then(|| u32::try_from(n.trunc()).unwrap_or(0))
    }

    /// The lawful score: the sum of the lawful components; from totals alone, the recorded score less what is void.
    pub(super) fn lawful_score(&self, r: &Amounts, lawful: &Amounts, recorded: SumReading) -> Option<Decimal> {
        let as_recorded = lawful.parts == r.parts && lawful.special == r.special;
        let sums = if as_recorded { recorded.sums } else { sums(lawful) };
        if let (Some((full, low)), Some(penalty)) = (sums, lawful.penalty) {
            return Some(if recorded.floored { low } else { full } - penalty);
        }
        let less = |a: Option<Decimal>, b: Option<Decimal>| a.zip(b).map_or(Decimal::ZERO, |(a, b)| a - b);
        let void: Decimal = r
            .parts
            .iter()
            .zip(&lawful.parts)
            .map(|(a, b)| less(a.base, b.base) + less(a.bonus, b.bonus))
            .sum::<Decimal>()
            + less(r.special, lawful.special)
            + less(lawful.penalty, r.penalty);
        r.score.map(|s| s - void)
    }

    /// A score in a month spent wholly outside.
    pub(super) fn outside(&mut self, i: usize, e: &Entry, days: &Days) {
        let r = &e.recorded;
        let positive = |d: Option<Decimal>| d.is_some_and(|d| d > Decimal::ZERO);
        let any =
            positive(r.score) || r.parts.iter().any(|p| positive(p.base) || positive(p.bonus)) || positive(r.special);
        if any && days.cancelled == 0 {
            let recorded = r.score.or(Some(Decimal::ZERO));
            self.say(
                i,
                Test::OutsideCustody,
                Mark::Violation,
                What::Outside,
                recorded,
                Some(Decimal::ZERO),
                &[Col::PtScore, Col::PtMonth],
                None,
            );
        }
    }

    /// Inquiries still open, and absences by 解回 that no judgment explains (33, 34¶2).
    pub(super) fn absence(&mut self, i: usize, e: &Entry, days: &Days, score: Option<Decimal>) {
        if days.open > 0 {
            let average = self.average(days.open, days.total, |r| r.0);
            self.say(
                i,
                Test::Suspension,
                Mark::Unverified,
                What::InquiryOpen,
                e.recorded.score,
                average,
                &[Col::PtScore],
                Some("立案侦查或隔离调查的结论"),
            );
        }
        if days.taken_back == 0 {
            return;
        }
        let (first, last) = (e.month.first_day(), e.month.last_day());
        let from = self.t.unexplained.partition_point(|u| u.1 < first);
        let Some(&(_, _, row)) = self.t.unexplained.get(from).filter(|u| u.0 <= last) else { return };
        let cell = Cell::At(self.t.d.custody[row].reason.at, Col::CuReason);
        let average = self.average(days.taken_back, days.total, |r| r.0);
        // The other days of the month keep what they earn; the average may come on top, and no more.
        let v = self.t.v;
        let bases = if e.set == BaseSet::Unable { v.unable } else { v.base };
        let others: Decimal = (0..3).map(|p| by_day(bases[p], days.with_base(p), Decimal::from(days.total))).sum();
        let present = (0..3).any(|p| days.with_base(p) > 0);
        let conduct: Option<Decimal> = e.recorded.all_parts().filter(|_| present).map(|parts| {
            parts.iter().map(|p| p.1 - p.2).sum::<Decimal>() + e.recorded.special.unwrap_or_default()
                - e.recorded.penalty.unwrap_or_default()
        });
        let most = average.map(|a| a + others + conduct.unwrap_or_default());
        let above = score.zip(most).is_some_and(|(s, m)| (conduct.is_some() || !present) && s > m + v.tolerance);
        let (mark, what, document) = if above {
            (Mark::Violation, What::TakenBackAverage, None)
        } else {
            (Mark::Unverified, What::TakenBackOpen, Some("解回函、判决书"))
        };
        self.say(i, Test::Suspension, mark, what, score, most, &[Col::PtScore], None);
        if let Some(note) = self.out.notes.last_mut() {
            note.cells.push(cell);
            note.ask = document.map(|document| Ask { cell, document });
        }
    }

    /// The balance with which the record, or a part of it, begins.
    pub(super) fn open(&mut self, i: usize, e: &Entry, before: Option<Decimal>, without_penalty: bool) {
        let zero = i == 0 && self.starts_at_zero();
        let resumed = e.recorded.balance.zip(e.recorded.score).map(|(balance, score)| {
            let penalty = if without_penalty { e.recorded.penalty.unwrap_or_default() } else { Decimal::ZERO };
            balance + e.recorded.cycle.unwrap_or_default() - score + penalty
        });
        let opening = if zero { Some(Decimal::ZERO) } else { before.or(resumed) };
        // Nothing more is known of the cycle than that it is running.
        self.cycle_from = zero.then_some(e.month);
        self.tested_from = self.cycle_from;
        let first = !std::mem::replace(&mut self.entered, true);
        if !zero && first {
            self.say(
                i,
                Test::Balance,
                Mark::Unverified,
                What::Opening,
                opening,
                None,
                &[Col::PtBalance],
                Some("此前的计分考核台账"),
            );
        }
        self.lawful = opening;
        self.tested = opening;
        self.unbooked = 0;
        self.owed = 0;
        self.apart = false;
    }

    /// The day in or before this month (and after the last one) on which points and awards are cancelled.
    pub(super) fn cancellation(&mut self, i: usize) -> Option<(NaiveDate, Negative, u32)> {
        let month = self.entries[i].month;
        let start = i.checked_sub(1).map(|p| self.entries[p].month);
        let mut found = None;
        while let Some(event) = self.t.events.get(self.event_at).filter(|e| Month::of(e.day) <= month) {
            let index = self.event_at as u32;
            self.event_at += 1;
            if start.is_none() && Month::of(event.day) < month {
                // Before the record begins: the opening balance has it in already.
                if event.ask.is_none() || self.answers.ask(Question::Cancels(index), event.ask) {
                    self.out.cancelled.push(event.day);
                }
                continue;
            }
            let yes = match event.ask {
                None => true,
                Some(_) => found.is_none() && self.answers.ask(Question::Cancels(index), event.ask),
            };
            if yes {
                found = Some((event.day, event.negative, index));
            }
        }
        let (day, ..) = found?;
        self.out.cancelled.push(day);
        // Within a gap the record is taken up again as it is.
        found.filter(|_| !self.entries[i].after_gap || Month::of(day) == month)
    }

    /// Carries out a cancellation (30–34) and sees whether the record did.
    pub(super) fn cancel(
        &mut self,
        i: usize,
        (day, negative, index): (NaiveDate, Negative, u32),
        before: Option<Decimal>,
        without_penalty: bool,
    ) {
        let e = &self.entries[i];
        let r = e.recorded;
        let had = self.lawful;
        if had.is_none_or(|b| b >= Decimal::ZERO) {
            self.lawful = Some(Decimal::ZERO);
            self.cycle_from = Some(Month::of(day));
        } else if negative != Negative::Kept {
            let other = self.answers.ask(Question::Negative(index), None);
            if other && negative == Negative::PerhapsWiped {
                self.lawful = Some(Decimal::ZERO);
            }
            if other {
                self.cycle_from = Some(Month::of(day));
            }
        }
        let penalty = if without_penalty { r.penalty.unwrap_or_default() } else { Decimal::ZERO };
        let opened = r.balance.zip(r.score).map(|(b, s)| b + r.cycle.unwrap_or_default() - s + penalty);
        let bonus: Decimal = r.parts.iter().filter_map(|p| p.bonus).sum::<Decimal>() + r.special.unwrap_or_default();
        // Carried on, or a negative balance wiped; anything else is a broken chain, which is another test.
        let carried =
            opened.zip(self.lawful).is_some_and(|(o, l)| o > l && (before.is_none_or(|b| b == o) || o.is_zero()));
        match opened {
            None => self.blank(i, Test::Cancellation, Col::PtBalance),
            Some(opened) if carried => {
                self.say(
                    i,
                    Test::Cancellation,
                    Mark::Violation,
                    What::Carried,
                    Some(opened),
                    self.lawful,
                    &[Col::PtBalance],
                    None,
                );
                // One mistake: later tests go on from what the record carried on.
                self.tested = Some(opened);
                self.apart = true;
            }
            Some(_) => {
                self.tested = self.lawful;
                self.tested_from = self.cycle_from;
                self.unbooked = 0;
                self.owed = 0;
                self.apart = false;
            }
        }
        if day > e.month.first_day() && Month::of(day) == e.month && bonus > Decimal::ZERO {
            self.say(
                i,
                Test::Cancellation,
                Mark::Unverified,
                What::CancelBonus,
                Some(bonus),
                None,
                &BONUS_COLS,
                Some("日记载、月汇总表"),
            );
        }
    }

    /// 积分 = previous 积分 + 当月考核分 − 周期扣减.
    pub(super) fn balance(&mut self, i: usize, before: Option<Decimal>, without_penalty: bool, cancelled: bool) {
        let e = &self.entries[i];
        let r = e.recorded;
        let Some(balance) = r.balance else {
            self.blank(i, Test::Balance, Col::PtBalance);
            return;
        };
        let penalty = if without_penalty { r.penalty.unwrap_or_default() } else { Decimal::ZERO };
        let Some(expected) = chain(before, r.score, r.cycle).map(|x| x - penalty) else { return };
        let mut rest = expected - balance;
        if cancelled && !rest.is_zero() {
            // The record may have begun anew.
            rest = expected - before.unwrap_or_default() - balance;
        }
        if let Some(other) = e.other.filter(|_| e.added) {
            // Two rows added: the balance runs through both.
            let first = Amounts::of(&self.t.d.points[other]);
            if let (Some(middle), Some(shown)) = (chain(before, first.score, first.cycle), first.balance)
                && middle != shown
            {
                self.say(
                    i,
                    Test::Balance,
                    Mark::Violation,
                    What::Chain,
                    Some(shown),
                    Some(middle),
                    &[Col::PtBalance],
                    None,
                );
                return;
            }
        }
        if rest.is_zero() {
            return;
        }
        if r.cycle.is_none() {
            // A blank deduction that the balances show is a deduction; anything else leaves two cells to doubt.
            if self.whole_cycles(rest).is_none() {
                self.say(
                    i,
                    Test::Balance,
                    Mark::Unverified,
                    What::EmptyCell,
                    Some(balance),
                    Some(expected),
                    &[Col::PtCycle, Col::PtBalance],
                    Some("计分考核台账"),
                );
            }
            return;
        }
        self.say(
            i,
            Test::Balance,
            Mark::Violation,
            What::Chain,
            Some(balance),
            Some(balance + rest),
            &[Col::PtBalance, Col::PtScore, Col::PtCycle],
            None,
        );
    }

    /// What the record takes off in this month for closed cycles; from the balances where the cell is blank.
    pub(super) fn taken(&self, i: usize) -> Option<Decimal> {
        let r = &self.entries[i].recorded;
        if r.cycle.is_some() {
            return r.cycle;
        }
        let rest = chain(self.before(i), r.score, None)? - r.balance?;
        let without = rest - r.penalty.unwrap_or_default();
        if rest > Decimal::ZERO && self.whole_cycles(rest).is_some() {
            Some(rest)
        } else if without > Decimal::ZERO && self.whole_cycles(without).is_some() {
            Some(without)
        } else {
            Some(Decimal::ZERO)
        }
    }

    /// Adds the month and closes what is full (38¶2); returns the closings of the lawful ledger.
    pub(super) fn close(&mut self, i: usize, e: &Entry, score: Option<Decimal>) -> u32 {
        let cycle = self.t.v.cycle;
        let Some(score) = score else {
            self.lawful = None;
            self.tested = None;
            return 0;
        };
        let step = |balance: &mut Option<Decimal>, answers: &mut Answers| -> u32 {
            let Some(b) = balance.as_mut() else { return 0 };
            *b += score;
            let mut n = 0;
            while *b >= cycle && n < MOST_AT_ONCE && (n == 0 || answers.ask(Question::TwoAtOnce, None)) {
                *b -= cycle;
                n += 1;
            }
            n
        };
        let closings = step(&mut self.lawful, self.answers);
        for _ in 0..closings {
            self.closed.push((self.cycle_from, e.month));
            self.cycle_from = Some(e.month.plus(1));
        }
        let tested = if self.apart {
            step(&mut self.tested, self.answers)
        } else {
            self.tested = self.lawful;
            closings
        };
        if self.tested.is_none() {
            return closings;
        }
        let close_tested = |this: &mut Self, n: u32| {
            for _ in 0..n {
                this.closed_tested.push((this.tested_from, e.month));
                this.tested_from = Some(e.month.plus(1));
            }
        };
        let recorded = e.recorded.cycle;
        let taken = self.taken(i).unwrap_or_default();
        let must = self.unbooked;
        let resume = |this: &mut Self, late: u32| {
            this.apart = true;
            this.owed += late;
            this.unbooked = 0;
            if let Some(balance) = this.entries[i].recorded.balance {
                this.tested = Some(balance - cycle * Decimal::from(this.owed));
            }
        };
        match self.whole_cycles(taken) {
            None => {
                let expected = cycle * Decimal::from(must + tested);
                self.say(
                    i,
                    Test::Cycle,
                    Mark::Violation,
                    What::CycleAmount,
                    recorded,
                    Some(expected),
                    &[Col::PtCycle, Col::PtBalance],
                    None,
                );
                close_tested(self, tested.max(1));
                resume(self, 0);
            }
            Some(n) if n > must + tested + self.owed => {
                // Taken although the lawful balance has not reached the cycle.
                let reached = self.tested.map(|b| b + cycle * Decimal::from(tested));
                self.say(
                    i,
                    Test::Cycle,
                    Mark::Violation,
                    What::CycleEarly,
                    Some(taken),
                    reached,
                    &[Col::PtCycle, Col::PtBalance],
                    None,
                );
                close_tested(self, n - must - self.owed);
                self.owed = 0;
                resume(self, 0);
            }
            Some(n) if n < must => {
                let reached = self.tested.map(|b| b + cycle * Decimal::from(must));
                self.say(
                    i,
                    Test::Cycle,
                    Mark::Violation,
                    What::CycleLate,
                    Some(taken),
                    reached,
                    &[Col::PtCycle, Col::PtBalance],
                    None,
                );
                close_tested(self, tested);
                resume(self, must - n + tested);
            }
            Some(n) => {
                close_tested(self, tested);
                let open = must + tested + self.owed - n;
                // What is taken is first what had to be taken, then what closes now, then what was late.
                self.unbooked = (must + tested).saturating_sub(n);
                self.owed = open - self.unbooked;
            }
        }
        closings
    }

    /// What the month means for grade and award.
    pub(super) fn judge(
        &self,
        r: &Amounts,
        days: &Days,
        parts: &[PartResult; 3],
        lawful: &Amounts,
        closings: u32,
        difference: Option<Decimal>,
    ) -> MonthFold {
        let v = self.t.v;
        let zero = Decimal::ZERO;
        // A part is below its base when its bonus does not make up for what it lost; whether days without base count as
        // lost is a question of reading.
        let mut part_below = [Tri::Maybe; 3];
        for (slot, part) in part_below.iter_mut().zip(parts) {
            if let (Some(bonus), Some(deduction)) = (part.lawful.bonus, part.lawful.deduction) {
                let net = bonus - deduction;
                *slot = Tri::of(net < part.shortfall, net < part.shortfall + part.lost);
            }
        }
        let shortfall: Decimal = parts.iter().map(|p| p.shortfall).sum();
        let lost: Decimal = parts.iter().map(|p| p.lost).sum();
        let base: Option<Decimal> = lawful.parts.iter().map(|p| p.base).sum();
        let with = lawful.score.zip(base).map(|(s, b)| s - b);
        let below = match with {
            Some(with) => {
                let without = with + lawful.penalty.unwrap_or(zero);
                Tri::of(without < shortfall, with < shortfall + lost)
            }
            None => match lawful.score {
                // Totals alone: a whole month has its whole base.
                Some(s) if days.full == days.total && lawful.parts.iter().all(|p| p.base.is_none()) => {
                    let base: Decimal = v.base.iter().sum();
                    Tri::of(s + lawful.penalty.unwrap_or(zero) < base && lawful.penalty.is_some(), s < base)
                }
                _ => Tri::Maybe,
            },
        };
        let part_month = days.out + days.open + days.intake + days.taken_back > 0;
        let low = match lawful.score {
            Some(s) => {
                let high = s + lawful.penalty.unwrap_or(zero);
                Tri::of(high < v.low_score && !part_month, s < v.low_score)
            }
            None => Tri::Maybe,
        };
        MonthFold {
            expected: *lawful,
            days: *days,
            difference,
            closings,
            part_below: if days.all_out() { [Tri::No; 3] } else { part_below },
            below: if days.all_out() { Tri::No } else { below },
            low: if days.all_out() { Tri::of(false, low > Tri::No) } else { low },
            big_deduction: r.parts.iter().any(|p| p.deduction.is_some_and(|d| d >= v.breach)),
            penalised: lawful.penalty.is_some_and(|p| p > zero),
        }
    }
}

/// How the recorded score comes to be.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SumReading {
    /// A part below zero stops at zero (10: parts do not make up for each other).
    pub(super) floored: bool,
    /// The penalty is not in the score but taken off the balance.
    pub(super) without_penalty: bool,
    /// [`sums`] of what is recorded.
    pub(super) sums: Option<(Decimal, Decimal)>,
}

/// Σ(base + bonus − deduction) + special, with parts below zero counted in full and stopped at zero.
pub(super) fn sums(a: &Amounts) -> Option<(Decimal, Decimal)> {
    let parts = a.all_parts()?;
    let special = a.special?;
    let [a, b, c] = parts.map(|(base, bonus, deduction)| base + bonus - deduction);
    let full = [a, b, c].iter().sum::<Decimal>() + special;
    // Only a month with a part below zero has two sums.
    let below = [a, b, c].iter().any(|s| s.is_sign_negative());
    let at_least = |s: Decimal| s.max(Decimal::ZERO);
    let floored = if below { at_least(a) + at_least(b) + at_least(c) + special } else { full };
    Some((full, floored))
}

pub(super) fn labour_score(a: &Amounts) -> Option<Decimal> {
    let p = a.parts[LABOUR];
    Some(p.base? + p.bonus? - p.deduction?)
}

/// Least and most that a base by the day may be: days at the ends and the divisor are read differently.
pub(super) fn fits(n: Decimal, k: u32, total: u32, v: &Values) -> (Decimal, Decimal) {
    if k == total {
        return (n, n);
    }
    if k == 0 {
        return (Decimal::ZERO, Decimal::ZERO);
    }
    let divisors = [Decimal::from(total), v.divisor];
    let least = divisors.iter().map(|d| by_day(n, k - 1, *d)).min().unwrap_or(n);
    let most = divisors.iter().map(|d| by_day(n, (k + 1).min(total), *d)).max().unwrap_or(n);
    (least - v.tolerance, (most + v.tolerance).min(n))
}

/// Which check speaks about a base above what the days allow: by what took most of the lost days.
pub(super) fn cause(part: usize, days: &Days, cancelled: bool) -> Test {
    if cancelled && days.cancelled > 0 {
        return Test::Cancellation;
    }
    let hospital = if part == LABOUR { days.hospital } else { 0 };
    let rest = days.out + days.taken_back + days.open + days.inquiry;
    let list = [
        (days.confined, Test::Confinement),
        (days.intake, Test::Intake),
        (hospital, Test::HospitalLabour),
        (rest, Test::Base),
    ];
    // Of equal causes the first: it is the graver one.
    let most = list.iter().map(|l| l.0).max().unwrap_or(0);
    list.iter().find(|l| l.0 == most && most > 0).map_or(Test::Base, |l| l.1)
}
