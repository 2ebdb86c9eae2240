//! What is true in a simulated world.
//!
//! Holds the answers that a method is measured against. It must never lie in an office folder.

use crate::sheet::to_csv;
use model::{ColumnType, Date, Table, Value};
use serde::{Deserialize, Serialize};

/// How an account rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// Rates what it experienced, with some noise.
    Ordinary,
    /// Rates nearly at random.
    Careless,
    /// Rates lower than others.
    Harsh,
    /// Rates higher than others.
    Mild,
    /// Knows homes well: little noise, hardly harsh or mild.
    KnowsWell,
}

impl AccountKind {
    /// The word that stands in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Careless => "careless",
            Self::Harsh => "harsh",
            Self::Mild => "mild",
            Self::KnowsWell => "knows_well",
        }
    }
}

/// What is true of an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountTruth {
    /// The account.
    pub account: String,
    /// How it rates.
    pub kind: AccountKind,
    /// Stars by which it rates lower (negative) or higher than quality.
    pub leaning: f64,
}

/// What is true of a post.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PostTruth {
    /// The post.
    pub post: String,
    /// The home it speaks about; none where it names no home or one that does not exist.
    pub home: Option<String>,
    /// The campaign it belongs to, as its place in [`Truth::campaigns`].
    pub campaign: Option<usize>,
}

/// True quality of a home over time: steps, each holding from its day on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HomeTruth {
    /// The home.
    pub home: String,
    /// First day and quality of each step, in order of time; never empty.
    pub steps: Vec<(Date, f64)>,
    /// How much each aspect lies above or below the whole, in stars.
    pub aspects: Vec<(String, f64)>,
}

impl HomeTruth {
    /// Quality on a day, from 1 to 5; before the first step, that of the first.
    pub fn quality_at(&self, date: Date) -> f64 {
        let after = self.steps.partition_point(|(from, _)| *from <= date);
        self.steps[after.saturating_sub(1)].1
    }
}

/// What a campaign does to its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Praises it.
    Praise,
    /// Runs it down.
    RunDown,
}

/// Accounts that post about one home together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Campaign {
    /// The home posted about.
    pub target: String,
    /// The home that gains: the target itself, or the rival of the home run down.
    pub gains: String,
    /// What it does.
    pub direction: Direction,
    /// The accounts.
    pub accounts: Vec<String>,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// The home whose quality truly falls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fall {
    /// The home.
    pub home: String,
    /// First day of the lower quality.
    pub date: Date,
    /// By how many stars.
    pub size: f64,
}

/// What is true in a world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// Of each post, in the order of the posts.
    pub posts: Vec<PostTruth>,
    /// Of each home, in the order of the homes given.
    pub homes: Vec<HomeTruth>,
    /// Of each account.
    pub accounts: Vec<AccountTruth>,
    /// The campaigns; empty where none take place.
    pub campaigns: Vec<Campaign>,
    /// The home whose quality falls.
    pub fall: Fall,
}

impl Truth {
    /// The truth as files: name and bytes. For tests and measurements, never for an office folder.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut posts = Table::with_columns(&[
            ("post", ColumnType::Text),
            ("home", ColumnType::Text),
            ("campaign", ColumnType::Integer),
        ]);
        for post in &self.posts {
            let campaign = post.campaign.and_then(|campaign| i64::try_from(campaign).ok());
            push(&mut posts, vec![post.post.as_str().into(), post.home.clone().into(), campaign.into()]);
        }
        let mut homes = Table::with_columns(&[
            ("home", ColumnType::Text),
            ("from", ColumnType::Date),
            ("quality", ColumnType::Number),
        ]);
        for home in &self.homes {
            for (from, quality) in &home.steps {
                push(&mut homes, vec![home.home.as_str().into(), (*from).into(), (*quality).into()]);
            }
        }
        let mut accounts = Table::with_columns(&[
            ("account", ColumnType::Text),
            ("kind", ColumnType::Text),
            ("leaning", ColumnType::Number),
        ]);
        for account in &self.accounts {
            push(
                &mut accounts,
                vec![account.account.as_str().into(), account.kind.word().into(), account.leaning.into()],
            );
        }
        let json = |value: serde_json::Result<Vec<u8>>| value.expect("plain data is always writable as JSON");
        vec![
            ("simulated_truth_posts.csv".to_owned(), to_csv(&posts)),
            ("simulated_truth_homes.csv".to_owned(), to_csv(&homes)),
            ("simulated_truth_accounts.csv".to_owned(), to_csv(&accounts)),
            ("simulated_truth_campaigns.json".to_owned(), json(serde_json::to_vec_pretty(&self.campaigns))),
            ("simulated_truth_fall.json".to_owned(), json(serde_json::to_vec_pretty(&self.fall))),
        ]
    }
}

pub(crate) fn push(table: &mut Table, row: Vec<Value>) {
    table.push_row(row).expect("the row was written for these columns");
}
