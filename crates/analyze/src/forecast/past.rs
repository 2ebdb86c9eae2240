//! What is known when a forecast is made: the values of one series, its seasons and its flags, and the paths that methods write.
//!
//! Holds the checked input and the shape of a path. It must never hold a method, nor look past the positions it was given.

use super::{ForecastError, ForecastSettings, Series};

/// Longest season that is held as one figure for each position; a longer one, or one that is no whole number, is held as waves.
const LONGEST_BY_POSITION: f64 = 200.0;

/// A season that the series is long enough for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Short {
    /// Which of the caller's seasons it is.
    pub(super) number: usize,
    /// Positions in it.
    pub(super) length: usize,
}

/// A season held as waves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Long {
    /// Which of the caller's seasons it is.
    pub(super) number: usize,
    /// Positions in it; need not be whole.
    pub(super) length: f64,
}

/// One series, checked.
#[derive(Clone, Debug)]
pub(super) struct Past<'a> {
    /// Values by position; NaN is a gap.
    pub(super) values: &'a [f64],
    /// Flags, row by row for each position of past and future.
    pub(super) flags: &'a [f64],
    /// Flags in a row.
    pub(super) flag_columns: usize,
    /// Positions to forecast.
    pub(super) horizon: usize,
    /// Seasons of the caller.
    pub(super) seasons: usize,
    /// Seasons held by position, shortest first.
    pub(super) short: Vec<Short>,
    /// Seasons held as waves, shortest first.
    pub(super) long: Vec<Long>,
    /// No value was below zero.
    pub(super) never_negative: bool,
    /// Every value is a whole number, and none was below zero.
    pub(super) counts: bool,
    /// Share of zeros among the values.
    pub(super) zeros: f64,
    /// Number of values that are no gaps.
    pub(super) known: usize,
    /// Greatest size of a value.
    pub(super) largest: f64,
}

impl<'a> Past<'a> {
    /// Checks one series.
    pub(super) fn of(series: &Series<'a>, horizon: usize, seasons: &[f64]) -> Result<Self, ForecastError> {
        let values = series.values;
        if let Some(position) = values.iter().position(|value| value.is_infinite() || value.abs() > 1e100) {
            return Err(ForecastError::Value { position, found: values[position] });
        }
        let needed = (values.len() + horizon) * series.flag_columns;
        if series.flags.len() != needed {
            let (columns, positions) = (series.flag_columns, values.len() + horizon);
            return Err(ForecastError::FlagCount { found: series.flags.len(), needed, columns, positions });
        }
        if let Some(place) = series.flags.iter().position(|flag| !flag.is_finite() || flag.abs() > 1e6) {
            let position = place / series.flag_columns.max(1);
            return Err(ForecastError::Flag { position, found: series.flags[place] });
        }
        let known: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
        if known.is_empty() {
            return Err(ForecastError::NoValues { positions: values.len() });
        }
        let never_negative = known.iter().all(|value| *value >= 0.0);
        let (mut short, mut long) = (Vec::new(), Vec::new());
        for (number, &length) in seasons.iter().enumerate() {
            let positions = values.len() as f64;
            if length.fract() == 0.0 && length <= LONGEST_BY_POSITION {
                if positions >= 2.0 * length {
                    short.push(Short { number, length: length as usize });
                }
            } else if positions >= 1.25 * length {
                long.push(Long { number, length });
            }
        }
        short.sort_by_key(|season| season.length);
        long.sort_by(|a, b| a.length.total_cmp(&b.length));
        Ok(Self {
            values,
            flags: series.flags,
            flag_columns: series.flag_columns,
            horizon,
            seasons: seasons.len(),
            short,
            long,
            never_negative,
            counts: never_negative && known.iter().all(|value| value.fract() == 0.0 && *value < 9e15),
            zeros: known.iter().filter(|value| **value == 0.0).count() as f64 / known.len() as f64,
            known: known.len(),
            largest: known.iter().fold(0.0, |most: f64, value| most.max(value.abs())),
        })
    }

    /// The flags of one position.
    pub(super) fn flags_at(&self, position: usize) -> &[f64] {
        &self.flags[position * self.flag_columns..(position + 1) * self.flag_columns]
    }

