//! Masks what identifies a person, before anything looks at the batch: what is printed later can only hold masks.
//!
//! One text has one mask in everything a run prints, and in every run over the same input: 罪犯0001 is the first name of
//! 罪犯信息, 编号0001 its number. Notes, reasons and the like stay, with every known name and number in them replaced, and
//! with every long number hidden. Identity numbers stay in the dossier, since checks compare them; nothing prints them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use rayon::prelude::*;

use super::columns::{Columns, Named};
use super::error::{Fault, IntakeError};
use crate::model::schema::ColType;
use crate::model::{Batch, Change, Col, Dossier, Field, Problem, SheetKind, Value};

/// A run of digits as long as this is a telephone, account or identity number.
const LONG_NUMBER: usize = 11;
/// Shorter numbers are too easily something else to be replaced within a text.
const SHORTEST_NUMBER: usize = 4;
/// What stands for a text that may hold anything.
const HIDDEN_ZH: &str = "〈已隐去〉";
const HIDDEN_EN: &str = "<hidden>";

/// The masks of a batch.
#[derive(Debug, Default)]
pub struct Masks {
    numbers: Table,
    names: Table,
    cases: Table,
    documents: Table,
    officers: Table,
    identities: Table,
    files: HashMap<String, String>,
    sheets: HashMap<(String, String), String>,
    /// Everything that is replaced within a text, the longest first where several begin at one place.
    search: Option<AhoCorasick>,
    replacements: Vec<String>,
}

/// Texts of one kind in the order of their masks.
#[derive(Debug, Default)]
struct Table {
    masks: HashMap<String, String>,
}

impl Table {
    fn add(&mut self, text: &str, mask: impl FnOnce(usize) -> String) {
        let next = self.masks.len() + 1;
        if !text.trim().is_empty() && !self.masks.contains_key(text) {
            self.masks.insert(text.to_owned(), mask(next));
        }
    }

    fn get(&self, text: &str) -> Option<&str> {
        self.masks.get(text).map(String::as_str)
    }
}

impl Masks {
    /// The masks of everyone and everything in a batch.
    fn of(batch: &Batch, columns: &Columns) -> Masks {
        let mut masks = Masks::default();
        let mut officers = BTreeSet::new();
        for packed in &batch.dossiers {
            let dossier = &packed.open();
            masks.numbers.add(&dossier.no, |n| format!("编号{n:04}"));
            if let Some(inmate) = &dossier.inmate {
                inmate.name.known().iter().for_each(|t| masks.names.add(t, |n| format!("罪犯{n:04}")));
                inmate.id_number.known().iter().for_each(|t| masks.identities.add(t, |n| format!("证件号{n:04}")));
            }
            for app in &dossier.applications {
                app.case_no.known().iter().for_each(|t| masks.cases.add(t, |n| case_mask(t, n)));
                app.result.known().iter().for_each(|c| masks.revoked(c));
            }
            for ruling in &dossier.rulings {
                ruling.case_no.known().iter().for_each(|t| masks.cases.add(t, |n| case_mask(t, n)));
                ruling.change.known().iter().for_each(|c| masks.revoked(c));
            }
            let documents = dossier.awards.iter().map(|r| &r.doc_no).chain(dossier.custody.iter().map(|r| &r.doc_no));
            documents.filter_map(Field::known).for_each(|t| masks.documents.add(t, |n| format!("文号{n:04}")));
            officers.extend(dossier.points.iter().filter_map(|r| r.officer.known().cloned()));
        }
        // In their own order, which decides where two of them stand alike.
        officers.iter().for_each(|t| masks.officers.add(t, |n| format!("民警{n:04}")));
        masks.places(batch, columns);
        masks.build();
        masks
    }

    fn revoked(&mut self, change: &Change) {
        if let Change::ReductionRevoked { case_no: Some(text), .. } = change {
            self.cases.add(text, |n| case_mask(text, n));
        }
    }

    /// Files and sheets: a prison may name them after a person. What only names a kind of sheet stays.
    fn places(&mut self, batch: &Batch, columns: &Columns) {
        let files = batch.inputs.iter().map(|i| i.file.as_str());
        let all = files.chain(batch.problems.iter().map(|p| p.file.as_str())).filter(|f| !f.is_empty());
        for file in all {
            let next = self.files.len() + 1;
            self.files.entry(file.to_owned()).or_insert_with(|| mask_file(file, next, columns));
        }
        for input in &batch.inputs {
            for (n, sheet) in input.sheets.iter().enumerate() {
                let key = (input.file.clone(), sheet.sheet.clone());
                self.sheets.insert(key, mask_sheet(&sheet.sheet, n + 1, columns));
            }
        }
    }

