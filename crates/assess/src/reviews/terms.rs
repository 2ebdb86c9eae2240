//! Texts as weighed terms.
//!
//! Holds the terms of the texts that were learned from, with how rare each is and to which kind it belongs. It must never learn a term
//! from a text that is judged.

use crate::words::tokens_of;
use std::collections::{BTreeMap, HashMap};

/// Terms that were learned.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    numbers: HashMap<Box<str>, u32>,
    texts: Vec<Box<str>>,
    /// How much a term counts, for being rare.
    rarity: Vec<f64>,
    /// Logarithm of how much more often a term is in texts of the first kind.
    leaning: Vec<f64>,
    longest: usize,
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

impl Terms {
    /// Learns the terms of texts of two kinds, up to `longest` words in a row, and weighs those texts.
    pub(super) fn of(texts: &[&str], kinds: &[bool], longest: usize) -> (Self, Vec<Weighed>) {
        let mut own = Self { longest, ..Self::default() };
        // Texts of the first and of the second kind that a term is in.
        let mut in_texts: Vec<[f64; 2]> = Vec::new();
        let counted: Vec<BTreeMap<u32, f64>> = texts
            .iter()
            .zip(kinds)
            .map(|(text, first)| {
                let mut counts = BTreeMap::new();
                each(text, longest, |term| {
                    let next = own.texts.len() as u32;
                    let number = match own.numbers.get(term) {
                        Some(number) => *number,
                        None => {
                            own.numbers.insert(term.into(), next);
                            own.texts.push(term.into());
                            in_texts.push([0.0; 2]);
                            next
                        }
                    };
                    *counts.entry(number).or_insert(0.0) += 1.0;
                });
                counts.keys().for_each(|term| in_texts[*term as usize][usize::from(!first)] += 1.0);
                counts
            })
            .collect();
        let all = texts.len() as f64;
        own.rarity = in_texts.iter().map(|[one, other]| ((1.0 + all) / (1.0 + one + other)).ln() + 1.0).collect();
        // One text more than there is of each, as a term that one kind has not used may come.
        let sums = in_texts.iter().fold([0.0; 2], |sums, own| [sums[0] + own[0] + 1.0, sums[1] + own[1] + 1.0]);
        let leaning = |[one, other]: &[f64; 2]| ((one + 1.0) / sums[0]).ln() - ((other + 1.0) / sums[1]).ln();
        own.leaning = in_texts.iter().map(leaning).collect();
        let weighed = counted.into_iter().map(|counts| own.weigh(counts, 0.0)).collect();
        (own, weighed)
    }

    /// Weighs a text by what was learned.
    pub(super) fn weighed(&self, text: &str) -> Weighed {
        let (mut counts, mut unknown) = (BTreeMap::new(), 0.0);
        each(text, self.longest, |term| match self.numbers.get(term) {
            Some(number) => *counts.entry(*number).or_insert(0.0) += 1.0,
            None => unknown += 1.0,
        });
        self.weigh(counts, unknown)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The text of a term.
    pub(super) fn text(&self, term: u32) -> &str {
        &self.texts[term as usize]
    }

    fn weigh(&self, counts: BTreeMap<u32, f64>, unknown: f64) -> Weighed {
        let known: f64 = counts.values().sum();
        let rare = |(term, count): (&u32, &f64)| (*term, (1.0 + count.ln()) * self.rarity[*term as usize]);
        let lean = |term: &u32| (*term, self.leaning[*term as usize]);
        Weighed {
            by_rarity: of_length_one(counts.iter().map(rare).collect()),
            by_leaning: of_length_one(counts.keys().map(lean).collect()),
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
