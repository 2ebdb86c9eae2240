//! Numbers, money, dates and distances as the reader writes them, by language.
//!
//! Pure functions of a language and a value. Must never show a digit that the value does not carry, and never read a clock.

use crate::wording::{Language, Words};
use model::{Date, Timestamp};

/// An amount in a currency (ISO 4217 code).
#[derive(Clone, Debug, PartialEq)]
pub struct Money {
    /// The amount, in whole units of the currency.
    pub amount: f64,
    /// Code such as `AUD`.
    pub currency: String,
}

/// A narrow space that does not break, between a number and its unit.
const JOIN: char = '\u{a0}';

/// What separates groups of three digits, what separates decimals, and from how many digits on groups are made.
///
/// Source: CLDR 46, `numbers`: Spanish leaves four digits together.
fn separators(language: Language) -> (char, char, usize) {
    match language {
        Language::English => (',', '.', 4),
        Language::Spanish => ('.', ',', 5),
    }
}

/// A number rounded to `digits` decimals.
pub fn decimal(language: Language, value: f64, digits: usize) -> String {
    let (group, point, from) = separators(language);
    let written = format!("{:.digits$}", value.abs());
    let (whole, fraction) = written.split_once('.').unwrap_or((&written, ""));
    let mut out = String::new();
    // "-0" is what rounding leaves of a small negative number; it says nothing.
    if value < 0.0 && written.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        out.push('−');
    }
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && whole.len() >= from && (whole.len() - place) % 3 == 0 {
            out.push(group);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(point);
        out.push_str(fraction);
    }
    out
}

/// A whole number.
pub fn whole(language: Language, value: f64) -> String {
    decimal(language, value, 0)
}

/// How many decimals a value carries whose interval is `half_width` to each side: none that the interval swallows.
pub fn digits_carried(half_width: f64) -> usize {
    if half_width.is_finite() && half_width > 0.0 { (-half_width.log10()).ceil().clamp(0.0, 2.0) as usize } else { 0 }
}

const MONTHS: [(Language, [&str; 12]); 2] = [
    (
        Language::English,
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
    ),
    (
        Language::Spanish,
        [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ],
    ),
];

fn month(language: Language, number: i8) -> &'static str {
    let names = MONTHS.iter().find(|(of, _)| *of == language).map_or(&MONTHS[0].1, |(_, names)| names);
    names[usize::try_from(number - 1).unwrap_or(0) % 12]
}

/// A day: `25 November 2026`, `25 de noviembre de 2026`.
pub fn date(language: Language, date: Date) -> String {
    let name = month(language, date.month());
    match language {
        Language::English => format!("{} {name} {}", date.day(), date.year()),
        Language::Spanish => format!("{} de {name} de {}", date.day(), date.year()),
    }
}

/// A day in little room: `25 Nov 2026`, `25 nov 2026`.
pub fn short_date(language: Language, date: Date) -> String {
    let name: String = month(language, date.month()).chars().take(3).collect();
    format!("{} {name} {}", date.day(), date.year())
}

/// A moment to the minute, in universal time: `25 November 2026, 14:05`.
pub fn moment(language: Language, at: Timestamp) -> String {
    let civil = jiff::tz::Offset::UTC.to_datetime(at);
    format!("{}, {:02}:{:02}", date(language, civil.date()), civil.hour(), civil.minute())
}

/// An amount of money. Cents are shown only where there are some.
pub fn money(language: Language, money: &Money) -> String {
    let cents = (money.amount * 100.0).round() % 100.0 != 0.0;
    let number = decimal(language, money.amount, if cents { 2 } else { 0 });
    let symbol = match (language, money.currency.as_str()) {
        (_, "EUR") => "€",
        (Language::English, "AUD") => "A$",
        (Language::English, "GBP") | (Language::Spanish, "GBP") => "£",
        (_, "USD") => "US$",
        (_, code) => code,
    };
    match language {
        // A code of letters reads as a word and keeps its distance.
        Language::English if symbol.ends_with(char::is_alphabetic) => format!("{symbol}{JOIN}{number}"),
        Language::English => format!("{symbol}{number}"),
        Language::Spanish => format!("{number}{JOIN}{symbol}"),
    }
}

/// A share of one as a percentage: `37%`, `37 %`. Shares that are not quite 0 or 1 never read as 0 or 100.
pub fn share(language: Language, share: f64) -> String {
    let percent = share * 100.0;
    let digits = usize::from((percent > 0.0 && percent < 0.95) || (percent > 99.05 && percent < 100.0));
    let number = match percent {
        tiny if tiny > 0.0 && tiny < 0.05 => format!("<{}", decimal(language, 0.1, 1)),
        nearly if nearly > 99.95 && nearly < 100.0 => format!(">{}", decimal(language, 99.9, 1)),
        other => decimal(language, other, digits),
    };
    match language {
        Language::English => format!("{number}%"),
        Language::Spanish => format!("{number}{JOIN}%"),
    }
}

