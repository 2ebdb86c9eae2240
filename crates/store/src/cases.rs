//! Cases, their timelines and decisions. Personal data: callers hand in the Viewer, and the audit line is written in the same
//! call as the reading.

use crate::audit::NewAuditLine;
use crate::listing::Listing;
use crate::{Page, PageOf, Slice, SliceOf, Store, StoreError, Writer};
use crate::{json, lasting_json, moment, number, stamp, text, to_json};
use model::case::{CaseState, Decision};
use model::{Timestamp, Viewer};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::BTreeMap;

/// A Case as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredCase {
    /// Identifier.
    pub id: String,
    /// Name of the case type.
    pub case_type: String,
    /// What people call it.
    pub title: String,
    /// Where it stands.
    pub state: CaseState,
    /// Account that works on it; empty while nobody does.
    pub owner: String,
    /// Day by which it is needed, ISO 8601; empty where none.
    pub due: String,
    /// Budget line.
    pub budget_line: String,
    /// Who needs what: JSON of the room.
    pub need: serde_json::Value,
    /// States of stages, tasks and milestones: JSON of the case engine.
    pub plan: serde_json::Value,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// Counts changes; a change names the version it saw.
    pub version: i64,
}

/// An entry of a Case's timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineEntry {
    /// Its place, from 1.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub agent: String,
    /// What, as a stable word.
    pub kind: String,
    /// Details.
    pub note: serde_json::Value,
}

/// Which cases of the worklist; empty text means any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Word of a state.
    pub state: String,
    /// An account; `-` for cases that nobody works on.
    pub owner: String,
    /// Part of the title, any case of letters.
    pub words: String,
    /// Name of a case type.
    pub case_type: String,
    /// Only cases needed before this day, ISO 8601.
    pub due_before: String,
    /// `due`, `created` or `title`.
    pub sort: String,
}

/// Share of cases and decisions that used outside evidence, and how often it changed the choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutsideUse {
    /// All cases.
    pub cases: i64,
    /// Cases with at least one decision that used outside evidence.
    pub cases_using: i64,
    /// All decisions.
    pub decisions: i64,
    /// Decisions that used outside evidence.
    pub decisions_using: i64,
    /// Decisions in which it changed who stood first.
    pub decisions_changed: i64,
}

/// Active Cases `c`, each with its newest Decision `d`; a further condition goes on with `and`.
pub(crate) const RUNNING_CHOICES: &str = "cases c join decisions d on d.case_id = c.id
    where c.state = 'active' and not exists (
        select 1 from decisions later where later.case_id = c.id and (later.at, later.id) > (d.at, d.id))";

/// Stands in place of a day for cases without one, so that they come last.
const NO_DAY: &str = "9999-12-31";

impl CaseFilter {
    fn listing(&self) -> Listing {
        let (key, newest_first): (&[&str], bool) = match self.sort.as_str() {
            "created" => (&["created_at", "id"], true),
            "title" => (&["words", "id"], false),
            _ => (&["state", "due", "id"], false),
        };
        let listing = Listing::new("*", "cases", key, newest_first)
            .where_given("state = ?", &self.state)
            .where_given("case_type = ?", &self.case_type)
            .where_given("words like ? escape '\\'", &like(&self.words))
            .where_given("due < ?", &self.due_before);
        if self.owner == "-" { listing.only("owner = ''") } else { listing.where_given("owner = ?", &self.owner) }
    }
}

impl Store {
    /// One page of the worklist.
    pub async fn worklist(
        &self,
        viewer: &Viewer,
        line: &NewAuditLine<'_>,
        filter: &CaseFilter,
        page: Page,
    ) -> Result<PageOf<StoredCase>, StoreError> {
        self.note_audit(viewer, line).await?;
        filter.listing().page(self, page, stored_case).await
    }

    /// The worklist after a cursor.
    pub async fn worklist_after(
        &self,
        viewer: &Viewer,
        line: &NewAuditLine<'_>,
        filter: &CaseFilter,
        slice: &Slice,
    ) -> Result<SliceOf<StoredCase>, StoreError> {
        self.note_audit(viewer, line).await?;
        filter.listing().slice(self, slice, stored_case).await
    }

