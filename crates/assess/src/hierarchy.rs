//! Estimates that lean on their like: an entity towards its comparable group, a group towards all.
//!
//! Holds the normal hierarchical model shared by surveys, official facts and combinations. It must never know what is
//! measured, nor about persons.
//!
//! Between-entity variance by the estimating equation of Paule and Mandel (1982); groups likewise; then the posterior
//! (Lindley and Smith 1972), with the uncertainty of the group's mean kept in the interval.

use model::estimate::normal_quantile;
use model::{Estimate, Explained};

/// Probability that the truth lies inside the intervals of this crate.
pub const LEVEL: f64 = 0.9;

/// An Entity and the group of its like, such as ownership and remoteness.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Comparable {
    /// The Entity.
    pub entity: String,
    /// Its group, as a stable word; entities of one word are comparable.
    pub group: String,
}

/// Whether enough was said to speak of a view at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// The value rests on what was said about this Entity.
    Enough,
    /// Nothing or nearly nothing was said: the value is mostly that of comparable entities, with its wide interval.
    NotEnough,
}

/// What is believed of one aspect of an Entity, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Belief {
    /// The Entity.
    pub entity: String,
    /// What of it, as a stable word: `overall`, `food`.
    pub aspect: String,
    /// The value, its 90 % interval and its reasons.
    pub estimate: Explained<Estimate>,
    /// Whether enough was said.
    pub ground: Ground,
    /// What would be believed of a comparable Entity of which nothing is known.
    pub prior: Prior,
}

/// What is believed of an Entity before anybody spoke about it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Prior {
    /// Mean of comparable entities, in the unit of the value.
    pub mean: f64,
    /// Variance between comparable entities, and of that mean.
    pub variance: f64,
}

/// One measured value with the variance of its error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Number of its group.
    pub group: usize,
    /// What was measured.
    pub value: f64,
    /// Variance of the error; above 0.
    pub variance: f64,
}

/// What the values of all groups have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Hierarchy {
    /// Mean of each group, leaning on the mean of all.
    pub means: Vec<f64>,
    /// Variance of each group's mean.
    pub mean_variances: Vec<f64>,
    /// Variance of true values inside a group.
    pub between: f64,
}

/// Mean and variance of a value after leaning on its group, and the group's share of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leaning {
    /// Posterior mean.
    pub mean: f64,
    /// Posterior variance.
    pub variance: f64,
    /// Share of the group's mean in the posterior mean: 0 to 1.
    pub group_share: f64,
}

impl Hierarchy {
    /// Learns group means and variances from measured values. Groups without a value get the mean of all.
    pub fn fit(measured: &[Measured], groups: usize) -> Self {
        let value = |one: &Measured| one.value;
        let grand =
            if measured.is_empty() { 0.0 } else { measured.iter().map(value).sum::<f64>() / measured.len() as f64 };
        let spread = measured.iter().map(|one| (one.value - grand).powi(2)).sum::<f64>() / measured.len().max(1) as f64;
        let present = count_present(measured, groups);
        let freedom = measured.len().saturating_sub(present) as f64;
        let between = if freedom < 1.0 {
            spread
        } else {
            solve(spread * 4.0 + 1e-12, |between| {
                let raw = raw_means(measured, groups, between);
                measured
                    .iter()
                    .map(|one| (one.value - raw[one.group].0).powi(2) / (one.variance + between))
                    .sum::<f64>()
                    - freedom
            })
        };
        let raw = raw_means(measured, groups, between);
        Self::with_between(&raw, between, grand)
    }

    /// Group means that lean on the mean of all, given each group's own mean and variance (none where infinite).
    pub fn with_between(raw: &[(f64, f64)], between: f64, fallback: f64) -> Self {
        let known: Vec<(f64, f64)> = raw.iter().copied().filter(|(_, variance)| variance.is_finite()).collect();
        let centre = |gamma: f64| {
            let weights: f64 = known.iter().map(|(_, variance)| 1.0 / (variance + gamma)).sum();
            let sum: f64 = known.iter().map(|(mean, variance)| mean / (variance + gamma)).sum();
            if weights > 0.0 { (sum / weights, 1.0 / weights) } else { (fallback, between) }
        };
        let spread = known.iter().map(|(mean, _)| (mean - fallback).powi(2)).sum::<f64>() / known.len().max(1) as f64;
        let gamma = if known.len() < 2 {
            0.0
        } else {
            solve(spread * 4.0 + 1e-12, |gamma| {
                let (mean, _) = centre(gamma);
                known.iter().map(|(own, variance)| (own - mean).powi(2) / (variance + gamma)).sum::<f64>()
                    - (known.len() as f64 - 1.0)
            })
        };
        let (mean, variance) = centre(gamma);
        let (means, mean_variances) = raw
            .iter()
            .map(|&(own, own_variance)| {
                if !own_variance.is_finite() {
                    return (mean, gamma + variance);
                }
                let share = if gamma + own_variance > 0.0 { gamma / (gamma + own_variance) } else { 0.0 };
                (mean + share * (own - mean), share * own_variance + (1.0 - share).powi(2) * variance)
            })
            .unzip();
        Self { means, mean_variances, between }
    }

