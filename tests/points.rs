//! The points system: the worked examples of the contract, and every number of the rules at, below and above its limit.

mod points_support;

use jxjs::checks::finding::Missing;
use jxjs::checks::points::window;
use jxjs::model::ledger::{BaseSet, Cell, Days, Fold, Ledger, Mark, Test, Values, What};
use jxjs::model::{AwardKind, Col, CustodyKind, Grade, Month};
use points_support::*;
use rust_decimal::Decimal;

/// Example 1: intake education, a month by the day, a cycle closed and rewarded.
/// Ordinary months from `at` on until a cycle is full, and one after it; returns the month that closes it.
fn close_cycle(p: &mut Someone, mut at: Month) -> Month {
    while p.balance < n("500") {
        p.row(&at.to_string(), Row::default());
        at = at.plus(1);
    }
    p.row(&at.to_string(), Row { cycle: "600", ..Row::default() });
    p.row(&at.plus(1).to_string(), Row::default());
    at
}

fn first_example() -> Someone {
    let mut p = Someone::admitted("2024-01-10");
    p.custody(CustodyKind::IntakeEducation, "2024-01-10", "2024-02-20", "");
    p.row("2024-01", Row { base: ["0"; 3], ..plus("2") });
    p.row("2024-02", Row { base: ["10.86", "10.86", "9.31"], ..Row::default() });
    for (m, bonus) in [("2024-03", "15"), ("2024-04", "17"), ("2024-05", "15"), ("2024-06", "15")] {
        p.row(m, plus(bonus));
    }
    p
}

#[test]
fn example_1_intake_and_a_first_cycle() {
    let mut p = first_example();
    p.row("2024-07", Row { bonus: ["17.5", "17.5", "0"], cycle: "0", ..Row::default() });
    let ledger = p.ledger();
    assert_eq!(said(&ledger), [], "Jan to Jul as booked");
    assert_eq!(balances(&ledger)[..2], ["2", "33.03"]);

    // The amounts of the contract: 115, 120, 118, 122, 120 from March to July.
    let mut p = Someone::admitted("2024-01-10");
    p.custody(CustodyKind::IntakeEducation, "2024-01-10", "2024-02-20", "");
    p.row("2024-01", Row { base: ["0"; 3], ..plus("2") });
    p.row("2024-02", Row { base: ["10.86", "10.86", "9.31"], ..Row::default() });
    p.row("2024-03", plus("15"));
    p.row("2024-04", Row { bonus: ["10", "10", "0"], ..Row::default() });
    p.row("2024-05", Row { bonus: ["10", "8", "0"], ..Row::default() });
    p.row("2024-06", Row { bonus: ["10", "12", "0"], ..Row::default() });
    p.row("2024-07", Row { bonus: ["10", "10", "0"], cycle: "600", ..Row::default() });
    p.row("2024-08", Row::default());
    for grade in [Grade::Active, Grade::Passed] {
        let mut p = p.clone();
        p.award(AwardKind::Commendation, "2024-08-15", Some(grade), "2024-01…2024-07");
        let ledger = p.ledger();
        let expected: Vec<(Test, Mark, What, String)> = match grade {
            Grade::Active => vec![(Test::Grade, Mark::Risk, What::GradeStrict, "2024-07".to_owned())],
            _ => vec![],
        };
        assert_eq!(said(&ledger), expected);
        assert_eq!(balances(&ledger), ["2", "33.03", "148.03", "268.03", "386.03", "508.03", "28.03", "128.03"]);
        let cycle = &ledger.best().cycles[0];
        assert_eq!((cycle.from, cycle.to), (Some(month("2024-01")), month("2024-07")));
        assert_eq!(cycle.allowed, [Grade::Active, Grade::Passed]);
        assert_eq!(cycle.expected, [AwardKind::Commendation]);
    }
}

#[test]
fn example_2_a_void_bonus_moves_the_closing() {
    let mut p = Someone::running("380");
    p.row("2024-04", Row { bonus: ["20", "5", "5"], ..Row::default() });
    p.row("2024-05", Row { deduction: ["0", "0", "10"], cycle: "600", ..Row::default() });
    p.row("2024-06", plus("4"));
    p.award(AwardKind::Commendation, "2024-06-20", Some(Grade::Passed), "");
    let ledger = p.ledger();
    assert_eq!(balances(&ledger), ["507.5", "597.5", "101.5"]);
    assert_eq!(ledger.first_difference(), Some((month("2024-04"), n("2.50"))));
    let cap = &notes(&ledger, Test::BonusCap)[0];
    assert_eq!((cap.mark, cap.recorded, cap.expected), (Mark::Violation, Some(n("20")), Some(n("17.5"))));
    let cycle = notes(&ledger, Test::Cycle);
    assert_eq!(cycle.len(), 1, "the premature closing is said once");
    assert_eq!((cycle[0].mark, cycle[0].month.to_string().as_str()), (Mark::Violation, "2024-05"));
    assert_eq!(cycle[0].expected, Some(n("597.5")));
    let award = notes(&ledger, Test::Award);
    assert_eq!(award.iter().map(|n| (n.mark, n.what)).collect::<Vec<_>>(), [(Mark::Violation, What::AwardWrong)]);
    let printed = ledger.best().cycles.last().unwrap();
    assert_eq!(printed.to, month("2024-06"));
    assert!(!printed.allowed.contains(&Grade::Active));
    assert!(notes(&ledger, Test::Balance).iter().all(|n| n.what == What::Opening));
}

#[test]
fn example_3_confinement_keeps_a_negative_balance() {
    let mut p = Someone::running("210");
    p.award(AwardKind::Warning, "2024-04-08", None, "");
    p.row("2024-04", Row { penalty: "100", ..Row::default() });
    p.confined("2024-05-10", "2024-05-19");
    p.row("2024-05", Row { base: ["23.71", "23.71", "20.32"], penalty: "400", ..Row::default() });
    p.row("2024-06", Row::default());
    for m in ["2024-07", "2024-08", "2024-09", "2024-10", "2024-11"] {
        p.row(m, plus("10"));
    }
    p.row("2024-12", Row { cycle: "600", ..plus("10") });
    let ledger = p.ledger();
    assert_eq!(said(&ledger), []);
    assert_eq!(
        balances(&ledger),
        ["210", "-122.26", "-22.26", "87.74", "197.74", "307.74", "417.74", "527.74", "37.74"]
    );
    let cycle = &ledger.best().cycles[0];
    assert_eq!(cycle.allowed, [Grade::Failed]);
    assert_eq!(cycle.expected, [AwardKind::NoAward]);

    // Graded 合格 and commended all the same; the next cycle cannot be 积极.
    p.award(AwardKind::NoAward, "2025-01-10", Some(Grade::Failed), "");
    for m in ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05"] {
        p.row(m, plus("10"));
    }
    p.row("2025-06", Row { cycle: "600", ..plus("13") });
    p.award(AwardKind::Commendation, "2025-07-10", Some(Grade::Active), "");
    p.row("2025-07", Row::default());
    let ledger = p.ledger();
    assert_eq!(
        said(&ledger).iter().map(|s| (s.0, s.1, s.2)).collect::<Vec<_>>(),
        [(Test::Grade, Mark::Violation, What::GradeActiveBarred), (Test::Grade, Mark::Risk, What::GradeStrict),]
    );
}

#[test]
fn example_4_twice_six_hundred_at_once() {
    let mut p = Someone::running("590");
    p.row("2024-05", Row { bonus: ["17.5", "17.5", "15"], special: "500", cycle: "600", ..Row::default() });
    p.row("2024-06", Row { cycle: "600", ..Row::default() });
    let ledger = p.ledger();
    assert_eq!(ledger.folds.len(), 2);
    let mut both: Vec<Vec<String>> = (0..2).map(|f| shown(&ledger, f)).collect();
    both.sort();
    assert_eq!(both, [["640", "140"], ["640", "140"]], "shown as the record books it");
    for fold in &ledger.folds {
        assert_eq!(fold.months.iter().map(|m| m.closings).sum::<u32>(), 2);
        assert!(fold.notes.iter().all(|n| n.test != Test::Cycle), "either way two closings");
    }
    let special: Vec<What> = notes(&ledger, Test::SpecialBonus).iter().map(|n| n.what).collect();
    assert_eq!(special, [What::SpecialMonth, What::SpecialYear]);
}

#[test]
fn example_5_hospital_days_and_below_base() {
    let mut p = Someone::admitted("2024-01-01");
    for m in ["2024-01", "2024-02", "2024-03"] {
        p.row(m, plus("10"));
    }
    p.custody(CustodyKind::Hospital, "2024-04-06", "2024-04-15", "");
    p.row("2024-04", plus("6"));
    p.row("2024-05", plus("10"));
    p.row("2024-06", Row { cycle: "600", ..plus("10") });
    p.row("2024-07", Row::default());
    p.award(AwardKind::Commendation, "2024-07-10", Some(Grade::Passed), "2024-01…2024-06");
    let ledger = p.ledger();
    assert_eq!(balances(&ledger), ["110", "220", "330", "426", "536", "46", "146"]);
    assert_eq!(ledger.first_difference(), Some((month("2024-04"), n("10.00"))));
    let hospital = notes(&ledger, Test::HospitalLabour);
    assert_eq!(
        (hospital[0].mark, hospital[0].recorded, hospital[0].expected),
        (Mark::Violation, Some(n("30")), Some(n("20")))
    );
    let award = notes(&ledger, Test::Award);
    assert_eq!(award.iter().map(|n| (n.mark, n.what)).collect::<Vec<_>>(), [(Mark::Unverified, What::AwardUnsure)]);
    assert_eq!(ledger.best().cycles[0].expected, [AwardKind::Commendation, AwardKind::Material]);
}

#[test]
fn example_6_a_return_from_outside_without_a_reason() {
    let mut p = Someone::running("450");
    p.custody(CustodyKind::OutsideExecution, "2024-04-16", "2024-10-10", "");
    p.custody(CustodyKind::Held, "2024-10-10", "", "");
    p.row("2024-04", Row { base: ["17.5", "17.5", "15"], ..Row::default() });
    p.row("2024-10", Row { base: ["24.84", "24.84", "21.29"], ..Row::default() });
    p.row("2024-11", Row { cycle: "600", ..Row::default() });
    let ledger = p.ledger();
    let mut both: Vec<Vec<String>> = (0..ledger.folds.len()).map(|f| shown(&ledger, f)).collect();
    both.sort();
    assert_eq!(both, [["500", "570.97", "70.97"], ["500", "70.97", "170.97"]]);
    let cancelled = ledger.folds.iter().find(|f| !f.cancelled.is_empty()).unwrap();
    assert_eq!(cancelled.steps[0].ask.map(|a| a.document), Some("收监执行决定书"));
    let carried: Vec<What> = cancelled.notes.iter().filter(|n| n.mark == Mark::Violation).map(|n| n.what).collect();
    assert_eq!(carried, [What::Carried], "one mistake, one note");

    // With a reason there is nothing to ask.
    for (reason, folds) in [("情形消失", "570.97"), ("违反规定", "70.97"), ("不符合条件", "570.97")] {
        let mut p = p.clone();
        p.custody(CustodyKind::Recalled, "2024-10-10", "2024-10-10", reason);
        let ledger = p.ledger();
        assert_eq!((ledger.folds.len(), balances(&ledger)[1].as_str()), (1, folds), "{reason}");
    }
}

use jxjs::checks::case::Lang;
use jxjs::checks::finding::{Fact, Outcome};
use jxjs::model::{
    Ability, Amount, Declared, Health, NewCrimeKind, PropertyItem, PropertyKind, PropertyState, SpendingRow, Value,
};
use jxjs::review::Aggregate;

const V: Outcome = Outcome::Violation;
const K: Outcome = Outcome::Risk;
const U: Outcome = Outcome::Unverified;

/// Someone with January to May 2024 as booked by the book, and one more month.
fn with_june(june: Row) -> Someone {
    let mut p = Someone::admitted("2024-01-01");
    p.rows("2024-01", "2024-04").row("2024-05", june);
    p
}

#[test]
fn a_clean_record_passes_every_check() {
    let mut p = Someone::admitted("2024-01-01");
    p.rows("2024-01", "2024-05").row("2024-06", Row { cycle: "600", ..Row::default() }).rows("2024-07", "2024-10");
    p.award(AwardKind::Commendation, "2024-07-10", Some(Grade::Passed), "2024-01…2024-06");
    p.claims("2024-01-01", "2024-10-31", "1", "400");
    let review = p.review(Lang::En, None);
    let failing: Vec<_> = review.findings.iter().filter(|f| f.outcome != Outcome::Pass).collect();
    assert!(failing.is_empty(), "{failing:?}");
    let speaking: Vec<&str> = review.findings.iter().map(|f| f.check).collect();
    assert_eq!(
        speaking,
        [
            "points/month-sum",
            "points/balance",
            "points/base",
            "points/bonus-cap",
            "points/special-bonus",
            "points/penalty",
            "points/cycle",
            "points/award",
            "points/grade",
            "points/claimed-totals",
            "points/missing-month",
            "points/duplicate-month",
            "points/outside-custody",
        ]
    );
}

#[test]
fn base_points_of_a_whole_month() {
    for (base, expected) in [
        (["35", "35", "30"], None),
        (["35", "35", "30.01"], Some(V)),
        (["35", "35", "29.99"], Some(U)),
        (["34.99", "35", "30"], Some(U)),
        (["35.01", "35", "30"], Some(V)),
        (["35", "35.01", "30"], Some(V)),
    ] {
        let p = with_june(Row { base, ..Row::default() });
        let expected: Vec<_> = expected.map(|o| ("points/base", o)).into_iter().collect();
        assert_eq!(p.failing(), expected, "{base:?}");
    }
}

#[test]
fn base_points_by_the_day() {
    // Nine of 29 days; one day more or less and a month of thirty days fit as well, within half a point.
    for (base, expected) in [
        ("10.86", None),
        ("9.66", None),
        ("12.07", None),
        ("12.17", None),
        ("12.57", None),
        ("12.58", Some(("points/intake", V))),
        ("35", Some(("points/intake", V))),
        ("8.83", None),
        ("8.82", Some(("points/base", U))),
        ("0", Some(("points/base", U))),
    ] {
        let mut p = Someone::admitted("2024-01-10");
        p.custody(CustodyKind::IntakeEducation, "2024-01-10", "2024-02-20", "");
        p.row("2024-01", Row { base: ["0"; 3], ..Row::default() });
        p.row("2024-02", Row { base: [base, "10.86", "9.31"], ..Row::default() });
        p.rows("2024-03", "2024-04");
        assert_eq!(p.failing(), expected.into_iter().collect::<Vec<_>>(), "{base}");
    }
}

#[test]
fn base_points_the_cause_of_lost_days_names_the_check() {
    // Intake education: nothing at all is due.
    let mut p = Someone::admitted("2024-01-01");
    p.custody(CustodyKind::IntakeEducation, "2024-01-01", "2024-02-29", "");
    p.row("2024-01", Row { base: ["0", "0", "1"], ..Row::default() })
        .row("2024-02", Row { base: ["0"; 3], ..Row::default() });
    assert_eq!(p.failing(), [("points/intake", V)]);
    // Confinement.
    let mut p = Someone::running("0");
    p.confined("2024-05-10", "2024-05-19");
    p.row("2024-05", Row { penalty: "400", ..Row::default() }).rows("2024-06", "2024-07");
    assert_eq!(p.failing(), [("points/confinement", V)]);
    // Hospital takes only labour.
    let mut p = Someone::running("0");
    p.custody(CustodyKind::Hospital, "2024-05-10", "2024-05-19", "");
    p.rows("2024-05", "2024-07");
    assert_eq!(p.failing(), [("points/hospital-labour", V)]);
    // Outside.
    let mut p = Someone::running("0");
    p.custody(CustodyKind::OutsideExecution, "2024-05-10", "2024-05-19", "");
    p.custody(CustodyKind::Recalled, "2024-05-20", "2024-05-20", "情形消失");
    p.rows("2024-05", "2024-07");
    assert_eq!(p.failing(), [("points/base", V)]);
    // The first month without any record of intake education: the days are open.
    let mut p = Someone::admitted("2024-01-10");
    p.rows("2024-01", "2024-03");
    assert_eq!(p.failing(), [("points/base", U)]);
    // So may be those of the month after it, and no later ones.
    for (from, back, expected) in [("2024-02-10", "2024-02-20", U), ("2024-03-10", "2024-03-20", V)] {
        let mut p = Someone::admitted("2024-01-10");
        p.custody(CustodyKind::OutsideExecution, from, back, "");
        p.custody(CustodyKind::Recalled, back, back, "情形消失");
        p.rows("2024-01", "2024-03");
        assert_eq!(p.failing(), [("points/base", expected)], "{from}");
    }
    // Without a custody record nothing by the day is certain; what exceeds a whole month is.
    let mut p = Someone::admitted("2024-01-10");
    p.dossier.custody.clear();
    p.rows("2024-01", "2024-03");
    assert_eq!(p.failing(), [("points/base", U)]);
    p.row("2024-04", Row { base: ["35", "35", "31"], ..Row::default() });
    assert_eq!(p.failing(), [("points/base", V)]);
}

#[test]
fn the_bases_of_those_unable_to_work() {
    let unable = || Row { base: ["50", "50", "0"], ..Row::default() };
    let person = |health: &[Health], last: Row| {
        let mut p = Someone::admitted("2024-01-01");
        p.health(health);
        p.row("2024-01", unable()).row("2024-02", unable()).row("2024-03", last);
        p
    };
    assert_eq!(person(&[Health::UnableToWork], unable()).failing(), []);
    assert_eq!(person(&[Health::MostlyUnableToWork], unable()).failing(), [("points/base", U)]);
    assert_eq!(person(&[Health::Old, Health::Disabled, Health::GravelyIll], unable()).failing(), [("points/base", V)]);
    let said = |health: &[Health]| {
        let findings = person(health, unable()).review(Lang::Zh, None).findings;
        findings.into_iter().find(|f| f.check == "points/base").expect("a finding").message
    };
    let (wrong, open) = (said(&[Health::Old]), said(&[Health::MostlyUnableToWork]));
    assert!(wrong.contains("没有这一认定") && !wrong.contains("请调取"), "{wrong}");
    assert!(open.contains("请调取载明日期的劳动能力鉴定书"), "{open}");
    // No longer used in the last month: it may have been right then.
    assert_eq!(person(&[], Row::default()).failing(), [("points/base", U)]);
    let mut p = person(&[], unable());
    p.inmate().health.value = Value::Empty;
    assert_eq!(p.failing(), [("points/base", U)]);
    // Labour points of someone found unable to work: a question from the month after the finding.
    for (found, expected) in [("2024-03-01", vec![]), ("2024-02-29", vec![("points/base", U)])] {
        let mut p = Someone::admitted("2024-01-01");
        p.health(&[Health::UnableToWork]).inmate().health_date.set(day(found));
        p.rows("2024-01", "2024-03");
        assert_eq!(p.failing(), expected, "{found}");
    }
    // Mixed sets: a mistake between months of one set, a question in the month of the change.
    let mixed = || Row { base: ["50", "50", "30"], ..Row::default() };
    for (before, after, expected) in
        [(unable(), unable(), V), (Row::default(), Row::default(), V), (Row::default(), unable(), U)]
    {
        let mut p = Someone::admitted("2024-01-01");
        p.health(&[Health::UnableToWork]);
        p.row("2024-01", before).row("2024-02", mixed()).row("2024-03", after);
        assert_eq!(p.failing(), [("points/base", expected)]);
    }
}

#[test]
fn bonuses_are_capped_part_by_part() {
    for (bonus, expected) in [
        (["17.5", "17.5", "15"], None),
        (["17.51", "0", "0"], Some(V)),
        (["0", "17.51", "0"], Some(V)),
        (["0", "0", "15.01"], Some(V)),
    ] {
        let expected: Vec<_> = expected.map(|o| ("points/bonus-cap", o)).into_iter().collect();
        assert_eq!(with_june(Row { bonus, ..Row::default() }).failing(), expected, "{bonus:?}");
    }
    for (bonus, expected) in [(["25", "25", "0"], None), (["25.01", "0", "0"], Some(V)), (["0", "0", "0.01"], Some(V))]
    {
        let mut p = Someone::admitted("2024-01-01");
        p.health(&[Health::UnableToWork]);
        p.row("2024-01", Row { base: ["50", "50", "0"], bonus, ..Row::default() });
        let expected: Vec<_> = expected.map(|o| ("points/bonus-cap", o)).into_iter().collect();
        assert_eq!(p.failing(), expected, "{bonus:?}");
    }
    // A part month: half of what is due passes, half of the whole base is a question of reading, more is void.
    for (bonus, expected) in [("8.75", None), ("8.76", Some(U)), ("17.5", Some(U)), ("17.51", Some(V))] {
        let mut p = Someone::running("0");
        p.custody(CustodyKind::OutsideExecution, "2024-04-16", "2024-05-31", "");
        p.custody(CustodyKind::Recalled, "2024-06-01", "2024-06-01", "情形消失");
        p.row("2024-04", Row { base: ["17.5", "17.5", "15"], ..plus(bonus) }).rows("2024-06", "2024-07");
        let expected: Vec<_> = expected.map(|o| ("points/bonus-cap", o)).into_iter().collect();
        assert_eq!(p.failing(), expected, "{bonus}");
    }
    // During intake education the detention centre's points may be in it.
    for (bonus, expected) in [("17.5", None), ("17.51", Some(U))] {
        let mut p = Someone::admitted("2024-01-01");
        p.custody(CustodyKind::IntakeEducation, "2024-01-01", "2024-01-31", "");
        p.row("2024-01", Row { base: ["0"; 3], ..plus(bonus) }).rows("2024-02", "2024-03");
        let expected: Vec<_> = expected.map(|o| ("points/bonus-cap", o)).into_iter().collect();
        assert_eq!(p.failing(), expected, "{bonus}");
    }
}

