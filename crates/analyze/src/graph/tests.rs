//! The graph, its reader, and each measure against a plain version of the same definition.

mod groups;
mod measures;
mod paths;
mod reading;

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Edges of a small graph, loops and repeats among them, with whole weights.
#[derive(Clone, Debug)]
struct Case {
    vertices: usize,
    pairs: Vec<(u32, u32)>,
    weights: Vec<f64>,
}

fn cases() -> impl Strategy<Value = Case> {
    (1_usize..18).prop_flat_map(|vertices| {
        let edge = (0..vertices as u32, 0..vertices as u32, 1_u8..5);
        proptest::collection::vec(edge, 0..60).prop_map(move |edges| Case {
            vertices,
            pairs: edges.iter().map(|(a, b, _)| (*a, *b)).collect(),
            weights: edges.iter().map(|(_, _, weight)| f64::from(*weight)).collect(),
        })
    })
}

fn settings(directed: bool) -> GraphSettings {
    GraphSettings { directed, ..GraphSettings::default() }
}

impl Case {
    fn graph(&self, directed: bool, weighted: bool) -> Graph {
        let repeats = if weighted { Repeats::Sum } else { Repeats::Last };
        let settings = GraphSettings { directed, drop_loops: false, repeats };
        let weights = weighted.then_some(self.weights.as_slice());
        Graph::new(self.vertices, &self.pairs, weights, &settings).expect("the case is sound")
    }

    /// The weights of the same graph as a square, 0 where there is no edge.
    fn square(&self, directed: bool, weighted: bool) -> Vec<Vec<f64>> {
        let mut square = vec![vec![0.0; self.vertices]; self.vertices];
        for ((a, b), weight) in self.pairs.iter().zip(&self.weights) {
            let ways = if directed || a == b { vec![(a, b)] } else { vec![(a, b), (b, a)] };
            for (row, column) in ways {
                let value = &mut square[*row as usize][*column as usize];
                *value = if weighted { *value + weight } else { 1.0 };
            }
        }
        square
    }

    /// The same graph with its vertices renumbered.
    fn turned(&self, turn: u32) -> Self {
        let turned = |vertex: u32| (vertex + turn) % self.vertices as u32;
        let pairs = self.pairs.iter().rev().map(|(a, b)| (turned(*a), turned(*b))).collect();
        Self { vertices: self.vertices, pairs, weights: self.weights.iter().rev().copied().collect() }
    }
}

/// Edges of a larger graph by chance, where some vertices have far more than others.
fn large(vertices: usize, edges: usize, seed: u64) -> Vec<(u32, u32)> {
    let mut chance = Chance::new(seed, 99);
    let mut end = || (chance.share() * chance.share() * vertices as f64) as u32;
    (0..edges).map(|_| (end(), end())).collect()
}

/// What a computation gives on one thread and on several.
fn on_threads<T: Send>(compute: impl Fn() -> T + Sync) -> Vec<T> {
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads start");
    [1, 2, 5].into_iter().map(|threads| pool(threads).install(&compute)).collect()
}

fn near(one: f64, other: f64, tolerance: f64) -> bool {
    (one - other).abs() <= tolerance * (1.0 + one.abs().max(other.abs()))
}

fn all_near(one: &[f64], other: &[f64], tolerance: f64) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| near(*one, *other, tolerance))
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let (pairs, vertices) = (large(3000, 100_000, 1), 3000);
    let weights: Vec<f64> = (0..pairs.len()).map(|edge| 0.1 + (edge % 7) as f64 / 3.0).collect();
    let found = on_threads(|| {
        let directed = Graph::new(vertices, &pairs, Some(&weights), &settings(true)).expect("sound");
        let graph = Graph::new(vertices, &pairs, Some(&weights), &settings(false)).expect("sound");
        let sample = Sample { sources: 50, ..Sample::default() };
        (
            (pagerank(&directed, &RankSettings::default()), hits(&directed, 1e-9, 100), strong_components(&directed)),
            (communities(&graph, &CommunitySettings::default()), core_numbers(&graph), triangles(&graph)),
            (betweenness(&directed, true), sampled_betweenness(&graph, &sample), closeness(&directed)),
            (directed.undirected(), graph),
        )
    });
    assert!(found[0] == found[1] && found[0] == found[2]);
}

/// Rows of several buckets, ends of one, two and three digits, edges that come again.
#[test]
fn rows_are_those_of_a_sorted_list() {
    for (vertices, edges) in [(900, 20_000), (70_000, 300_000), (5_000_000, 200_000)] {
        let mut pairs = large(vertices, edges, 7);
        pairs.extend_from_within(..edges / 3);
        let weights: Vec<f64> = (0..pairs.len()).map(|edge| 1.0 + edge as f64).collect();
        let mut sums: BTreeMap<(u32, u32), f64> = BTreeMap::new();
        let mut lasts = BTreeMap::new();
        for (pair, weight) in pairs.iter().zip(&weights) {
            *sums.entry(*pair).or_default() += weight;
            lasts.insert(*pair, *weight);
        }
        assert!(sums.len() < pairs.len(), "some come again");
        for (repeats, expected) in [(Repeats::Sum, sums), (Repeats::Last, lasts)] {
            let settings = GraphSettings { repeats, ..settings(true) };
            let graph = Graph::new(vertices, &pairs, Some(&weights), &settings).expect("sound");
            assert!(graph.list().eq(expected.iter().map(|((source, target), weight)| (*source, *target, *weight))));
            let mut turned: Vec<(u32, u32)> = expected.keys().map(|(source, target)| (*target, *source)).collect();
            turned.sort_unstable();
            let sources = |vertex| graph.sources(vertex).iter().map(move |source| (vertex, *source));
            assert!((0..vertices as u32).flat_map(sources).eq(turned));
        }
    }
}

