//! Procedure: publication, order of dates, hearing, court, deadlines, papers.

mod support;

use jxjs::checks::finding::{Fact, Finding, Outcome};
use jxjs::law::Rules;
use jxjs::model::{Conduct, Declared, Hearing, Proposal, Sentence, SheetKind, Term, Value, date};
use jxjs::review::{ReviewOptions, review_batch};
use support::{World, d};

use Outcome::{Pass, Risk, Unverified, Violation};

fn thief() -> World {
    World::new(Sentence::Fixed(Term::of_years(10)), "2018-03-15")
}

fn on(day: &str) -> World {
    thief().apply_parole(d(day))
}

fn published(from: &str, to: &str, applied: &str) -> Option<Outcome> {
    let (from, to) = (d(from), d(to));
    on(applied)
        .with(|w| {
            w.app().published_from.set(from);
            w.app().published_to.set(to);
        })
        .outcome("procedure/publication")
}

#[test]
fn publication_in_the_prison() {
    for (from, to, applied, expected) in [
        // The prison law of 2026: five working days, Monday to Friday.
        ("2026-11-02", "2026-11-06", "2026-11-07", Pass),
        ("2026-11-02", "2026-11-05", "2026-11-07", Violation),
        ("2026-11-05", "2026-11-10", "2026-11-11", Violation), // over a weekend: four
        ("2026-11-05", "2026-11-11", "2026-11-12", Pass),
        ("2026-11-02", "2026-11-06", "2026-11-06", Violation), // proposed on its last day
        ("2026-11-06", "2026-11-02", "2026-11-07", Violation), // reversed
        // A year whose holidays are not loaded.
        ("2029-03-05", "2029-03-08", "2029-03-20", Violation),
        ("2029-03-05", "2029-03-09", "2029-03-20", Unverified),
        // The day before the law: no number is known, only the order counts.
        ("2026-10-31", "2026-10-31", "2026-11-07", Pass),
        ("2026-10-30", "2026-10-29", "2026-11-07", Risk),
        ("2026-10-28", "2026-10-31", "2026-10-31", Risk),
        // Order 77: seven working days, reported.
        ("2014-11-03", "2014-11-11", "2014-11-12", Pass),
        ("2014-11-03", "2014-11-10", "2014-11-12", Risk),
        ("2014-12-01", "2014-12-02", "2014-12-03", Pass),
    ] {
        assert_eq!(published(from, to, applied), Some(expected), "{from} to {to}, applied {applied}");
    }
    let blank = on("2026-11-20").with(|w| w.app().published_to.value = Value::Empty);
    assert_eq!(blank.outcome("procedure/publication"), Some(Unverified));
}

/// Proposed on 2024-03-20; sent the same day, received five days after the ruling.
fn ruled(day: &str) -> World {
    let day = d(day);
    on("2024-03-20").with(|w| {
        w.app().ruled.set(day);
        w.app().received.set(date::add_days(day, 5));
    })
}

#[test]
fn the_order_of_proposal_ruling_and_receipt() {
    let check = "procedure/sequence";
    for (day, expected) in [
        ("2024-03-19", Violation),
        ("2024-03-23", Violation),
        ("2024-03-24", Unverified),
        ("2024-03-25", Pass),
        ("2024-05-20", Pass),
        ("2024-05-21", Risk),
    ] {
        assert_eq!(ruled(day).outcome(check), Some(expected), "{day}");
    }
    for (received, expected) in
        [("2024-04-09", Violation), ("2024-04-10", Pass), ("2024-04-17", Pass), ("2024-04-18", Risk)]
    {
        let world = ruled("2024-04-10").with(|w| w.app().received.set(d(received)));
        assert_eq!(world.outcome(check), Some(expected), "received {received}");
    }
    // Seven days from 2024-09-24 end on National Day: the last day is 2024-10-08.
    for (received, expected) in [("2024-10-08", Pass), ("2024-10-09", Risk)] {
        let world = on("2024-09-02").with(|w| {
            w.app().ruled.set(d("2024-09-24"));
            w.app().received.set(d(received));
        });
        assert_eq!(world.outcome(check), Some(expected), "received {received}");
    }
    // Two months from 2024-08-01 end on National Day as well. Of 2027 no holidays are known yet.
    for (applied, ruled, expected) in [
        ("2024-08-01", "2024-10-08", Pass),
        ("2024-08-01", "2024-10-09", Risk),
        ("2027-03-01", "2027-05-01", Pass),
        ("2027-03-01", "2027-05-02", Unverified),
    ] {
        let world = on(applied).with(|w| {
            w.app().ruled.set(d(ruled));
            w.app().received.set(d(ruled));
        });
        assert_eq!(world.outcome(check), Some(expected), "proposed {applied}, ruled {ruled}");
    }
    let sent = |day: Option<&str>| {
        ruled("2024-04-10")
            .with(|w| w.app().sent.value = day.map_or(Value::Empty, |s| Value::Known(d(s))))
            .outcome(check)
    };
    assert_eq!(sent(Some("2024-04-10")), Some(Pass));
    assert_eq!(sent(Some("2024-04-11")), Some(Violation));
    assert_eq!(sent(None), Some(Unverified));
    let period = |day: &'static str| on("2024-03-20").with(|w| w.app().period_to.set(d(day))).outcome(check);
    assert_eq!(period("2024-03-20"), Some(Pass));
    assert_eq!(period("2024-03-21"), Some(Risk));
    let unread = on("2024-03-20").with(|w| w.app().ruled.value = Value::Unclear);
    assert_eq!(unread.outcome(check), Some(Unverified));
    // A worse limb is not hidden by a lesser one.
    let both = ruled("2024-03-22").with(|w| w.app().sent.value = Value::Empty);
    assert_eq!(both.outcome(check), Some(Violation));
}

