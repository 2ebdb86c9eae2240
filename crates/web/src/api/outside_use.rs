//! How much outside evidence is used: counts of cases and decisions. Must never tell one case from another.

use super::operation::{Method, Operation};
use super::refusal::ApiError;
use super::schema::{self, Component};
use crate::auth::visit::Visit;
use axum::Json;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use model::Permission;
use serde::Serialize;

pub(super) const OPERATIONS: &[&Operation] = &[&SHARE];

static SHARE: Operation = Operation {
    method: Method::Get,
    path: "/api/v1/outside-use",
    name: "getOutsideUse",
    summary: "Get the use of outside evidence",
    text: "How many cases and decisions there are, how many used outside evidence, and where it changed the choice.",
    permission: Permission::ReadOpen,
    parameters: &[],
    takes: None,
    gives: (200, "OutsideUse"),
    also: &[],
    route: || get(share),
};

/// Counts.
#[derive(Serialize)]
struct OutsideUseWire {
    cases: i64,
    cases_using: i64,
    decisions: i64,
    decisions_using: i64,
    decisions_changed: i64,
}

async fn share(visit: Visit, parts: Parts) -> Result<Response, ApiError> {
    SHARE.begin(&visit, &parts).await?.checked()?;
    let used = visit.app.store.outside_use().await?;
    let counts = OutsideUseWire {
        cases: used.cases,
        cases_using: used.cases_using,
        decisions: used.decisions,
        decisions_using: used.decisions_using,
        decisions_changed: used.decisions_changed,
    };
    Ok(Json(counts).into_response())
}

pub(super) fn components() -> Vec<Component> {
    let counts = schema::object(&[
        ("cases", schema::count()),
        ("cases_using", schema::said("Cases with a decision that used outside evidence.", schema::count())),
        ("decisions", schema::count()),
        ("decisions_using", schema::said("Decisions that used outside evidence.", schema::count())),
        ("decisions_changed", schema::said("Decisions in which it changed the choice.", schema::count())),
    ]);
    let sample =
        OutsideUseWire { cases: 120, cases_using: 80, decisions: 90, decisions_using: 80, decisions_changed: 11 };
    vec![Component::new("OutsideUse", counts, &sample)]
}
