//! Unknown inputs and open readings, asked in one place.
//!
//! A check is written as if everything were known: whenever it needs something the workbook does not say, or the law
//! leaves two readings, it *chooses*. The driver runs the check again for every combination of the choices it actually
//! met, and folds the results: one outcome under all of them stands; violation and risk mixed are a risk; anything else
//! is unverified, and the cells that decide are named.

use std::collections::BTreeSet;

use super::finding::{Class, Fact, Facts, Finding, Leaf, Missing, Outcome};
use crate::model::Place;

/// Where a choice comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The law can be read in more than one way (⚖).
    Reading,
    /// The workbook does not say.
    Unknown(Missing),
}

/// Names a choice; the same key always gives the same answer within one world.
pub type Key = (&'static str, u32);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    key: Key,
    chosen: usize,
    options: usize,
    origin: Origin,
}

/// One completion of the unknowns under one reading of the law.
#[derive(Clone, Debug, Default)]
pub struct World {
    steps: Vec<Step>,
    at: usize,
}

/// More worlds than this are not enumerated; the answer is then unverified.
const MAX_WORLDS: usize = 4096;

impl World {
    /// One of `options` alternatives (0 to `options - 1`). In each world the answer to a key is fixed.
    pub fn choose(&mut self, key: Key, options: usize, origin: impl FnOnce() -> Origin) -> usize {
        if let Some(step) = self.steps[..self.at].iter().find(|s| s.key == key) {
            return step.chosen;
        }
        if options <= 1 {
            return 0;
        }
        if self.at == self.steps.len() {
            self.steps.push(Step { key, chosen: 0, options, origin: origin() });
        }
        self.at += 1;
        self.steps[self.at - 1].chosen
    }

    /// A choice between readings of the law.
    pub fn reading(&mut self, key: &'static str, options: usize) -> usize {
        self.choose((key, 0), options, || Origin::Reading)
    }

    /// Something the workbook does not say: yes or no.
    pub fn ask(&mut self, key: &'static str, place: Place, document: &'static str) -> bool {
        self.ask_at((key, 0), place, document)
    }

    /// [`World::ask`] about one of several like things.
    pub fn ask_at(&mut self, key: Key, place: Place, document: &'static str) -> bool {
        self.choose(key, 2, || Origin::Unknown(Missing { place, document })) == 1
    }

    /// Moves on to the next world; false when there is none.
    fn advance(&mut self) -> bool {
        self.at = 0;
        while let Some(step) = self.steps.last_mut() {
            if step.chosen + 1 < step.options {
                step.chosen += 1;
                return true;
            }
            self.steps.pop();
        }
        false
    }
}

/// The result of one world together with the choices that led to it.
struct Branch<T> {
    steps: Vec<Step>,
    result: T,
}

fn branches<T>(mut f: impl FnMut(&mut World) -> T) -> (Vec<Branch<T>>, bool) {
    let mut world = World::default();
    let mut out = Vec::new();
    loop {
        let result = f(&mut world);
        out.push(Branch { steps: world.steps.clone(), result });
        if !world.advance() {
            return (out, true);
        }
        if out.len() >= MAX_WORLDS {
            return (out, false);
        }
    }
}

/// A value that may not apply or not be determinable in a world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Determined<T> {
    /// This world is not counted.
    LeftOut,
    /// Does not apply.
    Absent,
    /// Applies, but cannot be determined.
    Unknown,
    /// Is this.
    Is(T),
}

/// A value over all worlds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled<T> {
    /// Applies in no world.
    Absent,
    /// The same everywhere.
    Is(T),
    /// Not determined; the distinct values where there are some, in order.
    Open(Vec<T>),
}

/// Evaluates a value in every world.
pub fn settle<T: Ord + Clone>(f: impl FnMut(&mut World) -> Determined<T>) -> Settled<T> {
    let (branches, complete) = branches(f);
    let mut values = BTreeSet::new();
    let (mut absent, mut unknown) = (false, !complete);
    for branch in branches {
        match branch.result {
            Determined::LeftOut => {}
            Determined::Absent => absent = true,
            Determined::Unknown => unknown = true,
            Determined::Is(v) => {
                values.insert(v);
            }
        }
    }
    let mut values: Vec<T> = values.into_iter().collect();
    match (values.len(), absent, unknown) {
        (0, true, false) => Settled::Absent,
        (1, false, false) => Settled::Is(values.remove(0)),
        _ => Settled::Open(values),
    }
}

/// Whether a statement holds in all worlds (`Some(true)`), in none (`Some(false)`), or in some (`None`).
pub fn holds(f: impl FnMut(&mut World) -> bool) -> Option<bool> {
    let (branches, complete) = branches(f);
    let yes = branches.iter().filter(|b| b.result).count();
    match (yes, complete) {
        (0, true) => Some(false),
        (n, true) if n == branches.len() => Some(true),
        _ => None,
    }
}

