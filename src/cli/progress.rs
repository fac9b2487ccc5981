//! How far a long run is, on standard error for whoever watches. Nothing is drawn where standard error is no terminal, with
//! `--quiet`, or while results scroll past on the same terminal: a file or a pipe gets the same bytes every time.

use std::io::{self, IsTerminal};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jxjs::checks::case::Lang;

/// Where progress is drawn, if anywhere.
#[derive(Clone, Copy, Debug)]
pub struct Watch {
    shown: bool,
    lang: Lang,
}

impl Watch {
    /// `streams`: results are written to standard output as they come.
    pub fn new(quiet: bool, streams: bool, lang: Lang) -> Watch {
        let crossed = streams && io::stdout().is_terminal();
        Watch { shown: !quiet && !crossed && io::stderr().is_terminal(), lang }
    }

    /// A step whose length is not known; it is wiped away when the returned bar is dropped.
    pub fn step(self, zh: &str, en: &str) -> Bar {
        let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}");
        let bar = self.bar(ProgressBar::no_length(), style, zh, en);
        if self.shown {
            bar.0.enable_steady_tick(Duration::from_millis(120));
        }
        bar
    }

    /// A step of which it is told how much is done.
    pub fn counted(self, zh: &str, en: &str) -> Bar {
        let style = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len} {elapsed}");
        self.bar(ProgressBar::no_length(), style, zh, en)
    }

    fn bar(
        self,
        bar: ProgressBar,
        style: Result<ProgressStyle, indicatif::style::TemplateError>,
        zh: &str,
        en: &str,
    ) -> Bar {
        bar.set_draw_target(if self.shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() });
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_message(if self.lang.is_zh() { zh } else { en }.to_owned());
        Bar(bar)
    }
}

/// A bar that leaves nothing behind.
pub struct Bar(ProgressBar);

impl Bar {
    /// How much is done, of how much.
    pub fn at(&self, done: usize, of: usize) {
        self.0.set_length(u64::try_from(of).unwrap_or(u64::MAX));
        self.0.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
