//! How much each criterion counts: from the office's decision table, changed by a worker with a reason.

use super::Criterion;
use crate::DecideError;
use crate::table::{Evaluated, FiredRule};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Fewest letters of a reason that says something.
pub const REASON_LETTERS: usize = 10;

/// Weights by criterion: none negative, not all zero. A criterion that is absent counts nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<Criterion, f64>", into = "BTreeMap<Criterion, f64>")]
pub struct Weights(BTreeMap<Criterion, f64>);

impl Weights {
    /// Takes weights that can be used.
    pub fn new(weights: BTreeMap<Criterion, f64>) -> Result<Self, DecideError> {
        let bad = weights.iter().find(|(_, weight)| !weight.is_finite() || **weight < 0.0 || **weight > 1e6);
        if let Some((criterion, weight)) = bad {
            return Err(DecideError::Weights(format!(
                "`{}` is {weight}; give a number from 0 to 1,000,000",
                criterion.word()
            )));
        }
        if weights.values().sum::<f64>() <= 0.0 {
            return Err(DecideError::Weights("all are zero; let at least one criterion count".to_owned()));
        }
        Ok(Self(weights))
    }

    /// Reads what the decision table gave: an object of numbers by criterion.
    pub fn from_table(evaluated: &Evaluated) -> Result<Self, DecideError> {
        let Json::Object(entries) = &evaluated.value else {
            return Err(DecideError::Weights(
                "the decision table gave no object; give it one output for each criterion".into(),
            ));
        };
        let mut weights = BTreeMap::new();
        for (name, value) in entries {
            let criterion = Criterion::from_word(name).ok_or_else(|| {
                let known: Vec<&str> = Criterion::ALL.into_iter().map(Criterion::word).collect();
                DecideError::Weights(format!("the table gave `{name}`, which is not one of: {}", known.join(", ")))
            })?;
            let weight = value
                .as_f64()
                .ok_or_else(|| DecideError::Weights(format!("the table gave {value} for `{name}`; give a number")))?;
            weights.insert(criterion, weight);
        }
        Self::new(weights)
    }

    /// The weight as given.
    pub fn given(&self, criterion: Criterion) -> f64 {
        self.0.get(&criterion).copied().unwrap_or(0.0)
    }

    /// The share of the criterion in all weights, 0 to 1.
    pub fn share(&self, criterion: Criterion) -> f64 {
        self.given(criterion) / self.0.values().sum::<f64>()
    }

    pub(super) fn change(&mut self, change: impl Fn(f64) -> f64) {
        self.0.values_mut().for_each(|weight| *weight = change(*weight));
    }
}

impl TryFrom<BTreeMap<Criterion, f64>> for Weights {
    type Error = DecideError;

    fn try_from(weights: BTreeMap<Criterion, f64>) -> Result<Self, DecideError> {
        Self::new(weights)
    }
}

impl From<Weights> for BTreeMap<Criterion, f64> {
    fn from(weights: Weights) -> Self {
        weights.0
    }
}

/// The weights in use, what the table said, and why they differ where they do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChosenWeights {
    /// What counts.
    pub used: Weights,
    /// What the table said.
    pub table: Weights,
    /// Content hash of the table.
    pub table_version: String,
    /// The table's rules that fired.
    pub fired: Vec<FiredRule>,
    /// Why a worker changed them; empty where nobody did.
    pub reason: String,
    /// Who changed them; empty where nobody did.
    pub account: String,
}

impl ChosenWeights {
    /// The weights as the table gave them.
    pub fn of_table(evaluated: &Evaluated) -> Result<Self, DecideError> {
        let table = Weights::from_table(evaluated)?;
        Ok(Self {
            used: table.clone(),
            table,
            table_version: evaluated.version.clone(),
            fired: evaluated.fired.clone(),
            reason: String::new(),
            account: String::new(),
        })
    }

    /// The same with weights that a worker chose. A change of any share wants a reason.
    pub fn changed(self, used: Weights, reason: &str, account: &str) -> Result<Self, DecideError> {
        let differs = |criterion: &Criterion| (used.share(*criterion) - self.table.share(*criterion)).abs() > 1e-9;
        if !Criterion::ALL.iter().any(differs) {
            return Ok(Self { used, reason: String::new(), account: String::new(), ..self });
        }
        let reason = reason.trim();
        if reason.chars().count() < REASON_LETTERS {
            return Err(DecideError::Weights(format!(
                "they differ from the table's; give a reason of at least {REASON_LETTERS} letters"
            )));
        }
        Ok(Self { used, reason: reason.to_owned(), account: account.to_owned(), ..self })
    }
}
