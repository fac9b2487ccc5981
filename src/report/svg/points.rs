//! The points ledger of a case: the balance with its cycles above, what each month gave and cost below.

use std::fmt::Write as _;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{Anchor, Canvas, LEFT, Label, RIGHT, n, place_labels, text_width};
use crate::model::ledger::{Amounts, Ledger};
use crate::model::{AwardKind, Dossier, Month};
use crate::report::Report;
use crate::report::view::application_of;
use crate::review::CaseReview;

/// Where the upper panel begins: above it stand the names of cycles.
const TOP: f64 = 32.0;
const BALANCE: f64 = 96.0;
const GAP: f64 = 16.0;
const GIVEN: f64 = 72.0;
const TAKEN: f64 = 30.0;
/// An application later than this after the last month stands at the edge.
const AFTER: i32 = 24;
/// Longer ledgers show their last months only, and say so.
const MONTHS: i32 = 360;

fn float(d: Decimal) -> f64 {
    d.to_f64().unwrap_or(0.0)
}

/// What a month took away: deductions of all parts and penalties.
fn taken(a: &Amounts) -> Option<Decimal> {
    let all = a.parts.iter().map(|p| p.deduction).chain([a.penalty]);
    all.flatten().fold(None, |sum: Option<Decimal>, d| Some(sum.unwrap_or_default() + d))
}

/// Draws the chart; `None` where there are no points.
pub fn points(report: &Report<'_>, case: &CaseReview, dossier: &Dossier) -> Option<String> {
    let inmate = dossier.inmate.as_ref()?;
    if dossier.points.is_empty() {
        return None;
    }
    let ledger = Ledger::new(dossier, inmate, &report.rules.point_values, &report.batch.presence);
    Chart::new(report, case, dossier, &ledger)?.draw()
}

struct Chart<'a> {
    report: &'a Report<'a>,
    case: &'a CaseReview,
    dossier: &'a Dossier,
    ledger: &'a Ledger,
    first: Month,
    months: i32,
    cut: bool,
}

