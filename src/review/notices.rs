//! Problems that only show once the rows are seen together and beside the law: warnings, since the checks decide.

use crate::checks::case::Case;
use crate::model::{Place, Problem, ProblemCode, Sources};

/// The warnings of one case: the recorded end date is not the replayed one; a charge did not exist under that name.
pub fn notices(case: &Case<'_>) -> Vec<Problem> {
    let mut out = Vec::new();
    let standing = &case.standing;
    if standing.recorded_agrees() == Some(false)
        && let Some((recorded, place)) = standing.recorded_end
    {
        let expected = standing.forward_end.map(|d| d.to_string()).unwrap_or_default();
        out.push(problem(
            case.sources,
            ProblemCode::EndDateDisagrees,
            place,
            format!("{}：记载的止日{recorded}与按裁定推算的{expected}不一致，两个日期都用于核对", place.col.name()),
            format!(
                "{}: the recorded end {recorded} and the replayed end {expected} differ; both are examined",
                place.col.name()
            ),
        ));
    }
    if let Some(judged) = case.inmate.judged.get() {
        for charge in case.person.known_charges().filter(|c| !c.in_use_on(judged)) {
            let place = case.inmate.charges.place();
            out.push(problem(
                case.sources,
                ProblemCode::ChargePeriod,
                place,
                format!("罪名：判决日{judged}没有“{}”这一罪名，仍按该罪名核对", charge.name),
                format!(
                    "罪名: on {judged} there was no charge of that name ({}); it is used all the same",
                    charge.name
                ),
            ));
        }
    }
    out
}

fn problem(sources: &Sources, code: ProblemCode, place: Place, zh: String, en: String) -> Problem {
    let sheet = sources.sheet(place.at.sheet);
    Problem {
        level: code.level(),
        code,
        file: sheet.map(|s| s.file.clone()).unwrap_or_default(),
        sheet: sheet.map(|s| s.sheet.clone()).unwrap_or_default(),
        cell: place.at.a1(),
        zh,
        en,
        at: Some(place.at),
    }
}
