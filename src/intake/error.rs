//! Why a batch could not be read at all.

use crate::intake::columns::ColumnsError;
use crate::model::{Col, Level, Problem, ProblemCode, SheetKind};

/// One reason why nothing can be reviewed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// An input path leads to no file that can be read.
    #[error(
        "{file}: no workbook or CSV file was found; accepted: .xlsx .xlsm .xls .xlsb .ods .csv files, or a folder of them"
    )]
    NoInput {
        /// The path as given.
        file: String,
    },
    /// A file could not be opened or read to its end: it might hold rulings, so nothing is reviewed.
    #[error("{file}: cannot be read: {en}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why, in Chinese.
        zh: String,
        /// Why, in English.
        en: String,
    },
    /// A file holds more than the limits of reading allow; it counts as unreadable.
    #[error("{}{en}: beyond the limits of reading, so the file was not read", in_file(file, sheet))]
    LimitExceeded {
        /// The file; empty where all of them are meant.
        file: String,
        /// The sheet; empty where the whole file is meant.
        sheet: String,
        /// Which limit, in Chinese.
        zh: String,
        /// Which limit, in English.
        en: String,
    },
    /// No sheet of a required kind was found.
    #[error("there is no sheet of {} ({}); sheets found: {}", kind.name_en(), kind.name(), shown(found))]
    MissingSheet {
        /// The kind.
        kind: SheetKind,
        /// Every sheet found, with its headers: file, sheet, headers.
        found: Vec<(String, String, Vec<String>)>,
    },
    /// A sheet lacks required columns.
    #[error(
        "{file}, sheet {sheet:?} ({}): required columns missing: {}; headers found: {}",
        kind.name(),
        names(columns),
        list(headers)
    )]
    MissingColumn {
        /// The file.
        file: String,
        /// The sheet; empty for CSV.
        sheet: String,
        /// What it was recognised as.
        kind: SheetKind,
        /// The missing columns.
        columns: Vec<Col>,
        /// The headers found.
        headers: Vec<String>,
    },
    /// A required sheet that could be read in two ways.
    #[error("{file}, sheet {sheet:?}: {en}; headers found: {}", list(headers))]
    AmbiguousLayout {
        /// The file.
        file: String,
        /// The sheet; empty for CSV.
        sheet: String,
        /// Why, in Chinese.
        zh: String,
        /// Why, in English.
        en: String,
        /// The headers found.
        headers: Vec<String>,
    },
    /// A file of column names could not be used.
    #[error(transparent)]
    Columns(#[from] ColumnsError),
}

fn in_file(file: &str, sheet: &str) -> String {
    match (file, sheet) {
        ("", _) => String::new(),
        (file, "") => format!("{file}: "),
        (file, sheet) => format!("{file}, sheet {sheet:?}: "),
    }
}

fn names(columns: &[Col]) -> String {
    columns.iter().map(|c| c.name()).collect::<Vec<_>>().join("、")
}

fn list(headers: &[String]) -> String {
    const LIMIT: usize = 40;
    if headers.is_empty() {
        return "—".to_owned();
    }
    let mut out = headers.iter().take(LIMIT).map(String::as_str).collect::<Vec<_>>().join("、");
    if headers.len() > LIMIT {
        out.push('…');
    }
    out
}

fn shown(found: &[(String, String, Vec<String>)]) -> String {
    if found.is_empty() {
        return "—".to_owned();
    }
    let one = |(file, sheet, headers): &(String, String, Vec<String>)| {
        let sheet = if sheet.is_empty() { String::new() } else { format!("[{sheet}]") };
        format!("{file}{sheet}（{}）", list(headers))
    };
    found.iter().map(one).collect::<Vec<_>>().join("；")
}

impl Fault {
    /// The stable code of the fault.
    pub fn code(&self) -> ProblemCode {
        match self {
            Fault::NoInput { .. } | Fault::Unreadable { .. } | Fault::Columns(_) => ProblemCode::UnreadableFile,
            Fault::LimitExceeded { .. } => ProblemCode::LimitExceeded,
            Fault::MissingSheet { .. } => ProblemCode::MissingSheet,
            Fault::MissingColumn { .. } => ProblemCode::MissingColumn,
            Fault::AmbiguousLayout { .. } => ProblemCode::AmbiguousLayout,
        }
    }

    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Fault::NoInput { file } => {
                format!(
                    "{file}：没有可读取的工作簿或CSV文件；可接受：.xlsx .xlsm .xls .xlsb .ods .csv 文件，或放有这些文件的文件夹"
                )
            }
            Fault::Unreadable { file, zh, .. } => format!("{file}：无法读取：{zh}"),
            Fault::LimitExceeded { file, sheet, zh, .. } => {
                let sheet = if sheet.is_empty() { String::new() } else { format!("工作表“{sheet}”") };
                let colon = if file.is_empty() { "" } else { "：" };
                format!("{file}{sheet}{colon}{zh}，超出读取上限，未读取")
            }
            Fault::MissingSheet { kind, found } => {
                format!("缺少必需的表“{}”；找到的表及其表头：{}", kind.name(), shown(found))
            }
            Fault::MissingColumn { file, sheet, kind, columns, headers } => {
                let sheet = if sheet.is_empty() { String::new() } else { format!("工作表“{sheet}”") };
                format!(
                    "{file}{sheet}（{}）缺少必需的列：{}；找到的表头：{}。可用 --columns 文件为已有的列指定列名",
                    kind.name(),
                    names(columns),
                    list(headers)
                )
            }
            Fault::AmbiguousLayout { file, sheet, zh, headers, .. } => {
                let sheet = if sheet.is_empty() { String::new() } else { format!("工作表“{sheet}”") };
                format!("{file}{sheet}：版式无法确定：{zh}；找到的表头：{}", list(headers))
            }
            Fault::Columns(e) => e.zh(),
        }
    }

    /// The message in English.
    pub fn en(&self) -> String {
        self.to_string()
    }

    /// The fault as an entry of the problem list.
    pub fn problem(&self) -> Problem {
        let (file, sheet) = match self {
            Fault::NoInput { file } | Fault::Unreadable { file, .. } => (file.clone(), String::new()),
            Fault::MissingColumn { file, sheet, .. }
            | Fault::AmbiguousLayout { file, sheet, .. }
            | Fault::LimitExceeded { file, sheet, .. } => (file.clone(), sheet.clone()),
            Fault::MissingSheet { .. } | Fault::Columns(_) => (String::new(), String::new()),
        };
        Problem {
            level: Level::Error,
            code: self.code(),
            file,
            sheet,
            cell: None,
            zh: self.zh(),
            en: self.en(),
            at: None,
        }
    }
}

/// A batch could not be reviewed: every reason found, so that they can be mended in one go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntakeError {
    /// The reasons; never empty.
    pub faults: Vec<Fault>,
}

impl std::fmt::Display for IntakeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, fault) in self.faults.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for IntakeError {}

impl IntakeError {
    /// All reasons in Chinese, one a line.
    pub fn zh(&self) -> String {
        self.faults.iter().map(Fault::zh).collect::<Vec<_>>().join("\n")
    }

    /// All reasons in English, one a line.
    pub fn en(&self) -> String {
        self.to_string()
    }
}

impl From<ColumnsError> for IntakeError {
    fn from(e: ColumnsError) -> IntakeError {
        IntakeError { faults: vec![Fault::Columns(e)] }
    }
}
