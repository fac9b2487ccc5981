//! `jxjs ledger`: the recomputed points ledger of a whole batch.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::ValueEnum;
use jxjs::checks::case::{BatchContext, Lang};
use jxjs::model::SheetKind;
use jxjs::report::ledger;

use super::batch::BatchArgs;
use super::{ARGUMENTS, Failure, HELP, OPTIONS, Outcomes, Status};

/// 重算整批罪犯的计分考核台账 / recompute the points ledgers of a batch
#[derive(clap::Args)]
#[command(help_template = HELP, next_help_heading = OPTIONS)]
pub struct Args {
    /// 工作簿、CSV 文件或其所在的文件夹 / workbooks, CSV files, or folders of them
    #[arg(value_name = "INPUT", required = true, help_heading = ARGUMENTS)]
    inputs: Vec<PathBuf>,

    /// 输出格式：text 每人一行，csv 每人每月一行，json 全部，jsonl 每人一行 / format of the output
    #[arg(long, value_enum, default_value_t, value_name = "text|csv|json|jsonl", hide_possible_values = true)]
    format: Format,

    #[command(flatten)]
    batch: BatchArgs,
}

/// The format of the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One line an inmate, for people.
    #[default]
    Text,
    /// One row an inmate and month.
    Csv,
    /// One array.
    Json,
    /// One object a line.
    Jsonl,
}

impl From<Format> for ledger::Format {
    fn from(format: Format) -> ledger::Format {
        match format {
            Format::Text => ledger::Format::Text,
            Format::Csv => ledger::Format::Csv,
            Format::Json => ledger::Format::Json,
            Format::Jsonl => ledger::Format::Jsonl,
        }
    }
}

/// Runs the command. It prints and judges nothing, so the exit status only says whether there was a ledger to print.
pub fn run(args: &Args, lang: Lang) -> Outcomes {
    let rules = args.batch.rules(lang)?;
    let batch = args.batch.read(&args.inputs, lang)?;
    if !batch.presence.has(SheetKind::Points) {
        return Err(Failure::Message(
            lang.pick(|| "没有计分考核表".to_owned(), || "there is no points sheet (计分考核)".to_owned()),
        ));
    }
    let context = BatchContext {
        rules: &rules,
        sources: &batch.sources,
        presence: &batch.presence,
        as_of: args.batch.as_of(),
        lang,
        aggregate: None,
    };
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    ledger::write(&batch.dossiers, &context, args.format.into(), &mut out)?;
    out.flush()?;
    Ok(Status::Clear)
}
