//! What everything else is built on: terms and months, charges, identity numbers, the rules and what local rules may
//! change, the worlds a check is run in, packed dossiers.

mod support;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use jxjs::checks::finding::{Class, Fact, Finding, Leaf, Missing, Outcome};
use jxjs::checks::identity;
use jxjs::checks::person::{Person, Proof};
use jxjs::checks::registry;
use jxjs::checks::world::{Determined, Origin, Settled, World, examine, holds, settle};
use jxjs::law::charges::{Categories, ChargeBook};
use jxjs::law::limits::Stricter;
use jxjs::law::{Band, CheckEntry, Rules, RulesError};
use jxjs::model::value::{RowRef, column_letters};
use jxjs::model::{
    Application, CellRef, Change, Col, Conduct, Dossier, End, Inmate, Month, PackedDossier, Place, PointRow, Proposal,
    Ruling, Sentence, Sex, SpendingRow, Term, Value, date,
};
use rust_decimal::Decimal;
use serde::Serialize;
use support::{d, t};

// Terms and months.

#[test]
fn a_term_is_kept_in_months_and_days() {
    for (term, years, months, days, total, iso) in [
        (Term::new(3, 7, 9), 3, 7, 9, 43, "P3Y7M9D"),
        (Term::new(1, 18, 0), 2, 6, 0, 30, "P2Y6M"),
        (Term::of_years(15), 15, 0, 0, 180, "P15Y"),
        (Term::of_months(11), 0, 11, 0, 11, "P11M"),
        (Term::of_months(12), 1, 0, 0, 12, "P1Y"),
        (Term::of_months(25), 2, 1, 0, 25, "P2Y1M"),
        (Term::of_days(40), 0, 0, 40, 0, "P40D"),
        (Term::ZERO, 0, 0, 0, 0, "P0D"),
    ] {
        let parts = (term.years(), term.months(), term.days(), term.total_months());
        assert_eq!(parts, (years, months, days, total), "{iso}");
        assert_eq!((term.to_string().as_str(), term), (iso, t(iso)));
        assert_eq!(serde_json::to_string(&term).unwrap(), format!("\"{iso}\""));
        assert_eq!(term.is_zero(), iso == "P0D", "{iso}");
    }
    assert!(!Term::of_months(1).is_zero() && !Term::of_days(1).is_zero() && !Term::of_years(1).is_zero());
}

#[test]
fn terms_are_added_and_taken_off_unit_by_unit() {
    for (a, b, sum) in [
        ("P1Y6M", "P9M", "P2Y3M"),
        ("P2Y3M5D", "P1Y2M4D", "P3Y5M9D"),
        ("P7D", "P3Y", "P3Y7D"),
        ("P0D", "P4M", "P4M"),
        // Days never become months.
        ("P20D", "P20D", "P40D"),
    ] {
        assert_eq!(t(a).plus(t(b)), t(sum), "{a} and {b}");
        assert_eq!(t(sum).minus(t(b)), Some(t(a)), "{sum} less {b}");
    }
    assert_eq!(t("P1Y").minus(t("P1Y1M")), None);
    assert_eq!(t("P1Y").minus(t("P1D")), None);
}

#[test]
fn half_a_month_is_fifteen_days_and_an_odd_day_is_rounded_up() {
    for (term, half) in [
        ("P15Y", "P7Y6M"),
        ("P10Y", "P5Y"),
        ("P1M", "P15D"),
        ("P5Y7M", "P2Y9M15D"),
        ("P3Y7M9D", "P1Y9M20D"),
        ("P8M10D", "P4M5D"),
        ("P1D", "P1D"),
        ("P0D", "P0D"),
    ] {
        assert_eq!(t(term).half(), t(half), "{term}");
    }
}

#[test]
fn a_third_of_a_month_is_ten_days_and_a_rest_of_days_is_rounded_up() {
    for (term, num, den, part) in [
        ("P1Y6M", 2, 3, "P1Y"),
        ("P1Y", 2, 3, "P8M"),
        ("P10M", 1, 3, "P3M10D"),
        ("P10M", 2, 3, "P6M20D"),
        ("P9M", 4, 3, "P1Y"),
        ("P10M", 4, 3, "P1Y1M10D"),
        ("P10Y", 1, 3, "P3Y4M"),
        ("P11Y", 1, 3, "P3Y8M"),
        ("P15Y1M", 1, 3, "P5Y10D"),
        ("P3M7D", 1, 3, "P1M3D"),
        ("P3M7D", 2, 3, "P2M5D"),
        ("P1M6D", 2, 3, "P24D"),
        ("P0D", 2, 3, "P0D"),
    ] {
        assert_eq!(t(term).fraction(num, den), t(part), "{num}/{den} of {term}");
    }
}

#[test]
fn a_term_is_written_for_people_without_the_units_it_has_none_of() {
    for (term, zh, en) in [
        ("P1Y", "1年", "1 year"),
        ("P2Y", "2年", "2 years"),
        ("P1M", "1个月", "1 month"),
        ("P11M", "11个月", "11 months"),
        ("P1D", "1天", "1 day"),
        ("P15D", "15天", "15 days"),
        ("P1Y6M", "1年6个月", "1 year 6 months"),
        ("P3Y1M15D", "3年1个月15天", "3 years 1 month 15 days"),
        ("P2Y1D", "2年1天", "2 years 1 day"),
        ("P0D", "0天", "0 days"),
    ] {
        assert_eq!((t(term).zh().as_str(), t(term).en().as_str()), (zh, en), "{term}");
    }
}

#[test]
fn an_end_date_moves_back_by_months_and_then_by_days() {
    for (end, term, [clamped, sticky]) in [
        ("2028-12-20", "P8M10D", ["2028-04-10", "2028-04-10"]),
        ("2025-11-30", "P8M10D", ["2025-03-20", "2025-03-21"]),
        ("2026-01-09", "P15D", ["2025-12-25", "2025-12-25"]),
        ("2024-02-29", "P1Y", ["2023-02-28", "2023-02-28"]),
        ("2023-02-28", "P1Y", ["2022-02-28", "2022-02-28"]),
        ("2023-02-28", "P1M", ["2023-01-28", "2023-01-31"]),
    ] {
        assert_eq!(date::move_back(d(end), t(term)), [d(clamped), d(sticky)], "{end} less {term}");
    }
}

