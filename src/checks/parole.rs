//! Parole (假释): kind of sentence, bars, ground, time served, interval after a reduction, property, an earlier parole that
//! was revoked, the assessment by the community, strict cases, the end of probation.

use chrono::NaiveDate;

use super::case::{Case, counted};
use super::conduct::{Det, need};
use super::finding::{Basis, Facts, Leaf, Missing};
use super::groups::Restricted;
use super::identity;
use super::property::ItemMeaning;
use super::reduction::{item_basis, item_facts, property_text, settle};
use super::registry::{Check, Run, Scope};
use super::windows::Wait;
use super::world::{Origin, World};
use crate::law::charges::{Charge, Membership, Negligence, group};
use crate::model::{
    Application, Assessment, Change, Col, CustodyKind, NewCrimeKind, PropertyKind, PropertyState, Sentence, SheetKind,
    Situation, Stage, Value, date,
};

const fn check(id: &'static str, uses: &'static [SheetKind], f: fn(&Case<'_>, &mut World) -> Leaf) -> Check {
    Check { id, scope: Scope::Parole, needs: &[], uses, run: Run::World(f) }
}

/// The checks of this family.
pub const CHECKS: &[Check] = &[
    check("parole/barred", &[SheetKind::NewCrimes], |c, w| settle(try_barred(c, w))),
    check("parole/grounds", &[], grounds),
    check("parole/served-time", &[], |c, w| settle(try_served(c, w))),
    check("parole/after-reduction", &[], |c, w| settle(try_after_reduction(c, w))),
    check("parole/property", &[SheetKind::Spending], property),
    check("parole/revoked-before", &[SheetKind::NewCrimes], |c, w| settle(try_revoked(c, w))),
    check("parole/assessment", &[], |c, w| settle(try_assessment(c, w))),
    check("parole/corruption-strict", &[], corruption_strict),
    check("parole/probation", &[], |c, w| settle(try_probation(c, w))),
];

const PROPOSAL: &str = "假释建议书";

fn application<'a>(case: &Case<'a>) -> Det<&'a Application> {
    case.app.ok_or_else(|| Box::new(Leaf::silent()))
}

fn applied(case: &Case<'_>) -> Det<NaiveDate> {
    let app = application(case)?;
    match app.applied.get() {
        Some(day) => Ok(day),
        None => need(app.applied.place(), PROPOSAL),
    }
}

// ---- barred -------------------------------------------------------------------------------------------------------

/// Why a person can never be paroled under the judgment in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bar {
    /// 管制, 拘役, 死缓 in its two years: not a sentence that parole is for.
    Kind(Stage),
    /// 缓刑
    Suspended,
    /// 终身监禁
    WholeLife,
    /// 限制减刑: only ever ordered for 累犯 and the violent crimes that bar parole (刑法50.2)
    Limited,
    /// 累犯
    Recidivist,
    /// One of the named violent crimes with ten years or more, life or reprieved death.
    Violent,
    /// Organised violence with ten years or more, life or reprieved death.
    Organized,
}

/// Which version of 刑法 art. 81.2 an offence falls under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Era {
    /// To 1997-09-30.
    Before1997,
    /// 1997-10-01 to 2011-04-30: the paragraph before amendment VIII.
    Old,
    /// The paragraph in force.
    Present,
}

fn era(case: &Case<'_>, w: &mut World) -> Era {
    if !case.old_offence(w) {
        return Era::Present;
    }
    let until = case.rules.date("law/before-1997-code-until");
    let inmate = case.inmate;
    let before = match inmate.crime_date.get() {
        Some(day) => day <= until,
        None => {
            inmate.judged.get().or(inmate.effective.get()).is_some_and(|d| d <= until)
                || w.ask("offence-before-1997", inmate.crime_date.place(), "判决书")
        }
    };
    if before { Era::Before1997 } else { Era::Old }
}

/// The sentence of the judgment that the charges in 罪名 belong to: a retrial replaces it, a merger with another crime
/// does not change what was imposed for them.
fn original_sentence(case: &Case<'_>) -> Option<Sentence> {
    if case.standing.merged.is_empty() { case.standing.sentence } else { case.inmate.sentence.get() }
}

fn named(case: &Case<'_>, w: &mut World, charge: Option<&Charge>, category: &str) -> bool {
    match charge.map(|c| case.rules.categories.membership(c, category)) {
        Some(Membership::Yes) => true,
        Some(Membership::Reading) => w.reading("violent-charge", 2) == 1,
        Some(Membership::No | Membership::IfFunctionary) => false,
        None => w.ask("violent-charge-unknown", case.inmate.charges.place(), "判决书"),
    }
}

/// Whether the person was sentenced to ten years or more, life or reprieved death *for* a crime of the category: counts
/// are looked at one by one, whatever their total (16号 art. 25; the 1997 interpretation said so in words).
fn barred_count(case: &Case<'_>, w: &mut World, category: &str) -> bool {
    let ten = case.rules.term("parole/violent-term");
    let long = |s: Sentence| s.term().is_none_or(|t| t >= ten);
    let person = case.person;
    if original_sentence(case).is_some_and(long) {
        let found = match &person.counts {
            Some(counts) => counts.iter().filter(|c| long(c.sentence)).any(|c| named(case, w, c.charge, category)),
            None if person.charge_count() <= 1 => named(case, w, person.known_charges().next(), category),
            None => {
                let some = person.known_charges().any(|c| named(case, w, Some(c), category))
                    || !person.charges_certain() && named(case, w, None, category);
                some && w.ask("violent-count-ten", case.inmate.count_terms.place(), "判决书")
            }
        };
        if found {
            return true;
        }
    }
    // What a new or undiscovered crime was is not recorded.
    case.standing.merged.iter().any(|i| {
        let crime = &case.dossier.new_crimes[*i];
        crime.sentence.get().is_none_or(long)
            && w.ask_at(("new-crime-violent", *i as u32), crime.sentence.place(), "新罪（漏罪）判决书")
    })
}

