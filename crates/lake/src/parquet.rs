//! One Parquet file as a table and back, for commands on plain files and for people who take a dataset along.
//!
//! Must never open a file: bytes come in and go out.

use crate::LakeError;
use crate::columns::{from_batches, to_batch};
use arrow::record_batch::RecordBatch;
use deltalake::parquet::arrow::ArrowWriter;
use deltalake::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use model::Table;

/// Rows that are unpacked at once.
const ROWS: usize = 65_536;

/// The rows of a Parquet file.
///
/// # Errors
/// Bytes that are no Parquet file, or columns of a type that tables do not have.
pub fn read(bytes: Vec<u8>) -> Result<Table, LakeError> {
    let failed = |error| LakeError::Delta(deltalake::DeltaTableError::Parquet { source: error });
    let reader = ParquetRecordBatchReaderBuilder::try_new(::bytes::Bytes::from(bytes)).map_err(failed)?;
    let reader = reader.with_batch_size(ROWS).build().map_err(failed)?;
    let schema = arrow::record_batch::RecordBatchReader::schema(&reader);
    let batches = reader.collect::<Result<Vec<RecordBatch>, _>>()?;
    from_batches(&schema, &batches)
}

/// The rows as a Parquet file.
///
/// # Errors
/// Columns that cannot be written.
pub fn write(table: Table) -> Result<Vec<u8>, LakeError> {
    let failed = |error| LakeError::Delta(deltalake::DeltaTableError::Parquet { source: error });
    let batch = to_batch(table)?;
    let mut file = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), None).map_err(failed)?;
    writer.write(&batch).map_err(failed)?;
    writer.close().map_err(failed)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{ColumnType, Value};

    #[test]
    fn rows_come_back_as_they_were() {
        let mut table = Table::with_columns(&[("task", ColumnType::Text), ("confidence", ColumnType::Number)]);
        for (task, confidence) in [("a", Value::Number(0.9)), ("b", Value::Null)] {
            table.push_row(vec![task.into(), confidence]).expect("the row fits");
        }
        let again = read(write(table.clone()).expect("it can be written")).expect("it can be read");
        assert_eq!(again, table);
        assert!(read(b"task,label\n".to_vec()).is_err());
    }
}
