//! The checks of the catalogue: one file a family, one function a check, one registry table.

pub mod case;
pub mod finding;
pub mod person;
pub mod reduction;
pub mod registry;
pub mod world;
