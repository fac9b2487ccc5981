//! The files of `--out`: the workbook, the page, and the review as JSON.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::docx::{self, Kind, file_stem};
use super::write::{self, OutError, Outbox};
use super::{Report, annotate, html, json, xlsx};
use crate::review::CaseReview;

/// The workbook.
pub const WORKBOOK: &str = "审查台账.xlsx";
/// The page.
pub const PAGE: &str = "报告.html";
/// The review as JSON.
pub const REVIEW: &str = "review.json";
/// The folder of the review opinions.
pub const OPINIONS: &str = "意见";
/// The folder in [`OPINIONS`] for documents that are not of the latest run.
pub const EARLIER: &str = "以前";

/// The files of an earlier run in a folder, which a new run would overwrite or leave mixed with its own.
pub fn earlier(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        [REVIEW, WORKBOOK, PAGE].map(|n| dir.join(n)).into_iter().filter(|p| p.symlink_metadata().is_ok()).collect();
    found.extend(documents(dir, |_| true));
    found.extend(copies(dir));
    found
}

/// The documents in the folder of opinions whose case the caller asks for: by the first part of their names.
pub fn documents(dir: &Path, of: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir.join(OPINIONS)) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .filter(|e| docx::document_of(&e.file_name().to_string_lossy()).is_some_and(&of))
        .map(|e| e.path())
        .collect();
    found.sort();
    found
}

/// The files in the folders of annotated copies.
fn copies(dir: &Path) -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()) {
            match path.symlink_metadata() {
                Ok(meta) if meta.is_dir() => walk(&path, found),
                _ => found.push(path),
            }
        }
    }
    let mut found = Vec::new();
    for folder in annotate::folders().map(|f| dir.join(f)).take_while(|f| f.is_dir()) {
        walk(&folder, &mut found);
    }
    found.sort();
    found
}

/// What of an earlier run was left by the latest one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Documents moved into [`EARLIER`].
    pub set_aside: usize,
    /// Annotated copies that lie where they lay.
    pub copies: usize,
}

impl Left {
    /// In words, one line each.
    pub fn words(&self, dir: &Path, zh: bool) -> Vec<String> {
        let mut lines = Vec::new();
        let opinions = dir.join(OPINIONS);
        let (opinions, earlier) = (opinions.display(), opinions.join(EARLIER));
        let earlier = earlier.display();
        if self.set_aside > 0 {
            let n = self.set_aside;
            lines.push(match zh {
                true => format!("{opinions} 中有 {n} 份文书是以前写出的，本次没有再写，已移入 {earlier}"),
                false => format!(
                    "{n} documents in {opinions} are of an earlier run and not of this one: moved into {earlier}"
                ),
            });
        }
        if self.copies > 0 {
            let (n, folder) = (self.copies, dir.join(annotate::FOLDER));
            let folder = folder.display();
            lines.push(match zh {
                true => format!("{folder} 中有 {n} 个文件是以前写出的，与本次结果无关"),
                false => format!("{n} files in {folder} are of an earlier run and say nothing about this one"),
            });
        }
        lines
    }
}

/// After a run has replaced the files of an earlier one: moves away the documents it did not write again, so that an
/// opinion that no longer holds is not sent out. `of` says which cases the run was about.
///
/// # Errors
/// The first file that cannot be moved.
pub fn clear_away(dir: &Path, written: &BTreeSet<PathBuf>, of: impl Fn(&str) -> bool) -> Result<Left, OutError> {
    let old: Vec<PathBuf> = documents(dir, of).into_iter().filter(|p| !written.contains(p)).collect();
    let set_aside = write::set_aside(&old, &dir.join(OPINIONS).join(EARLIER))?;
    Ok(Left { set_aside, copies: copies(dir).iter().filter(|p| !written.contains(*p)).count() })
}

/// Puts the workbook, the page and the JSON into the outbox, after the opinions, which the workbook links to.
///
/// # Errors
/// The first file or folder that cannot be written.
pub fn write(report: &Report<'_>, dir: &Path, outbox: &mut Outbox) -> Result<(), OutError> {
    let mut review = outbox.create(dir, REVIEW)?;
    json::write(report, &mut review).map_err(OutError::at(&dir.join(REVIEW)))?;
    review.finish()?;
    let opinions = Opinions::of(report, dir, outbox);
    let link = |case: &CaseReview| opinions.link(case);
    let book = xlsx::render(report, &link).map_err(io::Error::other).map_err(OutError::at(&dir.join(WORKBOOK)))?;
    outbox.put(dir, WORKBOOK, &book)?;
    let page = html::render(report, html::Caps::default());
    let page = page.map_err(io::Error::other).map_err(OutError::at(&dir.join(PAGE)))?;
    outbox.put(dir, PAGE, page.as_bytes())
}

/// The review reports among the opinions.
struct Opinions<'a> {
    dir: &'a Path,
    outbox: &'a Outbox,
    /// How many cases a file name could stand for.
    names: HashMap<String, usize>,
}

impl Opinions<'_> {
    fn of<'a>(report: &Report<'_>, dir: &'a Path, outbox: &'a Outbox) -> Opinions<'a> {
        let mut names = HashMap::new();
        for case in &report.review.cases {
            *names.entry(file_name(case)).or_insert(0) += 1;
        }
        Opinions { dir, outbox, names }
    }

    /// The review report on a case, relative to the folder; none where two cases could claim it.
    fn link(&self, case: &CaseReview) -> Option<String> {
        let name = file_name(case);
        let own = self.names.get(&name) == Some(&1);
        (own && self.outbox.has(&self.dir.join(OPINIONS).join(&name))).then(|| format!("{OPINIONS}/{name}"))
    }
}

/// How the review report on a case is called: 案号, else 罪犯编号, and what it is.
fn file_name(case: &CaseReview) -> String {
    let number = case.case_no.as_deref().filter(|n| !n.trim().is_empty()).unwrap_or(&case.inmate);
    format!("{}-{}.docx", file_stem(number), Kind::Report.name())
}
