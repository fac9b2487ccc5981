//! People made for tests: a lawful person, then whatever the test changes.
#![allow(dead_code)]

use std::collections::BTreeSet;

use chrono::NaiveDate;
use jxjs::checks::case::{BatchContext, Lang};
use jxjs::checks::finding::{Finding, Outcome};
use jxjs::law::Rules;
use jxjs::model::{
    AppKind, Application, Award, AwardKind, Change, Conduct, Declared, Dossier, End, Inmate, Presence, Proposal,
    Rights, Ruling, Sentence, Sources, Term, build, date,
};
use jxjs::review::{Aggregate, CaseReview, review_dossier};

/// A date.
pub fn d(text: &str) -> NaiveDate {
    text.parse().unwrap_or_else(|_| panic!("bad date {text}"))
}

/// A term.
pub fn t(text: &str) -> Term {
    text.parse().unwrap_or_else(|_| panic!("bad term {text}"))
}

/// A batch of one person.
pub struct World {
    pub dossier: Dossier,
    /// Other people of the batch.
    pub others: Vec<Dossier>,
    pub presence: Presence,
    pub sources: Sources,
    pub as_of: NaiveDate,
}

impl World {
    /// A person with a sentence, delivered on `delivered`, everything else lawful and known: no restricted group, no
    /// property, no earlier ruling. Theft; judgment and custody begin a year earlier.
    pub fn new(sentence: Sentence, delivered: &str) -> World {
        let delivered = d(delivered);
        let effective = date::add_days(delivered, -30);
        let start = date::add_days(delivered, -200);
        let mut inmate = Inmate::blank(1);
        inmate.no.set("1001".to_owned());
        inmate.name.set("测试甲".to_owned());
        inmate.sex.set(jxjs::model::Sex::Male);
        inmate.birth.set(d("1985-05-05"));
        inmate.charges.set("盗窃罪".to_owned());
        inmate.crime_date.set(date::add_days(start, -10));
        inmate.sentence.set(sentence);
        inmate.judged.set(date::add_days(effective, -15));
        inmate.effective.set(effective);
        inmate.detained.set(start);
        inmate.delivered.set(delivered);
        if let Some(term) = sentence.term() {
            inmate.term_start.set(start);
            inmate.term_end.set(End::On(date::last(start, term)));
            inmate.current_end.set(End::On(date::last(start, term)));
            inmate.rights.set(Rights::None);
        } else {
            inmate.term_end.set(End::None);
            inmate.current_end.set(End::None);
            inmate.rights.set(Rights::ForLife);
        }
        if sentence == Sentence::Reprieve {
            inmate.reprieve_end.set(date::last(effective, Term::of_years(2)));
        }
        for flag in [
            &mut inmate.recidivist,
            &mut inmate.drug_recidivist,
            &mut inmate.functionary,
            &mut inmate.limited,
            &mut inmate.whole_life,
            &mut inmate.suspended,
        ] {
            flag.set(false);
        }
        inmate.categories.set(BTreeSet::new());
        inmate.health.set(BTreeSet::new());
        inmate.restitution.set(jxjs::model::Restitution::NothingOwed);
        inmate.remorse.set(true);
        let mut dossier = Dossier::new("1001".to_owned());
        dossier.inmate = Some(inmate);
        World {
            dossier,
            others: Vec::new(),
            presence: build::all_present(),
            sources: build::sources(),
            as_of: d("2026-11-24"),
        }
    }

    /// The person's row.
    pub fn inmate(&mut self) -> &mut Inmate {
        self.dossier.inmate.as_mut().expect("a person")
    }

    /// The (last) application.
    pub fn app(&mut self) -> &mut Application {
        self.dossier.applications.last_mut().expect("an application")
    }

