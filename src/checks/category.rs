//! Restricted groups (从严对象) as recorded: not declared, contradictory, charges nobody knows, recidivism overlooked.
//!
//! These checks run over every person, with or without an application, and always speak.

use chrono::NaiveDate;

use super::case::Case;
use super::finding::{Basis, Leaf, Missing};
use super::groups::Restricted;
use super::identity;
use super::person::Proof;
use super::registry::{Check, Run, Scope};
use super::world::{Origin, World, holds};
use crate::law::charges::{Negligence, group};
use crate::model::{Col, Declared, Place, Sentence, Sex, date};
use crate::review::aggregate::{Ending, Identity, Intent, SPECIAL, Sentenced, intent};

const fn check(id: &'static str, run: Run) -> Check {
    Check { id, scope: Scope::Person, needs: &[], uses: &[], run }
}

/// The checks of this family.
pub const CHECKS: &[Check] = &[
    check("category/undeclared", Run::World(undeclared)),
    check("category/contradiction", Run::World(contradiction)),
    check("category/unknown-charge", Run::World(unknown_charge)),
    check("category/hidden-recidivist", Run::World(hidden_recidivist)),
];

const INTAKE_FORM: &str = "罪犯入监登记表";

// ---- undeclared ---------------------------------------------------------------------------------------------------

/// A group that a conviction proves and that 罪犯类别 has a word for.
struct Provable {
    category: &'static str,
    word: Declared,
    group: Restricted,
    basis: (&'static str, &'static str, Option<u32>),
}

const PROVABLE: [Provable; 5] = [
    Provable {
        category: group::DUTY_CRIME,
        word: Declared::Duty,
        group: Restricted::Duty,
        basis: ("法释〔2016〕23号", "7", Some(1)),
    },
    Provable {
        category: group::FINANCE_CRIME,
        word: Declared::Finance,
        group: Restricted::Finance,
        basis: ("法释〔2016〕23号", "7", Some(1)),
    },
    Provable {
        category: group::ORGANIZED_CRIME,
        word: Declared::OrganizedCrime,
        group: Restricted::OrganizedCrime,
        basis: ("法释〔2016〕23号", "7", Some(1)),
    },
    Provable {
        category: group::NATIONAL_SECURITY,
        word: Declared::NationalSecurity,
        group: Restricted::NationalSecurity,
        basis: ("法释〔2016〕23号", "7", Some(1)),
    },
    Provable {
        category: group::TERRORISM,
        word: Declared::Terrorism,
        group: Restricted::Terrorism,
        basis: ("反恐怖主义法", "3", None),
    },
];

/// Whether the conviction puts the person into a group in this world, whatever was declared.
fn proven(case: &Case<'_>, w: &mut World, provable: &Provable) -> bool {
    let inmate = case.inmate;
    let known = match case.person.proof(provable.category) {
        Proof::Yes => return true,
        Proof::IfFunctionary => case.yes(w, "functionary", &inmate.functionary, "判决书、干部任免材料"),
        // A blank cell need not have named what only one reading of the law puts there.
        Proof::Reading => inmate.categories.known().is_some() && w.reading(provable.category_key(), 2) == 1,
        Proof::Unknown | Proof::No => false,
    };
    // A charge that is not recognised may be of the group.
    known
        || !case.person.charges_certain()
            && w.ask_at(("charge-unknown", provable.group as u32), inmate.charges.place(), "判决书")
}

impl Provable {
    /// The key under which the limits read the same question.
    fn category_key(&self) -> &'static str {
        match self.group {
            Restricted::OrganizedCrime => "organized",
            Restricted::Terrorism => "terrorism",
            Restricted::Finance => "finance",
            Restricted::NationalSecurity => "national-security",
            _ => "duty",
        }
    }
}

