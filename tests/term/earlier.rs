//! term/history: the days on which another law begins, and what the highest grade, the floor and a bar decide.

use jxjs::model::{AwardKind, Change, Declared, Health, NewCrimeKind, Rights, Sentence, SheetKind, Term};

use crate::make::*;

// ---- which law ----------------------------------------------------------------------------------------------------

/// Nothing is known of the rules before 8 November 1997.
#[test]
fn the_rules_of_1997_begin_on_8_november() {
    for (ruled, expected) in [("1997-11-07", U), ("1997-11-08", V)] {
        let world = World::new(fixed("P14Y"), "1994-09-26").lawful().ruling(ruled, less(40));
        says(&world, "term/history", expected);
    }
}

/// From 1 July 2012 an old case may use the rules of 2012, which have no hard cap; from 2017 two years is the most there is.
#[test]
fn the_rules_of_2012_and_of_2016_begin_on_their_day() {
    let ruled = |day: &str, months: u32| World::new(fixed("P14Y"), "2010-09-26").lawful().ruling(day, less(months));
    for (day, months, expected) in
        [("2012-06-30", 37, V), ("2012-07-01", 37, R), ("2016-12-31", 25, U), ("2017-01-01", 25, V)]
    {
        says(&ruled(day, months), "term/history", expected);
    }
}

/// Twelve years of reprieved death are enough under 1997, fifteen are needed under 2012; which rule a ruling of the first
/// year took is only said by the notice of 11 September 2013.
#[test]
fn the_notice_of_2013_settles_which_rule_is_used() {
    let world = |day: &str| {
        let world = World::new(Sentence::Reprieve, "1999-01-10")
            .lawful()
            .with(|w| w.inmate().reprieve_end.set(d("2000-12-10")))
            .ruling("2000-12-20", Change::ToLife)
            .ruling("2003-01-20", Change::ToFixed(t("P18Y")));
        let years = ["2005-01-20", "2006-03-20", "2007-05-20", "2008-07-20", "2009-09-20"];
        // To 2016-01-19, and with six months more to 2015-07-19.
        years.iter().fold(world, |w, ruled| w.ruling(ruled, less(12))).ruling(day, less(6))
    };
    for (day, expected) in [("2013-09-10", U), ("2013-09-11", P)] {
        says(&world(day), "term/history", expected);
    }
}

#[test]
fn the_floor_of_1997_for_reprieved_death_ends_on_its_last_day() {
    // Twelve years from 2000-12-10 end on 2012-12-09; eighteen from 2002-12-10 less eight end on the same day.
    let world = |last: Term| {
        let world = World::new(Sentence::Reprieve, "1999-01-10")
            .lawful()
            .with(|w| w.inmate().reprieve_end.set(d("2000-12-10")))
            .ruling("2000-12-20", Change::ToLife)
            .ruling("2002-12-10", Change::ToFixed(t("P18Y")));
        let years = ["2004-01-20", "2005-02-20", "2006-03-20", "2007-04-20", "2008-05-20", "2009-06-20", "2010-07-20"];
        years.iter().fold(world, |w, ruled| w.ruling(ruled, less(12))).ruling("2011-08-20", Change::Reduce(last))
    };
    says(&world(t("P11M")), "term/history", P);
    says(&world(t("P12M")), "term/history", P);
    says(&world(t("P12M1D")), "term/history", V);
}

// ---- waiting times ------------------------------------------------------------------------------------------------

/// Disabled, unable to work and to care for himself: start and interval shortened, the cap raised, by up to a third.
fn relaxed(world: World) -> World {
    world.with(|w| w.inmate().health.set([Health::Disabled, Health::UnableToWork, Health::CannotCareForSelf].into()))
}

#[test]
fn the_old_and_the_disabled_may_start_a_third_earlier() {
    // Sixteen months instead of two years from 2015-09-26: 2017-01-26.
    for (ruled, helped, plain) in [("2017-01-25", V, V), ("2017-04-26", P, V), ("2017-11-26", P, P)] {
        says(&relaxed(fifteen().ruling(ruled, less(9))), "term/history", helped);
        says(&fifteen().ruling(ruled, less(9)), "term/history", plain);
    }
    // Twenty-four months and a third more.
    for (months, expected) in [(25, U), (32, U), (33, V)] {
        says(&relaxed(fifteen().ruling("2018-06-20", less(months))), "term/history", expected);
    }
}