    fn build(&mut self) {
        let long = |t: &str| t.chars().count() >= SHORTEST_NUMBER;
        let word = |t: &str| t.chars().count() >= 2;
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        for (table, fits) in [
            (&self.identities, long as fn(&str) -> bool),
            (&self.numbers, long),
            (&self.cases, long),
            (&self.documents, long),
            (&self.names, word),
            (&self.officers, word),
        ] {
            pairs.extend(table.masks.iter().filter(|(t, _)| fits(t)).map(|(t, m)| (t.as_str(), m.as_str())));
        }
        pairs.sort_unstable();
        pairs.dedup_by_key(|(text, _)| *text);
        let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(pairs.iter().map(|(t, _)| *t));
        self.replacements = pairs.into_iter().map(|(_, m)| m.to_owned()).collect();
        // The only reason to fail is that there is too much to look for; then nothing that was written freely is shown.
        self.search = search.ok();
    }

    /// A text that was written freely.
    pub fn free(&self, text: &str) -> String {
        let Some(search) = &self.search else { return HIDDEN_ZH.to_owned() };
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while let Some(rest) = text.get(at..) {
            let Some(found) = search.find(rest) else { break };
            let (start, end) = (at + found.start(), at + found.end());
            let replacement = self.replacements.get(found.pattern().as_usize());
            if is_part_of_number(text, start, end) {
                // Within a longer number it is something else; that number is hidden if it is long.
                let step = text.get(start..).and_then(|t| t.chars().next()).map_or(1, char::len_utf8);
                out.push_str(text.get(at..start + step).unwrap_or_default());
                at = start + step;
                continue;
            }
            out.push_str(text.get(at..start).unwrap_or_default());
            out.push_str(replacement.map_or(HIDDEN_ZH, String::as_str));
            at = end;
        }
        out.push_str(text.get(at..).unwrap_or_default());
        without_long_numbers(&out)
    }

    fn file(&self, file: &str) -> String {
        if file.is_empty() {
            String::new()
        } else {
            self.files.get(file).cloned().unwrap_or_else(|| "文件".to_owned())
        }
    }

    fn sheet(&self, file: &str, sheet: &str) -> String {
        match self.sheets.get(&(file.to_owned(), sheet.to_owned())) {
            _ if sheet.is_empty() => String::new(),
            Some(mask) => mask.clone(),
            None => SheetKind::ALL.into_iter().find(|k| k.name() == sheet).map_or("表", SheetKind::name).to_owned(),
        }
    }

    /// A number as the user types it: the person's own, or its mask.
    fn matches(&self, typed: &str) -> Option<String> {
        let own = self.numbers.get(typed).map(str::to_owned);
        own.or_else(|| self.numbers.masks.values().find(|m| *m == typed).cloned())
    }

    fn problem(&self, problem: &mut Problem) {
        problem.zh = self.free(&self.quoted(&problem.zh, '“', '”', HIDDEN_ZH));
        problem.en = self.free(&self.quoted(&problem.en, '"', '"', HIDDEN_EN));
        problem.sheet = self.sheet(&problem.file, &problem.sheet);
        problem.file = self.file(&problem.file);
    }

    /// A message with what it quotes from a cell masked, or hidden where it is neither a known number nor a word of ours.
    fn quoted(&self, text: &str, open: char, close: char, hidden: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(open) {
            out.push_str(before);
            // In the English texts a quotation mark within is marked.
            let mut end = None;
            let mut escaped = false;
            for (at, c) in after.char_indices() {
                if c == close && !escaped {
                    end = Some(at);
                    break;
                }
                escaped = open == close && c == '\\' && !escaped;
            }
            let inner = end.and_then(|e| after.get(..e)).unwrap_or(after);
            out.push(open);
            match self.numbers.get(inner) {
                Some(mask) => out.push_str(mask),
                None if is_ours(inner) => out.push_str(inner),
                None => out.push_str(hidden),
            }
            out.push(close);
            rest = end.and_then(|e| after.get(e + close.len_utf8()..)).unwrap_or_default();
        }
        out.push_str(rest);
        out
    }

