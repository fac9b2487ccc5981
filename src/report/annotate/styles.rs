//! The colours of the verdicts, added to a workbook's own list of formats: what is there keeps its place and its number.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::report::xlsx::COLOURS;

/// Background of the titles of the new columns.
const HEAD: u32 = 0xED_EFF1;

/// The numbers of the added formats.
#[derive(Clone, Copy, Debug)]
pub struct Formats {
    /// The first of the four verdicts, worst first.
    verdict: usize,
}

impl Formats {
    /// The format of a verdict by its place among all, worst first.
    pub fn verdict(self, at: usize) -> usize {
        self.verdict + at
    }

    /// The format of a title.
    pub fn head(self) -> usize {
        self.verdict + COLOURS.len()
    }
}

/// A list of formats inside the part.
struct List {
    /// The first tag.
    tag: (usize, usize),
    entries: usize,
    /// Where its end tag begins.
    end: usize,
}

/// The part `xl/styles.xml` with the formats added; `None` where it is not one that can be followed.
pub fn added(xml: &str) -> Option<(String, Formats)> {
    let mut reader = Reader::from_str(xml);
    let mut lists: [Option<List>; 3] = [None, None, None];
    let mut prefix = String::new();
    let mut font: Option<(usize, usize)> = None;
    let mut depth = 0;
    // The list that is open.
    let mut open: Option<usize> = None;
    loop {
        let before = usize::try_from(reader.buffer_position()).ok()?;
        let event = reader.read_event().ok()?;
        let after = usize::try_from(reader.buffer_position()).ok()?;
        match &event {
            Event::Eof => break,
            Event::Start(e) | Event::Empty(e) => {
                let starts = matches!(event, Event::Start(_));
                if depth == 0 {
                    prefix = e.name().prefix().map(|p| format!("{}:", p.as_ref())).unwrap_or_default();
                }
                if depth == 1 && starts {
                    open = ["fonts", "fills", "cellXfs"].iter().position(|n| e.local_name().as_ref() == *n);
                    if let Some(at) = open {
                        lists[at] = Some(List { tag: (before, after), entries: 0, end: 0 });
                    }
                }
                if let (2, Some(list)) = (depth, open.and_then(|at| lists[at].as_mut())) {
                    list.entries += 1;
                    if open == Some(0) && list.entries == 1 && starts {
                        font = Some((after, after));
                    }
                }
                depth += usize::from(starts);
            }
            Event::End(_) => {
                depth = depth.checked_sub(1)?;
                if depth == 2 && open == Some(0) && lists[0].as_ref()?.entries == 1 {
                    font = font.map(|(from, _)| (from, before));
                }
                if let (1, Some(at)) = (depth, open.take_if(|_| depth == 1)) {
                    lists[at].as_mut()?.end = before;
                }
            }
            _ => {}
        }
    }
    let [Some(fonts), Some(fills), Some(formats)] = lists else { return None };
    let base = font.map(|(from, to)| plain(&xml[from..to])).unwrap_or_default();
    let p = prefix.as_str();
    let colours: Vec<(Option<u32>, u32)> =
        COLOURS.iter().map(|(text, back, _)| (Some(*text), *back)).chain([(None, HEAD)]).collect();
    let (mut new_fonts, mut new_fills, mut new_formats) = (String::new(), String::new(), String::new());
    for (n, (text, back)) in colours.iter().enumerate() {
        let colour = text.map(|c| format!("<{p}color rgb=\"FF{c:06X}\"/>")).unwrap_or_default();
        // Bold, then the size, then the colour: the order that Excel writes.
        let (size, rest) = base.split_once("/>").map_or((String::new(), base.as_str()), |(a, b)| (format!("{a}/>"), b));
        new_fonts += &format!("<{p}font><{p}b/>{size}{colour}{rest}</{p}font>");
        new_fills += &format!(
            "<{p}fill><{p}patternFill patternType=\"solid\"><{p}fgColor rgb=\"FF{back:06X}\"/><{p}bgColor indexed=\"64\"/></{p}patternFill></{p}fill>"
        );
        let (font, fill) = (fonts.entries + n, fills.entries + n);
        let centred = if text.is_some() { " horizontal=\"center\"" } else { "" };
        new_formats += &format!(
            "<{p}xf numFmtId=\"0\" fontId=\"{font}\" fillId=\"{fill}\" borderId=\"0\" xfId=\"0\" applyFont=\"1\" applyFill=\"1\" applyAlignment=\"1\"><{p}alignment{centred} vertical=\"center\"/></{p}xf>"
        );
    }
    let mut lists = [(&fonts, new_fonts), (&fills, new_fills), (&formats, new_formats)];
    lists.sort_by_key(|(list, _)| list.end);
    let mut out = String::with_capacity(xml.len() + 4096);
    let mut copied = 0;
    for (list, new) in lists {
        out += xml.get(copied..list.tag.0)?;
        out += &counted(&xml[list.tag.0..list.tag.1], list.entries + colours.len());
        out += xml.get(list.tag.1..list.end)?;
        out += &new;
        copied = list.end;
    }
    out += xml.get(copied..)?;
    Some((out, Formats { verdict: formats.entries }))
}