/// A shortened time is kept by the proposal, not by the ruling, which comes up to two months later.
#[test]
fn a_shortened_time_is_open_where_the_proposal_may_have_come_before_it() {
    // Sixteen months from 2015-09-26: 2017-01-26.
    for (ruled, helped, plain) in [
        ("2017-01-25", V, V),
        ("2017-01-26", U, V),
        ("2017-03-25", U, V),
        ("2017-03-26", P, V),
        ("2017-09-25", P, V),
        ("2017-09-26", P, U),
        ("2017-11-26", P, P),
    ] {
        says(&relaxed(fifteen().ruling(ruled, less(9))), "term/history", helped);
        says(&fifteen().ruling(ruled, less(9)), "term/history", plain);
    }
    // Twelve months instead of eighteen between two.
    let second = |ruled: &str| relaxed(fifteen().ruling("2017-12-26", less(9)).ruling(ruled, less(9)));
    for (ruled, expected) in [("2018-12-25", V), ("2018-12-26", U), ("2019-02-25", U), ("2019-02-26", P)] {
        says(&second(ruled), "term/history", expected);
    }
    let said = |ruled: &str, words: &str| mentions(&relaxed(fifteen().ruling(ruled, less(9))), "term/history", words);
    said("2017-01-26", "the shortened time to 2017-01-26 had passed, but when it was proposed is not recorded");
    said("2017-04-26", "need not have waited until 2017-09-26: shortened, the time ended on 2017-01-26 and was kept");
}

#[test]
fn major_merit_may_explain_a_departure_from_what_was_general() {
    let early = || World::new(fixed("P14Y"), "2003-09-26").lawful().ruling("2005-03-25", less(12));
    says(&early(), "term/history", R);
    says(&early().award(AwardKind::MajorMerit, "2004-06-01"), "term/history", U);
    // Without the sheet of awards it stays what it is.
    says(&early().with(|w| w.presence.sheets.retain(|s| *s != SheetKind::Awards)), "term/history", R);
}

// ---- stages -------------------------------------------------------------------------------------------------------

/// Nothing can be taken off a sentence without an end: the record is wrong, or the ruling that made it a fixed term is
/// missing.
#[test]
fn a_ruling_that_the_stage_does_not_allow_is_open() {
    let life = |change: Change| World::new(Sentence::Life, "2014-01-10").lawful().ruling("2018-06-20", change);
    for (change, expected) in
        [(less(9), U), (Change::ReduceRemainder, U), (Change::ToLife, U), (Change::ToFixed(t("P22Y")), P)]
    {
        says(&life(change), "term/history", expected);
    }
    mentions(&life(Change::ReduceRemainder), "term/history", "does not fit what was being served (life)");
    let reprieve = || World::new(Sentence::Reprieve, "2015-01-10").lawful();
    for change in [less(9), Change::ReduceRemainder] {
        says(&reprieve().ruling("2016-06-20", change.clone()), "term/history", U);
        says(&reprieve().ruling("2017-03-20", Change::ToLife).ruling("2021-06-20", change), "term/history", U);
    }
    // Made a fixed term twice, or after it the lawful way.
    says(&life(Change::ToFixed(t("P22Y"))).ruling("2021-06-20", Change::ToFixed(t("P22Y"))), "term/history", U);
    says(&life(Change::ToFixed(t("P22Y"))).ruling("2021-06-20", less(6)), "term/history", P);
    says(&fifteen().ruling("2018-06-20", Change::ToFixed(t("P10Y"))), "term/history", U);
}

// ---- amounts and targets ------------------------------------------------------------------------------------------

#[test]
fn what_is_said_of_an_amount() {
    // Below five years nothing says when the first reduction may be.
    let short = World::new(fixed("P4Y"), "2003-09-26").lawful().ruling("2005-06-20", less(6));
    says(&short, "term/history", P);
    mentions(&short, "term/history", "6 months on 2005-06-20, not above ");
    let open = World::new(fixed("P14Y"), "2003-09-26").lawful().ruling("2006-06-20", less(13));
    says(&open, "term/history", U);
    mentions(&open, "term/history", "of a lower grade; the conduct found then is not recorded");
    let over = World::new(fixed("P14Y"), "2003-09-26").lawful().ruling("2006-06-20", less(37));
    mentions(&over, "term/history", "above the most allowed at once then");
    // Criminal detention has no cap, only the floor.
    let detention = World::new(Sentence::Detention(t("P6M")), "2006-05-20").lawful().ruling("2006-06-20", less(1));
    says(&detention, "term/history", P);
    mentions(&detention, "term/history", "not before the floor");
}

#[test]
fn reprieved_death_with_major_merit_becomes_twenty_five_years() {
    for (term, expected) in [("P24Y11M", V), ("P25Y", P)] {
        let world =
            World::new(Sentence::Reprieve, "2015-01-10").lawful().ruling("2017-03-20", Change::ToFixed(t(term)));
        says(&world, "term/history", expected);
    }
}

// ---- political rights ---------------------------------------------------------------------------------------------

