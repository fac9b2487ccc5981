//! The records of each kind of sheet, out of the fields of a row.

use rust_decimal::Decimal;

use super::build::Builder;
use super::cell::{self, Commendations, Context, Raw};
use super::columns::Extra;
use super::field::{Line, Reader};
use super::values::{self, Bad, ChangeText, ProposalText, SentenceText};
use crate::model::packed::Entry;
use crate::model::*;

/// The number a row was read with, as written, and whose it is: the next row is mostly of the same person.
pub(super) type Last = Option<(String, usize)>;

/// Reads the row's person and its record. `None` if it became no record; a problem then says why.
pub(super) fn record(
    builder: &mut Builder,
    kind: SheetKind,
    no_col: Col,
    line: &Line<'_>,
    last: &mut Last,
) -> Option<usize> {
    let text = match line.feed.slots(no_col) {
        [slot] => match line.cell(*slot) {
            Raw::Text(t) | Raw::Untyped(t) => Some(t.as_ref()),
            _ => None,
        },
        _ => None,
    };
    if let (Some(text), Some((before, person))) = (text, &*last) {
        if text == before && !matches!(kind, SheetKind::Inmates | SheetKind::Applications) {
            let person = *person;
            let used = others_record(builder, kind, person, line);
            return used.then_some(person);
        }
    }
    let mut r = Reader::new(line);
    let mut no: Field<String> = r.optional(no_col);
    if let (Value::Empty, Some(merged)) = (&no.value, line.merged) {
        let ctx = Context { col: no_col, unit: None, epoch: line.epoch };
        no.value = cell::read::<String>(merged, &ctx).value;
    }
    let Some(number) = no.known().cloned() else {
        if no.is_empty() {
            r.remarks.clear();
            r.say(
                no.at,
                no_col,
                Bad::new(
                    ProblemCode::MissingCell,
                    "",
                    "编号为空，整行未读取",
                    "blank, so that the row belongs to nobody and was not read",
                ),
            );
        }
        builder.settle(None, r.remarks);
        return None;
    };
    r.remarks.clear();
    let person = builder.person(&number);
    if let Some(text) = text {
        *last = Some((text.to_owned(), person));
    }
    let mut reader = Reader::new(line);
    match kind {
        SheetKind::Inmates => {
            let record = Inmate { no: no.clone(), ..inmate(&mut reader) };
            let order = builder.next();
            builder.add_inmate(person, record, order);
        }
        SheetKind::Applications => {
            let record = Application { no: no.clone(), ..application(&mut reader) };
            let order = builder.next();
            if let Some(p) = builder.persons.get_mut(person) {
                p.applied_at.get_or_insert(order);
                p.packed.push(&record);
            }
        }
        _ => return others_record(builder, kind, person, line).then_some(person),
    }
    builder.settle(Some(person), reader.remarks);
    Some(person)
}

/// Reads a record that does not hold its person's number itself.
fn others_record(builder: &mut Builder, kind: SheetKind, person: usize, line: &Line<'_>) -> bool {
    let mut reader = Reader::new(line);
    let r = &mut reader;
    let used = match kind {
        SheetKind::Inmates | SheetKind::Applications => false,
        SheetKind::Points => {
            let record = points(r);
            push(builder, person, record)
        }
        SheetKind::Spending => {
            let record = spending(r);
            push(builder, person, record)
        }
        SheetKind::Awards => push(builder, person, Some(award(r))),
        SheetKind::Rulings => push(builder, person, Some(ruling(r))),
        SheetKind::Property => push(builder, person, Some(property(r))),
        SheetKind::Custody => push(builder, person, Some(custody(r))),
        SheetKind::NewCrimes => push(builder, person, Some(new_crime(r))),
    };
    builder.settle(Some(person), reader.remarks);
    used
}

