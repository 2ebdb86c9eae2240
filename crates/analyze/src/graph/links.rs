//! Who is likely to be connected next.
//!
//! Holds measures of how much two vertices have in common, and how well they foretell later edges. It must never look
//! at an edge that came later than those it foretells from.

use super::{Chance, Graph, GraphError, GraphSettings, TimedEdges, within};
use model::ranking::Area;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

/// Parts of the vertices that are worth a task.
const PIECES: usize = 64;

/// How strongly two vertices are drawn to each other. Loops and weights play no part; degrees are numbers of other
/// neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkMethod {
    /// Number of neighbours of both; networkx `common_neighbors`.
    CommonNeighbours,
    /// Neighbours of both over neighbours of either; networkx `jaccard_coefficient`.
    Jaccard,
    /// Sum over neighbours of both of one over the natural logarithm of their degree (L. A. Adamic and E. Adar, 2003);
    /// networkx `adamic_adar_index`.
    AdamicAdar,
    /// Sum over neighbours of both of one over their degree (T. Zhou, L. Lü and Y.-C. Zhang, 2009); networkx
    /// `resource_allocation_index`.
    ResourceAllocation,
    /// Product of the degrees; networkx `preferential_attachment`.
    PreferentialAttachment,
}

impl LinkMethod {
    /// Every method.
    pub const ALL: [Self; 5] = [
        Self::CommonNeighbours,
        Self::Jaccard,
        Self::AdamicAdar,
        Self::ResourceAllocation,
        Self::PreferentialAttachment,
    ];

    /// The word people write for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::CommonNeighbours => "common_neighbours",
            Self::Jaccard => "jaccard",
            Self::AdamicAdar => "adamic_adar",
            Self::ResourceAllocation => "resource_allocation",
            Self::PreferentialAttachment => "preferential_attachment",
        }
    }
}

/// How strongly the vertices of each pair are drawn to each other; 0 for a vertex and itself. O(d log d) for a pair.
///
/// # Errors
/// A directed graph, a vertex that the graph has not.
pub fn link_strengths(graph: &Graph, pairs: &[(u32, u32)], method: LinkMethod) -> Result<Vec<f64>, GraphError> {
    graph.must_be_undirected("link strengths")?;
    let vertices = graph.vertices();
    let outside = |(one, other): &(u32, u32)| *one.max(other) as usize >= vertices;
    if let Some(edge) = pairs.iter().position(outside) {
        return Err(GraphError::Vertex { edge, found: pairs[edge].0.max(pairs[edge].1), vertices });
    }
    Ok(pairs.par_iter().map(|(one, other)| strength(graph, *one as usize, *other as usize, method)).collect())
}

fn strength(graph: &Graph, one: usize, other: usize, method: LinkMethod) -> f64 {
    if one == other {
        return 0.0;
    }
    let degree = |vertex: usize| (graph.row(vertex).len() - usize::from(graph.has_loop(vertex))) as f64;
    let shared = || shared(graph, one, other);
    match method {
        LinkMethod::CommonNeighbours => shared().count() as f64,
        LinkMethod::Jaccard => {
            let both = shared().count() as f64;
            let either = degree(one) + degree(other) - both;
            if either > 0.0 { both / either } else { 0.0 }
        }
        // A neighbour of two others has a degree of 2 or more.
        LinkMethod::AdamicAdar => shared().map(|vertex| 1.0 / degree(vertex as usize).ln()).sum(),
        LinkMethod::ResourceAllocation => shared().map(|vertex| 1.0 / degree(vertex as usize)).sum(),
        LinkMethod::PreferentialAttachment => degree(one) * degree(other),
    }
}

/// Neighbours of both, other than the two themselves; the longer row is searched for each of the shorter.
fn shared(graph: &Graph, one: usize, other: usize) -> impl Iterator<Item = u32> + '_ {
    let (one_row, other_row) = (graph.row(one), graph.row(other));
    let (short, mut long) = if one_row.len() < other_row.len() { (one_row, other_row) } else { (other_row, one_row) };
    short.iter().copied().filter(move |vertex| {
        let mut reach = 1;
        while reach < long.len() && long[reach] < *vertex {
            reach *= 2;
        }
        let place = long[..long.len().min(reach + 1)].partition_point(|end| end < vertex);
        long = &long[place..];
        long.first() == Some(vertex) && *vertex as usize != one && *vertex as usize != other
    })
}

