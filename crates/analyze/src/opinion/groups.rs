//! Points in the plane to groups, and how many groups there are.
//!
//! Holds weighted k-means from several starts (S. P. Lloyd, "Least squares quantization in PCM", 1982; starts by D.
//! Arthur and S. Vassilvitskii, "k-means++", SODA 2007) and the silhouette (P. J. Rousseeuw, 1987). It must never know
//! what a point stands for.
//!
//! Only distances are asked for, so that mirrored points are grouped alike to the last bit.

use super::OpinionSettings;
use model::draws::scatter;
use rayon::prelude::*;

/// Most points that are compared with each other for the silhouette.
const MOST_COMPARED: usize = 4_000;
/// Most rounds from one start.
const MOST_ROUNDS: usize = 200;

/// One number of groups that was tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trial {
    /// Number of groups.
    pub groups: usize,
    /// Mean silhouette, from -1 to 1: how much nearer a voter is to its own group than to the next.
    pub silhouette: f64,
    /// Standard error of that mean over the voters.
    pub error: f64,
    /// Share of the weighted squared distances from the middle that the groups account for.
    pub accounted: f64,
    /// Voters in the smallest group.
    pub smallest: usize,
    /// Voters that the silhouette was computed on; fewer than were placed where there are more than 4,000.
    pub compared: usize,
    /// True for the number that was taken.
    pub chosen: bool,
}

/// Groups of points, the largest first.
pub(super) struct Grouped {
    pub(super) label: Vec<u32>,
    pub(super) sizes: Vec<usize>,
    pub(super) centres: Vec<[f64; 2]>,
    pub(super) trials: Vec<Trial>,
}

struct Found {
    label: Vec<u32>,
    centres: Vec<[f64; 2]>,
    /// Weighted sum of squared distances from the centres.
    spread: f64,
}

/// Squared distance.
pub(super) fn apart(one: &[f64; 2], other: &[f64; 2]) -> f64 {
    let (x, y) = (one[0] - other[0], one[1] - other[1]);
    x * x + y * y
}

/// Groups the points into the number asked for, or the least number whose silhouette is within one standard error of
/// the greatest (the rule of L. Breiman, J. H. Friedman, R. A. Olshen and C. J. Stone, "Classification and Regression
/// Trees", 1984, 3.4.3): what a few voters more or less would turn round is no reason for one more group. Where there
/// are fewer places than groups asked for, as many groups as places; one group where all stand at the same place.
pub(super) fn group(points: &[[f64; 2]], weights: &[f64], settings: &OpinionSettings) -> Grouped {
    let places = places(points, 50);
    if places < 2 {
        let sizes = if points.is_empty() { Vec::new() } else { vec![points.len()] };
        let centres = points.first().copied().into_iter().collect();
        return Grouped { label: vec![0; points.len()], sizes, centres, trials: Vec::new() };
    }
    let whole = mean(points, weights);
    let spread: f64 = points.iter().zip(weights).map(|(point, weight)| weight * apart(point, &whole)).sum();
    let asked = settings.groups.map(|groups| groups.min(places));
    let mut tried: Vec<usize> = (2..=settings.most_groups.min(places)).collect();
    if let Some(asked) = asked.filter(|asked| !tried.contains(asked)) {
        tried.push(asked);
    }
    let compared = compared(points.len(), settings.seed);
    let mut all = Vec::with_capacity(tried.len());
    let mut trials: Vec<Trial> = Vec::with_capacity(tried.len());
    for groups in tried {
        let found = best_start(points, weights, &whole, groups, settings);
        let (silhouette, error) = silhouette(points, &found.label, groups, &compared);
        let smallest = sizes(&found.label, groups).into_iter().min().unwrap_or(0);
        let accounted = if spread > 0.0 { 1.0 - found.spread / spread } else { 0.0 };
        trials.push(Trial { groups, silhouette, error, accounted, smallest, compared: compared.len(), chosen: false });
        all.push(found);
    }
    let greatest = trials.iter().max_by(|a, b| a.silhouette.total_cmp(&b.silhouette));
    let enough = greatest.map_or(0.0, |greatest| greatest.silhouette - greatest.error);
    let taken = |trial: &Trial| asked.map_or(trial.silhouette >= enough, |asked| trial.groups == asked);
    let Some(place) = trials.iter().position(taken) else {
        return Grouped { label: vec![0; points.len()], sizes: vec![points.len()], centres: vec![whole], trials };
    };
    trials[place].chosen = true;
    largest_first(all.swap_remove(place), trials)
}