fn push<T: Entry>(builder: &mut Builder, person: usize, record: Option<T>) -> bool {
    match (record, builder.persons.get_mut(person)) {
        (Some(record), Some(p)) => {
            p.packed.push(&record);
            true
        }
        _ => false,
    }
}

/// A flag that the sentence's tail states, where the column is blank; a contradiction makes it unclear.
fn flag_from_tail(r: &mut Reader<'_>, field: &mut Field<bool>, sentence_at: CellRef, said: bool, word: &str) {
    if !said {
        return;
    }
    match field.value {
        Value::Empty => *field = Field { value: Value::Known(true), at: sentence_at, col: field.col },
        Value::Known(false) => {
            field.value = Value::Unclear;
            let bad = Bad::new(
                ProblemCode::AliasConflict,
                word,
                format!("原判刑罚写明{word}，本列却填“否”，按不明处理"),
                format!("the sentence says {word}, this column says no; the value is unknown"),
            );
            r.say(field.at, field.col, bad);
        }
        Value::Known(true) | Value::Unclear => {}
    }
}

fn rights_from_tail(r: &mut Reader<'_>, field: &mut Field<Rights>, from: CellRef, said: Option<Rights>) {
    let Some(said) = said else { return };
    match field.value {
        Value::Empty => *field = Field { value: Value::Known(said), at: from, col: field.col },
        Value::Known(own) if own != said => {
            field.value = Value::Unclear;
            let bad = Bad::new(
                ProblemCode::AliasConflict,
                "剥夺政治权利",
                format!("与{}所写的剥夺政治权利不一致，按不明处理", from.a1().unwrap_or_default()),
                format!(
                    "differs from the deprivation of political rights in {}; the value is unknown",
                    from.a1().unwrap_or_default()
                ),
            );
            r.say(field.at, field.col, bad);
        }
        Value::Known(_) | Value::Unclear => {}
    }
}

pub(super) fn inmate(r: &mut Reader<'_>) -> Inmate {
    use Col::*;
    let no = r.optional(InNo);
    let name = r.field(InName);
    let sex = r.field(InSex);
    let birth = r.field(InBirth);
    let id_number: Field<String> = r.field(InIdNumber);
    let id_number = Field { value: id_number.value.map(|t| t.to_uppercase()), ..id_number };
    let charges = r.field(InCharges);
    let crime_date = r.field(InCrimeDate);
    let text: Field<SentenceText> = r.field(InSentence);
    let tail = text.get();
    let sentence = Field { value: text.value.map(|s| s.sentence), at: text.at, col: text.col };
    let mut out = Inmate {
        no,
        name,
        sex,
        birth,
        id_number,
        charges,
        crime_date,
        sentence,
        count_terms: r.field(InCountTerms),
        judged: r.field(InJudged),
        effective: r.field(InEffective),
        detained: r.field(InDetained),
        delivered: r.field(InDelivered),
        term_start: r.field(InTermStart),
        term_end: r.field(InTermEnd),
        current_end: r.field(InCurrentEnd),
        reprieve_end: r.field(InReprieveEnd),
        recidivist: r.field(InRecidivist),
        drug_recidivist: r.field(InDrugRecidivist),
        functionary: r.field(InFunctionary),
        limited: r.field(InLimited),
        whole_life: r.field(InWholeLife),
        suspended: r.field(InSuspended),
        rank: r.field(InRank),
        categories: r.field(InCategories),
        health: r.field(InHealth),
        health_date: r.field(InHealthDate),
        rights: r.field(InRights),
        restitution: r.field(InRestitution),
        remorse: r.field(InRemorse),
        assessment: r.field(InAssessment),
        assessment_date: r.field(InAssessmentDate),
        prison: r.field(InPrison),
        ward: r.field(InWard),
    };
    if let Some(tail) = tail {
        let at = out.sentence.at;
        rights_from_tail(r, &mut out.rights, at, tail.rights);
        flag_from_tail(r, &mut out.limited, at, tail.limited, "限制减刑");
        flag_from_tail(r, &mut out.whole_life, at, tail.whole_life, "终身监禁");
        flag_from_tail(r, &mut out.suspended, at, tail.suspended, "缓刑");
    }
    out
}

