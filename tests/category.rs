//! Restricted groups as recorded: undeclared, contradictory, unknown charges, recidivism overlooked.

mod support;

use std::collections::BTreeSet;

use jxjs::checks::finding::{Fact, Outcome};
use jxjs::model::{Change, Col, Declared, Dossier, End, Sentence, Sex, Term, Value};
use support::{World, d};

use Outcome::{Pass, Risk, Unverified};

fn fixed(years: u32) -> Sentence {
    Sentence::Fixed(Term::of_years(years))
}

fn person(charge: &str) -> World {
    let charge = charge.to_owned();
    World::new(fixed(12), "2018-03-15").with(|w| w.inmate().charges.set(charge))
}

// ---- undeclared ---------------------------------------------------------------------------------------------------

#[test]
fn a_group_that_the_charge_proves_must_be_declared() {
    let check = "category/undeclared";
    for (charge, word) in [
        ("受贿罪", Declared::Duty),
        ("滥用职权罪", Declared::Duty),
        ("洗钱罪", Declared::Finance),
        ("骗购外汇罪", Declared::Finance),
        ("参加黑社会性质组织罪", Declared::OrganizedCrime),
        ("间谍罪", Declared::NationalSecurity),
        ("参加恐怖组织罪", Declared::Terrorism),
    ] {
        assert_eq!(person(charge).outcome(check), Some(Risk), "{charge}");
        assert_eq!(person(charge).declare(word).outcome(check), Some(Pass), "{charge} declared");
        let blank = person(charge).with(|w| w.inmate().categories.value = Value::Empty);
        assert_eq!(blank.outcome(check), Some(Unverified), "{charge}, cell blank");
    }
    assert_eq!(person("盗窃罪").outcome(check), Some(Pass));
    let blank = person("盗窃罪").with(|w| w.inmate().categories.value = Value::Empty);
    assert_eq!(blank.outcome(check), Some(Pass));
    let column = person("盗窃罪").with(|w| w.presence.columns.retain(|c| *c != Col::InCategories));
    assert_eq!(column.outcome(check), Some(Unverified));
    // Crimes and counts without a word of their own are never undeclared.
    assert_eq!(person("抢劫罪").outcome(check), Some(Pass));
}

#[test]
fn givers_of_bribes_only_as_functionaries() {
    for (office, expected) in [(Some(true), Risk), (Some(false), Pass), (None, Unverified)] {
        let world = person("行贿罪").with(|w| w.inmate().functionary.value = office.map_or(Value::Empty, Value::Known));
        assert_eq!(world.outcome("category/undeclared"), Some(expected), "{office:?}");
    }
}

#[test]
fn two_readings_and_unknown_charges_stay_open() {
    assert_eq!(person("入境发展黑社会组织罪").outcome("category/undeclared"), Some(Unverified));
    assert_eq!(person("暴力威胁罪").outcome("category/undeclared"), Some(Unverified));
    assert_eq!(person("利用极端主义破坏法律实施罪").outcome("category/undeclared"), Some(Unverified));
    // The limits use a certain group whatever was declared.
    assert!(person("受贿罪").review().groups.contains(&"duty-crime"));
}

#[test]
fn an_unknown_charge_leaves_a_group_open_beside_one_that_depends_on_office() {
    let open = |charges: &str, categories: Value<BTreeSet<Declared>>| {
        let mut p = person(charges);
        p.inmate().functionary.set(false);
        p.inmate().categories.value = categories;
        p.review().groups_unverified.contains(&"duty-crime")
    };
    assert!(open("行贿罪、登陆月球罪", Value::Empty), "the other charge may be a duty crime");
    assert!(open("登陆月球罪", Value::Empty));
    assert!(!open("行贿罪", Value::Empty), "no official, no duty crime");
    assert!(!open("行贿罪、登陆月球罪", Value::Known(BTreeSet::new())), "a filled cell names what there is");
}

#[test]
fn a_group_that_one_reading_adds_is_not_said_to_be_proven() {
    let finding = person("受贿罪、入境发展黑社会组织罪").finding("category/undeclared").expect("a finding");
    assert_eq!(finding.outcome, Risk, "the duty crime is certain");
    assert!(finding.message.contains(Declared::Duty.en()), "{}", finding.message);
    assert!(!finding.message.contains(Declared::OrganizedCrime.en()), "{}", finding.message);
}

