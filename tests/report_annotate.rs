//! `--annotate`: the user's own sheet stays what it was, with the results at the end of its rows.

mod report_support;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;

use assert_cmd::Command;
use calamine::{Data, Reader, Xlsx};
use report_support::*;
use rust_xlsxwriter::{Color, Format, Formula, Workbook};

fn run(dir: &Path, input: &str) -> (i32, String) {
    let output = Command::cargo_bin("jxjs")
        .unwrap()
        .current_dir(dir)
        .args(["check", input, "--as-of", "2026-11-24", "--quiet", "--out", "结果", "--annotate"])
        .output()
        .unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// Every part of a workbook by name.
fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        out.insert(file.name().unwrap().into_owned(), bytes);
    }
    out
}

/// The files of [`folder`] as one workbook, with a title above the applications, colours and a formula.
fn one_workbook(dir: &Path) -> Vec<u8> {
    let mut book = Workbook::new();
    let colour = Format::new().set_background_color(Color::Yellow);
    for kind in ["罪犯信息", "提请案件", "历次裁定", "财产性判项", "计分考核", "奖惩", "羁押轨迹"]
    {
        let text = fs::read_to_string(dir.join("批次").join(format!("{kind}.csv"))).unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let sheet = book.add_worksheet();
        sheet.set_name(kind).unwrap();
        let top = if kind == "提请案件" {
            sheet.merge_range(0, 0, 0, 5, "提请减刑假释案件一览", &colour).unwrap();
            sheet.set_column_width(1, 30).unwrap();
            1
        } else {
            0
        };
        for (row, record) in (top..).zip(reader.records()) {
            for (column, field) in (0u16..).zip(record.unwrap().iter()) {
                sheet.write_string_with_format(row, column, field, &colour).unwrap();
            }
        }
    }
    let other = book.add_worksheet();
    other.set_name("备忘").unwrap();
    other.write_formula(0, 0, Formula::new("=1+1").set_result("2")).unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_stays_what_it_was() {
    let dir = folder();
    let input = one_workbook(dir.path());
    fs::write(dir.path().join("某狱.xlsx"), &input).unwrap();
    let (status, said) = run(dir.path(), "某狱.xlsx");
    assert_eq!((status, said.as_str()), (1, ""));
    let copy = fs::read(dir.path().join("结果").join("标注").join("某狱.xlsx")).unwrap();

    let (before, after) = (parts(&input), parts(&copy));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    let differ: Vec<&String> = before.iter().filter(|(name, bytes)| after[*name] != **bytes).map(|(n, _)| n).collect();
    assert_eq!(
        differ,
        ["xl/styles.xml", "xl/worksheets/sheet2.xml"],
        "only the sheet of applications changes, and the list of formats grows"
    );
    // The formats of the workbook are all there, in their places; those of the results come after them.
    let styles = |parts: &BTreeMap<String, Vec<u8>>| String::from_utf8(parts["xl/styles.xml"].clone()).unwrap();
    let list = |xml: &str, name: &str| -> Vec<String> {
        let from = xml.find(&format!("<{name} ")).unwrap();
        let inside = &xml[from + xml[from..].find('>').unwrap() + 1..xml.find(&format!("</{name}>")).unwrap()];
        inside.split("<xf ").skip(1).map(str::to_owned).collect()
    };
    let (old, new) = (list(&styles(&before), "cellXfs"), list(&styles(&after), "cellXfs"));
    assert_eq!((&new[..old.len()], new.len()), (&old[..], old.len() + 5));
    assert!(styles(&after).contains(&format!("<cellXfs count=\"{}\">", new.len())));
    for colour in ["FFFAE9E7", "FFA3201D"] {
        assert!(styles(&after).contains(colour) && !styles(&before).contains(colour));
    }
    let sheet = String::from_utf8(after["xl/worksheets/sheet2.xml"].clone()).unwrap();
    let unlawful = format!("r=\"G3\" s=\"{}\"", old.len());
    assert!(sheet.contains(&unlawful) && sheet.contains(&format!("r=\"H2\" s=\"{}\"", old.len() + 4)), "{sheet}");
    assert!(!sheet.contains("<f>") && sheet.contains("<mergeCell "), "{sheet}");

    let read = |bytes: &[u8]| Xlsx::new(Cursor::new(bytes.to_vec())).unwrap().worksheet_range("提请案件").unwrap();
    let (old, new) = (read(&input), read(&copy));
    for (row, column, value) in old.used_cells() {
        assert_eq!(new.get((row, column)), Some(value));
    }
    let text = |row: u32, column: u32| new.get_value((row, column)).map(Data::to_string).unwrap_or_default();
    assert_eq!((text(1, 6).as_str(), text(1, 7).as_str()), ("审查结论", "主要理由"));
    assert_eq!(text(2, 6), "违法");
    assert!(text(2, 7).contains("2023-03-15"), "{}", text(2, 7));
    assert_eq!(text(2, 10), "2023-03-15");
    assert!((2..6).all(|row| !text(row, 6).is_empty()) && text(0, 6).is_empty());
}

#[test]
fn of_a_text_file_a_workbook_is_made() {
    let dir = folder();
    let (status, said) = run(dir.path(), "批次");
    assert_eq!((status, said.as_str()), (1, ""));
    let copy = fs::read(dir.path().join("结果").join("标注").join("提请案件.csv.xlsx")).unwrap();
    let mut book = Xlsx::new(Cursor::new(copy)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let text = |row: u32, column: u32| range.get_value((row, column)).map(Data::to_string).unwrap_or_default();
    assert_eq!((text(0, 0).as_str(), text(0, 6).as_str()), ("罪犯编号", "审查结论"));
    assert_eq!((text(1, 0).as_str(), text(1, 6).as_str()), ("3101000001", "违法"));
    assert_eq!(text(3, 1), "=1+1", "what looks like a formula stays text");
}

#[test]
fn only_together_with_a_folder() {
    let dir = folder();
    let output = Command::cargo_bin("jxjs")
        .unwrap()
        .current_dir(dir.path())
        .args(["check", "批次", "--annotate"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}
