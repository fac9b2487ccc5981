//! The other tables of reductions: property, bars, relaxation, restricted groups, merit, strictness, unknowns.

mod support;

use jxjs::checks::case::{BatchContext, Lang};
use jxjs::checks::finding::Fact;
use jxjs::checks::finding::Outcome::{self, Pass, Risk, Unverified, Violation};
use jxjs::checks::world::Settled;
use jxjs::model::Conduct::{MajorMerit, Merit, Repentance};
use jxjs::model::Declared::{self, DrugRingleader, Finance, OrganizedCrime, OrganizedViolence, Terrorism};
use jxjs::model::{
    Ability, Amount, AwardKind, Change, Col, Conduct, CountTerm, CustodyKind, CustodyRow, Health, NewCrime,
    NewCrimeKind, Patent, PropertyItem, PropertyKind, PropertyState, Proposal, Rights, Ruling, Sentence, SheetKind,
    Situation, SpendingRow, Term, Value, date,
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

// ---- restricted groups ----

/// Whether the person is certainly in a group, certainly not, or may be.
fn member(world: &World, group: &str) -> Option<bool> {
    let review = world.review();
    match (review.groups.contains(&group), review.groups_unverified.contains(&group)) {
        (certain, false) => Some(certain),
        _ => None,
    }
}

/// What a finding says of one fact under each reading, in their order.
fn readings(world: &World, check: &str, key: &str) -> Vec<Fact> {
    let finding = world.finding(check).expect("a finding");
    match finding.facts.get("readings") {
        Some(Fact::List(list)) => list
            .iter()
            .filter_map(|reading| match reading {
                Fact::Map(facts) => facts.get(key).cloned(),
                _ => None,
            })
            .collect(),
        _ => finding.facts.get(key).cloned().into_iter().collect(),
    }
}

fn terms(list: &[&str]) -> Vec<Fact> {
    list.iter().map(|term| Fact::Term(t(term))).collect()
}

fn days(list: &[&str]) -> Vec<Fact> {
    list.iter().map(|day| Fact::Date(d(day))).collect()
}

/// A person with these charges and this 罪犯类别 (`None`: blank).
fn charged(sentence: Sentence, charges: &str, declared: Option<&[Declared]>) -> World {
    World::new(sentence, "2017-07-15").with(|w| {
        w.inmate().charges.set(charges.to_owned());
        match declared {
            Some(list) => w.inmate().categories.set(list.iter().copied().collect()),
            None => w.inmate().categories.value = Value::Empty,
        }
    })
}

fn on_repentance(world: World) -> World {
    world.apply(d("2022-01-10"), months(6), &[Repentance])
}

fn count(charge: &str, sentence: Sentence) -> CountTerm {
    CountTerm { charge: charge.to_owned(), sentence }
}

#[test]
fn the_charge_proves_a_group_and_the_category_supplies_or_contradicts_it() {
    let one = |word| [word];
    for (charge, declared, group, expected) in [
        ("组织、领导、参加恐怖组织罪", Some(&[][..]), "terrorism", Some(true)),
        ("利用极端主义破坏法律实施罪", Some(&[]), "terrorism", None),
        // A finding of fact, which no charge contradicts.
        ("盗窃罪", Some(&one(Terrorism)), "terrorism", Some(true)),
        ("盗窃罪", Some(&[]), "terrorism", Some(false)),
        ("盗窃罪", Some(&one(Finance)), "finance-crime", None),
        ("盗窃罪", Some(&[]), "finance-crime", Some(false)),
        ("入境发展黑社会组织罪", Some(&[]), "organized-crime", None),
        ("入境发展黑社会组织罪", Some(&one(OrganizedCrime)), "organized-crime", Some(true)),
        ("走私、贩卖、运输、制造毒品罪", Some(&one(DrugRingleader)), "drug-ringleader", Some(true)),
        ("走私、贩卖、运输、制造毒品罪", Some(&[]), "drug-ringleader", Some(false)),
        ("走私、贩卖、运输、制造毒品罪", None, "drug-ringleader", None),
        ("盗窃罪", Some(&one(DrugRingleader)), "drug-ringleader", None),
        ("盗窃罪", None, "drug-ringleader", Some(false)),
    ] {
        let world = on_repentance(charged(fixed(12), charge, declared));
        assert_eq!(member(&world, group), expected, "{charge} {declared:?} {group}");
    }
}

#[test]
fn a_drug_recidivist_needs_a_drug_charge() {
    let world = |charge: &str, flag: Option<bool>| {
        on_repentance(charged(fixed(12), charge, None)).with(|w| match flag {
            Some(answer) => w.inmate().drug_recidivist.set(answer),
            None => w.inmate().drug_recidivist.value = Value::Empty,
        })
    };
    for (charge, flag, expected) in [
        ("盗窃罪", None, Some(false)),
        ("盗窃罪", Some(false), Some(false)),
        ("盗窃罪", Some(true), None),
        ("走私、贩卖、运输、制造毒品罪", None, None),
        ("走私、贩卖、运输、制造毒品罪", Some(true), Some(true)),
    ] {
        assert_eq!(member(&world(charge, flag), "drug-recidivist"), expected, "{charge} {flag:?}");
    }
}

/// 2019 supplement art. 7 (in force) and art. 1 (sentenced on or after 2015-11-01).
#[test]
fn the_supplement_applies_from_its_day_to_those_sentenced_under_amendment_nine() {
    let corrupt = || World::new(fixed(12), "2016-07-15").corrupt();
    for (day, expected) in [("2019-05-31", false), ("2019-06-01", true), ("2019-06-02", true)] {
        let world = corrupt().apply(d(day), months(6), &[Repentance]);
        assert_eq!(member(&world, "corruption-2019"), Some(expected), "{day}");
    }
    let (before, from, after) = (Some("2015-10-31"), Some("2015-11-01"), Some("2015-11-02"));
    for (judged, effective, delivered, expected) in [
        (before, before, after, Some(false)),
        (from, after, after, Some(true)),
        (before, from, after, None),
        (before, after, after, None),
        // Final before delivery: delivered before that day, sentenced before it.
        (before, None, before, Some(false)),
        (before, None, from, None),
        (before, None, after, None),
        (None, None, before, Some(false)),
        (None, None, from, None),
        (None, None, after, None),
        (None, before, after, Some(false)),
        (None, from, after, None),
        (None, after, after, None),
    ] {
        let world = corrupt().apply(d("2022-01-10"), months(6), &[Repentance]).with(|w| {
            let inmate = w.inmate();
            for (field, day) in
                [(&mut inmate.judged, judged), (&mut inmate.effective, effective), (&mut inmate.delivered, delivered)]
            {
                match day {
                    Some(day) => field.set(d(day)),
                    None => field.value = Value::Empty,
                }
            }
        });
        assert_eq!(member(&world, "corruption-2019"), expected, "{judged:?} {effective:?} {delivered:?}");
    }
}

#[test]
fn life_without_commutation_goes_with_reprieved_death_for_embezzlement_or_bribe_taking() {
    for (sentence, charge, flag, expected) in [
        (Sentence::Reprieve, "受贿罪", Some(true), Some(true)),
        (Sentence::Reprieve, "受贿罪", Some(false), Some(false)),
        (Sentence::Reprieve, "受贿罪", None, None),
        (Sentence::Reprieve, "盗窃罪", None, Some(false)),
        (Sentence::Reprieve, "盗窃罪", Some(true), None),
        (Sentence::Life, "受贿罪", None, Some(false)),
        (Sentence::Life, "受贿罪", Some(true), None),
    ] {
        let world = on_repentance(charged(sentence, charge, Some(&[]))).with(|w| match flag {
            Some(answer) => w.inmate().whole_life.set(answer),
            None => w.inmate().whole_life.value = Value::Empty,
        });
        assert_eq!(member(&world, "life-without-commutation"), expected, "{sentence:?} {charge} {flag:?}");
    }
}

/// Up to three years or 拘役 (刑法72), and not once the person was delivered.
#[test]
fn a_blank_suspension_is_open_only_where_it_is_possible() {
    for (sentence, delivered, expected) in [
        (Sentence::Fixed(t("P2Y11M")), false, Unverified),
        (fixed(3), false, Unverified),
        (Sentence::Fixed(t("P3Y1M")), false, Pass),
        (fixed(3), true, Pass),
        (Sentence::Detention(t("P6M")), false, Unverified),
        (Sentence::Detention(t("P6M")), true, Pass),
        (Sentence::Control(t("P1Y")), false, Pass),
    ] {
        let world = World::new(sentence, "2020-07-15").apply(d("2020-12-10"), months(1), &[Repentance]).with(|w| {
            w.inmate().suspended.value = Value::Empty;
            if !delivered {
                w.inmate().delivered.value = Value::Empty;
            }
        });
        assert_eq!(world.outcome("reduction/not-permitted"), Some(expected), "{sentence:?} {delivered}");
    }
    // Served in prison it can end in parole, suspended it cannot: the day is given, but stays open.
    let open = World::new(fixed(3), "2020-07-15").apply(d("2021-12-10"), months(1), &[Repentance]).with(|w| {
        w.inmate().suspended.value = Value::Empty;
        w.inmate().delivered.value = Value::Empty;
    });
    assert_eq!(open.review().limits.unwrap().parole, Settled::Open(vec![d("2021-06-28")]));
}

#[test]
fn a_violent_count_of_ten_years_is_a_matter_of_the_count() {
    let ten = |group: &'static str, total: u32, charges: &str, counts: &[(&str, u32)], declared| {
        let world = on_repentance(charged(fixed(total), charges, declared)).with(|w| {
            if !counts.is_empty() {
                w.inmate().count_terms.set(counts.iter().map(|(c, y)| count(c, fixed(*y))).collect());
            }
        });
        member(&world, group)
    };
    let (violent, multiple) = ("violent-10y", "multiple-10y");
    let none = Some(&[][..]);
    let organized = [OrganizedViolence];
    let organized = Some(&organized[..]);
    for (total, charges, counts, declared, expected) in [
        // One charge: its term is the total.
        (9, "抢劫罪", &[][..], none, Some(false)),
        (10, "抢劫罪", &[], none, Some(true)),
        (11, "抢劫罪", &[], none, Some(true)),
        (12, "盗窃罪", &[], none, Some(false)),
        (12, "抢劫枪支、弹药、爆炸物罪", &[], none, None),
        (12, "抢劫枪支、弹药、爆炸物罪、盗窃罪", &[("抢劫枪支、弹药、爆炸物罪", 10), ("盗窃罪", 3)], none, None),
        // Together ten or more is a second reading, together less is not.
        (12, "抢劫罪、强奸罪、盗窃罪", &[("抢劫罪", 3), ("强奸罪", 4), ("盗窃罪", 9)], none, Some(false)),
        (12, "抢劫罪、强奸罪、盗窃罪", &[("抢劫罪", 3), ("强奸罪", 7), ("盗窃罪", 9)], none, None),
        // 有组织暴力 attaches to the counts that can be violent, or to any where none can.
        (9, "故意伤害罪", &[], organized, Some(false)),
        (10, "故意伤害罪", &[], organized, Some(true)),
        (12, "故意伤害罪、盗窃罪", &[("故意伤害罪", 10), ("盗窃罪", 3)], organized, Some(true)),
        (12, "故意伤害罪、盗窃罪", &[("故意伤害罪", 5), ("盗窃罪", 10)], organized, Some(false)),
        (12, "诈骗罪、盗窃罪", &[("诈骗罪", 3), ("盗窃罪", 10)], organized, Some(true)),
        (14, "诈骗罪、盗窃罪", &[("诈骗罪", 8), ("盗窃罪", 9)], organized, Some(false)),
        (14, "故意伤害罪、盗窃罪", &[], organized, None),
        // Not declared: open only with a charge that can be violent.
        (12, "故意伤害罪", &[], None, None),
        (12, "故意伤害罪", &[], none, Some(false)),
        (12, "盗窃罪", &[], None, Some(false)),
    ] {
        let is = ten(violent, total, charges, counts, declared);
        assert_eq!(is, expected, "{total} {charges} {counts:?} {declared:?}");
    }
    for (total, charges, counts, expected) in [
        (12, "盗窃罪", &[][..], Some(false)),
        (10, "盗窃罪、诈骗罪", &[("盗窃罪", 10), ("诈骗罪", 10)][..], Some(true)),
        (17, "盗窃罪、诈骗罪", &[("盗窃罪", 10), ("诈骗罪", 9)], Some(false)),
        (9, "盗窃罪、诈骗罪", &[], Some(false)),
        (10, "盗窃罪、诈骗罪", &[], None),
    ] {
        assert_eq!(ten(multiple, total, charges, counts, none), expected, "{total} {charges} {counts:?}");
    }
}

