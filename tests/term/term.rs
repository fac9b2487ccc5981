//! term/*: each outcome, and the day before, on and after.

use jxjs::model::{
    AppKind, Application, Change, Conduct, CustodyKind as K, End, NewCrimeKind, Proposal, Sentence, SheetKind, Term,
    Value,
};

use crate::make::*;

// ---- end-date -----------------------------------------------------------------------------------------------------

#[test]
fn the_original_end_is_start_plus_term_less_a_day() {
    for (end, expected) in [("2030-03-08", V), ("2030-03-09", P), ("2030-03-10", V)] {
        let world = fifteen().with(|w| w.inmate().term_end.set(End::On(d(end))));
        says(&world, "term/end-date", expected);
    }
}

#[test]
fn before_2021_a_day_at_a_months_end_is_custom() {
    let at = |judged: &str, end: &str| {
        World::new(fixed("P5Y"), "2016-10-01")
            .dates("2016-03-01", end, "2016-10-01")
            .lawful()
            .with(|w| w.inmate().judged.set(d(judged)))
    };
    says(&at("2016-08-01", "2021-02-28"), "term/end-date", P);
    says(&at("2016-08-01", "2021-03-01"), "term/end-date", P);
    says(&at("2021-03-01", "2021-03-01"), "term/end-date", V);
    says(&at("2016-08-01", "2021-03-02"), "term/end-date", V);
}

#[test]
fn separate_earlier_custody_may_explain_an_early_end() {
    let early = |end: &str| {
        fifteen().with(|w| {
            w.inmate().term_end.set(End::On(d(end)));
            w.inmate().detained.set(d("2014-11-01"));
        })
    };
    // Thirty days in the detention centre before the term: exactly the thirty that are missing.
    let held = |w: World| w.custody(K::DetentionCentre, "2014-11-01", "2014-11-30");
    says(&held(early("2030-02-07")), "term/end-date", P);
    says(&held(early("2030-02-06")), "term/end-date", U);
    says(&early("2030-02-07"), "term/end-date", U);
    // Two days of surveillance make one.
    let watched = |w: World| w.custody(K::ResidentialSurveillance, "2014-11-01", "2014-12-30");
    says(&watched(early("2030-02-07")), "term/end-date", P);
    // No custody before, none recorded: nothing accounts for it.
    let none = fifteen().with(|w| w.inmate().term_end.set(End::On(d("2030-02-07"))));
    says(&none, "term/end-date", V);
    let unknown = none.with(|w| w.inmate().detained.value = Value::Empty);
    says(&unknown, "term/end-date", U);
}

#[test]
fn bail_moves_the_end_later() {
    let bailed = |end: &str| {
        World::new(fixed("P15Y"), "2015-09-26")
            .custody(K::DetentionCentre, "2015-03-10", "2015-03-31")
            .custody(K::Bail, "2015-04-01", "2015-04-30")
            .custody(K::DetentionCentre, "2015-05-01", "2015-09-25")
            .custody(K::Held, "2015-09-26", "")
            .with(|w| w.inmate().term_end.set(End::On(d(end))))
    };
    says(&bailed("2030-04-08"), "term/end-date", P);
    says(&bailed("2030-04-09"), "term/end-date", V);
    says(&bailed("2030-04-08"), "term/custody-credit", P);
    says(&bailed("2030-04-07"), "term/custody-credit", V);
    says(&bailed("2030-03-09"), "term/custody-credit", V);
    let bare = fifteen().no_custody().with(|w| w.inmate().term_end.set(End::On(d("2030-04-08"))));
    says(&bare, "term/end-date", U);
}

#[test]
fn life_and_suspended_sentences_have_no_end_date_to_check() {
    says(&World::new(Sentence::Life, "2015-09-26").lawful(), "term/end-date", None);
    let suspended = World::new(fixed("P3Y"), "2015-09-26").with(|w| w.inmate().suspended.set(true));
    says(&suspended, "term/end-date", None);
    let control = World::new(Sentence::Control(t("P2Y")), "2024-01-01").with(|w| {
        let end = w.inmate().term_end.get().and_then(End::date).unwrap_or_default();
        w.inmate().term_end.set(End::On(end - chrono::Days::new(10)));
    });
    says(&control, "term/end-date", U);
}

