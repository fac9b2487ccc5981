//! The other tables of reductions: property, bars, relaxation, restricted groups, merit, strictness, unknowns.

mod support;

use jxjs::checks::finding::Outcome::{self, Pass, Risk, Unverified, Violation};
use jxjs::checks::world::Settled;
use jxjs::model::Conduct::{MajorMerit, Merit, Repentance};
use jxjs::model::{
    Ability, Amount, Change, Conduct, CountTerm, Health, NewCrime, NewCrimeKind, Patent, PropertyItem, PropertyKind,
    PropertyState, Proposal, Ruling, Sentence, SheetKind, Situation, Term, Value, date,
};
use rust_decimal::Decimal;
use support::{World, d, t};

fn fixed(years: u32) -> Sentence {
    Sentence::Fixed(Term::of_years(years))
}

fn months(n: u32) -> Proposal {
    Proposal::Reduce(Term::of_months(n))
}

/// A plain lawful application on a day.
fn applying(day: &str, conduct: &[Conduct]) -> World {
    World::new(fixed(12), "2016-07-15").apply(d(day), months(6), conduct)
}

struct Item {
    kind: PropertyKind,
    state: PropertyState,
    able: Option<Ability>,
    situation: Option<&'static [Situation]>,
    ended: Option<&'static str>,
    performed: Option<&'static str>,
    paid: Option<(i64, i64)>,
}

const FINE: Item = Item {
    kind: PropertyKind::Fine,
    state: PropertyState::Unperformed,
    able: Some(Ability::Unable),
    situation: Some(&[]),
    ended: None,
    performed: None,
    paid: None,
};

fn item(world: &mut World, item: &Item) {
    let mut row = PropertyItem::blank(world.dossier.property.len() as u32 + 1);
    row.kind.set(item.kind);
    row.state.set(item.state);
    if let Some(able) = item.able {
        row.able.set(able);
    }
    if let Some(situation) = item.situation {
        row.situation.set(situation.iter().copied().collect());
    }
    if let Some(day) = item.ended {
        row.situation_ended.set(d(day));
    }
    if let Some(day) = item.performed {
        row.performed.set(d(day));
    }
    if let Some((owed, paid)) = item.paid {
        row.amount.set(Amount::Yuan(Decimal::from(owed)));
        row.paid.set(Decimal::from(paid));
    }
    world.dossier.property.push(row);
}

fn property(day: &str, conduct: &[Conduct], row: &Item) -> (Option<Outcome>, Option<Outcome>) {
    let world = applying(day, conduct).with(|w| item(w, row));
    (world.outcome("reduction/property"), world.outcome("reduction/grounds"))
}

#[test]
fn property_from_2024() {
    use PropertyKind::{CivilDamages, Confiscation, Fine, Recovery};
    use PropertyState::{
        Deposited, Forgiven, Instalments, Partly, Performed, Remitted, Terminated, TerminatedForNow, Unperformed,
    };
    const ON: Option<&[Situation]> = Some(&[Situation::Hidden]);
    const SPENT: Option<&[Situation]> = Some(&[Situation::Spending]);
    let able = Some(Ability::Able);
    for (row, property_is, grounds) in [
        (Item { situation: ON, ..FINE }, Violation, Violation),
        (Item { situation: SPENT, ..FINE }, Violation, Violation),
        (Item { able, ..FINE }, Violation, Violation),
        (Item { able, state: Partly, ..FINE }, Violation, Violation),
        (FINE, Pass, Pass),
        (Item { able: None, ..FINE }, Unverified, Unverified),
        (Item { able: Some(Ability::Unclear), ..FINE }, Unverified, Unverified),
        (Item { situation: None, ..FINE }, Unverified, Unverified),
        (Item { able: None, state: Terminated, ..FINE }, Pass, Pass),
        (Item { able: None, state: TerminatedForNow, ..FINE }, Pass, Pass),
        (Item { able, state: TerminatedForNow, ..FINE }, Unverified, Unverified),
        (Item { able: None, state: Remitted, ..FINE }, Pass, Pass),
        (Item { able: None, state: Instalments, ..FINE }, Pass, Pass),
        (Item { able: None, kind: CivilDamages, state: Instalments, ..FINE }, Pass, Pass),
        (Item { able: None, kind: Recovery, state: Instalments, ..FINE }, Unverified, Pass),
        (Item { able: None, kind: CivilDamages, state: Deposited, ..FINE }, Pass, Pass),
        (Item { able: None, kind: Fine, state: Deposited, ..FINE }, Unverified, Pass),
        (Item { able: None, kind: CivilDamages, state: Forgiven, ..FINE }, Pass, Pass),
        (Item { able, kind: Confiscation, state: Unperformed, ..FINE }, Pass, Pass),
        (Item { kind: Confiscation, situation: ON, ..FINE }, Violation, Violation),
        (Item { state: Performed, able: None, situation: None, ..FINE }, Pass, Pass),
        (Item { state: Performed, paid: Some((1000, 400)), ..FINE }, Unverified, Unverified),
        (Item { state: Unperformed, paid: Some((1000, 400)), ..FINE }, Unverified, Unverified),
        (Item { state: Partly, paid: Some((1000, 400)), ..FINE }, Pass, Pass),
    ] {
        let what = format!("{:?} {:?} {:?} {:?}", row.kind, row.state, row.able, row.situation);
        assert_eq!(property("2024-05-01", &[Repentance], &row), (Some(property_is), Some(grounds)), "{what}");
    }
}

