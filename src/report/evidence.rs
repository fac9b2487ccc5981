//! The evidence pack: one file from which anyone with the same inputs can make the same review again.
//!
//! It holds the whole review, the rules and column files laid over the built-in ones in full, and a manifest with the
//! digests of the inputs and of every member, the version, the day of the review and the options. Nothing in it comes
//! from the machine or the clock, so that two runs give the same bytes: members stand in a fixed order, with one date,
//! one set of rights, and compressed the same way.

use std::collections::HashSet;
use std::io::{self, Cursor, Read, Write};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::{Report, json};
use crate::checks::case::Lang;
use crate::checks::finding::Outcome;
use crate::law::Rules;
use crate::law::load::hex;
use crate::model::{Batch, ProblemCode};

/// Version of the pack's shape.
pub const FORMAT: u32 = 1;
/// The review.
pub const REVIEW: &str = "review.json";
/// The manifest, always the last member.
pub const MANIFEST: &str = "manifest.json";
/// What the pack is, for who opens it.
const ABOUT: &str = "说明.txt";
/// A pack larger than this when unpacked is none of ours.
const MOST: u64 = 8 << 30;

const ABOUT_TEXT: &str = "本文件由 jxjs check --evidence 写出，用来证明一次审查可以原样重做。\n\
    review.json 是审查结果全文；rules、columns 两个文件夹是叠加的规则和列名文件；manifest.json 记有各输入文件、规则和上述各文件的 SHA-256、\
    程序版本、审查日期和选项。\n\
    核验：jxjs verify 本文件 输入文件…\n\n\
    Written by jxjs check --evidence: the proof that a review can be made again as it was. review.json is the review; rules and\n\
    columns hold the files laid over the built-in ones; manifest.json has the SHA-256 of every input, of the rules and of\n\
    these files, the version of the program, the day of the review and the options.\n\
    To verify: jxjs verify THIS-FILE INPUT...\n";

/// What the review was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub evidence: u32,
    /// The program.
    pub tool: Tool,
    /// The day of the review.
    pub as_of: NaiveDate,
    /// The language of the messages: `zh` or `en`.
    pub lang: String,
    /// The checks asked for; all where empty.
    pub only: Vec<String>,
    /// Whether names and numbers are masked.
    pub redacted: bool,
    /// The inputs, in the order they were read.
    pub inputs: Vec<Input>,
    /// Files that lay among the inputs and were not read, which the review says.
    pub not_read: Vec<String>,
    /// The overlays, in their order.
    pub rules: Vec<String>,
    /// The files of column names, in their order.
    pub columns: Vec<String>,
    /// Every member but this one.
    pub members: Vec<Member>,
}

/// The program that made the review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// `jxjs`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Digest of the rules in force: those built in with the overlays.
    pub rules_digest: String,
    /// Digest of the rules built in.
    pub builtin_digest: String,
}

/// An input file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Path relative to the input argument, with `/`.
    pub file: String,
    /// Digest of its bytes.
    pub sha256: String,
}

/// A member of the pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Digest of its bytes.
    pub sha256: String,
    /// How many there are.
    pub bytes: u64,
}

/// What a review was made with, besides the batch: the texts as they were read.
#[derive(Clone, Debug, Default)]
pub struct Made<'a> {
    /// The checks asked for.
    pub only: &'a [String],
    /// Whether names and numbers are masked.
    pub redacted: bool,
    /// Name and text of the overlays.
    pub rules: &'a [(String, String)],
    /// Name and text of the files of column names.
    pub columns: &'a [(String, String)],
}

