//! From files to dossiers: every file type, layout and problem of the contract, on files written here.

use std::path::{Path, PathBuf};

use jxjs::intake::{self, Fault, IntakeError, Options};
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

fn read(path: &Path) -> Result<Batch, IntakeError> {
    intake::read(&[path.to_owned()], &Options::default())
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