#[test]
fn a_reprieve_with_major_merit_becomes_the_term_that_the_law_gives() {
    for (term, expected, note) in [("P24Y", Violation, false), ("P25Y", Pass, false), ("P25Y1M", Pass, true)] {
        let world = World::new(Sentence::Reprieve, "2020-03-15").apply(
            d("2022-03-01"),
            Proposal::ToFixed(t(term)),
            &[MajorMerit],
        );
        let finding = world.finding("reduction/conversion-term").expect("a finding");
        assert_eq!((finding.outcome, finding.facts.get("note").is_some()), (expected, note), "{term}");
    }
}

#[test]
fn a_property_finding_says_why() {
    for (row, said) in [
        (Item { able: Some(Ability::Able), ..FINE }, "able to perform, but not fully performed"),
        (Item { situation: Some(&[Situation::Hidden]), ..FINE }, "a situation of art. 6"),
        (Item { state: PropertyState::Performed, paid: Some((1000, 400)), ..FINE }, "contradict each other"),
    ] {
        let world = applying("2024-05-01", &[Repentance]).with(|w| item(w, &row));
        let message = world.finding("reduction/property").expect("a finding").message;
        assert!(message.contains(said), "{message}");
    }
}

#[test]
fn six_months_after_a_situation_ended() {
    let ended = Item { situation: Some(&[Situation::NotDeclared]), ended: Some("2024-08-31"), ..FINE };
    let performed = Item {
        state: PropertyState::Performed,
        situation: Some(&[Situation::NotDeclared]),
        ended: Some("2024-09-30"),
        performed: Some("2024-08-31"),
        ..FINE
    };
    // From a month's last day to a month's last day.
    for (day, expected) in [("2025-02-27", Violation), ("2025-02-28", Pass), ("2025-03-01", Pass)] {
        for row in [&ended, &performed] {
            let world = applying(day, &[Repentance]).with(|w| item(w, row));
            assert_eq!(world.outcome("reduction/property"), Some(expected), "{day}");
            assert_eq!(world.outcome("reduction/grounds"), Some(Pass), "the wait does not strike repentance");
            let earliest = world.review().limits.unwrap().earliest;
            assert_eq!(earliest, Settled::Is(d("2025-02-28")));
        }
    }
}

