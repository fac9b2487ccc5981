//! Identity numbers in lines that name nobody. All else is masked before anything looks at the batch; these stay in a dossier,
//! since checks compare them, and only leave the program in a line.

use std::collections::HashMap;

use crate::checks::identity;
use crate::model::{Dossier, Value};

/// The stand-ins of the identity numbers of a batch.
#[derive(Debug, Default)]
pub struct Identities {
    stand_ins: HashMap<String, String>,
}

impl Identities {
    /// Masks the number of a person: one number has one stand-in, of which a review says what it says of the number.
    pub fn mask(&mut self, dossier: &mut Dossier) {
        let Some(inmate) = &mut dossier.inmate else { return };
        let Value::Known(number) = &mut inmate.id_number.value else { return };
        // That there is none, or that it is only filled up, is what a check looks for.
        if identity::is_placeholder(number) || number.trim() == "无" {
            return;
        }
        // An old number of fifteen digits and the new one are one.
        let key = identity::normalise(number).unwrap_or_else(|| number.clone());
        let n = u32::try_from(self.stand_ins.len() + 1).unwrap_or(u32::MAX);
        let stand_in = || identity::stand_in(number, n).unwrap_or_else(|| format!("无效证件号{n:04}"));
        let mask = self.stand_ins.entry(key).or_insert_with(stand_in);
        number.clone_from(mask);
    }
}
