//! Who has neighbours that know each other.
//!
//! Holds triangles and clustering. It must never list triangles: they can be a thousand times as many as edges.

use super::ordered::{Keep, Ordered};
use super::{Graph, GraphError, NONE};
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Vertices that a thread takes at once.
const CHUNK: usize = 128;

/// Triangles and clustering of an undirected graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Triangles {
    /// Triangles that each vertex is part of; networkx `triangles`.
    pub of: Vec<u64>,
    /// Share of the pairs of neighbours of each vertex that are neighbours themselves, 0 where there is no pair;
    /// networkx `clustering`.
    pub clustering: Vec<f64>,
    /// Triangles in all.
    pub total: u64,
    /// Three times the triangles over the pairs of neighbours, 0 where there is none; networkx `transitivity`.
    pub transitivity: f64,
    /// Mean of the clustering of all vertices; networkx `average_clustering`.
    pub mean_clustering: f64,
}

/// Counts the triangles at each vertex; loops and weights play no part.
///
/// Each edge is given to the end with fewer neighbours, and the rows of both ends are compared (M. Latapy, "Main-memory
/// triangle computations for very large (sparse (power-law)) graphs", Theoretical Computer Science 407, 2008). O(m^1.5)
/// at most; memory proportional to the edges, and to the vertices for each thread.
///
/// # Errors
/// A directed graph.
pub fn triangles(graph: &Graph) -> Result<Triangles, GraphError> {
    graph.must_be_undirected("triangles")?;
    let vertices = graph.vertices();
    let degree = |vertex: usize| graph.row(vertex).len() - usize::from(graph.has_loop(vertex));
    // Neighbours that come before: those with more neighbours of their own.
    let ordered = Ordered::of(graph, false, Keep::Before);
    let at_place = count(&ordered);
    let of: Vec<u64> = ordered.places.iter().map(|place| at_place[*place as usize]).collect();
    let pairs = |vertex: usize| {
        let degree = degree(vertex) as u64;
        degree * degree.saturating_sub(1) / 2
    };
    let clustering: Vec<f64> = of
        .iter()
        .enumerate()
        .map(|(vertex, own)| if *own == 0 { 0.0 } else { *own as f64 / pairs(vertex) as f64 })
        .collect();
    let sum: u64 = of.iter().sum();
    let open: u64 = (0..vertices).map(pairs).sum();
    let transitivity = if open == 0 { 0.0 } else { sum as f64 / open as f64 };
    let mean_clustering = clustering.iter().sum::<f64>() / vertices.max(1) as f64;
    Ok(Triangles { of, clustering, total: sum / 3, transitivity, mean_clustering })
}

/// Triangles at each place. Threads take rows as they come and count for themselves; whole numbers add up to the same
/// in any order.
fn count(ordered: &Ordered) -> Vec<u64> {
    let places = ordered.order.len();
    let next = AtomicUsize::new(0);
    let threads = rayon::current_num_threads().min(places.div_ceil(CHUNK)).max(1);
    let counts: Vec<Vec<u64>> = (0..threads)
        .into_par_iter()
        .with_max_len(1)
        .map(|_| {
            let mut counts = vec![0_u64; places];
            let mut marks = vec![NONE; places];
            loop {
                let from = next.fetch_add(CHUNK, Relaxed);
                if from >= places {
                    return counts;
                }
                for place in from..(from + CHUNK).min(places) {
                    let own = ordered.row(place);
                    if own.len() < 2 {
                        continue;
                    }
                    own.iter().for_each(|end| marks[*end as usize] = place as u32);
                    let mut at_own = 0;
                    for end in own {
                        let mut both = 0;
                        for third in ordered.row(*end as usize) {
                            let hit = u64::from(marks[*third as usize] == place as u32);
                            counts[*third as usize] += hit;
                            both += hit;
                        }
                        counts[*end as usize] += both;
                        at_own += both;
                    }
                    counts[place] += at_own;
                }
            }
        })
        .collect();
    let mut sums = vec![0; places];
    for own in counts {
        sums.iter_mut().zip(own).for_each(|(sum, count)| *sum += count);
    }
    sums
}
