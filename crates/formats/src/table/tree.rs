//! Records out of nested JSON: the path to them, walking there without holding the document, and making rows flat.
//!
//! Nested keys become `a.b`; arrays become JSON text; with a path that steps into arrays, the values around a record stand
//! under `parent.`. Must never hold more than one element of the outermost array.

use crate::chunk::{Chunk, Start};
use crate::{FormatError, Limits};
use model::{Problem, Severity};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::cell::Cell;
use std::io::{BufReader, Read};
use std::ops::ControlFlow;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Into the value of a key.
    Key(String),
    /// Into every element of an array.
    Each,
}

/// The steps of `facilities[].penalties`.
pub(super) fn steps(path: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for part in path.split('.').filter(|part| !part.is_empty()) {
        let key = part.trim_end_matches("[]");
        if !key.is_empty() {
            steps.push(Step::Key(key.to_owned()));
        }
        steps.extend(std::iter::repeat_n(Step::Each, (part.len() - key.len()) / 2));
    }
    // The last step into an array is made anyway, written or not.
    if steps.last() == Some(&Step::Each) {
        steps.pop();
    }
    steps
}

/// Hears each element of the outermost array on the path, with the steps that are left inside it.
pub(super) type Visit<'v> = dyn FnMut(Value, &[Step]) -> ControlFlow<()> + 'v;

/// Reads a JSON document and hands over the elements at the path.
pub(super) fn walk(input: &mut dyn Read, path: &str, limits: Limits, visit: &mut Visit<'_>) -> Result<(), FormatError> {
    let allowance = Cell::new(limits.record_bytes);
    let metered =
        Metered { input: BufReader::with_capacity(1 << 16, input), allowance: &allowance, limit: limits.record_bytes };
    let mut document = serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 14, metered));
    let outcome = Cell::new(Outcome::Missing);
    let steps = steps(path);
    let walk = Walk { steps: &steps, visit, outcome: &outcome, allowance: &allowance, limit: limits.record_bytes };
    let read = walk.deserialize(&mut document).and_then(|()| document.end());
    match (read, outcome.get()) {
        (_, Outcome::Ended) => Ok(()),
        (Ok(()), Outcome::Found) => Ok(()),
        (Ok(()), Outcome::Missing) => {
            Err(FormatError::NoRecords { path: path.to_owned(), holds: "nothing there".into() })
        }
        (Ok(()), Outcome::NotThere(holds)) => {
            Err(FormatError::NoRecords { path: path.to_owned(), holds: holds.to_owned() })
        }
        (Err(_), _) if allowance.get() == 0 => {
            let limit = limits.record_bytes as u64;
            Err(FormatError::TooLarge { what: "one record", limit, unit: "bytes" })
        }
        (Err(error), _) if error.is_io() => Err(FormatError::Read(error.into())),
        (Err(error), _) => Err(FormatError::Broken { format: "JSON", fault: error.to_string() }),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Missing,
    NotThere(&'static str),
    Found,
    Ended,
}

/// Ends the reading where one record takes more bytes than allowed.
struct Metered<'a, R> {
    input: BufReader<R>,
    allowance: &'a Cell<usize>,
    limit: usize,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.input.read(buffer)?;
        let left = self.allowance.get();
        if left != usize::MAX {
            self.allowance.set(left.saturating_sub(count));
            if left <= count && count > 0 {
                return Err(std::io::Error::other(format!("a record of more than {} bytes", self.limit)));
            }
        }
        Ok(count)
    }
}

struct Walk<'a, 'v> {
    steps: &'a [Step],
    visit: &'a mut Visit<'v>,
    outcome: &'a Cell<Outcome>,
    allowance: &'a Cell<usize>,
    limit: usize,
}

impl Walk<'_, '_> {
    fn no_records<E: Error>(self, holds: &'static str) -> Result<(), E> {
        self.outcome.set(Outcome::NotThere(holds));
        Ok(())
    }

