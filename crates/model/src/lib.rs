//! The words of Counterflow: identifiers, time, tables, problems, judgements, estimates, explanations, signals, cases and decisions.
//!
//! Holds plain data and pure functions that every other crate shares. It must never hold input or output, async code, a
//! clock, chance without a seed, or anything that knows how a value is stored, sent or shown.

pub mod access;
pub mod case;
pub mod draws;
pub mod estimate;
pub mod explained;
pub mod ids;
pub mod judgement;
pub mod problem;
pub mod ranking;
pub mod run;
pub mod signal;
pub mod source;
pub mod table;
pub mod time;

pub use access::{Permission, Role, Viewer};
pub use estimate::Estimate;
pub use explained::{Contribution, Explained, Explanation, RecordRef};
pub use ids::content_id;
pub use judgement::{Comparison, Judgement, Verdict};
pub use problem::{Place, Problem, Severity};
pub use run::Run;
pub use source::Standing;
pub use table::{Column, ColumnType, Table, Value};
pub use time::{Clock, Date, Timestamp};
