//! The law and the catalogue as the program knows them, for people who are offline: the instruments, the list of checks,
//! one check in full. Everything is printed from the rule files; nothing is written twice.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::text::{outcome_word, pad};
use crate::checks::case::Lang;
use crate::checks::finding::{Basis, Class, Outcome};
use crate::checks::registry;
use crate::law::{CheckEntry, Example, Instrument, Rules, Threshold};
use crate::review::run::selected;

const BOLD: Style = Style::new().bold();

/// A class in words.
pub fn class_word(class: Class, lang: Lang) -> &'static str {
    match (class, lang.is_zh()) {
        (Class::E, true) => "提前出狱",
        (Class::P, true) => "纸面服刑",
        (Class::R, true) => "从严",
        (Class::O, true) => "程序",
        (Class::E, false) => "early release",
        (Class::P, false) => "paper sentence",
        (Class::R, false) => "restricted category",
        (Class::O, false) => "procedure",
    }
}

/// A family of checks in words; its own name where it is not known.
fn family_word(family: &str, lang: Lang) -> &str {
    match (family, lang.is_zh()) {
        ("reduction", true) => "减刑限度",
        ("parole", true) => "假释",
        ("category", true) => "从严对象",
        ("term", true) => "刑期",
        ("points", true) => "计分考核",
        ("paper", true) => "纸面服刑",
        ("pattern", true) => "异常模式",
        ("procedure", true) => "程序",
        ("reduction", false) => "limits of reduction",
        ("parole", false) => "parole",
        ("category", false) => "restricted categories",
        ("term", false) => "the sentence",
        ("points", false) => "points",
        ("paper", false) => "paper sentences",
        ("pattern", false) => "patterns",
        ("procedure", false) => "procedure",
        _ => family,
    }
}

/// A provision as people cite it.
pub fn basis_text(basis: &Basis, lang: Lang) -> String {
    let Basis { instrument, article, paragraph } = basis;
    if lang.is_zh() {
        // 第120条之三, not 第120之三条.
        let article = match article.split_once('之') {
            Some((number, rest)) => format!("第{number}条之{rest}"),
            None => format!("第{article}条"),
        };
        let paragraph = paragraph.map(|p| format!("第{p}款")).unwrap_or_default();
        format!("{instrument}{article}{paragraph}")
    } else {
        let paragraph = paragraph.map(|p| format!(" para. {p}")).unwrap_or_default();
        format!("{instrument} art. {article}{paragraph}")
    }
}

/// Whether `pattern` (`family/name` or `family/*`) names at least one check that is made.
pub fn names_a_check(pattern: &str) -> bool {
    let only = [pattern.to_owned()];
    registry::all().any(|check| selected(check.id, &only))
}

/// What is said about a name that is no check, with the names it may stand for.
pub fn unknown_check(rules: &Rules, name: &str, lang: Lang) -> String {
    let wanted = name.trim_end_matches('*').rsplit('/').find(|part| !part.is_empty()).unwrap_or(name);
    let near: Vec<&str> = rules
        .checks
        .iter()
        .filter(|c| c.id.contains(wanted) || c.zh.title.contains(wanted))
        .map(|c| c.id.as_str())
        .take(5)
        .collect();
    match (lang.is_zh(), near.is_empty()) {
        (true, true) => format!("没有检查项“{name}”；全部检查项见 jxjs explain"),
        (true, false) => format!("没有检查项“{name}”；相近的有：{}", near.join("、")),
        (false, true) => format!("there is no check {name:?}; jxjs --lang en explain lists all of them"),
        (false, false) => format!("there is no check {name:?}; did you mean {}?", near.join(", ")),
    }
}

