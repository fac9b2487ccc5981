//! The published cases and the known mechanisms, each with its lawful twin. Facts only; persons are invented, and so are dates
//! that were not published.

use jxjs::model::{
    Change, Conduct, CustodyKind as K, NewCrimeKind, PropertyItem, PropertyKind, Proposal, Rights, Sentence, Term,
};

use crate::make::*;

#[test]
fn p1_life_made_nineteen_years_and_twice_reduced() {
    let world = |current: &str| {
        World::new(Sentence::Life, "2008-09-26")
            .with(|w| {
                w.inmate().charges.set("故意伤害罪".to_owned());
                w.inmate().judged.set(d("2008-06-19"));
                w.inmate().effective.set(d("2008-08-27"));
                let mut item = PropertyItem::blank(1);
                item.kind.set(PropertyKind::CivilDamages);
                w.dossier.property.push(item);
            })
            .lawful()
            .ruling("2011-02-21", Change::ToFixed(t("P19Y")))
            .with(|w| w.dossier.rulings[0].rights.set(Rights::For(t("P7Y"))))
            .ruling("2014-06-30", less(14))
            .end_recorded("2028-12-20")
            .apply(d("2017-03-27"), Proposal::Reduce(Term::of_months(8)), &[Conduct::Repentance])
            .with(|w| {
                w.app().ruled.set(d("2017-04-25"));
                w.app().result.set(less(8));
            })
            .current(current)
    };
    says(&world("2028-04-20"), "term/current-end", P);
    says(&world("2028-04-19"), "term/current-end", V);
    assert_eq!(world("2028-04-20").outcome("reduction/interval"), P);
    assert_eq!(world("2028-04-20").outcome("reduction/property"), U);
    // Fourteen months on unknown conduct, under either old rule.
    says(&world("2028-04-20"), "term/history", U);
}

#[test]
fn p2_eight_years_first_reduction() {
    let world = World::new(fixed("P8Y"), "2015-06-01")
        .dates("2014-12-25", "2022-12-24", "2015-06-01")
        .lawful()
        .apply(d("2018-07-05"), Proposal::Reduce(Term::of_months(6)), &[Conduct::Repentance])
        .with(|w| {
            w.app().ruled.set(d("2018-07-19"));
            w.app().result.set(less(6));
        })
        .current("2022-06-24");
    let review = world.review();
    for family in ["term/", "paper/", "reduction/"] {
        for f in review.findings.iter().filter(|f| f.check.starts_with(family)) {
            assert_ne!(Some(f.outcome), V, "{}: {}", f.check, f.message);
        }
    }
    says(&world, "term/current-end", P);
}

#[test]
fn p3_fourteen_years_in_the_period_of_2012() {
    let world = |current: &str| {
        World::new(fixed("P14Y"), "2011-10-01")
            .dates("2011-04-06", "2025-04-05", "2011-10-01")
            .lawful()
            .ruling("2014-05-20", less(18))
            .apply(d("2016-06-17"), Proposal::Reduce(Term::of_months(12)), &[Conduct::Repentance])
            .with(|w| {
                w.app().ruled.set(d("2016-07-20"));
                w.app().result.set(less(12));
            })
            .current(current)
    };
    says(&world("2022-10-05"), "term/current-end", P);
    says(&world("2022-10-04"), "term/current-end", V);
    assert_ne!(world("2022-10-05").outcome("term/history"), V);
}

#[test]
fn p6_a_day_at_a_months_end_is_no_error() {
    let world = |current: &str| {
        World::new(fixed("P13Y"), "2014-10-01")
            .dates("2014-03-31", "2027-03-30", "2014-10-01")
            .lawful()
            .ruling("2017-05-20", less(8))
            .end_recorded("2026-07-30")
            .ruling("2019-01-20", less(8))
            .end_recorded("2025-11-30")
            .ruling("2021-01-20", less(8))
            .current(current)
    };
    for (current, expected) in [("2025-03-29", V), ("2025-03-30", P), ("2025-03-31", P), ("2025-04-01", V)] {
        says(&world(current), "term/current-end", expected);
    }
}

#[test]
fn p8_seven_years_reduced_by_nine_months() {
    let world = World::new(fixed("P7Y"), "2014-12-23")
        .dates("2014-02-12", "2021-02-11", "2014-12-23")
        .lawful()
        .ruling("2017-03-30", less(9))
        .current("2020-05-11");
    says(&world, "term/current-end", P);
}

