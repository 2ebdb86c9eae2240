//! Bands around a forecast, from the errors that the same forecast made in the past.
//!
//! Holds split conformal calibration (V. Vovk, A. Gammerman and G. Shafer, "Algorithmic Learning in a Random World", 2005; J. Lei and
//! others, "Distribution-free predictive inference for regression", 2018) on rolling-origin residuals, scaled by step and by level, each
//! side for itself, older origins counting less (R. F. Barber, E. J. Candès, A. Ramdas and R. J. Tibshirani, "Conformal prediction
//! beyond exchangeability", 2023). Only where errors move together is it widened by a shape. It must never assume a shape of independent
//! errors within the levels that the residuals reach.

use super::past::Past;
use super::rolling::Residual;
use super::wandering::Wandering;
use model::estimate::normal_quantile;

/// What residuals are divided by, and their order.
#[derive(Clone, Debug)]
pub(super) struct Calibration {
    /// Scale of each step.
    scale: Vec<f64>,
    /// Power of the forecast that errors grow with.
    power: f64,
    /// Added to the forecast before the power.
    floor: f64,
    /// Scaled residuals, rising, each with its own weight and that of all up to it.
    scores: Vec<Score>,
    /// What widens the band where the residuals move together.
    wandering: Option<Wandering>,
    counts: bool,
    never_negative: bool,
}

/// A scaled residual.
#[derive(Clone, Copy, Debug)]
struct Score {
    value: f64,
    weight: f64,
    /// Weight of all up to this one.
    upto: f64,
}

/// Weight of an origin's errors beside those of the next one: what comes is more like what came lately. About the last five count.
const FADING: f64 = 0.8;

/// Powers of the level that errors may grow with.
const POWERS: [f64; 3] = [0.0, 0.5, 1.0];

impl Calibration {
    /// Learns from past forecasts. `O(residuals × log residuals)`.
    pub(super) fn of(past: &Past<'_>, residuals: &[Residual]) -> Self {
        let mean =
            residuals.iter().map(|residual| residual.forecast.abs()).sum::<f64>() / residuals.len().max(1) as f64;
        let floor = (0.1 * mean).max(1e-9 * past.largest).max(1e-300);
        let mut own = Self {
            scale: vec![1.0; past.horizon],
            power: 0.0,
            floor,
            scores: Vec::new(),
            wandering: None,
            counts: past.counts,
            never_negative: past.never_negative,
        };
        // Whole numbers are spread over the unit around them, evenly: the band of a count that never varies by less than one can
        // then stand between two counts, and holds its level on the average.
        let spread = |number: usize| {
            if past.counts { ((number as f64 + 0.5) * 0.618_033_988_749_894_9).fract() - 0.5 } else { 0.0 }
        };
        let errors: Vec<f64> = residuals
            .iter()
            .enumerate()
            .map(|(number, residual)| residual.value + spread(number) - residual.forecast)
            .collect();
        if past.never_negative {
            own.power = own.fittest(residuals, &errors);
        }
        let scaled: Vec<f64> =
            residuals.iter().zip(&errors).map(|(residual, error)| error / own.grown(residual.forecast)).collect();
        let sizes: Vec<(usize, f64)> =
            residuals.iter().zip(&scaled).map(|(residual, error)| (residual.step, error.abs())).collect();
        own.scale = scales(past.horizon, &sizes);
        // Origins are in the later half.
        own.wandering = Wandering::of(residuals, &scaled, past.values.len() / 2, past.horizon);
        let latest = residuals.iter().map(|residual| residual.origin).max().unwrap_or(0);
        let score = |(residual, error): (&Residual, &f64)| Score {
            value: error / own.scale[residual.step],
            weight: FADING.powi((latest - residual.origin) as i32),
            upto: 0.0,
        };
        own.scores = residuals.iter().zip(&scaled).map(score).collect();
        own.scores.sort_by(|one, other| one.value.total_cmp(&other.value));
        let mut upto = 0.0;
        for score in &mut own.scores {
            upto += score.weight;
            score.upto = upto;
        }
        own
    }

    fn grown(&self, forecast: f64) -> f64 {
        (forecast.max(0.0) + self.floor).powf(self.power)
    }

    /// The power under which the errors are likeliest, with tails as of Laplace.
    fn fittest(&self, residuals: &[Residual], errors: &[f64]) -> f64 {
        let count = residuals.len().max(1) as f64;
        let unlikely = |power: f64| {
            let (mut sizes, mut logs) = (0.0, 0.0);
            for (residual, error) in residuals.iter().zip(errors) {
                let base = residual.forecast.max(0.0) + self.floor;
                sizes += error.abs() / base.powf(power);
                logs += power * base.ln();
            }
            (sizes / count).max(1e-300).ln() + logs / count
        };
        POWERS.into_iter().min_by(|a, b| unlikely(*a).total_cmp(&unlikely(*b))).unwrap_or(0.0)
    }

    /// Number of residuals behind it.
    pub(super) fn size(&self) -> usize {
        self.scores.len()
    }

