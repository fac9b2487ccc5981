//! Two reviews side by side: what one says and the other does not, case by case and check by check.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::checks::case::Lang;
use crate::law::Rules;

/// Version of the shape of a [`Verification`].
pub const SCHEMA: u32 = 1;

/// One thing that two reviews say differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Difference {
    /// The case: number of the person, case number, kind; null where it is about none.
    pub case: Option<String>,
    /// What is different: the path of a check with one of its facts, a limit, a problem.
    pub what: String,
    /// What the pack says; absent where it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Value"))]
    pub then: Option<Value>,
    /// What is found now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Value"))]
    pub now: Option<Value>,
}

impl Difference {
    /// On one line.
    pub fn line(&self, rules: &Rules, lang: Lang) -> String {
        let said = |value: &Option<Value>| match value {
            None => lang.pick(|| "（没有）".to_owned(), || "(nothing)".to_owned()),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        let colon = if lang.is_zh() { "：" } else { ": " };
        let case = self.case.as_ref().map(|c| format!("{c}  ")).unwrap_or_default();
        let (check, rest) = self.what.split_once('.').map_or((self.what.as_str(), None), |(c, r)| (c, Some(r)));
        let title = rules.check(check).map(|entry| lang.pick(|| entry.zh.title.clone(), || entry.en.title.clone()));
        let title = title.map(|t| lang.pick(|| format!("（{t}）"), || format!(" ({t})"))).unwrap_or_default();
        let rest = rest.map(|r| format!(".{r}")).unwrap_or_default();
        format!("{case}{check}{title}{rest}{colon}{} → {}", said(&self.then), said(&self.now))
    }
}

/// What making the review of an evidence pack again has come to.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Verification {
    /// Version of this shape.
    pub schema: u32,
    /// What it comes to, in a word.
    pub result: Verified,
    /// The pack.
    pub pack: PackOut,
    /// Version of the program that has made the review again.
    pub version: String,
    /// Whether the rules built in are those of the pack. If not, the differences are for information.
    pub same_rules: bool,
    /// The inputs of the pack.
    pub inputs: Vec<InputOut>,
    /// How many cases were reviewed again.
    pub cases: usize,
    /// What the two reviews say differently.
    pub differences: Vec<Difference>,
}

/// What a verification comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verified {
    /// Inputs and results are the same.
    Same,
    /// An input has other bytes; the results are the same.
    InputsChanged,
    /// The results differ.
    Different,
    /// The rules built in are others: it cannot be verified.
    OtherRules,
}

/// An evidence pack.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Pack"))]
pub struct PackOut {
    /// Its file, as named.
    pub file: String,
    /// Digest of its bytes.
    pub sha256: String,
    /// Version of the program that wrote it.
    pub version: String,
    /// Digest of its rules, overlays included.
    pub rules_digest: String,
    /// The day of its review.
    pub as_of: NaiveDate,
    /// How many overlays of rules it holds.
    pub overlays: usize,
    /// Whether its names and numbers are masked.
    pub redacted: bool,
}

/// An input of a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Input"))]
pub struct InputOut {
    /// Its name in the pack.
    pub file: String,
    /// The digest that the pack has.
    pub then: String,
    /// The digest it has now.
    pub now: String,
}