#[test]
fn property_before_2024_and_with_major_merit() {
    let able = Item { able: Some(Ability::Able), ..FINE };
    assert_eq!(property("2024-04-30", &[Repentance], &able), (Some(Risk), Some(Unverified)), "31号: two readings");
    assert_eq!(property("2021-11-30", &[Repentance], &able), (Some(Risk), Some(Pass)));
    assert_eq!(property("2024-05-01", &[MajorMerit], &able), (Some(Pass), Some(Pass)), "2024 art. 4.4");
    let hidden = Item { situation: Some(&[Situation::Hidden]), ..FINE };
    assert_eq!(property("2022-01-10", &[Repentance], &hidden).1, Some(Unverified), "31号 art. 7 (2)");
    // The law changed between the application and the ruling: both versions.
    let world =
        applying("2024-04-30", &[Repentance]).with(|w| w.app().ruled.set(d("2024-05-20"))).with(|w| item(w, &able));
    assert_eq!(world.outcome("reduction/property"), Some(Risk), "violation under one version, risk under the other");
    let ruled = |day: &str| {
        let world = applying("2024-04-30", &[MajorMerit]).with(|w| w.app().ruled.set(d(day)));
        world.with(|w| item(w, &able)).outcome("reduction/property")
    };
    let (before, from) = (ruled("2024-04-30"), ruled("2024-05-01"));
    assert_eq!((before, from), (Some(Risk), Some(Unverified)), "major merit outweighs it only from 2024-05-01");
}

#[test]
fn without_the_property_sheet_nothing_is_known() {
    let world = applying("2024-06-01", &[Repentance]).with(|w| w.presence.sheets.retain(|s| *s != SheetKind::Property));
    assert_eq!(world.outcome("reduction/property"), Some(Unverified));
    assert_eq!(world.outcome("reduction/grounds"), Some(Unverified));
    assert_eq!(world.review().limits.unwrap().cap, Settled::Is(t("P9M")), "grade 1 or no ground: the cap is the same");
}

fn new_crime(world: &mut World, confirmed: &str, sentence: Sentence) {
    let mut crime = NewCrime::blank(1);
    crime.kind.set(NewCrimeKind::NewCrime);
    crime.crime_date.set(date::add_days(d(confirmed), -200));
    crime.confirmed.set(d(confirmed));
    crime.sentence.set(sentence);
    crime.decided.set(fixed(13));
    crime.new_start.set(d(confirmed));
    crime.new_end.set(jxjs::model::End::On(date::last(d(confirmed), Term::of_years(13))));
    crime.intentional.set(true);
    world.dossier.new_crimes.push(crime);
}

#[test]
fn bans_after_a_new_crime() {
    for (sentence, years) in [(fixed(2), 3), (Sentence::Life, 4)] {
        let until = date::add(d("2019-03-10"), Term::of_years(years));
        for (offset, expected) in [(-1, Violation), (0, Pass), (1, Pass)] {
            let day = date::add_days(until, offset);
            let world = applying(&day.to_string(), &[Repentance]).with(|w| new_crime(w, "2019-03-10", sentence));
            assert_eq!(world.outcome("reduction/not-permitted"), Some(expected), "{sentence:?} {offset}");
        }
    }
    let merit = applying("2020-03-10", &[MajorMerit]).with(|w| new_crime(w, "2019-03-10", fixed(2)));
    assert_eq!(merit.outcome("reduction/not-permitted"), Some(Unverified), "whether major merit lifts it is open");
    let control = applying("2020-03-10", &[Repentance])
        .with(|w| new_crime(w, "2019-03-10", Sentence::Detention(Term::of_months(4))));
    assert_eq!(control.outcome("reduction/not-permitted"), Some(Pass), "拘役 carries no ban");
    let negligent = applying("2020-03-10", &[Repentance])
        .with(|w| new_crime(w, "2019-03-10", fixed(2)))
        .with(|w| w.dossier.new_crimes[0].intentional.set(false));
    assert_eq!(negligent.outcome("reduction/not-permitted"), Some(Pass));
}