#[test]
fn days_between_two_days_are_counted_without_the_first() {
    for (a, b, days) in
        [("2024-02-28", "2024-03-01", 2), ("2023-12-31", "2024-01-01", 1), ("2024-01-01", "2023-12-25", -7)]
    {
        assert_eq!(date::days_between(d(a), d(b)), days, "{a} to {b}");
    }
    assert_eq!(date::days_between(d("2024-01-01"), d("2024-01-01")), 0);
}

#[test]
fn a_month_has_its_first_and_last_day_and_neighbours() {
    for (day, month, first, last, days, before, after) in [
        ("2024-02-29", "2024-02", "2024-02-01", "2024-02-29", 29, "2024-01", "2024-03"),
        ("2023-12-31", "2023-12", "2023-12-01", "2023-12-31", 31, "2023-11", "2024-01"),
        ("2021-01-01", "2021-01", "2021-01-01", "2021-01-31", 31, "2020-12", "2021-02"),
        ("2021-06-15", "2021-06", "2021-06-01", "2021-06-30", 30, "2021-05", "2021-07"),
    ] {
        let of = Month::of(d(day));
        assert_eq!((of.to_string().as_str(), of), (month, month.parse().unwrap()));
        assert_eq!((of.first_day(), of.last_day(), of.days()), (d(first), d(last), days), "{month}");
        assert_eq!([of.plus(-1).to_string(), of.plus(1).to_string()], [before, after], "{month}");
        assert_eq!((of.plus(-1).until(of), of.until(of.plus(14))), (1, 14), "{month}");
        let json = serde_json::to_string(&of).unwrap();
        assert_eq!(json, format!("\"{month}\""));
        assert_eq!(serde_json::from_str::<Month>(&json).unwrap(), of);
    }
    for wrong in ["2021-13", "2021-00", "2021", "1899-12", "2201-01", "2021-x"] {
        assert!(wrong.parse::<Month>().is_err(), "{wrong}");
    }
}

// Cells and records.