// ---- custody-credit -----------------------------------------------------------------------------------------------

#[test]
fn the_term_does_not_begin_before_custody() {
    for (detained, expected) in [("2015-03-09", P), ("2015-03-10", P), ("2015-03-11", V)] {
        let world = fifteen().no_custody().with(|w| w.inmate().detained.set(d(detained)));
        let expected = if detained == "2015-03-09" { U } else { expected };
        says(&world, "term/custody-credit", expected);
    }
    let unknown = fifteen().no_custody().with(|w| w.inmate().detained.value = Value::Empty);
    says(&unknown, "term/custody-credit", U);
}

#[test]
fn days_between_start_and_delivery_must_be_custody() {
    let gap = World::new(fixed("P15Y"), "2015-09-26")
        .custody(K::DetentionCentre, "2015-03-10", "2015-03-31")
        .custody(K::DetentionCentre, "2015-04-11", "2015-09-25")
        .custody(K::Held, "2015-09-26", "");
    says(&gap, "term/custody-credit", U);
    says(&fifteen(), "term/custody-credit", P);
    // Surveillance counts half: sixty days, thirty of them lost.
    let watched = World::new(fixed("P15Y"), "2015-09-26")
        .custody(K::ResidentialSurveillance, "2015-03-10", "2015-05-08")
        .custody(K::DetentionCentre, "2015-05-09", "2015-09-25")
        .custody(K::Held, "2015-09-26", "");
    let watched = |end: &str| {
        let mut world = World::new(fixed("P15Y"), "2015-09-26");
        world.dossier.custody = watched.dossier.custody.clone();
        world.with(|w| w.inmate().term_end.set(End::On(d(end))))
    };
    says(&watched("2030-04-08"), "term/end-date", P);
    // The start itself lies before any detention, but surveillance accounts for half of it only.
    assert_eq!(watched("2030-03-09").outcome("term/custody-credit"), V);
}

#[test]
fn a_duty_crime_since_2018_has_a_row_of_retention() {
    let bribery = |judged: &str| {
        World::new(fixed("P12Y"), "2019-03-01").corrupt().lawful().with(|w| w.inmate().judged.set(d(judged)))
    };
    says(&bribery("2018-03-19"), "term/custody-credit", P);
    says(&bribery("2018-03-20"), "term/custody-credit", U);
    let retained = bribery("2019-01-15").no_custody().custody(K::Liuzhi, "2018-08-13", "2019-02-28").custody(
        K::Held,
        "2019-03-01",
        "",
    );
    says(&retained, "term/custody-credit", P);
}

// ---- current-end --------------------------------------------------------------------------------------------------

#[test]
fn the_current_end_is_that_of_the_rulings_and_the_cause_is_named() {
    // Eight months and nine months: 2028-10-09.
    for (current, expected, cause) in [
        ("2028-10-09", P, "none"),
        ("2028-10-08", V, "one-day"),
        ("2028-10-10", V, "one-day"),
        ("2028-02-09", V, "reduction-twice"),
        ("2028-01-09", V, "reduction-twice"),
        ("2029-07-09", V, "reduction-left-out"),
        ("2028-03-23", V, "credit-twice"),
        ("2028-10-12", V, "months-as-days"),
        ("2030-03-09", V, "rulings-left-out"),
        ("2027-01-01", V, "unknown"),
    ] {
        let world = fifteen().ruling("2018-06-20", less(8)).ruling("2020-03-20", less(9)).current(current);
        says(&world, "term/current-end", expected);
        assert_eq!(world.cause("term/current-end"), cause, "{current}");
    }
    let world = fifteen().ruling("2018-06-20", less(8)).current("2029-06-09");
    let finding = world.finding("term/current-end");
    let facts = ["recorded", "expected", "days"].map(|key| text(finding.as_ref(), key));
    assert_eq!(facts, ["2029-06-09", "2029-07-09", "30"]);
}

