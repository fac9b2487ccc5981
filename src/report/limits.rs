//! What the law allows, as `jxjs limits` prints it: the limits of one person with the provision of each.

use std::io::{self, Write};

use anstyle::Style;
use chrono::NaiveDate;
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::Report;
use super::explain::basis_text;
use super::json::{FindingOut, Keys, LimitsOut, Map, SCHEMA, Tool};
use super::text::{missing_of, outcome_word, pad};
use crate::checks::case::{BatchContext, Case, Lang};
use crate::checks::finding::{Basis, Finding, Outcome};
use crate::checks::limits::provisions;
use crate::checks::person::Person;
use crate::checks::world::Settled;
use crate::law::Rules;
use crate::model::{AppKind, Batch, CellRef, Col, PackedDossier, Stage, Term};
use crate::review::{BatchReview, CaseReview, Limits};

/// The checks on parole that need no more than the sentence. The time to be served is no finding here: the user asks when
/// parole becomes possible, not whether it is applied for too early.
const PAROLE: [&str; 1] = ["parole/barred"];

const BOLD: Style = Style::new().bold();

/// The review of one person about whom both questions were asked: may the sentence be reduced, may parole be granted.
pub struct Question<'a> {
    report: Report<'a>,
    /// The case as a reduction.
    reduction: Option<&'a CaseReview>,
    /// The provisions of the limits, by key.
    basis: Vec<(&'static str, Vec<Basis>)>,
    /// The findings on a reduction, and those on parole that need no more than the sentence.
    findings: Vec<&'a Finding>,
}

impl<'a> Question<'a> {
    /// The question from its review, whose batch holds one person with both applications.
    pub fn new(review: &'a BatchReview, batch: &'a Batch, rules: &'a Rules, lang: Lang) -> Question<'a> {
        let of = |kind| review.cases.iter().find(|c| c.kind == Some(kind));
        let reduction = of(AppKind::Reduction);
        let of_reduction = reduction.iter().flat_map(|c| &c.findings).filter(|f| f.check.starts_with("reduction/"));
        let parole = of(AppKind::Parole);
        let of_parole = parole.iter().flat_map(|c| &c.findings).filter(|f| PAROLE.contains(&f.check));
        Question {
            report: Report::new(batch, review, rules, lang),
            reduction,
            basis: Question::basis(review, batch, rules, lang),
            // Without a proposal there is nothing to say about its amount.
            findings: of_reduction.chain(of_parole).filter(|f| !needs_proposal(f)).collect(),
        }
    }

    fn basis(review: &BatchReview, batch: &Batch, rules: &Rules, lang: Lang) -> Vec<(&'static str, Vec<Basis>)> {
        let dossier = batch.dossiers.first().map(PackedDossier::open);
        let Some((dossier, inmate)) = dossier.as_ref().and_then(|d| Some((d, d.inmate.as_ref()?))) else {
            return Vec::new();
        };
        let context = BatchContext {
            rules,
            sources: &batch.sources,
            presence: &batch.presence,
            as_of: review.as_of,
            lang,
            aggregate: None,
        };
        let person = Person::new(dossier, inmate, rules);
        let app = dossier.applications.iter().find(|a| a.kind.get() == Some(AppKind::Reduction));
        provisions(&Case::new(&person, app, &context))
    }

    fn basis_of(&self, key: &str) -> &[Basis] {
        self.basis.iter().find(|(k, _)| *k == key).map_or(&[], |(_, basis)| basis)
    }
}

/// Whether a finding is undecided because there is no proposal.
fn needs_proposal(finding: &Finding) -> bool {
    missing_of(finding).any(|m| m.place.col == Col::ApProposal)
}

/// Writes the limits as JSON.
///
/// # Errors
/// Only what the writer reports.
pub fn write_json(question: &Question<'_>, out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Out<'a> {
        schema: u32,
        tool: Tool<'a>,
        as_of: NaiveDate,
        groups: &'a [&'static str],
        groups_unverified: &'a [&'static str],
        limits: Option<LimitsOut>,
        basis: Map<&'static str, &'a [Basis]>,
        checks: Vec<FindingOut<'a>>,
    }
    let Question { report, reduction, basis, findings } = question;
    let value = Out {
        schema: SCHEMA,
        tool: Tool::of(report),
        as_of: report.review.as_of,
        groups: reduction.map_or(&[], |c| &c.groups),
        groups_unverified: reduction.map_or(&[], |c| &c.groups_unverified),
        limits: reduction.and_then(|c| c.limits.as_ref().map(|l| LimitsOut::of(l, Keys::of(c)))),
        basis: Map(basis.iter().map(|(key, basis)| (*key, basis.as_slice())).collect()),
        checks: findings.iter().map(|f| FindingOut::of(f, &report.batch.sources)).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &value)?;
    writeln!(out)
}