#[test]
fn columns_have_letters_as_in_a_spreadsheet() {
    for (col, letters) in
        [(0, "A"), (1, "B"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
    {
        assert_eq!(column_letters(col), letters, "{col}");
    }
}

#[test]
fn a_cell_exists_where_there_are_a_sheet_and_a_column() {
    let here = CellRef { sheet: 2, row: 6, col: 27 };
    let no_column = CellRef { col: CellRef::NONE, ..here };
    let no_sheet = CellRef { sheet: CellRef::NONE, ..here };
    for (cell, a1) in [(here, Some("AB7")), (no_column, None), (no_sheet, None), (CellRef::NOWHERE, None)] {
        assert_eq!((cell.exists(), cell.a1().as_deref()), (a1.is_some(), a1), "{cell:?}");
        // A finding names only cells that can be looked at.
        assert_eq!(Leaf::pass().cell(cell).cell(cell).evidence.len(), usize::from(a1.is_some()), "{cell:?}");
    }
}

#[test]
fn an_end_date_is_a_day_or_none_at_all() {
    assert_eq!(End::On(d("2026-01-09")).date(), Some(d("2026-01-09")));
    assert_eq!(End::None.date(), None);
}

#[test]
fn a_ruling_that_only_the_application_names_counts_once() {
    let ruled = |row: u32, day: Option<&str>, case_no: Option<&str>| {
        let mut app = Application::blank(row);
        app.result.set(Change::Reduce(Term::of_months(6)));
        if let Some(day) = day {
            app.ruled.set(d(day));
        }
        if let Some(case_no) = case_no {
            app.case_no.set(case_no.to_owned());
        }
        app
    };
    let listed = |day: &str, case_no: Option<&str>| {
        let mut ruling = Ruling::blank(1);
        ruling.date.set(d(day));
        if let Some(case_no) = case_no {
            ruling.case_no.set(case_no.to_owned());
        }
        ruling
    };
    for (what, rulings, apps, expected) in [
        ("not listed", vec![], vec![ruled(1, Some("2021-05-20"), None)], vec!["2021-05-20"]),
        ("not ruled on", vec![], vec![ruled(1, None, Some("1号"))], vec![]),
        ("listed by its day", vec![listed("2021-05-20", None)], vec![ruled(1, Some("2021-05-20"), None)], vec![]),
        (
            "listed by its number",
            vec![listed("2021-05-21", Some("1号"))],
            vec![ruled(1, Some("2021-05-20"), Some("1号"))],
            vec![],
        ),
        (
            "another day and number",
            vec![listed("2021-05-21", Some("2号"))],
            vec![ruled(1, Some("2021-05-20"), Some("1号"))],
            vec!["2021-05-20"],
        ),
        (
            "two rows of one ruling",
            vec![],
            vec![ruled(1, Some("2021-05-20"), None), ruled(2, Some("2021-05-20"), None)],
            vec!["2021-05-20"],
        ),
    ] {
        let mut dossier = Dossier::new("1".to_owned());
        (dossier.rulings, dossier.applications) = (rulings, apps);
        let found = dossier.unlisted_rulings(|_| true);
        let days: Vec<NaiveDate> = found.iter().filter_map(|r| r.date.get()).collect();
        assert_eq!(days, expected.iter().map(|day| d(day)).collect::<Vec<_>>(), "{what}");
        assert!(found.iter().all(|r| r.change.known() == Some(&Change::Reduce(Term::of_months(6)))), "{what}");
        assert!(dossier.unlisted_rulings(|_| false).is_empty(), "{what}");
    }
}

// Identity numbers.

#[test]
fn identity_numbers_are_those_of_the_standard() {
    // The two examples that GB 11643 gives.
    for (number, birth, sex) in
        [("11010519491231002X", "1949-12-31", Sex::Female), ("440524188001010014", "1880-01-01", Sex::Male)]
    {
        assert_eq!(identity::normalise(number).as_deref(), Some(number));
        assert_eq!((identity::birth_of(number), identity::sex_of(number)), (Some(d(birth)), Some(sex)), "{number}");
        // Any other last character is wrong.
        for last in "0123456789X".chars().filter(|c| !number.ends_with(*c)) {
            assert_eq!(identity::normalise(&format!("{}{last}", &number[..17])), None, "{number} with {last}");
        }
    }
    assert_eq!(identity::normalise("11010519491231002x").as_deref(), Some("11010519491231002X"));
    assert_eq!(identity::normalise("110105491231002").as_deref(), Some("11010519491231002X"));
    for wrong in ["11010549123100X", "11010549123100 2", "1101054912310022", "", "1101051949123100２X"] {
        assert_eq!(identity::normalise(wrong), None, "{wrong}");
    }
}

#[test]
fn a_placeholder_is_one_character_repeated_or_nothing() {
    for (text, expected) in [
        ("", true),
        ("  ", true),
        ("00", true),
        (" 000000000000000000 ", true),
        ("111111111111111", true),
        ("7", false),
        ("无", false),
        ("01", false),
        ("11010519491231002X", false),
    ] {
        assert_eq!(identity::is_placeholder(text), expected, "{text:?}");
    }
}

#[test]
fn stand_ins_differ_and_keep_the_sex_whatever_the_digit() {
    for number in ["11010519491231002X", "440524188001010014", "110101199003078881", "110101199003071196"] {
        let made: Vec<String> =
            [1, 2, 100, 101, 1_001, 100_001, 9_999_999].iter().filter_map(|n| identity::stand_in(number, *n)).collect();
        assert_eq!(made.iter().collect::<BTreeSet<_>>().len(), 7, "{made:?}");
        for other in made {
            assert_eq!(identity::normalise(&other).as_ref(), Some(&other));
            assert_eq!(identity::sex_of(&other), identity::sex_of(number), "{other}");
            assert_eq!(identity::birth_of(&other), identity::birth_of(number), "{other}");
        }
    }
}

// Charges.

const COLUMNS: &str = "charge,forms,articles,chapter,section,negligent,since,until,source\n";

/// A list of these charges, each in full only.
fn book(names: &[&str]) -> ChargeBook {
    let rows: String = names.iter().map(|name| format!("{name},,第263条,第五章 x,,,,,1997\n")).collect();
    ChargeBook::from_csv(&format!("{COLUMNS}{rows}")).unwrap_or_else(|e| panic!("{names:?}: {e}"))
}

/// What a cell says: charges, then what is unknown with a `?`.
fn read(book: &ChargeBook, cell: &str) -> Vec<String> {
    let parsed = book.parse(cell);
    let known = parsed.charges.iter().map(|id| book.get(*id).to_string());
    known.chain(parsed.unknown.iter().map(|u| format!("?{}", u.text))).collect()
}

#[test]
fn every_charge_is_read_in_full_beside_another() {
    let book = ChargeBook::builtin().unwrap();
    for charge in book.iter() {
        for cell in [format!("{charge}、盗窃罪"), format!("{charge}；盗窃罪")] {
            assert_eq!(read(&book, &cell), [charge.name.as_str(), "盗窃罪"], "{cell}");
        }
    }
}

#[test]
fn the_longest_charge_may_stand_beside_others() {
    let book = book(&["甲、乙、丙罪", "丁罪"]);
    assert_eq!(read(&book, "丁、甲、乙、丙"), ["丁罪", "甲、乙、丙罪"]);
    assert_eq!(read(&book, "甲、乙、丙罪、丁罪"), ["甲、乙、丙罪", "丁罪"]);
}

#[test]
fn of_several_cuts_the_one_with_fewest_charges_is_taken() {
    let book = book(&["甲、乙罪", "甲、乙、丙罪", "丙、丁、戊罪", "丁罪", "戊罪"]);
    assert_eq!(read(&book, "甲、乙、丙、丁、戊"), ["甲、乙罪", "丙、丁、戊罪"]);
}

#[test]
fn a_space_or_a_comma_separates_unless_that_leaves_something_unread() {
    let book = book(&["甲罪", "乙罪", "甲乙罪", "丙、丁罪", "丙罪", "丁罪", "戊己罪"]);
    for (cell, expected) in [
        ("甲 乙", vec!["甲罪", "乙罪"]),
        ("甲\n乙", vec!["甲罪", "乙罪"]),
        ("甲乙", vec!["甲乙罪"]),
        ("丙、丁", vec!["丙、丁罪"]),
        ("丙，丁", vec!["丙罪", "丁罪"]),
        ("戊\n己罪", vec!["戊己罪"]),
    ] {
        assert_eq!(read(&book, cell), expected, "{cell:?}");
    }
}

#[test]
fn unknown_charges_are_joined_only_where_a_pause_may_stand_inside_a_name() {
    let book = ChargeBook::builtin().unwrap();
    for (cell, expected) in [
        ("登陆、占领月球罪", vec!["?登陆、占领月球罪"]),
        ("登陆月球罪、占领火星罪", vec!["?登陆月球罪", "?占领火星罪"]),
        ("登陆月球，占领火星", vec!["?登陆月球", "?占领火星"]),
        ("登陆月球罪，占领火星罪", vec!["?登陆月球罪", "?占领火星罪"]),
        ("登陆月球、盗窃罪、占领火星", vec!["盗窃罪", "?登陆月球", "?占领火星"]),
    ] {
        assert_eq!(read(&book, cell), expected, "{cell}");
    }
}

#[test]
fn a_note_is_only_what_stands_in_its_own_brackets() {
    let book = ChargeBook::builtin().unwrap();
    for (cell, expected) in [
        ("抢劫罪（从犯）、盗窃罪（未遂", vec!["抢劫罪", "盗窃罪", "?（未遂"]),
        ("抢劫罪（从犯（未遂）盗窃罪", vec!["抢劫罪", "?（从犯未遂盗窃罪"]),
        // What belongs to a name stays also where the name is not known.
        ("擅闯国（边）境墙罪", vec!["?擅闯国（边）境墙罪"]),
        ("擅闯国（界）境墙罪", vec!["?擅闯国境墙罪"]),
    ] {
        assert_eq!(read(&book, cell), expected, "{cell}");
    }
}

#[test]
fn names_are_offered_where_half_of_the_characters_agree() {
    let two = book(&["甲乙罪", "丙丁戊罪"]);
    assert_eq!(two.nearest("甲己"), ["甲乙罪"]);
    assert_eq!(two.nearest("丙己"), Vec::<String>::new());
    assert_eq!(two.nearest("丙丁己"), ["丙丁戊罪"]);
    // By the share that agrees, then by how much agrees.
    let three = book(&["甲乙罪", "甲乙丙丁戊己庚辛罪", "甲乙丙罪"]);
    assert_eq!(three.nearest("甲乙丙丁罪"), ["甲乙丙罪", "甲乙丙丁戊己庚辛罪", "甲乙罪"]);
}

#[test]
fn a_list_of_charges_that_says_what_cannot_be_is_refused() {
    // A charge of choices between so many options each, one choice after the other.
    let row = |parts: &[usize]| {
        let letters = |n: usize| ('a'..='z').take(n).map(String::from).collect::<Vec<_>>().join("、");
        let name: String = parts.iter().map(|n| letters(*n)).collect();
        let forms: String = parts.iter().map(|n| format!("{{{}}}", letters(*n))).collect();
        format!("{COLUMNS}{name}罪,{forms},第263条,第五章 x,,,,,1997\n")
    };
    // Twelve options have 4095 choices, and 63 times 63 are 3969.
    for parts in [&[12][..], &[6, 6]] {
        assert!(ChargeBook::from_csv(&row(parts)).is_ok(), "{parts:?}");
    }
    for parts in [&[13][..], &[6, 7], &[7, 6]] {
        let error = ChargeBook::from_csv(&row(parts)).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("4096"), "{parts:?}: {error}");
    }
    for (row, part) in [
        ("抢劫罪,,第条,第五章 x,,,,,1997", "条号"),
        ("抢劫罪,,第甲条,第五章 x,,,,,1997", "条号"),
        ("抢劫罪,抢,第263条,第五章 x,,,,,1997", "全称"),
        ("抢劫罪,,第263条,第五章 x,,,,,1997\n抢劫罪,,第264条,第五章 x,,,,,1997", "重复"),
    ] {
        let error = ChargeBook::from_csv(&format!("{COLUMNS}{row}\n")).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(part), "{row}: {error}");
    }
}

