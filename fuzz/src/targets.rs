//! What is tried with arbitrary bytes. Each target must not panic, and asserts what holds for every input.
//!
//! The fuzzer calls these with inputs it makes up; `tests/fuzz_corpus.rs` calls them with the files of `fuzz/corpus`.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use chrono::{Datelike, NaiveDate};
use jxjs::checks::case::Lang;
use jxjs::checks::finding::Outcome;
use jxjs::exchange::stream::{self, Review};
use jxjs::exchange::{self, Part, Reader};
use jxjs::intake::cell::{Raw, identifier};
use jxjs::intake::columns::Header;
use jxjs::intake::values::{self, Bad, Epoch};
use jxjs::intake::{self, Columns, Options};
use jxjs::law::Rules;
use jxjs::model::{Batch, Change, Proposal, Rights, Sentence, SheetKind};
use jxjs::report::docx::engine;
use jxjs::report::{Report, json, text};
use jxjs::review::{ReviewOptions, review_batch};
use rust_decimal::Decimal;

/// A target: its name and what it does with an input.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const ALL: &[Target] = &[
    ("values", cell_values),
    ("numbers", cell_numbers),
    ("headers", headers),
    ("columns", column_file),
    ("rules", rule_file),
    ("table", table),
    ("csv", csv_file),
    ("parts", workbook_parts),
    ("workbook", workbook),
    ("docx", docx),
    ("dossiers", dossiers),
];

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
}

fn refused(bad: &Bad) {
    assert!(!bad.want_zh.is_empty() && !bad.want_en.is_empty(), "a refusal says what is accepted: {bad:?}");
    assert!(bad.found.chars().count() <= 61 && !bad.found.contains(char::is_control), "{bad:?}");
}

/// Reads `text`; what was read is printed by `print` and must be read as the same again.
fn again<T: PartialEq + std::fmt::Debug>(
    text: &str,
    read: impl Fn(&str) -> Result<T, Bad>,
    print: impl Fn(&T) -> Option<String>,
) -> Option<T> {
    match read(text) {
        Err(bad) => {
            refused(&bad);
            None
        }
        Ok(value) => {
            if let Some(printed) = print(&value) {
                assert_eq!(read(&printed).as_ref().ok(), Some(&value), "{text:?} printed as {printed:?}");
            }
            Some(value)
        }
    }
}

/// The text of a cell, in every type of column.
pub fn cell_values(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for epoch in [Epoch::From1900, Epoch::From1904] {
        let day = again(text, |t| values::date(t, epoch), |d| Some(d.to_string()));
        assert!(day.is_none_or(|d| (1900..=2200).contains(&d.year())), "{day:?}");
        let month = again(text, |t| values::month(t, epoch), |m| Some(m.to_string()));
        // A text that names a day names its month.
        if let Some(day) = day {
            assert_eq!(month, Some(jxjs::model::Month::of(day)), "{text:?}");
        }
    }
    again(text, values::month_of_decimal, |m| Some(m.to_string()));
    let term = again(text, |t| values::term(t).map(|(t, _)| t), |t| Some(t.zh()));
    if let Some(term) = term {
        assert!(!term.is_zero(), "{text:?}");
        assert_eq!(term.to_string().parse().ok(), Some(term), "{text:?}");
    }
    for years in [false, true] {
        again(text, |t| values::term_in_unit(t, years), |_| None);
    }
    again(text, |t| values::sentence(t).map(|s| s.sentence), |s| Some(Sentence::zh(*s)));
    if let Some(counts) = again(text, values::count_terms, |_| None) {
        assert!(!counts.is_empty() && counts.iter().all(|c| !c.charge.is_empty()), "{text:?}: {counts:?}");
    }
    let proposed = |p: &Proposal| match p {
        Proposal::Reduce(t) => format!("减刑{}", t.zh()),
        Proposal::ToFixed(t) => format!("减为有期徒刑{}", t.zh()),
        Proposal::ToLife => "减为无期徒刑".to_owned(),
        Proposal::Remainder => "减余刑".to_owned(),
    };
    again(text, |t| values::proposal(t).map(|p| p.proposal), |p| Some(proposed(p)));
    let changed = |c: &Change| match c {
        Change::Reduce(t) => Some(format!("减刑{}", t.zh())),
        Change::ToFixed(t) => Some(format!("减为有期徒刑{}", t.zh())),
        Change::NotCounted(t) => Some(format!("不计入刑期{}", t.zh())),
        Change::ReductionRestored(t) => Some(format!("恢复减刑{}", t.zh())),
        Change::RetrialChanged(s) => Some(format!("再审改判{}", s.zh())),
        Change::Merged(s) => Some(format!("数罪并罚决定执行{}", s.zh())),
        _ => None,
    };
    again(text, |t| values::change(t).map(|c| c.change), changed);
    let rights = |r: &Option<Rights>| match r {
        Some(Rights::For(t)) => Some(t.zh()),
        Some(Rights::ForLife) => Some("终身".to_owned()),
        Some(Rights::None) => Some("无".to_owned()),
        None => None,
    };
    again(text, values::rights, rights);
    again(text, values::boolean, |b| Some(if *b { "是" } else { "否" }.to_owned()));
    let _ = (values::says_no_end(text), values::is_lone_dash(text));
    let folded = values::fold_case_no(text);
    assert_eq!(values::fold_case_no(&folded), folded, "{text:?}");
    let squeezed = values::squeeze(text);
    assert_eq!(values::squeeze(&squeezed), squeezed, "{text:?}");
}