pub(super) fn application(r: &mut Reader<'_>) -> Application {
    use Col::*;
    let no = r.optional(ApNo);
    let case_no = r.field(ApCaseNo);
    let kind = r.field(ApKind);
    let applied = r.field(ApApplied);
    let text: Field<ProposalText> = r.field(ApProposal);
    let tail = text.get().and_then(|p| p.rights);
    let proposal = Field { value: text.value.map(|p| p.proposal), at: text.at, col: text.col };
    let mut rights = r.field(ApRights);
    rights_from_tail(r, &mut rights, proposal.at, tail);
    let conduct = r.field(ApConduct);
    let period_from = r.field(ApPeriodFrom);
    let period_to = r.field(ApPeriodTo);
    let both: Field<Commendations> = r.field(ApCommendations);
    let rest = both.get().and_then(|c| c.rest);
    let commendations = Field { value: both.value.map(|c| c.count), at: both.at, col: both.col };
    let mut balance: Field<Decimal> = r.field(ApBalance);
    if let (Some(rest), Value::Empty) = (rest, &balance.value) {
        balance = Field { value: Value::Known(rest), at: commendations.at, col: ApBalance };
    } else if let (Some(rest), Some(own)) = (rest, balance.get()) {
        if rest != own {
            balance.value = Value::Unclear;
            let bad = Bad::new(
                ProblemCode::AliasConflict,
                &own.to_string(),
                format!("与认定表扬次数一列所写的余{rest}分不一致，按不明处理"),
                format!("differs from the rest of {rest} in the column of commendations; the value is unknown"),
            );
            r.say(balance.at, ApBalance, bad);
        }
    }
    let published_from = r.field(ApPublishedFrom);
    let published_to = r.field(ApPublishedTo);
    let sent = r.field(ApSent);
    let opinion = r.field(ApOpinion);
    let court = r.field(ApCourt);
    let hearing = r.field(ApHearing);
    let received = r.field(ApReceived);
    let ruled = r.field(ApRuled);
    let result: Field<ChangeText> = r.field(ApResult);
    Application {
        no,
        case_no,
        kind,
        applied,
        proposal,
        rights,
        conduct,
        period_from,
        period_to,
        commendations,
        balance,
        published_from,
        published_to,
        sent,
        opinion,
        court,
        hearing,
        received,
        ruled,
        result: Field { value: result.value.map(|c| c.change), at: result.at, col: result.col },
        probation_end: r.field(ApProbationEnd),
    }
}

fn plus(a: Value<Decimal>, b: Value<Decimal>) -> Value<Decimal> {
    match (a, b) {
        (Value::Unclear, _) | (_, Value::Unclear) => Value::Unclear,
        (Value::Known(a), Value::Known(b)) => a.checked_add(b).map_or(Value::Unclear, Value::Known),
        (known, Value::Empty) | (Value::Empty, known) => known,
    }
}

/// Splits a signed amount into bonus and deduction.
pub(super) fn split_signed(part: Part, signed: Value<Decimal>) -> Part {
    let (bonus, deduction) = match signed {
        Value::Known(v) if v.is_sign_negative() && !v.is_zero() => (Value::Known(Decimal::ZERO), Value::Known(-v)),
        Value::Known(v) => (Value::Known(v), Value::Known(Decimal::ZERO)),
        Value::Empty => (Value::Empty, Value::Empty),
        Value::Unclear => (Value::Unclear, Value::Unclear),
    };
    Part { base: part.base, bonus: plus(part.bonus, bonus), deduction: plus(part.deduction, deduction) }
}

