//! Procedure (程序): publication in the prison, the order of dates, hearing, court, the procuratorate's deadlines, papers.

use chrono::NaiveDate;

use super::case::Case;
use super::finding::{Basis, Fact, Finding, Leaf, Outcome};
use super::groups::Restricted;
use super::parole::leads_organisation;
use super::person::Proof;
use super::registry::{Check, Run, Scope};
use super::world::World;
use crate::law::charges::group;
use crate::model::{AppKind, Application, Hearing, Sentence, Stage, date};

const fn check(id: &'static str, run: Run) -> Check {
    Check { id, scope: Scope::Application, needs: &[], uses: &[], run }
}

/// The checks of this family.
pub const CHECKS: &[Check] = &[
    check("procedure/publication", Run::Items(publication)),
    check("procedure/sequence", Run::Items(sequence)),
    check("procedure/hearing-required", Run::After(hearing_required)),
    check("procedure/court-level", Run::World(court_level)),
    check("procedure/opinion-deadline", Run::After(opinion_deadline)),
    check("procedure/materials", Run::After(materials)),
];

const PROPOSAL: &str = "减刑（假释）建议书";

// ---- publication --------------------------------------------------------------------------------------------------

/// Under which rule a publication in the prison was made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PublicationRule {
    /// 监狱法2026 art. 50.1: working days, a limit of the law.
    Law,
    /// 令130: a ministry rule whose number of days is not known.
    NoNumber,
    /// 令77: seven working days, known from reports only.
    Reported,
    /// Before any rule known.
    None,
}

fn publication_rule(case: &Case<'_>, from: NaiveDate) -> PublicationRule {
    if case.rules.in_force("监狱法2026", from) {
        PublicationRule::Law
    } else if case.rules.in_force("司法部令第130号", from) {
        PublicationRule::NoNumber
    } else if case.rules.in_force("司法部令第77号", from) {
        PublicationRule::Reported
    } else {
        PublicationRule::None
    }
}

/// The prison's own publication: long enough, and over before the proposal was made. The court's is another matter.
fn publication(case: &Case<'_>) -> Vec<Leaf> {
    let Some(app) = case.app else { return Vec::new() };
    let (from_cell, to_cell) = (&app.published_from, &app.published_to);
    let (Some(from), Some(to)) = (from_cell.get(), to_cell.get()) else {
        let mut leaf = Leaf::unverified().says(case.say(
            || "监狱内公示的起止日期没有填全。".to_owned(),
            || "The dates of the publication in the prison are not complete.".to_owned(),
        ));
        for cell in [from_cell, to_cell].into_iter().filter(|c| c.get().is_none()) {
            leaf = leaf.missing(cell.place(), "监狱公示记录");
        }
        return vec![leaf];
    };
    let rule = publication_rule(case, from);
    let basis = match rule {
        PublicationRule::Law => Basis::new("监狱法2026", "50", Some(1)),
        PublicationRule::NoNumber => Basis::new("司法部令第130号", "6", Some(1)),
        PublicationRule::Reported | PublicationRule::None => Basis::new("司法部令第77号", "6", Some(1)),
    };
    let bad = || if rule == PublicationRule::Law { Leaf::violation() } else { Leaf::risk() };
    let dress = |leaf: Leaf| leaf.basis(&basis).cells([from_cell.at, to_cell.at]).fact("from", from).fact("to", to);
    let mut leaves = vec![dress(published_days(case, rule, from, to, bad))];
    match app.applied.get() {
        Some(day) if day <= to => leaves.push(dress(bad()).cell(app.applied.at).fact("actual", day).says(case.say(
            || format!("公示到{to}才结束，{day}已经提请；应当公示、复核以后再集体决定提请。"),
            || {
                format!(
                    "Proposed on {day} although the publication ran to {to}; it comes first, then the collective decision."
                )
            },
        ))),
        Some(_) => {}
        None => leaves.push(Leaf::needs(app.applied.place(), PROPOSAL)),
    }
    leaves
}

