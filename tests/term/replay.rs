//! The replay of rulings and of the custody record: what it accepts, what it leaves open, and the day on which that changes.

use jxjs::law::Rules;
use jxjs::model::custody::{points_rank, replay as spans};
use jxjs::model::timeline::{is_month_end_twin, replay, rest_ends};
use jxjs::model::whereabouts::Whereabouts;
use jxjs::model::{
    Change, CustodyKind as K, CustodyRow, End, NewCrimeKind, Rights, Sentence, Stage, Standing, Term, Value,
};

use crate::make::*;

/// Where the sentence stands before a day, or after everything.
fn standing(world: &World, cut: Option<&str>) -> Standing {
    let dossier = &world.dossier;
    let inmate = dossier.inmate.as_ref().expect("a person");
    replay(inmate, &dossier.rulings, &dossier.new_crimes, &Rules::builtin().replay_law(), cut.map(d))
}

fn days(texts: &[&str]) -> Vec<chrono::NaiveDate> {
    texts.iter().map(|t| d(t)).collect()
}

fn rows(list: &[(K, &str, &str)]) -> Vec<CustodyRow> {
    list.iter().fold(fifteen().no_custody(), |w, (kind, from, to)| w.custody(*kind, from, to)).dossier.custody
}

// ---- the original end ---------------------------------------------------------------------------------------------

#[test]
fn an_original_end_that_was_set_apart_is_the_one_to_count_from() {
    let at = |end: &str| standing(&fifteen().with(|w| w.inmate().term_end.set(End::On(d(end)))), None);
    let apart = at("2030-02-07");
    assert_eq!(
        (apart.ends, apart.backward_only, apart.forward_end),
        (days(&["2030-02-07"]), true, Some(d("2030-02-07")))
    );
    let own = at("2030-03-09");
    assert_eq!((own.ends, own.backward_only, own.forward_end), (days(&["2030-03-09"]), false, Some(d("2030-03-09"))));
    // A day at a month's end was custom before 2021: both ends stand.
    let twin = World::new(fixed("P5Y"), "2016-10-01").dates("2016-03-01", "2021-03-01", "2016-10-01");
    let twin = standing(&twin, None);
    assert_eq!((twin.ends, twin.backward_only), (days(&["2021-02-28", "2021-03-01"]), false));
}

/// The rest cannot be taken off where there is no end, no more than months can.
#[test]
fn nothing_is_taken_off_a_sentence_without_an_end() {
    for sentence in [Sentence::Life, Sentence::Reprieve] {
        for change in [less(9), Change::ReduceRemainder] {
            let s = standing(&World::new(sentence, "2010-01-10").ruling("2012-01-10", change), None);
            assert_eq!((s.ends.is_empty(), s.forward_end, s.doubts.len()), (true, None, 1));
        }
    }
    let s = standing(&fifteen().ruling("2028-03-20", Change::ReduceRemainder), None);
    assert_eq!((s.ends, s.doubts.len()), (days(&["2028-03-20"]), 0));
}

/// A revocation counts anew from the original end, also where that was set apart from start and term and time was excluded.
#[test]
fn an_original_end_set_apart_stays_so_after_an_exclusion_and_a_revocation() {
    let at = |end: &str, excluded: bool| {
        let world = fifteen().with(|w| w.inmate().term_end.set(End::On(d(end)))).ruling("2018-06-20", less(9));
        let world = if excluded { world.ruling("2020-03-20", Change::NotCounted(t("P1Y"))) } else { world };
        let revoked = Change::ReductionRevoked { case_no: None, date: Some(d("2018-06-20")) };
        let s = standing(&world.ruling("2022-03-20", revoked), None);
        (s.ends, s.forward_end)
    };
    for (end, excluded, expected) in [
        ("2030-02-07", false, "2030-02-07"),
        ("2030-02-07", true, "2031-02-07"),
        ("2030-03-09", false, "2030-03-09"),
        ("2030-03-09", true, "2031-03-09"),
    ] {
        assert_eq!(at(end, excluded), (days(&[expected]), Some(d(expected))), "{end} {excluded}");
    }
}