fn points(r: &mut Reader<'_>) -> Option<PointRow> {
    use Col::*;
    let month: Field<Month> = r.field(PtMonth);
    let month = month.get()?;
    let mut part = |base, bonus, deduction, extra| {
        let part = Part { base: r.value(base), bonus: r.value(bonus), deduction: r.amount(deduction) };
        let signed = r.signed(extra, bonus);
        split_signed(part, signed)
    };
    let supervision = part(PtSupervisionBase, PtSupervisionBonus, PtSupervisionDeduction, Extra::SupervisionSigned);
    let education = part(PtEducationBase, PtEducationBonus, PtEducationDeduction, Extra::EducationSigned);
    let labour = part(PtLabourBase, PtLabourBonus, PtLabourDeduction, Extra::LabourSigned);
    Some(PointRow {
        at: RowRef { sheet: r.line.source, line: r.line.row },
        month,
        supervision,
        education,
        labour,
        special: r.value(PtSpecial),
        penalty: r.amount(PtPenalty),
        score: r.value(PtScore),
        balance: r.value(PtBalance),
        cycle: r.amount(PtCycle),
        officer: r.value(PtOfficer),
        prison: r.value(PtPrison),
        ward: r.value(PtWard),
        post: r.value(PtPost),
        note: r.value(PtNote),
    })
}

fn award(r: &mut Reader<'_>) -> Award {
    use Col::*;
    Award {
        date: r.field(AwDate),
        kind: r.field(AwKind),
        grade: r.field(AwGrade),
        cycle_from: r.field(AwCycleFrom),
        cycle_to: r.field(AwCycleTo),
        from: r.field(AwFrom),
        to: r.field(AwTo),
        points: r.field(AwPoints),
        reason: r.field(AwReason),
        doc_no: r.field(AwDocNo),
        patent: r.field(AwPatent),
        confirmed: r.field(AwConfirmed),
        full_roster: r.field(AwFullRoster),
    }
}

/// 变更内容, or what 减刑幅度 and 加减刑幅度 with 变更类型 say instead.
fn ruling_change(r: &mut Reader<'_>) -> (Field<Change>, Option<Rights>) {
    let line = r.line;
    let has_column = !line.feed.slots(Col::RuChange).is_empty();
    let mut change: Field<ChangeText> =
        if has_column { r.optional(Col::RuChange) } else { Field::empty(Col::RuChange, line.at(None)) };
    let kind_slot = line.feed.extra(Extra::ChangeKind);
    let kind_text = kind_slot.map_or_else(String::new, |s| values::squeeze(&line.cell(s).show()));
    for extra in [Extra::ReductionAmount, Extra::ChangeAmount] {
        let Some(slot) = line.feed.extra(extra) else { continue };
        if !change.is_empty() {
            break;
        }
        let at = line.at(Some(slot.col));
        let raw = line.cell(slot);
        let ctx = Context { col: Col::RuChange, unit: slot.unit, epoch: line.epoch };
        // 减刑六个月 is complete in itself; a bare amount needs to be told to be a reduction.
        let whole = cell::read::<ChangeText>(raw, &ctx);
        if !matches!(whole.value, Value::Unclear) {
            change = Field { value: whole.value, at, col: Col::RuChange };
            if let Some(bad) = whole.remark {
                r.say(at, Col::RuChange, bad);
            }
            continue;
        }
        let reduction = extra == Extra::ReductionAmount || matches!(kind_text.as_str(), "减刑" | "裁定减刑" | "减");
        let amount = cell::read::<Term>(raw, &ctx);
        match (amount.value, reduction) {
            (Value::Known(t), true) => {
                change = Field::of(ChangeText { change: Change::Reduce(t), rights: None }, Col::RuChange, at);
                if let Some(bad) = amount.remark {
                    r.say(at, Col::RuChange, bad);
                }
            }
            (Value::Known(_), false) => {
                change = Field { value: Value::Unclear, at, col: Col::RuChange };
                let bad = Bad::new(
                    ProblemCode::BadTerm,
                    &raw.show(),
                    format!("幅度是减刑还是加刑不明（类型：“{kind_text}”）；请写“减刑六个月”，或在类型列写“减刑”"),
                    format!(
                        "a reduction or an addition? (kind: {kind_text:?}); write 减刑六个月, or 减刑 in the column 类型"
                    ),
                );
                r.say(at, Col::RuChange, bad);
            }
            _ => {
                change = Field { value: Value::Unclear, at, col: Col::RuChange };
                if let Some(bad) = whole.remark {
                    r.say(at, Col::RuChange, bad);
                }
            }
        }
    }
    // 假释, 撤销假释 and the like need no amount.
    if change.is_empty() {
        if let Some(slot) = kind_slot {
            if let Ok(text) = values::change(&kind_text) {
                change = Field::of(text, Col::RuChange, line.at(Some(slot.col)));
            }
        }
    }
    if change.is_empty() {
        let at = match line.feed.slots(Col::RuChange).first() {
            Some(s) => line.at(Some(s.col)),
            None => [Extra::ReductionAmount, Extra::ChangeAmount]
                .iter()
                .find_map(|e| line.feed.extra(*e))
                .map_or(line.at(None), |s| line.at(Some(s.col))),
        };
        change.at = at;
        r.remarks.retain(|m| !(m.at == at && m.bad.code == ProblemCode::LoneDash));
        r.say(at, Col::RuChange, Bad::new(ProblemCode::MissingCell, "", "必填，但为空", "required, but blank"));
    }
    let rights = change.known().and_then(|c| c.rights);
    (Field { value: change.value.map(|c| c.change), at: change.at, col: Col::RuChange }, rights)
}