/// Runs a check in every world and folds what it says.
pub fn examine(check: &'static str, class: Class, zh: bool, f: impl FnMut(&mut World) -> Leaf) -> Option<Finding> {
    let (mut branches, complete) = branches(f);
    branches.retain(|b| !b.result.left_out);
    if complete && branches.len() == 1 {
        return branches.pop().and_then(|b| finish(check, class, zh, b.result));
    }
    if branches.iter().all(|b| b.result.outcome.is_none()) {
        return None;
    }
    let outcomes: BTreeSet<Outcome> = branches.iter().map(|b| b.result.outcome.unwrap_or(Outcome::Pass)).collect();
    let outcome = if !complete {
        Outcome::Unverified
    } else if outcomes.len() == 1 {
        outcomes.first().copied().unwrap_or(Outcome::Unverified)
    } else if outcomes.iter().all(|o| matches!(o, Outcome::Violation | Outcome::Risk)) {
        Outcome::Risk
    } else {
        Outcome::Unverified
    };
    let mut merged = Leaf { outcome: Some(outcome), ..Leaf::default() };
    let speaking: Vec<&Branch<Leaf>> = branches.iter().filter(|b| b.result.outcome.is_some()).collect();
    for branch in &speaking {
        merged = merged.bases(&branch.result.basis).cells(branch.result.evidence.iter().copied());
        for missing in &branch.result.missing {
            merged = merged.missing(missing.place, missing.document);
        }
    }
    if outcomes.len() > 1 {
        for missing in deciding(&branches) {
            merged = merged.missing(missing.place, missing.document);
        }
    }
    merged.facts = merge_facts(&speaking);
    merged.message = merge_messages(&speaking, outcome, outcomes.len() > 1, &merged.missing, zh);
    finish(check, class, zh, merged)
}

/// Folds what a check says about several items, days or months of one case: the worst item decides (violation, risk,
/// unverified, pass), the facts of the first such item stand, and all cells are kept as evidence.
pub fn combine(check: &'static str, class: Class, zh: bool, items: Vec<Leaf>) -> Option<Finding> {
    let worst = items.iter().filter_map(|l| l.outcome).min()?;
    let mut deciding = items.into_iter().filter(|l| l.outcome == Some(worst));
    let mut leaf = deciding.next()?;
    for other in deciding {
        leaf = leaf.bases(&other.basis).cells(other.evidence);
        for missing in other.missing {
            leaf = leaf.missing(missing.place, missing.document);
        }
    }
    finish(check, class, zh, leaf)
}

fn finish(check: &'static str, class: Class, zh: bool, leaf: Leaf) -> Option<Finding> {
    let outcome = leaf.outcome?;
    let mut facts = leaf.facts;
    let message = if leaf.message.is_empty() { needs_text(&leaf.missing, zh) } else { leaf.message };
    if !leaf.missing.is_empty() {
        facts.set("missing", leaf.missing);
    }
    Some(Finding { check, outcome, class, basis: leaf.basis, facts, evidence: leaf.evidence, message })
}

/// The sentence of a check that could not even begin for want of a cell.
fn needs_text(missing: &[Missing], zh: bool) -> String {
    if missing.is_empty() {
        return String::new();
    }
    let unique = |texts: Vec<&'static str>| {
        let mut out: Vec<&str> = Vec::new();
        for text in texts {
            if !out.contains(&text) {
                out.push(text);
            }
        }
        out.join(if zh { "、" } else { ", " })
    };
    let columns = unique(missing.iter().map(|m| m.place.col.name()).collect());
    let documents = unique(missing.iter().map(|m| m.document).collect());
    if zh {
        format!("缺少{columns}，不能确定，请调取{documents}。")
    } else {
        format!("Cannot be decided without {columns}; ask for {documents}.")
    }
}

/// The unknown inputs on which the outcome depends: those whose answers lead to different sets of outcomes.
fn deciding(branches: &[Branch<Leaf>]) -> Vec<Missing> {
    let mut seen: Vec<(Key, Missing)> = Vec::new();
    for step in branches.iter().flat_map(|b| &b.steps) {
        if let Origin::Unknown(missing) = &step.origin
            && !seen.iter().any(|(key, _)| *key == step.key)
        {
            seen.push((step.key, missing.clone()));
        }
    }
    let outcomes_with = |key: Key, chosen: Option<usize>| -> BTreeSet<Outcome> {
        branches
            .iter()
            .filter(|b| b.steps.iter().find(|s| s.key == key).map(|s| s.chosen) == chosen)
            .map(|b| b.result.outcome.unwrap_or(Outcome::Pass))
            .collect()
    };
    let decides = |key: Key| {
        let options = branches.iter().flat_map(|b| &b.steps).find(|s| s.key == key).map_or(0, |s| s.options);
        let sets: BTreeSet<_> =
            (0..options).map(|n| outcomes_with(key, Some(n))).filter(|set| !set.is_empty()).collect();
        sets.len() > 1
    };
    let named: Vec<Missing> = seen.iter().filter(|(key, _)| decides(*key)).map(|(_, m)| m.clone()).collect();
    if named.is_empty() { seen.into_iter().map(|(_, m)| m).collect() } else { named }
}

