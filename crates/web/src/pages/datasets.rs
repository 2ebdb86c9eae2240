//! What the office holds and what others may take.

use super::layout::{Frame, Section};
use super::parts::{Link, Mark};
use super::{Page, Sampled, links, samples};
use crate::wording::Words;
use askama::Template;
use model::{Standing, Timestamp};

/// One dataset.
#[derive(Clone, Debug)]
pub struct DatasetLine {
    /// The dataset.
    pub dataset: Link,
    /// What its rows are, a sentence.
    pub about: String,
    /// Whose word it is.
    pub standing: Standing,
    /// It is simulated.
    pub simulated: bool,
    /// Number of rows.
    pub rows: u64,
    /// When it last changed.
    pub changed: Timestamp,
    /// Its licence.
    pub licence: String,
}

/// The datasets.
#[derive(Debug, Template)]
#[template(path = "datasets.html")]
pub struct DatasetsPage {
    /// What stands around it.
    pub frame: Frame,
    /// The datasets, by name.
    pub lines: Vec<DatasetLine>,
}

impl DatasetsPage {
    fn mark(&self, line: &DatasetLine) -> Mark {
        Mark::new(&self.frame.words, line.standing, line.simulated)
    }
}

impl Page for DatasetsPage {
    fn title(&self) -> String {
        self.frame.say("datasets-title")
    }
}

impl Sampled for DatasetsPage {
    const NAME: &'static str = "datasets";

    fn samples(words: &Words) -> Vec<Self> {
        let line = DatasetLine {
            dataset: Link::new("homes_au", links::dataset("homes_au")),
            about: "Care homes in Australia.".to_owned(),
            standing: Standing::Official,
            simulated: false,
            rows: 1_838,
            changed: samples::at("2026-11-25T06:00:00Z"),
            licence: "CC BY 4.0".to_owned(),
        };
        let frame = || samples::visitor(words, Section::Datasets);
        vec![Self { frame: frame(), lines: vec![line] }, Self { frame: frame(), lines: Vec::new() }]
    }
}
