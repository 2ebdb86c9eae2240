//! How lists are asked for: conditions only where there are any, so that each question finds its index; exact totals; pages by
//! number for people and slices by cursor for programs. Must never hold what only one table knows.

use crate::{Page, PageOf, Slice, SliceOf, Store, StoreError, portable, to_json};
use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;

/// A question to one table or join, without where to begin.
pub(crate) struct Listing {
    columns: &'static str,
    from: &'static str,
    conditions: Vec<String>,
    bound: Vec<Value>,
    key: &'static [&'static str],
    newest_first: bool,
}

impl Listing {
    /// Columns from tables, in the order of `key`, whose last column is unique. Every column of the key is among `columns`; `*` is
    /// for a single table with an `id`.
    pub(crate) fn new(
        columns: &'static str,
        from: &'static str,
        key: &'static [&'static str],
        newest_first: bool,
    ) -> Self {
        Self { columns, from, conditions: Vec::new(), bound: Vec::new(), key, newest_first }
    }

    /// Only rows for which `condition` holds.
    pub(crate) fn only(mut self, condition: &str) -> Self {
        self.conditions.push(condition.to_owned());
        self
    }

    /// Only rows for which `condition` holds with `value` in place of its `?`; an empty value means any row.
    pub(crate) fn where_given(mut self, condition: &str, value: &str) -> Self {
        if !value.is_empty() {
            self.bound.push(value.into());
            self.conditions.push(condition.replace('?', &format!("${}", self.bound.len())));
        }
        self
    }

    /// The rows of one page.
    pub(crate) async fn page<T>(
        self,
        store: &Store,
        page: Page,
        read: impl Fn(&AnyRow) -> Result<T, StoreError>,
    ) -> Result<PageOf<T>, StoreError> {
        let total = self.total(store).await?;
        let tail = format!("limit {} offset {}", page.size, page.offset());
        let rows = self.rows(store, &tail).await?;
        Ok(PageOf { rows: rows.iter().map(read).collect::<Result<_, _>>()?, total, page })
    }

    /// The rows after a cursor.
    pub(crate) async fn slice<T>(
        mut self,
        store: &Store,
        slice: &Slice,
        read: impl Fn(&AnyRow) -> Result<T, StoreError>,
    ) -> Result<SliceOf<T>, StoreError> {
        let total = self.total(store).await?;
        if let Some(cursor) = &slice.after {
            self.go_on_after(cursor)?;
        }
        let size = usize::try_from(slice.size).unwrap_or(1);
        let mut rows = self.rows(store, &format!("limit {}", slice.size + 1)).await?;
        let more = rows.len() > size;
        rows.truncate(size);
        let next = match rows.last() {
            Some(last) if more => Some(self.cursor(last)?),
            _ => None,
        };
        Ok(SliceOf { rows: rows.iter().map(read).collect::<Result<_, _>>()?, total, next })
    }

    async fn total(&self, store: &Store) -> Result<i64, StoreError> {
        let sql = format!("select count(*) from {}{}", self.from, self.filter());
        Ok(self.ask(store, sql).await?[0].try_get(0)?)
    }

    async fn rows(&self, store: &Store, tail: &str) -> Result<Vec<AnyRow>, StoreError> {
        let direction = if self.newest_first { " desc" } else { "" };
        let order: Vec<String> = self.key.iter().map(|column| format!("{column}{direction}")).collect();
        let (order, filter) = (order.join(", "), self.filter());
        let sql = if self.columns == "*" {
            // Finding and sorting stays within the indexes; only the rows of the page are read whole.
            let found = format!("select id from {}{filter} order by {order} {tail}", self.from);
            format!("select * from {} where id in ({found}) order by {order}", self.from)
        } else {
            format!("select {} from {}{filter} order by {order} {tail}", self.columns, self.from)
        };
        self.ask(store, sql).await
    }

    async fn ask(&self, store: &Store, sql: String) -> Result<Vec<AnyRow>, StoreError> {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for value in &self.bound {
            query = match value.as_i64() {
                Some(number) => query.bind(number),
                None => query.bind(value.as_str().unwrap_or_default().to_owned()),
            };
        }
        Ok(query.fetch_all(&store.pool).await?)
    }

    fn filter(&self) -> String {
        if self.conditions.is_empty() { String::new() } else { format!(" where {}", self.conditions.join(" and ")) }
    }

    fn go_on_after(&mut self, cursor: &str) -> Result<(), StoreError> {
        let wrong = || StoreError::Cursor(cursor.chars().take(200).collect());
        let mut parts = opened(cursor).ok_or_else(wrong)?.into_iter();
        if parts.next().as_ref().and_then(Value::as_str) != Some(&self.name()) || parts.len() != self.key.len() {
            return Err(wrong());
        }
        let first = self.bound.len() + 1;
        for part in parts {
            if part.as_i64().is_none() && part.as_str().is_none() {
                return Err(wrong());
            }
            self.bound.push(part);
        }
        let places: Vec<String> = (first..=self.bound.len()).map(|number| format!("${number}")).collect();
        let sign = if self.newest_first { "<" } else { ">" };
        self.conditions.push(format!("({}) {sign} ({})", self.key.join(", "), places.join(", ")));
        Ok(())
    }

    fn cursor(&self, row: &AnyRow) -> Result<String, StoreError> {
        let mut values = portable::values(row)?;
        let mut parts = vec![Value::from(self.name())];
        for column in self.key {
            let bare = column.rsplit('.').next().unwrap_or(column);
            parts.push(values.remove(bare).expect("every column of the key is among the columns"));
        }
        Ok(to_json(&parts).bytes().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Tells a cursor of this list and order from those of others.
    fn name(&self) -> String {
        format!("{} {}", self.from.split(' ').next().unwrap_or_default(), self.key.join(" "))
    }
}

fn opened(cursor: &str) -> Option<Vec<Value>> {
    let digits = cursor.as_bytes().chunks(2);
    let bytes: Option<Vec<u8>> =
        digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    serde_json::from_slice(&bytes?).ok()
}
