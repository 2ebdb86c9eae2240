//! Rows as columns, in memory: what formats read and write, what the lake keeps, what stages compute on.
//!
//! Holds the columnar [`Table`] and the single [`Value`]. Columns lie the way Arrow lays them (one buffer of values, one of
//! text ends), so that the lake takes them over without copying. Must never hold a query language.

use crate::time::{Date, Timestamp, date_from_days, days_since_epoch};
use serde::{Deserialize, Serialize};

/// What kind of values a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// Unicode text.
    Text,
    /// Whole numbers of 64 bits.
    Integer,
    /// Floating-point numbers of 64 bits, always finite.
    Number,
    /// Yes or no.
    Flag,
    /// Civil dates, as days since 1970-01-01.
    Date,
    /// Moments, as microseconds since 1970-01-01 in universal time.
    Timestamp,
}

/// One value of one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Nothing is known. Never zero, never empty text.
    Null,
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// A number; finite.
    Number(f64),
    /// A civil date.
    Date(Date),
    /// A moment.
    Timestamp(Timestamp),
    /// Text.
    Text(String),
}

impl Value {
    /// The text, if it is text.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number, if it is a number of either kind.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// True where nothing is known.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

/// The value as people and CSV files write it; nothing for [`Value::Null`].
impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Date(date) => write!(f, "{date}"),
            Self::Timestamp(at) => write!(f, "{at}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}
/// A number that is not finite becomes [`Value::Null`]: nothing downstream has to expect one.
impl From<f64> for Value {
    fn from(number: f64) -> Self {
        if number.is_finite() { Self::Number(number) } else { Self::Null }
    }
}
impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}
impl From<Date> for Value {
    fn from(date: Date) -> Self {
        Self::Date(date)
    }
}
impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        Self::Timestamp(at)
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Values of one fixed-size type. Where `valid[i]` is false, `values[i]` means nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fixed<T> {
    /// One entry for each row.
    pub values: Vec<T>,
    /// Whether the entry is known.
    pub valid: Vec<bool>,
}

impl<T: Default + Copy> Fixed<T> {
    /// The same entry in every row.
    pub fn repeated(value: Option<T>, rows: usize) -> Self {
        Self { values: vec![value.unwrap_or_default(); rows], valid: vec![value.is_some(); rows] }
    }

    /// Adds one row.
    pub fn push(&mut self, value: Option<T>) {
        self.valid.push(value.is_some());
        self.values.push(value.unwrap_or_default());
    }

    /// The value of a row, if it is known.
    pub fn get(&self, row: usize) -> Option<T> {
        if self.valid[row] { Some(self.values[row]) } else { None }
    }
}

/// Text of all rows in one buffer. Row `i` is `bytes[ends[i]..ends[i + 1]]`; `ends` starts with 0.
#[derive(Clone, Debug, PartialEq)]
pub struct TextColumn {
    /// All texts, one after another, UTF-8.
    pub text: String,
    /// Where each row begins, and at last where the last one ends. Fits 31 bits, as Arrow's text arrays want it.
    pub ends: Vec<i32>,
    /// Whether the entry is known.
    pub valid: Vec<bool>,
}

impl Default for TextColumn {
    fn default() -> Self {
        Self { text: String::new(), ends: vec![0], valid: Vec::new() }
    }
}

impl TextColumn {
    /// The same text in every row.
    ///
    /// # Panics
    /// As [`TextColumn::push`].
    pub fn repeated(text: &str, rows: usize) -> Self {
        let end =
            |row: usize| i32::try_from(row * text.len()).expect("readers cut tables before their text reaches 2 GiB");
        Self { text: text.repeat(rows), ends: (0..=rows).map(end).collect(), valid: vec![true; rows] }
    }

    /// Adds one row.
    ///
    /// # Panics
    /// Where all texts of one table together pass 2 GiB; readers cut tables long before that.
    pub fn push(&mut self, value: Option<&str>) {
        self.valid.push(value.is_some());
        self.text.push_str(value.unwrap_or_default());
        self.ends.push(i32::try_from(self.text.len()).expect("readers cut tables before their text reaches 2 GiB"));
    }

