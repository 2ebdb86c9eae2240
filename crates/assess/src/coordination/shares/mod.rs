//! Accounts that share the same things at the same time, again and again.
//!
//! Holds the entry point, the groups and what is told about them. It must never take being active, sharing what is famous, or
//! having the same interests for acting in concert, and never say why accounts act as they do: a group may be a campaign, one
//! person with many accounts, or a newsroom with many channels.
//!
//! Two accounts share a thing *together* where less than a window of time lies between them. How often they would do so by
//! chance follows from how active both are, from how many share each thing how close to each other, and from what they share in
//! common at other times. Sharing together what few others share counts most. The chance of as much as was seen is bounded from
//! above, and false findings are limited over all pairs of accounts there are, those that never met included.

mod evidence;
mod layout;

#[cfg(test)]
mod tests;

use crate::AssessError;
use crate::chance::false_discovery_threshold;
use crate::connected::Connected;
use evidence::Evidence;
use layout::Layout;
use model::{Contribution, Explained, Explanation};

/// One account sharing one thing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// Number of the account.
    pub account: u32,
    /// Number of the thing shared: a link, a picture, a text, a home that is rated.
    pub object: u32,
    /// When, in seconds since any moment.
    pub seconds: f64,
}

/// How groups are looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShareSettings {
    /// Two shares this many seconds apart or less are together.
    pub window: f64,
    /// Share of false ties among those found that is put up with.
    pub false_discovery: f64,
    /// Things that two accounts must have shared together at least.
    pub least_objects: u32,
}

impl Default for ShareSettings {
    /// A minute, one false tie in a hundred, two things.
    fn default() -> Self {
        Self { window: 60.0, false_discovery: 0.01, least_objects: 2 }
    }
}

/// Two accounts that share together more often than chance explains.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tie {
    /// The lower number.
    pub left: u32,
    /// The higher number.
    pub right: u32,
    /// Things that they shared together.
    pub objects: u32,
    /// How many were to be expected.
    pub expected: f64,
    /// At most this likely by chance.
    pub chance: f64,
}

/// Accounts that ties connect.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareGroup {
    /// Its accounts, rising.
    pub accounts: Vec<u32>,
    /// Ties between them.
    pub ties: usize,
    /// The things that two or more of them shared together, with how many did, those of most first.
    pub objects: Vec<(u32, u32)>,
    /// The least likely tie's chance.
    pub chance: f64,
}

/// Who acts in concert.
#[derive(Clone, Debug, PartialEq)]
pub struct ActingTogether {
    /// The groups, the largest first.
    pub groups: Vec<ShareGroup>,
    /// The ties, by account.
    pub ties: Vec<Tie>,
    /// The group of each account that is in one.
    pub group_of: Vec<Option<u32>>,
    /// Pairs of accounts that shared enough things together to be weighed.
    pub weighed: usize,
}

/// Finds accounts that act in concert.
///
/// Shares may come in any order; an account that shares a thing twice counts once with each other account. Time is proportional to the
/// pairs of shares that are together, memory to the shares and the pairs of accounts weighed. The null model is the configuration model
/// of the graph of accounts and things (M. E. J. Newman, S. H. Strogatz and D. J. Watts, "Random graphs with arbitrary degree
/// distributions and their applications", Physical Review E 64, 2001), the bound H. Chernoff's ("A measure of asymptotic efficiency for
/// tests of a hypothesis", Annals of Mathematical Statistics 23, 1952), the limit Benjamini and Hochberg's (1995).
///
/// # Errors
/// Settings that nothing can be computed with; a time that is no number.
pub fn acting_together(shares: &[Share], settings: &ShareSettings) -> Result<ActingTogether, AssessError> {
    settings.check()?;
    let layout = Layout::of(shares)?;
    let evidence = Evidence::of(&layout, settings);
    let mut ties = evidence.ties(settings.least_objects.max(1));
    let weighed = ties.len();
    let chances: Vec<f64> = ties.iter().map(|tie| tie.chance).collect();
    let greatest = false_discovery_threshold(&chances, layout.pairs_of_accounts(), settings.false_discovery);
    ties.retain(|tie| tie.chance <= greatest);
    let group_of = connected(layout.accounts(), &ties);
    let groups = groups(&layout, settings.window, &group_of, &ties);
    Ok(ActingTogether { groups, ties, group_of, weighed })
}

impl ShareSettings {
    fn check(&self) -> Result<(), AssessError> {
        let wrong = |name, found: f64, write| Err(AssessError::Setting { name, found: found.to_string(), write });
        if !(self.window > 0.0 && self.window.is_finite()) {
            return wrong("window", self.window, "seconds above 0, such as 60");
        }
        if !(self.false_discovery > 0.0 && self.false_discovery < 1.0) {
            return wrong("false_discovery", self.false_discovery, "a share between 0 and 1, such as 0.01");
        }
        Ok(())
    }
}