/// Number of different places, counted up to `most`.
fn places(points: &[[f64; 2]], most: usize) -> usize {
    let near = points.iter().flatten().fold(0.0, |most: f64, along| most.max(along.abs())) * 1e-9;
    let mut found: Vec<[f64; 2]> = Vec::new();
    for point in points {
        if found.len() < most && found.iter().all(|known| apart(known, point) > near * near) {
            found.push(*point);
        }
    }
    found.len()
}

fn mean(points: &[[f64; 2]], weights: &[f64]) -> [f64; 2] {
    let mut sum = [0.0; 2];
    for (point, weight) in points.iter().zip(weights) {
        sum[0] += weight * point[0];
        sum[1] += weight * point[1];
    }
    let all: f64 = weights.iter().sum();
    sum.map(|sum| sum / all)
}

fn sizes(label: &[u32], groups: usize) -> Vec<usize> {
    let mut sizes = vec![0; groups];
    label.iter().for_each(|label| sizes[*label as usize] += 1);
    sizes
}

/// The least spread of several starts; of those as good, the first.
fn best_start(
    points: &[[f64; 2]],
    weights: &[f64],
    whole: &[f64; 2],
    groups: usize,
    settings: &OpinionSettings,
) -> Found {
    let from = |start: usize| settle(points, weights, seeds(points, weights, whole, groups, start, settings.seed));
    let found: Vec<Found> = (1..settings.starts).into_par_iter().map(from).collect();
    found.into_iter().fold(from(0), |best, next| if next.spread < best.spread * (1.0 - 1e-12) { next } else { best })
}

/// Centres to begin with: always the point farthest from those known at the first start, drawn by squared distance at
/// the others.
fn seeds(
    points: &[[f64; 2]],
    weights: &[f64],
    whole: &[f64; 2],
    groups: usize,
    start: usize,
    seed: u64,
) -> Vec<[f64; 2]> {
    let mut nearest: Vec<f64> = points.iter().map(|point| apart(point, whole)).collect();
    let mut centres: Vec<[f64; 2]> = Vec::with_capacity(groups);
    while centres.len() < groups {
        let next = if start == 0 {
            // The first of those equally far.
            (0..points.len()).fold(0, |best, next| if nearest[next] > nearest[best] { next } else { best })
        } else {
            let drawn = scatter(
                scatter(seed ^ scatter(groups as u64)) ^ scatter(((start as u64) << 16) | centres.len() as u64),
            );
            draw(&nearest, weights, (drawn >> 11) as f64 / (1_u64 << 53) as f64)
        };
        let first = centres.is_empty();
        centres.push(points[next]);
        for (nearest, point) in nearest.iter_mut().zip(points) {
            let here = apart(point, &points[next]);
            *nearest = if first { here } else { nearest.min(here) };
        }
    }
    centres
}

fn draw(nearest: &[f64], weights: &[f64], share: f64) -> usize {
    let all: f64 = nearest.iter().zip(weights).map(|(nearest, weight)| nearest * weight).sum();
    let mut left = share * all;
    let mut last = 0;
    for (place, (nearest, weight)) in nearest.iter().zip(weights).enumerate() {
        let own = nearest * weight;
        if own > 0.0 {
            last = place;
            if left < own {
                break;
            }
            left -= own;
        }
    }
    last
}

