//! The recomputed points ledger: one object an inmate for machines, one row a month as CSV, one line an inmate for people.

use std::io::{self, Write};

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use super::text::pad;
use crate::checks::case::{BatchContext, Case, Lang};
use crate::checks::person::Person;
use crate::checks::points::{self, Window};
use crate::model::ledger::{Amounts, Cycle, Entry, Ledger, MonthFold, PartAmounts, Test, What};
use crate::model::{Application, Award, AwardKind, Dossier, Grade, Month, PackedDossier};

/// The ledger of one person, ready to be printed.
pub struct LedgerView<'a> {
    /// The rows.
    pub dossier: &'a Dossier,
    /// The recomputation.
    pub ledger: &'a Ledger,
    /// What it supports for the last application, if there is one.
    window: Option<(&'a Application, Window)>,
}

impl<'a> LedgerView<'a> {
    /// The view of a case.
    pub fn of(case: &'a Case<'_>) -> LedgerView<'a> {
        let ledger = case.ledger();
        let app = case.dossier.applications.last();
        let cycle = case.rules.point_values.cycle;
        let window = app.map(|app| (app, points::window(case.dossier, ledger, ledger.best(), app, cycle)));
        LedgerView { dossier: case.dossier, ledger, window }
    }

    /// The checks that say something about a month other than that it is as it should be, in catalogue order.
    pub fn checks_of(&self, month: Month) -> Vec<Test> {
        let notes = self.ledger.folds.iter().flat_map(|f| &f.notes);
        let mut tests: Vec<Test> =
            notes.filter(|n| n.month == month && n.what != What::Opening).map(|n| n.test).collect();
        tests.sort_unstable();
        tests.dedup();
        tests
    }

    /// Balances under other answers, where they differ in a month.
    fn readings(&self, at: usize) -> Vec<Reading> {
        let of =
            |m: &MonthFold| Reading { score: m.expected.score, balance: m.expected.balance, cycle: m.expected.cycle };
        let mut all: Vec<Reading> = self.ledger.folds.iter().map(|f| of(&f.months[at])).collect();
        all.sort_unstable();
        all.dedup();
        if all.len() > 1 { all } else { Vec::new() }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Reading {
    score: Option<Decimal>,
    balance: Option<Decimal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cycle: Option<Decimal>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct PartOut {
    base: Option<Decimal>,
    bonus: Option<Decimal>,
    deduction: Option<Decimal>,
}

impl From<&PartAmounts> for PartOut {
    fn from(p: &PartAmounts) -> PartOut {
        PartOut { base: p.base, bonus: p.bonus, deduction: p.deduction }
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct AmountsOut {
    supervision: PartOut,
    education: PartOut,
    labour: PartOut,
    special: Option<Decimal>,
    penalty: Option<Decimal>,
    score: Option<Decimal>,
    balance: Option<Decimal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cycle: Option<Decimal>,
}

impl From<&Amounts> for AmountsOut {
    fn from(a: &Amounts) -> AmountsOut {
        let [supervision, education, labour] = &a.parts;
        AmountsOut {
            supervision: supervision.into(),
            education: education.into(),
            labour: labour.into(),
            special: a.special,
            penalty: a.penalty,
            score: a.score,
            balance: a.balance,
            cycle: a.cycle.filter(|c| !c.is_zero()),
        }
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct MonthOut {
    month: Month,
    recorded: AmountsOut,
    expected: AmountsOut,
    difference: Option<Decimal>,
    readings: Vec<Reading>,
    checks: Vec<&'static str>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct GradeOut {
    recorded: Option<Grade>,
    allowed: Vec<Grade>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct AwardOut {
    recorded: Vec<AwardKind>,
    expected: Vec<AwardKind>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct CycleOut {
    from: Option<Month>,
    to: Month,
    grade: GradeOut,
    award: AwardOut,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Claim {
    claimed: Option<Decimal>,
    /// `null` where the readings differ or it cannot be known; the values are then in `readings`.
    supported: Option<Decimal>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    readings: Vec<Decimal>,
}

impl Claim {
    fn new(claimed: Option<Decimal>, mut values: Vec<Decimal>) -> Claim {
        values.sort_unstable();
        values.dedup();
        match values.as_slice() {
            [one] => Claim { claimed, supported: Some(*one), readings: Vec::new() },
            _ => Claim { claimed, supported: None, readings: values },
        }
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct WindowOut {
    from: Option<chrono::NaiveDate>,
    to: Option<chrono::NaiveDate>,
    commendations: Claim,
    balance: Claim,
    deductions: Option<Decimal>,
    bonus_share: Option<Decimal>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct LedgerOut<'a> {
    inmate: &'a str,
    first_difference: Option<Month>,
    months: Vec<MonthOut>,
    cycles: Vec<CycleOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<WindowOut>,
}

impl Serialize for LedgerView<'_> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let ledger = self.ledger;
        let months = ledger.entries.iter().zip(&ledger.best().months).enumerate().map(|(at, (entry, fold))| MonthOut {
            month: entry.month,
            recorded: (&entry.recorded).into(),
            expected: (&fold.expected).into(),
            difference: fold.difference,
            readings: self.readings(at),
            checks: self.checks_of(entry.month).into_iter().map(Test::check).collect(),
        });
        let cycles = ledger.best().cycles.iter().map(|c| CycleOut {
            from: c.from,
            to: c.to,
            grade: GradeOut { recorded: c.grade, allowed: c.allowed.clone() },
            award: AwardOut { recorded: self.awards_of(c), expected: c.expected.clone() },
        });
        let window = self.window.as_ref().map(|(app, w)| WindowOut {
            from: w.from,
            to: w.to,
            commendations: Claim::new(
                app.commendations.get(),
                [w.by_date.0, w.by_date.1, w.by_cycle.0, w.by_cycle.1].map(Decimal::from).to_vec(),
            ),
            balance: Claim::new(app.balance.get(), w.balance.clone()),
            deductions: w.deductions,
            bonus_share: w.bonus_share,
        });
        LedgerOut {
            inmate: &self.dossier.no,
            first_difference: ledger.first_difference().map(|d| d.0),
            months: months.collect(),
            cycles: cycles.collect(),
            window,
        }
        .serialize(s)
    }
}

impl LedgerView<'_> {
    /// The kinds of award recorded for a cycle.
    pub fn awards_of(&self, cycle: &Cycle) -> Vec<AwardKind> {
        let kind = |row: &usize| self.dossier.awards.get(*row).and_then(|a: &Award| a.kind.get());
        cycle.awards.iter().filter_map(kind).collect()
    }
}

/// How the ledgers of a batch are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One line an inmate, for people.
    Text,
    /// One row an inmate and month.
    Csv,
    /// One array, an object an inmate.
    Json,
    /// One object a line.
    Jsonl,
}

/// Writes the ledger of everyone who has a points row, in the order of the batch, one person in memory at a time.
///
/// # Errors
/// Only what the writer reports.
pub fn write(
    dossiers: &[PackedDossier],
    context: &BatchContext<'_>,
    format: Format,
    out: &mut dyn Write,
) -> io::Result<()> {
    let lang = context.lang;
    match format {
        Format::Text => writeln!(out, "{}", text_head(lang))?,
        // Excel takes a file without this mark for one in the local code page.
        Format::Csv => writeln!(out, "\u{feff}{}", csv_head(lang))?,
        Format::Json => write!(out, "[")?,
        Format::Jsonl => {}
    }
    let mut separator = "\n";
    for dossier in dossiers.iter().map(PackedDossier::open).filter(|d| !d.points.is_empty()) {
        let Some(inmate) = &dossier.inmate else { continue };
        let person = Person::new(&dossier, inmate, context.rules);
        let case = Case::new(&person, dossier.applications.last(), context);
        let view = LedgerView::of(&case);
        match format {
            Format::Text => writeln!(out, "{}", text_line(&view, lang))?,
            Format::Csv => csv_rows(&view, out)?,
            Format::Json => {
                write!(out, "{separator}")?;
                serde_json::to_writer(&mut *out, &view)?;
                separator = ",\n";
            }
            Format::Jsonl => {
                serde_json::to_writer(&mut *out, &view)?;
                writeln!(out)?;
            }
        }
    }
    if format == Format::Json {
        writeln!(out, "\n]")?;
    }
    Ok(())
}

/// Widths of the columns of the text.
const WIDTHS: [usize; 9] = [20, 10, 17, 5, 9, 10, 10, 6, 0];

fn text_head(lang: Lang) -> String {
    let names = if lang.is_zh() {
        ["罪犯编号", "姓名", "月份", "月数", "首次不符", "记录积分", "重算积分", "周期", "涉及检查项"]
    } else {
        ["inmate", "name", "months", "n", "differs", "recorded", "recomputed", "cycles", "checks concerned"]
    };
    columns(&names.map(str::to_owned))
}

fn columns(cells: &[String; 9]) -> String {
    let padded: Vec<String> = cells.iter().zip(WIDTHS).map(|(c, w)| pad(c, w)).collect();
    padded.join("  ").trim_end().to_owned()
}

fn text_line(view: &LedgerView<'_>, lang: Lang) -> String {
    let ledger = view.ledger;
    let fold = ledger.best();
    let span = match (ledger.entries.first(), ledger.entries.last()) {
        (Some(a), Some(b)) => format!("{}…{}", a.month, b.month),
        _ => String::new(),
    };
    let last = ledger.entries.last().zip(fold.months.last());
    let mut tests: Vec<Test> =
        ledger.folds.iter().flat_map(|f| &f.notes).filter(|n| n.what != What::Opening).map(|n| n.test).collect();
    tests.sort_unstable();
    tests.dedup();
    let checks: Vec<&str> = tests.iter().map(|t| t.check().trim_start_matches("points/")).collect();
    let name = view.dossier.inmate.as_ref().and_then(|i| i.name.known()).cloned().unwrap_or_default();
    let unknown = || if lang.is_zh() { "不明" } else { "unknown" }.to_owned();
    let amount = |d: Option<Decimal>| d.map_or_else(unknown, |d| format!("{d:.2}"));
    columns(&[
        view.dossier.no.clone(),
        name,
        span,
        ledger.entries.len().to_string(),
        ledger.first_difference().map_or_else(|| "-".to_owned(), |d| d.0.to_string()),
        amount(last.and_then(|(e, _)| e.recorded.balance)),
        amount(last.and_then(|(_, m)| m.expected.balance)),
        fold.cycles.len().to_string(),
        checks.join(" "),
    ])
}

/// The columns of the CSV after number, name and month: recorded, then recomputed.
fn csv_head(lang: Lang) -> String {
    let parts = if lang.is_zh() { ["监管", "教育", "劳动"] } else { ["supervision ", "education ", "labour "] };
    let kinds = if lang.is_zh() { ["基础分", "加分", "扣分"] } else { ["base", "bonus", "deduction"] };
    let rest = if lang.is_zh() {
        ["专项加分", "处罚扣分", "当月考核分", "考核积分", "周期扣减"]
    } else {
        ["special", "penalty", "score", "balance", "cycle"]
    };
    let mut names: Vec<String> = parts.iter().flat_map(|p| kinds.iter().map(move |k| format!("{p}{k}"))).collect();
    names.extend(rest.iter().map(|r| (*r).to_owned()));
    let tag = |prefix: &str| names.iter().map(|n| format!("{prefix}{n}")).collect::<Vec<_>>().join(",");
    let (recorded, expected) = if lang.is_zh() { ("记录", "重算") } else { ("recorded ", "recomputed ") };
    let (head, tail) = if lang.is_zh() {
        ("罪犯编号,姓名,考核月份", "积分差额,检查项")
    } else {
        ("inmate,name,month", "difference,checks")
    };
    format!("{head},{},{},{tail}", tag(recorded), tag(expected))
}

fn csv_rows(view: &LedgerView<'_>, out: &mut dyn Write) -> io::Result<()> {
    let name = view.dossier.inmate.as_ref().and_then(|i| i.name.known()).map_or("", String::as_str);
    let mut line = csv::WriterBuilder::new().from_writer(Vec::new());
    for (entry, month) in view.ledger.entries.iter().zip(&view.ledger.best().months) {
        line.write_record(csv_row(view, name, entry, month)).map_err(io::Error::other)?;
    }
    let bytes = line.into_inner().map_err(|e| io::Error::other(e.to_string()))?;
    out.write_all(&bytes)
}

fn csv_row(view: &LedgerView<'_>, name: &str, entry: &Entry, month: &MonthFold) -> Vec<String> {
    let text = |d: Option<Decimal>| d.map_or_else(String::new, |d| d.to_string());
    let mut row = vec![guarded(&view.dossier.no), guarded(name), entry.month.to_string()];
    for amounts in [&entry.recorded, &month.expected] {
        for part in &amounts.parts {
            row.extend([text(part.base), text(part.bonus), text(part.deduction)]);
        }
        let rest = [amounts.special, amounts.penalty, amounts.score, amounts.balance, amounts.cycle];
        row.extend(rest.map(text));
    }
    row.push(text(month.difference));
    let checks: Vec<&str> = view.checks_of(entry.month).into_iter().map(Test::check).collect();
    row.push(checks.join(" "));
    row
}

/// A text of the input that a spreadsheet would take for a formula is marked as text.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
