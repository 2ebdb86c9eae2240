//! Regression on trend, seasons as positions and as waves, and flags; linear, or log-linear for values that are never negative.
//!
//! Holds the design, the fit (ridge; for the log-linear form iteratively reweighted least squares of P. McCullagh and J. A. Nelder,
//! "Generalized linear models", 1989, with the variance proportional to the mean) and the forecast, whose distance from the latest
//! values fades as it did in the past. It must never fit on a value at or after the origin.

use super::past::{Past, Paths};
use crate::equations::Normal;

/// What a regression is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Form {
    /// Multiplicative, on the log scale.
    pub(super) log: bool,
    /// With a straight line in time.
    pub(super) trend: bool,
    /// Waves of each long season.
    pub(super) waves: usize,
}

/// What a column of the design belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Level,
    Trend,
    Season(usize),
    Flag,
}

/// Rounds of a log-linear fit at most, and the share of what is expected below which a move is none.
const MOST_ROUNDS: usize = 25;
const STILL: f64 = 3e-4;

/// Waves of a short season that is longer than another by position already.
const SHORT_WAVES: usize = 8;

/// The columns for every position of past and future.
pub(super) struct Design {
    kinds: Vec<Kind>,
    /// Row by row.
    rows: Vec<f64>,
    /// Standard deviation thought usual for each coefficient, in shares of the level or of the spread; infinity for the level.
    usual: Vec<f64>,
}

impl Design {
    /// Builds it. `O(positions × columns)`.
    pub(super) fn of(past: &Past<'_>, form: &Form) -> Self {
        let mut kinds = vec![Kind::Level];
        let mut usual = vec![f64::INFINITY];
        let mut put = |kind, count: usize, deviation: f64| {
            kinds.extend(std::iter::repeat_n(kind, count));
            usual.extend(std::iter::repeat_n(deviation, count));
        };
        if form.trend {
            put(Kind::Trend, 1, 0.5);
        }
        let mut waves: Vec<(f64, usize)> = Vec::new();
        for (place, season) in past.short.iter().enumerate() {
            if place == 0 {
                put(Kind::Season(season.number), season.length, 0.5);
            } else {
                let count = SHORT_WAVES.min(season.length / 2);
                waves.push((season.length as f64, count));
                put(Kind::Season(season.number), 2 * count, 0.3);
            }
        }
        for season in &past.long {
            if form.waves > 0 {
                waves.push((season.length, form.waves));
            }
            (1..=form.waves).for_each(|wave| put(Kind::Season(season.number), 2, 0.4 / wave as f64));
        }
        put(Kind::Flag, past.flag_columns, 0.5);
        let positions = past.values.len() + past.horizon;
        let mut design = Self { rows: vec![0.0; positions * kinds.len()], kinds, usual };
        let columns = design.kinds.len();
        for (position, row) in design.rows.chunks_exact_mut(columns).enumerate() {
            let mut cells = row.iter_mut();
            let mut next = |value: f64| {
                if let Some(cell) = cells.next() {
                    *cell = value;
                }
            };
            next(1.0);
            if form.trend {
                next((position as f64 - past.values.len() as f64) / past.values.len() as f64);
            }
            if let Some(season) = past.short.first() {
                (0..season.length).for_each(|place| next(f64::from(u8::from(position % season.length == place))));
            }
            for &(length, count) in &waves {
                for wave in 1..=count {
                    let angle = std::f64::consts::TAU * wave as f64 * (position as f64 / length).fract();
                    next(angle.sin());
                    next(angle.cos());
                }
            }
            past.flags_at(position).iter().for_each(|flag| next(*flag));
        }
        design
    }

    /// Columns in a row.
    pub(super) fn columns(&self) -> usize {
        self.kinds.len()
    }

    /// The row of a position.
    pub(super) fn row(&self, position: usize) -> &[f64] {
        &self.rows[position * self.columns()..(position + 1) * self.columns()]
    }

    fn dot(&self, position: usize, weights: &[f64]) -> f64 {
        self.row(position).iter().zip(weights).map(|(cell, weight)| cell * weight).sum()
    }

    /// Straight line of the forecast: it moves on by less and less beyond the origin.
    fn held(&self, past: &Past<'_>, origin: usize, step: usize, weights: &[f64]) -> f64 {
        let Some(place) = self.kinds.iter().position(|kind| *kind == Kind::Trend) else { return 0.0 };
        let reach = 2.0 * past.horizon as f64;
        let ahead = step as f64 + 1.0;
        let damped = reach * (1.0 - (-ahead / reach).exp());
        weights[place] * (origin as f64 - 1.0 + damped - past.values.len() as f64) / past.values.len() as f64
    }
}

