//! Parole: every number on its boundary day, and what bars, strikes or leaves open.

mod support;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use jxjs::checks::finding::{Fact, Finding, Outcome};
use jxjs::checks::world::Settled;
use jxjs::law::Rules;
use jxjs::model::{
    Ability, Amount, Assessment, Change, Col, Conduct, CountTerm, CustodyKind, CustodyRow, Declared, End, NewCrime,
    NewCrimeKind, PropertyItem, PropertyKind, PropertyState, Sentence, SheetKind, Situation, Term, Value, date,
};
use rust_decimal::Decimal;
use support::{World, d, t};

use Outcome::{Pass, Risk, Unverified, Violation};

fn fixed(years: u32, months: u32) -> Sentence {
    Sentence::Fixed(Term::new(years, months, 0))
}

/// A thief with ten years, delivered 2018-03-15 (term from 2017-08-27 to 2027-08-26), parole after the half.
fn thief() -> World {
    World::new(fixed(10, 0), "2018-03-15")
}

fn robber(years: u32) -> World {
    World::new(fixed(years, 0), "2018-03-15").with(|w| w.inmate().charges.set("抢劫罪".to_owned()))
}

const DAY: &str = "2024-03-20";

fn on(world: World, day: &str) -> World {
    world.apply_parole(d(day))
}

/// The outcome on the day before, on the day, and on the day after.
fn around(check: &str, day: NaiveDate, expected: [Outcome; 3], make: impl Fn(NaiveDate) -> World) {
    for (offset, outcome) in (-1..=1).zip(expected) {
        let world = make(date::add_days(day, offset));
        assert_eq!(world.outcome(check), Some(outcome), "{check}, {offset} days from {day}");
    }
}

fn counts(list: &[(&str, u32)]) -> Vec<CountTerm> {
    list.iter().map(|(c, y)| CountTerm { charge: (*c).to_owned(), sentence: fixed(*y, 0) }).collect()
}

// ---- barred -------------------------------------------------------------------------------------------------------

#[test]
fn ten_years_for_a_violent_crime_bar_and_a_month_less_does_not() {
    for (years, months, expected) in [(9, 11, Pass), (10, 0, Violation), (15, 0, Violation)] {
        let world = World::new(fixed(years, months), "2018-03-15").with(|w| w.inmate().charges.set("抢劫罪".into()));
        assert_eq!(on(world, DAY).outcome("parole/barred"), Some(expected), "{years}y{months}m");
    }
    for sentence in [Sentence::Life, Sentence::Reprieve] {
        let world = World::new(sentence, "2005-03-15").with(|w| w.inmate().charges.set("故意杀人罪".into()));
        let world = match sentence {
            Sentence::Reprieve => world.ruling("2007-04-01", Change::ToLife),
            _ => world,
        };
        assert_eq!(on(world, DAY).outcome("parole/barred"), Some(Violation), "{sentence:?}");
    }
    assert_eq!(on(thief(), DAY).outcome("parole/barred"), Some(Pass));
}

#[test]
fn counts_are_looked_at_one_by_one() {
    let with = |total: u32, list: Option<&[(&str, u32)]>| {
        let list = list.map(counts);
        on(robber(total), DAY).with(move |w| {
            w.inmate().charges.set("抢劫罪、盗窃罪".to_owned());
            if let Some(list) = list {
                w.inmate().count_terms.set(list);
            }
        })
    };
    for (total, list, expected) in [
        (15, Some(&[("抢劫罪", 10), ("盗窃罪", 7)][..]), Violation),
        (15, Some(&[("抢劫罪", 9), ("盗窃罪", 10)][..]), Pass),
        (15, Some(&[("抢劫罪", 9), ("抢劫罪", 9)][..]), Pass),
        (9, None, Pass),
        (15, None, Unverified),
    ] {
        assert_eq!(with(total, list).outcome("parole/barred"), Some(expected), "{total} {list:?}");
    }
    // Without the terms of the counts only a violent one, or one the list does not know, leaves it open.
    let charged = |charges: &'static str| with(15, None).with(|w| w.inmate().charges.set(charges.to_owned()));
    assert_eq!(charged("诈骗罪、盗窃罪").outcome("parole/barred"), Some(Pass));
    let unknown = charged("盗窃罪、暴力威胁罪").finding("parole/barred").expect("a finding");
    assert_eq!((unknown.outcome, columns(&unknown)), (Unverified, vec![Col::InCharges, Col::InCountTerms]));
}

#[test]
fn what_a_new_crime_was_is_asked_where_it_alone_was_ten_years() {
    let merged = |sentence: Option<Sentence>| {
        let world = on(thief(), DAY).with(|w| {
            let mut row = NewCrime::blank(1);
            row.kind.set(NewCrimeKind::NewCrime);
            row.crime_date.set(d("2020-05-01"));
            row.confirmed.set(d("2021-06-10"));
            row.sentence.value = sentence.map_or(Value::Empty, Value::Known);
            row.decided.set(fixed(16, 0));
            row.new_start.set(d("2021-06-10"));
            w.dossier.new_crimes.push(row);
        });
        let finding = world.finding("parole/barred").expect("a finding");
        (finding.outcome, missing(&finding))
    };
    assert_eq!(merged(Some(fixed(9, 11))), (Pass, vec![]));
    assert_eq!(merged(Some(fixed(10, 0))), (Unverified, vec!["新罪（漏罪）判决书"]));
    assert_eq!(merged(None), (Unverified, vec!["新罪（漏罪）判决书"]));
}

#[test]
fn what_bars_under_every_reading_is_what_is_said() {
    let charged = |charge: &'static str, organized: bool| {
        let world = on(robber(12), DAY).with(|w| w.inmate().charges.set(charge.to_owned()));
        let world = if organized { world.declare(Declared::OrganizedViolence) } else { world };
        world.finding("parole/barred").expect("a finding")
    };
    let (named, organized) = ("one of the violent crimes the law names", "organised violent crime");
    for (charge, declared, expected, says) in [
        ("抢劫罪", false, Violation, named),
        ("抢劫罪", true, Violation, named),
        ("故意伤害罪", true, Violation, organized),
        // Robbery of guns is named under one reading only; organised violence bars under both.
        ("抢劫枪支、弹药、爆炸物罪", false, Unverified, named),
        ("抢劫枪支、弹药、爆炸物罪", true, Violation, organized),
    ] {
        let finding = charged(charge, declared);
        assert_eq!(finding.outcome, expected, "{charge}");
        assert!(finding.message.contains(&format!("for {says}:")), "{charge}: {}", finding.message);
    }
}

