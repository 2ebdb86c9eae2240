//! A piece of evidence as a card: what it says, whose word it is, and at which version it was read.

use super::{Figure, Link, Mark};
use crate::wording::Words;
use askama::Template;
use model::Standing;

/// One piece of evidence.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/evidence.html")]
pub struct EvidenceCard {
    /// The words of the page.
    pub words: Words,
    /// The home it speaks about.
    pub home: Link,
    /// What of the home, worded.
    pub aspect: String,
    /// What it says, where that is a number.
    pub figure: Option<Figure>,
    /// What it says, where that is text.
    pub text: String,
    /// Whose word it is.
    pub standing: Standing,
    /// It rests on simulated rows.
    pub simulated: bool,
    /// The dataset, leading to the row at its version.
    pub dataset: Link,
    /// Version of the dataset at which it was read.
    pub version: i64,
}

impl askama::filters::HtmlSafe for EvidenceCard {}

impl EvidenceCard {
    fn mark(&self) -> Mark {
        Mark::new(&self.words, self.standing, self.simulated)
    }
}
