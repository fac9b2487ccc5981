//! One sheet in one pass: cells as they stream past, and beside them what concerns the whole sheet.

use std::borrow::Cow;

use super::super::cell::Raw;
use super::super::layout::Merge;
use super::super::limits::{Exceeded, Held, Limits};
use super::book::{Book, Listed};
use super::formats::Shown;
use super::stream::{self, Spent, Trouble, broken};
use super::tokens::{Halt, Token, Tokens, resolved, unescaped};

/// What the cells of a sheet do not say themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// Merged areas. They stand behind the cells.
    pub merges: Vec<Merge>,
    /// Zero-based hidden rows that hold cells, as first and last.
    pub hidden_rows: Vec<(u32, u32)>,
    /// Zero-based hidden columns that hold something, as first and last.
    pub hidden_cols: Vec<(u32, u32)>,
}

/// More than this many merges or hidden stretches are not kept.
const MOST: usize = 100_000;
/// As many as a spreadsheet has.
const ROWS: u32 = 1 << 20;
const COLS: u32 = 1 << 14;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before the cells.
    Head,
    /// Among the rows.
    Data,
    /// Behind them.
    Tail,
    /// Behind the sheet.
    End,
}

struct Scan<'k> {
    book: &'k Book,
    limits: &'k Limits,
    place: Place,
    /// Open elements around the rows.
    depth: u32,
    /// The number of the next row that does not say its own.
    next_row: u32,
    held: Held,
    shape: Shape,
    /// Columns said to be hidden.
    hiding: Vec<(u32, u32)>,
    /// Columns that hold something.
    holding: Vec<bool>,
}

