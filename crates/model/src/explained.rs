//! A value together with why it is what it is. Every number that a page shows is one of these.

use serde::{Deserialize, Serialize};

/// Points at one row of one dataset at one version: the end of every "why?".
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordRef {
    /// Name of the dataset.
    pub dataset: String,
    /// Version of the dataset at which the row was read.
    pub version: i64,
    /// The row's `_id`.
    pub id: String,
}

/// One thing that went into a value, and with what weight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The row it comes from, where it is one row.
    pub record: Option<RecordRef>,
    /// What it is, as a stable word a page can translate: `rater_severity`, `post`.
    pub label: String,
    /// What it said, in the unit of the value.
    pub value: f64,
    /// Its share of the value; shares of all contributions that counted add up to 1.
    pub weight: f64,
    /// Why it counted less or not at all, as a stable word: `copy_of_another`, `burst`; empty when it counted in full.
    pub discounted: String,
}

/// Why a value is what it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// Name and version of the method, such as `ratings/1`.
    pub method: String,
    /// Named figures of the method (prior mean, prior weight, number left out), in the order to show them.
    pub figures: Vec<(String, f64)>,
    /// What went in, heaviest first; may be cut, then [`Explanation::contributions_total`] tells how many there are.
    pub contributions: Vec<Contribution>,
    /// Number of contributions before any cut.
    pub contributions_total: usize,
}

/// A value with its [`Explanation`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explained<T> {
    /// The value.
    pub value: T,
    /// Why it is what it is.
    pub because: Explanation,
}

impl<T> Explained<T> {
    /// A value and its reason.
    pub fn new(value: T, because: Explanation) -> Self {
        Self { value, because }
    }

    /// The same reason for a value computed from this one.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Explained<U> {
        Explained { value: change(self.value), because: self.because }
    }
}
