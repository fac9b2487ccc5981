//! Reads and validates the rule files.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, OnceLock};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::calendar::Calendar;
use super::charges::{Categories, ChargeBook};
use super::limits::{Group, LimitRow, NamedValue, Stricter};
use super::points::{self, PointValue, ScaleStep};
use crate::checks::finding::{Basis, Class, Outcome};
use crate::model::{Stage, Term, date};

/// The rule files built into the binary, in reading order.
pub const BUILTIN: &[(&str, &str)] = &[
    ("rules/instruments.toml", include_str!("../../rules/instruments.toml")),
    ("rules/limits/fixed.toml", include_str!("../../rules/limits/fixed.toml")),
    ("rules/limits/life.toml", include_str!("../../rules/limits/life.toml")),
    ("rules/limits/reprieve.toml", include_str!("../../rules/limits/reprieve.toml")),
    ("rules/limits/values.toml", include_str!("../../rules/limits/values.toml")),
    ("rules/points.toml", include_str!("../../rules/points.toml")),
    ("rules/checks/reduction.toml", include_str!("../../rules/checks/reduction.toml")),
    ("rules/checks/parole.toml", include_str!("../../rules/checks/parole.toml")),
    ("rules/checks/category.toml", include_str!("../../rules/checks/category.toml")),
    ("rules/checks/term.toml", include_str!("../../rules/checks/term.toml")),
    ("rules/checks/points.toml", include_str!("../../rules/checks/points.toml")),
    ("rules/checks/paper.toml", include_str!("../../rules/checks/paper.toml")),
    ("rules/checks/pattern.toml", include_str!("../../rules/checks/pattern.toml")),
    ("rules/checks/procedure.toml", include_str!("../../rules/checks/procedure.toml")),
    ("rules/examples.toml", include_str!("../../rules/examples.toml")),
];

/// Built-in data with loaders of their own; they count towards the digest.
const BUILTIN_DATA: &[(&str, &str)] = &[
    ("rules/charges.csv", include_str!("../../rules/charges.csv")),
    ("rules/categories.toml", include_str!("../../rules/categories.toml")),
    ("rules/holidays.toml", Calendar::text()),
    ("rules/limits/before-2017.toml", super::before_2017::BUILTIN),
];

/// A legal instrument: a law, an interpretation, a regulation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// The id used in every basis, e.g. `法释〔2016〕23号`.
    pub id: String,
    /// Short name.
    #[serde(default)]
    pub short: Option<String>,
    /// Full title in Chinese.
    pub zh: String,
    /// Title in English.
    pub en: String,
    /// In force from.
    #[serde(default, deserialize_with = "super::toml_date::opt")]
    pub from: Option<NaiveDate>,
    /// In force until.
    #[serde(default, deserialize_with = "super::toml_date::opt")]
    pub until: Option<NaiveDate>,
    /// Whether its text was seen.
    pub verified: bool,
    /// The articles that exist (or were seen): `1-42`, `120之三`.
    pub articles: Vec<String>,
    /// Anything a reader should know.
    #[serde(default)]
    pub note: Option<String>,
}

impl Instrument {
    /// Whether it has (or the project has seen) an article.
    pub fn has_article(&self, article: &str) -> bool {
        self.articles.iter().any(|range| {
            if range == article {
                return true;
            }
            let inside = || {
                let (from, to) = range.split_once('-')?;
                let n: u32 = article.parse().ok()?;
                Some(n >= from.parse().ok()? && n <= to.parse().ok()?)
            };
            inside().unwrap_or(false)
        })
    }
}

/// The texts of a check in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckText {
    /// Its name for people.
    pub title: String,
    /// What it tells the prosecutor.
    pub meaning: String,
    /// Why it matters.
    pub why: String,
    /// How it is computed.
    pub how: String,
    /// How a finding can be confirmed.
    pub confirm: String,
}

/// A number that is ours, or the law's where it is not a limit, with its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// The number, as decimal text.
    #[serde(default)]
    pub value: Decimal,
    /// Where the number is kept, if not here: a named value, or `points:` and a number of the points system.
    #[serde(default)]
    pub of: Option<String>,
    /// Its unit.
    pub unit: String,
    /// Why this number, in Chinese.
    pub reason_zh: String,
    /// Why this number, in English.
    pub reason_en: String,
    /// Whether it is a number of the law whose text was seen.
    #[serde(default)]
    pub verified: Option<bool>,
    /// The provision, where it is a number of the law.
    #[serde(default)]
    pub basis: Option<Basis>,
}

