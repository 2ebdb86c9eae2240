//! Gathers rows of text into parts of bounded size. Must never look into a value.

use crate::{Limits, Reading, Sink};
use model::table::{ColumnData, Fixed, TextColumn};
use model::{Column, Place, Problem, Severity, Table};
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

/// Rows of the part that is being filled. Columns keep their order over all parts of a file.
pub(crate) struct Chunk {
    names: Vec<String>,
    numbers: HashMap<String, usize>,
    columns: Vec<TextColumn>,
    lines: Option<Fixed<i64>>,
    records: Fixed<i64>,
    problems: Vec<Problem>,
    bytes: usize,
    limits: Limits,
    fixed_columns: bool,
}

/// Where a record begins.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Start {
    /// Line, from 1; meant only where the chunk keeps lines.
    pub(crate) line: u64,
    /// Number of the record, from 1.
    pub(crate) record: u64,
}

impl Chunk {
    pub(crate) fn new(limits: Limits, with_lines: bool, fixed_columns: bool) -> Self {
        Self {
            names: Vec::new(),
            numbers: HashMap::new(),
            columns: Vec::new(),
            lines: with_lines.then(Fixed::default),
            records: Fixed::default(),
            problems: Vec::new(),
            bytes: 0,
            limits,
            fixed_columns,
        }
    }

    /// Number of a column, which is added where it is new; `None` once there are too many.
    pub(crate) fn column(&mut self, name: &str) -> Option<usize> {
        if let Some(&number) = self.numbers.get(name) {
            return Some(number);
        }
        if self.columns.len() >= self.limits.columns {
            return None;
        }
        let mut column = TextColumn::default();
        for _ in 0..self.records.values.len() {
            column.push(None);
        }
        self.columns.push(column);
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), self.columns.len() - 1);
        Some(self.columns.len() - 1)
    }

    /// Text columns, to be filled by whoever fills every one of them for each row and then calls [`Chunk::end_row`].
    pub(crate) fn columns_mut(&mut self) -> &mut [TextColumn] {
        &mut self.columns
    }

    /// Puts a value into the row that is being filled; a second value for one column is left out with a Problem.
    pub(crate) fn put(&mut self, name: &str, value: &str, start: Start) {
        if value.len() > self.limits.cell_bytes {
            self.problem(too_long(value, self.limits.cell_bytes, start, name));
            return;
        }
        let Some(number) = self.column(name) else {
            let hint =
                format!("a file has at most {} columns; choose the records by a longer path", self.limits.columns);
            let place = self.place(start, Some(name));
            self.problem(Problem::new("too_many_columns", Severity::ValueLeftOut, place, value, hint));
            return;
        };
        if self.columns[number].valid.len() > self.records.values.len() {
            let place = self.place(start, Some(name));
            let hint = "a record names each value once";
            self.problem(Problem::new("repeated_name", Severity::ValueLeftOut, place, value, hint));
            return;
        }
        self.columns[number].push(Some(value));
        self.bytes += value.len();
    }

    /// Ends the row: columns without a value in it are unknown.
    pub(crate) fn end_row(&mut self, start: Start, bytes: usize) {
        if let Some(lines) = &mut self.lines {
            lines.push(i64::try_from(start.line).ok());
        }
        self.records.push(i64::try_from(start.record).ok());
        self.bytes += bytes;
        let rows = self.records.values.len();
        for column in &mut self.columns {
            if column.valid.len() < rows {
                column.push(None);
            }
        }
    }

    pub(crate) fn problem(&mut self, problem: Problem) {
        self.bytes += 256;
        self.problems.push(problem);
    }

    pub(crate) fn place(&self, start: Start, column: Option<&str>) -> Place {
        Place {
            file: String::new(),
            line: self.lines.as_ref().map(|_| start.line),
            record: Some(start.record),
            column: column.map(str::to_owned),
        }
    }

    /// True once the part should be handed over.
    pub(crate) fn is_full(&self) -> bool {
        self.records.values.len() >= self.limits.chunk_rows || self.bytes >= self.limits.chunk_bytes
    }

    /// Hands the part over and begins the next one.
    pub(crate) fn hand_over(&mut self, sink: &mut Sink<'_>) -> ControlFlow<()> {
        let mut columns: Vec<Column> = Vec::with_capacity(self.columns.len() + 2);
        for (name, column) in self.names.iter().zip(&mut self.columns) {
            let next = TextColumn {
                text: String::with_capacity(column.text.len()),
                ends: Vec::with_capacity(column.ends.len()),
                valid: Vec::with_capacity(column.valid.len()),
            };
            let full = std::mem::replace(column, next);
            column.ends.push(0);
            columns.push(Column { name: name.clone(), data: ColumnData::Text(full) });
        }
        if let Some(lines) = &mut self.lines {
            columns.push(Column { name: "_line".to_owned(), data: ColumnData::Integer(std::mem::take(lines)) });
        }
        let records = std::mem::take(&mut self.records);
        columns.push(Column { name: "_record".to_owned(), data: ColumnData::Integer(records) });
        self.bytes = 0;
        sink(Reading {
            table: Table::from_columns(columns).expect("names are unique and every row fills every column"),
            problems: std::mem::take(&mut self.problems),
            fixed_columns: self.fixed_columns,
        })
    }

    /// Hands over what is left; also where it is nothing, so that a file without rows still shows its columns.
    pub(crate) fn finish(mut self, handed_over: bool, sink: &mut Sink<'_>) {
        if !handed_over || !self.records.values.is_empty() || !self.problems.is_empty() {
            // The reading is at its end, whatever the sink says.
            let _ended = self.hand_over(sink);
        }
    }
}

/// A name that no column of a file has yet: system names and repeated names get a number.
pub(crate) fn free_name(name: &str, position: usize, taken: &HashSet<String>) -> String {
    let base = match name.trim() {
        "" => format!("column_{}", position + 1),
        trimmed => trimmed.chars().take(1_000).collect(),
    };
    let free = |name: &str| !taken.contains(name) && !matches!(name, "_line" | "_record");
    if free(&base) {
        return base;
    }
    (2..).map(|number| format!("{base}_{number}")).find(|name| free(name)).expect("numbers do not run out")
}

pub(crate) fn too_long(value: &str, limit: usize, start: Start, column: &str) -> Problem {
    let place = Place {
        line: Some(start.line).filter(|line| *line > 0),
        record: Some(start.record),
        column: Some(column.to_owned()),
        ..Place::default()
    };
    let hint = format!("a cell has at most {limit} bytes, this one has {}", value.len());
    Problem::new("cell_too_long", Severity::ValueLeftOut, place, value, hint)
}