/// What bars parole for good in this world, whatever time passes.
pub(super) fn bar(case: &Case<'_>, w: &mut World) -> Option<Bar> {
    match case.standing.stage {
        Some(stage @ (Stage::Control | Stage::Detention | Stage::Reprieve)) => return Some(Bar::Kind(stage)),
        Some(_) if case.suspended(w) => return Some(Bar::Suspended),
        _ => {}
    }
    if case.in_group(w, Restricted::WholeLife) {
        return Some(Bar::WholeLife);
    }
    if case.in_group(w, Restricted::Limited) {
        return Some(Bar::Limited);
    }
    let era = era(case, w);
    let category = if era == Era::Old { group::VIOLENT_OLD_PAROLE } else { group::VIOLENT_EIGHT };
    let found = if case.in_group(w, Restricted::Recidivist) {
        Bar::Recidivist
    } else if barred_count(case, w, category) {
        Bar::Violent
    } else if case.organized_count_ten(w)
        && case.organized_violence(w)
        // The old paragraph did not name organised violence.
        && (era != Era::Old || w.reading("organized-violence-old", 2) == 1)
    {
        Bar::Organized
    } else {
        return None;
    };
    // 法释〔1997〕5号 art. 8 keeps parole open for offences up to 1997-09-30; 16号 arts 25 and 42 do not mention it.
    (era != Era::Before1997 || w.reading("parole-before-1997", 2) == 0).then_some(found)
}

/// Whether parole is barred in this world for as long as the judgment stands.
pub fn barred_for_good(case: &Case<'_>, w: &mut World) -> bool {
    bar(case, w).is_some()
}

/// A bar as a violation, and what it is in Chinese and in English.
pub(super) fn barred_by(case: &Case<'_>, bar: Bar) -> (Leaf, String, String) {
    let inmate = case.inmate;
    let (basis, cells, zh, en): (Vec<Basis>, Vec<_>, String, String) = match bar {
        Bar::Kind(stage) => (
            vec![Basis::new("刑法", "81", Some(1))],
            vec![inmate.sentence.at],
            format!("假释只适用于有期徒刑、无期徒刑，正在执行的是{}。", stage.zh()),
            format!(
                "Parole is for fixed-term and life imprisonment only; what is being served is {}.",
                match stage {
                    Stage::Control => "control",
                    Stage::Detention => "short-term detention",
                    _ => "the two years of reprieved death",
                }
            ),
        ),
        Bar::Suspended => (
            vec![Basis::new("刑法", "81", Some(1))],
            vec![inmate.suspended.at],
            "宣告缓刑的罪犯没有在监狱执行刑罚，不适用假释。".to_owned(),
            "A suspended sentence is not served in prison: there is no parole from it.".to_owned(),
        ),
        Bar::WholeLife => (
            vec![Basis::new("法释〔2016〕23号", "15", None), Basis::new("刑法", "383", Some(4))],
            vec![inmate.whole_life.at],
            "判处死缓同时决定终身监禁，减为无期徒刑后不得减刑、假释。".to_owned(),
            "Life without commutation or parole was ordered with the reprieved death sentence.".to_owned(),
        ),
        Bar::Limited => (
            vec![Basis::new("刑法", "50", Some(2)), Basis::new("法释〔2016〕23号", "25", None)],
            vec![inmate.limited.at],
            "限制减刑只适用于累犯和八类暴力犯罪的死缓罪犯，这些罪犯减刑以后也不得假释。".to_owned(),
            "Limited commutation is ordered only for recidivists and the violent crimes that bar parole.".to_owned(),
        ),
        Bar::Recidivist => (
            vec![Basis::new("刑法", "81", Some(2)), Basis::new("法释〔2016〕23号", "25", None)],
            vec![inmate.recidivist.at, inmate.categories.at],
            "累犯不得假释，减刑以后也一样。".to_owned(),
            "A recidivist is never paroled, also after reductions.".to_owned(),
        ),
        Bar::Violent | Bar::Organized => {
            let (zh, en) = if bar == Bar::Violent {
                ("故意杀人、强奸、抢劫、绑架、放火、爆炸、投放危险物质", "one of the violent crimes the law names")
            } else {
                ("有组织的暴力性犯罪", "organised violent crime")
            };
            (
                vec![Basis::new("刑法", "81", Some(2)), Basis::new("法释〔2016〕23号", "25", None)],
                vec![inmate.charges.at, inmate.count_terms.at, inmate.sentence.at, inmate.categories.at],
                format!("因{zh}之一被判处十年以上有期徒刑、无期徒刑或者死缓，不得假释，减刑以后也一样。"),
                format!("Ten years or more, life or reprieved death for {en}: no parole, also after reductions."),
            )
        }
    };
    let old = matches!(bar, Bar::Recidivist | Bar::Violent | Bar::Organized)
        && inmate.crime_date.get().is_some_and(|d| d <= case.rules.date("law/old-criminal-law-until"));
    let leaf = Leaf::violation().bases(&basis).cells(cells);
    let leaf =
        if old { leaf.basis(&Basis::new("法释〔2011〕9号", "8", None)).cell(inmate.crime_date.at) } else { leaf };
    (leaf, zh, en)
}

