//! What the placeholders of the documents stand for, and which documents a case calls for.
//!
//! What the workbook knows is filled in; what it does not know stays a visible blank. Only violations of law whose text was
//! seen are stated to anyone outside the office; risks and open questions go into the internal report and the request
//! for material.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use minijinja::Value;

use super::words;
use super::{Kind, Wanted};
use crate::checks::case::Lang;
use crate::checks::finding::{Basis, Fact, Finding, Outcome};
use crate::checks::groups::Restricted;
use crate::checks::procedure::{Rank, rank_of};
use crate::checks::world::Settled;
use crate::law::{Due, Rules};
use crate::model::{AppKind, Application, Change, Dossier, Field, Hearing, Inmate, Sentence, SheetKind};
use crate::report::{Report, explain, text};
use crate::review::{CaseReview, Verdict};

/// The check that says when the opinion, the correction and the filing fall due.
const DEADLINES: &str = "procedure/opinion-deadline";
/// The rules on filing the cases of former officials.
const FILING_RULES: &str = "高检发监字〔2014〕5号";
/// Titles of findings named in one cell of the form.
const TITLES: usize = 6;
/// Cells named as the source of one sentence.
const SOURCES: usize = 4;

type Context = BTreeMap<&'static str, Value>;

/// A blank a person must fill in.
fn blank(what: &str) -> String {
    format!("{}{what}】", super::engine::BLANK)
}

fn or_blank(value: Option<String>, what: &str) -> String {
    value.filter(|v| !v.trim().is_empty()).unwrap_or_else(|| blank(what))
}

/// A cell of a table: what is not known says so.
fn or_open(value: Option<String>) -> String {
    value.filter(|v| !v.trim().is_empty()).unwrap_or_else(|| "未填".to_owned())
}

fn date(field: &Field<NaiveDate>) -> Option<String> {
    field.get().map(words::day)
}

fn map(pairs: impl IntoIterator<Item = (&'static str, String)>) -> Value {
    Value::from_pairs(pairs)
}

fn due(due: Due) -> String {
    match due.day {
        Some(day) => words::day(day),
        None => format!("{}（遇节假日顺延，请核对）", words::day(due.counted)),
    }
}

fn settled<T: Copy>(value: &Settled<T>, applies: bool, say: impl Fn(T) -> String) -> String {
    match value {
        _ if !applies => "不适用".to_owned(),
        Settled::Absent => "不适用".to_owned(),
        Settled::Is(v) => say(*v),
        Settled::Open(values) if values.is_empty() => "不能确定".to_owned(),
        Settled::Open(values) => {
            let list: Vec<String> = values.iter().map(|v| say(*v)).collect();
            format!("不能确定（{}）", list.join("或者"))
        }
    }
}

/// The charges, with the comma of a list between them.
fn charges(inmate: &Inmate) -> Option<String> {
    Some(inmate.charges.known()?.replace([';', '；', ',', '，'], "、"))
}

/// From when to when the sentence runs.
fn term_told(inmate: &Inmate) -> String {
    let day = |field: &Field<NaiveDate>, what: &str| or_blank(date(field), what);
    match inmate.sentence.get() {
        Some(Sentence::Life) => format!("刑期自判决确定之日（{}）起算", day(&inmate.effective, "生效日期")),
        Some(Sentence::Reprieve) => {
            format!("死刑缓期执行的期间自判决确定之日（{}）起算", day(&inmate.effective, "生效日期"))
        }
        _ => {
            let until = or_blank(inmate.term_end.get().map(words::end), "刑期止日");
            format!("刑期自{}起，至{until}止", day(&inmate.term_start, "刑期起日"))
        }
    }
}

/// What is recommended; a draft that a person decides on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Advice {
    /// 不同意提请.
    Refuse,
    /// 调整幅度.
    Adjust,
    /// 程序纠正.
    Procedure,
    /// 纠正刑罚执行中的问题, for a person without an application.
    Enforce,
    /// 补充材料, 调查核实.
    Supplement,
    /// 未发现不当.
    Nothing,
}

/// One case with everything its documents need.
pub(super) struct CaseFile<'a> {
    report: &'a Report<'a>,
    case: &'a CaseReview,
    dossier: Option<&'a Dossier>,
    app: Option<&'a Application>,
    wanted: &'a Wanted,
}

