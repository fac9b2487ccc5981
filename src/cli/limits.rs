//! `jxjs limits`: what the law allows, from what is said on the command line alone.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use clap::ValueEnum;
use jxjs::checks::case::Lang;
use jxjs::intake::values::{self, Bad, Epoch};
use jxjs::model::{
    AppKind, Application, Batch, Change, Col, Conduct, Declared, Dossier, End, Field, Health, Inmate, Presence,
    Restitution, Ruling, SheetKind, Term, build,
};
use jxjs::report::limits::{self as report, Question};
use jxjs::review::{ReviewOptions, review_batch};

use super::{Failure, HELP, OPTIONS, Outcomes, Status, load_rules};

/// What a reader of the help should know before typing.
const NOTE: &str = "没有写明的按“不知道”处理，不按“没有”处理；历次裁定以写明的为准。日期、刑期的写法与工作簿相同。\n\
    What is not said is unknown, not \"no\"; earlier rulings are those that are given.";

/// 不用工作簿，直接计算法定限度 / what the law allows, without a workbook
#[derive(clap::Args)]
#[command(help_template = HELP, next_help_heading = OPTIONS, after_help = NOTE)]
pub struct Args {
    /// 原判刑罚，如 有期徒刑十五年、无期徒刑、死缓 / the sentence
    #[arg(long, value_name = "SENTENCE")]
    sentence: String,

    /// 罪名，几个的用顿号隔开 / charges
    #[arg(long, value_name = "CHARGES")]
    charges: Option<String>,

    /// 各罪刑期，如 抢劫罪:十二年;盗窃罪:三年 / the term of each count
    #[arg(long, value_name = "CHARGE:TERM;…")]
    counts: Option<String>,

    /// 犯罪日期 / day of the last criminal act
    #[arg(long, value_name = "DATE")]
    crime: Option<String>,

    /// 判决日期 / day of the judgment
    #[arg(long, value_name = "DATE")]
    judged: Option<String>,

    /// 判决生效日期 / day it became final
    #[arg(long, value_name = "DATE")]
    effective: Option<String>,

    /// 羁押日期 / first day of custody
    #[arg(long, value_name = "DATE")]
    detained: Option<String>,

    /// 交付执行日期 / day of delivery to the prison
    #[arg(long, value_name = "DATE")]
    delivered: Option<String>,

    /// 刑期起日 / first day of the term
    #[arg(long, value_name = "DATE")]
    start: Option<String>,

    /// 刑期止日 / last day of the term under the judgment
    #[arg(long, value_name = "DATE")]
    end: Option<String>,

    /// 现刑期止日 / last day of the term today
    #[arg(long, value_name = "DATE")]
    current_end: Option<String>,

    /// 死缓期满日 / end of the reprieve
    #[arg(long, value_name = "DATE")]
    reprieve_end: Option<String>,

    /// 出生日期 / day of birth
    #[arg(long, value_name = "DATE")]
    birth: Option<String>,

    /// 累犯 / recidivist (--recidivist=N for no)
    #[arg(long, value_name = "Y|N", num_args = 0..=1, require_equals = true, default_missing_value = "是")]
    recidivist: Option<String>,

    /// 毒品再犯 / drug recidivist
    #[arg(long, value_name = "Y|N", num_args = 0..=1, require_equals = true, default_missing_value = "是")]
    drug_recidivist: Option<String>,

    /// 原国家工作人员 / former functionary
    #[arg(long, value_name = "Y|N", num_args = 0..=1, require_equals = true, default_missing_value = "是")]
    functionary: Option<String>,

    /// 限制减刑 / limited commutation
    #[arg(long, value_name = "Y|N", num_args = 0..=1, require_equals = true, default_missing_value = "是")]
    limited: Option<String>,

    /// 终身监禁 / life without commutation
    #[arg(long, value_name = "Y|N", num_args = 0..=1, require_equals = true, default_missing_value = "是")]
    whole_life: Option<String>,

    /// 缓刑 / suspended sentence
    #[arg(long, value_name = "Y|N", num_args = 0..=1, require_equals = true, default_missing_value = "是")]
    suspended: Option<String>,