/// The tag of a list with the number of its entries.
fn counted(tag: &str, entries: usize) -> String {
    let Some(from) = tag.find(" count=\"").map(|at| at + " count=\"".len()) else { return tag.to_owned() };
    match tag[from..].find('"') {
        Some(length) => format!("{}{entries}{}", &tag[..from], &tag[from + length..]),
        None => tag.to_owned(),
    }
}

/// What a font is besides bold, slanted, underlined and coloured, its size first.
fn plain(font: &str) -> String {
    let mut reader = Reader::from_str(font);
    let (mut size, mut rest) = (String::new(), String::new());
    while let Ok(event) = reader.read_event() {
        let tag = |e: &BytesStart<'_>| format!("<{}/>", &**e);
        match &event {
            Event::Eof => break,
            Event::Empty(e) => match e.local_name().as_ref() {
                "sz" => size = tag(e),
                "name" | "family" | "charset" | "scheme" => rest += &tag(e),
                _ => {}
            },
            _ => {}
        }
    }
    if size.is_empty() && !rest.is_empty() { String::new() } else { size + &rest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_added_after_those_that_are_there() {
        let xml = concat!(
            r#"<x:styleSheet xmlns:x="s"><x:fonts count="2"><x:font><x:i/><x:sz val="9"/><x:color theme="1"/><x:name val="宋体"/>"#,
            r#"</x:font><x:font/></x:fonts><x:fills><x:fill/></x:fills><x:borders count="1"><x:border/></x:borders>"#,
            r#"<x:cellXfs count="3"><x:xf/><x:xf><x:alignment/></x:xf><x:xf/></x:cellXfs><x:dxfs><x:dxf><x:font/></x:dxf></x:dxfs></x:styleSheet>"#,
        );
        let (out, formats) = added(xml).unwrap();
        assert_eq!((formats.verdict(0), formats.verdict(3), formats.head()), (3, 6, 7));
        assert!(
            out.contains(r#"<x:fonts count="7"><x:font><x:i/>"#) && out.contains(r#"<x:cellXfs count="8"><x:xf/>"#)
        );
        let first = r#"<x:font><x:b/><x:sz val="9"/><x:color rgb="FFA3201D"/><x:name val="宋体"/></x:font>"#;
        assert!(out.contains(&format!("<x:font/>{first}")), "{out}");
        assert!(out.contains(r#"fontId="2" fillId="1""#) && out.contains(r#"fontId="6" fillId="5""#), "{out}");
        assert!(out.ends_with(r#"<x:dxfs><x:dxf><x:font/></x:dxf></x:dxfs></x:styleSheet>"#));
    }

    #[test]
    fn what_cannot_be_followed_is_left() {
        for xml in ["", "<styleSheet/>", "<styleSheet><fonts/><fills><fill/></fills></styleSheet>", "<a><b></a>"] {
            assert!(added(xml).is_none(), "{xml}");
        }
    }
}
