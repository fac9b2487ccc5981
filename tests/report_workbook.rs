//! 审查台账.xlsx: what is text stays text, links lead to files that are there, the same review gives the same bytes.

mod report_support;

use std::fs;
use std::io::{Cursor, Read};

use assert_cmd::Command;
use calamine::{Data, Reader, Xlsx};
use jxjs::checks::case::Lang;
use jxjs::report::xlsx::render;
use report_support::*;

fn workbook(made: &Made) -> Vec<u8> {
    render(&made.report(), &|_| None).unwrap()
}

/// Every part of the file whose name starts so.
fn parts(bytes: &[u8], prefix: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = String::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        if file.name().unwrap().starts_with(prefix) {
            file.read_to_string(&mut out).unwrap();
        }
    }
    out
}

fn rows(bytes: &[u8], sheet: &str) -> Vec<Vec<Data>> {
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    book.worksheet_range(sheet).unwrap().rows().map(<[Data]>::to_vec).collect()
}

#[test]
fn what_the_input_says_is_never_a_formula() {
    let bytes = workbook(&made(Lang::Zh));
    let sheets = parts(&bytes, "xl/worksheets/");
    assert!(
        !sheets.contains("<f>") && !sheets.contains("<f ") && !sheets.contains("<hyperlink"),
        "a formula or a link"
    );
    let names: Vec<String> = rows(&bytes, "案件").iter().map(|r| r[1].to_string()).collect();
    for name in [MARKUP, FORMULA, QUOTES] {
        assert!(names.iter().any(|n| n == name), "{name} is not as it was: {names:?}");
    }
    assert!(rows(&bytes, "案件").iter().any(|r| r[3] == Data::String("=1+1".to_owned())));
}

#[test]
fn one_row_a_case_with_the_worst_first() {
    let made = made(Lang::Zh);
    let bytes = workbook(&made);
    let rows = rows(&bytes, "案件");
    assert_eq!(rows.len(), made.review.cases.len() + 1);
    let order = ["违法", "风险", "存疑", "未发现不当"];
    let ranks: Vec<usize> =
        rows[1..].iter().map(|r| order.iter().position(|w| r[0] == Data::String((*w).to_owned())).unwrap()).collect();
    assert!(ranks.is_sorted(), "{ranks:?}");
    let sheet = parts(&bytes, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<autoFilter ") && sheet.contains("state=\"frozen\""));
}

#[test]
fn there_are_native_charts() {
    let charts = parts(&workbook(&made(Lang::Zh)), "xl/charts/");
    assert!(charts.matches("<c:chartSpace").count() >= 3);
}

#[test]
fn the_same_review_gives_the_same_bytes() {
    assert!(workbook(&made(Lang::En)) == workbook(&made(Lang::En)));
}

#[test]
fn a_link_only_where_the_opinion_is() {
    let dir = folder();
    let out = dir.path().join("结果");
    let run = |out: &str| {
        Command::cargo_bin("jxjs")
            .unwrap()
            .current_dir(dir.path())
            .args(["check", "批次", "--as-of", "2026-11-24", "--quiet", "--out", out])
            .output()
            .unwrap()
    };
    assert_eq!(run("结果").status.code(), Some(1));
    for name in ["审查台账.xlsx", "报告.html", "review.json"] {
        assert!(out.join(name).is_file(), "{name}");
    }
    let bytes = fs::read(out.join("审查台账.xlsx")).unwrap();
    let links = parts(&bytes, "xl/worksheets/_rels/sheet1.xml.rels");
    let targets: Vec<&str> = links.split("Target=\"").skip(1).filter_map(|t| t.split('"').next()).collect();
    assert!(!targets.is_empty() && links.matches("TargetMode=\"External\"").count() == targets.len(), "{links}");
    for target in targets {
        assert!(out.join(target).is_file(), "{target} is not there");
    }

    // A folder that cannot be made is said, with its name.
    fs::write(dir.path().join("文件"), "").unwrap();
    let failed = run("文件/结果");
    assert_eq!(failed.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&failed.stderr).contains("文件/结果"));
}
