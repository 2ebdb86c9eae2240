//! One thing that can be asked of the API: its address, its description and what it takes, in one place.

use super::ask::{Asked, same};
use super::refusal::ApiError;
use crate::auth::visit::Visit;
use crate::error::WebError;
use crate::state::App;
use axum::http::request::Parts;
use axum::routing::MethodRouter;
use model::{Permission, Viewer};
use serde_json::{Value, json};

/// Header in which a request with a session's cookie repeats the session's word.
pub(super) const SESSION_WORD: &str = "x-csrf";
/// Rows that one answer of a list has at most.
pub(super) const MOST_ROWS: i64 = 200;
/// Rows that one answer of a list has where nobody says.
pub(super) const USUAL_ROWS: i64 = 50;
/// Longest cursor, in letters.
pub(super) const LONGEST_CURSOR: usize = 4_000;

/// How an operation is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// Changes nothing.
    Get,
    /// Changes something.
    Post,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In the path; always required.
    Path,
    /// In the query; may be left out.
    Query,
    /// In a header; may be left out.
    Header,
}

/// A value that a request may carry besides its body.
pub(super) struct Parameter {
    /// Name as sent.
    pub(super) name: &'static str,
    /// Where.
    pub(super) place: Place,
    /// One sentence.
    pub(super) text: &'static str,
    /// Its shape.
    pub(super) schema: fn() -> Value,
    /// An example, as it stands in an address.
    pub(super) example: &'static str,
}

impl Parameter {
    const fn new(
        place: Place,
        name: &'static str,
        text: &'static str,
        schema: fn() -> Value,
        example: &'static str,
    ) -> Self {
        Self { name, place, text, schema, example }
    }

    /// A part of the path.
    pub(super) const fn path(
        name: &'static str,
        text: &'static str,
        schema: fn() -> Value,
        example: &'static str,
    ) -> Self {
        Self::new(Place::Path, name, text, schema, example)
    }

    /// A value of the query.
    pub(super) const fn query(
        name: &'static str,
        text: &'static str,
        schema: fn() -> Value,
        example: &'static str,
    ) -> Self {
        Self::new(Place::Query, name, text, schema, example)
    }

    /// A header.
    pub(super) const fn header(
        name: &'static str,
        text: &'static str,
        schema: fn() -> Value,
        example: &'static str,
    ) -> Self {
        Self::new(Place::Header, name, text, schema, example)
    }
}

/// Where a list goes on.
pub(super) const CURSOR: Parameter = Parameter::query(
    "cursor",
    "Where to go on: `next` of the answer before, with the same other values.",
    || json!({"type": "string", "minLength": 2, "maxLength": LONGEST_CURSOR, "pattern": "^([0-9a-f]{2})*$"}),
    "5b5d",
);
/// How much of a list.
pub(super) const LIMIT: Parameter = Parameter::query(
    "limit",
    "Most items to give.",
    || json!({"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": USUAL_ROWS}),
    "50",
);

/// One thing that can be asked.
pub(super) struct Operation {
    /// How.
    pub(super) method: Method,
    /// Address, with `{name}` for parts of the path.
    pub(super) path: &'static str,
    /// Stable name.
    pub(super) name: &'static str,
    /// A few words.
    pub(super) summary: &'static str,
    /// What whoever calls it has to know.
    pub(super) text: &'static str,
    /// Who may.
    pub(super) permission: Permission,
    /// What it takes besides a body.
    pub(super) parameters: &'static [Parameter],
    /// Component that it takes as body.
    pub(super) takes: Option<&'static str>,
    /// Status and component of the answer.
    pub(super) gives: (u16, &'static str),
    /// Statuses that only this kind of operation answers.
    pub(super) also: &'static [u16],
    /// What answers.
    pub(super) route: fn() -> MethodRouter<App>,
}

impl Operation {
    /// The first step of every handler: may they, was it sent by them, and which values does the query hold.
    pub(super) async fn begin(&self, visit: &Visit, parts: &Parts) -> Result<Asked, ApiError> {
        visit.require(self.permission).await?;
        let by_session = !visit.by_token && visit.viewer.account != Viewer::visitor().account;
        if self.method == Method::Post && by_session {
            let word = parts.headers.get(SESSION_WORD).map(axum::http::HeaderValue::as_bytes).unwrap_or_default();
            if !same(word, visit.csrf.as_bytes()) {
                return Err(WebError::Forged.into());
            }
        }
        let known = self.parameters.iter().filter(|parameter| parameter.place == Place::Query);
        let known: Vec<&str> = known.map(|parameter| parameter.name).collect();
        Ok(Asked::read(parts.uri.query().unwrap_or_default(), &known))
    }

    /// Every status that can come, without the good one.
    pub(super) fn refusals(&self) -> Vec<u16> {
        let mut statuses = vec![401, 403, 422, 500, 503];
        if self.path.contains('{') {
            statuses.push(404);
        }
        if self.takes.is_some() {
            statuses.extend([400, 408, 413, 415]);
        }
        if self.parameters.iter().any(|parameter| parameter.name == CURSOR.name) {
            statuses.push(400);
        }
        statuses.extend(self.also);
        statuses.sort_unstable();
        statuses.dedup();
        statuses
    }
}