    /// Scaled error that a share of future ones is expected to stay under. Beyond what the residuals reach, the outermost is stretched
    /// as a normal distribution would be; where fewer than two residuals tell how far that is, it is infinite.
    fn score(&self, share: f64) -> f64 {
        let (Some(first), Some(last)) = (self.scores.first(), self.scores.last()) else {
            return if share < 0.5 { f64::NEG_INFINITY } else { f64::INFINITY };
        };
        let place = share * self.all();
        if place < first.upto || place > last.upto {
            let outermost = if place < first.upto { first } else { last };
            let (value, reached) = (outermost.value, outermost.upto / self.all());
            // With a single residual the reached share is a half, which tells nothing of how far others may be.
            let stretch = (normal_quantile(share) / normal_quantile(reached)).abs();
            let away = if place < first.upto { value.min(-value.abs()) } else { value.max(value.abs()) };
            return match (stretch.is_finite(), share < 0.5) {
                (true, _) => away * stretch.max(1.0),
                (false, true) => f64::NEG_INFINITY,
                (false, false) => f64::INFINITY,
            };
        }
        let below = self.scores.partition_point(|score| score.upto <= place).max(1) - 1;
        let (below, next) = (&self.scores[below], &self.scores[(below + 1).min(self.scores.len() - 1)]);
        below.value + (place - below.upto) / next.weight * (next.value - below.value)
    }

    /// Weight of all residuals, and of the one that comes.
    fn all(&self) -> f64 {
        self.scores.last().map_or(1.0, |last| last.upto + 1.0)
    }

    /// The value that a share of what comes stays under.
    pub(super) fn quantile(&self, forecast: f64, step: usize, share: f64) -> f64 {
        let error = self.score(share) * self.scale[step];
        let error = self.wandering.as_ref().map_or(error, |walk| walk.widened(error, step, share));
        let grown = self.grown(forecast);
        let value = forecast + if grown == 0.0 { 0.0 } else { error * grown };
        if self.never_negative { value.max(0.0) } else { value }
    }

    /// A band that is to hold a share of what comes, with as much left out below as above where that can be.
    ///
    /// What is never negative can be left out below only as far as there is something: the rest is left out above. Of counts, whole ones
    /// are left out, no more of them than may be, and the upper end makes up for it.
    pub(super) fn band(&self, forecast: f64, step: usize, level: f64) -> (f64, f64) {
        let least = (1.0 - level) / 2.0;
        let low = self.quantile(forecast, step, least);
        if !self.never_negative || self.scores.len() < 2 {
            return (low, self.quantile(forecast, step, 1.0 - least));
        }
        let (low, left_out) = if self.counts {
            // A count below `whole` is spread below `whole - 0.5` altogether.
            let whole = (low + 0.5).floor().max(0.0);
            (whole, if whole > 0.0 { self.share_below(forecast, step, whole - 0.5).min(least) } else { 0.0 })
        } else {
            (low, if low > 0.0 { least } else { 0.0 })
        };
        let high = self.quantile(forecast, step, level + left_out);
        // The value in the middle is always in the band.
        let middle = self.median(forecast, step);
        (low.min(middle), if self.counts { high.floor() } else { high }.max(middle))
    }

    /// Share of what comes that is expected to stay under a value.
    fn share_below(&self, forecast: f64, step: usize, value: f64) -> f64 {
        let grown = self.grown(forecast);
        if grown == 0.0 {
            return f64::from(u8::from(value > forecast));
        }
        let error = (value - forecast) / grown;
        let below = self.scores.partition_point(|own| own.value < error / self.scale[step]);
        let share = below.checked_sub(1).map_or(0.0, |last| self.scores[last].upto / self.all());
        self.wandering.as_ref().map_or(share, |walk| walk.share_below(share, step, error))
    }

    /// The value that what comes is as often above as below; a whole number for counts.
    pub(super) fn median(&self, forecast: f64, step: usize) -> f64 {
        if self.scores.is_empty() {
            return if self.counts { forecast.round() } else { forecast };
        }
        let median = self.quantile(forecast, step, 0.5);
        if self.counts { median.round() } else { median }
    }
}

/// Mean size of the errors at each step, never falling with the step (pool adjacent violators), smoothed over neighbours. Steps without
/// an error take the growth of a random walk from the last that has one.
fn scales(horizon: usize, sizes: &[(usize, f64)]) -> Vec<f64> {
    let (mut sums, mut counts) = (vec![0.0; horizon], vec![0.0; horizon]);
    for &(step, size) in sizes {
        sums[step] += size;
        counts[step] += 1.0;
    }
    // Blocks: sum, count, steps.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    for (&sum, &count) in sums.iter().zip(&counts) {
        let mut block = (sum, count, 1);
        while let Some(&(sum, count, steps)) = blocks.last() {
            if block.1 > 0.0 && (count == 0.0 || sum / count <= block.0 / block.1) {
                break;
            }
            block = (block.0 + sum, block.1 + count, block.2 + steps);
            blocks.pop();
        }
        blocks.push(block);
    }
    let last = counts.iter().rposition(|count| *count > 0.0);
    let mut scales: Vec<f64> = Vec::with_capacity(horizon);
    for (sum, count, steps) in blocks {
        let mean = if count > 0.0 { sum / count } else { 0.0 };
        scales.extend(std::iter::repeat_n(mean, steps));
    }
    if let Some(last) = last {
        let base = scales[last];
        for (step, scale) in scales.iter_mut().enumerate().skip(last + 1) {
            *scale = base * ((step as f64 + 1.0) / (last as f64 + 1.0)).sqrt();
        }
    }
    scales.iter_mut().for_each(|scale| *scale = if *scale > 0.0 { *scale } else { 1.0 });
    scales
}
