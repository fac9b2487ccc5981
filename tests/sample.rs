//! The sample batch against its answer key: every planted defect is found by the check named, and what is lawful is not
//! called unlawful.

#[path = "../examples/fixtures/mod.rs"]
mod fixtures;

use std::collections::BTreeMap;
use std::fs;

use fixtures::run::{folder, review};
use fixtures::sample;
use jxjs::checks::registry;
use serde_json::Value;

#[test]
fn the_answer_key_is_what_the_program_writes() {
    assert_eq!(fs::read_to_string(folder().join("sample/答案.json")).unwrap(), sample::answers());
}

#[test]
fn every_planted_defect_is_found_and_nothing_lawful_is_blamed() {
    let key: BTreeMap<String, Value> =
        serde_json::from_str(&fs::read_to_string(folder().join("sample/答案.json")).unwrap()).unwrap();
    let output = review(&sample::batch(), &[]);
    let mut wrong = Vec::new();
    for problem in output["problems"].as_array().unwrap() {
        if problem["level"] == "error" {
            wrong.push(format!("{} {}: {}", problem["sheet"], problem["cell"], problem["message"]));
        }
    }
    let cases = output["cases"].as_array().unwrap();
    for case in cases {
        let id = case["case_no"].as_str().unwrap_or(case["inmate"].as_str().unwrap());
        let Some(answer) = key.get(id) else {
            wrong.push(format!("{id}: not in the answer key"));
            continue;
        };
        let found: Vec<(&str, &str, &str)> = case["checks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| ["check", "outcome", "message"].map(|k| f[k].as_str().unwrap()).into())
            .filter(|(_, outcome, _)| *outcome != "pass")
            .collect();
        let planted: Vec<(&str, &str)> = answer["checks"]
            .as_object()
            .map(|o| o.iter().map(|(k, v)| (k.as_str(), v.as_str().unwrap())).collect())
            .unwrap_or_default();
        for (check, outcome) in &planted {
            if landed(check) && !found.iter().any(|(c, o, _)| c == check && o == outcome) {
                wrong.push(format!("{id}: {check} should be {outcome}"));
            }
        }
        if answer["verdict"] != case["verdict"] && planted.iter().all(|(c, _)| landed(c)) {
            wrong.push(format!("{id}: {} expected, {} found", answer["verdict"], case["verdict"]));
            wrong.extend(found.iter().map(|(c, o, m)| format!("    {c} {o}: {m}")));
        }
    }
    assert_eq!(key.len(), cases.len(), "as many answers as cases");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a check is in the program yet.
fn landed(check: &str) -> bool {
    registry::all().any(|c| c.id == check)
}

/// The first command of the README.
#[test]
fn the_first_command_of_the_readme_finds_something() {
    let ran = assert_cmd::Command::cargo_bin("jxjs")
        .unwrap()
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["check", "fixtures/sample/批次.xlsx", "--as-of", "2026-11-24"])
        .assert()
        .code(1);
    let text = String::from_utf8(ran.get_output().stdout.clone()).unwrap();
    for part in ["共 43 件提请案件", "（2026）减字第22号", "起始时间不足", "parole/barred", "未发现不当"]
    {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
}
