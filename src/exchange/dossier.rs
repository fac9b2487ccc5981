//! One dossier a line: everything that a review of the person needs besides the rules, the day and the batch's aggregate.
//!
//! A line stands alone. It carries which sheets and columns its batch has, since a missing sheet and a sheet without a row
//! of the person mean different things, and those sheets its cells are in. So lines may be cut, mixed and distributed in any way.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Write};
use std::sync::{Arc, RwLock};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::error::Fault;
use super::wire::{
    ApplicationLine, AwardLine, Cell, CustodyLine, InmateLine, NewCrimeLine, Places, PointLine, PropertyLine,
    RulingLine, SpendingLine,
};
use super::{SCHEMA, keys};
use crate::model::value::{Orientation, SheetSource};
use crate::model::{CellRef, Col, Dossier, Level, Presence, Problem, ProblemCode, SheetKind, Sources, Value};

/// Everything that a batch says about one person, and what a review needs beside it. A key that is absent, or null, is a blank
/// cell; one that is named in `unclear` is a cell that could not be read. Blank is never "no".
// The two parts that are the same in many lines are read once.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Dossier"))]
#[serde(deny_unknown_fields)]
pub(super) struct DossierLine<P, S> {
    /// Version of this shape.
    schema: u32,
    /// 罪犯编号: one dossier a number.
    no: String,
    /// Which sheets the batch has, and which columns each of them. A sheet that is named and has no records here says that there
    /// are none for this person; a sheet that is not named was not handed in, and is unknown.
    presence: P,
    /// The sheets that cells refer to; absent for data that come from no workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    sources: Option<S>,
    /// The person; absent for applications whose person is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    inmate: Option<InmateLine>,
    /// Applications, in input order. A person without one is reviewed as a case of kind none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    applications: Vec<ApplicationLine>,
    /// Earlier rulings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rulings: Vec<RulingLine>,
    /// Property judgments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    property: Vec<PropertyLine>,
    /// Points by month.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    points: Vec<PointLine>,
    /// Awards and penalties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    awards: Vec<AwardLine>,
    /// Spending by month.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    spending: Vec<SpendingLine>,
    /// Custody record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    custody: Vec<CustodyLine>,
    /// New and undiscovered crimes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    new_crimes: Vec<NewCrimeLine>,
    /// Problems on rows of the person. An error keeps the person's cases from being clear.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    problems: Vec<ProblemLine>,
}

/// The sheets of a batch with their columns.
pub(super) type PresenceLine = BTreeMap<SheetKind, Vec<Cow<'static, str>>>;

/// A sheet that cells refer to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Source"))]
#[serde(deny_unknown_fields)]
pub(super) struct SourceLine {
    /// What cells call it: its number in the batch.
    id: u16,
    /// File, relative to the input argument, with `/`.
    file: String,
    /// Sheet name; empty for CSV.
    sheet: String,
    /// What it was recognised as.
    kind: SheetKind,
    /// Whether a record is a row or a column.
    #[serde(default, skip_serializing_if = "is_rows")]
    orientation: Orientation,
    /// Where the columns of the contract are, from 1.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    columns: BTreeMap<String, u32>,
}

impl SourceLine {
    pub(super) fn id(&self) -> u16 {
        self.id
    }
}

fn is_rows(orientation: &Orientation) -> bool {
    *orientation == Orientation::Rows
}

/// A problem with the input.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Problem"))]
#[serde(deny_unknown_fields)]
struct ProblemLine {
    level: Level,
    code: ProblemCode,
    #[serde(default)]
    file: String,
    #[serde(default)]
    sheet: String,
    /// In A1 notation.
    #[serde(default)]
    cell: Option<String>,
    /// What was found and what would be accepted, in Chinese.
    zh: String,
    /// The same in English.
    en: String,
    /// The cell: sheet id, row and column, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<CellRef>"))]
    at: Option<Cell>,
}