impl<'a> CaseFile<'a> {
    pub(super) fn new(
        report: &'a Report<'a>,
        case: &'a CaseReview,
        dossier: Option<&'a Dossier>,
        wanted: &'a Wanted,
    ) -> CaseFile<'a> {
        let app = dossier
            .filter(|_| case.application)
            .and_then(|d| d.applications.iter().find(|a| a.no.at == case.at).or(d.applications.first()));
        CaseFile { report, case, dossier, app, wanted }
    }

    /// The beginning of the documents' file names: 案号, else 罪犯编号.
    pub(super) fn stem(&self) -> String {
        self.case.case_no.clone().filter(|n| !n.trim().is_empty()).unwrap_or_else(|| self.case.inmate.clone())
    }

    /// The documents this case calls for.
    pub(super) fn documents(&self) -> Vec<(Kind, Value)> {
        let kinds = self.kinds();
        if kinds.is_empty() {
            return Vec::new();
        }
        let base = self.context();
        let with = |kind: Kind, to: &str, copy: &str| {
            let mut context = base.clone();
            context.insert("文种", Value::from(kind.name()));
            context.insert("主送机关", Value::from(to));
            context.insert("抄送机关", Value::from(copy));
            (kind, Value::from_pairs(context))
        };
        let prison = self.prison();
        let court = self.court();
        let mut out = Vec::new();
        let mut served: Vec<(String, Vec<&'static str>)> = Vec::new();
        for kind in kinds {
            let (to, copy) = match kind {
                Kind::Application => (court.clone(), prison.clone()),
                Kind::Ruling => (court.clone(), format!("{}，{prison}", blank("上级人民检察院"))),
                Kind::Filing => (blank("上一级人民检察院"), String::new()),
                Kind::Correction | Kind::Supplement => (prison.clone(), String::new()),
                _ => (blank("主送机关"), String::new()),
            };
            if matches!(kind, Kind::Application | Kind::Ruling | Kind::Correction | Kind::Supplement) {
                match served.iter_mut().find(|(who, _)| *who == to) {
                    Some((_, papers)) => papers.push(kind.name()),
                    None => served.push((to.clone(), vec![kind.name()])),
                }
            }
            out.push(with(kind, &to, &copy));
        }
        for (to, papers) in served {
            let mut context = base.clone();
            context.insert("文种", Value::from(Kind::Receipt.name()));
            context.insert("主送机关", Value::from(to.as_str()));
            context.insert("抄送机关", Value::from(""));
            let papers: Vec<Value> = papers.into_iter().map(|p| map([("名称", p.to_owned())])).collect();
            context.insert("送达文书", Value::from(papers));
            out.push((Kind::Receipt, Value::from_pairs(context)));
        }
        out
    }

    fn kinds(&self) -> Vec<Kind> {
        let case = self.case;
        let found = case.findings.iter().any(|f| f.outcome != Outcome::Pass);
        // A person whom nobody proposes is reported only where something was found.
        if !case.application && !found {
            return Vec::new();
        }
        let mut kinds = vec![Kind::Report, Kind::Form];
        let violations = self.stated();
        let ruled = self.app.and_then(|a| a.ruled.get());
        let improper = violations.iter().any(|f| is_of_substance(f));
        if case.application && !violations.is_empty() {
            match ruled {
                None => kinds.push(Kind::Application),
                Some(_) if improper && self.ruling_stands() => kinds.push(Kind::Ruling),
                Some(_) => {}
            }
        }
        if violations.iter().any(|f| is_prison_procedure(f)) {
            kinds.push(Kind::Correction);
        }
        let explain = |f: &Finding| f.outcome == Outcome::Risk && is_for_the_prison(f);
        if !self.wants().is_empty() || case.findings.iter().any(explain) {
            kinds.push(Kind::Supplement);
        }
        if self.filed_with().is_some() {
            kinds.push(Kind::Filing);
        }
        if case.application && ruled.is_none() && self.must_be_heard() {
            kinds.push(Kind::Hearing);
        }
        kinds
    }

    /// The procuratorate that the granted reduction or parole of a former official is filed with.
    fn filed_with(&self) -> Option<&'static str> {
        let app = self.app?;
        let granted = app.ruled.get().is_some() && app.result.known() != Some(&Change::Refused);
        // The rules on filing name more crimes than the restricted category; the check on deadlines cites them.
        let cited = |f: &Finding| f.check == DEADLINES && f.basis.iter().any(|b| &*b.instrument == FILING_RULES);
        let duty = self.case.groups.contains(&Restricted::Duty.as_str());
        let of_filing = duty || self.case.findings.iter().any(cited);
        let rank = self.inmate().and_then(|i| rank_of(i.rank.known()?));
        rank.filter(|_| granted && of_filing).map(Rank::filed_with)
    }

    /// The titles of findings, for one cell.
    fn titles<'f>(&self, list: impl Iterator<Item = &'f Finding>) -> String {
        let titles: Vec<&str> = list.map(|f| title(self.report.rules, f.check)).collect();
        match titles.len() {
            0 => "没有发现。".to_owned(),
            n if n > TITLES => format!("{}等{n}项，见审查报告。", titles[..TITLES].join("、")),
            _ => format!("{}。", titles.join("、")),
        }
    }

    /// Whether the court granted what is found improper, as far as the record says.
    fn ruling_stands(&self) -> bool {
        let Some(app) = self.app else { return false };
        match (app.result.known(), self.case.limits.as_ref().map(|l| &l.cap)) {
            (Some(Change::Refused), _) => false,
            // The court has already cut the reduction down to what the law allows.
            (Some(Change::Reduce(t)), Some(Settled::Is(cap))) if self.advice() == Advice::Adjust => t > cap,
            _ => true,
        }
    }

    fn must_be_heard(&self) -> bool {
        let recorded = self.app.and_then(|a| a.hearing.get()) == Some(Hearing::Open);
        recorded
            || self
                .case
                .findings
                .iter()
                .any(|f| f.check == "procedure/hearing-required" && f.message.contains("应当开庭"))
    }

    /// Violations that may be stated outside: of law whose text was seen.
    fn stated(&self) -> Vec<&'a Finding> {
        self.case.findings.iter().filter(|f| f.outcome == Outcome::Violation && self.basis(f).1).collect()
    }

    /// The provisions of a finding that a document may cite, and whether a violation can rest on them: law whose text was
    /// seen, in force at the time of the application.
    fn basis(&self, finding: &'a Finding) -> (Vec<&'a Basis>, bool) {
        let day = self.case.applied.unwrap_or(self.report.review.as_of);
        let rules = self.report.rules;
        let seen = |b: &&Basis| rules.instruments.get(&*b.instrument).is_some_and(|i| i.verified);
        let in_force =
            |b: &&Basis| rules.instruments.get(&*b.instrument).is_some_and(|i| i.from.is_none_or(|from| from <= day));
        let seen: Vec<&Basis> = finding.basis.iter().filter(seen).collect();
        let current: Vec<&Basis> = seen.iter().copied().filter(in_force).collect();
        let verified = !seen.is_empty();
        (if current.is_empty() { seen } else { current }, verified)
    }

    fn advice(&self) -> Advice {
        let stated = self.stated();
        let case = self.case;
        if !case.application && !stated.is_empty() {
            return Advice::Enforce;
        }
        let substance: Vec<&&Finding> = stated.iter().filter(|f| is_of_substance(f)).collect();
        let amount = ["reduction/amount", "reduction/conversion-term", "reduction/political-rights"];
        match (stated.is_empty(), substance.is_empty()) {
            (false, true) => Advice::Procedure,
            (false, false) if substance.iter().all(|f| amount.contains(&f.check)) => Advice::Adjust,
            (false, false) => Advice::Refuse,
            (true, _) if case.verdict == Verdict::Clear => Advice::Nothing,
            (true, _) => Advice::Supplement,
        }
    }

    /// The grade within which an adjusted proposal stays.
    fn adjusted(&self) -> Option<String> {
        let limits = self.case.limits.as_ref()?;
        match (&limits.cap, &limits.target) {
            (Settled::Is(cap), _) => Some(format!("减刑幅度不超过{}", words::term(*cap))),
            (_, Settled::Is(target)) => Some(format!("减为有期徒刑不少于{}", words::term(*target))),
            _ => None,
        }
    }

    fn kind_word(&self) -> &'static str {
        self.case.kind.map_or("减刑（假释）", AppKind::zh)
    }

    /// The opinion of the internal report.
    fn draft(&self) -> String {
        let kind = self.kind_word();
        let ruled = self.app.is_some_and(|a| a.ruled.get().is_some());
        match self.advice() {
            Advice::Refuse | Advice::Adjust if ruled && self.ruling_stands() => {
                "裁定不当，建议提出纠正意见。".to_owned()
            }
            Advice::Refuse | Advice::Adjust if ruled => "提请不当；裁定没有按提请作出，建议核对裁定书。".to_owned(),
            Advice::Refuse => format!("不同意提请{kind}。"),
            Advice::Adjust => match self.adjusted() {
                Some(limit) => format!("建议调整提请内容：{limit}。"),
                None => "建议在法律规定的幅度内调整提请内容。".to_owned(),
            },
            Advice::Procedure => "建议纠正程序违法后再行提请、审理。".to_owned(),
            Advice::Enforce => "对刑罚执行中的违法情形提出纠正意见。".to_owned(),
            Advice::Supplement => "建议补充材料、调查核实后再作结论。".to_owned(),
            Advice::Nothing => "经逐项核对，未发现不当；是否同意由检察人员审查决定。".to_owned(),
        }
    }

    /// The opinion put to the court.
    fn conclusion(&self) -> String {
        let kind = self.kind_word();
        match self.advice() {
            Advice::Refuse => format!("建议对罪犯{}不予{kind}。", self.name()),
            Advice::Adjust => match self.adjusted() {
                Some(limit) => format!("建议对提请内容予以调整，{limit}。"),
                None => "建议在法律规定的幅度内调整提请内容。".to_owned(),
            },
            Advice::Procedure => "建议待执行机关纠正程序违法后再行审理。".to_owned(),
            _ => blank("检察意见"),
        }
    }

    fn inmate(&self) -> Option<&'a Inmate> {
        self.dossier.and_then(|d| d.inmate.as_ref())
    }

    fn name(&self) -> String {
        or_blank(self.case.name.clone(), "罪犯姓名")
    }

    fn prison(&self) -> String {
        or_blank(self.case.prison.clone(), "监狱")
    }

    fn court(&self) -> String {
        or_blank(self.app.and_then(|a| a.court.known().cloned()), "人民法院名称")
    }

    /// A finding as a document states it.
    fn issue(&self, n: usize, finding: &'a Finding) -> Value {
        let report = self.report;
        let (basis, _) = self.basis(finding);
        let full: Vec<String> = basis.iter().map(|b| words::provision(b, report.rules)).collect();
        let short: Vec<String> = basis.iter().map(|b| explain::basis_text(b, Lang::Zh)).collect();
        let mut missing: Vec<&str> = missing(finding).map(|(_, document)| document).collect();
        missing.dedup();
        let (said, papers) = split_papers(&finding.message);
        let fact = words::with_days(said);
        if missing.is_empty() {
            missing.extend(papers);
        }
        map([
            ("序号", n.to_string()),
            ("标题", title(report.rules, finding.check).to_owned()),
            ("检查项", finding.check.to_owned()),
            ("结果", text::outcome_word(finding.outcome, Lang::Zh).to_owned()),
            ("事实", if fact.trim().is_empty() { "没有发现问题。".to_owned() } else { fact.clone() }),
            ("事实句", fact.trim_end_matches(['。', '.']).to_owned()),
            ("依据", if full.is_empty() { "（依据未核实）".to_owned() } else { full.join("、") }),
            ("依据简称", short.join("、")),
            ("出处", sources(report, finding)),
            ("材料", missing.join("、")),
        ])
    }

    fn issues(&self, list: impl IntoIterator<Item = &'a Finding>) -> Vec<Value> {
        list.into_iter().enumerate().map(|(n, f)| self.issue(n + 1, f)).collect()
    }

    /// What must be asked for: each document with the questions it settles, and the columns that were blank.
    fn wants(&self) -> Vec<(&'static str, Vec<&'a str>, Vec<&'static str>)> {
        let mut out: Vec<(&'static str, Vec<&'a str>, Vec<&'static str>)> = Vec::new();
        let open = self
            .case
            .findings
            .iter()
            .filter(|f| matches!(f.outcome, Outcome::Unverified | Outcome::Risk) && is_for_the_prison(f));
        for finding in open {
            let title = title(self.report.rules, finding.check);
            for (column, document) in missing(finding) {
                let at = out.iter().position(|(d, _, _)| *d == document).unwrap_or_else(|| {
                    out.push((document, Vec::new(), Vec::new()));
                    out.len() - 1
                });
                if !out[at].1.contains(&title) {
                    out[at].1.push(title);
                }
                if !out[at].2.contains(&column) {
                    out[at].2.push(column);
                }
            }
        }
        out
    }

    fn context(&self) -> Context {
        let case = self.case;
        let rules = self.report.rules;
        let mut c = head(self.report, self.wanted);
        let mut put = |key: &'static str, value: String| {
            c.insert(key, Value::from(value));
        };
        // The person.
        let inmate = self.inmate();
        let text = |get: &dyn Fn(&Inmate) -> Option<String>, what: &str| or_blank(inmate.and_then(get), what);
        put("罪犯姓名", self.name());
        put("罪犯编号", or_blank(Some(case.inmate.clone()), "罪犯编号"));
        put("性别", text(&|i| i.sex.get().map(|s| s.zh().to_owned()), "性别"));
        put("出生日期", text(&|i| date(&i.birth), "出生日期"));
        let hidden = |number: String| if self.report.batch.redacted { "〔号码〕".to_owned() } else { number };
        put("身份证号", text(&|i| i.id_number.known().cloned().map(hidden), "身份证号"));
        put("监狱", self.prison());
        put("监区", case.ward.clone().unwrap_or_default());
        put("罪名", text(&charges, "罪名"));
        put("刑期概述", inmate.map_or_else(|| blank("刑期起止"), term_told));
        put("原判刑罚", text(&|i| i.sentence.get().map(words::sentence), "原判刑罚"));
        put("判决日期", text(&|i| date(&i.judged), "判决日期"));
        put("生效日期", text(&|i| date(&i.effective), "生效日期"));
        put("交付执行日期", text(&|i| date(&i.delivered), "交付执行日期"));
        put("刑期起日", text(&|i| date(&i.term_start), "刑期起日"));
        put("刑期止日", text(&|i| i.term_end.get().map(words::end), "刑期止日"));
        put("现刑期止日", text(&|i| i.current_end.get().map(words::end), "现刑期止日"));
        put("附加刑", text(&|i| i.rights.get().map(words::rights), "附加刑"));
        put("原职务级别", text(&|i| i.rank.known().cloned(), "原职务级别"));
        let groups = |names: &[&str]| -> Vec<&str> {
            Restricted::ALL.iter().filter(|g| names.contains(&g.as_str())).map(|g| g.zh()).collect()
        };
        let certain = groups(&case.groups);
        put("从严身份", if certain.is_empty() { "无".to_owned() } else { certain.join("、") });
        put("可能从严身份", groups(&case.groups_unverified).join("、"));
        // The application.
        let app = self.app;
        let asked = |get: &dyn Fn(&Application) -> Option<String>, what: &str| or_blank(app.and_then(get), what);
        put("提请类型", self.kind_word().to_owned());
        let matter =
            if case.application { format!("{}案件", self.kind_word()) } else { "刑罚执行情况".to_owned() };
        put("案件名称", matter);
        put("提请日期", asked(&|a| date(&a.applied), "提请日期"));
        let proposed = match (case.kind, app) {
            (Some(AppKind::Parole), _) => "假释".to_owned(),
            (_, Some(a)) => or_blank(a.proposal.get().map(words::proposal), "建议内容"),
            _ => "无".to_owned(),
        };
        put("建议内容", proposed);
        let conduct = |a: &Application| {
            let set = a.conduct.known()?;
            let list: Vec<&str> = set.iter().map(|c| c.zh()).collect();
            Some(if list.is_empty() { "未认定".to_owned() } else { list.join("、") })
        };
        put("改造表现", asked(&conduct, "改造表现"));
        put("考核起日", asked(&|a| date(&a.period_from), "考核起日"));
        put("考核止日", asked(&|a| date(&a.period_to), "考核止日"));
        put("表扬次数", asked(&|a| a.commendations.get().map(|d| d.normalize().to_string()), "表扬次数"));
        put("剩余考核分", asked(&|a| a.balance.get().map(|d| d.normalize().to_string()), "剩余考核分"));
        put("公示起日", asked(&|a| date(&a.published_from), "公示起日"));
        put("公示止日", asked(&|a| date(&a.published_to), "公示止日"));
        put("审理法院", self.court());
        put("审理方式", asked(&|a| a.hearing.get().map(|h| h.zh().to_owned()), "审理方式"));
        put("检察意见日期", asked(&|a| date(&a.opinion), "检察意见日期"));
        put("案号", or_blank(case.case_no.clone(), "案号"));
        put("移送日期", asked(&|a| date(&a.sent), "移送日期"));
        put("裁定日期", asked(&|a| date(&a.ruled), "裁定日期"));
        put("裁定案号", or_blank(case.case_no.clone(), "裁定案号"));
        put("裁定内容", asked(&|a| a.result.known().map(words::change), "裁定内容"));
        put("收到裁定书日期", asked(&|a| date(&a.received), "收到裁定书日期"));
        // The limits.
        let reduction = case.kind == Some(AppKind::Reduction);
        let l = case.limits.as_ref();
        let day_of = |v: Option<&Settled<NaiveDate>>, applies: bool| {
            v.map_or_else(|| "不能确定".to_owned(), |v| settled(v, applies, words::day))
        };
        put("刑罚阶段", l.map_or("不能确定".to_owned(), |l| settled(&l.stage, true, |s| s.zh().to_owned())));
        put("起始日", day_of(l.map(|l| &l.start), reduction));
        put("间隔届满日", day_of(l.map(|l| &l.interval), reduction));
        put("最早可提请日", day_of(l.map(|l| &l.earliest), reduction));
        let cap = l.map_or("不能确定".to_owned(), |l| match (&l.cap, &l.target) {
            (Settled::Absent, target) => {
                settled(target, reduction, |t| format!("减后不少于有期徒刑{}", words::term(t)))
            }
            (cap, _) => settled(cap, reduction, |t| format!("不超过{}", words::term(t))),
        });
        put("幅度上限", cap);
        put("最早刑满日", day_of(l.map(|l| &l.floor), true));
        put("重算止日", day_of(l.map(|l| &l.end_now), true));
        put("减后止日", day_of(l.map(|l| &l.end_proposed), reduction));
        put("可假释日", day_of(l.map(|l| &l.parole), true));
        // When another application becomes possible, where the time was what failed.
        let stated = self.stated();
        let early = stated.iter().any(|f| {
            ["reduction/start-time", "reduction/interval", "parole/served-time", "parole/after-reduction"]
                .contains(&f.check)
        });
        let later = stated.iter().filter_map(|f| match f.facts.get("earliest") {
            Some(Fact::Date(d)) => Some(*d),
            _ => None,
        });
        put("可另行提请日", if early { later.max().map(words::day).unwrap_or_default() } else { String::new() });
        // Deadlines.
        let calendar = &rules.calendar;
        let sent = app.and_then(|a| a.sent.get());
        let received = app.and_then(|a| a.received.get());
        let deadline = |from: Option<NaiveDate>, days: i64, what: &str| match from {
            Some(from) => due(calendar.due(from, days)),
            None => blank(what),
        };
        let days = |name: &str| rules.threshold_int(DEADLINES, name);
        let extended = days("opinion_days") + days("opinion_extension_days");
        put("意见到期日", deadline(sent, days("opinion_days"), "意见到期日"));
        put("延长到期日", deadline(sent, extended, "延长到期日"));
        put("纠正到期日", deadline(received, days("correction_days"), "纠正到期日"));
        put("备案到期日", deadline(received, days("filing_days"), "备案到期日"));
        put("备案机关", self.filed_with().map_or_else(|| blank("备案机关"), str::to_owned));
        put("回复期限", "十五日".to_owned());
        // The conclusion.
        let verdict = text::verdict_word(case.verdict, Lang::Zh);
        put("核查结论", verdict.to_owned());
        put("拟提意见", self.draft());
        put("意见结论", self.conclusion());
        put("调整后幅度", self.adjusted().unwrap_or_default());
        let outcome = |o: Outcome| case.findings.iter().filter(move |f| f.outcome == o);
        put("违法概述", self.titles(outcome(Outcome::Violation)));
        put("风险概述", self.titles(outcome(Outcome::Risk)));
        put("存疑概述", self.titles(outcome(Outcome::Unverified).filter(|f| f.check != "procedure/materials")));
        // Lists.
        let as_of = self.report.review.as_of;
        let late = received.is_some_and(|r| calendar.due(r, days("correction_days")).passed(as_of) == Some(true));
        let flags = [
            ("有提请", case.application),
            ("是减刑", reduction),
            ("是假释", case.kind == Some(AppKind::Parole)),
            ("已裁定", app.is_some_and(|a| a.ruled.get().is_some())),
            ("纠正逾期", late),
            ("未发现不当", self.advice() == Advice::Nothing),
        ];
        for (key, flag) in flags {
            c.insert(key, Value::from(flag));
        }
        let lists = [
            ("违法情形", self.issues(self.stated())),
            ("程序违法情形", self.issues(self.stated().into_iter().filter(|f| is_prison_procedure(f)))),
            ("提请不当情形", self.issues(self.stated().into_iter().filter(|f| is_of_substance(f)))),
            ("未核实依据的情形", self.issues(outcome(Outcome::Violation).filter(|f| !self.basis(f).1))),
            ("风险情形", self.issues(outcome(Outcome::Risk))),
            ("需说明情形", self.issues(outcome(Outcome::Risk).filter(|f| is_for_the_prison(f)))),
            ("存疑情形", self.issues(outcome(Outcome::Unverified).filter(|f| f.check != "procedure/materials"))),
            ("合法情形", self.issues(outcome(Outcome::Pass))),
            ("全部核对", self.issues(&case.findings)),
            (
                "计分差异",
                self.issues(
                    case.findings.iter().filter(|f| f.check.starts_with("points/") && f.outcome != Outcome::Pass),
                ),
            ),
        ];
        for (key, list) in lists {
            c.insert(key, Value::from(list));
        }
        let wants = self.wants().into_iter().enumerate().map(|(n, (document, titles, columns))| {
            map([
                ("序号", (n + 1).to_string()),
                ("材料", document.to_owned()),
                ("疑点", titles.join("、")),
                ("栏目", columns.join("、")),
            ])
        });
        c.insert("需补材料", wants.collect());
        self.tables(&mut c);
        c
    }

    /// Tables copied from the workbook.
    fn tables(&self, c: &mut Context) {
        let has = |kind| self.report.batch.presence.has(kind);
        let missing = |kind: SheetKind, none: &str| {
            if has(kind) { none.to_owned() } else { format!("没有提供“{}”，不能确定。", kind.name()) }
        };
        let empty = Dossier::new(String::new());
        let d = self.dossier.unwrap_or(&empty);
        let mut rulings: Vec<_> = d.rulings.iter().collect();
        rulings.sort_by_key(|r| r.date.get());
        let told: Vec<String> = rulings
            .iter()
            .map(|r| {
                let content = r.change.known().map_or_else(|| "内容未填".to_owned(), words::change);
                format!("{}裁定{content}", date(&r.date).unwrap_or_else(|| "日期未填".to_owned()))
            })
            .collect();
        let none = missing(SheetKind::Rulings, "没有减刑、假释裁定的记录。");
        let brief = match (told.len(), told.last()) {
            (0 | 1, last) => last.map_or_else(|| none.clone(), |t| format!("{t}。")),
            (n, last) => format!("共{n}次，最近一次{}。", last.map_or("", String::as_str)),
        };
        c.insert("裁定简况", Value::from(brief));
        c.insert("裁定概述", Value::from(if told.is_empty() { none } else { format!("{}。", told.join("；")) }));
        let list = rulings.iter().map(|r| {
            map([
                ("日期", or_open(date(&r.date))),
                ("案号", or_open(r.case_no.known().cloned())),
                ("法院", or_open(r.court.known().cloned())),
                ("内容", or_open(r.change.known().map(words::change))),
                ("止日", r.new_end.get().map(words::end).unwrap_or_else(|| "未填".to_owned())),
            ])
        });
        c.insert("历次裁定", list.collect());
        let list = d.property.iter().map(|p| {
            map([
                ("种类", or_open(p.kind.get().map(|k| k.zh().to_owned()))),
                ("金额", or_open(p.amount.get().map(words::amount))),
                ("已履行", or_open(p.paid.get().map(words::yuan))),
                ("状态", or_open(p.state.get().map(|s| s.zh().to_owned()))),
                ("履行能力", or_open(p.able.get().map(|a| a.zh().to_owned()))),
            ])
        });
        c.insert("财产性判项", list.collect());
        c.insert("财产概述", Value::from(missing(SheetKind::Property, "没有财产性判项的记录。")));
        let mut awards: Vec<_> = d.awards.iter().collect();
        awards.sort_by_key(|a| a.date.get());
        let list = awards.iter().map(|a| {
            map([
                ("日期", or_open(date(&a.date))),
                ("种类", or_open(a.kind.get().map(|k| k.zh().to_owned()))),
                ("等级", a.grade.get().map(|g| g.zh().to_owned()).unwrap_or_default()),
                ("事由", a.reason.known().cloned().unwrap_or_default()),
            ])
        });
        c.insert("奖惩情况", list.collect());
        c.insert("奖惩概述", Value::from(missing(SheetKind::Awards, "没有奖惩的记录。")));
        let mut custody: Vec<_> = d.custody.iter().collect();
        custody.sort_by_key(|r| r.from.get());
        let list = custody.iter().map(|r| {
            map([
                ("起日", or_open(date(&r.from))),
                ("止日", date(&r.to).unwrap_or_else(|| "仍在继续".to_owned())),
                ("类型", or_open(r.kind.get().map(|k| k.zh().to_owned()))),
                ("地点", r.place.known().cloned().unwrap_or_default()),
            ])
        });
        c.insert("羁押轨迹", list.collect());
        c.insert("羁押概述", Value::from(missing(SheetKind::Custody, "没有羁押轨迹的记录。")));
    }
}

