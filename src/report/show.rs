//! Everything about one person on one screen: who it is, how the sentence ran, the ledger recorded beside the ledger
//! recomputed, cycles and awards, penalties, custody, and what each application comes to.
//!
//! Read from top to bottom it is the case-by-case verification a prosecutor makes by hand. Colours are always written;
//! the stream they are written to drops them where it is not a terminal.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::Report;
use super::explain::basis_text;
use super::json::{CaseOut, SCHEMA, Tool};
use super::ledger::LedgerView;
use super::limits;
use super::text::{outcome_word, pad, verdict_word};
use crate::checks::case::{Case, Lang};
use crate::checks::finding::{Finding, Outcome};
use crate::model::ledger::{Cycle, Days, Entry, Mark, MonthFold, PartAmounts, Test, What};
use crate::model::{AppKind, Award, AwardKind, Change, CustodyRow, Grade, Inmate, Month, NewCrime, Ruling};
use crate::review::CaseReview;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const RED: Style = AnsiColor::Red.on_default().bold();

/// One person with all cases.
pub struct Screen<'a> {
    /// The batch, its review narrowed to the cases of this person.
    pub report: Report<'a>,
    /// The person, through the last case.
    pub case: &'a Case<'a>,
}

/// What an earlier ruling did, in words.
fn change_text(change: &Change, lang: Lang) -> String {
    let term = |t: &crate::model::Term| if lang.is_zh() { t.zh() } else { t.en() };
    let sentence = |s: &crate::model::Sentence| if lang.is_zh() { s.zh() } else { s.en() };
    let zh = lang.is_zh();
    let of = |zh_text: &str, en: &str| if zh { zh_text.to_owned() } else { en.to_owned() };
    match change {
        Change::Reduce(t) => format!("{}{}", of("减刑", "reduced by "), term(t)),
        Change::ReduceRemainder => of("减去余刑", "remainder remitted"),
        Change::ToLife => of("减为无期徒刑", "commuted to life"),
        Change::ToFixed(t) => format!("{}{}", of("减为有期徒刑", "commuted to "), term(t)),
        Change::Parole => of("假释", "parole"),
        Change::ParoleRevoked => of("撤销假释", "parole revoked"),
        Change::ReductionRevoked { case_no, date } => {
            let which = case_no.clone().or_else(|| date.map(|d| d.to_string())).unwrap_or_default();
            format!("{}{which}", of("撤销减刑裁定", "reduction revoked "))
        }
        Change::NotCounted(t) => format!("{}{}", of("不计入刑期", "not counted: "), term(t)),
        Change::RetrialChanged(s) => format!("{}{}", of("再审改判", "retrial: "), sentence(s)),
        Change::RetrialUpheld => of("再审维持", "upheld on retrial"),
        Change::Merged(s) => format!("{}{}", of("数罪并罚决定执行", "merged: "), sentence(s)),
        Change::ReductionRestored(t) => format!("{}{}", of("恢复减刑", "reduction restored: "), term(t)),
        Change::Refused => of("不予减刑、假释", "refused"),
    }
}

impl<'a> Screen<'a> {
    fn lang(&self) -> Lang {
        self.report.lang
    }