/// The catalogue entry of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckEntry {
    /// `family/name`.
    pub id: String,
    /// Risk class.
    pub class: Class,
    /// The outcomes it may have besides pass.
    pub fails_as: Vec<Outcome>,
    /// Whether it only notes.
    #[serde(default)]
    pub note: bool,
    /// Whether it says nothing where there is nothing to report, instead of passing.
    #[serde(default)]
    pub silent: bool,
    /// The provisions it rests on.
    pub basis: Vec<Basis>,
    /// Stable, or still on trial.
    #[serde(default)]
    pub status: Option<String>,
    /// Chinese texts.
    pub zh: CheckText,
    /// English texts.
    pub en: CheckText,
    /// Thresholds by name.
    #[serde(default)]
    pub thresholds: BTreeMap<String, Threshold>,
}

/// What a check says of one of the made-up cases of `fixtures/cases`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The check, `family/name`.
    pub check: String,
    /// What it finds in the case.
    pub outcome: Outcome,
    /// The workbook below `fixtures/cases`, without `.xlsx`.
    pub case: String,
    /// The local rules it is examined with, below `fixtures/rules`.
    #[serde(default)]
    pub rules: Option<String>,
    /// What it says, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

/// The content of one rule file; every file may hold any of the tables.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    #[serde(default)]
    instrument: Vec<Instrument>,
    #[serde(default)]
    row: Vec<LimitRow>,
    #[serde(default)]
    value: Vec<NamedValue>,
    #[serde(default)]
    check: Vec<CheckEntry>,
    #[serde(default)]
    point: Vec<PointValue>,
    #[serde(default)]
    scale: Vec<ScaleStep>,
    #[serde(default)]
    example: Vec<Example>,
}

/// A fault in a rule file, with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct RulesError {
    /// The file.
    pub file: String,
    /// Line, from 1; 0 where the file as a whole is meant.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// The line itself.
    pub excerpt: String,
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            return write!(f, "{}: {}", self.file, self.message);
        }
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        let pad = " ".repeat(self.line.to_string().len());
        let caret = " ".repeat(self.column.saturating_sub(1));
        write!(f, "\n{pad} |\n{} | {}\n{pad} | {caret}^", self.line, self.excerpt)
    }
}

impl RulesError {
    fn at(file: &str, text: &str, offset: Option<usize>, message: String) -> RulesError {
        let Some(offset) = offset.map(|o| o.min(text.len())) else {
            return RulesError { file: file.to_owned(), line: 0, column: 0, message, excerpt: String::new() };
        };
        let before = text.get(..offset).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let excerpt = text.lines().nth(line - 1).unwrap_or_default().to_owned();
        RulesError { file: file.to_owned(), line, column, message, excerpt }
    }

    /// A fault of the entry with this id.
    fn of_entry(file: &str, text: &str, id: &str, message: String) -> RulesError {
        let offset = text.find(&format!("\"{id}\""));
        RulesError::at(file, text, offset, message)
    }
}

/// The law, ready to use.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Instruments by id.
    pub instruments: BTreeMap<String, Instrument>,
    /// Rows of the limit tables.
    pub rows: Vec<LimitRow>,
    /// Named values.
    values: HashMap<String, NamedValue>,
    /// Catalogue entries in catalogue order.
    pub checks: Vec<CheckEntry>,
    check_index: HashMap<String, usize>,
    /// The charges of the criminal law.
    pub charges: Arc<ChargeBook>,
    /// The restricted groups over them.
    pub categories: Arc<Categories>,
    /// Working days and deadlines.
    pub calendar: Arc<Calendar>,
    /// Numbers of the points system, each with its provision.
    pub points: Vec<PointValue>,
    /// The same, ready for the recomputation.
    pub point_values: crate::model::ledger::Values,
    /// A local scale from commendations to months; empty without an overlay.
    pub scale: Vec<ScaleStep>,
    /// Examples, in the order of the file.
    pub examples: Vec<Example>,
    /// `sha256:…` over all rule files, overlays included.
    pub digest: String,
}

