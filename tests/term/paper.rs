//! paper/*: each outcome, and the day before, on and after.

use jxjs::checks::finding::Fact;
use jxjs::model::{
    AwardKind, Change, Conduct, CustodyKind as K, Declared, Health, Proposal, Sentence, Sex, SheetKind, Term, Value,
};

use crate::make::*;

fn month(text: &str) -> jxjs::model::Month {
    text.parse().unwrap_or_else(|_| panic!("bad month {text}"))
}

fn away(from: &str, to: &str) -> World {
    ill(fifteen(), from, to)
}

/// Outside for grave illness, then taken in again.
fn ill(world: World, from: &str, to: &str) -> World {
    let world = world.custody_for(K::OutsideExecution, from, to, "严重疾病");
    if to.is_empty() { world } else { world.custody_for(K::Recalled, to, to, "情形消失") }
}

// ---- no-intake, late-delivery -------------------------------------------------------------------------------------

#[test]
fn never_taken_in() {
    // Final on 2015-08-27: ten days to 2015-09-06, a Sunday that was worked; a month, then thirty days: 2015-11-05.
    let at = |day: &str| {
        World::new(fixed("P15Y"), "2015-09-26")
            .with(|w| w.inmate().delivered.value = Value::Empty)
            .with(|w| w.as_of = d(day))
    };
    for (day, expected) in [("2015-11-05", P), ("2015-11-06", R)] {
        says(&at(day), "paper/no-intake", expected);
    }
    says(&fifteen(), "paper/no-intake", P);
    let outside = at("2026-11-24").custody(K::OutsideExecution, "2015-09-26", "2016-09-25");
    says(&outside, "paper/no-intake", R);
    assert!(outside.finding("paper/no-intake").is_some_and(|f| f.message.contains("never inside")));
    // Only the detention centre is no intake, unless it serves what is left.
    let detained = at("2026-11-24").custody(K::DetentionCentre, "2015-03-10", "2015-12-31");
    says(&detained, "paper/no-intake", R);
    let suspended = at("2026-11-24").with(|w| {
        w.inmate().sentence.set(fixed("P3Y"));
        w.inmate().suspended.set(true);
    });
    says(&suspended, "paper/no-intake", None);
    let no_sheet = at("2026-11-24").with(|w| w.presence.sheets.retain(|s| *s != SheetKind::Custody));
    says(&no_sheet, "paper/no-intake", None);
}

#[test]
fn three_months_or_less_are_served_in_the_detention_centre() {
    // Final on 2015-08-27, so three months from 2015-09-06.
    let left = |end: &str| {
        World::new(fixed("P9M"), "2015-09-26")
            .with(|w| {
                w.inmate().delivered.value = Value::Empty;
                w.inmate().term_end.set(jxjs::model::End::On(d(end)));
            })
            .custody(K::DetentionCentre, "2015-03-10", end)
    };
    says(&left("2015-12-05"), "paper/no-intake", None);
    says(&left("2015-12-06"), "paper/no-intake", R);
    says(&left("2015-12-05"), "paper/late-delivery", None);
    says(&left("2015-12-05"), "paper/custody-gap", None);
    says(&left("2015-12-05"), "term/custody-credit", P);
}

#[test]
fn delivered_late() {
    // Final on 2015-08-27: the court's ten days end on 2015-09-06, the month on 2015-10-06.
    for (delivered, expected) in [("2015-10-05", P), ("2015-10-06", P), ("2015-10-07", R)] {
        let world = fifteen().with(|w| w.inmate().delivered.set(d(delivered)));
        says(&world, "paper/late-delivery", expected);
    }
    let finding = fifteen().with(|w| w.inmate().delivered.set(d("2015-10-16"))).finding("paper/late-delivery");
    assert_eq!(text(finding.as_ref(), "days"), "10");
    let blank = fifteen().with(|w| w.inmate().effective.value = Value::Empty);
    says(&blank, "paper/late-delivery", U);
    // The holidays of 1990 are not known: only what holds whatever they were.
    let old = |delivered: &str| {
        World::new(fixed("P15Y"), "1990-03-01").with(|w| {
            w.inmate().effective.set(d("1990-01-01"));
            w.inmate().delivered.set(d(delivered));
        })
    };
    for (delivered, expected) in [("1990-02-11", P), ("1990-02-12", U), ("1990-02-22", U), ("1990-02-23", R)] {
        says(&old(delivered), "paper/late-delivery", expected);
    }
    says(&World::new(Sentence::Detention(t("P5M")), "2015-09-26"), "paper/late-delivery", None);
}

