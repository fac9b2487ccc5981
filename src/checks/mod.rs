//! The checks of the catalogue: one file a family, one function a check, one registry table.

pub mod finding;
pub mod world;
