//! Signals as the analyze stage finds them, and what people did about them. The findings are derived, the people's part is not.

use crate::cases::RUNNING_CHOICES;
use crate::listing::Listing;
use crate::{Page, PageOf, Slice, SliceOf, Store, StoreError, Writer};
use crate::{finite, json, lasting_json, moment, stamp, text};
use model::Timestamp;
use model::signal::Signal;
use sqlx::any::AnyRow;
use std::collections::BTreeSet;

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

/// Which Signals; empty text means any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignalFilter {
    /// Word of a kind.
    pub kind: String,
    /// `open`, `taken`, `dismissed` or `settled`.
    pub state: String,
    /// An Entity.
    pub entity: String,
    /// An account that took it.
    pub owner: String,
}

impl SignalFilter {
    fn listing(&self) -> Listing {
        Listing::new(COLUMNS, LISTED, &["s.noticed", "s.id"], true)
            .only("(s.current = 1 or t.state is not null)")
            .where_given("s.kind = ?", &self.kind)
            .where_given("coalesce(t.state, 'open') = ?", &self.state)
            .where_given("s.entity = ?", &self.entity)
            .where_given("t.owner = ?", &self.owner)
    }
}

/// One step of what people did about a Signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalStep {
    /// Who.
    pub agent: String,
    /// What became of the Signal by it, and when.
    pub state: SignalState,
}

/// A Case that a Signal concerns: it is active, and its newest Decision chose the Signal's Entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConcernedCase {
    /// Identifier of the Case. Who reads the Case itself leaves an audit line.
    pub id: String,
    /// True where its timeline names the Signal: it was told of it, or decided in the knowledge of it.
    pub heard: bool,
}

const LISTED: &str = "signals s left join signal_states t on t.signal = s.id";
const COLUMNS: &str = "s.noticed, s.id, s.body, coalesce(t.state, 'open') as state, coalesce(t.owner, '') as owner,
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
        let [kind, state, entity] = [kind, state, entity].map(str::to_owned);
        let filter = SignalFilter { kind, state, entity, owner: String::new() };
        filter.listing().page(self, page, known).await
    }

    /// One page of the Signals of a filter.
    pub async fn signals_of(&self, filter: &SignalFilter, page: Page) -> Result<PageOf<KnownSignal>, StoreError> {
        filter.listing().page(self, page, known).await
    }

    /// The Signals of a filter after a cursor.
    pub async fn signals_after(
        &self,
        filter: &SignalFilter,
        slice: &Slice,
    ) -> Result<SliceOf<KnownSignal>, StoreError> {
        filter.listing().slice(self, slice, known).await
    }

    /// What people did about a Signal, oldest first.
    pub async fn signal_history(&self, id: &str) -> Result<Vec<SignalStep>, StoreError> {
        let rows = sqlx::query("select * from signal_history where signal = $1 order by number").bind(id);
        rows.fetch_all(&self.pool)
            .await?
            .iter()
            .map(|row| Ok(SignalStep { agent: text(row, "agent")?, state: signal_state(row)? }))
            .collect()
    }

    /// The Cases that a Signal concerns, those due first before the others.
    pub async fn cases_concerned(&self, signal: &Signal) -> Result<Vec<ConcernedCase>, StoreError> {
        let sql = format!("select c.id from {RUNNING_CHOICES} and d.chosen = $1 order by c.due, c.id");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(&signal.entity).fetch_all(&self.pool).await?;
        let mut cases = Vec::with_capacity(rows.len());
        for row in &rows {
            let id = text(row, "id")?;
            let heard = self.signals_heard(&id).await?.contains(&signal.id);
            cases.push(ConcernedCase { id, heard });
        }
        Ok(cases)
    }

    /// The Signals that a Case heard of, or that were known when it was decided: those that notes of its timeline name.
    pub async fn signals_heard(&self, case: &str) -> Result<BTreeSet<String>, StoreError> {
        // Most notes name none and need not be read as JSON.
        let sql = "select note from timeline where case_id = $1 and note like '%\"signals\"%'";
        let rows = sqlx::query(sql).bind(case).fetch_all(&self.pool).await?;
        let mut heard = BTreeSet::new();
        for row in &rows {
            let note: serde_json::Value = json(row, "note")?;
            let names = note["signals"].as_array().into_iter().flatten();
            heard.extend(names.filter_map(|name| name.as_str()).map(str::to_owned));
        }
        Ok(heard)
    }

    /// One Signal.
    pub async fn signal(&self, id: &str) -> Result<Option<KnownSignal>, StoreError> {
        let sql = format!("select {COLUMNS} from {LISTED} where s.id = $1");
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
            .bind(finite("the chance of a signal", signal.chance)?)
            .bind(lasting_json("the signal", signal)?)
            .bind(&self.activity)
            .execute(&mut *self.transaction)
            .await?;
        }
        sqlx::query("delete from signals where current = 0 and id not in (select signal from signal_states)")
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Notes what somebody did about a Signal: its state changes, its history grows.
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
        sqlx::query(
            "insert into signal_history (signal, number, state, owner, note, agent, at, activity)
             select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7 from signal_history where signal = $1",
        )
        .bind(signal)
        .bind(state)
        .bind(owner)
        .bind(note)
        .bind(&self.agent)
        .bind(stamp(self.at))
        .bind(&self.activity)
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}

fn known(row: &AnyRow) -> Result<KnownSignal, StoreError> {
    Ok(KnownSignal { signal: json(row, "body")?, state: signal_state(row)? })
}

fn signal_state(row: &AnyRow) -> Result<SignalState, StoreError> {
    let at = if text(row, "at")?.is_empty() { None } else { Some(moment(row, "at")?) };
    Ok(SignalState { state: text(row, "state")?, owner: text(row, "owner")?, note: text(row, "note")?, at })
}
