//! What the law allows in a case: each value over all completions and readings, for the `limits` of the output.

use super::case::Case;
use super::conduct::Det;
use super::finding::Basis;
use super::windows::{Figure, Lifted, Wait};
use super::world::{Determined, Settled, World, holds, settle};
use crate::model::{SheetKind, Stage};
use crate::review::Limits;

fn determined<T>(value: Det<Option<T>>) -> Determined<T> {
    match value {
        Ok(Some(v)) => Determined::Is(v),
        Ok(None) => Determined::Absent,
        Err(_) => Determined::Unknown,
    }
}

/// Computes the limits of a case.
pub fn limits(case: &Case<'_>) -> Limits {
    let graded = |f: fn(&Case<'_>, &mut World, u8) -> Det<Option<crate::model::Term>>, applies: fn(Stage) -> bool| {
        settle(|w| match case.known_stage() {
            Ok(stage) if !applies(stage) => Determined::Absent,
            Ok(_) => match case.grade(w) {
                None => Determined::LeftOut,
                Some(grade) => determined(f(case, w, grade)),
            },
            Err(_) => Determined::Unknown,
        })
    };
    Limits {
        stage: match case.standing.stage {
            Some(stage) => Settled::Is(stage),
            None => Settled::Open(Vec::new()),
        },
        start: settle(|w| determined(case.start(w).map(|s| s.map(|s| s.earliest)))),
        interval: settle(|w| interval(case, w)),
        earliest: settle(|w| earliest(case, w)),
        cap: graded(
            |c, w, g| c.cap(w, g).map(|f| f.map(|f| f.value)),
            |s| s.has_end() && !matches!(s, Stage::Control | Stage::Detention),
        ),
        target: graded(|c, w, g| c.target(w, g).map(|f| f.map(|f| f.value)), Stage::is_life),
        floor: settle(|w| determined(case.floor(w).map(|f| Some(f.earliest)))),
        end_now: settle(|w| {
            if case.standing.stage.is_some_and(Stage::has_end) && !case.has(SheetKind::Rulings) {
                return Determined::Unknown;
            }
            determined(case.end_now(w))
        }),
        end_proposed: settle(|w| end_proposed(case, w)),
        exempt: settle(|w| {
            let conduct = case.effective(w);
            determined(exempt(case, w, conduct).map(Some))
        }),
        relaxed: settle(|w| Determined::Is(case.relaxable(w))),
        parole: parole(case),
    }
}

/// First day of parole by time served; absent only where parole is barred under every completion and reading.
fn parole(case: &Case<'_>) -> Settled<chrono::NaiveDate> {
    if holds(|w| super::parole::barred_for_good(case, w)) == Some(true) {
        return Settled::Absent;
    }
    settle(|w| determined(case.parole_day(w).map(|p| p.map(|p| p.earliest))))
}

fn interval(case: &Case<'_>, w: &mut World) -> Determined<chrono::NaiveDate> {
    if !case.has(SheetKind::Rulings) && case.standing.stage.is_some_and(Stage::has_end) {
        return Determined::Unknown;
    }
    determined(case.interval(w).map(|s| s.map(|s| s.earliest)))
}

fn end_proposed(case: &Case<'_>, w: &mut World) -> Determined<chrono::NaiveDate> {
    if case.kind() == Some(crate::model::AppKind::Parole) {
        return Determined::Absent;
    }
    if case.standing.stage.is_some_and(Stage::has_end) && !case.has(SheetKind::Rulings) {
        return Determined::Unknown;
    }
    determined(case.end_proposed(w))
}

/// Whether major merit drops the waiting time that the case has.
fn exempt(case: &Case<'_>, w: &mut World, conduct: super::conduct::Effective) -> Det<bool> {
    if !conduct.major {
        return Ok(false);
    }
    let stage = case.known_stage()?;
    Ok(match stage {
        Stage::Control | Stage::Detention | Stage::Reprieve => false,
        Stage::Life | Stage::LifeAfterReprieve => case.start_lifted(w, conduct)? == Lifted::Yes,
        Stage::Fixed if !case.standing.reduced_in_stage => case.start_lifted(w, conduct)? == Lifted::Yes,
        _ => case.interval_lifted(w, conduct)? == Lifted::Yes,
    })
}

/// Latest of the start (while there was no reduction of the stage), the interval, dated bars and property waits.
fn earliest(case: &Case<'_>, w: &mut World) -> Determined<chrono::NaiveDate> {
    match try_earliest(case, w) {
        Ok(Some(days)) => days.into_iter().max().map_or(Determined::Absent, Determined::Is),
        Ok(None) => Determined::Absent,
        Err(_) => Determined::Unknown,
    }
}

pub(super) fn try_earliest(case: &Case<'_>, w: &mut World) -> Det<Option<Vec<chrono::NaiveDate>>> {
    let stage = case.known_stage()?;
    let mut days = Vec::new();
    let conduct = case.effective(w);
    for bar in case.bars(w)? {
        match bar.until {
            Some(until) => days.push(until),
            None if bar.kind == super::windows::BarKind::Suspended && conduct.major => {}
            None => return Ok(None),
        }
    }
    if stage == Stage::Reprieve {
        days.push(case.reprieve_end()?);
        return Ok(Some(days));
    }
    if !case.standing.reduced_in_stage
        && let Some(start) = case.start(w)?
        && case.start_lifted(w, conduct)? != Lifted::Yes
    {
        days.push(start.earliest);
    }
    if stage.has_end() && !case.has(SheetKind::Rulings) {
        return Err(Box::default());
    }
    if let Some(interval) = case.interval(w)?
        && case.interval_lifted(w, conduct)? != Lifted::Yes
    {
        days.push(interval.earliest);
    }
    days.extend(case.property_wait(w));
    Ok(Some(days))
}

/// The provisions each limit rests on, over all completions and readings; limits without one are left out.
pub fn provisions(case: &Case<'_>) -> Vec<(&'static str, Vec<Basis>)> {
    let graded = |w: &mut World, f: fn(&Case<'_>, &mut World, u8) -> Det<Option<Figure>>| match case.grade(w) {
        Some(grade) => Ok(f(case, w, grade)?.map(|figure| figure.basis)),
        None => Ok(None),
    };
    let wait = |wait: Option<Wait>| wait.map(|w| w.basis);
    let all = [
        ("start", settle(|w| determined(case.start(w).map(wait)))),
        ("interval", settle(|w| determined(case.interval(w).map(wait)))),
        ("cap", settle(|w| determined(graded(w, |c, w, g| c.cap(w, g))))),
        ("target", settle(|w| determined(graded(w, |c, w, g| c.target(w, g))))),
        ("floor", settle(|w| determined(case.floor(w).map(|f| Some(f.basis))))),
        ("parole", settle(|w| determined(case.parole_day(w).map(wait)))),
    ];
    let list = |settled| match settled {
        Settled::Absent => Vec::new(),
        Settled::Is(basis) => vec![basis],
        Settled::Open(list) => list,
    };
    all.into_iter().map(|(key, settled)| (key, list(settled))).filter(|(_, list)| !list.is_empty()).collect()
}
