//! The log: every change with its Activity, in one order. Only grows; corrections are new entries.
//!
//! Everything that changes the store goes through a [`Writer`]: one transaction that names its Activity.

use crate::dialect::Dialect;
use crate::{Store, StoreError, json, moment, number, stamp, text, to_json};
use model::{Run, Timestamp};
use sqlx::{Any, Row, Transaction};

/// Who does what: the first row of every transaction.
#[derive(Clone, Debug)]
pub struct NewActivity {
    /// Identifier (UUID version 7).
    pub id: String,
    /// Stage or room that acts: `ingest`, `resolve`, `web`.
    pub stage: String,
    /// What it does, as a stable word: `receive`, `link`, `sign_in`.
    pub kind: String,
    /// Agent answerable for it: an account, or `counterflow`.
    pub agent: String,
    /// When.
    pub at: Timestamp,
}

impl NewActivity {
    /// What the program itself does now, in a stage or room.
    pub fn of_the_program(stage: &str, kind: &str, run: Run<'_>) -> Self {
        let agent = "counterflow".to_owned();
        Self { id: run.new_id(), stage: stage.to_owned(), kind: kind.to_owned(), agent, at: run.now() }
    }
}

/// An entry to append.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// What happened, as a stable word: `rows`, `judged`, `decided`.
    pub kind: String,
    /// Dataset that changed; empty where none did.
    pub dataset: String,
    /// Its new version; -1 where no dataset changed.
    pub version: i64,
    /// Figures and identifiers of the change.
    pub note: serde_json::Value,
}

impl NewEntry {
    /// An entry that names a new version of a dataset.
    pub fn rows(dataset: &str, version: i64, note: serde_json::Value) -> Self {
        Self { kind: "rows".to_owned(), dataset: dataset.to_owned(), version, note }
    }

    /// An entry about something else than rows.
    pub fn about(kind: &str, note: serde_json::Value) -> Self {
        Self { kind: kind.to_owned(), dataset: String::new(), version: -1, note }
    }
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its place; later entries have higher ones.
    pub position: i64,
    /// The Activity.
    pub activity: String,
    /// Stage of the Activity.
    pub stage: String,
    /// Agent of the Activity.
    pub agent: String,
    /// What happened.
    pub kind: String,
    /// Dataset that changed; empty where none did.
    pub dataset: String,
    /// Its new version; -1 where no dataset changed.
    pub version: i64,
    /// Figures and identifiers.
    pub note: serde_json::Value,
    /// When it was recorded.
    pub at: Timestamp,
}

/// The only way to change the store: one transaction in the name of one Activity.
///
/// Dropped without [`Writer::commit`] it leaves nothing.
pub struct Writer {
    pub(crate) transaction: Transaction<'static, Any>,
    pub(crate) dialect: Dialect,
    pub(crate) activity: String,
    pub(crate) agent: String,
    pub(crate) at: Timestamp,
    // Last, so that the transaction has ended before the next writer begins.
    _turn: tokio::sync::OwnedSemaphorePermit,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("activity", &self.activity).finish_non_exhaustive()
    }
}

const ENTRIES: &str =
    "select l.position, l.activity, a.stage, a.agent, l.kind, l.dataset, l.version, l.note, l.recorded_at
    from log l join activities a on a.id = l.activity";

impl Store {
    /// Begins a transaction in the name of an Activity. Few write at a time: reading from the [`Store`] meanwhile is fine,
    /// but nothing else of it that writes (audit lines, jobs) may be called until this is committed.
    pub async fn begin(&self, activity: &NewActivity) -> Result<Writer, StoreError> {
        let turn = self.turn().await?;
        let mut transaction = self.pool.begin_with(self.dialect.begin()).await?;
        sqlx::query("insert into activities (id, stage, kind, agent, at) values ($1, $2, $3, $4, $5)")
            .bind(&activity.id)
            .bind(&activity.stage)
            .bind(&activity.kind)
            .bind(&activity.agent)
            .bind(stamp(activity.at))
            .execute(&mut *transaction)
            .await?;
        let (id, agent) = (activity.id.clone(), activity.agent.clone());
        Ok(Writer { transaction, dialect: self.dialect, activity: id, agent, at: activity.at, _turn: turn })
    }

    /// Entries after a position, in order, at most `limit`.
    pub async fn entries_after(&self, position: i64, limit: i64) -> Result<Vec<Entry>, StoreError> {
        let sql = format!("{ENTRIES} where l.position > $1 order by l.position limit $2");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(position).bind(limit).fetch_all(&self.pool).await?;
        rows.iter().map(entry).collect()
    }