/// A person convicted of these charges, with these groups in the place of the built-in ones where there are any.
fn person<T>(charges: Option<&str>, groups: Option<&str>, look: impl FnOnce(&Person<'_>) -> T) -> T {
    let mut rules = (*Rules::builtin()).clone();
    if let Some(groups) = groups {
        rules.categories = Arc::new(Categories::from_toml(groups, &rules.charges).unwrap());
    }
    let mut inmate = Inmate::blank(1);
    if let Some(charges) = charges {
        inmate.charges.set(charges.to_owned());
    }
    let dossier = Dossier::new("1".to_owned());
    look(&Person::new(&dossier, &inmate, &rules))
}

#[test]
fn charges_are_certain_where_there_are_some_and_all_are_known() {
    for (charges, certain, count) in [
        (None, false, 0),
        (Some("、"), false, 0),
        (Some("盗窃罪"), true, 1),
        (Some("盗窃罪、抢劫罪"), true, 2),
        (Some("盗窃罪、登陆月球罪"), false, 2),
        (Some("登陆月球罪"), false, 1),
        (Some("盗窃罪、抢劫罪、登陆月球罪"), false, 3),
    ] {
        let found = person(charges, None, |p| (p.charges_certain(), p.charge_count()));
        assert_eq!(found, (certain, count), "{charges:?}");
    }
}

#[test]
fn the_strongest_charge_proves_a_group_in_whatever_order() {
    let groups = "[[category]]\nid = 'a'\nzh = 'a'\nen = 'a'\nbasis = []\nnote_zh = ''\nnote_en = ''\n\
                  include = [{ names = ['抢劫罪'] }]\nfunctionary = [{ names = ['行贿罪'] }]\n\
                  reading = [{ names = ['放火罪'] }]\n";
    for (charges, expected) in [
        (None, Proof::Unknown),
        (Some("盗窃罪"), Proof::No),
        (Some("盗窃罪、登陆月球罪"), Proof::Unknown),
        (Some("放火罪、盗窃罪"), Proof::Reading),
        (Some("盗窃罪、放火罪"), Proof::Reading),
        (Some("行贿罪、放火罪"), Proof::IfFunctionary),
        (Some("放火罪、行贿罪"), Proof::IfFunctionary),
        (Some("行贿罪、放火罪、抢劫罪"), Proof::Yes),
        (Some("登陆月球罪、抢劫罪"), Proof::Yes),
    ] {
        assert_eq!(person(charges, Some(groups), |p| p.proof("a")), expected, "{charges:?}");
    }
}

// The rules, and what local rules may change.

fn overlay(text: &str) -> Result<Rules, RulesError> {
    Rules::load(&[("local.toml".to_owned(), text.to_owned())])
}

#[track_caller]
fn refused(text: &str, part: &str) {
    match overlay(text) {
        Ok(_) => panic!("accepted: {text}"),
        Err(error) => assert!(error.message.contains(part), "{error}\n{text}"),
    }
}

/// A named value of an overlay; `figure` is its term or number.
fn value(id: &str, figure: &str) -> String {
    format!(
        "[[value]]\nid = \"{id}\"\n{figure}\nverified = true\nzh = \"x\"\nen = \"x\"\n\
         basis = {{ instrument = \"法释〔2016〕23号\", article = \"17\" }}\n"
    )
}

/// A number of the points system of an overlay.
fn point(id: &str, value: &str, basis: bool) -> String {
    let basis = if basis { "basis = { instrument = \"司规〔2021〕3号\", article = \"10\" }\n" } else { "" };
    format!(
        "[[point]]\nid = \"{id}\"\nvalue = \"{value}\"\nunit = \"x\"\nverified = true\nzh = \"x\"\nen = \"x\"\n{basis}"
    )
}

#[test]
fn a_fault_shows_its_line_and_points_at_it() {
    let text = format!("# one\n{}", value("floor/life", "term = \"P12Y\""));
    let error = overlay(&text).map(|_| ()).unwrap_err();
    assert_eq!((error.line, error.column, error.excerpt.as_str()), (3, 6, "id = \"floor/life\""), "{error}");
    let shown = error.to_string();
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[0].starts_with("local.toml:3:6: value floor/life"), "{shown}");
    assert_eq!(lines[1..], ["  |", "3 | id = \"floor/life\"", "  |      ^"], "{shown}");
}

