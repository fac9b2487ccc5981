//! Dossiers and aggregates as lines of JSON, so that a batch can be cut into parts and reviewed on many machines: the only
//! place that knows their shape, as intake is the only one that knows workbooks.

mod dossier;
mod error;
mod keys;
mod masked;
pub mod part;
pub mod schema;
pub mod stream;
mod wire;

pub use dossier::{Alone, Reader, write};
pub use error::{Fault, LineError};
pub use masked::Identities;
pub use part::Part;

/// Version of the shapes; changes only when a key changes its meaning or disappears.
pub const SCHEMA: u32 = 1;
