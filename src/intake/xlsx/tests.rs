//! The reader against calamine, cell by cell.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use calamine::{Reader as _, Xlsx};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;

use super::super::cell::Raw;
use super::super::limits::{Exceeded, Limits};
use super::super::values::Epoch;
use super::super::workbook::raw_ref;
use super::formats::padding;
use super::*;

type Cells = Vec<(String, u32, usize, Raw<'static>)>;

fn ours(path: &Path, limits: &Limits) -> Result<(Cells, Vec<Shape>), Trouble> {
    let spent = Spent::default();
    let book = Book::open(path, limits, &spent)?;
    let mut cells = Vec::new();
    let mut shapes = Vec::new();
    for sheet in &book.sheets {
        shapes.push(book.read(sheet, limits, &spent, |row, found| {
            for (col, raw) in found.iter().enumerate().filter(|(_, raw)| **raw != Raw::Blank) {
                cells.push((sheet.name.clone(), row, col, raw.to_owned()));
            }
        })?);
    }
    Ok((cells, shapes))
}

fn theirs(path: &Path) -> Cells {
    let mut book: Xlsx<BufReader<File>> = calamine::open_workbook(path).unwrap();
    let epoch = if book.has_1904_epoch() { Epoch::From1904 } else { Epoch::From1900 };
    let mut cells = Vec::new();
    for name in book.sheet_names() {
        let mut reader = match book.worksheet_cells_reader(&name) {
            Ok(reader) => reader,
            Err(calamine::XlsxError::NotAWorksheet(_)) => continue,
            Err(e) => panic!("{e}"),
        };
        let pads: Vec<u8> =
            reader.styles().iter().map(|s| s.number_format.as_ref().map_or(0, |f| padding(&f.format_code))).collect();
        while let Some((cell, style)) = reader.next_cell_with_style_id().unwrap() {
            let (row, col) = cell.get_position();
            let raw = raw_ref(cell.get_value(), epoch, pads.get(style).copied().unwrap_or(0)).to_owned();
            if raw != Raw::Blank {
                cells.push((name.clone(), row, col as usize, raw));
            }
        }
    }
    cells
}

/// Formulas without a result, which calamine takes for blank.
fn uncomputed(cells: &Cells) -> usize {
    cells.iter().filter(|(_, _, _, raw)| matches!(raw, Raw::Error(e) if e == "公式没有结果")).count()
}

#[track_caller]
fn same(path: &Path) -> Cells {
    let (cells, _) = ours(path, &Limits::default()).unwrap();
    let computed: Cells =
        cells.iter().filter(|(_, _, _, raw)| !matches!(raw, Raw::Error(e) if e == "公式没有结果")).cloned().collect();
    assert_eq!(computed, theirs(path), "{}", path.display());
    cells
}

fn find(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            find(&path, out);
        } else if path.extension().is_some_and(|e| e == "xlsx") {
            out.push(path);
        }
    }
}

#[test]
fn every_workbook_of_the_fixtures_reads_the_same() {
    let mut found = Vec::new();
    find(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), &mut found);
    assert!(!found.is_empty());
    for path in found {
        assert!(!same(&path).is_empty(), "{}", path.display());
    }
}

#[test]
fn a_workbook_of_every_kind_of_cell_reads_the_same() {
    for constant_memory in [false, true] {
        let mut book = Workbook::new();
        let sheet = match constant_memory {
            true => book.add_worksheet_with_constant_memory().unwrap(),
            false => book.add_worksheet(),
        };
        sheet.set_name("甲 & 乙").unwrap();
        let formats = [
            "General",
            "0000000000",
            "0.00",
            "yyyy-mm-dd",
            "yyyy\"年\"m\"月\"d\"日\"",
            "[h]:mm",
            "[$-804]yyyy\"年\"m\"月\";@",
            "[DBNum1][$-804]m\"月\"d\"日\"",
            "h:mm AM/PM",
            "#,##0.00;[Red]-#,##0.00",
            "0\"d\"",
            "@",
        ];
        for row in 0..600u32 {
            let code = formats[row as usize % formats.len()];
            let format = Format::new().set_num_format(code);
            sheet.write_string(row, 0, format!("61{row:08}")).unwrap();
            sheet.write_number_with_format(row, 1, f64::from(row) * 97.53, &format).unwrap();
            sheet.write_number(row, 2, 1.0 / f64::from(row + 1)).unwrap();
            match row % 6 {
                0 => sheet.write_boolean(row, 3, row % 4 == 0).unwrap(),
                1 => sheet.write_formula(row, 3, Formula::new("=A1").set_result("结果 <&>")).unwrap(),
                2 => sheet.write_formula(row, 3, Formula::new("=1/0").set_result("#DIV/0!")).unwrap(),
                3 => sheet.write_string(row, 3, "  两端 有空格\n换行 _x000D_ ").unwrap(),
                4 => {
                    let day = ExcelDateTime::from_ymd(2019, 3, 5).unwrap();
                    sheet.write_datetime_with_format(row, 3, &day, &format).unwrap()
                }
                _ => sheet.write_blank(row, 3, &format).unwrap(),
            };
            sheet.write_number(row, (row % 900) as u16 + 4, 1e15 + f64::from(row)).unwrap();
        }
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("book.xlsx");
        book.save(&path).unwrap();
        assert!(same(&path).len() > 2500);
    }
}

