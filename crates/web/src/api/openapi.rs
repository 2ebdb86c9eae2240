//! The description of the API (OpenAPI 3.1), made from the table of operations. Must never say what the table does not.

use super::operation::{Method, Operation, Parameter, Place};
use super::schema::of;
use super::{components, operations};
use crate::auth::visit::SESSION_COOKIE;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The description as text; it is the same for every office and every reader.
static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let mut text = serde_json::to_string_pretty(&document()).expect("the description is plain data");
    text.push('\n');
    text
});

/// What the API is, for people.
const ABOUT: &str = "What an office of Counterflow knows, for programs. Every number comes with its interval and leads to the rows \
    behind it. Lists give an exact total and a cursor. Values that are not understood are refused, never passed over. Refusals are \
    problem details (RFC 9457). Besides the statuses named here, the transport may answer 400, 414 or 431 to what is no HTTP \
    request, and every address answers 405 to methods that it does not take.";

pub(super) async fn show() -> Response {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], DOCUMENT.as_str())
        .into_response()
}

/// The whole description.
fn document() -> Value {
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for operation in operations() {
        paths.entry(operation.path).or_default().insert(method(operation).to_owned(), described(operation));
    }
    let schemas: BTreeMap<&str, Value> = components()
        .into_iter()
        .map(|mut component| {
            component.schema["examples"] = json!([component.example]);
            (component.name, component.schema)
        })
        .collect();
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Counterflow",
            "summary": "Care homes: official facts, what communities say, cases and decisions",
            "description": ABOUT,
            "version": "1.0.0",
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This office"}],
        "tags": tags(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {
                    "type": "http", "scheme": "bearer",
                    "description": "A token made on the account page; it carries no more permissions than were chosen for it.",
                },
                "session": {
                    "type": "apiKey", "in": "cookie", "name": SESSION_COOKIE,
                    "description": "A signed-in browser; what changes something also needs the header X-CSRF.",
                },
            },
        },
    });
    sorted(document)
}

/// Objects with their names in order, whatever order the JSON library keeps.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let ordered: BTreeMap<String, Value> =
                object.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            Value::Object(ordered.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

fn method(operation: &Operation) -> &'static str {
    match operation.method {
        Method::Get => "get",
        Method::Post => "post",
    }
}

/// The resource of an address: its first part after the version.
fn tag(path: &'static str) -> &'static str {
    path.split('/').nth(3).unwrap_or_default()
}

fn tags() -> Vec<Value> {
    let mut names: Vec<&str> = operations().iter().map(|operation| tag(operation.path)).collect();
    names.dedup();
    names.into_iter().map(|name| json!({"name": name})).collect()
}

fn described(operation: &Operation) -> Value {
    let open = operation.permission == model::Permission::ReadOpen;
    let mut security = vec![json!({"token": []}), json!({"session": []})];
    if open {
        security.push(json!({}));
    }
    let mut whole = json!({
        "operationId": operation.name,
        "summary": operation.summary,
        "description": format!("{} Permission: `{}`.", operation.text, operation.permission.word()),
        "tags": [tag(operation.path)],
        "security": security,
        "parameters": operation.parameters.iter().map(parameter).collect::<Vec<_>>(),
        "responses": answers(operation),
    });
    if let Some(component) = operation.takes {
        whole["requestBody"] = json!({"required": true, "content": {"application/json": {"schema": of(component)}}});
    }
    whole
}

fn parameter(parameter: &Parameter) -> Value {
    let place = match parameter.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
    };
    let schema = (parameter.schema)();
    let example = match parameter.example.parse::<i64>() {
        Ok(number) if schema["type"] == "integer" => json!(number),
        _ => json!(parameter.example),
    };
    let mut whole = json!({
        "name": parameter.name,
        "in": place,
        "description": parameter.text,
        "required": parameter.place == Place::Path,
        "schema": schema,
    });
    // A cursor of an example would be one of another list.
    if parameter.name != "cursor" {
        whole["example"] = example;
    }
    whole
}

fn answers(operation: &Operation) -> BTreeMap<String, Value> {
    let (status, component) = operation.gives;
    let mut good = json!({
        "description": if status == 201 { "Done" } else { "Found" },
        "content": {"application/json": {"schema": of(component)}},
    });
    if status == 201 {
        good["headers"] = headers("Location", "Address of what was made.");
    }
    if operation.also.contains(&304) {
        good["headers"] = headers("ETag", "Changes with the data behind the answer.");
    }
    let refusals = operation.refusals().into_iter().map(|status| (status.to_string(), refusal(status)));
    refusals.chain([(status.to_string(), good)]).collect()
}

