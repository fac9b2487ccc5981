//! term/*: which days are counted, which cause is named, and what is said of it.

use jxjs::model::{Change, Conduct, CustodyKind as K, End, NewCrimeKind, Proposal, Sentence, Term, Value, date};

use crate::make::*;

/// Fifteen years from 2015-03-10, delivered 2015-09-26, with these rows.
fn with_rows(rows: &[(K, &str, &str)]) -> World {
    rows.iter().fold(World::new(fixed("P15Y"), "2015-09-26"), |w, (kind, from, to)| w.custody(*kind, from, to))
}

fn ends(world: World, end: &str) -> World {
    world.with(|w| w.inmate().term_end.set(End::On(d(end))))
}

fn current_end(world: &World) -> [String; 3] {
    facts(world, "term/current-end", ["expected", "days", "cause"])
}

// ---- end-date and custody-credit ----------------------------------------------------------------------------------

#[test]
fn days_out_of_custody_are_those_before_delivery() {
    let gap = with_rows(&[
        (K::DetentionCentre, "2015-03-10", "2015-03-31"),
        (K::DetentionCentre, "2015-04-11", "2015-09-25"),
        (K::Held, "2015-09-26", ""),
    ]);
    // Taken in two days after the day of delivery: those days are no longer before it.
    let late = with_rows(&[
        (K::DetentionCentre, "2015-03-10", "2015-09-16"),
        (K::Bail, "2015-09-17", "2015-09-25"),
        (K::Held, "2015-09-28", ""),
    ]);
    for (rows, end, expected) in [
        (&gap, "2030-03-18", V),
        (&gap, "2030-03-19", P),
        (&gap, "2030-03-20", V),
        (&late, "2030-03-17", V),
        (&late, "2030-03-18", P),
        (&late, "2030-03-19", V),
    ] {
        let world = World::new(fixed("P15Y"), "2015-09-26").with(|w| w.dossier.custody = rows.dossier.custody.clone());
        says(&ends(world, end), "term/end-date", expected);
    }
    // A single day between the start and delivery.
    let day = |end: &str| {
        let world = World::new(fixed("P15Y"), "2015-09-26").dates("2015-03-10", end, "2015-03-11");
        world.custody(K::Bail, "2015-03-10", "2015-03-10").custody(K::Held, "2015-03-11", "")
    };
    says(&day("2030-03-10"), "term/end-date", P);
    says(&day("2030-03-11"), "term/end-date", V);
    says(&day("2030-03-09"), "term/custody-credit", V);
    says(&day("2030-03-10"), "term/custody-credit", P);
}

#[test]
fn a_late_end_needs_rows_of_before_delivery() {
    // A row that begins with delivery says nothing of the time before it.
    let held = with_rows(&[(K::Held, "2015-09-26", "")]);
    says(&ends(held, "2030-04-08"), "term/end-date", U);
    says(&with_rows(&[(K::Held, "2015-09-26", "")]), "term/custody-credit", P);
    // A row of before it does, also where none begins with it.
    let bailed = with_rows(&[
        (K::DetentionCentre, "2015-03-10", "2015-03-31"),
        (K::Bail, "2015-04-01", "2015-04-30"),
        (K::DetentionCentre, "2015-05-01", "2015-09-25"),
    ]);
    says(&ends(bailed, "2030-04-08"), "term/end-date", P);
}

#[test]
fn recorded_custody_before_the_start_leaves_an_early_end_open() {
    let early = |rows: &[(K, &str, &str)]| ends(with_rows(rows), "2030-02-07");
    says(&early(&[(K::DetentionCentre, "2014-11-01", "2014-11-10"), (K::Held, "2015-09-26", "")]), "term/end-date", U);
    says(&early(&[(K::DetentionCentre, "2015-03-10", "2015-09-25")]), "term/end-date", V);
}

