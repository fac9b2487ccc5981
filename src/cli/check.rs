//! `jxjs check`: reviews a batch.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;
use std::time::Instant;

use chrono::NaiveDate;
use clap::ValueEnum;
use jxjs::checks::case::Lang;
use jxjs::checks::finding::Outcome;
use jxjs::intake::{Fault, IntakeError};
use jxjs::law::Rules;
use jxjs::model::Batch;
use jxjs::report::write::OutError;
use jxjs::report::{Report, annotate, evidence, explain, json, out, text};
use jxjs::review::{BatchReview, CaseReview, ReviewOptions, Reviewer, all_clear};

use super::batch::BatchArgs;
use super::files::{Force, said};
use super::from_jsonl::{self, JsonlArgs, Settings};
use super::progress::Watch;
use super::{ARGUMENTS, Failure, HELP, OPTIONS, OutcomeArg, Outcomes, Status, opinion};

/// 审查一批案件 / review a batch
#[derive(clap::Args)]
#[command(help_template = HELP, next_help_heading = OPTIONS)]
pub struct Args {
    /// 工作簿（xlsx、xls、xlsb、ods）、CSV 文件，或其所在的文件夹 / workbooks, CSV files, or folders of them
    #[arg(value_name = "INPUT", required_unless_present = "from_jsonl", help_heading = ARGUMENTS)]
    inputs: Vec<PathBuf>,

    /// 输出格式：text 摘要，json 全部，jsonl 逐案一行 / format of the output
    #[arg(long, value_enum, default_value_t, value_name = "text|json|jsonl", hide_possible_values = true)]
    format: Format,

    /// 把台账、报告、review.json 和“意见”里的文书写入该文件夹 / write workbook, page, JSON and opinions here
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// 另存一份提请案件表，把审查结果写在各行末尾（与 --out 一起使用）/ copy your sheet of applications, results appended
    #[arg(long, requires = "out")]
    annotate: bool,

    /// 另写一个证据包：规则、选项、输入摘要和全部结果，供 jxjs verify 核验 / also write a pack that jxjs verify can check
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,

    #[command(flatten)]
    force: Force,

    #[command(flatten)]
    style: opinion::Style,

    #[command(flatten)]
    batch: BatchArgs,

    /// 只执行这些检查项（family/name 或 family/*）/ run only these checks
    #[arg(long, value_name = "CHECK", num_args = 1.., value_delimiter = ',')]
    only: Vec<String>,

    /// 只显示不轻于此的结果；不影响结论 / show nothing milder than this; verdicts stay as they are
    #[arg(long, value_enum, value_name = "violation|risk|unverified", hide_possible_values = true)]
    min_outcome: Option<OutcomeArg>,

    #[command(flatten)]
    jsonl: JsonlArgs,

    /// 不输出摘要，只给出退出状态 / print no summary, only set the exit status
    #[arg(long, short)]
    quiet: bool,
}

