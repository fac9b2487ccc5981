//! XML of a workbook's parts, tag by tag.
//!
//! A reader for XML in general spends most of the time of a large sheet on what these parts do not have. This one knows
//! what they consist of: elements, attributes, text, the five entities and character references. What it does not know it
//! refuses. It works on whatever piece of the part is in memory, and says when the piece ends too early.

use std::borrow::Cow;

/// Why a piece could not be read further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Halt {
    /// The piece ends within something; with more of the part it goes on.
    More,
    /// It is not what a workbook holds.
    Bad(&'static str),
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'b> {
    /// A start tag, by its name without the prefix; its attributes have yet to be read.
    Open(&'b [u8]),
    /// An end tag.
    Close(&'b [u8]),
    /// Text as it stands, with entities unresolved.
    Text(&'b [u8]),
    /// Text without entities.
    Literal(&'b [u8]),
}

/// A piece of XML with the position in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tokens<'b> {
    piece: &'b [u8],
    pub(super) at: usize,
}

fn after(from: &[u8], needle: &[u8]) -> Option<usize> {
    from.windows(needle.len()).position(|w| w == needle).map(|p| p + needle.len())
}

fn local(name: &[u8]) -> &[u8] {
    match name.iter().rposition(|b| *b == b':') {
        Some(colon) => name.get(colon + 1..).unwrap_or(name),
        None => name,
    }
}

impl<'b> Tokens<'b> {
    pub(super) fn new(piece: &'b [u8], at: usize) -> Tokens<'b> {
        Tokens { piece, at }
    }

    pub(super) fn rest(&self) -> &'b [u8] {
        self.piece.get(self.at..).unwrap_or(&[])
    }

    /// The next token; comments and processing instructions are passed over.
    pub(super) fn next(&mut self) -> Result<Token<'b>, Halt> {
        loop {
            let rest = self.rest();
            match rest {
                [] | [b'<'] => return Err(Halt::More),
                [b'<', b'/', tail @ ..] => {
                    let end = tail.iter().position(|b| *b == b'>').ok_or(Halt::More)?;
                    let name = tail.get(..end).unwrap_or(&[]).trim_ascii_end();
                    self.at += end + 3;
                    return Ok(Token::Close(local(name)));
                }
                [b'<', b'?', tail @ ..] => self.at += 2 + after(tail, b"?>").ok_or(Halt::More)?,
                [b'<', b'!', ..] => {
                    if let Some(tail) = rest.strip_prefix(b"<!--") {
                        self.at += 4 + after(tail, b"-->").ok_or(Halt::More)?;
                    } else if let Some(tail) = rest.strip_prefix(b"<![CDATA[") {
                        let end = after(tail, b"]]>").ok_or(Halt::More)?;
                        self.at += 9 + end;
                        return Ok(Token::Literal(tail.get(..end - 3).unwrap_or(&[])));
                    } else if rest.len() < 9 {
                        return Err(Halt::More);
                    } else {
                        return Err(Halt::Bad("a document type declaration"));
                    }
                }
                [b'<', tail @ ..] => {
                    let ends = |b: &u8| matches!(b, b' ' | b'>' | b'/' | b'\t' | b'\r' | b'\n' | b'<');
                    let end = tail.iter().position(ends).ok_or(Halt::More)?;
                    let name = local(tail.get(..end).unwrap_or(&[]));
                    if name.is_empty() {
                        return Err(Halt::Bad("a tag without a name"));
                    }
                    self.at += end + 1;
                    return Ok(Token::Open(name));
                }
                text => {
                    let end = text.iter().position(|b| *b == b'<').ok_or(Halt::More)?;
                    self.at += end;
                    return Ok(Token::Text(text.get(..end).unwrap_or(&[])));
                }
            }
        }
    }

    /// Reads the attributes of the start tag just met, up to its end; whether the element is empty.
    pub(super) fn attributes(&mut self, mut f: impl FnMut(&'b [u8], &'b [u8])) -> Result<bool, Halt> {
        loop {
            let rest = self.rest().trim_ascii_start();
            let skipped = self.rest().len() - rest.len();
            match rest {
                [b'>', ..] => {
                    self.at += skipped + 1;
                    return Ok(false);
                }
                [b'/', b'>', ..] => {
                    self.at += skipped + 2;
                    return Ok(true);
                }
                [] | [b'/'] => return Err(Halt::More),
                [b'/' | b'=' | b'<' | b'"' | b'\'', ..] => return Err(Halt::Bad("an ill-formed tag")),
                _ => {}
            }
            let ends = |b: &u8| matches!(b, b'=' | b' ' | b'>' | b'/' | b'<' | b'\t' | b'\r' | b'\n');
            let end = rest.iter().position(ends).ok_or(Halt::More)?;
            let (name, tail) = rest.split_at(end);
            let tail = tail.trim_ascii_start();
            let tail = match tail {
                [b'=', tail @ ..] => tail.trim_ascii_start(),
                [] => return Err(Halt::More),
                _ => return Err(Halt::Bad("an attribute without a value")),
            };
            let (quote, tail) = match tail {
                [quote @ (b'"' | b'\''), tail @ ..] => (*quote, tail),
                [] => return Err(Halt::More),
                _ => return Err(Halt::Bad("an attribute without quotes")),
            };
            let end = tail.iter().position(|b| *b == quote).ok_or(Halt::More)?;
            f(name, tail.get(..end).unwrap_or(&[]));
            self.at = self.piece.len() - (tail.len() - end - 1);
        }
    }

    /// Passes over the rest of an element whose start tag was read.
    pub(super) fn skip(&mut self) -> Result<(), Halt> {
        let mut depth = 1u32;
        while depth > 0 {
            match self.next()? {
                Token::Open(_) => {
                    if !self.attributes(|_, _| {})? {
                        depth = depth.saturating_add(1);
                    }
                }
                Token::Close(_) => depth -= 1,
                Token::Text(_) | Token::Literal(_) => {}
            }
        }
        Ok(())
    }

    /// The text of an element whose start tag was read, up to its end tag.
    pub(super) fn text(&mut self) -> Result<Cow<'b, str>, Halt> {
        let mut out = Cow::Borrowed("");
        loop {
            let piece = match self.next()? {
                Token::Text(raw) => resolved(raw)?,
                Token::Literal(raw) => broken_lines(utf8(raw)?),
                Token::Close(_) => return Ok(out),
                Token::Open(_) => return Err(Halt::Bad("an element within text")),
            };
            if out.is_empty() {
                out = piece;
            } else {
                out.to_mut().push_str(&piece);
            }
        }
    }

    /// The text of a `t`, which is trimmed unless it says otherwise.
    fn run(&mut self) -> Result<Cow<'b, str>, Halt> {
        let mut keep = false;
        if self.attributes(|name, value| keep |= name == b"xml:space" && value == b"preserve")? {
            return Ok(Cow::Borrowed(""));
        }
        let text = self.text()?;
        let trimmed = |t: &'b str| unescaped(t.trim_matches([' ', '\t', '\r', '\n']));
        Ok(match text {
            Cow::Borrowed(t) if keep => unescaped(t),
            Cow::Borrowed(t) => trimmed(t),
            Cow::Owned(t) if keep => Cow::Owned(unescaped(&t).into_owned()),
            Cow::Owned(t) => Cow::Owned(unescaped(t.trim_matches([' ', '\t', '\r', '\n'])).into_owned()),
        })
    }

    /// A string with runs (`si`, `is`) whose start tag was read. Phonetic runs say how to pronounce it and are no part of it.
    pub(super) fn string(&mut self) -> Result<Cow<'b, str>, Halt> {
        let mut out = Cow::Borrowed("");
        let mut depth = 1u32;
        while depth > 0 {
            match self.next()? {
                Token::Open(b"t") => {
                    let run = self.run()?;
                    if out.is_empty() {
                        out = run;
                    } else {
                        out.to_mut().push_str(&run);
                    }
                }
                Token::Open(b"rPh") => {
                    if !self.attributes(|_, _| {})? {
                        self.skip()?;
                    }
                }
                Token::Open(_) => {
                    if !self.attributes(|_, _| {})? {
                        depth = depth.saturating_add(1);
                    }
                }
                Token::Close(_) => depth -= 1,
                Token::Text(_) | Token::Literal(_) => {}
            }
        }
        Ok(out)
    }
}