#[test]
fn special_bonuses() {
    for (special, expected) in [("100", None), ("100.01", Some(U))] {
        let expected: Vec<_> = expected.map(|o| ("points/special-bonus", o)).into_iter().collect();
        assert_eq!(with_june(Row { special, ..Row::default() }).failing(), expected, "{special}");
    }
    // Single amounts on record: two of at most a hundred explain the month, one above is void.
    for (singles, expected) in [(["60", "60"], None), (["100", "20"], None), (["100.01", "19.99"], Some(V))] {
        let mut p = with_june(Row { special: "120", ..Row::default() });
        for points in singles {
            p.award(AwardKind::Special, "2024-05-10", None, "");
            p.dossier.awards.last_mut().unwrap().points.set(n(points));
        }
        let expected: Vec<_> = expected.map(|o| ("points/special-bonus", o)).into_iter().collect();
        assert_eq!(p.failing(), expected, "{singles:?}");
    }
    // The year: calendar years, and years from intake.
    let year = |months: &[(&str, &'static str)]| {
        let mut p = Someone::admitted("2023-07-01");
        let mut at = month("2023-07");
        while at <= month("2024-06") {
            let text = at.to_string();
            let special = months.iter().find(|m| m.0 == text).map_or("0", |m| m.1);
            p.row(&text, Row { special, ..Row::default() });
            at = at.plus(1);
        }
        p.finding("points/special-bonus").map(|f| f.outcome)
    };
    assert_eq!(year(&[("2024-01", "100"), ("2024-02", "100"), ("2024-03", "100")]), Some(Outcome::Pass));
    assert_eq!(year(&[("2024-01", "100"), ("2024-02", "100"), ("2024-03", "100"), ("2024-04", "0.01")]), Some(U));
    assert_eq!(year(&[("2023-12", "100"), ("2024-01", "100"), ("2024-02", "100"), ("2024-03", "1")]), Some(U));
    // In the month of a merit.
    let mut p = with_june(Row { special: "10", ..Row::default() });
    p.award(AwardKind::Merit, "2024-05-20", None, "");
    assert_eq!(p.failing(), [("points/special-bonus", K)]);
}

#[test]
fn penalties_are_booked_in_their_month_or_the_next() {
    for (kind, amount) in [(AwardKind::Warning, "100"), (AwardKind::Demerit, "200")] {
        for (in_month, next, expected) in [
            (amount, "0", None),
            ("0", amount, None),
            ("0", "0", Some(V)),
            ("99.99", "0", Some(V)),
            ("0", "250", Some(U)),
            ("250", "0", Some(U)),
        ] {
            let mut p = Someone::running("300");
            p.award(kind, "2024-05-10", None, "");
            p.row("2024-05", Row { penalty: in_month, ..Row::default() });
            p.row("2024-06", Row { penalty: next, ..Row::default() }).rows("2024-07", "2024-07");
            let expected: Vec<_> = expected.map(|o| ("points/penalty", o)).into_iter().collect();
            assert_eq!(p.failing(), expected, "{kind:?} {in_month} {next}");
        }
    }
    // Not yet booked in the last month: it may still come. Without any row: a paper is missing.
    let mut p = Someone::running("300");
    p.award(AwardKind::Warning, "2024-05-10", None, "");
    p.rows("2024-05", "2024-05");
    assert_eq!(p.failing(), []);
    let mut p = Someone::running("300");
    p.row("2024-05", Row { penalty: "100", ..Row::default() });
    assert_eq!(p.failing(), [("points/penalty", U)]);
    // The month of the penalty was spent outside: it is due in the next, in the first month of the regime as later.
    for (out, back, penalised, before, after) in [
        ("2021-10-01", "2021-11-01", "2021-10-15", "2021-09", "2021-11"),
        ("2021-11-01", "2021-12-01", "2021-11-15", "2021-10", "2021-12"),
    ] {
        let mut p = Someone::running("100");
        p.custody(CustodyKind::OutsideExecution, out, back, "");
        p.custody(CustodyKind::Recalled, back, back, "情形消失");
        p.award(AwardKind::Warning, penalised, None, "");
        p.rows(before, before).rows(after, after);
        assert_eq!(p.finding("points/penalty").map(|f| f.outcome), Some(V), "{penalised}");
    }
    // What is missing is missing from the lawful balance on.
    let mut p = Someone::running("300");
    p.award(AwardKind::Warning, "2024-05-10", None, "");
    p.rows("2024-05", "2024-07");
    assert_eq!(balances(&p.ledger()), ["400", "400", "500"]);
    assert_eq!(p.ledger().first_difference(), Some((month("2024-06"), n("100"))));
}

#[test]
fn the_length_of_a_confinement() {
    for (from, to, expected) in [
        ("2024-05-10", "2024-05-24", None),
        ("2024-05-10", "2024-05-25", Some(U)),
        ("2024-05-10", "2024-05-26", Some(V)),
        ("2024-05-10", "2024-05-17", None),
        ("2024-05-10", "2024-05-16", Some(U)),
        ("2024-05-10", "2024-05-15", Some(V)),
        ("2026-10-31", "2026-11-02", Some(V)),
        ("2026-11-01", "2026-11-02", None),
        ("2026-11-01", "2026-11-18", Some(V)),
    ] {
        let mut p = Someone::running("0");
        p.confined(from, to);
        // The base of the days is not under test here.
        let (first, last) = (day(from), day(to));
        let mut at = jxjs::model::Month::of(first).plus(-1);
        while at <= jxjs::model::Month::of(last).plus(1) {
            let penalty = if at == jxjs::model::Month::of(first) { "400" } else { "0" };
            p.row(&at.to_string(), Row { base: ["0"; 3], penalty, ..Row::default() });
            at = at.plus(1);
        }
        let outcome = p.finding("points/confinement").map(|f| f.outcome).filter(|o| *o != Outcome::Pass);
        assert_eq!(outcome, expected, "{from} to {to}");
    }
    // The two sheets must agree, and both must have it.
    let mut p = Someone::running("0");
    p.confined("2024-05-10", "2024-05-19");
    p.dossier.awards[0].to.set(day("2024-05-20"));
    p.row("2024-05", Row { base: ["23.71", "23.71", "20.32"], penalty: "400", ..Row::default() });
    assert_eq!(p.failing(), [("points/confinement", U)]);
    p.dossier.awards.clear();
    assert_eq!(p.failing(), [("points/penalty", U), ("points/confinement", U)]);
}

#[test]
fn a_cycle_closes_at_six_hundred() {
    // Reached exactly; a cent short; booked in the month after; too late; another amount.
    let person = |opening: &str, taken: [&'static str; 3]| {
        let mut p = Someone::running(opening);
        for (m, cycle) in ["2024-05", "2024-06", "2024-07"].into_iter().zip(taken) {
            p.row(m, Row { cycle, ..Row::default() });
        }
        p.failing()
    };
    assert_eq!(person("500", ["600", "0", "0"]), [("points/award", U)]);
    assert_eq!(person("500", ["0", "600", "0"]), [("points/award", U)]);
    assert_eq!(person("499.99", ["600", "0", "0"]), [("points/cycle", V), ("points/award", U)]);
    assert_eq!(person("500", ["0", "0", "600"]), [("points/cycle", V), ("points/award", U)]);
    assert_eq!(person("500", ["0", "0", "0"]), [("points/cycle", V), ("points/award", U)]);
    assert_eq!(person("500", ["500", "0", "0"]), [("points/cycle", V), ("points/award", U)]);
    assert_eq!(person("100", ["0", "0", "0"]), []);
    // Either way of booking is one ledger: nothing differs.
    for taken in [["600", "0", "0"], ["0", "600", "0"]] {
        let mut p = Someone::running("500");
        for (m, cycle) in ["2024-05", "2024-06", "2024-07"].into_iter().zip(taken) {
            p.row(m, Row { cycle, ..Row::default() });
        }
        assert_eq!(p.ledger().first_difference(), None);
        assert_eq!(p.ledger().best().cycles[0].to, month("2024-05"));
    }
}

/// A cycle from January to June 2024 with this May, graded and rewarded in July.
fn graded(may: Row, grade: Option<Grade>, kind: AwardKind) -> Someone {
    let mut p = Someone::admitted("2024-01-01");
    p.row("2024-01", plus("5")).row("2024-02", plus("5")).row("2024-03", plus("5")).row("2024-04", plus("5"));
    p.row("2024-05", may);
    let short = n("600") - p.balance;
    let bonus = (short - n("100")).max(n("0"));
    let leak: &'static str = Box::leak(bonus.min(n("17.5")).to_string().into_boxed_str());
    let special: &'static str = Box::leak((bonus - bonus.min(n("17.5"))).to_string().into_boxed_str());
    p.row("2024-06", Row { bonus: [leak, "0", "0"], special, cycle: "600", ..Row::default() });
    p.row("2024-07", Row::default());
    p.award(kind, "2024-07-10", grade, "2024-01…2024-06");
    p
}

#[test]
fn grade_and_award_follow_the_months() {
    use AwardKind::{Commendation, Material, NoAward};
    use Grade::{Active, Failed, Passed};
    let less = |deduction: &'static str| Row { deduction: [deduction, "0", "0"], ..Row::default() };
    for (may, grade, kind, expected) in [
        (Row::default(), Some(Passed), Commendation, vec![]),
        (Row::default(), Some(Active), Commendation, vec![]),
        (Row::default(), Some(Passed), Material, vec![("points/award", V)]),
        (Row::default(), Some(Active), Material, vec![("points/award", V)]),
        (Row::default(), Some(Passed), NoAward, vec![("points/award", V)]),
        (Row::default(), Some(Failed), NoAward, vec![("points/grade", U)]),
        (Row::default(), Some(Failed), Commendation, vec![("points/award", V), ("points/grade", U)]),
        // One cent below the base of a part and of the month.
        (less("0.01"), Some(Passed), Material, vec![]),
        (less("0.01"), Some(Passed), Commendation, vec![("points/award", V)]),
        (less("0.01"), Some(Active), Commendation, vec![("points/grade", V), ("points/award", V)]),
        // Below in one part, made up in another: the month is not below, the part is.
        (Row { bonus: ["0", "2", "0"], ..less("1") }, Some(Passed), Commendation, vec![]),
        (Row { bonus: ["0", "2", "0"], ..less("1") }, Some(Active), Commendation, vec![("points/grade", V)]),
        // Ten points off one part, the part still at its base: one breach or several?
        (Row { bonus: ["9.99", "0", "0"], ..less("9.99") }, Some(Active), Commendation, vec![]),
        (Row { bonus: ["10", "0", "0"], ..less("10") }, Some(Active), Commendation, vec![("points/grade", U)]),
        // Without a grade: an award that an allowed grade gives passes, another does not.
        (Row::default(), None, Commendation, vec![("points/grade", U)]),
        (Row::default(), None, Material, vec![("points/award", V), ("points/grade", U)]),
    ] {
        let mut said = graded(may.clone(), grade, kind).failing();
        let mut expected = expected;
        said.sort();
        expected.sort();
        assert_eq!(said, expected, "{may:?} {grade:?} {kind:?}");
    }
}

#[test]
fn what_makes_a_failed_grade() {
    use AwardKind::{Commendation, Confinement, Demerit, Warning};
    // Penalties in the cycle: how many of which kind, and what 合格 then is.
    for (penalties, expected) in [
        (vec![Warning], None),
        (vec![Warning, Warning], Some(V)),
        (vec![Demerit, Demerit], Some(V)),
        (vec![Warning, Demerit], Some(U)),
        (vec![Confinement], Some(V)),
    ] {
        let mut p = Someone::admitted("2024-01-01");
        let mut booked = 0;
        for kind in &penalties {
            p.award(*kind, "2024-02-10", None, "");
            booked += match kind {
                Warning => 100,
                Demerit => 200,
                _ => 400,
            };
        }
        let penalty: &'static str = Box::leak(booked.to_string().into_boxed_str());
        p.row("2024-01", Row::default()).row("2024-02", Row { penalty, ..Row::default() });
        let closed = close_cycle(&mut p, month("2024-03"));
        let cycle = format!("2024-01…{closed}");
        p.award(Commendation, &closed.plus(1).first_day().to_string(), Some(Grade::Passed), &cycle);
        assert_eq!(
            p.finding("points/grade").map(|f| f.outcome).filter(|o| *o != Outcome::Pass),
            expected,
            "{penalties:?}"
        );
    }
    // Months below sixty: two do not count, three do; a part month only under one reading.
    for (low, amount, expected) in [(2, "40.01", None), (3, "40", None), (3, "40.01", Some(V))] {
        let mut p = Someone::admitted("2024-01-01");
        let mut at = month("2024-01");
        for _ in 0..low {
            p.row(&at.to_string(), Row { deduction: ["20", "20", "0.01"], ..Row::default() });
            at = at.plus(1);
        }
        if amount == "40" {
            // Sixty exactly.
            p.dossier.points.clear();
            p.balance = n("0");
            at = month("2024-01");
            for _ in 0..low {
                p.row(&at.to_string(), Row { deduction: ["20", "20", "0"], ..Row::default() });
                at = at.plus(1);
            }
        }
        let closed = close_cycle(&mut p, at);
        p.award(AwardKind::Material, &closed.plus(1).first_day().to_string(), Some(Grade::Passed), "");
        assert_eq!(
            p.finding("points/grade").map(|f| f.outcome).filter(|o| *o != Outcome::Pass),
            expected,
            "{low} {amount}"
        );
    }
}

#[test]
fn after_a_failed_cycle_the_next_is_not_active() {
    for (first, expected) in [(Grade::Passed, None), (Grade::Failed, Some(V))] {
        let closing = || Row { cycle: "600", ..Row::default() };
        let mut p = Someone::admitted("2024-01-01");
        p.rows("2024-01", "2024-05").row("2024-06", closing()).rows("2024-07", "2024-11").row("2024-12", closing());
        p.rows("2025-01", "2025-01");
        let kind = if first == Grade::Failed { AwardKind::NoAward } else { AwardKind::Commendation };
        p.award(kind, "2024-07-10", Some(first), "2024-01…2024-06");
        p.award(AwardKind::Commendation, "2025-01-10", Some(Grade::Active), "2024-07…2024-12");
        let outcome = p.finding("points/grade").map(|f| f.outcome).filter(|o| *o != Outcome::Pass);
        assert_eq!(outcome, expected, "{first:?}");
    }
}

#[test]
fn able_and_not_paying_bars_the_active_grade() {
    for (state, able, performed, expected) in [
        (PropertyState::Unperformed, Some(Ability::Able), "", Some(V)),
        (PropertyState::Partly, Some(Ability::Able), "", Some(V)),
        (PropertyState::Unperformed, Some(Ability::Unable), "", None),
        (PropertyState::Unperformed, Some(Ability::Unclear), "", Some(U)),
        (PropertyState::Unperformed, None, "", Some(U)),
        (PropertyState::Performed, Some(Ability::Able), "2023-12-31", None),
        (PropertyState::Performed, Some(Ability::Able), "2024-07-01", Some(V)),
        (PropertyState::Performed, Some(Ability::Able), "2024-03-01", Some(U)),
        (PropertyState::Remitted, Some(Ability::Able), "", None),
    ] {
        let mut p = graded(Row::default(), Some(Grade::Active), AwardKind::Commendation);
        let mut item = PropertyItem::blank(1);
        item.kind.set(PropertyKind::Fine);
        item.amount.set(Amount::Yuan(n("1000")));
        item.state.set(state);
        if let Some(able) = able {
            item.able.set(able);
        }
        if let Ok(performed) = performed.parse() {
            item.performed.set(performed);
        }
        p.dossier.property.push(item);
        let outcome = p.finding("points/grade").map(|f| f.outcome).filter(|o| *o != Outcome::Pass);
        assert_eq!(outcome, expected, "{state:?} {able:?} {performed}");
    }
    // Spending above the limit within the cycle speaks for an ability that is recorded as none.
    for (month_of, spent, expected) in [
        ("2023-12", "500", None),
        ("2024-01", "500", Some(U)),
        ("2024-06", "500", Some(U)),
        ("2024-06", "300", None),
        ("2024-07", "500", None),
    ] {
        let mut p = graded(Row::default(), Some(Grade::Active), AwardKind::Commendation);
        let mut item = PropertyItem::blank(1);
        item.kind.set(PropertyKind::Fine);
        item.amount.set(Amount::Yuan(n("1000")));
        item.state.set(PropertyState::Unperformed);
        item.able.set(Ability::Unable);
        p.dossier.property.push(item);
        p.dossier.spending.push(SpendingRow {
            spent: Value::Known(n(spent)),
            limit: Value::Known(n("300")),
            ..SpendingRow::blank(1, month(month_of))
        });
        let outcome = p.finding("points/grade").map(|f| f.outcome).filter(|o| *o != Outcome::Pass);
        assert_eq!(outcome, expected, "{month_of} {spent}");
    }
}

#[test]
fn a_strict_group_graded_active_is_a_question() {
    let mut p = graded(Row::default(), Some(Grade::Active), AwardKind::Commendation);
    p.inmate().recidivist.set(true);
    p.inmate().categories.set([Declared::Recidivist].into());
    assert_eq!(p.failing(), [("points/grade", K)]);
    let mut p = graded(Row::default(), Some(Grade::Passed), AwardKind::Commendation);
    p.inmate().recidivist.set(true);
    p.inmate().categories.set([Declared::Recidivist].into());
    assert_eq!(p.failing(), []);
}

#[test]
fn the_date_and_the_months_of_an_award() {
    for (on, cycle, expected) in [
        ("2024-06-30", "", Some(V)),
        ("2024-07-01", "", None),
        ("2024-08-31", "", None),
        ("2024-09-01", "", Some(K)),
        ("2024-07-10", "2024-01…2024-06", None),
        ("2024-07-10", "2024-02…2024-06", Some(V)),
        ("2024-07-10", "2024-01…2024-07", Some(V)),
    ] {
        let mut p = Someone::admitted("2024-01-01");
        p.rows("2024-01", "2024-05").row("2024-06", Row { cycle: "600", ..Row::default() }).rows("2024-07", "2024-10");
        p.award(AwardKind::Commendation, on, Some(Grade::Passed), cycle);
        let outcome = p.finding("points/award").map(|f| f.outcome).filter(|o| *o != Outcome::Pass);
        assert_eq!(outcome, expected, "{on} {cycle}");
    }
    // Given late for one cycle and in the month in which the next closes: it is the late one.
    let mut p = Someone::admitted("2024-01-01");
    let closing = || Row { cycle: "600", ..Row::default() };
    p.rows("2024-01", "2024-05").row("2024-06", closing()).rows("2024-07", "2024-11").row("2024-12", closing());
    p.award(AwardKind::Commendation, "2024-12-31", Some(Grade::Passed), "");
    assert_eq!(p.failing(), [("points/award", K)]);
    // An award for no cycle, a cycle without an award, and a material reward that joins a commendation.
    let mut p = Someone::admitted("2024-01-01");
    p.rows("2024-01", "2024-05").award(AwardKind::Commendation, "2024-04-10", Some(Grade::Passed), "");
    assert_eq!(p.failing(), [("points/award", V)]);
    let said = |p: &Someone| p.finding("points/award").expect("a finding").message;
    assert!(said(&p).contains("belongs to no completed cycle"), "{}", said(&p));
    // With a month missing a cycle may have ended in what is not seen.
    let mut p = Someone::admitted("2024-01-01");
    p.rows("2024-01", "2024-02").rows("2024-04", "2024-05");
    p.award(AwardKind::Commendation, "2024-04-10", Some(Grade::Passed), "");
    assert_eq!(p.finding("points/award").map(|f| f.outcome), Some(U));
    assert!(said(&p).contains("cannot be matched"), "{}", said(&p));
    let mut p = graded(Row::default(), Some(Grade::Active), AwardKind::Commendation);
    p.award(AwardKind::Material, "2024-07-10", Some(Grade::Active), "2024-01…2024-06");
    assert_eq!(p.failing(), []);
    let mut p = graded(Row::default(), Some(Grade::Passed), AwardKind::Commendation);
    p.award(AwardKind::Material, "2024-07-10", Some(Grade::Passed), "2024-01…2024-06");
    assert_eq!(p.failing(), [("points/award", V)]);
    let mut p = graded(Row::default(), None, AwardKind::Commendation);
    p.dossier.awards.clear();
    assert_eq!(p.failing(), []);
    p.rows("2024-08", "2024-08");
    assert_eq!(p.failing(), [("points/award", U)]);
}

#[test]
fn missing_duplicate_and_outside_months() {
    // A month missing in the middle: proved by the custody record, open without one.
    let mut p = Someone::admitted("2024-01-01");
    p.rows("2024-01", "2024-03").rows("2024-05", "2024-06");
    assert_eq!(p.failing(), [("points/missing-month", V)]);
    p.dossier.custody.clear();
    assert_eq!(p.failing(), [("points/missing-month", U)]);
    // The fold resumes from the record.
    let mut p = Someone::admitted("2024-01-01");
    p.rows("2024-01", "2024-02");
    p.balance = n("333");
    p.rows("2024-04", "2024-04");
    assert_eq!(p.failing(), [("points/missing-month", V)]);
    assert_eq!(balances(&p.ledger()), ["100", "200", "433"]);
    // Before the first row; a month outside needs no row; no row at all.
    let mut p = Someone::admitted("2024-01-01");
    p.rows("2024-03", "2024-04");
    assert_eq!(p.failing(), [("points/missing-month", U)]);
    let mut p = Someone::running("0");
    p.custody(CustodyKind::OutsideExecution, "2024-04-01", "2024-06-30", "");
    p.custody(CustodyKind::Recalled, "2024-07-01", "2024-07-01", "情形消失");
    p.rows("2024-03", "2024-03").rows("2024-07", "2024-07");
    assert_eq!(p.failing(), []);
    let review = Someone::admitted("2024-01-01").review(Lang::En, None);
    let said: Vec<_> = review.findings.iter().map(|f| (f.check, f.outcome)).collect();
    assert_eq!(said, [("points/missing-month", U)], "one check speaks for the whole record");

    // Two rows for a month: a mistake, a transfer, or two prisons without a transfer on record.
    let twice = |transfer: bool, custody: bool| {
        let mut p = Someone::running("0");
        if transfer {
            p.custody(CustodyKind::Transfer, "2024-04-16", "2024-04-16", "");
        }
        if !custody {
            p.dossier.custody.clear();
        }
        p.row("2024-04", Row { base: ["17.5", "17.5", "15"], prison: Some("甲监狱"), ..Row::default() });
        p.row("2024-04", Row { base: ["17.5", "17.5", "15"], prison: Some("乙监狱"), ..Row::default() });
        p.rows("2024-05", "2024-05");
        p
    };
    assert_eq!(twice(true, true).failing(), []);
    assert_eq!(balances(&twice(true, true).ledger()), ["100", "200"]);
    assert_eq!(twice(false, false).failing(), [("points/duplicate-month", U)]);
    let wrong = twice(false, true);
    assert_eq!(wrong.finding("points/duplicate-month").unwrap().outcome, V);
    // Together no more than the base, and the balance runs through both rows.
    let mut p = Someone::running("0");
    p.custody(CustodyKind::Transfer, "2024-04-16", "2024-04-16", "");
    p.row("2024-04", Row { base: ["17.5", "17.5", "15"], ..Row::default() });
    p.row("2024-04", Row { base: ["17.5", "17.5", "16"], ..Row::default() });
    assert_eq!(p.failing(), [("points/base", V)]);

    // A score before delivery, and after release.
    let mut p = Someone::admitted("2024-03-01");
    p.rows("2024-02", "2024-04");
    assert!(p.failing().contains(&("points/outside-custody", V)), "{:?}", p.failing());
    assert_eq!(balances(&p.ledger())[0], "0");
    let mut p = Someone::running("0");
    p.custody(CustodyKind::Released, "2024-05-01", "2024-05-01", "");
    p.rows("2024-04", "2024-06");
    assert_eq!(p.failing(), [("points/outside-custody", V)]);
    assert_eq!(balances(&p.ledger()), ["100", "100", "100"]);
    let mut p = Someone::running("0");
    p.custody(CustodyKind::Released, "2024-05-01", "2024-05-01", "");
    p.rows("2024-04", "2024-04").row("2024-05", Row { base: ["0"; 3], ..Row::default() });
    assert_eq!(p.failing(), []);
}

#[test]
fn the_record_itself_must_add_up() {
    let row = |score: &'static str| Row { score: Some(score), bonus: ["5", "0", "0"], ..Row::default() };
    for (score, expected) in [("105", None), ("105.01", Some(V)), ("104.99", Some(V))] {
        let expected: Vec<_> = expected.map(|o| ("points/month-sum", o)).into_iter().collect();
        assert_eq!(with_june(row(score)).failing(), expected, "{score}");
    }
    // One wrong balance is one finding, in its month only; what follows runs on from it.
    let mut p = Someone::admitted("2024-01-01");
    p.rows("2024-01", "2024-02");
    p.row("2024-03", Row { balance: Some("312.50"), ..Row::default() }).rows("2024-04", "2024-05");
    assert_eq!(p.failing(), [("points/balance", V)]);
    let finding = p.finding("points/balance").unwrap();
    assert_eq!(finding.facts.get("month"), Some(&Fact::Month(month("2024-03"))));
    assert_eq!(finding.facts.get("recorded"), Some(&Fact::Dec(n("312.50"))));
    assert_eq!(finding.facts.get("expected"), Some(&Fact::Dec(n("300"))));
    assert_eq!(finding.facts.get("difference"), Some(&Fact::Dec(n("12.50"))));
    assert!(finding.message.contains("from here on the balance is off by 12.50"), "{}", finding.message);
    assert!(!finding.evidence.is_empty());
    // A part below zero counts in full or stops at zero.
    for (score, expected) in [("55", None), ("65", None), ("60", Some(V))] {
        let p = with_june(Row { deduction: ["45", "0", "0"], score: Some(score), ..Row::default() });
        let expected: Vec<_> = expected.map(|o| ("points/month-sum", o)).into_iter().collect();
        assert_eq!(p.failing(), expected, "{score}");
    }
    // A penalty left out of the month's score but taken off the balance; left out of both.
    for (balance, expected) in [("400", None), ("500", Some(V))] {
        let mut p = Someone::admitted("2024-01-01");
        p.rows("2024-01", "2024-04").award(AwardKind::Warning, "2024-05-05", None, "");
        p.row("2024-05", Row { penalty: "100", score: Some("100"), balance: Some(balance), ..Row::default() });
        let expected: Vec<_> = expected.map(|o| ("points/month-sum", o)).into_iter().collect();
        assert_eq!(p.failing(), expected, "{balance}");
        assert_eq!(balances(&p.ledger())[4], "400");
    }
}

#[test]
fn blank_cells_are_neither_zero_nor_wrong() {
    // Totals alone: the parts are unverified, the chain is still followed.
    let bare = || Row {
        base: [""; 3],
        bonus: [""; 3],
        deduction: [""; 3],
        special: "",
        penalty: "",
        score: Some("100"),
        ..Row::default()
    };
    let mut p = Someone::admitted("2024-01-01");
    p.row("2024-01", bare()).row("2024-02", bare()).row("2024-03", Row { balance: Some("301"), ..bare() });
    let expected = [("points/month-sum", U), ("points/balance", V), ("points/base", U), ("points/bonus-cap", U)];
    assert_eq!(p.failing(), expected);
    assert_eq!(balances(&p.ledger()), ["100", "200", "300"]);
    // A blank balance, a blank deduction that the balances show, and one that they do not explain.
    let mut p = with_june(Row { balance: Some(""), ..Row::default() });
    p.balance = n("500");
    p.row("2024-06", Row { cycle: "", balance: Some("0"), ..Row::default() });
    assert_eq!(p.finding("points/balance").map(|f| f.outcome), Some(U));
    let mut p = with_june(Row::default());
    p.row("2024-06", Row { cycle: "", balance: Some("0"), ..Row::default() });
    assert_eq!(p.failing(), []);
    let mut p = with_june(Row { cycle: "", balance: Some("499"), ..Row::default() });
    assert_eq!(p.finding("points/balance").map(|f| f.outcome), Some(U));
    p.dossier.points.clear();
    // The sign of deductions carries no meaning, three decimals are kept.
    let mut p = Someone::running("500");
    p.award(AwardKind::Warning, "2024-05-05", None, "");
    p.row("2024-05", Row { deduction: ["-1.125", "0", "0"], penalty: "-100", ..Row::default() });
    p.row("2024-06", Row { cycle: "0", ..Row::default() }).row("2024-07", Row { cycle: "-600", ..plus("1.125") });
    assert_eq!(balances(&p.ledger()), ["498.875", "598.875", "100"]);
    assert!(p.failing().iter().all(|f| f.0 == "points/award"), "{:?}", p.failing());
}

#[test]
fn cancellations_and_their_exceptions() {
    // Parole revoked for a breach: cancelled from the recall on.
    let away = |kind: CustodyKind, reason: &str| {
        let mut p = Someone::running("200");
        p.custody(kind, "2024-05-01", "2024-06-30", reason);
        p.custody(CustodyKind::Recalled, "2024-07-01", "2024-07-01", "");
        p.rows("2024-04", "2024-04");
        p
    };
    let outcome = |p: &Someone, check: &str| p.finding(check).map(|f| f.outcome);
    let mut p = away(CustodyKind::Parole, "");
    p.rows("2024-07", "2024-08");
    assert_eq!(p.failing(), [("points/cancellation", V)]);
    let facts = p.finding("points/cancellation").unwrap().facts;
    assert_eq!(facts.get("recorded"), Some(&Fact::Dec(n("300"))));
    assert_eq!(facts.get("expected"), Some(&Fact::Dec(n("0"))));
    let mut p = away(CustodyKind::Parole, "");
    p.balance = n("0");
    p.rows("2024-07", "2024-08");
    assert_eq!(outcome(&p, "points/cancellation"), Some(Outcome::Pass));
    assert_eq!(balances(&p.ledger()), ["300", "100", "200"]);
    // For a crime: open.
    let mut p = away(CustodyKind::Parole, "");
    p.crime(NewCrimeKind::NewCrime, "2024-05-20", "2024-06-20", None).rows("2024-07", "2024-08");
    assert_eq!(outcome(&p, "points/cancellation"), Some(U));

    // A new crime in prison: from the day its judgment is final; a negative balance is kept.
    for (opening, carried, expected) in
        [("200", true, Some(V)), ("200", false, None), ("-200", true, None), ("-200", false, Some(V))]
    {
        let mut p = Someone::running(opening);
        p.rows("2024-04", "2024-04").crime(NewCrimeKind::NewCrime, "2024-01-20", "2024-05-01", None);
        if !carried {
            p.balance = n("0");
        }
        p.rows("2024-05", "2024-06");
        let found = outcome(&p, "points/cancellation").filter(|o| *o != Outcome::Pass);
        assert_eq!(found, expected, "{opening} {carried}");
    }
    // Within a month the days before it give nothing.
    let mut p = Someone::running("200");
    p.rows("2024-04", "2024-04").crime(NewCrimeKind::NewCrime, "2024-01-20", "2024-05-16", None);
    p.balance = n("0");
    p.row("2024-05", Row { base: ["18.06", "18.06", "15.48"], ..Row::default() }).rows("2024-06", "2024-06");
    assert_eq!(p.failing(), []);
    p.dossier.points.truncate(1);
    p.balance = n("0");
    p.rows("2024-05", "2024-06");
    assert_eq!(p.failing(), [("points/cancellation", V)]);
    // Judged while taken back: from the return on.
    for (june, expected) in [("0", vec![]), ("300", vec![("points/cancellation", V)])] {
        let mut p = Someone::running("200");
        p.custody(CustodyKind::TakenBack, "2024-05-01", "2024-06-10", "审理新罪");
        p.custody(CustodyKind::Recalled, "2024-06-11", "2024-06-11", "");
        p.crime(NewCrimeKind::NewCrime, "2024-01-20", "2024-05-20", None);
        p.rows("2024-04", "2024-04").row("2024-05", Row { base: ["0"; 3], ..Row::default() });
        p.balance = n(june);
        p.row("2024-06", Row { base: ["23.33", "23.33", "20"], ..Row::default() });
        assert_eq!(p.failing(), expected, "{june}");
    }
    // The month of the return is a part of a month: whether it is one of three below sixty is a question.
    for (back, expected) in [("2024-06-11", U), ("2024-06-01", V)] {
        let mut p = Someone::running("200");
        let june = day(back);
        p.custody(CustodyKind::TakenBack, "2024-05-01", &jxjs::model::date::add_days(june, -1).to_string(), "审理新罪");
        p.custody(CustodyKind::Recalled, back, back, "");
        p.crime(NewCrimeKind::NewCrime, "2024-01-20", "2024-05-20", None);
        p.rows("2024-04", "2024-04").row("2024-05", Row { base: ["0"; 3], ..Row::default() });
        p.balance = n("0");
        let part = Row { base: ["23.33", "23.33", "20"], deduction: ["10", "0", "0"], ..Row::default() };
        let low = || Row { deduction: ["20", "20", "0.01"], ..Row::default() };
        p.row("2024-06", if expected == U { part } else { low() }).row("2024-07", low()).row("2024-08", low());
        let closed = close_cycle(&mut p, month("2024-09"));
        p.award(AwardKind::Material, &closed.plus(1).first_day().to_string(), Some(Grade::Passed), "");
        assert_eq!(p.finding("points/grade").map(|f| f.outcome), Some(expected), "{back}");
    }
    // Without a date nothing can be placed.
    let mut p = Someone::running("200");
    p.rows("2024-04", "2024-04").crime(NewCrimeKind::NewCrime, "2024-01-20", "", None);
    assert_eq!(p.failing(), [("points/cancellation", U)]);

    // Taken back, an undiscovered crime judged: kept if confessed, if the procuratorate protested, open otherwise.
    for (confessed, reason, expected) in [
        (Some(true), "漏罪", None),
        (Some(false), "漏罪", Some(U)),
        (None, "漏罪", Some(U)),
        (Some(false), "抗诉再审", None),
    ] {
        let mut p = away(CustodyKind::TakenBack, reason);
        p.crime(NewCrimeKind::Undiscovered, "2019-01-20", "2024-06-20", confessed).rows("2024-07", "2024-08");
        let found = outcome(&p, "points/cancellation").filter(|o| *o != Outcome::Pass);
        assert_eq!(found, expected, "{confessed:?} {reason}");
    }
    // Commendations given before a cancellation are void.
    let mut p = Someone::admitted("2024-01-01");
    p.rows("2024-01", "2024-05").row("2024-06", Row { cycle: "600", ..Row::default() }).rows("2024-07", "2024-07");
    p.award(AwardKind::Commendation, "2024-07-10", Some(Grade::Passed), "");
    p.crime(NewCrimeKind::NewCrime, "2024-01-20", "2024-08-01", None);
    p.balance = n("0");
    p.rows("2024-08", "2024-09").claims("2024-01-01", "2024-09-30", "1", "200");
    let claim = p.finding("points/claimed-totals").unwrap();
    assert_eq!((claim.outcome, claim.facts.get("expected")), (V, Some(&Fact::Dec(n("0")))));
}

#[test]
fn time_away_and_inquiries() {
    // Taken back without a judgment: no score, the average, or more than the average.
    let taken_back = |may: Row| {
        let mut p = Someone::running("0");
        p.custody(CustodyKind::TakenBack, "2024-05-01", "2024-05-31", "作证");
        p.custody(CustodyKind::Recalled, "2024-06-01", "2024-06-01", "");
        p.rows("2024-02", "2024-04").row("2024-05", may).rows("2024-06", "2024-06");
        p.finding("points/suspension").map(|f| f.outcome)
    };
    assert_eq!(taken_back(Row { base: ["0"; 3], ..Row::default() }), Some(U));
    assert_eq!(taken_back(Row::default()), Some(U));
    assert_eq!(taken_back(plus("10")), Some(V));
    // A month of intake education is assessed too, and brings the average of three months to two thirds.
    for (labour, expected) in [("0", V), ("-3.33", U)] {
        let mut p = Someone::admitted("2024-02-01");
        p.custody(CustodyKind::IntakeEducation, "2024-02-01", "2024-02-29", "");
        p.custody(CustodyKind::TakenBack, "2024-05-01", "2024-05-31", "作证");
        p.custody(CustodyKind::Recalled, "2024-06-01", "2024-06-01", "");
        p.row("2024-02", Row { base: ["0"; 3], ..Row::default() }).rows("2024-03", "2024-04");
        p.row("2024-05", Row { base: ["35", "35", labour], ..Row::default() });
        assert_eq!(p.finding("points/suspension").map(|f| f.outcome), Some(expected), "{labour}");
    }
    // An inquiry without a finding is open; with a penalty soon after it, its days give nothing.
    let inquiry = |penalised: bool, base: [&'static str; 3]| {
        let mut p = Someone::running("0");
        p.custody(CustodyKind::Isolation, "2024-05-01", "2024-05-31", "");
        if penalised {
            p.award(AwardKind::Warning, "2024-06-30", None, "");
        }
        p.rows("2024-02", "2024-04").row("2024-05", Row { base, ..Row::default() }).rows("2024-06", "2024-06");
        p.failing()
    };
    assert_eq!(inquiry(false, ["35", "35", "30"]), [("points/base", U), ("points/suspension", U)]);
    assert_eq!(inquiry(true, ["35", "35", "30"]), [("points/base", V)]);
    assert_eq!(inquiry(true, ["0"; 3]), []);
    // Hurt in a rescue: the average of the labour scores before, with the paper; not for a base left standing.
    let hospital = |labour: &'static str, reason: &str| {
        let mut p = Someone::running("0");
        p.custody(CustodyKind::Hospital, "2024-05-01", "2024-05-31", reason);
        for m in ["2024-02", "2024-03", "2024-04"] {
            p.row(m, Row { bonus: ["0", "0", "6"], ..Row::default() });
        }
        p.row("2024-05", Row { base: ["35", "35", labour], ..Row::default() }).rows("2024-06", "2024-06");
        p.finding("points/hospital-labour").map(|f| f.outcome)
    };
    assert_eq!(hospital("0", ""), Some(Outcome::Pass));
    assert_eq!(hospital("30", ""), Some(V));
    assert_eq!(hospital("36", ""), Some(U), "the average of 36 before");
    assert_eq!(hospital("36.51", ""), Some(V));
    let mut p = Someone::running("0");
    p.custody(CustodyKind::Hospital, "2024-05-01", "2024-05-31", "");
    for m in ["2024-02", "2024-03", "2024-04"] {
        p.row(m, Row { bonus: ["0", "0", "6"], ..Row::default() });
    }
    p.row("2024-05", Row { base: ["35", "35", "30"], bonus: ["0", "0", "6"], ..Row::default() })
        .rows("2024-06", "2024-06");
    assert_eq!(p.failing(), [("points/hospital-labour", U)]);
    // All month in hospital, and a labour bonus.
    let mut p = Someone::running("0");
    p.custody(CustodyKind::Hospital, "2024-05-01", "2024-05-31", "");
    p.row("2024-05", Row { base: ["35", "35", "0"], bonus: ["0", "0", "1"], ..Row::default() });
    assert_eq!(p.failing(), [("points/hospital-labour", V)]);
}