#[test]
fn a_wrong_end_in_an_earlier_ruling_is_carried_on() {
    let world = fifteen()
        .ruling("2018-06-20", less(8))
        .end_recorded("2029-01-09")
        .ruling("2020-03-20", less(9))
        .end_recorded("2028-04-09")
        .current("2028-04-09");
    says(&world, "term/current-end", V);
    assert_eq!(world.cause("term/current-end"), "wrong-end-carried");
    // The end is right, but a ruling recorded a wrong one.
    let world = fifteen().ruling("2018-06-20", less(8)).end_recorded("2029-06-09").current("2029-07-09");
    says(&world, "term/current-end", V);
    assert_eq!(world.cause("term/current-end"), "ruling-end");
}

#[test]
fn life_counts_from_the_ruling_that_made_it_a_fixed_term() {
    let life = |current: &str| {
        World::new(Sentence::Life, "2010-01-10")
            .lawful()
            .ruling("2012-06-20", Change::ToFixed(t("P19Y")))
            .current(current)
    };
    says(&life("2031-06-19"), "term/current-end", P);
    says(&life("2031-06-18"), "term/current-end", V);
    let early = life("2028-12-10");
    says(&early, "term/current-end", V);
    assert_eq!(early.cause("term/current-end"), "conversion-start");
    // An end without a ruling that made it a fixed term.
    let none = World::new(Sentence::Life, "2010-01-10").lawful().current("2028-12-10");
    says(&none, "term/current-end", U);
    says(&World::new(Sentence::Life, "2010-01-10").lawful(), "term/current-end", None);
}

#[test]
fn a_ruling_only_named_in_the_application_counts_once() {
    let applied = |current: &str| {
        fifteen()
            .apply(d("2018-05-20"), Proposal::Reduce(Term::of_months(8)), &[Conduct::Repentance])
            .with(|w| {
                w.app().ruled.set(d("2018-06-20"));
                w.app().result.set(less(8));
            })
            .current(current)
    };
    says(&applied("2029-07-09"), "term/current-end", P);
    says(&applied("2030-03-09"), "term/current-end", V);
    // The same ruling in both sheets.
    says(&applied("2029-07-09").ruling("2018-06-20", less(8)), "term/current-end", P);
    // Ruled, but how is not said.
    let unknown = applied("2029-07-09").with(|w| w.app().result.value = Value::Empty);
    says(&unknown, "term/current-end", U);
    let refused = applied("2030-03-09").with(|w| w.app().result.set(Change::Refused));
    says(&refused, "term/current-end", P);
}

#[test]
fn what_is_missing_is_unverified() {
    let no_sheet = fifteen().with(|w| w.presence.sheets.retain(|s| *s != SheetKind::Rulings));
    says(&no_sheet, "term/current-end", U);
    let no_cell = fifteen().with(|w| w.inmate().current_end.value = Value::Empty);
    says(&no_cell, "term/current-end", U);
    let no_amount = fifteen().ruling("2018-06-20", less(8)).with(|w| {
        if let Some(ruling) = w.dossier.rulings.last_mut() {
            ruling.change.value = Value::Unclear;
        }
    });
    says(&no_amount, "term/current-end", U);
}

#[test]
fn time_excluded_by_a_ruling_moves_the_end() {
    let excluded = |current: &str| fifteen().ruling("2020-03-20", Change::NotCounted(t("P1Y"))).current(current);
    says(&excluded("2031-03-09"), "term/current-end", P);
    says(&excluded("2031-03-09"), "paper/uncounted-time", P);
    let ignored = excluded("2030-03-09");
    says(&ignored, "term/current-end", V);
    assert_eq!(ignored.cause("term/current-end"), "excluded-time-ignored");
    says(&ignored, "paper/uncounted-time", V);
}

