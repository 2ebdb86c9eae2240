//! Which records are known to be two things, because they share a value that no thing has twice (the quarter of a panel).
//!
//! Holds known values of records, and of groups of records once they are taken for one thing. Must never weigh likeness.

use super::ScoredPair;
use rustc_hash::{FxHashMap, FxHashSet};

/// Records, the groups they were united into, and the values that tell groups apart.
#[derive(Default)]
pub(super) struct Apart {
    parent: FxHashMap<u32, u32>,
    /// For each group's root: column and value.
    values: FxHashMap<u32, FxHashSet<(usize, u32)>>,
}

impl Apart {
    /// Notes a value of a record.
    pub(super) fn add(&mut self, record: u32, column: usize, value: u32) {
        self.values.entry(record).or_default().insert((column, value));
    }

    /// True where nothing tells any records apart.
    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// True where both are known to be two things.
    pub(super) fn holds(&self, one: u32, other: u32) -> bool {
        let (one, other) = (self.root(one), self.root(other));
        match (self.values.get(&one), self.values.get(&other)) {
            (Some(left), Some(right)) if one != other => !left.is_disjoint(right),
            _ => false,
        }
    }

    /// Takes the pairs of at least this probability for one thing each, heaviest first, where nothing tells them apart: what
    /// holds for one record of a group then holds for all.
    pub(super) fn unite(&mut self, pairs: &[ScoredPair], probability: f64) {
        let mut sure: Vec<&ScoredPair> = pairs.iter().filter(|pair| pair.probability >= probability).collect();
        sure.sort_unstable_by(|one, other| {
            other.weight.total_cmp(&one.weight).then((one.left, one.right).cmp(&(other.left, other.right)))
        });
        for pair in sure {
            let (one, other) = (self.root(pair.left), self.root(pair.right));
            if one == other || self.holds(one, other) {
                continue;
            }
            self.parent.insert(other, one);
            if let Some(values) = self.values.remove(&other) {
                self.values.entry(one).or_default().extend(values);
            }
        }
    }

    fn root(&self, mut record: u32) -> u32 {
        while let Some(&parent) = self.parent.get(&record) {
            record = parent;
        }
        record
    }
}