/// A line in full, as it is written and as the schema describes it.
pub(super) type Whole = DossierLine<PresenceLine, Vec<SourceLine>>;

// ---- writing --------------------------------------------------------------------------------------------------------

pub(super) fn presence_line(presence: &Presence) -> PresenceLine {
    let columns = |kind| {
        let mut columns: Vec<Col> = presence.columns.iter().copied().filter(|c| c.sheet() == kind).collect();
        columns.sort_unstable();
        columns.dedup();
        columns.into_iter().map(|c| Cow::Borrowed(keys::name(c))).collect()
    };
    presence.sheets.iter().map(|kind| (*kind, columns(*kind))).collect()
}

pub(super) fn source_line(id: u16, source: &SheetSource) -> SourceLine {
    let mut columns = BTreeMap::new();
    for (col, at) in &source.columns {
        columns.entry(keys::name(*col).to_owned()).or_insert(at + 1);
    }
    SourceLine {
        id,
        file: source.file.clone(),
        sheet: source.sheet.clone(),
        kind: source.kind,
        orientation: source.orientation,
        columns,
    }
}

/// The sheets that a dossier refers to.
fn referred(d: &Dossier) -> BTreeSet<u16> {
    let mut all = BTreeSet::new();
    all.extend(d.points.iter().map(|r| r.at.sheet));
    all.extend(d.spending.iter().map(|r| r.at.sheet));
    all.extend(d.problems.iter().filter_map(|p| p.at).map(|at| at.sheet));
    d.inmate.iter().for_each(|r| InmateLine::sheets(r, &mut all));
    d.applications.iter().for_each(|r| ApplicationLine::sheets(r, &mut all));
    d.awards.iter().for_each(|r| AwardLine::sheets(r, &mut all));
    d.rulings.iter().for_each(|r| RulingLine::sheets(r, &mut all));
    d.property.iter().for_each(|r| PropertyLine::sheets(r, &mut all));
    d.custody.iter().for_each(|r| CustodyLine::sheets(r, &mut all));
    d.new_crimes.iter().for_each(|r| NewCrimeLine::sheets(r, &mut all));
    all.remove(&CellRef::NONE);
    all
}

/// Writes a dossier as one line.
///
/// # Errors
/// Only what the writer reports.
pub fn write(d: &Dossier, sources: &Sources, presence: &Presence, out: &mut dyn Write) -> io::Result<()> {
    let used: Vec<SourceLine> =
        referred(d).into_iter().filter_map(|id| sources.sheet(id).map(|s| source_line(id, s))).collect();
    // The number of the person is that of the dossier, unless it says otherwise.
    let other = |no: &mut Option<String>| *no = no.take().filter(|no| *no != d.no);
    let mut inmate = d.inmate.as_ref().map(|r| InmateLine::of(r, sources));
    inmate.iter_mut().for_each(|r| other(&mut r.no));
    let mut applications: Vec<_> = d.applications.iter().map(|r| ApplicationLine::of(r, sources)).collect();
    applications.iter_mut().for_each(|r| other(&mut r.no));
    let line = Whole {
        schema: SCHEMA,
        no: d.no.clone(),
        presence: presence_line(presence),
        sources: (!used.is_empty()).then_some(used),
        inmate,
        applications,
        rulings: d.rulings.iter().map(|r| RulingLine::of(r, sources)).collect(),
        property: d.property.iter().map(|r| PropertyLine::of(r, sources)).collect(),
        points: d.points.iter().map(PointLine::of).collect(),
        awards: d.awards.iter().map(|r| AwardLine::of(r, sources)).collect(),
        spending: d.spending.iter().map(SpendingLine::of).collect(),
        custody: d.custody.iter().map(|r| CustodyLine::of(r, sources)).collect(),
        new_crimes: d.new_crimes.iter().map(|r| NewCrimeLine::of(r, sources)).collect(),
        problems: d.problems.iter().map(ProblemLine::of).collect(),
    };
    serde_json::to_writer(&mut *out, &line)?;
    writeln!(out)
}

