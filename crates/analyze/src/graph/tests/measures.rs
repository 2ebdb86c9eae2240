//! Degrees, ranks, cores, triangles, links and windows.

use super::*;

/// PageRank as networkx does it: the power method with dangling mass.
fn plain_ranks(square: &[Vec<f64>], damping: f64, starts: &[f64]) -> Vec<f64> {
    let mut ranks = starts.to_vec();
    for _ in 0..2000 {
        let mut next: Vec<f64> = starts.iter().map(|start| (1.0 - damping) * start).collect();
        for (row, rank) in square.iter().zip(&ranks) {
            let sum: f64 = row.iter().sum();
            for (column, next) in next.iter_mut().enumerate() {
                *next += damping * rank * if sum > 0.0 { row[column] / sum } else { starts[column] };
            }
        }
        ranks = next;
    }
    ranks
}

/// Core numbers by definition: take away what has too few neighbours until nothing changes.
fn plain_cores(square: &[Vec<f64>], directed: bool) -> Vec<u32> {
    let mut cores = vec![0; square.len()];
    for core in 1.. {
        let mut left: Vec<usize> = (0..square.len()).collect();
        loop {
            let degree = |vertex: usize| {
                let others = left.iter().filter(|other| **other != vertex);
                let edge = |from: usize, to: usize| u32::from(square[from][to] > 0.0);
                others.map(|other| edge(vertex, *other) + if directed { edge(*other, vertex) } else { 0 }).sum::<u32>()
            };
            let kept: Vec<usize> = left.iter().copied().filter(|vertex| degree(*vertex) >= core).collect();
            if kept.len() == left.len() {
                break;
            }
            left = kept;
        }
        if left.is_empty() {
            return cores;
        }
        left.iter().for_each(|vertex| cores[*vertex] = core);
    }
    cores
}

