//! Every row of the limit tables, on the boundary day, the day before and the day after.

mod support;

use chrono::NaiveDate;
use jxjs::checks::finding::Outcome::{Pass, Violation};
use jxjs::model::Conduct::{MajorMerit, Merit, Repentance};
use jxjs::model::{Change, Conduct, Declared, Proposal, Sentence, Term, date};
use support::{World, d, t};

/// The conduct of a grade.
fn conduct(grade: u8) -> &'static [Conduct] {
    match grade {
        1 => &[Repentance],
        2 => &[Repentance, Merit],
        3 => &[MajorMerit],
        _ => &[Repentance, MajorMerit],
    }
}

#[derive(Clone, Copy, Debug)]
enum Who {
    Anyone,
    R1,
    R2,
    Corrupt,
    Limited,
}

fn person(who: Who, sentence: Sentence, delivered: &str) -> World {
    let world = World::new(sentence, delivered);
    match who {
        Who::Anyone => world,
        Who::R1 => world.declare(Declared::Recidivist),
        Who::R2 => world.with(|w| w.inmate().charges.set("抢劫罪".to_owned())),
        Who::Corrupt => world.corrupt(),
        Who::Limited => world.with(|w| {
            w.inmate().charges.set("故意杀人罪".to_owned());
            w.inmate().limited.set(true);
        }),
    }
}

fn fixed(years: u32, months: u32) -> Sentence {
    Sentence::Fixed(Term::new(years, months, 0))
}

/// Short the day before, met on the day and after.
fn boundary(check: &str, day: NaiveDate, make: impl Fn(NaiveDate) -> World, what: &str) {
    for (offset, expected) in [(-1, Violation), (0, Pass), (1, Pass)] {
        let world = make(date::add_days(day, offset));
        assert_eq!(world.outcome(check), Some(expected), "{what}: {check} {offset} days from {day}");
    }
}

#[test]
fn start_of_fixed_terms() {
    use Who::{Anyone, Corrupt, R1, R2};
    for (who, sentence, start) in [
        (Anyone, fixed(4, 11), "P1Y"),
        (Anyone, fixed(3, 0), "P1Y"),
        (Anyone, fixed(5, 0), "P1Y6M"),
        (Anyone, fixed(9, 11), "P1Y6M"),
        (Anyone, fixed(10, 0), "P2Y"),
        (Anyone, fixed(15, 0), "P2Y"),
        (R1, fixed(4, 0), "P2Y"),
        (R1, fixed(10, 0), "P2Y"),
        (R1, fixed(12, 0), "P2Y"),
        (R2, fixed(9, 11), "P1Y6M"),
        (R2, fixed(10, 0), "P2Y"),
        (Corrupt, fixed(9, 11), "P2Y"),
        (Corrupt, fixed(10, 0), "P3Y"),
    ] {
        for delivered in ["2019-07-15", "2020-02-29", "2019-08-31"] {
            let earliest = date::add(d(delivered), t(start));
            let make =
                |day| person(who, sentence, delivered).apply(day, Proposal::Reduce(Term::of_months(1)), conduct(1));
            let world = make(earliest);
            if world.review().limits.unwrap().start == jxjs::checks::world::Settled::Is(earliest) {
                boundary("reduction/start-time", earliest, make, &format!("{who:?} {sentence:?} from {delivered}"));
            } else {
                // Years and months counted from a month's last day: two readings, so only the later one is certain.
                assert!(matches!(sentence.term(), Some(term) if term.total_months() > 0));
                assert!(delivered != "2019-07-15", "{who:?} {sentence:?}");
            }
        }
    }
}