/// Facts that agree stay; those that differ become `readings`, one object for each distinct combination.
fn merge_facts(branches: &[&Branch<Leaf>]) -> Facts {
    let mut keys: Vec<&'static str> = Vec::new();
    for (key, _) in branches.iter().flat_map(|b| &b.result.facts.0) {
        if !keys.contains(key) {
            keys.push(key);
        }
    }
    let mut facts = Facts::new();
    let mut differing = Vec::new();
    for key in keys {
        let first = branches[0].result.facts.get(key);
        if branches.iter().all(|b| b.result.facts.get(key) == first) {
            if let Some(value) = first {
                facts.set(key, value.clone());
            }
        } else {
            differing.push(key);
        }
    }
    if !differing.is_empty() {
        let mut readings: Vec<Facts> = Vec::new();
        for branch in branches {
            let reading =
                Facts(differing.iter().filter_map(|k| branch.result.facts.get(k).map(|v| (*k, v.clone()))).collect());
            if !readings.contains(&reading) {
                readings.push(reading);
            }
        }
        facts.set("readings", Fact::List(readings.into_iter().map(Fact::Map).collect()));
    }
    facts
}

fn merge_messages(branches: &[&Branch<Leaf>], outcome: Outcome, mixed: bool, missing: &[Missing], zh: bool) -> String {
    let mut texts: Vec<(Outcome, &str)> = Vec::new();
    for branch in branches {
        if let Some(outcome) = branch.result.outcome
            && !branch.result.message.is_empty()
            && !texts.iter().any(|(_, text)| *text == branch.result.message)
        {
            texts.push((outcome, &branch.result.message));
        }
    }
    texts.sort_by_key(|(outcome, _)| *outcome);
    if !mixed || outcome == Outcome::Risk {
        return texts.first().map_or_else(String::new, |(_, text)| (*text).to_owned());
    }
    let mut columns: Vec<&str> = Vec::new();
    for name in missing.iter().map(|m| m.place.col.name()) {
        if !columns.contains(&name) {
            columns.push(name);
        }
    }
    let worst = texts.first().map_or("", |(_, text)| *text);
    match (zh, columns.is_empty()) {
        (true, true) => format!("法律存在不同理解，结论不一，不能确定。其中一种理解下：{worst}"),
        (true, false) => format!("缺少{}，不能确定。最不利的情形：{worst}", columns.join("、")),
        (false, true) => {
            format!("The law can be read in more than one way and the readings differ. Under one of them: {worst}")
        }
        (false, false) => format!("Cannot be decided without {}. At worst: {worst}", columns.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CellRef, Col};

    fn place(col: Col) -> Place {
        Place { at: CellRef { sheet: 0, row: 1, col: 2 }, col }
    }

    fn run(f: impl FnMut(&mut World) -> Leaf) -> Option<Finding> {
        examine("reduction/amount", Class::E, false, f)
    }

    #[test]
    fn an_unknown_that_changes_nothing_is_not_reported() {
        let finding = run(|w| {
            w.ask("recidivist", place(Col::InRecidivist), "判决书");
            Leaf::pass()
        });
        let finding = finding.unwrap();
        assert_eq!(finding.outcome, Outcome::Pass);
        assert_eq!(finding.facts.get("missing"), None);
    }

    #[test]
    fn only_the_cells_that_decide_are_named() {
        let finding = run(|w| {
            let decides = w.ask("recidivist", place(Col::InRecidivist), "判决书");
            w.ask("remorse", place(Col::InRemorse), "评审鉴定表");
            if decides { Leaf::violation().fact("cap", 1) } else { Leaf::pass().fact("cap", 2) }
        })
        .unwrap();
        assert_eq!(finding.outcome, Outcome::Unverified);
        let Some(Fact::List(missing)) = finding.facts.get("missing") else { panic!("no list of what is missing") };
        assert_eq!(missing.len(), 1);
        let Some(Fact::List(readings)) = finding.facts.get("readings") else { panic!("no readings") };
        assert_eq!(readings.len(), 2);
    }

    #[test]
    fn violation_and_risk_mixed_are_a_risk_and_silence_counts_as_pass() {
        let mixed = run(|w| if w.reading("start", 2) == 0 { Leaf::violation() } else { Leaf::risk() });
        assert_eq!(mixed.unwrap().outcome, Outcome::Risk);
        let silent = run(|w| if w.reading("start", 2) == 0 { Leaf::violation() } else { Leaf::silent() });
        assert_eq!(silent.unwrap().outcome, Outcome::Unverified);
        assert_eq!(run(|_| Leaf::silent()), None);
    }

    #[test]
    fn the_same_question_has_one_answer_in_a_world() {
        let settled = settle(|w| {
            let (a, b) = (w.reading("start", 2), w.reading("start", 2));
            Determined::Is(a == b)
        });
        assert_eq!(settled, Settled::Is(true));
        assert_eq!(holds(|w| w.reading("x", 2) == 1), None);
    }
}
