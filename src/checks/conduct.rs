//! Grade of conduct: what is claimed, what is struck, what the award records prove.

use super::case::Case;
use super::finding::Leaf;
use super::world::World;
use crate::model::{Award, AwardKind, Col, Conduct, Patent, Place, Restitution, SheetKind};

/// A result, or the leaf that says why there is none.
pub type Det<T> = Result<T, Box<Leaf>>;

/// "Cannot be decided without this cell", as the error of a computation.
pub fn need<T>(place: Place, document: &'static str) -> Det<T> {
    Err(Box::new(Leaf::needs(place, document)))
}

/// Whether a claimed merit is borne out by the award records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merit {
    /// An award record supports it.
    Proven,
    /// The records contradict it, or there is none.
    Refuted(Refutation),
    /// The records are not there or not complete.
    Unproved(Place, &'static str),
}

/// Why a merit is refuted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refutation {
    /// No award record inside the term.
    NoRecord,
    /// A patent that is not an invention patent.
    Patent(Patent),
    /// Not confirmed by the competent authority.
    NotConfirmed,
}

/// What remains of the conduct claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effective {
    /// 悔改 claimed and not struck.
    pub repentance: bool,
    /// 立功 claimed and not refuted.
    pub merit: bool,
    /// 重大立功 claimed and not refuted.
    pub major: bool,
}

impl Effective {
    /// The grade: 1 悔改 or 立功, 2 both, 3 重大立功, 4 悔改+重大立功; `None` without any ground.
    pub fn grade(self) -> Option<u8> {
        match (self.repentance, self.merit, self.major) {
            (true, _, true) => Some(4),
            (false, _, true) => Some(3),
            (true, true, false) => Some(2),
            (true, false, false) | (false, true, false) => Some(1),
            (false, false, false) => None,
        }
    }
}

pub(super) fn mentions(award: &Award, words: &[&str]) -> bool {
    award.reason.known().is_some_and(|r| words.iter().any(|w| r.contains(w)))
}

/// Words of 事由 that mean an invention or a technical innovation (2016 rules 4(4), 5(4)).
pub(super) const INVENTION: &[&str] = &["发明", "专利", "技术革新", "革新", "创新"];
/// Words of 事由 that mean another contribution (2016 rules 4(6), 5(7)).
const CONTRIBUTION: &[&str] = &["较大贡献", "重大贡献", "突出贡献"];