/// What every document has.
fn head(report: &Report<'_>, wanted: &Wanted) -> Context {
    let mut c = Context::new();
    let as_of = report.review.as_of;
    for what in ["院名", "部门代字", "文种代字", "文号", "成文日期"] {
        c.insert(what, Value::from(blank(what)));
    }
    c.insert("年份", Value::from(as_of.year().to_string()));
    c.insert("截止日", Value::from(words::day(as_of)));
    let digest: String = report.rules.digest.trim_start_matches("sha256:").chars().take(12).collect();
    c.insert("规则版本", Value::from(format!("{} {digest}", env!("CARGO_PKG_VERSION"))));
    let reviewer = wanted.reviewer.as_deref().map(str::trim).filter(|r| !r.is_empty());
    c.insert("草稿", Value::from(reviewer.is_none()));
    let not_examined = not_examined(report);
    c.insert("未检查项目", Value::from(not_examined_brief(report)));
    c.insert("未检查明细", not_examined.iter().map(String::as_str).collect());
    c.insert("审查人", Value::from(reviewer.map_or_else(|| blank("审查人"), str::to_owned)));
    c
}

/// What was not examined at all, a sentence each.
fn not_examined(report: &Report<'_>) -> Vec<String> {
    let rules = report.rules;
    let review = report.review;
    let mut out: Vec<String> = review
        .not_examined
        .iter()
        .map(|n| {
            let titles: Vec<&str> = n.checks.iter().map(|c| title(rules, c)).collect();
            format!("没有提供“{}”，下列核对没有进行或者没有全部进行：{}。", n.sheet.name(), titles.join("、"))
        })
        .collect();
    if review.partial {
        out.push("本次只进行了指定的检查，其他核对没有进行。".to_owned());
    }
    out
}