#[test]
fn interval_after_a_reduction() {
    use Who::{Anyone, Corrupt, R1, R2};
    for (who, sentence, taken, interval) in [
        (Anyone, fixed(9, 11), 6, "P1Y"),
        (Anyone, fixed(10, 0), 6, "P1Y6M"),
        (Anyone, fixed(8, 0), 15, "P1Y3M"),
        (Anyone, fixed(15, 0), 24, "P2Y"),
        (R1, fixed(9, 11), 6, "P1Y"),
        (R1, fixed(10, 0), 6, "P1Y6M"),
        (R2, fixed(10, 0), 6, "P1Y6M"),
        (Corrupt, fixed(9, 11), 6, "P1Y6M"),
        (Corrupt, fixed(10, 0), 6, "P2Y"),
    ] {
        let earliest = date::add(d("2021-03-10"), t(interval));
        let make = |day| {
            person(who, sentence, "2017-07-15").ruling("2021-03-10", Change::Reduce(Term::of_months(taken))).apply(
                day,
                Proposal::Reduce(Term::of_months(1)),
                conduct(1),
            )
        };
        boundary("reduction/interval", earliest, make, &format!("{who:?} {sentence:?} after {taken} months"));
    }
}

#[test]
fn caps_by_grade() {
    use Who::{Anyone, Corrupt, R1, R2};
    for (who, caps) in
        [(Anyone, [9, 12, 18, 24]), (R1, [9, 12, 12, 12]), (R2, [9, 12, 12, 12]), (Corrupt, [6, 9, 12, 12])]
    {
        for (grade, cap) in (1..).zip(caps) {
            for (months, expected) in [(cap - 1, Pass), (cap, Pass), (cap + 1, Violation)] {
                let world = person(who, fixed(15, 0), "2017-07-15").apply(
                    d("2022-01-10"),
                    Proposal::Reduce(Term::of_months(months)),
                    conduct(grade),
                );
                assert_eq!(world.outcome("reduction/amount"), Some(expected), "{who:?} grade {grade}, {months} months");
            }
        }
    }
}

#[test]
fn life_start_and_target() {
    use Who::{Anyone, Corrupt, R1, R2};
    for (who, start, targets) in [
        (Anyone, "P2Y", ["P22Y", "P21Y", "P20Y", "P19Y"]),
        (R1, "P3Y", ["P22Y", "P21Y", "P20Y", "P20Y"]),
        (R2, "P3Y", ["P22Y", "P21Y", "P20Y", "P20Y"]),
        (Corrupt, "P4Y", ["P23Y", "P22Y", "P21Y", "P21Y"]),
    ] {
        // Judgment and delivery on one day, so that the two readings of the start agree.
        let make = |day: NaiveDate, term: Term, grade| {
            person(who, Sentence::Life, "2018-04-10").with(|w| w.inmate().effective.set(d("2018-04-10"))).apply(
                day,
                Proposal::ToFixed(term),
                conduct(grade),
            )
        };
        let earliest = date::add(d("2018-04-10"), t(start));
        boundary("reduction/start-time", earliest, |day| make(day, t("P22Y"), 1), &format!("{who:?}"));
        for (grade, target) in (1..).zip(targets) {
            let target = t(target);
            let shorter = Term::of_months(target.total_months() - 1);
            for (term, expected) in [(shorter, Violation), (target, Pass), (target.plus(t("P1M")), Pass)] {
                let world = make(d("2023-04-10"), term, grade);
                assert_eq!(
                    world.outcome("reduction/conversion-term"),
                    Some(expected),
                    "{who:?} grade {grade} to {term}"
                );
            }
        }
    }
}

fn reprieved(who: Who) -> World {
    // Both readings of the start fall on one day: the ruling on the last day of the reprieve.
    person(who, Sentence::Reprieve, "2014-04-10")
        .with(|w| w.inmate().reprieve_end.set(d("2016-04-09")))
        .with(|w| w.inmate().effective.set(d("2014-04-10")))
        .with(|w| w.inmate().judged.set(d("2015-12-01")))
        .ruling("2016-04-09", Change::ToLife)
}

