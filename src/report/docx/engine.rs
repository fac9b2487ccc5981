//! Fills in an ordinary Word file: `{{ 占位符 }}`, `{% if %}`, `{% for %}`, and `{%tr … %}` / `{%p … %}` for whole table
//! rows and paragraphs.
//!
//! Word cuts a placeholder into several runs wherever the script changes between Chinese and Latin, so runs are healed
//! first; a row or paragraph that holds a `{%tr` or `{%p` tag is replaced by the tag itself; then the text is rendered as
//! a template, and a placeholder nobody knows is an error that names its paragraph.

use std::fmt;
use std::io::{self, Cursor, Read, Write};

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::examine::{Mistake, examine};
use super::names::Name;
use super::xml::{self, Element, Node, escape};

/// The mark of a blank that a person must fill in.
pub const BLANK: &str = "【待填：";
/// The function that makes one.
pub(super) const BLANK_FUNCTION: &str = "待填";

/// A template could not be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// Not a Word file.
    #[error("{template}: not a .docx file ({message})")]
    NotDocx {
        /// The template's name.
        template: String,
        /// What is wrong.
        message: String,
    },
    /// A placeholder is not known.
    #[error("{at}: there is no placeholder {name}{}", .meant.as_ref().map(|m| format!("; perhaps {m}")).unwrap_or_default())]
    Unknown {
        /// Where it stands.
        at: Box<Location>,
        /// The placeholder.
        name: String,
        /// A placeholder that resembles it.
        meant: Option<String>,
    },
    /// A tag is wrong.
    #[error("{at}: {message}")]
    Tag {
        /// Where it stands.
        at: Box<Location>,
        /// What is wrong.
        message: String,
    },
}

/// A place in a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The template's name.
    pub template: String,
    /// The part of the file, e.g. `word/document.xml`.
    pub part: String,
    /// The paragraph, from 1.
    pub paragraph: usize,
    /// The paragraph's text.
    pub text: String,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Location { template, part, paragraph, text } = self;
        write!(f, "{template}, {part}, paragraph {paragraph} (“{text}”)")
    }
}

/// Stands for a paragraph that was replaced by its tag, so that paragraphs are counted as Word shows them.
const LIFTED: &str = "<!--p-->";

/// Parts larger than this are refused: an opinion is never that long, a bomb is.
const MAX_PART: u64 = 16 << 20;
/// The same of all parts together: pictures of a letterhead fit well.
const MAX_TOTAL: u64 = 64 << 20;
const MAX_PARTS: usize = 1000;
/// Steps that filling in a part may take; the longest opinion takes some thousands. A step also pays for 64 bytes of text
/// that the template makes, so that doubling a text ends at 128 MB in all.
const MAX_STEPS: u64 = 2_000_000;

/// Fills in a template.
///
/// # Errors
/// When the file is not a Word file, a tag is wrong, or a placeholder is unknown.
pub fn render(template: &[u8], name: &str, context: &Value) -> Result<Vec<u8>, TemplateError> {
    let not_docx = |message: String| TemplateError::NotDocx { template: name.to_owned(), message };
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    parts(template, name, &mut |part, bytes| {
        let bytes = match bytes {
            Content::Text(text) => render_part(&text, name, part, context)?.into_bytes(),
            Content::Other(bytes) => bytes,
        };
        out.start_file(part, options).map_err(|e| not_docx(e.to_string()))?;
        out.write_all(&bytes).map_err(|e| not_docx(e.to_string()))
    })?;
    out.finish().map(Cursor::into_inner).map_err(|e| not_docx(e.to_string()))
}

/// Reads a template without filling it in: every tag is understood, every placeholder exists, whichever branch it is in.
///
/// # Errors
/// When the file is not a Word file, a tag is wrong, or a placeholder is unknown.
pub fn check(template: &[u8], name: &str, known: &[Name]) -> Result<(), TemplateError> {
    parts(template, name, &mut |part, content| {
        let Content::Text(text) = content else { return Ok(()) };
        let source = source(&text, name)?;
        let env = environment();
        env.template_from_str(&source).map_err(|e| tag_error(&source, name, part, &e))?;
        examine(&env, &source, known).map_err(|(at, mistake)| {
            let (paragraph, text) = paragraph_of(&source, at);
            let at = Box::new(Location { template: name.to_owned(), part: part.to_owned(), paragraph, text });
            match mistake {
                Mistake::Unknown(name, meant) => TemplateError::Unknown { at, name, meant },
                Mistake::Tag(message) => TemplateError::Tag { at, message },
            }
        })
    })
}

