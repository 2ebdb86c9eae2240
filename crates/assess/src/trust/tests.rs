use super::*;
use model::ranking::Area;
use proptest::prelude::*;
use std::collections::HashMap;
use std::path::Path;

fn shared(name: &str) -> String {
    let path = Path::new("../../../shared/data/trust-bitcoin").join(name);
    std::fs::read_to_string(path).expect("the shared data are there")
}

/// Ratings among accounts, and which of those who rated are labelled fraudulent.
fn bitcoin() -> (Vec<GivenRating>, usize, Vec<(u32, bool)>) {
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let mut number = |name: &str| {
        let next = numbers.len() as u32;
        *numbers.entry(name.to_owned()).or_insert(next)
    };
    let ratings: Vec<GivenRating> = shared("soc-sign-bitcoinotc.csv")
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            GivenRating {
                rater: number(cells[0]),
                rated: number(cells[1]),
                rating: cells[2].parse().expect("a number"),
            }
        })
        .collect();
    let labels: Vec<(u32, bool)> = shared("otc_gt_half.csv")
        .lines()
        .filter_map(|line| line.split_once(','))
        .map(|(account, label)| (number(account), label.trim() == "-1"))
        .collect();
    let raters: std::collections::HashSet<u32> = ratings.iter().map(|one| one.rater).collect();
    (ratings, numbers.len(), labels.into_iter().filter(|(account, _)| raters.contains(account)).collect())
}

/// Share of pairs of a fraudulent and an honest account in which the fraudulent one is less fair.
fn area(found: &Trust, labels: &[(u32, bool)]) -> f64 {
    let scores: Vec<f64> = labels.iter().map(|one| -found.log_odds[one.0 as usize]).collect();
    let fraud: Vec<bool> = labels.iter().map(|one| one.1).collect();
    Area::of_events(&scores, &fraud).expect("both kinds").value
}

#[test]
fn fraud_among_traders_is_told_better_than_by_the_plain_rule() {
    let (ratings, accounts, labels) = bitcoin();
    assert_eq!((ratings.len(), accounts, labels.len()), (35_592, 5_881, 101));
    let found = trust(&ratings, accounts, accounts, &TrustSettings::default()).expect("sound");
    let settings = TrustSettings { method: TrustMethod::Plain, ..TrustSettings::default() };
    let yardstick = trust(&ratings, accounts, accounts, &settings).expect("sound");
    assert!(found.settled && yardstick.settled);
    let (ours, plain) = (area(&found, &labels), area(&yardstick, &labels));
    assert!((plain - 0.759).abs() < 0.001, "the plain rule is the plain rule: {plain}");
    assert!(ours >= 0.86, "{ours}");
}

#[test]
fn who_rates_against_everybody_is_found_and_who_is_alone_is_not() {
    let mut ratings = Vec::new();
    for rated in 0..30 {
        let worth = if rated % 3 == 0 { 1.0 } else { 4.0 };
        for rater in 0..6 {
            ratings.push(GivenRating { rater, rated, rating: worth + f64::from((rater + rated) % 3) / 4.0 });
        }
        // One turns everything round; one rates only what nobody else does.
        ratings.push(GivenRating { rater: 6, rated, rating: 5.0 - worth });
        ratings.push(GivenRating { rater: 7, rated: 30 + rated, rating: if rated % 2 == 0 { 1.0 } else { 4.5 } });
    }
    let found = trust(&ratings, 8, 60, &TrustSettings::default()).expect("sound");
    assert!(found.fairness[6] < 0.01 && (0..6).all(|rater| found.fairness[rater] > 0.99), "{:?}", found.fairness);
    assert!(found.fairness[7] > 0.5, "{:?}", found.fairness);
    let why = explain_rater(&ratings, &found, 6);
    let sum: f64 = why.because.contributions.iter().map(|one| one.weight).sum();
    let prior = (0.9f64 / 0.1).ln();
    assert!((sum + prior - found.log_odds[6]).abs() < 1e-6 && why.because.contributions_total == 30);
}

#[test]
fn what_cannot_be_computed_with_is_refused() {
    let one = GivenRating { rater: 0, rated: 0, rating: 1.0 };
    let refused = |ratings: &[GivenRating], settings: &TrustSettings| {
        trust(ratings, 1, 1, settings).expect_err("not sound").to_string()
    };
    let plain = TrustSettings::default();
    assert!(refused(&[one, one], &plain).contains("two ratings of 0 by 0"));
    assert!(refused(&[GivenRating { rating: f64::INFINITY, ..one }], &plain).contains("finite"));
    assert!(refused(&[GivenRating { rater: 1, ..one }], &plain).contains("rater 1 of 1"));
    assert!(refused(&[one], &TrustSettings { unfair: 1.0, ..plain }).contains("unfair"));
    assert!(refused(&[one], &TrustSettings { tolerance: 0.0, ..plain }).contains("tolerance"));
    for method in TrustMethod::ALL {
        let settings = TrustSettings { method, ..plain };
        assert!(trust(&[], 0, 0, &settings).expect("nothing is sound").settled);
        let alone = trust(&[one], 1, 1, &settings).expect("sound");
        assert!(alone.settled && (alone.goodness[0] - 1.0).abs() < 1e-9, "{alone:?}");
    }
}

#[test]
fn ratings_that_are_all_the_same_speak_for_nobody() {
    for rating in [0.0, 2.0, 185.724_130_279_476_5, -1e9] {
        let ratings = [0, 1, 2].map(|rated| GivenRating { rater: 0, rated, rating });
        let found = trust(&ratings, 2, 3, &TrustSettings::default()).expect("sound");
        assert!(found.settled && found.fairness == [0.9, 0.9], "{found:?}");
        assert!(found.goodness.iter().all(|goodness| (goodness - rating).abs() <= 1e-9 * rating.abs()), "{found:?}");
    }
}

fn some_ratings() -> impl Strategy<Value = Vec<GivenRating>> {
    prop::collection::btree_map((0u32..9, 0u32..7), 1u32..6, 1..40).prop_map(|map| {
        map.into_iter()
            .map(|((rater, rated), rating)| GivenRating { rater, rated, rating: f64::from(rating) })
            .collect()
    })
}

proptest! {
    #[test]
    fn order_and_scale_change_nothing(ratings in some_ratings(), turn in 0usize..40, by in 0.01f64..100.0, plus in -50f64..50.0) {
        let plain = trust(&ratings, 9, 7, &TrustSettings::default()).expect("sound");
        let mut other = ratings.clone();
        let turn = turn % other.len();
        other.rotate_left(turn);
        prop_assert_eq!(&plain, &trust(&other, 9, 7, &TrustSettings::default()).expect("sound"));
        other.iter_mut().for_each(|one| one.rating = one.rating * by + plus);
        let scaled = trust(&other, 9, 7, &TrustSettings::default()).expect("sound");
        prop_assume!(plain.settled && scaled.settled);
        for (one, other) in plain.fairness.iter().zip(&scaled.fairness) {
            prop_assert!((one - other).abs() < 1e-4, "{one} {other}");
        }
        for (one, other) in plain.goodness.iter().zip(&scaled.goodness) {
            prop_assert!((one * by + plus - other).abs() < 1e-3 * by, "{one} {other}");
        }
        prop_assert!(plain.fairness.iter().all(|fairness| (0.0..=1.0).contains(fairness)));
    }
}
