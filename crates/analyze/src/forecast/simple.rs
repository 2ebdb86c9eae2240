//! Methods that repeat or average the past: seasonal naive, averages of recent values, and averages at the same position of the season.
//!
//! Holds forecasts that learn no parameter. It must never use a value at or after the origin.

use super::past::{Past, Paths, Short};

/// The last value at the same position of the season; without a season, the last value. `O(horizon)` for each origin.
pub(super) fn naive(past: &Past<'_>, origins: &[usize], season: Option<Short>) -> Paths {
    same_position(past, origins, season, 1)
}

/// The mean of the last so many positions. `O(positions)` for each origin.
pub(super) fn window(past: &Past<'_>, origins: &[usize], positions: usize) -> Paths {
    let mut paths = past.paths(origins.len());
    for (number, &origin) in origins.iter().enumerate() {
        let level = past.mean_before(origin, positions);
        (0..past.horizon).for_each(|step| paths.set(number, step, level, None));
    }
    paths
}

/// The mean of the values at the same position in the last so many seasons that have one.
pub(super) fn same_position(past: &Past<'_>, origins: &[usize], season: Option<Short>, seasons: usize) -> Paths {
    let mut paths = past.paths(origins.len());
    let length = season.map_or(1, |season| season.length);
    for (number, &origin) in origins.iter().enumerate() {
        let level = past.mean_before(origin, seasons.saturating_mul(length));
        let means: Vec<f64> = (0..length).map(|place| mean_at(past, origin, place, length, seasons)).collect();
        for step in 0..past.horizon {
            let mean = means[step % length];
            match season {
                Some(season) => paths.set(number, step, level, Some((season.number, mean - level))),
                None => paths.set(number, step, mean, None),
            }
        }
    }
    paths
}

/// Mean of the last values at a place of the season after the origin; the mean of all where there is none.
fn mean_at(past: &Past<'_>, origin: usize, place: usize, length: usize, seasons: usize) -> f64 {
    let (mut sum, mut count) = (0.0, 0);
    let mut position = origin + place;
    while position >= length && count < seasons {
        position -= length;
        if position < origin && !past.values[position].is_nan() {
            sum += past.values[position];
            count += 1;
        }
    }
    if count == 0 { past.mean_before(origin, origin) } else { sum / count as f64 }
}