#[test]
fn suspended_and_whole_life() {
    let suspended = |conduct: &[Conduct]| {
        World::new(fixed(3), "2020-07-15")
            .with(|w| w.inmate().suspended.set(true))
            .apply(d("2022-01-10"), months(6), conduct)
            .outcome("reduction/not-permitted")
    };
    assert_eq!(suspended(&[Repentance]), Some(Violation));
    assert_eq!(suspended(&[MajorMerit]), Some(Pass));
    let whole_life = World::new(Sentence::Reprieve, "2016-04-10").corrupt().with(|w| w.inmate().whole_life.set(true));
    let due = World { ..whole_life }.apply(d("2018-06-10"), Proposal::ToLife, &[]);
    assert_eq!(due.outcome("reduction/not-permitted"), Some(Pass), "the conversion to life is due");
    assert!(due.finding("reduction/not-permitted").unwrap().facts.get("note").is_some());
    assert_eq!(due.outcome("reduction/grounds"), None, "no repentance is needed");
    let later = World::new(Sentence::Reprieve, "2016-04-10")
        .corrupt()
        .with(|w| w.inmate().whole_life.set(true))
        .ruling("2018-06-10", Change::ToLife)
        .apply(d("2024-01-10"), Proposal::ToFixed(t("P25Y")), &[Repentance]);
    assert_eq!(later.outcome("reduction/not-permitted"), Some(Violation));
    assert_eq!(later.review().limits.unwrap().earliest, Settled::Absent);
}

#[test]
fn relaxation_by_a_third_once() {
    let ill = |day: &str, amount: u32| {
        World::new(fixed(8), "2020-07-15")
            .with(|w| {
                w.inmate()
                    .health
                    .set([Health::GravelyIll, Health::MostlyUnableToWork, Health::CannotCareForSelf].into())
            })
            .apply(d(day), months(amount), &[Repentance])
    };
    // 18 months less a third is 12 months: 2021-07-15; nine months more a third is twelve.
    for (day, amount, start, cap) in [
        ("2021-07-14", 9, Violation, Pass),
        ("2021-07-15", 9, Pass, Pass),
        ("2022-01-15", 12, Pass, Pass),
        ("2022-01-15", 13, Pass, Violation),
        ("2021-08-01", 10, Unverified, Unverified),
    ] {
        let world = ill(day, amount);
        assert_eq!(world.outcome("reduction/start-time"), Some(start), "{day} {amount}");
        assert_eq!(world.outcome("reduction/amount"), Some(cap), "{day} {amount}");
        assert_eq!(world.review().limits.unwrap().relaxed, Settled::Is(true));
    }
    // Only one of the two conditions recorded.
    let half = World::new(fixed(8), "2020-07-15")
        .with(|w| w.inmate().health.set([Health::GravelyIll, Health::CannotCareForSelf].into()))
        .apply(d("2021-07-15"), months(9), &[Repentance]);
    assert_eq!(half.outcome("reduction/start-time"), Some(Unverified));
    // 65 on the day of the application, whatever the flag.
    for (birth, expected) in [("1956-07-16", Violation), ("1956-07-15", Pass)] {
        let old = World::new(fixed(8), "2020-07-15")
            .with(|w| {
                w.inmate().birth.set(d(birth));
                w.inmate().health.set([Health::UnableToWork, Health::CannotCareForSelf].into());
            })
            .apply(d("2021-07-15"), months(9), &[Repentance]);
        assert_eq!(old.outcome("reduction/start-time"), Some(expected), "born {birth}");
    }
    // Under 18 on the day of the application; at delivery only, two readings.
    for (birth, expected) in [("2003-07-16", Pass), ("2003-07-15", Unverified), ("2002-07-15", Violation)] {
        let minor = World::new(fixed(8), "2020-07-15").with(|w| w.inmate().birth.set(d(birth))).apply(
            d("2021-07-15"),
            months(9),
            &[Repentance],
        );
        assert_eq!(minor.outcome("reduction/start-time"), Some(expected), "born {birth}");
    }
    // A target is never lowered by the relaxation for sure.
    let life = World::new(Sentence::Life, "2016-07-15")
        .with(|w| {
            w.inmate().health.set([Health::GravelyIll, Health::MostlyUnableToWork, Health::CannotCareForSelf].into())
        })
        .apply(d("2020-07-15"), Proposal::ToFixed(t("P21Y6M")), &[Repentance]);
    assert_eq!(life.outcome("reduction/conversion-term"), Some(Unverified));
}