/// Numbers, as text and as a number cell; identifiers.
pub fn cell_numbers(data: &[u8]) {
    if let Some(bytes) = data.first_chunk::<8>() {
        let value = f64::from_le_bytes(*bytes);
        match values::decimal_of_float(value) {
            Ok(d) => {
                let back: f64 = d.to_string().parse().unwrap();
                assert!((back - value).abs() <= value.abs() * 1e-14 + 1e-13, "{value:e} became {d}");
            }
            Err(bad) => refused(&bad),
        }
        for epoch in [Epoch::From1900, Epoch::From1904] {
            assert!(values::serial_date(value, epoch).is_none_or(|d| (1900..=2200).contains(&d.year())));
        }
        for pad in [0, 10] {
            match identifier(&Raw::Number { value, pad }) {
                Ok(no) => {
                    assert!(!no.is_empty() && no.bytes().all(|b| b.is_ascii_digit()), "{value:e} became {no:?}");
                    assert_eq!(no.parse::<f64>().ok(), Some(value.abs()), "{no:?}");
                }
                Err(bad) => refused(&bad),
            }
        }
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    let number = |t: &str| values::number(t).map(|q| q.value);
    if let Some(n) = again(text, number, |n| Some(n.to_string())) {
        assert!(n.abs() < Decimal::from(1_000_000_000_000_000_000u64), "{text:?}");
    }
    again(text, values::amount, |_| None);
    again(text, values::commendations, |_| None);
    again(text, values::balance, |n| Some(n.to_string()));
    again(text, |t| identifier(&Raw::Text(t.into())), |_| None);
}

static COLUMNS: LazyLock<Columns> = LazyLock::new(|| Columns::load(&[]).unwrap());

/// Headers and names of sheets.
pub fn headers(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for line in text.lines() {
        let header = Header::of(line);
        assert_eq!(Header::of(&header.key).key, header.key, "{line:?}");
        // Folding must not make one name of two: white space and brackets are all that drops.
        assert!(header.key.chars().count() <= line.to_lowercase().chars().count(), "{line:?}");
        COLUMNS.kind_of_name(line);
        for kind in SheetKind::ALL {
            COLUMNS.target(kind, &header.key);
        }
    }
}

/// A scratch folder in memory where there is one.
fn scratch() -> &'static Path {
    static DIR: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
    });
    DIR.path()
}

fn put(name: &str, data: &[u8]) -> PathBuf {
    // Tests of several threads must not write over each other's files.
    let path = scratch().join(format!("{:?}", std::thread::current().id()));
    fs::create_dir_all(&path).unwrap();
    let path = path.join(name);
    fs::write(&path, data).unwrap();
    path
}

