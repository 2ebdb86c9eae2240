//! Who stands on the shortest paths between others.
//!
//! Holds exact and sampled betweenness. It must never give a sampled value without its error.

use super::build::pieces;
use super::{Chance, Graph, GraphError, NONE, within};
use rayon::prelude::*;

/// Pieces of the sources at most; fixed, so that the result never depends on the number of threads.
const PIECES: usize = 64;
/// Numbers kept for pieces at the same time, about.
const KEPT: usize = 1 << 24;

/// Betweenness of each vertex: over all pairs of other vertices, the sum of the shares of their shortest paths that
/// pass through it, as networkx `betweenness_centrality`. An edge is a step of 1 whatever its weight; in a directed
/// graph paths follow directions. `normalised` divides by the number of pairs, ordered ones in a directed graph.
///
/// Dependencies are added up from each source (U. Brandes, "A faster algorithm for betweenness centrality", Journal of
/// Mathematical Sociology 25, 2001). Paths are counted from the side of the vertices not yet reached where fewer edges
/// lead from there (S. Beamer, K. Asanović and D. Patterson, "Direction-optimizing breadth-first search", SC 2012). O(n
/// m).
///
/// # Errors
/// More shortest paths between two vertices than a floating point number can count.
pub fn betweenness(graph: &Graph, normalised: bool) -> Result<Vec<f64>, GraphError> {
    let vertices = graph.vertices();
    let mut sums = summed(vertices, vertices, |range, sums| {
        let mut search = Search::new(graph);
        range.into_iter().try_for_each(|source| search.from(source as u32, |vertex, own| sums[vertex] += own))
    })?;
    let pairs = vertices.saturating_sub(1) as f64 * vertices.saturating_sub(2) as f64;
    let factor = match (normalised, graph.is_directed()) {
        (true, _) if pairs > 0.0 => 1.0 / pairs,
        (false, false) => 0.5,
        _ => 1.0,
    };
    sums.iter_mut().for_each(|sum| *sum *= factor);
    Ok(sums)
}

/// How betweenness is estimated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Sources drawn, with replacement.
    pub sources: usize,
    /// Chance that every value is within its error.
    pub confidence: f64,
    /// Chance follows from this number alone.
    pub seed: u64,
}

impl Default for Sample {
    fn default() -> Self {
        Self { sources: 256, confidence: 0.95, seed: 1 }
    }
}

/// Betweenness estimated from some sources.
#[derive(Clone, Debug, PartialEq)]
pub struct SampledBetweenness {
    /// Estimate for each vertex, normalised.
    pub values: Vec<f64>,
    /// How far the true value of each vertex may be away; all are within at once with the confidence asked for.
    pub errors: Vec<f64>,
    /// Sources used: as many as vertices where the values are exact.
    pub sources: usize,
}

