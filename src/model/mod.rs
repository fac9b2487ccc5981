//! Pure types: dates and terms, the records of a workbook, the dossier of one person, the sentence timeline.
//! Nothing here knows Excel, the rules, or how a result is printed.

pub mod build;
pub mod custody;
pub mod date;
pub mod dossier;
pub mod ledger;
pub mod packed;
pub mod problem;
pub mod records;
pub mod schema;
pub mod timeline;
pub mod value;
pub mod whereabouts;

pub use date::{Month, Term};
pub use dossier::{Batch, Dossier, Presence};
pub use packed::PackedDossier;
pub use problem::{Level, Problem, ProblemCode};
pub use records::*;
pub use schema::{Col, SheetKind};
pub use timeline::{ReplayLaw, Stage, Standing};
pub use value::{CellRef, Field, Place, RowRef, Sources, Value};
