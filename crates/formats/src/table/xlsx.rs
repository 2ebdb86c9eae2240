//! Workbooks (Office Open XML, ECMA-376). Must never trust the sizes a workbook claims: it is unpacked once for counting.

use crate::chunk::{Chunk, Start, free_name};
use crate::{About, Format, FormatError, Limits, ReadOptions, Sink, has_ending};
use calamine::{DataRef, ExcelDateTime, Reader as _, SheetType};
use model::{Problem, Severity};
use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read};
use std::ops::ControlFlow;

/// Parts of a workbook at most.
const MAX_PARTS: usize = 10_000;

/// See the module.
pub struct Xlsx;

impl Format for Xlsx {
    fn about(&self) -> About {
        About {
            name: "xlsx",
            title: "Excel workbook",
            summary: "the rows of one sheet; the first row with a value names the columns",
            media_types: &["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
            endings: &["xlsx", "xlsm"],
            sample: include_bytes!("xlsx_sample.xlsx"),
        }
    }

    fn recognizes(&self, name: &str, head: &[u8]) -> bool {
        head.starts_with(b"PK\x03\x04")
            && (has_ending(name, self.about().endings)
                || memchr::memmem::find(head, b"xl/").is_some()
                || memchr::memmem::find(head, b"[Content_Types].xml").is_some())
    }

    fn read(&self, input: &mut dyn Read, options: &ReadOptions, sink: &mut Sink<'_>) -> Result<(), FormatError> {
        let bytes = read_whole(input, options.limits.document_bytes, "the workbook")?;
        count_unpacked(&bytes, options.limits)?;
        let mut workbook: calamine::Xlsx<_> =
            calamine::open_workbook_from_rs(Cursor::new(bytes.as_slice())).map_err(broken)?;
        let sheets: Vec<String> = workbook
            .sheets_metadata()
            .iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet)
            .map(|sheet| sheet.name.clone())
            .collect();
        let name = match &options.sheet {
            Some(name) => sheets.iter().find(|sheet| *sheet == name),
            None => sheets.first(),
        };
        let name = name.ok_or_else(|| FormatError::NoSheet {
            name: options.sheet.clone().unwrap_or_default(),
            known: sheets.join(", "),
        })?;
        let mut cells = workbook.worksheet_cells_reader(name).map_err(broken)?;
        let mut rows = SheetRows::new(options);
        let mut row = Vec::new();
        let mut row_number = 0;
        while let Some(cell) = cells.next_cell().map_err(broken)? {
            let (at, column) = cell.get_position();
            if at != row_number {
                if rows.row(row_number, &mut row, sink).is_break() {
                    return Ok(());
                }
                row_number = at;
            }
            row.push((column, text_of(cell.get_value())));
        }
        if rows.row(row_number, &mut row, sink).is_continue() {
            rows.chunk.finish(rows.handed_over, sink);
        }
        Ok(())
    }
}

/// Text of a cell; the error code where it holds an error.
type CellText = Result<Option<String>, String>;

struct SheetRows<'a> {
    chunk: Chunk,
    names: Option<HashMap<u32, String>>,
    record: u64,
    handed_over: bool,
    options: &'a ReadOptions,
}

impl<'a> SheetRows<'a> {
    fn new(options: &'a ReadOptions) -> Self {
        let chunk = Chunk::new(options.limits, true, true);
        Self { chunk, names: None, record: 0, handed_over: false, options }
    }

    /// Takes the cells of a row (numbered from 0): names of columns in the first one, values in the others.
    fn row(&mut self, number: u32, cells: &mut Vec<(u32, CellText)>, sink: &mut Sink<'_>) -> ControlFlow<()> {
        let cells = std::mem::take(cells);
        if u64::from(number) < self.options.skip_lines || cells.iter().all(|(_, text)| matches!(text, Ok(None))) {
            return ControlFlow::Continue(());
        }
        let header = self.options.header.unwrap_or(true);
        if self.names.is_none() {
            self.name_columns(&cells, header);
            if header {
                return ControlFlow::Continue(());
            }
        }
        self.record += 1;
        let start = Start { line: u64::from(number) + 1, record: self.record };
        for (column, text) in cells {
            let known = self.names.as_ref().and_then(|names| names.get(&column)).cloned();
            let name = known.unwrap_or_else(|| format!("column_{}", column + 1));
            match text {
                Ok(None) => {}
                Ok(Some(text)) => self.chunk.put(&name, &text, start),
                Err(code) => {
                    let place = self.chunk.place(start, Some(&name));
                    let hint = "the cell holds an error of its formula; mend the formula in the workbook";
                    self.chunk.problem(Problem::new("cell_error", Severity::ValueLeftOut, place, &code, hint));
                }
            }
        }
        self.chunk.end_row(start, 16);
        if !self.chunk.is_full() {
            return ControlFlow::Continue(());
        }
        self.handed_over = true;
        self.chunk.hand_over(sink)
    }

    fn name_columns(&mut self, cells: &[(u32, CellText)], header: bool) {
        let (mut names, mut taken) = (HashMap::new(), HashSet::new());
        for (column, text) in cells.iter().take(self.options.limits.columns) {
            let told = match text {
                Ok(Some(text)) if header => text.as_str(),
                _ => "",
            };
            let name = free_name(told, *column as usize, &taken);
            taken.insert(name.clone());
            self.chunk.column(&name);
            names.insert(*column, name);
        }
        self.names = Some(names);
    }
}

fn text_of(value: &DataRef<'_>) -> CellText {
    let text = match value {
        DataRef::Empty => return Ok(None),
        DataRef::Error(code) => return Err(code.to_string()),
        DataRef::Int(number) => number.to_string(),
        // Excel keeps every number as a float; whole ones are written as people see them.
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(at) => moment(at),
    };
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// A date, or a date with its time, in ISO 8601; a duration as days.
fn moment(at: &ExcelDateTime) -> String {
    if at.is_duration() {
        return at.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) { date } else { format!("{date}T{hour:02}:{minute:02}:{second:02}") }
}

/// Unpacks every part into nothing, so that what follows cannot take more memory than allowed.
fn count_unpacked(bytes: &[u8], limits: Limits) -> Result<(), FormatError> {
    let fault = |error: zip::result::ZipError| FormatError::Broken { format: "workbook", fault: error.to_string() };
    let too_large =
        FormatError::TooLarge { what: "the unpacked workbook", limit: limits.unpacked_bytes, unit: "bytes" };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(fault)?;
    if archive.len() > MAX_PARTS {
        return Err(FormatError::TooLarge { what: "the workbook", limit: MAX_PARTS as u64, unit: "parts" });
    }
    let mut left = limits.unpacked_bytes;
    for number in 0..archive.len() {
        let part = archive.by_index(number).map_err(fault)?;
        let count = std::io::copy(&mut part.take(left + 1), &mut std::io::sink())
            .map_err(|error| FormatError::Broken { format: "workbook", fault: error.to_string() })?;
        if count > left {
            return Err(too_large);
        }
        left -= count;
    }
    Ok(())
}

fn broken(error: calamine::XlsxError) -> FormatError {
    FormatError::Broken { format: "workbook", fault: error.to_string() }
}

/// All bytes of a file that must lie in memory.
pub(crate) fn read_whole(input: &mut dyn Read, limit: u64, what: &'static str) -> Result<Vec<u8>, FormatError> {
    let mut bytes = Vec::new();
    input.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(FormatError::TooLarge { what, limit, unit: "bytes" });
    }
    Ok(bytes)
}