/// The format of the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A summary for people.
    #[default]
    Text,
    /// One object.
    Json,
    /// One case a line.
    Jsonl,
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> Outcomes {
    let began = Instant::now();
    let rules = args.batch.rules(lang)?;
    if let Some(unknown) = args.only.iter().find(|pattern| !explain::names_a_check(pattern)) {
        return Err(Failure::Message(explain::unknown_check(&rules, unknown, lang)));
    }
    if args.jsonl.from_jsonl {
        let min_outcome = args.min_outcome.map_or(Outcome::Pass, Outcome::from);
        let (as_of, lines) = (args.batch.as_of(), args.format == Format::Jsonl);
        let (only, quiet, force) = (&args.only, args.quiet, args.force);
        let settings = Settings { rules: &rules, as_of, lang, only, min_outcome, lines, quiet, force };
        return from_jsonl::run(&args.jsonl, &settings);
    }
    let templates = match &args.out {
        Some(_) => Some(args.style.load(lang)?),
        None if args.style.is_given() => {
            return Err(Failure::Message(lang.pick(
                || "--templates、--reviewer 须与 --out 一起使用".to_owned(),
                || "--templates and --reviewer go with --out".to_owned(),
            )));
        }
        None => None,
    };
    let redacted = args.batch.redacts();
    if redacted && args.annotate {
        return Err(Failure::Message(lang.pick(
            || "--annotate 与 --redact 不能同时使用：标注的是原文件的副本，其中有姓名和编号".to_owned(),
            || "--annotate does not go with --redact: it copies your file, names and numbers and all".to_owned(),
        )));
    }
    args.style.may_be_masked(redacted, lang)?;
    let mut outbox = args.force.outbox();
    let earlier = args.out.iter().flat_map(|dir| out::earlier(dir)).chain(args.evidence.clone());
    outbox.require_free(earlier).map_err(|e| said(&e, lang))?;
    let made = match &args.evidence {
        Some(_) => (args.batch.rule_texts(lang)?, args.batch.column_texts(lang)?),
        None => Default::default(),
    };
    let as_of = args.batch.as_of();
    let options = args.batch.options(lang)?;
    let whole = args.out.is_some() || args.evidence.is_some();
    let watch = Watch::new(args.quiet, !whole && args.format != Format::Text, lang);
    let reading = watch.step("正在读取", "reading");
    let read = args.batch.intake(&args.inputs, &options);
    drop(reading);
    let batch = match read {
        Ok(batch) => batch,
        Err(error) => return not_reviewed(args, &error, &rules, as_of, lang),
    };
    let options = ReviewOptions { as_of, lang, only: args.only.clone() };
    let counted = watch.counted("正在审查", "reviewing");
    let progress = |done, of| counted.at(done, of);
    let reviewer = Reviewer::new(&batch, &rules, &options).with_progress(&progress);
    let min_outcome = args.min_outcome.map_or(Outcome::Pass, Outcome::from);
    let blank = reviewer.blank();
    let of = |review| Report { min_outcome, ..Report::new(&batch, review, &rules, lang) };
    // The files need every case whole; what goes to standard output alone is printed as it comes and not kept.
    let review = match (whole, args.format) {
        (true, _) => reviewer.collect(|case| case),
        (false, Format::Text) => reviewer.collect(CaseReview::brief),
        (false, Format::Json) => buffered(|out| json::stream(&reviewer, &of(&blank), out))?,
        (false, Format::Jsonl) => buffered(|out| json::stream_lines(&reviewer, &of(&blank), out))?,
    };
    drop(reviewer);
    drop(counted);
    let report = of(&review);
    let failed = |e: OutError| said(&e, lang);
    let mut told = Vec::new();
    if let Some(file) = &args.evidence {
        let made = evidence::Made { only: &args.only, redacted, rules: &made.0, columns: &made.1 };
        let pack = evidence::pack(&report, &made).map_err(OutError::at(file)).map_err(failed)?;
        outbox.put_at(file, &pack).map_err(failed)?;
        if !args.quiet {
            // To be written into the file of the case: the pack cannot vouch for itself.
            let (file, digest) = (file.display(), evidence::digest(&pack));
            told.push(
                lang.pick(|| format!("证据包 {file}，SHA-256 {digest}"), || format!("pack {file}, SHA-256 {digest}")),
            );
        }
    }
    if let Some(dir) = &args.out {
        let _writing = watch.step("正在写台账、报告和文书", "writing the workbook, the page and the documents");
        // First the opinions: the workbook links to them.
        if let Some(templates) = &templates {
            opinion::write_for_check(&report, &args.only, templates, &args.style, dir, &mut outbox)?;
        }
        out::write(&report, dir, &mut outbox).map_err(failed)?;
        if args.annotate {
            let done = annotate::annotate(&report, &args.inputs, dir, &mut outbox).map_err(failed)?;
            told.extend(done.left_words(lang.is_zh()));
        }
    }
    let written = outbox.commit().map_err(failed)?;
    if let Some(dir) = &args.out {
        let left = out::clear_away(dir, &written, |_| true).map_err(failed)?;
        told.extend(left.words(dir, lang.is_zh()));
    }
    for line in told {
        writeln!(anstream::stderr(), "{line}")?;
    }
    match args.format {
        Format::Text if args.quiet => {}
        Format::Text => text::write(&report, &shown(&args.inputs, redacted), &mut anstream::stdout().lock())?,
        Format::Json if !whole => {}
        Format::Json => buffered(|out| json::write(&report, out))?,
        Format::Jsonl => {
            if whole {
                buffered(|out| json::write_lines(&report, out))?;
            }
            if !args.quiet {
                json::write_rest(&report, &mut io::stderr().lock())?;
            }
        }
    }
    if !args.quiet && io::stderr().is_terminal() {
        // For whoever watches; a file or a pipe gets the same bytes every time.
        let (cases, seconds) = (review.totals.cases, began.elapsed().as_secs_f32());
        let verdicts = text::verdict_counts(&report);
        let line = lang.pick(
            || format!("共审查 {cases} 件（{verdicts}），用时 {seconds:.1} 秒。"),
            || format!("{cases} cases ({verdicts}) in {seconds:.1} seconds."),
        );
        writeln!(anstream::stderr(), "{line}")?;
    }
    if review.totals.cases == 0 {
        // An empty batch is not a batch in which nothing was found.
        let said = lang.pick(|| "没有可审查的案件".to_owned(), || "there is no case to review".to_owned());
        return Err(Failure::Message(said));
    }
    Ok(if all_clear(&review, &batch) { Status::Clear } else { Status::Found })
}

/// Says why nothing could be reviewed: in words, and for machines as a review without cases.
fn not_reviewed(args: &Args, error: &IntakeError, rules: &Rules, as_of: NaiveDate, lang: Lang) -> Outcomes {
    let batch = Batch { problems: error.faults.iter().map(Fault::problem).collect(), ..Batch::default() };
    let review = BatchReview::empty(as_of, !args.only.is_empty());
    let report = Report::new(&batch, &review, rules, lang);
    match args.format {
        Format::Text => {}
        Format::Json => buffered(|out| json::write(&report, out))?,
        Format::Jsonl => json::write_rest(&report, &mut io::stderr().lock())?,
    }
    Err(Failure::Message(lang.pick(|| error.zh(), || error.en())))
}

/// Writes a large document to standard output.
fn buffered<T>(write: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> io::Result<T> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let written = write(&mut out)?;
    // Dropping the writer would flush it too, and lose the error.
    out.flush()?;
    Ok(written)
}

/// The inputs as one would type them again; their names may hold the name of a person.
fn shown(inputs: &[PathBuf], redacted: bool) -> String {
    if redacted {
        return "INPUT --redact".to_owned();
    }
    let quote = |path: &PathBuf| {
        let text = path.display().to_string();
        if text.contains(char::is_whitespace) { format!("\"{text}\"") } else { text }
    };
    inputs.iter().map(quote).collect::<Vec<_>>().join(" ")
}