#[test]
fn totals_claimed_against_the_ledger() {
    let person = |commendations: &str, balance: &str| {
        let mut p = Someone::admitted("2024-01-01");
        p.rows("2024-01", "2024-05").row("2024-06", Row { cycle: "600", ..Row::default() }).rows("2024-07", "2024-10");
        p.award(AwardKind::Commendation, "2024-07-10", Some(Grade::Passed), "2024-01…2024-06");
        p.claims("2024-01-01", "2024-10-31", commendations, balance);
        p
    };
    for (commendations, balance, expected) in [
        ("1", "400", Outcome::Pass),
        ("2", "400", V),
        ("0", "400", U),
        ("1", "400.01", V),
        ("1", "399.99", U),
        ("", "400", U),
        ("1", "", U),
    ] {
        let found = person(commendations, balance).finding("points/claimed-totals").map(|f| f.outcome);
        assert_eq!(found, Some(expected), "{commendations} {balance}");
    }
    // A window that has the month of closing but not the day of the award: two readings.
    let mut p = person("1", "400");
    p.dossier.applications.clear();
    p.claims("2024-01-01", "2024-06-30", "1", "0");
    assert_eq!(p.finding("points/claimed-totals").map(|f| f.outcome), Some(U));
    // An excess that went into the balance comes back as an excess claim.
    let mut p = Someone::admitted("2024-01-01");
    p.row("2024-01", plus("20")).rows("2024-02", "2024-04").claims("2024-01-01", "2024-04-30", "0", "420");
    assert_eq!(p.failing(), [("points/bonus-cap", V), ("points/claimed-totals", V)]);
}

