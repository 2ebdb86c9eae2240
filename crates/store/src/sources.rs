//! What was received from each Source and how its last look went.

use crate::{Store, StoreError, Writer, moment, number, stamp, text};
use model::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;

/// One received file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedFile {
    /// The Source.
    pub source: String,
    /// Name of the file or address.
    pub name: String,
    /// Hash under which the bytes lie in the lake.
    pub hash: String,
    /// Number of bytes.
    pub bytes: i64,
    /// When.
    pub at: Timestamp,
}

/// How the last look at a Source went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceState {
    /// The Source.
    pub source: String,
    /// `read`, `unchanged` or `failed`.
    pub state: String,
    /// What failed and what to do, where it failed.
    pub message: String,
    /// Entity tag for the next look.
    pub etag: String,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// True where these bytes were received under this name before, and nothing else since.
    pub async fn received_last(&self, source: &str, name: &str, hash: &str) -> Result<bool, StoreError> {
        let row = sqlx::query(
            "select hash from received where source = $1 and name = $2 order by received_at desc, hash limit 1",
        )
        .bind(source)
        .bind(name)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| text(&row, "hash")).transpose()?.as_deref() == Some(hash))
    }

    /// True where these bytes were ever received under this name.
    pub async fn received_before(&self, source: &str, name: &str, hash: &str) -> Result<bool, StoreError> {
        let row = sqlx::query("select count(*) from received where source = $1 and name = $2 and hash = $3")
            .bind(source)
            .bind(name)
            .bind(hash)
            .fetch_one(&self.pool)
            .await?;
        Ok(row.try_get::<i64, _>(0)? > 0)
    }

    /// The newest file of each name received from a source, in the order received.
    pub async fn newest_received(&self, source: &str) -> Result<Vec<ReceivedFile>, StoreError> {
        let rows = sqlx::query(
            "select * from received r where source = $1 and received_at =
                (select max(received_at) from received where source = r.source and name = r.name)
             order by received_at, name",
        )
        .bind(source)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(received).collect()
    }

    /// Number of files and of bytes received from a source.
    pub async fn received_total(&self, source: &str) -> Result<(i64, i64), StoreError> {
        let row =
            sqlx::query("select count(*), cast(coalesce(sum(bytes), 0) as bigint) from received where source = $1")
                .bind(source)
                .fetch_one(&self.pool)
                .await?;
        Ok((row.try_get(0)?, row.try_get(1)?))
    }

    /// How the last look at each source went.
    pub async fn source_states(&self) -> Result<Vec<SourceState>, StoreError> {
        let rows = sqlx::query("select * from source_states order by source").fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| {
                Ok(SourceState {
                    source: text(row, "source")?,
                    state: text(row, "state")?,
                    message: text(row, "message")?,
                    etag: text(row, "etag")?,
                    at: moment(row, "looked_at")?,
                })
            })
            .collect()
    }
}

impl Writer {
    /// Notes that bytes were received under a name.
    pub async fn put_received(&mut self, source: &str, name: &str, hash: &str, bytes: i64) -> Result<(), StoreError> {
        sqlx::query(
            "insert into received (source, name, hash, bytes, received_at, activity) values ($1, $2, $3, $4, $5, $6)
             on conflict (source, name, hash) do update set received_at = excluded.received_at,
                activity = excluded.activity",
        )
        .bind(source)
        .bind(name)
        .bind(hash)
        .bind(bytes)
        .bind(stamp(self.at))
        .bind(&self.activity)
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Notes how a look at a source went.
    pub async fn put_source_state(
        &mut self,
        source: &str,
        state: &str,
        message: &str,
        etag: &str,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "insert into source_states (source, state, message, etag, looked_at) values ($1, $2, $3, $4, $5)
             on conflict (source) do update set state = excluded.state, message = excluded.message,
                etag = excluded.etag, looked_at = excluded.looked_at",
        )
        .bind(source)
        .bind(state)
        .bind(message)
        .bind(etag)
        .bind(stamp(self.at))
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}

fn received(row: &AnyRow) -> Result<ReceivedFile, StoreError> {
    Ok(ReceivedFile {
        source: text(row, "source")?,
        name: text(row, "name")?,
        hash: text(row, "hash")?,
        bytes: number(row, "bytes")?,
        at: moment(row, "received_at")?,
    })
}
