//! The mark that says whose word something is: a shape and a word, never colour alone.

use crate::wording::Words;
use askama::Template;
use model::Standing;

/// Official ■, community ●, contributed ◆, and ≈ where it is simulated.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/mark.html")]
pub struct Mark {
    words: Words,
    standing: Standing,
    simulated: bool,
}

impl askama::filters::HtmlSafe for Mark {}

impl Mark {
    /// The mark of a standing.
    pub fn new(words: &Words, standing: Standing, simulated: bool) -> Self {
        Self { words: words.clone(), standing, simulated }
    }

    fn shape(&self) -> &'static str {
        match self.standing {
            Standing::Official => "■",
            Standing::Community => "●",
            Standing::Contributor => "◆",
        }
    }
}
