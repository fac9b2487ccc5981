//! 审查台账.xlsx: the review as a workbook, for people who work in one. One row a case with the worst first, all findings,
//! what to ask for, statistics with charts, and what the run was.
//!
//! Everything from the input is written as text: a name such as `=HYPERLINK(…)` never becomes a formula or a link.

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{
    Chart, ChartDataLabel, ChartLegendPosition, ChartPoint, ChartSolidFill, ChartType, Color, DocProperties,
    ExcelDateTime, Format, FormatAlign, FormatBorder, Url, Workbook, Worksheet, XlsxError,
};
use unicode_width::UnicodeWidthStr;

use super::Report;
use super::explain::{basis_text, class_word};
use super::text::{finding_sentence, one_line, outcome_word, problem_sentence, reason, verdict_word};
use super::view::{CLASSES, application_of, group_word, join, kind_word, proposal_word, stage_word, term_word};
use crate::checks::case::Lang;
use crate::checks::finding::{Class, Finding, Outcome};
use crate::checks::world::Settled;
use crate::model::{AppKind, Level};
use crate::review::{CaseReview, Verdict};

/// With more findings than this those that passed are left out, which the sheet then says.
const FINDINGS: usize = 150_000;
/// More findings than this are not written at all, which the sheet then says: a worksheet ends soon after.
const FINDINGS_AT_MOST: usize = 1_000_000;
/// More problems of the input than this are only counted.
const PROBLEMS: usize = 50_000;
/// A worksheet takes no more links than this.
const LINKS: usize = 65_000;
/// A cell takes no more characters than this.
const CELL: usize = 32_000;
/// A row is never higher than so many lines.
const LINES: f64 = 8.0;
/// The chart of the checks shows so many.
const CHECKS_DRAWN: usize = 15;
/// The chart by prison shows so many.
const PRISONS_DRAWN: usize = 20;

/// The colours of verdicts, worst first: text, background, and of charts.
pub(super) const COLOURS: [(u32, u32, u32); 4] = [
    (0xA3_201D, 0xFA_E9E7, 0xC0_443D),
    (0x84_5400, 0xFB_F1D9, 0xD7_9A2B),
    (0x2C_5F8F, 0xE6_EFF7, 0x6B_9BC4),
    (0x2D_6A40, 0xE7_F2EA, 0x7F_B08D),
];

/// The workbook, as the bytes of the file. `link` says where the opinion on a case is, relative to the workbook, if
/// there is one.
///
/// # Errors
/// Only what the writer of workbooks reports.
pub fn render(report: &Report<'_>, link: &dyn Fn(&CaseReview) -> Option<String>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The day of the review, not of the clock: the same review gives the same bytes.
    let mut properties = DocProperties::new().set_title(report.say("减刑假释案件审查台账", "Review of applications"));
    if let Some(day) = excel_day(report.review.as_of) {
        properties = properties.set_creation_datetime(&day);
    }
    workbook.set_properties(&properties);
    let book = Book { report, styles: Styles::new() };
    let titles = [
        report.say("案件", "Cases"),
        report.say("发现", "Findings"),
        report.say("调取材料", "To ask for"),
        report.say("统计", "Statistics"),
        report.say("本次审查", "This run"),
    ];
    for title in titles {
        workbook.add_worksheet().set_name(title)?;
    }
    let [cases, findings, asked, statistics, run] = workbook.worksheets_mut().as_mut_slice() else {
        return Err(XlsxError::ParameterError("five worksheets were added".to_owned()));
    };
    book.cases(cases, link)?;
    book.findings(findings)?;
    book.asked(asked)?;
    book.statistics(statistics, titles[3])?;
    book.run(run)?;
    workbook.save_to_buffer()
}

pub(super) fn excel_day(day: NaiveDate) -> Option<ExcelDateTime> {
    let year = u16::try_from(day.year()).ok()?;
    ExcelDateTime::from_ymd(year, day.month() as u8, day.day() as u8).ok()
}

/// A4 across, one page wide, with the day of the review and the number of the page below.
fn paper(sheet: &mut Worksheet, report: &Report<'_>) {
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_print_center_horizontally(true);
    sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    let (title, day) = (report.say("减刑假释案件审查台账", "Review of applications"), report.review.as_of);
    sheet.set_footer(format!("&L&9{title} {day}&C&9&A&R&9&P / &N"));
}

/// A text as a cell takes it: what is too long is cut, visibly.
fn fit(text: &str) -> std::borrow::Cow<'_, str> {
    match text.char_indices().nth(CELL) {
        Some((end, _)) => format!("{}……", &text[..end]).into(),
        None => text.into(),
    }
}