#[test]
fn an_overlay_tightens_only_what_there_is() {
    refused(&value("no/such", "term = \"P1Y\""), "no value no/such");
    refused(&point("no/such", "1", true), "no point value no/such");
    let words = "{ title = \"x\", meaning = \"x\", why = \"x\", how = \"x\", confirm = \"x\" }";
    let check =
        format!("[[check]]\nid = \"no/such\"\nclass = \"E\"\nfails_as = []\nbasis = []\nzh = {words}\nen = {words}\n");
    refused(&check, "no check no/such");
}

#[test]
fn a_number_moves_only_in_its_stricter_direction() {
    for (id, number, fine) in [
        // 法释〔2016〕23号 art. 20: sixty-five and eighty years; the young are those below eighteen.
        ("relax/old-from", 64, false),
        ("relax/old-from", 65, true),
        ("relax/old-from", 70, true),
        ("relax/minor-under", 17, true),
        ("relax/minor-under", 19, false),
        ("relax/minor-under", -1, false),
        // No direction is given: it stays, even at the same figure.
        ("service/within-days", 7, false),
        ("service/within-days", 5, false),
    ] {
        let text = value(id, &format!("number = {number}"));
        match overlay(&text) {
            Ok(rules) => assert!(fine && rules.number(id) == number, "{id} = {number}"),
            Err(error) => assert!(!fine && error.message.contains("stricter"), "{error}"),
        }
    }
    // A term does not become a number.
    refused(&value("floor/life", "number = 99"), "stricter");
    let rules = Rules::builtin();
    assert_eq!((rules.number("relax/minor-under"), rules.number("service/within-days")), (18, 7));
}

#[test]
fn a_point_value_moves_only_in_its_stricter_direction() {
    let rules = Rules::builtin();
    let old = &rules.points[0];
    for (stricter, value, fine) in [
        (Some(Stricter::Larger), 9, false),
        (Some(Stricter::Larger), 10, true),
        (Some(Stricter::Larger), 11, true),
        (Some(Stricter::Smaller), 9, true),
        (Some(Stricter::Smaller), 10, true),
        (Some(Stricter::Smaller), 11, false),
        (None, 9, false),
        (None, 10, true),
        (None, 11, false),
    ] {
        let (mut old, mut new) = (old.clone(), old.clone());
        (old.stricter, old.value, new.value) = (stricter, Decimal::from(10), Decimal::from(value));
        assert_eq!(old.may_become(&new), fine, "{stricter:?}: 10 to {value}");
    }
    // 司规〔2021〕3号 art. 15: two hundred points for a demerit.
    for (value, fine) in [("199", false), ("200", true), ("201", true)] {
        assert_eq!(overlay(&point("penalty/demerit", value, true)).is_ok(), fine, "{value}");
    }
    for (value, fine) in [("34", false), ("35", true), ("36", false)] {
        assert_eq!(overlay(&point("base/supervision", value, true)).is_ok(), fine, "{value}");
    }
}

#[test]
fn a_number_of_the_law_needs_its_provision() {
    refused(&point("bonus/percent", "40", false), "needs its basis");
    let ours = point("ours/tolerance", "0.5", false) + "ours = true\n";
    assert!(overlay(&ours).is_ok(), "a bound of ours has none");
    // A count that is not whole is refused where it is written.
    let text = point("confinement/most-days", "14.5", true);
    refused(&text, "confinement/most-days");
    assert_eq!(overlay(&text).map(|_| ()).unwrap_err().file, "local.toml");
    // Fewer days of confinement are stricter.
    assert!(overlay(&point("confinement/most-days", "14", true)).is_ok());
}

#[test]
fn a_figure_that_is_shown_in_years_or_months_stays_whole() {
    let rules = overlay(&value("parole/violent-term", "term = \"P8Y\"")).unwrap();
    assert_eq!(rules.threshold_int("parole/barred", "violent_term_years"), 8);
    let rules = overlay(&value("parole/after-reduction", "term = \"P1Y1M\"")).unwrap();
    assert_eq!(rules.threshold_int("parole/after-reduction", "short_months"), 13);
    // Shown as eight years or thirteen months these would be looser than they are.
    for (id, term) in
        [("parole/violent-term", "P8Y6M"), ("parole/violent-term", "P8Y15D"), ("parole/after-reduction", "P1Y1M15D")]
    {
        refused(&value(id, &format!("term = \"{term}\"")), "no number of");
    }
}

#[test]
fn an_example_has_words_in_both_languages() {
    let example = |zh: &str, en: &str| {
        format!(
            "[[example]]\ncheck = \"reduction/start-time\"\noutcome = \"violation\"\ncase = \"x\"\nzh = \"{zh}\"\n\
             en = \"{en}\"\n"
        )
    };
    assert!(overlay(&example("字", "words")).is_ok());
    for (zh, en) in [("", "words"), ("字", ""), (" ", " ")] {
        refused(&example(zh, en), "empty");
    }
}

#[derive(Serialize)]
struct Checks<'c> {
    check: [&'c CheckEntry; 1],
}

