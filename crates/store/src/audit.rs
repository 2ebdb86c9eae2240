//! Who read or changed what about whom. Only grows.

use crate::listing::Listing;
use crate::{Page, PageOf, Slice, SliceOf, Store, StoreError, moment, places, stamp, text};
use model::{Permission, Timestamp, Viewer};
use sqlx::any::AnyRow;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

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
    /// `read`, `changed`, `refused`, or `told` where the program gave a case the news of a signal: whoever set it off saw nothing.
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

/// Lines that wait to be written together: many readers at once cost one write, not one each.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    lines: Mutex<VecDeque<Arc<WaitingLine>>>,
    writing: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct WaitingLine {
    values: [String; 7],
    written: AtomicBool,
}

/// Values of one line.
const COLUMNS: usize = 7;
/// Lines written by one statement.
const LINES_PER_STATEMENT: usize = 100;

impl Waiting {
    fn queue(&self) -> MutexGuard<'_, VecDeque<Arc<WaitingLine>>> {
        self.lines.lock().expect("nobody panics while holding the queue: it is only pushed to and taken from")
    }

    fn leave(&self, line: &Arc<WaitingLine>) {
        self.queue().retain(|other| !Arc::ptr_eq(other, line));
    }
}

impl Store {
    /// Adds a line; once this returns, it is written.
    pub async fn note_audit(&self, viewer: &Viewer, line: &NewAuditLine<'_>) -> Result<(), StoreError> {
        let (permission, kind, subject) = (line.permission.word(), line.kind, line.subject);
        let values = [&line.id, &stamp(line.at), &viewer.account, permission, kind, subject, line.outcome];
        if values.iter().any(|value| value.contains('\0')) {
            return Err(StoreError::Character);
        }
        let own = Arc::new(WaitingLine { values: values.map(str::to_owned), written: AtomicBool::new(false) });
        self.audit_lines.queue().push_back(Arc::clone(&own));
        // Whoever comes first writes what all have put there by then; the others find their line written.
        let _writing = self.audit_lines.writing.lock().await;
        while !own.written.load(Ordering::Acquire) {
            let lines: Vec<_> = self.audit_lines.queue().iter().take(LINES_PER_STATEMENT).cloned().collect();
            if self.write_audit(&lines).await.is_err() {
                // Each answers for its own line, so that one cannot make the others fail.
                self.audit_lines.leave(&own);
                return self.write_audit(&[own]).await;
            }
            lines.iter().for_each(|line| line.written.store(true, Ordering::Release));
            // Only now: a writer that is dropped on its way leaves the lines to the next.
            self.audit_lines.queue().drain(..lines.len());
        }
        Ok(())
    }

    async fn write_audit(&self, lines: &[Arc<WaitingLine>]) -> Result<(), StoreError> {
        let sql = format!(
            "insert into audit (id, at, viewer, permission, kind, subject, outcome) values {}
             on conflict (id) do nothing",
            places(lines.len(), COLUMNS)
        );
        let _turn = self.turn().await?;
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for value in lines.iter().flat_map(|line| &line.values) {
            query = query.bind(value.clone());
        }
        query.execute(&self.pool).await?;
        Ok(())
    }

    /// Lines of a viewer and subject, newest first; empty text means any.
    pub async fn audit(&self, viewer: &str, subject: &str, page: Page) -> Result<PageOf<AuditLine>, StoreError> {
        listing(viewer, subject).page(self, page, audit_line).await
    }

    /// The same after a cursor.
    pub async fn audit_after(
        &self,
        viewer: &str,
        subject: &str,
        slice: &Slice,
    ) -> Result<SliceOf<AuditLine>, StoreError> {
        listing(viewer, subject).slice(self, slice, audit_line).await
    }
}

fn listing(viewer: &str, subject: &str) -> Listing {
    Listing::new("*", "audit", &["at", "id"], true)
        .where_given("viewer = ?", viewer)
        .where_given("subject = ?", subject)
}

fn audit_line(row: &AnyRow) -> Result<AuditLine, StoreError> {
    Ok(AuditLine {
        id: text(row, "id")?,
        at: moment(row, "at")?,
        viewer: text(row, "viewer")?,
        permission: text(row, "permission")?,
        kind: text(row, "kind")?,
        subject: text(row, "subject")?,
        outcome: text(row, "outcome")?,
    })
}