#[test]
fn surveillance_before_the_first_custody_moves_the_start_back_by_half() {
    // Sixty days of surveillance before the first custody, on 2015-05-09: the term may begin thirty days before it. The
    // surveillance that went on beyond that day does not count here.
    let from = |start: &str| {
        with_rows(&[
            (K::ResidentialSurveillance, "2015-03-10", "2015-05-14"),
            (K::DetentionCentre, "2015-05-15", "2015-09-25"),
            (K::Held, "2015-09-26", ""),
        ])
        .with(|w| {
            w.inmate().detained.set(d("2015-05-09"));
            w.inmate().term_start.set(d(start));
            w.inmate().term_end.set(End::On(d("2030-06-30")));
        })
    };
    for (start, expected) in [("2015-04-07", V), ("2015-04-08", V), ("2015-04-09", P), ("2015-05-09", P)] {
        says(&from(start), "term/custody-credit", expected);
    }
    assert_eq!(facts(&from("2015-04-08"), "term/custody-credit", ["expected", "days"]), ["2015-04-09", "1"]);
}

/// What is due for surveillance before the start (刑诉法76) makes up for the surveillance that the start was moved back over,
/// and not for a day more.
#[test]
fn a_start_moved_back_by_what_is_due_for_surveillance_is_lawful() {
    let watched = |last: &str, detained: &str, start: &str| {
        let rows = [
            (K::ResidentialSurveillance, "2015-03-10", last),
            (K::DetentionCentre, detained, "2015-09-25"),
            (K::Held, "2015-09-26", ""),
        ];
        with_rows(&rows).with(|w| {
            let inmate = w.inmate();
            inmate.detained.set(d(detained));
            inmate.term_start.set(d(start));
            inmate.term_end.set(End::On(date::last(d(start), t("P15Y"))));
        })
    };
    // Sixty days make thirty, sixty-two thirty-one, sixty-one no more than sixty.
    for (last, detained, start, expected) in [
        ("2015-05-08", "2015-05-09", "2015-04-07", V),
        ("2015-05-08", "2015-05-09", "2015-04-08", V),
        ("2015-05-08", "2015-05-09", "2015-04-09", P),
        ("2015-05-08", "2015-05-09", "2015-04-10", P),
        ("2015-05-08", "2015-05-09", "2015-05-09", P),
        ("2015-05-10", "2015-05-11", "2015-04-09", V),
        ("2015-05-10", "2015-05-11", "2015-04-10", P),
        ("2015-05-09", "2015-05-10", "2015-04-09", V),
        ("2015-05-09", "2015-05-10", "2015-04-10", P),
    ] {
        let world = watched(last, detained, start);
        says(&world, "term/custody-credit", expected);
        says(&world, "term/end-date", P);
    }
    let said = |start: &str| facts(&watched("2015-05-08", "2015-05-09", start), "term/custody-credit", ["days"]);
    assert_eq!(said("2015-04-08"), ["1"]);
    mentions(
        &watched("2015-05-08", "2015-05-09", "2015-04-09"),
        "term/custody-credit",
        "30 days before the first custody (2015-05-09), not more",
    );
    mentions(&watched("2015-05-08", "2015-05-09", "2015-04-08"), "term/custody-credit", "1 day too many was credited");
}

/// What an earlier end or a start moved back has used up cannot make up for bail once more.
#[test]
fn what_is_due_counts_once() {
    // Sixty days of surveillance, custody, thirty days on bail, custody.
    let bailed = |start: &str, end: &str| {
        let rows = [
            (K::ResidentialSurveillance, "2015-03-10", "2015-05-08"),
            (K::DetentionCentre, "2015-05-09", "2015-05-31"),
            (K::Bail, "2015-06-01", "2015-06-30"),
            (K::DetentionCentre, "2015-07-01", "2015-09-25"),
            (K::Held, "2015-09-26", ""),
        ];
        with_rows(&rows).with(|w| {
            let inmate = w.inmate();
            inmate.detained.set(d("2015-05-09"));
            inmate.term_start.set(d(start));
            inmate.term_end.set(End::On(d(end)));
        })
    };
    // From 2015-05-09 fifteen years end on 2030-05-08: the thirty days lost and the thirty due make none.
    for (start, end, expected) in [
        ("2015-05-09", "2030-05-08", P),
        ("2015-05-09", "2030-05-07", V),
        ("2015-05-09", "2030-04-08", V),
        ("2015-04-09", "2030-04-08", V),
        ("2015-04-09", "2030-05-07", V),
        ("2015-04-09", "2030-05-08", P),
    ] {
        says(&bailed(start, end), "term/custody-credit", expected);
    }
    // The end moved by the days on bail, the start by those that were due.
    says(&bailed("2015-04-09", "2030-05-08"), "term/end-date", P);
    assert_eq!(facts(&bailed("2015-05-09", "2030-04-08"), "term/custody-credit", ["days"]), ["30"]);
}