impl ProblemLine {
    fn of(p: &Problem) -> ProblemLine {
        ProblemLine {
            level: p.level,
            code: p.code,
            file: p.file.clone(),
            sheet: p.sheet.clone(),
            cell: p.cell.clone(),
            zh: p.zh.clone(),
            en: p.en.clone(),
            at: p.at.map(Cell::from),
        }
    }

    fn problem(self, n: usize, places: &Places) -> Result<Problem, Fault> {
        let at = self.at.map(|at| places.cell(&at, || format!("problems[{n}].at"))).transpose()?;
        Ok(Problem {
            level: self.level,
            code: self.code,
            file: self.file,
            sheet: self.sheet,
            cell: self.cell,
            zh: self.zh,
            en: self.en,
            at,
        })
    }
}

// ---- reading --------------------------------------------------------------------------------------------------------

/// A dossier as it was read from a line, with what a review needs beside it.
#[derive(Clone, Debug)]
pub struct Alone {
    /// The dossier.
    pub dossier: Dossier,
    /// Which sheets and columns its batch has.
    pub presence: Arc<Presence>,
    /// The sheets its cells are in.
    pub sources: Arc<Sources>,
}

/// Into which sources the cells of dossiers are read.
enum Table {
    /// Each line has its own.
    Own,
    /// Those of a batch: all lines share one numbering, which grows.
    Growing(RwLock<Numbering>),
    /// Those of an aggregate.
    Fixed(Arc<Sources>, HashMap<Key, u16>),
}

/// By what two sheets are taken for one.
pub(super) type Key = (u16, String, String, SheetKind, bool, Vec<(Col, u32)>);

pub(super) fn key(id: u16, s: &SheetSource) -> Key {
    (id, s.file.clone(), s.sheet.clone(), s.kind, s.orientation == Orientation::Rows, s.columns.clone())
}

/// Sheets in the order in which they were met.
#[derive(Default)]
struct Numbering {
    known: HashMap<Key, u16>,
    sheets: Vec<(u16, SheetSource)>,
}

/// More different texts than this are not kept.
const KEPT: usize = 4096;

/// What was read once and is the same in many lines, by its text.
struct Kept<T>(RwLock<HashMap<Box<str>, T>>);

impl<T: Clone> Kept<T> {
    fn get(&self, text: &str, read: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
        if let Some(found) = self.0.read().ok().and_then(|kept| kept.get(text).cloned()) {
            return Ok(found);
        }
        let new = read()?;
        if let Ok(mut kept) = self.0.write() {
            if kept.len() >= KEPT {
                kept.clear();
            }
            kept.insert(text.into(), new.clone());
        }
        Ok(new)
    }
}

/// Reads lines.
pub struct Reader {
    table: Table,
    presence: Kept<Arc<Presence>>,
    places: Kept<Arc<Places>>,
}

impl Default for Reader {
    fn default() -> Reader {
        Reader::with(Table::Own)
    }
}

impl Reader {
    fn with(table: Table) -> Reader {
        Reader { table, presence: Kept(RwLock::default()), places: Kept(RwLock::default()) }
    }

    /// A reader that numbers the sheets of all lines together; [`Reader::sheets`] gives them.
    pub(super) fn growing() -> Reader {
        Reader::with(Table::Growing(RwLock::default()))
    }

    /// A reader of lines whose sheets are those of an aggregate, with their ids.
    pub(super) fn fixed(sheets: &[(u16, SheetSource)]) -> Reader {
        let known = sheets.iter().zip(0..).map(|((id, s), at)| (key(*id, s), at)).collect();
        let sources = Sources { sheets: sheets.iter().map(|(_, s)| s.clone()).collect() };
        Reader::with(Table::Fixed(Arc::new(sources), known))
    }

