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
use crate::exchange::part::Final;
use crate::law::Rules;
use crate::model::dossier::InputFile;
use crate::model::{AppKind, Batch, CellRef, Level, Problem, Sources, Stage, Term};
use crate::review::run::batch_wide;
use crate::review::{BatchReview, CaseReview, Limits, Reviewer, Verdict};

/// Version of the output's shape; changes only when a key changes its meaning or disappears.
pub const SCHEMA: u32 = 1;

/// Writes the whole review as one JSON object.
///
/// # Errors
/// Only what the writer reports.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut list = begin(report, out)?;
    for case in &report.review.cases {
        list.item(out, |out| value(out, &CaseOut::of(report, case)))?;
    }
    end(report, list, out)
}

/// Writes the whole review as one JSON object, each case as soon as it has been reviewed. The same bytes as [`write()`].
///
/// # Errors
/// Only what the writer reports.
pub fn stream(reviewer: &Reviewer<'_>, report: &Report<'_>, out: &mut dyn Write) -> io::Result<BatchReview> {
    // The problems stand before the cases.
    let mut head = reviewer.blank();
    head.totals.problems = reviewer.problems();
    let mut list = begin(&Report { review: &head, ..*report }, out)?;
    let line = |case: CaseReview| line(&report.batch.sources, report.min_outcome, &case);
    let review = reviewer.stream(line, |bytes| list.item(out, |out| out.write_all(&bytes?)))?;
    end(&Report { review: &review, ..*report }, list, out)?;
    Ok(review)
}

/// Everything before the cases.
fn begin(report: &Report<'_>, out: &mut dyn Write) -> io::Result<Items> {
    let review = report.review;
    writeln!(out, "{{")?;
    pair(out, "schema", &SCHEMA)?;
    pair(out, "tool", &Tool::of(report))?;
    let inputs: Vec<Input<'_>> = report.batch.inputs.iter().map(Input::of).collect();
    pair(out, "inputs", &inputs)?;
    pair(out, "as_of", &review.as_of)?;
    pair(out, "partial", &review.partial)?;
    let mut list = Items::begin(out, "problems")?;
    for problem in report.problems() {
        list.item(out, |out| value(out, &ProblemOut::of(problem, report.lang)))?;
    }
    list.end(out)?;
    Items::begin(out, "cases")
}

/// Everything after the cases.
fn end(report: &Report<'_>, cases: Items, out: &mut dyn Write) -> io::Result<()> {
    cases.end(out)?;
    write!(out, "  \"summary\": ")?;
    value(out, &Summary::of(report))?;
    writeln!(out, "\n}}")
}

/// Writes one line a case, each as soon as it has been reviewed.
///
/// # Errors
/// Only what the writer reports.
pub fn stream_lines(reviewer: &Reviewer<'_>, report: &Report<'_>, out: &mut dyn Write) -> io::Result<BatchReview> {
    let line = |case: CaseReview| line(&report.batch.sources, report.min_outcome, &case);
    reviewer.stream(line, |bytes| {
        out.write_all(&bytes?)?;
        writeln!(out)
    })
}