fn utf8(raw: &[u8]) -> Result<&str, Halt> {
    std::str::from_utf8(raw).map_err(|_| Halt::Bad("text that is not UTF-8"))
}

/// Line ends as XML has them.
fn broken_lines(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { Cow::Borrowed(text) }
}

/// Text with its entities resolved.
pub(super) fn resolved(raw: &[u8]) -> Result<Cow<'_, str>, Halt> {
    let text = utf8(raw)?;
    if !raw.iter().any(|b| matches!(b, b'&' | b'\r')) {
        return Ok(Cow::Borrowed(text));
    }
    let text = broken_lines(text);
    match quick_xml::escape::unescape(&text) {
        Ok(Cow::Borrowed(_)) => Ok(text),
        Ok(Cow::Owned(t)) => Ok(Cow::Owned(t)),
        Err(_) => Err(Halt::Bad("an unknown entity")),
    }
}

/// The code unit of a spreadsheet's own escape (`_x000D_`) that a text begins with.
fn escape(text: &str) -> Option<u16> {
    let hex = text.get(..7)?.strip_prefix("_x")?.strip_suffix('_')?;
    hex.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u16::from_str_radix(hex, 16).ok()).flatten()
}

/// Text with the spreadsheet's own escapes resolved.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text;
    let flush = |units: &mut Vec<u16>, out: &mut String| {
        out.extend(char::decode_utf16(units.drain(..)).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
    };
    while let Some(c) = rest.chars().next() {
        if let Some(unit) = escape(rest) {
            units.push(unit);
            rest = rest.get(7..).unwrap_or("");
            continue;
        }
        flush(&mut units, &mut out);
        out.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or("");
    }
    flush(&mut units, &mut out);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(xml: &str) -> Result<String, Halt> {
        let mut tokens = Tokens::new(xml.as_bytes(), 0);
        assert_eq!(tokens.next(), Ok(Token::Open(b"si")));
        assert_eq!(tokens.attributes(|_, _| {}), Ok(false));
        tokens.string().map(Cow::into_owned)
    }

    #[test]
    fn strings_are_their_runs_without_the_pronunciation() {
        for (xml, text) in [
            ("<si><t>甲</t></si>", "甲"),
            ("<x:si><x:t> a &amp; &#x4e59;\r\n</x:t></x:si>", "a & 乙"),
            ("<si><t xml:space=\"preserve\"> a\r\n</t></si>", " a\n"),
            (
                "<si><r><rPr><b/><sz val='9'/></rPr><t>张</t></r><r><t>三</t></r><rPh sb=\"0\"><t>zhang</t></rPh></si>",
                "张三",
            ),
            ("<si><t/></si>", ""),
            ("<si></si>", ""),
            ("<si><t><![CDATA[<a>&amp;]]><!-- no -->b</t></si>", "<a>&amp;b"),
            ("<si><t>a_x000D_b_x005F_x0041_ _xD83D__xDCF7__xD83D_ _x12_</t></si>", "a\rb_x0041_ 📷\u{fffd} _x12_"),
        ] {
            assert_eq!(string(xml).as_deref(), Ok(text), "{xml}");
        }
    }

    #[test]
    fn a_piece_that_ends_early_asks_for_more_wherever_it_ends() {
        let xml = "<si a = '1>2' xml:space=\"/\"><!-- < --><?p ?><r><t>a&lt;b</t></r><![CDATA[x]]></si>";
        for end in 0..xml.len() {
            let read = string_of(xml.get(..end).unwrap_or(""));
            assert_eq!(read, Err(Halt::More), "{end}");
        }
        assert_eq!(string_of(xml).as_deref(), Ok("a<b"));
    }

    fn string_of(xml: &str) -> Result<String, Halt> {
        let mut tokens = Tokens::new(xml.as_bytes(), 0);
        match tokens.next()? {
            Token::Open(b"si") => {}
            other => panic!("{other:?}"),
        }
        tokens.attributes(|_, _| {})?;
        tokens.string().map(Cow::into_owned)
    }

    #[test]
    fn what_no_workbook_holds_is_refused() {
        for xml in [
            "<!DOCTYPE x [<!ENTITY a 'b'>]>",
            "<si a=1>",
            "<si a>",
            "<si =\"\">",
            "<si><t>&a;</t></si>",
            "<si><t>&#xD800;</t></si>",
            "<si><t><b/></t></si>",
            "< a>",
        ] {
            let read = (|| {
                let mut tokens = Tokens::new(xml.as_bytes(), 0);
                tokens.next()?;
                tokens.attributes(|_, _| {})?;
                tokens.string().map(|_| ())
            })();
            assert!(matches!(read, Err(Halt::Bad(_))), "{xml}: {read:?}");
        }
    }
}
