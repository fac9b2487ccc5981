//! A batch in which each person shows one thing (`fixtures/points/batch`), and what every points check says about it
//! (`fixtures/points/golden`, one file a check; `UPDATE_GOLDEN=1` writes them anew). A change of wording is reviewed there.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use jxjs::checks::points::{CHECKS, SUPPORT};
use serde_json::{Value, json};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/points")
}

fn jxjs(args: &[&str]) -> String {
    let batch = fixtures().join("batch");
    let output = Command::cargo_bin("jxjs")
        .expect("the program")
        .args(args)
        .arg(batch)
        .args(["--as-of", "2026-11-24"])
        .output()
        .expect("it runs");
    assert!(output.status.code().is_some_and(|c| c < 2), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn compare(name: &str, text: &str) {
    let path = fixtures().join("golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("golden folder");
        fs::write(&path, text).expect("golden file");
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(golden, text, "{} (UPDATE_GOLDEN=1 writes it anew)", path.display());
}

#[test]
fn every_check_has_a_golden_file() {
    let whole: Value = serde_json::from_str(&jxjs(&["check", "--only", "points/*", "--format", "json"])).expect("JSON");
    let cases = whole["cases"].as_array().expect("cases");
    for check in CHECKS {
        let mut said: Vec<Value> = Vec::new();
        let mut passed = 0;
        for case in cases {
            for finding in case["checks"].as_array().expect("checks").iter().filter(|f| f["check"] == check.id) {
                // One pass shows what a pass looks like; the others are counted.
                if finding["outcome"] == "pass" {
                    passed += 1;
                    if passed > 1 {
                        continue;
                    }
                }
                let mut entry = finding.clone();
                entry["inmate"] =
                    json!(format!("{} {}", case["inmate"].as_str().unwrap(), case["name"].as_str().unwrap()));
                said.push(entry);
            }
        }
        assert!(said.iter().any(|f| f["outcome"] != "pass"), "{} never fails in the batch", check.id);
        let text = serde_json::to_string_pretty(&json!({ "check": check.id, "passed": passed, "said": said })).unwrap();
        compare(&format!("{}.json", check.id.trim_start_matches("points/")), &format!("{text}\n"));
    }
    assert!(cases.iter().all(|c| c["checks"].as_array().unwrap().iter().all(|f| f["check"] != SUPPORT.id)));
}

#[test]
fn the_ledger_in_three_formats() {
    compare("ledger.txt", &jxjs(&["ledger"]));
    compare("ledger.csv", &jxjs(&["ledger", "--format", "csv"]));
    let json = jxjs(&["ledger", "--format", "json"]);
    let lines = jxjs(&["ledger", "--format", "jsonl"]);
    let array: Vec<Value> = serde_json::from_str(&json).expect("an array");
    let each: Vec<Value> = lines.lines().map(|l| serde_json::from_str(l).expect("an object a line")).collect();
    assert_eq!(array, each);
    let person = |no: &str| array.iter().find(|p| p["inmate"] == no).expect("the person").clone();
    compare("ledger-P001.json", &format!("{}\n", serde_json::to_string_pretty(&person("P001")).unwrap()));
    compare("ledger-P018.json", &format!("{}\n", serde_json::to_string_pretty(&person("P018")).unwrap()));
    assert_eq!(person("P006")["first_difference"], "2024-03");
    assert_eq!(person("P006")["months"][2]["difference"], "2.50");
    assert_eq!(person("P022")["window"]["balance"], json!({ "claimed": "410", "supported": "400" }));
}

#[test]
fn one_person_on_a_screen() {
    // What the other families of checks say stands below the ledger and is tested with them.
    let above = |text: &str, head: &str| text.find(&format!("\n\n{head}")).map(|at| format!("{}\n", &text[..at]));
    for (no, head) in
        [("P001", "提请减刑"), ("P006", "未提请"), ("P012", "未提请"), ("P017", "未提请"), ("P018", "未提请")]
    {
        let text = jxjs(&["show", "--inmate", no]);
        compare(&format!("show-{no}.txt"), &above(&text, head).expect("the application below the ledger"));
    }
    let english = jxjs(&["show", "--inmate", "P006", "--lang", "en"]);
    compare("show-P006-en.txt", &above(&english, "no application").expect("the case"));
    assert!(english.contains("  violation  Cap of the bonus  2024-03: a bonus of 20.00"), "{english}");
    let whole: Value = serde_json::from_str(&jxjs(&["show", "--inmate", "P006", "--format", "json"])).expect("JSON");
    let ledger: Value = serde_json::from_str(
        jxjs(&["ledger", "--format", "jsonl"]).lines().find(|l| l.contains("\"inmate\":\"P006\"")).expect("the person"),
    )
    .expect("an object");
    assert_eq!(whole["ledger"], ledger);
    assert_eq!(whole["cases"][0]["verdict"], "unlawful");
}

#[test]
fn a_number_that_nobody_has_is_an_error() {
    let batch = fixtures().join("batch");
    let output =
        Command::cargo_bin("jxjs").unwrap().arg("show").arg(batch).args(["--inmate", "P999"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    // What goes to a log says what is wrong and names nobody.
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("罪犯信息中没有这个罪犯编号") && !said.contains("P999"), "{said}");
}
