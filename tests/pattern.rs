//! Unusual patterns: every threshold at, below and above, the lawful twin beside each finding, statistics that do not
//! depend on how a batch is cut, and a lawful batch that stays quiet.

mod points_support;

use std::sync::Arc;

use jxjs::checks::case::{BatchContext, Lang};
use jxjs::checks::finding::{Fact, Finding, Outcome};
use jxjs::checks::world::Settled;
use jxjs::law::Rules;
use jxjs::model::{
    Ability, Amount, Award, AwardKind, Batch, Change, Col, Conduct, CustodyKind, Dossier, Month, PackedDossier, Patent,
    PropertyItem, PropertyKind, PropertyState, Proposal, Sentence, SheetKind, SpendingRow, Term, Value, build, date,
};
use jxjs::review::multiset::Multiset;
use jxjs::review::patterns::Mean;
use jxjs::review::{Aggregate, BatchFinding, BatchReview, CaseReview, ReviewOptions, review_batch, review_dossier};
use points_support::support::World;
use points_support::*;
use proptest::prelude::*;
use rust_decimal::Decimal;

const RISK: Option<Outcome> = Some(Outcome::Risk);
const PASS: Option<Outcome> = Some(Outcome::Pass);
const OPEN: Option<Outcome> = Some(Outcome::Unverified);
const SILENT: Option<Outcome> = None;

fn review_in(dossier: &Dossier, others: &[Dossier], presence: &jxjs::model::Presence, lang: Lang) -> CaseReview {
    review_by(&Rules::builtin(), dossier, others, presence, lang)
}

fn review_by(
    rules: &Rules,
    dossier: &Dossier,
    others: &[Dossier],
    presence: &jxjs::model::Presence,
    lang: Lang,
) -> CaseReview {
    let sources = build::sources();
    let mut aggregate = Aggregate::default();
    others.iter().chain([dossier]).for_each(|d| aggregate.add(d, rules));
    let context = BatchContext {
        rules,
        sources: &sources,
        presence,
        as_of: day("2026-11-24"),
        lang,
        aggregate: Some(&aggregate),
    };
    review_dossier(dossier, &context, &["pattern/*".to_owned()]).remove(0)
}

/// What a check says under local rules.
fn under(rules: &Rules, p: &Someone, check: &str) -> Option<Finding> {
    let review = review_by(rules, &p.dossier, &[], &p.presence, Lang::En);
    review.findings.into_iter().find(|f| f.check == check)
}

/// The rules with some of a check's own figures replaced, as a province may.
fn locally(check: &str, figures: &[(&str, &str)]) -> Rules {
    let all = include_str!("../rules/checks/pattern.toml");
    let own = format!("id = \"{check}\"");
    let block = all.split("[[check]]").find(|block| block.contains(&own)).expect("the check");
    let mut text = format!("[[check]]{block}");
    for (name, value) in figures {
        let (start, rest) = text.split_once(&format!("[check.thresholds.{name}]")).expect("the figure");
        let (_, rest) = rest.split_once("unit =").expect("its unit");
        text = format!("{start}[check.thresholds.{name}]\nvalue = \"{value}\"\nunit ={rest}");
    }
    Rules::load(&[("local.toml".to_owned(), text)]).expect("an overlay")
}

/// What is said of a person and the only case, in Chinese and in English.
fn messages(p: &Someone, check: &str) -> [String; 2] {
    [Lang::Zh, Lang::En].map(|lang| {
        let review = review_in(&p.dossier, &[], &p.presence, lang);
        review.findings.into_iter().find(|f| f.check == check).expect("a finding").message
    })
}

fn finding(p: &Someone, others: &[Dossier], check: &str) -> Option<Finding> {
    // Both languages say something wherever a check speaks, and a risk names papers.
    for lang in [Lang::Zh, Lang::En] {
        for f in review_in(&p.dossier, others, &p.presence, lang).findings {
            assert!(!f.message.is_empty() || f.outcome == Outcome::Unverified, "{} is mute", f.check);
            assert!(!f.basis.is_empty(), "{} has no basis", f.check);
            if f.outcome == Outcome::Risk {
                let ask = if lang == Lang::Zh { "查" } else { "To confirm" };
                assert!(f.message.contains(ask), "{}: {}", f.check, f.message);
            }
            assert_ne!(f.outcome, Outcome::Violation, "{}", f.check);
        }
    }
    let review = review_in(&p.dossier, others, &p.presence, Lang::En);
    review.findings.into_iter().find(|f| f.check == check)
}

fn outcome(p: &Someone, check: &str) -> Option<Outcome> {
    finding(p, &[], check).map(|f| f.outcome)
}

fn whole(batch: Vec<Dossier>) -> BatchReview {
    let batch = Batch {
        sources: Arc::new(build::sources()),
        presence: Arc::new(build::all_present()),
        dossiers: batch.iter().map(PackedDossier::from).collect(),
        ..Batch::default()
    };
    let options = ReviewOptions { as_of: day("2026-11-24"), lang: Lang::Zh, only: vec!["pattern/*".to_owned()] };
    review_batch(&batch, &Rules::builtin(), &options)
}

fn of_batch<'r>(review: &'r BatchReview, check: &str) -> Vec<&'r BatchFinding> {
    review.batch_findings.iter().filter(|f| f.finding.check == check).collect()
}

fn text(number: usize) -> &'static str {
    Box::leak(number.to_string().into_boxed_str())
}

