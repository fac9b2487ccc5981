//! A batch reviewed in parts is the batch reviewed at once: through the program, as a distributed engine would run it, and
//! however the parts are cut and merged.

#[allow(dead_code)]
#[path = "../examples/generate/people.rs"]
mod people;
#[allow(dead_code)]
#[path = "../examples/generate/write.rs"]
mod write;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use jxjs::checks::case::Lang;
use jxjs::checks::finding::Outcome;
use jxjs::exchange::part::{Final, Part};
use jxjs::exchange::stream;
use jxjs::law::Rules;
use proptest::prelude::*;
use serde_json::Value;

/// A finished run.
struct Ran {
    status: i32,
    out: String,
    err: String,
}

fn jxjs(args: &[&str], input: &str) -> Ran {
    let mut command = Command::cargo_bin("jxjs").unwrap();
    let output = command.args(args).write_stdin(input).output().unwrap();
    Ran {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

fn assert_all_valid(shape: &str, values: &[Value]) {
    let schema = json(&jxjs(&["schema", shape], "").out);
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for value in values {
        let errors: Vec<String> = validator.iter_errors(value).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{shape}: {errors:#?}");
    }
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

/// Lines in another order, in three parts: the same every time.
fn three_parts(lines: &str) -> [String; 3] {
    let mut parts = [const { String::new() }; 3];
    let mut lines: Vec<&str> = lines.lines().collect();
    let mut state = 7_u64;
    while !lines.is_empty() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let line = lines.swap_remove((state >> 33) as usize % lines.len());
        parts[(state >> 20) as usize % 3] += &format!("{line}\n");
    }
    parts
}

const DAY: [&str; 2] = ["--as-of", "2026-11-24"];

/// Both ways of reviewing an input; gives the summary.
fn both_ways(input: &Path, more: &[&str]) -> Value {
    let input = input.to_str().unwrap();
    let at_once = jxjs(&[&["check", input, "--format", "jsonl", DAY[0], DAY[1]], more].concat(), "");
    let dossiers = jxjs(&[&["dossiers", input], more].concat(), "");
    assert_eq!(dossiers.status, 0, "{}", dossiers.err);
    assert_all_valid("dossier", &dossiers.out.lines().map(json).collect::<Vec<_>>());
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let parts = three_parts(&dossiers.out);
    assert!(parts.iter().all(|p| !p.is_empty()));

    // First pass: every part by itself, then together.
    let mut aggregates: Vec<String> = Vec::new();
    for (n, part) in parts.iter().enumerate() {
        let ran = jxjs(&["aggregate"], part);
        assert_eq!((ran.status, ran.out.lines().count()), (0, 1), "{}", ran.err);
        fs::write(file(&format!("{n}.json")), &ran.out).unwrap();
        aggregates.push(file(&format!("{n}.json")));
    }
    let merged = jxjs(&["aggregate", "--merge", &aggregates[0], &aggregates[1], &aggregates[2]], "");
    let otherwise = jxjs(
        &["aggregate", "--merge", &aggregates[2], "-"],
        &jxjs(&["aggregate", "--merge", &aggregates[1], &aggregates[0]], "").out,
    );
    assert_eq!(merged.out, otherwise.out);
    assert_eq!(merged.out, jxjs(&["aggregate"], &dossiers.out).out, "of all dossiers at once");
    fs::write(file("all.json"), &merged.out).unwrap();

    // Second pass.
    let mut lines = String::new();
    let mut totals: Vec<String> = Vec::new();
    for (n, part) in parts.iter().enumerate() {
        let (all, total) = (file("all.json"), file(&format!("t{n}.json")));
        let args =
            ["check", "--from-jsonl", "--format", "jsonl", "--aggregate", &all, "--totals", &total, DAY[0], DAY[1]];
        let ran = jxjs(&args, part);
        assert!(ran.status < 2, "{}", ran.err);
        lines += &ran.out;
        totals.push(total);
    }
    let read = |file: &String| json(&fs::read_to_string(file).unwrap());
    assert_all_valid("aggregate", &[vec![json(&merged.out)], totals.iter().map(read).collect()].concat());
    assert_eq!(sorted(&lines), sorted(&at_once.out));
    let all = file("all.json");
    let mut args = vec!["aggregate", "--merge", &all];
    args.extend(totals.iter().map(String::as_str));
    args.push("--summary");
    let whole = jxjs(&args, "");
    assert_eq!(whole.status, at_once.status, "{}", whole.err);
    let (whole, at_once) = (json(&whole.out), json(&at_once.err));
    assert_eq!(whole["summary"], at_once["summary"]);
    assert_eq!(whole["tool"], at_once["tool"]);
    whole
}

#[test]
fn a_generated_batch_comes_to_the_same_in_three_parts() {
    let folder = tempfile::tempdir().unwrap();
    let plan = people::Plan { people: 150, months: 24, seed: 5, defects_per_million: 300_000 };
    write::csv(&plan, folder.path()).unwrap();
    let whole = both_ways(folder.path(), &[]);
    assert_eq!(whole["summary"]["cases"], 150);
    // With masks too, and the masks of the lines are those of the review.
    assert_eq!(both_ways(folder.path(), &["--redact"])["summary"], whole["summary"]);
    assert!(whole["summary"]["by_verdict"]["unlawful"].as_u64().unwrap() > 10);
}

/// The lines with what makes findings about a batch: an officer who gives more than the others, a ward in which everybody has
/// the same total, too many graded 积极, a merit for one event.
fn conspicuous(lines: &str) -> String {
    let mut out = String::new();
    for (n, line) in lines.lines().enumerate() {
        let mut dossier = json(line);
        for row in dossier["points"].as_array_mut().unwrap() {
            row["officer"] = format!("民警{}", n % 6).into();
            row["supervision_bonus"] = if n % 6 == 0 { "15" } else { "1" }.into();
            for blank in ["education_bonus", "labour_bonus", "special"] {
                row[blank] = "0".into();
            }
            row["prison"] = "第一监狱".into();
            row["ward"] = "一监区".into();
            if row["month"].as_str().unwrap().ends_with("-03") || row["month"].as_str().unwrap().ends_with("-04") {
                row["score"] = "117".into();
            }
        }
        let sheet = dossier["applications"][0]["at"][0].clone();
        let award = serde_json::json!({
            "at": [sheet, n + 2], "date": "2024-05-10", "kind": "commendation", "grade": "active", "cycle_from": "2024-01",
            "cycle_to": "2024-04", "full_roster": true, "cells": { "grade": [sheet, n + 2, 3] }
        });
        let merit = serde_json::json!({ "date": "2024-06-01", "kind": "merit", "reason": "协助抢险" });
        dossier["awards"].as_array_mut().unwrap().extend([award, merit]);
        out += &format!("{dossier}\n");
    }
    out
}

#[test]
fn findings_about_the_batch_come_to_the_same_in_three_parts() {
    let folder = tempfile::tempdir().unwrap();
    let plan = people::Plan { people: 60, months: 40, seed: 5, defects_per_million: 0 };
    write::csv(&plan, folder.path()).unwrap();
    let dossiers = jxjs(&["dossiers", folder.path().to_str().unwrap()], "");
    let lines = conspicuous(&dossiers.out);
    let all: Vec<&str> = lines.lines().collect();
    let rules = Rules::builtin();
    let whole = gathered(&all);
    let at_once = whole.clone().merge(reviewed(&all, &whole)).unwrap().finish(&rules, Lang::Zh).unwrap();
    let parts = three_parts(&lines);
    let parts = parts.each_ref().map(|p| p.lines().collect::<Vec<&str>>());
    let merge = |parts: [Part; 3]| parts.into_iter().rev().reduce(|a, b| a.merge(b).unwrap()).unwrap();
    let merged = merge(parts.each_ref().map(|p| gathered(p)));
    assert_eq!(bytes(&merged), bytes(&whole));
    let totals = merge(parts.each_ref().map(|p| reviewed(p, &merged)));
    let result = merged.merge(totals).unwrap().finish(&rules, Lang::Zh).unwrap();
    let told = |f: &Final| {
        let findings = f.findings.iter().flatten();
        findings.map(|f| format!("{:?} {:?}", f.finding, f.inmates)).collect::<Vec<_>>()
    };
    assert_eq!(told(&result), told(&at_once));
    let found: BTreeSet<&str> = result.findings.iter().flatten().map(|f| f.finding.check).collect();
    let expected =
        ["pattern/grade-quota", "pattern/invention", "pattern/officer-concentration", "pattern/perfect-record"];
    assert!(expected.iter().all(|check| found.contains(check)), "{found:?}");
    assert!(result.findings.iter().flatten().any(|f| !f.finding.evidence.is_empty()));
}

#[test]
fn without_the_aggregate_nothing_batch_wide_has_passed() {
    let input = root().join("fixtures/sample/批次.xlsx");
    let dossiers = jxjs(&["dossiers", input.to_str().unwrap()], "");
    let ran = jxjs(&["check", "--from-jsonl", "--format", "jsonl", DAY[0], DAY[1]], &dossiers.out);
    let rest = json(&ran.err);
    let open = rest["summary"]["not_examined"].as_array().unwrap().iter().find(|n| n["sheet"].is_null()).unwrap();
    let open: Vec<&str> = open["checks"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
    assert!(open.contains(&"paper/duplicate-identity") && open.contains(&"pattern/officer-concentration"), "{open:?}");
    for line in ran.out.lines() {
        for finding in json(line)["checks"].as_array().unwrap() {
            let check = finding["check"].as_str().unwrap();
            let alone = [
                "pattern/threshold-hugging",
                "pattern/cap-hugging",
                "pattern/perfect-record",
                "pattern/officer-concentration",
            ];
            assert!(finding["outcome"] != "pass" || !open.contains(&check) || alone.contains(&check), "{finding}");
        }
    }
    // What does not look at the batch is as it is with it.
    let at_once = jxjs(&["check", input.to_str().unwrap(), "--format", "jsonl", DAY[0], DAY[1]], "");
    let kept = |text: &str| {
        let mut all: Vec<String> = Vec::new();
        for case in text.lines().map(json) {
            for finding in case["checks"].as_array().unwrap() {
                if !open.contains(&finding["check"].as_str().unwrap()) {
                    all.push(format!("{} {finding}", case["inmate"]));
                }
            }
        }
        all.sort_unstable();
        all
    };
    assert_eq!(kept(&ran.out), kept(&at_once.out));
}

#[test]
fn a_line_that_cannot_be_read_is_named_and_the_others_are_reviewed() {
    let input = root().join("fixtures/sample/批次.xlsx");
    let dossiers = jxjs(&["dossiers", input.to_str().unwrap()], "").out;
    let good = jxjs(&["check", "--from-jsonl", "--format", "jsonl", DAY[0], DAY[1]], &dossiers);
    let (first, rest) = dossiers.split_once('\n').unwrap();
    let bad = r#"{"schema":1,"no":"P1","presence":{},"points":[{"month":"2024-01","score":100}]}"#;
    let mixed = format!("\u{feff}{first}\n\n{bad}\n{rest}");
    let ran = jxjs(&["check", "--from-jsonl", "--format", "jsonl", DAY[0], DAY[1], "--lang", "en"], &mixed);
    assert_eq!(ran.status, 2);
    assert_eq!(ran.out.lines().count(), good.out.lines().count());
    let said = json(ran.err.lines().next().unwrap());
    let problem = said["problems"].as_array().unwrap().iter().find(|p| p["code"] == "unreadable-file").unwrap();
    let message = problem["message"].as_str().unwrap();
    assert!(message.starts_with("line 3: points[0].score: "), "{message}");
    assert!(message.contains("such as \"35.5\""), "{message}");
    assert_eq!(said["unread"], 1);
    assert!(ran.err.contains("1 lines could not be read"), "{}", ran.err);

    // What lacks a person is not gathered at all.
    let ran = jxjs(&["aggregate", "--lang", "en"], &mixed);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("line 3: points[0].score"), "{}", ran.err);
    // Nothing at all is no batch in which nothing was found.
    assert_eq!(jxjs(&["check", "--from-jsonl", "--format", "jsonl"], "").status, 2);
}

#[test]
fn parts_of_different_batches_are_not_merged() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let input = root().join("fixtures/sample/批次.xlsx");
    let dossiers = jxjs(&["dossiers", input.to_str().unwrap()], "").out;
    fs::write(file("all.json"), jxjs(&["aggregate"], &dossiers).out).unwrap();
    let all = file("all.json");
    let review = |dossiers: &str, day: &str, totals: &str| {
        jxjs(
            &[
                "check",
                "--from-jsonl",
                "--format",
                "jsonl",
                "--aggregate",
                &all,
                "--totals",
                totals,
                "--as-of",
                day,
                "--lang",
                "en",
            ],
            dossiers,
        )
    };
    review(&dossiers, "2026-11-24", &file("a.json"));
    review(&dossiers, "2026-11-25", &file("b.json"));
    let ran = jxjs(&["aggregate", "--merge", &file("a.json"), &file("b.json"), "--lang", "en"], "");
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("2026-11-24 and 2026-11-25"), "{}", ran.err);
    let other = fs::read_to_string(&all).unwrap().replace("sha256:", "sha256:0");
    fs::write(file("other.json"), other).unwrap();
    let ran = jxjs(&["aggregate", "--merge", &file("other.json"), "--lang", "en"], "");
    assert!(ran.status == 2 && ran.err.contains("other rules"), "{}", ran.err);
    // Dossiers that the aggregate does not know.
    let stranger = dossiers.replace("批次.xlsx", "另一批.xlsx");
    let ran = review(&stranger, "2026-11-24", &file("c.json"));
    assert!(ran.status == 2 && ran.err.contains("was not made from these dossiers"), "{}", ran.err);
    // Totals alone are no aggregate, and an aggregate alone no review.
    let ran = jxjs(&["check", "--from-jsonl", "--format", "jsonl", "--aggregate", &file("a.json")], &dossiers);
    assert_eq!(ran.status, 2);
    assert_eq!(jxjs(&["aggregate", "--merge", &all, "--summary"], "").status, 2);
}

#[test]
fn ledger_and_show_are_as_their_schemas_say() {
    let input = root().join("fixtures/points/batch");
    let input = input.to_str().unwrap();
    let lines = jxjs(&["ledger", input, "--format", "jsonl"], "");
    assert!(lines.out.lines().count() > 5, "{}", lines.err);
    let ledgers: Vec<Value> = lines.out.lines().map(json).collect();
    assert_all_valid("ledger", &ledgers);
    let show = |ledger: &Value| {
        let no = ledger["inmate"].as_str().unwrap();
        let shown = json(&jxjs(&["show", input, "--inmate", no, "--format", "json", DAY[0], DAY[1]], "").out);
        assert_eq!(shown["ledger"], *ledger);
        shown
    };
    assert_all_valid("show", &ledgers.iter().step_by(5).map(show).collect::<Vec<_>>());
}

/// Dossiers of a small batch, one a line.
fn small() -> &'static [String] {
    static LINES: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        let plan = people::Plan { people: 24, months: 12, seed: 3, defects_per_million: 300_000 };
        write::csv(&plan, folder.path()).unwrap();
        let lines = jxjs(&["dossiers", folder.path().to_str().unwrap()], "").out;
        lines.lines().map(str::to_owned).collect()
    });
    &LINES
}

