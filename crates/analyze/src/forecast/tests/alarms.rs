//! Alarms: how often they are false, and what they find.

use super::super::{AlarmSettings, ForecastError, Series, alarms, alarms_all};
use super::{Dice, counts, measures};
use proptest::prelude::*;

fn quick() -> AlarmSettings {
    AlarmSettings { draws: 99, ..AlarmSettings::new(&[7.0, 365.25]) }
}

/// Share of series with a change and with an anomaly.
fn shares(all: &[Vec<f64>]) -> (f64, f64) {
    let series: Vec<Series<'_>> = all.iter().map(|values| Series::plain(values)).collect();
    let found = alarms_all(&series, &quick()).expect("settings of a test");
    let (mut changed, mut odd) = (0.0, 0.0);
    for found in found {
        let found = found.expect("values of a test");
        changed += f64::from(u8::from(!found.changes.is_empty())) / all.len() as f64;
        odd += f64::from(u8::from(!found.anomalies.is_empty())) / all.len() as f64;
    }
    (changed, odd)
}

#[test]
fn series_without_any_change_rarely_give_alarms() {
    // 200 series each: a true rate of 5 % gives more than 10 % one time in 700, on a fixed seed.
    for memory in [0.0, 0.6] {
        let (changed, odd) = shares(&(0..200).map(|seed| measures(400, memory, 0.0, 500 + seed)).collect::<Vec<_>>());
        assert!(changed <= 0.10 && odd <= 0.10, "measures, memory {memory}: {changed} changed, {odd} odd");
    }
    let (changed, odd) = shares(&(0..200).map(|seed| counts(500, 900 + seed)).collect::<Vec<_>>());
    assert!(changed <= 0.10 && odd <= 0.10, "counts: {changed} changed, {odd} odd");
}

#[test]
fn steps_of_three_sizes_are_found_where_they_are() {
    // In standard deviations of one day; the smallest is one that nobody sees with the eye. Share found, and days off at most.
    for (step, least, near) in [(1.0, 0.5, 40), (2.0, 0.95, 15), (4.0, 1.0, 5)] {
        let all: Vec<Vec<f64>> = (0..60).map(|seed| measures(400, 0.3, step, 70 + seed)).collect();
        let series: Vec<Series<'_>> = all.iter().map(|values| Series::plain(values)).collect();
        let found = alarms_all(&series, &AlarmSettings { seasons: vec![7.0], ..quick() }).expect("settings of a test");
        let mut right = 0.0;
        for found in found {
            let changes = found.expect("values of a test").changes;
            let hit = changes.iter().find(|change| change.since.abs_diff(200) <= near);
            if let Some(hit) = hit {
                right += 1.0 / 60.0;
                assert!((hit.size - step).abs() < 1.5, "size {} for {step}", hit.size);
                assert!(hit.lower < hit.size && hit.size < hit.upper && hit.chance <= 0.05);
            }
        }
        assert!(right >= least - 1e-9, "step {step}: {right} found");
    }
}

#[test]
fn single_values_out_of_line_are_found_and_few_others() {
    let (mut right, mut wrong, mut planted) = (0.0, 0.0, 0.0);
    for seed in 0..60 {
        let whole = seed % 2 == 0;
        let mut values = if whole { counts(400, 40 + seed) } else { measures(400, 0.5, 0.0, 40 + seed) };
        let mut dice = Dice(seed);
        let places: Vec<usize> = (0..4).map(|number| 20 + 95 * number + (40.0 * dice.share()) as usize).collect();
        for place in &places {
            values[*place] += if whole { 10.0 + 8.0 * values[*place].sqrt() + values[*place] } else { 8.0 };
        }
        let found = alarms(&Series::plain(&values), &AlarmSettings { draws: 39, ..quick() }).expect("values of a test");
        planted += 4.0;
        for anomaly in &found.anomalies {
            if places.contains(&anomaly.position) {
                right += 1.0
            } else {
                wrong += 1.0
            }
            assert_eq!(anomaly.value, values[anomaly.position]);
        }
    }
    assert!(right / planted >= 0.95, "{right} of {planted} found");
    assert!(wrong / (right + wrong) <= 0.05, "{wrong} wrong beside {right}");
}

#[test]
fn alarms_are_the_same_again_and_in_any_order() {
    let all: Vec<Vec<f64>> = (0..6).map(|seed| measures(200, 0.4, 2.0, seed)).collect();
    let series: Vec<Series<'_>> = all.iter().map(|values| Series::plain(values)).collect();
    let one = alarms_all(&series, &quick()).expect("settings of a test");
    let back: Vec<Series<'_>> = series.iter().rev().copied().collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool of threads");
    let mut two = pool.install(|| alarms_all(&back, &quick())).expect("settings of a test");
    two.reverse();
    assert_eq!(one, two);
}

#[test]
fn a_step_without_noise_is_certain() {
    let values: Vec<f64> = (0..100).map(|at| if at < 60 { 5.5 } else { 9.5 }).collect();
    let found = alarms(&Series::plain(&values), &AlarmSettings::new(&[])).expect("values of a test");
    assert_eq!(found.changes.iter().map(|change| change.since).collect::<Vec<_>>(), [60]);
    assert!((found.changes[0].size - 4.0).abs() < 1e-6, "{}", found.changes[0].size);
    let flat = alarms(&Series::plain(&[5.5; 100]), &AlarmSettings::new(&[])).expect("values of a test");
    assert!(flat.changes.is_empty() && flat.anomalies.is_empty());
}

#[test]
fn wrong_settings_say_what_to_write() {
    let few = AlarmSettings { draws: 10, ..AlarmSettings::new(&[]) };
    assert!(matches!(alarms_all(&[], &few), Err(ForecastError::Setting { name: "draws", .. })));
    let never = AlarmSettings { false_alarms: 0.0, ..AlarmSettings::new(&[]) };
    assert!(matches!(alarms_all(&[], &never), Err(ForecastError::Setting { name: "false_alarms", .. })));
    let none = alarms(&Series::plain(&[f64::NAN]), &AlarmSettings::new(&[]));
    assert!(matches!(none, Err(ForecastError::NoValues { positions: 1 })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_series_can_be_searched(
        values in prop::collection::vec(prop_oneof![
            5 => (0u8..9).prop_map(f64::from), 2 => -1e3..1e3f64, 1 => Just(f64::NAN), 1 => Just(1e100)
        ], 1..120),
    ) {
        let settings = AlarmSettings { draws: 19, ..AlarmSettings::new(&[7.0, 40.5]) };
        let Ok(found) = alarms(&Series::plain(&values), &settings) else {
            prop_assert!(values.iter().all(|value| value.is_nan()));
            return Ok(());
        };
        for anomaly in &found.anomalies {
            prop_assert!((0.0..=1.0).contains(&anomaly.chance) && anomaly.expected.is_finite());
        }
        prop_assert!(found.changes.windows(2).all(|pair| pair[0].since < pair[1].since));
        for change in &found.changes {
            prop_assert!(change.since < values.len() && change.size.is_finite() && change.chance <= 0.05);
        }
    }
}
