//! Texts as sets of hashed words and pairs of words, in any script.
//!
//! Holds normalization, shingles, MinHash and the exact Jaccard similarity (Broder 1997). It must never know who wrote.

use crate::words::{shared, whole, words_of};
use model::draws::mix;

/// Number of minima kept of each text. At a similarity of .4, all differ in 3 of 10,000 pairs.
const MINIMA: usize = 16;

/// A text as the set of its shingles.
pub(super) struct Shingles {
    /// Hashes of words and of pairs of neighbouring words, rising, each once.
    hashes: Vec<u64>,
    /// MinHash signature.
    minima: [u32; MINIMA],
    /// Number of words; in scripts without spaces, of signs.
    pub(super) words: usize,
}

impl Shingles {
    pub(super) fn of(text: &str) -> Self {
        let words = words_of(text);
        let mut hashes = words.clone();
        hashes.extend(words.windows(2).map(|pair| mix(pair[0].rotate_left(17) ^ pair[1])));
        hashes.sort_unstable();
        hashes.dedup();
        let mut minima = [u32::MAX; MINIMA];
        for hash in &hashes {
            for (place, minimum) in minima.iter_mut().enumerate() {
                let value =
                    hash.wrapping_mul(MULTIPLIERS[place]).rotate_left(29).wrapping_mul(MULTIPLIERS[MINIMA - 1 - place]);
                *minimum = (*minimum).min((value >> 32) as u32);
            }
        }
        Self { hashes, minima, words: words.len() }
    }

    /// One hash for the whole set.
    pub(super) fn whole(&self) -> u64 {
        whole(self.words, &self.hashes)
    }

    /// Exact Jaccard similarity, or `None` where it is surely or almost surely below `least`.
    pub(super) fn similarity(&self, other: &Self, least: f64) -> Option<f64> {
        let (short, long) = (self.hashes.len().min(other.hashes.len()), self.hashes.len().max(other.hashes.len()));
        if (short as f64) < least * long as f64 || self.minima.iter().zip(&other.minima).all(|(a, b)| a != b) {
            return None;
        }
        let both = shared(&self.hashes, &other.hashes);
        let similarity = both as f64 / (self.hashes.len() + other.hashes.len() - both).max(1) as f64;
        (similarity >= least).then_some(similarity)
    }
}

/// Odd multipliers, one for each minimum.
const MULTIPLIERS: [u64; MINIMA] = multipliers();

const fn multipliers() -> [u64; MINIMA] {
    let mut values = [0; MINIMA];
    let mut index = 0;
    while index < MINIMA {
        values[index] = mix(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(index as u64 + 1)) | 1;
        index += 1;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_of_any_script() {
        for (text, words) in [
            ("The staff don't listen!", 4),
            ("醫護人員很好,謝謝", 8),
            ("ＡＢＣ abc", 2),
            ("приём 3 часа", 3),
            ("😀👍", 0),
            ("", 0),
        ] {
            assert_eq!(Shingles::of(text).words, words, "{text}");
        }
        assert_eq!(Shingles::of("Ｇｏｏｄ care").similarity(&Shingles::of("good CARE."), 0.4), Some(1.0));
    }

    proptest! {
        #[test]
        fn similarity_is_that_of_the_sets(
            left in proptest::collection::vec(0_u8..40, 1..60),
            right in proptest::collection::vec(0_u8..40, 1..60),
        ) {
            let text = |words: &[u8]| words.iter().map(|word| format!("w{word}")).collect::<Vec<_>>().join(" ");
            let (a, b) = (Shingles::of(&text(&left)), Shingles::of(&text(&right)));
            let set = |one: &Shingles| one.hashes.iter().copied().collect::<std::collections::BTreeSet<_>>();
            let exact = set(&a).intersection(&set(&b)).count() as f64 / set(&a).union(&set(&b)).count() as f64;
            match a.similarity(&b, 0.4) {
                Some(found) => prop_assert!((found - exact).abs() < 1e-12),
                // A miss of MinHash is rarer the more alike the texts are; at .7 it is below 1 in 200 million.
                None => prop_assert!(exact < 0.7),
            }
        }
    }
}