#[test]
fn recidivists_are_barred_whatever_the_crime_or_the_blank_beside_it() {
    assert_eq!(on(thief().declare(Declared::Recidivist), DAY).outcome("parole/barred"), Some(Violation));
    let blank = |w: &mut World| w.inmate().recidivist.value = Value::Empty;
    // A filled 罪犯类别 without the word settles it; a blank one does not.
    assert_eq!(on(thief().with(blank), DAY).outcome("parole/barred"), Some(Pass));
    let both = on(thief().with(blank).with(|w| w.inmate().categories.value = Value::Empty), DAY);
    let finding = both.finding("parole/barred").expect("a finding");
    assert_eq!(finding.outcome, Unverified);
    assert_eq!(missing(&finding), ["判决书"]);
    let unread = on(thief().declare(Declared::Recidivist).with(|w| w.inmate().sentence.value = Value::Unclear), DAY);
    assert_eq!(unread.outcome("parole/barred"), Some(Violation), "barred whatever the sentence is");
}

fn missing(finding: &Finding) -> Vec<&'static str> {
    let Some(Fact::List(list)) = finding.facts.get("missing") else { return Vec::new() };
    let documents = list.iter().filter_map(|f| match f {
        Fact::Missing(m) => Some(m.document),
        _ => None,
    });
    documents.collect()
}

/// The columns of the cells that are missing.
fn columns(finding: &Finding) -> Vec<Col> {
    let Some(Fact::List(list)) = finding.facts.get("missing") else { return Vec::new() };
    let columns = list.iter().filter_map(|f| match f {
        Fact::Missing(m) => Some(m.place.col),
        _ => None,
    });
    columns.collect()
}

/// The articles of an instrument that a finding cites, each with its paragraph.
fn cited(finding: &Finding, instrument: &str) -> Vec<(String, Option<u32>)> {
    let of = finding.basis.iter().filter(|b| &*b.instrument == instrument);
    of.map(|b| (b.article.to_string(), b.paragraph)).collect()
}

#[test]
fn the_law_of_the_day_of_the_crime() {
    let crime = |charge: &'static str, day: &'static str, organized: bool| {
        let mut world = on(robber(12), DAY).with(|w| {
            w.inmate().charges.set(charge.to_owned());
            w.inmate().crime_date.set(d(day));
        });
        if organized {
            world = world.declare(Declared::OrganizedViolence);
        }
        world.outcome("parole/barred")
    };
    for (charge, organized, day, expected) in [
        // Named by the old paragraph and by the new one.
        ("抢劫罪", false, "1997-09-30", Unverified),
        ("抢劫罪", false, "1997-10-01", Violation),
        ("抢劫罪", false, "2011-04-30", Violation),
        ("抢劫罪", false, "2011-05-01", Violation),
        // Not named by the old one: two readings.
        ("放火罪", false, "2011-04-30", Unverified),
        ("放火罪", false, "2011-05-01", Violation),
        ("故意伤害罪", true, "2011-04-30", Unverified),
        ("故意伤害罪", true, "2011-05-01", Violation),
        // Never barred.
        ("盗窃罪", false, "1997-09-30", Pass),
    ] {
        assert_eq!(crime(charge, day, organized), Some(expected), "{charge} {day}");
    }
    // A blank day leaves the time before 1997 open.
    let blank = on(robber(12), DAY).with(|w| w.inmate().crime_date.value = Value::Empty);
    assert_eq!(blank.outcome("parole/barred"), Some(Unverified));
}

#[test]
fn a_judgment_of_before_october_1997_tells_when_the_crime_was() {
    for (judged, papers) in [("1997-09-30", &[][..]), ("1997-10-01", &["判决书"])] {
        let world = World::new(Sentence::Life, "1998-03-15").with(|w| {
            w.inmate().charges.set("抢劫罪".to_owned());
            w.inmate().crime_date.value = Value::Empty;
            w.inmate().judged.set(d(judged));
        });
        let finding = on(world, DAY).finding("parole/barred").expect("a finding");
        assert_eq!((finding.outcome, missing(&finding).as_slice()), (Unverified, papers), "judged {judged}");
    }
}

#[test]
fn the_interpretation_on_time_is_cited_where_the_old_paragraph_bars() {
    let interpretation = |world: World, crime: &str| {
        let finding = on(world.with(|w| w.inmate().crime_date.set(d(crime))), DAY).finding("parole/barred");
        let finding = finding.expect("a finding");
        assert_eq!(finding.outcome, Violation);
        cited(&finding, "法释〔2011〕9号")
    };
    let suspended = || World::new(fixed(3, 0), "2023-03-15").with(|w| w.inmate().suspended.set(true));
    let article = [("8".to_owned(), None)];
    for (world, crime, expected) in [
        (robber(12), "2011-04-30", &article[..]),
        (robber(12), "2011-05-01", &[]),
        (thief().declare(Declared::Recidivist), "2011-04-30", &article),
        (thief().declare(Declared::Recidivist), "2011-05-01", &[]),
        // What paragraph 1 excludes is as it always was.
        (suspended(), "2011-04-30", &[]),
    ] {
        assert_eq!(interpretation(world, crime), expected, "{crime}");
    }
}

#[test]
fn kinds_of_sentence_that_parole_is_not_for() {
    for sentence in [Sentence::Control(Term::of_years(2)), Sentence::Detention(Term::of_months(6)), Sentence::Reprieve]
    {
        let world = on(World::new(sentence, "2023-03-15"), DAY);
        let finding = world.finding("parole/barred").expect("a finding");
        assert_eq!(finding.outcome, Violation, "{sentence:?}");
        assert_eq!((finding.basis[0].article.as_ref(), finding.basis[0].paragraph), ("81", Some(1)));
        let limits = world.review().limits.expect("limits");
        assert_eq!(limits.parole, Settled::Absent, "{sentence:?}");
    }
    let suspended = on(World::new(fixed(3, 0), "2023-03-15"), DAY).with(|w| w.inmate().suspended.set(true));
    assert_eq!(suspended.outcome("parole/barred"), Some(Violation));
}