    fn dossier(&self, d: &mut Dossier) {
        let whole = |table: &Table, text: &str| table.get(text).map_or_else(|| self.free(text), str::to_owned);
        let number = |t: &str| whole(&self.numbers, t);
        let name = |t: &str| whole(&self.names, t);
        let case = |t: &str| whole(&self.cases, t);
        let officer = |t: &str| whole(&self.officers, t);
        let free = |t: &str| self.free(t);
        // A document's number is masked, but for one that tells when a diagnosis was made.
        let document = |t: &str| if t.contains("诊断") { self.free(t) } else { whole(&self.documents, t) };
        let change = |change: &mut Value<Change>| {
            if let Value::Known(Change::ReductionRevoked { case_no: Some(text), .. }) = change {
                *text = case(text);
            }
        };
        d.no = number(&d.no);
        if let Some(i) = &mut d.inmate {
            set(&mut i.no, &number);
            set(&mut i.name, &name);
            for field in [&mut i.charges, &mut i.rank, &mut i.prison, &mut i.ward] {
                set(field, &free);
            }
            if let Value::Known(counts) = &mut i.count_terms.value {
                counts.iter_mut().for_each(|c| c.charge = free(&c.charge));
            }
        }
        for app in &mut d.applications {
            set(&mut app.no, &number);
            set(&mut app.case_no, &case);
            set(&mut app.court, &free);
            change(&mut app.result.value);
        }
        for row in &mut d.points {
            set_value(&mut row.officer, &officer);
            for value in [&mut row.prison, &mut row.ward, &mut row.post, &mut row.note] {
                set_value(value, &free);
            }
        }
        for award in &mut d.awards {
            set(&mut award.reason, &free);
            set(&mut award.doc_no, &document);
        }
        for ruling in &mut d.rulings {
            change(&mut ruling.change.value);
            set(&mut ruling.court, &free);
            set(&mut ruling.case_no, &case);
        }
        for row in &mut d.custody {
            set(&mut row.doc_no, &document);
            for field in [&mut row.reason, &mut row.authority, &mut row.place, &mut row.note] {
                set(field, &free);
            }
        }
        d.problems.iter_mut().for_each(|p| self.problem(p));
    }
}

fn set_value(value: &mut Value<String>, mask: &dyn Fn(&str) -> String) {
    if let Value::Known(text) = value {
        *text = mask(text);
    }
}

fn set(field: &mut Field<String>, mask: &dyn Fn(&str) -> String) {
    set_value(&mut field.value, mask);
}

/// A case number keeps what tells the court's level and loses what tells the case.
fn case_mask(text: &str, n: usize) -> String {
    let court = text.starts_with(['（', '(', '〔', '[']) && text.contains('刑') && !text.contains(char::is_whitespace);
    let head = text.trim_end_matches(['号', '之']);
    let stem = head.trim_end_matches(|c: char| c.is_ascii_digit());
    if court && stem.len() < head.len() && stem.chars().count() < 16 && !stem.ends_with(['）', ')', '〕', ']']) {
        format!("{stem}案{n:04}号")
    } else {
        format!("案号{n:04}")
    }
}

fn mask_file(file: &str, n: usize, columns: &Columns) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let ending: String = ending.chars().filter(char::is_ascii_alphanumeric).take(5).collect();
    if !file.contains('/') && names_a_kind(stem, columns) {
        return file.to_owned();
    }
    if ending.is_empty() { format!("文件{n}") } else { format!("文件{n}.{ending}") }
}

fn mask_sheet(sheet: &str, n: usize, columns: &Columns) -> String {
    if sheet.is_empty() || names_a_kind(sheet, columns) { sheet.to_owned() } else { format!("表{n}") }
}

/// Whether a name says what kind of sheet it is and nothing else.
fn names_a_kind(name: &str, columns: &Columns) -> bool {
    let more = |c: char| !c.is_alphabetic() || c.is_ascii();
    !name.contains(more) && matches!(columns.kind_of_name(name), Some((_, Named::Exactly | Named::Alias)))
}

/// Whether a text is a word of the contract.
fn is_ours(text: &str) -> bool {
    SheetKind::ALL.iter().any(|k| k.name() == text || k.name_en() == text)
        || Col::ALL.iter().any(|c| {
            c.name() == text || matches!(c.ty(), ColType::One(words) | ColType::Many(words) if words.contains(&text))
        })
}

