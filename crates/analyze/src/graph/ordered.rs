//! A graph with its vertices in order of degree.
//!
//! Holds the renumbering that several measures work on: what is asked for most often then lies together in the cache.
//! It must never let the new numbers out of the engine.

use super::Graph;
use super::build::pieces;
use rayon::prelude::*;

/// Vertices that are worth a task, and tasks at most.
const PIECE: usize = 512;
const PIECES: usize = 256;

/// Which ends a row keeps.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    All,
    /// All but the vertex itself.
    Others,
    /// Those at places before its own.
    Before,
}

/// Rows of a graph by place, the vertex with most edges first, among equals the lowest.
#[derive(Clone, Debug, Default)]
pub(super) struct Ordered {
    /// Vertex at each place, and place of each vertex.
    pub(super) order: Vec<u32>,
    pub(super) places: Vec<u32>,
    /// First end of each row; one more at the end.
    pub(super) starts: Vec<usize>,
    /// Ends by place, in no order.
    pub(super) ends: Vec<u32>,
    /// Weights of the ends; empty where the graph has none.
    pub(super) weights: Vec<f64>,
}

impl Ordered {
    /// Rows of those that lead to a vertex if `into`, else from it, with the ends that are kept. Vertices stand in
    /// order of the number of edges on the other side, which is how often they are an end.
    pub(super) fn of(graph: &Graph, into: bool, keep: Keep) -> Self {
        let vertices = graph.vertices();
        let keep = if keep == Keep::Others && graph.loops() == 0 { Keep::All } else { keep };
        let often = |vertex: usize| if into { graph.row(vertex) } else { graph.row_in(vertex) }.len();
        let (order, places) = by_count(vertices, often);
        let row = |place: usize| {
            let vertex = order[place] as usize;
            if into {
                (graph.row_in(vertex), graph.weights_in(vertex))
            } else {
                (graph.row(vertex), graph.weights(vertex))
            }
        };
        let kept = |place: usize, end: &u32| match keep {
            Keep::All => true,
            Keep::Others => *end != order[place],
            Keep::Before => (places[*end as usize] as usize) < place,
        };
        let pieces = pieces(vertices, PIECE, PIECES);
        let count = |place: usize| match keep {
            Keep::All => row(place).0.len(),
            Keep::Others | Keep::Before => row(place).0.iter().filter(|end| kept(place, end)).count(),
        };
        let lengths: Vec<Vec<usize>> =
            pieces.par_iter().with_max_len(1).map(|piece| piece.clone().map(count).collect()).collect();
        let mut starts = Vec::with_capacity(vertices + 1);
        let mut total = 0;
        for length in lengths.iter().flatten() {
            starts.push(total);
            total += length;
        }
        starts.push(total);
        let mut ends = vec![0_u32; total];
        let mut weights = vec![0.0; if graph.is_weighted() { total } else { 0 }];
        let mut rooms = Vec::with_capacity(pieces.len());
        let (mut ends_rest, mut weights_rest) = (ends.as_mut_slice(), weights.as_mut_slice());
        for piece in &pieces {
            let size = starts[piece.end] - starts[piece.start];
            let (ends, ends_tail) = ends_rest.split_at_mut(size);
            let (weights, weights_tail) = weights_rest.split_at_mut(if graph.is_weighted() { size } else { 0 });
            rooms.push((ends, weights));
            (ends_rest, weights_rest) = (ends_tail, weights_tail);
        }
        rooms.into_par_iter().zip(&pieces).with_max_len(1).for_each(|((ends, weights), piece)| {
            let (mut ends, mut weights) = (ends.iter_mut(), weights.iter_mut());
            for place in piece.clone() {
                let (row, of_row) = row(place);
                for (end, room) in row.iter().filter(|end| kept(place, end)).zip(&mut ends) {
                    *room = places[*end as usize];
                }
                let heavy = row.iter().zip(of_row).filter(|(end, _)| kept(place, end));
                heavy.zip(&mut weights).for_each(|((_, weight), room)| *room = *weight);
            }
        });
        Self { order, places, starts, ends, weights }
    }

    pub(super) fn row(&self, place: usize) -> &[u32] {
        &self.ends[self.starts[place]..self.starts[place + 1]]
    }
}

/// Vertices by a count, the highest first, among equals the lowest vertex: the vertex at each place, and the place of
/// each.
fn by_count(vertices: usize, count: impl Fn(usize) -> usize + Sync) -> (Vec<u32>, Vec<u32>) {
    let counts: Vec<u32> = (0..vertices).into_par_iter().map(|vertex| count(vertex) as u32).collect();
    let highest = counts.iter().max().map_or(0, |most| *most as usize);
    let mut next = vec![0_u32; highest + 2];
    counts.iter().for_each(|count| next[highest - *count as usize + 1] += 1);
    for place in 1..next.len() {
        next[place] += next[place - 1];
    }
    let (mut order, mut places) = (vec![0; vertices], vec![0; vertices]);
    for (vertex, count) in counts.iter().enumerate() {
        let place = &mut next[highest - *count as usize];
        order[*place as usize] = vertex as u32;
        places[vertex] = *place;
        *place += 1;
    }
    (order, places)
}
