//! What comes next, how sure that is, and what is out of line.
//!
//! Holds forecasts of many series at once, anomalies and changes of level. It must never know a date (positions are equally spaced; a
//! gap is NaN), use a value to judge a forecast that was made from it, or give a band that nothing was calibrated on without saying so.
//!
//! For each series well-known methods forecast from several points of its own past; their errors there give weights, and what the
//! weighted forecast missed there gives the bands. Nothing is learned from one series for another, so that a series has the same forecast
//! alone and among thousands.

mod alarms;
mod changes;
mod conformal;
mod decomposed;
mod intermittent;
mod methods;
mod past;
mod regression;
mod rolling;
mod simple;
mod smoothing;
mod wandering;

#[cfg(test)]
mod tests;

pub use alarms::{AlarmSettings, Alarms, Anomaly, LevelChange, alarms, alarms_all};

use conformal::Calibration;
use past::Past;
use rayon::prelude::*;

/// One series: values at equally spaced positions, NaN where there is a gap.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Series<'a> {
    /// Values by position.
    pub values: &'a [f64],
    /// Flags such as holidays, row by row for every position of the past and of the horizon; empty without flags.
    pub flags: &'a [f64],
    /// Flags in a row.
    pub flag_columns: usize,
}

impl<'a> Series<'a> {
    /// Values without flags.
    pub fn plain(values: &'a [f64]) -> Self {
        Self { values, flags: &[], flag_columns: 0 }
    }
}

/// How forecasts are made.
#[derive(Clone, Debug, PartialEq)]
pub struct ForecastSettings {
    /// Positions to forecast.
    pub horizon: usize,
    /// Lengths of the seasons in positions: 7 and 365.25 for daily values, 24, 168 and 8766 for hourly, 12 for monthly. A season that a
    /// series is too short for is left out for it.
    pub seasons: Vec<f64>,
    /// Shares of what comes that the bands are to hold.
    pub levels: Vec<f64>,
    /// Points of the past to forecast from.
    pub origins: usize,
}

impl ForecastSettings {
    /// Bands of 80 and 95 %, 14 origins.
    pub fn new(horizon: usize, seasons: &[f64]) -> Self {
        Self { horizon, seasons: seasons.to_vec(), levels: vec![0.8, 0.95], origins: 14 }
    }
}

/// A band that holds what comes with a given probability.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Share of what comes that it is to hold.
    pub level: f64,
    /// Lower end by step.
    pub lower: Vec<f64>,
    /// Upper end by step.
    pub upper: Vec<f64>,
}

/// A method's part in a forecast.
#[derive(Clone, Debug, PartialEq)]
pub struct MethodWeight {
    /// What people call it.
    pub method: String,
    /// Its share of the forecast; 0 for what was tried and left out.
    pub weight: f64,
    /// Its mean absolute error over the rolling origins, in the unit of the values; `None` where the past was too short to try.
    pub rolling_error: Option<f64>,
}

/// What a forecast is the sum of, by step.
#[derive(Clone, Debug, PartialEq)]
pub struct Components {
    /// Level and trend.
    pub level: Vec<f64>,
    /// What each season adds, in the order of the settings.
    pub seasons: Vec<Vec<f64>>,
    /// What the flags add.
    pub flags: Vec<f64>,
}

/// The forecast of one series.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Expected value by step: what sums over steps and series are made of.
    pub mean: Vec<f64>,
    /// The value that what comes is as often above as below: the least absolute error. Whole for counts.
    pub median: Vec<f64>,
    /// Bands, in the order of the levels asked for. Infinite where fewer than two values of the past could be tried.
    pub bands: Vec<Band>,
    /// What `mean` is the sum of.
    pub components: Components,
    /// Every method that was tried, the heaviest first.
    pub methods: Vec<MethodWeight>,
    /// Mean absolute error of the weighted forecast over the rolling origins; `None` where there was none.
    pub rolling_error: Option<f64>,
    /// Past forecasts that the bands are calibrated on, older ones counting less. A level that the outermost of them do not reach is
    /// stretched beyond them, and where they move together, as those of a random walk do, bands are widened to what such a walk does.
    pub calibrated_on: usize,
    /// Points of the past that were forecast from.
    pub origins: usize,
}

