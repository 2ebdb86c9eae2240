//! New rows of a received file against the rows a Dataset already has. Pure; must never lose a row of another file.

use crate::source::Holds;
use model::table::{Column, ColumnData, Fixed, TableError, TextColumn};
use model::{ColumnType, Table};
use std::collections::{HashMap, HashSet};

/// Columns that say where a row comes from; two rows that differ only in these say the same.
pub const SYSTEM_COLUMNS: [&str; 7] =
    ["_source", "_standing", "_activity", "_recorded_at", "_received", "_file", "_place"];

/// Where the rows of one received file come from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Name of the Source.
    pub source: String,
    /// `official`, `community` or `contributor`.
    pub standing: String,
    /// Id of the Activity.
    pub activity: String,
    /// When the rows are recorded.
    pub recorded_at: model::Timestamp,
    /// Hash of the received bytes.
    pub received: String,
    /// Name of the received file.
    pub file: String,
}

/// What a received file changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Rows that are new.
    pub added: usize,
    /// Rows whose content differs from before.
    pub changed: usize,
    /// Rows that are gone.
    pub removed: usize,
    /// Rows that are as before.
    pub unchanged: usize,
}

impl Changes {
    /// True where the Dataset is as it was.
    pub fn none(&self) -> bool {
        self.added + self.changed + self.removed == 0
    }
}

/// Marks rows with their origin. The rows carry `_id` and, where the format knows it, `_place`.
///
/// # Errors
/// Where a mapping gave a column the name of a system column.
pub fn mark(mut rows: Table, origin: &Origin) -> Result<Table, TableError> {
    let length = rows.len();
    let texts = [
        ("_source", &origin.source),
        ("_standing", &origin.standing),
        ("_activity", &origin.activity),
        ("_received", &origin.received),
        ("_file", &origin.file),
    ];
    for (name, text) in texts {
        let data = ColumnData::Text(TextColumn::repeated(text, length));
        rows.add_column(Column { name: name.to_owned(), data })?;
    }
    let recorded_at = Fixed::repeated(Some(origin.recorded_at.as_microsecond()), length);
    rows.add_column(Column { name: "_recorded_at".to_owned(), data: ColumnData::Timestamp(recorded_at) })?;
    if rows.column("_place").is_none() {
        let unknown = ColumnData::Integer(Fixed::repeated(None, length));
        rows.add_column(Column { name: "_place".to_owned(), data: unknown })?;
    }
    Ok(rows)
}

/// Puts marked new rows together with the rows there are. A row that says the same as before keeps its old origin.
///
/// # Errors
/// Where a column holds another kind of values than before.
pub fn merge(existing: &Table, new: &Table, origin: &Origin, holds: Holds) -> Result<(Table, Changes), TableError> {
    let mut merged = Table::default();
    let shape = shape(existing, new);
    let rows_before: HashMap<&str, usize> =
        (0..existing.len()).filter_map(|row| Some((existing.text(row, "_id")?, row))).collect();
    let ids_now: HashSet<&str> = (0..new.len()).filter_map(|row| new.text(row, "_id")).collect();
    let mut changes = Changes::default();

    let stays = |row: usize| {
        let of_this_file = existing.text(row, "_source") == Some(&*origin.source)
            && existing.text(row, "_file") == Some(&*origin.file);
        let gone = of_this_file && holds == Holds::Everything;
        let replaced = existing.text(row, "_id").is_some_and(|id| ids_now.contains(id));
        (!gone || replaced, replaced)
    };
    let kept: Vec<usize> = (0..existing.len()).filter(|row| stays(*row) == (true, false)).collect();
    changes.removed = (0..existing.len()).filter(|row| !stays(*row).0).count();

    // Each new row is taken from `existing` where it says the same, so that its first origin stays.
    let mut picks: Vec<Pick> = kept.into_iter().map(Pick::Before).collect();
    for row in 0..new.len() {
        let before = new.text(row, "_id").and_then(|id| rows_before.get(id).copied());
        picks.push(match before {
            None => {
                changes.added += 1;
                Pick::New(row)
            }
            Some(earlier) if says_the_same(existing, earlier, new, row, &shape) => {
                changes.unchanged += 1;
                Pick::Before(earlier)
            }
            Some(_) => {
                changes.changed += 1;
                Pick::New(row)
            }
        });
    }
    for (name, kind) in &shape {
        let mut column = Column::new(name, *kind);
        for pick in &picks {
            let value = match pick {
                Pick::Before(row) => existing.value(*row, name),
                Pick::New(row) => new.value(*row, name),
            };
            column.push(value).map_err(|value| TableError::Kind { column: name.clone(), kind: *kind, value })?;
        }
        merged.add_column(column)?;
    }
    Ok((merged, changes))
}

