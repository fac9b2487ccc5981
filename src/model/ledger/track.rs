//! What does not change with the answers: the days, the events, the months as recorded, and the notes that follow from
//! the record alone.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::*;
use crate::model::custody::{self, Span};

/// Something that may cancel points and awards from a day on (30–34).
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    pub(super) day: NaiveDate,
    /// Certain, or the paper that decides.
    pub(super) ask: Option<Ask>,
    pub(super) negative: Negative,
}

/// What becomes of a negative balance on cancellation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Negative {
    /// It is kept, and the cycle goes on (30, 31).
    Kept,
    /// Kept or wiped: art. 32 does not say.
    PerhapsWiped,
    /// Kept; the cycle goes on or a new one begins (34).
    PerhapsNewCycle,
}

/// 丧失劳动能力 as far as the workbook says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    Able,
    Unable,
    /// 基本丧失劳动能力: art. 20 can be read either way.
    Reading,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Out,
    TakenBack,
    Confined,
    Inquiry,
    Open,
    Intake,
    Hospital,
    Full,
    Gap,
}

/// What does not change with the answers.
pub(super) struct Track<'a> {
    pub(super) d: &'a Dossier,
    pub(super) v: &'a Values,
    pub(super) since: Month,
    pub(super) has_awards: bool,
    pub(super) has_custody: bool,
    pub(super) has_intake_education: bool,
    pub(super) spans: Vec<Span>,
    /// For each span of an inquiry: whether it led to a finding.
    pub(super) found: Vec<bool>,
    pub(super) admitted: Option<NaiveDate>,
    pub(super) work: Work,
    pub(super) inmate: &'a Inmate,
    /// Penalties of 奖惩 by date: amount, row.
    pub(super) penalties: Vec<(NaiveDate, Decimal, usize)>,
    pub(super) events: Vec<Event>,
    /// Absences by 解回 without a row of 新罪漏罪.
    pub(super) unexplained: Vec<(NaiveDate, NaiveDate, usize)>,
    /// Awards in order of date: rows.
    pub(super) awards: Vec<usize>,
    /// What single special bonuses have above their limit, by month; hardly anybody has any.
    pub(super) excess: Vec<(Month, Decimal)>,
}

pub(super) fn contains(field: &Field<String>, words: &[&str]) -> bool {
    field.known().is_some_and(|text| words.iter().any(|w| text.contains(w)))
}

impl<'a> Track<'a> {
    pub(super) fn new(d: &'a Dossier, inmate: &'a Inmate, v: &'a Values, presence: &Presence) -> Track<'a> {
        let spans = custody::replay(&d.custody, custody::points_rank);
        let in_prison = |k: CustodyKind| !k.is_elsewhere() && !k.is_away();
        let intake = spans.iter().filter(|s| s.kind == CustodyKind::Intake).map(|s| s.from).min();
        let first = spans.iter().filter(|s| in_prison(s.kind)).map(|s| s.from).min();
        let delivered = inmate.delivered.get();
        let admitted = intake.or(match (first, delivered) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        });
        let mut penalties: Vec<_> = d
            .awards
            .iter()
            .enumerate()
            .filter_map(|(i, a)| {
                let amount = match a.kind.get()? {
                    AwardKind::Warning => v.warning,
                    AwardKind::Demerit => v.demerit,
                    AwardKind::Confinement => v.confinement,
                    _ => return None,
                };
                Some((a.date.get()?, amount, i))
            })
            .collect();
        penalties.sort_unstable();
        let mut awards: Vec<usize> = (0..d.awards.len())
            .filter(|&i| {
                matches!(
                    d.awards[i].kind.get(),
                    Some(AwardKind::Commendation | AwardKind::Material | AwardKind::NoAward)
                ) && d.awards[i].date.get().is_some()
            })
            .collect();
        awards.sort_by_key(|&i| {
            let a = &d.awards[i];
            (a.date.get(), a.cycle_to.get(), a.kind.get(), a.grade.get(), a.cycle_from.get())
        });
        let single = |a: &Award| {
            let over = a.points.get()? - v.special_single;
            let special = a.kind.get() == Some(AwardKind::Special) && over > Decimal::ZERO;
            special.then_some((Month::of(a.date.get()?), over))
        };
        let excess = d.awards.iter().filter_map(single).collect();
        let work = match inmate.health.known() {
            None => Work::Unknown,
            Some(h) if h.contains(&Health::UnableToWork) => Work::Unable,
            Some(h) if h.contains(&Health::MostlyUnableToWork) => Work::Reading,
            Some(_) => Work::Able,
        };
        let mut track = Track {
            d,
            v,
            since: Month::of(v.since),
            has_awards: presence.has(SheetKind::Awards),
            has_custody: !spans.is_empty(),
            has_intake_education: spans.iter().any(|s| s.kind == CustodyKind::IntakeEducation),
            found: Vec::new(),
            spans,
            admitted,
            work,
            inmate,
            penalties,
            events: Vec::new(),
            unexplained: Vec::new(),
            awards,
            excess,
        };
        track.found = track.spans.iter().map(|s| track.has_finding(s)).collect();
        track.find_events();
        track
    }