/// The same in one sentence, for a document that goes out.
fn not_examined_brief(report: &Report<'_>) -> String {
    let review = report.review;
    let sheets: Vec<&str> = review.not_examined.iter().map(|n| n.sheet.name()).collect();
    let mut out = String::new();
    if !sheets.is_empty() {
        out = format!("{}的台账没有提供，与之有关的事项没有全部审查。", sheets.join("、"));
    }
    if review.partial {
        out.push_str("本次只核对了部分项目。");
    }
    if out.is_empty() { "无。".to_owned() } else { out }
}

/// Splits the papers in square brackets off the end of a message.
fn split_papers(message: &str) -> (&str, Option<&str>) {
    let cut = message.trim_end().strip_suffix(']').and_then(|m| m.rsplit_once('['));
    cut.map_or((message, None), |(said, papers)| (said.trim_end(), Some(papers)))
}

/// Whether a violation is one of the application itself, which a court must not grant.
fn is_of_substance(finding: &Finding) -> bool {
    !finding.check.starts_with("procedure/") && !is_prison_procedure(finding)
}

/// Procedure that the prison broke, as opposed to a wrong proposal.
fn is_prison_procedure(finding: &Finding) -> bool {
    match finding.check {
        "procedure/publication" => true,
        // Of the order of steps only the sending of the copy is the prison's.
        "procedure/sequence" => finding.basis.iter().any(|b| &*b.instrument == "刑事诉讼法" && &*b.article == "273"),
        "term/current-end" | "term/conversion-start" | "term/released-early" | "term/overdue" => true,
        check => check.starts_with("paper/"),
    }
}