/// What two reviews (as `--format json` prints them) say differently. The names of the program and its version are not
/// compared.
pub fn differences(then: &Value, now: &Value) -> Vec<Difference> {
    let mut found = Found { list: Vec::new() };
    for key in ["as_of", "partial"] {
        found.value(None, key, then.get(key), now.get(key));
    }
    found.keyed(
        None,
        "inputs",
        then.get("inputs"),
        now.get("inputs"),
        |i| text(i, "file"),
        |f, name, a, b| {
            // Digests are the caller's to compare: other bytes may say the same.
            f.value(None, &format!("{name}.sheets"), a.get("sheets"), b.get("sheets"));
        },
    );
    found.problems(then.get("problems"), now.get("problems"));
    found.keyed(None, "cases", then.get("cases"), now.get("cases"), case_name, Found::case);
    let (a, b) = (then.get("summary"), now.get("summary"));
    let part = |v: Option<&Value>, key| v.and_then(|v| v.get(key)).cloned();
    for key in ["cases", "by_verdict", "by_check", "not_examined"] {
        found.deep(None, &format!("summary.{key}"), part(a, key).as_ref(), part(b, key).as_ref());
    }
    let batch = |v| part(v, "batch_findings");
    found.keyed(
        None,
        "batch_findings",
        batch(a).as_ref(),
        batch(b).as_ref(),
        |c| text(c, "check"),
        |f, _, a, b| {
            f.check(None, a, b);
        },
    );
    found.list
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn case_name(case: &Value) -> String {
    let no = text(case, "case_no");
    let kind = text(case, "kind");
    if no.is_empty() {
        format!("{} {kind}", text(case, "inmate"))
    } else {
        format!("{} {no} {kind}", text(case, "inmate"))
    }
}

struct Found {
    list: Vec<Difference>,
}

impl Found {
    fn push(&mut self, case: Option<&str>, what: &str, then: Option<&Value>, now: Option<&Value>) {
        self.list.push(Difference {
            case: case.map(str::to_owned),
            what: what.to_owned(),
            then: then.cloned(),
            now: now.cloned(),
        });
    }

    fn value(&mut self, case: Option<&str>, what: &str, then: Option<&Value>, now: Option<&Value>) {
        if then != now {
            self.push(case, what, then, now);
        }
    }

    /// Objects key by key, down to what is no object.
    fn deep(&mut self, case: Option<&str>, what: &str, then: Option<&Value>, now: Option<&Value>) {
        match (then, now) {
            (Some(a @ Value::Object(_)), Some(b @ Value::Object(_))) => self.object(case, what, a, b),
            _ => self.value(case, what, then, now),
        }
    }

    fn object(&mut self, case: Option<&str>, what: &str, then: &Value, now: &Value) {
        let none = Map::new();
        let (a, b) = (then.as_object().unwrap_or(&none), now.as_object().unwrap_or(&none));
        let more = b.keys().filter(|k| !a.contains_key(*k));
        for key in a.keys().chain(more) {
            self.deep(case, &format!("{what}.{key}"), a.get(key), b.get(key));
        }
    }

    /// Lists of things that have names; of one name there may be several.
    fn keyed<F>(
        &mut self,
        case: Option<&str>,
        what: &str,
        then: Option<&Value>,
        now: Option<&Value>,
        name: impl Fn(&Value) -> String,
        same: F,
    ) where
        F: Fn(&mut Self, &str, &Value, &Value),
    {
        let named = |list: Option<&Value>| -> Vec<(String, Value)> {
            let mut seen: HashMap<String, usize> = HashMap::new();
            let items = list.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            items
                .iter()
                .map(|item| {
                    let name = name(item);
                    let n = seen.entry(name.clone()).or_insert(0);
                    *n += 1;
                    (if *n == 1 { name } else { format!("{name} #{n}") }, item.clone())
                })
                .collect()
        };
        let (a, b) = (named(then), named(now));
        let index: HashMap<&str, &Value> = b.iter().map(|(n, v)| (n.as_str(), v)).collect();
        for (name, old) in &a {
            match index.get(name.as_str()) {
                Some(new) => {
                    if old != *new {
                        same(self, name, old, new);
                    }
                }
                None => self.one_sided(case, what, name, Some(old), None),
            }
        }
        let known: std::collections::HashSet<&str> = a.iter().map(|(n, _)| n.as_str()).collect();
        for (name, new) in b.iter().filter(|(n, _)| !known.contains(n.as_str())) {
            self.one_sided(case, what, name, None, Some(new));
        }
        let order = |list: &[(String, Value)]| list.iter().map(|(n, _)| n.clone()).collect::<Vec<_>>();
        if a.len() == b.len() && known.len() == index.len() && order(&a) != order(&b) && self.list.is_empty() {
            let said = |list| Value::from(order(list));
            self.push(case, &format!("{what} (order)"), Some(&said(&a)), Some(&said(&b)));
        }
    }

    /// Something only one of the reviews has: named, with what it comes to.
    fn one_sided(&mut self, case: Option<&str>, what: &str, name: &str, then: Option<&Value>, now: Option<&Value>) {
        let short = |v: &Value| {
            let told = ["verdict", "outcome", "sha256"].iter().find_map(|k| v.get(*k).cloned());
            told.unwrap_or_else(|| v.clone())
        };
        let what = if what == "checks" { name.to_owned() } else { format!("{what} {name}") };
        self.push(case, &what, then.map(short).as_ref(), now.map(short).as_ref());
    }

    fn problems(&mut self, then: Option<&Value>, now: Option<&Value>) {
        let name =
            |p: &Value| format!("{} {} {} {}", text(p, "code"), text(p, "file"), text(p, "sheet"), text(p, "cell"));
        self.keyed(None, "problems", then, now, name, |f, name, a, b| f.object(None, name, a, b));
    }

    fn case(&mut self, name: &str, then: &Value, now: &Value) {
        let case = Some(name);
        let none = Map::new();
        let (a, b) = (then.as_object().unwrap_or(&none), now.as_object().unwrap_or(&none));
        let more = b.keys().filter(|k| !a.contains_key(*k));
        for key in a.keys().chain(more).filter(|k| *k != "checks") {
            self.deep(case, key, a.get(key), b.get(key));
        }
        self.keyed(
            case,
            "checks",
            a.get("checks"),
            b.get("checks"),
            |c| text(c, "check"),
            |f, _, x, y| f.check(case, x, y),
        );
    }

    /// One check: its outcome, then which of its facts differ, and the rest.
    fn check(&mut self, case: Option<&str>, then: &Value, now: &Value) {
        self.object(case, &text(then, "check"), then, now);
    }
}
