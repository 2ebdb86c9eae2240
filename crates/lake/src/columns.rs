//! [`model::Table`] to Arrow record batches and back. Must never lose a value silently: what has no counterpart is an error.

use crate::LakeError;
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Date32Type, Field, Float64Type, Int64Type, Schema, TimeUnit, TimestampMicrosecondType,
};
use model::table::{Column, ColumnData, Fixed, Table, TextColumn};
use std::sync::Arc;

/// The whole table as one batch. Text buffers are taken over, not copied.
pub(crate) fn to_batch(table: Table) -> Result<RecordBatch, LakeError> {
    let rows = table.len();
    let mut fields = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for column in table.into_columns() {
        let array = to_array(column.data);
        fields.push(Field::new(column.name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)?)
}

fn to_array(data: ColumnData) -> ArrayRef {
    match data {
        ColumnData::Text(text) => {
            let offsets = OffsetBuffer::new(ScalarBuffer::from(text.ends));
            Arc::new(StringArray::new(offsets, Buffer::from(text.text.into_bytes()), nulls(text.valid)))
        }
        ColumnData::Integer(fixed) => Arc::new(Int64Array::new(fixed.values.into(), nulls(fixed.valid))),
        ColumnData::Number(fixed) => Arc::new(Float64Array::new(fixed.values.into(), nulls(fixed.valid))),
        ColumnData::Flag(fixed) => Arc::new(BooleanArray::new(fixed.values.into(), nulls(fixed.valid))),
        ColumnData::Date(fixed) => Arc::new(Date32Array::new(fixed.values.into(), nulls(fixed.valid))),
        ColumnData::Timestamp(fixed) => {
            Arc::new(TimestampMicrosecondArray::new(fixed.values.into(), nulls(fixed.valid)).with_timezone("UTC"))
        }
    }
}

fn nulls(valid: Vec<bool>) -> Option<NullBuffer> {
    if valid.iter().all(|known| *known) { None } else { Some(NullBuffer::from(valid)) }
}

/// Batches of one schema as one table.
pub(crate) fn from_batches(schema: &Schema, batches: &[RecordBatch]) -> Result<Table, LakeError> {
    let mut columns = Vec::with_capacity(schema.fields().len());
    for (index, field) in schema.fields().iter().enumerate() {
        let parts: Vec<ArrayRef> = batches.iter().map(|batch| batch.column(index).clone()).collect();
        columns.push(Column { name: field.name().clone(), data: from_arrays(field.data_type(), &parts)? });
    }
    Ok(Table::from_columns(columns)?)
}

fn from_arrays(kind: &DataType, parts: &[ArrayRef]) -> Result<ColumnData, LakeError> {
    Ok(match kind {
        kind if kind.is_integer() => ColumnData::Integer(fixed(parts, &DataType::Int64, |array| {
            array.as_primitive::<Int64Type>().values().to_vec()
        })?),
        DataType::Float16 | DataType::Float32 | DataType::Float64 | DataType::Decimal128(..) => {
            ColumnData::Number(fixed(parts, &DataType::Float64, |array| {
                array.as_primitive::<Float64Type>().values().to_vec()
            })?)
        }
        DataType::Boolean => {
            ColumnData::Flag(fixed(parts, &DataType::Boolean, |array| array.as_boolean().values().iter().collect())?)
        }
        DataType::Date32 | DataType::Date64 => ColumnData::Date(fixed(parts, &DataType::Date32, |array| {
            array.as_primitive::<Date32Type>().values().to_vec()
        })?),
        DataType::Timestamp(..) => {
            let micros = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
            ColumnData::Timestamp(fixed(parts, &micros, |array| {
                array.as_primitive::<TimestampMicrosecondType>().values().to_vec()
            })?)
        }
        _ => ColumnData::Text(text(parts)?),
    })
}

fn fixed<T: Default + Copy>(
    parts: &[ArrayRef],
    kind: &DataType,
    values: impl Fn(&ArrayRef) -> Vec<T>,
) -> Result<Fixed<T>, LakeError> {
    let mut whole = Fixed::default();
    for part in parts {
        let part = cast(part, kind)?;
        whole.values.extend(values(&part));
        whole.valid.extend((0..part.len()).map(|row| part.is_valid(row)));
    }
    Ok(whole)
}

/// Text, and whatever has no column type of its own (lists, intervals) as Arrow writes it.
fn text(parts: &[ArrayRef]) -> Result<TextColumn, LakeError> {
    let mut whole = TextColumn::default();
    for part in parts {
        let part = cast(part, &DataType::Utf8)?;
        let part = part.as_string::<i32>();
        for row in 0..part.len() {
            whole.push(part.is_valid(row).then(|| part.value(row)));
        }
    }
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{ColumnType, Value};

    #[test]
    fn a_table_survives_the_way_there_and_back() {
        let mut table = Table::with_columns(&[
            ("name", ColumnType::Text),
            ("beds", ColumnType::Integer),
            ("share", ColumnType::Number),
            ("open", ColumnType::Flag),
            ("since", ColumnType::Date),
            ("at", ColumnType::Timestamp),
        ]);
        let at: model::Timestamp = "2026-11-25T05:30:00Z".parse().expect("a moment");
        let since: model::Date = "2023-05-01".parse().expect("a date");
        table
            .push_row(vec!["Orr".into(), 3_i64.into(), 0.5.into(), true.into(), since.into(), at.into()])
            .expect("the row fits");
        table.push_row(vec![Value::Null; 6]).expect("nothing fits everywhere");
        let batch = to_batch(table.clone()).expect("every type has a counterpart");
        let schema = batch.schema();
        assert_eq!(from_batches(&schema, &[batch]).expect("and back"), table);
    }
}
