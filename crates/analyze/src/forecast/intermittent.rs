//! Methods for values that are mostly zero.
//!
//! Holds J. D. Croston, "Forecasting and stock control for intermittent demands" (1972), with the correction of A. A. Syntetos and J. E.
//! Boylan (2005), and R. H. Teunter, A. A. Syntetos and M. Z. Babai, "Intermittent demand: linking forecasting to inventory
//! obsolescence" (2011), whose forecast fades while nothing happens. It must never give a value below zero.

use super::past::{Past, Paths};

const CHANCES: [f64; 5] = [0.01, 0.03, 0.07, 0.15, 0.3];
const SIZES: [f64; 3] = [0.03, 0.1, 0.3];

/// Chance of an event times its size, both smoothed, one with every position, the other with every event.
pub(super) fn fading(past: &Past<'_>, origins: &[usize]) -> Paths {
    over_grid(past, origins, |value, weights, memory| {
        let happened = f64::from(u8::from(value != 0.0));
        memory.chance += weights.0 * (happened - memory.chance);
        if value != 0.0 {
            memory.size += weights.1 * (value - memory.size);
        }
    })
}

/// Size of an event over the time between events, both smoothed with every event.
pub(super) fn croston(past: &Past<'_>, origins: &[usize]) -> Paths {
    over_grid(past, origins, |value, weights, memory| {
        memory.since += 1.0;
        if value != 0.0 {
            memory.size += weights.1 * (value - memory.size);
            memory.interval += weights.1 * (memory.since - memory.interval);
            memory.since = 0.0;
            memory.chance = (1.0 - weights.1 / 2.0) / memory.interval.max(1.0);
        }
    })
}

/// What is remembered between positions.
struct Memory {
    chance: f64,
    size: f64,
    interval: f64,
    since: f64,
}

/// Runs a recursion for each pair of weights; at each origin the pair with the least squared error up to there is taken.
fn over_grid(past: &Past<'_>, origins: &[usize], take: impl Fn(f64, (f64, f64), &mut Memory)) -> Paths {
    let mut paths = past.paths(origins.len());
    let mut best = vec![f64::INFINITY; origins.len()];
    let first = &past.values[..origins.first().copied().unwrap_or(0)];
    let (sum, count) = super::past::sum_of(first);
    let events = first.iter().filter(|value| !value.is_nan() && **value != 0.0).count() as f64;
    let chance = (events + 0.5) / (count + 1.0);
    let size = if events > 0.0 { sum / events } else { 0.0 };
    for weights in CHANCES.iter().flat_map(|chance| SIZES.iter().map(move |size| (*chance, *size))) {
        let mut memory = Memory { chance, size, interval: 1.0 / chance, since: 0.0 };
        let (mut squares, mut from) = (0.0, 0);
        for (number, &origin) in origins.iter().enumerate() {
            for &value in past.values[from..origin].iter().filter(|value| !value.is_nan()) {
                squares += (value - memory.chance * memory.size).powi(2);
                take(value, weights, &mut memory);
            }
            from = origin;
            if squares < best[number] {
                best[number] = squares;
                let level = memory.chance * memory.size;
                (0..past.horizon).for_each(|step| paths.set(number, step, level, None));
            }
        }
    }
    paths
}
