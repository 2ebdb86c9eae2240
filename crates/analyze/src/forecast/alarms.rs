//! What is out of line in the past: single values, and lasting changes of level.
//!
//! Holds the settings, what is told, and the search for single values: each is judged beside what the others around it and the same
//! positions of the season let expect, and alarms keep their false share by Y. Benjamini and Y. Hochberg, "Controlling the false discovery
//! rate" (1995). It must never judge a value by a fit in which that value has the deciding part.

use super::changes::changes;
use super::past::{Past, check_seasons};
use super::regression::{Design, Fit, Form};
use super::{ForecastError, Series};
use crate::distribution::{count_at_most, student_beyond};
use crate::signals::false_discovery_rates;
use rayon::prelude::*;

/// How alarms are raised.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmSettings {
    /// Lengths of the seasons in positions, as for forecasts.
    pub seasons: Vec<f64>,
    /// For single values: the share of false ones among the alarms of a series, on average. For changes: how often a series without
    /// any gives an alarm.
    pub false_alarms: f64,
    /// Simulated series without a change that the strongest step is set against.
    pub draws: usize,
    /// Changes in a series at most.
    pub most_changes: usize,
    /// Seed of the simulated series.
    pub seed: u64,
}

impl AlarmSettings {
    /// One in twenty false, 399 draws.
    pub fn new(seasons: &[f64]) -> Self {
        Self { seasons: seasons.to_vec(), false_alarms: 0.05, draws: 399, most_changes: 10, seed: 1 }
    }

    fn check(&self) -> Result<(), ForecastError> {
        let wrong = |name, found: String, write| Err(ForecastError::Setting { name, found, write });
        check_seasons(&self.seasons)?;
        if !(self.false_alarms > 0.0 && self.false_alarms < 1.0) {
            return wrong("false_alarms", self.false_alarms.to_string(), "a share above 0 and below 1, such as 0.05");
        }
        if (self.draws as f64 + 1.0) * self.false_alarms < 1.0 || self.draws > 1_000_000 {
            let write = "at least 1 / false_alarms, so that a chance so small can be told, and at most 1000000";
            return wrong("draws", self.draws.to_string(), write);
        }
        Ok(())
    }
}

/// A single value out of line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anomaly {
    /// Where, from 0.
    pub position: usize,
    /// What was found.
    pub value: f64,
    /// What would have been expected there.
    pub expected: f64,
    /// Probability of a value so far from the expected one.
    pub chance: f64,
}

/// A lasting change of level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LevelChange {
    /// First position of the new level.
    pub since: usize,
    /// New level minus old in the unit of the values, season and trend taken out, on average until the next change.
    pub size: f64,
    /// Lower end of the interval of 95 % for the size.
    pub lower: f64,
    /// Upper end of it.
    pub upper: f64,
    /// Mean since the change, had there been none.
    pub before: f64,
    /// Mean since the change, until the next.
    pub after: f64,
    /// Probability that a series without a change shows a step so strong.
    pub chance: f64,
}

/// What is out of line in a series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Alarms {
    /// Single values, by position.
    pub anomalies: Vec<Anomaly>,
    /// Changes of level, the earliest first.
    pub changes: Vec<LevelChange>,
}

