//! Boosted trees, by the crate `forust-ml`.
//!
//! Holds how the crate is called. It must never choose how deep or how many.

use super::PredictionError;
use super::features::Features;
use forust_ml::gradientbooster::{ContributionsMethod, GradientBooster};
use forust_ml::metric::Metric;
use forust_ml::{Matrix, objective::ObjectiveType};
use std::ops::Range;

/// Step of each tree.
const STEP: f32 = 0.05;
/// Trees without an improvement after which no more are tried.
const PATIENCE: usize = 40;
/// Values of a feature that are told apart at most.
const BINS: u16 = 128;
/// Penalty on the square of a leaf's weight.
const PENALTY: f32 = 5.0;
/// Least sum of p (1 - p) in a leaf.
const LEAF: f32 = 3.0;

/// Trees and the features that they know, in their order.
pub(super) struct Trees {
    booster: GradientBooster,
    kept: Vec<usize>,
}

impl Trees {
    /// Learns `trees` trees of a depth from the first rows, as many as `came` has.
    pub(super) fn learned(
        features: &Features,
        kept: Vec<usize>,
        came: &[bool],
        depth: usize,
        trees: usize,
    ) -> Result<Self, PredictionError> {
        let mut booster = booster(depth, trees);
        let (values, target) = (features.copied(&kept, 0..came.len()), target(came));
        let matrix = Matrix::new(&values, came.len(), kept.len());
        booster.fit_unweighted(&matrix, &target, None).map_err(|_| PredictionError::Nothing)?;
        Ok(Self { booster, kept })
    }

    /// Learns from the first `learned` rows up to `most` trees, and gives the summed loss of the others that `came` tells of after each tree.
    /// No more are tried once the loss has not fallen for a while.
    pub(super) fn tried(
        features: &Features,
        kept: Vec<usize>,
        came: &[bool],
        learned: usize,
        depth: usize,
        most: usize,
    ) -> Result<(Self, Vec<f64>), PredictionError> {
        let mut booster =
            booster(depth, most).set_evaluation_metric(Some(Metric::LogLoss)).set_early_stopping_rounds(Some(PATIENCE));
        let later = came.len() - learned;
        let (values, target_before) = (features.copied(&kept, 0..learned), target(&came[..learned]));
        let (values_later, target_later) = (features.copied(&kept, learned..came.len()), target(&came[learned..]));
        let (matrix, matrix_later) =
            (Matrix::new(&values, learned, kept.len()), Matrix::new(&values_later, later, kept.len()));
        let weights = vec![1.0; later];
        let judged = vec![(matrix_later, target_later.as_slice(), weights.as_slice())];
        booster.fit_unweighted(&matrix, &target_before, Some(judged)).map_err(|_| PredictionError::Nothing)?;
        let history = booster.evaluation_history.as_ref();
        let losses = history.map_or_else(Vec::new, |history| {
            (0..history.rows).map(|tree| later as f64 * history.get(tree, 0)).collect()
        });
        Ok((Self { booster, kept }, losses))
    }

    /// Keeps the first trees.
    pub(super) fn first(mut self, trees: usize) -> Self {
        // Not by the crate's setter, which takes the number of the last one.
        self.booster.prediction_iteration = Some(trees.min(self.booster.trees.len()));
        self
    }

    /// Log odds of a range of rows.
    pub(super) fn scores(&self, features: &Features, rows: Range<usize>) -> Vec<f64> {
        let count = rows.len();
        let values = features.copied(&self.kept, rows);
        self.booster.predict(&Matrix::new(&values, count, self.kept.len()), false)
    }

    /// Calls with each row's place in the range, each feature and what it adds to the log odds: Shapley's values (S. M. Lundberg and others, "From
    /// local explanations to global understanding with explainable AI for trees", 2020).
    pub(super) fn parts(&self, features: &Features, rows: Range<usize>, mut each: impl FnMut(usize, usize, f64)) {
        let count = rows.len();
        let values = features.copied(&self.kept, rows);
        let matrix = Matrix::new(&values, count, self.kept.len());
        let parts = self.booster.predict_contributions(&matrix, ContributionsMethod::Shapley, true);
        // The last of each row is what holds for all.
        for (row, parts) in parts.chunks_exact(self.kept.len() + 1).enumerate() {
            self.kept.iter().zip(parts).for_each(|(feature, part)| each(row, *feature, *part));
        }
    }
}

fn booster(depth: usize, trees: usize) -> GradientBooster {
    // The crate's own parallel work is left out: whole fits run beside each other.
    GradientBooster::default()
        .set_objective_type(ObjectiveType::LogLoss)
        .set_iterations(trees)
        .set_learning_rate(STEP)
        .set_max_depth(depth)
        .set_l2(PENALTY)
        .set_min_leaf_weight(LEAF)
        .set_nbins(BINS)
        .set_initialize_base_score(true)
        .set_parallel(false)
}

fn target(came: &[bool]) -> Vec<f64> {
    came.iter().map(|came| f64::from(u8::from(*came))).collect()
}