/// What was left after parole runs from the return: a reduction revoked afterwards cannot be undone from the original end.
#[test]
fn a_revocation_after_a_recall_is_left_to_people() {
    let revoked = |recalled: bool| {
        let world = fifteen().ruling("2018-06-20", less(9));
        let world = if recalled {
            world
                .ruling("2023-11-10", Change::Parole)
                .ruling("2024-06-20", Change::ParoleRevoked)
                .start_recorded("2024-06-25")
        } else {
            world
        };
        world.ruling("2025-03-20", Change::ReductionRevoked { case_no: None, date: Some(d("2018-06-20")) })
    };
    assert_eq!(standing(&revoked(false), None).doubts.len(), 0);
    assert_eq!(standing(&revoked(true), None).doubts.len(), 1);
    says(&revoked(true), "term/current-end", U);
}

#[test]
fn a_twin_is_a_day_away_at_a_months_end_in_a_judgment_before_march_2021() {
    let law = Rules::builtin().replay_law();
    let twin = |judged: &str, a: &str, b: &str| {
        let mut world = fifteen().with(|w| w.inmate().judged.set(d(judged)));
        is_month_end_twin(d(a), d(b), world.inmate(), &law)
    };
    for (a, b, expected) in [
        ("2021-01-28", "2021-01-29", false),
        ("2021-01-29", "2021-01-30", true),
        ("2021-01-30", "2021-01-31", true),
        ("2021-04-29", "2021-04-30", true),
        ("2021-04-30", "2021-05-01", true),
        ("2021-05-01", "2021-05-02", true),
        ("2021-05-02", "2021-05-03", true),
        ("2021-05-03", "2021-05-04", false),
        ("2021-04-29", "2021-05-01", false),
    ] {
        assert_eq!(twin("2020-01-10", a, b), expected, "{a} {b}");
        assert_eq!(twin("2020-01-10", b, a), expected, "{b} {a}");
    }
    assert!(twin("2021-02-28", "2021-04-30", "2021-05-01"));
    assert!(!twin("2021-03-01", "2021-04-30", "2021-05-01"));
}

#[test]
fn a_day_more_than_the_term_is_never_its_end() {
    for (current, expected) in [("2030-03-09", P), ("2030-03-10", V), ("2030-03-11", V)] {
        says(&fifteen().current(current), "term/current-end", expected);
    }
}

// ---- recorded ends ------------------------------------------------------------------------------------------------

/// Without the start nobody can count forward, and at a month's end that may be a few days off.
#[test]
fn without_a_start_a_recorded_end_may_be_days_off_at_a_months_end() {
    let agrees = |original: &str, recorded: &str, start: bool| {
        let world = fifteen()
            .with(|w| {
                if !start {
                    w.inmate().term_start.value = Value::Empty;
                }
                w.inmate().term_end.set(End::On(d(original)));
            })
            .ruling("2020-03-20", less(1))
            .end_recorded(recorded);
        standing(&world, None).recorded_agrees()
    };
    // A month off 29 May is 29 April.
    for (original, recorded, expected) in [
        ("2030-05-29", "2030-04-29", true),
        ("2030-05-29", "2030-05-02", true),
        ("2030-05-29", "2030-04-28", true),
        ("2030-05-29", "2030-04-27", false),
        ("2030-05-28", "2030-05-01", true),
        ("2030-05-28", "2030-05-02", false),
        ("2030-05-28", "2030-04-27", false),
        ("2030-05-27", "2030-04-28", false),
        ("2030-05-30", "2030-05-03", false),
        ("2030-05-15", "2030-04-16", false),
        ("2030-05-01", "2030-04-03", false),
        ("2030-05-02", "2030-04-01", true),
    ] {
        assert_eq!(agrees(original, recorded, false), Some(expected), "{original} {recorded}");
    }
    assert_eq!(agrees("2030-05-29", "2030-04-28", true), Some(false));
    assert_eq!(agrees("2030-05-29", "2030-04-29", true), Some(true));
    // Nothing recorded, or nothing replayed.
    assert_eq!(standing(&World::new(Sentence::Life, "2010-01-10"), None).recorded_agrees(), None);
    assert_eq!(standing(&fifteen().ruling("2020-03-20", less(1)), None).recorded_agrees(), None);
}

