//! `jxjs verify`: makes the review of an evidence pack again and says what is different.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jxjs::checks::case::Lang;
use jxjs::intake::{self, Columns, Limits, Listed};
use jxjs::law::Rules;
use jxjs::model::Batch;
use jxjs::report::compare::{self, Difference, InputOut, PackOut, Verification, Verified};
use jxjs::report::evidence::{self, Manifest, Pack};
use jxjs::report::{Report, json};
use jxjs::review::{ReviewOptions, review_batch};
use serde_json::Value;

use super::batch::limits;
use super::{ARGUMENTS, Failure, HELP, OPTIONS, Outcomes, Status};

/// 核验证据包：用同样的输入、规则和日期重做审查，逐项说明差异 / make the review of an evidence pack again
#[derive(clap::Args)]
#[command(help_template = HELP, next_help_heading = OPTIONS)]
#[command(
    after_help = "退出状态 Exit status: 0 结果完全相同 the same; 1 有差异 differences; 2 无法核验 cannot be verified"
)]
pub struct Args {
    /// check --evidence 写出的证据包 / the pack that check --evidence wrote
    #[arg(value_name = "FILE", help_heading = ARGUMENTS)]
    pack: PathBuf,

    /// 当时的输入文件或其所在的文件夹；不写则在证据包旁边找 / the inputs; looked for beside the pack where left out
    #[arg(value_name = "INPUT", help_heading = ARGUMENTS)]
    inputs: Vec<PathBuf>,

    /// 输出格式：文本或 JSON / format of the output
    #[arg(long, value_enum, default_value_t, value_name = "text|json", hide_possible_values = true)]
    format: Format,

    /// 读取上限，如 cells=500M,text=1M（见说明书）/ limits of reading; the README lists them
    #[arg(long, value_name = "NAME=N", value_delimiter = ',')]
    max: Vec<String>,
}

