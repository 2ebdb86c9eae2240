//! Tables as CSV bytes.
//!
//! Holds one writer for the files this crate hands out. It must never become a general CSV format; `formats` is that.

use model::Table;

/// A table as CSV (RFC 4180 with LF): a head line, then the rows; nothing for unknown values.
pub fn to_csv(table: &Table) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut put = |cells: Vec<String>| writer.write_record(cells).expect("every row has the head's width");
    put(table.columns().iter().map(|column| column.name.clone()).collect());
    for row in 0..table.len() {
        put(table.columns().iter().map(|column| column.value(row).to_string()).collect());
    }
    writer.into_inner().expect("writing to memory does not fail")
}
