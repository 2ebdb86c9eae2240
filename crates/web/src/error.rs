//! What a handler answers when it cannot do what was asked: one enum, one place that maps it to a status.
//!
//! As a page or as problem details (RFC 9457), whichever the request wants. Must never tell a stranger more than the status
//! does: inner causes go to the log.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Why a handler cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// Nobody is signed in, and this page wants somebody.
    #[error("sign in first")]
    SignIn,
    /// Whoever asks may not.
    #[error("your role does not allow this")]
    Forbidden,
    /// The form did not come from a page of this office.
    #[error("the form is too old or did not come from this site; open the page again and send it once more")]
    Forged,
    /// There is no such thing, or whoever asks may not know of it.
    #[error("there is no such page or thing")]
    NotFound,
    /// The request is understood and wrong; each fault names a field.
    #[error("{} of the values sent are wrong", .0.len())]
    Invalid(Vec<FieldFault>),
    /// Somebody else was faster, or the same key came with another request.
    #[error("{0}")]
    Conflict(String),
    /// Too many requests of a kind.
    #[error("too many tries; wait {0} seconds")]
    TooMany(u64),
    /// More bytes than the office takes in one request.
    #[error("the request has more bytes than this office takes")]
    TooLarge,
    /// Our fault.
    #[error("something failed here; it was logged")]
    Internal(String),
}

/// One wrong value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldFault {
    /// Name of the field as sent.
    pub field: String,
    /// What is wrong, as a key of the wording.
    pub key: &'static str,
    /// The same in English, for programs.
    pub detail: String,
}

impl FieldFault {
    /// A fault of a field.
    pub fn new(field: &str, key: &'static str, detail: impl Into<String>) -> Self {
        Self { field: field.to_owned(), key, detail: detail.into() }
    }
}

/// What the answer carries for the layer that words it (`routes`).
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The status.
    pub status: StatusCode,
    /// Short stable name, the last part of the problem type.
    pub name: &'static str,
    /// One sentence for programs.
    pub detail: String,
    /// Wrong fields.
    pub faults: Vec<FieldFault>,
}

/// Problem details (RFC 9457).
#[derive(Debug, Serialize)]
pub struct ProblemDetails<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldFault],
}

impl WebError {
    fn refusal(&self) -> Refusal {
        let (status, name) = match self {
            Self::SignIn => (StatusCode::UNAUTHORIZED, "sign-in"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            Self::Forged => (StatusCode::FORBIDDEN, "forged"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found"),
            Self::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            Self::Conflict(_) => (StatusCode::CONFLICT, "conflict"),
            Self::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "too-many"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        };
        let faults = if let Self::Invalid(faults) = self { faults.clone() } else { Vec::new() };
        Refusal { status, name, detail: self.to_string(), faults }
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        if let Self::Internal(cause) = &self {
            tracing::error!(%cause, "a request failed");
        }
        let refusal = self.refusal();
        let mut response = problem(&refusal);
        if let Self::TooMany(seconds) = self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(refusal);
        response
    }
}

/// A refusal as problem details.
pub fn problem(refusal: &Refusal) -> Response {
    let details = ProblemDetails {
        kind: format!("/problems/{}", refusal.name),
        title: refusal.status.canonical_reason().unwrap_or("Error"),
        status: refusal.status.as_u16(),
        detail: &refusal.detail,
        errors: &refusal.faults,
    };
    let body = serde_json::to_vec(&details).expect("problem details are plain text and numbers");
    (refusal.status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
}

impl From<store::StoreError> for WebError {
    fn from(error: store::StoreError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<lake::LakeError> for WebError {
    fn from(error: lake::LakeError) -> Self {
        Self::Internal(error.to_string())
    }
}