/// Alarms of many series, each for itself, in parallel; the order and the threads change nothing.
///
/// Time for each is about `draws × values × columns of the regression`, much less where nothing is found. The flags of a series are those of
/// the past only. The outer error is one of the settings, an inner one of that series.
///
/// # Errors
/// Settings that nothing can be computed with.
pub fn alarms_all(
    series: &[Series<'_>],
    settings: &AlarmSettings,
) -> Result<Vec<Result<Alarms, ForecastError>>, ForecastError> {
    settings.check()?;
    Ok(series.par_iter().map(|series| checked(series, settings)).collect())
}

/// Alarms of one series; as [`alarms_all`].
///
/// # Errors
/// Settings or values that nothing can be computed with.
pub fn alarms(series: &Series<'_>, settings: &AlarmSettings) -> Result<Alarms, ForecastError> {
    settings.check()?;
    checked(series, settings)
}

fn checked(series: &Series<'_>, settings: &AlarmSettings) -> Result<Alarms, ForecastError> {
    let past = Past::of(series, 0, &settings.seasons)?;
    let changes = changes(&past, settings);
    // Steps become flags, so that a new level is not a row of anomalies.
    let columns = series.flag_columns + changes.len();
    let mut flags = Vec::with_capacity(columns * series.values.len());
    for position in 0..series.values.len() {
        flags.extend_from_slice(past.flags_at(position));
        flags.extend(changes.iter().map(|change| f64::from(u8::from(position >= change.since))));
    }
    let stepped = Series { values: series.values, flags: &flags, flag_columns: columns };
    let anomalies = anomalies(&Past::of(&stepped, 0, &settings.seasons)?, settings.false_alarms);
    Ok(Alarms { anomalies, changes })
}

/// Chance below which a value has no say in the noise that it is judged by.
const APART: f64 = 1e-3;
/// Times that fit and noise are found again without what stood apart.
const ROUNDS: usize = 3;

fn anomalies(past: &Past<'_>, share: f64) -> Vec<Anomaly> {
    let form = Form { log: past.never_negative, trend: true, waves: if past.long.is_empty() { 0 } else { 2 } };
    let design = Design::of(past, &form);
    if past.known < 2 * design.columns() || past.known < 20 {
        return Vec::new();
    }
    let mut judged = Judged::default();
    let mut calm = past.values.to_vec();
    for _ in 0..ROUNDS {
        let settled = Past { values: &calm, ..past.clone() };
        let mut fit = Fit::new(design.columns(), form.log);
        fit.advance(&settled, &design, calm.len());
        judged = Judged::of(past, &calm, &fit.fitted);
        for ((calm, value), chance) in calm.iter_mut().zip(past.values).zip(&judged.chances) {
            *calm = if *chance < APART { f64::NAN } else { *value };
        }
    }
    let known: Vec<usize> = (0..past.values.len()).filter(|position| !judged.chances[*position].is_nan()).collect();
    let rates = false_discovery_rates(&known.iter().map(|position| judged.chances[*position]).collect::<Vec<_>>());
    known
        .into_iter()
        .zip(rates)
        .filter(|(_, rate)| *rate <= share)
        .map(|(position, _)| Anomaly {
            position,
            value: past.values[position],
            expected: judged.expected[position],
            chance: judged.chances[position],
        })
        .collect()
}

/// What is expected at each position, and the chance of what was found; NaN for gaps.
#[derive(Default)]
struct Judged {
    expected: Vec<f64>,
    chances: Vec<f64>,
}

impl Judged {
    fn of(past: &Past<'_>, calm: &[f64], fitted: &[f64]) -> Self {
        let expected = beside_neighbours(past.never_negative, calm, fitted);
        let chances = if past.counts {
            count_chances(past.values, calm, &expected)
        } else {
            measure_chances(past, calm, &expected)
        };
        Self { expected, chances }
    }
}

/// How fast neighbours lose their say.
const KEEP: f64 = 0.75;

/// The fit moved by a share of how far the neighbours on both sides are from it, never by the value itself.
fn beside_neighbours(relative: bool, calm: &[f64], fitted: &[f64]) -> Vec<f64> {
    let count = calm.len();
    let (mut above, mut below) = (vec![0.0; count], vec![0.0; count]);
    let mut gather = |positions: &mut dyn Iterator<Item = usize>| {
        let (mut sum, mut weight) = (0.0, 0.0);
        for at in positions {
            above[at] += sum;
            below[at] += weight;
            (sum, weight) = (KEEP * sum, KEEP * weight);
            if !calm[at].is_nan() {
                sum += KEEP * (calm[at] - fitted[at]);
                weight += KEEP * if relative { fitted[at] } else { 1.0 };
            }
        }
    };
    gather(&mut (0..count));
    gather(&mut (0..count).rev());
    let distance = |at: usize| if below[at] > 0.0 { above[at] / below[at] } else { 0.0 };
    let (mut with, mut square) = (0.0, 0.0);
    for at in (0..count).filter(|at| !calm[*at].is_nan()) {
        with += distance(at) * (calm[at] - fitted[at]);
        square += distance(at).powi(2) * if relative { fitted[at] } else { 1.0 };
    }
    let share = if square > 0.0 { (with / square).clamp(0.0, 1.0) } else { 0.0 };
    let moved = |at: usize| {
        let moved = share * distance(at);
        if relative { fitted[at] * (1.0 + moved).max(0.05) } else { fitted[at] + moved }
    };
    (0..count).map(moved).collect()
}

/// Chance of each count, on both sides, with the variance that the calm ones have beyond Poisson's.
fn count_chances(values: &[f64], calm: &[f64], expected: &[f64]) -> Vec<f64> {
    let known = calm.iter().zip(expected).filter(|(value, _)| !value.is_nan());
    let (over, square) = known.fold((0.0, 0.0), |(over, square), (value, expected)| {
        (over + (value - expected).powi(2) - expected, square + expected * expected)
    });
    let excess = if square > 0.0 { (over / square).max(0.0) } else { 0.0 };
    let chance = |(value, expected): (&f64, &f64)| {
        if value.is_nan() {
            return f64::NAN;
        }
        let at_most = count_at_most(*value, *expected, excess);
        let at_least = 1.0 - count_at_most(*value - 1.0, *expected, excess);
        (2.0 * at_most.min(at_least)).clamp(0.0, 1.0)
    };
    values.iter().zip(expected).map(chance).collect()
}

/// Chance of each measured value, on both sides, under Student's t with the width and the tails of the calm ones.
fn measure_chances(past: &Past<'_>, calm: &[f64], expected: &[f64]) -> Vec<f64> {
    // Values that are never negative vary with their level.
    let mean = expected.iter().map(|value| value.abs()).sum::<f64>() / expected.len().max(1) as f64;
    let size = |expected: f64| if past.never_negative { expected.max(0.0) + 0.1 * mean } else { 1.0 };
    let scaled = |value: f64, expected: f64| (value - expected).abs() / size(expected).max(1e-300);
    let known = calm.iter().zip(expected).filter(|(value, _)| !value.is_nan());
    let mut sizes: Vec<f64> = known.map(|(value, expected)| scaled(*value, *expected)).collect();
    sizes.sort_by(f64::total_cmp);
    if sizes.is_empty() {
        return vec![f64::NAN; calm.len()];
    }
    let at = |share: f64| sizes[((share * sizes.len() as f64) as usize).min(sizes.len() - 1)];
    let tails = Tails::of(at(0.5), at(0.95), past.largest);
    let chance = |(value, expected): (&f64, &f64)| {
        if value.is_nan() { f64::NAN } else { student_beyond(scaled(*value, *expected) / tails.width, tails.freedom) }
    };
    past.values.iter().zip(expected).map(chance).collect()
}

/// Student's t that has a given median and 95th percentile of size.
struct Tails {
    width: f64,
    freedom: f64,
}

impl Tails {
    fn of(half: f64, most: f64, largest: f64) -> Self {
        // Rounding must not look like noise.
        let half = half.max(1e-9 * largest).max(1e-290);
        let mut best = (f64::INFINITY, Self { width: half, freedom: 30.0 });
        // Thirty is near enough to normal, and does not trust a thin tail that so few values cannot show.
        for freedom in [2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0] {
            let (middle, outer) = (student_size(0.5, freedom), student_size(0.05, freedom));
            let off = (most / half - outer / middle).abs();
            if off < best.0 {
                best = (off, Self { width: (half / middle).max(most / outer), freedom });
            }
        }
        best.1
    }
}

/// Size that Student's t passes with a chance, by bisection.
fn student_size(chance: f64, freedom: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1e3);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if student_beyond(middle, freedom) > chance { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}