fn published_days(
    case: &Case<'_>,
    rule: PublicationRule,
    from: NaiveDate,
    to: NaiveDate,
    bad: impl Fn() -> Leaf,
) -> Leaf {
    if to < from {
        return bad().fact("days", 0).says(case.say(
            || format!("公示止日{to}早于公示起日{from}。"),
            || format!("The publication ends on {to}, before it begins on {from}."),
        ));
    }
    let count = case.rules.calendar.working_days(from, to);
    let name = match rule {
        PublicationRule::Law => "working_days_2026",
        PublicationRule::Reported => "working_days_order77",
        PublicationRule::NoNumber | PublicationRule::None => {
            let text = case.say(
                || "当时规章规定的公示天数没有核实，只核对有无公示和起止先后。".to_owned(),
                || "The number of days required then is not verified; only the order of dates is.".to_owned(),
            );
            return Leaf::pass().fact("days", count.most).note(text.clone()).says(text);
        }
    };
    let required = case.rules.threshold_int("procedure/publication", name);
    match count.at_least(required) {
        Some(true) => Leaf::pass().fact("days", count.least).says(case.say(
            || format!("{from}至{to}公示{}个工作日。", count.least),
            || format!("Published from {from} to {to}, {} working days.", count.least),
        )),
        Some(false) => bad().fact("days", count.most).says(case.say(
            || format!("{from}至{to}公示只有{}个工作日，应为{required}个工作日。", count.most),
            || format!("Published from {from} to {to}: {} working days, {required} are required.", count.most),
        )),
        None => Leaf::unverified().fact("days", count.most).says(case.say(
            || format!("{from}至{to}的放假安排没有载入，公示是否满{required}个工作日不能确定。"),
            || {
                format!(
                    "The holidays between {from} and {to} are not loaded: {required} working days cannot be confirmed."
                )
            },
        )),
    }
}

// ---- sequence -----------------------------------------------------------------------------------------------------

/// The order of proposal, copy, ruling and receipt.
fn sequence(case: &Case<'_>) -> Vec<Leaf> {
    let Some(app) = case.app else { return Vec::new() };
    let Some(applied) = app.applied.get() else { return vec![Leaf::needs(app.applied.place(), PROPOSAL)] };
    let mut leaves = vec![Leaf::pass().cell(app.applied.at).says(case.say(
        || "提请、移送、裁定、送达的先后没有发现问题。".to_owned(),
        || "The order of proposal, copy, ruling and service shows nothing wrong.".to_owned(),
    ))];
    if let Some(end) = app.period_to.get().filter(|end| *end > applied) {
        leaves.push(
            Leaf::risk().cells([app.period_to.at, app.applied.at]).fact("to", end).fact("actual", applied).says(
                case.say(
                    || format!("考核止日{end}晚于提请日期{applied}。"),
                    || format!("The period of assessment ends on {end}, after the proposal of {applied}."),
                ),
            ),
        );
    }
    match app.ruled.get() {
        Some(ruled) => leaves.extend(after_ruling(case, app, applied, ruled)),
        None if app.ruled.is_empty() && app.received.is_empty() => {}
        None => leaves.push(Leaf::needs(app.ruled.place(), "减刑（假释）裁定书")),
    }
    leaves
}

