//! `jxjs explain`: the catalogue of checks, or one check in full.

use std::path::PathBuf;

use jxjs::checks::case::Lang;
use jxjs::report::explain;

use super::{ARGUMENTS, Failure, HELP, OPTIONS, Outcomes, Status, load_rules};

/// 检查项目录，或某一检查项的含义、依据、算法 / the catalogue of checks, or one check in full
#[derive(clap::Args)]
#[command(help_template = HELP, next_help_heading = OPTIONS)]
pub struct Args {
    /// 检查项名称，如 reduction/start-time；不写则列出全部 / a check; all of them where left out
    #[arg(value_name = "CHECK", help_heading = ARGUMENTS)]
    check: Option<String>,

    /// 叠加的地方规则文件 / overlay of local rules
    #[arg(long, value_name = "FILE", num_args = 1..)]
    rules: Vec<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> Outcomes {
    let rules = load_rules(&args.rules, lang)?;
    let mut out = anstream::stdout().lock();
    match &args.check {
        None => explain::write_catalogue(&rules, lang, &mut out)?,
        Some(id) => match rules.check(id) {
            Some(entry) => explain::write_check(&rules, entry, lang, &mut out)?,
            None => return Err(Failure::Message(explain::unknown_check(&rules, id, lang))),
        },
    }
    Ok(Status::Clear)
}
