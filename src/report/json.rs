//! The JSON output. The structs below are the contract: their order is the order of the keys, a field that is skipped
//! is *not applicable*, a `null` *could not be determined*. `schema/output.schema.json` describes the same.
//!
//! The whole review is one object, written so that every problem and every case has a line of its own: what
//! `--format jsonl` prints for a case is byte for byte what stands in `cases`.

use std::io::{self, Write};

use chrono::NaiveDate;
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::{Report, case_kind, file_and_sheet, missing_sheet, problem_message};
use crate::checks::case::Lang;
use crate::checks::finding::{Basis, Fact, Facts, Finding, Outcome};
use crate::checks::world::Settled;
use crate::model::dossier::InputFile;
use crate::model::{AppKind, CellRef, Level, Problem, Sources, Stage, Term};
use crate::review::{CaseReview, Limits};

/// Version of the output's shape; changes only when a key changes its meaning or disappears.
pub const SCHEMA: u32 = 1;

/// Writes the whole review as one JSON object.
///
/// # Errors
/// Only what the writer reports.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let review = report.review;
    writeln!(out, "{{")?;
    pair(out, "schema", &SCHEMA)?;
    pair(out, "tool", &Tool::of(report))?;
    let inputs: Vec<Input<'_>> = report.batch.inputs.iter().map(Input::of).collect();
    pair(out, "inputs", &inputs)?;
    pair(out, "as_of", &review.as_of)?;
    pair(out, "partial", &review.partial)?;
    list(out, "problems", report.problems().into_iter().map(|p| ProblemOut::of(p, report.lang)))?;
    list(out, "cases", review.cases.iter().map(|c| CaseOut::of(report, c)))?;
    write!(out, "  \"summary\": ")?;
    value(out, &Summary::of(report))?;
    writeln!(out, "\n}}")
}

/// Writes one line a case.
///
/// # Errors
/// Only what the writer reports.
pub fn write_lines(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    for case in &report.review.cases {
        value(out, &CaseOut::of(report, case))?;
        writeln!(out)?;
    }
    Ok(())
}

/// Writes what [`write_lines`] leaves out: everything but the cases, as one line of JSON.
///
/// # Errors
/// Only what the writer reports.
pub fn write_rest(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Rest<'a> {
        schema: u32,
        tool: Tool<'a>,
        inputs: Vec<Input<'a>>,
        as_of: NaiveDate,
        partial: bool,
        problems: Vec<ProblemOut<'a>>,
        summary: Summary<'a>,
    }
    let rest = Rest {
        schema: SCHEMA,
        tool: Tool::of(report),
        inputs: report.batch.inputs.iter().map(Input::of).collect(),
        as_of: report.review.as_of,
        partial: report.review.partial,
        problems: report.problems().into_iter().map(|p| ProblemOut::of(p, report.lang)).collect(),
        summary: Summary::of(report),
    };
    value(out, &rest)?;
    writeln!(out)
}

fn value(out: &mut dyn Write, v: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(out, v).map_err(io::Error::from)
}

fn pair(out: &mut dyn Write, key: &str, v: &impl Serialize) -> io::Result<()> {
    write!(out, "  \"{key}\": ")?;
    value(out, v)?;
    writeln!(out, ",")
}

fn list<T: Serialize>(out: &mut dyn Write, key: &str, items: impl Iterator<Item = T>) -> io::Result<()> {
    write!(out, "  \"{key}\": [")?;
    let mut separator = "\n    ";
    for item in items {
        out.write_all(separator.as_bytes())?;
        value(out, &item)?;
        separator = ",\n    ";
    }
    // An empty list closes on its own line.
    out.write_all(if separator.starts_with(',') { b"\n  ],\n" } else { b"],\n" })
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'static str,
    version: &'static str,
    rules_digest: &'a str,
}

