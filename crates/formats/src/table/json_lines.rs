//! JSON Lines: one JSON value in each line. A broken line is left out. Must never hold more than one line.

use super::json::Rows;
use super::tree;
use crate::chunk::Start;
use crate::{About, Format, FormatError, ReadOptions, Sink, first_byte, has_ending};
use model::{Problem, Severity};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};

/// See the module.
pub struct JsonLines;

impl Format for JsonLines {
    fn about(&self) -> About {
        About {
            name: "json_lines",
            title: "JSON Lines",
            summary: "one JSON value in each line",
            media_types: &["application/jsonl", "application/x-ndjson"],
            endings: &["jsonl", "ndjson"],
            sample: b"{\"name\": \"A H Orr Lodge\"}\n{\"name\": \"70 Lowe Street\"}\n",
        }
    }

    fn recognizes(&self, name: &str, head: &[u8]) -> bool {
        has_ending(name, self.about().endings) || two_objects(head)
    }

    fn read(&self, input: &mut dyn Read, options: &ReadOptions, sink: &mut Sink<'_>) -> Result<(), FormatError> {
        let steps = tree::steps(&options.records);
        let mut rows = Rows::new(options.limits, true, sink);
        let mut input = BufReader::with_capacity(1 << 16, input);
        let (mut text, mut line) = (Vec::new(), 0);
        while let Some(whole) = next_line(&mut input, options.limits.record_bytes, &mut text)? {
            line += 1;
            let content = if line == 1 { text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&text) } else { &text };
            if line <= options.skip_lines || content.trim_ascii().is_empty() {
                continue;
            }
            let read = if whole {
                serde_json::from_slice::<Value>(content).map_err(|error| error.to_string())
            } else {
                Err(format!("it is longer than {} bytes", options.limits.record_bytes))
            };
            let flow = match read {
                Ok(value) => rows.add(&value, &steps, line),
                Err(fault) => {
                    rows.record += 1;
                    let place = rows.chunk.place(Start { line, record: rows.record }, None);
                    let found = String::from_utf8_lossy(&content[..content.len().min(800)]);
                    let hint = format!("write one JSON value in each line; {fault}");
                    rows.chunk.problem(Problem::new("not_json", Severity::RowLeftOut, place, &found, hint));
                    rows.hand_over_if_full()
                }
            };
            if flow.is_break() {
                return Ok(());
            }
        }
        rows.finish();
        Ok(())
    }
}

/// Reads a line into `text`, at most `limit` bytes of it; `Some(false)` where it was longer, `None` at the end.
fn next_line(input: &mut impl BufRead, limit: usize, text: &mut Vec<u8>) -> Result<Option<bool>, FormatError> {
    text.clear();
    let count = input.by_ref().take(limit as u64 + 1).read_until(b'\n', text)?;
    if count == 0 {
        return Ok(None);
    }
    if count <= limit || text.ends_with(b"\n") {
        return Ok(Some(true));
    }
    loop {
        let block = input.fill_buf()?;
        let (used, ended) = match memchr::memchr(b'\n', block) {
            Some(at) => (at + 1, true),
            None => (block.len(), block.is_empty()),
        };
        input.consume(used);
        if ended {
            return Ok(Some(false));
        }
    }
}

/// The first line is a whole JSON object and the second one begins another.
fn two_objects(head: &[u8]) -> bool {
    let mut lines = head.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let (Some(first), Some(second)) = (lines.next(), lines.next()) else { return false };
    first_byte(first) == Some(b'{') && first_byte(second) == Some(b'{') && first.trim_ascii_end().ends_with(b"}")
}
