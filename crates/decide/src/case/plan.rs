//! Where a case stands: the state of each item of its plan, as it is recorded with the case.

use crate::DecideError;
use model::case::CaseState;
use model::{Date, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// State of an item (CMMN 1.1, section 8.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// Waits for a sentry.
    Available,
    /// May be started by a person.
    Enabled,
    /// Being worked on.
    Active,
    /// Done; for a milestone and a listener: has occurred.
    Completed,
    /// Ended without being done.
    Terminated,
}

impl ItemState {
    /// The word that stands in the store and in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Enabled => "enabled",
            Self::Active => "active",
            Self::Completed => "completed",
            Self::Terminated => "terminated",
        }
    }
}

/// What happens to an item (CMMN 1.1, tables 8.2 to 8.8: the standard events).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transition {
    /// It came to be.
    Create,
    /// A person may start it.
    Enable,
    /// It began by itself.
    Start,
    /// A person began it.
    ManualStart,
    /// It was done.
    Complete,
    /// A milestone was reached, or a listener heard something.
    Occur,
    /// A sentry ended it.
    Exit,
    /// What it belongs to ended.
    ParentTerminate,
    /// A completed case was opened again.
    Reactivate,
    /// A piece of the case file changed.
    Update,
}

impl Transition {
    /// Every transition that a sentry can wait for.
    pub const ALL: [Self; 10] = [
        Self::Create,
        Self::Enable,
        Self::Start,
        Self::ManualStart,
        Self::Complete,
        Self::Occur,
        Self::Exit,
        Self::ParentTerminate,
        Self::Reactivate,
        Self::Update,
    ];

    /// The word that stands in case types and timelines.
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Enable => "enable",
            Self::Start => "start",
            Self::ManualStart => "manual_start",
            Self::Complete => "complete",
            Self::Occur => "occur",
            Self::Exit => "exit",
            Self::ParentTerminate => "parent_terminate",
            Self::Reactivate => "reactivate",
            Self::Update => "update",
        }
    }

    /// The transition of a word, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|transition| transition.word() == word)
    }
}

/// One item of a case's plan. A repeating task has one for each time it was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanItem {
    /// Name in the case type.
    pub name: String,
    /// Which time, from 1.
    pub number: u32,
    /// Where it stands.
    pub state: ItemState,
    /// Since when.
    pub since: Timestamp,
    /// Day by which it should be done, where it has one.
    pub due: Option<Date>,
}

/// Where a case stands. Advanced only by [`super::advance::advance`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanState {
    /// Name of the case type.
    pub case_type: String,
    /// Version of the case type under which the case was opened.
    pub case_type_version: u32,
    /// Where the whole case stands.
    pub state: CaseState,
    /// Its items, in the order in which they came to be.
    pub items: Vec<PlanItem>,
    /// On-parts that have happened while their sentry still waits for others, as `item/entry/0/1`.
    pub heard: BTreeSet<String>,
}

impl PlanState {
    /// Reads the state recorded with a case.
    pub fn read(recorded: &serde_json::Value) -> Result<Self, DecideError> {
        Self::deserialize(recorded).map_err(|cause| DecideError::Record(format!("`plan`: {cause}")))
    }

    /// The latest item of a name.
    pub fn item(&self, name: &str) -> Option<&PlanItem> {
        self.items.iter().rev().find(|item| item.name == name)
    }

    /// Items that a person can work on now, soonest due first.
    pub fn open_items(&self) -> Vec<&PlanItem> {
        let open = |item: &&PlanItem| matches!(item.state, ItemState::Active | ItemState::Enabled);
        let mut items: Vec<&PlanItem> = self.items.iter().filter(open).collect();
        items.sort_by_key(|item| (item.due.is_none(), item.due));
        items
    }
}

/// Something that happens to a case from outside the engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum CaseEvent {
    /// A person did a task.
    TaskCompleted {
        /// Its name.
        task: String,
    },
    /// A person began a task that waits to be started by hand.
    TaskStarted {
        /// Its name.
        task: String,
    },
    /// Something that a listener listens for: `decision_made`, `objection_received`, `candidate_signalled`.
    Occurred {
        /// The listener's name.
        listener: String,
    },
    /// A piece of the case file changed: `evidence`, `need`.
    Updated {
        /// Its name in the case type.
        file: String,
    },
    /// The whole case is ended without being done.
    Terminated,
}

/// One line for the case's timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanEntry {
    /// When.
    pub at: Timestamp,
    /// The item; the case type's name for the case itself.
    pub item: String,
    /// Which time, from 1.
    pub number: u32,
    /// What happened to it.
    pub transition: Transition,
    /// What brought it about, as `item.transition`, or the word of the outside event.
    pub because: String,
}