#[test]
fn what_was_left_when_parole_was_granted_runs_from_the_recall() {
    // Parole on 2024-03-10 with six years (2191 days) left; back in prison on 2025-03-10.
    let revoked = |current: &str| {
        fifteen()
            .no_custody()
            .custody(K::DetentionCentre, "2015-03-10", "2015-09-25")
            .custody(K::Held, "2015-09-26", "2024-03-10")
            .custody(K::Parole, "2024-03-11", "")
            .custody(K::Recalled, "2025-03-10", "2025-03-10")
            .custody(K::Held, "2025-03-10", "")
            .ruling("2024-03-10", Change::Parole)
            .ruling("2025-03-01", Change::ParoleRevoked)
            .current(current)
    };
    says(&revoked("2031-03-09"), "term/current-end", P);
    let counted = revoked("2030-03-09");
    says(&counted, "term/current-end", V);
    assert_eq!(counted.cause("term/current-end"), "probation-counted");
    says(&counted, "paper/uncounted-time", V);
    says(&counted, "term/void-reduction", V);
    says(&revoked("2031-03-09"), "term/void-reduction", P);
    // The day of return is recorded nowhere.
    let lost = revoked("2031-03-09").with(|w| w.dossier.custody.truncate(2));
    says(&lost, "term/current-end", U);
}

// ---- conversion-start ---------------------------------------------------------------------------------------------

#[test]
fn a_converted_term_runs_from_the_ruling() {
    let life = |start: &str, end: &str| {
        World::new(Sentence::Life, "2010-01-10")
            .lawful()
            .ruling("2012-06-20", Change::ToFixed(t("P19Y")))
            .start_recorded(start)
            .end_recorded(end)
    };
    says(&life("2012-06-20", "2031-06-19"), "term/conversion-start", P);
    says(&life("2012-06-19", "2031-06-18"), "term/conversion-start", V);
    says(&life("2012-06-21", "2031-06-20"), "term/conversion-start", U);
    says(&life("2012-06-20", "2031-06-18"), "term/conversion-start", V);
    let bare = World::new(Sentence::Life, "2010-01-10").lawful().ruling("2012-06-20", Change::ToFixed(t("P19Y")));
    says(&bare, "term/conversion-start", U);
    says(&World::new(Sentence::Life, "2010-01-10").lawful(), "term/conversion-start", None);
    says(&fifteen(), "term/conversion-start", None);
}

/// Reprieved death, final on 2009-12-11: the reprieve ends on 2011-12-10.
fn reprieve() -> World {
    World::new(Sentence::Reprieve, "2010-01-10").lawful()
}

#[test]
fn reprieved_death_becomes_life_when_the_reprieve_ends() {
    for (ruled, expected) in [("2011-12-09", V), ("2011-12-10", P), ("2011-12-11", P)] {
        says(&reprieve().ruling(ruled, Change::ToLife), "term/conversion-start", expected);
    }
    let early = reprieve().ruling("2011-12-20", Change::ToLife).with(|w| w.inmate().reprieve_end.set(d("2011-11-10")));
    says(&early, "term/conversion-start", V);
    let next = reprieve().ruling("2011-12-20", Change::ToLife).with(|w| w.inmate().reprieve_end.set(d("2011-12-11")));
    says(&next, "term/conversion-start", P);
}

#[test]
fn an_intentional_crime_starts_the_reprieve_again() {
    let crime = |ruled: &str, intentional: bool| {
        reprieve().ruling(ruled, Change::ToLife).crime(NewCrimeKind::NewCrime, "2011-06-01", |c| {
            c.crime_date.set(d("2010-12-01"));
            c.intentional.set(intentional);
            c.sentence.set(fixed("P2Y"));
            c.decided.set(Sentence::Reprieve);
        })
    };
    says(&crime("2011-12-11", true), "term/conversion-start", V);
    // The recorded end of the reprieve is still the first one.
    says(&crime("2013-05-31", true), "term/conversion-start", V);
    let restarted = crime("2013-05-31", true).with(|w| w.inmate().reprieve_end.set(d("2013-05-31")));
    says(&restarted, "term/conversion-start", P);
    says(&crime("2011-12-11", false), "term/conversion-start", P);
}

