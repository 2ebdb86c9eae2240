//! Nearness of two dates, and the slips people make when they write them.

use super::{About, Comparator, Grade, Reads, Subject};
use model::time::date_from_days;

/// Likeness of dates: equal, one slip of the pen, near in time.
pub struct DateDistance;

impl Comparator for DateDistance {
    fn about(&self) -> About {
        About {
            name: "date",
            title: "Nearness of dates",
            summary: "equal, one digit wrong or day and month swapped, within a month, within a year",
            reads: Reads::Date,
            grades: &["missing", "different", "within_year", "within_month", "slip", "exact"],
        }
    }

    fn grade(&self, left: &Subject<'_>, right: &Subject<'_>) -> Grade {
        let (Some(left), Some(right)) = (left.day, right.day) else { return Grade::MISSING };
        if left == right {
            return Grade(5);
        }
        let slip = left.is_slip_of(right);
        match left.days.abs_diff(right.days) {
            _ if slip => Grade(4),
            0..=31 => Grade(3),
            32..=366 => Grade(2),
            _ => Grade::DIFFERENT,
        }
    }
}

/// A day, ready to be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Days since 1970-01-01.
    days: i32,
    /// Year, month and day in decimal digits, four bits each; 0 where the year has not four digits.
    digits: u32,
}

impl Day {
    /// The day so many days after 1970-01-01.
    pub fn of(days: i32) -> Self {
        let digits = date_from_days(days).filter(|date| (0..=9_999).contains(&date.year())).map_or(0, |date| {
            let number = u32::from(date.year().unsigned_abs()) * 10_000
                + u32::from(date.month().unsigned_abs()) * 100
                + u32::from(date.day().unsigned_abs());
            (0..8).fold(0, |digits, place| digits | (number / 10_u32.pow(place) % 10) << (4 * place))
        });
        Self { days, digits }
    }

    /// One digit of eight wrong, or day and month swapped.
    fn is_slip_of(self, other: Self) -> bool {
        if self.digits == 0 || other.digits == 0 {
            return false;
        }
        let (year, month, day) = (self.digits >> 16, self.digits >> 8 & 0xff, self.digits & 0xff);
        let swapped = year << 16 | day << 8 | month;
        let wrong = self.digits ^ other.digits;
        // All that is wrong lies in the four bits of its lowest bit.
        swapped == other.digits || wrong >> (wrong.trailing_zeros() & !3) < 16
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Date;

    #[test]
    fn slips_are_told_from_other_days() {
        for (left, right, grade) in [
            ("1949-03-07", "1949-03-07", 5),
            ("1949-03-07", "1949-07-03", 4),
            ("1949-03-07", "1999-03-07", 4),
            ("1949-03-28", "1949-04-03", 3),
            ("1949-03-28", "1949-11-03", 2),
            ("1949-03-28", "1961-11-03", 1),
        ] {
            let [one, other] = [left, right].map(|text| {
                let date: Date = text.parse().expect("a valid date");
                Subject { day: Some(Day::of(model::time::days_since_epoch(date))), ..Subject::default() }
            });
            assert_eq!(DateDistance.grade(&one, &other), Grade(grade), "{left} {right}");
        }
    }
}
