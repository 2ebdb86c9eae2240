//! Which comparisons say the same as another one.
//!
//! Holds the tree of dependence between comparisons (C. Chow and C. Liu, "Approximating discrete probability distributions with
//! dependence trees", IEEE Transactions on Information Theory 14, 1968). Must never hold chances: it only says what depends on
//! what.

use super::{Pattern, grade_of};

/// Expected numbers of pairs by the grades of two comparisons.
pub(super) struct Joint([[f64; 16]; 16]);

impl Joint {
    /// Counts the grades of two comparisons.
    pub(super) fn of(patterns: &[(Pattern, f64)], one: usize, other: usize) -> Self {
        let mut joint = Self([[0.0; 16]; 16]);
        for &(pattern, pairs) in patterns {
            joint.0[grade_of(pattern, one)][grade_of(pattern, other)] += pairs;
        }
        joint
    }

    /// Counts the grades of each comparison.
    pub(super) fn of_each(comparisons: usize, patterns: &[(Pattern, f64)]) -> Vec<[f64; 16]> {
        let mut counts = vec![[0.0; 16]; comparisons];
        for &(pattern, pairs) in patterns {
            counts.iter_mut().enumerate().for_each(|(at, counts)| counts[grade_of(pattern, at)] += pairs);
        }
        counts
    }

    /// The counts where the first comparison has this grade.
    pub(super) fn row(&self, grade: usize, grades: usize) -> &[f64] {
        &self.0[grade][..grades]
    }

    /// How much better the pairs are explained if one grade depends on the other, in nats, less what as many free chances
    /// explain by luck (G. Schwarz's criterion, 1978). Pairs in which one is missing say nothing.
    fn gain(&self) -> f64 {
        let known = |grade: usize| 1..self.0[grade].len();
        let rows: Vec<f64> = (0..16).map(|row| known(row).map(|column| self.0[row][column]).sum()).collect();
        let columns: Vec<f64> = (0..16).map(|column| (1..16).map(|row| self.0[row][column]).sum()).collect();
        let total: f64 = rows[1..].iter().sum();
        if total < 1.0 {
            return 0.0;
        }
        let mut gain = 0.0;
        for (counts, in_row) in self.0.iter().zip(&rows).skip(1) {
            for (&pairs, in_column) in counts.iter().zip(&columns).skip(1).filter(|(pairs, _)| **pairs > 0.0) {
                gain += pairs * (pairs * total / (in_row * in_column)).ln();
            }
        }
        let used = |counts: &[f64]| counts[1..].iter().filter(|count| **count > 0.0).count().saturating_sub(1) as f64;
        gain - 0.5 * used(&rows) * used(&columns) * total.ln()
    }
}

/// For each comparison the one it depends on, so that the pairs are explained best and nothing depends on itself in a circle.
/// Costs the number of patterns times the square of that of comparisons.
pub(super) fn tree(grades: &[usize], patterns: &[(Pattern, f64)]) -> Vec<Option<usize>> {
    let mut edges: Vec<(f64, usize, usize)> = Vec::new();
    for one in 0..grades.len() {
        for other in one + 1..grades.len() {
            let gain = Joint::of(patterns, one, other).gain();
            if gain > 0.0 {
                edges.push((gain, one, other));
            }
        }
    }
    edges.sort_by(|one, other| other.0.total_cmp(&one.0).then((one.1, one.2).cmp(&(other.1, other.2))));
    let mut part: Vec<usize> = (0..grades.len()).collect();
    let mut beside: Vec<Vec<usize>> = vec![Vec::new(); grades.len()];
    for (_, one, other) in edges {
        let (kept, joined) = (part[one], part[other]);
        if kept != joined {
            part.iter_mut().filter(|part| **part == joined).for_each(|part| *part = kept);
            beside[one].push(other);
            beside[other].push(one);
        }
    }
    // The first comparison of each part stands on its own; the others hang on it.
    let mut given = vec![None; grades.len()];
    let mut seen = vec![false; grades.len()];
    for first in 0..grades.len() {
        let mut open = vec![first];
        while let Some(one) = open.pop() {
            seen[one] = true;
            for &other in beside[one].iter().filter(|&&other| !seen[other]) {
                given[other] = Some(one);
                open.push(other);
            }
        }
    }
    given
}

#[cfg(test)]
mod tests {
    use super::super::pattern;
    use super::*;
    use model::draws::scatter;

    #[test]
    fn what_follows_from_another_hangs_on_it() {
        // The second grade is the first one in nine of ten pairs; the third is drawn on its own.
        let draw = |at: u64, salt: u64| scatter(at * 8 + salt) % 1000;
        let of = |at: u64| {
            let first = 1 + (draw(at, 0) % 3) as u8;
            let second = if draw(at, 1) < 900 { first } else { 1 + (draw(at, 2) % 3) as u8 };
            (pattern([first, second, 1 + (draw(at, 3) % 3) as u8].into_iter()), 1.0)
        };
        let patterns: Vec<(Pattern, f64)> = (0..10_000).map(of).collect();
        assert_eq!(tree(&[4, 4, 4], &patterns), [None, Some(0), None]);
    }
}
