//! Methods that take the season out first: theta, and seasonal means by position and by the time of the year with a damped level.
//!
//! Holds V. Assimakopoulos and K. Nikolopoulos, "The theta model" (International Journal of Forecasting 16, 2000), in the form of R. J.
//! Hyndman and B. Billah (2003): simple smoothing with half the slope of the straight line as drift. It must never look past the origin.

use super::past::{Long, Past, Paths, Short, sum_of};

const LEVELS: [f64; 7] = [0.01, 0.03, 0.07, 0.15, 0.3, 0.5, 0.8];
/// Seasons that count beside the data for a position having no effect.
const CAUTION: f64 = 2.0;

/// Effect of each position of a season up to the origin: factors where the values are never negative, else differences.
struct Effects {
    by_place: Vec<f64>,
    times: bool,
    number: Option<usize>,
}

impl Effects {
    /// Values from the first position on without their season.
    fn out_of_all(&self, values: &[f64]) -> Vec<f64> {
        values.iter().enumerate().map(|(position, value)| self.out_of(*value, position)).collect()
    }

    /// Ratios or differences of the means at each place to the mean of all, drawn towards none.
    fn of(past: &Past<'_>, origin: usize, season: Option<Short>) -> Self {
        let (sum, count) = sum_of(&past.values[..origin]);
        let mean = if count > 0.0 { sum / count } else { 0.0 };
        let times = past.never_negative && mean > 0.0;
        let length = season.map_or(1, |season| season.length);
        let (mut sums, mut counts) = (vec![0.0; length], vec![0.0; length]);
        for (position, value) in past.values[..origin].iter().enumerate().filter(|(_, value)| !value.is_nan()) {
            sums[position % length] += value;
            counts[position % length] += 1.0;
        }
        let effect = |(sum, count): (&f64, &f64)| {
            if times {
                (sum + CAUTION * mean) / ((count + CAUTION) * mean)
            } else {
                (sum - count * mean) / (count + CAUTION)
            }
        };
        let by_place = sums.iter().zip(&counts).map(effect).collect();
        Self { by_place, times, number: season.map(|season| season.number) }
    }

    /// Without the season.
    fn out_of(&self, value: f64, position: usize) -> f64 {
        let effect = self.by_place[position % self.by_place.len()];
        if self.times { value / effect.max(0.05) } else { value - effect }
    }

    /// What the season adds to a level.
    fn added(&self, level: f64, position: usize) -> f64 {
        let effect = self.by_place[position % self.by_place.len()];
        if self.times { level * (effect.max(0.05) - 1.0) } else { effect }
    }

    fn set(&self, paths: &mut Paths, number: usize, step: usize, level: f64, position: usize) {
        let season = self.number.map(|season| (season, self.added(level, position)));
        paths.set(number, step, level, season);
    }
}

/// Simple smoothing of the values without their season, with half the slope of the straight line through them as drift.
pub(super) fn theta(past: &Past<'_>, origins: &[usize], season: Option<Short>) -> Paths {
    let mut paths = past.paths(origins.len());
    for (number, &origin) in origins.iter().enumerate() {
        let effects = Effects::of(past, origin, season);
        let plain = effects.out_of_all(&past.values[..origin]);
        let drift = slope(&plain) / 2.0;
        let (level, weight) = smoothed(&plain);
        let lag = (1.0 - (1.0 - weight).powi(origin.min(100_000) as i32)) / weight - 1.0;
        for step in 0..past.horizon {
            let ahead = level + drift * (step as f64 + 1.0 + lag);
            effects.set(&mut paths, number, step, ahead, origin + step);
        }
    }
    paths
}

/// Slope of the least-squares line; 0 where there is none.
fn slope(values: &[f64]) -> f64 {
    let known = || values.iter().enumerate().filter(|(_, value)| !value.is_nan());
    let count = known().count() as f64;
    if count < 2.0 {
        return 0.0;
    }
    let (at, mean) = known().fold((0.0, 0.0), |(at, sum), (position, value)| (at + position as f64, sum + value));
    let (at, mean) = (at / count, mean / count);
    let (both, square) = known().fold((0.0, 0.0), |(both, square), (position, value)| {
        let away = position as f64 - at;
        (both + away * (value - mean), square + away * away)
    });
    if square > 0.0 { both / square } else { 0.0 }
}

