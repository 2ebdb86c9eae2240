//! How a pair stands beside the other pairs of its records: a comparison of its own where each record means at most one.
//!
//! Holds the best likenesses of each record. Must never weigh: what it tells to be far ahead is learned like all else.
//!
//! A likeness of .4 says little by itself, as some titles are long and some are of a crowded kind. That it is twice the next best
//! of both records says much.

use crate::block::{Blocks, Pair, records_of};
use crate::compare::Grade;
use rayon::prelude::*;

/// The name of the comparison in reasons.
pub(super) const TITLE: &str = "standing";

/// The grades, worst first.
pub(super) const GRADES: &[&str] = &[
    "missing",
    "far_behind",
    "behind",
    "little_behind",
    "close_behind",
    "just_behind",
    "level",
    "little_ahead",
    "ahead",
    "well_ahead",
    "far_ahead",
    "alone",
];

/// The least likeness of each grade from `behind` to `far_ahead`, as a multiple of that of the best rival.
const BOUNDS: [f32; 9] = [0.5, 0.7, 0.85, 0.93, 1.0, 1.07, 1.2, 1.5, 2.0];

/// The likeness of the best pairs of each record.
pub(super) struct Standing {
    best: Vec<Best>,
}

/// The best pair of a record, and the likeness of its best other one.
#[derive(Clone, Copy)]
struct Best {
    partner: u32,
    first: f32,
    second: f32,
}

impl Best {
    const NONE: Self = Self { partner: u32::MAX, first: 0.0, second: 0.0 };

    fn add(&mut self, partner: u32, likeness: f32) {
        if partner == self.partner {
            return;
        }
        if likeness > self.first {
            *self = Self { partner, first: likeness, second: self.first };
        } else if likeness > self.second {
            self.second = likeness;
        }
    }

    fn rival_of(&self, partner: u32) -> f32 {
        if partner == self.partner { self.second } else { self.first }
    }
}

impl Standing {
    /// From all blocked pairs. The same on any number of threads, however often a pair is brought.
    pub(super) fn new(records: usize, blocks: &Blocks, likeness: impl Fn(u32, u32) -> f32 + Sync) -> Self {
        let mut best = vec![Best::NONE; records];
        blocks.each(|pairs| {
            let of = |&pair: &Pair| {
                let (one, other) = records_of(pair);
                likeness(one, other)
            };
            let likenesses: Vec<f32> = pairs.par_iter().with_min_len(1024).map(of).collect();
            for (&pair, likeness) in pairs.iter().zip(likenesses) {
                let (one, other) = records_of(pair);
                best[one as usize].add(other, likeness);
                best[other as usize].add(one, likeness);
            }
        });
        Self { best }
    }

    /// How a pair of this likeness stands.
    pub(super) fn grade(&self, one: u32, other: u32, likeness: f32) -> Grade {
        if likeness <= 0.0 {
            return Grade::MISSING;
        }
        let rival = self.best[one as usize].rival_of(other).max(self.best[other as usize].rival_of(one));
        if rival <= 0.0 {
            return Grade(GRADES.len() as u8 - 1);
        }
        Grade(1 + BOUNDS.partition_point(|bound| *bound <= likeness / rival) as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_set_beside_the_best_other_one_of_both_records() {
        let mut best = vec![Best::NONE; 5];
        let pairs = [(0, 2, 0.6), (0, 3, 0.3), (1, 3, 0.2), (1, 2, 0.1), (0, 2, 0.6), (0, 3, 0.3), (4, 4, 0.0)];
        for (one, other, likeness) in pairs {
            best[one as usize].add(other, likeness);
            best[other as usize].add(one, likeness);
        }
        let standing = Standing { best };
        let grade = |one, other, likeness| GRADES[usize::from(standing.grade(one, other, likeness).0)];
        assert_eq!(grade(0, 2, 0.6), "far_ahead");
        assert_eq!(grade(0, 3, 0.3), "behind", "half of its rival");
        assert_eq!(grade(1, 3, 0.2), "behind", "the other record has a better one");
        assert_eq!(grade(1, 2, 0.1), "far_behind");
        assert_eq!(grade(4, 4, 0.7), "alone");
        assert_eq!(grade(0, 4, 0.0), "missing");
    }
}