/// A part of a Word file.
enum Content {
    /// One that may hold placeholders.
    Text(String),
    /// Any other.
    Other(Vec<u8>),
}

/// Takes a part of a Word file.
type Take<'t> = dyn FnMut(&str, Content) -> Result<(), TemplateError> + 't;

/// Goes through the parts of a Word file.
fn parts(template: &[u8], name: &str, take: &mut Take<'_>) -> Result<(), TemplateError> {
    let not_docx = |message: String| TemplateError::NotDocx { template: name.to_owned(), message };
    let mut archive = ZipArchive::new(Cursor::new(template)).map_err(|e| not_docx(e.to_string()))?;
    if archive.len() > MAX_PARTS {
        return Err(not_docx(format!("more than {MAX_PARTS} parts")));
    }
    let mut found = false;
    let mut total = 0;
    for i in 0..archive.len() {
        let mut file = archive.by_index(i).map_err(|e| not_docx(e.to_string()))?;
        if file.is_dir() {
            continue;
        }
        let part = file.name().map_err(|e| not_docx(e.to_string()))?.into_owned();
        // What the directory says of sizes need not be true.
        let mut bytes = Vec::new();
        file.by_ref().take(MAX_PART + 1).read_to_end(&mut bytes).map_err(|e| not_docx(e.to_string()))?;
        total += bytes.len() as u64;
        if bytes.len() as u64 > MAX_PART || total > MAX_TOTAL {
            return Err(not_docx(format!("{part} is larger than {MAX_PART} bytes, or all parts than {MAX_TOTAL}")));
        }
        let content = if is_text_part(&part) {
            found |= part == "word/document.xml";
            Content::Text(String::from_utf8(bytes).map_err(|e| not_docx(e.to_string()))?)
        } else {
            Content::Other(bytes)
        };
        take(&part, content)?;
    }
    if found { Ok(()) } else { Err(not_docx("no word/document.xml".to_owned())) }
}

fn is_text_part(part: &str) -> bool {
    part == "word/document.xml"
        || (part.starts_with("word/header") || part.starts_with("word/footer")) && part.ends_with(".xml")
}

fn environment() -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    // A loop over a billion numbers is a few letters long.
    env.set_fuel(Some(MAX_STEPS));
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    env.add_function(BLANK_FUNCTION, |what: String| format!("{BLANK}{what}】"));
    env
}

/// The template inside one XML part: with the text of its tags in one piece, a line a paragraph.
fn source(text: &str, name: &str) -> Result<String, TemplateError> {
    let not_docx = |message: String| TemplateError::NotDocx { template: name.to_owned(), message };
    let mut nodes = xml::parse(text).map_err(|e| not_docx(e.to_string()))?;
    heal(&mut nodes);
    lift(&mut nodes);
    let mut source = String::with_capacity(text.len());
    xml::write(&nodes, &template_text, &mut source);
    Ok(source)
}

/// Which paragraph a line is, from 1, and its text.
fn paragraph_at(source: &str, line: usize) -> (usize, String) {
    let text = source.lines().nth(line - 1).map(plain).unwrap_or_default();
    let end = source.match_indices('\n').nth(line - 1).map_or(source.len(), |(at, _)| at);
    (paragraphs(&source[..end]).max(1), text)
}

/// Which paragraph the tag that begins at `at` stands in, and its text.
fn paragraph_of(source: &str, at: usize) -> (usize, String) {
    let (before, after) = source.split_at(at);
    let line = before.rfind('\n').map_or(0, |n| n + 1);
    let begin = ["<w:p>", "<w:p ", LIFTED].iter().filter_map(|sign| before[line..].rfind(sign)).max();
    let begin = line + begin.unwrap_or(0);
    let lifted = before[begin..].starts_with(LIFTED);
    let end =
        after.find(if lifted { "%}" } else { "\n" }).map_or(source.len(), |n| at + n + if lifted { 2 } else { 0 });
    (paragraphs(before).max(1), plain(&source[begin..end]))
}

fn paragraphs(source: &str) -> usize {
    ["<w:p>", "<w:p ", LIFTED].iter().map(|sign| source.matches(sign).count()).sum()
}