    /// 罪犯类别，如 职务犯罪，没有的写 无 / categories, or 无
    #[arg(long, value_name = "CATEGORY")]
    category: Vec<String>,

    /// 身体状况，如 老年，没有的写 无 / state of health, or 无
    #[arg(long, value_name = "STATE")]
    health: Vec<String>,

    /// 退赃情况：积极、不积极、无 / restitution
    #[arg(long, value_name = "WORD")]
    restitution: Option<String>,

    /// 认罪悔罪 / remorse
    #[arg(long, value_name = "Y|N", num_args = 0..=1, require_equals = true, default_missing_value = "是")]
    remorse: Option<String>,

    /// 没有写明的身份一律按“否”计算 / everything about the person that is not said is "no"
    #[arg(long)]
    rest_no: bool,

    /// 改造表现，如 确有悔改表现、立功表现 / conduct
    #[arg(long, value_name = "CONDUCT")]
    conduct: Vec<String>,

    /// 提请日期，默认为今天 / day of the application, today unless given
    #[arg(long, value_name = "DATE")]
    applied: Option<String>,

    /// 建议减刑，如 六个月、减为有期徒刑二十二年 / the proposal
    #[arg(long, value_name = "PROPOSAL")]
    proposal: Option<String>,

    /// 没有财产性判项 / there is no property judgment
    #[arg(long)]
    no_property: bool,

    /// 历次减刑，裁定日期:减刑幅度[:送达日期]，可重复 / an earlier reduction; may be repeated
    #[arg(long, value_name = "DATE:TERM[:SERVED]")]
    last_reduction: Vec<String>,

    /// 减为无期徒刑，裁定日期[:送达日期] / conversion to life
    #[arg(long, value_name = "DATE[:SERVED]")]
    to_life: Option<String>,

    /// 减为有期徒刑，裁定日期:刑期[:送达日期] / conversion to a fixed term
    #[arg(long, value_name = "DATE:TERM[:SERVED]")]
    to_fixed: Option<String>,

    /// 输出格式 / format of the output
    #[arg(long, value_enum, default_value_t, value_name = "text|json", hide_possible_values = true)]
    format: Format,

    /// 叠加的地方规则文件 / overlays of local rules
    #[arg(long, value_name = "FILE", num_args = 1..)]
    rules: Vec<PathBuf>,
}

/// The format of the output.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// For machines.
    Json,
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> Outcomes {
    let rules = load_rules(&args.rules, lang)?;
    let today = chrono::Local::now().date_naive();
    let dossier = args.dossier(today).map_err(|wrong| Failure::Message(wrong.message(lang)))?;
    let mut presence = Presence {
        sheets: vec![SheetKind::Inmates, SheetKind::Applications, SheetKind::Rulings],
        columns: Col::ALL.to_vec(),
    };
    if args.no_property {
        presence.sheets.push(SheetKind::Property);
    }
    let batch = Batch {
        sources: Arc::new(build::sources()),
        presence: Arc::new(presence),
        dossiers: vec![dossier.into()],
        ..Batch::default()
    };
    let review = review_batch(&batch, &rules, &ReviewOptions { as_of: today, lang, only: Vec::new() });
    let question = Question::new(&review, &batch, &rules, lang);
    match args.format {
        Format::Text => report::write_text(&question, &mut anstream::stdout().lock())?,
        Format::Json => report::write_json(&question, &mut std::io::stdout().lock())?,
    }
    Ok(Status::Clear)
}

/// An option with a value that cannot be read.
struct Wrong {
    option: &'static str,
    found: String,
    zh: String,
    en: String,
}

impl Wrong {
    fn of(option: &'static str) -> impl FnOnce(Bad) -> Wrong {
        move |bad| Wrong { option, found: bad.found, zh: bad.want_zh, en: bad.want_en }
    }

    fn message(&self, lang: Lang) -> String {
        let Wrong { option, found, zh, en } = self;
        lang.pick(|| format!("--{option} “{found}”：{zh}"), || format!("--{option} {found:?}: {en}"))
    }
}

