//! Feeds: RSS 0.9 to 2.0, Atom (RFC 4287) and JSON Feed 1.1, through feed-rs. Must never clean or change what a post says.

use crate::chunk::{Chunk, Start};
use crate::table::xlsx::read_whole;
use crate::{About, Format, FormatError, ReadOptions, Sink, first_byte, has_ending};
use feed_rs::model::{Entry, Person};
use memchr::memmem;
use quick_xml::events::Event;
use std::io::Read;

/// Levels of elements at most; marked-up text inside Atom nests too.
const MAX_DEPTH: usize = 256;

/// See the module.
pub struct Feed;

/// The columns of a feed, always all of them and in this order.
pub const COLUMNS: [&str; 8] = ["id", "title", "content", "author", "published", "updated", "link", "language"];

impl Format for Feed {
    fn about(&self) -> About {
        About {
            name: "feed",
            title: "Feed",
            summary: "posts of an RSS, Atom or JSON feed",
            media_types: &["application/rss+xml", "application/atom+xml", "application/feed+json"],
            endings: &["rss", "atom"],
            sample: br#"{"version": "https://jsonfeed.org/version/1.1", "title": "Posts",
                "items": [{"id": "1", "content_text": "Kind staff"}]}"#,
        }
    }

    fn recognizes(&self, name: &str, head: &[u8]) -> bool {
        let holds = |sign: &[u8]| memmem::find(head, sign).is_some();
        match first_byte(head) {
            Some(b'<') => {
                has_ending(name, self.about().endings) || holds(b"<rss") || holds(b"<feed") || holds(b"<rdf:RDF")
            }
            Some(b'{') => holds(b"jsonfeed.org/version"),
            _ => false,
        }
    }

    fn read(&self, input: &mut dyn Read, options: &ReadOptions, sink: &mut Sink<'_>) -> Result<(), FormatError> {
        let bytes = read_whole(input, options.limits.document_bytes, "the feed")?;
        if first_byte(&bytes) == Some(b'<') {
            refuse_hostile(&bytes)?;
        }
        let feed = feed_rs::parser::parse(bytes.as_slice()).map_err(broken)?;
        let mut chunk = Chunk::new(options.limits, false, true);
        for name in COLUMNS {
            chunk.column(name);
        }
        let mut handed_over = false;
        for (number, entry) in feed.entries.iter().enumerate() {
            let start = Start { line: 0, record: number as u64 + 1 };
            put_entry(&mut chunk, entry, feed.language.as_deref(), start);
            chunk.end_row(start, 16);
            if chunk.is_full() {
                handed_over = true;
                if chunk.hand_over(sink).is_break() {
                    return Ok(());
                }
            }
        }
        chunk.finish(handed_over, sink);
        Ok(())
    }
}

fn put_entry(chunk: &mut Chunk, entry: &Entry, language: Option<&str>, start: Start) {
    let content = entry.content.as_ref().and_then(|content| content.body.as_deref());
    let content = content.or(entry.summary.as_ref().map(|summary| summary.content.as_str()));
    let link = entry.links.iter().find(|link| matches!(link.rel.as_deref(), None | Some("alternate")));
    let published = entry.published.map(|at| at.to_rfc3339());
    let updated = entry.updated.map(|at| at.to_rfc3339());
    let values = [
        Some(entry.id.as_str()),
        entry.title.as_ref().map(|title| title.content.as_str()),
        content,
        entry.authors.first().and_then(name_of),
        published.as_deref(),
        updated.as_deref(),
        link.or(entry.links.first()).map(|link| link.href.as_str()),
        entry.language.as_deref().or(language),
    ];
    for (name, value) in COLUMNS.iter().zip(values) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            chunk.put(name, value, start);
        }
    }
}

fn name_of(person: &Person) -> Option<&str> {
    person.name.as_deref().or(person.email.as_deref()).or(person.uri.as_deref())
}

/// Refuses documents that declare entities (which only attacks and very old files do) or nest without end.
pub(super) fn refuse_hostile(bytes: &[u8]) -> Result<(), FormatError> {
    let mut reader = quick_xml::Reader::from_reader(bytes);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    let (mut depth, mut buffer) = (0_usize, Vec::new());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(_)) => depth += 1,
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(Event::DocType(told)) if told.contains("<!ENTITY") => {
                return Err(FormatError::Hostile("declares entities"));
            }
            // What is broken is told by the reader that follows.
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => {}
        }
        if depth > MAX_DEPTH {
            return Err(FormatError::Hostile("nests elements without end"));
        }
    }
}

fn broken(error: feed_rs::parser::ParseFeedError) -> FormatError {
    FormatError::Broken { format: "feed", fault: error.to_string() }
}
