//! Two reviews side by side: what one says and the other does not, case by case and check by check.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::checks::case::Lang;
use crate::law::Rules;

/// One thing that two reviews say differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The case, where it is about one.
    pub case: Option<String>,
    /// What is different: a check with one of its facts, a limit, a problem.
    pub what: String,
    /// What the one says; `None` where it says nothing.
    pub then: Option<String>,
    /// What the other says.
    pub now: Option<String>,
}

impl Difference {
    /// On one line.
    pub fn line(&self, lang: Lang) -> String {
        let none = || lang.pick(|| "（没有）".to_owned(), || "(nothing)".to_owned());
        let (then, now) = (self.then.clone().unwrap_or_else(none), self.now.clone().unwrap_or_else(none));
        let colon = if lang.is_zh() { "：" } else { ": " };
        let case = self.case.as_ref().map(|c| format!("{c}  ")).unwrap_or_default();
        format!("{case}{}{colon}{then} → {now}", self.what)
    }
}

/// What two reviews (as `--format json` prints them) say differently. The names of the program and its version are not
/// compared.
pub fn differences(then: &Value, now: &Value, rules: &Rules, lang: Lang) -> Vec<Difference> {
    let mut found = Found { rules, lang, list: Vec::new() };
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

struct Found<'a> {
    rules: &'a Rules,
    lang: Lang,
    list: Vec<Difference>,
}

impl Found<'_> {
    fn push(&mut self, case: Option<&str>, what: &str, then: Option<&Value>, now: Option<&Value>) {
        let words = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
        self.list.push(Difference {
            case: case.map(str::to_owned),
            what: what.to_owned(),
            then: then.map(words),
            now: now.map(words),
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
        let what = if what == "checks" { self.title(name) } else { format!("{what} {name}") };
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
        let title = self.title(&text(then, "check"));
        self.object(case, &title, then, now);
    }

    fn title(&self, check: &str) -> String {
        let entry = self.rules.check(check);
        let title = entry.map(|e| self.lang.pick(|| e.zh.title.clone(), || e.en.title.clone()));
        match title {
            Some(title) => self.lang.pick(|| format!("{check}（{title}）"), || format!("{check} ({title})")),
            None => check.to_owned(),
        }
    }
}
