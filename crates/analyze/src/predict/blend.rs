//! The blend of trees and line, and what is chosen for it by rolling the origin through the past.
//!
//! Holds the choice of depth, number of trees, penalty and shares, and the step from scores to probabilities. It must never see a row
//! of the record.

use super::boosted::Trees;
use super::features::Features;
use super::linear::{Line, fitted, log_loss, sigmoid};
use super::{ChosenModel, PredictionError, PredictionSettings};
use rayon::prelude::*;
use std::ops::Range;

/// Parts of the past; the model learns from those before, and is tried on each of the last.
const PARTS: usize = 6;
/// Parts it is tried on.
const TRIED: usize = 3;
/// Rows of either kind that each of them must have, and those before it.
const FEWEST: usize = 5;
/// Depths that are tried.
const DEPTHS: [usize; 4] = [1, 2, 3, 4];
/// Penalties that are tried.
const PENALTIES: [f64; 6] = [0.1, 1.0, 10.0, 100.0, 1_000.0, 10_000.0];
/// Steps of the share of the trees.
const SHARES: usize = 10;

/// Scores of rows, as log odds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Scores {
    /// Those of the trees.
    pub(super) trees: Vec<f64>,
    /// Those of the line.
    pub(super) linear: Vec<f64>,
}

/// From scores to probabilities.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Calibration {
    /// What a score is multiplied by.
    pub(super) slope: f64,
    offset: f64,
}

impl Calibration {
    /// The most likely one for scores of which it is known what came.
    fn of(scores: &[f64], came: &[bool]) -> Self {
        let design: Vec<f64> = scores.iter().flat_map(|score| [1.0, *score]).collect();
        let target: Vec<f64> = came.iter().map(|came| f64::from(u8::from(*came))).collect();
        // As much as one row that says nothing.
        let weights = fitted(&design, &target, &[1e-6, 1e-3]);
        // What speaks against a score would turn the order around: then it says nothing.
        if weights[1] > 0.0 {
            return Self { slope: weights[1], offset: weights[0] };
        }
        let ones = vec![1.0; came.len()];
        Self { slope: 0.0, offset: fitted(&ones, &target, &[1e-6])[0] }
    }

    fn of_score(self, score: f64) -> f64 {
        self.slope * score + self.offset
    }

    /// Probabilities of scores.
    pub(super) fn probabilities(self, scores: &[f64]) -> Vec<f64> {
        scores.iter().map(|score| sigmoid(self.of_score(*score))).collect()
    }

    fn loss(self, scores: &[f64], came: &[bool]) -> f64 {
        scores.iter().zip(came).map(|(score, came)| log_loss(self.of_score(*score), *came)).sum()
    }
}

/// What was chosen.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plan {
    /// The model.
    pub(super) chosen: ChosenModel,
    /// Probabilities of the blend.
    pub(super) blended: Calibration,
    /// Probabilities of the line alone.
    pub(super) linear: Calibration,
}

impl Plan {
    /// Chooses by rows of which it is known what came, in the order of their times.
    pub(super) fn chosen(
        features: &Features,
        came: &[bool],
        times: &[f64],
        settings: &PredictionSettings,
    ) -> Result<Self, PredictionError> {
        let folds = folds(came, times)?;
        let later: Vec<bool> = folds.iter().flat_map(|fold| came[fold.clone()].iter().copied()).collect();
        let (depth, trees, of_trees) = best_trees(features, came, &folds, settings.most_trees)?;
        let (penalty, of_line) = best_line(features, came, &folds, &later);
        let of_share = |step: usize| {
            let share = step as f64 / SHARES as f64;
            let scores = Scores { trees: of_trees.clone(), linear: of_line.clone() };
            let blended = blend(share, &scores);
            let calibration = Calibration::of(&blended, &later);
            (share, calibration, calibration.loss(&blended, &later))
        };
        let tried: Vec<(f64, Calibration, f64)> = (0..=SHARES).map(of_share).collect();
        let best = tried.iter().min_by(|one, other| one.2.total_cmp(&other.2));
        let (share_of_trees, blended, _) = *best.ok_or(PredictionError::Nothing)?;
        Ok(Self {
            chosen: ChosenModel { depth, trees, penalty, share_of_trees },
            blended,
            linear: Calibration::of(&of_line, &later),
        })
    }

    /// The blended scores.
    pub(super) fn blend(&self, scores: &Scores) -> Vec<f64> {
        blend(self.chosen.share_of_trees, scores)
    }
}

/// Scores of trees and line as one.
fn blend(share: f64, scores: &Scores) -> Vec<f64> {
    scores.trees.iter().zip(&scores.linear).map(|(tree, line)| share * tree + (1.0 - share) * line).collect()
}

/// Parts of the past that the model is tried on: rows of one time stay together.
fn folds(came: &[bool], times: &[f64]) -> Result<Vec<Range<usize>>, PredictionError> {
    let rows = came.len();
    // The first row of the time that stands at a part's beginning.
    let begin = |part: usize| {
        let at = (part * rows / PARTS).min(rows - 1);
        if part == PARTS { rows } else { times.partition_point(|time| *time < times[at]) }
    };
    let enough = |range: Range<usize>| {
        let happened = came[range.clone()].iter().filter(|came| **came).count();
        happened >= FEWEST && range.len() - happened >= FEWEST
    };
    let all = (PARTS - TRIED..PARTS).map(|part| begin(part)..begin(part + 1));
    let good: Vec<Range<usize>> = all.filter(|fold| enough(0..fold.start) && enough(fold.clone())).collect();
    if good.is_empty() {
        let what = "of the past stand at times that can be told apart, with enough of either kind";
        return Err(PredictionError::Few { what, found: 0, fewest: FEWEST });
    }
    Ok(good)
}

