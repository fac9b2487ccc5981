//! What went wrong while reading, in a form that names the cell and what would be accepted.

use serde::{Deserialize, Serialize};

use super::value::CellRef;

/// How bad a problem is. An error on a row of a person keeps that person's cases from being `clear`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The value is not used; what needs it is unverified.
    Error,
    /// Worth knowing; the value is used.
    Warning,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal $level:ident,)*) => {
        /// Stable problem codes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        pub enum ProblemCode { $($(#[$doc])* #[serde(rename = $text)] $name,)* }

        impl ProblemCode {
            /// Every code.
            pub const ALL: &'static [ProblemCode] = &[$(ProblemCode::$name,)*];
            /// The code as printed.
            pub fn as_str(self) -> &'static str { match self { $(ProblemCode::$name => $text,)* } }
            /// The level a problem of this code usually has.
            pub fn level(self) -> Level { match self { $(ProblemCode::$name => Level::$level,)* } }
        }
    };
}

codes! {
    /// A required sheet is not there.
    MissingSheet = "missing-sheet" Error,
    /// A required column is not there.
    MissingColumn = "missing-column" Error,
    /// A required cell is blank.
    MissingCell = "missing-cell" Error,
    /// Not a date that can be read with certainty.
    BadDate = "bad-date" Error,
    /// Not a term that can be read with certainty.
    BadTerm = "bad-term" Error,
    /// Not a number that can be read with certainty.
    BadNumber = "bad-number" Error,
    /// Not one of the accepted words.
    BadEnum = "bad-enum" Error,
    /// Neither yes nor no.
    BadBool = "bad-bool" Error,
    /// A number cell of more than 15 digits: the spreadsheet has already rounded it.
    RoundedNumber = "rounded-number" Error,
    /// An application whose person is not in the inmates sheet.
    OrphanApplication = "orphan-application" Error,
    /// Another row whose person is not in the inmates sheet.
    OrphanRow = "orphan-row" Error,
    /// The same row twice.
    DuplicateIdentical = "duplicate-identical" Warning,
    /// Two rows for one thing that differ; the differing values are unknown.
    DuplicateConflict = "duplicate-conflict" Error,
    /// Two applications of one person.
    DuplicateApplication = "duplicate-application" Warning,
    /// A column that is not in the contract.
    UnknownColumn = "unknown-column" Warning,
    /// A sheet that is not in the contract.
    UnknownSheet = "unknown-sheet" Warning,
    /// Two columns map to one field and differ in a row.
    AliasConflict = "alias-conflict" Error,
    /// A layout that is recognised but cannot be read with certainty.
    AmbiguousLayout = "ambiguous-layout" Error,
    /// The recorded end date and the replayed one differ.
    EndDateDisagrees = "end-date-disagrees" Warning,
    /// The charge did not exist under that name at that time.
    ChargePeriod = "charge-period" Warning,
    /// Hidden rows, columns or sheets in the input.
    HiddenRows = "hidden-rows" Warning,
    /// The file could not be opened or read.
    UnreadableFile = "unreadable-file" Error,
    /// A limit of reading was exceeded; the file counts as unreadable.
    LimitExceeded = "limit-exceeded" Error,
    /// A cell that holds only a dash or slash: read as blank.
    LoneDash = "lone-dash" Warning,
    /// A number cell that lost its leading zero; the zero was restored.
    RestoredZero = "restored-zero" Warning,
    /// A workbook with macros.
    Macros = "macros" Warning,
    /// A cell holds an error value or a formula without a result.
    ErrorCell = "error-cell" Error,
}

/// One problem with the input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// How bad it is.
    pub level: Level,
    /// What kind it is.
    pub code: ProblemCode,
    /// File, relative to the input argument; empty when the whole input is meant.
    pub file: String,
    /// Sheet name; empty for CSV or when the whole file is meant.
    pub sheet: String,
    /// A1 cell, where there is one.
    pub cell: Option<String>,
    /// Found, and what would be accepted, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// The cell again, for joining with findings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<CellRef>,
}