impl<'a> Tool<'a> {
    fn of(report: &Report<'a>) -> Tool<'a> {
        Tool { name: "jxjs", version: env!("CARGO_PKG_VERSION"), rules_digest: &report.rules.digest }
    }
}

#[derive(Serialize)]
struct Input<'a> {
    file: &'a str,
    sha256: &'a str,
    sheets: Vec<InputSheet<'a>>,
}

#[derive(Serialize)]
struct InputSheet<'a> {
    sheet: &'a str,
    /// The contract's name of the kind, the same that `not_examined` and `missing` use.
    kind: Option<&'static str>,
    read: u64,
    used: u64,
    reported: u64,
}

impl<'a> Input<'a> {
    fn of(input: &'a InputFile) -> Input<'a> {
        let sheets = input.sheets.iter().map(|s| InputSheet {
            sheet: &s.sheet,
            kind: s.kind.map(|k| k.name()),
            read: s.read,
            used: s.used,
            reported: s.reported,
        });
        Input { file: &input.file, sha256: &input.sha256, sheets: sheets.collect() }
    }
}

#[derive(Serialize)]
struct ProblemOut<'a> {
    level: Level,
    file: &'a str,
    sheet: &'a str,
    cell: Option<&'a str>,
    code: &'static str,
    message: &'a str,
}

impl<'a> ProblemOut<'a> {
    fn of(problem: &'a Problem, lang: Lang) -> ProblemOut<'a> {
        ProblemOut {
            level: problem.level,
            file: &problem.file,
            sheet: &problem.sheet,
            cell: problem.cell.as_deref(),
            code: problem.code.as_str(),
            message: problem_message(problem, lang),
        }
    }
}

#[derive(Serialize)]
struct CaseOut<'a> {
    inmate: &'a str,
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Slot::is_absent")]
    case_no: Slot<&'a str>,
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Slot::is_absent")]
    applied: Slot<NaiveDate>,
    verdict: &'static str,
    groups: &'a [&'static str],
    groups_unverified: &'a [&'static str],
    limits: Option<LimitsOut>,
    checks: Vec<FindingOut<'a>>,
}

impl<'a> CaseOut<'a> {
    fn of(report: &Report<'a>, case: &'a CaseReview) -> CaseOut<'a> {
        let sources = &report.batch.sources;
        CaseOut {
            inmate: &case.inmate,
            name: case.name.as_deref(),
            case_no: Slot::known(case.application, case.case_no.as_deref()),
            kind: case_kind(case),
            applied: Slot::known(case.application, case.applied),
            verdict: case.verdict.as_str(),
            groups: &case.groups,
            groups_unverified: &case.groups_unverified,
            limits: case.limits.as_ref().map(|l| LimitsOut::of(l, Keys::of(case))),
            checks: case.findings.iter().filter(|f| report.shows(f)).map(|f| FindingOut::of(f, sources)).collect(),
        }
    }
}

/// A key that may be absent, null or filled.
enum Slot<T> {
    Absent,
    Null,
    Is(T),
}

impl<T> Slot<T> {
    fn known(applies: bool, value: Option<T>) -> Slot<T> {
        match value {
            Some(v) if applies => Slot::Is(v),
            None if applies => Slot::Null,
            _ => Slot::Absent,
        }
    }

    fn is_absent(&self) -> bool {
        matches!(self, Slot::Absent)
    }
}

impl<T: Serialize> Serialize for Slot<T> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Slot::Absent | Slot::Null => s.serialize_none(),
            Slot::Is(v) => v.serialize(s),
        }
    }
}

/// Which of the limits a kind of case has.
#[derive(Clone, Copy)]
pub(super) struct Keys {
    /// Those of a reduction alone.
    pub reduction: bool,
    /// What follows from an application.
    pub application: bool,
}

impl Keys {
    /// The keys of a case. An application whose kind cannot be read has all of them.
    pub(super) fn of(case: &CaseReview) -> Keys {
        Keys { reduction: case.application && case.kind != Some(AppKind::Parole), application: case.application }
    }
}