impl Book {
    /// Reads a sheet: every row that has cells goes to `take`, with its zero-based number and its cells by column.
    pub fn read(
        &self,
        sheet: &Listed,
        limits: &Limits,
        spent: &Spent,
        mut take: impl FnMut(u32, &[Raw<'_>]),
    ) -> Result<Shape, Trouble> {
        let mut scan = Scan {
            book: self,
            limits,
            place: Place::Head,
            depth: 0,
            next_row: 0,
            held: Held::default(),
            shape: Shape::default(),
            hiding: Vec::new(),
            holding: Vec::new(),
        };
        stream::read(&self.path, sheet.part, limits, spent, |blocks| {
            blocks.each(|piece| scan.piece(piece, &mut take))
        })?;
        match scan.place {
            Place::End => {
                scan.hidden_columns();
                Ok(scan.shape)
            }
            Place::Head => Err(broken("it ends before the cells")),
            Place::Data | Place::Tail => Err(broken("it ends too early")),
        }
    }
}

/// `Halt`, or a limit that was exceeded.
enum Stopped {
    Halt(Halt),
    Limit(Exceeded),
}

impl From<Halt> for Stopped {
    fn from(h: Halt) -> Stopped {
        Stopped::Halt(h)
    }
}

impl From<Exceeded> for Stopped {
    fn from(e: Exceeded) -> Stopped {
        Stopped::Limit(e)
    }
}

impl<'k> Scan<'k> {
    /// Reads what there is: how far, and why not further.
    fn piece(
        &mut self,
        piece: &[u8],
        take: &mut impl FnMut(u32, &[Raw<'_>]),
    ) -> Result<(usize, Option<Halt>), Trouble> {
        let mut tokens = Tokens::new(piece, 0);
        let mut row: Vec<Raw<'_>> = Vec::with_capacity(self.holding.len());
        let mut good = 0;
        loop {
            let step = match self.place {
                Place::Data => self.row(&mut tokens, &mut row, take),
                Place::Head | Place::Tail => self.around(&mut tokens),
                Place::End => return Ok((piece.len(), None)),
            };
            match step {
                Ok(()) => good = tokens.at,
                Err(Stopped::Halt(halt)) => return Ok((good, Some(halt))),
                Err(Stopped::Limit(e)) => return Err(Trouble::Limit(e)),
            }
        }
    }

    /// One token before or behind the rows.
    fn around(&mut self, tokens: &mut Tokens<'_>) -> Result<(), Stopped> {
        match tokens.next()? {
            Token::Open(b"sheetData") if self.place == Place::Head => {
                let empty = tokens.attributes(|_, _| {})?;
                self.place = if empty { Place::Tail } else { Place::Data };
            }
            Token::Open(b"col") => {
                let (mut from, mut to, mut hidden) = (None, None, false);
                let empty = tokens.attributes(|name, value| match name {
                    b"min" => from = number(value),
                    b"max" => to = number(value),
                    b"hidden" => hidden = truth(value),
                    _ => {}
                })?;
                if let (true, Some(from @ 1..), Some(to)) = (hidden, from, to) {
                    if self.hiding.len() < MOST {
                        self.hiding.push((from - 1, to.min(COLS).saturating_sub(1)));
                    }
                }
                self.depth += u32::from(!empty);
            }
            Token::Open(b"mergeCell") => {
                let mut area = None;
                let empty = tokens.attributes(|name, value| {
                    if name == b"ref" {
                        area = merge(value);
                    }
                })?;
                if self.shape.merges.len() < MOST {
                    self.shape.merges.extend(area);
                }
                self.depth += u32::from(!empty);
            }
            Token::Open(_) => {
                let empty = tokens.attributes(|_, _| {})?;
                self.depth = self.depth.saturating_add(u32::from(!empty));
                if self.depth == 0 {
                    self.place = Place::End;
                }
            }
            Token::Close(_) => {
                self.depth = self.depth.checked_sub(1).ok_or(Halt::Bad("an end without a beginning"))?;
                if self.depth == 0 {
                    self.place = Place::End;
                }
            }
            Token::Text(_) | Token::Literal(_) => {}
        }
        Ok(())
    }

    /// One row, as a whole.
    fn row<'b>(
        &mut self,
        tokens: &mut Tokens<'b>,
        cells: &mut Vec<Raw<'b>>,
        take: &mut impl FnMut(u32, &[Raw<'_>]),
    ) -> Result<(), Stopped>
    where
        'k: 'b,
    {
        match tokens.next()? {
            Token::Open(b"row") => {}
            Token::Open(_) => {
                if !tokens.attributes(|_, _| {})? {
                    tokens.skip()?;
                }
                return Ok(());
            }
            Token::Close(b"sheetData") => {
                self.place = Place::Tail;
                return Ok(());
            }
            Token::Close(_) => return Err(Halt::Bad("an end of something else among the rows").into()),
            Token::Text(_) | Token::Literal(_) => return Ok(()),
        }
        let (mut said, mut bad, mut hidden): (Option<u32>, bool, bool) = (None, false, false);
        let empty = tokens.attributes(|name, value| match name {
            b"r" => {
                said = number(value).filter(|n| (1..=ROWS).contains(n)).map(|n| n - 1);
                bad |= said.is_none();
            }
            b"hidden" => hidden = truth(value),
            _ => {}
        })?;
        if bad {
            return Err(Halt::Bad("a row number that no sheet has").into());
        }
        let mut at = At { row: said, next: self.next_row, col: 0 };
        let mut count = 0u64;
        // A row that ends in the next piece is read again: what it holds counts once it is whole.
        let mut held = self.held;
        cells.clear();
        if !empty {
            loop {
                match tokens.next()? {
                    Token::Open(b"c") => {
                        count += 1;
                        let (col, raw) = self.cell(tokens, &mut at)?;
                        held = held.and(1, raw.text_bytes(), self.limits)?;
                        raw.put(cells, col);
                    }
                    Token::Close(b"row") => break,
                    Token::Close(_) => return Err(Halt::Bad("an end of something else in a row").into()),
                    Token::Open(_) => {
                        if !tokens.attributes(|_, _| {})? {
                            tokens.skip()?;
                        }
                    }
                    Token::Text(_) | Token::Literal(_) => {}
                }
            }
        }
        let row = at.row.unwrap_or(at.next);
        if row >= ROWS {
            return Err(Halt::Bad("more rows than a sheet has").into());
        }
        self.next_row = row + 1;
        self.held = held;
        if hidden && count > 0 {
            stretch(&mut self.shape.hidden_rows, row);
        }
        if !cells.is_empty() {
            if !self.hiding.is_empty() {
                self.hold(cells);
            }
            take(row, cells);
        }
        Ok(())
    }

    fn hold(&mut self, cells: &[Raw<'_>]) {
        if self.holding.len() < cells.len() {
            self.holding.resize(cells.len(), false);
        }
        for (held, cell) in self.holding.iter_mut().zip(cells) {
            *held |= *cell != Raw::Blank;
        }
    }

    fn hidden_columns(&mut self) {
        self.hiding.sort_unstable();
        let mut out = Vec::new();
        for (col, held) in self.holding.iter().enumerate() {
            let col = col as u32;
            if *held && self.hiding.iter().any(|(from, to)| (*from..=*to).contains(&col)) {
                stretch(&mut out, col);
            }
        }
        self.shape.hidden_cols = out;
    }

    /// One cell: its column and what it holds.
    fn cell<'b>(&self, tokens: &mut Tokens<'b>, at: &mut At) -> Result<(usize, Raw<'b>), Stopped>
    where
        'k: 'b,
    {
        let (mut reference, mut style, mut kind): (Option<&[u8]>, Option<u32>, Option<&[u8]>) = (None, None, None);
        let empty = tokens.attributes(|name, value| match name {
            b"r" => reference = Some(value),
            b"s" => style = Some(number(value).unwrap_or(0)),
            b"t" => kind = Some(value),
            _ => {}
        })?;
        let col = at.take(reference)?;
        if empty {
            return Ok((col, Raw::Blank));
        }
        let mut raw = Raw::Blank;
        let mut formula = false;
        let mut result = false;
        let inline = matches!(kind, Some(b"inlineStr" | b"is"));
        loop {
            // The commonest contents, recognised at a glance.
            if let Some(body) = tokens.rest().strip_prefix(b"<v>") {
                if let Some(end) = body.iter().position(|b| *b == b'<') {
                    let (text, tail) = body.split_at(end);
                    if !inline && tail.starts_with(b"</v></c>") {
                        tokens.at += 3 + end + 8;
                        let value = self.value(resolved(text)?, kind, style)?;
                        result |= !text.is_empty() || kind == Some(b"str");
                        raw = value;
                        break;
                    }
                }
            }
            match tokens.next()? {
                Token::Open(b"v") => {
                    let text = if tokens.attributes(|_, _| {})? { Cow::Borrowed("") } else { tokens.text()? };
                    // Beside an inline string it is redundant.
                    if !inline {
                        result |= !text.is_empty() || kind == Some(b"str");
                        raw = self.value(text, kind, style)?;
                    }
                }
                Token::Open(b"f") => {
                    formula = true;
                    if !tokens.attributes(|_, _| {})? {
                        tokens.skip()?;
                    }
                }
                Token::Open(b"is") => {
                    let text = if tokens.attributes(|_, _| {})? { Cow::Borrowed("") } else { tokens.string()? };
                    result = true;
                    raw = Raw::Text(text);
                }
                Token::Open(_) => {
                    if !tokens.attributes(|_, _| {})? {
                        tokens.skip()?;
                    }
                }
                Token::Close(b"c") => break,
                Token::Close(_) => return Err(Halt::Bad("an end of something else in a cell").into()),
                Token::Text(_) | Token::Literal(_) => {}
            }
        }
        if let Raw::Text(t) = &raw {
            if t.len() as u64 > self.limits.text {
                return Err(Exceeded::Text(self.limits.text).into());
            }
        }
        if formula && !result {
            // A spreadsheet would compute it; nobody has. Blank it is not.
            raw = Raw::Error(Cow::Borrowed("公式没有结果"));
        }
        Ok((col, raw))
    }

    fn value<'b>(&self, text: Cow<'b, str>, kind: Option<&[u8]>, style: Option<u32>) -> Result<Raw<'b>, Halt>
    where
        'k: 'b,
    {
        match kind {
            None | Some(b"n") => {
                if text.is_empty() {
                    return Ok(Raw::Blank);
                }
                match text.parse::<f64>() {
                    Ok(value) => Ok(self.number(value, style)),
                    Err(_) if kind.is_none() => Ok(Raw::Text(text)),
                    Err(_) => Err(Halt::Bad("a number that is none")),
                }
            }
            Some(b"s") => {
                if text.is_empty() {
                    return Ok(Raw::Blank);
                }
                let index = text.trim().parse().map_err(|_| Halt::Bad("a shared string without a number"))?;
                let shared = self.book.strings.get(index).ok_or(Halt::Bad("a shared string that does not exist"))?;
                Ok(Raw::Text(Cow::Borrowed(shared)))
            }
            Some(b"str") => Ok(Raw::Text(match text {
                Cow::Borrowed(t) => unescaped(t),
                Cow::Owned(t) => Cow::Owned(unescaped(&t).into_owned()),
            })),
            Some(b"b") => match text.trim() {
                "" => Ok(Raw::Blank),
                t if t == "1" || t.eq_ignore_ascii_case("true") => Ok(Raw::Bool(true)),
                t if t == "0" || t.eq_ignore_ascii_case("false") => Ok(Raw::Bool(false)),
                _ => Err(Halt::Bad("a truth value that is none")),
            },
            Some(b"e") => Ok(Raw::Error(Cow::Owned(text.into_owned()))),
            Some(b"d") => Ok(Raw::iso(text)),
            Some(_) => Err(Halt::Bad("a cell of an unknown type")),
        }
    }

    fn number<'b>(&self, value: f64, style: Option<u32>) -> Raw<'b> {
        // A cell without a style has the first one; that this one is a date is only believed where it is said.
        let found = self.book.styles.get(style.unwrap_or(0) as usize).copied().unwrap_or_default();
        match found.shown {
            Shown::Date if style.is_some() => Raw::serial(value, self.book.epoch),
            Shown::Duration if style.is_some() => Raw::DURATION,
            _ => Raw::Number { value, pad: found.pad },
        }
    }
}

/// Where the next cell is.
struct At {
    /// The row, once it has been said.
    row: Option<u32>,
    /// The row if nobody says it.
    next: u32,
    /// The column of a cell that does not say its own.
    col: u32,
}

impl At {
    fn take(&mut self, reference: Option<&[u8]>) -> Result<usize, Halt> {
        if let Some(reference) = reference {
            let (row, col) = cell(reference).ok_or(Halt::Bad("a cell reference that no sheet has"))?;
            if *self.row.get_or_insert(row) != row {
                return Err(Halt::Bad("a cell outside of its row"));
            }
            self.col = col;
        }
        let col = self.col;
        if col >= COLS {
            return Err(Halt::Bad("more columns than a sheet has"));
        }
        self.col += 1;
        Ok(col as usize)
    }
}

fn number(value: &[u8]) -> Option<u32> {
    let digits = value.trim_ascii();
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.iter().try_fold(0u32, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
}

fn truth(value: &[u8]) -> bool {
    matches!(value.trim_ascii(), b"1" | b"true")
}

fn stretch(list: &mut Vec<(u32, u32)>, n: u32) {
    let room = list.len() < MOST;
    match list.last_mut() {
        Some((_, last)) if last.saturating_add(1) == n => *last = n,
        _ if room => list.push((n, n)),
        _ => {}
    }
}

/// `B3` as row 2, column 1.
pub fn cell(reference: &[u8]) -> Option<(u32, u32)> {
    let letters = reference.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let (letters, digits) = reference.split_at(letters);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let col = letters.iter().fold(0u32, |n, b| n * 26 + u32::from(b.to_ascii_uppercase() - b'A') + 1) - 1;
    let row = number(digits).filter(|n| (1..=ROWS).contains(n))? - 1;
    (col < COLS).then_some((row, col))
}

/// `A1:C2` as first row, first column, last row, last column.
fn merge(area: &[u8]) -> Option<Merge> {
    let colon = area.iter().position(|b| *b == b':')?;
    let plain = |part: &[u8]| part.iter().copied().filter(|b| *b != b'$').collect::<Vec<u8>>();
    let (a, b) = (cell(&plain(area.get(..colon)?))?, cell(&plain(area.get(colon + 1..)?))?);
    Some((a.0.min(b.0), a.1.min(b.1), a.0.max(b.0), a.1.max(b.1)))
}