#[test]
fn without_the_rulings_only_the_judgment_is_known() {
    let life = World::new(Sentence::Life, "2010-01-10").ruling("2012-06-20", Change::ToFixed(t("P19Y")));
    let mut known = standing(&life.end_recorded("2031-06-19"), None);
    known.without_rulings();
    assert_eq!((known.stage, known.rights, known.recorded_end, known.forward_end), (None, None, None, None));
    assert!(known.ends.is_empty());
    let mut fixed = standing(&fifteen(), None);
    fixed.without_rulings();
    assert_eq!(fixed.stage, Some(Stage::Fixed));
}

#[test]
fn what_a_ruling_records_is_counted_from_and_what_runs_from_the_start_stays() {
    // Thirteen years from 31 March: a month less ends on 27 February by the start, on the 28th by the end.
    let world = |recorded: &str, current: &str| {
        World::new(fixed("P13Y"), "2014-10-01")
            .dates("2014-03-31", "2027-03-30", "2014-10-01")
            .lawful()
            .ruling("2017-05-20", less(1))
            .with(|w| {
                if !recorded.is_empty() {
                    w.dossier.rulings[0].new_end.set(End::On(d(recorded)));
                }
            })
            .current(current)
    };
    for recorded in ["", "2027-02-27", "2027-02-28"] {
        says(&world(recorded, "2027-02-27"), "term/current-end", P);
        says(&world(recorded, "2027-02-26"), "term/current-end", V);
        says(&world(recorded, "2027-03-01"), "term/current-end", V);
    }
    says(&world("2027-02-28", "2027-02-28"), "term/current-end", P);
    // With one of two such reductions revoked the other counts in both ways still.
    let revoked = |current: &str| {
        world("", current)
            .ruling("2019-01-20", less(1))
            .ruling("2020-01-20", Change::ReductionRevoked { case_no: None, date: Some(d("2019-01-20")) })
    };
    for (current, expected) in [("2027-02-26", V), ("2027-02-27", P), ("2027-02-28", P), ("2027-03-01", V)] {
        says(&revoked(current), "term/current-end", expected);
    }
}

/// Five years and a month from the last of February end on 27 or 30 March; the enforcement notice chose the 27th.
#[test]
fn a_reduction_goes_back_from_the_end_that_was_recorded() {
    let world = |end: &str, current: &str| {
        World::new(fixed("P5Y1M"), "2015-10-01")
            .dates("2015-02-28", end, "2015-10-01")
            .lawful()
            .ruling("2018-05-20", less(1))
            .current(current)
    };
    for (end, current, expected) in [
        ("2020-03-27", "2020-02-27", P),
        ("2020-03-27", "2020-02-29", V),
        ("2020-03-30", "2020-02-27", P),
        ("2020-03-30", "2020-02-29", P),
    ] {
        says(&world(end, current), "term/current-end", expected);
    }
}

#[test]
fn an_original_end_set_apart_is_the_current_end() {
    let early = fifteen().custody(K::DetentionCentre, "2014-11-01", "2014-11-30").with(|w| {
        w.inmate().detained.set(d("2014-11-01"));
        w.inmate().term_end.set(End::On(d("2030-02-07")));
    });
    says(&early.current("2030-02-07"), "term/current-end", P);
}