#[test]
fn an_overlay_changes_our_own_thresholds_and_none_of_the_law() {
    let builtin = Rules::builtin();
    let change = |id: &str, name: &str, how: &dyn Fn(&mut jxjs::law::Threshold)| {
        let mut entry = builtin.check(id).unwrap_or_else(|| panic!("no check {id}")).clone();
        // What is looked up elsewhere has no figure of its own.
        entry.thresholds.values_mut().filter(|t| t.of.is_some()).for_each(|t| t.value = Decimal::ZERO);
        how(entry.thresholds.get_mut(name).unwrap_or_else(|| panic!("{id} has no {name}")));
        overlay(&toml::to_string(&Checks { check: [&entry] }).unwrap())
    };
    let to = |n: i64| move |t: &mut jxjs::law::Threshold| t.value = Decimal::from(n);
    let ours = ("pattern/late-surge", "window_months");
    let with_provision = ("reduction/political-rights", "old_min_years");
    for ((id, name), n, fine) in [
        (ours, 6, true),
        (ours, 9, true),
        (ours, 0, true),
        (ours, 1_000_000_000, true),
        (ours, -1, false),
        (ours, 1_000_000_001, false),
        (with_provision, 3, true),
        (with_provision, 2, false),
        (with_provision, 4, false),
    ] {
        match change(id, name, &to(n)) {
            Ok(rules) => assert!(fine && rules.threshold_int(id, name) == n, "{id} {name} = {n}"),
            Err(error) => assert!(!fine && error.message.contains(name), "{error}"),
        }
    }
    let unit = |t: &mut jxjs::law::Threshold| t.unit = "weeks".to_owned();
    let elsewhere = |t: &mut jxjs::law::Threshold| t.of = Some("relax/minor-under".to_owned());
    let here = |t: &mut jxjs::law::Threshold| t.of = None;
    for ((id, name), how) in [
        (ours, &unit as &dyn Fn(&mut jxjs::law::Threshold)),
        (ours, &elsewhere),
        (with_provision, &unit),
        (with_provision, &elsewhere),
        (("parole/barred", "violent_term_years"), &here),
        (("parole/barred", "violent_term_years"), &unit),
    ] {
        let error = change(id, name, how).map(|_| ()).unwrap_err();
        assert!(error.message.contains(name), "{error}");
    }
}

#[test]
fn a_second_general_row_is_refused_whatever_terms_it_is_for() {
    let row = |groups: &str, band: &str| {
        format!(
            "[[row]]\nid = \"local/x\"\nstage = \"fixed\"\ngroups = [\"{groups}\"]\nterm = {{ {band} }}\n\
             from = 2017-01-01\nverified = true\n"
        )
    };
    assert!(overlay(&row("R1", "min = \"P3Y\"")).is_ok(), "a row for some people only");
    for band in ["min = \"P29Y\"", "up_to = \"P1M\"", "min = \"P7Y\", up_to = \"P7Y\"", "below = \"P5Y\""] {
        refused(&row("all", band), "2 general rows");
    }
}

#[test]
fn a_band_has_its_first_term_and_its_last_where_that_is_included() {
    let band = |min: Option<&str>, up_to: Option<&str>, below: Option<&str>| Band {
        min: min.map(t),
        up_to: up_to.map(t),
        below: below.map(t),
    };
    for (band, inside, outside) in [
        (band(None, None, None), vec!["P0D", "P30Y"], vec![]),
        (band(Some("P5Y"), None, None), vec!["P5Y", "P5Y1D"], vec!["P4Y11M29D"]),
        (band(None, Some("P10Y"), None), vec!["P9Y11M", "P10Y"], vec!["P10Y1D", "P10Y1M"]),
        (band(None, None, Some("P10Y")), vec!["P9Y11M"], vec!["P10Y", "P10Y1D"]),
        (band(Some("P5Y"), None, Some("P10Y")), vec!["P5Y", "P9Y11M"], vec!["P4Y11M", "P10Y"]),
        (band(Some("P5Y"), Some("P10Y"), None), vec!["P5Y", "P10Y"], vec!["P4Y11M", "P10Y1M"]),
    ] {
        assert!(inside.iter().all(|term| band.contains(t(term))), "{band:?}");
        assert!(!outside.iter().any(|term| band.contains(t(term))), "{band:?}");
    }
}

#[test]
fn a_row_is_in_force_from_its_first_day_to_its_last() {
    let mut row = Rules::builtin().rows[0].clone();
    row.from = d("2017-01-01");
    for (until, day, expected) in [
        (None, "2016-12-31", false),
        (None, "2017-01-01", true),
        (None, "2099-01-01", true),
        (Some("2024-04-30"), "2016-12-31", false),
        (Some("2024-04-30"), "2017-01-01", true),
        (Some("2024-04-30"), "2024-04-29", true),
        (Some("2024-04-30"), "2024-04-30", true),
        (Some("2024-04-30"), "2024-05-01", false),
    ] {
        row.until = until.map(d);
        assert_eq!(row.in_force(d(day)), expected, "until {until:?}, on {day}");
    }
}

#[test]
fn an_instrument_is_in_force_from_its_first_day() {
    let rules = Rules::builtin();
    for (instrument, day, expected) in [
        ("法释〔2016〕23号", "2016-12-31", false),
        ("法释〔2016〕23号", "2017-01-01", true),
        ("法释〔2019〕6号", "2019-05-31", false),
        ("法释〔2019〕6号", "2019-06-01", true),
        ("法释〔2024〕5号", "2024-04-30", false),
        ("法释〔2024〕5号", "2024-05-01", true),
        ("反有组织犯罪法", "2022-04-30", false),
        ("反有组织犯罪法", "2022-05-01", true),
        ("无此文件", "2030-01-01", false),
    ] {
        assert_eq!(rules.in_force(instrument, d(day)), expected, "{instrument} on {day}");
    }
}

#[test]
fn the_named_values_are_listed_by_name() {
    let rules = Rules::builtin();
    let names: Vec<&str> = rules.values().iter().map(|v| v.id.as_str()).collect();
    assert!(names.is_sorted() && names.contains(&"floor/life") && names.contains(&"relax/minor-under"), "{names:?}");
}

// Worlds.

fn place(col: Col) -> Place {
    Place { at: CellRef { sheet: 0, row: 1, col: 2 }, col }
}

fn run(zh: bool, f: impl FnMut(&mut World) -> Leaf) -> Option<Finding> {
    examine("reduction/amount", Class::E, zh, f)
}

