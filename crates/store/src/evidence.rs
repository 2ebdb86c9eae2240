//! What Decisions relied on, without the persons they are about; and what each run of a Source left.

use crate::{Store, StoreError, json, number, text};
use serde::Deserialize;
use sqlx::Row;
use std::collections::{BTreeMap, BTreeSet};

/// The datasets that a Decision relied on, each with the word of whose standing it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reliance {
    /// Its place in the order in which Decisions were made.
    pub place: (String, String),
    /// Dataset and word of the standing.
    pub on: BTreeSet<(String, String)>,
}

/// What is read of a Decision's record: its evidence, and of that only where it is from.
#[derive(Deserialize)]
struct Body {
    evidence: Vec<Piece>,
}

#[derive(Deserialize)]
struct Piece {
    dataset: String,
    standing: model::Standing,
}

/// What is left of a run of a Source, by the Activity that was it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunTrace {
    /// Bytes received that no later run received again.
    pub bytes: Option<i64>,
    /// Problems, where no later run put others in their place.
    pub problems: i64,
}

impl Store {
    /// What Decisions after a place relied on, oldest first, at most `limit`.
    pub async fn reliance_after(&self, place: &(String, String), limit: i64) -> Result<Vec<Reliance>, StoreError> {
        let rows = sqlx::query("select at, id, body from decisions where (at, id) > ($1, $2) order by at, id limit $3")
            .bind(&place.0)
            .bind(&place.1)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                let body: Body = json(row, "body")?;
                let on = body.evidence.into_iter().map(|piece| (piece.dataset, piece.standing.word().to_owned()));
                Ok(Reliance { place: (text(row, "at")?, text(row, "id")?), on: on.collect() })
            })
            .collect()
    }

    /// Number of all Decisions.
    pub async fn decisions_total(&self) -> Result<i64, StoreError> {
        self.count("select count(*) from decisions").await
    }

    /// What is left of each run of a Source, by Activity.
    pub async fn run_traces(&self, source: &str) -> Result<BTreeMap<String, RunTrace>, StoreError> {
        let mut found: BTreeMap<String, RunTrace> = BTreeMap::new();
        let received =
            "select activity, cast(sum(bytes) as bigint) as sum from received where source = $1 group by activity";
        for row in sqlx::query(received).bind(source).fetch_all(&self.pool).await? {
            found.entry(text(&row, "activity")?).or_default().bytes = Some(number(&row, "sum")?);
        }
        let problems = "select activity, count(*) as count from problems where source = $1 group by activity";
        for row in sqlx::query(problems).bind(source).fetch_all(&self.pool).await? {
            found.entry(text(&row, "activity")?).or_default().problems = row.try_get("count")?;
        }
        Ok(found)
    }
}
