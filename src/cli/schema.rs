//! `jxjs schema`: the JSON Schemas of what is written and read.

use clap::ValueEnum;
use jxjs::checks::case::Lang;
use jxjs::exchange::schema;

use super::{ARGUMENTS, HELP, Outcomes, Status, print_text};

/// 输出 JSON 的格式说明（JSON Schema）/ print the JSON Schema of what is written and read
#[derive(clap::Args)]
#[command(help_template = HELP)]
pub struct Args {
    /// review 审查结果，dossier 案卷，ledger 台账，show 一人，aggregate 批次汇总，verify 核验结果 / which of them
    #[arg(value_enum, default_value_t, value_name = "review|dossier|ledger|show|aggregate|verify", hide_possible_values = true, help_heading = ARGUMENTS)]
    shape: Shape,
}

/// Which shape.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Shape {
    /// `check --format json`.
    #[default]
    Review,
    /// A line of `dossiers`.
    Dossier,
    /// A line of `ledger --format jsonl`.
    Ledger,
    /// `show --format json`.
    Show,
    /// A line of `aggregate`.
    Aggregate,
    /// `verify --format json`.
    Verify,
}

/// Runs the command.
pub fn run(args: &Args, _: Lang) -> Outcomes {
    let shape = match args.shape {
        Shape::Review => schema::Shape::Review,
        Shape::Dossier => schema::Shape::Dossier,
        Shape::Ledger => schema::Shape::Ledger,
        Shape::Show => schema::Shape::Show,
        Shape::Aggregate => schema::Shape::Aggregate,
        Shape::Verify => schema::Shape::Verify,
    };
    print_text(shape.text())?;
    Ok(Status::Clear)
}
