//! Columns as numbers that both models can read.
//!
//! Holds for each column its number, or one flag for each frequent category, and a flag where nothing is known. It must never look at
//! whether something happened.

use super::{ColumnValues, PredictionTable};
use std::collections::BTreeMap;
use std::ops::Range;

/// Categories of one column that have a flag of their own, the most frequent first.
const MOST_CATEGORIES: usize = 50;
/// Rows that a category must have.
const FEWEST_ROWS: usize = 5;

/// What a feature says of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// The number itself, NaN where nothing is known.
    Number,
    /// How long before the row's own time it lies.
    Before,
    /// 1 where it is this category.
    Category(u32),
    /// 1 where nothing is known.
    Unknown,
}

/// Features of rows, feature by feature.
#[derive(Clone, Debug)]
pub(super) struct Features {
    /// Number of rows.
    pub(super) rows: usize,
    values: Vec<f64>,
    layout: Vec<(usize, Kind)>,
}

impl Features {
    /// Features of these rows of a table.
    pub(super) fn of(table: &PredictionTable, rows: &[usize]) -> Self {
        let mut layout = Vec::new();
        for (number, column) in table.columns.iter().enumerate() {
            let unknown = match &column.values {
                ColumnValues::Numbers(values) | ColumnValues::Times(values) => {
                    let timed = matches!(column.values, ColumnValues::Times(_));
                    layout.push((number, if timed { Kind::Before } else { Kind::Number }));
                    rows.iter().any(|row| values[*row].is_nan())
                }
                ColumnValues::Categories(values) => {
                    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
                    rows.iter().filter_map(|row| values[*row]).for_each(|own| *counts.entry(own).or_default() += 1);
                    let mut frequent: Vec<(u32, usize)> =
                        counts.into_iter().filter(|(_, count)| *count >= FEWEST_ROWS).collect();
                    frequent.sort_by_key(|(category, count)| (usize::MAX - count, *category));
                    frequent.truncate(MOST_CATEGORIES);
                    layout.extend(frequent.into_iter().map(|(category, _)| (number, Kind::Category(category))));
                    rows.iter().any(|row| values[*row].is_none())
                }
            };
            if unknown {
                layout.push((number, Kind::Unknown));
            }
        }
        Self::filled(layout, table, rows)
    }

    /// The same features of other rows.
    pub(super) fn same_of(&self, table: &PredictionTable, rows: &[usize]) -> Self {
        Self::filled(self.layout.clone(), table, rows)
    }

    fn filled(layout: Vec<(usize, Kind)>, table: &PredictionTable, rows: &[usize]) -> Self {
        let flag = |is: bool| f64::from(u8::from(is));
        let mut values = Vec::with_capacity(layout.len() * rows.len());
        for (column, kind) in &layout {
            let column = &table.columns[*column].values;
            values.extend(rows.iter().map(|&row| match (column, kind) {
                (ColumnValues::Numbers(values) | ColumnValues::Times(values), Kind::Unknown) => {
                    flag(values[row].is_nan())
                }
                (ColumnValues::Numbers(values), _) => values[row],
                (ColumnValues::Times(values), _) => table.times[row] - values[row],
                (ColumnValues::Categories(values), Kind::Category(category)) => flag(values[row] == Some(*category)),
                (ColumnValues::Categories(values), _) => flag(values[row].is_none()),
            }));
        }
        Self { rows: rows.len(), values, layout }
    }

    /// One feature of all rows.
    pub(super) fn feature(&self, feature: usize) -> &[f64] {
        &self.values[feature * self.rows..(feature + 1) * self.rows]
    }

    /// The column that a feature is of.
    pub(super) fn column(&self, feature: usize) -> usize {
        self.layout[feature].0
    }

    /// Features of wanted columns that have two different values in the first `rows` rows.
    pub(super) fn telling(&self, rows: usize, wanted: &dyn Fn(usize) -> bool) -> Vec<usize> {
        let tells = |feature: &usize| {
            let mut known = self.feature(*feature)[..rows].iter().filter(|value| !value.is_nan());
            let first = known.next();
            first.is_some_and(|first| known.any(|other| other != first))
        };
        (0..self.layout.len()).filter(|feature| wanted(self.column(*feature))).filter(tells).collect()
    }

    /// Some features of a range of rows, feature by feature.
    pub(super) fn copied(&self, kept: &[usize], rows: Range<usize>) -> Vec<f64> {
        kept.iter().flat_map(|feature| self.feature(*feature)[rows.clone()].iter().copied()).collect()
    }
}
