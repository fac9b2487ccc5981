//! `jxjs dossiers`: what was read, one person a line.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use jxjs::checks::case::Lang;
use jxjs::exchange;
use jxjs::model::Level;
use jxjs::report::json;

use super::batch::ReadArgs;
use super::{ARGUMENTS, HELP, OPTIONS, Outcomes, Status};

/// 把一批工作簿写成案卷，一行一人（JSON）/ write a batch as dossiers, one person a line
#[derive(clap::Args)]
#[command(help_template = HELP, next_help_heading = OPTIONS)]
pub struct Args {
    /// 工作簿、CSV 文件或其所在的文件夹 / workbooks, CSV files, or folders of them
    #[arg(value_name = "INPUT", required = true, help_heading = ARGUMENTS)]
    inputs: Vec<PathBuf>,

    #[command(flatten)]
    read: ReadArgs,

    /// 隐去姓名、编号、案号、证件号码和民警姓名，与 check --redact 的代号相同 / mask names and numbers as check --redact does
    #[arg(long)]
    redact: bool,
}

/// Runs the command. What belongs to no person goes to standard error, and an error there is not lost: it makes the exit
/// status 1.
pub fn run(args: &Args, lang: Lang) -> Outcomes {
    let batch = args.read.read(&args.inputs, args.redact, lang)?;
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut identities = exchange::Identities::default();
    for packed in &batch.dossiers {
        let mut dossier = packed.open();
        if args.redact {
            identities.mask(&mut dossier);
        }
        exchange::write(&dossier, &batch.sources, &batch.presence, &mut out)?;
    }
    out.flush()?;
    json::write_read(&batch, lang, &mut io::stderr().lock())?;
    Ok(if batch.problems.iter().any(|p| p.level == Level::Error) { Status::Found } else { Status::Clear })
}
