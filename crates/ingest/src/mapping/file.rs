//! A mapping file as it is typed in `mappings/*.toml`. Must never hold what it means: `compile` turns it into rules.

use serde::Deserialize;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFile {
    #[serde(default)]
    pub(super) read: RawRead,
    pub(super) dataset: Vec<RawDataset>,
}

/// How the bytes are read; what is not given is found out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRead {
    pub(super) format: Option<String>,
    pub(super) encoding: Option<String>,
    pub(super) delimiter: Option<String>,
    pub(super) quote: Option<String>,
    pub(super) header: Option<bool>,
    #[serde(default)]
    pub(super) skip_lines: u64,
    #[serde(default)]
    pub(super) records: String,
    pub(super) sheet: Option<String>,
}

/// One dataset that is made of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDataset {
    pub(super) name: String,
    pub(super) title: String,
    #[serde(default)]
    pub(super) summary: String,
    #[serde(default)]
    pub(super) key: Vec<String>,
    #[serde(default)]
    pub(super) doubles: Doubles,
    pub(super) melt: Option<RawMelt>,
    pub(super) column: Vec<RawColumn>,
}

/// What happens to a row that says exactly what an earlier one said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubles {
    /// It is left out: the file says the same thing twice.
    #[default]
    LeaveOut,
    /// It stays: two equal rows are two things, such as two fines of one day.
    Keep,
}

/// Turns a group of columns into rows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMelt {
    /// Pattern of the columns' names; each named group becomes a column.
    pub(super) columns: String,
    /// Name of the column that takes the cells.
    pub(super) value: String,
    /// Whether an empty cell makes a row.
    #[serde(default)]
    pub(super) keep_empty: bool,
}

/// One column of a dataset.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawColumn {
    pub(super) name: String,
    pub(super) from: Option<OneOrMore>,
    pub(super) join: Option<String>,
    pub(super) constant: Option<String>,
    pub(super) link: Option<String>,
    #[serde(default, rename = "type")]
    pub(super) kind: RawKind,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) null: Vec<String>,
    pub(super) format: Option<OneOrMore>,
    pub(super) decimal: Option<char>,
    pub(super) group: Option<char>,
    pub(super) factor: Option<f64>,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    pub(super) words: Option<toml::Table>,
    pub(super) extract: Option<String>,
    #[serde(default)]
    pub(super) strip_html: bool,
    pub(super) case: Option<Case>,
    pub(super) pad: Option<usize>,
    #[serde(default)]
    pub(super) carry_down: bool,
}

/// One text, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    pub(super) fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::More(texts) => texts,
        }
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawKind {
    #[default]
    Text,
    Integer,
    Number,
    Flag,
    Date,
    Timestamp,
}

impl From<RawKind> for model::ColumnType {
    fn from(kind: RawKind) -> Self {
        match kind {
            RawKind::Text => Self::Text,
            RawKind::Integer => Self::Integer,
            RawKind::Number => Self::Number,
            RawKind::Flag => Self::Flag,
            RawKind::Date => Self::Date,
            RawKind::Timestamp => Self::Timestamp,
        }
    }
}

/// In which letters a text is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Case {
    Upper,
    Lower,
}
