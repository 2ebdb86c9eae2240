//! What speaks for two accounts acting in concert, and how likely it is by chance.
//!
//! Must never be lower than the chance of what was seen under the null model.
//!
//! Under the null model an account of `a` things shares a thing of `k` accounts with probability `a k / m`, where `m` is the number
//! of pairs of account and thing; two who share it do so together as often as others do. With `e` ordered pairs together on a thing,
//! two accounts share it together with probability `p = a b e / m^2`. Each thing weighs `ln(1 + c / e)`, what it says for accounts
//! that share things together whatever their fame; the sum of weights over things is what is tested, its tail bounded by the least of
//! `exp(-t s + h a b / m^2 · sum of e (exp(t w) - 1))` over `t`, where only `h a b` depends on the two.
//!
//! `h` is how much more often than by chance the two share things at other times, as people of the same interests do: the posterior
//! mean of a Poisson rate with a gamma prior of mean 1, never below 1.

use super::layout::Layout;
use super::{ShareSettings, Tie};
use rayon::prelude::*;

/// Weight of the prior that two accounts have no interests in common.
const PRIOR: f64 = 0.25;
/// A pair that acts in concert shares this share of things together, whatever their fame.
const IN_CONCERT: f64 = 0.1;
/// Steps at which the bound is tried.
const STEPS: usize = 400;
/// The largest `t` tried, in units of one over the largest weight.
const LARGEST: f64 = 40.0;

pub(super) struct Evidence<'a> {
    layout: &'a Layout,
    window: f64,
    /// What each thing says for two who share it together.
    weight: Vec<f64>,
    /// Pairs of account and thing.
    edges: f64,
    /// Ordered pairs together, of all things.
    together: f64,
    /// Ordered pairs that are not together, of all things.
    apart: f64,
    /// `t` with the sum over things of `e (exp(t w) - 1)`.
    bounds: Vec<(f64, f64)>,
}

/// What was seen of one other account.
#[derive(Clone, Copy, Default)]
struct Seen {
    objects: u32,
    /// One more than the thing seen last; 0 for none.
    last: u32,
    sum: f64,
}

impl<'a> Evidence<'a> {
    pub(super) fn of(layout: &'a Layout, settings: &ShareSettings) -> Self {
        let window = settings.window;
        let counts: Vec<(f64, f64)> = layout.objects().map(|(_, shares)| pairs_of(shares, window)).collect();
        let edges = layout.edges();
        let mean_square = (0..layout.accounts() as u32).map(|account| layout.activity(account).powi(2)).sum::<f64>();
        // What two accounts do by chance on a thing with one pair together, for accounts as active as those behind a typical share.
        let usual = (mean_square / edges.max(1.0) / edges.max(1.0)).powi(2);
        let weight_of = |(together, _): &(f64, f64)| {
            if *together > 0.0 { (IN_CONCERT / (usual * together)).ln_1p() } else { 0.0 }
        };
        let weight: Vec<f64> = counts.iter().map(weight_of).collect();
        let largest = weight.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let bound = |step: usize| {
            let t = LARGEST / largest * step as f64 / STEPS as f64;
            let sum = counts.iter().zip(&weight).map(|((together, _), weight)| together * (t * weight).exp_m1()).sum();
            (t, sum)
        };
        let bounds = (1..=STEPS).into_par_iter().map(bound).collect();
        Self {
            layout,
            window,
            weight,
            edges,
            together: counts.iter().map(|(together, _)| together).sum(),
            apart: counts.iter().map(|(_, apart)| apart).sum(),
            bounds,
        }
    }

