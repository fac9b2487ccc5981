//! The summary on the terminal, for people who are not programmers: what could not be examined, the counts, one line a
//! case with the worst first, what to ask for, what could not be read, and how to see more.
//!
//! Colours are always written; the stream they are written to drops them where it is not a terminal.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::{Report, problem_message};
use crate::checks::case::Lang;
use crate::checks::finding::{Class, Fact, Finding, Missing, Outcome};
use crate::model::dossier::SheetCount;
use crate::model::{AppKind, CellRef, Col, Level, Problem};
use crate::review::{CaseReview, Verdict};

/// More clear cases than this are only counted.
const CLEAR_LISTED: usize = 50;
/// More problems of a level than this are only counted.
const PROBLEMS_LISTED: usize = 20;
/// More sheets than this are summed up.
const SHEETS_LISTED: usize = 20;
/// So many people are named where something is missing for many.
const PEOPLE_NAMED: usize = 3;

/// Writes the summary. `inputs` are the arguments the batch was read from, as the user typed them.
///
/// # Errors
/// Only what the writer reports.
pub fn write(report: &Report<'_>, inputs: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Text { report, out: String::new() };
    text.heading();
    text.not_examined();
    text.counts();
    text.cases();
    text.batch_findings();
    text.by_check();
    text.missing();
    text.problems();
    text.rows();
    text.more(inputs);
    out.write_all(text.out.as_bytes())
}

/// A verdict in words.
pub fn verdict_word(verdict: Verdict, lang: Lang) -> &'static str {
    match (verdict, lang.is_zh()) {
        (Verdict::Unlawful, true) => "违法",
        (Verdict::Suspect, true) => "风险",
        (Verdict::Unverified, true) => "存疑",
        (Verdict::Clear, true) => "未发现不当",
        (Verdict::Unlawful, false) => "unlawful",
        (Verdict::Suspect, false) => "suspect",
        (Verdict::Unverified, false) => "unverified",
        (Verdict::Clear, false) => "clear",
    }
}

/// An outcome in words.
pub fn outcome_word(outcome: Outcome, lang: Lang) -> &'static str {
    match (outcome, lang.is_zh()) {
        (Outcome::Violation, true) => "违法",
        (Outcome::Risk, true) => "风险",
        (Outcome::Unverified, true) => "存疑",
        (Outcome::Pass, true) => "通过",
        (_, false) => outcome.as_str(),
    }
}

/// The colour of a verdict.
fn verdict_style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Unlawful => AnsiColor::Red.on_default().bold(),
        Verdict::Suspect => AnsiColor::Yellow.on_default(),
        Verdict::Unverified => AnsiColor::Cyan.on_default(),
        Verdict::Clear => AnsiColor::Green.on_default(),
    }
}

const BOLD: Style = Style::new().bold();

/// `text` in a style.
fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// `text` filled with spaces to a display width; Chinese characters are two columns wide.
pub fn pad(text: &str, width: usize) -> String {
    let fill = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(fill))
}

/// A text on one line, whatever the cell or the check put into it.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

struct Text<'a, 'r> {
    report: &'r Report<'a>,
    out: String,
}

/// How many cases have which verdict, in words and in the colours of a terminal.
pub fn verdict_counts(report: &Report<'_>) -> String {
    let one = |(v, n): &(Verdict, usize)| paint(verdict_style(*v), &format!("{} {n}", verdict_word(*v, report.lang)));
    report.by_verdict().iter().map(one).collect::<Vec<_>>().join("  ")
}

