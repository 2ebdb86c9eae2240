//! Assess: how far what communities and offices say about a thing can be believed.
//!
//! Holds pure functions over slices that turn voices, surveys and official facts into estimates with intervals and
//! explanations, and the thin stage that runs them over the log. It must never show anything that scores a person: what
//! is inferred about a contributor stays inside the fit and leaves it only as the weight of a voice. The exceptions are
//! [`crowd`] and [`trust`], and of texts [`reviews`]: an analyst who asks for the workers, raters or reviews of a file is told how far
//! each can be believed; no stage and no page reads it.

pub mod combine;
pub mod coordination;
pub mod coverage;
pub mod crowd;
pub mod disagreement;
pub mod filled_in;
pub mod gather;
pub mod hierarchy;
pub mod neardup;
pub mod official;
pub mod ratings;
pub mod relative_time;
pub mod reviews;
pub mod spec;
pub mod stage;
pub mod survey;
pub mod trend;
pub mod trust;
pub mod voice;

mod chance;
mod connected;
mod words;

pub use hierarchy::{Belief, Comparable};
pub use voice::{Days, Scale, Voice};

/// What keeps an assessment from being made at all. Single bad rows never do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AssessError {
    /// A scale without length.
    #[error("the scale runs from {low} to {high}; give a lower end that is less than the upper end")]
    Scale {
        /// Lower end given.
        low: f64,
        /// Upper end given.
        high: f64,
    },
    /// A setting that no result can be computed with.
    #[error("setting `{name}` is {found}; write {write}")]
    Setting {
        /// Which setting.
        name: &'static str,
        /// What was given.
        found: String,
        /// What to write instead.
        write: &'static str,
    },
    /// Data that no result can be computed with.
    #[error("column `{column}`: there are {found}; write {write}")]
    Data {
        /// The column of it, by its usual name.
        column: &'static str,
        /// What was given.
        found: String,
        /// What to write instead.
        write: &'static str,
    },
    /// One entity listed twice among those to assess.
    #[error("entity `{0}` is listed twice; list each entity once, with one group")]
    EntityTwice(String),
    /// Slices that belong together and differ in length.
    #[error("{what}: {found} given for {expected} voices; give one for each voice")]
    Length {
        /// What was given.
        what: &'static str,
        /// How many were given.
        found: usize,
        /// How many voices there are.
        expected: usize,
    },
}
