//! Identifiers of rows, and which rows say what an earlier one said. Must never depend on the order of a hash table.

use super::file::Doubles;
use model::table::ColumnData;
use model::{Column, Table, content_id};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// Rows to hash on one thread at least.
const ROWS_PER_TASK: usize = 2_048;

/// What must be remembered of the rows of earlier parts: hashes of 128 bits only.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// How many different rows had this key.
    keys: FxHashMap<u128, u32>,
    /// The content of whole rows.
    rows: FxHashSet<u128>,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// The first of its key.
    New(String),
    /// Says exactly what an earlier row said; the identifier is that row's.
    Doubled(String),
    /// Has the key of an earlier row and says something else; the identifier adds an ordinal.
    OtherContent(String),
}

/// What [`identify`] works on.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) dataset: &'a str,
    /// Typed columns.
    pub(super) columns: &'a [Column],
    /// Numbers of the columns that tell rows apart; none where all do.
    pub(super) key: &'a [usize],
    pub(super) doubles: Doubles,
    /// The rows as they were read: two rows are doubles only where the file says exactly the same.
    pub(super) read: &'a Table,
    /// False for rows that are left out already.
    pub(super) kept: &'a [bool],
}

/// Gives each row its identifier.
pub(super) fn identify(rows: Rows<'_>, seen: &mut Seen) -> Vec<Option<Standing>> {
    let all: Vec<usize> = (0..rows.columns.len()).collect();
    let key = if rows.key.is_empty() { all.as_slice() } else { rows.key };
    let read: Vec<(u32, &Column)> = (0..).zip(rows.read.columns()).filter(|(_, column)| !is_system(column)).collect();
    let hashes: Vec<Option<(String, Option<u128>)>> = (0..rows.kept.len())
        .into_par_iter()
        .with_min_len(ROWS_PER_TASK)
        .map_init(Vec::new, |buffer, row| {
            if !rows.kept[row] {
                return None;
            }
            buffer.clear();
            key.iter().for_each(|&column| put(buffer, &rows.columns[column], row));
            let id = content_id([rows.dataset.as_bytes(), buffer.as_slice()]);
            if rows.key.is_empty() && rows.doubles == Doubles::Keep {
                // The identifier is that of the whole row, and equal rows are as many things: nothing else tells them apart.
                return Some((id, None));
            }
            buffer.clear();
            // The identifier goes in as well: rows of turned columns may differ only in what they link to.
            buffer.extend_from_slice(id.as_bytes());
            for (number, column) in &read {
                // Columns that show up late in a file are unknown before: what is unknown must not count.
                if let Some(text) = column.text(row) {
                    buffer.extend_from_slice(&number.to_le_bytes());
                    put_text(buffer, text);
                }
            }
            Some((id, Some(bits(&content_id([buffer.as_slice()])))))
        })
        .collect();
    hashes.into_iter().map(|hash| hash.map(|(id, content)| seen.add(id, content, rows.doubles))).collect()
}

fn is_system(column: &Column) -> bool {
    matches!(column.name.as_str(), "_line" | "_record")
}

impl Seen {
    /// `content` is that of the whole row as it was read; `None` where the key says all of it.
    fn add(&mut self, id: String, content: Option<u128>, doubles: Doubles) -> Standing {
        let key = bits(&id);
        let again = match content {
            Some(content) => !self.rows.insert(content),
            None => self.keys.contains_key(&key),
        };
        if again && doubles == Doubles::LeaveOut {
            return Standing::Doubled(id);
        }
        let count = self.keys.entry(key).or_insert(0);
        *count += 1;
        if *count == 1 {
            return Standing::New(id);
        }
        let ordinal = content_id([id.as_bytes(), &count.to_le_bytes()]);
        // Where equal rows are kept, a further one is nothing to look at.
        if again { Standing::New(ordinal) } else { Standing::OtherContent(ordinal) }
    }
}

/// The 128 bits of a content identifier.
fn bits(id: &str) -> u128 {
    u128::from_str_radix(id, 16).expect("a content identifier is 32 hexadecimal digits")
}

/// One value as bytes: what is unknown differs from every value, and each value tells its own length.
fn put(buffer: &mut Vec<u8>, column: &Column, row: usize) {
    let mut fixed = |value: Option<[u8; 8]>| match value {
        None => buffer.push(0),
        Some(bytes) => {
            buffer.push(1);
            buffer.extend_from_slice(&bytes);
        }
    };
    match &column.data {
        ColumnData::Integer(values) | ColumnData::Timestamp(values) => fixed(values.get(row).map(i64::to_le_bytes)),
        ColumnData::Number(values) => fixed(values.get(row).map(|number| (number + 0.0).to_bits().to_le_bytes())),
        ColumnData::Flag(values) => fixed(values.get(row).map(|flag| u64::from(flag).to_le_bytes())),
        ColumnData::Date(values) => fixed(values.get(row).map(|days| i64::from(days).to_le_bytes())),
        ColumnData::Text(values) => match values.get(row) {
            None => buffer.push(0),
            Some(text) => {
                buffer.push(1);
                put_text(buffer, text);
            }
        },
    }
}

fn put_text(buffer: &mut Vec<u8>, text: &str) {
    buffer.extend_from_slice(&(text.len() as u64).to_le_bytes());
    buffer.extend_from_slice(text.as_bytes());
}
