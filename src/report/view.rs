//! What the workbook and the page show alike: words for facts, limits and cells, the order of the cases, what to ask for.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::json::Keys;
use super::text::{is_listed, missing_of, one_line};
use super::{Report, file_and_sheet, missing_sheet};
use crate::checks::case::Lang;
use crate::checks::finding::{Class, Fact, Facts, Finding, Outcome};
use crate::checks::groups::Restricted;
use crate::checks::world::Settled;
use crate::model::{AppKind, Application, CellRef, Change, Dossier, PackedDossier, Proposal, Stage, Term};
use crate::review::{CaseReview, Limits};

/// All classes; the two dangers first.
pub(super) const CLASSES: [Class; 4] = [Class::E, Class::P, Class::R, Class::O];

/// A restricted group in words.
pub(super) fn group_word(id: &str, lang: Lang) -> String {
    match Restricted::ALL.iter().find(|g| g.as_str() == id) {
        Some(group) if lang.is_zh() => group.zh().to_owned(),
        _ => id.replace('-', " "),
    }
}

/// A stage in words.
pub(super) fn stage_word(stage: Stage, lang: Lang) -> String {
    if lang.is_zh() { stage.zh().to_owned() } else { stage.as_str().replace('-', " ") }
}

/// A term in words.
pub(super) fn term_word(term: Term, lang: Lang) -> String {
    if lang.is_zh() { term.zh() } else { term.en() }
}

/// The kind of a case in words.
pub(super) fn kind_word(case: &CaseReview, lang: Lang) -> &'static str {
    match (case.application, case.kind, lang.is_zh()) {
        (false, _, true) => "未提请",
        (false, _, false) => "no application",
        (true, Some(AppKind::Reduction), true) => "减刑",
        (true, Some(AppKind::Reduction), false) => "reduction",
        (true, Some(AppKind::Parole), true) => "假释",
        (true, Some(AppKind::Parole), false) => "parole",
        (true, None, true) => "类型不明",
        (true, None, false) => "kind unknown",
    }
}

/// What an earlier ruling changed, in a few words.
pub(super) fn change_word(change: &Change, lang: Lang) -> String {
    let (zh, en) = match change {
        Change::Reduce(t) => (format!("减{}", t.zh()), format!("−{}", t.en())),
        Change::ReduceRemainder => ("减余刑".to_owned(), "remainder remitted".to_owned()),
        Change::ToLife => ("减为无期".to_owned(), "to life".to_owned()),
        Change::ToFixed(t) => (format!("减为有期{}", t.zh()), format!("to {}", t.en())),
        Change::Parole => ("假释".to_owned(), "parole".to_owned()),
        Change::ParoleRevoked => ("撤销假释".to_owned(), "parole revoked".to_owned()),
        Change::ReductionRevoked { .. } => ("撤销减刑".to_owned(), "reduction revoked".to_owned()),
        Change::NotCounted(t) => (format!("{}不计入", t.zh()), format!("{} not counted", t.en())),
        Change::RetrialChanged(s) => (format!("再审改判{}", s.zh()), format!("retrial: {}", s.en())),
        Change::RetrialUpheld => ("再审维持".to_owned(), "retrial: upheld".to_owned()),
        Change::Merged(s) => (format!("并罚{}", s.zh()), format!("merged: {}", s.en())),
        Change::ReductionRestored(t) => (format!("恢复减刑{}", t.zh()), format!("restored: −{}", t.en())),
        Change::Refused => ("不予减刑（假释）".to_owned(), "refused".to_owned()),
    };
    if lang.is_zh() { zh } else { en }
}

/// What an application proposes, in a few words.
pub(super) fn proposal_word(proposal: Proposal, lang: Lang) -> String {
    let (zh, en) = match proposal {
        Proposal::Reduce(t) => (format!("减{}", t.zh()), format!("−{}", t.en())),
        Proposal::ToLife => ("减为无期".to_owned(), "to life".to_owned()),
        Proposal::ToFixed(t) => (format!("减为有期{}", t.zh()), format!("to {}", t.en())),
        Proposal::Remainder => ("减余刑".to_owned(), "the remainder".to_owned()),
    };
    if lang.is_zh() { zh } else { en }
}