    /// The sheets met so far, with their ids.
    pub(super) fn sheets(&self) -> Vec<(u16, SheetSource)> {
        match &self.table {
            Table::Growing(numbering) => numbering.read().map(|n| n.sheets.clone()).unwrap_or_default(),
            Table::Own | Table::Fixed(..) => Vec::new(),
        }
    }

    /// Reads a line.
    ///
    /// # Errors
    /// The first field that cannot be read, with what would be accepted there.
    pub fn read(&self, text: &[u8]) -> Result<Alone, Fault> {
        let line: DossierLine<&RawValue, &RawValue> = serde_json::from_slice(text).map_err(|_| explain(text))?;
        if line.schema != SCHEMA {
            return Err(version(line.schema.into()));
        }
        let presence = self.presence.get(line.presence.get(), || {
            let read: PresenceLine = part(line.presence, "presence")?;
            self::presence(read).map(Arc::new)
        })?;
        let sources = line.sources.map_or("[]", RawValue::get);
        let places = self.places.get(sources, || {
            let read = line.sources.map_or(Ok(Vec::new()), |s| part(s, "sources"))?;
            self.place(read).map(Arc::new)
        })?;
        let sources = places.sources.clone();
        Ok(Alone { dossier: line.dossier(&places)?, presence, sources })
    }

    /// Where the sheets of a line are.
    fn place(&self, lines: Vec<SourceLine>) -> Result<Places, Fault> {
        let mut sheets: Vec<(u16, SheetSource)> = Vec::with_capacity(lines.len());
        for (n, line) in lines.into_iter().enumerate() {
            sheets.push((line.id, source(line, n)?));
        }
        sheets.sort_by_key(|(id, _)| *id);
        if let Some(twice) = sheets.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let id = twice[0].0;
            return Err(Fault::new("sources", format!("id {id}出现两次"), format!("id {id} is there twice")));
        }
        let ids: Vec<u16> = sheets.iter().map(|(id, _)| *id).collect();
        let own = |sheets: Vec<(u16, SheetSource)>| Sources { sheets: sheets.into_iter().map(|(_, s)| s).collect() };
        let (found, sources): (Vec<u16>, Arc<Sources>) = match &self.table {
            Table::Own => ((0..).take(ids.len()).collect(), Arc::new(own(sheets))),
            Table::Fixed(table, known) => {
                let find = |(id, sheet): &(u16, SheetSource)| {
                    known.get(&key(*id, sheet)).copied().ok_or_else(|| {
                        Fault::new(
                            "sources",
                            format!("批次汇总中没有表{id}（{} {}）：汇总不是由这批案卷得出的", sheet.file, sheet.sheet),
                            format!(
                                "the aggregate does not know sheet {id} ({} {}): it was not made from these dossiers",
                                sheet.file, sheet.sheet
                            ),
                        )
                    })
                };
                (sheets.iter().map(find).collect::<Result<_, _>>()?, table.clone())
            }
            Table::Growing(numbering) => {
                let full = || Fault::new("sources", "表太多：最多65534张", "too many sheets: at most 65534");
                let mut numbering = numbering.write().map_err(|_| full())?;
                let mut found = Vec::new();
                for (id, sheet) in &sheets {
                    let next = numbering.sheets.len();
                    let key = key(*id, sheet);
                    let at = match numbering.known.get(&key) {
                        Some(at) => *at,
                        None => {
                            let at = u16::try_from(next).ok().filter(|n| *n != CellRef::NONE).ok_or_else(full)?;
                            numbering.known.insert(key, at);
                            numbering.sheets.push((*id, sheet.clone()));
                            at
                        }
                    };
                    found.push(at);
                }
                // Places by line and column are worked out with the sheets of the line.
                let most = found.iter().copied().max().map_or(0, |n| usize::from(n) + 1);
                let sheets = numbering.sheets.iter().take(most).map(|(_, s)| s.clone()).collect();
                (found, Arc::new(Sources { sheets }))
            }
        };
        Ok(Places { indices: ids.into_iter().zip(found).collect(), sources })
    }
}