/// How the result is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// One object.
    Json,
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> Outcomes {
    let shown = args.pack.display();
    let bytes = fs::read(&args.pack).map_err(|e| {
        Failure::Message(lang.pick(|| format!("无法读取 {shown}：{e}"), || format!("{shown} cannot be read: {e}")))
    })?;
    let bad =
        |zh: String, en: String| Failure::Message(lang.pick(|| format!("{shown}：{zh}"), || format!("{shown}: {en}")));
    let pack = evidence::open(&bytes).map_err(|e| bad(e.zh(), e.to_string()))?;
    let then: Value = serde_json::from_slice(&pack.review).map_err(|e| {
        let why = format!("{}: {e}", evidence::REVIEW);
        bad(why.clone(), why)
    })?;
    let rules = Rules::load(&pack.rules).map(Arc::new).map_err(|e| bad(e.to_string(), e.to_string()))?;
    consistent(&pack.manifest, &then, &rules).map_err(|(zh, en)| bad(zh.to_owned(), en.to_owned()))?;

    let mut out = anstream::stdout().lock();
    let mut say = |zh: String, en: String| match args.format {
        Format::Text => writeln!(out, "{}", lang.pick(|| zh, || en)),
        Format::Json => Ok(()),
    };
    let digest = evidence::digest(&bytes);
    say(format!("证据包：{shown}（SHA-256 {digest}）"), format!("pack: {shown} (SHA-256 {digest})"))?;
    let manifest = &pack.manifest;
    let day = manifest.as_of;
    let (theirs, mine) = (&manifest.tool.version, env!("CARGO_PKG_VERSION"));
    if theirs == mine {
        say(format!("程序：jxjs {mine}，审查日期 {day}"), format!("program: jxjs {mine}, day of the review {day}"))?;
    } else {
        say(
            format!("程序：证据包由 jxjs {theirs} 写出，现在是 {mine}，差异可能来自程序；审查日期 {day}"),
            format!(
                "program: the pack is of jxjs {theirs}, this is {mine}: differences may come from it; day of the review {day}"
            ),
        )?;
    }
    let same_rules = manifest.tool.builtin_digest == Rules::builtin().digest;
    match (same_rules, pack.rules.len()) {
        (false, _) => say(
            "规则：内置规则与当时不同，不能按当时的规则重做；以下比较仅供参考".to_owned(),
            "rules: those built in are not those of the pack; the comparison below is for information".to_owned(),
        )?,
        (true, 0) => say("规则：与当时相同".to_owned(), "rules: the same".to_owned())?,
        (true, n) => say(
            format!("规则：与当时相同，另按证据包中的 {n} 个叠加文件"),
            format!("rules: the same, with the {n} overlays of the pack"),
        )?,
    }

    let found = find(args, manifest);
    if !found.missing.is_empty() {
        let names = found.missing.join("、");
        return Err(Failure::Message(lang.pick(
            || format!("缺少当时的输入文件：{names}；请在证据包后面写明输入文件或其所在的文件夹"),
            || format!("inputs are missing: {names}; name them, or their folder, after the pack"),
        )));
    }
    let batch = read(&found.listed, &pack, limits(&args.max, lang)?, lang)?;
    let both = manifest.inputs.iter().zip(&batch.inputs);
    let inputs: Vec<InputOut> = both
        .map(|(then, now)| InputOut { file: then.file.clone(), then: then.sha256.clone(), now: now.sha256.clone() })
        .collect();
    let changed: Vec<&InputOut> = inputs.iter().filter(|input| input.then != input.now).collect();
    let n = inputs.len();
    if changed.is_empty() {
        say(format!("输入：{n} 个文件，摘要全部相同"), format!("inputs: {n} files, all digests the same"))?;
    }
    for InputOut { file, then, now } in &changed {
        say(
            format!("输入：{file} 已经改动：SHA-256 {then} → {now}"),
            format!("input: {file} has changed: SHA-256 {then} → {now}"),
        )?;
    }

    let options = ReviewOptions { as_of: day, lang: manifest.lang(), only: manifest.only.clone() };
    let review = review_batch(&batch, &rules, &options);
    let mut again = Vec::new();
    json::write(&Report::new(&batch, &review, &rules, manifest.lang()), &mut again)?;
    let now: Value = serde_json::from_slice(&again).map_err(|e| Failure::Output(e.into()))?;
    let differences = differences(&then, &now, again == pack.review);
    let cases = review.cases.len();
    let n = differences.len();
    if n == 0 {
        say(format!("结果：{cases} 件案件的审查结果完全相同"), format!("result: the same for all {cases} cases"))?;
    } else {
        say(format!("结果：有 {n} 处差异（证据包 → 现在）"), format!("result: {n} differences (pack → now)"))?;
    }
    for difference in &differences {
        let line = difference.line(&rules, lang);
        say(format!("  {line}"), format!("  {line}"))?;
    }
    let result = match (same_rules, n, changed.is_empty()) {
        (false, ..) => Verified::OtherRules,
        (true, 0, true) => Verified::Same,
        // Other bytes that say the same: a cell's colour, a sheet that is not read.
        (true, 0, false) => Verified::InputsChanged,
        (true, ..) => Verified::Different,
    };
    if args.format == Format::Json {
        let pack = PackOut {
            file: shown.to_string(),
            sha256: digest,
            version: theirs.clone(),
            rules_digest: manifest.tool.rules_digest.clone(),
            as_of: day,
            overlays: pack.rules.len(),
            redacted: manifest.redacted,
        };
        let (schema, version) = (compare::SCHEMA, mine.to_owned());
        let whole = Verification { schema, result, pack, version, same_rules, inputs, cases, differences };
        serde_json::to_writer_pretty(&mut out, &whole).map_err(io::Error::from)?;
        writeln!(out)?;
    }
    Ok(match result {
        Verified::Same => Status::Clear,
        Verified::InputsChanged | Verified::Different => Status::Found,
        Verified::OtherRules => Status::NotReviewed,
    })
}