/// Makes the pack of a review. What `--min-outcome` hides is in it all the same.
///
/// # Errors
/// Only what packing reports.
pub fn pack(report: &Report<'_>, made: &Made<'_>) -> io::Result<Vec<u8>> {
    let report = Report { min_outcome: Outcome::Pass, ..*report };
    let mut zip = Packer { zip: ZipWriter::new(Cursor::new(Vec::new())), members: Vec::new() };
    zip.member(ABOUT, |out| out.write_all(ABOUT_TEXT.as_bytes()))?;
    zip.member(REVIEW, |out| json::write(&report, out))?;
    let rules = zip.texts("rules", made.rules)?;
    let columns = zip.texts("columns", made.columns)?;
    let manifest = Manifest {
        evidence: FORMAT,
        tool: Tool {
            name: "jxjs".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            rules_digest: report.rules.digest.clone(),
            builtin_digest: Rules::builtin().digest.clone(),
        },
        as_of: report.review.as_of,
        lang: if report.lang.is_zh() { "zh" } else { "en" }.to_owned(),
        only: made.only.to_vec(),
        redacted: made.redacted,
        inputs: report.batch.inputs.iter().map(|i| Input { file: i.file.clone(), sha256: i.sha256.clone() }).collect(),
        not_read: not_read(report.batch),
        rules,
        columns,
        members: std::mem::take(&mut zip.members),
    };
    let mut text = serde_json::to_vec_pretty(&manifest)?;
    text.push(b'\n');
    zip.member(MANIFEST, |out| out.write_all(&text))?;
    Ok(zip.zip.finish().map_err(io::Error::other)?.into_inner())
}

/// The files that a problem calls not read.
fn not_read(batch: &Batch) -> Vec<String> {
    let read: HashSet<&str> = batch.inputs.iter().map(|i| i.file.as_str()).collect();
    let about_file = batch.problems.iter().filter(|p| p.code == ProblemCode::UnknownSheet && p.sheet.is_empty());
    about_file.map(|p| p.file.as_str()).filter(|f| !read.contains(f)).map(str::to_owned).collect()
}

/// The digest of a pack.
pub fn digest(pack: &[u8]) -> String {
    hex(&Sha256::digest(pack))
}

struct Packer {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    members: Vec<Member>,
}

impl Packer {
    fn member(&mut self, name: &str, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        // The time of the zip format's own zero, and rights that say nothing about the machine.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o600)
            .system(zip::System::Unix)
            .large_file(true);
        self.zip.start_file(name, options).map_err(io::Error::other)?;
        let mut hashed = Hashed { out: &mut self.zip, hash: Sha256::new(), bytes: 0 };
        write(&mut hashed)?;
        let (sha256, bytes) = (hex(&hashed.hash.finalize()), hashed.bytes);
        self.members.push(Member { name: name.to_owned(), sha256, bytes });
        Ok(())
    }

    /// Files the user gave, numbered, since two may have one name; of their paths only the name is kept.
    fn texts(&mut self, folder: &str, texts: &[(String, String)]) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for (n, (path, text)) in texts.iter().enumerate() {
            let base = path.rsplit(['/', '\\']).next().unwrap_or(path);
            let name = format!("{folder}/{}-{base}", n + 1);
            self.member(&name, |out| out.write_all(text.as_bytes()))?;
            names.push(name);
        }
        Ok(names)
    }
}

struct Hashed<'a, W> {
    out: &'a mut W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashed<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.out.write(bytes)?;
        self.hash.update(bytes.get(..n).unwrap_or_default());
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A pack that was opened and is what its manifest says.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The manifest.
    pub manifest: Manifest,
    /// The review.
    pub review: Vec<u8>,
    /// Name and text of the overlays.
    pub rules: Vec<(String, String)>,
    /// Name and text of the files of column names.
    pub columns: Vec<(String, String)>,
}

/// A pack cannot be relied upon.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// It is no pack.
    #[error("it is not an evidence pack of jxjs: {0}")]
    NotAPack(String),
    /// It is of a later program.
    #[error("it has format {0}, this program knows {FORMAT}: use a later version of jxjs")]
    Format(u32),
    /// Members are not what the manifest says.
    #[error("it was changed after it was written: {}", members.join(", "))]
    Changed {
        /// The members, each with what is wrong.
        members: Vec<String>,
        /// The same in Chinese.
        zh: Vec<String>,
    },
}

