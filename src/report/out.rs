//! The files of `--out`: the workbook, the page, and the review as JSON.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Report, html, json, xlsx};
use crate::review::CaseReview;

/// The workbook.
pub const WORKBOOK: &str = "审查台账.xlsx";
/// The page.
pub const PAGE: &str = "报告.html";
/// The review as JSON.
pub const REVIEW: &str = "review.json";
/// The folder of the review opinions.
pub const OPINIONS: &str = "意见";

/// A file or folder could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be written: {source}", path.display())]
pub struct OutError {
    /// What was to be written.
    pub path: PathBuf,
    /// Why not.
    pub source: io::Error,
}

impl OutError {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        format!("无法写入 {}：{}", self.path.display(), self.source)
    }

    /// An error about a path.
    pub fn at(path: &Path) -> impl Fn(io::Error) -> OutError + '_ {
        |source| OutError { path: path.to_owned(), source }
    }
}

/// Writes everything into a folder, which is created where it is missing.
///
/// # Errors
/// The first file or folder that cannot be written.
pub fn write(report: &Report<'_>, dir: &Path) -> Result<(), OutError> {
    fs::create_dir_all(dir).map_err(OutError::at(dir))?;
    put(dir, REVIEW, || {
        let mut bytes = Vec::new();
        json::write(report, &mut bytes)?;
        Ok(bytes)
    })?;
    let opinions = opinions(dir);
    let link = |case: &CaseReview| opinion_of(&opinions, case);
    put(dir, WORKBOOK, || xlsx::render(report, &link).map_err(io::Error::other))?;
    put(dir, PAGE, || html::render(report, html::Caps::default()).map(String::into_bytes).map_err(io::Error::other))
}

fn put(dir: &Path, name: &str, make: impl FnOnce() -> io::Result<Vec<u8>>) -> Result<(), OutError> {
    let path = dir.join(name);
    make().and_then(|bytes| fs::write(&path, bytes)).map_err(OutError::at(&path))
}

/// The review opinions that are there, by name.
fn opinions(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir.join(OPINIONS)).map(|d| d.flatten().collect::<Vec<_>>()).unwrap_or_default();
    let mut names: Vec<String> = entries
        .iter()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .filter(|n| n.ends_with(".docx") && !n.starts_with(['~', '.']))
        .collect();
    names.sort();
    names
}

/// The opinion on a case, as a path relative to the folder: the one file that carries the person's number, or the case
/// number where the person has several.
fn opinion_of(names: &[String], case: &CaseReview) -> Option<String> {
    let whole = |name: &str, number: &str| {
        !number.is_empty()
            && name.match_indices(number).any(|(at, _)| {
                let before = name[..at].chars().next_back();
                let after = name[at + number.len()..].chars().next();
                [before, after].iter().flatten().all(|c| !c.is_alphanumeric() || !c.is_ascii())
            })
    };
    let of = |number: &str| names.iter().filter(|n| whole(n, number)).collect::<Vec<_>>();
    let mine = of(&case.inmate);
    let found = match (mine.as_slice(), case.case_no.as_deref()) {
        ([one], _) => Some(*one),
        ([], Some(no)) => match of(no).as_slice() {
            [one] => Some(*one),
            _ => None,
        },
        (several, Some(no)) => several.iter().copied().find(|n| whole(n, no)),
        _ => None,
    };
    found.map(|name| format!("{OPINIONS}/{name}"))
}