const NS: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const STRICT: &str = "http://purl.oclc.org/ooxml/spreadsheetml/main";

/// A workbook of one sheet out of its parts.
struct Parts<'p> {
    sheet: &'p str,
    strings: &'p str,
    styles: &'p str,
    properties: &'p str,
    strict: bool,
}

const PARTS: Parts<'static> = Parts { sheet: "", strings: "", styles: "", properties: "", strict: false };

fn build(parts: &Parts<'_>) -> (TempDir, PathBuf) {
    let office = if parts.strict {
        "http://purl.oclc.org/ooxml/officeDocument/relationships"
    } else {
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    };
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let main = if parts.strict { STRICT } else { NS };
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{office}/{kind}\" Target=\"{target}\"/>")
    };
    let relations =
        |list: &str| format!("<?xml version=\"1.0\"?><Relationships xmlns=\"{package}\">{list}</Relationships>");
    let files = [
        ("_rels/.rels", relations(&relation("rId1", "officeDocument", "xl/workbook.xml"))),
        (
            "xl/workbook.xml",
            format!(
                "<x:workbook xmlns:x=\"{main}\" xmlns:q=\"{office}\">{}<x:sheets><x:sheet name=\"表\" sheetId=\"1\" \
                 q:id=\"rId1\"/></x:sheets></x:workbook>",
                parts.properties
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            relations(&format!(
                "{}{}{}",
                relation("rId1", "worksheet", "worksheets/sheet1.xml"),
                relation("rId2", "styles", "styles.xml"),
                relation("rId3", "sharedStrings", "sharedStrings.xml")
            )),
        ),
        ("xl/worksheets/sheet1.xml", parts.sheet.to_owned()),
        ("xl/sharedStrings.xml", format!("<sst xmlns=\"{main}\">{}</sst>", parts.strings)),
        ("xl/styles.xml", format!("<styleSheet xmlns=\"{main}\">{}</styleSheet>", parts.styles)),
    ];
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("book.xlsx");
    let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
    for (name, text) in files {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    (dir, path)
}

fn sheet(rows: &str) -> String {
    format!("<?xml version=\"1.0\"?>\n<worksheet xmlns=\"{NS}\"><sheetData>{rows}</sheetData></worksheet>")
}

const STYLES: &str = "<numFmts count=\"2\"><numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/>\
    <numFmt numFmtId=\"165\" formatCode=\"00000000\"/></numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>\
    <xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"46\"/>\
    <xf numFmtId=\"31\"><alignment/></xf><xf numFmtId=\"58\"/></cellXfs>";

const ODD: &str = "<row r=\"2\" spans=\"1:9\"><c r=\"B2\" t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c r=\"F2\" t='s' s=\"3\" ><v>2</v></c></row>\
    <row/><row><c><v>1</v></c><c s=\"3\"><v>123</v></c><c r=\"D4\" t=\"n\"><v> </v></c></row>";

#[test]
fn what_is_written_in_unusual_ways_reads_the_same() {
    let strings = "<si><t xml:space=\"preserve\"> 前后 </t></si><si><r><rPr><b/></rPr><t>张</t></r><r><t xml:space=\"preserve\"> 三</t>\
        </r><rPh sb=\"0\" eb=\"1\"><t>zhang</t></rPh><phoneticPr fontId=\"1\"/></si><si><t>a&amp;b&#10;&lt;_x000D_\r\n</t></si>";
    let rows = "<row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is><t>行内</t></is></c><c r=\"B3\" t=\"inlineStr\"><is><r><t>富</t></r>\
        <rPh><t>fu</t></rPh><r><t>文本</t></r></is></c><c r=\"C3\" t=\"str\"><f>A1&amp;\"x\"</f><v>a&lt;b _x0041_</v></c><c r=\"D3\" t=\"b\">\
        <v>1</v></c><c r=\"E3\" t=\"e\"><v>#N/A</v></c><c r=\"F3\" t=\"d\"><v>2019-03-05T00:00:00</v></c><c r=\"G3\"/><c r=\"H3\" s=\"2\"/>\
        <c r=\"I3\" s=\"1\"><v>43529</v></c><c r=\"J3\" s=\"2\"><v>43529.5</v></c><c r=\"K3\" s=\"3\"><v>12345</v></c><c r=\"L3\" s=\"4\"><v>1.5</v></c>\
        <c r=\"M3\" s=\"5\"><v>43529</v></c><c r=\"N3\" s=\"6\"><v>60</v></c><c r=\"O3\" t=\"str\"><f>\"\"</f><v></v></c><c r=\"P3\"><v>1.5E-3</v></c>\
        <c r=\"Q3\" t=\"s\"><v></v></c><c r=\"R3\"><v>文字</v></c><c r=\"S3\" t=\"inlineStr\"><v>9</v><is><t/></is></c></row>";
    // No dates without a number format, a row without its number, cells without references, empty rows.
    let odd = ODD.replace("<v> </v>", "<v>7</v>");
    for properties in ["", "<workbookPr date1904=\"1\"/>", "<x:workbookPr xmlns:x=\"a\" date1904=\"false\"/>"] {
        for rows in [rows, &odd] {
            let (_dir, path) = build(&Parts { sheet: &sheet(rows), strings, styles: STYLES, properties, ..PARTS });
            assert!(same(&path).len() > 4);
        }
    }
    let prefixed = format!(
        "<x:worksheet xmlns:x=\"{STRICT}\"><!-- <row> --><x:dimension ref=\"A1\"/><x:sheetData><x:row r=\"1\" ><x:c r=\"A1\" t=\"s\"><x:v>1</x:v>\
         </x:c><?p <c?><x:c r=\"B1\" t=\"inlineStr\"><x:is><x:t>二</x:t></x:is></x:c><x:c r=\"C1\"><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row>\
         </x:sheetData></x:worksheet>"
    );
    let (_dir, path) = build(&Parts { sheet: &prefixed, strings, styles: STYLES, strict: true, ..PARTS });
    assert_eq!(same(&path).len(), 3);
}

#[test]
fn a_formula_without_a_result_is_not_blank() {
    let rows = "<row r=\"1\"><c r=\"A1\"><f>SUM(B1:C1)</f></c><c r=\"B1\"><f>1</f><v></v></c><c r=\"C1\"><f>1</f><v/></c>\
        <c r=\"D1\" t=\"str\"><f>\"\"</f><v></v></c><c r=\"E1\"><f>1</f><v>0</v></c><c r=\"F1\"><f t=\"shared\" si=\"0\"/></c></row>";
    let (_dir, path) = build(&Parts { sheet: &sheet(rows), ..PARTS });
    let cells = same(&path);
    assert_eq!(uncomputed(&cells), 4, "{cells:?}");
    assert!(cells.contains(&("表".to_owned(), 0, 4, Raw::Number { value: 0.0, pad: 0 })));
}

#[test]
fn hidden_rows_and_columns_and_merges_are_found_in_the_same_pass() {
    let xml = format!(
        "<worksheet xmlns=\"{NS}\"><cols><col min=\"1\" max=\"2\" hidden=\"1\"/><col min=\"3\" max=\"3\"/><col min=\"6\" max=\"16384\" \
         hidden=\"true\"/></cols><sheetData><row r=\"1\"><c r=\"A1\"/><c r=\"B1\"><v>1</v></c><c r=\"C1\"><v>1</v></c></row><row r=\"2\" hidden=\"1\">\
         <c r=\"A2\"/></row><row hidden='true'><c/></row><row r=\"9\" hidden=\"1\"/><row r=\"10\" customHidden=\"1\"><c r=\"F10\"><v>3</v></c></row>\
         </sheetData><mergeCells><mergeCell ref=\"A1:C1\"/><mergeCell ref=\"$B$3:AA10\"></mergeCell><mergeCell ref=\"bad\"/></mergeCells></worksheet>"
    );
    let (_dir, path) = build(&Parts { sheet: &xml, ..PARTS });
    let (_, shapes) = ours(&path, &Limits::default()).unwrap();
    assert_eq!(
        shapes,
        [Shape {
            merges: vec![(0, 0, 0, 2), (2, 1, 9, 26)],
            hidden_rows: vec![(1, 2)],
            hidden_cols: vec![(1, 1), (5, 5)]
        }]
    );
}

#[test]
fn other_encodings_are_read_by_their_mark_or_declaration() {
    let text = "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>编号</t></is></c></row></sheetData></worksheet>";
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let declared = format!("<?xml version=\"1.0\" encoding=\"GB18030\"?>{text}");
    let gb = encoding_rs::GB18030.encode(&declared).0.into_owned();
    for bytes in [utf16, gb] {
        let (dir, path) = build(&PARTS);
        let mut zip = zip::ZipArchive::new(File::open(&path).unwrap()).unwrap();
        let other = dir.path().join("other.xlsx");
        let mut out = zip::ZipWriter::new(File::create(&other).unwrap());
        for i in 0..zip.len() {
            let file = zip.by_index_raw(i).unwrap();
            if file.name().unwrap() == "xl/worksheets/sheet1.xml" {
                out.start_file("XL\\Worksheets\\Sheet1.xml", SimpleFileOptions::default()).unwrap();
                out.write_all(&bytes).unwrap();
            } else {
                out.raw_copy_file(file).unwrap();
            }
        }
        out.finish().unwrap();
        let (cells, _) = ours(&other, &Limits::default()).unwrap();
        assert_eq!(cells, [("表".to_owned(), 0, 0, Raw::Text("编号".into()))]);
    }
}

#[test]
fn a_damaged_sheet_is_refused() {
    let good = sheet("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>");
    let strings = "<si><t>甲</t></si>";
    let (_dir, path) = build(&Parts { sheet: &good, strings, ..PARTS });
    assert_eq!(same(&path).len(), 1);
    let cut = good.len() - 20;
    for bad in [
        "",
        "<worksheet/",
        "<worksheet>",
        &good[..60],
        &good[..cut],
        &good[..good.len() - 3],
        &good.replace("A1", "A0"),
        &good.replace("A1", "XFE1"),
        &good.replace("A1", "A2"),
        &good.replace("r=\"1\"", "r=\"1048577\""),
        &good.replace("<v>0", "<v>1"),
        &good.replace("t=\"s\"", "t=\"x\""),
        &good.replace("t=\"s\"", "t=\"b\"").replace("<v>0", "<v>maybe"),
        &good.replace("t=\"s\"", "t=\"n\"").replace("<v>0", "<v>maybe"),
        &good.replace("<v>0</v>", "<v>&nbsp;</v>"),
        &good.replace("</c>", "</d>"),
        &good.replace("</row>", ""),
        &good.replace("<worksheet", "<!DOCTYPE a><worksheet"),
    ] {
        let (_dir, path) = build(&Parts { sheet: bad, strings, ..PARTS });
        let read = ours(&path, &Limits::default());
        assert!(matches!(read, Err(Trouble::Broken(_))), "{bad}: {read:?}");
    }
    // A sheet without cells is none, and no damage.
    for empty in [sheet(""), format!("<worksheet xmlns=\"{NS}\"><sheetData/></worksheet>"), "<chartsheet/>".to_owned()]
    {
        let (_dir, path) = build(&Parts { sheet: &empty, ..PARTS });
        assert_eq!(ours(&path, &Limits::default()).unwrap().0, []);
    }
}

#[test]
fn rows_longer_than_a_block_are_read() {
    let text = "长".repeat(1000);
    let cell = format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let rows = format!("<row>{}</row><row>{}</row>", cell.repeat(3000), cell.repeat(2));
    let (_dir, path) = build(&Parts { sheet: &sheet(&rows), ..PARTS });
    assert_eq!(same(&path).len(), 3002);
}

#[test]
fn every_limit_ends_the_reading() {
    let strings = format!("<si><t>{}</t></si>", "甲".repeat(30)).repeat(20);
    let rows = "<row><c><v>1</v></c><c t=\"inlineStr\"><is><t>文字文字文字</t></is></c></row>".repeat(50);
    let padding = " ".repeat(1 << 20);
    let (_dir, path) = build(&Parts { sheet: &sheet(&rows), strings: &strings, ..PARTS });
    let (_bomb_dir, bomb) = build(&Parts { sheet: &sheet(&padding), ..PARTS });
    let generous = Limits::default;
    assert!(ours(&path, &generous()).is_ok());
    for (path, limits, expected) in [
        (&path, Limits { cells: 99, ..generous() }, Exceeded::Cells(99)),
        (&path, Limits { part_bytes: 1000, ..generous() }, Exceeded::PartBytes(1000)),
        (&path, Limits { total_bytes: 5000, ..generous() }, Exceeded::TotalBytes(5000)),
        (&path, Limits { text: 89, ..generous() }, Exceeded::Text(89)),
        (&path, Limits { strings: 19, ..generous() }, Exceeded::Strings(19)),
        (&path, Limits { string_bytes: 1799, ..generous() }, Exceeded::StringBytes(1799)),
        (&bomb, Limits { ratio: 100, ratio_from: 1 << 19, ..generous() }, Exceeded::Ratio(100)),
        (&bomb, Limits { row_bytes: 1 << 18, ..generous() }, Exceeded::RowBytes(1 << 18)),
    ] {
        let read = ours(path, &limits);
        assert_eq!(read.unwrap_err(), Trouble::Limit(expected));
    }
    assert!(ours(&path, &Limits { cells: 100, text: 90, strings: 20, string_bytes: 1800, ..generous() }).is_ok());
}