#[test]
fn short_remainder() {
    // Judgment final on 2020-06-15 (thirty days before delivery); the end decides whether less than two years were left.
    let world = |end: &str, day: &str| {
        World::new(fixed(5), "2020-07-15")
            .with(|w| {
                w.inmate()
                    .term_start
                    .set(date::add_days(d(end), 1).checked_sub_months(chrono::Months::new(60)).unwrap());
                w.inmate().term_end.set(jxjs::model::End::On(d(end)));
            })
            .apply(d(day), months(1), &[Repentance])
            .outcome("reduction/start-time")
    };
    assert_eq!(world("2022-06-13", "2021-05-01"), Some(Pass), "under two years left");
    assert_eq!(world("2022-06-14", "2021-05-01"), Some(Violation), "two years left");
    // Eighteen months halved are nine: less than half served is a risk.
    assert_eq!(world("2022-06-13", "2021-04-14"), Some(Risk));
    assert_eq!(world("2022-06-13", "2021-04-15"), Some(Pass));
}

#[test]
fn merit_needs_a_record() {
    let no_record = applying("2022-01-10", &[Repentance, Merit]).with(|w| w.dossier.awards.clear());
    assert_eq!(no_record.outcome("reduction/merit-evidence"), Some(Violation));
    assert_eq!(no_record.review().limits.unwrap().cap, Settled::Is(t("P9M")), "the merit is dropped from the grade");
    let no_sheet =
        applying("2022-01-10", &[Repentance, Merit]).with(|w| w.presence.sheets.retain(|s| *s != SheetKind::Awards));
    assert_eq!(no_sheet.outcome("reduction/merit-evidence"), Some(Unverified));
    let cap = no_sheet.review().limits.unwrap().cap;
    assert_eq!(cap, Settled::Open(vec![t("P9M"), t("P1Y")]), "both completions");
    let patent = |patent: Option<Patent>, confirmed: Option<bool>| {
        applying("2022-01-10", &[Repentance, MajorMerit])
            .with(|w| {
                let award = w.dossier.awards.last_mut().unwrap();
                award.reason.set("发明专利".to_owned());
                if let Some(patent) = patent {
                    award.patent.set(patent);
                }
                if let Some(confirmed) = confirmed {
                    award.confirmed.set(confirmed);
                }
            })
            .outcome("reduction/merit-evidence")
    };
    assert_eq!(patent(Some(Patent::Invention), Some(true)), Some(Pass));
    assert_eq!(patent(Some(Patent::Invention), Some(false)), Some(Violation));
    assert_eq!(patent(Some(Patent::Invention), None), Some(Unverified));
    assert_eq!(patent(Some(Patent::UtilityModel), Some(true)), Some(Violation));
    assert_eq!(patent(Some(Patent::Design), Some(true)), Some(Violation));
    assert_eq!(patent(None, Some(true)), Some(Unverified));
}

#[test]
fn strictness_wants_reasons() {
    use jxjs::model::Declared::Recidivist;
    // The general cap in full where the restricted row has no figure of its own.
    for (amount, expected) in [(8, None), (9, Some(Risk))] {
        let world =
            applying("2022-01-10", &[Repentance]).declare(Recidivist).with(|w| w.app().proposal.set(months(amount)));
        assert_eq!(world.outcome("reduction/strictness"), expected, "{amount}");
    }
    let own =
        applying("2022-01-10", &[Repentance, Merit]).declare(Recidivist).with(|w| w.app().proposal.set(months(12)));
    assert_eq!(own.outcome("reduction/strictness"), None, "twelve months are the restricted row's own figure");
    // Converted, at the cap and within thirty days of the shortest interval.
    for (day, amount, expected) in
        [("2024-05-20", 9, Some(Risk)), ("2024-06-19", 9, Some(Risk)), ("2024-06-20", 9, None), ("2024-05-20", 8, None)]
    {
        let world = World::new(Sentence::Life, "2016-12-10").ruling("2022-05-20", Change::ToFixed(t("P22Y"))).apply(
            d(day),
            months(amount),
            &[Repentance],
        );
        assert_eq!(world.outcome("reduction/strictness"), expected, "{day} {amount}");
    }
    // A penalty since the last ruling, with repentance claimed.
    let penalised = |day: &str| {
        applying("2022-01-10", &[Repentance])
            .with(|w| {
                let mut award = jxjs::model::Award::blank(1);
                award.kind.set(jxjs::model::AwardKind::Warning);
                award.date.set(d(day));
                w.dossier.awards.push(award);
            })
            .outcome("reduction/strictness")
    };
    assert_eq!(penalised("2021-05-05"), Some(Risk));
    assert_eq!(penalised("2016-05-05"), None, "before delivery");
}

