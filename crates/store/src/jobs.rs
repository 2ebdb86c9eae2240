//! Queued units of background work. A job that a worker left without a sign of life is claimed again.

use crate::{Store, StoreError, json, number, stamp, text};
use model::Timestamp;
use sqlx::any::AnyRow;

/// A job.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Identifier.
    pub id: String,
    /// What to do.
    pub name: String,
    /// With what.
    pub payload: serde_json::Value,
    /// `queued`, `running`, `done`, `failed` or `cancelled`.
    pub state: String,
    /// Units done.
    pub done: i64,
    /// Units in all; 0 where nobody knows.
    pub total: i64,
    /// What it is at, or why it failed.
    pub message: String,
    /// Times it was started.
    pub attempts: i64,
}

/// Seconds without a sign of life after which a job is claimed again.
pub const LEASE_SECONDS: i64 = 120;

impl Store {
    /// Queues a job, unless one of the same name and key is still queued or running; true where it was queued.
    pub async fn queue_job(
        &self,
        id: &str,
        name: &str,
        unique_key: &str,
        payload: &serde_json::Value,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "insert into jobs (id, name, unique_key, payload, state, done, total, message, attempts, run_after, lease_until,
                created_at)
             select $1, $2, $3, $4, 'queued', 0, 0, '', 0, $5, '', $5
             where not exists (select 1 from jobs where name = $2 and unique_key = $3
                and state in ('queued', 'running'))",
        )
        .bind(id)
        .bind(name)
        .bind(unique_key)
        .bind(crate::to_json(payload))
        .bind(stamp(now))
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Takes the oldest job that may run, for [`LEASE_SECONDS`].
    pub async fn claim_job(&self, now: Timestamp) -> Result<Option<Job>, StoreError> {
        let lease = now + std::time::Duration::from_secs(LEASE_SECONDS.unsigned_abs());
        let sql = format!(
            "update jobs set state = 'running', attempts = attempts + 1, lease_until = $1
             where id = (select id from jobs where (state = 'queued' and run_after <= $2)
                or (state = 'running' and lease_until < $2) order by run_after, id limit 1{})
             returning *",
            self.dialect.skip_locked()
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(stamp(lease))
            .bind(stamp(now))
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(job).transpose()
    }

    /// A sign of life; false where the job was cancelled meanwhile and should end.
    pub async fn report_job(
        &self,
        id: &str,
        done: i64,
        total: i64,
        message: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let lease = now + std::time::Duration::from_secs(LEASE_SECONDS.unsigned_abs());
        let changed = sqlx::query(
            "update jobs set done = $1, total = $2, message = $3, lease_until = $4 where id = $5 and state = 'running'",
        )
        .bind(done)
        .bind(total)
        .bind(message)
        .bind(stamp(lease))
        .bind(id)
        .execute(&self.pool)
        .await?;
        Ok(changed.rows_affected() > 0)
    }

    /// Ends a job as done, or as failed with the reason.
    pub async fn finish_job(&self, id: &str, outcome: Result<(), &str>) -> Result<(), StoreError> {
        let (state, message) = match outcome {
            Ok(()) => ("done", ""),
            Err(reason) => ("failed", reason),
        };
        sqlx::query("update jobs set state = $1, message = $2 where id = $3 and state = 'running'")
            .bind(state)
            .bind(message)
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Puts a failed try back in the queue.
    pub async fn retry_job(&self, id: &str, reason: &str, run_after: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "update jobs set state = 'queued', message = $1, run_after = $2 where id = $3 and state = 'running'",
        )
        .bind(reason)
        .bind(stamp(run_after))
        .bind(id)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Cancels a job that is queued or running; false where it had ended.
    pub async fn cancel_job(&self, id: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("update jobs set state = 'cancelled' where id = $1 and state in ('queued', 'running')")
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// The newest jobs.
    pub async fn jobs(&self, limit: i64) -> Result<Vec<Job>, StoreError> {
        let rows = sqlx::query("select * from jobs order by created_at desc, id limit $1").bind(limit);
        rows.fetch_all(&self.pool).await?.iter().map(job).collect()
    }
}

fn job(row: &AnyRow) -> Result<Job, StoreError> {
    Ok(Job {
        id: text(row, "id")?,
        name: text(row, "name")?,
        payload: json(row, "payload")?,
        state: text(row, "state")?,
        done: number(row, "done")?,
        total: number(row, "total")?,
        message: text(row, "message")?,
        attempts: number(row, "attempts")?,
    })
}
