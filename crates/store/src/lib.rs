//! The only SQL of the operational store: the log, accounts, judgements, signals, cases, decisions, jobs, audit.
//!
//! One SQL text for SQLite and PostgreSQL; what differs is in `dialect.rs`. Times and identifiers come in as arguments. Must
//! never hold a rule of a stage, and never hand out a connection.
//!
//! A new table: a statement in `migrations/`, a file with methods on [`Store`] or [`Writer`], a step in `tests/story`, a line in
//! `portable::TABLES`.

pub mod accounts;
pub mod audit;
pub mod cases;
pub mod datasets;
mod dialect;
pub mod evidence;
pub mod idempotency;
pub mod jobs;
pub mod judgements;
mod listing;
pub mod log;
pub mod page;
pub mod portable;
pub mod problems;
pub mod signals;
pub mod sources;

pub use log::{Entry, NewActivity, NewEntry, Writer};
pub use page::{Page, PageOf, Slice, SliceOf};

use dialect::Dialect;
use sqlx::any::{AnyPoolOptions, AnyRow};
use sqlx::{AnyPool, Row};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What can go wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// An address that is neither SQLite nor PostgreSQL.
    #[error("`{0}` is no store address; write `sqlite:FILE` or `postgres://USER@HOST/DATABASE`")]
    Address(String),
    /// The database.
    #[error("store: {0}")]
    Database(#[source] sqlx::Error),
    /// A name, key or identifier that is there already.
    #[error("there is one of that name or key already; choose another, or look at the one that is there ({0})")]
    Taken(String),
    /// Too much is being written at once.
    #[error("the store is busy; try again in a moment")]
    Busy,
    /// Text with a character that cannot be stored.
    #[error("text holds a zero character, which cannot be stored; leave it out")]
    Character,
    /// A value that would not come back as it went in, such as a number that is none.
    #[error("{what} cannot be stored, because it would not come back as it is: {error}")]
    NotKept {
        /// What it is.
        what: &'static str,
        /// Why.
        error: String,
    },
    /// A cursor of another list, or none at all.
    #[error("`{0}` is no cursor of this list in this order; leave it out to begin at the first row")]
    Cursor(String),
    /// A stored value that cannot be read back.
    #[error("store: {what} holds what this version cannot read: {error}")]
    Unreadable {
        /// Table and column.
        what: &'static str,
        /// Why.
        error: String,
    },
    /// Tables of a newer version of the program.
    #[error("the store was changed by a newer version (`{0}`); use that version, or restore a backup made before it")]
    Newer(String),
    /// Somebody changed the thing since it was read.
    #[error("`{0}` was changed by somebody else meanwhile; look at it again")]
    Changed(String),
    /// A backup that does not fit.
    #[error("backup: {0}")]
    Backup(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::Database(told) if told.is_unique_violation() => Self::Taken(told.message().to_owned()),
            sqlx::Error::Database(told) => match told.code().as_deref().map(dialect::meaning) {
                Some(dialect::Meaning::Busy) => Self::Busy,
                Some(dialect::Meaning::Character) => Self::Character,
                _ => Self::Database(error),
            },
            _ => Self::Database(error),
        }
    }
}

/// The operational store of one office.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
    dialect: Dialect,
    turns: Arc<Semaphore>,
    audit_lines: Arc<audit::Waiting>,
}

/// Connections kept: enough for a busy page, few enough for a small PostgreSQL.
const CONNECTIONS: u32 = 12;
/// How long a writer waits for its turn.
const TURN: Duration = Duration::from_secs(20);

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
        let pool = options.connect(&url).await?;
        let turns = Arc::new(Semaphore::new(dialect.writers_at_once(CONNECTIONS)));
        Ok(Self { pool, dialect, turns, audit_lines: Arc::default() })
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

    /// Waits until it is one's turn to write; kept until it is dropped. SQLite has one writer at a time and lets the others ask
    /// again and again, so that some wait long: here they stand in a line, and hold no connection while they wait. On PostgreSQL
    /// writers leave connections to those who read, themselves among them.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        match tokio::time::timeout(TURN, Arc::clone(&self.turns).acquire_owned()).await {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(StoreError::Busy),
        }
    }

    async fn count(&self, sql: &'static str) -> Result<i64, StoreError> {
        Ok(sqlx::query(sql).fetch_one(&self.pool).await?.try_get(0)?)
    }
}

/// Places of the values of several rows in one statement: `($1, $2), ($3, $4)`.
pub(crate) fn places(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let places: Vec<String> = (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", places.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
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

/// JSON that is known to read back as the same kind of thing: a number that is none would not.
pub(crate) fn lasting_json<T>(what: &'static str, value: &T) -> Result<String, StoreError>
where
    T: serde::Serialize + serde::de::DeserializeOwned,
{
    let written = to_json(value);
    match serde_json::from_str::<T>(&written) {
        Ok(_) => Ok(written),
        Err(error) => Err(StoreError::NotKept { what, error: error.to_string() }),
    }
}

/// A number that is one.
pub(crate) fn finite(what: &'static str, value: f64) -> Result<f64, StoreError> {
    if value.is_finite() { Ok(value) } else { Err(StoreError::NotKept { what, error: format!("it is {value}") }) }
}

pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("stored values are plain data with text keys")
}
