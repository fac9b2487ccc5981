//! Procedure: publication, order of dates, hearing, court, deadlines, papers.

mod support;

use jxjs::checks::finding::{Fact, Finding, Outcome};
use jxjs::law::Rules;
use jxjs::model::{Conduct, Declared, Health, Hearing, Proposal, Sentence, SheetKind, Term, Value, date};
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

/// What the check says in Chinese.
fn in_chinese(world: &World, check: &str) -> Finding {
    let batch = jxjs::model::dossier::Batch {
        sources: world.sources.clone().into(),
        presence: world.presence.clone().into(),
        dossiers: vec![(&world.dossier).into()],
        ..Default::default()
    };
    let options =
        ReviewOptions { as_of: world.as_of, lang: jxjs::checks::case::Lang::Zh, only: vec![check.to_owned()] };
    review_batch(&batch, &Rules::builtin(), &options).cases.remove(0).findings.remove(0)
}

fn cites(finding: &Finding, instrument: &str, article: &str) -> bool {
    finding.basis.iter().any(|b| &*b.instrument == instrument && &*b.article == article)
}

#[test]
fn a_reduction_off_the_general_rule_is_heard_in_court() {
    let heard = |world: World| {
        let finding = world.finding("procedure/hearing-required");
        finding.is_some_and(|f| note(&f).contains("off the general rule"))
    };
    let reduced = |months: u32, day: &str| {
        thief().apply(d(day), Proposal::Reduce(Term::of_months(months)), &[Conduct::Repentance])
    };
    assert!(!heard(reduced(6, "2022-03-20")));
    assert!(heard(reduced(60, "2022-03-20")), "far above the cap");
    assert!(heard(reduced(6, "2018-06-20")), "far too early");
    // 16号 art. 16: with less than two years left when the judgment became final a shorter start is lawful, yet off it.
    let short = |day: &str| {
        World::new(Sentence::Fixed(Term::of_years(2)), "2022-03-15").apply(
            d(day),
            Proposal::Reduce(Term::of_months(2)),
            &[Conduct::Repentance],
        )
    };
    assert_eq!(short("2022-10-20").outcome("reduction/start-time"), Some(Pass));
    assert!(heard(short("2022-10-20")));
    // 16号 art. 20: time and amount both relaxed by a third for the old and sick; whether both may be is open.
    let relaxed = thief().apply(d("2019-10-20"), Proposal::Reduce(Term::of_months(10)), &[Conduct::Repentance]);
    let relaxed = relaxed.with(|w| {
        w.inmate().birth.set(d("1950-05-05"));
        w.inmate().health.set([Health::MostlyUnableToWork, Health::CannotCareForSelf].into());
    });
    assert_eq!(relaxed.outcome("reduction/start-time"), Some(Unverified));
    assert!(heard(relaxed));
}

#[test]
fn who_is_called_to_the_hearing_and_who_is_questioned() {
    let check = "procedure/hearing-required";
    let charged = |world: World, word: Declared, charge: &'static str| {
        let world = world.declare(word).with(|w| w.inmate().charges.set(charge.to_owned()));
        world.finding(check).expect("a note")
    };
    let mafia = |day: &str| charged(on(day), Declared::OrganizedCrime, "参加黑社会性质组织罪");
    let called = |f: &Finding| f.message.contains("must all be called");
    // The law on organised crime is in force from 2022-05-01.
    for (day, expected) in [("2022-04-30", false), ("2022-05-01", true)] {
        assert_eq!(called(&mafia(day)), expected, "{day}");
    }
    assert!(!called(&charged(on("2024-03-20"), Declared::Finance, "洗钱罪")));
    // 14号 art. 15 is about parole.
    let reduction = thief().apply(d("2022-03-20"), Proposal::Reduce(Term::of_months(6)), &[Conduct::Repentance]);
    for (world, parole) in [(on("2024-03-20"), true), (reduction, false)] {
        let finding = charged(world, Declared::Finance, "洗钱罪");
        assert_eq!(cites(&finding, "法释〔2014〕5号", "15"), parole);
        assert_eq!(finding.message.contains("questioned"), parole);
    }
}

