//! Communities.

use super::*;

/// Modularity by definition, over all pairs.
fn plain_modularity(square: &[Vec<f64>], of: &[u32], resolution: f64) -> f64 {
    let strength: Vec<f64> = square.iter().enumerate().map(|(at, row)| row.iter().sum::<f64>() + row[at]).collect();
    let total: f64 = strength.iter().sum();
    let mut sum = 0.0;
    for (a, row) in square.iter().enumerate() {
        for (b, weight) in row.iter().enumerate().filter(|(b, _)| of[a] == of[*b]) {
            let weight = if a == b { 2.0 * weight } else { *weight };
            sum += weight / total - resolution * strength[a] / total * strength[b] / total;
        }
    }
    if total > 0.0 { sum } else { 0.0 }
}

/// Rings of `count` cliques of `size`, joined by single edges.
fn cliques(count: u32, size: u32) -> (usize, Vec<(u32, u32)>) {
    let mut pairs = Vec::new();
    for clique in 0..count {
        for a in 0..size {
            pairs.extend((0..a).map(|b| (clique * size + a, clique * size + b)));
        }
        pairs.push((clique * size, (clique + 1) % count * size + 1));
    }
    ((count * size) as usize, pairs)
}

proptest! {
    #[test]
    fn communities_are_connected_and_no_vertex_gains_by_a_move(
        case in cases(),
        weighted in any::<bool>(),
        seed in any::<u64>(),
        resolution in prop::sample::select(vec![0.3, 1.0, 2.0]),
    ) {
        let (graph, square) = (case.graph(false, weighted), case.square(false, weighted));
        let settings = CommunitySettings { resolution, seed, most_rounds: 50, tries: 1, ..CommunitySettings::default() };
        let found = communities(&graph, &settings).expect("sound");
        prop_assert!(near(found.modularity, plain_modularity(&square, &found.of, resolution), 1e-12));
        prop_assert!(near(modularity(&graph, &found.of, resolution).expect("sound"), found.modularity, 1e-12));
        let single: Vec<u32> = (0..case.vertices as u32).collect();
        prop_assert!(found.modularity >= plain_modularity(&square, &single, resolution) - 1e-12);
        let within: Vec<(u32, u32)> =
            case.pairs.iter().copied().filter(|(a, b)| found.of[*a as usize] == found.of[*b as usize]).collect();
        let parts = Graph::new(case.vertices, &within, None, &super::settings(false)).expect("sound");
        prop_assert_eq!(weak_components(&parts).sizes.len(), found.sizes.len());
        // Vertex optimality holds from the second round on, once a round has brought nothing (Traag et al., theorem 5).
        if !case.pairs.is_empty() {
            for vertex in 0..case.vertices {
                for other in 0..=found.sizes.len() as u32 {
                    let mut moved = found.of.clone();
                    moved[vertex] = other;
                    prop_assert!(plain_modularity(&square, &moved, resolution) <= found.modularity + 1e-9);
                }
            }
        }
    }

    #[test]
    fn the_scale_of_weights_changes_nothing(case in cases(), seed in any::<u64>()) {
        let settings = CommunitySettings { seed, ..CommunitySettings::default() };
        let scaled: Vec<f64> = case.weights.iter().map(|weight| weight * 1024.0).collect();
        let graph = Graph::new(case.vertices, &case.pairs, Some(&scaled), &super::settings(false)).expect("sound");
        let (one, other) = (communities(&case.graph(false, true), &settings), communities(&graph, &settings));
        prop_assert_eq!(one.expect("sound").of, other.expect("sound").of);
    }
}

#[test]
fn cliques_in_a_ring_are_communities() {
    let (vertices, pairs) = cliques(12, 6);
    let graph = Graph::new(vertices, &pairs, None, &settings(false)).expect("sound");
    for seed in 0..20 {
        let found = communities(&graph, &CommunitySettings { seed, ..CommunitySettings::default() }).expect("sound");
        assert_eq!(found.sizes, vec![6; 12]);
        assert!((0..vertices).all(|vertex| found.of[vertex] as usize == vertex / 6));
    }
}

#[test]
fn resolution_sets_the_size_of_communities() {
    let (vertices, pairs) = cliques(30, 3);
    let graph = Graph::new(vertices, &pairs, None, &settings(false)).expect("sound");
    let count = |resolution: f64| {
        communities(&graph, &CommunitySettings { resolution, ..CommunitySettings::default() })
            .expect("sound")
            .sizes
            .len()
    };
    assert!(count(0.2) < 30 && count(5.0) == 30 && count(100.0) == 90);
}

#[test]
fn settings_of_communities_are_checked() {
    let graph = Graph::new(2, &[(0, 1)], None, &settings(false)).expect("sound");
    let base = CommunitySettings::default();
    for wrong in [
        CommunitySettings { resolution: 0.0, ..base },
        CommunitySettings { resolution: f64::NAN, ..base },
        CommunitySettings { randomness: 0.0, ..base },
        CommunitySettings { most_rounds: 0, ..base },
    ] {
        assert!(matches!(communities(&graph, &wrong), Err(GraphError::Setting { .. })));
    }
    assert!(modularity(&graph, &[0], 1.0).is_err());
    assert_eq!(modularity(&graph, &[7, 7], 1.0), Ok(0.0));
}

/// A graph that is large: groups of different sizes, more edges inside than between, and hubs that know everybody a little.
#[test]
fn the_groups_of_a_large_graph_are_found_and_connected() {
    let (groups, size, hubs) = (120_u32, 250_u32, 20_u64);
    let vertices = (groups * size) as usize;
    let mut pairs = Vec::new();
    let draw = |at: u64| model::draws::scatter(at) >> 20;
    for vertex in 0..u64::from(groups * size) {
        let group = vertex / u64::from(size) * u64::from(size);
        pairs.extend((0..24).map(|edge| (vertex as u32, (group + draw(vertex * 64 + edge) % u64::from(size)) as u32)));
        pairs.extend((24..28).map(|edge| (vertex as u32, (draw(vertex * 64 + edge) % vertices as u64) as u32)));
        pairs.extend((28..30).map(|edge| (vertex as u32, (draw(vertex * 64 + edge) % hubs) as u32)));
    }
    let settings = GraphSettings { drop_loops: true, ..GraphSettings::default() };
    let graph = Graph::new(vertices, &pairs, None, &settings).expect("sound");
    assert!(graph.edges() > 1 << 19, "large: {}", graph.edges());
    let found = on_threads(|| communities(&graph, &CommunitySettings::default()).expect("sound"));
    assert!(found.windows(2).all(|two| two[0] == two[1]), "the number of threads changes nothing");
    let found = &found[0];
    let planted: Vec<u32> = (0..groups * size).map(|vertex| vertex / size).collect();
    let of_planted = modularity(&graph, &planted, 1.0).expect("sound");
    assert!(found.modularity >= of_planted - 1e-3, "{} beside {of_planted} as planted", found.modularity);
    let told = modularity(&graph, &found.of, 1.0).expect("sound");
    assert!(near(told, found.modularity, 1e-12), "{told} {}", found.modularity);
    let within: Vec<(u32, u32)> =
        pairs.iter().copied().filter(|(a, b)| found.of[*a as usize] == found.of[*b as usize]).collect();
    let parts = Graph::new(vertices, &within, None, &settings).expect("sound");
    assert_eq!(weak_components(&parts).sizes.len(), found.sizes.len(), "each is connected");
}
