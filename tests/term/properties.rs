//! What holds for every person: the order of rows changes nothing, and taking away a lawful row of custody clears nobody.

use jxjs::checks::finding::{Fact, Outcome};
use jxjs::model::{AwardKind, Change, CustodyKind as K, Sentence, date};
use proptest::prelude::*;

use crate::make::*;

/// Rows of custody inside, of many kinds, without a gap from the first day on.
fn held(cuts: &[i64]) -> World {
    let mut world = World::new(fixed("P15Y"), "2015-09-26").custody(K::DetentionCentre, "2015-03-10", "2015-09-25");
    let kinds = [K::Held, K::Transfer, K::Hospital, K::Held, K::Confinement, K::Held];
    let mut from = d("2015-09-26");
    for (i, days) in cuts.iter().enumerate() {
        let to = date::add_days(from, *days);
        world = world.custody(kinds[i % kinds.len()], &from.to_string(), &to.to_string());
        from = date::add_days(to, 1);
    }
    world.custody(K::Held, &from.to_string(), "")
}

/// One thing that is wrong.
fn spoil(world: World, which: u8) -> World {
    match which {
        0 => world.current("2029-12-09"),
        1 => world.award(AwardKind::Commendation, "2015-06-01"),
        2 => world.ruling("2016-06-20", less(30)).current("2027-09-09"),
        3 => world.ruling("2018-06-20", Change::NotCounted(t("P1Y"))),
        4 => world.with(|w| w.inmate().delivered.set(d("2015-11-26"))),
        5 => world.custody(K::Parole, "2024-03-10", ""),
        _ => world.custody_for(K::OutsideExecution, "2023-01-01", "2023-06-30", "严重疾病").custody_for(
            K::Recalled,
            "2023-06-30",
            "2023-06-30",
            "不符合条件",
        ),
    }
}

/// The worst that the two families say.
fn worst(world: &World) -> Outcome {
    let review = world.review();
    let of = |check: &str| check.starts_with("term/") || check.starts_with("paper/");
    review.findings.iter().filter(|f| of(f.check)).map(|f| f.outcome).min().unwrap_or(Outcome::Pass)
}

fn inside(kind: Option<K>) -> bool {
    matches!(kind, Some(K::DetentionCentre | K::Held | K::Transfer | K::Hospital | K::Confinement | K::Recalled))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn taking_away_a_lawful_row_inside_clears_nobody(
        cuts in prop::collection::vec(1i64..400, 0..6),
        which in 0u8..7,
        row in any::<prop::sample::Index>(),
    ) {
        let world = spoil(held(&cuts), which);
        prop_assert_ne!(worst(&world), Outcome::Pass, "nothing is wrong with {}", which);
        let rows: Vec<usize> =
            (0..world.dossier.custody.len()).filter(|i| inside(world.dossier.custody[*i].kind.get())).collect();
        let gone = rows[row.index(rows.len())];
        let less = spoil(held(&cuts), which).with(|w| {
            w.dossier.custody.remove(gone);
        });
        prop_assert_ne!(worst(&less), Outcome::Pass, "cleared by taking away row {}", gone);
    }

    #[test]
    fn the_order_of_rows_changes_nothing(
        cuts in prop::collection::vec(1i64..400, 0..6),
        which in 0u8..7,
        turn in 0usize..8,
        reverse in any::<bool>(),
    ) {
        let build = || spoil(held(&cuts), which).ruling("2020-06-20", less(6)).ruling("2022-06-20", less(7));
        let mixed = build().with(|w| {
            let n = w.dossier.custody.len();
            w.dossier.custody.rotate_left(turn % n);
            let n = w.dossier.rulings.len();
            w.dossier.rulings.rotate_left(turn % n);
            if reverse {
                w.dossier.custody.reverse();
                w.dossier.rulings.reverse();
            }
        });
        let of = |w: &World| {
            let review = w.review();
            review
                .findings
                .iter()
                .filter(|f| f.check.starts_with("term/") || f.check.starts_with("paper/"))
                .map(|f| {
                    let days: Vec<String> = f
                        .facts
                        .0
                        .iter()
                        .filter(|(_, v)| matches!(v, Fact::Date(_) | Fact::Int(_)))
                        .map(|(k, v)| format!("{k} {v:?}"))
                        .collect();
                    (f.check, f.outcome, days)
                })
                .collect::<Vec<_>>()
        };
        prop_assert_eq!(of(&build()), of(&mixed));
    }
}

#[test]
fn a_lawful_person_passes_everything() {
    let world = held(&[100, 200, 30]).ruling("2018-06-20", less(9)).current("2029-06-09");
    let review = world.review();
    for f in review.findings.iter().filter(|f| f.check.starts_with("term/") || f.check.starts_with("paper/")) {
        assert_eq!(f.outcome, Outcome::Pass, "{}: {}", f.check, f.message);
    }
    let life = World::new(Sentence::Life, "2012-01-10").lawful();
    for f in life.review().findings.iter().filter(|f| f.check.starts_with("term/") || f.check.starts_with("paper/")) {
        assert_eq!(f.outcome, Outcome::Pass, "{}: {}", f.check, f.message);
    }
}