/// The columns a finding names as missing.
fn missing(finding: &Finding) -> Vec<&'static str> {
    match finding.facts.get("missing") {
        None => Vec::new(),
        Some(Fact::List(list)) => list
            .iter()
            .map(|one| match one {
                Fact::Missing(Missing { place, .. }) => place.col.name(),
                other => panic!("no cell: {other:?}"),
            })
            .collect(),
        Some(other) => panic!("no list: {other:?}"),
    }
}

#[test]
fn every_answer_is_tried_once_and_no_comes_first() {
    let mut seen = Vec::new();
    settle(|w| {
        seen.push((w.reading("law", 3), w.ask("cell", place(Col::InRecidivist), "判决书")));
        Determined::Is(0)
    });
    let expected: Vec<(usize, bool)> = (0..3).flat_map(|n| [(n, false), (n, true)]).collect();
    assert_eq!(seen, expected);
}

#[test]
fn a_value_is_settled_where_all_worlds_agree() {
    use Determined::{Absent, Is, LeftOut, Unknown};
    for (of, expected) in [
        ([Absent, Absent], Settled::Absent),
        ([Absent, LeftOut], Settled::Absent),
        ([LeftOut, LeftOut], Settled::Open(vec![])),
        ([Unknown, Absent], Settled::Open(vec![])),
        ([Unknown, Unknown], Settled::Open(vec![])),
        ([Is(1), Is(1)], Settled::Is(1)),
        ([Is(1), LeftOut], Settled::Is(1)),
        ([Is(2), Is(1)], Settled::Open(vec![1, 2])),
        ([Is(1), Absent], Settled::Open(vec![1])),
        ([Is(1), Unknown], Settled::Open(vec![1])),
    ] {
        assert_eq!(settle(|w| of[w.reading("law", 2)].clone()), expected, "{of:?}");
    }
    for (of, expected) in
        [([true, true], Some(true)), ([false, false], Some(false)), ([true, false], None), ([false, true], None)]
    {
        assert_eq!(holds(|w| of[w.reading("law", 2)]), expected, "{of:?}");
    }
}

#[test]
fn a_world_left_to_another_check_is_not_counted() {
    for (of, expected) in [
        ([Leaf::left_out(), Leaf::violation()], Some(Outcome::Violation)),
        ([Leaf::risk(), Leaf::left_out()], Some(Outcome::Risk)),
        ([Leaf::left_out(), Leaf::left_out()], None),
        // What does not apply is counted, as a pass.
        ([Leaf::silent(), Leaf::violation()], Some(Outcome::Unverified)),
        ([Leaf::silent(), Leaf::pass()], Some(Outcome::Pass)),
        ([Leaf::silent(), Leaf::silent()], None),
    ] {
        let found = run(false, |w| of[w.reading("law", 2)].clone());
        assert_eq!(found.map(|f| f.outcome), expected, "{of:?}");
    }
}

#[test]
fn a_check_that_cannot_begin_names_each_column_and_paper_once() {
    let leaf = || {
        Leaf::needs(place(Col::InRecidivist), "判决书")
            .missing(place(Col::InRemorse), "评审鉴定表")
            .missing(Place { at: CellRef::NOWHERE, col: Col::InRecidivist }, "判决书")
    };
    let (a, b) = (Col::InRecidivist.name(), Col::InRemorse.name());
    assert_eq!(run(true, |_| leaf()).unwrap().message, format!("缺少{a}、{b}，不能确定，请调取判决书、评审鉴定表。"));
    let en = format!("Cannot be decided without {a}, {b}; ask for 判决书, 评审鉴定表.");
    assert_eq!(run(false, |_| leaf()).unwrap().message, en);
    assert_eq!(run(false, |_| Leaf::pass()).unwrap().message, "");
}

#[test]
fn what_is_said_of_several_worlds_is_the_worst_and_why_it_is_open() {
    let says = |outcome: Outcome, text: &str| {
        let leaf = match outcome {
            Outcome::Violation => Leaf::violation(),
            Outcome::Risk => Leaf::risk(),
            Outcome::Unverified => Leaf::unverified(),
            Outcome::Pass => Leaf::pass(),
        };
        leaf.says(text.to_owned())
    };
    use Outcome::{Pass, Risk, Unverified, Violation};
    for (of, outcome, zh, en) in [
        ([(Violation, "A"), (Violation, "B")], Violation, "A", "A"),
        ([(Violation, ""), (Violation, "B")], Violation, "B", "B"),
        ([(Risk, "B"), (Violation, "A")], Risk, "A", "A"),
        (
            [(Pass, "B"), (Violation, "A")],
            Unverified,
            "法律存在不同理解，结论不一，不能确定。其中一种理解下：A",
            "The law can be read in more than one way and the readings differ. Under one of them: A",
        ),
        (
            [(Risk, "A"), (Pass, "B")],
            Unverified,
            "法律存在不同理解，结论不一，不能确定。其中一种理解下：A",
            "The law can be read in more than one way and the readings differ. Under one of them: A",
        ),
    ] {
        for (chinese, text) in [(true, zh), (false, en)] {
            let of = of.map(|(outcome, text)| says(outcome, text));
            let finding = run(chinese, |w| of[w.reading("law", 2)].clone()).unwrap();
            assert_eq!((finding.outcome, finding.message.as_str()), (outcome, text), "{of:?}");
        }
    }
    let name = Col::InRecidivist.name();
    for (chinese, text) in [
        (true, format!("缺少{name}，不能确定。最不利的情形：A")),
        (false, format!("Cannot be decided without {name}. At worst: A")),
    ] {
        let finding = run(chinese, |w| {
            // Two cells of one column are one column.
            let first = w.ask_at(("cell", 0), place(Col::InRecidivist), "判决书");
            let second = w.ask_at(("cell", 1), Place { at: CellRef::NOWHERE, col: Col::InRecidivist }, "判决书");
            if first || second { says(Violation, "A") } else { says(Pass, "B") }
        });
        let finding = finding.unwrap();
        assert_eq!((finding.outcome, &finding.message), (Unverified, &text));
        assert_eq!(missing(&finding).len(), 2);
    }
}