#[test]
fn courts_are_named_in_both_languages() {
    let check = "procedure/court-level";
    let life = || World::new(Sentence::Life, "2009-06-10").apply_parole(d("2024-03-20"));
    for (world, name, zh, en) in [
        (on("2024-03-20"), "某县人民法院", ["中级人民法院", "基层人民法院"], ["intermediate court", "basic court"]),
        (on("2024-03-20"), "某省高级人民法院", ["中级人民法院", "高级人民法院"], ["intermediate court", "high court"]),
        (life(), "最高人民法院", ["高级人民法院", "最高人民法院"], ["high court", "supreme court"]),
    ] {
        let world = world.with(|w| {
            w.app().court.set(name.to_owned());
            w.app().case_no.value = Value::Empty;
        });
        let english = world.finding(check).expect("a finding");
        for (finding, [expected, recorded]) in [(in_chinese(&world, check), zh), (english, en)] {
            assert_eq!(finding.outcome, Risk, "{name}");
            assert_eq!(finding.facts.get("expected"), Some(&Fact::Text(expected.to_owned())), "{name}");
            assert_eq!(finding.facts.get("recorded"), Some(&Fact::Text(recorded.to_owned())), "{name}");
            assert!(finding.message.contains(expected) && finding.message.contains(recorded), "{}", finding.message);
        }
    }
}

#[test]
fn only_case_numbers_of_the_present_shape_tell_the_court() {
    for (number, expected) in [
        ("（2016）陕刑更5号", Risk), // the codes are of 2016
        ("（2015）陕刑更5号", Pass),
        ("（2024）测刑更5号", Pass), // no province
        ("（2024）陕民终5号", Pass), // no criminal case
        ("（2024）陕01刑更5号", Pass),
    ] {
        let world = on("2024-03-20").with(|w| {
            w.app().court.value = Value::Empty;
            w.app().case_no.set(number.to_owned());
        });
        assert_eq!(world.outcome("procedure/court-level"), Some(expected), "{number}");
    }
}

#[test]
fn whose_approval_comes_before_the_proposal() {
    let check = "procedure/court-level";
    let find = |world: World| world.with(|w| w.app().court.value = Value::Empty).finding(check).expect("a finding");
    // 监狱法2026 arts 51 to 53, in force from 2026-11-01.
    let life = || World::new(Sentence::Life, "2012-06-10");
    let reprieve = || World::new(Sentence::Reprieve, "2024-06-10");
    let fixed = |day: &str| life().apply(d(day), Proposal::ToFixed(Term::of_years(22)), &[Conduct::Repentance]);
    for (world, expected) in [
        (fixed("2026-10-31"), None),
        (fixed("2026-11-01"), Some("51")),
        (reprieve().apply(d("2026-11-10"), Proposal::ToLife, &[]), Some("52")),
        (life().apply_parole(d("2026-11-10")), Some("53")),
        (on("2026-11-10"), None),
    ] {
        let finding = find(world);
        let cited: Vec<&str> =
            finding.basis.iter().filter(|b| &*b.instrument == "监狱法2026").map(|b| &*b.article).collect();
        assert_eq!(cited, Vec::from_iter(expected));
    }
    // 反有组织犯罪法 art. 36: leaders with ten years or more, and every parole of one; in force from 2022-05-01.
    let leader = |years: u32, charge: &'static str| {
        World::new(Sentence::Fixed(Term::of_years(years)), "2018-03-15")
            .declare(Declared::OrganizedCrime)
            .with(|w| w.inmate().charges.set(charge.to_owned()))
    };
    let reduced = |w: World| w.apply(d("2022-06-20"), Proposal::Reduce(Term::of_months(6)), &[Conduct::Repentance]);
    let (leads, shields) = ("组织、领导黑社会性质组织罪", "包庇、纵容黑社会性质组织罪");
    for (what, world, expected) in [
        ("reduction, nine years", reduced(leader(9, leads)), false),
        ("reduction, ten years", reduced(leader(10, leads)), true),
        ("parole, nine years", leader(9, leads).apply_parole(d("2022-05-01")), true),
        ("before the law", leader(10, leads).apply_parole(d("2022-04-30")), false),
        ("no leader", leader(10, shields).apply_parole(d("2022-05-01")), false),
        ("no mafia", on("2022-05-01"), false),
    ] {
        let finding = find(world);
        assert_eq!(cites(&finding, "反有组织犯罪法", "36"), expected, "{what}");
        assert_eq!(note(&finding).contains("provincial bureau must review"), expected, "{what}");
    }
    // By policy also former officials of county level, for a duty crime only.
    let ranked = |w: World, rank: Option<&str>| {
        let finding =
            find(w.with(|w| w.inmate().rank.value = rank.map_or(Value::Empty, |r| Value::Known(r.to_owned()))));
        note(&finding).contains("former county-level official")
    };
    assert!(ranked(on("2024-03-20").corrupt(), Some("正处级")));
    assert!(!ranked(on("2024-03-20").corrupt(), None));
    assert!(!ranked(on("2024-03-20"), Some("正处级")));
}

