//! A look through an old workbook (`.xls`) before it is opened: the library that reads it makes room for whatever a sheet
//! claims to hold and copies a shared string for every cell that names it.
//!
//! What is damaged is left to that library; only what could be read is counted.

use super::limits::{Exceeded, Held, Limits};

/// Sector numbers from here on are signs, not sectors.
const SIGNS: u32 = 0xffff_fffa;
/// Streams shorter than this lie in the small sectors.
const SMALL: usize = 4096;

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|b| u16::from_le_bytes(*b))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|b| u32::from_le_bytes(*b))
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).filter_map(|b| u32_at(b, 0)).collect()
}

/// The sectors of a chain one after another; a chain that comes back to itself ends.
fn chain<'b>(first: u32, next: &[u32], sector: impl Fn(u32) -> Option<&'b [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = first;
    for _ in 0..=next.len() {
        let Some(bytes) = sector(at).filter(|_| at < SIGNS) else { break };
        out.extend_from_slice(bytes);
        match next.get(at as usize) {
            Some(after) => at = *after,
            None => break,
        }
    }
    out
}

/// The streams of a compound file that a workbook may be in.
fn workbooks(file: &[u8]) -> Option<Vec<Vec<u8>>> {
    let size = match u16_at(file, 30)? {
        shift @ (9 | 12) => 1usize << shift,
        _ => return None,
    };
    let sector = |id: u32| {
        let from = (id as usize).checked_add(1)?.checked_mul(size)?;
        file.get(from..file.len().min(from.checked_add(size)?)).filter(|s| !s.is_empty())
    };
    let mut lists = numbers(file.get(76..512)?);
    let mut more = u32_at(file, 68)?;
    // As many as there are sectors, should the list come back to itself.
    for _ in 0..file.len() / size {
        let Some(list) = sector(more).filter(|_| more < SIGNS) else { break };
        let mut list = numbers(list);
        more = list.pop().unwrap_or(SIGNS);
        lists.append(&mut list);
    }
    lists.retain(|id| *id < SIGNS);
    lists.truncate(file.len() / size + 1);
    let next: Vec<u32> = lists.iter().filter_map(|id| sector(*id)).flat_map(numbers).collect();
    let directory = chain(u32_at(file, 48)?, &next, sector);
    let small_next = numbers(&chain(u32_at(file, 60)?, &next, sector));
    let small = chain(u32_at(&directory, 116)?, &next, sector);
    let small_sector = |id: u32| {
        let from = (id as usize).checked_mul(64)?;
        small.get(from..small.len().min(from.checked_add(64)?)).filter(|s| !s.is_empty())
    };
    let stream = |entry: &[u8]| -> Option<Vec<u8>> {
        let name: Vec<u16> = entry.get(..64)?.chunks_exact(2).filter_map(|b| u16_at(b, 0)).collect();
        let name = String::from_utf16_lossy(name.split(|c| *c == 0).next()?);
        if !["workbook", "book"].contains(&name.to_ascii_lowercase().as_str()) {
            return None;
        }
        let (first, length) = (u32_at(entry, 116)?, u32_at(entry, 120)? as usize);
        let mut bytes =
            if length < SMALL { chain(first, &small_next, small_sector) } else { chain(first, &next, sector) };
        bytes.truncate(length);
        Some(bytes)
    };
    Some(directory.chunks_exact(128).filter_map(stream).collect())
}

/// The records of a stream from a place on: type and content.
fn records(stream: &[u8], mut at: usize) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (kind, length) = (u16_at(stream, at)?, usize::from(u16_at(stream, at + 2)?));
        let content = stream.get(at + 4..at + 4 + length)?;
        at += 4 + length;
        Some((kind, content))
    })
}

const END: u16 = 0x000a;
const BEGIN: u16 = 0x0809;
const CONTINUED: u16 = 0x003c;

/// Whether anything in a workbook, held as a whole, is too much.
///
/// # Errors
/// The first limit that is exceeded.
pub(super) fn vet(file: &[u8], limits: &Limits) -> Result<(), Exceeded> {
    let most = Limits { cells: limits.cells.min(limits.held), ..limits.clone() };
    for stream in workbooks(file).unwrap_or_default() {
        let mut strings = Vec::new();
        let mut sheets = Vec::new();
        let mut pieces: Option<Vec<&[u8]>> = None;
        for (kind, content) in records(&stream, 0) {
            match kind {
                0x00fc => pieces = Some(vec![content]),
                CONTINUED => pieces.iter_mut().for_each(|p| p.push(content)),
                _ => strings = pieces.take().map_or(strings, lengths),
            }
            match kind {
                0x0085 => sheets.extend(u32_at(content, 0)),
                END => break,
                _ => {}
            }
        }
        strings = pieces.take().map_or(strings, lengths);
        if sheets.len() as u64 > limits.parts {
            return Err(Exceeded::Parts(limits.parts));
        }
        let mut held = Held::default();
        for at in sheets {
            held = sheet(&stream, at as usize, &strings, held, &most)?;
        }
    }
    Ok(())
}

