//! Word documents from templates that the office edits itself: which documents a review calls for, and how they are
//! filled in. A document never holds a seal, a signature, a number or an approval: those are visible blanks.

pub mod build;
mod context;
pub mod engine;
mod examine;
pub mod names;
mod words;
pub mod xml;

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::path::Path;

use rayon::prelude::*;

use self::context::{Batchwise, CaseFile};
use self::engine::TemplateError;
use super::Report;
use super::write::OutError;
use crate::bounded;
use crate::review::CaseReview;

/// A kind of document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// 审查报告: the internal report on a case.
    Report,
    /// 审查表: the same on one page.
    Form,
    /// 提请检察意见书: to the court, on an improper application.
    Application,
    /// 纠正违法通知书: to the prison, on broken procedure.
    Correction,
    /// 补充材料函: to the prison, what is missing and what must be explained.
    Supplement,
    /// 纠正不当裁定意见书: to the court, on an improper ruling.
    Ruling,
    /// 职务犯罪备案报告: to the procuratorates above, on a ruling about a former official.
    Filing,
    /// 出庭意见书: spoken at the hearing.
    Hearing,
    /// 送达回证: receipt for the papers served.
    Receipt,
    /// 提请前检察意见: to the prison, on a batch.
    Batch,
    /// 检察建议书: to the prison, on what the batch as a whole shows.
    Suggestion,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 11] = [
        Kind::Report,
        Kind::Form,
        Kind::Application,
        Kind::Correction,
        Kind::Supplement,
        Kind::Ruling,
        Kind::Filing,
        Kind::Hearing,
        Kind::Receipt,
        Kind::Batch,
        Kind::Suggestion,
    ];

    /// The name: of the template's file, and at the end of a document's file name.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Report => "审查报告",
            Kind::Form => "审查表",
            Kind::Application => "提请检察意见书",
            Kind::Correction => "纠正违法通知书",
            Kind::Supplement => "补充材料函",
            Kind::Ruling => "纠正不当裁定意见书",
            Kind::Filing => "职务犯罪备案报告",
            Kind::Hearing => "出庭意见书",
            Kind::Receipt => "送达回证",
            Kind::Batch => "提请前检察意见",
            Kind::Suggestion => "检察建议书",
        }
    }

    fn definition(self) -> &'static str {
        match self {
            Kind::Report => include_str!("../../../templates/审查报告.txt"),
            Kind::Form => include_str!("../../../templates/审查表.txt"),
            Kind::Application => include_str!("../../../templates/提请检察意见书.txt"),
            Kind::Correction => include_str!("../../../templates/纠正违法通知书.txt"),
            Kind::Supplement => include_str!("../../../templates/补充材料函.txt"),
            Kind::Ruling => include_str!("../../../templates/纠正不当裁定意见书.txt"),
            Kind::Filing => include_str!("../../../templates/职务犯罪备案报告.txt"),
            Kind::Hearing => include_str!("../../../templates/出庭意见书.txt"),
            Kind::Receipt => include_str!("../../../templates/送达回证.txt"),
            Kind::Batch => include_str!("../../../templates/提请前检察意见.txt"),
            Kind::Suggestion => include_str!("../../../templates/检察建议书.txt"),
        }
    }

    /// The built-in template, an ordinary Word file.
    ///
    /// # Errors
    /// Never for a released program: a test builds all of them.
    pub fn template(self) -> Result<Vec<u8>, OpinionError> {
        build::build(self.name(), self.definition()).map_err(OpinionError::Definition)
    }
}

/// Documents could not be made.
#[derive(Debug, thiserror::Error)]
pub enum OpinionError {
    /// A template cannot be used.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A built-in template is damaged.
    #[error(transparent)]
    Definition(build::DefinitionError),
    /// A file of the templates' folder has a name that no document has.
    #[error("{0}.docx")]
    UnknownTemplate(String),
    /// A template could not be read.
    #[error("{0}: {1}")]
    Io(String, io::Error),
    /// A document could not be written.
    #[error(transparent)]
    Out(#[from] OutError),
}

/// The templates in use.
#[derive(Clone, Debug)]
pub struct Templates(BTreeMap<Kind, Vec<u8>>);

impl Templates {
    /// The built-in templates.
    ///
    /// # Errors
    /// Never for a released program.
    pub fn builtin() -> Result<Templates, OpinionError> {
        Kind::ALL.into_iter().map(|k| Ok((k, k.template()?))).collect::<Result<_, _>>().map(Templates)
    }