fn part<T: for<'de> Deserialize<'de>>(text: &RawValue, path: &str) -> Result<T, Fault> {
    let mut json = serde_json::Deserializer::from_str(text.get());
    serde_path_to_error::deserialize(&mut json).map_err(|e| {
        let inner = told(e.path());
        let dot = if inner.is_empty() || inner.starts_with('[') { "" } else { "." };
        Fault::parsed(format!("{path}{dot}{inner}"), &e.into_inner().to_string())
    })
}

/// A path without the segments that have no name.
fn told(path: &serde_path_to_error::Path) -> String {
    let path = path.to_string();
    path.trim_end_matches(['?', '.']).to_owned()
}

/// Reads a document, and says which field is wrong where it cannot be read.
pub(super) fn document<T: for<'de> Deserialize<'de>>(text: &[u8]) -> Result<T, Fault> {
    #[derive(Deserialize)]
    struct Version {
        schema: u64,
    }
    // Another version has other fields: it is not to be judged by ours.
    if let Ok(Version { schema }) = serde_json::from_slice(text)
        && schema != u64::from(SCHEMA)
    {
        return Err(version(schema));
    }
    let mut json = serde_json::Deserializer::from_slice(text);
    let read = serde_path_to_error::deserialize(&mut json)
        .map_err(|e| Fault::parsed(told(e.path()), &e.into_inner().to_string()))?;
    json.end().map_err(|e| Fault::parsed(String::new(), &e.to_string()))?;
    Ok(read)
}

/// Reads a line again, slowly, to say which field is wrong.
fn explain(text: &[u8]) -> Fault {
    let unexplained = || Fault::new("", "不是案卷", "not a dossier");
    document::<Whole>(text).err().unwrap_or_else(unexplained)
}

fn version(found: u64) -> Fault {
    Fault::new(
        "schema",
        format!("版本{found}不能读取，本程序读取版本{SCHEMA}"),
        format!("version {found} cannot be read; accepted: {SCHEMA}"),
    )
}

fn column(kind: SheetKind, name: &str, path: impl FnOnce() -> String) -> Result<Col, Fault> {
    keys::column(kind, name).ok_or_else(|| {
        let all = kind.columns().map(keys::name).collect::<Vec<_>>().join(" ");
        Fault::new(
            path(),
            format!("“{}”没有列{name}；应为：{all}", kind.name()),
            format!("{} ({}) has no column {name}; accepted: {all}", kind.name(), kind.name_en()),
        )
    })
}

fn presence(line: PresenceLine) -> Result<Presence, Fault> {
    let mut out = Presence::default();
    for (kind, names) in line {
        out.sheets.push(kind);
        for (n, name) in names.iter().enumerate() {
            out.columns.push(column(kind, name, || format!("presence.{}[{n}]", keys::sheet(kind)))?);
        }
    }
    out.columns.sort_unstable();
    Ok(out)
}

pub(super) fn source(line: SourceLine, n: usize) -> Result<SheetSource, Fault> {
    let mut columns = Vec::with_capacity(line.columns.len());
    for (name, at) in &line.columns {
        let path = || format!("sources[{n}].columns.{name}");
        let col = column(line.kind, name, path)?;
        let at = at.checked_sub(1).filter(|n| *n < u32::from(CellRef::NONE)).ok_or_else(|| {
            Fault::new(
                path(),
                format!("{at}不是列号，应从1数起"),
                format!("{at} is no column: they are counted from 1"),
            )
        })?;
        columns.push((col, at));
    }
    columns.sort_unstable();
    Ok(SheetSource { file: line.file, sheet: line.sheet, kind: line.kind, orientation: line.orientation, columns })
}

