//! `jxjs check --from-jsonl`: reviews dossiers from standard input.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use jxjs::checks::case::Lang;
use jxjs::checks::finding::Outcome;
use jxjs::exchange::stream::Review;
use jxjs::law::Rules;
use jxjs::model::{Level, Problem};
use jxjs::report::json;

use super::files::Force;
use super::{Failure, OPTIONS, Outcomes, Status, aggregate};

/// More problems than this are only counted.
const PROBLEMS: usize = 1000;

/// Dossiers instead of workbooks.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = OPTIONS)]
pub struct JsonlArgs {
    /// 从标准输入读取案卷（jxjs dossiers 写出，一行一人），逐行输出 / read dossiers from standard input
    #[arg(long, conflicts_with_all = ["inputs", "out", "columns", "redact", "evidence"])]
    pub from_jsonl: bool,

    /// 全批的汇总（jxjs aggregate 写出）；没有它，涉及全批的检查不执行 / what jxjs aggregate wrote about the whole batch
    #[arg(long, value_name = "FILE", requires = "from_jsonl")]
    aggregate: Option<PathBuf>,

    /// 把本部分的统计写入该文件，供 jxjs aggregate --merge 合并 / write what this part adds to the summary
    #[arg(long, value_name = "FILE", requires = "aggregate")]
    totals: Option<PathBuf>,
}

/// How the lines are reviewed and shown.
pub struct Settings<'a> {
    /// The law.
    pub rules: &'a Rules,
    /// The day of the review.
    pub as_of: chrono::NaiveDate,
    /// The language of messages.
    pub lang: Lang,
    /// Only these checks.
    pub only: &'a [String],
    /// The mildest outcome shown.
    pub min_outcome: Outcome,
    /// Whether the reviews are written as lines.
    pub lines: bool,
    /// Whether nothing goes to standard error.
    pub quiet: bool,
    /// Whether existing files are replaced.
    pub force: Force,
}

/// Runs the command.
pub fn run(args: &JsonlArgs, settings: &Settings<'_>) -> Outcomes {
    let &Settings { rules, as_of, lang, only, min_outcome, quiet, force, .. } = settings;
    if !settings.lines {
        return Err(Failure::Message(lang.pick(
            || "--from-jsonl 逐行输出，须与 --format jsonl 一起使用".to_owned(),
            || "--from-jsonl writes a line a case: it goes with --format jsonl".to_owned(),
        )));
    }
    let part =
        args.aggregate.as_ref().map(|file| aggregate::read(std::slice::from_ref(file), rules, lang)).transpose()?;
    if part.as_ref().is_some_and(|p| p.gathered.is_none()) {
        return Err(Failure::Message(lang.pick(
            || "--aggregate 的文件不是由案卷汇总而来".to_owned(),
            || "the file of --aggregate was not gathered from dossiers".to_owned(),
        )));
    }
    let review = Review { rules, as_of, lang, only, min_outcome, part: part.as_ref() };
    let (mut problems, mut errors): (Vec<Problem>, bool) = (Vec::new(), false);
    let mut left = 0_u64;
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let reviewed = review.run(&mut io::stdin().lock(), &mut out, |problem| {
        errors |= problem.level == Level::Error;
        match problems.len() < PROBLEMS {
            true => problems.push(problem),
            false => left += 1,
        }
        Ok(())
    })?;
    out.flush()?;
    drop(out);
    let unread = reviewed.unread;
    let (cases, clear) = (reviewed.cases, reviewed.not_clear() == 0 && !reviewed.errors && !errors);
    let totals = jxjs::exchange::part::Part::of_reviews(part.as_ref(), rules, reviewed);
    if let Some(file) = &args.totals {
        aggregate::write(&totals, file, force, lang)?;
    }
    if !quiet {
        let mut result = totals.finish(rules, lang);
        if let Some(result) = &mut result {
            if part.is_some() {
                // The findings about the batch need the reviews of all parts: `aggregate --merge --summary` gives them.
                result.findings = Some(Vec::new());
            }
            let whole = json::Whole { rules, lang, min_outcome, problems: &problems, result };
            json::write_whole(&whole, &mut io::stderr().lock())?;
        }
        if left > 0 {
            let said =
                lang.pick(|| format!("另有{left}个问题未列出"), || format!("{left} more problems are not listed"));
            writeln!(anstream::stderr(), "{said}")?;
        }
    }
    if unread > 0 {
        return Err(Failure::Message(lang.pick(
            || format!("有{unread}行未能读取，没有审查；其余{cases}件已审查"),
            || format!("{unread} lines could not be read and were not reviewed; the other {cases} cases were"),
        )));
    }
    // A part may well be empty; a batch in which nothing was found is another thing than an empty one.
    if cases == 0 && args.totals.is_none() {
        let said = lang.pick(|| "没有可审查的案件".to_owned(), || "there is no case to review".to_owned());
        return Err(Failure::Message(said));
    }
    Ok(if clear { Status::Clear } else { Status::Found })
}
