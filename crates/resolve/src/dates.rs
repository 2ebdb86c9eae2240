//! Dates as people write them.
//!
//! Holds the forms that are read, and the choice between day first and month first, which a column makes as a whole. Must never
//! make a day of half a date.

use model::Date;

/// Which of two numbers before the year is the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// 31/12/2019.
    DayFirst,
    /// 12/31/2019.
    MonthFirst,
}

impl Order {
    /// The order in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::DayFirst => "day first",
            Self::MonthFirst => "month first",
        }
    }
}

/// What the different values of a column say of their order, and which was taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Orders {
    /// Values that can only be read day first.
    pub day_first: usize,
    /// Values that can only be read month first.
    pub month_first: usize,
    /// Values that can be read either way, as two different days.
    pub either: usize,
}

impl Orders {
    /// What these values say together.
    pub fn of<'t>(values: impl Iterator<Item = &'t str>) -> Self {
        values.filter_map(written).fold(Self::default(), |mut orders, value| {
            let Written::Numbers { first, second, year } = value else { return orders };
            match (date(year, second, first), date(year, first, second)) {
                (Some(one), Some(other)) if one == other => {}
                (Some(_), Some(_)) => orders.either += 1,
                (Some(_), None) => orders.day_first += 1,
                (None, Some(_)) => orders.month_first += 1,
                (None, None) => {}
            }
            orders
        })
    }

    /// The order of most values that have only one; day first where none has.
    pub fn taken(self) -> Order {
        if self.month_first > self.day_first { Order::MonthFirst } else { Order::DayFirst }
    }

    /// True where some value had to be read in an order.
    pub fn asked(self) -> bool {
        self.day_first + self.month_first + self.either > 0
    }

    /// True where no value says which order is meant.
    pub fn assumed(self) -> bool {
        self.asked() && self.day_first == self.month_first
    }
}

/// The day that a text means, where an order settles what can be read in two ways.
///
/// Read are ISO dates (also with a time behind them, or as eight digits), numbers with the year before or behind them, and months in
/// English words: `2019-03-04`, `20190304`, `2019/3/4`, `4.3.2019`, `4-3-19`, `4 Mar 2019`, `March 4th, 2019`. Years of two digits
/// lie from 1969 to 2068, as POSIX has it.
pub fn read(text: &str, order: Order) -> Option<Date> {
    match (written(text)?, order) {
        (Written::Plain(date), _) => Some(date),
        (Written::Numbers { first, second, year }, Order::DayFirst) => date(year, second, first),
        (Written::Numbers { first, second, year }, Order::MonthFirst) => date(year, first, second),
    }
}

/// Whether a text can be read as a date in any order.
pub fn is_date(text: &str) -> bool {
    read(text, Order::DayFirst).is_some() || read(text, Order::MonthFirst).is_some()
}