#[test]
fn one_month_for_the_reprieve() {
    let ruled = |day: &'static str| {
        World::new(Sentence::Reprieve, "2020-03-15")
            .apply(d("2022-03-20"), Proposal::ToLife, &[])
            .with(|w| {
                w.app().sent.set(d("2022-03-20"));
                w.app().ruled.set(d(day));
                w.app().received.set(d(day));
            })
            .outcome("procedure/sequence")
    };
    assert_eq!(ruled("2022-04-20"), Some(Pass));
    assert_eq!(ruled("2022-04-21"), Some(Risk));
}

fn note(finding: &Finding) -> &str {
    match finding.facts.get("note") {
        Some(Fact::Text(text)) => text,
        _ => "",
    }
}

#[test]
fn hearings() {
    let check = "procedure/hearing-required";
    assert_eq!(on("2024-03-20").outcome(check), None, "no ground");
    let finance = on("2024-03-20").declare(Declared::Finance).with(|w| w.inmate().charges.set("洗钱罪".to_owned()));
    let finding = finance.finding(check).expect("a note");
    assert_eq!(finding.outcome, Pass);
    assert!(note(&finding).contains("finance") && note(&finding).contains("questioned"), "{}", note(&finding));
    let violation = on("2022-08-01").finding(check).expect("too early, so an opinion is issued");
    assert!(note(&violation).contains("objection"), "{}", note(&violation));
    let mafia = |how| {
        on("2024-03-20")
            .declare(Declared::OrganizedCrime)
            .with(|w| {
                w.inmate().charges.set("参加黑社会性质组织罪".to_owned());
                w.app().hearing.set(how);
            })
            .outcome(check)
    };
    assert_eq!(mafia(Hearing::Written), Some(Risk));
    assert_eq!(mafia(Hearing::Open), Some(Pass));
    // The two grounds that only a reduction has.
    let merit = thief().apply(d("2022-03-20"), Proposal::Reduce(Term::of_months(6)), &[Conduct::MajorMerit]);
    assert!(note(&merit.finding(check).expect("a note")).contains("major merit"));
    let plain = thief().apply(d("2022-03-20"), Proposal::Reduce(Term::of_months(6)), &[Conduct::Repentance]);
    assert_eq!(plain.outcome(check), None);
}

#[test]
fn the_court_follows_the_penalty_now_being_served() {
    let court = |world: World, name: Option<&'static str>, number: Option<&'static str>| {
        world
            .with(|w| {
                w.app().court.value = name.map_or(Value::Empty, |n| Value::Known(n.to_owned()));
                w.app().case_no.value = number.map_or(Value::Empty, |n| Value::Known(n.to_owned()));
            })
            .finding("procedure/court-level")
            .expect("a finding")
    };
    let fixed = || on("2024-03-20");
    let life = || World::new(Sentence::Life, "2009-06-10").apply_parole(d("2024-03-20"));
    let (middle, high) = (Some("某市中级人民法院"), Some("某省高级人民法院"));
    assert_eq!(court(fixed(), middle, None).outcome, Pass);
    assert_eq!(court(fixed(), high, None).outcome, Risk);
    assert_eq!(court(fixed(), None, Some("（2024）陕刑更5号")).outcome, Risk);
    assert_eq!(court(fixed(), middle, Some("（2024）陕刑更5号")).outcome, Risk);
    assert_eq!(court(life(), high, Some("（2024）陕刑更5号")).outcome, Pass);
    assert_eq!(court(life(), middle, None).outcome, Risk);
    let converted = World::new(Sentence::Life, "2005-06-10")
        .ruling("2010-06-10", jxjs::model::Change::ToFixed(Term::of_years(22)))
        .apply_parole(d("2024-03-20"));
    assert_eq!(court(converted, middle, None).outcome, Pass);
    let silent = court(fixed(), None, None);
    assert_eq!((silent.outcome, note(&silent).is_empty()), (Pass, false));
    assert!(note(&court(life(), high, None)).contains("bureau"));
}