/// The name of a fact in words; the key itself where it has no name.
fn fact_word(key: &'static str, lang: Lang) -> &'static str {
    let (zh, en) = match key {
        "from" => ("起", "from"),
        "to" => ("止", "to"),
        "until" => ("至", "until"),
        "required" => ("须满", "required"),
        "earliest" => ("最早", "earliest"),
        "actual" => ("实际", "actual"),
        "short_days" => ("差（天）", "short (days)"),
        "cap" => ("上限", "cap"),
        "target" => ("最低减为", "target"),
        "proposed" => ("提请", "proposed"),
        "excess" => ("超出", "excess"),
        "grade_claimed" => ("主张档次", "grade claimed"),
        "grade" => ("档次", "grade"),
        "floor" => ("最早刑满", "floor"),
        "end_proposed" => ("提请后刑满", "end as proposed"),
        "items" => ("逐项", "items"),
        "recorded" => ("记载", "recorded"),
        "expected" => ("应为", "expected"),
        "difference" => ("相差", "difference"),
        "days" => ("天数", "days"),
        "cause" | "reason" => ("原因", "reason"),
        "month" => ("月份", "month"),
        "missing" => ("缺少", "missing"),
        "readings" => ("各种可能", "possible values"),
        "relaxed" => ("从宽", "relaxed"),
        "exempt" => ("不受间隔限制", "exempt"),
        "note" => ("说明", "note"),
        "commendations" => ("表扬", "commendations"),
        "balance" => ("余分", "balance"),
        "kind" => ("种类", "kind"),
        "state" => ("状态", "state"),
        "able" => ("履行能力", "able to pay"),
        "prison" => ("监狱", "prison"),
        "peers" => ("同组人数", "peers"),
        "graded" => ("参评人数", "graded"),
        "active" => ("积极等级人数", "graded active"),
        "present" => ("在押", "present"),
        "result" => ("结论", "result"),
        _ => (key, key),
    };
    if lang.is_zh() { zh } else { en }
}

/// What a property judgment means for the application, in words.
fn item_word(code: &str, lang: Lang) -> &str {
    let (zh, en) = match code {
        "performed" => ("已履行", "performed"),
        "no-obstacle" => ("不影响", "no obstacle"),
        "obstacle" => ("不得从宽认定", "obstacle"),
        "wait" => ("须等待", "wait"),
        "undecided" => ("不能确定", "undecided"),
        other => (other, other),
    };
    if lang.is_zh() { zh } else { en }
}

/// Several texts as a list.
pub(super) fn join(items: &[String], lang: Lang) -> String {
    items.join(if lang.is_zh() { "；" } else { "; " })
}

impl<'a> Report<'a> {
    /// The indices of the cases to show, worst first: by verdict, then by what was found, then as in the input.
    pub(super) fn worst_first(&self) -> Vec<usize> {
        let count = |case: &CaseReview, outcome| case.findings.iter().filter(|f| f.outcome == outcome).count();
        let mut order: Vec<usize> = (0..self.review.cases.len()).collect();
        order.sort_by_cached_key(|&at| {
            let case = &self.review.cases[at];
            let [violations, risks, open] =
                [Outcome::Violation, Outcome::Risk, Outcome::Unverified].map(|o| std::cmp::Reverse(count(case, o)));
            (case.verdict, violations, risks, open, at)
        });
        order
    }

    /// The findings of a case that are shown, worst first, the dangers before procedure.
    pub(super) fn shown_findings<'c>(&self, case: &'c CaseReview) -> Vec<&'c Finding> {
        let mut shown: Vec<&Finding> = case.findings.iter().filter(|f| self.shows(f)).collect();
        shown.sort_by_key(|f| (f.outcome, f.class == Class::O));
        shown
    }

    /// Those of them that did not pass.
    pub(super) fn failing_findings<'c>(&self, case: &'c CaseReview) -> Vec<&'c Finding> {
        let mut failing = self.shown_findings(case);
        failing.retain(|f| f.outcome != Outcome::Pass);
        failing
    }

    /// A cell in words: the file only where there are several, the sheet only where there is one.
    pub(super) fn cell_word(&self, at: CellRef) -> String {
        let (file, sheet) = file_and_sheet(&self.batch.sources, at);
        let cell = at.a1().unwrap_or_default();
        let place = match (sheet.is_empty(), self.batch.inputs.len() > 1) {
            (true, _) => file.to_owned(),
            (false, true) => format!("{file} {sheet}"),
            (false, false) => sheet.to_owned(),
        };
        one_line(&if cell.is_empty() { place } else { format!("{place}!{cell}") })
    }

    /// The cells a finding rests on, by sheet.
    pub(super) fn evidence_word(&self, finding: &Finding) -> String {
        let mut sheets: Vec<(u16, Vec<CellRef>)> = Vec::new();
        for at in &finding.evidence {
            match sheets.iter_mut().find(|(sheet, _)| *sheet == at.sheet) {
                Some((_, cells)) => cells.push(*at),
                None => sheets.push((at.sheet, vec![*at])),
            }
        }
        let words: Vec<String> = sheets
            .iter()
            .map(|(_, cells)| {
                let (first, rest) = cells.split_first().map_or((CellRef::NOWHERE, cells.as_slice()), |(f, r)| (*f, r));
                let mut text = self.cell_word(first);
                for at in rest {
                    text += self.say("、", ", ");
                    text += &at.a1().unwrap_or_default();
                }
                text
            })
            .collect();
        join(&words, self.lang)
    }

    /// The facts of a finding in words; what is missing is told apart from them.
    pub(super) fn facts_word(&self, facts: &Facts) -> String {
        let parts: Vec<String> = facts
            .0
            .iter()
            .filter(|(key, _)| *key != "missing")
            .map(|(key, fact)| {
                let word = fact_word(key, self.lang);
                let value = match (*key, fact) {
                    ("result", Fact::Text(code)) => item_word(code, self.lang).to_owned(),
                    (_, fact) => self.fact_value(fact),
                };
                if self.lang.is_zh() { format!("{word}：{value}") } else { format!("{word}: {value}") }
            })
            .collect();
        join(&parts, self.lang)
    }

    fn fact_value(&self, fact: &Fact) -> String {
        match fact {
            Fact::Null => self.say("不能确定", "not determined").to_owned(),
            Fact::Bool(true) => self.say("是", "yes").to_owned(),
            Fact::Bool(false) => self.say("否", "no").to_owned(),
            Fact::Int(n) => n.to_string(),
            Fact::Dec(n) => n.normalize().to_string(),
            Fact::Text(text) => one_line(text),
            Fact::Date(day) => day.to_string(),
            Fact::Term(term) => term_word(*term, self.lang),
            Fact::Month(month) => month.to_string(),
            Fact::Missing(m) => {
                format!("{} {}", missing_sheet(&self.batch.sources, m.place), m.place.col.name())
            }
            Fact::List(items) => {
                let items: Vec<String> = items
                    .iter()
                    .map(|f| match f {
                        Fact::Map(facts) if self.lang.is_zh() => format!("（{}）", self.facts_word(facts)),
                        Fact::Map(facts) => format!("({})", self.facts_word(facts)),
                        other => self.fact_value(other),
                    })
                    .collect();
                items.join(self.say("、", ", "))
            }
            Fact::Map(facts) => self.facts_word(facts),
        }
    }

    /// What a finding says is missing: cell and paper.
    pub(super) fn missing_words(&self, finding: &Finding) -> Vec<String> {
        missing_of(finding)
            .map(|m| {
                let sheet = missing_sheet(&self.batch.sources, m.place);
                let column = m.place.col.name();
                let cell = m.place.at.a1().map(|c| format!(" {c}")).unwrap_or_default();
                if self.lang.is_zh() {
                    format!("{}（填“{sheet}”的“{column}”{cell}）", m.document)
                } else {
                    format!("{} (fills {column} of {sheet}{cell})", m.document)
                }
            })
            .collect()
    }

    /// A value of the limits in words; `None` where it does not apply.
    pub(super) fn settled<T>(&self, value: &Settled<T>, word: impl Fn(&T) -> String) -> Option<String> {
        match value {
            Settled::Absent => None,
            Settled::Is(v) => Some(word(v)),
            Settled::Open(values) if values.is_empty() => Some(self.say("不能确定", "not determined").to_owned()),
            Settled::Open(values) => {
                let words: Vec<String> = values.iter().map(word).collect();
                Some(words.join(self.say(" 或 ", " or ")))
            }
        }
    }

    /// The limits of a case in words, in the order of the contract, without those that do not apply.
    pub(super) fn limit_words(&self, case: &CaseReview, limits: &Limits) -> Vec<(&'static str, String)> {
        let keys = Keys::of(case);
        let zh = self.lang.is_zh();
        let day = |d: &NaiveDate| d.to_string();
        let term = |t: &Term| term_word(*t, self.lang);
        let yes = |b: &bool| self.say(if *b { "是" } else { "否" }, if *b { "yes" } else { "no" }).to_owned();
        // Only an exception is worth a line.
        let exception = |s: &Settled<bool>| if *s == Settled::Is(false) { None } else { self.settled(s, yes) };
        let rows = [
            (true, "所处阶段", "stage", self.settled(&limits.stage, |s| stage_word(*s, self.lang))),
            (keys.reduction, "首次减刑最早提请日", "first reduction from", self.settled(&limits.start, day)),
            (keys.reduction, "再次减刑最早提请日", "next reduction from", self.settled(&limits.interval, day)),
            (keys.reduction, "最早可提请日", "earliest lawful day", self.settled(&limits.earliest, day)),
            (keys.reduction, "减刑幅度上限", "cap", self.settled(&limits.cap, term)),
            (keys.reduction, "最低可减为", "target", self.settled(&limits.target, term)),
            (true, "法定最早刑满日", "floor", self.settled(&limits.floor, day)),
            (true, "现刑期止日", "end now", self.settled(&limits.end_now, day)),
            (keys.application, "提请后止日", "end as proposed", self.settled(&limits.end_proposed, day)),
            (keys.reduction, "重大立功，不受间隔限制", "exempt (major merit)", exception(&limits.exempt)),
            (keys.reduction, "可以从宽", "relaxation open", exception(&limits.relaxed)),
            (true, "假释最早日（仅按服刑时间）", "parole by time served", self.settled(&limits.parole, day)),
        ];
        rows.into_iter()
            .filter(|(applies, ..)| *applies)
            .filter_map(|(_, a, b, value)| Some((if zh { a } else { b }, value?)))
            .collect()
    }

    /// What to ask each prison for, by prison and paper.
    pub(super) fn asked(&self) -> Vec<Asked<'a>> {
        let mut at: HashMap<AskedKey<'a>, usize> = HashMap::new();
        let mut list: Vec<Asked<'a>> = Vec::new();
        for case in self.review.cases.iter().filter(|c| is_listed(self, c)) {
            for finding in case.findings.iter().filter(|f| self.shows(f)) {
                for missing in missing_of(finding) {
                    let whole_sheet = missing.place.at == CellRef::NOWHERE;
                    let sheet = missing.place.col.sheet().name();
                    let key = (case.prison.as_deref(), missing.document, sheet, missing.place.col.name(), whole_sheet);
                    let n = *at.entry(key).or_insert_with(|| {
                        let (prison, document, sheet, column, whole_sheet) = key;
                        list.push(Asked {
                            prison,
                            document,
                            sheet,
                            column,
                            whole_sheet,
                            people: BTreeMap::new(),
                            checks: Vec::new(),
                        });
                        list.len() - 1
                    });
                    let order = list[n].people.len();
                    list[n].people.entry(&case.inmate).or_insert((order, case.name.as_deref()));
                    if !list[n].checks.contains(&finding.check) {
                        list[n].checks.push(finding.check);
                    }
                }
            }
        }
        list.sort_by(|a, b| {
            (a.prison.is_none(), a.prison, std::cmp::Reverse(a.people.len())).cmp(&(
                b.prison.is_none(),
                b.prison,
                std::cmp::Reverse(b.people.len()),
            ))
        });
        list
    }

    /// The dossiers by number, to find the one of a case.
    pub(super) fn dossiers(&self) -> HashMap<&'a str, &'a PackedDossier> {
        self.batch.dossiers.iter().map(|d| (d.no(), d)).collect()
    }
}

