//! Tests of forecasts and alarms: against plain slow versions, on seeded series whose truth is known, and on whatever input there may be.

mod alarms;
mod methods;
mod whole;

use std::f64::consts::TAU;

/// A seeded generator of test series.
struct Dice(u64);

impl Dice {
    fn share(&mut self) -> f64 {
        model::draws::next_share(&mut self.0)
    }

    fn normal(&mut self) -> f64 {
        let size = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        size * (TAU * self.share()).cos()
    }

    /// By inversion; for means of a few hundred at most.
    fn poisson(&mut self, mean: f64) -> f64 {
        let share = self.share();
        let (mut count, mut chance) = (0.0, (-mean).exp());
        let mut below = chance;
        while below < share && count < 10.0 * mean + 100.0 {
            count += 1.0;
            chance *= mean / count;
            below += chance;
        }
        count
    }
}

/// Daily counts with level, trend, week and year, and noise that remembers itself.
fn counts(days: usize, seed: u64) -> Vec<f64> {
    let mut dice = Dice(seed);
    let level = (3.0 + 0.8 * dice.normal()).exp().min(150.0);
    let week: Vec<f64> = (0..7).map(|_| 0.25 * dice.normal()).collect();
    let (year, phase) = (0.3 * dice.normal(), dice.share());
    let mut noise = 0.0;
    let day = |at: usize| {
        noise = 0.6 * noise + 0.08 * dice.normal();
        let season = week[at % 7] + year * (TAU * (at as f64 / 365.25 + phase)).sin();
        dice.poisson((level * (season + noise).exp()).min(500.0))
    };
    (0..days).map(day).collect()
}

/// Measures around 100 with a week, a memory, and a step of so many standard deviations from the middle on.
fn measures(days: usize, memory: f64, step: f64, seed: u64) -> Vec<f64> {
    let mut dice = Dice(seed);
    let own = (1.0 - memory * memory).sqrt();
    let mut noise = 0.0;
    let day = |at: usize| {
        noise = memory * noise + own * dice.normal();
        100.0 + 2.0 * f64::from(u8::from(at % 7 > 4)) + noise + if at >= days / 2 { step } else { 0.0 }
    };
    (0..days).map(day).collect()
}
