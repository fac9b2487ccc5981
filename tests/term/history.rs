//! term/history: earlier rulings under the law of their own day.

use jxjs::model::{AwardKind, Change, Rights, Sentence, SheetKind, Term, Value, date};

use crate::make::*;

/// Fifteen years, delivered 2015-09-26: the first reduction from 2017-09-26, then every eighteen months.
#[test]
fn start_and_interval_under_the_rules_of_2016() {
    for (ruled, expected) in [
        ("2017-09-25", V),
        // Lawful on the day of the ruling, but the proposal may have come up to two months before.
        ("2017-09-26", U),
        ("2017-11-25", U),
        ("2017-11-26", P),
    ] {
        says(&fifteen().ruling(ruled, less(9)), "term/history", expected);
    }
    for (ruled, expected) in [("2019-06-25", V), ("2019-06-26", U), ("2019-08-26", P)] {
        says(&fifteen().ruling("2017-12-26", less(9)).ruling(ruled, less(9)), "term/history", expected);
    }
}

/// The first reduction lies before the day it could be had; with less than two years left when the judgment became final,
/// on 2020-06-15, there is no such day.
#[test]
fn a_short_remainder_has_no_day_before_which_a_reduction_is_early() {
    for (end, expected) in [("2022-06-13", P), ("2022-06-14", V)] {
        let start = date::add_days(d(end), 1).checked_sub_months(chrono::Months::new(60)).expect("a day").to_string();
        let world = World::new(fixed("P5Y"), "2020-07-15").dates(&start, end, "2020-07-15").lawful();
        let world = world.ruling("2021-05-01", less(1));
        says(&world, "term/history", expected);
        if expected == P {
            mentions(&world, "term/history", "Less than 2 years were left when the judgment became final");
        }
    }
}

#[test]
fn major_merit_leaves_an_early_ruling_open() {
    let early = fifteen().ruling("2017-06-25", less(9));
    says(&early, "term/history", V);
    let merit = fifteen().ruling("2017-06-25", less(9)).award(AwardKind::MajorMerit, "2017-03-01");
    says(&merit, "term/history", U);
    let no_awards =
        fifteen().ruling("2017-06-25", less(9)).with(|w| w.presence.sheets.retain(|s| *s != SheetKind::Awards));
    says(&no_awards, "term/history", U);
}

#[test]
fn the_highest_grade_decides_whether_an_amount_is_a_violation() {
    for (months, expected) in [(9, P), (10, U), (24, U), (25, V)] {
        says(&fifteen().ruling("2018-06-20", less(months)), "term/history", expected);
    }
}

#[test]
fn the_proposal_is_known_where_the_batch_has_it() {
    use jxjs::model::{Conduct, Proposal};
    // Proposed on the very first day, ruled a month later; then a second application.
    let world = |first: &str| {
        fifteen()
            .apply(d(first), Proposal::Reduce(Term::of_months(9)), &[Conduct::Repentance])
            .with(|w| {
                w.app().ruled.set(d("2017-10-26"));
                w.app().result.set(less(9));
            })
            .ruling("2017-10-26", less(9))
            .apply(d("2020-01-10"), Proposal::Reduce(Term::of_months(6)), &[Conduct::Repentance])
    };
    let second = |w: World| {
        let reviews = w.reviews();
        reviews[1].findings.iter().find(|f| f.check == "term/history").map(|f| f.outcome)
    };
    assert_eq!(second(world("2017-09-26")), P);
    assert_eq!(second(world("2017-09-25")), U);
}

#[test]
fn political_rights_under_the_rules_of_2016() {
    let converted = |years: u32| {
        World::new(Sentence::Life, "2014-01-10").lawful().ruling("2017-06-20", Change::ToFixed(t("P22Y"))).with(|w| {
            if let Some(ruling) = w.dossier.rulings.last_mut() {
                ruling.rights.set(Rights::For(Term::of_years(years)));
            }
        })
    };
    for (years, expected) in [(6, V), (7, P), (10, P), (11, V)] {
        says(&converted(years), "term/history", expected);
    }
}

#[test]
fn the_target_of_a_conversion() {
    let life =
        |term: &str| World::new(Sentence::Life, "2014-01-10").lawful().ruling("2018-06-20", Change::ToFixed(t(term)));
    for (term, expected) in [("P22Y", P), ("P21Y", U), ("P19Y", U), ("P18Y11M", V)] {
        says(&life(term), "term/history", expected);
    }
}

// ---- before 2017 --------------------------------------------------------------------------------------------------

/// Fourteen years from 2003-03-10, an offence and a judgment of before 2011: the rules of 1997.
fn old() -> World {
    World::new(fixed("P14Y"), "2003-09-26").lawful()
}

#[test]
fn what_was_only_general_is_only_a_risk() {
    // A year and a half before the first: 2005-03-26.
    for (ruled, expected) in [("2005-03-25", R), ("2005-03-26", P)] {
        says(&old().ruling(ruled, less(12)), "term/history", expected);
    }
    // A year between two.
    for (ruled, expected) in [("2006-06-19", R), ("2006-06-20", P)] {
        says(&old().ruling("2005-06-20", less(12)).ruling(ruled, less(12)), "term/history", expected);
    }
}

