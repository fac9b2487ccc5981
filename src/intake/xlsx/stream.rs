//! A part of a workbook, decompressed on a thread of its own and handed over in blocks.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};
use zip::ZipArchive;

use super::super::limits::{Exceeded, Limits};
use super::tokens::Halt;

/// Why a part could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It is damaged, or is not what it should be.
    Broken(String),
    /// It holds too much.
    Limit(Exceeded),
}

impl From<Exceeded> for Trouble {
    fn from(e: Exceeded) -> Trouble {
        Trouble::Limit(e)
    }
}

pub(super) fn broken(e: impl std::fmt::Display) -> Trouble {
    Trouble::Broken(e.to_string())
}

/// What a batch may still decompress, shared by all that read it.
#[derive(Debug, Default)]
pub struct Spent(AtomicU64);

impl Spent {
    /// Counts bytes of a file that is not compressed.
    pub fn add(&self, bytes: u64, limits: &Limits) -> Result<(), Exceeded> {
        if self.0.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) > limits.total_bytes {
            return Err(Exceeded::TotalBytes(limits.total_bytes));
        }
        Ok(())
    }
}

/// Counts the bytes of a part.
struct Meter<'a> {
    limits: &'a Limits,
    spent: &'a Spent,
    compressed: u64,
    part: u64,
}

impl Meter<'_> {
    fn add(&mut self, bytes: usize) -> Result<(), Exceeded> {
        let bytes = bytes as u64;
        self.part += bytes;
        if self.part > self.limits.part_bytes {
            return Err(Exceeded::PartBytes(self.limits.part_bytes));
        }
        if self.part > self.limits.ratio_from && self.part / self.compressed.max(1) > self.limits.ratio {
            return Err(Exceeded::Ratio(self.limits.ratio));
        }
        self.spent.add(bytes, self.limits)
    }
}

const BLOCK: usize = 256 << 10;
/// Blocks waiting: enough that neither side waits for the other, and a bound on what is held.
const WAITING: usize = 8;

type Block = Result<Vec<u8>, Trouble>;

/// The consumer's side of a part.
pub(super) struct Blocks {
    full: Receiver<Block>,
    empty: SyncSender<Vec<u8>>,
    /// What has been received and not yet been consumed.
    held: Vec<u8>,
    ended: bool,
    /// Bytes that may be held: one row or one string must fit.
    most: u64,
}

impl Blocks {
    /// Gives the part to `step` piece by piece: it returns how much it has consumed, or [`Halt::More`]. At the end of
    /// the part there is no more.
    pub(super) fn each(
        &mut self,
        mut step: impl FnMut(&[u8]) -> Result<(usize, Option<Halt>), Trouble>,
    ) -> Result<(), Trouble> {
        // After a piece that could not be used, twice as much is waited for: the work stays in proportion to the part.
        let mut wanted = 1;
        loop {
            while self.held.len() < wanted && !self.ended {
                self.receive()?;
            }
            let (consumed, halt) = step(&self.held)?;
            self.held.drain(..consumed);
            match halt {
                Some(Halt::Bad(what)) => return Err(broken(what)),
                _ if self.ended => {
                    // Passing over the end of something is how a part that was cut off shows.
                    return match halt {
                        Some(Halt::More) if !self.held.is_empty() => Err(broken("it ends too early")),
                        _ => Ok(()),
                    };
                }
                _ => {}
            }
            if self.held.len() as u64 > self.most {
                return Err(Trouble::Limit(Exceeded::RowBytes(self.most)));
            }
            let held = self.held.len();
            wanted = if consumed == 0 { held.saturating_mul(2).max(1) } else { held + 1 };
        }
    }

    fn receive(&mut self) -> Result<(), Trouble> {
        match self.full.recv() {
            Ok(Ok(block)) => {
                self.held.extend_from_slice(&block);
                // The other side may be gone already.
                let _ = self.empty.try_send(block);
                Ok(())
            }
            Ok(Err(trouble)) => Err(trouble),
            Err(_) => {
                self.ended = true;
                Ok(())
            }
        }
    }
}

/// Opens an archive.
pub(super) fn archive(path: &Path) -> Result<ZipArchive<BufReader<File>>, Trouble> {
    ZipArchive::new(BufReader::with_capacity(64 << 10, File::open(path).map_err(broken)?)).map_err(broken)
}

