//! Charges (罪名): recognising what a judgment convicts of, and which restricted groups that conviction proves.
//!
//! The list is `rules/charges.csv` (刑法 special part, articles 102 to 448, with the names the Supreme Court and
//! the Supreme Procuratorate have fixed since 1997 and a few older ones); the groups are `rules/categories.toml`
//! (法释〔2016〕23号 art. 7, 法释〔2019〕6号, 刑法 arts 50, 81, 356, 383). Nothing here knows a charge by name.
//!
//! Reading a cell follows the workbook contract: charges are separated by `、` `,` `，` `;` `；`, but `、` also stands
//! inside names, so the longest charge wins; a selective charge may be written in part; `罪` may be missing; notes
//! in brackets drop, except the `（边）` and `（境）` that belong to a name. What is not recognised is handed back
//! with the nearest names, never guessed.

use std::collections::HashMap;
use std::fmt;

use chrono::NaiveDate;
use serde::Deserialize;
use thiserror::Error;

use crate::checks::finding::Basis;

const BUILTIN_CHARGES: &str = include_str!("../../rules/charges.csv");
const BUILTIN_CATEGORIES: &str = include_str!("../../rules/categories.toml");

/// More ways to write one charge than this means that its `forms` cell is wrong.
const MAX_FORMS: usize = 4096;
/// How many names are offered for a charge that is not recognised.
const NEAREST: usize = 3;

/// Ids of the groups in `rules/categories.toml`.
pub mod group {
    /// 职务犯罪 (法释〔2016〕23号 art. 7.1): chapters VIII and IX.
    pub const DUTY_CRIME: &str = "duty-crime";
    /// 职务犯罪 in the wider sense of the filing rules (高检发监字〔2014〕5号 art. 11).
    pub const DUTY_CRIME_FILING: &str = "duty-crime-filing";
    /// 破坏金融管理秩序、金融诈骗: chapter III sections 4 and 5.
    pub const FINANCE_CRIME: &str = "finance-crime";
    /// 涉黑: 刑法 art. 294.
    pub const ORGANIZED_CRIME: &str = "organized-crime";
    /// 危害国家安全: chapter I.
    pub const NATIONAL_SECURITY: &str = "national-security";
    /// 恐怖活动: 刑法 arts 120 to 120-6.
    pub const TERRORISM: &str = "terrorism";
    /// The eight violent crimes of 刑法 art. 81.2 and 法释〔2016〕23号 art. 7.2 that a charge names.
    pub const VIOLENT_EIGHT: &str = "violent-eight";
    /// The violent crimes the text of 刑法 art. 81.2 before 2011-05-01 names.
    pub const VIOLENT_OLD_PAROLE: &str = "violent-old-parole";
    /// Any charge that can be organised violent crime (有组织暴力); wide on purpose, only to rule the rest out.
    pub const VIOLENT_ANY: &str = "violent-any";
    /// 贪污贿赂: chapter VIII (法释〔2019〕6号).
    pub const CORRUPTION: &str = "corruption";
    /// 贪污, 受贿: the charges that can carry 终身监禁 (刑法 arts 383.4, 386).
    pub const LIFE_WITHOUT_COMMUTATION_CHARGE: &str = "life-without-commutation-charge";
    /// 贪污, 受贿, 挪用公款: normally committed by functionaries.
    pub const FUNCTIONARY_CRIME: &str = "functionary-crime";
    /// 毒品: chapter VI section 7 (刑法 art. 356).
    pub const DRUG_SECTION: &str = "drug-section";
    /// 刑法 arts 347, 348: the earlier crime of a 毒品再犯.
    pub const DRUG_RECIDIVIST_PRIOR: &str = "drug-recidivist-prior";

    /// All of them.
    pub const ALL: [&str; 14] = [
        DUTY_CRIME,
        DUTY_CRIME_FILING,
        FINANCE_CRIME,
        ORGANIZED_CRIME,
        NATIONAL_SECURITY,
        TERRORISM,
        VIOLENT_EIGHT,
        VIOLENT_OLD_PAROLE,
        VIOLENT_ANY,
        CORRUPTION,
        LIFE_WITHOUT_COMMUTATION_CHARGE,
        FUNCTIONARY_CRIME,
        DRUG_SECTION,
        DRUG_RECIDIVIST_PRIOR,
    ];
}

/// Why a charge list or a list of groups cannot be used.
#[derive(Debug, Error)]
pub enum ChargeError {
    /// The file is not CSV of the expected columns.
    #[error("罪名表无法读取：{0}")]
    Csv(#[from] csv::Error),
    /// The file is not TOML of the expected shape.
    #[error("从严对象表无法读取：{0}")]
    Toml(Box<toml::de::Error>),
    /// A row says something that cannot be.
    #[error("罪名表第{line}行“{charge}”：{what}")]
    Row {
        /// Line of the file.
        line: u64,
        /// The charge as written.
        charge: String,
        /// What is wrong.
        what: String,
    },
    /// A group speaks of something the charge list does not have.
    #[error("从严对象“{category}”：{what}")]
    Category {
        /// Id of the group.
        category: String,
        /// What is wrong.
        what: String,
    },
}

impl From<toml::de::Error> for ChargeError {
    fn from(error: toml::de::Error) -> Self {
        Self::Toml(Box::new(error))
    }
}

/// Place of a charge in its [`ChargeBook`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChargeId(u16);

/// Whether a charge is one of negligence (刑法 arts 14, 15); 累犯 needs intent (art. 65.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Negligence {
    /// An intentional crime.
    No,
    /// A crime of negligence.
    Yes,
    /// Scholars and courts differ.
    Disputed,
}

