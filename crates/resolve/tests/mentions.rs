//! The simulated stream of posts, whose truth is known: which home is meant.

#[path = "shared/data.rs"]
mod shared;

use resolve::evaluate::Share;
use resolve::mention::{MentionIndex, Named};
use std::time::Instant;

/// Name, suburb and state: two homes that share all three are one to everybody who writes about them.
fn key(home: &str) -> String {
    home.split('|').take(3).collect::<Vec<_>>().join("|")
}

#[test]
fn homes_named_in_posts_are_found() {
    let homes = simulate::homes_from_csv(
        &shared::data("care-homes-australia/homes_2025-02_detailed.csv"),
        &shared::data("places-australia/localities.csv"),
    )
    .expect("the files are as published");
    let names: Vec<[&str; 1]> = homes.iter().map(|home| [home.name.as_str()]).collect();
    let mut seen = std::collections::BTreeSet::new();
    let named: Vec<Named<'_>> = homes
        .iter()
        .zip(&names)
        .filter(|(home, _)| seen.insert(key(&home.id)))
        .map(|(home, names)| Named {
            id: &home.id,
            names,
            place: Some(&home.suburb),
            region: Some(&home.state),
            provider: Some(&home.provider),
        })
        .collect();
    let index = MentionIndex::new(&named);
    // The stream of the demo, and others: which homes are spoken of most differs, and with it how plain their names are.
    let settings = simulate::Settings::default();
    for seed in [settings.seed, 1, 2, 3] {
        let world = simulate::world(&homes, &simulate::Settings { seed, ..settings.clone() }).expect("enough homes");
        mentions_are_right(seed, &index, &world);
    }
}

fn mentions_are_right(seed: u64, index: &MentionIndex, world: &simulate::World) {
    let (mut right, mut wrong, mut missed) = (0, 0, 0);
    let mut calibration = [[0_u64; 2]; 11];
    for (post, truth) in world.posts.iter().zip(&world.truth.posts) {
        let found = index.find(&format!("{}\n{}", post.title, post.text), None);
        let best = found.iter().max_by(|one, other| one.probability.total_cmp(&other.probability));
        let meant = truth.home.as_deref().map(key);
        if let Some(best) = best {
            calibration[(best.probability * 10.0) as usize][usize::from(meant == Some(key(&best.entity)))] += 1;
        }
        match (best.filter(|best| best.probability >= 0.5), meant) {
            (None, None) => {}
            (Some(best), Some(home)) if key(&best.entity) == home => right += 1,
            (Some(_), None) => wrong += 1,
            (None, Some(_)) => missed += 1,
            (Some(_), Some(_)) => {
                wrong += 1;
                missed += 1;
            }
        }
    }
    let (precision, recall) = (Share::new(right, right + wrong), Share::new(right, right + missed));
    assert!(precision.value >= 0.98, "seed {seed}: {precision:?}");
    assert!(recall.value >= 0.95, "seed {seed}: {recall:?}");
    // What is told as more likely than nine in ten is right at least nine times in ten.
    let [wrong, right] = calibration[9];
    assert!(right as f64 >= 0.9 * (right + wrong) as f64, "seed {seed}: {calibration:?}");
}

#[test]
fn one_mention_among_two_hundred_thousand_entities_takes_under_two_milliseconds() {
    let word = |number: u64, letters: u64| -> String {
        let mut rest = resolve_mix(number);
        (0..letters)
            .map(|_| {
                let syllable = SYLLABLES[(rest % SYLLABLES.len() as u64) as usize];
                rest /= SYLLABLES.len() as u64;
                syllable
            })
            .collect()
    };
    let kinds = [
        "nursing home",
        "care centre",
        "medical center",
        "logistics",
        "foundation",
        "school",
        "clinic",
        "hospital",
        "trading",
    ];
    let entities: Vec<(String, String, String, String)> = (0..200_000_u64)
        .map(|at| {
            let kind = kinds[(resolve_mix(at) % 9) as usize];
            let name = format!("{} {} {kind} ltd", word(at, 2 + at % 3), word(at / 3 + 7_000_000, 1 + at % 3));
            (format!("R{at}"), name, word(at % 1_000, 3), word(at / 5, 2))
        })
        .collect();
    let names: Vec<[&str; 1]> = entities.iter().map(|(_, name, ..)| [name.as_str()]).collect();
    let named: Vec<Named<'_>> = entities
        .iter()
        .zip(&names)
        .map(|((id, _, place, provider), names)| Named {
            id,
            names,
            place: Some(place),
            region: None,
            provider: Some(provider),
        })
        .collect();
    let index = MentionIndex::new(&named);
    let mut hits = 0;
    let mut took: Vec<f64> = (0..2_000_usize)
        .map(|at| {
            let (id, name, place, _) = &entities[at * 97];
            let text = format!(
                "Looked at {} in {place} for my mum\nThe nurses are kind, the food is lovely.",
                name.trim_end_matches(" ltd").replace("ar", "ra")
            );
            // The best of three: what else runs on the machine is not measured.
            let once = || {
                let clock = Instant::now();
                let found = index.find(&text, None);
                (clock.elapsed().as_secs_f64() * 1e3, found.iter().any(|mention| mention.entity == *id))
            };
            let (took, found) = (0..3).map(|_| once()).fold((f64::MAX, false), |best, run| (best.0.min(run.0), run.1));
            hits += usize::from(found);
            took
        })
        .collect();
    took.sort_by(f64::total_cmp);
    assert!(hits >= 1_950, "{hits} of 2000 found");
    assert!(took[1_980] < 2.0, "median {} ms, 99 % {} ms", took[1_000], took[1_980]);
}

const SYLLABLES: [&str; 34] = [
    "an", "bel", "cor", "da", "el", "far", "gor", "hal", "in", "jo", "ka", "lin", "mar", "nor", "ol", "pet", "quen",
    "ros", "sta", "tor", "ul", "van", "wil", "xen", "yor", "za", "ber", "ton", "son", "ley", "ing", "ham", "ford",
    "wood",
];

/// A number without pattern for each number.
fn resolve_mix(number: u64) -> u64 {
    let word = (number.wrapping_add(0x9e37_79b9_7f4a_7c15) ^ number >> 7).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (word ^ word >> 29).wrapping_mul(0x94d0_49bb_1331_11eb) >> 7
}
