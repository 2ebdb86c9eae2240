//! Formats: received bytes to tables of text, and networks to bytes. Each format that is read is one file and one line in [`ALL`].
//!
//! Holds readers that work in chunks, in bounded memory, and turn what does not fit into Problems. It must never open a file
//! or a socket, read a clock, or know what a column means: types and meaning come from mappings.

mod chunk;
mod encoding;
mod error;
pub mod graph;
mod limits;
pub mod social;
pub mod table;

pub use error::FormatError;
pub use limits::Limits;

use model::{Problem, Table};
use std::io::Read;
use std::ops::ControlFlow;

/// What a format is, for lists, help and detection.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The word that stands in mappings: `csv`.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// One line for lists.
    pub summary: &'static str,
    /// Media types under which it is sent.
    pub media_types: &'static [&'static str],
    /// File endings, without the dot, in lower case.
    pub endings: &'static [&'static str],
    /// A small file of it, from which tests read at least one row.
    pub sample: &'static [u8],
}

/// How to read; whatever is not given is found out from the bytes.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Label of the encoding as in the WHATWG Encoding Standard, such as `windows-1252`.
    pub encoding: Option<String>,
    /// What stands between the cells of a line; ASCII.
    pub delimiter: Option<u8>,
    /// What stands around a cell that holds delimiters or line ends; ASCII.
    pub quote: Option<u8>,
    /// Whether the first record holds the names of the columns.
    pub header: Option<bool>,
    /// Number of lines (rows of a sheet) to pass over before the header.
    pub skip_lines: u64,
    /// Path to the records of a JSON document: `` (root), `facilities`, `facilities[].penalties`.
    pub records: String,
    /// Name of the sheet of a workbook; the first one where not given.
    pub sheet: Option<String>,
    /// How much of anything is read at most.
    pub limits: Limits,
}

/// A part of what was read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Columns of text under the names of the file, then `_line` where the text has lines (rows of a sheet), and `_record`,
    /// the number of the record in the file, from 1.
    pub table: Table,
    /// What did not fit in this part; places have no file name yet.
    pub problems: Vec<Problem>,
    /// True where the file names its columns up front, so that a column that is missing here is missing in the whole file.
    pub fixed_columns: bool,
}

/// Hears each part; breaks to end the reading early.
pub type Sink<'a> = dyn FnMut(Reading) -> ControlFlow<()> + 'a;

/// One serialization of rows.
pub trait Format: Sync {
    /// What it is.
    fn about(&self) -> About;

    /// Whether a file of this name that begins with these bytes is of this format.
    fn recognizes(&self, name: &str, head: &[u8]) -> bool;

    /// Reads all of `input` in parts.
    ///
    /// # Errors
    /// Where the file cannot be read to its end. Parts handed over before are then not the whole file: drop them.
    fn read(&self, input: &mut dyn Read, options: &ReadOptions, sink: &mut Sink<'_>) -> Result<(), FormatError>;
}

/// Every format, in the order in which they are asked whether they recognize a file.
pub const ALL: &[&dyn Format] = &[
    &table::xlsx::Xlsx,
    &social::feed::Feed,
    &table::geojson::GeoJson,
    &table::json_lines::JsonLines,
    &table::json::Json,
    &table::csv::Csv,
];

/// The format of a name in [`ALL`].
pub fn find(name: &str) -> Option<&'static dyn Format> {
    ALL.iter().copied().find(|format| format.about().name == name)
}

/// The format of a file, by its name and first bytes (a few KiB).
pub fn recognize(name: &str, head: &[u8]) -> Option<&'static dyn Format> {
    ALL.iter().copied().find(|format| format.recognizes(name, head))
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    let path = name.split(['?', '#']).next().unwrap_or(name);
    path.rsplit_once('.').is_some_and(|(_, ending)| endings.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// The first byte that is neither white space nor part of a byte order mark.
fn first_byte(head: &[u8]) -> Option<u8> {
    head.iter().copied().find(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xEF | 0xBB | 0xBF))
}
