//! Who read or changed what about whom. Only grows.

use crate::{Page, PageOf, Store, StoreError, moment, stamp, text};
use model::{Permission, Timestamp, Viewer};
use sqlx::Row;

/// One line of the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// Identifier.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Account, or `visitor`.
    pub viewer: String,
    /// Permission it was done under.
    pub permission: String,
    /// What kind of thing: `case`, `worklist`, `accounts`.
    pub kind: String,
    /// Which one; empty for a list.
    pub subject: String,
    /// `read`, `changed` or `refused`.
    pub outcome: String,
}

/// A reading or change to note.
#[derive(Clone, Debug)]
pub struct NewAuditLine<'a> {
    /// Identifier.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Permission it is done under.
    pub permission: Permission,
    /// What kind of thing.
    pub kind: &'a str,
    /// Which one.
    pub subject: &'a str,
    /// `read`, `changed` or `refused`.
    pub outcome: &'a str,
}

impl Store {
    /// Adds a line.
    pub async fn note_audit(&self, viewer: &Viewer, line: &NewAuditLine<'_>) -> Result<(), StoreError> {
        sqlx::query(
            "insert into audit (id, at, viewer, permission, kind, subject, outcome) values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&line.id)
        .bind(stamp(line.at))
        .bind(&viewer.account)
        .bind(line.permission.word())
        .bind(line.kind)
        .bind(line.subject)
        .bind(line.outcome)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Lines of a viewer and subject, newest first; empty text means any.
    pub async fn audit(&self, viewer: &str, subject: &str, page: Page) -> Result<PageOf<AuditLine>, StoreError> {
        const WHICH: &str = "from audit where ($1 = '' or viewer = $1) and ($2 = '' or subject = $2)";
        let count = format!("select count(*) {WHICH}");
        let total = sqlx::query(sqlx::AssertSqlSafe(count)).bind(viewer).bind(subject).fetch_one(&self.pool).await?;
        let sql = format!("select * {WHICH} order by at desc, id desc limit $3 offset $4");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(viewer)
            .bind(subject)
            .bind(page.size)
            .bind(page.offset())
            .fetch_all(&self.pool)
            .await?;
        let rows = rows
            .iter()
            .map(|row| {
                Ok(AuditLine {
                    id: text(row, "id")?,
                    at: moment(row, "at")?,
                    viewer: text(row, "viewer")?,
                    permission: text(row, "permission")?,
                    kind: text(row, "kind")?,
                    subject: text(row, "subject")?,
                    outcome: text(row, "outcome")?,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(PageOf { rows, total: total.try_get(0)?, page })
    }
}