/// Whether the prison can be asked about a finding: not about deadlines and steps of the court or of the office itself.
fn is_for_the_prison(finding: &Finding) -> bool {
    !finding.check.starts_with("procedure/") || is_prison_procedure(finding)
}

fn title<'r>(rules: &'r Rules, check: &'r str) -> &'r str {
    rules.check(check).map_or(check, |entry| &entry.zh.title)
}

/// Column and document of everything a finding misses.
fn missing(finding: &Finding) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
    let list = match finding.facts.get("missing") {
        Some(Fact::List(items)) => items.as_slice(),
        _ => &[],
    };
    list.iter().filter_map(|f| match f {
        Fact::Missing(m) => Some((m.place.col.name(), m.document)),
        _ => None,
    })
}

/// The cells a finding came from.
fn sources(report: &Report<'_>, finding: &Finding) -> String {
    let all: Vec<String> = finding.evidence.iter().filter_map(|at| words::source(*at, &report.batch.sources)).collect();
    match all.len() {
        0 => "台账".to_owned(),
        n if n > SOURCES => format!("{}等{n}处", all[..SOURCES].join("、")),
        _ => all.join("、"),
    }
}

/// The documents about a batch.
pub(super) struct Batchwise<'a> {
    report: &'a Report<'a>,
    wanted: &'a Wanted,
    cases: Vec<&'a CaseReview>,
    find: &'a dyn Fn(&CaseReview) -> Option<Dossier>,
}

