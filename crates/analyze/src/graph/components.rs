//! Which vertices can be reached from which.
//!
//! Holds weak and strong components. It must never recurse: a path of a million vertices is one component like any
//! other.

use super::{Graph, NONE, by_size};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Neighbours of each vertex that are joined before the largest components are sought.
const FIRST: usize = 2;

/// Vertices by component.
#[derive(Clone, Debug, PartialEq)]
pub struct Components {
    /// Component of each vertex: 0 is the largest, among equals the one with the lowest vertex.
    pub of: Vec<u32>,
    /// Number of vertices of each component, falling.
    pub sizes: Vec<u32>,
}

impl Components {
    fn of(labels: &[u32]) -> Self {
        let (of, sizes) = by_size(labels);
        Self { of, sizes }
    }
}

/// Components when directions are left aside, as networkx `connected_components` and `weakly_connected_components`.
///
/// Vertices are joined with their first neighbours, then those outside the largest component so far with all (M.
/// Sutton, T. Ben-Nun and A. Barak, "Optimizing parallel graph connectivity computation via subgraph sampling", IPDPS
/// 2018). Close to O(n) where one component holds most, O(m) at most.
pub fn weak_components(graph: &Graph) -> Components {
    Components::of(&joined(graph, |_| 0))
}

/// The connected parts of groups of vertices, whose numbers are below that of vertices: a number for each vertex, that
/// of the lowest vertex of its part.
pub(super) fn parts_within(graph: &Graph, groups: &[u32]) -> Vec<u32> {
    joined(graph, |vertex| groups[vertex as usize])
}

/// The lowest vertex that each can be reached from over edges within a group.
fn joined(graph: &Graph, group: impl Fn(u32) -> u32 + Sync) -> Vec<u32> {
    let vertices = graph.vertices();
    let parents = Parents((0..vertices as u32).map(AtomicU32::new).collect());
    let all = || (0..vertices as u32).into_par_iter().with_min_len(4096);
    let join = |vertex: u32, ends: &[u32], most: usize| {
        let own = group(vertex);
        ends.iter().filter(|end| group(**end) == own).take(most).for_each(|end| parents.join(vertex, *end));
    };
    all().for_each(|vertex| join(vertex, graph.row(vertex as usize), FIRST));
    all().for_each(|vertex| parents.shorten(vertex));
    let largest = parents.largest(&group);
    all().filter(|vertex| parents.parent(*vertex) != largest[group(*vertex) as usize]).for_each(|vertex| {
        join(vertex, graph.row(vertex as usize), usize::MAX);
        // An edge is seen from either end, so that it counts even if the other end is in the largest.
        if graph.is_directed() {
            join(vertex, graph.row_in(vertex as usize), usize::MAX);
        }
    });
    all().for_each(|vertex| parents.shorten(vertex));
    parents.0.into_iter().map(AtomicU32::into_inner).collect()
}

/// Trees of vertices whose roots are the lowest of each. INVARIANT: a parent is never higher than its child, so there
/// is no circle.
struct Parents(Vec<AtomicU32>);

impl Parents {
    fn parent(&self, vertex: u32) -> u32 {
        self.0[vertex as usize].load(Relaxed)
    }

    /// Joins two trees, the higher root under the lower; tries again where another thread came first.
    fn join(&self, one: u32, other: u32) {
        let (mut one, mut other) = (self.parent(one), self.parent(other));
        while one != other {
            let (low, high) = (one.min(other), one.max(other));
            match self.0[high as usize].compare_exchange(high, low, Relaxed, Relaxed) {
                Ok(_) => return,
                Err(parent) => (one, other) = (self.parent(parent), low),
            }
        }
    }

    /// Hangs a vertex under its root.
    fn shorten(&self, vertex: u32) {
        let mut root = vertex;
        while self.parent(root) != root {
            root = self.parent(root);
        }
        self.0[vertex as usize].store(root, Relaxed);
    }

    /// The root of most vertices of each group; only speed depends on it.
    fn largest(&self, group: impl Fn(u32) -> u32) -> Vec<u32> {
        let vertices = self.0.len() as u32;
        let mut counts = vec![0_u32; self.0.len()];
        (0..vertices).for_each(|vertex| counts[self.parent(vertex) as usize] += 1);
        let mut largest = vec![(0, NONE); self.0.len()];
        for (root, count) in (0..vertices).zip(counts) {
            let known = &mut largest[group(root) as usize];
            *known = (count, root).max(*known);
        }
        largest.into_iter().map(|(_, root)| root).collect()
    }
}

/// Components in which each vertex can be reached from each along directions, as networkx
/// `strongly_connected_components`; the weak ones in an undirected graph. One search in depth without recursion (R.
/// Tarjan, "Depth-first search and linear graph algorithms", SIAM Journal on Computing 1, 1972). O(n + m).
pub fn strong_components(graph: &Graph) -> Components {
    if !graph.is_directed() {
        return weak_components(graph);
    }
    let vertices = graph.vertices();
    // Place in the order of the search, then the lowest place that is reached; of a finished component, NONE.
    let mut lowest = vec![0_u32; vertices];
    let mut labels = vec![NONE; vertices];
    let (mut open, mut path): (Vec<u32>, Vec<(u32, u32, u32)>) = (Vec::new(), Vec::new());
    let (mut place, mut label) = (0, 0);
    for root in 0..vertices as u32 {
        if lowest[root as usize] != 0 {
            continue;
        }
        place += 1;
        lowest[root as usize] = place;
        open.push(root);
        path.push((root, 0, place));
        while let Some((vertex, next, own)) = path.last_mut() {
            let at = *vertex as usize;
            if let Some(end) = graph.row(at).get(*next as usize).map(|end| *end as usize) {
                *next += 1;
                if lowest[end] == 0 {
                    place += 1;
                    lowest[end] = place;
                    open.push(end as u32);
                    path.push((end as u32, 0, place));
                } else if labels[end] == NONE {
                    lowest[at] = lowest[at].min(lowest[end]);
                }
                continue;
            }
            if lowest[at] == *own {
                while let Some(member) = open.pop() {
                    labels[member as usize] = label;
                    if member as usize == at {
                        break;
                    }
                }
                label += 1;
            }
            path.pop();
            if let Some((parent, _, _)) = path.last() {
                lowest[*parent as usize] = lowest[*parent as usize].min(lowest[at]);
            }
        }
    }
    Components::of(&labels)
}