// ---- contradiction ------------------------------------------------------------------------------------------------

#[test]
fn entries_that_cannot_all_be_true() {
    let reprieve = |charge: &str| {
        let charge = charge.to_owned();
        World::new(Sentence::Reprieve, "2018-03-15").with(|w| w.inmate().charges.set(charge))
    };
    let limited = |w: World| w.with(|w| w.inmate().limited.set(true));
    let whole_life = |w: World| w.with(|w| w.inmate().whole_life.set(true));
    let recidivist = |w: World| w.declare(Declared::Recidivist);
    let judged = |w: World, day: &'static str| w.with(|w| w.inmate().judged.set(d(day)));
    let short = |s: Sentence| World::new(s, "2018-03-15");
    let cases: Vec<(&str, World, bool)> = vec![
        ("nothing", person("盗窃罪"), false),
        ("declared without charge", person("盗窃罪").declare(Declared::Finance), true),
        ("declared with charge", person("洗钱罪").declare(Declared::Finance), false),
        ("terrorism is a fact", person("盗窃罪").declare(Declared::Terrorism), false),
        ("organised violence is a fact", person("盗窃罪").declare(Declared::OrganizedViolence), false),
        ("giver of bribes, no office", person("行贿罪").declare(Declared::Duty), true),
        ("ringleader without drugs", person("盗窃罪").declare(Declared::DrugRingleader), true),
        ("ringleader with drugs", person("贩卖毒品罪").declare(Declared::DrugRingleader), false),
        ("declared, unknown charge", person("暴力威胁罪").declare(Declared::Finance), true),
        ("recidivist", recidivist(person("盗窃罪")), false),
        ("recidivist, detention", recidivist(short(Sentence::Detention(Term::of_months(5)))), true),
        ("recidivist, control", recidivist(short(Sentence::Control(Term::of_years(1)))), true),
        ("recidivist, negligence", recidivist(person("交通肇事罪")), true),
        ("recidivist, one intentional", recidivist(person("交通肇事罪、盗窃罪")), false),
        ("recidivist, suspended", recidivist(person("盗窃罪").with(|w| w.inmate().suspended.set(true))), true),
        ("limited, fixed term", limited(person("抢劫罪")), true),
        ("limited, murder", limited(reprieve("故意杀人罪")), false),
        ("limited, theft", limited(reprieve("盗窃罪")), true),
        ("limited, recidivist", limited(recidivist(reprieve("贩卖毒品罪"))), false),
        ("limited, organised violence", limited(reprieve("贩卖毒品罪").declare(Declared::OrganizedViolence)), false),
        ("whole life, bribes", whole_life(reprieve("受贿罪").corrupt()), false),
        ("whole life, murder", whole_life(reprieve("故意杀人罪")), true),
        ("whole life, judged in time", judged(whole_life(reprieve("受贿罪").corrupt()), "2015-11-01"), false),
        ("whole life, judged before", judged(whole_life(reprieve("受贿罪").corrupt()), "2015-10-31"), true),
        ("bribes, no functionary", person("受贿罪").declare(Declared::Duty), true),
    ];
    for (what, world, contradicts) in cases {
        let expected = if contradicts { Unverified } else { Pass };
        assert_eq!(world.outcome("category/contradiction"), Some(expected), "{what}");
    }
}

#[test]
fn a_charge_nobody_knows_may_be_intentional() {
    for (charges, expected) in [("交通肇事罪", Unverified), ("交通肇事罪、暴力威胁罪", Pass), ("暴力威胁罪", Pass)]
    {
        let world = person(charges).declare(Declared::Recidivist);
        assert_eq!(world.outcome("category/contradiction"), Some(expected), "{charges}");
    }
}

