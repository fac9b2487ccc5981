//! 报告.html: the whole review as one page that works from a file, on screen and on paper.
//!
//! The page is self-contained: style, script and drawings stand in it, and its content security policy forbids every
//! request. Text is escaped by the template, in the drawings by [`svg::escape`]; nothing from the input is ever markup.

use std::collections::BTreeMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::explain::{basis_text, class_word};
use super::text::{finding_sentence, is_listed, one_line, outcome_word, problem_sentence, reason, verdict_word};
use super::view::{CLASSES, application_of, group_word, join, kind_word, proposal_word};
use super::{Report, svg};
use crate::checks::case::Lang;
use crate::checks::finding::{Class, Finding, Outcome};
use crate::model::{AppKind, Dossier, Level};
use crate::review::{CaseReview, Verdict};

const TEMPLATE: &str = include_str!("html/report.html");
const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");

/// More than one case in so many has no place among the worst.
const TOP: usize = 10;
/// Names of people in a line, before they are only counted.
const PEOPLE_NAMED: usize = 40;
/// More problems of the input than this are only counted.
const PROBLEMS: usize = 300;
/// More rows than this of a table by ward are only counted.
const WARDS: usize = 60;

/// How much of a large batch the page shows. What is left out is always said, with the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Cases with facts and drawings, worst first.
    pub details: usize,
    /// Further cases as one line each.
    pub lines: usize,
}

impl Default for Caps {
    fn default() -> Caps {
        Caps { details: 300, lines: 3000 }
    }
}

/// The page cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the page cannot be made: {0}")]
pub struct HtmlError(#[from] minijinja::Error);

/// The page.
///
/// # Errors
/// Only if the template is at fault.
pub fn render(report: &Report<'_>, caps: Caps) -> Result<String, HtmlError> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    env.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    let zh = report.lang.is_zh();
    env.add_function("t", move |a: &str, b: &str| if zh { a.to_owned() } else { b.to_owned() });
    env.add_template("report.html", TEMPLATE)?;
    Ok(env.get_template("report.html")?.render(Serde(Page::of(report, caps)))?)
}

/// What the policy of the page must name for its script to run: nothing else can.
fn script_digest() -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::from("sha256-");
    for group in Sha256::digest(SCRIPT.as_bytes()).chunks(3) {
        let bits = group.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - group.len()));
        for i in 0..4 {
            let digit = DIGITS.get((bits >> (18 - 6 * i) & 63) as usize).copied().unwrap_or(b'=');
            out.push(if i <= group.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

/// A number of each verdict or outcome, worst first.
#[derive(Clone, Serialize, Default)]
struct Bar {
    total: usize,
    parts: Vec<BarPart>,
}

#[derive(Clone, Serialize)]
struct BarPart {
    class: &'static str,
    word: &'static str,
    count: usize,
    /// Share of the whole in percent, for the drawing.
    share: String,
}

impl Bar {
    fn new(parts: impl IntoIterator<Item = (&'static str, &'static str, usize)>) -> Bar {
        let parts: Vec<_> = parts.into_iter().collect();
        let total: usize = parts.iter().map(|(.., n)| n).sum();
        let share = |n: usize| format!("{:.2}", n as f64 * 100.0 / total.max(1) as f64);
        let parts = parts.into_iter().map(|(class, word, count)| BarPart { class, word, count, share: share(count) });
        Bar { total, parts: parts.collect() }
    }

    fn verdicts<'c>(cases: impl Iterator<Item = &'c CaseReview> + Clone, lang: Lang) -> Bar {
        Bar::new(
            Verdict::ALL.map(|v| (v.as_str(), verdict_word(v, lang), cases.clone().filter(|c| c.verdict == v).count())),
        )
    }

    fn outcomes(counts: [usize; 4], lang: Lang) -> Bar {
        Bar::new(Outcome::ALL.into_iter().zip(counts).map(|(o, n)| (outcome_class(o), outcome_word(o, lang), n)))
    }
}

/// Outcomes have the colours of the verdicts they lead to.
fn outcome_class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Violation => Verdict::Unlawful.as_str(),
        Outcome::Risk => Verdict::Suspect.as_str(),
        Outcome::Unverified => Verdict::Unverified.as_str(),
        Outcome::Pass => Verdict::Clear.as_str(),
    }
}