fn ruling(r: &mut Reader<'_>) -> Ruling {
    use Col::*;
    let date = r.field(RuDate);
    let served = r.field(RuServed);
    let (change, tail) = ruling_change(r);
    let mut rights = r.field(RuRights);
    rights_from_tail(r, &mut rights, change.at, tail);
    Ruling {
        date,
        served,
        change,
        new_start: r.field(RuNewStart),
        new_end: r.field(RuNewEnd),
        rights,
        court: r.field(RuCourt),
        case_no: r.field(RuCaseNo),
    }
}

fn property(r: &mut Reader<'_>) -> PropertyItem {
    use Col::*;
    PropertyItem {
        kind: r.field(PrKind),
        amount: r.field(PrAmount),
        paid: r.field(PrPaid),
        state: r.field(PrState),
        able: r.field(PrAble),
        situation: r.field(PrSituation),
        situation_ended: r.field(PrSituationEnded),
        performed: r.field(PrPerformed),
    }
}

fn spending(r: &mut Reader<'_>) -> Option<SpendingRow> {
    use Col::*;
    let month: Field<Month> = r.field(SpMonth);
    let month = month.get()?;
    Some(SpendingRow {
        at: RowRef { sheet: r.line.source, line: r.line.row },
        month,
        spent: r.value(SpSpent),
        limit: r.value(SpLimit),
        balance: r.value(SpBalance),
    })
}

fn custody(r: &mut Reader<'_>) -> CustodyRow {
    use Col::*;
    CustodyRow {
        from: r.field(CuFrom),
        to: r.field(CuTo),
        kind: r.field(CuKind),
        reason: r.field(CuReason),
        authority: r.field(CuAuthority),
        doc_no: r.field(CuDocNo),
        place: r.field(CuPlace),
        note: r.field(CuNote),
    }
}

fn new_crime(r: &mut Reader<'_>) -> NewCrime {
    use Col::*;
    NewCrime {
        kind: r.field(NcKind),
        crime_date: r.field(NcCrimeDate),
        confirmed: r.field(NcConfirmed),
        sentence: r.field(NcSentence),
        decided: r.field(NcDecided),
        new_start: r.field(NcNewStart),
        new_end: r.field(NcNewEnd),
        intentional: r.field(NcIntentional),
        confessed: r.field(NcConfessed),
    }
}
