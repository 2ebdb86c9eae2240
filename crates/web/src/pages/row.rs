//! One row of a dataset at one version: the end of every "why?".

use super::dataset::worded;
use super::layout::{Frame, Section};
use super::parts::{Link, Mark};
use super::{Page, Sampled, links, samples};
use crate::wording::Words;
use askama::Template;
use model::{Standing, Timestamp, Value};

/// One value of the row.
#[derive(Clone, Debug)]
pub struct RowValue {
    /// Name of the column.
    pub column: String,
    /// The value.
    pub value: Value,
}

/// A row.
#[derive(Debug, Template)]
#[template(path = "row.html")]
pub struct RowPage {
    /// What stands around it.
    pub frame: Frame,
    /// The dataset.
    pub dataset: Link,
    /// Version at which it is shown.
    pub version: i64,
    /// The row's `_id`.
    pub id: String,
    /// Its values, in the order of the columns.
    pub values: Vec<RowValue>,
    /// Whose word it is.
    pub standing: Standing,
    /// It is simulated.
    pub simulated: bool,
    /// The source it came from.
    pub source: Link,
    /// When it came in.
    pub recorded_at: Timestamp,
    /// Its licence.
    pub licence: String,
    /// Where the bytes as received are; `None` where the reader may not have them.
    pub received: Option<String>,
    /// Homes that it speaks about.
    pub about: Vec<Link>,
}

impl RowPage {
    fn mark(&self) -> Mark {
        Mark::new(&self.frame.words, self.standing, self.simulated)
    }

    fn shown(&self, value: &Value) -> String {
        worded(&self.frame.words, value)
    }
}

impl Page for RowPage {
    fn title(&self) -> String {
        self.frame.words.say1("row-title", "dataset", &self.dataset.text)
    }
}

impl Sampled for RowPage {
    const NAME: &'static str = "row";

    fn samples(words: &Words) -> Vec<Self> {
        let value = |column: &str, value: Value| RowValue { column: column.to_owned(), value };
        let page = |received: bool| Self {
            frame: samples::visitor(words, Section::Datasets),
            dataset: Link::new("posts", links::dataset("posts")),
            version: 12,
            id: "r1".to_owned(),
            values: vec![
                value("text", "The nurses <take> their time.".into()),
                value("stars", Value::Null),
                value("kept", false.into()),
            ],
            standing: Standing::Community,
            simulated: received,
            source: Link::new("posts", links::source("posts")),
            recorded_at: samples::at("2026-11-25T06:00:00Z"),
            licence: "CC0 1.0".to_owned(),
            received: received.then(|| "/sources/posts/received/abc".to_owned()),
            about: if received { vec![samples::home()] } else { Vec::new() },
        };
        vec![page(true), page(false)]
    }
}