/// Writes the catalogue: every check with its class, what it may find, and its name, family by family.
///
/// # Errors
/// Only what the writer reports.
pub fn write_catalogue(rules: &Rules, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let width = rules.checks.iter().map(|c| c.id.width()).max().unwrap_or(0);
    let class_width = [Class::E, Class::P, Class::R, Class::O].map(|c| class_word(c, lang).width()).into_iter().max();
    let mut family = "";
    for entry in &rules.checks {
        let this = entry.id.split('/').next().unwrap_or_default();
        if this != family {
            family = this;
            writeln!(out, "\n{BOLD}{} — {}{BOLD:#}", this, family_word(this, lang))?;
        }
        let title = if lang.is_zh() { &entry.zh.title } else { &entry.en.title };
        let class = format!("{} {}", entry.class.as_str(), class_word(entry.class, lang));
        let outcomes = outcomes(entry, lang);
        let (open, close) = if lang.is_zh() { ("（", "）") } else { (" (", ")") };
        let (id, class) = (pad(&entry.id, width), pad(&class, class_width.unwrap_or(0) + 2));
        writeln!(out, "  {id}  {class}  {title}{open}{outcomes}{close}{}", not_made(&entry.id, lang))?;
    }
    let n = rules.checks.len();
    writeln!(out)?;
    if lang.is_zh() {
        writeln!(out, "共 {n} 项。某一项的含义、依据和算法：jxjs explain 检查项名称")
    } else {
        writeln!(out, "{n} checks. One in full: jxjs --lang en explain CHECK")
    }
}

/// Says that a check of the catalogue is not made by this version; empty for one that is.
fn not_made(id: &str, lang: Lang) -> &'static str {
    match (is_made(id), lang.is_zh()) {
        (true, _) => "",
        (false, true) => " 本版本尚未执行",
        (false, false) => " not made by this version",
    }
}

/// Whether this version makes a check: the catalogue also explains those that are still to come.
fn is_made(id: &str) -> bool {
    registry::all().any(|check| check.id == id)
}

/// What a check may find besides a pass.
fn outcomes(entry: &CheckEntry, lang: Lang) -> String {
    let mut words: Vec<&str> = entry.fails_as.iter().map(|o| outcome_word(*o, lang)).collect();
    if entry.note {
        words.push(if lang.is_zh() { "仅提示" } else { "note" });
    }
    if words.is_empty() {
        words.push(outcome_word(Outcome::Pass, lang));
    }
    words.join(if lang.is_zh() { "、" } else { ", " })
}

/// Writes one check in full.
///
/// # Errors
/// Only what the writer reports.
pub fn write_check(rules: &Rules, entry: &CheckEntry, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let zh = lang.is_zh();
    let words = if zh { &entry.zh } else { &entry.en };
    let name = |a: &'static str, b: &'static str| if zh { a } else { b };
    writeln!(out, "{BOLD}{}{BOLD:#}  {}", words.title, entry.id)?;
    let status = not_made(&entry.id, lang);
    let status = if status.is_empty() { String::new() } else { format!(" ·{status}") };
    writeln!(
        out,
        "{} {} {} · {} {}{status}",
        name("类别", "class"),
        entry.class.as_str(),
        class_word(entry.class, lang),
        name("结果", "finds"),
        outcomes(entry, lang)
    )?;
    for (title, text) in [
        (name("含义", "What it says"), &words.meaning),
        (name("为什么重要", "Why it matters"), &words.why),
        (name("怎样计算", "How it is computed"), &words.how),
        (name("怎样核实", "How to confirm it"), &words.confirm),
    ] {
        writeln!(out, "\n{BOLD}{title}{BOLD:#}")?;
        for line in text.trim().lines() {
            writeln!(out, "  {}", line.trim_end())?;
        }
    }
    if !entry.basis.is_empty() {
        writeln!(out, "\n{BOLD}{}{BOLD:#}", name("法律依据", "Basis"))?;
        for basis in &entry.basis {
            let title =
                rules.instruments.get(&*basis.instrument).map(|i| instrument_title(i, lang)).unwrap_or_default();
            writeln!(out, "  {}  {title}", basis_text(basis, lang))?;
        }
    }
    if !entry.thresholds.is_empty() {
        writeln!(out, "\n{BOLD}{}{BOLD:#}", name("参数", "Thresholds"))?;
        for (id, threshold) in &entry.thresholds {
            writeln!(out, "  {}", threshold_text(id, threshold, lang))?;
        }
    }
    for (n, example) in rules.examples_of(&entry.id).enumerate() {
        if n == 0 {
            writeln!(out, "\n{BOLD}{}{BOLD:#}", name("例子", "Examples"))?;
        }
        writeln!(out, "  {}", example_text(example, lang))?;
    }
    if entry.silent {
        writeln!(out, "  {}", never_passes(lang))?;
    }
    Ok(())
}