fn try_barred(case: &Case<'_>, w: &mut World) -> Det<Leaf> {
    application(case)?;
    if let Some(bar) = bar(case, w) {
        let (leaf, zh, en) = barred_by(case, bar);
        return Ok(leaf.says(case.say(|| zh, || en)));
    }
    case.known_stage()?;
    let number = &case.inmate.id_number;
    // Who wilfully hides who he is cannot be paroled; that an identity could not be established does not bar by itself.
    if number.known().is_some_and(|n| identity::is_placeholder(n) || n.trim() == "无")
        && w.ask("identity-hidden", number.place(), "身份核查材料")
    {
        return Ok(Leaf::violation().basis(&Basis::new("法发〔2021〕31号", "9", None)).cell(number.at).says(case.say(
            || "身份证号是占位号码：如果是故意隐瞒真实身份而无法查清，不得假释。".to_owned(),
            || "The identity number is a placeholder: whoever hides who he is cannot be paroled.".to_owned(),
        )));
    }
    Ok(Leaf::pass().says(case.say(|| "没有不得假释的情形。".to_owned(), || "Nothing bars parole as such.".to_owned())))
}

// ---- grounds ------------------------------------------------------------------------------------------------------

/// 确有悔改表现 claimed, and not struck: merit alone grounds only a reduction.
fn grounds(case: &Case<'_>, w: &mut World) -> Leaf {
    let Some(app) = case.app else { return Leaf::silent() };
    let leaf = |leaf: Leaf| leaf.cell(app.conduct.at);
    if !case.claimed(w).repentance {
        return leaf(Leaf::violation()).basis(&Basis::new("刑法", "81", Some(1))).says(case.say(
            || "没有认定确有悔改表现；假释以确有悔改表现为条件，立功不能代替。".to_owned(),
            || "True repentance is not claimed; parole needs it, and merit cannot take its place.".to_owned(),
        ));
    }
    let corruption = |leaf: Leaf, w: &mut World| {
        if case.in_group(w, Restricted::Corruption) {
            leaf.basis(&Basis::new("法释〔2019〕6号", "1", None))
        } else {
            leaf
        }
    };
    if case.struck_for_remorse(w) {
        let struck = leaf(Leaf::violation())
            .cell(case.inmate.remorse.at)
            .basis(&Basis::new("刑法", "81", Some(1)))
            .basis(&Basis::new("法释〔2016〕23号", "3", Some(1)))
            .says(case.say(
                || "不认罪悔罪，不能认定确有悔改表现，不得假释。".to_owned(),
                || "The person does not admit guilt: no repentance, hence no parole.".to_owned(),
            ));
        return corruption(struck, w);
    }
    if case.struck_for_restitution(w) {
        let mut struck = leaf(Leaf::violation())
            .cell(case.inmate.restitution.at)
            .basis(&Basis::new("刑法", "81", Some(1)))
            .basis(&Basis::new("法释〔2016〕23号", "3", Some(2)));
        if case.property_rules(w) {
            struck = struck.basis(&Basis::new("法释〔2024〕5号", "12", None));
        }
        return struck.says(case.say(
            || "职务、金融、涉黑罪犯不积极退赃、协助追缴赃款赃物，不能认定确有悔改表现，不得假释。".to_owned(),
            || {
                "A duty, finance or mafia-type inmate who does not actively return proceeds shows no repentance: no \
                 parole."
                    .to_owned()
            },
        ));
    }
    if case.property_strikes(w) {
        let mut struck = leaf(Leaf::violation())
            .cells(case.dossier.property.iter().map(|p| p.state.at))
            .basis(&Basis::new("刑法", "81", Some(1)));
        struck = if case.property_rules(w) {
            struck.basis(&Basis::new("法释〔2024〕5号", "4", Some(2))).basis(&Basis::new(
                "法释〔2016〕23号",
                "27",
                None,
            ))
        } else {
            struck.basis(&Basis::new("法发〔2021〕31号", "7", None))
        };
        let struck = struck.says(case.say(
            || "有履行能力而不履行财产性判项，不能认定确有悔改表现，不得假释。".to_owned(),
            || "Able to perform the property judgment and not performing: no repentance, hence no parole.".to_owned(),
        ));
        return corruption(struck, w);
    }
    leaf(Leaf::pass())
        .says(case.say(|| "认定确有悔改表现。".to_owned(), || "True repentance is claimed and not struck.".to_owned()))
}

// ---- waiting times ------------------------------------------------------------------------------------------------

/// When a waiting time is met.
enum Met {
    OnProposal,
    OnRulingOnly,
    RulingUnreadable,
    Never,
}

fn met(app: &Application, applied: NaiveDate, earliest: NaiveDate) -> Met {
    match app.ruled.value {
        _ if applied >= earliest => Met::OnProposal,
        Value::Known(ruled) if ruled >= earliest => Met::OnRulingOnly,
        Value::Unclear => Met::RulingUnreadable,
        Value::Known(_) | Value::Empty => Met::Never,
    }
}

fn wait_facts(leaf: Leaf, wait: &Wait, app: &Application, actual: NaiveDate) -> Leaf {
    wait.against(actual, leaf).cell(app.applied.at)
}

/// The leaf of a waiting time that is not met on the proposal: `short` where it is not met on the ruling either.
fn not_met(short: Leaf, wait: &Wait, app: &Application, day: NaiveDate, text: String) -> Leaf {
    let leaf = match met(app, day, wait.earliest) {
        Met::OnRulingOnly => Leaf::unverified().cell(app.ruled.at),
        Met::RulingUnreadable => Leaf::needs(app.ruled.place(), "假释裁定书"),
        Met::OnProposal | Met::Never => short,
    };
    wait.short(day, leaf).cell(app.applied.at).says(text)
}

