//! Writes a lawful, realistic batch of any size: `cargo run --release --example generate -- --people 3000 --months 60
//! --seed 1 --out DIR`. With `--defects RATE` that share of people gets one planted defect, and an answer key is written
//! beside the workbooks. The same arguments give the same data. All persons are invented.

mod people;
mod write;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// 生成合法的示例批次，可按比例植入缺陷 / writes a lawful batch, with planted defects on demand
#[derive(Parser)]
struct Args {
    /// How many people
    #[arg(long, default_value_t = 3000)]
    people: u32,
    /// Months of points each, 60 at most: that long the present rules on points have been in force
    #[arg(long, default_value_t = 60)]
    months: u32,
    /// Seed of the generator
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Share of people with one planted defect, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    defects: f64,
    /// Where to write
    #[arg(long)]
    out: PathBuf,
    /// So many workbooks, with as many people in each; a full sheet begins another one anyway
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    files: u32,
    /// CSV instead of workbooks
    #[arg(long)]
    csv: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let plan = people::Plan {
        people: args.people,
        months: args.months.clamp(1, people::MOST_MONTHS),
        seed: args.seed,
        defects_per_million: (args.defects.clamp(0.0, 1.0) * 1e6) as u64,
    };
    let result = if args.csv {
        write::csv(&plan, &args.out)
    } else {
        write::workbooks(&plan, args.files, write::FULL, &args.out)
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", args.out.display());
            ExitCode::FAILURE
        }
    }
}
