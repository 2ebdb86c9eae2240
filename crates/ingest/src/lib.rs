//! Ingest: bytes from a Source, through a Connector, to typed rows in a Dataset. What does not fit becomes a Problem.
//!
//! Holds connectors, mappings and the stage that runs them. It must never stop at a bad row, drop one without a Problem, or
//! know what the rows mean to later stages.

pub mod connectors;
pub mod draft;
pub mod mapping;
pub mod merge;
pub mod source;
pub mod stage;
mod watch;

pub use source::{Holds, Source};
pub use stage::{Intake, Outcome};

/// Why a source could not be read, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// A path that leaves the office folder.
    #[error("`{0}` leads out of the office folder; write a path below it")]
    Outside(String),
    /// A file of the office folder that cannot be read.
    #[error("`{name}` cannot be read: {error}")]
    File {
        /// The file.
        name: String,
        /// Why.
        error: std::io::Error,
    },
    /// A file over the limit of its source.
    #[error("`{name}` has {bytes} bytes, the source allows {limit}; raise `max_bytes` in the source if that is right")]
    TooLarge {
        /// The file.
        name: String,
        /// Its bytes.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// A mapping that is not there or not right.
    #[error("source `{source_name}`: {fault}")]
    Mapping {
        /// The source.
        source_name: String,
        /// What is wrong and what to write.
        fault: String,
    },
    /// The work was asked to end.
    #[error("ended as asked; what was committed is kept, the next start goes on from there")]
    Cancelled,
    /// The way out.
    #[error(transparent)]
    Net(#[from] net::NetError),
    /// The lake.
    #[error(transparent)]
    Lake(#[from] lake::LakeError),
    /// The store.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// Columns that clash.
    #[error("rows of `{dataset}` do not fit those that are there: {error}")]
    Rows {
        /// The dataset.
        dataset: String,
        /// Why.
        error: model::table::TableError,
    },
}

impl IngestError {
    pub(crate) fn file(name: &str, error: std::io::Error) -> Self {
        Self::File { name: name.to_owned(), error }
    }
}