impl Rules {
    /// The rules built into the binary.
    ///
    /// # Panics
    /// Never in a released binary: a test loads and validates these same files.
    pub fn builtin() -> Arc<Rules> {
        static RULES: OnceLock<Arc<Rules>> = OnceLock::new();
        RULES
            .get_or_init(|| match Rules::load(&[]) {
                Ok(rules) => Arc::new(rules),
                Err(error) => panic!("built-in rules are damaged: {error}"),
            })
            .clone()
    }

    /// The built-in rules with overlays on top (name and text of each).
    ///
    /// # Errors
    /// The first fault found, with file, line and column: bad TOML, an unknown key, a basis that does not exist, a
    /// value that would relax the law, a gap or an overlap of the tables.
    pub fn load(overlays: &[(String, String)]) -> Result<Rules, RulesError> {
        let fault = |e: super::charges::ChargeError| RulesError::at("rules/charges.csv", "", None, e.to_string());
        let charges = ChargeBook::builtin().map_err(fault)?;
        let categories = Categories::builtin(&charges).map_err(fault)?;
        let calendar =
            Calendar::builtin().map_err(|e| RulesError::at("rules/holidays.toml", "", None, e.message().to_owned()))?;
        let mut rules = Rules {
            charges: Arc::new(charges),
            categories: Arc::new(categories),
            calendar: Arc::new(calendar),
            instruments: BTreeMap::new(),
            rows: Vec::new(),
            values: HashMap::new(),
            checks: Vec::new(),
            check_index: HashMap::new(),
            points: Vec::new(),
            point_values: crate::model::ledger::Values::default(),
            scale: Vec::new(),
            examples: Vec::new(),
            digest: String::new(),
        };
        let mut hash = Sha256::new();
        for (file, text) in BUILTIN {
            rules.add(file, text, false)?;
            hash.update(file.as_bytes());
            hash.update(text.as_bytes());
        }
        for (file, text) in BUILTIN_DATA {
            hash.update(file.as_bytes());
            hash.update(text.as_bytes());
        }
        for (file, text) in overlays {
            rules.add(file, text, true)?;
            hash.update(text.as_bytes());
        }
        rules.digest = format!("sha256:{}", hex(&hash.finalize()));
        let files = BUILTIN.iter().map(|(f, t)| (*f, *t)).chain(overlays.iter().map(|(f, t)| (f.as_str(), t.as_str())));
        for (file, text) in files.clone() {
            rules.validate_file(file, text)?;
        }
        rules.validate_tables()?;
        // Of the files that name a number the last one has set it.
        let at = |id: &str, message: String| {
            let named = format!("\"{id}\"");
            let (file, text) = files.clone().rfind(|(_, text)| text.contains(&named)).unwrap_or_default();
            RulesError::of_entry(file, text, id, message)
        };
        rules.resolve_thresholds(&at)?;
        rules.point_values = points::values(&rules.points).map_err(|e| at(&e.0, e.to_string()))?;
        Ok(rules)
    }

    fn parse(file: &str, text: &str) -> Result<RuleFile, RulesError> {
        toml::from_str(text).map_err(|e| RulesError::at(file, text, e.span().map(|s| s.start), e.message().to_owned()))
    }