/// A group that the conviction proves and nobody declared. The statute follows the conviction: the limits use it anyway.
fn undeclared(case: &Case<'_>, w: &mut World) -> Leaf {
    let inmate = case.inmate;
    let categories = &inmate.categories;
    if !case.presence.has_column(Col::InCategories) {
        return Leaf::needs(categories.place(), INTAKE_FORM).says(case.say(
            || "没有“罪犯类别”一栏，申报了哪些从严身份不明。".to_owned(),
            || "There is no column of categories: what was declared is unknown.".to_owned(),
        ));
    }
    let mut found: Vec<&Provable> = Vec::new();
    for provable in &PROVABLE {
        if case.declared(provable.word) != Some(true) && proven(case, w, provable) {
            found.push(provable);
        }
    }
    if found.is_empty() {
        return Leaf::pass().cells([inmate.charges.at, categories.at]).says(case.say(
            || "罪名能够认定的从严身份没有漏报。".to_owned(),
            || "No group that the charges prove is left undeclared.".to_owned(),
        ));
    }
    let names = |zh: bool| {
        let list: Vec<&str> = found.iter().map(|p| if zh { p.group.zh() } else { p.word.en() }).collect();
        list.join(if zh { "、" } else { ", " })
    };
    let mut leaf = if categories.known().is_some() {
        Leaf::risk().says(case.say(
            || format!("按判决罪名属于{}，“罪犯类别”没有写。限度仍按从严计算，请监狱补正。", names(true)),
            || format!("The charges prove {}, which is not declared. The limits use it all the same.", names(false)),
        ))
    } else {
        Leaf::needs(categories.place(), INTAKE_FORM).says(case.say(
            || format!("按判决罪名属于{}，“罪犯类别”空白，是否申报不明。", names(true)),
            || format!("The charges prove {}; the cell of categories is blank.", names(false)),
        ))
    };
    for provable in &found {
        let (instrument, article, paragraph) = provable.basis;
        leaf = leaf.basis(&Basis::new(instrument, article, paragraph));
    }
    if found.iter().any(|p| p.group == Restricted::Duty) {
        leaf = leaf.cell(inmate.functionary.at);
    }
    leaf.cells([inmate.charges.at, categories.at])
}

// ---- contradiction ------------------------------------------------------------------------------------------------

/// One pair of entries that cannot both be true.
struct Clash {
    zh: String,
    en: String,
    basis: Option<Basis>,
    place: Place,
    document: &'static str,
    cells: Vec<Place>,
}

fn contradiction(case: &Case<'_>, _: &mut World) -> Leaf {
    let clashes = clashes(case);
    if clashes.is_empty() {
        return Leaf::pass().says(case.say(
            || "身份记载没有互相矛盾。".to_owned(),
            || "The entries about the person do not contradict each other.".to_owned(),
        ));
    }
    let text = |zh: bool| {
        let list: Vec<&str> = clashes.iter().map(|c| if zh { c.zh.as_str() } else { c.en.as_str() }).collect();
        list.join(if zh { "；" } else { "; " })
    };
    let mut leaf = Leaf::unverified().says(case.say(
        || format!("记载互相矛盾：{}。查清以前，较严的一种只作提示。", text(true)),
        || format!("Entries contradict each other: {}. Until settled the stricter one is only shown.", text(false)),
    ));
    for clash in &clashes {
        leaf = leaf.missing(clash.place, clash.document).cell(clash.place.at);
        leaf = leaf.cells(clash.cells.iter().map(|p| p.at)).bases(&clash.basis);
    }
    leaf
}

fn clashes(case: &Case<'_>) -> Vec<Clash> {
    let mut out = declared_without_charge(case);
    out.extend(recidivist_clashes(case));
    out.extend(sentence_clashes(case));
    out.extend(flag_clashes(case));
    out.extend(identity_clashes(case));
    out
}

