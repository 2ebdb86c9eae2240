//! Finds out delimiter, quote, line end and header from the first part of a CSV text. Must never change the text.

use super::scan::{Dialect, Field, Scan, record};
use crate::ReadOptions;
use std::collections::HashMap;

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Records looked at.
const SAMPLE: usize = 200;

/// The dialect of a text by its head; what the options say stands.
pub(super) fn dialect(head: &str, last: bool, options: &ReadOptions) -> Dialect {
    let newline = if head.contains('\n') || !head.contains('\r') { b'\n' } else { b'\r' };
    let signs = |delimiter, quote| Dialect { delimiter, quote, newline };
    let quotes: &[u8] = match &options.quote {
        Some(quote) => std::slice::from_ref(quote),
        // An apostrophe can be a quote only where nothing begins with the usual sign.
        None if begins_quoted(head) => b"\"",
        None => b"\"'",
    };
    let delimiters: &[u8] = match &options.delimiter {
        Some(delimiter) => std::slice::from_ref(delimiter),
        None => &DELIMITERS,
    };
    let mut best = signs(delimiters[0], quotes[0]);
    let mut best_likeness = (0.0, 0);
    for &delimiter in delimiters {
        for &quote in quotes {
            let found = likeness(head, last, signs(delimiter, quote));
            let better =
                found.0 > best_likeness.0 + 0.05 || (found.0 > best_likeness.0 - 0.05 && found.1 > best_likeness.1);
            if better {
                best = signs(delimiter, quote);
                best_likeness = found;
            }
        }
    }
    best
}

/// Whether some field of the text begins with `"`.
fn begins_quoted(head: &str) -> bool {
    let bytes = head.as_bytes();
    let begins = |at: usize| at == 0 || matches!(bytes[at - 1], b'\n' | b'\r') || DELIMITERS.contains(&bytes[at - 1]);
    memchr::memchr_iter(b'"', bytes).any(begins)
}

/// Share of the first records that have the most frequent width, and that width; nothing where it is 1.
fn likeness(head: &str, last: bool, signs: Dialect) -> (f64, usize) {
    let (mut fields, mut widths, mut records, mut at) = (Vec::new(), HashMap::new(), 0_usize, 0);
    while records < SAMPLE && at < head.len() {
        match record(head.as_bytes(), at, last, signs, &mut fields) {
            Scan::Record { next, .. } => {
                if next - at > 2 {
                    *widths.entry(fields.len()).or_insert(0_usize) += 1;
                    records += 1;
                }
                at = next;
            }
            Scan::Cut => break,
            Scan::BrokenQuote => {
                records += 1;
                at = super::scan::next_line(head.as_bytes(), at, signs).unwrap_or(head.len());
            }
        }
    }
    let most = widths.into_iter().max_by_key(|(width, count)| (*count, *width));
    match most {
        Some((width, count)) if width > 1 => (count as f64 / records as f64, width),
        _ => (0.0, 1),
    }
}

/// Whether the first record names the columns: it does unless it holds a number or date where the second one does too.
pub(super) fn has_header(head: &str, last: bool, signs: Dialect) -> bool {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    let Scan::Record { next, .. } = record(head.as_bytes(), 0, last, signs, &mut first) else { return true };
    if !matches!(record(head.as_bytes(), next, last, signs, &mut second), Scan::Record { .. }) {
        return true;
    }
    let measured = |field: &Field| is_measured(head[field.from..field.to].trim());
    let alike = first.iter().zip(&second).filter(|(a, b)| measured(a) && measured(b)).count();
    let in_first = first.iter().filter(|field| measured(field)).count();
    alike == 0
        || in_first < first.len()
            && first.iter().filter(|field| field.to > field.from).count() == first.len()
            && years(head, &first)
}

/// A number, date or time: digits, and only signs that stand in such.
fn is_measured(cell: &str) -> bool {
    cell.bytes().any(|byte| byte.is_ascii_digit())
        && cell.bytes().all(|byte| {
            byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'-' | b'+' | b'/' | b':' | b'T' | b'Z' | b' ' | b'%')
        })
}

/// All measured cells are years: names of columns in tables with a column for each year.
fn years(head: &str, fields: &[Field]) -> bool {
    fields
        .iter()
        .map(|field| head[field.from..field.to].trim())
        .filter(|cell| is_measured(cell))
        .all(|cell| cell.len() == 4 && cell.parse::<u16>().is_ok_and(|year| (1800..2200).contains(&year)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sniffed(text: &str) -> (char, char, bool) {
        let signs = dialect(text, true, &ReadOptions::default());
        (char::from(signs.delimiter), char::from(signs.quote), has_header(text, true, signs))
    }

    #[test]
    fn dialects_are_told_from_the_head() {
        for (text, expected) in [
            ("name,beds\nA,4\nB,5\n", (',', '"', true)),
            ("name;beds;note\n\"A, B\";4;x\n\"C, D\";5;y\n", (';', '"', true)),
            ("name\tbeds\nA, b\t4\nB, c\t5\n", ('\t', '"', true)),
            ("a|b|c\n1|2|3\n", ('|', '"', true)),
            ("A,4,2023-01-02\nB,5,2023-01-03\n", (',', '"', false)),
            ("'a, b';'c'\n'd; e';'f'\n", (';', '\'', true)),
            ("it's,4\nthat's,5\n", (',', '"', false)),
            ("region,2020,2021\nA,3,4\n", (',', '"', true)),
            ("preis;menge\n1,50;3\n2,75;4\n", (';', '"', true)),
            ("one\ntwo\nthree\n", (',', '"', true)),
        ] {
            assert_eq!(sniffed(text), expected, "{text:?}");
        }
    }
}
