//! Building rows of neighbours from edges.
//!
//! Holds the sorting of arcs into rows and the merging of repeated ones. It must never let the number of threads, or
//! the order in which threads finish, show in the rows.
//!
//! Arcs are put into buckets of neighbouring rows by stable counting, each piece of the input into places of its own,
//! and each bucket is then sorted where it fits the cache, by digits of the ends and then by the row. Takes O(m) time for
//! m arcs, and 2 bytes for each beside those of the rows.

use rayon::prelude::*;
use std::ops::Range;

/// Buckets at most; more would cost more misses while they are filled.
const BUCKETS: usize = 512;
/// Rows in a bucket at least, a power of two.
const ROWS: usize = 1024;
/// And at most, as places among them are numbers of 16 bits.
const MOST_ROWS: usize = 1 << 16;
/// Bits of an end by which arcs are sorted at once, at most.
const DIGIT: u32 = 11;
/// Pieces of the input at most, and what is worth a piece.
const PIECES: usize = 32;
pub(super) const PIECE: usize = 1 << 15;

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
    let width = vertices.div_ceil(BUCKETS).next_power_of_two().clamp(ROWS, MOST_ROWS);
    let Bucketed { sizes, places, mut ends, mut loads } = bucketed(vertices.div_ceil(width).max(1), width, total, arcs);
    let mut starts = vec![0; vertices + 1];
    let mut buckets: Vec<Bucket<'_, L>> = Vec::with_capacity(sizes.len());
    let (mut places_rest, mut ends_rest, mut loads_rest) = (&places[..], &mut ends[..], &mut loads[..]);
    for (size, lengths) in sizes.iter().zip(starts[1..].chunks_mut(width)) {
        let places = places_rest.split_off(..*size).unwrap_or_default();
        let ends = ends_rest.split_off_mut(..*size).unwrap_or_default();
        let loads = loads_rest.split_off_mut(..*size).unwrap_or_default();
        buckets.push(Bucket { places, ends, loads, lengths });
    }
    let digits = Digits::of(vertices);
    let kept: Vec<usize> =
        buckets.par_iter_mut().map_init(Room::default, |room, bucket| bucket.sort(room, digits, merge)).collect();
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

/// Arcs by bucket, in each in the order of the input.
struct Bucketed<L> {
    /// Number of arcs in each bucket.
    sizes: Vec<usize>,
    /// Place of each arc's row among those of its bucket.
    places: Vec<u16>,
    ends: Vec<u32>,
    loads: Vec<L>,
}

/// Puts arcs into buckets of `width` rows, a power of two.
fn bucketed<L, F, I>(buckets: usize, width: usize, total: usize, arcs: F) -> Bucketed<L>
where
    L: Load,
    F: Fn(Range<usize>) -> I + Sync,
    I: Iterator<Item = Arc<L>>,
{
    let (shift, mask) = (width.trailing_zeros(), width as u32 - 1);
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
    let count = sizes.iter().sum();
    let (mut places, mut ends, mut loads) = (vec![0_u16; count], vec![0_u32; count], vec![L::default(); count]);
    let mut rooms: Vec<Vec<_>> = pieces.iter().map(|_| Vec::with_capacity(buckets)).collect();
    let (mut places_rest, mut ends_rest, mut loads_rest) = (&mut places[..], &mut ends[..], &mut loads[..]);
    for bucket in 0..buckets {
        for (own, counts) in rooms.iter_mut().zip(&counts) {
            let places = places_rest.split_off_mut(..counts[bucket]).unwrap_or_default();
            let ends = ends_rest.split_off_mut(..counts[bucket]).unwrap_or_default();
            let loads = loads_rest.split_off_mut(..counts[bucket]).unwrap_or_default();
            own.push(places.iter_mut().zip(ends.iter_mut().zip(loads)));
        }
    }
    rooms.par_iter_mut().zip(&pieces).for_each(|(rooms, piece)| {
        arcs(piece.clone()).for_each(|(row, end, load)| {
            if let Some((own_place, (own_end, own_load))) = rooms[(row >> shift) as usize].next() {
                *own_place = (row & mask) as u16;
                *own_end = end;
                *own_load = load;
            }
        });
    });
    drop(rooms);
    Bucketed { sizes, places, ends, loads }
}

/// One bucket, and how many neighbours each of its rows has.
struct Bucket<'a, L> {
    places: &'a [u16],
    ends: &'a mut [u32],
    loads: &'a mut [L],
    lengths: &'a mut [usize],
}

/// Digits by which ends are sorted.
#[derive(Clone, Copy)]
struct Digits {
    /// Bits of an end.
    bits: u32,
    /// Bits of a digit.
    length: u32,
}

impl Digits {
    /// As few as there can be, and these as short as they can be.
    fn of(vertices: usize) -> Self {
        let bits = (usize::BITS - vertices.leading_zeros()).max(1);
        Self { bits, length: bits.div_ceil(bits.div_ceil(DIGIT)) }
    }
}

/// Room in which the arcs of a bucket are sorted: place and end as one number, and the load.
type Room<L> = [Vec<(u64, L)>; 2];

impl<L: Load> Bucket<'_, L> {
    /// Brings the arcs into rows that rise, merges what is repeated, and tells how many are kept.
    fn sort(&mut self, [arcs, other]: &mut Room<L>, digits: Digits, merge: Merge) -> usize {
        let both = self.places.iter().zip(self.ends.iter().zip(self.loads.iter()));
        arcs.clear();
        arcs.extend(both.map(|(place, (end, load))| (u64::from(*place) << 32 | u64::from(*end), *load)));
        if merge != Merge::Never {
            other.resize(arcs.len(), Default::default());
            for shift in (0..digits.bits).step_by(digits.length as usize) {
                by_digit(arcs, other, shift, digits.length);
                std::mem::swap(arcs, other);
            }
        }
        for (arc, _) in arcs.iter() {
            self.lengths[(arc >> 32) as usize] += 1;
        }
        let mut next = before(self.lengths.iter().copied());
        for (arc, load) in arcs.iter() {
            let place = &mut next[(arc >> 32) as usize];
            self.ends[*place] = *arc as u32;
            self.loads[*place] = *load;
            *place += 1;
        }
        if merge == Merge::Never {
            return arcs.len();
        }
        let (mut from, mut to) = (0, 0);
        for length in self.lengths.iter_mut() {
            let first = to;
            for place in from..from + *length {
                let (end, load) = (self.ends[place], self.loads[place]);
                if to > first && self.ends[to - 1] == end {
                    self.loads[to - 1].meet(load, merge == Merge::Sum);
                } else {
                    self.ends[to] = end;
                    self.loads[to] = load;
                    to += 1;
                }
            }
            from += *length;
            *length = to - first;
        }
        to
    }
}

/// Sorts by the digit that begins at bit `shift`, and leaves those of the same digit in their order.
fn by_digit<L: Load>(arcs: &[(u64, L)], sorted: &mut [(u64, L)], shift: u32, length: u32) {
    let digit = |arc: u64| (arc >> shift) as usize & ((1 << length) - 1);
    let mut counts = vec![0; 1 << length];
    for (arc, _) in arcs {
        counts[digit(*arc)] += 1;
    }
    let mut next = before(counts);
    for arc in arcs {
        let place = &mut next[digit(arc.0)];
        sorted[*place] = *arc;
        *place += 1;
    }
}

/// How many come before each.
fn before(counts: impl IntoIterator<Item = usize>) -> Vec<usize> {
    let counts = counts.into_iter();
    counts.scan(0, |sum, count| Some(std::mem::replace(sum, *sum + count))).collect()
}