/// (a), (b): a declared group without one charge of it. 恐怖活动 and 有组织暴力 are findings of fact: no charge contradicts
/// them.
fn declared_without_charge(case: &Case<'_>) -> Vec<Clash> {
    let inmate = case.inmate;
    let mut out = Vec::new();
    let unknown = !case.person.charges_certain();
    let outside = |category: &str| match case.person.proof(category) {
        // An unrecognised charge may or may not carry it.
        Proof::No | Proof::Unknown => true,
        Proof::IfFunctionary => inmate.functionary.get() == Some(false),
        Proof::Yes | Proof::Reading => false,
    };
    let (but_zh, but_en) = if unknown { ("能够识别的罪名里", "among those recognised ") } else { ("", "") };
    for provable in PROVABLE.iter().filter(|p| p.word != Declared::Terrorism) {
        if case.declared(provable.word) == Some(true) && outside(provable.category) {
            out.push(Clash {
                zh: format!("申报{}，但{but_zh}没有这一类罪名", provable.word.zh()),
                en: format!("{} is declared, but no charge {but_en}is of that kind", provable.word.en()),
                basis: Some(Basis::new("法释〔2016〕23号", "7", Some(1))),
                place: inmate.categories.place(),
                document: "判决书主文",
                cells: vec![inmate.charges.place()],
            });
        }
    }
    let recidivist =
        inmate.drug_recidivist.get() == Some(true) || case.declared(Declared::DrugRecidivist) == Some(true);
    for (stated, word, place) in [
        (recidivist, Declared::DrugRecidivist, inmate.drug_recidivist.place()),
        (case.declared(Declared::DrugRingleader) == Some(true), Declared::DrugRingleader, inmate.categories.place()),
    ] {
        if stated && outside(group::DRUG_SECTION) {
            out.push(Clash {
                zh: format!("记为{}，但{but_zh}没有毒品犯罪的罪名", word.zh()),
                en: format!("{} is recorded, but no charge {but_en}is a drug crime", word.en()),
                basis: Some(Basis::new("刑法", "356", None)),
                place,
                document: "判决书主文",
                cells: vec![inmate.charges.place(), inmate.categories.place()],
            });
        }
    }
    out
}

/// (c): 累犯 beside what excludes it (刑法 arts 65.1, 74).
fn recidivist_clashes(case: &Case<'_>) -> Vec<Clash> {
    let inmate = case.inmate;
    if inmate.recidivist.get() != Some(true) && case.declared(Declared::Recidivist) != Some(true) {
        return Vec::new();
    }
    let mut why: Vec<(&str, &str, Basis, Place)> = Vec::new();
    let art_65 = || Basis::new("刑法", "65", Some(1));
    if matches!(inmate.sentence.get(), Some(Sentence::Control(_) | Sentence::Detention(_))) {
        why.push(("刑罚是拘役或者管制", "detention or control", art_65(), inmate.sentence.place()));
    }
    let mut charges = case.person.known_charges().peekable();
    if case.person.charges_certain() && charges.peek().is_some() && charges.all(|c| c.negligence == Negligence::Yes) {
        why.push(("罪名都是过失犯罪", "only crimes of negligence", art_65(), inmate.charges.place()));
    }
    let adult = case.rules.threshold_int("category/contradiction", "adult_age");
    if let (Some(crime), Some(birth)) = (inmate.crime_date.get(), case.birth())
        && crime < date::add_years(birth, u32::try_from(adult).unwrap_or(0))
    {
        why.push(("犯罪时不满十八周岁", "under eighteen at the crime", art_65(), inmate.crime_date.place()));
    }
    if inmate.suspended.get() == Some(true) {
        why.push(("宣告了缓刑", "a suspended sentence", Basis::new("刑法", "74", None), inmate.suspended.place()));
    }
    why.into_iter()
        .map(|(zh, en, basis, place)| Clash {
            zh: format!("记为累犯，但{zh}"),
            en: format!("recidivist, but {en}"),
            basis: Some(basis),
            place: inmate.recidivist.place(),
            document: "判决书主文、前科判决书",
            cells: vec![place, inmate.categories.place()],
        })
        .collect()
}

