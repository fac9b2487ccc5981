//! Rows that describe one thing: identical ones are merged, differing ones make what differs unknown.

use super::build::Builder;
use super::values;
use crate::model::*;

/// A record whose copies can be compared and merged.
pub(super) trait Record: Sized {
    /// Whether two records say the same.
    fn same(&self, other: &Self) -> bool;
    /// Takes over what the other knows; fields that differ become unclear and are returned.
    fn merge(&mut self, other: Self) -> Vec<(Place, Place)>;
    /// A place to name the record by.
    fn place(&self) -> Place;
}

fn merge_field<T: PartialEq>(mine: &mut Field<T>, other: Field<T>, out: &mut Vec<(Place, Place)>) {
    if mine.value == other.value && !matches!(mine.value, Value::Unclear) {
        return;
    }
    // A column that one of the sheets lacks says nothing.
    if !other.at.exists() {
        return;
    }
    if !mine.at.exists() && mine.is_empty() {
        *mine = other;
        return;
    }
    if !matches!(mine.value, Value::Unclear) && !matches!(other.value, Value::Unclear) {
        out.push((mine.place(), other.place()));
    }
    mine.value = Value::Unclear;
}

macro_rules! record {
    ($ty:ident by $by:ident: $($field:ident)*) => {
        impl Record for $ty {
            fn same(&self, other: &Self) -> bool {
                $(self.$field.value == other.$field.value)&&*
            }
            fn merge(&mut self, other: Self) -> Vec<(Place, Place)> {
                let mut out = Vec::new();
                $(merge_field(&mut self.$field, other.$field, &mut out);)*
                out
            }
            fn place(&self) -> Place {
                self.$by.place()
            }
        }
    };
}

record! { Inmate by no: no name sex birth id_number charges crime_date sentence count_terms judged effective detained delivered
term_start term_end current_end reprieve_end recidivist drug_recidivist functionary limited whole_life suspended rank
categories health health_date rights restitution remorse assessment assessment_date prison ward }
record! { Application by no: no case_no kind applied proposal rights conduct period_from period_to commendations balance
published_from published_to sent opinion court hearing received ruled result probation_end }
record! { Award by date: date kind grade cycle_from cycle_to from to points reason doc_no patent confirmed full_roster }
record! { Ruling by date: date served change new_start new_end rights court case_no }
record! { PropertyItem by kind: kind amount paid state able situation situation_ended performed }
record! { CustodyRow by from: from to kind reason authority doc_no place note }
record! { NewCrime by kind: kind crime_date confirmed sentence decided new_start new_end intentional confessed }

/// How two records of one person relate.
#[derive(PartialEq, Eq)]
pub(super) enum Relation {
    Distinct,
    /// They describe one thing.
    Same,
}

pub(super) fn known_equal<T: PartialEq>(a: &Field<T>, b: &Field<T>) -> bool {
    matches!((a.known(), b.known()), (Some(a), Some(b)) if a == b)
}

pub(super) fn known_different<T: PartialEq>(a: &Field<T>, b: &Field<T>) -> bool {
    matches!((a.known(), b.known()), (Some(a), Some(b)) if a != b)
}

pub(super) fn when(same: bool) -> Relation {
    if same { Relation::Same } else { Relation::Distinct }
}

fn case_numbers_differ(a: &Field<String>, b: &Field<String>) -> bool {
    matches!((a.known(), b.known()), (Some(a), Some(b)) if values::fold_case_no(a) != values::fold_case_no(b))
}

pub(super) fn case_numbers_agree(a: &Field<String>, b: &Field<String>) -> bool {
    matches!((a.known(), b.known()), (Some(a), Some(b)) if values::fold_case_no(a) == values::fold_case_no(b))
}

pub(super) fn one_ruling(a: &Ruling, b: &Ruling) -> Relation {
    if case_numbers_differ(&a.case_no, &b.case_no) {
        return Relation::Distinct;
    }
    let kinds_agree = match (a.change.known(), b.change.known()) {
        // Several reductions may be revoked on one day, each with its own row.
        (Some(Change::ReductionRevoked { .. }), Some(Change::ReductionRevoked { .. })) => a.change == b.change,
        (Some(x), Some(y)) => std::mem::discriminant(x) == std::mem::discriminant(y),
        // A wide sheet knows the date only.
        _ => true,
    };
    when(kinds_agree && (known_equal(&a.date, &b.date) || case_numbers_agree(&a.case_no, &b.case_no)))
}