#[test]
fn reprieved_death_start_and_target() {
    use Who::{Anyone, Corrupt, Limited, R1, R2};
    for (who, start, targets) in [
        (Anyone, "P3Y", ["P25Y", "P24Y", "P23Y", "P22Y"]),
        (R1, "P3Y", ["P25Y", "P24Y", "P23Y", "P23Y"]),
        (R2, "P3Y", ["P25Y", "P24Y", "P23Y", "P23Y"]),
        (Corrupt, "P4Y", ["P25Y", "P24Y6M", "P24Y", "P24Y"]),
        (Limited, "P5Y", ["P25Y", "P24Y", "P23Y", "P23Y"]),
    ] {
        let make =
            |day: NaiveDate, term: Term, grade| reprieved(who).apply(day, Proposal::ToFixed(term), conduct(grade));
        let earliest = date::add(d("2016-04-09"), t(start));
        boundary("reduction/start-time", earliest, |day| make(day, t("P25Y"), 1), &format!("{who:?}"));
        for (grade, target) in (1..).zip(targets) {
            let target = t(target);
            let shorter = Term::of_months(target.total_months() - 1);
            for (term, expected) in [(shorter, Violation), (target, Pass)] {
                let world = make(d("2022-04-10"), term, grade);
                assert_eq!(
                    world.outcome("reduction/conversion-term"),
                    Some(expected),
                    "{who:?} grade {grade} to {term}"
                );
            }
        }
    }
}

#[test]
fn after_conversion_two_years_and_the_caps() {
    use Who::{Anyone, Corrupt, Limited, R1, R2};
    for (who, reprieve, caps) in [
        (Anyone, false, [9, 12, 18, 24]),
        (R1, false, [9, 12, 12, 12]),
        (R2, false, [9, 12, 12, 12]),
        (Corrupt, false, [6, 9, 12, 12]),
        (Anyone, true, [9, 12, 18, 24]),
        (R1, true, [9, 12, 12, 12]),
        (R2, true, [9, 12, 12, 12]),
        (Corrupt, true, [6, 9, 12, 12]),
        (Limited, true, [6, 6, 12, 12]),
    ] {
        let make = |day: NaiveDate, months, grade| {
            let world = if reprieve {
                reprieved(who).ruling("2021-05-20", Change::ToFixed(t("P25Y")))
            } else {
                person(who, Sentence::Life, "2016-03-10").ruling("2021-05-20", Change::ToFixed(t("P22Y")))
            };
            world.apply(day, Proposal::Reduce(Term::of_months(months)), conduct(grade))
        };
        let what = format!("{who:?} {}", if reprieve { "from reprieve" } else { "from life" });
        boundary("reduction/interval", d("2023-05-20"), |day| make(day, 1, 1), &what);
        for (grade, cap) in (1..).zip(caps) {
            for (months, expected) in [(cap, Pass), (cap + 1, Violation)] {
                let world = make(d("2024-02-01"), months, grade);
                assert_eq!(world.outcome("reduction/amount"), Some(expected), "{what} grade {grade}, {months} months");
            }
        }
    }
}