// ---- custody-gap --------------------------------------------------------------------------------------------------

#[test]
fn two_days_in_no_interval_are_a_gap() {
    let gap = |next: &str| {
        World::new(fixed("P15Y"), "2015-09-26")
            .custody(K::DetentionCentre, "2015-03-10", "2015-09-25")
            .custody(K::Held, "2015-09-26", "2018-03-10")
            .custody(K::Transfer, next, next)
            .custody(K::Held, next, "")
    };
    for (next, expected) in [("2018-03-11", P), ("2018-03-12", P), ("2018-03-13", R)] {
        says(&gap(next), "paper/custody-gap", expected);
    }
    let finding = gap("2018-03-21").finding("paper/custody-gap");
    let facts = ["from", "to", "days"].map(|k| text(finding.as_ref(), k));
    assert_eq!(facts, ["2018-03-11", "2018-03-20", "10"]);
    says(&fifteen().no_custody(), "paper/custody-gap", None);
    // The record just stops: the export may be older, unless there is an application.
    let stops = || {
        World::new(fixed("P15Y"), "2015-09-26").custody(K::DetentionCentre, "2015-03-10", "2015-09-25").custody(
            K::Held,
            "2015-09-26",
            "2018-03-10",
        )
    };
    says(&stops(), "paper/custody-gap", U);
    let applied = stops().apply(d("2020-01-10"), Proposal::Reduce(Term::of_months(6)), &[Conduct::Repentance]);
    says(&applied, "paper/custody-gap", R);
    says(&stops().custody(K::Released, "2018-03-11", "2018-03-11"), "paper/custody-gap", P);
}

#[test]
fn a_return_without_recall_is_a_risk() {
    let back = |recall: bool| {
        let world = World::new(fixed("P15Y"), "2015-09-26")
            .custody(K::DetentionCentre, "2015-03-10", "2015-09-25")
            .custody(K::Held, "2015-09-26", "2018-03-09")
            .custody(K::OutsideExecution, "2018-03-10", "")
            .custody(K::Held, "2019-03-10", "");
        if recall { world.custody(K::Recalled, "2019-03-10", "2019-03-10") } else { world }
    };
    says(&back(false), "paper/custody-gap", R);
    says(&back(true), "paper/custody-gap", P);
    // Inside again only because the older row was left open.
    let silent = fifteen().custody_for(K::OutsideExecution, "2018-03-10", "2018-09-09", "严重疾病");
    says(&silent, "paper/custody-gap", U);
}

// ---- outside-share ------------------------------------------------------------------------------------------------

#[test]
fn a_third_outside_is_a_risk() {
    // 2015-03-10 to 2018-03-04: 1091 days; a third is 363 days and two thirds of a day.
    let world = |from: &str| away(from, "").with(|w| w.as_of = d("2018-03-04"));
    says(&world("2017-03-06"), "paper/outside-share", R); // 364 days
    says(&world("2017-03-07"), "paper/outside-share", P); // 363 days
    let said = world("2017-03-06").finding("paper/outside-share").expect("a finding").message;
    assert!(said.contains("33 %"), "{said}");
    // At least half a year.
    let short = |from: &str| {
        World::new(fixed("P15Y"), "2015-05-01")
            .dates("2015-03-10", "2030-03-09", "2015-05-01")
            .lawful()
            .custody(K::OutsideExecution, from, "")
            .with(|w| w.as_of = d("2015-11-30"))
    };
    says(&short("2015-06-03"), "paper/outside-share", R); // 181 days
    says(&short("2015-06-04"), "paper/outside-share", R); // 180 days
    says(&short("2015-06-05"), "paper/outside-share", P); // 179 days
    says(&fifteen(), "paper/outside-share", None);
    says(&fifteen().no_custody(), "paper/outside-share", U);
    let suspended = fifteen().no_custody().with(|w| w.inmate().suspended.set(true));
    says(&suspended, "paper/outside-share", None);
    // Days in hospital are guarded and shown apart.
    let hospital = fifteen().custody(K::Hospital, "2016-01-01", "").with(|w| w.as_of = d("2018-03-04"));
    says(&hospital, "paper/outside-share", None);
}

