//! How far the errors of a forecast wander as it looks further ahead.
//!
//! Holds the memory that errors have from one step to the next, and the spread that a walk with this memory has at each step. Errors
//! that remember are few in truth, however many were counted, as they move together: those of a random walk at 28 steps, tried over a
//! hundred positions, are hardly more than two, and their quantiles tell too little. It must never narrow a band, and never move the
//! middle of one.

use super::rolling::Residual;
use crate::distribution::upper_tail;
use model::estimate::normal_quantile;

/// So many independent errors say as much as the walk does. Daily counts of two years with a memory of a half are worth a hundred.
const EQUAL: f64 = 8.0;

/// A walk as the errors are seen to go.
#[derive(Clone, Debug)]
pub(super) struct Wandering {
    /// Standard deviation at each step, in scaled errors.
    spread: Vec<f64>,
    /// How much it counts beside the errors themselves, 0 to 1.
    part: f64,
}

impl Wandering {
    /// Learns from scaled errors, each with its residual, which were made over so many positions. Nothing where no two errors follow
    /// each other or all are 0. `O(residuals)`.
    pub(super) fn of(residuals: &[Residual], errors: &[f64], positions: usize, horizon: usize) -> Option<Self> {
        let pairs: Vec<(f64, f64)> = residuals
            .windows(2)
            .zip(errors.windows(2))
            .filter(|(two, _)| two[0].origin == two[1].origin && two[0].step + 1 == two[1].step)
            .map(|(_, errors)| (errors[0], errors[1]))
            .collect();
        let squares: f64 = pairs.iter().map(|(before, _)| before * before).sum();
        if squares <= 0.0 {
            return None;
        }
        let seen = (pairs.iter().map(|(before, after)| before * after).sum::<f64>() / squares).clamp(0.0, 1.0);
        let positions = positions.min(pairs.len()).max(1) as f64;
        // What is seen falls short of the truth (F. H. C. Marriott and J. A. Pope, "Bias in the estimation of autocorrelations",
        // Biometrika 41, 1954). Too short a memory makes a band too narrow, so one standard error is added.
        let memory = (seen + 2.0 * seen / positions + ((1.0 - seen * seen) / positions).sqrt()).min(1.0);
        let news =
            pairs.iter().map(|(before, after)| (after - seen * before).powi(2)).sum::<f64>() / pairs.len() as f64;
        let (sum, count) = residuals
            .iter()
            .zip(errors)
            .filter(|(residual, _)| residual.step == 0)
            .fold((0.0, 0.0), |(sum, count), (_, error)| (sum + error * error, count + 1.0));
        let first = if count > 0.0 { news.max(sum / count) } else { news };
        let after = |variance: &f64| Some(memory * memory * variance + news);
        let spread = std::iter::successors(Some(first), after).take(horizon).map(f64::sqrt).collect();
        let independent = positions * (1.0 - memory) / (1.0 + memory);
        Some(Self { spread, part: EQUAL * EQUAL / (EQUAL * EQUAL + independent * independent) })
    }

    /// A scaled error that a share is expected to stay under, moved outwards where the walk goes further.
    pub(super) fn widened(&self, error: f64, step: usize, share: f64) -> f64 {
        let beyond = normal_quantile(share) * self.spread[step] - error;
        // The middle stays, and what has no end is not moved.
        let outwards = match share {
            _ if !error.is_finite() => 0.0,
            upper if upper > 0.5 => beyond.max(0.0),
            lower if lower < 0.5 => beyond.min(0.0),
            _ => 0.0,
        };
        error + self.part * outwards
    }

    /// The share that is expected to stay under a scaled error, where the errors themselves have one for it; for the lower half.
    pub(super) fn share_below(&self, share: f64, step: usize, error: f64) -> f64 {
        share + self.part * (upper_tail(-error / self.spread[step]) - share).max(0.0)
    }
}
