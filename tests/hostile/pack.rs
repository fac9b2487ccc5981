//! Writes files that no well-meaning program writes: archives byte by byte, and deflated data that was never inflated.

/// One part of an archive.
#[derive(Clone, Default)]
pub struct Part {
    pub name: String,
    /// Bytes as they stand in the archive.
    pub data: Vec<u8>,
    /// Whether they are deflated.
    pub deflated: bool,
    /// What the directory claims their inflated size to be.
    pub claims: u32,
    /// CRC of the inflated bytes.
    pub crc: u32,
}

/// A part that is what it says.
pub fn part(name: &str, text: &str) -> Part {
    let data = text.as_bytes().to_vec();
    Part { name: name.to_owned(), claims: data.len() as u32, crc: crc(&data), deflated: false, data }
}

fn crc(data: &[u8]) -> u32 {
    let mut crc = !0u32;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

fn header(out: &mut Vec<u8>, part: &Part) {
    out.extend([20, 0, 0, 8]);
    out.extend(if part.deflated { [8, 0] } else { [0, 0] });
    out.extend([0, 0, 0x21, 0x50]);
    out.extend(part.crc.to_le_bytes());
    out.extend((part.data.len() as u32).to_le_bytes());
    out.extend(part.claims.to_le_bytes());
    out.extend((part.name.len() as u16).to_le_bytes());
    out.extend([0, 0]);
}

/// An archive.
pub fn archive(parts: &[Part]) -> Vec<u8> {
    archive_of(parts, &[])
}

/// An archive whose directory also lists, under other names, parts that are there already.
pub fn archive_of(parts: &[Part], again: &[(&str, usize)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = Vec::new();
    for part in parts {
        at.push(out.len() as u32);
        out.extend(b"PK\x03\x04");
        header(&mut out, part);
        out.extend(part.name.as_bytes());
        out.extend(&part.data);
    }
    let begin = out.len() as u32;
    let listed = parts.iter().enumerate().map(|(i, p)| (p.name.as_str(), i)).chain(again.iter().copied());
    let mut count = 0u16;
    for (name, i) in listed {
        let part = Part { name: name.to_owned(), ..parts[i].clone() };
        out.extend(b"PK\x01\x02\x14\x00");
        header(&mut out, &part);
        out.extend([0; 10]);
        out.extend(at[i].to_le_bytes());
        out.extend(part.name.as_bytes());
        count += 1;
    }
    let size = out.len() as u32 - begin;
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(begin.to_le_bytes());
    out.extend([0, 0]);
    out
}

struct Bits {
    out: Vec<u8>,
    used: u32,
}

impl Bits {
    /// Lowest bit first, as numbers stand in deflated data.
    fn number(&mut self, value: u32, bits: u32) {
        for i in 0..bits {
            if self.used % 8 == 0 {
                self.out.push(0);
            }
            if value >> i & 1 == 1 {
                *self.out.last_mut().unwrap() |= 1 << (self.used % 8);
            }
            self.used += 1;
        }
    }

    /// Highest bit first, as codes stand there.
    fn code(&mut self, value: u32, bits: u32) {
        for i in (0..bits).rev() {
            self.number(value >> i & 1, 1);
        }
    }

    fn stored(&mut self, last: bool, data: &[u8]) {
        self.number(u32::from(last), 1);
        self.number(0, 2);
        self.used = self.out.len() as u32 * 8;
        self.out.extend((data.len() as u16).to_le_bytes());
        self.out.extend((!(data.len() as u16)).to_le_bytes());
        self.out.extend(data);
        self.used = self.out.len() as u32 * 8;
    }
}

/// A part of `before`, then about `times` × 258 letters `letter`, then `after`: 1032 times larger than its data.
pub fn bomb(name: &str, before: &str, letter: u8, times: u32, after: &str, claims: u32) -> Part {
    let mut bits = Bits { out: Vec::new(), used: 0 };
    bits.stored(false, before.as_bytes());
    // A dynamic block whose only codes are the letter (10), the end (11), the longest match (0) and distance 1 (0).
    bits.number(0, 1);
    bits.number(2, 2);
    bits.number(29, 5);
    bits.number(0, 5);
    bits.number(15, 4);
    // Lengths of the code of lengths: 18 (a run of zeros), 1 and 2 are needed.
    let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    for symbol in order {
        bits.number(if symbol == 18 { 1 } else { u32::from(symbol == 1 || symbol == 2) * 2 }, 3);
    }
    let zeros = |bits: &mut Bits, mut n: u32| {
        while n > 0 {
            // A run has 11 to 138 zeros; the last two must both be long enough.
            let run = if n > 138 + 11 { 138 } else { n.min(138) };
            let run = if n > 138 && n <= 138 + 11 { n - 11 } else { run };
            bits.code(0, 1);
            bits.number(run - 11, 7);
            n -= run;
        }
    };
    let (one, two) = (2, 3);
    zeros(&mut bits, u32::from(letter));
    bits.code(two, 2);
    zeros(&mut bits, 255 - u32::from(letter));
    bits.code(two, 2);
    zeros(&mut bits, 285 - 257);
    bits.code(one, 2);
    bits.code(one, 2);
    bits.code(2, 2);
    // Matches are two zero bits each: whole bytes of zeros. The bits before are even in number, so that none is cut.
    bits.number(0, (8 - bits.used % 8) % 8);
    let bytes = times / 4;
    bits.out.resize(bits.out.len() + bytes as usize, 0);
    bits.used = bits.out.len() as u32 * 8;
    bits.code(3, 2);
    bits.stored(true, after.as_bytes());
    Part { name: name.to_owned(), data: bits.out, deflated: true, claims, crc: 0 }
}

/// A record of an old workbook.
pub fn record(kind: u16, content: &[u8]) -> Vec<u8> {
    let mut out = kind.to_le_bytes().to_vec();
    out.extend((content.len() as u16).to_le_bytes());
    out.extend(content);
    out
}

/// An old workbook of one sheet: what stands before the sheets, and in the sheet.
pub fn old_book(name: &str, shared: &[u8], sheet: &[u8]) -> Vec<u8> {
    let begin = |kind: u16| {
        let words = [0x0600, kind, 0x0dbb, 0x07cc, 0, 0, 0x0006, 0];
        record(0x0809, &words.iter().flat_map(|w| u16::to_le_bytes(*w)).collect::<Vec<u8>>())
    };
    let listed = |at: u32| {
        let mut content = at.to_le_bytes().to_vec();
        content.extend([0, 0, name.chars().count() as u8, 1]);
        content.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        record(0x0085, &content)
    };
    let end = record(0x000a, &[]);
    let before = [begin(5), record(0x0042, &1200u16.to_le_bytes())].concat();
    let at = before.len() + listed(0).len() + shared.len() + end.len();
    compound(&[&before, &listed(at as u32), shared, &end, &begin(16), sheet, &end].concat())
}

/// A compound file with one stream, `Workbook`.
fn compound(stream: &[u8]) -> Vec<u8> {
    const SECTOR: usize = 512;
    let mut stream = stream.to_vec();
    // A shorter one would lie in small sectors.
    stream.resize(stream.len().max(4096).next_multiple_of(SECTOR), 0);
    let sectors = stream.len() / SECTOR;
    let tables = (sectors + 2).div_ceil(127);
    assert!(tables <= 109);
    let numbers = |all: &[u32]| all.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>();
    let (end, free) = (0xffff_fffe_u32, u32::MAX);
    let directory = tables as u32;
    let first = directory + 1;

    let mut out = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    out.resize(24, 0);
    out.extend([0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    out.resize(44, 0);
    out.extend(numbers(&[tables as u32, directory, 0, 4096, end, 0, end, 0]));
    let mut list: Vec<u32> = (0..tables as u32).collect();
    list.resize(109, free);
    out.extend(numbers(&list));

    let mut next = vec![0xffff_fffd; tables];
    next.push(end);
    next.extend((1..sectors as u32).map(|n| first + n));
    next.push(end);
    next.resize(tables * SECTOR / 4, free);
    out.extend(numbers(&next));

    let entry = |name: &str, kind: u8, start: u32, length: u32, child: u32| {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry.resize(64, 0);
        entry.extend(((name.len() as u16 + 1) * 2).to_le_bytes());
        entry.extend([kind, 1]);
        entry.extend(numbers(&[free, free, child]));
        entry.resize(116, 0);
        entry.extend(numbers(&[start, length, 0]));
        entry
    };
    out.extend(entry("Root Entry", 5, end, 0, 1));
    out.extend(entry("Workbook", 2, first, stream.len() as u32, free));
    out.resize(out.len().next_multiple_of(SECTOR), 0);
    out.extend(stream);
    out
}
