//! Problems: rows that did not fit, one by one. Must never show more of a row than its Problem keeps.

use super::operation::{CURSOR, LIMIT, Method, Operation, Parameter};
use super::refusal::ApiError;
use super::schema::{self, Component};
use super::shared::SliceWire;
use crate::auth::visit::Visit;
use axum::Json;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use model::{Permission, Severity};
use serde::Serialize;
use store::Slice;
use store::problems::KnownProblem;

pub(super) const OPERATIONS: &[&Operation] = &[&LIST];

static LIST: Operation = Operation {
    method: Method::Get,
    path: "/api/v1/problems",
    name: "listProblems",
    summary: "List problems",
    text: "Rows and values that did not fit, by source, file and line, each with what was found and what to write instead.",
    permission: Permission::WorkSources,
    parameters: &[
        Parameter::query("source", "Name of a source.", || schema::given_text(schema::LONGEST), "homes_au"),
        Parameter::query("cause", "Stable word of a cause.", || schema::given_text(schema::LONGEST), "not_a_number"),
        CURSOR,
        LIMIT,
    ],
    takes: None,
    gives: (200, "ProblemSlice"),
    also: &[],
    route: || get(list),
};

/// Words of how bad a problem is.
const SEVERITIES: [Severity; 4] = [Severity::Note, Severity::ValueLeftOut, Severity::RowLeftOut, Severity::FileLeftOut];

/// One problem.
#[derive(Serialize)]
struct ProblemWire {
    id: String,
    source: String,
    cause: String,
    severity: &'static str,
    file: String,
    line: Option<u64>,
    record: Option<u64>,
    column: Option<String>,
    found: String,
    hint: String,
}

impl From<KnownProblem> for ProblemWire {
    fn from(known: KnownProblem) -> Self {
        let problem = known.problem;
        Self {
            id: known.id,
            source: known.source,
            cause: problem.cause,
            severity: problem.severity.word(),
            file: problem.place.file,
            line: problem.place.line,
            record: problem.place.record,
            column: problem.place.column,
            found: problem.found,
            hint: problem.hint,
        }
    }
}

async fn list(visit: Visit, parts: Parts) -> Result<Response, ApiError> {
    let mut asked = LIST.begin(&visit, &parts).await?;
    let [source, cause] = ["source", "cause"].map(|name| asked.text(name, schema::LONGEST));
    let slice = Slice::new(asked.cursor(), asked.limit());
    asked.checked()?;
    let found = visit.app.store.problems_after(&source, &cause, &slice).await?;
    let items = found.rows.into_iter().map(ProblemWire::from).collect();
    Ok(Json(SliceWire { items, total: found.total, next: found.next }).into_response())
}

pub(super) fn components() -> Vec<Component> {
    let one = schema::object(&[
        ("id", schema::name()),
        ("source", schema::name()),
        ("cause", schema::said("Stable word.", schema::name())),
        ("severity", schema::choice(&SEVERITIES.map(Severity::word))),
        ("file", schema::text()),
        ("line", schema::maybe(schema::count())),
        ("record", schema::maybe(schema::count())),
        ("column", schema::maybe(schema::text())),
        ("found", schema::said("What was found, cut to 200 letters.", schema::text())),
        ("hint", schema::said("What would have been right.", schema::text())),
    ]);
    let sample = || ProblemWire {
        id: "0f3c".to_owned(),
        source: "homes_au".to_owned(),
        cause: "not_a_number".to_owned(),
        severity: "value_left_out",
        file: "homes.csv".to_owned(),
        line: Some(17),
        record: Some(16),
        column: Some("places".to_owned()),
        found: "about 30".to_owned(),
        hint: "write a whole number, such as 30".to_owned(),
    };
    let list = SliceWire { items: vec![sample()], total: 1, next: None };
    vec![
        Component::new("RowProblem", one, &sample()),
        Component::new("ProblemSlice", schema::slice_of("RowProblem"), &list),
    ]
}
