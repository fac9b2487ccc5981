//! What every command that reads a batch is given besides the input.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use jxjs::checks::case::Lang;
use jxjs::intake::{self, IntakeError};
use jxjs::law::Rules;
use jxjs::model::Batch;

use super::{Failure, load_rules, read_texts};

/// Rules, column names and the day of the review.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct BatchArgs {
    /// 叠加的地方规则文件，只能更严 / overlays of local rules; they can only be stricter
    #[arg(long, value_name = "FILE", num_args = 1..)]
    rules: Vec<PathBuf>,

    #[command(flatten)]
    read: ReadArgs,

    /// 审查日期，默认为今天 / day of the review, today unless given
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<NaiveDate>,

    /// 隐去姓名、编号、案号、证件号码和民警姓名，同一人始终是同一个代号 / mask names and numbers, each the same way throughout
    #[arg(long)]
    redact: bool,
}

/// How the input is read.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct ReadArgs {
    /// 自定义的列名对照文件 / files that map your own column names
    #[arg(long, value_name = "FILE", num_args = 1..)]
    columns: Vec<PathBuf>,

    /// 读取上限，如 cells=500M,text=1M（见说明书）/ limits of reading; the README lists them
    #[arg(long, value_name = "NAME=N", value_delimiter = ',')]
    max: Vec<String>,
}

impl BatchArgs {
    /// The rules with the overlays on top.
    pub fn rules(&self, lang: Lang) -> Result<Arc<Rules>, Failure> {
        load_rules(&self.rules, lang)
    }

    /// The day of the review.
    pub fn as_of(&self) -> NaiveDate {
        self.as_of.unwrap_or_else(|| chrono::Local::now().date_naive())
    }

    /// How the input is to be read.
    pub fn options(&self, lang: Lang) -> Result<intake::Options, Failure> {
        self.read.options(lang)
    }

    /// Whether names and numbers are masked.
    pub fn redacts(&self) -> bool {
        self.redact
    }

    /// Name and text of the overlays.
    pub fn rule_texts(&self, lang: Lang) -> Result<Vec<(String, String)>, Failure> {
        read_texts(&self.rules, lang)
    }

    /// Name and text of the files of column names.
    pub fn column_texts(&self, lang: Lang) -> Result<Vec<(String, String)>, Failure> {
        read_texts(&self.read.columns, lang)
    }

    /// Reads the input as `options` say, masked where that is asked for.
    pub fn intake(&self, inputs: &[PathBuf], options: &intake::Options) -> Result<Batch, IntakeError> {
        read(inputs, options, self.redact)
    }

    /// Reads the input; a fault ends the command.
    pub fn read(&self, inputs: &[PathBuf], lang: Lang) -> Result<Batch, Failure> {
        self.intake(inputs, &self.options(lang)?).map_err(unread(lang))
    }

    /// Reads the input to look for one person: with the number the person has in it.
    pub fn read_for(&self, inputs: &[PathBuf], typed: &str, lang: Lang) -> Result<(Batch, String), Failure> {
        if !self.redact {
            return Ok((self.read(inputs, lang)?, typed.to_owned()));
        }
        let redacted = masked(inputs, &self.options(lang)?).map_err(unread(lang))?;
        // The person's own number or its mask; anything else is nobody's.
        let number = redacted.number(typed).unwrap_or_default();
        Ok((redacted.batch, number))
    }
}

impl ReadArgs {
    fn options(&self, lang: Lang) -> Result<intake::Options, Failure> {
        Ok(intake::Options { columns: self.columns.clone(), limits: limits(&self.max, lang)? })
    }

    /// Reads the input, masked where that is asked for; a fault ends the command.
    pub fn read(&self, inputs: &[PathBuf], redact: bool, lang: Lang) -> Result<Batch, Failure> {
        read(inputs, &self.options(lang)?, redact).map_err(unread(lang))
    }
}

fn read(inputs: &[PathBuf], options: &intake::Options, redact: bool) -> Result<Batch, IntakeError> {
    if redact { masked(inputs, options).map(|r| r.batch) } else { intake::read(inputs, options) }
}

/// Reads the input with names and numbers masked, also in what is wrong with it.
fn masked(inputs: &[PathBuf], options: &intake::Options) -> Result<intake::Redacted, IntakeError> {
    intake::read(inputs, options).map(intake::redact).map_err(|error| intake::redact_error(&error))
}

/// Why the input could not be read, in words.
fn unread(lang: Lang) -> impl Fn(IntakeError) -> Failure {
    move |error| Failure::Message(lang.pick(|| error.zh(), || error.en()))
}

/// The limits of reading, with those that were given.
pub fn limits(given: &[String], lang: Lang) -> Result<intake::Limits, Failure> {
    let mut limits = intake::Limits::default();
    for limit in given {
        limits.set(limit).map_err(|e| Failure::Message(lang.pick(|| e.zh(), || e.to_string())))?;
    }
    Ok(limits)
}
