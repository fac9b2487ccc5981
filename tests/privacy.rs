//! Personal data: nothing leaves the machine, nothing personal is logged, and `--redact` masks everything.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jxjs::checks::case::Lang;
use jxjs::checks::finding::Outcome;
use jxjs::intake;
use jxjs::law::Rules;
use jxjs::model::Batch;
use jxjs::review::{ReviewOptions, Verdict, review_batch};
use rayon::prelude::*;
use serde_json::Value;

fn jxjs(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jxjs")).current_dir(dir).args(args).output().unwrap()
}

/// Everything in the batch that says who someone is.
const SECRETS: &[&str] = &[
    // Names, also that of someone who is only in a cell where no name belongs.
    "欧阳蹇鑫",
    "慕容赑屃",
    "尉迟饕餮",
    "夏侯貔貅",
    // An officer's.
    "司徒狴犴",
    "太叔嘲风",
    // Numbers of persons, one of whom is in no list of inmates.
    "9137550001",
    "9137550002",
    "9137550003",
    "9137559999",
    // Identity numbers and a telephone number.
    "11010119850601001",
    "11010119900307877",
    "110101850601001",
    "13912345678",
    // Case and document numbers.
    "鲲狱减字第77881号",
    "京01刑更66772号",
    "鲲狱奖字第55443号",
];

/// An identity number composed for the test.
fn identity(body: &str) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(WEIGHTS).map(|(c, w)| c.to_digit(10).unwrap() * w).sum();
    format!("{body}{}", ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][(sum % 11) as usize])
}

/// A batch that has something personal wherever there can be something.
fn batch(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let (first, second) = (identity("11010119850601001"), identity("11010119900307877"));
    let write = |name: &str, lines: &[String]| fs::write(folder.join(name), lines.join("\n") + "\n").unwrap();
    let inmate = |no: &str, name: &str, id: &str, birth: &str| {
        format!(
            "{no},{name},男,{birth},{id},盗窃罪,2019-05-01,有期徒刑十五年,2021-01-10,2021-01-21,2021-03-15,2020-06-01,2035-05-31,2035-05-31,\
             否,否,否,否,否,否,无,无,无,无,是,示例监狱,一监区,x"
        )
    };
    write(
        "罪犯信息.csv",
        &[
            "罪犯编号,姓名,性别,出生日期,身份证号,罪名,犯罪日期,原判刑罚,判决日期,判决生效日期,交付执行日期,刑期起日,刑期止日,现刑期止日,累犯,\
             毒品再犯,原国家工作人员,限制减刑,终身监禁,缓刑,罪犯类别,身体状况,附加剥夺政治权利,退赃情况,认罪悔罪,监狱,监区,尉迟饕餮的备注"
                .to_owned(),
            inmate("9137550001", "欧阳蹇鑫", &first, "1985-06-01"),
            // One person under two numbers, which a check says.
            inmate("9137550002", "慕容赑屃", &second, "1990-03-07"),
            inmate("9137550003", "慕容赑屃", &second, "1990-03-07"),
        ],
    );
    write(
        "提请案件.csv",
        &[
            "罪犯编号,案号,类型,提请日期,建议减刑,改造表现,审理法院".to_owned(),
            "9137550001,鲲狱减字第77881号,减刑,2022-01-10,六个月,确有悔改表现,示例市中级人民法院".to_owned(),
            "9137550002,（2026）京01刑更66772号,减刑,夏侯貔貅,六个月,确有悔改表现,".to_owned(),
            "9137559999,,减刑,2025-05-10,六个月,确有悔改表现,".to_owned(),
        ],
    );
    write(
        "历次裁定.csv",
        &[
            "罪犯编号,裁定日期,送达日期,变更内容,减后刑期止日,裁定法院,案号".to_owned(),
            "9137550003,2023-04-20,2023-04-25,减刑五个月,2034-12-31,示例市中级人民法院,（2026）京01刑更66772号"
                .to_owned(),
        ],
    );
    write("财产性判项.csv", &["罪犯编号,种类,金额,状态".to_owned(), "9137550001,罚金,欧阳蹇鑫,未履行".to_owned()]);
    let mut points = vec![
        "罪犯编号,考核月份,监管基础分,监管加分,监管扣分,教育基础分,教育加分,教育扣分,劳动基础分,劳动加分,劳动扣分,专项加分,处罚扣分,当月考核分,\
         结余分,周期扣减,考核民警,监狱,监区,岗位,备注"
            .to_owned(),
    ];
    let mut balance = 0;
    for month in 1..=12 {
        // One officer gives all the bonus in two of the months, which a check names.
        let (bonus, officer) = if month > 10 { (20, "司徒狴犴") } else { (0, "太叔嘲风") };
        let score = 100 + 3 * bonus;
        balance += score;
        points.push(format!(
            "9137550001,2022-{month:02},35,{bonus},0,35,{bonus},0,30,{bonus},0,0,0,{score},{balance},0,{officer},示例监狱,一监区,欧阳蹇鑫组,\
             经司徒狴犴同意{first}"
        ));
    }
    write("计分考核.csv", &points);
    write(
        "奖惩.csv",
        &[
            "罪犯编号,日期,种类,等级,事由,文号".to_owned(),
            "9137550001,2022-06-10,立功,,制止慕容赑屃（9137550002）行凶，电话13912345678,鲲狱奖字第55443号".to_owned(),
            "9137550002,2022-06-10,立功,,制止慕容赑屃（9137550002）行凶，电话13912345678,鲲狱奖字第55443号".to_owned(),
        ],
    );
    write(
        "羁押轨迹.csv",
        &[
            "罪犯编号,开始日期,结束日期,类型,事由,决定机关,文号,地点,备注".to_owned(),
            "9137550001,2020-06-01,2021-03-14,看守所羁押,,示例公安局,,欧阳蹇鑫家,旧证110101850601001".to_owned(),
            "9137550001,2023-06-01,2024-03-14,暂予监外执行,严重疾病，欧阳蹇鑫自述,示例监狱,鲲狱奖字第55443号,,"
                .to_owned(),
        ],
    );
    write("尉迟饕餮台账.csv", &["甲,乙".to_owned(), "1,2".to_owned()]);
    fs::write(folder.join("夏侯貔貅.pdf"), "").unwrap();
}