/// (d), (e), (f): 限制减刑, 终身监禁 and 原国家工作人员 beside sentence and charges that exclude them.
fn sentence_clashes(case: &Case<'_>) -> Vec<Clash> {
    let inmate = case.inmate;
    let mut out = Vec::new();
    let mut push = |zh: &str, en: &str, basis, place, cells| {
        out.push(Clash { zh: zh.to_owned(), en: en.to_owned(), basis, place, document: "判决书主文", cells });
    };
    let not_reprieve = inmate.sentence.get().is_some_and(|s| s != Sentence::Reprieve);
    if inmate.limited.get() == Some(true) {
        let basis = Some(Basis::new("刑法", "50", Some(2)));
        let place = inmate.limited.place();
        if not_reprieve {
            push(
                "记为限制减刑，但原判不是死缓",
                "limited commutation, but not reprieved death",
                basis,
                place,
                vec![inmate.sentence.place()],
            );
        } else if case.group_table()[Restricted::Recidivist as usize] != Some(true)
            && case.person.proof(group::VIOLENT_EIGHT) != Proof::Yes
            && holds(|w| case.organized_violence(w)) != Some(true)
        {
            push(
                "记为限制减刑，但没有记载证明是累犯、法定的暴力犯罪或者有组织暴力",
                "limited commutation, but nothing recorded proves recidivism, a named violent crime or organised violence",
                basis,
                place,
                vec![inmate.recidivist.place(), inmate.charges.place(), inmate.categories.place()],
            );
        }
    }
    if inmate.whole_life.get() == Some(true) {
        let basis = || Some(Basis::new("刑法", "383", Some(4)));
        let place = inmate.whole_life.place();
        let charge = case.person.proof(group::LIFE_WITHOUT_COMMUTATION_CHARGE);
        if not_reprieve || matches!(charge, Proof::No | Proof::Unknown) {
            push(
                "记为终身监禁，但不是因贪污、受贿被判死缓",
                "life without commutation, but not reprieved death for embezzlement or bribe-taking",
                basis(),
                place,
                vec![inmate.sentence.place(), inmate.charges.place()],
            );
        }
        if inmate.judged.get().is_some_and(|d| d < case.rules.date("law/amendment-nine")) {
            push(
                "记为终身监禁，但判决在2015年11月1日以前",
                "life without commutation, but judged before 1 November 2015",
                basis(),
                place,
                vec![inmate.judged.place()],
            );
        }
    }
    if inmate.functionary.get() == Some(false) && case.person.proof(group::FUNCTIONARY_CRIME) == Proof::Yes {
        push(
            "不是国家工作人员，却犯贪污、受贿或者挪用公款（可能是共犯）",
            "no functionary, but embezzlement, bribe-taking or misuse of public funds (an accomplice is possible)",
            Some(Basis::new("刑法", "382", None)),
            inmate.functionary.place(),
            vec![inmate.charges.place()],
        );
    }
    out
}

/// (g): a flag and 罪犯类别 that say different things.
fn flag_clashes(case: &Case<'_>) -> Vec<Clash> {
    let inmate = case.inmate;
    [(&inmate.recidivist, Declared::Recidivist), (&inmate.drug_recidivist, Declared::DrugRecidivist)]
        .into_iter()
        .filter(|(flag, word)| flag.get().zip(case.declared(*word)).is_some_and(|(a, b)| a != b))
        .map(|(flag, word)| Clash {
            zh: format!("“{}”一栏与“罪犯类别”不一致", word.zh()),
            en: format!("the flag for {} and the categories differ", word.en()),
            basis: None,
            place: flag.place(),
            document: "判决书主文、前科判决书",
            cells: vec![inmate.categories.place()],
        })
        .collect()
}

