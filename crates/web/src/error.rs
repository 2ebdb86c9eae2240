//! What a handler answers when it cannot do what was asked: one enum, one place that maps it to a status.
//!
//! As a page or as problem details (RFC 9457), whichever the request wants. Must never tell a stranger more than the status
//! does: inner causes go to the log.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use decide::DecideError;
use decide::stage::ActError;
use lake::LakeError;
use serde::Serialize;
use store::StoreError;

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
    /// The request cannot be read at all.
    #[error("{0}")]
    Malformed(String),
    /// Somebody else was faster, or the same key came with another request.
    #[error("{0}")]
    Conflict(String),
    /// As things stand this may not be done, whoever else does what: a rule of the office or of a case speaks against it.
    #[error("{detail}")]
    Against {
        /// The rule, as a key of the wording; empty where only `detail` says it.
        key: &'static str,
        /// The same in English, for programs.
        detail: String,
    },
    /// The address is there, but not for this method.
    #[error("this address does not take this method; the header Allow says which it takes")]
    Method,
    /// The request did not come in within the time there is for it.
    #[error("the request came in too slowly; send it again")]
    TooSlow,
    /// Too much is going on at once.
    #[error("too much is going on; nothing was changed, try again in a moment")]
    Busy,
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
    /// The same sentence as a key of the wording; empty where there is none.
    pub key: &'static str,
    /// Wrong fields.
    pub faults: Vec<FieldFault>,
}

/// Seconds after which somebody who came at a busy moment tries again.
const BUSY_SECONDS: u64 = 2;

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
            Self::Malformed(_) => (StatusCode::BAD_REQUEST, "malformed"),
            Self::Conflict(_) => (StatusCode::CONFLICT, "conflict"),
            Self::Against { .. } => (StatusCode::CONFLICT, "against"),
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, "method"),
            Self::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "too-many"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "too-slow"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        };
        let key = if let Self::Against { key, .. } = self { key } else { "" };
        let faults = if let Self::Invalid(faults) = self { faults.clone() } else { Vec::new() };
        Refusal { status, name, detail: self.to_string(), key, faults }
    }

    /// Seconds after which asking again makes sense, where waiting helps.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooMany(seconds) => Some(*seconds),
            Self::Busy => Some(BUSY_SECONDS),
            _ => None,
        }
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        if let Self::Internal(cause) = &self {
            tracing::error!(%cause, "a request failed");
        }
        let refusal = self.refusal();
        let mut response = problem(&refusal);
        if let Some(seconds) = self.retry_after() {
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

impl From<StoreError> for WebError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::Busy,
            // What the database says of a key may hold what somebody else wrote.
            StoreError::Taken(_) => {
                Self::Conflict("there is one of that name or key already; choose another, or look at it".to_owned())
            }
            StoreError::Changed(_) => {
                Self::Conflict("somebody else changed this meanwhile; look at it again".to_owned())
            }
            StoreError::Cursor(_) => {
                Self::Malformed("this is no cursor of this list; leave it out to begin at the first row".to_owned())
            }
            StoreError::Character => Self::Malformed(NO_ZERO_CHARACTER.to_owned()),
            StoreError::Address(_)
            | StoreError::Database(_)
            | StoreError::NotKept { .. }
            | StoreError::Unreadable { .. }
            | StoreError::Newer(_)
            | StoreError::Backup(_) => Self::Internal(error.to_string()),
        }
    }
}

/// What to do about the one character that no store takes.
pub(crate) const NO_ZERO_CHARACTER: &str = "the text holds a zero character, which cannot be kept; leave it out";

impl From<LakeError> for WebError {
    fn from(error: LakeError) -> Self {
        match error {
            LakeError::NoVersion { .. } | LakeError::Name(_) => Self::NotFound,
            LakeError::TooSlow(_) => Self::Busy,
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<ActError> for WebError {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Store(error) => error.into(),
            ActError::Decide(error) => error.into(),
        }
    }
}

impl From<DecideError> for WebError {
    fn from(error: DecideError) -> Self {
        let detail = error.to_string();
        match error {
            // The case, or what was chosen, does not allow it; the sentence says what would.
            DecideError::Plan { .. }
            | DecideError::NobodyLeft
            | DecideError::NotACandidate(_)
            | DecideError::Method { .. } => Self::Against { key: "", detail },
            DecideError::Weights(_) => Self::Invalid(vec![FieldFault::new("weights", "fault-number", detail)]),
            DecideError::Wish { .. } => Self::Invalid(vec![FieldFault::new("wishes", "fault-choice", detail)]),
            DecideError::Reason { .. } => Self::Invalid(vec![FieldFault::new("reason", "fault-reason", detail)]),
            DecideError::Table { .. }
            | DecideError::TableInput { .. }
            | DecideError::Inputs { .. }
            | DecideError::Record(_)
            | DecideError::CaseType { .. } => Self::Internal(detail),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(error: impl Into<WebError>) -> (u16, &'static str, Option<String>) {
        let response = error.into().into_response();
        let wait = response.headers().get(header::RETRY_AFTER).and_then(|wait| wait.to_str().ok()).map(str::to_owned);
        let refusal = response.extensions().get::<Refusal>().expect("every refusal says what it is");
        (response.status().as_u16(), refusal.name, wait)
    }

    #[test]
    fn every_fault_of_the_store_has_its_status() {
        let text = || "secret@host".to_owned();
        assert_eq!(told(StoreError::Busy), (503, "busy", Some("2".to_owned())));
        assert_eq!(told(StoreError::Taken(text())), (409, "conflict", None));
        assert_eq!(told(StoreError::Changed(text())), (409, "conflict", None));
        assert_eq!(told(StoreError::Cursor(text())), (400, "malformed", None));
        assert_eq!(told(StoreError::Character), (400, "malformed", None));
        for ours in [
            StoreError::Address(text()),
            StoreError::NotKept { what: "a number", error: text() },
            StoreError::Unreadable { what: "a row", error: text() },
            StoreError::Newer(text()),
            StoreError::Backup(text()),
        ] {
            let refusal = WebError::from(ours).refusal();
            assert_eq!(refusal.status, StatusCode::INTERNAL_SERVER_ERROR);
            assert!(!refusal.detail.contains("secret"), "{}", refusal.detail);
        }
        assert_eq!(told(LakeError::Name(text())).0, 404);
        assert_eq!(told(LakeError::NoVersion { dataset: text(), version: 7 }).0, 404);
    }

    #[test]
    fn an_act_that_a_case_does_not_allow_is_no_race() {
        let plan = DecideError::Plan { item: "rain".to_owned(), what: "occur", wrong: "nothing listens".to_owned() };
        assert_eq!(told(ActError::Decide(plan)), (409, "against", None));
        assert_eq!(told(ActError::Store(StoreError::Changed("case".to_owned()))), (409, "conflict", None));
        assert_eq!(told(ActError::Store(StoreError::Busy)), (503, "busy", Some("2".to_owned())));
        let reason = DecideError::Reason { first: "home".to_owned(), letters: 20 };
        assert_eq!(told(ActError::Decide(reason)).0, 422);
        assert_eq!(told(ActError::Decide(DecideError::Record("inputs".to_owned()))).0, 500);
    }

    #[test]
    fn waiting_is_only_asked_for_where_it_helps() {
        assert_eq!(told(WebError::TooMany(300)), (429, "too-many", Some("300".to_owned())));
        assert_eq!(told(WebError::TooSlow), (408, "too-slow", None));
        assert_eq!(told(WebError::Method), (405, "method", None));
    }
}