/// Whether the parts of the pack belong together: someone may have changed one and the manifest with it.
fn consistent(manifest: &Manifest, review: &Value, rules: &Rules) -> Result<(), (&'static str, &'static str)> {
    let tool = review.get("tool");
    let says = |key: &str, value: &str| tool.and_then(|t| t.get(key)).and_then(Value::as_str) == Some(value);
    if !says("version", &manifest.tool.version) || !says("rules_digest", &manifest.tool.rules_digest) {
        return Err((
            "证据包被改动过：manifest.json 与 review.json 所记的程序或规则不一致",
            "it was changed: manifest.json and review.json do not name the same program and rules",
        ));
    }
    let built_in = manifest.tool.builtin_digest == Rules::builtin().digest;
    if built_in && manifest.tool.rules_digest != rules.digest {
        return Err((
            "证据包被改动过：其中的规则文件不是当时所用的规则",
            "it was changed: its rule files are not those the review was made with",
        ));
    }
    let inputs = review.get("inputs").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let text = |v: &Value, key: &str| v.get(key).and_then(Value::as_str).map(str::to_owned);
    let listed = inputs.iter().map(|i| (text(i, "file"), text(i, "sha256")));
    if !listed.eq(manifest.inputs.iter().map(|i| (Some(i.file.clone()), Some(i.sha256.clone())))) {
        return Err((
            "证据包被改动过：manifest.json 与 review.json 所记的输入文件不一致",
            "it was changed: manifest.json and review.json do not name the same inputs",
        ));
    }
    Ok(())
}

/// The recorded inputs on this machine.
struct Inputs {
    listed: Vec<Listed>,
    missing: Vec<String>,
}

/// Finds every recorded input: by name and digest, else by digest alone (it was renamed), else by name alone (it was
/// changed).
fn find(args: &Args, manifest: &Manifest) -> Inputs {
    let beside = args.pack.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let places = if args.inputs.is_empty() { vec![beside.to_owned()] } else { args.inputs.clone() };
    let mut candidates: Vec<(String, PathBuf, String)> = Vec::new();
    for file in intake::files(&places) {
        if let Some((path, digest)) = file.path.and_then(|p| intake::digest(&p).ok().map(|d| (p, d))) {
            candidates.push((file.name, path, digest));
        }
    }
    let mut found = Inputs { listed: Vec::new(), missing: Vec::new() };
    found.listed.extend(manifest.not_read.iter().map(|name| Listed { name: name.clone(), path: None }));
    for input in &manifest.inputs {
        let named = |c: &&(String, PathBuf, String)| c.0 == input.file;
        let same = |c: &&(String, PathBuf, String)| c.2 == input.sha256;
        let own = candidates.iter().find(|c| named(c) && same(c));
        let own = own.or_else(|| candidates.iter().find(same)).or_else(|| candidates.iter().find(named));
        match own {
            // With masks the recorded name is none of the file's.
            Some((name, path, _)) if manifest.redacted => {
                found.listed.push(Listed { name: name.clone(), path: Some(path.clone()) });
            }
            Some((_, path, _)) => found.listed.push(Listed { name: input.file.clone(), path: Some(path.clone()) }),
            None => found.missing.push(input.file.clone()),
        }
    }
    found
}

/// Reads the inputs again, with the column names of the pack.
fn read(listed: &[Listed], pack: &Pack, limits: Limits, lang: Lang) -> Result<Batch, Failure> {
    let said = |e: intake::IntakeError| {
        let e = if pack.manifest.redacted { intake::redact_error(&e) } else { e };
        Failure::Message(lang.pick(|| e.zh(), || e.en()))
    };
    let columns = Columns::of_texts(&pack.columns).map_err(|e| said(e.into()))?;
    let batch = intake::read_listed(listed, &columns, &limits).map_err(said)?;
    Ok(if pack.manifest.redacted { intake::redact(batch).batch } else { batch })
}

fn differences(then: &Value, now: &Value, same_bytes: bool) -> Vec<Difference> {
    if same_bytes {
        return Vec::new();
    }
    let mut found = compare::differences(then, now);
    let rest = |v: &Value| {
        let mut v = v.clone();
        if let Some(map) = v.as_object_mut() {
            map.remove("tool");
            map.remove("inputs");
        }
        v
    };
    if found.is_empty() && rest(then) != rest(now) {
        found.push(Difference { case: None, what: evidence::REVIEW.to_owned(), then: None, now: None });
    }
    found
}
