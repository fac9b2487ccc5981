use chrono::NaiveDate;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;
use rust_decimal::Decimal;

use super::*;
use crate::model::value::RowRef;
use crate::model::*;

fn any_decimal() -> impl Strategy<Value = Decimal> {
    let most: i128 = (1 << 96) - 1;
    prop_oneof![
        4 => (-2000_i64..2000, 0_u32..4).prop_map(|(n, scale)| Decimal::new(n, scale)),
        1 => (-most..=most, 0_u32..=28).prop_map(|(n, scale)| Decimal::from_i128_with_scale(n, scale)),
        1 => select(vec![Decimal::MAX, Decimal::MIN, -Decimal::ZERO, Decimal::new(0, 28), Decimal::new(-1, 28)]),
    ]
}

fn any_text() -> impl Strategy<Value = String> {
    // Mostly few texts, so that they are repeated; the last kind overflows what is remembered.
    prop_oneof![
        select(vec!["", "一监区", "王某", "第一监狱", "😀\u{0}\n", "a"]).prop_map(str::to_owned),
        any::<String>(),
        (0..400_u32).prop_map(|n| n.to_string()),
    ]
}

// Boxed: the records have so many fields that their strategies would not fit a test's stack.
fn any_value<T: Clone + std::fmt::Debug + 'static>(
    known: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Value<T>> {
    prop_oneof![
        6 => known.prop_map(Value::Known),
        2 => Just(Value::Empty),
        1 => Just(Value::Unclear),
    ]
    .boxed()
}

fn any_month() -> impl Strategy<Value = Month> {
    (1900..=2200_i32, 1..=12_u32).prop_map(|(y, m)| Month::new(y, m).unwrap())
}

fn any_at() -> impl Strategy<Value = RowRef> {
    let line = prop_oneof![0..50_u32, any::<u32>()];
    (prop_oneof![0..3_u16, any::<u16>()], line).prop_map(|(sheet, line)| RowRef { sheet, line })
}

fn any_part() -> impl Strategy<Value = Part> {
    let value = || any_value(any_decimal());
    (value(), value(), value()).prop_map(|(base, bonus, deduction)| Part { base, bonus, deduction })
}

fn any_points() -> BoxedStrategy<PointRow> {
    let number = || any_value(any_decimal());
    let text = || any_value(any_text());
    let numbers = (any_part(), any_part(), any_part(), number(), number(), number(), number(), number());
    ((any_at(), any_month()), numbers, (text(), text(), text(), text(), text()))
        .prop_map(|(place, n, t)| PointRow {
            at: place.0,
            month: place.1,
            supervision: n.0,
            education: n.1,
            labour: n.2,
            special: n.3,
            penalty: n.4,
            score: n.5,
            balance: n.6,
            cycle: n.7,
            officer: t.0,
            prison: t.1,
            ward: t.2,
            post: t.3,
            note: t.4,
        })
        .boxed()
}

fn any_spending() -> impl Strategy<Value = SpendingRow> {
    let number = || any_value(any_decimal());
    (any_at(), any_month(), number(), number(), number()).prop_map(|(at, month, spent, limit, balance)| SpendingRow {
        at,
        month,
        spent,
        limit,
        balance,
    })
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    let day = |n| NaiveDate::from_num_days_from_ce_opt(n).unwrap();
    prop_oneof![(690_000..780_000).prop_map(day), select(vec![NaiveDate::MIN, NaiveDate::MAX])]
}

fn any_cell() -> impl Strategy<Value = CellRef> {
    prop_oneof![
        4 => (0..3_u16, 0..9_u32, 0..20_u16).prop_map(|(sheet, row, col)| CellRef { sheet, row, col }),
        1 => (any::<u16>(), any::<u32>(), any::<u16>()).prop_map(|(sheet, row, col)| CellRef { sheet, row, col }),
        1 => (0..3_u16, any::<u32>()).prop_map(|(sheet, row)| CellRef { sheet, row, col: CellRef::NONE }),
        1 => Just(CellRef::NOWHERE),
    ]
}