/// An area of a sheet.
#[derive(Clone, Copy)]
struct Area {
    first: (u64, u64),
    last: (u64, u64),
}

impl Area {
    const NONE: Area = Area { first: (u64::MAX, u64::MAX), last: (0, 0) };

    fn with(self, row: u64, col: u64) -> Area {
        Area {
            first: (self.first.0.min(row), self.first.1.min(col)),
            last: (self.last.0.max(row), self.last.1.max(col)),
        }
    }

    fn cells(self) -> u64 {
        let side = |first: u64, last: u64| (last + 1).saturating_sub(first);
        side(self.first.0, self.last.0).saturating_mul(side(self.first.1, self.last.1))
    }
}

/// Counts a sheet: every cell between the outermost ones is held, once more for formulas.
fn sheet(stream: &[u8], at: usize, strings: &[u64], held: Held, most: &Limits) -> Result<Held, Exceeded> {
    let (mut values, mut formulas, mut met) = (Area::NONE, Area::NONE, Held::default());
    let mut depth = 0u32;
    for (kind, content) in records(stream, at) {
        let place = u16_at(content, 0).zip(u16_at(content, 2)).map(|(r, c)| (u64::from(r), u64::from(c)));
        match (kind, place) {
            (BEGIN, _) => depth += 1,
            (END, _) if depth <= 1 => break,
            (END, _) => depth -= 1,
            // A chart within the sheet has a table of its own.
            _ if depth > 1 => {}
            // What it claims to span is made room for.
            (0x0200, _) => {
                let (rows, cols) = match content.len() {
                    10 => (u16_at(content, 2).map(u64::from), u16_at(content, 6)),
                    _ => (u32_at(content, 4).map(u64::from), u16_at(content, 10)),
                };
                let claimed = rows.unwrap_or(0).saturating_mul(cols.unwrap_or(0).into());
                held.and(claimed, 0, most)?;
            }
            (0x0002..=0x0005 | 0x0203..=0x0205 | 0x027e | 0x00d6 | 0x00fd | 0x00bd | 0x0006, Some((row, col))) => {
                values = values.with(row, col);
                let mut text = 0;
                match kind {
                    0x0006 => formulas = formulas.with(row, col),
                    // Several numbers side by side.
                    0x00bd => values = values.with(row, col + (content.len() as u64 / 6).saturating_sub(2)),
                    0x00fd => {
                        let index = u32_at(content, 6).and_then(|n| usize::try_from(n).ok());
                        text = index.and_then(|n| strings.get(n)).copied().unwrap_or(0);
                    }
                    _ => text = content.len() as u64,
                }
                met = met.and(1, text, most)?;
            }
            _ => {}
        }
    }
    held.and(values.cells().saturating_add(formulas.cells()), met.text(), most)
}

/// Bytes that each shared string takes at most. The table may go on in further records, within a string too.
fn lengths(pieces: Vec<&[u8]>) -> Vec<u64> {
    let mut out = Vec::new();
    let mut table = Table { pieces: pieces.into_iter(), piece: &[] };
    if table.skip(8).is_none() {
        return out;
    }
    while let Some(bytes) = table.string() {
        out.push(bytes);
    }
    out
}

struct Table<'b, I> {
    pieces: I,
    piece: &'b [u8],
}

impl<'b, I: Iterator<Item = &'b [u8]>> Table<'b, I> {
    fn next_piece(&mut self) -> Option<()> {
        self.piece = self.pieces.next()?;
        Some(())
    }

    fn skip(&mut self, mut bytes: usize) -> Option<()> {
        while bytes > self.piece.len() {
            bytes -= self.piece.len();
            self.next_piece()?;
        }
        self.piece = self.piece.get(bytes..)?;
        Some(())
    }

    fn take(&mut self, bytes: usize) -> Option<&'b [u8]> {
        while self.piece.is_empty() {
            self.next_piece()?;
        }
        let (taken, rest) = self.piece.split_at_checked(bytes)?;
        self.piece = rest;
        Some(taken)
    }

    fn string(&mut self) -> Option<u64> {
        let mut left = usize::from(u16_at(self.take(2)?, 0)?);
        let flags = *self.take(1)?.first()?;
        let runs = if flags & 8 == 0 { 0 } else { usize::from(u16_at(self.take(2)?, 0)?) };
        let more = if flags & 4 == 0 { 0 } else { u32_at(self.take(4)?, 0)? as usize };
        let mut wide = flags & 1 == 1;
        let mut bytes = 0;
        loop {
            let fits = self.piece.len() / if wide { 2 } else { 1 };
            let now = left.min(fits);
            // A letter of one byte takes up to two in UTF-8, one of two up to three.
            bytes += now as u64 * if wide { 3 } else { 2 };
            self.piece = self.piece.get(now * if wide { 2 } else { 1 }..)?;
            left -= now;
            if left == 0 {
                break;
            }
            self.next_piece()?;
            wide = self.take(1)?.first()? & 1 == 1;
        }
        self.skip(runs * 4 + more)?;
        Some(bytes)
    }
}
