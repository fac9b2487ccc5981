//! Where a person was on each day: inside (IN), lawfully outside (OUT), or gone (GONE).
//!
//! The custody record as the checks on the term and on paper sentences read it. It rests on the same replay as the
//! points ledger, with another order of precedence: on a day with several rows GONE counts before OUT, and OUT before IN.

use chrono::NaiveDate;

use super::custody::{self, Span};
use super::date::{self, Month};
use super::records::{CustodyKind, CustodyRow};

/// What a row of the custody record says about the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Where {
    /// In custody, also in hospital, in confinement or taken back for another case.
    In,
    /// 暂予监外执行, 离监探亲.
    Out,
    /// 脱逃, 释放, 假释, 死亡, 特赦.
    Gone,
    /// 取保候审, 监视居住: not custody.
    Free,
}

/// Where a kind of row puts the person.
pub fn where_of(kind: CustodyKind) -> Where {
    use CustodyKind as K;
    match kind {
        K::OutsideExecution | K::HomeLeave => Where::Out,
        K::Escape | K::Released | K::Parole | K::Death | K::Pardon => Where::Gone,
        K::Bail | K::ResidentialSurveillance => Where::Free,
        K::DetentionCentre
        | K::Liuzhi
        | K::Intake
        | K::IntakeEducation
        | K::Held
        | K::Hospital
        | K::Recovery
        | K::Confinement
        | K::Isolation
        | K::Investigation
        | K::TakenBack
        | K::Recalled
        | K::Transfer
        | K::WorkStopped => Where::In,
    }
}

/// Rank on a day with several rows: GONE, then OUT, then the order of the points system.
fn rank(kind: CustodyKind) -> u8 {
    match where_of(kind) {
        Where::Gone => custody::points_rank(kind),
        Where::Out => 10,
        Where::In | Where::Free => 20 + custody::points_rank(kind),
    }
}

/// A return into custody that no 收监 row records, though the person was outside or gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unrecorded {
    /// The row that puts the person inside.
    pub row: usize,
    /// Its first day.
    pub day: NaiveDate,
    /// The row that had the person outside or gone on that day.
    pub away: usize,
}

/// The custody record of one person, resolved into disjoint spans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whereabouts {
    /// The spans, in order of time.
    pub spans: Vec<Span>,
}

impl Whereabouts {
    /// Resolves the rows.
    pub fn new(rows: &[CustodyRow]) -> Whereabouts {
        Whereabouts { spans: custody::replay(rows, rank) }
    }

    /// The span a day lies in.
    pub fn on(&self, day: NaiveDate) -> Option<&Span> {
        custody::span_on(&self.spans, day)
    }

    /// Days from `from` to `to` (both included) in spans of which `pick` holds.
    pub fn days(&self, from: NaiveDate, to: NaiveDate, pick: impl Fn(&Span) -> bool) -> i64 {
        self.spans
            .iter()
            .filter(|s| s.from <= to && s.to >= from && pick(s))
            .map(|s| (date::days_between(s.from.max(from), s.to.min(to)) + 1).max(0))
            .sum()
    }

    /// The runs of days from `from` to `to` that no row covers.
    pub fn uncovered(&self, from: NaiveDate, to: NaiveDate) -> Vec<(NaiveDate, NaiveDate)> {
        let mut runs = Vec::new();
        let mut next = from;
        for span in self.spans.iter().filter(|s| s.to >= from && s.from <= to) {
            if span.from > next {
                runs.push((next, date::add_days(span.from, -1)));
            }
            if span.to >= to {
                return runs;
            }
            next = next.max(date::add_days(span.to, 1));
        }
        if next <= to {
            runs.push((next, to));
        }
        runs
    }

    /// Whether every day of a month lies in spans of which `pick` holds.
    pub fn whole_month(&self, month: Month, pick: impl Fn(&Span) -> bool) -> bool {
        let begins = self.on(month.first_day()).is_some_and(&pick);
        begins && self.days(month.first_day(), month.last_day(), pick) == i64::from(month.days())
    }