/// (h): the identity number against birth date and sex.
fn identity_clashes(case: &Case<'_>) -> Vec<Clash> {
    let inmate = case.inmate;
    let Some(number) = inmate.id_number.known() else { return Vec::new() };
    let mut out = Vec::new();
    let mut push = |zh: &str, en: &str, place| {
        out.push(Clash {
            zh: zh.to_owned(),
            en: en.to_owned(),
            basis: None,
            place: inmate.id_number.place(),
            document: "户籍证明、居民身份证",
            cells: vec![place],
        });
    };
    if let (Some(written), Some(coded)) = (inmate.birth.get(), identity::birth_of(number))
        && written != coded
    {
        push(
            "身份证号中的出生日期与“出生日期”不一致",
            "the identity number has another birth date",
            inmate.birth.place(),
        );
    }
    if let (Some(written), Some(coded)) = (inmate.sex.get(), identity::sex_of(number))
        && written != coded
    {
        let zh = match coded {
            Sex::Male => "身份证号表示男性，与“性别”不一致",
            Sex::Female => "身份证号表示女性，与“性别”不一致",
        };
        push(zh, "the identity number has another sex", inmate.sex.place());
    }
    out
}

// ---- unknown charge -----------------------------------------------------------------------------------------------

/// A charge that is not in the list: the groups cannot be judged.
fn unknown_charge(case: &Case<'_>, _: &mut World) -> Leaf {
    let charges = &case.inmate.charges;
    let document = "判决书主文";
    let Some(parsed) = &case.person.charges else {
        return Leaf::needs(charges.place(), document)
            .says(case.say(|| "罪名没有填写。".to_owned(), || "The charge is not filled in.".to_owned()));
    };
    if parsed.unknown.is_empty() && !parsed.charges.is_empty() {
        let leaf = Leaf::pass()
            .cell(charges.at)
            .says(case.say(|| "罪名都能识别。".to_owned(), || "Every charge is in the list.".to_owned()));
        let judged = case.inmate.judged.get();
        let dated: Vec<&str> = case
            .person
            .known_charges()
            .filter(|c| judged.is_some_and(|day| !c.in_use_on(day)))
            .map(|c| c.name.as_str())
            .collect();
        if dated.is_empty() {
            return leaf;
        }
        return leaf.note(case.say(
            || format!("判决日期时这一罪名尚未使用或者已经改名：{}。", dated.join("、")),
            || format!("Not the name in use on the day of the judgment: {}.", dated.join(", ")),
        ));
    }
    let list = |zh: bool| {
        let one = |u: &crate::law::charges::UnknownCharge| {
            let nearest = u.nearest.join(if zh { "、" } else { ", " });
            match (nearest.is_empty(), zh) {
                (true, true) => format!("“{}”", u.text),
                (true, false) => format!("“{}”", u.text),
                (false, true) => format!("“{}”（相近的有{nearest}）", u.text),
                (false, false) => format!("“{}” (nearest: {nearest})", u.text),
            }
        };
        parsed.unknown.iter().map(one).collect::<Vec<_>>().join(if zh { "、" } else { ", " })
    };
    Leaf::needs(charges.place(), document).cell(charges.at).says(case.say(
        || format!("罪名表里没有{}，从严身份不能认定。", list(true)),
        || format!("Not in the list of charges: {}; the restricted groups cannot be judged.", list(false)),
    ))
}

// ---- hidden recidivist --------------------------------------------------------------------------------------------