/// Time actually served (刑法 art. 81.1; 16号 art. 23).
fn try_served(case: &Case<'_>, w: &mut World) -> Det<Leaf> {
    let app = application(case)?;
    if case.known_stage()? == Stage::Reprieve {
        return Ok(Leaf::silent());
    }
    let day = applied(case)?;
    let Some(mut wait) = case.parole_day(w)? else { return Ok(Leaf::silent()) };
    let paragraph = match case.standing.sentence {
        Some(Sentence::Life) => 2,
        Some(Sentence::Reprieve) => 3,
        _ => 1,
    };
    let second = Basis::new("法释〔2016〕23号", "23", Some(paragraph));
    let second = if wait.basis == second { Basis::new("刑法", "81", Some(1)) } else { second };
    if day >= wait.earliest {
        return Ok(wait_facts(Leaf::pass(), &wait, app, day).basis(&second).says(case.say(
            || {
                format!(
                    "实际执行时间已满：自{}起应执行{}，{}起可以提请。",
                    wait.from,
                    wait.required.zh(),
                    wait.earliest
                )
            },
            || format!("{} from {} are served; lawful from {}.", wait.required.en(), wait.from, wait.earliest),
        )));
    }
    let short = date::days_between(day, wait.earliest);
    let text = case.say(
        || {
            format!(
                "实际执行时间不足：自{}起应执行{}，{}起才可以提请，{}提请，早了{}天。",
                wait.from,
                wait.required.zh(),
                wait.earliest,
                day,
                short
            )
        },
        || {
            format!(
                "Too early: {} from {} must be served first; lawful from {}, proposed on {}, {} short.",
                wait.required.en(),
                wait.from,
                wait.earliest,
                day,
                counted(short, "day", "days")
            )
        },
    );
    wait.from = wait.from.min(wait.earliest);
    Ok(not_met(Leaf::violation(), &wait, app, day, text).basis(&second))
}

/// The interval between a reduction and parole (16号 art. 28).
fn try_after_reduction(case: &Case<'_>, w: &mut World) -> Det<Leaf> {
    let app = application(case)?;
    if !case.has(SheetKind::Rulings) {
        return Ok(Leaf::needs(case.sheet_place(Col::RuDate), "历次裁定书、送达回证").says(case.say(
            || "没有历次裁定表，是否减过刑、间隔是否已满不能确定。".to_owned(),
            || "There is no sheet of earlier rulings: whether there was a reduction is unknown.".to_owned(),
        )));
    }
    let day = applied(case)?;
    // A reduction that was revoked is void from the start, and 死缓 becoming life is none.
    let unread = case.unread_reduction(w);
    let Some(last) = unread.or(case.standing.last_reduction) else { return Ok(Leaf::silent()) };
    let large = match last.amount {
        // Nobody knows how much it took off.
        None if unread.is_some() => w.ask("unread-large", case.unread_place(), "历次裁定书"),
        Some(amount) => amount >= case.rules.term("parole/large-reduction"),
        // A conversion takes off no stated number of months.
        None => w.reading("parole-after-conversion", 2) == 1,
    };
    let id = if large { "parole/after-large-reduction" } else { "parole/after-reduction" };
    let required = case.rules.term(id);
    let (from, place) = case.service(w, last);
    let earliest = case.add(w, from, required);
    let wait = Wait { from, place, required, basis: case.rules.basis_of(id).clone(), earliest, shifted: false };
    if day >= earliest {
        return Ok(wait_facts(Leaf::pass(), &wait, app, day).says(case.say(
            || format!("间隔已满：上次减刑{from}送达，间隔{}，{earliest}起可以提请。", required.zh()),
            || format!("The interval of {} from service on {from} is met; lawful from {earliest}.", required.en()),
        )));
    }
    let short = date::days_between(day, earliest);
    let text = case.say(
        || {
            format!(
                "减刑后假释间隔不足：上次减刑{from}送达，应当间隔{}，{earliest}起才可以提请，{day}提请，早了{short}天。",
                required.zh()
            )
        },
        || {
            format!(
                "Too soon after a reduction: {} from service on {from} must pass; lawful from {earliest}, proposed on \
                 {day}, {} short.",
                required.en(),
                counted(short, "day", "days")
            )
        },
    );
    if !matches!(met(app, day, earliest), Met::Never) || !short_remainder(case, w, last.date, day)? {
        return Ok(not_met(Leaf::violation(), &wait, app, day, text));
    }
    let reason = case.say(
        || "减刑后余刑不足二年，间隔可以适当缩短，但没有下限，应当说明缩短的理由。".to_owned(),
        || "Less than two years were left after that reduction: the interval may be shorter, without a floor; the reasons \
            must be stated."
            .to_owned(),
    );
    Ok(not_met(Leaf::risk(), &wait, app, day, format!("{text}{reason}"))
        .basis(case.rules.basis_of("parole/short-remainder"))
        .fact("note", reason))
}

/// Whether less than two years were left after the last reduction, at its ruling or at the proposal (both can be read).
fn short_remainder(case: &Case<'_>, w: &mut World, ruled: NaiveDate, applied: NaiveDate) -> Det<bool> {
    let limit = case.rules.term("parole/short-remainder");
    let at = if w.reading("remainder-at", 2) == 0 { ruled } else { applied };
    Ok(case.end_now(w)?.is_some_and(|end| end < date::last(at, limit)))
}

// ---- property -----------------------------------------------------------------------------------------------------