/// Every text in a file: what a packed file holds, and the file itself.
fn contents(path: &Path) -> Vec<Vec<u8>> {
    let bytes = fs::read(path).unwrap();
    let mut all = Vec::new();
    if let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(&bytes)) {
        for at in 0..archive.len() {
            let mut file = archive.by_index(at).unwrap();
            all.push(file.name().unwrap().into_owned().into_bytes());
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            all.push(content);
        }
    }
    all.push(bytes);
    all
}

fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
    for path in fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()) {
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The secrets that stand in some bytes, in either encoding.
fn told(bytes: &[u8]) -> Vec<&'static str> {
    let has = |needle: &[u8]| bytes.windows(needle.len()).any(|w| w == needle);
    let utf16 = |s: &str, big: bool| -> Vec<u8> {
        s.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    };
    SECRETS.iter().copied().filter(|s| has(s.as_bytes()) || has(&utf16(s, false)) || has(&utf16(s, true))).collect()
}

/// Runs everything that prints or writes about people; what each printed and wrote.
fn everything(dir: &Path, more: &[&str]) -> BTreeMap<String, Vec<Vec<u8>>> {
    let mut all = BTreeMap::new();
    let day = ["--as-of", "2026-11-24"];
    let commands: &[&[&str]] = &[
        &["check", "批次"],
        &["check", "批次", "--lang", "en"],
        &["check", "批次", "--format", "json"],
        &["check", "批次", "--format", "json", "--lang", "en"],
        &["check", "批次", "--format", "jsonl"],
        &["check", "批次", "--out", "结果", "--evidence", "证据.zip"],
        &["check", "批次", "--out", "结果英", "--lang", "en", "--quiet"],
        &["opinion", "批次", "--out", "文书"],
        &["show", "批次", "--inmate", "9137550001"],
        &["show", "批次", "--inmate", "9137550002", "--format", "json"],
        &["show", "批次", "--inmate", "9137550003", "--lang", "en"],
        &["ledger", "批次"],
        &["ledger", "批次", "--format", "csv"],
        &["ledger", "批次", "--format", "json"],
        &["ledger", "批次", "--format", "jsonl"],
        // What cannot be reviewed.
        &["check", "批次/提请案件.csv"],
        &["check", "批次/尉迟饕餮台账.csv", "--lang", "en"],
        &["show", "批次", "--inmate", "9137559999"],
        &["opinion", "批次", "--out", "别处", "--inmate", "13912345678"],
    ];
    for command in commands {
        let args = [command, &day[..], more].concat();
        let output = jxjs(dir, &args);
        assert!(output.status.code().is_some_and(|c| c < 3), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        all.insert(command.join(" "), vec![output.stdout, output.stderr]);
    }
    let mut files = Vec::new();
    for made in ["结果", "结果英", "文书"] {
        walk(&dir.join(made), &mut files);
    }
    files.push(dir.join("证据.zip"));
    for path in files {
        let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
        let mut texts = contents(&path);
        texts.push(name.clone().into_bytes());
        all.insert(name, texts);
    }
    if !more.is_empty() {
        let output = jxjs(dir, &["verify", "证据.zip", "批次"]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
        all.insert("verify".to_owned(), vec![output.stdout, output.stderr]);
    }
    all
}

#[test]
fn masks_stand_for_every_name_and_number_in_every_output() {
    let dir = tempfile::tempdir().unwrap();
    batch(&dir.path().join("批次"));
    let masked = everything(dir.path(), &["--redact"]);
    assert!(masked.len() > 30, "{:?}", masked.keys());
    let mut leaks: Vec<String> = Vec::new();
    for (name, texts) in &masked {
        let found: Vec<&str> = texts.iter().flat_map(|t| told(t)).collect();
        if !found.is_empty() {
            leaks.push(format!("{name}: {found:?}"));
        }
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    // The same mask stands for the same person throughout.
    let text = |name: &str| String::from_utf8(masked[name][0].clone()).unwrap();
    let json: Value = serde_json::from_str(&text("check 批次 --format json")).unwrap();
    assert_eq!((&json["cases"][0]["inmate"], &json["cases"][0]["name"]), (&"编号0001".into(), &"罪犯0001".into()));
    assert!(text("show 批次 --inmate 9137550001").contains("罪犯0001") && text("ledger 批次").contains("编号0001"));
    assert!(masked.keys().any(|n| n.starts_with("结果/意见/案号0001-")), "{:?}", masked.keys());
    // One may ask for a person by the mask.
    let by_mask = jxjs(dir.path(), &["show", "批次", "--inmate", "编号0001", "--redact", "--as-of", "2026-11-24"]);
    assert_eq!(String::from_utf8(by_mask.stdout).unwrap(), text("show 批次 --inmate 9137550001"));
    let people = String::from_utf8(masked["check 批次 --format json"][0].clone()).unwrap();
    assert!(
        people.contains("与编号编号0003相同") || people.contains("编号0003"),
        "one identity under two numbers is still found"
    );

    // Without masks all of this is there: the test can fail.
    let open = tempfile::tempdir().unwrap();
    batch(&open.path().join("批次"));
    let plain = everything(open.path(), &[]);
    let said: Vec<&str> = plain.values().flatten().flat_map(|t| told(t)).collect();
    for secret in ["欧阳蹇鑫", "慕容赑屃", "夏侯貔貅", "尉迟饕餮", "9137559999", "鲲狱减字第77881号", "13912345678"]
    {
        assert!(said.contains(&secret), "{secret} is printed nowhere, so nothing is shown by its absence");
    }
    // And the review is the same.
    let read = |all: &BTreeMap<String, Vec<Vec<u8>>>| -> Value {
        serde_json::from_slice(&all["check 批次 --format json"][0]).unwrap()
    };
    let verdicts = |v: &Value| -> Vec<(Value, Vec<(Value, Value)>)> {
        let checks = |c: &Value| {
            c["checks"].as_array().unwrap().iter().map(|f| (f["check"].clone(), f["outcome"].clone())).collect()
        };
        v["cases"].as_array().unwrap().iter().map(|c| (c["verdict"].clone(), checks(c))).collect()
    };
    assert_eq!(verdicts(&read(&masked)), verdicts(&read(&plain)));
}

/// What no output prints today may be printed tomorrow.
#[test]
fn no_name_or_number_is_left_in_what_is_reviewed() {
    let dir = tempfile::tempdir().unwrap();
    batch(dir.path());
    let read = || intake::read(&[dir.path().to_owned()], &intake::Options::default()).unwrap();
    let masked = intake::redact(read()).batch;
    let shown = |batch: &Batch| {
        let mut text = format!("{:?}{:?}{:?}", batch.inputs, batch.sources, batch.problems);
        for packed in &batch.dossiers {
            let mut dossier = packed.open();
            if let Some(inmate) = &mut dossier.inmate {
                // Checks compare it; it is never shown.
                inmate.id_number.value = jxjs::model::Value::Empty;
            }
            text += &format!("{dossier:?}");
        }
        text
    };
    assert_eq!(told(shown(&masked).as_bytes()), Vec::<&str>::new());
    assert!(told(shown(&read()).as_bytes()).len() > 10);
    let officers =
        masked.dossiers[0].open().points.iter().filter_map(|r| r.officer.known().cloned()).collect::<Vec<_>>();
    assert_eq!((officers[0].as_str(), officers[11].as_str()), ("民警0002", "民警0001"));
}

#[test]
fn what_cannot_be_masked_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    batch(&dir.path().join("批次"));
    for args in [
        &["check", "批次", "--out", "结果", "--annotate", "--redact"][..],
        &["check", "批次", "--out", "结果", "--reviewer", "王某", "--redact"],
        &["opinion", "批次", "--out", "结果", "--reviewer", "王某", "--redact"],
        // Lines are masked by nobody.
        &["check", "--from-jsonl", "--format", "jsonl", "--redact"],
    ] {
        let output = jxjs(dir.path(), args);
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && err.contains("--redact"), "{err}");
        assert!(!dir.path().join("结果").exists());
    }
}

/// The verdicts and findings of a batch.
fn findings(batch: &Batch) -> Vec<(Verdict, Vec<(&'static str, Outcome)>)> {
    let options = ReviewOptions { as_of: "2026-11-24".parse().unwrap(), lang: Lang::Zh, only: Vec::new() };
    let review = review_batch(batch, &Rules::builtin(), &options);
    let case = |c: &jxjs::review::CaseReview| (c.verdict, c.findings.iter().map(|f| (f.check, f.outcome)).collect());
    let batchwise = review.batch_findings.iter().map(|b| (b.finding.check, b.finding.outcome)).collect();
    review.cases.iter().map(case).chain([(Verdict::Clear, batchwise)]).collect()
}

#[test]
fn masks_change_no_verdict() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files.retain(|f| f.extension().is_some_and(|e| e == "xlsx") && !f.starts_with(root.join("intake")));
    assert!(files.len() > 200, "{}", files.len());
    // Every third one of the many small cases is enough; all of the batches.
    let small = |f: &PathBuf| f.starts_with(root.join("cases"));
    let chosen: Vec<PathBuf> =
        files.iter().enumerate().filter(|(n, f)| !small(f) || n % 3 == 0).map(|(_, f)| f.clone()).collect();
    let wrong: Vec<String> = chosen
        .into_par_iter()
        .filter_map(|file| {
            let read = || intake::read(std::slice::from_ref(&file), &intake::Options::default()).ok();
            let (plain, masked) = (read()?, intake::redact(read()?).batch);
            (findings(&plain) != findings(&masked)).then(|| file.display().to_string())
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What goes to a screen or a log besides the results.
#[test]
fn nothing_personal_is_logged() {
    let dir = tempfile::tempdir().unwrap();
    batch(&dir.path().join("批次"));
    for (name, texts) in everything(dir.path(), &[]) {
        let [_, err] = &texts[..] else { continue };
        // JSON lines say the rest of their result there; what stops a run says which file and header it found.
        if name.contains("jsonl") || name.contains("csv") {
            continue;
        }
        assert_eq!(told(err), Vec::<&str>::new(), "{name}: {}", String::from_utf8_lossy(err));
    }
    let again = jxjs(dir.path(), &["check", "批次", "--out", "结果"]);
    assert_eq!(told(&again.stderr), Vec::<&str>::new(), "{}", String::from_utf8_lossy(&again.stderr));
}

/// The commands of an ordinary day, under a tool that writes down every call that has to do with a network.
#[cfg(target_os = "linux")]
#[test]
fn nothing_leaves_the_machine() {
    let dir = tempfile::tempdir().unwrap();
    batch(&dir.path().join("批次"));
    let strace = |log: &str, program: &[&str]| {
        let args = ["-f", "-qq", "-e", "trace=network", "-o", log];
        Command::new("strace").current_dir(dir.path()).args(args).args(program).output()
    };
    let works = strace("probe.log", &["true"]).is_ok_and(|o| o.status.success());
    if !works {
        eprintln!("skipped: strace is not there or not allowed");
        return;
    }
    // It would see one.
    let opens = "exec 3<>/dev/udp/127.0.0.1/9";
    if Command::new("bash").arg("--version").output().is_ok() {
        strace("seen.log", &["bash", "-c", opens]).unwrap();
        assert!(fs::read_to_string(dir.path().join("seen.log")).unwrap().contains("socket("));
    }
    for (n, args) in [
        &["check", "批次", "--out", "结果", "--annotate", "--evidence", "证据.zip"][..],
        &["check", "批次", "--format", "json", "--redact"],
        &["verify", "证据.zip", "批次"],
        &["opinion", "批次", "--out", "文书"],
        &["show", "批次", "--inmate", "9137550001"],
        &["ledger", "批次", "--format", "csv"],
        &["template", "模板.xlsx", "--opinions", "文书模板"],
        &["explain"],
        &["rules"],
    ]
    .iter()
    .enumerate()
    {
        let log = format!("{n}.log");
        let output = strace(&log, &[&[env!("CARGO_BIN_EXE_jxjs")][..], args].concat()).unwrap();
        assert!(matches!(output.status.code(), Some(0 | 1)), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        let calls = fs::read_to_string(dir.path().join(&log)).unwrap();
        // Between a program's own threads a pair of sockets may pass signals; it leads nowhere.
        let outward: Vec<&str> = calls
            .lines()
            .filter(|l| ["socket(", "connect(", "sendto(", "sendmsg(", "bind("].iter().any(|call| l.contains(call)))
            .collect();
        assert_eq!(outward, Vec::<&str>::new(), "{args:?}");
    }
}

#[test]
fn lines_hold_masks_and_are_reviewed_as_what_they_mask() {
    let dir = tempfile::tempdir().unwrap();
    batch(&dir.path().join("批次"));
    let lines = |more: &[&str]| jxjs(dir.path(), &[&["dossiers", "批次"], more].concat());
    let masked = lines(&["--redact"]);
    assert_eq!(told(&masked.stdout), Vec::<&str>::new());
    assert_eq!(told(&masked.stderr), Vec::<&str>::new());
    let plain = lines(&[]);
    let left: Vec<&str> = SECRETS.iter().copied().filter(|s| !told(&plain.stdout).contains(s)).collect();
    // Names of files that are not read do not stand in lines; all else does, so that its absence shows something.
    assert!(left.len() < 4 && !left.contains(&"11010119850601001"), "{left:?}");
    assert_eq!(lines(&["--redact"]).stdout, masked.stdout, "the same masks in every run");
    // Also where nothing can be read.
    let unread = jxjs(dir.path(), &["dossiers", "批次/尉迟饕餮台账.csv", "--redact"]);
    assert_eq!((unread.status.code(), told(&unread.stderr)), (Some(2), Vec::new()));

    let text = String::from_utf8(masked.stdout).unwrap();
    let people: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let id = |n: usize| people[n]["inmate"]["id_number"].as_str().unwrap();
    // A number that nobody has, of the same birth date; one person is still one, another another.
    assert!(id(0).starts_with('0') && &id(0)[6..14] == "19850601" && identity(&id(0)[..17]) == id(0), "{}", id(0));
    assert_eq!(id(1), id(2));
    assert_ne!(id(0), id(1));

    // Reviewed alone and with all the others, they come to what the masked batch comes to.
    let piped = |args: &[&str], input: &str| -> String {
        let mut command = assert_cmd::Command::cargo_bin("jxjs").unwrap();
        let output = command.current_dir(dir.path()).args(args).write_stdin(input).output().unwrap();
        assert!(output.status.code().is_some_and(|c| c < 2), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    fs::write(dir.path().join("汇总.json"), piped(&["aggregate"], &text)).unwrap();
    let day = ["--as-of", "2026-11-24", "--format", "jsonl"];
    let apart = piped(&[&["check", "--from-jsonl", "--aggregate", "汇总.json"], &day[..]].concat(), &text);
    let at_once = piped(&[&["check", "批次", "--redact"], &day[..]].concat(), "");
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&apart), sorted(&at_once));
    assert!(apart.contains("duplicate-identity"));
}
