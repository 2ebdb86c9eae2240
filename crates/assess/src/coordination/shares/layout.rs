//! The shares by thing and by account.
//!
//! Must never know what is chance and what is not.

use super::Share;
use crate::AssessError;

/// Shares in order of things and times, and the other way about.
pub(super) struct Layout {
    /// First share of each thing in `shares`; one more at the end.
    starts: Vec<usize>,
    /// Time and account, by thing, time and account.
    shares: Vec<(f64, u32)>,
    /// First entry of each account in `own`; one more at the end.
    own_starts: Vec<usize>,
    /// The shares of each account as positions in `shares`, rising, and so by thing.
    own: Vec<u32>,
    object_of: Vec<u32>,
    /// Things that each account shared, each once.
    activity: Vec<u32>,
}

impl Layout {
    /// Orders the shares; one that is given twice counts once.
    pub(super) fn of(shares: &[Share]) -> Result<Self, AssessError> {
        if let Some(share) = shares.iter().find(|share| !share.seconds.is_finite()) {
            let found = format!("{} (account {}, object {})", share.seconds, share.account, share.object);
            return Err(AssessError::Setting { name: "seconds", found, write: "a finite number of seconds" });
        }
        let count = |of: fn(&Share) -> u32| shares.iter().map(of).max().map_or(0, |last| last as usize + 1);
        let (objects, accounts) = (count(|share| share.object), count(|share| share.account));
        let mut order: Vec<Share> = shares.to_vec();
        order.sort_unstable_by(|a, b| {
            a.object.cmp(&b.object).then(a.seconds.total_cmp(&b.seconds)).then(a.account.cmp(&b.account))
        });
        order.dedup();
        let mut starts = vec![0; objects + 1];
        let mut own_starts = vec![0; accounts + 1];
        for share in &order {
            starts[share.object as usize + 1] += 1;
            own_starts[share.account as usize + 1] += 1;
        }
        (0..objects).for_each(|object| starts[object + 1] += starts[object]);
        (0..accounts).for_each(|account| own_starts[account + 1] += own_starts[account]);
        let mut next = own_starts.clone();
        let mut own = vec![0; order.len()];
        let mut activity = vec![0; accounts];
        let mut last = vec![u32::MAX; accounts];
        for (place, share) in order.iter().enumerate() {
            let account = share.account as usize;
            own[next[account]] = place as u32;
            next[account] += 1;
            if last[account] != share.object {
                last[account] = share.object;
                activity[account] += 1;
            }
        }
        Ok(Self {
            starts,
            shares: order.iter().map(|share| (share.seconds, share.account)).collect(),
            own_starts,
            own,
            object_of: order.iter().map(|share| share.object).collect(),
            activity,
        })
    }

    pub(super) fn accounts(&self) -> usize {
        self.activity.len()
    }

    /// Pairs of accounts that could act in concert: those that shared two things or more.
    pub(super) fn pairs_of_accounts(&self) -> usize {
        let active = self.activity.iter().filter(|things| **things > 1).count();
        active * active.saturating_sub(1) / 2
    }

    /// Things that an account shared.
    pub(super) fn activity(&self, account: u32) -> f64 {
        f64::from(self.activity[account as usize])
    }

    /// Pairs of account and thing.
    pub(super) fn edges(&self) -> f64 {
        self.activity.iter().map(|things| f64::from(*things)).sum()
    }

    /// Every thing with its shares by time.
    pub(super) fn objects(&self) -> impl Iterator<Item = (u32, &[(f64, u32)])> {
        (0..self.starts.len() - 1)
            .map(|object| (object as u32, &self.shares[self.starts[object]..self.starts[object + 1]]))
    }

    /// The shares of an account: thing, time, and the other accounts that shared the thing at most `window` seconds before or after.
    /// An account that shared it often comes often.
    pub(super) fn near(&self, account: u32, window: f64) -> impl Iterator<Item = (u32, f64, &[(f64, u32)])> {
        let account = account as usize;
        self.own[self.own_starts[account]..self.own_starts[account + 1]].iter().map(move |place| {
            let place = *place as usize;
            let object = self.object_of[place];
            let (from, to) = (self.starts[object as usize], self.starts[object as usize + 1]);
            let seconds = self.shares[place].0;
            let before =
                self.shares[from..place].iter().rev().take_while(|(other, _)| seconds - other <= window).count();
            let after = self.shares[place..to].iter().take_while(|(other, _)| other - seconds <= window).count();
            (object, seconds, &self.shares[place - before..place + after])
        })
    }

    /// The things that an account shared, each once, rising.
    pub(super) fn things(&self, account: u32) -> impl Iterator<Item = u32> {
        let account = account as usize;
        let own = &self.own[self.own_starts[account]..self.own_starts[account + 1]];
        own.chunk_by(|a, b| self.object_of[*a as usize] == self.object_of[*b as usize])
            .map(|run| self.object_of[run[0] as usize])
    }
}
