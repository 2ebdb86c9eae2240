//! The graph in memory: each vertex with its neighbours in one row, rising.
//!
//! Holds the graph, how it is made, and what can be asked of it at once. It must never hold names: vertices are numbers
//! from 0, and the caller keeps what they stand for.

use super::GraphError;
use super::build::{Merge, PIECE, Rows, rows};
use rayon::prelude::*;
use std::ops::Range;

/// What becomes of edges with the same ends. In an undirected graph a-b and b-a are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Repeats {
    /// One edge whose weight is the sum; without weights, their number where any edge is repeated.
    #[default]
    Sum,
    /// One edge with the weight that came last.
    Last,
}

/// How a graph is made of edges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GraphSettings {
    /// Edges lead from the first vertex to the second only.
    pub directed: bool,
    /// Edges from a vertex to itself are left out.
    pub drop_loops: bool,
    /// What becomes of edges with the same ends.
    pub repeats: Repeats,
}

/// Which edges of a vertex are meant. In an undirected graph they are all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Those that lead away.
    Out,
    /// Those that lead to it.
    In,
    /// All of them.
    #[default]
    Both,
}

/// A graph of vertices `0..n` in compressed rows: 4 bytes for each end of an edge, 8 more with weights, 8 for each
/// vertex.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    directed: bool,
    weighted: bool,
    negative: bool,
    loops: usize,
    out: Rows<f64>,
    /// Rows of those that lead to a vertex; none in an undirected graph, where they are the same.
    into: Option<Rows<f64>>,
}

impl Graph {
    /// Makes a graph of `vertices` from `pairs` (source, target), with a weight for each where `weights` are given;
    /// without, all weigh 1. Takes O(m) time for m edges.
    ///
    /// # Errors
    /// A vertex that is not below `vertices`, another number of weights than of pairs, a weight that is not a number,
    /// more vertices or edges than 32 bits can count.
    pub fn new(
        vertices: usize,
        pairs: &[(u32, u32)],
        weights: Option<&[f64]>,
        settings: &GraphSettings,
    ) -> Result<Self, GraphError> {
        check(vertices, pairs, weights)?;
        let kept = |a: u32, b: u32| !(settings.drop_loops && a == b);
        let loops = !settings.drop_loops && pairs.par_chunks(PIECE).any(|piece| piece.iter().any(|(a, b)| a == b));
        let merge = if settings.repeats == Repeats::Sum { Merge::Sum } else { Merge::Last };
        if weights.is_none() {
            let arcs = |range: Range<usize>| arcs_of(&pairs[range], settings.directed, kept);
            let (out, merged): (Rows<()>, usize) = rows(vertices, pairs.len(), merge, arcs);
            if merged == 0 || settings.repeats == Repeats::Last {
                let into = settings.directed.then(|| bare(turned(&out)));
                return Ok(Self::of(bare(out), into, settings.directed, false, loops));
            }
        }
        let arcs = |range: Range<usize>| {
            let weight = |place: usize| weights.map_or(1.0, |weights| weights[place]);
            range.flat_map(move |place| {
                let weight = weight(place);
                arcs_of(&pairs[place..=place], settings.directed, kept).map(move |(row, end, ())| (row, end, weight))
            })
        };
        let (out, _): (Rows<f64>, usize) = rows(vertices, pairs.len(), merge, arcs);
        let into = settings.directed.then(|| turned(&out));
        Ok(Self::of(out, into, settings.directed, true, loops))
    }

    /// `loops` is false where there are surely none.
    fn of(out: Rows<f64>, into: Option<Rows<f64>>, directed: bool, weighted: bool, loops: bool) -> Self {
        let negative = out.loads.par_iter().any(|weight| *weight < 0.0);
        let mut graph = Self { directed, weighted, negative, loops: 0, out, into };
        if loops {
            graph.loops = (0..graph.vertices()).into_par_iter().filter(|vertex| graph.leads_to_itself(*vertex)).count();
        }
        graph
    }

