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

/// A row of the grid: all weights of the level, side by side, so that their recursions do not wait for each other.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Weights {
    season: f64,
    trend: f64,
    damping: f64,
}

/// One number for each weight of the level.
type Lanes = [f64; LEVELS.len()];

const LEVELS: [f64; 6] = [0.02, 0.05, 0.1, 0.2, 0.4, 0.7];
const SEASONS: [f64; 4] = [0.0, 0.03, 0.1, 0.3];
const TRENDS: [(f64, f64); 4] = [(0.01, 0.98), (0.05, 0.98), (0.05, 0.9), (0.2, 0.9)];
/// Holt's own trend, not damped.
const STRAIGHT: [(f64, f64); 2] = [(0.005, 1.0), (0.05, 1.0)];

/// The rows of the grid for a kind of trend.
fn grid(trend: Trend, seasonal: Seasonal) -> impl Iterator<Item = Weights> {
    let trends: &[(f64, f64)] = match trend {
        Trend::None => &[(0.0, 0.0)],
        Trend::Damped => &TRENDS,
        Trend::Straight => &STRAIGHT,
    };
    let seasons: &[f64] = if seasonal == Seasonal::None { &[0.0] } else { &SEASONS };
    trends.iter().flat_map(|&(trend, damping)| seasons.iter().map(move |&season| Weights { season, trend, damping }))
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

/// What the recursions remember.
struct State {
    level: Lanes,
    slope: Lanes,
    /// Effect of each position of the season.
    season: Vec<Lanes>,
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
        let season = (0..length).map(|place| [effect(place); LEVELS.len()]).collect();
        Self { level: [level; LEVELS.len()], slope: [0.0; LEVELS.len()], season }
    }

    /// Takes one value in; gives the error of each forecast of it, 0 for a gap.
    fn step(&mut self, value: f64, place: usize, seasonal: Seasonal, weights: &Weights) -> Lanes {
        let mut errors = [0.0; LEVELS.len()];
        let season = &mut self.season[place];
        for lane in 0..LEVELS.len() {
            let (level, slope, effect) = (&mut self.level[lane], &mut self.slope[lane], &mut season[lane]);
            let ahead = *level + weights.damping * *slope;
            if value.is_nan() {
                *level = ahead;
                *slope *= weights.damping;
                continue;
            }
            let (expected, moved) = match seasonal {
                Seasonal::None => (ahead, value - ahead),
                Seasonal::Added => (ahead + *effect, value - *effect - ahead),
                Seasonal::Times => (ahead * *effect, (value - ahead * *effect) / effect.max(0.2)),
            };
            *level = ahead + LEVELS[lane] * moved;
            *slope = weights.damping * *slope + LEVELS[lane] * weights.trend * moved;
            let learned = weights.season * (1.0 - LEVELS[lane]);
            match seasonal {
                Seasonal::None => {}
                Seasonal::Added => *effect += learned * moved,
                Seasonal::Times => {
                    *level = level.max(0.0);
                    let seen = (value / *level).min(10.0);
                    let told = (*effect + learned * (seen - *effect)).max(0.01);
                    // A level near zero tells nothing of the season.
                    *effect = if *level > 1e-9 { told } else { *effect };
                }
            }
            errors[lane] = value - expected;
        }
        errors
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
    match seasonal {
        // The compiler makes a loop of its own of each.
        Seasonal::None => of_kind(past, origins, trend, Seasonal::None, season),
        Seasonal::Added => of_kind(past, origins, trend, Seasonal::Added, season),
        Seasonal::Times => of_kind(past, origins, trend, Seasonal::Times, season),
    }
}

#[inline(always)]
fn of_kind(past: &Past<'_>, origins: &[usize], trend: Trend, seasonal: Seasonal, season: Option<Short>) -> Paths {
    let mut paths = past.paths(origins.len());
    let mut best = vec![f64::INFINITY; origins.len()];
    let length = season.map_or(1, |season| season.length);
    let warm = (2 * length.max(4)).min(origins.first().map_or(0, |first| first / 2));
    let begin = State::start(past, length, seasonal);
    for weights in grid(trend, seasonal) {
        let mut state = State { season: begin.season.clone(), ..begin };
        let (mut squares, mut from, mut place) = ([0.0; LEVELS.len()], 0, 0);
        for (number, &origin) in origins.iter().enumerate() {
            for &value in &past.values[from..origin] {
                let errors = state.step(value, place, seasonal, &weights);
                if from >= warm {
                    squares.iter_mut().zip(errors).for_each(|(square, error)| *square += error * error);
                }
                from += 1;
                place = if place + 1 == length { 0 } else { place + 1 };
            }
            for (lane, square) in squares.iter().enumerate() {
                if *square < best[number] {
                    best[number] = *square;
                    write(&mut paths, number, &state, lane, place, (season, seasonal), weights.damping);
                }
            }
        }
    }
    paths
}

/// Writes the forecast that a state leads to.
fn write(
    paths: &mut Paths,
    number: usize,
    state: &State,
    lane: usize,
    place: usize,
    (season, seasonal): (Option<Short>, Seasonal),
    damping: f64,
) {
    let length = state.season.len();
    let steps = paths.steps();
    let (mut ahead, mut factor) = (state.level[lane], damping);
    for step in 0..steps {
        ahead += factor * state.slope[lane];
        factor *= damping;
        let effect = state.season[(place + step) % length][lane];
        let added = match seasonal {
            Seasonal::None => 0.0,
            Seasonal::Added => effect,
            Seasonal::Times => ahead * (effect - 1.0),
        };
        paths.set(number, step, ahead, season.map(|season| (season.number, added)));
    }
}
