//! The custody record (羁押轨迹) as a sequence of days: which row counts on which day.
//!
//! Rows overlap (a stay in hospital inside 在押), touch (one ends the day another starts) and are left open. The replay
//! resolves all that once, into disjoint spans; what a span means is for the caller, who also says which kind prevails
//! where several rows cover a day. Points and the checks on paper sentences rank kinds differently.

use chrono::NaiveDate;

use super::date::add_days;
use super::records::{CustodyKind, CustodyRow};

/// A run of days on which one row counts. Days that no row covers lie in no span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub from: NaiveDate,
    /// Last day; [`NaiveDate::MAX`] where the row is open or the state does not end by itself.
    pub to: NaiveDate,
    /// What the row says.
    pub kind: CustodyKind,
    /// Index of the row.
    pub row: usize,
}

impl CustodyKind {
    /// Whether the person has left prison for good (until taken in again): 释放, 死亡, 特赦.
    pub fn is_final(self) -> bool {
        matches!(self, CustodyKind::Released | CustodyKind::Death | CustodyKind::Pardon)
    }

    /// Whether the row records that the person came into the prison: 入监, 收监.
    pub fn is_entry(self) -> bool {
        matches!(self, CustodyKind::Intake | CustodyKind::Recalled)
    }

    /// Whether the person is outside the prison in this state, or gone: a later entry ends it if the row was left open.
    pub fn is_away(self) -> bool {
        self.is_final()
            || matches!(
                self,
                CustodyKind::OutsideExecution
                    | CustodyKind::Parole
                    | CustodyKind::Escape
                    | CustodyKind::TakenBack
                    | CustodyKind::HomeLeave
            )
    }

    /// Whether this is custody before, or elsewhere than in, the prison: 看守所羁押, 取保候审, 监视居住, 留置.
    pub fn is_elsewhere(self) -> bool {
        matches!(
            self,
            CustodyKind::DetentionCentre
                | CustodyKind::Bail
                | CustodyKind::ResidentialSurveillance
                | CustodyKind::Liuzhi
        )
    }
}

/// Rank of a kind for the points system (points contract, section 2): where several rows cover a day, the lowest counts.
pub fn points_rank(kind: CustodyKind) -> u8 {
    match kind {
        CustodyKind::Released | CustodyKind::Death | CustodyKind::Pardon => 0,
        CustodyKind::Parole => 1,
        CustodyKind::Escape => 2,
        CustodyKind::OutsideExecution => 3,
        CustodyKind::TakenBack => 4,
        CustodyKind::DetentionCentre
        | CustodyKind::Bail
        | CustodyKind::ResidentialSurveillance
        | CustodyKind::Liuzhi => 5,
        CustodyKind::Confinement => 6,
        CustodyKind::Investigation => 7,
        CustodyKind::Isolation => 8,
        CustodyKind::IntakeEducation => 9,
        CustodyKind::Hospital => 10,
        CustodyKind::Recovery => 11,
        CustodyKind::Intake
        | CustodyKind::Held
        | CustodyKind::Recalled
        | CustodyKind::Transfer
        | CustodyKind::WorkStopped
        | CustodyKind::HomeLeave => 12,
    }
}

/// Resolves the rows into disjoint spans in order of time. Rows without a readable start or kind are left out.
///
/// - Where a row ends on the day another starts, that day belongs to the later one.
/// - A row without an end goes on; one that says the person is away, and 释放, 死亡, 特赦 in any case, goes on until the
///   next 入监 or 收监.
/// - Where several rows cover a day, the one with the lowest `rank` counts, then the one that started last.
///
/// The result does not depend on the order of the rows.
pub fn replay(rows: &[CustodyRow], rank: impl Fn(CustodyKind) -> u8) -> Vec<Span> {
    let mut items: Vec<Span> = rows
        .iter()
        .enumerate()
        .filter_map(|(row, r)| {
            let (from, kind) = (r.from.get()?, r.kind.get()?);
            let to = r.to.get().map_or(NaiveDate::MAX, |to| to.max(from));
            Some(Span { from, to, kind, row })
        })
        .collect();
    let reason = |span: &Span| rows[span.row].reason.known().map(String::as_str);
    items.sort_by(|a, b| (a.from, a.to, a.kind, reason(a)).cmp(&(b.from, b.to, b.kind, reason(b))));

    let starts: Vec<NaiveDate> = items.iter().map(|s| s.from).collect();
    let entries: Vec<NaiveDate> = items.iter().filter(|s| s.kind.is_entry()).map(|s| s.from).collect();
    for item in &mut items {
        if item.kind.is_final() || (item.kind.is_away() && item.to == NaiveDate::MAX) {
            let next = entries.partition_point(|e| *e <= item.from);
            item.to = entries.get(next).map_or(NaiveDate::MAX, |e| add_days(*e, -1));
        } else if item.to > item.from && item.to != NaiveDate::MAX && starts.binary_search(&item.to).is_ok() {
            item.to = add_days(item.to, -1);
        }
    }

    // Every point at which what counts may change.
    let mut edges: Vec<NaiveDate> = starts;
    edges.extend(items.iter().filter(|s| s.to != NaiveDate::MAX).map(|s| add_days(s.to, 1)));
    edges.sort_unstable();
    edges.dedup();

    let mut spans: Vec<Span> = Vec::with_capacity(items.len());
    let mut active: Vec<Span> = Vec::new();
    let mut next = 0;
    for (i, &from) in edges.iter().enumerate() {
        active.retain(|s| s.to >= from);
        while next < items.len() && items[next].from == from {
            active.push(items[next]);
            next += 1;
        }
        let to = edges.get(i + 1).map_or(NaiveDate::MAX, |e| add_days(*e, -1));
        let best = active.iter().min_by(|a, b| (rank(a.kind), b.from).cmp(&(rank(b.kind), a.from)));
        if let Some(best) = best {
            match spans.last_mut() {
                Some(last) if last.row == best.row && add_days(last.to, 1) == from => last.to = to,
                _ => spans.push(Span { from, to, kind: best.kind, row: best.row }),
            }
        }
    }
    spans
}

