//! Changes of level: how large, since when, and how likely without any change.
//!
//! Holds the scan for a step beside trend, seasons and flags, with the chance from simulated series that have none (a sieve bootstrap:
//! P. Bühlmann, "Sieve bootstrap for time series", Bernoulli 3, 1997; sequential stopping of J. Besag and P. Clifford, "Sequential Monte
//! Carlo p-values", Biometrika 78, 1991). It must never call slow drift or noise that remembers itself a step.

use super::alarms::{AlarmSettings, LevelChange};
use super::past::Past;
use super::regression::{Design, Form};

/// Longest memory of the noise in positions.
const MEMORY: usize = 8;

/// The part of a series that trend, seasons, flags and known steps do not explain.
struct Ground {
    /// Positions that have a value.
    positions: Vec<usize>,
    /// Values on the scale of the scan.
    values: Vec<f64>,
    /// Orthonormal columns of the explained part.
    basis: Vec<Vec<f64>>,
    /// Positions in a side of a step at least.
    margin: usize,
}

/// A step at one place.
#[derive(Clone, Copy)]
struct Step {
    /// Index into the positions.
    place: usize,
    /// Sum of residuals over the square root of what is left of the step.
    strength: f64,
    /// What is left of the step beside the explained part, squared.
    left: f64,
}

/// Noise that remembers itself.
struct Noise {
    weights: Vec<f64>,
    innovations: Vec<f64>,
    /// Variance of a sum over so many positions, for each.
    long_run: f64,
}

/// Every change of level whose chance is at most the share asked for, the earliest first.
pub(super) fn changes(past: &Past<'_>, settings: &AlarmSettings) -> Vec<LevelChange> {
    let waves = if past.long.is_empty() { 0 } else { 2 };
    let design = Design::of(past, &Form { log: false, trend: true, waves });
    let Some(mut ground) = Ground::of(past, &design) else { return Vec::new() };
    let plain = ground.basis.len();
    let mut found: Vec<(usize, f64)> = Vec::new();
    let mut chance_of = Chance { settings, state: settings.seed };
    while found.len() < settings.most_changes {
        let Some(chance) = chance_of.strongest(&ground) else { break };
        if chance.1 > settings.false_alarms {
            break;
        }
        ground.add(ground.step(chance.0));
        found.push(chance);
    }
    ground.refine(plain, &mut found);
    found.sort_by_key(|(place, _)| *place);
    ground.sized(past, plain, &found)
}

impl Ground {
    fn of(past: &Past<'_>, design: &Design) -> Option<Self> {
        let positions: Vec<usize> = (0..past.values.len()).filter(|place| !past.values[*place].is_nan()).collect();
        let margin = past.short.first().map_or(5, |season| season.length).clamp(5, 30);
        // Each unknown wants its positions.
        if positions.len() < 4 * margin || positions.len() < 2 * design.columns() + 2 * MEMORY {
            return None;
        }
        // The square root makes the noise of counts even.
        let scale = |value: f64| {
            if past.counts {
                (value + 0.375).sqrt()
            } else if past.never_negative {
                value.sqrt()
            } else {
                value
            }
        };
        let values = positions.iter().map(|place| scale(past.values[*place])).collect();
        let mut ground = Self { positions, values, basis: Vec::new(), margin };
        for column in 0..design.columns() {
            ground.add(ground.positions.iter().map(|place| design.row(*place)[column]).collect());
        }
        Some(ground)
    }

    /// Adds a column to the explained part, where it explains anything new.
    fn add(&mut self, mut column: Vec<f64>) {
        let before = dot(&column, &column);
        // Twice is enough for columns that nearly depend on each other.
        for _ in 0..2 {
            self.project(&mut column);
        }
        let size = dot(&column, &column);
        if size > 1e-8 * before && size > 0.0 {
            let root = size.sqrt();
            column.iter_mut().for_each(|cell| *cell /= root);
            self.basis.push(column);
        }
    }

    /// Takes the explained part out.
    fn project(&self, values: &mut [f64]) {
        for column in &self.basis {
            let share = dot(column, values);
            values.iter_mut().zip(column).for_each(|(value, cell)| *value -= share * cell);
        }
    }

    fn step(&self, place: usize) -> Vec<f64> {
        (0..self.values.len()).map(|at| f64::from(u8::from(at >= place))).collect()
    }

