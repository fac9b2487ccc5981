//! From files to dossiers: every file type, layout and problem of the contract, on files written here.

use std::ops::Deref;
use std::path::{Path, PathBuf};

use jxjs::intake::{self, Fault, IntakeError, Limits, Options};
use jxjs::model::*;
use rust_xlsxwriter::{Format, Workbook, Worksheet};
use tempfile::TempDir;

const INMATES: &str =
    "罪犯编号,姓名,罪名,原判刑罚,刑期起日,刑期止日\n0001,甲,盗窃罪,有期徒刑八年,2019-03-05,2027-03-04\n";
const APPLICATIONS: &str = "罪犯编号,类型,提请日期,改造表现,建议减刑\n0001,减刑,2023-01-10,确有悔改表现,六个月\n";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    dir
}

/// A batch with its dossiers opened.
#[derive(Debug)]
struct Batch {
    packed: jxjs::model::Batch,
    dossiers: Vec<Dossier>,
}

impl Deref for Batch {
    type Target = jxjs::model::Batch;

    fn deref(&self) -> &Self::Target {
        &self.packed
    }
}

fn open(packed: jxjs::model::Batch) -> Batch {
    let dossiers = packed.dossiers.iter().map(PackedDossier::open).collect();
    Batch { packed, dossiers }
}

fn read(path: &Path) -> Result<Batch, IntakeError> {
    intake::read(&[path.to_owned()], &Options::default()).map(open)
}

fn read_folder(files: &[(&str, &str)]) -> Batch {
    let dir = folder(files);
    read(dir.path()).unwrap_or_else(|e| panic!("{e}"))
}

/// The two required sheets and another.
fn with(name: &str, text: &str) -> Batch {
    read_folder(&[("提请案件.csv", APPLICATIONS), (name, text), ("罪犯信息.csv", INMATES)])
}

fn problems(batch: &Batch) -> Vec<(ProblemCode, String)> {
    let all = batch.problems.iter().chain(batch.dossiers.iter().flat_map(|d| &d.problems));
    all.map(|p| (p.code, p.cell.clone().unwrap_or_default())).collect()
}

fn fails(files: &[(&str, &str)]) -> Vec<Fault> {
    let dir = folder(files);
    read(dir.path()).unwrap_err().faults
}

fn sheet(book: &mut Workbook, name: &str, rows: &[&[&str]]) {
    let sheet = book.add_worksheet().set_name(name).unwrap();
    fill(sheet, rows);
}

fn fill(sheet: &mut Worksheet, rows: &[&[&str]]) {
    for (r, row) in rows.iter().enumerate() {
        for (c, text) in row.iter().enumerate() {
            if !text.is_empty() {
                sheet.write_string(r as u32, c as u16, *text).unwrap();
            }
        }
    }
}

fn saved(book: &mut Workbook) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("batch.xlsx");
    book.save(&path).unwrap();
    (dir, path)
}

const INMATE_ROWS: &[&[&str]] = &[&["罪犯编号", "姓名", "罪名", "原判刑罚"], &["0001", "甲", "盗窃罪", "有期徒刑八年"]];
const APPLICATION_ROWS: &[&[&str]] =
    &[&["罪犯编号", "类型", "提请日期", "改造表现"], &["0001", "减刑", "2023-01-10", "确有悔改表现"]];

fn required(book: &mut Workbook) {
    sheet(book, "罪犯信息", INMATE_ROWS);
    sheet(book, "提请案件", APPLICATION_ROWS);
}

