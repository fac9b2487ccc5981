//! Number formats: which numbers are dates, and which are padded with zeros.

/// What a number is shown as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shown {
    /// A number.
    #[default]
    Number,
    /// A day, with or without a time, or a time of day.
    Date,
    /// A length of time.
    Duration,
}

/// What is needed of a cell's style.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) shown: Shown,
    /// Width of a format that only pads with zeros.
    pub(super) pad: u8,
}

/// Width of a number format that only pads with zeros (`0000000000`).
pub(super) fn padding(code: &str) -> u8 {
    let code = code.split(';').next().unwrap_or("").trim_matches('"');
    let zeros = code.len();
    if zeros > 1 && code.bytes().all(|b| b == b'0') { u8::try_from(zeros).unwrap_or(0) } else { 0 }
}

/// A format that is not written into the workbook: its number says what it is. 27 to 36 and 50 to 58 are the dates of
/// East Asian spreadsheets.
pub(super) fn builtin(id: u32) -> Style {
    let shown = match id {
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Shown::Date,
        46 => Shown::Duration,
        _ => Shown::Number,
    };
    Style { shown, pad: 0 }
}

/// A format as written.
pub(super) fn of_code(code: &str) -> Style {
    Style { shown: shown(code), pad: padding(code) }
}

/// A date has a part of a date or a time in the format for positive numbers, outside of quotes, escapes and brackets; a
/// length of time has hours, minutes or seconds in brackets (`[h]:mm`).
fn shown(code: &str) -> Shown {
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            ';' => break,
            '"' => {
                chars.by_ref().find(|c| *c == '"');
            }
            '\\' | '_' | '*' => {
                chars.next();
            }
            '[' => {
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                let unit = inside.chars().next().map(|c| c.to_ascii_lowercase());
                if unit.is_some_and(|u| matches!(u, 'h' | 'm' | 's'))
                    && inside.chars().all(|c| Some(c.to_ascii_lowercase()) == unit)
                {
                    return Shown::Duration;
                }
            }
            'd' | 'm' | 'y' | 'h' | 's' | 'D' | 'M' | 'Y' | 'H' | 'S' => return Shown::Date,
            _ => {}
        }
    }
    Shown::Number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_formats_of_nothing_but_zeros_pad() {
        assert_eq!(
            ["0000000000", "00000;-00000", "0", "0.00", "General", "#,##0", "00-00"].map(padding),
            [10, 5, 0, 0, 0, 0, 0]
        );
    }

    #[test]
    fn dates_are_told_by_their_format() {
        for code in [
            "yyyy-mm-dd",
            "yyyy\"年\"m\"月\"d\"日\"",
            "[$-804]yyyy\"年\"m\"月\";@",
            "[DBNum1][$-804]m\"月\"d\"日\"",
            "h:mm AM/PM",
            "*-yyyy",
            "M/D/YY",
        ] {
            assert_eq!(shown(code), Shown::Date, "{code}");
        }
        for code in ["[h]:mm:ss", "[mm]", "[Blue]\\+[S].00"] {
            assert_eq!(shown(code), Shown::Duration, "{code}");
        }
        for code in [
            "General",
            "G/通用格式",
            "0.00",
            "#,##0.00;[Red]-#,##0.00",
            "0\"d\"",
            "0\\d",
            "0_d",
            "#*y",
            "[Red]0",
            "[$¥-804]#,##0",
            "0;yyyy",
            "@",
            "[>=100][Magenta]0",
        ] {
            assert_eq!(shown(code), Shown::Number, "{code}");
        }
    }
}
