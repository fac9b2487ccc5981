//! Nothing is lost silently: what a spreadsheet hides, rounds or did not compute is read or reported, never dropped.

use std::fs;
use std::path::Path;
use std::process::Command;

use jxjs::checks::case::Lang;
use jxjs::intake::{self, Options};
use jxjs::law::Rules;
use jxjs::model::{Batch, Dossier, PackedDossier, ProblemCode};
use jxjs::report::{Report, html, text, xlsx};
use jxjs::review::{ReviewOptions, review_batch};
use proptest::prelude::*;
use rust_xlsxwriter::{FilterCondition, Format, Workbook, Worksheet};

use super::*;

fn fill(sheet: &mut Worksheet, rows: &[&[&str]]) {
    for (r, row) in rows.iter().enumerate() {
        for (c, value) in row.iter().enumerate() {
            sheet.write_string(r as u32, c as u16, *value).unwrap();
        }
    }
}

/// A batch of two people; `change` may hide and add what it wants.
fn batch(change: impl FnOnce(&mut Workbook)) -> Batch {
    let mut book = Workbook::new();
    let second = ["0002", "乙", "盗窃罪", "有期徒刑九年"];
    fill(
        book.add_worksheet().set_name("罪犯信息").unwrap(),
        &[&INMATE_HEAD, &["0001", "甲", "盗窃罪", "有期徒刑八年"], &second],
    );
    let app = ["0001", "减刑", "2023-01-10", "确有悔改表现"];
    fill(
        book.add_worksheet().set_name("提请案件").unwrap(),
        &[&APP_HEAD, &app, &["0002", "减刑", "2023-01-10", "确有悔改表现"]],
    );
    change(&mut book);
    let dir = folder();
    let path = dir.path().join("批次.xlsx");
    book.save(&path).unwrap();
    read(&path)
}

fn read(path: &Path) -> Batch {
    intake::read(&[path.to_owned()], &Options::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn problems(batch: &Batch) -> Vec<(ProblemCode, String, Option<String>)> {
    let all = batch.problems.iter().cloned().chain(dossiers(batch).into_iter().flat_map(|d| d.problems));
    all.map(|p| (p.code, p.sheet, p.cell)).collect()
}

fn has(batch: &Batch, code: ProblemCode, sheet: &str, cell: Option<&str>) {
    let all = problems(batch);
    assert!(all.contains(&(code, sheet.to_owned(), cell.map(str::to_owned))), "{code:?} {sheet} {cell:?}: {all:?}");
}

fn dossiers(batch: &Batch) -> Vec<Dossier> {
    batch.dossiers.iter().map(PackedDossier::open).collect()
}

/// Everything people read: text, page, workbook.
fn printed(batch: &Batch) -> [String; 3] {
    let rules = Rules::builtin();
    let as_of = "2026-11-24".parse().unwrap();
    let review = review_batch(batch, &rules, &ReviewOptions { as_of, lang: Lang::Zh, only: Vec::new() });
    let report = Report::new(batch, &review, &rules, Lang::Zh);
    let mut out = Vec::new();
    text::write(&report, "批次.xlsx", &mut out).unwrap();
    let page = html::render(&report, html::Caps::default()).unwrap();
    let book = xlsx::render(&report, &|_| None).unwrap();
    let mut strings = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
    let mut all = String::new();
    let names: Vec<String> = strings.file_names().flatten().map(|n| n.into_owned()).collect();
    for name in names.iter().filter(|n| n.contains("haredStrings") || n.contains("worksheets/sheet")) {
        std::io::Read::read_to_string(&mut strings.by_name(name).unwrap(), &mut all).unwrap();
    }
    [String::from_utf8(out).unwrap(), page, all]
}

#[test]
fn hidden_rows_and_sheets_are_read_and_named_first() {
    let batch = batch(|book| {
        book.worksheet_from_name("提请案件").unwrap().set_row_hidden(2).unwrap();
        book.worksheet_from_name("罪犯信息").unwrap().set_row_hidden(1).unwrap();
        let unknown = book.add_worksheet().set_name("别的").unwrap();
        fill(unknown, &[&["甲", "乙"], &["1", "2"]]);
        let rulings = book.add_worksheet().set_name("历次裁定").unwrap();
        fill(rulings, &[&["罪犯编号", "裁定日期", "变更内容"], &["0001", "2021-03-05", "减刑六个月"]]);
        rulings.set_hidden(true);
    });
    assert_eq!(batch.dossiers.len(), 2);
    assert_eq!(dossiers(&batch).iter().map(|d| d.applications.len()).sum::<usize>(), 2);
    assert_eq!(dossiers(&batch)[0].rulings.len(), 1);
    for (sheet, cell) in [("提请案件", Some("A3")), ("罪犯信息", Some("A2")), ("历次裁定", None)] {
        has(&batch, ProblemCode::HiddenRows, sheet, cell);
    }
    for printed in printed(&batch) {
        let at = |what: &str| printed.find(what).unwrap_or_else(|| panic!("{what} is not said"));
        assert!(at("行是隐藏的") < at("不认识的表") && at("工作表是隐藏的") < at("不认识的表"));
    }
}

#[test]
fn hidden_columns_are_read_and_named_first() {
    let batch = batch(|book| {
        let sheet = book.worksheet_from_name("提请案件").unwrap();
        for col in [2, 3, 5] {
            // The last of these holds nothing.
            sheet.set_column_hidden(col).unwrap();
        }
        fill(book.add_worksheet().set_name("别的").unwrap(), &[&["甲", "乙"], &["1", "2"]]);
    });
    // They are read like any other.
    let first = &dossiers(&batch)[0].applications[0];
    assert_eq!(first.applied.get(), Some("2023-01-10".parse().unwrap()));
    assert!(first.conduct.known().is_some());
    has(&batch, ProblemCode::HiddenRows, "提请案件", Some("C1"));
    let said: Vec<_> = batch.problems.iter().filter(|p| p.code == ProblemCode::HiddenRows).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].zh.contains("有2列是隐藏的") && said[0].zh.contains("C–D"), "{}", said[0].zh);
    for printed in printed(&batch) {
        let at = |what: &str| printed.find(what).unwrap_or_else(|| panic!("{what} is not said"));
        assert!(at("列是隐藏的") < at("不认识的表"));
    }
}