fn after_ruling(case: &Case<'_>, app: &Application, applied: NaiveDate, ruled: NaiveDate) -> Vec<Leaf> {
    let number = |name| case.rules.threshold_int("procedure/sequence", name);
    let mut leaves = Vec::new();
    let days = date::days_between(applied, ruled);
    let impossible = number("impossible_days");
    if days <= impossible + 1 {
        let leaf = if days <= impossible { Leaf::violation() } else { Leaf::unverified() };
        leaves.push(
            leaf.basis(&Basis::new("法释〔2014〕5号", "3", Some(3)))
                .cells([app.applied.at, app.ruled.at])
                .fact("from", applied)
                .fact("actual", ruled)
                .fact("days", days)
                .says(case.say(
                    || format!("{applied}提请，{ruled}就裁定：法院应当公示五日，时间不够或者刚刚够。"),
                    || {
                        format!(
                            "Proposed on {applied}, ruled on {ruled}: hardly or not enough time for the five days the court \
                             must publish."
                        )
                    },
                )),
        );
    }
    match app.sent.get() {
        Some(sent) if sent > ruled => leaves.push(
            Leaf::violation()
                .basis(&Basis::new("刑事诉讼法", "273", Some(2)))
                .cells([app.sent.at, app.ruled.at])
                .fact("actual", sent)
                .fact("to", ruled)
                .fact("days", date::days_between(ruled, sent))
                .says(case.say(
                    || format!("建议书副本{sent}才移送检察机关，{ruled}已经裁定。"),
                    || format!("The copy went to the procuratorate on {sent}, after the ruling of {ruled}."),
                )),
        ),
        Some(_) => {}
        None => leaves.push(Leaf::needs(app.sent.place(), "建议书副本移送检察机关的回证").says(case.say(
            || "已经裁定，没有移送检察机关的日期。".to_owned(),
            || "There is a ruling, but no date on which the copy went to the procuratorate.".to_owned(),
        ))),
    }
    let short = matches!(case.standing.stage, Some(Stage::Reprieve | Stage::Control | Stage::Detention));
    let months = u32::try_from(number(if short { "ruling_months_short" } else { "ruling_months" })).unwrap_or(0);
    let due = case.rules.calendar.ending(date::add_months(applied, months));
    let latest = due.last();
    let late = || {
        // Where the last day may have been a day of rest, it cannot be said that it has passed.
        let leaf = if due.passed(ruled) == Some(true) { Leaf::risk() } else { Leaf::unverified() };
        leaf.basis(&Basis::new("法释〔2014〕5号", "1", Some(1)))
            .basis(&Basis::new("刑事诉讼法", "105", None))
            .cells([app.applied.at, app.ruled.at])
            .fact("from", applied)
            .fact("to", latest)
            .fact("actual", ruled)
            .fact("days", date::days_between(latest, ruled))
            .says(case.say(
                || format!("{applied}提请，最迟应在{latest}裁定，{ruled}才裁定。"),
                || format!("Proposed on {applied}; the ruling was due by {latest} and came on {ruled}."),
            ))
    };
    leaves.extend((due.passed(ruled) != Some(false)).then(late));
    let Some(received) = app.received.get() else { return leaves };
    let leaf = |leaf: Leaf| leaf.cells([app.received.at, app.ruled.at]).fact("from", ruled).fact("actual", received);
    if received < ruled {
        leaves.push(leaf(Leaf::violation()).basis(&Basis::new("法释〔2014〕5号", "18", Some(1))).says(case.say(
            || format!("收到裁定书的日期{received}早于裁定日期{ruled}。"),
            || format!("The ruling was received on {received}, before it was made on {ruled}."),
        )));
    }
    let due = case.rules.calendar.due(ruled, number("service_days"));
    let text = || {
        case.say(
            || format!("裁定{ruled}作出，应在七日内（{}）送达，{received}才收到。", due.last()),
            || format!("The ruling of {ruled} was to be served by {} and arrived on {received}.", due.last()),
        )
    };
    match due.passed(received) {
        Some(true) => leaves.push(
            leaf(Leaf::risk()).basis(&Basis::new("法释〔2014〕5号", "18", Some(1))).fact("to", due.last()).says(text()),
        ),
        // The last day may have been a day of rest.
        None => leaves.push(leaf(Leaf::unverified()).basis(&Basis::new("法释〔2014〕5号", "18", Some(1))).says(text())),
        Some(false) => {}
    }
    leaves
}

// ---- hearing ------------------------------------------------------------------------------------------------------

/// Whether the start, the interval or the amount leave the general rule, as the checks of the limits say.
fn off_the_general_rule(found: &[&Finding]) -> bool {
    const LIMITS: [&str; 4] =
        ["reduction/start-time", "reduction/interval", "reduction/amount", "reduction/conversion-term"];
    found.iter().filter(|f| LIMITS.contains(&f.check)).any(|f| {
        matches!(f.outcome, Outcome::Violation | Outcome::Risk)
            || f.facts.get("relaxed") == Some(&Fact::Bool(true))
            || f.facts.get("exempt") == Some(&Fact::Bool(true))
            || (f.outcome == Outcome::Pass && f.facts.get("note").is_some())
    })
}

