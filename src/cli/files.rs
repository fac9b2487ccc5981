//! What every command that writes files is given, and what happens to files when the program is interrupted.

use std::process;

use jxjs::checks::case::Lang;
use jxjs::report::write::{self, OutError, Outbox};

use super::Failure;

/// Whether existing files are replaced.
#[derive(clap::Args, Clone, Copy, Debug, Default)]
pub struct Force {
    /// 覆盖已经存在的文件 / overwrite existing files
    #[arg(long)]
    force: bool,
}

impl Force {
    /// Where the files of the command go.
    pub fn outbox(self) -> Outbox {
        Outbox::new(self.force)
    }
}

/// An error in words.
pub fn said(error: &OutError, lang: Lang) -> Failure {
    Failure::Message(lang.pick(|| error.zh(), || error.to_string()))
}

/// On an interruption (Ctrl-C), what is just taking its name is finished, and the rest given up.
pub fn abandon_when_interrupted() {
    // Without a handler an interruption ends the program all the same, and the next run clears up.
    let _ = ctrlc::set_handler(|| {
        write::abandon();
        // As shells number it.
        process::exit(130);
    });
}
