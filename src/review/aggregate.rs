//! What a batch says as a whole: gathered dossier by dossier, merged in any order, the same result each time.
//!
//! Reviews of single dossiers stay pure functions: what they need from the rest of the batch they find here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::pairs;
use super::patterns::PatternAggregate;
use crate::checks::identity;
use crate::checks::person::{Person, Proof};
use crate::checks::points::PointsAggregate;
use crate::law::Rules;
use crate::law::charges::{Negligence, group};
use crate::model::{CellRef, CustodyKind, Dossier, Sentence, date, timeline};

/// By what two rows are taken for one person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// A valid identity number, in its eighteen digits.
    Number(String),
    /// The same name and birth date: a hint only.
    NameAndBirth(String, NaiveDate),
}

/// Whether a conviction is for an intentional crime (刑法 art. 14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// At least one crime is intentional.
    Intentional,
    /// Every crime is one of negligence.
    Negligent,
    /// Cannot be told from the charges.
    Unknown,
}

/// How a sentence ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// On one of these days: the last day of the term, of probation after parole, or the day of a pardon.
    On(Vec<NaiveDate>),
    /// Not yet: life or reprieved death that was never turned into a fixed term.
    Open,
    /// The record does not say.
    Unknown,
}

/// One sentence of a person, as far as the sentences of the same person under other numbers need it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Sentenced {
    /// 罪犯编号.
    pub no: String,
    /// Where that number stands.
    pub at: CellRef,
    /// The judgment: 判决日期, else 判决生效日期.
    pub judged: Option<NaiveDate>,
    /// From when the sentence is served: 刑期起日, else 判决生效日期.
    pub from: Option<NaiveDate>,
    /// How it ends.
    pub ending: Ending,
    /// Fixed-term imprisonment or more; `None` where the sentence is unknown.
    pub imprisonment: Option<bool>,
    /// 缓刑: the sentence was suspended, so it is not executed unless revoked.
    pub suspended: bool,
    /// Whether the crime is intentional.
    pub intent: Intent,
    /// A drug crime of 刑法 arts 347 or 348; `None` where a charge is unknown.
    pub drug: Option<bool>,
    /// A crime against national security.
    pub national_security: bool,
    /// A crime of 刑法 art. 66: national security, terrorism, mafia-type organisations.
    pub special: bool,
}

/// The groups of 刑法 art. 66.
pub const SPECIAL: [&str; 3] = [group::NATIONAL_SECURITY, group::TERRORISM, group::ORGANIZED_CRIME];

/// Everything gathered from a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Aggregate {
    /// The sentences of everyone who can be identified.
    #[serde(with = "pairs")]
    #[cfg_attr(test, schemars(with = "Vec<(Identity, Vec<Sentenced>)>"))]
    people: BTreeMap<Identity, BTreeSet<Arc<Sentenced>>>,
    /// Bonuses and gradings.
    pub points: PointsAggregate,
    /// Totals by ward and month, officers, merits.
    pub patterns: PatternAggregate,
}

impl Aggregate {
    /// Adds one dossier.
    pub fn add(&mut self, dossier: &Dossier, rules: &Rules) {
        let Some(inmate) = &dossier.inmate else { return };
        let person = Person::new(dossier, inmate, rules);
        self.points.observe(&person);
        self.patterns.observe(dossier);
        let number = inmate.id_number.known().and_then(|n| identity::normalise(n)).map(Identity::Number);
        let birth = inmate.birth.get().or_else(|| inmate.id_number.known().and_then(|n| identity::birth_of(n)));
        let by_name = inmate.name.known().zip(birth).map(|(n, b)| Identity::NameAndBirth(n.clone(), b));
        if number.is_none() && by_name.is_none() {
            return;
        }
        let sentenced = Arc::new(sentenced(&person));
        for identity in [number, by_name].into_iter().flatten() {
            self.people.entry(identity).or_default().insert(sentenced.clone());
        }
    }

    /// Both together.
    #[must_use]
    pub fn merge(mut self, other: Aggregate) -> Aggregate {
        for (identity, rows) in other.people {
            self.people.entry(identity).or_default().extend(rows);
        }
        self.points.merge(other.points);
        self.patterns.merge(other.patterns);
        self
    }

    /// The same with every cell where `place` says.
    #[must_use]
    pub fn map_cells(self, place: &dyn Fn(CellRef) -> CellRef) -> Aggregate {
        // One sentence stands under two identities: it stays one.
        let mut moved: BTreeMap<Arc<Sentenced>, Arc<Sentenced>> = BTreeMap::new();
        let mut at = |s: Arc<Sentenced>| {
            let new = || Arc::new(Sentenced { at: place(s.at), ..Sentenced::clone(&s) });
            moved.entry(s.clone()).or_insert_with(new).clone()
        };
        let people = self.people.into_iter().map(|(id, rows)| (id, rows.into_iter().map(&mut at).collect())).collect();
        Aggregate { people, points: self.points.map_cells(place), patterns: self.patterns.map_cells(place) }
    }

