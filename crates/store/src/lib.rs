//! The only SQL of the operational store: the log, accounts, judgements, signals, cases, decisions, jobs, audit.
//!
//! One SQL text for SQLite and PostgreSQL; what differs is in [`dialect`]. Times and identifiers come in as arguments. Must
//! never hold a rule of a stage, and never hand out a connection.
//!
//! A new table: a statement in `migrations/`, a file with methods on [`Store`] or [`Writer`], a step in `tests/story.rs`, a line in
//! `portable::TABLES`.

pub mod accounts;
pub mod audit;
pub mod cases;
pub mod datasets;
mod dialect;
pub mod idempotency;
pub mod jobs;
pub mod judgements;
pub mod log;
pub mod page;
pub mod portable;
pub mod problems;
pub mod signals;
pub mod sources;

pub use log::{Entry, NewActivity, NewEntry, Writer};
pub use page::{Page, PageOf};

use dialect::Dialect;
use sqlx::any::{AnyPoolOptions, AnyRow};
use sqlx::{AnyPool, Row};

/// What can go wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// An address that is neither SQLite nor PostgreSQL.
    #[error("`{0}` is no store address; write `sqlite:FILE` or `postgres://USER@HOST/DATABASE`")]
    Address(String),
    /// The database.
    #[error("store: {0}")]
    Database(#[from] sqlx::Error),
    /// A stored value that cannot be read back.
    #[error("store: {what} holds what this version cannot read: {error}")]
    Unreadable {
        /// Table and column.
        what: &'static str,
        /// Why.
        error: String,
    },
    /// Somebody changed the thing since it was read.
    #[error("`{0}` was changed by somebody else meanwhile; look at it again")]
    Changed(String),
    /// A backup that does not fit.
    #[error("backup: {0}")]
    Backup(String),
}

/// The operational store of one office.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
    dialect: Dialect,
}

/// Connections kept: enough for a busy page, few enough for a small PostgreSQL.
const CONNECTIONS: u32 = 12;

impl Store {
    /// Opens a store; a SQLite file is made where it is missing.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let (dialect, url) = Dialect::of(address)?;
        let options = AnyPoolOptions::new().max_connections(CONNECTIONS).after_connect(move |connection, _| {
            Box::pin(async move {
                for statement in dialect.on_connect() {
                    sqlx::query(*statement).execute(&mut *connection).await?;
                }
                Ok(())
            })
        });
        Ok(Self { pool: options.connect(&url).await?, dialect })
    }

    /// Makes or brings up to date all tables. Safe to call at every start, also by several processes.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        dialect::migrate(&self.pool, self.dialect).await
    }

    /// True where the database answers.
    pub async fn ready(&self) -> bool {
        sqlx::query("select 1").fetch_one(&self.pool).await.is_ok()
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    async fn count(&self, sql: &'static str) -> Result<i64, StoreError> {
        Ok(sqlx::query(sql).fetch_one(&self.pool).await?.try_get(0)?)
    }
}

/// Times as stored: universal time with six digits, so that text sorts like time.
pub(crate) fn stamp(at: model::Timestamp) -> String {
    format!("{at:.6}")
}

pub(crate) fn text(row: &AnyRow, column: &str) -> Result<String, StoreError> {
    Ok(row.try_get(column)?)
}

pub(crate) fn number(row: &AnyRow, column: &str) -> Result<i64, StoreError> {
    Ok(row.try_get(column)?)
}

pub(crate) fn real(row: &AnyRow, column: &str) -> Result<f64, StoreError> {
    Ok(row.try_get(column)?)
}

pub(crate) fn moment(row: &AnyRow, column: &'static str) -> Result<model::Timestamp, StoreError> {
    let stored = text(row, column)?;
    stored.parse().map_err(|_| StoreError::Unreadable { what: column, error: format!("`{stored}` is no moment") })
}

pub(crate) fn json<T: serde::de::DeserializeOwned>(row: &AnyRow, column: &'static str) -> Result<T, StoreError> {
    serde_json::from_str(&text(row, column)?)
        .map_err(|error| StoreError::Unreadable { what: column, error: error.to_string() })
}

pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("stored values are plain data with text keys")
}