impl<'a> Text<'a, '_> {
    fn zh(&self) -> bool {
        self.report.lang.is_zh()
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// A section's title, with an empty line before it.
    fn title(&mut self, zh: &str, en: &str) {
        let title = paint(BOLD, self.report.say(zh, en));
        self.line("");
        self.line(&title);
    }

    fn heading(&mut self) {
        let review = self.report.review;
        let files = self.report.batch.inputs.len();
        let text = if self.zh() {
            format!("减刑假释案件审查（截至 {}，{files} 个文件）", review.as_of)
        } else {
            format!("Review of sentence reductions and paroles (as of {}, {})", review.as_of, count(files, "file"))
        };
        self.line(&paint(BOLD, &text));
        if review.partial {
            let text = self.report.say(
                "仅执行了部分检查项（--only）：本来未发现不当的案件列为“存疑”。",
                "Only some checks were run (--only): cases that would be clear are listed as unverified.",
            );
            self.line(text);
        }
    }

    fn not_examined(&mut self) {
        if self.report.review.not_examined.is_empty() {
            return;
        }
        self.title(
            "未审查的内容（缺少以下工作表，所列检查未进行或不完整）",
            "Not examined (these sheets are missing; the checks named were not made, or not in full)",
        );
        for missing in &self.report.review.not_examined {
            let titles: Vec<&str> = missing.checks.iter().map(|c| self.report.title(c)).collect();
            let text = if self.zh() {
                format!("  {}：{}", missing.sheet.name(), titles.join("、"))
            } else {
                format!("  {} ({}): {}", missing.sheet.name(), missing.sheet.name_en(), titles.join("; "))
            };
            self.line(&text);
        }
    }

    fn counts(&mut self) {
        let totals = &self.report.review.totals;
        let proposed = totals.applications;
        let others = totals.cases - proposed;
        let verdicts = verdict_counts(self.report);
        let text = if self.zh() {
            let others = if others > 0 { format!("，另有 {others} 名未提请罪犯") } else { String::new() };
            format!("共 {proposed} 件提请案件{others}：{verdicts}")
        } else {
            let others = match others {
                0 => String::new(),
                1 => " and 1 person without one".to_owned(),
                n => format!(" and {n} people without one"),
            };
            format!("{}{others}: {verdicts}", count(proposed, "application"))
        };
        self.line("");
        self.line(&text);
    }

    /// One line a case, worst first and otherwise in input order.
    fn cases(&mut self) {
        let report = self.report;
        let mut shown: Vec<&CaseReview> = report.review.cases.iter().filter(|c| is_listed(report, c)).collect();
        shown.sort_by_key(|c| c.verdict);
        let clear = shown.iter().filter(|c| c.verdict == Verdict::Clear).count();
        if clear > CLEAR_LISTED {
            shown.retain(|c| c.verdict != Verdict::Clear);
        }
        let hidden = report.review.totals.applications
            - report.review.cases.iter().filter(|c| c.application && is_listed(report, c)).count();
        if shown.is_empty() && clear == 0 && hidden == 0 {
            return;
        }
        self.title("逐案结果", "Cases");
        let rows: Vec<[String; 5]> = shown.iter().map(|c| columns(c, report.lang)).collect();
        let mut widths = [0; 5];
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        for (case, row) in shown.iter().zip(&rows) {
            let mut line = String::from("  ");
            for (n, (cell, width)) in row.iter().zip(widths).enumerate() {
                let cell = pad(cell, width);
                line += &if n == 0 { paint(verdict_style(case.verdict), &cell) } else { cell };
                line += "  ";
            }
            line += &reason(report, case);
            self.line(line.trim_end());
        }
        if clear > CLEAR_LISTED {
            let text = if self.zh() {
                format!("  另有 {clear} 件未发现不当，不逐一列出（--format jsonl 逐案列出）。")
            } else {
                format!("  {clear} more cases are clear and not listed (--format jsonl lists every case).")
            };
            self.line(&text);
        }
        if hidden > 0 {
            let text = if self.zh() {
                format!("  另有 {hidden} 件提请案件没有达到所选的程度（--min-outcome），未列出。")
            } else {
                format!("  {} milder than asked for (--min-outcome) and not listed.", count(hidden, "application"))
            };
            self.line(&text);
        }
    }

    fn batch_findings(&mut self) {
        let report = self.report;
        let mut shown: Vec<_> = report
            .review
            .batch_findings
            .iter()
            .filter(|b| report.shows(&b.finding) && b.finding.outcome != Outcome::Pass)
            .collect();
        if shown.is_empty() {
            return;
        }
        shown.sort_by_key(|b| b.finding.outcome);
        self.title("整批情况", "The batch as a whole");
        for batch in shown {
            let finding = &batch.finding;
            let word = outcome_word(finding.outcome, report.lang);
            let people = batch.inmates.len();
            let sentence = finding_sentence(finding, report);
            let text = if self.zh() {
                format!("  {word}  {sentence}（涉及 {people} 人）")
            } else {
                format!("  {word}  {sentence} ({people} concerned)")
            };
            self.line(&text);
        }
    }

    /// Which checks found something, and how often.
    fn by_check(&mut self) {
        let report = self.report;
        // Everything that is shown, except what passed.
        let listed = |outcome: &Outcome| *outcome != Outcome::Pass && *outcome <= report.min_outcome;
        let mut rows: Vec<(&str, Vec<String>)> = Vec::new();
        for (id, counts) in report.by_check() {
            let parts: Vec<String> = Outcome::ALL
                .iter()
                .zip(counts)
                .filter(|(o, n)| listed(o) && *n > 0)
                .map(|(o, n)| format!("{} {n}", outcome_word(*o, report.lang)))
                .collect();
            if !parts.is_empty() {
                rows.push((id, parts));
            }
        }
        if rows.is_empty() {
            return;
        }
        self.title("各检查项发现", "What the checks found");
        let width = rows.iter().map(|(id, _)| report.title(id).width()).max().unwrap_or(0);
        let id_width = rows.iter().map(|(id, _)| id.width()).max().unwrap_or(0);
        for (id, parts) in rows {
            let text = format!("  {}  {}  {}", pad(report.title(id), width), pad(id, id_width), parts.join("  "));
            self.line(&text);
        }
    }

    /// What to ask for: the papers that would fill the cells on which undecided checks depend.
    fn missing(&mut self) {
        let report = self.report;
        let mut asked: Vec<Asked<'a>> = Vec::new();
        for case in report.review.cases.iter().filter(|c| is_listed(report, c)) {
            for missing in case.findings.iter().filter(|f| report.shows(f)).flat_map(missing_of) {
                let key = (missing.document, missing.place.col, missing.place.at == CellRef::NOWHERE);
                let at = asked.iter().position(|a| a.key == key).unwrap_or_else(|| {
                    asked.push(Asked { key, people: HashSet::new(), named: Vec::new() });
                    asked.len() - 1
                });
                if asked[at].people.insert(&case.inmate) && asked[at].named.len() < PEOPLE_NAMED {
                    asked[at].named.push(case.name.as_deref().unwrap_or(&case.inmate));
                }
            }
        }
        if asked.is_empty() {
            return;
        }
        self.title("需要调取的材料", "What to ask for");
        for Asked { key: (document, col, no_sheet), people, named } in asked {
            let (sheet, column) = (col.sheet(), col.name());
            let n = people.len();
            let text = if self.zh() {
                let what = match (no_sheet, self.report.batch.presence.has(sheet)) {
                    (true, false) => format!("缺“{}”表", sheet.name()),
                    (true, true) => format!("“{}”表中没有该犯的记录", sheet.name()),
                    (false, _) => format!("“{}”表“{column}”", sheet.name()),
                };
                let etc = if n > named.len() { "等" } else { "" };
                format!("  {}（{what}）：{}{etc} {n} 人", document, named.join("、"))
            } else {
                let what = match (no_sheet, self.report.batch.presence.has(sheet)) {
                    (true, false) => format!("no sheet {}", sheet.name()),
                    (true, true) => format!("no row in {}", sheet.name()),
                    (false, _) => format!("{column} of {}", sheet.name()),
                };
                let etc = if n > named.len() { ", …" } else { "" };
                format!("  {} ({what}): {}{etc} ({n})", document, named.join(", "))
            };
            self.line(&text);
        }
    }

    fn problems(&mut self) {
        let problems = self.report.problems_by_weight();
        for (level, zh, en) in [
            (
                Level::Error,
                "读取错误（所涉数据未采用，相关检查存疑）",
                "Errors in the input (not used; checks that need them are unverified)",
            ),
            (Level::Warning, "读取提示", "Warnings about the input"),
        ] {
            let these: Vec<&&Problem> = problems.iter().filter(|p| p.level == level).collect();
            if these.is_empty() {
                continue;
            }
            self.title(&format!("{zh}：{} 条", these.len()), &format!("{en}: {}", these.len()));
            for problem in these.iter().take(PROBLEMS_LISTED) {
                let text = problem_sentence(problem, self.report.lang);
                self.line(&format!("  {text}"));
            }
            let rest = these.len().saturating_sub(PROBLEMS_LISTED);
            if rest > 0 {
                let text = if self.zh() {
                    format!("  另有 {rest} 条，见 --format json。")
                } else {
                    format!("  {rest} more; see --format json.")
                };
                self.line(&text);
            }
        }
    }

    /// How many rows were read of every sheet, and what became of them: nothing is lost without a word.
    fn rows(&mut self) {
        let inputs = &self.report.batch.inputs;
        let sheets: Vec<_> = inputs.iter().flat_map(|i| i.sheets.iter().map(move |s| (&i.file, s))).collect();
        if sheets.is_empty() {
            return;
        }
        let (zh, en) = ("读取的行（读取＝采用＋有问题）", "Rows (read = used + with problems)");
        self.title(zh, en);
        let row = |name: String, read: u64, used: u64, reported: u64| {
            if self.zh() {
                format!("  {name}：{read}＝{used}＋{reported}")
            } else {
                format!("  {name}: {read} = {used} + {reported}")
            }
        };
        let name = |file: &str, sheet: &str| match sheet {
            "" => one_line(file),
            sheet if self.zh() => format!("{}“{}”", one_line(file), one_line(sheet)),
            sheet => format!("{} [{}]", one_line(file), one_line(sheet)),
        };
        let listed = sheets.iter().take(SHEETS_LISTED);
        let mut lines: Vec<String> =
            listed.map(|(file, s)| row(name(file, &s.sheet), s.read, s.used, s.reported)).collect();
        let rest = sheets.get(SHEETS_LISTED..).unwrap_or(&[]);
        if !rest.is_empty() {
            let of = |f: fn(&SheetCount) -> u64| rest.iter().map(|(_, s)| f(s)).sum();
            let name =
                if self.zh() { format!("另有 {} 张表", rest.len()) } else { format!("{} more sheets", rest.len()) };
            lines.push(row(name, of(|s| s.read), of(|s| s.used), of(|s| s.reported)));
        }
        for line in lines {
            self.line(&line);
        }
    }

    /// How to see more.
    fn more(&mut self, inputs: &str) {
        let report = self.report;
        let worst = |c: &&CaseReview| {
            let outcome = c.findings.iter().filter(|f| f.outcome != Outcome::Pass).map(|f| f.outcome).min();
            outcome.map(|o| (c.verdict, o))
        };
        let case = report.review.cases.iter().filter(|c| worst(c).is_some()).min_by_key(worst);
        let finding = case.and_then(|c| c.findings.iter().min_by_key(|f| f.outcome));
        self.title("进一步查看", "To see more");
        let english = if self.zh() { "" } else { " --lang en" };
        if let Some(case) = case {
            let about = report.say("某一名罪犯的全部情况：", "everything about one person: ");
            self.line(&format!("  {about}jxjs{english} show {inputs} --inmate {}", one_line(&case.inmate)));
        }
        if let Some(finding) = finding {
            let about =
                report.say("某项检查的含义、依据和算法：", "what a check means, its basis, how it is computed: ");
            self.line(&format!("  {about}jxjs{english} explain {}", finding.check));
        }
        let about = report.say("全部事实、法律依据和单元格出处：", "all facts, provisions and cells: ");
        self.line(&format!("  {about}jxjs{english} check {inputs} --format json"));
    }
}