    fn add(&mut self, file: &str, text: &str, overlay: bool) -> Result<(), RulesError> {
        let parsed = Rules::parse(file, text)?;
        for instrument in parsed.instrument {
            let id = instrument.id.clone();
            if self.instruments.insert(id.clone(), instrument).is_some() {
                return Err(RulesError::of_entry(file, text, &id, format!("instrument {id} is defined twice")));
            }
        }
        for row in parsed.row {
            if self.rows.iter().any(|r| r.id == row.id) {
                return Err(RulesError::of_entry(file, text, &row.id, format!("row {} is defined twice", row.id)));
            }
            self.rows.push(row);
        }
        for mut value in parsed.value {
            let fault = |message: String| RulesError::of_entry(file, text, &value.id, message);
            match self.values.get(&value.id) {
                Some(_) if !overlay => return Err(fault(format!("value {} is defined twice", value.id))),
                Some(old) if !may_replace(old, &value) => {
                    return Err(fault(format!(
                        "value {} would relax the law; an overlay may only be stricter",
                        value.id
                    )));
                }
                None if overlay => return Err(fault(format!("there is no value {} to tighten", value.id))),
                Some(old) => value.stricter = old.stricter,
                None => {}
            }
            self.values.insert(value.id.clone(), value);
        }
        for check in parsed.check {
            let fault = |message: String| RulesError::of_entry(file, text, &check.id, message);
            match self.check_index.get(&check.id) {
                Some(&at) if overlay => match check_fault(&self.checks[at], &check) {
                    Some(message) => return Err(fault(message)),
                    None => self.checks[at] = check,
                },
                Some(_) => return Err(fault(format!("check {} is defined twice", check.id))),
                None if overlay => return Err(fault(format!("there is no check {}", check.id))),
                None => {
                    self.check_index.insert(check.id.clone(), self.checks.len());
                    self.checks.push(check);
                }
            }
        }
        for mut point in parsed.point {
            let fault = |message: String| RulesError::of_entry(file, text, &point.id, message);
            match self.points.iter_mut().find(|p| p.id == point.id) {
                Some(_) if !overlay => return Err(fault(format!("point value {} is defined twice", point.id))),
                Some(old) if !old.may_become(&point) || !in_range(point.value) => {
                    return Err(fault(format!(
                        "point value {} would relax the rules; an overlay may only be stricter",
                        point.id
                    )));
                }
                Some(old) => {
                    (point.stricter, point.from, point.until) = (old.stricter, old.from, old.until);
                    *old = point;
                }
                None if overlay => return Err(fault(format!("there is no point value {} to tighten", point.id))),
                None => self.points.push(point),
            }
        }
        for step in parsed.scale {
            if self.scale.iter().any(|s| s.id == step.id) {
                return Err(RulesError::of_entry(
                    file,
                    text,
                    &step.id,
                    format!("scale step {} is defined twice", step.id),
                ));
            }
            self.scale.push(step);
        }
        self.examples.extend(parsed.example);
        Ok(())
    }

    /// Every basis of a file exists, every text is there in both languages.
    fn validate_file(&self, file: &str, text: &str) -> Result<(), RulesError> {
        let parsed = Rules::parse(file, text)?;
        let check_basis = |id: &str, basis: &Basis| {
            let known = self.instruments.get(&*basis.instrument).is_some_and(|i| i.has_article(&basis.article));
            if known {
                return Ok(());
            }
            let message =
                format!("{id}: {} has no article {} in rules/instruments.toml", basis.instrument, basis.article);
            Err(RulesError::of_entry(file, text, id, message))
        };
        for row in &parsed.row {
            let quantities = [&row.start, &row.interval].into_iter().flatten().map(|q| &q.basis);
            let grades = [&row.cap, &row.target].into_iter().flatten().map(|q| &q.basis);
            for basis in quantities.chain(grades) {
                check_basis(&row.id, basis)?;
            }
            for grades in [&row.cap, &row.target].into_iter().flatten() {
                if let Some(bad) = grades.values.iter().find(|v| *v != "-" && v.parse::<Term>().is_err()) {
                    let message = format!("{}: {bad:?} is neither a duration such as P9M nor -", row.id);
                    return Err(RulesError::of_entry(file, text, &row.id, message));
                }
            }
        }
        for value in &parsed.value {
            check_basis(&value.id, &value.basis)?;
            let kinds = [value.term.is_some(), value.number.is_some(), value.date.is_some()];
            if kinds.iter().filter(|k| **k).count() != 1 {
                let message = format!("{}: exactly one of term, number and date is needed", value.id);
                return Err(RulesError::of_entry(file, text, &value.id, message));
            }
        }
        for point in &parsed.point {
            match &point.basis {
                Some(basis) => check_basis(&point.id, basis)?,
                None if point.ours => {}
                None => {
                    let message = format!("{}: a number of the law needs its basis", point.id);
                    return Err(RulesError::of_entry(file, text, &point.id, message));
                }
            }
        }
        for example in &parsed.example {
            self.validate_example(example)
                .map_err(|message| RulesError::of_entry(file, text, &example.check, message))?;
        }
        for check in &parsed.check {
            for basis in &check.basis {
                check_basis(&check.id, basis)?;
            }
            for words in [&check.zh, &check.en] {
                for part in [&words.title, &words.meaning, &words.why, &words.how, &words.confirm] {
                    if part.trim().is_empty() {
                        let message = format!("{}: a text is empty", check.id);
                        return Err(RulesError::of_entry(file, text, &check.id, message));
                    }
                }
            }
        }
        Ok(())
    }

