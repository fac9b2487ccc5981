//! Looks for changed cells of the fixture cases that tell a mutant from the program (`.ci/mutants hunt` runs it, in a build
//! with every mutant behind a switch). `fixtures/neighbours` keeps what it finds.
//!
//! `columns DIR` collects what stands in the columns of all cases, and what is said of each case; `baseline DIR N MOST` what is
//! said of at most MOST changes of case N; `hunt DIR SECONDS WANTED N,N,…` prints the changes of those cases of which something
//! else is said than in the baseline.

#[path = "fixtures/mod.rs"]
mod fixtures;

use std::error::Error;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs};

use fixtures::Fixture;
use fixtures::neighbours::{Base, Change, Columns};
use serde_json::json;

/// A case, and the changes of it that are still to be tried, with what was said of them.
type Open = (usize, Base, std::vec::IntoIter<(String, Option<u64>)>);

/// So many changes of a case are tried before the next case is.
const TURN: usize = 25;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let mut cases = fixtures::cases();
    cases.extend(fixtures::mechanisms());
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["columns", dir] => {
            let mut columns = Columns::new();
            let mut said = Vec::new();
            for case in &cases {
                let base = Base::read(case);
                base.columns(&mut columns);
                said.push((&case.path, digest(&base.said())));
            }
            write(dir, "columns.json", &json!(columns))?;
            write(dir, "said.json", &json!(said))?;
        }
        ["baseline", dir, n, most] => {
            let base = Base::read(&cases[n.parse::<usize>()?]);
            let columns = serde_json::from_str(&fs::read_to_string(Path::new(dir).join("columns.json"))?)?;
            let mut changes = base.changes(&columns);
            changes.sort_by_key(|c| digest(&[&c.place, &c.how]));
            changes.truncate(most.parse()?);
            let said: Vec<(String, Option<u64>)> =
                changes.iter().map(|c| (c.to_string(), base.otherwise(c).map(|said| digest(&said)))).collect();
            write(dir, &format!("{n}.json"), &json!(said))?;
        }
        ["hunt", dir, seconds, wanted, numbers] => {
            let numbers = numbers.split(',').map(str::parse).collect::<Result<Vec<usize>, _>>()?;
            hunt(&cases, Path::new(dir), seconds.parse()?, wanted.parse()?, numbers)?;
        }
        _ => return Err("columns DIR, baseline DIR N MOST or hunt DIR SECONDS WANTED N,N,… are accepted".into()),
    }
    Ok(())
}

fn digest(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn write(dir: &str, name: &str, value: &serde_json::Value) -> Result<(), Box<dyn Error>> {
    let path: PathBuf = Path::new(dir).join(name);
    Ok(fs::write(path, value.to_string())?)
}

/// Each turn some more cases, and some changes of each: what is easily found is found in the first.
fn hunt(cases: &[Fixture], dir: &Path, seconds: f64, wanted: usize, numbers: Vec<usize>) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let known: Vec<(String, u64)> = serde_json::from_str(&fs::read_to_string(dir.join("said.json"))?)?;
    let mut left = numbers.into_iter();
    let mut open: Vec<Open> = Vec::new();
    let mut found = 0;
    let mut tell = |n: usize, change: &str| {
        println!("{}", json!([cases[n].path, change]));
        found += 1;
        found >= wanted
    };
    loop {
        for n in left.by_ref().take(4) {
            // A mutant may panic.
            let base = catch_unwind(AssertUnwindSafe(|| {
                Some(Base::read(&cases[n])).filter(|b| digest(&b.said()) == known[n].1)
            }));
            match base {
                Ok(Some(base)) => {
                    let changes: Vec<_> = serde_json::from_str(&fs::read_to_string(dir.join(format!("{n}.json")))?)?;
                    open.push((n, base, changes.into_iter()));
                }
                // The case itself tells them apart.
                _ => {
                    if tell(n, "") {
                        return Ok(());
                    }
                }
            }
        }
        if open.is_empty() && left.len() == 0 {
            return Ok(());
        }
        for (n, base, changes) in &mut open {
            for (change, said) in changes.by_ref().take(TURN) {
                let parsed: Change = change.parse()?;
                let now = catch_unwind(AssertUnwindSafe(|| base.otherwise(&parsed).map(|said| digest(&said))));
                if now.ok() != Some(said) {
                    if tell(*n, &change) {
                        return Ok(());
                    }
                    break;
                }
                if start.elapsed().as_secs_f64() > seconds {
                    return Ok(());
                }
            }
        }
        open.retain(|(_, _, changes)| changes.len() > 0);
    }
}
