//! The command line: reads arguments, calls the library, prints. What is decided is decided in the library.

mod aggregate;
mod batch;
mod check;
mod dossiers;
mod explain;
mod files;
mod from_jsonl;
mod ledger;
mod limits;
mod opinion;
mod progress;
mod rules;
mod schema;
mod show;
mod template;
mod verify;

use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{ArgAction, Parser, Subcommand, ValueEnum};
use jxjs::checks::case::Lang;
use jxjs::checks::finding::Outcome;
use jxjs::law::Rules;

/// Layout of the help: the headings of clap itself are English.
const HELP: &str = "{about-with-newline}\n用法 Usage: {usage}\n\n{all-args}{after-help}";
const ARGUMENTS: &str = "参数 Arguments";
const OPTIONS: &str = "选项 Options";

/// 减刑假释案件审查：按法律逐项核对减刑、假释提请，指出违法、风险和缺少的材料。
///
/// Checks sentence-reduction and parole applications against the law.
#[derive(Parser)]
#[command(name = "jxjs", version, help_template = HELP)]
#[command(disable_help_subcommand = true, disable_help_flag = true, disable_version_flag = true)]
#[command(subcommand_help_heading = "命令 Commands", next_help_heading = OPTIONS)]
#[command(
    after_help = "退出状态 Exit status: 0 全部未发现不当 all clear; 1 有需要处理的案件 something found; 2 无法审查 nothing reviewed"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// 输出语言 / language of the output
    #[arg(
        long,
        global = true,
        display_order = 100,
        value_enum,
        default_value_t,
        value_name = "zh|en",
        hide_possible_values = true
    )]
    lang: LangArg,

    /// 显示帮助 / print help
    #[arg(long, short, global = true, display_order = 101, action = ArgAction::Help)]
    help: Option<bool>,

    /// 显示版本 / print the version
    #[arg(long, short = 'V', display_order = 102, action = ArgAction::Version)]
    version: Option<bool>,
}

#[derive(Subcommand)]
enum Command {
    Check(check::Args),
    Show(show::Args),
    Ledger(ledger::Args),
    Opinion(opinion::Args),
    Verify(verify::Args),
    Limits(Box<limits::Args>),
    Explain(explain::Args),
    Rules(rules::Args),
    Template(template::Args),
    Dossiers(dossiers::Args),
    Aggregate(aggregate::Args),
    Schema(schema::Args),
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let lang = cli.lang.into();
    files::abandon_when_interrupted();
    quiet_panics(lang);
    // A defect of the program, too, ends it with a status of its own words, and gives up what was being written.
    let result = panic::catch_unwind(AssertUnwindSafe(|| run(cli.command, lang)));
    match result.unwrap_or(Err(Failure::Defect)) {
        Ok(status) => ExitCode::from(status as u8),
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            // The reader (`head`, a pager) has seen enough.
            ExitCode::from(Status::Found as u8)
        }
        Err(failure) => {
            if let Some(message) = failure.message(lang) {
                let _ = writeln!(anstream::stderr(), "{message}");
            }
            ExitCode::from(Status::NotReviewed as u8)
        }
    }
}

fn run(command: Command, lang: Lang) -> Outcomes {
    match command {
        Command::Check(args) => check::run(&args, lang),
        Command::Show(args) => show::run(&args, lang),
        Command::Ledger(args) => ledger::run(&args, lang),
        Command::Opinion(args) => opinion::run(&args, lang),
        Command::Verify(args) => verify::run(&args, lang),
        Command::Limits(args) => limits::run(&args, lang),
        Command::Explain(args) => explain::run(&args, lang),
        Command::Rules(args) => rules::run(&args, lang),
        Command::Template(args) => template::run(&args, lang),
        Command::Dossiers(args) => dossiers::run(&args, lang),
        Command::Aggregate(args) => aggregate::run(&args, lang),
        Command::Schema(args) => schema::run(&args, lang),
    }
}

/// A defect is reported with its place in the program and nothing else: what Rust would print may hold a text of the
/// input. `RUST_BACKTRACE` brings it back, for who looks for the defect.
fn quiet_panics(lang: Lang) {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |defect| {
        if defect.location().is_some_and(|at| is_caught(at.file())) {
            return;
        }
        if std::env::var_os("RUST_BACKTRACE").is_some() {
            return usual(defect);
        }
        let _ = writeln!(anstream::stderr(), "{}", defect_words(defect.location(), lang));
    }));
}

