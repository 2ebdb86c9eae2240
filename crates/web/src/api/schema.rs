//! JSON Schema (2020-12, the dialect of OpenAPI 3.1) in few words. Must never describe more than is sent.

use serde::Serialize;
use serde_json::{Map, Value, json};

/// Longest text that a request may hold in one value, in letters.
pub(super) const LONGEST: usize = 200;

/// A named shape with an example that fits it.
#[derive(Clone)]
pub(super) struct Component {
    /// Name in the description.
    pub(super) name: &'static str,
    /// The shape.
    pub(super) schema: Value,
    /// An example.
    pub(super) example: Value,
}

impl Component {
    /// A shape with an example made from its wire type, so that the two cannot part.
    pub(super) fn new(name: &'static str, schema: Value, example: &impl Serialize) -> Self {
        let example = serde_json::to_value(example).expect("wire types are plain data with text keys");
        Self { name, schema, example }
    }
}

/// An object of exactly these properties.
pub(super) fn object(properties: &[(&str, Value)]) -> Value {
    let required: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let named: Map<String, Value> =
        properties.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({"type": "object", "additionalProperties": false, "required": required, "properties": named})
}

/// The same shape in which only some properties have to be there.
pub(super) fn requiring(names: &[&str], mut object: Value) -> Value {
    object["required"] = json!(names);
    object
}

/// The shape of another component.
pub(super) fn of(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// The same shape with a sentence about it.
pub(super) fn said(sentence: &str, mut schema: Value) -> Value {
    schema["description"] = sentence.into();
    schema
}

/// Any text.
pub(super) fn text() -> Value {
    json!({"type": "string"})
}

/// Text of a request: not empty, not too long, without a zero character, which cannot be stored.
pub(super) fn given_text(longest: usize) -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": longest, "pattern": "^[^\\u0000]*$"})
}

/// A word or identifier: never empty.
pub(super) fn name() -> Value {
    json!({"type": "string", "minLength": 1})
}

/// One of some words.
pub(super) fn choice(words: &[&str]) -> Value {
    json!({"type": "string", "enum": words})
}

/// A number.
pub(super) fn number() -> Value {
    json!({"type": "number"})
}

/// A number of a closed range.
pub(super) fn between(least: f64, most: f64) -> Value {
    json!({"type": "number", "minimum": least, "maximum": most})
}

/// A whole number from zero.
pub(super) fn count() -> Value {
    json!({"type": "integer", "format": "int64", "minimum": 0})
}

/// Yes or no.
pub(super) fn flag() -> Value {
    json!({"type": "boolean"})
}

/// A civil date (RFC 3339 full-date).
pub(super) fn date() -> Value {
    json!({"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
}

/// A moment in universal time (RFC 3339).
pub(super) fn moment() -> Value {
    json!({"type": "string", "format": "date-time"})
}

/// An address below this office.
pub(super) fn address() -> Value {
    json!({"type": "string", "pattern": "^/api/v1/"})
}

/// A list.
pub(super) fn list(items: Value) -> Value {
    json!({"type": "array", "items": items})
}

/// The shape, or `null` where nothing is known.
pub(super) fn maybe(mut schema: Value) -> Value {
    let Some(kind) = schema["type"].as_str().map(str::to_owned) else {
        return json!({"anyOf": [schema, {"type": "null"}]});
    };
    schema["type"] = json!([kind, "null"]);
    if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        words.push(Value::Null);
    }
    schema
}

/// A part of a list with the exact number of all and where to go on.
pub(super) fn slice_of(component: &str) -> Value {
    object(&[
        ("items", list(of(component))),
        ("total", said("Exact number in the whole list.", count())),
        ("next", said("Cursor of the rest; `null` at the end.", maybe(name()))),
    ])
}
