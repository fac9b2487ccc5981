//! Why a line could not be read: which field, what was found there, and what would be accepted.

use crate::model::schema::ColType;
use crate::model::{Level, Problem, ProblemCode};

use super::keys;

/// What is wrong with one field of a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {en}")]
pub struct Fault {
    /// The field, such as `points[3].score`; empty for the line as a whole.
    pub path: String,
    /// What was found and what would be accepted, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

impl Fault {
    pub(super) fn new(path: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Fault {
        Fault { path: path.into(), zh: zh.into(), en: en.into() }
    }

    pub(super) fn place(path: String, found: &str) -> Fault {
        Fault::new(
            path,
            format!("{found}不是单元格：应为[表id, 行]或者[表id, 行, 列]，表id在sources中，行、列从1数起"),
            format!(
                "{found} is no cell: accepted are [sheet id, row] and [sheet id, row, column], with an id of sources, counted from 1"
            ),
        )
    }

    pub(super) fn contradiction(path: String) -> Fault {
        Fault::new(
            path,
            "既有值，又列在unclear中：只能是其中之一",
            "has a value and is listed in unclear: it can be only one of these",
        )
    }

    pub(super) fn out_of_bounds(path: String) -> Fault {
        Fault::new(
            path,
            "超出范围：日期应在1900年至2200年之间，数值应小于10的18次方",
            "is out of bounds: days lie between 1900 and 2200, amounts below ten to the power of 18",
        )
    }

    /// What the parser found at a path, with what the column accepts.
    pub(super) fn parsed(path: String, found: &str) -> Fault {
        // The position within the line is that of a second parse, and says less than the path.
        let found = found.split(" at line ").next().unwrap_or(found).to_owned();
        let accepted = keys::column_at(&path).and_then(|col| accepted(col.ty()));
        match accepted {
            Some((zh, en)) => Fault::new(path, format!("{found}；应为{zh}"), format!("{found}; accepted: {en}")),
            None => Fault::new(path, found.clone(), found),
        }
    }
}

fn accepted(ty: ColType) -> Option<(&'static str, &'static str)> {
    Some(match ty {
        ColType::Text | ColType::Id => ("文本，如 \"3101000001\"", "text, such as \"3101000001\""),
        ColType::Date => ("日期，如 \"2024-05-31\"", "a day such as \"2024-05-31\""),
        ColType::EndDate => {
            ("{\"on\": \"2035-05-31\"} 或者 \"none\"（无期）", "{\"on\": \"2035-05-31\"}, or \"none\" for life")
        }
        ColType::Month => ("月份，如 \"2024-05\"", "a month such as \"2024-05\""),
        ColType::Number => ("写成文本的小数，如 \"35.5\"", "a decimal written as text, such as \"35.5\""),
        ColType::Bool => ("true 或者 false", "true or false"),
        ColType::One(_) | ColType::Many(_) | ColType::Composite => {
            return None;
        }
    })
}

/// A line that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct LineError {
    /// Its number in the input, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub fault: Fault,
}

impl LineError {
    /// In Chinese.
    pub fn zh(&self) -> String {
        format!("第{}行：{}", self.line, with_path(&self.fault.path, &self.fault.zh, "："))
    }

    /// In English.
    pub fn en(&self) -> String {
        format!("line {}: {}", self.line, with_path(&self.fault.path, &self.fault.en, ": "))
    }

    /// As an entry of the problem list.
    pub fn problem(&self) -> Problem {
        Problem {
            level: Level::Error,
            code: ProblemCode::UnreadableFile,
            file: String::new(),
            sheet: String::new(),
            cell: None,
            zh: self.zh(),
            en: self.en(),
            at: None,
        }
    }
}

fn with_path(path: &str, said: &str, separator: &str) -> String {
    if path.is_empty() { said.to_owned() } else { format!("{path}{separator}{said}") }
}
