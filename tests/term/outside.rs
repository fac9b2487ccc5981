//! paper/*: the days on which each figure turns, and the records that look like something else.

use jxjs::checks::finding::Fact;
use jxjs::model::{
    AwardKind, Change, CountTerm, CustodyKind as K, End, Health, NewCrime, NewCrimeKind, Sentence, SheetKind, Value,
};

use crate::make::*;

fn rows(world: World, list: &[(K, &str, &str)]) -> World {
    list.iter().fold(world, |w, (kind, from, to)| w.custody(*kind, from, to))
}

/// Fifteen years, ill outside between two days, then taken in again.
fn ill(from: &str, to: &str) -> World {
    let world = fifteen().custody_for(K::OutsideExecution, from, to, "严重疾病");
    if to.is_empty() { world } else { world.custody(K::Recalled, to, to) }
}

// ---- no-intake ----------------------------------------------------------------------------------------------------

#[test]
fn a_short_term_never_taken_in_may_be_suspended() {
    let world = |term: &str, suspended: bool| {
        World::new(fixed(term), "2015-09-26").with(|w| {
            w.inmate().delivered.value = Value::Empty;
            if !suspended {
                w.inmate().suspended.value = Value::Empty;
            }
        })
    };
    for (term, known, expected) in [("P3Y", false, U), ("P3Y1M", false, R), ("P3Y", true, R)] {
        says(&world(term, known), "paper/no-intake", expected);
    }
}

/// Final on 2015-08-27, so the court's ten days are over on 2015-09-06.
#[test]
fn the_detention_centre_serves_what_is_left_only_where_its_row_covers_it() {
    let left = |end: &str, kind: K, from: &str, to: &str| {
        World::new(fixed("P9M"), "2015-09-26")
            .with(|w| {
                w.inmate().delivered.value = Value::Empty;
                w.inmate().term_end.set(End::On(d(end)));
            })
            .custody(kind, from, to)
    };
    let centre = K::DetentionCentre;
    for (end, kind, from, to, expected) in [
        ("2015-12-05", centre, "2015-03-10", "2015-09-05", R),
        ("2015-12-05", centre, "2015-03-10", "2015-09-06", None),
        ("2015-12-05", centre, "2015-03-10", "2015-12-04", None),
        ("2015-12-05", centre, "2015-03-10", "", None),
        ("2015-12-05", centre, "2015-09-06", "2015-12-05", None),
        ("2015-12-05", centre, "2015-09-07", "2015-12-05", R),
        ("2015-12-05", K::Bail, "2015-03-10", "2015-12-05", R),
        // Over before those ten days are: up to the last day, on which release is lawful.
        ("2015-09-01", centre, "2015-03-10", "2015-08-30", R),
        ("2015-09-01", centre, "2015-03-10", "2015-08-31", None),
        ("2015-09-01", centre, "2015-03-10", "2015-09-01", None),
    ] {
        let world = left(end, kind, from, to);
        assert_eq!(world.outcome("paper/no-intake"), expected, "{end} {kind:?} {from} {to}");
    }
}

/// Until 2012 a year or less was served there.
#[test]
fn before_2013_the_detention_centre_served_a_year() {
    for (judged, expected) in [("2012-12-31", None), ("2013-01-01", R)] {
        let world = World::new(fixed("P1Y3M"), "2013-03-01").custody(K::DetentionCentre, "2012-08-13", "");
        let world = world.with(|w| {
            w.inmate().delivered.value = Value::Empty;
            w.inmate().judged.set(d(judged));
        });
        says(&world, "paper/no-intake", expected);
    }
}

// ---- custody-gap, outside-share -----------------------------------------------------------------------------------

#[test]
fn only_an_older_row_left_open_hides_a_return() {
    let world = |held: &str| {
        rows(
            World::new(fixed("P15Y"), "2015-09-26"),
            &[
                (K::DetentionCentre, "2015-03-10", "2015-09-25"),
                (K::Held, "2015-09-26", "2017-12-31"),
                (K::OutsideExecution, "2018-01-01", "2018-03-31"),
                (K::Held, held, ""),
            ],
        )
    };
    says(&world("2017-12-31"), "paper/custody-gap", U);
    says(&world("2018-01-01"), "paper/custody-gap", P);
}