fn tag_error(source: &str, name: &str, part: &str, error: &minijinja::Error) -> TemplateError {
    let (paragraph, text) = paragraph_at(source, error.line().unwrap_or(1));
    let at = Box::new(Location { template: name.to_owned(), part: part.to_owned(), paragraph, text });
    TemplateError::Tag { at, message: describe(error) }
}

/// Renders one XML part.
fn render_part(text: &str, name: &str, part: &str, context: &Value) -> Result<String, TemplateError> {
    let not_docx = |message: String| TemplateError::NotDocx { template: name.to_owned(), message };
    let source = source(text, name)?;
    let env = environment();
    let mut rendered = Bounded { bytes: Vec::new(), full: false };
    let filled = env.template_from_str(&source).and_then(|t| t.render_captured_to(context, &mut rendered).map(drop));
    if rendered.full {
        return Err(not_docx(format!("{part} is longer than {MAX_PART} bytes when filled in")));
    }
    filled.map_err(|e| tag_error(&source, name, part, &e))?;
    let rendered = String::from_utf8(rendered.bytes).map_err(|e| not_docx(e.to_string()))?;
    let mut nodes = xml::parse(&rendered).map_err(|e| not_docx(e.to_string()))?;
    mark_blanks(&mut nodes);
    let mut out = String::with_capacity(rendered.len());
    xml::write(&nodes, &escape, &mut out);
    Ok(out)
}

/// Takes at most as much as a part may be long.
struct Bounded {
    bytes: Vec<u8>,
    full: bool,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if (self.bytes.len() + bytes.len()) as u64 > MAX_PART {
            self.full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) fn describe(error: &minijinja::Error) -> String {
    match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    }
}

/// The text of a line of XML, without its tags.
fn plain(line: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in line.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out.trim().chars().take(80).collect()
}

/// Escapes text but leaves template tags readable: inside a tag, Word's curly quotes become straight ones.
fn template_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = next_tag(rest) {
        out.push_str(&escape(&rest[..open]));
        let after = &rest[open..];
        let close = if after.starts_with("{{") { "}}" } else { "%}" };
        let Some(end) = after.find(close).map(|e| e + close.len()) else {
            rest = after;
            break;
        };
        out.push_str(&after[..end].replace(['“', '”', '＂'], "\"").replace(['‘', '’'], "'"));
        rest = &after[end..];
    }
    out.push_str(&escape(rest));
    out
}

fn next_tag(text: &str) -> Option<usize> {
    [text.find("{{"), text.find("{%")].into_iter().flatten().min()
}

/// Puts every tag that Word has cut into several runs back into one.
fn heal(nodes: &mut [Node]) {
    for node in nodes {
        if let Node::Element(e) = node {
            if e.name == "w:p" {
                heal_paragraph(e);
            }
            heal(&mut e.children);
        }
    }
}

/// Whether text ends inside a tag.
fn open_tag(text: &str) -> bool {
    let open = [text.rfind("{{"), text.rfind("{%")].into_iter().flatten().max();
    let ends_with_brace = text.ends_with('{');
    match open {
        Some(at) => {
            let close = if text[at..].starts_with("{{") { "}}" } else { "%}" };
            !text[at..].contains(close)
        }
        None => ends_with_brace,
    }
}

fn heal_paragraph(p: &mut Element) {
    let mut texts: Vec<&mut String> = Vec::new();
    collect_texts(&mut p.children, &mut texts);
    let mut i = 0;
    while i < texts.len() {
        let mut next = i + 1;
        while next < texts.len() && open_tag(texts[i]) {
            // Take one character at a time, so that text after the tag keeps its own formatting.
            let moved: String = match texts[next].chars().next() {
                Some(c) => c.to_string(),
                None => {
                    next += 1;
                    continue;
                }
            };
            texts[next].drain(..moved.len());
            texts[i].push_str(&moved);
        }
        i += 1;
    }
}

/// The text of every `w:t` of a paragraph's runs, in order (not of text boxes nested inside).
fn collect_texts<'a>(nodes: &'a mut [Node], out: &mut Vec<&'a mut String>) {
    for node in nodes {
        let Node::Element(e) = node else { continue };
        match e.name.as_str() {
            "w:t" => {
                if e.children.is_empty() {
                    continue;
                }
                if !e.attributes.iter().any(|(n, _)| n == "xml:space") {
                    e.attributes.push(("xml:space".to_owned(), "preserve".to_owned()));
                }
                for child in &mut e.children {
                    if let Node::Text(t) = child {
                        out.push(t);
                    }
                }
            }
            "w:p" | "w:txbxContent" => {}
            _ => collect_texts(&mut e.children, out),
        }
    }
}

