//! What could be read of a column, and what not.
//!
//! Holds what is told of dates, numbers and places. It must never call a value read that counts as unknown.

use super::Source;
use crate::compare::Reads;
use crate::dates::Orders;
use crate::spec::LinkError;
use std::borrow::Cow;

/// How the values of a column of one table were read, where not every text can be: dates, numbers and places.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// `left` or `right`.
    pub side: &'static str,
    /// The column; two that make one value with `and` between them.
    pub column: String,
    /// As what its values were read.
    pub reads: Reads,
    /// Records with a value.
    pub values: u64,
    /// Those of them whose value could not be read: it counts as unknown.
    pub unread: u64,
    /// The row of the first of these, from 0, and its value.
    pub first_unread: Option<(usize, String)>,
    /// What dates say of the order of day and month.
    pub orders: Orders,
}

impl Reading {
    /// # Errors
    /// Where none of the values can be read.
    pub(super) fn new(
        source: &Source<'_>,
        reads: Reads,
        codes: &[u32],
        raw: &[Cow<'_, str>],
        unread: &[Option<bool>],
        orders: Orders,
    ) -> Result<Self, LinkError> {
        let state = |code: &u32| unread.get(*code as usize).copied().flatten();
        let (mut values, mut not_read) = (0, 0);
        for code in codes {
            values += u64::from(state(code).is_some());
            not_read += u64::from(state(code) == Some(true));
        }
        let first = codes.iter().position(|code| state(code) == Some(true));
        let first_unread = first.map(|row| (row, raw[codes[row] as usize].trim().to_owned()));
        let column = source.name.clone();
        match first_unread {
            Some((row, value)) if not_read == values => {
                Err(LinkError::Unread { side: source.side, column, reads, values, row, value })
            }
            first_unread => {
                Ok(Self { side: source.side, column, reads, values, unread: not_read, first_unread, orders })
            }
        }
    }
}