/// Why there is no forecast.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ForecastError {
    /// A setting that nothing can be computed with.
    #[error("the setting `{name}` is {found}; write {write}")]
    Setting {
        /// Which.
        name: &'static str,
        /// What was found.
        found: String,
        /// What to write.
        write: &'static str,
    },
    /// A value that is no number to reckon with.
    #[error("the value at position {position} is {found}; write a number of at most 1e100, or NaN for a gap")]
    Value {
        /// Where, from 0.
        position: usize,
        /// What was found.
        found: f64,
    },
    /// A flag that is no number.
    #[error("a flag at position {position} is {found}; write 0, 1 or another number of at most 1e6")]
    Flag {
        /// Where, from 0.
        position: usize,
        /// What was found.
        found: f64,
    },
    /// Flags for too few or too many positions.
    #[error(
        "{found} flags were found; write {needed}, {columns} for each of {positions} positions of past and horizon"
    )]
    FlagCount {
        /// How many were found.
        found: usize,
        /// How many are needed.
        needed: usize,
        /// Flags in a row.
        columns: usize,
        /// Positions of past and horizon.
        positions: usize,
    },
    /// Nothing but gaps.
    #[error("none of {positions} positions has a value; leave the series out, or give at least one value")]
    NoValues {
        /// How many positions there are.
        positions: usize,
    },
}

/// Forecasts many series, each for itself, in parallel; the order and the threads change nothing.
///
/// Time for each is about proportional to `values × methods` and to the square of the columns of a regression; some milliseconds
/// for 730 daily values. The outer error is one of the settings, an inner one of that series.
///
/// # Errors
/// Settings that nothing can be computed with.
pub fn forecast_all(
    series: &[Series<'_>],
    settings: &ForecastSettings,
) -> Result<Vec<Result<Forecast, ForecastError>>, ForecastError> {
    settings.check()?;
    Ok(series.par_iter().map(|series| checked(series, settings)).collect())
}

/// Forecasts one series; as [`forecast_all`].
///
/// # Errors
/// Settings or values that nothing can be computed with.
pub fn forecast(series: &Series<'_>, settings: &ForecastSettings) -> Result<Forecast, ForecastError> {
    settings.check()?;
    checked(series, settings)
}

fn checked(series: &Series<'_>, settings: &ForecastSettings) -> Result<Forecast, ForecastError> {
    let past = Past::of(series, settings.horizon, &settings.seasons)?;
    let rolled = rolling::roll(&past, settings.origins);
    let calibration = Calibration::of(&past, &rolled.residuals);
    let mean: Vec<f64> = rolled.parts.iter().map(|parts| parts.iter().sum::<f64>()).collect();
    let band = |level: &f64| {
        let ends = mean.iter().enumerate().map(|(step, mean)| calibration.band(*mean, step, *level));
        let (lower, upper) = ends.unzip();
        Band { level: *level, lower, upper }
    };
    let column = |number: usize| rolled.parts.iter().map(|parts| parts[number]).collect::<Vec<f64>>();
    let weight = |weighed: &rolling::Weighed| MethodWeight {
        method: weighed.method.name(),
        weight: weighed.weight,
        rolling_error: weighed.error.is_finite().then_some(weighed.error),
    };
    let missed = rolled.residuals.iter().map(|residual| (residual.value - residual.forecast).abs()).sum::<f64>();
    Ok(Forecast {
        median: mean.iter().enumerate().map(|(step, mean)| calibration.median(*mean, step)).collect(),
        bands: settings.levels.iter().map(band).collect(),
        components: Components {
            level: column(0),
            seasons: (0..past.seasons).map(|season| column(1 + season)).collect(),
            flags: column(past.seasons + 1),
        },
        methods: rolled.methods.iter().map(weight).collect(),
        rolling_error: (!rolled.residuals.is_empty()).then(|| missed / rolled.residuals.len() as f64),
        calibrated_on: calibration.size(),
        origins: rolled.origins,
        mean,
    })
}