impl<'a> Batchwise<'a> {
    pub(super) fn new(
        report: &'a Report<'a>,
        wanted: &'a Wanted,
        cases: Vec<&'a CaseReview>,
        find: &'a dyn Fn(&CaseReview) -> Option<Dossier>,
    ) -> Batchwise<'a> {
        Batchwise { report, wanted, cases, find }
    }

    /// One opinion a prison on its applications that are not ruled on yet; one suggestion where the batch shows something.
    pub(super) fn documents(&self) -> Vec<(String, Kind, Value)> {
        let mut out = Vec::new();
        let mut prisons: Vec<Option<&str>> = Vec::new();
        for case in &self.cases {
            let prison = case.prison.as_deref();
            if case.application && !prisons.contains(&prison) {
                prisons.push(prison);
            }
        }
        for prison in &prisons {
            let mut rows: Vec<Value> = Vec::new();
            for case in self.cases.iter().filter(|c| c.application && c.prison.as_deref() == *prison) {
                let dossier = (self.find)(case);
                let file = CaseFile::new(self.report, case, dossier.as_ref(), self.wanted);
                if file.app.is_none_or(|a| a.ruled.get().is_none()) {
                    rows.push(file.batch_row(rows.len() + 1));
                }
            }
            if rows.is_empty() {
                continue;
            }
            let mut c = self.context(*prison, Kind::Batch);
            c.insert("案件数", Value::from(rows.len()));
            c.insert("批次案件", Value::from(rows));
            out.push((prison.unwrap_or("批次").to_owned(), Kind::Batch, Value::from_pairs(c)));
        }
        if !self.report.review.batch_findings.is_empty() {
            // Findings about the batch do not say which prison they are about.
            let prison = if let [only] = prisons.as_slice() { *only } else { None };
            let c = self.context(prison, Kind::Suggestion);
            out.push((prison.unwrap_or("批次").to_owned(), Kind::Suggestion, Value::from_pairs(c)));
        }
        out
    }

    fn context(&self, prison: Option<&str>, kind: Kind) -> Context {
        let report = self.report;
        let mut c = head(report, self.wanted);
        let prison = or_blank(prison.map(str::to_owned), "监狱");
        c.insert("文种", Value::from(kind.name()));
        c.insert("主送机关", Value::from(prison.as_str()));
        c.insert("监狱", Value::from(prison));
        c.insert("抄送机关", Value::from(""));
        let issues = report.review.batch_findings.iter().enumerate().map(|(n, b)| {
            let basis: Vec<String> = b
                .finding
                .basis
                .iter()
                .filter(|b| report.rules.instruments.get(&*b.instrument).is_some_and(|i| i.verified))
                .map(|b| words::provision(b, report.rules))
                .collect();
            map([
                ("序号", (n + 1).to_string()),
                ("标题", title(report.rules, b.finding.check).to_owned()),
                ("事实", words::with_days(&b.finding.message)),
                ("依据", if basis.is_empty() { "（依据未核实）".to_owned() } else { basis.join("、") }),
                ("出处", sources(report, &b.finding)),
                ("人数", b.inmates.len().to_string()),
            ])
        });
        c.insert("批次问题", issues.collect());
        c
    }
}