fn read_book(book: &mut Workbook) -> Batch {
    let (_dir, path) = saved(book);
    read(&path).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn a_folder_of_csv_files_becomes_a_batch() {
    let batch = read_folder(&[
        ("罪犯信息.csv", INMATES),
        ("提请案件.csv", APPLICATIONS),
        ("历次裁定.csv", "罪犯编号,裁定日期,变更内容,减后刑期止日\n0001,2021-03-05,减刑六个月,2026-09-04\n"),
        ("计分考核.csv", "罪犯编号,考核月份,当月考核分,监管扣分\n0001,2022-02,98.5,-3\n0001,2022-01,100,2\n"),
    ]);
    assert_eq!(problems(&batch), []);
    let d = &batch.dossiers[0];
    let inmate = d.inmate.as_ref().unwrap();
    assert_eq!(inmate.sentence.get(), Some(Sentence::Fixed(Term::of_years(8))));
    assert_eq!(inmate.sentence.at.a1().as_deref(), Some("D2"));
    assert_eq!(inmate.birth.value, Value::Empty);
    assert_eq!(inmate.birth.at.a1(), None);
    assert_eq!(d.applications[0].proposal.get(), Some(Proposal::Reduce(Term::of_months(6))));
    assert_eq!(d.rulings[0].change.known(), Some(&Change::Reduce(Term::of_months(6))));
    let months: Vec<String> =
        d.points.iter().map(|p| format!("{} {:?}", p.month, p.supervision.deduction.known())).collect();
    assert_eq!(months, ["2022-01 Some(2)", "2022-02 Some(3)"]);
    assert_eq!(batch.sources.cell(d.points[1].at, Col::PtScore).a1().as_deref(), Some("C2"));
    assert!(batch.presence.has(SheetKind::Rulings) && !batch.presence.has(SheetKind::Custody));
    assert!(batch.presence.has_column(Col::PtSupervisionDeduction) && !batch.presence.has_column(Col::InBirth));
    assert_eq!(batch.inputs.len(), 4);
    let hash = batch.inputs.iter().find(|i| i.file == "罪犯信息.csv").map(|i| i.sha256.len());
    assert_eq!(hash, Some(64));
    for count in batch.inputs.iter().flat_map(|i| &i.sheets) {
        assert_eq!(count.read, count.used + count.reported, "{count:?}");
    }
}

#[test]
fn a_workbook_becomes_a_batch_with_cells() {
    let mut book = Workbook::new();
    required(&mut book);
    let s = book.add_worksheet().set_name("计分考核").unwrap();
    fill(s, &[&["某监狱计分考核表"], &[], &["罪犯编号", "考核月份", "当月考核分"]]);
    let date = Format::new().set_num_format("yyyy\"年\"m\"月\"");
    s.write_string(3, 0, "0001").unwrap();
    s.write_datetime_with_format(3, 1, rust_xlsxwriter::ExcelDateTime::from_ymd(2022, 5, 1).unwrap(), &date).unwrap();
    s.write_number(3, 2, 0.1 + 0.2).unwrap();
    let batch = read_book(&mut book);
    assert_eq!(problems(&batch), []);
    let p = &batch.dossiers[0].points[0];
    assert_eq!((p.month.to_string(), p.score.known().map(ToString::to_string)), ("2022-05".into(), Some("0.3".into())));
    assert_eq!(batch.sources.cell(p.at, Col::PtScore).a1().as_deref(), Some("C4"));
    assert_eq!(batch.sources.sheets[2].sheet, "计分考核");
}

#[test]
fn a_bad_cell_is_named_and_the_rest_goes_on() {
    let batch = with("奖惩.csv", "罪犯编号,日期,种类,等级\n0001,2022-02-30,表扬,优秀\n0001,2022-03-01,表扬,积极\n");
    assert_eq!(problems(&batch), [(ProblemCode::BadDate, "B2".into()), (ProblemCode::BadEnum, "D2".into())]);
    let d = &batch.dossiers[0];
    assert_eq!((d.awards[0].date.value, d.awards[0].kind.get()), (Value::Unclear, Some(AwardKind::Commendation)));
    assert!(d.problems[0].zh.contains("2022-02-30") && d.problems[0].zh.contains("可接受"), "{}", d.problems[0].zh);
    assert!(d.problems[0].en.contains("2022-02-30") && d.problems[0].en.contains("accepted"));
    assert_eq!((d.problems[0].file.as_str(), d.problems[0].sheet.as_str()), ("奖惩.csv", ""));
    assert_eq!(d.awards.len(), 2);
}

#[test]
fn missing_sheets_and_columns_name_the_file_and_what_was_found() {
    let faults = fails(&[("罪犯信息.csv", INMATES), ("别的.csv", "甲,乙\n1,2\n")]);
    let [Fault::MissingSheet { kind: SheetKind::Applications, .. }] = faults.as_slice() else { panic!("{faults:?}") };
    assert!(faults[0].zh().contains("罪犯信息.csv") && faults[0].zh().contains("甲、乙"), "{}", faults[0].zh());

    let faults =
        fails(&[("罪犯信息.csv", "罪犯编号,姓名,刑期起日\n1,甲,2019-01-01\n"), ("提请案件.csv", APPLICATIONS)]);
    let [Fault::MissingColumn { columns, headers, file, .. }] = faults.as_slice() else { panic!("{faults:?}") };
    assert_eq!(columns, &[Col::InCharges, Col::InSentence]);
    assert_eq!((headers.join("|"), file.as_str()), ("罪犯编号|姓名|刑期起日".into(), "罪犯信息.csv"));
    assert!(faults[0].en().contains("原判刑罚") && faults[0].en().contains("刑期起日"));
}

#[test]
fn an_input_that_cannot_be_opened_is_an_error() {
    let e = read(Path::new("/nonexistent/批次.xlsx")).unwrap_err();
    assert!(matches!(e.faults.as_slice(), [Fault::Unreadable { .. }]));
    for (name, bytes) in
        [("a.xlsx", &b"PK\x03\x04broken"[..]), ("b.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1broken"), ("c.csv", b"")]
    {
        let dir = folder(&[("罪犯信息.csv", INMATES), ("提请案件.csv", APPLICATIONS)]);
        std::fs::write(dir.path().join(name), bytes).unwrap();
        let faults = read(dir.path()).unwrap_err().faults;
        assert!(matches!(faults.as_slice(), [Fault::Unreadable { file, .. }] if file == name), "{faults:?}");
    }
}

#[test]
fn orphans_and_duplicates_are_problems() {
    let batch = read_folder(&[
        (
            "罪犯信息.csv",
            &format!(
                "{INMATES}0001,甲,盗窃罪,有期徒刑八年,2019-03-05,2027-03-05\n0002,乙,盗窃罪,三年,,\n0002,乙,盗窃罪,三年,,\n"
            ),
        ),
        (
            "提请案件.csv",
            &format!("{APPLICATIONS}0009,假释,2023-02-01,确有悔改表现,\n0001,假释,2023-03-01,确有悔改表现,\n"),
        ),
        (
            "计分考核.csv",
            "罪犯编号,考核月份,当月考核分\n0008,2022-01,100\n0002,2022-01,100\n0002,2022-01,100\n0002,2022-02,1\n0002,2022-02,2\n",
        ),
    ]);
    let mut found = problems(&batch);
    found.sort();
    let mut expected = vec![
        (ProblemCode::OrphanRow, "A2".to_owned()),
        (ProblemCode::OrphanApplication, "A3".to_owned()),
        (ProblemCode::DuplicateConflict, "F3".to_owned()),
        (ProblemCode::DuplicateIdentical, "A5".to_owned()),
        (ProblemCode::DuplicateIdentical, "A4".to_owned()),
        (ProblemCode::DuplicateApplication, "A4".to_owned()),
    ];
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(batch.dossiers.iter().map(|d| d.no.as_str()).collect::<Vec<_>>(), ["0001", "0002", "0009"]);
    let first = batch.dossiers[0].inmate.as_ref().unwrap();
    assert_eq!((first.term_end.value, first.term_start.value.known().is_some()), (Value::Unclear, true));
    // Two differing rows of a month stay two rows: the points checks judge them.
    assert_eq!(batch.dossiers[1].points.len(), 3);
    assert!(batch.dossiers[2].inmate.is_none());
    let counts = &batch.inputs.iter().find(|i| i.file == "计分考核.csv").unwrap().sheets[0];
    assert_eq!((counts.read, counts.used, counts.reported), (5, 4, 1));
}

// ---------------------------------------------------------------- layouts

#[test]
fn two_header_rows_are_joined_with_and_without_recorded_merges() {
    for merged in [true, false] {
        let mut book = Workbook::new();
        required(&mut book);
        let s = book.add_worksheet().set_name("考核").unwrap();
        fill(
            s,
            &[
                &["二〇二二年计分考核表"],
                &[
                    "序号",
                    "罪犯编号",
                    "姓名",
                    "考核月份",
                    "监管改造",
                    "",
                    "",
                    "教育和文化改造",
                    "",
                    "",
                    "劳动改造",
                    "",
                    "",
                    "",
                    "奖惩",
                    "",
                    "考核",
                    "",
                ],
                &[
                    "",
                    "",
                    "",
                    "",
                    "基础分",
                    "加分",
                    "扣分",
                    "基础分",
                    "加分",
                    "扣分",
                    "基础分",
                    "定额加扣分",
                    "加分",
                    "扣分",
                    "专项加分",
                    "处罚扣分",
                    "当月",
                    "累计",
                ],
                &[
                    "1", "0001", "甲", "2022-01", "35", "1", "2", "35", "3", "-4", "30", "-5", "6", "", "7", "8", "97",
                    "197",
                ],
            ],
        );
        if merged {
            let f = Format::new();
            s.merge_range(0, 0, 0, 17, "二〇二二年计分考核表", &f).unwrap();
            for col in 0..4 {
                let text = ["序号", "罪犯编号", "姓名", "考核月份"][col as usize];
                s.merge_range(1, col, 2, col, text, &f).unwrap();
            }
            for (a, b, text) in
                [(4, 6, "监管改造"), (7, 9, "教育和文化改造"), (10, 13, "劳动改造"), (14, 15, "奖惩"), (16, 17, "考核")]
            {
                s.merge_range(1, a, 1, b, text, &f).unwrap();
            }
        }
        let batch = read_book(&mut book);
        assert_eq!(problems(&batch), [], "merged: {merged}");
        let p = &batch.dossiers[0].points[0];
        let shown = |part: &Part| {
            [&part.base, &part.bonus, &part.deduction].map(|v| v.known().map(ToString::to_string).unwrap_or_default())
        };
        assert_eq!(shown(&p.supervision), ["35", "1", "2"]);
        assert_eq!(shown(&p.education), ["35", "3", "4"]);
        // 定额加扣分 is signed: minus five is a deduction.
        assert_eq!(shown(&p.labour), ["30", "6", "5"]);
        assert_eq!(batch.sources.cell(p.at, Col::PtBalance).a1().as_deref(), Some("R4"));
    }
}

const WIDE: &str = "编号,罪犯姓名,罪名,原判刑期,刑期起日,刑期止日,第一次减刑日期,第一次减刑幅度,第一次减刑后止日,第二次减刑日期,第二次减刑幅度,第二次减刑后止日,\
罚金（万元）,缴纳情况,民赔（万元）,履行情况,类型,提请日期,改造表现,建议幅度\n\
0001,甲,故意伤害罪,十五年,2010-01-01,2024-12-31,2014-03-05,十个月,2024-02-29,2017-05-06,减刑六个月,2023-08-31,2.5,已缴清,无,无,减刑,2020-01-10,确有悔改表现,六个月\n\
0002,乙,盗窃罪,十年,2015-01-01,2024-12-31,2019-03-05,,2024-06-30,,,,,,3,部分履行,,,,\n";

#[test]
fn a_wide_sheet_feeds_inmates_rulings_property_and_applications() {
    let batch = read_folder(&[("减刑台账.csv", WIDE)]);
    let (a, b) = (&batch.dossiers[0], &batch.dossiers[1]);
    assert_eq!(a.inmate.as_ref().unwrap().sentence.get(), Some(Sentence::Fixed(Term::of_years(15))));
    let rulings: Vec<_> =
        a.rulings.iter().map(|r| (r.date.get().unwrap().to_string(), r.change.known().cloned())).collect();
    assert_eq!(
        rulings,
        [
            ("2014-03-05".into(), Some(Change::Reduce(Term::of_months(10)))),
            ("2017-05-06".into(), Some(Change::Reduce(Term::of_months(6))))
        ]
    );
    assert_eq!(a.rulings[1].new_end.at.a1().as_deref(), Some("L2"));
    assert_eq!(a.rulings[1].new_end.get().and_then(End::date).map(|d| d.to_string()).as_deref(), Some("2023-08-31"));
    assert_eq!(a.property.len(), 1);
    assert_eq!(a.property[0].amount.get(), Some(Amount::Yuan(25_000.into())));
    assert_eq!(
        (a.property[0].kind.get(), a.property[0].state.get()),
        (Some(PropertyKind::Fine), Some(PropertyState::Performed))
    );
    assert_eq!(a.applications[0].proposal.get(), Some(Proposal::Reduce(Term::of_months(6))));
    // 乙: nobody has proposed; one reduction of unknown amount; a blank fine is not "no fine".
    assert!(b.applications.is_empty());
    assert_eq!((b.rulings.len(), &b.rulings[0].change.value), (1, &Value::Empty));
    assert_eq!(
        b.property.iter().map(|p| p.kind.get().unwrap()).collect::<Vec<_>>(),
        [PropertyKind::Fine, PropertyKind::CivilDamages]
    );
    assert_eq!(
        (&b.property[0].amount.value, b.property[1].amount.get()),
        (&Value::Empty, Some(Amount::Yuan(30_000.into())))
    );
    for kind in [SheetKind::Inmates, SheetKind::Applications, SheetKind::Rulings, SheetKind::Property] {
        assert!(batch.presence.has(kind), "{kind:?}");
    }
    let counts = &batch.inputs[0].sheets;
    assert_eq!(counts.iter().map(|c| (c.read, c.used, c.reported)).collect::<Vec<_>>(), [(2, 2, 0)]);
}

#[test]
fn the_wide_columns_give_way_to_sheets_of_their_own() {
    let batch = read_folder(&[
        ("减刑台账.csv", WIDE),
        ("提请案件.csv", APPLICATIONS),
        ("财产性判项.csv", "罪犯编号,种类,状态\n0001,罚金,未履行\n"),
        ("历次裁定.csv", "罪犯编号,裁定日期,变更内容,案号\n0001,2014-03-05,减刑十个月,（2014）某01刑更1号\n"),
    ]);
    let a = &batch.dossiers[0];
    assert_eq!(a.applications.len(), 1);
    assert_eq!(a.applications[0].applied.get().unwrap().to_string(), "2023-01-10");
    assert_eq!(a.property.iter().map(|p| p.state.get()).collect::<Vec<_>>(), [Some(PropertyState::Unperformed)]);
    // The same ruling in both: merged, each adding what the other lacks.
    assert_eq!(a.rulings.len(), 2);
    let first = a.rulings.iter().find(|r| r.case_no.known().is_some()).unwrap();
    assert!(first.new_end.known().is_some());
}

fn transposed(number: &str, months: &[&str]) -> Vec<Vec<String>> {
    let line = |group: &str, item: &str, values: [&str; 3]| {
        let mut row = vec![group.to_owned(), item.to_owned()];
        row.extend(values.iter().map(|v| (*v).to_owned()));
        row
    };
    let mut months_row = vec!["项目".to_owned(), String::new()];
    months_row.extend(months.iter().map(|m| (*m).to_owned()));
    vec![
        vec!["考核奖惩统计台账".into()],
        vec![format!("罪犯编号：{number}  姓名：甲  监区：三监区")],
        months_row,
        line("监\n管\n改\n造", "基础分", ["35", "35", ""]),
        line("", "加分", ["1", "", ""]),
        line("", "扣分", ["-2", "3", ""]),
        line("", "板块考核分", ["34", "32", ""]),
        line("教育和文化改造", "基础分", ["35", "35", ""]),
        line("", "加分", ["0", "0", ""]),
        line("", "扣分", ["0", "0", ""]),
        line("", "板块考核分", ["35", "35", ""]),
        line("劳动改造", "基础分", ["30", "30", ""]),
        line("", "定额加扣分", ["5", "-6", ""]),
        line("", "加分", ["1", "0", ""]),
        line("", "扣分", ["0", "1", ""]),
        line("", "板块考核分", ["36", "23", ""]),
        line("奖惩", "专项加分", ["0", "0", ""]),
        line("", "处罚扣分", ["0", "-100", ""]),
        line("考核", "当月", ["105", "坏", ""]),
        line("", "累计", ["205", "195", ""]),
        line("等级评定情况", "", ["", "积极", ""]),
        line("行政奖励情况", "", ["", "表扬", ""]),
    ]
}

fn csv_of(rows: &[Vec<String>]) -> String {
    let quoted = |t: &String| format!("\"{t}\"");
    rows.iter().map(|r| r.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n").collect()
}

#[test]
fn the_transposed_ledger_is_read_month_by_month() {
    let batch = with("台账甲.csv", &csv_of(&transposed("0001", &["2022年1月", "2022年2月", "2022年3月"])));
    assert_eq!(problems(&batch), [(ProblemCode::BadNumber, "D19".into())]);
    let d = &batch.dossiers[0];
    assert_eq!(d.points.iter().map(|p| p.month.to_string()).collect::<Vec<_>>(), ["2022-01", "2022-02"]);
    let p = &d.points[1];
    let known = |v: &Value<rust_decimal::Decimal>| v.known().map(ToString::to_string);
    assert_eq!(known(&p.labour.deduction).as_deref(), Some("7"));
    assert_eq!((known(&p.labour.bonus).as_deref(), known(&p.penalty).as_deref()), (Some("0"), Some("100")));
    assert_eq!((&p.score, known(&p.balance).as_deref()), (&Value::Unclear, Some("195")));
    assert_eq!(p.ward.known().map(String::as_str), Some("三监区"));
    assert_eq!(p.note.known().map(String::as_str), Some("等级评定情况：积极；行政奖励情况：表扬"));
    assert_eq!(batch.sources.cell(p.at, Col::PtScore).a1().as_deref(), Some("D19"));
    assert_eq!(batch.sources.cell(p.at, Col::PtSupervisionDeduction).a1().as_deref(), Some("D6"));
    let count = batch.inputs.iter().find(|i| i.file == "台账甲.csv").unwrap().sheets[0].clone();
    assert_eq!((count.kind, count.read, count.used), (Some(SheetKind::Points), 2, 2));
}

#[test]
fn months_of_a_transposed_ledger_take_their_year_from_above() {
    let mut rows = transposed("0001", &["1月", "2月", "3月"]);
    rows.insert(2, vec!["".into(), "".into(), "2022年".into()]);
    let batch = with("台账.csv", &csv_of(&rows));
    assert_eq!(
        batch.dossiers[0].points.iter().map(|p| p.month.to_string()).collect::<Vec<_>>(),
        ["2022-01", "2022-02"]
    );

    let batch = with("台账.csv", &csv_of(&transposed("0001", &["1月", "2月", "3月"])));
    assert_eq!(problems(&batch), [(ProblemCode::AmbiguousLayout, String::new())]);
    assert!(!batch.presence.has(SheetKind::Points) && batch.dossiers[0].points.is_empty());
    let mut anonymous = transposed("0001", &["2022-01", "2022-02", "2022-03"]);
    anonymous[1] = vec!["姓名：甲".into()];
    assert_eq!(problems(&with("台账.csv", &csv_of(&anonymous))), [(ProblemCode::AmbiguousLayout, String::new())]);
}

#[test]
fn records_side_by_side_are_split() {
    let batch = with(
        "狱内消费.csv",
        "序号,罪犯编号,月份,消费额,序号,罪犯编号,月份,消费额\n1,0001,2022-01,100,2,0001,2022-02,200\n3,0001,2022-03,300,,,,\n",
    );
    assert_eq!(problems(&batch), []);
    let rows = &batch.dossiers[0].spending;
    assert_eq!(rows.iter().map(|r| r.spent.known().unwrap().to_string()).collect::<Vec<_>>(), ["100", "200", "300"]);
    assert_eq!(batch.sources.cell(rows[1].at, Col::SpSpent).a1().as_deref(), Some("H2"));
    let uneven = with("狱内消费.csv", "罪犯编号,月份,消费额,罪犯编号,月份\n0001,2022-01,100,0001,2022-02\n");
    assert_eq!(problems(&uneven), [(ProblemCode::AmbiguousLayout, String::new())]);
}

#[test]
fn the_change_table_of_reductions_and_additions_is_read() {
    let batch = with(
        "刑期变动.csv",
        "罪犯编号,裁决字号,裁决机关,裁决日期,加减刑幅度,变动后刑期起日,变动后刑期止日,剥政年限,类型\n\
         0001,（2019）某01刑更1号,某中院,2019-03-05,00_08_00,,2026-07-04,,减刑\n\
         0001,（2020）某01刑更2号,某中院,2020-03-05,六个月,,2027-01-04,,加刑\n\
         0001,（2021）某01刑更3号,某中院,2021-03-05,,,,,假释\n\
         0001,,某中院,2022-03-05,减刑六个月,,,三年,\n",
    );
    assert_eq!(problems(&batch), [(ProblemCode::BadTerm, "E3".into())]);
    let changes: Vec<_> = batch.dossiers[0].rulings.iter().map(|r| r.change.value.clone()).collect();
    assert_eq!(
        changes,
        [
            Value::Known(Change::Reduce(Term::of_months(8))),
            Value::Unclear,
            Value::Known(Change::Parole),
            Value::Known(Change::Reduce(Term::of_months(6)))
        ]
    );
    assert_eq!(batch.dossiers[0].rulings[3].rights.get(), Some(Rights::For(Term::of_years(3))));
}

#[test]
fn aliases_brackets_and_the_users_own_names_are_understood() {
    let inmates =
        "档卡号,罪犯名字,罪名（全部）,原判 刑期,送押时间,所属监区,俗名\n0001,甲,盗窃罪,八年,2019-05-06,三监区,x\n";
    let dir = folder(&[("花名册.csv", inmates), ("提请案件.csv", APPLICATIONS)]);
    let batch = read(dir.path()).unwrap();
    assert_eq!(problems(&batch), [(ProblemCode::UnknownColumn, "G1".into())]);
    let inmate = batch.dossiers[0].inmate.as_ref().unwrap();
    assert_eq!(inmate.delivered.get().unwrap().to_string(), "2019-05-06");
    assert_eq!(inmate.ward.known().map(String::as_str), Some("三监区"));

    let overlay = folder(&[("own.toml", "[\"罪犯信息\".columns]\n\"原职务级别\" = [\"俗名\"]\n")]);
    let options = Options { columns: vec![overlay.path().join("own.toml")], ..Options::default() };
    let batch = open(intake::read(&[dir.path().to_owned()], &options).unwrap());
    assert_eq!(problems(&batch), []);
    assert_eq!(batch.dossiers[0].inmate.as_ref().unwrap().rank.known().map(String::as_str), Some("x"));

    for (text, needle) in [
        ("[", "line"),
        ("[\"罪犯\"]\n", "罪犯"),
        ("[\"罪犯信息\".columns]\n\"没有\"=[]\n", "没有"),
        ("[\"罪犯信息\".columns]\n\"性别\"=[\"x\"]\n\"姓名\"=[\"x\"]\n", "both"),
    ] {
        std::fs::write(overlay.path().join("own.toml"), text).unwrap();
        let e = intake::read(&[dir.path().to_owned()], &options).unwrap_err();
        assert!(matches!(e.faults.as_slice(), [Fault::Columns(_)]));
        assert!(e.to_string().contains(needle), "{e}");
    }
}

#[test]
fn two_columns_of_one_field_must_agree() {
    let batch = with(
        "狱内消费.csv",
        "罪犯编号,月份,消费额,消费金额\n0001,2022-01,100,100.0\n0001,2022-02,100,\n0001,2022-03,,7\n0001,2022-04,1,2\n",
    );
    assert_eq!(problems(&batch), [(ProblemCode::AliasConflict, "D5".into())]);
    let values: Vec<_> = batch.dossiers[0].spending.iter().map(|r| r.spent.known().map(ToString::to_string)).collect();
    assert_eq!(values, [Some("100".into()), Some("100".into()), Some("7".into()), None]);
}

// ---------------------------------------------------------------- cells

#[test]
fn numbers_of_persons_are_kept_exactly() {
    let mut book = Workbook::new();
    let s = book.add_worksheet().set_name("罪犯信息").unwrap();
    fill(s, &[&["罪犯编号", "姓名", "罪名", "原判刑罚", "身份证号"]]);
    let padded = Format::new().set_num_format("0000000000");
    for (row, name) in ["甲", "乙", "丙", "丁"].iter().enumerate() {
        fill_at(s, row as u32 + 1, 1, &[name, "盗窃罪", "三年"]);
    }
    s.write_string(1, 0, "000610100000000123").unwrap();
    s.write_number_with_format(2, 0, 6101.0, &padded).unwrap();
    s.write_number(3, 0, 1234567890.0).unwrap();
    s.write_number(4, 0, 610100000000000123.0).unwrap();
    s.write_number(1, 4, 110101199001011234.0).unwrap();
    sheet(&mut book, "提请案件", APPLICATION_ROWS);
    let batch = read_book(&mut book);
    let numbers: Vec<_> = batch.dossiers.iter().filter(|d| d.inmate.is_some()).map(|d| d.no.as_str()).collect();
    assert_eq!(numbers, ["000610100000000123", "0000006101", "1234567890"]);
    let mut found = problems(&batch);
    found.sort();
    assert_eq!(
        found,
        [
            (ProblemCode::RoundedNumber, "A5".into()),
            (ProblemCode::RoundedNumber, "E2".into()),
            (ProblemCode::OrphanApplication, "A2".into())
        ]
    );
    let csv = with(
        "历次裁定.csv",
        "罪犯编号,裁定日期,变更内容\n1.23E+09,2021-01-01,假释\n\"=\"\"0001\"\"\",2021-01-01,假释\n",
    );
    assert_eq!(problems(&csv), [(ProblemCode::RoundedNumber, "A2".into())]);
    assert_eq!(csv.dossiers[0].rulings.len(), 1);
}

fn fill_at(s: &mut Worksheet, row: u32, col: u16, texts: &[&str]) {
    for (i, text) in texts.iter().enumerate() {
        s.write_string(row, col + i as u16, *text).unwrap();
    }
}

#[test]
fn a_date_cell_or_a_bare_number_in_a_term_column_is_a_problem() {
    let mut book = Workbook::new();
    let s = book.add_worksheet().set_name("罪犯信息").unwrap();
    fill(s, &[&["罪犯编号", "姓名", "罪名", "原判刑罚", "刑期起日", "刑期止日"]]);
    let date = Format::new().set_num_format("yyyy-mm-dd");
    for row in 1..=6 {
        fill_at(s, row, 0, &[&format!("{row}"), "甲", "盗窃罪"]);
    }
    s.write_datetime_with_format(1, 3, rust_xlsxwriter::ExcelDateTime::from_ymd(2015, 6, 10).unwrap(), &date).unwrap();
    s.write_number(2, 3, 50600.0).unwrap();
    s.write_number(3, 3, 15.0).unwrap();
    s.write_number(4, 3, 150600.0).unwrap();
    s.write_number(5, 3, 9995.0).unwrap();
    s.write_number(6, 3, 1.6).unwrap();
    s.write_number(2, 4, 43529.0).unwrap();
    s.write_number(2, 5, 9996.0).unwrap();
    s.write_number(3, 5, 20270304.0).unwrap();
    s.write_number(4, 5, 201903.0).unwrap();
    sheet(&mut book, "提请案件", &[APPLICATION_ROWS[0]]);
    let batch = read_book(&mut book);
    let sentences: Vec<_> = batch.dossiers.iter().map(|d| d.inmate.as_ref().unwrap().sentence.get()).collect();
    assert_eq!(
        sentences,
        [
            None,
            Some(Sentence::Fixed(Term::new(5, 6, 0))),
            None,
            Some(Sentence::Fixed(Term::new(15, 6, 0))),
            Some(Sentence::Life),
            None
        ]
    );
    let two = batch.dossiers[1].inmate.as_ref().unwrap();
    assert_eq!((two.term_start.get().unwrap().to_string(), two.term_end.get()), ("2019-03-05".into(), Some(End::None)));
    assert_eq!(
        problems(&batch),
        [
            (ProblemCode::BadTerm, "D2".into()),
            (ProblemCode::RestoredZero, "D3".into()),
            (ProblemCode::BadTerm, "D4".into()),
            (ProblemCode::BadDate, "F5".into()),
            (ProblemCode::BadTerm, "D7".into())
        ]
    );
    assert!(batch.dossiers[0].problems[0].zh.contains("日期"));
}

#[test]
fn blank_required_cells_dashes_and_rows_of_nobody_are_told() {
    let batch = read_folder(&[
        (
            "罪犯信息.csv",
            "罪犯编号,姓名,罪名,原判刑罚,累犯,罪犯类别,身体状况,死缓期满日,现刑期止日\n0001,,盗窃罪,/,—,无,健康,无,无期\n,乙,盗窃罪,三年,,,,,\n合计,2,,,,,,,\n",
        ),
        ("提请案件.csv", APPLICATIONS),
    ]);
    let mut found = problems(&batch);
    found.sort();
    assert_eq!(
        found,
        [
            (ProblemCode::MissingCell, "A3".into()),
            (ProblemCode::MissingCell, "B2".into()),
            (ProblemCode::MissingCell, "D2".into()),
            (ProblemCode::LoneDash, "E2".into()),
        ]
    );
    let i = batch.dossiers[0].inmate.as_ref().unwrap();
    assert_eq!(i.recidivist.value, Value::Empty);
    assert!(i.categories.known().unwrap().is_empty() && i.health.known().unwrap().is_empty());
    assert_eq!((i.current_end.get(), &i.reprieve_end.value), (Some(End::None), &Value::Empty));
    let count = &batch.inputs.iter().find(|i| i.file == "罪犯信息.csv").unwrap().sheets[0];
    assert_eq!((count.read, count.used, count.reported), (2, 1, 1));
}

#[test]
fn the_tail_of_the_sentence_fills_blank_columns_and_contradictions_are_told() {
    let batch = read_folder(&[
        (
            "罪犯信息.csv",
            "罪犯编号,姓名,罪名,原判刑罚,附加剥夺政治权利,限制减刑\n\
             1,甲,故意杀人罪,\"死缓，剥夺政治权利终身，限制减刑\",,\n\
             2,乙,故意杀人罪,\"死缓，剥夺政治权利终身，限制减刑\",三年,否\n",
        ),
        (
            "提请案件.csv",
            "罪犯编号,类型,提请日期,改造表现,认定表扬次数,认定剩余考核分\n1,减刑,2023-01-10,立功,\"表扬4次，余502分\",\n",
        ),
    ]);
    assert_eq!(
        problems(&batch),
        [(ProblemCode::AliasConflict, "E3".into()), (ProblemCode::AliasConflict, "F3".into())]
    );
    let first = batch.dossiers[0].inmate.as_ref().unwrap();
    assert_eq!((first.rights.get(), first.limited.get()), (Some(Rights::ForLife), Some(true)));
    assert_eq!(first.rights.at.a1().as_deref(), Some("D2"));
    let a = &batch.dossiers[0].applications[0];
    assert_eq!(a.commendations.get().map(|d| d.to_string()).as_deref(), Some("4"));
    assert_eq!(a.balance.get().map(|d| d.to_string()).as_deref(), Some("502"));
}

// ---------------------------------------------------------------- files

#[test]
fn encodings_of_csv_and_blank_lines_before_a_row() {
    let text = "罪犯编号,月份,消费额\n\n\"0001\",2022-01,x\n";
    let gb = encoding_rs::GB18030.encode(text).0.into_owned();
    let bom = format!("\u{feff}{text}").into_bytes();
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.replace(',', "\t").encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [text.as_bytes().to_vec(), gb, bom, utf16] {
        let dir = folder(&[("罪犯信息.csv", INMATES), ("提请案件.csv", APPLICATIONS)]);
        std::fs::write(dir.path().join("狱内消费.csv"), bytes).unwrap();
        let batch = read(dir.path()).unwrap();
        assert_eq!(problems(&batch), [(ProblemCode::BadNumber, "C3".into())]);
    }
}

#[test]
fn folders_are_entered_and_files_told_apart_by_content() {
    let dir = folder(&[
        ("一/罪犯信息.csv", INMATES),
        ("二/提请案件.xls", APPLICATIONS),
        ("~$提请案件.xlsx", "lock"),
        (".隐藏.csv", "x"),
        ("说明.txt", "y"),
        ("封面.png", "z"),
    ]);
    let batch = read(dir.path()).unwrap();
    assert_eq!(
        batch.inputs.iter().map(|i| i.file.as_str()).collect::<Vec<_>>(),
        ["一/罪犯信息.csv", "二/提请案件.xls"]
    );
    assert_eq!(
        batch.problems.iter().map(|p| (p.code, p.file.as_str())).collect::<Vec<_>>(),
        [(ProblemCode::UnknownSheet, "说明.txt")]
    );
    let html = folder(&[("罪犯信息.xls", "<html><table><tr><td>罪犯编号</td></tr></table></html>")]);
    let faults = read(html.path()).unwrap_err().faults;
    assert!(matches!(faults.as_slice(), [Fault::Unreadable { zh, .. }] if zh.contains("另存为")), "{faults:?}");
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(read(empty.path()).unwrap_err().faults.as_slice(), [Fault::NoInput { .. }]));
}

#[test]
fn hidden_rows_and_sheets_are_read_and_told() {
    let mut book = Workbook::new();
    required(&mut book);
    sheet(
        &mut book,
        "奖惩",
        &[&["罪犯编号", "日期", "种类"], &["0001", "2022-01-01", "表扬"], &["0001", "2022-02-01", "表扬"]],
    );
    let s = book.worksheet_from_name("奖惩").unwrap();
    s.set_row_hidden(2).unwrap();
    s.set_column_hidden(1).unwrap();
    s.set_column_hidden(9).unwrap();
    s.set_hidden(true);
    let batch = read_book(&mut book);
    // Hidden column J holds nothing.
    let hidden = ["", "A3", "B1"].map(|cell| (ProblemCode::HiddenRows, cell.to_owned()));
    assert_eq!(problems(&batch), hidden);
    assert_eq!(batch.dossiers[0].awards.len(), 2);
}

#[test]
fn a_merged_number_stands_for_its_rows() {
    let mut book = Workbook::new();
    required(&mut book);
    let s = book.add_worksheet().set_name("奖惩").unwrap();
    fill(
        s,
        &[
            &["罪犯编号", "日期", "种类"],
            &["", "2022-01-01", "表扬"],
            &["", "2022-02-01", "表扬"],
            &["", "2022-03-01", "表扬"],
        ],
    );
    s.merge_range(1, 0, 2, 0, "0001", &Format::new()).unwrap();
    let batch = read_book(&mut book);
    assert_eq!(problems(&batch), [(ProblemCode::MissingCell, "A4".into())]);
    assert_eq!(batch.dossiers[0].awards.len(), 2);
}

#[test]
fn the_1904_date_system_is_respected() {
    // The library that writes here knows only 1900: the flag is set in the file itself.
    let mut book = Workbook::new();
    required(&mut book);
    let s = book.add_worksheet().set_name("奖惩").unwrap();
    fill(s, &[&["罪犯编号", "日期", "种类"]]);
    let date = Format::new().set_num_format("yyyy-mm-dd");
    for (row, format) in [(1, Some(&date)), (2, None)] {
        fill_at(s, row, 0, &["0001"]);
        match format {
            Some(f) => s.write_number_with_format(row, 1, 42067.0, f).unwrap(),
            None => s.write_number(row, 1, 42068.0).unwrap(),
        };
        fill_at(s, row, 2, &["表扬"]);
    }
    let (_dir, path) = saved(&mut book);
    let changed = rewrite(&path, "xl/workbook.xml", |xml| xml.replace("<workbookPr ", "<workbookPr date1904=\"1\" "));
    let batch = read(&changed).unwrap();
    let days: Vec<_> = batch.dossiers[0].awards.iter().map(|a| a.date.get().unwrap().to_string()).collect();
    assert_eq!(days, ["2019-03-05", "2019-03-06"]);
}

/// A copy of a workbook with one part changed.
fn rewrite(path: &Path, part: &str, change: impl Fn(String) -> String) -> PathBuf {
    use std::io::{Read, Write};
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let out = path.with_file_name("changed.xlsx");
    let mut writer = zip::ZipWriter::new(std::fs::File::create(&out).unwrap());
    for i in 0..archive.len() {
        let mut file = archive.by_index(i).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        if name == part {
            bytes = change(String::from_utf8(bytes).unwrap()).into_bytes();
        }
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    writer.finish().unwrap();
    std::fs::remove_file(path).unwrap();
    out
}

/// What the batch of `fixtures/intake` says, whatever the file type.
fn check_book(batch: &Batch, padded: bool) {
    let second = if padded { "0000004567" } else { "4567" };
    assert_eq!(batch.dossiers.iter().map(|d| d.no.as_str()).collect::<Vec<_>>(), ["000123", second]);
    let (a, b) = (batch.dossiers[0].inmate.as_ref().unwrap(), batch.dossiers[1].inmate.as_ref().unwrap());
    assert_eq!(a.term_start.get().unwrap().to_string(), "2019-03-05");
    assert_eq!(a.term_end.get().and_then(End::date).unwrap().to_string(), "2027-03-04");
    assert_eq!((a.recidivist.get(), b.recidivist.get()), (Some(true), Some(false)));
    assert_eq!(b.sentence.get(), Some(Sentence::Fixed(Term::new(5, 6, 0))));
    assert_eq!(b.term_start.get().unwrap().to_string(), "2019-03-05");
    let app = &batch.dossiers[0].applications[0];
    assert_eq!(app.balance.get().unwrap().to_string(), "0.3");
    assert_eq!(app.applied.get().unwrap().to_string(), "2023-01-10");
    let mut found = problems(batch);
    found.sort();
    assert_eq!(found, [(ProblemCode::BadDate, "B3".into()), (ProblemCode::RestoredZero, "D4".into())]);
}

#[test]
fn xls_and_ods_say_the_same() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/intake");
    for name in ["book.xls", "book.ods", "book1904.xls", "book1904.ods"] {
        let batch = read(&dir.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        check_book(&batch, false);
    }
}

/// A record of the binary format: type and length as variable integers, then the body.
fn record(out: &mut Vec<u8>, kind: u32, body: &[u8]) {
    for mut n in [kind, body.len() as u32] {
        loop {
            let more = n > 0x7f;
            out.push((n & 0x7f) as u8 | if more { 0x80 } else { 0 });
            n >>= 7;
            if !more {
                break;
            }
        }
    }
    out.extend_from_slice(body);
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    (units.len() as u32).to_le_bytes().into_iter().chain(units.iter().flat_map(|u| u.to_le_bytes())).collect()
}

enum Cell<'t> {
    Text(&'t str),
    Number(f64),
    Date(f64),
    Bool(bool),
}

/// A minimal xlsb workbook; style 1 is a date.
fn xlsb(path: &Path, is_1904: bool, sheets: &[(&str, Vec<Vec<Cell<'_>>>)]) {
    use std::io::Write;
    let mut book = Vec::new();
    record(&mut book, 0x99, &[u8::from(is_1904), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let mut rels = String::from("<Relationships>");
    let mut parts = Vec::new();
    for (n, (name, rows)) in sheets.iter().enumerate() {
        let id = format!("rId{}", n + 1);
        let mut body = [0u32.to_le_bytes(), (n as u32 + 1).to_le_bytes()].concat();
        body.extend(wide(&id));
        body.extend(wide(name));
        record(&mut book, 0x9c, &body);
        rels += &format!("<Relationship Id=\"{id}\" Target=\"worksheets/sheet{n}.bin\"/>");
        let mut sheet = Vec::new();
        record(&mut sheet, 0x94, &[0; 16]);
        record(&mut sheet, 0x91, &[]);
        for (r, cells) in rows.iter().enumerate() {
            record(&mut sheet, 0, &[&(r as u32).to_le_bytes()[..], &[0; 12]].concat());
            for (c, cell) in cells.iter().enumerate() {
                let at = |style: u32| [(c as u32).to_le_bytes(), style.to_le_bytes()].concat();
                match cell {
                    Cell::Text(t) => record(&mut sheet, 6, &[at(0), wide(t)].concat()),
                    Cell::Number(v) => record(&mut sheet, 5, &[at(0), v.to_le_bytes().to_vec()].concat()),
                    Cell::Date(v) => record(&mut sheet, 5, &[at(1), v.to_le_bytes().to_vec()].concat()),
                    Cell::Bool(b) => record(&mut sheet, 4, &[at(0), vec![u8::from(*b)]].concat()),
                }
            }
        }
        record(&mut sheet, 0x92, &[]);
        parts.push((format!("xl/worksheets/sheet{n}.bin"), sheet));
    }
    record(&mut book, 0x90, &[]);
    record(&mut book, 0x84, &[]);
    let mut styles = Vec::new();
    record(&mut styles, 0x269, &2u32.to_le_bytes());
    record(&mut styles, 0x2f, &[0; 16]);
    let mut date = [0u8; 16];
    date[2] = 14;
    record(&mut styles, 0x2f, &date);
    parts.push(("xl/workbook.bin".into(), book));
    parts.push(("xl/styles.bin".into(), styles));
    parts.push(("xl/_rels/workbook.bin.rels".into(), (rels + "</Relationships>").into_bytes()));
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, bytes) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    zip.finish().unwrap();
}

#[test]
fn xlsb_says_the_same_in_both_date_systems() {
    use Cell::{Bool, Date, Number, Text};
    let texts = |t: &[&'static str]| t.iter().map(|t| Text(t)).collect::<Vec<_>>();
    for (is_1904, shift) in [(false, 0.0), (true, 1462.0)] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("book.xlsb");
        let inmates = vec![
            texts(&["某监狱罪犯信息表"]),
            texts(&["罪犯编号", "姓名", "罪名", "原判刑罚", "刑期起日", "刑期止日", "累犯"]),
            vec![
                Text("000123"),
                Text("甲"),
                Text("盗窃罪"),
                Text("有期徒刑八年"),
                Date(43529.0 - shift),
                Text("2027年3月4日"),
                Bool(true),
            ],
            vec![
                Number(4567.0),
                Text("乙"),
                Text("诈骗罪"),
                Number(50600.0),
                Number(43529.0 - shift),
                Date(45539.0 - shift),
                Text("否"),
            ],
        ];
        let applications = vec![
            texts(&["罪犯编号", "类型", "提请日期", "改造表现", "建议减刑", "认定剩余考核分"]),
            vec![
                Text("000123"),
                Text("减刑"),
                Date(44936.0 - shift),
                Text("确有悔改表现"),
                Text("六个月"),
                Number(0.1 + 0.2),
            ],
        ];
        let awards = vec![
            texts(&["罪犯编号", "日期", "种类"]),
            vec![Text("000123"), Date(44620.0 - shift), Text("表扬")],
            texts(&["000123", "2022-02-30", "表扬"]),
        ];
        xlsb(&path, is_1904, &[("罪犯信息", inmates), ("提请案件", applications), ("奖惩", awards)]);
        check_book(&read(&path).unwrap_or_else(|e| panic!("{e}")), false);
    }
}

#[test]
fn names_guide_and_headers_decide() {
    // An alias as name, another kind by its header.
    let batch = with("减刑情况.csv", "罪犯编号,月份,消费额\n0001,2022-01,100\n");
    assert_eq!(batch.dossiers[0].spending.len(), 1);
    // Totals without months cannot be given to months.
    let batch = with(
        "收入和消费情况.csv",
        "罪犯编号,姓名,狱内收入,狱外收入,购物,亲情电话,其他支出,月数,月均消费\n0001,甲,1,2,3,4,5,6,7\n",
    );
    assert_eq!(problems(&batch), [(ProblemCode::AmbiguousLayout, String::new())]);
    assert!(!batch.presence.has(SheetKind::Spending));
    // No name at all.
    let batch = with("x.csv", "罪犯编号,开始日期,结束日期,类型\n0001,2019-03-05,,在押\n");
    assert_eq!(batch.dossiers[0].custody.len(), 1);
    let batch = with("y.csv", "甲,乙\n1,2\n3,4\n");
    assert_eq!(problems(&batch), [(ProblemCode::UnknownSheet, String::new())]);
    let count = &batch.inputs.iter().find(|i| i.file == "y.csv").unwrap().sheets[0];
    assert_eq!((count.kind, count.read, count.reported), (None, 3, 3));
    // The contract's name on a sheet that lacks its columns.
    let faults = fails(&[
        ("罪犯信息.csv", INMATES),
        ("提请案件.csv", APPLICATIONS),
        ("历次裁定.csv", "罪犯编号,裁定日期\n0001,2021-01-01\n"),
    ]);
    assert!(
        matches!(faults.as_slice(), [Fault::MissingColumn { kind: SheetKind::Rulings, columns, .. }] if columns == &[Col::RuChange])
    );
    // A required sheet without even a header, and a workbook whose other sheets are blank.
    let mut book = Workbook::new();
    required(&mut book);
    book.add_worksheet();
    assert_eq!(problems(&read_book(&mut book)), []);
    let mut book = Workbook::new();
    required(&mut book);
    sheet(&mut book, "历次裁定", &[]);
    let (_dir, path) = saved(&mut book);
    assert!(matches!(
        read(&path).unwrap_err().faults.as_slice(),
        [Fault::MissingColumn { kind: SheetKind::Rulings, .. }]
    ));
}

#[test]
fn the_unit_of_a_sheet_of_money_is_read_from_its_head() {
    let batch = with(
        "财产性判项.csv",
        "财产刑执行情况,,,,单位：万元\n罪犯编号,种类,金额,已履行金额（元）,状态\n0001,罚金,2.5,5000,部分履行\n0001,追缴,3000元,0,未履行\n0001,没收财产,没收个人全部财产,,未履行\n",
    );
    assert_eq!(problems(&batch), []);
    let items = &batch.dossiers[0].property;
    let amounts: Vec<_> = items.iter().map(|p| p.amount.get().unwrap()).collect();
    assert_eq!(amounts, [Amount::Yuan(25_000.into()), Amount::Yuan(3_000.into()), Amount::AllProperty]);
    assert_eq!(items[0].paid.get(), Some(5_000.into()));
}

#[test]
fn rulings_that_contradict_each_other_are_told_and_others_kept_apart() {
    let batch = with(
        "历次裁定.csv",
        "罪犯编号,裁定日期,变更内容,案号\n\
         0001,2019-03-05,减刑六个月,\n0001,2019-03-05,减刑八个月,\n\
         0001,2020-03-05,再审改判有期徒刑五年,\n0001,2020-03-05,恢复减刑六个月,\n\
         0001,2021-03-05,减刑六个月,（2021）某刑更1号\n0001,2021-03-05,减刑六个月,（2021）某刑更2号\n",
    );
    assert_eq!(problems(&batch), [(ProblemCode::DuplicateConflict, "C3".into())]);
    let rulings = &batch.dossiers[0].rulings;
    assert_eq!(rulings.len(), 5);
    assert_eq!(rulings[0].change.value, Value::Unclear);
}

#[test]
fn an_application_with_the_same_case_number_is_one_case() {
    let batch = read_folder(&[
        ("罪犯信息.csv", INMATES),
        (
            "提请案件.csv",
            "罪犯编号,案号,类型,提请日期,改造表现\n0001,（2023）1号,减刑,2023-01-10,立功\n0001,(2023)1号,减刑,2023-01-11,立功\n0001,,减刑,2023-02-10,立功\n0001,,减刑,2023-02-10,立功\n",
        ),
    ]);
    let mut found = problems(&batch);
    found.sort();
    assert_eq!(
        found,
        [
            (ProblemCode::DuplicateIdentical, "A5".into()),
            (ProblemCode::DuplicateConflict, "B3".into()),
            (ProblemCode::DuplicateApplication, "A4".into())
        ]
    );
    assert_eq!(batch.dossiers[0].applications.len(), 2);
}

mod any_input {
    use super::*;
    use proptest::prelude::*;

    fn must_end(name: &str, bytes: &[u8]) {
        let dir = folder(&[("罪犯信息.csv", INMATES), ("提请案件.csv", APPLICATIONS)]);
        std::fs::write(dir.path().join(name), bytes).unwrap();
        match read(dir.path()) {
            Ok(batch) => {
                for c in batch.inputs.iter().flat_map(|i| &i.sheets) {
                    assert_eq!(c.read, c.used + c.reported, "{c:?}");
                }
            }
            Err(e) => assert!(!e.zh().is_empty() && !e.en().is_empty()),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            must_end("x.csv", &bytes);
            must_end("x.xls", &[b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), bytes].concat());
        }

        #[test]
        fn tables_of_the_trade(
            header in proptest::collection::vec(proptest::sample::select(vec![
                "罪犯编号", "月份", "考核月份", "当月考核分", "裁定日期", "变更内容", "种类", "日期", "第一次减刑日期", "罚金（万元）",
                "缴纳情况", "2022年1月", "1月", "基础分", "监管改造", "", "类型", "提请日期", "改造表现", "姓名", "罪名", "原判刑罚",
            ]), 1..12),
            cells in proptest::collection::vec(proptest::collection::vec(proptest::sample::select(vec![
                "0001", "2022-01", "减刑六个月", "表扬", "1", "/", "", "无", "罪犯编号：0001", "监管改造", "加分", "扣分", "当月", "死缓", "2022-02-30",
            ]), 0..12), 0..12),
        ) {
            let text: String = std::iter::once(header).chain(cells).map(|r| r.join(",") + "\n").collect();
            must_end("x.csv", text.as_bytes());
        }

        #[test]
        fn damaged_workbooks(at in 0usize..6000, byte in any::<u8>(), cut in any::<bool>()) {
            let mut book = Workbook::new();
            required(&mut book);
            let mut bytes = book.save_to_buffer().unwrap();
            let at = at % bytes.len();
            if cut { bytes.truncate(at) } else { bytes[at] = byte }
            must_end("x.xlsx", &bytes);
        }
    }
}

#[test]
fn groups_in_a_two_row_header_keep_their_columns_apart() {
    let mut book = Workbook::new();
    let s = book.add_worksheet().set_name("台账").unwrap();
    fill(
        s,
        &[
            &["减刑情况汇总"],
            &["罪犯编号", "姓名", "原判情况", "", "", "第一次减刑", "", "", "罚金（万元）", "", "提请情况", "", ""],
            &[
                "",
                "",
                "罪名",
                "原判刑罚",
                "刑期止日",
                "裁定日期",
                "幅度",
                "刑期止日",
                "金额",
                "缴纳情况",
                "类型",
                "提请日期",
                "改造表现",
            ],
            &[
                "0001",
                "甲",
                "盗窃罪",
                "八年",
                "2027-03-04",
                "2021-03-05",
                "六个月",
                "2026-09-04",
                "1",
                "未缴",
                "减刑",
                "2023-01-10",
                "立功",
            ],
        ],
    );
    // Only the title's merge is recorded.
    s.merge_range(0, 0, 0, 12, "减刑情况汇总", &Format::new()).unwrap();
    let batch = read_book(&mut book);
    assert_eq!(problems(&batch), []);
    let d = &batch.dossiers[0];
    let inmate = d.inmate.as_ref().unwrap();
    assert_eq!(inmate.sentence.get(), Some(Sentence::Fixed(Term::of_years(8))));
    assert_eq!(d.rulings[0].change.known(), Some(&Change::Reduce(Term::of_months(6))));
    assert_eq!(d.rulings[0].new_end.at.a1().as_deref(), Some("H4"));
    assert_eq!(d.property[0].amount.get(), Some(Amount::Yuan(10_000.into())));
    assert_eq!(d.property[0].state.get(), Some(PropertyState::Unperformed));
    assert_eq!(d.applications.len(), 1);
    assert_eq!(inmate.term_end.at.a1().as_deref(), Some("E4"));
}

#[test]
fn a_row_with_two_orphan_records_is_one_row() {
    let batch = read_folder(&[
        ("罪犯信息.csv", INMATES),
        ("提请案件.csv", APPLICATIONS),
        (
            "狱内消费.csv",
            "罪犯编号,月份,消费额,罪犯编号,月份,消费额\n9998,2023-01,5,9999,2023-01,6\n9997,2023-01,5,,,\n",
        ),
    ]);
    let count = batch.inputs.iter().flat_map(|i| &i.sheets).find(|c| c.kind == Some(SheetKind::Spending)).unwrap();
    assert_eq!((count.read, count.used, count.reported), (2, 0, 2));
}

#[test]
fn too_much_is_unreadable_and_says_which_limit() {
    let dir = folder(&[("提请案件.csv", APPLICATIONS), ("罪犯信息.csv", INMATES)]);
    let faults = |limits: Limits| {
        let options = Options { limits, ..Options::default() };
        intake::read(&[dir.path().to_owned()], &options).unwrap_err().faults
    };
    let limits = Limits { cells: 10, ..Limits::default() };
    let [Fault::LimitExceeded { file, sheet, .. }, ..] = &faults(limits)[..] else { panic!() };
    assert_eq!((file.as_str(), sheet.as_str()), ("罪犯信息.csv", ""));
    // Of all files together: none of them is to blame.
    let all = faults(Limits { total_bytes: 200, ..Limits::default() });
    let [fault @ Fault::LimitExceeded { file, .. }] = &all[..] else { panic!("{all:?}") };
    assert_eq!((file.as_str(), fault.code()), ("", ProblemCode::LimitExceeded));
    let mut book = Workbook::new();
    required(&mut book);
    let (_dir, path) = saved(&mut book);
    let options = Options { limits: Limits { cells: 7, ..Limits::default() }, ..Options::default() };
    let e = intake::read(&[path], &options).unwrap_err();
    assert_eq!(e.faults[0].problem().sheet, "罪犯信息");
    assert_eq!(e.zh(), "batch.xlsx工作表“罪犯信息”：单元格超过7个，超出读取上限，未读取");
}

#[test]
fn a_person_in_several_files_is_one_person() {
    let more = INMATES.replace("2027-03-04", "2027-03-05");
    let batch = read_folder(&[
        ("0计分考核.csv", "罪犯编号,考核月份,当月考核分\n0001,2022-02,98.5\n0001,2022-02,98.5\n"),
        ("1罪犯信息.csv", INMATES),
        ("2罪犯信息.csv", &more),
        ("3提请案件.csv", APPLICATIONS),
        ("4计分考核.csv", "罪犯编号,考核月份,当月考核分\n0001,2022-01,97\n9999,2022-01,97\n"),
        ("5提请案件.csv", APPLICATIONS),
    ]);
    let [person] = &batch.dossiers[..] else { panic!() };
    let months: Vec<(String, u16, u32)> =
        person.points.iter().map(|r| (r.month.to_string(), r.at.sheet, r.at.line)).collect();
    assert_eq!(months, [("2022-01".to_owned(), 4, 1), ("2022-02".to_owned(), 0, 1)]);
    assert_eq!(person.applications.len(), 1);
    assert_eq!(person.inmate.as_ref().unwrap().term_end.value, Value::Unclear);
    let mut told = problems(&batch);
    told.sort();
    assert_eq!(
        told,
        [
            (ProblemCode::OrphanRow, "A3".to_owned()),
            (ProblemCode::DuplicateIdentical, "A2".to_owned()),
            (ProblemCode::DuplicateIdentical, "A3".to_owned()),
            (ProblemCode::DuplicateConflict, "F2".to_owned()),
        ]
    );
    let files: Vec<(&str, u64, u64)> =
        batch.inputs.iter().map(|i| (i.file.as_str(), i.sheets[0].used, i.sheets[0].reported)).collect();
    assert_eq!(files[0], ("0计分考核.csv", 2, 0));
    assert_eq!(files[4], ("4计分考核.csv", 1, 1));
    let source = batch.sources.sheet(4).unwrap();
    assert_eq!(source.file, "4计分考核.csv");
}

/// Many people with a batch sheet of which every score is bad, the last person's too; and rows of people unknown.
#[test]
fn a_column_of_errors_is_listed_in_part_and_counted_whole() {
    let no = |n: usize| format!("{n:04}");
    let mut inmates = "罪犯编号,姓名,罪名,原判刑罚\n".to_owned();
    let mut applications = "罪犯编号,类型,提请日期,改造表现\n".to_owned();
    let mut points = "罪犯编号,考核月份,当月考核分\n".to_owned();
    for n in 1..=40 {
        inmates += &format!("{},甲,盗窃罪,有期徒刑八年\n", no(n));
        applications += &format!("{},减刑,2023-01-10,确有悔改表现\n", no(n));
        for month in 0..60 {
            points += &format!("{},{}-{:02},不详\n", no(n), 2018 + month / 12, month % 12 + 1);
        }
    }
    // Nobody's rows: a hundred people of thirty.
    for n in 0..3000 {
        points += &format!("{},{}-{:02},100\n", no(9000 + n / 30), 2018 + n % 30 / 12, n % 12 + 1);
    }
    let batch = read_folder(&[("罪犯信息.csv", &inmates), ("提请案件.csv", &applications), ("计分考核.csv", &points)]);
    let sheet = batch.inputs.iter().find(|i| i.file == "计分考核.csv").unwrap().sheets[0].clone();
    assert_eq!((sheet.read, sheet.used, sheet.reported), (5400, 2400, 3000));
    // Everyone's own error is with everyone.
    let own = |d: &Dossier| d.problems.iter().filter(|p| p.code == ProblemCode::BadNumber).count() as u64;
    assert!(batch.dossiers.iter().all(|d| own(d) > 0));
    let listed: u64 = batch.dossiers.iter().map(own).sum();
    let said = |code: ProblemCode| {
        let found: Vec<_> = batch.problems.iter().filter(|p| p.code == code && p.zh.contains("另有")).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].level, Level::Error);
        let digits: String = found[0].zh.chars().filter(char::is_ascii_digit).collect();
        assert!(found[0].en.contains(&digits), "{}", found[0].en);
        digits.parse::<u64>().unwrap()
    };
    assert_eq!(listed + said(ProblemCode::BadNumber), 2400);
    assert!((1000..1100).contains(&listed), "{listed}");
    let orphans = batch.problems.iter().filter(|p| p.code == ProblemCode::OrphanRow);
    let singly = orphans.clone().filter(|p| !p.zh.contains("另有")).count() as u64;
    // Twenty of each person, until a thousand are listed; of those listed, the rest of the person is said with them.
    let each: u64 = orphans
        .filter(|p| p.zh.contains("另有") && p.zh.contains('“'))
        .map(|p| p.zh.rsplit_once("另有").unwrap().1.chars().filter(char::is_ascii_digit).collect::<String>())
        .map(|n| n.parse::<u64>().unwrap())
        .sum();
    let rest = batch.problems.iter().find(|p| p.zh.starts_with("另有")).unwrap();
    let rest: u64 = rest.zh.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap();
    assert_eq!((singly, singly + each + rest), (1000, 3000));
    // No case of theirs is clear.
    let rules = jxjs::law::Rules::builtin();
    let options = jxjs::review::ReviewOptions {
        as_of: "2026-11-24".parse().unwrap(),
        lang: jxjs::checks::case::Lang::Zh,
        only: vec!["reduction/start-time".to_owned()],
    };
    let review = jxjs::review::review_batch(&batch.packed, &rules, &options);
    assert_eq!(review.cases.len(), 40);
    for case in &review.cases {
        assert!(case.problems.iter().any(|p| p.code == ProblemCode::BadNumber), "{}", case.inmate);
    }
}
