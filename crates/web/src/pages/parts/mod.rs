//! Parts that pages share: typed, each with its own small template, so that a thing looks the same wherever it stands.
//!
//! Must never load anything: what a part shows is handed in.

mod evidence;
mod field;
mod figure;
mod filters;
mod mark;
mod pager;
mod timeline;

pub use evidence::EvidenceCard;
pub use field::{Choice, Fault, Field, Kind};
pub use figure::{Figure, Quantity, Voices};
pub use filters::{Direction, Filters, Sort};
pub use mark::Mark;
pub use pager::Pager;
pub use timeline::{Entry, Timeline};

/// Text that leads somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What is read.
    pub text: String,
    /// Where it leads.
    pub href: String,
}

impl Link {
    /// A link.
    pub fn new(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: href.into() }
    }
}