/// Some months with a bonus each, from a month on.
fn months(p: &mut Someone, from: &str, list: &[&'static str]) {
    for (i, bonus) in list.iter().enumerate() {
        p.row(&month(from).plus(i as i32).to_string(), plus(bonus));
    }
}

// ---- late-surge -------------------------------------------------------------------------------------------------------

/// `n` months of one bonus, six of another, and an application whose period covers them all.
fn surging(n: usize, before: &'static str, late: &'static str) -> Someone {
    let mut p = Someone::running("0");
    let last = month("2024-06");
    months(&mut p, &last.plus(-5 - n as i32).to_string(), &vec![before; n]);
    months(&mut p, "2024-01", &[late; 6]);
    p.claims(&last.plus(-5 - n as i32).first_day().to_string(), "2024-06-30", "", "");
    p
}

#[test]
fn a_late_surge_needs_all_three_figures_and_enough_months() {
    let table = [
        (12, "5", "10", RISK, "exactly twice, exactly five more, half of all"),
        (12, "5", "9.99", PASS, "not quite twice"),
        (12, "4", "9", RISK, "five more"),
        (12, "4", "8.99", PASS, "not quite five more"),
        (18, "5", "10", RISK, "exactly 40 % of all"),
        (19, "5", "10", PASS, "less than 40 % of all"),
        (12, "0", "5", RISK, "nothing before"),
        (12, "0", "4.99", PASS, "nothing before, too little now"),
        (12, "10", "10", PASS, "even"),
        (12, "0", "0", PASS, "nothing at all"),
        (11, "0", "15", SILENT, "too short a time before"),
    ];
    for (n, before, late, expected, name) in table {
        assert_eq!(outcome(&surging(n, before, late), "pattern/late-surge"), expected, "{name}");
    }
    let shown = finding(&surging(12, "5", "10"), &[], "pattern/late-surge").unwrap();
    assert_eq!(shown.facts.get("window_mean"), Some(&Fact::Dec(n("10"))));
    assert_eq!(shown.facts.get("before_mean"), Some(&Fact::Dec(n("5"))));
    assert_eq!(shown.facts.get("share_percent"), Some(&Fact::Dec(n("50"))));
    assert_eq!(shown.evidence.len(), 6, "a bonus cell for each month of the window");
}

#[test]
fn a_surge_does_not_come_from_months_that_cannot_be_compared_or_read() {
    // A month of the window is missing.
    let mut p = surging(14, "5", "10");
    p.dossier.points.retain(|r| r.month != month("2024-03"));
    assert_eq!(outcome(&p, "pattern/late-surge"), SILENT);
    // Intake education, when there is no bonus to speak of, is no time to compare with.
    let mut p = Someone::admitted("2023-01-01");
    p.custody(CustodyKind::IntakeEducation, "2023-01-01", "2023-02-28", "");
    months(&mut p, "2023-01", &["0", "0", "8", "8", "8", "8", "8", "8", "8", "8", "8", "8"]);
    months(&mut p, "2024-01", &["16"; 6]);
    p.claims("2023-01-01", "2024-06-30", "", "");
    assert_eq!(outcome(&p, "pattern/late-surge"), SILENT, "ten comparable months");
    // A blank bonus stands for zero where the month's score shows it, and is open where it does not.
    for (score, expected) in [(None, PASS), (Some("112"), OPEN)] {
        let mut p = surging(12, "5", "5");
        let row = p.dossier.points.last_mut().unwrap();
        row.supervision.bonus = Value::Empty;
        row.score = Value::Known(n(score.unwrap_or("100")));
        assert_eq!(outcome(&p, "pattern/late-surge"), expected, "{score:?}");
    }
    // A blank among the months before may hold what explains the surge.
    let mut p = surging(12, "5", "10");
    p.dossier.points[0].supervision.bonus = Value::Empty;
    assert_eq!(outcome(&p, "pattern/late-surge"), OPEN);
    // Without 考核止日 there is no window.
    let mut p = surging(12, "5", "10");
    p.dossier.applications[0].period_to.value = Value::Empty;
    assert_eq!(outcome(&p, "pattern/late-surge"), OPEN);
    p.dossier.points.truncate(17);
    assert_eq!(outcome(&p, "pattern/late-surge"), SILENT);
}

#[test]
fn a_surge_is_held_against_enough_time_before_and_against_something() {
    // Five more, but not twice.
    assert_eq!(outcome(&surging(12, "6", "11"), "pattern/late-surge"), PASS);
    // A period that begins with the window does not hide what was before it.
    let mut p = surging(12, "5", "10");
    p.dossier.applications[0].period_from.set(day("2024-01-01"));
    assert_eq!(outcome(&p, "pattern/late-surge"), RISK);
    // Nothing at all is no surge, whatever figures a province chooses.
    let rules = locally("pattern/late-surge", &[("min_increase", "0")]);
    for (late, expected) in [("0", PASS), ("0.01", RISK)] {
        let found = under(&rules, &surging(12, "0", late), "pattern/late-surge");
        assert_eq!(found.map(|f| f.outcome), expected, "{late}");
    }
}

// ---- threshold-hugging, cap-hugging -----------------------------------------------------------------------------------

fn is<T: Copy + std::fmt::Debug>(value: &Settled<T>) -> T {
    match value {
        Settled::Is(v) => *v,
        other => panic!("not settled: {other:?}"),
    }
}

/// Nine years; a ruling of six months `first` days after its first lawful day, an application `second` days after its.
fn repeated(first: i64, second: i64) -> World {
    let plain = World::new(Sentence::Fixed(Term::of_years(9)), "2018-01-10").apply(
        day("2019-12-01"),
        Proposal::Reduce(Term::of_months(6)),
        &[Conduct::Repentance],
    );
    let start = is(&plain.review().limits.unwrap().earliest);
    let ruled = date::add_days(start, first).to_string();
    let make = |applied| {
        World::new(Sentence::Fixed(Term::of_years(9)), "2018-01-10")
            .ruling(&ruled, Change::Reduce(Term::of_months(6)))
            .apply(applied, Proposal::Reduce(Term::of_months(5)), &[Conduct::Repentance])
    };
    let next = is(&make(day("2023-01-01")).review().limits.unwrap().earliest);
    make(date::add_days(next, second))
}

#[test]
fn hugging_the_threshold_once_is_a_right() {
    let once = |days| {
        let plain = |applied| {
            World::new(Sentence::Fixed(Term::of_years(9)), "2018-01-10").apply(
                applied,
                Proposal::Reduce(Term::of_months(6)),
                &[Conduct::Repentance],
            )
        };
        let start = is(&plain(day("2019-12-01")).review().limits.unwrap().earliest);
        plain(date::add_days(start, days)).finding("pattern/threshold-hugging").unwrap()
    };
    for (days, near) in [(0, true), (15, true), (16, false), (400, false), (-1, false)] {
        let f = once(days);
        assert_eq!((f.outcome, f.facts.get("near")), (Outcome::Pass, Some(&Fact::Bool(near))), "{days} days");
        assert_eq!(f.facts.get("days"), Some(&Fact::Int(days)));
    }
}

#[test]
fn how_near_the_first_lawful_day_was_is_said_in_both_languages() {
    let plain = |applied| {
        World::new(Sentence::Fixed(Term::of_years(9)), "2018-01-10").apply(
            applied,
            Proposal::Reduce(Term::of_months(6)),
            &[Conduct::Repentance],
        )
    };
    let start = is(&plain(day("2019-12-01")).review().limits.unwrap().earliest);
    let (early, near) = (["早于最早合法日", "before the first lawful day"], ["踩点一次是权利", "once is a right"]);
    for (days, expected) in [(-1, Some(early)), (0, Some(near)), (15, Some(near)), (16, None)] {
        let world = plain(date::add_days(start, days));
        for (i, lang) in [Lang::Zh, Lang::En].into_iter().enumerate() {
            let review = review_in(&world.dossier, &[], &world.presence, lang);
            let found = review.findings.into_iter().find(|f| f.check == "pattern/threshold-hugging").unwrap();
            for text in [early, near] {
                assert_eq!(found.message.contains(text[i]), Some(text) == expected, "{days}: {}", found.message);
            }
        }
    }
}

#[test]
fn the_last_commendation_a_local_scale_needs() {
    let step = |n: u32, months: u32| {
        format!(
            "[[scale]]\nid = \"local/{n}\"\ncommendations = {n}\nreduction = \"P{months}M\"\nbasis = {{ instrument = \"司规〔2021〕3号\", article = \"55\" }}\n\n"
        )
    };
    let scale = step(1, 3) + &step(2, 6) + &step(3, 9);
    let rules = Rules::load(&[("local.toml".to_owned(), scale)]).unwrap();
    // The period is 2023 and the first half of 2024, proposed on its last day: five months, so two commendations.
    let of = |late: &'static str, awards: &[(AwardKind, &str)]| {
        let mut p = surging(12, "5", late);
        p.dossier.applications[0].proposal.set(Proposal::Reduce(Term::of_months(5)));
        p.dossier.applications[0].conduct.set([Conduct::Repentance].into());
        for (kind, on) in awards {
            p.award(*kind, on, None, "");
        }
        p
    };
    let said = |p: &Someone| under(&rules, p, "pattern/threshold-hugging").map(|f| f.outcome);
    let won = AwardKind::Commendation;
    for (what, awards, expected) in [
        ("fifteen days before", &[(won, "2023-07-10"), (won, "2024-06-15")][..], RISK),
        ("sixteen days before", &[(won, "2023-07-10"), (won, "2024-06-14")], PASS),
        ("on the day itself, the first on the first day", &[(won, "2023-01-01"), (won, "2024-06-30")], RISK),
        ("the first before the period", &[(won, "2022-12-31"), (won, "2024-06-15")], PASS),
        ("after the proposal", &[(won, "2023-07-10"), (won, "2024-07-01")], PASS),
        ("one is not enough", &[(won, "2024-06-15")], PASS),
        ("merit is none", &[(AwardKind::Merit, "2023-07-10"), (won, "2024-06-15")], PASS),
        ("more than needed", &[(won, "2023-07-10"), (won, "2024-01-10"), (won, "2024-06-15")], PASS),
    ] {
        assert_eq!(said(&of("10", awards)), expected, "{what}");
    }
    let near = [(won, "2023-07-10"), (won, "2024-06-15")];
    assert_eq!(said(&of("5", &near)), PASS, "no surge");
    let f = under(&rules, &of("10", &near), "pattern/threshold-hugging").unwrap();
    assert_eq!(f.facts.get("commendations"), Some(&Fact::Int(2)));
    assert_eq!(f.facts.get("commended"), Some(&Fact::Date(day("2024-06-15"))));
    assert_eq!(outcome(&of("10", &near), "pattern/threshold-hugging"), PASS, "no scale");
}

#[test]
fn hugging_the_threshold_again_is_a_risk() {
    let table = [(0, 0, RISK), (60, 15, RISK), (61, 15, PASS), (60, 16, PASS), (0, -1, PASS), (300, 0, PASS)];
    for (first, second, expected) in table {
        let world = repeated(first, second);
        assert_eq!(world.outcome("pattern/threshold-hugging"), expected, "{first} and {second} days");
    }
    let mut unknown = repeated(0, 0);
    unknown.presence.sheets.retain(|s| *s != SheetKind::Rulings);
    assert_ne!(unknown.outcome("pattern/threshold-hugging"), PASS);
    // A refusal is no reduction.
    let mut refused = repeated(0, 0);
    refused.dossier.rulings[0].change.set(Change::Refused);
    assert_ne!(refused.outcome("pattern/threshold-hugging"), RISK);
}