/// The limits of one case, in the order of the contract.
#[derive(Serialize)]
pub(super) struct LimitsOut {
    #[serde(skip_serializing_if = "Slot::is_absent")]
    stage: Slot<Stage>,
    #[serde(skip_serializing_if = "Slot::is_absent")]
    start: Slot<NaiveDate>,
    #[serde(skip_serializing_if = "Slot::is_absent")]
    interval: Slot<NaiveDate>,
    #[serde(skip_serializing_if = "Slot::is_absent")]
    earliest: Slot<NaiveDate>,
    #[serde(skip_serializing_if = "Slot::is_absent")]
    cap: Slot<Term>,
    #[serde(skip_serializing_if = "Slot::is_absent")]
    target: Slot<Term>,
    #[serde(skip_serializing_if = "Slot::is_absent")]
    floor: Slot<NaiveDate>,
    #[serde(skip_serializing_if = "Slot::is_absent")]
    end_now: Slot<NaiveDate>,
    #[serde(skip_serializing_if = "Slot::is_absent")]
    end_proposed: Slot<NaiveDate>,
    #[serde(skip_serializing_if = "Slot::is_absent")]
    exempt: Slot<bool>,
    #[serde(skip_serializing_if = "Slot::is_absent")]
    relaxed: Slot<bool>,
    #[serde(skip_serializing_if = "Slot::is_absent")]
    parole: Slot<NaiveDate>,
    #[serde(skip_serializing_if = "Readings::is_empty")]
    readings: Readings,
}

impl LimitsOut {
    pub(super) fn of(limits: &Limits, keys: Keys) -> LimitsOut {
        let mut readings = Readings::default();
        let r = &mut readings;
        // Struct fields are evaluated in the order they are written, which is the order of the contract.
        LimitsOut {
            stage: r.slot("stage", true, &limits.stage),
            start: r.slot("start", keys.reduction, &limits.start),
            interval: r.slot("interval", keys.reduction, &limits.interval),
            earliest: r.slot("earliest", keys.reduction, &limits.earliest),
            cap: r.slot("cap", keys.reduction, &limits.cap),
            target: r.slot("target", keys.reduction, &limits.target),
            floor: r.slot("floor", true, &limits.floor),
            end_now: r.slot("end_now", true, &limits.end_now),
            end_proposed: r.slot("end_proposed", keys.application, &limits.end_proposed),
            exempt: r.slot("exempt", keys.reduction, &limits.exempt),
            relaxed: r.slot("relaxed", keys.reduction, &limits.relaxed),
            parole: r.slot("parole", true, &limits.parole),
            readings,
        }
    }
}

/// The values of what is not settled, by key, as text.
#[derive(Default)]
struct Readings(Vec<(&'static str, Vec<serde_json::Value>)>);

impl Readings {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn slot<T: Serialize + Copy>(&mut self, key: &'static str, applies: bool, settled: &Settled<T>) -> Slot<T> {
        match settled {
            _ if !applies => Slot::Absent,
            Settled::Absent => Slot::Absent,
            Settled::Is(v) => Slot::Is(*v),
            Settled::Open(values) => {
                if !values.is_empty() {
                    self.0.push((key, values.iter().map(|v| serde_json::json!(v)).collect()));
                }
                Slot::Null
            }
        }
    }
}

impl Serialize for Readings {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_map(self.0.iter().map(|(k, v)| (k, v)))
    }
}

#[derive(Serialize)]
struct FindingOut<'a> {
    check: &'a str,
    outcome: &'static str,
    class: &'static str,
    basis: &'a [Basis],
    facts: FactsOut<'a>,
    evidence: Vec<Cell<'a>>,
    message: &'a str,
}

impl<'a> FindingOut<'a> {
    fn of(finding: &'a Finding, sources: &'a Sources) -> FindingOut<'a> {
        FindingOut {
            check: finding.check,
            outcome: finding.outcome.as_str(),
            class: finding.class.as_str(),
            basis: &finding.basis,
            facts: FactsOut { facts: &finding.facts, sources },
            evidence: finding.evidence.iter().map(|at| Cell::of(*at, sources)).collect(),
            message: &finding.message,
        }
    }
}