/// A file of column names.
pub fn column_file(data: &[u8]) {
    let path = put("columns.toml", data);
    match Columns::load(&[path]) {
        Err(e) => assert!(!e.zh().is_empty() && !e.to_string().is_empty()),
        // Whatever a file says, the names of the contract keep their meaning.
        Ok(columns) => {
            for kind in SheetKind::ALL {
                for col in kind.columns() {
                    let key = Header::of(col.name()).key;
                    assert_eq!(columns.target(kind, &key), Some(intake::columns::Target::Col(col)), "{}", col.name());
                }
            }
        }
    }
}

/// A batch of a few invented people to try rules on.
static BATCH: LazyLock<Batch> = LazyLock::new(|| {
    let dir = scratch().join("batch");
    fs::create_dir_all(&dir).unwrap();
    let files = [
        (
            "罪犯信息",
            "罪犯编号,姓名,罪名,犯罪日期,原判刑罚,判决日期,判决生效日期,交付执行日期,刑期起日,刑期止日,累犯,罪犯类别\n\
             1,甲,盗窃罪,2018-01-01,有期徒刑八年,2019-04-01,2019-04-15,2019-05-05,2019-03-05,2027-03-04,否,无\n\
             2,乙,受贿罪,2016-01-01,无期徒刑,2017-04-01,2017-04-15,2017-05-05,,,否,职务犯罪\n\
             3,丙,故意杀人罪,2014-01-01,死缓,2015-04-01,2015-04-15,2015-05-05,,,是,累犯\n",
        ),
        (
            "提请案件",
            "罪犯编号,案号,类型,提请日期,建议减刑,改造表现,考核起日,考核止日,认定表扬次数\n\
             1,一,减刑,2021-01-10,九个月,确有悔改表现,2019-06-01,2020-12-31,3\n\
             2,二,减刑,2022-01-10,减为有期徒刑二十二年,确有悔改表现,,,\n\
             1,三,假释,2024-01-10,,确有悔改表现,,,\n3,四,减刑,2022-01-10,六个月,立功表现,,,\n",
        ),
        ("历次裁定", "罪犯编号,裁定日期,变更内容\n3,2017-06-01,减为无期徒刑\n3,2020-01-01,减为有期徒刑二十五年\n"),
        (
            "计分考核",
            "罪犯编号,考核月份,监管基础分,教育基础分,劳动基础分,监管加分,当月考核分,考核积分\n\
             1,2022-01,35,35,30,5,105,105\n1,2022-02,35,35,30,,100,205\n1,2022-03,35,35,30,80,180,385\n",
        ),
        ("奖惩", "罪犯编号,日期,种类\n1,2022-06-01,表扬\n1,2022-07-01,警告\n"),
        ("羁押轨迹", "罪犯编号,开始日期,结束日期,类型\n1,2019-05-05,,入监\n1,2020-01-01,2020-09-01,暂予监外执行\n"),
        ("狱内消费", "罪犯编号,月份,消费额,限额\n1,2022-01,900,300\n"),
        ("财产性判项", "罪犯编号,种类,金额,已履行金额,状态\n1,罚金,10000,100,部分履行\n"),
        ("新罪漏罪", "罪犯编号,种类,犯罪日期\n3,又犯罪,2016-05-01\n"),
    ];
    for (name, text) in files {
        fs::write(dir.join(format!("{name}.csv")), text).unwrap();
    }
    intake::read(&[dir], &Options::default()).unwrap()
});

static BUILTIN: LazyLock<Arc<Rules>> = LazyLock::new(Rules::builtin);

/// Reviews a batch and prints everything; what is printed counts every case.
fn review(batch: &Batch, rules: &Rules) {
    let options = ReviewOptions { as_of: as_of(), lang: Lang::Zh, only: Vec::new() };
    let review = review_batch(batch, rules, &options);
    for case in &review.cases {
        let mut checks: Vec<&str> = case.findings.iter().map(|f| f.check).collect();
        checks.dedup();
        assert_eq!(checks.len(), case.findings.len(), "a check speaks once");
    }
    let report = Report::new(batch, &review, rules, Lang::En);
    let mut out = Vec::new();
    json::write(&report, &mut out).unwrap();
    assert!(out.starts_with(b"{"));
    text::write(&report, "x", &mut out).unwrap();
}