/// The pairs without an edge that are drawn to each other most strongly, strongest first and the lower pair first among
/// equals, with their strengths; only pairs with a neighbour in common are weighed, whatever the method. O(sum of d^2)
/// time, and memory for the vertices on each thread.
///
/// # Errors
/// A directed graph.
pub fn strongest_links(graph: &Graph, method: LinkMethod, most: usize) -> Result<Vec<Link>, GraphError> {
    graph.must_be_undirected("link strengths")?;
    let vertices = graph.vertices();
    let degrees: Vec<f64> =
        (0..vertices).map(|vertex| (graph.row(vertex).len() - usize::from(graph.has_loop(vertex))) as f64).collect();
    let least = vertices.div_ceil(PIECES).max(1);
    let mut best = (0..vertices)
        .into_par_iter()
        .with_min_len(least)
        .fold(
            || (vec![0.0; vertices], Vec::new(), Vec::new()),
            |(mut shares, mut near, mut best), one| {
                add_shares(graph, &degrees, one, method, &mut shares, &mut near);
                for other in near.drain(..) {
                    let share = std::mem::take(&mut shares[other as usize]);
                    if graph.row(one).binary_search(&other).is_err() {
                        let pair = (one as u32, other);
                        best.push((pair, from_shares(share, degrees[one], degrees[other as usize], method)));
                    }
                }
                if best.len() > 2 * most + vertices {
                    keep_strongest(&mut best, most);
                }
                (shares, near, best)
            },
        )
        .map(|(_, _, best)| best)
        .reduce(Vec::new, |mut one, mut other| {
            one.append(&mut other);
            keep_strongest(&mut one, most);
            one
        });
    keep_strongest(&mut best, most);
    Ok(best)
}

/// Two vertices, and how strongly they are drawn to each other.
pub type Link = ((u32, u32), f64);

/// Adds up, for each vertex above one that has a neighbour in common with it, what those neighbours count.
fn add_shares(graph: &Graph, degrees: &[f64], one: usize, method: LinkMethod, shares: &mut [f64], near: &mut Vec<u32>) {
    for between in graph.row(one).iter().filter(|between| **between as usize != one) {
        let row = graph.row(*between as usize);
        let degree = degrees[*between as usize];
        let share = match method {
            LinkMethod::AdamicAdar => 1.0 / degree.ln(),
            LinkMethod::ResourceAllocation => 1.0 / degree,
            _ => 1.0,
        };
        for other in &row[row.partition_point(|end| *end as usize <= one)..] {
            if other == between {
                continue;
            }
            let sum = &mut shares[*other as usize];
            if *sum == 0.0 {
                near.push(*other);
            }
            *sum += share;
        }
    }
}

/// The strength that follows from what the neighbours of both count.
fn from_shares(share: f64, one: f64, other: f64, method: LinkMethod) -> f64 {
    match method {
        LinkMethod::Jaccard => share / (one + other - share),
        LinkMethod::PreferentialAttachment => one * other,
        _ => share,
    }
}

fn keep_strongest(links: &mut Vec<Link>, most: usize) {
    links.sort_unstable_by(|(pair, strength), (other, weaker)| weaker.total_cmp(strength).then(pair.cmp(other)));
    links.truncate(most);
}

/// How later edges are held out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HoldOut {
    /// Share of the edges, in order of time, that is learnt from.
    pub share: f64,
    /// Pairs without an edge that are drawn at most; all are taken where there are no more.
    pub most_pairs: usize,
    /// Chance follows from this number alone.
    pub seed: u64,
}

impl Default for HoldOut {
    fn default() -> Self {
        Self { share: 0.8, most_pairs: 1_000_000, seed: 1 }
    }
}

/// How well edges were foretold.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldOut {
    /// Edges before this time were learnt from, those from it on foretold.
    pub cut: i64,
    /// Pairs that were connected later and not before, among vertices that had an edge before.
    pub connected: usize,
    /// Pairs that were never connected, among the same vertices, as many as were looked at.
    pub apart: usize,
    /// For each method the chance that a pair of the first kind is drawn together more strongly than one of the second,
    /// ties as half (the area under the ROC curve), and its standard error.
    pub areas: Vec<(LinkMethod, f64, f64)>,
}

