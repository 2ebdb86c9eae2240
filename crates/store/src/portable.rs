//! The whole store as JSON Lines and back, on either engine and across them; and dropping what stages derived.

use crate::{Store, StoreError};
use serde_json::{Map, Value};
use sqlx::any::{AnyRow, AnyTypeInfoKind};
use sqlx::{Column, Row, TypeInfo, ValueRef};
use std::io::{BufRead, Write};

/// Every table, such that a table comes after those it refers to.
const TABLES: &[&str] = &[
    "activities",
    "log",
    "log_head",
    "positions",
    "datasets",
    "received",
    "source_states",
    "problems",
    "accounts",
    "tokens",
    "failed_sign_ins",
    "audit",
    "idempotency",
    "jobs",
    "judgements",
    "signals",
    "signal_states",
    "cases",
    "timeline",
    "decisions",
];

/// Stages whose results are derived; ingest is not among them: what it keeps cannot be made again from anything else.
const DERIVING_STAGES: &[&str] = &["resolve", "assess", "analyze"];

impl Store {
    /// Writes all tables as they stand at one moment, one row a line; sessions stay behind. Gives the number of rows.
    pub async fn dump(&self, out: &mut (impl Write + Send)) -> Result<u64, StoreError> {
        let failed = |error: std::io::Error| StoreError::Backup(error.to_string());
        let mut transaction = self.pool.begin().await?;
        if self.dialect == crate::dialect::Dialect::Postgres {
            sqlx::query("set transaction isolation level repeatable read").execute(&mut *transaction).await?;
        }
        let mut rows = 0;
        for table in TABLES {
            let sql = format!("select * from {table}");
            for row in sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&mut *transaction).await? {
                let line = serde_json::json!({ "table": table, "row": values(&row)? });
                writeln!(out, "{line}").map_err(failed)?;
                rows += 1;
            }
        }
        Ok(rows)
    }

    /// Puts a dump into an empty store, all or nothing. Gives the number of rows.
    pub async fn load(&self, lines: impl BufRead) -> Result<u64, StoreError> {
        if self.head().await? > 0 || self.count("select count(*) from accounts").await? > 0 {
            return Err(StoreError::Backup("the store is not empty; restore into a new place".to_owned()));
        }
        let mut transaction = self.pool.begin().await?;
        sqlx::query("delete from log_head").execute(&mut *transaction).await?;
        let mut rows = 0;
        for (number, line) in lines.lines().enumerate() {
            let wrong = |what: String| StoreError::Backup(format!("line {}: {what}", number + 1));
            let line = line.map_err(|error| wrong(error.to_string()))?;
            let line: Value = serde_json::from_str(&line).map_err(|error| wrong(error.to_string()))?;
            let table = line["table"].as_str().and_then(|name| TABLES.iter().find(|table| **table == name));
            let table = table.ok_or_else(|| wrong(format!("`{}` is no table of the store", line["table"])))?;
            let row = line["row"].as_object().ok_or_else(|| wrong("there is no row".to_owned()))?;
            insert(&mut transaction, table, row).await.map_err(|error| wrong(error.to_string()))?;
            rows += 1;
        }
        transaction.commit().await?;
        Ok(rows)
    }

    /// Drops everything that stages derived and sends them back to the start; what people said and did stays.
    pub async fn drop_derived(&self) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
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

fn values(row: &AnyRow) -> Result<Map<String, Value>, StoreError> {
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

async fn insert(
    transaction: &mut sqlx::Transaction<'static, sqlx::Any>,
    table: &str,
    row: &Map<String, Value>,
) -> Result<(), StoreError> {
    let plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if let Some(name) = row.keys().find(|name| !plain(name)) {
        return Err(StoreError::Backup(format!("`{name}` is no column")));
    }
    let names: Vec<&str> = row.keys().map(String::as_str).collect();
    let places: Vec<String> = (1..=names.len()).map(|number| format!("${number}")).collect();
    let sql = format!("insert into {table} ({}) values ({})", names.join(", "), places.join(", "));
    let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
    for value in row.values() {
        query = match value {
            Value::Number(number) if number.is_i64() => query.bind(number.as_i64().unwrap_or_default()),
            Value::Number(number) => query.bind(number.as_f64().unwrap_or_default()),
            Value::String(text) => query.bind(text.clone()),
            other => return Err(StoreError::Backup(format!("{other} is no value of a column"))),
        };
    }
    query.execute(&mut **transaction).await?;
    Ok(())
}
