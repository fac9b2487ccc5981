//! The checks of the catalogue: one file a family, one function a check, one registry table.

pub mod case;
pub mod category;
pub mod conduct;
pub mod finding;
pub mod groups;
pub mod history;
pub mod identity;
pub mod limits;
pub mod paper;
pub mod parole;
pub mod pattern;
pub mod person;
pub mod points;
pub mod procedure;
pub mod property;
pub mod reduction;
pub mod registry;
pub mod term;
pub mod windows;
pub mod world;
