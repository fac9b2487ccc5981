//! Runs one target under libFuzzer: `fuzz` with `FUZZ_TARGET=name` in its environment, and libFuzzer's own arguments.

#![no_main]

mod targets;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    match targets::ALL.iter().find(|(n, _)| *n == name) {
        Some((_, target)) => *target,
        None => {
            let known: Vec<&str> = targets::ALL.iter().map(|(n, _)| *n).collect();
            eprintln!("FUZZ_TARGET is one of {}", known.join(", "));
            std::process::exit(2);
        }
    }
});

/// A panic inside a library that reads old workbooks is caught by the program and becomes a message; one of its own
/// code is a finding wherever it happens.
fn only_own_panics() {
    let abort = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let foreign = info.location().is_some_and(|l| l.file().contains("/calamine-"));
        if !foreign {
            abort(info);
        }
    }));
}

fuzz_target!(
    init: {
        only_own_panics();
        LazyLock::force(&TARGET);
    },
    |data: &[u8]| TARGET(data)
);