#[test]
fn p9_ten_months_got_by_fraud_do_not_count() {
    let world = |current: &str| {
        World::new(fixed("P3Y"), "2024-02-01")
            .dates("2024-01-23", "2027-01-22", "2024-02-01")
            .custody(K::DetentionCentre, "2024-01-23", "2024-01-31")
            .custody(K::Held, "2024-02-01", "2024-02-06")
            .custody_for(K::OutsideExecution, "2024-02-07", "2024-12-05", "严重疾病")
            .custody_for(K::Recalled, "2024-12-06", "2024-12-06", "不符合条件")
            .custody(K::Held, "2024-12-06", "")
            .ruling("2025-03-01", Change::NotCounted(Term::of_days(303)))
            .current(current)
    };
    says(&world("2027-11-21"), "term/current-end", P);
    says(&world("2027-11-21"), "paper/uncounted-time", P);
    says(&world("2027-01-22"), "term/current-end", V);
    says(&world("2027-01-22"), "paper/uncounted-time", V);
}

/// P10: sixteen years from 2009-04-01, outside again and again.
fn p10(current: &str) -> World {
    World::new(fixed("P16Y"), "2010-11-25")
        .with(|w| w.inmate().charges.set("贪污罪".to_owned()))
        .dates("2009-04-01", "2025-03-31", "2010-11-25")
        .custody(K::DetentionCentre, "2009-04-01", "2010-11-24")
        .custody(K::Held, "2010-11-25", "2013-09-26")
        .custody_for(K::OutsideExecution, "2013-09-27", "2014-03-24", "严重疾病")
        .custody_for(K::OutsideExecution, "2014-03-25", "2014-05-18", "严重疾病")
        .custody_for(K::OutsideExecution, "2014-05-19", "2014-11-19", "严重疾病")
        .custody_for(K::OutsideExecution, "2014-11-20", "2015-05-14", "严重疾病")
        .custody_for(K::OutsideExecution, "2015-05-15", "2017-10-09", "严重疾病")
        .custody_for(K::Recalled, "2017-10-10", "2017-10-10", "不符合条件")
        .custody(K::Held, "2017-10-10", "")
        .ruling("2023-07-18", Change::NotCounted(t("P4Y12D")))
        .current(current)
}

#[test]
fn p10_four_years_outside_do_not_count() {
    let lawful = p10("2029-04-12");
    says(&lawful, "term/current-end", P);
    says(&lawful, "paper/uncounted-time", P);
    says(&lawful, "paper/medical-parole-renewal", R);
    says(&lawful, "paper/medical-parole-stage", P);
    // Duty crimes have no period to serve first; what began before December 2014 is for people to judge.
    says(&lawful, "paper/medical-parole-early", U);
    let at_recall = p10("2025-03-31").with(|w| w.as_of = d("2017-10-10"));
    says(&at_recall, "paper/outside-share", R);
    let counted = p10("2025-03-31");
    says(&counted, "term/current-end", V);
    assert_eq!(counted.cause("term/current-end"), "excluded-time-ignored");
    says(&counted, "paper/uncounted-time", V);
}

/// P11: a retrial voids the reduction, and the rest is served nine years later.
fn p11(current: &str) -> World {
    World::new(fixed("P4Y6M"), "2012-12-06")
        .dates("2011-11-01", "2016-04-30", "2012-12-06")
        .custody(K::DetentionCentre, "2011-11-01", "2012-12-05")
        .custody(K::Held, "2012-12-06", "2015-04-30")
        .custody(K::Released, "2015-04-30", "2015-04-30")
        .custody(K::Recalled, "2024-02-02", "2024-02-02")
        .custody(K::Held, "2024-02-02", "2025-08-01")
        .custody(K::Released, "2025-08-01", "2025-08-01")
        .ruling("2015-03-31", less(12))
        .end_recorded("2015-04-30")
        .ruling("2024-01-22", Change::RetrialChanged(fixed("P5Y")))
        .start_recorded("2024-02-02")
        .current(current)
}