#[test]
fn the_maximum_twice_is_a_risk_once_a_fact() {
    let world = |earlier: Option<u32>, proposed: u32| {
        let w = World::new(Sentence::Fixed(Term::of_years(9)), "2018-01-10");
        let w = match earlier {
            Some(months) => w.ruling("2020-01-10", Change::Reduce(Term::of_months(months))),
            None => w,
        };
        w.apply(day("2022-06-01"), Proposal::Reduce(Term::of_months(proposed)), &[Conduct::Repentance])
    };
    let cap = is(&world(None, 1).review().limits.unwrap().cap).total_months();
    for (earlier, proposed, expected) in [
        (None, cap, PASS),
        (Some(cap), cap, RISK),
        (Some(cap - 1), cap, PASS),
        (Some(cap), cap - 1, PASS),
        (Some(cap), cap + 1, PASS),
    ] {
        let f = world(earlier, proposed).finding("pattern/cap-hugging").unwrap();
        assert_eq!(Some(f.outcome), expected, "{earlier:?} then {proposed}");
        assert_eq!(f.facts.get("at_cap"), Some(&Fact::Bool(proposed == cap)));
    }
    // Merit before the earlier ruling gave it a higher maximum, which it did not use.
    let mut w = world(Some(cap), cap);
    let mut merit = Award::blank(1);
    merit.kind.set(AwardKind::Merit);
    merit.date.set(day("2019-06-01"));
    w.dossier.awards.push(merit);
    assert_eq!(w.outcome("pattern/cap-hugging"), PASS);
    // A row of the same day in another order changes nothing.
    let mut w = world(Some(cap), cap).ruling("2018-05-05", Change::RetrialUpheld);
    let straight = w.finding("pattern/cap-hugging");
    w.dossier.rulings.reverse();
    assert_eq!(straight.map(|f| f.outcome), w.finding("pattern/cap-hugging").map(|f| f.outcome));
}

#[test]
fn each_earlier_ruling_is_held_against_the_maximum_of_its_own_time() {
    let world = |rulings: &[&str], merit: Option<(AwardKind, &str)>| {
        let make = |months| {
            let reduce = Change::Reduce(Term::of_months(months));
            let w = World::new(Sentence::Fixed(Term::of_years(15)), "2014-01-10");
            let w = rulings.iter().fold(w, |w, on| w.ruling(on, reduce.clone()));
            w.apply(day("2022-06-01"), Proposal::Reduce(Term::of_months(months)), &[Conduct::Repentance])
        };
        let cap = is(&make(1).review().limits.unwrap().cap).total_months();
        let mut w = make(cap);
        if let Some((kind, on)) = merit {
            let mut row = Award::blank(1);
            row.kind.set(kind);
            row.date.set(day(on));
            w.dossier.awards.push(row);
        }
        w.outcome("pattern/cap-hugging")
    };
    let (once, twice) = (["2018-01-10"], ["2018-01-10", "2020-06-10"]);
    let merit = |on| Some((AwardKind::Merit, on));
    for (what, rulings, award, expected) in [
        ("at its maximum", &once[..], None, RISK),
        ("of the day of the proposal: its own", &["2022-06-01"], None, PASS),
        ("merit before the only one", &once, merit("2017-06-01"), PASS),
        ("major merit before the only one", &once, Some((AwardKind::MajorMerit, "2017-06-01")), PASS),
        ("merit before the first, used up for the second", &twice, merit("2017-06-01"), RISK),
        ("merit of the day of the first ruling is the first one's", &twice, merit("2018-01-10"), RISK),
        ("merit between: the first was at its maximum", &twice, merit("2019-06-01"), RISK),
    ] {
        assert_eq!(world(rulings, award), expected, "{what}");
    }
}

#[test]
fn where_there_is_no_maximum_a_blank_proposal_is_nothing_to_ask_for() {
    let blank = |sentence: Sentence, delivered: &str, applied: &str| {
        let mut w = World::new(sentence, delivered).apply(
            day(applied),
            Proposal::Reduce(Term::of_months(1)),
            &[Conduct::Repentance],
        );
        w.app().proposal.value = Value::Empty;
        w.outcome("pattern/cap-hugging")
    };
    assert_eq!(blank(Sentence::Life, "2018-01-10", "2022-06-01"), SILENT);
    assert_eq!(blank(Sentence::Detention(Term::of_months(6)), "2022-01-10", "2022-02-01"), SILENT);
    assert_eq!(blank(Sentence::Control(Term::of_years(2)), "2022-01-10", "2022-12-01"), SILENT);
    assert_eq!(blank(Sentence::Fixed(Term::of_years(9)), "2018-01-10", "2022-06-01"), OPEN);
}

#[test]
fn life_and_short_sentences_have_no_maximum_to_hug() {
    let life = World::new(Sentence::Life, "2018-01-10").apply(
        day("2022-06-01"),
        Proposal::ToFixed(Term::of_years(22)),
        &[Conduct::Repentance],
    );
    assert_eq!(life.outcome("pattern/cap-hugging"), SILENT);
    let short = World::new(Sentence::Detention(Term::of_months(6)), "2022-01-10").apply(
        day("2022-02-01"),
        Proposal::Reduce(Term::of_months(1)),
        &[Conduct::Repentance],
    );
    assert_eq!(short.outcome("pattern/cap-hugging"), SILENT);
}

// ---- perfect-record ---------------------------------------------------------------------------------------------------

#[test]
fn years_without_a_deduction() {
    for (months, expected) in [(24, RISK), (23, PASS), (5, SILENT)] {
        let mut p = Someone::running("0");
        p.rows("2022-01", &month("2022-01").plus(months - 1).to_string());
        assert_eq!(outcome(&p, "pattern/perfect-record"), expected, "{months} months");
    }
    let clean = |at: i32, change: fn(&mut Row)| {
        let mut p = Someone::running("0");
        for i in 0..30 {
            let mut row = Row::default();
            if i == at {
                change(&mut row);
            }
            p.row(&month("2022-01").plus(i).to_string(), row);
        }
        p
    };
    let deducted: fn(&mut Row) = |r| r.deduction = ["0", "0", "-1"];
    assert_eq!(outcome(&clean(15, deducted), "pattern/perfect-record"), PASS);
    assert_eq!(outcome(&clean(1, deducted), "pattern/perfect-record"), PASS, "one deduction, then 28 months");
    assert_eq!(outcome(&clean(15, |r| r.penalty = "100"), "pattern/perfect-record"), PASS);
    // A blank deduction is zero where the score shows it, and open where it does not.
    assert_eq!(outcome(&clean(15, |r| r.deduction = ["", "0", "0"]), "pattern/perfect-record"), RISK);
    let open: fn(&mut Row) = |r| {
        r.deduction = ["", "0", "0"];
        r.score = Some("98");
    };
    assert_eq!(outcome(&clean(15, open), "pattern/perfect-record"), OPEN);
    // A month outside is no month in prison.
    let mut p = clean(40, deducted);
    p.custody(CustodyKind::OutsideExecution, "2023-05-10", "2023-11-20", "");
    assert_eq!(outcome(&p, "pattern/perfect-record"), PASS, "23 full months");
    // Only the period of the application counts.
    let mut p = clean(40, deducted);
    p.claims("2023-01-01", "2024-06-30", "", "");
    assert_eq!(outcome(&p, "pattern/perfect-record"), PASS, "18 months");
}

#[test]
fn the_same_total_month_after_month() {
    let p = |list: &[&'static str]| {
        let mut p = Someone::running("0");
        months(&mut p, "2023-01", list);
        outcome(&p, "pattern/perfect-record")
    };
    assert_eq!(p(&["5"; 6]), RISK);
    assert_eq!(p(&["5", "5", "5", "5", "5", "6"]), PASS);
    assert_eq!(p(&["5", "5", "5", "6", "5", "5", "5", "5", "5"]), PASS);
    assert_eq!(p(&["0"; 12]), PASS, "exactly the base without bonus is normal");
    assert_eq!(p(&["6", "5", "5", "5", "5", "5", "5"]), RISK);
}

