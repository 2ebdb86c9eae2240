//! Finds records and their fields in a piece of CSV text (RFC 4180, with any delimiter, quote and line end).
//!
//! Holds positions only; must never copy a field.

use memchr::{memchr, memchr2};

/// The signs of one CSV file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    pub(super) quote: u8,
    /// Last byte of a line: `\n`, or `\r` in old files.
    pub(super) newline: u8,
}

/// Where a field lies, without its quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) from: usize,
    pub(super) to: usize,
    /// True where quotes in it are doubled.
    pub(super) doubled: bool,
}

/// What stands at a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scan {
    /// A record; the next one begins at `next`, `lines` lines later.
    Record { next: usize, lines: u64 },
    /// The text ends inside the record.
    Cut,
    /// Text goes on behind a closing quote.
    BrokenQuote,
}

/// Reads the record that begins at `at` into `fields`. With `last`, the end of the text ends a record.
pub(super) fn record(text: &[u8], at: usize, last: bool, signs: Dialect, fields: &mut Vec<Field>) -> Scan {
    fields.clear();
    let mut position = at;
    let mut lines = 1;
    loop {
        let end;
        if text.get(position) == Some(&signs.quote) {
            let (closing, doubled) = match closing_quote(text, position + 1, signs.quote) {
                Some(found) => found,
                None => return Scan::Cut,
            };
            if closing + 1 == text.len() && !last {
                return Scan::Cut;
            }
            fields.push(Field { from: position + 1, to: closing, doubled });
            lines += memchr::memchr_iter(signs.newline, &text[position..closing]).count() as u64;
            end = match text[closing + 1..] {
                [b'\r', next, ..] if next == signs.newline => closing + 2,
                [b'\r'] if last => closing + 2,
                [b'\r'] => return Scan::Cut,
                _ => closing + 1,
            };
            match text.get(end) {
                None => return Scan::Record { next: end.min(text.len()), lines },
                Some(&byte) if byte == signs.delimiter => {}
                Some(&byte) if byte == signs.newline => return Scan::Record { next: end + 1, lines },
                Some(_) => return Scan::BrokenQuote,
            }
        } else {
            match memchr2(signs.delimiter, signs.newline, &text[position..]) {
                None if !last => return Scan::Cut,
                None => {
                    fields.push(plain(text, position, text.len()));
                    return Scan::Record { next: text.len(), lines };
                }
                Some(length) => end = position + length,
            }
            if text[end] == signs.newline {
                fields.push(plain(text, position, end));
                return Scan::Record { next: end + 1, lines };
            }
            fields.push(Field { from: position, to: end, doubled: false });
        }
        position = end + 1;
    }
}

/// The start of the line after the one in which `at` lies.
pub(super) fn next_line(text: &[u8], at: usize, signs: Dialect) -> Option<usize> {
    memchr(signs.newline, &text[at..]).map(|length| at + length + 1)
}

/// The last field of a line, without the carriage return of `\r\n`.
fn plain(text: &[u8], from: usize, to: usize) -> Field {
    let to = if to > from && text[to - 1] == b'\r' { to - 1 } else { to };
    Field { from, to, doubled: false }
}

fn closing_quote(text: &[u8], mut from: usize, quote: u8) -> Option<(usize, bool)> {
    let mut doubled = false;
    loop {
        let at = from + memchr(quote, &text[from..])?;
        if text.get(at + 1) != Some(&quote) {
            return Some((at, doubled));
        }
        doubled = true;
        from = at + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNS: Dialect = Dialect { delimiter: b',', quote: b'"', newline: b'\n' };

    fn check(text: &str, last: bool, expected: Scan, expected_fields: &[&str]) {
        let mut fields = Vec::new();
        let scan = record(text.as_bytes(), 0, last, SIGNS, &mut fields);
        assert_eq!(scan, expected, "{text:?}");
        if matches!(scan, Scan::Record { .. }) {
            let found: Vec<_> = fields.iter().map(|field| &text[field.from..field.to]).collect();
            assert_eq!(found, expected_fields, "{text:?}");
        }
    }

    #[test]
    fn records_end_where_rfc_4180_says() {
        check("a,b\nc", false, Scan::Record { next: 4, lines: 1 }, &["a", "b"]);
        check("a,b\r\nc", false, Scan::Record { next: 5, lines: 1 }, &["a", "b"]);
        check("a,", true, Scan::Record { next: 2, lines: 1 }, &["a", ""]);
        check("\"x\r\ny\",b\r\n", false, Scan::Record { next: 10, lines: 2 }, &["x\r\ny", "b"]);
        check("\"x\"\"y\"", true, Scan::Record { next: 6, lines: 1 }, &["x\"\"y"]);
        check("\"x\"\r\n", false, Scan::Record { next: 5, lines: 1 }, &["x"]);
        check("\"x\"", false, Scan::Cut, &[]);
        check("\"x\"\r", false, Scan::Cut, &[]);
        check("\"x", true, Scan::Cut, &[]);
        check("a", false, Scan::Cut, &[]);
        check("\"x\"y,b\n", false, Scan::BrokenQuote, &[]);
        check("a\"b\n", false, Scan::Record { next: 4, lines: 1 }, &["a\"b"]);
    }
}