#[test]
fn under_eighteen_at_the_crime_is_no_recidivist() {
    // Born on 1985-05-05.
    for (crime, expected) in [("2003-05-04", Unverified), ("2003-05-05", Pass), ("2003-05-06", Pass)] {
        let world = person("盗窃罪").declare(Declared::Recidivist).with(|w| w.inmate().crime_date.set(d(crime)));
        assert_eq!(world.outcome("category/contradiction"), Some(expected), "{crime}");
    }
}

#[test]
fn flags_and_categories_and_identity_agree() {
    let check = "category/contradiction";
    let flag = person("盗窃罪").with(|w| w.inmate().recidivist.set(true));
    assert_eq!(flag.outcome(check), Some(Unverified), "flag without the word");
    let word = person("盗窃罪").declare(Declared::Recidivist).with(|w| w.inmate().recidivist.set(false));
    assert_eq!(word.outcome(check), Some(Unverified), "word without the flag");
    let blank = person("盗窃罪").declare(Declared::Recidivist).with(|w| w.inmate().recidivist.value = Value::Empty);
    assert_eq!(blank.outcome(check), Some(Pass), "a blank flag contradicts nothing");
    // Composed for the test: region 110101, born 1990-03-07, male.
    let numbered = |birth: &'static str, sex: Sex, number: &str| {
        let number = number.to_owned();
        person("盗窃罪")
            .with(|w| {
                w.inmate().birth.set(d(birth));
                w.inmate().sex.set(sex);
                w.inmate().id_number.set(number);
            })
            .outcome(check)
    };
    assert_eq!(numbered("1990-03-07", Sex::Male, NUMBER), Some(Pass));
    assert_eq!(numbered("1990-03-08", Sex::Male, NUMBER), Some(Unverified));
    assert_eq!(numbered("1990-03-07", Sex::Female, NUMBER), Some(Unverified));
    assert_eq!(numbered("1985-05-05", Sex::Female, "000000000000000000"), Some(Pass), "a placeholder says nothing");
}

// ---- unknown charge -----------------------------------------------------------------------------------------------

#[test]
fn unknown_charges_are_handed_back_with_the_nearest_names() {
    let check = "category/unknown-charge";
    let finding = person("抢劫财物罪").finding(check).expect("a finding");
    assert_eq!(finding.outcome, Unverified);
    assert!(finding.message.contains("抢劫罪"), "{}", finding.message);
    assert_eq!(person("掩饰、隐瞒犯罪所得、犯罪所得收益罪").outcome(check), Some(Pass));
    let old = person("奸淫幼女罪").finding(check).expect("a finding");
    assert_eq!(old.outcome, Pass, "an old name is a name");
    assert!(matches!(old.facts.get("note"), Some(Fact::Text(_))), "but not the name of 2018");
    let blank = person("盗窃罪").with(|w| w.inmate().charges.value = Value::Empty);
    assert_eq!(blank.outcome(check), Some(Unverified));
}

// ---- hidden recidivist --------------------------------------------------------------------------------------------

const NUMBER: &str = "110101199003078777";

/// The person under another number: theft, served from 2010-01-10 to 2012-01-09.
fn earlier() -> Dossier {
    let mut other = World::new(fixed(2), "2010-06-01");
    let inmate = other.inmate();
    inmate.no.set("0999".to_owned());
    inmate.no.at.row = 9;
    inmate.id_number.set(NUMBER.to_owned());
    inmate.judged.set(d("2010-04-15"));
    inmate.term_start.set(d("2010-01-10"));
    inmate.term_end.set(End::On(d("2012-01-09")));
    other.dossier.no = "0999".to_owned();
    other.dossier
}

fn again(charge: &str, crime: &str, other: Dossier) -> World {
    let crime = d(crime);
    person(charge).with(|w| {
        w.inmate().id_number.set(NUMBER.to_owned());
        w.inmate().birth.set(d("1990-03-07"));
        w.inmate().crime_date.set(crime);
        w.others.push(other);
    })
}

const HIDDEN: &str = "category/hidden-recidivist";

