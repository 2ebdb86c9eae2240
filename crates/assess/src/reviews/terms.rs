//! Texts as weighed terms.
//!
//! Holds the terms of texts, taken apart once, and for those that were learned from how rare each is and to which kind it belongs. It must
//! never let a term count that only a text that is judged has.

use crate::words::tokens_of;
use std::collections::HashMap;

/// Texts taken apart: every term has a number.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    numbers: HashMap<Box<str>, u32>,
    texts: Vec<Box<str>>,
    /// For each text its terms, rising, and how often each stands in it.
    counts: Vec<Counts>,
    longest: usize,
}

/// Terms, rising, and how often each stands in a text.
pub(super) type Counts = Vec<(u32, f64)>;

/// What was learned of terms, by their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    /// How much a term counts, for being rare; 0 for one that was not learned.
    rarity: Vec<f64>,
    /// Logarithm of how much more often a term is in texts of the first kind.
    leaning: Vec<f64>,
}

/// Terms, rising, with weights whose squares add up to 1.
pub(super) type Weights = Vec<(u32, f64)>;

/// One text, weighed in two ways.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Weighed {
    /// By how often terms stand in it, and how rare they are.
    pub(super) by_rarity: Weights,
    /// By whether terms stand in it, and to which kind they belong.
    pub(super) by_leaning: Weights,
    /// Share of the terms of the text that are known.
    pub(super) known: f64,
}

impl Counted {
    /// Takes texts apart: every word, and every run of up to `longest` words, is a term.
    pub(super) fn of(texts: &[&str], longest: usize) -> Self {
        let mut own = Self { longest, ..Self::default() };
        for text in texts {
            let mut found = Vec::new();
            each(text, longest, |term| {
                let next = own.texts.len() as u32;
                found.push(*own.numbers.entry(term.into()).or_insert_with(|| {
                    own.texts.push(term.into());
                    next
                }));
            });
            own.counts.push(counts(found));
        }
        own
    }

    /// Terms of one of the texts.
    pub(super) fn counts(&self, text: usize) -> &Counts {
        &self.counts[text]
    }

    /// Terms of another text that stand in these as well, and how many do not.
    pub(super) fn known(&self, text: &str) -> (Counts, f64) {
        let (mut found, mut unknown) = (Vec::new(), 0.0);
        each(text, self.longest, |term| match self.numbers.get(term) {
            Some(number) => found.push(*number),
            None => unknown += 1.0,
        });
        (counts(found), unknown)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The text of a term.
    pub(super) fn text(&self, term: u32) -> &str {
        &self.texts[term as usize]
    }
}

/// How often each stands there.
fn counts(mut terms: Vec<u32>) -> Counts {
    terms.sort_unstable();
    terms.chunk_by(|one, other| one == other).map(|same| (same[0], same.len() as f64)).collect()
}

impl Terms {
    /// Learns from some of the texts; `kinds` tells of each whether it is of the first kind.
    pub(super) fn learned(counted: &Counted, texts: &[usize], kinds: &[bool]) -> Self {
        // Texts of the first and of the second kind that a term is in.
        let mut in_texts = vec![[0.0_f64; 2]; counted.len()];
        for (text, first) in texts.iter().zip(kinds) {
            for (term, _) in counted.counts(*text) {
                in_texts[*term as usize][usize::from(!first)] += 1.0;
            }
        }
        let seen = |own: &[f64; 2]| own[0] + own[1] > 0.0;
        let all = texts.len() as f64;
        // One text more than there is of each, as a term that one kind has not used may come.
        let sums = in_texts
            .iter()
            .filter(|own| seen(own))
            .fold([0.0; 2], |sums, own| [sums[0] + own[0] + 1.0, sums[1] + own[1] + 1.0]);
        let rarity = |own: &[f64; 2]| if seen(own) { ((1.0 + all) / (1.0 + own[0] + own[1])).ln() + 1.0 } else { 0.0 };
        let leaning = |own: &[f64; 2]| match seen(own) {
            true => ((own[0] + 1.0) / sums[0]).ln() - ((own[1] + 1.0) / sums[1]).ln(),
            false => 0.0,
        };
        Self { rarity: in_texts.iter().map(rarity).collect(), leaning: in_texts.iter().map(leaning).collect() }
    }

    /// Weighs a text by what was learned; `unknown` of its terms have no number.
    pub(super) fn weighed(&self, counts: &Counts, mut unknown: f64) -> Weighed {
        let (mut known, mut by_rarity, mut by_leaning) = (0.0, Vec::new(), Vec::new());
        for (term, count) in counts {
            let rarity = self.rarity[*term as usize];
            if rarity > 0.0 {
                known += count;
                by_rarity.push((*term, (1.0 + count.ln()) * rarity));
                by_leaning.push((*term, self.leaning[*term as usize]));
            } else {
                unknown += count;
            }
        }
        Weighed {
            by_rarity: of_length_one(by_rarity),
            by_leaning: of_length_one(by_leaning),
            known: if known > 0.0 { known / (known + unknown) } else { 0.0 },
        }
    }
}

fn of_length_one(mut weights: Weights) -> Weights {
    let length = weights.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
    if length > 0.0 {
        weights.iter_mut().for_each(|(_, weight)| *weight /= length);
    }
    weights
}

/// Gives each term of a text: every word, and every run of up to `longest` words.
fn each(text: &str, longest: usize, mut give: impl FnMut(&str)) {
    let words = tokens_of(text);
    for length in 1..=longest {
        words.windows(length).for_each(|run| give(&run.join(" ")));
    }
}
