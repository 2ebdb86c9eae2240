//! Pairs of which a person has said whether they are the same.
//!
//! Holds these answers. Must never overrule one: a weight may say otherwise, the verdict may not.

use super::{Label, LinkError, ScoredPair};
use crate::block::{Pair, pair};
use crate::records::Records;
use model::Verdict;
use rustc_hash::{FxHashMap, FxHashSet};

/// Answers by pair.
pub(super) struct Labelled {
    /// In order, each once.
    pairs: Vec<Pair>,
    answers: FxHashMap<Pair, bool>,
}

impl Labelled {
    /// Checks and numbers the labels.
    ///
    /// # Errors
    /// Where a row is not there, a record is set beside itself, or one pair has two answers.
    pub(super) fn new(records: &Records<'_>, labels: &[Label]) -> Result<Self, LinkError> {
        let mut answers: FxHashMap<Pair, bool> = FxHashMap::default();
        let (left_rows, shift) = (records.left.len(), records.right.map_or(0, |_| records.left.len()));
        let right_rows = records.right.map_or(left_rows, |right| right.len());
        for label in labels {
            let wrong = |message: &str| {
                Err(LinkError::Setting(format!("the label of rows {} and {}: {message}", label.left, label.right)))
            };
            if label.left as usize >= left_rows || label.right as usize >= right_rows {
                return wrong("there is no such row");
            }
            let (one, other) = (label.left, label.right + shift as u32);
            if one == other {
                return wrong("a record is the same as itself; leave it out");
            }
            if answers.insert(pair(one, other), label.same).is_some_and(|earlier| earlier != label.same) {
                return wrong("it is said to be the same and not to be; leave one out");
            }
        }
        let mut pairs: Vec<Pair> = answers.keys().copied().collect();
        pairs.sort_unstable();
        Ok(Self { pairs, answers })
    }

    /// The pairs, in order.
    pub(super) fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// The answers, in the order of the pairs.
    pub(super) fn answers(&self) -> impl Iterator<Item = bool> + '_ {
        self.pairs.iter().map(|pair| self.answers[pair])
    }

    /// What was said of a pair.
    pub(super) fn of(&self, pair: Pair) -> Option<bool> {
        if self.answers.is_empty() { None } else { self.answers.get(&pair).copied() }
    }

    /// Gives labelled pairs the verdict that was said, and adds those that were not found.
    pub(super) fn settle(&self, pairs: &mut Vec<ScoredPair>, score: impl Fn(&[Pair]) -> Vec<ScoredPair>) {
        if self.pairs.is_empty() {
            return;
        }
        let found: FxHashSet<Pair> = pairs.iter().map(|one| pair(one.left, one.right)).collect();
        let open: Vec<Pair> = self.pairs.iter().copied().filter(|one| !found.contains(one)).collect();
        pairs.extend(score(&open));
        for one in pairs.iter_mut() {
            if let Some(same) = self.of(pair(one.left, one.right)) {
                one.verdict = if same { Verdict::Same } else { Verdict::Different };
                one.held = LABELLED;
            }
        }
    }
}

/// Why a labelled pair has its verdict.
pub const LABELLED: &str = "labelled";
