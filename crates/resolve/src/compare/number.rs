//! Nearness of two numbers.

use super::{About, Comparator, Grade, Reads, Subject};

/// Likeness by the relative difference of two numbers.
pub struct NumberDistance;

impl Comparator for NumberDistance {
    fn about(&self) -> About {
        About {
            name: "number",
            title: "Nearness of numbers",
            summary: "equal, within 2 %, within 10 %, within 50 % of the larger one",
            reads: Reads::Number,
            grades: &["missing", "different", "within_50_percent", "within_10_percent", "within_2_percent", "exact"],
        }
    }

    fn grade(&self, left: &Subject<'_>, right: &Subject<'_>) -> Grade {
        let (Some(left), Some(right)) = (left.number, right.number) else { return Grade::MISSING };
        let apart = (left - right).abs();
        let larger = left.abs().max(right.abs());
        match () {
            () if apart == 0.0 => Grade(5),
            () if apart <= 0.02 * larger => Grade(4),
            () if apart <= 0.1 * larger => Grade(3),
            () if apart <= 0.5 * larger => Grade(2),
            () => Grade::DIFFERENT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearness_is_relative() {
        for (left, right, grade) in
            [(100.0, 100.0, 5), (100.0, 101.0, 4), (-100.0, -91.0, 3), (100.0, 60.0, 2), (1.0, -1.0, 1)]
        {
            let [left, right] = [left, right].map(|number| Subject { number: Some(number), ..Subject::default() });
            assert_eq!(NumberDistance.grade(&left, &right), Grade(grade));
        }
    }
}