/// The property table; major merit is no exception for parole (24号 art. 4.4 speaks of reductions only).
fn property(case: &Case<'_>, w: &mut World) -> Leaf {
    if !case.property_known() {
        let place = case.sheet_place(Col::PrState);
        return Leaf::needs(place, "执行法院结案通知书、缴付款票据、执行情况说明").says(case.say(
            || "没有财产性判项表，履行情况不明。".to_owned(),
            || "There is no sheet of property judgments.".to_owned(),
        ));
    }
    if case.dossier.property.is_empty() {
        return Leaf::silent();
    }
    let meanings: Vec<ItemMeaning> = (0..case.dossier.property.len()).map(|i| case.item_meaning(w, i)).collect();
    let obstacle = meanings.iter().find(|m| matches!(m, ItemMeaning::Obstacle(_) | ItemMeaning::WaitUntil(_)));
    let undecided = meanings.iter().enumerate().find_map(|(i, m)| match m {
        ItemMeaning::Undecided(reason) => Some((i, *reason)),
        _ => None,
    });
    let rules = case.property_rules(w);
    let mut leaf = if let Some(meaning) = obstacle {
        let basis = if rules { item_basis(case, w, *meaning) } else { Basis::new("法释〔2016〕23号", "27", None) };
        let leaf = Leaf::violation().basis(&basis).basis(&Basis::new("法释〔2016〕23号", "27", None));
        let leaf = if case.in_group(w, Restricted::Corruption) {
            leaf.basis(&Basis::new("法释〔2019〕6号", "1", None))
        } else {
            leaf
        };
        leaf.says(property_text(case, *meaning))
    } else if let Some((at, reason)) = undecided {
        let place = case.dossier.property[at].state.place();
        Leaf::needs(place, "执行法院结案通知书、缴付款票据").says(case.say(
            || format!("财产性判项不能确定：{}。", reason.zh()),
            || format!("A property item cannot be decided: {}.", reason.en()),
        ))
    } else if rules && let Some(doubt) = spending_doubt(case, &meanings) {
        doubt
    } else {
        Leaf::pass().says(
            case.say(|| "财产性判项不妨碍假释。".to_owned(), || "The property judgments are no obstacle.".to_owned()),
        )
    };
    let items: Vec<Facts> = meanings.iter().enumerate().map(|(i, m)| item_facts(case, i, *m)).collect();
    leaf = leaf.fact("items", items).cells(case.dossier.property.iter().map(|p| p.state.at));
    leaf
}

/// Spending clearly over the limit while an item is open: the situation of 24号 art. 6.2, if the executing court or the
/// prison finds it; the figures alone do not prove it.
fn spending_doubt(case: &Case<'_>, meanings: &[ItemMeaning]) -> Option<Leaf> {
    let open = meanings.iter().zip(&case.dossier.property).any(|(m, item)| {
        matches!(m, ItemMeaning::NoObstacle(_))
            && item.kind.get() != Some(PropertyKind::Confiscation)
            && item.state.get() != Some(PropertyState::Remitted)
            && !item.situation.known().is_some_and(|s| s.contains(&Situation::Spending))
    });
    if !open || !case.has(SheetKind::Spending) {
        return None;
    }
    let percent = case.rules.threshold("pattern/spending", "over_limit_percent");
    let months = case.rules.threshold_int("pattern/spending", "over_limit_months");
    let hundred = rust_decimal::Decimal::ONE_HUNDRED;
    let day = case.reference_day();
    let mut over = Vec::new();
    let mut clear = false;
    for row in case.dossier.spending.iter().filter(|r| r.month.first_day() <= day) {
        if let (Some(spent), Some(limit)) = (row.spent.known(), row.limit.known())
            && spent > limit
        {
            over.push(case.sources.cell(row.at, Col::SpSpent));
            clear |= *spent * hundred >= *limit * percent;
        }
    }
    (clear || over.len() as i64 >= months).then(|| {
        Leaf::unverified().basis(&Basis::new("法释〔2024〕5号", "6", Some(2))).cells(over).says(case.say(
            || "财产性判项没有履行完毕，狱内消费却超过限额，是否属于第六条第二款的情形需要核查。".to_owned(),
            || {
                "A property judgment is open while spending exceeded the limit; whether art. 6.2 applies must be \
                 established."
                    .to_owned()
            },
        ))
    })
}

// ---- revoked before -----------------------------------------------------------------------------------------------

/// Why an earlier parole was revoked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cause {
    NewCrime,
    Breach,
    Undiscovered { confessed: bool },
}

