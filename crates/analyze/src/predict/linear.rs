//! Penalized logistic regression: the yardstick, and part of the blend.
//!
//! Holds the fit by iteratively reweighted least squares (J. A. Nelder and R. W. M. Wedderburn, "Generalized linear models", 1972) on features
//! with mean 0 and deviation 1. It must never choose its penalty.

use super::features::Features;
use crate::equations::Normal;
use std::ops::Range;

/// Steps at most.
const STEPS: usize = 50;
/// A step below this in every weight is the last.
const SMALL: f64 = 1e-8;
/// Least weight of a row in a step.
const LEAST_WEIGHT: f64 = 1e-9;
/// Standard deviations from the mean beyond which a feature says no more.
const FAR: f64 = 6.0;

/// A line: log odds as a sum over features.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    offset: f64,
    /// Feature, mean, one over the deviation, weight.
    terms: Vec<(usize, f64, f64, f64)>,
}

impl Line {
    /// Learns from the first rows, as many as `came` has, with a penalty on the square of the weights. O(rows × features²) a step.
    pub(super) fn learned(features: &Features, kept: &[usize], came: &[bool], penalty: f64) -> Self {
        let rows = came.len();
        let mut terms: Vec<(usize, f64, f64, f64)> = kept
            .iter()
            .map(|&feature| {
                let known = || features.feature(feature)[..rows].iter().filter(|value| !value.is_nan());
                let count = known().count().max(1) as f64;
                let mean = known().sum::<f64>() / count;
                let spread = known().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count;
                (feature, mean, if spread > 0.0 { 1.0 / spread.sqrt() } else { 0.0 }, 0.0)
            })
            .collect();
        let width = terms.len() + 1;
        let mut design = Vec::with_capacity(rows * width);
        for row in 0..rows {
            design.push(1.0);
            design.extend(terms.iter().map(|term| scaled(features, term, row)));
        }
        let target: Vec<f64> = came.iter().map(|came| f64::from(u8::from(*came))).collect();
        // The offset bears no penalty, but for what keeps the system sound.
        let penalties: Vec<f64> = (0..width).map(|place| if place == 0 { 1e-6 } else { penalty }).collect();
        let weights = fitted(&design, &target, &penalties);
        terms.iter_mut().zip(&weights[1..]).for_each(|(term, weight)| term.3 = *weight);
        Self { offset: weights[0], terms }
    }

    /// Log odds of a range of rows.
    pub(super) fn scores(&self, features: &Features, rows: Range<usize>) -> Vec<f64> {
        rows.map(|row| self.offset + self.terms.iter().map(|term| term.3 * scaled(features, term, row)).sum::<f64>())
            .collect()
    }

    /// Calls with each row's place in the range, each feature and what it adds to the log odds, measured from its mean.
    pub(super) fn parts(&self, features: &Features, rows: Range<usize>, mut each: impl FnMut(usize, usize, f64)) {
        for (place, row) in rows.enumerate() {
            self.terms.iter().for_each(|term| each(place, term.0, term.3 * scaled(features, term, row)));
        }
    }
}

/// A feature of a row with mean 0 and deviation 1; 0 where nothing is known.
fn scaled(features: &Features, (feature, mean, scale, _): &(usize, f64, f64, f64), row: usize) -> f64 {
    let value = features.feature(*feature)[row];
    if value.is_nan() { 0.0 } else { ((value - mean) * scale).clamp(-FAR, FAR) }
}

/// Weights that make the target likeliest under a penalty. `design` row by row, as wide as `penalties`.
pub(super) fn fitted(design: &[f64], target: &[f64], penalties: &[f64]) -> Vec<f64> {
    let width = penalties.len();
    let mut weights = vec![0.0; width];
    let mut normal = Normal::new(width);
    let loss = |weights: &[f64]| -> f64 {
        let rows = design.chunks_exact(width).zip(target);
        let of_rows: f64 = rows
            .map(|(row, target)| {
                let score: f64 = row.iter().zip(weights).map(|(value, weight)| value * weight).sum();
                log_loss(score, *target > 0.5)
            })
            .sum();
        of_rows + weights.iter().zip(penalties).map(|(weight, penalty)| penalty * weight * weight / 2.0).sum::<f64>()
    };
    let mut now = loss(&weights);
    for _ in 0..STEPS {
        normal.clear();
        for (row, target) in design.chunks_exact(width).zip(target) {
            let score: f64 = row.iter().zip(&weights).map(|(value, weight)| value * weight).sum();
            let likely = sigmoid(score);
            let weight = (likely * (1.0 - likely)).max(LEAST_WEIGHT);
            normal.add(row, score + (target - likely) / weight, weight);
        }
        let next = normal.solve(penalties);
        // A whole step may go too far: halve it until the loss falls.
        let mut share = 1.0;
        let mut taken = next.clone();
        let mut then = loss(&taken);
        let worse = |loss: f64| loss.is_nan() || loss > now;
        while worse(then) && share > 1e-6 {
            share /= 2.0;
            taken = weights.iter().zip(&next).map(|(from, to)| from + share * (to - from)).collect();
            then = loss(&taken);
        }
        let moved = weights.iter().zip(&taken).map(|(from, to)| (from - to).abs()).fold(0.0, f64::max);
        if worse(then) {
            break;
        }
        (weights, now) = (taken, then);
        if moved < SMALL {
            break;
        }
    }
    weights
}

/// Probability of log odds.
pub(super) fn sigmoid(score: f64) -> f64 {
    if score >= 0.0 { 1.0 / (1.0 + (-score).exp()) } else { score.exp() / (1.0 + score.exp()) }
}

/// Logarithm of one over the probability that log odds gave to what came.
pub(super) fn log_loss(score: f64, came: bool) -> f64 {
    let against = if came { -score } else { score };
    // ln(1 + e^x) without overflow.
    against.max(0.0) + (-against.abs()).exp().ln_1p()
}