    /// The newest entries first, at most `limit`.
    pub async fn newest_entries(&self, limit: i64) -> Result<Vec<Entry>, StoreError> {
        let sql = format!("{ENTRIES} order by l.position desc limit $1");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(limit).fetch_all(&self.pool).await?;
        rows.iter().map(entry).collect()
    }

    /// Position of the newest entry; 0 for an empty log.
    pub async fn head(&self) -> Result<i64, StoreError> {
        self.count("select coalesce(max(position), 0) from log").await
    }

    /// Where a stage stopped; 0 where it never ran.
    pub async fn position(&self, stage: &str) -> Result<i64, StoreError> {
        let row = sqlx::query("select position from positions where stage = $1")
            .bind(stage)
            .fetch_optional(&self.pool)
            .await?;
        row.map_or(Ok(0), |row| number(&row, "position"))
    }

    /// True where the log has news for a stage since its position: rows of one of these datasets, or an entry of one of these
    /// kinds.
    pub async fn has_news(&self, stage: &str, datasets: &[&str], kinds: &[&str]) -> Result<bool, StoreError> {
        let mut position = self.position(stage).await?;
        loop {
            let entries = self.entries_after(position, 1_000).await?;
            let Some(last) = entries.last() else { return Ok(false) };
            position = last.position;
            let concerns = |entry: &Entry| {
                let rows = entry.kind == "rows" && datasets.contains(&entry.dataset.as_str());
                rows || kinds.contains(&entry.kind.as_str())
            };
            if entries.iter().any(concerns) {
                return Ok(true);
            }
        }
    }

    /// The version of a dataset that readers see: the newest one the log names.
    pub async fn dataset_version(&self, dataset: &str) -> Result<Option<i64>, StoreError> {
        let row =
            sqlx::query("select version from log where dataset = $1 and kind = 'rows' order by position desc limit 1")
                .bind(dataset)
                .fetch_optional(&self.pool)
                .await?;
        row.map(|row| number(&row, "version")).transpose()
    }

    /// Every entry that named a version of a dataset, newest first.
    pub async fn dataset_history(&self, dataset: &str) -> Result<Vec<Entry>, StoreError> {
        let sql = format!("{ENTRIES} where l.dataset = $1 and l.kind = 'rows' order by l.position desc");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(dataset).fetch_all(&self.pool).await?;
        rows.iter().map(entry).collect()
    }

    /// True where the log holds an entry of this Activity.
    pub async fn knows_activity(&self, activity: &str) -> Result<bool, StoreError> {
        let row =
            sqlx::query("select count(*) from log where activity = $1").bind(activity).fetch_one(&self.pool).await?;
        Ok(row.try_get::<i64, _>(0)? > 0)
    }

    /// Number of entries of a kind since a moment.
    pub async fn entries_since(&self, kind: &str, since: Timestamp) -> Result<i64, StoreError> {
        let row = sqlx::query("select count(*) from log where kind = $1 and recorded_at >= $2")
            .bind(kind)
            .bind(stamp(since))
            .fetch_one(&self.pool)
            .await?;
        Ok(row.try_get(0)?)
    }
}

impl Writer {
    /// The Activity in whose name this writes.
    pub fn activity(&self) -> &str {
        &self.activity
    }

    /// Appends an entry and gives its position. From here to the commit other writers wait, so that positions grow in the order
    /// of commits.
    pub async fn append(&mut self, entry: &NewEntry) -> Result<i64, StoreError> {
        let row = sqlx::query("update log_head set position = position + 1 where id = 1 returning position")
            .fetch_one(&mut *self.transaction)
            .await?;
        let position = number(&row, "position")?;
        sqlx::query(
            "insert into log (position, activity, kind, dataset, version, note, recorded_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(position)
        .bind(&self.activity)
        .bind(&entry.kind)
        .bind(&entry.dataset)
        .bind(entry.version)
        .bind(to_json(&entry.note))
        .bind(stamp(self.at))
        .execute(&mut *self.transaction)
        .await?;
        Ok(position)
    }

    /// Moves the position of a stage, in the same transaction as what the stage made.
    pub async fn move_position(&mut self, stage: &str, position: i64) -> Result<(), StoreError> {
        sqlx::query(
            "insert into positions (stage, position) values ($1, $2)
             on conflict (stage) do update set position = excluded.position",
        )
        .bind(stage)
        .bind(position)
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Makes everything visible at once.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit().await?)
    }
}

fn entry(row: &sqlx::any::AnyRow) -> Result<Entry, StoreError> {
    Ok(Entry {
        position: number(row, "position")?,
        activity: text(row, "activity")?,
        stage: text(row, "stage")?,
        agent: text(row, "agent")?,
        kind: text(row, "kind")?,
        dataset: text(row, "dataset")?,
        version: number(row, "version")?,
        note: json(row, "note")?,
        at: moment(row, "recorded_at")?,
    })
}