struct Styles {
    head: Format,
    title: Format,
    text: Format,
    wrap: Format,
    note: Format,
    date: Format,
    number: Format,
    link: Format,
    /// A result that needs no attention.
    quiet: Format,
    colours: [Format; 4],
}

impl Styles {
    fn new() -> Styles {
        let line = Color::RGB(0xD6_DBE0);
        let base = || {
            let top = Format::new().set_align(FormatAlign::Top);
            top.set_border_bottom(FormatBorder::Hair).set_border_bottom_color(line)
        };
        let colours = COLOURS.map(|(text, back, _)| {
            let bold = base().set_bold().set_align(FormatAlign::Center);
            bold.set_font_color(Color::RGB(text)).set_background_color(Color::RGB(back))
        });
        Styles {
            head: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::VerticalCenter)
                .set_font_color(Color::White)
                .set_background_color(Color::RGB(0x1F_4B7A))
                .set_border_bottom(FormatBorder::Thin),
            title: Format::new().set_bold().set_font_size(13),
            text: base(),
            wrap: base().set_text_wrap(),
            note: base().set_font_color(Color::RGB(0x59_636E)).set_text_wrap(),
            date: base().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left),
            number: base().set_align(FormatAlign::Center),
            quiet: base().set_align(FormatAlign::Center).set_font_color(Color::RGB(0x8A_939C)),
            link: base().set_font_color(Color::RGB(0x1F_4B7A)).set_underline(rust_xlsxwriter::FormatUnderline::Single),
            colours,
        }
    }
}

