//! When positions are: dates, moments and numbers as places in a row, and back.
//!
//! Holds the spacing of a file and what it is called. It must never guess where dates do not fit a spacing: that is an error.

use model::Date;
use model::time::{date_from_days, days_since_epoch};

const DAY: i64 = 86_400;

/// How far apart positions are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Every {
    /// An hour
    Hour,
    /// A day
    Day,
    /// Seven days
    Week,
    /// A month of the calendar
    Month,
    /// Whole numbers, one apart
    Number,
}

/// How what a file says when is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Number,
    Date,
    /// With this sign between date and time, and a `Z` at the end or not.
    Moment(char, bool),
}

/// The spacing of all series of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Calendar {
    style: Style,
    spacing: Spacing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spacing {
    Number,
    Seconds(i64),
    /// On this day, or on the last of each month where that is above 27 and every one is the last.
    Months(i8),
}

/// A point in time as it was read: whole numbers, or seconds since 1970.
pub(super) type At = i64;

impl Style {
    /// What a text is, with its style; `None` where it is nothing of the kind.
    pub(super) fn read(text: &str) -> Option<(Self, At)> {
        if let Ok(number) = text.parse::<i64>() {
            return Some((Self::Number, number));
        }
        if let Ok(date) = text.parse::<Date>()
            && text.len() == 10
        {
            return Some((Self::Date, i64::from(days_since_epoch(date)) * DAY));
        }
        let separator = text.chars().nth(10).filter(|sign| matches!(sign, ' ' | 'T'))?;
        let zoned = text.parse::<model::Timestamp>().ok();
        let at = zoned.or_else(|| format!("{}Z", text.replacen(' ', "T", 1)).parse().ok())?;
        Some((Self::Moment(separator, zoned.is_some()), at.as_second()))
    }
}

impl Calendar {
    /// The spacing asked for, or that of the points of all series: `points` are those of one after the other, rising.
    pub(super) fn of(style: Style, every: Option<Every>, points: &[Vec<At>]) -> Self {
        let all = || points.iter().flatten().copied();
        let of_month = || {
            let mut dates = all().map(date_of);
            let first = dates.next()?;
            let last_of_month = first.day() == first.days_in_month() && all().all(|at| is_last(date_of(at)));
            let same = all().all(|at| date_of(at).day() == first.day());
            (same || last_of_month).then_some(if last_of_month { 31 } else { first.day() })
        };
        let gap = points.iter().flat_map(|own| own.windows(2).map(|pair| pair[1] - pair[0])).min();
        let spacing = match (every, style) {
            (Some(Every::Number), _) | (None, Style::Number) => Spacing::Number,
            (Some(Every::Hour), _) => Spacing::Seconds(3600),
            (Some(Every::Day), _) => Spacing::Seconds(DAY),
            (Some(Every::Week), _) => Spacing::Seconds(7 * DAY),
            (Some(Every::Month), _) => Spacing::Months(of_month().unwrap_or(1)),
            (None, _) => match (gap, of_month()) {
                (Some(gap), Some(day)) if gap >= 28 * DAY => Spacing::Months(day),
                (Some(gap), _) => Spacing::Seconds(gap.max(1)),
                (None, _) => Spacing::Seconds(DAY),
            },
        };
        Self { style, spacing }
    }

    /// The position of a point; `None` where it is between two.
    pub(super) fn position(&self, at: At, first: At) -> Option<i64> {
        match self.spacing {
            Spacing::Number => Some(at - first),
            Spacing::Seconds(step) => ((at - first) % step == 0).then(|| (at - first) / step),
            Spacing::Months(day) => {
                let (date, first) = (date_of(at), date_of(first));
                let fits = if day == 31 { is_last(date) } else { date.day() == day };
                fits.then(|| months(date) - months(first))
            }
        }
    }

    /// The point of a position.
    pub(super) fn at(&self, first: At, position: i64) -> At {
        match self.spacing {
            Spacing::Number => first + position,
            Spacing::Seconds(step) => first + position * step,
            Spacing::Months(day) => {
                let month = months(date_of(first)) + position;
                let (year, month) = (month.div_euclid(12) as i16, month.rem_euclid(12) as i8 + 1);
                let first_day = Date::new(year, month, 1).unwrap_or(Date::MAX);
                let date = Date::new(year, month, day.min(first_day.days_in_month())).unwrap_or(first_day);
                i64::from(days_since_epoch(date)) * DAY + first.rem_euclid(DAY)
            }
        }
    }