#[test]
fn no_share_of_a_term_that_has_not_begun() {
    let world = fifteen().custody(K::OutsideExecution, "2016-06-03", "");
    for day in ["2015-03-08", "2015-03-09", "2015-03-10"] {
        let world = World { as_of: d(day), ..fifteen().custody(K::OutsideExecution, "2016-06-03", "") };
        says(&world, "paper/outside-share", P);
    }
    says(&world, "paper/outside-share", R);
}

// ---- medical-parole-early -----------------------------------------------------------------------------------------

fn robber(term: &str, charges: &str) -> World {
    World::new(fixed(term), "2015-09-26").lawful().with(|w| w.inmate().charges.set(charges.to_owned())).custody_for(
        K::OutsideExecution,
        "2018-01-01",
        "",
        "严重疾病",
    )
}

#[test]
fn ten_years_are_included() {
    for (term, expected) in [("P9Y11M", P), ("P10Y", V)] {
        says(&robber(term, "抢劫罪"), "paper/medical-parole-early", expected);
    }
}

#[test]
fn ten_years_for_the_violent_count_or_for_all_together() {
    let counts = |list: &[(&str, &str)]| {
        let terms = list.iter().map(|(charge, term)| CountTerm { charge: (*charge).to_owned(), sentence: fixed(term) });
        let terms: Vec<CountTerm> = terms.collect();
        robber("P12Y", "抢劫罪、盗窃罪").with(|w| w.inmate().count_terms.set(terms))
    };
    for (list, expected) in [
        (&[("抢劫罪", "P9Y11M"), ("盗窃罪", "P4Y")][..], U),
        (&[("抢劫罪", "P10Y"), ("盗窃罪", "P4Y")], V),
        (&[("抢劫罪", "P11Y"), ("盗窃罪", "P4Y")], V),
        // The violent count is not among those given.
        (&[("盗窃罪", "P4Y")], V),
        // A charge that the list does not know may be the violent one.
        (&[("某某罪", "P9Y"), ("盗窃罪", "P4Y")], U),
        (&[("某某罪", "P10Y"), ("盗窃罪", "P4Y")], V),
    ] {
        says(&counts(list), "paper/medical-parole-early", expected);
    }
}

#[test]
fn robbery_of_guns_is_read_both_ways() {
    let world = robber("P12Y", "抢劫枪支、弹药、爆炸物罪");
    says(&world, "paper/medical-parole-early", U);
    // The reading under which nothing has to be served first comes first.
    let finding = world.finding("paper/medical-parole-early").expect("a finding");
    let Some(Fact::List(readings)) = finding.facts.get("readings") else { panic!("{:?}", finding.facts) };
    let early = |f: &Fact| matches!(f, Fact::Map(m) if m.get("short_days").is_some());
    assert_eq!(readings.iter().map(early).collect::<Vec<_>>()[..2], [false, true]);
}

#[test]
fn whether_someone_is_disabled_may_be_unknown() {
    let world = robber("P12Y", "抢劫罪");
    says(&world, "paper/medical-parole-early", V);
    let unknown = world.with(|w| w.inmate().health.value = Value::Empty);
    // Violation or risk: in no case a pass.
    says(&unknown, "paper/medical-parole-early", R);
}

// ---- medical-parole-renewal ---------------------------------------------------------------------------------------

#[test]
fn open_beyond_the_end_of_the_term() {
    // Three years to 2018-03-09.
    let world = |day: &str| {
        let world = World::new(fixed("P3Y"), "2015-09-26")
            .custody(K::DetentionCentre, "2015-03-10", "2015-09-25")
            .custody(K::Held, "2015-09-26", "2018-01-09")
            .custody_for(K::OutsideExecution, "2018-01-10", "", "严重疾病");
        World { as_of: d(day), ..world }
    };
    for (day, expected) in [("2018-03-08", P), ("2018-03-09", P), ("2018-03-10", R)] {
        says(&world(day), "paper/medical-parole-renewal", expected);
    }
}