/// Estimates the normalised betweenness from sources drawn at random (U. Brandes and C. Pich, "Centrality estimation in
/// large networks", International Journal of Bifurcation and Chaos 17, 2007).
///
/// The share of one source is between 0 and 1, so that the error of a mean of k follows from its variance by the
/// empirical Bernstein bound (A. Maurer and M. Pontil, "Empirical Bernstein bounds and sample variance penalization",
/// COLT 2009), and without it by that of W. Hoeffding (1963); the smaller counts, for all vertices together. Exact,
/// with errors of 0, where no fewer sources than vertices are asked for. O(k m).
///
/// # Errors
/// As [`betweenness`], and settings that nothing can be computed with.
pub fn sampled_betweenness(graph: &Graph, sample: &Sample) -> Result<SampledBetweenness, GraphError> {
    if !within(sample.confidence, 0.0, 1.0) {
        let found = sample.confidence.to_string();
        return Err(GraphError::Setting { name: "confidence", found, write: "a share between 0 and 1, such as 0.95" });
    }
    if sample.sources < 2 {
        let found = sample.sources.to_string();
        return Err(GraphError::Setting { name: "sources", found, write: "2 or more; 256 are usual" });
    }
    let vertices = graph.vertices();
    if sample.sources >= vertices || vertices < 3 {
        let values = betweenness(graph, true)?;
        return Ok(SampledBetweenness { errors: vec![0.0; vertices], values, sources: vertices });
    }
    let mut chance = Chance::new(sample.seed, 0);
    let sources: Vec<u32> = (0..sample.sources).map(|_| chance.below(vertices) as u32).collect();
    // A source adds at most n - 2 to a vertex.
    let share = 1.0 / (vertices - 2) as f64;
    let sums = summed(sources.len(), 2 * vertices, |range, sums| {
        let (sums, squares) = sums.split_at_mut(vertices);
        let mut search = Search::new(graph);
        sources[range].iter().try_for_each(|source| {
            search.from(*source, |vertex, own| {
                sums[vertex] += own * share;
                squares[vertex] += own * share * own * share;
            })
        })
    })?;
    let (sums, squares) = sums.split_at(vertices);
    let count = sources.len() as f64;
    // Two bounds on two sides of each vertex share what may go wrong.
    let log = (4.0 * vertices as f64 / (1.0 - sample.confidence)).ln();
    let plain = (log / (2.0 * count)).sqrt();
    // The mean is over all sources, the vertex itself among them, which adds nothing.
    let scale = vertices as f64 / (vertices - 1) as f64;
    let error = |(sum, square): (&f64, &f64)| {
        let variance = ((square - sum * sum / count) / (count - 1.0)).max(0.0);
        let by_variance = (2.0 * variance * log / count).sqrt() + 7.0 * log / (3.0 * (count - 1.0));
        plain.min(by_variance) * scale
    };
    let errors = sums.iter().zip(squares).map(error).collect();
    let values = sums.iter().map(|sum| sum / count * scale).collect();
    Ok(SampledBetweenness { values, errors, sources: sources.len() })
}

/// Adds up what pieces of `0..total` give, each `width` numbers, always in the same order.
pub(super) fn summed<F>(total: usize, width: usize, of: F) -> Result<Vec<f64>, GraphError>
where
    F: Fn(std::ops::Range<usize>, &mut [f64]) -> Result<(), GraphError> + Sync,
{
    let mut sums = vec![0.0; width];
    let pieces = pieces(total, 1, PIECES);
    let at_once = (KEPT / width.max(1)).max(2 * rayon::current_num_threads());
    for some in pieces.chunks(at_once) {
        let found: Vec<Result<Vec<f64>, GraphError>> = some
            .par_iter()
            .with_max_len(1)
            .map(|piece| {
                let mut own = vec![0.0; width];
                of(piece.clone(), &mut own).map(|()| own)
            })
            .collect();
        for own in found {
            sums.iter_mut().zip(own?).for_each(|(sum, own)| *sum += own);
        }
    }
    Ok(sums)
}

/// A search for shortest paths from one source after the other.
struct Search<'a> {
    graph: &'a Graph,
    /// Number of shortest paths to each vertex; 0 until it is reached.
    paths: Vec<f64>,
    /// (1 + dependency) / paths of each vertex whose level is done on the way back, else 0.
    passed: Vec<f64>,
    level: Vec<u32>,
    /// Vertices in the order in which they were reached, and the first of each level.
    order: Vec<u32>,
    levels: Vec<usize>,
    /// Vertices that may not be reached yet.
    rest: Vec<u32>,
    fresh: Vec<f64>,
}

impl<'a> Search<'a> {
    fn new(graph: &'a Graph) -> Self {
        let vertices = graph.vertices();
        Self {
            graph,
            paths: vec![0.0; vertices],
            passed: vec![0.0; vertices],
            level: vec![NONE; vertices],
            order: Vec::with_capacity(vertices),
            levels: Vec::new(),
            rest: Vec::with_capacity(vertices),
            fresh: Vec::with_capacity(vertices),
        }
    }

    /// Gives the dependency of the source on each vertex that lies on some path.
    fn from(&mut self, source: u32, add: impl FnMut(usize, f64)) -> Result<(), GraphError> {
        self.count_paths(source);
        let counted = self.order.iter().all(|vertex| self.paths[*vertex as usize].is_finite());
        if counted {
            self.add_up(add);
        }
        for vertex in &self.order {
            let vertex = *vertex as usize;
            (self.paths[vertex], self.passed[vertex], self.level[vertex]) = (0.0, 0.0, NONE);
        }
        let found = usize::MAX;
        if counted {
            Ok(())
        } else {
            Err(GraphError::TooMany { what: "shortest paths between two vertices", found, most: found })
        }
    }