/// What a cell shows.
enum Cell {
    Blank,
    Text(String),
    Wrap(String),
    Date(NaiveDate),
    Number(usize),
    /// A verdict or an outcome by its place among all, worst first.
    Coloured(usize, &'static str),
    /// A result that needs no attention.
    Quiet(&'static str),
    Link(String, &'static str),
}

impl Cell {
    fn outcome(outcome: Outcome, lang: Lang) -> Cell {
        match outcome {
            Outcome::Pass => Cell::Quiet(outcome_word(outcome, lang)),
            worse => Cell::Coloured(worse as usize, outcome_word(worse, lang)),
        }
    }

    fn text(text: Option<&str>) -> Cell {
        text.map_or(Cell::Blank, |t| Cell::Text(one_line(t)))
    }
}

/// A column: title and width.
type Column<'t> = (&'t str, f64);

struct Book<'a> {
    report: &'a Report<'a>,
    styles: Styles,
}

impl Book<'_> {
    /// Header, widths, and what makes a sheet a list: frozen, with a filter, wide pages with the header on each.
    fn list(&self, sheet: &mut Worksheet, columns: &[Column<'_>], frozen: u16, rows: u32) -> Result<(), XlsxError> {
        let last = (columns.len().max(1) - 1) as u16;
        for (at, (title, width)) in (0u16..).zip(columns) {
            sheet.set_column_width(at, *width)?;
            sheet.write_string_with_format(0, at, *title, &self.styles.head)?;
        }
        sheet.set_row_height(0, 32)?;
        sheet.set_freeze_panes(1, frozen)?;
        sheet.autofilter(0, 0, rows.max(1), last)?;
        paper(sheet, self.report);
        sheet.set_repeat_rows(0, 0)?;
        Ok(())
    }

    fn put(&self, sheet: &mut Worksheet, row: u32, col: u16, cell: &Cell) -> Result<(), XlsxError> {
        let s = &self.styles;
        match cell {
            Cell::Blank => sheet.write_blank(row, col, &s.text)?,
            Cell::Text(text) => sheet.write_string_with_format(row, col, fit(text), &s.text)?,
            Cell::Wrap(text) => sheet.write_string_with_format(row, col, fit(text), &s.wrap)?,
            Cell::Number(n) => sheet.write_number_with_format(row, col, *n as f64, &s.number)?,
            Cell::Quiet(text) => sheet.write_string_with_format(row, col, *text, &s.quiet)?,
            Cell::Coloured(at, text) => sheet.write_string_with_format(row, col, *text, &s.colours[*at])?,
            Cell::Date(day) => match excel_day(*day) {
                Some(date) => sheet.write_datetime_with_format(row, col, &date, &s.date)?,
                None => sheet.write_string_with_format(row, col, day.to_string(), &s.text)?,
            },
            Cell::Link(target, text) => {
                let url = Url::new(format!("file:///{target}")).set_text(*text);
                sheet.write_url_with_format(row, col, url, &s.link)?
            }
        };
        Ok(())
    }

    /// A row of a list; high enough for what it wraps, also in programs that do not work that out themselves.
    fn entry(&self, sheet: &mut Worksheet, row: u32, columns: &[Column<'_>], cells: &[Cell]) -> Result<(), XlsxError> {
        self.row(sheet, row, cells)?;
        let lines = cells.iter().zip(columns).map(|(cell, (_, width))| match cell {
            Cell::Wrap(text) => (text.width() as f64 / (width - 1.0).max(1.0)).ceil(),
            _ => 1.0,
        });
        let lines = lines.fold(1.0, f64::max).min(LINES);
        if lines > 1.0 {
            sheet.set_row_height(row, lines * 15.0)?;
        }
        Ok(())
    }

    fn row(&self, sheet: &mut Worksheet, row: u32, cells: &[Cell]) -> Result<(), XlsxError> {
        (0u16..).zip(cells).try_for_each(|(col, cell)| self.put(sheet, row, col, cell))
    }

    /// A line of text in the first column.
    fn line(&self, sheet: &mut Worksheet, row: u32, text: &str, format: &Format) -> Result<(), XlsxError> {
        sheet.write_string_with_format(row, 0, fit(text), format).map(drop)
    }

    fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        self.report.say(zh, en)
    }

    /// A settled day as a date, an open one as text.
    fn day(&self, value: &Settled<NaiveDate>) -> Cell {
        match value {
            Settled::Is(day) => Cell::Date(*day),
            other => Cell::text(self.report.settled(other, NaiveDate::to_string).as_deref()),
        }
    }

    fn cases(&self, sheet: &mut Worksheet, link: &dyn Fn(&CaseReview) -> Option<String>) -> Result<(), XlsxError> {
        let (report, lang) = (self.report, self.report.lang);
        let columns = [
            (self.say("结论", "verdict"), 12.0),
            (self.say("姓名", "name"), 10.0),
            (self.say("罪犯编号", "number"), 13.0),
            (self.say("案号", "case number"), 20.0),
            (self.say("类型", "kind"), 8.0),
            (self.say("提请日期", "applied"), 11.0),
            (self.say("建议", "proposed"), 13.0),
            (self.say("主要理由", "main reason"), 60.0),
            (self.say("违法", "violations"), 6.0),
            (self.say("风险", "risks"), 6.0),
            (self.say("存疑", "unverified"), 6.0),
            (self.say("提前出狱", "early release"), 9.0),
            (self.say("纸面服刑", "paper sentence"), 9.0),
            (self.say("从严", "restricted"), 9.0),
            (self.say("程序", "procedure"), 9.0),
            (self.say("监狱", "prison"), 13.0),
            (self.say("监区", "ward"), 11.0),
            (self.say("从严类别", "restricted categories"), 20.0),
            (self.say("所处阶段", "stage"), 16.0),
            (self.say("最早可提请日", "earliest lawful day"), 12.0),
            (self.say("幅度上限（最低减为）", "cap (or target)"), 14.0),
            (self.say("法定最早刑满日", "floor"), 12.0),
            (self.say("现刑期止日", "end now"), 12.0),
            (self.say("提请后止日", "end as proposed"), 12.0),
            (self.say("假释最早日", "parole from"), 12.0),
            (self.say("审查意见", "opinion"), 10.0),
            (self.say("来源", "source"), 14.0),
        ];
        let cases = &report.review.cases;
        let dossiers = report.dossiers();
        self.list(sheet, &columns, 3, cases.len() as u32)?;
        let mut links = 0;
        for (row, at) in (1u32..).zip(report.worst_first()) {
            let case = &cases[at];
            let count = |o| Cell::Number(case.findings.iter().filter(|f| f.outcome == o).count());
            let worst = |class: Class| {
                let worst = case.findings.iter().filter(|f| f.class == class).map(|f| f.outcome).min();
                worst.map_or(Cell::Blank, |o| Cell::outcome(o, lang))
            };
            let opinion = link(case).filter(|_| links < LINKS);
            links += usize::from(opinion.is_some());
            let dossier = dossiers.get(case.inmate.as_str()).map(|d| d.open_records());
            let app = dossier.as_ref().and_then(|d| application_of(d, case));
            let proposal = app.filter(|a| a.kind.get() != Some(AppKind::Parole)).and_then(|a| a.proposal.get());
            let groups: Vec<String> = case.groups.iter().map(|g| group_word(g, lang)).collect();
            let mut cells = vec![
                Cell::Coloured(case.verdict as usize, verdict_word(case.verdict, lang)),
                Cell::text(case.name.as_deref()),
                Cell::Text(one_line(&case.inmate)),
                Cell::text(case.case_no.as_deref()),
                Cell::Text(kind_word(case, lang).to_owned()),
                case.applied.map_or(Cell::Blank, Cell::Date),
                Cell::text(proposal.map(|p| proposal_word(p, lang)).as_deref()),
                Cell::Wrap(reason(report, case)),
                count(Outcome::Violation),
                count(Outcome::Risk),
                count(Outcome::Unverified),
                worst(Class::E),
                worst(Class::P),
                worst(Class::R),
                worst(Class::O),
                Cell::text(case.prison.as_deref()),
                Cell::text(case.ward.as_deref()),
                Cell::Wrap(join(&groups, lang)),
            ];
            match &case.limits {
                None => cells.extend((0..7).map(|_| Cell::Blank)),
                Some(limits) => {
                    let reduction = case.application && case.kind != Some(AppKind::Parole);
                    let amount = report
                        .settled(&limits.cap, |t| term_word(*t, lang))
                        .or_else(|| report.settled(&limits.target, |t| term_word(*t, lang)));
                    cells.extend([
                        Cell::text(report.settled(&limits.stage, |s| stage_word(*s, lang)).as_deref()),
                        if reduction { self.day(&limits.earliest) } else { Cell::Blank },
                        if reduction { Cell::text(amount.as_deref()) } else { Cell::Blank },
                        self.day(&limits.floor),
                        self.day(&limits.end_now),
                        if case.application { self.day(&limits.end_proposed) } else { Cell::Blank },
                        self.day(&limits.parole),
                    ]);
                }
            }
            let open = self.say("打开意见", "open");
            cells.push(opinion.map_or(Cell::Blank, |target| Cell::Link(target, open)));
            cells.push(Cell::Text(report.cell_word(case.at)));
            self.entry(sheet, row, &columns, &cells)?;
        }
        // On paper: up to the ward. The dates of the law would make everything too small to read.
        sheet.set_print_area(0, 0, cases.len() as u32, 16)?;
        Ok(())
    }

    fn findings(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let (report, lang) = (self.report, self.report.lang);
        let columns = [
            (self.say("结果", "outcome"), 9.0),
            (self.say("检查项", "check"), 22.0),
            (self.say("姓名", "name"), 10.0),
            (self.say("罪犯编号", "number"), 13.0),
            (self.say("案号", "case number"), 20.0),
            (self.say("情况", "what was found"), 60.0),
            (self.say("法律依据", "law"), 30.0),
            (self.say("需要的材料", "what to ask for"), 30.0),
            (self.say("来源单元格", "source cells"), 26.0),
            (self.say("事实", "facts"), 50.0),
            (self.say("危险", "danger"), 10.0),
            (self.say("监狱", "prison"), 13.0),
            (self.say("检查项代码", "check id"), 24.0),
            (self.say("本案结论", "verdict of the case"), 10.0),
        ];
        let cases = &report.review.cases;
        let shown = |f: &&Finding| report.shows(f);
        let total: usize = cases.iter().map(|c| c.findings.iter().filter(shown).count()).sum();
        let with_passes = total <= FINDINGS;
        let wanted = |f: &&Finding| report.shows(f) && (with_passes || f.outcome != Outcome::Pass);
        let mut rows: Vec<(Option<&CaseReview>, &Finding, usize)> = report
            .review
            .batch_findings
            .iter()
            .filter(|b| report.shows(&b.finding))
            .map(|b| (None, &b.finding, b.inmates.len()))
            .collect();
        for at in report.worst_first() {
            let mut of_case: Vec<&Finding> = cases[at].findings.iter().filter(wanted).collect();
            of_case.sort_by_key(|f| (f.outcome, f.class == Class::O));
            rows.extend(of_case.into_iter().map(|f| (Some(&cases[at]), f, 0)));
        }
        // What needs attention first, case by case; then what passed.
        rows.sort_by_key(|(_, f, _)| f.outcome == Outcome::Pass);
        let dropped = rows.len().saturating_sub(FINDINGS_AT_MOST);
        rows.truncate(FINDINGS_AT_MOST);
        self.list(sheet, &columns, 2, rows.len() as u32)?;
        let whole = self.say("（整批）", "(the batch)");
        for (row, (case, finding, people)) in (1u32..).zip(&rows) {
            let basis: Vec<String> = finding.basis.iter().map(|b| basis_text(b, lang)).collect();
            let mut message = finding_sentence(finding, report);
            if *people > 0 {
                message += &match lang.is_zh() {
                    true => format!("（涉及 {people} 人）"),
                    false => format!(" ({people} concerned)"),
                };
            }
            let of = |get: fn(&CaseReview) -> Option<&str>| Cell::text(case.and_then(get));
            self.entry(
                sheet,
                row,
                &columns,
                &[
                    Cell::outcome(finding.outcome, lang),
                    Cell::Wrap(self.title(finding.check)),
                    of(|c| c.name.as_deref()),
                    Cell::Text(case.map_or_else(|| whole.to_owned(), |c| one_line(&c.inmate))),
                    of(|c| c.case_no.as_deref()),
                    Cell::Wrap(message),
                    Cell::Wrap(join(&basis, lang)),
                    Cell::Wrap(join(&report.missing_words(finding), lang)),
                    Cell::Wrap(report.evidence_word(finding)),
                    Cell::Wrap(report.facts_word(&finding.facts)),
                    Cell::Text(class_word(finding.class, lang).to_owned()),
                    of(|c| c.prison.as_deref()),
                    Cell::Text(finding.check.to_owned()),
                    case.map_or(Cell::Blank, |c| Cell::Coloured(c.verdict as usize, verdict_word(c.verdict, lang))),
                ],
            )?;
        }
        // On paper: what needs attention, and what is said of it.
        let open = rows.iter().filter(|(_, f, _)| f.outcome != Outcome::Pass).count() as u32;
        sheet.set_print_area(0, 0, open.max(1), 7)?;
        let mut row = rows.len() as u32 + 2;
        if !with_passes {
            let text = self.say(
                "结果超过十五万条，本表不列“通过”的结果；全部见 review.json。",
                "More than 150,000 findings: those that passed are not listed here; review.json has all.",
            );
            self.line(sheet, row, text, &self.styles.title)?;
            row += 1;
        }
        if dropped > 0 {
            let text = match lang.is_zh() {
                true => format!("另有 {dropped} 条超出工作表容量，未列出；全部见 review.json。"),
                false => format!("{dropped} more do not fit on the sheet; review.json has all."),
            };
            self.line(sheet, row, &text, &self.styles.title)?;
        }
        Ok(())
    }

    /// The title of a check.
    fn title(&self, check: &str) -> String {
        let entry = self.report.rules.check(check);
        entry.map_or(check, |e| if self.report.lang.is_zh() { &e.zh.title } else { &e.en.title }).to_owned()
    }

    fn asked(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let lang = self.report.lang;
        let columns = [
            (self.say("监狱", "prison"), 16.0),
            (self.say("需要调取的材料", "paper"), 34.0),
            (self.say("填补的内容", "what it fills"), 30.0),
            (self.say("人数", "people"), 7.0),
            (self.say("罪犯（编号）", "who (number)"), 70.0),
            (self.say("用于检查项", "for the checks"), 40.0),
        ];
        let asked = self.report.asked();
        self.list(sheet, &columns, 2, asked.len() as u32)?;
        let unnamed = self.say("（未填写）", "(not stated)");
        let separator = self.say("、", ", ");
        let mut row = 1;
        for paper in &asked {
            let checks: Vec<String> = paper.checks.iter().map(|c| self.title(c)).collect();
            let cells = [
                Cell::Text(paper.prison.map_or_else(|| unnamed.to_owned(), one_line)),
                Cell::Wrap(paper.document.to_owned()),
                Cell::Wrap(paper.place_word(lang)),
                Cell::Number(paper.people.len()),
                Cell::Wrap(paper.people_words(lang).join(separator)),
                Cell::Wrap(checks.join(separator)),
            ];
            self.entry(sheet, row, &columns, &cells)?;
            row += 1;
        }
        if asked.is_empty() {
            self.line(sheet, row, self.say("没有需要调取的材料。", "Nothing to ask for."), &self.styles.text)?;
            row += 1;
        }
        for missing in &self.report.review.not_examined {
            let checks: Vec<String> = missing.checks.iter().map(|c| self.title(c)).collect();
            let text = match lang.is_zh() {
                true => format!("整表未提交：{}；以下检查未进行或不完整：{}", missing.sheet.name(), checks.join("、")),
                false => format!(
                    "sheet not handed in: {}; not made, or not in full: {}",
                    missing.sheet.name_en(),
                    checks.join("; ")
                ),
            };
            row += 1;
            self.line(sheet, row, &text, &self.styles.text)?;
        }
        Ok(())
    }

    fn statistics(&self, sheet: &mut Worksheet, name: &str) -> Result<(), XlsxError> {
        let (report, lang) = (self.report, self.report.lang);
        let cases = &report.review.cases;
        sheet.set_column_width(0, 34)?;
        for col in 1..=5 {
            sheet.set_column_width(col, 11)?;
        }
        paper(sheet, report);
        // One page wide too, but by a fixed scale: fitted pages cannot be broken where the tables end.
        sheet.set_print_scale(60);
        let verdicts = Verdict::ALL.map(|v| verdict_word(v, lang));
        let outcomes = Outcome::ALL.map(|o| outcome_word(o, lang));
        let count = |of: &dyn Fn(&CaseReview) -> bool| {
            Verdict::ALL.map(|v| cases.iter().filter(|c| c.verdict == v && of(c)).count())
        };
        let mut row = 0;

        let all = vec![(self.say("全部案件", "all cases").to_owned(), count(&|_| true))];
        let at = self.table(sheet, &mut row, self.say("结论", "Verdicts"), verdicts, &all)?;
        let mut chart = Chart::new(ChartType::Column);
        let points: Vec<ChartPoint> = COLOURS
            .iter()
            .map(|c| ChartPoint::new().set_format(ChartSolidFill::new().set_color(Color::RGB(c.2))))
            .collect();
        chart
            .add_series()
            .set_categories((name, at, 1, at, 4))
            .set_values((name, at + 1, 1, at + 1, 4))
            .set_points(&points)
            .set_gap(60)
            .set_data_label(ChartDataLabel::new().show_value());
        chart.title().set_name(self.say("案件结论", "Verdicts"));
        chart.legend().set_hidden();
        chart.y_axis().set_major_gridlines(false).set_hidden(true);
        let mut place = 0;
        place_chart(sheet, &mut place, &mut chart, 260)?;

        let dangers: Vec<(String, [usize; 4])> = CLASSES
            .iter()
            .map(|class| {
                let worst = |c: &CaseReview| c.findings.iter().filter(|f| f.class == *class).map(|f| f.outcome).min();
                let n = Outcome::ALL.map(|o| cases.iter().filter(|c| worst(c) == Some(o)).count());
                (class_word(*class, lang).to_owned(), n)
            })
            .collect();
        let title = self.say("危险（件，按该类最重的结果）", "Dangers (cases by the worst result of the class)");
        let at = self.table(sheet, &mut row, title, outcomes, &dangers)?;
        let mut chart = stacked(name, at, dangers.len(), 3);
        chart.title().set_name(self.say("各类危险", "Dangers"));
        place_chart(sheet, &mut place, &mut chart, 260)?;

        let kinds = distinct(cases.iter().map(|c| kind_word(c, lang).to_owned()));
        let rows: Vec<_> = kinds.iter().map(|k| (k.clone(), count(&|c| kind_word(c, lang) == k))).collect();
        self.table(sheet, &mut row, self.say("按案件类型", "By kind"), verdicts, &rows)?;

        let unnamed = self.say("（未填写）", "(not stated)");
        let text = |t: &Option<String>| t.as_deref().map_or_else(|| unnamed.to_owned(), one_line);
        let mut prisons = self.grouped(|c| vec![text(&c.prison)]);
        prisons.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        let at = self.table(sheet, &mut row, self.say("按监狱", "By prison"), verdicts, &prisons)?;
        let mut chart = stacked(name, at, prisons.len().min(PRISONS_DRAWN), 4);
        chart.title().set_name(self.say("各监狱的结论", "Verdicts by prison"));
        place_chart(sheet, &mut place, &mut chart, 160 + 26 * prisons.len().min(PRISONS_DRAWN) as u32)?;

        let wards = self.grouped(|c| vec![format!("{} · {}", text(&c.prison), text(&c.ward))]);
        self.table(sheet, &mut row, self.say("按监区", "By ward"), verdicts, &wards)?;

        let none = self.say("无从严类别", "no restricted category");
        let groups = self.grouped(|c| {
            let groups: Vec<String> = c.groups.iter().map(|g| group_word(g, lang)).collect();
            if groups.is_empty() { vec![none.to_owned()] } else { groups }
        });
        let title = self.say("按从严类别（一案可属多类）", "By restricted category (a case may have several)");
        self.table(sheet, &mut row, title, verdicts, &groups)?;

        let mut checks: Vec<(String, [usize; 4])> =
            report.by_check().into_iter().map(|(id, n)| (self.title(id), n.map(|n| n as usize))).collect();
        checks.sort_by_key(|(_, n)| std::cmp::Reverse([n[0], n[1], n[2]]));
        let found = checks.iter().filter(|(_, n)| n[..3].iter().any(|n| *n > 0)).count();
        // On paper on a page of its own, with its chart beside it.
        sheet.set_page_breaks(&[row])?;
        place = place.max(row);
        let at = self.table(sheet, &mut row, self.say("各检查项（案件数）", "Checks (cases)"), outcomes, &checks)?;
        if found > 0 {
            let drawn = found.min(CHECKS_DRAWN);
            let mut chart = stacked(name, at, drawn, 3);
            let title = self.say("发现最多的检查项", "Checks that found most");
            chart.title().set_name(title);
            place_chart(sheet, &mut place, &mut chart, 160 + 26 * drawn as u32)?;
        }
        Ok(())
    }

    /// Verdicts of the cases by what a case is counted under, in order of the names.
    fn grouped(&self, keys: impl Fn(&CaseReview) -> Vec<String>) -> Vec<(String, [usize; 4])> {
        let mut map: std::collections::BTreeMap<String, [usize; 4]> = std::collections::BTreeMap::new();
        for case in &self.report.review.cases {
            for key in keys(case) {
                map.entry(key).or_default()[case.verdict as usize] += 1;
            }
        }
        map.into_iter().collect()
    }

    /// A table of numbers; returns the row of its header.
    fn table(
        &self,
        sheet: &mut Worksheet,
        row: &mut u32,
        title: &str,
        columns: [&str; 4],
        rows: &[(String, [usize; 4])],
    ) -> Result<u32, XlsxError> {
        self.line(sheet, *row, title, &self.styles.title)?;
        let head = *row + 1;
        sheet.write_blank(head, 0, &self.styles.head)?;
        for (col, column) in (1u16..).zip(columns) {
            sheet.write_string_with_format(head, col, column, &self.styles.head)?;
        }
        sheet.write_string_with_format(head, 5, self.say("合计", "all"), &self.styles.head)?;
        for (at, (label, numbers)) in (head + 1..).zip(rows) {
            self.put(sheet, at, 0, &Cell::Text(label.clone()))?;
            for (col, n) in (1u16..).zip(numbers) {
                self.put(sheet, at, col, &Cell::Number(*n))?;
            }
            self.put(sheet, at, 5, &Cell::Number(numbers.iter().sum()))?;
        }
        *row = head + rows.len() as u32 + 2;
        Ok(head)
    }

    fn run(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let report = self.report;
        let (review, batch) = (report.review, report.batch);
        for (col, width) in (0u16..).zip([34.0, 70.0, 16.0, 9.0, 9.0, 9.0]) {
            sheet.set_column_width(col, width)?;
        }
        paper(sheet, report);
        let yes = |b: bool| self.say(if b { "是" } else { "否" }, if b { "yes" } else { "no" });
        let applications = review.cases.iter().filter(|c| c.application).count();
        let listed = [
            (self.say("审查日期", "as of"), review.as_of.to_string()),
            (self.say("程序版本", "version"), format!("jxjs {}", env!("CARGO_PKG_VERSION"))),
            (self.say("规则摘要", "rules"), report.rules.digest.clone()),
            (self.say("提请案件", "applications"), applications.to_string()),
            (self.say("未提请罪犯", "people without one"), (review.cases.len() - applications).to_string()),
            (self.say("仅执行部分检查项", "only some checks run"), yes(review.partial).to_owned()),
            (
                self.say("列出的最轻结果", "mildest outcome listed"),
                outcome_word(report.min_outcome, report.lang).to_owned(),
            ),
        ];
        let mut row = 0;
        self.line(sheet, row, self.say("本次审查", "This run"), &self.styles.title)?;
        for (label, value) in listed {
            row += 1;
            self.row(sheet, row, &[Cell::Text(label.to_owned()), Cell::Text(value)])?;
        }
        row += 1;
        let caution = self.say(
            "本台账只核对所提交材料与法律规定是否相符，不作决定；“未发现不当”不等于应当准许。",
            "This workbook only compares what was handed in with the law; it decides nothing. “Clear” does not mean that an application should be granted.",
        );
        sheet.merge_range(row, 0, row, 5, caution, &self.styles.note)?;
        sheet.set_row_height(row, 32)?;
        row += 2;

        self.line(sheet, row, self.say("输入文件", "Inputs"), &self.styles.title)?;
        row += 1;
        let head = [
            self.say("文件", "file"),
            self.say("SHA-256 / 工作表", "SHA-256 / sheet"),
            self.say("识别为", "recognised as"),
            self.say("读取行", "rows read"),
            self.say("采用", "used"),
            self.say("有问题", "reported"),
        ];
        for (col, title) in (0u16..).zip(head) {
            sheet.write_string_with_format(row, col, title, &self.styles.head)?;
        }
        for input in &batch.inputs {
            row += 1;
            self.row(sheet, row, &[Cell::Text(one_line(&input.file)), Cell::Text(input.sha256.clone())])?;
            for s in &input.sheets {
                row += 1;
                let kind = match (s.kind, report.lang.is_zh()) {
                    (Some(k), true) => k.name(),
                    (Some(k), false) => k.name_en(),
                    (None, _) => self.say("未识别", "not recognised"),
                };
                let sheet_name = if s.sheet.is_empty() { "—".to_owned() } else { one_line(&s.sheet) };
                let number = |n: u64| Cell::Number(n as usize);
                let cells = [
                    Cell::Blank,
                    Cell::Text(sheet_name),
                    Cell::Text(kind.to_owned()),
                    number(s.read),
                    number(s.used),
                    number(s.reported),
                ];
                self.row(sheet, row, &cells)?;
            }
        }
        row += 2;

        let problems = report.problems_by_weight();
        let title = match report.lang.is_zh() {
            true => format!("读取问题：{} 条", problems.len()),
            false => format!("Problems of the input: {}", problems.len()),
        };
        self.line(sheet, row, &title, &self.styles.title)?;
        for problem in problems.iter().take(PROBLEMS) {
            row += 1;
            let level = match problem.level {
                Level::Error => Cell::Coloured(0, self.word("错误", "error")),
                Level::Warning => Cell::Coloured(1, self.word("提示", "warning")),
            };
            self.row(
                sheet,
                row,
                &[
                    level,
                    Cell::Wrap(problem_sentence(problem, report.lang)),
                    Cell::Text(problem.code.as_str().to_owned()),
                ],
            )?;
        }
        let more = problems.len().saturating_sub(PROBLEMS);
        if more > 0 {
            let text = match report.lang.is_zh() {
                true => format!("另有 {more} 条未列出；见 review.json。"),
                false => format!("{more} more; see review.json."),
            };
            self.line(sheet, row + 1, &text, &self.styles.title)?;
        }
        Ok(())
    }

    fn word(&self, zh: &'static str, en: &'static str) -> &'static str {
        if self.report.lang.is_zh() { zh } else { en }
    }
}

