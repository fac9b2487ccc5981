//! The points system: the worked examples of the contract, and every number of the rules at, below and above its limit.

mod points_support;

use jxjs::model::ledger::{Mark, Test, What};
use jxjs::model::{AwardKind, CustodyKind, Grade};
use points_support::*;

/// Example 1: intake education, a month by the day, a cycle closed and rewarded.
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
