//! Signals as the analyze stage finds them, and what people did about them. The findings are derived, the people's part is not.

use crate::{Page, PageOf, Store, StoreError, Writer, json, moment, stamp, text, to_json};
use model::Timestamp;
use model::signal::Signal;
use sqlx::Row;
use sqlx::any::AnyRow;

/// What became of a Signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalState {
    /// `open`, `taken`, `dismissed` or `settled`.
    pub state: String,
    /// Account that took it; empty while nobody did.
    pub owner: String,
    /// Reason of a dismissal, outcome of a settlement.
    pub note: String,
    /// When it changed last; `None` while nobody touched it.
    pub at: Option<Timestamp>,
}

/// A Signal with what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownSignal {
    /// The finding.
    pub signal: Signal,
    /// What became of it.
    pub state: SignalState,
}

const LISTED: &str = "from signals s left join signal_states t on t.signal = s.id";
const COLUMNS: &str = "s.body, coalesce(t.state, 'open') as state, coalesce(t.owner, '') as owner,
    coalesce(t.note, '') as note, coalesce(t.at, '') as at";

impl Store {
    /// Signals that the newest data show, or that somebody took: newest first. Empty text means any.
    pub async fn signals(
        &self,
        kind: &str,
        state: &str,
        entity: &str,
        page: Page,
    ) -> Result<PageOf<KnownSignal>, StoreError> {
        const WHICH: &str = "where (s.current = 1 or t.state is not null) and ($1 = '' or s.kind = $1)
            and ($2 = '' or coalesce(t.state, 'open') = $2) and ($3 = '' or s.entity = $3)";
        let count = format!("select count(*) {LISTED} {WHICH}");
        let total = sqlx::query(sqlx::AssertSqlSafe(count)).bind(kind).bind(state).bind(entity);
        let total = total.fetch_one(&self.pool).await?;
        let sql = format!("select {COLUMNS} {LISTED} {WHICH} order by s.noticed desc, s.id limit $4 offset $5");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(kind)
            .bind(state)
            .bind(entity)
            .bind(page.size)
            .bind(page.offset())
            .fetch_all(&self.pool)
            .await?;
        let rows = rows.iter().map(known).collect::<Result<_, _>>()?;
        Ok(PageOf { rows, total: total.try_get(0)?, page })
    }

    /// One Signal.
    pub async fn signal(&self, id: &str) -> Result<Option<KnownSignal>, StoreError> {
        let sql = format!("select {COLUMNS} {LISTED} where s.id = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(&self.pool).await?;
        row.as_ref().map(known).transpose()
    }
}

impl Writer {
    /// Puts the findings of a run in place of those before; what people did about a Signal stays with its id.
    pub async fn replace_signals(&mut self, signals: &[Signal]) -> Result<(), StoreError> {
        sqlx::query("update signals set current = 0 where current = 1").execute(&mut *self.transaction).await?;
        for signal in signals {
            sqlx::query(
                "insert into signals (id, kind, entity, aspect, since, noticed, chance, body, current, activity)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)
                 on conflict (id) do update set chance = excluded.chance, body = excluded.body, current = 1",
            )
            .bind(&signal.id)
            .bind(signal.kind.word())
            .bind(&signal.entity)
            .bind(&signal.aspect)
            .bind(signal.since.to_string())
            .bind(signal.noticed.to_string())
            .bind(signal.chance)
            .bind(to_json(signal))
            .bind(&self.activity)
            .execute(&mut *self.transaction)
            .await?;
        }
        sqlx::query("delete from signals where current = 0 and id not in (select signal from signal_states)")
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Notes what somebody did about a Signal.
    pub async fn put_signal_state(
        &mut self,
        signal: &str,
        state: &str,
        owner: &str,
        note: &str,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "insert into signal_states (signal, state, owner, note, at) values ($1, $2, $3, $4, $5)
             on conflict (signal) do update set state = excluded.state, owner = excluded.owner, note = excluded.note,
                at = excluded.at",
        )
        .bind(signal)
        .bind(state)
        .bind(owner)
        .bind(note)
        .bind(stamp(self.at))
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}

fn known(row: &AnyRow) -> Result<KnownSignal, StoreError> {
    let at = if text(row, "at")?.is_empty() { None } else { Some(moment(row, "at")?) };
    let state = SignalState { state: text(row, "state")?, owner: text(row, "owner")?, note: text(row, "note")?, at };
    Ok(KnownSignal { signal: json(row, "body")?, state })
}
