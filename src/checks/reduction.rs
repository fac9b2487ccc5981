//! Sentence reduction (减刑限度).

use chrono::NaiveDate;

use super::case::{Case, counted};
use super::conduct::{Det, Effective, Merit, Refutation, need};
use super::finding::{Basis, Fact, Facts, Leaf};
use super::groups::Restricted;
use super::property::{ItemMeaning, Reason};
use super::registry::{Check, Run, Scope};
use super::windows::{Bar, BarKind, Figure, Lifted, Wait};
use super::world::World;
use crate::model::{AwardKind, Col, Conduct, Proposal, Rights, SheetKind, Situation, Stage, Term, Value, date};

/// The checks of this family.
pub const CHECKS: &[Check] = &[
    Check {
        id: "reduction/not-permitted",
        scope: Scope::Reduction,
        needs: &[],
        uses: &[SheetKind::NewCrimes],
        run: Run::World(not_permitted),
    },
    Check { id: "reduction/grounds", scope: Scope::Reduction, needs: &[], uses: &[], run: Run::World(grounds) },
    Check { id: "reduction/start-time", scope: Scope::Reduction, needs: &[], uses: &[], run: Run::World(start_time) },
    Check { id: "reduction/interval", scope: Scope::Reduction, needs: &[], uses: &[], run: Run::World(interval) },
    Check { id: "reduction/amount", scope: Scope::Reduction, needs: &[], uses: &[], run: Run::World(amount) },
    Check {
        id: "reduction/conversion-term",
        scope: Scope::Reduction,
        needs: &[],
        uses: &[],
        run: Run::World(conversion_term),
    },
    Check {
        id: "reduction/served-floor",
        scope: Scope::Reduction,
        needs: &[],
        uses: &[],
        run: Run::World(served_floor),
    },
    Check {
        id: "reduction/political-rights",
        scope: Scope::Reduction,
        needs: &[],
        uses: &[],
        run: Run::World(political_rights),
    },
    Check {
        id: "reduction/merit-evidence",
        scope: Scope::Reduction,
        needs: &[],
        uses: &[],
        run: Run::World(merit_evidence),
    },
    Check {
        id: "reduction/property",
        scope: Scope::Reduction,
        needs: &[],
        uses: &[SheetKind::Spending],
        run: Run::World(property),
    },
    Check {
        id: "reduction/strictness",
        scope: Scope::Reduction,
        needs: &[],
        uses: &[SheetKind::Awards],
        run: Run::World(strictness),
    },
];

/// Turns "cannot be decided" into its leaf.
pub(super) fn settle(result: Det<Leaf>) -> Leaf {
    result.unwrap_or_else(|leaf| *leaf)
}

fn applied(case: &Case<'_>) -> Det<NaiveDate> {
    match case.app {
        Some(app) => match app.applied.get() {
            Some(day) => Ok(day),
            None => need(app.applied.place(), "减刑建议书"),
        },
        None => Err(Box::new(Leaf::silent())),
    }
}

fn proposal(case: &Case<'_>) -> Det<Proposal> {
    match case.app {
        Some(app) => match app.proposal.get() {
            Some(p) => Ok(p),
            None => need(app.proposal.place(), "减刑建议书"),
        },
        None => Err(Box::new(Leaf::silent())),
    }
}

fn grade_name(case: &Case<'_>, grade: u8) -> String {
    let (zh, en) = match grade {
        1 => ("悔改或立功", "repentance or merit"),
        2 => ("悔改并立功", "repentance and merit"),
        3 => ("重大立功", "major merit"),
        _ => ("悔改并重大立功", "repentance and major merit"),
    };
    case.say(|| zh.to_owned(), || en.to_owned())
}

// ---- not-permitted ------------------------------------------------------------------------------------------------

fn bar_text(case: &Case<'_>, bar: &Bar) -> String {
    let until = bar.until.map(|d| d.to_string()).unwrap_or_default();
    match bar.kind {
        BarKind::WholeLife => case.say(
            || "终身监禁的罪犯减为无期徒刑后，不得再减刑。".to_owned(),
            || "Life without commutation: no reduction once the sentence has become life.".to_owned(),
        ),
        BarKind::Suspended => case.say(
            || "宣告缓刑的罪犯，没有重大立功的，一般不适用减刑。".to_owned(),
            || "A suspended sentence is generally not reduced without major merit.".to_owned(),
        ),
        BarKind::NewCrime => case.say(
            || format!("服刑期间又故意犯罪，{until}以前不予减刑。"),
            || format!("A new intentional crime was committed while serving: no reduction before {until}."),
        ),
        BarKind::CrimeInReprieve => case.say(
            || format!("死缓期间又故意犯罪，减为无期徒刑后五年内（{until}以前）不予减刑。"),
            || format!("An intentional crime was committed in the reprieve: no reduction before {until}."),
        ),
    }
}

/// 终身监禁 after conversion, 缓刑 without major merit, the bans after new crimes.
fn not_permitted(case: &Case<'_>, w: &mut World) -> Leaf {
    settle(try_not_permitted(case, w))
}

fn try_not_permitted(case: &Case<'_>, w: &mut World) -> Det<Leaf> {
    let stage = case.known_stage()?;
    let day = applied(case)?;
    let bars = case.bars(w)?;
    let mut notes: Vec<String> = Vec::new();
    for bar in &bars {
        if bar.until.is_some_and(|until| day >= until) {
            continue;
        }
        let major = bar.kind != BarKind::WholeLife && case.effective(w).major;
        // 缓刑: major merit opens the way (art. 18.2); for the bans the text names no exception, 刑法78 says "shall".
        let open = major
            && match bar.kind {
                BarKind::Suspended => true,
                _ => w.reading("ban-major-merit", 2) == 1,
            };
        if open {
            notes
                .push(case.say(|| "有重大立功表现。".to_owned(), || "Major merit is claimed and recorded.".to_owned()));
            continue;
        }
        let mut leaf =
            Leaf::violation().basis(&bar.basis).cells(bar.places.iter().map(|p| p.at)).says(bar_text(case, bar));
        if let Some(until) = bar.until {
            leaf = leaf.fact("earliest", until).fact("actual", day).fact("short_days", date::days_between(day, until));
        }
        return Ok(leaf);
    }
    let mut leaf = Leaf::pass().says(
        case.say(|| "没有不得减刑的情形。".to_owned(), || "Nothing stands against a reduction as such.".to_owned()),
    );
    if stage == Stage::Reprieve && case.in_group(w, Restricted::WholeLife) {
        notes.push(case.say(
            || "减为无期徒刑的裁定中应当写明终身监禁。".to_owned(),
            || "The ruling that makes it life must state that no commutation or parole follows.".to_owned(),
        ));
    }
    for bar in &bars {
        if let Some(until) = bar.until {
            leaf = leaf.fact("earliest", until).fact("actual", day).basis(&bar.basis);
        }
    }
    if !notes.is_empty() {
        leaf = leaf.note(notes.join(" "));
    }
    Ok(leaf)
}

// ---- grounds ------------------------------------------------------------------------------------------------------

/// A ground is claimed, and something of it is left after striking.
fn grounds(case: &Case<'_>, w: &mut World) -> Leaf {
    settle(try_grounds(case, w))
}

