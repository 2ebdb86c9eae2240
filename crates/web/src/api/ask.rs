//! What a request says: its path, query and body, read strictly and with all faults at once.
//!
//! Must never take a value that it does not understand for another one, nor pass on a zero character, which PostgreSQL refuses.

use super::operation::{LONGEST_CURSOR, MOST_ROWS, USUAL_ROWS};
use super::refusal::ApiError;
use crate::error::{FieldFault, WebError};
use axum::body::Bytes;
use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::http::header;
use axum::http::request::Parts;
use model::Date;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// True where both are the same; hashes are compared, so that time tells nothing about where they differ.
pub(super) fn same(left: &[u8], right: &[u8]) -> bool {
    !right.is_empty() && model::ids::content_hash(left) == model::ids::content_hash(right)
}

/// A day as written in requests; `None` for every other spelling.
pub(super) fn day(text: &str) -> Option<Date> {
    let shape = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    text.parse::<Date>().ok().filter(|_| shape)
}

/// Parts of the path, in their order.
pub(super) struct PathParts(Vec<String>);

impl PathParts {
    /// The part of a number, from 0.
    pub(super) fn get(&self, number: usize) -> &str {
        self.0.get(number).map_or("", String::as_str)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PathParts {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let wrong = |name: &str| ApiError::fault(name, "fault-choice", "write text in UTF-8 without a zero character");
        let found = RawPathParams::from_request_parts(parts, state).await.map_err(|_| wrong("path"))?;
        let read =
            |(name, value): (&str, &str)| if value.contains('\0') { Err(wrong(name)) } else { Ok(value.to_owned()) };
        Ok(Self(found.iter().map(read).collect::<Result<_, _>>()?))
    }
}

/// Values of a query. Faults gather until [`Asked::checked`].
pub(super) struct Asked {
    values: Vec<(String, String)>,
    faults: Vec<FieldFault>,
}

impl Asked {
    /// The values of a query; unknown, repeated and broken ones are faults.
    pub(super) fn read(query: &str, known: &[&str]) -> Self {
        let mut asked = Self { values: Vec::new(), faults: Vec::new() };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match (decoded(name), decoded(value)) {
                (Some(name), _) if !known.contains(&name.as_str()) => {
                    let detail = format!("there is no such value here; there are: {}", known.join(", "));
                    let shown: String = name.chars().take(100).collect();
                    asked.fault(&shown, "fault-choice", detail);
                }
                (Some(name), _) if asked.values.iter().any(|(seen, _)| *seen == name) => {
                    asked.fault(&name, "fault-choice", "send it once");
                }
                (Some(name), Some(value)) => asked.values.push((name, value)),
                (name, _) => {
                    let name = name.unwrap_or_else(|| "query".to_owned());
                    asked.fault(&name, "fault-choice", "write text in UTF-8 without a zero character");
                }
            }
        }
        asked
    }

    /// Adds a fault.
    pub(super) fn fault(&mut self, name: &str, key: &'static str, detail: impl Into<String>) {
        self.faults.push(FieldFault::new(name, key, detail));
    }

    /// The value of a name; empty where it was left out.
    pub(super) fn text(&mut self, name: &str, longest: usize) -> String {
        let value =
            self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default();
        if value.chars().count() > longest {
            self.fault(name, "fault-too-long", format!("write at most {longest} letters"));
        }
        value
    }

    /// One of some words; empty where it was left out.
    pub(super) fn choice(&mut self, name: &str, words: &[&str]) -> String {
        let value = self.text(name, LONGEST_CURSOR);
        if !value.is_empty() && !words.contains(&value.as_str()) {
            self.fault(name, "fault-choice", format!("write one of: {}", words.join(", ")));
        }
        value
    }

    /// A day; empty where it was left out.
    pub(super) fn day(&mut self, name: &str) -> String {
        let value = self.text(name, LONGEST_CURSOR);
        if !value.is_empty() && day(&value).is_none() {
            self.fault(name, "fault-date", "write a day, such as 2026-12-01");
        }
        value
    }