impl Case<'_> {
    /// The conduct claimed in the application; where the cell cannot be read, every combination is open.
    pub fn claimed(&self, w: &mut World) -> Effective {
        let Some(app) = self.app else { return Effective { repentance: false, merit: false, major: false } };
        match app.conduct.known() {
            Some(set) => Effective {
                repentance: set.contains(&Conduct::Repentance),
                merit: set.contains(&Conduct::Merit),
                major: set.contains(&Conduct::MajorMerit),
            },
            None => {
                let mut ask = |key| w.ask(key, app.conduct.place(), "减刑（假释）建议书");
                Effective {
                    repentance: ask("claims-repentance"),
                    merit: ask("claims-merit"),
                    major: ask("claims-major-merit"),
                }
            }
        }
    }

    /// Whether an award bears out a merit of this kind.
    fn award_proof(&self, award: &Award, major: bool) -> Merit {
        let invention = award.patent.get().is_some() || mentions(award, INVENTION);
        if major && invention {
            match award.patent.get() {
                Some(Patent::Invention) => {}
                Some(other) => return Merit::Refuted(Refutation::Patent(other)),
                None => return Merit::Unproved(award.patent.place(), "专利证书"),
            }
        }
        if invention || mentions(award, CONTRIBUTION) {
            return match award.confirmed.get() {
                Some(true) => Merit::Proven,
                Some(false) => Merit::Refuted(Refutation::NotConfirmed),
                None => Merit::Unproved(award.confirmed.place(), "主管部门确认文件"),
            };
        }
        Merit::Proven
    }

    /// Whether a claimed 立功 (or 重大立功) is borne out by an award inside the term, up to the application.
    pub fn merit_proof(&self, major: bool) -> Merit {
        if !self.has(SheetKind::Awards) {
            return Merit::Unproved(self.sheet_place(Col::AwKind), "立功材料、奖惩审批表");
        }
        let from = [self.inmate.term_start.get(), self.inmate.detained.get(), self.inmate.delivered.get()]
            .into_iter()
            .flatten()
            .min();
        let to = self.reference_day();
        let mut best = Merit::Refuted(Refutation::NoRecord);
        for award in &self.dossier.awards {
            let fits = match award.kind.get() {
                Some(AwardKind::MajorMerit) => true,
                Some(AwardKind::Merit) => !major,
                Some(_) => false,
                None => continue,
            };
            let Some(day) = award.date.get() else {
                if fits {
                    best = better(best, Merit::Unproved(award.date.place(), "奖惩审批表"));
                }
                continue;
            };
            if fits && day <= to && from.is_none_or(|f| day >= f) {
                best = better(best, self.award_proof(award, major));
            }
        }
        best
    }

    /// Whether a merit counts in this world: proven ones do, refuted ones do not, unproved ones are open.
    fn merit_counts(&self, w: &mut World, major: bool) -> bool {
        match self.merit_proof(major) {
            Merit::Proven => true,
            Merit::Refuted(_) => false,
            Merit::Unproved(place, document) => w.ask(if major { "major-merit" } else { "merit" }, place, document),
        }
    }

    /// Whether 悔改 is struck although claimed (art. 3.1(1), 3.2; 2024 property rules 4.2, 12).
    pub fn repentance_struck(&self, w: &mut World) -> bool {
        self.struck_for_remorse(w) || self.struck_for_restitution(w) || self.property_strikes(w)
    }

    /// 认罪悔罪=否.
    pub fn struck_for_remorse(&self, w: &mut World) -> bool {
        !self.yes(w, "remorse", &self.inmate.remorse, "罪犯评审鉴定表、认罪悔罪书")
    }

    /// A person of the three categories who does not actively return proceeds.
    pub fn struck_for_restitution(&self, w: &mut World) -> bool {
        let passive = match self.inmate.restitution.get() {
            Some(Restitution::Passive) => true,
            Some(Restitution::Active) => false,
            Some(Restitution::NothingOwed) => {
                // "Nothing owed" beside an order to pay back contradicts itself.
                let ordered = self.dossier.property.iter().any(|p| {
                    matches!(
                        p.kind.get(),
                        Some(crate::model::PropertyKind::Recovery | crate::model::PropertyKind::Restitution)
                    )
                });
                if !ordered {
                    return false;
                }
                return self.three_categories(w)
                    && w.ask("restitution", self.inmate.restitution.place(), "退赃退赔凭证");
            }
            None => {
                return self.three_categories(w)
                    && w.ask("restitution", self.inmate.restitution.place(), "退赃退赔凭证");
            }
        };
        passive && self.three_categories(w)
    }

    /// The conduct that counts in this world.
    pub fn effective(&self, w: &mut World) -> Effective {
        let claimed = self.claimed(w);
        let major = claimed.major && self.merit_counts(w, true);
        let merit = claimed.merit && self.merit_counts(w, false);
        let repentance = claimed.repentance && !self.repentance_struck(w);
        Effective { repentance, merit, major }
    }

    /// The grade that counts in this world.
    pub fn grade(&self, w: &mut World) -> Option<u8> {
        self.effective(w).grade()
    }
}

fn better(a: Merit, b: Merit) -> Merit {
    let rank = |m: &Merit| match m {
        Merit::Proven => 3,
        Merit::Unproved(..) => 2,
        Merit::Refuted(Refutation::NoRecord) => 0,
        Merit::Refuted(_) => 1,
    };
    if rank(&b) > rank(&a) { b } else { a }
}