    /// What is believed of an Entity of a group before anything is known of it.
    pub fn prior(&self, group: usize) -> Prior {
        Prior { mean: self.means[group], variance: self.between + self.mean_variances[group] }
    }

    /// A measured value, leaning on its group.
    pub fn lean(&self, measured: Measured) -> Leaning {
        let own = self.between / (self.between + measured.variance).max(f64::MIN_POSITIVE);
        let group_share = 1.0 - own;
        let mean = self.means[measured.group] + own * (measured.value - self.means[measured.group]);
        let variance = own * measured.variance + group_share.powi(2) * self.mean_variances[measured.group];
        Leaning { mean, variance, group_share }
    }
}

/// Number of groups that hold at least one value.
fn count_present(measured: &[Measured], groups: usize) -> usize {
    let mut present = vec![false; groups];
    measured.iter().for_each(|one| present[one.group] = true);
    present.iter().filter(|one| **one).count()
}

/// Precision-weighted mean of each group and its variance; infinite variance where a group is empty.
fn raw_means(measured: &[Measured], groups: usize, between: f64) -> Vec<(f64, f64)> {
    let mut sums = vec![(0.0, 0.0); groups];
    for one in measured {
        let weight = 1.0 / (one.variance + between).max(1e-12);
        sums[one.group].0 += weight * one.value;
        sums[one.group].1 += weight;
    }
    sums.iter()
        .map(|&(sum, weight)| if weight > 0.0 { (sum / weight, 1.0 / weight) } else { (0.0, f64::INFINITY) })
        .collect()
}

/// The root in [0, `upper`] of a function that falls; 0 where it is negative from the start.
fn solve(mut upper: f64, falling: impl Fn(f64) -> f64) -> f64 {
    if falling(0.0) <= 0.0 {
        return 0.0;
    }
    for _ in 0..40 {
        if falling(upper) <= 0.0 {
            break;
        }
        upper *= 2.0;
    }
    let mut lower = 0.0;
    for _ in 0..60 {
        let middle = (lower + upper) / 2.0;
        if falling(middle) > 0.0 { lower = middle } else { upper = middle }
    }
    (lower + upper) / 2.0
}

/// An estimate at the usual level from a mean and variance, kept inside `[low, high]`.
pub(crate) fn estimate_within(mean: f64, variance: f64, bounds: (f64, f64), voices: f64, independent: f64) -> Estimate {
    let half = normal_quantile(0.5 + LEVEL / 2.0) * variance.max(0.0).sqrt();
    let inside = |value: f64| value.clamp(bounds.0, bounds.1);
    Estimate {
        value: inside(mean),
        low: inside(mean - half),
        high: inside(mean + half),
        level: LEVEL,
        voices,
        independent_voices: independent,
    }
}

/// Numbers for words, in sorted order of the words, so that no result depends on the order of a hash map.
pub(crate) struct Numbers<'a> {
    words: Vec<&'a str>,
}

impl<'a> Numbers<'a> {
    pub(crate) fn of(words: impl Iterator<Item = &'a str>) -> Self {
        let mut words: Vec<&str> = words.collect();
        words.sort_unstable();
        words.dedup();
        Self { words }
    }

    pub(crate) fn get(&self, word: &str) -> Option<usize> {
        self.words.binary_search(&word).ok()
    }

    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    pub(crate) fn word(&self, number: usize) -> &'a str {
        self.words[number]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::tests::Dice;

    #[test]
    fn variance_between_entities_is_found_again_and_intervals_cover() {
        let mut dice = Dice(7);
        let mut measured = Vec::new();
        let mut truth = Vec::new();
        for entity in 0..3_000 {
            let group = entity % 12;
            let value = 3.0 + 0.1 * group as f64 + 0.5 * dice.normal();
            let variance = 0.05 + 0.5 * dice.uniform();
            truth.push(value);
            measured.push(Measured { group, value: value + variance.sqrt() * dice.normal(), variance });
        }
        let hierarchy = Hierarchy::fit(&measured, 13);
        assert!((hierarchy.between - 0.25).abs() < 0.04, "{}", hierarchy.between);
        assert!(
            (hierarchy.means[12] - 3.55).abs() < 0.2,
            "an empty group gets the mean of all: {}",
            hierarchy.means[12]
        );
        let covered = measured.iter().zip(&truth).filter(|(one, truth)| {
            let leaning = hierarchy.lean(**one);
            (leaning.mean - **truth).abs() < 1.645 * leaning.variance.sqrt()
        });
        let share = covered.count() as f64 / 3_000.0;
        assert!((0.87..0.93).contains(&share), "covered {share}");
    }
}