    /// A whole number of a range; `None` where it was left out.
    pub(super) fn whole(&mut self, name: &str, least: i64, most: i64) -> Option<i64> {
        let value = self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())?;
        let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        let number = value.parse::<i64>().ok().filter(|number| digits && (least..=most).contains(number));
        if number.is_none() {
            self.fault(name, "fault-number", format!("write a whole number from {least} to {most}"));
        }
        number
    }

    /// How many items.
    pub(super) fn limit(&mut self) -> i64 {
        self.whole("limit", 1, MOST_ROWS).unwrap_or(USUAL_ROWS)
    }

    /// Where to go on; `None` for the beginning.
    pub(super) fn cursor(&mut self) -> Option<String> {
        Some(self.text("cursor", LONGEST_CURSOR)).filter(|cursor| !cursor.is_empty())
    }

    /// Refuses the request where anything was wrong.
    pub(super) fn checked(self) -> Result<(), ApiError> {
        if self.faults.is_empty() { Ok(()) } else { Err(WebError::Invalid(self.faults).into()) }
    }
}

fn decoded(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    let text = percent_decode_str(&text).decode_utf8().ok()?.into_owned();
    (!text.contains('\0')).then_some(text)
}

/// A cursor of these parts: opaque, of digits and letters only.
pub(super) fn cursor_of(parts: &Value) -> String {
    parts.to_string().bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// The parts of a cursor; `None` where it is none.
pub(super) fn opened(cursor: &str) -> Option<Vec<Value>> {
    let pairs = cursor.as_bytes().chunks(2);
    let bytes: Option<Vec<u8>> =
        pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    serde_json::from_slice(&bytes?).ok()
}

/// The body of a request that says that it is JSON, as bytes.
pub(super) async fn json_bytes(request: Request) -> Result<Bytes, ApiError> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(ApiError::MediaType);
    }
    Ok(crate::form::whole_body(request).await?)
}

/// Values of a JSON object. Faults gather until [`Body::checked`].
pub(super) struct Body {
    values: Map<String, Value>,
    /// What is wrong so far.
    pub(super) faults: Vec<FieldFault>,
}

impl Body {
    /// Reads an object; properties that nobody asked for are faults.
    pub(super) fn read(bytes: &[u8], known: &[&str]) -> Result<Self, ApiError> {
        let value: Value = serde_json::from_slice(bytes).map_err(|error| ApiError::Malformed(error.to_string()))?;
        let Value::Object(values) = value else {
            return Err(ApiError::fault("body", "fault-choice", "send a JSON object"));
        };
        let mut body = Self { values: Map::new(), faults: Vec::new() };
        for (name, value) in values {
            if known.contains(&name.as_str()) {
                body.values.insert(name, value);
            } else {
                let shown: String = name.chars().take(100).collect();
                body.fault(
                    &shown,
                    "fault-choice",
                    format!("there is no such value here; there are: {}", known.join(", ")),
                );
            }
        }
        Ok(body)
    }

    /// Adds a fault, unless the value has one.
    pub(super) fn fault(&mut self, name: &str, key: &'static str, detail: impl Into<String>) {
        if self.faults.iter().all(|fault| fault.field != name) {
            self.faults.push(FieldFault::new(name, key, detail));
        }
    }

