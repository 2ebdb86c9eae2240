//! The decision: who was chosen, on what evidence, against which ranking, in a record that can be computed again.
//!
//! Holds the record's shape and its replay. Must never read anything but the record when replaying.

use crate::DecideError;
use crate::rooms::care::inputs::METHOD;
use crate::rooms::care::weights::REASON_LETTERS;
use crate::rooms::care::{LimitReport, RankInputs, Ranking, Sensitivity, first_without_community, rank, sensitivity};
use model::Timestamp;
use model::case::{Decision, Evidence};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Places of the ranking whose evidence a decision pins, beside the chosen home's.
const PLACES_PINNED: usize = 3;
/// Most differences that a replay names.
const DIFFERENCES_NAMED: usize = 50;

/// What the worker decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The Case.
    pub case: String,
    /// The Entity chosen.
    pub chosen: String,
    /// Why it is not the one ranked first; may be empty where it is.
    pub reason: String,
    /// Who decided.
    pub account: String,
    /// When.
    pub at: Timestamp,
    /// What the limits excluded at the time, kept with the record.
    pub limits: Option<LimitReport>,
}

/// What a Decision keeps in its `inputs`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionRecord {
    /// Name and version of the method.
    pub method: String,
    /// Everything the ranking was made from.
    pub inputs: RankInputs,
    /// The ranking as it was shown.
    pub ranking: Ranking,
    /// What its first place hung on.
    pub sensitivity: Sensitivity,
    /// What the limits excluded at the time.
    pub limits: Option<LimitReport>,
}

impl DecisionRecord {
    /// The record of a Decision.
    pub fn of(decision: &Decision) -> Result<Self, DecideError> {
        let method = decision.inputs.get("method").and_then(Json::as_str).unwrap_or_default();
        if method != METHOD {
            return Err(DecideError::Method { found: method.to_owned(), known: METHOD });
        }
        Self::deserialize(&decision.inputs).map_err(|cause| DecideError::Record(format!("`inputs`: {cause}")))
    }
}

/// Decides: ranks, checks the choice against the ranking, and pins what it rests on.
pub fn decide(inputs: &RankInputs, choice: &Choice) -> Result<Decision, DecideError> {
    let inputs = inputs.clone().canonical()?;
    let ranking = rank(&inputs)?;
    let first = ranking.first().ok_or(DecideError::NobodyLeft)?.entity.clone();
    if ranking.home(&choice.chosen).is_none() {
        return Err(DecideError::NotACandidate(choice.chosen.clone()));
    }
    let reason = choice.reason.trim();
    if choice.chosen != first && reason.chars().count() < REASON_LETTERS {
        return Err(DecideError::Reason { first, letters: REASON_LETTERS });
    }
    let evidence = pinned(&inputs, &ranking, &choice.chosen);
    let ranked_first_without_community = first_without_community(&inputs)?;
    let as_of = inputs.need.as_of;
    let sensitivity = sensitivity(&inputs)?;
    let record =
        DecisionRecord { method: METHOD.to_owned(), inputs, ranking, sensitivity, limits: choice.limits.clone() };
    let inputs = serde_json::to_value(&record).map_err(|cause| DecideError::Record(cause.to_string()))?;
    let at = choice.at.to_string();
    let id = model::content_id([&choice.case, &choice.chosen, &choice.account, &at, &inputs.to_string()]);
    Ok(Decision {
        id,
        case: choice.case.clone(),
        chosen: choice.chosen.clone(),
        ranked_first: first,
        ranked_first_without_community,
        reason: reason.to_owned(),
        account: choice.account.clone(),
        at: choice.at,
        as_of,
        inputs,
        evidence,
    })
}

/// What the decision rests on: the evidence about the chosen home and about the first places of the ranking.
fn pinned(inputs: &RankInputs, ranking: &Ranking, chosen: &str) -> Vec<Evidence> {
    let places = ranking.homes.iter().take(PLACES_PINNED).map(|home| home.entity.as_str());
    let entities: Vec<&str> = std::iter::once(chosen).chain(places.filter(|entity| *entity != chosen)).collect();
    let of = |entity: &&str| inputs.candidates.iter().find(|candidate| candidate.entity == *entity);
    entities.iter().filter_map(of).flat_map(|candidate| candidate.evidence.clone()).collect()
}

/// Something that came out another way when the record was computed again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Where, as a path: `ranking.homes.0.cautious`.
    pub place: String,
    /// What the record says.
    pub recorded: Json,
    /// What came out.
    pub found: Json,
}

/// What computing a decision again gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Replay {
    /// True where ranking, first places, evidence and what the choice hung on are the same to the last digit.
    pub same: bool,
    /// What differs, at most fifty.
    pub differences: Vec<Difference>,
}

/// Computes a decision again from its record alone.
pub fn replay(decision: &Decision) -> Result<Replay, DecideError> {
    let record = DecisionRecord::of(decision)?;
    let inputs = record.inputs.clone().canonical()?;
    let ranking = rank(&inputs)?;
    let first = ranking.first().map(|home| home.entity.clone()).unwrap_or_default();
    let mut differences = Vec::new();
    let mut compare = |place: &str, recorded: Json, found: Json| differ(place, &recorded, &found, &mut differences);
    compare("inputs", json(&record.inputs)?, json(&inputs)?);
    compare("ranking", json(&record.ranking)?, json(&ranking)?);
    compare("sensitivity", json(&record.sensitivity)?, json(&sensitivity(&inputs)?)?);
    compare("ranked_first", decision.ranked_first.clone().into(), first.into());
    let without = first_without_community(&inputs)?;
    compare("ranked_first_without_community", decision.ranked_first_without_community.clone().into(), without.into());
    compare("evidence", json(&decision.evidence)?, json(&pinned(&inputs, &ranking, &decision.chosen))?);
    compare("as_of", json(&decision.as_of)?, json(&inputs.need.as_of)?);
    Ok(Replay { same: differences.is_empty(), differences })
}

fn json<T: Serialize>(value: &T) -> Result<Json, DecideError> {
    serde_json::to_value(value).map_err(|cause| DecideError::Record(cause.to_string()))
}

fn differ(place: &str, recorded: &Json, found: &Json, out: &mut Vec<Difference>) {
    if out.len() >= DIFFERENCES_NAMED {
        return;
    }
    match (recorded, found) {
        (Json::Object(left), Json::Object(right)) => {
            let mut names: Vec<&String> = left.keys().chain(right.keys()).collect();
            names.sort();
            names.dedup();
            let absent = Json::Null;
            for name in names {
                let of =
                    |entries: &'_ serde_json::Map<String, Json>| entries.get(name).cloned().unwrap_or(absent.clone());
                differ(&format!("{place}.{name}"), &of(left), &of(right), out);
            }
        }
        (Json::Array(left), Json::Array(right)) if left.len() == right.len() => {
            for (number, (left, right)) in left.iter().zip(right).enumerate() {
                differ(&format!("{place}.{number}"), left, right, out);
            }
        }
        _ if recorded == found => {}
        _ => out.push(Difference { place: place.to_owned(), recorded: recorded.clone(), found: found.clone() }),
    }
}
