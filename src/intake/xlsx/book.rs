//! What the sheets of a workbook share: where they are, their styles, their strings.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::super::limits::{Exceeded, Limits};
use super::super::values::Epoch;
use super::formats::{self, Style};
use super::stream::{self, Spent, Trouble, broken};
use super::tokens::{Halt, Token, Tokens};

/// A sheet of a workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Whether it is hidden.
    pub hidden: bool,
    /// Its part in the archive.
    pub(super) part: usize,
}

/// Texts of a workbook one after another.
#[derive(Debug, Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize,
            None => 0,
        };
        self.text.get(start..end)
    }

    fn push(&mut self, text: &str, limits: &Limits) -> Result<(), Exceeded> {
        if text.len() as u64 > limits.text {
            return Err(Exceeded::Text(limits.text));
        }
        if self.ends.len() as u64 >= limits.strings {
            return Err(Exceeded::Strings(limits.strings));
        }
        self.text.push_str(text);
        let most = limits.string_bytes.min(u64::from(u32::MAX));
        let end = u32::try_from(self.text.len()).ok().filter(|n| u64::from(*n) <= most);
        self.ends.push(end.ok_or(Exceeded::StringBytes(most))?);
        Ok(())
    }
}

/// A workbook that was opened.
#[derive(Debug)]
pub struct Book {
    pub(super) path: PathBuf,
    /// Its worksheets in their order.
    pub sheets: Vec<Listed>,
    /// Its date system.
    pub epoch: Epoch,
    pub(super) styles: Vec<Style>,
    pub(super) strings: Strings,
}

/// Parts by name, whatever the case and the slashes.
type Directory = HashMap<String, usize>;

fn key(name: &str) -> String {
    name.replace('\\', "/").to_ascii_lowercase()
}

fn directory<R: Read + Seek>(archive: &ZipArchive<R>) -> Directory {
    archive.file_names().enumerate().filter_map(|(i, n)| Some((key(&n.ok()?), i))).collect()
}

/// A part as text, if there is one of that name.
fn named<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    directory: &Directory,
    name: &str,
    limits: &Limits,
    spent: &Spent,
) -> Result<Option<String>, Trouble> {
    directory.get(&key(name)).map(|part| stream::text(archive, *part, limits, spent)).transpose()
}

/// Worksheets: name, whether hidden, and part.
type Sheets = Vec<(String, bool, String)>;

/// What the parts that lead to the sheets say.
struct Contents {
    sheets: Sheets,
    epoch: Epoch,
    /// The other parts of the workbook.
    rels: Relations,
}

fn contents(mut part: impl FnMut(&str) -> Result<Option<String>, Trouble>) -> Result<Contents, Trouble> {
    let root = part("_rels/.rels")?.ok_or_else(|| broken("the directory of its parts is missing"))?;
    let root = relations(&root, "")?;
    let main = root.into_values().find(|(kind, _)| kind.ends_with("/officeDocument"));
    let (_, main) = main.ok_or_else(|| broken("the workbook among its parts is missing"))?;
    let (dir, name) = main.rsplit_once('/').unwrap_or(("", &main));
    let rels = if dir.is_empty() { format!("_rels/{name}.rels") } else { format!("{dir}/_rels/{name}.rels") };
    let rels = part(&rels)?.ok_or_else(|| broken("the directory of its sheets is missing"))?;
    let rels = relations(&rels, dir)?;
    let text = part(&main)?.ok_or_else(|| broken("the workbook among its parts is missing"))?;
    let (sheets, epoch) = workbook(&text, &rels)?;
    Ok(Contents { sheets, epoch, rels })
}

/// The part of each worksheet as the archive names it, by the name of the sheet, for those who change a workbook. Empty
/// where the directory cannot be followed.
pub fn parts<R: Read + Seek>(archive: &mut ZipArchive<R>) -> HashMap<String, String> {
    let (limits, spent) = (Limits::default(), Spent::default());
    let directory = directory(archive);
    let names: Vec<String> = archive.file_names().map(|n| n.map(Cow::into_owned).unwrap_or_default()).collect();
    let part = |name: &str| named(archive, &directory, name, &limits, &spent);
    let sheets = contents(part).map(|c| c.sheets).unwrap_or_default();
    let own = |target: &str| names.get(*directory.get(&key(target))?).cloned();
    sheets.into_iter().filter_map(|(name, _, target)| Some((name, own(&target)?))).collect()
}

impl Book {
    pub fn open(path: &Path, limits: &Limits, spent: &Spent) -> Result<Book, Trouble> {
        let mut archive = stream::archive(path)?;
        let directory = directory(&archive);
        let mut part = |name: &str| named(&mut archive, &directory, name, limits, spent);
        let Contents { sheets, epoch, rels } = contents(&mut part)?;
        let listed = |(name, hidden, target): (String, bool, String)| match directory.get(&key(&target)) {
            Some(part) => Ok(Listed { name, hidden, part: *part }),
            None => Err(broken(format!("the part of sheet {name:?} is missing"))),
        };
        let sheets = sheets.into_iter().map(listed).collect::<Result<_, _>>()?;
        let target = |kind: &str| rels.values().find(|(k, _)| k.ends_with(kind)).map(|(_, t)| t.as_str());
        let styles = match target("/styles").map(&mut part).transpose()?.flatten() {
            Some(text) => styles(&text)?,
            None => Vec::new(),
        };
        let strings = match target("/sharedStrings").and_then(|t| directory.get(&key(t))) {
            Some(part) => strings(path, *part, limits, spent)?,
            None => Strings::default(),
        };
        Ok(Book { path: path.to_owned(), sheets, epoch, styles, strings })
    }
}