/// Which cases must be heard in open court (14号 art. 6; 解释2021 art. 538). A note; a mafia-type case on paper is a risk.
fn hearing_required(case: &Case<'_>, w: &mut World, found: &[&Finding]) -> Leaf {
    let Some(app) = case.app else { return Leaf::silent() };
    let kind = app.kind.get();
    let reduction = kind == Some(AppKind::Reduction);
    let mut zh: Vec<&str> = Vec::new();
    let mut en: Vec<&str> = Vec::new();
    let mut ground = |z, e| {
        zh.push(z);
        en.push(e);
    };
    if reduction && case.claimed(w).major {
        ground("因重大立功减刑", "a reduction for major merit");
    }
    if reduction && off_the_general_rule(found) {
        ground("起始时间、间隔时间或者幅度不合一般规定", "start, interval or amount off the general rule");
    }
    let mafia = case.in_group(w, Restricted::OrganizedCrime);
    let duty = case.in_group(w, Restricted::Duty);
    let finance = case.in_group(w, Restricted::Finance);
    for (is, z, e) in [
        (duty, "职务犯罪", "a duty crime"),
        (mafia, "涉黑犯罪", "a mafia-type crime"),
        (finance, "金融犯罪", "a finance crime"),
    ] {
        if is {
            ground(z, e);
        }
    }
    if found.iter().any(|f| f.outcome == Outcome::Violation) {
        ground(
            "检察机关有异议（本次审查发现违法情形）",
            "an objection of the procuratorate (this review finds a violation)",
        );
    }
    if zh.is_empty() {
        return Leaf::silent();
    }
    let written = app.hearing.get() == Some(Hearing::Written);
    let day = case.reference_day();
    let mut extra_zh = String::new();
    let mut extra_en = String::new();
    if mafia && case.rules.in_force("反有组织犯罪法", app.ruled.get().unwrap_or(day)) {
        extra_zh += "应当通知检察院、监狱和罪犯参加。";
        extra_en += " Procuratorate, prison and inmate must all be called.";
    }
    if written {
        extra_zh += "现记载为书面审理。";
        extra_en += " A written procedure is recorded.";
    }
    if kind == Some(AppKind::Parole) {
        extra_zh += "假释案件书面审理的，应当提讯罪犯。";
        extra_en += " In a written parole case the inmate must be questioned.";
    }
    let text = case.say(
        || format!("应当开庭审理：{}。{extra_zh}", zh.join("、")),
        || format!("To be heard in open court: {}.{extra_en}", en.join("; ")),
    );
    let mut leaf = if mafia && written { Leaf::risk() } else { Leaf::pass().note(text.clone()) };
    leaf = leaf.basis(&Basis::new("法释〔2014〕5号", "6", None)).basis(&Basis::new("刑诉法解释2021", "538", None));
    if mafia {
        leaf = leaf.basis(&Basis::new("反有组织犯罪法", "37", None));
    }
    if kind == Some(AppKind::Parole) {
        leaf = leaf.basis(&Basis::new("法释〔2014〕5号", "15", None));
    }
    leaf.cells([app.hearing.at, case.inmate.charges.at]).says(text)
}

// ---- court --------------------------------------------------------------------------------------------------------

/// Level of a court.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Basic,
    Intermediate,
    High,
    Supreme,
}

impl Level {
    fn zh(self) -> &'static str {
        match self {
            Level::Basic => "基层人民法院",
            Level::Intermediate => "中级人民法院",
            Level::High => "高级人民法院",
            Level::Supreme => "最高人民法院",
        }
    }

    fn en(self) -> &'static str {
        match self {
            Level::Basic => "basic court",
            Level::Intermediate => "intermediate court",
            Level::High => "high court",
            Level::Supreme => "supreme court",
        }
    }
}

fn level_of_name(name: &str) -> Option<Level> {
    let has = |words: &[&str]| words.iter().any(|w| name.contains(w));
    if has(&["最高人民法院", "最高法"]) {
        Some(Level::Supreme)
    } else if has(&["高级人民法院", "高级法院", "高院"]) {
        Some(Level::High)
    } else if has(&["中级人民法院", "中级法院", "中院"]) {
        Some(Level::Intermediate)
    } else {
        name.trim().ends_with("人民法院").then_some(Level::Basic)
    }
}