/// Writes the limits for people.
///
/// # Errors
/// Only what the writer reports.
pub fn write_text(question: &Question<'_>, out: &mut dyn Write) -> io::Result<()> {
    let report = &question.report;
    let lang = report.lang;
    let Some(limits) = question.reduction.and_then(|c| c.limits.as_ref()) else {
        return Ok(());
    };
    let rows = rows(limits, lang);
    let name_width = rows.iter().map(|r| r.1.width()).max().unwrap_or(0);
    let value_width = rows.iter().map(|r| r.2.width()).max().unwrap_or(0);
    for (key, name, value) in &rows {
        let basis: Vec<String> = question.basis_of(key).iter().map(|b| basis_text(b, lang)).collect();
        let line = format!(
            "{BOLD}{}{BOLD:#}  {}  {}",
            pad(name, name_width),
            pad(value, value_width),
            basis.join(report.say("、", "; "))
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    let mut columns: Vec<&str> = Vec::new();
    for place in question.findings.iter().flat_map(|f| missing_of(f)).map(|m| m.place) {
        let name = if place.at == CellRef::NOWHERE { place.col.sheet().name() } else { place.col.name() };
        if !columns.contains(&name) {
            columns.push(name);
        }
    }
    if !columns.is_empty() {
        let label = report.say("有待补充：", "not said: ");
        writeln!(out, "\n{label}{}", columns.join(report.say("、", ", ")))?;
    }
    let mut failing: Vec<&&Finding> =
        question.findings.iter().filter(|f| f.outcome != Outcome::Pass && !f.message.is_empty()).collect();
    failing.sort_by_key(|f| f.outcome);
    if !failing.is_empty() {
        writeln!(out)?;
    }
    for finding in failing {
        writeln!(out, "{}  {}  {}", outcome_word(finding.outcome, lang), report.title(finding.check), finding.message)?;
    }
    Ok(())
}

/// Key, name and value of every limit that applies.
pub(super) fn rows(limits: &Limits, lang: Lang) -> Vec<(&'static str, &'static str, String)> {
    let zh = lang.is_zh();
    let day = |s: &Settled<NaiveDate>| settled(s, lang, NaiveDate::to_string);
    let term = |s: &Settled<Term>| settled(s, lang, |t| if zh { t.zh() } else { t.en() });
    let yes = |s: &Settled<bool>| match s {
        Settled::Is(false) | Settled::Absent => None,
        Settled::Is(true) => Some(if zh { "是" } else { "yes" }.to_owned()),
        Settled::Open(_) => Some(if zh { "不能确定" } else { "cannot be determined" }.to_owned()),
    };
    // Without a proposal there is nothing to say about its end date.
    let proposed = day(&limits.end_proposed).filter(|_| limits.end_proposed != Settled::Open(Vec::new()));
    let stage = |s: &Stage| if zh { s.zh().to_owned() } else { s.as_str().to_owned() };
    [
        ("stage", "刑罚阶段", "stage", settled(&limits.stage, lang, stage)),
        ("start", "首次减刑起始日", "first reduction from", day(&limits.start)),
        ("interval", "减刑间隔届满日", "interval met on", day(&limits.interval)),
        ("earliest", "最早可提请减刑", "application from", day(&limits.earliest)),
        ("cap", "一次减刑不超过", "at most", term(&limits.cap)),
        ("target", "减为有期徒刑不低于", "fixed term at least", term(&limits.target)),
        ("floor", "刑满日不得早于", "end not before", day(&limits.floor)),
        ("end_now", "现刑期止日", "end now", day(&limits.end_now)),
        ("end_proposed", "减刑后刑期止日", "end as proposed", proposed),
        ("exempt", "重大立功不受时间限制", "waiting times lifted", yes(&limits.exempt)),
        ("relaxed", "可以从宽", "relaxation open", yes(&limits.relaxed)),
        ("parole", "最早可假释", "parole from", day(&limits.parole)),
    ]
    .into_iter()
    .filter_map(|(key, zh_name, en_name, value)| Some((key, if zh { zh_name } else { en_name }, value?)))
    .collect()
}

/// A settled value in words; `None` where it does not apply.
fn settled<T>(value: &Settled<T>, lang: Lang, show: impl Fn(&T) -> String) -> Option<String> {
    match value {
        Settled::Absent => None,
        Settled::Is(v) => Some(show(v)),
        Settled::Open(values) if values.is_empty() => {
            Some(if lang.is_zh() { "不能确定" } else { "cannot be determined" }.to_owned())
        }
        Settled::Open(values) => {
            let list: Vec<String> = values.iter().map(show).collect();
            Some(list.join(if lang.is_zh() { " 或 " } else { " or " }))
        }
    }
}
