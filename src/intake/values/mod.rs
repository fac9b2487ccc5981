//! Reading the text of a cell: dates, months, terms, sentences, proposals, rulings, amounts, yes or no.
//!
//! Pure functions of text. Each knows one type of column and accepts the formats of the contract; anything else is
//! refused with what was found and what would be accepted, never guessed.

mod dates;
mod numbers;
mod numerals;
mod rulings;
mod sentences;
mod terms;

pub use dates::{Epoch, date, month, month_of_decimal, says_no_end, serial_date};
pub use numbers::{Quantity, amount, balance, commendations, decimal_of_float, number};
pub use rulings::{ChangeText, ProposalText, change, fold_case_no, proposal, rights};
pub use sentences::{SentenceText, count_terms, sentence};
pub use terms::{term, term_in_unit};

use crate::model::ProblemCode;

/// A value that could not be read with certainty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?}: {want_en}")]
pub struct Bad {
    /// The kind of problem.
    pub code: ProblemCode,
    /// What the cell says.
    pub found: String,
    /// Why it was refused, or what would be accepted, in Chinese.
    pub want_zh: String,
    /// The same in English.
    pub want_en: String,
}

impl Bad {
    /// A refusal of `found`.
    pub fn new(code: ProblemCode, found: &str, want_zh: impl Into<String>, want_en: impl Into<String>) -> Bad {
        Bad { code, found: shorten(found), want_zh: want_zh.into(), want_en: want_en.into() }
    }
}

/// The first characters of a text, for messages.
pub fn shorten(text: &str) -> String {
    const LIMIT: usize = 60;
    let mut out: String = text.chars().take(LIMIT).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LIMIT).is_some() {
        out.push('…');
    }
    out
}

fn invisible(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' | '\u{00ad}')
}

fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '−' => '-',
        '￥' => '¥',
        _ => c,
    }
}

/// Full-width characters narrowed and every blank dropped.
pub fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !invisible(*c)).map(narrow).collect()
}

/// Whether a cell holds nothing but dashes or a slash: read as blank.
pub fn is_lone_dash(text: &str) -> bool {
    let mut chars = text.chars().filter(|c| !invisible(*c)).peekable();
    chars.peek().is_some()
        && chars
            .all(|c| matches!(c, '/' | '／' | '\\' | '-' | '－' | '—' | '–' | '―' | '─' | '·' | '・' | '•' | '−' | '_'))
}

/// Yes or no.
///
/// # Errors
/// Anything but the accepted words.
pub fn boolean(text: &str) -> Result<bool, Bad> {
    Ok(match squeeze(text).to_ascii_lowercase().as_str() {
        "是" | "有" | "1" | "y" | "yes" | "true" | "√" | "✓" | "✔" | "☑" => true,
        "否" | "无" | "0" | "n" | "no" | "false" | "×" | "✗" | "✘" | "x" | "╳" | "不是" | "没有" => false,
        _ => {
            return Err(Bad::new(
                ProblemCode::BadBool,
                text,
                "可接受：是/否、有/无、1/0、Y/N、√/×、TRUE/FALSE",
                "accepted: 是/否, 有/无, 1/0, Y/N, √/×, TRUE/FALSE",
            ));
        }
    })
}

#[cfg(test)]
mod tests;