/// The code of a case number since 2016: the short name of the province and two digits for an intermediate court, four
/// for a basic one, none for the high court. Numbers of other shapes say nothing.
fn level_of_number(number: &str) -> Option<Level> {
    const PROVINCES: &str = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川黔滇藏陕甘青宁新兵";
    let text: String = number.chars().filter(|c| !c.is_whitespace()).collect();
    let (year, rest) = text.strip_prefix(['（', '(', '〔', '['])?.split_once(['）', ')', '〕', ']'])?;
    if year.len() != 4 || year.parse::<i32>().ok()? < 2016 {
        return None;
    }
    if rest.starts_with("最高法") {
        return Some(Level::Supreme);
    }
    let mut chars = rest.chars();
    let province = chars.next()?;
    let tail = chars.as_str();
    let digits = tail.chars().take_while(char::is_ascii_digit).count();
    let kind = tail.get(digits..)?;
    if !PROVINCES.contains(province) || !kind.starts_with('刑') {
        return None;
    }
    match digits {
        0 => Some(Level::High),
        2 => Some(Level::Intermediate),
        4 => Some(Level::Basic),
        _ => None,
    }
}

/// 原职务级别 as the filing rules and the approval rules need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rank {
    County,
    Bureau,
}

impl Rank {
    /// The procuratorate that a case of this rank is filed with.
    pub(crate) fn filed_with(self) -> &'static str {
        if self == Rank::Bureau { "最高人民检察院" } else { "省级人民检察院" }
    }
}

fn rank(case: &Case<'_>) -> Option<Rank> {
    rank_of(case.inmate.rank.known()?)
}

/// The rank in a text, if it is one that the rules name.
pub(crate) fn rank_of(text: &str) -> Option<Rank> {
    let has = |words: &[&str]| words.iter().any(|w| text.contains(w));
    if has(&["厅", "局级", "省级", "部级", "省部", "副省", "国级"]) {
        Some(Rank::Bureau)
    } else {
        has(&["县处", "处级", "县级"]).then_some(Rank::County)
    }
}

/// The court's level against the penalty now being served (14号 art. 1; 解释2021 art. 534).
fn court_level(case: &Case<'_>, w: &mut World) -> Leaf {
    let Some(app) = case.app else { return Leaf::silent() };
    let Some(stage) = case.standing.stage else {
        return Leaf::needs(case.inmate.sentence.place(), "判决书、执行通知书");
    };
    let high = !stage.has_end();
    let expected = if high { Level::High } else { Level::Intermediate };
    let basis = [Basis::new("法释〔2014〕5号", "1", Some(1)), Basis::new("刑诉法解释2021", "534", Some(1))];
    let leaf = |leaf: Leaf| {
        leaf.bases(&basis)
            .cells([app.court.at, app.case_no.at])
            .fact("expected", case.say(|| expected.zh().to_owned(), || expected.en().to_owned()))
    };
    let found: Vec<Level> = [
        app.court.known().and_then(|name| level_of_name(name)),
        app.case_no.known().and_then(|number| level_of_number(number)),
    ]
    .into_iter()
    .flatten()
    .collect();
    if let Some(wrong) = found.iter().find(|l| **l != expected) {
        return leaf(Leaf::risk()).fact("recorded", case.say(|| wrong.zh().to_owned(), || wrong.en().to_owned())).says(
            case.say(
                || {
                    format!(
                        "正在执行的是{}，应由{}审理；审理法院或者案号表明是{}。",
                        stage.zh(),
                        expected.zh(),
                        wrong.zh()
                    )
                },
                || {
                    format!(
                        "The stage is {}, so it belongs before a {}; court or case number show a {}.",
                        stage.as_str(),
                        expected.en(),
                        wrong.en()
                    )
                },
            ),
        );
    }
    let text = if found.is_empty() {
        case.say(
            || format!("应由{}审理；审理法院没有记载。", expected.zh()),
            || format!("It belongs before a {}; the court is not recorded.", expected.en()),
        )
    } else {
        case.say(
            || format!("由{}审理，与正在执行的刑罚相符。", expected.zh()),
            || format!("A {} is right for the penalty being served.", expected.en()),
        )
    };
    let approvals = approvals(case, w, high);
    let mut leaf = leaf(Leaf::pass());
    if found.is_empty() || !approvals.is_empty() {
        let note = std::iter::once(text.clone()).chain(approvals.iter().map(|(t, _)| t.clone()));
        leaf = leaf.note(note.collect::<Vec<_>>().join(case.say(String::new, || " ".to_owned()).as_str()));
    }
    approvals.iter().fold(leaf, |l, (_, basis)| l.bases(basis)).says(text)
}