#[test]
fn counts_decide_the_violent_group() {
    let counts = |list: &[(&str, u32)], total: u32| {
        World::new(fixed(total), "2017-07-15")
            .with(|w| {
                let names: Vec<&str> = list.iter().map(|(n, _)| *n).collect();
                w.inmate().charges.set(names.join("、"));
                let terms =
                    list.iter().map(|(n, y)| CountTerm { charge: (*n).to_owned(), sentence: fixed(*y) }).collect();
                w.inmate().count_terms.set(terms);
            })
            .apply(d("2022-01-10"), months(6), &[Repentance])
            .review()
    };
    let violent = "violent-10y";
    assert!(counts(&[("抢劫罪", 10), ("盗窃罪", 5)], 14).groups.contains(&violent));
    assert!(!counts(&[("抢劫罪", 9), ("盗窃罪", 10)], 15).groups.contains(&violent));
    let together = counts(&[("抢劫罪", 6), ("强奸罪", 6)], 11);
    assert!(!together.groups.contains(&violent) && together.groups_unverified.contains(&violent));
    assert!(counts(&[("盗窃罪", 10), ("诈骗罪", 10)], 17).groups.contains(&"multiple-10y"));
    let unknown = World::new(fixed(14), "2017-07-15")
        .with(|w| w.inmate().charges.set("抢劫罪、盗窃罪".to_owned()))
        .apply(d("2022-01-10"), months(6), &[Repentance])
        .review();
    assert!(unknown.groups_unverified.contains(&violent) && unknown.groups_unverified.contains(&"multiple-10y"));
}

#[test]
fn unknown_is_not_lawful_and_not_unlawful() {
    let blank = |w: &mut World| w.inmate().delivered.value = Value::Empty;
    let without_custody = |w: &mut World| w.presence.sheets.retain(|s| *s != jxjs::model::SheetKind::Custody);
    let world = applying("2022-01-10", &[Repentance]).with(blank).with(without_custody);
    assert_eq!(world.outcome("reduction/start-time"), Some(Unverified));
    assert_eq!(world.review().verdict, jxjs::review::Verdict::Unverified);
    let exempt = applying("2022-01-10", &[MajorMerit]).with(blank);
    assert_eq!(exempt.outcome("reduction/start-time"), Some(Pass), "major merit lifts the start whatever the day");
    // The service date lies within seven days of the ruling.
    let interval = |day: &str| {
        applying(day, &[Repentance])
            .ruling("2020-03-10", Change::Reduce(Term::of_months(6)))
            .with(|w| w.dossier.rulings[0].served.value = Value::Empty)
            .outcome("reduction/interval")
    };
    assert_eq!(interval("2021-09-09"), Some(Violation));
    assert_eq!(interval("2021-09-10"), Some(Unverified));
    assert_eq!(interval("2021-09-16"), Some(Unverified));
    assert_eq!(interval("2021-09-17"), Some(Pass));
}

#[test]
fn the_ruling_date_can_leave_the_start_open() {
    for (ruled, expected) in [(None, Violation), (Some("2018-07-14"), Violation), (Some("2018-07-15"), Unverified)] {
        let world = applying("2018-07-10", &[Repentance]).with(|w| {
            if let Some(day) = ruled {
                w.app().ruled.set(d(day));
            }
        });
        assert_eq!(world.outcome("reduction/start-time"), Some(expected), "{ruled:?}");
    }
}

#[test]
fn the_published_month_end_case() {
    // Thirteen years from 2014-03-31; three reductions of eight months; the last end may be the 30th or the 31st.
    for last in ["2025-03-30", "2025-03-31"] {
        let world = World::new(fixed(13), "2014-08-01")
            .with(|w| {
                w.inmate().term_start.set(d("2014-03-31"));
                w.inmate().term_end.set(jxjs::model::End::On(d("2027-03-30")));
            })
            .ruling("2017-05-10", Change::Reduce(Term::of_months(8)))
            .ruling("2019-01-10", Change::Reduce(Term::of_months(8)))
            .ruling("2021-01-10", Change::Reduce(Term::of_months(8)))
            .with(|w| {
                for (ruling, end) in w.dossier.rulings.iter_mut().zip(["2026-07-30", "2025-11-30", last]) {
                    ruling.new_end.set(jxjs::model::End::On(d(end)));
                }
            })
            .apply(d("2023-01-10"), months(6), &[Repentance]);
        assert_eq!(world.review().limits.unwrap().end_now, Settled::Is(d(last)));
    }
}

