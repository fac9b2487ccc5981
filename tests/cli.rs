//! The program as a user runs it: arguments, exit status, what goes where.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

/// A finished run.
struct Ran {
    status: i32,
    out: String,
    err: String,
}

fn jxjs(dir: &Path, args: &[&str]) -> Ran {
    let output = Command::cargo_bin("jxjs").unwrap().current_dir(dir).args(args).output().unwrap();
    Ran {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

const INMATES: &str = "罪犯编号,姓名,性别,出生日期,罪名,原判刑罚,判决日期,判决生效日期,交付执行日期,刑期起日,刑期止日,现刑期止日,累犯,毒品再犯,原国家工作人员,限制减刑,终身监禁,缓刑,罪犯类别,身体状况,附加剥夺政治权利,退赃情况,认罪悔罪";

/// A batch of CSV files about one invented person: `applied` is the day of the application.
fn batch(applied: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("批次");
    fs::create_dir(&folder).unwrap();
    let write = |name: &str, text: String| fs::write(folder.join(name), text).unwrap();
    write(
        "罪犯信息.csv",
        format!(
            "{INMATES}\n3101000001,张三,男,1985-06-01,盗窃罪,有期徒刑十五年,2021-01-10,2021-01-21,2021-03-15,2020-06-01,\
             2035-05-31,2035-05-31,否,否,否,否,否,否,无,无,无,无,是\n"
        ),
    );
    write(
        "提请案件.csv",
        format!(
            "罪犯编号,案号,类型,提请日期,建议减刑,改造表现\n3101000001,某狱减字第1号,减刑,{applied},六个月,确有悔改表现\n"
        ),
    );
    write("历次裁定.csv", "罪犯编号,裁定日期,变更内容\n".to_owned());
    write("财产性判项.csv", "罪犯编号,种类,状态\n".to_owned());
    dir
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

fn assert_valid(output: &Value) {
    let schema = json(include_str!("../schema/output.schema.json"));
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(output).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn an_unlawful_application_is_found() {
    let dir = batch("2023-01-10");
    let ran = jxjs(dir.path(), &["check", "批次", "--as-of", "2026-11-24", "--format", "json"]);
    assert_eq!(ran.status, 1, "{}", ran.err);
    let output = json(&ran.out);
    assert_valid(&output);
    let case = &output["cases"][0];
    assert_eq!(case["verdict"], "unlawful", "{case}");
    let finding = case["checks"].as_array().unwrap().iter().find(|c| c["check"] == "reduction/start-time").unwrap();
    assert_eq!(finding["outcome"], "violation");
    assert_eq!(finding["facts"]["earliest"], "2023-03-15");
    assert_eq!(finding["facts"]["short_days"], 64);
    assert_eq!(finding["evidence"][0]["sheet"], "");
}

#[test]
fn the_first_lawful_day_is_lawful() {
    let dir = batch("2023-03-15");
    let ran = jxjs(dir.path(), &["check", "批次", "--only", "reduction/*", "--format", "json"]);
    let output = json(&ran.out);
    assert_valid(&output);
    assert_eq!(output["partial"], true);
    let early = &output["summary"]["by_check"]["reduction/start-time"];
    assert_eq!(early["violation"], 0, "{early}");
    // What was not run may hide something.
    assert_eq!(output["cases"][0]["verdict"], "unverified");
    assert_eq!(ran.status, 1);
}

#[test]
fn the_summary_is_in_the_language_asked_for() {
    let dir = batch("2023-01-10");
    let zh = jxjs(dir.path(), &["check", "批次", "--as-of", "2026-11-24"]);
    assert_eq!(zh.status, 1);
    assert!(zh.out.contains("违法") && zh.out.contains("张三") && zh.out.contains("jxjs explain"), "{}", zh.out);
    assert!(!zh.out.contains('\u{1b}'), "no colours where the output is no terminal");
    let en = jxjs(dir.path(), &["--lang", "en", "check", "批次", "--as-of", "2026-11-24"]);
    assert!(en.out.contains("unlawful") && en.out.contains("64"), "{}", en.out);
    let quiet = jxjs(dir.path(), &["check", "批次", "--quiet"]);
    assert_eq!((quiet.status, quiet.out.as_str(), quiet.err.as_str()), (1, "", ""));
}

#[test]
fn lines_carry_the_cases_and_standard_error_the_rest() {
    let dir = batch("2023-01-10");
    let args = ["check", "批次", "--as-of", "2026-11-24", "--format"];
    let lines = jxjs(dir.path(), &[&args[..], &["jsonl"]].concat());
    let whole = jxjs(dir.path(), &[&args[..], &["json"]].concat());
    let (whole, rest) = (json(&whole.out), json(&lines.err));
    let cases: Vec<Value> = lines.out.lines().map(json).collect();
    assert_eq!(Value::from(cases), whole["cases"]);
    assert_eq!(rest["summary"], whole["summary"]);
    assert_eq!(rest["problems"], whole["problems"]);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let dir = batch("2023-01-10");
    let args = ["check", "批次", "--as-of", "2026-11-24", "--format", "json", "--out", "结果"];
    let first = jxjs(dir.path(), &args);
    let second = jxjs(dir.path(), &[&args[..], &["--force"]].concat());
    assert_eq!(first.out, second.out);
    assert_eq!(fs::read_to_string(dir.path().join("结果/review.json")).unwrap(), first.out);
}

/// Files of every kind: workbooks with several sheets, CSV, a sheet in two files, merges, people in several of them.
fn many_files() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| fs::write(dir.path().join(name), text).unwrap();
    let people: Vec<String> = (1..=40).map(|n| format!("31010000{n:02}")).collect();
    let lines = |header: &str, line: &dyn Fn(usize, &str) -> String| {
        let rows: Vec<String> = people.iter().enumerate().map(|(i, no)| line(i, no)).collect();
        format!("{header}\n{}", rows.concat())
    };
    let inmates = |i: usize, no: &str| {
        format!(
            "{no},人{i},男,1985-06-01,盗窃罪,有期徒刑十五年,2021-01-10,2021-01-21,2021-03-15,2020-06-01,2035-05-31,\
             2035-05-31,否,否,否,否,否,否,无,无,无,无,是\n"
        )
    };
    let applied =
        |i: usize, no: &str| format!("{no},某狱减字第{i}号,减刑,2023-0{}-15,六个月,确有悔改表现\n", 1 + i % 9);
    write("1罪犯信息.csv", lines(INMATES, &inmates));
    write("2提请案件.csv", lines("罪犯编号,案号,类型,提请日期,建议减刑,改造表现", &applied));
    let points = |year: usize| {
        move |i: usize, no: &str| -> String {
            let month =
                |m: usize| format!("{no},{year}-{m:02},{},{}\n", 90 + (i * m) % 20, if i == 7 { "坏" } else { "3" });
            (1..=12).map(month).collect()
        }
    };
    write("3计分考核.csv", lines("罪犯编号,考核月份,当月考核分,监管扣分,无名列", &points(2021)));
    write("4计分考核.csv", lines("罪犯编号,考核月份,当月考核分,监管扣分,无名列", &points(2022)));
    let mut book = rust_xlsxwriter::Workbook::new();
    let tables: [(&str, &[&str]); 3] = [
        ("历次裁定", &["罪犯编号", "裁定日期", "变更内容"]),
        ("财产性判项", &["罪犯编号", "种类", "状态"]),
        ("奖惩", &["罪犯编号", "日期", "种类"]),
    ];
    for (name, headers) in tables {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        sheet.merge_range(0, 0, 0, 2, "表", &rust_xlsxwriter::Format::new()).unwrap();
        sheet.write_row(1, 0, headers.iter().copied()).unwrap();
        if name == "奖惩" {
            for (i, no) in people.iter().enumerate() {
                sheet.write_row(2 + i as u32, 0, [no.as_str(), "2022-05-10", "表扬"]).unwrap();
            }
        }
    }
    book.save(dir.path().join("5其他.xlsx")).unwrap();
    dir
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let dir = many_files();
    let run = |threads: &str| {
        let output = Command::cargo_bin("jxjs")
            .unwrap()
            .current_dir(dir.path())
            .env("RAYON_NUM_THREADS", threads)
            .args(["check", ".", "--format", "json", "--as-of", "2026-11-24"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let one = run("1");
    let read = json(std::str::from_utf8(&one).unwrap());
    assert_eq!(read["cases"].as_array().unwrap().len(), 40);
    let unknown = read["problems"].as_array().unwrap().iter().filter(|p| p["code"] == "unknown-column").count();
    assert_eq!(unknown, 1, "a column is told of once, however many files have it");
    for threads in ["2", "4"] {
        assert!(run(threads) == one, "{threads} threads");
    }
}

#[test]
fn the_order_of_the_files_changes_no_case() {
    let dir = many_files();
    let mut files = ["1罪犯信息.csv", "2提请案件.csv", "3计分考核.csv", "4计分考核.csv", "5其他.xlsx"];
    let run = |files: &[&str]| {
        let mut args = vec!["check"];
        args.extend(files);
        args.extend(["--format", "json", "--as-of", "2026-11-24"]);
        let ran = jxjs(dir.path(), &args);
        assert_eq!(ran.status, 1, "{}", ran.err);
        json(&ran.out)["cases"].clone()
    };
    let cases = run(&files);
    files.reverse();
    assert!(run(&files) == cases);
    files.rotate_left(2);
    assert!(run(&files) == cases);
}

#[test]
fn what_is_not_shown_still_counts() {
    let dir = batch("2023-01-10");
    let ran = jxjs(dir.path(), &["check", "批次", "--min-outcome", "violation", "--format", "json"]);
    let output = json(&ran.out);
    assert_valid(&output);
    assert!(output["cases"][0]["checks"].as_array().unwrap().iter().all(|c| c["outcome"] == "violation"));
    assert!(output["summary"]["by_check"].as_object().unwrap().len() > 1);
}

#[test]
fn nothing_reviewed_is_two() {
    let dir = batch("2023-01-10");
    fs::write(dir.path().join("坏.toml"), "[[row]]\nid = 1\n").unwrap();
    for args in [
        &["check", "没有"][..],
        &["check", "批次/罪犯信息.csv"],
        &["check", "批次", "--only", "reduction/nothing"],
        &["check", "批次", "--rules", "坏.toml"],
        &["check", "批次", "--as-of", "昨天"],
        &["check"],
        &["rules", "--validate", "坏.toml"],
        &["explain", "reduction/nothing"],
        &["limits", "--sentence", "很久"],
    ] {
        let ran = jxjs(dir.path(), args);
        assert_eq!(ran.status, 2, "{args:?}: {}", ran.out);
        assert!(!ran.err.is_empty(), "{args:?}");
    }
    let ran = jxjs(dir.path(), &["check", "批次/罪犯信息.csv", "--format", "json"]);
    let output = json(&ran.out);
    assert_valid(&output);
    assert_eq!(output["problems"][0]["code"], "missing-sheet");
}

#[test]
fn an_empty_batch_is_not_a_clear_one() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(jxjs(dir.path(), &["template", "空白.xlsx"]).status, 0);
    let ran = jxjs(dir.path(), &["check", "空白.xlsx"]);
    assert_eq!(ran.status, 2, "{}", ran.out);
}

#[test]
fn a_fault_of_an_overlay_is_shown_at_its_place() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("坏.toml"), "# 本省细则\n[[row]]\nid = \"x\"\nstage = \"fixd\"\n").unwrap();
    let ran = jxjs(dir.path(), &["rules", "--validate", "坏.toml"]);
    assert!(ran.err.contains("坏.toml:4:9"), "{}", ran.err);
    fs::write(dir.path().join("好.toml"), "# 没有规定\n").unwrap();
    let ran = jxjs(dir.path(), &["rules", "--validate", "好.toml"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
}

#[test]
fn every_check_can_be_explained() {
    let dir = tempfile::tempdir().unwrap();
    let catalogue = jxjs(dir.path(), &["explain"]);
    assert_eq!(catalogue.status, 0);
    for entry in &jxjs::law::Rules::builtin().checks {
        assert!(catalogue.out.contains(&entry.id), "{}", entry.id);
    }
    insta::assert_snapshot!("explain_zh", jxjs(dir.path(), &["explain", "reduction/start-time"]).out);
    insta::assert_snapshot!("explain_en", jxjs(dir.path(), &["--lang", "en", "explain", "reduction/start-time"]).out);
}

#[test]
fn every_check_made_is_in_the_catalogue_in_its_order() {
    let rules = jxjs::law::Rules::builtin();
    let mut last = None;
    for check in jxjs::checks::registry::all() {
        let at = rules.checks.iter().position(|entry| entry.id == check.id);
        assert!(at.is_some(), "{} has no entry", check.id);
        assert!(at > last, "{} stands out of order", check.id);
        last = at;
    }
}

/// The other way round: an entry without a function would be printed by `explain` and never made.
#[test]
fn every_check_of_the_catalogue_is_made() {
    let made: Vec<&str> = jxjs::checks::registry::all().map(|check| check.id).collect();
    let rules = jxjs::law::Rules::builtin();
    let missing = rules.checks.iter().map(|entry| entry.id.as_str()).filter(|id| !made.contains(id));
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn limits_without_a_workbook() {
    let dir = tempfile::tempdir().unwrap();
    let known = [
        "limits",
        "--sentence",
        "有期徒刑十五年",
        "--charges",
        "盗窃罪",
        "--judged",
        "2021-01-10",
        "--effective",
        "2021-01-21",
        "--delivered",
        "2021-03-15",
        "--start",
        "2020-06-01",
        "--end",
        "2035-05-31",
        "--birth",
        "1985-06-01",
        "--rest-no",
        "--no-property",
        "--remorse",
        "--conduct",
        "确有悔改表现",
        "--applied",
        "2023-04-01",
    ];
    let ran = jxjs(dir.path(), &known);
    assert_eq!(ran.status, 0, "{}", ran.err);
    insta::assert_snapshot!("limits_zh", ran.out);
    let ran = jxjs(dir.path(), &[&known[..], &["--format", "json"]].concat());
    let output = json(&ran.out);
    assert_eq!(output["limits"]["start"], "2023-03-15");
    assert_eq!(output["limits"]["cap"], "P9M");
    assert_eq!(output["basis"]["cap"][0]["article"], "6");
    // What is not said is unknown: without a word on conduct there is no single cap.
    let ran = jxjs(dir.path(), &["limits", "--sentence", "有期徒刑十五年", "--charges", "盗窃罪", "--format", "json"]);
    assert_eq!(json(&ran.out)["limits"]["cap"], Value::Null);
}

#[test]
fn the_sample_batch_is_as_the_schema_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let args = ["check", "fixtures/sample/批次.xlsx", "--as-of", "2026-11-24", "--format", "json"];
    for lang in ["zh", "en"] {
        let ran = jxjs(root, &[&args[..], &["--lang", lang]].concat());
        assert_eq!(ran.status, 1, "{}", ran.err);
        assert_valid(&json(&ran.out));
    }
}