    /// The text of a row, if it is known.
    pub fn get(&self, row: usize) -> Option<&str> {
        if self.valid[row] { Some(&self.text[self.ends[row] as usize..self.ends[row + 1] as usize]) } else { None }
    }
}

/// The values of one column.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnData {
    /// See [`ColumnType::Text`].
    Text(TextColumn),
    /// See [`ColumnType::Integer`].
    Integer(Fixed<i64>),
    /// See [`ColumnType::Number`].
    Number(Fixed<f64>),
    /// See [`ColumnType::Flag`].
    Flag(Fixed<bool>),
    /// See [`ColumnType::Date`].
    Date(Fixed<i32>),
    /// See [`ColumnType::Timestamp`].
    Timestamp(Fixed<i64>),
}

/// A named column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Name, unique in its table.
    pub name: String,
    /// Values, one for each row.
    pub data: ColumnData,
}

impl Column {
    /// An empty column.
    pub fn new(name: &str, kind: ColumnType) -> Self {
        let data = match kind {
            ColumnType::Text => ColumnData::Text(TextColumn::default()),
            ColumnType::Integer => ColumnData::Integer(Fixed::default()),
            ColumnType::Number => ColumnData::Number(Fixed::default()),
            ColumnType::Flag => ColumnData::Flag(Fixed::default()),
            ColumnType::Date => ColumnData::Date(Fixed::default()),
            ColumnType::Timestamp => ColumnData::Timestamp(Fixed::default()),
        };
        Self { name: name.to_owned(), data }
    }