/// Fills a field where something was said.
fn put<T>(field: &mut Field<T>, said: Option<T>) {
    if let Some(value) = said {
        field.set(value);
    }
}

fn date(option: &'static str, text: Option<&String>) -> Result<Option<NaiveDate>, Wrong> {
    text.map(|t| values::date(t, Epoch::default())).transpose().map_err(Wrong::of(option))
}

/// The parts of `date[:what][:served]`, of which `n` must be there; one more may.
fn parts(option: &'static str, text: &str, n: usize) -> Result<Vec<String>, Wrong> {
    let parts: Vec<String> = text.split([':', '：']).map(|part| part.trim().to_owned()).collect();
    if (n..=n + 1).contains(&parts.len()) {
        return Ok(parts);
    }
    let (zh, en) = match n {
        1 => ("写作 裁定日期[:送达日期]", "write DATE[:SERVED]"),
        _ => ("写作 裁定日期:幅度或刑期[:送达日期]", "write DATE:TERM[:SERVED]"),
    };
    Err(Wrong { option, found: text.to_owned(), zh: zh.to_owned(), en: en.to_owned() })
}

impl Args {
    /// What was said, as if a workbook had said it.
    fn dossier(&self, today: NaiveDate) -> Result<Dossier, Wrong> {
        let mut dossier = Dossier::new("-".to_owned());
        dossier.inmate = Some(self.inmate()?);
        dossier.applications =
            vec![self.application(AppKind::Reduction, today)?, self.application(AppKind::Parole, today)?];
        dossier.rulings = self.rulings()?;
        Ok(dossier)
    }

    fn yes(&self, option: &'static str, text: Option<&String>) -> Result<Option<bool>, Wrong> {
        let said = text.map(|t| values::boolean(t)).transpose().map_err(Wrong::of(option))?;
        Ok(said.or(self.rest_no.then_some(false)))
    }

    fn inmate(&self) -> Result<Inmate, Wrong> {
        let sentence = values::sentence(&self.sentence).map_err(Wrong::of("sentence"))?;
        // The tail of the sentence may say what an option can say too.
        let or_tail = |tail: bool, said: Option<bool>| if tail { Some(true) } else { said };
        let nothing = self.rest_no;
        let mut inmate = Inmate::blank(1);
        let i = &mut inmate;
        put(&mut i.charges, self.charges.clone());
        put(&mut i.crime_date, date("crime", self.crime.as_ref())?);
        put(&mut i.sentence, Some(sentence.sentence));
        put(&mut i.rights, sentence.rights);
        let counts = self.counts.as_ref().map(|t| values::count_terms(t)).transpose();
        put(&mut i.count_terms, counts.map_err(Wrong::of("counts"))?);
        put(&mut i.birth, date("birth", self.birth.as_ref())?);
        put(&mut i.judged, date("judged", self.judged.as_ref())?);
        put(&mut i.effective, date("effective", self.effective.as_ref())?);
        put(&mut i.detained, date("detained", self.detained.as_ref())?);
        put(&mut i.delivered, date("delivered", self.delivered.as_ref())?);
        put(&mut i.term_start, date("start", self.start.as_ref())?);
        put(&mut i.term_end, date("end", self.end.as_ref())?.map(End::On));
        put(&mut i.current_end, date("current-end", self.current_end.as_ref())?.map(End::On));
        put(&mut i.reprieve_end, date("reprieve-end", self.reprieve_end.as_ref())?);
        put(&mut i.recidivist, self.yes("recidivist", self.recidivist.as_ref())?);
        put(&mut i.drug_recidivist, self.yes("drug-recidivist", self.drug_recidivist.as_ref())?);
        put(&mut i.functionary, self.yes("functionary", self.functionary.as_ref())?);
        put(&mut i.limited, or_tail(sentence.limited, self.yes("limited", self.limited.as_ref())?));
        put(&mut i.whole_life, or_tail(sentence.whole_life, self.yes("whole-life", self.whole_life.as_ref())?));
        put(&mut i.suspended, or_tail(sentence.suspended, self.yes("suspended", self.suspended.as_ref())?));
        let categories = words("category", &self.category, Declared::from_zh, Declared::ALL.iter().map(|w| w.zh()))?;
        put(&mut i.categories, categories.or(nothing.then(BTreeSet::new)));
        let health = words("health", &self.health, Health::from_zh, Health::ALL.iter().map(|w| w.zh()))?;
        put(&mut i.health, health.or(nothing.then(BTreeSet::new)));
        let accepted = || Restitution::ALL.iter().map(|w| w.zh());
        let restitution = self
            .restitution
            .as_ref()
            .map(|text| Restitution::from_zh(text).ok_or_else(|| not_one_of("restitution", text, accepted())));
        put(&mut i.restitution, restitution.transpose()?);
        // Remorse is not a restriction: what is not said stays unknown even with --rest-no.
        let remorse = self.remorse.as_ref().map(|t| values::boolean(t)).transpose();
        put(&mut i.remorse, remorse.map_err(Wrong::of("remorse"))?);
        Ok(inmate)
    }