    /// Whether an inquiry led to something: a new crime judged later, or a penalty from its start to some days after its end (33).
    pub(super) fn has_finding(&self, span: &Span) -> bool {
        if !matches!(span.kind, CustodyKind::Investigation | CustodyKind::Isolation) {
            return false;
        }
        let judged = self.d.new_crimes.iter().any(|n| n.confirmed.get().is_some_and(|c| c >= span.from));
        let until = if span.to == NaiveDate::MAX { span.to } else { add_days(span.to, self.v.finding_days) };
        let first = self.penalties.partition_point(|p| p.0 < span.from);
        judged || self.penalties.get(first).is_some_and(|p| p.0 <= until)
    }

    pub(super) fn class(&self, i: usize) -> Class {
        let kind = self.spans[i].kind;
        match kind {
            CustodyKind::TakenBack => Class::TakenBack,
            CustodyKind::Confinement => Class::Confined,
            CustodyKind::Investigation | CustodyKind::Isolation => {
                if self.found[i] {
                    Class::Inquiry
                } else {
                    Class::Open
                }
            }
            CustodyKind::IntakeEducation => Class::Intake,
            // Someone unable to work has no labour score to lose.
            CustodyKind::Hospital | CustodyKind::Recovery if self.work != Work::Unable => Class::Hospital,
            CustodyKind::HomeLeave => Class::Full,
            k if k.is_away() || k.is_elsewhere() => Class::Out,
            _ => Class::Full,
        }
    }

    /// Calls `f` with every run of days of one class in `[from, to]`.
    pub(super) fn each_run(&self, from: NaiveDate, to: NaiveDate, mut f: impl FnMut(Class, NaiveDate, u32)) {
        let mut day = from;
        let mut i = self.spans.partition_point(|s| s.to < from);
        while day <= to {
            let before = self.admitted.filter(|a| day < *a);
            let (class, last) = if let Some(a) = before {
                (Class::Out, add_days(a, -1))
            } else {
                match self.spans.get(i) {
                    Some(s) if s.from <= day => (self.class(i), s.to),
                    Some(s) => (if self.has_custody { Class::Gap } else { Class::Full }, add_days(s.from, -1)),
                    None => (if self.has_custody { Class::Gap } else { Class::Full }, to),
                }
            };
            let last = last.min(to);
            f(class, day, (last - day).num_days() as u32 + 1);
            day = add_days(last, 1);
            while self.spans.get(i).is_some_and(|s| s.to < day) {
                i += 1;
            }
        }
    }

    /// How the days of a month fall into classes; days before `cut` (a cancellation in the month) are outside (30–34).
    pub(super) fn days(&self, month: Month, cut: Option<NaiveDate>) -> Days {
        let (first, last) = (month.first_day(), month.last_day());
        let mut days = Days { total: month.days(), ..Days::default() };
        let mut count = |class: Class, n: u32, cancelled: bool| match class {
            Class::Out => days.out += n,
            Class::TakenBack if !cancelled => days.taken_back += n,
            Class::TakenBack => days.out += n,
            _ if cancelled => {
                days.out += n;
                days.cancelled += n;
            }
            Class::Confined => days.confined += n,
            Class::Inquiry => days.inquiry += n,
            Class::Open => days.open += n,
            Class::Intake => days.intake += n,
            Class::Hospital => days.hospital += n,
            Class::Full => days.full += n,
            Class::Gap => {
                days.full += n;
                days.gap += n;
            }
        };
        self.each_run(first, last, |class, from, n| match cut {
            Some(e) if e > from => {
                let before = ((e - from).num_days() as u32).min(n);
                count(class, before, true);
                count(class, n - before, false);
            }
            _ => count(class, n, false),
        });
        days
    }