#[test]
fn filtered_rows_are_hidden_rows() {
    let batch = batch(|book| {
        let sheet = book.worksheet_from_name("提请案件").unwrap();
        sheet.autofilter(0, 0, 2, 3).unwrap();
        sheet.filter_column(0, &FilterCondition::new().add_list_filter("0001")).unwrap();
    });
    assert_eq!(dossiers(&batch).iter().map(|d| d.applications.len()).sum::<usize>(), 2);
    has(&batch, ProblemCode::HiddenRows, "提请案件", Some("A3"));
}

#[test]
fn a_formula_counts_with_the_value_it_had() {
    let head = texts(1, &APP_HEAD);
    let row = |cell: &str| {
        let cells = texts(2, &APP).replace("<c r=\"C2\" t=\"inlineStr\"><is><t>2023-01-10</t></is></c>", cell);
        assert!(cells.contains(cell));
        sheet_of(&(head.clone() + &cells))
    };
    let dir = folder();
    let path = dir.path().join("批次.xlsx");
    let of = |cell: &str| {
        fs::write(&path, book(&[part("xl/worksheets/sheet2.xml", &row(cell))])).unwrap();
        read(&path)
    };
    let kept = of("<c r=\"C2\" s=\"1\"><f>TODAY()</f><v>44936</v></c>");
    assert_eq!(dossiers(&kept)[0].applications[0].applied.get(), Some("2023-01-10".parse().unwrap()));
    for cell in [
        "<c r=\"C2\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c>",
        "<c r=\"C2\" t=\"e\"><v>#N/A</v></c>",
        "<c r=\"C2\" s=\"1\"><f>TODAY()</f></c>",
        "<c r=\"C2\" s=\"1\"><f>TODAY()</f><v/></c>",
        "<c r=\"C2\" s=\"1\"><f>TODAY()</f><v></v></c>",
    ] {
        let batch = of(cell);
        assert_eq!(dossiers(&batch)[0].applications[0].applied.get(), None, "{cell}");
        has(&batch, ProblemCode::ErrorCell, "提请案件", Some("C2"));
    }
}

