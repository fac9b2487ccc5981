//! The cases of `fixtures/cases`: what each one states must come out, its golden output, and that the committed workbooks
//! are those that `cargo run --example fixtures` writes.
//!
//! After a deliberate change of what is printed: `JXJS_BLESS=1 cargo test --test golden`, then read the difference.

#[path = "../examples/fixtures/mod.rs"]
mod fixtures;

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use fixtures::Fixture;
use fixtures::run::{self, folder, review};
use jxjs::checks::case::Lang;
use rayon::prelude::*;
use serde_json::Value;

/// A test for each family, so that one that fails says which.
macro_rules! families {
    ($($family:ident)*) => {
        const FAMILIES: &[&str] = &[$(stringify!($family)),*];

        mod cases_come_out_as_stated_and_equal_their_golden_output {
            $(#[test] fn $family() { super::as_stated(stringify!($family)); })*
        }

        mod cases_in_english {
            $(#[test] fn $family() { super::in_english(stringify!($family), super::cases_of(stringify!($family))); })*
            #[test]
            fn mechanisms() {
                super::in_english("mechanisms", super::fixtures::mechanisms());
            }
        }
    };
}

families! { reduction parole category term points paper procedure pattern }

#[test]
fn every_family_is_examined() {
    let families: BTreeSet<String> = fixtures::cases().iter().map(family).collect();
    assert_eq!(families, FAMILIES.iter().map(|f| (*f).to_owned()).collect());
}

fn cases_of(family: &str) -> Vec<Fixture> {
    fixtures::cases().into_iter().filter(|fixture| self::family(fixture) == family).collect()
}

fn as_stated(family: &str) {
    let bless = env::var_os("JXJS_BLESS").is_some();
    let (mut broken, mut unstated, mut changed) = (Vec::new(), Vec::new(), Vec::new());
    let cases = cases_of(family);
    let outputs: Vec<Value> = cases.par_iter().map(|fixture| review(fixture, &[])).collect();
    for (fixture, output) in cases.into_iter().zip(outputs) {
        assert_sentences(&fixture, &output);
        broken.extend(run::unread(&fixture, &output));
        broken.extend(run::broken(&fixture, &output));
        unstated.extend(run::unstated(&fixture, &output));
        let path = folder().join(fixture.path.replace(".xlsx", ".json"));
        let now = golden(&fixture, output);
        let before = fs::read_to_string(&path).unwrap_or_default();
        if now != before {
            changed.push((path, difference(&before, &now), now));
        }
    }
    // What contradicts its own statement is never accepted.
    assert!(broken.is_empty(), "{} claims do not hold:\n{}", broken.len(), broken.join("\n"));
    assert!(unstated.is_empty(), "{} findings are not stated:\n{}", unstated.len(), unstated.join("\n"));
    if bless {
        changed.drain(..).for_each(|(path, _, now)| fs::write(path, now).unwrap());
    }
    let list: Vec<String> = changed.iter().map(|(path, lines, _)| format!("{}:\n{lines}", path.display())).collect();
    assert!(list.is_empty(), "{} golden outputs changed (JXJS_BLESS=1 accepts):\n{}", list.len(), list.join("\n"));
}

/// Everything that is found in a batch: case by case, then of the batch.
fn findings(output: &Value) -> impl Iterator<Item = &Value> {
    let batch = output["summary"]["batch_findings"].as_array().unwrap().iter();
    output["cases"].as_array().unwrap().iter().flat_map(|c| c["checks"].as_array().unwrap()).chain(batch)
}

/// Whatever is found is said in a sentence that has an end.
fn assert_sentences(fixture: &Fixture, output: &Value) {
    for finding in findings(output) {
        let message = finding["message"].as_str().unwrap();
        let whole = !message.is_empty() && !message.trim_end().ends_with(['：', ':']);
        assert!(whole, "{}: {} says {message:?}", fixture.path, finding["check"]);
    }
}

/// What cases say in English of the family they are about, and whatever did not pass; a snapshot a family.
fn in_english(family: &str, cases: Vec<Fixture>) {
    let outputs: Vec<Value> = cases.par_iter().map(|fixture| run::review_in(fixture, &[], Lang::En)).collect();
    let mut said = String::new();
    for (fixture, output) in cases.iter().zip(&outputs) {
        assert_sentences(fixture, output);
        said.push_str(&format!("{}\n", fixture.path));
        for finding in findings(output) {
            let (check, outcome) = (finding["check"].as_str().unwrap(), finding["outcome"].as_str().unwrap());
            if check.starts_with(family) || outcome != "pass" {
                said.push_str(&format!("  {check} {outcome}: {}\n", finding["message"].as_str().unwrap()));
            }
        }
    }
    insta::assert_snapshot!(format!("in_english_{family}"), said);
}

#[test]
fn known_mechanisms_are_caught_and_their_lawful_twins_are_not() {
    let mut broken = Vec::new();
    for fixture in fixtures::mechanisms() {
        let output = review(&fixture, &[]);
        broken.extend(run::unread(&fixture, &output));
        broken.extend(run::broken(&fixture, &output));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn published_cases_come_out_as_expected() {
    let batch = fixtures::published::batch();
    let expected = fs::read_to_string(folder().join("published/expected.json")).unwrap_or_default();
    assert_eq!(expected, fixtures::published::expectations(), "run the example");
    let output = review(&batch, &[]);
    let broken = run::broken(&batch, &output);
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn committed_workbooks_are_what_the_program_writes() {
    for fixture in fixtures::all() {
        let committed = fs::read(folder().join(&fixture.path)).unwrap_or_default();
        let written = fixture.book.bytes().unwrap();
        if committed != written {
            // Another version of the writer may compress differently; what counts is what stands in the cells.
            assert_eq!(run::cells(&committed), run::cells(&written), "{}: run the example", fixture.path);
        }
    }
}

#[test]
fn no_workbook_or_golden_output_is_left_over() {
    let known: Vec<String> = fixtures::all().into_iter().map(|f| f.path).collect();
    let mut left = Vec::new();
    run::files_below(&folder(), &mut |path| {
        if path.extension().is_none_or(|e| e != "xlsx" && !path.to_string_lossy().contains("cases")) {
            return;
        }
        let name = path.strip_prefix(folder()).unwrap().to_string_lossy().replace('\\', "/");
        if !known.iter().any(|k| *k == name || k.replace(".xlsx", ".json") == name) {
            left.push(name);
        }
    });
    assert!(left.is_empty(), "made by no case: {left:?}");
}

/// The family of checks a case is about.
fn family(fixture: &Fixture) -> String {
    Path::new(&fixture.path).parent().and_then(|p| p.file_name()).unwrap().to_string_lossy().into_owned()
}

/// The output without what changes from build to build, the counts by check and the checks not examined, one finding a line. Of the families a case is not about, a pass
/// is kept by name only.
fn golden(fixture: &Fixture, mut output: Value) -> String {
    output["tool"]["version"] = "masked".into();
    output["tool"]["rules_digest"] = "masked".into();
    for input in output["inputs"].as_array_mut().unwrap() {
        input["sha256"] = "masked".into();
    }
    if let Some(summary) = output["summary"].as_object_mut() {
        summary.remove("by_check");
        for sheet in summary["not_examined"].as_array_mut().unwrap() {
            sheet.as_object_mut().unwrap().remove("checks");
        }
    }
    let family = family(fixture);
    for case in output["cases"].as_array_mut().unwrap() {
        for finding in case["checks"].as_array_mut().unwrap() {
            let own = finding["check"].as_str().unwrap().starts_with(&*family);
            if !own && finding["outcome"] == "pass" {
                finding.as_object_mut().unwrap().retain(|k, _| k == "check" || k == "outcome");
            }
        }
    }
    let mut text = String::new();
    print(&output, 0, &mut text);
    text.push('\n');
    text
}

/// Objects and lists are opened down to the findings; what lies deeper stays on one line.
fn print(value: &Value, depth: usize, out: &mut String) {
    const OPEN: usize = 5;
    let pad = "  ".repeat(depth + 1);
    let end = "  ".repeat(depth);
    match value {
        Value::Object(map) if depth < OPEN && !map.is_empty() && (depth < 3 || map.contains_key("checks")) => {
            out.push_str("{\n");
            for (n, (key, value)) in map.iter().enumerate() {
                out.push_str(&format!("{pad}\"{key}\": "));
                print(value, depth + 1, out);
                out.push_str(if n + 1 < map.len() { ",\n" } else { "\n" });
            }
            out.push_str(&format!("{end}}}"));
        }
        Value::Array(list) if depth < OPEN && list.iter().any(Value::is_object) => {
            out.push_str("[\n");
            for (n, value) in list.iter().enumerate() {
                out.push_str(&pad);
                print(value, depth + 1, out);
                out.push_str(if n + 1 < list.len() { ",\n" } else { "\n" });
            }
            out.push_str(&format!("{end}]"));
        }
        other => out.push_str(&other.to_string()),
    }
}

/// The lines that went and the lines that came.
fn difference(before: &str, now: &str) -> String {
    let gone = before.lines().filter(|l| !now.lines().any(|n| n == *l)).map(|l| format!("  - {}", l.trim()));
    let come = now.lines().filter(|l| !before.lines().any(|b| b == *l)).map(|l| format!("  + {}", l.trim()));
    gone.chain(come).collect::<Vec<_>>().join("\n")
}
