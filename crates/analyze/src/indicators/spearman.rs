//! Rank correlation (C. Spearman, "The proof and measurement of association between two things", 1904), with ties.
//!
//! Holds the correlation of middle ranks. It must never guess a missing value: pairs come complete.

/// Spearman's correlation of pairs, -1 to 1. `None` with fewer than two pairs, or where one side never varies.
pub fn spearman(pairs: &[(f64, f64)]) -> Option<f64> {
    let left = ranks(&pairs.iter().map(|pair| pair.0).collect::<Vec<_>>());
    let right = ranks(&pairs.iter().map(|pair| pair.1).collect::<Vec<_>>());
    let mean = (pairs.len() as f64 + 1.0) / 2.0;
    let (mut both, mut first, mut second) = (0.0, 0.0, 0.0);
    for (a, b) in left.iter().zip(&right) {
        both += (a - mean) * (b - mean);
        first += (a - mean).powi(2);
        second += (b - mean).powi(2);
    }
    (first > 0.0 && second > 0.0).then(|| both / (first * second).sqrt())
}

/// Ranks from 1; equal values share the middle of their ranks.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for tied in order.chunk_by(|a, b| values[*a] == values[*b]) {
        for one in tied {
            ranks[*one] = before as f64 + (tied.len() as f64 + 1.0) / 2.0;
        }
        before += tied.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ties_share_their_ranks() {
        assert_eq!(ranks(&[10.0, 30.0, 10.0, 20.0]), [1.5, 4.0, 1.5, 3.0]);
        assert_eq!(spearman(&[(1.0, 1.0), (2.0, 1.0)]), None);
        assert_eq!(spearman(&[(1.0, 5.0), (2.0, 6.0), (3.0, 9.0)]), Some(1.0));
    }

    proptest! {
        #[test]
        fn only_the_order_matters(pairs in proptest::collection::vec((-5_i32..5, -5_i32..5), 2..60)) {
            let plain: Vec<(f64, f64)> = pairs.iter().map(|(a, b)| (f64::from(*a), f64::from(*b))).collect();
            let bent: Vec<(f64, f64)> = plain.iter().map(|(a, b)| (a.exp(), -b)).collect();
            match (spearman(&plain), spearman(&bent)) {
                (Some(one), Some(other)) => prop_assert!((one + other).abs() < 1e-9 && one.abs() <= 1.0 + 1e-12),
                (one, other) => prop_assert_eq!(one, other),
            }
        }
    }
}
