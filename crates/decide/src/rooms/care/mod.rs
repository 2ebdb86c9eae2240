//! Places in care homes: what is known of a home, what a person needs, and how one leads to the other.
//!
//! Holds the shapes and their reading. A home has figures with intervals; a person has needs and never a figure of worth.

pub mod book;
pub mod criteria;
pub mod inputs;
pub mod intake;
pub mod limits;
pub mod prior;
pub mod rank;
pub mod sensitivity;
pub mod weights;
pub mod without_community;

mod chance;

pub use book::HomeBook;
pub use criteria::Criterion;
pub use inputs::RankInputs;
pub use limits::{LimitReport, limit_report};
pub use prior::Priors;
pub use rank::{Ranking, rank};
pub use sensitivity::{Sensitivity, sensitivity};
pub use weights::Weights;
pub use without_community::first_without_community;

use crate::DecideError;
use model::case::Evidence;
use model::{Date, Estimate};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Who owns a home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ownership {
    /// Run by a government.
    Government,
    /// Run by a charity, church or community.
    NotForProfit,
    /// Run by a company.
    ForProfit,
}

impl Ownership {
    /// Every kind of owner, in the order pages list them.
    pub const ALL: [Self; 3] = [Self::Government, Self::NotForProfit, Self::ForProfit];

    /// The word that stands in rows, wishes and addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Government => "government",
            Self::NotForProfit => "not_for_profit",
            Self::ForProfit => "for_profit",
        }
    }

    /// The kind of owner of a word in any spelling: `Not for Profit`, `not-for-profit`, `not_for_profit`.
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase().replace([' ', '-'], "_");
        Self::ALL.into_iter().find(|ownership| ownership.word() == word)
    }
}

/// A home that may be chosen, with what is known of it. What is not known is absent, never zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Identifier of the Entity.
    pub entity: String,
    /// What people call it.
    pub name: String,
    /// Who owns it, where known.
    pub ownership: Option<Ownership>,
    /// Free places by kind of care; a kind that is absent is not offered.
    pub free_places: BTreeMap<String, u32>,
    /// Agreed price a week, in the office's currency.
    pub weekly_price: Option<f64>,
    /// Kilometres from where the person wants to live; as exact as the locality.
    pub distance_km: Option<f64>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// What residents and communities say of it, 1 to 5.
    pub community: Option<Estimate>,
    /// What officials say of it by aspect (`overall`, `staffing`, `compliance`, `quality`), 1 to 5.
    pub official: BTreeMap<String, Estimate>,
    /// Change of what communities say, in stars a year.
    pub trend: Option<Estimate>,
    /// Stable words of what it has: `small`, `garden`, `speaks_greek`.
    pub features: BTreeSet<String>,
    /// Where all of this comes from, pinned at its version; see [`criteria::criterion_of`] for the aspects.
    pub evidence: Vec<Evidence>,
}

/// What a person asked for that a home either meets or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "wish")]
pub enum Wish {
    /// One of these owners.
    Ownership {
        /// The owners that are welcome.
        any_of: Vec<Ownership>,
    },
    /// The home has this.
    Feature {
        /// Stable word.
        word: String,
    },
    /// The home lacks this.
    Without {
        /// Stable word.
        word: String,
    },
    /// The best guess for this aspect is at least so high.
    AtLeast {
        /// The aspect: `community` or an official one.
        aspect: String,
        /// Stars, 1 to 5.
        stars: f64,
    },
}

impl Wish {
    /// Reads a wish as it stands in forms and tables: `owner:government|not_for_profit`, `with:garden`, `without:large`,
    /// `stars:staffing>=3`.
    pub fn parse(text: &str) -> Result<Self, DecideError> {
        let failed = |write| DecideError::Wish { found: text.chars().take(200).collect(), write };
        let forms = "write `owner:government|not_for_profit`, `with:garden`, `without:large` or `stars:staffing>=3`";
        let (kind, rest) = text.trim().split_once(':').ok_or_else(|| failed(forms))?;
        match (kind.trim(), rest.trim()) {
            (_, "") => Err(failed(forms)),
            ("owner", rest) => {
                let owners = rest.split('|').map(Ownership::from_word).collect::<Option<BTreeSet<_>>>();
                let owners = owners.ok_or_else(|| failed("owners are `government`, `not_for_profit`, `for_profit`"))?;
                Ok(Self::Ownership { any_of: owners.into_iter().collect() })
            }
            ("with", rest) => Ok(Self::Feature { word: rest.to_owned() }),
            ("without", rest) => Ok(Self::Without { word: rest.to_owned() }),
            ("stars", rest) => {
                let (aspect, stars) = rest.split_once(">=").ok_or_else(|| failed("write `stars:staffing>=3`"))?;
                let stars = stars.trim().parse::<f64>().ok().filter(|stars| (1.0..=5.0).contains(stars));
                let stars = stars.ok_or_else(|| failed("stars go from 1 to 5: write `stars:staffing>=3`"))?;
                let known = ["community", "overall", "staffing", "compliance", "quality"];
                let aspect = known.into_iter().find(|known| *known == aspect.trim());
                let aspect = aspect
                    .ok_or_else(|| failed("aspects are `community`, `overall`, `staffing`, `compliance`, `quality`"))?;
                Ok(Self::AtLeast { aspect: aspect.to_owned(), stars })
            }
            _ => Err(failed(forms)),
        }
    }

    /// The wish as [`Wish::parse`] reads it.
    pub fn word(&self) -> String {
        match self {
            Self::Ownership { any_of } => {
                format!("owner:{}", any_of.iter().map(|owner| owner.word()).collect::<Vec<_>>().join("|"))
            }
            Self::Feature { word } => format!("with:{word}"),
            Self::Without { word } => format!("without:{word}"),
            Self::AtLeast { aspect, stars } => format!("stars:{aspect}>={stars}"),
        }
    }

    /// True where it can only be judged by what communities say.
    pub fn is_outside(&self) -> bool {
        matches!(self, Self::AtLeast { aspect, .. } if aspect == "community")
    }
}

/// What a person needs. Holds no name and nothing by which the person could be told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Need {
    /// Kind of care, as a stable word: `residential`, `dementia`, `nursing`, `respite`.
    pub kind_of_care: String,
    /// Degrees north of the locality in which the person wants to live.
    pub latitude: Option<f64>,
    /// Degrees east of it.
    pub longitude: Option<f64>,
    /// Most that may be paid a week.
    pub weekly_budget_ceiling: Option<f64>,
    /// Furthest that a home may be, in kilometres.
    pub max_distance_km: Option<f64>,
    /// What a home must meet.
    pub wishes: Vec<Wish>,
    /// The day on which limits and ages are computed.
    pub as_of: Date,
}

/// Great-circle distance in kilometres between two places given in degrees (haversine, mean earth radius 6,371.0088 km).
pub fn distance_km(from: (f64, f64), to: (f64, f64)) -> f64 {
    const EARTH_RADIUS_KM: f64 = 6_371.008_8;
    let (latitude_from, latitude_to) = (from.0.to_radians(), to.0.to_radians());
    let north = ((latitude_to - latitude_from) / 2.0).sin();
    let east = ((to.1 - from.1).to_radians() / 2.0).sin();
    let half_chord = north * north + latitude_from.cos() * latitude_to.cos() * east * east;
    2.0 * EARTH_RADIUS_KM * half_chord.sqrt().min(1.0).asin()
}

#[cfg(test)]
pub(crate) mod tests;