#[derive(Serialize)]
struct Row {
    label: String,
    bar: Bar,
}

#[derive(Serialize)]
struct Table {
    title: &'static str,
    head: &'static str,
    rows: Vec<Row>,
    /// How many rows are not shown.
    more: usize,
    note: &'static str,
}

#[derive(Serialize)]
struct Danger {
    letter: &'static str,
    word: &'static str,
    about: &'static str,
    main: bool,
    /// Cases by the worst outcome of a check of the class.
    bar: Bar,
    checks: Vec<DangerCheck>,
}

#[derive(Serialize)]
struct DangerCheck {
    id: &'static str,
    title: String,
    counts: [usize; 4],
}

#[derive(Serialize)]
struct CheckRow {
    id: String,
    title: String,
    letter: &'static str,
    danger: &'static str,
    counts: [u64; 4],
    meaning: String,
    why: String,
    confirm: String,
}

#[derive(Serialize)]
struct Shown {
    outcome: &'static str,
    word: &'static str,
    check: String,
    title: String,
    danger: &'static str,
    message: String,
    facts: String,
    basis: String,
    cells: String,
    missing: Vec<String>,
    confirm: String,
    people: usize,
}

#[derive(Serialize)]
struct CaseOut {
    id: usize,
    verdict: &'static str,
    word: &'static str,
    name: String,
    inmate: String,
    case_no: String,
    kind: &'static str,
    kind_id: &'static str,
    applied: String,
    proposal: String,
    prison: String,
    ward: String,
    reason: String,
    /// Letters of the classes with something found.
    dangers: String,
    /// Names of the checks that found something.
    checks: String,
    counts: [usize; 3],
}

