//! The review queue: two records side by side, what speaks for and against, and three answers, by key or button.

use super::layout::{Frame, Section};
use super::parts::Link;
use super::{Page, Sampled, links, samples};
use crate::number;
use crate::wording::Words;
use askama::Template;
use model::Comparison;

/// One of the two records.
#[derive(Clone, Debug)]
pub struct Side {
    /// Identifier, as `dataset/_id`.
    pub id: String,
    /// The row.
    pub row: Link,
    /// What the record says: column and text, only what is filled.
    pub says: Vec<(String, String)>,
}

/// Two records that may mean the same thing.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The left record.
    pub left: Side,
    /// The right record.
    pub right: Side,
    /// What was compared, heaviest first.
    pub comparisons: Vec<Comparison>,
    /// Probability that both are the same, as the machine sees it.
    pub probability: f64,
}

impl Pair {
    fn sides(&self) -> [&Side; 2] {
        [&self.left, &self.right]
    }
}

/// The review queue.
#[derive(Debug, Template)]
#[template(path = "review.html")]
pub struct ReviewPage {
    /// What stands around it.
    pub frame: Frame,
    /// The pair to judge; `None` when the queue is empty.
    pub pair: Option<Pair>,
    /// How many are left.
    pub left: u64,
    /// How many this reader judged today.
    pub done_today: u64,
    /// How often reviewers who judged the same pair agree; `None` where too few pairs were judged twice.
    pub agreement: Option<f64>,
    /// The last judgement of this reader, worded, and where to withdraw it.
    pub undo: Option<(String, String)>,
}

impl ReviewPage {
    /// How strong a comparison speaks, in words: weights are logarithms, which nobody should have to read.
    fn strength(&self, comparison: &Comparison) -> String {
        let key = match comparison.weight {
            weight if weight >= 3.0 => "strongly-for",
            weight if weight >= 0.5 => "for",
            weight if weight > -0.5 => "neither",
            weight if weight > -3.0 => "against",
            _ => "strongly-against",
        };
        self.frame.of("review-speaks", key)
    }

    /// What a record says, in words where the value is one of a list.
    fn said(&self, column: &str, text: &str) -> String {
        if column == "ownership" { self.frame.words.of_or_itself("ownership", text) } else { text.to_owned() }
    }

    fn differs(&self, comparison: &Comparison) -> bool {
        comparison.grade != "exact"
    }

    fn machine(&self, pair: &Pair) -> String {
        self.frame.words.say1("review-machine", "share", number::share(self.frame.words.language(), pair.probability))
    }
}

impl Page for ReviewPage {
    fn title(&self) -> String {
        self.frame.say("review-title")
    }
}

impl Sampled for ReviewPage {
    const NAME: &'static str = "review";

    fn samples(words: &Words) -> Vec<Self> {
        let comparison = |name: &str, grade: &str, weight| Comparison {
            name: name.to_owned(),
            left: "70 Lowe Street".to_owned(),
            right: if grade == "missing" { String::new() } else { "Lowe Street 70 <ARARAT>".to_owned() },
            grade: grade.to_owned(),
            weight,
        };
        let side = |id: &str| Side {
            id: format!("homes_au/{id}"),
            row: Link::new("homes_au", links::row("homes_au", 1, id)),
            says: vec![("name".to_owned(), "Garden House".to_owned())],
        };
        let pair = Pair {
            left: side("r1"),
            right: side("r2"),
            comparisons: vec![
                comparison("name", "close", 4.1),
                comparison("locality", "exact", 1.2),
                comparison("provider", "missing", 0.0),
                comparison("state", "different", -1.0),
                comparison("size", "different", -7.0),
            ],
            probability: 0.62,
        };
        let page = |pair: Option<Pair>| Self {
            frame: samples::frame(words, Section::Review),
            left: if pair.is_some() { 31 } else { 0 },
            done_today: if pair.is_some() { 4 } else { 0 },
            agreement: pair.is_some().then_some(0.93),
            undo: pair.is_some().then(|| ("70 Lowe Street".to_owned(), "/review/j1/withdraw".to_owned())),
            pair,
        };
        vec![page(Some(pair)), page(None)]
    }
}
