//! The ranking as it would be if nobody had asked residents and communities.
//!
//! Tells how often outside evidence changed a choice. Wishes that only communities can answer are dropped with it.

use super::criteria::{is_outside, without_evidence};
use super::inputs::RankInputs;
use super::rank::order;
use crate::DecideError;

/// The same inputs without what communities, residents and contributors say.
///
/// A community view or trend that no evidence is listed for is taken as theirs as well.
pub fn without_community(inputs: &RankInputs) -> RankInputs {
    let mut less = inputs.clone();
    less.need.wishes.retain(|wish| !wish.is_outside());
    for candidate in &mut less.candidates {
        let listed = candidate.evidence.iter().any(|evidence| evidence.aspect == "trend" && !is_outside(evidence));
        *candidate = without_evidence(candidate, |_, evidence| is_outside(evidence));
        candidate.community = None;
        if !listed {
            candidate.trend = None;
        }
    }
    less
}

/// The Entity that would stand first without community evidence.
pub fn first_without_community(inputs: &RankInputs) -> Result<String, DecideError> {
    let less = without_community(inputs).canonical()?;
    let order = order(&less);
    order.first().map(|worth| worth.entity.clone()).ok_or(DecideError::NobodyLeft)
}
