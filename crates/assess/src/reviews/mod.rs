//! Which reviews read like those that were made up.
//!
//! Holds a classifier of texts that learns from labelled reviews, and the record of how often it is right on groups it has not seen. It
//! must never judge a group by a classifier that has seen it, and never look at anything but the text: who wrote it, and where it was
//! collected, gives labels away that will not be there when it matters.
//!
//! Words and pairs of neighbouring words are weighed in two ways: by how often they stand in a text and how rare they are (G. Salton and C.
//! Buckley, "Term-weighting approaches in automatic text retrieval", 1988), and by whether they stand in it and which kind uses them
//! more (S. Wang and C. D. Manning, "Baselines and bigrams", ACL 2012). A linear support vector machine (C. Cortes and V. Vapnik, 1995)
//! parts the two kinds by either; the sum of both distances becomes a probability by what was said of groups that had not been seen (J.
//! Platt, "Probabilities for SV machines", 2000). Near M. Ott, Y. Choi, C. Cardie and J. T. Hancock, "Finding deceptive opinion spam by any stretch of the
//! imagination", ACL 2011.

mod linear;
mod record;
mod terms;

#[cfg(test)]
mod plain;
#[cfg(test)]
mod tests;

pub use record::{OfGroup, ReviewRecord, left_out};

use crate::AssessError;
use linear::{Line, line, sigmoid};
use rayon::prelude::*;
use std::sync::Arc;
use terms::{Counted, Terms, Weighed};

/// A review of which it is known whether it was made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelledReview<'a> {
    /// What was written.
    pub text: &'a str,
    /// True where it was made up.
    pub deceptive: bool,
    /// Number of what it is about; reviews of the same are never on both sides of a test.
    pub group: u32,
}

/// How reviews are learned from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReviewSettings {
    /// What a review on the wrong side costs; less for noisier labels.
    pub cost: f64,
    /// Words in a row that count as one term at most.
    pub longest: usize,
    /// Words that are told as reasons.
    pub reasons: usize,
    /// Seed of the order in which reviews are gone through.
    pub seed: u64,
}

impl Default for ReviewSettings {
    fn default() -> Self {
        Self { cost: 1.0, longest: 2, reasons: 5, seed: 1 }
    }
}

impl ReviewSettings {
    fn check(&self) -> Result<(), AssessError> {
        let wrong = |name, found: String, write| Err(AssessError::Setting { name, found, write });
        if !(self.cost > 0.0 && self.cost.is_finite()) {
            return wrong("cost", self.cost.to_string(), "a number above 0; 1 is usual");
        }
        if self.longest == 0 || self.longest > 4 {
            return wrong("longest", self.longest.to_string(), "1 to 4 words; 2 are usual");
        }
        Ok(())
    }
}

/// What a text reads like.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewScore {
    /// Probability that it was made up, if such texts are as frequent as among those learned from.
    pub probability: f64,
    /// Terms that speak most for and against it: what they add to the distance, above 0 for made up, the strongest first.
    pub reasons: Vec<(String, f64)>,
    /// Share of its terms that were ever seen, 0 to 1; where it is low the probability says little.
    pub known: f64,
}

/// What was learned.
#[derive(Clone, Debug)]
pub struct ReviewClassifier {
    counted: Arc<Counted>,
    lines: Lines,
    /// One over how far distances to each line scatter.
    scales: [f64; 2],
    /// Probability is the sigmoid of slope times the sum of scaled distances, plus offset.
    slope: f64,
    offset: f64,
    reasons: usize,
}

