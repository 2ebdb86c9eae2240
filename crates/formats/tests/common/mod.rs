//! Reads bytes into rows that are easy to compare. For tests only.

use formats::{Format, FormatError, ReadOptions};
use model::{Problem, Table};
use std::ops::ControlFlow;

/// All parts of a file.
pub(crate) struct All {
    pub(crate) parts: Vec<Table>,
    pub(crate) problems: Vec<Problem>,
}

pub(crate) fn read(format: &dyn Format, bytes: &[u8], options: &ReadOptions) -> Result<All, FormatError> {
    let mut all = All { parts: Vec::new(), problems: Vec::new() };
    let mut input = bytes;
    format.read(&mut input, options, &mut |reading| {
        all.parts.push(reading.table);
        all.problems.extend(reading.problems);
        ControlFlow::Continue(())
    })?;
    Ok(all)
}

impl All {
    /// Names of the columns of the last part, without the system's.
    pub(crate) fn names(&self) -> Vec<&str> {
        let last = self.parts.last().expect("there is at least one part");
        last.columns().iter().map(|column| column.name.as_str()).filter(|name| !name.starts_with('_')).collect()
    }

    /// Cells of every row; unknown ones as `~`.
    pub(crate) fn rows(&self) -> Vec<Vec<String>> {
        let names = self.names();
        let row = |part: &Table, row| {
            names.iter().map(|name| part.text(row, name).unwrap_or("~").to_owned()).collect::<Vec<_>>()
        };
        self.parts.iter().flat_map(|part| (0..part.len()).map(move |number| row(part, number))).collect()
    }

    /// Cause, line and record of each problem.
    pub(crate) fn causes(&self) -> Vec<(&str, Option<u64>, Option<u64>)> {
        let told = |problem: &'_ Problem| (problem.place.line, problem.place.record);
        self.problems.iter().map(|problem| (problem.cause.as_str(), told(problem).0, told(problem).1)).collect()
    }
}
