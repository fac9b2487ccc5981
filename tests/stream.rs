//! Cases leave a review in the order of the input as they are ready: the same bytes as from a review that was kept
//! whole, whatever the number of threads.

#[allow(dead_code)]
#[path = "../examples/generate/people.rs"]
mod people;
#[allow(dead_code)]
#[path = "../examples/generate/write.rs"]
mod write;

use std::cell::RefCell;

use jxjs::checks::case::Lang;
use jxjs::checks::finding::Outcome;
use jxjs::intake;
use jxjs::law::Rules;
use jxjs::model::{Batch, SheetKind};
use jxjs::report::{Report, json, text};
use jxjs::review::{BatchReview, CaseReview, ReviewOptions, Reviewer, review_batch};

/// A batch with everything that has an order: defects, people without an application, one person with two, an orphan.
fn batch() -> Batch {
    let folder = tempfile::tempdir().unwrap();
    let plan = people::Plan { people: 90, months: 20, seed: 5, defects_per_million: 300_000 };
    write::csv(&plan, folder.path()).unwrap();
    let path = folder.path().join("提请案件.csv");
    let mut lines: Vec<String> = std::fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect();
    let again = lines[5].replacen("减字第", "减字补第", 1);
    let orphan = lines[9].replacen("61", "99", 1);
    lines.insert(2, again);
    lines.insert(30, orphan);
    std::fs::write(&path, lines.join("\n")).unwrap();
    let inmates = folder.path().join("罪犯信息.csv");
    let damaged = std::fs::read_to_string(&inmates).unwrap().replacen(",男,", ",男女,", 3);
    std::fs::write(&inmates, damaged).unwrap();
    intake::read(&[folder.path().to_path_buf()], &intake::Options::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn options(only: &[&str]) -> ReviewOptions {
    let only = only.iter().map(|s| (*s).to_owned()).collect();
    ReviewOptions { as_of: "2026-11-24".parse().unwrap(), lang: Lang::Zh, only }
}

fn report<'a>(batch: &'a Batch, review: &'a BatchReview, rules: &'a Rules, min_outcome: Outcome) -> Report<'a> {
    Report { min_outcome, ..Report::new(batch, review, rules, Lang::Zh) }
}

fn on_threads<T: Send>(threads: usize, run: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(run)
}

#[test]
fn streamed_output_is_the_whole_output_on_any_number_of_threads() {
    let (batch, rules) = (batch(), Rules::builtin());
    for (only, min_outcome) in [(&[][..], Outcome::Pass), (&["reduction/*", "pattern/*"][..], Outcome::Risk)] {
        let options = options(only);
        let whole = review_batch(&batch, &rules, &options);
        assert!(whole.cases.iter().any(|c| !c.application) && whole.totals.problems.len() > 3);
        let written = |write: &dyn Fn(&mut Vec<u8>)| {
            let mut out = Vec::new();
            write(&mut out);
            String::from_utf8(out).unwrap()
        };
        let object = written(&|out| json::write(&report(&batch, &whole, &rules, min_outcome), out).unwrap());
        let lines = written(&|out| json::write_lines(&report(&batch, &whole, &rules, min_outcome), out).unwrap());
        let rest = written(&|out| json::write_rest(&report(&batch, &whole, &rules, min_outcome), out).unwrap());
        let words = written(&|out| text::write(&report(&batch, &whole, &rules, min_outcome), "x", out).unwrap());
        for threads in [1, 2, 5] {
            on_threads(threads, || {
                let reviewer = Reviewer::new(&batch, &rules, &options);
                let blank = reviewer.blank();
                let streamed = written(&|out| {
                    json::stream(&reviewer, &report(&batch, &blank, &rules, min_outcome), out).unwrap();
                });
                assert_eq!(streamed, object);
                let ending = RefCell::new(None);
                let streamed = written(&|out| {
                    *ending.borrow_mut() =
                        Some(json::stream_lines(&reviewer, &report(&batch, &blank, &rules, min_outcome), out).unwrap());
                });
                assert_eq!(streamed, lines);
                let ending: BatchReview = ending.into_inner().unwrap();
                assert!(ending.cases.is_empty());
                assert_eq!(
                    written(&|out| json::write_rest(&report(&batch, &ending, &rules, min_outcome), out).unwrap()),
                    rest
                );
                let brief = reviewer.collect(CaseReview::brief);
                assert_eq!(
                    written(&|out| text::write(&report(&batch, &brief, &rules, min_outcome), "x", out).unwrap()),
                    words
                );
                let findings = |r: &BatchReview| r.cases.iter().map(|c| c.findings.len()).sum::<usize>();
                assert!(findings(&brief) < findings(&whole));
            });
        }
    }
}

#[test]
fn applications_come_first_in_input_order_then_people_without_one() {
    let (batch, rules) = (batch(), Rules::builtin());
    let review = review_batch(&batch, &rules, &options(&[]));
    let order: Vec<_> = review.cases.iter().map(|c| (!c.application, c.at.sheet, c.at.row)).collect();
    assert!(order.is_sorted());
    assert_eq!(order.len(), review.totals.cases);
    let twice = review.cases.iter().filter(|c| c.case_no.as_ref().is_some_and(|n| n.contains('补')));
    let twice: Vec<_> = twice.map(|c| &c.inmate).collect();
    assert_eq!(twice.len(), 1);
    assert_eq!(review.cases.iter().filter(|c| c.inmate == *twice[0]).count(), 2);
    assert!(review.cases.iter().any(|c| c.inmate.starts_with("99") && c.limits.is_none()));
}

#[test]
fn progress_is_told_to_the_end_and_an_error_ends_the_review() {
    let (batch, rules) = (batch(), Rules::builtin());
    let options = options(&["term/*"]);
    let told = RefCell::new(Vec::new());
    let tell = |done, all| told.borrow_mut().push((done, all));
    let reviewer = Reviewer::new(&batch, &rules, &options).with_progress(&tell);
    let review = reviewer.collect(|case| case);
    let told = told.take();
    assert!(told.is_sorted() && told.len() > 1);
    assert_eq!(told.last(), Some(&(review.totals.cases, review.totals.cases)));
    let mut taken = 0;
    let stopped = reviewer.stream(
        |_| (),
        |()| {
            taken += 1;
            if taken == 10 { Err("full") } else { Ok(()) }
        },
    );
    assert_eq!((stopped.err(), taken), (Some("full"), 10));
}

#[test]
fn a_check_of_the_whole_batch_is_not_examined_without_its_sheet() {
    let (mut batch, rules) = (batch(), Rules::builtin());
    let named = |batch: &Batch| {
        let review = review_batch(batch, &rules, &options(&[]));
        review.not_examined.into_iter().find(|n| n.sheet == SheetKind::Awards).map(|n| n.checks)
    };
    assert_eq!(named(&batch), None);
    let mut presence = (*batch.presence).clone();
    presence.sheets.retain(|s| *s != SheetKind::Awards);
    batch.presence = presence.into();
    assert!(named(&batch).unwrap().contains(&"pattern/grade-quota"));
}