    /// An example is of a check that exists, with an outcome that the check may have.
    fn validate_example(&self, example: &Example) -> Result<(), String> {
        let Example { check: id, outcome, zh, en, .. } = example;
        let Some(&at) = self.check_index.get(id) else {
            return Err(format!("an example of {id}, which is no check"));
        };
        if *outcome != Outcome::Pass && !self.checks[at].fails_as.contains(outcome) {
            return Err(format!("{id}: an example with the outcome {}, which it never has", outcome.as_str()));
        }
        if *outcome == Outcome::Pass && self.checks[at].silent {
            return Err(format!("{id}: an example that passes, of a check that never does"));
        }
        if zh.trim().is_empty() || en.trim().is_empty() {
            return Err(format!("{id}: the text of an example is empty"));
        }
        Ok(())
    }

    /// Thresholds that are numbers of the law are kept with the law; here they are looked up, in the unit shown.
    fn resolve_thresholds(&mut self, at: &dyn Fn(&str, String) -> RulesError) -> Result<(), RulesError> {
        for i in 0..self.checks.len() {
            let id = self.checks[i].id.clone();
            let names: Vec<String> = self.checks[i].thresholds.keys().cloned().collect();
            for name in names {
                let threshold = &self.checks[i].thresholds[&name];
                let Some(of) = &threshold.of else { continue };
                let value = self.number_in(of, &threshold.unit).ok_or_else(|| {
                    let unit = &threshold.unit;
                    at(of, format!("{id}: the threshold {name} refers to {of}, which is no number of {unit}"))
                })?;
                if let Some(threshold) = self.checks[i].thresholds.get_mut(&name) {
                    threshold.value = value;
                }
            }
        }
        Ok(())
    }

    /// A named number in a unit.
    fn number_in(&self, of: &str, unit: &str) -> Option<Decimal> {
        if let Some(id) = of.strip_prefix("points:") {
            return self.points.iter().rev().find(|p| p.id == id).map(|p| p.value);
        }
        let value = self.values.get(of)?;
        let number = match (value.term, unit) {
            (Some(t), "years") if t.months() == 0 && t.days() == 0 => i64::from(t.years()),
            (Some(t), "months") if t.days() == 0 => i64::from(t.total_months()),
            (None, _) => value.number?,
            _ => return None,
        };
        Some(Decimal::from(number))
    }

    /// The general rows cover every term without gap or overlap, on every day from the first in force.
    fn validate_tables(&self) -> Result<(), RulesError> {
        let fault = |message: String| Err(RulesError::at("rules/limits", "", None, message));
        for name in NAMED_TERMS {
            if self.values.get(*name).is_none_or(|v| v.term.is_none()) {
                return fault(format!("the value {name} is missing or not a term"));
            }
        }
        for stage in
            [Stage::Fixed, Stage::Life, Stage::LifeAfterReprieve, Stage::FixedFromLife, Stage::FixedFromReprieve]
        {
            let general: Vec<&LimitRow> =
                self.rows.iter().filter(|r| r.stage == stage && r.groups.contains(&Group::All)).collect();
            let ended = general.iter().filter_map(|r| r.until).map(|until| date::add_days(until, 1));
            let changes: BTreeSet<NaiveDate> = general.iter().map(|r| r.from).chain(ended).collect();
            if changes.is_empty() {
                return fault(format!("{}: no general row", stage.as_str()));
            }
            for (day, months) in changes.into_iter().flat_map(|day| (1..=30 * 12).map(move |months| (day, months))) {
                let term = Term::of_months(months);
                let covers = |r: &&&LimitRow| r.in_force(day) && r.term.is_none_or(|b| b.contains(term));
                let n = general.iter().filter(covers).count();
                if n != 1 {
                    return fault(format!("{}: {n} general rows for a term of {term} on {day}", stage.as_str()));
                }
            }
        }
        Ok(())
    }