    /// 在押, 入监 and 入监教育 rows that start while the person was outside or gone, with no 收监 row to bring the person back.
    pub fn unrecorded_returns(&self, rows: &[CustodyRow]) -> Vec<Unrecorded> {
        use CustodyKind as K;
        let away = |k: CustodyKind| matches!(where_of(k), Where::Out | Where::Gone);
        let mut absences: Vec<(NaiveDate, NaiveDate, usize)> = rows
            .iter()
            .enumerate()
            .filter_map(|(i, r)| {
                let (from, kind) = (r.from.get()?, r.kind.get()?);
                let to = if kind.is_final() { NaiveDate::MAX } else { r.to.get().unwrap_or(NaiveDate::MAX) };
                away(kind).then_some((from, to, i))
            })
            .collect();
        absences.sort();
        let mut recalls: Vec<NaiveDate> =
            rows.iter().filter(|r| r.kind.get() == Some(K::Recalled)).filter_map(|r| r.from.get()).collect();
        recalls.sort();
        // The absence that reaches furthest among those begun so far: enough to see whether a day lies in any.
        let mut reach: Vec<(NaiveDate, NaiveDate, usize)> = Vec::with_capacity(absences.len());
        for absence in absences {
            match reach.last() {
                Some(last) if last.1 >= absence.1 => reach.push((absence.0, last.1, last.2)),
                _ => reach.push(absence),
            }
        }
        let mut found = Vec::new();
        for (row, r) in rows.iter().enumerate() {
            let (Some(day), Some(K::Held | K::Intake | K::IntakeEducation)) = (r.from.get(), r.kind.get()) else {
                continue;
            };
            let begun = reach.partition_point(|a| a.0 < day);
            let Some((from, to, away)) = begun.checked_sub(1).map(|i| reach[i]) else { continue };
            if day >= to && to != NaiveDate::MAX {
                continue;
            }
            let start = rows[away].from.get().unwrap_or(from);
            let recalled = recalls.partition_point(|d| *d < start) < recalls.partition_point(|d| *d <= day);
            if !recalled {
                found.push(Unrecorded { row, day, away });
            }
        }
        found.sort_by_key(|u| (u.day, u.row));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn row(kind: CustodyKind, from: &str, to: &str) -> CustodyRow {
        let mut row = CustodyRow::blank(1);
        row.kind.set(kind);
        row.from.set(d(from));
        if let Ok(to) = to.parse() {
            row.to.set(to);
        }
        row
    }

    #[test]
    fn gone_counts_before_out_and_out_before_in() {
        use CustodyKind as K;
        let rows = [
            row(K::Held, "2020-01-01", ""),
            row(K::OutsideExecution, "2020-03-01", "2020-05-31"),
            row(K::Escape, "2020-04-10", "2020-04-20"),
            row(K::Hospital, "2020-03-10", "2020-03-12"),
        ];
        let w = Whereabouts::new(&rows);
        let at = |day: &str| w.on(d(day)).map(|s| where_of(s.kind));
        assert_eq!(at("2020-02-29"), Some(Where::In));
        assert_eq!(at("2020-03-11"), Some(Where::Out));
        assert_eq!(at("2020-04-10"), Some(Where::Gone));
        assert_eq!(at("2020-05-31"), Some(Where::Out));
        assert_eq!(at("2020-06-01"), Some(Where::In));
        assert_eq!(w.days(d("2020-03-01"), d("2020-05-31"), |s| where_of(s.kind) == Where::Out), 92 - 11);
        let mut reversed = rows.to_vec();
        reversed.reverse();
        let kinds = |w: &Whereabouts| w.spans.iter().map(|s| (s.from, s.to, s.kind)).collect::<Vec<_>>();
        assert_eq!(kinds(&Whereabouts::new(&reversed)), kinds(&w));
    }

    #[test]
    fn days_that_no_row_covers_are_runs() {
        use CustodyKind as K;
        let rows = [row(K::Held, "2020-01-01", "2020-01-10"), row(K::Held, "2020-01-12", "2020-01-20")];
        let w = Whereabouts::new(&rows);
        assert_eq!(w.uncovered(d("2020-01-01"), d("2020-01-20")), [(d("2020-01-11"), d("2020-01-11"))]);
        assert_eq!(
            w.uncovered(d("2019-12-30"), d("2020-01-22")),
            [
                (d("2019-12-30"), d("2019-12-31")),
                (d("2020-01-11"), d("2020-01-11")),
                (d("2020-01-21"), d("2020-01-22"))
            ]
        );
        assert!(w.uncovered(d("2020-01-12"), d("2020-01-15")).is_empty());
        let w = Whereabouts::new(&[]);
        assert_eq!(w.uncovered(d("2020-01-01"), d("2020-01-02")), [(d("2020-01-01"), d("2020-01-02"))]);
    }

    #[test]
    fn a_return_needs_a_recall_row() {
        use CustodyKind as K;
        let out = row(K::OutsideExecution, "2020-03-01", "2020-09-30");
        let held = |day| row(K::Held, day, "");
        let found = |rows: &[CustodyRow]| Whereabouts::new(rows).unrecorded_returns(rows).len();
        assert_eq!(found(&[out.clone(), held("2020-06-01")]), 1);
        assert_eq!(found(&[out.clone(), held("2020-10-01")]), 0);
        assert_eq!(found(&[out.clone(), row(K::Recalled, "2020-06-01", "2020-06-01"), held("2020-06-01")]), 0);
        // A shorter absence within a longer one does not end it.
        let escape = row(K::Escape, "2020-04-10", "2020-04-20");
        assert_eq!(found(&[out.clone(), escape, held("2020-06-01")]), 1);
        assert_eq!(found(&[held("2019-01-01"), out]), 0);
        assert_eq!(found(&[row(K::Released, "2020-03-01", "2020-03-01"), held("2021-01-01")]), 1);
    }
}
