//! Time as a line: what happened, who or what did it, what it rested on.

use super::Link;
use crate::wording::Words;
use askama::Template;
use model::Timestamp;

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Who or what did it, by name.
    pub who: String,
    /// What happened, in words.
    pub what: String,
    /// More about it, such as a reason that somebody wrote.
    pub detail: String,
    /// What it rested on or led to.
    pub links: Vec<Link>,
    /// It was withdrawn later; it stays, struck through.
    pub withdrawn: bool,
}

/// Things that happened, newest first.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/timeline.html")]
pub struct Timeline {
    words: Words,
    entries: Vec<Entry>,
}

impl askama::filters::HtmlSafe for Timeline {}

impl Timeline {
    /// A timeline.
    pub fn new(words: &Words, entries: Vec<Entry>) -> Self {
        Self { words: words.clone(), entries }
    }
}