/// The same person served an earlier sentence under another number. Only a judgment makes a recidivist: nothing in the
/// limits changes.
fn hidden_recidivist(case: &Case<'_>, w: &mut World) -> Leaf {
    let inmate = case.inmate;
    let Some(aggregate) = case.aggregate else { return Leaf::silent() };
    let number = inmate.id_number.known().and_then(|n| identity::normalise(n));
    let mut worst = Leaf::pass().cell(inmate.id_number.at).says(case.say(
        || "没有发现同一人更早的刑期提示累犯、毒品再犯。".to_owned(),
        || "No earlier sentence of the same person suggests recidivism.".to_owned(),
    ));
    let Some(number) = number else { return worst };
    let others: Vec<&Sentenced> = aggregate.of(&Identity::Number(number)).filter(|s| s.no != case.dossier.no).collect();
    for (n, earlier) in others.into_iter().enumerate() {
        if let Some(leaf) = compare(case, w, earlier, n as u32)
            && leaf.outcome < worst.outcome
        {
            worst = leaf;
        }
    }
    worst
}

/// What one other sentence of the person means; `None` where nothing.
fn compare(case: &Case<'_>, w: &mut World, earlier: &Sentenced, n: u32) -> Option<Leaf> {
    let inmate = case.inmate;
    let judged = inmate.judged.get().or(inmate.effective.get());
    let place = Place { at: earlier.at, col: Col::InNo };
    let document = "前科判决书、释放证明书";
    match judged.zip(earlier.judged) {
        Some((mine, theirs)) if theirs < mine => {}
        Some(_) => return None,
        None => return Some(Leaf::needs(inmate.judged.place(), document).cell(earlier.at)),
    }
    let recidivist = inmate.recidivist.get() == Some(true) || case.declared(Declared::Recidivist) == Some(true);
    let drug_recidivist =
        inmate.drug_recidivist.get() == Some(true) || case.declared(Declared::DrugRecidivist) == Some(true);
    let Some(crime) = inmate.crime_date.get() else {
        return Some(Leaf::needs(inmate.crime_date.place(), "判决书").cell(earlier.at).says(case.say(
            || format!("同一人另有更早的判决（编号{}），犯罪日期空白，是否累犯不明。", earlier.no),
            || format!("The person has an earlier sentence (number {}); the day of the crime is blank.", earlier.no),
        )));
    };
    let end = match &earlier.ending {
        Ending::On(days) => {
            let missing = Missing { place, document };
            let chosen = w.choose(("earlier-end", n), days.len(), || Origin::Unknown(missing));
            days.get(chosen).copied()
        }
        Ending::Open => Some(NaiveDate::MAX),
        Ending::Unknown => None,
    };
    let found = |basis: &[Basis], zh: String, en: String| {
        Leaf::risk()
            .bases(basis)
            .cells([inmate.id_number.at, inmate.crime_date.at, inmate.recidivist.at, earlier.at])
            .fact("actual", crime)
            .says(case.say(
                || format!("同一人另有更早的判决（编号{}）。{zh}", earlier.no),
                || format!("The person has an earlier sentence (number {}). {en}", earlier.no),
            ))
    };
    let Some(end) = end else {
        return Some(Leaf::needs(place, document).cell(inmate.id_number.at).says(case.say(
            || format!("同一人另有更早的判决（编号{}），其刑满日期不明，是否累犯不明。", earlier.no),
            || format!("The person has an earlier sentence (number {}) whose end is not known.", earlier.no),
        )));
    };
    if crime <= end {
        let while_serving = earlier.judged.is_some_and(|d| crime > d);
        let article = if while_serving { "71" } else { "70" };
        let until = if end == NaiveDate::MAX {
            ("没有终止".to_owned(), "which has no end".to_owned())
        } else {
            (format!("到{end}才届满"), format!("which ran to {end}"))
        };
        let leaf = if while_serving {
            found(
                &[Basis::new("刑法", article, None)],
                format!("犯罪日期{crime}在前罪刑期以内（{}）：应当并罚而没有并罚，或者前罪刑期没有实际执行。", until.0),
                format!(
                    "The crime of {crime} lies within that term, {}: not merged, or that term was not really served.",
                    until.1
                ),
            )
        } else {
            found(
                &[Basis::new("刑法", article, None)],
                format!("犯罪日期{crime}在前罪判决以前，前罪刑期{}：属于漏罪，应当并罚。", until.0),
                format!("The crime of {crime} preceded that judgment, {}: it had to be merged.", until.1),
            )
        };
        return Some(leaf);
    }
    let window = case.rules.threshold_int("category/hidden-recidivist", "window_years");
    let until = date::add_years(end, u32::try_from(window).unwrap_or(0));
    let old = crime <= case.rules.date("law/old-criminal-law-until");
    let mine = |g: &str| case.person.proof(g) == Proof::Yes;
    let special = if old {
        earlier.national_security && mine(group::NATIONAL_SECURITY)
    } else {
        earlier.special && SPECIAL.iter().any(|g| mine(g))
    };
    if !recidivist && special {
        return Some(
            found(
                &[Basis::new("刑法", "66", None)],
                format!(
                    "前后都是危害国家安全、恐怖活动或者黑社会性质组织犯罪，任何时候再犯都以累犯论处（前罪{end}届满）。"
                ),
                format!(
                    "Both are crimes of art. 66, for which there is no time limit (the earlier term ended on {end})."
                ),
            )
            .fact("from", end),
        );
    }
    if !recidivist && crime <= until && is_recidivism(case, w, earlier, crime, n) {
        return Some(
            found(
                &[Basis::new("刑法", "65", Some(1)), Basis::new("刑法", "81", Some(2))],
                format!("前罪{end}届满，{crime}又犯罪，在五年以内（至{until}），可能构成累犯而判决没有认定。"),
                format!(
                    "That term ended on {end}; the crime of {crime} lies within five years (to {until}): perhaps a recidivist \
                     whom the judgment overlooked."
                ),
            )
            .fact("from", end)
            .fact("to", until),
        );
    }
    let drug = || case.person.proof(group::DRUG_SECTION) == Proof::Yes && !drug_recidivist;
    let earlier_drug = |w: &mut World| earlier.drug.unwrap_or_else(|| w.ask_at(("earlier-drug", n), place, document));
    if drug() && earlier_drug(w) {
        return Some(found(
            &[Basis::new("刑法", "356", None)],
            "前罪是走私、贩卖、运输、制造或者非法持有毒品，现又犯毒品犯罪，可能是毒品再犯。".to_owned(),
            "The earlier crime was one of drugs (arts 347, 348) and so is this one: perhaps a drug recidivist."
                .to_owned(),
        ));
    }
    None
}