/// A paper to ask for, and for whom.
struct Asked<'a> {
    /// The document, the column it fills, and whether there is no such row or sheet at all.
    key: (&'static str, Col, bool),
    people: HashSet<&'a str>,
    /// The first few by name.
    named: Vec<&'a str>,
}

/// Whether a case has a line: people without an application only when something was found.
pub(super) fn is_listed(report: &Report<'_>, case: &CaseReview) -> bool {
    let found = case.findings.iter().any(|f| f.outcome != Outcome::Pass && report.shows(f));
    let error = report.min_outcome >= Outcome::Unverified && case.problems.iter().any(|p| p.level == Level::Error);
    found || error || (case.application && report.min_outcome == Outcome::Pass)
}

/// Why a case has its verdict, in one sentence: what its worst finding says, and how many more there are.
pub(super) fn reason(report: &Report<'_>, case: &CaseReview) -> String {
    let failing = report.failing_findings(case);
    let error = case.problems.iter().find(|p| p.level == Level::Error);
    // Something of class O alone does not make a case unverified: then the unreadable row is the reason.
    let first = failing.first().filter(|f| {
        case.verdict != Verdict::Unverified
            || error.is_none()
            || f.outcome != Outcome::Unverified
            || f.class != Class::O
    });
    let (mut text, told) = match (first, error) {
        (Some(finding), _) => (finding_sentence(finding, report), 1),
        (None, Some(problem)) => (problem_sentence(problem, report.lang), 0),
        (None, None) if case.verdict == Verdict::Clear => {
            let n = case.examined;
            let text = if report.lang.is_zh() {
                format!("已查 {n} 项，未发现不当")
            } else {
                format!("{} made, nothing found", count(n, "check"))
            };
            (text, 0)
        }
        (None, None) if report.review.partial => {
            (report.say("仅执行了部分检查项", "only some checks were run").to_owned(), 0)
        }
        (None, None) => (String::new(), 0),
    };
    let more = failing.len().saturating_sub(told);
    if more > 0 {
        let _ = if report.lang.is_zh() {
            write!(text, "（另有 {more} 项）")
        } else {
            write!(text, " (and {more} more)")
        };
    }
    text
}

