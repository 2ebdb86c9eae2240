//! Measures as they change in time.
//!
//! Holds windows of time and the graphs of the edges in them. It must never let an edge into a window that it is not
//! in.

use super::{Graph, GraphError, GraphSettings};
use rayon::prelude::*;

/// Windows that are made at most.
const MOST: i128 = 1_000_000;

/// A span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First moment of it.
    pub from: i64,
    /// First moment after it.
    pub until: i64,
}

/// Windows of a length, the first from `first` on, each `step` later, as long as they begin no later than `last`. They
/// overlap where the step is shorter than the length.
///
/// # Errors
/// A length or step below 1, more than a million windows.
pub fn windows(first: i64, last: i64, length: i64, step: i64) -> Result<Vec<Window>, GraphError> {
    for (name, value) in [("length", length), ("step", step)] {
        if value < 1 {
            return Err(GraphError::Setting {
                name,
                found: value.to_string(),
                write: "1 or more, in the unit of the times",
            });
        }
    }
    let count = if last < first { 0 } else { (i128::from(last) - i128::from(first)) / i128::from(step) + 1 };
    if count > MOST {
        let write = "a longer step, for a million windows at most";
        return Err(GraphError::Setting { name: "step", found: step.to_string(), write });
    }
    Ok((0..count as i64)
        .map(|number| first.saturating_add(number.saturating_mul(step)))
        .map(|from| Window { from, until: from.saturating_add(length) })
        .collect())
}

/// Computes a measure on the graph of the edges in each window: of those `pairs` whose time is in it. All graphs have
/// the same `vertices`. O(m log m), and what the measure takes.
///
/// # Errors
/// As [`Graph::new`]; another number of times than of pairs; what the measure gives.
pub fn per_window<T, F>(
    edges: &TimedEdges<'_>,
    windows: &[Window],
    settings: &GraphSettings,
    measure: F,
) -> Result<Vec<T>, GraphError>
where
    T: Send,
    F: Fn(&Window, &Graph) -> Result<T, GraphError> + Sync,
{
    if edges.times.len() != edges.pairs.len() {
        return Err(GraphError::Weights { edges: edges.pairs.len(), found: edges.times.len() });
    }
    // What is wrong with any edge is told even where no window holds it.
    Graph::new(edges.vertices, edges.pairs, edges.weights, settings)?;
    let mut order: Vec<u32> = (0..edges.pairs.len() as u32).collect();
    order.par_sort_by_key(|edge| edges.times[*edge as usize]);
    let pairs: Vec<(u32, u32)> = order.iter().map(|edge| edges.pairs[*edge as usize]).collect();
    let weights: Option<Vec<f64>> =
        edges.weights.map(|weights| order.iter().map(|edge| weights[*edge as usize]).collect());
    let place = |time: i64| order.partition_point(|edge| edges.times[*edge as usize] < time);
    windows
        .par_iter()
        .map(|window| {
            let from = place(window.from);
            let range = from..place(window.until).max(from);
            let weights = weights.as_ref().map(|weights| &weights[range.clone()]);
            measure(window, &Graph::new(edges.vertices, &pairs[range], weights, settings)?)
        })
        .collect()
}

/// Edges with the times at which they were.
#[derive(Clone, Copy, Debug)]
pub struct TimedEdges<'a> {
    /// Number of vertices.
    pub vertices: usize,
    /// Source and target of each edge.
    pub pairs: &'a [(u32, u32)],
    /// Weight of each edge, if they have any.
    pub weights: Option<&'a [f64]>,
    /// Time of each edge, in any unit.
    pub times: &'a [i64],
}
