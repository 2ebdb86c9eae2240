//! Components, distances, and what stands between.

use super::*;

const FAR: usize = usize::MAX;

/// Distances between all vertices and numbers of shortest paths, step by step from each.
fn all_paths(square: &[Vec<f64>]) -> (Vec<Vec<usize>>, Vec<Vec<f64>>) {
    let size = square.len();
    let (mut distances, mut counts) = (vec![vec![FAR; size]; size], vec![vec![0.0; size]; size]);
    for source in 0..size {
        distances[source][source] = 0;
        counts[source][source] = 1.0;
        for step in 0..size {
            for from in (0..size).filter(|from| square[*from].iter().any(|weight| *weight > 0.0)) {
                if distances[source][from] != step {
                    continue;
                }
                for to in (0..size).filter(|to| square[from][*to] > 0.0) {
                    if distances[source][to] > step {
                        distances[source][to] = step + 1;
                        counts[source][to] += counts[source][from];
                    }
                }
            }
        }
    }
    (distances, counts)
}

/// Betweenness by definition, over ordered pairs.
fn plain_betweenness(square: &[Vec<f64>]) -> Vec<f64> {
    let (distances, counts) = all_paths(square);
    let size = square.len();
    let share = |from: usize, to: usize, over: usize| {
        let apart = from != to && over != from && over != to && distances[from][to] != FAR;
        let on = apart && distances[from][over] != FAR && distances[over][to] != FAR;
        if on && distances[from][over] + distances[over][to] == distances[from][to] {
            counts[from][over] * counts[over][to] / counts[from][to]
        } else {
            0.0
        }
    };
    let pairs = || (0..size).flat_map(|from| (0..size).map(move |to| (from, to)));
    (0..size).map(|over| pairs().map(|(from, to)| share(from, to, over)).sum()).collect()
}

/// Groups that hold the same members, whatever their numbers.
fn same_groups(one: &[u32], other: impl Fn(usize, usize) -> bool) -> bool {
    (0..one.len()).all(|a| (0..one.len()).all(|b| (one[a] == one[b]) == other(a, b)))
}