#[test]
fn p11_reductions_voided_by_retrial() {
    let lawful = p11("2025-08-01");
    says(&lawful, "term/current-end", P);
    says(&lawful, "term/void-reduction", P);
    // Released in 2015 by the rulings of that time: lawful then.
    says(&lawful, "term/released-early", P);
    let carried = p11("2024-08-01");
    says(&carried, "term/void-reduction", V);
    says(&carried, "term/current-end", V);
}

#[test]
fn p12_a_revoked_ruling_is_an_event() {
    let world = |current: &str| {
        World::new(fixed("P15Y"), "2013-04-03")
            .dates("2012-07-06", "2027-07-05", "2013-04-03")
            .lawful()
            .ruling("2016-05-06", less(8))
            .ruling("2022-06-27", less(2))
            .ruling("2024-03-26", Change::ReductionRevoked { case_no: None, date: Some(d("2022-06-27")) })
            .current(current)
    };
    says(&world("2026-11-05"), "term/current-end", P);
    says(&world("2026-11-05"), "term/void-reduction", P);
    says(&world("2026-09-05"), "term/void-reduction", V);
    assert_eq!(world("2026-09-05").cause("term/current-end"), "revoked-reduction-kept");
}

#[test]
fn p13_custody_counts_towards_the_half() {
    let world = World::new(fixed("P3Y"), "2023-06-20")
        .dates("2021-11-06", "2024-11-05", "2023-06-20")
        .custody(K::DetentionCentre, "2021-11-06", "2023-06-19")
        .custody(K::Held, "2023-06-20", "2024-10-05")
        .custody(K::Released, "2024-10-05", "2024-10-05")
        .ruling("2024-08-30", less(1))
        .current("2024-10-05");
    says(&world, "term/current-end", P);
    says(&world, "term/released-early", P);
    says(&world, "term/end-date", P);
    // The start counts from delivery: less than a year and two months then, and a year is needed.
    assert_ne!(world.outcome("term/history"), V);
}

#[test]
fn p14_a_suspended_sentence_is_generally_not_reduced() {
    let world = |ruled: &str| {
        World::new(fixed("P3Y"), "2010-02-01")
            .with(|w| {
                w.inmate().charges.set("受贿罪".to_owned());
                w.inmate().suspended.set(true);
                w.inmate().delivered.value = jxjs::model::Value::Empty;
            })
            .ruling(ruled, less(6))
    };
    // In 2013 "generally" only; from 2017 by the rules in force.
    says(&world("2013-02-07"), "term/history", R);
    says(&world("2017-02-07"), "term/history", V);
}

#[test]
fn p15_two_years_without_a_decision() {
    let world = World::new(fixed("P5Y"), "2011-05-10")
        .with(|w| w.inmate().charges.set("保险诈骗罪".to_owned()))
        .dates("2011-05-10", "2016-05-09", "2011-05-10")
        .with(|w| {
            w.inmate().judged.set(d("2010-09-16"));
            w.inmate().effective.set(d("2010-10-01"));
        })
        .custody(K::Held, "2011-05-10", "2011-05-16")
        .custody_for(K::OutsideExecution, "2011-05-17", "2012-05-16", "严重疾病")
        .custody_for(K::OutsideExecution, "2014-07-29", "2015-01-15", "严重疾病")
        .custody_for(K::Recalled, "2015-01-16", "2015-01-16", "情形消失")
        .custody(K::Held, "2015-01-16", "");
    says(&world, "paper/medical-parole-renewal", R);
    says(&world, "paper/custody-gap", R);
    says(&world, "paper/late-delivery", R);
    let finding = world.finding("paper/custody-gap");
    assert_eq!(text(finding.as_ref(), "from"), "2012-05-17");
    assert_eq!(text(finding.as_ref(), "to"), "2014-07-28");
    let excluded = world.ruling("2015-06-01", Change::NotCounted(t("P2Y"))).current("2018-05-09");
    says(&excluded, "term/current-end", P);
}

// ---- mechanisms ---------------------------------------------------------------------------------------------------

