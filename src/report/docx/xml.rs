//! A small tree of the XML inside a Word file: enough to move text between runs, no more.

use quick_xml::Reader;
use quick_xml::events::Event;

/// A piece of XML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// An element.
    Element(Element),
    /// Text, unescaped.
    Text(String),
    /// Written as it is: declarations, comments, and template tags between elements.
    Raw(String),
}

/// An element with its attributes in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// Qualified name, e.g. `w:p`.
    pub name: String,
    /// Attributes as written, with their escaped values.
    pub attributes: Vec<(String, String)>,
    /// What is inside.
    pub children: Vec<Node>,
}

/// The XML could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not well-formed XML: {0}")]
pub struct BadXml(pub String);

impl Element {
    /// An empty element.
    pub fn new(name: &str) -> Element {
        Element { name: name.to_owned(), attributes: Vec::new(), children: Vec::new() }
    }

    /// Adds an attribute.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Element {
        self.attributes.push((name.to_owned(), escape(value)));
        self
    }

    /// Adds a child.
    #[must_use]
    pub fn child(mut self, child: Element) -> Element {
        self.children.push(Node::Element(child));
        self
    }

    /// Adds text.
    #[must_use]
    pub fn text(mut self, text: &str) -> Element {
        self.children.push(Node::Text(text.to_owned()));
        self
    }

    /// All text inside, in order.
    pub fn all_text(&self) -> String {
        let mut out = String::new();
        self.collect_text(&mut out);
        out
    }

    fn collect_text(&self, out: &mut String) {
        for child in &self.children {
            match child {
                Node::Element(e) => e.collect_text(out),
                Node::Text(t) => out.push_str(t),
                Node::Raw(_) => {}
            }
        }
    }

    /// How many elements of that name this is or holds.
    pub fn count(&self, name: &str) -> usize {
        let inside = self.children.iter().map(|c| match c {
            Node::Element(e) => e.count(name),
            Node::Text(_) | Node::Raw(_) => 0,
        });
        usize::from(self.name == name) + inside.sum::<usize>()
    }

    /// The first child element of that name.
    pub fn find(&self, name: &str) -> Option<&Element> {
        self.children.iter().find_map(|c| match c {
            Node::Element(e) if e.name == name => Some(e),
            _ => None,
        })
    }
}

/// Elements nested deeper are refused: the tree is walked by recursion, and Word nests a few dozen.
const DEEPEST: usize = 256;

/// Reads a document: everything at the top level, the root element among it.
///
/// # Errors
/// When the text is not well-formed.
pub fn parse(text: &str) -> Result<Vec<Node>, BadXml> {
    let mut reader = Reader::from_str(text);
    let mut stack: Vec<Element> = Vec::new();
    let mut top: Vec<Node> = Vec::new();
    let bad = |message: String| BadXml(message);
    loop {
        let event = reader.read_event().map_err(|e| bad(e.to_string()))?;
        match event {
            Event::Start(start) => {
                if stack.len() >= DEEPEST {
                    return Err(bad(format!("elements nest deeper than {DEEPEST}")));
                }
                stack.push(element(&start)?);
            }
            Event::Empty(start) => {
                let done = element(&start)?;
                push(&mut stack, &mut top, Node::Element(done));
            }
            Event::End(_) => {
                let done = stack.pop().ok_or_else(|| bad("an end tag without a start".to_owned()))?;
                push(&mut stack, &mut top, Node::Element(done));
            }
            Event::Text(t) => {
                let text = t.to_string();
                push_text(&mut stack, &mut top, &text);
            }
            Event::CData(t) => {
                let text = t.to_string();
                push_text(&mut stack, &mut top, &text);
            }
            Event::GeneralRef(r) => {
                let name = r.to_string();
                let resolved = match r.resolve_char_ref().map_err(|e| bad(e.to_string()))? {
                    Some(c) => c.to_string(),
                    None => match name.as_str() {
                        "amp" => "&".to_owned(),
                        "lt" => "<".to_owned(),
                        "gt" => ">".to_owned(),
                        "quot" => "\"".to_owned(),
                        "apos" => "'".to_owned(),
                        other => return Err(bad(format!("unknown entity {other}"))),
                    },
                };
                push_text(&mut stack, &mut top, &resolved);
            }
            Event::Decl(d) => {
                push(&mut stack, &mut top, Node::Raw(format!("<?{}?>", &*d)));
            }
            Event::PI(p) => {
                push(&mut stack, &mut top, Node::Raw(format!("<?{}?>", &*p)));
            }
            Event::Comment(_) => {}
            // A document type could define entities that blow up; Word never writes one.
            Event::DocType(_) => return Err(bad("a document type is not accepted".to_owned())),
            Event::Eof => break,
        }
    }
    if stack.is_empty() { Ok(top) } else { Err(bad("an element is not closed".to_owned())) }
}

fn element(start: &quick_xml::events::BytesStart<'_>) -> Result<Element, BadXml> {
    let mut out = Element::new(start.name().as_ref());
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| BadXml(e.to_string()))?;
        let name = attribute.key.as_ref().to_owned();
        out.attributes.push((name, attribute.value.into_owned()));
    }
    Ok(out)
}

fn push(stack: &mut [Element], top: &mut Vec<Node>, node: Node) {
    match stack.last_mut() {
        Some(parent) => parent.children.push(node),
        None => top.push(node),
    }
}

fn push_text(stack: &mut [Element], top: &mut Vec<Node>, text: &str) {
    let children = match stack.last_mut() {
        Some(parent) => &mut parent.children,
        None => top,
    };
    match children.last_mut() {
        Some(Node::Text(last)) => last.push_str(text),
        _ => children.push(Node::Text(text.to_owned())),
    }
}

/// Escapes text for XML.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Control characters do not exist in XML.
            c if c < ' ' && !matches!(c, '\t' | '\n' | '\r') => {}
            c => out.push(c),
        }
    }
    out
}

/// Writes nodes. Text is passed through `text`, which escapes it (and leaves template tags as they are).
pub fn write(nodes: &[Node], text: &dyn Fn(&str) -> String, out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(t) => out.push_str(&text(t)),
            Node::Raw(raw) => out.push_str(raw),
            Node::Element(e) => {
                out.push('<');
                out.push_str(&e.name);
                for (name, value) in &e.attributes {
                    out.push(' ');
                    out.push_str(name);
                    out.push_str("=\"");
                    out.push_str(value);
                    out.push('"');
                }
                if e.children.is_empty() {
                    out.push_str("/>");
                } else {
                    out.push('>');
                    write(&e.children, text, out);
                    out.push_str("</");
                    out.push_str(&e.name);
                    out.push('>');
                }
                // One paragraph a line, so that a template error can name its paragraph.
                if e.name == "w:p" {
                    out.push('\n');
                }
            }
        }
    }
}