#[test]
fn a_run_of_equal_totals_has_no_gap_and_the_first_of_two_is_told() {
    let mut p = Someone::running("0");
    months(&mut p, "2023-01", &["5"; 3]);
    months(&mut p, "2023-05", &["5"; 3]);
    assert_eq!(outcome(&p, "pattern/perfect-record"), PASS, "April is missing");
    let of = |list: &[&'static str]| {
        let mut p = Someone::running("0");
        months(&mut p, "2023-01", list);
        let f = finding(&p, &[], "pattern/perfect-record").unwrap();
        assert_eq!(f.outcome, Outcome::Risk);
        let length = f.facts.get("equal_months").cloned();
        (length, f.facts.get("equal_score").cloned(), f.evidence.len())
    };
    let found = |months, score| (Some(Fact::Int(months)), Some(Fact::Dec(n(score))), months as usize);
    assert_eq!(of(&["5", "5", "5", "5", "5", "5", "7", "6", "6", "6", "6", "6", "6"]), found(6, "105"));
    assert_eq!(of(&["5", "5", "5", "5", "5", "5", "7", "6", "6", "6", "6", "6", "6", "6"]), found(7, "106"));
}

#[test]
fn a_blank_deduction_is_asked_for_only_where_nothing_else_breaks_the_record() {
    let of = |months: i32, deducted: Option<i32>| {
        let mut p = Someone::running("0");
        for i in 0..months {
            let mut row = Row::default();
            if i == 15 {
                row.deduction = ["", "0", "0"];
                row.score = Some("98");
            } else if Some(i) == deducted {
                row.deduction = ["0", "0", "-1"];
            }
            p.row(&month("2022-01").plus(i).to_string(), row);
        }
        p
    };
    let check = "pattern/perfect-record";
    assert_eq!(outcome(&of(30, None), check), OPEN);
    assert_eq!(outcome(&of(30, Some(10)), check), PASS, "a deduction is on record");
    assert_eq!(outcome(&of(23, None), check), PASS, "too short in any case");
    let [zh, en] = messages(&of(30, None), check);
    assert!(zh.contains("有的月份扣分没有记载"), "{zh}");
    assert!(en.contains("Some deductions are not recorded"), "{en}");
}

#[test]
fn a_whole_ward_with_one_total() {
    let ward = |people: usize, months_n: usize, bonus: &'static str| {
        let all = (0..people).map(|i| {
            let mut p = member(i, "某监狱", "一监区");
            months(&mut p, "2024-01", &vec![bonus; months_n]);
            p.dossier
        });
        of_batch(&whole(all.collect()), "pattern/perfect-record").len()
    };
    assert_eq!(ward(10, 3, "5"), 1);
    assert_eq!(ward(9, 3, "5"), 0, "too few people");
    assert_eq!(ward(10, 2, "5"), 0, "too few months");
    assert_eq!(ward(10, 6, "0"), 0, "the base is normal");
}

// ---- officer-concentration --------------------------------------------------------------------------------------------

/// A person of a ward, by number.
fn member(i: usize, prison: &str, ward: &str) -> Someone {
    let mut p = Someone::running("0");
    p.dossier.no = format!("M{i:04}");
    let inmate = p.inmate();
    inmate.no.set(format!("M{i:04}"));
    inmate.name.set(format!("测试{i}"));
    inmate.prison.set(prison.to_owned());
    inmate.ward.set(ward.to_owned());
    p
}

