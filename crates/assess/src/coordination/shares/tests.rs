use super::*;
use proptest::prelude::*;
use simulate::{ShareSettings as World, SimulatedShare, shares as world};

fn of(shares: &[SimulatedShare]) -> Vec<Share> {
    let of = |share: &SimulatedShare| Share { account: share.account, object: share.object, seconds: share.seconds };
    shares.iter().map(of).collect()
}

fn found(shares: &[Share]) -> ActingTogether {
    acting_together(shares, &ShareSettings::default()).expect("sound")
}

#[test]
fn hidden_groups_are_found_and_nobody_else() {
    for seed in 1..=5 {
        let world = world(&World { seed, ..World::default() });
        let found = found(&of(&world.shares));
        let hidden = world.group_of.iter().flatten().count() as f64;
        let named = found.group_of.iter().flatten().count() as f64;
        let right = found.group_of.iter().zip(&world.group_of).filter(|(own, truth)| own.is_some() && truth.is_some());
        let right = right.count() as f64;
        assert!(right / named >= 0.95, "seed {seed}: precision {}", right / named);
        assert!(right / hidden >= 0.8, "seed {seed}: recall {}", right / hidden);
        // No group is made of two hidden ones.
        for group in &found.groups {
            let mut truth: Vec<u32> = group.accounts.iter().filter_map(|own| world.group_of[*own as usize]).collect();
            truth.sort_unstable();
            truth.dedup();
            assert!(truth.len() <= 1, "seed {seed}: {group:?}");
            assert!(group.chance < 1e-6 && group.objects.len() >= 2 && group.ties + 1 >= group.accounts.len());
        }
        let voices = found.independent(0..world.group_of.len() as u32);
        assert_eq!(voices, world.group_of.len() - named as usize + found.groups.len());
    }
}

#[test]
fn without_concert_nobody_is_found() {
    for seed in 1..=10 {
        let concerted = world(&World { seed, ..World::default() });
        let shuffled = found(&of(&concerted.shuffled(seed)));
        assert!(shuffled.groups.is_empty(), "seed {seed}, times shuffled: {:?}", shuffled.groups);
        let innocent = found(&of(&world(&World { seed, coordinated: 0.0, ..World::default() }).shares));
        assert!(innocent.ties.len() <= 1, "seed {seed}, nobody in concert: {:?}", innocent.ties);
    }
}

#[test]
fn a_tie_says_what_it_is_made_of() {
    let world = world(&World { shares: 20_000, accounts: 3_000, objects: 2_000, ..World::default() });
    let shares = of(&world.shares);
    let found = found(&shares);
    let tie = found.ties[0];
    let why = explain_tie(&shares, &ShareSettings::default(), tie.right, tie.left).expect("sound");
    assert_eq!(why.value, Some(tie));
    assert_eq!(why.because.contributions.len(), tie.objects as usize);
    let weights: f64 = why.because.contributions.iter().map(|one| one.weight).sum();
    assert!((weights - 1.0).abs() < 1e-9);
    assert!(why.because.contributions.iter().all(|one| (0.0..=60.0).contains(&one.value)));
    let nobody = explain_tie(&shares, &ShareSettings::default(), tie.left, 4_000_000).expect("sound");
    assert_eq!(nobody.value, None);
}

#[test]
fn what_cannot_be_computed_with_is_refused() {
    let share = Share { account: 0, object: 0, seconds: f64::NAN };
    let error = acting_together(&[share], &ShareSettings::default()).expect_err("no time").to_string();
    assert!(error.contains("seconds") && error.contains("finite"), "{error}");
    for (window, false_discovery) in [(0.0, 0.01), (f64::INFINITY, 0.01), (60.0, 0.0), (60.0, 1.0), (60.0, f64::NAN)] {
        let settings = ShareSettings { window, false_discovery, ..ShareSettings::default() };
        acting_together(&[], &settings).expect_err("settings without sense");
    }
    let nothing = found(&[]);
    assert!(nothing.groups.is_empty() && nothing.independent([3, 3, 4]) == 2);
}

/// Things that two accounts shared at most `window` apart, by looking at every pair of shares.
fn plainly(shares: &[Share], window: f64, left: u32, right: u32) -> u32 {
    let mut things: Vec<u32> = Vec::new();
    for one in shares.iter().filter(|share| share.account == left) {
        let near = |other: &&Share| {
            other.account == right && other.object == one.object && (other.seconds - one.seconds).abs() <= window
        };
        if shares.iter().any(|other| near(&other)) {
            things.push(one.object);
        }
    }
    things.sort_unstable();
    things.dedup();
    things.len() as u32
}

fn some_shares() -> impl Strategy<Value = Vec<Share>> {
    let one = (0u32..8, 0u32..6, 0u32..300).prop_map(|(account, object, seconds)| Share {
        account,
        object,
        seconds: f64::from(seconds),
    });
    prop::collection::vec(one, 0..80)
}

proptest! {
    #[test]
    fn pairs_are_counted_as_by_looking_at_each(shares in some_shares()) {
        let settings = ShareSettings { window: 20.0, least_objects: 1, ..ShareSettings::default() };
        let layout = Layout::of(&shares).expect("sound");
        let ties = Evidence::of(&layout, &settings).ties(1);
        for left in 0..8 {
            for right in left + 1..8 {
                let tie = ties.iter().find(|tie| (tie.left, tie.right) == (left, right));
                prop_assert_eq!(tie.map_or(0, |tie| tie.objects), plainly(&shares, 20.0, left, right));
            }
        }
        prop_assert!(ties.iter().all(|tie| tie.chance > 0.0 && tie.chance <= 1.0 && tie.expected > 0.0));
    }

    #[test]
    fn neither_order_nor_what_is_said_twice_matters(shares in some_shares(), turn in 0usize..80, later in 0u32..9_000_000) {
        let settings = ShareSettings { window: 20.0, false_discovery: 0.5, ..ShareSettings::default() };
        let plain = acting_together(&shares, &settings).expect("sound");
        let mut other = shares.clone();
        other.extend(shares.iter().step_by(3));
        let turn = turn % other.len().max(1);
        other.rotate_left(turn);
        other.iter_mut().for_each(|share| share.seconds += f64::from(later));
        prop_assert_eq!(plain, acting_together(&other, &settings).expect("sound"));
    }
}
