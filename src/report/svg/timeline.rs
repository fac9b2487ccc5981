//! The sentence of a case on a time line: stages, custody, rulings, when an application was lawful, and when the
//! sentence ends.

use chrono::NaiveDate;

use super::{Anchor, Canvas, LEFT, Label, RIGHT, Time, place_labels, text_width};
use crate::checks::world::Settled;
use crate::model::custody::{points_rank, replay as custody_replay};
use crate::model::date::{add_days, days_between};
use crate::model::{AppKind, CustodyKind, Dossier, Inmate, Sentence, Standing, timeline as sentence};
use crate::report::Report;
use crate::report::view::{application_of, change_word, kind_word, proposal_word, term_word};
use crate::review::{CaseReview, Limits};

/// Where the first lane begins.
const TOP: f64 = 20.0;
const LANE: &str = "lane";

/// A stretch of the sentence in one stage.
struct Part {
    from: NaiveDate,
    to: NaiveDate,
    text: String,
}

/// First and last of the values, where there are some.
fn ends(value: &Settled<NaiveDate>) -> Option<(NaiveDate, NaiveDate)> {
    match value {
        Settled::Absent => None,
        Settled::Is(day) => Some((*day, *day)),
        Settled::Open(days) => Some((*days.first()?, *days.last()?)),
    }
}

/// Draws the time line; `None` where nothing is known that could be drawn.
pub fn timeline(report: &Report<'_>, case: &CaseReview, dossier: &Dossier) -> Option<String> {
    let inmate = dossier.inmate.as_ref()?;
    let limits = case.limits.as_ref()?;
    let law = report.rules.replay_law();
    let standing = sentence::replay(inmate, &dossier.rulings, &dossier.new_crimes, &law, case.applied);
    let drawing = Drawing { report, case, dossier, inmate, limits, standing };
    drawing.draw()
}

struct Drawing<'a> {
    report: &'a Report<'a>,
    case: &'a CaseReview,
    dossier: &'a Dossier,
    inmate: &'a Inmate,
    limits: &'a Limits,
    standing: Standing,
}