#[test]
fn deadlines_of_the_procuratorate() {
    let check = "procedure/opinion-deadline";
    // Proposed too early on 2022-08-01 (a violation), sent the same day: due on 2022-08-11.
    let late = |today: &'static str, opinion: Option<&'static str>| {
        on("2022-08-01").with(|w| {
            w.as_of = d(today);
            if let Some(day) = opinion {
                w.app().opinion.set(d(day));
            }
        })
    };
    assert_eq!(late("2022-08-11", None).outcome(check), Some(Pass));
    assert_eq!(late("2022-08-12", None).outcome(check), Some(Risk));
    assert_eq!(late("2022-08-12", Some("2022-08-10")).outcome(check), Some(Pass));
    let finding = late("2022-08-11", None).finding(check).expect("a finding");
    assert_eq!(finding.facts.get("to"), Some(&Fact::Date(d("2022-08-11"))));
    assert!(finding.message.contains("2022-08-22"), "the extension ends on a Sunday: {}", finding.message);
    // Nothing to object to.
    assert_eq!(on("2024-03-20").outcome(check), Some(Pass));
    let unsent = on("2024-03-20").with(|w| w.app().sent.value = Value::Empty);
    assert_eq!(unsent.outcome(check), Some(Unverified));
    // Received on 2024-04-15: twenty days end on a Sunday, so a correction is due on 2024-05-06.
    let after = ruled("2024-04-10").finding(check).expect("a finding");
    assert!(after.message.contains("2024-05-06"), "{}", after.message);
    let unreceived = ruled("2024-04-10").with(|w| w.app().received.value = Value::Empty);
    assert_eq!(unreceived.outcome(check), Some(Unverified), "asked for once there is a ruling");
    let filed = ruled("2024-04-10").corrupt().with(|w| w.inmate().rank.set("县处级".to_owned()));
    let message = filed.finding(check).expect("a finding").message;
    assert!(message.contains("provincial procuratorate by 2024-04-25"), "{message}");
}

#[test]
fn missing_papers_are_listed_once_in_the_order_of_the_law() {
    let check = "procedure/materials";
    // Without the ledger and the custody record, which the person made for tests does not have.
    let complete = || {
        on("2024-03-20").with(|w| {
            w.presence.sheets.retain(|s| !matches!(s, SheetKind::Points | SheetKind::Custody));
        })
    };
    assert_eq!(complete().outcome(check), Some(Pass));
    let world = complete().with(|w| {
        w.inmate().assessment.value = Value::Empty;
        w.inmate().sentence.value = Value::Empty;
        w.app().published_to.value = Value::Empty;
    });
    let finding = world.finding(check).expect("a finding");
    assert_eq!(finding.outcome, Unverified);
    let Some(Fact::List(list)) = finding.facts.get("missing") else { panic!("no list") };
    let papers: Vec<&str> = list
        .iter()
        .filter_map(|f| match f {
            Fact::Missing(m) => Some(m.document),
            _ => None,
        })
        .collect();
    let mut once = papers.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), papers.len(), "{papers:?}");
    let place =
        |paper: &str| papers.iter().position(|p| p.contains(paper)).unwrap_or_else(|| panic!("{paper}: {papers:?}"));
    assert!(place("公示") < place("判决书") && place("判决书") < place("评估"), "{papers:?}");
}

#[test]
fn a_check_that_looks_at_the_others_sees_them_also_when_only_it_is_shown() {
    let world = on("2024-03-20").with(|w| w.inmate().assessment.value = Value::Empty);
    let batch = jxjs::model::dossier::Batch {
        sources: world.sources.clone().into(),
        presence: world.presence.clone().into(),
        dossiers: vec![(&world.dossier).into()],
        ..Default::default()
    };
    let only = vec!["procedure/materials".to_owned()];
    let options = ReviewOptions { as_of: world.as_of, lang: jxjs::checks::case::Lang::En, only };
    let review = review_batch(&batch, &Rules::builtin(), &options);
    let findings = &review.cases[0].findings;
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].check, findings[0].outcome), ("procedure/materials", Unverified));
}
