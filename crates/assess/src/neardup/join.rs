//! The exact join of sets by their rarest members.
//!
//! Holds the order of members, the index of prefixes and the check of candidates. It must never leave out a pair that a check would
//! have accepted: every filter is a bound.

use crate::words::shared;
use rayon::prelude::*;

/// Pieces that are worked on apart; fixed, so that the result never depends on the number of threads.
const PIECES: usize = 64;
/// A candidate that cannot reach the threshold any more.
const OUT: u32 = u32::MAX;

/// Sets whose members are numbered from the rarest to the most common. Members that no other set has are only counted.
pub(super) struct Sets {
    /// First member of each set; one more at the end.
    starts: Vec<usize>,
    members: Vec<u32>,
    /// Number of members of each set, with those that no other has.
    sizes: Vec<u32>,
    /// One more than the highest member.
    highest: usize,
}

/// Which sets have a member among their first, by member: place among the sets in order of size, and place of the member in the set.
struct Index {
    starts: Vec<usize>,
    entries: Vec<(u32, u32)>,
}

/// What a worker keeps between two sets.
struct Scratch {
    /// Shared members seen so far, by place.
    seen: Vec<u32>,
    candidates: Vec<u32>,
}

impl Sets {
    /// Numbers the members of sets that hold each member once, rising.
    pub(super) fn of(sets: &[&[u64]]) -> Self {
        let mut all: Vec<u64> = sets.iter().flat_map(|set| set.iter().copied()).collect();
        all.par_sort_unstable();
        let mut common: Vec<(u32, u64)> = all
            .chunk_by(|a, b| a == b)
            .filter(|run| run.len() > 1)
            .map(|run| (u32::try_from(run.len()).unwrap_or(u32::MAX), run[0]))
            .collect();
        drop(all);
        common.par_sort_unstable();
        let numbers = Numbers::of(&common);
        let numbered: Vec<Vec<u32>> = sets
            .par_iter()
            .map(|set| {
                let mut own: Vec<u32> = set.iter().filter_map(|hash| numbers.get(*hash)).collect();
                own.sort_unstable();
                own
            })
            .collect();
        let mut starts = Vec::with_capacity(sets.len() + 1);
        let mut members = Vec::with_capacity(numbered.iter().map(Vec::len).sum());
        for own in &numbered {
            starts.push(members.len());
            members.extend_from_slice(own);
        }
        starts.push(members.len());
        let sizes = sets.iter().map(|set| set.len() as u32).collect();
        Self { starts, members, sizes, highest: common.len() }
    }

    fn set(&self, number: u32) -> &[u32] {
        &self.members[self.starts[number as usize]..self.starts[number as usize + 1]]
    }

    /// Members of a set that no other has; they come first in the order.
    fn alone(&self, number: u32) -> usize {
        self.sizes[number as usize] as usize - self.set(number).len()
    }

    /// Every pair of sets whose Jaccard index is `least` or more: the lower number, the higher one, the index; in order.
    pub(super) fn join(&self, least: f64) -> Vec<(u32, u32, f64)> {
        let mut order: Vec<u32> = (0..self.sizes.len() as u32).collect();
        order.par_sort_unstable_by_key(|number| (self.sizes[*number as usize], *number));
        let sizes: Vec<u32> = order.iter().map(|number| self.sizes[*number as usize]).collect();
        let index = self.index(&order, least);
        let piece = order.len().div_ceil(PIECES).max(1);
        let pieces: Vec<Vec<(u32, u32, f64)>> = order
            .par_chunks(piece)
            .enumerate()
            .map_init(
                || Scratch { seen: vec![0; order.len()], candidates: Vec::new() },
                |scratch, (number, own)| {
                    let mut pairs = Vec::new();
                    for (offset, set) in own.iter().enumerate() {
                        let place = number * piece + offset;
                        self.probe(*set, place, &order, &sizes, &index, least, scratch, &mut pairs);
                    }
                    pairs
                },
            )
            .collect();
        let mut pairs = pieces.concat();
        pairs.par_sort_unstable_by_key(|(left, right, _)| (*left, *right));
        pairs
    }