/// Level at the end with the weight that had the least squared error.
fn smoothed(values: &[f64]) -> (f64, f64) {
    let start = sum_of(&values[..values.len().min(10)]);
    let start = if start.1 > 0.0 { start.0 / start.1 } else { 0.0 };
    // All weights side by side: the recursions do not wait for each other.
    let (mut levels, mut squares) = ([start; LEVELS.len()], [0.0; LEVELS.len()]);
    for &value in values.iter().filter(|value| !value.is_nan()) {
        for ((level, square), weight) in levels.iter_mut().zip(&mut squares).zip(&LEVELS) {
            let error = value - *level;
            *square += error * error;
            *level += weight * error;
        }
    }
    let best = (0..LEVELS.len()).min_by(|a, b| squares[*a].total_cmp(&squares[*b])).unwrap_or(0);
    (levels[best], LEVELS[best])
}

/// Recent level times the effect of the position, moved as the same weeks moved a long season ago, by so large a share.
///
/// The long season's shape is the smoothed series of the season before, drawn towards flat by `share`; without a whole long season in the
/// past the level stays.
pub(super) fn calendar(
    past: &Past<'_>,
    origins: &[usize],
    season: Option<Short>,
    long: Option<Long>,
    (recent, share): (usize, f64),
) -> Paths {
    let mut paths = past.paths(origins.len());
    for (number, &origin) in origins.iter().enumerate() {
        let effects = Effects::of(past, origin, season);
        let plain = effects.out_of_all(&past.values[..origin]);
        let sums = Sums::of(&plain);
        let from = origin.saturating_sub(recent);
        let level = sums.mean(from, origin).unwrap_or_else(|| past.mean_before(origin, usize::MAX));
        let shape = long.filter(|long| (origin as f64) >= long.length + recent as f64 / 2.0);
        for step in 0..past.horizon {
            let mut moved = level;
            if let Some(long) = shape {
                moved = moved_as_before(&sums, long.length, (from, origin, origin + step), effects.times, level, share);
            }
            effects.set(&mut paths, number, step, moved, origin + step);
            if let Some(long) = shape {
                // What the long season adds is told apart from the level, with the short season's part on top.
                let parts = paths.at_mut(number, step);
                parts[0] = level;
                parts[1 + long.number] += moved - level;
            }
        }
    }
    paths
}

/// The level after moving as it did one or more long seasons ago.
fn moved_as_before(
    sums: &Sums,
    length: f64,
    (from, origin, target): (usize, usize, usize),
    times: bool,
    level: f64,
    share: f64,
) -> f64 {
    let half = ((length / 30.0) as usize).max(1);
    let (mut before, mut then, mut seasons) = (0.0, 0.0, 0.0);
    for back in 1..=10 {
        let back = (f64::from(back) * length).round() as usize;
        if back > target || origin < back {
            break;
        }
        let at = target - back;
        if at >= origin {
            continue;
        }
        let near = sums.mean(at.saturating_sub(half), (at + half + 1).min(origin));
        let base = sums.mean(from.saturating_sub(back), origin - back);
        if let (Some(near), Some(base)) = (near, base) {
            then += near;
            before += base;
            seasons += 1.0;
        }
    }
    if seasons == 0.0 {
        level
    } else if times {
        // Half a unit beside both keeps small counts from great ratios.
        let caution = 0.5 * level.min(1.0);
        level * ((then / seasons + caution) / (before / seasons + caution).max(1e-12)).clamp(0.1, 10.0).powf(share)
    } else {
        level + share * (then - before) / seasons
    }
}

/// Running sums, for means of any stretch.
struct Sums {
    value: Vec<f64>,
    count: Vec<f64>,
}

impl Sums {
    fn of(values: &[f64]) -> Self {
        let mut sums = Self { value: vec![0.0], count: vec![0.0] };
        let (mut sum, mut known) = (0.0, 0.0);
        for value in values {
            if !value.is_nan() {
                sum += value;
                known += 1.0;
            }
            sums.value.push(sum);
            sums.count.push(known);
        }
        sums
    }

    fn mean(&self, from: usize, to: usize) -> Option<f64> {
        let count = self.count[to] - self.count[from];
        (count > 0.0).then(|| (self.value[to] - self.value[from]) / count)
    }
}