#[test]
fn floors() {
    // Half of ten years from 刑期起日; the end date that the proposal leaves decides.
    let start = "2016-01-10";
    for (months, expected) in [(59, Pass), (60, Pass), (61, Violation)] {
        let world = World::new(fixed(10, 0), "2016-07-28")
            .with(|w| {
                w.inmate().term_start.set(d(start));
                w.inmate().term_end.set(jxjs::model::End::On(d("2026-01-09")));
            })
            .apply(d("2019-01-10"), Proposal::Reduce(Term::of_months(months)), conduct(4));
        assert_eq!(world.outcome("reduction/served-floor"), Some(expected), "{months} months off ten years");
    }
    // Life: thirteen years from the judgment, ten for offences up to 2011-04-30.
    for (crime, floor) in [("2012-01-01", "2026-01-31"), ("2011-05-01", "2026-01-31"), ("2011-04-30", "2023-01-31")] {
        let world = World::new(Sentence::Life, "2013-03-01")
            .with(|w| {
                w.inmate().effective.set(d("2013-02-01"));
                w.inmate().crime_date.set(d(crime));
            })
            .ruling("2017-05-20", Change::ToFixed(t("P22Y")))
            .apply(d("2020-01-10"), Proposal::Reduce(Term::of_months(6)), conduct(1));
        assert_eq!(world.review().limits.unwrap().floor, jxjs::checks::world::Settled::Is(d(floor)), "{crime}");
    }
    // Reprieved death: fifteen years from the end of the reprieve; limited commutation twenty-five.
    for (who, floor) in [(Who::Anyone, "2031-04-08"), (Who::Limited, "2041-04-08")] {
        let world = reprieved(who).ruling("2021-05-20", Change::ToFixed(t("P25Y"))).apply(
            d("2024-01-10"),
            Proposal::Reduce(Term::of_months(6)),
            conduct(1),
        );
        assert_eq!(world.review().limits.unwrap().floor, jxjs::checks::world::Settled::Is(d(floor)), "{who:?}");
    }
}

#[test]
fn political_rights() {
    use jxjs::model::Rights;
    let fixed_case = |present: Rights, proposed: Rights| {
        World::new(fixed(12, 0), "2017-07-15")
            .with(|w| w.inmate().rights.set(present))
            .apply(d("2022-01-10"), Proposal::Reduce(Term::of_months(6)), conduct(1))
            .with(|w| w.app().rights.set(proposed))
            .outcome("reduction/political-rights")
    };
    let years = |n| Rights::For(Term::of_years(n));
    let months = |n| Rights::For(Term::of_months(n));
    assert_eq!(fixed_case(years(3), months(11)), Some(Violation));
    assert_eq!(fixed_case(years(3), years(1)), Some(Pass));
    assert_eq!(fixed_case(years(3), years(3)), Some(Pass));
    assert_eq!(fixed_case(years(3), months(37)), Some(Violation));
    assert_eq!(fixed_case(Rights::None, Rights::None), None);
    assert_eq!(fixed_case(Rights::None, years(1)), Some(Violation));
    // No change proposed: it stays, where there is one.
    for (present, expected) in [(Rights::None, None), (years(3), Some(Pass))] {
        let world = World::new(fixed(12, 0), "2017-07-15")
            .with(|w| w.inmate().rights.set(present))
            .apply(d("2022-01-10"), Proposal::Reduce(Term::of_months(6)), conduct(1))
            .with(|w| w.app().rights.value = jxjs::model::Value::Empty);
        assert_eq!(world.outcome("reduction/political-rights"), expected, "{present:?}");
    }
    let conversion = |proposed: Rights| {
        World::new(Sentence::Life, "2015-12-10")
            .apply(d("2022-01-10"), Proposal::ToFixed(t("P22Y")), conduct(1))
            .with(|w| w.app().rights.set(proposed))
            .outcome("reduction/political-rights")
    };
    for (rights, expected) in [
        (months(83), Violation),
        (years(7), Pass),
        (years(10), Pass),
        (months(121), Violation),
        (Rights::ForLife, Violation),
    ] {
        assert_eq!(conversion(rights), Some(expected), "{rights:?}");
    }
    let later = |proposed: Rights| {
        World::new(Sentence::Life, "2013-12-10")
            .ruling("2018-05-20", Change::ToFixed(t("P22Y")))
            .with(|w| w.dossier.rulings[0].rights.set(years(8)))
            .apply(d("2022-01-10"), Proposal::Reduce(Term::of_months(6)), conduct(1))
            .with(|w| w.app().rights.set(proposed))
            .outcome("reduction/political-rights")
    };
    for (rights, expected) in [(months(35), Violation), (years(3), Pass), (years(8), Pass), (months(97), Violation)] {
        assert_eq!(later(rights), Some(expected), "{rights:?}");
    }
}
