//! Dates as portals tell them: "3 months ago", in several languages, as the span of days they may mean.
//!
//! Holds the words as data and the arithmetic. It must never guess a day inside the span, and never read a clock.
//!
//! A portal that says "3 months ago" has rounded down: units of 7 and 30 days, years of 365, so older spans are wider.

use crate::Days;
use model::Date;

/// Days of one unit; 0 for units shorter than a day.
const UNITS: &[(&str, i32)] = &[
    ("個月", 30),
    ("个月", 30),
    ("か月", 30),
    ("ヶ月", 30),
    ("秒", 0),
    ("分鐘", 0),
    ("分钟", 0),
    ("小時", 0),
    ("小时", 0),
    ("時間", 0),
    ("天", 1),
    ("日", 1),
    ("週", 7),
    ("周", 7),
    ("月", 30),
    ("年", 365),
    ("second", 0),
    ("minute", 0),
    ("hour", 0),
    ("day", 1),
    ("week", 7),
    ("month", 30),
    ("year", 365),
    ("segundo", 0),
    ("minuto", 0),
    ("hora", 0),
    ("día", 1),
    ("dia", 1),
    ("semana", 7),
    ("mes", 30),
    ("año", 365),
];

/// Words that mean one: "a month ago", "hace un mes".
const ONE: &[&str] = &["a", "an", "un", "una", "one", "一"];

/// The span of days that a relative date such as "3 個月前", "a week ago" or "hace 2 meses" may mean, told on `told`.
///
/// `None` where the text is no relative date of a known language.
pub fn span(text: &str, told: Date) -> Option<Days> {
    let text = text.trim().to_lowercase();
    let past = text.ends_with('前') || text.ends_with("ago") || text.starts_with("hace");
    if !past {
        return None;
    }
    let (_, unit) = *UNITS.iter().find(|(word, _)| text.contains(word))?;
    let count = count_in(&text)?;
    let told = model::time::days_since_epoch(told);
    // Larger units begin where they are whole: four weeks last until day 29, eleven months until day 364.
    let (from, to) = match unit {
        0 => (0, 0),
        1 => (count, count),
        7 => (count * 7, (count * 7 + 6).min(if count <= 4 { 29 } else { i32::MAX })),
        30 => (count * 30, (count * 30 + 29).min(if count <= 12 { 364.max(count * 30) } else { i32::MAX })),
        _ => (count.checked_mul(365)?, count.checked_mul(365)?.checked_add(364)?),
    };
    Some(Days { first: told.checked_sub(to)?, last: told.checked_sub(from)? })
}

fn count_in(text: &str) -> Option<i32> {
    let digits: String = text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    if !digits.is_empty() {
        return digits.parse().ok().filter(|count| *count < 100_000);
    }
    let one = text.split_whitespace().any(|word| ONE.contains(&word)) || text.starts_with('一');
    one.then_some(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_spans_are_wider() {
        let told: Date = "2025-04-01".parse().expect("a valid date");
        let today = model::time::days_since_epoch(told);
        let ago = |from: i32, to: i32| Some(Days { first: today - to, last: today - from });
        for (text, expected) in [
            ("6 天前", ago(6, 6)),
            ("18 小時前", ago(0, 0)),
            ("3 週前", ago(21, 27)),
            ("4 週前", ago(28, 29)),
            ("3 個月前", ago(90, 119)),
            ("11 個月前", ago(330, 359)),
            ("2 年前", ago(730, 1094)),
            ("a month ago", ago(30, 59)),
            ("5 days ago", ago(5, 5)),
            ("hace 2 semanas", ago(14, 20)),
            ("hace un año", ago(365, 729)),
            ("2025-03-01", None),
            ("soon", None),
        ] {
            assert_eq!(span(text, told), expected, "{text}");
        }
    }
}