/// A file of local rules: it may add and tighten, never loosen.
pub fn rule_file(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // Most inputs are no TOML at all; the fault is the same, without reading the law anew.
    if text.parse::<toml::Table>().is_err() {
        return;
    }
    let rules = match Rules::load(&[("local.toml".to_owned(), text.to_owned())]) {
        Ok(rules) => rules,
        Err(e) => {
            assert!(!e.message.is_empty() && !e.to_string().is_empty());
            return;
        }
    };
    tighter(&BUILTIN, &rules);
    review(&BATCH, &rules);
}

/// No number of `new` is more lenient than in `old`.
fn tighter(old: &Rules, new: &Rules) {
    use jxjs::law::limits::Stricter;
    for (old, new) in old.values().iter().zip(new.values()) {
        assert_eq!(old.id, new.id);
        assert_eq!((old.stricter, old.date), (new.stricter, new.date), "{}", old.id);
        let order = (new.term, new.number).cmp(&(old.term, old.number));
        match old.stricter {
            Some(Stricter::Larger) => assert!(order.is_ge(), "{} was loosened", old.id),
            Some(Stricter::Smaller) => assert!(order.is_le(), "{} was loosened", old.id),
            None => assert!(order.is_eq(), "{} was changed", old.id),
        }
    }
    for (old, new) in old.points.iter().zip(&new.points) {
        assert_eq!((&old.id, old.stricter, old.from, old.until), (&new.id, new.stricter, new.from, new.until));
        assert!(old.may_become(new), "{} was loosened", old.id);
    }
    assert!(new.rows.starts_with(&old.rows), "a row of the law was changed");
    assert_eq!(old.checks.len(), new.checks.len());
    for (old, new) in old.checks.iter().zip(&new.checks) {
        assert_eq!((&old.id, old.class, &old.fails_as, old.note), (&new.id, new.class, &new.fails_as, new.note));
        assert!(old.thresholds.keys().eq(new.thresholds.keys()), "{}", old.id);
    }
}

/// What must hold of every batch.
fn batch_holds(batch: &Batch) {
    for count in batch.inputs.iter().flat_map(|i| &i.sheets) {
        assert_eq!(count.read, count.used + count.reported, "rows were lost: {count:?}");
    }
    let people = batch.dossiers.iter().flat_map(|d| d.open().problems);
    for problem in batch.problems.iter().cloned().chain(people) {
        assert!(!problem.zh.is_empty() && !problem.en.is_empty(), "{problem:?}");
        assert!(problem.zh.len() < 20_000, "a message repeats the input: {} bytes", problem.zh.len());
    }
    review(batch, &BUILTIN);
}

fn read(inputs: &[PathBuf]) {
    match intake::read(inputs, &Options::default()) {
        Ok(batch) => batch_holds(&batch),
        Err(e) => {
            assert!(!e.faults.is_empty());
            assert!(!e.zh().is_empty() && !e.en().is_empty());
        }
    }
}