fn all<L, R>(lines: Vec<L>, name: &str, read: impl Fn(L, &str) -> Result<R, Fault>) -> Result<Vec<R>, Fault> {
    let mut out = Vec::with_capacity(lines.len());
    for (n, line) in lines.into_iter().enumerate() {
        // The path is only needed for an error; formatting it for every row would cost more than reading the row.
        out.push(read(line, "").map_err(|fault| Fault { path: format!("{name}[{n}]{}", fault.path), ..fault })?);
    }
    Ok(out)
}

impl<P, S> DossierLine<P, S> {
    fn dossier(self, places: &Places) -> Result<Dossier, Fault> {
        let no = self.no;
        if no.is_empty() {
            return Err(Fault::new("no", "罪犯编号为空", "is empty: every dossier has the number of its person"));
        }
        let inmate = match self.inmate {
            Some(line) => {
                let mut inmate = line.record("inmate", places)?;
                if let Value::Empty = inmate.no.value {
                    inmate.no.value = Value::Known(no.clone());
                }
                Some(inmate)
            }
            None => None,
        };
        let mut applications = all(self.applications, "applications", |l, p| l.record(p, places))?;
        for app in &mut applications {
            if let Value::Empty = app.no.value {
                app.no.value = Value::Known(no.clone());
            }
        }
        let problems = self.problems.into_iter().enumerate().map(|(n, p)| p.problem(n, places));
        Ok(Dossier {
            inmate,
            applications,
            rulings: all(self.rulings, "rulings", |l, p| l.record(p, places))?,
            property: all(self.property, "property", |l, p| l.record(p, places))?,
            points: all(self.points, "points", |l, p| l.record(p, places))?,
            awards: all(self.awards, "awards", |l, p| l.record(p, places))?,
            spending: all(self.spending, "spending", |l, p| l.record(p, places))?,
            custody: all(self.custody, "custody", |l, p| l.record(p, places))?,
            new_crimes: all(self.new_crimes, "new_crimes", |l, p| l.record(p, places))?,
            problems: problems.collect::<Result<_, _>>()?,
            no,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use rayon::prelude::*;

    use super::*;
    use crate::intake;

    fn workbooks(dir: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                workbooks(&path, out);
            } else if path.extension().is_some_and(|e| e == "xlsx") {
                out.push(path);
            }
        }
    }

    fn written(d: &Dossier, sources: &Sources, presence: &Presence) -> Vec<u8> {
        let mut line = Vec::new();
        write(d, sources, presence, &mut line).unwrap();
        line
    }

    #[test]
    fn every_dossier_comes_back_as_it_was() {
        let mut paths = Vec::new();
        workbooks(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), &mut paths);
        assert!(paths.len() > 100);
        let schema: serde_json::Value = serde_json::from_str(include_str!("../../schema/dossier.schema.json")).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let compared: usize = paths
            .par_iter()
            .map(|path| {
                let Ok(batch) = intake::read(std::slice::from_ref(path), &intake::Options::default()) else { return 0 };
                // With the sheets of the whole batch in the order it has them, cells keep their numbers.
                let sheets = batch.sources.sheets.iter().zip(0..).map(|(s, id)| {
                    let line = source_line(id, s);
                    (id, source(line, 0).unwrap())
                });
                let reader = Reader::fixed(&sheets.collect::<Vec<_>>());
                for d in batch.dossiers.iter().map(|d| d.open()) {
                    let d = &d;
                    let line = written(d, &batch.sources, &batch.presence);
                    let value = serde_json::from_slice(&line).unwrap();
                    let wrong: Vec<String> =
                        validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
                    assert!(wrong.is_empty(), "{}: {wrong:#?}", path.display());
                    let alone = reader.read(&line).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                    assert_eq!(alone.dossier, *d, "{}", path.display());
                    assert_eq!(alone.presence, batch.presence, "{}", path.display());
                    // By itself a line numbers its own sheets, and says the same.
                    let own = Reader::default().read(&line).unwrap();
                    let again = written(&own.dossier, &own.sources, &own.presence);
                    let twice = Reader::default().read(&again).unwrap();
                    assert_eq!((twice.dossier, twice.sources), (own.dossier, own.sources));
                }
                batch.dossiers.len()
            })
            .sum();
        assert!(compared > 400, "{compared}");
    }

