//! Decide: from entities with assessed evidence to a decision that explains itself and can be replayed.
//!
//! Holds pure functions: decision tables ([`table`]), hard limits and cautious ranking for places in care homes
//! ([`rooms::care`]), the [`decision`] with its record, the content of the [`letter`], and the small engine that moves a
//! case along its case type ([`case`]), and the placement of many clients under one budget ([`placement`]). It must never show a number that scores a person, nor word anything: words belong
//! to the office's texts.

pub mod case;
pub mod decision;
pub mod feel;
pub mod follow;
pub mod letter;
pub mod placement;
pub mod rooms;
pub mod stage;
pub mod table;

/// What keeps a decision, a table or a case type from being read or computed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DecideError {
    /// A decision table that is refused.
    #[error("decision table: {wrong}; {write}")]
    Table {
        /// What is wrong with it.
        wrong: String,
        /// What to write instead.
        write: String,
    },
    /// Inputs that a decision table cannot be evaluated for.
    #[error("decision `{decision}`: {wrong}")]
    TableInput {
        /// Name of the decision.
        decision: String,
        /// What is wrong and what to give.
        wrong: String,
    },
    /// Weights that no ranking can be made with.
    #[error("weights: {0}")]
    Weights(String),
    /// A wish that cannot be read.
    #[error("wish `{found}`: {write}")]
    Wish {
        /// What was given.
        found: String,
        /// What to write instead.
        write: &'static str,
    },
    /// Inputs of a ranking that no result can be computed from.
    #[error("{what}: {wrong}")]
    Inputs {
        /// Where: the entity or setting.
        what: String,
        /// What is wrong and what to give.
        wrong: String,
    },
    /// No home is left to choose from.
    #[error("no home is left after the limits; relax one of them, the report says what each would bring")]
    NobodyLeft,
    /// The chosen home is not among those that can be chosen.
    #[error("`{0}` is not among the homes left after the limits; choose one of the list or relax a limit")]
    NotACandidate(String),
    /// A choice against the ranking without a reason.
    #[error(
        "the choice departs from the ranking, which puts `{first}` first; give a reason of at least {letters} letters"
    )]
    Reason {
        /// The Entity ranked first.
        first: String,
        /// Letters wanted.
        letters: usize,
    },
    /// A record of a decision that cannot be read.
    #[error("the decision's record cannot be read at {0}; restore it from a backup")]
    Record(String),
    /// A record made by a method that this version does not know.
    #[error("the decision was made by method `{found}`; replay it with a version that has it, this one has `{known}`")]
    Method {
        /// Method of the record.
        found: String,
        /// Method of this version.
        known: &'static str,
    },
    /// A case type that cannot be read.
    #[error("{file}: `{key}`: {wrong}; {write}")]
    CaseType {
        /// File it stands in.
        file: String,
        /// Key in the file.
        key: String,
        /// What is wrong.
        wrong: String,
        /// What to write instead.
        write: String,
    },
    /// Something that cannot happen in the plan as it stands.
    #[error("`{item}` cannot {what}: {wrong}")]
    Plan {
        /// Item of the plan.
        item: String,
        /// What was to happen.
        what: &'static str,
        /// Why not, and what can.
        wrong: String,
    },
}
