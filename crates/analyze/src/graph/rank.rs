//! Who is pointed at by those who are pointed at: PageRank, and hubs with authorities.
//!
//! Holds the two fixed points and how far they were followed. It must never call a value done without a bound on its
//! error.

use super::ordered::{Keep, Ordered};
use super::{Direction, Graph, GraphError, strengths, within};
use rayon::prelude::*;
use std::ops::Range;

/// Vertices that a thread takes at once.
const CHUNK: usize = 256;
/// Parts of a round: a later one sees what an earlier one has found.
const WAVES: usize = 64;

/// How PageRank is computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankSettings<'a> {
    /// Chance to follow an edge rather than to start anew.
    pub damping: f64,
    /// Most that all ranks together may be off, as a sum of absolute differences; the ranks add up to 1.
    pub tolerance: f64,
    /// Rounds at most.
    pub most_rounds: usize,
    /// Where walks start, for each vertex a share of any scale; anywhere alike where not given.
    pub personalisation: Option<&'a [f64]>,
}

impl Default for RankSettings<'_> {
    fn default() -> Self {
        Self { damping: 0.85, tolerance: 1e-8, most_rounds: 1000, personalisation: None }
    }
}

/// How often a walker comes by.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranks {
    /// Share of each vertex; they add up to 1.
    pub ranks: Vec<f64>,
    /// Rounds made.
    pub rounds: usize,
    /// The sum of absolute differences to the exact ranks is at most this; above the tolerance only where the rounds
    /// ran out.
    pub error: f64,
}

/// PageRank (L. Page, S. Brin, R. Motwani and T. Winograd, "The PageRank citation ranking", 1999), as networkx
/// `pagerank`: along edges in proportion to their weights; walkers at a vertex without edges out start anew where
/// personalisation says. An edge of an undirected graph leads both ways.
///
/// With restarts at dangling vertices like those elsewhere, the ranks are proportional to the solution of a linear
/// system without them (G. M. Del Corso, A. Gulli and F. Romani, "Fast PageRank computation via a sparse linear
/// system", Internet Mathematics 2, 2005). Here it is solved by Gauss-Seidel in waves; after each round the whole is
/// scaled so that as much comes in as leaves, which is aggregation to one state (W. J. Stewart, "Introduction to the
/// numerical solution of Markov chains", 1994).
///
/// The error is bounded so: a round that changes the values by D in all leaves a residual of damping * D at most,
/// scaling by s adds |1 - s|, and since the residual adds up to 0 then, ranks are off by its sum over (1 - damping) and
/// the sum of the values. O(m) time for a round; memory for a copy of the edges.
///
/// # Errors
/// Negative weights, and settings that nothing can be computed with.
pub fn pagerank(graph: &Graph, settings: &RankSettings<'_>) -> Result<Ranks, GraphError> {
    graph.must_not_be_negative("ranks")?;
    let starts = settings.check(graph.vertices())?;
    let damping = settings.damping;
    let out = strengths_out(graph);
    let rows = Ordered::of(graph, true, Keep::All);
    let at = |place: usize| rows.order[place] as usize;
    let shares: Vec<f64> = (0..graph.vertices()).map(|place| starts.of(at(place))).collect();
    let factor = |sum: f64| if sum > 0.0 { damping / sum } else { 0.0 };
    let factors: Vec<f64> = (0..graph.vertices()).map(|place| factor(out[at(place)])).collect();
    let mut walk = Walk::new(&rows, &shares, &factors, damping);
    let width = graph.vertices().div_ceil(WAVES).max(CHUNK);
    let mut fresh = vec![0.0; width.min(graph.vertices())];
    let (mut rounds, mut error) = (0, if graph.vertices() == 0 { 0.0 } else { f64::INFINITY });
    while error > settings.tolerance && rounds < settings.most_rounds {
        let mut change = 0.0;
        for from in (0..graph.vertices()).step_by(width) {
            let wave = from..(from + width).min(graph.vertices());
            let fresh = &mut fresh[..wave.len()];
            received(&rows, &walk.sent, from, fresh);
            change += walk.take(wave.clone(), fresh, &shares[wave.clone()], &factors[wave]);
        }
        rounds += 1;
        let (scale, total) = walk.balance(&factors, damping);
        error = ((1.0 - scale).abs() + scale * damping * change) / ((1.0 - damping) * total);
    }
    let total: f64 = walk.ranks.iter().sum();
    let ranks = rows.places.iter().map(|place| walk.ranks[*place as usize] / total).collect();
    Ok(Ranks { ranks, rounds, error })
}

