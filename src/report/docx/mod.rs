//! Word documents from templates that the office edits itself.

pub mod engine;
pub mod xml;