    /// The examples of a check.
    pub fn examples_of<'a>(&'a self, check: &'a str) -> impl Iterator<Item = &'a Example> {
        self.examples.iter().filter(move |example| example.check == check)
    }

    /// A named duration of the law.
    ///
    /// # Panics
    /// If the name is not in the rules; loading verifies that every name the code uses is there.
    pub fn term(&self, id: &str) -> Term {
        self.value(id).term.unwrap_or_else(|| panic!("{id} is not a term"))
    }

    /// A named date of the law.
    ///
    /// # Panics
    /// As [`Rules::term`].
    pub fn date(&self, id: &str) -> NaiveDate {
        self.value(id).date.unwrap_or_else(|| panic!("{id} is not a date"))
    }

    /// A named number of the law.
    ///
    /// # Panics
    /// As [`Rules::term`].
    pub fn number(&self, id: &str) -> i64 {
        self.value(id).number.unwrap_or_else(|| panic!("{id} is not a number"))
    }

    /// The figures the sentence timeline needs.
    pub fn replay_law(&self) -> crate::model::ReplayLaw {
        crate::model::ReplayLaw {
            reprieve: self.term("reprieve/length"),
            counting_from: self.date("law/term-counting-from"),
        }
    }

    /// Whether an instrument is in force on a day; one without a first day never is.
    pub fn in_force(&self, instrument: &str, day: NaiveDate) -> bool {
        self.instruments.get(instrument).and_then(|i| i.from).is_some_and(|from| day >= from)
    }

    /// The provision a named value rests on.
    pub fn basis_of(&self, id: &str) -> &Basis {
        &self.value(id).basis
    }

    fn value(&self, id: &str) -> &NamedValue {
        self.values.get(id).unwrap_or_else(|| panic!("the rules have no value {id}"))
    }

    /// All named values, in order of their names.
    pub fn values(&self) -> Vec<&NamedValue> {
        let mut all: Vec<&NamedValue> = self.values.values().collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }

    /// The catalogue entry of a check.
    pub fn check(&self, id: &str) -> Option<&CheckEntry> {
        self.check_index.get(id).map(|&at| &self.checks[at])
    }

    /// A threshold of a check.
    ///
    /// # Panics
    /// If the entry or the threshold is missing; a test asks for every one the code uses.
    pub fn threshold(&self, check: &str, name: &str) -> Decimal {
        self.check(check)
            .and_then(|c| c.thresholds.get(name))
            .unwrap_or_else(|| panic!("the rules have no threshold {name} of {check}"))
            .value
    }

    /// [`Rules::threshold`] as a whole number.
    pub fn threshold_int(&self, check: &str, name: &str) -> i64 {
        use rust_decimal::prelude::ToPrimitive;
        self.threshold(check, name).to_i64().unwrap_or(i64::MAX)
    }

    /// The rows in force for a stage on a day, for a term, for the groups in `groups`.
    pub fn rows_for<'r>(
        &'r self,
        stage: Stage,
        term: Term,
        day: NaiveDate,
        groups: &[Group],
    ) -> impl Iterator<Item = &'r LimitRow> + use<'r> {
        let groups = groups.to_vec();
        self.rows.iter().filter(move |r| {
            r.stage == stage
                && r.in_force(day)
                && r.term.is_none_or(|b| b.contains(term))
                && r.groups.iter().any(|g| groups.contains(g))
        })
    }
}

/// The names of the durations the code asks for; loading fails if one is missing.
const NAMED_TERMS: &[&str] = &[
    "floor/life",
    "floor/life-old",
    "floor/reprieve",
    "floor/limited-life",
    "floor/limited-fixed",
    "start/short-remainder",
    "start/life-again",
    "bar/new-crime-fixed",
    "bar/new-crime-life",
    "bar/crime-in-reprieve",
    "property/wait",
    "parole/life",
    "parole/life-old",
    "parole/reprieve",
];

