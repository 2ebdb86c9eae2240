//! Answers as they stand in the file.
//!
//! Holds names, numbers and lines, and the order of names. It must never let the order of rows matter.

use crate::engines::input::{Part, Wanted, column};
use crate::engines::names::Names;
use crate::terminal::WrongInput;

/// Answers as they were read: names, and for each row their numbers and its line.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) tasks: Names,
    pub(super) workers: Names,
    pub(super) labels: Names,
    pub(super) answers: Vec<(u32, u32, u32)>,
    pub(super) lines: Vec<u32>,
}

pub(super) const COLUMNS: [Wanted; 3] = [column("task"), column("worker"), column("label")];

impl Rows {
    pub(super) fn take(&mut self, part: &Part<'_>) -> Result<(), WrongInput> {
        for row in 0..part.len() {
            let task = self.tasks.number(&part.filled(0, row)?);
            let worker = self.workers.number(&part.filled(1, row)?);
            let label = self.labels.number(&part.filled(2, row)?);
            self.answers.push((task, worker, label));
            self.lines.push(u32::try_from(part.line(row)).unwrap_or(u32::MAX));
        }
        Ok(())
    }
}

/// Numbers by name, so that the order of the rows changes nothing.
pub(super) struct Order {
    pub(super) task: Vec<u32>,
    pub(super) worker: Vec<u32>,
    pub(super) label: Vec<u32>,
    /// The task, worker and label of each number in that order.
    pub(super) task_at: Vec<u32>,
    pub(super) worker_at: Vec<u32>,
    pub(super) label_at: Vec<u32>,
}

impl Order {
    pub(super) fn of(rows: &Rows) -> Self {
        Self {
            task: rows.tasks.ranks(),
            worker: rows.workers.ranks(),
            label: rows.labels.ranks(),
            task_at: rows.tasks.in_order(),
            worker_at: rows.workers.in_order(),
            label_at: rows.labels.in_order(),
        }
    }

    pub(super) fn label_name<'a>(&self, rows: &'a Rows, label: u16) -> &'a str {
        rows.labels.get(self.label_at[usize::from(label)])
    }
}