/// Custody before bail is credited by moving the start back from the second custody (刑法47), by as many days.
#[test]
fn a_start_moved_back_by_earlier_custody_is_lawful() {
    for (start, expected) in [("2015-03-21", V), ("2015-03-22", P)] {
        let rows = [
            (K::DetentionCentre, "2014-11-01", "2014-11-10"),
            (K::Bail, "2014-11-11", "2015-03-31"),
            (K::DetentionCentre, "2015-04-01", "2015-09-25"),
            (K::Held, "2015-09-26", ""),
        ];
        let world = with_rows(&rows).with(|w| {
            let inmate = w.inmate();
            inmate.detained.set(d("2014-11-01"));
            inmate.term_start.set(d(start));
            inmate.term_end.set(End::On(date::last(d(start), t("P15Y"))));
        });
        says(&world, "term/custody-credit", expected);
    }
}

/// The end moved by the days on bail: what is left is in no row and may have been custody.
#[test]
fn days_in_no_row_are_not_held_to_be_bail() {
    let bailed = |end: &str| {
        let rows = [
            (K::DetentionCentre, "2015-03-10", "2015-03-31"),
            (K::Bail, "2015-04-01", "2015-04-10"),
            (K::DetentionCentre, "2015-05-01", "2015-09-25"),
            (K::Held, "2015-09-26", ""),
        ];
        ends(with_rows(&rows), end)
    };
    for (end, expected) in [("2030-03-18", V), ("2030-03-19", U), ("2030-04-08", P)] {
        says(&bailed(end), "term/custody-credit", expected);
    }
}

#[test]
fn what_is_credited_without_custody_is_counted_and_shown() {
    let bailed = |end: &str| {
        let rows = [
            (K::DetentionCentre, "2015-03-10", "2015-03-31"),
            (K::Bail, "2015-04-01", "2015-04-30"),
            (K::DetentionCentre, "2015-05-01", "2015-09-25"),
            (K::Held, "2015-09-26", ""),
        ];
        ends(with_rows(&rows), end)
    };
    let one = bailed("2030-04-07");
    assert_eq!(facts(&one, "term/custody-credit", ["days", "expected"]), ["1", "2030-04-08"]);
    mentions(&one, "term/custody-credit", "30 days were bail, release or surveillance");
    mentions(&one, "term/custody-credit", "the end was not moved: 1 day less");
    assert_eq!(facts(&bailed("2030-04-09"), "term/custody-credit", ["days"]), ["0"]);
    // The cells shown are those of the rows before delivery.
    let evidence = one.finding("term/custody-credit").map(|f| f.evidence).unwrap_or_default();
    let shown: Vec<bool> = one.dossier.custody.iter().map(|r| evidence.contains(&r.from.at)).collect();
    assert_eq!(shown, [true, true, true, false]);
    // Surveillance counts half, and is said together with bail.
    let both = with_rows(&[
        (K::ResidentialSurveillance, "2015-03-10", "2015-05-08"),
        (K::Bail, "2015-05-09", "2015-05-18"),
        (K::DetentionCentre, "2015-05-19", "2015-09-25"),
        (K::Held, "2015-09-26", ""),
    ]);
    says(&both, "term/custody-credit", V);
    mentions(&both, "term/custody-credit", "40 days were bail, release or surveillance");
    mentions(&both, "term/custody-credit", "40 days less");
}

#[test]
fn surveillance_beside_days_in_no_row_is_open() {
    let watched = |next: &str| {
        with_rows(&[
            (K::ResidentialSurveillance, "2015-03-10", "2015-04-08"),
            (K::DetentionCentre, next, "2015-09-25"),
            (K::Held, "2015-09-26", ""),
        ])
    };
    says(&watched("2015-04-09"), "term/custody-credit", V);
    says(&watched("2015-04-19"), "term/custody-credit", U);
}

#[test]
fn public_surveillance_has_no_credit_to_examine() {
    let control = World::new(Sentence::Control(t("P2Y")), "2024-01-01").custody(K::Bail, "2023-07-01", "2023-12-31");
    says(&control, "term/custody-credit", P);
}