impl<'a> Chart<'a> {
    fn new(
        report: &'a Report<'a>,
        case: &'a CaseReview,
        dossier: &'a Dossier,
        ledger: &'a Ledger,
    ) -> Option<Chart<'a>> {
        let (mut first, mut last) = (ledger.entries.first()?.month, ledger.entries.last()?.month);
        if let Some(day) = case.applied {
            let month = Month::of(day);
            if month > last && last.until(month) <= AFTER {
                last = month;
            }
        }
        let cut = first.until(last) >= MONTHS;
        if cut {
            first = last.plus(1 - MONTHS);
        }
        let months = first.until(last) + 1;
        Some(Chart { report, case, dossier, ledger, first, months: months.max(6), cut })
    }

    fn step(&self) -> f64 {
        (RIGHT - LEFT) / f64::from(self.months)
    }

    /// Left edge of a month; outside the chart it is the edge.
    fn x(&self, month: Month) -> f64 {
        LEFT + f64::from(self.first.until(month).clamp(0, self.months)) * self.step()
    }

    fn draw(&self) -> Option<String> {
        let mut canvas = Canvas::new();
        let (step, report) = (self.step(), self.report);
        let fold = self.ledger.best();
        let rows: Vec<_> =
            self.ledger.entries.iter().zip(&fold.months).filter(|(e, _)| e.month >= self.first).collect();

        let cycle = float(report.rules.point_values.cycle);
        let balances = rows.iter().flat_map(|(e, m)| [e.recorded.balance, m.expected.balance]).flatten().map(float);
        let (low, high) = balances.fold((0.0_f64, cycle), |(a, b), v| (a.min(v), b.max(v)));
        let (base, panel) = (TOP + BALANCE, BALANCE / (high - low).max(1.0));
        let level = |v: f64| base - (v - low) * panel;
        let given = |a: &Amounts| a.score.map(float);
        let most = rows.iter().filter_map(|(e, _)| given(&e.recorded)).fold(100.0_f64, f64::max);
        let cost = rows.iter().filter_map(|(e, _)| taken(&e.recorded).map(float)).fold(10.0_f64, f64::max);
        let zero = base + GAP + GIVEN;
        let bottom = zero + TAKEN;

        // The assessed time of the application, and the years.
        if let Some(app) = application_of(self.dossier, self.case)
            && let (Some(from), Some(to)) = (app.period_from.get(), app.period_to.get())
            && from <= to
        {
            let (from, to) = (self.x(Month::of(from)), self.x(Month::of(to).plus(1)));
            let title = report.say("考核期间", "assessed time");
            canvas.rect("period", (from, TOP), (to - from, bottom - TOP), title);
        }
        self.years(&mut canvas, bottom);

        // Upper panel: balance and cycles.
        canvas.line("rail", (LEFT, level(0.0)), (RIGHT, level(0.0)));
        canvas.line("threshold", (LEFT, level(cycle)), (RIGHT, level(cycle)));
        canvas.text("scale", (LEFT - 5.0, level(cycle) + 4.0), Anchor::End, &n(cycle));
        canvas.text("scale", (LEFT - 5.0, level(0.0) + 4.0), Anchor::End, "0");
        canvas.text("lane", (0.0, TOP + 44.0), Anchor::Start, report.say("余额", "Balance"));
        let differs = rows.iter().any(|(_, m)| m.difference.is_some_and(|d| !d.is_zero()));
        if differs {
            let line = self.polyline(rows.iter().map(|(e, m)| (e.month, m.expected.balance)), level);
            canvas.path("lawful", &line, report.say("依法应有的余额", "balance as it should be"));
        }
        let line = self.polyline(rows.iter().map(|(e, _)| (e.month, e.recorded.balance)), level);
        canvas.path("balance", &line, report.say("记载的余额", "balance as recorded"));

        // Lower panel: a bar a month, and what the month cost.
        canvas.line("rail", (LEFT, zero), (RIGHT, zero));
        canvas.text("scale", (LEFT - 5.0, zero - 100.0 * GIVEN / most + 4.0), Anchor::End, "100");
        canvas.text("scale", (LEFT - 5.0, zero + 4.0), Anchor::End, "0");
        canvas.text("lane", (0.0, zero - 30.0), Anchor::Start, report.say("当月", "Month"));
        canvas.text("lane", (0.0, zero + 20.0), Anchor::Start, report.say("扣分", "Taken"));
        let bar = (step * 0.72).max(0.8);
        let mut expected_next = self.first;
        for (entry, month) in &rows {
            let gap = expected_next.until(entry.month);
            if gap > 0 && expected_next > self.first {
                let title = report.say("缺少月份", "months missing");
                canvas.rect("gap", (self.x(expected_next), zero - GIVEN), (f64::from(gap) * step, GIVEN), title);
            }
            expected_next = entry.month.plus(1);
            let x = self.x(entry.month) + (step - bar) / 2.0;
            let title = self.month_title(entry.month, &entry.recorded, month.difference);
            let score = given(&entry.recorded).unwrap_or(0.0);
            let wrong = month.difference.is_some_and(|d| !d.is_zero());
            let class = if wrong { "score wrong" } else { "score" };
            let height = score.max(0.0) * GIVEN / most;
            canvas.rect(class, (x, zero - height), (bar, height), &title);
            let cost_height = taken(&entry.recorded).map_or(0.0, float).min(cost) * (TAKEN - 4.0) / cost;
            if cost_height > 0.0 {
                canvas.rect("taken", (x, zero), (bar, cost_height.max(1.5)), &title);
            }
        }

        let labels = self.cycle_labels(&mut canvas, level(cycle));
        if let Some(day) = self.case.applied {
            let month = Month::of(day);
            let x = (self.x(month) + step / 2.0).min(RIGHT);
            canvas.line("now applied", (x, TOP - 18.0), (x, bottom));
            let text = format!("{} {day}", report.say("提请", "applied"));
            let anchor = if x + text_width(&text) > RIGHT { Anchor::End } else { Anchor::Start };
            canvas.text(
                "label strong",
                (x + if matches!(anchor, Anchor::End) { 3.0 } else { -3.0 }, 10.0),
                anchor,
                &text,
            );
        }
        let mut height = bottom + 2.0;
        height += place_labels(&mut canvas, labels, height - 2.0) + if self.has_labels() { 4.0 } else { 0.0 };
        height = self.legend(&mut canvas, height, differs);
        let name = self.case.name.as_deref().unwrap_or(&self.case.inmate);
        let label = if report.lang.is_zh() { format!("{name}的计分考核") } else { format!("points of {name}") };
        Some(canvas.finish("points", height, &label))
    }

    fn has_labels(&self) -> bool {
        self.ledger.best().cycles.iter().any(|c| c.to >= self.first)
    }

    fn years(&self, canvas: &mut Canvas, bottom: f64) {
        let mut free = f64::MIN;
        for at in 0..self.months {
            let month = self.first.plus(at);
            if month.number() != 1 && at != 0 {
                continue;
            }
            let x = self.x(month);
            if month.number() == 1 {
                canvas.line("grid", (x, TOP), (x, bottom));
            }
            let text = if month.number() == 1 { month.year().to_string() } else { month.to_string() };
            // Years stand between the panels.
            if x > free && x + text_width(&text) < RIGHT {
                canvas.text("year", (x + 2.0, TOP + BALANCE + 12.0), Anchor::Start, &text);
                free = x + text_width(&text) + 8.0;
            }
        }
    }

    /// A line through the balances; it breaks where one is not known.
    fn polyline(&self, rows: impl Iterator<Item = (Month, Option<Decimal>)>, level: impl Fn(f64) -> f64) -> String {
        let mut d = String::new();
        let mut last: Option<Month> = None;
        for (month, balance) in rows {
            let Some(balance) = balance else {
                last = None;
                continue;
            };
            let joined = last.is_some_and(|l| l.plus(1) == month);
            let (x, y) = (self.x(month) + self.step() / 2.0, level(float(balance)));
            let _ = write!(d, "{}{} {}", if joined { 'L' } else { 'M' }, n(x), n(y));
            if !joined {
                // A dot, should the month stand alone.
                d.push_str("h0.1");
            }
            last = Some(month);
        }
        d
    }

    /// The ends of cycles, with what each brought.
    fn cycle_labels(&self, canvas: &mut Canvas, y: f64) -> Vec<Label> {
        let zh = self.report.lang.is_zh();
        let mut labels = Vec::new();
        for cycle in self.ledger.best().cycles.iter().filter(|c| c.to >= self.first) {
            let x = self.x(cycle.to) + self.step() / 2.0;
            let awards: Vec<AwardKind> =
                cycle.awards.iter().filter_map(|row| self.dossier.awards.get(*row)?.kind.get()).collect();
            let words: Vec<&str> = awards.iter().map(|a| if zh { a.zh() } else { a.en() }).collect();
            let text = if words.is_empty() {
                self.report.say("无奖励记录", "no award recorded").to_owned()
            } else {
                words.join("、")
            };
            canvas.path("cycle", &format!("M{} {}l4 -7h-8z", n(x), n(y - 1.0)), &format!("{} {text}", cycle.to));
            labels.push(Label { x, text: format!("{} {text}", cycle.to), class: "" });
        }
        labels
    }

    fn month_title(&self, month: Month, a: &Amounts, difference: Option<Decimal>) -> String {
        let report = self.report;
        let mut parts = vec![month.to_string()];
        let mut add = |zh: &str, en: &str, value: Option<Decimal>| {
            if let Some(value) = value {
                parts.push(format!("{} {}", report.say(zh, en), value.normalize()));
            }
        };
        add("考核分", "points", a.score);
        add("扣分", "taken", taken(a).filter(|d| !d.is_zero()));
        add("余额", "balance", a.balance);
        add("比应有多", "more than it should be", difference.filter(|d| d.is_sign_positive() && !d.is_zero()));
        add("比应有少", "less than it should be", difference.filter(Decimal::is_sign_negative).map(|d| d.abs()));
        parts.join(" ")
    }

    fn legend(&self, canvas: &mut Canvas, y: f64, differs: bool) -> f64 {
        let report = self.report;
        let mut entries: Vec<(&str, &str)> = vec![
            ("score", report.say("当月考核分", "points of the month")),
            ("taken", report.say("扣分、处罚", "deductions, penalties")),
            ("balance", report.say("记载余额", "balance as recorded")),
        ];
        if differs {
            entries.push(("lawful", report.say("依法应有余额", "balance as it should be")));
            entries.push(("score wrong", report.say("余额与应有不符的月份", "month with a wrong balance")));
        }
        if self.has_labels() {
            entries.push(("cycle", report.say("周期届满", "cycle closed")));
        }
        let mut x = LEFT;
        for (class, text) in entries {
            match class {
                "balance" | "lawful" => canvas.path(class, &format!("M{} {}h16", n(x), n(y + 9.0)), ""),
                "cycle" => canvas.path(class, &format!("M{} {}l4 -7h-8z", n(x + 8.0), n(y + 13.0)), ""),
                _ => canvas.rect(class, (x + 3.0, y + 4.0), (10.0, 10.0), ""),
            }
            canvas.text("label", (x + 20.0, y + 13.0), Anchor::Start, text);
            x += 38.0 + text_width(text);
        }
        if self.cut {
            let text = report.say("仅显示最近360个月", "last 360 months only");
            canvas.text("label", (RIGHT, y + 13.0), Anchor::End, text);
        }
        y + 18.0
    }
}
