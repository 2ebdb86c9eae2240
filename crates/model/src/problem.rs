//! What did not fit. A bad row becomes a [`Problem`] and the rest goes on; nothing is dropped without one.

use serde::{Deserialize, Serialize};

/// How bad a [`Problem`] is for the row it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The row went in as it is, and somebody should look.
    Note,
    /// The row went in without the value.
    ValueLeftOut,
    /// The row did not go in; its bytes are kept.
    RowLeftOut,
    /// The whole file could not be read; its bytes are kept.
    FileLeftOut,
}

impl Severity {
    /// The word that stands in the store and in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::ValueLeftOut => "value_left_out",
            Self::RowLeftOut => "row_left_out",
            Self::FileLeftOut => "file_left_out",
        }
    }
}

/// Where in received bytes something stands. Lines and records count from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Name of the file, address or sheet.
    pub file: String,
    /// Line of the text, where the format has lines.
    pub line: Option<u64>,
    /// Number of the record among the records of the file.
    pub record: Option<u64>,
    /// Column, JSON path or property.
    pub column: Option<String>,
}

/// Something wrong in a Record, with its place, what was found and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable name of the cause, by which Problems are grouped: `not_a_number`, `missing_key`.
    pub cause: String,
    /// How bad it is for the row.
    pub severity: Severity,
    /// Where it stands.
    pub place: Place,
    /// What was found, cut to 200 characters.
    pub found: String,
    /// What would have been right, as an instruction to whoever can mend it.
    pub hint: String,
}

impl Problem {
    /// A Problem of the given cause and severity; `found` is cut to what a page can show.
    pub fn new(cause: &str, severity: Severity, place: Place, found: &str, hint: impl Into<String>) -> Self {
        Self { cause: cause.to_owned(), severity, place, found: found.chars().take(200).collect(), hint: hint.into() }
    }
}