#[derive(Serialize)]
struct Detail {
    case: CaseOut,
    groups: Vec<String>,
    groups_unverified: Vec<String>,
    facts: Vec<(&'static str, String)>,
    limits: Vec<(&'static str, String)>,
    findings: Vec<Shown>,
    passed: Vec<String>,
    problems: Vec<String>,
    timeline: Option<Value>,
    points: Option<Value>,
}

#[derive(Serialize)]
struct AskedOut {
    prison: String,
    papers: Vec<Paper>,
}

#[derive(Serialize)]
struct Paper {
    document: &'static str,
    place: String,
    count: usize,
    people: String,
    checks: String,
}

#[derive(Serialize)]
struct InputOut {
    file: String,
    sha256: String,
    sheets: Vec<(String, String, u64, u64, u64)>,
}

#[derive(Serialize)]
struct Page {
    lang: &'static str,
    style: Value,
    script: Value,
    script_digest: String,
    as_of: String,
    version: &'static str,
    rules_digest: String,
    partial: bool,
    narrowed: Option<&'static str>,
    applications: usize,
    others: usize,
    verdicts: Bar,
    not_examined: Vec<(String, Vec<String>)>,
    errors: usize,
    dangers: Vec<Danger>,
    tables: Vec<Table>,
    checks: Vec<CheckRow>,
    /// Titles of the checks that found nothing, for paper.
    quiet: Vec<String>,
    batch: Vec<Shown>,
    top: Vec<CaseOut>,
    details: Vec<Detail>,
    lines: Vec<CaseOut>,
    /// Cases that are shown, with details, as lines, and not at all.
    listed: usize,
    dropped: usize,
    unlisted: usize,
    filters: Filters,
    asked: Vec<AskedOut>,
    problems: Vec<(bool, String)>,
    problems_more: usize,
    inputs: Vec<InputOut>,
}

#[derive(Serialize)]
struct Filters {
    verdicts: Vec<(&'static str, &'static str, usize)>,
    kinds: Vec<(&'static str, &'static str)>,
    prisons: Vec<String>,
    dangers: Vec<(&'static str, &'static str)>,
    checks: Vec<(String, String)>,
}

impl Page {
    fn of(report: &Report<'_>, caps: Caps) -> Page {
        let (review, lang) = (report.review, report.lang);
        let cases = &review.cases;
        let applications = cases.iter().filter(|c| c.application).count();
        let order = report.worst_first();
        let listed: Vec<usize> = order.into_iter().filter(|at| is_listed(report, &cases[*at])).collect();
        let dossiers = report.dossiers();
        let details: Vec<Detail> = listed
            .iter()
            .take(caps.details)
            .map(|&at| {
                Detail::of(report, &cases[at], at, dossiers.get(cases[at].inmate.as_str()).map(|d| d.open()).as_ref())
            })
            .collect();
        let line = |at: &usize| CaseOut::of(report, &cases[*at], *at, None);
        let rest = &listed[details.len()..];
        let lines: Vec<CaseOut> = rest.iter().take(caps.lines).map(line).collect();
        let worth = |at: &&usize| cases[**at].verdict != Verdict::Clear;
        let (problems, problems_more) = problems(report);
        let checks = checks(report);
        Page {
            lang: if lang.is_zh() { "zh-CN" } else { "en" },
            style: Value::from_safe_string(STYLE.to_owned()),
            script: Value::from_safe_string(SCRIPT.to_owned()),
            script_digest: script_digest(),
            as_of: review.as_of.to_string(),
            version: env!("CARGO_PKG_VERSION"),
            rules_digest: report.rules.digest.clone(),
            partial: review.partial,
            narrowed: (report.min_outcome != Outcome::Pass).then(|| outcome_word(report.min_outcome, lang)),
            applications,
            others: cases.len() - applications,
            verdicts: Bar::verdicts(cases.iter(), lang),
            not_examined: review
                .not_examined
                .iter()
                .map(|n| {
                    let name = if lang.is_zh() { n.sheet.name().to_owned() } else { n.sheet.name_en().to_owned() };
                    (name, n.checks.iter().map(|c| report.title(c).to_owned()).collect())
                })
                .collect(),
            errors: report.problems().iter().filter(|p| p.level == Level::Error).count(),
            dangers: CLASSES.map(|class| danger(report, class)).into(),
            tables: tables(report),
            quiet: checks.iter().filter(|c| c.counts[..3] == [0; 3]).map(|c| c.title.clone()).collect(),
            checks,
            batch: batch(report),
            top: listed.iter().filter(worth).take(TOP).map(line).collect(),
            listed: listed.len(),
            dropped: rest.len() - lines.len(),
            unlisted: cases.len() - listed.len(),
            filters: Filters::of(report, &listed),
            details,
            lines,
            asked: asked(report),
            problems,
            problems_more,
            inputs: inputs(report),
        }
    }
}

/// One of two texts.
fn say(report: &Report<'_>, zh: &'static str, en: &'static str) -> &'static str {
    if report.lang.is_zh() { zh } else { en }
}

fn danger(report: &Report<'_>, class: Class) -> Danger {
    let mut worst = [0; 4];
    let mut by_check: Vec<(&'static str, [usize; 4])> = Vec::new();
    for case in &report.review.cases {
        let of_class = case.findings.iter().filter(|f| f.class == class);
        if let Some(outcome) = of_class.clone().map(|f| f.outcome).min() {
            worst[outcome as usize] += 1;
        }
        for finding in of_class {
            let at = by_check.iter().position(|(id, _)| *id == finding.check).unwrap_or_else(|| {
                by_check.push((finding.check, [0; 4]));
                by_check.len() - 1
            });
            by_check[at].1[finding.outcome as usize] += 1;
        }
    }
    by_check.retain(|(_, n)| n[..3].iter().any(|n| *n > 0));
    by_check.sort_by(|a, b| b.1[..3].cmp(&a.1[..3]));
    let about = match class {
        Class::E => say(
            report,
            "放人早于法律允许的日子：提请过早、幅度过大、不得假释而假释。",
            "Release before the law allows it: too early, too much, parole that is barred.",
        ),
        Class::P => say(
            report,
            "刑期只在纸面上执行：没有收监、监外执行到期不收回、羁押记录中断。",
            "A sentence served on paper only: never taken in, not taken back, gaps in the custody record.",
        ),
        Class::R => say(
            report,
            "从严对象没有按从严的限度办理，或者没有申报。",
            "Restricted categories not declared, or not held to the stricter limits.",
        ),
        Class::O => say(
            report,
            "程序和材料上的问题；存疑不影响结论。",
            "Procedure and papers; being unverified does not decide.",
        ),
    };
    Danger {
        letter: class.as_str(),
        word: class_word(class, report.lang),
        about,
        main: matches!(class, Class::E | Class::P),
        bar: Bar::outcomes(worst, report.lang),
        checks: by_check
            .into_iter()
            .take(5)
            .map(|(id, counts)| DangerCheck { id, title: title(report, id), counts })
            .collect(),
    }
}

/// The title of a check.
fn title(report: &Report<'_>, check: &str) -> String {
    let entry = report.rules.check(check);
    entry.map_or(check, |e| if report.lang.is_zh() { &e.zh.title } else { &e.en.title }).to_owned()
}

/// Verdicts by kind, prison, ward and restricted category.
fn tables(report: &Report<'_>) -> Vec<Table> {
    let lang = report.lang;
    let cases = &report.review.cases;
    let unnamed = say(report, "（未填写）", "(not stated)");
    let count = |keys: &dyn Fn(&CaseReview) -> Vec<String>| -> Vec<Row> {
        let mut groups: BTreeMap<String, Vec<&CaseReview>> = BTreeMap::new();
        for case in cases {
            for key in keys(case) {
                groups.entry(key).or_default().push(case);
            }
        }
        let row =
            |(label, cases): (String, Vec<&CaseReview>)| Row { label, bar: Bar::verdicts(cases.into_iter(), lang) };
        let mut rows: Vec<Row> = groups.into_iter().map(row).collect();
        // The worst first: what is unlawful, then how many.
        rows.sort_by_key(|r| std::cmp::Reverse((r.bar.parts.first().map_or(0, |p| p.count), r.bar.total)));
        rows
    };
    let text = |t: &Option<String>| t.as_deref().map_or_else(|| unnamed.to_owned(), one_line);
    let kinds = count(&|c| vec![kind_word(c, lang).to_owned()]);
    let prisons = count(&|c| vec![text(&c.prison)]);
    let mut wards = count(&|c| vec![format!("{} · {}", text(&c.prison), text(&c.ward))]);
    let categories = count(&|c| {
        let certain: Vec<String> = c.groups.iter().map(|g| group_word(g, lang)).collect();
        match (certain.is_empty(), c.groups_unverified.is_empty()) {
            (false, _) => certain,
            (true, false) => vec![say(report, "是否从严尚不明确", "not known whether restricted").to_owned()],
            (true, true) => vec![say(report, "无从严类别", "no restricted category").to_owned()],
        }
    });
    let more = wards.len().saturating_sub(WARDS);
    wards.truncate(WARDS);
    let one = |rows: &[Row]| rows.len() < 2 && rows.first().is_none_or(|r| r.label == unnamed);
    let mut out = vec![Table {
        title: say(report, "按案件类型", "By kind of case"),
        head: say(report, "类型", "kind"),
        rows: kinds,
        more: 0,
        note: "",
    }];
    if !one(&prisons) {
        out.push(Table {
            title: say(report, "按监狱", "By prison"),
            head: say(report, "监狱", "prison"),
            rows: prisons,
            more: 0,
            note: "",
        });
    }
    if wards.iter().any(|r| !r.label.ends_with(unnamed)) {
        out.push(Table {
            title: say(report, "按监区", "By ward"),
            head: say(report, "监区", "ward"),
            rows: wards,
            more,
            note: "",
        });
    }
    out.push(Table {
        title: say(report, "按从严类别", "By restricted category"),
        head: say(report, "类别", "category"),
        rows: categories,
        more: 0,
        note: say(report, "一案可属多类，各类之和可大于案件总数。", "A case may be in several categories."),
    });
    out
}

fn checks(report: &Report<'_>) -> Vec<CheckRow> {
    let mut rows: Vec<CheckRow> = report
        .by_check()
        .into_iter()
        .map(|(id, counts)| {
            let entry = report.rules.check(id);
            let text = entry.map(|e| if report.lang.is_zh() { &e.zh } else { &e.en });
            CheckRow {
                id: id.to_owned(),
                title: title(report, id),
                letter: entry.map_or("", |e| e.class.as_str()),
                danger: entry.map_or("", |e| class_word(e.class, report.lang)),
                counts,
                meaning: text.map(|t| t.meaning.clone()).unwrap_or_default(),
                why: text.map(|t| t.why.clone()).unwrap_or_default(),
                confirm: text.map(|t| t.confirm.clone()).unwrap_or_default(),
            }
        })
        .collect();
    rows.sort_by(|a, b| b.counts[..3].cmp(&a.counts[..3]));
    rows
}

fn batch(report: &Report<'_>) -> Vec<Shown> {
    let mut shown: Vec<_> = report
        .review
        .batch_findings
        .iter()
        .filter(|b| report.shows(&b.finding) && b.finding.outcome != Outcome::Pass)
        .collect();
    shown.sort_by_key(|b| b.finding.outcome);
    shown.into_iter().map(|b| Shown { people: b.inmates.len(), ..Shown::of(report, &b.finding) }).collect()
}

fn asked(report: &Report<'_>) -> Vec<AskedOut> {
    let lang = report.lang;
    let mut out: Vec<AskedOut> = Vec::new();
    for asked in report.asked() {
        let prison =
            asked.prison.map_or_else(|| say(report, "（未填写监狱）", "(prison not stated)").to_owned(), one_line);
        let mut people = asked.people_words(lang);
        let count = people.len();
        people.truncate(PEOPLE_NAMED);
        let separator = say(report, "、", ", ");
        let mut names = people.join(separator);
        if count > people.len() {
            names += &match lang.is_zh() {
                true => format!("等 {count} 人（全部名单见 审查台账.xlsx）"),
                false => format!(", … {count} in all; the workbook 审查台账.xlsx lists everyone"),
            };
        }
        let checks: Vec<String> = asked.checks.iter().map(|c| title(report, c)).collect();
        let paper = Paper {
            document: asked.document,
            place: asked.place_word(lang),
            count,
            people: names,
            checks: checks.join(separator),
        };
        match out.last_mut() {
            Some(last) if last.prison == prison => last.papers.push(paper),
            _ => out.push(AskedOut { prison, papers: vec![paper] }),
        }
    }
    out
}

/// The problems of the input, errors first, and how many more there are.
fn problems(report: &Report<'_>) -> (Vec<(bool, String)>, usize) {
    let all = report.problems_by_weight();
    let more = all.len().saturating_sub(PROBLEMS);
    let told = |p: &&crate::model::Problem| (p.level == Level::Error, problem_sentence(p, report.lang));
    (all.iter().take(PROBLEMS).map(told).collect(), more)
}

fn inputs(report: &Report<'_>) -> Vec<InputOut> {
    let kind = |k: Option<crate::model::SheetKind>| match (k, report.lang.is_zh()) {
        (Some(k), true) => k.name().to_owned(),
        (Some(k), false) => k.name_en().to_owned(),
        (None, _) => say(report, "未识别", "not recognised").to_owned(),
    };
    let input = |i: &crate::model::dossier::InputFile| InputOut {
        file: i.file.clone(),
        sha256: i.sha256.clone(),
        sheets: i.sheets.iter().map(|s| (s.sheet.clone(), kind(s.kind), s.read, s.used, s.reported)).collect(),
    };
    report.batch.inputs.iter().map(input).collect()
}

impl Shown {
    fn of(report: &Report<'_>, finding: &Finding) -> Shown {
        let lang = report.lang;
        let basis: Vec<String> = finding.basis.iter().map(|b| basis_text(b, lang)).collect();
        let entry = report.rules.check(finding.check);
        let confirm = entry.map(|e| if lang.is_zh() { &e.zh.confirm } else { &e.en.confirm });
        Shown {
            outcome: outcome_class(finding.outcome),
            word: outcome_word(finding.outcome, lang),
            check: finding.check.to_owned(),
            title: title(report, finding.check),
            danger: class_word(finding.class, lang),
            message: finding_sentence(finding, report),
            facts: report.facts_word(&finding.facts),
            basis: join(&basis, lang),
            cells: report.evidence_word(finding),
            missing: report.missing_words(finding),
            confirm: confirm.cloned().unwrap_or_default(),
            people: 0,
        }
    }
}

impl CaseOut {
    fn of(report: &Report<'_>, case: &CaseReview, id: usize, dossier: Option<&Dossier>) -> CaseOut {
        let lang = report.lang;
        let shown: Vec<&Finding> =
            case.findings.iter().filter(|f| f.outcome != Outcome::Pass && report.shows(f)).collect();
        let letters: Vec<&str> =
            CLASSES.iter().filter(|c| shown.iter().any(|f| f.class == **c)).map(|c| c.as_str()).collect();
        let names: Vec<&str> = shown.iter().map(|f| f.check).collect();
        let text = |t: &Option<String>| t.as_deref().map(one_line).unwrap_or_default();
        let proposal = dossier.and_then(|d| application_of(d, case)).and_then(|a| match a.kind.get() {
            Some(AppKind::Parole) => None,
            _ => a.proposal.get(),
        });
        CaseOut {
            id: id + 1,
            verdict: case.verdict.as_str(),
            word: verdict_word(case.verdict, lang),
            name: text(&case.name),
            inmate: one_line(&case.inmate),
            case_no: text(&case.case_no),
            kind: kind_word(case, lang),
            kind_id: super::case_kind(case).unwrap_or("unknown"),
            applied: case.applied.map(|d| d.to_string()).unwrap_or_default(),
            proposal: proposal.map(|p| proposal_word(p, lang)).unwrap_or_default(),
            prison: text(&case.prison),
            ward: text(&case.ward),
            reason: reason(report, case),
            dangers: letters.join(" "),
            checks: names.join(" "),
            counts: [Outcome::Violation, Outcome::Risk, Outcome::Unverified]
                .map(|o| case.findings.iter().filter(|f| f.outcome == o).count()),
        }
    }
}

impl Detail {
    fn of(report: &Report<'_>, case: &CaseReview, id: usize, dossier: Option<&Dossier>) -> Detail {
        let lang = report.lang;
        let shown = report.shown_findings(case);
        let words = |list: &[&str]| list.iter().map(|g| group_word(g, lang)).collect();
        let drawing = |svg: Option<String>| svg.map(Value::from_safe_string);
        Detail {
            groups: words(&case.groups),
            groups_unverified: words(&case.groups_unverified),
            facts: dossier.map(|d| person(report, d)).unwrap_or_default(),
            limits: case.limits.as_ref().map(|l| report.limit_words(case, l)).unwrap_or_default(),
            findings: shown.iter().filter(|f| f.outcome != Outcome::Pass).map(|f| Shown::of(report, f)).collect(),
            passed: shown.iter().filter(|f| f.outcome == Outcome::Pass).map(|f| title(report, f.check)).collect(),
            problems: case.problems.iter().map(|p| problem_sentence(p, lang)).collect(),
            timeline: drawing(dossier.and_then(|d| svg::timeline(report, case, d))),
            points: drawing(dossier.and_then(|d| svg::points(report, case, d))),
            case: CaseOut::of(report, case, id, dossier),
        }
    }
}

/// The judgment in a few words.
fn person(report: &Report<'_>, dossier: &Dossier) -> Vec<(&'static str, String)> {
    let Some(inmate) = &dossier.inmate else { return Vec::new() };
    let zh = report.lang.is_zh();
    let day = |d: chrono::NaiveDate| d.to_string();
    [
        (say(report, "罪名", "charges"), inmate.charges.known().map(|t| one_line(t))),
        (say(report, "原判刑罚", "sentence"), inmate.sentence.get().map(|s| if zh { s.zh() } else { s.en() })),
        (say(report, "判决生效", "effective"), inmate.effective.get().map(day)),
        (say(report, "交付执行", "delivered"), inmate.delivered.get().map(day)),
        (say(report, "刑期起日", "term from"), inmate.term_start.get().map(day)),
    ]
    .into_iter()
    .filter_map(|(label, text)| Some((label, text?)))
    .collect()
}

impl Filters {
    fn of(report: &Report<'_>, listed: &[usize]) -> Filters {
        let lang = report.lang;
        let cases: Vec<&CaseReview> = listed.iter().filter_map(|at| report.review.cases.get(*at)).collect();
        let mut kinds: Vec<(&'static str, &'static str)> = Vec::new();
        let mut prisons: Vec<String> = Vec::new();
        for case in &cases {
            let kind = (super::case_kind(case).unwrap_or("unknown"), kind_word(case, lang));
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
            prisons.extend(case.prison.as_deref().map(one_line));
        }
        prisons.sort();
        prisons.dedup();
        let found = |id: &str| {
            let mut all = cases.iter().flat_map(|c| &c.findings);
            all.any(|f| f.check == id && f.outcome != Outcome::Pass && report.shows(f))
        };
        let named = report.by_check().into_iter().filter(|(id, _)| found(id));
        Filters {
            verdicts: Verdict::ALL
                .iter()
                .map(|v| (v.as_str(), verdict_word(*v, lang), cases.iter().filter(|c| c.verdict == *v).count()))
                .collect(),
            kinds,
            prisons,
            dangers: CLASSES.iter().map(|c| (c.as_str(), class_word(*c, lang))).collect(),
            checks: named.map(|(id, _)| (id.to_owned(), title(report, id))).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::sample;

    /// The page without its style and script.
    fn body(lang: Lang) -> String {
        let page = render(&sample(lang).report(lang), Caps::default()).unwrap();
        let from = page.find("<header").unwrap_or(0);
        let to = page.find("</main>").unwrap_or(page.len());
        let lines = page[from..to].lines().map(str::trim).filter(|l| !l.is_empty());
        lines.collect::<Vec<_>>().join("\n").replace(env!("CARGO_PKG_VERSION"), "X").replace(
            &Report::new(&sample(lang).batch, &sample(lang).review, &sample(lang).rules, lang).rules.digest,
            "sha256:X",
        )
    }

    #[test]
    fn page_in_chinese() {
        insta::assert_snapshot!(body(Lang::Zh));
    }

    #[test]
    fn page_in_english() {
        insta::assert_snapshot!(body(Lang::En));
    }

    #[test]
    fn the_policy_names_the_script() {
        // Base64 of a digest of 32 bytes.
        let digest = script_digest();
        assert_eq!((digest.len(), digest.ends_with('=')), (7 + 44, true));
    }
}
