//! Single cells to numbers, flags, dates and moments. Pure; must never guess: what is not clearly right is nothing.

use model::Timestamp;
use model::time::days_since_epoch;

/// How numbers are written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Notation {
    /// Between whole and part.
    pub(super) decimal: char,
    /// Between groups of digits.
    pub(super) group: Option<char>,
}

impl Notation {
    fn is_plain(self) -> bool {
        self.decimal == '.' && self.group.is_none()
    }
}

/// The number a text writes; finite.
pub(super) fn number(text: &str, notation: Notation) -> Option<f64> {
    if notation.is_plain() { plain_number(text) } else { plain_number(&plain(text, notation)?) }
}

/// The whole number a text writes; `5.0` is one.
pub(super) fn integer(text: &str, notation: Notation) -> Option<i64> {
    if notation.is_plain()
        && let Ok(number) = text.parse::<i64>()
    {
        return Some(number);
    }
    let number = number(text, notation)?;
    /// Whole numbers up to here are exact as floating-point numbers.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() < EXACT).then_some(number as i64)
}

fn plain_number(text: &str) -> Option<f64> {
    // Rust also reads words such as `inf` and `nan`.
    let signs_only = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    if !signs_only { None } else { text.parse::<f64>().ok().filter(|number| number.is_finite()) }
}

/// The text with a dot as decimal sign and without groups, which must have three digits (two where a further one follows).
fn plain(text: &str, notation: Notation) -> Option<String> {
    let (whole, part) = match text.split_once(notation.decimal) {
        Some((whole, part)) => (whole, Some(part)),
        None => (text, None),
    };
    let mut out = String::with_capacity(text.len());
    match notation.group {
        None => out.push_str(whole),
        Some(group) => {
            let is_group = |letter: char| letter == group || group.is_whitespace() && letter.is_whitespace();
            let groups: Vec<&str> = whole.split(is_group).collect();
            for (position, digits) in groups.iter().enumerate() {
                let right = match position {
                    0 => !digits.is_empty(),
                    last if last + 1 == groups.len() => digits.len() == 3,
                    _ => matches!(digits.len(), 2 | 3),
                };
                if !right {
                    return None;
                }
                out.push_str(digits);
            }
        }
    }
    if let Some(part) = part {
        out.push('.');
        out.push_str(part);
    }
    Some(out)
}

/// Yes or no.
pub(super) fn flag(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&["true", "yes", "t", "y", "1"]) {
        Some(true)
    } else if is(&["false", "no", "f", "n", "0"]) {
        Some(false)
    } else {
        None
    }
}

/// Days since 1970-01-01 of a date in ISO 8601 or one of the given formats (strptime).
pub(super) fn date(text: &str, formats: &[String]) -> Option<i32> {
    if formats.is_empty() {
        let (days, rest) = iso_date(text.as_bytes())?;
        let time_follows = matches!(rest.first(), Some(b'T' | b' '));
        return (rest.is_empty() || time_follows && moment(text, formats).is_some()).then_some(days);
    }
    formats.iter().find_map(|format| jiff::civil::Date::strptime(format, text).ok()).map(days_since_epoch)
}

/// Microseconds since 1970-01-01 of a moment in ISO 8601 or one of the given formats (strptime, `unix`, `unix_ms`).
/// A moment without an offset is taken as universal time.
pub(super) fn moment(text: &str, formats: &[String]) -> Option<i64> {
    if formats.is_empty() {
        return iso_moment(text.as_bytes()).or_else(|| text.parse::<Timestamp>().ok().map(Timestamp::as_microsecond));
    }
    formats.iter().find_map(|format| match format.as_str() {
        "unix" => plain_number(text).map(|seconds| (seconds * 1e6) as i64),
        "unix_ms" => plain_number(text).map(|millis| (millis * 1e3) as i64),
        _ => {
            let parts = jiff::fmt::strtime::parse(format, text).ok()?;
            let zoned = parts.to_timestamp().ok();
            let local = || jiff::tz::Offset::UTC.to_timestamp(parts.to_datetime().ok()?).ok();
            zoned.or_else(local).map(Timestamp::as_microsecond)
        }
    })
}

/// `2025-02-28`, and what stands behind it.
fn iso_date(text: &[u8]) -> Option<(i32, &[u8])> {
    let &[a, b, c, d, b'-', e, f, b'-', g, h, ref rest @ ..] = text else { return None };
    let year = digits(&[a, b, c, d])?;
    let (month, day) = (digits(&[e, f])?, digits(&[g, h])?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Days from civil, Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013): years begin in March.
    let shifted = year - i32::from(month <= 2);
    let era = shifted.div_euclid(400);
    let year_of_era = shifted - era * 400;
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some((era * 146_097 + day_of_era - 719_468, rest))
}

