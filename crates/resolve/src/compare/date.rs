//! Nearness of two dates, and the slips people make when they write them.

use super::{About, Comparator, Grade, Reads, Subject};
use model::Date;
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
        let (Some(left), Some(right)) = (left.days, right.days) else { return Grade::MISSING };
        if left == right {
            return Grade(5);
        }
        let slip = match (date_from_days(left), date_from_days(right)) {
            (Some(one), Some(other)) => is_slip(one, other),
            _ => false,
        };
        match left.abs_diff(right) {
            _ if slip => Grade(4),
            0..=31 => Grade(3),
            32..=366 => Grade(2),
            _ => Grade::DIFFERENT,
        }
    }
}

/// One digit of eight wrong, or day and month swapped.
fn is_slip(one: Date, other: Date) -> bool {
    let swapped = one.year() == other.year() && one.month() == other.day() && one.day() == other.month();
    let digits = |date: Date| {
        let number = i32::from(date.year()) * 10_000 + i32::from(date.month()) * 100 + i32::from(date.day());
        std::iter::successors(Some(number), |rest| Some(rest / 10)).take(8).map(|rest| rest % 10)
    };
    swapped || digits(one).zip(digits(other)).filter(|(left, right)| left != right).count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

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
                Subject { days: Some(model::time::days_since_epoch(date)), ..Subject::default() }
            });
            assert_eq!(DateDistance.grade(&one, &other), Grade(grade), "{left} {right}");
        }
    }
}
