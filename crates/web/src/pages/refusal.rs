//! What somebody sees when it did not work: what happened, what was kept, and what to do now.

use super::layout::{Frame, Section};
use super::{Page, Sampled, samples};
use crate::wording::Words;
use askama::Template;

/// A refusal or a failure.
#[derive(Debug, Template)]
#[template(path = "refusal.html")]
pub struct RefusalPage {
    /// What stands around it.
    pub frame: Frame,
    /// Its short name, as in the problem type: `not-found`, `forbidden`, `conflict`, `internal` ...
    pub name: &'static str,
    /// More about it, worded; empty where there is nothing to add.
    pub detail: String,
    /// Where to look it up in the log; empty where it was not logged.
    pub reference: String,
}

impl RefusalPage {
    /// Every refusal that has a wording.
    pub const NAMES: [&'static str; 14] = [
        "sign-in",
        "forbidden",
        "forged",
        "not-found",
        "invalid",
        "malformed",
        "conflict",
        "against",
        "method",
        "too-many",
        "too-large",
        "too-slow",
        "busy",
        "internal",
    ];
}

impl Page for RefusalPage {
    fn title(&self) -> String {
        self.frame.of("refusal", self.name)
    }
}

impl Sampled for RefusalPage {
    const NAME: &'static str = "refusal";

    fn samples(words: &Words) -> Vec<Self> {
        let page = |name: &'static str| Self {
            frame: samples::visitor(words, Section::Aside),
            name,
            detail: if name == "conflict" { "demo-analyst <took> it.".to_owned() } else { String::new() },
            reference: if name == "internal" { "0190-abc".to_owned() } else { String::new() },
        };
        Self::NAMES.map(page).into()
    }
}
