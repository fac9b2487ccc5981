//! Finds the files of the inputs and opens each by what it contains, not by its extension.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::Fault;
use super::limits::Stop;
use super::sheet::Intake;
use super::{text, workbook};
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

fn extension(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// Reads every file of the inputs.
pub fn read_all(inputs: &[PathBuf], intake: &mut Intake<'_>) {
    for input in inputs {
        let shown = input.display().to_string();
        match std::fs::metadata(input) {
            Err(e) => intake.fault(unreadable(&shown, &e)),
            Ok(meta) if meta.is_dir() => {
                let mut found = Vec::new();
                scan(input, "", 0, &mut found, intake);
                if found.is_empty() {
                    intake.fault(Fault::NoInput { file: shown });
                }
                for f in found {
                    read_file(&f, intake);
                }
            }
            Ok(_) => {
                let name = input.file_name().map_or(shown, |n| n.to_string_lossy().into_owned());
                read_file(&Found { path: input.clone(), name }, intake);
            }
        }
    }
    if inputs.is_empty() {
        intake.fault(Fault::NoInput { file: String::new() });
    }
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
fn scan(dir: &Path, prefix: &str, depth: usize, found: &mut Vec<Found>, intake: &mut Intake<'_>) {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) => {
            intake.fault(unreadable(&dir.display().to_string(), &e));
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
                scan(&path, &relative, depth + 1, found, intake);
            }
        } else if READ.contains(&extension(&path).as_str()) {
            found.push(Found { path, name: relative });
        } else if DATA.contains(&extension(&path).as_str()) {
            intake.builder.problem_in(
                &relative,
                ProblemCode::UnknownSheet,
                Level::Warning,
                "不支持的文件类型，未读取；可接受：.xlsx .xlsm .xls .xlsb .ods .csv".to_owned(),
                "file type not supported, not read; accepted: .xlsx .xlsm .xls .xlsb .ods .csv".to_owned(),
            );
        }
    }
}

fn hash(path: &Path) -> std::io::Result<(String, Vec<u8>)> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut head = Vec::new();
    let mut buffer = vec![0u8; 1 << 16];
    loop {
        let n = file.read(&mut buffer)?;
        let Some(chunk) = buffer.get(..n).filter(|c| !c.is_empty()) else { break };
        hasher.update(chunk);
        if head.len() < 4096 {
            head.extend_from_slice(chunk.get(..chunk.len().min(4096)).unwrap_or(&[]));
        }
    }
    let digest = hasher.finalize();
    Ok((digest.iter().map(|b| format!("{b:02x}")).collect(), head))
}

fn read_file(found: &Found, intake: &mut Intake<'_>) {
    // Before anything is opened: a pipe or a device may never end.
    if std::fs::metadata(&found.path).is_ok_and(|m| !m.is_file()) {
        intake.fault(Fault::Unreadable {
            file: found.name.clone(),
            zh: "不是普通文件（管道、设备等）；可接受：.xlsx .xlsm .xls .xlsb .ods .csv 文件".to_owned(),
            en: "not an ordinary file (a pipe, a device); accepted: .xlsx .xlsm .xls .xlsb .ods .csv files".to_owned(),
        });
        return;
    }
    let (digest, head) = match hash(&found.path) {
        Ok(read) => read,
        Err(e) => {
            intake.fault(unreadable(&found.name, &e));
            return;
        }
    };
    intake.builder.begin_file(found.name.clone(), digest);
    let stem = found.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let lower: Vec<u8> = head.iter().take(1024).map(u8::to_ascii_lowercase).collect();
    let says = |needle: &[u8]| lower.windows(needle.len()).any(|w| w == needle);
    let read = if head.starts_with(b"PK\x03\x04") || head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        workbook::read(&found.path, &stem, &head, intake)
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
        text::read(&found.path, &stem, intake)
    };
    if let Err(stop) = read {
        intake.fault(stop.fault(&found.name));
    }
}
