//! Which type all values of a column fit. Must never be surer than the values: one that does not fit makes the column text.

use super::value::{Notation, date, integer, moment, number};

/// Which types every value seen so far fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guess {
    seen: bool,
    integer: bool,
    number: bool,
    flag: bool,
    date: bool,
    moment: bool,
}

impl Default for Guess {
    fn default() -> Self {
        Self { seen: false, integer: true, number: true, flag: true, date: true, moment: true }
    }
}

const PLAIN: Notation = Notation { decimal: '.', group: None };

impl Guess {
    /// Takes a value into account; an empty one says nothing.
    pub fn see(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        self.seen = true;
        if self.integer || self.number {
            // A zero in front is part of a code, not of a number: `007`, `02138`.
            let digits = text.trim_start_matches(['-', '+']);
            let is_code = digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit();
            self.integer &= !is_code && !text.starts_with('+') && !text.contains('.') && integer(text, PLAIN).is_some();
            self.number &= !is_code && !text.starts_with('+') && number(text, PLAIN).is_some();
        }
        // Digits alone are numbers, whatever else they might stand for.
        self.flag &= ["true", "false", "yes", "no"].iter().any(|word| text.eq_ignore_ascii_case(word));
        self.date = self.date && text.len() == 10 && date(text, &[]).is_some();
        self.moment = self.moment && text.len() > 10 && moment(text, &[]).is_some();
    }

    /// The word of the type as mappings write it; `None` for text.
    pub fn word(self) -> Option<&'static str> {
        let fits = [
            (self.integer, "integer"),
            (self.number, "number"),
            (self.flag, "flag"),
            (self.date, "date"),
            (self.moment, "timestamp"),
        ];
        fits.into_iter().find(|(fits, _)| self.seen && *fits).map(|(_, word)| word)
    }
}