    /// The first day on or after `day` on which the person is in prison.
    pub(super) fn back_in_prison(&self, day: NaiveDate) -> Option<NaiveDate> {
        let mut i = self.spans.partition_point(|s| s.to < day);
        let mut at = day;
        loop {
            match self.spans.get(i) {
                Some(s) if s.from <= at && matches!(self.class(i), Class::Out | Class::TakenBack) => {
                    if s.to == NaiveDate::MAX {
                        return None;
                    }
                    at = add_days(s.to, 1);
                    i += 1;
                }
                _ => return Some(at),
            }
        }
    }

    /// Finds what may cancel points and awards: the returns from outside, and the new crimes.
    pub(super) fn find_events(&mut self) {
        let d = self.d;
        let mut events = Vec::new();
        let mut unexplained = Vec::new();
        let mut i = 0;
        while i < self.spans.len() {
            let start = self.spans[i];
            let kind = start.kind;
            i += 1;
            if !matches!(kind, CustodyKind::OutsideExecution | CustodyKind::Parole | CustodyKind::TakenBack) {
                continue;
            }
            // Renewals, and custody elsewhere in between, belong to the same absence.
            let mut last = start;
            while let Some(next) = self.spans.get(i) {
                if next.from == add_days(last.to, 1) && (next.kind == kind || next.kind.is_elsewhere()) {
                    last = *next;
                    i += 1;
                } else {
                    break;
                }
            }
            if last.to == NaiveDate::MAX {
                continue;
            }
            let Some(back) = self.back_in_prison(add_days(last.to, 1)) else { continue };
            let recalled = d.custody.iter().filter(|r| {
                r.kind.get() == Some(CustodyKind::Recalled) && r.from.get().is_some_and(|f| f > start.from && f <= back)
            });
            let recalled = recalled.max_by_key(|r| r.from.get());
            match kind {
                CustodyKind::OutsideExecution => {
                    let reason = recalled.map_or(&d.custody[last.row].reason, |r| &r.reason);
                    let known = recalled.is_some() && reason.known().is_some();
                    if known && contains(reason, &["违反"]) {
                        events.push(Event { day: back, ask: None, negative: Negative::Kept });
                    } else if !(known && contains(reason, &["消失", "不符合"])) {
                        let cell = Cell::At(reason.at, Col::CuReason);
                        let ask = Some(Ask { cell, document: "收监执行决定书" });
                        events.push(Event { day: back, ask, negative: Negative::Kept });
                    }
                }
                CustodyKind::Parole => {
                    let crime = d.new_crimes.iter().find(|n| match (n.crime_date.get(), n.confirmed.get()) {
                        (Some(c), _) => c >= start.from && c < back,
                        (None, Some(c)) => c >= start.from,
                        (None, None) => true,
                    });
                    let ask = crime.map(|n| Ask { cell: Cell::At(n.kind.at, Col::NcKind), document: "判决书" });
                    events.push(Event { day: back, ask, negative: Negative::PerhapsWiped });
                }
                _ => {
                    let judged = |n: &&NewCrime| {
                        n.confirmed.get().is_none_or(|c| c >= start.from && c <= add_days(back, self.v.finding_days))
                    };
                    let undiscovered = d.new_crimes.iter().filter(judged);
                    let undiscovered = undiscovered.clone().find(|n| n.kind.get() == Some(NewCrimeKind::Undiscovered));
                    let any = d.new_crimes.iter().any(|n| judged(&n));
                    let reason = &d.custody[start.row].reason;
                    match undiscovered {
                        Some(n) => {
                            let kept = n.confessed.get() == Some(true) || contains(reason, &["抗诉", "未结"]);
                            if !kept {
                                let cell = Cell::At(n.confessed.at, Col::NcConfessed);
                                let ask = Some(Ask { cell, document: "解回函、判决书" });
                                events.push(Event { day: back, ask, negative: Negative::PerhapsNewCycle });
                            }
                        }
                        None if !any => unexplained.push((start.from, last.to, start.row)),
                        None => {}
                    }
                }
            }
        }
        for n in &d.new_crimes {
            let (Some(NewCrimeKind::NewCrime), Some(confirmed)) = (n.kind.get(), n.confirmed.get()) else { continue };
            let on_parole = n.crime_date.get().is_some_and(|c| {
                custody::span_on(&self.spans, c).is_some_and(|s| s.kind == CustodyKind::Parole)
                    || self.admitted.is_some_and(|a| c < a)
            });
            if !on_parole && let Some(day) = self.back_in_prison(confirmed) {
                events.push(Event { day, ask: None, negative: Negative::Kept });
            }
        }
        // On one day the certain event comes first: the others then find nothing left to cancel.
        events.sort_by_key(|e| (e.day, e.ask.is_some(), e.negative as u8));
        unexplained.sort_unstable();
        self.events = events;
        self.unexplained = unexplained;
    }