/// An earlier parole that was revoked (16号 art. 30.1).
fn try_revoked(case: &Case<'_>, w: &mut World) -> Det<Leaf> {
    let day = applied(case)?;
    if !case.has(SheetKind::Rulings) {
        return need(case.sheet_place(Col::RuChange), "历次裁定书");
    }
    let is = |wanted: &Change| {
        let wanted = wanted.clone();
        case.dossier
            .rulings
            .iter()
            .filter(move |r| r.change.known() == Some(&wanted) && r.date.get().is_none_or(|d| d < day))
    };
    let mut worst: Option<Leaf> = None;
    for (n, ruling) in is(&Change::ParoleRevoked).enumerate() {
        let revoked = ruling.date.get();
        let paroled = is(&Change::Parole).filter_map(|r| r.date.get()).filter(|d| revoked.is_none_or(|r| *d < r)).max();
        let leaf = match cause(case, w, n as u32, ruling.change.place(), paroled, revoked) {
            Cause::NewCrime => Leaf::violation().basis(&Basis::new("刑法", "86", Some(1))).says(case.say(
                || "曾因假释期间又犯新罪被撤销假释，一般不得再假释。".to_owned(),
                || "An earlier parole was revoked for a new crime: generally no second parole.".to_owned(),
            )),
            Cause::Breach => Leaf::violation().basis(&Basis::new("刑法", "86", Some(3))).says(case.say(
                || "曾因违反假释监督管理规定被撤销假释，一般不得再假释。".to_owned(),
                || "An earlier parole was revoked for a breach of supervision: generally no second parole.".to_owned(),
            )),
            Cause::Undiscovered { confessed: true } => {
                let note = case.say(
                    || "曾因发现漏罪被撤销假释，漏罪系罪犯主动交代，符合条件的可以再假释。".to_owned(),
                    || "An earlier parole was revoked for an undiscovered crime which the person had confessed: parole \
                        stays open."
                        .to_owned(),
                );
                Leaf::pass().basis(&Basis::new("刑法", "86", Some(2))).fact("note", note.clone()).says(note)
            }
            Cause::Undiscovered { confessed: false } => {
                let crimes =
                    case.dossier.new_crimes.iter().filter(|c| c.kind.get() == Some(NewCrimeKind::Undiscovered));
                let leaf = Leaf::unverified().basis(&Basis::new("刑法", "86", Some(2))).says(case.say(
                    || "曾因发现漏罪被撤销假释；原先是否如实供述、是否自首不明，不能确定可否再假释。".to_owned(),
                    || "An earlier parole was revoked for an undiscovered crime; whether the person had confessed it or \
                        surrendered is not known."
                        .to_owned(),
                ));
                crimes.fold(leaf, |l, c| l.missing(c.confessed.place(), "漏罪判决书"))
            }
        };
        let leaf = leaf.basis(&Basis::new("法释〔2016〕23号", "30", Some(1))).cells([ruling.change.at, ruling.date.at]);
        if worst.as_ref().is_none_or(|w| leaf.outcome < w.outcome) {
            worst = Some(leaf);
        }
    }
    Ok(worst.unwrap_or_default())
}

/// What 新罪漏罪 says about the cause; without that sheet it is open.
fn cause(
    case: &Case<'_>,
    w: &mut World,
    n: u32,
    place: crate::model::Place,
    paroled: Option<NaiveDate>,
    revoked: Option<NaiveDate>,
) -> Cause {
    let open = |w: &mut World, place, document| {
        let chosen = w.choose(("revocation-cause", n), 3, || Origin::Unknown(Missing { place, document }));
        [Cause::NewCrime, Cause::Breach, Cause::Undiscovered { confessed: true }][chosen.min(2)]
    };
    if !case.has(SheetKind::NewCrimes) {
        return open(w, place, "撤销假释裁定书、漏罪判决书");
    }
    let mut found = Cause::Breach;
    for crime in &case.dossier.new_crimes {
        let after = |d: Option<NaiveDate>| d.zip(paroled).is_none_or(|(d, p)| d >= p);
        let before = |d: Option<NaiveDate>| d.zip(revoked).is_none_or(|(d, r)| d <= r);
        match crime.kind.get() {
            Some(NewCrimeKind::NewCrime) => {
                let committed = crime.crime_date.get();
                if after(committed.or(crime.confirmed.get())) && before(committed) {
                    return Cause::NewCrime;
                }
            }
            Some(NewCrimeKind::Undiscovered) if after(crime.confirmed.get()) => {
                found = Cause::Undiscovered { confessed: crime.confessed.get() == Some(true) };
            }
            Some(NewCrimeKind::Undiscovered) => {}
            None => return open(w, crime.kind.place(), "新罪（漏罪）判决书"),
        }
    }
    found
}

// ---- assessment ---------------------------------------------------------------------------------------------------