/// The span a day lies in.
pub fn span_on(spans: &[Span], day: NaiveDate) -> Option<&Span> {
    let after = spans.partition_point(|s| s.from <= day);
    after.checked_sub(1).map(|i| &spans[i]).filter(|s| s.to >= day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CellRef, Col, Field, Value};

    fn d(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn row(kind: CustodyKind, from: &str, to: &str) -> CustodyRow {
        let at = CellRef::NOWHERE;
        CustodyRow {
            from: Field::of(d(from), Col::CuFrom, at),
            to: Field { value: to.parse().map_or(Value::Empty, Value::Known), at, col: Col::CuTo },
            kind: Field::of(kind, Col::CuKind, at),
            reason: Field::empty(Col::CuReason, at),
            authority: Field::empty(Col::CuAuthority, at),
            doc_no: Field::empty(Col::CuDocNo, at),
            place: Field::empty(Col::CuPlace, at),
            note: Field::empty(Col::CuNote, at),
        }
    }

    fn shown(rows: &[CustodyRow]) -> Vec<String> {
        replay(rows, points_rank)
            .iter()
            .map(|s| {
                let to = if s.to == NaiveDate::MAX { "…".to_owned() } else { s.to.to_string() };
                format!("{} {}…{to}", s.kind.zh(), s.from)
            })
            .collect()
    }

    #[test]
    fn the_later_row_has_the_day_on_which_one_ends_and_another_starts() {
        let rows = [
            row(CustodyKind::Held, "2024-01-01", ""),
            row(CustodyKind::OutsideExecution, "2024-04-16", "2024-10-10"),
            row(CustodyKind::Recalled, "2024-10-10", "2024-10-10"),
        ];
        assert_eq!(
            shown(&rows),
            [
                "在押 2024-01-01…2024-04-15",
                "暂予监外执行 2024-04-16…2024-10-09",
                "收监 2024-10-10…2024-10-10",
                "在押 2024-10-11……"
            ]
        );
    }

    #[test]
    fn an_open_absence_ends_when_the_person_is_taken_in_again() {
        let rows = [row(CustodyKind::Parole, "2024-02-01", ""), row(CustodyKind::Recalled, "2024-05-01", "2024-05-01")];
        assert_eq!(shown(&rows), ["假释 2024-02-01…2024-04-30", "收监 2024-05-01…2024-05-01"]);
        let rows = [row(CustodyKind::Released, "2024-02-01", "2024-02-01"), row(CustodyKind::Held, "2023-01-01", "")];
        assert_eq!(shown(&rows), ["在押 2023-01-01…2024-01-31", "释放 2024-02-01……"]);
    }

    #[test]
    fn a_row_inside_another_interrupts_it_and_the_order_of_rows_does_not_matter() {
        let mut rows = vec![
            row(CustodyKind::Held, "2024-01-01", ""),
            row(CustodyKind::Hospital, "2024-03-01", "2024-03-20"),
            row(CustodyKind::Confinement, "2024-03-05", "2024-03-10"),
        ];
        let expected = [
            "在押 2024-01-01…2024-02-29",
            "住院 2024-03-01…2024-03-04",
            "禁闭 2024-03-05…2024-03-10",
            "住院 2024-03-11…2024-03-20",
            "在押 2024-03-21……",
        ];
        assert_eq!(shown(&rows), expected);
        rows.reverse();
        assert_eq!(shown(&rows), expected);
        assert_eq!(span_on(&replay(&rows, points_rank), d("2024-03-20")).map(|s| s.kind), Some(CustodyKind::Hospital));
        assert_eq!(span_on(&replay(&rows, points_rank), d("2023-12-31")), None);
    }
}
