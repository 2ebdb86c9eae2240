//! Lists without commas or without a header: values with blanks, tabs, commas or semicolons between them, whose columns are called
//! by their numbers where no line names them.
//!
//! Must never guess what a column means, nor leave a line out: the caller says which is which, as in
//! `--columns source=1,target=2,time=3`.

use super::super::input::{Begun, Input, Part, Wanted};
use crate::terminal::{Bar, WrongInput};
use model::run::Progress;
use model::table::{ColumnData, Fixed, TextColumn};
use model::{Column, Table};
use std::io::{BufRead, BufReader, Read};

/// Lines that are handed on at once.
const PART: usize = 1 << 16;
/// Bytes that a line may have.
const LONGEST: u64 = 1 << 20;
/// What an edge has, in the order of the examples that are shown.
const OF_EDGES: [&str; 4] = ["source", "target", "weight", "time"];

/// How the lines of such a list are read.
#[derive(Debug)]
pub(super) struct List {
    /// What stands between values; blanks and tabs, as many as there are, where it is none of the others.
    separator: Option<char>,
    /// What the columns are called.
    names: Vec<String>,
    /// Whether the first line tells that.
    has_header: bool,
}

impl List {
    /// The list that a file begins with; `None` where it is another kind of file.
    ///
    /// # Errors
    /// Where it is such a list and nobody has said what its columns mean.
    pub(super) fn of(input: &Input, head: &[u8]) -> Result<Option<Self>, WrongInput> {
        let Some((line, first)) = first_line(head) else { return Ok(None) };
        let separator = ['\t', ',', ';'].into_iter().find(|sign| first.contains(*sign));
        let cells: Vec<&str> = cells(first, separator).collect();
        if cells.len() < 2 {
            return Ok(None);
        }
        let file = input.name();
        let asked: Vec<&str> = OF_EDGES.iter().filter_map(|name| input.other_name(name)).collect();
        let by_number = !asked.is_empty()
            && asked.iter().all(|name| name.parse::<usize>().is_ok_and(|number| (1..=cells.len()).contains(&number)));
        let numbers: Vec<String> = (1..=cells.len()).map(|number| number.to_string()).collect();
        if !cells.iter().all(|cell| cell.parse::<f64>().is_ok_and(f64::is_finite)) {
            if separator.is_some() {
                return Ok(None);
            }
            let named = |name| cells.contains(&input.other_name(name).unwrap_or(name));
            if named("source") && named("target") {
                let names = cells.iter().map(|cell| (*cell).to_owned()).collect();
                return Ok(Some(Self { separator, names, has_header: true }));
            }
            if !by_number {
                let found = cells.join("`, `");
                return Err(WrongInput(format!(
                    "{file}: line {line}: there is no column `source`, but `{found}`, with blanks between them; say which is which, \
                     `--columns source=1,target=2` in a list without a header, or write a header `source,target` and commas"
                )));
            }
        } else if separator.is_some()
            && !by_number
            && !asked.is_empty()
            && asked.iter().all(|name| cells.contains(name))
        {
            // Names of columns that are numbers, such as years.
            return Ok(None);
        } else if separator.is_some() && cells.iter().zip(&numbers).all(|(cell, number)| cell == number) {
            if !by_number {
                return Ok(None);
            }
            return Err(WrongInput(format!(
                "{file}: line {line}: `{first}` may be a header or an edge; write names above it, such as `source,target`"
            )));
        } else if asked.is_empty() && cells.len() == 2 {
            let names = OF_EDGES[..2].iter().map(|name| (*name).to_owned()).collect();
            return Ok(Some(Self { separator, names, has_header: false }));
        } else if asked.is_empty() {
            let (count, between) = (cells.len(), if separator.is_none() { " with blanks between them" } else { "" });
            return Err(WrongInput(format!(
                "{file}: line {line}: there is no column `source`, but {count} numbers{between} and no header; say which is which, such \
                 as `--columns source=1,target=2,weight=3` or `--columns source=1,target=2,time=3`"
            )));
        } else if !by_number {
            let (count, wrong) = (cells.len(), asked.join("`, `"));
            return Err(WrongInput(format!(
                "{file}: line {line}: there is no header, but {count} numbers, and `--columns` says `{wrong}`; write numbers from 1 to \
                 {count}, such as `--columns source=1,target=2`"
            )));
        }
        Ok(Some(Self { separator, names: numbers, has_header: false }))
    }

