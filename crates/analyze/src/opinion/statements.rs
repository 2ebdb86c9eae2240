//! The comments that stand for a group, bridge the groups or divide them.
//!
//! Holds the counts per group, the tests and their correction for many comparisons. It must never call a comment common
//! ground where a group is silent on it.
//!
//! Shares are compared by the test of two proportions with a pooled variance, and with one half by the exact binomial
//! test; among all comparisons of a kind the false discovery rate is held (Y. Benjamini and Y. Hochberg, "Controlling
//! the false discovery rate", Journal of the Royal Statistical Society B 57, 1995). The groups were made from the very
//! votes that are tested: a small p-value says that a comment belongs to what sets the groups apart, not that the
//! groups exist.

use super::table::Table;
use crate::distribution::{binomial_tail, two_sided};
use crate::signals::false_discovery_rates;

/// What the placed voters of a group said of a comment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Voters who agree.
    pub agree: u32,
    /// Voters who disagree.
    pub disagree: u32,
    /// Voters who pass.
    pub pass: u32,
}

/// One of the two answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Agrees.
    Agree,
    /// Disagrees.
    Disagree,
}

/// A comment that stands for a group: more in the group than outside it are on one side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stand {
    /// The group.
    pub group: u32,
    /// The comment.
    pub comment: u32,
    /// The side that the group is on.
    pub side: Side,
    /// Votes of the group.
    pub inside: Counts,
    /// Votes of all other groups.
    pub outside: Counts,
    /// Share of the group's votes on that side.
    pub share_inside: f64,
    /// Share of the others' votes on that side.
    pub share_outside: f64,
    /// Difference of the shares in standard errors.
    pub z: f64,
    /// Chance of a difference as large either way without one.
    pub p_value: f64,
    /// The same, corrected for all comparisons of comments and groups.
    pub q_value: f64,
}

/// A comment that every group is on the same side of, by more than half of its votes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bridge {
    /// The comment.
    pub comment: u32,
    /// The side.
    pub side: Side,
    /// Least share on that side of any group.
    pub least_share: f64,
    /// Group with the least share.
    pub least_group: u32,
    /// Greatest chance, among the groups, of so many on that side if half were.
    pub p_value: f64,
    /// The same, corrected for all comments and both sides.
    pub q_value: f64,
}

/// A comment on which two groups differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Divide {
    /// The comment.
    pub comment: u32,
    /// Group that agrees most.
    pub most: u32,
    /// Group that agrees least.
    pub least: u32,
    /// Share of the votes of `most` that agree.
    pub share_most: f64,
    /// Share of the votes of `least` that agree.
    pub share_least: f64,
    /// Difference of the shares in standard errors.
    pub z: f64,
    /// Chance of a difference as large, times the number of pairs of groups it was picked from.
    pub p_value: f64,
    /// The same, corrected for all comments.
    pub q_value: f64,
}

pub(super) struct Told {
    pub(super) stands: Vec<Stand>,
    pub(super) bridges: Vec<Bridge>,
    pub(super) divides: Vec<Divide>,
}

impl Counts {
    /// Votes.
    pub fn votes(&self) -> u32 {
        self.agree + self.disagree + self.pass
    }

    /// Votes on a side.
    pub fn on(&self, side: Side) -> u32 {
        match side {
            Side::Agree => self.agree,
            Side::Disagree => self.disagree,
        }
    }

    /// Share of the votes on a side; 0 without votes.
    pub fn share(&self, side: Side) -> f64 {
        f64::from(self.on(side)) / f64::from(self.votes().max(1))
    }

    fn add(&mut self, other: &Self) {
        self.agree += other.agree;
        self.disagree += other.disagree;
        self.pass += other.pass;
    }
}

/// Votes of each group on each comment, the groups of a comment together.
pub(super) fn count(table: &Table, group: &[Option<u32>], groups: usize) -> Vec<Counts> {
    let mut counts = vec![Counts::default(); table.comments.len() * groups];
    for (voter, group) in group.iter().enumerate() {
        let Some(group) = group else { continue };
        for (comment, vote) in table.row(voter) {
            let counts = &mut counts[*comment as usize * groups + *group as usize];
            match vote {
                1 => counts.agree += 1,
                -1 => counts.disagree += 1,
                _ => counts.pass += 1,
            }
        }
    }
    counts
}