/// Why a check has no example that passes.
fn never_passes(lang: Lang) -> &'static str {
    match lang.is_zh() {
        true => "没有问题时不出结论，所以没有通过的例子。",
        false => "Says nothing where there is nothing to report, hence no example that passes.",
    }
}

fn example_text(example: &Example, lang: Lang) -> String {
    let (text, colon) = if lang.is_zh() { (&example.zh, "：") } else { (&example.en, ": ") };
    format!("{}{colon}{text}", outcome_word(example.outcome, lang))
}

/// The page `docs/checks.md`: every check in full, in both languages.
pub fn markdown(rules: &Rules) -> String {
    const BOTH: [Lang; 2] = [Lang::Zh, Lang::En];
    let mut page = String::from(
        "<!-- Written from rules/ by `UPDATE_GOLDEN=1 cargo test --test cli_docs`; do not edit. -->\n\n\
         # 检查项 · Checks\n\n\
         全部检查项，内容与 `jxjs explain 检查项名称` 相同。例子取自 `fixtures/cases`，审查日2026-11-24，人物均为虚构。\n\n\
         Every check, as `jxjs --lang en explain CHECK` prints it. The examples are cases of `fixtures/cases` examined as of \
         2026-11-24; nobody in them exists.\n",
    );
    let mut put = |text: &str| {
        page.push_str(text);
        page.push('\n');
    };
    let mut family = "";
    for entry in &rules.checks {
        let this = entry.id.split('/').next().unwrap_or_default();
        if this != family {
            family = this;
            put(&format!("\n## {} · {}", family_word(this, Lang::Zh), family_word(this, Lang::En)));
        }
        put(&format!("\n### `{}` {} · {}\n", entry.id, entry.zh.title, entry.en.title));
        for lang in BOTH {
            let (class, finds, comma) =
                if lang.is_zh() { ("类别", "结果", "；") } else { ("Class", "finds", "; ") };
            put(&format!(
                "- {class} {} {}{comma}{finds} {}{}",
                entry.class.as_str(),
                class_word(entry.class, lang),
                outcomes(entry, lang),
                not_made(&entry.id, lang)
            ));
        }
        let (zh, en) = (&entry.zh, &entry.en);
        for (title, zh, en) in [
            ("含义 · What it says", &zh.meaning, &en.meaning),
            ("为什么重要 · Why it matters", &zh.why, &en.why),
            ("怎样计算 · How it is computed", &zh.how, &en.how),
            ("怎样核实 · How to confirm it", &zh.confirm, &en.confirm),
        ] {
            put(&format!("\n#### {title}\n\n{}\n\n{}", zh.trim(), en.trim()));
        }
        let mut list = |title: &str, line: &dyn Fn(Lang) -> Vec<String>| {
            if line(Lang::Zh).is_empty() {
                return;
            }
            put(&format!("\n#### {title}\n"));
            BOTH.iter().flat_map(|lang| line(*lang)).for_each(|line| put(&format!("- {line}")));
        };
        list("法律依据 · Basis", &|lang| {
            let title = |b: &Basis| rules.instruments.get(&*b.instrument).map(|i| instrument_title(i, lang));
            let line = |b: &Basis| format!("{} — {}", basis_text(b, lang), title(b).unwrap_or_default());
            entry.basis.iter().map(line).collect()
        });
        list("参数 · Thresholds", &|lang| {
            let line = |(id, threshold): (&String, &Threshold)| {
                let text = threshold_text(id, threshold, lang);
                format!("`{id}`{}", text.strip_prefix(id.as_str()).unwrap_or_default())
            };
            entry.thresholds.iter().map(line).collect()
        });
        list("例子 · Examples", &|lang| {
            let line = |e: &Example| match &e.rules {
                None => format!("{} (`{}`)", example_text(e, lang), e.case),
                Some(local) => format!("{} (`{}`, `--rules fixtures/rules/{local}`)", example_text(e, lang), e.case),
            };
            let silent = entry.silent.then(|| never_passes(lang).to_owned());
            rules.examples_of(&entry.id).map(line).chain(silent).collect()
        });
    }
    page
}