/// Whether a panic in a source file becomes a message about an input file: that of the library that reads old workbooks
/// is caught where it is called, and its own report would only alarm.
fn is_caught(source: &str) -> bool {
    source.contains("calamine")
}

fn defect_words(at: Option<&panic::Location<'_>>, lang: Lang) -> String {
    let place = at.map(|l| format!("{}:{}", l.file().replace('\\', "/"), l.line())).unwrap_or_default();
    let version = env!("CARGO_PKG_VERSION");
    lang.pick(
        || {
            format!(
                "错误：程序有缺陷，已停止，未写完的文件没有保留（jxjs {version}，{place}）。请连同所用的命令一并反馈。"
            )
        },
        || {
            format!(
                "error: a defect of the program stopped it; unfinished files were not kept (jxjs {version}, {place}). \
                 Please report it with the command used."
            )
        },
    )
}

/// The exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Every case is clear and no problem is an error; or the command has nothing to review.
    Clear = 0,
    /// Something was reviewed and is not clear.
    Found = 1,
    /// Nothing could be reviewed.
    NotReviewed = 2,
}

/// Why a command could not do its work: exit status 2.
#[derive(Debug)]
pub enum Failure {
    /// Said to the user as it is.
    Message(String),
    /// The output could not be written.
    Output(io::Error),
    /// The program is at fault, and has said so.
    Defect,
}

impl Failure {
    fn message(&self, lang: Lang) -> Option<String> {
        let said = match self {
            Failure::Message(text) => text.clone(),
            Failure::Output(error) => {
                lang.pick(|| format!("无法写出结果：{error}"), || format!("the output cannot be written: {error}"))
            }
            Failure::Defect => return None,
        };
        Some(lang.pick(|| format!("错误：{said}"), || format!("error: {said}")))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Output(error)
    }
}

/// What a command comes to.
pub type Outcomes = Result<Status, Failure>;

/// The language, as an argument.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum LangArg {
    /// 中文
    #[default]
    Zh,
    /// English
    En,
}

impl From<LangArg> for Lang {
    fn from(arg: LangArg) -> Lang {
        match arg {
            LangArg::Zh => Lang::Zh,
            LangArg::En => Lang::En,
        }
    }
}

/// The mildest outcome shown, as an argument.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum OutcomeArg {
    /// 违法
    Violation,
    /// 违法和风险
    Risk,
    /// 违法、风险和存疑
    Unverified,
}

impl From<OutcomeArg> for Outcome {
    fn from(arg: OutcomeArg) -> Outcome {
        match arg {
            OutcomeArg::Violation => Outcome::Violation,
            OutcomeArg::Risk => Outcome::Risk,
            OutcomeArg::Unverified => Outcome::Unverified,
        }
    }
}

/// Prints a line.
fn print_line(text: &str) -> io::Result<()> {
    writeln!(anstream::stdout().lock(), "{text}")
}

/// Prints a text that ends its own lines.
fn print_text(text: &str) -> io::Result<()> {
    write!(anstream::stdout().lock(), "{text}")
}

/// Reads text files named on the command line: name and content of each.
fn read_texts(paths: &[PathBuf], lang: Lang) -> Result<Vec<(String, String)>, Failure> {
    let read = |path: &PathBuf| {
        let name = path.display().to_string();
        jxjs::bounded::text(path).map(|text| (name.clone(), text)).map_err(|error| {
            Failure::Message(
                lang.pick(|| format!("无法读取 {name}：{error}"), || format!("{name} cannot be read: {error}")),
            )
        })
    };
    paths.iter().map(read).collect()
}

/// The rules with overlays on top.
fn load_rules(overlays: &[PathBuf], lang: Lang) -> Result<Arc<Rules>, Failure> {
    if overlays.is_empty() {
        return Ok(Rules::builtin());
    }
    let texts = read_texts(overlays, lang)?;
    Rules::load(&texts).map(Arc::new).map_err(|error| Failure::Message(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_defect_is_said_by_its_place_alone() {
        let words = defect_words(Some(panic::Location::caller()), Lang::Zh);
        assert!(words.contains("src/cli/mod.rs:") && words.contains("缺陷"), "{words}");
        assert_eq!(Failure::Defect.message(Lang::En), None);
    }
}