/// Fits at each origin and forecasts.
pub(super) fn regression(past: &Past<'_>, origins: &[usize], form: &Form) -> Paths {
    let design = Design::of(past, form);
    let mut paths = past.paths(origins.len());
    let mut fit = Fit::new(design.columns(), form.log);
    for (number, &origin) in origins.iter().enumerate() {
        fit.advance(past, &design, origin);
        let fade = Fade::of(past, &fit.fitted, origin, form.log);
        for step in 0..past.horizon {
            write(&mut paths, past, &design, &fit, (number, origin, step), &fade);
        }
    }
    paths
}

/// A fit that moves on with the origin.
pub(super) struct Fit {
    log: bool,
    normal: Normal,
    /// Coefficients.
    pub(super) weights: Vec<f64>,
    /// What the fit says of each position up to the origin.
    pub(super) fitted: Vec<f64>,
    /// Positions in `normal`, in the linear form.
    taken: usize,
    sums: (f64, f64, f64),
}

impl Fit {
    /// No fit yet.
    pub(super) fn new(columns: usize, log: bool) -> Self {
        let normal = Normal::new(columns);
        Self { log, normal, weights: vec![0.0; columns], fitted: Vec::new(), taken: 0, sums: (0.0, 0.0, 0.0) }
    }

    /// Fits on everything before the origin, starting from the fit before.
    pub(super) fn advance(&mut self, past: &Past<'_>, design: &Design, origin: usize) {
        for position in self.taken..origin {
            let value = past.values[position];
            if !value.is_nan() {
                self.sums.0 += 1.0;
                self.sums.1 += value;
                self.sums.2 += value * value;
                if !self.log {
                    self.normal.add(design.row(position), value, 1.0);
                }
            }
        }
        let first = self.taken == 0;
        self.taken = origin;
        if self.sums.0 == 0.0 {
            self.fitted = vec![0.0; origin];
            return;
        }
        if self.log { self.reweighted(past, design, origin, first) } else { self.linear(past, design, origin) }
    }

    fn linear(&mut self, past: &Past<'_>, design: &Design, origin: usize) {
        let mean = self.sums.1 / self.sums.0;
        let variance = (self.sums.2 / self.sums.0 - mean * mean).max(1e-12 * mean * mean).max(1e-300);
        // The noise is thought to be all of the spread, at first, and then what the fit leaves.
        let mut noise = variance;
        for _ in 0..2 {
            let penalty: Vec<f64> = design.usual.iter().map(|usual| noise / (usual * usual * variance)).collect();
            self.weights = self.normal.solve(&penalty);
            self.fitted = (0..origin).map(|position| design.dot(position, &self.weights)).collect();
            let known = past.values[..origin].iter().zip(&self.fitted).filter(|(value, _)| !value.is_nan());
            noise = (known.map(|(value, fitted)| (value - fitted).powi(2)).sum::<f64>() / self.sums.0).max(1e-300);
        }
    }

    fn reweighted(&mut self, past: &Past<'_>, design: &Design, origin: usize, first: bool) {
        let mean = self.sums.1 / self.sums.0;
        if mean <= 0.0 {
            self.weights.fill(0.0);
            self.weights[0] = -700.0;
            self.fitted = vec![0.0; origin];
            return;
        }
        if first || self.weights[0] < -600.0 {
            self.weights.fill(0.0);
            self.weights[0] = mean.ln();
        }
        // The noise relative to the mean, so that the unit of the values does not matter.
        let mut noise = mean;
        let highest = (3.0 * past.largest).ln();
        // What the last round expected at each position.
        let mut before: Vec<f64> = vec![0.0; origin];
        for round in 0..MOST_ROUNDS {
            self.normal.clear();
            let (mut chi, mut moved, mut all) = (0.0, 0.0, 0.0);
            for ((position, &value), before) in past.values[..origin].iter().enumerate().zip(&mut before) {
                let line = design.dot(position, &self.weights).clamp(mean.ln() - 8.0, highest);
                let expected = line.exp();
                moved += (expected - *before).abs();
                all += expected;
                *before = expected;
                if !value.is_nan() {
                    let error = value - expected;
                    chi += error * error / expected;
                    self.normal.add(design.row(position), line + error / expected, expected);
                }
            }
            if moved <= STILL * all {
                break;
            }
            if round > 0 || !first {
                noise = (chi / self.sums.0).max(1e-9 * mean);
            }
            let penalty: Vec<f64> = design.usual.iter().map(|usual| noise / (usual * usual)).collect();
            self.weights = self.normal.solve(&penalty);
        }
        self.fitted = (0..origin)
            .map(|position| design.dot(position, &self.weights).clamp(mean.ln() - 8.0, highest).exp())
            .collect();
    }
}

