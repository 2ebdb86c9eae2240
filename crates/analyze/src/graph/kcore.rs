//! How deep in the dense part of a graph vertices are.
//!
//! Holds core numbers.

use super::{Direction, Graph, degrees};

/// Core number of each vertex: the largest k of a part of the graph that holds it and in which each vertex has k
/// neighbours or more, as networkx `core_number`; loops are passed over. In a directed graph edges in and out are
/// counted together, so that two neighbours with edges to and fro count twice.
///
/// Vertices are taken away level by level, with a look at all that are left for each (H. Kabir and K. Madduri,
/// "Parallel k-core decomposition on multicore platforms", IPDPS Workshops 2017). O(m), and O(n) at most for each core
/// number that occurs.
pub fn core_numbers(graph: &Graph) -> Vec<u32> {
    let mut cores = degrees(graph, Direction::Both);
    cores.iter_mut().enumerate().filter(|(vertex, _)| graph.has_loop(*vertex)).for_each(|(_, core)| *core -= 2);
    let mut left: Vec<u32> = (0..cores.len() as u32).collect();
    let mut taken: Vec<u32> = Vec::with_capacity(cores.len());
    while let Some(level) = left.iter().map(|vertex| cores[*vertex as usize]).min() {
        // INVARIANT: of those left, each has `level` neighbours or more among them, so that none falls below.
        left.retain(|vertex| {
            let stays = cores[*vertex as usize] > level;
            if !stays {
                taken.push(*vertex);
            }
            stays
        });
        while let Some(vertex) = taken.pop() {
            let vertex = vertex as usize;
            let into: &[u32] = if graph.is_directed() { graph.row_in(vertex) } else { &[] };
            for end in graph.row(vertex).iter().chain(into) {
                let core = &mut cores[*end as usize];
                if *core > level {
                    *core -= 1;
                    if *core == level {
                        taken.push(*end);
                    }
                }
            }
        }
        left.retain(|vertex| cores[*vertex as usize] > level);
    }
    cores
}
