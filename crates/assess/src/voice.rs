//! The voice of one contributor about one thing: who said how much, when, in which words.
//!
//! Holds the input that ratings and coordination share. It must never hold a name or address of a person, and no
//! measure of one.

use crate::AssessError;
use model::{Date, RecordRef};

/// The days in which something was said, both ends included. One day where the day is known, a month where only the month is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Days {
    /// First day, as days since 1970-01-01.
    pub first: i32,
    /// Last day, as days since 1970-01-01; never before the first.
    pub last: i32,
}

impl Days {
    /// One known day.
    pub fn on(date: Date) -> Self {
        let day = model::time::days_since_epoch(date);
        Self { first: day, last: day }
    }

    /// From one day to another, in either order.
    pub fn between(one: Date, other: Date) -> Self {
        let (one, other) = (model::time::days_since_epoch(one), model::time::days_since_epoch(other));
        Self { first: one.min(other), last: one.max(other) }
    }

    /// Number of days.
    pub fn width(self) -> i32 {
        self.last - self.first + 1
    }

    /// The day in the middle, with half days, as days since 1970-01-01.
    pub fn middle(self) -> f64 {
        f64::from(self.first) + f64::from(self.last - self.first) / 2.0
    }

    /// Days that certainly lie between two spans: 0 where they touch or overlap.
    pub fn gap(self, other: Self) -> i32 {
        (self.first.max(other.first) - self.last.min(other.last)).max(0)
    }

    /// True where the whole of `other` lies inside.
    pub fn covers(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    /// The first day as a date.
    pub fn first_date(self) -> Option<Date> {
        model::time::date_from_days(self.first)
    }

    /// The last day as a date.
    pub fn last_date(self) -> Option<Date> {
        model::time::date_from_days(self.last)
    }
}

/// The scale on which ratings are given, such as 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Worst rating.
    pub low: f64,
    /// Best rating.
    pub high: f64,
}

impl Scale {
    /// One to five stars.
    pub const STARS: Self = Self { low: 1.0, high: 5.0 };

    /// The scale itself, if it has a length.
    pub fn checked(self) -> Result<Self, AssessError> {
        let usable = self.low.is_finite() && self.high.is_finite() && self.low < self.high;
        if usable { Ok(self) } else { Err(AssessError::Scale { low: self.low, high: self.high }) }
    }

    /// Upper end minus lower end.
    pub fn length(self) -> f64 {
        self.high - self.low
    }

    /// True for a finite rating inside the scale.
    pub fn holds(self, rating: f64) -> bool {
        (self.low..=self.high).contains(&rating)
    }

    /// The nearest point of the scale.
    pub fn nearest(self, rating: f64) -> f64 {
        rating.clamp(self.low, self.high)
    }
}

/// One rating of one Entity by one contributor, with the text that came with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Voice {
    /// The row it comes from.
    pub record: RecordRef,
    /// The Entity it speaks about.
    pub entity: String,
    /// Who speaks, as an opaque identifier; empty where unknown.
    pub contributor: String,
    /// How many voices the source says the contributor has given anywhere; none where the source does not say.
    pub contributor_voices: Option<u32>,
    /// When it was said.
    pub when: Days,
    /// What was given, on the scale of the assessment.
    pub rating: f64,
    /// Probability that it speaks about this Entity at all, or any other reason to count it less: 0 to 1.
    pub weight: f64,
    /// What was written; empty where nothing was.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_know_their_width_and_gap() {
        let day = |text: &str| text.parse::<Date>().expect("a valid date");
        let may = Days::between(day("2025-05-31"), day("2025-05-01"));
        assert_eq!(may.width(), 31);
        assert_eq!(may.gap(Days::on(day("2025-05-10"))), 0);
        assert_eq!(may.gap(Days::on(day("2025-06-03"))), 3);
        assert!(may.covers(Days::on(day("2025-05-31"))));
        assert_eq!(may.first_date(), Some(day("2025-05-01")));
    }

    #[test]
    fn a_scale_needs_a_length() {
        let error = Scale { low: 5.0, high: 5.0 }.checked().expect_err("no length");
        assert_eq!(error.to_string(), "the scale runs from 5 to 5; give a lower end that is less than the upper end");
    }
}
