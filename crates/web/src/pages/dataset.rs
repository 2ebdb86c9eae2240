//! A dataset: what its rows are, how fresh, how complete, who gave them, what one may do with them; and the rows.

use super::layout::{Frame, Section};
use super::parts::{Field, Filters, Kind, Link, Mark, Pager, Sort};
use super::{Page, Sampled, links, samples};
use crate::wording::Words;
use askama::Template;
use model::{ColumnType, Standing, Timestamp, Value};

/// One column.
#[derive(Clone, Debug)]
pub struct ColumnLine {
    /// Its name in the data.
    pub name: String,
    /// What kind of values it holds.
    pub kind: ColumnType,
    /// What it means, where somebody wrote it.
    pub about: String,
    /// Share of rows that have a value.
    pub filled: f64,
}

/// One version.
#[derive(Clone, Debug)]
pub struct VersionLine {
    /// Its number.
    pub version: i64,
    /// When it was made.
    pub at: Timestamp,
    /// What made it, worded.
    pub what: String,
    /// Its rows.
    pub href: String,
}

/// One form in which it can be had.
#[derive(Clone, Debug)]
pub struct Distribution {
    /// `CSV`, `JSON`, `Parquet`.
    pub name: &'static str,
    /// Where it is.
    pub href: String,
}

/// A dataset.
#[derive(Debug, Template)]
#[template(path = "dataset.html")]
pub struct DatasetPage {
    /// What stands around it.
    pub frame: Frame,
    /// Its name.
    pub name: String,
    /// What its rows are.
    pub about: String,
    /// Whose word it is.
    pub standing: Standing,
    /// It is simulated.
    pub simulated: bool,
    /// Its licence, leading to the text of it where that is known.
    pub licence: Link,
    /// Version shown.
    pub version: i64,
    /// When that was made.
    pub changed: Timestamp,
    /// The newest version, where another one is shown.
    pub newest: Option<Link>,
    /// The sources that fill it.
    pub sources: Vec<Link>,
    /// Where it went: datasets and figures made from it, worded.
    pub used_in: Vec<Link>,
    /// Its columns.
    pub columns: Vec<ColumnLine>,
    /// Its versions, newest first; may be cut.
    pub versions: Vec<VersionLine>,
    /// The forms in which it can be had.
    pub distributions: Vec<Distribution>,
    /// What narrows the rows.
    pub filters: Filters,
    /// Heads of the shown columns.
    pub heads: Vec<Sort>,
    /// The rows: where each is, and its values in the order of the heads.
    pub rows: Vec<(String, Vec<Value>)>,
    /// Which of how many.
    pub pager: Pager,
}

impl DatasetPage {
    fn mark(&self) -> Mark {
        Mark::new(&self.frame.words, self.standing, self.simulated)
    }

    fn kind(&self, column: &ColumnLine) -> String {
        let word = match column.kind {
            ColumnType::Text => "text",
            ColumnType::Integer => "integer",
            ColumnType::Number => "number",
            ColumnType::Flag => "flag",
            ColumnType::Date => "date",
            ColumnType::Timestamp => "timestamp",
        };
        self.frame.of("column-type", word)
    }

    fn shown(&self, value: &Value) -> String {
        worded(&self.frame.words, value)
    }
}

/// A value as the reader writes it. Numbers keep all their digits: this is the row, not a figure.
pub(super) fn worded(words: &Words, value: &Value) -> String {
    match value {
        Value::Flag(flag) => words.say(if *flag { "value-yes" } else { "value-no" }),
        Value::Date(date) => words.short_date(date),
        Value::Timestamp(at) => words.moment(at),
        other => other.to_string(),
    }
}

impl Page for DatasetPage {
    fn title(&self) -> String {
        self.name.clone()
    }
}

impl Sampled for DatasetPage {
    const NAME: &'static str = "dataset";

    fn samples(words: &Words) -> Vec<Self> {
        use ColumnType::{Date, Flag, Integer, Number, Text, Timestamp};
        let columns = [Text, Integer, Number, Flag, Date, Timestamp].map(|kind| ColumnLine {
            name: format!("{kind:?}").to_lowercase(),
            kind,
            about: "What it means.".to_owned(),
            filled: 0.9996,
        });
        let row = vec![
            Value::from("Anglicare <b>Mildred</b>"),
            Value::from(1_838_i64),
            Value::from(2.787),
            Value::from(true),
            Value::from(samples::day("2025-02-01")),
            Value::from(samples::at("2025-02-01T00:00:00Z")),
        ];
        let page = |rows: Vec<(String, Vec<Value>)>| Self {
            frame: samples::visitor(words, Section::Datasets),
            name: "homes_au".to_owned(),
            about: "Care homes in Australia.".to_owned(),
            standing: Standing::Official,
            simulated: rows.is_empty(),
            licence: Link::new("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
            version: 3,
            changed: samples::at("2026-11-25T06:00:00Z"),
            newest: rows.is_empty().then(|| Link::new("4", "/datasets/homes_au")),
            sources: vec![Link::new("homes_au", links::source("homes_au"))],
            used_in: rows
                .first()
                .map(|_| Link::new("assessed_homes", links::dataset("assessed_homes")))
                .into_iter()
                .collect(),
            columns: columns.to_vec(),
            versions: vec![VersionLine {
                version: 3,
                at: samples::at("2026-11-25T06:00:00Z"),
                what: "Read from homes_au".to_owned(),
                href: "?version=3".to_owned(),
            }],
            distributions: vec![Distribution { name: "CSV", href: links::distribution("homes_au", "csv", 3) }],
            filters: Filters::new(
                words,
                "/datasets/homes_au",
                vec![Field::new(words, "q", Kind::Search, "")],
                Vec::new(),
                false,
            ),
            heads: columns
                .iter()
                .map(|column| Sort::new(&column.name, format!("?sort={}", column.name), None))
                .collect(),
            pager: Pager::new(words, rows.len() as u64 * 1_838, 1, 100, |page| format!("?page={page}")),
            rows,
        };
        let null_row = vec![Value::Null; 6];
        vec![
            page(vec![(links::row("homes_au", 3, "r1"), row), (links::row("homes_au", 3, "r2"), null_row)]),
            page(Vec::new()),
        ]
    }
}