/// Replaces a table row (`w:tr`) or paragraph (`w:p`) that holds a `{%tr` or `{%p` tag by the tag.
fn lift(nodes: &mut [Node]) {
    for node in nodes.iter_mut() {
        let Node::Element(e) = node else { continue };
        let marker = match e.name.as_str() {
            "w:tr" => Some("{%tr "),
            "w:p" => Some("{%p "),
            _ => None,
        };
        if let Some(marker) = marker
            && let Some(tags) = marked_tags(&e.all_text(), marker)
        {
            let marks = LIFTED.repeat(e.count("w:p").max(1));
            *node = Node::Raw(marks + &tags);
            continue;
        }
        lift(&mut e.children);
    }
}

fn marked_tags(text: &str, marker: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(marker) {
        let after = &rest[at + marker.len()..];
        let end = after.find("%}")?;
        let body = after[..end].replace(['“', '”'], "\"");
        out.push_str("{% ");
        out.push_str(body.trim());
        out.push_str(" %}");
        rest = &after[end + 2..];
    }
    (!out.is_empty()).then_some(out)
}

/// Highlights the blanks a person must fill in: the run is cut around them.
fn mark_blanks(nodes: &mut Vec<Node>) {
    let mut i = 0;
    while i < nodes.len() {
        let pieces = match &nodes[i] {
            Node::Element(run) if run.name == "w:r" => cut_run(run),
            _ => None,
        };
        match pieces {
            Some(pieces) => {
                let n = pieces.len();
                nodes.splice(i..=i, pieces);
                i += n;
            }
            None => {
                if let Node::Element(e) = &mut nodes[i] {
                    mark_blanks(&mut e.children);
                }
                i += 1;
            }
        }
    }
}

fn cut_run(run: &Element) -> Option<Vec<Node>> {
    let text = run.find("w:t")?.all_text();
    if !text.contains(BLANK) || run.children.len() > 2 {
        return None;
    }
    let properties = run.find("w:rPr").cloned().unwrap_or_else(|| Element::new("w:rPr"));
    let piece = |text: &str, marked: bool| {
        let mut properties = properties.clone();
        if marked {
            properties = properties.child(Element::new("w:highlight").with("w:val", "yellow"));
        }
        let t = Element::new("w:t").with("xml:space", "preserve").text(text);
        Node::Element(Element::new("w:r").child(properties).child(t))
    };
    let mut out = Vec::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find(BLANK) {
        let end = rest[at..].find('】').map_or(rest.len(), |e| at + e + '】'.len_utf8());
        if at > 0 {
            out.push(piece(&rest[..at], false));
        }
        out.push(piece(&rest[at..end], true));
        rest = &rest[end..];
    }
    if !rest.is_empty() {
        out.push(piece(rest, false));
    }
    Some(out)
}

/// The text of a Word file, a line a paragraph; for tests and for looking.
///
/// # Errors
/// When it is not a Word file.
pub fn text_of(docx: &[u8]) -> Result<String, TemplateError> {
    let not_docx = |message: String| TemplateError::NotDocx { template: String::new(), message };
    let mut archive = ZipArchive::new(Cursor::new(docx)).map_err(|e| not_docx(e.to_string()))?;
    let mut part = archive.by_name("word/document.xml").map_err(|e| not_docx(e.to_string()))?;
    let mut text = String::new();
    part.by_ref().take(MAX_PART).read_to_string(&mut text).map_err(|e| not_docx(e.to_string()))?;
    let nodes = xml::parse(&text).map_err(|e| not_docx(e.to_string()))?;
    let mut out = String::new();
    lines(&nodes, &mut out);
    Ok(out)
}