/// What stands for a group, bridges and divides, with at most this share of false ones.
pub(super) fn tell(comments: &[u32], counts: &[Counts], groups: usize, false_share: f64) -> Told {
    let (mut stands, mut bridges, mut divides) = (Vec::new(), Vec::new(), Vec::new());
    if groups >= 2 {
        for (comment, counts) in comments.iter().zip(counts.chunks_exact(groups)) {
            stands.extend((0..groups).flat_map(|group| stand(*comment, counts, group)));
            bridges.extend([Side::Agree, Side::Disagree].into_iter().filter_map(|side| bridge(*comment, counts, side)));
            divides.extend(divide(*comment, counts));
        }
    }
    correct(&mut stands, |stand| (stand.p_value, &mut stand.q_value));
    correct(&mut bridges, |bridge| (bridge.p_value, &mut bridge.q_value));
    correct(&mut divides, |divide| (divide.p_value, &mut divide.q_value));
    // A group stands for what it is on that side of more than the others; that they are less so is told of them, not of
    // it.
    stands.retain(|stand| stand.q_value <= false_share && stand.z > 0.0);
    bridges.retain(|bridge| bridge.q_value <= false_share && bridge.least_share > 0.5);
    divides.retain(|divide| divide.q_value <= false_share);
    stands.sort_by(|a, b| (a.group.cmp(&b.group)).then(b.z.total_cmp(&a.z)).then(a.comment.cmp(&b.comment)));
    bridges.sort_by(|a, b| b.least_share.total_cmp(&a.least_share).then(a.comment.cmp(&b.comment)));
    let apart = |divide: &Divide| divide.share_most - divide.share_least;
    divides.sort_by(|a, b| apart(b).total_cmp(&apart(a)).then(a.comment.cmp(&b.comment)));
    Told { stands, bridges, divides }
}

/// Both sides of a comment for one group against the others; nothing where one of them is silent.
fn stand(comment: u32, counts: &[Counts], group: usize) -> Vec<Stand> {
    let inside = counts[group];
    let mut outside = Counts::default();
    counts.iter().enumerate().filter(|(other, _)| *other != group).for_each(|(_, other)| outside.add(other));
    if inside.votes() == 0 || outside.votes() == 0 {
        return Vec::new();
    }
    let of = |side: Side| {
        let z = two_shares(inside.on(side), inside.votes(), outside.on(side), outside.votes());
        let (share_inside, share_outside) = (inside.share(side), outside.share(side));
        let p_value = two_sided(z);
        let group = group as u32;
        Stand { group, comment, side, inside, outside, share_inside, share_outside, z, p_value, q_value: 1.0 }
    };
    vec![of(Side::Agree), of(Side::Disagree)]
}

/// A side of a comment for all groups together; nothing where one of them is silent.
fn bridge(comment: u32, counts: &[Counts], side: Side) -> Option<Bridge> {
    if counts.iter().any(|counts| counts.votes() == 0) {
        return None;
    }
    let share = |group: &usize| counts[*group].share(side);
    let least = (0..counts.len()).min_by(|a, b| share(a).total_cmp(&share(b)))?;
    // All groups must pass, so the worst of them decides (R. L. Berger, "Multiparameter hypothesis testing", 1982).
    let p_value = counts.iter().map(|counts| binomial_tail(counts.on(side), counts.votes())).fold(0.0, f64::max);
    Some(Bridge { comment, side, least_share: share(&least), least_group: least as u32, p_value, q_value: 1.0 })
}

/// The two groups that differ most on a comment, among those that voted on it.
fn divide(comment: u32, counts: &[Counts]) -> Option<Divide> {
    let heard: Vec<usize> = (0..counts.len()).filter(|group| counts[*group].votes() > 0).collect();
    let share = |group: &usize| counts[*group].share(Side::Agree);
    let z_of = |one: &Counts, other: &Counts| two_shares(one.agree, one.votes(), other.agree, other.votes());
    let pairs = heard.iter().flat_map(|one| heard.iter().map(move |other| (*one, *other))).filter(|(a, b)| a != b);
    let pairs = pairs.map(|(most, least)| (z_of(&counts[most], &counts[least]), most, least));
    // The pair that chance explains least, the first of those alike.
    let (z, most, least) =
        pairs.fold((0.0, 0, 0), |known: (f64, usize, usize), next| if next.0 > known.0 { next } else { known });
    if z <= 0.0 {
        return (heard.len() > 1).then(|| {
            let even = share(&heard[0]);
            let (most, least) = (heard[0] as u32, heard[1] as u32);
            Divide { comment, most, least, share_most: even, share_least: even, z: 0.0, p_value: 1.0, q_value: 1.0 }
        });
    }
    let number = (heard.len() * (heard.len() - 1) / 2) as f64;
    let p_value = (two_sided(z) * number).min(1.0);
    let (share_most, share_least) = (share(&most), share(&least));
    Some(Divide { comment, most: most as u32, least: least as u32, share_most, share_least, z, p_value, q_value: 1.0 })
}

/// Difference of two shares in standard errors, with the variance of both together.
pub(super) fn two_shares(one: u32, of_one: u32, other: u32, of_other: u32) -> f64 {
    let (n, m) = (f64::from(of_one), f64::from(of_other));
    let pooled = f64::from(one + other) / (n + m);
    let variance = pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m);
    if variance > 0.0 { (f64::from(one) / n - f64::from(other) / m) / variance.sqrt() } else { 0.0 }
}

/// Corrects the p-values of one kind for their number.
fn correct<T>(all: &mut [T], mut parts: impl FnMut(&mut T) -> (f64, &mut f64)) {
    let p_values: Vec<f64> = all.iter_mut().map(|one| parts(one).0).collect();
    for (one, rate) in all.iter_mut().zip(false_discovery_rates(&p_values)) {
        *parts(one).1 = rate;
    }
}