// ---- medical-parole-stage -----------------------------------------------------------------------------------------

#[test]
fn outside_under_life_is_for_pregnancy_and_nursing_only() {
    let life = |sex: Option<Sex>, reason: &str, from: &str| {
        World::new(Sentence::Life, "2010-01-10").lawful().custody_for(K::OutsideExecution, from, "", reason).with(|w| {
            match sex {
                Some(sex) => w.inmate().sex.set(sex),
                None => w.inmate().sex.value = Value::Empty,
            }
        })
    };
    let day = "2014-03-10";
    for (sex, reason, expected) in [
        (Some(Sex::Male), "严重疾病", V),
        (Some(Sex::Male), "", V),
        (Some(Sex::Female), "怀孕哺乳", P),
        (Some(Sex::Female), "", U),
        (Some(Sex::Female), "严重疾病", V),
        (None, "怀孕哺乳", U),
        (None, "严重疾病", V),
        (None, "", U),
    ] {
        says(&life(sex, reason, day), "paper/medical-parole-stage", expected);
    }
    for (from, expected) in [("2012-12-31", U), ("2013-01-01", V)] {
        says(&life(Some(Sex::Male), "严重疾病", from), "paper/medical-parole-stage", expected);
    }
    // From the day it became a fixed term it may be.
    let fixed = life(Some(Sex::Male), "严重疾病", "2014-03-10");
    says(&fixed.ruling("2014-03-10", Change::ToFixed(t("P19Y"))), "paper/medical-parole-stage", P);
    let later = life(Some(Sex::Male), "严重疾病", "2014-03-09").ruling("2014-03-10", Change::ToFixed(t("P19Y")));
    says(&later, "paper/medical-parole-stage", V);
    let reprieve = World::new(Sentence::Reprieve, "2014-01-10").lawful().custody_for(
        K::OutsideExecution,
        "2015-03-10",
        "",
        "怀孕哺乳",
    );
    says(&reprieve.with(|w| w.inmate().sex.set(Sex::Female)), "paper/medical-parole-stage", V);
    says(&fifteen(), "paper/medical-parole-stage", None);
    says(&away("2018-01-01", ""), "paper/medical-parole-stage", P);
}

// ---- medical-parole-early -----------------------------------------------------------------------------------------

/// A robber with twelve years from 2015-03-10: a third is served on 2019-03-10, from delivery on 2019-09-26.
fn robber(from: &str, reason: &str) -> World {
    World::new(fixed("P12Y"), "2015-09-26").lawful().with(|w| w.inmate().charges.set("抢劫罪".to_owned())).custody_for(
        K::OutsideExecution,
        from,
        "",
        reason,
    )
}

