//! What the documents say is what the program does.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::{env, fs};

use assert_cmd::Command;
use jxjs::checks::case::Lang;
use jxjs::checks::finding::Outcome;
use jxjs::intake;
use jxjs::law::{Example, Rules};
use jxjs::model::{Level, ProblemCode, SheetKind};
use jxjs::report::{Report, explain, json};
use jxjs::review::{ReviewOptions, review_batch};
use rayon::prelude::*;
use serde_json::Value;

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The commands that a document shows in its code blocks.
fn commands(text: &str) -> Vec<&str> {
    text.lines().filter(|l| l.starts_with("jxjs ")).collect()
}

#[test]
fn every_command_of_the_documents_exists() {
    for name in ["README.md", "README.zh-CN.md"] {
        let text = read(name);
        assert!(commands(&text).len() > 5, "{name} shows the commands");
        for line in commands(&text) {
            let command = line.split_whitespace().nth(1).unwrap();
            Command::cargo_bin("jxjs").unwrap().args([command, "--help"]).assert().success();
            let help = Command::cargo_bin("jxjs").unwrap().args([command, "--help"]).output().unwrap();
            let help = String::from_utf8(help.stdout).unwrap();
            for option in line.split_whitespace().filter(|word| word.starts_with("--")) {
                assert!(help.contains(option), "{name}: {line}: no {option}");
            }
        }
    }
}

#[test]
fn both_documents_show_the_same_commands() {
    let sections = |text: &str| text.lines().filter(|l| l.starts_with("### `")).count();
    let (en, zh) = (read("README.md"), read("README.zh-CN.md"));
    assert_eq!(commands(&en), commands(&zh));
    assert_eq!(sections(&en), sections(&zh));
}

#[test]
fn the_sheets_are_described_as_they_are_read() {
    let (en, zh) = (read("README.md"), read("README.zh-CN.md"));
    for kind in SheetKind::ALL {
        let columns: Vec<&str> = kind.columns().filter(|c| c.required()).map(|c| c.name()).collect();
        let row = format!("| {} | {} |", kind.name(), columns.join("、"));
        assert!(zh.contains(&row), "README.zh-CN.md lacks {row}");
        let row = format!("| {} ({}) | {} |", kind.name(), kind.name_en(), columns.join(", "));
        assert!(en.contains(&row), "README.md lacks {row}");
    }
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let reasons = read("CONTRIBUTING.md");
    for section in ["dependencies", "dev-dependencies"] {
        for name in manifest[section].as_table().unwrap().keys() {
            let listed =
                reasons.lines().any(|l| l.starts_with('|') && l.split([' ', ',', '|']).any(|word| word == name));
            assert!(listed, "CONTRIBUTING.md does not say why {name} is needed");
        }
    }
}

#[test]
fn every_problem_code_is_described_with_its_level() {
    let page = read("docs/output.md");
    for code in ProblemCode::ALL {
        let level = if code.level() == Level::Error { "error" } else { "warning" };
        let row = format!("| `{}` | {level} |", code.as_str());
        assert!(page.contains(&row), "docs/output.md lacks {row}");
    }
}

#[test]
fn the_first_commands_are_those_of_the_pipeline() {
    let readme = read("README.md");
    let shown: Vec<&str> = readme.lines().filter(|l| l.starts_with("cargo ")).take(2).collect();
    assert_eq!(shown.len(), 2);
    assert!(shown[0].starts_with("cargo run ") && shown[1].starts_with("cargo test"), "{shown:?}");
    assert!(read(".ci/run").lines().any(|l| l == shown[1]), ".ci/run runs exactly the test command of the README");
}

#[test]
fn the_page_of_the_checks_is_written_from_the_rules() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/checks.md");
    let page = explain::markdown(&Rules::builtin());
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    let differs = page.lines().zip(written.lines().chain(std::iter::repeat(""))).find(|(now, before)| now != before);
    assert!(written == page, "docs/checks.md is out of date (UPDATE_GOLDEN=1 writes it), first at {differs:?}");
}

/// What the program says of a case of `fixtures/cases`, as `jxjs check --format json --as-of 2026-11-24` does.
fn review(case: &str, local: Option<&str>, lang: Lang) -> Value {
    let rules = match local {
        None => Rules::builtin(),
        Some(name) => Arc::new(Rules::load(&[(name.to_owned(), read(&format!("fixtures/rules/{name}")))]).unwrap()),
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/cases/{case}.xlsx"));
    let batch = intake::read(&[path], &intake::Options::default()).unwrap_or_else(|e| panic!("{case}: {e:?}"));
    let options = ReviewOptions { as_of: "2026-11-24".parse().unwrap(), lang, only: Vec::new() };
    let reviewed = review_batch(&batch, &rules, &options);
    let mut out = Vec::new();
    json::write(&Report::new(&batch, &reviewed, &rules, lang), &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn every_example_is_what_the_check_says_of_the_case() {
    let rules = Rules::builtin();
    let mut by_case: BTreeMap<(&str, Option<&str>), Vec<&Example>> = BTreeMap::new();
    for example in &rules.examples {
        by_case.entry((&example.case, example.rules.as_deref())).or_default().push(example);
    }
    assert!(by_case.len() > 50);
    let wrong: Vec<String> = by_case
        .into_par_iter()
        .flat_map_iter(|((case, local), examples)| {
            let (zh, en) = (review(case, local, Lang::Zh), review(case, local, Lang::En));
            let says = move |output: &Value, example: &Example, text: &str| {
                let of_cases = output["cases"].as_array().unwrap().iter().flat_map(|c| c["checks"].as_array().unwrap());
                let mut findings = of_cases.chain(output["summary"]["batch_findings"].as_array().unwrap());
                findings.any(|f| {
                    f["check"] == *example.check && f["outcome"] == example.outcome.as_str() && f["message"] == *text
                })
            };
            let wrong = move |e: &&Example| !says(&zh, e, &e.zh) || !says(&en, e, &e.en);
            examples.into_iter().filter(wrong).map(|e| format!("{} in {}: {}", e.check, e.case, e.zh))
        })
        .collect();
    assert!(wrong.is_empty(), "rules/examples.toml states what the program does not say:\n{}", wrong.join("\n"));
}

/// Which examples a check has: one that fails, and one that passes unless the check never does.
#[test]
fn every_check_has_an_example_that_fails_and_one_that_passes() {
    let rules = Rules::builtin();
    for entry in &rules.checks {
        let passing = |e: &&Example| e.outcome == Outcome::Pass;
        let (passes, fails) = rules.examples_of(&entry.id).partition::<Vec<_>, _>(passing);
        assert!(!fails.is_empty(), "{}: no example that fails", entry.id);
        assert!(
            passes.is_empty() == entry.silent,
            "{}: no example that passes, or one of a check that never does",
            entry.id
        );
    }
}