/// The columns before the reason: verdict, case number, name, number, kind.
fn columns(case: &CaseReview, lang: Lang) -> [String; 5] {
    let kind = match (case.application, case.kind) {
        (false, _) => {
            if lang.is_zh() {
                "未提请"
            } else {
                "no application"
            }
        }
        (true, Some(AppKind::Reduction)) => {
            if lang.is_zh() {
                "减刑"
            } else {
                "reduction"
            }
        }
        (true, Some(AppKind::Parole)) => {
            if lang.is_zh() {
                "假释"
            } else {
                "parole"
            }
        }
        (true, None) => "?",
    };
    let dash = |text: &Option<String>| text.as_deref().map_or_else(|| "—".to_owned(), one_line);
    [
        verdict_word(case.verdict, lang).to_owned(),
        dash(&case.case_no),
        dash(&case.name),
        one_line(&case.inmate),
        kind.to_owned(),
    ]
}

/// What a finding says; its check's title where it says nothing.
pub(super) fn finding_sentence(finding: &Finding, report: &Report<'_>) -> String {
    if finding.message.is_empty() { report.title(finding.check).to_owned() } else { one_line(&finding.message) }
}

/// A problem with its place.
pub(super) fn problem_sentence(problem: &Problem, lang: Lang) -> String {
    let mut place = one_line(&problem.file);
    let sheet = one_line(&problem.sheet);
    if !sheet.is_empty() {
        place = format!("{place} {sheet}");
    }
    if let Some(cell) = &problem.cell {
        place = format!("{place}!{cell}");
    }
    let message = one_line(problem_message(problem, lang));
    match (place.trim(), lang.is_zh()) {
        ("", _) => message,
        (place, true) => format!("{place}：{message}"),
        (place, false) => format!("{place}: {message}"),
    }
}