    /// One Case.
    pub async fn case(
        &self,
        viewer: &Viewer,
        line: &NewAuditLine<'_>,
        id: &str,
    ) -> Result<Option<StoredCase>, StoreError> {
        self.note_audit(viewer, line).await?;
        let row = sqlx::query("select * from cases where id = $1").bind(id).fetch_optional(&self.pool).await?;
        row.as_ref().map(stored_case).transpose()
    }

    /// The timeline of a Case that the Viewer has just been given, oldest first.
    pub async fn timeline(&self, case: &StoredCase) -> Result<Vec<TimelineEntry>, StoreError> {
        let rows = sqlx::query("select * from timeline where case_id = $1 order by number")
            .bind(&case.id)
            .fetch_all(&self.pool);
        rows.await?
            .iter()
            .map(|row| {
                Ok(TimelineEntry {
                    number: number(row, "number")?,
                    at: moment(row, "at")?,
                    agent: text(row, "agent")?,
                    kind: text(row, "kind")?,
                    note: json(row, "note")?,
                })
            })
            .collect()
    }

    /// The Decisions of a Case that the Viewer has just been given, oldest first.
    pub async fn decisions(&self, case: &StoredCase) -> Result<Vec<Decision>, StoreError> {
        let rows = sqlx::query("select body from decisions where case_id = $1 order by at, id").bind(&case.id);
        rows.fetch_all(&self.pool).await?.iter().map(|row| json(row, "body")).collect()
    }

    /// Active Cases by the Entity that their newest Decision chose. Identifiers only: whoever reads a Case leaves an audit line.
    pub async fn cases_by_choice(&self) -> Result<BTreeMap<String, Vec<String>>, StoreError> {
        let sql = format!("select d.chosen, c.id from {RUNNING_CHOICES} order by d.chosen, c.id");
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&self.pool).await? {
            found.entry(text(&row, "chosen")?).or_default().push(text(&row, "id")?);
        }
        Ok(found)
    }

    /// How many active cases there are, how many of them are an account's, and how many nobody has.
    pub async fn case_counts(&self, account: &str) -> Result<(i64, i64, i64), StoreError> {
        let row = sqlx::query(
            "select count(*), cast(coalesce(sum(case when owner = $1 then 1 else 0 end), 0) as bigint),
                cast(coalesce(sum(case when owner = '' then 1 else 0 end), 0) as bigint)
             from cases where state = 'active'",
        )
        .bind(account)
        .fetch_one(&self.pool)
        .await?;
        Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))
    }

    /// Share of cases and decisions that used outside evidence. Counts only: no person can be seen in it.
    pub async fn outside_use(&self) -> Result<OutsideUse, StoreError> {
        Ok(OutsideUse {
            cases: self.count("select count(*) from cases").await?,
            cases_using: self.count("select count(distinct case_id) from decisions where used_community = 1").await?,
            decisions: self.count("select count(*) from decisions").await?,
            decisions_using: self.count("select count(*) from decisions where used_community = 1").await?,
            decisions_changed: self
                .count("select count(*) from decisions where used_community = 1 and community_changed_choice = 1")
                .await?,
        })
    }

    /// The same for the cases opened, and the decisions made, from one moment to before another.
    pub async fn outside_use_between(&self, from: Timestamp, until: Timestamp) -> Result<OutsideUse, StoreError> {
        let cases = "select count(*) from cases where created_at >= $1 and created_at < $2";
        let opened = sqlx::query(cases).bind(stamp(from)).bind(stamp(until)).fetch_one(&self.pool).await?;
        let decisions = "select count(*), count(distinct case when used_community = 1 then case_id end),
                cast(coalesce(sum(used_community), 0) as bigint),
                cast(coalesce(sum(community_changed_choice), 0) as bigint)
             from decisions where at >= $1 and at < $2";
        let made = sqlx::query(decisions).bind(stamp(from)).bind(stamp(until)).fetch_one(&self.pool).await?;
        Ok(OutsideUse {
            cases: opened.try_get(0)?,
            cases_using: made.try_get(1)?,
            decisions: made.try_get(0)?,
            decisions_using: made.try_get(2)?,
            decisions_changed: made.try_get(3)?,
        })
    }
}

