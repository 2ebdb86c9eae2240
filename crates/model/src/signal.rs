//! Something out of line that somebody should own: an opportunity, not noise.

use crate::{Date, Estimate, Explanation};
use serde::{Deserialize, Serialize};

/// What a [`Signal`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// What communities say of a thing fell.
    CommunityFell,
    /// What communities say of a thing rose.
    CommunityRose,
    /// An official rating changed.
    OfficialChanged,
    /// Communities and official facts disagree.
    Disagreement,
    /// Many voices turned out to be few.
    Coordination,
    /// Values that look filled in rather than measured.
    FilledIn,
}

impl SignalKind {
    /// Every kind, in the order pages list them.
    pub const ALL: [Self; 6] = [
        Self::CommunityFell,
        Self::CommunityRose,
        Self::OfficialChanged,
        Self::Disagreement,
        Self::Coordination,
        Self::FilledIn,
    ];

    /// The word that stands in the store, in addresses and in texts.
    pub fn word(self) -> &'static str {
        match self {
            Self::CommunityFell => "community_fell",
            Self::CommunityRose => "community_rose",
            Self::OfficialChanged => "official_changed",
            Self::Disagreement => "disagreement",
            Self::Coordination => "coordination",
            Self::FilledIn => "filled_in",
        }
    }

    /// The kind of a word, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Something out of line, how big, since when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// Stable identifier: the same finding on the same data gets the same one.
    pub id: String,
    /// What it is about.
    pub kind: SignalKind,
    /// The Entity.
    pub entity: String,
    /// What of the Entity, as a stable word: `overall`, `staffing`.
    pub aspect: String,
    /// When it began, as far as the data tell.
    pub since: Date,
    /// When there was enough to say so.
    pub noticed: Date,
    /// How big it is, in the unit of the aspect.
    pub size: Estimate,
    /// Probability that it is only chance.
    pub chance: f64,
    /// Why.
    pub because: Explanation,
}
