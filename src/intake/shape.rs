//! Where the sheets of an xlsx workbook are, for those who change a workbook.

use std::collections::HashMap;
use std::io::{BufReader, Read, Seek};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

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
