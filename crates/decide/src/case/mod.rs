//! Cases: what can happen in a kind of case, as data, and the small pure engine that moves one along.
//!
//! Words, states and transitions are those of CMMN 1.1 (OMG formal/16-12-01), so that the engine can grow into all of it.
//! Must never hold what only one kind of case knows; that stands in its file.

pub mod advance;
pub mod casetype;
pub mod plan;

pub use advance::{Advanced, advance, open};
pub use casetype::CaseType;
pub use plan::{CaseEvent, ItemState, PlanEntry, PlanItem, PlanState, Transition};

#[cfg(test)]
mod tests;
