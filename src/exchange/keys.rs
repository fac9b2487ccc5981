//! What the columns of the contract are called in a line: `InIdNumber` is `id_number` among `inmates`.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::model::{Col, SheetKind};

static NAMES: LazyLock<HashMap<Col, String>> = LazyLock::new(|| {
    let snake = |col: &Col| {
        let mut out = String::new();
        // The first two letters name the sheet.
        for c in format!("{col:?}").chars().skip(2) {
            if c.is_ascii_uppercase() && !out.is_empty() {
                out.push('_');
            }
            out.push(c.to_ascii_lowercase());
        }
        out
    };
    Col::ALL.iter().map(|col| (*col, snake(col))).collect()
});

static COLUMNS: LazyLock<HashMap<(SheetKind, &'static str), Col>> =
    LazyLock::new(|| NAMES.iter().map(|(col, name)| ((col.sheet(), name.as_str()), *col)).collect());

/// The key of a column.
pub fn name(col: Col) -> &'static str {
    NAMES.get(&col).map_or("", String::as_str)
}

/// The column of a key among the records of a sheet.
pub fn column(kind: SheetKind, name: &str) -> Option<Col> {
    COLUMNS.get(&(kind, name)).copied()
}

/// The list of a dossier that holds the records of a sheet.
pub fn list(kind: SheetKind) -> &'static str {
    match kind {
        SheetKind::Inmates => "inmate",
        SheetKind::Applications => "applications",
        SheetKind::Points => "points",
        SheetKind::Awards => "awards",
        SheetKind::Rulings => "rulings",
        SheetKind::Property => "property",
        SheetKind::Spending => "spending",
        SheetKind::Custody => "custody",
        SheetKind::NewCrimes => "new_crimes",
    }
}

/// The column that a path such as `points[3].score` leads to.
pub fn column_at(path: &str) -> Option<Col> {
    let (head, key) = path.split_once('.')?;
    let head = head.split('[').next()?;
    let kind = SheetKind::ALL.into_iter().find(|kind| list(*kind) == head)?;
    column(kind, key.split(['.', '[']).next()?)
}

/// What a sheet is called in a line.
pub fn sheet(kind: SheetKind) -> &'static str {
    match kind {
        SheetKind::Inmates => "inmates",
        kind => list(kind),
    }
}
