//! What the first place hangs on: which piece of evidence, or which whole source, would give it to another home if it
//! were left out.
//!
//! The list of homes stays as the limits left it; only the ranking is made again. Evidence left out is treated as never
//! known (see [`super::criteria::without_evidence`]).

use super::criteria::{criterion_of, is_outside, without_evidence};
use super::inputs::{RankInputs, cut};
use super::rank::{Worth, before, order, worth};
use super::{Candidate, Criterion};
use crate::DecideError;
use model::RecordRef;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "removed")]
pub enum Removed {
    /// One piece of evidence about one home.
    Item {
        /// The Entity it speaks about.
        entity: String,
        /// The criterion it speaks to.
        criterion: Criterion,
        /// The row.
        record: RecordRef,
        /// True for what comes from outside the offices.
        outside: bool,
        /// True where it comes from a simulation.
        simulated: bool,
    },
    /// A whole source: everything from one dataset.
    Source {
        /// The dataset.
        dataset: String,
    },
}

/// Evidence that gives the first place to another home when it is left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flip {
    /// What is left out.
    pub removed: Removed,
    /// Who stands first then.
    pub first: String,
    /// By how much the new first leads the old one then, in cautious worth.
    pub leads_by: f64,
}

/// What the first place hangs on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sensitivity {
    /// Who stands first.
    pub first: String,
    /// By how much it leads the second, in cautious worth; `None` where it is alone.
    pub leads_by: Option<f64>,
    /// Number of single pieces of evidence tried.
    pub items_tried: usize,
    /// Number of sources tried.
    pub sources_tried: usize,
    /// What would flip the first place; sources first, then the widest lead.
    pub flips: Vec<Flip>,
}

/// Tries to leave out each piece of evidence and each source in turn.
pub fn sensitivity(inputs: &RankInputs) -> Result<Sensitivity, DecideError> {
    let inputs = inputs.clone().canonical()?;
    let order = order(&inputs);
    let first = order.first().ok_or(DecideError::NobodyLeft)?;
    let homes: BTreeMap<&str, &Candidate> =
        inputs.candidates.iter().map(|candidate| (candidate.entity.as_str(), candidate)).collect();
    let left: Vec<&Candidate> = order.iter().filter_map(|worth| homes.get(worth.entity.as_str()).copied()).collect();
    let mut items: Vec<Flip> = Vec::new();
    let mut items_tried = 0;
    for (place, home) in left.iter().enumerate() {
        for (number, evidence) in home.evidence.iter().enumerate() {
            let Some(criterion) = criterion_of(evidence) else { continue };
            items_tried += 1;
            let less = without_evidence(home, |other, _| other == number);
            let changed = worth(&less, &inputs);
            items.extend(flip_of_one(&order, place, &changed).map(|(first, leads_by)| {
                let record = RecordRef {
                    dataset: evidence.dataset.clone(),
                    version: evidence.version,
                    id: evidence.record.clone(),
                };
                let (outside, simulated) = (is_outside(evidence), evidence.simulated);
                let entity = home.entity.clone();
                Flip { removed: Removed::Item { entity, criterion, record, outside, simulated }, first, leads_by }
            }));
        }
    }
    let datasets: BTreeSet<&str> =
        left.iter().flat_map(|home| home.evidence.iter().map(|evidence| evidence.dataset.as_str())).collect();
    let mut flips: Vec<Flip> =
        datasets.iter().filter_map(|dataset| flip_of_source(&left, dataset, &first.entity, &inputs)).collect();
    flips.sort_by(|one, other| other.leads_by.total_cmp(&one.leads_by));
    items.sort_by(|one, other| other.leads_by.total_cmp(&one.leads_by));
    flips.extend(items);
    Ok(Sensitivity {
        first: first.entity.clone(),
        leads_by: order.get(1).map(|second| cut(first.cautious - second.cautious)),
        items_tried,
        sources_tried: datasets.len(),
        flips,
    })
}

/// Who stands first once the home at `place` is worth something else; `None` where that changes nothing.
fn flip_of_one(order: &[Worth], place: usize, changed: &Worth) -> Option<(String, f64)> {
    if place > 0 {
        let leads = before(changed, &order[0]).is_lt();
        return leads.then(|| (changed.entity.clone(), cut(changed.cautious - order[0].cautious)));
    }
    let second = order.get(1)?;
    let falls = before(second, changed).is_lt();
    falls.then(|| (second.entity.clone(), cut(second.cautious - changed.cautious)))
}

fn flip_of_source(left: &[&Candidate], dataset: &str, first: &str, inputs: &RankInputs) -> Option<Flip> {
    let less: Vec<Candidate> =
        left.iter().map(|home| without_evidence(home, |_, evidence| evidence.dataset == dataset)).collect();
    let mut order: Vec<Worth> = less.iter().map(|home| worth(home, inputs)).collect();
    order.sort_by(before);
    let old = order.iter().find(|worth| worth.entity == first)?;
    let new = order.first().filter(|worth| worth.entity != first)?;
    Some(Flip {
        removed: Removed::Source { dataset: dataset.to_owned() },
        first: new.entity.clone(),
        leads_by: cut(new.cautious - old.cautious),
    })
}
