//! Changes in the simulated world: the fall is found in time, little else is, campaigns are no falls.

use analyze::series::change::{Change, ChangeSettings, DatedVoice, changes, noise};
use model::time::{date_of, days_since_epoch};
use simulate::{Settings, World, homes_from_csv, world};
use std::collections::BTreeMap;

const DATA: &str = "../../../shared/data/";

fn made(seed: u64) -> World {
    let read = |path: &str| std::fs::read_to_string(format!("{DATA}{path}")).expect("the shared data are there");
    let detailed = read("care-homes-australia/homes_2025-02_detailed.csv");
    let homes = homes_from_csv(&detailed, &read("places-australia/localities.csv")).expect("readable");
    world(&homes, &Settings { seed, ..Settings::default() }).expect("enough to simulate with")
}

/// The voices of each home as assess would hand them on: a campaign counts as one voice, and nothing else is known.
fn voices(world: &World) -> BTreeMap<String, Vec<DatedVoice>> {
    let mut of_home: BTreeMap<String, Vec<DatedVoice>> = BTreeMap::new();
    for (post, truth) in world.posts.iter().zip(&world.truth.posts) {
        let (Some(stars), Some(home)) = (post.rating, &truth.home) else { continue };
        let weight = truth.campaign.map_or(1.0, |campaign| 1.0 / world.truth.campaigns[campaign].accounts.len() as f64);
        let voice = DatedVoice { record: None, date: date_of(post.at), value: f64::from(stars), weight };
        of_home.entry(home.clone()).or_default().push(voice);
    }
    of_home
}

fn found(world: &World) -> Vec<(String, Change)> {
    let voices = voices(world);
    let all: Vec<&[DatedVoice]> = voices.values().map(Vec::as_slice).collect();
    let settings = ChangeSettings::stars(noise(&all).expect("there are voices"));
    let named = |(home, list): (&String, &Vec<DatedVoice>)| {
        changes(list, &settings).into_iter().map(|change| (home.clone(), change)).collect::<Vec<_>>()
    };
    voices.iter().flat_map(named).collect()
}

#[test]
fn the_fall_is_noticed_within_a_month_and_little_else_is() {
    let (mut in_time, mut false_signals) = (0, 0);
    let seeds = [Settings::default().seed, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    for seed in seeds {
        let world = made(seed);
        let fall = &world.truth.fall;
        let mut delay = None;
        for (home, change) in found(&world) {
            let days = days_since_epoch(change.noticed) - days_since_epoch(fall.date);
            if home == fall.home && days >= 0 && change.size.value < 0.0 && delay.is_none() {
                delay = Some(days);
                assert!((-1.8..-0.6).contains(&change.size.value), "seed {seed}: size {:?}", change.size);
            } else {
                false_signals += 1;
            }
            let campaign = world.truth.campaigns.iter().find(|campaign| campaign.target == home);
            let of_campaign = campaign.is_some_and(|campaign| {
                (0..14).contains(&(days_since_epoch(change.noticed) - days_since_epoch(campaign.from)))
            });
            assert!(!of_campaign, "seed {seed}: a campaign counts as a change of {home}");
        }
        eprintln!("seed {seed}: fall noticed after {delay:?} days, {false_signals} false signals so far");
        in_time += usize::from(delay.is_some_and(|days| days <= 30));
        if seed == seeds[0] {
            assert!(delay.is_some_and(|days| days <= 30), "the demo's fall was noticed after {delay:?} days");
        }
    }
    assert!(in_time >= 9, "{in_time} of {} falls noticed within 30 days", seeds.len());
    // 1,838 homes for two years each.
    let rate = f64::from(false_signals) / (seeds.len() as f64 * 18.38 * 2.0);
    assert!(rate <= 1.0, "{rate} false signals for 100 homes and year");
}
