//! Parts of a graph that are more closely connected within than chance would have it.
//!
//! Holds the Leiden method, its rounds and modularity. It must never join what is not connected: that is what its
//! refinement is for.
//!
//! V. A. Traag, L. Waltman and N. J. van Eck, "From Louvain to Leiden: guaranteeing well-connected communities",
//! Scientific Reports 9, 2019: vertices move to better communities until none gains; each community is refined from
//! single vertices; the refined parts become the vertices of the next, smaller graph, which start in the communities
//! found before.
//!
//! In a large graph the first of several rounds only has to come near: its communities are not refined, and what it joins wrongly
//! the next one takes apart; and a round ends where next to nothing is gained any more. What is not connected then is parted at
//! the end, which never costs modularity.

mod moving;
mod refine;
mod smaller;

use super::components::parts_within;
use super::{Direction, Graph, GraphError, by_size, strengths, within};
use model::draws::mix;
use moving::Communing;
use rayon::prelude::*;
use refine::Parts;
use smaller::Level;

/// Times that a vertex is asked on average in the first of several rounds.
const FIRST_SWEEPS: usize = 2;
/// Ends of edges from which a graph is large.
const LARGE: usize = 1 << 20;
/// The modularity which is not worth another level of a large graph.
const NOTHING: f64 = 1e-4;
/// Edges that all tries may go through together, and tries at most, where their number is left open.
const CHEAP: usize = 1 << 18;
const MOST_TRIES: usize = 16;

/// How communities are sought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CommunitySettings {
    /// Above 1 for more and smaller communities, below 1 for fewer (J. Reichardt and S. Bornholdt, 2006).
    pub resolution: f64,
    /// How freely parts are joined in the refinement: the difference in gain, in mean weights of an edge, at which one
    /// choice becomes e times as likely as another.
    pub randomness: f64,
    /// Times that the whole method is repeated at most, each from the communities of the last; it ends when one brings
    /// nothing.
    pub most_rounds: usize,
    /// Times that all is begun anew, of which the best counts; 0 for as many as cost little: 16 at most, and no more
    /// than go through a quarter of a million edges, but once at least.
    pub tries: usize,
    /// Chance follows from this number alone.
    pub seed: u64,
}

impl Default for CommunitySettings {
    fn default() -> Self {
        Self { resolution: 1.0, randomness: 0.01, most_rounds: 2, tries: 0, seed: 1 }
    }
}

/// Vertices by community.
#[derive(Clone, Debug, PartialEq)]
pub struct Communities {
    /// Community of each vertex: 0 is the largest, among equals the one with the lowest vertex.
    pub of: Vec<u32>,
    /// Number of vertices of each community, falling.
    pub sizes: Vec<u32>,
    /// Modularity at the resolution asked for.
    pub modularity: f64,
    /// Rounds made in the try that counts.
    pub rounds: usize,
}

/// Finds communities of high modularity; weights count. A community is always connected. The result depends on the
/// seed, not on the number of threads. About O(m) for a level, and few levels.
///
/// # Errors
/// A directed graph, negative weights, settings that nothing can be computed with.
pub fn communities(graph: &Graph, settings: &CommunitySettings) -> Result<Communities, GraphError> {
    graph.must_be_undirected("communities")?;
    graph.must_not_be_negative("communities")?;
    settings.check()?;
    let single: Vec<u32> = (0..graph.vertices() as u32).collect();
    let (base, places) = Level::of(graph);
    let total: f64 = base.strengths.iter().sum();
    if !within(total, 0.0, f64::INFINITY) {
        let (of, sizes) = by_size(&single);
        return Ok(Communities { of, sizes, modularity: 0.0, rounds: 0 });
    }
    let terms = Terms {
        pull: settings.resolution / total,
        // Total weight is twice that of the edges; loops are edges too.
        heat: settings.randomness * total / 2.0 / graph.edges() as f64,
        large: base.ends() > LARGE,
    };
    let one = |number: usize| {
        // No move costs modularity, so any round is better than none.
        let mut best = (f64::NEG_INFINITY, Vec::new(), 0);
        // Places stand for vertices until a round is done.
        let mut at_places = single.clone();
        for rounds in 0..settings.most_rounds {
            // What an early round leaves undone the next one finds.
            let rough = rounds == 0 && settings.most_rounds > 1;
            let seed = mix(settings.seed.wrapping_add((number as u64) << 32)).wrapping_add(rounds as u64);
            at_places = round(&base, &at_places, &terms, rough, seed);
            let found: Vec<u32> = places.iter().map(|place| at_places[*place as usize]).collect();
            let modularity = modularity_of(graph, &found, settings.resolution);
            let better = modularity > best.0;
            best = if better { (modularity, found, rounds + 1) } else { (best.0, best.1, rounds + 1) };
            if !better {
                break;
            }
        }
        best
    };
    let tries = if settings.tries > 0 { settings.tries } else { (CHEAP / graph.edges().max(1)).clamp(1, MOST_TRIES) };
    let found: Vec<(f64, Vec<u32>, usize)> = (0..tries).into_par_iter().with_max_len(1).map(one).collect();
    // The first of equals, whatever thread was first.
    let best = found.into_iter().reduce(|best, other| if other.0 > best.0 { other } else { best });
    let (mut modularity, best, rounds) = best.unwrap_or((0.0, single, 0));
    let parts = parts_within(graph, &best);
    let (of, sizes) = by_size(&parts);
    if sizes.len() > by_size(&best).1.len() {
        modularity = modularity_of(graph, &parts, settings.resolution);
    }
    Ok(Communities { of, sizes, modularity, rounds })
}