fn line(sources: &Sources, min_outcome: Outcome, case: &CaseReview) -> io::Result<Vec<u8>> {
    Ok(serde_json::to_vec(&CaseOut::with(sources, min_outcome, case))?)
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

/// Writes the line of one case, with what is at least as bad as `min_outcome`.
///
/// # Errors
/// Only what the writer reports.
pub fn write_case(case: &CaseReview, sources: &Sources, min_outcome: Outcome, out: &mut dyn Write) -> io::Result<()> {
    value(out, &CaseOut::with(sources, min_outcome, case))?;
    writeln!(out)
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

/// What the merged parts of a batch come to.
pub struct Whole<'a> {
    /// The law.
    pub rules: &'a Rules,
    /// The language of messages.
    pub lang: Lang,
    /// The mildest outcome that is shown.
    pub min_outcome: Outcome,
    /// Problems that belong to no dossier.
    pub problems: &'a [Problem],
    /// What it comes to.
    pub result: &'a Final,
}

/// Writes what [`write_rest`] writes, of a batch that was reviewed in parts.
///
/// # Errors
/// Only what the writer reports.
pub fn write_whole(whole: &Whole<'_>, out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Rest<'a> {
        schema: u32,
        tool: Tool<'a>,
        inputs: [(); 0],
        as_of: NaiveDate,
        partial: bool,
        unread: u64,
        problems: Vec<ProblemOut<'a>>,
        summary: Summary<'a>,
    }
    let Final { reviewed, findings, sources, not_examined } = whole.result;
    let shown = findings.iter().flatten().filter(|f| f.finding.outcome <= whole.min_outcome);
    let counts = |counts: &[u64; 4]| Map(Outcome::ALL.iter().map(|o| o.as_str()).zip(*counts).collect());
    let by_check =
        whole.rules.checks.iter().filter_map(|c| reviewed.by_check.get(&c.id).map(|n| (c.id.as_str(), counts(n))));
    let batch_wide = match findings {
        Some(_) => Vec::new(),
        None => batch_wide(&reviewed.only),
    };
    let mut without: Vec<NotExaminedOut<'_>> =
        not_examined.iter().map(|n| NotExaminedOut { sheet: Some(n.sheet.name()), checks: &n.checks }).collect();
    if !batch_wide.is_empty() {
        without.push(NotExaminedOut { sheet: None, checks: &batch_wide });
    }
    let summary = Summary {
        cases: reviewed.cases as usize,
        by_verdict: Map(Verdict::ALL.iter().map(|v| v.as_str()).zip(reviewed.by_verdict.map(|n| n as usize)).collect()),
        by_check: Map(by_check.collect()),
        not_examined: without,
        batch_findings: shown
            .map(|b| BatchFindingOut { finding: FindingOut::of(&b.finding, sources), inmates: &b.inmates })
            .collect(),
    };
    let rest = Rest {
        schema: SCHEMA,
        tool: Tool { name: "jxjs", version: env!("CARGO_PKG_VERSION"), rules_digest: &whole.rules.digest },
        inputs: [],
        as_of: reviewed.as_of,
        partial: !reviewed.only.is_empty(),
        unread: reviewed.unread,
        problems: whole.problems.iter().map(|p| ProblemOut::of(p, whole.lang)).collect(),
        summary,
    };
    value(out, &rest)?;
    writeln!(out)
}

/// Writes what was read and belongs to no person, as one line of JSON: the files with their counts, and the problems.
///
/// # Errors
/// Only what the writer reports.
pub fn write_read(batch: &Batch, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Read<'a> {
        schema: u32,
        inputs: Vec<Input<'a>>,
        problems: Vec<ProblemOut<'a>>,
    }
    let read = Read {
        schema: SCHEMA,
        inputs: batch.inputs.iter().map(Input::of).collect(),
        problems: batch.problems.iter().map(|p| ProblemOut::of(p, lang)).collect(),
    };
    value(out, &read)?;
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

/// A list being written, an item a line.
struct Items {
    empty: bool,
}

impl Items {
    fn begin(out: &mut dyn Write, key: &str) -> io::Result<Items> {
        write!(out, "  \"{key}\": [")?;
        Ok(Items { empty: true })
    }

    fn item(&mut self, out: &mut dyn Write, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        out.write_all(if self.empty { b"\n    " } else { b",\n    " })?;
        self.empty = false;
        write(out)
    }

    /// An empty list closes on its own line.
    fn end(self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(if self.empty { b"],\n" } else { b"\n  ],\n" })
    }
}

#[derive(Serialize)]
pub(super) struct Tool<'a> {
    name: &'static str,
    version: &'static str,
    rules_digest: &'a str,
}

impl<'a> Tool<'a> {
    pub(super) fn of(report: &Report<'a>) -> Tool<'a> {
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
pub(super) struct CaseOut<'a> {
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
    pub(super) fn of(report: &Report<'a>, case: &'a CaseReview) -> CaseOut<'a> {
        CaseOut::with(&report.batch.sources, report.min_outcome, case)
    }

    fn with(sources: &'a Sources, min_outcome: Outcome, case: &'a CaseReview) -> CaseOut<'a> {
        let shown = case.findings.iter().filter(|f| f.outcome <= min_outcome);
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
            checks: shown.map(|f| FindingOut::of(f, sources)).collect(),
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
pub(super) struct FindingOut<'a> {
    check: &'a str,
    outcome: &'static str,
    class: &'static str,
    basis: &'a [Basis],
    facts: FactsOut<'a>,
    evidence: Vec<Cell<'a>>,
    message: &'a str,
}

impl<'a> FindingOut<'a> {
    pub(super) fn of(finding: &'a Finding, sources: &'a Sources) -> FindingOut<'a> {
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
    /// `None` where the rest of the batch is not there.
    sheet: Option<&'static str>,
    checks: &'a [&'static str],
}

#[derive(Serialize)]
struct BatchFindingOut<'a> {
    #[serde(flatten)]
    finding: FindingOut<'a>,
    inmates: &'a [String],
}