    /// The sentences of one person, in a fixed order.
    pub fn of(&self, identity: &Identity) -> impl Iterator<Item = &Sentenced> {
        self.people.get(identity).into_iter().flatten().map(Arc::as_ref)
    }
}

fn sentenced(person: &Person<'_>) -> Sentenced {
    let inmate = person.inmate;
    let proven = |g: &str| match person.proof(g) {
        Proof::Yes => Some(true),
        Proof::No => Some(false),
        Proof::IfFunctionary | Proof::Reading | Proof::Unknown => None,
    };
    Sentenced {
        no: person.dossier.no.clone(),
        at: inmate.no.at,
        judged: inmate.judged.get().or(inmate.effective.get()),
        from: inmate.term_start.get().or(inmate.effective.get()),
        ending: ending(person),
        imprisonment: inmate
            .sentence
            .get()
            .map(|s| matches!(s, Sentence::Fixed(_) | Sentence::Life | Sentence::Reprieve)),
        suspended: inmate.suspended.get() == Some(true),
        intent: intent(person),
        drug: proven(group::DRUG_RECIDIVIST_PRIOR),
        national_security: proven(group::NATIONAL_SECURITY) == Some(true),
        special: SPECIAL.iter().any(|g| proven(g) == Some(true)),
    }
}

/// Whether a person's charges are of intentional crimes.
pub fn intent(person: &Person<'_>) -> Intent {
    let mut charges = person.known_charges().map(|c| c.negligence).peekable();
    if charges.peek().is_none() {
        return Intent::Unknown;
    }
    let all: Vec<Negligence> = charges.collect();
    if all.contains(&Negligence::No) {
        Intent::Intentional
    } else if person.charges_certain() && all.iter().all(|n| *n == Negligence::Yes) {
        Intent::Negligent
    } else {
        Intent::Unknown
    }
}

fn ending(person: &Person<'_>) -> Ending {
    let dossier = person.dossier;
    let pardon =
        dossier.custody.iter().filter(|r| r.kind.get() == Some(CustodyKind::Pardon)).find_map(|r| r.from.get());
    if let Some(day) = pardon {
        return Ending::On(vec![day]);
    }
    let law = person.rules.replay_law();
    let standing = timeline::replay(person.inmate, &dossier.rulings, &dossier.new_crimes, &law, None);
    match standing.stage {
        None => Ending::Unknown,
        Some(stage) if stage.has_end() => match standing.end_readings() {
            ends if ends.is_empty() => Ending::Unknown,
            ends => Ending::On(ends),
        },
        Some(_) => match standing.parole.filter(|_| standing.on_parole) {
            Some((_, day)) => Ending::On(vec![date::last(day, person.rules.term("parole/probation-life"))]),
            None => Ending::Open,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{End, Inmate, Term};

    fn dossier(row: u32, no: &str, id: &str, charge: &str) -> Dossier {
        let mut inmate = Inmate::blank(row);
        inmate.no.set(no.to_owned());
        inmate.name.set("张某".to_owned());
        inmate.id_number.set(id.to_owned());
        inmate.charges.set(charge.to_owned());
        inmate.sentence.set(Sentence::Fixed(Term::of_years(3)));
        inmate.term_start.set("2010-01-01".parse().unwrap());
        inmate.term_end.set(End::On("2012-12-31".parse().unwrap()));
        let mut dossier = Dossier::new(no.to_owned());
        dossier.inmate = Some(inmate);
        dossier
    }

    // Composed for the test: region 110101, born 1990-03-07.
    const NUMBER: &str = "110101199003078777";

    #[test]
    fn the_order_of_adding_and_merging_does_not_matter() {
        let rules = Rules::builtin();
        let number = identity::normalise(NUMBER).unwrap();
        let people: Vec<Dossier> = (0..4)
            .map(|i| dossier(i, &format!("P{i}"), &number, if i == 0 { "盗窃罪" } else { "交通肇事罪" }))
            .collect();
        let mut forward = Aggregate::default();
        people.iter().for_each(|p| forward.add(p, &rules));
        let mut parts: Vec<Aggregate> = Vec::new();
        for chunk in people.rchunks(2) {
            let mut part = Aggregate::default();
            chunk.iter().rev().for_each(|p| part.add(p, &rules));
            parts.push(part);
        }
        let backward = parts.into_iter().fold(Aggregate::default(), Aggregate::merge);
        assert_eq!(forward, backward);
        let found: Vec<&Sentenced> = forward.of(&Identity::Number(number)).collect();
        assert_eq!(found.len(), 4);
        assert_eq!((found[0].intent, found[1].intent), (Intent::Intentional, Intent::Negligent));
        assert_eq!(found[0].ending, Ending::On(vec!["2012-12-31".parse().unwrap()]));
    }

    #[test]
    fn placeholders_and_wrong_numbers_join_nobody() {
        let rules = Rules::builtin();
        let mut aggregate = Aggregate::default();
        for (i, id) in ["000000000000000000", "无", "110101199003078778"].iter().enumerate() {
            aggregate.add(&dossier(i as u32, &format!("P{i}"), id, "盗窃罪"), &rules);
        }
        assert!(aggregate.people.is_empty());
    }
}
