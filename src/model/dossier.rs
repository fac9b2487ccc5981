//! The dossier: everything a batch says about one person. A review is a pure function of a dossier, the rules, the
//! as-of date and the batch's aggregate, so dossiers can be serialised and reviewed anywhere.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::packed::PackedDossier;
use super::problem::Problem;
use super::records::{Application, Award, CustodyRow, Inmate, NewCrime, PointRow, PropertyItem, Ruling, SpendingRow};
use super::schema::{Col, SheetKind};
use super::value::Sources;

/// Which sheets and columns a batch has. A missing sheet and a sheet without rows for a person mean different things.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// The kinds of sheet found.
    pub sheets: Vec<SheetKind>,
    /// The columns found (in at least one sheet of the kind).
    pub columns: Vec<Col>,
}

impl Presence {
    /// Whether the batch has a sheet of this kind.
    pub fn has(&self, kind: SheetKind) -> bool {
        self.sheets.contains(&kind)
    }

    /// Whether the batch has this column.
    pub fn has_column(&self, col: Col) -> bool {
        self.columns.contains(&col)
    }
}

/// Everything known about one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// 罪犯编号.
    pub no: String,
    /// The person; `None` for applications whose person is not in 罪犯信息 (a problem says so).
    pub inmate: Option<Inmate>,
    /// Applications in input order.
    pub applications: Vec<Application>,
    /// Points by month.
    pub points: Vec<PointRow>,
    /// Awards and penalties.
    pub awards: Vec<Award>,
    /// Earlier rulings.
    pub rulings: Vec<Ruling>,
    /// Property judgments.
    pub property: Vec<PropertyItem>,
    /// Spending.
    pub spending: Vec<SpendingRow>,
    /// Custody record.
    pub custody: Vec<CustodyRow>,
    /// New and undiscovered crimes.
    pub new_crimes: Vec<NewCrime>,
    /// Problems on rows of this person.
    pub problems: Vec<Problem>,
}

impl Dossier {
    /// An empty dossier of one person.
    pub fn new(no: String) -> Dossier {
        Dossier {
            no,
            inmate: None,
            applications: Vec::new(),
            points: Vec::new(),
            awards: Vec::new(),
            rulings: Vec::new(),
            property: Vec::new(),
            spending: Vec::new(),
            custody: Vec::new(),
            new_crimes: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Rulings that only an application of 提请案件 names, for the applications that `wanted` picks; a ruling that
    /// 历次裁定 has too (by its day or its number) is not among them.
    pub fn unlisted_rulings(&self, wanted: impl Fn(&Application) -> bool) -> Vec<Ruling> {
        let mut unlisted: Vec<Ruling> = Vec::new();
        for ruling in self.applications.iter().filter(|app| wanted(app)).filter_map(Application::ruling) {
            let listed = self.rulings.iter().chain(&unlisted).any(|r| {
                r.date.get() == ruling.date.get()
                    || matches!((r.case_no.known(), ruling.case_no.known()), (Some(a), Some(b)) if a == b)
            });
            if !listed {
                unlisted.push(ruling);
            }
        }
        unlisted
    }
}

/// Rows read, used and reported, for one sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetCount {
    /// Sheet name; empty for CSV.
    pub sheet: String,
    /// What it was recognised as; `None` for an unknown sheet.
    pub kind: Option<SheetKind>,
    /// Data rows read.
    pub read: u64,
    /// Rows that became (part of) a record.
    pub used: u64,
    /// Rows that did not, each with a problem.
    pub reported: u64,
}

/// One input file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFile {
    /// Path relative to the input argument, with `/`.
    pub file: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// Its sheets.
    pub sheets: Vec<SheetCount>,
}

/// A whole batch as read.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The files.
    pub inputs: Vec<InputFile>,
    /// Sheets that cells refer to.
    pub sources: Arc<Sources>,
    /// Which sheets and columns there are.
    pub presence: Arc<Presence>,
    /// People in the order of 罪犯信息, then people who appear only in 提请案件.
    pub dossiers: Vec<PackedDossier>,
    /// Problems that belong to no person (unknown columns, orphan rows, unreadable files).
    pub problems: Vec<Problem>,
    /// Whether masks stand for names and numbers; identity numbers, which checks compare, may then not be shown.
    pub redacted: bool,
}
