//! `jxjs rules`: the law as the program knows it.

use std::path::PathBuf;

use jxjs::checks::case::Lang;
use jxjs::report::explain;

use super::{HELP, OPTIONS, Outcomes, Status, load_rules};

/// 列出内置的法律依据及其版本；校验地方规则文件 / instruments and versions in force; validates an overlay
#[derive(clap::Args)]
#[command(help_template = HELP, next_help_heading = OPTIONS)]
pub struct Args {
    /// 校验地方规则文件，有误时指出行和列 / validate an overlay; a fault is shown at its line and column
    #[arg(long, value_name = "FILE")]
    validate: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> Outcomes {
    let overlays: Vec<PathBuf> = args.validate.iter().cloned().collect();
    let rules = load_rules(&overlays, lang)?;
    let mut out = anstream::stdout().lock();
    match &args.validate {
        Some(file) => explain::write_valid(&rules, &file.display().to_string(), lang, &mut out)?,
        None => explain::write_rules(&rules, lang, &mut out)?,
    }
    Ok(Status::Clear)
}