fn lines(nodes: &[Node], out: &mut String) {
    for node in nodes {
        if let Node::Element(e) = node {
            if e.name == "w:p" {
                out.push_str(&e.all_text());
                out.push('\n');
            } else {
                lines(&e.children, out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minijinja::context;

    const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="x"><w:body>"#;
    const TAIL: &str = "</w:body></w:document>";

    fn body(inner: &str, context: Value) -> Result<String, TemplateError> {
        let text = render_part(&format!("{HEAD}{inner}{TAIL}"), "t.docx", "word/document.xml", &context)?;
        let mut out = String::new();
        lines(&xml::parse(&text).unwrap(), &mut out);
        Ok(out)
    }

    fn run(text: &str) -> String {
        format!("<w:r><w:t>{text}</w:t></w:r>")
    }

    #[test]
    fn a_placeholder_cut_into_runs_is_healed() {
        let inner = format!("<w:p>{}{}{}{}</w:p>", run("甲{"), run("{罪犯"), run("姓名 }"), run("}乙"));
        assert_eq!(body(&inner, context! { 罪犯姓名 => "张某" }).unwrap(), "甲张某乙\n");
    }

    #[test]
    fn user_text_stays_text() {
        let inner = format!("<w:p>{}</w:p>", run("{{ 罪犯姓名 }}"));
        let out = body(&inner, context! { 罪犯姓名 => "<w:b/>&{{ x }}" }).unwrap();
        assert_eq!(out, "<w:b/>&{{ x }}\n");
    }

    #[test]
    fn rows_and_paragraphs_repeat() {
        let row = |text: &str| format!("<w:tr><w:tc><w:p>{}</w:p></w:tc></w:tr>", run(text));
        let inner = format!(
            "<w:tbl>{}{}{}</w:tbl><w:p>{}</w:p><w:p>{}</w:p><w:p>{}</w:p>",
            row("{%tr for 项 in 表 %}"),
            row("{{ 项.名 }}"),
            row("{%tr endfor %}"),
            run("{%p if 有 %}"),
            run("有的"),
            run("{%p endif %}")
        );
        let rows = vec![context! { 名 => "一" }, context! { 名 => "二" }];
        assert_eq!(body(&inner, context! { 表 => rows, 有 => false }).unwrap(), "一\n二\n");
    }

    #[test]
    fn an_unknown_placeholder_names_its_paragraph() {
        let inner = format!("<w:p>{}</w:p><w:p>{}</w:p>", run("好"), run("这里{{ 罪犯姓命 }}错"));
        let Err(TemplateError::Tag { at, .. }) = body(&inner, context! { 罪犯姓名 => "张" }) else {
            panic!("a misspelt placeholder must be an error");
        };
        assert_eq!(at.paragraph, 2);
        assert!(at.text.contains("罪犯姓命"), "{at}");
    }

    #[test]
    fn a_template_that_never_ends_is_refused() {
        let inner = |text: &str| format!("<w:p>{}</w:p>", run(text));
        let loops = "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}";
        assert!(matches!(body(&inner(loops), context! {}), Err(TemplateError::Tag { .. })));
        let long = "{% for a in range(9999) %}{{ x }}{% endfor %}";
        let said = body(&inner(long), context! { x => "长".repeat(9999) }).unwrap_err().to_string();
        assert!(said.contains("filled in"), "{said}");
        // A text that doubles, grows by its own parts, or is made many times over and kept.
        let doubled = format!("{{% set x = \"甲\" %}}{}", "{% set x = x ~ x %}".repeat(40));
        let replaced = format!("{{% set x = \"aaaaaaaaaa\" %}}{}", "{% set x = x|replace(\"a\", x[:9]) %}".repeat(40));
        let joined = format!("{{% set x = \"aaaaaaaaaa\" %}}{}", "{% set x = x|join(x) %}".repeat(40));
        let kept = format!("{{{{ [{}]|length }}}}", vec!["\"a\" * 60000000"; 50].join(", "));
        for text in [doubled, replaced, joined, kept] {
            let said = body(&inner(&text), context! {}).unwrap_err().to_string();
            assert!(said.contains("fuel"), "{said}");
        }
        let deep = format!("{}{}", "<w:r>".repeat(100_000), "</w:r>".repeat(100_000));
        assert!(body(&deep, context! {}).unwrap_err().to_string().contains("deeper"));
    }

    #[test]
    fn blanks_are_highlighted() {
        let inner = format!("<w:p>{}</w:p>", run("承办：{{ 待填(“承办检察官”) }}，日期"));
        let text = render_part(&format!("{HEAD}{inner}{TAIL}"), "t", "p", &context! {}).unwrap();
        assert!(text.contains("w:highlight") && text.contains("【待填：承办检察官】"), "{text}");
        assert_eq!(text.matches("<w:r>").count(), 3);
    }
}