    pub(super) fn point(&self, row: usize, col: Col) -> Cell {
        Cell::Point(self.d.points[row].at, col)
    }

    /// The recorded months in order, and the notes that hold whatever the answers.
    pub(super) fn entries(&self) -> (Vec<Entry>, Vec<Note>) {
        let points = &self.d.points;
        let mut notes = Vec::new();
        let amounts: Vec<Amounts> = points.iter().map(Amounts::of).collect();
        let mut order: Vec<usize> = (0..points.len()).collect();
        // Everything that can tell two rows of one month apart takes part in the order, so that it does not depend on
        // the order of the sheet.
        let key = |i: usize| {
            let (r, a) = (&points[i], &amounts[i]);
            (
                r.month,
                a.score,
                a.balance,
                a.cycle,
                a.special,
                a.penalty,
                a.parts.map(|p| (p.base, p.bonus, p.deduction)),
            )
        };
        if !order.is_sorted_by_key(|&i| points[i].month)
            || order.windows(2).any(|w| points[w[0]].month == points[w[1]].month)
        {
            order.sort_by_key(|&i| key(i));
        }
        let mut entries: Vec<Entry> = Vec::with_capacity(order.len());
        let mut i = 0;
        while i < order.len() {
            let month = points[order[i]].month;
            let mut j = i + 1;
            while j < order.len() && points[order[j]].month == month {
                j += 1;
            }
            let rows = &order[i..j];
            i = j;
            let before = entries.last().and_then(|e| e.recorded.balance);
            let follows = |r: usize| {
                let a = &amounts[r];
                before.is_some() && chain(before, a.score, a.cycle) == a.balance
            };
            let (row, other, recorded, added) = match rows {
                [row] => (*row, None, amounts[*row], false),
                _ => {
                    let first = rows.iter().copied().find(|r| follows(*r)).unwrap_or(rows[0]);
                    let second = rows.iter().copied().find(|r| *r != first).unwrap_or(first);
                    let transfer = self.transferred(month);
                    let prisons = points[first].prison.known().zip(points[second].prison.known());
                    let moved = prisons.is_some_and(|(a, b)| a != b);
                    if rows.len() == 2 && (transfer || (moved && !self.has_custody)) {
                        if !transfer {
                            notes.push(self.note(
                                Test::DuplicateMonth,
                                Mark::Unverified,
                                What::TwiceTransfer,
                                month,
                                first,
                            ));
                        }
                        (second, Some(first), amounts[first].plus(&amounts[second]), true)
                    } else {
                        let mut note = self.note(Test::DuplicateMonth, Mark::Violation, What::Twice, month, first);
                        note.recorded = Some(Decimal::from(rows.len()));
                        note.expected = Some(Decimal::ONE);
                        note.cells = rows.iter().map(|r| self.point(*r, Col::PtMonth)).collect();
                        notes.push(note);
                        (first, Some(second), amounts[first], false)
                    }
                }
            };
            let set = self.set_of(&recorded, entries.last().map(|e| e.set));
            let old = month < self.since;
            let mixed = !old && set == BaseSet::Unable && self.mixes(&recorded, month);
            entries.push(Entry { month, row, other, recorded, set, old, after_gap: false, added, mixed });
        }
        self.missing_months(&mut entries, &mut notes);
        self.confinements(&mut notes);
        self.special_awards(&entries, &mut notes);
        self.unplaced_crimes(&entries, &mut notes);
        (entries, notes)
    }

