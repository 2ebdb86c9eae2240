//! CSV of any dialect and encoding (RFC 4180 and what is sent under its name).
//!
//! Holds the reading loop; `scan` finds fields, `sniff` finds out the dialect. Cells go from the text into column buffers
//! without a copy in between. Must never hold more than one block and one record.

mod scan;
mod sniff;

use crate::chunk::{Chunk, Start, free_name, too_long};
use crate::encoding::{DAMAGE, TextInput};
use crate::{About, Format, FormatError, ReadOptions, Sink, has_ending};
use model::table::TextColumn;
use model::{Problem, Severity};
use scan::{Dialect, Field, Scan};
use std::collections::HashSet;
use std::io::Read;

/// Text looked at to find out the dialect.
const HEAD: usize = 1 << 16;

/// See the module.
pub struct Csv;

impl Format for Csv {
    fn about(&self) -> About {
        About {
            name: "csv",
            title: "CSV",
            summary: "rows of text with any delimiter, quote and encoding",
            media_types: &["text/csv", "text/tab-separated-values"],
            endings: &["csv", "tsv", "tab", "txt"],
            sample: b"name,beds\nA H Orr Lodge,40\n",
        }
    }

    fn recognizes(&self, name: &str, head: &[u8]) -> bool {
        has_ending(name, self.about().endings) || (!head.is_empty() && !head.contains(&0) && head.contains(&b'\n'))
    }

    fn read(&self, input: &mut dyn Read, options: &ReadOptions, sink: &mut Sink<'_>) -> Result<(), FormatError> {
        let mut reader = Reader::new(input, options)?;
        reader.begin()?;
        let handed_over = reader.rows(sink)?;
        if let Some(handed_over) = handed_over {
            reader.chunk.finish(handed_over, sink);
        }
        Ok(())
    }
}

/// What the reader came upon.
enum Found {
    /// A record; the next one begins at `next`, `lines` lines later.
    Record { next: usize, lines: u64 },
    /// A broken line, which became a Problem.
    LeftOut,
}

struct Reader<'a> {
    input: TextInput<'a>,
    text: String,
    ended: bool,
    at: usize,
    line: u64,
    record: u64,
    signs: Dialect,
    fields: Vec<Field>,
    names: Vec<String>,
    chunk: Chunk,
    options: &'a ReadOptions,
}

impl<'a> Reader<'a> {
    fn new(input: &'a mut dyn Read, options: &'a ReadOptions) -> Result<Self, FormatError> {
        Ok(Self {
            input: TextInput::new(input, options.encoding.as_deref())?,
            text: String::new(),
            ended: false,
            at: 0,
            line: 1,
            record: 0,
            signs: Dialect { delimiter: b',', quote: b'"', newline: b'\n' },
            fields: Vec::new(),
            names: Vec::new(),
            chunk: Chunk::new(options.limits, true, true),
            options,
        })
    }

    /// Finds out the dialect and reads the names of the columns.
    fn begin(&mut self) -> Result<(), FormatError> {
        while self.text.len() < HEAD && !self.ended {
            self.more()?;
        }
        let newline = if self.text.contains('\n') || !self.text.contains('\r') { b'\n' } else { b'\r' };
        self.signs.newline = newline;
        for _ in 0..self.options.skip_lines {
            self.skip_line()?;
        }
        while matches!(self.text.as_bytes().get(self.at), Some(b'\n' | b'\r')) {
            self.line += u64::from(self.text.as_bytes()[self.at] == newline);
            self.at += 1;
        }
        while self.text.len() - self.at < HEAD && !self.ended {
            self.more()?;
        }
        let mut end = self.text.len().min(self.at + HEAD);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let head = &self.text[self.at..end];
        let last = self.ended && end == self.text.len();
        self.signs = sniff::dialect(head, last, self.options);
        let header = self.options.header.unwrap_or_else(|| sniff::has_header(head, last, self.signs));
        self.names(header)
    }

    /// Names the columns by the first record, or by their position where it is data already.
    fn names(&mut self, header: bool) -> Result<(), FormatError> {
        let (next, lines) = loop {
            match self.next_record()? {
                Some(Found::Record { next, lines }) => break (next, lines),
                Some(Found::LeftOut) => {}
                None => return Ok(()),
            }
        };
        if self.fields.len() > self.options.limits.columns {
            let limit = self.options.limits.columns as u64;
            return Err(FormatError::TooLarge { what: "the header", limit, unit: "columns" });
        }
        let mut taken = HashSet::new();
        for (position, field) in self.fields.iter().enumerate() {
            let mut told = if header { unquoted(&self.text, field, self.signs.quote) } else { String::new() };
            if told.contains(DAMAGE) {
                let shown = told.replace(DAMAGE, "\u{FFFD}");
                self.chunk.problem(damage(&told, Start { line: self.line, record: 0 }, &shown));
                told = shown;
            }
            let name = free_name(&told, position, &taken);
            taken.insert(name.clone());
            self.chunk.column(&name);
            self.names.push(name);
        }
        if header {
            self.at = next;
            self.line += lines;
        }
        Ok(())
    }