proptest! {
    #[test]
    fn degrees_and_strengths_are_sums(case in cases(), directed in any::<bool>()) {
        let (graph, square) = (case.graph(directed, true), case.square(directed, true));
        let bare = case.graph(directed, false);
        for vertex in 0..case.vertices {
            let row: Vec<f64> = square[vertex].clone();
            let column: Vec<f64> = square.iter().map(|row| row[vertex]).collect();
            let count = |values: &[f64]| values.iter().filter(|value| **value > 0.0).count() as u32;
            let own = [row[vertex]];
            let more: &[f64] = if directed { &column } else { &own };
            let both = (row.iter().sum::<f64>() + more.iter().sum::<f64>(), count(&row) + count(more));
            prop_assert_eq!((strengths(&graph, Direction::Both)[vertex], degrees(&graph, Direction::Both)[vertex]), both);
            prop_assert_eq!(degrees(&graph, Direction::Both), degrees(&bare, Direction::Both));
            if directed {
                let into = (column.iter().sum::<f64>(), count(&column));
                prop_assert_eq!((strengths(&graph, Direction::In)[vertex], degrees(&graph, Direction::In)[vertex]), into);
                let out = (row.iter().sum::<f64>(), count(&row));
                prop_assert_eq!((strengths(&graph, Direction::Out)[vertex], degrees(&graph, Direction::Out)[vertex]), out);
            }
        }
    }

    #[test]
    fn ranks_are_within_their_error(
        case in cases(),
        directed in any::<bool>(),
        weighted in any::<bool>(),
        damping in prop::sample::select(vec![0.0, 0.5, 0.85, 0.97]),
        first in prop::option::of(0_usize..18),
        tolerance in prop::sample::select(vec![1e-2, 1e-5, 1e-10]),
    ) {
        let graph = case.graph(directed, weighted);
        let mut starts = vec![1.0; case.vertices];
        if let Some(first) = first {
            starts.fill(0.0);
            starts[first % case.vertices] = 3.0;
        }
        let settings = RankSettings { damping, tolerance, personalisation: Some(&starts), ..RankSettings::default() };
        let found = pagerank(&graph, &settings).expect("sound");
        let sum: f64 = starts.iter().sum();
        let shares: Vec<f64> = starts.iter().map(|start| start / sum).collect();
        let plain = plain_ranks(&case.square(directed, weighted), damping, &shares);
        let off: f64 = found.ranks.iter().zip(&plain).map(|(one, other)| (one - other).abs()).sum();
        prop_assert!(found.error <= tolerance && off <= found.error + 1e-12, "{} {}", off, found.error);
        if first.is_none() {
            let same = pagerank(&graph, &RankSettings { personalisation: None, ..settings }).expect("sound");
            prop_assert!(all_near(&same.ranks, &found.ranks, 1e-13));
        }
    }

    #[test]
    fn hubs_point_at_authorities(case in cases(), directed in any::<bool>()) {
        let (graph, square) = (case.graph(directed, true), case.square(directed, true));
        let found = hits(&graph, 1e-15, 300).expect("sound");
        let mut hubs = vec![1.0; case.vertices];
        let mut authorities = hubs.clone();
        let scaled = |values: Vec<f64>| {
            let sum: f64 = values.iter().sum();
            values.into_iter().map(|value| if sum > 0.0 { value / sum } else { 0.0 }).collect::<Vec<f64>>()
        };
        for _ in 0..found.rounds {
            let into = |to: usize| square.iter().zip(&hubs).map(|(row, hub)| row[to] * hub).sum();
            authorities = scaled((0..case.vertices).map(into).collect());
            let out = |row: &Vec<f64>| row.iter().zip(&authorities).map(|(weight, value)| weight * value).sum();
            hubs = scaled(square.iter().map(out).collect());
        }
        if found.rounds > 0 {
            prop_assert!(all_near(&found.hubs, &hubs, 1e-12) && all_near(&found.authorities, &authorities, 1e-12));
        } else {
            prop_assert!(case.pairs.is_empty());
        }
    }

    #[test]
    fn cores_are_what_is_left(case in cases(), directed in any::<bool>()) {
        prop_assert_eq!(core_numbers(&case.graph(directed, true)), plain_cores(&case.square(directed, false), directed));
    }

    #[test]
    fn triangles_are_three_that_know_each_other(case in cases()) {
        let square = case.square(false, false);
        let linked = |a: usize, b: usize| a != b && square[a][b] > 0.0;
        let found = triangles(&case.graph(false, true)).expect("sound");
        let (mut closed, mut open, mut sum) = (0, 0, 0.0);
        for vertex in 0..case.vertices {
            let near: Vec<usize> = (0..case.vertices).filter(|other| linked(vertex, *other)).collect();
            let pairs = near.len() * near.len().saturating_sub(1) / 2;
            let own = near.iter().flat_map(|a| near.iter().map(move |b| (*a, *b)));
            let own = own.filter(|(a, b)| a < b && linked(*a, *b)).count();
            prop_assert_eq!(found.of[vertex], own as u64);
            let share = if pairs > 0 { own as f64 / pairs as f64 } else { 0.0 };
            prop_assert_eq!(found.clustering[vertex], share);
            (closed, open, sum) = (closed + own, open + pairs, sum + share);
        }
        prop_assert_eq!(found.total * 3, closed as u64);
        prop_assert_eq!(found.transitivity, if open > 0 { closed as f64 / open as f64 } else { 0.0 });
        prop_assert!(near(found.mean_clustering, sum / case.vertices as f64, 1e-14));
    }

    #[test]
    fn assortativity_is_the_correlation_of_degrees(case in cases(), directed in any::<bool>()) {
        let graph = case.graph(directed, false);
        let (out, into) = (degrees(&graph, Direction::Out), degrees(&graph, Direction::In));
        let ends: Vec<(f64, f64)> = (0..case.vertices as u32)
            .flat_map(|vertex| graph.neighbours(vertex).iter().map(move |end| (vertex, *end)))
            .map(|(from, to)| (f64::from(out[from as usize]), f64::from(into[to as usize])))
            .collect();
        let count = ends.len() as f64;
        let (x, y) = ends.iter().fold((0.0, 0.0), |(x, y), end| (x + end.0 / count, y + end.1 / count));
        let of = |f: &dyn Fn(&(f64, f64)) -> f64| ends.iter().map(f).sum::<f64>();
        let (xx, yy, xy) = (
            of(&|end| (end.0 - x) * (end.0 - x)),
            of(&|end| (end.1 - y) * (end.1 - y)),
            of(&|end| (end.0 - x) * (end.1 - y)),
        );
        match assortativity(&graph) {
            Some(found) => prop_assert!(near(found, xy / (xx * yy).sqrt(), 1e-9)),
            None => prop_assert!(ends.is_empty() || xx < 1e-9 || yy < 1e-9),
        }
    }

    #[test]
    fn links_are_drawn_by_what_both_have(case in cases()) {
        let (graph, square) = (case.graph(false, false), case.square(false, false));
        let linked = |a: usize, b: usize| a != b && square[a][b] > 0.0;
        let degree = |vertex: usize| (0..case.vertices).filter(|other| linked(vertex, *other)).count() as f64;
        let pairs: Vec<(u32, u32)> =
            (0..case.vertices as u32).flat_map(|a| (0..case.vertices as u32).map(move |b| (a, b))).collect();
        for method in LinkMethod::ALL {
            let found = link_strengths(&graph, &pairs, method).expect("sound");
            for ((a, b), found) in pairs.iter().map(|(a, b)| (*a as usize, *b as usize)).zip(found) {
                let both: Vec<usize> = (0..case.vertices).filter(|c| linked(a, *c) && linked(b, *c)).collect();
                let either = (0..case.vertices).filter(|c| linked(a, *c) || linked(b, *c)).count() as f64;
                let expected = match method {
                    _ if a == b => 0.0,
                    LinkMethod::CommonNeighbours => both.len() as f64,
                    LinkMethod::Jaccard => if both.is_empty() { 0.0 } else { both.len() as f64 / either },
                    LinkMethod::AdamicAdar => both.iter().map(|c| 1.0 / degree(*c).ln()).sum(),
                    LinkMethod::ResourceAllocation => both.iter().map(|c| 1.0 / degree(*c)).sum(),
                    LinkMethod::PreferentialAttachment => degree(a) * degree(b),
                };
                prop_assert!(near(found, expected, 1e-12), "{:?} {} {}", method, found, expected);
            }
            let open = |(a, b): &(u32, u32)| a < b && !linked(*a as usize, *b as usize);
            let mut weighed: Vec<(u32, u32)> = pairs.iter().copied().filter(open).collect();
            let met = |(a, b): &(u32, u32)| (0..case.vertices).any(|c| linked(*a as usize, c) && linked(*b as usize, c));
            weighed.retain(met);
            let strengths = link_strengths(&graph, &weighed, method).expect("sound");
            let mut all: Vec<Link> = weighed.into_iter().zip(strengths).collect();
            all.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
            for most in [0, 3, 1000] {
                let strongest = strongest_links(&graph, method, most).expect("sound");
                prop_assert_eq!(&strongest[..], &all[..most.min(all.len())]);
            }
        }
    }

    #[test]
    fn windows_hold_the_edges_of_their_time(case in cases(), length in 1_i64..9, step in 1_i64..9) {
        let times: Vec<i64> = case.weights.iter().zip(0..).map(|(weight, edge)| (*weight as i64 * 7 + edge * 5) % 23).collect();
        let edges = TimedEdges { vertices: case.vertices, pairs: &case.pairs, weights: Some(&case.weights), times: &times };
        let spans = windows(0, 22, length, step).expect("few");
        let found = per_window(&edges, &spans, &settings(true), |_, graph| Ok(graph.clone())).expect("sound");
        for (window, graph) in spans.iter().zip(found) {
            let within = |edge: &usize| (window.from..window.until).contains(&times[*edge]);
            let own: Vec<usize> = (0..times.len()).filter(within).collect();
            let pairs: Vec<(u32, u32)> = own.iter().map(|edge| case.pairs[*edge]).collect();
            let weights: Vec<f64> = own.iter().map(|edge| case.weights[*edge]).collect();
            prop_assert_eq!(graph, Graph::new(case.vertices, &pairs, Some(&weights), &settings(true)).expect("sound"));
        }
    }
}