#[test]
fn reprieved_death_made_a_fixed_term_runs_from_the_end_of_the_reprieve() {
    let direct = |start: &str| reprieve().ruling("2012-02-10", Change::ToFixed(t("P25Y"))).start_recorded(start);
    for (start, expected) in
        [("2011-12-08", V), ("2011-12-09", U), ("2011-12-10", P), ("2011-12-11", P), ("2012-02-10", U)]
    {
        says(&direct(start), "term/conversion-start", expected);
    }
}

// ---- void-reduction -----------------------------------------------------------------------------------------------

#[test]
fn a_revoked_reduction_is_not_counted() {
    let revoked = |current: &str| {
        fifteen()
            .ruling("2018-06-20", less(8))
            .ruling("2022-03-20", Change::ReductionRevoked { case_no: None, date: Some(d("2018-06-20")) })
            .current(current)
    };
    says(&revoked("2030-03-09"), "term/void-reduction", P);
    says(&revoked("2029-07-09"), "term/void-reduction", V);
    says(&revoked("2029-07-09"), "term/current-end", V);
    says(&fifteen().ruling("2018-06-20", less(8)), "term/void-reduction", None);
    // Named by the number of its case: the other one stands.
    let named = |current: &str| {
        let revoked = Change::ReductionRevoked { case_no: Some("（2018）测1号".to_owned()), date: None };
        let world = fifteen().ruling("2018-06-20", less(8)).ruling("2020-06-20", less(5)).ruling("2022-03-20", revoked);
        let world = world.with(|w| {
            for (ruling, case_no) in
                w.dossier.rulings.iter_mut().zip(["（2018）测1号", "（2020）测2号", "（2022）测3号"])
            {
                ruling.case_no.set(case_no.to_owned());
            }
        });
        world.current(current)
    };
    says(&named("2029-10-09"), "term/void-reduction", P);
    says(&named("2029-07-09"), "term/void-reduction", U);
    says(&named("2029-02-09"), "term/void-reduction", V);
}

#[test]
fn an_undiscovered_crime_voids_reductions_and_limits_what_is_granted_again() {
    let merged = |again: u32, current: &str| {
        let world = fifteen().ruling("2018-06-20", less(8)).crime(NewCrimeKind::Undiscovered, "2020-05-01", |c| {
            c.decided.set(fixed("P17Y"));
            c.new_start.set(d("2015-03-10"));
            c.new_end.set(End::On(d("2032-03-09")));
            c.sentence.set(fixed("P3Y"));
            c.confessed.set(false);
        });
        let world = if again > 0 {
            world.ruling("2021-05-01", Change::ReductionRestored(Term::of_months(again)))
        } else {
            world
        };
        world.current(current)
    };
    says(&merged(0, "2032-03-09"), "term/void-reduction", P);
    says(&merged(0, "2031-07-09"), "term/void-reduction", V);
    says(&merged(8, "2031-07-09"), "term/void-reduction", P);
    says(&merged(9, "2031-06-09"), "term/void-reduction", V);
    // Where the start of the merged term is not recorded it is that of the term it replaces.
    let no_start = merged(0, "2032-03-09").with(|w| w.dossier.new_crimes[0].new_start.value = Value::Empty);
    says(&no_start, "term/void-reduction", P);
    let blank = merged(0, "2032-03-09").with(|w| w.dossier.new_crimes[0].decided.value = Value::Empty);
    says(&blank, "term/void-reduction", U);
}

// ---- released-early -----------------------------------------------------------------------------------------------

/// Three years to 2018-03-09.
fn three(released: &str) -> World {
    World::new(fixed("P3Y"), "2015-09-26")
        .custody(K::DetentionCentre, "2015-03-10", "2015-09-25")
        .custody(K::Held, "2015-09-26", released)
        .custody(K::Released, released, released)
}

#[test]
fn the_last_day_is_a_lawful_day_of_release() {
    for (released, expected) in [("2018-03-08", V), ("2018-03-09", P), ("2018-03-10", P)] {
        says(&three(released), "term/released-early", expected);
    }
    let finding = three("2018-02-09").finding("term/released-early");
    assert_eq!(text(finding.as_ref(), "days"), "28");
    // The recorded current end may be the fraud: the replay decides.
    let forged = three("2017-03-09").current("2017-03-09");
    says(&forged, "term/released-early", V);
    says(&forged, "term/current-end", V);
    says(&fifteen(), "term/released-early", None);
    says(&fifteen().no_custody(), "term/released-early", U);
    let no_sheet = three("2018-03-08").with(|w| w.presence.sheets.retain(|s| *s != SheetKind::Custody));
    says(&no_sheet, "term/released-early", None);
}

