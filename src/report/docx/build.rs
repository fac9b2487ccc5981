//! Makes the built-in templates: a compact text (one line a paragraph) becomes an ordinary Word file in the layout of
//! official documents (GB/T 9704). The same text always gives the same bytes.
//!
//! ```text
//! 标题: 审查报告            a style and its text; without a style: body text
//! %p if 有提请             a line that starts with % is a tag that takes its whole paragraph with it
//! 表: 10,30,60             a table with a heading row, column widths in proportion; 格: the same without heading row
//! | 甲 | 乙 | <            a row; < joins a cell to the one on its left
//! %tr for 项 in 列表        a tag that takes its whole row with it
//! 表完:
//! 空:   页:                an empty paragraph; the next styled paragraph starts a page
//! ```

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::xml::escape;

/// A definition of a template is wrong; only a mistake in the program's own files.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}:{line}: {message}")]
pub struct DefinitionError {
    /// The template.
    pub name: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// Width of the text area, 156 mm in twentieths of a point.
const TEXT_WIDTH: u32 = 8844;

/// Styles of paragraphs: the word in a definition, the id, the name shown in Word, its paragraph and run properties.
const STYLES: &[(&str, &str, &str, &str, &str)] = &[
    (
        "标题",
        "GwTitle",
        "公文标题",
        r#"<w:keepNext/><w:spacing w:before="0" w:after="0" w:line="640" w:lineRule="exact"/><w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="center"/>"#,
        r#"<w:rFonts w:eastAsia="方正小标宋简体"/><w:sz w:val="44"/><w:szCs w:val="44"/>"#,
    ),
    (
        "文号",
        "GwNumber",
        "公文文号",
        r#"<w:spacing w:before="280" w:after="280"/><w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="right"/>"#,
        "",
    ),
    ("结语", "GwLast", "公文结语", "<w:keepNext/><w:keepLines/>", ""),
    ("主送", "GwTo", "公文主送机关", r#"<w:ind w:firstLineChars="0" w:firstLine="0"/>"#, ""),
    ("一级", "GwH1", "公文一级标题", r#"<w:keepNext/><w:outlineLvl w:val="0"/>"#, r#"<w:rFonts w:eastAsia="黑体"/>"#),
    (
        "二级",
        "GwH2",
        "公文二级标题",
        r#"<w:keepNext/><w:outlineLvl w:val="1"/>"#,
        r#"<w:rFonts w:eastAsia="楷体_GB2312"/>"#,
    ),
    (
        "落款",
        "GwSign",
        "公文落款",
        r#"<w:keepNext/><w:keepLines/><w:ind w:rightChars="400" w:right="1280" w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="right"/>"#,
        "",
    ),
    // What stands at the end of a document stays together: a copy line alone on a page would look lost.
    ("附件", "GwAnnex", "公文附件", r#"<w:keepNext/><w:jc w:val="left"/>"#, ""),
    (
        "抄送",
        "GwCopy",
        "公文抄送",
        r#"<w:pBdr><w:top w:val="single" w:sz="6" w:space="1" w:color="auto"/><w:bottom w:val="single" w:sz="6" w:space="1" w:color="auto"/></w:pBdr><w:ind w:leftChars="100" w:left="280" w:rightChars="100" w:right="280" w:firstLineChars="0" w:firstLine="0"/>"#,
        r#"<w:sz w:val="28"/><w:szCs w:val="28"/>"#,
    ),
    ("平", "GwFlat", "公文不缩进", r#"<w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="left"/>"#, ""),
    (
        "签名",
        "GwLine",
        "公文签名",
        r#"<w:keepLines/><w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="left"/>"#,
        "",
    ),
    (
        "单元",
        "GwCell",
        "公文表格",
        r#"<w:snapToGrid w:val="0"/><w:spacing w:line="320" w:lineRule="atLeast"/><w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="left"/>"#,
        r#"<w:sz w:val="24"/><w:szCs w:val="24"/>"#,
    ),
    (
        "表头",
        "GwHead",
        "公文表头",
        r#"<w:keepNext/><w:snapToGrid w:val="0"/><w:spacing w:line="320" w:lineRule="atLeast"/><w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="center"/>"#,
        r#"<w:rFonts w:eastAsia="黑体"/><w:sz w:val="24"/><w:szCs w:val="24"/>"#,
    ),
];

/// Placeholders of persons' names: set in a font that has rare characters.
const NAMES: &[&str] = &["{{ 罪犯姓名 }}", "{{ 项.姓名 }}"];

/// Makes a Word file from a definition.
///
/// # Errors
/// When a line uses an unknown style or a table is not closed.
pub fn build(name: &str, definition: &str) -> Result<Vec<u8>, DefinitionError> {
    let body = body(name, definition)?;
    let parts: [(&str, String); 11] = [
        ("[Content_Types].xml", CONTENT_TYPES.to_owned()),
        ("_rels/.rels", RELS.to_owned()),
        ("word/document.xml", format!("{XML}<w:document {W}><w:body>{body}{SECTION}</w:body></w:document>")),
        ("word/_rels/document.xml.rels", DOCUMENT_RELS.to_owned()),
        ("word/styles.xml", styles()),
        ("word/fontTable.xml", font_table()),
        ("word/settings.xml", SETTINGS.to_owned()),
        ("word/header1.xml", header()),
        ("word/header2.xml", header()),
        ("word/footer1.xml", footer("right")),
        ("word/footer2.xml", footer("left")),
    ];
    pack(&parts).map_err(|e| DefinitionError {
        name: name.to_owned(),
        line: 0,
        message: format!("cannot be packed: {e}"),
    })
}

fn pack(parts: &[(&str, String)]) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (part, text) in parts {
        out.start_file(*part, options)?;
        out.write_all(text.as_bytes())?;
    }
    out.finish().map(Cursor::into_inner)
}

/// A table being read.
struct Table {
    widths: Vec<u32>,
    /// Whether the next row is the heading.
    heading: bool,
}

fn body(name: &str, definition: &str) -> Result<String, DefinitionError> {
    let mut out = String::new();
    let mut table: Option<Table> = None;
    let mut last = 0;
    let mut new_page = false;
    for (n, line) in definition.lines().enumerate() {
        last = n + 1;
        let bad = |message: &str| DefinitionError { name: name.to_owned(), line: n + 1, message: message.to_owned() };
        // Only ASCII blanks: a Chinese space at the end or the beginning is meant.
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with("//") {
            continue;
        }
        if let Some(t) = &mut table {
            if line == "表完:" {
                out.push_str("</w:tbl>");
                // Word wants a paragraph after a table; a small one.
                out.push_str(
                    r#"<w:p><w:pPr><w:pStyle w:val="GwCell"/><w:spacing w:line="160" w:lineRule="exact"/></w:pPr></w:p>"#,
                );
                table = None;
            } else if let Some(tag) = line.strip_prefix("%tr ") {
                let span = t.widths.len();
                let cell = paragraph("GwCell", &format!("{{%tr {tag} %}}"));
                out.push_str(&format!(
                    r#"<w:tr><w:tc><w:tcPr><w:tcW w:w="{TEXT_WIDTH}" w:type="dxa"/><w:gridSpan w:val="{span}"/></w:tcPr>{cell}</w:tc></w:tr>"#
                ));
            } else if let Some(cells) = line.strip_prefix('|') {
                let heading = std::mem::take(&mut t.heading);
                row(&mut out, t, cells, heading).ok_or_else(|| bad("the row does not fit the table"))?;
            } else {
                return Err(bad("only rows inside a table"));
            }
            continue;
        }
        if let Some(tag) = line.strip_prefix('%') {
            out.push_str(&paragraph("", &format!("{{%{tag} %}}")));
            continue;
        }
        match line.split_once(':') {
            Some((kind @ ("表" | "格"), widths)) => {
                let shares: Vec<u32> = widths.split(',').filter_map(|w| w.trim().parse().ok()).collect();
                let total: u32 = shares.iter().sum();
                if total == 0 {
                    return Err(bad("the widths of the columns are missing"));
                }
                let widths: Vec<u32> = shares.iter().map(|s| TEXT_WIDTH * s / total).collect();
                out.push_str(TABLE);
                for w in &widths {
                    out.push_str(&format!(r#"<w:gridCol w:w="{w}"/>"#));
                }
                out.push_str("</w:tblGrid>");
                table = Some(Table { widths, heading: kind == "表" });
            }
            Some(("空", "")) => out.push_str("<w:p><w:pPr><w:keepNext/></w:pPr></w:p>"),
            Some(("页", "")) => new_page = true,
            Some((word, text)) if STYLES.iter().any(|s| s.0 == word) => {
                let id = STYLES.iter().find(|s| s.0 == word).map_or("", |s| s.1);
                let text = paragraph(id, text.trim_ascii());
                // A paragraph of its own for the break would leave an empty page after a full one.
                out.push_str(&match std::mem::take(&mut new_page) {
                    true => text.replacen("</w:pPr>", "<w:pageBreakBefore/></w:pPr>", 1),
                    false => text,
                });
            }
            _ => out.push_str(&paragraph("", line)),
        }
    }
    match table {
        None => Ok(out),
        Some(_) => {
            Err(DefinitionError { name: name.to_owned(), line: last, message: "the table is not closed".to_owned() })
        }
    }
}

fn row(out: &mut String, table: &Table, cells: &str, heading: bool) -> Option<()> {
    let mut joined: Vec<(String, u32, usize)> = Vec::new();
    for (text, width) in cells.split('|').map(str::trim).zip(&table.widths) {
        match joined.last_mut() {
            Some(last) if text == "<" => {
                last.1 += width;
                last.2 += 1;
            }
            _ => joined.push((text.to_owned(), *width, 1)),
        }
    }
    if cells.split('|').count() != table.widths.len() {
        return None;
    }
    out.push_str(if heading {
        "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
    } else {
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
    });
    for (text, width, span) in joined {
        let span = if span > 1 { format!(r#"<w:gridSpan w:val="{span}"/>"#) } else { String::new() };
        // A cell of a form that names what stands beside it is set like a heading.
        let (style, text) = match text.strip_prefix('*') {
            Some(text) => ("GwHead", text),
            None if heading => ("GwHead", text.as_str()),
            None => ("GwCell", text.as_str()),
        };
        out.push_str(&format!(
            r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}<w:vAlign w:val="center"/></w:tcPr>{}</w:tc>"#,
            paragraph(style, text)
        ));
    }
    out.push_str("</w:tr>");
    Some(())
}

fn paragraph(style: &str, text: &str) -> String {
    let style = if style.is_empty() { String::new() } else { format!(r#"<w:pPr><w:pStyle w:val="{style}"/></w:pPr>"#) };
    format!("<w:p>{style}{}</w:p>", runs(text))
}

/// The runs of a paragraph: names of persons get a run of their own.
fn runs(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((at, name)) = NAMES.iter().filter_map(|n| rest.find(n).map(|at| (at, *n))).min() {
        out.push_str(&run("", &rest[..at]));
        out.push_str(&run(r#"<w:rStyle w:val="GwName"/>"#, name));
        rest = &rest[at + name.len()..];
    }
    out.push_str(&run("", rest));
    out
}

fn run(properties: &str, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    // The hint makes quotation marks and dashes Chinese ones.
    format!(
        r#"<w:r><w:rPr>{properties}<w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r>"#,
        escape(text)
    )
}

const XML: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const W: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;

const CONTENT_TYPES: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#,
    r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>"#,
    r#"<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>"#,
    r#"<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>"#,
    r#"<Override PartName="/word/fontTable.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.fontTable+xml"/>"#,
    r#"<Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>"#,
    r#"<Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/>"#,
    r#"<Override PartName="/word/header2.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/>"#,
    r#"<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>"#,
    r#"<Override PartName="/word/footer2.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>"#,
    "</Types>"
);

const RELS: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#
);

const DOCUMENT_RELS: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>"#,
    r#"<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/fontTable" Target="fontTable.xml"/>"#,
    r#"<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/settings" Target="settings.xml"/>"#,
    r#"<Relationship Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header1.xml"/>"#,
    r#"<Relationship Id="rId5" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header2.xml"/>"#,
    r#"<Relationship Id="rId6" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/>"#,
    r#"<Relationship Id="rId7" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer2.xml"/>"#,
    "</Relationships>"
);

/// A4; margins 37, 26, 35, 28 mm; 22 lines of 28 characters; odd pages number right, even pages left. The 28 characters
/// come from the spacing of the default style: a character grid is read differently by Word and by LibreOffice.
const SECTION: &str = concat!(
    r#"<w:sectPr><w:headerReference w:type="default" r:id="rId4"/><w:headerReference w:type="even" r:id="rId5"/>"#,
    r#"<w:footerReference w:type="default" r:id="rId6"/><w:footerReference w:type="even" r:id="rId7"/>"#,
    r#"<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="1020" w:footer="1300" w:gutter="0"/>"#,
    r#"<w:docGrid w:type="lines" w:linePitch="579"/></w:sectPr>"#
);

const SETTINGS: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">"#,
    r#"<w:evenAndOddHeaders/><w:characterSpacingControl w:val="compressPunctuation"/>"#,
    r#"<w:compat><w:useFELayout/><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>"#,
    r#"<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>"#
);

const TABLE: &str = concat!(
    r#"<w:tbl><w:tblPr><w:tblW w:w="8844" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>"#,
    r#"<w:top w:val="single" w:sz="6" w:space="0" w:color="auto"/><w:left w:val="single" w:sz="6" w:space="0" w:color="auto"/>"#,
    r#"<w:bottom w:val="single" w:sz="6" w:space="0" w:color="auto"/><w:right w:val="single" w:sz="6" w:space="0" w:color="auto"/>"#,
    r#"<w:insideH w:val="single" w:sz="4" w:space="0" w:color="auto"/><w:insideV w:val="single" w:sz="4" w:space="0" w:color="auto"/></w:tblBorders>"#,
    r#"<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>"#
);

/// The mark of a draft, until a reviewer is named.
fn header() -> String {
    let mark = "{% if 草稿 %}草稿　未经检察人员审查确认，不得对外使用{% endif %}";
    format!(
        r#"{XML}<w:hdr {W}><w:p><w:pPr><w:spacing w:line="320" w:lineRule="atLeast"/><w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:rFonts w:hint="eastAsia" w:eastAsia="黑体"/><w:color w:val="C00000"/><w:sz w:val="24"/><w:szCs w:val="24"/></w:rPr><w:t xml:space="preserve">{mark}</w:t></w:r></w:p></w:hdr>"#
    )
}

/// The page number between dashes, one character from the edge.
fn footer(side: &str) -> String {
    let run = |inner: &str| {
        format!(
            r#"<w:r><w:rPr><w:rFonts w:ascii="宋体" w:hAnsi="宋体" w:eastAsia="宋体"/><w:sz w:val="28"/><w:szCs w:val="28"/></w:rPr>{inner}</w:r>"#
        )
    };
    let indent = if side == "right" {
        r#"<w:ind w:rightChars="100" w:right="280" w:firstLineChars="0" w:firstLine="0"/>"#
    } else {
        r#"<w:ind w:leftChars="100" w:left="280" w:firstLineChars="0" w:firstLine="0"/>"#
    };
    let number = [
        run(r#"<w:t xml:space="preserve">— </w:t>"#),
        run(r#"<w:fldChar w:fldCharType="begin"/>"#),
        run(r#"<w:instrText xml:space="preserve"> PAGE </w:instrText>"#),
        run(r#"<w:fldChar w:fldCharType="separate"/>"#),
        run("<w:t>1</w:t>"),
        run(r#"<w:fldChar w:fldCharType="end"/>"#),
        run(r#"<w:t xml:space="preserve"> —</w:t>"#),
    ]
    .concat();
    format!(
        r#"{XML}<w:ftr {W}><w:p><w:pPr><w:spacing w:line="320" w:lineRule="atLeast"/>{indent}<w:jc w:val="{side}"/></w:pPr>{number}</w:p></w:ftr>"#
    )
}

fn styles() -> String {
    let mut out = format!(
        concat!(
            r#"{}<w:styles {}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman" w:eastAsia="仿宋_GB2312"/>"#,
            r#"<w:spacing w:val="-5"/><w:kern w:val="2"/><w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"#,
            r#"<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr><w:widowControl w:val="0"/>"#,
            r#"<w:overflowPunct w:val="0"/><w:spacing w:before="0" w:after="0" w:line="560" w:lineRule="exact"/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:jc w:val="both"/></w:pPr><w:rPr><w:sz w:val="32"/><w:szCs w:val="32"/></w:rPr></w:style>"#,
            r#"<w:style w:type="character" w:customStyle="1" w:styleId="GwName"><w:name w:val="公文人名"/><w:qFormat/><w:rPr><w:rFonts w:eastAsia="仿宋"/></w:rPr></w:style>"#,
        ),
        XML, W
    );
    for (_, id, name, paragraph, run) in STYLES {
        out.push_str(&format!(
            r#"<w:style w:type="paragraph" w:customStyle="1" w:styleId="{id}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"#
        ));
    }
    out.push_str("</w:styles>");
    out
}

/// The fonts with what may stand in for them. Fonts are never embedded.
fn font_table() -> String {
    let fonts = [
        ("方正小标宋简体", "华文中宋,宋体,Noto Serif CJK SC", "roman"),
        ("仿宋_GB2312", "仿宋,华文仿宋,Noto Serif CJK SC", "modern"),
        ("仿宋", "华文仿宋,仿宋_GB2312,Noto Serif CJK SC", "modern"),
        ("楷体_GB2312", "楷体,华文楷体,Noto Serif CJK SC", "modern"),
        ("黑体", "SimHei,Noto Sans CJK SC", "modern"),
        ("宋体", "SimSun,Noto Serif CJK SC", "auto"),
        ("Times New Roman", "Liberation Serif", "roman"),
    ];
    let mut out = format!("{XML}<w:fonts {W}>");
    for (name, substitutes, family) in fonts {
        out.push_str(&format!(
            r#"<w:font w:name="{name}"><w:altName w:val="{substitutes}"/><w:family w:val="{family}"/><w:pitch w:val="variable"/></w:font>"#
        ));
    }
    out.push_str("</w:fonts>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::docx::engine;

    #[test]
    fn the_same_definition_gives_the_same_bytes() {
        let text = "标题: 甲\n正文\n表: 1,2\n| 甲 | 乙\n%tr for 项 in 表\n| {{ 项.姓名 }} | <\n%tr endfor\n表完:\n";
        let bytes = build("t", text).unwrap();
        assert_eq!(bytes, build("t", text).unwrap());
        assert_eq!(
            engine::text_of(&bytes).unwrap(),
            "甲\n正文\n甲\n乙\n{%tr for 项 in 表 %}\n{{ 项.姓名 }}\n{%tr endfor %}\n\n"
        );
    }

    #[test]
    fn mistakes_name_their_line() {
        for (text, line) in [("甲\n表: 1,1\n| 甲", 3), ("表:\n", 1), ("表: 1\n甲\n表完:", 2)] {
            assert_eq!(build("t", text).unwrap_err().line, line, "{text}");
        }
    }
}