/// Decompresses a part on a thread of its own while `consume` takes it.
pub(super) fn read<T>(
    path: &Path,
    part: usize,
    limits: &Limits,
    spent: &Spent,
    consume: impl FnOnce(&mut Blocks) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let (give_full, full) = sync_channel::<Block>(WAITING);
    let (empty, take_empty) = sync_channel::<Vec<u8>>(WAITING);
    std::thread::scope(|scope| {
        let producer = scope.spawn(move || {
            if let Err(trouble) = produce(path, part, limits, spent, &give_full, &take_empty) {
                let _ = give_full.send(Err(trouble));
            }
        });
        let mut blocks = Blocks { full, empty, held: Vec::new(), ended: false, most: limits.row_bytes };
        let result = consume(&mut blocks);
        drop(blocks);
        match producer.join() {
            Ok(()) => result,
            Err(_) => Err(broken("unexpected content")),
        }
    })
}

fn produce(
    path: &Path,
    part: usize,
    limits: &Limits,
    spent: &Spent,
    full: &SyncSender<Block>,
    empty: &Receiver<Vec<u8>>,
) -> Result<(), Trouble> {
    let mut archive = archive(path)?;
    let mut file = archive.by_index(part).map_err(broken)?;
    let mut meter = Meter { limits, spent, compressed: file.compressed_size(), part: 0 };
    let mut decoder: Option<Option<Decoder>> = None;
    loop {
        let mut block = empty.try_recv().unwrap_or_default();
        block.resize(BLOCK, 0);
        let mut filled = 0;
        while let Some(free) = block.get_mut(filled..).filter(|f| !f.is_empty()) {
            match file.read(free) {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => return Err(broken(e)),
            }
        }
        meter.add(filled)?;
        let last = filled < BLOCK;
        block.truncate(filled);
        let decoder = decoder.get_or_insert_with(|| encoding(&block).map(Encoding::new_decoder_with_bom_removal));
        if let Some(decoder) = decoder {
            block = decoded(decoder, &block, last)?;
        }
        if (!block.is_empty() && full.send(Ok(block)).is_err()) || last {
            return Ok(());
        }
    }
}

/// The encoding of a part that is not plain UTF-8, by its mark or its declaration.
fn encoding(head: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Some(encoding);
    }
    let head = head.get(..head.len().min(200)).unwrap_or(&[]);
    let declaration = head.strip_prefix(b"<?xml")?;
    let end = declaration.windows(2).position(|w| w == b"?>")?;
    let declaration = std::str::from_utf8(declaration.get(..end)?).ok()?;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next()?;
    let label = value.get(1..)?.split(quote).next()?;
    Encoding::for_label(label.as_bytes()).filter(|e| *e != UTF_8)
}

fn decoded(decoder: &mut Decoder, block: &[u8], last: bool) -> Result<Vec<u8>, Trouble> {
    let room = decoder.max_utf8_buffer_length_without_replacement(block.len()).ok_or_else(|| broken("too large"))?;
    let mut out = vec![0; room];
    let (result, _, written) = decoder.decode_to_utf8_without_replacement(block, &mut out, last);
    if result != DecoderResult::InputEmpty {
        return Err(broken("text in an unknown encoding"));
    }
    out.truncate(written);
    Ok(out)
}

/// Decompresses every part of an archive to see whether it can be given to a reader that knows no limits.
pub fn measure(path: &Path, limits: &Limits, spent: &Spent) -> Result<(), Trouble> {
    let mut archive = archive(path)?;
    let mut block = vec![0; BLOCK];
    for part in 0..archive.len() {
        let mut file = archive.by_index(part).map_err(broken)?;
        let mut meter = Meter { limits, spent, compressed: file.compressed_size(), part: 0 };
        loop {
            match file.read(&mut block).map_err(broken)? {
                0 => break,
                n => meter.add(n)?,
            }
        }
    }
    Ok(())
}

/// A small part as text.
pub(super) fn text<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    part: usize,
    limits: &Limits,
    spent: &Spent,
) -> Result<String, Trouble> {
    /// Directories and styles are held whole.
    const MOST: u64 = 64 << 20;
    let most = limits.part_bytes.min(MOST);
    let file = archive.by_index(part).map_err(broken)?;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(broken)?;
    if bytes.len() as u64 > most {
        return Err(Trouble::Limit(Exceeded::PartBytes(most)));
    }
    let mut meter = Meter { limits, spent, compressed: u64::MAX, part: 0 };
    meter.add(bytes.len())?;
    if let Some(encoding) = encoding(&bytes) {
        bytes = decoded(&mut encoding.new_decoder_with_bom_removal(), &bytes, true)?;
    }
    String::from_utf8(bytes).map_err(|_| broken("text that is not UTF-8"))
}
