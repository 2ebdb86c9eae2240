//! The rule for one column: from cells of text to typed values. Pure; a cell that does not fit becomes a fault, not an end.

use super::file::Case;
use super::value::{self, Notation};
use model::table::{ColumnData, Fixed, TextColumn};
use model::{Column, ColumnType, Table};
use regex::Regex;
use std::borrow::Cow;
use std::collections::HashMap;

/// Where the cells of a column come from.
#[derive(Clone, Debug)]
pub(super) enum CellSource {
    /// Columns of the file, those with a value joined.
    Columns { names: Vec<String>, join: String },
    /// The same text in every row.
    Constant(String),
    /// The identifier that the same row of the file has in another dataset of the mapping.
    Link(String),
}

/// The rule for one column.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) name: String,
    pub(super) from: CellSource,
    pub(super) kind: ColumnType,
    pub(super) required: bool,
    pub(super) nulls: Vec<String>,
    pub(super) formats: Vec<String>,
    pub(super) notation: Notation,
    pub(super) factor: Option<f64>,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    pub(super) words: Option<HashMap<String, String>>,
    pub(super) extract: Option<Regex>,
    pub(super) strip_html: bool,
    pub(super) case: Option<Case>,
    pub(super) pad: Option<usize>,
    pub(super) carry_down: bool,
}

/// A cell that does not fit.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) row: usize,
    pub(super) cause: &'static str,
    pub(super) found: String,
    pub(super) hint: String,
}

/// A converted column.
pub(super) struct Converted {
    pub(super) column: Column,
    pub(super) faults: Vec<Fault>,
    /// The last value, where the column is carried down.
    pub(super) carried: Option<String>,
}

/// What a rule reads from.
#[derive(Clone, Copy)]
pub(super) struct Cells<'a> {
    pub(super) table: &'a Table,
    /// For each row, its row in the file's part; differs where columns were turned into rows.
    pub(super) origin: Option<&'a [usize]>,
    /// Identifiers of the file's rows in other datasets.
    pub(super) links: &'a HashMap<String, Vec<Option<String>>>,
}

impl Rule {
    /// Names of the file's columns it reads.
    pub(super) fn sources(&self) -> &[String] {
        if let CellSource::Columns { names, .. } = &self.from { names } else { &[] }
    }

    /// Name to show in Problems.
    pub(super) fn shown(&self) -> &str {
        self.sources().first().unwrap_or(&self.name)
    }

    /// Converts all rows.
    pub(super) fn convert(&self, cells: Cells<'_>, carried: Option<String>) -> Converted {
        let mut run = Run { rule: self, cells, columns: self.columns_of(cells.table), faults: Vec::new(), carried };
        let data = match self.kind {
            ColumnType::Text => ColumnData::Text(run.texts()),
            ColumnType::Integer => ColumnData::Integer(run.values(Self::integer)),
            ColumnType::Number => ColumnData::Number(run.values(Self::number)),
            ColumnType::Flag => ColumnData::Flag(run.values(|_, text| {
                value::flag(text).ok_or_else(|| wrong("not_a_flag", "write true or false".to_owned()))
            })),
            ColumnType::Date => ColumnData::Date(run.values(|rule, text| {
                value::date(text, &rule.formats).ok_or_else(|| wrong("not_a_date", rule.format_hint("2025-02-28")))
            })),
            ColumnType::Timestamp => ColumnData::Timestamp(run.values(|rule, text| {
                value::moment(text, &rule.formats)
                    .ok_or_else(|| wrong("not_a_moment", rule.format_hint("2025-02-28T13:05:00Z")))
            })),
        };
        let Run { faults, carried, .. } = run;
        Converted { column: Column { name: self.name.clone(), data }, faults, carried }
    }

    fn columns_of<'a>(&self, table: &'a Table) -> Vec<&'a Column> {
        self.sources().iter().filter_map(|name| table.column(name)).collect()
    }

    fn format_hint(&self, iso: &str) -> String {
        if self.formats.is_empty() {
            format!("write it as {iso}")
        } else {
            format!("write it as {}", self.formats.join(" or "))
        }
    }

    fn number(&self, text: &str) -> Result<f64, Wrong> {
        let number = value::number(text, self.notation)
            .ok_or_else(|| wrong("not_a_number", "write a number in the notation of the mapping".to_owned()))?;
        self.bounded(number * self.factor.unwrap_or(1.0))
    }

    fn integer(&self, text: &str) -> Result<i64, Wrong> {
        let not_whole = || wrong("not_a_whole_number", "write a whole number".to_owned());
        match self.factor {
            None => {
                let number = value::integer(text, self.notation).ok_or_else(not_whole)?;
                self.bounded(number as f64).map(|_| number)
            }
            Some(factor) => {
                let number = value::number(text, self.notation).ok_or_else(not_whole)? * factor;
                if (number - number.round()).abs() > 1e-6 {
                    return Err(not_whole());
                }
                self.bounded(number.round()).map(|number| number as i64)
            }
        }
    }

    fn bounded(&self, number: f64) -> Result<f64, Wrong> {
        let under = self.min.is_some_and(|min| number < min);
        let over = self.max.is_some_and(|max| number > max);
        if !under && !over {
            return Ok(number);
        }
        let bound = |bound: Option<f64>, open: &str| bound.map_or_else(|| open.to_owned(), |bound| bound.to_string());
        let hint = format!("values run from {} to {}", bound(self.min, "anything"), bound(self.max, "anything"));
        Err(wrong("out_of_range", hint))
    }

    /// The cell after everything that works on text; nothing where it is unknown.
    fn text<'c>(&self, cell: Cow<'c, str>) -> Result<Option<Cow<'c, str>>, Wrong> {
        let mut cell = trimmed(cell);
        if self.is_null(&cell) {
            return Ok(None);
        }
        if let Some(pattern) = &self.extract {
            let found = pattern.captures(&cell).and_then(|groups| groups.get(1)).map(|group| group.as_str().to_owned());
            match found {
                Some(found) => cell = Cow::Owned(found),
                None => return Ok(None),
            }
        }
        if self.strip_html {
            cell = Cow::Owned(super::html::text_of(&cell));
        }
        if self.extract.is_some() || self.strip_html {
            cell = trimmed(cell);
            if self.is_null(&cell) {
                return Ok(None);
            }
        }
        if let Some(words) = &self.words {
            match words.get(cell.as_ref()).or_else(|| words.get(&cell.to_lowercase())) {
                Some(word) if word.is_empty() => return Ok(None),
                Some(word) => cell = Cow::Owned(word.clone()),
                // A number among words is a number; a text among words of a text column stays as it is.
                None if self.kind == ColumnType::Text || value::number(&cell, self.notation).is_some() => {}
                None => {
                    let mut known: Vec<_> = words.keys().map(String::as_str).collect();
                    known.sort_unstable();
                    return Err(wrong("unknown_word", format!("write one of: {}", known.join(", "))));
                }
            }
        }
        match self.case {
            None => {}
            Some(Case::Upper) => cell = Cow::Owned(cell.to_uppercase()),
            Some(Case::Lower) => cell = Cow::Owned(cell.to_lowercase()),
        }
        if let Some(width) = self.pad.filter(|width| cell.len() < *width) {
            cell = Cow::Owned(format!("{cell:0>width$}"));
        }
        Ok(Some(cell))
    }

    fn is_null(&self, cell: &str) -> bool {
        cell.is_empty() || self.nulls.iter().any(|null| null == cell)
    }
}