#[test]
fn before_october_2021_nothing_is_more_than_unverified() {
    let mut p = Someone::admitted("2020-03-01");
    let old = || Row { base: ["65", "0", "35"], ..Row::default() };
    p.row("2021-08", old()).row("2021-09", Row { score: Some("105"), ..old() });
    p.rows("2021-10", "2021-12");
    let outcome = |p: &Someone, c: &str| p.finding(c).map(|f| f.outcome);
    assert_eq!(p.failing(), [("points/month-sum", U)]);
    assert_eq!(outcome(&p, "points/balance"), Some(U), "the opening balance comes from the old regime");
    assert_eq!(balances(&p.ledger()), ["?", "?", "305", "405", "505"]);
    // Unknown layout; and 100 + 0 for those who cannot work.
    for (base, expected) in
        [(["100", "0", "0"], None), (["65", "0", "35"], None), (["70", "0", "30"], Some(U)), (["40", "25", "35"], None)]
    {
        let mut p = Someone::admitted("2020-03-01");
        p.row("2021-09", Row { base, ..Row::default() }).rows("2021-10", "2021-11");
        assert_eq!(outcome(&p, "points/base").filter(|o| *o != Outcome::Pass), expected, "{base:?}");
    }
    // A cycle across the change: grade and award cannot be settled.
    let mut p = Someone::admitted("2020-03-01");
    p.balance = n("400");
    p.row("2021-09", old()).row("2021-10", Row { cycle: "600", ..Row::default() }).rows("2021-11", "2021-12");
    p.award(AwardKind::Commendation, "2021-11-10", Some(Grade::Passed), "");
    assert_eq!(p.failing(), [("points/award", U), ("points/grade", U)]);
}

#[test]
fn a_restricted_inmate_against_the_median_of_the_prison() {
    let rules = jxjs::law::Rules::builtin();
    let peer = |bonus: &'static str| {
        let mut p = Someone::admitted("2024-01-01");
        p.row("2024-01", plus(bonus));
        p.dossier
    };
    let restricted = |bonus: &'static str| {
        let mut p = Someone::admitted("2024-01-01");
        p.inmate().recidivist.set(true);
        p.inmate().categories.set([Declared::Recidivist].into());
        p.row("2024-01", plus(bonus));
        p
    };
    for (peers, bonus, expected) in
        [(20, "5", Some(K)), (20, "4.99", Some(Outcome::Pass)), (19, "17", None), (21, "5.01", Some(K))]
    {
        let mut all: Vec<_> = (0..peers).map(|i| peer(if i % 2 == 0 { "4" } else { "6" })).collect();
        if peers == 21 {
            all[0] = peer("5");
        }
        let someone = restricted(bonus);
        let mut batch = Aggregate::default();
        all.iter().chain([&someone.dossier]).for_each(|d| batch.add(d, &rules));
        let review = someone.review(Lang::En, Some(&batch));
        let found = review.findings.iter().find(|f| f.check == "points/strict-group").map(|f| f.outcome);
        assert_eq!(found, expected, "{peers} {bonus}");
        // In any order and split anywhere it is the same.
        let mut halves = (Aggregate::default(), Aggregate::default());
        all.iter().rev().for_each(|d| halves.0.add(d, &rules));
        halves.1.add(&someone.dossier, &rules);
        assert_eq!(halves.1.merge(halves.0), batch);
    }
    assert_eq!(restricted("17").finding("points/strict-group").map(|f| f.outcome), None, "nobody to compare with");
}

#[test]
fn the_quota_of_active_grades() {
    let rules = jxjs::law::Rules::builtin();
    let sources = jxjs::model::build::sources();
    let presence = jxjs::model::build::all_present();
    let quota = |active: usize, all: usize, full: bool, second_day: usize| {
        // Read in two parts, as a large batch is.
        let mut parts = [Aggregate::default(), Aggregate::default()];
        for i in 0..all {
            let mut p = Someone::admitted("2024-01-01");
            p.dossier.no = format!("{i:04}");
            let grade = if i < active { Grade::Active } else { Grade::Passed };
            let on = if i >= all - second_day { "2024-07-20" } else { "2024-07-10" };
            p.award(AwardKind::Commendation, on, Some(grade), "");
            if full || i > 0 {
                p.dossier.awards[0].full_roster.set(true);
            }
            parts[i % 2].add(&p.dossier, &rules);
        }
        let [even, odd] = parts;
        let batch = odd.merge(even);
        let context = jxjs::checks::case::BatchContext {
            rules: &rules,
            sources: &sources,
            presence: &presence,
            as_of: day("2026-11-24"),
            lang: Lang::En,
            aggregate: Some(&batch),
        };
        batch.points.grade_quota(&context)
    };
    assert!(quota(3, 20, true, 0).is_empty(), "fifteen per cent is lawful");
    let over = quota(4, 20, true, 0);
    assert_eq!((over[0].finding.outcome, over[0].inmates.len()), (V, 4));
    assert_eq!(over[0].finding.facts.get("recorded"), Some(&Fact::Dec(n("20"))));
    assert!(quota(4, 20, false, 0).is_empty(), "the roster is not complete");
    assert_eq!(quota(3, 20, true, 1)[0].finding.outcome, U, "one day over, the month not");
}

#[test]
fn a_local_scale_is_compared_only_where_there_is_one() {
    let scale = "[[scale]]\nid = \"local/1\"\ncommendations = 1\nreduction = \"P3M\"\nbasis = { instrument = \"司规〔2021〕3号\", article = \"55\" }\n\n[[scale]]\nid = \"local/2\"\ncommendations = 2\nreduction = \"P6M\"\nbasis = { instrument = \"司规〔2021〕3号\", article = \"55\" }\n";
    let rules = jxjs::law::Rules::load(&[("local.toml".to_owned(), scale.to_owned())]).unwrap();
    let mut p = Someone::admitted("2024-01-01");
    p.rows("2024-01", "2024-05").row("2024-06", Row { cycle: "600", ..Row::default() }).rows("2024-07", "2024-10");
    p.award(AwardKind::Commendation, "2024-07-10", Some(Grade::Passed), "2024-01…2024-06");
    p.claims("2024-01-01", "2024-10-31", "1", "400");
    let sources = jxjs::model::build::sources();
    let mut outcome = |months: u32, rules: &jxjs::law::Rules| {
        p.dossier.applications[0].proposal.set(jxjs::model::Proposal::Reduce(jxjs::model::Term::of_months(months)));
        let context = jxjs::checks::case::BatchContext {
            rules,
            sources: &sources,
            presence: &p.presence,
            as_of: day("2026-11-24"),
            lang: Lang::Zh,
            aggregate: None,
        };
        let review = jxjs::review::review_dossier(&p.dossier, &context, &["reduction/points-support".to_owned()]);
        review[0].findings.first().map(|f| f.outcome)
    };
    assert_eq!(outcome(3, &rules), Some(Outcome::Pass));
    assert_eq!(outcome(4, &rules), Some(K));
    assert_eq!(outcome(9, &jxjs::law::Rules::builtin()), None);
}

#[test]
fn a_local_rule_may_tighten_a_number_and_not_relax_it() {
    let overlay = |value: &str| {
        let text = format!(
            "[[point]]\nid = \"bonus/percent\"\nvalue = \"{value}\"\nunit = \"%\"\nbasis = {{ instrument = \"司规〔2021〕3号\", article = \"10\" }}\nverified = true\nzh = \"x\"\nen = \"x\"\n"
        );
        jxjs::law::Rules::load(&[("local.toml".to_owned(), text)])
    };
    assert_eq!(overlay("40").unwrap().point_values.bonus_share, n("0.4"));
    assert!(overlay("60").unwrap_err().message.contains("stricter"));
}

#[test]
fn the_catalogue_shows_the_numbers_the_ledger_uses() {
    let rules = jxjs::law::Rules::builtin();
    let v = &rules.point_values;
    for (check, name, value) in [
        ("points/base", "supervision_base", v.base[0]),
        ("points/base", "education_base", v.base[1]),
        ("points/base", "labour_base", v.base[2]),
        ("points/base", "unable_supervision_base", v.unable[0]),
        ("points/base", "unable_education_base", v.unable[1]),
        ("points/base", "tolerance", v.tolerance),
        ("points/bonus-cap", "share_percent", v.bonus_share * n("100")),
        ("points/special-bonus", "single_max", v.special_single),
        ("points/special-bonus", "year_max", v.special_year),
        ("points/penalty", "warning", v.warning),
        ("points/penalty", "demerit", v.demerit),
        ("points/penalty", "confinement", v.confinement),
        ("points/confinement", "max_days", v.confinement_most.into()),
        ("points/confinement", "min_days_before_2026", v.confinement_least.into()),
        ("points/hospital-labour", "average_months", v.average_months.into()),
        ("points/suspension", "average_months", v.average_months.into()),
        ("points/suspension", "finding_days", v.finding_days.into()),
        ("points/cycle", "points", v.cycle),
        ("points/award", "late_months", v.late_award_months.into()),
        ("points/grade", "low_score", v.low_score),
        ("points/grade", "low_months", v.low_months.into()),
        ("points/grade", "penalties", v.penalties.into()),
        ("points/grade", "single_deduction", v.breach),
        ("points/strict-group", "min_peers", v.peers.into()),
    ] {
        assert_eq!(rules.threshold(check, name), value, "{check} {name}");
    }
}

/// The finding's outcome, where it is not a pass.
fn wrong(p: &Someone, check: &str) -> Option<Outcome> {
    p.finding(check).map(|f| f.outcome).filter(|o| *o != Outcome::Pass)
}

/// What a check says, in English and in Chinese.
fn messages(p: &Someone, check: &str) -> [String; 2] {
    [Lang::En, Lang::Zh].map(|lang| {
        let findings = p.review(lang, None).findings;
        findings.into_iter().find(|f| f.check == check).expect("a finding").message
    })
}

/// What a fold notes about one test: mark, subject, month, recorded and expected amount.
fn lines(fold: &Fold, test: Test) -> Vec<String> {
    let amount = |d: Option<Decimal>| d.map_or_else(|| "-".to_owned(), |d| d.normalize().to_string());
    let of = fold.notes.iter().filter(|n| n.test == test && !matches!(n.what, What::Opening | What::GradeStrict));
    of.map(|n| format!("{:?} {:?} {} {} {}", n.mark, n.what, n.month, amount(n.recorded), amount(n.expected))).collect()
}

/// The same of the fold that fits best.
fn noted(p: &Someone, test: Test) -> Vec<String> {
    lines(p.ledger().best(), test)
}

/// The fold in which every question was answered like this.
fn answered(ledger: &Ledger, yes: bool) -> &Fold {
    ledger.folds.iter().find(|f| !f.steps.is_empty() && f.steps.iter().all(|s| s.yes == yes)).expect("such a fold")
}

#[test]
fn what_the_law_decides_and_what_a_paper_decides_is_said_differently() {
    for (to, en, zh) in [
        ("2024-05-26", "is longer than 15 days", "禁闭超过15天"),
        ("2024-05-25", "is 16 days with both ends", "首尾均计为16天"),
        ("2024-05-15", "is shorter than 7 days", "禁闭不足7天"),
        ("2024-05-16", "is 7 days with both ends", "首尾均计为7天"),
    ] {
        let mut p = Someone::running("0");
        p.confined("2024-05-10", to).row("2024-05", Row { base: ["0"; 3], penalty: "400", ..Row::default() });
        let [said_en, said_zh] = messages(&p, "points/confinement");
        assert!(said_en.contains(en), "{said_en}");
        assert!(said_zh.contains(zh), "{said_zh}");
    }
    for (health, en) in [(Health::Old, "does not say so"), (Health::MostlyUnableToWork, "ask for the dated")] {
        let mut p = Someone::admitted("2024-01-01");
        p.health(&[health]).row("2024-01", Row { base: ["50", "50", "0"], ..Row::default() });
        assert!(messages(&p, "points/base")[0].contains(en), "{:?}", messages(&p, "points/base"));
    }
    for (gap, zh) in [(false, "但没有已完成的周期与之对应"), (true, "无法与周期对应，请调取等级评定审批表")]
    {
        let mut p = Someone::admitted("2024-01-01");
        p.rows("2024-01", "2024-02").rows(if gap { "2024-04" } else { "2024-03" }, "2024-05");
        p.award(AwardKind::Commendation, "2024-04-10", Some(Grade::Passed), "");
        assert!(messages(&p, "points/award")[1].contains(zh), "{:?}", messages(&p, "points/award"));
    }
}

#[test]
fn a_message_counts_the_other_months_and_gives_the_drift_of_a_violation_only() {
    let above = || Row { base: ["35", "35", "31"], ..Row::default() };
    let mut p = Someone::admitted("2024-01-01");
    p.row("2024-01", above()).rows("2024-02", "2024-02");
    let [en, zh] = messages(&p, "points/base");
    assert!(!en.contains("more") && !zh.contains("另有"), "{en} {zh}");
    p.row("2024-03", above());
    let [en, zh] = messages(&p, "points/base");
    assert!(en.contains("; 1 more.") && zh.contains("；另有1处。"), "{en} {zh}");

    // A void bonus of April goes on in the balance; later findings of other kinds do not repeat it.
    let april = || {
        let mut p = Someone::running("380");
        p.row("2024-04", Row { bonus: ["20", "5", "5"], ..Row::default() });
        p
    };
    let off = |p: &Someone, check: &str| messages(p, check)[0].contains("the balance is off by");
    let mut p = april();
    p.row("2024-05", Row { deduction: ["0", "0", "10"], cycle: "600", ..Row::default() }).row("2024-06", plus("4"));
    p.award(AwardKind::Commendation, "2024-06-20", Some(Grade::Passed), "");
    assert!(off(&p, "points/bonus-cap"));
    assert_eq!(wrong(&p, "points/award"), Some(V));
    assert!(!off(&p, "points/award"), "{:?}", messages(&p, "points/award"));
    let mut p = april();
    p.confined("2024-05-10", "2024-05-26");
    p.row("2024-05", Row { base: ["15.81", "15.81", "13.55"], penalty: "400", ..Row::default() });
    assert_eq!(wrong(&p, "points/confinement"), Some(V));
    assert!(!off(&p, "points/confinement"), "{:?}", messages(&p, "points/confinement"));
    let mut p = april();
    p.row("2024-05", Row { base: ["35", "35", "29"], ..Row::default() });
    assert_eq!(wrong(&p, "points/base"), Some(U));
    assert!(!off(&p, "points/base"), "{:?}", messages(&p, "points/base"));
}

#[test]
fn a_check_passes_where_its_subject_occurs_and_is_silent_elsewhere() {
    let outcome = |p: &Someone, check: &str| p.finding(check).map(|f| f.outcome);
    let pass = Some(Outcome::Pass);
    let mut p = Someone::admitted("2024-01-01");
    p.custody(CustodyKind::IntakeEducation, "2024-01-01", "2024-01-31", "");
    p.row("2024-01", Row { base: ["0"; 3], ..Row::default() });
    assert_eq!(outcome(&p, "points/intake"), pass);
    // Confinement that only one sheet can show.
    let mut p = Someone::running("500");
    p.confined("2024-05-10", "2024-05-19").dossier.custody.clear();
    p.row("2024-05", Row { penalty: "400", ..Row::default() });
    assert_eq!(outcome(&p, "points/confinement"), pass);
    // An inquiry that found something; taken back for an undiscovered crime that was confessed; both in one month.
    let mut p = Someone::running("0");
    p.custody(CustodyKind::Isolation, "2024-05-01", "2024-05-31", "");
    p.award(AwardKind::Warning, "2024-06-30", None, "");
    p.rows("2024-04", "2024-04").row("2024-05", Row { base: ["0"; 3], ..Row::default() }).rows("2024-06", "2024-06");
    assert_eq!(outcome(&p, "points/suspension"), pass);
    let mut p = Someone::running("0");
    p.custody(CustodyKind::TakenBack, "2024-05-01", "2024-05-31", "漏罪");
    p.custody(CustodyKind::Recalled, "2024-06-01", "2024-06-01", "");
    p.crime(NewCrimeKind::Undiscovered, "2019-01-20", "2024-05-20", Some(true));
    p.rows("2024-04", "2024-04").row("2024-05", Row { base: ["0"; 3], ..Row::default() }).rows("2024-06", "2024-06");
    assert_eq!(outcome(&p, "points/suspension"), pass);
    let mut p = Someone::running("0");
    p.custody(CustodyKind::TakenBack, "2024-05-01", "2024-05-05", "漏罪");
    p.custody(CustodyKind::Recalled, "2024-05-06", "2024-05-06", "");
    p.crime(NewCrimeKind::Undiscovered, "2019-01-20", "2024-05-05", Some(true));
    p.custody(CustodyKind::Isolation, "2024-05-10", "2024-05-14", "");
    p.award(AwardKind::Warning, "2024-05-20", None, "");
    p.row("2024-05", Row { base: ["23.71", "23.71", "20.32"], penalty: "100", ..Row::default() });
    assert_eq!(outcome(&p, "points/suspension"), pass);
    assert_eq!(outcome(&Someone::running("0").row("2024-05", Row::default()).clone(), "points/suspension"), None);
    // Who is unable to work has no labour score to lose in hospital.
    let mut p = Someone::running("0");
    p.health(&[Health::UnableToWork]).custody(CustodyKind::Hospital, "2024-05-10", "2024-05-19", "");
    p.row("2024-05", Row { base: ["50", "50", "0"], ..Row::default() });
    assert_eq!(outcome(&p, "points/hospital-labour"), None);
    assert_eq!(p.failing(), []);
}

#[test]
fn each_return_without_a_reason_is_a_question_of_its_own() {
    let mut p = Someone::running("100");
    p.custody(CustodyKind::OutsideExecution, "2024-02-01", "2024-03-31", "");
    p.custody(CustodyKind::OutsideExecution, "2024-05-01", "2024-06-30", "");
    p.rows("2024-01", "2024-01").rows("2024-04", "2024-04").rows("2024-07", "2024-08");
    assert_eq!(p.ledger().folds.len(), 4);
    let finding = p.finding("points/cancellation").expect("a finding");
    assert_eq!(finding.outcome, U);
    let papers = [2, 3]
        .map(|row: usize| Missing { place: p.dossier.custody[row].reason.place(), document: "收监执行决定书" });
    assert_eq!(finding.facts.get("missing"), Some(&Fact::from(papers.to_vec())));
}

#[test]
fn the_balance_claimed_is_that_of_the_last_day_of_the_period() {
    let person = |to: &str, commendations: &str, balance: &str| {
        let mut p = Someone::admitted("2024-01-01");
        p.rows("2024-01", "2024-05").row("2024-06", Row { cycle: "600", ..Row::default() }).rows("2024-07", "2024-10");
        p.award(AwardKind::Commendation, "2024-07-10", Some(Grade::Passed), "2024-01…2024-06");
        p.claims("2024-01-01", to, commendations, balance);
        p
    };
    // Within a month the month may be in it or not; after its last day it is.
    for (to, balance, expected) in [
        ("2024-10-31", "300", U),
        ("2024-10-15", "300", Outcome::Pass),
        ("2024-10-15", "400", Outcome::Pass),
        ("2024-10-15", "350", U),
        ("2024-10-15", "400.01", V),
        ("2024-09-15", "200", Outcome::Pass),
        ("2024-09-15", "400", V),
    ] {
        let found = person(to, "1", balance).finding("points/claimed-totals").map(|f| f.outcome);
        assert_eq!(found, Some(expected), "{to} {balance}");
    }
    let facts = person("2024-10-31", "1", "400.01").finding("points/claimed-totals").unwrap().facts;
    assert_eq!(facts.get("difference"), Some(&Fact::Dec(n("0.01"))));
    // Without the first day nothing can be counted.
    let mut p = person("2024-10-31", "1", "400");
    p.dossier.applications.clear();
    p.claims("", "2024-10-31", "1", "400");
    assert_eq!(wrong(&p, "points/claimed-totals"), Some(U));
    assert!(messages(&p, "points/claimed-totals")[0].contains("The period relied on is blank"));
    // Commendations by their date, and by the month with which the cycle closed.
    for (from, to, balance, by_date, by_cycle) in
        [("2024-01-01", "2024-06-30", "0", 0, 1), ("2024-07-01", "2024-10-31", "400", 1, 0)]
    {
        let mut p = person("2024-10-31", "1", "400");
        p.dossier.applications.clear();
        p.claims(from, to, "1", balance);
        let finding = p.finding("points/claimed-totals").unwrap();
        assert_eq!(finding.outcome, U, "{from}");
        let Some(Fact::List(readings)) = finding.facts.get("readings") else { panic!("{:?}", finding.facts) };
        let counted: Vec<_> = readings
            .iter()
            .map(|r| match r {
                Fact::Map(facts) => facts.get("commendations").cloned(),
                _ => None,
            })
            .collect();
        assert_eq!(counted, [by_date, by_cycle].map(|k: u32| Some(Fact::Dec(k.into()))), "{from}");
    }
}

