//! Reviews with planted words, and properties of the fits.

use super::linear::{line, sigmoid};
use super::terms::{Counted, Terms};
use super::*;
use crate::chance::tests::Dice;
use proptest::prelude::*;

/// Reviews of some hotels; those that are made up use other words a little more often.
fn reviews(count: usize, seed: u64) -> Vec<(String, bool, u32)> {
    let mut dice = Dice(seed);
    let (honest, made_up) = (["small", "floor", "lobby", "street", "("], ["luxury", "husband", "vacation", "my", "!"]);
    (0..count)
        .map(|number| {
            let deceptive = number % 2 == 0;
            let words: Vec<String> = (0..60)
                .map(|_| match dice.below(10) {
                    0 if deceptive => made_up[dice.below(5)].to_owned(),
                    0 => honest[dice.below(5)].to_owned(),
                    1 => if dice.below(2) == 0 { made_up[dice.below(5)] } else { honest[dice.below(5)] }.to_owned(),
                    _ => format!("word{}", dice.below(400)),
                })
                .collect();
            (words.join(" "), deceptive, (number / 2 % 8) as u32)
        })
        .collect()
}

fn labelled(reviews: &[(String, bool, u32)]) -> Vec<LabelledReview<'_>> {
    reviews
        .iter()
        .map(|(text, deceptive, group)| LabelledReview { text, deceptive: *deceptive, group: *group })
        .collect()
}

#[test]
fn planted_words_are_found_and_told_as_reasons() {
    let all = reviews(600, 1);
    let record = left_out(&labelled(&all), &ReviewSettings::default()).expect("enough");
    assert!(record.accuracy > 0.9 && record.area > 0.96, "{} {}", record.accuracy, record.area);
    assert!(record.interval.0 < record.accuracy && record.accuracy < record.interval.1);
    assert_eq!(record.groups.iter().map(|group| group.reviews).sum::<usize>(), 600);
    assert_eq!(record.right + record.missed + record.wronged, 600);
    let classifier = ReviewClassifier::train(&labelled(&all), &ReviewSettings::default()).expect("enough");
    let (made_up, honest) = (classifier.score("my husband luxury"), classifier.score("small lobby ( street"));
    assert!(made_up.probability > 0.9 && honest.probability < 0.1);
    assert!(made_up.reasons.iter().any(|(term, weight)| term == "husband" && *weight > 0.0), "{made_up:?}");
    assert_eq!(classifier.score("nothing of this kind").known, 0.0);
}

#[test]
fn words_that_say_nothing_are_not_believed() {
    // Labels that have nothing to do with the texts: right as often as wrong, and never sure.
    let mut all = reviews(400, 2);
    let mut dice = Dice(3);
    all.iter_mut().for_each(|review| review.1 = dice.below(2) == 0);
    let record = left_out(&labelled(&all), &ReviewSettings::default()).expect("enough");
    assert!((record.accuracy - 0.5).abs() < 0.1, "{}", record.accuracy);
    let sure = record.probabilities.iter().filter(|probability| !(0.2..0.8).contains(*probability)).count();
    assert!(sure < 20, "{sure}");
}