#[test]
fn only_the_unknowns_that_change_the_outcome_are_named() {
    let (a, b) = (Col::InRecidivist, Col::InRemorse);
    let named = |f: &dyn Fn(&mut World) -> bool| {
        let finding = run(false, |w| if f(w) { Leaf::violation() } else { Leaf::pass() }).unwrap();
        assert_eq!(finding.outcome, Outcome::Unverified);
        missing(&finding)
    };
    let ask = |w: &mut World, key: &'static str, col: Col| w.ask(key, place(col), "判决书");
    assert_eq!(
        named(&|w| {
            ask(w, "a", a);
            ask(w, "b", b)
        }),
        [b.name()]
    );
    assert_eq!(
        named(&|w| {
            let found = ask(w, "a", a);
            ask(w, "b", b);
            found
        }),
        [a.name()]
    );
    assert_eq!(named(&|w| ask(w, "a", a) && ask(w, "b", b)), [a.name(), b.name()]);
    // Whatever the first answer is, both outcomes are possible; only the second decides.
    assert_eq!(named(&|w| if ask(w, "a", a) { ask(w, "b", b) } else { w.reading("law", 2) == 1 }), [b.name()]);
    // The last of three answers decides.
    assert_eq!(
        named(&|w| {
            ask(w, "a", a);
            let missing = || Origin::Unknown(Missing { place: place(b), document: "判决书" });
            w.choose(("b", 0), 3, missing) == 2
        }),
        [b.name()]
    );
    // Where none decides by itself, all are named.
    assert_eq!(named(&|w| ask(w, "a", a) != ask(w, "b", b)), [a.name(), b.name()]);
}

// The checks.

#[test]
fn three_checks_look_at_what_the_others_found() {
    let last: Vec<&str> = registry::all().filter(|c| c.runs_last()).map(|c| c.id).collect();
    assert_eq!(last, ["procedure/hearing-required", "procedure/opinion-deadline", "procedure/materials"]);
}

#[test]
fn without_its_day_nothing_about_the_limits_of_an_application_is_said() {
    let world = support::World::new(Sentence::Fixed(Term::of_years(10)), "2019-07-15")
        .apply(d("2022-01-10"), Proposal::Reduce(Term::of_months(6)), &[Conduct::Repentance])
        .with(|w| w.app().applied.value = Value::Empty);
    let findings = world.review().findings;
    let of_reductions: Vec<&Finding> = findings.iter().filter(|f| f.check.starts_with("reduction/")).collect();
    let ids: BTreeSet<&str> = of_reductions.iter().map(|f| f.check).collect();
    for id in ["reduction/start-time", "reduction/interval", "reduction/amount", "reduction/served-floor"] {
        assert!(ids.contains(id), "{id} is silent: {ids:?}");
    }
    for finding in of_reductions {
        assert_eq!(finding.outcome, Outcome::Unverified, "{}", finding.check);
        assert_eq!(missing(finding), [Col::ApApplied.name()], "{}", finding.check);
        assert!(finding.message.starts_with("The date of the application is unknown"), "{}", finding.message);
    }
}

// Packed dossiers.

fn month(text: &str) -> Month {
    text.parse().unwrap_or_else(|_| panic!("not a month: {text}"))
}

#[test]
fn the_size_of_a_packed_dossier_is_that_of_its_rows_and_records() {
    let row = SpendingRow::blank(3, month("2021-05"));
    let ruling = Ruling::blank(4);
    let size = |row_too: bool, ruling_too: bool| {
        let mut packed = PackedDossier::new("1".to_owned());
        if row_too {
            packed.push(&row);
        }
        if ruling_too {
            packed.push(&ruling);
        }
        packed.bytes()
    };
    let (rows, records) = (size(true, false), size(false, true));
    assert!(rows > 1 && records > rows, "{rows} and {records}");
    assert_eq!((size(true, true), size(false, false)), (rows + records, 0));
}

#[test]
fn a_cell_beside_the_last_one_takes_one_byte() {
    // Besides the cells: what the entry is, and where the first of its cells is.
    let mut packed = PackedDossier::new("1".to_owned());
    packed.push(&Inmate::blank(3));
    assert!(packed.bytes() <= 34 + 5, "{} bytes", packed.bytes());
    let opened = packed.open();
    assert_eq!(opened.inmate, Some(Inmate::blank(3)));
}

#[test]
fn numbers_places_and_gaps_are_unpacked_as_they_were() {
    let number = |text: &str| Value::Known(text.parse::<Decimal>().unwrap_or_else(|_| panic!("not a number: {text}")));
    let mut dossier = Dossier::new("1".to_owned());
    for (at, (sheet, line, text)) in [
        (2_u16, 10_u32, "0"),
        (2, 11, "-0.5"),
        (3, 12, "35.125"),
        (3, 14, "79228162514264337593543950335"),
        (2, 15, "-12"),
        (2, u32::MAX, "0.000"),
    ]
    .into_iter()
    .enumerate()
    {
        let at = i32::try_from(at).unwrap_or(0);
        let mut row = PointRow::blank(line, month("2019-12").plus(at * at));
        row.at = RowRef { sheet, line };
        (row.score, row.balance, row.note) = (number(text), Value::Unclear, Value::Known(text.to_owned()));
        dossier.points.push(row);
        let spent = SpendingRow {
            at: RowRef { sheet: sheet + 1, line },
            month: month("2019-12").plus(at),
            spent: Value::Unclear,
            limit: number(text),
            balance: Value::Empty,
        };
        dossier.spending.push(spent);
    }
    let mut app = Application::blank(9);
    app.balance.set(Decimal::new(-3, 4));
    // A column that the sheet lacks, one behind the last, one before it.
    app.commendations.at.col = CellRef::NONE;
    app.sent.at = CellRef { sheet: 5, row: 4, col: 0 };
    app.court.at = CellRef::NOWHERE;
    dossier.applications.push(app);
    let opened = PackedDossier::from(&dossier).open();
    assert_eq!(format!("{opened:?}"), format!("{dossier:?}"));
}
