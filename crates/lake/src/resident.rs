//! Tables kept in memory under a budget, least recently used first out. Must never answer with another version than asked.

use crate::Version;
use model::Table;
use model::table::ColumnData;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is kept, and how much of it may be.
#[derive(Debug)]
pub struct Resident {
    budget_bytes: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    tables: HashMap<(String, Version), Entry>,
    bytes: usize,
    turn: u64,
}

#[derive(Debug)]
struct Entry {
    table: Arc<Table>,
    bytes: usize,
    last_turn: u64,
}

impl Resident {
    pub(crate) fn new(budget_bytes: usize) -> Self {
        Self { budget_bytes, kept: Mutex::default() }
    }

    /// Bytes in use now.
    pub fn bytes(&self) -> usize {
        self.kept().bytes
    }

    pub(crate) fn get(&self, dataset: &str, version: Version) -> Option<Arc<Table>> {
        let mut kept = self.kept();
        kept.turn += 1;
        let turn = kept.turn;
        let entry = kept.tables.get_mut(&(dataset.to_owned(), version))?;
        entry.last_turn = turn;
        Some(entry.table.clone())
    }

    /// Keeps a table, and lets go of those that were not asked for the longest. A table over the whole budget is not kept.
    pub(crate) fn put(&self, dataset: &str, version: Version, table: Arc<Table>) {
        let bytes = size(&table);
        if bytes > self.budget_bytes {
            return;
        }
        let mut kept = self.kept();
        kept.turn += 1;
        let entry = Entry { table, bytes, last_turn: kept.turn };
        kept.bytes += bytes;
        if let Some(earlier) = kept.tables.insert((dataset.to_owned(), version), entry) {
            kept.bytes -= earlier.bytes;
        }
        while kept.bytes > self.budget_bytes {
            let oldest = kept.tables.iter().min_by_key(|(_, entry)| entry.last_turn).map(|(key, _)| key.clone());
            let Some(entry) = oldest.and_then(|key| kept.tables.remove(&key)) else { break };
            kept.bytes -= entry.bytes;
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn size(table: &Table) -> usize {
    table
        .columns()
        .iter()
        .map(|column| match &column.data {
            ColumnData::Text(text) => text.text.capacity() + text.ends.capacity() * 4 + text.valid.capacity(),
            ColumnData::Integer(fixed) | ColumnData::Timestamp(fixed) => fixed.values.capacity() * 9,
            ColumnData::Number(fixed) => fixed.values.capacity() * 9,
            ColumnData::Flag(fixed) => fixed.values.capacity() * 2,
            ColumnData::Date(fixed) => fixed.values.capacity() * 5,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ColumnType;

    fn table(rows: i64) -> Arc<Table> {
        let mut table = Table::with_columns(&[("n", ColumnType::Integer)]);
        for number in 0..rows {
            table.push_row(vec![number.into()]).expect("a number fits");
        }
        Arc::new(table)
    }

    #[test]
    fn what_was_not_asked_for_the_longest_goes_first() {
        let one = size(&table(100));
        let resident = Resident::new(one * 2);
        resident.put("a", 0, table(100));
        resident.put("b", 0, table(100));
        assert!(resident.get("a", 0).is_some());
        resident.put("c", 0, table(100));
        assert!(resident.get("b", 0).is_none());
        assert!(resident.get("a", 0).is_some() && resident.get("c", 0).is_some());
        assert!(resident.get("a", 1).is_none(), "another version is another table");
        assert!(resident.bytes() <= one * 2);
    }
}
