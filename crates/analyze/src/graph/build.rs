//! Building rows of neighbours from edges.
//!
//! Holds the sorting of arcs into rows and the merging of repeated ones. It must never let the number of threads, or
//! the order in which threads finish, show in the rows.
//!
//! Arcs are put into buckets of neighbouring rows by stable counting, each piece of the input into places of its own,
//! and each bucket is then sorted where it fits the cache. Takes O(m log d) time for m arcs in rows of d, and room for
//! them twice.

use rayon::prelude::*;
use std::ops::Range;

/// Buckets at most; more would cost more misses while they are filled.
const BUCKETS: usize = 512;
/// Rows in a bucket at least, a power of two.
const ROWS: usize = 1024;
/// Pieces of the input at most, and what is worth a piece.
const PIECES: usize = 32;
const PIECE: usize = 1 << 15;

/// What an arc carries.
pub(super) trait Load: Copy + Default + Send + Sync {
    /// Takes in the load of a repeated arc that came later.
    fn meet(&mut self, later: Self, sum: bool);
}

impl Load for () {
    fn meet(&mut self, _: Self, _: bool) {}
}

impl Load for f64 {
    fn meet(&mut self, later: Self, sum: bool) {
        *self = if sum { *self + later } else { later };
    }
}

/// Neighbours by row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rows<L> {
    /// First place of each row; one more at the end.
    pub(super) starts: Vec<usize>,
    pub(super) ends: Vec<u32>,
    pub(super) loads: Vec<L>,
}

/// What becomes of arcs with the same two ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Merge {
    /// The arcs come in order and without repeats.
    Never,
    Sum,
    Last,
}

type Arc<L> = (u32, u32, L);

/// Cuts `total` into pieces that depend on it alone.
pub(super) fn pieces(total: usize, least: usize, most: usize) -> Vec<Range<usize>> {
    let count = (total / least.max(1)).clamp(1, most.max(1));
    (0..count).map(|piece| total * piece / count..total * (piece + 1) / count).collect()
}

/// Sorts arcs (row, end, load) into rows, and tells how many were merged into earlier ones. `arcs` gives those of a
/// range of `0..total`; rows are numbers below `vertices`.
pub(super) fn rows<L, F, I>(vertices: usize, total: usize, merge: Merge, arcs: F) -> (Rows<L>, usize)
where
    L: Load,
    F: Fn(Range<usize>) -> I + Sync,
    I: Iterator<Item = Arc<L>>,
{
    let width = vertices.div_ceil(BUCKETS).next_power_of_two().max(ROWS);
    let (shift, buckets) = (width.trailing_zeros(), vertices.div_ceil(width).max(1));
    let pieces = pieces(total, PIECE, PIECES);
    let counts: Vec<Vec<usize>> = pieces
        .par_iter()
        .map(|piece| {
            let mut counts = vec![0; buckets];
            arcs(piece.clone()).for_each(|(row, _, _)| counts[(row >> shift) as usize] += 1);
            counts
        })
        .collect();
    let sizes: Vec<usize> = (0..buckets).map(|bucket| counts.iter().map(|own| own[bucket]).sum()).collect();
    let mut sorted: Vec<Arc<L>> = vec![Default::default(); sizes.iter().sum()];
    let mut places: Vec<Vec<std::slice::IterMut<'_, Arc<L>>>> =
        pieces.iter().map(|_| Vec::with_capacity(buckets)).collect();
    let mut rest = sorted.as_mut_slice();
    for bucket in 0..buckets {
        for (own, counts) in places.iter_mut().zip(&counts) {
            let (head, tail) = rest.split_at_mut(counts[bucket]);
            own.push(head.iter_mut());
            rest = tail;
        }
    }
    places.par_iter_mut().zip(&pieces).for_each(|(places, piece)| {
        arcs(piece.clone()).for_each(|arc| {
            if let Some(place) = places[(arc.0 >> shift) as usize].next() {
                *place = arc;
            }
        });
    });
    drop(places);
    finish(vertices, width, &sizes, &sorted, merge)
}

