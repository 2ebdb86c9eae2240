//! Who is connected with whom, how closely, and who holds the whole together: graphs and their measures.
//!
//! Holds the graph in memory, its reader, and one file for each family of measures. It must never read or write files,
//! keep names of people, or let chance in but by a seed; and it must never give an estimate without its error.
//!
//! Every measure is defined as in networkx 3 unless its documentation says otherwise; normalisation and direction stand
//! with each. Results are the same on any number of threads.

mod betweenness;
mod build;
mod closeness;
mod communities;
mod components;
mod csr;
mod cuts;
mod degree;
mod kcore;
mod links;
mod ordered;
mod parse;
mod rank;
mod triangles;
mod windows;

#[cfg(test)]
mod tests;

pub use betweenness::{Sample, SampledBetweenness, betweenness, sampled_betweenness};
pub use closeness::{Closeness, closeness};
pub use communities::{Communities, CommunitySettings, communities, modularity};
pub use components::{Components, strong_components, weak_components};
pub use csr::{Direction, Graph, GraphSettings, Repeats};
pub use cuts::{Cuts, cuts};
pub use degree::{assortativity, degrees, strengths};
pub use kcore::core_numbers;
pub use links::{HeldOut, HoldOut, Link, LinkMethod, link_strengths, strongest_links, temporal_hold_out};
pub use parse::{PairReader, dense, number, parse_pairs};
pub use rank::{Hits, RankSettings, Ranks, hits, pagerank};
pub use triangles::{Triangles, triangles};
pub use windows::{TimedEdges, Window, per_window, windows};

use model::draws::{self, mix, scatter};

/// Why a graph or a measure cannot be had.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GraphError {
    /// A line of an edge list that is not two numbers.
    #[error(
        "line {line}: found `{found}`; write two whole numbers below 4294967295, with no zeros before them and a comma, tab or space between them"
    )]
    Line {
        /// From 1.
        line: usize,
        /// The line, cut where it is long.
        found: String,
    },
    /// An end of an edge that is no vertex.
    #[error(
        "edge {edge}: found vertex {found} in a graph of {vertices}; write numbers from 0 below the number of vertices"
    )]
    Vertex {
        /// Place of the edge, from 0.
        edge: usize,
        /// The vertex.
        found: u32,
        /// Number of vertices.
        vertices: usize,
    },
    /// Another number of weights than of edges.
    #[error("found {found} weights or times for {edges} edges; write one for each edge, or none")]
    Weights {
        /// Number of edges.
        edges: usize,
        /// Number of weights or times.
        found: usize,
    },
    /// A weight that nothing can be computed with.
    #[error("edge {edge}: found the weight {found}; write a finite number")]
    Weight {
        /// Place of the edge, from 0.
        edge: usize,
        /// The weight.
        found: f64,
    },
    /// More than can be counted.
    #[error("found {found} {what}; this graph holds {most} at most, so split the data")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many.
        found: usize,
        /// How many can be held.
        most: usize,
    },
    /// A setting that nothing can be computed with.
    #[error("setting `{name}`: found `{found}`; write {write}")]
    Setting {
        /// Its name.
        name: &'static str,
        /// What was found.
        found: String,
        /// What is meant.
        write: &'static str,
    },
    /// A measure of undirected graphs.
    #[error("{measure} are defined on undirected graphs and this one is directed; write `undirected` first")]
    Directed {
        /// The measure.
        measure: &'static str,
    },
    /// A measure of graphs without negative weights.
    #[error(
        "{measure} need weights of 0 or more; found {weight} on the edge from {source_vertex} to {target}; leave such edges out"
    )]
    Negative {
        /// The measure.
        measure: &'static str,
        /// Where the edge begins.
        source_vertex: u32,
        /// Where it ends.
        target: u32,
        /// Its weight.
        weight: f64,
    },
}

/// No vertex, no group.
const NONE: u32 = u32::MAX;

/// Numbers as good as random that follow from a seed.
#[derive(Clone, Debug)]
struct Chance(u64);

impl Chance {
    /// The sequence of a seed for one purpose.
    fn new(seed: u64, purpose: u64) -> Self {
        Self(mix(seed ^ scatter(purpose)))
    }

    fn next(&mut self) -> u64 {
        draws::next(&mut self.0)
    }

    /// A number below `most`, which is at least 1.
    fn below(&mut self, most: usize) -> usize {
        ((u128::from(self.next()) * most as u128) >> 64) as usize
    }

    /// A number from 0, below 1.
    fn share(&mut self) -> f64 {
        draws::next_share(&mut self.0)
    }

    fn shuffle<T>(&mut self, values: &mut [T]) {
        for place in (1..values.len()).rev() {
            values.swap(place, self.below(place + 1));
        }
    }
}

/// Numbers groups from the largest, the one with the lowest vertex first among equals: the group of each vertex, and
/// the sizes.
fn by_size(labels: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let highest = labels.iter().max().map_or(0, |most| *most as usize + 1);
    // (size, first vertex) of each label.
    let mut groups: Vec<(u32, u32)> = vec![(0, NONE); highest];
    for (vertex, label) in labels.iter().enumerate() {
        let group = &mut groups[*label as usize];
        group.0 += 1;
        group.1 = group.1.min(vertex as u32);
    }
    let mut order: Vec<u32> = (0..highest as u32).filter(|label| groups[*label as usize].0 > 0).collect();
    order.sort_unstable_by_key(|label| (std::cmp::Reverse(groups[*label as usize].0), groups[*label as usize].1));
    let sizes = order.iter().map(|label| groups[*label as usize].0).collect();
    let mut numbers = vec![NONE; highest];
    for (number, label) in order.iter().enumerate() {
        numbers[*label as usize] = number as u32;
    }
    (labels.iter().map(|label| numbers[*label as usize]).collect(), sizes)
}

/// Numbers computed with must be finite; tells whether a share is above 0 and below 1.
fn within(value: f64, low: f64, high: f64) -> bool {
    value > low && value < high
}