fn may_replace(old: &NamedValue, new: &NamedValue) -> bool {
    // The direction stays: else a second entry could undo the first.
    if new.stricter.is_some_and(|s| Some(s) != old.stricter) || !new.number.is_none_or(|n| in_range(n.into())) {
        return false;
    }
    let ordering = match (old.term, new.term, old.number, new.number) {
        (Some(a), Some(b), _, _) => a.cmp(&b),
        (_, _, Some(a), Some(b)) => a.cmp(&b),
        _ => return false,
    };
    match old.stricter {
        Some(Stricter::Larger) => ordering.is_le(),
        Some(Stricter::Smaller) => ordering.is_ge(),
        None => false,
    }
}

/// Why an overlay may not put `new` in the place of a check: its texts and our own thresholds may change, what it is
/// may not. A check that could find nothing any more, or lost a number it asks for, would be a looser one.
fn check_fault(old: &CheckEntry, new: &CheckEntry) -> Option<String> {
    if (old.class, &old.fails_as, old.note) != (new.class, &new.fails_as, new.note) {
        return Some(format!("{}: an overlay cannot change class, fails_as and note", new.id));
    }
    if !old.thresholds.keys().eq(new.thresholds.keys()) {
        let names = old.thresholds.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        return Some(format!("{}: an overlay gives exactly these thresholds: {names}", new.id));
    }
    let kept = |old: &Threshold, new: &Threshold| {
        let of_law = old.of.is_some() || old.basis.is_some();
        (&old.of, &old.unit) == (&new.of, &new.unit) && in_range(new.value) && (!of_law || old.value == new.value)
    };
    // A number of the law is looked up where the law is kept, once everything is read.
    let name = new.thresholds.iter().find(|(name, t)| !old.thresholds.get(*name).is_some_and(|o| kept(o, t)))?.0;
    Some(format!("{}: the threshold {name} cannot become this in an overlay", new.id))
}

/// Numbers of rules are small: below this, no sum or product of a check can overflow.
fn in_range(value: Decimal) -> bool {
    !value.is_sign_negative() && value <= Decimal::from(1_000_000_000)
}

