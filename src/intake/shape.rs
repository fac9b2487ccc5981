//! What the cells of an xlsx sheet do not say themselves: merged areas and hidden rows.

use std::collections::HashMap;
use std::io::{BufReader, Read, Seek};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::layout::Merge;

/// Merged areas and hidden rows of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// Merged areas.
    pub merges: Vec<Merge>,
    /// Zero-based hidden rows that hold cells, as first and last.
    pub hidden: Vec<(u32, u32)>,
}

/// More than this many merges or hidden stretches are not kept.
const MOST: usize = 100_000;

/// The part of each sheet, by sheet name. Empty where the workbook's directory cannot be followed.
pub fn parts<R: Read + Seek>(archive: &mut ZipArchive<R>) -> HashMap<String, String> {
    read_parts(archive).unwrap_or_default()
}

fn read_parts<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Option<HashMap<String, String>> {
    let root = relations(archive, "_rels/.rels", "")?;
    let book = root.into_values().find(|(kind, _)| kind.ends_with("/officeDocument"))?.1;
    let (dir, name) = book.rsplit_once('/').unwrap_or(("", &book));
    let rels = if dir.is_empty() { format!("_rels/{name}.rels") } else { format!("{dir}/_rels/{name}.rels") };
    let targets = relations(archive, &rels, dir)?;
    let mut out = HashMap::new();
    each_element(archive, &book, |e| {
        if e.local_name().as_ref() == "sheet" {
            // r:id, whatever the prefix.
            let id = e.attributes().flatten().find(|a| a.key.local_name().as_ref() == "id" && a.key.prefix().is_some());
            let id = id.and_then(|a| a.normalized_value(XmlVersion::Implicit1_0).ok().map(|v| v.into_owned()));
            if let (Some(name), Some((_, target))) = (attribute(e, "name"), id.and_then(|id| targets.get(&id))) {
                out.insert(name, target.clone());
            }
        }
    })?;
    Some(out)
}

/// Relations of a part: type and target by id, targets made absolute.
fn relations<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    part: &str,
    dir: &str,
) -> Option<HashMap<String, (String, String)>> {
    let mut out = HashMap::new();
    each_element(archive, part, |e| {
        if let (Some(id), Some(kind), Some(target)) = (attribute(e, "Id"), attribute(e, "Type"), attribute(e, "Target"))
        {
            let target = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_owned(),
                None if dir.is_empty() => target,
                None => format!("{dir}/{target}"),
            };
            out.insert(id, (kind, target));
        }
    })?;
    Some(out)
}

fn each_element<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    part: &str,
    mut f: impl FnMut(&BytesStart<'_>),
) -> Option<()> {
    let file = archive.by_name(part).ok()?;
    let mut reader = quick_xml::Reader::from_reader(BufReader::new(file));
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Start(e) | Event::Empty(e) => f(&e),
            Event::Eof => return Some(()),
            _ => {}
        }
        buffer.clear();
    }
}

