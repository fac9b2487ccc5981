//! Identity numbers (身份证号): checksum, birth date, placeholders (GB 11643).

use chrono::NaiveDate;

use crate::model::Sex;

/// A valid number in its 18-digit form; `None` for anything else, placeholders included.
pub fn normalise(number: &str) -> Option<String> {
    let text: String = number.trim().to_uppercase();
    if !text.is_ascii() {
        return None;
    }
    let full = match text.len() {
        18 => text,
        15 if text.bytes().all(|b| b.is_ascii_digit()) => {
            let body = format!("{}19{}", &text[..6], &text[6..]);
            let check = check_digit(&body)?;
            format!("{body}{check}")
        }
        _ => return None,
    };
    let (body, check) = full.split_at(17);
    let valid = check_digit(body).is_some_and(|c| check.starts_with(c));
    (valid && !is_placeholder(&full) && birth_in(&full).is_some()).then_some(full)
}

/// Whether the text only stands in for a number: one digit repeated, as with eighteen zeros.
pub fn is_placeholder(number: &str) -> bool {
    let mut chars = number.trim().chars();
    match chars.next() {
        None => true,
        Some(first) => chars.clone().count() > 0 && chars.all(|c| c == first),
    }
}

fn check_digit(body: &str) -> Option<char> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CODES: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    if body.len() != 17 {
        return None;
    }
    let mut sum = 0;
    for (c, weight) in body.chars().zip(WEIGHTS) {
        sum += c.to_digit(10)? * weight;
    }
    CODES.get((sum % 11) as usize).copied()
}

fn birth_in(full: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(full.get(6..14)?, "%Y%m%d").ok()
}

/// The birth date of a valid number.
pub fn birth_of(number: &str) -> Option<NaiveDate> {
    normalise(number).and_then(|full| birth_in(&full))
}

/// The sex of a valid number.
pub fn sex_of(number: &str) -> Option<Sex> {
    let full = normalise(number)?;
    let digit = full.chars().nth(16)?.to_digit(10)?;
    Some(if digit % 2 == 1 { Sex::Male } else { Sex::Female })
}

/// A number that stands for a valid one and that nobody has: of no region, with the same birth date and sex, valid like it.
/// Different `n` below ten million give different numbers.
pub fn stand_in(number: &str, n: u32) -> Option<String> {
    let full = normalise(number)?;
    let sex = full.get(16..17)?.parse::<u32>().ok()? % 2;
    let (region, order) = (n / 100 % 100_000, n % 100);
    let body = format!("0{region:05}{}{order:02}{sex}", full.get(6..14)?);
    check_digit(&body).map(|check| format!("{body}{check}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stand_in_says_the_same_of_the_person_and_not_who_it_is() {
        for body in ["11010119900307877", "11010119850601002"] {
            let number = format!("{body}{}", check_digit(body).unwrap());
            let mut all = std::collections::BTreeSet::new();
            for n in [0, 1, 2, 10, 99, 100, 101, 12_345, 9_999_999] {
                let other = stand_in(&number, n).unwrap();
                assert_eq!(normalise(&other).as_deref(), Some(other.as_str()));
                assert_eq!((birth_of(&other), sex_of(&other)), (birth_of(&number), sex_of(&number)));
                assert!(other.starts_with('0') && all.insert(other));
            }
        }
        assert_eq!(stand_in("000000000000000000", 1), None);
    }

    #[test]
    fn numbers_are_checked_and_converted() {
        // Composed for the test: region 110101, born 1990-03-07, serial 001, 877.
        assert_eq!(birth_of("11010119900307877X"), None);
        let body = "11010119900307877";
        let full = format!("{body}{}", check_digit(body).unwrap());
        assert_eq!(birth_of(&full), NaiveDate::from_ymd_opt(1990, 3, 7));
        assert_eq!(sex_of(&full), Some(Sex::Male));
        let short = format!("{}{}", &body[..6], &body[8..]);
        assert_eq!(normalise(&short).as_deref(), Some(full.as_str()));
    }

    #[test]
    fn placeholders_are_no_numbers() {
        assert!(is_placeholder("000000000000000000") && is_placeholder(""));
        assert_eq!(normalise("000000000000000000"), None);
        assert_eq!(normalise("无"), None);
        assert_eq!(normalise("110101199013078771"), None);
    }
}