#[test]
fn what_nothing_can_be_learned_from_is_refused() {
    let all = reviews(400, 1);
    let labelled = labelled(&all);
    let train = |reviews: &[LabelledReview<'_>], settings: ReviewSettings| ReviewClassifier::train(reviews, &settings);
    let made_up: Vec<LabelledReview<'_>> =
        labelled.iter().copied().filter(|review| review.deceptive).take(12).collect();
    let said = train(&made_up, ReviewSettings::default()).expect_err("nothing truthful").to_string();
    assert!(
        said.starts_with("column `label`: there are 12 that were made up and 0 that were not; write at least ten"),
        "{said}"
    );
    assert!(train(&labelled, ReviewSettings { cost: f64::NAN, ..ReviewSettings::default() }).is_err());
    assert!(train(&labelled, ReviewSettings { longest: 0, ..ReviewSettings::default() }).is_err());
    let one: Vec<LabelledReview<'_>> = labelled.iter().map(|review| LabelledReview { group: 0, ..*review }).collect();
    let said = left_out(&one, &ReviewSettings::default()).expect_err("one group").to_string();
    assert!(said.starts_with("column `group`: there are no two groups among 400 reviews; write what"), "{said}");
    assert!(train(&one, ReviewSettings::default()).is_ok());
}

#[test]
fn the_plain_slow_version_says_the_same() {
    for (seed, cost) in [(5, 1.0), (6, 0.2), (7, 4.0)] {
        let all = reviews(64, seed);
        let settings = ReviewSettings { cost, ..ReviewSettings::default() };
        let classifier = ReviewClassifier::train(&labelled(&all), &settings).expect("enough");
        let others = reviews(20, seed + 100);
        let mut texts: Vec<&str> = others.iter().map(|(text, _, _)| text.as_str()).collect();
        texts.extend(["my husband luxury", "small lobby", "nothing of this kind", ""]);
        let plain = super::plain::probabilities(&labelled(&all), &texts, &settings);
        assert!(plain.iter().any(|plain| *plain > 0.7) && plain.iter().any(|plain| *plain < 0.3), "{plain:?}");
        for (text, plain) in texts.iter().zip(plain) {
            let quick = classifier.score(text).probability;
            assert!((quick - plain).abs() < 2e-3, "{quick} {plain}: {text}");
        }
    }
}

/// The value that the line is to make least, by its definition.
fn value(texts: &[&super::terms::Weights], signs: &[bool], line: &super::linear::Line, terms: usize, cost: f64) -> f64 {
    let empty = super::terms::Weights::default();
    let size = (0..terms as u32).map(|term| line.weight(term).powi(2)).sum::<f64>() + line.distance(&empty).powi(2);
    let losses = texts.iter().zip(signs).map(|(text, sign)| {
        let side = if *sign { 1.0 } else { -1.0 };
        (1.0 - side * line.distance(text)).max(0.0).powi(2)
    });
    size / 2.0 + cost * losses.sum::<f64>()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_passes_changes_next_to_nothing(seed in any::<u64>(), cost in 0.1..10.0_f64) {
        let all = reviews(60, seed);
        let texts: Vec<&str> = all.iter().map(|(text, _, _)| text.as_str()).collect();
        let signs: Vec<bool> = all.iter().map(|(_, deceptive, _)| *deceptive).collect();
        let terms = Counted::of(&texts, 2);
        let every: Vec<usize> = (0..texts.len()).collect();
        let learned = Terms::learned(&terms, &every, &signs);
        let weighed: Vec<_> = every.iter().map(|text| learned.weighed(terms.counts(*text), 0.0)).collect();
        let weighed: Vec<_> = weighed.iter().flat_map(|own| [&own.by_rarity, &own.by_leaning]).collect();
        let signs: Vec<bool> = signs.iter().flat_map(|sign| [*sign; 2]).collect();
        let of_seed = |seed| line(&weighed, &signs, terms.len(), &ReviewSettings { cost, seed, ..ReviewSettings::default() });
        let (one, other) = (of_seed(1), of_seed(2));
        // Both are within the tolerance of the one optimum.
        let (first, second) =
            (value(&weighed, &signs, &one, terms.len(), cost), value(&weighed, &signs, &other, terms.len(), cost));
        prop_assert!((first - second).abs() < 1e-3 * first, "{} {}", first, second);
        for text in weighed {
            prop_assert!((text.iter().map(|(_, weight)| weight * weight).sum::<f64>() - 1.0).abs() < 1e-9);
            prop_assert!((one.distance(text) - other.distance(text)).abs() < 0.02);
        }
    }

    #[test]
    fn a_sigmoid_that_was_planted_is_found(slope in 0.5..4.0_f64, offset in -1.0..1.0_f64, seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let found: Vec<(f64, bool)> = (0..20_000)
            .map(|_| {
                let distance = dice.normal();
                (distance, dice.uniform() < 1.0 / (1.0 + (-(slope * distance + offset)).exp()))
            })
            .collect();
        let (a, b) = sigmoid(&found);
        prop_assert!((a - slope).abs() < 0.25 && (b - offset).abs() < 0.15, "{} {}", a, b);
    }
}
