//! JSON documents (RFC 8259) with records anywhere inside. Must never hold the whole document.

use super::tree;
use crate::chunk::{Chunk, Start};
use crate::{About, Format, FormatError, Limits, ReadOptions, Sink, first_byte, has_ending};
use serde_json::Value;
use std::io::Read;
use std::ops::ControlFlow;

/// See the module.
pub struct Json;

impl Format for Json {
    fn about(&self) -> About {
        About {
            name: "json",
            title: "JSON",
            summary: "one document with the records at a path; nested values become columns such as `a.b`",
            media_types: &["application/json"],
            endings: &["json"],
            sample: br#"[{"name": "A H Orr Lodge", "stars": {"overall": 3}}]"#,
        }
    }

    fn recognizes(&self, name: &str, head: &[u8]) -> bool {
        matches!(first_byte(head), Some(b'{' | b'[')) && (has_ending(name, self.about().endings) || !head.contains(&0))
    }

    fn read(&self, input: &mut dyn Read, options: &ReadOptions, sink: &mut Sink<'_>) -> Result<(), FormatError> {
        let mut rows = Rows::new(options.limits, false, sink);
        tree::walk(&mut WithoutMark::new(input), &options.records, options.limits, &mut |value, rest| {
            rows.add(&value, rest, 0)
        })?;
        rows.finish();
        Ok(())
    }
}

/// Rows out of records, handed over in parts.
pub(super) struct Rows<'a, 's> {
    pub(super) chunk: Chunk,
    pub(super) record: u64,
    limits: Limits,
    handed_over: bool,
    ended: bool,
    sink: &'a mut Sink<'s>,
}

impl<'a, 's> Rows<'a, 's> {
    pub(super) fn new(limits: Limits, with_lines: bool, sink: &'a mut Sink<'s>) -> Self {
        let chunk = Chunk::new(limits, with_lines, false);
        Self { chunk, record: 0, limits, handed_over: false, ended: false, sink }
    }

    /// Adds the records that lie `rest` inside `value`.
    pub(super) fn add(&mut self, value: &Value, rest: &[tree::Step], line: u64) -> ControlFlow<()> {
        tree::explode(value, rest, &mut Vec::new(), &mut |value, around| {
            self.record += 1;
            let start = Start { line, record: self.record };
            tree::put_record(&mut self.chunk, value, around, start, self.limits.depth);
            self.end_row(start)
        })
    }

    pub(super) fn end_row(&mut self, start: Start) -> ControlFlow<()> {
        self.chunk.end_row(start, 16);
        self.hand_over_if_full()
    }

    pub(super) fn hand_over_if_full(&mut self) -> ControlFlow<()> {
        if !self.chunk.is_full() {
            return ControlFlow::Continue(());
        }
        self.handed_over = true;
        let flow = self.chunk.hand_over(self.sink);
        self.ended = flow.is_break();
        flow
    }

    pub(super) fn finish(self) {
        if !self.ended {
            self.chunk.finish(self.handed_over, self.sink);
        }
    }
}

/// Bytes without the UTF-8 byte order mark that some programs write in front of JSON.
pub(super) struct WithoutMark<'a> {
    input: &'a mut dyn Read,
    begun: bool,
}

impl<'a> WithoutMark<'a> {
    pub(super) fn new(input: &'a mut dyn Read) -> Self {
        Self { input, begun: false }
    }
}

impl Read for WithoutMark<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.begun || buffer.len() < 3 {
            return self.input.read(buffer);
        }
        self.begun = true;
        let mut filled = 0;
        while filled < 3 {
            match self.input.read(&mut buffer[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        if buffer[..filled].starts_with(&[0xEF, 0xBB, 0xBF]) {
            buffer.copy_within(3..filled, 0);
            filled -= 3;
            if filled == 0 {
                return self.input.read(buffer);
            }
        }
        Ok(filled)
    }
}
