//! The files of `--out`: the workbook, the page, and the review as JSON.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::docx::{Kind, file_stem};
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
    let opinions = Opinions::of(report, dir);
    let link = |case: &CaseReview| opinions.link(case);
    put(dir, WORKBOOK, || xlsx::render(report, &link).map_err(io::Error::other))?;
    put(dir, PAGE, || html::render(report, html::Caps::default()).map(String::into_bytes).map_err(io::Error::other))
}

fn put(dir: &Path, name: &str, make: impl FnOnce() -> io::Result<Vec<u8>>) -> Result<(), OutError> {
    let path = dir.join(name);
    make().and_then(|bytes| fs::write(&path, bytes)).map_err(OutError::at(&path))
}

/// The review reports that lie in the folder of opinions.
struct Opinions<'a> {
    dir: &'a Path,
    /// How many cases a file name could stand for.
    names: HashMap<String, usize>,
}

impl Opinions<'_> {
    fn of<'a>(report: &Report<'_>, dir: &'a Path) -> Opinions<'a> {
        let mut names = HashMap::new();
        for case in &report.review.cases {
            *names.entry(file_name(case)).or_insert(0) += 1;
        }
        Opinions { dir, names }
    }

    /// The review report on a case, relative to the folder; none where two cases could claim it.
    fn link(&self, case: &CaseReview) -> Option<String> {
        let name = file_name(case);
        let own = self.names.get(&name) == Some(&1);
        (own && self.dir.join(OPINIONS).join(&name).is_file()).then(|| format!("{OPINIONS}/{name}"))
    }
}

/// How the review report on a case is called: 案号, else 罪犯编号, and what it is.
fn file_name(case: &CaseReview) -> String {
    let number = case.case_no.as_deref().filter(|n| !n.trim().is_empty()).unwrap_or(&case.inmate);
    format!("{}-{}.docx", file_stem(number), Kind::Report.name())
}
