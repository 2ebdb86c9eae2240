//! How many edges vertices have, and whether the well connected are connected with each other.
//!
//! Holds degree, strength and assortativity. It must never count the edges of a neighbour as a vertex's own.

use super::{Direction, Graph};
use rayon::prelude::*;

/// Number of edges of each vertex, as networkx `degree`, `in_degree` and `out_degree`: a loop counts twice in an
/// undirected graph, and as one edge out and one in where directed. O(n log d).
pub fn degrees(graph: &Graph, direction: Direction) -> Vec<u32> {
    (0..graph.vertices()).into_par_iter().map(|vertex| degree(graph, vertex, direction)).collect()
}

fn degree(graph: &Graph, vertex: usize, direction: Direction) -> u32 {
    let count = match (graph.is_directed(), direction) {
        (false, _) => graph.row(vertex).len() + usize::from(graph.has_loop(vertex)),
        (true, Direction::Out) => graph.row(vertex).len(),
        (true, Direction::In) => graph.row_in(vertex).len(),
        (true, Direction::Both) => graph.row(vertex).len() + graph.row_in(vertex).len(),
    };
    count as u32
}

/// Sum of the weights of the edges of each vertex, counted as [`degrees`] counts edges; networkx
/// `degree(weight="weight")`. O(m).
pub fn strengths(graph: &Graph, direction: Direction) -> Vec<f64> {
    if !graph.is_weighted() {
        return degrees(graph, direction).into_iter().map(f64::from).collect();
    }
    let out = |vertex: usize| graph.weights(vertex).iter().sum::<f64>();
    let into = |vertex: usize| graph.weights_in(vertex).iter().sum::<f64>();
    let once_more = |vertex: usize| graph.weight(vertex as u32, vertex as u32).unwrap_or(0.0);
    let strength = |vertex| match (graph.is_directed(), direction) {
        (false, _) => out(vertex) + once_more(vertex),
        (true, Direction::Out) => out(vertex),
        (true, Direction::In) => into(vertex),
        (true, Direction::Both) => out(vertex) + into(vertex),
    };
    (0..graph.vertices()).into_par_iter().map(strength).collect()
}

/// Correlation of the degrees at both ends of edges (M. E. J. Newman, "Mixing patterns in networks", Physical Review E
/// 67, 2003), as networkx `degree_assortativity_coefficient`: in a directed graph of the edges out of the source with
/// those into the target; in an undirected one each edge counts both ways, a loop once. Weights play no part. `None`
/// without edges, or where all degrees at one end are the same. O(m).
pub fn assortativity(graph: &Graph) -> Option<f64> {
    let (from, to) = (degrees(graph, Direction::Out), degrees(graph, Direction::In));
    // Whole numbers, so that the sums are exact in any order.
    let sums = |vertex: usize| {
        let (x, row) = (i128::from(from[vertex]), graph.row(vertex));
        row.iter().fold([0_i128; 5], |[sx, sy, sxx, syy, sxy], end| {
            let y = i128::from(to[*end as usize]);
            [sx + x, sy + y, sxx + x * x, syy + y * y, sxy + x * y]
        })
    };
    let add = |a: [i128; 5], b: [i128; 5]| std::array::from_fn(|place| a[place] + b[place]);
    let [sx, sy, sxx, syy, sxy] = (0..graph.vertices()).into_par_iter().map(sums).reduce(|| [0; 5], add);
    let count = graph.arcs() as i128;
    let (of_x, of_y) = (count * sxx - sx * sx, count * syy - sy * sy);
    (of_x > 0 && of_y > 0).then(|| (count * sxy - sx * sy) as f64 / ((of_x as f64).sqrt() * (of_y as f64).sqrt()))
}