/// One charge of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Its place in the book.
    pub id: ChargeId,
    /// Its full name, with 罪.
    pub name: String,
    /// The articles as a person cites them: `第114条、第115条第1款`.
    pub articles_text: String,
    /// Article numbers of the 刑法 in force: `114`, `120之一`; empty for charges of older laws.
    pub articles: Vec<String>,
    /// Chapter of the special part, 1 to 10.
    pub chapter: u8,
    /// Section of the chapter; 0 where the chapter has none.
    pub section: u8,
    /// Heading of the chapter.
    pub chapter_title: String,
    /// Heading of the section, or empty.
    pub section_title: String,
    /// Whether it is a crime of negligence.
    pub negligence: Negligence,
    /// First day of the name.
    pub since: Option<NaiveDate>,
    /// First day on which another name was used.
    pub until: Option<NaiveDate>,
}

impl Charge {
    /// Whether the name was in use on `day`. A judgment outside the period is worth a warning, no more: names are
    /// matched whatever their period.
    pub fn in_use_on(&self, day: NaiveDate) -> bool {
        self.since.is_none_or(|since| since <= day) && self.until.is_none_or(|until| day < until)
    }
}

/// A piece of a charge cell that is no charge of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCharge {
    /// The text as read, without notes.
    pub text: String,
    /// Full names that resemble it, best first.
    pub nearest: Vec<String>,
}

/// What a charge cell says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParsedCharges {
    /// The charges, in the order of the cell; the same charge twice is two counts.
    pub charges: Vec<ChargeId>,
    /// What was not recognised.
    pub unknown: Vec<UnknownCharge>,
}

/// The list of charges with an index of every way to write them.
#[derive(Debug, Clone)]
pub struct ChargeBook {
    charges: Vec<Charge>,
    /// Every form, folded and without the final 罪.
    forms: HashMap<String, ChargeId>,
    /// The longest form, counted in pieces between `、`.
    max_pieces: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    charge: String,
    forms: String,
    articles: String,
    chapter: String,
    section: String,
    negligent: String,
    since: String,
    until: String,
    #[serde(rename = "source")]
    _source: String,
}

impl ChargeBook {
    /// The list built into the program.
    pub fn builtin() -> Result<Self, ChargeError> {
        Self::from_csv(BUILTIN_CHARGES)
    }

    /// Reads a list in the format of `rules/charges.csv`.
    pub fn from_csv(text: &str) -> Result<Self, ChargeError> {
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
        let headers = reader.headers()?.clone();
        let mut book = Self { charges: Vec::new(), forms: HashMap::new(), max_pieces: 1 };
        // Full names first: they beat any part of another charge.
        let mut parts = Vec::new();
        for record in reader.records() {
            let record = record?;
            let line = record.position().map_or(0, csv::Position::line);
            let row: Row = record.deserialize(Some(&headers))?;
            let fail = |what: String| ChargeError::Row { line, charge: row.charge.clone(), what };
            let index = u16::try_from(book.charges.len()).map_err(|e| fail(e.to_string()))?;
            let id = ChargeId(index);
            let charge = charge_of_row(id, &row).map_err(&fail)?;
            let stem = charge.name.strip_suffix('罪').unwrap_or(&charge.name);
            if let Some(&other) = book.forms.get(stem) {
                return Err(fail(format!("与{}重复", book.get(other).name)));
            }
            book.add_form(stem.to_owned(), id);
            let cell = if row.forms.is_empty() { stem } else { &row.forms };
            for form in cell.split('|') {
                for text in forms::expand(form).map_err(|e| fail(e.to_string()))? {
                    parts.extend(forms::without_inner_brackets(&text).map(|t| (t, id)));
                    parts.push((text, id));
                }
            }
            if !parts.iter().any(|(t, i)| *i == id && t == stem) {
                return Err(fail("可选写法里没有全称".to_owned()));
            }
            book.charges.push(charge);
        }
        // A part that two charges share belongs to the newer name: the older one was replaced by it.
        parts.sort_by(|a, b| book.newer_first(a.1, b.1));
        for (text, id) in parts {
            if !book.forms.contains_key(&text) {
                book.add_form(text, id);
            }
        }
        Ok(book)
    }

    fn add_form(&mut self, text: String, id: ChargeId) {
        self.max_pieces = self.max_pieces.max(text.matches('、').count() + 1);
        self.forms.insert(text, id);
    }

    fn newer_first(&self, a: ChargeId, b: ChargeId) -> std::cmp::Ordering {
        let (a, b) = (self.get(a), self.get(b));
        let replaced = a.until.is_some().cmp(&b.until.is_some());
        replaced.then_with(|| b.since.cmp(&a.since))
    }

    /// The charge with this id.
    pub fn get(&self, id: ChargeId) -> &Charge {
        &self.charges[usize::from(id.0)]
    }

