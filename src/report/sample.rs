//! A small review made by hand: one case of each verdict, a person without an application, an orphan application, a
//! CSV sheet, a missing sheet. All persons are invented.

use std::sync::Arc;

use chrono::NaiveDate;

use super::Report;
use crate::checks::case::Lang;
use crate::checks::finding::{Basis, Class, Fact, Facts, Finding, Missing, Outcome};
use crate::checks::world::Settled;
use crate::law::Rules;
use crate::model::dossier::{InputFile, SheetCount};
use crate::model::value::{Orientation, SheetSource};
use crate::model::{AppKind, Batch, CellRef, Col, Level, Place, Problem, ProblemCode, SheetKind, Sources, Stage, Term};
use crate::review::{BatchFinding, BatchReview, CaseReview, Limits, NotExamined, Totals, Verdict};

/// A batch with its review.
pub struct Sample {
    pub batch: Batch,
    pub review: BatchReview,
    pub rules: Arc<Rules>,
}

impl Sample {
    pub fn report(&self, lang: Lang) -> Report<'_> {
        Report::new(&self.batch, &self.review, &self.rules, lang)
    }
}

fn d(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn cell(sheet: u16, row: u32, col: u16) -> CellRef {
    CellRef { sheet, row, col }
}

fn finding(check: &'static str, outcome: Outcome, class: Class, message: &str) -> Finding {
    Finding {
        check,
        outcome,
        class,
        basis: vec![Basis::new("法释〔2016〕23号", "6", Some(1))],
        facts: Facts::new(),
        evidence: vec![cell(0, 1, 8)],
        message: message.to_owned(),
    }
}

fn case(no: &str, name: &str, verdict: Verdict) -> CaseReview {
    CaseReview {
        inmate: no.to_owned(),
        name: Some(name.to_owned()),
        case_no: Some(format!("（2024）某狱减字第{}号", &no[no.len() - 1..])),
        kind: Some(AppKind::Reduction),
        application: true,
        applied: Some(d("2023-01-10")),
        prison: None,
        ward: None,
        at: cell(1, 1, 0),
        verdict,
        groups: Vec::new(),
        groups_unverified: Vec::new(),
        limits: Some(limits()),
        examined: 0,
        findings: Vec::new(),
        problems: Vec::new(),
    }
}

fn limits() -> Limits {
    Limits {
        stage: Settled::Is(Stage::Fixed),
        start: Settled::Is(d("2023-03-15")),
        interval: Settled::Absent,
        earliest: Settled::Is(d("2023-03-15")),
        cap: Settled::Is(Term::of_months(9)),
        target: Settled::Absent,
        floor: Settled::Is(d("2027-09-01")),
        end_now: Settled::Is(d("2036-03-14")),
        end_proposed: Settled::Is(d("2035-06-14")),
        exempt: Settled::Is(false),
        relaxed: Settled::Is(false),
        parole: Settled::Is(d("2028-09-15")),
    }
}

fn problem(code: ProblemCode, sheet: &str, at: Option<&str>, zh: &str, en: &str) -> Problem {
    Problem {
        level: code.level(),
        code,
        file: "批次.xlsx".to_owned(),
        sheet: sheet.to_owned(),
        cell: at.map(str::to_owned),
        zh: zh.to_owned(),
        en: en.to_owned(),
        at: None,
    }
}

fn missing(at: CellRef, col: Col, document: &'static str) -> Fact {
    Fact::List(vec![Fact::Missing(Missing { place: Place { at, col }, document })])
}

/// The sample, in a language: a review is written in one.
pub fn sample(lang: Lang) -> Sample {
    let say = |zh: &'static str, en: &'static str| if lang.is_zh() { zh } else { en };
    let source = |file: &str, sheet: &str, kind| SheetSource {
        file: file.to_owned(),
        sheet: sheet.to_owned(),
        kind,
        orientation: Orientation::Rows,
        columns: Vec::new(),
    };
    let sources = Sources {
        sheets: vec![
            source("批次.xlsx", "罪犯信息", SheetKind::Inmates),
            source("批次.xlsx", "提请案件", SheetKind::Applications),
            source("计分.csv", "", SheetKind::Points),
        ],
    };
    let count =
        |sheet: &str, kind, read, used, reported| SheetCount { sheet: sheet.to_owned(), kind, read, used, reported };
    let batch = Batch {
        inputs: vec![
            InputFile {
                file: "批次.xlsx".to_owned(),
                sha256: "ab".repeat(32),
                sheets: vec![
                    count("罪犯信息", Some(SheetKind::Inmates), 5, 5, 0),
                    count("提请案件", Some(SheetKind::Applications), 5, 5, 0),
                    count("说明", None, 3, 0, 3),
                ],
            },
            InputFile {
                file: "计分.csv".to_owned(),
                sha256: "cd".repeat(32),
                sheets: vec![count("", Some(SheetKind::Points), 120, 119, 1)],
            },
        ],
        sources: Arc::new(sources),
        problems: vec![problem(
            ProblemCode::UnknownSheet,
            "说明",
            None,
            "工作表“说明”不在约定之内，未读取",
            "the sheet 说明 is not in the contract and was not read",
        )],
        ..Batch::default()
    };

    let mut unlawful = case("3101000001", "张三", Verdict::Unlawful);
    unlawful.groups = vec!["recidivist"];
    let mut early = finding(
        "reduction/start-time",
        Outcome::Violation,
        Class::E,
        say(
            "首次减刑须服刑满2年，最早可于2023-03-15提请；实际于2023-01-10提请，早64天。",
            "A first reduction needs 2 years served, so the first lawful day is 2023-03-15; the application of 2023-01-10 is 64 days early.",
        ),
    );
    early.facts = Facts::new()
        .with("from", d("2021-03-15"))
        .with("required", Term::of_years(2))
        .with("earliest", d("2023-03-15"))
        .with("actual", d("2023-01-10"))
        .with("short_days", 64i64);
    unlawful.findings = vec![
        early,
        finding("reduction/amount", Outcome::Pass, Class::E, ""),
        finding(
            "category/undeclared",
            Outcome::Risk,
            Class::R,
            say("罪名属于从严对象，但类别未申报。", "The charge is of a restricted category that was not declared."),
        ),
    ];

    let mut suspect = case("3101000002", "欧阳四维", Verdict::Suspect);
    suspect.kind = Some(AppKind::Parole);
    suspect.findings = vec![finding(
        "pattern/late-surge",
        Outcome::Risk,
        Class::E,
        say(
            "提请前三个月加分明显高于以往。",
            "Bonus points in the three months before the application are well above those before.",
        ),
    )];

    let mut unverified = case("3101000003", "王五", Verdict::Unverified);
    unverified.groups_unverified = vec!["recidivist"];
    let mut open = finding(
        "reduction/amount",
        Outcome::Unverified,
        Class::E,
        say("缺少累犯，不能确定。", "Cannot be decided without 累犯."),
    );
    open.facts = Facts::new().with(
        "readings",
        Fact::List(vec![
            Fact::Map(Facts::new().with("cap", Term::of_months(9)).with("excess", Term::of_days(15))),
            Fact::Map(Facts::new().with("cap", Term::of_months(12))),
        ]),
    );
    open.facts.set("missing", missing(cell(0, 3, 17), Col::InRecidivist, "判决书"));
    let mut property = finding(
        "reduction/property",
        Outcome::Unverified,
        Class::R,
        say("没有财产性判项表，不能确定。", "There is no sheet 财产性判项."),
    );
    property.facts.set("missing", missing(CellRef::NOWHERE, Col::PrState, "财产性判项执行情况材料"));
    unverified.findings = vec![open, property];
    if let Some(limits) = &mut unverified.limits {
        limits.start = Settled::Open(vec![d("2023-03-15"), d("2023-04-02")]);
        limits.cap = Settled::Open(vec![Term::of_months(9), Term::of_months(12)]);
        limits.end_now = Settled::Open(Vec::new());
    }

    let mut orphan = case("3101000009", "", Verdict::Unverified);
    orphan.name = None;
    orphan.limits = None;
    orphan.case_no = None;
    orphan.problems = vec![problem(
        ProblemCode::OrphanApplication,
        "提请案件",
        Some("A6"),
        "罪犯编号3101000009不在“罪犯信息”表中",
        "3101000009 is not in the sheet 罪犯信息",
    )];

    let mut clear = case("3101000004", "赵六", Verdict::Clear);
    clear.findings = vec![
        finding("reduction/start-time", Outcome::Pass, Class::E, ""),
        finding("reduction/amount", Outcome::Pass, Class::E, ""),
    ];

    let none = |mut c: CaseReview| {
        c.application = false;
        c.kind = None;
        c.case_no = None;
        c.applied = None;
        c
    };
    let mut paper = none(case("3101000005", "孙七", Verdict::Suspect));
    paper.findings = vec![finding(
        "paper/no-intake",
        Outcome::Risk,
        Class::P,
        say("没有入监记录。", "There is no record of intake."),
    )];
    let quiet = none(case("3101000006", "周八", Verdict::Clear));

    debug_assert_eq!(orphan.problems[0].level, Level::Error);
    let mut cases = vec![clear, unlawful, suspect, unverified, orphan, paper, quiet];
    cases.iter_mut().for_each(|c| c.examined = c.findings.len());
    let review = BatchReview {
        as_of: d("2026-11-24"),
        partial: false,
        totals: Totals::of(&cases),
        cases,
        batch_findings: vec![BatchFinding {
            finding: finding(
                "pattern/officer-concentration",
                Outcome::Risk,
                Class::E,
                say("一名考核民警的加分占全监区的八成。", "One officer gave four fifths of the ward's bonus points."),
            ),
            inmates: vec!["3101000001".to_owned(), "3101000002".to_owned()],
        }],
        not_examined: vec![NotExamined { sheet: SheetKind::Spending, checks: vec!["pattern/spending"] }],
    };
    Sample { batch, review, rules: Rules::builtin() }
}