#[test]
fn five_years_from_the_end_of_the_earlier_term() {
    for (crime, expected, article) in [
        ("2010-04-14", Risk, "70"), // before the earlier judgment: it had to be merged
        ("2010-04-15", Risk, "70"), // nobody is yet serving on the day of the judgment
        ("2010-04-16", Risk, "71"), // after it, while the term ran
        ("2012-01-09", Risk, "71"),
        ("2012-01-10", Risk, "65"),
        ("2017-01-09", Risk, "65"),
        ("2017-01-10", Pass, ""),
    ] {
        let finding = again("盗窃罪", crime, earlier()).finding(HIDDEN).expect("a finding");
        assert_eq!(finding.outcome, expected, "{crime}");
        if expected == Risk {
            assert_eq!(&*finding.basis[0].article, article, "{crime}");
            assert!(finding.message.contains("0999"), "{}", finding.message);
        }
    }
}

#[test]
fn what_makes_no_recidivist() {
    let crime = "2015-06-01";
    let outcome = |w: World| w.outcome(HIDDEN);
    let with = |f: &dyn Fn(&mut jxjs::model::Inmate)| {
        let mut other = earlier();
        f(other.inmate.as_mut().expect("a person"));
        outcome(again("盗窃罪", crime, other))
    };
    assert_eq!(with(&|_| ()), Some(Risk));
    assert_eq!(with(&|i| i.charges.set("交通肇事罪".to_owned())), Some(Pass), "negligence before");
    assert_eq!(
        with(&|i| i.sentence.set(Sentence::Detention(Term::of_months(5)))),
        Some(Pass),
        "no imprisonment before"
    );
    assert_eq!(with(&|i| i.suspended.set(true)), Some(Pass), "a suspended sentence is not executed");
    assert_eq!(with(&|i| i.id_number.set("000000000000000000".to_owned())), Some(Pass), "a placeholder joins nobody");
    assert_eq!(with(&|i| i.term_end.value = Value::Empty), Some(Risk), "the end follows from start and term");
    let unknown = |i: &mut jxjs::model::Inmate| {
        i.term_end.value = Value::Empty;
        i.term_start.value = Value::Empty;
    };
    assert_eq!(with(&unknown), Some(Unverified));
    assert_eq!(with(&|i| i.judged.set(d("2018-06-01"))), Some(Pass), "a later sentence");
    assert_eq!(outcome(again("交通肇事罪", crime, earlier())), Some(Pass), "negligence now");
    assert_eq!(outcome(again("盗窃罪", crime, earlier()).declare(Declared::Recidivist)), Some(Pass), "found already");
    let young = again("盗窃罪", crime, earlier()).with(|w| w.inmate().birth.set(d("1997-06-02")));
    assert_eq!(outcome(young), Some(Pass), "a minor");
    let blank = again("盗窃罪", crime, earlier()).with(|w| w.inmate().crime_date.value = Value::Empty);
    assert_eq!(outcome(blank), Some(Unverified));
    assert_eq!(outcome(person("盗窃罪")), Some(Pass), "nobody else");
}

#[test]
fn drugs_and_the_crimes_of_article_66_have_no_time_limit() {
    let of = |charge: &str| {
        let mut other = earlier();
        other.inmate.as_mut().expect("a person").charges.set(charge.to_owned());
        other
    };
    let drug = again("运输毒品罪", "2017-06-01", of("非法持有毒品罪"));
    assert_eq!(drug.finding(HIDDEN).map(|f| (f.outcome, f.basis[0].article.clone())), Some((Risk, "356".into())));
    assert_eq!(again("运输毒品罪", "2017-06-01", of("容留他人吸毒罪")).outcome(HIDDEN), Some(Pass));
    let declared = again("运输毒品罪", "2017-06-01", of("非法持有毒品罪"))
        .declare(Declared::DrugRecidivist)
        .with(|w| w.inmate().drug_recidivist.set(true));
    assert_eq!(declared.outcome(HIDDEN), Some(Pass));
    let special = again("参加恐怖组织罪", "2017-06-01", of("参加黑社会性质组织罪"));
    assert_eq!(special.finding(HIDDEN).map(|f| (f.outcome, f.basis[0].article.clone())), Some((Risk, "66".into())));
}

