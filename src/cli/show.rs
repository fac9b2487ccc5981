//! `jxjs show`: one person, everything on one screen.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::ValueEnum;
use jxjs::checks::case::{BatchContext, Case, Lang};
use jxjs::checks::person::Person;
use jxjs::report::Report;
use jxjs::report::show::Screen;
use jxjs::review::{Aggregate, BatchReview, Totals, Verdict, review_dossier};

use super::batch::BatchArgs;
use super::{ARGUMENTS, Failure, HELP, OPTIONS, Outcomes, Status};

/// 查看一名罪犯：刑期、各项期限、逐月重算的台账、各项检查 / everything about one person
#[derive(clap::Args)]
#[command(help_template = HELP, next_help_heading = OPTIONS)]
pub struct Args {
    /// 工作簿、CSV 文件或其所在的文件夹 / workbooks, CSV files, or folders of them
    #[arg(value_name = "INPUT", required = true, help_heading = ARGUMENTS)]
    inputs: Vec<PathBuf>,

    /// 罪犯编号 / the person's number
    #[arg(long, value_name = "N", required = true)]
    inmate: String,

    /// 输出格式：text 屏幕，json 全部 / format of the output
    #[arg(long, value_enum, default_value_t, value_name = "text|json", hide_possible_values = true)]
    format: Format,

    #[command(flatten)]
    batch: BatchArgs,
}

/// The format of the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal.
    #[default]
    Text,
    /// One object.
    Json,
}

/// Runs the command; the exit status is that of a review of this person alone.
pub fn run(args: &Args, lang: Lang) -> Outcomes {
    let rules = args.batch.rules(lang)?;
    let as_of = args.batch.as_of();
    let (batch, number) = args.batch.read_for(&args.inputs, &args.inmate, lang)?;
    let unknown = || {
        Failure::Message(lang.pick(
            || "罪犯信息中没有这个罪犯编号".to_owned(),
            || "there is no one with this number (罪犯编号)".to_owned(),
        ))
    };
    let dossier = batch.dossiers.iter().find(|d| d.no() == number).ok_or_else(unknown)?.open();
    let inmate = dossier.inmate.as_ref().ok_or_else(unknown)?;
    let mut aggregate = Aggregate::default();
    batch.dossiers.iter().for_each(|d| aggregate.add(&d.open(), &rules));
    let context = BatchContext {
        rules: &rules,
        sources: &batch.sources,
        presence: &batch.presence,
        as_of,
        lang,
        aggregate: Some(&aggregate),
    };
    let cases = review_dossier(&dossier, &context, &[]);
    let review = BatchReview { totals: Totals::of(&cases), cases, ..BatchReview::empty(as_of, false) };
    let person = Person::new(&dossier, inmate, &rules);
    let case = Case::new(&person, dossier.applications.last(), &context);
    let screen = Screen { report: Report::new(&batch, &review, &rules, lang), case: &case };
    match args.format {
        Format::Text => screen.write_text(&mut anstream::stdout().lock())?,
        Format::Json => {
            let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
            screen.write_json(&mut out)?;
            out.flush()?;
        }
    }
    let clear = review.cases.iter().all(|c| c.verdict == Verdict::Clear);
    Ok(if clear { Status::Clear } else { Status::Found })
}