    /// An application for a reduction.
    pub fn apply(mut self, day: NaiveDate, proposal: Proposal, conduct: &[Conduct]) -> World {
        let row = self.dossier.applications.len() as u32 + 1;
        let mut app = Application::blank(row);
        app.no.set("1001".to_owned());
        app.case_no.set(format!("测{row}号"));
        app.kind.set(AppKind::Reduction);
        app.applied.set(day);
        app.proposal.set(proposal);
        app.conduct.set(conduct.iter().copied().collect());
        app.rights.set(if matches!(proposal, Proposal::ToFixed(_)) {
            Rights::For(Term::of_years(8))
        } else {
            Rights::None
        });
        if proposal == Proposal::ToLife
            || self.dossier.inmate.as_ref().is_some_and(|i| i.sentence.get().and_then(Sentence::term).is_none())
                && matches!(proposal, Proposal::Reduce(_))
        {
            app.rights.value = jxjs::model::Value::Empty;
        }
        self.dossier.applications.push(app);
        for kind in conduct {
            let award = match kind {
                Conduct::Merit => AwardKind::Merit,
                Conduct::MajorMerit => AwardKind::MajorMerit,
                Conduct::Repentance => continue,
            };
            let mut row = Award::blank(self.dossier.awards.len() as u32 + 1);
            row.date.set(date::add_days(day, -40));
            row.kind.set(award);
            self.dossier.awards.push(row);
        }
        self
    }

    /// An application for parole on repentance, assessed as suitable a month before, published for ten days.
    pub fn apply_parole(mut self, day: NaiveDate) -> World {
        self = self.apply(day, Proposal::Remainder, &[Conduct::Repentance]);
        self.inmate().assessment.set(jxjs::model::Assessment::Suitable);
        self.inmate().assessment_date.set(date::add_days(day, -30));
        let app = self.app();
        app.kind.set(AppKind::Parole);
        app.proposal.value = jxjs::model::Value::Empty;
        app.rights.value = jxjs::model::Value::Empty;
        app.published_from.set(date::add_days(day, -14));
        app.published_to.set(date::add_days(day, -4));
        app.sent.set(day);
        self
    }

    /// An earlier ruling, served on its own day unless `served` says otherwise.
    pub fn ruling(mut self, day: &str, change: Change) -> World {
        let mut ruling = Ruling::blank(self.dossier.rulings.len() as u32 + 1);
        ruling.date.set(d(day));
        ruling.served.set(d(day));
        ruling.change.set(change);
        self.dossier.rulings.push(ruling);
        self
    }

    /// Declares a category.
    pub fn declare(mut self, word: Declared) -> World {
        let mut set = self.inmate().categories.known().cloned().unwrap_or_default();
        set.insert(word);
        self.inmate().categories.set(set);
        if word == Declared::Recidivist {
            self.inmate().recidivist.set(true);
        }
        self
    }

    /// A functionary sentenced for bribery after 2015-11-01: the 2019 supplement applies.
    pub fn corrupt(mut self) -> World {
        self.inmate().charges.set("受贿罪".to_owned());
        self.inmate().functionary.set(true);
        self.inmate().restitution.set(jxjs::model::Restitution::Active);
        self.declare(Declared::Duty)
    }

    /// Changes the person.
    pub fn with(mut self, f: impl FnOnce(&mut World)) -> World {
        f(&mut self);
        self
    }

    /// All cases of the person.
    pub fn reviews(&self) -> Vec<CaseReview> {
        let rules = Rules::builtin();
        let mut aggregate = Aggregate::default();
        self.others.iter().chain([&self.dossier]).for_each(|d| aggregate.add(d, &rules));
        let context = BatchContext {
            rules: &rules,
            sources: &self.sources,
            presence: &self.presence,
            as_of: self.as_of,
            lang: Lang::En,
            aggregate: Some(&aggregate),
        };
        review_dossier(&self.dossier, &context, &[])
    }

    /// The only case.
    pub fn review(&self) -> CaseReview {
        let mut all = self.reviews();
        assert_eq!(all.len(), 1, "one case expected");
        all.remove(0)
    }

    /// What one check says.
    pub fn finding(&self, check: &str) -> Option<Finding> {
        self.review().findings.into_iter().find(|f| f.check == check)
    }

    /// The outcome of one check; `None` where it is silent.
    pub fn outcome(&self, check: &str) -> Option<Outcome> {
        self.finding(check).map(|f| f.outcome)
    }
}
