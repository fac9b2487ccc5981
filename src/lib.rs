//! jxjs (减刑假释) checks sentence-reduction and parole applications against the law.
//!
//! One way through, no going back: workbook → records → dossier → checks → review → report.

pub mod bounded;
pub mod checks;
pub mod exchange;
pub mod intake;
pub mod law;
pub mod model;
pub mod report;
pub mod review;