/// Whose approval must come before the proposal.
fn approvals(case: &Case<'_>, w: &mut World, high: bool) -> Vec<(String, Option<Basis>)> {
    let mut out = Vec::new();
    let day = case.reference_day();
    if high {
        let article = match case.standing.stage {
            Some(Stage::Reprieve) => "52",
            _ if case.kind() == Some(AppKind::Parole) => "53",
            _ => "51",
        };
        let basis = case.rules.in_force("监狱法2026", day).then(|| Basis::new("监狱法2026", article, Some(1)));
        out.push((
            case.say(
                || "须先经省级监狱管理机关审核同意。".to_owned(),
                || "The provincial prison bureau must agree first.".to_owned(),
            ),
            basis,
        ));
    }
    let ten = case.rules.term("parole/violent-term");
    let long = case.standing.sentence.and_then(Sentence::term).is_none_or(|t| t >= ten);
    let parole = case.kind() == Some(AppKind::Parole);
    if case.rules.in_force("反有组织犯罪法", day) && (parole || long) && leads_organisation(case, w) {
        out.push((
            case.say(
                || "涉黑组织的组织者、领导者，须先经省级监狱管理机关复核。".to_owned(),
                || {
                    "An organiser or leader of a mafia-type organisation: the provincial bureau must review first."
                        .to_owned()
                },
            ),
            Some(Basis::new("反有组织犯罪法", "36", None)),
        ));
    }
    if rank(case).is_some() && case.in_group(w, Restricted::Duty) {
        out.push((
            case.say(
                || "原县处级以上职务犯罪罪犯，按政策须报省级监狱管理机关审核。".to_owned(),
                || {
                    "A duty crime of a former county-level official: by policy the provincial bureau reviews it."
                        .to_owned()
                },
            ),
            None,
        ));
    }
    out
}

// ---- deadlines ----------------------------------------------------------------------------------------------------

/// When the procuratorate's opinion, its correction and the filing of duty crimes fall due.
fn opinion_deadline(case: &Case<'_>, w: &mut World, found: &[&Finding]) -> Leaf {
    let Some(app) = case.app else { return Leaf::silent() };
    let objection = app.opinion.is_empty() && found.iter().any(|f| f.outcome == Outcome::Violation);
    let mut leaves = vec![on_proposal(case, app, objection)];
    if !app.ruled.is_empty() {
        leaves.push(on_ruling(case, w, app, objection));
    }
    let worst = leaves.iter().filter_map(|l| l.outcome).min();
    let texts: Vec<&str> =
        leaves.iter().filter(|l| l.outcome == worst).map(|l| l.message.as_str()).filter(|m| !m.is_empty()).collect();
    let text = texts.join(case.say(String::new, || " ".to_owned()).as_str());
    let mut out = Leaf { outcome: worst, ..Leaf::default() };
    for leaf in leaves.iter().filter(|l| l.outcome == worst || worst == Some(Outcome::Pass)) {
        out = out.bases(&leaf.basis).cells(leaf.evidence.iter().copied());
        for (key, value) in &leaf.facts.0 {
            if out.facts.get(key).is_none() {
                out.facts.set(key, value.clone());
            }
        }
        for missing in &leaf.missing {
            out = out.missing(missing.place, missing.document);
        }
    }
    let out = if worst == Some(Outcome::Pass) { out.note(text.clone()) } else { out };
    out.says(text)
}

fn days(case: &Case<'_>, name: &str) -> i64 {
    case.rules.threshold_int("procedure/opinion-deadline", name)
}