fn attribute(e: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = e.attributes().flatten().find(|a| a.key.as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(|v| v.into_owned())
}

/// Looks through a sheet for merges and hidden rows. A scan over tags rather than an XML reader: it must cost little
/// even for a million rows.
pub fn shape<R: Read + Seek>(archive: &mut ZipArchive<R>, part: &str) -> Shape {
    let mut out = Shape::default();
    if let Ok(file) = archive.by_name(part) {
        scan(file, &mut out);
    }
    out
}

fn scan(mut input: impl Read, out: &mut Shape) {
    let mut buffer = vec![0u8; 1 << 16];
    // A tag being collected; long ones hold nothing of interest.
    let mut tag: Vec<u8> = Vec::new();
    let mut inside = false;
    let mut row = 0u32;
    let mut hidden = false;
    loop {
        let Ok(n @ 1..) = input.read(&mut buffer) else { return };
        let mut rest = buffer.get(..n).unwrap_or(&[]);
        while !rest.is_empty() {
            if !inside {
                let Some(at) = rest.iter().position(|b| *b == b'<') else { break };
                rest = rest.get(at + 1..).unwrap_or(&[]);
                inside = true;
                tag.clear();
                continue;
            }
            let end = rest.iter().position(|b| *b == b'>');
            let piece = rest.get(..end.unwrap_or(rest.len())).unwrap_or(&[]);
            if tag.len() < 1024 {
                tag.extend_from_slice(piece);
            }
            let Some(end) = end else { break };
            rest = rest.get(end + 1..).unwrap_or(&[]);
            inside = false;
            let name_end = tag.iter().position(|b| b.is_ascii_whitespace() || *b == b'/').unwrap_or(tag.len());
            let name = tag.get(..name_end).unwrap_or(&[]);
            match name.rsplit(|b| *b == b':').next().unwrap_or(name) {
                b"row" => {
                    row = value(&tag, b"r").and_then(|v| v.parse().ok()).unwrap_or(row.saturating_add(1));
                    hidden = matches!(value(&tag, b"hidden").as_deref(), Some("1" | "true"));
                }
                b"c" if hidden && row > 0 => {
                    hide(out, row - 1);
                    hidden = false;
                }
                b"mergeCell" if out.merges.len() < MOST => {
                    out.merges.extend(value(&tag, b"ref").and_then(|r| area(&r)));
                }
                _ => {}
            }
        }
    }
}

fn hide(out: &mut Shape, row: u32) {
    let room = out.hidden.len() < MOST;
    match out.hidden.last_mut() {
        Some((_, last)) if last.saturating_add(1) == row => *last = row,
        _ if room => out.hidden.push((row, row)),
        _ => {}
    }
}

/// The value of an attribute within a tag.
fn value(tag: &[u8], name: &[u8]) -> Option<String> {
    let mut from = 0;
    while let Some(at) = tag.get(from..)?.windows(name.len()).position(|w| w == name).map(|p| p + from) {
        from = at + name.len();
        let starts = at.checked_sub(1).and_then(|i| tag.get(i)).is_some_and(|b| b.is_ascii_whitespace());
        let rest = tag.get(from..)?;
        if starts && rest.first() == Some(&b'=') {
            let quote = rest.get(1)?;
            let body = rest.get(2..)?;
            let end = body.iter().position(|b| b == quote)?;
            return String::from_utf8(body.get(..end)?.to_vec()).ok();
        }
    }
    None
}

/// `A1:C2` as first row, first column, last row, last column.
fn area(text: &str) -> Option<Merge> {
    let (a, b) = text.split_once(':')?;
    let (a, b) = (cell(a)?, cell(b)?);
    Some((a.0.min(b.0), a.1.min(b.1), a.0.max(b.0), a.1.max(b.1)))
}

fn cell(text: &str) -> Option<(u32, u32)> {
    let text = text.replace('$', "");
    let split = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = text.split_at(split);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let mut col = 0u32;
    for c in letters.chars() {
        col = col * 26 + (c.to_ascii_uppercase() as u32).checked_sub('A' as u32).filter(|n| *n < 26)? + 1;
    }
    Some((digits.parse::<u32>().ok()?.checked_sub(1)?, col - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape_of(xml: &str) -> Shape {
        let mut out = Shape::default();
        scan(xml.as_bytes(), &mut out);
        out
    }

    #[test]
    fn hidden_rows_with_cells_and_merges_are_found() {
        let xml = r#"<x:worksheet><sheetData><row r="1"><c r="A1"/></row><x:row r="2" hidden="1"><x:c r="A2"><v>1</v></x:c></x:row>
            <row hidden='true'><c/></row><row r="9" hidden="1"/><row r="10" customHidden="1"><c/></row></sheetData>
            <mergeCells><mergeCell ref="A1:C1"/><mergeCell ref="$B$3:AA10"/><mergeCell ref="bad"/></mergeCells></x:worksheet>"#;
        let found = shape_of(xml);
        assert_eq!(found.hidden, [(1, 2)]);
        assert_eq!(found.merges, [(0, 0, 0, 2), (2, 1, 9, 26)]);
    }

    #[test]
    fn anything_may_be_scanned() {
        for xml in [
            "",
            "<",
            "<row",
            "<row r=\"",
            "<row r='99999999999' hidden=\"1\"><c>",
            "<mergeCell ref=\"A0:B1\"/>",
            ">>><<<",
        ] {
            let _ = shape_of(xml);
        }
    }
}
