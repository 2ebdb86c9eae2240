//! A reader of Rust text that tells string literals from comments and code.
//!
//! Knows just enough of the language for that; it must never judge anything.

/// One string literal and the line it begins on, counted from 1.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) line: usize,
    pub(super) text: String,
}

/// The string literals of Rust text (raw and byte strings too), escapes left as written.
pub(super) fn strings(text: &str) -> Vec<Literal> {
    let bytes = text.as_bytes();
    let (mut literals, mut line, mut at) = (Vec::new(), 1, 0);
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => find(bytes, at, b"\n"),
            b'/' if bytes.get(at + 1) == Some(&b'*') => end_of_block_comment(bytes, at),
            b'\'' => end_of_quote(bytes, at),
            b'"' => {
                let end = end_of_string(bytes, at + 1);
                literals.push(Literal { line, text: text[at + 1..end.saturating_sub(1).max(at + 1)].to_owned() });
                end
            }
            b'r' if !is_word(bytes, at) => match raw_string(bytes, at) {
                Some((from, to, end)) => {
                    literals.push(Literal { line, text: text[from..to].to_owned() });
                    end
                }
                None => at + 1,
            },
            _ => at + 1,
        };
        line += bytes[at..end].iter().filter(|&&byte| byte == b'\n').count();
        at = end;
    }
    literals
}

/// Whether the byte at `at` goes on a word, as the `r` of `for"` would. The `b` of `br"` does not count.
fn is_word(bytes: &[u8], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).map(|index| bytes[index]);
    let goes_on = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match before(1) {
        Some(b'b' | b'c') => goes_on(before(2)),
        byte => goes_on(byte),
    }
}

/// The place of `needle` from `at` on, or the end.
fn find(bytes: &[u8], at: usize, needle: &[u8]) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.windows(needle.len()).position(|window| window == needle).map_or(bytes.len(), |place| at + place)
}

fn end_of_block_comment(bytes: &[u8], at: usize) -> usize {
    let (mut depth, mut next) = (1, at + 2);
    while depth > 0 && next < bytes.len() {
        match &bytes[next..bytes.len().min(next + 2)] {
            b"/*" => (depth, next) = (depth + 1, next + 2),
            b"*/" => (depth, next) = (depth - 1, next + 2),
            _ => next += 1,
        }
    }
    next
}

/// The end of a character literal, or of the quote alone where it begins a lifetime.
fn end_of_quote(bytes: &[u8], at: usize) -> usize {
    if bytes.get(at + 1) == Some(&b'\\') {
        return (find(bytes, at + 3, b"'") + 1).min(bytes.len());
    }
    // A character has one to four bytes; `'a'` closes right after it, the lifetime `'a` does not.
    let width = match bytes.get(at + 1) {
        Some(0xF0..) => 4,
        Some(0xE0..) => 3,
        Some(0xC0..) => 2,
        _ => 1,
    };
    if bytes.get(at + 1 + width) == Some(&b'\'') { at + width + 2 } else { at + 1 }
}

fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Begin and end of the text of a raw string that starts at `at`, and the end of the literal.
fn raw_string(bytes: &[u8], at: usize) -> Option<(usize, usize, usize)> {
    let hashes = bytes[at + 1..].iter().take_while(|&&byte| byte == b'#').count();
    let from = at + 2 + hashes;
    if bytes.get(from - 1) != Some(&b'"') {
        return None;
    }
    let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
    let to = find(bytes, from, &close);
    Some((from, to, (to + close.len()).min(bytes.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_strings_are_found() {
        let text = r####"
// "comment"
/* "block /* nested */ still" */
let a = 'x'; let quote = '"'; let escaped = '\''; fn f<'a>(_: &'a str) {}
let b = "first \" one"; let c = r#"raw "two" "#;
let d = br"three"; let é = 'é'; let e = "four
lines";
for"x"
"####;
        let literals = strings(text);
        let found: Vec<(usize, &str)> = literals.iter().map(|found| (found.line, found.text.as_str())).collect();
        assert_eq!(found, [(5, "first \\\" one"), (5, "raw \"two\" "), (6, "three"), (6, "four\nlines"), (8, "x")]);
    }

    #[test]
    fn text_that_breaks_off_ends_quietly() {
        for text in ["\"open", "r#\"open", "/* open", "'", "'\\", "\"\\"] {
            strings(text);
        }
    }
}
