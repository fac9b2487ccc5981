//! Every file of `fuzz/corpus` goes through the target it is for: what the fuzzer found once is not found again.

#[path = "../fuzz/src/targets.rs"]
mod targets;

use std::fs;
use std::path::Path;

fn run(name: &str) {
    let (_, target) = targets::ALL.iter().find(|(n, _)| *n == name).unwrap();
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut files: Vec<_> = fs::read_dir(&dir).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 2, "no inputs for {name}");
    for file in files {
        let data = fs::read(&file).unwrap();
        assert!(data.len() <= 16384, "{} is larger than what the fuzzer tries", file.display());
        // Printed where the target fails.
        println!("{}", file.display());
        target(&data);
        target(&data[..data.len() / 2]);
    }
}

macro_rules! targets {
    ($($name:ident)*) => {
        $(#[test] fn $name() { run(stringify!($name)); })*

        #[test]
        fn every_target_is_tried() {
            let names: Vec<&str> = targets::ALL.iter().map(|(n, _)| *n).collect();
            assert_eq!(names, [$(stringify!($name)),*]);
        }
    };
}

targets! { values numbers headers columns rules table csv parts workbook docx dossiers }

/// The fuzz package has a lock file of its own, which a new dependency of the program makes out of date unseen.
#[test]
fn the_lock_file_of_the_fuzz_package_knows_every_dependency() {
    let read = |path: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        toml::from_str::<toml::Table>(&fs::read_to_string(path).unwrap()).unwrap()
    };
    let manifest = read("Cargo.toml");
    let wanted: std::collections::BTreeSet<&str> =
        manifest["dependencies"].as_table().unwrap().keys().map(String::as_str).collect();
    let lock = read("fuzz/Cargo.lock");
    let package = lock["package"].as_array().unwrap().iter().find(|p| p["name"].as_str() == Some("jxjs")).unwrap();
    let locked = package["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        // Where a name is locked in several versions, the version follows it.
        .map(|d| d.as_str().unwrap().split(' ').next().unwrap())
        .collect();
    assert_eq!(wanted, locked, "run `cargo metadata --manifest-path fuzz/Cargo.toml` and commit fuzz/Cargo.lock");
}
