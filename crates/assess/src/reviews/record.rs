//! How often a classifier is right on what it has not seen.
//!
//! Holds the record that every use of it must show. It must never count a review that its classifier has learned from.

use super::{LabelledReview, ReviewClassifier, ReviewSettings, counted};
use crate::AssessError;
use model::estimate::wilson;
use model::ranking::Area;
use rayon::prelude::*;

/// Probability that the interval of the accuracy holds the true one.
const LEVEL: f64 = 0.95;

/// How a classifier does that has never seen the group it is asked about.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewRecord {
    /// For each review the probability that it was made up, by a classifier that has not seen its group.
    pub probabilities: Vec<f64>,
    /// Reviews on the right side of one half.
    pub right: usize,
    /// Share of them, 0 to 1.
    pub accuracy: f64,
    /// The same with an interval of 95 % (E. B. Wilson, 1927), as if reviews were drawn one by one.
    pub interval: (f64, f64),
    /// Chance that one that was made up has a higher probability than one that was not.
    pub area: f64,
    /// Mean squared difference of probability and truth (G. W. Brier, 1950).
    pub brier: f64,
    /// Made-up reviews taken for honest, and honest ones taken for made up.
    pub missed: usize,
    /// See `missed`.
    pub wronged: usize,
    /// Each group, in the order of their numbers.
    pub groups: Vec<OfGroup>,
}

/// How it does on one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfGroup {
    /// Its number.
    pub group: u32,
    /// Reviews in it.
    pub reviews: usize,
    /// Those on the right side.
    pub right: usize,
}

/// Leaves out one group after the other, learns from the rest, and tells how often that is right on the group left out. Texts are taken apart
/// once; else it takes as long as training once for each group.
///
/// # Errors
/// As [`ReviewClassifier::train`], and fewer than two groups.
pub fn left_out(reviews: &[LabelledReview<'_>], settings: &ReviewSettings) -> Result<ReviewRecord, AssessError> {
    let mut groups: Vec<u32> = reviews.iter().map(|review| review.group).collect();
    groups.sort_unstable();
    groups.dedup();
    if groups.len() < 2 {
        let write = "what each review is about, two things at least, so that one can be left out";
        return Err(AssessError::Data {
            column: "group",
            found: format!("no two groups among {} reviews", reviews.len()),
            write,
        });
    }
    settings.check()?;
    let counted = counted(reviews, settings);
    let found: Vec<Vec<(usize, f64)>> = groups
        .par_iter()
        .map(|group| {
            let of_group = |is: bool| -> Vec<usize> {
                (0..reviews.len()).filter(|review| (reviews[*review].group == *group) == is).collect()
            };
            let classifier = ReviewClassifier::learned(&counted, reviews, &of_group(false), settings)?;
            Ok(of_group(true).into_iter().map(|review| (review, classifier.probability_of(review))).collect())
        })
        .collect::<Result<_, AssessError>>()?;
    let mut probabilities = vec![0.0; reviews.len()];
    found.into_iter().flatten().for_each(|(place, probability)| probabilities[place] = probability);
    Ok(record(reviews, probabilities, &groups))
}

fn record(reviews: &[LabelledReview<'_>], probabilities: Vec<f64>, groups: &[u32]) -> ReviewRecord {
    let is_right = |place: usize| (probabilities[place] >= 0.5) == reviews[place].deceptive;
    let right = (0..reviews.len()).filter(|place| is_right(*place)).count();
    let wrong = |deceptive: bool| {
        (0..reviews.len()).filter(|place| reviews[*place].deceptive == deceptive && !is_right(*place)).count()
    };
    let of_group = |group: &u32| {
        let own: Vec<usize> = (0..reviews.len()).filter(|place| reviews[*place].group == *group).collect();
        OfGroup { group: *group, reviews: own.len(), right: own.iter().filter(|place| is_right(**place)).count() }
    };
    let squares = reviews.iter().zip(&probabilities).map(|(review, probability)| {
        let truth = f64::from(u8::from(review.deceptive));
        (probability - truth) * (probability - truth)
    });
    let all = reviews.len() as f64;
    let deceptive: Vec<bool> = reviews.iter().map(|review| review.deceptive).collect();
    // Both kinds are there, as nothing is learned without them.
    let area = Area::of_events(&probabilities, &deceptive);
    ReviewRecord {
        right,
        accuracy: right as f64 / all,
        interval: wilson(right as f64, all, LEVEL),
        area: area.map_or(f64::NAN, |area| area.value),
        brier: squares.sum::<f64>() / all,
        missed: wrong(true),
        wronged: wrong(false),
        groups: groups.iter().map(of_group).collect(),
        probabilities,
    }
}