fn try_grounds(case: &Case<'_>, w: &mut World) -> Det<Leaf> {
    if case.known_stage()? == Stage::Reprieve {
        return Ok(Leaf::silent());
    }
    let claimed = case.claimed(w);
    let place = case.app.map(|a| a.conduct.at);
    if claimed.grade().is_none() {
        return Ok(Leaf::violation().cells(place).basis(&Basis::new("刑法", "78", Some(1))).says(case.say(
            || "没有认定确有悔改表现、立功表现或者重大立功表现，没有减刑的根据。".to_owned(),
            || "Neither repentance nor merit is claimed: there is no ground for a reduction.".to_owned(),
        )));
    }
    let effective = case.effective(w);
    let Some(grade) = effective.grade() else {
        let (basis, why_zh, why_en) = strike_reason(case, w, claimed);
        return Ok(Leaf::violation()
            .cells(place)
            .basis(&basis)
            .fact("grade_claimed", i64::from(claimed.grade().unwrap_or(0)))
            .says(case.say(
                || format!("{why_zh}，认定的减刑根据不能成立，没有其他根据。"),
                || format!("{why_en}; the ground claimed falls away and no other is left."),
            )));
    };
    let mut leaf = Leaf::pass().cells(place).fact("grade", i64::from(grade));
    if effective != claimed {
        leaf = leaf.fact("grade_claimed", i64::from(claimed.grade().unwrap_or(0))).note(case.say(
            || "部分根据不能成立，按其余根据核对限度。".to_owned(),
            || "Part of what is claimed falls away; the limits follow what is left.".to_owned(),
        ));
    }
    Ok(leaf.says(case.say(
        || format!("减刑根据：{}。", grade_name(case, grade)),
        || format!("Ground: {}.", grade_name(case, grade)),
    )))
}

fn strike_reason(case: &Case<'_>, w: &mut World, claimed: Effective) -> (Basis, String, String) {
    if claimed.repentance && case.struck_for_remorse(w) {
        return (
            Basis::new("法释〔2016〕23号", "3", Some(1)),
            "不认罪悔罪，不能认定确有悔改表现".to_owned(),
            "The person does not admit guilt, so repentance cannot be found".to_owned(),
        );
    }
    if claimed.repentance && case.struck_for_restitution(w) {
        return (
            Basis::new("法释〔2016〕23号", "3", Some(2)),
            "三类罪犯不积极退赃，不能认定确有悔改表现".to_owned(),
            "Proceeds are not actively returned by a person of the three categories, so repentance cannot be found"
                .to_owned(),
        );
    }
    if claimed.repentance && case.property_strikes(w) {
        let situation = case.property_rules(w)
            && (0..case.dossier.property.len())
                .any(|i| case.item_meaning(w, i) == ItemMeaning::Obstacle(Reason::Situation));
        if situation {
            return (
                Basis::new("法释〔2024〕5号", "6", Some(1)),
                "财产性判项未履行完毕并存在第六条所列情形，不能认定确有悔改表现".to_owned(),
                "A property judgment is open and a situation of art. 6 is going on, so repentance cannot be found"
                    .to_owned(),
            );
        }
        let basis = if case.property_rules(w) {
            Basis::new("法释〔2024〕5号", "4", Some(2))
        } else {
            Basis::new("法发〔2021〕31号", "7", None)
        };
        return (
            basis,
            "有履行能力而不履行财产性判项，不能认定确有悔改表现".to_owned(),
            "The person is able to perform the property judgment and does not, so repentance cannot be found"
                .to_owned(),
        );
    }
    (
        Basis::new("法释〔2016〕23号", "4", None),
        "认定的立功没有记录支持".to_owned(),
        "The merit claimed is not borne out by the records".to_owned(),
    )
}

// ---- start and interval -------------------------------------------------------------------------------------------

fn wait_leaf(leaf: Leaf, wait: &Wait, actual: NaiveDate, case: &Case<'_>) -> Leaf {
    wait.against(actual, leaf).cells(case.app.map(|a| a.applied.at))
}

/// Whether the amount (or target) proposed needs the one-third relaxation too, which can be used only once.
fn amount_needs_relaxation(case: &Case<'_>, w: &mut World) -> Det<bool> {
    if !case.known_stage()?.has_end() {
        return Ok(false);
    }
    let Some(grade) = case.grade(w) else { return Ok(false) };
    let Some(cap) = case.cap(w, grade)? else { return Ok(false) };
    Ok(matches!(proposal(case), Ok(Proposal::Reduce(t)) if t > cap.value && t <= case.relaxed_cap(cap.value)))
}

