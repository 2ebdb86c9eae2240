//! How good each home truly is, and when that changes.
//!
//! Holds the draw of qualities: like homes are alike (purpose, district, provider), each differs on its own account, what
//! residents officially answered is loosely related, and all drift a little. It must never look at posts.

use crate::Settings;
use crate::chance::Chance;
use crate::homes::Home;
use crate::truth::{Fall, HomeTruth};
use crate::wording::ASPECTS;
use model::Date;
use model::time::{date_from_days, days_since_epoch};
use std::collections::BTreeMap;

/// Mean quality of all homes, stars.
const MEAN: f64 = 3.4;
/// Standard deviations, stars: provider, district, home, part shared with residents' answers, drift in a month.
const PROVIDER: f64 = 0.22;
const DISTRICT: f64 = 0.15;
const HOME: f64 = 0.38;
const SHARED: f64 = 0.22;
const DRIFT: f64 = 0.025;
/// Lowest and highest quality.
const ENDS: (f64, f64) = (1.3, 4.8);
/// By how many stars the falling home falls.
const FALL: f64 = 1.2;

/// Posts in 30 days that the falling home has at least: with fewer, nobody could tell a fall within a month.
const FALLING_POSTS: f64 = 26.0;

/// Quality of each home over the period, without the fall.
pub(crate) fn draw(homes: &[Home], settings: &Settings) -> Vec<HomeTruth> {
    let mut chance = Chance::stream(settings.seed, "quality");
    let answers: Vec<f64> = homes.iter().filter_map(|home| home.residents_mean).collect();
    let mean = answers.iter().sum::<f64>() / answers.len().max(1) as f64;
    let deviation =
        (answers.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / answers.len().max(1) as f64).sqrt().max(1e-9);
    let mut effects: BTreeMap<String, f64> = BTreeMap::new();
    homes
        .iter()
        .map(|home| {
            let mut effect = |kind: &str, name: &str, spread: f64| {
                *effects.entry(format!("{kind}/{name}")).or_insert_with(|| chance.normal(0.0, spread))
            };
            let purpose = purpose_effect(&home.purpose) + effect("purpose", &home.purpose, 0.05);
            let district = effect("district", &district(home), DISTRICT);
            let provider = effect("provider", &home.provider, PROVIDER);
            let shared = home
                .residents_mean
                .map_or_else(|| chance.normal(0.0, SHARED), |answer| SHARED * (answer - mean) / deviation);
            let start = MEAN + purpose + district + provider + shared + chance.normal(0.0, HOME);
            let aspects = ASPECTS.iter().map(|aspect| ((*aspect).to_owned(), chance.normal(0.0, 0.35))).collect();
            HomeTruth { home: home.id.clone(), steps: steps(start, settings, &mut chance), aspects }
        })
        .collect()
}

/// Chooses the home that falls (good enough to fall so far, the most spoken of such) and when, on a day of the last third.
pub(crate) fn choose_fall(truths: &[HomeTruth], expected_posts: &[f64], settings: &Settings) -> (usize, Fall) {
    let mut chance = Chance::stream(settings.seed, "fall");
    let first = days_since_epoch(settings.from);
    let day = first + (f64::from(days(settings)) * (2.0 / 3.0 + 0.15 * chance.unit())) as i32 + 1;
    let date = date_from_days(day).unwrap_or(settings.to);
    let home = (0..truths.len())
        .filter(|home| (3.5..4.5).contains(&truths[*home].quality_at(date)))
        .max_by(|a, b| expected_posts[*a].total_cmp(&expected_posts[*b]))
        .unwrap_or(0);
    (home, Fall { home: truths[home].home.clone(), date, size: FALL })
}

/// How much more the falling home must be spoken of so that its fall can show.
pub(crate) fn more_popular(expected_posts: f64, settings: &Settings) -> f64 {
    let wanted = FALLING_POSTS * f64::from(days(settings)) / 30.0;
    if expected_posts > 0.0 { (wanted / expected_posts).max(1.0) } else { 1.0 }
}

/// Lets a home fall.
pub(crate) fn let_fall(truth: &mut HomeTruth, fall: &Fall) {
    let before = truth.quality_at(fall.date);
    for (from, quality) in &mut truth.steps {
        if *from > fall.date {
            *quality = (*quality - fall.size).max(1.0);
        }
    }
    truth.steps.retain(|(from, _)| *from != fall.date);
    let place = truth.steps.partition_point(|(from, _)| *from < fall.date);
    truth.steps.insert(place, (fall.date, before - fall.size));
}

fn days(settings: &Settings) -> i32 {
    days_since_epoch(settings.to) - days_since_epoch(settings.from) + 1
}

fn steps(start: f64, settings: &Settings, chance: &mut Chance) -> Vec<(Date, f64)> {
    let (first, last) = (days_since_epoch(settings.from), days_since_epoch(settings.to));
    let mut quality = start.clamp(ENDS.0, ENDS.1);
    (first..=last)
        .step_by(30)
        .filter_map(|day| {
            let step = (date_from_days(day)?, quality);
            quality = (quality + chance.normal(0.0, DRIFT)).clamp(ENDS.0, ENDS.1);
            Some(step)
        })
        .collect()
}

fn purpose_effect(purpose: &str) -> f64 {
    match purpose.to_lowercase().replace('-', " ").as_str() {
        "government" => 0.25,
        "not for profit" => 0.08,
        "for profit" => -0.15,
        _ => 0.0,
    }
}

/// State and whole degree: homes of one district share staff, climate and distance to a city.
fn district(home: &Home) -> String {
    format!("{}/{:.0}/{:.0}", home.state, home.latitude, home.longitude)
}