/// Moves centres to the mean of their points until no point changes its centre.
fn settle(points: &[[f64; 2]], weights: &[f64], mut centres: Vec<[f64; 2]>) -> Found {
    let mut label = vec![u32::MAX; points.len()];
    for _ in 0..MOST_ROUNDS {
        let mut changed = false;
        let mut sums = vec![[0.0; 3]; centres.len()];
        for ((point, weight), label) in points.iter().zip(weights).zip(&mut label) {
            let near = nearest_of(point, &centres);
            changed |= near != *label;
            *label = near;
            let sum = &mut sums[near as usize];
            sum[0] += weight * point[0];
            sum[1] += weight * point[1];
            sum[2] += weight;
        }
        for (group, sum) in sums.iter().enumerate().filter(|(_, sum)| sum[2] > 0.0) {
            centres[group] = [sum[0] / sum[2], sum[1] / sum[2]];
        }
        // A centre without points goes to the point farthest from its own.
        if let Some(bare) = sums.iter().position(|sum| sum[2] == 0.0) {
            let far = |place: usize| weights[place] * apart(&points[place], &centres[label[place] as usize]);
            let most = (0..points.len()).fold(0, |best, next| if far(next) > far(best) { next } else { best });
            centres[bare] = points[most];
            changed = true;
        }
        if !changed {
            break;
        }
    }
    let spread = points
        .iter()
        .zip(weights)
        .zip(&label)
        .map(|((point, weight), label)| weight * apart(point, &centres[*label as usize]))
        .sum();
    Found { label, centres, spread }
}

fn nearest_of(point: &[f64; 2], centres: &[[f64; 2]]) -> u32 {
    let mut best = (f64::INFINITY, 0);
    for (group, centre) in centres.iter().enumerate() {
        let here = apart(point, centre);
        if here < best.0 {
            best = (here, group as u32);
        }
    }
    best.1
}

/// The points that are compared with each other: all, or the number that can be, drawn by their position.
fn compared(points: usize, seed: u64) -> Vec<u32> {
    let mut drawn: Vec<u32> = (0..points as u32).collect();
    if points > MOST_COMPARED {
        drawn.sort_unstable_by_key(|place| (scatter(seed ^ scatter(u64::from(*place))), *place));
        drawn.truncate(MOST_COMPARED);
        drawn.sort_unstable();
    }
    drawn
}

/// Mean, with its standard error, of how much nearer each point is to its own group than to the next; 0 for a point
/// alone in its group.
pub(super) fn silhouette(points: &[[f64; 2]], label: &[u32], groups: usize, compared: &[u32]) -> (f64, f64) {
    let mut sizes = vec![0_usize; groups];
    compared.iter().for_each(|place| sizes[label[*place as usize] as usize] += 1);
    let of = |place: &u32| {
        let (point, own) = (&points[*place as usize], label[*place as usize] as usize);
        let mut sums = vec![0.0; groups];
        for other in compared {
            sums[label[*other as usize] as usize] += apart(point, &points[*other as usize]).sqrt();
        }
        if sizes[own] < 2 {
            return 0.0;
        }
        let within = sums[own] / (sizes[own] - 1) as f64;
        let others = (0..groups).filter(|group| *group != own && sizes[*group] > 0);
        let next = others.map(|group| sums[group] / sizes[group] as f64).fold(f64::INFINITY, f64::min);
        let most = within.max(next);
        if most.is_finite() && most > 0.0 { (next - within) / most } else { 0.0 }
    };
    let each: Vec<f64> = compared.par_iter().map(of).collect();
    let number = each.len().max(1) as f64;
    let mean = each.iter().sum::<f64>() / number;
    let variance = each.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / (number - 1.0).max(1.0);
    (mean, (variance / number).sqrt())
}

/// Numbers the groups by their size, of the same size by their first point.
fn largest_first(found: Found, trials: Vec<Trial>) -> Grouped {
    let groups = found.centres.len();
    let counted = sizes(&found.label, groups);
    let first = |group: usize| found.label.iter().position(|label| *label as usize == group);
    let mut order: Vec<usize> = (0..groups).collect();
    order.sort_by_key(|group| (std::cmp::Reverse(counted[*group]), first(*group)));
    let mut rank = vec![0; groups];
    order.iter().enumerate().for_each(|(place, group)| rank[*group] = place as u32);
    Grouped {
        label: found.label.iter().map(|label| rank[*label as usize]).collect(),
        sizes: order.iter().map(|group| counted[*group]).collect(),
        centres: order.iter().map(|group| found.centres[*group]).collect(),
        trials,
    }
}
