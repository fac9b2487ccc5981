//! Cases next to those of `fixtures/cases`: one cell is changed, mostly by the least that can matter (a day, a month, a
//! tenth of a point, a blank), and `fixtures/neighbours` says what is then said otherwise. The changes that stand there
//! are those that tell a mistake in the program from the program (docs/mutants.md).
//!
//! After a deliberate change of what is said: `JXJS_BLESS=1 cargo test --test neighbours`, then read the difference.

#[path = "../examples/fixtures/mod.rs"]
mod fixtures;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::{env, fs};

use fixtures::neighbours::{Base, Change};
use rayon::prelude::*;

/// A test and a file for each family, so that one that fails says which.
macro_rules! families {
    ($($family:ident)*) => {
        mod a_changed_cell_changes_what_is_said {
            $(#[test] fn $family() { super::as_written(stringify!($family)); })*
        }
    };
}

families! { reduction parole category term points paper procedure pattern mechanisms }

fn as_written(family: &str) {
    let path = fixtures::run::folder().join("neighbours").join(format!("{family}.txt"));
    let before = fs::read_to_string(&path).unwrap_or_default();
    let mut wanted: BTreeMap<&str, Vec<Change>> = BTreeMap::new();
    for line in before.lines().filter(|l| !l.starts_with([' ', '#']) && !l.is_empty()) {
        let (case, change) = line.split_once(' ').expect("case, number, place, change");
        wanted.entry(case).or_default().push(change.parse().unwrap());
    }
    let known = fixtures::all();
    let blocks: Vec<(String, Vec<String>)> = wanted
        .into_par_iter()
        .flat_map(|(path, changes)| {
            let fixture = known.iter().find(|f| f.path == path).unwrap_or_else(|| panic!("{path}: no such case"));
            let base = Base::read(fixture);
            let said = |change: Change| {
                let mut lines =
                    base.otherwise(&change).unwrap_or_else(|| panic!("{path} {change}: cannot be changed so"));
                if lines.is_empty() {
                    lines.push("nothing".to_owned());
                }
                (format!("{path} {change}"), lines)
            };
            changes.into_iter().map(said).collect::<Vec<_>>()
        })
        .collect();
    let head: String = before.lines().take_while(|l| l.starts_with('#')).map(|l| format!("{l}\n")).collect();
    let mut now = head;
    for (head, lines) in &blocks {
        write!(now, "\n{head}\n  {}\n", lines.join("\n  ")).unwrap();
    }
    if env::var_os("JXJS_BLESS").is_some() {
        fs::write(&path, &now).unwrap();
    } else if now != before {
        let mut differences = String::new();
        let known: BTreeMap<&str, &str> = before.split("\n\n").filter_map(|b| b.trim().split_once('\n')).collect();
        for (head, lines) in &blocks {
            let there: Vec<&str> = known.get(&**head).map_or(Vec::new(), |b| b.lines().map(str::trim).collect());
            for line in lines.iter().filter(|l| !there.contains(&&***l)) {
                writeln!(differences, "{head}\n  + {line}").unwrap();
            }
            for line in there.iter().filter(|l| !lines.iter().any(|n| n == *l)) {
                writeln!(differences, "{head}\n  - {line}").unwrap();
            }
        }
        panic!("what is said of changed cases is not what fixtures/neighbours has:\n{differences}");
    }
}
