//! Rows that did not fit, by the file they stand in. A file that is read again replaces its Problems.

use crate::listing::Listing;
use crate::{Page, PageOf, Slice, SliceOf, Store, StoreError, Writer, number, places, text};
use model::problem::{Place, Problem, Severity};
use sqlx::any::AnyRow;

/// A Problem with where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownProblem {
    /// Identifier.
    pub id: String,
    /// The Source.
    pub source: String,
    /// Hash of the received bytes.
    pub hash: String,
    /// The Problem.
    pub problem: Problem,
}

/// Problems of one cause in one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProblemGroup {
    /// The Source.
    pub source: String,
    /// The cause.
    pub cause: String,
    /// How bad it is.
    pub severity: String,
    /// The column, where all of them stand in one.
    pub column: String,
    /// How many there are.
    pub count: i64,
    /// What one of them says to do.
    pub hint: String,
}

/// Values of one row.
const COLUMNS: usize = 12;

impl Store {
    /// Problems grouped by source, cause and column, most first.
    pub async fn problem_groups(&self) -> Result<Vec<ProblemGroup>, StoreError> {
        let rows = sqlx::query(
            "select source, cause, severity, field, count(*) as many, min(hint) as hint from problems
             group by source, cause, severity, field order by count(*) desc, source, cause, field",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(ProblemGroup {
                    source: text(row, "source")?,
                    cause: text(row, "cause")?,
                    severity: text(row, "severity")?,
                    column: text(row, "field")?,
                    count: number(row, "many")?,
                    hint: text(row, "hint")?,
                })
            })
            .collect()
    }

    /// Problems of a source and cause; empty text means any.
    pub async fn problems(&self, source: &str, cause: &str, page: Page) -> Result<PageOf<KnownProblem>, StoreError> {
        listing(source, cause).page(self, page, known).await
    }

    /// The same after a cursor.
    pub async fn problems_after(
        &self,
        source: &str,
        cause: &str,
        slice: &Slice,
    ) -> Result<SliceOf<KnownProblem>, StoreError> {
        listing(source, cause).slice(self, slice, known).await
    }
}

fn listing(source: &str, cause: &str) -> Listing {
    const KEY: &[&str] = &["source", "file", "line", "record", "id"];
    Listing::new("*", "problems", KEY, false).where_given("source = ?", source).where_given("cause = ?", cause)
}

impl Writer {
    /// Puts the Problems of a received file in place of those of the file of that name before.
    pub async fn replace_problems(
        &mut self,
        source: &str,
        file: &str,
        hash: &str,
        problems: &[Problem],
    ) -> Result<(), StoreError> {
        sqlx::query("delete from problems where source = $1 and file = $2")
            .bind(source)
            .bind(file)
            .execute(&mut *self.transaction)
            .await?;
        let rows = self.dialect.rows_per_statement(COLUMNS);
        for (block, chunk) in problems.chunks(rows).enumerate() {
            let sql = format!(
                "insert into problems (id, source, file, hash, cause, severity, line, record, field, found, hint, activity)
                 values {}",
                places(chunk.len(), COLUMNS)
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for (index, problem) in chunk.iter().enumerate() {
                let number = (block * rows + index).to_string();
                query = query
                    .bind(model::content_id([source, file, hash, &number]))
                    .bind(source)
                    .bind(file)
                    .bind(hash)
                    .bind(&problem.cause)
                    .bind(problem.severity.word())
                    .bind(problem.place.line.map_or(-1, signed))
                    .bind(problem.place.record.map_or(-1, signed))
                    .bind(problem.place.column.as_deref().unwrap_or_default().replace('\0', "\u{fffd}"))
                    .bind(problem.found.replace('\0', "\u{fffd}"))
                    .bind(problem.hint.replace('\0', "\u{fffd}"))
                    .bind(&self.activity);
            }
            query.execute(&mut *self.transaction).await?;
        }
        Ok(())
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn known(row: &AnyRow) -> Result<KnownProblem, StoreError> {
    let severity = match text(row, "severity")?.as_str() {
        "note" => Severity::Note,
        "value_left_out" => Severity::ValueLeftOut,
        "row_left_out" => Severity::RowLeftOut,
        _ => Severity::FileLeftOut,
    };
    let column = text(row, "field")?;
    let place = Place {
        file: text(row, "file")?,
        line: u64::try_from(number(row, "line")?).ok(),
        record: u64::try_from(number(row, "record")?).ok(),
        column: (!column.is_empty()).then_some(column),
    };
    let problem =
        Problem { cause: text(row, "cause")?, severity, place, found: text(row, "found")?, hint: text(row, "hint")? };
    Ok(KnownProblem { id: text(row, "id")?, source: text(row, "source")?, hash: text(row, "hash")?, problem })
}