/// Bytes in lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_rules_are_sound() {
        if let Err(error) = Rules::load(&[]) {
            panic!("{error}");
        }
    }

    fn overlay(text: &str) -> Result<Rules, RulesError> {
        Rules::load(&[("local.toml".to_owned(), text.to_owned())])
    }

    #[test]
    fn a_row_may_end_where_its_successor_begins() {
        let (until, next) = ("2027-12-31".parse().expect("a day"), "2028-01-01".parse().expect("a day"));
        let with = |from: NaiveDate| {
            let mut rules = (*Rules::builtin()).clone();
            let row = rules.rows.iter_mut().find(|r| r.groups.contains(&Group::All)).expect("a general row");
            row.until = Some(until);
            let successor = LimitRow { id: "next".to_owned(), from, until: None, ..row.clone() };
            rules.rows.push(successor);
            rules.validate_tables().map_err(|e| e.message)
        };
        assert_eq!(with(next), Ok(()));
        for (from, n) in [(until, "2 general rows"), (date::add_days(next, 1), "0 general rows")] {
            let message = with(from).expect_err("refused");
            assert!(message.contains(n), "{message}");
        }
    }

    #[test]
    fn articles_are_named_one_by_one_or_as_ranges() {
        let mut instrument = Rules::builtin().instruments.values().next().expect("an instrument").clone();
        instrument.articles = vec!["7".to_owned(), "10-20".to_owned(), "120之三".to_owned()];
        for (article, expected) in
            [("7", true), ("9", false), ("10", true), ("20", true), ("21", false), ("120之三", true), ("120", false)]
        {
            assert_eq!(instrument.has_article(article), expected, "{article}");
        }
    }

    #[test]
    fn numbers_of_rules_are_neither_negative_nor_huge() {
        for (value, expected) in [(-1, false), (0, true), (1_000_000_000, true), (1_000_000_001, false)] {
            assert_eq!(in_range(Decimal::from(value)), expected, "{value}");
        }
    }

    #[test]
    fn a_fault_is_reported_at_its_line() {
        let error = overlay("[[row]]\nid = \"x\"\nstage = \"fixd\"\n").unwrap_err();
        assert_eq!((error.file.as_str(), error.line), ("local.toml", 3), "{error}");
        let error = overlay("[[value]]\nid = \"floor/life\"\nterm = \"P12Y\"\nverified = true\nzh = \"x\"\nen = \"x\"\nbasis = { instrument = \"刑法\", article = \"78\" }\n").unwrap_err();
        assert_eq!(error.line, 2, "{error}");
        assert!(error.message.contains("stricter"), "{error}");
    }

    #[test]
    fn an_example_is_of_a_check_that_can_find_it() {
        let example = |check: &str, outcome: &str| {
            let text = format!(
                "[[example]]\ncheck = \"{check}\"\noutcome = \"{outcome}\"\ncase = \"x\"\nzh = \"x\"\nen = \"x\"\n"
            );
            overlay(&text).map_err(|e| (e.line, e.message))
        };
        assert!(example("reduction/start-time", "violation").is_ok());
        assert_eq!(example("reduction/nothing", "pass").unwrap_err().0, 2);
        assert!(example("reduction/strictness", "violation").unwrap_err().1.contains("never"));
        assert!(example("reduction/strictness", "pass").unwrap_err().1.contains("never"));
    }

    #[test]
    fn thresholds_that_are_numbers_of_the_law_follow_it() {
        let rules = Rules::builtin();
        assert_eq!(rules.threshold_int("parole/after-reduction", "long_months"), 18);
        assert_eq!(rules.threshold("points/base", "supervision_base"), Decimal::from(35));
        let zero = |c: &CheckEntry| c.thresholds.values().any(|t| t.of.is_some() && t.value.is_zero());
        assert!(!rules.checks.iter().any(zero), "a reference was not looked up");
    }

    #[test]
    fn an_overlay_cannot_turn_what_is_stricter() {
        let value = |term: &str, more: &str| {
            format!(
                "[[value]]\nid = \"floor/life\"\nterm = \"{term}\"\nverified = true\nzh = \"x\"\nen = \"x\"\n{more}\
                 basis = {{ instrument = \"刑法\", article = \"78\" }}\n"
            )
        };
        let turned = value("P13Y", "stricter = \"smaller\"\n");
        assert!(overlay(&turned).unwrap_err().message.contains("stricter"));
        // Nor by leaving the direction out and coming back.
        assert!(overlay(&(value("P14Y", "") + &value("P1Y", ""))).unwrap_err().message.contains("stricter"));
        assert_eq!(overlay(&(value("P14Y", "") + &value("P15Y", ""))).unwrap().term("floor/life"), Term::of_years(15));
    }

    #[test]
    fn an_overlay_cannot_silence_a_check() {
        let text = |fails: &str, thresholds: &str| {
            let words = "{ title = \"x\", meaning = \"x\", why = \"x\", how = \"x\", confirm = \"x\" }";
            format!(
                "[[check]]\nid = \"parole/after-reduction\"\nclass = \"E\"\nfails_as = [{fails}]\nzh = {words}\n\
                 en = {words}\nbasis = [{{ instrument = \"刑法\", article = \"81\" }}]\n{thresholds}"
            )
        };
        let fault = |fails: &str, thresholds: &str| overlay(&text(fails, thresholds)).unwrap_err().message;
        assert!(fault("", "").contains("fails_as"));
        let builtin = Rules::builtin();
        let old = builtin.check("parole/after-reduction").unwrap();
        let fails: Vec<String> = old.fails_as.iter().map(|o| format!("\"{}\"", o.as_str())).collect();
        assert!(fault(&fails.join(","), "").contains("thresholds"));
        let other = CheckEntry { thresholds: old.thresholds.clone(), ..old.clone() };
        assert_eq!(check_fault(old, &other), None);
        let mut other = other;
        other.thresholds.values_mut().for_each(|t| t.value = Decimal::from(-1));
        assert!(check_fault(old, &other).unwrap().contains("threshold"));
    }

    #[test]
    fn an_overlay_may_tighten() {
        let rules = overlay("[[value]]\nid = \"floor/life\"\nterm = \"P14Y\"\nverified = true\nzh = \"x\"\nen = \"x\"\nbasis = { instrument = \"刑法\", article = \"78\" }\n").unwrap();
        assert_eq!(rules.term("floor/life"), Term::of_years(14));
        assert_ne!(rules.digest, Rules::builtin().digest);
    }
}