    fn say(&self, zh: &'a str, en: &'a str) -> &'a str {
        if self.lang().is_zh() { zh } else { en }
    }

    fn cases(&self) -> &'a [CaseReview] {
        &self.report.review.cases
    }

    /// Writes the screen.
    ///
    /// # Errors
    /// Only what the writer reports.
    pub fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        self.identity(out)?;
        self.sentence(out)?;
        self.ledger(out)?;
        self.penalties(out)?;
        self.custody(out)?;
        self.applications(out)
    }

    fn title(&self, out: &mut dyn Write, zh: &str, en: &str) -> io::Result<()> {
        writeln!(out, "\n{BOLD}{}{BOLD:#}", if self.lang().is_zh() { zh } else { en })
    }

    /// One labelled line; nothing where nothing is known.
    fn pair(&self, out: &mut dyn Write, zh: &str, en: &str, value: Option<String>) -> io::Result<()> {
        let Some(value) = value.filter(|v| !v.is_empty()) else { return Ok(()) };
        let label = if self.lang().is_zh() { zh } else { en };
        writeln!(out, "  {}  {value}", pad(label, 18))
    }

    fn identity(&self, out: &mut dyn Write) -> io::Result<()> {
        let i: &Inmate = self.case.inmate;
        let zh = self.lang().is_zh();
        let name = i.name.known().cloned().unwrap_or_default();
        writeln!(out, "{BOLD}{name}  {}{BOLD:#}", self.case.dossier.no)?;
        let born = i.birth.get().map(|b| b.to_string());
        let sex = i.sex.get().map(|s| if zh { s.zh() } else { s.en() }.to_owned());
        self.pair(out, "性别、出生", "sex, born", joined([sex, born], "  "))?;
        self.pair(
            out,
            "监狱、监区",
            "prison, ward",
            joined([i.prison.known().cloned(), i.ward.known().cloned()], "  "),
        )?;
        self.pair(out, "罪名", "charges", i.charges.known().cloned())?;
        let health =
            i.health.known().filter(|h| !h.is_empty()).map(|h| {
                h.iter().map(|x| if zh { x.zh() } else { x.en() }).collect::<Vec<_>>().join(self.say("、", ", "))
            });
        self.pair(out, "身体状况", "health", health)?;
        if let Some(case) = self.cases().last() {
            let open: Vec<String> = case.groups_unverified.iter().map(|g| format!("{g}?")).collect();
            let groups: Vec<String> = case.groups.iter().map(|g| (*g).to_owned()).chain(open).collect();
            let none = self.say("无", "none").to_owned();
            let text = if groups.is_empty() { none } else { groups.join(" ") };
            self.pair(out, "从严类别", "restricted groups", Some(text))?;
        }
        Ok(())
    }

    fn sentence(&self, out: &mut dyn Write) -> io::Result<()> {
        self.title(out, "刑期", "Sentence")?;
        let i = self.case.inmate;
        let zh = self.lang().is_zh();
        let mut events: Vec<(NaiveDate, String)> = Vec::new();
        let mut event = |day: Option<NaiveDate>, text: String| events.extend(day.map(|d| (d, text)));
        event(i.detained.get(), self.say("羁押", "taken into custody").to_owned());
        let sentence = i.sentence.get().map(|s| if zh { s.zh() } else { s.en() }).unwrap_or_default();
        event(i.judged.get(), format!("{}{sentence}", self.say("判决：", "judgment: ")));
        event(i.effective.get(), self.say("判决生效", "judgment final").to_owned());
        event(i.delivered.get(), self.say("交付执行", "delivered to prison").to_owned());
        event(i.term_start.get(), self.say("刑期起", "term starts").to_owned());
        event(i.reprieve_end.get(), self.say("死缓期满", "reprieve over").to_owned());
        for ruling in &self.case.dossier.rulings {
            event(ruling.date.get(), self.ruling(ruling));
        }
        event(
            i.term_end.get().and_then(crate::model::End::date),
            self.say("原判刑期止", "end of the original term").to_owned(),
        );
        event(
            i.current_end.get().and_then(crate::model::End::date),
            self.say("现刑期止（记录）", "end on record today").to_owned(),
        );
        events.sort_by_key(|e| e.0);
        for (day, text) in events {
            writeln!(out, "  {day}  {text}")?;
        }
        Ok(())
    }

    fn ruling(&self, ruling: &Ruling) -> String {
        let change = ruling.change.known().map(|c| change_text(c, self.lang()));
        let change = change.unwrap_or_else(|| self.say("裁定（内容不明）", "ruling, content unknown").to_owned());
        let served = ruling.served.get().map(|d| format!("{}{d}", self.say("，送达", ", served ")));
        let end = ruling.new_end.get().and_then(crate::model::End::date);
        let end = end.map(|d| format!("{}{d}", self.say("，减后止日", ", new end ")));
        format!("{change}{}{}", served.unwrap_or_default(), end.unwrap_or_default())
    }

    fn ledger(&self, out: &mut dyn Write) -> io::Result<()> {
        self.title(out, "计分考核台账：记录与重算", "Points ledger: recorded and recomputed")?;
        let ledger = self.case.ledger();
        if ledger.entries.is_empty() {
            return writeln!(out, "  {}", self.say("没有记录", "nothing recorded"));
        }
        let fold = ledger.best();
        match ledger.first_difference() {
            Some((month, by)) => writeln!(
                out,
                "  {RED}{}{RED:#}",
                if self.lang().is_zh() {
                    format!("自{month}起记录积分与重算积分相差 {by:.2}")
                } else {
                    format!("from {month} on the balances differ by {by:.2}")
                }
            )?,
            None => writeln!(out, "  {}", self.say("各月积分与重算一致", "the balances agree"))?,
        }
        let heads: [&str; 11] = if self.lang().is_zh() {
            ["月份", "监管", "教育", "劳动", "专项", "处罚", "记录分", "重算分", "记录积分", "重算积分", "差额"]
        } else {
            [
                "month", "superv.", "educat.", "labour", "spec.", "pen.", "score", "recomp.", "balance", "recomp.",
                "differs",
            ]
        };
        let head: Vec<String> = heads.iter().zip(WIDTHS).map(|(h, w)| right(h, w)).collect();
        let bar = self.say("重算分（每格10分）", "recomputed, ten a block");
        writeln!(
            out,
            "  {DIM}{}  {}  {}{DIM:#}",
            head.join(" "),
            pad(bar, BAR),
            self.say("在监情况、问题", "days, remarks")
        )?;
        let view = LedgerView::of(self.case);
        let mut number = 0;
        for (entry, month) in ledger.entries.iter().zip(&fold.months) {
            self.month(out, &view, entry, month)?;
            for cycle in fold.cycles.iter().filter(|c| c.to == entry.month) {
                number += 1;
                self.cycle(out, &view, cycle, number)?;
            }
        }
        if ledger.folds.len() > 1 {
            let text = if self.lang().is_zh() {
                format!(
                    "有{}种可能的算法，上表为与记录最相符的一种；其余见 --format json 的 readings",
                    ledger.folds.len()
                )
            } else {
                format!(
                    "{} ways of reckoning are open; this is the one nearest to the record, the others are the readings of --format json",
                    ledger.folds.len()
                )
            };
            writeln!(out, "  {text}")?;
        }
        Ok(())
    }

    fn month(&self, out: &mut dyn Write, view: &LedgerView<'_>, e: &Entry, m: &MonthFold) -> io::Result<()> {
        let r = &e.recorded;
        let net = |p: &PartAmounts| p.base.zip(p.bonus).zip(p.deduction).map(|((a, b), c)| a + b - c);
        let mut cells = vec![e.month.to_string()];
        cells.extend(r.parts.iter().map(|p| short(net(p))));
        cells.extend([r.special, r.penalty].map(|d| short(d.filter(|d| !d.is_zero()).or(d.map(|_| Decimal::ZERO)))));
        cells.extend([r.score, m.expected.score, r.balance, m.expected.balance].map(short));
        cells.push(m.difference.filter(|d| !d.is_zero()).map_or_else(String::new, |d| format!("{d:+.2}")));
        let line: Vec<String> = cells.iter().zip(WIDTHS).map(|(c, w)| right(c, w)).collect();
        let mut remarks = Vec::new();
        if let Some(days) = self.days(&m.days) {
            remarks.push(days);
        }
        let worst = |test: Test| {
            let notes = self.case.ledger().best().notes.iter();
            notes.filter(|n| n.test == test && n.month == e.month && n.what != What::Opening).map(|n| n.mark).min()
        };
        for test in view.checks_of(e.month) {
            let mark = worst(test).unwrap_or(Mark::Unverified);
            let sign = match mark {
                Mark::Violation => "✗",
                Mark::Risk => "!",
                Mark::Unverified => "?",
            };
            let text = format!("{sign}{}", self.report.title(test.check()));
            remarks.push(if mark == Mark::Violation { format!("{RED}{text}{RED:#}") } else { text });
        }
        let differs = m.difference.is_some_and(|d| !d.is_zero());
        let style = if differs { RED } else { Style::new() };
        let bar = pad(&bar(m.expected.score, r.score), BAR);
        let text = format!("  {style}{}{style:#}  {bar}  {}", line.join(" "), remarks.join(" "));
        writeln!(out, "{}", text.trim_end())
    }

    /// The days that are not ordinary days in prison.
    fn days(&self, d: &Days) -> Option<String> {
        let list = [
            (d.intake, "入监教育", "intake"),
            (d.hospital, "住院康复", "hospital"),
            (d.confined, "禁闭", "confined"),
            (d.inquiry + d.open, "调查", "inquiry"),
            (d.taken_back, "解回", "taken back"),
            (d.out, "不在监", "outside"),
            (d.gap, "无轨迹", "no record"),
        ];
        let shown: Vec<String> = list
            .iter()
            .filter(|(n, ..)| *n > 0)
            .map(|(n, zh, en)| if self.lang().is_zh() { format!("{zh}{n}天") } else { format!("{en} {n}d") })
            .collect();
        (!shown.is_empty()).then(|| shown.join(" "))
    }

    fn cycle(&self, out: &mut dyn Write, view: &LedgerView<'_>, c: &Cycle, number: usize) -> io::Result<()> {
        let zh = self.lang().is_zh();
        let grade = |g: Grade| if zh { g.zh() } else { g.en() };
        let kind = |k: AwardKind| if zh { k.zh() } else { k.en() };
        let sep = self.say("、", ", ");
        let grades: Vec<&str> = c.allowed.iter().map(|g| grade(*g)).collect();
        let expected: Vec<&str> = c.expected.iter().map(|k| kind(*k)).collect();
        let given: Vec<&str> = view.awards_of(c).into_iter().map(kind).collect();
        let none = self.say("无记录", "none recorded");
        let given = if given.is_empty() { none.to_owned() } else { given.join(sep) };
        let recorded = c.grade.map_or(none, grade);
        let from = c.from.map_or_else(|| self.say("此前", "before").to_owned(), |m| m.to_string());
        let text = if zh {
            format!(
                "── 第{number}个周期 {from}…{}：等级 {recorded}（可评{}），奖励 {given}（应为{}）",
                c.to,
                grades.join(sep),
                expected.join("或")
            )
        } else {
            format!(
                "── cycle {number}, {from}…{}: grade {recorded} (allowed: {}), award {given} (due: {})",
                c.to,
                grades.join(sep),
                expected.join(" or ")
            )
        };
        writeln!(out, "  {DIM}{text}{DIM:#}")
    }

    fn penalties(&self, out: &mut dyn Write) -> io::Result<()> {
        let zh = self.lang().is_zh();
        let awards = &self.case.dossier.awards;
        if awards.is_empty() {
            return Ok(());
        }
        self.title(out, "奖惩", "Awards and penalties")?;
        let mut rows: Vec<&Award> = awards.iter().collect();
        rows.sort_by_key(|a| (a.date.get(), a.kind.get()));
        for a in rows {
            let kind = a.kind.get().map(|k| if zh { k.zh() } else { k.en() }).unwrap_or_default();
            let grade = a.grade.get().map(|g| if zh { g.zh() } else { g.en() }.to_owned());
            let span = |from: Option<String>, to: Option<String>| match (from, to) {
                (None, None) => None,
                (a, b) => Some(format!("{}…{}", a.unwrap_or_default(), b.unwrap_or_default())),
            };
            let cycle = span(a.cycle_from.get().map(|m| m.to_string()), a.cycle_to.get().map(|m| m.to_string()));
            let days = span(a.from.get().map(|d| d.to_string()), a.to.get().map(|d| d.to_string()));
            let points = a.points.get().map(|p| p.normalize().to_string());
            let rest = joined([grade, cycle, days, points, a.reason.known().cloned(), a.doc_no.known().cloned()], "  ");
            let line = format!("  {}  {}  {}", date_or_blank(a.date.get()), pad(kind, 14), rest.unwrap_or_default());
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn custody(&self, out: &mut dyn Write) -> io::Result<()> {
        let zh = self.lang().is_zh();
        let dossier = self.case.dossier;
        if !dossier.custody.is_empty() {
            self.title(out, "羁押轨迹", "Custody")?;
            let mut rows: Vec<&CustodyRow> = dossier.custody.iter().collect();
            rows.sort_by_key(|r| (r.from.get(), r.to.get(), r.kind.get()));
            for r in rows {
                let kind = r.kind.get().map(|k| if zh { k.zh() } else { k.en() }).unwrap_or_default();
                let to = r.to.get().map_or_else(|| pad(self.say("至今", "still"), 10), |d| d.to_string());
                let rest =
                    joined([r.reason.known().cloned(), r.place.known().cloned(), r.doc_no.known().cloned()], "  ");
                let line =
                    format!("  {}…{to}  {}  {}", date_or_blank(r.from.get()), pad(kind, 14), rest.unwrap_or_default());
                writeln!(out, "{}", line.trim_end())?;
            }
        }
        if !dossier.new_crimes.is_empty() {
            self.title(out, "新罪漏罪", "New and undiscovered crimes")?;
            for n in &dossier.new_crimes {
                let n: &NewCrime = n;
                let kind = n.kind.get().map(|k| if zh { k.zh() } else { k.en() }).unwrap_or_default();
                let confirmed = n.confirmed.get().map(|d| format!("{}{d}", self.say("判决确定", "final ")));
                let sentence = n.sentence.get().map(|s| if zh { s.zh() } else { s.en() });
                let rest = joined([confirmed, sentence], "  ");
                writeln!(
                    out,
                    "  {}  {}  {}",
                    date_or_blank(n.crime_date.get()),
                    pad(kind, 14),
                    rest.unwrap_or_default()
                )?;
            }
        }
        Ok(())
    }

    fn applications(&self, out: &mut dyn Write) -> io::Result<()> {
        let lang = self.lang();
        for case in self.cases() {
            let kind = match case.kind {
                Some(AppKind::Reduction) => self.say("提请减刑", "application for a reduction"),
                Some(AppKind::Parole) => self.say("提请假释", "application for parole"),
                None if case.application => self.say("提请（类型不明）", "application of unknown kind"),
                None => self.say("未提请", "no application"),
            };
            let applied = case.applied.map(|d| d.to_string());
            let head = joined([Some(kind.to_owned()), case.case_no.clone(), applied], "  ").unwrap_or_default();
            let verdict = verdict_word(case.verdict, lang);
            writeln!(out, "\n{BOLD}{head}{BOLD:#}  {BOLD}{verdict}{BOLD:#}")?;
            if let Some(limits) = &case.limits {
                for (_, name, value) in limits::rows(limits, lang) {
                    writeln!(out, "  {}  {value}", pad(name, 22))?;
                }
                writeln!(out)?;
            }
            let mut findings: Vec<&Finding> = case.findings.iter().filter(|f| self.report.shows(f)).collect();
            findings.sort_by_key(|f| f.outcome);
            for finding in findings.iter().filter(|f| f.outcome != Outcome::Pass) {
                self.finding(out, finding)?;
            }
            let passed: Vec<&str> =
                findings.iter().filter(|f| f.outcome == Outcome::Pass).map(|f| self.report.title(f.check)).collect();
            if !passed.is_empty() {
                let label = self.say("通过：", "passed: ");
                writeln!(out, "  {label}{}", passed.join(self.say("、", ", ")))?;
            }
        }
        Ok(())
    }

    fn finding(&self, out: &mut dyn Write, f: &Finding) -> io::Result<()> {
        let lang = self.lang();
        let style = match f.outcome {
            Outcome::Violation => RED,
            Outcome::Risk => AnsiColor::Yellow.on_default(),
            _ => AnsiColor::Cyan.on_default(),
        };
        let word = outcome_word(f.outcome, lang);
        writeln!(out, "  {style}{}{style:#}  {}  {}", pad(word, 4), self.report.title(f.check), f.message)?;
        let basis: Vec<String> = f.basis.iter().map(|b| basis_text(b, lang)).collect();
        let sources = &self.report.batch.sources;
        // A few cells are enough to find the place; all of them are in the JSON.
        let cells = f.evidence.iter().filter_map(|at| {
            let (_, sheet) = super::file_and_sheet(sources, *at);
            at.a1().map(|cell| if sheet.is_empty() { cell } else { format!("{sheet}!{cell}") })
        });
        let mut cells: Vec<String> = cells.collect();
        let more = cells.len().saturating_sub(CELLS);
        cells.truncate(CELLS);
        if more > 0 {
            cells.push(format!("+{more}"));
        }
        let rest = joined([Some(basis.join(self.say("、", "; "))), Some(cells.join(" "))], "  ");
        match rest {
            Some(rest) => writeln!(out, "        {DIM}{rest}{DIM:#}"),
            None => Ok(()),
        }
    }

    /// Writes the same as one JSON object.
    ///
    /// # Errors
    /// Only what the writer reports.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let i = self.case.inmate;
        let dossier = self.case.dossier;
        let date = |e: Option<crate::model::End>| e.and_then(crate::model::End::date);
        let whole = Whole {
            schema: SCHEMA,
            tool: Tool::of(&self.report),
            as_of: self.report.review.as_of,
            person: Person {
                inmate: &dossier.no,
                name: i.name.known().map(String::as_str),
                charges: i.charges.known().map(String::as_str),
                sentence: i.sentence.get().map(|s| s.zh()),
                judged: i.judged.get(),
                effective: i.effective.get(),
                delivered: i.delivered.get(),
                term_start: i.term_start.get(),
                term_end: date(i.term_end.get()),
                current_end: date(i.current_end.get()),
                rulings: dossier
                    .rulings
                    .iter()
                    .map(|r| Event {
                        date: r.date.get(),
                        served: r.served.get(),
                        change: r.change.known().map(|c| change_text(c, Lang::Zh)),
                        new_end: date(r.new_end.get()),
                        case_no: r.case_no.known().map(String::as_str),
                    })
                    .collect(),
            },
            cases: self.cases().iter().map(|c| CaseOut::of(&self.report, c)).collect(),
            ledger: LedgerView::of(self.case),
            awards: dossier
                .awards
                .iter()
                .map(|a| Penalty {
                    date: a.date.get(),
                    kind: a.kind.get().map(|k| k.zh()),
                    grade: a.grade.get().map(|g| g.zh()),
                    cycle_from: a.cycle_from.get(),
                    cycle_to: a.cycle_to.get(),
                    points: a.points.get(),
                })
                .collect(),
            custody: dossier
                .custody
                .iter()
                .map(|r| Stay {
                    from: r.from.get(),
                    to: r.to.get(),
                    kind: r.kind.get().map(|k| k.zh()),
                    reason: r.reason.known().cloned(),
                })
                .collect(),
        };
        serde_json::to_writer_pretty(&mut *out, &whole)?;
        writeln!(out)
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Event<'a> {
    date: Option<NaiveDate>,
    served: Option<NaiveDate>,
    change: Option<String>,
    new_end: Option<NaiveDate>,
    case_no: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Person<'a> {
    inmate: &'a str,
    name: Option<&'a str>,
    charges: Option<&'a str>,
    sentence: Option<String>,
    judged: Option<NaiveDate>,
    effective: Option<NaiveDate>,
    delivered: Option<NaiveDate>,
    term_start: Option<NaiveDate>,
    term_end: Option<NaiveDate>,
    current_end: Option<NaiveDate>,
    rulings: Vec<Event<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Stay {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    kind: Option<&'static str>,
    reason: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Penalty {
    date: Option<NaiveDate>,
    kind: Option<&'static str>,
    grade: Option<&'static str>,
    cycle_from: Option<Month>,
    cycle_to: Option<Month>,
    points: Option<Decimal>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Whole<'a> {
    schema: u32,
    #[cfg_attr(test, schemars(with = "serde_json::Value"))]
    tool: Tool<'a>,
    as_of: NaiveDate,
    person: Person<'a>,
    #[cfg_attr(test, schemars(with = "Vec<serde_json::Value>"))]
    cases: Vec<CaseOut<'a>>,
    #[cfg_attr(test, schemars(with = "super::ledger::LedgerOut<'static>"))]
    ledger: LedgerView<'a>,
    awards: Vec<Penalty>,
    custody: Vec<Stay>,
}

/// So many cells are named with a finding.
const CELLS: usize = 6;
/// Widths of the ledger's columns.
const WIDTHS: [usize; 11] = [7, 7, 7, 7, 6, 6, 8, 8, 9, 9, 9];
/// Width of the bar: a block is ten points, a month with everything comes to 150.
const BAR: usize = 18;

fn right(text: &str, width: usize) -> String {
    let fill = width.saturating_sub(text.width());
    format!("{}{text}", " ".repeat(fill))
}

/// An amount with as many decimals as it needs, two at most where it has no more.
fn short(d: Option<Decimal>) -> String {
    d.map_or_else(|| "·".to_owned(), |d| d.normalize().to_string())
}

fn joined<const N: usize>(parts: [Option<String>; N], separator: &str) -> Option<String> {
    let parts: Vec<String> = parts.into_iter().flatten().filter(|p| !p.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(separator))
}

fn date_or_blank(day: Option<NaiveDate>) -> String {
    day.map_or_else(|| " ".repeat(10), |d| d.to_string())
}

/// The recomputed score as a bar, in eighths of a block; what the record has beyond it is shaded. A month below zero
/// points to the left.
fn bar(expected: Option<Decimal>, recorded: Option<Decimal>) -> String {
    use rust_decimal::prelude::ToPrimitive;
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let Some(expected) = expected.or(recorded) else { return String::new() };
    if expected < Decimal::ZERO {
        return "◂".to_owned();
    }
    let most = Decimal::from(BAR as u32 - 2) * Decimal::TEN;
    let eighths = (expected.min(most) * Decimal::from(8) / Decimal::TEN).round().to_usize().unwrap_or(0);
    let mut out = "█".repeat(eighths / 8);
    out.push_str(EIGHTHS[eighths % 8]);
    let beyond = recorded.map_or(Decimal::ZERO, |r| r.min(most) - expected.min(most));
    if beyond > Decimal::ZERO {
        out.push_str(&"░".repeat((beyond / Decimal::TEN).ceil().to_usize().unwrap_or(0)));
    }
    if expected > most {
        out.push('▸');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn bars_are_to_scale() {
        assert_eq!(bar(Some(d("100")), Some(d("100"))), "█".repeat(10));
        assert_eq!(bar(Some(d("5")), Some(d("5"))), "▌");
        assert_eq!(bar(Some(d("0")), None), "");
        assert_eq!(bar(Some(d("-20")), None), "◂");
        assert_eq!(bar(Some(d("20")), Some(d("32.5"))), "██░░");
        assert_eq!(bar(Some(d("650")), Some(d("650"))), format!("{}▸", "█".repeat(16)));
        assert_eq!(bar(None, None), "");
    }

    #[test]
    fn amounts_show_what_they_have() {
        assert_eq!(short(Some(d("17.50"))), "17.5");
        assert_eq!(short(Some(d("1.125"))), "1.125");
        assert_eq!(short(None), "·");
        assert_eq!(right("差额", 6), "  差额");
    }
}