#[test]
fn a_holiday_does_not_put_off_the_end_of_a_term() {
    // 2018-02-16 was the first day of the Spring Festival.
    let world = World::new(fixed("P3Y"), "2015-09-26")
        .dates("2015-02-17", "2018-02-16", "2015-09-26")
        .custody(K::DetentionCentre, "2015-02-17", "2015-09-25")
        .custody(K::Held, "2015-09-26", "2018-02-16")
        .custody(K::Released, "2018-02-16", "2018-02-16");
    says(&world, "term/released-early", P);
}

#[test]
fn amnesty_and_retrial_have_their_own_papers() {
    let world = three("2017-03-09").with(|w| {
        if let Some(row) = w.dossier.custody.last_mut() {
            row.note.set("再审改判无罪".to_owned());
        }
    });
    says(&world, "term/released-early", U);
}

#[test]
fn parole_needs_a_ruling_and_not_a_later_one() {
    let parole = |ruled: Option<&str>| {
        let world = fifteen().custody(K::Parole, "2024-03-10", "");
        match ruled {
            Some(day) => world.ruling(day, Change::Parole),
            None => world,
        }
    };
    says(&parole(None), "term/released-early", V);
    says(&parole(Some("2024-03-11")), "term/released-early", V);
    says(&parole(Some("2024-03-10")), "term/released-early", P);
    let no_sheet = parole(None).with(|w| w.presence.sheets.retain(|s| *s != SheetKind::Rulings));
    says(&no_sheet, "term/released-early", U);
}

// ---- overdue ------------------------------------------------------------------------------------------------------

#[test]
fn custody_after_the_end_is_a_violation_only_if_dated() {
    let held = |to: &str| {
        World::new(fixed("P3Y"), "2015-09-26").custody(K::DetentionCentre, "2015-03-10", "2015-09-25").custody(
            K::Held,
            "2015-09-26",
            to,
        )
    };
    for (to, expected) in [("2018-03-09", P), ("2018-03-10", V), ("", R)] {
        says(&held(to), "term/overdue", expected);
    }
    let before = held("").with(|w| w.as_of = d("2018-03-09"));
    says(&before, "term/overdue", P);
    says(&held("").spend("2018-05", 100), "term/overdue", V);
    says(&held("2018-03-09").custody(K::Released, "2018-03-09", "").spend("2018-05", 100), "term/overdue", P);
    let other = held("").crime(NewCrimeKind::NewCrime, "2018-01-01", |c| {
        c.decided.set(fixed("P2Y"));
        c.new_start.set(d("2016-03-09"));
    });
    assert_ne!(other.outcome("term/overdue"), V);
}

// ---- exceeds-remaining --------------------------------------------------------------------------------------------

#[test]
fn a_reduction_that_ends_the_term_means_release_at_once() {
    let propose =
        |applied: &str| fifteen().apply(d(applied), Proposal::Reduce(Term::of_months(6)), &[Conduct::Repentance]);
    // Six months off: 2029-09-09.
    for (applied, expected) in
        [("2029-09-10", R), ("2029-09-09", P), ("2029-08-10", P), ("2029-08-09", None), ("2024-01-01", None)]
    {
        says(&propose(applied), "term/exceeds-remaining", expected);
    }
    let rest = fifteen().apply(d("2029-12-01"), Proposal::Remainder, &[Conduct::Repentance]);
    says(&rest, "term/exceeds-remaining", R);
    let mut late = fifteen();
    let mut app = Application::blank(1);
    app.kind.set(AppKind::Parole);
    app.applied.set(d("2030-03-10"));
    late.dossier.applications.push(app);
    says(&late, "term/exceeds-remaining", R);
}
