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

targets! { values numbers headers columns rules table csv parts workbook docx }