fn any_field<T: Clone + std::fmt::Debug + 'static>(
    known: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Field<T>> {
    (any_value(known), any_cell(), select(Col::ALL)).prop_map(|(value, at, col)| Field { value, at, col }).boxed()
}

fn any_term() -> impl Strategy<Value = Term> {
    (0..400_u32, prop_oneof![0..40_u32, any::<u32>()]).prop_map(|(months, days)| Term::new(0, months, days))
}

fn any_sentence() -> impl Strategy<Value = Sentence> {
    let of = |f: fn(Term) -> Sentence| any_term().prop_map(f);
    prop_oneof![
        of(Sentence::Control),
        of(Sentence::Detention),
        of(Sentence::Fixed),
        Just(Sentence::Life),
        Just(Sentence::Reprieve)
    ]
}

fn any_change() -> BoxedStrategy<Change> {
    let plain = [
        Change::ReduceRemainder,
        Change::ToLife,
        Change::Parole,
        Change::ParoleRevoked,
        Change::RetrialUpheld,
        Change::Refused,
    ];
    prop_oneof![
        select(plain.to_vec()),
        any_term().prop_map(Change::Reduce),
        any_term().prop_map(Change::ToFixed),
        any_term().prop_map(Change::NotCounted),
        any_term().prop_map(Change::ReductionRestored),
        any_sentence().prop_map(Change::RetrialChanged),
        any_sentence().prop_map(Change::Merged),
        (proptest::option::of(any_text()), proptest::option::of(any_day()))
            .prop_map(|(case_no, date)| Change::ReductionRevoked { case_no, date }),
    ]
    .boxed()
}

fn any_ruling() -> BoxedStrategy<Ruling> {
    let rights = prop_oneof![Just(Rights::None), Just(Rights::ForLife), any_term().prop_map(Rights::For)];
    let end = prop_oneof![Just(End::None), any_day().prop_map(End::On)];
    let day = || any_field(any_day());
    let dates = (day(), day(), any_field(any_change()), day());
    (dates, any_field(end), any_field(rights), any_field(any_text()), any_field(any_text()))
        .prop_map(|((date, served, change, new_start), new_end, rights, court, case_no)| Ruling {
            date,
            served,
            change,
            new_start,
            new_end,
            rights,
            court,
            case_no,
        })
        .boxed()
}

fn any_property() -> BoxedStrategy<PropertyItem> {
    let amount = prop_oneof![Just(Amount::AllProperty), any_decimal().prop_map(Amount::Yuan)];
    let kinds = (any_field(select(PropertyKind::ALL)), any_field(amount), any_field(any_decimal()));
    let states = (any_field(select(PropertyState::ALL)), any_field(select(Ability::ALL)));
    let situation = any_field(btree_set(select(Situation::ALL), 0..4));
    (kinds, states, situation, any_field(any_day()), any_field(any_day()))
        .prop_map(|((kind, amount, paid), (state, able), situation, situation_ended, performed)| PropertyItem {
            kind,
            amount,
            paid,
            state,
            able,
            situation,
            situation_ended,
            performed,
        })
        .boxed()
}

/// An inmate and an application with some of each kind of field filled in.
fn any_person() -> BoxedStrategy<(Inmate, Application)> {
    let terms = vec((any_text(), any_sentence()), 0..3)
        .prop_map(|list| list.into_iter().map(|(charge, sentence)| CountTerm { charge, sentence }).collect());
    let inmate = (
        any_field(any_text()),
        any_field(terms),
        any_field(any_sentence()),
        any_field(btree_set(select(Declared::ALL), 0..5)),
        any_field(btree_set(select(Health::ALL), 0..5)),
        any_field(any::<bool>()),
        any_field(select(Restitution::ALL)),
        any_field(any_day()),
    );
    let proposal = prop_oneof![
        any_term().prop_map(Proposal::Reduce),
        any_term().prop_map(Proposal::ToFixed),
        Just(Proposal::ToLife),
        Just(Proposal::Remainder)
    ];
    let application = (
        any_field(any_text()),
        any_field(proposal),
        any_field(btree_set(select(Conduct::ALL), 0..3)),
        any_field(select(Hearing::ALL)),
        any_field(any_change()),
        any_field(any_decimal()),
    );
    (inmate, application)
        .prop_map(|(i, a)| {
            let mut inmate = Inmate::blank(7);
            (inmate.no, inmate.count_terms, inmate.sentence, inmate.categories) = (i.0, i.1, i.2, i.3);
            (inmate.health, inmate.whole_life, inmate.restitution, inmate.birth) = (i.4, i.5, i.6, i.7);
            let mut application = Application::blank(3);
            (application.court, application.proposal, application.conduct) = (a.0, a.1, a.2);
            (application.hearing, application.result, application.balance) = (a.3, a.4, a.5);
            (inmate, application)
        })
        .boxed()
}

