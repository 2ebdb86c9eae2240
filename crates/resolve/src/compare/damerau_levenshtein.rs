//! Number of typing errors between two texts.

use super::{About, Comparator, Grade, Reads, Sketch, Subject};

/// Likeness by the number of typing errors.
pub struct DamerauLevenshtein;

impl Comparator for DamerauLevenshtein {
    fn about(&self) -> About {
        About {
            name: "damerau_levenshtein",
            title: "Typing errors",
            summary: "letters wrong, missing, too many or swapped: numbers, codes, short words",
            reads: Reads::Text,
            grades: &["missing", "different", "two_errors", "one_error", "exact"],
        }
    }

    fn grade(&self, left: &Subject<'_>, right: &Subject<'_>) -> Grade {
        if left.text.is_empty() || right.text.is_empty() {
            return Grade::MISSING;
        }
        if left.text == right.text {
            return Grade(4);
        }
        match damerau_levenshtein(left.text, right.text, 2) {
            Some(1) => Grade(3),
            Some(2) => Grade(2),
            _ => Grade::DIFFERENT,
        }
    }

    fn ceiling(&self, left: Sketch, right: Sketch) -> Grade {
        // A changed letter takes one away and brings one; a missing one does half of it, two swapped nothing.
        let errors = (left.without(right) + right.without(left)).div_ceil(2);
        let apart = match (left.length(), right.length()) {
            (Some(first), Some(second)) => first.abs_diff(second),
            _ => 0,
        };
        match errors.max(apart) {
            0 | 1 => Grade(3),
            2 => Grade(2),
            _ => Grade::DIFFERENT,
        }
    }
}

/// Number of letters to change, add, take away or swap with a neighbour (optimal string alignment, Boytsov 2011), if it is at
/// most `limit`.
pub fn damerau_levenshtein(left: &str, right: &str, limit: usize) -> Option<usize> {
    if left.is_ascii() && right.is_ascii() {
        return of_slices(left.as_bytes(), right.as_bytes(), limit);
    }
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    of_slices(&left, &right, limit)
}

/// Letters of a text above which only equal ones are told from others.
const LONGEST: usize = 60_000;

fn of_slices<T: PartialEq>(mut left: &[T], mut right: &[T], limit: usize) -> Option<usize> {
    if left.len().abs_diff(right.len()) > limit {
        return None;
    }
    // Rows count in 16 bits; nobody asks for the typing errors of a text that long.
    if left.len().max(right.len()) > LONGEST {
        return (left == right).then_some(0);
    }
    // A common beginning and end cost nothing, and most pairs have them.
    let same = left.iter().zip(right).take_while(|(one, other)| one == other).count();
    (left, right) = (&left[same..], &right[same..]);
    let same = left.iter().rev().zip(right.iter().rev()).take_while(|(one, other)| one == other).count();
    (left, right) = (&left[..left.len() - same], &right[..right.len() - same]);
    const SHORT: usize = 40;
    if right.len() < SHORT {
        let mut rows = [[0_u16; SHORT]; 3];
        let [before, above, row] = &mut rows;
        within(left, right, limit, [before, above, row])
    } else {
        let mut rows = vec![vec![0_u16; right.len() + 1]; 3];
        let [before, above, row] = rows.as_mut_slice() else { unreachable!("three rows were made") };
        within(left, right, limit, [before, above, row])
    }
}

/// The recurrence over three rows: two before, one before, this one.
fn within<T: PartialEq>(left: &[T], right: &[T], limit: usize, rows: [&mut [u16]; 3]) -> Option<usize> {
    let [mut before, mut above, mut row] = rows;
    for (at, cell) in above.iter_mut().enumerate().take(right.len() + 1) {
        *cell = at as u16;
    }
    for i in 1..=left.len() {
        row[0] = i as u16;
        let mut least = row[0];
        for j in 1..=right.len() {
            let changed = above[j - 1] + u16::from(left[i - 1] != right[j - 1]);
            let mut cost = changed.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                cost = cost.min(before[j - 2] + 1);
            }
            row[j] = cost;
            least = least.min(cost);
        }
        if usize::from(least) > limit {
            return None;
        }
        (before, above, row) = (above, row, before);
    }
    Some(usize::from(above[right.len()])).filter(|&distance| distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn errors_are_counted() {
        for (left, right, expected) in [
            ("abc", "abc", Some(0)),
            ("abc", "acb", Some(1)),
            ("abc", "ab", Some(1)),
            ("ca", "abc", None),
            ("rosedurnate", "rosedurante", Some(1)),
            ("臺中榮民", "臺中榮总民", Some(1)),
            ("", "ab", Some(2)),
            ("kitten", "sitting", None),
        ] {
            assert_eq!(damerau_levenshtein(left, right, 2), expected, "{left} {right}");
        }
        assert_eq!(damerau_levenshtein("kitten", "sitting", 3), Some(3));
        let long = "x".repeat(50);
        assert_eq!(damerau_levenshtein(&format!("a{long}b"), &format!("c{}d", "y".repeat(50)), 60), Some(52));
    }

    proptest! {
        #[test]
        fn both_directions_agree(left in "[abc]{0,8}", right in "[abc]{0,8}") {
            prop_assert_eq!(damerau_levenshtein(&left, &right, 8), damerau_levenshtein(&right, &left, 8));
            prop_assert_eq!(damerau_levenshtein(&left, &right, 8) == Some(0), left == right);
        }
    }
}
