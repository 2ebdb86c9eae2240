//! Simulate: a seeded world with known truth, for the demo office and for tests. Everything made here is called simulated.
//!
//! Holds what people post about real homes, what the office holds beside it, and the truth behind both. It must never
//! know how anything is assessed: the world is drawn first, and a method has to find it again. No input or output.
//!
//! A home's true quality is what a rater who is neither harsh nor mild gives on average, from 1 to 5.

mod accounts;
mod campaigns;
mod chance;
mod feeds;
mod homes;
mod mention;
mod office;
mod posts;
mod quality;
mod shares;
mod sheet;
mod truth;
mod wording;

pub use chance::{Chance, Urn};
pub use feeds::{FeedPage, atom, json_feed, rss};
pub use homes::{Home, homes_from_csv};
pub use office::{Office, office};
pub use shares::{ShareSettings, Shares, SimulatedShare, shares};
pub use sheet::to_csv;
pub use truth::{AccountKind, AccountTruth, Campaign, Direction, Fall, HomeTruth, PostTruth, Truth};

use model::{Date, Timestamp};

/// What world to make.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Same seed and settings, same world, to the byte.
    pub seed: u64,
    /// Number of posts, those of campaigns included.
    pub posts: usize,
    /// Number of accounts.
    pub accounts: usize,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Whether the three campaigns take place. Homes, accounts and the other posts stay the same; without campaigns more of
    /// the other posts make up the number, and identifiers shift.
    pub campaigns: bool,
}

impl Default for Settings {
    /// The demo office's world: 30,000 posts by 3,000 accounts over 24 months.
    fn default() -> Self {
        Self {
            seed: 20_251_001,
            posts: 30_000,
            accounts: 3_000,
            from: Date::constant(2023, 11, 1),
            to: Date::constant(2025, 10, 31),
            campaigns: true,
        }
    }
}

/// One simulated post.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Post {
    /// Identifier, rising with time.
    pub id: String,
    /// When it was posted.
    pub at: Timestamp,
    /// Who posted it: a made-up name.
    pub account: String,
    /// Title without the rating; may be empty.
    pub title: String,
    /// What was written; may be empty.
    pub text: String,
    /// Stars from 1 to 5, where any were given.
    pub rating: Option<u8>,
    /// Address of the post, in a domain that cannot exist.
    pub link: String,
}

/// A simulated world.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    /// What was posted, in order of time.
    pub posts: Vec<Post>,
    /// What is true behind it. Never to be put where an office reads.
    pub truth: Truth,
}

/// What a world cannot be made for.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SimulateError {
    /// Too little to simulate with.
    #[error("{what}: {found} given; give at least {least}")]
    TooFew {
        /// What there is too little of.
        what: &'static str,
        /// How much was given.
        found: usize,
        /// How much is needed.
        least: usize,
    },
    /// A file of homes that cannot be read.
    #[error("the file of {file} cannot be read as CSV: {reason}; give the file as published")]
    Csv {
        /// Which file.
        file: &'static str,
        /// What is wrong.
        reason: String,
    },
}

/// Makes the world of some settings about these homes.
pub fn world(homes: &[Home], settings: &Settings) -> Result<World, SimulateError> {
    let at_least = |what, found, least| {
        if found < least { Err(SimulateError::TooFew { what, found, least }) } else { Ok(()) }
    };
    at_least("homes", homes.len(), 20)?;
    at_least("accounts", settings.accounts, 100)?;
    at_least("posts", settings.posts, 1_000)?;
    let days = model::time::days_since_epoch(settings.to) - model::time::days_since_epoch(settings.from);
    at_least("days", usize::try_from(days).unwrap_or(0), 180)?;
    Ok(posts::make(homes, settings))
}