    /// The built-in templates, replaced by those of a folder that bear a document's name.
    ///
    /// # Errors
    /// The folder cannot be read, holds a Word file that no document is named after (a misspelt name would silently
    /// change nothing), or one with a tag or a placeholder that is wrong.
    pub fn with_folder(dir: &Path) -> Result<Templates, OpinionError> {
        let io = |path: &Path| {
            let name = path.display().to_string();
            move |e| OpinionError::Io(name, e)
        };
        let mut templates = Templates::builtin()?;
        for entry in fs::read_dir(dir).map_err(io(dir))? {
            let path = entry.map_err(io(dir))?.path();
            let is_docx = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("docx"));
            let Some(stem) = path.file_stem().map(|s| s.to_string_lossy().into_owned()) else { continue };
            // Word keeps a lock file beside a document that is open.
            if !is_docx || stem.starts_with("~$") || stem.starts_with('.') {
                continue;
            }
            let kind = Kind::ALL.into_iter().find(|k| k.name() == stem);
            let kind = kind.ok_or_else(|| OpinionError::UnknownTemplate(stem.clone()))?;
            let template = bounded::bytes(&path, bounded::TEMPLATE).map_err(io(&path))?;
            engine::check(&template, &format!("{stem}.docx"), &names::known(kind))?;
            templates.0.insert(kind, template);
        }
        Ok(templates)
    }

    fn get(&self, kind: Kind) -> &[u8] {
        self.0.get(&kind).map_or(&[], Vec::as_slice)
    }
}

/// Which documents are made, and for whom.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The reviewer; without one every document is marked as a draft.
    pub reviewer: Option<String>,
    /// Only this person; then no documents about the batch.
    pub inmate: Option<String>,
}

/// Takes a document: its file name and its bytes.
pub type Sink<'a> = dyn FnMut(&str, &[u8]) -> Result<(), OpinionError> + 'a;

/// Cases whose documents are filled in at the same time.
const CHUNK: usize = 64;

/// Makes the documents a review calls for and hands each to `write` with its file name; says how many there were.
///
/// # Errors
/// A template is wrong, or `write` fails.
pub fn opinions(
    report: &Report<'_>,
    templates: &Templates,
    wanted: &Wanted,
    write: &mut Sink<'_>,
) -> Result<usize, OpinionError> {
    let dossiers = report.dossiers();
    let find = |case: &CaseReview| dossiers.get(case.inmate.as_str()).map(|d| d.open());
    let cases: Vec<&CaseReview> =
        report.review.cases.iter().filter(|c| wanted.inmate.as_ref().is_none_or(|n| *n == c.inmate)).collect();
    let mut names = Names::default();
    let mut made = 0;
    for chunk in cases.chunks(CHUNK) {
        let filled: Vec<Vec<(String, Kind, Vec<u8>)>> = chunk
            .par_iter()
            .map(|case| {
                let dossier = find(case);
                let file = CaseFile::new(report, case, dossier.as_ref(), wanted);
                let stem = file.stem();
                file.documents()
                    .into_iter()
                    .map(|(kind, context)| {
                        let bytes = engine::render(templates.get(kind), &format!("{}.docx", kind.name()), &context)?;
                        Ok((stem.clone(), kind, bytes))
                    })
                    .collect::<Result<_, TemplateError>>()
            })
            .collect::<Result<_, TemplateError>>()?;
        for (stem, kind, bytes) in filled.into_iter().flatten() {
            write(&names.next(&stem, kind), &bytes)?;
            made += 1;
        }
    }
    if wanted.inmate.is_none() {
        let batch = Batchwise::new(report, wanted, cases, &find);
        for (stem, kind, context) in batch.documents() {
            let bytes = engine::render(templates.get(kind), &format!("{}.docx", kind.name()), &context)?;
            write(&names.next(&stem, kind), &bytes)?;
            made += 1;
        }
    }
    Ok(made)
}

