//! The join against all pairs compared one by one, and what must not change it.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn found<T: AsRef<str> + Sync>(texts: &[T], settings: &NeardupSettings) -> NearDuplicates {
    near_duplicates(texts, settings).expect("the settings are sound")
}

/// The same by definition: every pair of texts, by sets.
fn plain(texts: &[String], settings: &NeardupSettings) -> Vec<(u32, u32, f64)> {
    let sets: Vec<BTreeSet<u64>> = texts.iter().map(|text| settings.set_of(text).into_iter().collect()).collect();
    let mut pairs = Vec::new();
    for (right, one) in sets.iter().enumerate() {
        for (left, other) in sets[..right].iter().enumerate() {
            let both = one.intersection(other).count() as f64;
            let either = one.union(other).count() as f64;
            if either > 0.0 && both / either >= settings.least {
                pairs.push((left as u32, right as u32, both / either));
            }
        }
    }
    pairs.sort_unstable_by_key(|(left, right, _)| (*left, *right));
    pairs
}

fn sorted(found: &NearDuplicates) -> Vec<(u32, u32, f64)> {
    let mut pairs: Vec<(u32, u32, f64)> = found.pairs().map(|pair| (pair.left, pair.right, pair.similarity)).collect();
    pairs.sort_unstable_by_key(|(left, right, _)| (*left, *right));
    pairs
}

/// Texts of few words, many of them with small changes.
fn texts() -> impl Strategy<Value = Vec<String>> {
    let words = proptest::collection::vec(0_u8..6, 0..14);
    let change = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0_u8..6, any::<bool>());
    let spaced = |words: &[u8]| words.iter().map(|word| format!("w{word}")).collect::<Vec<_>>().join(" ");
    (proptest::collection::vec(words, 1..25), proptest::collection::vec(change, 0..25)).prop_map(
        move |(mut all, changes)| {
            for (of, at, word, changed) in changes {
                let mut copy = of.get(&all).clone();
                if changed && !copy.is_empty() {
                    let at = at.index(copy.len());
                    copy[at] = word;
                }
                all.push(copy);
            }
            all.iter().map(|words| spaced(words)).collect()
        },
    )
}

proptest! {
    #[test]
    fn every_pair_is_found_and_no_other(
        texts in texts(),
        least in prop::sample::select(vec![0.05, 0.3, 0.5, 2.0 / 3.0, 0.8, 0.9, 1.0]),
        size in 1_usize..4,
        letters in any::<bool>(),
    ) {
        let unit = if letters { Unit::Letters } else { Unit::Words };
        let settings = NeardupSettings { unit, size, least };
        let found = found(&texts, &settings);
        prop_assert_eq!(sorted(&found), plain(&texts, &settings));
        prop_assert_eq!(found.pairs_total() as usize, found.pairs().count());
    }

    #[test]
    fn the_order_of_texts_changes_nothing(texts in texts(), turn in 0_usize..40) {
        let settings = NeardupSettings { least: 0.5, ..NeardupSettings::default() };
        let turned: Vec<&String> = texts.iter().cycle().skip(turn % texts.len()).take(texts.len()).collect();
        let back = |number: u32| ((number as usize + turn % texts.len()) % texts.len()) as u32;
        let mut again: Vec<(u32, u32, f64)> = sorted(&found(&turned, &settings))
            .into_iter()
            .map(|(left, right, similarity)| (back(left).min(back(right)), back(left).max(back(right)), similarity))
            .collect();
        again.sort_unstable_by_key(|(left, right, _)| (*left, *right));
        prop_assert_eq!(sorted(&found(&texts, &settings)), again);
    }

    #[test]
    fn a_group_is_what_pairs_connect(texts in texts()) {
        let found = found(&texts, &NeardupSettings { least: 0.4, size: 2, ..NeardupSettings::default() });
        let groups = found.groups();
        let mut plain: Vec<u32> = (0..texts.len() as u32).collect();
        // The lowest number spreads along pairs until nothing changes.
        loop {
            let before = plain.clone();
            for pair in found.pairs() {
                let least = plain[pair.left as usize].min(plain[pair.right as usize]);
                plain[pair.left as usize] = least;
                plain[pair.right as usize] = least;
            }
            if plain == before {
                break;
            }
        }
        prop_assert_eq!(groups, plain);
    }
}