#[test]
fn a_bribe_giver_is_retained_as_a_functionary_only() {
    let giver = |functionary: bool| {
        World::new(fixed("P12Y"), "2019-03-01").lawful().with(|w| {
            w.inmate().charges.set("行贿罪".to_owned());
            w.inmate().functionary.set(functionary);
        })
    };
    says(&giver(true), "term/custody-credit", U);
    says(&giver(false), "term/custody-credit", P);
}

// ---- current-end --------------------------------------------------------------------------------------------------

/// The recorded original end is thirty days early, which earlier custody explains; start and term give 2030-03-09.
fn apart() -> World {
    fifteen().custody(K::DetentionCentre, "2014-11-01", "2014-11-30").with(|w| {
        w.inmate().detained.set(d("2014-11-01"));
        w.inmate().term_end.set(End::On(d("2030-02-07")));
    })
}

#[test]
fn both_the_recorded_and_the_computed_original_end_are_counted_from() {
    for (current, expected) in [("2030-02-06", V), ("2030-02-07", P), ("2030-02-20", V), ("2030-03-09", P)] {
        says(&apart().current(current), "term/current-end", expected);
    }
    // So are the ends that the rulings record: eight months and nine months.
    let ruled = |first: &str, second: &str| {
        apart()
            .ruling("2018-06-20", less(8))
            .end_recorded(first)
            .ruling("2020-03-20", less(9))
            .end_recorded(second)
            .current(second)
    };
    says(&ruled("2029-06-07", "2028-09-07"), "term/current-end", P);
    says(&ruled("2029-07-09", "2028-10-09"), "term/current-end", P);
    says(&ruled("2029-07-10", "2028-10-09"), "term/current-end", V);
}

#[test]
fn a_wrong_end_is_said_to_be_early_or_late() {
    let world = |current: &str| fifteen().ruling("2018-06-20", less(8)).current(current);
    mentions(&world("2029-07-08"), "term/current-end", "The current end is too early");
    mentions(&world("2029-07-10"), "term/current-end", "The current end is too late");
    let ruled = |end: &str| fifteen().ruling("2018-06-20", less(8)).end_recorded(end).current("2029-07-09");
    mentions(&ruled("2029-07-08"), "term/current-end", "1 day before the replayed 2029-07-09");
    mentions(&ruled("2029-07-10"), "term/current-end", "1 day after the replayed 2029-07-09");
    assert_eq!(current_end(&ruled("2029-07-08")), ["2029-07-09", "1", "ruling-end"]);
    // The cells of the ruling are shown.
    let world = ruled("2029-07-08");
    let ruling = &world.dossier.rulings[0];
    let evidence = world.finding("term/current-end").map(|f| f.evidence).unwrap_or_default();
    assert_eq!(evidence, [ruling.new_end.at, ruling.change.at]);
}

/// Thirteen years from 31 March less a month: 27 February by the start, the 28th backward from the end.
#[test]
fn at_a_months_end_the_expected_end_is_the_one_counted_from_the_start() {
    let world = |current: &str| {
        World::new(fixed("P13Y"), "2014-10-01")
            .dates("2014-03-31", "2027-03-30", "2014-10-01")
            .lawful()
            .ruling("2017-05-20", less(1))
            .current(current)
    };
    assert_eq!(current_end(&world("2027-03-05"))[..2], ["2027-02-27", "6"]);
    assert_eq!(current_end(&world("2027-02-20"))[..2], ["2027-02-27", "7"]);
    // The recorded original end is looked at beside the computed one: the nearer is expected.
    let world = apart().current("2030-02-10");
    assert_eq!(current_end(&world)[..2], ["2030-02-07", "3"]);
    assert_eq!(current_end(&apart().current("2030-03-12"))[..2], ["2030-03-09", "3"]);
}

