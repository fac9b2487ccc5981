//! Drawings of a case as inline SVG: the sentence on a time line, and the points ledger month by month.
//!
//! A drawing shows what the review and the dossier say; it decides nothing. Colours are classes of the page's style
//! sheet, so that one drawing serves light, dark and paper. Every text goes through [`escape`].

mod points;
mod timeline;

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate};
use unicode_width::UnicodeWidthChar;

pub use points::points;
pub use timeline::timeline;

use crate::model::date::days_between;

/// Width of every drawing, in its own units.
const WIDTH: f64 = 880.0;
/// Where the plot begins: what is left of it names the lanes.
const LEFT: f64 = 62.0;
/// Where the plot ends.
const RIGHT: f64 = WIDTH - 8.0;
/// Height of a row of labels.
const ROW: f64 = 16.0;
/// More rows of labels than this are not opened: later labels share the last.
const ROWS: usize = 6;

/// Text as it must stand in markup: a name such as `<script>` stays text.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Not allowed in markup at all.
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A coordinate, to a tenth.
fn n(v: f64) -> String {
    let text = format!("{v:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// About how wide a label is.
fn text_width(text: &str) -> f64 {
    text.chars().map(|c| if c.width().unwrap_or(1) > 1 { 12.0 } else { 6.9 }).sum()
}

/// A drawing under construction.
struct Canvas {
    body: String,
}

impl Canvas {
    fn new() -> Canvas {
        Canvas { body: String::new() }
    }

    fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        let _ =
            write!(self.body, r#"<line class="{class}" x1="{}" y1="{}" x2="{}" y2="{}"/>"#, n(x1), n(y1), n(x2), n(y2));
    }

    /// A rectangle with what is said when one points at it.
    fn rect(&mut self, class: &str, (x, y): (f64, f64), (w, h): (f64, f64), title: &str) {
        let (x, y, w, h) = (n(x), n(y), n(w.max(0.0)), n(h.max(0.0)));
        let _ = write!(self.body, r#"<rect class="{class}" x="{x}" y="{y}" width="{w}" height="{h}""#);
        self.close("rect", title);
    }

    fn path(&mut self, class: &str, d: &str, title: &str) {
        let _ = write!(self.body, r#"<path class="{class}" d="{d}""#);
        self.close("path", title);
    }

    fn close(&mut self, tag: &str, title: &str) {
        if title.is_empty() {
            self.body.push_str("/>");
        } else {
            let _ = write!(self.body, "><title>{}</title></{tag}>", escape(title));
        }
    }

    fn text(&mut self, class: &str, (x, y): (f64, f64), anchor: Anchor, text: &str) {
        let (x, y, anchor) = (n(x), n(y), anchor.css());
        let _ = write!(
            self.body,
            r#"<text class="{class}" x="{x}" y="{y}" text-anchor="{anchor}">{}</text>"#,
            escape(text)
        );
    }

    /// The whole drawing, with its name for readers who do not see it.
    fn finish(self, class: &str, height: f64, label: &str) -> String {
        format!(
            r#"<svg class="{class}" viewBox="0 0 {WIDTH} {}" role="img" aria-label="{}">{}</svg>"#,
            n(height.ceil()),
            escape(label),
            self.body
        )
    }
}

#[derive(Clone, Copy)]
enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    fn css(self) -> &'static str {
        match self {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        }
    }
}

/// A stretch of time laid along the plot.
struct Time {
    from: NaiveDate,
    days: f64,
}

impl Time {
    fn new(from: NaiveDate, to: NaiveDate) -> Time {
        Time { from, days: (days_between(from, to) as f64).max(1.0) }
    }

    /// Where a day lies; days outside lie on the edge.
    fn x(&self, day: NaiveDate) -> f64 {
        let share = days_between(self.from, day) as f64 / self.days;
        LEFT + share.clamp(0.0, 1.0) * (RIGHT - LEFT)
    }

    /// The first days of years, as many as fit.
    fn years(&self) -> Vec<(f64, i32)> {
        let first = self.from.year() + 1;
        let count = (self.days / 365.25).ceil() as i32 + 1;
        let step = [1, 2, 5, 10, 20, 50].into_iter().find(|s| count / s <= 16).unwrap_or(100);
        (first..=first + count)
            .filter(|y| y % step == 0)
            .filter_map(|y| NaiveDate::from_ymd_opt(y, 1, 1).map(|d| (d, y)))
            .filter(|(d, _)| days_between(self.from, *d) as f64 <= self.days)
            .map(|(d, y)| (self.x(d), y))
            .collect()
    }

    /// Grid lines from `top` to `bottom`, with the years above.
    fn grid(&self, canvas: &mut Canvas, top: f64, bottom: f64) {
        let mut free = f64::MIN;
        for (x, year) in self.years() {
            canvas.line("grid", (x, top), (x, bottom));
            if x - 14.0 > free && x + 14.0 < WIDTH {
                canvas.text("year", (x, top - 5.0), Anchor::Middle, &year.to_string());
                free = x + 20.0;
            }
        }
    }
}

/// A label that belongs to a place on a lane.
struct Label {
    x: f64,
    text: String,
    class: &'static str,
}

/// Puts labels below a lane, in as many rows as it takes that none covers another; returns the height they take.
fn place_labels(canvas: &mut Canvas, mut labels: Vec<Label>, y: f64) -> f64 {
    labels.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut rows: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut placed: Vec<(f64, f64, usize, Anchor, &Label)> = Vec::new();
    for label in &labels {
        let width = text_width(&label.text);
        // To the right of its place where there is room, else to the left.
        let (from, to, anchor, at) = if label.x + 5.0 + width <= WIDTH {
            (label.x, label.x + 8.0 + width, Anchor::Start, label.x + 4.0)
        } else {
            (label.x - 8.0 - width, label.x, Anchor::End, label.x - 4.0)
        };
        let free = |row: &Vec<(f64, f64)>| row.iter().all(|(a, b)| to < *a || from > *b);
        let row = rows.iter().position(free).unwrap_or_else(|| {
            if rows.len() < ROWS {
                rows.push(Vec::new());
            }
            rows.len() - 1
        });
        rows[row].push((from, to));
        placed.push((label.x, at, row, anchor, label));
    }
    for (x, _, row, _, label) in &placed {
        canvas.line(&format!("leader {}", label.class), (*x, y), (*x, y + *row as f64 * ROW + 14.0));
    }
    for (_, at, row, anchor, label) in &placed {
        let class = format!("label {}", label.class);
        canvas.text(&class, (*at, y + *row as f64 * ROW + 14.0), *anchor, &label.text);
    }
    rows.len() as f64 * ROW
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_name_stays_text() {
        assert_eq!(escape("<script>\"&'\u{1}"), "&lt;script&gt;&quot;&amp;&#39; ");
    }

    #[test]
    fn labels_never_cover_each_other() {
        let mut canvas = Canvas::new();
        let label = |x| Label { x, text: "最早可提请 2023-03-15".to_owned(), class: "" };
        assert_eq!(place_labels(&mut canvas, vec![label(100.0), label(120.0), label(500.0)], 0.0), 2.0 * ROW);
        // At the right edge the label stands to the left of its place.
        let mut canvas = Canvas::new();
        place_labels(&mut canvas, vec![label(870.0)], 0.0);
        assert!(canvas.body.contains(r#"text-anchor="end""#), "{}", canvas.body);
    }

    #[test]
    fn years_are_as_many_as_fit() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(Time::new(day("2020-06-01"), day("2023-05-31")).years().len(), 3);
        let long = Time::new(day("1990-06-01"), day("2050-05-31")).years();
        assert_eq!((long.first().map(|y| y.1), long.len()), (Some(1995), 12));
    }
}