    /// All pairs of accounts that shared at least so many things together, by account.
    pub(super) fn ties(&self, least: u32) -> Vec<Tie> {
        let accounts = self.layout.accounts();
        let start = || (vec![Seen::default(); accounts], Vec::new());
        let of = |(seen, met): &mut (Vec<Seen>, Vec<u32>), account: u32| -> Vec<Tie> {
            for (object, _, shares) in self.layout.near(account, self.window) {
                let weight = self.weight[object as usize];
                for &(_, other) in shares.iter().filter(|(_, other)| *other > account) {
                    let seen = &mut seen[other as usize];
                    if seen.last == object + 1 {
                        continue;
                    }
                    if seen.objects == 0 {
                        met.push(other);
                    }
                    *seen = Seen { objects: seen.objects + 1, last: object + 1, sum: seen.sum + weight };
                }
            }
            met.sort_unstable();
            let mut ties = Vec::new();
            for other in met.drain(..) {
                let seen = std::mem::take(&mut seen[other as usize]);
                if seen.objects >= least {
                    ties.push(self.tie(account, other, seen));
                }
            }
            ties
        };
        (0..accounts as u32).into_par_iter().map_init(start, of).flatten_iter().collect()
    }

    /// One pair: its tie where they shared anything together, and each thing with the seconds between both and its weight.
    pub(super) fn between(&self, left: u32, right: u32) -> (Option<Tie>, Vec<(u32, f64, f64)>) {
        let (left, right) = (left.min(right), left.max(right));
        if left == right || right as usize >= self.layout.accounts() {
            return (None, Vec::new());
        }
        let mut things: Vec<(u32, f64, f64)> = Vec::new();
        for (object, seconds, shares) in self.layout.near(left, self.window) {
            let apart = shares.iter().filter(|(_, other)| *other == right).map(|(other, _)| (other - seconds).abs());
            let Some(apart) = apart.min_by(f64::total_cmp) else { continue };
            match things.last_mut().filter(|last| last.0 == object) {
                Some(last) => last.1 = last.1.min(apart),
                None => things.push((object, apart, self.weight[object as usize])),
            }
        }
        let sum = things.iter().map(|(_, _, weight)| weight).sum();
        let seen = Seen { objects: things.len() as u32, last: 0, sum };
        ((!things.is_empty()).then(|| self.tie(left, right, seen)), things)
    }

    fn tie(&self, left: u32, right: u32, seen: Seen) -> Tie {
        let both = self.layout.activity(left) * self.layout.activity(right) / self.edges.powi(2);
        let common = common(self.layout.things(left), self.layout.things(right));
        let elsewhere = f64::from(common.saturating_sub(seen.objects));
        let interests = ((elsewhere + PRIOR) / (both * self.apart + PRIOR)).max(1.0);
        let rate = both * interests;
        let bound = self.bounds.iter().map(|(t, sum)| rate * sum - t * seen.sum).fold(0.0, f64::min);
        Tie { left, right, objects: seen.objects, expected: rate * self.together, chance: bound.exp() }
    }
}

/// How many things are in both of two rising lists.
fn common(mut one: impl Iterator<Item = u32>, mut other: impl Iterator<Item = u32>) -> u32 {
    let (mut left, mut right) = (one.next(), other.next());
    let mut both = 0;
    while let (Some(own), Some(their)) = (left, right) {
        both += u32::from(own == their);
        if own <= their {
            left = one.next();
        }
        if their <= own {
            right = other.next();
        }
    }
    both
}

/// Ordered pairs of accounts that shared a thing together, and of those that shared it apart. Where accounts share a thing more than
/// once, pairs may count more than once, but never more than there are: that makes together look more common than it is.
fn pairs_of(shares: &[(f64, u32)], window: f64) -> (f64, f64) {
    let mut accounts: Vec<u32> = shares.iter().map(|(_, account)| *account).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let all = accounts.len() as f64 * (accounts.len() as f64 - 1.0);
    let mut first = 0;
    let mut together = 0.0;
    for (place, (seconds, _)) in shares.iter().enumerate() {
        while seconds - shares[first].0 > window {
            first += 1;
        }
        together += 2.0 * (place - first) as f64;
    }
    let together = f64::min(together, all);
    (together, all - together)
}