#[test]
fn numbers_after_other_words_are_no_date() {
    let diagnosed = |note: &str| {
        ill("2018-01-01", "2018-03-31").with(|w| {
            for row in w.dossier.custody.iter_mut().filter(|r| r.kind.get() == Some(K::OutsideExecution)) {
                row.note.set(note.to_owned());
            }
        })
    };
    for (note, expected) in [
        ("诊断2017年9月30日", R),
        ("诊断2017/9/30", R),
        ("诊断书2017第9号30页", P),
        ("诊断书2017第9号，2017-12-30", P),
        ("诊断书2016第9号，2017-9-30", R),
    ] {
        says(&diagnosed(note), "paper/medical-parole-renewal", expected);
    }
}

// ---- home-leave-early ---------------------------------------------------------------------------------------------

#[test]
fn days_of_escape_put_off_home_leave() {
    let leave = |escape: (&str, &str), from: &str, to: &str| {
        rows(
            fifteen(),
            &[(K::Escape, escape.0, escape.1), (K::Recalled, "2018-04-11", "2018-04-11"), (K::HomeLeave, from, to)],
        )
    };
    let ten = ("2018-04-01", "2018-04-10");
    for (from, to, expected) in [("2022-09-19", "2022-09-22", V), ("2022-09-20", "2022-09-23", P)] {
        says(&leave(ten, from, to), "paper/home-leave-early", expected);
    }
    // What begins with the leave was not before it.
    says(&leave(("2022-09-10", "2022-09-12"), "2022-09-10", "2022-09-14"), "paper/home-leave-early", P);
}

#[test]
fn a_leave_left_open_ends_with_the_recorded_return() {
    let open = fifteen().custody(K::HomeLeave, "2022-09-10", "");
    says(&open, "paper/home-leave-early", R);
    mentions(&open, "paper/home-leave-early", "without a recorded return");
    for (back, expected) in [("2022-09-15", P), ("2022-09-17", P), ("2022-09-18", R)] {
        let world = rows(fifteen(), &[(K::HomeLeave, "2022-09-10", ""), (K::Recalled, back, back)]);
        says(&world, "paper/home-leave-early", expected);
    }
    let life = World::new(Sentence::Life, "2010-01-10").lawful().custody(K::HomeLeave, "2014-01-01", "2014-01-05");
    mentions(&life, "paper/home-leave-early", "under life");
}

// ---- uncounted-time -----------------------------------------------------------------------------------------------

/// Escaped from prison from 2018-04-01 to 2018-04-10.
fn escaped(current: &str) -> World {
    let list = [(K::Escape, "2018-04-01", "2018-04-10"), (K::Recalled, "2018-04-11", "2018-04-11")];
    rows(fifteen(), &list).current(current)
}

#[test]
fn the_days_of_an_escape_are_counted_with_both_ends() {
    let world = escaped("2030-03-09");
    assert_eq!(facts(&world, "paper/uncounted-time", ["from", "to", "days"]), ["2018-04-01", "2018-04-10", "10"]);
    mentions(&world, "paper/uncounted-time", "10 days");
}

/// A ruling on time that does not count, of the day of the escape or later.
#[test]
fn a_later_ruling_settles_an_escape() {
    for (ruled, expected) in [("2018-03-31", U), ("2018-04-01", P), ("2019-04-01", P)] {
        let world = escaped("2030-03-19").ruling(ruled, Change::NotCounted(t("P10D")));
        says(&world, "paper/uncounted-time", expected);
    }
}

#[test]
fn a_later_judgment_on_a_new_crime_settles_an_escape() {
    let judged = |confirmed: &str, f: fn(&mut NewCrime)| {
        escaped("2032-03-09").crime(NewCrimeKind::NewCrime, confirmed, |c| {
            c.crime_date.set(d("2018-03-01"));
            c.intentional.set(true);
            c.decided.set(fixed("P17Y"));
            c.new_start.set(d("2015-03-10"));
            c.new_end.set(End::On(d("2032-03-09")));
            f(c);
        })
    };
    for (confirmed, expected) in [("2018-03-31", U), ("2018-04-01", P), ("2019-05-01", P)] {
        says(&judged(confirmed, |_| ()), "paper/uncounted-time", expected);
    }
    mentions(&judged("2019-05-01", |_| ()), "paper/uncounted-time", "settles the term");
    // Not one that leaves the sentence open, nor one on a crime of before the judgment.
    says(&judged("2019-05-01", |c| c.decided.value = Value::Empty), "paper/uncounted-time", U);
    says(&judged("2019-05-01", |c| c.kind.set(NewCrimeKind::Undiscovered)), "paper/uncounted-time", U);
}