#[test]
fn grave_offenders_serve_a_third_first() {
    for (from, expected) in [("2019-03-09", V), ("2019-03-10", U), ("2019-09-25", U), ("2019-09-26", P)] {
        says(&robber(from, "严重疾病"), "paper/medical-parole-early", expected);
    }
    says(&robber("2018-01-01", "短期内有生命危险"), "paper/medical-parole-early", P);
    says(&robber("2018-01-01", "怀孕哺乳"), "paper/medical-parole-early", P);
    says(&robber("2018-01-01", ""), "paper/medical-parole-early", U);
    says(&robber("2018-01-01", "生活不能自理"), "paper/medical-parole-early", V);
    let disabled = robber("2018-01-01", "严重疾病").with(|w| w.inmate().health.set([Health::Disabled].into()));
    says(&disabled, "paper/medical-parole-early", R);
    // From sixty-five on, and up to the eighteenth birthday.
    for (birth, expected) in [("1953-01-02", V), ("1953-01-01", R), ("2000-01-01", V), ("2000-01-02", R)] {
        let old = robber("2018-01-01", "严重疾病").with(|w| w.inmate().birth.set(d(birth)));
        says(&old, "paper/medical-parole-early", expected);
    }
    let returned =
        robber("2018-01-01", "严重疾病").with(|w| w.dossier.custody.last_mut().expect("a row").to.set(d("2018-01-31")));
    let finding = returned.finding("paper/medical-parole-early").expect("a finding");
    assert_eq!(finding.facts.get("days"), Some(&Fact::Int(31)), "both days count");
    // Under ten years, or another crime.
    let nine = robber("2018-01-01", "严重疾病").with(|w| w.inmate().sentence.set(fixed("P9Y11M")));
    says(&nine, "paper/medical-parole-early", P);
    says(&away("2016-01-01", ""), "paper/medical-parole-early", P);
    let recidivist = away("2016-01-01", "").declare(Declared::Recidivist);
    says(&recidivist, "paper/medical-parole-early", V);
    // Duty crimes are approved strictly, but have no period.
    let bribery = away("2016-01-01", "").corrupt();
    says(&bribery, "paper/medical-parole-early", P);
}

#[test]
fn life_made_a_fixed_term_serves_seven_years_first() {
    let world = |from: &str| {
        World::new(Sentence::Life, "2010-01-10")
            .lawful()
            .with(|w| w.inmate().charges.set("故意杀人罪".to_owned()))
            .ruling("2012-06-20", Change::ToFixed(t("P19Y")))
            .custody_for(K::OutsideExecution, from, "", "严重疾病")
    };
    for (from, expected) in [("2019-06-19", V), ("2019-06-20", P)] {
        says(&world(from), "paper/medical-parole-early", expected);
    }
}

#[test]
fn before_december_2014_other_rules_applied() {
    let world = |from: &str| {
        World::new(fixed("P12Y"), "2012-09-26")
            .lawful()
            .with(|w| w.inmate().charges.set("抢劫罪".to_owned()))
            .custody_for(K::OutsideExecution, from, "", "严重疾病")
    };
    says(&world("2014-11-30"), "paper/medical-parole-early", U);
    says(&world("2014-12-01"), "paper/medical-parole-early", V);
}

// ---- medical-parole-renewal ---------------------------------------------------------------------------------------

#[test]
fn chains_of_renewals() {
    let twice = away("2018-01-01", "2018-03-31");
    says(&twice, "paper/medical-parole-renewal", P);
    let chain =
        |gap_day: &str| ill(ill(away("2018-01-01", "2018-03-31"), "2018-04-20", "2018-06-30"), gap_day, "2018-09-30");
    says(&chain("2018-07-30"), "paper/medical-parole-renewal", R);
    says(&chain("2018-07-31"), "paper/medical-parole-renewal", P);
    // A year in one go.
    says(&away("2018-01-01", "2018-12-30"), "paper/medical-parole-renewal", P);
    says(&away("2018-01-01", "2018-12-31"), "paper/medical-parole-renewal", R);
    // Open at the proposal for a year.
    let open = |applied: &str| {
        away("2018-01-01", "").apply(d(applied), Proposal::Reduce(Term::of_months(6)), &[Conduct::Repentance])
    };
    says(&open("2018-06-01"), "paper/medical-parole-renewal", P);
    says(&open("2019-01-01"), "paper/medical-parole-renewal", R);
    // Beyond the end of the term.
    let beyond = |to: &str| {
        World::new(fixed("P3Y"), "2015-09-26")
            .custody(K::DetentionCentre, "2015-03-10", "2015-09-25")
            .custody(K::Held, "2015-09-26", "2018-01-09")
            .custody_for(K::OutsideExecution, "2018-01-10", to, "严重疾病")
    };
    says(&beyond("2018-03-09"), "paper/medical-parole-renewal", P);
    says(&beyond("2018-03-10"), "paper/medical-parole-renewal", R);
    says(&fifteen(), "paper/medical-parole-renewal", None);
}

