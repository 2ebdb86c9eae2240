//! The whole store as JSON Lines and back, on either engine and across them; copies of a SQLite file; dropping what stages derived.
//!
//! A dump begins with a line that names its form and ends with a line that counts its rows, so that a cut one is known. Sessions
//! and claims of the review queue stay behind: they would have ended anyway. Derived are the Judgements of scorers and the
//! Signals that nobody touched; what people said and did is not.

use crate::dialect::Dialect;
use crate::{Store, StoreError, places};
use futures::TryStreamExt;
use serde_json::{Map, Value};
use sqlx::any::{AnyRow, AnyTypeInfoKind};
use sqlx::{Any, Column, Row, Transaction, TypeInfo, ValueRef};
use std::io::{BufRead, Write};
use std::path::Path;

/// Every table, such that a table comes after those it refers to, with the columns it is put in order by.
const TABLES: &[(&str, &str)] = &[
    ("activities", "id"),
    ("log", "position"),
    ("log_head", "id"),
    ("positions", "stage"),
    ("datasets", "name"),
    ("received", "source, name, hash"),
    ("source_states", "source"),
    ("problems", "id"),
    ("accounts", "name"),
    ("tokens", "hash"),
    ("failed_sign_ins", "account, at"),
    ("audit", "id"),
    ("idempotency", "account, key"),
    ("jobs", "id"),
    ("judgements", "id"),
    ("signals", "id"),
    ("signal_states", "signal"),
    ("signal_history", "signal, number"),
    ("cases", "id"),
    ("timeline", "case_id, number"),
    ("decisions", "id"),
];

/// Form of the dump; raised with every change that an older program could not read.
const FORM: i64 = 1;

/// Stages whose results are derived; ingest is not among them: what it keeps cannot be made again from anything else.
const DERIVING_STAGES: &[&str] = &["resolve", "assess", "analyze"];

impl Store {
    /// Writes all tables as they stand at one moment, one row a line, while others go on writing. Gives the number of rows.
    pub async fn dump(&self, out: &mut (impl Write + Send)) -> Result<u64, StoreError> {
        let failed = |error: std::io::Error| StoreError::Backup(error.to_string());
        let mut transaction = self.pool.begin().await?;
        if self.dialect == Dialect::Postgres {
            sqlx::query("set transaction isolation level repeatable read").execute(&mut *transaction).await?;
        }
        writeln!(out, "{}", serde_json::json!({ "counterflow_store": FORM })).map_err(failed)?;
        let mut count: u64 = 0;
        for (table, key) in TABLES {
            let sql = format!("select * from {table} order by {key}");
            let mut rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch(&mut *transaction);
            while let Some(row) = rows.try_next().await? {
                let line = serde_json::json!({ "table": table, "row": values(&row)? });
                writeln!(out, "{line}").map_err(failed)?;
                count += 1;
            }
        }
        writeln!(out, "{}", serde_json::json!({ "rows": count })).map_err(failed)?;
        out.flush().map_err(failed)?;
        Ok(count)
    }

    /// Puts a dump into an empty store, all or nothing. Gives the number of rows.
    pub async fn load(&self, lines: impl BufRead) -> Result<u64, StoreError> {
        let _turn = self.turn().await?;
        if self.head().await? > 0 || self.count("select count(*) from accounts").await? > 0 {
            return Err(StoreError::Backup("the store is not empty; restore into a new place".to_owned()));
        }
        let mut transaction = self.pool.begin_with(self.dialect.begin()).await?;
        sqlx::query("delete from log_head").execute(&mut *transaction).await?;
        let mut waiting = Rows::default();
        let mut count: u64 = 0;
        let mut ended = false;
        for (number, line) in lines.lines().enumerate() {
            let wrong = |what: String| StoreError::Backup(format!("line {}: {what}", number + 1));
            let line = line.map_err(|error| wrong(error.to_string()))?;
            let line: Value = serde_json::from_str(&line).map_err(|error| wrong(error.to_string()))?;
            match read_line(&line, number, count).map_err(wrong)? {
                Line::First => {}
                Line::Last => ended = true,
                Line::Row(..) if ended => return Err(wrong("rows after the last line; is it two dumps?".to_owned())),
                Line::Row(table, row) => {
                    if !waiting.takes(table, row, self.dialect) {
                        waiting.insert(&mut transaction).await.map_err(|error| wrong(error.to_string()))?;
                    }
                    waiting.push(table, row);
                    count += 1;
                }
            }
        }
        if !ended {
            let what = format!("it is cut off after {count} rows; use a whole one");
            return Err(StoreError::Backup(what));
        }
        waiting.insert(&mut transaction).await?;
        transaction.commit().await?;
        Ok(count)
    }