#[test]
fn a_graph_without_vertices_or_edges_has_measures() {
    for vertices in [0, 1, 3] {
        for directed in [false, true] {
            let graph = Graph::new(vertices, &[], None, &settings(directed)).expect("sound");
            let ranks = pagerank(&graph, &RankSettings::default()).expect("sound").ranks;
            assert!(all_near(&ranks, &vec![1.0 / vertices as f64; vertices], 1e-15));
            assert_eq!(hits(&graph, 1e-9, 10).expect("sound").hubs, vec![0.0; vertices]);
            assert_eq!(weak_components(&graph).sizes, vec![1; vertices]);
            assert_eq!(strong_components(&graph).of, (0..vertices as u32).collect::<Vec<_>>());
            assert_eq!(core_numbers(&graph), vec![0; vertices]);
            assert_eq!(betweenness(&graph, true), Ok(vec![0.0; vertices]));
            assert_eq!(closeness(&graph).expect("sound").closeness, vec![0.0; vertices]);
            assert_eq!(assortativity(&graph), None);
        }
        let graph = Graph::new(vertices, &[], None, &settings(false)).expect("sound");
        assert_eq!(triangles(&graph).expect("sound").total, 0);
        assert_eq!(cuts(&graph), Ok(Cuts::default()));
        let communities = communities(&graph, &CommunitySettings::default()).expect("sound");
        assert_eq!((communities.sizes, communities.modularity), (vec![1; vertices], 0.0));
    }
}

#[test]
fn what_is_wrong_is_said() {
    let graph = |pairs: &[(u32, u32)], weights: Option<&[f64]>| Graph::new(3, pairs, weights, &settings(true));
    assert_eq!(graph(&[(0, 1), (1, 3)], None), Err(GraphError::Vertex { edge: 1, found: 3, vertices: 3 }));
    assert_eq!(graph(&[(0, 1)], Some(&[])), Err(GraphError::Weights { edges: 1, found: 0 }));
    assert!(matches!(graph(&[(0, 1)], Some(&[f64::NAN])), Err(GraphError::Weight { edge: 0, .. })));
    assert!(matches!(graph(&[(0, 1)], Some(&[f64::INFINITY])), Err(GraphError::Weight { edge: 0, .. })));
    let negative = graph(&[(0, 1), (1, 2)], Some(&[1.0, -2.0])).expect("negative weights are weights");
    let found = pagerank(&negative, &RankSettings::default()).expect_err("ranks need weights of 0 or more");
    let said = "ranks need weights of 0 or more; found -2 on the edge from 1 to 2; leave such edges out";
    assert_eq!(found.to_string(), said);
    assert_eq!(triangles(&negative), Err(GraphError::Directed { measure: "triangles" }));
    assert!(cuts(&negative).is_err() && communities(&negative, &CommunitySettings::default()).is_err());
    let good = graph(&[(0, 1)], None).expect("sound");
    for (damping, tolerance) in [(1.0, 1e-8), (-0.1, 1e-8), (f64::NAN, 1e-8), (0.85, 0.0), (0.85, f64::NAN)] {
        assert!(pagerank(&good, &RankSettings { damping, tolerance, ..RankSettings::default() }).is_err());
    }
    for shares in [&[1.0][..], &[0.0, 0.0, 0.0], &[1.0, -1.0, 1.0], &[f64::NAN, 1.0, 1.0]] {
        let settings = RankSettings { personalisation: Some(shares), ..RankSettings::default() };
        assert!(matches!(pagerank(&good, &settings), Err(GraphError::Setting { name: "personalisation", .. })));
    }
    assert!(sampled_betweenness(&good, &Sample { sources: 1, ..Sample::default() }).is_err());
    assert!(sampled_betweenness(&good, &Sample { confidence: 1.0, ..Sample::default() }).is_err());
}

/// Each link of this chain doubles the number of paths, past what a floating point number can count.
#[test]
fn too_many_paths_are_an_error() {
    let chain = |links: u32| {
        let link = |at: u32| [(at, at + 1), (at, at + 2), (at + 1, at + 3), (at + 2, at + 3)];
        let pairs: Vec<(u32, u32)> = (0..links).flat_map(|number| link(3 * number)).collect();
        Graph::new(3 * links as usize + 1, &pairs, None, &settings(false)).expect("sound")
    };
    assert!(betweenness(&chain(1000), false).expect("2^1000 can be counted").iter().all(|own| own.is_finite()));
    assert!(matches!(betweenness(&chain(1100), false), Err(GraphError::TooMany { .. })));
}