#[test]
fn the_limit_is_absent_only_where_parole_is_barred_under_every_completion() {
    let parole = |w: World| w.review().limits.expect("limits").parole;
    assert_eq!(parole(on(robber(12), DAY)), Settled::Absent);
    let open = on(robber(12), DAY).with(|w| w.inmate().crime_date.set(d("1997-09-30")));
    assert!(matches!(parole(open), Settled::Is(_)), "one reading keeps parole open");
    assert_eq!(parole(on(robber(9), DAY)), Settled::Is(d("2022-02-27")));
}

#[test]
fn only_a_placeholder_number_leaves_the_identity_open() {
    for (number, expected) in
        [(Some("000000000000000000"), Unverified), (Some("无"), Unverified), (None, Pass), (Some("12345"), Pass)]
    {
        let world = on(thief(), DAY).with(|w| {
            if let Some(number) = number {
                w.inmate().id_number.set(number.to_owned());
            }
        });
        assert_eq!(world.outcome("parole/barred"), Some(expected), "{number:?}");
    }
    let barred = on(robber(12), DAY).with(|w| w.inmate().id_number.set("000000000000000000".to_owned()));
    assert_eq!(barred.outcome("parole/barred"), Some(Violation));
}

#[test]
fn a_bar_under_one_reading_is_told_before_a_doubt_about_the_identity() {
    let world = on(robber(12), DAY).with(|w| {
        w.inmate().crime_date.set(d("1997-09-30"));
        w.inmate().id_number.set("000000000000000000".to_owned());
    });
    let finding = world.finding("parole/barred").expect("a finding");
    assert_eq!(finding.outcome, Unverified);
    assert!(finding.message.contains("one of the violent crimes"), "{}", finding.message);
}

#[test]
fn life_without_commutation_is_never_paroled() {
    let world = World::new(Sentence::Reprieve, "2018-03-15")
        .corrupt()
        .with(|w| w.inmate().whole_life.set(true))
        .ruling("2020-03-20", Change::ToLife);
    let finding = on(world, DAY).finding("parole/barred").expect("a finding");
    assert_eq!((finding.outcome, finding.basis[0].article.as_ref()), (Violation, "15"));
}

// ---- grounds ------------------------------------------------------------------------------------------------------

#[test]
fn parole_needs_repentance_that_stands() {
    let outcome = |f: &dyn Fn(&mut World)| on(thief(), DAY).with(|w| f(w)).outcome("parole/grounds");
    let claim = |list: &[Conduct]| {
        let set: BTreeSet<Conduct> = list.iter().copied().collect();
        on(thief(), DAY).with(|w| w.app().conduct.set(set)).outcome("parole/grounds")
    };
    assert_eq!(claim(&[Conduct::Repentance]), Some(Pass));
    assert_eq!(claim(&[Conduct::MajorMerit]), Some(Violation), "merit alone is no ground for parole");
    assert_eq!(claim(&[]), Some(Violation));
    assert_eq!(outcome(&|w| w.inmate().remorse.set(false)), Some(Violation));
    assert_eq!(outcome(&|w| w.inmate().remorse.value = Value::Empty), Some(Unverified));
    let passive = |w: &mut World| w.inmate().restitution.set(jxjs::model::Restitution::Passive);
    assert_eq!(outcome(&passive), Some(Pass), "only the three categories must return proceeds");
    let duty = on(thief().corrupt(), DAY).with(|w| passive(w));
    assert_eq!(duty.outcome("parole/grounds"), Some(Violation));
    // Blank conduct does not matter where repentance would be struck anyway.
    let both = on(thief(), DAY).with(|w| {
        w.app().conduct.value = Value::Empty;
        w.inmate().remorse.set(false);
    });
    assert_eq!(both.outcome("parole/grounds"), Some(Violation));
}

#[test]
fn a_corruption_inmate_who_does_not_admit_guilt_cites_the_supplement() {
    let world = on(thief().corrupt(), DAY).with(|w| w.inmate().remorse.set(false));
    let finding = world.finding("parole/grounds").expect("a finding");
    assert_eq!(finding.outcome, Violation);
    assert!(finding.basis.iter().any(|b| &*b.instrument == "法释〔2019〕6号"), "{:?}", finding.basis);
}

// ---- time served --------------------------------------------------------------------------------------------------

#[test]
fn half_of_a_fixed_term_from_its_start() {
    // Ten years from 2017-08-27: five years are served on 2022-08-27.
    around("parole/served-time", d("2022-08-27"), [Violation, Pass, Pass], |day| thief().apply_parole(day));
    let finding = thief().apply_parole(d("2022-08-26")).finding("parole/served-time").expect("a finding");
    assert_eq!(finding.facts.get("short_days"), Some(&Fact::Int(1)));
    assert_eq!(finding.facts.get("required"), Some(&Fact::Term(t("P5Y"))));
    assert_eq!(finding.facts.get("from"), Some(&Fact::Date(d("2017-08-27"))));
    let passed = thief().apply_parole(d("2022-08-27")).finding("parole/served-time").expect("a finding");
    assert_eq!(passed.facts.get("short_days"), None);
}

#[test]
fn life_and_reprieved_death() {
    let life = |crime: &'static str| {
        move |day: NaiveDate| {
            World::new(Sentence::Life, "2009-06-10").with(|w| w.inmate().crime_date.set(d(crime))).apply_parole(day)
        }
    };
    // The judgment became final thirty days before delivery.
    around("parole/served-time", d("2022-05-11"), [Violation, Pass, Pass], life("2011-05-01"));
    around("parole/served-time", d("2019-05-11"), [Violation, Pass, Pass], life("2011-04-30"));
    let reprieve =
        |day| World::new(Sentence::Reprieve, "2007-06-10").ruling("2009-06-01", Change::ToLife).apply_parole(day);
    // The reprieve ran from 2007-05-11 to 2009-05-10.
    around("parole/served-time", d("2024-05-10"), [Violation, Pass, Pass], reprieve);
}