#[test]
fn under_life_one_violent_crime_or_several_counts_are_enough() {
    let life = |charges: &str, counts: &[CountTerm]| {
        on_repentance(charged(Sentence::Life, charges, Some(&[]))).with(|w| {
            if !counts.is_empty() {
                w.inmate().count_terms.set(counts.to_vec());
            }
        })
    };
    let robbery = life("抢劫罪", &[]);
    assert_eq!((member(&robbery, "violent"), member(&robbery, "violent-10y")), (Some(true), Some(false)));
    let theft = count("盗窃罪", Sentence::Life);
    for (charges, counts, expected) in [
        ("盗窃罪", vec![], Some(false)),
        ("盗窃罪", vec![theft.clone()], Some(false)),
        ("盗窃罪", vec![theft, count("盗窃罪", fixed(3))], Some(true)),
        ("盗窃罪、诈骗罪", vec![], Some(true)),
        ("", vec![], None),
    ] {
        let world = life(charges, &counts);
        assert_eq!(member(&world, "combined-counts"), expected, "{charges} {counts:?}");
    }
    let merged = life("盗窃罪", &[]).with(|w| {
        new_crime(w, "2020-03-10", fixed(2));
        w.dossier.new_crimes[0].decided.set(Sentence::Life);
    });
    assert_eq!(member(&merged, "combined-counts"), Some(true), "刑法71");
}

/// A ruling date adds the second version of the law only where the law changed in between.
#[test]
fn a_ruling_under_the_same_law_adds_no_reading() {
    // Seven items of which nothing is known make more worlds than half of what is enumerated.
    let open = Item { situation: None, able: None, ..FINE };
    let world = |ruled: &str| {
        (0..7)
            .fold(applying("2024-06-03", &[MajorMerit]), |w, _| w.with(|w| item(w, &open)))
            .with(|w| w.app().ruled.set(d(ruled)))
    };
    assert_eq!(world("2024-06-20").outcome("reduction/property"), Some(Pass));
}

// ---- readings ----

