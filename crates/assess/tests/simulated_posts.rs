//! The simulated stream of posts about Australian homes, whose truth is known: error, campaigns, intervals.

use assess::coordination::{self, CoordinationSettings, GroupKind};
use assess::ratings::{self, RatingSettings};
use assess::{Belief, Comparable, Days, Scale, Voice};
use model::{RecordRef, time};
use simulate::{Home, Settings, World};

fn homes() -> Vec<Home> {
    let read = |path: &str| {
        let path = format!("../../../shared/data/{path}");
        std::fs::read_to_string(path).expect("the file is there")
    };
    simulate::homes_from_csv(
        &read("care-homes-australia/homes_2025-02_detailed.csv"),
        &read("places-australia/localities.csv"),
    )
    .expect("the files are as published")
}

/// The rated posts about a home, linked as the truth says: linking is tested elsewhere.
fn voices(world: &World) -> Vec<Voice> {
    let known = world.posts.iter().zip(&world.truth.posts);
    known
        .filter_map(|(post, truth)| {
            Some(Voice {
                record: RecordRef { dataset: "posts".to_owned(), version: 1, id: post.id.clone() },
                entity: truth.home.clone()?,
                contributor: post.account.clone(),
                contributor_voices: None,
                when: Days::on(time::date_of(post.at)),
                rating: f64::from(post.rating?),
                weight: 1.0,
                text: format!("{} {}", post.title, post.text),
            })
        })
        .collect()
}

struct Outcome {
    error: f64,
    plain: f64,
    covered: f64,
}

fn outcome(homes: &[Home], settings: &Settings) -> Outcome {
    let world = simulate::world(homes, settings).expect("there is enough to simulate with");
    let voices = voices(&world);
    let found = coordination::find(&voices, &CoordinationSettings::on(Scale::STARS)).expect("settings are right");
    report_campaigns(&world, &voices, &found);
    let entities: Vec<Comparable> =
        homes.iter().map(|home| Comparable { entity: home.id.clone(), group: home.purpose.clone() }).collect();
    let beliefs = ratings::assess(&voices, &found, &entities, settings.to, &RatingSettings::stars("overall"));
    let beliefs = beliefs.expect("settings are right");
    eprintln!("{:?}", beliefs[0].estimate.because.figures);
    compare(&world, settings, &voices, &beliefs)
}

fn compare(world: &World, settings: &Settings, voices: &[Voice], beliefs: &[Belief]) -> Outcome {
    let mut sums = std::collections::BTreeMap::new();
    for voice in voices {
        let sum: &mut (f64, f64) = sums.entry(voice.entity.as_str()).or_default();
        *sum = (sum.0 + voice.rating, sum.1 + 1.0);
    }
    let (mut error, mut plain, mut covered) = (0.0, 0.0, 0.0);
    for (belief, home) in beliefs.iter().zip(&world.truth.homes) {
        assert_eq!(belief.entity, home.home);
        let (truth, estimate) = (home.quality_at(settings.to), belief.estimate.value);
        covered += f64::from(u8::from(estimate.low <= truth && truth <= estimate.high)) / beliefs.len() as f64;
        if let Some(sum) = sums.get(home.home.as_str()) {
            error += (estimate.value - truth).powi(2) / sums.len() as f64;
            plain += (sum.0 / sum.1 - truth).powi(2) / sums.len() as f64;
        }
    }
    Outcome { error: error.sqrt(), plain: plain.sqrt(), covered }
}

/// Tells how many voices of each campaign were found in a group, and how many others.
fn report_campaigns(world: &World, voices: &[Voice], found: &coordination::Coordination) {
    let campaign = |voice: &Voice| {
        let place = world.posts.partition_point(|post| post.id < voice.record.id);
        world.truth.posts[place].campaign
    };
    let grouped = |kind: GroupKind| found.groups.iter().filter(move |group| group.kind == kind);
    for number in 0..world.truth.campaigns.len() {
        let members: Vec<usize> = (0..voices.len()).filter(|&index| campaign(&voices[index]) == Some(number)).collect();
        let counted = found.independent(&members);
        eprintln!("campaign {number}: {} voices count as {counted:.1}", members.len());
        assert!(counted < 0.3 * members.len() as f64, "campaign {number} is found");
    }
    let innocent =
        (0..voices.len()).filter(|&index| campaign(&voices[index]).is_none() && found.shares[index] < 1.0).count();
    eprintln!(
        "{} voices, {} groups of copies, {} bursts, {innocent} others discounted",
        voices.len(),
        grouped(GroupKind::Copies).count(),
        grouped(GroupKind::Burst).count(),
    );
}

#[test]
fn ratings_are_nearer_to_the_truth_than_means_and_campaigns_change_little() {
    let homes = homes();
    let with = outcome(&homes, &Settings::default());
    let without = outcome(&homes, &Settings { campaigns: false, ..Settings::default() });
    for (name, one) in [("with campaigns", &with), ("without", &without)] {
        eprintln!("{name}: error {:.3}, plain mean {:.3}, covered {:.3}", one.error, one.plain, one.covered);
    }
    for one in [&with, &without] {
        assert!(one.error <= 0.7 * one.plain, "error {:.3}, plain mean {:.3}", one.error, one.plain);
        assert!((0.87..=0.93).contains(&one.covered), "covered {:.3}", one.covered);
    }
    assert!(with.error <= 1.1 * without.error, "{:.3} with campaigns, {:.3} without", with.error, without.error);
}
