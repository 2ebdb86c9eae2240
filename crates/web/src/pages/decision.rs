//! Deciding: what is chosen, on what evidence, what would change it, and the reason where it departs from the ranking.

use super::layout::{Frame, Section};
use super::parts::{EvidenceCard, Fault, Field, Kind, Link};
use super::{Page, Sampled, links, samples};
use crate::wording::Words;
use askama::Template;

/// The page before a decision is made.
#[derive(Debug, Template)]
#[template(path = "decision.html")]
pub struct DecisionPage {
    /// What stands around it.
    pub frame: Frame,
    /// The case.
    pub case: Link,
    /// Identifier of the case.
    pub case_id: String,
    /// The home that is chosen.
    pub chosen: Link,
    /// Its identifier.
    pub chosen_id: String,
    /// The home that the ranking puts first.
    pub ranked_first: Link,
    /// True where both are the same.
    pub follows: bool,
    /// The home that would be first without community evidence.
    pub first_without: Link,
    /// True where that is another one than the ranking's first.
    pub community_changed: bool,
    /// What it rests on.
    pub evidence: Vec<EvidenceCard>,
    /// What would change the ranking, each a sentence.
    pub would_change: Vec<String>,
    /// The reason.
    pub reason: Field,
    /// Fingerprint of what the page was made from: the decision is refused when the evidence has moved on.
    pub seen: String,
}

impl DecisionPage {
    fn faults(&self) -> Vec<Fault> {
        self.reason.fault().into_iter().collect()
    }

    fn action(&self, part: &str) -> String {
        links::of_case(&self.case_id, part)
    }
}

impl Page for DecisionPage {
    fn title(&self) -> String {
        self.frame.words.say1("decision-title", "home", &self.chosen.text)
    }

    fn faulty(&self) -> bool {
        !self.faults().is_empty()
    }
}

impl Sampled for DecisionPage {
    const NAME: &'static str = "decision";

    fn samples(words: &Words) -> Vec<Self> {
        let page = |follows: bool| {
            let reason = Field::new(words, "decision_reason", Kind::Area, "");
            Self {
                frame: samples::frame(words, Section::Worklist),
                case: Link::new("Person 17", links::case("c1")),
                case_id: "c1".to_owned(),
                chosen: samples::home(),
                chosen_id: "h1".to_owned(),
                ranked_first: Link::new("70 Lowe Street", links::home("h2")),
                follows,
                first_without: Link::new("70 Lowe Street", links::home("h2")),
                community_changed: !follows,
                evidence: if follows { Vec::new() } else { vec![samples::evidence(words, "evidence-1")] },
                would_change: if follows { Vec::new() } else { vec!["A price above A$320 a day.".to_owned()] },
                reason: if follows { reason } else { reason.wrong("fault-reason") },
                seen: "abc".to_owned(),
            }
        };
        vec![page(true), page(false)]
    }
}