/// Named values in the order given.
pub(super) struct Map<K, V>(pub(super) Vec<(K, V)>);

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
            cases: review.totals.cases,
            by_verdict: Map(report.by_verdict().iter().map(|(v, n)| (v.as_str(), *n)).collect()),
            by_check: Map(report.by_check().into_iter().map(|(id, counts)| (id, outcomes(counts))).collect()),
            not_examined: review
                .not_examined
                .iter()
                .map(|n| NotExaminedOut { sheet: Some(n.sheet.name()), checks: &n.checks })
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::ProblemCode;
    use crate::report::sample::sample;

    fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn output() -> Value {
        let sample = sample(Lang::Zh);
        serde_json::from_str(&written(|out| super::write(&sample.report(Lang::Zh), out))).unwrap()
    }

    fn schema() -> Value {
        serde_json::from_str(include_str!("../../schema/output.schema.json")).unwrap()
    }

    #[test]
    fn the_output_is_as_the_schema_says() {
        let validator = jsonschema::draft202012::new(&schema()).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&output()).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }

    #[test]
    fn the_schema_knows_every_problem_code() {
        let codes: Vec<Value> = ProblemCode::ALL.iter().map(|c| json!(c.as_str())).collect();
        assert_eq!(schema()["$defs"]["problemCode"]["enum"], json!(codes));
    }

    #[test]
    fn absent_does_not_apply_and_null_could_not_be_determined() {
        let output = output();
        let limits = &output["cases"][3]["limits"];
        assert_eq!(limits["start"], Value::Null);
        assert!(limits.as_object().unwrap().contains_key("end_now"));
        assert!(!limits.as_object().unwrap().contains_key("interval"));
        assert_eq!(limits["readings"], json!({ "start": ["2023-03-15", "2023-04-02"], "cap": ["P9M", "P1Y"] }));
        let keys = |case: usize| -> Vec<String> {
            output["cases"][case]["limits"].as_object().unwrap().keys().cloned().collect()
        };
        assert_eq!(keys(2), ["stage", "floor", "end_now", "end_proposed", "parole"], "parole");
        assert_eq!(keys(5), ["stage", "floor", "end_now", "parole"], "no application");
        assert_eq!(output["cases"][5]["kind"], "none");
        assert_eq!(output["cases"][4]["limits"], Value::Null, "not in the inmates sheet");
        assert_eq!(output["cases"][4]["case_no"], Value::Null);
    }

    #[test]
    fn facts_keep_their_order_and_name_the_cells() {
        let output = output();
        assert_eq!(
            output["cases"][1]["checks"][0]["facts"].to_string(),
            r#"{"from":"2021-03-15","required":"P2Y","earliest":"2023-03-15","actual":"2023-01-10","short_days":64}"#
        );
        let checks = &output["cases"][3]["checks"];
        assert_eq!(
            checks[0]["facts"]["missing"],
            json!([{ "sheet": "罪犯信息", "column": "累犯", "cell": "R4", "document": "判决书" }])
        );
        assert_eq!(checks[1]["facts"]["missing"][0]["sheet"], "财产性判项");
        assert_eq!(checks[1]["facts"]["missing"][0]["cell"], Value::Null);
        assert_eq!(checks[0]["evidence"], json!([{ "file": "批次.xlsx", "sheet": "罪犯信息", "cell": "I2" }]));
    }

    #[test]
    fn a_line_is_the_case_as_it_stands_in_the_whole() {
        let sample = sample(Lang::Zh);
        let report = sample.report(Lang::Zh);
        let whole = written(|out| super::write(&report, out));
        let lines = written(|out| write_lines(&report, out));
        assert_eq!(lines.lines().count(), sample.review.cases.len());
        for line in lines.lines() {
            assert!(whole.contains(&format!("\n    {line}")), "{line}");
        }
    }

    #[test]
    fn what_is_shown_never_touches_verdicts_or_counts() {
        let sample = sample(Lang::Zh);
        let whole = sample.report(Lang::Zh);
        let only = Report { min_outcome: Outcome::Violation, ..whole };
        let [whole, only] =
            [whole, only].map(|r| -> Value { serde_json::from_str(&written(|out| super::write(&r, out))).unwrap() });
        assert_eq!(only["cases"][1]["checks"].as_array().unwrap().len(), 1);
        assert_eq!(only["cases"][2]["verdict"], whole["cases"][2]["verdict"]);
        assert_eq!(only["summary"]["by_check"], whole["summary"]["by_check"]);
        assert_eq!(whole["summary"]["by_verdict"], json!({ "unlawful": 1, "suspect": 2, "unverified": 2, "clear": 2 }));
    }
}
