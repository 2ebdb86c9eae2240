//! Rows as CSV and JSON. Must never cut silently: callers say which rows, and all of them are written.

use model::{Column, Table, Value};
use std::borrow::Cow;
use std::io::{self, Write};

/// Whether a spreadsheet would run a cell. Such cells are written with a leading apostrophe (OWASP, CSV injection).
fn runs_in_a_spreadsheet(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Who opens a CSV file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// People, in a spreadsheet: what would run there is disarmed.
    Spreadsheet,
    /// Programs: every cell is what it is.
    Program,
}

/// Writes all rows as CSV (RFC 4180, UTF-8; CRLF line ends for spreadsheets, LF for programs).
///
/// # Errors
/// Where `out` cannot be written.
pub fn csv(table: &Table, reader: Reader, out: &mut impl Write) -> io::Result<()> {
    let names: Vec<&str> = table.columns().iter().map(|column| column.name.as_str()).collect();
    line(out, reader, names.into_iter().map(|name| (Cow::Borrowed(name), true)))?;
    for row in 0..table.len() {
        line(out, reader, table.columns().iter().map(|column| cell(column, row)))?;
    }
    Ok(())
}

/// Writes all rows as JSON Lines: one object a line.
///
/// # Errors
/// Where `out` cannot be written.
pub fn json_lines(table: &Table, out: &mut impl Write) -> io::Result<()> {
    (0..table.len()).try_for_each(|row| writeln!(out, "{}", json_row(table, row)))
}

/// The text of a cell, and whether it came as text: a negative number is no formula.
fn cell(column: &Column, row: usize) -> (Cow<'_, str>, bool) {
    match column.text(row) {
        Some(text) => (Cow::Borrowed(text), true),
        None => (Cow::Owned(column.value(row).to_string()), false),
    }
}

fn line<'a>(out: &mut impl Write, reader: Reader, cells: impl Iterator<Item = (Cow<'a, str>, bool)>) -> io::Result<()> {
    for (number, (text, as_text)) in cells.enumerate() {
        if number > 0 {
            out.write_all(b",")?;
        }
        let runs = reader == Reader::Spreadsheet && as_text && runs_in_a_spreadsheet(&text);
        let text = if runs { Cow::Owned(format!("'{text}")) } else { text };
        if text.contains([',', '"', '\n', '\r']) {
            write!(out, "\"{}\"", text.replace('"', "\"\""))?;
        } else {
            out.write_all(text.as_bytes())?;
        }
    }
    out.write_all(if reader == Reader::Spreadsheet { b"\r\n" } else { b"\n" })
}

/// One row as a JSON object; unknown values are `null`.
pub fn json_row(table: &Table, row: usize) -> serde_json::Value {
    let cells = table.columns().iter().map(|column| (column.name.clone(), json_value(&column.value(row))));
    serde_json::Value::Object(cells.collect())
}

/// A value as JSON: dates and moments as ISO 8601 text.
pub fn json_value(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Flag(flag) => (*flag).into(),
        Value::Integer(number) => (*number).into(),
        Value::Number(number) => (*number).into(),
        Value::Text(text) => text.clone().into(),
        Value::Date(_) | Value::Timestamp(_) => value.to_string().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ColumnType;

    #[test]
    fn cells_come_back_and_formulas_do_not_run() {
        let mut table = Table::with_columns(&[("name", ColumnType::Text), ("change", ColumnType::Integer)]);
        let rows = [("A, \"B\"", -3), ("=cmd|' /C calc'!A0", 0), ("two\nlines", 7)];
        for (name, change) in rows {
            table.push_row(vec![name.into(), i64::from(change).into()]).expect("the row fits");
        }
        let mut out = Vec::new();
        csv(&table, Reader::Spreadsheet, &mut out).expect("memory can be written");
        let text = String::from_utf8(out).expect("UTF-8");
        assert_eq!(text, "name,change\r\n\"A, \"\"B\"\"\",-3\r\n'=cmd|' /C calc'!A0,0\r\n\"two\nlines\",7\r\n");
        let mut out = Vec::new();
        csv(&table, Reader::Program, &mut out).expect("memory can be written");
        let text = String::from_utf8(out).expect("UTF-8");
        assert_eq!(text, "name,change\n\"A, \"\"B\"\"\",-3\n=cmd|' /C calc'!A0,0\n\"two\nlines\",7\n");
        assert_eq!(json_row(&table, 0), serde_json::json!({"name": "A, \"B\"", "change": -3}));
    }
}