impl Writer {
    /// Opens a Case.
    pub async fn put_case(&mut self, case: &StoredCase) -> Result<(), StoreError> {
        sqlx::query(
            "insert into cases (id, case_type, title, state, owner, due, budget_line, need, plan, created_at, updated_at,
                version, words)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12)",
        )
        .bind(&case.id)
        .bind(&case.case_type)
        .bind(&case.title)
        .bind(case.state.word())
        .bind(&case.owner)
        .bind(stored_day(&case.due))
        .bind(&case.budget_line)
        .bind(to_json(&case.need))
        .bind(to_json(&case.plan))
        .bind(stamp(self.at))
        .bind(stamp(self.at))
        .bind(case.title.to_lowercase())
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Changes a Case that was read at `case.version`.
    ///
    /// # Errors
    /// [`StoreError::Changed`] where somebody else changed it since.
    pub async fn change_case(&mut self, case: &StoredCase) -> Result<(), StoreError> {
        let done = sqlx::query(
            "update cases set title = $1, state = $2, owner = $3, due = $4, budget_line = $5, need = $6, plan = $7,
                updated_at = $8, words = $9, version = version + 1
             where id = $10 and version = $11",
        )
        .bind(&case.title)
        .bind(case.state.word())
        .bind(&case.owner)
        .bind(stored_day(&case.due))
        .bind(&case.budget_line)
        .bind(to_json(&case.need))
        .bind(to_json(&case.plan))
        .bind(stamp(self.at))
        .bind(case.title.to_lowercase())
        .bind(&case.id)
        .bind(case.version)
        .execute(&mut *self.transaction)
        .await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Changed(case.id.clone())) }
    }

    /// Adds an entry to a Case's timeline.
    pub async fn add_to_timeline(
        &mut self,
        case: &str,
        kind: &str,
        note: &serde_json::Value,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "insert into timeline (case_id, number, at, agent, kind, note)
             select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5 from timeline where case_id = $1",
        )
        .bind(case)
        .bind(stamp(self.at))
        .bind(&self.agent)
        .bind(kind)
        .bind(to_json(note))
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Records a Decision.
    pub async fn put_decision(&mut self, decision: &Decision) -> Result<(), StoreError> {
        let used = decision.evidence.iter().any(|evidence| evidence.standing != model::Standing::Official);
        let changed = used && decision.ranked_first != decision.ranked_first_without_community;
        sqlx::query(
            "insert into decisions (id, case_id, at, account, chosen, used_community, community_changed_choice, body)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&decision.id)
        .bind(&decision.case)
        .bind(stamp(decision.at))
        .bind(&decision.account)
        .bind(&decision.chosen)
        .bind(i64::from(used))
        .bind(i64::from(changed))
        .bind(lasting_json("the decision", decision)?)
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}

/// A pattern that finds words anywhere, with the pattern signs in them taken literally.
fn like(words: &str) -> String {
    if words.is_empty() {
        return String::new();
    }
    let literal = words.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{literal}%")
}

fn stored_day(due: &str) -> &str {
    if due.is_empty() { NO_DAY } else { due }
}

fn stored_case(row: &AnyRow) -> Result<StoredCase, StoreError> {
    let word = text(row, "state")?;
    let due = Some(text(row, "due")?).filter(|due| due != NO_DAY).unwrap_or_default();
    Ok(StoredCase {
        id: text(row, "id")?,
        case_type: text(row, "case_type")?,
        title: text(row, "title")?,
        state: CaseState::from_word(&word).ok_or(StoreError::Unreadable { what: "cases.state", error: word })?,
        owner: text(row, "owner")?,
        due,
        budget_line: text(row, "budget_line")?,
        need: json(row, "need")?,
        plan: json(row, "plan")?,
        created_at: moment(row, "created_at")?,
        updated_at: moment(row, "updated_at")?,
        version: number(row, "version")?,
    })
}