#[test]
fn a_drug_recidivist_by_flag_or_by_word_is_not_overlooked() {
    let of = |flag: Option<bool>, word: bool| {
        let mut other = earlier();
        other.inmate.as_mut().expect("a person").charges.set("非法持有毒品罪".to_owned());
        let world = again("运输毒品罪", "2017-06-01", other)
            .with(|w| w.inmate().drug_recidivist.value = flag.map_or(Value::Empty, Value::Known));
        if word { world.declare(Declared::DrugRecidivist) } else { world }.outcome(HIDDEN)
    };
    assert_eq!(of(Some(true), false), Some(Pass));
    assert_eq!(of(None, true), Some(Pass));
    assert_eq!(of(None, false), Some(Risk));
}

#[test]
fn article_66_before_may_2011_joined_only_crimes_against_national_security() {
    let served = |charge: &str| {
        let mut other = earlier();
        let inmate = other.inmate.as_mut().expect("a person");
        inmate.charges.set(charge.to_owned());
        inmate.judged.set(d("2000-04-15"));
        inmate.term_start.set(d("2000-01-10"));
        inmate.term_end.set(End::On(d("2002-01-09")));
        other
    };
    // 法释〔2011〕9号 art. 3: the day of the new crime decides; five years have long passed.
    for (before, now, crime, expected) in [
        ("间谍罪", "间谍罪", "2011-04-30", Risk),
        ("间谍罪", "间谍罪", "2011-05-01", Risk),
        ("盗窃罪", "间谍罪", "2011-04-30", Pass),
        ("间谍罪", "盗窃罪", "2011-04-30", Pass),
        ("间谍罪", "参加恐怖组织罪", "2011-04-30", Pass),
        ("间谍罪", "参加恐怖组织罪", "2011-05-01", Risk),
        ("参加黑社会性质组织罪", "间谍罪", "2011-04-30", Pass),
        ("参加黑社会性质组织罪", "间谍罪", "2011-05-01", Risk),
    ] {
        let finding = again(now, crime, served(before)).finding(HIDDEN).expect("a finding");
        assert_eq!(finding.outcome, expected, "{before}, {now} on {crime}");
        if expected == Risk {
            assert_eq!(&*finding.basis[0].article, "66", "{before}, {now} on {crime}");
        }
    }
}

#[test]
fn of_two_earlier_sentences_the_first_is_named() {
    let mut another = earlier();
    another.no = "0998".to_owned();
    another.inmate.as_mut().expect("a person").no.set("0998".to_owned());
    let world = again("盗窃罪", "2015-06-01", earlier()).with(|w| w.others.push(another));
    let finding = world.finding(HIDDEN).expect("a finding");
    assert_eq!(finding.outcome, Risk);
    assert!(finding.message.contains("number 0998"), "{}", finding.message);
}

#[test]
fn parole_from_life_runs_ten_years_and_life_has_no_end() {
    let life = |paroled: Option<&str>| {
        let mut other = earlier();
        let inmate = other.inmate.as_mut().expect("a person");
        inmate.sentence.set(Sentence::Life);
        inmate.judged.set(d("1995-01-10"));
        inmate.effective.set(d("1995-02-10"));
        inmate.term_start.value = Value::Empty;
        inmate.term_end.set(End::None);
        if let Some(day) = paroled {
            let mut ruling = jxjs::model::Ruling::blank(1);
            ruling.date.set(d(day));
            ruling.change.set(Change::Parole);
            other.rulings.push(ruling);
        }
        other
    };
    for (paroled, crime, expected) in
        [(None, "2017-06-01", "71"), (Some("2007-03-10"), "2017-03-09", "71"), (Some("2007-03-10"), "2017-03-10", "65")]
    {
        let finding = again("盗窃罪", crime, life(paroled)).finding(HIDDEN).expect("a finding");
        assert_eq!((finding.outcome, finding.basis[0].article.as_ref()), (Risk, expected), "{paroled:?} {crime}");
    }
}

#[test]
fn the_checks_run_for_people_without_an_application_and_always_speak() {
    let spoken: BTreeSet<&str> =
        person("盗窃罪").review().findings.iter().map(|f| f.check).filter(|c| c.starts_with("category/")).collect();
    assert_eq!(spoken.len(), 4, "{spoken:?}");
}
