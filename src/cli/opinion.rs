//! `jxjs opinion`: the review opinions as Word files.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jxjs::checks::case::Lang;
use jxjs::model::Batch;
use jxjs::report::Report;
use jxjs::report::docx::engine::{Location, TemplateError};
use jxjs::report::docx::{Kind, OpinionError, Templates, Wanted, case_stem, opinions};
use jxjs::report::out;
use jxjs::report::write::Outbox;
use jxjs::review::{ReviewOptions, all_clear, review_batch};

use super::batch::BatchArgs;
use super::files::{self, Force};
use super::{ARGUMENTS, Failure, HELP, OPTIONS, Outcomes, Status};

/// 生成审查报告、检察意见书等文书 / write the review opinions as Word files
#[derive(clap::Args)]
#[command(help_template = HELP, next_help_heading = OPTIONS)]
pub struct Args {
    /// 工作簿、CSV 文件，或其所在的文件夹 / workbooks, CSV files, or folders of them
    #[arg(value_name = "INPUT", required = true, help_heading = ARGUMENTS)]
    inputs: Vec<PathBuf>,

    /// 只为该罪犯编号生成 / only for this person
    #[arg(long, value_name = "N")]
    inmate: Option<String>,

    /// 写入该文件夹下的“意见” / write into 意见 inside this folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,

    #[command(flatten)]
    force: Force,

    #[command(flatten)]
    style: Style,

    #[command(flatten)]
    batch: BatchArgs,
}

/// How the documents look; shared with `jxjs check --out`.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Style {
    /// 本单位的文书模板所在文件夹，见 jxjs template --opinions / folder of the office's own templates
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,

    /// 审查人；不填的，文书都带“草稿”标记 / the reviewer; without one every document is marked as a draft
    #[arg(long, value_name = "NAME")]
    reviewer: Option<String>,
}

impl Style {
    /// Whether anything was asked for.
    pub fn is_given(&self) -> bool {
        self.templates.is_some() || self.reviewer.is_some()
    }

    /// A reviewer is named on every page, which does not go with masks.
    pub fn may_be_masked(&self, redacted: bool, lang: Lang) -> Result<(), Failure> {
        if redacted && self.reviewer.is_some() {
            return Err(Failure::Message(lang.pick(
                || "--reviewer 与 --redact 不能同时使用：文书上会写明审查人".to_owned(),
                || "--reviewer does not go with --redact: the documents would name the reviewer".to_owned(),
            )));
        }
        Ok(())
    }

