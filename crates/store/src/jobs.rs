//! Queued units of background work. A job that a worker left without a sign of life is claimed again.

use crate::{Store, StoreError, Writer, json, moment, number, stamp, text, to_json};
use model::Timestamp;
use sqlx::Row;
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
    /// Times it was started; with the identifier it tells one worker's claim from another's.
    pub attempts: i64,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it may run next.
    pub run_after: Timestamp,
}

/// Seconds without a sign of life after which a job is claimed again.
pub const LEASE_SECONDS: i64 = 120;
/// Times a job is started at most: one that takes its worker down with it must not do so for ever.
pub const MOST_ATTEMPTS: i64 = 5;
/// Seconds after the first failure before the second try; each further one waits twice as long.
pub const FIRST_WAIT_SECONDS: i64 = 30;

const QUEUE: &str = "insert into jobs (id, name, unique_key, payload, state, done, total, message, attempts, run_after,
        lease_until, created_at)
    values ($1, $2, $3, $4, 'queued', 0, 0, '', 0, $5, '', $5)
    on conflict (name, unique_key) where state in ('queued', 'running') do nothing";

impl Writer {
    /// Queues a job together with what calls for it, unless one of the same name and key is still queued or running; true where
    /// it was queued.
    pub async fn queue_job(
        &mut self,
        id: &str,
        name: &str,
        unique_key: &str,
        payload: &serde_json::Value,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(QUEUE).bind(id).bind(name).bind(unique_key).bind(to_json(payload));
        let done = query.bind(stamp(self.at)).execute(&mut *self.transaction).await?;
        Ok(done.rows_affected() > 0)
    }
}

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
        let _turn = self.turn().await?;
        let query = sqlx::query(QUEUE).bind(id).bind(name).bind(unique_key).bind(to_json(payload));
        Ok(query.bind(stamp(now)).execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Takes the oldest job that may run, for [`LEASE_SECONDS`]. Asking costs no write while there is none.
    pub async fn claim_job(&self, now: Timestamp) -> Result<Option<Job>, StoreError> {
        const MAY_RUN: &str =
            "from jobs where (state = 'queued' and run_after <= $1) or (state = 'running' and lease_until < $1)";
        let count = format!("select count(*) {MAY_RUN}");
        let waiting = sqlx::query(sqlx::AssertSqlSafe(count)).bind(stamp(now)).fetch_one(&self.pool).await?;
        if waiting.try_get::<i64, _>(0)? == 0 {
            return Ok(None);
        }
        let _turn = self.turn().await?;
        sqlx::query(
            "update jobs set state = 'failed', message = 'its worker stopped without a word, several times'
             where state = 'running' and lease_until < $1 and attempts >= $2",
        )
        .bind(stamp(now))
        .bind(MOST_ATTEMPTS)
        .execute(&self.pool)
        .await?;
        let sql = format!(
            "update jobs set state = 'running', attempts = attempts + 1, lease_until = $2
             where id = (select id {MAY_RUN} order by run_after, id limit 1{}) returning *",
            self.dialect.skip_locked()
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(stamp(now)).bind(stamp(later(now, LEASE_SECONDS)));
        query.fetch_optional(&self.pool).await?.as_ref().map(job).transpose()
    }

    /// A sign of life with how far it is; false where the job was cancelled or taken over by another worker, and should end.
    pub async fn report_job(
        &self,
        job: &Job,
        done: i64,
        total: i64,
        message: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let _turn = self.turn().await?;
        let changed = sqlx::query(
            "update jobs set done = $1, total = $2, message = $3, lease_until = $4
             where id = $5 and state = 'running' and attempts = $6",
        )
        .bind(done)
        .bind(total)
        .bind(message)
        .bind(stamp(later(now, LEASE_SECONDS)))
        .bind(&job.id)
        .bind(job.attempts)
        .execute(&self.pool)
        .await?;
        Ok(changed.rows_affected() > 0)
    }

    /// Ends a job as done, or for good as failed with the reason; false where it is no longer this worker's.
    pub async fn finish_job(&self, job: &Job, outcome: Result<(), &str>) -> Result<bool, StoreError> {
        let (state, message) = match outcome {
            Ok(()) => ("done", ""),
            Err(reason) => ("failed", reason),
        };
        let _turn = self.turn().await?;
        let sql = "update jobs set state = $1, message = $2 where id = $3 and state = 'running' and attempts = $4";
        let query = sqlx::query(sql).bind(state).bind(message).bind(&job.id).bind(job.attempts);
        Ok(query.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Puts a failed try back in the queue, to run after a wait that doubles with each try; after [`MOST_ATTEMPTS`] the job has
    /// failed for good. True where it will be tried again.
    pub async fn retry_job(&self, job: &Job, reason: &str, now: Timestamp) -> Result<bool, StoreError> {
        if job.attempts >= MOST_ATTEMPTS {
            self.finish_job(job, Err(reason)).await?;
            return Ok(false);
        }
        let doublings = u32::try_from(job.attempts - 1).unwrap_or_default();
        let run_after = later(now, FIRST_WAIT_SECONDS << doublings);
        let _turn = self.turn().await?;
        let sql = "update jobs set state = 'queued', message = $1, run_after = $2
            where id = $3 and state = 'running' and attempts = $4";
        let query = sqlx::query(sql).bind(reason).bind(stamp(run_after)).bind(&job.id).bind(job.attempts);
        Ok(query.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// The newest jobs of a key, such as the name of a source; newest first.
    pub async fn jobs_of(&self, unique_key: &str, limit: i64) -> Result<Vec<Job>, StoreError> {
        let sql = "select * from jobs where unique_key = $1 order by created_at desc, id desc limit $2";
        let rows = sqlx::query(sql).bind(unique_key).bind(limit).fetch_all(&self.pool).await?;
        rows.iter().map(job).collect()
    }
}

impl Writer {
    /// Cancels a job of a key that is queued or running; false where it had ended, or is of another.
    pub async fn cancel_job(&mut self, id: &str, unique_key: &str) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "update jobs set state = 'cancelled' where id = $1 and unique_key = $2
             and state in ('queued', 'running')",
        )
        .bind(id)
        .bind(unique_key)
        .execute(&mut *self.transaction)
        .await?;
        Ok(done.rows_affected() > 0)
    }
}

fn later(now: Timestamp, seconds: i64) -> Timestamp {
    now + std::time::Duration::from_secs(seconds.unsigned_abs())
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
        created_at: moment(row, "created_at")?,
        run_after: moment(row, "run_after")?,
    })
}
