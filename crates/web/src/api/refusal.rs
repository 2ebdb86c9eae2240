//! What the API answers when it cannot do what was asked: what all of the office answers, and what only programs run into.
//!
//! Must never answer in another form than problem details (RFC 9457).

use super::schema::{self, Component};
use crate::error::{FieldFault, Refusal, WebError, problem};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use decide::stage::ActError;
use lake::LakeError;
use serde_json::json;
use store::StoreError;

/// Why a request of a program cannot be answered.
#[derive(Debug)]
pub(super) enum ApiError {
    /// What pages answer too.
    Web(WebError),
    /// The body is no JSON.
    Malformed(String),
    /// The body is something else than JSON.
    MediaType,
}

impl ApiError {
    /// A cursor of another list, or none at all.
    pub(super) fn cursor() -> Self {
        StoreError::Cursor(String::new()).into()
    }

    /// One wrong value.
    pub(super) fn fault(field: &str, key: &'static str, detail: impl Into<String>) -> Self {
        WebError::Invalid(vec![FieldFault::new(field, key, detail)]).into()
    }

    fn refusal(status: StatusCode, name: &'static str, detail: impl Into<String>) -> Response {
        problem(&Refusal { status, name, detail: detail.into(), key: "", faults: Vec::new() })
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match self {
            Self::Web(error) => error.into_response(),
            Self::Malformed(why) => {
                let detail = format!("the body cannot be read as JSON: {why}");
                Self::refusal(StatusCode::BAD_REQUEST, "malformed", detail)
            }
            Self::MediaType => {
                let detail = "send the body as application/json";
                Self::refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", detail)
            }
        }
    }
}

impl From<WebError> for ApiError {
    fn from(error: WebError) -> Self {
        Self::Web(error)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::Web(error.into())
    }
}

impl From<LakeError> for ApiError {
    fn from(error: LakeError) -> Self {
        Self::Web(error.into())
    }
}

impl From<ActError> for ApiError {
    fn from(error: ActError) -> Self {
        Self::Web(error.into())
    }
}

pub(super) fn components() -> Vec<Component> {
    let fault = schema::object(&[
        ("field", schema::said("Name of the value as sent.", schema::text())),
        ("key", schema::said("Stable word of what is wrong.", schema::name())),
        ("detail", schema::said("The same in English, with what to write instead.", schema::text())),
    ]);
    let mut details = schema::object(&[
        ("type", schema::said("Stable reference of the kind of problem.", schema::text())),
        ("title", schema::text()),
        ("status", json!({"type": "integer", "minimum": 400, "maximum": 599})),
        ("detail", schema::text()),
    ]);
    details["properties"]["errors"] = schema::said("All wrong values at once.", schema::list(schema::of("FieldFault")));
    let example_fault = json!({"field": "due", "key": "fault-date", "detail": "write a day, such as 2026-12-01"});
    let example = json!({
        "type": "/problems/invalid", "title": "Unprocessable Entity", "status": 422,
        "detail": "1 of the values sent are wrong", "errors": [example_fault],
    });
    vec![
        Component { name: "FieldFault", schema: fault, example: example_fault },
        Component { name: "Problem", schema: details, example },
    ]
}