impl ActingTogether {
    /// How many independent voices the accounts of some contributions amount to: each account once, each group once.
    pub fn independent(&self, accounts: impl IntoIterator<Item = u32>) -> usize {
        let of = |account: u32| match self.group_of.get(account as usize).copied().flatten() {
            Some(group) => (true, group),
            None => (false, account),
        };
        accounts.into_iter().map(of).collect::<std::collections::BTreeSet<_>>().len()
    }
}

/// Why two accounts are tied: the things that they shared together, those that say most first. The value of a contribution is the
/// seconds between both, its weight its share of the evidence; the label is the number of the thing.
///
/// # Errors
/// As [`acting_together`].
pub fn explain_tie(
    shares: &[Share],
    settings: &ShareSettings,
    left: u32,
    right: u32,
) -> Result<Explained<Option<Tie>>, AssessError> {
    settings.check()?;
    let layout = Layout::of(shares)?;
    let evidence = Evidence::of(&layout, settings);
    let (tie, together) = evidence.between(left, right);
    let all: f64 = together.iter().map(|(_, _, weight)| weight).sum();
    let mut contributions: Vec<Contribution> = together
        .into_iter()
        .map(|(object, apart, weight)| Contribution {
            record: None,
            label: object.to_string(),
            value: apart,
            weight: weight / all.max(f64::MIN_POSITIVE),
            discounted: String::new(),
        })
        .collect();
    contributions.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.label.cmp(&b.label)));
    let figures = tie.map_or_else(Vec::new, |tie| {
        vec![
            ("together".to_owned(), f64::from(tie.objects)),
            ("expected".to_owned(), tie.expected),
            ("chance_at_most".to_owned(), tie.chance),
        ]
    });
    let contributions_total = contributions.len();
    let method = "coordination.shares/1".to_owned();
    Ok(Explained::new(tie, Explanation { method, figures, contributions, contributions_total }))
}

/// The group of each account: groups are numbered by their size, the largest first, then by their lowest account.
fn connected(accounts: usize, ties: &[Tie]) -> Vec<Option<u32>> {
    let mut connected = Connected::alone(accounts);
    ties.iter().for_each(|tie| connected.connect(tie.left, tie.right));
    let lead: Vec<u32> = (0..accounts as u32).map(|own| connected.root(own)).collect();
    let mut size = vec![0u32; accounts];
    lead.iter().for_each(|lead| size[*lead as usize] += 1);
    let mut leads: Vec<u32> = (0..accounts as u32).filter(|own| size[*own as usize] > 1).collect();
    leads.sort_by_key(|own| (std::cmp::Reverse(size[*own as usize]), *own));
    let mut number = vec![None; accounts];
    leads.iter().enumerate().for_each(|(place, own)| number[*own as usize] = Some(place as u32));
    lead.iter().map(|lead| number[*lead as usize]).collect()
}

fn groups(layout: &Layout, window: f64, group_of: &[Option<u32>], ties: &[Tie]) -> Vec<ShareGroup> {
    let count = group_of.iter().flatten().max().map_or(0, |last| *last as usize + 1);
    let empty = ShareGroup { accounts: Vec::new(), ties: 0, objects: Vec::new(), chance: 1.0 };
    let mut groups = vec![empty; count];
    for (account, group) in group_of.iter().enumerate() {
        if let Some(group) = group {
            groups[*group as usize].accounts.push(account as u32);
        }
    }
    for tie in ties {
        if let Some(group) = group_of[tie.left as usize] {
            let group = &mut groups[group as usize];
            group.ties += 1;
            group.chance = group.chance.min(tie.chance);
        }
    }
    for (object, shares) in layout.objects() {
        let mut together: Vec<(u32, u32)> = Vec::new();
        for (place, &(seconds, account)) in shares.iter().enumerate() {
            let Some(group) = group_of[account as usize] else { continue };
            let others = shares[place + 1..].iter().take_while(|(later, _)| later - seconds <= window);
            for &(_, other) in others.filter(|(_, other)| *other != account) {
                if group_of[other as usize] == Some(group) {
                    together.extend([(group, account), (group, other)]);
                }
            }
        }
        together.sort_unstable();
        together.dedup();
        for run in together.chunk_by(|a, b| a.0 == b.0) {
            groups[run[0].0 as usize].objects.push((object, run.len() as u32));
        }
    }
    for group in &mut groups {
        group.objects.sort_by_key(|(object, accounts)| (std::cmp::Reverse(*accounts), *object));
    }
    groups
}