#[test]
fn what_an_escape_was_from() {
    let world = |list: &[(K, &str, &str)]| {
        let world = rows(
            World::new(fixed("P15Y"), "2015-09-26"),
            &[(K::DetentionCentre, "2015-03-10", "2015-09-25"), (K::Held, "2015-09-26", "2017-12-31")],
        );
        rows(world, list).current("2030-03-09")
    };
    let out = K::OutsideExecution;
    for (list, expected) in [
        // A single day, after the time outside had run out; an earlier one was from prison.
        (
            &[
                (K::Escape, "2016-04-01", "2016-04-10"),
                (out, "2018-01-01", "2018-03-31"),
                (K::Escape, "2018-04-05", "2018-04-05"),
                (K::Held, "2018-04-06", ""),
            ][..],
            V,
        ),
        // On the day on which it began, and where that was its only day.
        (
            &[
                (K::Held, "2018-01-01", "2018-03-31"),
                (out, "2018-04-01", "2018-06-30"),
                (K::Escape, "2018-04-01", "2018-04-10"),
                (K::Held, "2018-07-01", ""),
            ],
            V,
        ),
        (
            &[
                (K::Held, "2018-01-01", "2018-03-31"),
                (out, "2018-04-01", "2018-04-01"),
                (K::Escape, "2018-04-01", "2018-04-10"),
                (K::Held, "2018-04-11", ""),
            ],
            V,
        ),
        // Before it began, or long after it.
        (
            &[
                (K::Held, "2018-01-01", "2018-03-31"),
                (K::Escape, "2018-04-01", "2018-04-10"),
                (out, "2018-04-11", "2018-06-30"),
                (K::Held, "2018-07-01", ""),
            ],
            U,
        ),
        (
            &[
                (out, "2018-01-01", "2018-03-31"),
                (K::Held, "2018-04-01", "2018-12-31"),
                (K::Escape, "2019-01-01", "2019-01-10"),
                (K::Held, "2019-01-11", ""),
            ],
            U,
        ),
    ] {
        let world = world(list);
        assert_eq!(world.outcome("paper/uncounted-time"), expected, "{list:?}");
    }
}

// ---- fit-before-outside -------------------------------------------------------------------------------------------

/// Ill from 2023-04-10 to 2023-06-30, and again from `next` to 2023-09-10.
fn twice(next: &str, worked: &[&str]) -> World {
    let world = fifteen()
        .custody_for(K::OutsideExecution, "2023-04-10", "2023-06-30", "严重疾病")
        .custody_for(K::OutsideExecution, next, "2023-09-10", "严重疾病")
        .custody(K::Recalled, "2023-09-11", "2023-09-11");
    worked.iter().fold(world, |w, month| w.labour(month, 30, 5))
}

#[test]
fn a_renewal_without_a_return_is_no_new_illness() {
    for (next, before, after) in [("2023-07-01", None, None), ("2023-07-02", R, R)] {
        // Work before the second decision, and work after the first.
        says(&twice(next, &["2023-04", "2023-05", "2023-06"]), "paper/fit-before-outside", before);
        says(&twice(next, &["2023-07"]), "paper/fit-before-outside", after);
    }
}

#[test]
fn full_labour_is_measured_by_the_points_system_in_force() {
    let worked = |from: &str, months: &[&str]| {
        months
            .iter()
            .fold(fifteen().custody_for(K::OutsideExecution, from, "", "严重疾病"), |w, m| w.labour(m, 30, 5))
    };
    says(&worked("2021-10-10", &["2021-07", "2021-08", "2021-09"]), "paper/fit-before-outside", P);
    says(&worked("2022-01-10", &["2021-10", "2021-11", "2021-12"]), "paper/fit-before-outside", R);
    // The month of going outside is not one of those before it.
    let month = worked("2023-04-10", &["2023-01", "2023-02", "2023-03"]).labour("2023-04", 20, 0);
    says(&month, "paper/fit-before-outside", R);
    // Without a point for labour nobody worked.
    let unable = |base: i64| {
        let world = fifteen().custody_for(K::OutsideExecution, "2023-04-10", "", "严重疾病").labour("2023-03", base, 0);
        world.with(|w| w.inmate().health.set([Health::UnableToWork].into()))
    };
    says(&unable(0), "paper/fit-before-outside", P);
    says(&unable(1), "paper/fit-before-outside", R);
}

