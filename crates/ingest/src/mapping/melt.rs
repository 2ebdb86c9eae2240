//! Turns a group of columns into rows: 48 columns of answers become rows of question, answer and percent. Pure.

use model::table::{ColumnData, TextColumn};
use model::{Column, Table};
use regex::Regex;

/// Which columns become rows, and under which names.
#[derive(Clone, Debug)]
pub(super) struct Melt {
    /// Pattern of the columns' names.
    pub(super) columns: Regex,
    /// Name of the column that takes the cells.
    pub(super) value: String,
    /// Whether an empty cell makes a row.
    pub(super) keep_empty: bool,
}

impl Melt {
    /// Names of the columns that the pattern's groups make, and the one of the cells.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.capture_names().flatten().chain([self.value.as_str()])
    }

    /// The rows, with those of the other columns that are wanted, and for each the row it comes from.
    pub(super) fn apply(&self, table: &Table, wanted: &[&str]) -> (Table, Vec<usize>) {
        let groups: Vec<&str> = self.columns.capture_names().flatten().collect();
        let melted: Vec<(&Column, Vec<&str>)> = table
            .columns()
            .iter()
            .filter_map(|column| {
                let found = self.columns.captures(&column.name)?;
                let told = groups.iter().map(|group| found.name(group).map_or("", |text| text.as_str())).collect();
                Some((column, told))
            })
            .collect();
        let mut origin = Vec::new();
        let mut told = vec![TextColumn::default(); groups.len()];
        let mut value = TextColumn::default();
        for row in 0..table.len() {
            for (column, names) in &melted {
                let cell = column.text(row);
                if cell.is_none_or(|cell| cell.trim().is_empty()) && !self.keep_empty {
                    continue;
                }
                origin.push(row);
                value.push(cell);
                for (column, name) in told.iter_mut().zip(names) {
                    column.push(Some(name));
                }
            }
        }
        let text = |name: &str, column| Column { name: name.to_owned(), data: ColumnData::Text(column) };
        let mut columns: Vec<Column> = groups.iter().zip(told).map(|(name, column)| text(name, column)).collect();
        columns.push(text(&self.value, value));
        let others = table.columns().iter().filter(|column| {
            let name = column.name.as_str();
            (wanted.contains(&name) || matches!(name, "_line" | "_record")) && self.names().all(|made| made != name)
        });
        columns.extend(others.map(|column| repeat(column, &origin)));
        (Table::from_columns(columns).expect("every column has one value for each row, under its own name"), origin)
    }
}

fn repeat(column: &Column, rows: &[usize]) -> Column {
    let mut out = Column::new(&column.name, column.kind());
    for &row in rows {
        match (&mut out.data, &column.data) {
            (ColumnData::Text(out), ColumnData::Text(column)) => out.push(column.get(row)),
            _ => out.push(column.value(row)).expect("a column takes its own values"),
        }
    }
    out
}