/// A date as eight digits.
pub fn digits(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

/// The date of eight digits.
pub fn of_digits(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    date(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?)
}

/// A date as it is written.
enum Written {
    /// It has one reading.
    Plain(Date),
    /// Two numbers before the year, of which either may be the day.
    Numbers { first: i16, second: i16, year: i16 },
}

/// A part of a written date.
#[derive(Clone, Copy)]
enum Piece<'t> {
    /// A number, and how many digits it has.
    Number(i16, usize),
    Word(&'t str),
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn written(text: &str) -> Option<Written> {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return of_digits(text).map(Written::Plain);
    }
    let (mut first, mut rest) = piece(text)?;
    if let Piece::Word(word) = first
        && WEEKDAYS.iter().any(|day| is_short_for(word, day))
    {
        (first, rest) = piece(between(rest).1)?;
    }
    let (before, after) = between(rest);
    let (second, rest) = piece(after)?;
    let (behind, after) = between(rest);
    let (third, rest) = piece(after)?;
    if !is_time(rest) {
        return None;
    }
    let year = |number: i16, digits: usize| match (digits, number) {
        (4, year) => Some(year),
        (2, 69..) => Some(1900 + number),
        (2, _) => Some(2000 + number),
        _ => None,
    };
    let plain = |year: i16, month: i16, day: i16| date(year, month, day).map(Written::Plain);
    match (first, second, third) {
        // Of numbers alone, one sign stands between all.
        (Piece::Number(..), Piece::Number(..), Piece::Number(..))
            if before != behind || !matches!(before, "-" | "/" | ".") =>
        {
            None
        }
        (Piece::Number(year, 4), Piece::Number(month, 1..=2), Piece::Number(day, 1..=2)) => plain(year, month, day),
        (Piece::Number(first, 1..=2), Piece::Number(second, 1..=2), Piece::Number(last, digits)) => {
            Some(Written::Numbers { first, second, year: year(last, digits)? })
        }
        (Piece::Number(year, 4), Piece::Word(word), Piece::Number(day, 1..=2)) => plain(year, month(word)?, day),
        (Piece::Number(day, 1..=2), Piece::Word(word), Piece::Number(last, digits))
        | (Piece::Word(word), Piece::Number(day, 1..=2), Piece::Number(last, digits)) => {
            plain(year(last, digits)?, month(word)?, day)
        }
        _ => None,
    }
}

/// The number or the word that begins here, and what follows. `th` and the like belong to a number.
fn piece(text: &str) -> Option<(Piece<'_>, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let letters = |text: &str| text.bytes().take_while(u8::is_ascii_alphabetic).count();
    if digits == 0 {
        let (word, rest) = text.split_at(letters(text));
        return (!word.is_empty()).then_some((Piece::Word(word), rest));
    }
    let (number, mut rest) = text.split_at(digits);
    let ordinal = &rest[..letters(rest)];
    if ["st", "nd", "rd", "th"].iter().any(|known| known.eq_ignore_ascii_case(ordinal)) {
        rest = &rest[2..];
    }
    Some((Piece::Number(number.parse().ok()?, digits), rest))
}

/// The signs between two pieces, without white space around them, and what follows.
fn between(text: &str) -> (&str, &str) {
    let rest = text.trim_start_matches([' ', '-', '/', '.', ',']);
    (text[..text.len() - rest.len()].trim(), rest)
}

/// Whether this is nothing, or a time of the day.
fn is_time(rest: &str) -> bool {
    let begins = |rest: &str| rest.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
    match rest.as_bytes() {
        [] | [b'Z' | b'z'] => true,
        [b'T' | b't', ..] => begins(&rest[1..]),
        [b' ' | b',', ..] => {
            let time = rest.trim_start_matches([' ', ',']);
            begins(time) && time.contains(':')
        }
        _ => false,
    }
}

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn month(word: &str) -> Option<i16> {
    MONTHS.iter().position(|known| is_short_for(word, known)).map(|at| at as i16 + 1)
}

/// Whether a word is this one, or its first letters, three of them at least.
fn is_short_for(word: &str, known: &str) -> bool {
    word.len() >= 3 && known.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn common_forms_are_read() {
        for text in [
            "2019-03-04",
            "20190304",
            "2019-03-04T10:00:00Z",
            "2019-03-04 10:00",
            "2019/3/4",
            "2019.03.04",
            "4/3/2019",
            "04/03/2019",
            "4.3.2019",
            "04-03-2019",
            "4-3-19",
            "4 Mar 2019",
            "4. March 2019",
            "04-MAR-2019",
            "04MAR19",
            "March 4, 2019",
            "Mar 4th, 2019",
            "4th of March 2019",
            "Mon, 4 Mar 2019 10:00:00",
            "2019 Mar 4",
            " 4/3/2019, 10:00 ",
        ] {
            let found = read(text, Order::DayFirst).map(digits);
            // `of` is no month, and a word too many is no date.
            let expected = (!text.contains("of")).then_some("20190304");
            assert_eq!(found.as_deref(), expected, "{text}");
        }
        assert_eq!(read("3/4/2019", Order::MonthFirst).map(digits).as_deref(), Some("20190304"));
        assert_eq!(read("1/2/70", Order::DayFirst).map(digits).as_deref(), Some("19700201"));
    }

    #[test]
    fn what_is_no_date_is_not_read() {
        for text in [
            "",
            "2019",
            "19701302",
            "31/02/2019",
            "32/1/2019",
            "1/13/2019",
            "12 34 5678",
            "1.2.3",
            "10.0.0.1",
            "2019-03",
            "4 Foo 2019",
            "4/3-2019",
            "4 Ma 2019",
            "2019-03-04xyz",
            "March 2019",
            "12/2019",
            "é/3/2019",
            "4/3/2019 and more",
            "99999/1/2",
        ] {
            assert_eq!(read(text, Order::DayFirst), None, "{text}");
        }
    }

    #[test]
    fn a_column_says_which_number_is_the_day() {
        let orders = |texts: &[&str]| Orders::of(texts.iter().copied());
        let day = orders(&["3/4/2019", "25/4/2019", "4 Mar 2019", "5/5/2019", "40/40/2019"]);
        assert_eq!(day, Orders { day_first: 1, month_first: 0, either: 1 });
        assert_eq!((day.taken(), day.assumed()), (Order::DayFirst, false));
        let month = orders(&["3/4/2019", "4/25/2019"]);
        assert_eq!((month.taken(), month.assumed()), (Order::MonthFirst, false));
        let either = orders(&["3/4/2019", "4/5/2019"]);
        assert_eq!((either.taken(), either.assumed()), (Order::DayFirst, true));
        assert!(!orders(&["2019-03-04"]).asked());
    }

    proptest! {
        #[test]
        fn every_day_is_read_in_every_form(days in -25_000i32..35_000, order in 0..2u8) {
            let date = model::time::date_from_days(days).expect("a day of our time");
            let (year, month, day) = (date.year(), date.month(), date.day());
            let order = if order == 0 { Order::DayFirst } else { Order::MonthFirst };
            let (first, second) = if order == Order::DayFirst { (day, month) } else { (month, day) };
            let name = MONTHS[month as usize - 1];
            for text in [
                format!("{year}-{month:02}-{day:02}"), digits(date), format!("{first}/{second}/{year}"),
                format!("{first:02}.{second:02}.{year}"), format!("{day} {name} {year}"),
                format!("{} {day}, {year}", &name[..3]),
            ] {
                prop_assert_eq!(read(&text, order), Some(date), "{}", text);
            }
        }

        #[test]
        fn no_text_breaks_the_reader(text in "\\PC{0,24}") {
            is_date(&text);
        }
    }
}
