//! Writes the workbooks under `fixtures/`: `cargo run --example fixtures`, from the project's root. The same on every run.

#[path = "fixtures/mod.rs"]
mod fixtures;

use std::error::Error;
use std::path::Path;
use std::{fs, io};

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    for fixture in fixtures::all() {
        write(&root, &fixture.path, &fixture.book.bytes()?)?;
    }
    write(&root, "published/expected.json", fixtures::published::expectations().as_bytes())?;
    write(&root, "sample/答案.json", fixtures::sample::answers().as_bytes())?;
    Ok(())
}

/// Writes a file, unless it is up to date.
fn write(root: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let path = root.join(name);
    if fs::read(&path).ok().as_deref() == Some(bytes) {
        return Ok(());
    }
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir)?;
    }
    println!("{name}");
    fs::write(&path, bytes)
}
