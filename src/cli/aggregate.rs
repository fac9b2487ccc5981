//! `jxjs aggregate`: what a batch knows as a whole, gathered from parts and merged.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use jxjs::checks::case::Lang;
use jxjs::checks::finding::Outcome;
use jxjs::exchange::{LineError, Part, stream};
use jxjs::law::Rules;
use jxjs::report::json;

use super::files::{Force, said};
use super::{Failure, HELP, OPTIONS, Outcomes, Status, load_rules};

/// 汇总一批案卷（从标准输入，一行一人），供分开审查时核对全批 / gather what the parts of a batch know together
#[derive(clap::Args)]
#[command(help_template = HELP, next_help_heading = OPTIONS)]
pub struct Args {
    /// 合并这些汇总（一行一份，- 为标准输入），不再读案卷 / merge these instead, one a line, - is standard input
    #[arg(long, value_name = "FILE", num_args = 1..)]
    merge: Vec<PathBuf>,

    /// 输出合并后的摘要和全批发现，而不是汇总 / print what it comes to: summary and findings about the batch
    #[arg(long, requires = "merge")]
    summary: bool,

    /// 叠加的地方规则文件，只能更严 / overlays of local rules; they can only be stricter
    #[arg(long, value_name = "FILE", num_args = 1..)]
    rules: Vec<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> Outcomes {
    let rules = load_rules(&args.rules, lang)?;
    if args.merge.is_empty() {
        let part = stream::gather(&mut io::stdin().lock(), &rules)?.map_err(|bad| unread(&bad, lang))?;
        part.write(&mut io::stdout().lock())?;
        return Ok(Status::Clear);
    }
    let part = read(&args.merge, &rules, lang)?;
    if !args.summary {
        part.write(&mut io::stdout().lock())?;
        return Ok(Status::Clear);
    }
    let Some(result) = part.finish(&rules, lang) else {
        return Err(Failure::Message(lang.pick(
            || "其中没有审查的结果：请一并合并 check --from-jsonl --totals 写出的文件".to_owned(),
            || {
                "there are no reviews among them: merge the files that check --from-jsonl --totals wrote as well"
                    .to_owned()
            },
        )));
    };
    let whole = json::Whole { rules: &rules, lang, min_outcome: Outcome::Pass, problems: &[], result: &result };
    json::write_whole(&whole, &mut io::stdout().lock())?;
    if result.reviewed.unread > 0 {
        let n = result.reviewed.unread;
        return Err(Failure::Message(
            lang.pick(|| format!("有{n}行未能读取"), || format!("{n} lines could not be read")),
        ));
    }
    Ok(if result.is_clear() { Status::Clear } else { Status::Found })
}

/// Reads and merges parts.
pub fn read(files: &[PathBuf], rules: &Rules, lang: Lang) -> Result<Part, Failure> {
    let mut all: Option<Part> = None;
    for file in files {
        let shown = file.display().to_string();
        let failed = |zh: String, en: String| {
            Failure::Message(lang.pick(|| format!("{shown}：{zh}"), || format!("{shown}: {en}")))
        };
        let io_failed = |e: io::Error| failed(format!("无法读取：{e}"), format!("cannot be read: {e}"));
        let mut input: Box<dyn BufRead> = if file == Path::new("-") {
            Box::new(io::stdin().lock())
        } else {
            Box::new(BufReader::new(File::open(file).map_err(io_failed)?))
        };
        let mut text = Vec::new();
        let mut line = 0;
        loop {
            text.clear();
            if input.read_until(b'\n', &mut text).map_err(io_failed)? == 0 {
                break;
            }
            line += 1;
            if text.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let part = Part::read(&text).map_err(|fault| {
                let error = LineError { line, fault };
                failed(error.zh(), error.en())
            })?;
            if !part.is_under(rules) {
                return Err(failed("是按另一套规则得出的".to_owned(), "was made under other rules".to_owned()));
            }
            all = Some(match all {
                Some(before) => before.merge(part).map_err(|e| failed(e.zh(), e.to_string()))?,
                None => part,
            });
        }
    }
    all.ok_or_else(|| {
        Failure::Message(lang.pick(|| "没有可合并的汇总".to_owned(), || "there is nothing to merge".to_owned()))
    })
}

/// Lines that could not be read, all of them so that they can be mended in one go.
fn unread(bad: &[LineError], lang: Lang) -> Failure {
    let lines: Vec<String> = bad.iter().map(|e| lang.pick(|| e.zh(), || e.en())).collect();
    Failure::Message(lines.join("\n"))
}

/// Writes a part into a file.
pub fn write(part: &Part, file: &Path, force: Force, lang: Lang) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    part.write(&mut bytes)?;
    let mut outbox = force.outbox();
    outbox.put_at(file, &bytes).and_then(|()| outbox.commit()).map_err(|e| said(&e, lang))?;
    Ok(())
}
