//! Whether two records mean the same thing: said by a person or by a scorer, never edited, only withdrawn.

use serde::{Deserialize, Serialize};

/// What a [`Judgement`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Both records mean one thing.
    Same,
    /// They mean two things.
    Different,
    /// Whoever looked could not tell; a person should.
    Unsure,
}

impl Verdict {
    /// The word that stands in the store and in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Different => "different",
            Self::Unsure => "unsure",
        }
    }

    /// The verdict of a word, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Same, Self::Different, Self::Unsure].into_iter().find(|verdict| verdict.word() == word)
    }
}

/// One graded likeness between two records (Fellegi and Sunter 1969).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// What was compared: a column, or a pair of columns.
    pub name: String,
    /// What the left record says.
    pub left: String,
    /// What the right record says.
    pub right: String,
    /// The grade reached, as a stable word: `exact`, `close`, `different`, `missing`.
    pub grade: String,
    /// Evidence for (positive) or against sameness: log2 of the Bayes factor.
    pub weight: f64,
}

/// What somebody or something said about two records being the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Identifier of the left record, as `dataset/_id`.
    pub left: String,
    /// Identifier of the right record, as `dataset/_id`.
    pub right: String,
    /// What was said.
    pub verdict: Verdict,
    /// Sum of the comparisons' weights and the prior's, log2.
    pub weight: f64,
    /// Probability that both are the same.
    pub probability: f64,
    /// What speaks for and against.
    pub comparisons: Vec<Comparison>,
}