#[test]
fn each_sentence_cites_its_own_paragraph_on_time_served() {
    let of = |world: World| on(world, "2026-06-20").finding("parole/served-time").expect("a finding");
    let life = |crime: &str| World::new(Sentence::Life, "2012-06-10").with(|w| w.inmate().crime_date.set(d(crime)));
    let reprieve = World::new(Sentence::Reprieve, "2007-06-10").ruling("2009-06-01", Change::ToLife);
    let code = [("81".to_owned(), Some(1))];
    for (world, paragraph, others) in [
        (thief(), 1, &code[..]),
        (life("2011-05-01"), 2, &code),
        (life("2011-04-30"), 2, &[]), // the interpretation of 2011 is cited instead
        (reprieve, 3, &code),
    ] {
        let finding = of(world);
        assert_eq!(cited(&finding, "法释〔2016〕23号"), [("23".to_owned(), Some(paragraph))]);
        assert_eq!(cited(&finding, "刑法"), others, "paragraph {paragraph}");
    }
}

#[test]
fn short_on_the_proposal_and_met_on_the_ruling_is_open() {
    for (ruled, expected) in [("2022-08-26", Violation), ("2022-08-27", Unverified), ("2022-09-30", Unverified)] {
        let world = thief().apply_parole(d("2022-08-01")).with(|w| w.app().ruled.set(d(ruled)));
        assert_eq!(world.outcome("parole/served-time"), Some(expected), "{ruled}");
    }
    let unread = thief().apply_parole(d("2022-08-01")).with(|w| w.app().ruled.value = Value::Unclear);
    assert_eq!(unread.outcome("parole/served-time"), Some(Unverified));
}

#[test]
fn days_of_escape_push_the_day_later() {
    let escaped = |day| {
        thief().apply_parole(day).with(|w| {
            let mut row = CustodyRow::blank(1);
            row.kind.set(CustodyKind::Escape);
            row.from.set(d("2020-01-01"));
            row.to.set(d("2020-01-10"));
            w.dossier.custody.push(row);
        })
    };
    around("parole/served-time", d("2022-09-06"), [Violation, Pass, Pass], escaped);
}

// ---- after a reduction --------------------------------------------------------------------------------------------

#[test]
fn a_year_after_a_reduction_and_eighteen_months_after_a_large_one() {
    let reduced = |amount: u32| {
        move |day| {
            World::new(fixed(15, 0), "2013-03-15")
                .ruling("2022-06-10", Change::Reduce(Term::of_months(amount)))
                .apply_parole(day)
        }
    };
    around("parole/after-reduction", d("2023-06-10"), [Violation, Pass, Pass], reduced(11));
    around("parole/after-reduction", d("2023-12-10"), [Violation, Pass, Pass], reduced(12));
    let served = reduced(11)(d("2023-06-12")).with(|w| w.dossier.rulings[0].served.set(d("2022-06-13")));
    assert_eq!(served.outcome("parole/after-reduction"), Some(Violation), "from service, not from the ruling");
    let unserved = |day| reduced(11)(d(day)).with(|w| w.dossier.rulings[0].served.value = Value::Empty);
    assert_eq!(unserved("2023-06-16").outcome("parole/after-reduction"), Some(Unverified));
    assert_eq!(unserved("2023-06-17").outcome("parole/after-reduction"), Some(Pass));
    assert_eq!(unserved("2023-06-09").outcome("parole/after-reduction"), Some(Violation));
    let ruled = reduced(11)(d("2023-06-09")).with(|w| w.app().ruled.set(d("2023-06-10")));
    assert_eq!(ruled.outcome("parole/after-reduction"), Some(Unverified));
}

#[test]
fn less_than_two_years_left_asks_for_reasons() {
    // The end after the reduction is fixed; the ruling moves around two years before it.
    let left = |ruled: NaiveDate| {
        let end = d("2024-06-09");
        World::new(fixed(10, 0), "2015-03-15")
            .with(|w| {
                w.inmate().term_start.set(d("2014-09-10"));
                w.inmate().term_end.set(End::On(d("2024-09-09")));
            })
            .ruling(&ruled.to_string(), Change::Reduce(Term::of_months(3)))
            .with(|w| w.dossier.rulings[0].new_end.set(End::On(end)))
            .apply_parole(date::add_days(ruled, 1))
    };
    // On 2022-06-10 exactly two years are left, at the ruling; at the proposal a day later they are not: mixed.
    assert_eq!(left(d("2022-06-08")).outcome("parole/after-reduction"), Some(Violation));
    assert_eq!(left(d("2022-06-10")).outcome("parole/after-reduction"), Some(Risk));
    assert_eq!(left(d("2022-06-11")).outcome("parole/after-reduction"), Some(Risk));
    assert!(left(d("2022-06-11")).finding("parole/after-reduction").expect("a finding").facts.get("note").is_some());
}

#[test]
fn a_conversion_can_be_read_both_ways_and_becoming_life_is_no_reduction() {
    let converted = |day: &str| {
        World::new(Sentence::Life, "2005-06-10")
            .ruling("2022-06-10", Change::ToFixed(Term::of_years(22)))
            .apply_parole(d(day))
    };
    for (day, expected) in
        [("2023-06-09", Violation), ("2023-06-10", Unverified), ("2023-12-09", Unverified), ("2023-12-10", Pass)]
    {
        assert_eq!(converted(day).outcome("parole/after-reduction"), Some(expected), "{day}");
    }
    let life = World::new(Sentence::Reprieve, "2005-06-10").ruling("2023-06-10", Change::ToLife).apply_parole(d(DAY));
    assert_eq!(life.outcome("parole/after-reduction"), None);
    let none = on(thief(), DAY).with(|w| w.presence.sheets.retain(|s| *s != SheetKind::Rulings));
    assert_eq!(none.outcome("parole/after-reduction"), Some(Unverified));
}