    /// Text without blanks around it; empty where it was left out or is `null`.
    pub(super) fn text(&mut self, name: &str, longest: usize) -> String {
        match self.values.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => {
                let text = text.trim().to_owned();
                self.check_text(name, &text, longest);
                text
            }
            Some(_) => {
                self.fault(name, "fault-choice", "write text");
                String::new()
            }
        }
    }

    fn check_text(&mut self, name: &str, text: &str, longest: usize) {
        if text.contains('\0') {
            self.fault(name, "fault-choice", "leave out the zero character");
        } else if text.chars().count() > longest {
            self.fault(name, "fault-too-long", format!("write at most {longest} letters"));
        }
    }

    /// A number as text; empty where it was left out or is `null`.
    pub(super) fn number(&mut self, name: &str) -> String {
        match self.values.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::Number(number)) => number.as_f64().map(|number| number.to_string()).unwrap_or_default(),
            Some(_) => {
                self.fault(name, "fault-number", "write a number");
                String::new()
            }
        }
    }

    /// A whole number from 0; `None` where it was left out or is `null`.
    pub(super) fn count(&mut self, name: &str, most: u64) -> Option<u64> {
        let value = self.values.get(name).filter(|value| !value.is_null())?;
        // JSON makes no difference between `1` and `1.0`.
        let whole = value.as_f64().filter(|number| number.fract() == 0.0 && (0.0..=most as f64).contains(number));
        if whole.is_none() {
            self.fault(name, "fault-number", format!("write a whole number from 0 to {most}"));
        }
        whole.map(|number| number as u64)
    }

    /// A list of texts; empty where it was left out or is `null`.
    pub(super) fn texts(&mut self, name: &str, most: usize, longest: usize) -> Vec<String> {
        let items = match self.values.get(name) {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(items)) => items.clone(),
            Some(_) => {
                self.fault(name, "fault-choice", "write a list of texts");
                return Vec::new();
            }
        };
        if items.len() > most {
            self.fault(name, "fault-too-long", format!("write at most {most}"));
        }
        let mut texts = Vec::new();
        for item in items {
            match item {
                Value::String(text) => {
                    self.check_text(name, &text, longest);
                    texts.push(text);
                }
                _ => self.fault(name, "fault-choice", "write a list of texts"),
            }
        }
        texts
    }

    /// Refuses the request where anything was wrong.
    pub(super) fn checked(self) -> Result<(), ApiError> {
        if self.faults.is_empty() { Ok(()) } else { Err(WebError::Invalid(self.faults).into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_value_of_a_query_is_named() {
        let mut asked = Asked::read("q=a%00b&limit=0&limit=3&kind=x&colour=red&w=%FF", &["q", "limit", "kind", "w"]);
        asked.limit();
        asked.choice("kind", &["y"]);
        let fields: Vec<&str> = asked.faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["q", "limit", "colour", "w", "limit", "kind"]);
        let mut fine = Asked::read("q=a+b%26c&limit=200", &["q", "limit"]);
        assert_eq!((fine.text("q", 200), fine.limit()), ("a b&c".to_owned(), 200));
        assert!(fine.checked().is_ok());
    }

    #[test]
    fn every_wrong_value_of_a_body_is_named() {
        let mut body = Body::read(
            br#"{"a": 1, "b": "x\u0000", "c": "1", "d": [1], "e": null, "f": 2}"#,
            &["a", "b", "c", "d", "e"],
        )
        .expect("an object");
        assert_eq!((body.text("a", 9), body.text("e", 9)), (String::new(), String::new()));
        body.text("b", 9);
        body.number("c");
        body.texts("d", 3, 9);
        let fields: Vec<&str> = body.faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["f", "a", "b", "c", "d"]);
        assert!(matches!(Body::read(b"{", &[]), Err(ApiError::Malformed(_))));
        assert!(matches!(Body::read(b"[]", &[]), Err(ApiError::Web(WebError::Invalid(_)))));
    }

    #[test]
    fn cursors_come_back_and_others_do_not() {
        let parts = serde_json::json!(["homes", "Ärztehaus", 3]);
        assert_eq!(opened(&cursor_of(&parts)), parts.as_array().cloned());
        for wrong in ["zz", "5b", "é", "7b7d"] {
            assert_eq!(opened(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn days_have_one_spelling() {
        assert!(day("2026-12-01").is_some());
        for wrong in ["20261201", "2026-12-01T00:00", "2026-13-01", "+02026-1-1", "2026-1-01", ""] {
            assert!(day(wrong).is_none(), "{wrong}");
        }
    }
}