    fn hand_over<E: Error>(&mut self, value: Value, rest: &[Step]) -> Result<(), E> {
        self.outcome.set(Outcome::Found);
        self.allowance.set(self.limit);
        if (self.visit)(value, rest).is_break() {
            self.outcome.set(Outcome::Ended);
            return Err(E::custom("ended as asked"));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("records")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.no_records("a flag there")
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.no_records("a number there")
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.no_records("a number there")
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.no_records("a number there")
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.no_records("a text there")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.no_records("null there")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        let rest = match self.steps {
            [Step::Each, rest @ ..] => rest,
            rest => rest,
        };
        self.outcome.set(Outcome::Found);
        self.allowance.set(self.limit);
        while let Some(value) = elements.next_element::<Value>()? {
            self.hand_over(value, rest)?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        let Some((Step::Key(wanted), rest)) = self.steps.split_first() else {
            let value = Value::deserialize(serde::de::value::MapAccessDeserializer::new(entries))?;
            return self.hand_over(value, self.steps);
        };
        let mut missing = true;
        loop {
            self.allowance.set(self.limit);
            let Some(key) = entries.next_key::<String>()? else { break };
            if key == *wanted {
                missing = false;
                let inner = Walk {
                    steps: rest,
                    visit: self.visit,
                    outcome: self.outcome,
                    allowance: self.allowance,
                    limit: self.limit,
                };
                entries.next_value_seed(inner)?;
            } else {
                // Passing over holds nothing in memory, so it may be as long as it likes.
                self.allowance.set(usize::MAX);
                entries.next_value::<IgnoredAny>()?;
            }
        }
        if missing && self.outcome.get() == Outcome::Missing {
            self.outcome.set(Outcome::NotThere("no such key there"));
        }
        Ok(())
    }
}

/// Hears a record with the values around it and their names, outermost first.
pub(super) type HearRecord<'v, 't> = dyn FnMut(&'t Value, &[(&'t Value, &'t str)]) -> ControlFlow<()> + 'v;

/// Steps further into a value and hands over each record with the values around it, outermost first.
pub(super) fn explode<'t>(
    value: &'t Value,
    rest: &[Step],
    around: &mut Vec<(&'t Value, &'t str)>,
    visit: &mut HearRecord<'_, 't>,
) -> ControlFlow<()> {
    match (rest.split_first(), value) {
        (None, _) => visit(value, around),
        (Some((Step::Each, rest)), Value::Array(elements)) => {
            elements.iter().try_for_each(|element| explode(element, rest, around, visit))
        }
        (Some((Step::Key(key), rest)), Value::Object(entries)) => {
            let Some((key, inner)) = entries.get_key_value(key) else { return ControlFlow::Continue(()) };
            around.push((value, key));
            let flow = match (inner, rest) {
                (Value::Array(elements), [Step::Each, rest @ ..] | rest) => {
                    elements.iter().try_for_each(|element| explode(element, rest, around, visit))
                }
                _ => explode(inner, rest, around, visit),
            };
            around.pop();
            flow
        }
        _ => ControlFlow::Continue(()),
    }
}

/// Puts a record, and what stands around it, into the row.
pub(super) fn put_record(chunk: &mut Chunk, value: &Value, around: &[(&Value, &str)], start: Start, depth: usize) {
    let mut row = Row { chunk, start, depth, name: String::new() };
    row.put(value, 0, "");
    for (level, (parent, key)) in around.iter().rev().enumerate() {
        row.name = "parent.".repeat(level + 1);
        row.name.pop();
        row.put(parent, 0, key);
    }
}

struct Row<'a> {
    chunk: &'a mut Chunk,
    start: Start,
    depth: usize,
    name: String,
}

impl Row<'_> {
    /// Puts a value under the current name; objects key by key, without the key `without`.
    fn put(&mut self, value: &Value, level: usize, without: &str) {
        match value {
            Value::Null => {
                if !self.name.is_empty() {
                    self.chunk.column(&self.name);
                }
            }
            Value::Object(entries) if level < self.depth => {
                let length = self.name.len();
                for (key, inner) in entries.iter().filter(|(key, _)| without.is_empty() || *key != without) {
                    if length > 0 {
                        self.name.push('.');
                    }
                    self.name.push_str(key);
                    self.put(inner, level + 1, "");
                    self.name.truncate(length);
                }
            }
            Value::Array(elements) if level == 0 && self.name.is_empty() => {
                for (position, inner) in elements.iter().enumerate() {
                    self.name = format!("column_{}", position + 1);
                    self.put(inner, 1, "");
                }
                self.name.clear();
            }
            Value::Object(_) => {
                let place = self.chunk.place(self.start, Some(&self.name));
                let hint = format!("a record is nested at most {} levels deep", self.depth);
                self.chunk.problem(Problem::new("nested_too_deep", Severity::ValueLeftOut, place, "", hint));
            }
            Value::String(text) => self.put_text(text),
            other => self.put_text(&other.to_string()),
        }
    }

    fn put_text(&mut self, text: &str) {
        let name = match self.name.as_str() {
            "" => "value",
            "_line" | "_record" => return self.put_renamed(text),
            name => name,
        };
        self.chunk.put(name, text, self.start);
    }

    /// Names of the system are not for keys of a document.
    fn put_renamed(&mut self, text: &str) {
        let name = format!("{}_2", self.name);
        self.chunk.put(&name, text, self.start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_step_into_arrays_where_they_say() {
        let key = |name: &str| Step::Key(name.to_owned());
        assert_eq!(steps(""), []);
        assert_eq!(steps("[]"), []);
        assert_eq!(steps("facilities"), [key("facilities")]);
        assert_eq!(steps("facilities[]"), [key("facilities")]);
        assert_eq!(steps("facilities[].penalties"), [key("facilities"), Step::Each, key("penalties")]);
        assert_eq!(steps("[].reviews"), [Step::Each, key("reviews")]);
    }
}