    /// All charges, in the order of the articles.
    pub fn iter(&self) -> impl Iterator<Item = &Charge> {
        self.charges.iter()
    }

    /// The charge with this full name.
    pub fn by_name(&self, name: &str) -> Option<&Charge> {
        let id = *self.forms.get(name.strip_suffix('罪').unwrap_or(name))?;
        Some(self.get(id)).filter(|charge| charge.name == name)
    }

    /// Reads a cell that names one charge, in full or in part, with or without 罪 and notes.
    pub fn resolve(&self, text: &str) -> Option<&Charge> {
        let parsed = self.parse(text);
        match (parsed.charges.as_slice(), parsed.unknown.is_empty()) {
            (&[id], true) => Some(self.get(id)),
            _ => None,
        }
    }

    /// Reads a charge cell.
    ///
    /// Of all ways to cut the cell into charges the one that leaves least unrecognised is taken, then the one that
    /// keeps commas and spaces as separators, then the one with the fewest, so the longest, charges.
    pub fn parse(&self, text: &str) -> ParsedCharges {
        let pieces = pieces(text);
        let mut out = ParsedCharges::default();
        if let [only] = pieces.as_slice() {
            match self.lookup(&only.text) {
                Some(id) => out.charges.push(id),
                None => out.unknown.push(self.unknown(only.text.clone())),
            }
            return out;
        }
        let mut at = 0;
        let cuts = self.cuts(&pieces);
        let mut open: Option<String> = None;
        while let Some(cut) = cuts.get(at) {
            let next = at + cut.take;
            match cut.charge {
                Some(id) => {
                    out.unknown.extend(open.take().map(|t| self.unknown(t)));
                    out.charges.push(id);
                }
                None => {
                    // `A、B罪` that is no charge is one unrecognised charge, not two.
                    let text = &pieces[at].text;
                    let joined = match open.take() {
                        Some(before) if !before.ends_with('罪') && pieces[at].joint == Joint::Pause => {
                            format!("{before}、{text}")
                        }
                        Some(before) => {
                            out.unknown.push(self.unknown(before));
                            text.clone()
                        }
                        None => text.clone(),
                    };
                    open = Some(joined);
                }
            }
            at = next;
        }
        out.unknown.extend(open.map(|t| self.unknown(t)));
        out
    }

    /// For every place the best cut of what follows it.
    fn cuts(&self, pieces: &[Piece]) -> Vec<Cut> {
        let mut cuts: Vec<Cut> = Vec::with_capacity(pieces.len());
        let mut text = String::new();
        // From the end; `cuts` is in reverse, so that the cut for place `p` is `cuts[len - 1 - p]`.
        for start in (0..pieces.len()).rev() {
            let rest = |take: usize| {
                let place = start + take;
                if place == pieces.len() { Cost::default() } else { cuts[pieces.len() - 1 - place].cost }
            };
            let mut best = Cut { take: 1, charge: None, cost: rest(1).plus(1, 0, 1) };
            text.clear();
            let mut softened = 0;
            for (offset, piece) in pieces[start..].iter().take(self.max_pieces).enumerate() {
                if offset > 0 {
                    match piece.joint {
                        Joint::Pause => text.push('、'),
                        Joint::Comma => {
                            text.push('、');
                            softened += 1;
                        }
                        Joint::Space => softened += 1,
                        Joint::Hard => break,
                    }
                }
                text.push_str(&piece.text);
                let Some(id) = self.lookup(&text) else {
                    continue;
                };
                let cost = rest(offset + 1).plus(0, softened, 1);
                // The longer of two equally good cuts.
                if cost <= best.cost {
                    best = Cut { take: offset + 1, charge: Some(id), cost };
                }
            }
            cuts.push(best);
        }
        cuts.reverse();
        cuts
    }

    fn lookup(&self, text: &str) -> Option<ChargeId> {
        let stem = text.strip_suffix('罪').unwrap_or(text);
        let found = self.forms.get(stem).copied();
        found.or_else(|| self.forms.get(stem.strip_prefix('犯')?).copied())
    }

    fn unknown(&self, text: String) -> UnknownCharge {
        let nearest = self.nearest(&text);
        UnknownCharge { text, nearest }
    }

    /// Full names that resemble `text`, best first: by the longest common subsequence with any form.
    pub fn nearest(&self, text: &str) -> Vec<String> {
        let wanted: Vec<char> = text.strip_suffix('罪').unwrap_or(text).chars().collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        let mut best: HashMap<ChargeId, (usize, usize)> = HashMap::new();
        let mut row = Vec::new();
        for (form, &id) in &self.forms {
            let length = form.chars().count();
            let common = common_subsequence(&wanted, form, &mut row);
            // Half of the characters of both must agree.
            if common * 4 < wanted.len() + length {
                continue;
            }
            let score = (common * 2 * 1000 / (wanted.len() + length), common);
            let entry = best.entry(id).or_insert(score);
            *entry = (*entry).max(score);
        }
        let mut ranked: Vec<_> = best.into_iter().collect();
        ranked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked.into_iter().take(NEAREST).map(|(id, _)| self.get(id).name.clone()).collect()
    }
}