proptest! {
    #[test]
    fn components_are_what_can_be_reached(case in cases(), directed in any::<bool>()) {
        let graph = case.graph(directed, false);
        let (weak, _) = all_paths(&case.square(false, false));
        let (strong, _) = all_paths(&case.square(directed, false));
        let found = weak_components(&graph);
        prop_assert!(same_groups(&found.of, |a, b| weak[a][b] != FAR));
        prop_assert!(found.sizes.is_sorted_by(|a, b| a >= b));
        let sizes: Vec<u32> =
            (0..found.sizes.len() as u32).map(|own| found.of.iter().filter(|of| **of == own).count() as u32).collect();
        prop_assert_eq!(&sizes, &found.sizes);
        prop_assert!(same_groups(&strong_components(&graph).of, |a, b| strong[a][b] != FAR && strong[b][a] != FAR));
    }

    #[test]
    fn betweenness_is_the_share_of_paths(case in cases(), directed in any::<bool>()) {
        let graph = case.graph(directed, true);
        let mut plain = plain_betweenness(&case.square(directed, false));
        let pairs = (case.vertices.saturating_sub(1) * case.vertices.saturating_sub(2)) as f64;
        let normal: Vec<f64> = plain.iter().map(|own| if pairs > 0.0 { own / pairs } else { 0.0 }).collect();
        prop_assert!(all_near(&betweenness(&graph, true).expect("few paths"), &normal, 1e-12));
        plain.iter_mut().for_each(|own| *own *= if directed { 1.0 } else { 0.5 });
        prop_assert!(all_near(&betweenness(&graph, false).expect("few paths"), &plain, 1e-12));
    }

    #[test]
    fn names_of_vertices_change_nothing(case in cases(), directed in any::<bool>(), turn in 0_u32..18) {
        let (graph, turned) = (case.graph(directed, true), case.turned(turn).graph(directed, true));
        let back = |values: Vec<f64>| -> Vec<f64> {
            (0..case.vertices).map(|vertex| values[(vertex + turn as usize) % case.vertices]).collect()
        };
        let between = |graph: &Graph| betweenness(graph, true).expect("few paths");
        prop_assert!(all_near(&between(&graph), &back(between(&turned)), 1e-12));
        let close = |graph: &Graph| closeness(graph).expect("sound").harmonic;
        prop_assert!(all_near(&close(&graph), &back(close(&turned)), 1e-12));
        let ranks = |graph: &Graph| pagerank(graph, &RankSettings::default()).expect("sound").ranks;
        prop_assert!(all_near(&ranks(&graph), &back(ranks(&turned)), 3e-8));
    }

    #[test]
    fn closeness_counts_paths_that_lead_here(case in cases(), directed in any::<bool>()) {
        let (distances, _) = all_paths(&case.square(directed, false));
        let found = closeness(&case.graph(directed, false)).expect("sound");
        for to in 0..case.vertices {
            let near_ones = distances.iter().map(|from| from[to]).filter(|own| *own != FAR && *own > 0);
            let near_ones: Vec<f64> = near_ones.map(|own| own as f64).collect();
            let (count, sum) = (near_ones.len() as f64, near_ones.iter().sum::<f64>());
            let others = (case.vertices - 1) as f64;
            let close = if sum > 0.0 { count / sum * count / others } else { 0.0 };
            let harmonic: f64 = near_ones.iter().map(|own| 1.0 / own).sum();
            prop_assert!(near(found.closeness[to], close, 1e-12) && near(found.harmonic[to], harmonic, 1e-12));
        }
    }

    #[test]
    fn cuts_part_what_was_connected(case in cases()) {
        let graph = case.graph(false, false);
        let found = cuts(&graph).expect("undirected");
        let whole = weak_components(&graph).sizes.len();
        let without = |kept: &dyn Fn(u32, u32) -> bool| {
            let pairs: Vec<(u32, u32)> = case.pairs.iter().copied().filter(|(a, b)| kept(*a, *b)).collect();
            let graph = Graph::new(case.vertices, &pairs, None, &settings(false)).expect("sound");
            weak_components(&graph).sizes.len()
        };
        let bridges: Vec<(u32, u32)> = graph
            .list()
            .map(|(a, b, _)| (a, b))
            .filter(|(a, b)| a != b && without(&|c, d| (c.min(d), c.max(d)) != (*a, *b)) > whole)
            .collect();
        prop_assert_eq!(&found.bridges, &bridges);
        let alone = |vertex: &u32| graph.neighbours(*vertex).iter().all(|end| end == vertex);
        // The vertex itself is left alone, which is one component more unless it was alone before.
        let parts = |vertex: &u32| without(&|a, b| a != *vertex && b != *vertex) - usize::from(!alone(vertex));
        let vertices: Vec<u32> = (0..case.vertices as u32).filter(|vertex| parts(vertex) > whole).collect();
        prop_assert_eq!(&found.vertices, &vertices);
    }
}

#[test]
fn long_paths_are_no_trouble() {
    let size = 300_000_u32;
    let pairs: Vec<(u32, u32)> = (1..size).map(|vertex| (vertex - 1, vertex)).collect();
    let path = Graph::new(size as usize, &pairs, None, &settings(false)).expect("sound");
    assert_eq!(weak_components(&path).sizes, vec![size]);
    let found = cuts(&path).expect("undirected");
    assert_eq!((found.bridges.len(), found.vertices.len()), (size as usize - 1, size as usize - 2));
    let mut ring = pairs.clone();
    ring.push((size - 1, 0));
    let ring = Graph::new(size as usize, &ring, None, &settings(true)).expect("sound");
    assert_eq!(strong_components(&ring).sizes, vec![size]);
}

#[test]
fn sampled_values_are_within_their_errors() {
    let pairs = large(400, 1500, 11);
    for directed in [false, true] {
        let graph = Graph::new(400, &pairs, None, &settings(directed)).expect("sound");
        let exact = betweenness(&graph, true).expect("few paths");
        for seed in 0..20 {
            let found = sampled_betweenness(&graph, &Sample { sources: 300, confidence: 0.99, seed }).expect("sound");
            let off = |vertex: usize| (found.values[vertex] - exact[vertex]).abs();
            assert!((0..400).all(|vertex| off(vertex) <= found.errors[vertex]));
            let largest = found.errors.iter().fold(0.0, |most: f64, error| most.max(*error));
            assert!(largest < 0.3, "{largest}");
        }
        let all = sampled_betweenness(&graph, &Sample { sources: 400, ..Sample::default() }).expect("sound");
        assert_eq!((all.values, all.errors), (exact, vec![0.0; 400]));
    }
}
