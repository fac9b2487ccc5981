//! The evidence pack: the same bytes wherever it is made, and every difference told.

use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};

fn run(dir: &Path, args: &[&str]) -> (i32, String, String) {
    run_with(dir, args, &[])
}

fn run_with(dir: &Path, args: &[&str], env: &[(&str, &str)]) -> (i32, String, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_jxjs"));
    let output = command.current_dir(dir).args(args).envs(env.iter().copied()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const INMATES: &str = "罪犯编号,姓名,性别,出生日期,罪名,犯罪日期,原判刑罚,判决日期,判决生效日期,入狱那天,刑期起日,刑期止日,现刑期止日,累犯,\
    毒品再犯,原国家工作人员,限制减刑,终身监禁,缓刑,罪犯类别,身体状况,附加剥夺政治权利,退赃情况,认罪悔罪,监狱,监区";

/// Three invented people, one proposed too early; the day of delivery stands under a name that only the office's own file
/// knows, and a paper lies beside that is not read.
fn batch(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let mut inmates = format!("{INMATES}\n");
    let mut applications = "罪犯编号,案号,类型,提请日期,建议减刑,改造表现\n".to_owned();
    for (n, applied, recidivist, category) in
        [(1, "2023-01-10", "否", "无"), (2, "2024-05-10", "否", "无"), (3, "2024-05-10", "是", "累犯")]
    {
        inmates += &format!(
            "310100000{n},示例{n},男,1985-06-01,盗窃罪,2019-05-01,有期徒刑十五年,2021-01-10,2021-01-21,2021-03-15,2020-06-01,2035-05-31,\
             2035-05-31,{recidivist},否,否,否,否,否,{category},无,无,无,是,示例监狱,一监区\n"
        );
        applications += &format!("310100000{n},（2026）示减{n}号,减刑,{applied},六个月,确有悔改表现\n");
    }
    fs::write(folder.join("罪犯信息.csv"), inmates).unwrap();
    fs::write(folder.join("提请案件.csv"), applications).unwrap();
    fs::write(folder.join("历次裁定.csv"), "罪犯编号,裁定日期,变更内容\n").unwrap();
    fs::write(folder.join("财产性判项.csv"), "罪犯编号,种类,状态\n").unwrap();
    fs::write(folder.join("说明.pdf"), "not read").unwrap();
}

/// Longer waiting for recidivists with long sentences, as a province might have it.
const OVERLAY: &str = r#"[[row]]
id = "local/r1/from-10"
stage = "fixed"
groups = ["R1", "R2"]
term = { min = "P10Y" }
from = 2017-01-01
verified = true
start = { value = "P5Y", basis = { instrument = "法释〔2016〕23号", article = "6", paragraph = 1 } }
cap = { values = ["-", "P9M", "P9M", "P9M"], basis = { instrument = "法释〔2016〕23号", article = "6", paragraph = 2 } }
interval = { value = "P2Y", basis = { instrument = "法释〔2016〕23号", article = "6", paragraph = 3 } }
lifts_start = "yes"
lifts_interval = "yes"
"#;

const COLUMNS: &str = "[\"罪犯信息\".columns]\n\"交付执行日期\" = [\"入狱那天\"]\n";

fn world() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    batch(&dir.path().join("批次"));
    fs::write(dir.path().join("本省.toml"), OVERLAY).unwrap();
    fs::write(dir.path().join("列名.toml"), COLUMNS).unwrap();
    dir
}

fn pack(dir: &Path, name: &str, more: &[&str]) -> Vec<u8> {
    let args = ["check", "批次", "--as-of", "2026-11-24", "--columns", "列名.toml", "--evidence", name];
    let (status, _, err) = run(dir, &[&args[..], more].concat());
    assert_eq!(status, 1, "{err}");
    let bytes = fs::read(dir.join(name)).unwrap();
    let digest: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
    assert!(err.contains(&digest), "{err}");
    bytes
}

fn members(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut file = archive.by_index(at).unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            (file.name().unwrap().into_owned(), content)
        })
        .collect()
}

