//! Exponential smoothing, simple, Holt's and damped, with additive or multiplicative seasons.
//!
//! Holds the recursions of C. C. Holt (1957), P. R. Winters (1960) and E. S. Gardner and E. McKenzie, "Forecasting trends in time
//! series" (Management Science 31, 1985). Parameters come from a grid: one pass over the series for each, and at each origin the one with
//! the least squared one-step error up to there is taken. It must never let a parameter be chosen by a value at or after its origin.

use super::past::{Past, Paths, Short};

/// How the season enters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seasonal {
    /// Not at all.
    None,
    /// Added to the level.
    Added,
    /// The level is multiplied by it; for values that are never negative.
    Times,
}

/// One point of the grid.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Weights {
    level: f64,
    season: f64,
    trend: f64,
    damping: f64,
}

const LEVELS: [f64; 6] = [0.02, 0.05, 0.1, 0.2, 0.4, 0.7];
const SEASONS: [f64; 4] = [0.0, 0.03, 0.1, 0.3];
const TRENDS: [(f64, f64); 4] = [(0.01, 0.98), (0.05, 0.98), (0.05, 0.9), (0.2, 0.9)];
/// Holt's own trend, not damped.
const STRAIGHT: [(f64, f64); 2] = [(0.005, 1.0), (0.05, 1.0)];

/// The grid of a kind of trend.
fn grid(trend: Trend, seasonal: Seasonal) -> Vec<Weights> {
    let trends: &[(f64, f64)] = match trend {
        Trend::None => &[(0.0, 0.0)],
        Trend::Damped => &TRENDS,
        Trend::Straight => &STRAIGHT,
    };
    let seasons: &[f64] = if seasonal == Seasonal::None { &[0.0] } else { &SEASONS };
    let mut grid = Vec::with_capacity(trends.len() * seasons.len() * LEVELS.len());
    for &(trend, damping) in trends {
        for &season in seasons {
            grid.extend(LEVELS.iter().map(|&level| Weights { level, season, trend, damping }));
        }
    }
    grid
}

/// How the level moves on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trend {
    /// It stays.
    None,
    /// It moves on by less and less.
    Damped,
    /// It moves on as it did.
    Straight,
}

/// What the recursion remembers.
struct State {
    level: f64,
    slope: f64,
    /// Effect of each position of the season.
    season: Vec<f64>,
}

impl State {
    fn start(past: &Past<'_>, length: usize, seasonal: Seasonal) -> Self {
        let first = &past.values[..past.values.len().min(2 * length.max(4))];
        let (sum, count) = super::past::sum_of(first);
        let level = if count > 0.0 { sum / count } else { past.mean_before(past.values.len(), usize::MAX) };
        let effect = |place: usize| {
            let here = first.iter().skip(place).step_by(length).filter(|value| !value.is_nan());
            let (sum, count) = here.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
            match seasonal {
                Seasonal::None => 0.0,
                Seasonal::Added => (sum - count * level) / (count + 1.0),
                Seasonal::Times if level > 0.0 => ((sum + 2.0 * level) / (count * level + 2.0 * level)).max(0.01),
                Seasonal::Times => 1.0,
            }
        };
        Self { level, slope: 0.0, season: (0..length).map(effect).collect() }
    }
}

/// Smoothing of one kind. Time is the grid times the positions.
pub(super) fn smoothing(
    past: &Past<'_>,
    origins: &[usize],
    trend: Trend,
    seasonal: Seasonal,
    season: Option<Short>,
) -> Paths {
    let mut paths = past.paths(origins.len());
    let mut best = vec![f64::INFINITY; origins.len()];
    let length = season.map_or(1, |season| season.length);
    let warm = (2 * length.max(4)).min(origins.first().map_or(0, |first| first / 2));
    for weights in grid(trend, seasonal) {
        let mut state = State::start(past, length, seasonal);
        let (mut squares, mut from, mut place) = (0.0, 0, 0);
        for (number, &origin) in origins.iter().enumerate() {
            for &value in &past.values[from..origin] {
                let error = step(&mut state, value, place, seasonal, &weights);
                if from >= warm {
                    squares += error * error;
                }
                from += 1;
                place = if place + 1 == length { 0 } else { place + 1 };
            }
            if squares < best[number] {
                best[number] = squares;
                write(&mut paths, number, &state, place, (season, seasonal), weights.damping);
            }
        }
    }
    paths
}

/// Takes one value in; gives the error of the forecast of it, 0 for a gap.
fn step(state: &mut State, value: f64, place: usize, seasonal: Seasonal, weights: &Weights) -> f64 {
    let ahead = state.level + weights.damping * state.slope;
    let effect = state.season[place];
    if value.is_nan() {
        state.level = ahead;
        state.slope *= weights.damping;
        return 0.0;
    }
    let (expected, moved) = match seasonal {
        Seasonal::None => (ahead, value - ahead),
        Seasonal::Added => (ahead + effect, value - effect - ahead),
        Seasonal::Times => (ahead * effect, (value - ahead * effect) / effect.max(0.2)),
    };
    state.level = ahead + weights.level * moved;
    state.slope = weights.damping * state.slope + weights.level * weights.trend * moved;
    match seasonal {
        Seasonal::None => {}
        Seasonal::Added => state.season[place] = effect + weights.season * (1.0 - weights.level) * moved,
        Seasonal::Times => {
            state.level = state.level.max(0.0);
            // A level near zero tells nothing of the season.
            if state.level > 1e-9 {
                let seen = (value / state.level).min(10.0);
                state.season[place] = (effect + weights.season * (1.0 - weights.level) * (seen - effect)).max(0.01);
            }
        }
    }
    value - expected
}

/// Writes the forecast that a state leads to.
fn write(
    paths: &mut Paths,
    number: usize,
    state: &State,
    place: usize,
    (season, seasonal): (Option<Short>, Seasonal),
    damping: f64,
) {
    let length = state.season.len();
    let steps = paths.steps();
    let (mut ahead, mut factor) = (state.level, damping);
    for step in 0..steps {
        ahead += factor * state.slope;
        factor *= damping;
        let effect = state.season[(place + step) % length];
        let added = match seasonal {
            Seasonal::None => 0.0,
            Seasonal::Added => effect,
            Seasonal::Times => ahead * (effect - 1.0),
        };
        paths.set(number, step, ahead, season.map(|season| (season.number, added)));
    }
}