    /// Reads all rows; `None` where the sink broke off, else whether a part was handed over.
    fn rows(&mut self, sink: &mut Sink<'_>) -> Result<Option<bool>, FormatError> {
        let mut handed_over = false;
        while let Some(found) = self.next_record()? {
            if let Found::Record { next, lines } = found {
                let blank = self.fields.len() == 1 && self.fields[0].from == self.fields[0].to;
                if !blank || (self.names.len() == 1 && next - self.at > 2) {
                    self.record += 1;
                    self.row(next);
                }
                self.at = next;
                self.line += lines;
            }
            if self.chunk.is_full() {
                handed_over = true;
                if self.chunk.hand_over(sink).is_break() {
                    return Ok(None);
                }
            }
        }
        Ok(Some(handed_over))
    }

    /// Puts the fields of a record into the columns, or says why not.
    fn row(&mut self, next: usize) {
        let start = Start { line: self.line, record: self.record };
        let width = self.names.len();
        let surplus_is_blank = self.fields.iter().skip(width).all(|field| field.from == field.to);
        if self.fields.len() < width || !surplus_is_blank {
            let hint = format!("a record has {width} fields as the header has, this one has {}", self.fields.len());
            let found = self.text[self.at..next].trim_end();
            let place = self.chunk.place(start, None);
            self.chunk.problem(Problem::new("ragged_row", Severity::RowLeftOut, place, found, hint));
            return;
        }
        let limit = self.options.limits.cell_bytes;
        let damaged = self.input.damaged();
        let mut problems = Vec::new();
        for (number, (field, column)) in self.fields.iter().zip(self.chunk.columns_mut()).enumerate() {
            let cell = &self.text[field.from..field.to];
            if cell.is_empty() {
                column.push(None);
            } else if cell.len() > limit {
                column.push(None);
                problems.push(too_long(cell, limit, start, &self.names[number]));
            } else if damaged && cell.contains(DAMAGE) {
                column.push(None);
                problems.push(damage(cell, start, &self.names[number]));
            } else if field.doubled {
                push_undoubled(column, cell, self.signs.quote);
            } else {
                column.push(Some(cell));
            }
        }
        for problem in problems {
            self.chunk.problem(problem);
        }
        self.chunk.end_row(start, next - self.at);
    }

    /// Finds the next whole record, whose fields are then in `fields`, or leaves out a broken one.
    fn next_record(&mut self) -> Result<Option<Found>, FormatError> {
        let (cause, hint) = loop {
            if self.at >= self.text.len() && self.ended {
                return Ok(None);
            }
            match scan::record(self.text.as_bytes(), self.at, self.ended, self.signs, &mut self.fields) {
                Scan::Record { next, lines } => return Ok(Some(Found::Record { next, lines })),
                Scan::BrokenQuote => {
                    break ("broken_quote", "close a quote only before a delimiter or line end; double quotes inside");
                }
                Scan::Cut if self.ended => break ("unclosed_quote", "close the quote with which the cell begins"),
                Scan::Cut if self.text.len() - self.at > self.options.limits.record_bytes => {
                    break ("record_too_long", "end each record with a line end, and close its quotes");
                }
                Scan::Cut => self.more()?,
            }
        };
        self.leave_out(cause, hint)?;
        Ok(Some(Found::LeftOut))
    }

    /// Leaves out the line at which the reader stands and goes on with the next one.
    fn leave_out(&mut self, cause: &str, hint: &str) -> Result<(), FormatError> {
        self.record += 1;
        let start = Start { line: self.line, record: self.record };
        let place = self.chunk.place(start, None);
        let shown = self.text[self.at..].lines().next().unwrap_or_default();
        self.chunk.problem(Problem::new(cause, Severity::RowLeftOut, place, shown, hint));
        self.skip_line()
    }

    fn skip_line(&mut self) -> Result<(), FormatError> {
        loop {
            if let Some(next) = scan::next_line(self.text.as_bytes(), self.at, self.signs) {
                self.at = next;
                self.line += 1;
                return Ok(());
            }
            self.at = self.text.len();
            if self.ended {
                return Ok(());
            }
            self.more()?;
        }
    }

    /// Fetches more text and forgets what was used.
    fn more(&mut self) -> Result<(), FormatError> {
        self.text.drain(..self.at);
        self.at = 0;
        self.ended = !self.input.more(&mut self.text)?;
        Ok(())
    }
}

fn unquoted(text: &str, field: &Field, quote: u8) -> String {
    let cell = &text[field.from..field.to];
    let quote = char::from(quote).to_string();
    if field.doubled { cell.replace(&quote.repeat(2), &quote) } else { cell.to_owned() }
}

fn push_undoubled(column: &mut TextColumn, cell: &str, quote: u8) {
    let quote = char::from(quote);
    let mut rest = cell;
    while let Some(at) = rest.find(quote) {
        column.text.push_str(&rest[..=at]);
        rest = &rest[(at + 2).min(rest.len())..];
    }
    column.push(Some(rest));
}

fn damage(cell: &str, start: Start, name: &str) -> Problem {
    let place = model::Place {
        line: Some(start.line),
        // The header is no record.
        record: (start.record > 0).then_some(start.record),
        column: Some(name.to_owned()),
        ..model::Place::default()
    };
    let shown = cell.replace(DAMAGE, "\u{FFFD}");
    let hint = "some bytes are wrong for the encoding; name the right one as `encoding` in the mapping";
    Problem::new("wrong_bytes", Severity::ValueLeftOut, place, &shown, hint)
}