/// The assessment of what parole means for the community (刑法 art. 81.3; 14号 art. 2; 意见26 arts 1, 5).
fn try_assessment(case: &Case<'_>, w: &mut World) -> Det<Leaf> {
    let inmate = case.inmate;
    let opinion = "调查评估意见书";
    let day = applied(case)?;
    let strict = case.rules.in_force("司发通〔2026〕8号", day);
    let old_basis = [Basis::new("法释〔2014〕5号", "2", Some(2)), Basis::new("刑诉法解释2021", "535", Some(1))];
    let Some(assessment) = inmate.assessment.get() else {
        let leaf = Leaf::needs(inmate.assessment.place(), opinion).says(case.say(
            || "调查评估结论没有填写。".to_owned(),
            || "The result of the assessment is not filled in.".to_owned(),
        ));
        // An opinion not yet in force is not cited.
        return Err(Box::new(if strict { leaf } else { leaf.bases(&old_basis) }));
    };
    let cell = inmate.assessment.at;
    match assessment {
        Assessment::Unsuitable => Ok(Leaf::risk()
            .bases(&[Basis::new("刑法", "81", Some(3)), Basis::new("社区矫正法", "18", None)])
            .cell(cell)
            .says(case.say(
                || "调查评估认为不适宜社区矫正。评估供参考，但假释必须考虑对所居住社区的影响。".to_owned(),
                || {
                    "The assessment finds community correction unsuitable. It is for reference, but the effect on the \
                     community must be considered."
                        .to_owned()
                },
            ))),
        Assessment::NotAssessed if strict && !may_be_spared(case, w, day) => {
            Ok(Leaf::violation().basis(&Basis::new("司发通〔2026〕8号", "1", None)).bases(&old_basis).cell(cell).says(
                case.say(
                    || "拟假释而没有委托调查评估。".to_owned(),
                    || "Parole is proposed without an assessment by the community.".to_owned(),
                ),
            ))
        }
        Assessment::NotAssessed if strict => {
            let note = case.say(
                || {
                    "未成年犯、初犯、过失犯有固定住所和稳定收入、人身危险性小的，可以不委托评估，应当说明理由。"
                        .to_owned()
                },
                || {
                    "Minors, first offenders and negligent offenders of little danger with a home and income may be \
                     spared the assessment; the reasons must be stated."
                        .to_owned()
                },
            );
            Ok(Leaf::unverified()
                .basis(&Basis::new("司发通〔2026〕8号", "1", None))
                .cell(cell)
                .missing(inmate.assessment.place(), opinion)
                .says(note))
        }
        Assessment::NotAssessed => Ok(Leaf::needs(inmate.assessment.place(), "社区矫正机构或者基层组织的调查评估报告")
            .bases(&old_basis)
            .cell(cell)
            .says(case.say(
                || "没有社区矫正机构的评估；2026年2月21日以前，基层组织出具的调查评估报告也可以，需要核实。".to_owned(),
                || {
                    "No assessment by the community correction body; before 21 February 2026 a report by a local \
                         organisation sufficed, to be verified."
                        .to_owned()
                },
            ))),
        Assessment::Suitable => {
            let Some(given) = inmate.assessment_date.get() else {
                return Err(Box::new(Leaf::needs(inmate.assessment_date.place(), opinion).cell(cell).says(case.say(
                    || "调查评估意见的日期没有填写。".to_owned(),
                    || "The date of the assessment is not filled in.".to_owned(),
                ))));
            };
            let months = u32::try_from(case.rules.threshold_int("parole/assessment", "validity_months")).unwrap_or(0);
            let until = date::add_months(given, months);
            let leaf = |leaf: Leaf| {
                leaf.cells([cell, inmate.assessment_date.at]).fact("from", given).fact("to", until).fact("actual", day)
            };
            if strict && day > until {
                return Ok(leaf(Leaf::risk()).basis(&Basis::new("司发通〔2026〕8号", "5", None)).says(case.say(
                    || format!("评估意见{given}作出，到{day}提请已超过六个月，住所、保证人等情况可能已有变化。"),
                    || {
                        format!(
                            "The assessment of {given} is more than six months old on {day}; home and guarantor may have \
                             changed."
                        )
                    },
                )));
            }
            Ok(leaf(Leaf::pass()).says(
                case.say(|| format!("{given}评估适宜社区矫正。"), || format!("Assessed as suitable on {given}.")),
            ))
        }
    }
}

/// Whether the 2026 opinion may spare the person the assessment: minors, first offenders, negligent offenders. Nothing
/// in the workbook proves a first offence; being a recidivist, or sentenced before under another number, refutes it.
fn may_be_spared(case: &Case<'_>, w: &mut World, day: NaiveDate) -> bool {
    let minor = match case.age(day) {
        Some(age) => i64::from(age) < case.rules.number("relax/minor-under"),
        None => w.ask("minor", case.inmate.birth.place(), "身份证明"),
    };
    let negligent = case.person.known_charges().next().is_some()
        && case.person.known_charges().all(|c| c.negligence != Negligence::No)
        && case.person.charges_certain();
    minor || negligent || !case.in_any(w, &[Restricted::Recidivist, Restricted::DrugRecidivist])
}

// ---- strict cases -------------------------------------------------------------------------------------------------

/// Parole of corruption inmates (19号 art. 6) and of organisers, leaders and backbone members of mafia-type organisations
/// (反有组织犯罪法 art. 22.2) is always looked at closely.
fn corruption_strict(case: &Case<'_>, w: &mut World) -> Leaf {
    let corruption = case.in_group(w, Restricted::Corruption);
    let law = "反有组织犯罪法";
    let mafia = !corruption && case.rules.in_force(law, case.reference_day()) && leads_organisation(case, w);
    if !corruption && !mafia {
        return Leaf::silent();
    }
    let (zh, en, basis) = if corruption {
        (
            "贪污贿赂罪犯假释应当从严掌握",
            "Parole of a corruption inmate must be strict",
            Basis::new("法释〔2019〕6号", "6", None),
        )
    } else {
        (
            "涉黑组织的组织者、领导者、骨干成员假释应当严格掌握",
            "Parole of an organiser, leader or backbone member of a mafia-type organisation must be strict",
            Basis::new(law, "22", Some(2)),
        )
    };
    let mut leaf = Leaf::risk().basis(&basis).cells([case.inmate.charges.at, case.inmate.functionary.at]);
    if corruption {
        leaf = leaf.basis(&Basis::new("法释〔2019〕6号", "1", None));
    }
    let day = case.reference_day();
    let served = case.standing.start.or(case.inmate.term_start.get()).or(case.inmate.effective.get());
    let mut zh_more = String::new();
    let mut en_more = String::new();
    if let Some(from) = served {
        let days = date::days_between(from, day).max(0);
        leaf = leaf.fact("from", from).fact("actual", day).fact("days", days);
        zh_more = format!("；自{from}起已执行{days}天");
        en_more = format!("; {} served from {from}", counted(days, "day", "days"));
        if let Some(term) = case.standing.sentence.and_then(Sentence::term) {
            let total = date::days_between(from, date::add(from, term)).max(1);
            let percent = days * 100 / total;
            zh_more += &format!("，为原判{}的{percent}%", term.zh());
            en_more += &format!(", {percent}% of the {} imposed", term.en());
        }
    }
    if case.property_known() {
        let all = case.dossier.property.len();
        let done = (0..all).filter(|i| case.item_meaning(w, *i) == ItemMeaning::Performed).count();
        zh_more += &format!("；财产性判项{all}项，履行完毕{done}项");
        en_more += &format!("; {done} of {all} property items performed");
        let items: Vec<Facts> =
            (0..all).map(|i| (i, case.item_meaning(w, i))).map(|(i, m)| item_facts(case, i, m)).collect();
        leaf = leaf.fact("items", items);
    }
    leaf.says(case.say(|| format!("{zh}{zh_more}。"), || format!("{en}{en_more}.")))
}

