//! Sentence reduction (减刑限度).

use super::registry::Check;

/// The checks of this family.
pub const CHECKS: &[Check] = &[];