    /// Number of vertices.
    pub fn vertices(&self) -> usize {
        self.out.starts.len().saturating_sub(1)
    }

    /// Number of edges, loops among them, each once.
    pub fn edges(&self) -> usize {
        if self.directed { self.out.ends.len() } else { (self.out.ends.len() + self.loops) / 2 }
    }

    /// Number of edges from a vertex to itself.
    pub fn loops(&self) -> usize {
        self.loops
    }

    /// Whether edges lead from one vertex to the other only.
    pub fn is_directed(&self) -> bool {
        self.directed
    }

    /// Whether edges have weights of their own; where not, each weighs 1.
    pub fn is_weighted(&self) -> bool {
        self.weighted
    }

    /// Vertices that edges of a vertex lead to, rising; none for a vertex that the graph has not.
    pub fn neighbours(&self, vertex: u32) -> &[u32] {
        if (vertex as usize) < self.vertices() { self.row(vertex as usize) } else { &[] }
    }

    /// Vertices with edges that lead to a vertex, rising; none for a vertex that the graph has not.
    pub fn sources(&self, vertex: u32) -> &[u32] {
        if (vertex as usize) < self.vertices() { self.row_in(vertex as usize) } else { &[] }
    }

    /// Weight of the edge between two vertices, if there is one. O(log d).
    pub fn weight(&self, source: u32, target: u32) -> Option<f64> {
        let place = self.neighbours(source).binary_search(&target).ok()?;
        Some(if self.weighted { self.weights(source as usize)[place] } else { 1.0 })
    }

    /// Every edge (source, target, weight) in order; in an undirected graph the lower vertex first.
    pub fn list(&self) -> impl Iterator<Item = (u32, u32, f64)> + '_ {
        (0..self.vertices()).flat_map(move |vertex| {
            let weight = move |place: usize| if self.weighted { self.weights(vertex)[place] } else { 1.0 };
            let edges = self.row(vertex).iter().enumerate();
            edges
                .map(move |(place, end)| (vertex as u32, *end, weight(place)))
                .filter(move |(source, target, _)| self.directed || source <= target)
        })
    }

    /// The same without directions: two edges that lead to and fro become one, with the sum of their weights where
    /// there are weights.
    pub fn undirected(&self) -> Self {
        if !self.directed {
            return self.clone();
        }
        let arcs = |vertices: Range<usize>| {
            vertices.flat_map(|vertex| {
                let own = vertex as u32;
                let weights = move |place: usize| if self.weighted { self.weights(vertex)[place] } else { 1.0 };
                self.row(vertex).iter().enumerate().flat_map(move |(place, end)| {
                    let weight = weights(place);
                    let twice = if *end == own { 1 } else { 2 };
                    [(own, *end, weight), (*end, own, weight)].into_iter().take(twice)
                })
            })
        };
        let (out, weighted) = if self.weighted {
            (rows(self.vertices(), self.vertices(), Merge::Sum, arcs).0, true)
        } else {
            let arcs = |vertices| arcs(vertices).map(|(row, end, _)| (row, end, ()));
            (bare(rows(self.vertices(), self.vertices(), Merge::Last, arcs).0), false)
        };
        Self::of(out, None, false, weighted, self.loops > 0)
    }

    pub(super) fn row(&self, vertex: usize) -> &[u32] {
        &self.out.ends[self.out.starts[vertex]..self.out.starts[vertex + 1]]
    }

    pub(super) fn row_in(&self, vertex: usize) -> &[u32] {
        let rows = self.into.as_ref().unwrap_or(&self.out);
        &rows.ends[rows.starts[vertex]..rows.starts[vertex + 1]]
    }

    /// Weights of a row; empty where the graph has none.
    pub(super) fn weights(&self, vertex: usize) -> &[f64] {
        if self.weighted { &self.out.loads[self.out.starts[vertex]..self.out.starts[vertex + 1]] } else { &[] }
    }

    /// Weights of a row of sources; empty where the graph has none.
    pub(super) fn weights_in(&self, vertex: usize) -> &[f64] {
        let rows = self.into.as_ref().unwrap_or(&self.out);
        if self.weighted { &rows.loads[rows.starts[vertex]..rows.starts[vertex + 1]] } else { &[] }
    }

    /// Number of ends of edges in rows.
    pub(super) fn arcs(&self) -> usize {
        self.out.ends.len()
    }

    pub(super) fn has_loop(&self, vertex: usize) -> bool {
        self.loops > 0 && self.leads_to_itself(vertex)
    }

    fn leads_to_itself(&self, vertex: usize) -> bool {
        self.row(vertex).binary_search(&(vertex as u32)).is_ok()
    }

    /// Refuses a graph with directions.
    pub(super) fn must_be_undirected(&self, measure: &'static str) -> Result<(), GraphError> {
        if self.directed { Err(GraphError::Directed { measure }) } else { Ok(()) }
    }

    /// Refuses a graph with weights below 0.
    pub(super) fn must_not_be_negative(&self, measure: &'static str) -> Result<(), GraphError> {
        if !self.negative {
            return Ok(());
        }
        let found = self.list().find(|(_, _, weight)| *weight < 0.0);
        let (source, target, weight) = found.unwrap_or_default();
        Err(GraphError::Negative { measure, source_vertex: source, target, weight })
    }
}