fn gathered(lines: &[&str]) -> Part {
    let text = lines.iter().map(|l| format!("{l}\n")).collect::<String>();
    stream::gather(&mut text.as_bytes(), &Rules::builtin()).unwrap().unwrap()
}

fn reviewed(lines: &[&str], whole: &Part) -> Part {
    let text = lines.iter().map(|l| format!("{l}\n")).collect::<String>();
    let rules = Rules::builtin();
    let as_of = "2026-11-24".parse().unwrap();
    let review = stream::Review {
        rules: &rules,
        as_of,
        lang: Lang::Zh,
        only: &[],
        min_outcome: Outcome::Pass,
        part: Some(whole),
    };
    let done = review.run(&mut text.as_bytes(), &mut Vec::new(), |_| Ok(())).unwrap();
    Part::of_reviews(Some(whole), &rules, done)
}

fn bytes(part: &Part) -> Vec<u8> {
    let mut out = Vec::new();
    part.write(&mut out).unwrap();
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Merging is associative and commutative: any cut, any order and any grouping come to the same line.
    #[test]
    fn parts_merge_in_any_way(cut in prop::collection::vec(0_usize..4, 24), merges in prop::collection::vec(any::<prop::sample::Index>(), 16)) {
        let lines = small();
        let all: Vec<&str> = lines.iter().map(String::as_str).collect();
        let whole = gathered(&all);
        let part = |n: usize| -> Vec<&str> { all.iter().copied().zip(&cut).filter(|(_, at)| **at == n).map(|(l, _)| l).collect() };
        let mut parts: Vec<Part> = (0..4).map(|n| gathered(&part(n))).collect();
        parts.extend((0..4).map(|n| reviewed(&part(n), &whole)));
        // Two parts at a time, whichever they are, until one is left.
        let mut picks = merges.iter().cycle();
        while parts.len() > 1 {
            let a = parts.swap_remove(picks.next().unwrap().index(parts.len()));
            let b = parts.swap_remove(picks.next().unwrap().index(parts.len()));
            parts.push(a.merge(b).unwrap());
        }
        let at_once = whole.clone().merge(reviewed(&all, &whole)).unwrap();
        prop_assert_eq!(bytes(&parts[0]), bytes(&at_once));
        // What was written is read back.
        prop_assert_eq!(Part::read(&bytes(&at_once)).unwrap(), at_once);
    }
}