#[test]
fn a_reduction_leaves_a_year_of_deprivation_of_rights() {
    for (term, expected) in [("P11M", V), ("P1Y", P)] {
        let world =
            fifteen().with(|w| w.inmate().rights.set(Rights::For(Term::of_years(3)))).ruling("2018-06-20", less(9));
        let world = world.with(|w| w.dossier.rulings[0].rights.set(Rights::For(t(term))));
        says(&world, "term/history", expected);
    }
}

// ---- parole -------------------------------------------------------------------------------------------------------

#[test]
fn parole_from_a_fixed_term_needs_half_of_it_in_every_time() {
    // Fourteen years from 2003-03-10: half on 2010-03-10.
    for (ruled, expected) in [("2010-03-09", V), ("2010-06-20", P), ("2014-06-20", P)] {
        let world = World::new(fixed("P14Y"), "2003-09-26").lawful().ruling(ruled, Change::Parole);
        says(&world, "term/history", expected);
    }
}

/// Offences up to 30 April 2011 fall under the older list of crimes, those up to 30 September 1997 under the older code.
#[test]
fn whom_parole_is_barred_for_depends_on_the_day_of_the_offence() {
    let parole = |charges: &str, recidivist: bool, day: &str| {
        let world = if recidivist { fifteen().declare(Declared::Recidivist) } else { fifteen() };
        world
            .with(|w| {
                w.inmate().charges.set(charges.to_owned());
                w.inmate().crime_date.set(d(day));
            })
            .ruling("2023-11-10", Change::Parole)
    };
    for (charges, recidivist, day, expected) in [
        ("抢劫罪", false, "2011-04-29", U),
        ("抢劫罪", false, "2011-04-30", U),
        ("抢劫罪", false, "2011-05-01", V),
        ("盗窃罪", false, "2011-05-01", P),
        ("盗窃罪", true, "1997-09-29", U),
        ("盗窃罪", true, "1997-09-30", U),
        ("盗窃罪", true, "1997-10-01", V),
        ("盗窃罪", true, "1997-10-02", V),
        ("盗窃罪", true, "2011-05-01", V),
    ] {
        says(&parole(charges, recidivist, day), "term/history", expected);
    }
}

#[test]
fn organised_violence_under_life_bars_parole() {
    let parole = |organised: bool| {
        let world =
            World::new(Sentence::Life, "2012-01-10").lawful().with(|w| w.inmate().charges.set("故意伤害罪".to_owned()));
        let world = if organised { world.declare(Declared::OrganizedViolence) } else { world };
        world.ruling("2015-06-20", Change::ToFixed(t("P22Y"))).ruling("2025-06-20", Change::Parole)
    };
    says(&parole(true), "term/history", V);
    says(&parole(false), "term/history", P);
}

/// Ten years or more for organised violence bar parole also under a fixed term, whatever the crime is called (刑法81.2).
#[test]
fn organised_violence_under_a_fixed_term_bars_parole() {
    let parole = |term: &str, organised: bool| {
        let world =
            World::new(fixed(term), "2015-09-26").lawful().with(|w| w.inmate().charges.set("故意伤害罪".to_owned()));
        let world = if organised { world.declare(Declared::OrganizedViolence) } else { world };
        world.ruling("2023-11-10", Change::Parole)
    };
    for (term, organised, expected) in [("P15Y", true, V), ("P15Y", false, P), ("P10Y", true, V), ("P9Y11M", true, P)] {
        says(&parole(term, organised), "term/history", expected);
    }
    mentions(&parole("P15Y", true), "term/history", "for organised violent crime: no parole");
    // The paragraph of before May 2011 did not name it.
    let old = parole("P15Y", true).with(|w| w.inmate().crime_date.set(d("2011-04-30")));
    says(&old, "term/history", U);
}

/// With less than two years left when the last reduction was ruled the interval may be shorter, without a number.
#[test]
fn with_little_left_parole_may_follow_a_reduction_sooner() {
    for (start, end, expected) in [
        // Six months less: 2024-12-19 and 2024-12-20.
        ("2015-06-20", "2025-06-19", R),
        ("2015-06-21", "2025-06-20", V),
        ("2015-06-22", "2025-06-21", V),
        ("2015-06-10", "2025-06-09", R),
    ] {
        let world = World::new(fixed("P10Y"), "2015-12-20").dates(start, end, "2015-12-20").lawful();
        let world = world.ruling("2022-12-20", less(6)).ruling("2023-06-20", Change::Parole);
        says(&world, "term/history", expected);
    }
}

/// After a new crime the audit goes on from the merged term.
#[test]
fn a_ruling_before_a_new_crime_is_audited_under_the_old_term() {
    let world = fifteen().ruling("2018-06-20", less(9)).crime(NewCrimeKind::NewCrime, "2021-05-10", |c| {
        c.crime_date.set(d("2020-12-01"));
        c.intentional.set(true);
        c.decided.set(fixed("P12Y"));
        c.new_start.set(d("2021-05-10"));
    });
    says(&world, "term/history", P);
}
