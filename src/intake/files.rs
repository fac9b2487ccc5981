//! Finds the files of the inputs and opens each by what it contains, not by its extension.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::columns::Columns;
use super::error::Fault;
use super::limits::{Limits, Stop};
use super::sheet::Intake;
use super::text;
use super::workbook::{self, Location};
use super::xlsx::Spent;
use crate::law::load::hex;
use crate::model::{Level, ProblemCode};

const READ: [&str; 9] = ["xlsx", "xlsm", "xls", "xlsb", "ods", "csv", "xltx", "et", "ett"];
/// Extensions that may hold data which is not read: worth a warning.
const DATA: [&str; 14] =
    ["txt", "tsv", "doc", "docx", "pdf", "dbf", "mdb", "accdb", "zip", "rar", "7z", "wps", "html", "xml"];
/// Folders deeper than this are not entered.
const DEPTH: usize = 16;

struct Found {
    path: PathBuf,
    /// Relative to the input, with `/`.
    name: String,
}

/// A file of a batch under the name it is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Relative to the input argument, with `/`.
    pub name: String,
    /// Where it is; `None` for one that lay among the inputs and was not read.
    pub path: Option<PathBuf>,
}

fn extension(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// What all files of a batch are read with.
pub(super) struct Setting<'c> {
    /// Names of columns and sheets.
    pub columns: &'c Columns,
    /// How much may be read.
    pub limits: &'c Limits,
    /// How much has been.
    pub spent: Spent,
}

impl<'c> Setting<'c> {
    /// A part of a file, to be read on its own.
    pub fn part(&self, file: &str) -> Intake<'c> {
        let mut part = Intake::new(self.columns, self.limits.clone());
        part.builder.begin_file(file.to_owned(), String::new());
        part
    }
}

/// What the inputs turn out to be, in their order.
enum Step {
    Fault(Fault),
    /// A file that is not read.
    Unsupported(String),
    File(Found),
}

/// A file that was read.
struct FileRead<'c> {
    digest: std::io::Result<String>,
    parts: Vec<Intake<'c>>,
    end: Result<(), Stop>,
}

/// Reads every file of the inputs: at the same time where there are cores, with a result as if one after another.
pub fn read_all<'c>(inputs: &[PathBuf], limits: &'c Limits, intake: &mut Intake<'c>) {
    read_steps(steps(inputs), limits, intake);
}

/// Reads files that were listed before.
pub fn read_listed<'c>(files: &[Listed], limits: &'c Limits, intake: &mut Intake<'c>) {
    let step = |file: &Listed| match &file.path {
        Some(path) => Step::File(Found { path: path.clone(), name: file.name.clone() }),
        None => Step::Unsupported(file.name.clone()),
    };
    read_steps(files.iter().map(step).collect(), limits, intake);
}

/// The files that would be read.
pub fn list(inputs: &[PathBuf]) -> Vec<Listed> {
    let file = |step| match step {
        Step::File(found) => Some(Listed { name: found.name, path: Some(found.path) }),
        Step::Fault(_) | Step::Unsupported(_) => None,
    };
    steps(inputs).into_iter().filter_map(file).collect()
}

/// The SHA-256 of a file, in hex.
///
/// # Errors
/// It cannot be read.
pub fn digest(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0u8; 1 << 16];
    loop {
        let n = file.read(&mut buffer)?;
        let Some(chunk) = buffer.get(..n).filter(|c| !c.is_empty()) else { break };
        hasher.update(chunk);
    }
    Ok(hex(&hasher.finalize()))
}

fn read_steps<'c>(mut steps: Vec<Step>, limits: &'c Limits, intake: &mut Intake<'c>) {
    let setting = Setting { columns: intake.columns(), limits, spent: Spent::default() };
    // What is not read is said first, so that a list of the files says the same as the folders they lay in.
    steps.sort_by_key(|step| !matches!(step, Step::Unsupported(_)));
    let read: Vec<Option<FileRead<'c>>> = steps
        .par_iter()
        .map(|step| match step {
            Step::File(found) => Some(read_file(found, &setting)),
            Step::Fault(_) | Step::Unsupported(_) => None,
        })
        .collect();
    for (step, read) in steps.into_iter().zip(read) {
        match (step, read) {
            (Step::Fault(fault), _) => intake.fault(fault),
            (Step::Unsupported(name), _) => intake.builder.problem_in(
                &name,
                ProblemCode::UnknownSheet,
                Level::Warning,
                "不支持的文件类型，未读取；可接受：.xlsx .xlsm .xls .xlsb .ods .csv".to_owned(),
                "file type not supported, not read; accepted: .xlsx .xlsm .xls .xlsb .ods .csv".to_owned(),
            ),
            (Step::File(found), Some(FileRead { digest: Ok(digest), parts, end })) => {
                intake.builder.begin_file(found.name.clone(), digest);
                parts.into_iter().for_each(|part| intake.absorb(part));
                if let Err(stop) = end {
                    intake.fault(stop.fault(&found.name));
                }
            }
            (Step::File(found), Some(FileRead { digest: Err(e), .. })) => intake.fault(unreadable(&found.name, &e)),
            (Step::File(_), None) => {}
        }
    }
}