    /// The index of every set's prefix: the members of which a later, larger set must share one.
    fn index(&self, order: &[u32], least: f64) -> Index {
        let mut starts = vec![0usize; self.highest + 1];
        let prefix = |set: u32| {
            let size = self.sizes[set as usize] as usize;
            let shared = at_least(2.0 * least / (1.0 + least) * size as f64);
            &self.set(set)[..(size + 1).saturating_sub(shared + self.alone(set)).min(self.set(set).len())]
        };
        for &set in order {
            prefix(set).iter().for_each(|member| starts[*member as usize + 1] += 1);
        }
        for member in 0..self.highest {
            starts[member + 1] += starts[member];
        }
        let mut next = starts.clone();
        let mut entries = vec![(0, 0); starts[self.highest]];
        for (place, &set) in order.iter().enumerate() {
            let alone = self.alone(set);
            for (at, member) in prefix(set).iter().enumerate() {
                let slot = &mut next[*member as usize];
                entries[*slot] = (place as u32, (alone + at) as u32);
                *slot += 1;
            }
        }
        Index { starts, entries }
    }

    /// The pairs of one set with those before it in the order.
    #[expect(clippy::too_many_arguments, reason = "what one set is probed against is made once for all of them")]
    fn probe(
        &self,
        set: u32,
        place: usize,
        order: &[u32],
        sizes: &[u32],
        index: &Index,
        least: f64,
        scratch: &mut Scratch,
        pairs: &mut Vec<(u32, u32, f64)>,
    ) {
        let (own, size, alone) = (self.set(set), self.sizes[set as usize] as usize, self.alone(set));
        let smallest = at_least(least * size as f64);
        let prefix = (size + 1).saturating_sub(smallest + alone).min(own.len());
        for (at, member) in own[..prefix].iter().enumerate() {
            let list = &index.entries[index.starts[*member as usize]..index.starts[*member as usize + 1]];
            let from = list.partition_point(|(other, _)| (sizes[*other as usize] as usize) < smallest);
            for &(other, there) in list[from..].iter().take_while(|(other, _)| (*other as usize) < place) {
                let seen = &mut scratch.seen[other as usize];
                if *seen == OUT {
                    continue;
                }
                if *seen == 0 {
                    scratch.candidates.push(other);
                }
                let other_size = sizes[other as usize] as usize;
                let rest = (size - alone - at).min(other_size - there as usize);
                *seen = if *seen as usize + rest < needed(least, size, other_size) { OUT } else { *seen + 1 };
            }
        }
        for other in scratch.candidates.drain(..) {
            if std::mem::take(&mut scratch.seen[other as usize]) == OUT {
                continue;
            }
            let other = order[other as usize];
            let other_size = self.sizes[other as usize] as usize;
            let both = shared(own, self.set(other));
            let similarity = both as f64 / (size + other_size - both) as f64;
            if similarity >= least {
                pairs.push((set.min(other), set.max(other), similarity));
            }
        }
    }
}

/// The whole number at or above, with room for what division loses.
fn at_least(value: f64) -> usize {
    (value - 1e-9).ceil().max(0.0) as usize
}

/// Members that two sets must share to be alike enough.
fn needed(least: f64, size: usize, other: usize) -> usize {
    at_least(least / (1.0 + least) * (size + other) as f64)
}

/// Numbers by hash, where hashes are as good as random: open addressing with the next free place.
struct Numbers {
    slots: Vec<(u64, u32)>,
}

impl Numbers {
    fn of(common: &[(u32, u64)]) -> Self {
        let mut slots = vec![(0, u32::MAX); (2 * common.len()).next_power_of_two()];
        for (number, (_, hash)) in common.iter().enumerate() {
            let mut place = *hash as usize & (slots.len() - 1);
            while slots[place].1 != u32::MAX {
                place = (place + 1) & (slots.len() - 1);
            }
            slots[place] = (*hash, number as u32);
        }
        Self { slots }
    }

    fn get(&self, hash: u64) -> Option<u32> {
        let mut place = hash as usize & (self.slots.len() - 1);
        loop {
            match self.slots[place] {
                (_, u32::MAX) => return None,
                (known, number) if known == hash => return Some(number),
                _ => place = (place + 1) & (self.slots.len() - 1),
            }
        }
    }
}