/// Ten days from receipt of the proposal; ten more where the case is complex, since the rules of 2019.
fn on_proposal(case: &Case<'_>, app: &Application, objection: bool) -> Leaf {
    let Some(sent) = app.sent.get() else {
        return Leaf::needs(app.sent.place(), "建议书副本移送检察机关的回证").says(case.say(
            || "移送检察机关的日期没有填写，检察意见的期限不能计算。".to_owned(),
            || "The day the copy went to the procuratorate is blank: the deadline cannot be computed.".to_owned(),
        ));
    };
    let rules = "人民检察院刑事诉讼规则";
    let n = days(case, "opinion_days");
    let due = case.rules.calendar.due(sent, n);
    let extendable = case.rules.in_force(rules, sent);
    let extended = extendable.then(|| case.rules.calendar.due(sent, n + days(case, "opinion_extension_days")));
    let basis = if extendable {
        Basis::new(rules, "635", None)
    } else {
        Basis::new("人民检察院刑事诉讼规则2012", "649", None)
    };
    let text = case.say(
        || {
            let more = extended.map_or_else(String::new, |d| format!("，案情复杂的{}", d.last()));
            format!("检察意见应在{}以前提出{more}，报检察长批准。", due.last())
        },
        || {
            let more = extended.map_or_else(String::new, |d| format!(", in a complex case by {}", d.last()));
            format!("The opinion is due by {}{more}, with the chief procurator's approval.", due.last())
        },
    );
    let leaf = |leaf: Leaf| {
        leaf.basis(&basis)
            .cells([app.sent.at, app.opinion.at])
            .fact("from", sent)
            .fact("to", due.last())
            .fact("days", n)
    };
    let passed = due.passed(case.as_of);
    let passed_extended = extended.map_or(passed, |d| d.passed(case.as_of));
    if objection && passed == Some(true) {
        let late = case.say(
            || {
                let after = if passed_extended == Some(true) { "" } else { "（案情复杂并已延长的除外）" };
                format!("{text}期限已过{after}，没有检察意见日期，而违法情形仍在。")
            },
            || {
                let unless = if passed_extended == Some(true) { "" } else { " unless extended" };
                format!("{text} It has passed{unless}, no opinion is recorded, and a violation stands.")
            },
        );
        return leaf(Leaf::risk()).says(late);
    }
    leaf(Leaf::pass()).says(text)
}

/// Twenty days from receipt of the ruling; the filing of duty crimes of former officials within ten.
fn on_ruling(case: &Case<'_>, w: &mut World, app: &Application, objection: bool) -> Leaf {
    let Some(received) = app.received.get() else {
        return Leaf::needs(app.received.place(), "裁定书副本送达检察机关的回证").says(case.say(
            || "收到裁定书的日期没有填写，纠正意见的期限不能计算。".to_owned(),
            || "The day the ruling was received is blank: the deadline for a correction cannot be computed.".to_owned(),
        ));
    };
    let rules = "人民检察院刑事诉讼规则";
    let n = days(case, "correction_days");
    let due = case.rules.calendar.due(received, n);
    let mut text = case.say(
        || {
            format!(
                "纠正意见应在{}以前由作出裁定的法院的同级检察院提出，下级院向其报告；法院应在收到后一个月内重新组成合议庭审理。",
                due.last()
            )
        },
        || {
            format!(
                "A correction of the ruling is due by {} from the procuratorate at the court's level, lower ones report up; \
                 the court re-hears within a month.",
                due.last()
            )
        },
    );
    let filing = duty_for_filing(case, w).then(|| rank(case)).flatten();
    let leaf = |leaf: Leaf| {
        leaf.basis(&Basis::new(rules, "639", None))
            .basis(&Basis::new(rules, "640", None))
            .basis(&Basis::new("刑事诉讼法", "274", None))
            .cells([app.received.at, app.ruled.at, app.opinion.at])
            .fact("from", received)
            .fact("to", due.last())
            .fact("days", n)
    };
    if let Some(rank) = filing {
        let filed = case.rules.calendar.due(received, days(case, "filing_days")).last();
        text += &case.say(
            || {
                let to = rank.filed_with();
                format!("职务犯罪案件应在{filed}以前逐案层报{to}备案审查。")
            },
            || {
                let where_to = if rank == Rank::Bureau { "Supreme" } else { "provincial" };
                format!(" The duty-crime case is to be filed with the {where_to} procuratorate by {filed}.")
            },
        );
    }
    let with_filing = |l: Leaf| {
        if filing.is_some() {
            l.basis(&Basis::new("高检发监字〔2014〕5号", "2", None)).cell(case.inmate.rank.at)
        } else {
            l
        }
    };
    if objection && due.passed(case.as_of) == Some(true) {
        text += &case.say(
            || "期限已过，没有检察意见日期，而违法情形仍在；仍可提请法院按审判监督程序重新审理。".to_owned(),
            || {
                " It has passed, no opinion is recorded, and a violation stands; the court can still be asked to retry the \
                 case."
                    .to_owned()
            },
        );
        return with_filing(leaf(Leaf::risk())).basis(&Basis::new("高检发监字〔2014〕8号", "22", None)).says(text);
    }
    with_filing(leaf(Leaf::pass())).says(text)
}