    /// What kind of values it holds.
    pub fn kind(&self) -> ColumnType {
        match self.data {
            ColumnData::Text(_) => ColumnType::Text,
            ColumnData::Integer(_) => ColumnType::Integer,
            ColumnData::Number(_) => ColumnType::Number,
            ColumnData::Flag(_) => ColumnType::Flag,
            ColumnData::Date(_) => ColumnType::Date,
            ColumnData::Timestamp(_) => ColumnType::Timestamp,
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match &self.data {
            ColumnData::Text(text) => text.valid.len(),
            ColumnData::Integer(fixed) | ColumnData::Timestamp(fixed) => fixed.valid.len(),
            ColumnData::Number(fixed) => fixed.valid.len(),
            ColumnData::Flag(fixed) => fixed.valid.len(),
            ColumnData::Date(fixed) => fixed.valid.len(),
        }
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds one row. A whole number fits a column of numbers; any other value of another kind gives it back as an error.
    pub fn push(&mut self, value: Value) -> Result<(), Value> {
        match (&mut self.data, value) {
            (ColumnData::Text(column), Value::Text(text)) => column.push(Some(&text)),
            (ColumnData::Text(column), Value::Null) => column.push(None),
            (ColumnData::Integer(column), Value::Integer(number)) => column.push(Some(number)),
            (ColumnData::Integer(column), Value::Null) => column.push(None),
            (ColumnData::Number(column), Value::Number(number)) if number.is_finite() => column.push(Some(number)),
            (ColumnData::Number(column), Value::Integer(number)) => column.push(Some(number as f64)),
            (ColumnData::Number(column), Value::Null) => column.push(None),
            (ColumnData::Flag(column), Value::Flag(flag)) => column.push(Some(flag)),
            (ColumnData::Flag(column), Value::Null) => column.push(None),
            (ColumnData::Date(column), Value::Date(date)) => column.push(Some(days_since_epoch(date))),
            (ColumnData::Date(column), Value::Null) => column.push(None),
            (ColumnData::Timestamp(column), Value::Timestamp(at)) => column.push(Some(at.as_microsecond())),
            (ColumnData::Timestamp(column), Value::Null) => column.push(None),
            (_, value) => return Err(value),
        }
        Ok(())
    }

    /// The value of a row.
    pub fn value(&self, row: usize) -> Value {
        match &self.data {
            ColumnData::Text(column) => column.get(row).into(),
            ColumnData::Integer(column) => column.get(row).into(),
            ColumnData::Number(column) => column.get(row).into(),
            ColumnData::Flag(column) => column.get(row).into(),
            ColumnData::Date(column) => column.get(row).and_then(date_from_days).into(),
            ColumnData::Timestamp(column) => {
                column.get(row).and_then(|micros| Timestamp::from_microsecond(micros).ok()).into()
            }
        }
    }

    /// The text of a row; `None` where it is unknown or the column holds no text.
    pub fn text(&self, row: usize) -> Option<&str> {
        if let ColumnData::Text(column) = &self.data { column.get(row) } else { None }
    }

    /// The number of a row; `None` where it is unknown or the column holds no numbers.
    pub fn number(&self, row: usize) -> Option<f64> {
        match &self.data {
            ColumnData::Integer(column) => column.get(row).map(|number| number as f64),
            ColumnData::Number(column) => column.get(row),
            _ => None,
        }
    }

    /// The date of a row; `None` where it is unknown or the column holds neither dates nor moments.
    pub fn date(&self, row: usize) -> Option<Date> {
        match &self.data {
            ColumnData::Date(column) => column.get(row).and_then(date_from_days),
            ColumnData::Timestamp(_) => match self.value(row) {
                Value::Timestamp(at) => Some(crate::time::date_of(at)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Rows under named columns, all of one length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    columns: Vec<Column>,
    rows: usize,
}

/// What a row or column cannot be added for.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TableError {
    /// Columns of different lengths.
    #[error("column `{name}` has {found} rows, the table has {expected}")]
    Length {
        /// The column.
        name: String,
        /// Its rows.
        found: usize,
        /// The table's rows.
        expected: usize,
    },
    /// Two columns of one name.
    #[error("column `{0}` is there twice; give one of them another name")]
    Twice(String),
    /// A row with more or fewer values than columns.
    #[error("a row has {found} values, the table has {expected} columns")]
    Width {
        /// Values of the row.
        found: usize,
        /// Columns of the table.
        expected: usize,
    },
    /// A value of another kind than the column's.
    #[error("column `{column}` holds {kind:?}, the value is {value:?}")]
    Kind {
        /// The column.
        column: String,
        /// What it holds.
        kind: ColumnType,
        /// What was given.
        value: Value,
    },
}

impl Table {
    /// An empty table with these columns.
    pub fn with_columns(columns: &[(&str, ColumnType)]) -> Self {
        Self { columns: columns.iter().map(|(name, kind)| Column::new(name, *kind)).collect(), rows: 0 }
    }

    /// A table of ready columns.
    pub fn from_columns(columns: Vec<Column>) -> Result<Self, TableError> {
        let expected = columns.first().map_or(0, Column::len);
        for (index, column) in columns.iter().enumerate() {
            if column.len() != expected {
                return Err(TableError::Length { name: column.name.clone(), found: column.len(), expected });
            }
            if columns[..index].iter().any(|earlier| earlier.name == column.name) {
                return Err(TableError::Twice(column.name.clone()));
            }
        }
        Ok(Self { columns, rows: expected })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The columns, given up.
    pub fn into_columns(self) -> Vec<Column> {
        self.columns
    }

    /// The column of a name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Adds a column of the table's length; any length where the table has no column yet.
    pub fn add_column(&mut self, column: Column) -> Result<(), TableError> {
        if self.column(&column.name).is_some() {
            return Err(TableError::Twice(column.name));
        }
        if self.columns.is_empty() {
            self.rows = column.len();
        } else if column.len() != self.rows {
            return Err(TableError::Length { name: column.name.clone(), found: column.len(), expected: self.rows });
        }
        self.columns.push(column);
        Ok(())
    }

    /// Adds a row: one value for each column, in order. On an error the table is as it was.
    pub fn push_row(&mut self, values: Vec<Value>) -> Result<(), TableError> {
        if values.len() != self.columns.len() {
            return Err(TableError::Width { found: values.len(), expected: self.columns.len() });
        }
        let misfit = self.columns.iter().zip(&values).find(|(column, value)| !fits(column.kind(), value));
        if let Some((column, value)) = misfit {
            return Err(TableError::Kind { column: column.name.clone(), kind: column.kind(), value: value.clone() });
        }
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(value).expect("every value was found to fit its column");
        }
        self.rows += 1;
        Ok(())
    }

    /// Gives a column another name; nothing where there is none of the old one.
    pub fn rename(&mut self, from: &str, to: &str) {
        if let Some(column) = self.columns.iter_mut().find(|column| column.name == from) {
            to.clone_into(&mut column.name);
        }
    }

    /// The number of the row whose `_id` this is. Looks at every row.
    pub fn row_of(&self, id: &str) -> Option<usize> {
        let column = self.column("_id")?;
        (0..self.len()).find(|row| column.text(*row) == Some(id))
    }

    /// The value at a row and column; [`Value::Null`] where there is no such column.
    pub fn value(&self, row: usize, column: &str) -> Value {
        self.column(column).map_or(Value::Null, |column| column.value(row))
    }

    /// The text at a row and column.
    pub fn text(&self, row: usize, column: &str) -> Option<&str> {
        self.column(column).and_then(|column| column.text(row))
    }

    /// The number at a row and column.
    pub fn number(&self, row: usize, column: &str) -> Option<f64> {
        self.column(column).and_then(|column| column.number(row))
    }

    /// The date at a row and column.
    pub fn date(&self, row: usize, column: &str) -> Option<Date> {
        self.column(column).and_then(|column| column.date(row))
    }

    /// The rows of the given numbers, in that order.
    pub fn take(&self, rows: &[usize]) -> Self {
        let columns = self
            .columns
            .iter()
            .map(|column| {
                let mut taken = Column::new(&column.name, column.kind());
                for &row in rows {
                    taken.push(column.value(row)).expect("a column takes its own values");
                }
                taken
            })
            .collect();
        Self { columns, rows: rows.len() }
    }
}

/// All parts below one another. Parts without some column have nothing there; whole numbers become numbers where a part has numbers.
///
/// # Errors
/// Where a column holds values of kinds that do not go together.
pub fn concatenate(parts: Vec<Table>) -> Result<Table, TableError> {
    if parts.len() <= 1 {
        return Ok(parts.into_iter().next().unwrap_or_default());
    }
    let mut shape: Vec<(String, ColumnType)> = Vec::new();
    for column in parts.iter().flat_map(Table::columns) {
        match shape.iter_mut().find(|(name, _)| *name == column.name) {
            None => shape.push((column.name.clone(), column.kind())),
            Some((_, kind)) if *kind == ColumnType::Integer && column.kind() == ColumnType::Number => {
                *kind = ColumnType::Number;
            }
            Some(_) => {}
        }
    }
    let mut columns: Vec<Column> = shape.iter().map(|(name, kind)| Column::new(name, *kind)).collect();
    for part in &parts {
        for column in &mut columns {
            let kind = column.kind();
            for row in 0..part.len() {
                let misfit = column.push(part.value(row, &column.name));
                misfit.map_err(|value| TableError::Kind { column: column.name.clone(), kind, value })?;
            }
        }
    }
    Table::from_columns(columns)
}

fn fits(kind: ColumnType, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Flag(_) => kind == ColumnType::Flag,
        Value::Integer(_) => matches!(kind, ColumnType::Integer | ColumnType::Number),
        Value::Number(number) => kind == ColumnType::Number && number.is_finite(),
        Value::Date(_) => kind == ColumnType::Date,
        Value::Timestamp(_) => kind == ColumnType::Timestamp,
        Value::Text(_) => kind == ColumnType::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_went_in() {
        let mut table = Table::with_columns(&[
            ("name", ColumnType::Text),
            ("beds", ColumnType::Integer),
            ("stars", ColumnType::Number),
            ("since", ColumnType::Date),
        ]);
        let since: Date = "2023-05-01".parse().expect("a valid date");
        let rows = [
            vec!["A H Orr Lodge".into(), 40_i64.into(), 3.5.into(), since.into()],
            vec![Value::Null, Value::Null, Value::Null, Value::Null],
            vec!["".into(), 0_i64.into(), f64::NAN.into(), Value::Null],
        ];
        for row in &rows {
            table.push_row(row.clone()).expect("the row fits");
        }
        for (number, row) in rows.iter().enumerate() {
            let found: Vec<Value> = table.columns().iter().map(|column| column.value(number)).collect();
            assert_eq!(&found, row);
        }
        assert_eq!(table.take(&[2, 0]).text(1, "name"), Some("A H Orr Lodge"));
    }

    #[test]
    fn a_row_that_does_not_fit_changes_nothing() {
        let mut table = Table::with_columns(&[("name", ColumnType::Text), ("beds", ColumnType::Integer)]);
        let error = table.push_row(vec!["x".into(), "many".into()]).expect_err("text is no number");
        assert_eq!(error.to_string(), "column `beds` holds Integer, the value is Text(\"many\")");
        assert!(table.is_empty());
        assert!(table.columns().iter().all(Column::is_empty));
    }
}