/// The different texts, in the order in which they first occur.
fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for text in texts {
        if !out.contains(&text) {
            out.push(text);
        }
    }
    out
}

/// A chart of horizontal bars, each made of the first `parts` numbers of a row.
fn stacked(sheet: &str, head: u32, rows: usize, parts: u16) -> Chart {
    let mut chart = Chart::new(ChartType::BarStacked);
    let (first, last) = (head + 1, head + rows.max(1) as u32);
    for col in 1..=parts {
        let colour = COLOURS[usize::from(col) - 1].2;
        chart
            .add_series()
            .set_name((sheet, head, col))
            .set_categories((sheet, first, 0, last, 0))
            .set_values((sheet, first, col, last, col))
            .set_format(ChartSolidFill::new().set_color(Color::RGB(colour)))
            .set_data_label(ChartDataLabel::new().show_value().set_num_format("0;;;"))
            .set_gap(50);
    }
    // The first row on top; the numbers stand on the bars.
    chart.y_axis().set_reverse();
    chart.x_axis().set_major_gridlines(false).set_hidden(true);
    chart.legend().set_position(ChartLegendPosition::Bottom);
    chart
}

/// Puts a chart to the right of the tables, below the last one.
fn place_chart(sheet: &mut Worksheet, row: &mut u32, chart: &mut Chart, height: u32) -> Result<(), XlsxError> {
    chart.set_width(620).set_height(height);
    sheet.insert_chart(*row, 7, chart)?;
    *row += height / 20 + 2;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Reader, Xlsx};

    use super::*;
    use crate::report::sample::sample;

    /// Every cell of the workbook, a line a row.
    fn cells(lang: Lang) -> String {
        let sample = sample(lang);
        let bytes = render(&sample.report(lang), &|_| None).unwrap();
        let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
        let mut out = String::new();
        for name in book.sheet_names().to_vec() {
            out += &format!("# {name}\n");
            for row in book.worksheet_range(&name).unwrap().rows() {
                let row: Vec<String> = row.iter().map(|c| c.to_string()).collect();
                out += row.join(" | ").trim_end_matches([' ', '|']);
                out.push('\n');
            }
        }
        out.replace(&sample.rules.digest, "sha256:X").replace(env!("CARGO_PKG_VERSION"), "X")
    }

    #[test]
    fn workbook_in_chinese() {
        insta::assert_snapshot!(cells(Lang::Zh));
    }

    #[test]
    fn workbook_in_english() {
        insta::assert_snapshot!(cells(Lang::En));
    }

    #[test]
    fn what_is_too_long_for_a_cell_is_cut_visibly() {
        let long = "字".repeat(CELL + 1);
        assert!(fit(&long).ends_with("……") && fit(&long).chars().count() == CELL + 2);
        assert_eq!(fit("字"), "字");
    }
}