    #[test]
    fn a_line_that_cannot_be_read_is_told_by_its_field() {
        let line = |rest: &str| format!(r#"{{"schema":1,"no":"P1","presence":{{"inmates":["no"]}},{rest}}}"#);
        for (text, path, says) in [
            ("{".to_owned(), "", "EOF"),
            (r#"{"schema":2,"anything":1}"#.to_owned(), "schema", "accepted: 1"),
            (r#"{"schema":1,"no":"P1"}"#.to_owned(), "", "presence"),
            (r#"{"schema":1,"no":"","presence":{}}"#.to_owned(), "no", "empty"),
            (
                r#"{"schema":1,"no":"P1","presence":{"inmates":["nr"]}}"#.to_owned(),
                "presence.inmates[0]",
                "accepted: no name",
            ),
            (r#"{"schema":1,"no":"P1","presence":{"people":[]}}"#.to_owned(), "presence", "unknown variant"),
            (line(r#""inmate":{"birth":"1.1.1980"}"#), "inmate.birth", "a day such as"),
            (line(r#""inmate":{"birth":"2980-01-01"}"#), "inmate.birth", "out of bounds"),
            (line(r#""inmate":{"age":40}"#), "inmate.age", "unknown field"),
            (line(r#""inmate":{"recidivist":"no"}"#), "inmate.recidivist", "accepted: true or false"),
            (line(r#""inmate":{"sex":"男"}"#), "inmate.sex", "`male`"),
            (line(r#""inmate":{"birth":"1980-01-01","unclear":["birth"]}"#), "inmate.birth", "unclear"),
            (line(r#""inmate":{"at":[3,1]}"#), "inmate.at", "sheet id"),
            (line(r#""points":[{"month":"2024-01","score":100}]"#), "points[0].score", "written as text"),
            (line(r#""points":[{"month":"2024-01","score":"1e3"}]"#), "points[0].score", "written as text"),
            (line(r#""points":[{"month":"2024-13"}]"#), "points[0].month", "a month such as"),
            (line(r#""points":[{"score":"100"}]"#), "points[0]", "month"),
            (
                line(r#""spending":[{"month":"2024-01","spent":"1000000000000000000000"}]"#),
                "spending[0].spent",
                "bounds",
            ),
            (line(r#""rulings":[{"cells":{"date":[1]}}]"#), "rulings[0].cells.date", "no cell"),
            (
                line(r#""sources":[{"id":0,"file":"a","sheet":"","kind":"points","columns":{"score":0}}]"#),
                "sources[0].columns.score",
                "from 1",
            ),
            (format!("{} x", line(r#""points":[]"#)), "", "trailing"),
        ] {
            let fault = Reader::default().read(text.as_bytes()).expect_err(&text);
            assert_eq!(fault.path, path, "{text}: {fault}");
            assert!(fault.en.contains(says), "{text}: {fault}");
            assert!(!fault.zh.is_empty());
        }
    }

    #[test]
    fn blank_unclear_and_known_are_three_things() {
        let text = r#"{"schema":1,"no":"P1","presence":{"inmates":["no"]},"inmate":{"name":"张某","birth":null,"unclear":["sex"]},"applications":[{"kind":"parole"}]}"#;
        let alone = Reader::default().read(text.as_bytes()).unwrap();
        let inmate = alone.dossier.inmate.unwrap();
        assert_eq!(inmate.no.known().map(String::as_str), Some("P1"));
        assert_eq!(inmate.name.value, Value::Known("张某".to_owned()));
        assert_eq!((inmate.birth.value, inmate.sex.value), (Value::Empty, Value::Unclear));
        assert_eq!(inmate.name.at, CellRef::NOWHERE);
        assert!(alone.presence.has(SheetKind::Inmates) && !alone.presence.has(SheetKind::Points));
    }
}