    /// Mean of the values before a position, at most so many positions back; of all before it where those are gaps; else 0.
    pub(super) fn mean_before(&self, origin: usize, back: usize) -> f64 {
        let mean = |from: usize| {
            let (sum, count) = sum_of(&self.values[from..origin]);
            (count > 0.0).then(|| sum / count)
        };
        mean(origin.saturating_sub(back)).or_else(|| mean(0)).unwrap_or(0.0)
    }

    /// Empty paths for so many origins.
    pub(super) fn paths(&self, origins: usize) -> Paths {
        Paths::new(origins, self.horizon, self.seasons)
    }
}

/// Sum and number of the values that are no gaps.
pub(super) fn sum_of(values: &[f64]) -> (f64, f64) {
    let known = values.iter().filter(|value| !value.is_nan());
    known.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0))
}

/// Forecasts of one method from several origins, each step by its parts: the level, each season, the flags.
#[derive(Clone, Debug)]
pub(super) struct Paths {
    horizon: usize,
    columns: usize,
    parts: Vec<f64>,
}

impl Paths {
    fn new(origins: usize, horizon: usize, seasons: usize) -> Self {
        let columns = seasons + 2;
        Self { horizon, columns, parts: vec![0.0; origins * horizon * columns] }
    }

    fn start(&self, origin: usize, step: usize) -> usize {
        (origin * self.horizon + step) * self.columns
    }

    /// Steps of each forecast.
    pub(super) fn steps(&self) -> usize {
        self.horizon
    }

    /// The parts of one step: level, seasons, flags.
    pub(super) fn at(&self, origin: usize, step: usize) -> &[f64] {
        let start = self.start(origin, step);
        &self.parts[start..start + self.columns]
    }

    /// See [`Paths::at`].
    pub(super) fn at_mut(&mut self, origin: usize, step: usize) -> &mut [f64] {
        let start = self.start(origin, step);
        &mut self.parts[start..start + self.columns]
    }

    /// Sets level and one season; nothing else.
    pub(super) fn set(&mut self, origin: usize, step: usize, level: f64, season: Option<(usize, f64)>) {
        let parts = self.at_mut(origin, step);
        parts.fill(0.0);
        parts[0] = level;
        if let Some((number, effect)) = season {
            parts[1 + number] = effect;
        }
    }

    /// The forecast of one step: the sum of its parts.
    pub(super) fn total(&self, origin: usize, step: usize) -> f64 {
        self.at(origin, step).iter().sum()
    }

    /// Keeps every forecast finite, within reach of what was ever seen, and above zero where the past always was.
    pub(super) fn tame(&mut self, past: &Past<'_>) {
        let most = 5.0 * past.largest;
        for parts in self.parts.chunks_exact_mut(self.columns) {
            let total: f64 = parts.iter().sum();
            let least = if past.never_negative { 0.0 } else { -most };
            let held = if total.is_finite() { total.clamp(least, most) } else { 0.0 };
            if held != total {
                parts.fill(0.0);
                parts[0] = held;
            }
        }
    }
}

impl ForecastSettings {
    /// Whether anything can be computed with them.
    pub(super) fn check(&self) -> Result<(), ForecastError> {
        let wrong = |name, found: String, write| Err(ForecastError::Setting { name, found, write });
        if self.horizon == 0 || self.horizon > 100_000 {
            return wrong("horizon", self.horizon.to_string(), "the number of positions to forecast, 1 to 100000");
        }
        if self.origins == 0 || self.origins > 1000 {
            return wrong(
                "origins",
                self.origins.to_string(),
                "how many past forecasts to try, 1 to 1000; 14 is usual",
            );
        }
        check_seasons(&self.seasons)?;
        if let Some(level) = self.levels.iter().find(|level| !(**level > 0.0 && **level < 1.0)) {
            return wrong("levels", level.to_string(), "shares above 0 and below 1, such as 0.8 and 0.95");
        }
        Ok(())
    }
}

/// Whether every season is a length that a season can have.
pub(super) fn check_seasons(seasons: &[f64]) -> Result<(), ForecastError> {
    match seasons.iter().find(|season| !(**season >= 2.0 && **season <= 1e6)) {
        Some(season) => Err(ForecastError::Setting {
            name: "seasons",
            found: season.to_string(),
            write: "lengths of 2 positions or more, such as 7 and 365.25 for daily values",
        }),
        None => Ok(()),
    }
}