impl PackError {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        match self {
            PackError::NotAPack(why) => format!("不是 jxjs 的证据包：{why}"),
            PackError::Format(n) => format!("证据包的格式是 {n}，本程序只认识 {FORMAT}：请使用更新的版本"),
            PackError::Changed { zh, .. } => format!("证据包写出后被改动过：{}", zh.join("；")),
        }
    }
}

/// Opens a pack and holds every member against the manifest.
///
/// # Errors
/// It is not a pack, is damaged, or was changed; every member that was is named.
pub fn open(bytes: &[u8]) -> Result<Pack, PackError> {
    let not = |e: &dyn std::fmt::Display| PackError::NotAPack(e.to_string());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| not(&e))?;
    if archive.decompressed_size().is_some_and(|n| n > u128::from(MOST)) {
        return Err(PackError::NotAPack("too large".to_owned()));
    }
    let mut names = Vec::new();
    for at in 0..archive.len() {
        names.push(archive.by_index_raw(at).and_then(|f| f.name().map(|n| n.into_owned())).map_err(|e| not(&e))?);
    }
    let mut member = |name: &str| -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        archive.by_name(name).map_err(io::Error::other)?.take(MOST).read_to_end(&mut content)?;
        Ok(content)
    };
    let manifest = member(MANIFEST).map_err(|e| not(&format!("{MANIFEST}: {e}")))?;
    let any: serde_json::Value = serde_json::from_slice(&manifest).map_err(|e| not(&format!("{MANIFEST}: {e}")))?;
    match any.get("evidence").and_then(serde_json::Value::as_u64) {
        Some(n) if n == u64::from(FORMAT) => {}
        Some(n) => return Err(PackError::Format(u32::try_from(n).unwrap_or(u32::MAX))),
        None => return Err(PackError::NotAPack(MANIFEST.to_owned())),
    }
    let manifest: Manifest = serde_json::from_value(any).map_err(|e| not(&format!("{MANIFEST}: {e}")))?;
    let (mut changed, mut zh) = (Vec::new(), Vec::new());
    let mut wrong = |name: &str, en: &str, cn: &str| {
        changed.push(format!("{name} ({en})"));
        zh.push(format!("{name}（{cn}）"));
    };
    let mut contents = Vec::new();
    for listed in &manifest.members {
        match member(&listed.name) {
            Ok(content) if hex(&Sha256::digest(&content)) == listed.sha256 && content.len() as u64 == listed.bytes => {
                contents.push((listed.name.as_str(), content));
            }
            Ok(_) => wrong(&listed.name, "not what the manifest says", "与清单不符"),
            Err(_) if names.contains(&listed.name) => wrong(&listed.name, "cannot be read", "无法读出"),
            Err(_) => wrong(&listed.name, "missing", "缺失"),
        }
    }
    for name in &names {
        if name != MANIFEST && !manifest.members.iter().any(|m| m.name == *name) {
            wrong(name, "not in the manifest", "清单中没有");
        }
    }
    for name in [REVIEW].into_iter().chain(manifest.rules.iter().chain(&manifest.columns).map(String::as_str)) {
        if !manifest.members.iter().any(|m| m.name == name) {
            wrong(name, "not among the members of the manifest", "不在清单的文件之中");
        }
    }
    if !changed.is_empty() {
        return Err(PackError::Changed { members: changed, zh });
    }
    let find = |name: &str| contents.iter().find(|(n, _)| *n == name).map(|(_, c)| c.clone()).unwrap_or_default();
    let texts = |names: &[String]| {
        let text = |name: &String| Ok((name.clone(), String::from_utf8(find(name)).map_err(|e| not(&e))?));
        names.iter().map(text).collect::<Result<Vec<_>, PackError>>()
    };
    let (rules, columns) = (texts(&manifest.rules)?, texts(&manifest.columns)?);
    let review = find(REVIEW);
    drop(contents);
    Ok(Pack { manifest, review, rules, columns })
}

impl Manifest {
    /// The language of the messages.
    pub fn lang(&self) -> Lang {
        if self.lang == "en" { Lang::En } else { Lang::Zh }
    }
}