#[test]
fn exactly_two_years_left_are_not_less() {
    // To 2024-06-09 exactly two years are left on 2022-06-10, the day of the proposal; the next day it is less.
    for (ruled, expected) in [("2022-06-09", Violation), ("2022-06-10", Risk)] {
        let world = World::new(fixed(10, 0), "2015-03-15")
            .with(|w| {
                w.inmate().term_start.set(d("2014-09-10"));
                w.inmate().term_end.set(End::On(d("2024-09-09")));
            })
            .ruling(ruled, Change::Reduce(Term::of_months(3)))
            .with(|w| w.dossier.rulings[0].new_end.set(End::On(d("2024-06-09"))))
            .apply_parole(date::add_days(d(ruled), 1));
        assert_eq!(world.outcome("parole/after-reduction"), Some(expected), "ruled on {ruled}");
    }
}

#[test]
fn no_paper_settles_how_long_to_wait_after_a_conversion() {
    let converted = |day: &str| {
        let world = World::new(Sentence::Life, "2005-06-10").ruling("2022-06-10", Change::ToFixed(Term::of_years(22)));
        on(world, day).finding("parole/after-reduction").expect("a finding")
    };
    assert_eq!(missing(&converted("2023-06-10")), [""; 0]);
    // Too early under both readings: what is said holds under both.
    let early = converted("2023-06-09");
    assert!(early.message.contains("lawful from 2023-06-10"), "{}", early.message);
}

#[test]
fn a_revoked_reduction_is_none() {
    let world = World::new(fixed(15, 0), "2013-03-15")
        .ruling("2023-10-10", Change::Reduce(Term::of_months(6)))
        .ruling("2024-01-10", Change::ReductionRevoked { case_no: None, date: Some(d("2023-10-10")) });
    assert_eq!(on(world, DAY).outcome("parole/after-reduction"), None);
}

// ---- property -----------------------------------------------------------------------------------------------------

fn item(world: World, f: impl FnOnce(&mut PropertyItem)) -> World {
    world.with(|w| {
        let mut item = PropertyItem::blank(w.dossier.property.len() as u32 + 1);
        item.kind.set(PropertyKind::Fine);
        item.amount.set(Amount::Yuan(Decimal::from(10_000)));
        item.paid.set(Decimal::ZERO);
        item.state.set(PropertyState::Unperformed);
        item.able.set(Ability::Unable);
        item.situation.set(BTreeSet::new());
        f(&mut item);
        w.dossier.property.push(item);
    })
}

#[test]
fn property_bars_parole_without_an_exception_for_major_merit() {
    let able = |day: &str| item(on(thief(), day), |i| i.able.set(Ability::Able));
    for day in ["2024-04-30", "2024-05-01"] {
        let finding = able(day).finding("parole/property").expect("a finding");
        assert_eq!(finding.outcome, Violation, "{day}");
        assert!(finding.basis.iter().any(|b| &*b.instrument == "法释〔2016〕23号" && &*b.article == "27"), "{day}");
    }
    let merit = able("2024-06-03").with(|w| w.app().conduct.set([Conduct::Repentance, Conduct::MajorMerit].into()));
    assert_eq!(merit.outcome("parole/property"), Some(Violation));
    assert_eq!(item(on(thief(), DAY), |_| ()).outcome("parole/property"), Some(Pass));
    assert_eq!(on(thief(), DAY).outcome("parole/property"), None);
    let confiscation = |situation: Option<Situation>| {
        item(on(thief(), "2024-06-03"), |i| {
            i.kind.set(PropertyKind::Confiscation);
            i.able.set(Ability::Able);
            i.situation.set(situation.into_iter().collect());
        })
        .outcome("parole/property")
    };
    assert_eq!(confiscation(None), Some(Pass));
    assert_eq!(confiscation(Some(Situation::Hidden)), Some(Violation));
}

#[test]
fn six_months_after_a_situation_ended() {
    let ended = |day: NaiveDate| {
        item(thief().apply_parole(day), |i| {
            i.situation.set([Situation::NotDeclared].into());
            i.situation_ended.set(d("2024-06-15"));
        })
    };
    around("parole/property", d("2024-12-15"), [Violation, Pass, Pass], ended);
}

#[test]
fn spending_over_the_limit_is_a_question_not_a_finding() {
    let spent = |amounts: &[i64], state: PropertyState| {
        item(on(thief(), "2025-06-03"), |i| i.state.set(state)).with(|w| {
            for (n, amount) in amounts.iter().enumerate() {
                let month = jxjs::model::Month::new(2025, n as u32 + 1).expect("a month");
                let mut row = jxjs::model::SpendingRow::blank(n as u32 + 1, month);
                row.spent = Value::Known(Decimal::from(*amount));
                row.limit = Value::Known(Decimal::from(500));
                w.dossier.spending.push(row);
            }
        })
    };
    let unpaid = PropertyState::Unperformed;
    for (amounts, state, expected) in [
        (&[599][..], unpaid, Pass),
        (&[600], unpaid, Unverified),
        (&[501, 501], unpaid, Pass),
        (&[501, 501, 501], unpaid, Unverified),
        (&[900], PropertyState::Remitted, Pass),
    ] {
        assert_eq!(spent(amounts, state).outcome("parole/property"), Some(expected), "{amounts:?}");
    }
}

#[test]
fn no_spending_counts_where_nothing_is_owed_or_the_limit_is_kept() {
    let spent = |amounts: &[i64], f: fn(&mut PropertyItem)| {
        let world = item(on(thief(), "2025-06-03"), f).with(|w| {
            for (n, amount) in amounts.iter().enumerate() {
                let month = jxjs::model::Month::new(2025, n as u32 + 1).expect("a month");
                let mut row = jxjs::model::SpendingRow::blank(n as u32 + 1, month);
                row.spent = Value::Known(Decimal::from(*amount));
                row.limit = Value::Known(Decimal::from(500));
                w.dossier.spending.push(row);
            }
        });
        world.outcome("parole/property")
    };
    assert_eq!(spent(&[900], |_| ()), Some(Unverified));
    assert_eq!(spent(&[500, 500, 500], |_| ()), Some(Pass), "the limit itself");
    // 24号 art. 9: for confiscation spending is no situation of art. 6.
    assert_eq!(spent(&[900], |i| i.kind.set(PropertyKind::Confiscation)), Some(Pass));
    let paid = |i: &mut PropertyItem| {
        i.paid.set(Decimal::from(10_000));
        i.state.set(PropertyState::Performed);
    };
    assert_eq!(spent(&[900], paid), Some(Pass));
}

