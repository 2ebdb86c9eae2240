//! Rolling origins: every method forecasts from several points of the past, and its errors there decide its weight.
//!
//! Holds the choice of origins, the errors, the weights and the combination (J. M. Bates and C. W. J. Granger, "The combination of
//! forecasts", 1969; L. J. Tashman, "Out-of-sample tests of forecasting accuracy", 2000). It must never weigh a method by an error at the
//! origin that the weighted forecast is judged at.

use super::methods::Method;
use super::past::{Past, Paths};

/// Methods that are combined at most.
const MOST: usize = 8;
/// Methods with more than so many times the least error have no part.
const WORSE: f64 = 1.1;
/// How fast the weight falls with the error.
const POWER: f64 = 12.0;

/// One past forecast beside what came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Residual {
    /// Which origin.
    pub(super) origin: usize,
    /// Steps ahead, from 0.
    pub(super) step: usize,
    /// What was forecast.
    pub(super) forecast: f64,
    /// What came.
    pub(super) value: f64,
}

/// A method with what it did.
#[derive(Clone, Debug)]
pub(super) struct Weighed {
    /// Which.
    pub(super) method: Method,
    /// Its share of the forecast.
    pub(super) weight: f64,
    /// Mean absolute error over the origins; NaN where there was none.
    pub(super) error: f64,
}

/// What the rolling origins lead to.
#[derive(Clone, Debug)]
pub(super) struct Rolled {
    /// Every method, the heaviest first.
    pub(super) methods: Vec<Weighed>,
    /// Parts of the combined forecast for each step.
    pub(super) parts: Vec<Vec<f64>>,
    /// Past forecasts, each combined with weights from the other origins.
    pub(super) residuals: Vec<Residual>,
    /// Number of origins.
    pub(super) origins: usize,
}

/// Origins in the past, rising: as many as asked for, evenly, in the later half.
pub(super) fn origins(past: &Past<'_>, most: usize) -> Vec<usize> {
    let positions = past.values.len();
    let least = past.short.first().map_or(3, |season| 2 * season.length);
    let first = (positions / 2).max(least).min(positions);
    // A short past is judged on the steps that it has.
    let last = if first + past.horizon <= positions { positions - past.horizon } else { positions.saturating_sub(1) };
    if last < first {
        return Vec::new();
    }
    let count = most.min(last - first + 1);
    let mut origins: Vec<usize> = match count {
        1 => vec![last],
        _ => (0..count).map(|number| first + number * (last - first) / (count - 1)).collect(),
    };
    // An origin with nothing before or after it judges nothing.
    let known = |values: &[f64]| values.iter().any(|value| !value.is_nan());
    origins.retain(|origin| known(&past.values[..*origin]) && known(&past.values[*origin..]));
    origins
}

/// Runs every method at every origin and at the end, weighs and combines.
pub(super) fn roll(past: &Past<'_>, most: usize) -> Rolled {
    let mut places = origins(past, most);
    let count = places.len();
    places.push(past.values.len());
    let methods = Method::all(past);
    let paths: Vec<Paths> = methods.iter().map(|method| method.paths(past, &places)).collect();
    let errors: Vec<Vec<f64>> = paths
        .iter()
        .map(|paths| (0..count).map(|origin| error(past, paths, origin, places[origin])).collect())
        .collect();
    let weights = weights(&errors, None);
    let mut residuals = Vec::new();
    for (origin, &place) in places[..count].iter().enumerate() {
        let weights = self::weights(&errors, (count > 1).then_some(origin));
        for (step, &value) in past.values[place..].iter().enumerate().take(past.horizon) {
            if !value.is_nan() {
                let parts = weights.iter().zip(&paths).filter(|(weight, _)| **weight > 0.0);
                let forecast = parts.map(|(weight, paths)| weight * paths.total(origin, step)).sum();
                residuals.push(Residual { origin, step, forecast, value });
            }
        }
    }
    let combined = |step: usize| {
        let mut sum = vec![0.0; past.seasons + 2];
        for (weight, paths) in weights.iter().zip(&paths).filter(|(weight, _)| **weight > 0.0) {
            sum.iter_mut().zip(paths.at(count, step)).for_each(|(sum, part)| *sum += weight * part);
        }
        sum
    };
    let parts = (0..past.horizon).map(combined).collect();
    let mean = |errors: &Vec<f64>| errors.iter().sum::<f64>() / errors.len() as f64;
    let weighed = methods.into_iter().zip(weights.iter().zip(&errors));
    let mut methods: Vec<Weighed> =
        weighed.map(|(method, (&weight, errors))| Weighed { method, weight, error: mean(errors) }).collect();
    methods.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.error.total_cmp(&b.error)));
    Rolled { methods, parts, residuals, origins: count }
}

/// Mean absolute error of one method at one origin.
fn error(past: &Past<'_>, paths: &Paths, origin: usize, place: usize) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for (step, &value) in past.values[place..].iter().enumerate().take(past.horizon) {
        if !value.is_nan() {
            sum += (value - paths.total(origin, step)).abs();
            count += 1.0;
        }
    }
    if count > 0.0 { sum / count } else { 0.0 }
}

/// Weight of each method from its errors at all origins but one; the same for all where there is no error to go by.
fn weights(errors: &[Vec<f64>], without: Option<usize>) -> Vec<f64> {
    let mean = |errors: &Vec<f64>| -> f64 {
        errors.iter().enumerate().filter(|(origin, _)| Some(*origin) != without).map(|(_, error)| error).sum()
    };
    let sums: Vec<f64> = errors.iter().map(mean).collect();
    let least = sums.iter().copied().fold(f64::INFINITY, f64::min);
    let mut order: Vec<usize> = (0..sums.len()).collect();
    order.sort_by(|a, b| sums[*a].total_cmp(&sums[*b]));
    let mut weights = vec![0.0; sums.len()];
    for &place in order.iter().take(MOST) {
        if sums[place] <= WORSE * least {
            weights[place] = if least > 0.0 { (least / sums[place]).powf(POWER) } else { 1.0 };
        }
    }
    let sum: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= sum);
    weights
}