    /// Residuals, outliers held in.
    fn residuals(&self) -> Vec<f64> {
        let mut residuals = self.values.clone();
        self.project(&mut residuals);
        let mut sizes: Vec<f64> = residuals.iter().map(|value| value.abs()).collect();
        sizes.sort_by(f64::total_cmp);
        let most = 5.0 * 1.4826 * sizes[sizes.len() / 2];
        if most > 0.0 {
            residuals.iter_mut().for_each(|value| *value = value.clamp(-most, most));
            self.project(&mut residuals);
        }
        residuals
    }

    /// What is left of a step at each place beside the explained part.
    fn left(&self) -> Vec<f64> {
        let count = self.values.len();
        let mut left: Vec<f64> = (0..count).map(|place| (count - place) as f64).collect();
        for column in &self.basis {
            let mut sum = 0.0;
            for place in (0..count).rev() {
                sum += column[place];
                left[place] -= sum * sum;
            }
        }
        left
    }

    /// The strongest step in residuals.
    fn scan(&self, residuals: &[f64], left: &[f64]) -> Option<Step> {
        let count = residuals.len();
        let (mut sum, mut best): (f64, Option<Step>) = (0.0, None);
        for place in (self.margin..count).rev() {
            sum += residuals[place];
            // What the explained part already holds nearly all of is no step of its own.
            if place <= count - self.margin && left[place] > 0.05 * self.margin as f64 {
                let strength = sum / left[place].sqrt();
                if best.is_none_or(|best| strength.abs() > best.strength.abs()) {
                    best = Some(Step { place, strength, left: left[place] });
                }
            }
        }
        best
    }

    /// Residuals without a step.
    fn without(&self, residuals: &[f64], step: &Step) -> Vec<f64> {
        let mut column = self.step(step.place);
        self.project(&mut column);
        let size = step.strength / step.left.sqrt();
        residuals.iter().zip(&column).map(|(value, cell)| value - size * cell).collect()
    }

    /// Moves each step to where it is strongest beside the others.
    fn refine(&mut self, plain: usize, found: &mut [(usize, f64)]) {
        if found.len() < 2 {
            return;
        }
        for own in 0..found.len() {
            self.basis.truncate(plain);
            for other in (0..found.len()).filter(|other| *other != own) {
                self.add(self.step(found[other].0));
            }
            if let Some(step) = self.scan(&self.residuals(), &self.left()) {
                found[own].0 = step.place;
            }
        }
    }

    /// The changes in the unit of the values.
    fn sized(&mut self, past: &Past<'_>, plain: usize, found: &[(usize, f64)]) -> Vec<LevelChange> {
        let mut told = Vec::new();
        for (number, &(place, chance)) in found.iter().enumerate() {
            self.basis.truncate(plain);
            for other in found.iter().filter(|other| other.0 != place) {
                self.add(self.step(other.0));
            }
            let residuals = self.residuals();
            let left = self.left();
            let sum: f64 = residuals[place..].iter().sum();
            if left[place] <= 0.0 {
                continue;
            }
            let step = Step { place, strength: sum / left[place].sqrt(), left: left[place] };
            let rest = self.without(&residuals, &step);
            let delta = sum / left[place];
            let error = (Noise::of(&rest).long_run / left[place]).sqrt();
            let until = found.get(number + 1).map_or(self.values.len(), |next| next.0).max(place + 1);
            let size = |delta_used: f64| {
                let moved = |at: usize| {
                    // The fit with the step at this position, and what it would be without.
                    let with = self.values[at] - rest[at];
                    let without = with - delta_used;
                    if past.never_negative { with.max(0.0).powi(2) - without.max(0.0).powi(2) } else { delta_used }
                };
                (place..until).map(moved).sum::<f64>() / (until - place) as f64
            };
            let after = super::past::sum_of(&past.values[self.positions[place]..=self.positions[until - 1]]);
            let after = after.0 / after.1.max(1.0);
            told.push(LevelChange {
                since: self.positions[place],
                size: size(delta),
                lower: size(delta - 1.96 * error),
                upper: size(delta + 1.96 * error),
                before: after - size(delta),
                after,
                chance,
            });
        }
        told
    }
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

impl Noise {
    /// Autoregression by N. Levinson's recursion (1946) on the autocovariances.
    fn of(residuals: &[f64]) -> Self {
        let count = residuals.len();
        let order = MEMORY.min(count / 25);
        let covariance =
            |lag: usize| residuals[lag..].iter().zip(residuals).map(|(a, b)| a * b).sum::<f64>() / count as f64;
        let covariances: Vec<f64> = (0..=order).map(covariance).collect();
        let mut weights: Vec<f64> = Vec::new();
        let mut variance = covariances[0];
        for lag in 1..=order {
            if variance <= 1e-12 * covariances[0] || variance <= 0.0 {
                break;
            }
            let sum: f64 =
                weights.iter().enumerate().map(|(place, weight)| weight * covariances[lag - 1 - place]).sum();
            let partial = ((covariances[lag] - sum) / variance).clamp(-0.99, 0.99);
            let mut next: Vec<f64> =
                (0..weights.len()).map(|place| weights[place] - partial * weights[weights.len() - 1 - place]).collect();
            next.push(partial);
            weights = next;
            variance *= 1.0 - partial * partial;
        }
        let remembered = |at: usize| -> f64 {
            weights.iter().enumerate().map(|(place, weight)| weight * residuals[at - 1 - place]).sum()
        };
        let mut innovations: Vec<f64> = (weights.len()..count).map(|at| residuals[at] - remembered(at)).collect();
        let mean = innovations.iter().sum::<f64>() / innovations.len().max(1) as f64;
        innovations.iter_mut().for_each(|value| *value -= mean);
        // A memory of nearly one would make the noise of a level infinite.
        let kept = (1.0 - weights.iter().sum::<f64>()).max(0.02);
        Self { long_run: variance.max(0.0) / (kept * kept), weights, innovations }
    }
}

/// The chance of a strongest step.
struct Chance<'a> {
    settings: &'a AlarmSettings,
    state: u64,
}

