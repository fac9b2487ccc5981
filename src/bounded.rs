//! Reads files that a person wrote or drew up: local rules, column names, templates. None is large, none is a device.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Most bytes of a file of rules or column names.
pub const TEXT: u64 = 4 << 20;

/// Most bytes of a template of an opinion.
pub const TEMPLATE: u64 = 16 << 20;

/// The bytes of an ordinary file of at most `most` bytes.
///
/// # Errors
/// It cannot be read, is no ordinary file (a pipe would never end), or is larger.
pub fn bytes(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    // Asked of the path first: opening a pipe that nobody writes to would wait for ever.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "不是普通文件 / not an ordinary file"));
    }
    let mut out = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut out)?;
    if out.len() as u64 > most {
        let message = format!("超过{most}字节 / larger than {most} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(out)
}

/// The text of such a file, in UTF-8; a byte-order mark is dropped.
///
/// # Errors
/// As [`bytes`], and where it is not UTF-8.
pub fn text(path: &Path) -> io::Result<String> {
    let text = String::from_utf8(bytes(path, TEXT)?)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "不是 UTF-8 文本 / not UTF-8 text"))?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ordinary_files_of_a_stated_size_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        std::fs::write(&path, "\u{feff}甲").unwrap();
        assert_eq!(text(&path).unwrap(), "甲");
        assert_eq!(bytes(&path, 6).unwrap().len(), 6);
        assert_eq!(bytes(&path, 5).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert!(bytes(dir.path(), 5).is_err());
        std::fs::write(&path, [0xff, 0xfe]).unwrap();
        assert_eq!(text(&path).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