/// One bucket: its arcs in the order of the input, and where its rows go.
struct Bucket<'a, L> {
    arcs: &'a [Arc<L>],
    ends: &'a mut [u32],
    loads: &'a mut [L],
    /// Number of neighbours of each row of the bucket.
    lengths: &'a mut [usize],
}

fn finish<L: Load>(
    vertices: usize,
    width: usize,
    sizes: &[usize],
    sorted: &[Arc<L>],
    merge: Merge,
) -> (Rows<L>, usize) {
    let mut starts = vec![0; vertices + 1];
    let mut ends = vec![0_u32; sorted.len()];
    let mut loads = vec![L::default(); sorted.len()];
    let mut buckets: Vec<Bucket<'_, L>> = Vec::with_capacity(sizes.len());
    let (mut arcs_rest, mut ends_rest, mut loads_rest) = (sorted, ends.as_mut_slice(), loads.as_mut_slice());
    for (size, lengths) in sizes.iter().zip(starts[1..].chunks_mut(width)) {
        let (arcs, arcs_tail) = arcs_rest.split_at(*size);
        let (ends, ends_tail) = ends_rest.split_at_mut(*size);
        let (loads, loads_tail) = loads_rest.split_at_mut(*size);
        buckets.push(Bucket { arcs, ends, loads, lengths });
        (arcs_rest, ends_rest, loads_rest) = (arcs_tail, ends_tail, loads_tail);
    }
    let kept: Vec<usize> = buckets.par_iter_mut().map(|bucket| bucket.sort(width, merge)).collect();
    drop(buckets);
    let (mut from, mut to) = (0, 0);
    for (size, kept) in sizes.iter().zip(&kept) {
        if from != to {
            ends.copy_within(from..from + kept, to);
            loads.copy_within(from..from + kept, to);
        }
        from += size;
        to += kept;
    }
    ends.truncate(to);
    loads.truncate(to);
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    (Rows { starts, ends, loads }, from - to)
}

impl<L: Load> Bucket<'_, L> {
    /// Brings the arcs into rows that rise, merges what is repeated, and tells how many are kept.
    fn sort(&mut self, width: usize, merge: Merge) -> usize {
        let mask = width - 1;
        for arc in self.arcs {
            self.lengths[arc.0 as usize & mask] += 1;
        }
        let mut next = Vec::with_capacity(self.lengths.len());
        let mut sum = 0;
        for length in self.lengths.iter() {
            next.push(sum);
            sum += length;
        }
        for (row, end, load) in self.arcs {
            let place = &mut next[*row as usize & mask];
            self.ends[*place] = *end;
            self.loads[*place] = *load;
            *place += 1;
        }
        if merge == Merge::Never {
            return sum;
        }
        let (mut from, mut to) = (0, 0);
        let mut both: Vec<(u32, L)> = Vec::new();
        for length in self.lengths.iter_mut() {
            let row = from..from + *length;
            from += *length;
            if size_of::<L>() == 0 {
                self.ends[row.clone()].sort_unstable();
            } else {
                both.clear();
                both.extend(self.ends[row.clone()].iter().copied().zip(self.loads[row.clone()].iter().copied()));
                both.sort_by_key(|(end, _)| *end);
                for (place, (end, load)) in row.clone().zip(&both) {
                    self.ends[place] = *end;
                    self.loads[place] = *load;
                }
            }
            let first = to;
            for place in row {
                let (end, load) = (self.ends[place], self.loads[place]);
                if to > first && self.ends[to - 1] == end {
                    self.loads[to - 1].meet(load, merge == Merge::Sum);
                } else {
                    self.ends[to] = end;
                    self.loads[to] = load;
                    to += 1;
                }
            }
            *length = to - first;
        }
        to
    }
}
