//! The methods beside plain slow versions of themselves, and what must hold for each of them.

use super::super::decomposed::theta;
use super::super::methods::Method;
use super::super::past::{Past, Paths, Short};
use super::super::regression::{Design, Fit, Form};
use super::super::rolling;
use super::super::simple::{same_position, window};
use super::super::smoothing::{Seasonal, Trend, smoothing};
use super::super::{ForecastSettings, Series};
use super::{Dice, counts, measures};
use crate::distribution::{count_at_most, log_gamma, student_beyond};
use crate::equations::Normal;
use proptest::prelude::*;

fn past<'a>(values: &'a [f64], horizon: usize, seasons: &[f64]) -> Past<'a> {
    Past::of(&Series::plain(values), horizon, seasons).expect("values of a test")
}

fn totals(paths: &Paths, origin: usize) -> Vec<f64> {
    (0..paths.steps()).map(|step| paths.total(origin, step)).collect()
}

fn near(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (step, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() <= 1e-8 * expected.abs().max(1.0), "step {step}: {found} for {expected}");
    }
}

#[test]
fn averages_are_what_they_say() {
    let values = [1.0, 2.0, 3.0, 4.0, f64::NAN, 6.0, 7.0, 8.0];
    let past = past(&values, 4, &[2.0]);
    near(&totals(&window(&past, &[8], 4), 0), &[7.0; 4]);
    let season = Some(Short { number: 0, length: 2 });
    // Places 8 and 10 look back to 6, 2 and 0, as 4 is a gap; 9 and 11 to 7, 5 and 3.
    near(&totals(&same_position(&past, &[8], season, 3), 0), &[11.0 / 3.0, 6.0, 11.0 / 3.0, 6.0]);
}

#[test]
fn simple_smoothing_is_the_best_of_a_slow_grid() {
    let values = measures(120, 0.5, 0.0, 3);
    let past = past(&values, 3, &[]);
    let found = totals(&smoothing(&past, &[100], Trend::None, Seasonal::None, None), 0);
    let start = values[..8].iter().sum::<f64>() / 8.0;
    let tried = [0.02, 0.05, 0.1, 0.2, 0.4, 0.7].map(|weight: f64| {
        let mut level = start;
        let mut squares = 0.0;
        for (at, value) in values[..100].iter().enumerate() {
            if at >= 8 {
                squares += (value - level).powi(2);
            }
            level = weight * value + (1.0 - weight) * level;
        }
        (squares, level)
    });
    let best = tried.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).expect("six were tried");
    near(&found, &[best.1; 3]);
}

#[test]
fn theta_of_a_straight_line_lags_by_half_its_slope_alone() {
    let values: Vec<f64> = (0..200).map(|at| 10.0 + 2.0 * at as f64).collect();
    let past = past(&values, 3, &[]);
    // The largest weight follows best; its lag is (1 - 0.8) / 0.8 steps of slope 2, of which the drift makes up half.
    let lag = 2.0 * 0.2 / 0.8;
    let expected: Vec<f64> = (1..=3).map(|step| values[199] - lag / 2.0 + f64::from(step)).collect();
    near(&totals(&theta(&past, &[200], None), 0), &expected);
}

#[test]
fn a_fit_that_moves_on_equals_one_made_at_once() {
    let values = counts(500, 11);
    let past = past(&values, 10, &[7.0, 365.25]);
    let form = Form { log: false, trend: true, waves: 2 };
    let design = Design::of(&past, &form);
    let mut moved = Fit::new(design.columns(), false);
    [200, 333, 500].into_iter().for_each(|origin| moved.advance(&past, &design, origin));
    let mut once = Fit::new(design.columns(), false);
    once.advance(&past, &design, 500);
    near(&moved.weights, &once.weights);
}

#[test]
fn the_log_fit_stands_where_its_equations_hold() {
    let values = counts(500, 12);
    let past = past(&values, 10, &[7.0, 365.25]);
    let design = Design::of(&past, &Form { log: true, trend: true, waves: 1 });
    let mut fit = Fit::new(design.columns(), true);
    (0..10).for_each(|_| fit.advance(&past, &design, 500));
    // The level is not penalized, so its equation says that the fit sums to the values.
    let (fitted, seen): (f64, f64) = (fit.fitted.iter().sum(), values.iter().sum());
    assert!((fitted - seen).abs() < 1e-6 * seen, "{fitted} for {seen}");
}

#[test]
fn systems_are_solved() {
    let mut dice = Dice(5);
    let rows: Vec<Vec<f64>> = (0..30).map(|_| (0..6).map(|_| dice.normal()).collect()).collect();
    let truth = [1.0, -2.0, 3.0, 0.5, 0.0, 9.0];
    let mut normal = Normal::new(6);
    for row in &rows {
        let value = row.iter().zip(&truth).map(|(a, b)| a * b).sum();
        normal.add(row, value, 0.7);
    }
    near(&normal.solve(&[0.0; 6]), &truth);
}