    /// Copies a SQLite store into a new file, while others go on reading and writing. The copy is a store of its own.
    ///
    /// # Errors
    /// Where the file exists, and on PostgreSQL, which has its own tools for this; [`Store::dump`] works on both.
    pub async fn backup_to(&self, file: &Path) -> Result<(), StoreError> {
        if self.dialect == Dialect::Postgres {
            let what = "a store on PostgreSQL is copied by `pg_dump`, or written as lines by a dump";
            return Err(StoreError::Backup(what.to_owned()));
        }
        let name = file.to_str().ok_or_else(|| StoreError::Backup(format!("{} is not UTF-8", file.display())))?;
        if file.exists() {
            return Err(StoreError::Backup(format!("`{name}` is there already; name a new file")));
        }
        sqlx::query("vacuum into $1").bind(name).execute(&self.pool).await?;
        Ok(())
    }

    /// Drops everything that stages derived and sends them back to the start; what people said and did stays.
    pub async fn drop_derived(&self) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        let mut transaction = self.pool.begin_with(self.dialect.begin()).await?;
        sqlx::query("delete from review_claims").execute(&mut *transaction).await?;
        sqlx::query("delete from judgements where method <> 'person'").execute(&mut *transaction).await?;
        sqlx::query("delete from signals where id not in (select signal from signal_states)")
            .execute(&mut *transaction)
            .await?;
        for stage in DERIVING_STAGES {
            sqlx::query("delete from positions where stage = $1").bind(*stage).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

pub(crate) fn values(row: &AnyRow) -> Result<Map<String, Value>, StoreError> {
    let mut values = Map::new();
    for column in row.columns() {
        let raw = row.try_get_raw(column.ordinal())?;
        let value = if raw.is_null() {
            Value::Null
        } else {
            match raw.type_info().kind() {
                AnyTypeInfoKind::BigInt | AnyTypeInfoKind::Integer | AnyTypeInfoKind::SmallInt => {
                    row.try_get::<i64, _>(column.ordinal())?.into()
                }
                AnyTypeInfoKind::Real | AnyTypeInfoKind::Double => row.try_get::<f64, _>(column.ordinal())?.into(),
                AnyTypeInfoKind::Text => row.try_get::<String, _>(column.ordinal())?.into(),
                other => {
                    let error = format!("{} of type {other:?}", column.type_info().name());
                    return Err(StoreError::Unreadable { what: "a dumped column", error });
                }
            }
        };
        values.insert(column.name().to_owned(), value);
    }
    Ok(values)
}

enum Line<'a> {
    First,
    Row(&'static str, &'a Map<String, Value>),
    Last,
}

fn read_line(line: &Value, number: usize, count: u64) -> Result<Line<'_>, String> {
    if number == 0 {
        return match line["counterflow_store"].as_i64() {
            Some(FORM) => Ok(Line::First),
            Some(other) => Err(format!("the dump has form {other}, this version reads {FORM}; use a newer version")),
            None => Err("this is no dump of a store".to_owned()),
        };
    }
    if let Some(rows) = line["rows"].as_u64() {
        return if rows == count {
            Ok(Line::Last)
        } else {
            Err(format!("{rows} rows were written, {count} are there"))
        };
    }
    let table = line["table"].as_str().and_then(|name| TABLES.iter().find(|(table, _)| *table == name));
    let (table, _) = table.ok_or_else(|| format!("{} is no table of the store", line["table"]))?;
    let row = line["row"].as_object().ok_or("there is no row")?;
    let plain = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    match row.keys().find(|name| !plain(name)) {
        Some(name) => Err(format!("`{name}` is no column")),
        None => Ok(Line::Row(table, row)),
    }
}

/// Rows of one table that wait to be inserted together.
#[derive(Default)]
struct Rows {
    table: &'static str,
    columns: Vec<String>,
    values: Vec<Value>,
    count: usize,
}

impl Rows {
    fn takes(&self, table: &str, row: &Map<String, Value>, dialect: Dialect) -> bool {
        let room = self.count < dialect.rows_per_statement(row.len().max(1));
        self.count == 0 || (room && self.table == table && self.columns.iter().eq(row.keys()))
    }

    fn push(&mut self, table: &'static str, row: &Map<String, Value>) {
        if self.count == 0 {
            (self.table, self.columns) = (table, row.keys().cloned().collect());
        }
        self.values.extend(row.values().cloned());
        self.count += 1;
    }

    async fn insert(&mut self, transaction: &mut Transaction<'static, Any>) -> Result<(), StoreError> {
        if self.count == 0 {
            return Ok(());
        }
        let places = places(self.count, self.columns.len());
        let sql = format!("insert into {} ({}) values {places}", self.table, self.columns.join(", "));
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for value in self.values.drain(..) {
            query = match value {
                Value::Number(number) if number.is_i64() => query.bind(number.as_i64().unwrap_or_default()),
                Value::Number(number) => query.bind(number.as_f64().unwrap_or_default()),
                Value::String(text) => query.bind(text),
                other => return Err(StoreError::Backup(format!("{other} is no value of a column"))),
            };
        }
        query.execute(&mut **transaction).await?;
        self.count = 0;
        Ok(())
    }
}