#[test]
fn what_is_due_is_no_objection_before_its_day_and_none_without_a_violation() {
    let check = "procedure/opinion-deadline";
    // Proposed too early and sent on 2022-08-01: the opinion was due on 2022-08-11, in a complex case on 2022-08-22.
    let early = |today: &str| on("2022-08-01").with(|w| w.as_of = d(today));
    for (today, complex) in [("2022-08-12", true), ("2022-08-22", true), ("2022-08-23", false)] {
        let world = early(today);
        let finding = world.finding(check).expect("a finding");
        assert_eq!(finding.outcome, Risk, "{today}");
        assert_eq!(finding.message.contains("unless extended"), complex, "{today}: {}", finding.message);
        assert_eq!(in_chinese(&world, check).message.contains("已延长的除外"), complex, "{today}");
        assert_eq!(finding.facts.get("to"), Some(&Fact::Date(d("2022-08-11"))), "{today}");
        assert_eq!(finding.facts.get("note"), None, "a risk is no note");
    }
    // The ruling received on 2022-08-24: a correction was due on 2022-09-13.
    let ruled = |today: &str| {
        early(today).with(|w| {
            w.app().ruled.set(d("2022-08-20"));
            w.app().received.set(d("2022-08-24"));
        })
    };
    for (today, correction) in [("2022-09-13", false), ("2022-09-14", true)] {
        let finding = ruled(today).finding(check).expect("a finding");
        assert_eq!(finding.outcome, Risk, "{today}");
        // What is not yet late does not stand beside what is.
        assert_eq!(cites(&finding, "人民检察院刑事诉讼规则", "640"), correction, "{today}");
        assert_eq!(finding.message.contains("retry the case"), correction, "{today}: {}", finding.message);
    }
    let clean = ruled_lawfully().finding(check).expect("a finding");
    assert_eq!(clean.outcome, Pass, "long past, and nothing to object to");
    assert!(!note(&clean).is_empty() && cites(&clean, "人民检察院刑事诉讼规则", "635"), "{clean:?}");
    assert!(cites(&clean, "人民检察院刑事诉讼规则", "640"), "{clean:?}");
}

/// Nothing to object to.
fn ruled_lawfully() -> World {
    ruled("2024-04-10").with(|w| w.app().probation_end.set(d("2027-08-26")))
}

#[test]
fn duty_crimes_of_former_officials_are_filed_with_the_right_procuratorate() {
    let check = "procedure/opinion-deadline";
    let filed = |charge: &'static str, office: Option<bool>, rank: &'static str| {
        let world = ruled_lawfully().with(|w| {
            w.inmate().charges.set(charge.to_owned());
            w.inmate().functionary.value = office.map_or(Value::Empty, Value::Known);
            w.inmate().rank.set(rank.to_owned());
        });
        let english = world.finding(check).expect("a finding").message;
        let chinese = in_chinese(&world, check).message;
        let found = [
            ("最高人民检察院备案", "the Supreme procuratorate"),
            ("省级人民检察院备案", "the provincial procuratorate"),
        ]
        .map(|(zh, en)| (chinese.contains(zh), english.contains(en)));
        found.map(|(zh, en)| {
            assert_eq!(zh, en, "{chinese} / {english}");
            zh
        })
    };
    for (charge, office, rank, expected) in [
        ("滥用职权罪", Some(true), "副厅级", [true, false]),
        ("滥用职权罪", Some(true), "县处级", [false, true]),
        ("滥用职权罪", Some(true), "乡科级", [false, false]),
        ("盗窃罪", Some(true), "县处级", [false, false]), // no duty crime
        // The filing rules, art. 11: giving bribes, and seven offences against the person, of an official.
        ("刑讯逼供罪", Some(true), "县处级", [false, true]),
        ("行贿罪", Some(false), "县处级", [false, false]),
    ] {
        assert_eq!(filed(charge, office, rank), expected, "{charge} {office:?} {rank}");
    }
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
