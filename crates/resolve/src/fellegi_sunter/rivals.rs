//! Pairs of which each record has at most one: what speaks for one pair speaks against the others of its records.
//!
//! Holds the sharing of one chance among rivals. Must never choose between them: it says how likely each is.
//!
//! The odds of a pair, from its own grades, stand against those of all pairs that it excludes and against none of them being right
//! (the first step of the approximation in M. Sadinle, "Bayesian estimation of bipartite matchings for record linkage", Journal of
//! the American Statistical Association 112, 2017, with each record's other pairs taken as they come). Without that, many goods of one
//! kind that are all alike would be taken for one.

use super::Pattern;

/// Odds beyond this say no more than certain.
const CERTAIN: f64 = 100.0;

/// Blocked pairs, one by one.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Rivals {
    /// The left and the right record, and the place of the pattern in the list of patterns.
    pairs: Vec<(u32, u32, u32)>,
    records: usize,
}

impl Rivals {
    /// Pairs of numbered records with their patterns, each of which is in the list, which is sorted. Pairs with other patterns are left out.
    pub fn new(pairs: impl Iterator<Item = (u32, u32, Pattern)>, patterns: &[(Pattern, u64)]) -> Self {
        let place = |pattern: Pattern| patterns.binary_search_by_key(&pattern, |(pattern, _)| *pattern).ok();
        let pairs: Vec<(u32, u32, u32)> = pairs
            .filter_map(|(left, right, pattern)| place(pattern).map(|place| (left, right, place as u32)))
            .collect();
        let records = pairs.iter().map(|(left, right, _)| (*left).max(*right) as usize + 1).max().unwrap_or(0);
        Self { pairs, records }
    }

    /// For each pattern the number of its pairs expected to be the same, from the weight of each pattern.
    pub(super) fn expected(&self, weights: &[f64]) -> Vec<f64> {
        let odds: Vec<f64> = weights.iter().map(|weight| odds(*weight)).collect();
        let of_record =
            sums(self.records, self.pairs.iter().map(|&(left, right, at)| (left, right, odds[at as usize])));
        let mut expected = vec![0.0; weights.len()];
        for &(left, right, at) in &self.pairs {
            let own = odds[at as usize];
            expected[at as usize] += own / (1.0 + of_record[left as usize] + of_record[right as usize] - own);
        }
        expected
    }
}

/// The weights that are left to pairs of numbered records when their rivals are heard.
pub fn beside_rivals(records: usize, pairs: &[(u32, u32, f64)]) -> Vec<f64> {
    let of_record = sums(records, pairs.iter().map(|&(left, right, weight)| (left, right, odds(weight))));
    let left = |&(left, right, weight): &(u32, u32, f64)| {
        let others = of_record[left as usize] + of_record[right as usize] - 2.0 * odds(weight);
        weight - (1.0 + others.max(0.0)).log2()
    };
    pairs.iter().map(left).collect()
}

fn odds(weight: f64) -> f64 {
    weight.min(CERTAIN).exp2()
}

/// The odds of all pairs of each record.
fn sums(records: usize, pairs: impl Iterator<Item = (u32, u32, f64)>) -> Vec<f64> {
    let mut sums = vec![0.0; records];
    for (left, right, odds) in pairs {
        sums[left as usize] += odds;
        sums[right as usize] += odds;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::super::{probability, weight_of};
    use super::*;

    #[test]
    fn rivals_share_one_chance() {
        // Two equal candidates of one record, and one pair without rivals.
        let left = beside_rivals(6, &[(0, 1, 10.0), (0, 2, 10.0), (3, 4, 10.0)]);
        assert!((probability(left[0]) - 0.5).abs() < 1e-3, "{left:?}");
        assert_eq!(left[2], 10.0);
        // What a round counts and what is told in the end are the same.
        let patterns = [(1, 2), (2, 1)];
        let rivals = Rivals::new([(0, 1, 1), (0, 2, 1), (3, 4, 2)].into_iter(), &patterns);
        let expected = rivals.expected(&[10.0, 10.0]);
        assert!((expected[0] - 2.0 * probability(left[0])).abs() < 1e-9, "{expected:?}");
        assert!((expected[1] - probability(10.0)).abs() < 1e-9, "{expected:?}");
        // A weight beyond all measure stays a number.
        assert!(Rivals::new([(0, 1, 1), (0, 2, 1)].into_iter(), &patterns).expected(&[5_000.0, 0.0])[0].is_finite());
        assert!(weight_of(probability(left[2])) > 9.99);
    }
}