impl Drawing<'_> {
    fn say(&self, zh: &str, en: &str) -> String {
        self.report.say(zh, en).to_owned()
    }

    /// The day to which the record is looked at.
    fn reference(&self) -> NaiveDate {
        self.case.applied.unwrap_or(self.report.review.as_of)
    }

    /// The day on which the sentence began to run, as far as known.
    fn begin(&self) -> Option<NaiveDate> {
        let i = self.inmate;
        i.term_start.get().or(i.effective.get()).or(i.judged.get()).or(i.delivered.get())
    }

    fn range(&self) -> Option<Time> {
        let i = self.inmate;
        let mut days: Vec<NaiveDate> = [&i.detained, &i.term_start, &i.effective, &i.judged, &i.delivered]
            .into_iter()
            .filter_map(|f| f.get())
            .collect();
        let known = !days.is_empty();
        let limits = self.limits;
        let settled = [&limits.earliest, &limits.floor, &limits.end_now, &limits.end_proposed, &limits.parole];
        days.extend(settled.into_iter().filter_map(ends).flat_map(|(a, b)| [a, b]));
        days.extend(self.dossier.rulings.iter().filter_map(|r| r.date.get()));
        days.extend(self.dossier.custody.iter().filter_map(|c| c.from.get()));
        days.push(self.reference());
        let (from, to) = (*days.iter().min()?, *days.iter().max()?);
        // A little air on both sides.
        let air = (days_between(from, to) / 50).max(20);
        (known || days.len() > 1).then(|| Time::new(add_days(from, -air), add_days(to, air)))
    }

    fn stages(&self) -> Vec<Part> {
        let (s, zh) = (&self.standing, self.report.lang.is_zh());
        let Some(begin) = self.begin() else { return Vec::new() };
        let Some(sentence) = self.inmate.sentence.get() else { return Vec::new() };
        let end = ends(&self.limits.end_now).map(|(_, to)| to).or(s.forward_end);
        let mut turns: Vec<(NaiveDate, String)> = vec![(begin, if zh { short(sentence) } else { sentence.en() })];
        if let (Some(day), Some(now)) = (s.rejudged, s.sentence) {
            turns.push((day, if zh { short(now) } else { now.en() }));
        }
        if let Some((_, day)) = s.to_life {
            turns.push((day, self.say("无期（死缓减）", "life")));
        }
        if let (Some((_, day)), Some(term)) = (s.conversion, s.term) {
            let term = term_word(term, self.report.lang);
            turns.push((day, if zh { format!("有期{term}") } else { format!("fixed, {term}") }));
        }
        turns.sort_by_key(|(day, _)| *day);
        let open = self.open_end();
        (0..turns.len())
            .map(|at| {
                let (from, text) = turns[at].clone();
                let last = end.filter(|_| s.stage.is_some_and(|s| s.has_end())).unwrap_or(open);
                let to = turns.get(at + 1).map_or(last, |(next, _)| *next);
                Part { from, to: to.max(from), text }
            })
            .collect()
    }

    /// Where the bar of a sentence without an end stops.
    fn open_end(&self) -> NaiveDate {
        NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX)
    }

    fn draw(&self) -> Option<String> {
        let time = self.range()?;
        let mut lanes = Canvas::new();
        let mut y = TOP + 6.0;
        y = self.draw_stages(&mut lanes, &time, y);
        y = self.draw_custody(&mut lanes, &time, y);
        y = self.draw_rulings(&mut lanes, &time, y);
        y = self.draw_application(&mut lanes, &time, y);
        y = self.draw_ends(&mut lanes, &time, y);
        let mut canvas = Canvas::new();
        time.grid(&mut canvas, TOP, y);
        let x = time.x(self.reference());
        let class = if self.case.application { "now applied" } else { "now" };
        canvas.line(class, (x, TOP), (x, y));
        canvas.body.push_str(&lanes.body);
        let name = self.case.name.as_deref().unwrap_or(&self.case.inmate);
        let label = if self.report.lang.is_zh() {
            format!("{name}的刑期时间轴")
        } else {
            format!("time line of the sentence of {name}")
        };
        Some(canvas.finish("timeline", y + 2.0, &label))
    }

    fn draw_stages(&self, canvas: &mut Canvas, time: &Time, y: f64) -> f64 {
        let parts = self.stages();
        canvas.text(LANE, (0.0, y + 14.0), Anchor::Start, self.report.say("刑罚", "Sentence"));
        for (at, part) in parts.iter().enumerate() {
            let (from, to) = (time.x(part.from), time.x(part.to));
            let until = if part.to == self.open_end() { "…".to_owned() } else { part.to.to_string() };
            let class = if at % 2 == 0 { "stage" } else { "stage second" };
            let title = format!("{} {} — {until}", part.text, part.from);
            canvas.rect(class, (from, y), (to - from, 20.0), &title);
            if text_width(&part.text) + 8.0 < to - from {
                canvas.text("inside", (from + 5.0, y + 14.5), Anchor::Start, &part.text);
            }
        }
        // What the proposal takes off the end.
        if let (Some((_, now)), Some((proposed, _))) = (ends(&self.limits.end_now), ends(&self.limits.end_proposed))
            && proposed < now
        {
            let (from, to) = (time.x(proposed), time.x(now));
            let title = self.say("本次提请减去", "taken off by this proposal");
            canvas.rect("off", (from, y), (to - from, 20.0), &format!("{title} {proposed} — {now}"));
        }
        y + 28.0
    }

    fn draw_custody(&self, canvas: &mut Canvas, time: &Time, y: f64) -> f64 {
        let i = self.inmate;
        let reference = self.reference();
        canvas.text(LANE, (0.0, y + 11.0), Anchor::Start, self.report.say("羁押", "Custody"));
        let mut noted: Vec<CustodyKind> = Vec::new();
        // Where a person should have been in prison and no row says so, the empty track shows.
        if let Some(from) = i.delivered.get().or(i.effective.get()) {
            let (from, to) = (time.x(from), time.x(reference));
            let title = self.say("没有羁押轨迹记录", "no custody record");
            canvas.rect("track", (from + 0.5, y + 0.5), (to - from - 1.0, 13.0), &title);
        }
        if let (Some(from), Some(to)) = (i.detained.get(), i.delivered.get().or(i.effective.get()))
            && from < to
        {
            let title = self.say("判前羁押", "held before delivery");
            canvas.rect("custody elsewhere", (time.x(from), y), (time.x(to) - time.x(from), 14.0), &title);
        }
        for span in custody_replay(&self.dossier.custody, points_rank) {
            let to = span.to.min(reference);
            if to < span.from {
                continue;
            }
            let class = custody_class(span.kind);
            let word = if self.report.lang.is_zh() { span.kind.zh() } else { span.kind.en() };
            let until = if span.to == NaiveDate::MAX { "…".to_owned() } else { span.to.to_string() };
            let (from, width) = (time.x(span.from), (time.x(add_days(to, 1)) - time.x(span.from)).max(1.5));
            canvas.rect(
                &format!("custody {class}"),
                (from, y),
                (width, 14.0),
                &format!("{word} {} — {until}", span.from),
            );
            if (class != "held" || span.kind == CustodyKind::Held) && text_width(word) + 8.0 < width {
                canvas.text("inside small", (from + 3.0, y + 11.0), Anchor::Start, word);
            } else if class != "held" && !noted.contains(&span.kind) {
                noted.push(span.kind);
            }
        }
        let mut y = y + 20.0;
        if !noted.is_empty() {
            // The colours of what was too short to be named.
            let mut x = LEFT;
            for kind in noted {
                let word = if self.report.lang.is_zh() { kind.zh() } else { kind.en() };
                if x + 20.0 + text_width(word) > RIGHT {
                    break;
                }
                canvas.rect(&format!("custody {}", custody_class(kind)), (x, y), (9.0, 9.0), "");
                canvas.text("label", (x + 13.0, y + 9.0), Anchor::Start, word);
                x += 30.0 + text_width(word);
            }
            y += 16.0;
        }
        y + 8.0
    }

    fn draw_rulings(&self, canvas: &mut Canvas, time: &Time, y: f64) -> f64 {
        let lang = self.report.lang;
        let mut labels = Vec::new();
        for ruling in &self.dossier.rulings {
            let Some(day) = ruling.date.get() else { continue };
            let what = ruling
                .change
                .known()
                .map_or_else(|| self.say("内容不明", "content unknown"), |change| change_word(change, lang));
            labels.push(Label { x: time.x(day), text: format!("{what} {day}"), class: "" });
        }
        for crime in &self.dossier.new_crimes {
            let (Some(day), Some(kind)) = (crime.confirmed.get(), crime.kind.get()) else { continue };
            let what = if lang.is_zh() { kind.zh() } else { kind.en() };
            labels.push(Label { x: time.x(day), text: format!("{what} {day}"), class: "bad" });
        }
        if labels.is_empty() {
            return y;
        }
        canvas.text(LANE, (0.0, y + 8.0), Anchor::Start, self.report.say("裁定", "Rulings"));
        canvas.line("rail", (LEFT, y + 4.0), (RIGHT, y + 4.0));
        for label in &labels {
            dot(canvas, "ruling", label.x, y + 4.0);
        }
        y + 14.0 + place_labels(canvas, labels, y + 4.0) + 4.0
    }

    fn draw_application(&self, canvas: &mut Canvas, time: &Time, y: f64) -> f64 {
        let (limits, lang) = (self.limits, self.report.lang);
        let mut labels = Vec::new();
        let parole = self.case.kind == Some(AppKind::Parole);
        let earliest = if parole { ends(&limits.parole) } else { ends(&limits.earliest) };
        canvas.text(LANE, (0.0, y + 11.0), Anchor::Start, self.report.say("提请", "Proposal"));
        canvas.line("rail", (LEFT, y + 7.0), (RIGHT, y + 7.0));
        if self.case.application
            && let Some((first, last)) = earliest
        {
            let from = if parole {
                self.begin()
            } else {
                self.standing.last_reduction.map(|l| l.date).or(self.inmate.delivered.get()).or_else(|| self.begin())
            };
            let from = time.x(from.unwrap_or(time.from));
            let title = self.say("依法不得提请的期间", "no application is lawful yet");
            canvas.rect("barred", (from, y), (time.x(first) - from, 14.0), &title);
            let word =
                if parole { self.say("假释最早", "parole from") } else { self.say("最早可提请", "earliest") };
            let text = if first == last {
                format!("{word} {first}")
            } else {
                let title = self.say("取决于尚不明确的事实或读法", "depends on what is open");
                canvas.rect("open", (time.x(first), y), (time.x(last) - time.x(first), 14.0), &title);
                format!("{word} {first} — {last}")
            };
            canvas.line("bound", (time.x(first), y - 2.0), (time.x(first), y + 16.0));
            labels.push(Label { x: time.x(first), text, class: "" });
        }
        let (x, text) = match self.case.applied {
            Some(day) => {
                let what = self.application().unwrap_or_else(|| kind_word(self.case, lang).to_owned());
                (time.x(day), format!("{} {day}（{what}）", self.report.say("提请", "applied")))
            }
            None if self.case.application => {
                (time.x(self.reference()), self.say("提请日期不明", "day of the application unknown"))
            }
            None => {
                let day = self.reference();
                (time.x(day), format!("{} {day}", self.report.say("审查日", "as of")))
            }
        };
        let text = if lang.is_zh() { text } else { text.replace('（', " (").replace('）', ")") };
        let class = if self.case.application { "mark" } else { "mark quiet" };
        canvas.path(class, &triangle(x, y + 13.0), &text);
        labels.push(Label { x, text, class: "strong" });
        y + 20.0 + place_labels(canvas, labels, y + 13.0) + 2.0
    }

    /// What the application proposes, where it says so.
    fn application(&self) -> Option<String> {
        let app = application_of(self.dossier, self.case)?;
        let lang = self.report.lang;
        match (app.kind.get(), app.proposal.get()) {
            (Some(AppKind::Parole), _) => Some(kind_word(self.case, lang).to_owned()),
            (_, Some(proposal)) => Some(proposal_word(proposal, lang)),
            _ => None,
        }
    }

    fn draw_ends(&self, canvas: &mut Canvas, time: &Time, y: f64) -> f64 {
        let limits = self.limits;
        let parole = self.case.kind == Some(AppKind::Parole);
        let entries = [
            (&limits.floor, "法定最早刑满", "floor", "floor"),
            (&limits.end_proposed, "提请后止日", "end as proposed", "proposed"),
            (&limits.end_now, "现刑期止日", "end now", "end"),
            (&limits.parole, "假释最早", "parole from", "parole"),
        ];
        let mut labels = Vec::new();
        let mut marks = Vec::new();
        for (value, zh, en, class) in entries {
            // A parole application has it in the lane above.
            if class == "parole" && parole {
                continue;
            }
            let Some((first, last)) = ends(value) else { continue };
            let text = if first == last { first.to_string() } else { format!("{first} — {last}") };
            let text = format!("{} {text}", self.report.say(zh, en));
            marks.push((time.x(first), time.x(last), class));
            labels.push(Label { x: time.x(first), text, class: if class == "proposed" { "strong" } else { "" } });
        }
        if labels.is_empty() {
            return y;
        }
        canvas.text(LANE, (0.0, y + 8.0), Anchor::Start, self.report.say("刑满", "Release"));
        canvas.line("rail", (LEFT, y + 4.0), (RIGHT, y + 4.0));
        // The floor comes last, over what coincides with it.
        marks.sort_by_key(|(.., class)| *class == "floor");
        for (from, to, class) in marks {
            if to > from {
                canvas.rect("open", (from, y + 1.0), (to - from, 6.0), "");
            }
            match class {
                "floor" => canvas.line("bound", (from, y - 5.0), (from, y + 13.0)),
                "proposed" => canvas.path("mark", &diamond(from, y + 4.0), ""),
                other => dot(canvas, other, from, y + 4.0),
            }
        }
        y + 14.0 + place_labels(canvas, labels, y + 4.0) + 2.0
    }
}