fn each_element(text: &str, mut f: impl FnMut(&BytesStart<'_>) -> Result<(), Trouble>) -> Result<(), Trouble> {
    let mut reader = quick_xml::Reader::from_str(text);
    loop {
        match reader.read_event().map_err(broken)? {
            Event::Start(e) | Event::Empty(e) => f(&e)?,
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// An attribute's value.
pub fn attribute(e: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = e.attributes().flatten().find(|a| a.key.as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(|v| v.into_owned())
}

/// An attribute with a prefix, whatever the prefix is.
fn prefixed(e: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = e.attributes().flatten().find(|a| a.key.prefix().is_some() && a.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(|v| v.into_owned())
}

/// A target without `.` and `..`.
fn resolve(dir: &str, target: &str) -> String {
    let (base, target) = match target.strip_prefix('/') {
        Some(absolute) => ("", absolute),
        None => (dir, target),
    };
    let mut out: Vec<&str> = Vec::new();
    for step in base.split('/').chain(target.split('/')) {
        match step {
            "" | "." => {}
            ".." => {
                out.pop();
            }
            step => out.push(step),
        }
    }
    out.join("/")
}

/// Relations of a part: kind and target by id.
type Relations = BTreeMap<String, (String, String)>;

fn relations(text: &str, dir: &str) -> Result<Relations, Trouble> {
    let mut out = Relations::new();
    each_element(text, |e| {
        if let (Some(id), Some(kind), Some(target)) = (attribute(e, "Id"), attribute(e, "Type"), attribute(e, "Target"))
        {
            out.insert(id, (kind, resolve(dir, &target)));
        }
        Ok(())
    })?;
    Ok(out)
}

fn workbook(text: &str, rels: &Relations) -> Result<(Sheets, Epoch), Trouble> {
    let mut sheets = Vec::new();
    let mut epoch = Epoch::From1900;
    each_element(text, |e| {
        match e.local_name().as_ref() {
            "workbookPr" if attribute(e, "date1904").is_some_and(|v| v == "1" || v == "true") => {
                epoch = Epoch::From1904;
            }
            "sheet" => {
                let name = attribute(e, "name").unwrap_or_default();
                let relation = prefixed(e, "id").and_then(|id| rels.get(&id));
                let (kind, target) = relation.ok_or_else(|| broken(format!("sheet {name:?} is nowhere")))?;
                // Charts and dialogs have no cells.
                if kind.ends_with("/worksheet") {
                    let hidden = attribute(e, "state").is_some_and(|s| s != "visible");
                    sheets.push((name, hidden, target.clone()));
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok((sheets, epoch))
}

/// What the number formats of the cell styles say, in the order that cells refer to.
fn styles(text: &str) -> Result<Vec<Style>, Trouble> {
    let mut codes: HashMap<String, String> = HashMap::new();
    let mut out = Vec::new();
    let mut inside = false;
    let mut reader = quick_xml::Reader::from_str(text);
    loop {
        match reader.read_event().map_err(broken)? {
            Event::Start(e) | Event::Empty(e) => match e.local_name().as_ref() {
                "numFmt" => {
                    if let (Some(id), Some(code)) = (attribute(&e, "numFmtId"), attribute(&e, "formatCode")) {
                        codes.insert(id, code);
                    }
                }
                "cellXfs" => inside = true,
                "xf" if inside => {
                    let id = attribute(&e, "numFmtId").unwrap_or_default();
                    out.push(match codes.get(&id) {
                        Some(code) => formats::of_code(code),
                        None => id.parse().map_or(Style::default(), formats::builtin),
                    });
                }
                _ => {}
            },
            Event::End(e) if e.local_name().as_ref() == "cellXfs" => inside = false,
            Event::Eof => return Ok(out),
            _ => {}
        }
    }
}

fn strings(path: &Path, part: usize, limits: &Limits, spent: &Spent) -> Result<Strings, Trouble> {
    let mut out = Strings::default();
    let mut done = false;
    stream::read(path, part, limits, spent, |blocks| {
        blocks.each(|piece| {
            let mut tokens = Tokens::new(piece, 0);
            let mut good = 0;
            let halt = loop {
                match string(&mut tokens, &mut done) {
                    Ok(Some(text)) => out.push(&text, limits)?,
                    Ok(None) => {}
                    Err(halt) => break halt,
                }
                good = tokens.at;
            };
            Ok((good, Some(halt)))
        })
    })?;
    if done { Ok(out) } else { Err(broken("the shared strings end too early")) }
}

/// The next shared string, or nothing where something else was passed.
fn string<'b>(tokens: &mut Tokens<'b>, done: &mut bool) -> Result<Option<Cow<'b, str>>, Halt> {
    match tokens.next()? {
        Token::Open(b"si") => {
            if tokens.attributes(|_, _| {})? {
                return Ok(Some(Cow::Borrowed("")));
            }
            tokens.string().map(Some)
        }
        Token::Open(b"sst") => {
            *done |= tokens.attributes(|_, _| {})?;
            Ok(None)
        }
        Token::Open(_) => {
            if !tokens.attributes(|_, _| {})? {
                tokens.skip()?;
            }
            Ok(None)
        }
        Token::Close(b"sst") => {
            *done = true;
            Ok(None)
        }
        _ => Ok(None),
    }
}
