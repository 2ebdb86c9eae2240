//! Which rows of how many are shown, and the way to the others. The total is exact and always there.

use crate::wording::{Argument, Words};
use askama::Template;

/// The foot of a list.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/pager.html")]
pub struct Pager {
    words: Words,
    /// Number of all rows that the filters leave.
    pub total: u64,
    /// Number of the first row shown, from 1; 0 where there is none.
    pub first: u64,
    /// Number of the last row shown.
    pub last: u64,
    previous: Option<String>,
    next: Option<String>,
}

impl askama::filters::HtmlSafe for Pager {}

impl Pager {
    /// Page `page` (from 1) of `total` rows, `size` a page; `href` gives the address of a page.
    pub fn new(words: &Words, total: u64, page: u64, size: u64, href: impl Fn(u64) -> String) -> Self {
        let size = size.max(1);
        let pages = total.div_ceil(size).max(1);
        let page = page.clamp(1, pages);
        let first = if total == 0 { 0 } else { (page - 1) * size + 1 };
        let previous = (page > 1).then(|| href(page - 1));
        let next = (page < pages).then(|| href(page + 1));
        Self { words: words.clone(), total, first, last: (page * size).min(total), previous, next }
    }

    /// Rows found by a cursor: how many there are in all, how many are shown, where the next ones are.
    pub fn cursor(
        words: &Words,
        total: u64,
        first: u64,
        shown: u64,
        previous: Option<String>,
        next: Option<String>,
    ) -> Self {
        let last = if shown == 0 { 0 } else { first + shown - 1 };
        Self { words: words.clone(), total, first: if shown == 0 { 0 } else { first }, last, previous, next }
    }

    fn summary(&self) -> String {
        if self.total == 0 {
            return self.words.say("pager-none");
        }
        let values: [(&str, &dyn Argument); 3] = [("first", &self.first), ("last", &self.last), ("total", &self.total)];
        self.words.say_all("pager-summary", &values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::{Language, Wording};

    fn pager(total: u64, page: u64) -> Pager {
        let words = Wording::built_in().words(Language::English);
        Pager::new(&words, total, page, 50, |page| format!("?page={page}"))
    }

    #[test]
    fn the_rest_is_always_reachable() {
        let middle = pager(120, 2);
        assert_eq!((middle.first, middle.last), (51, 100));
        assert_eq!((middle.previous.as_deref(), middle.next.as_deref()), (Some("?page=1"), Some("?page=3")));
        let last = pager(120, 99);
        assert_eq!((last.first, last.last, last.next), (101, 120, None));
        let none = pager(0, 1);
        assert_eq!((none.first, none.last, none.previous, none.next), (0, 0, None, None));
    }
}