/// A sentence in few characters.
fn short(sentence: Sentence) -> String {
    match sentence {
        Sentence::Fixed(t) => format!("有期{}", t.zh()),
        Sentence::Life => "无期".to_owned(),
        Sentence::Reprieve => "死缓".to_owned(),
        other => other.zh(),
    }
}

/// How a state of custody is drawn.
fn custody_class(kind: CustodyKind) -> &'static str {
    if kind.is_away() {
        "away"
    } else if kind.is_elsewhere() {
        "elsewhere"
    } else {
        match kind {
            CustodyKind::Hospital | CustodyKind::Recovery => "ill",
            CustodyKind::Confinement | CustodyKind::Isolation | CustodyKind::Investigation => "punished",
            _ => "held",
        }
    }
}

fn dot(canvas: &mut Canvas, class: &str, x: f64, y: f64) {
    canvas.path(
        &format!("dot {class}"),
        &format!("M{} {}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z", super::n(x - 4.0), super::n(y)),
        "",
    );
}

fn triangle(x: f64, y: f64) -> String {
    format!("M{} {}l-6 -11h12z", super::n(x), super::n(y))
}

fn diamond(x: f64, y: f64) -> String {
    format!("M{} {}l6 6l-6 6l-6 -6z", super::n(x), super::n(y - 6.0))
}
