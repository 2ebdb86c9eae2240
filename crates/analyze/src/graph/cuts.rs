//! What holds a graph together: edges and vertices without which it falls apart.
//!
//! Holds bridges and cut vertices. It must never recurse: a path of a million vertices is a million deep.

use super::{Graph, GraphError, NONE};

/// Where a graph can be cut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cuts {
    /// Edges whose loss parts their ends, the lower vertex first, in order; networkx `bridges`.
    pub bridges: Vec<(u32, u32)>,
    /// Vertices whose loss parts others, rising; networkx `articulation_points`.
    pub vertices: Vec<u32>,
}

/// Finds bridges and cut vertices by one search in depth (J. Hopcroft and R. Tarjan, "Algorithm 447: efficient
/// algorithms for graph manipulation", Communications of the ACM 16, 1973). O(n + m).
///
/// # Errors
/// A directed graph.
pub fn cuts(graph: &Graph) -> Result<Cuts, GraphError> {
    graph.must_be_undirected("bridges and cut vertices")?;
    let vertices = graph.vertices();
    // Place of each vertex in the search, and the first place that its branch reaches past its parent; 0 for none yet.
    let (mut places, mut lowest) = (vec![0_u32; vertices], vec![0_u32; vertices]);
    let mut cut = vec![false; vertices];
    let mut bridges = Vec::new();
    let mut path: Vec<(u32, u32, u32)> = Vec::new();
    let mut place = 0;
    for root in 0..vertices as u32 {
        if places[root as usize] != 0 {
            continue;
        }
        let mut branches = 0;
        place += 1;
        (places[root as usize], lowest[root as usize]) = (place, place);
        path.push((root, NONE, 0));
        while let Some((vertex, parent, next)) = path.last_mut() {
            let (at, up) = (*vertex as usize, *parent);
            if let Some(end) = graph.row(at).get(*next as usize).copied() {
                *next += 1;
                let to = end as usize;
                if places[to] == 0 {
                    place += 1;
                    (places[to], lowest[to]) = (place, place);
                    path.push((end, at as u32, 0));
                } else if end != up {
                    lowest[at] = lowest[at].min(places[to]);
                }
                continue;
            }
            path.pop();
            if up == NONE {
                continue;
            }
            let above = up as usize;
            lowest[above] = lowest[above].min(lowest[at]);
            if lowest[at] > places[above] {
                bridges.push((up.min(at as u32), up.max(at as u32)));
            }
            if up == root {
                branches += 1;
            } else if lowest[at] >= places[above] {
                cut[above] = true;
            }
        }
        cut[root as usize] = branches > 1;
    }
    bridges.sort_unstable();
    Ok(Cuts { bridges, vertices: (0..vertices as u32).filter(|vertex| cut[*vertex as usize]).collect() })
}
