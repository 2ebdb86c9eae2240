//! The graphs that the method works on: the given one, and those made of the parts of the one before.
//!
//! Holds levels and how one is made of the last. It must never lose weight: what is within a part stays in its
//! strength.

use super::super::build::pieces;
use super::super::ordered::{Keep, Ordered};
use super::super::{Direction, Graph, strengths};
use super::refine::Parts;
use rayon::prelude::*;
use std::ops::Range;

/// Parts that are worth a task.
const PIECE: usize = 256;
/// Tasks at most.
const PIECES: usize = 64;

/// A graph of parts, without loops.
pub(super) struct Level {
    /// Where the ends of each vertex lie; between rows there may be room that is not used.
    rows: Vec<Range<usize>>,
    ends: Vec<u32>,
    /// Weights of the ends; empty where each is 1.
    weights: Vec<f64>,
    /// Sum of the weights at each vertex, those within it counted twice.
    pub(super) strengths: Vec<f64>,
}

impl Level {
    /// The first level, whose vertices are places in order of degree; the places are given too.
    pub(super) fn of(graph: &Graph) -> (Self, Vec<u32>) {
        let strengths = strengths(graph, Direction::Both);
        let rows = Ordered::of(graph, false, Keep::Others);
        let strengths = rows.order.iter().map(|vertex| strengths[*vertex as usize]).collect();
        let level = Self {
            rows: rows.starts.windows(2).map(|row| row[0]..row[1]).collect(),
            ends: rows.ends,
            weights: rows.weights,
            strengths,
        };
        (level, rows.places)
    }

    pub(super) fn vertices(&self) -> usize {
        self.strengths.len()
    }

    /// Number of ends of edges, two for each.
    pub(super) fn ends(&self) -> usize {
        self.rows.iter().map(Range::len).sum()
    }

    fn row(&self, vertex: usize) -> &[u32] {
        &self.ends[self.rows[vertex].clone()]
    }

    /// Gives each edge of a vertex.
    #[inline]
    pub(super) fn each(&self, vertex: usize, mut visit: impl FnMut(u32, f64)) {
        let row = self.row(vertex);
        if self.weights.is_empty() {
            row.iter().for_each(|end| visit(*end, 1.0));
        } else {
            let weights = &self.weights[self.rows[vertex].clone()];
            row.iter().zip(weights).for_each(|(end, weight)| visit(*end, *weight));
        }
    }

    /// The graph whose vertices are the parts of this one.
    pub(super) fn shrunk(&self, parts: &Parts) -> Self {
        let (first, members) = grouped(&parts.of, parts.count);
        let members_of = |part: usize| &members[first[part]..first[part + 1]];
        let pieces = pieces(parts.count, PIECE, PIECES);
        // Room for all ends of its members in each piece, and one more as an end is written down before it counts. What
        // is not used is never touched, and takes no memory.
        let most = |piece: &Range<usize>| {
            let members = &members[first[piece.start]..first[piece.end]];
            members.iter().map(|vertex| self.row(*vertex as usize).len()).sum::<usize>() + 1
        };
        let sizes: Vec<usize> = pieces.par_iter().map(most).collect();
        let total = sizes.iter().sum();
        let (mut ends, mut weights) = (vec![0_u32; total], vec![0.0; total]);
        let (mut ends_rest, mut weights_rest, mut begin) = (&mut ends[..], &mut weights[..], 0);
        let mut rooms = Vec::with_capacity(pieces.len());
        for size in sizes {
            let ends = ends_rest.split_off_mut(..size).unwrap_or_default();
            rooms.push((begin, ends, weights_rest.split_off_mut(..size).unwrap_or_default()));
            begin += size;
        }
        let rows: Vec<Vec<Range<usize>>> = rooms
            .into_par_iter()
            .zip(pieces)
            .map(|((begin, ends, weights), piece)| {
                let mut weight_to = vec![0.0; parts.count];
                let mut place = 0;
                let row = |part: usize| {
                    let from = place;
                    // Every part is written down and counts where it is new: a branch could not be foreseen, and costs more.
                    for vertex in members_of(part) {
                        self.each(*vertex as usize, |end, weight| {
                            let other = parts.of[end as usize];
                            let sum: &mut f64 = &mut weight_to[other as usize];
                            ends[place] = other;
                            place += usize::from(*sum == 0.0 && other as usize != part);
                            *sum += weight;
                        });
                    }
                    weight_to[part] = 0.0;
                    // A weight of 0 lets an end come twice; the second time nothing is left for it.
                    for (end, weight) in ends[from..place].iter().zip(&mut weights[from..place]) {
                        *weight = std::mem::take(&mut weight_to[*end as usize]);
                    }
                    begin + from..begin + place
                };
                piece.map(row).collect()
            })
            .collect();
        let strength = |part: usize| members_of(part).iter().map(|vertex| self.strengths[*vertex as usize]).sum();
        let strengths = (0..parts.count).into_par_iter().map(strength).collect();
        Self { rows: rows.concat(), ends, weights, strengths }
    }
}

/// Vertices by group, rising in each: the first place of each group with one more at the end, and the vertices.
pub(super) fn grouped(groups: &[u32], count: usize) -> (Vec<usize>, Vec<u32>) {
    let mut first = vec![0_usize; count + 1];
    groups.iter().for_each(|group| first[*group as usize + 1] += 1);
    for group in 0..count {
        first[group + 1] += first[group];
    }
    let mut next = first.clone();
    let mut members = vec![0_u32; groups.len()];
    for (vertex, group) in groups.iter().enumerate() {
        members[next[*group as usize]] = vertex as u32;
        next[*group as usize] += 1;
    }
    (first, members)
}