/// What cells of a made-up table may say.
const WORDS: &[&str] = &[
    "0001",
    "0002",
    "0003",
    "",
    "无",
    "是",
    "否",
    "/",
    "2019-03-05",
    "2027-03-04",
    "2023-01-10",
    "2022-01",
    "2022-02",
    "43831",
    "有期徒刑八年",
    "有期徒刑十五年",
    "无期徒刑",
    "死缓",
    "拘役六个月",
    "盗窃罪",
    "受贿罪",
    "故意杀人罪、抢劫罪",
    "减刑",
    "假释",
    "减刑六个月",
    "六个月",
    "减为无期徒刑",
    "减为有期徒刑二十二年",
    "减余刑",
    "撤销减刑裁定",
    "撤销假释",
    "不计入刑期四年十二天",
    "再审改判有期徒刑五年",
    "数罪并罚决定执行有期徒刑十二年",
    "恢复减刑六个月",
    "确有悔改表现",
    "重大立功表现",
    "立功表现",
    "100",
    "-3",
    "105.5",
    "600",
    "99999999999",
    "罚金",
    "没收财产",
    "执行完毕",
    "部分履行",
    "未履行",
    "有",
    "表扬",
    "警告",
    "禁闭",
    "立功",
    "积极",
    "入监",
    "在押",
    "暂予监外执行",
    "收监",
    "解回",
    "脱逃",
    "死亡",
    "释放",
    "严重疾病",
    "又犯罪",
    "漏罪",
    "2200-12-31",
    "1900-01-01",
    "9995",
    "15-06-00",
    "老年",
    "职务犯罪",
    "三年",
    "终身",
    "适宜",
    "合计",
    "注：",
    "第一次减刑日期",
    "第一次减刑幅度",
    "未知列",
    "单位：万元",
];

/// Tables made of headers of the contract and of words that cells have: each byte picks one, 255 ends a row, 254 begins
/// the next file, whose kind the next byte picks.
pub fn table(data: &[u8]) {
    let mut sheets: Vec<(SheetKind, String)> = Vec::new();
    let mut bytes = data.iter().copied();
    let mut header = true;
    let kind_of = |b: u8| SheetKind::ALL[usize::from(b) % SheetKind::ALL.len()];
    while let Some(b) = bytes.next() {
        if b == 254 || sheets.is_empty() {
            if sheets.len() == 12 {
                break;
            }
            sheets.push((kind_of(if b == 254 { bytes.next().unwrap_or(0) } else { b }), String::new()));
            header = true;
            continue;
        }
        let Some((kind, text)) = sheets.last_mut() else { break };
        let columns: Vec<_> = kind.columns().collect();
        match b {
            255 => {
                text.push('\n');
                header = false;
            }
            b if header => {
                let name = columns.get(usize::from(b)).map(|c| c.name());
                text.push_str(name.unwrap_or(WORDS[usize::from(b) % WORDS.len()]));
                text.push(',');
            }
            b => {
                text.push_str(WORDS[usize::from(b) % WORDS.len()]);
                text.push(',');
            }
        }
    }
    let paths: Vec<PathBuf> =
        sheets.iter().enumerate().map(|(i, (k, t))| put(&format!("{}{i}.csv", k.name()), t.as_bytes())).collect();
    read(&paths);
}

const INMATES: &str = "罪犯编号,姓名,罪名,原判刑罚\n1,甲,盗窃罪,有期徒刑八年\n";
const APPLICATIONS: &str = "罪犯编号,类型,提请日期,改造表现,建议减刑\n1,减刑,2023-01-10,确有悔改表现,六个月\n";

/// A text file of any kind beside the two required sheets; the first byte names it.
pub fn csv_file(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let name = match SheetKind::ALL.get(usize::from(*first)) {
        Some(kind) => format!("{}2.csv", kind.name()),
        None => "表.csv".to_owned(),
    };
    read(&[put("罪犯信息.csv", INMATES.as_bytes()), put("提请案件.csv", APPLICATIONS.as_bytes()), put(&name, rest)]);
}

/// Packs texts into a zip file: `== name` begins a part.
fn zipped(text: &str) -> Option<Vec<u8>> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut any = false;
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("== ") {
            out.start_file(name.trim_end(), options).ok()?;
            any = true;
        } else if any {
            out.write_all(line.as_bytes()).ok()?;
        }
    }
    any.then(|| out.finish().ok()).flatten().map(Cursor::into_inner)
}

/// A workbook given by the texts of its parts, so that its XML is what gets mangled, not its compression.
pub fn workbook_parts(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Some(bytes) = zipped(text) {
        read(&[put("book.xlsx", &bytes)]);
    }
}

/// A file of any kind.
pub fn workbook(data: &[u8]) {
    read(&[put("book.xlsx", data)]);
}