/// A ruling that only the row of an earlier application names sets the interval of the next one all the same.
#[test]
fn a_ruling_named_only_by_an_earlier_application_counts() {
    let twice = |change: Value<Change>, second: &str| {
        World::new(fixed(12), "2018-03-01")
            .apply(d("2021-03-01"), months(6), &[Conduct::Repentance])
            .with(|w| {
                w.app().ruled.set(d("2021-04-20"));
                w.app().received.set(d("2021-04-22"));
                w.app().result.value = change;
            })
            .apply(d(second), months(6), &[Conduct::Repentance])
    };
    let interval = |world: &World| {
        let reviews = world.reviews();
        let of = |i: usize| reviews[i].findings.iter().find(|f| f.check == "reduction/interval").map(|f| f.outcome);
        (of(0), of(1))
    };
    let granted = Value::Known(Change::Reduce(t("P6M")));
    assert_eq!(interval(&twice(granted.clone(), "2021-12-01")), (None, Some(Violation)));
    assert_eq!(interval(&twice(granted.clone(), "2023-12-01")), (None, Some(Pass)));
    // Refused, it begins nothing; unread, it may have begun one.
    assert_eq!(interval(&twice(Value::Known(Change::Refused), "2021-12-01")).1, None);
    assert_eq!(interval(&twice(Value::Empty, "2021-12-01")).1, Some(Unverified));
    assert_eq!(interval(&twice(Value::Empty, "2023-12-01")).1, Some(Unverified));
    // Listed in 历次裁定 as well it is one ruling, not two.
    let listed = twice(granted, "2023-12-01").ruling("2021-04-20", Change::Reduce(t("P6M")));
    let limits = |world: &World| world.reviews()[1].limits.clone().expect("limits").end_now;
    assert_eq!(limits(&listed), limits(&twice(Value::Known(Change::Reduce(t("P6M"))), "2023-12-01")));
}

/// A ruling nobody can read may have been a reduction or have converted the sentence: nothing is passed over in silence.
#[test]
fn a_ruling_of_unknown_content_leaves_what_it_could_change_open() {
    let unread = |day: &str, mut world: World| {
        let mut ruling = Ruling::blank(world.dossier.rulings.len() as u32 + 1);
        ruling.date.set(d(day));
        ruling.served.set(d(day));
        ruling.change.value = Value::Unclear;
        world.dossier.rulings.push(ruling);
        world
    };
    let fixed_case = |day: &str| World::new(fixed(12), "2018-03-01").apply(d(day), months(6), &[Conduct::Repentance]);
    let check = |world: &World, check: &str| world.outcome(check);
    let long_ago = unread("2019-01-10", fixed_case("2023-12-01"));
    assert_eq!(check(&long_ago, "reduction/interval"), Some(Unverified));
    // Before a known reduction it changes nothing about the interval.
    let known = |day: &str| unread("2020-01-10", fixed_case(day)).ruling("2021-04-20", Change::Reduce(t("P6M")));
    assert_eq!(check(&known("2021-12-01"), "reduction/interval"), Some(Violation));
    assert_eq!(check(&known("2023-12-01"), "reduction/interval"), Some(Pass));
    // Too early after a known one and after the unread one: in both completions.
    let after = unread("2021-06-10", fixed_case("2021-12-01").ruling("2021-04-20", Change::Reduce(t("P6M"))));
    assert_eq!(check(&after, "reduction/interval"), Some(Violation));
    // Too early for a first reduction, if it is the first.
    let start = |rulings: bool| {
        let world = fixed_case("2019-06-01");
        let world = if rulings { unread("2018-09-10", world) } else { world };
        check(&world, "reduction/start-time")
    };
    assert_eq!((start(false), start(true)), (Some(Violation), Some(Unverified)));
    let life = World::new(Sentence::Life, "2018-03-01").apply(
        d("2023-12-01"),
        Proposal::ToFixed(t("P22Y")),
        &[Conduct::Repentance],
    );
    assert_eq!(check(&life, "reduction/conversion-term"), Some(Pass));
    assert_eq!(check(&unread("2021-05-10", life), "reduction/conversion-term"), Some(Unverified));
    let parole = || World::new(fixed(12), "2012-03-01").apply_parole(d("2022-06-01"));
    assert_eq!(check(&parole(), "parole/after-reduction"), None);
    assert_eq!(check(&unread("2021-12-10", parole()), "parole/after-reduction"), Some(Unverified));
}