fn any_problem() -> BoxedStrategy<Problem> {
    let level = select(vec![Level::Error, Level::Warning]);
    let texts = (any_text(), any_text(), any_text(), any_text());
    (level, select(ProblemCode::ALL), texts, proptest::option::of(any_text()), proptest::option::of(any_cell()))
        .prop_map(|(level, code, (file, sheet, zh, en), cell, at)| Problem {
            level,
            code,
            file,
            sheet,
            cell,
            zh,
            en,
            at,
        })
        .boxed()
}

fn any_dossier() -> BoxedStrategy<Dossier> {
    let rows = (vec(any_points(), 0..40), vec(any_spending(), 0..20));
    let records = (vec(any_ruling(), 0..4), vec(any_property(), 0..4), vec(any_problem(), 0..4));
    (any_text(), proptest::option::of(any_person()), rows, records)
        .prop_map(|(no, person, rows, records)| {
            let mut dossier = Dossier::new(no);
            if let Some((inmate, application)) = person {
                dossier.inmate = Some(inmate);
                dossier.applications = vec![application; 2];
            }
            (dossier.points, dossier.spending) = rows;
            (dossier.rulings, dossier.property, dossier.problems) = records;
            dossier
        })
        .boxed()
}

/// As the whole program sees it: `-0`, and trailing zeros, are not the same as `0`.
fn exactly(dossier: &Dossier) -> String {
    format!("{dossier:?}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_packed_dossier_opens_as_it_was(dossier in any_dossier()) {
        let opened = PackedDossier::from(&dossier).open();
        prop_assert_eq!(&opened, &dossier);
        prop_assert_eq!(exactly(&opened), exactly(&dossier));
    }

    #[test]
    fn dossiers_packed_in_pieces_open_as_one(pieces in vec((any_dossier(), any::<bool>()), 1..4)) {
        let mut packed = PackedDossier::new("0001".to_owned());
        let mut whole = Dossier::new("0001".to_owned());
        for (piece, append) in &pieces {
            if *append {
                packed.append(&PackedDossier::from(piece), 0);
            } else {
                piece.points.iter().for_each(|r| packed.push(r));
                piece.spending.iter().for_each(|r| packed.push(r));
                piece.inmate.iter().for_each(|r| packed.push(r));
                piece.applications.iter().for_each(|r| packed.push(r));
                piece.rulings.iter().for_each(|r| packed.push(r));
                piece.property.iter().for_each(|r| packed.push(r));
                piece.problems.iter().for_each(|r| packed.push(r));
            }
            whole.points.extend(piece.points.iter().cloned());
            whole.spending.extend(piece.spending.iter().cloned());
            whole.inmate = piece.inmate.clone().or(whole.inmate);
            whole.applications.extend(piece.applications.iter().cloned());
            whole.rulings.extend(piece.rulings.iter().cloned());
            whole.property.extend(piece.property.iter().cloned());
            whole.problems.extend(piece.problems.iter().cloned());
        }
        prop_assert_eq!(exactly(&packed.open()), exactly(&whole));
        packed.seal();
        prop_assert_eq!(exactly(&packed.open()), exactly(&whole));
        let months = |m: &[Month]| m.windows(2).all(|w| w[0] < w[1]);
        let points: Vec<Month> = whole.points.iter().map(|r| r.month).collect();
        let spending: Vec<Month> = whole.spending.iter().map(|r| r.month).collect();
        prop_assert!(!packed.rows_in_order() || (months(&points) && months(&spending)));
    }
}