    pub(super) fn transferred(&self, month: Month) -> bool {
        self.d.custody.iter().any(|r| {
            r.kind.get() == Some(CustodyKind::Transfer)
                && r.from.get().is_some_and(|f| Month::of(f) <= month && Month::of(r.to.get().unwrap_or(f)) >= month)
        })
    }

    /// Whether a stay in hospital in this month is recorded as due to an injury or a rescue.
    pub(super) fn hurt(&self, month: Month) -> bool {
        let (first, last) = (month.first_day(), month.last_day());
        let from = self.spans.partition_point(|s| s.to < first);
        self.spans[from..].iter().take_while(|s| s.from <= last).any(|s| {
            matches!(s.kind, CustodyKind::Hospital | CustodyKind::Recovery)
                && contains(&self.d.custody[s.row].reason, &["救", "受伤", "工伤", "因公", "负伤"])
        })
    }

    pub(super) fn set_of(&self, a: &Amounts, before: Option<BaseSet>) -> BaseSet {
        let over = |p: usize| a.parts[p].base.is_some_and(|b| b > self.v.base[p]);
        let labour = a.parts[LABOUR].base;
        if over(0) || over(1) || (before == Some(BaseSet::Unable) && labour.is_some_and(|l| l.is_zero())) {
            BaseSet::Unable
        } else {
            BaseSet::Able
        }
    }

    /// Whether a row that uses the bases of art. 20 in one part does not do so in another.
    pub(super) fn mixes(&self, a: &Amounts, month: Month) -> bool {
        let labour = a.parts[LABOUR].base.is_some_and(|l| l > self.v.unable[LABOUR]);
        let days = self.days(month, None);
        let whole = days.full == days.total;
        let ordinary = |p: usize| a.parts[p].base == Some(self.v.base[p]);
        labour || (whole && (ordinary(0) || ordinary(1)))
    }

    pub(super) fn note(&self, test: Test, mark: Mark, what: What, month: Month, row: usize) -> Note {
        Note {
            test,
            mark,
            what,
            month,
            recorded: None,
            expected: None,
            cells: vec![self.point(row, Col::PtMonth)],
            ask: None,
        }
    }

    /// Months that ought to have a row and have none.
    pub(super) fn missing_months(&self, entries: &mut [Entry], notes: &mut Vec<Note>) {
        let Some(first) = entries.first().map(|e| (e.month, e.row)) else { return };
        // Before the first row: from the intake month, as far as the present regime reaches.
        if let Some(admitted) = self.admitted.map(Month::of).filter(|m| *m >= self.since) {
            let mut month = admitted;
            while month < first.0 {
                if self.days(month, None).assessed() {
                    let mut note =
                        self.note(Test::MissingMonth, Mark::Unverified, What::MonthMissingUnsure, month, first.1);
                    note.ask = Some(Ask { cell: self.point(first.1, Col::PtMonth), document: "计分考核台账" });
                    notes.push(note);
                    break;
                }
                month = month.plus(1);
            }
        }
        for i in 1..entries.len() {
            let (before, after) = (entries[i - 1].month, entries[i].month);
            let row = entries[i].row;
            let mut month = before.plus(1);
            while month < after {
                let days = self.days(month, None);
                if days.assessed() {
                    entries[i].after_gap = true;
                    // Days that only fall to the prison because nothing else is recorded prove nothing.
                    let sure = self.has_custody && days.assessed_days() > days.gap;
                    let (mark, what) = if sure {
                        (Mark::Violation, What::MonthMissing)
                    } else {
                        (Mark::Unverified, What::MonthMissingUnsure)
                    };
                    let mut note = self.note(Test::MissingMonth, mark, what, month, row);
                    if !sure {
                        note.ask = Some(Ask { cell: self.point(row, Col::PtMonth), document: "计分考核台账" });
                    }
                    notes.push(note);
                } else if days.open > 0 {
                    entries[i].after_gap = true;
                    let mut note =
                        self.note(Test::MissingMonth, Mark::Unverified, What::MonthMissingUnsure, month, row);
                    note.ask = Some(Ask {
                        cell: self.point(row, Col::PtMonth), document: "立案侦查或隔离调查的结论"
                    });
                    notes.push(note);
                }
                month = month.plus(1);
            }
        }
    }

