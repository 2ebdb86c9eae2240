//! Where SQLite and PostgreSQL differ: addresses, settings of a connection, append-only triggers, claiming jobs.

use crate::StoreError;
use sqlx::AnyPool;

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
];

/// Tables to which rows are only added: the log, who did what, who read what.
const APPEND_ONLY: &[&str] = &["log", "activities", "audit", "timeline", "decisions"];

impl Dialect {
    /// The dialect of an address, and the address as the driver wants it.
    pub(crate) fn of(address: &str) -> Result<(Self, String), StoreError> {
        if let Some(path) = address.strip_prefix("sqlite:") {
            let path = path.trim_start_matches("//");
            return Ok((Self::Sqlite, format!("sqlite://{path}?mode=rwc")));
        }
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            return Ok((Self::Postgres, address.to_owned()));
        }
        Err(StoreError::Address(address.to_owned()))
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
            ],
        }
    }
}

pub(crate) async fn migrate(pool: &AnyPool, dialect: Dialect) -> Result<(), StoreError> {
    let mut transaction = pool.begin().await?;
    if dialect == Dialect::Postgres {
        // Two processes that start at once would otherwise both find no table.
        sqlx::query("select pg_advisory_xact_lock(748213)").execute(&mut *transaction).await?;
    }
    sqlx::query("create table if not exists migrations (name text primary key)").execute(&mut *transaction).await?;
    for (name, script) in MIGRATIONS {
        let added = sqlx::query("insert into migrations (name) values ($1) on conflict (name) do nothing")
            .bind(*name)
            .execute(&mut *transaction)
            .await?;
        if added.rows_affected() == 0 {
            continue;
        }
        for statement in script.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
            sqlx::query(sqlx::AssertSqlSafe(statement.to_owned())).execute(&mut *transaction).await?;
        }
        for table in APPEND_ONLY.iter().filter(|table| script.contains(&format!("create table {table} ("))) {
            for statement in dialect.append_only(table) {
                sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut *transaction).await?;
            }
        }
    }
    transaction.commit().await?;
    Ok(())
}