#[test]
fn numbers_keep_the_digits_they_have() {
    let number = |value: f64| {
        batch(|book| {
            let sheet = book.add_worksheet().set_name("计分考核").unwrap();
            fill(
                sheet,
                &[&["罪犯编号", "考核月份", "当月考核分"], &["", "2022-01", "１,０２３.5"], &["0002", "2022-01", ""]],
            );
            sheet.write_number(1, 0, value).unwrap();
            sheet.write_number(2, 2, 0.1 + 0.2).unwrap();
        })
    };
    // Past 15 digits the spreadsheet has lost some: no guess at the person.
    let rounded = number(123_456_789_012_345_678.0);
    has(&rounded, ProblemCode::RoundedNumber, "计分考核", Some("A2"));
    let score = |b: &Batch| dossiers(b)[1].points[0].score.known().map(ToString::to_string);
    assert_eq!(score(&rounded).as_deref(), Some("0.3"));
    // A zero-padding format gives the identifier its zeros back; digits written as text are a number.
    let padded = batch(|book| {
        let sheet = book.add_worksheet().set_name("计分考核").unwrap();
        fill(sheet, &[&["罪犯编号", "考核月份", "当月考核分"], &["", "2022-01", "１,０２３.5"]]);
        sheet.write_number_with_format(1, 0, 1, &Format::new().set_num_format("0000")).unwrap();
    });
    assert_eq!(dossiers(&padded)[0].points[0].score.known().map(ToString::to_string).as_deref(), Some("1023.5"));
}

#[test]
fn rows_are_counted_where_people_look() {
    let batch = batch(|book| {
        let sheet = book.add_worksheet().set_name("奖惩").unwrap();
        fill(
            sheet,
            &[
                &["罪犯编号", "日期", "种类"],
                &["0001", "2022-01-01", "表扬"],
                &["0009", "2022-01-01", "表扬"],
                &["合计", "", ""],
            ],
        );
    });
    let count = batch.inputs[0].sheets.iter().find(|s| s.sheet == "奖惩").unwrap();
    assert_eq!((count.read, count.used, count.reported), (2, 1, 1));
    assert!(printed(&batch)[0].contains("批次.xlsx“奖惩”：2＝1＋1"), "{}", printed(&batch)[0]);
    // And in the output of the program itself.
    let dir = folder();
    fs::write(dir.path().join("批次.xlsx"), book(&[])).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_jxjs")).args(["check", "批次.xlsx"]).current_dir(dir.path()).output();
    let said = String::from_utf8(output.unwrap().stdout).unwrap();
    assert!(said.contains("批次.xlsx“提请案件”：1＝1＋0"), "{said}");
}

/// A cell as institutions write it, or as nobody should.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec!["1", "2", "3", "", "甲", "减刑", "2023-01-10", "八年", "盗窃罪", "表扬", "无", "/", "合计"])
            .prop_map(str::to_owned),
        1 => "[0-9年月日.,;:/\\-\"' 零一二三十有期徒刑罪犯编号]{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Whatever stands in the cells and whatever is hidden: every row is used or reported, and every reported row has a
    /// problem that names the sheet.
    #[test]
    fn every_row_is_used_or_reported(
        rows in prop::collection::vec(prop::collection::vec(cell(), 4), 0..8),
        others in prop::collection::vec(prop::collection::vec(cell(), 3), 0..8),
        hidden in prop::collection::vec(any::<bool>(), 8),
    ) {
        let batch = batch(|book| {
            let all = [("提请案件", 3, &rows), ("奖惩", 1, &others)];
            for (name, from, rows) in all {
                if name == "奖惩" {
                    fill(book.add_worksheet().set_name(name).unwrap(), &[&["罪犯编号", "日期", "种类"]]);
                }
                let sheet = book.worksheet_from_name(name).unwrap();
                for (r, row) in rows.iter().enumerate() {
                    for (c, value) in row.iter().enumerate() {
                        sheet.write_string(from + r as u32, c as u16, value.as_str()).unwrap();
                    }
                    if hidden[r] {
                        sheet.set_row_hidden(from + r as u32).unwrap();
                    }
                }
            }
        });
        let all = problems(&batch);
        for count in batch.inputs.iter().flat_map(|i| &i.sheets) {
            prop_assert_eq!(count.read, count.used + count.reported, "{:?}", count);
            let named = all.iter().filter(|p| p.1 == count.sheet).count() as u64;
            prop_assert!(count.reported == 0 || named > 0, "{:?}: {:?}", count, all);
        }
        // A row is not read only where it is blank, or begins like a line of totals or a repeated header.
        let blank = |row: &Vec<String>| row.iter().all(|c| c.trim().is_empty());
        let dropped = |row: &Vec<String>| blank(row) || row[0].contains("合计") || row[0].trim().is_empty() || row[0].contains("编号");
        let sure = others.iter().filter(|r| !dropped(r)).count() as u64;
        let read = batch.inputs[0].sheets.iter().find(|s| s.sheet == "奖惩").map_or(0, |s| s.read);
        prop_assert!(read >= sure, "{} rows read of {}", read, sure);
    }
}