fn check(vertices: usize, pairs: &[(u32, u32)], weights: Option<&[f64]>) -> Result<(), GraphError> {
    let most = u32::MAX as usize;
    if vertices >= most {
        return Err(GraphError::TooMany { what: "vertices", found: vertices, most: most - 1 });
    }
    if pairs.len() >= most {
        return Err(GraphError::TooMany { what: "edges", found: pairs.len(), most: most - 1 });
    }
    let highest = |piece: &[(u32, u32)]| piece.iter().map(|(a, b)| *a.max(b)).max().unwrap_or(0);
    if pairs.par_chunks(PIECE).any(|piece| highest(piece) as usize >= vertices) {
        let outside = |(a, b): &(u32, u32)| *a.max(b) as usize >= vertices;
        let edge = pairs.iter().position(outside).unwrap_or(0);
        let found = pairs[edge].0.max(pairs[edge].1);
        return Err(GraphError::Vertex { edge, found, vertices });
    }
    let Some(weights) = weights else { return Ok(()) };
    if weights.len() != pairs.len() {
        return Err(GraphError::Weights { edges: pairs.len(), found: weights.len() });
    }
    match weights.par_iter().position_first(|weight| !weight.is_finite()) {
        Some(edge) => Err(GraphError::Weight { edge, found: weights[edge] }),
        None => Ok(()),
    }
}

/// Arcs of edges: one for each where directed, else both ways, once for a loop.
fn arcs_of<'a>(
    pairs: &'a [(u32, u32)],
    directed: bool,
    kept: impl Fn(u32, u32) -> bool + Copy + 'a,
) -> impl Iterator<Item = (u32, u32, ())> + 'a {
    pairs.iter().filter(move |(a, b)| kept(*a, *b)).flat_map(move |(a, b)| {
        let ways = if directed || a == b { 1 } else { 2 };
        [(*a, *b, ()), (*b, *a, ())].into_iter().take(ways)
    })
}

/// The same arcs by their ends.
fn turned<L: super::build::Load>(out: &Rows<L>) -> Rows<L> {
    let vertices = out.starts.len() - 1;
    let arcs = |range: Range<usize>| {
        range.flat_map(|vertex| {
            let row = out.starts[vertex]..out.starts[vertex + 1];
            let arcs = out.ends[row.clone()].iter().zip(&out.loads[row]);
            arcs.map(move |(end, load)| (*end, vertex as u32, *load))
        })
    };
    rows(vertices, vertices, Merge::Never, arcs).0
}

fn bare(rows: Rows<()>) -> Rows<f64> {
    Rows { starts: rows.starts, ends: rows.ends, loads: Vec::new() }
}