/// A cell of the input.
#[derive(Serialize)]
struct Cell<'a> {
    file: &'a str,
    sheet: &'a str,
    cell: Option<String>,
}

impl<'a> Cell<'a> {
    fn of(at: CellRef, sources: &'a Sources) -> Cell<'a> {
        let (file, sheet) = file_and_sheet(sources, at);
        Cell { file, sheet, cell: at.a1() }
    }
}

struct FactsOut<'a> {
    facts: &'a Facts,
    sources: &'a Sources,
}

impl Serialize for FactsOut<'_> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut map = s.serialize_map(Some(self.facts.0.len()))?;
        for (key, fact) in &self.facts.0 {
            map.serialize_entry(key, &FactOut { fact, sources: self.sources })?;
        }
        map.end()
    }
}

struct FactOut<'a> {
    fact: &'a Fact,
    sources: &'a Sources,
}

impl Serialize for FactOut<'_> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct MissingOut<'a> {
            sheet: &'a str,
            column: &'static str,
            cell: Option<String>,
            document: &'static str,
        }
        let sources = self.sources;
        match self.fact {
            Fact::Null => s.serialize_none(),
            Fact::Bool(v) => s.serialize_bool(*v),
            Fact::Int(v) => s.serialize_i64(*v),
            Fact::Dec(v) => s.collect_str(v),
            Fact::Text(v) => s.serialize_str(v),
            Fact::Date(v) => v.serialize(s),
            Fact::Term(v) => v.serialize(s),
            Fact::Month(v) => v.serialize(s),
            Fact::Missing(m) => MissingOut {
                sheet: missing_sheet(sources, m.place),
                column: m.place.col.name(),
                cell: m.place.at.a1(),
                document: m.document,
            }
            .serialize(s),
            Fact::List(items) => {
                let mut seq = s.serialize_seq(Some(items.len()))?;
                for fact in items {
                    seq.serialize_element(&FactOut { fact, sources })?;
                }
                seq.end()
            }
            Fact::Map(facts) => FactsOut { facts, sources }.serialize(s),
        }
    }
}

#[derive(Serialize)]
struct Summary<'a> {
    cases: usize,
    by_verdict: Map<&'static str, usize>,
    by_check: Map<&'a str, Map<&'static str, u64>>,
    not_examined: Vec<NotExaminedOut<'a>>,
    batch_findings: Vec<BatchFindingOut<'a>>,
}

#[derive(Serialize)]
struct NotExaminedOut<'a> {
    sheet: &'static str,
    checks: &'a [&'static str],
}

#[derive(Serialize)]
struct BatchFindingOut<'a> {
    #[serde(flatten)]
    finding: FindingOut<'a>,
    inmates: &'a [String],
}

/// Named values in the order given.
struct Map<K, V>(Vec<(K, V)>);

impl<K: Serialize, V: Serialize> Serialize for Map<K, V> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_map(self.0.iter().map(|(k, v)| (k, v)))
    }
}

impl<'a> Summary<'a> {
    fn of(report: &Report<'a>) -> Summary<'a> {
        let review = report.review;
        let outcomes = |counts: [u64; 4]| Map(Outcome::ALL.iter().map(|o| o.as_str()).zip(counts).collect());
        Summary {
            cases: review.cases.len(),
            by_verdict: Map(report.by_verdict().iter().map(|(v, n)| (v.as_str(), *n)).collect()),
            by_check: Map(report.by_check().into_iter().map(|(id, counts)| (id, outcomes(counts))).collect()),
            not_examined: review
                .not_examined
                .iter()
                .map(|n| NotExaminedOut { sheet: n.sheet.name(), checks: &n.checks })
                .collect(),
            batch_findings: review
                .batch_findings
                .iter()
                .filter(|b| report.shows(&b.finding))
                .map(|b| BatchFindingOut {
                    finding: FindingOut::of(&b.finding, &report.batch.sources),
                    inmates: &b.inmates,
                })
                .collect(),
        }
    }
}