#[test]
fn the_first_ruling_with_a_wrong_end_is_named_where_later_ones_went_on_from_it() {
    let world = fifteen()
        .ruling("2018-06-20", less(8))
        .end_recorded("2029-01-09")
        .ruling("2020-03-20", less(9))
        .end_recorded("2028-04-09")
        .current("2028-04-09");
    mentions(&world, "term/current-end", "the ruling of 2018-06-20 recorded a wrong end (2029-01-09)");
    let last = fifteen().ruling("2018-06-20", less(8)).end_recorded("2029-01-09").current("2029-01-09");
    mentions(&last, "term/current-end", "the ruling of 2018-06-20 recorded a wrong end (2029-01-09)");
    // An end that does not follow from it has another cause.
    let other = fifteen().ruling("2018-06-20", less(8)).end_recorded("2029-06-09").current("2029-08-20");
    assert_eq!(other.cause("term/current-end"), "unknown");
}

#[test]
fn a_cause_is_named_only_where_it_gives_the_recorded_end() {
    // From the detention to delivery, to the judgment's effect and to the judgment: 200, 170 and 155 days, or one more.
    for (current, cause) in [
        ("2028-03-21", "unknown"),
        ("2028-03-22", "credit-twice"),
        ("2028-03-23", "credit-twice"),
        ("2028-03-24", "unknown"),
    ] {
        let world = fifteen().ruling("2018-06-20", less(8)).ruling("2020-03-20", less(9)).current(current);
        assert_eq!(world.cause("term/current-end"), cause, "{current}");
    }
    let life = World::new(Sentence::Life, "2010-01-10")
        .lawful()
        .ruling("2012-06-20", Change::ToFixed(t("P19Y")))
        .current("2031-01-01");
    assert_eq!(life.cause("term/current-end"), "unknown");
    // Nine months and five days as 275 days.
    let days = |current: &str| fifteen().ruling("2018-06-20", Change::Reduce(t("P9M5D"))).current(current);
    says(&days("2029-06-04"), "term/current-end", P);
    assert_eq!(days("2029-06-07").cause("term/current-end"), "months-as-days");
    assert_eq!(days("2029-06-17").cause("term/current-end"), "unknown");
}

/// Fifteen years less seventeen months from the effect of the judgment: no conversion made that a start.
#[test]
fn a_term_that_was_never_converted_has_no_other_start() {
    let world = fifteen().ruling("2018-06-20", less(8)).ruling("2020-03-20", less(9)).current("2029-03-26");
    assert_eq!(world.cause("term/current-end"), "unknown");
}

#[test]
fn a_retrial_that_was_not_counted_is_named() {
    let world = |current: &str| {
        fifteen()
            .ruling("2018-06-20", less(8))
            .ruling("2020-05-01", Change::RetrialChanged(fixed("P17Y")))
            .current(current)
    };
    says(&world("2032-03-09"), "term/current-end", P);
    assert_eq!(world("2029-07-09").cause("term/current-end"), "void-reduction-kept");
    mentions(&world("2029-07-09"), "term/current-end", "before the new judgment of 2020-05-01");
    says(&world("2029-07-09"), "term/void-reduction", V);
}

// ---- conversion-start ---------------------------------------------------------------------------------------------

#[test]
fn after_a_retrial_a_wrong_start_of_the_converted_term_is_open() {
    let life = |retried: bool, start: &str| {
        let world = World::new(Sentence::Life, "2010-01-10").lawful();
        let world = if retried { world.ruling("2011-05-10", Change::RetrialChanged(Sentence::Life)) } else { world };
        world.ruling("2012-06-20", Change::ToFixed(t("P19Y"))).start_recorded(start)
    };
    for (retried, start, expected) in
        [(false, "2012-06-19", V), (true, "2012-06-19", U), (false, "2012-06-20", P), (true, "2012-06-20", P)]
    {
        says(&life(retried, start), "term/conversion-start", expected);
    }
}

/// Reprieved death, final on 2009-12-11: the reprieve ends on 2011-12-10 or the day after.
fn reprieve(change: Change, ruled: &str, crime: (&str, &str)) -> World {
    let world = World::new(Sentence::Reprieve, "2010-01-10").lawful().ruling(ruled, change);
    world.crime(NewCrimeKind::NewCrime, crime.1, |c| {
        if !crime.0.is_empty() {
            c.crime_date.set(d(crime.0));
        }
        c.intentional.set(true);
        c.sentence.set(fixed("P2Y"));
        c.decided.set(Sentence::Reprieve);
    })
}

