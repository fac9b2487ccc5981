//! A dossier as a batch holds it: bytes, about forty a row of points, that become a [`Dossier`] only while the person is
//! examined.
//!
//! A province's batch has millions of rows; as structs they take several hundred bytes each. Here every record is appended
//! to one of two logs of its person as it is read: rows of points and spending to the one, everything else to the other,
//! so that the second can be looked at alone. A log remembers what was written before (places as steps from the last
//! one, texts by reference) and nothing outside it, so logs can be moved between threads and joined end to end.

mod code;
mod rows;

use super::dossier::Dossier;
use super::problem::Problem;
use super::records::{Application, Award, CustodyRow, Inmate, NewCrime, PointRow, PropertyItem, Ruling, SpendingRow};
use code::{Code, Memory, Reader, Writer};
use rows::Order;

/// The dossier of one person, packed.
#[derive(Clone, Debug, Default)]
pub struct PackedDossier {
    no: String,
    rows: Log,
    records: Log,
}

/// Something a dossier consists of.
pub trait Entry: Code {
    #[doc(hidden)]
    const TAG: u8;
    /// Whether it belongs to the log of rows.
    #[doc(hidden)]
    const ROW: bool;
    #[doc(hidden)]
    fn read(from: &mut Reader<'_>, into: &mut Dossier);
}

macro_rules! entries {
    ($($tag:literal $row:literal $ty:ident |$dossier:ident, $record:ident| $add:expr;)*) => {
        $(
            impl Entry for $ty {
                const TAG: u8 = $tag;
                const ROW: bool = $row;

                fn read(from: &mut Reader<'_>, $dossier: &mut Dossier) {
                    let $record = $ty::take(from);
                    $add;
                }
            }
        )*

        fn read_entry(tag: u8, from: &mut Reader<'_>, into: &mut Dossier) {
            match tag {
                $($tag => <$ty as Entry>::read(from, into),)*
                other => unreachable!("no entry has the tag {other}"),
            }
        }
    };
}

/// A place where what was remembered is forgotten: the log goes on as if it began here.
const AGAIN: u8 = 0;
/// The same; what follows is to be added to the numbers of sheets from here on.
const MOVED: u8 = 255;

entries! {
    1 true PointRow |d, row| d.points.push(row);
    2 true SpendingRow |d, row| d.spending.push(row);
    3 false Inmate |d, inmate| d.inmate = Some(inmate);
    4 false Application |d, record| d.applications.push(record);
    5 false Award |d, record| d.awards.push(record);
    6 false Ruling |d, record| d.rulings.push(record);
    7 false PropertyItem |d, record| d.property.push(record);
    8 false CustodyRow |d, record| d.custody.push(record);
    9 false NewCrime |d, record| d.new_crimes.push(record);
    10 false Problem |d, record| d.problems.push(record);
}

impl PackedDossier {
    /// An empty dossier of one person.
    pub fn new(no: String) -> PackedDossier {
        PackedDossier { no, ..PackedDossier::default() }
    }

    /// 罪犯编号.
    pub fn no(&self) -> &str {
        &self.no
    }

    /// Adds a record behind those of its kind; a second inmate takes the place of the first.
    pub fn push<T: Entry>(&mut self, record: &T) {
        let log = if T::ROW { &mut self.rows } else { &mut self.records };
        log.push(record);
    }

    /// Adds everything that was packed elsewhere about the same person. `sheets` is added to the numbers of its sheets,
    /// where these were numbered on their own; nothing may have been added to `other` in that way already.
    pub fn append(&mut self, other: &PackedDossier, sheets: u16) {
        self.rows.append(&other.rows, sheets);
        self.records.append(&other.records, sheets);
    }

    /// Gives back the memory that is only needed for adding more.
    pub fn seal(&mut self) {
        self.rows.seal();
        self.records.seal();
    }

    /// The dossier.
    pub fn open(&self) -> Dossier {
        let mut dossier = self.open_records();
        self.rows.read(&mut dossier);
        dossier
    }