    fn application(&self, kind: AppKind, today: NaiveDate) -> Result<Application, Wrong> {
        let mut app = Application::blank(if kind == AppKind::Reduction { 1 } else { 2 });
        app.kind.set(kind);
        app.applied.set(date("applied", self.applied.as_ref())?.unwrap_or(today));
        let conduct = words("conduct", &self.conduct, Conduct::from_zh, Conduct::ALL.iter().map(|w| w.zh()))?;
        put(&mut app.conduct, conduct);
        if kind == AppKind::Reduction {
            let proposal = self.proposal.as_ref().map(|t| values::proposal(t)).transpose();
            put(&mut app.proposal, proposal.map_err(Wrong::of("proposal"))?.map(|p| p.proposal));
        }
        Ok(app)
    }

    fn rulings(&self) -> Result<Vec<Ruling>, Wrong> {
        let mut rulings = Vec::new();
        if let Some(text) = &self.to_life {
            let parts = parts("to-life", text, 1)?;
            rulings.push(ruling("to-life", &parts[0], Change::ToLife, parts.get(1))?);
        }
        let fixed = self.to_fixed.iter().map(|text| ("to-fixed", text, Change::ToFixed as fn(Term) -> Change));
        let reductions =
            self.last_reduction.iter().map(|text| ("last-reduction", text, Change::Reduce as fn(Term) -> Change));
        for (option, text, change) in fixed.chain(reductions) {
            let parts = parts(option, text, 2)?;
            let (term, _) = values::term(&parts[1]).map_err(Wrong::of(option))?;
            rulings.push(ruling(option, &parts[0], change(term), parts.get(2))?);
        }
        rulings.sort_by_key(|r| r.date.get());
        Ok(rulings)
    }
}

fn ruling(option: &'static str, on: &String, change: Change, served: Option<&String>) -> Result<Ruling, Wrong> {
    let mut ruling = Ruling::blank(1);
    put(&mut ruling.date, date(option, Some(on))?);
    put(&mut ruling.served, date(option, served)?);
    ruling.change.set(change);
    Ok(ruling)
}

/// Words out of a list; 无 for none of them; `None` where nothing was said.
fn words<T: Ord>(
    option: &'static str,
    said: &[String],
    read: impl Fn(&str) -> Option<T>,
    accepted: impl Iterator<Item = &'static str>,
) -> Result<Option<BTreeSet<T>>, Wrong> {
    if said.is_empty() {
        return Ok(None);
    }
    let mut set = BTreeSet::new();
    for word in said
        .iter()
        .flat_map(|w| w.split(['、', ',', '，', ';', '；']))
        .map(str::trim)
        .filter(|w| !matches!(*w, "" | "无"))
    {
        match read(word) {
            Some(value) => set.insert(value),
            None => return Err(not_one_of(option, word, accepted)),
        };
    }
    Ok(Some(set))
}

fn not_one_of(option: &'static str, found: &str, accepted: impl Iterator<Item = &'static str>) -> Wrong {
    let list = accepted.collect::<Vec<_>>().join("、");
    Wrong { option, found: found.to_owned(), zh: format!("可接受：{list}"), en: format!("accepted: {list}") }
}