/// `2025-02-28T13:05:09.25+10:00`; seconds, fraction and offset may be missing.
fn iso_moment(text: &[u8]) -> Option<i64> {
    let (days, rest) = iso_date(text)?;
    if rest.is_empty() {
        return Some(i64::from(days) * 86_400_000_000);
    }
    let &[b'T' | b't' | b' ', a, b, b':', c, d, ref rest @ ..] = rest else { return None };
    let (hour, minute) = (digits(&[a, b])?, digits(&[c, d])?);
    let (second, rest) = match rest {
        &[b':', e, f, ref rest @ ..] => (digits(&[e, f])?, rest),
        rest => (0, rest),
    };
    let (micros, rest) = match rest {
        [b'.', rest @ ..] => {
            let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let shown = digits(&rest[..length.min(6)])?;
            (shown * 10_i32.pow(6 - length.min(6) as u32), &rest[length..])
        }
        rest => (0, rest),
    };
    let offset = match rest {
        [] | [b'Z' | b'z'] => 0,
        &[sign @ (b'+' | b'-'), a, b, ref rest @ ..] => {
            let minutes = match *rest {
                [b':', c, d] | [c, d] => digits(&[c, d])?,
                [] => 0,
                _ => return None,
            };
            (digits(&[a, b])? * 60 + minutes) * if sign == b'-' { -1 } else { 1 }
        }
        _ => return None,
    };
    if hour > 23 || minute > 59 || second > 59 || offset.abs() > 18 * 60 {
        return None;
    }
    let seconds = i64::from(days) * 86_400 + i64::from(hour * 3_600 + minute * 60 + second - offset * 60);
    Some(seconds * 1_000_000 + i64::from(micros))
}

fn digits(text: &[u8]) -> Option<i32> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(text.iter().fold(0, |number, byte| number * 10 + i32::from(byte - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_read_as_their_notation_says_and_never_guessed() {
        let notation = |decimal, group| Notation { decimal, group };
        for (text, decimal, group, expected) in [
            ("3.5", '.', None, Some(3.5)),
            ("-0.25", '.', None, Some(-0.25)),
            ("1,600", '.', Some(','), Some(1600.0)),
            ("1,234,567.5", '.', Some(','), Some(1_234_567.5)),
            ("1,6", '.', Some(','), None),
            ("3\u{a0}063", '.', Some(' '), Some(3063.0)),
            ("3\u{202f}063,50", ',', Some(' '), Some(3063.5)),
            ("1.600,5", ',', Some('.'), Some(1600.5)),
            ("1,600", '.', None, None),
            ("inf", '.', None, None),
            ("NaN", '.', None, None),
            ("1e400", '.', None, None),
            ("", '.', None, None),
            ("12 beds", '.', None, None),
        ] {
            assert_eq!(number(text, notation(decimal, group)), expected, "{text:?}");
        }
        assert_eq!(integer("5.0", notation('.', None)), Some(5));
        assert_eq!(integer("5.5", notation('.', None)), None);
        assert_eq!(integer("9007199254740993", notation('.', None)), Some(9_007_199_254_740_993));
    }

    #[test]
    fn formats_of_dates_are_those_of_strptime() {
        let formats = |text: &str| vec![text.to_owned()];
        assert_eq!(date("1/7/2024", &formats("%d/%m/%Y")), Some(19_905));
        assert_eq!(date("09.06.2021", &formats("%d.%m.%Y")), Some(18_787));
        assert_eq!(date("31/02/2024", &formats("%d/%m/%Y")), None);
        assert_eq!(date("2024-02-30", &[]), None);
        assert_eq!(moment("1688156439", &formats("unix")), Some(1_688_156_439_000_000));
        assert_eq!(moment("2023-07-13 15:28:00", &[]), moment("2023-07-14T01:28:00+10:00", &[]));
        assert_eq!(moment("13/07/2023 15:28", &formats("%d/%m/%Y %H:%M")), moment("2023-07-13T15:28:00Z", &[]));
    }

    proptest! {
        #[test]
        fn iso_dates_and_moments_agree_with_jiff(seconds in -60_000_000_000_i64..60_000_000_000, micros in 0_i64..1_000_000) {
            let at = Timestamp::from_microsecond(seconds * 1_000_000 + micros).expect("within range");
            prop_assert_eq!(moment(&at.to_string(), &[]), Some(at.as_microsecond()));
            let day = model::time::date_of(at);
            prop_assert_eq!(date(&day.to_string(), &[]), Some(days_since_epoch(day)));
        }
    }
}