#[test]
fn a_hundred_thousand_copies_cost_as_much_as_one() {
    let mut texts = vec!["The rules must stay as they are, for the sake of all who pay the bills".to_owned(); 100_000];
    texts.push("The rules must stay as they are, for the sake of all who pay their bills".to_owned());
    texts.push("Nobody has said anything about the garden".to_owned());
    let found = found(&texts, &NeardupSettings { least: 0.6, ..NeardupSettings::default() });
    assert_eq!(found.pairs_total(), 100_000 * 99_999 / 2 + 100_000);
    let groups = found.groups();
    assert_eq!((groups[100_000], groups[100_001]), (0, 100_001));
    assert_eq!(found.pairs().take(3).map(|pair| (pair.left, pair.right)).collect::<Vec<_>>(), [(0, 1), (0, 2), (0, 3)]);
}

#[test]
fn texts_of_any_script_and_none() {
    let texts =
        ["醫護人員很好,謝謝", "醫護人員很好!謝謝", "", "  !?", "Ｇｏｏｄ care here", "good CARE, here.", "ok", "OK"];
    let found = found(&texts, &NeardupSettings::default());
    assert_eq!(sorted(&found), [(0, 1, 1.0), (4, 5, 1.0), (6, 7, 1.0)]);
    assert_eq!((found.texts(), found.empty()), (8, 2));
    assert_eq!(found.groups(), [0, 0, 2, 3, 4, 4, 6, 6]);
}

#[test]
fn a_pair_tells_what_both_say() {
    let settings = NeardupSettings { least: 0.3, ..NeardupSettings::default() };
    let (left, right) =
        ("The nurses are kind and the food is good. I would come again", "They say the food is good. I would stay");
    let why = explain(left, right, &settings).expect("the settings are sound");
    let exact = plain(&[left.to_owned(), right.to_owned()], &NeardupSettings { least: 0.01, ..settings })[0].2;
    assert!((why.value - exact).abs() < 1e-12, "{why:?}");
    assert_eq!(why.because.contributions[0].label, "the food is good. I would");
    let shared: f64 = why.because.contributions.iter().map(|one| one.value).sum();
    assert!((shared - why.because.figures[0].1).abs() < 1e-12);
}

#[test]
fn the_passage_is_whole_in_letters_and_in_any_script() {
    let letters = NeardupSettings { unit: Unit::Letters, size: 5, least: 0.3 };
    let words = NeardupSettings { least: 0.3, ..NeardupSettings::default() };
    for (left, right, settings, passage) in [
        ("one two three four", "one two three four", letters, "one two three four"),
        ("so one two three four", "and one two three four", letters, "one two three four"),
        ("a b", "a b", letters, "a b"),
        ("醫院很好護士很親切", "那家醫院很好護士很忙", words, "醫院很好護士很"),
        ("a b", "a b", words, "a b"),
    ] {
        let why = explain(left, right, &settings).expect("the settings are sound");
        assert_eq!(why.because.contributions.first().map(|one| &*one.label), Some(passage), "{left} and {right}");
    }
}

#[test]
fn settings_that_mean_nothing_are_refused() {
    for (settings, write) in [
        (NeardupSettings { least: 0.0, ..NeardupSettings::default() }, "a share above 0"),
        (NeardupSettings { least: f64::NAN, ..NeardupSettings::default() }, "a share above 0"),
        (NeardupSettings { size: 0, ..NeardupSettings::default() }, "1 or more"),
    ] {
        let error = near_duplicates(&["a"], &settings).expect_err("refused");
        assert!(error.to_string().contains(write), "{error}");
    }
}