fn assessed(p: &mut Someone, from: &str, list: &[(&str, &'static str)]) {
    for (i, (officer, bonus)) in list.iter().enumerate() {
        p.row(&month(from).plus(i as i32).to_string(), plus(bonus));
        p.dossier.points.last_mut().unwrap().officer = Value::Known((*officer).to_owned());
    }
}

#[test]
fn a_bonus_from_one_officer_of_few_months() {
    let p = |from_b: usize, bonus_b: &'static str, from_a: usize, bonus_a: &'static str| {
        let mut p = member(1, "某监狱", "一监区");
        assessed(&mut p, "2023-01", &vec![("甲", bonus_a); from_a]);
        assessed(&mut p, &month("2023-01").plus(from_a as i32).to_string(), &vec![("乙", bonus_b); from_b]);
        outcome(&p, "pattern/officer-concentration")
    };
    assert_eq!(p(6, "14", 14, "1.5"), RISK, "80 % of the bonus, 30 % of the months");
    assert_eq!(p(6, "13.99", 14, "1.5"), PASS, "less than 80 %");
    assert_eq!(p(7, "14", 14, "1"), PASS, "more than 30 % of the months");
    assert_eq!(p(3, "3.33", 9, "0"), PASS, "less than ten points in all");
    assert_eq!(p(3, "4", 9, "0"), RISK);
    assert_eq!(p(3, "15", 8, "0"), SILENT, "eleven months");
}

#[test]
fn the_officer_cells_shown_are_those_of_months_with_a_bonus() {
    let mut p = member(1, "某监狱", "一监区");
    assessed(&mut p, "2023-01", &[("甲", "1.5"); 14]);
    assessed(&mut p, "2024-03", &[("乙", "17"), ("乙", "17"), ("乙", "17"), ("乙", "17"), ("乙", "17"), ("乙", "0")]);
    let f = finding(&p, &[], "pattern/officer-concentration").unwrap();
    assert_eq!((f.outcome, f.evidence.len()), (Outcome::Risk, 5));
    // No bonus at all comes from nobody, whatever least a province chooses.
    let rules = locally("pattern/officer-concentration", &[("inmate_min_bonus", "0")]);
    let mut p = member(1, "某监狱", "一监区");
    assessed(&mut p, "2023-01", &[("甲", "0"); 9]);
    assessed(&mut p, "2023-10", &[("乙", "0"); 3]);
    let found = under(&rules, &p, "pattern/officer-concentration");
    assert_eq!(found.map(|f| f.outcome), PASS);
}

#[test]
fn an_officer_far_above_his_colleagues() {
    // Five officers with sixty inmate-months each; the last one gives `top` a month, the others four.
    let batch = |officers: usize, people: usize, top: &'static str, usual: &'static str| {
        let mut all = Vec::new();
        for o in 0..officers {
            for i in 0..people {
                let mut p = member(o * 100 + i, "某监狱", "一监区");
                let name = format!("民警{o}");
                let bonus = if o + 1 == officers { top } else { usual };
                assessed(&mut p, "2024-01", &[(name.as_str(), bonus); 12]);
                all.push(p.dossier);
            }
        }
        whole(all)
    };
    let found = |r: &BatchReview| of_batch(r, "pattern/officer-concentration").len();
    let risk = batch(5, 5, "12", "4");
    assert_eq!(found(&risk), 1, "three times the median");
    let f = of_batch(&risk, "pattern/officer-concentration")[0];
    assert_eq!(f.inmates.len(), 5);
    assert_eq!(f.finding.facts.get("mean"), Some(&Fact::Dec(n("12"))));
    assert_eq!(f.finding.facts.get("median"), Some(&Fact::Dec(n("4"))));
    assert_eq!(found(&batch(5, 5, "11.99", "4")), 0);
    assert_eq!(found(&batch(4, 5, "15", "4")), 0, "four officers");
    assert_eq!(found(&batch(5, 4, "15", "4")), 0, "48 inmate-months");
    assert_eq!(found(&batch(5, 5, "2", "0")), 0, "two points where others give none");
    assert_eq!(found(&batch(5, 5, "3", "0")), 1);
}

// ---- peer-outlier -----------------------------------------------------------------------------------------------------

#[test]
fn far_above_the_ward_in_several_months() {
    // Others at 100, 102, … around a median; deviations are known exactly.
    let peers = |count: usize, months_n: usize| -> Vec<Dossier> {
        (0..count)
            .map(|i| {
                let mut p = member(100 + i, "某监狱", "一监区");
                months(&mut p, "2024-01", &vec![["2", "4"][i % 2]; months_n]);
                p.dossier
            })
            .collect()
    };
    let own = |bonus: &'static str, months_n: usize, count: usize| {
        let mut p = member(1, "某监狱", "一监区");
        months(&mut p, "2024-01", &vec![bonus; months_n]);
        finding(&p, &peers(count, months_n), "pattern/peer-outlier")
    };
    // Median 103, deviation 1: 3.5 / 0.6745 = 5.189…
    let z = |f: Option<Finding>| f.map(|f| f.outcome);
    assert_eq!(z(own("8.19", 3, 10)), RISK);
    assert_eq!(z(own("8.18", 3, 10)), PASS);
    assert_eq!(z(own("15", 2, 10)), SILENT, "two months");
    assert_eq!(z(own("15", 3, 9)), SILENT, "nine peers");
    assert_eq!(z(own("3", 3, 10)), PASS);
    let f = own("15", 4, 10).unwrap();
    assert_eq!(f.facts.get("count"), Some(&Fact::Int(4)));
    assert_eq!(f.facts.get("applicants_only"), None);
    // Two months of four are not a pattern.
    let mut p = member(1, "某监狱", "一监区");
    months(&mut p, "2024-01", &["15", "15", "3", "3"]);
    assert_eq!(z(finding(&p, &peers(10, 4), "pattern/peer-outlier")), PASS);
    // Another ward, and another prison's ward of the same name, are not peers.
    for (prison, ward) in [("某监狱", "二监区"), ("另一监狱", "一监区")] {
        let mut p = member(1, prison, ward);
        months(&mut p, "2024-01", &["15"; 3]);
        assert_eq!(z(finding(&p, &peers(10, 3), "pattern/peer-outlier")), SILENT);
    }
    // A batch of applicants only says so.
    let mut p = member(1, "某监狱", "一监区");
    months(&mut p, "2024-01", &["15"; 3]);
    p.claims("2024-01-01", "2024-03-31", "", "");
    let mut others = peers(10, 3);
    others.iter_mut().for_each(|d| d.applications = p.dossier.applications.clone());
    let f = finding(&p, &others, "pattern/peer-outlier").unwrap();
    assert_eq!(f.facts.get("applicants_only"), Some(&Fact::Bool(true)));
    assert!(f.message.contains("applicants only"));
}

// ---- spending ---------------------------------------------------------------------------------------------------------

fn owing(amount: &str, paid: &str, state: PropertyState, kind: PropertyKind) -> Someone {
    let mut p = Someone::running("0");
    let mut item = PropertyItem::blank(1);
    item.kind.set(kind);
    item.amount.set(Amount::Yuan(n(amount)));
    item.paid.set(n(paid));
    item.state.set(state);
    item.able.set(Ability::Unclear);
    p.dossier.property.push(item);
    p
}

fn spends(p: &mut Someone, rows: &[(&str, &str, &str)]) {
    for (i, (spent, limit, balance)) in rows.iter().enumerate() {
        let mut row = SpendingRow::blank(i as u32 + 1, month("2024-01").plus(i as i32));
        let value = |t: &str| t.parse::<Decimal>().map_or(Value::Empty, Value::Known);
        (row.spent, row.limit, row.balance) = (value(spent), value(limit), value(balance));
        p.dossier.spending.push(row);
    }
}

#[test]
fn spending_while_owing() {
    use PropertyState::{Partly, Performed, Remitted, TerminatedForNow, Unperformed};
    let of = |state, kind, rows: &[(&str, &str, &str)]| {
        let paid = if state == Unperformed { "0" } else { "1000" };
        let mut p = owing("10000", if state == Performed { "10000" } else { paid }, state, kind);
        spends(&mut p, rows);
        outcome(&p, "pattern/spending")
    };
    let fine = PropertyKind::Fine;
    type Spent<'t> = &'t [(&'t str, &'t str, &'t str)];
    let table: [(PropertyState, Spent<'_>, Option<Outcome>, &str); 12] = [
        (Partly, &[("360", "300", "50")], RISK, "120 % in one month"),
        (Partly, &[("359.99", "300", "50")], PASS, "just under 120 %, once"),
        (Partly, &[("301", "300", "50"); 3], RISK, "over in three months"),
        (Partly, &[("301", "300", "50"); 2], PASS, "over in two"),
        (Partly, &[("300", "300", "50"); 12], PASS, "the limit itself"),
        (Partly, &[("100", "300", "9000")], RISK, "the account would pay"),
        (Partly, &[("100", "300", "8999.99")], PASS, "not quite"),
        (Partly, &[("100", "300", "9500"), ("100", "300", "20")], PASS, "the last balance counts"),
        (TerminatedForNow, &[("360", "300", "50")], RISK, "still owed"),
        (Performed, &[("900", "300", "90000")], SILENT, "nothing owed"),
        (Remitted, &[("900", "300", "90000")], SILENT, "remitted"),
        (Unperformed, &[], PASS, "no spending on record"),
    ];
    for (state, rows, expected, name) in table {
        assert_eq!(of(state, fine, rows), expected, "{name}");
    }
    assert_eq!(of(Partly, PropertyKind::Confiscation, &[("900", "300", "90000")]), SILENT);
    assert_eq!(of(Partly, fine, &[("0", "0", "50")]), PASS, "nothing spent, nothing allowed");
    // What is blank leaves it open, unless something else decides.
    assert_eq!(of(Partly, fine, &[("200", "", "50")]), OPEN);
    assert_eq!(of(Partly, fine, &[("200", "300", "")]), OPEN);
    assert_eq!(of(Partly, fine, &[("200", "", ""), ("400", "300", "")]), RISK);
    let mut p = owing("10000", "0", Partly, fine);
    p.dossier.property[0].paid.value = Value::Empty;
    spends(&mut p, &[("200", "300", "50")]);
    assert_eq!(outcome(&p, "pattern/spending"), OPEN, "what is unpaid is not known");
    // Nothing is known of property: open; nobody's spending: silent.
    let mut p = owing("10000", "0", Unperformed, fine);
    p.presence.sheets.retain(|s| *s != SheetKind::Property);
    p.dossier.property.clear();
    assert_eq!(outcome(&p, "pattern/spending"), SILENT);
    spends(&mut p, &[("900", "300", "50")]);
    assert_eq!(outcome(&p, "pattern/spending"), OPEN);
}

#[test]
fn what_is_owed_where_the_state_or_what_was_paid_is_blank() {
    use PropertyState::{Partly, Unperformed};
    let of = |items: &[(Option<PropertyState>, Option<&str>)], spent: (&str, &str, &str)| {
        let mut p = owing("10000", "0", Partly, PropertyKind::Fine);
        let item = p.dossier.property.remove(0);
        for (state, paid) in items {
            let mut item = item.clone();
            item.state.value = state.map_or(Value::Empty, Value::Known);
            item.paid.value = paid.map_or(Value::Empty, |t| Value::Known(n(t)));
            p.dossier.property.push(item);
        }
        spends(&mut p, &[spent]);
        finding(&p, &[], "pattern/spending")
    };
    let (over, kept) = (("360", "300", "50"), ("100", "300", "50"));
    type Items<'t> = &'t [(Option<PropertyState>, Option<&'t str>)];
    type Line<'t> = (&'t str, Items<'t>, (&'t str, &'t str, &'t str), Option<Outcome>);
    let table: [Line<'_>; 13] = [
        ("paid in full", &[(None, Some("10000"))], over, SILENT),
        ("paid in part", &[(None, Some("1000"))], over, RISK),
        ("nothing known", &[(None, None)], over, OPEN),
        ("nothing known, little there", &[(None, None)], kept, OPEN),
        ("unperformed: nothing was paid", &[(Some(Unperformed), None)], ("100", "300", "10000"), RISK),
        ("not quite enough for it", &[(Some(Unperformed), None)], ("100", "300", "9999.99"), PASS),
        ("what is left is not known", &[(Some(Partly), None)], ("100", "300", "50"), OPEN),
        ("but nothing is there to pay it", &[(Some(Partly), None)], ("100", "300", "0"), PASS),
        ("nothing is left", &[(Some(Partly), Some("10000"))], kept, PASS),
        (
            "enough for one, the other not known",
            &[(Some(Partly), Some("1000")), (Some(Partly), None)],
            ("100", "300", "9500"),
            OPEN,
        ),
        (
            "not enough even for one",
            &[(Some(Partly), Some("1000")), (Some(Partly), None)],
            ("100", "300", "8500"),
            PASS,
        ),
        ("nothing spent needs no limit", &[(Some(Partly), Some("1000"))], ("0", "", "50"), PASS),
        ("something spent does", &[(Some(Partly), Some("1000"))], ("0.01", "", "50"), OPEN),
    ];
    for (what, items, spent, expected) in table {
        assert_eq!(of(items, spent).map(|f| f.outcome), expected, "{what}");
    }
    let unpaid = |items: Items<'_>| of(items, over).and_then(|f| f.facts.get("unpaid").cloned());
    assert_eq!(unpaid(&[(Some(Partly), Some("1000"))]), Some(Fact::Dec(n("9000"))));
    assert_eq!(unpaid(&[(Some(Partly), Some("1000")), (Some(Partly), None)]), Some(Fact::Null));
}

#[test]
fn spending_feeds_the_property_checks() {
    use jxjs::checks::{case::Case, pattern::spending_inferred, person::Person};
    let signs = |p: &Someone| {
        let rules = Rules::builtin();
        let sources = build::sources();
        let person = Person::new(&p.dossier, p.dossier.inmate.as_ref().unwrap(), &rules);
        let context = BatchContext {
            rules: &rules,
            sources: &sources,
            presence: &p.presence,
            as_of: day("2026-11-24"),
            lang: Lang::Zh,
            aggregate: None,
        };
        spending_inferred(&Case::new(&person, None, &context))
    };
    let mut p = owing("10000", "1000", PropertyState::Partly, PropertyKind::Fine);
    assert_eq!(signs(&p), None);
    spends(&mut p, &[("400", "300", "9000")]);
    let found = signs(&p).unwrap();
    assert_eq!((found.over, found.could_pay, found.unpaid), (1, true, Some(n("9000"))));
    assert_eq!(found.cells.len(), 2);
    p.dossier.property[0].state.set(PropertyState::Performed);
    assert_eq!(signs(&p), None);
}

// ---- posting ----------------------------------------------------------------------------------------------------------

fn posted(p: &mut Someone, from: &str, ward: &str, list: &[&'static str]) {
    for (i, bonus) in list.iter().enumerate() {
        p.row(&month(from).plus(i as i32).to_string(), plus(bonus));
        p.dossier.points.last_mut().unwrap().ward = Value::Known(ward.to_owned());
    }
}

#[test]
fn higher_bonuses_after_a_change_of_ward() {
    let p = |old: &'static str, n_old: usize, new: &'static str, n_new: usize, applied: &str| {
        let mut p = Someone::running("0");
        let changed = month("2024-01");
        posted(&mut p, &changed.plus(-(n_old as i32)).to_string(), "一监区", &vec![old; n_old]);
        posted(&mut p, "2024-01", "二监区", &vec![new; n_new]);
        p.claims("2022-01-01", applied, "", "");
        outcome(&p, "pattern/posting")
    };
    assert_eq!(p("6", 6, "9", 2, "2024-07-10"), RISK, "half again, three more, six months before");
    assert_eq!(p("6", 6, "8.99", 2, "2024-07-10"), PASS);
    assert_eq!(p("8", 6, "11.99", 2, "2024-07-10"), PASS, "less than half again");
    assert_eq!(p("4", 6, "6.99", 2, "2024-07-10"), PASS, "less than three more");
    assert_eq!(p("6", 6, "9", 2, "2024-08-01"), PASS, "more than six months before");
    assert_eq!(p("6", 5, "15", 2, "2024-07-10"), PASS, "too short a time before");
    assert_eq!(p("6", 6, "15", 1, "2024-02-10"), PASS, "a single month after");
    // A change of post is compared where posts are recorded.
    let mut p = Someone::running("0");
    posted(&mut p, "2023-07", "一监区", &["6"; 6]);
    posted(&mut p, "2024-01", "一监区", &["12"; 3]);
    p.claims("2022-01-01", "2024-05-31", "", "");
    assert_eq!(outcome(&p, "pattern/posting"), PASS);
    for (i, row) in p.dossier.points.iter_mut().enumerate() {
        row.post = Value::Known(if i < 6 { "缝纫".to_owned() } else { "库管".to_owned() });
    }
    assert_eq!(outcome(&p, "pattern/posting"), RISK);
}

#[test]
fn the_month_of_a_change_belongs_to_neither_ward() {
    let mut p = Someone::running("0");
    posted(&mut p, "2023-07", "一监区", &["6"; 6]);
    posted(&mut p, "2024-01", "一监区", &["0"]);
    posted(&mut p, "2024-01", "二监区", &["0"]);
    posted(&mut p, "2024-02", "二监区", &["9"; 2]);
    p.claims("2022-01-01", "2024-07-10", "", "");
    let f = finding(&p, &[], "pattern/posting").unwrap();
    assert_eq!(f.outcome, Outcome::Risk);
    let fact = |key| f.facts.get(key).cloned();
    assert_eq!(fact("changed"), Some(Fact::Month(month("2024-01"))));
    assert_eq!((fact("before_months"), fact("after_months")), (Some(Fact::Int(6)), Some(Fact::Int(2))));
}

#[test]
fn a_change_is_held_against_the_ward_just_left() {
    let of = |first: &'static str, second: &'static str, third: &'static str| {
        let mut p = Someone::running("0");
        posted(&mut p, "2023-01", "一监区", &[first; 6]);
        posted(&mut p, "2023-07", "二监区", &[second; 6]);
        posted(&mut p, "2024-01", "三监区", &[third; 3]);
        p.claims("2022-01-01", "2024-05-31", "", "");
        outcome(&p, "pattern/posting")
    };
    assert_eq!(of("12", "6", "9"), RISK);
    assert_eq!(of("1", "9", "9"), PASS);
}

#[test]
fn one_of_the_two_sheets_is_enough_to_look_at_postings() {
    let without = |kind: SheetKind, custody: CustodyKind| {
        let mut p = Someone::running("0");
        p.dossier.custody.clear();
        p.custody(custody, "2024-01-05", "2024-01-05", "");
        posted(&mut p, "2023-07", "一监区", &["6"; 6]);
        posted(&mut p, "2024-01", "二监区", &["12"; 3]);
        p.claims("2022-01-01", "2024-05-31", "", "");
        p.presence.sheets.retain(|s| *s != kind);
        if kind == SheetKind::Points {
            p.dossier.points.clear();
        } else {
            p.dossier.custody.clear();
        }
        outcome(&p, "pattern/posting")
    };
    assert_eq!(without(SheetKind::Custody, CustodyKind::Transfer), RISK);
    assert_eq!(without(SheetKind::Points, CustodyKind::Transfer), RISK);
    // To hospital is not to another prison.
    assert_eq!(without(SheetKind::Points, CustodyKind::Hospital), PASS);
}

#[test]
fn without_a_month_or_a_custody_sheet_no_posting_is_examined() {
    let with = |months: usize, custody: bool| {
        let mut p = Someone::running("0");
        p.dossier.custody.clear();
        posted(&mut p, "2023-07", "一监区", &vec!["6"; months]);
        p.claims("2022-01-01", "2024-05-31", "", "");
        if !custody {
            p.presence.sheets.retain(|s| *s != SheetKind::Custody);
        }
        outcome(&p, "pattern/posting")
    };
    assert_eq!(with(6, false), PASS);
    assert_eq!(with(0, true), PASS);
    assert_eq!(with(0, false), SILENT);
}

#[test]
fn a_transfer_before_merit_or_the_proposal() {
    let p = |moved: &str, merit: Option<&str>, applied: Option<&str>| {
        let mut p = Someone::running("0");
        p.custody(CustodyKind::Transfer, moved, moved, "");
        if let Some(on) = merit {
            p.award(AwardKind::Merit, on, None, "");
            p.dossier.awards[0].reason.set("抢险救灾".to_owned());
        }
        if let Some(on) = applied {
            p.claims("2022-01-01", on, "", "");
        }
        outcome(&p, "pattern/posting")
    };
    assert_eq!(p("2023-03-15", None, Some("2024-03-15")), RISK, "twelve months to the day");
    assert_eq!(p("2023-03-15", None, Some("2024-03-16")), PASS);
    assert_eq!(p("2023-03-15", Some("2024-03-15"), None), RISK);
    assert_eq!(p("2023-03-15", Some("2024-03-16"), None), PASS);
    assert_eq!(p("2023-03-15", Some("2023-03-01"), None), PASS, "merit before the transfer");
    assert_eq!(p("2023-03-15", None, None), SILENT);
}

// ---- invention --------------------------------------------------------------------------------------------------------

fn merited(i: usize, prison: &str, on: &str, reason: &str, patent: Option<Patent>) -> Someone {
    let mut p = member(i, prison, "一监区");
    p.award(AwardKind::Merit, on, None, "");
    let award = p.dossier.awards.last_mut().unwrap();
    if !reason.is_empty() {
        award.reason.set(reason.to_owned());
    }
    if let Some(patent) = patent {
        award.patent.set(patent);
    }
    p
}

#[test]
fn merit_by_invention_is_always_a_reason_to_look() {
    let of = |reason: &str, patent| outcome(&merited(1, "某监狱", "2024-05-01", reason, patent), "pattern/invention");
    assert_eq!(of("取得实用新型专利", Some(Patent::UtilityModel)), RISK);
    assert_eq!(of("技术革新成绩突出", None), RISK);
    assert_eq!(of("发明", Some(Patent::Invention)), RISK);
    assert_eq!(of("阻止他人犯罪", None), PASS);
    assert_eq!(of("", None), OPEN);
    let mut none = member(1, "某监狱", "一监区");
    none.award(AwardKind::Commendation, "2024-05-01", None, "");
    assert_eq!(outcome(&none, "pattern/invention"), SILENT);
}

#[test]
fn merit_shared_by_several() {
    let with = |on: &str, reason: &str, prison: &str| {
        let me = merited(1, "某监狱", "2024-05-01", "检举他人盗窃", None);
        let other = merited(2, prison, on, reason, None).dossier;
        finding(&me, &[other], "pattern/invention").map(|f| f.outcome)
    };
    assert_eq!(with("2024-05-01", "检举他人盗窃", "某监狱"), RISK, "one day, one event");
    assert_eq!(with("2024-05-01", "抢险", "某监狱"), RISK, "one day");
    assert_eq!(with("2024-05-31", "检举他人盗窃", "某监狱"), RISK, "one event, thirty days apart");
    assert_eq!(with("2024-06-01", "检举他人盗窃", "某监狱"), PASS, "the same words long apart");
    assert_eq!(with("2024-05-02", "抢险", "某监狱"), PASS);
    assert_eq!(with("2024-05-01", "检举他人盗窃", "另一监狱"), PASS, "another prison");
    let all = [("2024-05-01", "检举"), ("2024-05-20", "检举"), ("2024-05-20", "抢险"), ("2024-09-01", "抢险")];
    let people = all.iter().enumerate().map(|(i, (on, r))| merited(i, "某监狱", on, r, None).dossier).collect();
    let review = whole(people);
    let found = of_batch(&review, "pattern/invention");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].inmates, ["M0000", "M0001", "M0002"]);
    // Two merits of one person are not shared.
    let mut p = merited(1, "某监狱", "2024-05-01", "检举他人盗窃", None);
    let again = p.dossier.awards[0].clone();
    p.dossier.awards.push(again);
    assert_eq!(outcome(&p, "pattern/invention"), PASS);
}

#[test]
fn merit_shared_by_three_names_the_others_and_asks_for_their_papers() {
    let of = |reason: &str| {
        let me = merited(1, "某监狱", "2024-05-01", "检举他人盗窃", None);
        let others = [2, 3].map(|i| merited(i, "某监狱", "2024-05-01", reason, None).dossier);
        finding(&me, &others, "pattern/invention").unwrap()
    };
    let names = Fact::List(vec![Fact::Text("M0002".to_owned()), Fact::Text("M0003".to_owned())]);
    for (reason, how) in [("检举他人盗窃", "the same event"), ("抢险", "the same day, for another reason")] {
        let f = of(reason);
        assert_eq!((f.outcome, f.facts.get("shared_with")), (Outcome::Risk, Some(&names)), "{reason}");
        assert!(f.message.contains(&format!("M0002, M0003 ({how})")), "{}", f.message);
        // Nobody invented anything.
        let rules = Rules::builtin();
        let papers = &rules.check("pattern/invention").unwrap().en.confirm;
        assert!(!f.message.contains(papers.as_str()), "{}", f.message);
    }
    // A merit of one's own is not shared, whatever number a province chooses.
    let rules = locally("pattern/invention", &[("shared_inmates", "1")]);
    let alone = merited(1, "某监狱", "2024-05-01", "检举他人盗窃", None);
    assert_eq!(under(&rules, &alone, "pattern/invention").map(|f| f.outcome), PASS);
}

// ---- rates ------------------------------------------------------------------------------------------------------------

/// Reductions of a ward, the first `hits` of them at the cap and on the first lawful day.
fn reductions(prison: &str, ward: &str, cases: usize, hits: usize) -> Vec<Dossier> {
    let make = |applied, months| {
        World::new(Sentence::Fixed(Term::of_years(9)), "2018-01-10").apply(
            applied,
            Proposal::Reduce(Term::of_months(months)),
            &[Conduct::Repentance],
        )
    };
    let limits = make(day("2022-01-01"), 1).review().limits.unwrap();
    let (earliest, cap) = (is(&limits.earliest), is(&limits.cap).total_months());
    (0..cases)
        .map(|i| {
            let mut w = if i < hits { make(earliest, cap) } else { make(date::add_days(earliest, 100), cap - 1) };
            w.inmate().prison.set(prison.to_owned());
            w.inmate().ward.set(ward.to_owned());
            w.dossier.no = format!("{prison}{ward}{i}");
            w.dossier.applications[0].no.at.row = i as u32 + 1;
            w.dossier
        })
        .collect()
}

#[test]
fn a_ward_far_above_the_batch() {
    let found = |own: (usize, usize), other: (usize, usize)| {
        let mut all = reductions("甲监狱", "一监区", own.0, own.1);
        all.extend(reductions("甲监狱", "二监区", other.0, other.1));
        let review = whole(all);
        let places = |check| {
            let list = of_batch(&review, check);
            list.iter().map(|f| (f.finding.facts.get("ward").cloned(), f.inmates.len())).collect::<Vec<_>>()
        };
        assert_eq!(places("pattern/cap-hugging"), places("pattern/threshold-hugging"));
        places("pattern/cap-hugging")
    };
    let ward = |n| vec![(Some(Fact::Text("一监区".to_owned())), n)];
    assert_eq!(found((20, 10), (20, 0)), ward(10), "50 % against 25 %");
    assert_eq!(found((20, 9), (20, 0)), [], "45 % against 22.5 %");
    assert_eq!(found((19, 19), (40, 0)), [], "nineteen cases");
    assert_eq!(found((40, 40), (0, 0)), [], "the ward is the batch");
    // A prison against the batch; its only ward stands out with it.
    let mut all = reductions("甲监狱", "一监区", 20, 20);
    all.extend(reductions("乙监狱", "一监区", 40, 0));
    let review = whole(all);
    let found = of_batch(&review, "pattern/cap-hugging");
    let of: Vec<_> = found.iter().map(|f| (f.finding.facts.get("prison"), f.finding.facts.get("ward"))).collect();
    let prison = Fact::Text("甲监狱".to_owned());
    assert_eq!(of, [(Some(&prison), Some(&Fact::Null)), (Some(&prison), Some(&Fact::Text("一监区".to_owned())))]);
    assert!(found[0].finding.message.contains("20件减刑中有20件（100%）"), "{}", found[0].finding.message);
    assert!(found.iter().all(|f| f.finding.outcome == Outcome::Risk));
}

// ---- statistics -------------------------------------------------------------------------------------------------------

#[test]
fn medians_and_means_are_exact() {
    let mut set = Multiset::default();
    for v in ["1", "2", "2.0", "4", "100"] {
        set.add(n(v));
    }
    let peers = set.compare(n("100")).unwrap();
    assert_eq!((peers.count, peers.median, peers.deviation), (4, n("2"), n("0.5")));
    assert_eq!(Multiset::default().compare(n("1")), None);
    let third = Mean { sum: n("1"), count: n("3") };
    let same = Mean { sum: n("2"), count: n("6") };
    assert!(third.compare(&same).is_eq() && third.at_least(n("1"), &same) && third.above_by(n("0"), &same));
    assert!(!third.above_by(n("0.0000000001"), &same));
}

#[derive(Clone, Debug)]
struct Plan {
    ward: u8,
    officer: u8,
    rows: Vec<(u8, u16, bool)>,
    merit: Option<(u16, u8)>,
}

fn plan() -> impl Strategy<Value = Plan> {
    let row = (0u8..40, 0u16..1800, any::<bool>());
    let merit = proptest::option::of((0u16..400, 0u8..3));
    (0u8..3, 0u8..6, proptest::collection::vec(row, 0..30), merit).prop_map(|(ward, officer, rows, merit)| Plan {
        ward,
        officer,
        rows,
        merit,
    })
}

fn person(i: usize, plan: &Plan) -> Dossier {
    let mut p = member(i, "某监狱", text(usize::from(plan.ward)));
    for (at, bonus, blank) in &plan.rows {
        let bonus = Box::leak((Decimal::from(*bonus) / Decimal::ONE_HUNDRED).to_string().into_boxed_str());
        p.row(&month("2022-01").plus(i32::from(*at)).to_string(), plus(bonus));
        let row = p.dossier.points.last_mut().unwrap();
        row.officer = Value::Known(format!("民警{}", plan.officer));
        if *blank {
            row.education.bonus = Value::Empty;
        }
    }
    if let Some((after, reason)) = plan.merit {
        let on = date::add_days(day("2023-01-01"), i64::from(after)).to_string();
        p.award(AwardKind::Merit, &on, None, "");
        p.dossier.awards[0].reason.set(format!("事由{reason}"));
    }
    p.dossier
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_batch_cut_anywhere_and_merged_in_any_order_is_the_whole(
        plans in proptest::collection::vec(plan(), 1..24),
        cut in 1usize..8,
    ) {
        let rules = Rules::builtin();
        let people: Vec<Dossier> = plans.iter().enumerate().map(|(i, p)| person(i, p)).collect();
        let mut one = Aggregate::default();
        people.iter().for_each(|d| one.add(d, &rules));
        let part = |chunk: &[Dossier]| {
            let mut a = Aggregate::default();
            chunk.iter().rev().for_each(|d| a.add(d, &rules));
            a
        };
        let parts: Vec<Aggregate> = people.chunks(cut).map(part).collect();
        let forward = parts.iter().cloned().fold(Aggregate::default(), Aggregate::merge);
        let backward = parts.iter().rev().cloned().fold(Aggregate::default(), Aggregate::merge);
        // Nested to the right instead of to the left.
        let nested = parts.into_iter().rev().reduce(|all, part| part.merge(all)).unwrap();
        prop_assert_eq!(&one, &forward);
        prop_assert_eq!(&one, &backward);
        prop_assert_eq!(&one, &nested);
    }

    #[test]
    fn the_order_of_rows_and_people_changes_nothing(plans in proptest::collection::vec(plan(), 1..16)) {
        let people: Vec<Dossier> = plans.iter().enumerate().map(|(i, p)| person(i, p)).collect();
        let mut turned: Vec<Dossier> = people.iter().rev().cloned().collect();
        turned.iter_mut().for_each(|d| { d.points.reverse(); d.awards.reverse(); });
        let said = |r: BatchReview| {
            let mut cases: Vec<_> = r
                .cases
                .into_iter()
                .map(|c| {
                    // Two rows of one month are weighed against each other by the ledger; here only what is said counts.
                    let said: Vec<_> = c.findings.into_iter().map(|f| (f.check, f.outcome, f.message)).collect();
                    (c.inmate, said)
                })
                .collect();
            cases.sort();
            let batch: Vec<_> = r.batch_findings.into_iter().map(|f| (f.finding.check, f.finding.message)).collect();
            (cases, batch)
        };
        prop_assert_eq!(said(whole(people)), said(whole(turned)));
    }
}

// ---- a lawful batch ---------------------------------------------------------------------------------------------------

/// Repeatable numbers without any crate.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Two hundred people as an ordinary prison has them: bonuses around everyone's own level, a deduction now and then, officers by
/// turns, spending mostly below the limit, proposals when the batch of the month is made.
fn ordinary() -> Vec<Dossier> {
    let mut dice = Dice(20_240_601);
    let lawful = |w: &World| is(&w.review().limits.unwrap().earliest);
    let make = |earlier: Option<&str>, applied, months| {
        let w = World::new(Sentence::Fixed(Term::of_years(9)), "2018-01-10");
        let w = match earlier {
            Some(on) => w.ruling(on, Change::Reduce(Term::of_months(6))),
            None => w,
        };
        w.apply(applied, Proposal::Reduce(Term::of_months(months)), &[Conduct::Repentance])
    };
    (0..200)
        .map(|i| {
            let earlier =
                (dice.roll(2) == 0).then(|| date::add_days(day("2019-08-01"), dice.roll(500) as i64).to_string());
            let probe = make(earlier.as_deref(), day("2024-06-01"), 5);
            let applied = date::add_days(lawful(&probe).max(day("2023-06-01")), dice.roll(240) as i64);
            let mut w = make(earlier.as_deref(), applied, 4 + dice.roll(6) as u32);
            let ward = dice.roll(4) as usize;
            w.inmate().prison.set("某监狱".to_owned());
            w.inmate().ward.set(format!("{ward}监区"));
            w.dossier.no = format!("{i:04}");
            w.dossier.applications[0].no.at.row = i + 1;
            let last = Month::of(applied).plus(-2);
            w.app().period_from.set(last.plus(-29).first_day());
            w.app().period_to.set(last.last_day());
            let mut p = Someone { dossier: w.dossier, presence: build::all_present(), balance: n("0") };
            p.custody(CustodyKind::Intake, "2018-01-10", "2018-01-10", "");
            p.custody(CustodyKind::Held, "2018-01-10", "", "");
            let level = 2 + dice.roll(6);
            for m in 0..30 {
                let bonus = level + dice.roll(5) + dice.roll(4);
                let deduction = if dice.roll(6) == 0 { 1 + dice.roll(4) } else { 0 };
                let labour = text(bonus as usize);
                p.row(
                    &last.plus(m - 29).to_string(),
                    Row {
                        bonus: ["0", "0", labour],
                        deduction: [text(deduction as usize), "0", "0"],
                        ..Row::default()
                    },
                );
                let row = p.dossier.points.last_mut().unwrap();
                row.officer = Value::Known(format!("民警{}", ward as u64 * 2 + dice.roll(2)));
            }
            if dice.roll(5) < 2 {
                let mut item = PropertyItem::blank(i + 1);
                item.kind.set(PropertyKind::Fine);
                item.amount.set(Amount::Yuan(n("20000")));
                item.paid.set(n("5000"));
                item.state.set(PropertyState::Partly);
                item.able.set(Ability::Unable);
                p.dossier.property.push(item);
            }
            for m in 0..24 {
                let mut row = SpendingRow::blank(i * 24 + m + 1, last.plus(m as i32 - 23));
                let over = dice.roll(80) == 0;
                row.spent = Value::Known(Decimal::from(if over { 310 } else { 60 + dice.roll(240) }));
                row.limit = Value::Known(n("300"));
                row.balance = Value::Known(Decimal::from(dice.roll(4000)));
                p.dossier.spending.push(row);
            }
            p.dossier
        })
        .collect()
}

#[test]
fn an_ordinary_lawful_batch_stays_quiet() {
    let review = whole(ordinary());
    assert_eq!(review.cases.len(), 200);
    let mut alarms: Vec<(&str, &str)> = Vec::new();
    let mut examined = 0;
    for case in &review.cases {
        for f in &case.findings {
            examined += 1;
            match f.outcome {
                Outcome::Risk => alarms.push((f.check, &case.inmate)),
                Outcome::Pass => {}
                other => panic!("{} {} {other:?}: {}", case.inmate, f.check, f.message),
            }
        }
    }
    assert!(examined > 1000, "{examined} examinations");
    let people: std::collections::BTreeSet<&str> = alarms.iter().map(|a| a.1).collect();
    assert!(people.len() <= 8, "more than 4 % of lawful people are suspected: {alarms:?}");
    assert!(review.batch_findings.is_empty(), "{:?}", review.batch_findings);
}

#[test]
fn columns_of_the_cells_named_as_missing() {
    let mut p = surging(12, "5", "5");
    let row = p.dossier.points.last_mut().unwrap();
    row.special = Value::Empty;
    row.score = Value::Known(n("120"));
    let f = finding(&p, &[], "pattern/late-surge").unwrap();
    let Some(Fact::List(missing)) = f.facts.get("missing") else { panic!("nothing missing") };
    let Fact::Missing(m) = &missing[0] else { panic!("no cell") };
    assert_eq!(m.place.col, Col::PtSpecial);
}