fn charge_of_row(id: ChargeId, row: &Row) -> Result<Charge, String> {
    if !row.charge.ends_with('罪') {
        return Err("罪名应当以“罪”字结尾".to_owned());
    }
    let numbered = |title: &str, unit: char| -> Option<u8> {
        let numeral = title.strip_prefix('第')?.split_once(unit)?.0;
        let place = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"].iter().position(|n| *n == numeral)?;
        u8::try_from(place + 1).ok()
    };
    let chapter = numbered(&row.chapter, '章').ok_or("章名应当写作“第…章 …”")?;
    let section = match row.section.as_str() {
        "" => 0,
        title => numbered(title, '节').ok_or("节名应当写作“第…节 …”")?,
    };
    let negligence = match row.negligent.as_str() {
        "" => Negligence::No,
        "yes" => Negligence::Yes,
        "disputed" => Negligence::Disputed,
        other => return Err(format!("negligent 不认识“{other}”")),
    };
    let day = |text: &str| match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| format!("日期应当写作 2011-05-01，现为“{text}”")),
    };
    let current_law = row.articles.starts_with('第');
    let articles = if current_law { article_numbers(&row.articles) } else { Vec::new() };
    if current_law && articles.is_empty() {
        return Err("没有条号".to_owned());
    }
    Ok(Charge {
        id,
        name: row.charge.clone(),
        articles_text: row.articles.clone(),
        articles,
        chapter,
        section,
        chapter_title: row.chapter.clone(),
        section_title: row.section.clone(),
        negligence,
        since: day(&row.since)?,
        until: day(&row.until)?,
    })
}

/// `第114条、第115条第1款` → `114`, `115`; `第120条之一` → `120之一`.
fn article_numbers(text: &str) -> Vec<String> {
    text.split('、')
        .filter_map(|one| {
            let (number, tail) = one.strip_prefix('第')?.split_once('条')?;
            let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
            let suffix: String = match tail.strip_prefix('之') {
                Some(rest) => rest.chars().next().map(|c| format!("之{c}")).unwrap_or_default(),
                None => String::new(),
            };
            digits.then(|| format!("{number}{suffix}"))
        })
        .collect()
}

/// How a piece hangs together with the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Joint {
    /// White space or a line break: nobody separates charges so, but a narrow cell may break a name.
    Space,
    /// `、`, which also stands inside names.
    Pause,
    /// A comma.
    Comma,
    /// A semicolon or full stop.
    Hard,
}

#[derive(Debug, PartialEq, Eq)]
struct Piece {
    text: String,
    joint: Joint,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    unknown: usize,
    softened: usize,
    charges: usize,
}

impl Cost {
    fn plus(self, unknown: usize, softened: usize, charges: usize) -> Self {
        Self { unknown: self.unknown + unknown, softened: self.softened + softened, charges: self.charges + charges }
    }
}

#[derive(Debug, Clone, Copy)]
struct Cut {
    take: usize,
    charge: Option<ChargeId>,
    cost: Cost,
}

/// Cuts a cell at every separator, dropping notes in brackets.
fn pieces(text: &str) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut current = String::new();
    let mut joint = Joint::Space;
    let mut depth = 0_usize;
    let mut note = String::new();
    let mut finish = |current: &mut String, joint: &mut Joint| {
        if current.is_empty() {
            return;
        }
        out.push(Piece { text: std::mem::take(current), joint: *joint });
        *joint = Joint::Space;
    };
    for c in text.chars() {
        match c {
            '（' | '(' | '【' | '[' | '［' | '〔' => {
                depth += 1;
                if depth == 1 {
                    note.clear();
                }
            }
            '）' | ')' | '】' | ']' | '］' | '〕' => {
                if depth == 1 && matches!(note.as_str(), "边" | "境") {
                    current.push('（');
                    current.push_str(&note);
                    current.push('）');
                }
                depth = depth.saturating_sub(1);
            }
            c if depth > 0 => {
                if !c.is_whitespace() {
                    note.push(c);
                }
            }
            '、' | '､' => {
                finish(&mut current, &mut joint);
                joint = joint.max(Joint::Pause);
            }
            ',' | '，' => {
                finish(&mut current, &mut joint);
                joint = joint.max(Joint::Comma);
            }
            ';' | '；' | '。' => {
                finish(&mut current, &mut joint);
                joint = joint.max(Joint::Hard);
            }
            '“' | '”' | '"' | '\u{feff}' | '\u{200b}' => {}
            c if c.is_whitespace() => finish(&mut current, &mut joint),
            c => current.push(c),
        }
    }
    finish(&mut current, &mut joint);
    if depth > 0 {
        // A note that never ends may have swallowed charges.
        current = format!("（{note}");
        joint = Joint::Hard;
        finish(&mut current, &mut joint);
    }
    out
}

/// Length of the longest common subsequence; `row` is scratch space.
fn common_subsequence(wanted: &[char], form: &str, row: &mut Vec<usize>) -> usize {
    row.clear();
    row.resize(wanted.len() + 1, 0);
    for c in form.chars() {
        let mut diagonal = 0;
        for (i, w) in wanted.iter().enumerate() {
            let above = row[i + 1];
            row[i + 1] = if *w == c { diagonal + 1 } else { above.max(row[i]) };
            diagonal = above;
        }
    }
    row[wanted.len()]
}