#[test]
fn only_a_crime_within_the_reprieve_starts_it_again() {
    for (crime, expected) in [("2009-12-10", P), ("2009-12-11", V), ("2011-12-10", V), ("2011-12-11", P)] {
        let world = reprieve(Change::ToLife, "2012-01-10", (crime, "2012-01-05"));
        says(&world, "term/conversion-start", expected);
    }
}

#[test]
fn a_crime_without_a_date_is_open_up_to_a_year_after_the_reprieve() {
    for (confirmed, expected) in [("2012-12-11", U), ("2012-12-12", P)] {
        says(&reprieve(Change::ToLife, "2012-01-10", ("", confirmed)), "term/conversion-start", expected);
    }
    let direct = |start: &str| {
        reprieve(Change::ToFixed(t("P25Y")), "2012-02-10", ("", "2012-03-10")).with(|w| {
            w.dossier.rulings[0].new_start.set(d(start));
        })
    };
    for (start, expected) in [("2011-12-08", U), ("2011-12-10", P)] {
        says(&direct(start), "term/conversion-start", expected);
    }
}

// ---- void-reduction -----------------------------------------------------------------------------------------------

#[test]
fn a_later_end_carries_no_void_reduction() {
    let revoked = |current: &str| {
        fifteen()
            .ruling("2018-06-20", less(8))
            .ruling("2022-03-20", Change::ReductionRevoked { case_no: None, date: Some(d("2018-06-20")) })
            .current(current)
    };
    for (current, expected) in [("2030-03-08", U), ("2030-03-10", P), ("2030-04-09", P)] {
        says(&revoked(current), "term/void-reduction", expected);
    }
    // The revocation is shown.
    let world = revoked("2029-07-09");
    let evidence = world.finding("term/void-reduction").map(|f| f.evidence).unwrap_or_default();
    assert!(evidence.contains(&world.dossier.rulings[1].change.at));
}

/// Months taken off before a new crime do not count as served (2016 rules, art. 33).
#[test]
fn months_taken_off_before_a_new_crime_are_not_carried() {
    let world = |current: &str| {
        fifteen()
            .ruling("2018-06-20", less(8))
            .crime(NewCrimeKind::NewCrime, "2021-05-10", |c| {
                c.crime_date.set(d("2020-12-01"));
                c.intentional.set(true);
                c.sentence.set(fixed("P3Y"));
                c.decided.set(fixed("P12Y"));
                c.new_start.set(d("2021-05-10"));
                c.new_end.set(End::On(d("2033-05-09")));
            })
            .current(current)
    };
    for (current, expected) in [("2033-05-09", P), ("2032-09-09", V), ("2032-09-10", U), ("2033-05-08", U)] {
        says(&world(current), "term/void-reduction", expected);
    }
}

// ---- released-early -----------------------------------------------------------------------------------------------

#[test]
fn a_release_between_the_two_original_ends_is_open() {
    // Three years from 2015-03-10 end on 2018-03-09; thirty days of earlier custody make it 2018-02-07.
    let released = |day: &str| {
        World::new(fixed("P3Y"), "2015-09-26")
            .custody(K::DetentionCentre, "2014-11-01", "2014-11-30")
            .custody(K::DetentionCentre, "2015-03-10", "2015-09-25")
            .custody(K::Held, "2015-09-26", day)
            .custody(K::Released, day, day)
            .with(|w| w.inmate().term_end.set(End::On(d("2018-02-07"))))
    };
    for (day, expected) in [
        ("2018-02-06", V),
        ("2018-02-07", P),
        ("2018-02-08", U),
        ("2018-03-08", U),
        ("2018-03-09", P),
        ("2018-03-10", P),
    ] {
        says(&released(day), "term/released-early", expected);
    }
}

#[test]
fn a_release_from_a_sentence_without_an_end_names_the_sentence() {
    let life = |sentence| World::new(sentence, "2010-01-10").lawful().custody(K::Released, "2020-05-01", "2020-05-01");
    says(&life(Sentence::Life), "term/released-early", V);
    mentions(&life(Sentence::Life), "term/released-early", "The sentence (life) has no end");
    mentions(&life(Sentence::Reprieve), "term/released-early", "The sentence (reprieve) has no end");
}