#[test]
fn a_diagnosis_is_valid_three_months() {
    let diagnosed = |note: &str| {
        away("2018-01-01", "2018-03-31").with(|w| {
            for row in w.dossier.custody.iter_mut().filter(|r| r.kind.get() == Some(K::OutsideExecution)) {
                row.note.set(note.to_owned());
            }
        })
    };
    says(&diagnosed("诊断日期2017-10-01"), "paper/medical-parole-renewal", P);
    says(&diagnosed("诊断日期2017-09-30"), "paper/medical-parole-renewal", R);
}

// ---- home-leave-early ---------------------------------------------------------------------------------------------

#[test]
fn home_leave_after_half_of_the_term() {
    // Half of fifteen years from 2015-03-10 is served on 2022-09-10.
    let leave = |from: &str, to: &str| fifteen().custody(K::HomeLeave, from, to);
    for (from, to, expected) in [
        ("2022-09-09", "2022-09-12", V),
        ("2022-09-10", "2022-09-14", P),
        ("2022-09-10", "2022-09-16", P),
        ("2022-09-10", "2022-09-17", R),
        ("2022-09-10", "", R),
    ] {
        says(&leave(from, to), "paper/home-leave-early", expected);
    }
    let life = World::new(Sentence::Life, "2010-01-10").lawful().custody(K::HomeLeave, "2014-01-01", "2014-01-05");
    says(&life, "paper/home-leave-early", V);
    let converted = |from: &str, to: &str| {
        World::new(Sentence::Life, "2010-01-10").lawful().ruling("2012-06-20", Change::ToFixed(t("P20Y"))).custody(
            K::HomeLeave,
            from,
            to,
        )
    };
    says(&converted("2022-06-19", "2022-06-22"), "paper/home-leave-early", U);
    says(&converted("2022-06-20", "2022-06-23"), "paper/home-leave-early", P);
    says(&fifteen(), "paper/home-leave-early", None);
}

// ---- uncounted-time -----------------------------------------------------------------------------------------------

#[test]
fn escape_from_service_outside_does_not_count() {
    // Escaped from 2018-04-01 to 2018-04-10: ten days.
    let world = |current: &str| {
        fifteen()
            .custody_for(K::OutsideExecution, "2018-01-01", "2018-03-31", "严重疾病")
            .custody(K::Escape, "2018-04-01", "2018-04-10")
            .custody(K::Recalled, "2018-04-11", "2018-04-11")
            .current(current)
    };
    says(&world("2030-03-09"), "paper/uncounted-time", V);
    says(&world("2030-03-19"), "paper/uncounted-time", P);
    says(&world("2030-03-19"), "term/current-end", P);
    // Either end day of the escape may or may not be counted.
    for (current, expected) in [("2030-03-17", V), ("2030-03-18", P), ("2030-03-20", P)] {
        says(&world(current), "paper/uncounted-time", expected);
    }
    // Not seen again after the end of the time outside: the time outside is what was escaped from.
    let late = World::new(fixed("P15Y"), "2015-09-26")
        .custody(K::DetentionCentre, "2015-03-10", "2015-09-25")
        .custody(K::Held, "2015-09-26", "2017-12-31")
        .custody_for(K::OutsideExecution, "2018-01-01", "2018-03-31", "严重疾病")
        .custody(K::Escape, "2018-04-05", "2018-04-10")
        .custody(K::Held, "2018-04-11", "");
    says(&late.current("2030-03-09"), "paper/uncounted-time", V);
    // From prison no clause says so expressly, unless a judgment settles it.
    let prison = |current: &str| {
        fifteen()
            .custody(K::Escape, "2018-04-01", "2018-04-10")
            .custody(K::Recalled, "2018-04-11", "2018-04-11")
            .current(current)
    };
    says(&prison("2030-03-09"), "paper/uncounted-time", U);
    says(&prison("2030-03-19"), "paper/uncounted-time", P);
    says(&fifteen(), "paper/uncounted-time", None);
    says(&away("2018-01-01", "2018-03-31"), "paper/uncounted-time", None);
}