#[test]
fn larger_graphs_have_the_same_triangles_and_cores() {
    let graph = Graph::new(2500, &large(2500, 40_000, 7), None, &settings(false)).expect("sound");
    let found = triangles(&graph).expect("sound");
    let shared = |one: &[u32], other: &[u32]| one.iter().filter(|end| other.binary_search(end).is_ok()).count() as u64;
    let mut total = 0;
    for (one, other, _) in graph.list().filter(|(one, other, _)| one != other) {
        let both = shared(graph.neighbours(one), graph.neighbours(other));
        total += both - u64::from(graph.weight(one, one).is_some()) - u64::from(graph.weight(other, other).is_some());
    }
    assert_eq!(found.total * 3, total);
    let cores = core_numbers(&graph);
    // Each vertex has enough neighbours in its core, and no part of the graph is denser than its numbers say.
    for vertex in 0..2500_u32 {
        let own = cores[vertex as usize];
        let ends = || graph.neighbours(vertex).iter().filter(|end| **end != vertex).map(|end| cores[*end as usize]);
        assert!(ends().filter(|core| *core >= own).count() >= own as usize);
        assert!(ends().filter(|core| *core > own).count() <= own as usize);
    }
}

#[test]
fn later_edges_are_foretold_where_neighbours_of_neighbours_meet() {
    // Two rings of triangles grow shut; which pairs come later is known from what they share.
    let (mut pairs, mut times) = (Vec::new(), Vec::new());
    for group in 0..40_u32 {
        let at = group * 5;
        for (edge, time) in [((0, 1), 0), ((0, 2), 0), ((1, 3), 0), ((2, 3), 0), ((3, 4), 0), ((0, 3), 9)] {
            pairs.push((at + edge.0, at + edge.1));
            times.push(time);
        }
    }
    let edges = TimedEdges { vertices: 200, pairs: &pairs, weights: None, times: &times };
    let found = temporal_hold_out(&edges, &LinkMethod::ALL, &HoldOut { share: 0.9, ..HoldOut::default() });
    let found = found.expect("sound").expect("pairs of both kinds");
    assert_eq!((found.cut, found.connected, found.apart), (9, 40, 200 * 199 / 2 - 240));
    let area = |method| found.areas.iter().find(|(own, _, _)| *own == method).map(|(_, area, _)| *area);
    // 0-3 share two; so do 1-2; 1-4 and 2-4 share one.
    let (likes, apart) = (40.0, found.apart as f64);
    assert_eq!(area(LinkMethod::CommonNeighbours), Some(1.0 - likes / 2.0 / apart));
    let few = HoldOut { share: 0.9, most_pairs: 500, seed: 3 };
    let drawn = temporal_hold_out(&edges, &LinkMethod::ALL, &few).expect("sound").expect("pairs of both kinds");
    assert_eq!((drawn.connected, drawn.apart), (40, 500));
    assert!(drawn.areas[0].1 > 0.98);
    assert_eq!(temporal_hold_out(&TimedEdges { pairs: &[], times: &[], ..edges }, &LinkMethod::ALL, &few), Ok(None));
    assert!(temporal_hold_out(&edges, &LinkMethod::ALL, &HoldOut { share: 1.0, ..few }).is_err());
}

#[test]
fn windows_end_where_time_does() {
    assert_eq!(windows(5, 4, 1, 1), Ok(Vec::new()));
    let last = windows(i64::MAX - 1, i64::MAX, 10, 1).expect("few");
    assert_eq!(last.last(), Some(&Window { from: i64::MAX, until: i64::MAX }));
    assert!(windows(i64::MIN, i64::MAX, 1, 1).is_err() && windows(0, 1, 0, 1).is_err() && windows(0, 1, 1, 0).is_err());
    assert_eq!(windows(i64::MIN, i64::MAX, i64::MAX, i64::MAX).map(|all| all.len()), Ok(3));
}
