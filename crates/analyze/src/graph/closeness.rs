//! How near vertices are to all others.
//!
//! Holds closeness and its harmonic form. It must never take a vertex that cannot be reached for a near one.

use super::betweenness::summed;
use super::{Graph, GraphError};
use std::ops::Range;

/// Sources of one search: a bit for each.
const AT_ONCE: usize = 64;

/// Two measures of nearness. Both count paths that lead to a vertex; an edge is a step of 1 whatever its weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Closeness {
    /// Share of the other vertices from which it can be reached, over their mean distance; networkx
    /// `closeness_centrality`.
    pub closeness: Vec<f64>,
    /// Sum of one over the distance from each other vertex; networkx `harmonic_centrality`.
    pub harmonic: Vec<f64>,
}

/// Computes closeness (with the correction of S. Wasserman and K. Faust, "Social network analysis", 1994, for graphs
/// that are not connected) and harmonic centrality (M. Marchiori and V. Latora, "Harmony in the small-world", Physica A
/// 285, 2000).
///
/// Sixty-four searches run together, a bit for each (M. Then et al., "The more the merrier: efficient multi-source
/// graph traversal", VLDB 2014). O(n m) at most, far less where searches meet.
///
/// # Errors
/// None on a graph that was made.
pub fn closeness(graph: &Graph) -> Result<Closeness, GraphError> {
    let vertices = graph.vertices();
    let batches = vertices.div_ceil(AT_ONCE);
    // For each vertex the sources that reach it, their distances, and one over those. The first two are whole and below
    // 2^53.
    let sums = summed(batches, 3 * vertices, |range, sums| {
        let mut search = Search::new(graph);
        for batch in range {
            search.from(batch * AT_ONCE..((batch + 1) * AT_ONCE).min(vertices), sums);
        }
        Ok(())
    })?;
    let others = vertices.saturating_sub(1) as f64;
    let near = |vertex: usize| {
        let (reached, distance) = (sums[vertex], sums[vertices + vertex]);
        if distance > 0.0 { reached / distance * (reached / others) } else { 0.0 }
    };
    Ok(Closeness { closeness: (0..vertices).map(near).collect(), harmonic: sums[2 * vertices..].to_vec() })
}

/// Searches from up to sixty-four sources at once.
struct Search<'a> {
    graph: &'a Graph,
    /// Which sources have reached each vertex, and which have in the last step and in this one.
    seen: Vec<u64>,
    last: Vec<u64>,
    now: Vec<u64>,
}

impl<'a> Search<'a> {
    fn new(graph: &'a Graph) -> Self {
        let empty = vec![0; graph.vertices()];
        Self { graph, seen: empty.clone(), last: empty.clone(), now: empty }
    }

    fn from(&mut self, sources: Range<usize>, sums: &mut [f64]) {
        let vertices = self.graph.vertices();
        self.seen.fill(0);
        let mut active: Vec<u32> = Vec::new();
        for (bit, source) in sources.enumerate() {
            self.last[source] = 1 << bit;
            self.seen[source] = 1 << bit;
            active.push(source as u32);
        }
        let mut touched: Vec<u32> = Vec::new();
        let mut distance = 0.0;
        while !active.is_empty() {
            distance += 1.0;
            for vertex in active.drain(..) {
                let bits = std::mem::take(&mut self.last[vertex as usize]);
                for end in self.graph.row(vertex as usize) {
                    let now = &mut self.now[*end as usize];
                    if *now == 0 {
                        touched.push(*end);
                    }
                    *now |= bits;
                }
            }
            for vertex in touched.drain(..) {
                let at = vertex as usize;
                let new = std::mem::take(&mut self.now[at]) & !self.seen[at];
                if new != 0 {
                    self.seen[at] |= new;
                    self.last[at] = new;
                    active.push(vertex);
                    let count = f64::from(new.count_ones());
                    sums[at] += count;
                    sums[vertices + at] += count * distance;
                    sums[2 * vertices + at] += count / distance;
                }
            }
        }
    }
}