// ---- rulings ------------------------------------------------------------------------------------------------------

#[test]
fn rulings_of_one_day_count_in_the_order_of_the_law_and_not_of_the_rows() {
    let converted = Change::ToFixed(t("P19Y"));
    let life = || World::new(Sentence::Life, "2010-01-10").lawful().current("2030-12-19");
    says(&life().ruling("2012-06-20", converted.clone()).ruling("2012-06-20", less(6)), "term/current-end", P);
    says(&life().ruling("2012-06-20", less(6)).ruling("2012-06-20", converted), "term/current-end", P);
}

#[test]
fn the_rest_taken_off_ends_on_the_day_of_the_ruling_or_of_its_service() {
    let rest = |served: &str, current: &str| {
        let world = fifteen().ruling("2029-06-20", Change::ReduceRemainder).current(current);
        world.with(|w| w.dossier.rulings[0].served.set(d(served)))
    };
    for (served, current, expected) in [
        ("2029-06-25", "2029-06-20", P),
        ("2029-06-25", "2029-06-25", P),
        ("2029-06-25", "2029-06-24", V),
        ("2029-06-20", "2029-06-20", P),
        ("2029-06-20", "2029-06-21", V),
        // Served before it was ruled: a slip that moves nothing.
        ("2029-06-19", "2029-06-19", V),
    ] {
        says(&rest(served, current), "term/current-end", expected);
    }
}

/// Parole on 2024-03-10 with 2190 days after it, back in prison on 2025-03-10.
#[test]
fn the_rest_after_parole_runs_from_the_release_and_the_return_that_are_recorded() {
    let revoked = |rows: &[(K, &str, &str)], start: &str, current: &str| {
        let world = rows.iter().fold(fifteen().no_custody(), |w, (kind, from, to)| w.custody(*kind, from, to));
        let world = world.ruling("2024-03-10", Change::Parole).ruling("2025-03-01", Change::ParoleRevoked);
        let world = if start.is_empty() { world } else { world.start_recorded(start) };
        world.current(current)
    };
    let back = (K::Recalled, "2025-03-10", "2025-03-10");
    let parole = |day: &'static str| (K::Parole, day, "");
    for (rows, start, current, expected) in [
        // By the ruling itself; the day of release is served or not.
        (vec![parole("2024-03-10"), back], "", "2031-03-07", V),
        (vec![parole("2024-03-10"), back], "", "2031-03-08", P),
        (vec![parole("2024-03-10"), back], "", "2031-03-09", P),
        (vec![parole("2024-03-10"), back], "", "2031-03-10", V),
        // Let out ten days later.
        (vec![parole("2024-03-20"), back], "", "2031-02-27", P),
        (vec![parole("2024-03-20"), back], "", "2031-02-26", P),
        (vec![parole("2024-03-20"), back], "", "2031-02-25", V),
        // A release on parole before the ruling, or not before the return, is another one.
        (vec![parole("2024-03-01"), back], "", "2031-03-18", V),
        (vec![parole("2025-03-10"), back], "", "2030-03-09", V),
        (vec![parole("2025-03-20"), back], "", "2030-02-27", V),
        (vec![parole("2025-03-09"), back], "", "2030-03-10", P),
        // Taken in on the very day of the ruling is no return.
        (vec![(K::Held, "2024-03-10", "2024-03-10"), parole("2024-03-10"), back], "", "2031-03-09", P),
        // Arrested before the day that the ruling gives as the start: those days count.
        (vec![(K::DetentionCentre, "2025-02-20", "2025-03-09")], "2025-03-10", "2031-02-19", P),
        (vec![(K::DetentionCentre, "2025-02-20", "2025-03-09")], "2025-03-10", "2031-03-09", P),
        (vec![(K::DetentionCentre, "2025-03-20", "2025-03-25")], "2025-03-10", "2031-03-19", V),
    ] {
        let world = revoked(&rows, start, current);
        assert_eq!(world.outcome("term/current-end"), expected, "{rows:?} {start} {current}");
    }
}

