//! From files to dossiers: finds the files, recognises the sheets, reads the rows, and reports whatever could not be
//! read with the cell, what was found and what would be accepted.
//!
//! A row or cell that cannot be read becomes a problem and the rest goes on. Only what would make every answer
//! unreliable stops the whole: a file that cannot be opened, a required sheet or column that is not there, a layout of
//! a required sheet that could be read in two ways.

mod build;
pub mod cell;
pub mod columns;
mod compound;
mod error;
mod field;
mod files;
mod layout;
pub mod limits;
mod merge;
mod record;
mod redact;
mod rows;
mod sheet;
pub(crate) mod text;
mod transposed;
pub mod values;
mod wide;
mod workbook;
pub(crate) mod xlsx;

use std::path::PathBuf;

pub use columns::{Columns, ColumnsError};
pub use error::{Fault, IntakeError};
pub use files::{Listed, digest};
pub use limits::Limits;
pub use redact::{Redacted, redact, redact_error};

use crate::model::{Batch, SheetKind};

/// How to read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Files with aliases of columns and sheets, laid over the built-in ones in order.
    pub columns: Vec<PathBuf>,
    /// How much a batch may hold.
    pub limits: Limits,
}

/// Reads a batch from files and folders.
///
/// # Errors
/// Every reason why nothing can be reviewed: an input that could not be opened, a required sheet or column that is
/// missing, a layout that cannot be read with certainty, or a bad file of column names.
pub fn read(inputs: &[PathBuf], options: &Options) -> Result<Batch, IntakeError> {
    let columns = Columns::load(&options.columns)?;
    let mut intake = sheet::Intake::new(&columns, options.limits.clone());
    files::read_all(inputs, &options.limits, &mut intake);
    intake.finish()
}

/// Reads a batch from files that were listed before, each under the name it had then, with column names at hand.
///
/// # Errors
/// As for [`read`].
pub fn read_listed(files: &[Listed], columns: &Columns, limits: &Limits) -> Result<Batch, IntakeError> {
    let mut intake = sheet::Intake::new(columns, limits.clone());
    files::read_listed(files, limits, &mut intake);
    intake.finish()
}

/// The files that [`read`] would read, where it can.
pub fn files(inputs: &[PathBuf]) -> Vec<Listed> {
    files::list(inputs)
}

/// The kinds of sheet without which there is nothing to review.
pub(crate) fn required_kinds() -> impl Iterator<Item = SheetKind> {
    SheetKind::ALL.into_iter().filter(|k| k.required())
}