#[test]
fn a_cycle_booked_in_the_month_after_may_be_left_out_of_the_balance_claimed() {
    for (balance, expected) in
        [("600", Outcome::Pass), ("0", Outcome::Pass), ("600.01", V), ("300", U), ("599", U), ("1", U), ("-1", U)]
    {
        let mut p = Someone::admitted("2024-01-01");
        p.rows("2024-01", "2024-06").row("2024-07", Row { cycle: "600", ..Row::default() }).rows("2024-08", "2024-08");
        p.claims("2024-01-01", "2024-06-30", "0", balance);
        assert_eq!(p.finding("points/claimed-totals").map(|f| f.outcome), Some(expected), "{balance}");
    }
    // Two cycles at once or one, none or one of them booked with the month.
    for (booked, yes, expected) in [
        (["0", "1200"], true, vec!["50", "1250"]),
        (["0", "1200"], false, vec!["650", "1250"]),
        (["600", "600"], true, vec!["650"]),
        (["600", "600"], false, vec!["650"]),
    ] {
        let mut p = Someone::running("1150");
        p.row("2024-05", Row { cycle: booked[0], ..Row::default() });
        p.row("2024-06", Row { cycle: booked[1], ..Row::default() });
        p.claims("2024-05-01", "2024-05-31", "0", "50");
        let ledger = p.ledger();
        let window = window(&p.dossier, &ledger, answered(&ledger, yes), &p.dossier.applications[0], n("600"));
        assert_eq!(window.balance, expected.iter().map(|b| n(b)).collect::<Vec<_>>(), "{booked:?} {yes}");
    }
}

#[test]
fn the_sums_of_a_period_are_those_of_its_months_under_the_present_rules() {
    let mut p = Someone::admitted("2020-03-01");
    let less = |deduction, bonus| Row { deduction: [deduction, "0", "0"], ..plus(bonus) };
    p.row("2021-09", Row { base: ["65", "0", "35"], ..less("5", "10") }).row("2021-10", less("3", "10"));
    p.award(AwardKind::Warning, "2021-11-05", None, "");
    p.row("2021-11", Row { special: "20", penalty: "100", ..less("1", "5") }).row("2021-12", less("2", "7"));
    for (from, to, deductions, share) in
        [("2021-11-01", "2021-11-30", "101", "0.25"), ("2021-09-01", "2021-11-30", "104", "0.175")]
    {
        p.dossier.applications.clear();
        p.claims(from, to, "0", "0");
        let ledger = p.ledger();
        let window = window(&p.dossier, &ledger, ledger.best(), &p.dossier.applications[0], n("600"));
        assert_eq!((window.deductions, window.bonus_share), (Some(n(deductions)), Some(n(share))), "{from}");
    }
}

#[test]
fn a_local_scale_goes_by_what_the_ledger_supports_for_certain() {
    let scale = "[[scale]]\nid = \"local/1\"\ncommendations = 1\nreduction = \"P3M\"\nbasis = { instrument = \"司规〔2021〕3号\", article = \"55\" }\n";
    let rules = jxjs::law::Rules::load(&[("local.toml".to_owned(), scale.to_owned())]).unwrap();
    let sources = jxjs::model::build::sources();
    let support = |p: &mut Someone, months: u32| {
        p.dossier.applications[0].proposal.set(jxjs::model::Proposal::Reduce(jxjs::model::Term::of_months(months)));
        let context = jxjs::checks::case::BatchContext {
            rules: &rules,
            sources: &sources,
            presence: &p.presence,
            as_of: day("2026-11-24"),
            lang: Lang::En,
            aggregate: None,
        };
        let review = jxjs::review::review_dossier(&p.dossier, &context, &["reduction/points-support".to_owned()]);
        review[0].findings.first().cloned()
    };
    // The record begins within the cycle: whether its commendation was due cannot be seen.
    let mut p = Someone::running("500");
    p.row("2024-05", Row { cycle: "600", ..Row::default() }).rows("2024-06", "2024-08");
    p.award(AwardKind::Commendation, "2024-06-10", Some(Grade::Passed), "");
    p.claims("2024-05-01", "2024-08-31", "1", "300");
    assert_eq!(support(&mut p, 3).map(|f| f.outcome), Some(U));
    assert_eq!(support(&mut p, 4).map(|f| f.outcome), Some(K));
    p.dossier.points.clear();
    assert_eq!(support(&mut p, 3), None, "another check says that there is no record");
    // By date the commendation lies outside the period, by the cycle it lies within: the date comes first.
    let mut p = Someone::admitted("2024-01-01");
    p.rows("2024-01", "2024-05").row("2024-06", Row { cycle: "600", ..Row::default() }).rows("2024-07", "2024-10");
    p.award(AwardKind::Commendation, "2024-07-10", Some(Grade::Passed), "2024-01…2024-06");
    p.claims("2024-01-01", "2024-06-30", "1", "0");
    let finding = support(&mut p, 3).expect("a finding");
    assert_eq!(finding.outcome, U);
    let Some(Fact::List(readings)) = finding.facts.get("readings") else { panic!("{:?}", finding.facts) };
    let counted: Vec<_> = readings
        .iter()
        .map(|r| match r {
            Fact::Map(facts) => facts.get("commendations").cloned(),
            _ => None,
        })
        .collect();
    assert_eq!(counted, [Some(Fact::Int(0)), Some(Fact::Int(1))]);
}

#[test]
fn what_is_known_of_a_prison_survives_writing_and_reading() {
    let rules = jxjs::law::Rules::builtin();
    let batch = |bonus: &'static str| {
        let mut batch = Aggregate::default();
        for _ in 0..20 {
            let mut p = Someone::admitted("2024-01-01");
            p.row("2024-01", plus(bonus));
            batch.add(&p.dossier, &rules);
        }
        batch
    };
    assert_ne!(batch("4").points, batch("6").points);
    let read: Aggregate = serde_json::from_str(&serde_json::to_string(&batch("4")).unwrap()).unwrap();
    assert_eq!(read.points, batch("4").points);
    let mut p = Someone::admitted("2024-01-01");
    p.inmate().recidivist.set(true);
    p.inmate().categories.set([Declared::Recidivist].into());
    p.row("2024-01", plus("5"));
    let review = p.review(Lang::En, Some(&read));
    let finding = review.findings.iter().find(|f| f.check == "points/strict-group").expect("a finding");
    assert_eq!((finding.outcome, finding.facts.get("peers")), (K, Some(&Fact::Int(20))));
    assert_eq!(finding.facts.get("expected"), Some(&Fact::Dec(n("0.04"))));
}