#[test]
fn a_state_that_the_amounts_contradict_is_open_and_names_its_own_cell() {
    let world = item(item(on(thief(), DAY), |_| ()), |i| i.state.set(PropertyState::Performed));
    let finding = world.finding("parole/property").expect("a finding");
    assert_eq!(finding.outcome, Unverified, "performed, and nothing was paid");
    let Some(Fact::List(list)) = finding.facts.get("missing") else { panic!("nothing missing") };
    let [Fact::Missing(one)] = list.as_slice() else { panic!("one cell: {list:?}") };
    assert_eq!(one.place, world.dossier.property[1].state.place());
}

// ---- revoked before -----------------------------------------------------------------------------------------------

#[test]
fn an_earlier_parole_that_was_revoked() {
    let revoked = || {
        thief().ruling("2021-01-10", Change::Parole).ruling("2021-06-10", Change::ParoleRevoked).with(|w| {
            w.dossier.rulings[1].new_start.set(d("2021-06-12"));
        })
    };
    let crime = |kind, confessed: Option<bool>| {
        on(revoked(), DAY).with(|w| {
            let mut row = NewCrime::blank(1);
            row.kind.set(kind);
            row.crime_date.set(if kind == NewCrimeKind::NewCrime { d("2021-03-01") } else { d("2016-01-01") });
            row.confirmed.set(d("2021-06-10"));
            row.sentence.set(fixed(1, 0));
            row.decided.set(fixed(11, 0));
            row.new_start.set(d("2017-08-27"));
            if let Some(answer) = confessed {
                row.confessed.set(answer);
            }
            w.dossier.new_crimes.push(row);
        })
    };
    let check = "parole/revoked-before";
    assert_eq!(on(revoked(), DAY).outcome(check), Some(Violation), "no crime: a breach of supervision");
    assert_eq!(crime(NewCrimeKind::NewCrime, None).outcome(check), Some(Violation));
    assert_eq!(crime(NewCrimeKind::Undiscovered, None).outcome(check), Some(Unverified));
    assert_eq!(crime(NewCrimeKind::Undiscovered, Some(false)).outcome(check), Some(Unverified));
    let excepted = crime(NewCrimeKind::Undiscovered, Some(true)).finding(check).expect("a finding");
    assert_eq!(excepted.outcome, Pass);
    assert!(excepted.facts.get("note").is_some());
    let unknown = on(revoked(), DAY).with(|w| w.presence.sheets.retain(|s| *s != SheetKind::NewCrimes));
    assert_eq!(unknown.outcome(check), Some(Unverified));
    assert_eq!(on(thief(), DAY).outcome(check), None);
    // Parole running and revoked only after the proposal is the outcome of that proposal.
    let later = thief()
        .apply_parole(d("2021-01-01"))
        .ruling("2021-01-10", Change::Parole)
        .ruling("2021-06-10", Change::ParoleRevoked);
    assert_eq!(later.outcome(check), None);
}

#[test]
fn each_revocation_has_the_cause_of_its_own_time() {
    let (parole, back) = (Change::Parole, Change::ParoleRevoked);
    let once = [("2021-01-10", &parole), ("2021-06-10", &back)];
    let twice = [("2019-01-10", &parole), ("2019-06-10", &back), ("2021-01-10", &parole), ("2021-06-10", &back)];
    // Paroled again on the day of the revocation.
    let at_once = [("2019-01-10", &parole), ("2019-06-10", &back), ("2019-06-10", &parole)];
    let new = |committed: &'static str, confirmed: &'static str| (NewCrimeKind::NewCrime, committed, confirmed, None);
    let hidden = |confirmed: &'static str| (NewCrimeKind::Undiscovered, "2016-01-01", confirmed, Some(true));
    type Crime = (NewCrimeKind, &'static str, &'static str, Option<bool>);
    let of = |rulings: &[(&str, &Change)], crimes: &[Crime]| {
        let world = rulings.iter().fold(thief(), |w, (day, change)| w.ruling(day, (*change).clone()));
        let world = on(world, DAY).with(|w| {
            for (n, (kind, committed, confirmed, confessed)) in crimes.iter().enumerate() {
                let mut row = NewCrime::blank(n as u32 + 1);
                row.kind.set(*kind);
                row.crime_date.set(d(committed));
                row.confirmed.set(d(confirmed));
                row.confessed.value = confessed.map_or(Value::Empty, Value::Known);
                w.dossier.new_crimes.push(row);
            }
        });
        let finding = world.finding("parole/revoked-before").expect("a finding");
        (finding.outcome, cited(&finding, "刑法")[0].1)
    };
    let (crime, undiscovered, breach) = (Some(1), Some(2), Some(3)); // the paragraphs of 刑法86
    for (what, rulings, crimes, expected) in [
        ("before the parole", &once[..], &[new("2021-01-09", "2021-06-10")][..], (Violation, breach)),
        ("on its first day", &once, &[new("2021-01-10", "2021-06-10")], (Violation, crime)),
        ("on the last day", &once, &[new("2021-06-10", "2021-06-10")], (Violation, crime)),
        ("after the revocation", &once, &[new("2021-06-11", "2021-09-10")], (Violation, breach)),
        ("found before the parole", &once, &[hidden("2021-01-09")], (Violation, breach)),
        ("found on its first day", &once, &[hidden("2021-01-10")], (Pass, undiscovered)),
        ("found in the first parole only", &twice, &[hidden("2019-06-10")], (Violation, breach)),
        ("a crime, then a breach", &twice, &[new("2019-03-01", "2019-06-10")], (Violation, crime)),
        ("paroled again at once", &at_once, &[new("2019-03-01", "2019-06-10")], (Violation, crime)),
    ] {
        assert_eq!(of(rulings, crimes), expected, "{what}");
    }
}