/// Whether a waiting time is short now but met with a third less.
fn time_needs_relaxation(case: &Case<'_>, w: &mut World) -> Det<bool> {
    let day = applied(case)?;
    let conduct = case.effective(w);
    let start_open = !case.reduced_before(w) && case.start_lifted(w, conduct)? == Lifted::No;
    let start = if start_open { case.start(w)? } else { None };
    let interval = if case.interval_lifted(w, conduct)? == Lifted::No { case.interval(w)? } else { None };
    for wait in [start, interval].into_iter().flatten() {
        if day < wait.earliest && day >= case.relaxed_wait(w, &wait) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The first reduction of a stage: time served from delivery (fixed), judgment or delivery (life), the ruling or the end
/// of the reprieve (life after reprieve) to the application.
fn start_time(case: &Case<'_>, w: &mut World) -> Leaf {
    settle(try_start_time(case, w))
}

fn try_start_time(case: &Case<'_>, w: &mut World) -> Det<Leaf> {
    let stage = case.known_stage()?;
    let day = applied(case)?;
    if stage == Stage::Reprieve {
        return reprieve_start(case, day);
    }
    if case.reduced_before(w) || !matches!(stage, Stage::Fixed | Stage::Life | Stage::LifeAfterReprieve) {
        return Ok(Leaf::silent());
    }
    let conduct = case.effective(w);
    if case.start_lifted(w, conduct)? == Lifted::Yes {
        return Ok(exempt_leaf(case, case.start(w).ok().flatten().map(|s| s.basis)));
    }
    let Some(wait) = case.start(w)? else { return Ok(Leaf::silent()) };
    if day >= wait.earliest {
        return Ok(wait_leaf(Leaf::pass(), &wait, day, case).says(case.say(
            || format!("起始时间已满：自{}起应执行{}，{}起可以提请。", wait.from, wait.required.zh(), wait.earliest),
            || format!("{} from {} were served; lawful from {}.", wait.required.en(), wait.from, wait.earliest),
        )));
    }
    if case.voided_regrant(w) {
        return Ok(regrant(case, wait_leaf(Leaf::pass(), &wait, day, case)));
    }
    if stage == Stage::Fixed && case.short_remainder(w) && corruption_shares(case, w, "corruption-short-remainder") {
        let half = case.add(w, wait.from, wait.required.half());
        let note = case.say(
            || "判决生效时剩余刑期不满二年，起始时间可以适当缩短。".to_owned(),
            || "Less than two years were left when the judgment became final: the start may be shorter.".to_owned(),
        );
        let leaf = if day < half { Leaf::risk() } else { Leaf::pass() };
        return Ok(wait_leaf(leaf, &wait, day, case)
            .basis(&Basis::new("法释〔2016〕23号", "16", Some(1)))
            .fact("note", note.clone())
            .says(if day < half {
                case.say(
                    || format!("{note}但执行不足一般起始时间的一半。"),
                    || format!("{note} But less than half of the general start was served."),
                )
            } else {
                note
            }));
    }
    if day >= case.relaxed_wait(w, &wait) && case.relaxable(w) {
        return Ok(relaxed_leaf(case, w, &wait, day));
    }
    let short = date::days_between(day, wait.earliest);
    let leaf = |leaf: Leaf| {
        wait.short(day, leaf).cells(case.app.map(|a| a.applied.at)).says(case.say(
            || {
                format!(
                    "起始时间不足：自{}起应执行{}，{}起才可以提请，{}提请，早了{}天。",
                    wait.from,
                    wait.required.zh(),
                    wait.earliest,
                    day,
                    short
                )
            },
            || {
                format!(
                    "Too early: {} from {} must be served first; lawful from {}, applied on {}, {} short.",
                    wait.required.en(),
                    wait.from,
                    wait.earliest,
                    day,
                    counted(short, "day", "days")
                )
            },
        ))
    };
    Ok(match case.app.map(|a| &a.ruled.value) {
        Some(Value::Known(ruled)) if *ruled >= wait.earliest => leaf(Leaf::unverified()),
        Some(Value::Unclear) => {
            let place = case.app.map(|a| a.ruled.place());
            place.into_iter().fold(leaf(Leaf::unverified()), |l, p| l.missing(p, "减刑裁定书"))
        }
        _ => leaf(Leaf::violation()),
    })
}

fn reprieve_start(case: &Case<'_>, day: NaiveDate) -> Det<Leaf> {
    let end = case.reprieve_end()?;
    let basis = Basis::new("刑法", "50", Some(1));
    let leaf = |leaf: Leaf| {
        leaf.basis(&basis)
            .fact("earliest", end)
            .fact("actual", day)
            .cell(case.inmate.reprieve_end.at)
            .cells(case.app.map(|a| a.applied.at))
    };
    if day >= end {
        return Ok(leaf(Leaf::pass())
            .says(case.say(|| format!("死缓期已于{end}届满。"), || format!("The reprieve ended on {end}."))));
    }
    let short = date::days_between(day, end);
    let text = case.say(
        || format!("死缓期至{end}才届满，{day}提请，早了{short}天。"),
        || format!("The reprieve ends on {end}; applied on {day}, {} early.", counted(short, "day", "days")),
    );
    let met = case.app.and_then(|a| a.ruled.get()).is_some_and(|r| r >= end);
    let result = if met { Leaf::unverified() } else { Leaf::violation() };
    Ok(leaf(result).fact("short_days", short).says(text))
}

/// For corruption it can be read either way whether the general reliefs apply.
fn corruption_shares(case: &Case<'_>, w: &mut World, key: &'static str) -> bool {
    !case.in_group(w, Restricted::Corruption) || w.reading(key, 2) == 1
}

fn exempt_leaf(case: &Case<'_>, basis: Option<Basis>) -> Leaf {
    let text = case.say(
        || "有重大立功表现，不受起始时间和间隔时间的限制。".to_owned(),
        || "Major merit: the start and the interval do not apply.".to_owned(),
    );
    Leaf::pass().bases(basis.iter()).fact("exempt", true).note(text.clone()).says(text)
}

fn regrant(case: &Case<'_>, leaf: Leaf) -> Leaf {
    let text = case.say(
        || "原减刑因判决改变失效，重新裁定不受起始时间、间隔时间和幅度的限制，但不得超过原减去的总和。".to_owned(),
        || "Earlier reductions were voided when the judgment changed; a new ruling is free of start, interval and cap, \
            but not above the voided sum."
            .to_owned(),
    );
    leaf.note(text.clone()).says(text)
}

fn relaxed_leaf(case: &Case<'_>, w: &mut World, wait: &Wait, day: NaiveDate) -> Leaf {
    let both = amount_needs_relaxation(case, w).unwrap_or(false);
    let leaf = wait_leaf(if both { Leaf::unverified() } else { Leaf::pass() }, wait, day, case)
        .basis(&Basis::new("法释〔2016〕23号", "20", Some(2)))
        .fact("relaxed", true);
    let text = if both {
        case.say(
            || "时间和幅度都要靠从宽三分之一才合法，能否同时从宽法律有不同理解。".to_owned(),
            || {
                "Both the time and the amount need the relaxation by a third; whether it may be used twice is open."
                    .to_owned()
            },
        )
    } else {
        case.say(
            || "未满一般时间，但符合未成年、老病残从宽三分之一以内的条件。".to_owned(),
            || "Short of the general time, but within the relaxation by a third for minors, old, ill or disabled inmates."
                .to_owned(),
        )
    };
    leaf.note(text.clone()).says(text)
}

impl Case<'_> {
    /// Whether, in this world, the application asks to grant again what a retrial or an undiscovered crime voided.
    fn voided_regrant(&self, w: &mut World) -> bool {
        let open = self.standing.voided.is_some_and(|v| v.restored.is_zero());
        open && w.reading("regrant", 2) == 0
    }
}

/// From service of the last reduction to the application.
fn interval(case: &Case<'_>, w: &mut World) -> Leaf {
    settle(try_interval(case, w))
}

fn try_interval(case: &Case<'_>, w: &mut World) -> Det<Leaf> {
    if !case.has(SheetKind::Rulings) {
        return Ok(no_rulings_sheet(case));
    }
    let day = applied(case)?;
    let Some(wait) = case.interval(w)? else { return Ok(Leaf::silent()) };
    let conduct = case.effective(w);
    let lifted = case.interval_lifted(w, conduct)?;
    if lifted == Lifted::Yes {
        return Ok(exempt_leaf(case, Some(wait.basis)));
    }
    if day >= wait.earliest {
        return Ok(wait_leaf(Leaf::pass(), &wait, day, case).says(case.say(
            || {
                format!(
                    "间隔已满：上次减刑{}送达，间隔{}，{}起可以提请。",
                    wait.from,
                    wait.required.zh(),
                    wait.earliest
                )
            },
            || {
                format!(
                    "The interval of {} from service on {} is met; lawful from {}.",
                    wait.required.en(),
                    wait.from,
                    wait.earliest
                )
            },
        )));
    }
    if case.voided_regrant(w) {
        return Ok(regrant(case, wait_leaf(Leaf::pass(), &wait, day, case)));
    }
    let short = date::days_between(day, wait.earliest);
    let leaf = |leaf: Leaf| {
        wait.short(day, leaf).cells(case.app.map(|a| a.applied.at)).says(case.say(
            || {
                format!(
                    "间隔不足：上次减刑{}送达，应当间隔{}，{}起才可以提请，{}提请，早了{}天。",
                    wait.from,
                    wait.required.zh(),
                    wait.earliest,
                    day,
                    short
                )
            },
            || {
                format!(
                    "Too soon after the last reduction: {} from service on {} must pass; lawful from {}, applied on {}, \
                     {} short.",
                    wait.required.en(),
                    wait.from,
                    wait.earliest,
                    day,
                    counted(short, "day", "days")
                )
            },
        ))
    };
    if lifted == Lifted::Shortened {
        return Ok(leaf(Leaf::unverified()).basis(&Basis::new("法释〔2016〕23号", "14", None)).note(case.say(
            || "限制减刑罪犯有重大立功的，间隔可以适当缩短，缩短多少没有规定。".to_owned(),
            || "With limited commutation, major merit may shorten the interval, without a number.".to_owned(),
        )));
    }
    // Art. 6.3 is a minimum of its own and is not relaxed.
    let by_amount = case.previous(w).and_then(|l| l.amount).map(|t| case.add(w, wait.from, t));
    if day >= case.relaxed_wait(w, &wait) && by_amount.is_none_or(|d| day >= d) && case.relaxable(w) {
        return Ok(relaxed_leaf(case, w, &wait, day));
    }
    Ok(leaf(Leaf::violation()))
}

/// Without 历次裁定 nothing is known of anyone's earlier reductions.
fn no_rulings_sheet(case: &Case<'_>) -> Leaf {
    Leaf::needs(case.sheet_place(Col::RuDate), "历次裁定书、送达回证").says(case.say(
        || "没有历次裁定表，是否减过刑、间隔是否已满不能确定。".to_owned(),
        || "There is no sheet of earlier rulings: whether there was a reduction is unknown.".to_owned(),
    ))
}

// ---- amount -------------------------------------------------------------------------------------------------------

/// The months proposed against the cap of the grade.
fn amount(case: &Case<'_>, w: &mut World) -> Leaf {
    settle(try_amount(case, w))
}

fn try_amount(case: &Case<'_>, w: &mut World) -> Det<Leaf> {
    let stage = case.known_stage()?;
    if !stage.has_end() || matches!(stage, Stage::Control | Stage::Detention) {
        return Ok(Leaf::silent());
    }
    let claimed = case.claimed(w).grade();
    let Some(grade) = case.grade(w) else { return Ok(Leaf::left_out()) };
    let proposed = proposal(case)?;
    let Some(cap) = case.cap(w, grade)? else { return Ok(Leaf::silent()) };
    let cell = case.app.map(|a| a.proposal.at);
    let with = |leaf: Leaf, cap: &Figure, proposed: Term| {
        leaf.fact("cap", cap.value)
            .fact("proposed", proposed)
            .fact("grade_claimed", i64::from(claimed.unwrap_or(0)))
            .fact("grade", i64::from(grade))
            .basis(&cap.basis)
            .cells(cell)
    };
    let months = match proposed {
        Proposal::Reduce(months) => months,
        Proposal::Remainder => return remainder(case, w, &cap),
        Proposal::ToFixed(_) | Proposal::ToLife => {
            return Ok(Leaf::unverified().cells(cell).says(case.say(
                || "正在执行有期徒刑，建议却是变更刑种，建议内容需要核实。".to_owned(),
                || {
                    "A fixed term is being served, yet a conversion is proposed; the proposal must be clarified."
                        .to_owned()
                },
            )));
        }
    };
    if months <= cap.value {
        return Ok(with(Leaf::pass(), &cap, months).says(case.say(
            || format!("建议减{}，未超过上限{}（{}）。", months.zh(), cap.value.zh(), grade_name(case, grade)),
            || format!("{} proposed; at most {} ({}).", months.en(), cap.value.en(), grade_name(case, grade)),
        )));
    }
    if case.voided_regrant(w)
        && let Some(voided) = case.standing.voided
    {
        let figure = Figure { value: voided.sum, basis: Basis::new("法释〔2016〕23号", "32", Some(2)) };
        if months <= voided.sum {
            return Ok(regrant(case, with(Leaf::pass(), &figure, months)));
        }
    }
    let relaxed = case.relaxed_cap(cap.value);
    if months <= relaxed && case.relaxable(w) {
        let both = time_needs_relaxation(case, w).unwrap_or(false);
        let text =
            if both {
                case.say(
                || "时间和幅度都要靠从宽三分之一才合法，能否同时从宽法律有不同理解。".to_owned(),
                || "Both the time and the amount need the relaxation by a third; whether it may be used twice is open."
                    .to_owned(),
            )
            } else {
                case.say(
                    || format!("超过一般上限{}，但在从宽三分之一的{}以内。", cap.value.zh(), relaxed.zh()),
                    || {
                        format!(
                            "Above the general {}, within {} after the relaxation by a third.",
                            cap.value.en(),
                            relaxed.en()
                        )
                    },
                )
            };
        let leaf = if both { Leaf::unverified() } else { Leaf::pass() };
        return Ok(with(leaf, &cap, months)
            .basis(&Basis::new("法释〔2016〕23号", "20", Some(2)))
            .fact("relaxed", true)
            .note(text.clone())
            .says(text));
    }
    let excess = months.minus(cap.value);
    let mut leaf = with(Leaf::violation(), &cap, months);
    if let Some(excess) = excess {
        leaf = leaf.fact("excess", excess);
    }
    Ok(leaf.says(case.say(
        || {
            format!(
                "减刑幅度过大：{}一次最多减{}，建议减{}{}。",
                grade_name(case, grade),
                cap.value.zh(),
                months.zh(),
                excess.map(|e| format!("，超出{}", e.zh())).unwrap_or_default()
            )
        },
        || {
            format!(
                "Too much at once: at most {} for {}, {} proposed.",
                cap.value.en(),
                grade_name(case, grade),
                months.en()
            )
        },
    )))
}

/// 减余刑: the rest of the term, against the cap.
fn remainder(case: &Case<'_>, w: &mut World, cap: &Figure) -> Det<Leaf> {
    let day = applied(case)?;
    let Some(end) = case.end_now(w)? else { return Ok(Leaf::silent()) };
    let ruled = case.app.and_then(|a| a.ruled.get());
    let leaf = |leaf: Leaf| leaf.fact("cap", cap.value).basis(&cap.basis).cells(case.app.map(|a| a.proposal.at));
    let fits = |from: NaiveDate| date::last(from, cap.value) >= end;
    let text = |ok: bool| {
        case.say(
            || format!("建议减去余刑，刑期至{end}，{}上限{}。", if ok { "未超过" } else { "超过" }, cap.value.zh()),
            || {
                format!(
                    "The whole remainder up to {end} is proposed, {} the cap of {}.",
                    if ok { "within" } else { "above" },
                    cap.value.en()
                )
            },
        )
    };
    Ok(if fits(day) {
        leaf(Leaf::pass()).says(text(true))
    } else if ruled.is_some_and(|r| !fits(r)) {
        leaf(Leaf::violation()).says(text(false))
    } else {
        let place = case.app.map(|a| a.ruled.place());
        place.into_iter().fold(leaf(Leaf::unverified()).says(text(false)), |l, p| l.missing(p, "减刑裁定书"))
    })
}

// ---- conversion ---------------------------------------------------------------------------------------------------

/// Life (or reprieved death) to a fixed term: the term proposed against the lowest allowed.
fn conversion_term(case: &Case<'_>, w: &mut World) -> Leaf {
    settle(try_conversion(case, w))
}

fn try_conversion(case: &Case<'_>, w: &mut World) -> Det<Leaf> {
    let stage = case.known_stage()?;
    if stage.has_end() {
        return Ok(Leaf::silent());
    }
    let cell = case.app.map(|a| a.proposal.at);
    if stage == Stage::Reprieve {
        return reprieve_conversion(case, w, proposal(case)?);
    }
    let Some(grade) = case.grade(w) else { return Ok(Leaf::left_out()) };
    let proposed = proposal(case)?;
    let Proposal::ToFixed(term) = proposed else {
        return Ok(Leaf::unverified().cells(cell).says(case.say(
            || "正在执行无期徒刑，建议却不是减为有期徒刑，建议内容需要核实。".to_owned(),
            || "Life is being served, yet no fixed term is proposed; the proposal must be clarified.".to_owned(),
        )));
    };
    let Some(target) = case.target(w, grade)? else { return Ok(Leaf::silent()) };
    let leaf = |leaf: Leaf| leaf.fact("target", target.value).fact("proposed", term).basis(&target.basis).cells(cell);
    if term >= target.value {
        return Ok(leaf(Leaf::pass()).says(case.say(
            || format!("建议减为{}，不低于{}（{}）。", term.zh(), target.value.zh(), grade_name(case, grade)),
            || format!("{} proposed, not below {} ({}).", term.en(), target.value.en(), grade_name(case, grade)),
        )));
    }
    let text = case.say(
        || {
            format!(
                "减后刑期过短：{}最低可以减为{}，建议减为{}。",
                grade_name(case, grade),
                target.value.zh(),
                term.zh()
            )
        },
        || {
            format!(
                "Too short a fixed term: at least {} for {}, {} proposed.",
                target.value.en(),
                grade_name(case, grade),
                term.en()
            )
        },
    );
    // A relaxation may lower a target, but no text says so: it cannot be settled here.
    if case.relaxable(w) {
        return Ok(leaf(Leaf::unverified()).fact("relaxed", true).says(text));
    }
    Ok(leaf(Leaf::violation()).says(text))
}

fn reprieve_conversion(case: &Case<'_>, w: &mut World, proposed: Proposal) -> Det<Leaf> {
    let cell = case.app.map(|a| a.proposal.at);
    let basis = Basis::new("刑法", "50", Some(1));
    match proposed {
        Proposal::ToLife => Ok(Leaf::pass().basis(&basis).cells(cell).says(case.say(
            || "死缓期满依法减为无期徒刑。".to_owned(),
            || "Due by law: reprieved death becomes life.".to_owned(),
        ))),
        Proposal::ToFixed(term) => {
            let major = case.effective(w).major;
            if !major {
                return Ok(Leaf::violation().basis(&basis).cells(cell).fact("proposed", term).says(case.say(
                    || "没有重大立功，死缓期满应当减为无期徒刑，不能直接减为有期徒刑。".to_owned(),
                    || "Without major merit reprieved death becomes life, not a fixed term.".to_owned(),
                )));
            }
            let (low, high) = if case.old_offence(w) {
                ("reprieve/merit-target-old-min", "reprieve/merit-target-old-max")
            } else {
                ("reprieve/merit-target", "reprieve/merit-target")
            };
            let (low, high) = (case.rules.term(low), case.rules.term(high));
            let leaf = if term < low { Leaf::violation() } else { Leaf::pass() };
            let mut leaf = leaf.basis(&basis).cells(cell).fact("target", low).fact("proposed", term);
            if term > high {
                leaf = leaf.note(case.say(
                    || "高于法定的刑期，请核实。".to_owned(),
                    || "Longer than the term the law gives; please check.".to_owned(),
                ));
            }
            Ok(leaf.says(case.say(
                || format!("有重大立功，应当减为{}，建议减为{}。", low.zh(), term.zh()),
                || format!("With major merit {} is due, {} proposed.", low.en(), term.en()),
            )))
        }
        Proposal::Reduce(_) | Proposal::Remainder => Ok(Leaf::unverified().cells(cell).says(case.say(
            || "死缓期间的建议写明减去月数，建议内容需要核实。".to_owned(),
            || "Months are proposed in the reprieve; the proposal must be clarified.".to_owned(),
        ))),
    }
}

// ---- served-floor -------------------------------------------------------------------------------------------------

/// The end date after the proposal against the least time to be served.
fn served_floor(case: &Case<'_>, w: &mut World) -> Leaf {
    settle(try_floor(case, w))
}

fn try_floor(case: &Case<'_>, w: &mut World) -> Det<Leaf> {
    let stage = case.known_stage()?;
    if !stage.has_end() && case.app.is_some_and(|a| a.ruled.get().is_none()) {
        return Ok(Leaf::silent());
    }
    let proposed = proposal(case)?;
    if stage.has_end() && !matches!(proposed, Proposal::Reduce(_) | Proposal::Remainder) {
        return Ok(Leaf::unverified().cells(case.app.map(|a| a.proposal.at)).says(case.say(
            || "建议内容与所处阶段不符，减后的止日不能计算。".to_owned(),
            || "The proposal does not fit the stage; the end date after it cannot be computed.".to_owned(),
        )));
    }
    if stage.has_end() && !case.has(SheetKind::Rulings) {
        return Ok(no_rulings_sheet(case));
    }
    let floor = case.floor(w)?;
    let open_remainder = proposed == Proposal::Remainder && case.app.is_some_and(|a| a.ruled.get().is_none());
    let end = if open_remainder { Some(applied(case)?) } else { case.end_proposed(w)? };
    let Some(end) = end else { return Ok(Leaf::silent()) };
    let leaf = |leaf: Leaf| {
        leaf.fact("floor", floor.earliest)
            .fact("end_proposed", end)
            .basis(&floor.basis)
            .cell(floor.place.at)
            .cells(case.app.map(|a| a.proposal.at))
    };
    if end >= floor.earliest {
        return Ok(leaf(Leaf::pass()).says(case.say(
            || format!("减后刑期至{end}，不早于最低应执行到的{}。", floor.earliest),
            || format!("Ends on {end} after the proposal, not before the floor of {}.", floor.earliest),
        )));
    }
    let short = date::days_between(end, floor.earliest);
    let text = case.say(
        || {
            format!(
                "实际执行刑期不足：至少执行{}，即到{}，减后刑期至{end}，少{short}天。",
                floor.required.zh(),
                floor.earliest
            )
        },
        || {
            format!(
                "Too little served: at least {}, that is up to {}; after the proposal the term ends on {end}, {} short.",
                floor.required.en(),
                floor.earliest,
                counted(short, "day", "days")
            )
        },
    );
    let outcome = if open_remainder { Leaf::unverified() } else { Leaf::violation() };
    Ok(leaf(outcome).fact("short_days", short).says(text))
}

// ---- political rights ---------------------------------------------------------------------------------------------

/// Deprivation of political rights after the reduction (art. 17; 刑法 55 to 58).
fn political_rights(case: &Case<'_>, _: &mut World) -> Leaf {
    settle(try_rights(case))
}

fn rights_zh(rights: Rights) -> String {
    match rights {
        Rights::None => "无".to_owned(),
        Rights::For(t) => t.zh(),
        Rights::ForLife => "终身".to_owned(),
    }
}

fn rights_fact(rights: Option<Rights>) -> Fact {
    match rights {
        Some(Rights::None) => Fact::Text("none".to_owned()),
        Some(Rights::For(t)) => Fact::Term(t),
        Some(Rights::ForLife) => Fact::Text("life".to_owned()),
        None => Fact::Null,
    }
}

fn try_rights(case: &Case<'_>) -> Det<Leaf> {
    let Some(app) = case.app else { return Ok(Leaf::silent()) };
    let stage = case.known_stage()?;
    let present = case.standing.rights.map(|(r, _)| r);
    let proposed = app.rights.get();
    let cells = [Some(app.rights.at), case.standing.rights.map(|(_, p)| p.at)];
    let leaf = |leaf: Leaf| {
        leaf.cells(cells.into_iter().flatten())
            .fact("present", rights_fact(present))
            .fact("proposed", rights_fact(proposed))
    };
    // Out of life there is only the way to a fixed term; the reprieve may also become life.
    let converting =
        stage.is_life() || (stage == Stage::Reprieve && matches!(app.proposal.get(), Some(Proposal::ToFixed(_))));
    let present_known = || match present {
        Some(r) => Ok(r),
        None if !case.has(SheetKind::Rulings) => need(case.sheet_place(Col::RuRights), "历次裁定书"),
        None => need(case.inmate.rights.place(), "判决书、历次裁定书"),
    };
    if app.rights.value == Value::Unclear {
        return need(app.rights.place(), "减刑建议书");
    }
    if converting {
        return Ok(conversion_rights(case, proposed, leaf));
    }
    if !stage.has_end() {
        // Life stays deprived for life until the sentence is converted.
        return Ok(match (present, proposed) {
            (_, Some(Rights::For(_) | Rights::None)) => leaf(Leaf::violation()).says(case.say(
                || "仍执行无期徒刑，剥夺政治权利应为终身。".to_owned(),
                || "Life is still being served: the deprivation stays for life.".to_owned(),
            )),
            (Some(Rights::ForLife) | None, _) => leaf(Leaf::pass()).says(
                case.say(|| "剥夺政治权利终身不变。".to_owned(), || "The deprivation stays for life.".to_owned()),
            ),
            (Some(_), _) => leaf(Leaf::unverified()).missing(case.inmate.rights.place(), "判决书").says(case.say(
                || "原判无期徒刑或者死缓，剥夺政治权利却不是终身，需核实判决。".to_owned(),
                || "A life sentence without deprivation for life; check the judgment.".to_owned(),
            )),
        });
    }
    let Some(proposed_rights) = proposed else {
        if present == Some(Rights::None) {
            return Ok(Leaf::silent());
        }
        let text = case.say(
            || "没有建议变更剥夺政治权利，视为不变。".to_owned(),
            || "No change of the deprivation is proposed; it stays.".to_owned(),
        );
        return Ok(leaf(Leaf::pass()).note(text.clone()).says(text));
    };
    let present = present_known()?;
    if present == Rights::None {
        return Ok(if proposed_rights == Rights::None {
            Leaf::silent()
        } else {
            leaf(Leaf::violation()).says(case.say(
                || "原判没有剥夺政治权利，减刑时不能增加。".to_owned(),
                || "No deprivation was imposed; a reduction cannot add one.".to_owned(),
            ))
        });
    }
    // Art. 17.2 is about life and reprieved death that were reduced, not about those that a retrial replaced.
    let id = if stage.converted() { "rights/converted-final-min" } else { "rights/fixed-min" };
    let least = case.rules.term(id);
    let basis = case.rules.basis_of(id).clone();
    let new = match proposed_rights {
        Rights::For(t) => t,
        Rights::None => Term::ZERO,
        Rights::ForLife => {
            let place = case.standing.rights.map_or(case.inmate.rights.place(), |(_, place)| place);
            return Ok(match present {
                // 刑法57.2: it had to become a number of years with the sentence.
                Rights::ForLife if stage.converted() => {
                    leaf(Leaf::violation()).basis(&Basis::new("刑法", "57", Some(2))).says(case.say(
                        || "已由无期徒刑或者死缓减为有期徒刑，剥夺政治权利应当改为有期限的，不能仍为终身。".to_owned(),
                        || {
                            "Life or reprieved death has become a fixed term: the deprivation must have a term too and \
                             cannot stay for life."
                                .to_owned()
                        },
                    ))
                }
                // 刑法55.1: only with death or life is it for life.
                Rights::ForLife => leaf(Leaf::unverified())
                    .basis(&Basis::new("刑法", "55", Some(1)))
                    .missing(place, "判决书、历次裁定书")
                    .says(case.say(
                        || "正在执行有期徒刑，剥夺政治权利却记为终身，需核实判决。".to_owned(),
                        || {
                            "A fixed term is being served, yet deprivation for life is recorded; check the judgment."
                                .to_owned()
                        },
                    )),
                _ => leaf(Leaf::violation()).basis(&basis).says(case.say(
                    || "剥夺政治权利不能因减刑加重。".to_owned(),
                    || "A reduction cannot lengthen the deprivation.".to_owned(),
                )),
            });
        }
    };
    if stage == Stage::Control {
        return control_rights(case, new, leaf);
    }
    let too_long = matches!(present, Rights::For(old) if new > old);
    if new < least || too_long {
        return Ok(leaf(Leaf::violation()).basis(&basis).says(case.say(
            || {
                if too_long {
                    format!("剥夺政治权利由{}改为{}，减刑不能加重。", rights_zh(present), new.zh())
                } else {
                    format!("剥夺政治权利减为{}，不得少于{}。", new.zh(), least.zh())
                }
            },
            || {
                if too_long {
                    "A reduction cannot lengthen the deprivation.".to_owned()
                } else {
                    format!("Deprivation of {} proposed; not below {}.", new.en(), least.en())
                }
            },
        )));
    }
    Ok(leaf(Leaf::pass()).basis(&basis).says(case.say(
        || format!("剥夺政治权利减为{}，不少于{}。", new.zh(), least.zh()),
        || format!("Deprivation of {}, not below {}.", new.en(), least.en()),
    )))
}

fn conversion_rights(case: &Case<'_>, proposed: Option<Rights>, leaf: impl Fn(Leaf) -> Leaf) -> Leaf {
    let (low, high) = (case.rules.term("rights/conversion-min"), case.rules.term("rights/conversion-max"));
    let basis = case.rules.basis_of("rights/conversion-min").clone();
    let text = case.say(
        || format!("减为有期徒刑时，剥夺政治权利应当改为{}以上{}以下。", low.zh(), high.zh()),
        || format!("On conversion to a fixed term the deprivation is set to between {} and {}.", low.en(), high.en()),
    );
    let outcome = match proposed {
        Some(Rights::For(t)) if t >= low && t <= high => Leaf::pass(),
        Some(_) => Leaf::violation(),
        None => {
            let place = case.app.map(|a| a.rights.place());
            place.into_iter().fold(Leaf::unverified(), |l, p| l.missing(p, "减刑建议书"))
        }
    };
    leaf(outcome).basis(&basis).says(text)
}

/// 管制: the deprivation equals the control and runs with it (刑法55.2).
fn control_rights(case: &Case<'_>, new: Term, leaf: impl Fn(Leaf) -> Leaf) -> Det<Leaf> {
    let left = match (case.standing.term, proposal(case)?) {
        (Some(term), Proposal::Reduce(off)) => term.minus(case.standing.reduced_by()).and_then(|t| t.minus(off)),
        _ => None,
    };
    let basis = Basis::new("刑法", "55", Some(2));
    Ok(match left {
        Some(left) if left == new => leaf(Leaf::pass()).basis(&basis).says(case.say(
            || format!("管制附加剥夺政治权利{}，与减后的管制期限相等。", new.zh()),
            || format!("Deprivation of {}, as long as the control after the reduction.", new.en()),
        )),
        Some(left) => leaf(Leaf::violation()).basis(&basis).says(case.say(
            || format!("管制附加剥夺政治权利的期限与管制相等，应为{}。", left.zh()),
            || format!("Under control the deprivation equals the control: {}.", left.en()),
        )),
        None => leaf(Leaf::unverified()).basis(&basis).says(case.say(
            || "建议没有写明减去多少管制，剥夺政治权利是否与减后的管制期限相等不能核对。".to_owned(),
            || {
                "The proposal does not say how much of the control is taken off: whether the deprivation equals what is \
                 left cannot be checked."
                    .to_owned()
            },
        )),
    })
}

// ---- merit evidence -----------------------------------------------------------------------------------------------

/// Claimed 立功 and 重大立功 against the award records inside the term.
fn merit_evidence(case: &Case<'_>, w: &mut World) -> Leaf {
    let claimed = case.claimed(w);
    let mut worst: Option<Leaf> = None;
    for (is_claimed, major) in [(claimed.major, true), (claimed.merit, false)] {
        if !is_claimed {
            continue;
        }
        let word = if major { Conduct::MajorMerit } else { Conduct::Merit };
        let basis = if major {
            Basis::new("法释〔2016〕23号", "5", None)
        } else {
            Basis::new("法释〔2016〕23号", "4", None)
        };
        let leaf = match case.merit_proof(major) {
            Merit::Proven => Leaf::pass().says(case.say(
                || format!("{}有奖惩记录。", word.zh()),
                || format!("There is an award record of the {}.", word.en()),
            )),
            Merit::Refuted(why) => Leaf::violation().says(refutation_text(case, word, why)),
            Merit::Unproved(place, document) => Leaf::needs(place, document).says(case.say(
                || format!("认定{}，但缺少{document}，不能确认。", word.zh()),
                || format!("{} is claimed, but {document} is missing.", word.en()),
            )),
        };
        let cells = case
            .dossier
            .awards
            .iter()
            .filter(|a| matches!(a.kind.get(), Some(AwardKind::Merit | AwardKind::MajorMerit)))
            .map(|a| a.kind.at);
        let leaf = leaf.basis(&basis).cells(case.app.map(|a| a.conduct.at)).cells(cells);
        let replace = worst.as_ref().is_none_or(|w| leaf.outcome < w.outcome);
        if replace {
            worst = Some(leaf);
        }
    }
    worst.unwrap_or_default()
}

fn refutation_text(case: &Case<'_>, word: Conduct, why: Refutation) -> String {
    match why {
        Refutation::NoRecord => case.say(
            || format!("认定{}，但服刑期间的奖惩记录中没有。", word.zh()),
            || format!("{} is claimed, but there is no award record of it inside the term.", word.en()),
        ),
        Refutation::Patent(patent) => case.say(
            || format!("以{}专利认定重大立功，只有发明专利才可以。", patent.zh()),
            || format!("Major merit rests on a {} patent; only an invention patent counts.", patent.en()),
        ),
        Refutation::NotConfirmed => case.say(
            || "技术革新、发明或者其他贡献没有经主管部门确认。".to_owned(),
            || "The innovation, invention or contribution was not confirmed by the competent authority.".to_owned(),
        ),
    }
}

// ---- property -----------------------------------------------------------------------------------------------------

/// One entry of `items[]`.
pub(super) fn item_facts(case: &Case<'_>, index: usize, meaning: ItemMeaning) -> Facts {
    let item = &case.dossier.property[index];
    let mut facts = Facts::new();
    if let Some(kind) = item.kind.get() {
        facts.set("kind", kind.zh());
    }
    if let Some(state) = item.state.get() {
        facts.set("state", state.zh());
    }
    if let Some(able) = item.able.get() {
        facts.set("able", able.zh());
    }
    facts.set(
        "result",
        match meaning {
            ItemMeaning::Performed => "performed",
            ItemMeaning::NoObstacle(_) => "no-obstacle",
            ItemMeaning::Obstacle(_) => "obstacle",
            ItemMeaning::WaitUntil(_) => "wait",
            ItemMeaning::Undecided(_) => "undecided",
        },
    );
    match meaning {
        ItemMeaning::WaitUntil(day) => facts.set("until", day),
        ItemMeaning::NoObstacle(r) | ItemMeaning::Obstacle(r) | ItemMeaning::Undecided(r) => {
            facts.set("reason", case.say(|| r.zh().to_owned(), || r.en().to_owned()));
        }
        ItemMeaning::Performed => {}
    }
    facts
}

/// The provision behind what an item means.
pub(super) fn item_basis(case: &Case<'_>, w: &mut World, meaning: ItemMeaning) -> Basis {
    if !case.property_rules(w) {
        return Basis::new("法释〔2016〕23号", "7", Some(1));
    }
    let (article, paragraph) = match meaning {
        ItemMeaning::WaitUntil(_) => ("6", Some(3)),
        ItemMeaning::Obstacle(Reason::Situation) => ("6", Some(1)),
        ItemMeaning::Obstacle(_) => ("4", Some(1)),
        ItemMeaning::NoObstacle(Reason::Confiscation) => ("9", None),
        ItemMeaning::NoObstacle(Reason::Remitted) => ("8", Some(1)),
        ItemMeaning::NoObstacle(Reason::Special) => ("10", None),
        ItemMeaning::NoObstacle(Reason::Terminated) => ("7", None),
        ItemMeaning::NoObstacle(_) => ("4", Some(3)),
        ItemMeaning::Performed => ("2", Some(1)),
        ItemMeaning::Undecided(_) => ("3", Some(1)),
    };
    Basis::new("法释〔2024〕5号", article, paragraph)
}

/// The property table: each unfinished item, the latest date governs.
fn property(case: &Case<'_>, w: &mut World) -> Leaf {
    if !case.property_known() {
        return Leaf::needs(case.sheet_place(Col::PrState), "执行法院结案通知书、缴付款票据、执行情况说明").says(
            case.say(
                || "没有财产性判项表，履行情况不明。".to_owned(),
                || "There is no sheet of property judgments.".to_owned(),
            ),
        );
    }
    if case.dossier.property.is_empty() {
        return Leaf::silent();
    }
    let meanings: Vec<ItemMeaning> = (0..case.dossier.property.len()).map(|i| case.item_meaning(w, i)).collect();
    let mut leaf = Leaf::pass();
    let obstacle = meanings.iter().find(|m| matches!(m, ItemMeaning::Obstacle(_) | ItemMeaning::WaitUntil(_)));
    let undecided = meanings.iter().position(|m| matches!(m, ItemMeaning::Undecided(_)));
    let rules = case.property_rules(w);
    let major = case.effective(w).major;
    let spared = obstacle.is_some() && rules && major && corruption_shares(case, w, "corruption-property-merit");
    if let Some(meaning) = obstacle {
        leaf = if spared {
            Leaf::pass().basis(&Basis::new("法释〔2024〕5号", "4", Some(4))).note(case.say(
                || "因重大立功减刑，一般不受财产性判项履行情况的影响。".to_owned(),
                || "A reduction for major merit is generally not affected by property judgments.".to_owned(),
            ))
        } else if rules {
            Leaf::violation()
        } else {
            Leaf::risk()
        };
        let basis = item_basis(case, w, *meaning);
        leaf = leaf.basis(&basis).says(property_text(case, *meaning));
    } else if let Some(at) = undecided {
        let ItemMeaning::Undecided(reason) = meanings[at] else { return Leaf::silent() };
        let place = case.dossier.property[at].state.place();
        leaf = Leaf::needs(place, "执行法院结案通知书、缴付款票据").says(case.say(
            || format!("财产性判项不能确定：{}。", reason.zh()),
            || format!("A property item cannot be decided: {}.", reason.en()),
        ));
    } else if rules
        && !major
        && let Some(signs) = super::pattern::spending_inferred(case)
    {
        // Spending alone only suggests ability (2024 art. 6.2): whether there was a special reason must be asked.
        let open = meanings.iter().position(|m| *m != ItemMeaning::Performed).unwrap_or(0);
        leaf = Leaf::needs(case.dossier.property[open].able.place(), "狱内消费流水、消费情况说明")
            .basis(&Basis::new("法释〔2024〕5号", "6", Some(2)))
            .cells(signs.cells)
            .says(case.say(
                || "财产性判项未履行完毕，狱内消费或者账户余额显示可能有履行能力，需要说明。".to_owned(),
                || {
                    "A property judgment is open while spending or the account suggests ability; this must be explained."
                        .to_owned()
                },
            ));
    } else {
        leaf = leaf.says(
            case.say(|| "财产性判项不妨碍减刑。".to_owned(), || "The property judgments are no obstacle.".to_owned()),
        );
    }
    if leaf.outcome == Some(super::finding::Outcome::Pass) {
        leaf = property_notes(case, leaf);
    }
    let items: Vec<Facts> = meanings.iter().enumerate().map(|(i, m)| item_facts(case, i, *m)).collect();
    leaf.fact("items", items).cells(case.dossier.property.iter().map(|p| p.state.at))
}

/// Several open items with damages unpaid while the fine is paid (2024 art. 11.2), and a false declaration found after an
/// earlier reduction (14.2).
fn property_notes(case: &Case<'_>, leaf: Leaf) -> Leaf {
    use crate::model::{PropertyKind, PropertyState};
    let state = |k: PropertyKind, done: bool| {
        case.dossier
            .property
            .iter()
            .any(|p| p.kind.get() == Some(k) && p.state.get().is_some_and(|s| (s == PropertyState::Performed) == done))
    };
    let hidden = case.dossier.property.iter().any(|p| {
        p.situation.known().is_some_and(|s| s.contains(&Situation::FalselyDeclared) || s.contains(&Situation::Hidden))
    });
    if hidden && case.standing.last_reduction.is_some() {
        return Leaf { outcome: Some(super::finding::Outcome::Risk), ..leaf }
            .basis(&Basis::new("法释〔2024〕5号", "14", Some(2)))
            .says(case.say(
                || "曾经减刑，又记载有虚假申报或者隐瞒财产，原裁定是否应当撤销需要核查。".to_owned(),
                || "There was an earlier reduction, and property was hidden or falsely declared: that ruling may have to \
                    be revoked."
                    .to_owned(),
            ));
    }
    if state(PropertyKind::CivilDamages, false) && state(PropertyKind::Fine, true) {
        return leaf.note(case.say(
            || "罚金已缴而民事赔偿未履行完毕，应当先承担民事赔偿。".to_owned(),
            || "The fine is paid while damages are not; damages come first.".to_owned(),
        ));
    }
    leaf
}

pub(super) fn property_text(case: &Case<'_>, meaning: ItemMeaning) -> String {
    match meaning {
        ItemMeaning::WaitUntil(day) => case.say(
            || format!("第六条情形消失或者履行完毕未满六个月，{day}起才可以。"),
            || {
                format!(
                    "Six months have not passed since the situation ended or the item was performed; lawful from {day}."
                )
            },
        ),
        ItemMeaning::Obstacle(reason) => case.say(
            || format!("财产性判项未履行完毕：{}。", reason.zh()),
            || format!("A property judgment is not performed: {}.", reason.en()),
        ),
        _ => String::new(),
    }
}

// ---- strictness ---------------------------------------------------------------------------------------------------

/// Where the law wants strictness without a number.
fn strictness(case: &Case<'_>, w: &mut World) -> Leaf {
    settle(try_strictness(case, w))
}

fn try_strictness(case: &Case<'_>, w: &mut World) -> Det<Leaf> {
    let stage = case.known_stage()?;
    let day = applied(case)?;
    let Some(app) = case.app else { return Ok(Leaf::silent()) };
    // Reprieved death becomes life by law; only a direct fixed term rests on conduct.
    let due_by_law = stage == Stage::Reprieve && !matches!(app.proposal.get(), Some(Proposal::ToFixed(_)));
    if due_by_law {
        return Ok(Leaf::silent());
    }
    let Some(grade) = case.grade(w) else { return Ok(Leaf::silent()) };
    let opinion = day >= case.rules.date("law/substance-from");
    let claimed = case.claimed(w);
    if opinion
        && claimed.repentance
        && let Some(leaf) = recent_penalty(case)
    {
        return Ok(leaf);
    }
    if case.in_group(w, Restricted::Corruption)
        && ((claimed.repentance && case.struck_for_remorse(w)) || case.able_not_paying(w))
    {
        return Ok(Leaf::risk().basis(&Basis::new("法释〔2019〕6号", "1", None)).cells([app.conduct.at]).says(
            case.say(
                || "贪污贿赂罪犯不认罪悔罪，或者有能力而不履行财产性判项，一般不予减刑。".to_owned(),
                || {
                    "A corruption inmate who does not repent, or is able to pay and does not, is generally not reduced."
                        .to_owned()
                },
            ),
        ));
    }
    let strict = case.is_r1(w) || case.is_r2(w);
    match app.proposal.get() {
        Some(Proposal::Reduce(months)) => {
            let Some(cap) = case.cap(w, grade)? else { return Ok(Leaf::silent()) };
            if opinion && stage.converted() && months == cap.value {
                let window = case.rules.threshold_int("reduction/strictness", "interval_margin_days");
                if let Some(wait) = case.interval(w)?
                    && (0..=window).contains(&date::days_between(wait.earliest, day))
                {
                    return Ok(Leaf::risk()
                        .basis(&Basis::new("法发〔2021〕31号", "10", None))
                        .cells([app.proposal.at, app.applied.at])
                        .fact("cap", cap.value)
                        .fact("proposed", months)
                        .fact("earliest", wait.earliest)
                        .fact("actual", day)
                        .says(case.say(
                            || "由无期徒刑或者死缓减来的罪犯，同时用足最大幅度和最短间隔。".to_owned(),
                            || "Converted from life or reprieved death: the largest amount and the shortest interval at once."
                                .to_owned(),
                        )));
                }
            }
            if strict
                && let Some(general) = case.general_cap(w, grade)?
                && months == general.value
                && !case.restricted_own_figure(w, grade, false)?
            {
                return Ok(general_figure(case, &general, months).cells([app.proposal.at]));
            }
        }
        Some(Proposal::ToFixed(term)) if stage.is_life() => {
            if strict
                && (2..=4).contains(&grade)
                && let Some(general) = case.general_target(w, grade)?
                && term == general.value
                && !case.restricted_own_figure(w, grade, true)?
            {
                return Ok(general_figure(case, &general, term).cells([app.proposal.at]));
            }
        }
        _ => {}
    }
    Ok(Leaf::silent())
}

fn general_figure(case: &Case<'_>, general: &Figure, proposed: Term) -> Leaf {
    Leaf::risk().basis(&general.basis).fact("cap", general.value).fact("proposed", proposed).says(case.say(
        || "属于应当从严的罪犯，建议却用足一般罪犯的幅度。".to_owned(),
        || "The inmate is to be treated strictly, yet the general figure is used in full.".to_owned(),
    ))
}

/// 警告, 记过 or 禁闭 since the last ruling, with 悔改 claimed (31号 art. 5).
fn recent_penalty(case: &Case<'_>) -> Option<Leaf> {
    let until = case.reference_day();
    let rulings = case.dossier.rulings.iter().filter_map(|r| r.date.get()).filter(|d| *d < until);
    let since = rulings.max().or(case.inmate.delivered.get());
    let penalties: Vec<_> = case
        .dossier
        .awards
        .iter()
        .filter(|a| {
            matches!(a.kind.get(), Some(AwardKind::Warning | AwardKind::Demerit | AwardKind::Confinement))
                && a.date.get().is_some_and(|d| d <= until && since.is_none_or(|s| d >= s))
        })
        .collect();
    let last = penalties.iter().filter_map(|a| a.date.get()).max()?;
    Some(
        Leaf::risk()
            .basis(&Basis::new("法发〔2021〕31号", "5", None))
            .cells(penalties.iter().map(|a| a.kind.at))
            .fact("actual", last)
            .says(case.say(
                || format!("上次裁定以来受过处罚（最近{last}），仍认定确有悔改表现。"),
                || format!("Penalised since the last ruling (most recently {last}), yet repentance is claimed."),
            )),
    )
}