#[test]
fn a_revocation_that_names_nothing_is_of_the_only_reduction() {
    let world = |rulings: &[&str], date: Option<&str>, current: &str| {
        let world = rulings.iter().fold(fifteen(), |w, day| w.ruling(day, less(8)));
        world.ruling("2022-03-20", Change::ReductionRevoked { case_no: None, date: date.map(d) }).current(current)
    };
    says(&world(&["2018-06-20"], None, "2030-03-09"), "term/current-end", P);
    says(&world(&["2018-06-20"], None, "2029-07-09"), "term/current-end", V);
    // Which of two, or one of a day on which none was ruled, cannot be told.
    says(&world(&["2018-06-20", "2020-06-20"], None, "2029-07-09"), "term/current-end", U);
    says(&world(&["2018-06-20"], Some("2018-06-21"), "2030-03-09"), "term/current-end", U);
}

#[test]
fn a_merger_in_both_sheets_counts_once() {
    let merged = |row: bool| {
        let world = if row {
            fifteen().crime(NewCrimeKind::Undiscovered, "2020-05-01", |c| {
                c.decided.set(fixed("P17Y"));
                c.new_start.set(d("2015-03-10"));
                c.new_end.set(End::On(d("2032-03-09")));
            })
        } else {
            fifteen()
        };
        world.ruling("2020-05-01", Change::Merged(fixed("P17Y"))).end_recorded("2032-03-09").current("2032-03-09")
    };
    says(&merged(true), "term/current-end", P);
    // Alone it does not say whether the crime was new.
    says(&merged(false), "term/current-end", U);
}

/// The mistake of an earlier ruling is named while nothing is in doubt.
#[test]
fn what_a_ruling_records_is_compared_where_nothing_is_in_doubt() {
    let world = fifteen().ruling("2018-06-20", less(8)).end_recorded("2029-06-09").current("2029-07-09");
    assert_eq!(world.cause("term/current-end"), "ruling-end");
    let steps = standing(&world, None).steps;
    assert_eq!(steps.iter().map(|s| s.doubtful).collect::<Vec<_>>(), [false]);
    let doubtful = world.ruling("2018-01-20", less(1)).with(|w| w.dossier.rulings[1].change.value = Value::Unclear);
    assert_eq!(standing(&doubtful, None).steps.iter().map(|s| s.doubtful).collect::<Vec<_>>(), [true]);
}

/// Released in 2015, back on 2024-02-02 for what a retrial added.
#[test]
fn after_a_retrial_the_rest_runs_from_the_return() {
    let retried = |releases: &[&str], recorded: &str, current: &str| {
        let world = World::new(fixed("P4Y6M"), "2012-12-06")
            .dates("2011-11-01", "2016-04-30", "2012-12-06")
            .custody(K::DetentionCentre, "2011-11-01", "2012-12-05")
            .custody(K::Held, "2012-12-06", "2015-04-30");
        let world = releases.iter().fold(world, |w, day| w.custody(K::Released, day, day));
        let world = world
            .custody(K::Recalled, "2024-02-02", "2024-02-02")
            .custody(K::Held, "2024-02-02", "")
            .ruling("2015-03-31", less(12))
            .end_recorded("2015-04-30")
            .ruling("2024-01-22", Change::RetrialChanged(fixed("P5Y")))
            .start_recorded("2024-02-02");
        let world = if recorded.is_empty() { world } else { world.end_recorded(recorded) };
        world.current(current)
    };
    for (releases, recorded, current, expected) in [
        (vec!["2015-04-30"], "", "2025-08-01", P),
        (vec!["2015-04-30"], "", "2025-08-02", V),
        // A release on the day of the return is not the one before it.
        (vec!["2015-04-30", "2024-02-02"], "", "2025-08-01", P),
        // No release is recorded: the end of the ruling stands, and without one nobody knows what was served.
        (vec![], "2025-08-01", "2025-08-01", P),
        (vec![], "2025-08-01", "2025-08-02", V),
        (vec![], "", "2025-08-01", U),
    ] {
        says(&retried(&releases, recorded, current), "term/current-end", expected);
    }
}

