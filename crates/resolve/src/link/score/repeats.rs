//! Rows that agree with an earlier one in everything compared.
//!
//! Holds how they are found and what is learned from them. It must never declare two rows the same: that they agree may be chance.

use super::{Coded, Compared};
use crate::block::{Pair, records_of};
use crate::fellegi_sunter::{Observed, Pattern};
use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::hash::BuildHasher;

impl Compared {
    /// How many rows agree with an earlier one in everything compared.
    pub(in crate::link) fn rows_repeated(&self) -> usize {
        self.repeats.len()
    }

    /// How many pairs of rows that agree in everything compared have each pattern. Pairs of which nothing is known, and these
    /// labelled ones, are left out: the first tell nothing, the others are counted as labelled.
    pub(in crate::link) fn repeated(&self, labelled: &[Pair]) -> Vec<(Pattern, u64)> {
        let stands_for = |record: u32| {
            let place = self.repeats.binary_search_by_key(&record, |(repeat, _)| *repeat);
            place.map_or(record, |place| self.repeats[place].1)
        };
        let mut rows: FxHashMap<u32, u64> = FxHashMap::default();
        self.repeats.iter().for_each(|(_, first)| *rows.entry(*first).or_default() += 1);
        let mut pairs: FxHashMap<u32, u64> =
            rows.into_iter().map(|(first, repeats)| (first, repeats * (repeats + 1) / 2)).collect();
        for (one, other) in labelled.iter().map(|pair| records_of(*pair)) {
            let first = stands_for(one);
            if let Some(number) = pairs.get_mut(&first).filter(|_| first == stands_for(other)) {
                *number -= 1;
            }
        }
        let mut counted: FxHashMap<Pattern, u64> = FxHashMap::default();
        pairs.into_iter().for_each(|(first, number)| *counted.entry(self.pattern(first, first)).or_default() += number);
        counted.retain(|pattern, number| *pattern != 0 && *number > 0);
        let mut counted: Vec<(Pattern, u64)> = counted.into_iter().collect();
        counted.sort_unstable();
        counted
    }

    /// Adds pairs of repeats to what is learned from. They count among all pairs there could be as often as they occur, so that rows
    /// which agree in full only because few values are compared are seen to do so by chance.
    pub(in crate::link) fn add_repeated(&self, observed: &mut Observed, repeated: &[(Pattern, u64)], share: f64) {
        let drawn: u64 = observed.random.iter().map(|(_, pairs)| pairs).sum();
        let by_chance = drawn as f64 / observed.possible.max(1.0);
        let all: u64 = repeated.iter().map(|(_, pairs)| pairs).sum();
        observed.possible += share * all as f64;
        let scaled = |share: f64| {
            let of = move |(pattern, pairs): &(Pattern, u64)| (*pattern, (share * *pairs as f64).round() as u64);
            repeated.iter().map(of)
        };
        add(&mut observed.patterns, scaled(share));
        if !observed.random_differ {
            add(&mut observed.random, scaled(share * by_chance));
        }
    }
}

/// Adds numbers of pairs to those of their patterns, which stay sorted.
fn add(patterns: &mut Vec<(Pattern, u64)>, more: impl Iterator<Item = (Pattern, u64)>) {
    for (pattern, pairs) in more.filter(|(_, pairs)| *pairs > 0) {
        match patterns.binary_search_by_key(&pattern, |(known, _)| *known) {
            Ok(place) => patterns[place].1 += pairs,
            Err(place) => patterns.insert(place, (pattern, pairs)),
        }
    }
}

/// The first record of each combination of values, and for every other record the first one.
pub(super) fn collapse(values: &[Coded], columns: usize, all: std::ops::Range<u32>) -> (Vec<u32>, Vec<(u32, u32)>) {
    /// Parts that are looked through apart, by what is hashed: each part's records fit into fast memory.
    const PARTS: u64 = 64;
    let row = |record: u32| &values[record as usize * columns..][..columns];
    let part_of = |record| FxBuildHasher.hash_one(row(record)) >> 32 & (PARTS - 1);
    let parts: Vec<u8> = all.clone().into_par_iter().with_min_len(4096).map(|record| part_of(record) as u8).collect();
    let of_part = |part: u8| {
        let mut firsts: FxHashMap<&[Coded], u32> = FxHashMap::default();
        let own = all.clone().zip(&parts).filter(|(_, own)| **own == part).map(|(record, _)| record);
        own.filter_map(|record| {
            let first = *firsts.entry(row(record)).or_insert(record);
            (first != record).then_some((record, first))
        })
        .collect::<Vec<_>>()
    };
    let mut repeats: Vec<(u32, u32)> = (0..PARTS as u8).into_par_iter().flat_map_iter(of_part).collect();
    repeats.par_sort_unstable();
    let mut next = repeats.iter().map(|(record, _)| *record).peekable();
    let among = all.filter(|record| next.next_if_eq(record).is_none()).collect();
    (among, repeats)
}
