//! Who posts: accounts with made-up names, each with its way of rating.
//!
//! Holds the draw of accounts and how they turn what they experience into stars. It must never use a real name.

use crate::Settings;
use crate::chance::Chance;
use crate::truth::{AccountKind, AccountTruth};

const FIRST: &[&str] = &[
    "amber", "breezy", "calm", "dusty", "early", "faded", "gentle", "hazy", "idle", "jolly", "kindly", "lively",
    "misty", "noble", "olive", "plain", "quiet", "rusty", "sandy", "tidy", "upbeat", "velvet", "windy", "young",
    "zesty", "blue",
];
const SECOND: &[&str] = &[
    "wombat",
    "magpie",
    "kettle",
    "teapot",
    "wattle",
    "gum",
    "river",
    "verandah",
    "galah",
    "quokka",
    "lantern",
    "ferry",
    "paddock",
    "jetty",
    "echidna",
    "biscuit",
    "banksia",
    "heron",
    "pelican",
    "saddle",
    "billabong",
    "cricket",
    "lorikeet",
];

/// An account with what the simulation needs to know of it.
pub(crate) struct Account {
    pub(crate) truth: AccountTruth,
    /// How often it posts beside others.
    pub(crate) activity: f64,
    /// The state whose homes it mostly writes about.
    pub(crate) state: String,
}

/// Draws all accounts; `states` is the state of each home.
pub(crate) fn draw(settings: &Settings, states: &[&str]) -> Vec<Account> {
    let mut chance = Chance::stream(settings.seed, "accounts");
    (0..settings.accounts)
        .map(|number| {
            let name = format!("{}_{}_{number}", chance.pick(FIRST), chance.pick(SECOND));
            let kind = kind(chance.unit());
            let leaning = match kind {
                AccountKind::Ordinary | AccountKind::Careless => chance.normal(0.0, 0.25),
                AccountKind::KnowsWell => chance.normal(0.0, 0.08),
                AccountKind::Harsh => chance.normal(-0.9, 0.2),
                AccountKind::Mild => chance.normal(0.9, 0.2),
            };
            Account {
                truth: AccountTruth { account: name, kind, leaning },
                activity: chance.normal(0.0, 1.1).exp(),
                state: (chance.pick(states)).to_owned(),
            }
        })
        .collect()
}

fn kind(draw: f64) -> AccountKind {
    match draw {
        draw if draw < 0.68 => AccountKind::Ordinary,
        draw if draw < 0.77 => AccountKind::Careless,
        draw if draw < 0.86 => AccountKind::Harsh,
        draw if draw < 0.95 => AccountKind::Mild,
        _ => AccountKind::KnowsWell,
    }
}

/// The stars an account gives to a home of this quality. On average an account that leans nowhere gives the quality.
pub(crate) fn rate(account: &AccountTruth, quality: f64, chance: &mut Chance) -> u8 {
    if account.kind == AccountKind::Careless && chance.happens(0.8) {
        return 1 + chance.below(5) as u8;
    }
    let meant = (quality + account.leaning).clamp(1.0, 5.0);
    // Either a rounding of what is meant, or four chances of a star each: both have the mean that is meant.
    let noisy = if account.kind == AccountKind::KnowsWell { 0.1 } else { 0.6 };
    if chance.happens(noisy) {
        let share = (meant - 1.0) / 4.0;
        return 1 + (0..4).filter(|_| chance.happens(share)).count() as u8;
    }
    let below = meant.floor();
    let up = chance.happens(meant - below);
    below as u8 + u8::from(up)
}