/// The `forms` column: text in which `{甲、乙}` stands for any non-empty choice that keeps the order.
mod forms {
    use super::{Error, MAX_FORMS};

    #[derive(Debug, Error, PartialEq, Eq)]
    pub(super) enum FormError {
        #[error("花括号不成对")]
        Unbalanced,
        #[error("花括号里有空的选项")]
        EmptyChoice,
        #[error("写法多于{MAX_FORMS}种")]
        TooMany,
    }

    /// Every text the form stands for.
    pub(super) fn expand(form: &str) -> Result<Vec<String>, FormError> {
        let mut out = vec![String::new()];
        let mut rest = form;
        while let Some(open) = rest.find(['{', '}']) {
            let (literal, tail) = rest.split_at(open);
            if tail.starts_with('}') {
                return Err(FormError::Unbalanced);
            }
            append(&mut out, &[literal.to_owned()])?;
            let close = closing(tail)?;
            append(&mut out, &choice(&tail[1..close])?)?;
            rest = &tail[close + 1..];
        }
        append(&mut out, &[rest.to_owned()])?;
        Ok(out)
    }

    /// Byte offset of the brace that closes the one `text` starts with.
    fn closing(text: &str) -> Result<usize, FormError> {
        let mut depth = 0_usize;
        for (i, c) in text.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 1 => return Ok(i),
                '}' => depth -= 1,
                _ => {}
            }
        }
        Err(FormError::Unbalanced)
    }

    fn append(out: &mut Vec<String>, tails: &[String]) -> Result<(), FormError> {
        if out.len().saturating_mul(tails.len()) > MAX_FORMS {
            return Err(FormError::TooMany);
        }
        *out = out.iter().flat_map(|head| tails.iter().map(move |tail| format!("{head}{tail}"))).collect();
        Ok(())
    }

    /// All choices of the options between two braces.
    fn choice(inside: &str) -> Result<Vec<String>, FormError> {
        let mut out = vec![String::new()];
        for option in options(inside) {
            if option.is_empty() {
                return Err(FormError::EmptyChoice);
            }
            let variants = expand(option)?;
            let mut grown = out.clone();
            for head in &out {
                let pause = if head.is_empty() { "" } else { "、" };
                grown.extend(variants.iter().map(|v| format!("{head}{pause}{v}")));
            }
            if grown.len() > MAX_FORMS {
                return Err(FormError::TooMany);
            }
            out = grown;
        }
        out.retain(|text| !text.is_empty());
        Ok(out)
    }

    /// Splits at the `、` outside inner braces.
    fn options(inside: &str) -> Vec<&str> {
        let mut depth = 0_usize;
        inside
            .split(|c| {
                match c {
                    '{' => depth += 1,
                    '}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                c == '、' && depth == 0
            })
            .collect()
    }

    /// `国（边）境` is also written 国边境, 国境 or 边境; `国（境）外` 国境外, 国外 or 境外.
    pub(super) fn without_inner_brackets(text: &str) -> impl Iterator<Item = String> {
        let swaps: &[(&str, [&str; 3])] =
            &[("国（边）境", ["国边境", "国境", "边境"]), ("国（境）外", ["国境外", "国外", "境外"])];
        swaps
            .iter()
            .filter(|(written, _)| text.contains(written))
            .flat_map(|(written, others)| others.iter().map(move |o| text.replace(written, o)))
            .collect::<Vec<_>>()
            .into_iter()
    }
}

/// What a charge proves about a restricted group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership {
    /// Not in the group.
    No,
    /// In the group, by the conviction alone.
    Yes,
    /// In the group if the person was a state functionary (原国家工作人员=是).
    IfFunctionary,
    /// The law can be read either way; both are computed.
    Reading,
}

/// One restricted group.
#[derive(Debug, Clone)]
pub struct Category {
    /// Its id, one of [`group`].
    pub id: String,
    /// Its Chinese name.
    pub zh: String,
    /// Its English name.
    pub en: String,
    /// What the group is, in Chinese.
    pub note_zh: String,
    /// The same in English.
    pub note_en: String,
    /// Legal basis.
    pub basis: Vec<Basis>,
    members: Vec<Membership>,
}