/// The case, by the first part of the name, of a file that is called as a document of this program is.
pub fn document_of(name: &str) -> Option<&str> {
    let stem = name.strip_suffix(".docx")?;
    let numbered = stem.rsplit_once('-').filter(|(_, n)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    let of = |text: &'_ str| Kind::ALL.iter().any(|k| text == k.name());
    let (case, kind) = numbered.map_or(stem, |(head, _)| head).rsplit_once('-')?;
    of(kind).then(|| stem.get(..case.len())).flatten()
}

/// The first part of the names of a case's documents: 案号, else 罪犯编号.
pub fn case_stem(case_no: Option<&str>, inmate: &str) -> String {
    file_stem(case_no.filter(|n| !n.trim().is_empty()).unwrap_or(inmate))
}

/// File names already given out.
#[derive(Default)]
struct Names(HashSet<String>);

impl Names {
    /// `<stem>-<kind>.docx`, numbered where it is taken already.
    fn next(&mut self, stem: &str, kind: Kind) -> String {
        let stem = file_stem(stem);
        let kind = kind.name();
        let mut name = format!("{stem}-{kind}.docx");
        let mut n = 2;
        // File systems that do not tell case apart must not lose a document.
        while !self.0.insert(name.to_lowercase()) {
            name = format!("{stem}-{kind}-{n}.docx");
            n += 1;
        }
        name
    }
}

/// A text as part of a file name on any system: no separators, no reserved characters, not too long.
pub(super) fn file_stem(text: &str) -> String {
    const MOST: usize = 40;
    let clean: String = text
        .chars()
        .map(|c| match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            c if c.is_control() || c.is_whitespace() => '_',
            // Marks that turn the direction of a text could disguise a name.
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => '_',
            c => c,
        })
        .take(MOST)
        .collect();
    let clean = clean.trim_matches(['.', '_', ' ']).to_owned();
    // Windows reserves some names even with an ending; the kind that follows makes them harmless.
    if clean.is_empty() { "未编号".to_owned() } else { clean }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_document_is_known_by_its_name() {
        for (name, case) in [
            ("（2024）1号-审查报告.docx", Some("（2024）1号")),
            ("（2024）1号-2-审查报告-13.docx", Some("（2024）1号-2")),
            ("批次-检察建议书.docx", Some("批次")),
            ("审查报告.docx", None),
            ("（2024）1号-会议记录.docx", None),
            ("（2024）1号-审查报告-.docx", None),
            ("（2024）1号-审查报告.doc", None),
        ] {
            assert_eq!(document_of(name), case, "{name}");
        }
    }

    #[test]
    fn file_names_are_harmless_and_distinct() {
        let mut names = Names::default();
        for (stem, expected) in [
            ("（2024）某狱减字第1号", "（2024）某狱减字第1号-审查报告.docx"),
            ("（2024）某狱减字第1号", "（2024）某狱减字第1号-审查报告-2.docx"),
            ("../../etc/passwd", "etc_passwd-审查报告.docx"),
            ("a:b*c?\n", "a_b_c-审查报告.docx"),
            ("A_B_C", "A_B_C-审查报告-2.docx"),
            ("..", "未编号-审查报告.docx"),
            ("", "未编号-审查报告-2.docx"),
        ] {
            assert_eq!(names.next(stem, Kind::Report), expected, "{stem}");
        }
        assert!(names.next(&"长".repeat(500), Kind::Report).len() < 200);
    }

    /// Every placeholder of a context is in the documentation, and every document is.
    #[test]
    fn the_placeholders_are_documented() {
        let page = include_str!("../../../docs/opinions.md");
        let sample = crate::report::sample::sample(crate::checks::case::Lang::Zh);
        let report = sample.report(crate::checks::case::Lang::Zh);
        let wanted = Wanted::default();
        let mut contexts: Vec<(Kind, minijinja::Value)> = Vec::new();
        for case in &report.review.cases {
            contexts.extend(CaseFile::new(&report, case, None, &wanted).documents());
        }
        let cases = report.review.cases.iter().collect();
        let batchwise = Batchwise::new(&report, &wanted, cases, &|_| None).documents();
        contexts.extend(batchwise.into_iter().map(|(_, k, c)| (k, c)));
        assert!(contexts.len() > 5);
        let keys = |value: &minijinja::Value| -> BTreeSet<String> {
            value.try_iter().into_iter().flatten().map(|key| key.as_str().unwrap().to_owned()).collect()
        };
        let words: HashSet<&str> = page.split([' ', '|', '；', '：', '（', '）', '`', '\n']).collect();
        for (kind, context) in &contexts {
            let known = names::known(*kind);
            let listed: BTreeSet<String> = known.iter().map(|(name, _)| (*name).to_owned()).collect();
            assert_eq!(listed.len(), known.len(), "{kind:?}: a placeholder is listed twice");
            assert_eq!(keys(context), listed, "{kind:?}");
            for (name, shape) in &known {
                assert!(words.contains(name), "docs/opinions.md lacks {name}");
                let names::Shape::List(fields) = shape else { continue };
                for field in *fields {
                    assert!(words.contains(field), "docs/opinions.md lacks {field} of {name}");
                }
                for item in context.get_attr(name).unwrap().try_iter().unwrap() {
                    assert_eq!(keys(&item), fields.iter().map(|f| (*f).to_owned()).collect(), "{kind:?} {name}");
                }
            }
        }
        for kind in Kind::ALL {
            assert!(words.contains(kind.name()), "{kind:?}");
        }
    }

    #[test]
    fn every_document_is_filled_in_whatever_is_known() {
        let sample = crate::report::sample::sample(crate::checks::case::Lang::Zh);
        let report = sample.report(crate::checks::case::Lang::Zh);
        let templates = Templates::builtin().unwrap();
        let mut names = Vec::new();
        let made = opinions(&report, &templates, &Wanted::default(), &mut |name, bytes| {
            assert!(!engine::text_of(bytes).unwrap().contains("{{"), "{name}");
            names.push(name.to_owned());
            Ok(())
        })
        .unwrap();
        assert_eq!(made, names.len());
        insta::assert_snapshot!(names.join("\n"));
    }

    #[test]
    fn every_built_in_template_is_a_word_file() {
        for kind in Kind::ALL {
            let template = kind.template().unwrap();
            engine::check(&template, kind.name(), &names::known(kind)).unwrap_or_else(|e| panic!("{e}"));
            let text = engine::text_of(&template).unwrap();
            assert!(text.contains("{{") && !text.contains(": "), "{kind:?}: {text}");
        }
    }
}
