//! xlsx workbooks, read in one pass.
//!
//! calamine hands out cells only: what else is needed of a sheet (hidden rows and columns, merges, formulas that nobody
//! computed) would take a second pass, and a sheet of a million rows spends most of its time in a general XML reader.
//! Here one thread decompresses while another takes the cells, from the tags themselves. Merges stand behind the cells
//! in the file; a sheet in which they turn out to matter is read again.

mod book;
mod formats;
mod sheet;
mod stream;
mod tokens;

pub(super) use book::{Book, Listed};
pub(crate) use book::{attribute, parts};
pub(super) use sheet::Shape;
pub(crate) use sheet::cell;
pub(super) use stream::{Spent, Trouble, measure};

#[cfg(test)]
mod tests;