    /// Reads all lines, part by part, as [`Input::each`] does. Empty lines, and lines that begin with `#` or `%`, are passed over.
    ///
    /// # Errors
    /// What is wrong, with file and line, and what to write instead; or what `take` says.
    pub(super) fn each(
        &self,
        input: &Input,
        begun: Begun,
        wanted: &[Wanted],
        bar: &Bar,
        mut take: impl FnMut(&Part<'_>) -> Result<(), WrongInput>,
    ) -> Result<(), WrongInput> {
        let Begun { head, rest, length } = begun;
        let mut file = BufReader::with_capacity(1 << 16, head.as_slice().chain(rest));
        let (mut text, mut line, mut bytes, mut rows) = (Vec::new(), 0_i64, 0_u64, 0_u64);
        let mut header = self.has_header;
        let lacks = if header { "write it into the header" } else { "write a header" };
        let mut part = self.begin();
        loop {
            text.clear();
            let read = file.by_ref().take(LONGEST).read_until(b'\n', &mut text);
            let read = read.map_err(|error| input.unreadable(&error))? as u64;
            line += 1;
            bytes += read;
            let wrong = |what: &str| WrongInput(format!("{}: line {line}: {what}", input.name()));
            if read == LONGEST && !text.ends_with(b"\n") {
                return Err(wrong("it is longer than a million bytes; write an edge into each line"));
            }
            let own = if line == 1 { text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text) } else { &text };
            if read > 0 && !passed_over(own.trim_ascii()) {
                let own = std::str::from_utf8(own.trim_ascii());
                let own =
                    own.map_err(|_| wrong("it is not UTF-8; save the file as such, or write a header and commas"))?;
                if self.separator.is_some() && own.contains('"') {
                    return Err(wrong(
                        "there are quotation marks; begin the file with a header such as `source,target`",
                    ));
                }
                if std::mem::take(&mut header) {
                    continue;
                }
                let (found, expected) = (cells(own, self.separator).count(), self.names.len());
                if found != expected {
                    return Err(wrong(&format!(
                        "there are {found} values, and {expected} in the first; write {expected}"
                    )));
                }
                cells(own, self.separator).zip(&mut part.0).for_each(|(cell, column)| column.push(Some(cell)));
                part.1.push(Some(line));
            }
            let held = part.1.valid.len();
            if held == PART || (read == 0 && held > 0) {
                let table = self.table(std::mem::replace(&mut part, self.begin()));
                let table = table.map_err(|error| wrong(&error.to_string()))?;
                take(&input.part(&table, rows, wanted, lacks)?)?;
                rows += held as u64;
                bar.at(&format!("{}, KiB", input.name()), bytes >> 10, length >> 10);
            }
            if read == 0 {
                break;
            }
        }
        if rows == 0 {
            return Err(WrongInput(format!(
                "{}: there is a header and no row; write a line for each row",
                input.name()
            )));
        }
        Ok(())
    }

    /// Columns without a row, and the lines of the rows.
    fn begin(&self) -> (Vec<TextColumn>, Fixed<i64>) {
        (vec![TextColumn::default(); self.names.len()], Fixed::default())
    }

    fn table(&self, (cells, lines): (Vec<TextColumn>, Fixed<i64>)) -> Result<Table, model::table::TableError> {
        let own = self.names.iter().zip(cells);
        let own = own.map(|(name, cells)| Column { name: name.clone(), data: ColumnData::Text(cells) });
        let lines = Column { name: "_line".to_owned(), data: ColumnData::Integer(lines) };
        Table::from_columns(own.chain([lines]).collect())
    }
}

/// Whether a line says nothing.
fn passed_over(line: &[u8]) -> bool {
    matches!(line.first(), None | Some(b'#' | b'%'))
}

/// The first line that says something, with its number; `None` where it is no line of such a list.
fn first_line(head: &[u8]) -> Option<(usize, &str)> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if text.contains(&0) || text.starts_with(b"PAR1") {
        return None;
    }
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let (number, first) = (1..).zip(lines).find(|(_, line)| !passed_over(line))?;
    let first = std::str::from_utf8(first).ok()?;
    let other_kind = first.starts_with(['{', '[', '"']) || first.contains('|');
    (!other_kind).then_some((number, first))
}

/// The values of a line.
fn cells(line: &str, separator: Option<char>) -> impl Iterator<Item = &str> {
    let blanks = separator.is_none();
    let split = line.split(move |sign: char| separator.map_or_else(|| sign.is_ascii_whitespace(), |own| own == sign));
    split.map(str::trim).filter(move |cell| !(blanks && cell.is_empty()))
}