#[test]
fn m1_judgment_then_home() {
    let home = World::new(fixed("P14Y"), "2005-09-26")
        .with(|w| w.inmate().delivered.value = jxjs::model::Value::Empty)
        .custody_for(K::OutsideExecution, "2005-09-26", "2006-09-25", "严重疾病")
        .custody(K::Released, "2019-03-09", "2019-03-09");
    says(&home, "paper/no-intake", R);
    says(&home, "paper/medical-parole-renewal", R);
    let twin = World::new(fixed("P14Y"), "2005-09-26")
        .custody(K::DetentionCentre, "2005-03-10", "2005-09-25")
        .custody(K::Held, "2005-09-26", "2019-03-09")
        .custody(K::Released, "2019-03-09", "2019-03-09");
    says(&twin, "paper/no-intake", P);
    says(&twin, "paper/custody-gap", P);
    says(&twin, "term/released-early", P);
}

#[test]
fn m2_out_forty_nine_days_after_becoming_a_fixed_term() {
    let base = |out: bool| {
        let world = World::new(Sentence::Reprieve, "2006-01-10")
            .lawful()
            .with(|w| w.inmate().charges.set("故意杀人罪".to_owned()))
            .ruling("2007-12-20", Change::ToLife)
            .ruling("2015-03-01", Change::ToFixed(t("P15Y")));
        if !out {
            return world;
        }
        ["2015-04-19", "2015-10-19", "2016-04-19", "2016-10-19", "2017-04-19", "2017-10-19", "2018-04-19"]
            .windows(2)
            .fold(world, |w, pair| {
                let last = d(pair[1]).pred_opt().unwrap_or_default().to_string();
                w.custody_for(K::OutsideExecution, pair[0], &last, "严重疾病")
            })
            .custody_for(K::Recalled, "2018-04-19", "2018-04-19", "情形消失")
    };
    let world = base(true);
    says(&world, "paper/medical-parole-early", V);
    says(&world, "paper/medical-parole-renewal", R);
    says(&world, "paper/medical-parole-stage", P);
    assert_eq!(text(world.finding("paper/medical-parole-renewal").as_ref(), "links"), "6");
    says(&base(false), "paper/medical-parole-early", None);
}

#[test]
fn m3_and_m4_not_one_day_inside() {
    let world = |inside: bool| {
        let world = World::new(fixed("P12Y"), "2012-09-26");
        if inside { world.lawful() } else { world.custody_for(K::OutsideExecution, "2012-08-12", "", "严重疾病") }
    };
    says(&world(false), "paper/no-intake", R);
    says(&world(false), "paper/outside-share", R);
    says(&world(true), "paper/no-intake", P);
}

#[test]
fn m7_eight_reductions_and_three_months_that_no_ruling_took_off() {
    let days = [
        "2009-03-10",
        "2010-05-10",
        "2011-07-10",
        "2012-09-10",
        "2013-10-10",
        "2014-12-10",
        "2016-03-10",
        "2019-02-10",
    ];
    let world = |current: &str| {
        let world = World::new(Sentence::Life, "2004-01-10").lawful().ruling("2008-01-10", Change::ToFixed(t("P19Y")));
        days.iter().fold(world, |w, day| w.ruling(day, less(9))).current(current)
    };
    // Nineteen years from 2008-01-10 less seventy-two months: 2021-01-09.
    says(&world("2021-01-09"), "term/current-end", P);
    let short = world("2020-10-09");
    says(&short, "term/current-end", V);
    let finding = short.finding("term/current-end");
    assert_eq!(text(finding.as_ref(), "expected"), "2021-01-09");
    assert_eq!(text(finding.as_ref(), "days"), "92");
    // Two years must lie between two reductions from 2017 on.
    let days = ["2017-02-10", "2018-04-10"];
    let after = World::new(Sentence::Life, "2008-01-10").lawful().ruling("2012-01-10", Change::ToFixed(t("P19Y")));
    says(&days.iter().fold(after, |w, day| w.ruling(day, less(9))), "term/history", V);
}

#[test]
fn m5_an_escape_or_crime_outside_restarts_what_was_left() {
    let world = fifteen().ruling("2018-06-20", less(8)).crime(NewCrimeKind::NewCrime, "2021-05-10", |c| {
        c.crime_date.set(d("2020-12-01"));
        c.intentional.set(true);
        c.sentence.set(fixed("P3Y"));
        c.decided.set(fixed("P12Y"));
        c.new_start.set(d("2021-05-10"));
        c.new_end.set(jxjs::model::End::On(d("2033-05-09")));
    });
    says(&world.current("2033-05-09"), "term/current-end", P);
}