#[test]
fn tails_are_those_of_plain_sums_and_of_closed_forms() {
    near(&[log_gamma(5.0), log_gamma(0.5)], &[24f64.ln(), std::f64::consts::PI.sqrt().ln()]);
    // Student's t with one and with two degrees of freedom has a closed form.
    for size in [0.1, 1.0, 3.0, 40.0] {
        near(&[student_beyond(size, 1.0)], &[1.0 - 2.0 * size.atan() / std::f64::consts::PI]);
        near(&[student_beyond(size, 2.0)], &[1.0 - size / (2.0 + size * size).sqrt()]);
    }
    for (mean, excess) in [(0.7, 0.5), (12.0, 0.1), (60.0, 0.02)] {
        let size: f64 = 1.0 / excess;
        let mut term = (size / (size + mean)).powf(size);
        let mut below = 0.0;
        for count in 0..100 {
            below += term;
            near(&[count_at_most(f64::from(count), mean, excess)], &[below]);
            term *= mean / (size + mean) * (size + f64::from(count)) / (f64::from(count) + 1.0);
        }
    }
    let poisson: f64 = (-3f64).exp() * (1.0 + 3.0 + 4.5);
    assert!((count_at_most(2.0, 3.0, 0.0) - poisson).abs() < 1e-6);
}

#[test]
fn a_calendar_year_is_found_again() {
    let values: Vec<f64> =
        (0..800).map(|day| 50.0 + 20.0 * (std::f64::consts::TAU * f64::from(day) / 365.25).sin()).collect();
    let past = past(&values, 28, &[7.0, 365.25]);
    for method in [Method::Calendar(None, 28, 1.0), Method::Regression(Form { log: true, trend: false, waves: 2 })] {
        for (step, found) in totals(&method.paths(&past, &[800]), 0).into_iter().enumerate() {
            let truth = 50.0 + 20.0 * (std::f64::consts::TAU * (800.0 + step as f64) / 365.25).sin();
            assert!((found - truth).abs() < 1.5, "{}, step {step}: {found} for {truth}", method.name());
        }
    }
}

#[test]
fn origins_leave_a_whole_horizon_and_rise() {
    let values = counts(300, 1);
    let origins = rolling::origins(&past(&values, 28, &[7.0]), 14);
    assert_eq!((origins.len(), origins[0], origins[13]), (14, 150, 272));
    assert!(origins.windows(2).all(|pair| pair[0] < pair[1]));
    assert!(rolling::origins(&past(&[1.0, 2.0], 5, &[]), 14).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// No method may look past its origin: what comes after may be anything that leaves the facts about the whole series as they are.
    #[test]
    fn no_method_looks_ahead(seed in 0u64..1000, cut in 60usize..150, whole in any::<bool>(), gap in 0usize..150) {
        let mut values = if whole { counts(200, seed) } else { measures(200, 0.5, 0.0, seed) };
        values[gap] = f64::NAN;
        let mut other = values.clone();
        other[cut..].reverse();
        let seasons = ForecastSettings::new(12, &[7.0, 60.5]).seasons;
        let (one, two) = (past(&values, 12, &seasons), past(&other, 12, &seasons));
        for method in Method::all(&one) {
            let (one, two) = (method.paths(&one, &[50, cut, 200]), method.paths(&two, &[50, cut, 200]));
            for origin in 0..2 {
                prop_assert_eq!(totals(&one, origin), totals(&two, origin), "{}", method.name());
            }
        }
    }

    /// A method gives one forecast from an origin, whichever other origins it is asked for; the log form only nearly, as its
    /// fits end where they hardly move any more.
    #[test]
    fn origins_do_not_disturb_each_other(seed in 0u64..1000) {
        let values = counts(200, seed);
        let past = past(&values, 12, &[7.0]);
        for method in Method::all(&past) {
            let log = matches!(method, Method::Regression(form) if form.log);
            let smoothed = matches!(method, Method::Smoothing(..) | Method::Fading | Method::Croston);
            // Smoothing and the intermittent methods warm up before the first origin, so it stays the same here.
            let (all, few) = if smoothed { (vec![80, 120, 200], vec![80, 200]) } else { (vec![80, 200], vec![200]) };
            let (one, two) = (method.paths(&past, &all), method.paths(&past, &few));
            let pairs = totals(&one, all.len() - 1).into_iter().zip(totals(&two, few.len() - 1));
            for (one, two) in pairs {
                let allowed = if log { 0.01 } else { 1e-9 };
                prop_assert!((one - two).abs() <= allowed * two.abs().max(1.0), "{}: {one} and {two}", method.name());
            }
        }
    }
}
