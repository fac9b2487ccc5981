//! What follows from a person's rows alone, worked out once a person and shared by all checks and cases.

use std::cell::OnceCell;

use super::term::Full;
use crate::law::Rules;
use crate::law::charges::{Charge, Membership, ParsedCharges};
use crate::model::ledger::Ledger;
use crate::model::whereabouts::Whereabouts;
use crate::model::{Dossier, Inmate, Presence, Sentence};

/// One count of the judgment: the charge, where the list knows it, and its own punishment.
#[derive(Clone, Copy, Debug)]
pub struct Count<'a> {
    /// The charge; `None` where the list does not know the name.
    pub charge: Option<&'a Charge>,
    /// Its punishment.
    pub sentence: Sentence,
}

/// Derived facts of one person.
pub struct Person<'a> {
    /// The rows.
    pub dossier: &'a Dossier,
    /// The person's row of 罪犯信息.
    pub inmate: &'a Inmate,
    /// The law.
    pub rules: &'a Rules,
    /// 罪名 resolved against the charge list; `None` where the cell is blank or unreadable.
    pub charges: Option<ParsedCharges>,
    /// 各罪刑期 with its charges; `None` where the cell is blank or unreadable.
    pub counts: Option<Vec<Count<'a>>>,
    ledger: OnceCell<Ledger>,
    whereabouts: OnceCell<Whereabouts>,
    pub(super) full: OnceCell<Full>,
}

/// What the charges of a person prove about a restricted group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A charge is in the group.
    Yes,
    /// Only if the person was a functionary.
    IfFunctionary,
    /// Only under one reading of the law.
    Reading,
    /// A charge is not in the list (or no charge is given), so the group cannot be ruled out.
    Unknown,
    /// No charge is in the group.
    No,
}

impl<'a> Person<'a> {
    /// Derives what follows from the rows.
    pub fn new(dossier: &'a Dossier, inmate: &'a Inmate, rules: &'a Rules) -> Person<'a> {
        let charges = inmate.charges.known().map(|text| rules.charges.parse(text));
        let counts = inmate.count_terms.known().map(|list| {
            list.iter().map(|c| Count { charge: rules.charges.resolve(&c.charge), sentence: c.sentence }).collect()
        });
        Person {
            dossier,
            inmate,
            rules,
            charges,
            counts,
            ledger: OnceCell::new(),
            whereabouts: OnceCell::new(),
            full: OnceCell::new(),
        }
    }

    /// The custody record as spans, worked out at the first call.
    pub fn whereabouts(&self) -> &Whereabouts {
        self.whereabouts.get_or_init(|| Whereabouts::new(&self.dossier.custody))
    }

    /// The recomputed points ledger, worked out at the first call.
    pub fn ledger(&self, presence: &Presence) -> &Ledger {
        self.ledger.get_or_init(|| Ledger::new(self.dossier, self.inmate, &self.rules.point_values, presence))
    }

    /// The charges the list knows.
    pub fn known_charges(&self) -> impl Iterator<Item = &'a Charge> + '_ {
        self.charges.iter().flat_map(|p| &p.charges).map(|id| self.rules.charges.get(*id))
    }

    /// Whether every charge is known.
    pub fn charges_certain(&self) -> bool {
        self.charges.as_ref().is_some_and(|p| p.unknown.is_empty() && !p.charges.is_empty())
    }

    /// How many charges the judgment names, unknown ones included.
    pub fn charge_count(&self) -> usize {
        self.charges.as_ref().map_or(0, |p| p.charges.len() + p.unknown.len())
    }

    /// What the charges prove about a group.
    pub fn proof(&self, group: &str) -> Proof {
        let mut best = if self.charges_certain() { Proof::No } else { Proof::Unknown };
        for charge in self.known_charges() {
            match self.rules.categories.membership(charge, group) {
                Membership::Yes => return Proof::Yes,
                Membership::IfFunctionary => best = Proof::IfFunctionary,
                Membership::Reading if best != Proof::IfFunctionary => best = Proof::Reading,
                Membership::Reading | Membership::No => {}
            }
        }
        best
    }
}
