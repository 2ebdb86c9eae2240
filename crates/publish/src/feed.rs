//! Signals as an Atom feed (RFC 4287). Must never name a person.

use std::fmt::Write;

/// One entry of a feed.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Stable identifier, a URI.
    pub id: String,
    /// Title, plain text.
    pub title: String,
    /// Summary, plain text.
    pub summary: String,
    /// Address of the page.
    pub link: String,
    /// When it last changed, RFC 3339.
    pub updated: String,
}

/// An Atom feed.
pub fn atom(title: &str, address: &str, updated: &str, entries: &[Entry]) -> String {
    let mut out =
        String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
    let _ = writeln!(
        out,
        "<title>{}</title><id>{address}</id><link rel=\"self\" href=\"{}\"/><updated>{updated}</updated>\
         <author><name>{}</name></author>",
        escape(title),
        escape(address),
        escape(title)
    );
    for entry in entries {
        let _ = writeln!(
            out,
            "<entry><id>{}</id><title>{}</title><link href=\"{}\"/><updated>{}</updated><summary>{}</summary></entry>",
            escape(&entry.id),
            escape(&entry.title),
            escape(&entry.link),
            entry.updated,
            escape(&entry.summary)
        );
    }
    out.push_str("</feed>\n");
    out
}

/// Text for XML; characters that XML 1.0 forbids are left out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(letter),
            control if control.is_control() || control == '\u{fffe}' || control == '\u{ffff}' => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_titles_stay_text() {
        let entry = Entry {
            id: "urn:x".to_owned(),
            title: "<script>\u{0}&".to_owned(),
            summary: String::new(),
            link: "http://127.0.0.1/?a=1&b=\"".to_owned(),
            updated: "2026-11-25T00:00:00Z".to_owned(),
        };
        let feed = atom("Signals", "http://127.0.0.1/signals.atom", "2026-11-25T00:00:00Z", &[entry]);
        assert!(feed.contains("&lt;script&gt;&amp;</title>"), "{feed}");
        assert!(feed.contains("a=1&amp;b=&quot;"), "{feed}");
    }
}
