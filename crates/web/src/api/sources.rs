//! Sources: where data comes from, under which terms, and how the last look went.
//!
//! Must never show somebody who does not work on sources what a failure said: it may name machines.

use super::homes::STANDINGS;
use super::operation::{Method, Operation};
use super::refusal::ApiError;
use super::schema::{self, Component};
use super::shared::SliceWire;
use crate::auth::visit::Visit;
use crate::state::SourceFacts;
use axum::Json;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use model::Permission;
use serde::Serialize;
use store::sources::SourceState;

pub(super) const OPERATIONS: &[&Operation] = &[&LIST];

static LIST: Operation = Operation {
    method: Method::Get,
    path: "/api/v1/sources",
    name: "listSources",
    summary: "List sources",
    text: "Every source with its terms and how its last look went. The list is short and comes whole.",
    permission: Permission::ReadOpen,
    parameters: &[],
    takes: None,
    gives: (200, "SourceSlice"),
    also: &[],
    route: || get(list),
};

/// One source.
#[derive(Serialize)]
struct SourceWire {
    name: String,
    title: String,
    connector: String,
    address: String,
    standing: &'static str,
    simulated: bool,
    licence: String,
    publisher: String,
    every_hours: u32,
    datasets: Vec<String>,
    state: Option<String>,
    looked_at: Option<String>,
    message: Option<String>,
}

impl SourceWire {
    fn new(facts: &SourceFacts, looked: Option<&SourceState>, with_message: bool) -> Self {
        let message = looked.filter(|_| with_message).map(|looked| looked.message.clone());
        Self {
            name: facts.name.clone(),
            title: facts.title.clone(),
            connector: facts.connector.clone(),
            address: facts.address.clone(),
            standing: facts.standing.word(),
            simulated: facts.simulated,
            licence: facts.licence.clone(),
            publisher: facts.publisher.clone(),
            every_hours: facts.every_hours,
            datasets: facts.datasets.clone(),
            state: looked.map(|looked| looked.state.clone()),
            looked_at: looked.map(|looked| looked.at.to_string()),
            message: message.filter(|message| !message.is_empty()),
        }
    }
}

async fn list(visit: Visit, parts: Parts) -> Result<Response, ApiError> {
    LIST.begin(&visit, &parts).await?.checked()?;
    let states = visit.app.store.source_states().await?;
    let with_message = visit.may(Permission::WorkSources);
    let wire = |facts: &SourceFacts| {
        SourceWire::new(facts, states.iter().find(|state| state.source == facts.name), with_message)
    };
    let items: Vec<SourceWire> = visit.app.office.sources.iter().map(wire).collect();
    let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
    Ok(Json(SliceWire { items, total, next: None }).into_response())
}

pub(super) fn components() -> Vec<Component> {
    let one = schema::object(&[
        ("name", schema::name()),
        ("title", schema::text()),
        ("connector", schema::text()),
        ("address", schema::said("Where it is read from.", schema::text())),
        ("standing", schema::choice(&STANDINGS)),
        ("simulated", schema::flag()),
        ("licence", schema::text()),
        ("publisher", schema::text()),
        ("every_hours", schema::said("Hours between two looks; 0 for none.", schema::count())),
        ("datasets", schema::list(schema::name())),
        (
            "state",
            schema::said(
                "`read`, `unchanged` or `failed`; `null` before the first look.",
                schema::maybe(schema::name()),
            ),
        ),
        ("looked_at", schema::maybe(schema::moment())),
        ("message", schema::said("What failed, for those who work on sources.", schema::maybe(schema::name()))),
    ]);
    let sample = || SourceWire {
        name: "homes_au".to_owned(),
        title: "Homes of a country".to_owned(),
        connector: "http_file".to_owned(),
        address: "https://data.example/homes.csv".to_owned(),
        standing: "official",
        simulated: false,
        licence: "CC BY 4.0".to_owned(),
        publisher: "A public authority".to_owned(),
        every_hours: 24,
        datasets: vec!["homes_au".to_owned()],
        state: Some("unchanged".to_owned()),
        looked_at: Some("2026-11-25T07:00:00Z".to_owned()),
        message: None,
    };
    let list = SliceWire { items: vec![sample()], total: 1, next: None };
    vec![Component::new("Source", one, &sample()), Component::new("SourceSlice", schema::slice_of("Source"), &list)]
}
