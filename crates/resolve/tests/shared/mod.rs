//! Reads the real data that tests use.

mod data;

pub(crate) use data::data;
use model::{ColumnType, Table, Value};

/// A CSV file as a table of texts, with the row number as `_id`. Empty fields are unknown.
pub(crate) fn table(csv: &str) -> Table {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let names: Vec<(&str, ColumnType)> = header.iter().chain(["_id"]).map(|name| (name, ColumnType::Text)).collect();
    let mut table = Table::with_columns(&names);
    for (row, record) in reader.records().enumerate() {
        let record = record.expect("a well-formed row");
        let value = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
        let values = record.iter().map(value).chain([format!("{row:06}").into()]).collect();
        table.push_row(values).expect("a row of the header's width");
    }
    table
}