fn threshold_text(id: &str, threshold: &Threshold, lang: Lang) -> String {
    let reason = if lang.is_zh() { &threshold.reason_zh } else { &threshold.reason_en };
    let basis = threshold.basis.as_ref().map(|b| basis_text(b, lang));
    let mut text = format!("{id} = {}{}", threshold.value, unit_word(&threshold.unit, lang));
    let _ = if lang.is_zh() { write!(text, "：{reason}") } else { write!(text, ": {reason}") };
    if let Some(basis) = basis {
        let _ = if lang.is_zh() { write!(text, "（{basis}）") } else { write!(text, " ({basis})") };
    }
    text
}

/// A unit after its number.
fn unit_word(unit: &str, lang: Lang) -> String {
    if !lang.is_zh() {
        return if unit == "percent" { "%".to_owned() } else { format!(" {}", unit.replace('_', " ")) };
    }
    match unit {
        "percent" => "%",
        "percentage_points" => "个百分点",
        "days" => "天",
        "working_days" => "个工作日",
        "months" => "个月",
        "years" => "年",
        "points" | "score" => "分",
        "cases" => "件",
        "count" => "次",
        "factor" => "倍",
        "ratio" => "",
        "inmates" | "officers" => "人",
        "inmate_months" => "人月",
        "parts" => "项",
        other => return format!(" {other}"),
    }
    .to_owned()
}

fn instrument_title(instrument: &Instrument, lang: Lang) -> String {
    if lang.is_zh() { instrument.zh.clone() } else { instrument.en.clone() }
}

/// Writes the instruments with their time in force, and what the tables hold.
///
/// # Errors
/// Only what the writer reports.
pub fn write_rules(rules: &Rules, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let zh = lang.is_zh();
    let name = |a: &'static str, b: &'static str| if zh { a } else { b };
    writeln!(
        out,
        "{BOLD}{}{BOLD:#}",
        name("法律文件（施行日期、文本是否核对）", "Instruments (in force, whether the text was seen)")
    )?;
    let mut all: Vec<&Instrument> = rules.instruments.values().collect();
    all.sort_by(|a, b| (a.from, &a.id).cmp(&(b.from, &b.id)));
    let id_width = all.iter().map(|i| i.id.width()).max().unwrap_or(0);
    for instrument in all {
        let from = instrument.from.map_or_else(|| name("未载明", "not given").to_owned(), |d| d.to_string());
        let until = instrument.until.map_or_else(|| name("至今", "now").to_owned(), |d| d.to_string());
        let seen = if instrument.verified { name("已核对", "seen") } else { name("未见原文", "not seen") };
        writeln!(
            out,
            "  {}  {} – {}  {}  {}",
            pad(&instrument.id, id_width),
            pad(&from, 10),
            pad(&until, 10),
            pad(seen, 8),
            instrument_title(instrument, lang)
        )?;
    }
    let unseen: Vec<&str> = rules
        .rows
        .iter()
        .filter(|r| !r.verified)
        .map(|r| r.id.as_str())
        .chain(rules.values().into_iter().filter(|v| !v.verified).map(|v| v.id.as_str()))
        .collect();
    let (rows, values, checks) = (rules.rows.len(), rules.values().len(), rules.checks.len());
    writeln!(out)?;
    if zh {
        writeln!(out, "限度表 {rows} 行，单项数值 {values} 个，检查项 {checks} 个。")?;
    } else {
        writeln!(out, "{rows} rows of limits, {values} single values, {checks} checks.")?;
    }
    if !unseen.is_empty() {
        let what = name("其中原文未经核对的", "Of these, without a seen text");
        let list = unseen.join(name("、", ", "));
        writeln!(out, "{what}{}{list}", name("：", ": "))?;
    }
    writeln!(out, "{}{}", name("规则校验和：", "digest of the rules: "), rules.digest)
}

/// Writes that an overlay is sound, and what the rules are with it.
///
/// # Errors
/// Only what the writer reports.
pub fn write_valid(rules: &Rules, file: &str, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    if lang.is_zh() {
        writeln!(out, "{file}：校验通过。叠加后规则校验和：{}", rules.digest)
    } else {
        writeln!(out, "{file}: valid. Digest of the rules with it: {}", rules.digest)
    }
}
