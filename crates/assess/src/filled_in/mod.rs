//! Values that look filled in rather than measured: the same constants in many columns of many rows.
//!
//! Holds a general search over the number columns of a table. It must never know a certain table, value or column, and
//! never call a natural mode (all answered "always", no fall this quarter) filled in.
//!
//! A column counts as measured finely when it takes many values. Rows that share their values in several such columns
//! are a suspicion where independent columns would hardly ever agree so often. Columns that depend on each other agree
//! more often, but never without near misses: where measured rows share all values, many more share all but one or two.
//! Constants that were filled in have no near misses, and they pile up where neighbouring
//! values do not. Only such suspicions are given.

mod pattern;

use crate::AssessError;
use model::{ColumnType, Table};

/// How filled-in values are looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct FilledInSettings {
    /// Different values from which a column counts as measured finely.
    pub least_values: usize,
    /// Greatest share of the other rows that may hold a constant by nature.
    pub most_natural: f64,
    /// Fine columns that must share the constants.
    pub least_columns: usize,
    /// Rows that must share them.
    pub least_rows: usize,
    /// Greatest probability of so many such rows by chance if columns were independent.
    pub most_chance: f64,
    /// Greatest number of near misses for each row found.
    pub most_near_misses: f64,
    /// Least share of the rows found by which the constants stick out above their neighbouring values.
    pub least_pile: f64,
}

impl Default for FilledInSettings {
    /// Ten values, a quarter natural, five columns, ten rows, a chance of one in a million, one near miss for each row
    /// (columns that agree naturally in five cases of six would have as many),
    /// half of the rows seen as a pile.
    fn default() -> Self {
        Self {
            least_values: 10,
            most_natural: 0.25,
            least_columns: 5,
            least_rows: 10,
            most_chance: 1e-6,
            most_near_misses: 1.0,
            least_pile: 0.5,
        }
    }
}

/// Rows that share constants which look filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct FilledIn {
    /// The fine columns with their constants, in the table's order: what was tested.
    pub constants: Vec<(String, f64)>,
    /// Other number columns in which all these rows are the same too, such as stars.
    pub also_constant: Vec<(String, f64)>,
    /// The rows, counted from 0, rising.
    pub rows: Vec<usize>,
    /// Natural logarithm of the number of such rows that independence would let expect.
    pub log_expected: f64,
    /// Rows that share all constants but one or two.
    pub near_misses: usize,
}

/// Every set of rows whose values look filled in, largest first. A row may be in several.
pub fn find(table: &Table, settings: &FilledInSettings) -> Result<Vec<FilledIn>, AssessError> {
    if settings.least_columns < 3 || settings.least_rows < 3 {
        let found = format!("{} columns, {} rows", settings.least_columns, settings.least_rows);
        return Err(AssessError::Setting { name: "least_columns, least_rows", found, write: "3 or more for both" });
    }
    let numbers: Vec<NumberColumn> = table
        .columns()
        .iter()
        .filter(|column| matches!(column.kind(), ColumnType::Integer | ColumnType::Number))
        .map(|column| NumberColumn::of(&column.name, (0..table.len()).map(|row| column.number(row)).collect()))
        .collect();
    Ok(pattern::search(&numbers, table.len(), settings))
}

/// A column of numbers, each value numbered.
pub(crate) struct NumberColumn {
    pub(crate) name: String,
    /// Different values, rising.
    pub(crate) values: Vec<f64>,
    /// Number of the value of each row; [`NOTHING`] where blank.
    pub(crate) codes: Vec<u32>,
    /// Rows of each value.
    pub(crate) counts: Vec<usize>,
    /// Rows with a value.
    pub(crate) filled: usize,
}

/// Code of a blank.
pub(crate) const NOTHING: u32 = u32::MAX;

impl NumberColumn {
    fn of(name: &str, numbers: Vec<Option<f64>>) -> Self {
        let mut values: Vec<f64> = numbers.iter().flatten().copied().collect();
        let filled = values.len();
        values.sort_by(f64::total_cmp);
        values.dedup();
        let mut counts = vec![0; values.len()];
        let codes = numbers
            .iter()
            .map(|number| {
                let Some(number) = number else { return NOTHING };
                let code = values.partition_point(|value| value < number);
                counts[code] += 1;
                code as u32
            })
            .collect();
        Self { name: name.to_owned(), values, codes, counts, filled }
    }
}

#[cfg(test)]
mod tests;