#[test]
fn the_quota_counts_gradings_since_october_2021_in_the_prison_of_that_month() {
    let rules = jxjs::law::Rules::builtin();
    let sources = jxjs::model::build::sources();
    let presence = jxjs::model::build::all_present();
    let prisons = |on: &str, rows: &[(&str, &'static str)]| {
        let mut batch = Aggregate::default();
        for i in 0..4 {
            let mut p = Someone::admitted("2020-01-01");
            p.dossier.no = format!("{i:04}");
            for (at, prison) in rows {
                p.row(at, Row { prison: Some(prison), ..Row::default() });
            }
            p.award(AwardKind::Commendation, on, Some(Grade::Active), "");
            p.dossier.awards[0].full_roster.set(true);
            batch.add(&p.dossier, &rules);
        }
        let context = jxjs::checks::case::BatchContext {
            rules: &rules,
            sources: &sources,
            presence: &presence,
            as_of: day("2026-11-24"),
            lang: Lang::En,
            aggregate: Some(&batch),
        };
        let found = batch.points.grade_quota(&context);
        found.iter().filter_map(|f| f.finding.facts.get("prison").cloned()).collect::<Vec<_>>()
    };
    let moved = [("2024-06", "甲监狱"), ("2024-08", "乙监狱")];
    assert_eq!(prisons("2024-07-10", &moved), [Fact::from("甲监狱")]);
    assert_eq!(prisons("2024-08-10", &moved), [Fact::from("乙监狱")]);
    assert_eq!(prisons("2021-10-01", &[("2021-10", "甲监狱")]), [Fact::from("甲监狱")]);
    assert_eq!(prisons("2021-09-30", &[("2021-09", "甲监狱")]), []);
}

#[test]
fn a_cycle_that_had_to_fail_bars_the_next_whatever_its_grade() {
    use AwardKind::{Demerit, Warning};
    for (penalties, booked, expected) in [
        (vec![], "0", vec![]),
        (vec![Warning, Warning], "200", vec!["Violation GradeFailedDue", "Violation GradeActiveBarred"]),
        // Whether two different penalties make it fail is a question; graded passed, it bars nothing.
        (vec![Warning, Demerit], "300", vec!["Unverified GradeUnsure"]),
    ] {
        let mut p = Someone::admitted("2024-01-01");
        for kind in penalties {
            p.award(kind, "2024-02-10", None, "");
        }
        p.rows("2024-01", "2024-01").row("2024-02", Row { penalty: booked, ..Row::default() });
        let first = close_cycle(&mut p, month("2024-03"));
        let second = close_cycle(&mut p, first.plus(2));
        for (from, to, grade) in [(month("2024-01"), first, Grade::Passed), (first.plus(1), second, Grade::Active)] {
            let on = to.plus(1).first_day().to_string();
            p.award(AwardKind::Commendation, &on, Some(grade), &format!("{from}…{to}"));
        }
        let said: Vec<String> =
            noted(&p, Test::Grade).iter().map(|l| l.splitn(3, ' ').take(2).collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(said, expected, "{booked}");
    }
}

/// Two cycles, to June and to December 2024, closed as they should be.
fn two_cycles() -> Someone {
    let closing = || Row { cycle: "600", ..Row::default() };
    let mut p = Someone::admitted("2024-01-01");
    p.rows("2024-01", "2024-05").row("2024-06", closing()).rows("2024-07", "2024-11").row("2024-12", closing());
    p.rows("2025-01", "2025-02");
    p
}

#[test]
fn awards_belong_to_the_cycle_they_name_or_else_to_the_one_closed_before_them() {
    use AwardKind::{Commendation, Material};
    let (june, december) = ("2024-01…2024-06", "2024-07…2024-12");
    let (nothing_for_june, nothing_for_december) =
        ("Unverified AwardMissing 2024-06 - -", "Unverified AwardMissing 2024-12 - -");
    for (awards, expected) in [
        // Two commendations of one day are two awards, a commendation and a material reward of one day are one.
        (vec![(Commendation, "2025-01-10", ""), (Commendation, "2025-01-10", "")], vec!["Risk AwardLate 2024-06 - -"]),
        (vec![(Commendation, "2025-01-10", ""), (Material, "2025-01-10", "")], vec![nothing_for_june]),
        (vec![(Commendation, "2025-01-10", december), (Material, "2025-01-10", december)], vec![nothing_for_june]),
        // Named: whatever the order of the days.
        (
            vec![(Commendation, "2025-01-05", june), (Commendation, "2025-01-10", december)],
            vec!["Risk AwardLate 2024-06 - -"],
        ),
        (vec![(Commendation, "2025-01-10", december)], vec![nothing_for_june]),
        // Not named: one given up to two months early is for the next to close, one earlier for none.
        (
            vec![(Commendation, "2024-07-10", june), (Commendation, "2024-10-10", "")],
            vec!["Violation AwardEarly 2024-12 - -"],
        ),
        (
            vec![(Commendation, "2024-07-10", june), (Commendation, "2024-09-30", "")],
            vec!["Violation AwardNoCycle 2024-09 - -", nothing_for_december],
        ),
        // A material reward may come some weeks after the commendation it joins; a second commendation may not.
        (vec![(Commendation, "2024-07-10", june), (Material, "2024-08-31", "")], vec![nothing_for_december]),
        (
            vec![(Commendation, "2024-07-10", june), (Material, "2024-09-01", "")],
            vec!["Violation AwardNoCycle 2024-09 - -", nothing_for_december],
        ),
        (
            vec![(Commendation, "2024-07-10", june), (Commendation, "2024-07-20", "")],
            vec!["Violation AwardNoCycle 2024-07 - -", nothing_for_december],
        ),
    ] {
        let mut p = two_cycles();
        for (kind, on, cycle) in &awards {
            p.award(*kind, on, Some(Grade::Active), cycle);
        }
        assert_eq!(noted(&p, Test::Award), expected, "{awards:?}");
    }
}

#[test]
fn an_award_without_a_cycle_is_wrong_where_the_record_shows_that_none_has_closed() {
    use AwardKind::{Commendation, Material, NoAward};
    // A whole record from intake, to May 2024.
    for (kind, on, expected) in [
        (Commendation, "2024-03-10", Some("Violation AwardNoCycle 2024-03 - -")),
        (Material, "2024-03-10", Some("Violation AwardNoCycle 2024-03 - -")),
        (NoAward, "2024-03-10", None),
        (Commendation, "2024-06-30", Some("Violation AwardNoCycle 2024-06 - -")),
        (Commendation, "2024-07-01", None),
    ] {
        let mut p = Someone::admitted("2024-01-01");
        p.rows("2024-01", "2024-05").award(kind, on, Some(Grade::Passed), "");
        assert_eq!(noted(&p, Test::Award), Vec::from_iter(expected), "{kind:?} {on}");
    }
    // Soon after a record begins that does not begin with intake, it may be for a cycle that is not seen.
    for (on, expected) in [("2024-03-31", None), ("2024-04-01", Some("Violation AwardNoCycle 2024-04 - -"))] {
        let mut p = Someone::running("0");
        p.rows("2024-01", "2024-05").award(Commendation, on, Some(Grade::Passed), "");
        assert_eq!(noted(&p, Test::Award), Vec::from_iter(expected), "{on}");
    }
    // What is given before October 2021 is for a cycle of the old regime.
    for (on, expected) in [("2021-09-30", None), ("2021-10-01", Some("Violation AwardNoCycle 2021-10 - -"))] {
        let mut p = Someone::admitted("2021-10-01");
        p.rows("2021-10", "2021-12").award(Commendation, on, Some(Grade::Passed), "");
        assert_eq!(noted(&p, Test::Award), Vec::from_iter(expected), "{on}");
    }
    for (on, expected) in
        [("2021-09-30", "Unverified AwardMissing 2021-11 - -"), ("2021-10-01", "Violation AwardEarly 2021-11 - -")]
    {
        let mut p = Someone::admitted("2021-10-01");
        p.row("2021-10", Row { special: "200", ..Row::default() });
        p.row("2021-11", Row { special: "200", cycle: "600", ..Row::default() }).rows("2021-12", "2022-01");
        p.award(Commendation, on, Some(Grade::Active), "");
        assert_eq!(noted(&p, Test::Award), [expected], "{on}");
    }
    // It supports nothing; where months are missing it may.
    for (third, balance, expected) in [("2024-03", "500", V), ("2024-04", "400", U)] {
        let mut p = Someone::admitted("2024-01-01");
        p.rows("2024-01", "2024-02").rows(third, "2024-05").award(Commendation, "2024-04-10", Some(Grade::Passed), "");
        p.claims("2024-01-01", "2024-05-31", "1", balance);
        assert_eq!(wrong(&p, "points/claimed-totals"), Some(expected), "{third}");
    }
}

#[test]
fn an_award_of_the_day_of_a_cancellation_is_not_cancelled() {
    for (on, expected) in [("2024-07-31", Some(V)), ("2024-08-01", None)] {
        let mut p = Someone::admitted("2024-01-01");
        p.rows("2024-01", "2024-05").row("2024-06", Row { cycle: "600", ..Row::default() }).rows("2024-07", "2024-07");
        p.award(AwardKind::Commendation, on, Some(Grade::Passed), "");
        p.crime(NewCrimeKind::NewCrime, "2024-01-20", "2024-08-01", None);
        p.balance = n("0");
        p.rows("2024-08", "2024-09").claims("2024-01-01", "2024-09-30", "1", "200");
        assert_eq!(wrong(&p, "points/claimed-totals"), expected, "{on}");
    }
}

#[test]
fn a_cycle_is_judged_by_all_its_months_and_by_no_others() {
    // A cycle that began before the record.
    let mut p = Someone::running("500");
    p.row("2024-05", Row { cycle: "600", ..Row::default() }).rows("2024-06", "2024-06");
    p.award(AwardKind::Commendation, "2024-06-10", Some(Grade::Passed), "");
    assert_eq!(noted(&p, Test::Award), ["Unverified AwardUnsure 2024-05 - -"]);
    assert_eq!(noted(&p, Test::Grade), ["Unverified GradeUnsure 2024-05 - -"]);
    // A month below its base in the middle of the second cycle.
    let closing = || Row { cycle: "600", ..Row::default() };
    let mut p = Someone::admitted("2024-01-01");
    p.rows("2024-01", "2024-05").row("2024-06", closing()).rows("2024-07", "2024-07");
    p.row("2024-08", Row { deduction: ["1", "0", "0"], ..Row::default() }).row("2024-09", plus("1"));
    p.rows("2024-10", "2024-11").row("2024-12", closing()).rows("2025-01", "2025-01");
    p.award(AwardKind::Commendation, "2024-07-10", Some(Grade::Passed), "2024-01…2024-06");
    p.award(AwardKind::Commendation, "2025-01-10", Some(Grade::Passed), "2024-07…2024-12");
    assert_eq!(noted(&p, Test::Award), ["Violation AwardWrong 2024-12 - -"]);
    // Two cycles closed by one month: it is the only month of the second.
    let mut p = Someone::admitted("2024-01-01");
    p.rows("2024-01", "2024-05");
    p.row("2024-06", Row { deduction: ["1", "0", "0"], special: "700", cycle: "1200", ..Row::default() });
    let ledger = p.ledger();
    let cycles = &answered(&ledger, true).cycles;
    assert_eq!(cycles.iter().map(|c| c.allowed.as_slice()).collect::<Vec<_>>(), [[Grade::Passed]; 2]);
    assert_eq!(answered(&ledger, true).months[5].expected.balance, Some(n("99")));
}

#[test]
fn a_penalty_bars_the_active_grade_by_its_date_and_by_its_booking() {
    // Given within the cycle and booked after it; booked within it though no decision is on record.
    let mut p = Someone::admitted("2024-01-01");
    p.rows("2024-01", "2024-05").row("2024-06", Row { cycle: "600", ..Row::default() });
    p.award(AwardKind::Warning, "2024-06-20", None, "");
    p.row("2024-07", Row { penalty: "100", ..Row::default() });
    p.award(AwardKind::Commendation, "2024-07-10", Some(Grade::Active), "2024-01…2024-06");
    assert_eq!(noted(&p, Test::Grade), ["Violation GradeActiveBarred 2024-06 - -"]);
    let p = graded(Row { penalty: "100", ..Row::default() }, Some(Grade::Active), AwardKind::Commendation);
    assert_eq!(noted(&p, Test::Grade), ["Violation GradeActiveBarred 2024-06 - -"]);
    let p = graded(Row { penalty: "100", ..Row::default() }, Some(Grade::Passed), AwardKind::Commendation);
    assert_eq!(noted(&p, Test::Grade), [""; 0]);
    // Two warnings on the first day of a cycle make it fail; so do two on its last.
    for (on, row) in [("2024-01-01", "2024-01"), ("2024-06-30", "2024-07"), ("2024-07-01", "2024-07")] {
        let mut p = Someone::admitted("2024-01-01");
        p.award(AwardKind::Warning, on, None, "").award(AwardKind::Warning, on, None, "");
        for at in ["2024-01", "2024-02", "2024-03", "2024-04", "2024-05", "2024-06", "2024-07"] {
            let penalty = if at == row { "200" } else { "0" };
            // The score is made up for, so that the cycle closes in June whatever the penalty.
            let special = if at == row && at == "2024-01" { "200" } else { "0" };
            let cycle = if at == "2024-06" { "600" } else { "0" };
            p.row(at, Row { penalty, special, cycle, ..Row::default() });
        }
        p.award(AwardKind::Commendation, "2024-07-10", Some(Grade::Passed), "2024-01…2024-06");
        let expected = if on < "2024-07" { vec!["Violation GradeFailedDue 2024-06 - -"] } else { vec![] };
        assert_eq!(noted(&p, Test::Grade), expected, "{on}");
    }
}

#[test]
fn what_is_paid_within_a_cycle_and_spent_without_a_limit_is_a_question() {
    let person = |state: PropertyState, able: Ability, performed: &str| {
        let mut p = graded(Row::default(), Some(Grade::Active), AwardKind::Commendation);
        let mut item = PropertyItem::blank(1);
        item.kind.set(PropertyKind::Fine);
        item.amount.set(Amount::Yuan(n("1000")));
        item.state.set(state);
        item.able.set(able);
        if let Ok(performed) = performed.parse() {
            item.performed.set(performed);
        }
        p.dossier.property.push(item);
        p
    };
    for (performed, expected) in
        [("2023-12-31", None), ("2024-01-01", Some(U)), ("2024-06-30", Some(U)), ("2024-07-01", Some(V))]
    {
        let p = person(PropertyState::Performed, Ability::Able, performed);
        assert_eq!(wrong(&p, "points/grade"), expected, "{performed}");
    }
    for (spent, limit, expected) in [
        (Some("500"), None, Some(U)),
        (Some("0"), None, None),
        (None, None, None),
        (None, Some("300"), None),
        (Some("300.01"), Some("300"), Some(U)),
    ] {
        let mut p = person(PropertyState::Unperformed, Ability::Unable, "");
        let value = |v: Option<&str>| v.map_or(Value::Empty, |v| Value::Known(n(v)));
        p.dossier.spending.push(SpendingRow {
            spent: value(spent),
            limit: value(limit),
            ..SpendingRow::blank(1, month("2024-03"))
        });
        assert_eq!(wrong(&p, "points/grade"), expected, "{spent:?} {limit:?}");
    }
}

#[test]
fn a_passed_cycle_with_a_month_below_gives_a_material_reward_and_nothing_else() {
    use AwardKind::{Commendation, Material, NoAward};
    let less = || Row { deduction: ["0.01", "0", "0"], ..Row::default() };
    for (kinds, expected) in [
        (vec![Material], None),
        (vec![Commendation, Material], Some(V)),
        (vec![NoAward], Some(V)),
        (vec![Commendation], Some(V)),
    ] {
        let mut p = graded(less(), Some(Grade::Passed), kinds[0]);
        for kind in &kinds[1..] {
            p.award(*kind, "2024-07-10", Some(Grade::Passed), "2024-01…2024-06");
        }
        assert_eq!(wrong(&p, "points/award"), expected, "{kinds:?}");
    }
}

#[test]
fn before_october_2021_sums_and_balances_that_do_not_fit_are_questions() {
    for (base, expected) in [
        (["65", "0", "35"], None),
        (["65", "0", "30"], Some(U)),
        (["60", "0", "35"], Some(U)),
        (["100", "0", "0"], None),
        (["100", "0", "35"], Some(U)),
        (["60", "0", "0"], Some(U)),
    ] {
        let mut p = Someone::admitted("2020-03-01");
        p.row("2021-09", Row { base, ..Row::default() }).rows("2021-10", "2021-11");
        assert_eq!(wrong(&p, "points/base"), expected, "{base:?}");
    }
    // A penalty may be in the score or only in the balance.
    for (score, expected) in [("50", None), ("100", None), ("75", Some("Unverified OldRegime 2021-09 75 50"))] {
        let mut p = Someone::admitted("2020-03-01");
        let score = Some(score);
        p.row("2021-09", Row { base: ["65", "0", "35"], penalty: "50", score, ..Row::default() });
        p.rows("2021-10", "2021-11");
        assert_eq!(noted(&p, Test::MonthSum), Vec::from_iter(expected), "{score:?}");
    }
    for (balance, expected) in [
        ("200", None),
        ("150", None),
        ("170", Some("Unverified OldRegime 2021-09 170 200")),
        ("250", Some("Unverified OldRegime 2021-09 250 200")),
    ] {
        let mut p = Someone::admitted("2020-03-01");
        let old = || Row { base: ["65", "0", "35"], ..Row::default() };
        p.row("2021-08", old());
        p.row("2021-09", Row { penalty: "50", score: Some("100"), balance: Some(balance), ..old() });
        p.rows("2021-10", "2021-11");
        assert_eq!(noted(&p, Test::Balance), Vec::from_iter(expected), "{balance}");
    }
}

#[test]
fn two_cycles_that_the_record_books_later_are_shown_as_it_books_them() {
    let mut p = Someone::running("1150");
    p.rows("2024-05", "2024-05").row("2024-06", Row { cycle: "1200", ..Row::default() });
    let ledger = p.ledger();
    let yes = ledger.folds.iter().position(|f| f.steps.iter().any(|s| s.yes)).expect("both at once");
    assert_eq!(shown(&ledger, yes), ["1250", "150"]);
    assert_eq!(lines(&ledger.folds[yes], Test::Cycle), [""; 0]);
    // Once the record has left the lawful ledger, its closings are shown where the law has them.
    let mut p = Someone::running("450");
    p.row("2024-05", Row { cycle: "600", ..Row::default() }).row("2024-06", Row { special: "600", ..Row::default() });
    let ledger = p.ledger();
    let fold = answered(&ledger, true);
    assert_eq!(fold.months[1].expected.cycle, Some(n("1200")));
    assert_eq!(fold.months[1].expected.balance, Some(n("50")));
    // However large a balance is, no month closes more than a hundred cycles.
    let mut p = Someone::running("0");
    p.row("2024-05", Row { special: "70000", ..Row::default() });
    assert_eq!(answered(&p.ledger(), true).months[0].closings, 100);
}

#[test]
fn cycles_booked_late_early_or_in_another_amount() {
    // What is taken off in each month from May 2024 on.
    let person = |opening: &str, taken: &[&'static str]| {
        let mut p = Someone::running(opening);
        let mut at = month("2024-05");
        for cycle in taken {
            p.row(&at.to_string(), Row { cycle, ..Row::default() });
            at = at.plus(1);
        }
        p
    };
    for (opening, taken, expected) in [
        // Late by a month, then in order again: said once.
        ("500", vec!["0", "0", "600", "0", "0", "0", "600", "0"], vec!["Violation CycleLate 2024-06 0 700"]),
        ("500", vec!["500"], vec!["Violation CycleAmount 2024-05 500 600"]),
        ("550", vec!["1200"], vec!["Violation CycleEarly 2024-05 1200 650"]),
        // Once more than is due: whether the one due was booked with its month or after it.
        ("500", vec!["600", "0", "600"], vec!["Violation CycleEarly 2024-07 600 200"]),
        ("500", vec!["0", "600", "0", "600"], vec!["Violation CycleEarly 2024-08 600 300"]),
    ] {
        assert_eq!(noted(&person(opening, &taken), Test::Cycle), expected, "{opening} {taken:?}");
    }
    // Two cycles full at once.
    for (taken, expected) in [
        (vec!["500"], vec!["Violation CycleAmount 2024-05 500 1200"]),
        (vec!["0", "0"], vec!["Violation CycleLate 2024-06 0 1350"]),
        (vec!["0", "1200"], vec![]),
        (
            vec!["0", "600", "600", "600"],
            vec!["Violation CycleLate 2024-06 600 1350", "Violation CycleEarly 2024-08 600 350"],
        ),
    ] {
        let ledger = person("1150", &taken).ledger();
        assert_eq!(lines(answered(&ledger, true), Test::Cycle), expected, "{taken:?}");
    }
    // Each cycle that the record has closed wants an award, and no other.
    let unawarded = |p: &Someone| -> Vec<String> {
        let ledger = p.ledger();
        let of = ledger.best().notes.iter().filter(|n| n.what == What::AwardMissing);
        of.map(|n| n.month.to_string()).collect()
    };
    assert_eq!(unawarded(&person("500", &["0", "1200", "0", "0"])), ["2024-05", "2024-06"]);
    assert_eq!(unawarded(&person("500", &["0", "0", "1200", "0", "0"])), ["2024-05", "2024-07"]);
    let mut p = person("500", &["0"]);
    p.row("2024-06", Row { special: "600", ..Row::default() }).row("2024-07", Row { cycle: "1200", ..Row::default() });
    p.rows("2024-08", "2024-09");
    assert_eq!(unawarded(&p), ["2024-05", "2024-06"]);
    assert_eq!(notes(&p.ledger(), Test::Cycle).len(), 1);
}

#[test]
fn a_blank_deduction_is_read_off_the_balances() {
    // The balance of June is 610, a cycle of which nothing is booked yet; July leaves its own deduction blank.
    let july = |row: Row| {
        let mut p = Someone::admitted("2024-01-01");
        p.row("2024-01", plus("10")).rows("2024-02", "2024-06").award(AwardKind::Warning, "2024-07-05", None, "");
        p.row("2024-07", Row { penalty: "100", cycle: "", ..row }).rows("2024-08", "2024-08");
        p
    };
    // The penalty in the score, or taken off the balance beside it.
    for (score, balance) in [("0", "10"), ("100", "10")] {
        let p = july(Row { score: Some(score), balance: Some(balance), ..Row::default() });
        assert_eq!(noted(&p, Test::Cycle), [""; 0], "{score}");
        assert_eq!(noted(&p, Test::Balance), [""; 0], "{score}");
        assert_eq!(p.ledger().first_difference(), None, "{score}");
    }
    // What the balances do not explain is not a deduction of another amount.
    for (cycle, balance) in [("", "499"), ("", "350")] {
        let p = with_june(Row { cycle, balance: Some(balance), ..Row::default() });
        assert_eq!(noted(&p, Test::Cycle), [""; 0], "{balance}");
        assert_eq!(wrong(&p, "points/balance"), Some(U), "{balance}");
    }
}

#[test]
fn days_without_a_base_count_as_lost_under_one_reading() {
    // Ten of thirty days in hospital cost ten points of labour; a bonus of ten makes up for them, one of less may not.
    for (bonus, expected) in [("9.99", true), ("10", false)] {
        for (grade, test, question) in [
            (Grade::Passed, Test::Award, "Unverified AwardUnsure 2024-06 - -"),
            (Grade::Active, Test::Grade, "Unverified GradeUnsure 2024-06 - -"),
        ] {
            let mut p = Someone::admitted("2024-01-01");
            p.row("2024-01", plus("10")).row("2024-02", plus("10")).row("2024-03", plus("10"));
            p.custody(CustodyKind::Hospital, "2024-04-06", "2024-04-15", "");
            p.row("2024-04", Row { base: ["35", "35", "20"], bonus: ["0", "0", bonus], ..Row::default() });
            p.row("2024-05", plus("10")).row("2024-06", Row { cycle: "600", ..plus("10") }).rows("2024-07", "2024-07");
            p.award(AwardKind::Commendation, "2024-07-10", Some(grade), "2024-01…2024-06");
            let expected: Vec<&str> = if expected { vec![question] } else { vec![] };
            assert_eq!(noted(&p, test), expected, "{bonus} {grade:?}");
        }
    }
    // So do the days of an inquiry that found something.
    let mut p = Someone::admitted("2024-01-01");
    p.row("2024-01", plus("10")).row("2024-02", plus("10")).row("2024-03", plus("10"));
    p.custody(CustodyKind::Isolation, "2024-04-06", "2024-04-15", "");
    p.crime(NewCrimeKind::Undiscovered, "2019-01-20", "2024-04-20", None);
    p.row("2024-04", Row { base: ["23.33", "23.33", "20"], ..Row::default() });
    p.row("2024-05", plus("10")).row("2024-06", Row { cycle: "600", ..plus("10") }).rows("2024-07", "2024-07");
    p.award(AwardKind::Commendation, "2024-07-10", Some(Grade::Passed), "2024-01…2024-06");
    assert_eq!(noted(&p, Test::Award), ["Unverified AwardUnsure 2024-06 - -"]);
    // A base kept though below what is due has to be made up for under every reading.
    for (base, bonus, said, award) in [
        (["34", "35", "30"], "1", "Unverified BaseBelow 2024-05 34 35", None),
        (["34", "35", "30"], "0.99", "Unverified BaseBelow 2024-05 34 35", Some("Violation AwardWrong 2024-06 - -")),
        (["34", "33", "30"], "3", "Unverified BaseBelow 2024-05 67 70", None),
    ] {
        let may = Row { base, ..plus(bonus) };
        let p = graded(may.clone(), Some(Grade::Passed), AwardKind::Commendation);
        assert_eq!(noted(&p, Test::Base), [said], "{base:?} {bonus}");
        assert_eq!(noted(&p, Test::Award), Vec::from_iter(award), "{base:?} {bonus}");
        // The part of 教育 stays below.
        let active = graded(may, Some(Grade::Active), AwardKind::Commendation);
        let barred = bonus != "1";
        assert_eq!(noted(&active, Test::Grade).len(), usize::from(barred), "{base:?} {bonus}");
    }
}

#[test]
fn a_penalty_makes_a_month_low_or_below_its_base_under_one_reading() {
    // One warning: whether its month lies below its base depends on whether the penalty is in the score (15).
    for kind in [AwardKind::Commendation, AwardKind::Material] {
        let mut p = Someone::admitted("2024-01-01");
        p.award(AwardKind::Warning, "2024-02-10", None, "");
        p.rows("2024-01", "2024-01").row("2024-02", Row { penalty: "100", ..Row::default() });
        let closed = close_cycle(&mut p, month("2024-03"));
        p.award(kind, &closed.plus(1).first_day().to_string(), Some(Grade::Passed), "");
        assert_eq!(noted(&p, Test::Award), [format!("Unverified AwardUnsure {closed} - -")], "{kind:?}");
    }
    let low = || Row { deduction: ["20", "20", "0.01"], ..Row::default() };
    let passed = |p: &mut Someone, from: &str| {
        let closed = close_cycle(p, month(from));
        p.award(AwardKind::Material, &closed.plus(1).first_day().to_string(), Some(Grade::Passed), "");
        let said = noted(p, Test::Grade);
        said.iter().map(|l| l.replace(&closed.to_string(), "")).collect::<Vec<_>>()
    };
    // Two low months and one that a penalty makes low.
    let mut p = Someone::admitted("2024-01-01");
    p.award(AwardKind::Warning, "2024-03-10", None, "");
    p.row("2024-01", low()).row("2024-02", low()).row("2024-03", Row { penalty: "100", ..Row::default() });
    assert_eq!(passed(&mut p, "2024-04"), ["Unverified GradeUnsure  - -"]);
    // One low month and two of intake education.
    let mut p = Someone::admitted("2024-01-01");
    p.custody(CustodyKind::IntakeEducation, "2024-01-01", "2024-02-20", "");
    p.row("2024-01", Row { base: ["0"; 3], ..Row::default() });
    p.row("2024-02", Row { base: ["10.86", "10.86", "9.31"], ..Row::default() }).row("2024-03", low());
    assert_eq!(passed(&mut p, "2024-04"), ["Unverified GradeUnsure  - -"]);
    // Three months wholly outside.
    let mut p = Someone::admitted("2024-01-01");
    p.custody(CustodyKind::OutsideExecution, "2024-02-01", "2024-04-30", "");
    p.custody(CustodyKind::Recalled, "2024-05-01", "2024-05-01", "情形消失");
    p.rows("2024-01", "2024-01");
    for at in ["2024-02", "2024-03", "2024-04"] {
        p.row(at, Row { base: ["0"; 3], ..Row::default() });
    }
    assert_eq!(passed(&mut p, "2024-05"), ["Unverified GradeUnsure  - -"]);
}

#[test]
fn totals_alone_show_whether_a_whole_month_lies_below_its_base() {
    let bare = |score: &'static str, penalty: &'static str| Row {
        base: [""; 3],
        bonus: [""; 3],
        deduction: [""; 3],
        special: "",
        penalty,
        score: Some(score),
        ..Row::default()
    };
    let (unsure, against) = ("Unverified AwardUnsure 2024-06 - -", "Violation AwardWrong 2024-06 - -");
    for (may, hospital, expected) in [
        (bare("100", ""), false, None),
        (bare("100", "0"), false, None),
        (bare("99.99", "0"), false, Some(against)),
        // The penalty is blank: without it the month may have had its base.
        (bare("99.99", ""), false, Some(unsure)),
        (bare("0", "100"), false, Some(unsure)),
        // Part of the parts, or part of a month: what was due is not known.
        (Row { base: ["35", "35", ""], ..bare("100", "0") }, false, Some(unsure)),
        (bare("95", "0"), true, Some(unsure)),
    ] {
        let mut p = Someone::admitted("2024-01-01");
        if may.penalty == "100" {
            p.award(AwardKind::Warning, "2024-05-10", None, "");
        }
        if hospital {
            p.custody(CustodyKind::Hospital, "2024-05-10", "2024-05-19", "");
        }
        for at in ["2024-01", "2024-02", "2024-03", "2024-04"] {
            p.row(at, bare("100", ""));
        }
        p.row("2024-05", may.clone()).row("2024-06", Row { cycle: "600", ..bare("210", "") });
        p.row("2024-07", bare("100", ""));
        p.award(AwardKind::Commendation, "2024-07-10", Some(Grade::Passed), "2024-01…2024-06");
        assert_eq!(noted(&p, Test::Award), Vec::from_iter(expected), "{may:?}");
    }
    // What is void is taken off a recorded total: base 1, bonus 0.5, special 20, and 100 for the warning of April.
    let mut p = Someone::admitted("2024-01-01");
    p.rows("2024-01", "2024-04").award(AwardKind::Warning, "2024-04-10", None, "");
    p.award(AwardKind::Special, "2024-05-10", None, "");
    p.dossier.awards.last_mut().unwrap().points.set(n("120"));
    p.row(
        "2024-05",
        Row {
            base: ["36", "35", "30"],
            bonus: ["18", "0", "0"],
            deduction: ["0", "0", ""],
            special: "120",
            score: Some("239"),
            ..Row::default()
        },
    );
    assert_eq!(balances(&p.ledger())[4], "517.5");
}

#[test]
fn a_penalty_and_a_part_below_zero_in_one_month() {
    let may = |deduction: &'static str, score: &'static str, balance: Option<&'static str>| {
        let mut p = Someone::admitted("2024-01-01");
        p.rows("2024-01", "2024-04").award(AwardKind::Warning, "2024-05-05", None, "");
        let deduction = [deduction, "0", "0"];
        p.row("2024-05", Row { deduction, penalty: "100", score: Some(score), balance, ..Row::default() });
        p
    };
    // Counted in full or stopped at zero; the penalty in the score, or only taken off the balance.
    for (score, balance, expected) in [
        ("-45", None, None),
        ("-35", None, None),
        ("-40", None, Some("Violation Sum 2024-05 -40 -45")),
        ("55", Some("355"), None),
        ("65", Some("365"), None),
        ("60", Some("360"), Some("Violation Sum 2024-05 60 -45")),
    ] {
        let p = may("45", score, balance);
        assert_eq!(noted(&p, Test::MonthSum), Vec::from_iter(expected), "{score}");
        if expected.is_none() {
            assert_eq!(p.ledger().first_difference(), None, "{score}");
        }
    }
    assert_eq!(noted(&may("0", "90", Some("390")), Test::MonthSum), ["Violation Sum 2024-05 90 0"]);
    for (score, special) in [("75", "10"), ("65", "10")] {
        let p = with_june(Row { deduction: ["45", "0", "0"], special, score: Some(score), ..Row::default() });
        assert_eq!((p.failing(), p.ledger().first_difference()), (vec![], None), "{score}");
    }
    // In the first month nothing shows whether the balance has it.
    let mut p = Someone::running("300");
    p.award(AwardKind::Warning, "2024-05-05", None, "");
    p.row("2024-05", Row { penalty: "100", score: Some("100"), balance: Some("300"), ..Row::default() });
    assert_eq!(noted(&p, Test::MonthSum), ["Unverified PenaltyUnclear 2024-05 100 0"]);
    assert_eq!((balances(&p.ledger()), p.ledger().first_difference()), (vec!["300".to_owned()], None));
}

#[test]
fn a_penalty_that_a_month_without_a_row_may_have_booked() {
    // Rows and what they book, for a warning of that day.
    for (on, rows, expected) in [
        // Due for the missing April.
        ("2024-03-10", [("2024-03", "0"), ("2024-05", "100")], None),
        ("2024-03-10", [("2024-03", "0"), ("2024-05", "0")], None),
        // Given in it, or long before in it.
        ("2024-04-10", [("2024-03", "0"), ("2024-05", "100")], None),
        ("2024-04-10", [("2024-03", "0"), ("2024-05", "0")], None),
        ("2024-02-10", [("2024-01", "0"), ("2024-05", "100")], None),
        ("2024-02-10", [("2024-01", "0"), ("2024-05", "0")], None),
        // Given in the month before the record, or before that.
        ("2024-04-10", [("2024-05", "100"), ("2024-06", "0")], None),
        ("2024-04-10", [("2024-05", "0"), ("2024-06", "0")], None),
        ("2024-03-10", [("2024-05", "100"), ("2024-06", "0")], Some("Unverified PenaltyExtra 2024-05 100 0")),
        ("2024-03-10", [("2024-05", "0"), ("2024-06", "0")], None),
        // A blank cell matters where something had to be booked in it, could be, or could still be.
        ("2024-05-10", [("2024-05", ""), ("2024-06", "100")], Some("Unverified EmptyCell 2024-05 - -")),
        ("2024-04-10", [("2024-05", ""), ("2024-06", "0")], Some("Unverified EmptyCell 2024-05 - -")),
        ("2024-04-10", [("2024-04", "0"), ("2024-05", "")], Some("Unverified EmptyCell 2024-05 - -")),
        ("2024-07-10", [("2024-05", ""), ("2024-06", "0")], None),
    ] {
        let mut p = Someone::running("300");
        p.award(AwardKind::Warning, on, None, "");
        for (at, penalty) in rows {
            p.row(at, Row { penalty, ..Row::default() });
        }
        assert_eq!(noted(&p, Test::Penalty), Vec::from_iter(expected), "{on} {rows:?}");
    }
}

#[test]
fn anything_scored_in_a_month_outside_is_wrong_and_an_opening_is_said_once() {
    let zero = || Row { base: ["0"; 3], score: Some("0"), ..Row::default() };
    for (may, expected) in [
        (zero(), None),
        (Row { score: Some("5"), ..zero() }, Some(V)),
        (Row { base: ["0", "1", "0"], ..zero() }, Some(V)),
        (Row { bonus: ["0", "0", "1"], ..zero() }, Some(V)),
        (Row { special: "1", ..zero() }, Some(V)),
    ] {
        let mut p = Someone::running("0");
        p.custody(CustodyKind::OutsideExecution, "2024-05-01", "2024-06-30", "");
        p.custody(CustodyKind::Recalled, "2024-07-01", "2024-07-01", "情形消失");
        p.rows("2024-04", "2024-04").row("2024-05", may.clone()).rows("2024-07", "2024-07");
        assert_eq!(wrong(&p, "points/outside-custody"), expected, "{may:?}");
    }
    for (admitted, openings) in [("2020-01-01", 1), ("2024-01-01", 0)] {
        let mut p = Someone::admitted(admitted);
        p.rows("2024-01", "2024-02").rows("2024-04", "2024-05");
        let ledger = p.ledger();
        let said = ledger.best().notes.iter().filter(|n| n.what == What::Opening).count();
        assert_eq!(said, openings, "{admitted}");
    }
}

#[test]
fn a_cancellation_before_the_record_or_in_a_month_without_a_row() {
    let outside = |from: &str, to: &str, back: &str, reason: &str| {
        let mut p = Someone::running("300");
        p.custody(CustodyKind::OutsideExecution, from, to, "");
        p.custody(CustodyKind::Recalled, back, back, reason);
        p
    };
    // Before the record: the opening balance has it in already.
    let mut p = outside("2024-01-10", "2024-02-29", "2024-03-01", "违反规定");
    p.rows("2024-05", "2024-06");
    let ledger = p.ledger();
    assert_eq!((ledger.folds.len(), balances(&ledger)), (1, vec!["400".to_owned(), "500".to_owned()]));
    assert_eq!(ledger.best().cancelled, [day("2024-03-01")]);
    assert_eq!(noted(&p, Test::Cancellation), [""; 0]);
    let mut p = outside("2024-01-10", "2024-02-29", "2024-03-01", "");
    p.rows("2024-05", "2024-06");
    let ledger = p.ledger();
    let cancelled: Vec<usize> = ledger.folds.iter().map(|f| f.cancelled.len()).collect();
    assert_eq!(cancelled, [0, 1]);
    assert!(ledger.folds.iter().all(|f| lines(f, Test::Cancellation).is_empty()));
    // In its first month: not yet.
    let mut p = outside("2024-03-01", "2024-04-30", "2024-05-01", "违反规定");
    p.rows("2024-05", "2024-06");
    assert_eq!(noted(&p, Test::Cancellation), ["Violation Carried 2024-05 300 0"]);
    // In a month without a row: the record is taken up again as it is; in the first month after it, not.
    for (confirmed, expected) in [("2024-04-15", None), ("2024-05-01", Some("Violation Carried 2024-05 300 0"))] {
        let mut p = Someone::running("200");
        p.crime(NewCrimeKind::NewCrime, "2024-01-20", confirmed, None);
        p.rows("2024-03", "2024-03").rows("2024-05", "2024-06");
        assert_eq!(noted(&p, Test::Cancellation), Vec::from_iter(expected), "{confirmed}");
        assert_eq!(p.ledger().best().cancelled, [day(confirmed)]);
    }
}

#[test]
fn a_negative_balance_and_what_may_become_of_it() {
    let start = |kind: CustodyKind| {
        let mut p = Someone::running("-300");
        p.custody(kind, "2024-05-01", "2024-06-30", "漏罪");
        p.custody(CustodyKind::Recalled, "2024-07-01", "2024-07-01", "");
        p.rows("2024-04", "2024-04");
        p
    };
    let all = |p: &Someone| -> Vec<Vec<String>> {
        let ledger = p.ledger();
        let mut all: Vec<_> = (0..ledger.folds.len()).map(|f| shown(&ledger, f)).collect();
        all.sort();
        all
    };
    // A new crime keeps it (30); parole keeps it or wipes it out (32 does not say).
    let mut p = Someone::running("-300");
    p.crime(NewCrimeKind::NewCrime, "2024-01-20", "2024-05-01", None).rows("2024-04", "2024-05");
    assert_eq!(all(&p), [["-200", "-100"]]);
    let mut p = start(CustodyKind::Parole);
    p.rows("2024-07", "2024-07");
    assert_eq!(all(&p), [["-200", "-100"], ["-200", "100"]]);
    // An undiscovered crime keeps it; the cycle goes on, or a new one begins with it (34).
    let mut p = start(CustodyKind::TakenBack);
    p.crime(NewCrimeKind::Undiscovered, "2019-01-20", "2024-06-20", Some(false));
    p.rows("2024-07", "2025-01").row("2025-02", Row { cycle: "600", ..Row::default() });
    let ledger = p.ledger();
    assert!(ledger.folds.iter().all(|f| f.months.last().is_some_and(|m| m.expected.balance == Some(n("0")))));
    let froms: Vec<Option<Month>> = ledger.folds.iter().map(|f| f.cycles[0].from).collect();
    assert_eq!(froms, [None, None, Some(month("2024-07"))]);
}

#[test]
fn what_a_record_carried_on_over_a_cancellation() {
    // Of a May with a new crime judged on its first day: a penalty left out of the score, a cycle taken off.
    for (opening, row, expected) in [
        (
            "200",
            Row { penalty: "100", score: Some("100"), balance: Some("300"), ..Row::default() },
            "Violation Carried 2024-05 300 0",
        ),
        ("450", Row { cycle: "600", ..Row::default() }, "Violation Carried 2024-05 550 0"),
    ] {
        let mut p = Someone::running(opening);
        p.rows("2024-04", "2024-04").crime(NewCrimeKind::NewCrime, "2024-01-20", "2024-05-01", None);
        if row.penalty == "100" {
            p.award(AwardKind::Warning, "2024-05-10", None, "");
        }
        p.row("2024-05", row.clone());
        assert_eq!(noted(&p, Test::Cancellation), [expected], "{row:?}");
    }
    // Within a month it is not known which bonus came before it.
    let half = || Row { base: ["18.06", "18.06", "15.48"], ..Row::default() };
    for (on, row, expected) in [
        (
            "2024-05-16",
            Row { bonus: ["5", "0", "0"], special: "10", ..half() },
            Some("Unverified CancelBonus 2024-05 15 -"),
        ),
        ("2024-05-16", half(), None),
        ("2024-05-01", plus("5"), None),
        // Nor is a blank base proof that the days before it gave nothing.
        ("2024-05-16", Row { base: ["", "18.06", "15.48"], ..half() }, Some("Unverified EmptyCell 2024-05 - -")),
    ] {
        let mut p = Someone::running("200");
        p.rows("2024-04", "2024-04").crime(NewCrimeKind::NewCrime, "2024-01-20", on, None);
        p.balance = n("0");
        p.row("2024-05", row.clone());
        assert_eq!(noted(&p, Test::Cancellation).first().map(String::as_str), expected, "{on} {row:?}");
    }
}

#[test]
fn what_is_above_the_base_is_put_to_what_took_most_of_the_days() {
    // Eight days of confinement and twelve of something graver in days.
    let unsure = || vec!["Violation BaseAbove 2024-05 31 10.65", "Unverified BaseAboveUnsure 2024-05 70 24.84"];
    for (kind, labour, expected) in [
        (CustodyKind::OutsideExecution, "30", vec!["Violation BaseAbove 2024-05 100 35.49"]),
        (CustodyKind::Isolation, "30", vec!["Violation BaseAbove 2024-05 100 35.49"]),
        // Days that may still count for something: only what exceeds a whole month is certain.
        (CustodyKind::TakenBack, "31", unsure()),
        (CustodyKind::Investigation, "31", unsure()),
    ] {
        let mut p = Someone::running("0");
        p.confined("2024-05-01", "2024-05-08").custody(kind, "2024-05-10", "2024-05-21", "");
        if kind == CustodyKind::OutsideExecution || kind == CustodyKind::TakenBack {
            p.custody(CustodyKind::Recalled, "2024-05-22", "2024-05-22", "情形消失");
        }
        let found = kind == CustodyKind::Isolation;
        if found {
            p.award(AwardKind::Warning, "2024-05-25", None, "");
        }
        let (base, penalty) = (["35", "35", labour], if found { "500" } else { "400" });
        p.row("2024-05", Row { base, penalty, ..Row::default() });
        assert_eq!(noted(&p, Test::Base), expected, "{kind:?}");
        assert_eq!(noted(&p, Test::Confinement), [""; 0], "{kind:?}");
    }
    // A blank cell leaves the check open that the lost days are for.
    let mut p = Someone::running("0");
    p.custody(CustodyKind::Hospital, "2024-05-10", "2024-05-19", "");
    p.row("2024-05", Row { base: ["35", "35", ""], score: Some("90"), ..Row::default() });
    assert_eq!(wrong(&p, "points/hospital-labour"), Some(U));
    // Days that no row of the custody record covers make the number of days a question.
    let mut p = Someone::running("0");
    p.dossier.custody.clear();
    p.custody(CustodyKind::Held, "2020-01-01", "2024-05-09", "");
    p.custody(CustodyKind::Hospital, "2024-05-10", "2024-05-19", "");
    p.custody(CustodyKind::Held, "2024-05-25", "", "").rows("2024-05", "2024-05");
    assert_eq!(noted(&p, Test::Base), ["Unverified BaseAboveUnsure 2024-05 30 20.32"]);
    let days = p.ledger().best().months[0].days;
    assert_eq!(days, Days { total: 31, full: 21, gap: 5, hospital: 10, ..Days::default() });
}

#[test]
fn the_bases_that_a_row_uses_and_the_rows_that_mix_them() {
    let unable = || Row { base: ["50", "50", "0"], ..Row::default() };
    let row = |base: [&'static str; 3]| Row { base, ..Row::default() };
    let person = |health: &[Health], rows: Vec<Row>| {
        let mut p = Someone::admitted("2024-01-01");
        p.health(health);
        let mut at = month("2024-01");
        for row in rows {
            p.row(&at.to_string(), row);
            at = at.plus(1);
        }
        p
    };
    for (base, after_unable, expected) in [
        (["50", "35", "30"], false, BaseSet::Unable),
        (["35", "50", "30"], false, BaseSet::Unable),
        (["35", "35", "0"], false, BaseSet::Able),
        (["35", "35", "0"], true, BaseSet::Unable),
        (["35", "35", "1"], true, BaseSet::Able),
    ] {
        let before = if after_unable { unable() } else { Row::default() };
        let p = person(&[Health::UnableToWork], vec![before, row(base)]);
        assert_eq!(p.ledger().entries[1].set, expected, "{base:?} {after_unable}");
    }
    for (health, rows, expected) in [
        // Between months of one set, and with no month beside them, what the person is decides.
        (vec![], vec![row(["50", "50", "30"])], vec!["Violation MixedSets 2024-01 100 70"]),
        (vec![Health::UnableToWork], vec![row(["50", "50", "30"])], vec!["Violation MixedSets 2024-01 30 0"]),
        (
            vec![],
            vec![Row::default(), row(["50", "50", "30"]), row(["50", "50", "30"]), Row::default()],
            vec!["Violation MixedSets 2024-02 100 70", "Violation MixedSets 2024-03 100 70"],
        ),
        (
            vec![Health::UnableToWork],
            vec![unable(), row(["50", "35", "0"]), unable()],
            vec!["Unverified MixedSets 2024-02 35 50"],
        ),
        // However small: labour is not assessed at all.
        (
            vec![Health::UnableToWork],
            vec![unable(), row(["50", "50", "0.3"]), unable()],
            vec!["Violation MixedSets 2024-02 0.3 0"],
        ),
        // The paper is asked for once, where the bases begin.
        (
            vec![Health::MostlyUnableToWork],
            vec![Row::default(), unable(), unable()],
            vec!["Unverified UnableSet 2024-02 - -"],
        ),
    ] {
        assert_eq!(noted(&person(&health, rows.clone()), Test::Base), expected, "{health:?} {rows:?}");
    }
    // The bases of the old regime are others, however like they look.
    let mut p = Someone::admitted("2020-03-01");
    p.health(&[Health::MostlyUnableToWork]).row("2021-09", row(["100", "0", "0"]));
    p.row("2021-10", unable()).row("2021-11", unable());
    assert_eq!(noted(&p, Test::Base), ["Unverified UnableSet 2021-10 - -"]);
}

#[test]
fn the_average_before_an_absence() {
    let away = |p: &mut Someone, from: &str, to: &str, back: &str| {
        p.custody(CustodyKind::TakenBack, from, to, "作证").custody(CustodyKind::Recalled, back, back, "");
    };
    let nothing = || Row { base: ["0"; 3], ..Row::default() };
    // Of fewer than three months, by the day: 210 points of 60 days, for 30.
    let mut p = Someone::admitted("2024-02-01");
    away(&mut p, "2024-04-01", "2024-04-30", "2024-05-01");
    p.rows("2024-02", "2024-02").row("2024-03", plus("10")).row("2024-04", nothing());
    assert_eq!(noted(&p, Test::Suspension), ["Unverified TakenBackOpen 2024-04 0 105"]);
    // Every day in the hands of the prison is one of them: 43.11 points of 29 days, for 31.
    let mut p = Someone::admitted("2024-02-01");
    p.custody(CustodyKind::IntakeEducation, "2024-02-01", "2024-02-05", "");
    p.custody(CustodyKind::Hospital, "2024-02-06", "2024-02-10", "");
    p.custody(CustodyKind::Confinement, "2024-02-11", "2024-02-15", "");
    p.custody(CustodyKind::Isolation, "2024-02-16", "2024-02-20", "");
    p.crime(NewCrimeKind::Undiscovered, "2019-01-20", "2024-02-25", None);
    away(&mut p, "2024-03-01", "2024-03-31", "2024-04-01");
    p.row("2024-02", Row { base: ["16.90", "16.90", "9.31"], ..Row::default() }).row("2024-03", nothing());
    assert_eq!(noted(&p, Test::Suspension), ["Unverified TakenBackOpen 2024-03 0 46.08"]);
    // A month away is not one of the three; half a point above is borne.
    for (score, expected) in [("0", "Unverified"), ("100.5", "Unverified"), ("100.51", "Violation")] {
        let mut p = Someone::running("0");
        away(&mut p, "2024-05-01", "2024-06-30", "2024-07-01");
        p.rows("2024-02", "2024-04").row("2024-05", nothing());
        p.row(
            "2024-06",
            match score {
                "0" => nothing(),
                "100.5" => plus("0.5"),
                _ => plus("0.51"),
            },
        );
        let what = if expected == "Violation" { "TakenBackAverage" } else { "TakenBackOpen" };
        let expected = ["Unverified TakenBackOpen 2024-05 0 100", &format!("{expected} {what} 2024-06 {score} 100")];
        assert_eq!(noted(&p, Test::Suspension), expected, "{score}");
    }
    // The other days of a month keep their bases and what was added and taken off: 33.33 + 66.66 - 87.
    let mut p = Someone::running("0");
    away(&mut p, "2024-06-01", "2024-06-10", "2024-06-11");
    p.award(AwardKind::Warning, "2024-06-20", None, "");
    p.rows("2024-03", "2024-05").row(
        "2024-06",
        Row {
            base: ["23.33", "23.33", "20"],
            bonus: ["5", "0", "0"],
            deduction: ["0", "2", "0"],
            special: "10",
            penalty: "100",
            ..Row::default()
        },
    );
    assert_eq!(noted(&p, Test::Suspension), ["Unverified TakenBackOpen 2024-06 -20.34 12.99"]);
    // Of someone unable to work by those bases: 35.48 + 2 × 32.26.
    let unable = |base| Row { base: [base, base, "0"], ..Row::default() };
    let mut p = Someone::running("0");
    p.health(&[Health::UnableToWork]);
    away(&mut p, "2024-05-01", "2024-05-11", "2024-05-12");
    p.row("2024-02", unable("50")).row("2024-03", unable("50")).row("2024-04", unable("50"));
    p.row("2024-05", unable("32.26"));
    assert_eq!(noted(&p, Test::Suspension), ["Unverified TakenBackOpen 2024-05 64.52 100"]);
    // Of several absences the one of the month is asked about, to its last day.
    let mut p = Someone::running("0");
    away(&mut p, "2024-02-01", "2024-02-29", "2024-03-01");
    away(&mut p, "2024-05-01", "2024-06-01", "2024-06-02");
    p.rows("2024-01", "2024-01").row("2024-02", nothing()).rows("2024-03", "2024-04").row("2024-05", nothing());
    p.row("2024-06", Row { base: ["33.83", "33.83", "29"], ..Row::default() });
    let ledger = p.ledger();
    let asked: Vec<_> = notes(&ledger, Test::Suspension).iter().map(|n| (n.month, n.ask.map(|a| a.cell))).collect();
    let reason = |row: usize| Some(Cell::At(p.dossier.custody[row].reason.at, Col::CuReason));
    assert_eq!(asked, [(month("2024-02"), reason(2)), (month("2024-05"), reason(4)), (month("2024-06"), reason(4))]);
}

#[test]
fn a_labour_score_in_hospital_that_an_injury_explains() {
    let person = |before: Row, may: Row| {
        let mut p = Someone::running("0");
        p.custody(CustodyKind::Hospital, "2024-05-01", "2024-05-31", "");
        for m in ["2024-02", "2024-03", "2024-04"] {
            p.row(m, before.clone());
        }
        p.row("2024-05", may);
        p
    };
    let labour = |base, bonus, deduction| Row {
        base: ["35", "35", base],
        bonus: ["0", "0", bonus],
        deduction: ["0", "0", deduction],
        ..Row::default()
    };
    for (before, may, expected) in [
        // The average is that of the scores, with what was taken off; so is the score compared with it.
        (labour("30", "8", "2"), labour("36", "0", "0"), "Unverified Rescue 2024-05 36 0"),
        (labour("30", "8", "2"), labour("38", "0", "2"), "Unverified Rescue 2024-05 38 0"),
        (labour("30", "8", "2"), labour("40", "0", "0"), "Violation BaseAbove 2024-05 40 0"),
        // Entered as a bonus, it is said of the bonus; said of the base, it is not said twice.
        (labour("30", "0", "15"), labour("0", "15", "0"), "Unverified Rescue 2024-05 15 -"),
        (labour("30", "6", "0"), labour("30", "6", "0"), "Unverified Rescue 2024-05 30 0"),
    ] {
        let p = person(before.clone(), may.clone());
        assert_eq!(noted(&p, Test::HospitalLabour), [expected], "{before:?} {may:?}");
        if expected.contains("Rescue") {
            let ledger = p.ledger();
            assert_eq!(notes(&ledger, Test::HospitalLabour)[0].ask.map(|a| a.document), Some("因公受伤证明"));
        }
    }
    // A base left standing is an average only where the record speaks of an injury, in a stay of that month.
    for (stays, expected) in [
        (vec![("2024-05-01", "2024-05-31", "因公受伤")], vec!["Unverified Rescue 2024-05 30 0"]),
        (vec![("2024-05-01", "2024-05-31", "肺炎")], vec!["Violation BaseAbove 2024-05 30 0"]),
        (
            vec![("2024-04-10", "2024-05-01", "因公受伤"), ("2024-05-02", "2024-05-31", "肺炎")],
            vec!["Unverified Rescue 2024-04 30 9", "Unverified Rescue 2024-05 30 0"],
        ),
        (
            vec![("2024-02-10", "2024-02-12", "因公受伤"), ("2024-05-01", "2024-05-31", "肺炎")],
            vec!["Unverified Rescue 2024-02 30 26.9", "Violation BaseAbove 2024-05 30 0"],
        ),
    ] {
        let mut p = Someone::running("0");
        for (from, to, reason) in &stays {
            p.custody(CustodyKind::Hospital, from, to, reason);
        }
        p.rows("2023-11", "2024-05");
        assert_eq!(noted(&p, Test::HospitalLabour), expected, "{stays:?}");
    }
}

#[test]
fn an_inquiry_has_found_something_if_a_penalty_or_a_judgment_follows_it() {
    for (warned, confirmed, expected) in [
        ("2024-04-30", "", U),
        ("2024-05-01", "", Outcome::Pass),
        ("2024-06-30", "", Outcome::Pass),
        ("2024-07-01", "", U),
        ("", "2024-04-30", U),
        ("", "2024-05-01", Outcome::Pass),
        ("", "2026-01-01", Outcome::Pass),
    ] {
        let mut p = Someone::running("0");
        p.custody(CustodyKind::Isolation, "2024-05-01", "2024-05-31", "");
        if !warned.is_empty() {
            p.award(AwardKind::Warning, warned, None, "");
        }
        if !confirmed.is_empty() {
            p.crime(NewCrimeKind::Undiscovered, "2019-01-20", confirmed, None);
        }
        p.rows("2024-02", "2024-04").row("2024-05", Row { base: ["0"; 3], ..Row::default() });
        assert_eq!(p.finding("points/suspension").map(|f| f.outcome), Some(expected), "{warned} {confirmed}");
    }
}

#[test]
fn the_days_of_a_month_fall_into_classes() {
    // A stay that ends on the first day of a month has that day.
    let mut p = Someone::running("0");
    p.custody(CustodyKind::Hospital, "2024-04-20", "2024-05-01", "").rows("2024-04", "2024-05");
    let of = |p: &Someone, at: usize| p.ledger().best().months[at].days;
    assert_eq!(of(&p, 1), Days { total: 31, full: 30, hospital: 1, ..Days::default() });
    // Before a cancellation within the month: days in prison are cancelled, days elsewhere were none.
    let mut p = Someone::running("200");
    p.crime(NewCrimeKind::NewCrime, "2024-01-20", "2024-05-16", None).rows("2024-04", "2024-05");
    assert_eq!(of(&p, 1), Days { total: 31, full: 16, out: 15, cancelled: 15, ..Days::default() });
    let mut p = Someone::running("200");
    p.custody(CustodyKind::TakenBack, "2024-05-01", "2024-06-10", "审理新罪");
    p.custody(CustodyKind::Recalled, "2024-06-11", "2024-06-11", "");
    p.crime(NewCrimeKind::NewCrime, "2024-01-20", "2024-05-20", None);
    p.rows("2024-04", "2024-04").row("2024-05", Row { base: ["0"; 3], ..Row::default() }).rows("2024-06", "2024-06");
    assert_eq!(of(&p, 2), Days { total: 30, full: 20, out: 10, ..Days::default() });
}

#[test]
fn points_are_cancelled_on_the_first_day_back_in_prison() {
    let cancelled = |p: &Someone| p.ledger().best().cancelled.clone();
    // Judged while outside, to the last day of it, and through one absence after another.
    for (rows, confirmed, expected) in [
        (vec![(CustodyKind::OutsideExecution, "2024-05-01", "2024-06-09")], "2024-06-09", "2024-06-10"),
        (vec![(CustodyKind::OutsideExecution, "2024-05-01", "2024-06-09")], "2024-06-10", "2024-06-10"),
        (vec![(CustodyKind::OutsideExecution, "2024-05-01", "2024-06-09")], "2024-04-30", "2024-04-30"),
        (
            vec![
                (CustodyKind::OutsideExecution, "2024-05-01", "2024-05-31"),
                (CustodyKind::TakenBack, "2024-06-01", "2024-06-09"),
            ],
            "2024-05-10",
            "2024-06-10",
        ),
    ] {
        let mut p = Someone::running("0");
        for (kind, from, to) in &rows {
            p.custody(*kind, from, to, "");
        }
        p.custody(CustodyKind::Recalled, "2024-06-10", "2024-06-10", "情形消失");
        p.crime(NewCrimeKind::NewCrime, "2024-01-20", confirmed, None);
        p.rows("2024-03", "2024-04").rows("2024-06", "2024-07");
        assert_eq!(cancelled(&p), [day(expected)], "{rows:?} {confirmed}");
    }
    // A crime before intake is none committed in prison.
    for (committed, expected) in [("2019-12-31", vec![]), ("2020-01-01", vec![day("2024-05-01")])] {
        let mut p = Someone::running("0");
        p.crime(NewCrimeKind::NewCrime, committed, "2024-05-01", None).rows("2024-04", "2024-05");
        assert_eq!(cancelled(&p), expected, "{committed}");
    }
}

#[test]
fn what_ends_an_absence_decides_whether_there_is_a_question() {
    use CustodyKind::{OutsideExecution, Parole, Recalled, TakenBack};
    let questions = |p: &Someone| {
        let steps: std::collections::BTreeSet<String> =
            p.ledger().folds.iter().flat_map(|f| &f.steps).map(|s| format!("{:?}", s.question)).collect();
        steps.len()
    };
    // Outside: only the reason of the return counts, and only if it is one of the law's.
    for (rows, expected) in [
        (vec![(OutsideExecution, "2024-05-01", "2024-06-30", "严重疾病，情形消失即收监")], 1),
        (
            vec![
                (OutsideExecution, "2024-05-01", "2024-06-30", ""),
                (Recalled, "2024-07-01", "2024-07-01", "其他原因"),
            ],
            1,
        ),
        (
            vec![
                (OutsideExecution, "2024-05-01", "2024-06-30", ""),
                (Recalled, "2024-07-01", "2024-07-01", "情形消失"),
            ],
            0,
        ),
        // A renewal is the same absence.
        (
            vec![
                (OutsideExecution, "2024-05-01", "2024-05-31", ""),
                (OutsideExecution, "2024-06-01", "2024-06-30", ""),
                (Recalled, "2024-07-01", "2024-07-01", ""),
            ],
            1,
        ),
        // The return from one absence is not the return from the next, which began with it.
        (
            vec![
                (TakenBack, "2024-04-01", "2024-06-09", ""),
                (Recalled, "2024-06-10", "2024-06-10", "违反规定"),
                (OutsideExecution, "2024-06-10", "2024-06-30", ""),
            ],
            1,
        ),
    ] {
        let mut p = Someone::running("0");
        for (kind, from, to, reason) in &rows {
            p.custody(*kind, from, to, reason);
        }
        p.rows("2024-02", "2024-03").rows("2024-07", "2024-08");
        assert_eq!(questions(&p), expected, "{rows:?}");
    }
    // Parole: a crime committed during it (32 speaks of breaches only), known by its day or else by its judgment.
    for (committed, confirmed, expected) in [
        ("2024-04-30", "2024-06-20", 0),
        ("2024-05-01", "2024-06-20", 1),
        ("2024-06-30", "2024-09-20", 1),
        ("2024-07-01", "2024-09-20", 0),
    ] {
        let mut p = Someone::running("0");
        p.custody(Parole, "2024-05-01", "2024-06-30", "").custody(Recalled, "2024-07-01", "2024-07-01", "");
        p.crime(NewCrimeKind::NewCrime, committed, confirmed, None);
        p.rows("2024-03", "2024-04").rows("2024-07", "2024-08");
        assert_eq!(questions(&p), expected, "{committed}");
    }
    for (confirmed, expected) in [("2024-04-30", 0), ("2024-05-01", 1), ("2024-06-20", 1)] {
        let mut p = Someone::running("0");
        p.custody(Parole, "2024-05-01", "2024-06-30", "").custody(Recalled, "2024-07-01", "2024-07-01", "");
        p.crime(NewCrimeKind::Undiscovered, "", confirmed, None);
        p.rows("2024-03", "2024-04").rows("2024-07", "2024-08");
        assert_eq!(questions(&p), expected, "{confirmed}");
    }
    // Taken back: a judgment between its start and some weeks after its end explains it.
    for (confirmed, expected) in [
        ("2024-04-30", vec![(month("2024-05"), What::TakenBackOpen)]),
        ("2024-05-01", vec![]),
        ("2024-06-30", vec![]),
        ("2024-07-01", vec![(month("2024-05"), What::TakenBackOpen)]),
    ] {
        let mut p = Someone::running("0");
        p.custody(TakenBack, "2024-05-01", "2024-05-30", "").custody(Recalled, "2024-05-31", "2024-05-31", "");
        p.crime(NewCrimeKind::Undiscovered, "2019-01-20", confirmed, Some(true));
        p.rows("2024-03", "2024-04").row("2024-05", Row { base: ["1.13", "1.13", "0.97"], ..Row::default() });
        let ledger = p.ledger();
        let said: Vec<_> = notes(&ledger, Test::Suspension).iter().map(|n| (n.month, n.what)).collect();
        assert_eq!(said, expected, "{confirmed}");
    }
}

#[test]
fn a_missing_month_is_proved_by_days_in_prison_of_any_kind() {
    use CustodyKind::{Confinement, Hospital, IntakeEducation, Isolation};
    let proved = "Violation MonthMissing 2024-04 - -";
    let open = "Unverified MonthMissingUnsure 2024-04 - -";
    for (custody, warned, expected) in [
        (vec![(Hospital, "2024-04-01", "2024-04-30")], "", proved),
        (vec![(Hospital, "2024-04-16", "2024-04-30")], "", proved),
        (vec![(IntakeEducation, "2024-04-01", "2024-04-30")], "", proved),
        (vec![(Confinement, "2024-04-01", "2024-04-30")], "", proved),
        (vec![(Isolation, "2024-04-01", "2024-04-30")], "2024-04-20", proved),
        (vec![(IntakeEducation, "2024-04-01", "2024-04-15"), (Confinement, "2024-04-16", "2024-04-30")], "", proved),
        (
            vec![(Confinement, "2024-04-01", "2024-04-15"), (Isolation, "2024-04-16", "2024-04-30")],
            "2024-04-25",
            proved,
        ),
        (vec![(Isolation, "2024-04-01", "2024-04-30")], "", open),
    ] {
        let mut p = Someone::running("0");
        for (kind, from, to) in &custody {
            p.custody(*kind, from, to, "");
        }
        if !warned.is_empty() {
            p.award(AwardKind::Warning, warned, None, "");
        }
        p.rows("2024-03", "2024-03").rows("2024-05", "2024-05");
        assert_eq!(noted(&p, Test::MissingMonth), [expected], "{custody:?}");
        let asked = (expected == open).then_some("立案侦查或隔离调查的结论");
        assert_eq!(notes(&p.ledger(), Test::MissingMonth)[0].ask.map(|a| a.document), asked, "{custody:?}");
    }
    // Where no row of the custody record covers the month, nothing is proved.
    let mut p = Someone::running("0");
    p.dossier.custody.clear();
    p.custody(CustodyKind::Held, "2020-01-01", "2024-03-31", "").custody(CustodyKind::Held, "2024-05-01", "", "");
    p.rows("2024-03", "2024-03").rows("2024-05", "2024-05");
    assert_eq!(noted(&p, Test::MissingMonth), [open]);
}

#[test]
fn two_rows_for_a_month_in_any_order() {
    // Only a transfer within the month explains them.
    for (from, to, expected) in [
        ("2024-03-31", "2024-03-31", Some("Violation Twice 2024-04 2 1")),
        ("2024-05-01", "2024-05-01", Some("Violation Twice 2024-04 2 1")),
        ("2024-03-31", "2024-04-01", None),
        ("2024-04-30", "2024-05-01", None),
        ("2024-03-20", "2024-05-10", None),
    ] {
        let mut p = Someone::running("0");
        p.custody(CustodyKind::Transfer, from, to, "");
        let half = || Row { base: ["17.5", "17.5", "15"], ..Row::default() };
        p.row("2024-04", half()).row("2024-04", half());
        assert_eq!(noted(&p, Test::DuplicateMonth), Vec::from_iter(expected), "{from} {to}");
    }
    // Both rows of a transfer can take off a cycle, and the balance runs through both.
    let transfer = |first: Row, second: Row| {
        let mut p = Someone::running("450");
        p.custody(CustodyKind::Transfer, "2024-04-16", "2024-04-16", "");
        let base = ["17.5", "17.5", "15"];
        p.rows("2024-03", "2024-03").row("2024-04", Row { base, ..first }).row("2024-04", Row { base, ..second });
        p
    };
    for (first, second) in [("600", "0"), ("0", "600")] {
        let balance = Some(if first == "600" { "0" } else { "600" });
        let p = transfer(
            Row { cycle: first, balance, ..Row::default() },
            Row { cycle: second, balance: Some("50"), ..Row::default() },
        );
        assert_eq!((noted(&p, Test::Balance), noted(&p, Test::Cycle)), (vec![], vec![]), "{first}");
        assert_eq!(balances(&p.ledger()), ["550", "50"], "{first}");
    }
    let p = transfer(Row { balance: Some("610"), ..Row::default() }, Row::default());
    assert_eq!(noted(&p, Test::Balance), ["Violation Chain 2024-04 610 600"]);
    // The order of the sheet does not matter, be it of the months or of two rows of one.
    let mut p = Someone::running("0");
    p.row("2024-04", plus("5")).row("2024-04", plus("2")).row("2024-05", plus("1")).row("2024-06", plus("3"));
    let entries = |p: &Someone| p.ledger().entries.iter().map(|e| (e.month, e.recorded)).collect::<Vec<_>>();
    let in_order = entries(&p);
    p.dossier.points.swap(0, 1);
    assert_eq!(entries(&p), in_order);
    p.dossier.points.swap(2, 3);
    assert_eq!(entries(&p), in_order);
    p.dossier.points.truncate(2);
    let first = entries(&p);
    p.dossier.points.swap(0, 1);
    assert_eq!(entries(&p), first);
    let mut p = Someone::running("0");
    p.rows("2024-04", "2024-06");
    let in_order = entries(&p);
    p.dossier.points.swap(0, 2);
    assert_eq!(entries(&p), in_order);
}

#[test]
fn confinements_of_the_two_sheets_are_compared_once_and_since_october_2021() {
    let months = |p: &Someone| {
        let ledger = p.ledger();
        let of = notes(&ledger, Test::Confinement);
        of.iter().map(|n| format!("{:?} {}", n.what, n.month)).collect::<Vec<_>>()
    };
    // One difference is one question; what overlaps with nothing is another.
    for (custody, expected) in [
        (vec![("2024-05-12", "2024-05-19")], vec!["ConfinementDates 2024-05"]),
        (vec![("2024-05-01", "2024-05-10")], vec!["ConfinementDates 2024-05"]),
        (vec![("2024-05-19", "2024-05-28")], vec!["ConfinementDates 2024-05"]),
        (vec![("2024-05-20", "2024-05-28")], vec!["ConfinementDates 2024-05"; 2]),
        (
            vec![("2024-01-05", "2024-01-14"), ("2024-05-12", "2024-05-19")],
            vec!["ConfinementDates 2024-01", "ConfinementDates 2024-05"],
        ),
        (
            vec![("2024-05-12", "2024-05-19"), ("2024-07-05", "2024-07-14")],
            vec!["ConfinementDates 2024-05", "ConfinementDates 2024-07"],
        ),
    ] {
        let mut p = Someone::running("0");
        p.award(AwardKind::Confinement, "2024-05-10", None, "");
        p.dossier.awards[0].from.set(day("2024-05-10"));
        p.dossier.awards[0].to.set(day("2024-05-19"));
        for (from, to) in &custody {
            p.custody(CustodyKind::Confinement, from, to, "");
        }
        // Bases of nothing are below what is due, which is not a matter of confinement.
        p.row("2024-05", Row { base: ["0"; 3], penalty: "400", ..Row::default() });
        assert_eq!(months(&p), expected, "{custody:?}");
    }
    for (from, to, expected) in [("2021-09-10", "2021-09-30", false), ("2021-10-01", "2021-10-20", true)] {
        let at = &from[..7];
        // In 奖惩 alone.
        let mut p = Someone::running("0");
        p.confined(from, to).dossier.custody.clear();
        p.row(at, Row { base: ["0"; 3], penalty: "400", ..Row::default() }).rows("2021-11", "2021-11");
        assert_eq!(months(&p), Vec::from_iter(expected.then(|| format!("ConfinementLong {at}"))), "{from}");
        // In 羁押轨迹 alone.
        let mut p = Someone::running("0");
        p.custody(CustodyKind::Confinement, from, to, "");
        p.row(at, Row { base: ["0"; 3], ..Row::default() }).rows("2021-11", "2021-11");
        let said = [format!("ConfinementLong {at}"), format!("ConfinementDates {at}")];
        assert_eq!(months(&p), if expected { said.to_vec() } else { vec![] }, "{from}");
    }
}

#[test]
fn special_bonuses_above_the_limit_of_a_year_are_said_once_a_year() {
    let mut p = Someone::admitted("2023-01-01");
    let mut at = month("2023-01");
    for special in ["100", "100", "100", "1", "100", "0", "0", "0", "0", "0", "0", "0", "100", "100", "100", "1", "1"] {
        p.row(&at.to_string(), Row { special, ..Row::default() });
        at = at.plus(1);
    }
    let expected = ["Unverified SpecialYear 2023-04 301 300", "Unverified SpecialYear 2024-04 301 300"];
    assert_eq!(noted(&p, Test::SpecialBonus), expected);
}

#[test]
fn in_a_month_partly_of_intake_education_a_bonus_may_reach_half_of_the_whole_base() {
    for (bonus, expected) in [("6.22", None), ("17.5", None), ("17.51", Some(U))] {
        let mut p = Someone::admitted("2024-01-01");
        p.custody(CustodyKind::IntakeEducation, "2024-01-01", "2024-01-20", "");
        p.row("2024-01", Row { base: ["12.42", "12.42", "10.65"], ..plus(bonus) }).rows("2024-02", "2024-03");
        assert_eq!(wrong(&p, "points/bonus-cap"), expected, "{bonus}");
    }
}

#[test]
fn a_cycle_that_closes_later_than_the_record_has_it_keeps_its_award() {
    let mut p = Someone::running("380");
    p.row("2024-04", Row { bonus: ["20", "5", "5"], ..Row::default() });
    p.row("2024-05", Row { deduction: ["0", "0", "10"], cycle: "600", ..Row::default() }).row("2024-06", plus("4"));
    p.award(AwardKind::Commendation, "2024-06-20", Some(Grade::Passed), "");
    let ledger = p.ledger();
    let [cycle] = ledger.best().cycles.as_slice() else { panic!("{:?}", ledger.best().cycles) };
    assert_eq!(
        (cycle.to, cycle.grade, cycle.awards.as_slice()),
        (month("2024-06"), Some(Grade::Passed), [0].as_slice())
    );
}

#[test]
fn a_whole_month_has_one_limit_whatever_share_a_province_sets() {
    // 33.32 % of 35 are 11.662; rounded to the cent the limit would be lower.
    let rules = jxjs::law::Rules::builtin();
    let values = Values { bonus_share: n("0.3332"), ..rules.point_values.clone() };
    for (bonus, expected) in [("11.662", None), ("11.663", Some("Violation BonusAbove 2024-01 11.663 11.662"))] {
        let mut p = Someone::admitted("2024-01-01");
        p.row("2024-01", plus(bonus));
        let inmate = p.dossier.inmate.as_ref().expect("a person");
        let ledger = Ledger::new(&p.dossier, inmate, &values, &p.presence);
        assert_eq!(lines(ledger.best(), Test::BonusCap), Vec::from_iter(expected), "{bonus}");
    }
}

#[test]
fn more_questions_than_are_worked_out_prove_nothing() {
    // Every return without a reason may cancel what there was; the record began anew at the first.
    for returns in [5, 6, 7] {
        let mut p = Someone::running("200");
        p.rows("2022-01", "2022-01");
        for k in 0..returns {
            let out = month("2022-02").plus(2 * k);
            let back = out.plus(1).first_day().to_string();
            p.custody(CustodyKind::OutsideExecution, &out.first_day().to_string(), &out.last_day().to_string(), "");
            p.custody(CustodyKind::Recalled, &back, &back, "");
            if k == 0 {
                p.balance = n("0");
            }
            p.rows(&out.plus(1).to_string(), &out.plus(1).to_string());
        }
        assert_eq!(p.ledger().incomplete, returns == 7, "{returns}");
        for check in ["points/balance", "points/cycle", "points/cancellation"] {
            let found = p.finding(check).map(|f| f.outcome);
            assert!(found.is_none_or(|o| o == U), "{check} after {returns}: {found:?}");
        }
        assert_eq!(p.finding("points/balance").map(|f| f.outcome), Some(U), "{returns}");
    }
}