    /// Days in a position, as days since 1970; a number is its own.
    pub(super) fn days(&self, first: At, position: i64) -> std::ops::Range<i64> {
        let at = self.at(first, position);
        match self.spacing {
            Spacing::Number => at..at + 1,
            Spacing::Seconds(step) if step <= DAY => at.div_euclid(DAY)..at.div_euclid(DAY) + 1,
            _ => at.div_euclid(DAY)..self.at(first, position + 1).div_euclid(DAY),
        }
    }

    /// A point as the file writes it.
    pub(super) fn written(&self, at: At) -> String {
        match self.style {
            Style::Number => at.to_string(),
            Style::Date => date_of(at).to_string(),
            Style::Moment(separator, zoned) => {
                let text = model::Timestamp::from_second(at).unwrap_or_default().to_string();
                let text = text.replacen('T', &separator.to_string(), 1);
                if zoned { text } else { text.trim_end_matches('Z').to_owned() }
            }
        }
    }

    /// Seasons that are usual with this spacing, in positions.
    pub(super) fn seasons(&self) -> Vec<f64> {
        match self.spacing {
            Spacing::Seconds(3600) => vec![24.0, 168.0, 8766.0],
            Spacing::Seconds(DAY) => vec![7.0, 365.25],
            Spacing::Seconds(step) if step == 7 * DAY => vec![52.18],
            Spacing::Months(_) => vec![12.0],
            Spacing::Number | Spacing::Seconds(_) => Vec::new(),
        }
    }

    /// What people call the spacing.
    pub(super) fn word(&self) -> String {
        match self.spacing {
            Spacing::Number => "number".to_owned(),
            Spacing::Seconds(3600) => "hour".to_owned(),
            Spacing::Seconds(DAY) => "day".to_owned(),
            Spacing::Seconds(step) if step == 7 * DAY => "week".to_owned(),
            Spacing::Seconds(step) => format!("{step} seconds"),
            Spacing::Months(_) => "month".to_owned(),
        }
    }
}

fn date_of(at: At) -> Date {
    i32::try_from(at.div_euclid(DAY)).ok().and_then(date_from_days).unwrap_or(Date::MAX)
}

fn is_last(date: Date) -> bool {
    date.day() == date.days_in_month()
}

fn months(date: Date) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month()) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(texts: &[&str]) -> (Style, Vec<At>) {
        let read: Vec<(Style, At)> = texts.iter().map(|text| Style::read(text).expect("a point")).collect();
        (read[0].0, read.into_iter().map(|(_, at)| at).collect())
    }

    #[test]
    fn spacings_are_found_and_gone_on_with() {
        for (texts, word, next) in [
            (&["2019-01-01", "2019-01-02", "2019-01-05"][..], "day", "2019-01-06"),
            (&["2019-01-31", "2019-02-28", "2019-04-30"], "month", "2019-05-31"),
            (&["2019-01-15", "2019-03-15", "2019-04-15"], "month", "2019-05-15"),
            (&["2019-01-31T23:00:00Z", "2019-02-28T23:00:00Z"], "month", "2019-03-31T23:00:00Z"),
            (&["2019-01-07", "2019-01-14"], "week", "2019-01-21"),
            (&["2019-01-01 22:00:00", "2019-01-01 23:00:00"], "hour", "2019-01-02 00:00:00"),
            (&["2019-01-01T00:00:00Z", "2019-01-01T00:15:00Z"], "900 seconds", "2019-01-01T00:30:00Z"),
            (&["1", "2", "4"], "number", "5"),
        ] {
            let (style, points) = points(texts);
            let calendar = Calendar::of(style, None, std::slice::from_ref(&points));
            assert_eq!(calendar.word(), word);
            let (first, last) = (points[0], points[points.len() - 1]);
            let position = calendar.position(last, first).expect("it fits");
            assert_eq!(calendar.written(calendar.at(first, position)), texts[texts.len() - 1]);
            assert_eq!(calendar.written(calendar.at(first, position + 1)), next);
        }
    }

    #[test]
    fn what_lies_between_two_positions_has_none() {
        let (style, points) = points(&["2019-01-01", "2019-01-08"]);
        let calendar = Calendar::of(style, None, std::slice::from_ref(&points));
        assert_eq!(calendar.position(points[0] + 3 * DAY, points[0]), None);
        assert_eq!(calendar.days(points[0], 1).count(), 7);
        for text in ["", "soon", "2019-13-01", "2019-01-01x", "1.5"] {
            assert_eq!(Style::read(text), None, "{text}");
        }
    }
}
