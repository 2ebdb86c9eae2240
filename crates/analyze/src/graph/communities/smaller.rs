//! The graphs that the method works on: the given one, and those made of the parts of the one before.
//!
//! Holds levels and how one is made of the last. It must never lose weight: what is within a part stays in its
//! strength.

use super::super::build::pieces;
use super::super::ordered::{Keep, Ordered};
use super::super::{Direction, Graph, strengths};
use super::refine::Parts;
use rayon::prelude::*;

/// Parts that are worth a task.
const PIECE: usize = 256;
/// Tasks at most.
const PIECES: usize = 64;

/// A graph of parts, without loops.
pub(super) struct Level {
    starts: Vec<usize>,
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
        (Self { starts: rows.starts, ends: rows.ends, weights: rows.weights, strengths }, rows.places)
    }

    pub(super) fn vertices(&self) -> usize {
        self.strengths.len()
    }

    /// Number of ends of edges, two for each.
    pub(super) fn ends(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn row(&self, vertex: usize) -> &[u32] {
        &self.ends[self.starts[vertex]..self.starts[vertex + 1]]
    }

    /// Gives each edge of a vertex.
    #[inline]
    pub(super) fn each(&self, vertex: usize, mut visit: impl FnMut(u32, f64)) {
        let row = self.row(vertex);
        if self.weights.is_empty() {
            row.iter().for_each(|end| visit(*end, 1.0));
        } else {
            let weights = &self.weights[self.starts[vertex]..self.starts[vertex + 1]];
            row.iter().zip(weights).for_each(|(end, weight)| visit(*end, *weight));
        }
    }

    /// The graph whose vertices are the parts of this one.
    pub(super) fn shrunk(&self, parts: &Parts) -> Self {
        let (first, members) = grouped(&parts.of, parts.count);
        let members_of = |part: usize| &members[first[part]..first[part + 1]];
        let pieces = pieces(parts.count, PIECE, PIECES);
        let made: Vec<(Vec<usize>, Vec<u32>, Vec<f64>)> = pieces
            .into_par_iter()
            .map(|piece| {
                let mut weight_to = vec![0.0; parts.count];
                let (mut lengths, mut ends, mut weights) = (Vec::with_capacity(piece.len()), Vec::new(), Vec::new());
                for part in piece {
                    let from = ends.len();
                    let most = members_of(part).iter().map(|vertex| self.row(*vertex as usize).len()).sum::<usize>();
                    ends.resize(from + most + 1, 0);
                    // Every part is written down and counts where it is new: a branch could not be foreseen, and costs more.
                    let mut place = from;
                    for vertex in members_of(part) {
                        self.each(*vertex as usize, |end, weight| {
                            let other = parts.of[end as usize];
                            let sum: &mut f64 = &mut weight_to[other as usize];
                            ends[place] = other;
                            place += usize::from(*sum == 0.0 && other as usize != part);
                            *sum += weight;
                        });
                    }
                    ends.truncate(place);
                    weight_to[part] = 0.0;
                    // A weight of 0 lets an end come twice; the second time nothing is left for it.
                    weights.extend(ends[from..].iter().map(|end| std::mem::take(&mut weight_to[*end as usize])));
                    lengths.push(ends.len() - from);
                }
                (lengths, ends, weights)
            })
            .collect();
        let mut starts = Vec::with_capacity(parts.count + 1);
        starts.push(0);
        let mut sum = 0;
        for length in made.iter().flat_map(|(lengths, _, _)| lengths) {
            sum += length;
            starts.push(sum);
        }
        let ends = made.iter().map(|(_, ends, _)| ends.as_slice()).collect::<Vec<_>>().concat();
        let weights = made.iter().map(|(_, _, weights)| weights.as_slice()).collect::<Vec<_>>().concat();
        let strength = |part: usize| members_of(part).iter().map(|vertex| self.strengths[*vertex as usize]).sum();
        let strengths = (0..parts.count).into_par_iter().map(strength).collect();
        Self { starts, ends, weights, strengths }
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