/// Both crimes intentional and punished with imprisonment, the first one executed, the person of age.
fn is_recidivism(case: &Case<'_>, w: &mut World, earlier: &Sentenced, crime: NaiveDate, n: u32) -> bool {
    let inmate = case.inmate;
    let document = "前科判决书、释放证明书";
    let place = Place { at: earlier.at, col: Col::InCharges };
    let imprisonment = matches!(inmate.sentence.get(), Some(Sentence::Fixed(_) | Sentence::Life | Sentence::Reprieve))
        || inmate.sentence.get().is_none() && w.ask("sentence-kind", inmate.sentence.place(), "判决书");
    let adult = case.rules.threshold_int("category/hidden-recidivist", "adult_age");
    let of_age = |w: &mut World| match case.birth() {
        Some(birth) => crime >= date::add_years(birth, u32::try_from(adult).unwrap_or(0)),
        None => w.ask("adult-at-crime", inmate.birth.place(), "户籍证明"),
    };
    let intentional = |w: &mut World, intent: Intent, key, place| match intent {
        Intent::Intentional => true,
        Intent::Negligent => false,
        Intent::Unknown => w.ask_at(key, place, document),
    };
    imprisonment
        && !earlier.suspended
        && earlier.imprisonment.unwrap_or_else(|| w.ask_at(("earlier-kind", n), place, document))
        && intentional(w, earlier.intent, ("earlier-intent", n), place)
        && intentional(w, intent(case.person), ("intent", 0), inmate.charges.place())
        && of_age(w)
}
