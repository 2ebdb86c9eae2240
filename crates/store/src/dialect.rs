//! Where SQLite and PostgreSQL differ: addresses, settings of a connection, append-only triggers, claiming jobs.

use crate::StoreError;
use sqlx::{AnyPool, Connection};

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// Migrations in order. A released one is never changed.
const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_log", include_str!("../migrations/0001_log.sql")),
    ("0002_people", include_str!("../migrations/0002_people.sql")),
    ("0003_work", include_str!("../migrations/0003_work.sql")),
    ("0004_lists", include_str!("../migrations/0004_lists.sql")),
    ("0005_covering", include_str!("../migrations/0005_covering.sql")),
    ("0006_seen", include_str!("../migrations/0006_seen.sql")),
];

/// Gives every text column on PostgreSQL the order of bytes, which SQLite has anyway: lists and their cursors are then the same
/// on both engines and whatever the language of the server, and indexes serve comparisons.
const ORDER_BY_BYTES: &str = "do $$ declare found record; begin
    for found in select table_name, column_name from information_schema.columns
        where table_schema = current_schema() and data_type = 'text' and collation_name is null
    loop
        execute format('alter table %I alter column %I type text collate \"C\"', found.table_name, found.column_name);
    end loop; end $$";

/// What a database means by a code that callers can do something about.
pub(crate) enum Meaning {
    Busy,
    Character,
    Other,
}

/// What a code of SQLite (decimal) or PostgreSQL (five characters) means.
pub(crate) fn meaning(code: &str) -> Meaning {
    match code {
        // SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, SQLITE_LOCKED; serialization_failure, deadlock_detected, lock_not_available.
        "5" | "517" | "6" | "40001" | "40P01" | "55P03" => Meaning::Busy,
        "22021" => Meaning::Character,
        _ => Meaning::Other,
    }
}

/// Tables to which rows are only added: the log, who did what, who read what.
const APPEND_ONLY: &[&str] = &["log", "activities", "audit", "timeline", "decisions", "signal_history"];

impl Dialect {
    /// The dialect of an address, and the address as the driver wants it.
    pub(crate) fn of(address: &str) -> Result<(Self, String), StoreError> {
        if let Some(path) = address.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return Ok((Self::Sqlite, format!("sqlite://{}?mode=rwc", escaped(path))));
        }
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            return Ok((Self::Postgres, address.to_owned()));
        }
        // What follows the scheme may hold a password.
        let scheme = address.split_once("://").map(|(scheme, _)| format!("{scheme}://..."));
        Err(StoreError::Address(scheme.unwrap_or_else(|| address.to_owned())))
    }

    /// Statements for each new connection.
    pub(crate) fn on_connect(self) -> &'static [&'static str] {
        match self {
            // FULL: what was acknowledged survives a power cut, not only a kill.
            Self::Sqlite => &[
                "pragma busy_timeout = 20000",
                "pragma journal_mode = wal",
                "pragma synchronous = full",
                "pragma foreign_keys = on",
            ],
            Self::Postgres => &["set timezone = 'UTC'"],
        }
    }

    /// Begins a transaction that writes: on SQLite it takes the lock at once, where a later one could be refused.
    pub(crate) fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "begin immediate",
            Self::Postgres => "begin",
        }
    }

    /// Rows of so many columns that one statement inserts fastest.
    pub(crate) fn rows_per_statement(self, columns: usize) -> usize {
        let values = match self {
            // The driver looks for the place of each value among all of them: few are faster than many.
            Self::Sqlite => 100,
            // Each statement is a journey to the server; at most 65,535 values.
            Self::Postgres => 5_000,
        };
        (values / columns).max(1)
    }

    /// How many transactions may write at the same time on so many connections.
    pub(crate) fn writers_at_once(self, connections: u32) -> usize {
        match self {
            Self::Sqlite => 1,
            Self::Postgres => usize::try_from(connections / 2).unwrap_or(1),
        }
    }

    /// Lets other workers pass by jobs that one is just claiming.
    pub(crate) fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " for update skip locked",
        }
    }

    fn append_only(self, table: &str) -> Vec<String> {
        match self {
            Self::Sqlite => ["update", "delete"]
                .map(|verb| {
                    format!(
                        "create trigger {table}_no_{verb} before {verb} on {table} \
                         begin select raise(abort, '{table} only grows'); end"
                    )
                })
                .to_vec(),
            Self::Postgres => vec![
                format!(
                    "create function {table}_grows() returns trigger language plpgsql as \
                     $$ begin raise exception '{table} only grows'; end $$"
                ),
                format!(
                    "create trigger {table}_no_change before update or delete on {table} \
                     for each row execute function {table}_grows()"
                ),
                format!(
                    "create trigger {table}_no_truncate before truncate on {table} \
                     for each statement execute function {table}_grows()"
                ),
            ],
        }
    }
}

/// A path as part of an address: what means something there is written as its bytes.
fn escaped(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte);
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Makes the tables that are missing.
///
/// # Errors
/// [`StoreError::Newer`] where a newer version of the program has changed them already.
pub(crate) async fn migrate(pool: &AnyPool, dialect: Dialect) -> Result<(), StoreError> {
    // A connection of its own, closed at the end: what PostgreSQL prepared on it may no longer fit the tables.
    let mut connection = pool.acquire().await?.detach();
    let mut transaction = connection.begin_with(dialect.begin()).await?;
    if dialect == Dialect::Postgres {
        // Two processes that start at once would otherwise both find no table.
        sqlx::query("select pg_advisory_xact_lock(748213)").execute(&mut *transaction).await?;
    }
    sqlx::query("create table if not exists migrations (name text primary key)").execute(&mut *transaction).await?;
    for row in sqlx::query("select name from migrations order by name").fetch_all(&mut *transaction).await? {
        let name = crate::text(&row, "name")?;
        if !MIGRATIONS.iter().any(|(known, _)| *known == name) {
            return Err(StoreError::Newer(name));
        }
    }
    let mut changed = false;
    for (name, script) in MIGRATIONS {
        let added = sqlx::query("insert into migrations (name) values ($1) on conflict (name) do nothing")
            .bind(*name)
            .execute(&mut *transaction)
            .await?;
        if added.rows_affected() == 0 {
            continue;
        }
        changed = true;
        for statement in script.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
            sqlx::query(sqlx::AssertSqlSafe(statement.to_owned())).execute(&mut *transaction).await?;
        }
        for table in APPEND_ONLY.iter().filter(|table| script.contains(&format!("create table {table} ("))) {
            for statement in dialect.append_only(table) {
                sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut *transaction).await?;
            }
        }
    }
    if changed && dialect == Dialect::Postgres {
        sqlx::query(ORDER_BY_BYTES).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(connection.close().await?)
}