    /// Lengths of confinement, and whether both sheets tell the same story.
    pub(super) fn confinements(&self, notes: &mut Vec<Note>) {
        let length = |notes: &mut Vec<Note>, from: NaiveDate, to: NaiveDate, cell: Cell| {
            // With one end counted and with both: what is unlawful either way is a violation.
            let (short, long) = ((to - from).num_days(), (to - from).num_days() + 1);
            let (most, least) = (self.v.confinement_most, self.v.confinement_least);
            let has_least = from <= self.v.confinement_least_until;
            let mut say = |mark, what, expected: i64| {
                notes.push(Note {
                    test: Test::Confinement,
                    mark,
                    what,
                    month: Month::of(from),
                    recorded: Some(Decimal::from(long)),
                    expected: Some(Decimal::from(expected)),
                    cells: vec![cell],
                    ask: (mark == Mark::Unverified).then_some(Ask { cell, document: "禁闭审批表" }),
                });
            };
            if short > most {
                say(Mark::Violation, What::ConfinementLong, most);
            } else if long > most {
                say(Mark::Unverified, What::ConfinementLong, most);
            } else if has_least && long < least {
                say(Mark::Violation, What::ConfinementShort, least);
            } else if has_least && short < least {
                say(Mark::Unverified, What::ConfinementShort, least);
            }
        };
        let of_custody: Vec<(&CustodyRow, NaiveDate)> = self
            .d
            .custody
            .iter()
            .filter(|r| r.kind.get() == Some(CustodyKind::Confinement))
            .filter_map(|r| Some((r, r.from.get()?)))
            .collect();
        let mut matched = vec![false; of_custody.len()];
        for &(date, _, i) in &self.penalties {
            let a = &self.d.awards[i];
            if a.kind.get() != Some(AwardKind::Confinement) || Month::of(date) < self.since {
                continue;
            }
            let cell = Cell::At(a.from.at, Col::AwFrom);
            if let (Some(from), Some(to)) = (a.from.get(), a.to.get()) {
                length(notes, from, to, cell);
            }
            if !self.has_custody {
                continue;
            }
            let near = of_custody
                .iter()
                .position(|(r, from)| a.from.get() == Some(*from) && a.to.get().is_some() && a.to.get() == r.to.get());
            if let Some(n) = near {
                matched[n] = true;
                continue;
            }
            // Take the custody row that overlaps, so that one difference is reported once.
            let overlapping = of_custody.iter().position(|(r, from)| {
                let (af, at) = (a.from.get().unwrap_or(date), a.to.get().or(a.from.get()).unwrap_or(date));
                *from <= at && r.to.get().is_none_or(|t| t >= af)
            });
            if let Some(n) = overlapping {
                matched[n] = true;
            }
            notes.push(Note {
                test: Test::Confinement,
                mark: Mark::Unverified,
                what: What::ConfinementDates,
                month: Month::of(date),
                recorded: None,
                expected: None,
                cells: vec![cell],
                ask: Some(Ask { cell, document: "禁闭审批表" }),
            });
        }
        for ((r, from), matched) in of_custody.iter().zip(matched) {
            let cell = Cell::At(r.from.at, Col::CuFrom);
            if matched || Month::of(*from) < self.since {
                continue;
            }
            if let Some(to) = r.to.get() {
                length(notes, *from, to, cell);
            }
            if self.has_awards {
                notes.push(Note {
                    test: Test::Confinement,
                    mark: Mark::Unverified,
                    what: What::ConfinementDates,
                    month: Month::of(*from),
                    recorded: None,
                    expected: None,
                    cells: vec![cell],
                    ask: Some(Ask { cell, document: "禁闭审批表" }),
                });
            }
        }
    }