#[test]
fn only_undiscovered_crimes_are_asked_whether_they_were_confessed() {
    let world = thief().ruling("2021-01-10", Change::Parole).ruling("2021-06-10", Change::ParoleRevoked);
    let world = on(world, DAY).with(|w| {
        for (n, kind) in [NewCrimeKind::NewCrime, NewCrimeKind::Undiscovered].into_iter().enumerate() {
            let mut row = NewCrime::blank(n as u32 + 1);
            row.kind.set(kind);
            row.crime_date.set(d("2016-01-01"));
            row.confirmed.set(d("2021-06-10"));
            w.dossier.new_crimes.push(row);
        }
    });
    let finding = world.finding("parole/revoked-before").expect("a finding");
    let Some(Fact::List(list)) = finding.facts.get("missing") else { panic!("nothing missing") };
    let [Fact::Missing(one)] = list.as_slice() else { panic!("one cell: {list:?}") };
    assert_eq!(one.place, world.dossier.new_crimes[1].confessed.place());
}

#[test]
fn a_revocation_counts_from_the_day_after_it() {
    let proposed = |day: &str| {
        let world = thief().ruling("2021-01-10", Change::Parole).ruling("2021-06-10", Change::ParoleRevoked);
        on(world, day).outcome("parole/revoked-before")
    };
    assert_eq!(proposed("2021-06-10"), None, "the ruling of the day is not yet made");
    assert_eq!(proposed("2021-06-11"), Some(Violation));
}

// ---- assessment ---------------------------------------------------------------------------------------------------

#[test]
fn the_assessment() {
    let assessed = |day: &str, a: Option<Assessment>, given: Option<&str>| {
        on(thief(), day).with(|w| {
            w.inmate().assessment.value = a.map_or(Value::Empty, Value::Known);
            w.inmate().assessment_date.value = given.map_or(Value::Empty, |g| Value::Known(d(g)));
        })
    };
    let check = "parole/assessment";
    for (day, a, given, expected) in [
        ("2025-03-20", None, None, Unverified),
        ("2025-03-20", Some(Assessment::Unsuitable), None, Risk),
        ("2026-02-20", Some(Assessment::NotAssessed), None, Unverified),
        ("2026-06-10", Some(Assessment::Suitable), Some("2025-12-10"), Pass),
        ("2026-06-11", Some(Assessment::Suitable), Some("2025-12-10"), Risk),
        ("2026-02-20", Some(Assessment::Suitable), Some("2025-01-10"), Pass),
        ("2026-02-21", Some(Assessment::Suitable), Some("2025-01-10"), Risk),
        ("2026-06-11", Some(Assessment::Suitable), None, Unverified),
    ] {
        assert_eq!(assessed(day, a, given).outcome(check), Some(expected), "{day} {a:?} {given:?}");
    }
    // Nothing proves a first offence; a recidivist is certainly none, and neither minor nor negligent.
    let none = |w: World| w.with(|w| w.inmate().assessment.set(Assessment::NotAssessed));
    assert_eq!(none(on(thief(), "2026-02-21")).outcome(check), Some(Unverified));
    let repeated = || thief().declare(Declared::Recidivist);
    assert_eq!(none(on(repeated(), "2026-02-21")).outcome(check), Some(Violation));
    assert_eq!(none(on(repeated(), "2026-02-20")).outcome(check), Some(Unverified));
}

#[test]
fn who_may_be_spared_the_assessment_and_under_which_rules() {
    let none = |world: World, day: &str| {
        on(world, day).with(|w| w.inmate().assessment.set(Assessment::NotAssessed)).finding("parole/assessment")
    };
    // The opinion of 2026 is cited from its first day.
    for (day, cites) in [("2026-02-20", false), ("2026-02-21", true)] {
        let finding = none(thief(), day).expect("a finding");
        assert_eq!(!cited(&finding, "司发通〔2026〕8号").is_empty(), cites, "{day}");
        assert_eq!(cited(&finding, "法释〔2014〕5号").is_empty(), cites, "{day}");
    }
    // A recidivist is no first offender, but a minor or one of negligence is spared whatever he did before.
    let repeated = || thief().declare(Declared::Recidivist);
    let born = |day: &str| repeated().with(|w| w.inmate().birth.set(d(day)));
    let careless = repeated().with(|w| w.inmate().charges.set("交通肇事罪".to_owned()));
    for (what, world, expected) in [
        ("a day short of eighteen", born("2008-03-21"), Unverified),
        ("a day over eighteen", born("2008-03-19"), Violation),
        ("negligence", careless, Unverified),
        ("of age and intentional", repeated(), Violation),
    ] {
        assert_eq!(none(world, "2026-03-20").map(|f| f.outcome), Some(expected), "{what}");
    }
}

// ---- strict cases -------------------------------------------------------------------------------------------------

#[test]
fn corruption_and_leaders_of_mafia_type_groups() {
    let check = "parole/corruption-strict";
    let finding = on(thief().corrupt(), DAY).finding(check).expect("a finding");
    assert_eq!(finding.outcome, Risk);
    assert!(finding.message.contains('%'), "{}", finding.message);
    assert_eq!(on(thief(), DAY).outcome(check), None);
    let charged = |charge: &'static str, day: &str| {
        on(thief().declare(Declared::OrganizedCrime), day)
            .with(|w| w.inmate().charges.set(charge.to_owned()))
            .outcome(check)
    };
    for (charge, day, expected) in [
        ("组织、领导黑社会性质组织罪", "2022-04-30", None),
        ("组织、领导黑社会性质组织罪", "2022-05-01", Some(Risk)),
        ("参加黑社会性质组织罪", "2022-05-01", Some(Unverified)),
        ("组织、领导、参加黑社会性质组织罪", "2022-05-01", Some(Unverified)),
        ("包庇、纵容黑社会性质组织罪", "2022-05-01", None),
        ("盗窃罪、领导黑社会性质组织罪", "2022-05-01", Some(Risk)),
    ] {
        assert_eq!(charged(charge, day), expected, "{charge} {day}");
    }
}

#[test]
fn how_much_was_served_and_paid_is_stated() {
    // 2397 of 3652 days.
    let finding = on(thief().corrupt(), DAY).finding("parole/corruption-strict").expect("a finding");
    assert!(finding.message.contains("; 2397 days served from 2017-08-27, 65% of the "), "{}", finding.message);
    assert_eq!(finding.facts.get("days"), Some(&Fact::Int(2397)));
}

// ---- probation ----------------------------------------------------------------------------------------------------

