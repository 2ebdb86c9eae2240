//! A page of a list: how it is asked for and what comes back. Totals are exact; nothing is cut without saying so.

/// Which page of a list. Pages count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Number of the page, from 1.
    pub number: i64,
    /// Rows on a page.
    pub size: i64,
}

impl Page {
    /// A page; numbers below 1 mean the first, sizes are kept between 1 and 1,000.
    pub fn new(number: i64, size: i64) -> Self {
        Self { number: number.max(1), size: size.clamp(1, 1_000) }
    }

    pub(crate) fn offset(self) -> i64 {
        (self.number - 1).saturating_mul(self.size)
    }
}

/// The rows of one page, with the exact number of all.
#[derive(Clone, Debug, PartialEq)]
pub struct PageOf<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Number of rows on all pages together.
    pub total: i64,
    /// Which page this is.
    pub page: Page,
}

impl<T> PageOf<T> {
    /// Number of pages; at least one.
    pub fn pages(&self) -> i64 {
        ((self.total + self.page.size - 1) / self.page.size).max(1)
    }
}

/// Which rows of a list that is walked through while it may grow: those after a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// [`SliceOf::next`] of the slice before; `None` for the first.
    pub after: Option<String>,
    /// Most rows to give.
    pub size: i64,
}

impl Slice {
    /// A slice; sizes are kept between 1 and 1,000, an empty cursor means the first.
    pub fn new(after: Option<String>, size: i64) -> Self {
        Self { after: after.filter(|cursor| !cursor.is_empty()), size: size.clamp(1, 1_000) }
    }
}

/// The rows of one slice, with the exact number of all.
#[derive(Clone, Debug, PartialEq)]
pub struct SliceOf<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Number of rows in the whole list.
    pub total: i64,
    /// Where the next slice begins; `None` at the end. Opaque, of digits and letters only.
    pub next: Option<String>,
}
