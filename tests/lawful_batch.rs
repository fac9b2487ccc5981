//! The false-alarm measure: a generated batch in which every rule is obeyed has no violation and hardly a risk, and every
//! planted defect is found by the check it is meant for.

#[path = "../examples/generate/people.rs"]
mod people;
#[allow(dead_code)]
#[path = "../examples/generate/write.rs"]
mod write;

use std::path::Path;

use jxjs::checks::case::Lang;
use jxjs::checks::finding::Outcome;
use jxjs::intake;
use jxjs::law::Rules;
use jxjs::review::{BatchReview, ReviewOptions, review_batch};

fn review(folder: &Path) -> BatchReview {
    let batch = intake::read(&[folder.to_path_buf()], &intake::Options::default()).expect("the batch is readable");
    let errors: Vec<_> = batch.dossiers.iter().flat_map(|d| d.open().problems).map(|p| p.en).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let options = ReviewOptions { as_of: "2026-11-24".parse().expect("a date"), lang: Lang::En, only: Vec::new() };
    review_batch(&batch, &Rules::builtin(), &options)
}

#[test]
fn nobody_lawful_is_accused() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = people::Plan { people: 1000, months: 30, seed: 7, defects_per_million: 0 };
    write::csv(&plan, folder.path()).expect("written");
    let review = review(folder.path());
    assert_eq!(review.cases.len(), 1000);
    let with = |outcome| {
        let hit: Vec<_> = review
            .cases
            .iter()
            .flat_map(|c| c.findings.iter().filter(|f| f.outcome == outcome).map(move |f| (&c.inmate, f.check)))
            .collect();
        hit
    };
    assert_eq!(with(Outcome::Violation), vec![]);
    let risks: std::collections::BTreeSet<_> = with(Outcome::Risk).into_iter().map(|(no, _)| no).collect();
    assert!(risks.len() < 50, "five in a hundred: {:?}", with(Outcome::Risk));
}

#[test]
fn every_planted_defect_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = people::Plan { people: 200, months: 40, seed: 11, defects_per_million: 500_000 };
    write::csv(&plan, folder.path()).expect("written");
    let key = std::fs::read_to_string(folder.path().join("answers.json")).expect("an answer key");
    let key: Vec<serde_json::Value> = serde_json::from_str(&key).expect("JSON");
    assert!(key.len() > 50, "{} defects", key.len());
    let review = review(folder.path());
    for planted in key {
        let case = review
            .cases
            .iter()
            .find(|c| c.case_no.as_deref() == planted["case_no"].as_str())
            .unwrap_or_else(|| panic!("no case {planted}"));
        let found = case.findings.iter().find(|f| Some(f.check) == planted["check"].as_str());
        assert_eq!(found.map(|f| f.outcome.as_str()), planted["outcome"].as_str(), "{planted}");
    }
}

/// However the rows are spread over files, it is the same batch; sixty months are as lawful as thirty.
#[test]
fn workbooks_are_split_where_asked_and_where_a_sheet_is_full() {
    let plan = people::Plan { people: 40, months: people::MOST_MONTHS, seed: 3, defects_per_million: 200_000 };
    let outcomes = |files: u32, full: u32, expected: usize| {
        let folder = tempfile::tempdir().expect("a folder");
        write::workbooks(&plan, files, full, folder.path()).expect("written");
        let books = std::fs::read_dir(folder.path()).expect("a folder").flatten();
        let books = books.filter(|f| f.path().extension().is_some_and(|e| e == "xlsx")).count();
        assert_eq!(books, expected);
        let cases = review(folder.path()).cases;
        assert_eq!(cases.len(), 40);
        cases.into_iter().map(|c| (c.inmate, c.verdict, c.findings.len())).collect::<Vec<_>>()
    };
    let one = outcomes(1, write::FULL, 1);
    assert_eq!(outcomes(4, write::FULL, 4), one);
    // Ten people of sixty months fill a sheet of 600 rows.
    assert_eq!(outcomes(1, 600, 4), one);
    assert_eq!(outcomes(3, 600, 6), one);
}