fn zipped(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        out.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(content).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// Changes a member; with `cover`, the manifest too, as someone would who knows how it is made.
fn tamper(bytes: &[u8], name: &str, cover: bool, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut members = members(bytes);
    let member = members.iter_mut().find(|(n, _)| n.starts_with(name)).unwrap();
    let text = change(std::str::from_utf8(&member.1).unwrap());
    assert_ne!(text.as_bytes(), member.1, "nothing was changed");
    member.1 = text.into_bytes();
    let (full, digest) = (member.0.clone(), Sha256::digest(&member.1));
    let (size, digest) = (member.1.len(), digest.iter().map(|b| format!("{b:02x}")).collect::<String>());
    if cover {
        let manifest = members.iter_mut().find(|(n, _)| n == "manifest.json").unwrap();
        let mut json: Value = serde_json::from_slice(&manifest.1).unwrap();
        let entry = json["members"].as_array_mut().unwrap().iter_mut().find(|m| m["name"] == *full).unwrap();
        (entry["sha256"], entry["bytes"]) = (digest.into(), size.into());
        manifest.1 = serde_json::to_vec(&json).unwrap();
    }
    zipped(&members)
}

#[test]
fn two_runs_give_the_same_bytes_whatever_the_machine() {
    let dir = world();
    let first = pack(dir.path(), "一.zip", &["--rules", "本省.toml"]);
    let other = world();
    fs::create_dir(other.path().join("别处")).unwrap();
    fs::rename(other.path().join("本省.toml"), other.path().join("别处/本省.toml")).unwrap();
    for (n, threads) in ["1", "2", "7"].iter().enumerate() {
        let name = format!("二{n}.zip");
        let inputs = other.path().join("批次");
        let rules = other.path().join("别处/本省.toml");
        let args = [
            "check",
            inputs.to_str().unwrap(),
            "--columns",
            "列名.toml",
            "--rules",
            rules.to_str().unwrap(),
            "--as-of",
            "2026-11-24",
            "--evidence",
            &name,
            "--min-outcome",
            "violation",
            "--quiet",
        ];
        let env = [("RAYON_NUM_THREADS", *threads), ("TZ", "America/New_York"), ("USER", "somebody")];
        let (status, _, err) = run_with(other.path(), &args, &env);
        assert_eq!((status, err.as_str()), (1, ""));
        assert!(fs::read(other.path().join(&name)).unwrap() == first, "{threads} threads");
    }
    let all = members(&first);
    let names: Vec<&str> = all.iter().map(|(n, _)| n.as_str()).collect();
    assert_eq!(names, ["说明.txt", "review.json", "rules/1-本省.toml", "columns/1-列名.toml", "manifest.json"]);
    let here = dir.path().to_str().unwrap();
    assert!(all.iter().all(|(_, c)| !String::from_utf8_lossy(c).contains(here)), "nothing of the machine");
    let review: Value = serde_json::from_slice(&all[1].1).unwrap();
    assert!(review["cases"][0]["checks"].as_array().unwrap().iter().any(|c| c["outcome"] == "pass"));
    let manifest: Value = serde_json::from_slice(&all[4].1).unwrap();
    assert_eq!(manifest["inputs"].as_array().unwrap().len(), 4);
    assert_eq!(manifest["not_read"][0], "说明.pdf");
    assert_eq!(manifest["tool"]["version"], env!("CARGO_PKG_VERSION"));
    // It is an output like any other.
    let (status, _, err) = run(dir.path(), &["check", "批次", "--evidence", "一.zip"]);
    assert!(status == 2 && err.contains("--force"), "{err}");
}

#[test]
fn what_is_unchanged_is_verified() {
    let dir = world();
    for (name, more) in [
        ("简.zip", &[][..]),
        ("全.zip", &["--rules", "本省.toml"]),
        ("英.zip", &["--lang", "en", "--only", "reduction/*", "paper/*"]),
        ("隐.zip", &["--redact"]),
    ] {
        pack(dir.path(), name, more);
        // The office's files may be gone or others by now: those of the pack count.
        fs::rename(dir.path().join("本省.toml"), dir.path().join("藏.toml")).unwrap();
        for lang in ["zh", "en"] {
            let (status, out, err) = run(dir.path(), &["verify", name, "批次", "--lang", lang]);
            assert_eq!((status, err.as_str()), (0, ""), "{name}: {out}");
            assert!(out.contains('3') && (out.contains("完全相同") || out.contains("the same for all")), "{out}");
        }
        fs::rename(dir.path().join("藏.toml"), dir.path().join("本省.toml")).unwrap();
    }
    // Named one by one, in another order and under another name; and beside the pack.
    fs::copy(dir.path().join("批次/提请案件.csv"), dir.path().join("改名.csv")).unwrap();
    let files = ["批次/财产性判项.csv", "改名.csv", "批次/罪犯信息.csv", "批次/历次裁定.csv"];
    let (status, out, err) = run(dir.path(), &[&["verify", "全.zip"][..], &files].concat());
    assert_eq!((status, err.as_str()), (0, ""), "{out}");
    fs::copy(dir.path().join("全.zip"), dir.path().join("批次/全.zip")).unwrap();
    let (status, out, err) = run(dir.path(), &["verify", "批次/全.zip"]);
    assert_eq!((status, err.as_str()), (0, ""), "{out}");
}

#[test]
fn a_changed_input_is_explained_check_by_check() {
    let dir = world();
    pack(dir.path(), "证据.zip", &[]);
    let path = dir.path().join("批次/提请案件.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("2023-01-10", "2023-04-20")).unwrap();
    let (status, out, err) = run(dir.path(), &["verify", "证据.zip", "批次"]);
    assert_eq!((status, err.as_str()), (1, ""));
    for said in [
        "提请案件.csv 已经改动",
        "（2026）示减1号",
        "verdict：unlawful → ",
        "reduction/start-time（减刑起始时间）.outcome：violation → pass",
        ".facts.actual：2023-01-10 → 2023-04-20",
        ".facts.short_days：64 → （没有）",
    ] {
        assert!(out.contains(said), "{said}\n{out}");
    }
    assert!(!out.contains("示减2号"), "{out}");
    // A person more.
    fs::write(&path, format!("{text}3101000002,（2026）示减9号,减刑,2025-01-10,六个月,确有悔改表现\n")).unwrap();
    let (status, out, _) = run(dir.path(), &["verify", "证据.zip", "批次", "--lang", "en"]);
    assert!(status == 1 && out.contains("示减9号") && out.contains("(nothing) →"), "{out}");
    // Bytes that say the same are still not the same bytes.
    fs::write(&path, format!("{text}\n")).unwrap();
    let (status, out, _) = run(dir.path(), &["verify", "证据.zip", "批次"]);
    assert!(status == 1 && out.contains("已经改动") && out.contains("完全相同"), "{out}");
    fs::remove_file(&path).unwrap();
    let (status, _, err) = run(dir.path(), &["verify", "证据.zip", "批次"]);
    assert!(status == 2 && err.contains("提请案件.csv"), "{err}");
}

#[test]
fn a_changed_pack_is_not_believed() {
    let dir = world();
    let bytes = pack(dir.path(), "证据.zip", &["--rules", "本省.toml"]);
    let verify = |bytes: &[u8]| {
        fs::write(dir.path().join("改.zip"), bytes).unwrap();
        run(dir.path(), &["verify", "改.zip", "批次"])
    };
    assert_eq!(verify(&zipped(&members(&bytes))).0, 0, "packing alone changes nothing");

    let soften = |t: &str| t.replacen("\"unlawful\"", "\"clear\"", 1);
    let ease = |t: &str| t.replace("P5Y", "P4Y");
    for (name, change) in [("review.json", &soften as &dyn Fn(&str) -> String), ("rules/1-本省.toml", &ease)] {
        let (status, out, err) = verify(&tamper(&bytes, name, false, change));
        assert!(status == 2 && out.is_empty() && err.contains(name) && err.contains("与清单不符"), "{err}");
    }
    let (status, _, err) = verify(&tamper(&bytes, "columns/", false, |t| format!("{t}# \n")));
    assert!(status == 2 && err.contains("columns/1-列名.toml"), "{err}");
    // Who also covers the tracks in the manifest cannot make the program say it again.
    let (status, out, err) = verify(&tamper(&bytes, "review.json", true, soften));
    assert!(status == 1 && out.contains("verdict：clear → unlawful"), "{out}{err}");
    let (status, _, err) = verify(&tamper(&bytes, "rules/", true, ease));
    assert!(status == 2 && err.contains("规则文件不是当时所用的规则"), "{err}");

    let without: Vec<_> = members(&bytes).into_iter().filter(|(n, _)| !n.starts_with("rules/")).collect();
    let (status, _, err) = verify(&zipped(&without));
    assert!(status == 2 && err.contains("rules/1-本省.toml") && err.contains("缺失"), "{err}");
    let mut more = members(&bytes);
    more.insert(0, ("rules/2-多.toml".to_owned(), Vec::new()));
    let (status, _, err) = verify(&zipped(&more));
    assert!(status == 2 && err.contains("rules/2-多.toml"), "{err}");
    for broken in [&bytes[..bytes.len() / 2], b"", b"PK\x03\x04"] {
        let (status, _, err) = verify(broken);
        assert!(status == 2 && err.contains("不是 jxjs 的证据包"), "{err}");
    }
    let mut flipped = bytes.clone();
    let at = flipped.len() / 3;
    flipped[at] ^= 0x55;
    let (status, _, err) = verify(&flipped);
    assert!(status == 2 && !err.is_empty(), "{err}");
    assert_eq!(run(dir.path(), &["verify", "没有.zip"]).0, 2);
}

#[test]
fn another_overlay_is_another_review() {
    let dir = world();
    let plain = pack(dir.path(), "简.zip", &[]);
    let strict = pack(dir.path(), "严.zip", &["--rules", "本省.toml"]);
    let verdicts = |bytes: &[u8]| -> Vec<String> {
        let review: Value = serde_json::from_slice(&members(bytes)[1].1).unwrap();
        review["cases"].as_array().unwrap().iter().map(|c| c["verdict"].as_str().unwrap().to_owned()).collect()
    };
    assert_ne!(verdicts(&plain), verdicts(&strict), "the overlay matters");
    // The rules of the one under the name of the other.
    let strict_rules = members(&strict).into_iter().find(|(n, _)| n.starts_with("rules/")).unwrap();
    let changed = tamper(&strict, "rules/", true, |t| t.replace("P5Y\", basis", "P6Y\", basis"));
    assert_ne!(members(&changed)[2].1, strict_rules.1);
    fs::write(dir.path().join("改.zip"), changed).unwrap();
    assert_eq!(run(dir.path(), &["verify", "改.zip", "批次"]).0, 2);
}

#[test]
fn a_pack_of_another_version_says_so() {
    let dir = world();
    let bytes = pack(dir.path(), "证据.zip", &[]);
    let version = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let other = tamper(&bytes, "review.json", true, |t| t.replace(&version, "\"version\":\"9.9.9\""));
    let spaced = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let other = tamper(&other, "manifest.json", false, |t| t.replace(&spaced, "\"version\":\"9.9.9\""));
    fs::write(dir.path().join("他.zip"), &other).unwrap();
    let (status, out, err) = run(dir.path(), &["verify", "他.zip", "批次"]);
    assert_eq!((status, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("9.9.9") && out.contains(env!("CARGO_PKG_VERSION")), "{out}");
    // Other rules built in: nothing can be said for certain.
    let digest = jxjs::law::Rules::builtin().digest.clone();
    let rules = tamper(&bytes, "review.json", true, |t| t.replace(&digest, "sha256:00"));
    let rules = tamper(&rules, "manifest.json", false, |t| t.replace(&digest, "sha256:00"));
    fs::write(dir.path().join("旧.zip"), &rules).unwrap();
    let (status, out, _) = run(dir.path(), &["verify", "旧.zip", "批次"]);
    assert!(status == 2 && out.contains("内置规则与当时不同"), "{out}");
}

#[test]
fn a_verification_is_printed_for_machines_too() {
    let dir = world();
    let pack = pack(dir.path(), "证据.zip", &["--rules", "本省.toml"]);
    let schema: Value = serde_json::from_str(include_str!("../schema/verify.schema.json")).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let verify = |file: &str| {
        let (status, out, err) = run(dir.path(), &["verify", file, "批次", "--format", "json"]);
        assert_eq!(err, "");
        let value: Value = serde_json::from_str(&out).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        // What is said does not depend on the language.
        assert_eq!(run(dir.path(), &["verify", file, "批次", "--format", "json", "--lang", "en"]).1, out);
        (status, value)
    };
    let (status, same) = verify("证据.zip");
    assert_eq!((status, &same["result"], &same["cases"]), (0, &"same".into(), &3.into()));
    assert_eq!((&same["differences"], &same["same_rules"]), (&Value::Array(Vec::new()), &true.into()));
    let digest: String = Sha256::digest(&pack).iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!((&same["pack"]["sha256"], &same["pack"]["overlays"]), (&digest.into(), &1.into()));
    assert!(same["inputs"].as_array().unwrap().iter().all(|i| i["then"] == i["now"]));
    assert_eq!(same["inputs"].as_array().unwrap().len(), 4);

    let path = dir.path().join("批次/提请案件.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}\n")).unwrap();
    let (status, bytes) = verify("证据.zip");
    assert_eq!((status, &bytes["result"]), (1, &"inputs_changed".into()));
    let changed: Vec<&Value> = bytes["inputs"].as_array().unwrap().iter().filter(|i| i["then"] != i["now"]).collect();
    assert_eq!((changed.len(), &changed[0]["file"]), (1, &"提请案件.csv".into()));

    fs::write(&path, text.replace("2023-01-10", "2023-04-20")).unwrap();
    let (status, different) = verify("证据.zip");
    assert_eq!((status, &different["result"]), (1, &"different".into()));
    let found = |what: &str| {
        let all = different["differences"].as_array().unwrap();
        all.iter().find(|d| d["what"] == what).unwrap_or_else(|| panic!("{what}: {all:#?}")).clone()
    };
    let outcome = found("reduction/start-time.outcome");
    assert_eq!((&outcome["then"], &outcome["now"]), (&"violation".into(), &"pass".into()));
    assert!(outcome["case"].as_str().unwrap().contains("（2026）示减1号"));
    // What is no longer said is absent; a number stays one.
    let days = found("reduction/start-time.facts.short_days");
    assert!(days["then"].is_number() && days.get("now").is_none(), "{days}");

    let digest = jxjs::law::Rules::builtin().digest.clone();
    let old = tamper(&pack, "manifest.json", false, |t| t.replace(&digest, "sha256:00"));
    fs::write(dir.path().join("旧.zip"), &old).unwrap();
    let (status, other) = verify("旧.zip");
    assert_eq!((status, &other["result"], &other["same_rules"]), (2, &"other_rules".into(), &false.into()));
    // What cannot be verified at all is said on standard error alone.
    fs::write(dir.path().join("坏.zip"), &pack[..pack.len() / 2]).unwrap();
    let (status, out, err) = run(dir.path(), &["verify", "坏.zip", "批次", "--format", "json"]);
    assert!(status == 2 && out.is_empty() && err.contains("坏.zip"), "{out}{err}");
}
