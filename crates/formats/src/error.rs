//! Why a file cannot be read to its end. What is wrong with single rows is a Problem instead.

use model::{Place, Problem, Severity};

/// Why a file cannot be read to its end, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// The bytes stopped coming.
    #[error("the bytes cannot be read: {0}; fetch the file again")]
    Read(#[from] std::io::Error),
    /// An encoding that nobody knows.
    #[error("`{0}` is no encoding; write a label of the WHATWG Encoding Standard, such as `utf-8` or `windows-1252`")]
    Encoding(String),
    /// A document that breaks the rules of its format.
    #[error("the {format} is broken: {fault}; ask the publisher for a whole file")]
    Broken {
        /// Name of the format.
        format: &'static str,
        /// What is wrong, with its place.
        fault: String,
    },
    /// More than the limits allow.
    #[error("{what} passes the limit of {limit} {unit}; raise the limit in the mapping if the source is trusted")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// The limit.
        limit: u64,
        /// Of what.
        unit: &'static str,
    },
    /// No records where the options say.
    #[error("there are no records at `{path}`; the document holds {holds}")]
    NoRecords {
        /// The path of the options.
        path: String,
        /// What is there instead.
        holds: String,
    },
    /// A sheet that is not there.
    #[error("there is no sheet `{name}`; the workbook has {known}")]
    NoSheet {
        /// The sheet of the options.
        name: String,
        /// What is there.
        known: String,
    },
    /// Something that only attacks hold.
    #[error("the file {0} and is refused; ask the publisher for a plain one")]
    Hostile(&'static str),
}

impl FormatError {
    /// Stable name of the cause, by which Problems are grouped.
    pub fn cause(&self) -> &'static str {
        match self {
            Self::Read(_) => "unreadable",
            Self::Encoding(_) => "unknown_encoding",
            Self::Broken { .. } => "broken_file",
            Self::TooLarge { .. } => "too_large",
            Self::NoRecords { .. } => "no_records",
            Self::NoSheet { .. } => "no_sheet",
            Self::Hostile(_) => "hostile_file",
        }
    }

    /// The Problem that stands for the whole file.
    pub fn problem(&self, file: &str) -> Problem {
        let place = Place { file: file.to_owned(), ..Place::default() };
        Problem::new(self.cause(), Severity::FileLeftOut, place, file, self.to_string())
    }
}