/// How the distance from the latest values fades: a share at the first step, times a factor for each further one.
pub(super) struct Fade {
    /// Latest distance: relative in the log form.
    distance: f64,
    share: f64,
    factor: f64,
}

const FORGETTING: [f64; 4] = [0.03, 0.08, 0.2, 0.45];
const FACTORS: [f64; 6] = [0.4, 0.6, 0.8, 0.92, 0.98, 1.0];
/// Steps at which the past distances are compared with what came.
const LEADS: [usize; 7] = [1, 2, 4, 7, 14, 21, 28];

impl Fade {
    /// Chosen by the least squared error over several leads, in the past before the origin.
    fn of(past: &Past<'_>, fitted: &[f64], origin: usize, log: bool) -> Self {
        let mut best = (1e-12, Self { distance: 0.0, share: 0.0, factor: 0.0 });
        let leads: Vec<usize> = LEADS.into_iter().filter(|lead| *lead <= past.horizon.max(1)).collect();
        for forgetting in FORGETTING {
            let distances = smoothed_distance(past, fitted, origin, log, forgetting);
            let products: Vec<(f64, f64)> =
                leads.iter().map(|lead| products(past, fitted, origin, log, &distances, *lead)).collect();
            for factor in FACTORS {
                let faded = |lead: usize| factor.powi(lead as i32 - 1);
                let (with, square) = products.iter().zip(&leads).fold((0.0, 0.0), |(with, square), (product, lead)| {
                    (with + faded(*lead) * product.0, square + faded(*lead).powi(2) * product.1)
                });
                if square <= 0.0 {
                    continue;
                }
                let share = (with / square).clamp(0.0, 1.0);
                let gain = share * (2.0 * with - share * square);
                if gain > best.0 {
                    let distance = distances.last().copied().unwrap_or(0.0);
                    best = (gain, Self { distance, share, factor });
                }
            }
        }
        best.1
    }

    /// The distance expected so many steps ahead.
    fn at(&self, step: usize) -> f64 {
        self.share * self.distance * self.factor.powi(step.min(1_000_000) as i32)
    }
}

/// Distance of the values from the fit after each position, the latest counting most.
fn smoothed_distance(past: &Past<'_>, fitted: &[f64], origin: usize, log: bool, forgetting: f64) -> Vec<f64> {
    let keep = 1.0 - forgetting;
    let (mut above, mut below) = (0.0, 0.0);
    let mut distances = Vec::with_capacity(origin);
    for (value, fitted) in past.values[..origin].iter().zip(fitted) {
        let weight = if log { *fitted } else { 1.0 };
        if !value.is_nan() && weight > 0.0 {
            above = keep * above + (value - fitted);
            below = keep * below + weight;
        }
        distances.push(if below > 0.0 { above / below } else { 0.0 });
    }
    distances
}

/// Sums of distance times what came a lead later, and of distance squared.
fn products(past: &Past<'_>, fitted: &[f64], origin: usize, log: bool, distances: &[f64], lead: usize) -> (f64, f64) {
    let (mut with, mut square) = (0.0, 0.0);
    for position in lead..origin {
        let (value, fitted, distance) = (past.values[position], fitted[position], distances[position - lead]);
        if !value.is_nan() {
            with += distance * (value - fitted);
            square += distance * distance * if log { fitted } else { 1.0 };
        }
    }
    (with, square)
}

/// Writes one step by its parts: level with trend, then each season, then the flags, one on top of the other.
fn write(
    paths: &mut Paths,
    past: &Past<'_>,
    design: &Design,
    fit: &Fit,
    (number, origin, step): (usize, usize, usize),
    fade: &Fade,
) {
    let row = design.row(origin + step);
    let parts = paths.at_mut(number, step);
    parts.fill(0.0);
    let last = parts.len() - 1;
    for ((cell, weight), kind) in row.iter().zip(&fit.weights).zip(&design.kinds) {
        match kind {
            Kind::Level => parts[0] += cell * weight,
            Kind::Trend => {}
            Kind::Season(season) => parts[1 + season] += cell * weight,
            Kind::Flag => parts[last] += cell * weight,
        }
    }
    parts[0] += design.held(past, origin, step, &fit.weights);
    if !fit.log {
        parts[0] += fade.at(step);
        return;
    }
    let mut total = parts[0].min(700.0).exp() * (1.0 + fade.at(step)).max(0.05);
    parts[0] = total;
    for part in &mut parts[1..] {
        let after = total * part.clamp(-50.0, 50.0).exp();
        *part = after - total;
        total = after;
    }
}