#[test]
fn without_the_rulings_sheet_no_stage_is_assumed() {
    let hide = |w: &mut World| w.presence.sheets.retain(|s| *s != SheetKind::Rulings);
    let life = World::new(Sentence::Life, "2012-12-10").apply(d("2022-01-10"), months(6), &[Repentance]).with(hide);
    let review = life.review();
    assert_eq!(review.limits.as_ref().unwrap().stage, Settled::Open(vec![]));
    assert!(review.findings.iter().all(|f| f.outcome != Violation), "life may have become a fixed term long ago");
    let fixed_term = applying("2018-07-14", &[Repentance]).with(hide);
    assert_eq!(fixed_term.outcome("reduction/start-time"), Some(Unverified), "it need not be a first reduction");
    assert_eq!(fixed_term.outcome("reduction/interval"), Some(Unverified));
    assert_eq!(fixed_term.outcome("reduction/served-floor"), Some(Unverified));
}

#[test]
fn without_the_day_of_the_application_nothing_is_said_about_limits() {
    let review = applying("2022-01-10", &[Repentance]).with(|w| w.app().applied.value = Value::Empty).review();
    assert!(review.findings.iter().filter(|f| f.check.starts_with("reduction/")).all(|f| f.outcome == Unverified));
    let limits = review.limits.unwrap();
    assert_eq!((limits.start, limits.cap), (Settled::Open(vec![]), Settled::Open(vec![])));
    assert_eq!(limits.floor, Settled::Is(date::add_days(date::add(d("2015-12-28"), t("P6Y")), -1)));
}

#[test]
fn limited_commutation_is_always_one_of_the_barred() {
    let parole = |limited: bool| {
        World::new(Sentence::Reprieve, "2014-04-10")
            .with(|w| {
                w.inmate().charges.set("受贿罪、爆炸罪".to_owned());
                let term = |charge: &str, sentence| CountTerm { charge: charge.to_owned(), sentence };
                w.inmate().count_terms.set(vec![term("受贿罪", Sentence::Reprieve), term("爆炸罪", fixed(3))]);
                w.inmate().limited.set(limited);
            })
            .ruling("2016-04-09", Change::ToLife)
            .apply(d("2022-01-10"), Proposal::ToFixed(t("P25Y")), &[Repentance])
            .review()
            .limits
            .unwrap()
            .parole
    };
    assert_eq!(parole(true), Settled::Absent);
    assert_eq!(parole(false), Settled::Is(d("2031-03-10")));
}

#[test]
fn a_retrial_that_still_carries_the_voided_months_is_found() {
    let world = |end: &str| {
        World::new(fixed(15), "2020-12-18")
            .with(|w| {
                w.inmate().term_start.set(d("2020-06-01"));
                w.inmate().term_end.set(jxjs::model::End::On(d("2035-05-31")));
                w.inmate().current_end.set(jxjs::model::End::On(d(end)));
            })
            .ruling("2023-07-20", Change::Reduce(Term::of_months(6)))
            .ruling("2025-03-10", Change::RetrialChanged(fixed(14)))
            .with(|w| {
                w.dossier.rulings[1].new_start.set(d("2020-06-01"));
                w.dossier.rulings[1].new_end.set(jxjs::model::End::On(d(end)));
            })
    };
    assert_eq!(world("2033-11-30").outcome("term/current-end"), Some(Violation), "six months too early");
    assert_eq!(world("2034-05-31").outcome("term/current-end"), Some(Pass));
}