fn shown(world: &World, check: &str) -> Vec<Vec<&'static str>> {
    match world.finding(check).expect("a finding").facts.get("readings") {
        Some(Fact::List(list)) => list
            .iter()
            .map(|reading| match reading {
                Fact::Map(facts) => facts.0.iter().map(|(key, _)| *key).collect(),
                _ => Vec::new(),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Where the law can be read in two ways, the readings stand in the order of the specification.
#[test]
fn readings_of_the_group_and_of_the_cap() {
    let major = |world: World| world.apply(d("2022-01-10"), months(15), &[MajorMerit]);
    let counts = |charges: &str, list: &[(&str, u32)]| {
        charged(fixed(12), charges, Some(&[]))
            .with(|w| w.inmate().count_terms.set(list.iter().map(|(c, y)| count(c, fixed(*y))).collect()))
    };
    let guns = "抢劫枪支、弹药、爆炸物罪";
    for world in [
        charged(fixed(12), "入境发展黑社会组织罪", Some(&[])),
        charged(fixed(12), guns, Some(&[])),
        counts("抢劫枪支、弹药、爆炸物罪、盗窃罪", &[(guns, 10), ("盗窃罪", 3)]),
        counts("抢劫罪、强奸罪", &[("抢劫罪", 6), ("强奸罪", 6)]),
    ] {
        let world = major(world);
        assert_eq!(world.outcome("reduction/amount"), Some(Unverified));
        assert_eq!(readings(&world, "reduction/amount", "cap"), terms(&["P1Y6M", "P1Y"]));
    }
}

/// Only the property limb, with major merit: art. 7.1, or art. 6 by 2024 art. 4.4.
#[test]
fn the_cap_of_those_who_are_restricted_only_for_property() {
    let able = Item { able: Some(Ability::Able), ..FINE };
    let world = |day: &str, conduct: &[Conduct], recidivist: bool| {
        let world = applying(day, conduct).with(|w| item(w, &able));
        if recidivist { world.declare(Declared::Recidivist) } else { world }
    };
    for (day, conduct, recidivist, caps) in [
        ("2024-05-01", &[MajorMerit][..], false, &["P1Y", "P1Y6M"][..]),
        ("2024-05-01", &[MajorMerit], true, &["P1Y"]),
        ("2024-04-30", &[MajorMerit], false, &["P1Y"]),
        // Repentance is struck, the merit is left.
        ("2024-05-01", &[Repentance, Merit], false, &["P9M"]),
    ] {
        let case = world(day, conduct, recidivist);
        assert_eq!(readings(&case, "reduction/amount", "cap"), terms(caps), "{day} {conduct:?} {recidivist}");
    }
    let major = applying("2024-05-01", &[MajorMerit]);
    assert_eq!(readings(&major, "reduction/amount", "cap"), terms(&["P1Y6M"]), "nothing owed");
}

#[test]
fn readings_of_what_is_struck_for_property() {
    // 31号 art. 7: left to the strict limits, or struck.
    let able = Item { able: Some(Ability::Able), ..FINE };
    let world = applying("2022-01-10", &[Repentance, Merit]).with(|w| item(w, &able));
    assert_eq!(readings(&world, "reduction/amount", "cap"), terms(&["P1Y", "P9M"]));
    // A contradiction: performed, or able and not performing.
    let contradiction = Item { state: PropertyState::Performed, paid: Some((1000, 400)), ..FINE };
    let world = applying("2024-06-03", &[Repentance, Merit]).with(|w| item(w, &contradiction));
    assert_eq!(readings(&world, "reduction/amount", "cap"), terms(&["P1Y", "P9M"]));
    // The law of the application, then that of the ruling.
    let both = applying("2024-04-30", &[Repentance])
        .with(|w| w.app().ruled.set(d("2024-05-20")))
        .with(|w| item(w, &able))
        .finding("reduction/property")
        .expect("a finding");
    let instruments: Vec<&str> = both.basis.iter().map(|b| &*b.instrument).collect();
    assert_eq!(instruments, ["法释〔2016〕23号", "法释〔2024〕5号"]);
}

#[test]
fn readings_of_the_start_and_of_the_interval() {
    // Years, then months; or all as months.
    let counted = World::new(fixed(8), "2019-02-28").apply(d("2020-08-29"), months(6), &[Repentance]);
    assert_eq!(readings(&counted, "reduction/start-time", "earliest"), days(&["2020-08-28", "2020-08-31"]));
    // Life: from 判决生效日期 or from 交付执行日期.
    let life =
        World::new(Sentence::Life, "2018-04-10").apply(d("2022-04-10"), Proposal::ToFixed(t("P22Y")), &[Repentance]);
    assert_eq!(readings(&life, "reduction/start-time", "from"), days(&["2018-03-11", "2018-04-10"]));
    // Life after reprieve: from the ruling, or from the end of the reprieve.
    let reprieved = |day: &str, conduct: &[Conduct]| {
        World::new(Sentence::Reprieve, "2014-04-10")
            .with(|w| w.inmate().reprieve_end.set(d("2016-04-09")))
            .ruling("2016-06-20", Change::ToLife)
            .apply(d(day), Proposal::ToFixed(t("P25Y")), conduct)
    };
    let later = reprieved("2022-04-10", &[Repentance]);
    assert_eq!(readings(&later, "reduction/start-time", "from"), days(&["2016-06-20", "2016-04-09"]));
    // Arts 10.1 and 11 do not say that major merit lifts the start.
    let early = reprieved("2018-01-10", &[MajorMerit]);
    assert_eq!(early.outcome("reduction/start-time"), Some(Unverified));
    let keys = shown(&early, "reduction/start-time");
    assert!(keys[0].contains(&"short_days") && keys.last().is_some_and(|k| k.contains(&"exempt")), "{keys:?}");
    // After a revoked ruling: from the one before it, or from the revoked one.
    let revoked = applying("2022-01-10", &[Repentance])
        .ruling("2019-01-10", Change::Reduce(t("P6M")))
        .ruling("2020-09-10", Change::Reduce(t("P6M")))
        .ruling("2020-12-10", Change::ReductionRevoked { case_no: None, date: Some(d("2020-09-10")) });
    assert_eq!(readings(&revoked, "reduction/interval", "from"), days(&["2019-01-10", "2020-09-10"]));
    // Not recorded: served on the day of the ruling, or up to seven days later.
    let unserved = applying("2022-01-10", &[Repentance])
        .ruling("2020-09-10", Change::Reduce(t("P6M")))
        .with(|w| w.dossier.rulings[0].served.value = Value::Empty);
    assert_eq!(readings(&unserved, "reduction/interval", "from"), days(&["2020-09-10", "2020-09-17"]));
}

#[test]
fn readings_of_bars_and_reliefs() {
    let first = |world: &World, check: &str, first: &str, second: &str| {
        assert_eq!(world.outcome(check), Some(Unverified), "{check}");
        let keys = shown(world, check);
        assert!(keys[0].contains(&first) && !keys[0].contains(&second), "{keys:?}");
        assert!(keys[1].contains(&second) && !keys[1].contains(&first), "{keys:?}");
    };
    let ban = applying("2020-03-10", &[MajorMerit]).with(|w| new_crime(w, "2019-03-10", fixed(2)));
    first(&ban, "reduction/not-permitted", "short_days", "note");
    let corrupt = || World::new(fixed(5), "2020-07-15").corrupt();
    let ill = corrupt().apply(d("2022-12-10"), months(7), &[Repentance]).with(|w| {
        w.inmate().health.set([Health::GravelyIll, Health::UnableToWork, Health::CannotCareForSelf].into());
    });
    first(&ill, "reduction/amount", "excess", "relaxed");
    let grown = World::new(fixed(5), "2020-07-15").with(|w| w.inmate().birth.set(d("2003-07-15"))).apply(
        d("2022-12-10"),
        months(10),
        &[Repentance],
    );
    first(&grown, "reduction/amount", "excess", "relaxed");
    let short = corrupt().with(|w| w.inmate().term_end.set(jxjs::model::End::On(d("2022-06-13")))).apply(
        d("2021-10-01"),
        months(1),
        &[Repentance],
    );
    first(&short, "reduction/start-time", "short_days", "note");
}

#[test]
fn an_end_at_the_end_of_a_month_moves_back_to_the_same_day_or_to_the_last() {
    let world = |excluded: bool| {
        let world = World::new(fixed(12), "2016-07-15").with(|w| {
            w.inmate().term_start.set(d("2015-12-01"));
            w.inmate().term_end.set(jxjs::model::End::On(d("2027-11-30")));
        });
        let world = if excluded { world.ruling("2020-01-10", Change::NotCounted(t("P7M"))) } else { world };
        world.apply(d("2022-01-10"), months(6), &[Repentance])
    };
    // Forward where that is possible; backward where days were excluded.
    assert_eq!(world(false).review().limits.unwrap().end_proposed, Settled::Is(d("2027-05-31")));
    let excluded = world(true);
    assert_eq!(excluded.review().limits.unwrap().end_proposed, Settled::Open(vec![d("2027-12-30"), d("2027-12-31")]));
    let ends = days(&["2027-12-30", "2027-12-31"]);
    assert_eq!(readings(&excluded, "reduction/served-floor", "end_proposed"), ends);
}

// ---- limits ----

#[test]
fn a_cap_and_a_target_are_absent_outside_their_stage_whatever_the_ground() {
    let limits = |sentence, conduct: &[Conduct]| {
        World::new(sentence, "2019-07-15").apply(d("2022-01-10"), months(1), conduct).review().limits.unwrap()
    };
    let open = Settled::Open(vec![]);
    for conduct in [&[][..], &[Repentance]] {
        for sentence in [Sentence::Life, Sentence::Control(t("P2Y")), Sentence::Detention(t("P6M"))] {
            assert_eq!(limits(sentence, conduct).cap, Settled::Absent, "{sentence:?} {conduct:?}");
        }
        assert_eq!(limits(fixed(12), conduct).target, Settled::Absent, "{conduct:?}");
    }
    assert_eq!(limits(fixed(12), &[]).cap, open);
    assert_eq!(limits(Sentence::Life, &[]).target, open);
}

#[test]
fn major_merit_lifts_the_waiting_time_of_the_stage() {
    let exempt = |world: World, conduct: &[Conduct]| {
        world.apply(d("2022-01-10"), months(1), conduct).review().limits.unwrap().exempt
    };
    let reduced = || World::new(fixed(12), "2016-07-15").ruling("2020-09-10", Change::Reduce(t("P6M")));
    let reprieved = |charge: &str| {
        World::new(Sentence::Reprieve, "2014-04-10")
            .with(|w| w.inmate().charges.set(charge.to_owned()))
            .ruling("2016-04-20", Change::ToLife)
    };
    let converted = |charge: &str| reprieved(charge).ruling("2020-04-20", Change::ToFixed(t("P25Y")));
    let either = Settled::Open(vec![false, true]);
    for (world, expected, what) in [
        (World::new(fixed(12), "2016-07-15"), Settled::Is(true), "art. 6.4"),
        (reduced(), Settled::Is(true), "art. 6.4"),
        (World::new(Sentence::Life, "2016-07-15"), Settled::Is(true), "art. 8.2"),
        (reprieved("盗窃罪"), either.clone(), "art. 10.1"),
        (converted("盗窃罪"), Settled::Is(true), "art. 10.2"),
        (converted("抢劫罪"), either, "art. 11"),
        (converted("抢劫罪").with(|w| w.inmate().limited.set(true)), Settled::Is(false), "art. 14: only shortened"),
        (World::new(Sentence::Reprieve, "2021-04-10"), Settled::Is(false), "due by law"),
        (World::new(Sentence::Control(t("P2Y")), "2021-04-10"), Settled::Is(false), "no waiting time"),
    ] {
        assert_eq!(exempt(world, &[MajorMerit]), expected, "{what}");
    }
    assert_eq!(exempt(reduced(), &[Repentance, Merit]), Settled::Is(false));
}

#[test]
fn with_major_merit_a_suspended_sentence_waits_only_for_what_has_a_date() {
    let ended = Item { situation: Some(&[Situation::NotDeclared]), ended: Some("2024-08-31"), ..FINE };
    let earliest = |conduct: &[Conduct]| {
        World::new(fixed(3), "2023-07-15")
            .with(|w| w.inmate().suspended.set(true))
            .apply(d("2024-12-10"), months(1), conduct)
            .with(|w| item(w, &ended))
            .review()
            .limits
            .unwrap()
            .earliest
    };
    assert_eq!(earliest(&[MajorMerit]), Settled::Is(d("2025-02-28")));
    assert_eq!(earliest(&[Repentance]), Settled::Absent);
}

#[test]
fn the_end_after_the_proposal() {
    let end = |sentence, proposal: Option<Proposal>, ruled: Option<&str>| {
        let world = World::new(sentence, "2019-07-15").apply(d("2021-12-10"), months(6), &[MajorMerit]).with(|w| {
            match proposal {
                Some(proposal) => w.app().proposal.set(proposal),
                None => w.app().proposal.value = Value::Empty,
            }
            if let Some(day) = ruled {
                w.app().ruled.set(d(day));
            }
        });
        world.review().limits.unwrap().end_proposed
    };
    let ruled = Some("2022-01-20");
    let (off, rest, fixed_term) = (Some(months(6)), Some(Proposal::Remainder), Some(Proposal::ToFixed(t("P25Y"))));
    let (unknown, absent) = (Settled::Open(vec![]), Settled::Absent);
    // Twelve years from 2018-12-27, so to 2030-12-26; the reprieve ends two years after 2019-06-15.
    for (sentence, proposal, ruled, expected) in [
        (fixed(12), off, None, Settled::Is(d("2030-06-26"))),
        (fixed(12), rest, ruled, Settled::Is(d("2022-01-20"))),
        (fixed(12), rest, None, unknown.clone()),
        (fixed(12), fixed_term, ruled, absent.clone()),
        (fixed(12), None, None, unknown),
        (Sentence::Life, fixed_term, ruled, Settled::Is(d("2047-01-19"))),
        (Sentence::Life, fixed_term, None, absent.clone()),
        (Sentence::Life, rest, ruled, absent.clone()),
        (Sentence::Life, off, ruled, absent.clone()),
        (Sentence::Life, None, None, absent.clone()),
        (Sentence::Reprieve, fixed_term, ruled, Settled::Is(d("2046-06-13"))),
        (Sentence::Reprieve, fixed_term, None, absent.clone()),
        (Sentence::Reprieve, Some(Proposal::ToLife), ruled, absent),
    ] {
        assert_eq!(end(sentence, proposal, ruled), expected, "{sentence:?} {proposal:?} {ruled:?}");
    }
}

#[test]
fn the_rules_of_2016_apply_from_their_day() {
    for (day, expected) in [("2016-12-30", Unverified), ("2016-12-31", Unverified), ("2017-01-01", Pass)] {
        let world = World::new(fixed(12), "2014-07-15").apply(d(day), months(6), &[Repentance]);
        assert_eq!(world.outcome("reduction/amount"), Some(expected), "{day}");
    }
    // 管制 has no interval under any rules.
    let control = World::new(Sentence::Control(t("P2Y")), "2014-07-15")
        .ruling("2015-03-10", Change::Reduce(t("P2M")))
        .apply(d("2015-09-10"), months(1), &[Repentance]);
    assert_eq!(control.outcome("reduction/interval"), None);
}

/// Art. 37.2: once life was a fixed term, life again after an undiscovered crime of up to three years starts one year
/// after the new judgment.
#[test]
fn life_again_after_a_small_undiscovered_crime_starts_after_a_year() {
    use NewCrimeKind::{NewCrime, Undiscovered};
    for (kind, own, start) in [
        (Undiscovered, fixed(3), "2021-03-10"),
        (Undiscovered, Sentence::Detention(t("P6M")), "2021-03-10"),
        (Undiscovered, Sentence::Fixed(t("P3Y1M")), "2023-03-10"),
        (Undiscovered, Sentence::Life, "2023-03-10"),
        (NewCrime, fixed(3), "2023-03-10"),
    ] {
        // Otherwise three years: two crimes are combined counts (art. 9).
        let world = World::new(Sentence::Life, "2014-07-15")
            .ruling("2018-05-20", Change::ToFixed(t("P22Y")))
            .with(|w| {
                new_crime(w, "2020-03-10", own);
                let crime = &mut w.dossier.new_crimes[0];
                crime.kind.set(kind);
                crime.decided.set(Sentence::Life);
            })
            .apply(d("2024-01-10"), Proposal::ToFixed(t("P22Y")), &[Repentance]);
        assert_eq!(world.review().limits.unwrap().start, Settled::Is(d(start)), "{kind:?} {own:?}");
    }
}

/// Art. 37.2 is for those whose life had become a fixed term: else art. 9 asks for three years of combined counts.
#[test]
fn life_that_was_never_a_fixed_term_has_no_shorter_start_after_an_undiscovered_crime() {
    use NewCrimeKind::{NewCrime, Undiscovered};
    let start = |before: &[(&str, Change)], crimes: &[(NewCrimeKind, &str)]| {
        let mut world = World::new(Sentence::Life, "2014-07-15");
        for (day, change) in before {
            world = world.ruling(day, change.clone());
        }
        for (kind, confirmed) in crimes {
            new_crime(&mut world, confirmed, fixed(3));
            let crime = world.dossier.new_crimes.last_mut().expect("a crime");
            crime.kind.set(*kind);
            crime.decided.set(Sentence::Life);
        }
        let world = world.apply(d("2024-01-10"), Proposal::ToFixed(t("P22Y")), &[Repentance]);
        world.review().limits.unwrap().start
    };
    let found = [(Undiscovered, "2020-03-10")];
    let became = ("2018-05-20", Change::ToFixed(t("P22Y")));
    let (short, general) = (Settled::Is(d("2021-03-10")), Settled::Is(d("2023-03-10")));
    assert_eq!(start(&[], &found), general, "never converted");
    assert_eq!(start(std::slice::from_ref(&became), &found), short);
    // The ruling of the merger, written down as well with its own day, changes nothing.
    let merger = ("2020-02-20", Change::Merged(Sentence::Life));
    assert_eq!(start(std::slice::from_ref(&merger), &found), general);
    assert_eq!(start(&[became.clone(), merger], &found), short);
    // Life that a new crime or a retrial brought back was not a fixed term when the undiscovered crime was found.
    assert_eq!(start(std::slice::from_ref(&became), &[(NewCrime, "2019-03-10"), found[0]]), general);
    assert_eq!(start(&[became, ("2019-03-10", Change::RetrialChanged(Sentence::Life))], &found), general);
}

/// Art. 6.3: where the last reduction asks for as much as the row, the row is cited.
#[test]
fn an_interval_as_long_as_the_last_reduction_is_that_of_the_row() {
    let (row, amount) = (("法释〔2019〕6号", "2"), ("法释〔2016〕23号", "6"));
    for (taken, required, basis) in [("P1Y5M", "P1Y6M", row), ("P1Y6M", "P1Y6M", row), ("P1Y7M", "P1Y7M", amount)] {
        let finding = World::new(fixed(8), "2017-07-15")
            .corrupt()
            .ruling("2019-09-10", Change::Reduce(t(taken)))
            .apply(d("2022-01-10"), months(6), &[Repentance])
            .finding("reduction/interval")
            .expect("a finding");
        assert_eq!(finding.facts.get("required"), Some(&Fact::Term(t(required))), "{taken}");
        let bases: Vec<_> = finding.basis.iter().map(|b| (&*b.instrument, &*b.article)).collect();
        assert_eq!(bases, [basis], "{taken}");
    }
}

#[test]
fn a_new_crime_of_unknown_punishment_may_bar_for_three_years_or_four() {
    let world = |day: &str| {
        applying(day, &[Repentance])
            .with(|w| new_crime(w, "2019-03-10", fixed(2)))
            .with(|w| w.dossier.new_crimes[0].sentence.value = Value::Empty)
    };
    let earliest = world("2020-03-10").review().limits.unwrap().earliest;
    assert_eq!(earliest, Settled::Open(vec![d("2018-07-15"), d("2022-03-10"), d("2023-03-10")]));
    for (day, expected) in [("2020-03-10", Unverified), ("2023-03-09", Unverified), ("2023-03-10", Pass)] {
        assert_eq!(world(day).outcome("reduction/not-permitted"), Some(expected), "{day}");
    }
}

/// Art. 21.2: five years from the ruling that made it life, for a crime in the two years and no other.
#[test]
fn a_crime_in_the_reprieve_bars_for_five_years() {
    for (crime, expected) in
        [("2014-03-10", Pass), ("2014-03-11", Violation), ("2016-03-10", Violation), ("2016-03-11", Pass)]
    {
        let world = |day: &str| {
            World::new(Sentence::Reprieve, "2014-04-10")
                .with(|w| {
                    w.inmate().reprieve_end.set(d("2016-03-10"));
                    new_crime(w, "2016-04-01", fixed(2));
                    let row = &mut w.dossier.new_crimes[0];
                    row.crime_date.set(d(crime));
                    row.decided.set(Sentence::Reprieve);
                })
                .ruling("2016-04-09", Change::ToLife)
                .apply(d(day), Proposal::ToFixed(t("P25Y")), &[Repentance])
                .outcome("reduction/not-permitted")
        };
        assert_eq!(world("2021-04-08"), Some(expected), "{crime}");
        assert_eq!(world("2021-04-09"), Some(Pass), "{crime}");
    }
}

#[test]
fn who_is_relaxed_and_who_is_not() {
    let amount = |birth: &str, health: &[Health], change: fn(&mut World)| {
        World::new(fixed(12), "2020-07-15")
            .with(|w| {
                w.inmate().birth.set(d(birth));
                w.inmate().health.set(health.iter().copied().collect());
            })
            .apply(d("2022-12-10"), months(10), &[Repentance])
            .with(change)
            .outcome("reduction/amount")
    };
    let robbery: fn(&mut World) = |w| w.inmate().charges.set("抢劫罪".to_owned());
    let recidivist: fn(&mut World) = |w| {
        w.inmate().recidivist.set(true);
        w.inmate().categories.set([Declared::Recidivist].into());
    };
    let nothing: fn(&mut World) = |_| {};
    for (birth, health, change, expected) in [
        // 未成年, save a crime of 刑法81.2.
        ("2005-01-01", &[][..], nothing, Pass),
        ("2005-01-01", &[], robbery, Violation),
        ("2005-01-01", &[], recidivist, Violation),
        // Illness alone is not enough, both disabilities are needed; one of them leaves the other open.
        ("1985-05-05", &[Health::GravelyIll], nothing, Violation),
        ("1985-05-05", &[Health::GravelyIll, Health::UnableToWork], nothing, Unverified),
        ("1985-05-05", &[Health::GravelyIll, Health::UnableToWork, Health::CannotCareForSelf], nothing, Pass),
        // From eighty, ill or unable to care for oneself, if not fit for parole.
        ("1942-12-10", &[Health::GravelyIll], nothing, Unverified),
        ("1942-12-11", &[Health::GravelyIll], nothing, Violation),
    ] {
        assert_eq!(amount(birth, health, change), Some(expected), "{birth} {health:?}");
    }
}

// ---- floor ----

fn floor_of(world: &World) -> Settled<chrono::NaiveDate> {
    world.review().limits.unwrap().floor
}

fn custody(world: &mut World, kind: CustodyKind, from: &str, to: &str) {
    let mut row = CustodyRow::blank(world.dossier.custody.len() as u32 + 1);
    row.kind.set(kind);
    row.from.set(d(from));
    row.to.set(d(to));
    world.dossier.custody.push(row);
}

/// An end that is earlier than start and term give moves the half-term floor by as much, if custody explains it.
#[test]
fn custody_credit_moves_the_floor_of_half() {
    use CustodyKind::{DetentionCentre, Liuzhi, ResidentialSurveillance};
    let world = |sentence: Sentence, end: &str, rows: &[(CustodyKind, &str, &str)]| {
        World::new(sentence, "2016-07-28")
            .with(|w| {
                w.inmate().term_start.set(d("2016-02-01"));
                w.inmate().term_end.set(jxjs::model::End::On(d(end)));
                for (kind, from, to) in rows {
                    custody(w, *kind, from, to);
                }
            })
            .apply(d("2017-03-10"), months(1), &[Repentance])
    };
    let (early, general) = (d("2021-01-21"), d("2021-01-31"));
    let open = Settled::Open(vec![early, general]);
    for (end, rows, expected) in [
        ("2026-01-31", &[][..], Settled::Is(general)),
        // A day at a month's end is the older way of counting.
        ("2026-01-30", &[], Settled::Is(general)),
        ("2026-01-21", &[], open.clone()),
        ("2026-01-21", &[(DetentionCentre, "2016-01-10", "2016-01-19")], Settled::Is(early)),
        ("2026-01-21", &[(Liuzhi, "2016-01-10", "2016-01-19")], Settled::Is(early)),
        ("2026-01-21", &[(ResidentialSurveillance, "2016-01-01", "2016-01-20")], Settled::Is(early)),
        ("2026-01-21", &[(DetentionCentre, "2016-01-10", "2016-01-18")], open),
    ] {
        assert_eq!(floor_of(&world(fixed(10), end, rows)), expected, "{end} {rows:?}");
    }
    // 管制: custody counts double, surveillance once.
    let rows = [(DetentionCentre, "2016-01-10", "2016-01-12"), (ResidentialSurveillance, "2016-01-13", "2016-01-16")];
    let control = world(Sentence::Control(t("P2Y")), "2018-01-21", &rows);
    assert_eq!(floor_of(&control), Settled::Is(d("2017-01-21")));
}

#[test]
fn time_that_does_not_count_moves_the_floor_later() {
    let world = || {
        World::new(fixed(10), "2016-07-28").with(|w| {
            w.inmate().term_start.set(d("2016-01-10"));
            w.inmate().term_end.set(jxjs::model::End::On(d("2026-01-09")));
        })
    };
    let apply = |world: World| world.apply(d("2023-01-10"), months(1), &[Repentance]);
    assert_eq!(floor_of(&apply(world())), Settled::Is(d("2021-01-09")));
    let escaped = world().with(|w| custody(w, CustodyKind::Escape, "2017-03-01", "2017-03-10"));
    assert_eq!(floor_of(&apply(escaped)), Settled::Is(d("2021-01-19")));
    let excluded = world().ruling("2020-01-10", Change::NotCounted(t("P2M")));
    assert_eq!(floor_of(&apply(excluded)), Settled::Is(d("2021-03-09")));
    // On parole from 2021-06-10 to the recall on 2022-01-20.
    let recalled = world().ruling("2021-06-10", Change::Parole).ruling("2022-01-10", Change::ParoleRevoked).with(|w| {
        w.dossier.rulings[1].new_start.set(d("2022-01-20"));
    });
    assert_eq!(floor_of(&apply(recalled)), Settled::Is(date::add_days(d("2021-01-09"), 224)));
}

/// 法释〔2011〕9号 art. 7: ten years for offences up to 2011-04-30, thirteen if any act came after it.
#[test]
fn the_floor_of_life_follows_the_day_of_the_offence() {
    let old = |crime: Option<&str>, judged: &str, later: Option<&str>| {
        let world = World::new(Sentence::Life, "2011-08-10").with(|w| {
            let inmate = w.inmate();
            inmate.effective.set(d("2011-07-01"));
            inmate.judged.set(d(judged));
            match crime {
                Some(day) => inmate.crime_date.set(d(day)),
                None => inmate.crime_date.value = Value::Empty,
            }
            if let Some(day) = later {
                new_crime(w, "2015-03-10", fixed(2));
                let row = &mut w.dossier.new_crimes[0];
                row.kind.set(NewCrimeKind::Undiscovered);
                row.crime_date.set(d(day));
                row.decided.set(Sentence::Life);
            }
        });
        match floor_of(&world.apply(d("2019-01-10"), Proposal::ToFixed(t("P22Y")), &[Repentance])) {
            Settled::Is(day) if day == d("2021-06-30") => Some(true),
            Settled::Is(day) if day == d("2024-06-30") => Some(false),
            Settled::Open(days) if days == [d("2021-06-30"), d("2024-06-30")] => None,
            other => panic!("{other:?}"),
        }
    };
    for (crime, judged, later, expected) in [
        (Some("2011-04-29"), "2011-06-01", None, Some(true)),
        (Some("2011-04-30"), "2011-06-01", None, Some(true)),
        (Some("2011-05-01"), "2011-06-01", None, Some(false)),
        (Some("2010-01-01"), "2011-06-01", Some("2011-04-30"), Some(true)),
        (Some("2010-01-01"), "2011-06-01", Some("2011-05-01"), Some(false)),
        (None, "2011-04-30", None, Some(true)),
        (None, "2011-05-01", None, None),
        (None, "2011-04-30", Some("2012-01-01"), Some(false)),
        (None, "2011-06-01", Some("2012-01-01"), Some(false)),
    ] {
        assert_eq!(old(crime, judged, later), expected, "{crime:?} {judged} {later:?}");
    }
}

/// "Any act after it" asks for thirteen years: a merged crime of unknown date leaves ten and thirteen open, unless what
/// it is, or the day of its judgment, tells.
#[test]
fn a_merged_crime_of_unknown_date_leaves_the_old_floor_open() {
    use NewCrimeKind::{NewCrime, Undiscovered};
    let merged = |judged: &str, kind: Option<NewCrimeKind>, confirmed: &str, crime: Option<&str>| {
        World::new(Sentence::Life, "2011-08-10").with(|w| {
            let inmate = w.inmate();
            inmate.effective.set(d("2011-07-01"));
            inmate.judged.set(d(judged));
            inmate.crime_date.set(d("2010-01-01"));
            new_crime(w, confirmed, fixed(2));
            let row = &mut w.dossier.new_crimes[0];
            match kind {
                Some(kind) => row.kind.set(kind),
                None => row.kind.value = Value::Empty,
            }
            match crime {
                Some(day) => row.crime_date.set(d(day)),
                None => row.crime_date.value = Value::Empty,
            }
            row.decided.set(Sentence::Life);
        })
    };
    let (old, present) = (d("2021-06-30"), d("2024-06-30"));
    for (judged, kind, confirmed, expected) in [
        ("2011-06-01", Some(Undiscovered), "2015-03-10", Settled::Open(vec![old, present])),
        ("2011-06-01", None, "2015-03-10", Settled::Open(vec![old, present])),
        // An undiscovered crime came before the judgment, a new one after it.
        ("2011-04-30", Some(Undiscovered), "2015-03-10", Settled::Is(old)),
        ("2011-05-01", Some(Undiscovered), "2015-03-10", Settled::Open(vec![old, present])),
        ("2011-04-30", Some(NewCrime), "2015-03-10", Settled::Open(vec![old, present])),
        ("2011-05-01", Some(NewCrime), "2015-03-10", Settled::Is(present)),
        // And either before the judgment on it.
        ("2011-03-01", Some(NewCrime), "2011-04-30", Settled::Is(old)),
        ("2011-03-01", Some(NewCrime), "2011-05-01", Settled::Open(vec![old, present])),
    ] {
        let world = merged(judged, kind, confirmed, None);
        let world = world.apply(d("2019-01-10"), Proposal::ToFixed(t("P22Y")), &[Repentance]);
        assert_eq!(floor_of(&world), expected, "{judged} {kind:?} {confirmed}");
    }
    // Parole eleven years after the judgment: lawful for an old offence alone.
    for (crime, expected) in [(Some("2011-04-30"), Pass), (Some("2011-05-01"), Violation), (None, Unverified)] {
        let world = merged("2011-06-01", Some(Undiscovered), "2015-03-10", crime).apply_parole(d("2022-07-01"));
        let finding = world.finding("parole/served-time").expect("a finding");
        assert_eq!(finding.outcome, expected, "{crime:?}");
        let asked = match finding.facts.get("missing") {
            Some(Fact::List(list)) => list.clone(),
            _ => Vec::new(),
        };
        let names: Vec<_> =
            asked.iter().map(|m| matches!(m, Fact::Missing(m) if m.place.col == Col::NcCrimeDate)).collect();
        assert_eq!(names, if crime.is_none() { vec![true] } else { vec![] }, "{crime:?}");
    }
}

#[test]
fn the_clock_of_life_runs_from_the_judgment_that_imposed_it() {
    let world = |sentence| {
        World::new(sentence, "2016-07-15")
            .with(|w| {
                new_crime(w, "2018-03-10", fixed(2));
                w.dossier.new_crimes[0].decided.set(Sentence::Life);
            })
            .apply(d("2024-01-10"), Proposal::ToFixed(t("P22Y")), &[Repentance])
    };
    assert_eq!(floor_of(&world(Sentence::Life)), Settled::Is(d("2029-06-14")));
    assert_eq!(floor_of(&world(fixed(12))), Settled::Is(d("2031-03-09")));
    // 限制减刑: twenty years where it became a fixed term at once, twenty-five through life.
    let limited = |through_life: bool| {
        let world = World::new(Sentence::Reprieve, "2014-04-10").with(|w| {
            w.inmate().charges.set("故意杀人罪".to_owned());
            w.inmate().limited.set(true);
            w.inmate().reprieve_end.set(d("2016-04-09"));
        });
        let world = if through_life {
            world.ruling("2016-04-20", Change::ToLife).ruling("2021-05-20", Change::ToFixed(t("P25Y")))
        } else {
            world.ruling("2016-04-20", Change::ToFixed(t("P25Y")))
        };
        floor_of(&world.apply(d("2024-01-10"), months(1), &[Repentance]))
    };
    assert_eq!(limited(false), Settled::Is(d("2036-04-08")));
    assert_eq!(limited(true), Settled::Is(d("2041-04-08")));
}

// ---- what the findings say ----

fn message(world: &World, check: &str) -> String {
    world.finding(check).expect("a finding").message
}

fn articles(world: &World, check: &str) -> Vec<(String, String, Option<u32>)> {
    let finding = world.finding(check).expect("a finding");
    finding.basis.iter().map(|b| (b.instrument.to_string(), b.article.to_string(), b.paragraph)).collect()
}

#[test]
fn the_grade_is_named() {
    for (conduct, grade) in [
        (&[Repentance][..], "repentance or merit"),
        (&[Merit], "repentance or merit"),
        (&[Repentance, Merit], "repentance and merit"),
        (&[MajorMerit], "major merit"),
        (&[Repentance, MajorMerit], "repentance and major merit"),
    ] {
        let said = message(&applying("2022-01-10", conduct), "reduction/grounds");
        assert_eq!(said, format!("Ground: {grade}."));
    }
}

#[test]
fn what_is_left_of_the_ground_is_told_from_what_is_claimed() {
    let facts = |world: World| {
        let facts = world.finding("reduction/grounds").expect("a finding").facts;
        (facts.get("grade").cloned(), facts.get("grade_claimed").cloned(), facts.get("note").is_some())
    };
    let whole = applying("2022-01-10", &[Repentance, Merit]);
    assert_eq!(facts(whole), (Some(Fact::Int(2)), None, false));
    let part = applying("2022-01-10", &[Repentance, Merit]).with(|w| w.dossier.awards.clear());
    assert_eq!(facts(part), (Some(Fact::Int(1)), Some(Fact::Int(2)), true));
}

/// The provision that takes the ground away.
#[test]
fn a_ground_falls_away_for_a_reason() {
    let able = Item { able: Some(Ability::Able), ..FINE };
    let hidden = Item { situation: Some(&[Situation::Hidden]), ..FINE };
    let remorse: &dyn Fn(&mut World) = &|w| w.inmate().remorse.set(false);
    let passive: &dyn Fn(&mut World) = &|w| {
        w.inmate().charges.set("信用卡诈骗罪".to_owned());
        w.inmate().restitution.set(jxjs::model::Restitution::Passive);
    };
    let withheld: &dyn Fn(&mut World) = &|w| item(w, &able);
    let concealed: &dyn Fn(&mut World) = &|w| item(w, &hidden);
    let (rules, property) = ("法释〔2016〕23号", "法释〔2024〕5号");
    for (change, conduct, basis) in [
        (remorse, &[Repentance][..], (rules, "3", Some(1))),
        (passive, &[Repentance], (rules, "3", Some(2))),
        (withheld, &[Repentance], (property, "4", Some(2))),
        (concealed, &[Repentance], (property, "6", Some(1))),
        // Merit alone, without a record: what would strike repentance is not the reason.
        (remorse, &[Merit], (rules, "4", None)),
        (passive, &[Merit], (rules, "4", None)),
        (withheld, &[Merit], (rules, "4", None)),
    ] {
        let world = applying("2024-05-10", conduct).with(|w| w.dossier.awards.clear()).with(change);
        assert_eq!(world.outcome("reduction/grounds"), Some(Violation), "{conduct:?}");
        let (instrument, article, paragraph) = basis;
        let expected = vec![(instrument.to_owned(), article.to_owned(), paragraph)];
        assert_eq!(articles(&world, "reduction/grounds"), expected, "{conduct:?}");
    }
    let opinion = applying("2022-01-10", &[Repentance]).with(|w| item(w, &able));
    let found = articles(&opinion, "reduction/grounds");
    assert!(found.contains(&("法发〔2021〕31号".to_owned(), "7".to_owned(), None)), "{found:?}");
}

#[test]
fn a_bar_says_until_when() {
    let said = |world: &World| message(world, "reduction/not-permitted");
    let ban = applying("2020-03-10", &[Repentance]).with(|w| new_crime(w, "2019-03-10", fixed(2)));
    assert!(said(&ban).contains("no reduction before 2022-03-10"), "{}", said(&ban));
    let suspended = World::new(fixed(3), "2020-07-15").with(|w| w.inmate().suspended.set(true)).apply(
        d("2022-01-10"),
        months(6),
        &[Repentance],
    );
    assert!(said(&suspended).contains("without major merit"), "{}", said(&suspended));
    // That the ruling must state 终身监禁 is said where there is one, on the way to life.
    let note = |whole_life: bool, ruled: bool| {
        let world =
            World::new(Sentence::Reprieve, "2016-04-10").corrupt().with(|w| w.inmate().whole_life.set(whole_life));
        let world = if ruled { world.ruling("2018-06-10", Change::ToLife) } else { world };
        let world = world.apply(d("2018-06-20"), Proposal::ToLife, &[]);
        world.finding("reduction/not-permitted").expect("a finding").facts.get("note").is_some()
    };
    assert!(note(true, false));
    assert!(!note(false, false) && !note(false, true));
}

#[test]
fn a_refuted_merit_says_why() {
    let said = |world: &World| message(world, "reduction/merit-evidence");
    let none = applying("2022-01-10", &[Repentance, Merit]).with(|w| w.dossier.awards.clear());
    assert!(said(&none).contains("no award record of it inside the term"), "{}", said(&none));
    let invention = |patents: &[Patent], confirmed: bool| {
        applying("2022-01-10", &[MajorMerit]).with(|w| {
            let award = w.dossier.awards.pop().expect("an award");
            for patent in patents {
                let mut award = award.clone();
                award.patent.set(*patent);
                award.confirmed.set(confirmed);
                w.dossier.awards.push(award);
            }
        })
    };
    let unconfirmed = invention(&[Patent::Invention], false);
    assert!(said(&unconfirmed).contains("not confirmed"), "{}", said(&unconfirmed));
    // Of several records that are no better the first is named.
    let several = invention(&[Patent::UtilityModel, Patent::Design], true);
    assert!(said(&several).contains(Patent::UtilityModel.en()), "{}", said(&several));
    assert!(!said(&several).contains(Patent::Design.en()), "{}", said(&several));
    // 立功 does not ask for an invention patent (art. 4), whatever the award is called.
    let merit = invention(&[Patent::UtilityModel], true).with(|w| w.app().conduct.set([Merit].into()));
    assert_eq!(merit.outcome("reduction/merit-evidence"), Some(Pass));
}

#[test]
fn of_two_merits_claimed_the_worse_is_told_and_the_major_one_first() {
    let world = |kinds: &[AwardKind]| {
        applying("2022-01-10", &[Merit, MajorMerit]).with(|w| {
            let award = w.dossier.awards[0].clone();
            w.dossier.awards.clear();
            for kind in kinds {
                let mut award = award.clone();
                award.kind.set(*kind);
                w.dossier.awards.push(award);
            }
        })
    };
    let both = world(&[AwardKind::Merit, AwardKind::MajorMerit]);
    assert_eq!(both.outcome("reduction/merit-evidence"), Some(Pass));
    assert_eq!(articles(&both, "reduction/merit-evidence"), [("法释〔2016〕23号".to_owned(), "5".to_owned(), None)]);
    let minor = world(&[AwardKind::Merit]);
    assert_eq!(minor.outcome("reduction/merit-evidence"), Some(Violation));
    assert_eq!(articles(&minor, "reduction/merit-evidence"), [("法释〔2016〕23号".to_owned(), "5".to_owned(), None)]);
    let neither = world(&[]);
    assert_eq!(articles(&neither, "reduction/merit-evidence"), [("法释〔2016〕23号".to_owned(), "5".to_owned(), None)]);
}

// ---- start, interval, amount ----

#[test]
fn an_unreadable_ruling_date_leaves_a_short_start_open() {
    let world = applying("2018-07-10", &[Repentance]).with(|w| w.app().ruled.value = Value::Unclear);
    let finding = world.finding("reduction/start-time").expect("a finding");
    assert_eq!(finding.outcome, Unverified);
    let Some(Fact::List(missing)) = finding.facts.get("missing") else { panic!("nothing is missing") };
    assert!(matches!(&missing[..], [Fact::Missing(m)] if m.place.col == Col::ApRuled), "{missing:?}");
}

#[test]
fn the_reprieve_has_ended_on_its_last_day() {
    // Two years from 2020-02-14.
    for (day, ruled, expected) in [
        ("2022-02-12", None, Violation),
        ("2022-02-12", Some("2022-02-12"), Violation),
        ("2022-02-12", Some("2022-02-13"), Unverified),
        ("2022-02-12", Some("2022-02-14"), Unverified),
        ("2022-02-13", None, Pass),
        ("2022-02-14", None, Pass),
    ] {
        let world = World::new(Sentence::Reprieve, "2020-03-15").apply(d(day), Proposal::ToLife, &[]).with(|w| {
            if let Some(day) = ruled {
                w.app().ruled.set(d(day));
            }
        });
        assert_eq!(world.outcome("reduction/start-time"), Some(expected), "{day} {ruled:?}");
    }
}

#[test]
fn a_short_remainder_says_whether_half_was_served() {
    for (day, less) in [("2021-04-14", true), ("2021-04-15", false), ("2021-04-16", false)] {
        let world = World::new(fixed(5), "2020-07-15")
            .with(|w| {
                w.inmate().term_start.set(d("2017-06-14"));
                w.inmate().term_end.set(jxjs::model::End::On(d("2022-06-13")));
            })
            .apply(d(day), months(1), &[Repentance]);
        assert_eq!(message(&world, "reduction/start-time").contains("less than half"), less, "{day}");
    }
}

/// Art. 32: after a retrial the new ruling is free of start, interval and cap, but not above the sum.
#[test]
fn what_a_retrial_voided_may_be_granted_again() {
    let world = |delivered: &str, amount: u32| {
        World::new(fixed(15), delivered)
            .with(|w| w.inmate().term_start.set(d("2020-06-01")))
            .ruling("2023-07-20", Change::Reduce(t("P6M")))
            .ruling("2024-11-20", Change::Reduce(t("P4M")))
            .ruling("2025-03-10", Change::RetrialChanged(fixed(14)))
            .with(|w| {
                w.dossier.rulings[2].new_start.set(d("2020-06-01"));
                w.dossier.rulings[2].new_end.set(jxjs::model::End::On(d("2034-05-31")));
            })
            .apply(d("2025-06-10"), months(amount), &[Repentance])
    };
    for (amount, expected) in [(9, Pass), (10, Unverified), (11, Violation)] {
        let world = world("2020-12-18", amount);
        assert_eq!(world.outcome("reduction/amount"), Some(expected), "{amount}");
    }
    assert_eq!(readings(&world("2020-12-18", 10), "reduction/amount", "cap"), terms(&["P10M", "P9M"]));
    // Too early for a first reduction, free of the start for a new ruling.
    let early = world("2024-06-18", 6);
    assert_eq!(early.outcome("reduction/start-time"), Some(Unverified));
    let finding = early.finding("reduction/start-time").expect("a finding");
    let Some(Fact::List(list)) = finding.facts.get("readings") else { panic!("no readings") };
    let Some(Fact::Map(first)) = list.first() else { panic!("no reading") };
    assert!(matches!(first.get("note"), Some(Fact::Text(note)) if note.contains("voided when the judgment changed")));
}

/// Where the ordinary ruling would be lawful through a relaxation only, the new ruling is told and needs none.
#[test]
fn a_new_ruling_on_voided_months_is_told() {
    let world = World::new(fixed(15), "2020-12-18")
        .with(ill)
        .with(|w| w.inmate().term_start.set(d("2020-06-01")))
        .ruling("2023-07-20", Change::Reduce(t("P10M")))
        .ruling("2025-03-10", Change::RetrialChanged(fixed(14)))
        .with(|w| {
            w.dossier.rulings[1].new_start.set(d("2020-06-01"));
            w.dossier.rulings[1].new_end.set(jxjs::model::End::On(d("2034-05-31")));
        });
    let world = world.apply(d("2025-06-10"), months(10), &[Repentance]);
    assert_eq!(world.outcome("reduction/amount"), Some(Pass));
    assert!(message(&world, "reduction/amount").contains("voided when the judgment changed"));
}

fn ill(world: &mut World) {
    world.inmate().health.set([Health::GravelyIll, Health::UnableToWork, Health::CannotCareForSelf].into());
}

/// Time and amount may not both lean on the relaxation by a third.
#[test]
fn only_a_waiting_time_that_is_short_uses_up_the_relaxation() {
    let world = |day: &str, amount: u32, conduct: &[Conduct], ruling: Option<(&str, &str)>| {
        let world = World::new(fixed(8), "2020-07-15").with(ill);
        let world = match ruling {
            Some((day, taken)) => world.ruling(day, Change::Reduce(t(taken))),
            None => world,
        };
        let world = world.apply(d(day), months(amount), conduct);
        (world.outcome("reduction/start-time"), world.outcome("reduction/interval"), world.outcome("reduction/amount"))
    };
    let (rep, major) = (&[Repentance][..], &[MajorMerit][..]);
    for (day, amount, conduct, ruling, expected) in [
        // A start of 18 months, relaxed 12.
        ("2021-08-01", 9, rep, None, (Some(Pass), None, Some(Pass))),
        ("2021-08-01", 10, rep, None, (Some(Unverified), None, Some(Unverified))),
        // Major merit lifts it: nothing to relax.
        ("2021-08-01", 20, major, None, (Some(Pass), None, Some(Pass))),
        // After a reduction only the interval counts: a year, relaxed eight months.
        ("2021-10-01", 10, rep, Some(("2020-09-15", "P3M")), (None, Some(Pass), Some(Pass))),
        ("2022-09-14", 9, rep, Some(("2022-01-15", "P3M")), (None, Some(Violation), Some(Pass))),
        ("2022-09-15", 9, rep, Some(("2022-01-15", "P3M")), (None, Some(Pass), Some(Pass))),
        ("2022-09-15", 10, rep, Some(("2022-01-15", "P3M")), (None, Some(Unverified), Some(Unverified))),
        // What the last one took off is a minimum that is not relaxed (art. 6.3).
        ("2022-11-14", 9, rep, Some(("2022-01-15", "P10M")), (None, Some(Violation), Some(Pass))),
        ("2022-11-15", 9, rep, Some(("2022-01-15", "P10M")), (None, Some(Pass), Some(Pass))),
    ] {
        assert_eq!(world(day, amount, conduct, ruling), expected, "{day} {amount} {conduct:?} {ruling:?}");
    }
    let healthy = World::new(fixed(8), "2020-07-15").ruling("2022-01-15", Change::Reduce(t("P3M"))).apply(
        d("2022-09-15"),
        months(9),
        &[Repentance],
    );
    assert_eq!(healthy.outcome("reduction/interval"), Some(Violation));
}

#[test]
fn the_amount_is_looked_at_only_where_there_is_a_cap() {
    for (sentence, expected) in [
        (fixed(12), Some(Unverified)),
        (Sentence::Life, None),
        (Sentence::Control(t("P2Y")), None),
        (Sentence::Detention(t("P6M")), None),
    ] {
        let world = World::new(sentence, "2017-07-15")
            .apply(d("2022-01-10"), months(6), &[Repentance])
            .with(|w| w.app().proposal.value = Value::Empty);
        assert_eq!(world.outcome("reduction/amount"), expected, "{sentence:?}");
    }
}

#[test]
fn the_whole_remainder_fits_the_cap_or_not() {
    // Three years to 2022-12-27; nine months.
    for (day, ruled, expected) in [
        ("2022-03-29", None, Pass),
        ("2022-03-28", None, Pass),
        ("2022-03-27", None, Unverified),
        ("2022-03-20", Some("2022-03-28"), Unverified),
        ("2022-03-20", Some("2022-03-27"), Violation),
    ] {
        let world = World::new(fixed(3), "2020-07-15").apply(d(day), Proposal::Remainder, &[Repentance]).with(|w| {
            if let Some(day) = ruled {
                w.app().ruled.set(d(day));
            }
        });
        assert_eq!(world.outcome("reduction/amount"), Some(expected), "{day} {ruled:?}");
    }
}

// ---- political rights ----

#[test]
fn rights_while_the_reprieve_becomes_life_or_a_fixed_term() {
    let years = |n| Rights::For(Term::of_years(n));
    for (proposal, proposed, expected) in [
        (Proposal::ToLife, Rights::ForLife, Pass),
        (Proposal::ToLife, years(8), Violation),
        (Proposal::ToFixed(t("P25Y")), years(8), Pass),
        (Proposal::ToFixed(t("P25Y")), years(6), Violation),
        (Proposal::ToFixed(t("P25Y")), Rights::ForLife, Violation),
    ] {
        let world = World::new(Sentence::Reprieve, "2020-03-15").apply(d("2022-03-01"), proposal, &[MajorMerit]);
        let world = world.with(|w| w.app().rights.set(proposed));
        assert_eq!(world.outcome("reduction/political-rights"), Some(expected), "{proposal:?} {proposed:?}");
    }
}

/// Art. 17.2: three years at least once life was made a fixed term, also where life came with a later judgment.
#[test]
fn rights_after_life_that_a_new_crime_brought() {
    let world = |rights: &str| {
        World::new(fixed(12), "2012-07-15")
            .with(|w| {
                w.inmate().rights.set(Rights::For(t("P5Y")));
                new_crime(w, "2014-03-10", fixed(2));
                w.dossier.new_crimes[0].decided.set(Sentence::Life);
            })
            .ruling("2018-06-10", Change::ToFixed(t("P22Y")))
            .with(|w| w.dossier.rulings[0].rights.set(Rights::For(t("P8Y"))))
            .apply(d("2022-01-10"), months(6), &[Repentance])
            .with(|w| w.app().rights.set(Rights::For(t(rights))))
            .outcome("reduction/political-rights")
    };
    assert_eq!((world("P2Y11M"), world("P3Y")), (Some(Violation), Some(Pass)));
}

/// Art. 17.1, not 17.2, where a retrial replaced life by a fixed term: nothing was reduced to it.
#[test]
fn rights_after_a_retrial_are_those_of_a_fixed_term() {
    let world = |change: Change, rights: &str| {
        World::new(Sentence::Life, "2014-07-15")
            .ruling("2018-05-20", change)
            .with(|w| {
                let ruling = &mut w.dossier.rulings[0];
                ruling.rights.set(Rights::For(t("P5Y")));
                if matches!(ruling.change.known(), Some(Change::RetrialChanged(_))) {
                    ruling.new_start.set(d("2013-12-27"));
                    ruling.new_end.set(jxjs::model::End::On(d("2028-12-26")));
                }
            })
            .apply(d("2022-01-10"), months(6), &[Repentance])
            .with(|w| w.app().rights.set(Rights::For(t(rights))))
    };
    for (change, paragraph, least, less) in
        [(Change::RetrialChanged(fixed(15)), 1, "P1Y", "P11M"), (Change::ToFixed(t("P22Y")), 2, "P3Y", "P2Y11M")]
    {
        for (rights, expected) in [(less, Violation), (least, Pass)] {
            let world = world(change.clone(), rights);
            assert_eq!(world.outcome("reduction/political-rights"), Some(expected), "{change:?} {rights}");
            let cited = ("法释〔2016〕23号".to_owned(), "17".to_owned(), Some(paragraph));
            assert_eq!(articles(&world, "reduction/political-rights"), [cited], "{change:?} {rights}");
        }
    }
}

/// 刑法57.2: with the conversion the deprivation gets a term; 刑法55.1: a fixed term never carries it for life.
#[test]
fn rights_for_life_do_not_go_with_a_fixed_term() {
    let converted = World::new(Sentence::Life, "2012-12-10").ruling("2018-05-20", Change::ToFixed(t("P22Y")));
    let settled = World::new(Sentence::Life, "2012-12-10")
        .ruling("2018-05-20", Change::ToFixed(t("P22Y")))
        .with(|w| w.dossier.rulings[0].rights.set(Rights::For(t("P8Y"))));
    let recorded = World::new(fixed(12), "2016-07-15").with(|w| w.inmate().rights.set(Rights::ForLife));
    let plain = World::new(fixed(12), "2016-07-15").with(|w| w.inmate().rights.set(Rights::For(t("P5Y"))));
    for (world, for_life, said, term) in [
        (converted, Violation, "cannot stay for life", "P8Y"),
        (settled, Violation, "cannot lengthen", "P8Y"),
        (recorded, Unverified, "check the judgment", "P5Y"),
        (plain, Violation, "cannot lengthen", "P5Y"),
    ] {
        let world = world.apply(d("2022-01-10"), months(6), &[Repentance]);
        let world = world.with(|w| w.app().rights.set(Rights::ForLife));
        assert_eq!(world.outcome("reduction/political-rights"), Some(for_life), "{said}");
        let text = message(&world, "reduction/political-rights");
        assert!(text.contains(said), "{text}");
        let world = world.with(|w| w.app().rights.set(Rights::For(t(term))));
        assert_eq!(world.outcome("reduction/political-rights"), Some(Pass), "{term} {said}");
    }
}

#[test]
fn rights_in_force_that_are_not_known_are_asked_for_where_they_would_stand() {
    let missing = |rulings: bool| {
        let world = applying("2022-01-10", &[Repentance]).with(|w| {
            w.inmate().rights.value = Value::Empty;
            w.app().rights.set(Rights::For(t("P1Y")));
            if !rulings {
                w.presence.sheets.retain(|s| *s != SheetKind::Rulings);
            }
        });
        match world.finding("reduction/political-rights").expect("a finding").facts.get("missing") {
            Some(Fact::List(list)) => match &list[..] {
                [Fact::Missing(m)] => m.place.col,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((missing(true), missing(false)), (Col::InRights, Col::RuRights));
}

/// 刑法55.2: under 管制 the deprivation is as long as the control.
#[test]
fn rights_under_control_equal_what_is_left_of_it() {
    let world = |rights: &str, proposal: Proposal| {
        World::new(Sentence::Control(t("P2Y")), "2020-07-15")
            .with(|w| w.inmate().rights.set(Rights::For(t("P2Y"))))
            .ruling("2020-10-10", Change::Reduce(t("P2M")))
            .apply(d("2021-03-10"), proposal, &[Repentance])
            .with(|w| w.app().rights.set(Rights::For(t(rights))))
            .outcome("reduction/political-rights")
    };
    for (rights, expected) in [("P1Y6M", Violation), ("P1Y7M", Pass), ("P1Y8M", Violation), ("P2Y", Violation)] {
        assert_eq!(world(rights, months(3)), Some(expected), "{rights}");
    }
    assert_eq!(world("P1Y7M", Proposal::Remainder), Some(Unverified));
}

#[test]
fn what_is_said_of_rights_under_control() {
    let said = |proposal: Option<Proposal>| {
        let world = World::new(Sentence::Control(t("P2Y")), "2020-07-15")
            .with(|w| w.inmate().rights.set(Rights::For(t("P2Y"))))
            .apply(d("2021-03-10"), months(5), &[Repentance])
            .with(|w| {
                w.app().rights.set(Rights::For(t("P1Y7M")));
                match proposal {
                    Some(proposal) => w.app().proposal.set(proposal),
                    None => w.app().proposal.value = Value::Empty,
                }
            });
        message(&world, "reduction/political-rights")
    };
    assert!(said(Some(months(5))).contains("as long as the control"));
    assert!(said(Some(months(6))).contains("equals the control"));
    assert!(said(Some(Proposal::Remainder)).contains("does not say how much of the control"));
    assert!(said(None).contains("Cannot be decided without"));
}

// ---- property ----

#[test]
fn amounts_are_held_against_the_state() {
    use PropertyState::{Partly, Performed, Unperformed};
    for (state, owed, paid, expected) in [
        (Performed, None, 0, Unverified),
        (Performed, None, 500, Pass),
        (Partly, None, 0, Unverified),
        (Partly, None, 500, Pass),
        (Unperformed, None, 0, Pass),
        (Performed, Some(1000), 999, Unverified),
        (Performed, Some(1000), 1000, Pass),
        (Performed, Some(1000), 1001, Pass),
        (Performed, Some(1000), 0, Unverified),
        (Unperformed, Some(1000), 1000, Unverified),
    ] {
        let world = applying("2024-06-03", &[Repentance]).with(|w| {
            item(w, &Item { state, ..FINE });
            let row = &mut w.dossier.property[0];
            row.paid.set(Decimal::from(paid));
            if let Some(owed) = owed {
                row.amount.set(Amount::Yuan(Decimal::from(owed)));
            }
        });
        assert_eq!(world.outcome("reduction/property"), Some(expected), "{state:?} {owed:?} {paid}");
    }
}

/// 2024 arts 6 and 9.
#[test]
fn a_situation_of_article_6_goes_on_or_has_ended() {
    use PropertyState::{Performed, Unperformed};
    const REPORT: Option<&[Situation]> = Some(&[Situation::NotDeclared]);
    const SPENDING: Option<&[Situation]> = Some(&[Situation::Spending]);
    let long_ago = Some("2023-01-10");
    let row = Item { situation: REPORT, ..FINE };
    for (row, expected) in [
        // Performed, but nobody knows when.
        (Item { state: Performed, ..row }, Unverified),
        (Item { state: Performed, performed: long_ago, ..row }, Pass),
        (Item { state: Performed, performed: Some("2024-06-04"), ..row }, Unverified),
        // A day of performance beside an item that is not performed ends nothing.
        (Item { state: Unperformed, performed: long_ago, ..row }, Violation),
        (Item { state: Unperformed, ended: long_ago, ..row }, Pass),
        (Item { state: Unperformed, ended: Some("2024-06-04"), ..row }, Violation),
        // Confiscation: only the situations of art. 6.1.
        (Item { kind: PropertyKind::Confiscation, situation: SPENDING, ..FINE }, Pass),
        (Item { kind: PropertyKind::Confiscation, ..row }, Violation),
    ] {
        let world = applying("2024-06-03", &[Repentance]).with(|w| item(w, &row));
        let what = format!("{:?} {:?} {:?} {:?}", row.kind, row.state, row.ended, row.performed);
        assert_eq!(world.outcome("reduction/property"), Some(expected), "{what}");
    }
}

#[test]
fn while_the_six_months_run_ability_decides_who_is_withholding() {
    use PropertyState::{Performed, Unperformed};
    let waiting = Item { situation: Some(&[Situation::NotDeclared]), ended: Some("2024-08-31"), ..FINE };
    for (kind, state, able, expected) in [
        (PropertyKind::Fine, Unperformed, Some(Ability::Able), Some(true)),
        (PropertyKind::Fine, Unperformed, Some(Ability::Unable), Some(false)),
        (PropertyKind::Fine, Unperformed, None, None),
        (PropertyKind::Fine, Performed, Some(Ability::Able), Some(false)),
        (PropertyKind::Confiscation, Unperformed, Some(Ability::Able), Some(false)),
    ] {
        let row = Item { kind, state, able, ..waiting };
        let world = applying("2024-12-10", &[Repentance]).with(|w| item(w, &row));
        assert_eq!(world.outcome("reduction/property"), Some(Violation), "{kind:?} {state:?} {able:?}");
        assert_eq!(member(&world, "able-not-paying"), expected, "{kind:?} {state:?} {able:?}");
    }
    let world = applying("2024-12-10", &[Repentance]).with(|w| item(w, &waiting));
    assert!(message(&world, "reduction/property").contains("lawful from 2025-02-28"));
}

#[test]
fn an_item_is_told_with_its_result_and_provision() {
    let hidden = Item { situation: Some(&[Situation::Hidden]), ..FINE };
    let able = Item { able: Some(Ability::Able), ..FINE };
    let waiting = Item { situation: Some(&[Situation::NotDeclared]), ended: Some("2024-08-31"), ..FINE };
    let (rules, property) = ("法释〔2016〕23号", "法释〔2024〕5号");
    for (day, row, result, basis) in [
        ("2024-12-10", &hidden, "obstacle", (property, "6", Some(1))),
        ("2024-12-10", &able, "obstacle", (property, "4", Some(1))),
        ("2024-12-10", &waiting, "wait", (property, "6", Some(3))),
        ("2021-06-10", &able, "obstacle", (rules, "7", Some(1))),
    ] {
        let world = applying(day, &[Repentance]).with(|w| item(w, row));
        let finding = world.finding("reduction/property").expect("a finding");
        let Some(Fact::List(items)) = finding.facts.get("items") else { panic!("no items") };
        let Some(Fact::Map(facts)) = items.first() else { panic!("no item") };
        assert_eq!(facts.get("result"), Some(&Fact::Text(result.to_owned())), "{day}");
        assert_eq!(facts.get("state"), Some(&Fact::Text("未履行".to_owned())), "{day}");
        let (instrument, article, paragraph) = basis;
        let expected = vec![(instrument.to_owned(), article.to_owned(), paragraph)];
        assert_eq!(articles(&world, "reduction/property"), expected, "{day}");
    }
}

/// The only case, under other rules or in the other language.
fn reviewed(world: &World, rules: &jxjs::law::Rules, lang: Lang) -> jxjs::review::CaseReview {
    let context = BatchContext {
        rules,
        sources: &world.sources,
        presence: &world.presence,
        as_of: world.as_of,
        lang,
        aggregate: None,
    };
    jxjs::review::review_dossier(&world.dossier, &context, &[]).remove(0)
}

#[test]
fn a_property_reason_is_told_in_chinese() {
    let able = Item { able: Some(Ability::Able), ..FINE };
    let world = applying("2024-06-03", &[Repentance]).with(|w| item(w, &able));
    let review = reviewed(&world, &jxjs::law::Rules::builtin(), Lang::Zh);
    let said = review.findings.iter().find(|f| f.check == "reduction/property").expect("a finding");
    assert_eq!(said.message, "财产性判项未履行完毕：有履行能力而未履行完毕。");
}

/// A row of a local rule file says for itself whether major merit lifts its waiting times.
#[test]
fn a_local_row_is_lifted_as_it_says() {
    let basis = "basis = { instrument = \"法释〔2016〕23号\", article = \"7\" }";
    let row = |stage: &str, group: &str, figures: &str| {
        let text = format!(
            "[[row]]\nid = \"local\"\nstage = \"{stage}\"\ngroups = [\"{group}\"]\nfrom = 2017-01-01\nverified = true\n\
             {figures}interval = {{ value = \"P2Y\", {basis} }}\n"
        );
        jxjs::law::Rules::load(&[("local.toml".to_owned(), text)]).expect("rules")
    };
    // The interval is lifted, the start is not.
    let start = format!("start = {{ value = \"P2Y\", {basis} }}\nlifts_interval = \"yes\"\n");
    let rules = row("fixed", "R1", &start);
    let world = |reduced: bool| {
        let world = World::new(fixed(12), "2016-07-15").declare(Declared::Recidivist);
        let world = if reduced { world.ruling("2020-09-10", Change::Reduce(t("P6M"))) } else { world };
        world.apply(d("2022-01-10"), months(6), &[MajorMerit])
    };
    for reduced in [false, true] {
        let limits = reviewed(&world(reduced), &rules, Lang::En).limits.expect("limits");
        assert_eq!(limits.exempt, Settled::Is(reduced));
    }
    // What is only shortened (art. 14) stays so, whatever another row leaves open.
    let limited = World::new(Sentence::Reprieve, "2014-04-10")
        .with(|w| {
            w.inmate().charges.set("故意杀人罪".to_owned());
            w.inmate().limited.set(true);
        })
        .ruling("2016-04-20", Change::ToLife)
        .ruling("2021-05-20", Change::ToFixed(t("P25Y")))
        .apply(d("2022-01-10"), months(6), &[MajorMerit]);
    let rules = row("fixed-from-reprieve", "L", "lifts_interval = \"reading\"\n");
    let review = reviewed(&limited, &rules, Lang::En);
    let interval = review.findings.iter().find(|f| f.check == "reduction/interval").expect("a finding");
    assert_eq!(interval.outcome, Unverified);
    assert!(interval.facts.get("readings").is_none(), "{:?}", interval.facts);
}

/// 2024 art. 4.4 speaks of major merit: with less there is no second cap, also where a local row sets one.
#[test]
fn a_local_cap_for_those_who_withhold_stands_without_major_merit() {
    let text = "[[row]]\nid = \"local\"\nstage = \"fixed\"\ngroups = [\"R1\"]\nfrom = 2017-01-01\nverified = true\n\
                cap = { values = [\"P6M\", \"-\", \"P9M\", \"-\"], basis = { instrument = \"法释〔2016〕23号\", article = \"7\" } }\n";
    let rules = jxjs::law::Rules::load(&[("local.toml".to_owned(), text.to_owned())]).expect("rules");
    let able = Item { able: Some(Ability::Able), ..FINE };
    let cap = |conduct: &[Conduct]| {
        let world = applying("2024-05-10", conduct).with(|w| item(w, &able));
        reviewed(&world, &rules, Lang::En).limits.expect("limits").cap
    };
    assert_eq!(cap(&[Merit]), Settled::Is(t("P6M")));
    assert_eq!(cap(&[MajorMerit]), Settled::Open(vec![t("P9M"), t("P1Y6M")]));
}

/// 2024 art. 6.2: spending only suggests ability, and only where ability matters.
#[test]
fn spending_asks_for_an_explanation_of_what_is_still_owed() {
    let world = |day: &str, conduct: &[Conduct]| {
        applying(day, conduct).with(|w| {
            item(w, &Item { state: PropertyState::Performed, paid: Some((1000, 1000)), ..FINE });
            item(w, &Item { paid: Some((10_000, 0)), ..FINE });
            let mut row = SpendingRow::blank(1, date::Month::of(d("2024-03-01")));
            row.spent = Value::Known(Decimal::from(100));
            row.limit = Value::Known(Decimal::from(300));
            row.balance = Value::Known(Decimal::from(20_000));
            w.dossier.spending.push(row);
        })
    };
    let asked = world("2024-06-03", &[Repentance]);
    let finding = asked.finding("reduction/property").expect("a finding");
    assert_eq!(finding.outcome, Unverified);
    let Some(Fact::List(missing)) = finding.facts.get("missing") else { panic!("nothing is missing") };
    let [Fact::Missing(cell)] = &missing[..] else { panic!("{missing:?}") };
    assert_eq!(cell.place, asked.dossier.property[1].able.place(), "of the item that is owed");
    assert_eq!(world("2024-06-03", &[MajorMerit]).outcome("reduction/property"), Some(Pass), "2024 art. 4.4");
    assert_eq!(world("2024-04-30", &[Repentance]).outcome("reduction/property"), Some(Pass), "before the rules");
}

/// 31号 art. 7 may strike repentance: without the sheet of property judgments that is as open as under the rules of 2024.
#[test]
fn without_the_property_sheet_repentance_is_open_from_the_opinion_on() {
    for (day, expected) in
        [("2021-11-30", Pass), ("2021-12-01", Unverified), ("2024-04-30", Unverified), ("2024-05-01", Unverified)]
    {
        let world = applying(day, &[Repentance]).with(|w| w.presence.sheets.retain(|s| *s != SheetKind::Property));
        assert_eq!(world.outcome("reduction/grounds"), Some(expected), "{day}");
    }
}

/// 2024 arts 11.2 and 14.2.
#[test]
fn notes_on_property_that_is_no_obstacle() {
    use PropertyKind::{CivilDamages, Fine, Recovery};
    use PropertyState::{Performed, Unperformed};
    let note = |rows: &[(PropertyKind, PropertyState)]| {
        let world = applying("2024-06-03", &[Repentance]).with(|w| {
            for (kind, state) in rows {
                item(w, &Item { kind: *kind, state: *state, ..FINE });
            }
        });
        let finding = world.finding("reduction/property").expect("a finding");
        assert_eq!(finding.outcome, Pass, "{rows:?}");
        finding.facts.get("note").is_some()
    };
    assert!(note(&[(CivilDamages, Unperformed), (Fine, Performed)]), "damages come first");
    for rows in [
        [(CivilDamages, Performed), (Fine, Performed)],
        [(CivilDamages, Unperformed), (Fine, Unperformed)],
        [(CivilDamages, Performed), (Fine, Unperformed)],
        [(CivilDamages, Unperformed), (Recovery, Performed)],
        [(Recovery, Unperformed), (Fine, Performed)],
    ] {
        assert!(!note(&rows), "{rows:?}");
    }
    let found = |situation: &'static [Situation], reduced: bool| {
        let ended = Item { situation: Some(situation), ended: Some("2023-01-10"), ..FINE };
        let world = applying("2024-06-03", &[Repentance]).with(|w| item(w, &ended));
        let world = if reduced { world.ruling("2021-03-10", Change::Reduce(t("P6M"))) } else { world };
        world.outcome("reduction/property")
    };
    assert_eq!(found(&[Situation::Hidden], true), Some(Risk));
    assert_eq!(found(&[Situation::FalselyDeclared], true), Some(Risk));
    assert_eq!(found(&[Situation::Hidden], false), Some(Pass));
    assert_eq!(found(&[Situation::NotDeclared], true), Some(Pass));
}

// ---- strictness ----

/// 2019 supplement art. 1: repentance is struck, merit is left.
#[test]
fn strictness_with_corruption_inmates_who_do_not_repent_or_pay() {
    let able = Item { able: Some(Ability::Able), ..FINE };
    let corrupt = || World::new(fixed(12), "2016-07-15").corrupt();
    let theft = || World::new(fixed(12), "2016-07-15");
    let strict = |world: World, conduct: &[Conduct], change: fn(&mut World), owing: bool| {
        let world = world.apply(d("2024-06-03"), months(1), conduct).with(change);
        let world = if owing { world.with(|w| item(w, &able)) } else { world };
        world.outcome("reduction/strictness")
    };
    let none: fn(&mut World) = |_| {};
    let unrepentant: fn(&mut World) = |w| w.inmate().remorse.set(false);
    let both = &[Repentance, Merit][..];
    assert_eq!(strict(corrupt(), both, unrepentant, false), Some(Risk));
    assert_eq!(strict(corrupt(), both, none, true), Some(Risk));
    assert_eq!(strict(corrupt(), both, none, false), None);
    assert_eq!(strict(corrupt(), &[Merit], unrepentant, false), None, "repentance is not claimed");
    assert_eq!(strict(theft(), both, unrepentant, false), None);
    // The reprieve becomes life by law; a fixed term rests on conduct.
    let reprieved = |proposal| {
        World::new(Sentence::Reprieve, "2016-04-10")
            .corrupt()
            .with(unrepentant)
            .apply(d("2022-01-10"), proposal, &[Repentance, MajorMerit])
            .outcome("reduction/strictness")
    };
    assert_eq!(reprieved(Proposal::ToLife), None);
    assert_eq!(reprieved(Proposal::ToFixed(t("P25Y"))), Some(Risk));
}

#[test]
fn strictness_with_life_at_the_general_target() {
    let strict = |grade: &[Conduct], term: &str, recidivist: bool| {
        let world = World::new(Sentence::Life, "2016-07-15").apply(d("2022-01-10"), Proposal::ToFixed(t(term)), grade);
        let world = if recidivist { world.declare(Declared::Recidivist) } else { world };
        world.outcome("reduction/strictness")
    };
    let (one, two, three) = (&[Repentance][..], &[Repentance, Merit][..], &[MajorMerit][..]);
    assert_eq!(strict(two, "P21Y", true), Some(Risk));
    assert_eq!(strict(two, "P21Y1M", true), None);
    assert_eq!(strict(two, "P21Y", false), None, "not restricted");
    assert_eq!(strict(three, "P20Y", true), None, "the restricted row's own figure");
    assert_eq!(strict(one, "P22Y", true), None, "not a range");
    // Before 2017 there is no such figure, and a fixed term stands in no relation to a target.
    let early = |sentence| {
        World::new(sentence, "2012-07-15")
            .with(|w| w.inmate().charges.set("抢劫罪".to_owned()))
            .apply(d("2016-03-10"), Proposal::ToFixed(t("P25Y")), &[MajorMerit])
            .outcome("reduction/strictness")
    };
    assert_eq!((early(fixed(12)), early(Sentence::Reprieve)), (None, None));
}

/// 31号 art. 10: converted, at the cap and within thirty days of the interval, from 2021-12-01.
#[test]
fn strictness_at_the_cap_and_the_shortest_interval_is_for_the_converted() {
    let converted = |ruled: &str, day: &str| {
        World::new(Sentence::Life, "2012-12-10")
            .ruling(ruled, Change::ToFixed(t("P22Y")))
            .apply(d(day), months(9), &[Repentance])
            .outcome("reduction/strictness")
    };
    assert_eq!(converted("2019-12-01", "2021-12-01"), Some(Risk));
    assert_eq!(converted("2019-11-30", "2021-11-30"), None);
    let never = World::new(fixed(12), "2016-07-15").ruling("2021-03-10", Change::Reduce(t("P6M"))).apply(
        d("2022-09-10"),
        months(9),
        &[Repentance],
    );
    assert_eq!(never.outcome("reduction/strictness"), None);
}

/// 31号 art. 5: a penalty since the last ruling, with repentance claimed, from 2021-12-01.
#[test]
fn strictness_after_a_penalty_since_the_last_ruling() {
    let penalised = |applied: &str, conduct: &[Conduct], ruling: Option<&str>| {
        let world = applying(applied, conduct).with(|w| {
            let mut award = jxjs::model::Award::blank(1);
            award.kind.set(AwardKind::Warning);
            award.date.set(d("2021-05-05"));
            w.dossier.awards.push(award);
        });
        let world = match ruling {
            Some(day) => world.ruling(day, Change::Reduce(t("P6M"))),
            None => world,
        };
        world.outcome("reduction/strictness")
    };
    let day = "2022-12-10";
    for (ruling, expected) in [
        (None, Some(Risk)),
        (Some("2021-05-04"), Some(Risk)),
        (Some("2021-05-05"), Some(Risk)),
        (Some("2021-05-06"), None),
        // A ruling on the day of the application or after it is not one before it.
        (Some("2022-12-10"), Some(Risk)),
        (Some("2022-12-11"), Some(Risk)),
    ] {
        assert_eq!(penalised(day, &[Repentance], ruling), expected, "{ruling:?}");
    }
    assert_eq!(penalised(day, &[MajorMerit], None), None, "repentance is not claimed");
    assert_eq!(penalised("2021-11-30", &[Repentance], None), None, "before the opinion");
    assert_eq!(penalised("2021-12-01", &[Repentance], None), Some(Risk));
}

/// On the day of the application it counts, as a merit of that day does; after it nobody could have weighed it.
#[test]
fn a_penalty_on_the_day_of_the_application_counts() {
    for (day, expected) in [("2022-12-09", Some(Risk)), ("2022-12-10", Some(Risk)), ("2022-12-11", None)] {
        let world = applying("2022-12-10", &[Repentance]).with(|w| {
            let mut award = jxjs::model::Award::blank(1);
            award.kind.set(AwardKind::Warning);
            award.date.set(d(day));
            w.dossier.awards.push(award);
        });
        assert_eq!(world.outcome("reduction/strictness"), expected, "{day}");
    }
}

#[test]
fn an_unknown_stage_asks_for_the_sentence_or_for_the_rulings() {
    let missing = |sentence: bool, rulings: bool| {
        let world = World::new(Sentence::Life, "2012-12-10")
            .apply(d("2022-01-10"), Proposal::ToFixed(t("P22Y")), &[Repentance])
            .with(|w| {
                if !sentence {
                    w.inmate().sentence.value = Value::Empty;
                }
                if !rulings {
                    w.presence.sheets.retain(|s| *s != SheetKind::Rulings);
                }
            });
        match world.finding("reduction/conversion-term").expect("a finding").facts.get("missing") {
            Some(Fact::List(list)) => match &list[..] {
                [Fact::Missing(cell)] => cell.place.col,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(missing(false, true), Col::InSentence);
    assert_eq!(missing(false, false), Col::InSentence);
    assert_eq!(missing(true, false), Col::RuDate);
}

/// Where the general row and the restricted one give the same figure, the general provision is cited.
#[test]
fn of_equal_figures_the_first_row_is_cited() {
    let restricted = |conduct: &[Conduct]| {
        World::new(fixed(12), "2017-07-15").declare(Declared::Recidivist).apply(d("2022-01-10"), months(6), conduct)
    };
    let of = |world: World, check: &str| articles(&world, check);
    let basis = |article: &str, paragraph| vec![("法释〔2016〕23号".to_owned(), article.to_owned(), Some(paragraph))];
    // Two years in both; a year in both for grade 2, but a year instead of eighteen months for grade 3.
    assert_eq!(of(restricted(&[Repentance]), "reduction/start-time"), basis("6", 1));
    assert_eq!(of(restricted(&[Repentance, Merit]), "reduction/amount"), basis("6", 2));
    assert_eq!(of(restricted(&[MajorMerit]), "reduction/amount"), basis("7", 2));
}

#[test]
fn a_flag_and_a_category_confirm_or_contradict_each_other() {
    let none = &[][..];
    let declared = [Declared::Recidivist];
    for (flag, words, expected) in [
        (Some(true), Some(&declared[..]), Some(true)),
        (Some(false), Some(none), Some(false)),
        (Some(false), Some(&declared), None),
        (Some(true), Some(none), None),
        (Some(true), None, Some(true)),
        (None, Some(&declared), Some(true)),
        (None, None, None),
    ] {
        let world = on_repentance(charged(fixed(12), "盗窃罪", words)).with(|w| match flag {
            Some(answer) => w.inmate().recidivist.set(answer),
            None => w.inmate().recidivist.value = Value::Empty,
        });
        assert_eq!(member(&world, "recidivist"), expected, "{flag:?} {words:?}");
    }
}

#[test]
fn the_supplement_is_for_corruption_charges() {
    let functionary = on_repentance(charged(fixed(12), "盗窃罪", Some(&[]))).with(|w| w.inmate().functionary.set(true));
    assert_eq!(member(&functionary, "corruption-2019"), Some(false));
    // First instance before amendment IX, final after it: the general cap, or that of the supplement.
    let between = World::new(fixed(12), "2016-07-15").corrupt().apply(d("2022-01-10"), months(6), &[Repentance]);
    let between = between.with(|w| w.inmate().judged.set(d("2015-10-31")));
    assert_eq!(readings(&between, "reduction/amount", "cap"), terms(&["P9M", "P6M"]));
}

#[test]
fn a_charge_of_article_294_leaves_organised_violence_open() {
    for (total, expected) in [(9, Some(false)), (10, None)] {
        let world = on_repentance(charged(fixed(total), "参加黑社会性质组织罪", Some(&[OrganizedCrime])));
        assert_eq!(member(&world, "violent-10y"), expected, "{total}");
    }
}

#[test]
fn the_interval_governs_the_earliest_day_unless_it_is_lifted() {
    let earliest = |conduct: &[Conduct]| {
        let world = World::new(fixed(12), "2016-07-15").ruling("2020-09-10", Change::Reduce(t("P6M")));
        world.apply(d("2022-01-10"), months(6), conduct).review().limits.unwrap().earliest
    };
    assert_eq!((earliest(&[Repentance]), earliest(&[MajorMerit])), (Settled::Is(d("2022-03-10")), Settled::Absent));
}

#[test]
fn nothing_owed_beside_an_order_to_pay_back_is_open() {
    let row = |kind| Item { kind, ..FINE };
    for (charges, kind, expected) in [
        ("集资诈骗罪", None, Pass),
        ("集资诈骗罪", Some(PropertyKind::Fine), Pass),
        ("集资诈骗罪", Some(PropertyKind::Recovery), Unverified),
        ("集资诈骗罪", Some(PropertyKind::Restitution), Unverified),
        ("盗窃罪", Some(PropertyKind::Recovery), Pass),
    ] {
        let world = on_repentance(charged(fixed(12), charges, Some(&[]))).with(|w| {
            if let Some(kind) = kind {
                item(w, &row(kind));
            }
        });
        assert_eq!(world.outcome("reduction/grounds"), Some(expected), "{charges} {kind:?}");
    }
}

/// 31号 art. 7 (1) and (2): withheld or hidden proceeds of an item that is not performed, whatever the ability.
#[test]
fn withheld_or_hidden_property_may_strike_repentance_before_the_rules_of_2024() {
    use PropertyState::{Performed, Unperformed};
    for (state, situation, expected) in [
        (Unperformed, &[][..], Pass),
        (Unperformed, &[Situation::NotDeclared], Pass),
        (Unperformed, &[Situation::Hidden], Unverified),
        (Unperformed, &[Situation::WhereaboutsWithheld], Unverified),
        (Performed, &[Situation::Hidden], Pass),
    ] {
        let row = Item { state, situation: Some(situation), ..FINE };
        assert_eq!(property("2022-01-10", &[Repentance], &row).1, Some(expected), "{state:?} {situation:?}");
    }
}