/// A template of an opinion: the text of its main part, or (after a 0) a whole file.
pub fn docx(data: &[u8]) {
    let bytes = match data.split_first() {
        Some((0, whole)) => whole.to_vec(),
        _ => {
            let Ok(text) = std::str::from_utf8(data) else { return };
            match zipped(&format!("== word/document.xml\n{text}")) {
                Some(bytes) => bytes,
                None => return,
            }
        }
    };
    let rows = vec![minijinja::context! { 名 => "一" }, minijinja::context! { 名 => "二" }];
    let context = minijinja::context! { 甲 => "张某", 乙 => "<&>", 表 => rows, 有 => true, 无 => false };
    match engine::render(&bytes, "t.docx", &context) {
        Err(e) => assert!(!e.to_string().is_empty()),
        Ok(out) => {
            let text = engine::text_of(&out).unwrap();
            // A template may print braces on purpose, by a quoted text or a raw block.
            let source = engine::text_of(&bytes).unwrap();
            let on_purpose = source.contains(['"', '\'', '“', '”', '‘', '’', '＂']) || source.contains("raw");
            assert!(on_purpose || !text.contains("{{") && !text.contains("{%"), "a placeholder was left: {text}");
        }
    }
}

/// Dossiers as lines, and what a batch of them knows together: each line is read or has a fault, and no line is lost.
pub fn dossiers(data: &[u8]) {
    let blank = |line: &&[u8]| line.iter().all(u8::is_ascii_whitespace);
    let marked = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    let lines = marked.split(|b| *b == b'\n').filter(|l| !blank(l)).count() as u64;
    for line in data.split(|b| *b == b'\n') {
        match Reader::default().read(line) {
            Err(fault) => assert!(!fault.zh.is_empty() && !fault.en.is_empty()),
            Ok(alone) => {
                // Sheets that nothing refers to are not written, so the others may get other numbers, once.
                let once = line_of(&alone);
                let again = Reader::default().read(&once).unwrap_or_else(|e| panic!("what was written: {e:?}"));
                let twice = line_of(&again);
                assert_eq!(again.dossier, Reader::default().read(&twice).unwrap().dossier);
                assert_eq!(reviewed(line, None).0, reviewed(&once, None).0, "what was written is reviewed alike");
            }
        }
        if let Ok(part) = Part::read(line) {
            let mut written = Vec::new();
            part.write(&mut written).unwrap();
            assert!(Part::read(&written).is_ok_and(|again| again == part));
            let _ = part.clone().merge(part).map(|part| part.finish(&BUILTIN, Lang::Zh));
        }
    }
    let part = match stream::gather(&mut Cursor::new(data), &BUILTIN).unwrap() {
        Ok(part) => Some(part),
        Err(bad) => {
            assert!(bad.iter().all(|e| !e.zh().is_empty() && !e.en().is_empty()));
            None
        }
    };
    for part in [None, part.as_ref()] {
        let (out, reviewed) = reviewed(data, part);
        assert_eq!(reviewed.unread + reviewed.dossiers, lines, "a line was lost");
        assert_eq!(out.lines().count() as u64, reviewed.cases);
        if part.is_some() {
            assert_eq!(reviewed.unread, 0, "what was gathered can be reviewed");
        }
        Part::of_reviews(part, &BUILTIN, reviewed).finish(&BUILTIN, Lang::En);
    }
}

fn line_of(alone: &exchange::Alone) -> Vec<u8> {
    let mut written = Vec::new();
    exchange::write(&alone.dossier, &alone.sources, &alone.presence, &mut written).unwrap();
    written
}

/// The lines that a review writes, and what it counts.
fn reviewed(lines: &[u8], part: Option<&Part>) -> (String, exchange::part::Reviewed) {
    let review =
        Review { rules: &BUILTIN, as_of: as_of(), lang: Lang::En, only: &[], min_outcome: Outcome::Pass, part };
    let mut out = Vec::new();
    let reviewed = review.run(&mut Cursor::new(lines), &mut out, |_| Ok(())).unwrap();
    (String::from_utf8(out).unwrap(), reviewed)
}