    fn count_paths(&mut self, source: u32) {
        self.order.clear();
        self.levels.clear();
        self.rest.clear();
        self.levels.push(0);
        self.order.push(source);
        self.paths[source as usize] = 1.0;
        self.level[source as usize] = 0;
        let graph = self.graph;
        let mut to_reach = graph.arcs() - graph.row_in(source as usize).len();
        loop {
            let from = self.levels.last().copied().unwrap_or(0);
            let leading: usize = self.order[from..].iter().map(|vertex| graph.row(*vertex as usize).len()).sum();
            let depth = self.levels.len() as u32;
            let reached = self.order.len();
            // Looking back costs half as much for an edge, as nothing is decided there.
            if to_reach < 2 * leading {
                self.look_back(depth);
            } else {
                self.look_ahead(from, depth);
            }
            if self.order.len() == reached {
                return;
            }
            to_reach -= self.order[reached..].iter().map(|vertex| graph.row_in(*vertex as usize).len()).sum::<usize>();
            self.levels.push(reached);
        }
    }

    /// Finds the next level along the edges of the last one.
    fn look_ahead(&mut self, from: usize, depth: u32) {
        for place in from..self.order.len() {
            let vertex = self.order[place] as usize;
            let paths = self.paths[vertex];
            for end in self.graph.row(vertex) {
                let level = &mut self.level[*end as usize];
                if *level == NONE {
                    *level = depth;
                    self.order.push(*end);
                }
                if *level == depth {
                    self.paths[*end as usize] += paths;
                }
            }
        }
    }

    /// Finds the next level by adding up the paths to all sources of vertices not reached: only those of the last level
    /// have any.
    fn look_back(&mut self, depth: u32) {
        if self.rest.is_empty() {
            self.rest.extend(0..self.graph.vertices() as u32);
        }
        let reached = self.order.len();
        let (paths, level, graph) = (&self.paths, &self.level, self.graph);
        let (order, fresh) = (&mut self.order, &mut self.fresh);
        fresh.clear();
        self.rest.retain(|vertex| {
            if level[*vertex as usize] != NONE {
                return false;
            }
            let sum = sum_of(paths, graph.row_in(*vertex as usize));
            if sum > 0.0 {
                order.push(*vertex);
                fresh.push(sum);
            }
            sum == 0.0
        });
        for (vertex, sum) in self.order[reached..].iter().zip(&self.fresh) {
            self.paths[*vertex as usize] = *sum;
            self.level[*vertex as usize] = depth;
        }
    }

    /// Goes back level by level. While a level is worked on only the next one has passed anything on to it, so that all
    /// neighbours can be added up without a look at their level.
    fn add_up(&mut self, mut add: impl FnMut(usize, f64)) {
        let mut until = self.order.len();
        let deepest = self.levels.len() - 1;
        for (depth, from) in self.levels.iter().enumerate().skip(1).rev() {
            let own = &self.order[*from..until];
            self.fresh.clear();
            for vertex in own {
                let vertex = *vertex as usize;
                let paths = self.paths[vertex];
                let mut dependency = 0.0;
                if depth < deepest {
                    dependency = paths * sum_of(&self.passed, self.graph.row(vertex));
                    add(vertex, dependency);
                }
                self.fresh.push((1.0 + dependency) / paths);
            }
            for (vertex, passed) in own.iter().zip(&self.fresh) {
                self.passed[*vertex as usize] = *passed;
            }
            until = *from;
        }
    }
}

#[inline]
fn sum_of(values: &[f64], row: &[u32]) -> f64 {
    let (fours, rest) = row.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for four in fours {
        for (sum, end) in sums.iter_mut().zip(four) {
            *sum += values[*end as usize];
        }
    }
    rest.iter().map(|end| values[*end as usize]).sum::<f64>() + (sums[0] + sums[1]) + (sums[2] + sums[3])
}