#[test]
fn recalled_as_unfit_without_a_ruling_is_open() {
    let world = fifteen().custody_for(K::OutsideExecution, "2018-01-01", "2018-10-01", "严重疾病").custody_for(
        K::Recalled,
        "2018-10-01",
        "2018-10-01",
        "不符合条件",
    );
    says(&world, "paper/uncounted-time", U);
    let ruled = world.ruling("2019-01-10", Change::NotCounted(t("P9M"))).current("2030-12-09");
    says(&ruled, "paper/uncounted-time", P);
}

// ---- reduction-while-outside --------------------------------------------------------------------------------------

#[test]
fn reduced_while_outside() {
    let ruled = |day: &str| away("2018-01-10", "2018-03-31").ruling(day, less(6));
    for (day, expected) in [("2018-01-09", P), ("2018-01-10", R), ("2018-03-30", R), ("2018-03-31", P)] {
        says(&ruled(day), "paper/reduction-while-outside", expected);
    }
    let period = |from: &str, to: &str| {
        away("2018-01-10", "2018-03-31")
            .apply(d("2019-06-10"), Proposal::Reduce(Term::of_months(6)), &[Conduct::Repentance])
            .with(|w| {
                w.app().period_from.set(d(from));
                w.app().period_to.set(d(to));
            })
    };
    says(&period("2017-01-01", "2019-03-31"), "paper/reduction-while-outside", R);
    says(&period("2018-02-15", "2019-03-31"), "paper/reduction-while-outside", P);
    says(&fifteen().ruling("2018-02-01", less(6)), "paper/reduction-while-outside", None);
}

// ---- fit-before-outside -------------------------------------------------------------------------------------------

#[test]
fn full_labour_before_or_after() {
    let months = ["2023-01", "2023-02", "2023-03"];
    let worked =
        |base: i64, bonus: i64| months.iter().fold(away("2023-04-10", "2023-09-10"), |w, m| w.labour(m, base, bonus));
    says(&worked(30, 5), "paper/fit-before-outside", R);
    says(&worked(30, 0), "paper/fit-before-outside", P);
    says(&worked(20, 5), "paper/fit-before-outside", P);
    says(&worked(30, 5).custody(K::Hospital, "2023-01-01", "2023-01-10"), "paper/fit-before-outside", P);
    says(&worked(30, 5).custody(K::Hospital, "2023-01-01", "2023-01-09"), "paper/fit-before-outside", R);
    says(&worked(30, 5).custody(K::Hospital, "2023-01-10", "2023-03-20"), "paper/fit-before-outside", P);
    let unable = worked(10, 0).with(|w| w.inmate().health.set([Health::UnableToWork].into()));
    says(&unable, "paper/fit-before-outside", R);
    says(&worked(0, 0).labour("2023-10", 30, 0), "paper/fit-before-outside", R);
    says(&worked(0, 0).labour("2023-11", 30, 0), "paper/fit-before-outside", P);
    let pregnant = months.iter().fold(fifteen(), |w, m| w.labour(m, 30, 5)).custody_for(
        K::OutsideExecution,
        "2023-04-10",
        "2023-09-10",
        "怀孕哺乳",
    );
    says(&pregnant, "paper/fit-before-outside", None);
    says(&fifteen(), "paper/fit-before-outside", None);
}

// ---- impossible-record --------------------------------------------------------------------------------------------