/// What a finding says is missing.
pub(super) fn missing_of(finding: &Finding) -> impl Iterator<Item = &Missing> {
    let list = match finding.facts.get("missing") {
        Some(Fact::List(list)) => list.as_slice(),
        _ => &[],
    };
    list.iter().filter_map(|f| match f {
        Fact::Missing(m) => Some(m),
        _ => None,
    })
}

/// `1 file`, `2 files`.
fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::sample;

    fn written(report: &Report<'_>) -> String {
        let mut out = Vec::new();
        write(report, "批次.xlsx", &mut out).unwrap();
        anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string()
    }

    #[test]
    fn summary_in_chinese() {
        insta::assert_snapshot!(written(&sample(Lang::Zh).report(Lang::Zh)));
    }

    #[test]
    fn summary_in_english() {
        insta::assert_snapshot!(written(&sample(Lang::En).report(Lang::En)));
    }

    #[test]
    fn only_the_worst() {
        let sample = sample(Lang::Zh);
        let report = Report { min_outcome: Outcome::Violation, ..sample.report(Lang::Zh) };
        insta::assert_snapshot!(written(&report));
    }

    #[test]
    fn chinese_characters_are_two_columns_wide() {
        assert_eq!(pad("张三", 6), "张三  ");
        assert_eq!(pad("张三", 2), "张三");
    }
}
