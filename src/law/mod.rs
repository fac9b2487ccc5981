//! The law as data: instruments, limit tables, named values, the catalogue of checks.
//!
//! Everything is read from the files of `rules/`, which are built into the binary; overlays given with `--rules` are laid
//! on top and may only add rows (the strictest row wins) or make a value stricter: local rules cannot relax the law.

pub mod before_2017;
pub mod calendar;
pub mod charges;
pub mod limits;
pub mod load;
pub mod points;
mod toml_date;

pub use calendar::{Calendar, Due, WorkingDays};
pub use limits::{Band, Group, Lifts, LimitRow, NamedValue, Quantity};
pub use load::{CheckEntry, CheckText, Example, Instrument, Rules, RulesError, Threshold};