impl ReviewClassifier {
    /// Learns from reviews. About O(words × rounds), and that once more for each of up to ten parts, by which distances become
    /// probabilities: groups where there are three or more, else every tenth review.
    ///
    /// # Errors
    /// Settings that nothing can be learned with, fewer than ten reviews of either kind.
    pub fn train(reviews: &[LabelledReview<'_>], settings: &ReviewSettings) -> Result<Self, AssessError> {
        settings.check()?;
        let all: Vec<usize> = (0..reviews.len()).collect();
        Self::learned(&counted(reviews, settings), reviews, &all, settings)
    }

    /// Learns from some of the reviews, whose texts are taken apart already.
    fn learned(
        counted: &Arc<Counted>,
        reviews: &[LabelledReview<'_>],
        own: &[usize],
        settings: &ReviewSettings,
    ) -> Result<Self, AssessError> {
        let deceptive = own.iter().filter(|review| reviews[**review].deceptive).count();
        let fewest = deceptive.min(own.len() - deceptive);
        if fewest < FEWEST {
            let write = "at least ten of either kind; where groups are given, so many outside of each group";
            let found = format!("{deceptive} that were made up and {} that were not", own.len() - deceptive);
            return Err(AssessError::Data { column: "label", found, write });
        }
        let parts = parts_of(&own.iter().map(|review| reviews[*review]).collect::<Vec<_>>());
        let count = parts.iter().max().map_or(0, |most| *most as usize + 1);
        let found: Vec<Vec<([f64; 2], bool)>> = (0..count)
            .into_par_iter()
            .map(|part| {
                let of_part = |seen: bool| -> Vec<usize> {
                    let all = own.iter().zip(&parts);
                    all.filter(|(_, of)| (**of as usize == part) != seen).map(|(review, _)| *review).collect()
                };
                let lines = Lines::learned(counted, reviews, &of_part(true), settings);
                let distances = |review: usize| lines.distances(&lines.terms.weighed(counted.counts(review), 0.0));
                of_part(false).into_iter().map(|review| (distances(review), reviews[review].deceptive)).collect()
            })
            .collect();
        let found = found.concat();
        let scales = [0, 1].map(|line| 1.0 / spread(found.iter().map(|(distances, _)| distances[line])));
        let summed = |([one, other], kind): &([f64; 2], bool)| (one * scales[0] + other * scales[1], *kind);
        let (slope, offset) = sigmoid(&found.iter().map(summed).collect::<Vec<_>>());
        let lines = Lines::learned(counted, reviews, own, settings);
        Ok(Self { counted: Arc::clone(counted), lines, scales, slope, offset, reasons: settings.reasons })
    }

    /// What a text reads like. O(words).
    pub fn score(&self, text: &str) -> ReviewScore {
        let (counts, unknown) = self.counted.known(text);
        let weighed = self.lines.terms.weighed(&counts, unknown);
        let moved = |((term, rare), (_, lean)): (&(u32, f64), &(u32, f64))| {
            let (first, second) = (self.lines.by_rarity.weight(*term), self.lines.by_leaning.weight(*term));
            (*term, rare * first * self.scales[0] + lean * second * self.scales[1])
        };
        let mut reasons: Vec<(u32, f64)> = weighed.by_rarity.iter().zip(&weighed.by_leaning).map(moved).collect();
        reasons.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()).then(one.0.cmp(&other.0)));
        reasons.truncate(self.reasons);
        let told = |(term, weight): (u32, f64)| (self.counted.text(term).to_owned(), weight);
        ReviewScore {
            probability: self.probability(&weighed),
            reasons: reasons.into_iter().map(told).collect(),
            known: weighed.known,
        }
    }

    /// Probability of one of the reviews whose texts are taken apart.
    fn probability_of(&self, review: usize) -> f64 {
        self.probability(&self.lines.terms.weighed(self.counted.counts(review), 0.0))
    }

    fn probability(&self, weighed: &Weighed) -> f64 {
        let [one, other] = self.lines.distances(weighed);
        let distance = one * self.scales[0] + other * self.scales[1];
        1.0 / (1.0 + (-(self.slope * distance + self.offset)).exp())
    }
}

/// The texts of reviews, taken apart.
fn counted(reviews: &[LabelledReview<'_>], settings: &ReviewSettings) -> Arc<Counted> {
    let texts: Vec<&str> = reviews.iter().map(|review| review.text).collect();
    Arc::new(Counted::of(&texts, settings.longest))
}

/// Reviews of either kind at least.
const FEWEST: usize = 10;
/// Parts at most.
const PARTS: u32 = 10;

/// What parts the two kinds.
#[derive(Clone, Debug)]
struct Lines {
    terms: Terms,
    by_rarity: Line,
    by_leaning: Line,
}

impl Lines {
    fn learned(counted: &Counted, reviews: &[LabelledReview<'_>], own: &[usize], settings: &ReviewSettings) -> Self {
        let signs: Vec<bool> = own.iter().map(|review| reviews[*review].deceptive).collect();
        let terms = Terms::learned(counted, own, &signs);
        let weighed: Vec<Weighed> = own.iter().map(|review| terms.weighed(counted.counts(*review), 0.0)).collect();
        let by = |weights: fn(&Weighed) -> &terms::Weights| {
            line(&weighed.iter().map(weights).collect::<Vec<_>>(), &signs, counted.len(), settings)
        };
        let (by_rarity, by_leaning) = (by(|own| &own.by_rarity), by(|own| &own.by_leaning));
        Self { terms, by_rarity, by_leaning }
    }

    fn distances(&self, text: &Weighed) -> [f64; 2] {
        [self.by_rarity.distance(&text.by_rarity), self.by_leaning.distance(&text.by_leaning)]
    }
}

/// Standard deviation; 1 where there is none.
fn spread(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = values.clone().count().max(1) as f64;
    let mean = values.clone().sum::<f64>() / count;
    let square = values.map(|value| (value - mean) * (value - mean)).sum::<f64>() / count;
    if square > 0.0 { square.sqrt() } else { 1.0 }
}

/// The part of each review: whole groups where there are three or more, in ten parts at most.
fn parts_of(reviews: &[LabelledReview<'_>]) -> Vec<u32> {
    let mut groups: Vec<u32> = reviews.iter().map(|review| review.group).collect();
    groups.sort_unstable();
    groups.dedup();
    if groups.len() < 3 {
        // Of each kind every tenth, so that every part has both.
        let mut counts = [0, 0];
        let next = |review: &LabelledReview<'_>| {
            let count = &mut counts[usize::from(review.deceptive)];
            *count += 1;
            *count % PARTS
        };
        return reviews.iter().map(next).collect();
    }
    let place = |group: u32| groups.binary_search(&group).unwrap_or(0) as u32;
    reviews.iter().map(|review| place(review.group) % PARTS).collect()
}