impl CaseFile<'_> {
    /// A row of the table to the prison: what may be stated, and what is asked for.
    fn batch_row(&self, n: usize) -> Value {
        let stated = self.stated();
        let reason = if stated.is_empty() {
            let wants: Vec<&str> = self.wants().iter().map(|w| w.0).collect();
            match (self.advice(), wants.is_empty()) {
                (Advice::Nothing, _) => String::new(),
                (_, true) => "有关情况另函要求说明。".to_owned(),
                (_, false) => format!("请补充：{}。", wants.join("、")),
            }
        } else {
            stated.iter().map(|f| words::with_days(split_papers(&f.message).0)).collect::<Vec<_>>().join("")
        };
        let opinion = match self.advice() {
            Advice::Refuse => format!("不同意提请{}", self.kind_word()),
            Advice::Adjust => self.adjusted().map_or("调整提请内容".to_owned(), |a| format!("调整：{a}")),
            Advice::Procedure => "纠正程序".to_owned(),
            Advice::Supplement | Advice::Enforce => "补充材料".to_owned(),
            Advice::Nothing => "未发现不当".to_owned(),
        };
        let inmate = self.inmate();
        let proposed = match (self.case.kind, self.app) {
            (Some(AppKind::Parole), _) => "假释".to_owned(),
            (_, Some(a)) => or_open(a.proposal.get().map(words::proposal)),
            _ => String::new(),
        };
        map([
            ("序号", n.to_string()),
            ("姓名", or_open(self.case.name.clone())),
            ("编号", self.case.inmate.clone()),
            ("罪名", or_open(inmate.and_then(charges))),
            ("原判", or_open(inmate.and_then(|i| i.sentence.get().map(words::sentence)))),
            ("拟提请", proposed),
            ("意见", opinion),
            ("理由", reason),
        ])
    }
}