/// Whether the person organised, led or was a backbone member of a mafia-type organisation. The charge tells where it
/// is written for organising or leading alone, or for shielding; for mere members and for the full name it does not.
pub(super) fn leads_organisation(case: &Case<'_>, w: &mut World) -> bool {
    const NAME: &str = "黑社会性质组织";
    if !case.in_group(w, Restricted::OrganizedCrime) {
        return false;
    }
    let document = "判决书对地位、作用的认定";
    let Some(text) = case.inmate.charges.known() else {
        return w.ask("mafia-role", case.inmate.charges.place(), document);
    };
    let separators = ['罪', '；', ';', '，', ',', '。'];
    let roles = text.match_indices(NAME).map(|(at, _)| text[..at].rsplit(separators).next().unwrap_or_default());
    let (mut member, mut leader) = (false, false);
    for role in roles {
        let takes_part = role.contains("参加");
        leader |= !takes_part && (role.contains("组织") || role.contains("领导"));
        member |= takes_part;
    }
    leader || (member || !case.person.charges_certain()) && w.ask("mafia-role", case.inmate.charges.place(), document)
}

// ---- probation ----------------------------------------------------------------------------------------------------

/// The end of probation in the ruling (刑法 art. 83).
fn try_probation(case: &Case<'_>, w: &mut World) -> Det<Leaf> {
    let app = application(case)?;
    if app.result.known() == Some(&Change::Refused) || (app.ruled.is_empty() && app.probation_end.is_empty()) {
        return Ok(Leaf::silent());
    }
    let basis = Basis::new("刑法", "83", Some(1));
    let Some(recorded) = app.probation_end.get() else {
        return Err(Box::new(Leaf::needs(app.probation_end.place(), "假释裁定书").basis(&basis).says(case.say(
            || "假释裁定的考验期止日没有填写。".to_owned(),
            || "The end of probation is not filled in.".to_owned(),
        ))));
    };
    let accepted = match case.known_stage()? {
        Stage::Reprieve => return Ok(Leaf::silent()),
        Stage::Life | Stage::LifeAfterReprieve => life_probation(case, w, app, recorded)?,
        _ if !case.has(SheetKind::Rulings) => return need(case.sheet_place(Col::RuNewEnd), "历次裁定书"),
        // Where the recorded end and the replayed one disagree, both are read; a replayed one stands for every accepted
        // way of counting.
        _ => match case.end_now(w)? {
            Some(end) if case.standing.ends.contains(&end) => {
                let others = case.standing.ends.iter().copied().filter(|e| *e != end);
                std::iter::once(end).chain(others).collect()
            }
            Some(end) => vec![end],
            None => return Ok(Leaf::silent()),
        },
    };
    let expected = accepted.first().copied().unwrap_or(recorded);
    let leaf = |leaf: Leaf| {
        leaf.basis(&basis)
            .cells([app.probation_end.at, app.ruled.at])
            .fact("recorded", recorded)
            .fact("expected", expected)
    };
    if accepted.contains(&recorded) {
        return Ok(leaf(Leaf::pass()).says(case.say(
            || format!("考验期止日{recorded}正确；剥夺政治权利自假释之日起算。"),
            || {
                format!(
                    "Probation ends on {recorded} as it must; deprivation of political rights runs from the parole."
                )
            },
        )));
    }
    let days = date::days_between(recorded, expected);
    Ok(leaf(Leaf::violation()).basis(&Basis::new("法释〔2014〕5号", "17", Some(2))).fact("days", days).says(case.say(
        || {
            let how = if days > 0 { "短" } else { "长" };
            format!("考验期止日写为{recorded}，应为{expected}，{how}了{}天。", days.abs())
        },
        || {
            let how = if days > 0 { "short" } else { "too long" };
            format!(
                "Probation is stated to end on {recorded}; it must end on {expected}: {} {how}.",
                counted(days.abs(), "day", "days")
            )
        },
    )))
}

/// Ten years from the day of parole: the ruling, or the release where it came later (both can be read).
fn life_probation(case: &Case<'_>, w: &mut World, app: &Application, recorded: NaiveDate) -> Det<Vec<NaiveDate>> {
    let Some(ruled) = app.ruled.get() else { return need(app.ruled.place(), "假释裁定书") };
    let length = case.rules.term("parole/probation-life");
    let by_ruling = date::last(ruled, length);
    let released = case
        .dossier
        .custody
        .iter()
        .filter(|r| matches!(r.kind.get(), Some(CustodyKind::Parole | CustodyKind::Released)))
        .filter_map(|r| r.from.get())
        .filter(|d| *d >= ruled)
        .min();
    Ok(match released {
        Some(day) if day != ruled && w.reading("parole-day", 2) == 1 => vec![date::last(day, length)],
        Some(_) => vec![by_ruling],
        // The day of release is not recorded: a later end may rest on it, an earlier one cannot.
        None if recorded > by_ruling && w.ask("released", app.ruled.place(), "假释证明书、释放手续") => {
            vec![recorded]
        }
        None => vec![by_ruling],
    })
}