#[test]
fn records_on_days_outside() {
    let award = |day: &str| away("2022-01-10", "2022-03-31").award(AwardKind::Commendation, day);
    for (day, expected) in
        [("2022-01-09", P), ("2022-01-10", V), ("2022-03-30", V), ("2022-03-31", P), ("2015-09-25", U)]
    {
        says(&award(day), "paper/impossible-record", expected);
    }
    let old = away("2020-01-10", "2020-03-31").award(AwardKind::Commendation, "2020-02-10");
    says(&old, "paper/impossible-record", U);
    // A month counts only if all of it was outside; it may be the settling of an account.
    says(&away("2022-01-10", "2022-03-31").spend("2022-01", 300), "paper/impossible-record", P);
    says(&away("2022-01-10", "2022-03-31").spend("2022-02", 300), "paper/impossible-record", R);
    says(&away("2022-01-10", "2022-03-31").spend("2022-02", 0), "paper/impossible-record", P);
    // A grade decided later, of a cycle that was all outside.
    let cycle = |from: &str| {
        away("2022-01-01", "2022-07-05").award(AwardKind::Commendation, "2022-08-10").with(|w| {
            if let Some(award) = w.dossier.awards.last_mut() {
                award.cycle_from.set(month(from));
                award.cycle_to.set(month("2022-06"));
            }
        })
    };
    says(&cycle("2022-01"), "paper/impossible-record", V);
    says(&cycle("2021-12"), "paper/impossible-record", P);
    // Taken back for another case is not outside.
    let taken =
        fifteen().custody(K::TakenBack, "2022-01-10", "2022-03-31").award(AwardKind::Commendation, "2022-02-10");
    says(&taken, "paper/impossible-record", P);
    let released = World::new(fixed("P15Y"), "2015-09-26")
        .custody(K::DetentionCentre, "2015-03-10", "2015-09-25")
        .custody(K::Held, "2015-09-26", "2022-05-01")
        .custody(K::Parole, "2022-05-02", "")
        .ruling("2022-05-01", Change::Parole);
    says(&released.award(AwardKind::Warning, "2023-01-10"), "paper/impossible-record", V);
}

// ---- duplicate-identity -------------------------------------------------------------------------------------------

#[test]
fn one_identity_under_two_numbers() {
    // Composed for the test: region 110101, born 1990-03-07.
    const NUMBER: &str = "110101199003078777";
    let number = jxjs::checks::identity::normalise(NUMBER).unwrap_or_default();
    let twin = |id: &str, start: &str, end: &str| {
        let mut other = World::new(fixed("P5Y"), "2010-09-26").dates(start, end, start).dossier;
        other.no = "2002".to_owned();
        if let Some(inmate) = other.inmate.as_mut() {
            inmate.no.set("2002".to_owned());
            inmate.name.set("测试乙".to_owned());
            inmate.id_number.set(id.to_owned());
        }
        fifteen().with(|w| w.inmate().id_number.set(number.clone())).with(|w| w.others.push(other))
    };
    says(&twin(&number, "2016-01-01", "2020-12-31"), "paper/duplicate-identity", R);
    let at_once = twin(&number, "2016-01-01", "2020-12-31").finding("paper/duplicate-identity");
    assert!(at_once.is_some_and(|f| f.message.contains("two terms at once")));
    let after = twin(&number, "2008-01-01", "2012-12-31").finding("paper/duplicate-identity");
    assert!(after.is_some_and(|f| !f.message.contains("two terms at once")));
    says(&twin("", "2016-01-01", "2020-12-31"), "paper/duplicate-identity", P);
    // Placeholders are nobody's.
    let zeros = "000000000000000000";
    let placeholder = twin(zeros, "2016-01-01", "2020-12-31").with(|w| w.inmate().id_number.set(zeros.to_owned()));
    says(&placeholder, "paper/duplicate-identity", P);
    // The same name and birth date.
    let name = twin("", "2016-01-01", "2020-12-31").with(|w| {
        if let Some(inmate) = w.others[0].inmate.as_mut() {
            inmate.name.set("测试甲".to_owned());
        }
    });
    says(&name, "paper/duplicate-identity", R);
}