    /// Special bonuses: each at most so much, the year's total as a rule at most so much, none in a month of merit (14).
    pub(super) fn special_awards(&self, entries: &[Entry], notes: &mut Vec<Note>) {
        let singles: Vec<(Month, Decimal, usize)> = self
            .d
            .awards
            .iter()
            .enumerate()
            .filter(|(_, a)| a.kind.get() == Some(AwardKind::Special))
            .filter_map(|(i, a)| Some((Month::of(a.date.get()?), a.points.get()?, i)))
            .filter(|(m, ..)| *m >= self.since)
            .collect();
        for (month, points, i) in &singles {
            if *points > self.v.special_single {
                notes.push(Note {
                    test: Test::SpecialBonus,
                    mark: Mark::Violation,
                    what: What::SpecialSingle,
                    month: *month,
                    recorded: Some(*points),
                    expected: Some(self.v.special_single),
                    cells: vec![Cell::At(self.d.awards[*i].points.at, Col::AwPoints)],
                    ask: None,
                });
            }
        }
        let merits: Vec<Month> = self
            .d
            .awards
            .iter()
            .filter(|a| matches!(a.kind.get(), Some(AwardKind::Merit | AwardKind::MajorMerit)))
            .filter_map(|a| a.date.get().map(Month::of))
            .collect();
        let anchor = self.admitted.map(Month::of);
        // Running totals of the calendar year and of the year since intake; each year is reported once at most.
        let mut totals: [(i32, Decimal); 2] = [(i32::MIN, Decimal::ZERO); 2];
        let mut reported: Option<Month> = None;
        for entry in entries.iter().filter(|e| !e.old) {
            let cell = self.point(entry.row, Col::PtSpecial);
            let ask = Ask { cell, document: "专项加分审批表" };
            let Some(special) = entry.recorded.special else { continue };
            if special.is_zero() {
                continue;
            }
            let mut say = |mark, what, recorded: Decimal, expected: Option<Decimal>| {
                notes.push(Note {
                    test: Test::SpecialBonus,
                    mark,
                    what,
                    month: entry.month,
                    recorded: Some(recorded),
                    expected,
                    cells: vec![cell],
                    ask: (mark == Mark::Unverified).then_some(ask),
                });
            };
            if special > self.v.special_single {
                let of_month = singles.iter().filter(|s| s.0 == entry.month);
                let explained = of_month.clone().map(|s| s.1).sum::<Decimal>() == special;
                if !explained {
                    say(Mark::Unverified, What::SpecialMonth, special, Some(self.v.special_single));
                }
            }
            if merits.contains(&entry.month) {
                say(Mark::Risk, What::SpecialMerit, special, None);
            }
            let years =
                [entry.month.year(), anchor.map_or(entry.month.year(), |a| a.until(entry.month).div_euclid(12))];
            for (total, year) in totals.iter_mut().zip(years) {
                if total.0 != year {
                    *total = (year, Decimal::ZERO);
                }
                total.1 += special;
            }
            let most = totals[0].1.max(totals[1].1);
            if most > self.v.special_year && reported.is_none_or(|m| m.until(entry.month) >= 12) {
                say(Mark::Unverified, What::SpecialYear, most, Some(self.v.special_year));
                reported = Some(entry.month);
            }
        }
    }

    /// A new crime whose judgment has no date cannot be placed.
    pub(super) fn unplaced_crimes(&self, entries: &[Entry], notes: &mut Vec<Note>) {
        let Some(last) = entries.last() else { return };
        for n in &self.d.new_crimes {
            if n.kind.get() == Some(NewCrimeKind::NewCrime) && n.confirmed.get().is_none() {
                let cell = Cell::At(n.confirmed.at, Col::NcConfirmed);
                notes.push(Note {
                    test: Test::Cancellation,
                    mark: Mark::Unverified,
                    what: What::CancelDateUnknown,
                    month: n.crime_date.get().map_or(last.month, Month::of),
                    recorded: None,
                    expected: None,
                    cells: vec![cell],
                    ask: Some(Ask { cell, document: "判决书" }),
                });
            }
        }
    }
}
