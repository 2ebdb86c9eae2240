//! The outside places that the office reads from.

use super::layout::{Frame, Section};
use super::parts::{Link, Mark};
use super::{Page, Sampled, links, samples};
use crate::wording::Words;
use askama::Template;
use model::{Standing, Timestamp};

/// One source.
#[derive(Clone, Debug)]
pub struct SourceLine {
    /// The source.
    pub source: Link,
    /// Whose word it is.
    pub standing: Standing,
    /// It is simulated.
    pub simulated: bool,
    /// Its licence.
    pub licence: String,
    /// How the last run went: `fine`, `problems`, `failed`, `never`.
    pub state: &'static str,
    /// When it last ran.
    pub ran: Option<Timestamp>,
    /// Rows that hold now.
    pub rows: u64,
    /// Open problems.
    pub problems: u64,
}

/// The sources.
#[derive(Debug, Template)]
#[template(path = "sources.html")]
pub struct SourcesPage {
    /// What stands around it.
    pub frame: Frame,
    /// The sources, by name.
    pub lines: Vec<SourceLine>,
}

impl SourcesPage {
    /// The colour of a state's tag; the word says the same.
    pub(super) fn tag(state: &str) -> &'static str {
        match state {
            "fine" => "govuk-tag--green",
            "problems" => "govuk-tag--yellow",
            "failed" => "govuk-tag--red",
            _ => "govuk-tag--grey",
        }
    }

    fn mark(&self, line: &SourceLine) -> Mark {
        Mark::new(&self.frame.words, line.standing, line.simulated)
    }
}

impl Page for SourcesPage {
    fn title(&self) -> String {
        self.frame.say("sources-title")
    }
}

impl Sampled for SourcesPage {
    const NAME: &'static str = "sources";

    fn samples(words: &Words) -> Vec<Self> {
        let line = |state: &'static str| SourceLine {
            source: Link::new(state, links::source(state)),
            standing: Standing::Official,
            simulated: state == "fine",
            licence: "CC BY 4.0".to_owned(),
            state,
            ran: (state != "never").then(|| samples::at("2026-11-25T06:00:00Z")),
            rows: 20_172,
            problems: 81,
        };
        let frame = || samples::visitor(words, Section::Sources);
        let lines = ["fine", "problems", "failed", "never"].map(line).to_vec();
        vec![Self { frame: frame(), lines }, Self { frame: frame(), lines: Vec::new() }]
    }
}
