//! Answers to requests that carried an idempotency key, so that a repeated POST does nothing twice.

use crate::{Store, StoreError, Writer, number, stamp, text};
use model::Timestamp;

/// The answer given to the first request of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierAnswer {
    /// Hash of the first request: another request under the same key is a mistake.
    pub request_hash: String,
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: String,
}

impl Store {
    /// The answer given before under a key of an account.
    pub async fn earlier_answer(&self, account: &str, key: &str) -> Result<Option<EarlierAnswer>, StoreError> {
        let row = sqlx::query("select * from idempotency where account = $1 and key = $2")
            .bind(account)
            .bind(key)
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| {
            Ok(EarlierAnswer {
                request_hash: text(&row, "request_hash")?,
                status: u16::try_from(number(&row, "status")?).unwrap_or(500),
                body: text(&row, "body")?,
            })
        })
        .transpose()
    }
}

impl Writer {
    /// Forgets answers given before a moment.
    pub async fn forget_answers(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let done = sqlx::query("delete from idempotency where created_at < $1")
            .bind(stamp(before))
            .execute(&mut *self.transaction)
            .await?;
        Ok(done.rows_affected())
    }

    /// Keeps an answer, in the transaction that did what was asked.
    ///
    /// # Errors
    /// [`StoreError::Taken`] where another transaction has answered under this key: drop this one and give that answer.
    pub async fn put_answer(&mut self, account: &str, key: &str, answer: &EarlierAnswer) -> Result<(), StoreError> {
        sqlx::query(
            "insert into idempotency (account, key, request_hash, status, body, created_at)
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(account)
        .bind(key)
        .bind(&answer.request_hash)
        .bind(i64::from(answer.status))
        .bind(&answer.body)
        .bind(stamp(self.at))
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}