/// The application of a case among those of its person.
pub(super) fn application_of<'d>(dossier: &'d Dossier, case: &CaseReview) -> Option<&'d Application> {
    dossier.applications.iter().find(|a| case.application && a.no.at == case.at)
}

/// Prison, paper, sheet, column, and whether the whole sheet is missing.
type AskedKey<'a> = (Option<&'a str>, &'static str, &'static str, &'static str, bool);

/// A paper to ask a prison for.
pub(super) struct Asked<'a> {
    /// The prison, where known.
    pub prison: Option<&'a str>,
    /// The paper.
    pub document: &'static str,
    /// The sheet whose cells it fills.
    pub sheet: &'static str,
    /// The column.
    pub column: &'static str,
    /// Whether the whole sheet was not handed in.
    pub whole_sheet: bool,
    /// For whom: number, place in the list, name.
    pub people: BTreeMap<&'a str, (usize, Option<&'a str>)>,
    /// The checks that wait for it.
    pub checks: Vec<&'static str>,
}

impl Asked<'_> {
    /// The people by name and number, in the order of the input.
    pub(super) fn people_words(&self, lang: Lang) -> Vec<String> {
        let mut people: Vec<_> = self.people.iter().collect();
        people.sort_by_key(|(_, (order, _))| *order);
        people
            .into_iter()
            .map(|(no, (_, name))| match (name, lang.is_zh()) {
                (Some(name), true) => format!("{}（{no}）", one_line(name)),
                (Some(name), false) => format!("{} ({no})", one_line(name)),
                (None, _) => (*no).to_owned(),
            })
            .collect()
    }

    /// What it is for.
    pub(super) fn place_word(&self, lang: Lang) -> String {
        match (self.whole_sheet, lang.is_zh()) {
            (true, true) => format!("未提交“{}”表", self.sheet),
            (true, false) => format!("no sheet {}", self.sheet),
            (false, true) => format!("“{}”表“{}”", self.sheet, self.column),
            (false, false) => format!("{} of {}", self.column, self.sheet),
        }
    }
}
