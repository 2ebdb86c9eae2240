//! What narrows a list, kept in the address; and what orders it.

use super::Field;
use crate::wording::Words;
use askama::Template;

/// The filters of a list: a form that is sent as an address.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/filters.html")]
pub struct Filters {
    words: Words,
    /// Where the list is.
    action: String,
    fields: Vec<Field>,
    /// What else stands in the address and stays, such as the order.
    kept: Vec<(String, String)>,
    /// Some filter is set: then there is something to clear.
    set: bool,
}

impl askama::filters::HtmlSafe for Filters {}

impl Filters {
    /// The filters of the list at `action`; `set` where any of them is.
    pub fn new(words: &Words, action: &str, fields: Vec<Field>, kept: Vec<(String, String)>, set: bool) -> Self {
        Self { words: words.clone(), action: action.to_owned(), fields, kept, set }
    }
}

/// Which way a column is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// The head of a column that orders the list.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/sort.html")]
pub struct Sort {
    label: String,
    href: String,
    direction: Option<Direction>,
    numeric: bool,
}

impl askama::filters::HtmlSafe for Sort {}

impl Sort {
    /// The head of a column: what it is called, where a click leads, and how it is ordered now.
    pub fn new(label: impl Into<String>, href: impl Into<String>, direction: Option<Direction>) -> Self {
        Self { label: label.into(), href: href.into(), direction, numeric: false }
    }

    /// A column of numbers stands at the right.
    #[must_use]
    pub fn numeric(self) -> Self {
        Self { numeric: true, ..self }
    }

    fn aria(&self) -> &'static str {
        match self.direction {
            Some(Direction::Ascending) => "ascending",
            Some(Direction::Descending) => "descending",
            None => "none",
        }
    }
}
