//! What a check can look at: one application (or one person without one) with everything the batch says about the person.

use std::cell::OnceCell;
use std::fmt;

use chrono::NaiveDate;

use super::groups::GroupTable;
use super::person::Person;
use super::world::World;
use crate::law::Rules;
use crate::model::{
    AppKind, Application, CellRef, Col, Dossier, Field, Inmate, Place, Presence, SheetKind, Sources, Standing, timeline,
};
use crate::review::Aggregate;

/// The language of the texts a review produces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Whether it is Chinese.
    pub fn is_zh(self) -> bool {
        self == Lang::Zh
    }

    /// One of two texts, of which only the one needed is built.
    pub fn pick(self, zh: impl FnOnce() -> String, en: impl FnOnce() -> String) -> String {
        match self {
            Lang::Zh => zh(),
            Lang::En => en(),
        }
    }
}

/// A number with what it counts, in English: `1 day`, `2 days`.
pub struct Counted<N> {
    n: N,
    one: &'static str,
    many: &'static str,
}

/// A number with what it counts, in English, where there is one and where there are none or several.
pub fn counted<N>(n: N, one: &'static str, many: &'static str) -> Counted<N> {
    Counted { n, one, many }
}

impl<N: fmt::Display + PartialEq + From<u8>> fmt::Display for Counted<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.n, if self.n == N::from(1) { self.one } else { self.many })
    }
}

/// What all cases of a batch share.
#[derive(Clone, Copy)]
pub struct BatchContext<'a> {
    /// The law.
    pub rules: &'a Rules,
    /// Where cells are.
    pub sources: &'a Sources,
    /// Which sheets and columns the batch has.
    pub presence: &'a Presence,
    /// The day of the review.
    pub as_of: NaiveDate,
    /// The language of messages.
    pub lang: Lang,
    /// What the rest of the batch says; `None` where a dossier is looked at alone.
    pub aggregate: Option<&'a Aggregate>,
}

/// One case under review.
pub struct Case<'a> {
    /// Everything known about the person.
    pub dossier: &'a Dossier,
    /// The person's row of 罪犯信息.
    pub inmate: &'a Inmate,
    /// The application; `None` for a person without one.
    pub app: Option<&'a Application>,
    /// What follows from the person's rows alone, worked out once a person.
    pub person: &'a Person<'a>,
    /// Where the sentence stands just before the application (today, without one).
    pub standing: Standing,
    /// The law.
    pub rules: &'a Rules,
    /// Where cells are.
    pub sources: &'a Sources,
    /// Which sheets and columns the batch has.
    pub presence: &'a Presence,
    /// The day of the review; by itself it never makes a violation.
    pub as_of: NaiveDate,
    /// The language of messages.
    pub lang: Lang,
    /// What the rest of the batch says; `None` where a dossier is looked at alone.
    pub aggregate: Option<&'a Aggregate>,
    pub(super) groups: OnceCell<GroupTable>,
    pub(super) law_days: OnceCell<(NaiveDate, Option<NaiveDate>)>,
}

impl<'a> Case<'a> {
    /// A case of `person`: one application, or none.
    pub fn new(person: &'a Person<'a>, app: Option<&'a Application>, batch: &BatchContext<'a>) -> Case<'a> {
        let cut = app.and_then(|a| a.applied.get());
        let dossier = person.dossier;
        let law = batch.rules.replay_law();
        let mut standing = timeline::replay(person.inmate, &dossier.rulings, &dossier.new_crimes, &law, cut);
        if !batch.presence.has(SheetKind::Rulings) {
            standing.without_rulings();
        }
        Case {
            dossier,
            inmate: person.inmate,
            app,
            person,
            standing,
            rules: batch.rules,
            sources: batch.sources,
            presence: batch.presence,
            as_of: batch.as_of,
            lang: batch.lang,
            aggregate: batch.aggregate,
            groups: OnceCell::new(),
            law_days: OnceCell::new(),
        }
    }

    /// The same person as another application found them: one that is not in the batch, for a ruling made before.
    pub fn with_application<'c>(&'c self, app: &'c Application) -> Case<'c> {
        let batch = BatchContext {
            rules: self.rules,
            sources: self.sources,
            presence: self.presence,
            as_of: self.as_of,
            lang: self.lang,
            aggregate: self.aggregate,
        };
        Case::new(self.person, Some(app), &batch)
    }

    /// The kind of application, if there is one and it is known.
    pub fn kind(&self) -> Option<AppKind> {
        self.app.and_then(|a| a.kind.get())
    }

    /// 提请日期, if known.
    pub fn applied(&self) -> Option<NaiveDate> {
        self.app.and_then(|a| a.applied.get())
    }

    /// The day to which the person's record is looked at: 提请日期, else the as-of date.
    pub fn reference_day(&self) -> NaiveDate {
        self.applied().unwrap_or(self.as_of)
    }

    /// Whether the batch has a sheet.
    pub fn has(&self, kind: SheetKind) -> bool {
        self.presence.has(kind)
    }

    /// One of two texts.
    pub fn say(&self, zh: impl FnOnce() -> String, en: impl FnOnce() -> String) -> String {
        self.lang.pick(zh, en)
    }

    /// Yes or no as the cell says; where it does not, the world decides.
    pub fn yes(&self, w: &mut World, key: &'static str, field: &Field<bool>, document: &'static str) -> bool {
        match field.get() {
            Some(answer) => answer,
            None => w.ask(key, field.place(), document),
        }
    }

    /// A place standing for a whole missing sheet, through one of its columns.
    pub fn sheet_place(&self, col: Col) -> Place {
        Place { at: CellRef::NOWHERE, col }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_singular() {
        let texts = [-1_i64, 0, 1, 2].map(|n| counted(n, "day", "days").to_string());
        assert_eq!(texts, ["-1 days", "0 days", "1 day", "2 days"]);
    }

    #[test]
    fn a_text_is_that_of_the_language_and_the_other_is_not_built() {
        let other = || unreachable!("the text of the other language was built");
        assert_eq!(Lang::Zh.pick(|| "天".to_owned(), other), "天");
        assert_eq!(Lang::En.pick(other, || "day".to_owned()), "day");
    }
}