#[test]
fn life_first_became_a_term_after_two_years() {
    let life = |ruled: &str| {
        World::new(Sentence::Life, "2004-01-10")
            .lawful()
            .with(|w| w.inmate().effective.set(d("2003-12-10")))
            .ruling(ruled, Change::ToFixed(t("P18Y")))
    };
    for (ruled, expected) in [("2005-12-09", R), ("2005-12-10", P)] {
        says(&life(ruled), "term/history", expected);
    }
    let blank = life("2005-12-10").with(|w| w.inmate().effective.value = Value::Empty);
    says(&blank, "term/history", U);
    // Whether the year between two holds for a term that was life is read both ways.
    for (ruled, expected) in [("2007-06-19", U), ("2007-06-20", P)] {
        says(&life("2006-06-20").ruling(ruled, less(12)), "term/history", expected);
    }
}

#[test]
fn the_hard_caps_of_1997_are_violations_only_in_their_time() {
    for (months, expected) in [(12, P), (13, U), (36, U), (37, V)] {
        says(&old().ruling("2006-06-20", less(months)), "term/history", expected);
    }
    // From 2012-07-01 the rules of 2012 may be used where they are more lenient, and have no hard cap.
    let late = World::new(fixed("P14Y"), "2010-09-26").lawful();
    says(&late.ruling("2014-06-20", less(37)), "term/history", R);
    // Below ten years nothing is hard.
    let short = World::new(fixed("P8Y"), "2003-09-26").lawful().ruling("2006-06-20", less(25));
    says(&short, "term/history", R);
}

#[test]
fn the_floor_of_half_is_hard_in_every_time() {
    // Seven of fourteen years end on 2010-03-09; thirty months leave more, but with thirty-six and sixty not.
    let world = old().ruling("2005-06-20", less(36)).ruling("2007-09-20", less(36)).ruling("2009-12-20", less(24));
    says(&world, "term/history", V);
    let world = old().ruling("2005-06-20", less(36)).ruling("2007-09-20", less(36));
    assert_ne!(world.outcome("term/history"), V);
}

#[test]
fn reprieved_death_had_a_floor_of_twelve_years_under_1997() {
    // The reprieve ends on 2000-12-10, so twelve years end on 2012-12-09.
    let world = |months: u32| {
        World::new(Sentence::Reprieve, "1999-01-10")
            .lawful()
            .with(|w| w.inmate().reprieve_end.set(d("2000-12-10")))
            .ruling("2000-12-20", Change::ToLife)
            .ruling("2003-01-20", Change::ToFixed(t("P13Y")))
            .ruling("2005-01-20", less(months))
    };
    // Thirteen years from 2003-01-20 end on 2016-01-19; thirty-six months off is 2013-01-19, thirty-seven before the floor? no.
    assert_ne!(world(36).outcome("term/history"), V);
    says(&world(40), "term/history", V);
}

#[test]
fn targets_and_rights_before_2017() {
    let life = |term: &str, ruled: &str| {
        World::new(Sentence::Life, "2004-01-10").lawful().ruling(ruled, Change::ToFixed(t(term)))
    };
    for (term, expected) in [("P18Y", P), ("P17Y", U), ("P13Y", U), ("P12Y", R)] {
        says(&life(term, "2006-06-20"), "term/history", expected);
    }
    let rights = |years: u32| {
        life("P18Y", "2006-06-20").with(|w| {
            if let Some(ruling) = w.dossier.rulings.last_mut() {
                ruling.rights.set(Rights::For(Term::of_years(years)));
            }
        })
    };
    for (years, expected) in [(2, V), (3, P), (10, P), (11, V)] {
        says(&rights(years), "term/history", expected);
    }
}

#[test]
fn three_categories_from_2014_are_at_most_a_risk() {
    let bribery = |months: u32, ruled: &str| {
        World::new(fixed("P12Y"), "2012-03-26").corrupt().lawful().ruling(ruled, less(months))
    };
    says(&bribery(13, "2014-06-20"), "term/history", R);
    assert_ne!(bribery(13, "2014-01-20").outcome("term/history"), R);
}

#[test]
fn rulings_of_before_november_1997_are_left_to_people() {
    let world = World::new(fixed("P14Y"), "1994-09-26").lawful().ruling("1996-06-20", less(40));
    says(&world, "term/history", U);
}

#[test]
fn parole_too_early_is_a_violation() {
    let parole = |ruled: &str| fifteen().ruling(ruled, Change::Parole);
    // Half of fifteen years from 2015-03-10: 2022-09-10.
    for (ruled, expected) in [("2022-09-09", V), ("2022-09-10", U), ("2022-11-10", P)] {
        says(&parole(ruled), "term/history", expected);
    }
    let barred = fifteen()
        .with(|w| {
            w.inmate().charges.set("抢劫罪".to_owned());
        })
        .ruling("2023-11-10", Change::Parole);
    says(&barred, "term/history", V);
}

/// A year from service; a year and a half where a year or more was taken off.
#[test]
fn parole_soon_after_a_reduction_is_a_violation() {
    let parole = |months: u32, ruled: &str| fifteen().ruling("2022-12-20", less(months)).ruling(ruled, Change::Parole);
    for (months, ruled, expected) in [
        (6, "2023-12-19", V),
        // Lawful when it was ruled, perhaps not yet when it was proposed.
        (6, "2023-12-20", U),
        (6, "2024-02-20", P),
        (12, "2024-02-20", V),
        (12, "2024-06-19", V),
        // The interval is kept; whether twelve months could be had then is another question.
        (12, "2024-06-20", U),
    ] {
        says(&parole(months, ruled), "term/history", expected);
    }
}

#[test]
fn without_the_sheet_or_without_rulings() {
    says(&fifteen(), "term/history", None);
    let none = fifteen().with(|w| w.presence.sheets.retain(|s| *s != SheetKind::Rulings));
    says(&none, "term/history", U);
}