fn headers(name: &str, text: &str) -> Value {
    json!({name: {"description": text, "required": true, "schema": {"type": "string"}}})
}

fn refusal(status: u16) -> Value {
    let text = match status {
        304 => return json!({"description": "Nothing changed since the entity tag that was sent"}),
        400 => "The body is no JSON, or the cursor is none of this list",
        401 => "The token is unknown, expired or missing",
        403 => "Whoever asks may not, or the header X-CSRF is not the session's word",
        404 => "There is no such thing, or whoever asks may not know of it",
        408 => "The body came in too slowly",
        409 => "Somebody was faster, the key came with another body before, or a rule speaks against it",
        413 => "The body has more bytes than this office takes",
        415 => "The body is not sent as application/json",
        422 => "Values are wrong; all of them are named",
        503 => "Too much is being done at once, or it took too long; try again in a moment",
        other => {
            StatusCode::from_u16(other).ok().and_then(|status| status.canonical_reason()).unwrap_or("It failed here")
        }
    };
    let mut whole = json!({"description": text, "content": {"application/problem+json": {"schema": of("Problem")}}});
    if status == 401 {
        whole["headers"] = headers("WWW-Authenticate", "How to come in.");
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_description_is_the_one_that_was_reviewed() {
        insta::with_settings!({snapshot_path => ".", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_binary_snapshot!("openapi.json", DOCUMENT.clone().into_bytes());
        });
    }

    #[test]
    fn every_operation_is_described() {
        let mut names = BTreeSet::new();
        let known: BTreeSet<&str> = components().iter().map(|component| component.name).collect();
        for operation in operations() {
            let name = operation.name;
            assert!(names.insert(name), "{name} is there twice");
            assert!(!operation.summary.is_empty() && operation.text.ends_with('.'), "{name}");
            assert!(operation.path.starts_with("/api/v1/"), "{name}");
            assert!(known.contains(operation.gives.1), "{name}: {}", operation.gives.1);
            assert!(operation.takes.is_none_or(|component| known.contains(component)), "{name}");
            assert_eq!(operation.method == Method::Post, operation.takes.is_some(), "{name}");
            let in_path: Vec<&str> =
                operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
            let places = operation.parameters.iter().filter(|parameter| parameter.place == Place::Path);
            assert_eq!(places.map(|parameter| parameter.name).collect::<Vec<_>>(), in_path, "{name}");
            for parameter in operation.parameters {
                let (text, schema) = (parameter.text, (parameter.schema)());
                assert!(text.ends_with('.') && schema["type"] != Value::Null, "{name}: {}", parameter.name);
            }
        }
    }

    #[test]
    fn every_example_fits_its_schema() {
        let schemas: BTreeMap<&str, Value> =
            components().into_iter().map(|component| (component.name, component.schema)).collect();
        assert_eq!(schemas.len(), components().len(), "a component is there twice");
        for component in components() {
            let mut faults = Vec::new();
            misfits(&schemas, &component.schema, &component.example, component.name, &mut faults);
            assert!(faults.is_empty(), "{faults:#?}");
        }
    }

    /// Where a value does not fit a schema, as far as the schemas of this API go.
    fn misfits(all: &BTreeMap<&str, Value>, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap_or_default();
            return match all.get(name) {
                Some(schema) => misfits(all, schema, value, at, faults),
                None => faults.push(format!("{at}: no component {name}")),
            };
        }
        if let Some(choices) = schema["anyOf"].as_array() {
            if !value.is_null() {
                misfits(all, &choices[0], value, at, faults);
            }
            return;
        }
        let kinds: Vec<&str> = match &schema["type"] {
            Value::String(kind) => vec![kind],
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => return,
        };
        let fits = kinds.iter().any(|kind| match *kind {
            "null" => value.is_null(),
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "array" => value.is_array(),
            _ => value.is_object(),
        });
        if !fits || schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
            faults.push(format!("{at}: {value} is not {schema}"));
        }
        for item in value.as_array().into_iter().flatten() {
            misfits(all, &schema["items"], item, at, faults);
        }
        let Some(object) = value.as_object() else { return };
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !object.contains_key(name) {
                faults.push(format!("{at}: {name} is missing"));
            }
        }
        for (name, value) in object {
            match schema["properties"].get(name) {
                Some(schema) => misfits(all, schema, value, &format!("{at}.{name}"), faults),
                None if schema["additionalProperties"] == false => faults.push(format!("{at}: {name} is too much")),
                None => misfits(all, &schema["additionalProperties"], value, &format!("{at}.{name}"), faults),
            }
        }
    }
}