    /// The dossier without its rows of points and spending.
    pub fn open_records(&self) -> Dossier {
        let mut dossier = Dossier::new(self.no.clone());
        self.records.read(&mut dossier);
        dossier
    }

    /// Replaces everything but the rows of points and spending.
    pub fn set_records(&mut self, dossier: &Dossier) {
        let mut log = Log::default();
        dossier.inmate.iter().for_each(|r| log.push(r));
        dossier.applications.iter().for_each(|r| log.push(r));
        dossier.awards.iter().for_each(|r| log.push(r));
        dossier.rulings.iter().for_each(|r| log.push(r));
        dossier.property.iter().for_each(|r| log.push(r));
        dossier.custody.iter().for_each(|r| log.push(r));
        dossier.new_crimes.iter().for_each(|r| log.push(r));
        dossier.problems.iter().for_each(|r| log.push(r));
        log.seal();
        self.records = log;
    }

    /// Replaces the rows of points and spending.
    pub fn set_rows(&mut self, dossier: &Dossier) {
        let mut log = Log::default();
        dossier.points.iter().for_each(|r| log.push(r));
        dossier.spending.iter().for_each(|r| log.push(r));
        log.seal();
        self.rows = log;
    }

    /// Whether the rows are in the order of their months, one a month at most.
    pub fn rows_in_order(&self) -> bool {
        !self.rows.order.disorder
    }

    /// Bytes taken by what is packed.
    pub fn bytes(&self) -> usize {
        self.rows.bytes.len() + self.records.bytes.len()
    }
}

impl From<&Dossier> for PackedDossier {
    fn from(dossier: &Dossier) -> PackedDossier {
        let mut packed = PackedDossier::new(dossier.no.clone());
        packed.set_records(dossier);
        packed.set_rows(dossier);
        packed
    }
}

impl From<Dossier> for PackedDossier {
    fn from(dossier: Dossier) -> PackedDossier {
        PackedDossier::from(&dossier)
    }
}

/// Entries one after the other.
#[derive(Clone, Debug, Default)]
struct Log {
    bytes: Vec<u8>,
    /// What the next entry may refer to; `None` where the log is closed or empty.
    memory: Option<Box<Memory>>,
    order: Order,
    /// What is added to the numbers of sheets at its end.
    moved: u16,
}

impl Log {
    fn push<T: Entry>(&mut self, record: &T) {
        if self.memory.is_none() && !self.bytes.is_empty() {
            match self.moved {
                0 => self.bytes.push(AGAIN),
                _ => self.move_to(0),
            }
        }
        // Doubling would waste a third of all memory on average.
        if self.bytes.capacity() - self.bytes.len() < 64 {
            self.bytes.reserve_exact(64 + self.bytes.len() / 4);
        }
        let memory = self.memory.get_or_insert_default();
        self.bytes.push(T::TAG);
        record.put(&mut Writer { log: &mut self.bytes, memory, order: &mut self.order });
    }

    fn move_to(&mut self, sheets: u16) {
        self.bytes.push(MOVED);
        self.bytes.extend_from_slice(&sheets.to_le_bytes());
        self.moved = sheets;
    }

    fn append(&mut self, other: &Log, sheets: u16) {
        if other.bytes.is_empty() {
            return;
        }
        self.order.append(&other.order);
        self.bytes.reserve_exact(other.bytes.len() + 3);
        if !self.bytes.is_empty() || sheets != 0 {
            self.move_to(sheets);
        }
        self.bytes.extend_from_slice(&other.bytes);
        self.moved = self.moved.max(other.moved);
        self.memory = None;
    }

    fn seal(&mut self) {
        self.memory = None;
        self.bytes.shrink_to_fit();
    }

    fn read(&self, into: &mut Dossier) {
        let mut from = Reader::new(&self.bytes);
        while !from.is_done() {
            match from.byte() {
                AGAIN => from.again(),
                MOVED => from.move_to(),
                tag => read_entry(tag, &mut from, into),
            }
        }
    }
}

#[cfg(test)]
mod tests;