/// Why a cell does not fit.
struct Wrong {
    cause: &'static str,
    hint: String,
}

fn wrong(cause: &'static str, hint: String) -> Wrong {
    Wrong { cause, hint }
}

struct Run<'a> {
    rule: &'a Rule,
    cells: Cells<'a>,
    columns: Vec<&'a Column>,
    faults: Vec<Fault>,
    carried: Option<String>,
}

impl<'a> Run<'a> {
    fn rows(&self) -> usize {
        self.cells.table.len()
    }

    fn texts(&mut self) -> TextColumn {
        let length = match self.columns.as_slice() {
            [Column { data: ColumnData::Text(text), .. }] => text.text.len(),
            _ => 0,
        };
        let rows = self.rows();
        let mut out = TextColumn {
            text: String::with_capacity(length),
            ends: Vec::with_capacity(rows + 1),
            valid: Vec::with_capacity(rows),
        };
        out.ends.push(0);
        for row in 0..rows {
            match self.cell(row) {
                Some(cell) => out.push(Some(&cell)),
                None => out.push(None),
            }
        }
        out
    }

    fn values<T: Default + Copy>(&mut self, parse: impl Fn(&Rule, &str) -> Result<T, Wrong>) -> Fixed<T> {
        let rows = self.rows();
        let mut out = Fixed { values: Vec::with_capacity(rows), valid: Vec::with_capacity(rows) };
        for row in 0..rows {
            let value = match self.cell(row) {
                None => None,
                Some(cell) => match parse(self.rule, &cell) {
                    Ok(value) => Some(value),
                    Err(wrong) => {
                        self.fault(row, wrong, &cell);
                        None
                    }
                },
            };
            out.push(value);
        }
        out
    }

    fn cell(&mut self, row: usize) -> Option<Cow<'a, str>> {
        let raw = self.raw(row);
        let text = match raw {
            None => None,
            Some(raw) => match self.rule.text(raw.clone()) {
                Ok(text) => text,
                Err(wrong) => {
                    self.fault(row, wrong, &raw);
                    return None;
                }
            },
        };
        if !self.rule.carry_down {
            return text;
        }
        match text {
            Some(text) => {
                if self.carried.as_deref() != Some(&text) {
                    self.carried = Some(text.clone().into_owned());
                }
                Some(text)
            }
            None => self.carried.clone().map(Cow::Owned),
        }
    }

    fn raw(&self, row: usize) -> Option<Cow<'a, str>> {
        match &self.rule.from {
            CellSource::Constant(text) => Some(Cow::Owned(text.clone())),
            CellSource::Link(dataset) => {
                let origin = self.cells.origin.map_or(row, |origin| origin[row]);
                self.cells.links.get(dataset)?.get(origin)?.as_deref().map(Cow::Borrowed)
            }
            CellSource::Columns { join, .. } => match self.columns.as_slice() {
                [] => None,
                [column] => raw_cell(column, row),
                columns => {
                    let parts: Vec<_> = columns.iter().filter_map(|column| raw_cell(column, row)).collect();
                    if parts.is_empty() { None } else { Some(Cow::Owned(parts.join(join.as_str()))) }
                }
            },
        }
    }

    fn fault(&mut self, row: usize, wrong: Wrong, found: &str) {
        let found = found.chars().take(200).collect();
        self.faults.push(Fault { row, cause: wrong.cause, found, hint: wrong.hint });
    }
}

fn raw_cell(column: &Column, row: usize) -> Option<Cow<'_, str>> {
    match &column.data {
        ColumnData::Text(text) => text.get(row).map(Cow::Borrowed),
        ColumnData::Integer(numbers) => numbers.get(row).map(|number| Cow::Owned(number.to_string())),
        _ => None,
    }
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}
