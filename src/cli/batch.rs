//! What every command that reads a batch is given besides the input.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use jxjs::checks::case::Lang;
use jxjs::intake;
use jxjs::law::Rules;
use jxjs::model::Batch;

use super::{Failure, load_rules};

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

    /// Reads the input; a fault ends the command.
    pub fn read(&self, inputs: &[PathBuf], lang: Lang) -> Result<Batch, Failure> {
        self.read.read(inputs, lang)
    }
}

impl ReadArgs {
    fn options(&self, lang: Lang) -> Result<intake::Options, Failure> {
        let mut limits = intake::Limits::default();
        for given in &self.max {
            limits.set(given).map_err(|e| Failure::Message(lang.pick(|| e.zh(), || e.to_string())))?;
        }
        Ok(intake::Options { columns: self.columns.clone(), limits })
    }

    /// Reads the input; a fault ends the command.
    pub fn read(&self, inputs: &[PathBuf], lang: Lang) -> Result<Batch, Failure> {
        intake::read(inputs, &self.options(lang)?)
            .map_err(|error| Failure::Message(lang.pick(|| error.zh(), || error.en())))
    }
}