/// A row as prisons write them.
fn usual(n: u32) -> PointRow {
    let text = |t: &str| Value::Known(t.to_owned());
    let number = |n: i64, scale: u32| Value::Known(Decimal::new(n, scale));
    let part = Part { base: number(35, 0), bonus: number(45, 1), deduction: number(0, 0) };
    PointRow {
        at: RowRef { sheet: 2, line: 100 + n },
        month: Month::new(2019, 1).unwrap().plus(n as i32),
        supervision: part,
        education: part,
        labour: part,
        special: number(0, 0),
        penalty: number(0, 0),
        score: number(1135, 1),
        balance: number(5125, 1),
        cycle: Value::Empty,
        officer: text(["王某", "李某某"][n as usize % 2]),
        prison: text("第一监狱"),
        ward: text("三监区"),
        post: text("缝纫"),
        note: Value::Empty,
    }
}

#[test]
fn a_usual_row_takes_about_forty_bytes() {
    let mut packed = PackedDossier::new("0001".to_owned());
    (0..60).for_each(|n| packed.push(&usual(n)));
    packed.seal();
    assert!(packed.rows_in_order());
    assert!(packed.bytes() <= 60 * 40, "{} bytes a row", packed.bytes() / 60);
}

#[test]
fn records_are_replaced_without_the_rows() {
    let mut packed = PackedDossier::new("0001".to_owned());
    packed.push(&usual(0));
    packed.push(&Inmate::blank(3));
    let mut dossier = packed.open_records();
    assert!(dossier.points.is_empty());
    let mut other = Inmate::blank(4);
    other.name.set("甲".to_owned());
    dossier.inmate = Some(other.clone());
    packed.set_records(&dossier);
    assert_eq!(packed.open().inmate, Some(other));
    assert_eq!(packed.open().points, [usual(0)]);
    dossier.points = vec![usual(5), usual(5)];
    packed.set_rows(&dossier);
    assert_eq!(packed.open(), dossier);
    assert!(!packed.rows_in_order());
}

#[test]
fn what_was_read_from_sheets_of_its_own_is_numbered_anew() {
    let row = |sheet: u16, line: u32, month: i32| SpendingRow {
        at: RowRef { sheet, line },
        month: Month::from_index(month),
        spent: Value::Empty,
        limit: Value::Empty,
        balance: Value::Empty,
    };
    let problem = |sheet: u16| Problem {
        level: Level::Error,
        code: ProblemCode::BadDate,
        file: String::new(),
        sheet: String::new(),
        cell: None,
        zh: String::new(),
        en: String::new(),
        at: Some(CellRef { sheet, row: 4, col: 2 }),
    };
    let mut part = PackedDossier::new("1".to_owned());
    part.push(&row(0, 7, 20));
    part.seal();
    part.push(&row(1, 8, 21));
    part.push(&problem(1));
    part.push(&problem(CellRef::NONE));
    let mut whole = PackedDossier::new("1".to_owned());
    whole.append(&part, 3);
    assert!(whole.rows_in_order());
    whole.push(&row(2, 9, 22));
    assert!(whole.rows_in_order());
    whole.append(&part, 600);
    assert!(!whole.rows_in_order());
    let opened = whole.open();
    let sheets: Vec<u16> = opened.spending.iter().map(|r| r.at.sheet).collect();
    assert_eq!(sheets, [3, 4, 2, 600, 601]);
    let sheets: Vec<u16> = opened.problems.iter().filter_map(|p| p.at).map(|at| at.sheet).collect();
    assert_eq!(sheets, [4, CellRef::NONE, 601, CellRef::NONE]);
}

#[test]
fn rows_of_two_kinds_are_in_order_when_each_is() {
    let spending = |month| SpendingRow {
        at: RowRef { sheet: 0, line: 1 },
        month: Month::from_index(month),
        spent: Value::Empty,
        limit: Value::Empty,
        balance: Value::Empty,
    };
    let mut first = PackedDossier::new("1".to_owned());
    first.push(&spending(5));
    first.seal();
    first.push(&spending(6));
    assert!(first.rows_in_order());
    first.seal();
    first.push(&spending(6));
    assert!(!first.rows_in_order());
}
