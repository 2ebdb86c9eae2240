//! How right linking was, against pairs known to be the same.
//!
//! Holds measures and their intervals. Must never be used to set a threshold on the same pairs that it then measures.

use std::collections::BTreeSet;

/// A share with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// How many did.
    pub hits: u64,
    /// How many could.
    pub total: u64,
    /// Hits over total; 1 where there was nothing to hit.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

impl Share {
    /// A share with the interval of Wilson (1927), which stays inside 0 and 1 and is honest for few.
    pub fn new(hits: u64, total: u64) -> Self {
        if total == 0 {
            return Self { hits, total, value: 1.0, low: 0.0, high: 1.0 };
        }
        let z = model::estimate::normal_quantile(0.975);
        let (n, p) = (total as f64, hits as f64 / total as f64);
        let middle = p + z * z / (2.0 * n);
        let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z * z / n;
        Self {
            hits,
            total,
            value: p,
            low: ((middle - half) / scale).max(0.0),
            high: ((middle + half) / scale).min(1.0),
        }
    }
}

/// Precision, recall and their harmonic mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation {
    /// Share of the found pairs that are true.
    pub precision: Share,
    /// Share of the true pairs that were found.
    pub recall: Share,
    /// Harmonic mean of both.
    pub f1: f64,
}

impl Evaluation {
    /// From counts of found and true, found and not true, true and not found.
    pub fn from_counts(right: u64, wrong: u64, missed: u64) -> Self {
        let (precision, recall) = (Share::new(right, right + wrong), Share::new(right, right + missed));
        let sum = precision.value + recall.value;
        Self { precision, recall, f1: if sum > 0.0 { 2.0 * precision.value * recall.value / sum } else { 0.0 } }
    }
}

/// Compares found pairs with true ones. The order within a pair does not matter, doubles count once.
pub fn evaluate<T: Ord + Clone>(found: &[(T, T)], truth: &[(T, T)]) -> Evaluation {
    let set = |pairs: &[(T, T)]| -> BTreeSet<(T, T)> {
        let ordered = |(one, other): &(T, T)| {
            if one <= other { (one.clone(), other.clone()) } else { (other.clone(), one.clone()) }
        };
        pairs.iter().map(ordered).collect()
    };
    let (found, truth) = (set(found), set(truth));
    let right = found.intersection(&truth).count() as u64;
    Evaluation::from_counts(right, found.len() as u64 - right, truth.len() as u64 - right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_give_the_known_figures() {
        let found = [(1, 2), (2, 1), (3, 4), (5, 6)];
        let truth = [(2, 1), (4, 3), (7, 8)];
        let evaluation = evaluate(&found, &truth);
        assert_eq!((evaluation.precision.hits, evaluation.precision.total), (2, 3));
        assert_eq!((evaluation.recall.hits, evaluation.recall.total), (2, 3));
        assert!((evaluation.f1 - 2.0 / 3.0).abs() < 1e-12);
        // Newcombe (1998), table I: 81 of 263, Wilson without continuity correction.
        let share = Share::new(81, 263);
        assert!((share.low - 0.2553).abs() < 1e-4 && (share.high - 0.3662).abs() < 1e-4, "{share:?}");
    }
}