#[test]
fn the_rest_of_a_term_is_counted_in_months_and_days_or_in_days() {
    for (start, release, expected) in [
        // 42 months exactly.
        ("2011-11-01", "2015-04-30", &["2025-08-01", "2025-08-04"][..]),
        // 41 months and 16 days.
        ("2011-11-15", "2015-04-30", &["2025-08-16", "2025-08-18"]),
        // 42 months and 5 days.
        ("2011-11-01", "2015-05-05", &["2025-07-27", "2025-07-30"]),
    ] {
        assert_eq!(rest_ends(d(start), t("P5Y"), d(release), d("2024-02-02")), days(expected), "{start} {release}");
    }
    // Both ways give one day.
    assert_eq!(rest_ends(d("2020-01-01"), t("P1Y"), d("2020-11-30"), d("2021-12-01")), days(&["2021-12-31"]));
}

#[test]
fn a_new_crime_counts_from_the_day_after_its_judgment() {
    let world = fifteen().crime(NewCrimeKind::NewCrime, "2020-05-01", |c| c.decided.set(fixed("P17Y")));
    for (cut, merged) in [("2020-05-01", vec![]), ("2020-05-02", vec![0])] {
        assert_eq!(standing(&world, Some(cut)).merged, merged, "{cut}");
    }
}

/// A crime in the reprieve may merge to a reprieve again; from another stage people must settle it.
#[test]
fn a_merger_to_reprieved_death_is_expected_in_the_reprieve_only() {
    let merged = |world: World| {
        world.lawful().crime(NewCrimeKind::NewCrime, "2011-06-01", |c| {
            c.crime_date.set(d("2010-12-01"));
            c.intentional.set(true);
            c.decided.set(Sentence::Reprieve);
        })
    };
    says(&merged(World::new(Sentence::Reprieve, "2010-01-10")), "term/void-reduction", P);
    says(&merged(World::new(Sentence::Life, "2010-01-10")), "term/void-reduction", U);
}

#[test]
fn rights_are_those_of_the_judgment_until_a_ruling_changes_them() {
    let world = fifteen().with(|w| w.inmate().rights.set(Rights::For(Term::of_years(3)))).ruling("2018-06-20", less(8));
    let rights = |w: &World| standing(w, None).rights.map(|(r, _)| r);
    assert_eq!(rights(&world), Some(Rights::For(Term::of_years(3))));
    let changed = world.with(|w| w.dossier.rulings[0].rights.set(Rights::For(Term::of_years(1))));
    assert_eq!(rights(&changed), Some(Rights::For(Term::of_years(1))));
}

// ---- the custody record -------------------------------------------------------------------------------------------

#[test]
fn only_being_taken_in_ends_an_absence_that_was_left_open() {
    let last = |kind: K| {
        let list = rows(&[(K::Parole, "2024-02-01", ""), (kind, "2024-05-01", "2024-05-01")]);
        spans(&list, points_rank)[0].to
    };
    for kind in [K::Intake, K::Recalled] {
        assert_eq!(last(kind), d("2024-04-30"), "{kind:?}");
    }
    for kind in [K::Held, K::Transfer, K::Hospital, K::DetentionCentre] {
        assert_eq!(last(kind), chrono::NaiveDate::MAX, "{kind:?}");
    }
}