/// Ranks so far, and what each vertex sends along an edge of weight 1.
struct Walk {
    ranks: Vec<f64>,
    sent: Vec<f64>,
}

impl Walk {
    /// Begins where every edge would bring the same, which is closer than where none has been followed.
    fn new(rows: &Ordered, shares: &[f64], factors: &[f64], damping: f64) -> Self {
        let edge = damping / rows.ends.len().max(1) as f64;
        let count = |place: usize| (rows.starts[place + 1] - rows.starts[place]) as f64;
        let ranks: Vec<f64> = shares.iter().enumerate().map(|(place, share)| share + count(place) * edge).collect();
        Self { sent: ranks.iter().zip(factors).map(|(rank, factor)| rank * factor).collect(), ranks }
    }

    /// Takes in what a wave of vertices received, and tells by how much their ranks change in sum.
    fn take(&mut self, wave: Range<usize>, fresh: &[f64], shares: &[f64], factors: &[f64]) -> f64 {
        let mut change = 0.0;
        let (ranks, sent) = (&mut self.ranks[wave.clone()], &mut self.sent[wave]);
        for place in 0..fresh.len() {
            let rank = shares[place] + fresh[place];
            change += (rank - ranks[place]).abs();
            ranks[place] = rank;
            sent[place] = rank * factors[place];
        }
        change
    }

    /// Scales ranks so that as much leaves the system as comes in; gives the factor and the sum of ranks.
    fn balance(&mut self, factors: &[f64], damping: f64) -> (f64, f64) {
        let (mut total, mut passed) = (0.0, 0.0);
        for (rank, factor) in self.ranks.iter().zip(factors) {
            total += rank;
            passed += if *factor > 0.0 { *rank } else { 0.0 };
        }
        let scale = 1.0 / (total - damping * passed);
        self.ranks.iter_mut().chain(&mut self.sent).for_each(|value| *value *= scale);
        (scale, total * scale)
    }
}

/// Where walks start.
enum Starts<'a> {
    Anywhere(f64),
    /// Shares and their sum.
    Given(&'a [f64], f64),
}

impl Starts<'_> {
    fn of(&self, vertex: usize) -> f64 {
        match self {
            Self::Anywhere(share) => *share,
            Self::Given(shares, sum) => shares[vertex] / sum,
        }
    }
}

impl<'a> RankSettings<'a> {
    fn check(&self, vertices: usize) -> Result<Starts<'a>, GraphError> {
        let wrong = |name, found: String, write| Err(GraphError::Setting { name, found, write });
        if !(self.damping == 0.0 || within(self.damping, 0.0, 1.0)) {
            return wrong("damping", self.damping.to_string(), "a share below 1, such as 0.85");
        }
        if !within(self.tolerance, 0.0, f64::INFINITY) {
            return wrong("tolerance", self.tolerance.to_string(), "a small number above 0, such as 1e-8");
        }
        if self.most_rounds == 0 {
            return wrong("most_rounds", "0".to_owned(), "1 or more");
        }
        let Some(shares) = self.personalisation else { return Ok(Starts::Anywhere(1.0 / vertices.max(1) as f64)) };
        if shares.len() != vertices {
            return wrong("personalisation", format!("{} shares", shares.len()), "one share for each vertex");
        }
        if let Some(share) = shares.iter().find(|share| !(share.is_finite() && **share >= 0.0)) {
            return wrong("personalisation", share.to_string(), "finite shares of 0 or more");
        }
        let sum: f64 = shares.iter().sum();
        if vertices > 0 && !within(sum, 0.0, f64::INFINITY) {
            return wrong("personalisation", format!("shares that add up to {sum}"), "at least one share above 0");
        }
        Ok(Starts::Given(shares, sum))
    }
}

/// Weight that leads away from each vertex; a loop of an undirected graph leads away once.
fn strengths_out(graph: &Graph) -> Vec<f64> {
    if graph.is_directed() {
        return strengths(graph, Direction::Out);
    }
    let of = |vertex: usize| {
        if graph.is_weighted() { graph.weights(vertex).iter().sum() } else { graph.row(vertex).len() as f64 }
    };
    (0..graph.vertices()).into_par_iter().map(of).collect()
}

