//! Jaro and Winkler's likeness of short texts, made for names of persons.

use super::{About, Comparator, Grade, Reads, Sketch, Subject};

/// Likeness by characters in common and in order, with a bonus for a common beginning.
pub struct JaroWinkler;

impl Comparator for JaroWinkler {
    fn about(&self) -> About {
        About {
            name: "jaro_winkler",
            title: "Jaro-Winkler",
            summary: "characters in common and in order, a common beginning counts more: names of persons and places",
            reads: Reads::Text,
            grades: &["missing", "different", "remote", "alike", "close", "exact"],
        }
    }

    fn grade(&self, left: &Subject<'_>, right: &Subject<'_>) -> Grade {
        if left.text.is_empty() || right.text.is_empty() {
            return Grade::MISSING;
        }
        if left.text == right.text {
            return Grade(5);
        }
        of_likeness(jaro_winkler(left.text, right.text))
    }

    fn ceiling(&self, left: Sketch, right: Sketch) -> Grade {
        let (Some(first), Some(second)) = (left.length(), right.length()) else { return Grade(4) };
        let common = (first - left.without(right)).min(second - right.without(left));
        let jaro = jaro_from(common as usize, 0, first as usize, second as usize);
        of_likeness(if jaro < 0.7 { jaro } else { jaro + 0.4 * (1.0 - jaro) })
    }
}

/// The grade of two different texts.
fn of_likeness(likeness: f64) -> Grade {
    match likeness {
        likeness if likeness >= 0.92 => Grade(4),
        likeness if likeness >= 0.88 => Grade(3),
        likeness if likeness >= 0.7 => Grade(2),
        _ => Grade::DIFFERENT,
    }
}

/// Likeness between 0 and 1 (Winkler 1990: prefix of at most four characters, scale 0.1, from a Jaro likeness of 0.7 on).
pub fn jaro_winkler(left: &str, right: &str) -> f64 {
    if left.is_ascii() && right.is_ascii() {
        return of_slices(left.as_bytes(), right.as_bytes());
    }
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    of_slices(&left, &right)
}

fn of_slices<T: Ord + Copy>(one: &[T], other: &[T]) -> f64 {
    // Which letters meet depends on where one begins: always with the shorter text, of two as long with the one first in order.
    let turned = one.len() > other.len() || one.len() == other.len() && one > other;
    let (left, right) = if turned { (other, one) } else { (one, other) };
    let jaro = if left.len() <= 64 && right.len() <= 64 { jaro_short(left, right) } else { jaro_long(left, right) };
    if jaro < 0.7 {
        return jaro;
    }
    let prefix = left.iter().zip(right).take(4).take_while(|(one, other)| one == other).count();
    jaro + prefix as f64 * 0.1 * (1.0 - jaro)
}

/// Jaro with the matched positions in the bits of two words: no memory is asked for.
fn jaro_short<T: PartialEq + Copy>(left: &[T], right: &[T]) -> f64 {
    let window = window(left.len(), right.len());
    let (mut left_matched, mut right_matched) = (0_u64, 0_u64);
    for (at, letter) in left.iter().enumerate() {
        let from = at.saturating_sub(window);
        let until = (at + window + 1).min(right.len());
        for (other, candidate) in right.iter().enumerate().take(until).skip(from) {
            if right_matched >> other & 1 == 0 && candidate == letter {
                left_matched |= 1 << at;
                right_matched |= 1 << other;
                break;
            }
        }
    }
    let mut swapped = 0;
    let (mut one, mut other) = (left_matched, right_matched);
    while one != 0 {
        swapped += usize::from(left[one.trailing_zeros() as usize] != right[other.trailing_zeros() as usize]);
        one &= one - 1;
        other &= other - 1;
    }
    jaro_from(left_matched.count_ones() as usize, swapped, left.len(), right.len())
}

/// The same for texts of any length.
fn jaro_long<T: PartialEq + Copy>(left: &[T], right: &[T]) -> f64 {
    let window = window(left.len(), right.len());
    let mut right_matched = vec![false; right.len()];
    let mut common = Vec::with_capacity(left.len());
    for (at, letter) in left.iter().enumerate() {
        let from = at.saturating_sub(window);
        let to = (at + window + 1).min(right.len());
        if let Some(other) = (from..to).find(|&other| !right_matched[other] && right[other] == *letter) {
            right_matched[other] = true;
            common.push(*letter);
        }
    }
    let in_right = right.iter().zip(&right_matched).filter(|(_, matched)| **matched).map(|(letter, _)| letter);
    let swapped = common.iter().zip(in_right).filter(|(one, other)| one != other).count();
    jaro_from(common.len(), swapped, left.len(), right.len())
}

fn window(left: usize, right: usize) -> usize {
    (left.max(right) / 2).saturating_sub(1)
}

fn jaro_from(common: usize, swapped: usize, left: usize, right: usize) -> f64 {
    if left == 0 && right == 0 {
        return 1.0;
    }
    if common == 0 {
        return 0.0;
    }
    let matched = common as f64;
    (matched / left as f64 + matched / right as f64 + (matched - (swapped / 2) as f64) / matched) / 3.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn likeness_is_the_published_one() {
        // Winkler (1990), table of examples; DIXON and DICKSONX after the usual textbook case.
        for (left, right, expected) in [
            ("MARTHA", "MARHTA", 0.961_111),
            ("DWAYNE", "DUANE", 0.84),
            ("DIXON", "DICKSONX", 0.813_333),
            ("ABROMS", "ABRAMS", 0.922_222),
            ("JERALDINE", "GERALDINE", 0.925_926),
            ("長庚紀念醫院", "長庚紀念医院", 0.933_333),
            ("abc", "xyz", 0.0),
        ] {
            let found = jaro_winkler(left, right);
            assert!((found - expected).abs() < 1e-6, "{left} {right}: {found}");
        }
    }

    proptest! {
        #[test]
        fn short_and_long_ways_agree(left in "[a-d]{0,12}", right in "[a-d]{0,12}") {
            let (left, right) = (left.as_bytes(), right.as_bytes());
            prop_assert_eq!(jaro_short(left, right), jaro_long(left, right));
        }

        #[test]
        fn likeness_lies_between_nothing_and_equal(left in "\\PC{1,90}", right in "\\PC{1,90}") {
            prop_assert!((0.0..=1.0).contains(&jaro_winkler(&left, &right)));
            prop_assert_eq!(jaro_winkler(&left, &left), 1.0);
        }
    }
}