#[derive(Clone, Copy)]
enum Pick {
    Before(usize),
    New(usize),
}

/// Columns of both tables; where they hold whole numbers on one side and numbers on the other, numbers.
fn shape(existing: &Table, new: &Table) -> Vec<(String, ColumnType)> {
    let mut shape: Vec<(String, ColumnType)> =
        existing.columns().iter().map(|column| (column.name.clone(), column.kind())).collect();
    for column in new.columns() {
        match shape.iter_mut().find(|(name, _)| *name == column.name) {
            None => shape.push((column.name.clone(), column.kind())),
            Some((_, kind)) if *kind == ColumnType::Integer && column.kind() == ColumnType::Number => {
                *kind = ColumnType::Number;
            }
            Some(_) => {}
        }
    }
    shape
}

fn says_the_same(existing: &Table, earlier: usize, new: &Table, row: usize, shape: &[(String, ColumnType)]) -> bool {
    shape
        .iter()
        .filter(|(name, _)| !SYSTEM_COLUMNS.contains(&name.as_str()))
        .all(|(name, _)| existing.value(earlier, name) == new.value(row, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[(&str, i64)]) -> Table {
        let mut table = Table::with_columns(&[("_id", ColumnType::Text), ("beds", ColumnType::Integer)]);
        for (id, beds) in rows {
            table.push_row(vec![(*id).into(), (*beds).into()]).expect("the row fits");
        }
        table
    }

    fn origin(file: &str, activity: &str) -> Origin {
        let recorded_at = "2026-11-25T05:30:00Z".parse().expect("a moment");
        let [source, standing, activity, received, file] = ["s", "official", activity, "hash", file].map(str::to_owned);
        Origin { source, standing, activity, recorded_at, received, file }
    }

    #[test]
    fn a_file_that_holds_everything_takes_back_what_it_no_longer_says() {
        let first = origin("a.csv", "1");
        let before = mark(rows(&[("x", 1), ("y", 2), ("z", 3)]), &first).expect("marks");
        let second = origin("a.csv", "2");
        let now = mark(rows(&[("x", 1), ("y", 9), ("w", 4)]), &second).expect("marks");
        let (merged, changes) = merge(&before, &now, &second, Holds::Everything).expect("merges");
        assert_eq!(changes, Changes { added: 1, changed: 1, removed: 1, unchanged: 1 });
        let told: Vec<_> =
            (0..merged.len()).map(|row| (merged.text(row, "_id"), merged.text(row, "_activity"))).collect();
        assert_eq!(told, [(Some("x"), Some("1")), (Some("y"), Some("2")), (Some("w"), Some("2"))]);
    }

    #[test]
    fn news_and_other_files_take_nothing_back_and_twice_changes_nothing() {
        let first = origin("a.csv", "1");
        let before = mark(rows(&[("x", 1), ("y", 2)]), &first).expect("marks");
        let (same, changes) = merge(&before, &before, &first, Holds::News).expect("merges");
        assert!(changes.none());
        assert_eq!(same, before);
        let other = origin("b.csv", "2");
        let news = mark(rows(&[("w", 4)]), &other).expect("marks");
        for holds in [Holds::News, Holds::Everything] {
            let (merged, changes) = merge(&before, &news, &other, holds).expect("merges");
            assert_eq!((merged.len(), changes.added, changes.removed), (3, 1, 0));
        }
    }
}