/// The restricted groups, over one charge book.
#[derive(Debug, Clone)]
pub struct Categories {
    list: Vec<Category>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CategoryFile {
    category: Vec<CategoryEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CategoryEntry {
    id: String,
    zh: String,
    en: String,
    include: Vec<Condition>,
    #[serde(default)]
    functionary: Vec<Condition>,
    #[serde(default)]
    reading: Vec<Condition>,
    basis: Vec<Basis>,
    note_zh: String,
    note_en: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Condition {
    chapter: Option<u8>,
    section: Option<u8>,
    articles: Vec<String>,
    names: Vec<String>,
}

impl Condition {
    fn holds(&self, charge: &Charge) -> bool {
        self.chapter.is_none_or(|c| c == charge.chapter)
            && self.section.is_none_or(|s| s == charge.section)
            && (self.articles.is_empty() || charge.articles.iter().any(|a| self.articles.contains(a)))
            && (self.names.is_empty() || self.names.contains(&charge.name))
    }

    fn check(&self, book: &ChargeBook) -> Result<(), String> {
        if self.chapter.is_none() && self.section.is_none() && self.articles.is_empty() && self.names.is_empty() {
            return Err("有空的条件".to_owned());
        }
        if let Some(name) = self.names.iter().find(|n| book.by_name(n).is_none()) {
            return Err(format!("罪名表里没有“{name}”"));
        }
        let known = |article: &String| book.iter().any(|c| c.articles.contains(article));
        if let Some(article) = self.articles.iter().find(|a| !known(a)) {
            return Err(format!("罪名表里没有第{article}条的罪名"));
        }
        Ok(())
    }
}

impl Categories {
    /// The groups built into the program.
    pub fn builtin(book: &ChargeBook) -> Result<Self, ChargeError> {
        Self::from_toml(BUILTIN_CATEGORIES, book)
    }

    /// Reads groups in the format of `rules/categories.toml`.
    pub fn from_toml(text: &str, book: &ChargeBook) -> Result<Self, ChargeError> {
        let file: CategoryFile = toml::from_str(text)?;
        let mut list: Vec<Category> = Vec::with_capacity(file.category.len());
        for entry in file.category {
            let fail = |what: String| ChargeError::Category { category: entry.id.clone(), what };
            if list.iter().any(|c| c.id == entry.id) {
                return Err(fail("重复".to_owned()));
            }
            let conditions = [&entry.include, &entry.functionary, &entry.reading];
            for condition in conditions.into_iter().flatten() {
                condition.check(book).map_err(&fail)?;
            }
            let any = |list: &[Condition], charge: &Charge| list.iter().any(|one| one.holds(charge));
            let members = book
                .iter()
                .map(|charge| {
                    if any(&entry.reading, charge) {
                        Membership::Reading
                    } else if any(&entry.functionary, charge) {
                        Membership::IfFunctionary
                    } else if any(&entry.include, charge) {
                        Membership::Yes
                    } else {
                        Membership::No
                    }
                })
                .collect();
            list.push(Category {
                id: entry.id,
                zh: entry.zh,
                en: entry.en,
                note_zh: entry.note_zh,
                note_en: entry.note_en,
                basis: entry.basis,
                members,
            });
        }
        Ok(Self { list })
    }

    /// The groups, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Category> {
        self.list.iter()
    }

    /// The group with this id.
    pub fn get(&self, id: &str) -> Option<&Category> {
        self.list.iter().find(|c| c.id == id)
    }

    /// What `charge`, of the book these groups were read over, proves about `category` (an id of [`group`]).
    pub fn membership(&self, charge: &Charge, category: &str) -> Membership {
        self.get(category).and_then(|c| c.members.get(usize::from(charge.id.0))).copied().unwrap_or(Membership::No)
    }
}

impl fmt::Display for Charge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book() -> ChargeBook {
        ChargeBook::builtin().expect("built-in charges")
    }

    fn names(book: &ChargeBook, text: &str) -> Vec<String> {
        let parsed = book.parse(text);
        let unknown = parsed.unknown.iter().map(|u| format!("?{}", u.text));
        let known = parsed.charges.iter().map(|id| book.get(*id).name.clone());
        known.chain(unknown).collect()
    }

    #[track_caller]
    fn reads(text: &str, expected: &[&str]) {
        assert_eq!(names(&book(), text), expected, "{text}");
    }

    #[test]
    fn the_list_is_whole() {
        let book = book();
        assert_eq!(book.iter().count(), 549);
        for charge in book.iter() {
            assert_eq!(book.by_name(&charge.name), Some(charge));
            assert_eq!(book.resolve(&charge.name), Some(charge), "{charge}");
            let bare = charge.name.trim_end_matches('罪');
            assert_eq!(book.resolve(bare), Some(charge), "{charge}");
        }
    }

    #[test]
    fn a_shared_form_never_changes_the_group() {
        // Forms that two charges share: whichever is taken, the groups are the same.
        let book = book();
        let groups = Categories::builtin(&book).expect("built-in groups");
        let mut seen: HashMap<String, ChargeId> = HashMap::new();
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(BUILTIN_CHARGES.as_bytes());
        for row in reader.deserialize::<Row>() {
            let row = row.expect("row");
            let id = book.by_name(&row.charge).expect("charge").id;
            for form in row.forms.split('|').filter(|f| !f.is_empty()) {
                for text in forms::expand(form).expect("form") {
                    let other = book.get(*seen.entry(text.clone()).or_insert(id));
                    for category in groups.iter() {
                        assert_eq!(
                            groups.membership(other, &category.id),
                            groups.membership(book.get(id), &category.id),
                            "{text}: {other} / {}",
                            row.charge
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn separators_cut_but_the_longest_charge_wins() {
        reads("抢劫罪", &["抢劫罪"]);
        reads(
            "抢劫罪、盗窃罪，诈骗罪;寻衅滋事罪；故意伤害罪",
            &["抢劫罪", "盗窃罪", "诈骗罪", "寻衅滋事罪", "故意伤害罪"],
        );
        reads("掩饰、隐瞒犯罪所得、犯罪所得收益罪", &["掩饰、隐瞒犯罪所得、犯罪所得收益罪"]);
        reads(
            "故意伤害、组织、领导、参加黑社会性质组织、寻衅滋事",
            &["故意伤害罪", "组织、领导、参加黑社会性质组织罪", "寻衅滋事罪"],
        );
        reads("抢劫、盗窃、抢夺枪支、弹药罪、诈骗", &["抢劫罪", "盗窃、抢夺枪支、弹药、爆炸物、危险物质罪", "诈骗罪"]);
        reads("抢劫、盗窃、抢夺罪", &["抢劫罪", "盗窃罪", "抢夺罪"]);
        // A comma separates charges, unless that leaves something unread.
        reads("盗窃，侮辱尸体", &["盗窃罪", "盗窃、侮辱、故意毁坏尸体、尸骨、骨灰罪"]);
        reads("走私,贩卖毒品罪", &["走私、贩卖、运输、制造毒品罪"]);
        reads("抢劫罪\n盗窃罪", &["抢劫罪", "盗窃罪"]);
        reads("非法吸收公众\n存款罪", &["非法吸收公众存款罪"]);
        // The same charge twice is two counts.
        reads("盗窃罪、盗窃罪", &["盗窃罪", "盗窃罪"]);
        reads("", &[]);
        reads("、；", &[]);
    }

    #[test]
    fn selective_charges_may_be_given_in_part() {
        for (text, name) in [
            ("贩卖毒品罪", "走私、贩卖、运输、制造毒品罪"),
            ("走私、运输毒品", "走私、贩卖、运输、制造毒品罪"),
            ("参加黑社会性质组织罪", "组织、领导、参加黑社会性质组织罪"),
            ("组织、领导黑社会性质组织罪", "组织、领导、参加黑社会性质组织罪"),
            ("虚开增值税专用发票罪", "虚开增值税专用发票、用于骗取出口退税、抵扣税款发票罪"),
            ("虚开用于抵扣税款发票罪", "虚开增值税专用发票、用于骗取出口退税、抵扣税款发票罪"),
            ("非法买卖、储存爆炸物罪", "非法制造、买卖、运输、邮寄、储存枪支、弹药、爆炸物罪"),
            ("买卖国家机关证件罪", "伪造、变造、买卖国家机关公文、证件、印章罪"),
            ("掩饰、隐瞒犯罪所得罪", "掩饰、隐瞒犯罪所得、犯罪所得收益罪"),
            ("隐瞒犯罪所得收益罪", "掩饰、隐瞒犯罪所得、犯罪所得收益罪"),
            ("非法供应血液制品罪", "非法采集、供应血液、制作、供应血液制品罪"),
            ("利用邪教组织破坏法律实施罪", "组织、利用会道门、邪教组织、利用迷信破坏法律实施罪"),
            ("变造公司债券罪", "伪造、变造股票、公司、企业债券罪"),
            ("强制猥亵罪", "强制猥亵、侮辱罪"),
            ("枉法裁判罪", "民事、行政枉法裁判罪"),
        ] {
            reads(text, &[name]);
        }
        // Order is kept: 制造 does not come before 贩卖 in the charge.
        reads("制造、贩卖毒品罪", &["走私、贩卖、运输、制造毒品罪", "?制造"]);
    }

    #[test]
    fn notes_drop_but_borders_stay() {
        reads("抢劫罪（从犯、未遂）", &["抢劫罪"]);
        reads("故意杀人（未遂）罪(累犯),盗窃罪【数额巨大】", &["故意杀人罪", "盗窃罪"]);
        for text in ["偷越国（边）境罪", "偷越国(边)境", "偷越国边境罪", "偷越边境罪（从犯）"]
        {
            reads(text, &["偷越国（边）境罪"]);
        }
        reads("组织参与国(境)外赌博罪", &["组织参与国（境）外赌博罪"]);
        // An open bracket may hide charges.
        reads("抢劫罪（从犯、盗窃罪", &["抢劫罪", "?（从犯、盗窃罪"]);
    }

    #[test]
    fn what_is_unknown_is_named_with_neighbours() {
        let book = book();
        let parsed = book.parse("贩卖毒口罪、盗窃罪");
        assert_eq!(parsed.charges.len(), 1);
        assert_eq!(parsed.unknown[0].text, "贩卖毒口罪");
        assert_eq!(parsed.unknown[0].nearest[0], "走私、贩卖、运输、制造毒品罪");
        assert_eq!(book.nearest("妨碍公务罪")[0], "妨害公务罪");
        assert_eq!(book.nearest("xyz"), Vec::<String>::new());
        reads("盗窃等罪", &["?盗窃等罪"]);
        reads("非法买卖、运输月球石头罪、抢劫", &["抢劫罪", "?非法买卖、运输月球石头罪"]);
    }

    #[test]
    fn names_match_whatever_their_period() {
        let book = book();
        let poison = book.resolve("投毒罪").expect("投毒罪");
        let day = |text: &str| text.parse().expect("date");
        assert!(poison.in_use_on(day("2002-03-25")) && !poison.in_use_on(day("2002-03-26")));
        assert_eq!(poison.articles, ["114", "115"]);
        let terror = book.resolve("帮助恐怖活动罪").expect("帮助恐怖活动罪");
        assert_eq!(terror.articles, ["120之一"]);
        assert!(book.resolve("流氓罪").expect("流氓罪").articles.is_empty());
    }

    #[test]
    fn groups_follow_the_conviction() {
        use Membership::{IfFunctionary, No, Reading, Yes};
        let book = book();
        let groups = Categories::builtin(&book).expect("built-in groups");
        for id in group::ALL {
            assert!(groups.get(id).is_some(), "{id}");
        }
        assert_eq!(groups.iter().count(), group::ALL.len());
        let rules = crate::law::Rules::builtin();
        for basis in groups.iter().flat_map(|c| &c.basis) {
            let instrument = rules.instruments.get(&*basis.instrument);
            assert!(instrument.is_some_and(|i| i.has_article(&basis.article)), "{basis:?}");
        }
        for (charge, category, expected) in [
            ("受贿罪", group::DUTY_CRIME, Yes),
            ("行贿罪", group::DUTY_CRIME, IfFunctionary),
            ("滥用职权罪", group::DUTY_CRIME, Yes),
            ("职务侵占罪", group::DUTY_CRIME, No),
            ("非法拘禁罪", group::DUTY_CRIME, No),
            ("非法拘禁罪", group::DUTY_CRIME_FILING, IfFunctionary),
            ("滥用职权罪", group::CORRUPTION, No),
            ("行贿罪", group::CORRUPTION, Yes),
            ("集资诈骗罪", group::FINANCE_CRIME, Yes),
            ("骗购外汇罪", group::FINANCE_CRIME, Yes),
            ("诈骗罪", group::FINANCE_CRIME, No),
            ("合同诈骗罪", group::FINANCE_CRIME, No),
            ("包庇黑社会性质组织罪", group::ORGANIZED_CRIME, Yes),
            ("入境发展黑社会组织罪", group::ORGANIZED_CRIME, Reading),
            ("间谍罪", group::NATIONAL_SECURITY, Yes),
            ("资助恐怖活动罪", group::TERRORISM, Yes),
            ("利用极端主义破坏法律实施罪", group::TERRORISM, Reading),
            ("奸淫幼女罪", group::VIOLENT_EIGHT, Yes),
            ("故意伤害罪", group::VIOLENT_EIGHT, No),
            ("抢劫枪支罪", group::VIOLENT_EIGHT, Reading),
            ("放火罪", group::VIOLENT_OLD_PAROLE, Reading),
            ("参加黑社会性质组织罪", group::VIOLENT_ANY, Yes),
            ("受贿罪", group::LIFE_WITHOUT_COMMUTATION_CHARGE, Yes),
            ("挪用公款罪", group::FUNCTIONARY_CRIME, Yes),
            ("容留他人吸毒罪", group::DRUG_SECTION, Yes),
            ("妨害兴奋剂管理罪", group::DRUG_SECTION, Reading),
            ("容留他人吸毒罪", group::DRUG_RECIDIVIST_PRIOR, No),
        ] {
            let found = book.resolve(charge).expect(charge);
            assert_eq!(groups.membership(found, category), expected, "{charge} {category}");
        }
        let careless = book.resolve("交通肇事罪").expect("交通肇事罪");
        assert_eq!(careless.negligence, Negligence::Yes);
    }

    #[test]
    fn wrong_tables_are_errors() {
        let head = "charge,forms,articles,chapter,section,negligent,since,until,source\n";
        for (row, part) in [
            ("抢劫,,第263条,第五章 x,,,,,1997", "罪"),
            ("抢劫罪,{抢,第263条,第五章 x,,,,,1997", "花括号"),
            ("抢劫罪,抢,第263条,第五章 x,,,,,1997", "全称"),
            ("抢劫罪,,263,五章,,,,,1997", "章名"),
            ("抢劫罪,,第263条,第五章 x,,maybe,,,1997", "maybe"),
            ("抢劫罪,,第263条,第五章 x,,,1997,,1997", "日期"),
        ] {
            let error = ChargeBook::from_csv(&format!("{head}{row}\n")).expect_err(row);
            assert!(error.to_string().contains(part), "{row}: {error}");
        }
        let book = book();
        let group = |include: &str| {
            format!("[[category]]\nid='a'\nzh='a'\nen='a'\nbasis=[]\nnote_zh=''\nnote_en=''\ninclude=[{include}]")
        };
        for (include, part) in [
            ("{}", "空的条件"),
            ("{ names = ['月球罪'] }", "月球罪"),
            ("{ articles = ['9999'] }", "9999"),
            ("{ chapters = 8 }", "chapters"),
        ] {
            let error = Categories::from_toml(&group(include), &book).expect_err(include);
            assert!(error.to_string().contains(part), "{include}: {error}");
        }
    }

    #[test]
    fn forms_expand() {
        let expand = |form: &str| forms::expand(form).expect("form");
        assert_eq!(expand("走私{武器、弹药}"), ["走私武器", "走私弹药", "走私武器、弹药"]);
        assert_eq!(expand("{{甲、乙}丙、丁}戊").len(), 7);
        assert_eq!(forms::expand("甲}"), Err(forms::FormError::Unbalanced));
        assert_eq!(forms::expand("{甲"), Err(forms::FormError::Unbalanced));
        assert_eq!(forms::expand("{甲、}"), Err(forms::FormError::EmptyChoice));
        let huge = format!("{{{}}}", "甲、".repeat(20) + "乙");
        assert_eq!(forms::expand(&huge), Err(forms::FormError::TooMany));
    }
}