fn steps(inputs: &[PathBuf]) -> Vec<Step> {
    let mut out = Vec::new();
    for input in inputs {
        let shown = input.display().to_string();
        match std::fs::metadata(input) {
            Err(e) => out.push(Step::Fault(unreadable(&shown, &e))),
            Ok(meta) if meta.is_dir() => {
                let mut found = Vec::new();
                scan(input, "", 0, &mut found, &mut out);
                if found.is_empty() {
                    out.push(Step::Fault(Fault::NoInput { file: shown }));
                }
                out.extend(found.into_iter().map(Step::File));
            }
            Ok(_) => {
                let name = input.file_name().map_or(shown, |n| n.to_string_lossy().into_owned());
                out.push(Step::File(Found { path: input.clone(), name }));
            }
        }
    }
    if inputs.is_empty() {
        out.push(Step::Fault(Fault::NoInput { file: String::new() }));
    }
    out
}

fn unreadable(file: &str, e: &std::io::Error) -> Fault {
    let (zh, en) = match e.kind() {
        std::io::ErrorKind::NotFound => ("文件不存在".to_owned(), "no such file".to_owned()),
        std::io::ErrorKind::PermissionDenied => ("没有读取权限".to_owned(), "permission denied".to_owned()),
        _ => (e.to_string(), e.to_string()),
    };
    Fault::Unreadable { file: file.to_owned(), zh, en }
}

/// Collects the files of a folder, sorted by name, its subfolders included.
fn scan(dir: &Path, prefix: &str, depth: usize, found: &mut Vec<Found>, other: &mut Vec<Step>) {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) => {
            other.push(Step::Fault(unreadable(&dir.display().to_string(), &e)));
            return;
        }
    };
    let mut entries: Vec<(String, PathBuf)> =
        entries.flatten().map(|e| (e.file_name().to_string_lossy().into_owned(), e.path())).collect();
    entries.sort();
    for (name, path) in entries {
        // Lock files of open workbooks, and hidden files.
        if name.starts_with("~$") || name.starts_with(".~") || name.starts_with('.') {
            continue;
        }
        let relative = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        let linked = std::fs::symlink_metadata(&path).is_ok_and(|m| m.file_type().is_symlink());
        if path.is_dir() {
            // A linked folder may lead back here.
            if !linked && depth < DEPTH {
                scan(&path, &relative, depth + 1, found, other);
            }
        } else if READ.contains(&extension(&path).as_str()) {
            found.push(Found { path, name: relative });
        } else if DATA.contains(&extension(&path).as_str()) {
            other.push(Step::Unsupported(relative));
        }
    }
}

/// Bytes at the beginning of a file that tell what it is.
fn head(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(4096).read_to_end(&mut head)?;
    Ok(head)
}

fn read_file<'c>(found: &Found, setting: &Setting<'c>) -> FileRead<'c> {
    // Before anything is opened: a pipe or a device may never end.
    if std::fs::metadata(&found.path).is_ok_and(|m| !m.is_file()) {
        let end = Err(Stop::Unreadable(
            "不是普通文件（管道、设备等）；可接受：.xlsx .xlsm .xls .xlsb .ods .csv 文件".to_owned(),
            "not an ordinary file (a pipe, a device); accepted: .xlsx .xlsm .xls .xlsb .ods .csv files".to_owned(),
        ));
        return FileRead { digest: Ok(String::new()), parts: Vec::new(), end };
    }
    let head = match head(&found.path) {
        Ok(head) => head,
        Err(e) => return FileRead { digest: Err(e), parts: Vec::new(), end: Ok(()) },
    };
    let mut parts = Vec::new();
    let (digest, end) = rayon::join(|| digest(&found.path), || read_parts(found, &head, setting, &mut parts));
    FileRead { digest, parts, end }
}

fn read_parts<'c>(found: &Found, head: &[u8], setting: &Setting<'c>, parts: &mut Vec<Intake<'c>>) -> Result<(), Stop> {
    let stem = Path::new(&found.name).file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let lower: Vec<u8> = head.iter().take(1024).map(u8::to_ascii_lowercase).collect();
    let says = |needle: &[u8]| lower.windows(needle.len()).any(|w| w == needle);
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        workbook::read(&Location { path: &found.path, stem: &stem, name: &found.name }, head, setting, parts)
    } else if head.is_empty() {
        Err(Stop::Unreadable("文件是空的".to_owned(), "the file is empty".to_owned()))
    } else if says(b"<html") || says(b"<table") || says(b"<!doctype html") {
        Err(Stop::Unreadable(
            "内容是网页（HTML），不是工作簿；请用表格软件打开后另存为 .xlsx".to_owned(),
            "it is a web page (HTML), not a workbook; open it in a spreadsheet and save it as .xlsx".to_owned(),
        ))
    } else if head.starts_with(b"%PDF") {
        Err(Stop::Unreadable(
            "内容是 PDF，不是工作簿；请向移送单位索取原工作簿（.xlsx）".to_owned(),
            "it is a PDF, not a workbook; ask whoever sent it for the workbook itself (.xlsx)".to_owned(),
        ))
    } else if says(b"<?xml") {
        Err(Stop::Unreadable(
            "内容是 XML 表格；请用表格软件打开后另存为 .xlsx".to_owned(),
            "it is an XML spreadsheet; open it in a spreadsheet and save it as .xlsx".to_owned(),
        ))
    } else {
        let mut part = setting.part(&found.name);
        let read = text::read(&found.path, &stem, &setting.spent, &mut part);
        part.builder.seal();
        parts.push(part);
        read
    }
}