/// A distance: to the kilometre from 10 on, else to the hundred metres.
pub fn kilometres(language: Language, value: f64) -> String {
    format!("{}{JOIN}km", decimal(language, value, usize::from(value < 9.95)))
}

/// A size in bytes, in the unit that leaves one to three digits.
pub fn bytes(language: Language, count: u64) -> String {
    let mut value = count as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if value < 999.5 {
            return format!("{}{JOIN}{unit}", decimal(language, value, usize::from(unit != "B" && value < 9.95)));
        }
        value /= 1000.0;
    }
    format!("{}{JOIN}TB", decimal(language, value, 1))
}

/// The same from a page's words, so that templates can call them; they take references because templates hand those in.
impl Words {
    /// A count.
    pub fn count(&self, value: impl crate::wording::Argument) -> String {
        match value.argument() {
            fluent_bundle::FluentValue::Number(number) => whole(self.language(), number.value),
            _ => String::new(),
        }
    }

    /// See [`decimal`].
    pub fn decimal(&self, value: &f64, digits: usize) -> String {
        decimal(self.language(), *value, digits)
    }

    /// See [`date`].
    pub fn date(&self, value: &Date) -> String {
        date(self.language(), *value)
    }

    /// See [`short_date`].
    pub fn short_date(&self, value: &Date) -> String {
        short_date(self.language(), *value)
    }

    /// See [`moment`].
    pub fn moment(&self, value: &Timestamp) -> String {
        moment(self.language(), *value)
    }

    /// See [`money`].
    pub fn money(&self, value: &Money) -> String {
        money(self.language(), value)
    }

    /// See [`share`].
    pub fn share(&self, value: &f64) -> String {
        share(self.language(), *value)
    }

    /// See [`kilometres`].
    pub fn kilometres(&self, value: &f64) -> String {
        kilometres(self.language(), *value)
    }

    /// See [`bytes`].
    pub fn bytes(&self, value: &u64) -> String {
        bytes(self.language(), *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{English, Spanish};

    #[test]
    fn numbers_in_both_languages() {
        for (value, digits, english, spanish) in [
            (1838.0, 0, "1,838", "1838"),
            (20_172.0, 0, "20,172", "20.172"),
            (1_234_567.891, 2, "1,234,567.89", "1.234.567,89"),
            (-0.4, 0, "0", "0"),
            (-12.5, 1, "−12.5", "−12,5"),
            (999.0, 0, "999", "999"),
        ] {
            assert_eq!(decimal(English, value, digits), english);
            assert_eq!(decimal(Spanish, value, digits), spanish);
        }
    }

    #[test]
    fn no_digit_that_the_interval_swallows() {
        for (half_width, digits) in
            [(0.45, 1), (1.2, 0), (0.1, 1), (0.09, 2), (0.001, 2), (30.0, 0), (0.0, 0), (f64::NAN, 0)]
        {
            assert_eq!(digits_carried(half_width), digits, "{half_width}");
        }
    }

    #[test]
    fn days_money_shares_and_distances() {
        let day: Date = "2026-11-25".parse().expect("a date");
        assert_eq!(
            (date(English, day).as_str(), date(Spanish, day).as_str()),
            ("25 November 2026", "25 de noviembre de 2026")
        );
        assert_eq!(short_date(Spanish, day), "25 nov 2026");
        assert_eq!(moment(English, "2026-11-25T14:05:59Z".parse().expect("a moment")), "25 November 2026, 14:05");
        let price = Money { amount: 1310.5, currency: "AUD".to_owned() };
        assert_eq!(
            (money(English, &price).as_str(), money(Spanish, &price).as_str()),
            ("A$1,310.50", "1310,50\u{a0}AUD")
        );
        assert_eq!(money(English, &Money { amount: 310.0, currency: "CHF".to_owned() }), "CHF\u{a0}310");
        assert_eq!(money(Spanish, &Money { amount: 0.995, currency: "EUR".to_owned() }), "1\u{a0}€");
        for (value, expected) in
            [(0.374, "37%"), (0.0, "0%"), (1.0, "100%"), (0.004, "0.4%"), (0.0001, "<0.1%"), (0.9999, ">99.9%")]
        {
            assert_eq!(share(English, value), expected);
        }
        assert_eq!(share(Spanish, 0.374), "37\u{a0}%");
        assert_eq!(
            (kilometres(English, 4.26).as_str(), kilometres(English, 42.6).as_str()),
            ("4.3\u{a0}km", "43\u{a0}km")
        );
        assert_eq!((bytes(English, 999).as_str(), bytes(Spanish, 1_500_000).as_str()), ("999\u{a0}B", "1,5\u{a0}MB"));
    }
}