#[test]
fn a_stay_in_hospital_before_going_outside_explains_it() {
    let worked = |list: &[(K, &str, &str)]| {
        let world = rows(fifteen().custody_for(K::OutsideExecution, "2023-04-10", "2023-04-10", "严重疾病"), list);
        ["2023-01", "2023-02", "2023-03"].iter().fold(world, |w, m| w.labour(m, 30, 5))
    };
    let hospital = |from: &'static str, to: &'static str| (K::Hospital, from, to);
    for (list, expected) in [
        (vec![], R),
        (vec![hospital("2023-02-05", "2023-02-10")], P),
        // The same in confinement, which counts before it on those days.
        (vec![hospital("2023-02-05", "2023-02-10"), (K::Confinement, "2023-02-01", "2023-02-28")], P),
        // A year that was mistyped.
        (vec![hospital("2023-02-05", "2022-02-10")], P),
        (vec![hospital("2023-04-09", "2023-04-20")], P),
        // Not before it.
        (vec![hospital("2023-04-10", "2023-04-20")], R),
        (vec![hospital("2023-04-11", "2023-04-20")], R),
    ] {
        let world = worked(&list);
        assert_eq!(world.outcome("paper/fit-before-outside"), expected, "{list:?}");
    }
}

#[test]
fn full_labour_in_the_month_after_the_return() {
    let back = |to: &str| {
        let world = fifteen().custody_for(K::OutsideExecution, "2023-04-10", to, "严重疾病");
        world.labour("2023-10", 30, 0)
    };
    for (to, expected) in [("2023-08-31", None), ("2023-09-01", R), ("2023-09-30", R), ("2023-10-01", None)] {
        says(&back(to), "paper/fit-before-outside", expected);
    }
    assert_eq!(facts(&back("2023-09-10"), "paper/fit-before-outside", ["days"]), ["154"]);
}

// ---- impossible-record --------------------------------------------------------------------------------------------

#[test]
fn the_day_of_delivery_and_the_first_day_of_the_points_system() {
    for (day, expected) in [("2015-09-25", U), ("2015-09-26", P)] {
        says(&fifteen().award(AwardKind::Commendation, day), "paper/impossible-record", expected);
    }
    for (day, expected) in [("2021-09-30", U), ("2021-10-01", V)] {
        let world = ill("2021-09-01", "2021-12-31").award(AwardKind::Commendation, day);
        says(&world, "paper/impossible-record", expected);
    }
    // One of the two sheets is enough.
    let mut world = ill("2021-09-01", "2021-12-31").award(AwardKind::Commendation, "2021-10-01");
    world.presence.sheets.retain(|s| *s != SheetKind::Spending);
    says(&world, "paper/impossible-record", V);
    // Spending of a month that ended before delivery.
    let spent = |month: &str| {
        World::new(fixed("P15Y"), "2015-09-26")
            .dates("2015-03-10", "2030-03-09", "2015-08-31")
            .lawful()
            .spend(month, 100)
    };
    for (month, expected) in [("2015-07", R), ("2015-08", P)] {
        says(&spent(month), "paper/impossible-record", expected);
        let mut world = spent(month);
        world.presence.sheets.retain(|s| *s != SheetKind::Awards);
        says(&world, "paper/impossible-record", expected);
    }
}

#[test]
fn a_grade_is_impossible_only_where_all_of_its_cycle_was_outside() {
    let cycle = |from: &str, to: &str| {
        ill("2022-01-01", "2022-07-05").award(AwardKind::Commendation, "2022-08-10").with(|w| {
            let award = w.dossier.awards.last_mut().expect("an award");
            award.cycle_from.set(from.parse().expect("a month"));
            award.cycle_to.set(to.parse().expect("a month"));
        })
    };
    for (from, to, expected) in [
        ("2022-01", "2022-06", V),
        ("2022-01", "2022-07", P),
        ("2021-12", "2022-06", P),
        // A cycle that ends before it begins is none.
        ("2022-03", "2022-02", P),
        ("2022-03", "2022-01", P),
    ] {
        says(&cycle(from, to), "paper/impossible-record", expected);
    }
}