/// What every step of a search needs.
struct Terms {
    /// Resolution over the total of strengths: what a unit of strength in one part costs a unit in another.
    pull: f64,
    /// Gain at which a choice becomes e times as likely.
    heat: f64,
    /// Whether time matters more than the last digit.
    large: bool,
}

impl CommunitySettings {
    fn check(&self) -> Result<(), GraphError> {
        let wrong = |name, found: String, write| Err(GraphError::Setting { name, found, write });
        if !within(self.resolution, 0.0, f64::INFINITY) {
            return wrong("resolution", self.resolution.to_string(), "a number above 0; 1 is usual");
        }
        if !within(self.randomness, 0.0, f64::INFINITY) {
            return wrong("randomness", self.randomness.to_string(), "a number above 0; 0.01 is usual");
        }
        if self.most_rounds == 0 {
            return wrong("most_rounds", "0".to_owned(), "1 or more");
        }
        Ok(())
    }
}

/// The method once, from given communities whose numbers are below the number of vertices.
fn round(base: &Level, start: &[u32], terms: &Terms, rough: bool, seed: u64) -> Vec<u32> {
    let sweeps = if rough { FIRST_SWEEPS } else { usize::MAX };
    let total: f64 = base.strengths.iter().sum();
    let mut of_base: Vec<u32> = (0..base.vertices() as u32).collect();
    let mut communing = Communing::new(base, start);
    let mut smaller: Option<Level> = None;
    for depth in 0.. {
        let level = smaller.as_ref().unwrap_or(base);
        let gained = communing.improve(level, terms, sweeps, seed, depth);
        let (communities, count) = communing.numbered();
        let flat = |of_base: &[u32]| of_base.par_iter().map(|own| communities[*own as usize]).collect();
        // A gain counts from both ends of an edge, as the total does.
        let nothing = depth > 0 && terms.large && 2.0 * gained < NOTHING * total;
        if count == level.vertices() || nothing {
            return flat(&of_base);
        }
        let parts = if rough && terms.large {
            Parts { of: communities.clone(), count }
        } else {
            refine::refined(level, &communities, count, terms, seed, depth)
        };
        if parts.count == level.vertices() {
            return flat(&of_base);
        }
        let next = level.shrunk(&parts);
        let mut above = vec![0; parts.count];
        parts.of.iter().zip(&communities).for_each(|(part, community)| above[*part as usize] = *community);
        of_base.par_iter_mut().for_each(|own| *own = parts.of[*own as usize]);
        communing = Communing::new(&next, &above);
        smaller = Some(next);
    }
    of_base
}

/// Modularity of given communities (M. E. J. Newman, 2004; resolution by J. Reichardt and S. Bornholdt, 2006), as
/// networkx `modularity`: the sum over communities of the share of edges within, less the resolution times the square
/// of their share of strength. Directions are left aside; 0 without edges. O(m).
///
/// # Errors
/// A directed graph, negative weights, another number of communities than of vertices, a resolution that is no number
/// above 0.
pub fn modularity(graph: &Graph, communities: &[u32], resolution: f64) -> Result<f64, GraphError> {
    graph.must_be_undirected("communities")?;
    graph.must_not_be_negative("communities")?;
    CommunitySettings { resolution, ..CommunitySettings::default() }.check()?;
    if communities.len() != graph.vertices() {
        let found = format!("{} communities", communities.len());
        return Err(GraphError::Setting { name: "communities", found, write: "the number of one for each vertex" });
    }
    // Numbers may be any; those of groups by size are dense.
    let (numbers, _) = super::number(communities)?;
    Ok(modularity_of(graph, &numbers, resolution))
}

/// The same where numbers of communities are below the number of vertices.
fn modularity_of(graph: &Graph, communities: &[u32], resolution: f64) -> f64 {
    let strengths = strengths(graph, Direction::Both);
    let total: f64 = strengths.iter().sum();
    if !within(total, 0.0, f64::INFINITY) {
        return 0.0;
    }
    // Each edge is met from both ends, a loop once; it counts twice in strength.
    let within_of = |vertex: usize| {
        let (own, weights) = (communities[vertex], graph.weights(vertex));
        let mut sum = 0.0;
        for (place, end) in graph.row(vertex).iter().enumerate() {
            if communities[*end as usize] == own {
                let weight = weights.get(place).copied().unwrap_or(1.0);
                sum += if *end as usize == vertex { 2.0 * weight } else { weight };
            }
        }
        sum
    };
    let inside: Vec<f64> = (0..graph.vertices()).into_par_iter().map(within_of).collect();
    let mut shares = vec![0.0; graph.vertices()];
    communities
        .iter()
        .zip(&strengths)
        .for_each(|(community, strength)| shares[*community as usize] += strength / total);
    inside.iter().sum::<f64>() / total - resolution * shares.iter().map(|share| share * share).sum::<f64>()
}
