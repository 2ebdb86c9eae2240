//! The rows of one or two tables, ready to compare: each column coded, each distinct value prepared once.
//!
//! Holds memory layout only. Must never hold a rule of likeness. Records are numbered through: the rows of the left table,
//! then those of the right one.

mod coded;
mod reading;
#[cfg(test)]
mod tests;

pub(crate) use coded::number;
pub use coded::{CodedColumn, UNKNOWN};
pub use reading::Reading;

use crate::compare::Reads;
use crate::dates::Orders;
use crate::spec::LinkError;
use coded::intern_raw;
use model::{Column, Table};
use rayon::prelude::*;
use std::borrow::Cow;
use std::sync::Arc;

/// One or two tables side by side.
#[derive(Clone, Copy)]
pub struct Records<'t> {
    /// The left table, or the only one.
    pub left: &'t Table,
    /// The right table.
    pub right: Option<&'t Table>,
}

impl<'t> Records<'t> {
    /// Number of records of both tables.
    pub fn len(&self) -> usize {
        self.left.len() + self.right.map_or(0, Table::len)
    }

    /// True without records.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The table of a record, and its row there.
    pub fn at(&self, record: u32) -> (&'t Table, usize) {
        let row = record as usize;
        match self.right {
            Some(right) if row >= self.left.len() => (right, row - self.left.len()),
            _ => (self.left, row),
        }
    }

    /// Codes a column, or two that make one value.
    fn code(&self, left: &[String], right: &[String], reads: Reads) -> Result<CodedColumn, LinkError> {
        let sides = [("left", Some(self.left), left), ("right", self.right, right)];
        let mut sources = Vec::new();
        for (side, table, names) in sides {
            let Some(table) = table else { continue };
            let columns = names.iter().map(|name| column(table, name, side)).collect::<Result<Vec<_>, _>>()?;
            sources.push(Source { side, name: names.join(" and "), columns, rows: table.len() });
        }
        let (raw_codes, raw, begins) = intern_raw(&sources, self.len(), reads == Reads::Date);
        let mut orders = vec![Orders::default(); sources.len()];
        if reads == Reads::Date {
            for (at, orders) in orders.iter_mut().enumerate() {
                let end = begins.get(at + 1).copied().unwrap_or(raw.len());
                *orders = Orders::of(raw[begins[at]..end].iter().map(Cow::as_ref));
            }
        }
        // Within one table, and where both share their texts, the last order is that of all.
        let order_of = |text: usize| orders[begins.partition_point(|begin| *begin <= text) - 1].taken();
        let (mut column, unread) = CodedColumn::new(&raw_codes, &raw, reads, order_of);
        if matches!(reads, Reads::Date | Reads::Number | Reads::Place) {
            let mut rest = raw_codes.as_slice();
            for (source, orders) in sources.iter().zip(orders) {
                let (own, others) = rest.split_at(source.rows);
                rest = others;
                column.readings.push(Reading::new(source, reads, own, &raw, &unread, orders)?);
            }
        }
        Ok(column)
    }
}

/// A column of one table, or two that make one value, before it is coded.
struct Source<'t> {
    side: &'static str,
    name: String,
    columns: Vec<&'t Column>,
    rows: usize,
}

/// Coded columns, each made once, for all rules and comparisons that read them.
pub struct Columns<'t> {
    records: Records<'t>,
    known: Vec<Known>,
}

/// What is read of which columns of the left and of the right table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The column of the left table, or two that make one value.
    pub left: Vec<String>,
    /// The same of the right table.
    pub right: Vec<String>,
    /// How they are read.
    pub reads: Reads,
}

/// What was coded, and its codes.
struct Known {
    wanted: Wanted,
    column: Arc<CodedColumn>,
}

impl<'t> Columns<'t> {
    /// No column yet.
    pub fn new(records: Records<'t>) -> Self {
        Self { records, known: Vec::new() }
    }

    /// Codes columns on all cores, those that are not known yet.
    pub fn prepare(&mut self, wanted: Vec<Wanted>) -> Result<(), LinkError> {
        let mut open: Vec<Wanted> = Vec::new();
        for mut one in wanted {
            // Within one table only the left names are read.
            if self.records.right.is_none() {
                one.right = one.left.clone();
            }
            if self.find(&one).is_none() && !open.contains(&one) {
                open.push(one);
            }
        }
        let code = |wanted: Wanted| {
            let column = Arc::new(self.records.code(&wanted.left, &wanted.right, wanted.reads)?);
            Ok(Known { wanted, column })
        };
        let made = open.into_par_iter().map(code).collect::<Vec<Result<Known, LinkError>>>();
        for known in made {
            self.known.push(known?);
        }
        Ok(())
    }

    fn find(&self, wanted: &Wanted) -> Option<&Arc<CodedColumn>> {
        self.known.iter().find(|known| known.wanted == *wanted).map(|known| &known.column)
    }

    /// A column, or two that make one value, coded.
    pub fn get(&mut self, left: &[String], right: &[String], reads: Reads) -> Result<Arc<CodedColumn>, LinkError> {
        let right = if self.records.right.is_some() { right } else { left };
        let wanted = Wanted { left: left.to_vec(), right: right.to_vec(), reads };
        self.prepare(vec![wanted.clone()])?;
        Ok(Arc::clone(self.find(&wanted).expect("what was prepared is there")))
    }
}

fn column<'t>(table: &'t Table, name: &str, side: &'static str) -> Result<&'t Column, LinkError> {
    table.column(name).ok_or_else(|| LinkError::Column {
        side,
        column: name.to_owned(),
        known: table.columns().iter().map(|column| format!("`{}`", column.name)).collect::<Vec<_>>().join(", "),
    })
}