/// What vertices from place `first` on receive along edges that lead to them.
fn received(rows: &Ordered, sent: &[f64], first: usize, into: &mut [f64]) {
    into.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, into)| {
        let first = first + chunk * CHUNK;
        let starts = &rows.starts[first..=first + into.len()];
        for (row, into) in starts.windows(2).zip(into) {
            let weights = if rows.weights.is_empty() { &[] } else { &rows.weights[row[0]..row[1]] };
            *into = gathered(&rows.ends[row[0]..row[1]], weights, sent);
        }
    });
}

/// Sum of values at the ends of a row, by weight if there are weights.
#[inline]
fn gathered(row: &[u32], weights: &[f64], values: &[f64]) -> f64 {
    if weights.is_empty() {
        // Four sums at once, as one would wait for the last addition each time.
        let (fours, rest) = row.as_chunks::<4>();
        let mut sums = [0.0; 4];
        for four in fours {
            for (sum, end) in sums.iter_mut().zip(four) {
                *sum += values[*end as usize];
            }
        }
        rest.iter().map(|end| values[*end as usize]).sum::<f64>() + (sums[0] + sums[1]) + (sums[2] + sums[3])
    } else {
        row.iter().zip(weights).map(|(end, weight)| values[*end as usize] * weight).sum()
    }
}

/// Hubs and authorities.
#[derive(Clone, Debug, PartialEq)]
pub struct Hits {
    /// How much each vertex points at authorities; they add up to 1.
    pub hubs: Vec<f64>,
    /// How much each vertex is pointed at by hubs; they add up to 1.
    pub authorities: Vec<f64>,
    /// Rounds made.
    pub rounds: usize,
    /// Sum of absolute changes in the last round; above the tolerance only where the rounds ran out.
    pub change: f64,
}

/// Hubs and authorities (J. M. Kleinberg, "Authoritative sources in a hyperlinked environment", Journal of the ACM 46,
/// 1999), as networkx `hits`: the first singular vectors of the weight matrix, each with sum 1. By the power method
/// from equal values, until a round changes both by no more than `tolerance` in sum. Where several vectors are first,
/// the one that equal values lead to. All 0 without edges. O(m) time for a round.
///
/// # Errors
/// Negative weights, a tolerance that is no number above 0, no rounds.
pub fn hits(graph: &Graph, tolerance: f64, most_rounds: usize) -> Result<Hits, GraphError> {
    graph.must_not_be_negative("hubs")?;
    RankSettings { tolerance, most_rounds, ..RankSettings::default() }.check(graph.vertices())?;
    let vertices = graph.vertices();
    let mut found = Hits { hubs: vec![0.0; vertices], authorities: vec![0.0; vertices], rounds: 0, change: 0.0 };
    let heaviest =
        (0..vertices).flat_map(|vertex| graph.weights(vertex)).fold(0.0, |most: f64, weight| most.max(*weight));
    if graph.arcs() == 0 || (graph.is_weighted() && heaviest == 0.0) {
        return Ok(found);
    }
    found.hubs.fill(1.0 / vertices as f64);
    let (mut authorities, mut hubs) = (vec![0.0; vertices], vec![0.0; vertices]);
    found.change = f64::INFINITY;
    while found.change > tolerance && found.rounds < most_rounds {
        follow(&mut authorities, |vertex| gathered(graph.row_in(vertex), graph.weights_in(vertex), &found.hubs));
        follow(&mut hubs, |vertex| gathered(graph.row(vertex), graph.weights(vertex), &authorities));
        let change = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>();
        found.change = change(&authorities, &found.authorities).max(change(&hubs, &found.hubs));
        std::mem::swap(&mut authorities, &mut found.authorities);
        std::mem::swap(&mut hubs, &mut found.hubs);
        found.rounds += 1;
    }
    Ok(found)
}

/// Computes every value and scales them to the sum 1.
fn follow(values: &mut [f64], of: impl Fn(usize) -> f64 + Sync) {
    values.par_iter_mut().with_min_len(CHUNK).enumerate().for_each(|(vertex, value)| *value = of(vertex));
    // Scaled by the largest first, so that the sum of large weights stays finite.
    let most = values.iter().fold(0.0, |most: f64, value| most.max(*value));
    let sum: f64 = values.iter().map(|value| value / most).sum();
    if within(most, 0.0, f64::INFINITY) {
        values.par_iter_mut().for_each(|value| *value = *value / most / sum);
    }
}