/// Tells how well each method foretells later edges from earlier ones (D. Liben-Nowell and J. Kleinberg, "The
/// link-prediction problem for social networks", 2007); directions and weights are left aside. The standard error is
/// that of J. A. Hanley and B. J. McNeil (Radiology 143, 1982). `None` where there is no pair of one of the kinds. O(m
/// log m), and O(d log d) for a pair.
///
/// # Errors
/// As [`Graph::new`]; another number of times than of pairs; settings that nothing can be computed with.
pub fn temporal_hold_out(
    edges: &TimedEdges<'_>,
    methods: &[LinkMethod],
    settings: &HoldOut,
) -> Result<Option<HeldOut>, GraphError> {
    if !within(settings.share, 0.0, 1.0) {
        let found = settings.share.to_string();
        return Err(GraphError::Setting { name: "share", found, write: "a share between 0 and 1, such as 0.8" });
    }
    if settings.most_pairs == 0 {
        return Err(GraphError::Setting { name: "most_pairs", found: "0".to_owned(), write: "1 or more" });
    }
    if edges.times.len() != edges.pairs.len() {
        return Err(GraphError::Weights { edges: edges.pairs.len(), found: edges.times.len() });
    }
    let plain = GraphSettings { drop_loops: true, ..GraphSettings::default() };
    let all = Graph::new(edges.vertices, edges.pairs, None, &plain)?;
    let mut times = edges.times.to_vec();
    times.sort_unstable();
    let Some(cut) = times.get((settings.share * times.len() as f64) as usize).copied() else { return Ok(None) };
    let early: Vec<(u32, u32)> =
        edges.pairs.iter().zip(edges.times).filter(|(_, time)| **time < cut).map(|(pair, _)| *pair).collect();
    let before = Graph::new(edges.vertices, &early, None, &plain)?;
    let known: Vec<u32> = (0..edges.vertices as u32).filter(|vertex| !before.neighbours(*vertex).is_empty()).collect();
    let is_known = |vertex: u32| !before.neighbours(vertex).is_empty();
    let later: Vec<(u32, u32)> = all
        .list()
        .filter(|(one, other, _)| is_known(*one) && is_known(*other) && before.weight(*one, *other).is_none())
        .map(|(one, other, _)| (one, other))
        .collect();
    let apart = apart(&all, &known, settings);
    if later.is_empty() || apart.is_empty() {
        return Ok(None);
    }
    let area = |method: &LinkMethod| {
        let connected = link_strengths(&before, &later, *method)?;
        let area = Area::of(&connected, &link_strengths(&before, &apart, *method)?);
        // Neither is empty, as seen above.
        Ok(area.map(|area| (*method, area.value, area.error)))
    };
    let areas: Vec<_> = methods.iter().map(area).collect::<Result<_, GraphError>>()?;
    let areas = areas.into_iter().flatten().collect();
    Ok(Some(HeldOut { cut, connected: later.len(), apart: apart.len(), areas }))
}

/// Pairs of known vertices without an edge: all of them, or as many different ones as asked for, drawn at random.
fn apart(all: &Graph, known: &[u32], settings: &HoldOut) -> Vec<(u32, u32)> {
    let count = known.len() as u128;
    let pairs = count * count.saturating_sub(1) / 2;
    let open = |pair: &(u32, u32)| all.weight(pair.0, pair.1).is_none();
    let every = || {
        let rows = known.iter().enumerate();
        rows.flat_map(|(place, one)| known[place + 1..].iter().map(|other| (*one, *other))).filter(open)
    };
    // Few are missed when drawing where at least as many pairs are open as are wanted and as have an edge.
    if pairs <= 2 * settings.most_pairs as u128 + 2 * all.edges() as u128 {
        let mut found: Vec<(u32, u32)> = every().collect();
        if found.len() > settings.most_pairs {
            Chance::new(settings.seed, 1).shuffle(&mut found);
            found.truncate(settings.most_pairs);
        }
        return found;
    }
    let mut chance = Chance::new(settings.seed, 1);
    let (mut drawn, mut found) = (FxHashSet::default(), Vec::with_capacity(settings.most_pairs));
    while found.len() < settings.most_pairs {
        let (one, other) = (known[chance.below(known.len())], known[chance.below(known.len())]);
        let pair = (one.min(other), one.max(other));
        if one != other && open(&pair) && drawn.insert(pair) {
            found.push(pair);
        }
    }
    found
}
