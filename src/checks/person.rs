//! What follows from a person's rows alone, worked out once a person and shared by all checks and cases.

use std::cell::OnceCell;

use crate::law::Rules;
use crate::model::{Dossier, Inmate};

/// Derived facts of one person.
pub struct Person<'a> {
    /// The rows.
    pub dossier: &'a Dossier,
    /// The person's row of 罪犯信息.
    pub inmate: &'a Inmate,
    /// The law.
    pub rules: &'a Rules,
    _ledger: OnceCell<()>,
}

impl<'a> Person<'a> {
    /// Derives what follows from the rows.
    pub fn new(dossier: &'a Dossier, inmate: &'a Inmate, rules: &'a Rules) -> Person<'a> {
        Person { dossier, inmate, rules, _ledger: OnceCell::new() }
    }
}
