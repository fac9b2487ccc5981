//! Files that are broken or meant to break: each ends in a message, within the memory and time an office computer has.
//!
//! The program runs as a child with hard limits of memory and processor time; exceeding them kills it.
#![cfg(unix)]

mod lost;
mod pack;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use pack::{Part, archive, archive_of, bomb, old_book, part, record};
use serde_json::Value;
use tempfile::TempDir;

/// Address space in kilobytes.
const MEMORY: u32 = 512 * 1024;
/// Seconds of processor time: the program as users have it takes 10 at most; without optimisation it is slower.
const SECONDS: u32 = if cfg!(debug_assertions) { 60 } else { 10 };

struct Ran {
    status: Option<i32>,
    json: Value,
    err: String,
}

fn run(dir: &Path, args: &[&str]) -> Ran {
    let script = format!("ulimit -v {MEMORY}; ulimit -t {SECONDS}; exec \"$0\" \"$@\"");
    let output = Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_jxjs"), "check", "--lang", "en", "--format", "json"])
        .args(args)
        .current_dir(dir)
        // Every thread reserves memory of its own, and a machine may have many.
        .env("RAYON_NUM_THREADS", "2")
        .env("MALLOC_ARENA_MAX", "2")
        .env("RUST_BACKTRACE", "0")
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Ran {
        status: output.status.code(),
        json: serde_json::from_slice(&output.stdout).unwrap_or(Value::Null),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Ran {
    fn codes(&self) -> Vec<&str> {
        self.json["problems"].as_array().into_iter().flatten().filter_map(|p| p["code"].as_str()).collect()
    }

    /// Nothing was reviewed, for this reason, and the message names the file.
    fn refused(&self, file: &str, code: &str, says: &str) {
        assert_eq!(self.status, Some(2), "{}", self.err);
        assert!(self.codes().contains(&code), "{:?}: {}", self.codes(), self.err);
        assert!(self.err.contains(file) && self.err.contains(says), "{}", self.err);
        assert!(self.err.len() < 4000, "a message of {} bytes", self.err.len());
    }

    /// It was read.
    fn read(&self) {
        assert_eq!(self.status, Some(1), "{}", self.err);
        assert!(!self.json["cases"].as_array().unwrap().is_empty());
        for sheet in self.json["inputs"].as_array().unwrap().iter().flat_map(|i| i["sheets"].as_array().unwrap()) {
            let n = |key: &str| sheet[key].as_u64().unwrap();
            assert_eq!(n("read"), n("used") + n("reported"), "{sheet}");
        }
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Writes a file and checks it.
fn check(name: &str, bytes: &[u8]) -> Ran {
    let dir = folder();
    fs::write(dir.path().join(name), bytes).unwrap();
    run(dir.path(), &[name])
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const DOC: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn rels(list: &[(&str, &str, &str)]) -> String {
    let one = |(id, kind, target): &(&str, &str, &str)| {
        format!("<Relationship Id=\"{id}\" Type=\"{DOC}/{kind}\" Target=\"{target}\"/>")
    };
    let all: String = list.iter().map(one).collect();
    format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{all}</Relationships>"
    )
}

/// The parts of a workbook of two sheets besides the sheets and their strings.
fn frame(properties: &str) -> Vec<Part> {
    frame_of(properties, ["罪犯信息", "提请案件"])
}

fn frame_of(properties: &str, names: [&str; 2]) -> Vec<Part> {
    let workbook = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{DOC}\">{properties}<sheets><sheet name=\"{}\" sheetId=\"1\" \
         r:id=\"rId1\"/><sheet name=\"{}\" sheetId=\"2\" r:id=\"rId2\"/></sheets></workbook>",
        names[0], names[1]
    );
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
                 <Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>";
    vec![
        part("[Content_Types].xml", types),
        part("_rels/.rels", &rels(&[("rId1", "officeDocument", "xl/workbook.xml")])),
        part("xl/workbook.xml", &workbook),
        part(
            "xl/_rels/workbook.xml.rels",
            &rels(&[
                ("rId1", "worksheet", "worksheets/sheet1.xml"),
                ("rId2", "worksheet", "worksheets/sheet2.xml"),
                ("rId3", "sharedStrings", "sharedStrings.xml"),
                ("rId4", "styles", "styles.xml"),
            ]),
        ),
        part(
            "xl/styles.xml",
            &format!(
                "<styleSheet xmlns=\"{MAIN}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
            ),
        ),
    ]
}

/// Cells of a row, as texts within the sheet.
fn texts(row: u32, values: &[&str]) -> String {
    let cells: String = values
        .iter()
        .enumerate()
        .map(|(i, v)| format!("<c r=\"{}{row}\" t=\"inlineStr\"><is><t>{v}</t></is></c>", char::from(b'A' + i as u8)))
        .collect();
    format!("<row r=\"{row}\">{cells}</row>")
}

const INMATE_HEAD: [&str; 4] = ["罪犯编号", "姓名", "罪名", "原判刑罚"];
const INMATE: [&str; 4] = ["1", "甲", "盗窃罪", "有期徒刑八年"];
const APP_HEAD: [&str; 4] = ["罪犯编号", "类型", "提请日期", "改造表现"];
const APP: [&str; 4] = ["1", "减刑", "2023-01-10", "确有悔改表现"];

fn sheet_of(rows: &str) -> String {
    format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>")
}

fn sheet1(xml: &str) -> Part {
    part("xl/worksheets/sheet1.xml", xml)
}

fn inmates() -> String {
    sheet_of(&(texts(1, &INMATE_HEAD) + &texts(2, &INMATE)))
}

fn sheet2() -> Part {
    part("xl/worksheets/sheet2.xml", &sheet_of(&(texts(1, &APP_HEAD) + &texts(2, &APP))))
}

/// A workbook with these parts beside the frame; a part given here replaces one of the frame.
fn book(parts: &[Part]) -> Vec<u8> {
    book_with("", parts)
}

fn book_with(properties: &str, parts: &[Part]) -> Vec<u8> {
    let mut all: Vec<Part> = frame(properties).into_iter().chain([sheet1(&inmates()), sheet2()]).collect();
    all.retain(|p| parts.iter().all(|q| q.name != p.name));
    all.extend(parts.iter().cloned());
    archive(&all)
}

#[test]
fn the_ordinary_workbook_is_read() {
    check("批次.xlsx", &book(&[])).read();
}

#[test]
fn a_truncated_workbook_is_damaged() {
    let whole = book(&[]);
    for length in [4, 30, whole.len() / 2, whole.len() - 10] {
        check("截断.xlsx", &whole[..length]).refused("截断.xlsx", "unreadable-file", "valid workbook");
    }
}

#[test]
fn a_protected_workbook_names_its_protection() {
    // The head of a compound file, and in its directory the stream that protected workbooks have.
    let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    bytes.resize(1024, 0);
    bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    bytes.resize(4096, 0);
    check("加密.xlsx", &bytes).refused("加密.xlsx", "unreadable-file", "password");
}

#[test]
fn a_workbook_with_macros_is_read_and_they_are_named() {
    let ran = check("宏.xlsm", &book(&[part("xl/vbaProject.bin", "\u{1}\u{2}macro")]));
    ran.read();
    assert!(ran.codes().contains(&"macros"), "{:?}", ran.codes());
}

#[test]
fn nothing_at_all_is_said_to_be_nothing() {
    check("空.xlsx", b"").refused("空.xlsx", "unreadable-file", "empty");
    let blank = sheet_of("");
    let ran = check("空白.xlsx", &book(&[sheet1(&blank), part("xl/worksheets/sheet2.xml", &blank)]));
    ran.refused("空白.xlsx", "missing-column", "罪犯编号");
    let mut frame = frame_of("", ["Sheet1", "Sheet2"]);
    frame.extend([sheet1(&blank), part("xl/worksheets/sheet2.xml", &blank)]);
    check("空白.xlsx", &archive(&frame)).refused("", "missing-sheet", "罪犯信息");
}

#[test]
fn a_dimension_that_claims_everything_costs_nothing() {
    let xml = inmates().replace("<sheetData>", "<dimension ref=\"A1:XFD1048576\"/><sheetData>");
    check("批次.xlsx", &book(&[sheet1(&xml)])).read();
}

#[test]
fn cells_far_away_cost_nothing() {
    let far = "<row r=\"1048576\"><c r=\"XFD1048576\" t=\"inlineStr\"><is><t>x</t></is></c></row>";
    let xml = inmates().replace("</sheetData>", &format!("{far}</sheetData>"));
    let ran = check("批次.xlsx", &book(&[sheet1(&xml)]));
    assert!(matches!(ran.status, Some(1 | 2)), "{}", ran.err);
    for place in ["4294967295", "99999999999999999999", "-1", "0", "", "x"] {
        let row = format!("<row r=\"{place}\"><c r=\"ZZZZZZZ{place}\" t=\"n\"><v>1</v></c></row>");
        let xml = inmates().replace("</sheetData>", &format!("{row}</sheetData>"));
        let ran = check("批次.xlsx", &book(&[sheet1(&xml)]));
        assert!(matches!(ran.status, Some(1 | 2)), "{place}: {:?} {}", ran.status, ran.err);
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
    }
}

#[test]
fn a_bomb_within_an_ods_file_is_turned_away() {
    let content = bomb("content.xml", "<a>", b' ', 41_000_000, "</a>", u32::MAX);
    let ran =
        check("炸弹.ods", &archive(&[part("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), content]));
    ran.refused("炸弹.ods", "limit-exceeded", "");
}

#[test]
fn a_size_that_is_claimed_is_not_believed() {
    let claims = |n: u32| Part { claims: n, ..sheet1(&inmates()) };
    for n in [0, 1, u32::MAX - 1] {
        let ran = check("批次.xlsx", &book(&[claims(n)]));
        assert!(matches!(ran.status, Some(1 | 2)), "{n}: {:?} {}", ran.status, ran.err);
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
    }
}

#[test]
fn parts_that_overlap_are_read_once_or_not_at_all() {
    let mut parts = frame("");
    parts.extend([sheet1(&inmates()), sheet2()]);
    let names: Vec<String> = (3..3000).map(|i| format!("xl/worksheets/sheet{i}.xml")).collect();
    let again: Vec<(&str, usize)> = names.iter().map(|n| (n.as_str(), 5)).collect();
    let ran = check("批次.xlsx", &archive_of(&parts, &again));
    assert!(matches!(ran.status, Some(1 | 2)), "{:?} {}", ran.status, ran.err);
}

#[test]
fn more_parts_than_any_workbook_has_are_too_many() {
    let many: Vec<Part> = (0..20_000).map(|i| part(&format!("xl/media/{i}"), "")).collect();
    check("批次.xlsx", &book(&many)).refused("批次.xlsx", "limit-exceeded", "parts");
}

#[test]
fn a_text_longer_than_any_spreadsheet_holds_is_too_long() {
    let xml = inmates().replace("甲", &"甲".repeat(1_000_000));
    check("批次.xlsx", &book(&[sheet1(&xml)])).refused("批次.xlsx", "limit-exceeded", "text");
    let strings = format!("<sst xmlns=\"{MAIN}\"><si><t>{}</t></si></sst>", "x".repeat(50_000_000));
    let ran = check("批次.xlsx", &book(&[part("xl/sharedStrings.xml", &strings)]));
    assert!(matches!(ran.status, Some(1 | 2)), "{:?} {}", ran.status, ran.err);
}

#[test]
fn entities_are_neither_expanded_nor_fetched() {
    let dir = folder();
    let secret = dir.path().join("secret");
    fs::write(&secret, "不可外泄的内容").unwrap();
    let mut laughs = "<!ENTITY a0 \"哈哈哈哈哈哈哈哈哈哈\">".to_owned();
    for i in 1..30 {
        let one = format!("&a{};", i - 1);
        laughs += &format!("<!ENTITY a{i} \"{}\">", one.repeat(10));
    }
    let doctype = format!("<!DOCTYPE worksheet [{laughs}<!ENTITY f SYSTEM \"file://{}\">]>", secret.display());
    let xml = doctype.clone() + &inmates().replace("甲", "&a29;&f;");
    let strings = doctype.clone() + &format!("<sst xmlns=\"{MAIN}\"><si><t>&a29;</t></si><si><t>&f;</t></si></sst>");
    let shared = inmates().replace("t=\"inlineStr\"><is><t>甲</t></is>", "t=\"s\"><v>0</v>");
    let workbook = doctype + "<workbook>&a29;&f;</workbook>";
    for parts in [
        vec![sheet1(&xml)],
        vec![sheet1(&shared), part("xl/sharedStrings.xml", &strings)],
        vec![part("xl/workbook.xml", &workbook)],
        vec![part("content.xml", &workbook)],
    ] {
        fs::write(dir.path().join("批次.xlsx"), book(&parts)).unwrap();
        let ran = run(dir.path(), &["批次.xlsx"]);
        assert!(matches!(ran.status, Some(1 | 2)), "{:?} {}", ran.status, ran.err);
        let said = format!("{}{}", ran.err, ran.json);
        assert!(!said.contains("不可外泄") && !said.contains("哈哈哈哈哈哈哈哈哈哈哈哈"), "{said}");
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
    }
}

#[test]
fn limits_can_be_set() {
    let dir = folder();
    fs::write(dir.path().join("批次.xlsx"), book(&[])).unwrap();
    for (max, says) in [("cells=5", "5 cells"), ("text=10", "10 bytes of text"), ("parts=3", "3 parts")] {
        run(dir.path(), &["批次.xlsx", "--max", max]).refused("批次.xlsx", "limit-exceeded", says);
    }
    let wide = inmates().replace("</sheetData>", &format!("<row>{}</row></sheetData>", " ".repeat(1 << 20)));
    fs::write(dir.path().join("宽.xlsx"), book(&[sheet1(&wide)])).unwrap();
    run(dir.path(), &["宽.xlsx", "--max", "row=300K"]).refused(
        "宽.xlsx",
        "limit-exceeded",
        "a row of more than 307200",
    );
    run(dir.path(), &["宽.xlsx", "--max", "row=2M"]).read();
    let packed = |max: &str| {
        let part = bomb("xl/media/1", "", b' ', 4000, "", u32::MAX);
        fs::write(dir.path().join("密.xlsb"), archive(&[part, self::part("xl/workbook.bin", "")])).unwrap();
        run(dir.path(), &["密.xlsb", "--max", max])
    };
    packed("ratio=300,ratio-from=900K").refused("密.xlsb", "limit-exceeded", "300 times larger");
    packed("ratio=300,ratio-from=2M").refused("密.xlsb", "unreadable-file", "");
    packed("ratio=3000,ratio-from=900K").refused("密.xlsb", "unreadable-file", "");
    // Beyond what is ordinary for so few cells.
    fs::write(dir.path().join("长.xlsx"), book(&[sheet1(&inmates().replace("甲", &"甲".repeat(1000)))])).unwrap();
    run(dir.path(), &["长.xlsx", "--max", "sheet-text=2K"]).refused(
        "长.xlsx",
        "limit-exceeded",
        "2048 bytes of text in all",
    );
    run(dir.path(), &["长.xlsx", "--max", "sheet-text=4K"]).read();
    run(dir.path(), &["批次.xlsx", "--max", "cells=8,text=1K", "--max", "parts=20"]).read();
    let ran = run(dir.path(), &["批次.xlsx", "--max", "size=3"]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.err.contains("size=3") && ran.err.contains("unpacked"), "{}", ran.err);
}

#[test]
fn elements_may_nest_to_any_depth() {
    let deep = |n: usize| format!("{}{}", "<a>".repeat(n), "</a>".repeat(n));
    let nested = deep(1_000_000);
    let xml = inmates().replace("</sheetData>", &format!("</sheetData>{nested}"));
    let strings = format!("<sst xmlns=\"{MAIN}\"><si>{nested}<t>x</t></si></sst>");
    for parts in [
        vec![sheet1(&xml)],
        vec![part("xl/sharedStrings.xml", &strings)],
        vec![part("xl/workbook.xml", &format!("<workbook>{nested}</workbook>"))],
        vec![part("xl/styles.xml", &nested)],
        vec![part("content.xml", &format!("<office:spreadsheet>{nested}</office:spreadsheet>"))],
    ] {
        let ran = check("批次.xlsx", &book(&parts));
        assert!(matches!(ran.status, Some(1 | 2)), "{:?} {}", ran.status, ran.err);
    }
}

#[test]
fn broken_text_within_a_sheet_is_damaged_or_reported() {
    for bad in ["\u{0}", "&#0;", "&#xFFFFFFFF;", "&nothing;", "<", "]]>", "\u{ffff}"] {
        let ran = check("批次.xlsx", &book(&[sheet1(&inmates().replace("甲", bad))]));
        assert!(matches!(ran.status, Some(1 | 2)), "{bad:?}: {:?} {}", ran.status, ran.err);
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
    }
    let mut bytes = inmates().into_bytes();
    let at = bytes.windows(3).position(|w| w == "甲".as_bytes()).unwrap();
    bytes[at] = 0xff;
    let bad = Part { claims: bytes.len() as u32, data: bytes, ..sheet1("") };
    let ran = check("批次.xlsx", &book(&[bad]));
    assert!(matches!(ran.status, Some(1 | 2)), "{:?} {}", ran.status, ran.err);
}

#[test]
fn files_are_known_by_what_they_hold_not_by_their_names() {
    let xls = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/intake/book.xls")).unwrap();
    let ran = check("旧.xlsx", &xls);
    assert!(!ran.codes().contains(&"unreadable-file"), "{}", ran.err);
    let ran = check("提请案件.xlsx", "罪犯编号,类型,提请日期,改造表现\n1,减刑,2023-01-10,确有悔改表现\n".as_bytes());
    assert_eq!(ran.codes(), ["missing-sheet"], "{}", ran.err);
    let html = "<html><head></head><body><table><tr><td>罪犯编号</td></tr></table></body></html>";
    check("导出.xls", html.as_bytes()).refused("导出.xls", "unreadable-file", "web page");
    let xml = "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"/>";
    check("导出.xls", xml.as_bytes()).refused("导出.xls", "unreadable-file", "XML");
    let pdf = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< >>\n%%EOF\n";
    check("扫描.xlsx", pdf).refused("扫描.xlsx", "unreadable-file", "PDF");
    check("图.xlsx", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").refused("图.xlsx", "unreadable-file", "accepted");
    check("文档.xlsx", &archive(&[part("word/document.xml", "<a/>")])).refused(
        "文档.xlsx",
        "unreadable-file",
        "accepted",
    );
}

#[test]
fn days_of_the_1904_system_are_themselves() {
    let xml = sheet_of(
        &(texts(1, &APP_HEAD)
            + "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\" t=\"inlineStr\"><is><t>减刑</t></is></c>\
               <c r=\"C2\" s=\"1\"><v>43474</v></c><c r=\"D2\" t=\"inlineStr\"><is><t>确有悔改表现</t></is></c></row>"),
    );
    for (properties, day) in [("<workbookPr date1904=\"1\"/>", "2023-01-10"), ("", "2019-01-09")] {
        let ran = check("批次.xlsx", &book_with(properties, &[part("xl/worksheets/sheet2.xml", &xml)]));
        ran.read();
        assert_eq!(ran.json["cases"][0]["applied"], day);
    }
}

#[test]
fn a_text_file_of_one_endless_line_is_turned_away() {
    let dir = folder();
    let path = dir.path().join("罪犯信息.csv");
    // A gigabyte; less where nothing is optimised.
    let size: usize = if cfg!(debug_assertions) { 128 << 20 } else { 1 << 30 };
    let mut text = "罪犯编号,姓名\n1,".as_bytes().to_vec();
    text.resize(16 << 20, b'x');
    let mut file = fs::File::create(&path).unwrap();
    for _ in 0..size >> 24 {
        std::io::Write::write_all(&mut file, &text).unwrap();
    }
    drop(file);
    run(dir.path(), &["罪犯信息.csv"]).refused("罪犯信息.csv", "limit-exceeded", "");
    // The same as a hole, which is nothing but NULs.
    let file = fs::File::create(&path).unwrap();
    file.set_len(size as u64).unwrap();
    let ran = run(dir.path(), &["罪犯信息.csv"]);
    assert_eq!(ran.status, Some(2), "{:?} {}", ran.status, ran.err);
    assert!(ran.err.contains("罪犯信息.csv"), "{}", ran.err);
}

#[test]
fn an_open_quotation_mark_does_not_swallow_rows() {
    let dir = folder();
    let rows: String = (2..50).map(|i| format!("{i},乙,盗窃罪,有期徒刑八年\n")).collect();
    let text = format!("罪犯编号,姓名,罪名,原判刑罚\n1,\"甲,盗窃罪,有期徒刑八年\n{rows}");
    fs::write(dir.path().join("罪犯信息.csv"), text).unwrap();
    fs::write(dir.path().join("提请案件.csv"), "罪犯编号,类型,提请日期,改造表现\n1,减刑,2023-01-10,确有悔改表现\n")
        .unwrap();
    run(dir.path(), &["罪犯信息.csv", "提请案件.csv"]).refused("罪犯信息.csv", "unreadable-file", "quotation");
}

#[test]
fn a_folder_that_leads_back_to_itself_ends() {
    let dir = folder();
    fs::write(dir.path().join("批次.xlsx"), book(&[])).unwrap();
    symlink(dir.path(), dir.path().join("回环")).unwrap();
    run(dir.path(), &["."]).read();
}

#[test]
fn a_pipe_and_a_device_are_no_files() {
    let dir = folder();
    let made = Command::new("mkfifo").arg(dir.path().join("管道.xlsx")).status();
    if made.is_ok_and(|s| s.success()) {
        run(dir.path(), &["管道.xlsx"]).refused("管道.xlsx", "unreadable-file", "ordinary");
        run(dir.path(), &["."]).refused("管道.xlsx", "unreadable-file", "ordinary");
        let ran = run(dir.path(), &["x.xlsx", "--columns", "管道.xlsx"]);
        assert_eq!(ran.status, Some(2), "{}", ran.err);
        let ran = run(dir.path(), &["x.xlsx", "--rules", "管道.xlsx"]);
        assert_eq!(ran.status, Some(2), "{}", ran.err);
    }
    run(dir.path(), &["/dev/zero"]).refused("zero", "unreadable-file", "ordinary");
}

#[test]
fn rules_columns_and_templates_have_a_size_too() {
    let dir = folder();
    fs::write(dir.path().join("批次.xlsx"), book(&[])).unwrap();
    fs::File::create(dir.path().join("大.toml")).unwrap().set_len(1 << 30).unwrap();
    for option in ["--rules", "--columns"] {
        let ran = run(dir.path(), &["批次.xlsx", option, "大.toml"]);
        assert_eq!(ran.status, Some(2), "{}", ran.err);
        assert!(ran.err.contains("大.toml") && ran.err.contains("larger"), "{}", ran.err);
    }
    fs::create_dir(dir.path().join("文书")).unwrap();
    let report = bomb("word/document.xml", "<w:document>", b' ', 41_000_000, "</w:document>", 10);
    fs::write(dir.path().join("文书/审查报告.docx"), archive(&[report])).unwrap();
    let ran = run(dir.path(), &["批次.xlsx", "--out", "结果", "--templates", "文书"]);
    assert_eq!(ran.status, Some(2), "{:?} {}", ran.status, ran.err);
    assert!(ran.err.contains("审查报告.docx"), "{}", ran.err);
    // Three gigabytes of text within one tag.
    let texts = vec!["\"a\" * 60000000"; 50].join(", ");
    let report = format!(
        "<w:document><w:body><w:p><w:r><w:t>{{{{ [{texts}]|length }}}}</w:t></w:r></w:p></w:body></w:document>"
    );
    fs::write(dir.path().join("文书/审查报告.docx"), archive(&[part("word/document.xml", &report)])).unwrap();
    let ran = run(dir.path(), &["批次.xlsx", "--out", "结果", "--templates", "文书"]);
    assert_eq!(ran.status, Some(2), "{:?} {}", ran.status, ran.err);
    assert!(ran.err.contains("审查报告.docx") && ran.err.contains("fuel"), "{}", ran.err);
}

#[test]
fn a_spreadsheet_that_repeats_a_cell_a_billion_times_is_turned_away() {
    let table = |columns: &str, rows: &str| {
        format!(
            "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body>\
             <office:spreadsheet><table:table table:name=\"罪犯信息\"><table:table-row \
             table:number-rows-repeated=\"{rows}\"><table:table-cell office:value-type=\"string\" \
             table:number-columns-repeated=\"{columns}\"><text:p>x</text:p></table:table-cell></table:table-row>\
             </table:table></office:spreadsheet></office:body></office:document-content>"
        )
    };
    for (columns, rows) in
        [("1000000000", "1"), ("1", "1000000000"), ("16384", "1048576"), ("18446744073709551615", "2")]
    {
        let parts = [
            part("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            part("META-INF/manifest.xml", "<manifest/>"),
            part("content.xml", &table(columns, rows)),
        ];
        let ran = check("批次.ods", &archive(&parts));
        assert_eq!(ran.status, Some(2), "{columns} × {rows}: {:?} {}", ran.status, ran.err);
        assert!(ran.err.contains("批次.ods"), "{}", ran.err);
    }
}

#[test]
fn a_bomb_of_ten_gigabytes_is_turned_away() {
    let (head, tail) = inmates().split_once("甲").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let times = 41_000_000;
    for claims in [u32::MAX, 10] {
        let part = bomb("xl/worksheets/sheet1.xml", &head, b'a', times, &tail, claims);
        let ran = check("炸弹.xlsx", &book(&[part]));
        assert_eq!(ran.status, Some(2), "{claims}: {:?} {}", ran.status, ran.err);
        assert!(ran.err.contains("炸弹.xlsx"), "{}", ran.err);
    }
    // Between elements, where no text grows.
    let part = bomb("xl/worksheets/sheet1.xml", &head.replace("<sheetData>", ""), b' ', times, "", u32::MAX);
    check("炸弹.xlsx", &book(&[part])).refused("炸弹.xlsx", "limit-exceeded", "");
    let strings = format!("<sst xmlns=\"{MAIN}\"><si><t>");
    let part = bomb("xl/sharedStrings.xml", &strings, b'a', times, "</t></si></sst>", u32::MAX);
    check("炸弹.xlsx", &book(&[part])).refused("炸弹.xlsx", "limit-exceeded", "");
    let part = bomb("xl/workbook.xml", "<workbook>", b' ', times, "</workbook>", u32::MAX);
    let ran = check("炸弹.xlsx", &book(&[part]));
    assert_eq!(ran.status, Some(2), "{:?} {}", ran.status, ran.err);
}

#[test]
fn a_long_text_repeated_in_every_cell_is_turned_away() {
    // Thirty bytes a cell stand for ninety thousand: ten gigabytes in all.
    let strings = format!("<sst xmlns=\"{MAIN}\"><si><t>{}</t></si></sst>", "甲".repeat(30_000));
    let mut rows = texts(1, &INMATE_HEAD);
    for row in 2..120_000 {
        rows += &format!("<row r=\"{row}\"><c r=\"A{row}\"><v>{row}</v></c><c r=\"B{row}\" t=\"s\"><v>0</v></c></row>");
    }
    let ran = check("批次.xlsx", &book(&[sheet1(&sheet_of(&rows)), part("xl/sharedStrings.xml", &strings)]));
    ran.refused("批次.xlsx", "limit-exceeded", "bytes of text in all cells");

    // The same by repeating a cell or a row of an ods file, whose reader makes a copy for each.
    let text = "甲".repeat(30_000);
    let cell = |n: u32| {
        format!(
            "<table:table-cell office:value-type=\"string\" table:number-columns-repeated=\"{n}\"><text:p>{text}</text:p>\
             </table:table-cell>"
        )
    };
    let value = format!("<table:table-cell office:value-type=\"string\" office:string-value=\"{text}\"/>");
    for (cells, rows) in [(cell(10_000), 1), (cell(1), 100_000), (cell(100), 100), (value, 100_000)] {
        let content = format!(
            "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body><office:spreadsheet>\
             <table:table table:name=\"罪犯信息\"><table:table-row table:number-rows-repeated=\"{rows}\">{cells}\
             </table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
        );
        let parts = [part("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), part("content.xml", &content)];
        check("批次.ods", &archive(&parts)).refused("批次.ods", "limit-exceeded", "bytes of text in all cells");
    }
}

#[test]
fn every_limit_stands_in_the_readme() {
    for readme in [include_str!("../../README.md"), include_str!("../../README.zh-CN.md")] {
        let rows: Vec<&str> = readme.lines().filter(|l| l.starts_with("| `")).collect();
        for name in jxjs::intake::Limits::NAMES {
            assert!(rows.iter().any(|r| r.split('|').nth(1).unwrap().contains(&format!("`{name}`"))), "{name}");
        }
    }
}

#[test]
fn two_sheets_of_one_name_are_both_read_or_the_file_is_refused() {
    let mut parts = frame_of("", ["罪犯信息", "罪犯信息"]);
    let second = texts(1, &INMATE_HEAD) + &texts(2, &["2", "乙", "盗窃罪", "有期徒刑九年"]);
    parts.extend([sheet1(&inmates()), part("xl/worksheets/sheet2.xml", &sheet_of(&second))]);
    let dir = folder();
    fs::write(dir.path().join("罪犯.xlsx"), archive(&parts)).unwrap();
    let csv = "罪犯编号,类型,提请日期,改造表现\n1,减刑,2023-01-10,确有悔改表现\n2,减刑,2023-01-10,确有悔改表现\n";
    fs::write(dir.path().join("提请案件.csv"), csv).unwrap();
    let ran = run(dir.path(), &["罪犯.xlsx", "提请案件.csv"]);
    if ran.status == Some(2) {
        assert!(ran.err.contains("罪犯.xlsx"), "{}", ran.err);
    } else {
        ran.read();
        assert!(!ran.codes().contains(&"orphan-application"), "the second sheet was lost: {:?}", ran.codes());
    }
}

/// The shared strings of an old workbook, cut into records as they must be.
fn shared(texts: &[&str]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut piece: Vec<u8> = [(texts.len() as u32).to_le_bytes(), (texts.len() as u32).to_le_bytes()].concat();
    let mut kind = 0x00fc;
    for text in texts {
        let letters: Vec<u16> = text.encode_utf16().collect();
        piece.extend((letters.len() as u16).to_le_bytes());
        piece.push(1);
        for letter in letters {
            if piece.len() > 8000 {
                out.extend(record(kind, &piece));
                (kind, piece) = (0x003c, vec![1]);
            }
            piece.extend(letter.to_le_bytes());
        }
    }
    out.extend(record(kind, &piece));
    out
}

/// A cell that names a shared string.
fn named(row: u16, col: u16, string: u32) -> Vec<u8> {
    let mut content: Vec<u8> = [row, col, 0].iter().flat_map(|n| n.to_le_bytes()).collect();
    content.extend(string.to_le_bytes());
    record(0x00fd, &content)
}

fn dimensions(rows: u32, cols: u16) -> Vec<u8> {
    let mut content: Vec<u8> = [0, rows].iter().flat_map(|n| n.to_le_bytes()).collect();
    content.extend([0, cols, 0].iter().flat_map(|n| n.to_le_bytes()));
    record(0x0200, &content)
}

#[test]
fn an_old_workbook_may_not_claim_or_repeat_more_than_there_is() {
    let table = |rows: u16, long: u32| -> Vec<u8> {
        let head: Vec<u8> = (0..4u16).flat_map(|c| named(0, c, c.into())).collect();
        let row = |r: u16| [named(r, 0, 4), named(r, 1, long), named(r, 2, 6), named(r, 3, 7)].concat();
        head.into_iter().chain((1..=rows).flat_map(row)).collect()
    };
    let long = "甲".repeat(30_000);
    let texts = [&INMATE_HEAD[..], &INMATE[..], &[&long]].concat();
    let strings = shared(&texts);
    let dir = folder();
    let csv = "罪犯编号,类型,提请日期,改造表现\n1,减刑,2023-01-10,确有悔改表现\n";
    fs::write(dir.path().join("提请案件.csv"), csv).unwrap();
    let check = |sheet: &[u8], max: &str| {
        fs::write(dir.path().join("罪犯信息.xls"), old_book("罪犯信息", &strings, sheet)).unwrap();
        run(dir.path(), &["罪犯信息.xls", "提请案件.csv", "--max", max])
    };
    check(&[dimensions(2, 4), table(1, 5)].concat(), "cells=1M").read();
    // A long text in one cell is a long text; in every cell it is gigabytes.
    check(&table(1, 8), "cells=1M").read();
    let many = table(30_000, 8);
    check(&many, "cells=1M").refused("罪犯信息.xls", "limit-exceeded", "bytes of text in all cells");
    // What is claimed, and what lies far away.
    for claimed in [dimensions(u32::MAX, u16::MAX), dimensions(1 << 20, 255)] {
        check(&[claimed, table(1, 5)].concat(), "cells=1M").refused("罪犯信息.xls", "limit-exceeded", "cells");
    }
    let far = [table(1, 5), named(u16::MAX, u16::MAX, 5)].concat();
    check(&far, "cells=1M").refused("罪犯信息.xls", "limit-exceeded", "1048576 cells");
    check(&table(1, 5), "held=7").refused("罪犯信息.xls", "limit-exceeded", "7 cells");
    check(&table(1, 5), "held=8").read();
    check(&table(1, 8), "text=80K").refused("罪犯信息.xls", "limit-exceeded", "81920 bytes of text");
}