impl Builder {
    fn duplicate(&self, kind: SheetKind, first: Place, second: Place, differing: &[(Place, Place)]) -> Problem {
        let at = |p: Place| p.at.a1().unwrap_or_else(|| format!("第{}行", p.at.row + 1));
        if differing.is_empty() {
            self.located(
                ProblemCode::DuplicateIdentical,
                second.at,
                format!("{}：与{}一行相同，已合并", kind.name(), at(first)),
                format!("{}: the same as the row of {}; merged", kind.name_en(), first.at.a1().unwrap_or_default()),
            )
        } else {
            let names: Vec<&str> = differing.iter().map(|(p, _)| p.col.name()).collect();
            let (_, other) = differing.first().copied().unwrap_or((first, second));
            self.located(
                ProblemCode::DuplicateConflict,
                other.at,
                format!("{}：与{}一行重复但内容不同（{}），不同的内容按不明处理；请只保留正确的一行", kind.name(), at(first), names.join("、")),
                format!(
                    "{}: a second row for what {} describes, differing in {}; those values are unknown; keep only the right row",
                    kind.name_en(),
                    first.at.a1().unwrap_or_default(),
                    names.join(", ")
                ),
            )
        }
    }

    pub(super) fn add_inmate(&mut self, person: usize, record: Inmate, order: u64) {
        let Some(p) = self.persons.get_mut(person) else { return };
        if p.inmate_at.is_none() {
            p.inmate_at = Some(order);
            p.packed.push(&record);
            return;
        }
        let mut d = p.packed.open_records();
        let Some(mut first) = d.inmate.take() else { return };
        let problem = self.merge_inmate(&mut first, record);
        d.inmate = Some(first);
        d.problems.push(problem);
        if let Some(p) = self.persons.get_mut(person) {
            p.packed.set_records(&d);
        }
    }

    /// Merges a second row of a person, and says so.
    pub(super) fn merge_inmate(&self, first: &mut Inmate, second: Inmate) -> Problem {
        let (a, b) = (first.place(), second.place());
        let differing = first.merge(second);
        self.duplicate(SheetKind::Inmates, a, b, &differing)
    }

    /// Merges records that describe one thing; says whether there were any.
    pub(super) fn dedupe<T: Record>(
        &self,
        d: &mut Dossier,
        kind: SheetKind,
        list: fn(&mut Dossier) -> &mut Vec<T>,
        relation: fn(&T, &T) -> Relation,
    ) -> bool {
        let records = std::mem::take(list(d));
        if records.len() < 2 {
            *list(d) = records;
            return false;
        }
        let mut kept: Vec<T> = Vec::with_capacity(records.len());
        let mut told = Vec::new();
        for record in records {
            match kept.iter_mut().find(|k| k.same(&record) || relation(k, &record) == Relation::Same) {
                Some(first) => {
                    let (a, b) = (first.place(), record.place());
                    told.push((a, b, first.merge(record)));
                }
                None => kept.push(record),
            }
        }
        *list(d) = kept;
        let merged = !told.is_empty();
        d.problems.extend(told.into_iter().map(|(a, b, differing)| self.duplicate(kind, a, b, &differing)));
        merged
    }

    pub(super) fn dedupe_compact<T: Clone + PartialEq>(
        &self,
        d: &mut Dossier,
        kind: SheetKind,
        list: fn(&mut Dossier) -> &mut Vec<T>,
        at: fn(&mut T) -> &mut RowRef,
        month: fn(&T) -> Month,
        merge: Option<fn(&mut T, &T)>,
    ) {
        let mut records = std::mem::take(list(d));
        records.sort_by_key(month);
        let mut kept: Vec<T> = Vec::with_capacity(records.len());
        let mut told = Vec::new();
        for mut record in records {
            let here = *at(&mut record);
            let earlier = kept.iter_mut().rev().take_while(|k| month(k) == month(&record)).find(|k| {
                let mut copy = (**k).clone();
                *at(&mut copy) = here;
                copy == record || merge.is_some()
            });
            let Some(first) = earlier else {
                kept.push(record);
                continue;
            };
            let mut copy = first.clone();
            *at(&mut copy) = here;
            let there = *at(first);
            if copy != record {
                if let Some(merge) = merge {
                    merge(first, &record);
                }
            }
            told.push((there, here, copy != record));
        }
        *list(d) = kept;
        let Some(no) = kind.columns().next() else { return };
        for (there, here, differs) in told {
            let place = |r: RowRef| Place { at: self.cell(r, no), col: no };
            let (a, b) = (place(there), place(here));
            let differing = if differs { vec![(a, b)] } else { Vec::new() };
            d.problems.push(self.duplicate(kind, a, b, &differing));
        }
    }
}
