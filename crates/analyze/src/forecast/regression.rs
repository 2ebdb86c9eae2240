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

/// Rounds of a log-linear fit at most, and the share of what is expected that a last round moves. Each round leaves about the square of
/// what it moved (Newton's method), so that some ten-thousandths are left.
const MOST_ROUNDS: usize = 25;
const STILL: f64 = 0.017;

/// Waves of a short season that is longer than another by position already.
const SHORT_WAVES: usize = 8;

/// The columns for every position of past and future.
pub(super) struct Design {
    kinds: Vec<Kind>,
    /// Row by row.
    rows: Vec<f64>,
    /// Positions of the shortest season; their columns come last, and in each row one of them is 1 and the others are 0.
    places: usize,
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
            if place > 0 {
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
        let places = past.short.first().map_or(0, |season| season.length);
        if let Some(season) = past.short.first() {
            put(Kind::Season(season.number), places, 0.5);
        }
        let positions = past.values.len() + past.horizon;
        let mut design = Self { rows: vec![0.0; positions * kinds.len()], places, kinds, usual };
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
            for &(length, count) in &waves {
                for wave in 1..=count {
                    let angle = std::f64::consts::TAU * wave as f64 * (position as f64 / length).fract();
                    next(angle.sin());
                    next(angle.cos());
                }
            }
            past.flags_at(position).iter().for_each(|flag| next(*flag));
            (0..places).for_each(|place| next(f64::from(u8::from(position % places == place))));
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

    /// The row without the places, and the column of its place.
    fn short_row(&self, position: usize) -> (&[f64], Option<usize>) {
        let without = self.columns() - self.places;
        (&self.row(position)[..without], position.checked_rem(self.places).map(|place| without + place))
    }

    /// What the weights say of each position, from this one on.
    fn lines(&self, weights: &[f64], from: usize, lines: &mut [f64]) {
        let (weights, of_place) = weights.split_at(self.columns() - self.places);
        let mut places = of_place.iter().cycle().skip(from.checked_rem(self.places).unwrap_or(0));
        for (line, row) in lines.iter_mut().zip(self.rows.chunks_exact(self.columns()).skip(from)) {
            let sum: f64 = row.iter().zip(weights).map(|(cell, weight)| cell * weight).sum();
            *line = sum + places.next().unwrap_or(&0.0);
        }
    }

    fn add_to(&self, normal: &mut Normal, position: usize, value: f64, weight: f64) {
        match self.short_row(position) {
            (row, Some(place)) => normal.add_with_one(row, place, value, weight),
            (row, None) => normal.add(row, value, weight),
        }
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
    /// The same as logarithms, in the log-linear form.
    lines: Vec<f64>,
    /// Positions in `normal`, in the linear form.
    taken: usize,
    sums: (f64, f64, f64),
}

impl Fit {
    /// No fit yet.
    pub(super) fn new(columns: usize, log: bool) -> Self {
        let normal = Normal::new(columns);
        Self {
            log,
            normal,
            weights: vec![0.0; columns],
            fitted: Vec::new(),
            lines: Vec::new(),
            taken: 0,
            sums: (0.0, 0.0, 0.0),
        }
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
                    design.add_to(&mut self.normal, position, value, 1.0);
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
            self.fitted = vec![0.0; origin];
            design.lines(&self.weights, 0, &mut self.fitted);
            let known = past.values[..origin].iter().zip(&self.fitted).filter(|(value, _)| !value.is_nan());
            noise = (known.map(|(value, fitted)| (value - fitted).powi(2)).sum::<f64>() / self.sums.0).max(1e-300);
        }
    }

    fn reweighted(&mut self, past: &Past<'_>, design: &Design, origin: usize, first: bool) {
        let mean = self.sums.1 / self.sums.0;
        if mean <= 0.0 {
            self.weights.fill(0.0);
            self.weights[0] = -700.0;
            self.lines = vec![0.0; origin];
            self.fitted = vec![0.0; origin];
            return;
        }
        let mut from = self.lines.len();
        if first || self.weights[0] < -600.0 {
            self.weights.fill(0.0);
            self.weights[0] = mean.ln();
            from = 0;
        }
        // The noise relative to the mean, so that the unit of the values does not matter.
        let mut noise = mean;
        let between = (mean.ln() - 8.0, (3.0 * past.largest).ln());
        self.lines.resize(origin, 0.0);
        self.fitted.resize(origin, 0.0);
        // Up to the origin before, the fit stands as its weights made it.
        self.expect(design, from, between);
        for round in 0..MOST_ROUNDS {
            self.normal.clear();
            let mut chi = 0.0;
            for (position, (line, expected)) in self.lines.iter().zip(&self.fitted).enumerate() {
                let value = past.values[position];
                if !value.is_nan() {
                    let error = value - expected;
                    chi += error * error / expected;
                    design.add_to(&mut self.normal, position, line + error / expected, *expected);
                }
            }
            if round > 0 || !first {
                noise = (chi / self.sums.0).max(1e-9 * mean);
            }
            let penalty: Vec<f64> = design.usual.iter().map(|usual| noise / (usual * usual)).collect();
            self.weights = self.normal.solve(&penalty);
            if self.expect(design, 0, between) <= STILL {
                break;
            }
        }
    }

    /// Writes what is expected from a position on; gives how far that moved, as a share of it.
    fn expect(&mut self, design: &Design, from: usize, (lowest, highest): (f64, f64)) -> f64 {
        design.lines(&self.weights, from, &mut self.lines[from..]);
        let (mut moved, mut all) = (0.0, 0.0);
        for (line, fitted) in self.lines[from..].iter_mut().zip(&mut self.fitted[from..]) {
            *line = line.clamp(lowest, highest);
            let expected = line.exp();
            moved += (expected - *fitted).abs();
            all += expected;
            *fitted = expected;
        }
        moved / all
    }
}

/// How the distance from the latest values fades: a share at the first step, times a factor for each further one.
pub(super) struct Fade {
    /// Latest distance: relative in the log form.
    distance: f64,
    share: f64,
    factor: f64,
}

/// Ways of forgetting.
const WAYS: usize = 4;
const FORGETTING: [f64; WAYS] = [0.03, 0.08, 0.2, 0.45];
const FACTORS: [f64; 6] = [0.4, 0.6, 0.8, 0.92, 0.98, 1.0];
/// Steps at which the past distances are compared with what came.
const LEADS: [usize; 7] = [1, 2, 4, 7, 14, 21, 28];

impl Fade {
    /// Chosen by the least squared error over several leads, in the past before the origin.
    fn of(past: &Past<'_>, fitted: &[f64], origin: usize, log: bool) -> Self {
        let mut best = (1e-12, Self { distance: 0.0, share: 0.0, factor: 0.0 });
        let leads: Vec<usize> = LEADS.into_iter().filter(|lead| *lead <= past.horizon.max(1)).collect();
        let distances = smoothed_distances(past, fitted, origin, log);
        let came = |(value, fitted): (&f64, &f64)| match value.is_nan() {
            true => (0.0, 0.0),
            false => (value - fitted, if log { *fitted } else { 1.0 }),
        };
        let came: Vec<(f64, f64)> = past.values[..origin].iter().zip(fitted).map(came).collect();
        let products: Vec<[(f64, f64); WAYS]> = leads.iter().map(|lead| products(&came, &distances, *lead)).collect();
        for way in 0..WAYS {
            for factor in FACTORS {
                let faded = |lead: usize| factor.powi(lead as i32 - 1);
                let (with, square) = products.iter().zip(&leads).fold((0.0, 0.0), |(with, square), (product, lead)| {
                    let product = product[way];
                    (with + faded(*lead) * product.0, square + faded(*lead).powi(2) * product.1)
                });
                if square <= 0.0 {
                    continue;
                }
                let share = (with / square).clamp(0.0, 1.0);
                let gain = share * (2.0 * with - share * square);
                if gain > best.0 {
                    let distance = distances.last().map_or(0.0, |distances| distances[way]);
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

/// Distance of the values from the fit after each position, the latest counting most; for each way of forgetting, side by side, so
/// that the recursions do not wait for each other.
fn smoothed_distances(past: &Past<'_>, fitted: &[f64], origin: usize, log: bool) -> Vec<[f64; WAYS]> {
    let keep = FORGETTING.map(|forgetting| 1.0 - forgetting);
    let (mut above, mut below) = ([0.0; WAYS], [0.0; WAYS]);
    let mut distances = Vec::with_capacity(origin);
    let mut last = [0.0; WAYS];
    for (value, fitted) in past.values[..origin].iter().zip(fitted) {
        let weight = if log { *fitted } else { 1.0 };
        if !value.is_nan() && weight > 0.0 {
            for way in 0..WAYS {
                above[way] = keep[way] * above[way] + (value - fitted);
                below[way] = keep[way] * below[way] + weight;
                last[way] = above[way] / below[way];
            }
        }
        distances.push(last);
    }
    distances
}

/// Sums of distance times what came a lead later, and of distance squared, for each way of forgetting. What came: its distance from the
/// fit, and its weight; both 0 for a gap.
fn products(came: &[(f64, f64)], distances: &[[f64; WAYS]], lead: usize) -> [(f64, f64); WAYS] {
    let (mut with, mut square) = ([0.0; WAYS], [0.0; WAYS]);
    for ((error, weight), distance) in came[lead.min(came.len())..].iter().zip(distances) {
        for way in 0..WAYS {
            with[way] += distance[way] * error;
            square[way] += distance[way] * distance[way] * weight;
        }
    }
    std::array::from_fn(|way| (with[way], square[way]))
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
