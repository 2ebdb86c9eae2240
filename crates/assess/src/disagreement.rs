//! Where communities and official facts disagree.
//!
//! Holds the comparison of two estimates of each entity on one scale. It must never call a difference a disagreement
//! that both intervals allow.
//!
//! The official side is brought to the community's scale by the means and standard deviations of the true values (what
//! the intervals explain is taken off both), so that a regulator who gives four stars to all is compared by rank, not by
//! stars.

use crate::chance::normal_cdf;
use crate::hierarchy::{LEVEL, estimate_within};
use model::{Contribution, Estimate, Explained, Explanation};

/// Name and version of the method.
const METHOD: &str = "disagreement/1";

/// Two estimates of one entity.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The Entity.
    pub entity: String,
    /// What communities say.
    pub community: Estimate,
    /// What official facts say, on whatever scale.
    pub official: Estimate,
}

/// How far communities are from official facts about one entity.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// The Entity.
    pub entity: String,
    /// Community minus official, on the community's scale.
    pub gap: Explained<Estimate>,
    /// The official estimate on the community's scale.
    pub official: Estimate,
    /// Probability that the true gap is at least as large as asked for, in the direction seen.
    pub probability: f64,
}

/// Mean and standard deviation of true values.
#[derive(Clone, Copy)]
struct Spread {
    mean: f64,
    deviation: f64,
}

impl Spread {
    fn of(estimates: impl Iterator<Item = Estimate> + Clone) -> Self {
        let count = estimates.clone().count().max(1) as f64;
        let mean = estimates.clone().map(|one| one.value).sum::<f64>() / count;
        // Estimates that lean on their like vary less than the truth; the variance they leave is added again.
        let own = estimates.clone().map(|one| (one.value - mean).powi(2)).sum::<f64>() / count;
        let left = estimates.map(|one| one.standard_deviation().powi(2)).sum::<f64>() / count;
        Self { mean, deviation: (own + left).sqrt() }
    }
}

/// The gap of every pair, in the order given, and the probability that it is at least `least` on the community's scale.
pub fn gaps(pairs: &[Pair], least: f64) -> Vec<Gap> {
    let community = Spread::of(pairs.iter().map(|pair| pair.community));
    let official = Spread::of(pairs.iter().map(|pair| pair.official));
    let stretch = if official.deviation > 1e-12 { community.deviation / official.deviation } else { 0.0 };
    pairs
        .iter()
        .map(|pair| {
            let brought = |value: f64| community.mean + stretch * (value - official.mean);
            let on_scale = Estimate {
                value: brought(pair.official.value),
                low: brought(pair.official.low),
                high: brought(pair.official.high),
                ..pair.official
            };
            gap(pair, on_scale, least)
        })
        .collect()
}

fn gap(pair: &Pair, official: Estimate, least: f64) -> Gap {
    let value = pair.community.value - official.value;
    let variance = pair.community.standard_deviation().powi(2) + official.standard_deviation().powi(2);
    let deviation = variance.sqrt().max(1e-9);
    let probability = normal_cdf((value.abs() - least) / deviation);
    let contribution = |label: &str, value: f64| Contribution {
        record: None,
        label: label.to_owned(),
        value,
        weight: 0.5,
        discounted: String::new(),
    };
    let because = Explanation {
        method: METHOD.to_owned(),
        figures: vec![("least_gap".to_owned(), least), ("level".to_owned(), LEVEL)],
        contributions: vec![contribution("community", pair.community.value), contribution("official", official.value)],
        contributions_total: 2,
    };
    let endless = (f64::NEG_INFINITY, f64::INFINITY);
    let estimate = estimate_within(value, variance, endless, pair.community.voices, pair.community.independent_voices);
    Gap { entity: pair.entity.clone(), gap: Explained::new(estimate, because), official, probability }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::tests::Dice;

    #[test]
    fn real_gaps_stand_out_and_probabilities_mean_what_they_say() {
        let mut dice = Dice(31);
        let endless = (f64::NEG_INFINITY, f64::INFINITY);
        let mut truth = Vec::new();
        let pairs: Vec<Pair> = (0..4_000)
            .map(|home| {
                let shared = dice.normal();
                let (seen, judged) = (0.7 * shared + 0.7 * dice.normal(), 0.7 * shared + 0.7 * dice.normal());
                truth.push(0.5 * (seen - judged));
                // Posteriors under a normal prior, with error variance a third of the true one.
                let mut posterior = |value: f64, scale: f64, mean: f64| {
                    let kept = 0.98 / (0.98 + 0.33);
                    let said = kept * (value + 0.33_f64.sqrt() * dice.normal());
                    estimate_within(mean + scale * said, scale * scale * kept * 0.33, endless, 1.0, 1.0)
                };
                Pair {
                    entity: format!("h{home}"),
                    community: posterior(seen, 0.5, 3.5),
                    official: posterior(judged, 2.0, 40.0),
                }
            })
            .collect();
        let found = gaps(&pairs, 0.3);
        let covered = found
            .iter()
            .zip(&truth)
            .filter(|(gap, truth)| gap.gap.value.low <= **truth && **truth <= gap.gap.value.high);
        let covered = covered.count() as f64 / 4_000.0;
        assert!((0.87..=0.94).contains(&covered), "covered {covered}");
        let sure: Vec<bool> = found
            .iter()
            .zip(&truth)
            .filter(|(gap, _)| gap.probability >= 0.8)
            .map(|(gap, truth)| truth * gap.gap.value.value.signum() >= 0.3)
            .collect();
        let right = sure.iter().filter(|one| **one).count() as f64 / sure.len() as f64;
        assert!(sure.len() > 100 && right > 0.83, "{} at {right}", sure.len());
    }
}
