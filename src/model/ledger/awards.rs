//! Cycles, grades and awards (21–24, 38): which award belongs to which cycle, and whether the months bear it.

use chrono::NaiveDate;

use super::fold::Folder;
use super::*;

/// Awards decided together for one cycle.
pub(super) struct Group {
    pub(super) date: NaiveDate,
    pub(super) rows: Vec<usize>,
    pub(super) from: Option<Month>,
    pub(super) to: Option<Month>,
}

impl Group {
    pub(super) fn month(&self) -> Month {
        Month::of(self.date)
    }
}

impl Folder<'_, '_> {
    /// Puts awards and cycles together (21–24, 38) and says which commendations can be counted.
    pub(super) fn commendations(&mut self) {
        let groups = self.groups();
        let closed = std::mem::take(&mut self.closed_tested);
        let mut cycles = self.cycles(&closed, &groups);
        let owner = self.assign(&closed, &groups);
        let mut lawful = vec![Tri::Maybe; groups.len()];
        let mut previous = None;
        for (n, cycle) in cycles.iter_mut().enumerate() {
            let mine: Vec<usize> = (0..groups.len()).filter(|g| owner[*g] == Some(n)).collect();
            let verdict = self.grade_and_award(cycle, &groups, &mine, previous);
            previous = Some(match cycle.grade {
                Some(Grade::Failed) => Tri::Yes,
                Some(_) if cycle.must_fail != Tri::Yes => Tri::No,
                _ => cycle.must_fail,
            });
            for g in mine {
                lawful[g] = verdict;
            }
        }
        self.without_cycle(&groups, &owner, &mut lawful);
        for (g, group) in groups.iter().enumerate() {
            let void = self.out.cancelled.iter().any(|day| group.date < *day);
            let lawful = if void { Tri::No } else { lawful[g] };
            let cycle_to = group.to.or_else(|| owner[g].map(|n| closed[n].1));
            for row in &group.rows {
                if self.t.d.awards[*row].kind.get() == Some(AwardKind::Commendation) {
                    self.out.commendations.push(Commendation { row: *row, lawful, cycle_to });
                }
            }
        }
        // The printed cycles are those of the lawful ledger.
        if closed == self.closed {
            self.out.cycles = cycles;
        } else {
            let closed = std::mem::take(&mut self.closed);
            let mut cycles = self.cycles(&closed, &groups);
            let owner = self.assign(&closed, &groups);
            let notes = self.out.notes.len();
            let mut previous = None;
            for (n, cycle) in cycles.iter_mut().enumerate() {
                let mine: Vec<usize> = (0..groups.len()).filter(|g| owner[*g] == Some(n)).collect();
                self.grade_and_award(cycle, &groups, &mine, previous);
                previous = Some(cycle.must_fail);
            }
            self.out.notes.truncate(notes);
            self.out.cycles = cycles;
        }
    }