#[test]
fn probation_ends_with_the_term_or_after_ten_years() {
    let check = "parole/probation";
    let ruled = |world: World, end: Option<&str>| {
        world.with(|w| {
            w.app().ruled.set(d("2024-04-10"));
            if let Some(end) = end {
                w.app().probation_end.set(d(end));
            }
        })
    };
    let thief = || on(thief().ruling("2021-06-10", Change::Reduce(Term::of_months(6))), DAY);
    for (end, expected) in [
        (Some("2027-02-25"), Violation),
        (Some("2027-02-26"), Pass),
        (Some("2027-02-27"), Violation),
        (Some("2027-08-26"), Violation), // the end before the reduction
        (None, Unverified),
    ] {
        assert_eq!(ruled(thief(), end).outcome(check), Some(expected), "{end:?}");
    }
    assert_eq!(thief().outcome(check), None);
    // The last ruling states another end than its own months give: either may be wrong.
    let disagreeing =
        |end| ruled(thief(), Some(end)).with(|w| w.dossier.rulings[0].new_end.set(End::On(d("2027-03-26"))));
    for (end, expected) in [("2027-02-26", Unverified), ("2027-03-26", Unverified), ("2027-04-26", Violation)] {
        assert_eq!(disagreeing(end).outcome(check), Some(expected), "{end}");
    }
    let refused = ruled(thief(), None).with(|w| w.app().result.set(Change::Refused));
    assert_eq!(refused.outcome(check), None);
    let life = |end: &str, released: Option<&str>| {
        ruled(on(World::new(Sentence::Life, "2009-06-10"), DAY), Some(end))
            .with(|w| {
                if let Some(day) = released {
                    let mut row = CustodyRow::blank(1);
                    row.kind.set(CustodyKind::Parole);
                    row.from.set(d(day));
                    w.dossier.custody.push(row);
                }
            })
            .outcome(check)
    };
    for (end, released, expected) in [
        ("2034-04-08", None, Violation),
        ("2034-04-09", None, Pass),
        ("2034-04-10", None, Unverified), // a later release may explain it
        ("2034-04-09", Some("2024-04-10"), Pass),
        ("2034-04-10", Some("2024-04-10"), Violation),
        ("2034-04-14", Some("2024-04-15"), Unverified),
        ("2034-04-20", Some("2024-04-15"), Violation),
    ] {
        assert_eq!(life(end, released), Some(expected), "{end} {released:?}");
    }
}

#[test]
fn every_accepted_way_to_count_the_end_is_an_end_of_probation() {
    let check = "parole/probation";
    // Ten years from 2017-03-01 end on 2027-02-28: six months less, counted from the start or back from the end.
    let ruled = |end: &str| {
        let world = World::new(fixed(10, 0), "2018-03-15")
            .with(|w| {
                w.inmate().term_start.set(d("2017-03-01"));
                w.inmate().term_end.set(End::On(d("2027-02-28")));
            })
            .ruling("2021-06-10", Change::Reduce(Term::of_months(6)));
        on(world, DAY).with(|w| {
            w.app().ruled.set(d("2024-04-10"));
            w.app().probation_end.set(d(end));
        })
    };
    for (end, expected) in [
        ("2026-08-27", Violation),
        ("2026-08-28", Pass),
        ("2026-08-29", Violation),
        ("2026-08-31", Pass),
        ("2026-09-01", Violation),
    ] {
        assert_eq!(ruled(end).outcome(check), Some(expected), "{end}");
    }
    let unknown = ruled("2026-08-31").with(|w| w.presence.sheets.retain(|s| *s != SheetKind::Rulings));
    let finding = unknown.finding(check).expect("a finding");
    assert_eq!((finding.outcome, missing(&finding)), (Unverified, vec!["历次裁定书"]));
    // There is no probation in the reprieve.
    let reprieve = on(World::new(Sentence::Reprieve, "2023-03-15"), DAY).with(|w| {
        w.app().ruled.set(d("2024-04-10"));
        w.app().probation_end.set(d("2034-04-09"));
    });
    assert_eq!(reprieve.outcome(check), None);
}

#[test]
fn a_wrong_end_of_probation_under_both_readings_is_held_against_the_ruling() {
    let world = on(World::new(Sentence::Life, "2009-06-10"), DAY).with(|w| {
        w.app().ruled.set(d("2024-04-10"));
        w.app().probation_end.set(d("2034-04-20"));
        let mut row = CustodyRow::blank(1);
        row.kind.set(CustodyKind::Parole);
        row.from.set(d("2024-04-15"));
        w.dossier.custody.push(row);
    });
    let finding = world.finding("parole/probation").expect("a finding");
    assert_eq!(finding.outcome, Violation);
    assert!(finding.message.contains("must end on 2034-04-09"), "{}", finding.message);
}

// ---- all together -------------------------------------------------------------------------------------------------

#[test]
fn a_lawful_parole_passes_every_check_and_cites_provisions_that_exist() {
    let rules = Rules::builtin();
    let exists = |finding: &Finding| {
        for basis in &finding.basis {
            let known = rules.instruments.get(&*basis.instrument).is_some_and(|i| i.has_article(&basis.article));
            assert!(known, "{}: {basis:?}", finding.check);
        }
    };
    let world = item(on(thief(), "2024-06-03"), |_| ()).with(|w| w.app().court.set("某市中级人民法院".to_owned()));
    for finding in &world.review().findings {
        exists(finding);
        if finding.check.starts_with("parole/") || finding.check.starts_with("category/") {
            assert_eq!(finding.outcome, Pass, "{}: {}", finding.check, finding.message);
        }
    }
    // Worse cases cite as soundly.
    let bad = [
        on(robber(12).corrupt(), "2021-03-20").with(|w| w.inmate().remorse.set(false)),
        item(on(thief().declare(Declared::Recidivist), "2026-03-20"), |i| i.able.set(Ability::Able)),
        on(thief(), "2019-01-10").with(|w| w.inmate().assessment.set(Assessment::NotAssessed)),
    ];
    for world in bad {
        let review = world.review();
        assert!(review.findings.iter().any(|f| f.outcome == Violation && f.check.starts_with("parole/")));
        review.findings.iter().for_each(exists);
    }
}