/// Whether a match only is a part of a longer number or Latin word.
fn is_part_of_number(text: &str, start: usize, end: usize) -> bool {
    let touches = |inside: Option<char>, outside: Option<char>| {
        inside.is_some_and(|c| c.is_ascii_alphanumeric()) && outside.is_some_and(|c| c.is_ascii_alphanumeric())
    };
    let (before, found, after) = (text.get(..start), text.get(start..end), text.get(end..));
    let first = |t: Option<&str>| t.and_then(|t| t.chars().next());
    let last = |t: Option<&str>| t.and_then(|t| t.chars().next_back());
    touches(first(found), last(before)) || touches(last(found), first(after))
}

/// A text without what is shaped like an identity, account or telephone number.
fn without_long_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    let is_digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    for c in text.chars().map(Some).chain([None]) {
        match c {
            Some(c) if is_digit(c) => run.push(c),
            // The check digit of an identity number.
            Some('x' | 'X' | 'ｘ' | 'Ｘ') if run.chars().count() == 17 => run.push('X'),
            other => {
                if run.chars().count() >= LONG_NUMBER {
                    out.push_str("〔号码〕");
                } else {
                    out.push_str(&run);
                }
                run.clear();
                out.extend(other);
            }
        }
    }
    out
}

/// Masks a batch.
pub fn redact(batch: Batch) -> Redacted {
    // The built-in aliases are valid: a test loads them.
    let columns = Columns::load(&[]).unwrap_or_default();
    let masks = Masks::of(&batch, &columns);
    let mut batch = Batch { redacted: true, ..batch };
    batch.dossiers.par_iter_mut().for_each(|packed| {
        let mut dossier = packed.open();
        masks.dossier(&mut dossier);
        *packed = dossier.into();
    });
    batch.problems.iter_mut().for_each(|p| masks.problem(p));
    let mut sources = (*batch.sources).clone();
    for source in &mut sources.sheets {
        source.sheet = masks.sheet(&source.file, &source.sheet);
        source.file = masks.file(&source.file);
    }
    batch.sources = Arc::new(sources);
    for input in &mut batch.inputs {
        for sheet in &mut input.sheets {
            sheet.sheet = masks.sheet(&input.file, &sheet.sheet);
        }
        input.file = masks.file(&input.file);
    }
    Redacted { batch, masks }
}

/// A batch of masks.
#[derive(Debug)]
pub struct Redacted {
    /// The batch.
    pub batch: Batch,
    masks: Masks,
}

impl Redacted {
    /// The mask of a person's number; a mask stands for itself.
    pub fn number(&self, typed: &str) -> Option<String> {
        self.masks.matches(typed)
    }
}

/// Why nothing could be reviewed, without the names and headers found in the input.
pub fn redact_error(error: &IntakeError) -> IntakeError {
    let columns = Columns::load(&[]).unwrap_or_default();
    let headers = |list: &[String]| -> Vec<String> {
        list.iter().map(|h| if is_ours(h) { h.clone() } else { "〈列〉".to_owned() }).collect()
    };
    let file = |f: &String| if f.is_empty() { String::new() } else { mask_file(f, 1, &columns) };
    let sheet = |s: &String| mask_sheet(s, 1, &columns);
    let faults = error.faults.iter().map(|fault| match fault {
        Fault::NoInput { file: f } => Fault::NoInput { file: file(f) },
        Fault::Unreadable { file: f, .. } => Fault::Unreadable {
            file: file(f),
            zh: "不能打开或读取".to_owned(),
            en: "it cannot be opened or read".to_owned(),
        },
        Fault::LimitExceeded { file: f, sheet: s, zh, en } => {
            Fault::LimitExceeded { file: file(f), sheet: sheet(s), zh: zh.clone(), en: en.clone() }
        }
        Fault::MissingSheet { kind, found } => Fault::MissingSheet {
            kind: *kind,
            found: found.iter().map(|(f, s, h)| (file(f), sheet(s), headers(h))).collect(),
        },
        Fault::MissingColumn { file: f, sheet: s, kind, columns, headers: h } => Fault::MissingColumn {
            file: file(f),
            sheet: sheet(s),
            kind: *kind,
            columns: columns.clone(),
            headers: headers(h),
        },
        Fault::AmbiguousLayout { file: f, sheet: s, zh, en, headers: h } => Fault::AmbiguousLayout {
            file: file(f),
            sheet: sheet(s),
            zh: zh.clone(),
            en: en.clone(),
            headers: headers(h),
        },
        other => other.clone(),
    });
    IntakeError { faults: faults.collect() }
}