    /// Rows of one day and one cycle belong together.
    pub(super) fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for &row in &self.t.awards {
            let a = &self.t.d.awards[row];
            let Some(date) = a.date.get() else { continue };
            let (from, to) = (a.cycle_from.get(), a.cycle_to.get());
            match groups.last_mut().filter(|g| g.date == date && g.to == to) {
                // Two commendations on one day are two awards.
                Some(g) if !g.rows.iter().any(|r| self.t.d.awards[*r].kind.get() == a.kind.get()) => {
                    g.rows.push(row);
                    g.from = g.from.or(from);
                }
                _ => groups.push(Group { date, rows: vec![row], from, to }),
            }
        }
        groups
    }

    /// Which cycle each group of awards is for: by its 周期止月, else by its date.
    pub(super) fn assign(&self, closed: &[(Option<Month>, Month)], groups: &[Group]) -> Vec<Option<usize>> {
        let mut owner: Vec<Option<usize>> = vec![None; groups.len()];
        let mut used = vec![false; closed.len()];
        for (g, group) in groups.iter().enumerate() {
            let named = group.to.and_then(|to| (0..closed.len()).find(|n| !used[*n] && closed[*n].1 == to));
            if let Some(n) = named {
                owner[g] = Some(n);
                used[n] = true;
            }
        }
        for (g, group) in groups.iter().enumerate() {
            if owner[g].is_some() || group.month() < self.t.since {
                continue;
            }
            let month = group.month();
            let before = closed.partition_point(|c| c.1 < month);
            // The cycle last closed before the award; else, for one given early, the next to close.
            let late = (0..before).rev().take_while(|n| closed[*n].1.until(month) <= 12).find(|n| !used[*n]);
            let early = (before..closed.len()).take_while(|n| month.until(closed[*n].1) <= 2).find(|n| !used[*n]);
            if let Some(n) = late.or(early) {
                owner[g] = Some(n);
                used[n] = true;
                continue;
            }
            // A material reward decided apart from the commendation it joins.
            let material = group.rows.iter().all(|r| self.t.d.awards[*r].kind.get() == Some(AwardKind::Material));
            if material && let Some(n) = before.checked_sub(1).filter(|n| closed[*n].1.until(month) <= 2) {
                owner[g] = Some(n);
            }
        }
        owner
    }

    /// What the months of each cycle mean for its grade.
    pub(super) fn cycles(&self, closed: &[(Option<Month>, Month)], _groups: &[Group]) -> Vec<Cycle> {
        let mut at = 0;
        let mut out: Vec<Cycle> = Vec::with_capacity(closed.len());
        for (n, &(from, to)) in closed.iter().enumerate() {
            let start = match from {
                Some(from) => self.entries.partition_point(|e| e.month < from),
                None => at,
            };
            let end = self.entries.partition_point(|e| e.month <= to);
            at = end;
            // Two closings in one month: the second has no month of its own.
            let start = if start >= end && n > 0 { end.saturating_sub(1) } else { start.min(end) };
            let entries = &self.entries[start..end];
            let months = &self.out.months[start..end];
            let seen_whole = from.is_some() && !entries.iter().skip(1).any(|e| e.after_gap);
            let (first_day, last_day) =
                (entries.first().map_or(to, |e| e.month).min(from.unwrap_or(to)).first_day(), to.last_day());

            let below = months.iter().map(|m| m.below).max().unwrap_or_default();
            let mut must_fail = self.must_fail(months, first_day, last_day);
            let mut barred = months.iter().flat_map(|m| m.part_below).max().unwrap_or_default();
            if months.iter().any(|m| m.penalised) || self.penalties_in(first_day, last_day).next().is_some() {
                barred = Tri::Yes;
            } else if months.iter().any(|m| m.big_deduction) {
                barred = barred.max(Tri::Maybe);
            }
            barred = barred.max(self.unpaid(first_day, last_day));
            let mut below = below;
            if !seen_whole {
                // Months that nobody sees may hold anything.
                must_fail = must_fail.max(Tri::Maybe);
                barred = barred.max(Tri::Maybe);
                below = below.max(Tri::Maybe);
            }
            out.push(Cycle {
                from,
                to,
                must_fail,
                barred,
                below,
                allowed: Vec::new(),
                grade: None,
                awards: Vec::new(),
                expected: Vec::new(),
            });
        }
        out
    }

    pub(super) fn penalties_in(&self, from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = AwardKind> {
        let penalties = &self.t.penalties;
        let start = penalties.partition_point(|p| p.0 < from);
        penalties[start..].iter().take_while(move |p| p.0 <= to).filter_map(|p| self.t.d.awards[p.2].kind.get())
    }

    /// 23(7) to (9): what makes 不合格 whatever else.
    pub(super) fn must_fail(&self, months: &[MonthFold], from: NaiveDate, to: NaiveDate) -> Tri {
        let v = self.t.v;
        let (mut warnings, mut demerits, mut confined) = (0, 0, false);
        for kind in self.penalties_in(from, to) {
            match kind {
                AwardKind::Warning => warnings += 1,
                AwardKind::Demerit => demerits += 1,
                _ => confined = true,
            }
        }
        let low = |tri: Tri| months.iter().filter(|m| m.low >= tri).count() as u32;
        Tri::of(confined, confined)
            // Twice the same, or twice taken together: the wording bears both.
            .max(Tri::of(warnings.max(demerits) >= v.penalties, warnings + demerits >= v.penalties))
            .max(Tri::of(low(Tri::Yes) >= v.low_months, low(Tri::Maybe) >= v.low_months))
    }

    /// 22(4): able and not (fully) paying in the cycle.
    pub(super) fn unpaid(&self, from: NaiveDate, to: NaiveDate) -> Tri {
        let d = self.t.d;
        let mut worst = Tri::No;
        for item in &d.property {
            let finished = match item.state.get() {
                Some(PropertyState::Remitted) => continue,
                Some(PropertyState::Forgiven | PropertyState::Deposited) => Tri::Yes,
                Some(PropertyState::Performed) => match item.performed.get() {
                    Some(day) if day < from => Tri::Yes,
                    Some(day) if day > to => Tri::No,
                    // Paid within the cycle, or on an unknown day.
                    _ => Tri::Maybe,
                },
                Some(PropertyState::Instalments) | None => Tri::Maybe,
                Some(_) => Tri::No,
            };
            let able = match item.able.get() {
                Some(Ability::Able) => Tri::Yes,
                Some(Ability::Unable) => Tri::No,
                Some(Ability::Unclear) | None => Tri::Maybe,
            };
            let unpaid = finished.opposite();
            let able = if able < Tri::Yes && unpaid > Tri::No { able.max(self.overspent(from, to)) } else { able };
            worst = worst.max(unpaid.min(able));
        }
        worst
    }

    /// Spending above the limit while something is unpaid counts as being able, unless there was a special reason
    /// (法释〔2024〕5号 6¶2), so it is never more than open.
    pub(super) fn overspent(&self, from: NaiveDate, to: NaiveDate) -> Tri {
        let (from, to) = (Month::of(from), Month::of(to));
        let rows = self.t.d.spending.iter().filter(|s| s.month >= from && s.month <= to);
        let over = rows.into_iter().any(|s| match (s.spent.known(), s.limit.known()) {
            (Some(spent), Some(limit)) => spent > limit,
            (Some(spent), None) => !spent.is_zero(),
            (None, _) => false,
        });
        if over { Tri::Maybe } else { Tri::No }
    }

    /// Grade and award of one cycle against what the law allows; returns whether its commendations are lawful.
    pub(super) fn grade_and_award(
        &mut self,
        cycle: &mut Cycle,
        groups: &[Group],
        mine: &[usize],
        previous: Option<Tri>,
    ) -> Tri {
        // 22(3): the cycle before; for the first one it is known only if the record begins with intake.
        let after_failed = previous.unwrap_or(if cycle.from.is_some() { Tri::No } else { Tri::Maybe });
        cycle.barred = cycle.barred.max(after_failed);
        cycle.allowed = match cycle.must_fail {
            Tri::Yes => vec![Grade::Failed],
            open => {
                let mut allowed = Vec::with_capacity(3);
                if cycle.barred != Tri::Yes {
                    allowed.push(Grade::Active);
                }
                allowed.push(Grade::Passed);
                if open == Tri::Maybe {
                    allowed.push(Grade::Failed);
                }
                allowed
            }
        };
        let d = self.t.d;
        let rows: Vec<usize> = mine.iter().flat_map(|g| groups[*g].rows.iter().copied()).collect();
        cycle.awards.clone_from(&rows);
        cycle.grade = rows.iter().find_map(|r| d.awards[*r].grade.get());
        let below = cycle.below;
        let gives = |g: Grade| -> &'static [AwardKind] {
            match (g, below) {
                (Grade::Active, _) | (Grade::Passed, Tri::No) => &[AwardKind::Commendation],
                (Grade::Passed, Tri::Yes) => &[AwardKind::Material],
                (Grade::Passed, Tri::Maybe) => &[AwardKind::Commendation, AwardKind::Material],
                (Grade::Failed, _) => &[AwardKind::NoAward],
            }
        };
        for kind in cycle.allowed.iter().flat_map(|g| gives(*g)) {
            if !cycle.expected.contains(kind) {
                cycle.expected.push(*kind);
            }
        }
        let month = cycle.to;
        let closing = self.entries.binary_search_by_key(&month, |e| e.month).unwrap_or(0);
        if rows.is_empty() {
            let graded_by =
                self.entries.last().is_some_and(|e| month.until(e.month) >= self.t.v.late_award_months as i32);
            if self.t.has_awards && graded_by {
                self.say(
                    closing,
                    Test::Award,
                    Mark::Unverified,
                    What::AwardMissing,
                    None,
                    None,
                    &[Col::PtCycle, Col::PtBalance],
                    Some("等级评定审批表"),
                );
            }
            return Tri::Maybe;
        }
        let cells: Vec<Cell> = rows
            .iter()
            .flat_map(|r| [Cell::At(d.awards[*r].kind.at, Col::AwKind), Cell::At(d.awards[*r].grade.at, Col::AwGrade)])
            .collect();
        let say = |this: &mut Self, test, mark, what, document: Option<&'static str>, cell: Option<Cell>| {
            let cell = cell.unwrap_or(cells[0]);
            this.out.notes.push(Note {
                test,
                mark,
                what,
                month,
                recorded: None,
                expected: None,
                cells: cells.clone(),
                ask: document.map(|document| Ask { cell, document }),
            });
        };

        let mut grade_wrong = false;
        match cycle.grade {
            None => {
                let cell = Cell::At(d.awards[rows[0]].grade.at, Col::AwGrade);
                say(self, Test::Grade, Mark::Unverified, What::EmptyCell, Some("等级评定审批表"), Some(cell));
            }
            Some(Grade::Failed) => {
                if cycle.must_fail != Tri::Yes {
                    say(self, Test::Grade, Mark::Unverified, What::GradeFailedPapers, Some("等级评定审批表"), None);
                }
            }
            Some(grade) => {
                let active = grade == Grade::Active;
                let bar = if active { cycle.barred } else { Tri::No };
                if cycle.must_fail == Tri::Yes {
                    grade_wrong = true;
                    say(self, Test::Grade, Mark::Violation, What::GradeFailedDue, None, None);
                } else if bar == Tri::Yes {
                    grade_wrong = true;
                    say(self, Test::Grade, Mark::Violation, What::GradeActiveBarred, None, None);
                } else if cycle.must_fail.max(bar) == Tri::Maybe {
                    say(self, Test::Grade, Mark::Unverified, What::GradeUnsure, Some("等级评定审批表"), None);
                }
                if active {
                    say(self, Test::Grade, Mark::Risk, What::GradeStrict, None, None);
                }
            }
        }

        // The award: what the grade gives; without a lawful grade, what an allowed one gives.
        let given: Vec<AwardKind> = rows.iter().filter_map(|r| d.awards[*r].kind.get()).collect();
        let commended = given.contains(&AwardKind::Commendation);
        let material = given.contains(&AwardKind::Material);
        let fits = |g: Grade| -> Tri {
            match g {
                Grade::Active => Tri::of(commended, commended),
                Grade::Passed => {
                    if commended && !material {
                        below.opposite()
                    } else if material && !commended {
                        below
                    } else {
                        Tri::No
                    }
                }
                Grade::Failed => Tri::of(!commended && !material, !commended && !material),
            }
        };
        let grades = match cycle.grade.filter(|_| !grade_wrong) {
            Some(g) => vec![g],
            None => cycle.allowed.clone(),
        };
        let all = grades.iter().map(|g| fits(*g)).min().unwrap_or_default();
        let any = grades.iter().map(|g| fits(*g)).max().unwrap_or_default();
        let mut lawful = if all == Tri::Yes {
            Tri::Yes
        } else if any == Tri::No {
            Tri::No
        } else {
            Tri::Maybe
        };
        match lawful {
            Tri::No => say(self, Test::Award, Mark::Violation, What::AwardWrong, None, None),
            Tri::Maybe => say(self, Test::Award, Mark::Unverified, What::AwardUnsure, Some("等级评定审批表"), None),
            Tri::Yes => {}
        }
        for g in mine {
            let group = &groups[*g];
            let wrong_from = group.from.zip(cycle.from).is_some_and(|(a, b)| a != b);
            if group.to.is_some_and(|to| to != month) || wrong_from {
                lawful = Tri::No;
                say(self, Test::Award, Mark::Violation, What::AwardPeriod, None, None);
            }
            if group.month() <= month {
                lawful = Tri::No;
                say(self, Test::Award, Mark::Violation, What::AwardEarly, None, None);
            } else if month.until(group.month()) > self.t.v.late_award_months as i32 {
                say(self, Test::Award, Mark::Risk, What::AwardLate, None, None);
            }
        }
        lawful
    }

    /// Awards for which no cycle has closed.
    pub(super) fn without_cycle(&mut self, groups: &[Group], owner: &[Option<usize>], lawful: &mut [Tri]) {
        // Where the record cannot be followed the cycles are not known.
        let Some(first) = self.entries.iter().find(|e| !e.old).map(|e| e.month) else { return };
        let Some(last) = self.entries.last().map(|e| e.month) else { return };
        let whole = self.starts_at_zero();
        let broken = self.entries.iter().any(|e| e.after_gap) || self.lawful.is_none();
        for (g, group) in groups.iter().enumerate() {
            if owner[g].is_some() || group.month() < self.t.since {
                continue;
            }
            let kinds = |k| group.rows.iter().any(|r| self.t.d.awards[*r].kind.get() == Some(k));
            if !kinds(AwardKind::Commendation) && !kinds(AwardKind::Material) {
                continue;
            }
            // An award soon after the record begins may be for a cycle before it, one after its end for a later one.
            let seen = (whole || first.until(group.month()) > self.t.v.late_award_months as i32)
                && group.month() <= last.plus(1);
            if !seen {
                continue;
            }
            let mark = if broken { Mark::Unverified } else { Mark::Violation };
            if !broken {
                lawful[g] = Tri::No;
            }
            let cell = Cell::At(self.t.d.awards[group.rows[0]].date.at, Col::AwDate);
            self.out.notes.push(Note {
                test: Test::Award,
                mark,
                what: What::AwardNoCycle,
                month: group.month(),
                recorded: None,
                expected: None,
                cells: group.rows.iter().map(|r| Cell::At(self.t.d.awards[*r].kind.at, Col::AwKind)).collect(),
                ask: broken.then_some(Ask { cell, document: "等级评定审批表" }),
            });
        }
    }
}