    /// The templates to use; checked before the review, which may take long.
    pub fn load(&self, lang: Lang) -> Result<Templates, Failure> {
        match &self.templates {
            Some(dir) => Templates::with_folder(dir),
            None => Templates::builtin(),
        }
        .map_err(|e| said(&e, lang))
    }
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> Outcomes {
    let rules = args.batch.rules(lang)?;
    let templates = args.style.load(lang)?;
    let as_of = args.batch.as_of();
    args.style.may_be_masked(args.batch.redacts(), lang)?;
    let (batch, number) = args.batch.read_for(&args.inputs, args.inmate.as_deref().unwrap_or_default(), lang)?;
    let inmate = args.inmate.is_some().then_some(number.as_str());
    // The folder may hold the documents of other batches; only those of these cases are in the way.
    let stems = stems(&batch, inmate);
    let failed = |e| files::said(&e, lang);
    let mut outbox = args.force.outbox();
    outbox.require_free(out::documents(&args.out, |stem| stems.contains(stem))).map_err(failed)?;
    // The documents are Chinese whatever the language of the messages.
    let review = review_batch(&batch, &rules, &ReviewOptions { as_of, lang: Lang::Zh, only: Vec::new() });
    if review.cases.is_empty() {
        let said = lang.pick(|| "没有可审查的案件".to_owned(), || "there is no case to review".to_owned());
        return Err(Failure::Message(said));
    }
    if let Some(no) = inmate
        && !review.cases.iter().any(|c| c.inmate == *no)
    {
        let said = lang
            .pick(|| "没有该罪犯编号的案件".to_owned(), || "there is no case of an inmate with this number".to_owned());
        return Err(Failure::Message(said));
    }
    let report = Report::new(&batch, &review, &rules, Lang::Zh);
    let made = write(&report, &templates, &args.style, inmate, &args.out, &mut outbox, lang)?;
    let written = outbox.commit().map_err(failed)?;
    let left = out::clear_away(&args.out, &written, |stem| stems.contains(stem)).map_err(failed)?;
    for line in (out::Left { copies: 0, ..left }).words(&args.out, lang.is_zh()) {
        writeln!(anstream::stderr(), "{line}")?;
    }
    let dir = args.out.join(out::OPINIONS);
    let dir = dir.display();
    let done = lang.pick(|| format!("{dir}：{made} 份文书"), || format!("{dir}: {made} documents"));
    super::print_line(&done)?;
    Ok(if all_clear(&review, &batch) { Status::Clear } else { Status::Found })
}

/// The first parts of the names of the documents that a run may write.
fn stems(batch: &Batch, inmate: Option<&str>) -> HashSet<String> {
    let mut stems = HashSet::new();
    for packed in batch.dossiers.iter().filter(|d| inmate.is_none_or(|no| d.no() == no)) {
        let dossier = packed.open_records();
        stems.insert(case_stem(None, &dossier.no));
        stems
            .extend(dossier.applications.iter().map(|a| case_stem(a.case_no.known().map(String::as_str), &dossier.no)));
        // Of the batch as a whole there are documents by prison.
        let prison = dossier.inmate.as_ref().and_then(|i| i.prison.known()).map_or("批次", String::as_str);
        if inmate.is_none() {
            stems.insert(case_stem(None, prison));
            stems.insert("批次".to_owned());
        }
    }
    stems
}

/// Puts the documents of a review into the outbox, to lie in `意见` inside `out`; says how many.
pub fn write(
    report: &Report<'_>,
    templates: &Templates,
    style: &Style,
    inmate: Option<&str>,
    out: &Path,
    outbox: &mut Outbox,
    lang: Lang,
) -> Result<usize, Failure> {
    let folder = Path::new(out::OPINIONS);
    let wanted = Wanted { reviewer: style.reviewer.clone(), inmate: inmate.map(str::to_owned) };
    opinions(report, templates, &wanted, &mut |name, bytes| Ok(outbox.put(out, folder.join(name), bytes)?))
        .map_err(|e| said(&e, lang))
}

/// Writes the documents of `jxjs check --out`, whose review may have been made in another language.
pub fn write_for_check(
    report: &Report<'_>,
    only: &[String],
    templates: &Templates,
    style: &Style,
    out: &Path,
    outbox: &mut Outbox,
) -> Result<usize, Failure> {
    if report.lang.is_zh() {
        return write(report, templates, style, None, out, outbox, report.lang);
    }
    let options = ReviewOptions { as_of: report.review.as_of, lang: Lang::Zh, only: only.to_vec() };
    let batch: &Batch = report.batch;
    let review = review_batch(batch, report.rules, &options);
    write(&Report::new(batch, &review, report.rules, Lang::Zh), templates, style, None, out, outbox, report.lang)
}

/// Puts the built-in templates into the outbox, for the office to edit.
pub fn write_templates(dir: &Path, outbox: &mut Outbox, lang: Lang) -> Result<(), Failure> {
    for kind in Kind::ALL {
        let bytes = kind.template().map_err(|e| said(&e, lang))?;
        outbox.put(dir, format!("{}.docx", kind.name()), &bytes).map_err(|e| files::said(&e, lang))?;
    }
    Ok(())
}

/// An error in words.
fn said(error: &OpinionError, lang: Lang) -> Failure {
    let place = |at: &Location| {
        let Location { template, part, paragraph, text } = at;
        format!("模板 {template} 第 {paragraph} 段（{part}，“{text}”）：")
    };
    let names = || Kind::ALL.map(|k| format!("{}.docx", k.name())).join("、");
    Failure::Message(match error {
        OpinionError::Template(TemplateError::Tag { at, message }) => {
            lang.pick(|| format!("{}{message}", place(at)), || error.to_string())
        }
        OpinionError::Template(TemplateError::Unknown { at, name, meant }) => lang.pick(
            || {
                let meant = meant.as_ref().map(|m| format!("，是否应为“{m}”")).unwrap_or_default();
                format!("{}没有“{name}”这个占位符{meant}", place(at))
            },
            || error.to_string(),
        ),
        OpinionError::Template(TemplateError::NotDocx { template, message }) => {
            lang.pick(|| format!("模板 {template} 不是可用的 Word 文件：{message}"), || error.to_string())
        }
        OpinionError::Definition(e) => e.to_string(),
        OpinionError::UnknownTemplate(name) => lang.pick(
            || format!("没有叫“{name}”的文书；模板文件名应当是：{}", names()),
            || format!("no document is called {name:?}; templates are named {}", names()),
        ),
        OpinionError::Io(path, e) => {
            lang.pick(|| format!("无法读取 {path}：{e}"), || format!("{path} cannot be read: {e}"))
        }
        OpinionError::Out(e) => return files::said(e, lang),
    })
}
