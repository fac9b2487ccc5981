//! The rules alone: dossiers in memory with sixty months of points each, every check with its facts, on one thread.
//! `cargo bench --bench rules`; a benchmark's throughput is in applications a second (elements a second).

#[allow(dead_code)]
#[path = "../examples/generate/people.rs"]
mod people;
#[allow(dead_code)]
#[path = "../examples/generate/write.rs"]
mod write;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jxjs::checks::case::Lang;
use jxjs::intake;
use jxjs::law::Rules;
use jxjs::model::{Batch, Dossier, PackedDossier};
use jxjs::review::{ReviewOptions, Reviewer, review_dossier};

/// People generated; only those with an application are measured.
const PEOPLE: u32 = 1000;

fn batch() -> Batch {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = people::Plan { people: PEOPLE, months: people::MOST_MONTHS, seed: 1, defects_per_million: 50_000 };
    write::csv(&plan, folder.path()).expect("written");
    intake::read(&[folder.path().to_path_buf()], &intake::Options::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn rules(c: &mut Criterion) {
    let (batch, rules) = (batch(), Rules::builtin());
    let options = ReviewOptions { as_of: "2026-11-24".parse().expect("a day"), lang: Lang::Zh, only: Vec::new() };
    let reviewer = Reviewer::new(&batch, &rules, &options);
    let context = reviewer.context();
    let packed: Vec<&PackedDossier> =
        batch.dossiers.iter().filter(|d| !d.open_records().applications.is_empty()).collect();
    let open: Vec<Dossier> = packed.iter().map(|d| d.open()).collect();
    let applications: usize = open.iter().map(|d| d.applications.len()).sum();

    let mut group = c.benchmark_group("rules");
    group.throughput(Throughput::Elements(applications as u64)).sample_size(10);
    // What the issue asks for: rows in memory to reviews.
    group.bench_function("review", |b| {
        b.iter(|| open.iter().map(|d| review_dossier(black_box(d), &context, &[]).len()).sum::<usize>());
    });
    // What a batch costs beside it, person by person.
    group.bench_function("open", |b| b.iter(|| packed.iter().map(|d| black_box(d).open().points.len()).sum::<usize>()));
    group.bench_function("gather", |b| {
        b.iter(|| {
            let mut aggregate = jxjs::review::Aggregate::default();
            open.iter().for_each(|d| aggregate.add(black_box(d), &rules));
            aggregate
        });
    });
    group.finish();
}

criterion_group!(benches, rules);
criterion_main!(benches);