/// A duty crime in the wider sense of the filing rules (art. 11).
fn duty_for_filing(case: &Case<'_>, w: &mut World) -> bool {
    let by_known = match case.person.proof(group::DUTY_CRIME_FILING) {
        Proof::Yes => return true,
        Proof::IfFunctionary => case.yes(w, "functionary", &case.inmate.functionary, "判决书、干部任免材料"),
        Proof::Reading | Proof::Unknown | Proof::No => false,
    };
    by_known || !case.person.charges_certain() && w.ask("charge-unknown", case.inmate.charges.place(), "判决书")
}

// ---- materials ----------------------------------------------------------------------------------------------------

/// Where a paper stands in the list of what must accompany a proposal (14号 art. 2; 解释2021 art. 535; 24号 art. 5).
fn place_in_list(document: &str) -> usize {
    const ORDER: [&[&str]; 7] = [
        &["建议书", "公示", "评审会"],
        &["判决", "裁定", "裁判", "执行通知书", "羁押", "拘留", "逮捕", "收监", "送达", "释放"],
        &["立功", "认罪", "悔改", "专利", "主管部门"],
        &["评审鉴定", "奖惩", "考核", "计分"],
        &["评估"],
        &["执行法院", "缴", "财产", "退赃", "消费", "谅解"],
        &["病情", "诊断", "鉴定", "保外"],
    ];
    ORDER.iter().position(|words| words.iter().any(|w| document.contains(w))).unwrap_or(ORDER.len())
}

/// The papers the other checks of the case lacked, once each, in the order of the statutory list.
fn materials(case: &Case<'_>, _: &mut World, found: &[&Finding]) -> Leaf {
    let mut missing = Vec::new();
    for finding in found {
        let Some(Fact::List(list)) = finding.facts.get("missing") else { continue };
        for fact in list {
            let Fact::Missing(one) = fact else { continue };
            if !missing.iter().any(|m: &super::finding::Missing| m.document == one.document) {
                missing.push(one.clone());
            }
        }
    }
    missing.sort_by_key(|m| place_in_list(m.document));
    if missing.is_empty() {
        return Leaf::pass()
            .says(case.say(|| "没有缺少的材料。".to_owned(), || "No paper is missing for these checks.".to_owned()));
    }
    let list = |joint: &str| missing.iter().map(|m| m.document).collect::<Vec<_>>().join(joint);
    let text = case.say(
        || format!("需要调取：{}。法院通知补送材料的期限为三日，财产性判项材料为七日。", list("；")),
        || format!("To be obtained: {}. The court's own time is three days, seven for property papers.", list("; ")),
    );
    missing.iter().fold(Leaf::unverified(), |l, m| l.missing(m.place, m.document)).says(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_of_a_court_by_name_and_by_number() {
        for (name, level) in [
            ("某省高级人民法院", Some(Level::High)),
            ("某市中级人民法院", Some(Level::Intermediate)),
            ("某县人民法院", Some(Level::Basic)),
            ("最高人民法院", Some(Level::Supreme)),
            ("监狱", None),
        ] {
            assert_eq!(level_of_name(name), level, "{name}");
        }
        for (number, level) in [
            ("（2020）陕01刑更123号", Some(Level::Intermediate)),
            ("(2020)陕刑更5号", Some(Level::High)),
            ("（2020）陕0113刑初5号", Some(Level::Basic)),
            ("（2020）最高法刑核5号", Some(Level::Supreme)),
            ("（2015）陕刑执字第5号", None),
            ("（2020）陕1刑更5号", None),
            ("提请2020第5号", None),
            ("", None),
        ] {
            assert_eq!(level_of_number(number), level, "{number}");
        }
    }

    #[test]
    fn papers_stand_in_the_order_of_the_list() {
        let mut papers = ["执行法院结案通知书", "调查评估意见书", "罪犯评审鉴定表", "历次裁定书", "假释建议书", "其他"];
        papers.sort_by_key(|p| place_in_list(p));
        assert_eq!(
            papers,
            ["假释建议书", "历次裁定书", "罪犯评审鉴定表", "调查评估意见书", "执行法院结案通知书", "其他"]
        );
    }
}