#[test]
fn a_ruling_that_cannot_be_read_may_be_the_parole() {
    let parole = |f: fn(&mut jxjs::model::Ruling)| {
        fifteen()
            .custody(K::Parole, "2024-03-10", "")
            .ruling("2024-03-01", less(1))
            .with(|w| f(&mut w.dossier.rulings[0]))
    };
    says(&parole(|_| ()), "term/released-early", V);
    says(&parole(|r| r.change.value = Value::Empty), "term/released-early", U);
    says(&parole(|r| r.date.value = Value::Empty), "term/released-early", U);
}

// ---- overdue ------------------------------------------------------------------------------------------------------

/// Three years from 2015-03-10 to 2018-03-09.
fn three(rows: &[(K, &str, &str)]) -> World {
    let world = World::new(fixed("P3Y"), "2015-09-26").custody(K::DetentionCentre, "2015-03-10", "2015-09-25");
    rows.iter().fold(world, |w, (kind, from, to)| w.custody(*kind, from, to))
}

#[test]
fn days_of_escape_put_off_the_end() {
    for (to, expected) in [("2018-03-18", P), ("2018-03-19", P), ("2018-03-20", V)] {
        let world = three(&[
            (K::Held, "2015-09-26", "2016-03-31"),
            (K::Escape, "2016-04-01", "2016-04-10"),
            (K::Recalled, "2016-04-11", "2016-04-11"),
            (K::Held, "2016-04-11", to),
        ]);
        says(&world, "term/overdue", expected);
    }
}

#[test]
fn custody_for_another_case_is_open_only_after_the_end() {
    for (from, to, expected) in
        [("2018-03-05", "2018-03-09", V), ("2018-03-05", "2018-03-10", U), ("2018-03-05", "2018-03-20", U)]
    {
        let world = three(&[(K::Held, "2015-09-26", "2018-03-20"), (K::Investigation, from, to)]);
        says(&world, "term/overdue", expected);
    }
}

#[test]
fn a_row_closed_by_a_later_one_shows_custody_up_to_it() {
    let until = |day: &str| three(&[(K::Held, "2015-09-26", ""), (K::Released, day, "")]);
    says(&until("2018-03-10"), "term/overdue", P);
    says(&until("2018-03-11"), "term/overdue", V);
    assert_eq!(facts(&until("2018-03-20"), "term/overdue", ["recorded", "days"]), ["2018-03-19", "10"]);
    // Released later than the record of custody ends: in between nothing shows custody.
    says(&three(&[(K::Held, "2015-09-26", "2018-03-09"), (K::Released, "2018-03-15", "")]), "term/overdue", P);
}

#[test]
fn a_record_of_the_last_day_is_within_the_term() {
    let applied = |day: &str| {
        three(&[(K::Held, "2015-09-26", "2018-03-09")]).apply(
            d(day),
            Proposal::Reduce(Term::of_months(1)),
            &[Conduct::Repentance],
        )
    };
    says(&applied("2018-03-09"), "term/overdue", P);
    says(&applied("2018-03-10"), "term/overdue", V);
    // Of two records of one day the first is shown.
    let both = three(&[(K::Held, "2015-09-26", "")]).spend("2018-05", 100).apply(
        d("2018-05-01"),
        Proposal::Reduce(Term::of_months(1)),
        &[Conduct::Repentance],
    );
    let evidence = both.finding("term/overdue").map(|f| f.evidence).unwrap_or_default();
    assert!(!evidence.contains(&both.dossier.applications[0].applied.at), "{evidence:?}");
}

#[test]
fn a_suspended_sentence_is_not_held_too_long() {
    let world = three(&[(K::Held, "2015-09-26", "")]);
    says(&world, "term/overdue", R);
    says(&world.with(|w| w.inmate().suspended.set(true)), "term/overdue", None);
}

// ---- exceeds-remaining --------------------------------------------------------------------------------------------

/// A conversion that was ruled is no end that a proposal could pass, whatever its day.
#[test]
fn life_has_no_end_that_a_proposal_could_pass() {
    let world = World::new(Sentence::Life, "1990-01-10")
        .lawful()
        .apply(d("2026-01-10"), Proposal::ToFixed(t("P19Y")), &[Conduct::Repentance])
        .with(|w| w.app().ruled.set(d("2005-01-10")));
    says(&world, "term/exceeds-remaining", None);
}
