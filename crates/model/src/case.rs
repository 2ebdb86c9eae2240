//! Cases, tasks, evidence and decisions, as they are recorded.

use crate::{Date, Estimate, Timestamp};
use serde::{Deserialize, Serialize};

/// Where a Case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Being worked on.
    Active,
    /// Decided and carried out.
    Completed,
    /// Ended without a decision.
    Terminated,
}

impl CaseState {
    /// The word that stands in the store and in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Completed => "completed",
            Self::Terminated => "terminated",
        }
    }

    /// The state of a word, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Active, Self::Completed, Self::Terminated].into_iter().find(|state| state.word() == word)
    }
}

/// Something a Case or Decision relies on, pinned at the version that was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The Entity it speaks about.
    pub entity: String,
    /// What of the Entity, as a stable word.
    pub aspect: String,
    /// Dataset it was read from.
    pub dataset: String,
    /// Version of that dataset.
    pub version: i64,
    /// Row of that dataset.
    pub record: String,
    /// Whose word it is: `official`, `community`, `contributor`.
    pub standing: crate::Standing,
    /// True where the value comes from a simulation.
    pub simulated: bool,
    /// What it says, with its interval; official facts have an interval too.
    pub estimate: Option<Estimate>,
    /// What it says, where it is not a quantity.
    pub text: String,
}

/// One determination made: what was chosen, on what evidence, by whom, and what the ranking said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Identifier.
    pub id: String,
    /// The Case.
    pub case: String,
    /// The Entity that was chosen.
    pub chosen: String,
    /// The Entity that the ranking put first.
    pub ranked_first: String,
    /// The Entity that the ranking put first when community evidence is left out.
    pub ranked_first_without_community: String,
    /// Why the worker departed from the ranking; empty where the choice follows it.
    pub reason: String,
    /// Who decided.
    pub account: String,
    /// When.
    pub at: Timestamp,
    /// The day on which limits and ages were computed.
    pub as_of: Date,
    /// Everything the ranking used, exactly as it was: replaying needs nothing else. JSON of the decide stage.
    pub inputs: serde_json::Value,
    /// What it relies on.
    pub evidence: Vec<Evidence>,
}