impl Chance<'_> {
    /// The strongest step and the chance of one so strong where there is none; at least `1 / (draws + 1)`.
    fn strongest(&mut self, ground: &Ground) -> Option<(usize, f64)> {
        let residuals = ground.residuals();
        let left = ground.left();
        let (step, noise, strength) = judged(ground, &residuals, &left)?;
        let draws = self.settings.draws;
        // From here on the chance is above the share, whatever the other draws give.
        let enough = (self.settings.false_alarms * (draws as f64 + 1.0)).floor() as usize;
        let mut as_strong = 0;
        for draw in 0..draws {
            let mut simulated = self.simulated(&noise, residuals.len());
            ground.project(&mut simulated);
            if judged(ground, &simulated, &left).is_some_and(|(_, _, drawn)| drawn >= strength) {
                as_strong += 1;
                if as_strong > enough {
                    return Some((step.place, (as_strong as f64 + 1.0) / (draw as f64 + 2.0)));
                }
            }
        }
        Some((step.place, (as_strong as f64 + 1.0) / (draws as f64 + 1.0)))
    }

    /// Noise of the same memory from innovations drawn again.
    fn simulated(&mut self, noise: &Noise, count: usize) -> Vec<f64> {
        let order = noise.weights.len();
        let warm = 10 * order;
        let mut values: Vec<f64> = Vec::with_capacity(count + warm);
        for at in 0..count + warm {
            let drawn = noise.innovations[(self.next() % noise.innovations.len() as u64) as usize];
            let remembered = noise.weights.iter().take(at).enumerate();
            values.push(drawn + remembered.map(|(place, weight)| weight * values[at - 1 - place]).sum::<f64>());
        }
        values.split_off(warm)
    }

    fn next(&mut self) -> u64 {
        model::draws::next(&mut self.state)
    }
}

/// The strongest step, the noise beside it, and its strength in units of that noise; `None` where there is no noise to judge by.
fn judged(ground: &Ground, residuals: &[f64], left: &[f64]) -> Option<(Step, Noise, f64)> {
    let step = ground.scan(residuals, left)?;
    let rest = ground.without(residuals, &step);
    let noise = Noise::of(&rest);
    let unit = dot(&ground.values, &ground.values) / ground.values.len() as f64;
    if noise.long_run <= 1e-18 * unit || noise.innovations.is_empty() {
        // Without any noise a step of any size is certain, but then it must be one.
        let size = step.strength.abs();
        return (size * size > 1e-12 * unit).then_some((step, noise, f64::MAX));
    }
    let strength = step.strength.abs() / noise.long_run.sqrt();
    Some((step, noise, strength))
}