#[test]
fn a_row_that_others_lie_within_stays_one_span() {
    let list = rows(&[
        (K::Held, "2024-01-01", ""),
        (K::Hospital, "2024-02-01", "2024-02-29"),
        (K::WorkStopped, "2024-02-10", "2024-02-12"),
    ]);
    let shown: Vec<_> = spans(&list, points_rank).iter().map(|s| (s.kind, s.from, s.row)).collect();
    assert_eq!(
        shown,
        [(K::Held, d("2024-01-01"), 0), (K::Hospital, d("2024-02-01"), 1), (K::Held, d("2024-03-01"), 0)]
    );
    // One that is broken by a row of more weight is two.
    let list = rows(&[(K::Hospital, "2024-02-01", "2024-02-29"), (K::Confinement, "2024-02-10", "2024-02-12")]);
    assert_eq!(spans(&list, points_rank).iter().map(|s| s.row).collect::<Vec<_>>(), [0, 1, 0]);
}

#[test]
fn custody_before_or_elsewhere_than_in_the_prison() {
    for kind in [K::DetentionCentre, K::Bail, K::ResidentialSurveillance, K::Liuzhi] {
        assert!(kind.is_elsewhere(), "{kind:?}");
    }
    for kind in [K::Held, K::Intake, K::Recalled, K::TakenBack, K::OutsideExecution, K::Released] {
        assert!(!kind.is_elsewhere(), "{kind:?}");
    }
}

#[test]
fn a_run_that_no_row_covers_ends_with_the_period() {
    let list = rows(&[(K::Held, "2024-01-01", "2024-01-10"), (K::Held, "2024-02-01", "2024-02-10")]);
    let w = Whereabouts::new(&list);
    let runs = |from: &str, to: &str| w.uncovered(d(from), d(to));
    assert_eq!(runs("2024-01-05", "2024-01-20"), [(d("2024-01-11"), d("2024-01-20"))]);
    assert_eq!(runs("2024-01-05", "2024-01-31"), [(d("2024-01-11"), d("2024-01-31"))]);
    assert_eq!(runs("2024-01-05", "2024-02-01"), [(d("2024-01-11"), d("2024-01-31"))]);
    assert_eq!(runs("2024-01-10", "2024-01-11"), [(d("2024-01-11"), d("2024-01-11"))]);
}

#[test]
fn which_absence_and_which_recall_a_return_belongs_to() {
    let found = |list: &[(K, &str, &str)]| {
        let list = rows(list);
        Whereabouts::new(&list).unrecorded_returns(&list).iter().map(|u| (u.row, u.away)).collect::<Vec<_>>()
    };
    let out = (K::OutsideExecution, "2020-03-01", "2020-09-30");
    let earlier = (K::OutsideExecution, "2018-01-01", "2018-03-31");
    let recalled = |day: &'static str| (K::Recalled, day, day);
    let held = |day: &'static str| (K::Held, day, "");
    // A later absence that reaches further is the one returned from.
    assert_eq!(found(&[earlier, recalled("2018-04-01"), out, held("2020-06-01")]), [(3, 2)]);
    assert_eq!(found(&[earlier, out, held("2020-06-01")]), [(2, 1)]);
    // The recall from an earlier absence is of no help, one on the first day or on the day of the return is.
    assert_eq!(found(&[recalled("2020-02-29"), out, held("2020-06-01")]), [(2, 1)]);
    for day in ["2020-03-01", "2020-05-31", "2020-06-01"] {
        assert_eq!(found(&[recalled(day), out, held("2020-06-01")]), [], "{day}");
    }
    assert_eq!(found(&[recalled("2020-06-02"), out, held("2020-06-01")]), [(2, 1)]);
    // Inside on the day on which the absence begins is before it.
    assert_eq!(found(&[out, held("2020-03-01")]), []);
    assert_eq!(found(&[out, held("2020-03-02")]), [(1, 0)]);
    assert_eq!(found(&[out, held("2020-09-29")]), [(1, 0)]);
    assert_eq!(found(&[out, held("2020-09-30")]), []);
}
