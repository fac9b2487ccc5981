//! What must hold whatever the case: stricter groups never get laxer limits, unknowns never turn into findings of their
//! own, violations never improve a verdict, and the order of rows changes nothing.

mod support;

use jxjs::checks::finding::Outcome;
use jxjs::checks::world::Settled;
use jxjs::model::{Change, Conduct, Declared, Proposal, Sentence, Term, Value, date};
use jxjs::review::Verdict;
use proptest::prelude::*;
use support::{World, d};

#[derive(Clone, Debug)]
struct Plan {
    years: u32,
    delivered: i64,
    applied_after: i64,
    months: u32,
    conduct: u8,
    earlier: Option<(i64, u32)>,
    life: bool,
}

fn plan() -> impl Strategy<Value = Plan> {
    (
        2u32..20,
        0i64..1500,
        100i64..3000,
        1u32..30,
        1u8..=4,
        proptest::option::of((200i64..1500, 1u32..18)),
        proptest::bool::weighted(0.25),
    )
        .prop_map(|(years, delivered, applied_after, months, conduct, earlier, life)| Plan {
            years,
            delivered,
            applied_after,
            months,
            conduct,
            earlier,
            life,
        })
}

fn build(plan: &Plan) -> World {
    let delivered = date::add_days(d("2017-03-01"), plan.delivered);
    let applied = date::add_days(delivered, plan.applied_after);
    let sentence = if plan.life { Sentence::Life } else { Sentence::Fixed(Term::of_years(plan.years)) };
    let mut world = World::new(sentence, &delivered.to_string());
    if let Some((after, months)) = plan.earlier
        && after < plan.applied_after
    {
        let change =
            if plan.life { Change::ToFixed(Term::of_years(22)) } else { Change::Reduce(Term::of_months(months)) };
        world = world.ruling(&date::add_days(delivered, after).to_string(), change);
    }
    let converted = plan.life && world.dossier.rulings.is_empty();
    let proposal = if converted {
        Proposal::ToFixed(Term::of_years(18 + plan.months % 6))
    } else {
        Proposal::Reduce(Term::of_months(plan.months))
    };
    let conduct: &[Conduct] = match plan.conduct {
        1 => &[Conduct::Repentance],
        2 => &[Conduct::Repentance, Conduct::Merit],
        3 => &[Conduct::MajorMerit],
        _ => &[Conduct::Repentance, Conduct::MajorMerit],
    };
    world.apply(applied, proposal, conduct)
}

fn is<T: Copy>(value: &Settled<T>) -> Option<T> {
    match value {
        Settled::Is(v) => Some(*v),
        _ => None,
    }
}

const RESTRICT: &[fn(World) -> World] = &[
    |w| w.declare(Declared::Recidivist),
    |w| w.with(|w| w.inmate().charges.set("抢劫罪".to_owned())),
    |w| w.corrupt(),
    |w| w.with(|w| w.inmate().charges.set("集资诈骗罪".to_owned())),
];

fn rank(verdict: Verdict) -> usize {
    Verdict::ALL.iter().position(|v| *v == verdict).expect("a verdict")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_stricter_group_never_gets_a_laxer_limit(plan in plan(), which in 0usize..RESTRICT.len()) {
        let general = build(&plan).review().limits.expect("limits");
        let strict = RESTRICT[which](build(&plan)).review().limits.expect("limits");
        if let (Some(a), Some(b)) = (is(&general.start), is(&strict.start)) {
            prop_assert!(b >= a, "start {a} became {b}");
        }
        if let (Some(a), Some(b)) = (is(&general.interval), is(&strict.interval)) {
            prop_assert!(b >= a, "interval {a} became {b}");
        }
        if let (Some(a), Some(b)) = (is(&general.cap), is(&strict.cap)) {
            prop_assert!(b <= a, "cap {a} became {b}");
        }
        if let (Some(a), Some(b)) = (is(&general.target), is(&strict.target)) {
            prop_assert!(b >= a, "target {a} became {b}");
        }
        prop_assert_eq!(is(&general.floor), is(&strict.floor));
    }

    #[test]
    fn adding_a_violation_never_improves_the_verdict(plan in plan()) {
        let before = build(&plan).review().verdict;
        let after = build(&plan).with(|w| w.inmate().remorse.set(false)).review().verdict;
        prop_assert!(rank(after) <= rank(before), "{before:?} became {after:?}");
        let after = build(&plan)
            .with(|w| w.app().proposal.set(Proposal::Reduce(Term::of_months(48))))
            .review()
            .verdict;
        prop_assert!(rank(after) <= rank(before) || plan.life, "{before:?} became {after:?}");
    }

    #[test]
    fn blanking_a_cell_never_creates_a_violation_and_never_clears_one_for_sure(plan in plan(), which in 0usize..9) {
        let blank: [fn(&mut World); 9] = [
            |w| w.inmate().delivered.value = Value::Empty,
            |w| w.inmate().recidivist.value = Value::Empty,
            |w| w.inmate().categories.value = Value::Empty,
            |w| w.inmate().remorse.value = Value::Empty,
            |w| w.inmate().term_start.value = Value::Empty,
            |w| w.inmate().effective.value = Value::Empty,
            |w| w.inmate().crime_date.value = Value::Empty,
            |w| w.inmate().health.value = Value::Empty,
            |w| if let Some(r) = w.dossier.rulings.first_mut() { r.served.value = Value::Empty },
        ];
        let full = build(&plan).review();
        let blanked = build(&plan).with(blank[which]).review();
        for finding in blanked.findings.iter().filter(|f| f.check.starts_with("reduction/")) {
            let before = full.findings.iter().find(|f| f.check == finding.check).map(|f| f.outcome);
            if finding.outcome == Outcome::Violation {
                prop_assert_eq!(before, Some(Outcome::Violation), "{} out of nothing", finding.check);
            }
        }
        for finding in full.findings.iter().filter(|f| f.check.starts_with("reduction/")) {
            if finding.outcome == Outcome::Violation {
                let after = blanked.findings.iter().find(|f| f.check == finding.check).map(|f| f.outcome);
                prop_assert!(after.is_some() && after != Some(Outcome::Pass), "{} cleared by a blank: {after:?}", finding.check);
            }
        }
    }

    #[test]
    fn the_order_of_rows_changes_nothing(plan in plan()) {
        let make = || build(&plan).ruling("2016-01-05", Change::RetrialUpheld);
        let straight = make().review();
        let mut world = make();
        world.dossier.rulings.reverse();
        world.dossier.awards.reverse();
        let turned = world.review();
        prop_assert_eq!(straight.verdict, turned.verdict);
        prop_assert_eq!(&straight.limits, &turned.limits);
        let outcomes = |r: &jxjs::review::CaseReview| r.findings.iter().map(|f| (f.check, f.outcome)).collect::<Vec<_>>();
        prop_assert_eq!(outcomes(&straight), outcomes(&turned));
    }
}