/// Depth and number of trees with the least loss over all folds, and the scores that they gave there.
fn best_trees(
    features: &Features,
    came: &[bool],
    folds: &[Range<usize>],
    most: usize,
) -> Result<(usize, usize, Vec<f64>), PredictionError> {
    let every: Vec<(usize, usize)> =
        DEPTHS.iter().flat_map(|depth| (0..folds.len()).map(|fold| (*depth, fold))).collect();
    let mut tried: Vec<(Trees, Vec<f64>)> = every
        .into_par_iter()
        .map(|(depth, fold)| {
            let Range { start, end } = folds[fold];
            Trees::tried(features, features.telling(start, &|_| true), &came[..end], start, depth, most)
        })
        .collect::<Result<_, PredictionError>>()?;
    let of_depth = |(place, depth): (usize, &usize)| {
        let own = &tried[place * folds.len()..(place + 1) * folds.len()];
        let length = own.iter().map(|(_, losses)| losses.len()).min().unwrap_or(0);
        let sum = |tree: usize| own.iter().map(|(_, losses)| losses[tree]).sum::<f64>();
        let best = (0..length).map(|tree| (sum(tree), tree + 1)).min_by(|one, other| one.0.total_cmp(&other.0));
        best.map(|(loss, trees)| (loss, place, *depth, trees))
    };
    let best = DEPTHS.iter().enumerate().filter_map(of_depth).min_by(|one, other| one.0.total_cmp(&other.0));
    let (_, place, depth, trees) = best.ok_or(PredictionError::Nothing)?;
    let own = tried.drain(place * folds.len()..(place + 1) * folds.len());
    let scores = own.zip(folds).flat_map(|((model, _), fold)| model.first(trees).scores(features, fold.clone()));
    Ok((depth, trees, scores.collect()))
}

/// The penalty with the least loss over all folds, and the scores that it gave there.
fn best_line(features: &Features, came: &[bool], folds: &[Range<usize>], later: &[bool]) -> (f64, Vec<f64>) {
    let every: Vec<(f64, Range<usize>)> =
        PENALTIES.iter().flat_map(|penalty| folds.iter().map(|fold| (*penalty, fold.clone()))).collect();
    let scores: Vec<Vec<f64>> = every
        .into_par_iter()
        .map(|(penalty, fold)| {
            let kept = features.telling(fold.start, &|_| true);
            Line::learned(features, &kept, &came[..fold.start], penalty).scores(features, fold)
        })
        .collect();
    let of_penalty = |own: &[Vec<f64>]| own.concat();
    // As they will be used: a penalty must not count for making scores small, which the calibration does anyway.
    let loss = |scores: &[f64]| Calibration::of(scores, later).loss(scores, later);
    let tried = PENALTIES.iter().zip(scores.chunks(folds.len()).map(of_penalty)).map(|(penalty, scores)| {
        let loss = loss(&scores);
        (*penalty, scores, loss)
    });
    let best = tried.min_by(|one, other| one.2.total_cmp(&other.2));
    best.map(|(penalty, scores, _)| (penalty, scores)).unwrap_or_default()
}

/// What was learned.
pub(super) struct Blend {
    /// `None` where no column tells anything.
    trees: Option<Trees>,
    line: Line,
}

impl Blend {
    /// Learns from the first rows, as many as `came` has, by wanted columns.
    pub(super) fn learned(
        features: &Features,
        came: &[bool],
        plan: &Plan,
        wanted: &dyn Fn(usize) -> bool,
    ) -> Result<Self, PredictionError> {
        let kept = features.telling(came.len(), wanted);
        let line = Line::learned(features, &kept, came, plan.chosen.penalty);
        let trees = match kept.is_empty() {
            true => None,
            false => Some(Trees::learned(features, kept, came, plan.chosen.depth, plan.chosen.trees)?),
        };
        Ok(Self { trees, line })
    }

    /// Scores of a range of rows.
    pub(super) fn scores(&self, features: &Features, rows: Range<usize>) -> Scores {
        let trees = self.trees.as_ref().map(|trees| trees.scores(features, rows.clone()));
        Scores { trees: trees.unwrap_or_else(|| vec![0.0; rows.len()]), linear: self.line.scores(features, rows) }
    }

    /// What each column adds to the log odds of each row of a range.
    pub(super) fn parts(&self, features: &Features, rows: Range<usize>, columns: usize, plan: &Plan) -> Vec<Vec<f64>> {
        let mut parts = vec![vec![0.0; columns]; rows.len()];
        let share = plan.chosen.share_of_trees;
        let mut add = |weight: f64, row: usize, feature: usize, part: f64| {
            parts[row][features.column(feature)] += weight * part;
        };
        if let Some(trees) = self.trees.as_ref().filter(|_| share > 0.0) {
            trees.parts(features, rows.clone(), |row, feature, part| {
                add(plan.blended.slope * share, row, feature, part)
            });
        }
        if share < 1.0 {
            self.line.parts(features, rows, |row, feature, part| {
                add(plan.blended.slope * (1.0 - share), row, feature, part);
            });
        }
        parts
    }
}
