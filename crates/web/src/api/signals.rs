//! Signals: the list, one with why it is one, and what people do with it.
//!
//! Must never tell somebody who may not work on signals who does, or what they wrote about one.

use super::ask::{Body, PathParts, json_bytes};
use super::operation::{CURSOR, LIMIT, Method, Operation, Parameter};
use super::refusal::ApiError;
use super::schema::{self, Component};
use super::shared::{self, EstimateWire, ExplanationWire, SliceWire, address};
use crate::auth::visit::Visit;
use crate::error::WebError;
use crate::handlers::signals::{
    self as rules, LONGEST_TEXT, SHORTEST_REASON, STATES, cases_to_tell, note_fault, state_word,
};
use axum::Json;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use model::Permission;
use model::signal::SignalKind;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::Slice;
use store::signals::{KnownSignal, SignalFilter, SignalStep};

const SIGNAL: Parameter = Parameter::path(
    "id",
    "Identifier of the signal.",
    || schema::given_text(schema::LONGEST),
    "0b9c2d1e3f4a5b6c7d8e9f0a1b2c3d4e",
);

/// Cases that a signal can concern; more are a slip of the pen.
const MOST_CASES: u64 = 1_000_000;

const CSRF: Parameter = Parameter::header(
    "X-CSRF",
    "The session's word, where a session's cookie comes instead of a token.",
    schema::text,
    "3f9a",
);

pub(super) const OPERATIONS: &[&Operation] = &[&LIST, &ONE, &CHANGE, &TASKS];

static LIST: Operation = Operation {
    method: Method::Get,
    path: "/api/v1/signals",
    name: "listSignals",
    summary: "List signals",
    text: "What is out of line, newest first. Owner and note are `null` for whoever may not work on signals.",
    permission: Permission::ReadOpen,
    parameters: &[
        Parameter::query("kind", "What it is about.", || schema::choice(&kinds()), "disagreement"),
        Parameter::query("state", "Where it stands.", || schema::choice(&STATES), "open"),
        CURSOR,
        LIMIT,
    ],
    takes: None,
    gives: (200, "SignalSlice"),
    also: &[],
    route: || get(list),
};

static ONE: Operation = Operation {
    method: Method::Get,
    path: "/api/v1/signals/{id}",
    name: "getSignal",
    summary: "Get one signal",
    text: "The signal, why it is one, and what people did about it. The history is empty for whoever may not work on signals.",
    permission: Permission::ReadOpen,
    parameters: &[SIGNAL],
    takes: None,
    gives: (200, "SignalDetail"),
    also: &[],
    route: || get(one),
};

static CHANGE: Operation = Operation {
    method: Method::Post,
    path: "/api/v1/signals/{id}/state",
    name: "changeSignalState",
    summary: "Take, dismiss or settle a signal",
    text: "An open signal can be taken, an open or taken one dismissed with a reason or settled with an outcome; else 409.",
    permission: Permission::WorkSignals,
    parameters: &[SIGNAL, CSRF],
    takes: Some("SignalStateChange"),
    gives: (200, "SignalDetail"),
    also: &[409],
    route: || post(change),
};

static TASKS: Operation = Operation {
    method: Method::Post,
    path: "/api/v1/signals/{id}/tasks",
    name: "turnSignalIntoTasks",
    summary: "Turn a signal into tasks",
    text: "Every running case that was decided for the home, and does not know of the signal, gets a task to look again. Each \
        case gets it once, however often this is sent. Whoever sends it has the signal from then on.",
    permission: Permission::WorkSignals,
    parameters: &[SIGNAL, CSRF],
    takes: Some("SignalTasks"),
    gives: (200, "SignalTasksDone"),
    also: &[409],
    route: || post(tasks),
};

fn kinds() -> [&'static str; 6] {
    SignalKind::ALL.map(SignalKind::word)
}

/// A signal in a list.
#[derive(Serialize)]
struct SignalWire {
    id: String,
    kind: &'static str,
    home: String,
    aspect: String,
    since: String,
    noticed: String,
    size: EstimateWire,
    chance: f64,
    simulated: bool,
    state: &'static str,
    owner: Option<String>,
    note: Option<String>,
    changed_at: Option<String>,
    href: String,
}

/// One signal.
#[derive(Serialize)]
struct SignalDetail {
    #[serde(flatten)]
    signal: SignalWire,
    because: ExplanationWire,
    history: Vec<StepWire>,
    cases_to_tell: Option<usize>,
}

/// What became of turning a signal into tasks.
#[derive(Serialize)]
struct TasksDone {
    cases: u64,
    href: String,
}

/// What somebody did about a signal.
#[derive(Serialize)]
struct StepWire {
    agent: String,
    state: String,
    note: String,
    at: Option<String>,
}

impl From<&SignalStep> for StepWire {
    fn from(step: &SignalStep) -> Self {
        Self {
            agent: step.agent.clone(),
            state: step.state.state.clone(),
            note: step.state.note.clone(),
            at: step.state.at.map(|at| at.to_string()),
        }
    }
}

/// What is needed to show signals to somebody.
struct Shown {
    simulated: BTreeSet<String>,
    insider: bool,
}

impl Shown {
    async fn to(visit: &Visit) -> Result<Self, ApiError> {
        let registered = visit.app.store.datasets().await?;
        let simulated = registered.into_iter().filter(|dataset| dataset.simulated).map(|dataset| dataset.name);
        Ok(Self { simulated: simulated.collect(), insider: visit.may(Permission::WorkSignals) })
    }

    fn wire(&self, known: &KnownSignal) -> SignalWire {
        let (signal, state) = (&known.signal, &known.state);
        let inside = |text: &str| Some(text.to_owned()).filter(|text| self.insider && !text.is_empty());
        let mut records = signal.because.contributions.iter().filter_map(|part| part.record.as_ref());
        SignalWire {
            id: signal.id.clone(),
            kind: signal.kind.word(),
            home: signal.entity.clone(),
            aspect: signal.aspect.clone(),
            since: signal.since.to_string(),
            noticed: signal.noticed.to_string(),
            size: signal.size.into(),
            chance: signal.chance,
            simulated: records.any(|record| self.simulated.contains(&record.dataset)),
            state: state_word(known),
            owner: inside(&state.owner),
            note: inside(&state.note),
            changed_at: state.at.map(|at| at.to_string()),
            href: address(&["signals", &signal.id]),
        }
    }
}

async fn list(visit: Visit, parts: Parts) -> Result<Response, ApiError> {
    let mut asked = LIST.begin(&visit, &parts).await?;
    let filter = SignalFilter {
        kind: asked.choice("kind", &kinds()),
        state: asked.choice("state", &STATES),
        ..SignalFilter::default()
    };
    let slice = Slice::new(asked.cursor(), asked.limit());
    asked.checked()?;
    let found = visit.app.store.signals_after(&filter, &slice).await?;
    let shown = Shown::to(&visit).await?;
    let items = found.rows.iter().map(|known| shown.wire(known)).collect();
    Ok(Json(SliceWire { items, total: found.total, next: found.next }).into_response())
}

async fn one(visit: Visit, path: PathParts, parts: Parts) -> Result<Response, ApiError> {
    ONE.begin(&visit, &parts).await?.checked()?;
    detail(&visit, path.get(0)).await
}

async fn detail(visit: &Visit, id: &str) -> Result<Response, ApiError> {
    let known = visit.app.store.signal(id).await?.ok_or(WebError::NotFound)?;
    let shown = Shown::to(visit).await?;
    let history = if shown.insider { visit.app.store.signal_history(id).await? } else { Vec::new() };
    let detail = SignalDetail {
        signal: shown.wire(&known),
        because: ExplanationWire::from(&known.signal.because),
        history: history.iter().map(StepWire::from).collect(),
        cases_to_tell: if shown.insider { Some(cases_to_tell(&visit.app, &known.signal).await?.len()) } else { None },
    };
    Ok(Json(detail).into_response())
}

/// What is to become of a signal, checked.
struct NewState {
    state: &'static str,
    note: String,
}

fn new_state(bytes: &[u8]) -> Result<NewState, ApiError> {
    let mut body = Body::read(bytes, &["state", "note"])?;
    let wanted = body.text("state", schema::LONGEST);
    let state = STATES.into_iter().skip(1).find(|state| *state == wanted);
    if state.is_none() {
        body.fault("state", "fault-choice", "write one of: taken, dismissed, settled");
    }
    let note = body.text("note", LONGEST_TEXT);
    if let Some(key) = state.and_then(|state| note_fault(state, &note)) {
        body.fault("note", key, note_told(key));
    }
    body.checked()?;
    Ok(NewState { state: state.expect("a missing state is a fault"), note })
}

async fn change(visit: Visit, path: PathParts, parts: Parts, request: Request) -> Result<Response, ApiError> {
    CHANGE.begin(&visit, &parts).await?.checked()?;
    let NewState { state, note } = new_state(&json_bytes(request).await?)?;
    rules::change(&visit, path.get(0), state, &note).await?;
    detail(&visit, path.get(0)).await
}

/// What to write instead of a note that is wrong.
fn note_told(key: &str) -> String {
    match key {
        "fault-reason" => format!("write a reason of at least {SHORTEST_REASON} letters"),
        "fault-missing" => "write what came of it".to_owned(),
        "fault-too-long" => format!("write at most {LONGEST_TEXT} letters"),
        _ => "leave it out: taking needs no note".to_owned(),
    }
}

async fn tasks(visit: Visit, path: PathParts, parts: Parts, request: Request) -> Result<Response, ApiError> {
    TASKS.begin(&visit, &parts).await?.checked()?;
    let mut body = Body::read(&json_bytes(request).await?, &["cases"])?;
    let expected = body.count("cases", MOST_CASES);
    body.checked()?;
    let cases = rules::tell_cases(&visit, path.get(0), expected).await?;
    Ok(Json(TasksDone { cases, href: address(&["signals", path.get(0)]) }).into_response())
}

fn signal_properties() -> Vec<(&'static str, Value)> {
    vec![
        ("id", schema::name()),
        ("kind", schema::choice(&kinds())),
        ("home", schema::said("Identifier of the home.", schema::text())),
        ("aspect", schema::text()),
        ("since", schema::said("When it began, as far as the data tell.", schema::date())),
        ("noticed", schema::said("When there was enough to say so.", schema::date())),
        ("size", schema::of("Estimate")),
        ("chance", schema::said("Probability that it is only chance.", schema::between(0.0, 1.0))),
        ("simulated", schema::said("True where any row that went in is simulated.", schema::flag())),
        ("state", schema::choice(&STATES)),
        ("owner", schema::maybe(schema::name())),
        ("note", schema::maybe(schema::name())),
        ("changed_at", schema::maybe(schema::moment())),
        ("href", schema::address()),
    ]
}

fn sample_signal() -> SignalWire {
    SignalWire {
        id: SIGNAL.example.to_owned(),
        kind: "disagreement",
        home: "6f1d0c2b9a7e4f53806b1c2d3e4f5a6b".to_owned(),
        aspect: "overall".to_owned(),
        since: "2026-09-01".to_owned(),
        noticed: "2026-11-20".to_owned(),
        size: shared::SAMPLE_ESTIMATE.into(),
        chance: 0.004,
        simulated: true,
        state: "taken",
        owner: Some("someone".to_owned()),
        note: None,
        changed_at: Some("2026-11-25T07:00:00Z".to_owned()),
        href: address(&["signals", SIGNAL.example]),
    }
}

pub(super) fn components() -> Vec<Component> {
    let step = || StepWire {
        agent: "someone".to_owned(),
        state: "taken".to_owned(),
        note: String::new(),
        at: Some("2026-11-25T07:00:00Z".to_owned()),
    };
    let detail = SignalDetail {
        signal: sample_signal(),
        because: ExplanationWire::from(&shared::sample_explanation()),
        history: vec![step()],
        cases_to_tell: Some(12),
    };
    let step_schema = schema::object(&[
        ("agent", schema::text()),
        ("state", schema::text()),
        ("note", schema::text()),
        ("at", schema::maybe(schema::moment())),
    ]);
    let mut detailed = signal_properties();
    let to_tell = "Running cases that would get a task to look again; `null` for whoever may not work on signals.";
    detailed.extend([
        ("because", schema::of("Explanation")),
        ("history", schema::list(schema::of("SignalStep"))),
        ("cases_to_tell", schema::said(to_tell, schema::maybe(schema::count()))),
    ]);
    let expected = schema::said(
        "How many cases it would be, as the signal said before. Where it is another number now, nothing is done and 409 comes.",
        json!({"type": ["integer", "null"], "minimum": 0, "maximum": MOST_CASES}),
    );
    let tasks = schema::requiring(&[], schema::object(&[("cases", expected)]));
    let done = schema::object(&[
        ("cases", schema::said("Cases that got the task now.", schema::count())),
        ("href", schema::address()),
    ]);
    let note = schema::said(
        "Reason of a dismissal (at least 10 letters), outcome of a settlement; left out where a signal is taken.",
        json!({"type": "string", "maxLength": LONGEST_TEXT, "pattern": "^[^\\u0000]*$"}),
    );
    let change =
        schema::requiring(&["state"], schema::object(&[("state", schema::choice(&STATES[1..])), ("note", note)]));
    let list = SliceWire { items: vec![sample_signal()], total: 1, next: None };
    vec![
        Component::new("Signal", schema::object(&signal_properties()), &sample_signal()),
        Component::new("SignalSlice", schema::slice_of("Signal"), &list),
        Component::new("SignalStep", step_schema, &step()),
        Component::new("SignalDetail", schema::object(&detailed), &detail),
        Component::new("SignalTasks", tasks, &json!({"cases": 12})),
        Component::new("SignalTasksDone", done, &TasksDone { cases: 12, href: address(&["signals", SIGNAL.example]) }),
        Component::new(
            "SignalStateChange",
            change,
            &json!({"state": "dismissed", "note": "one loud week, all from one voice"}),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_comes_with_the_note_that_it_needs() {
        assert_eq!(super::super::operation::SESSION_WORD, CHANGE.parameters[1].name.to_lowercase());
        for fine in [
            json!({"state": "taken"}),
            json!({"state": "taken", "note": null}),
            json!({"state": "dismissed", "note": "one loud week"}),
            json!({"state": "settled", "note": "ok"}),
        ] {
            assert!(new_state(fine.to_string().as_bytes()).is_ok(), "{fine}");
        }
        for wrong in [
            json!({}),
            json!({"state": "open"}),
            json!({"state": "taken", "note": "x"}),
            json!({"state": "dismissed", "note": "no"}),
            json!({"state": "settled"}),
            json!({"state": "settled", "note": "x\u{0}"}),
            json!({"state": "settled", "note": "x".repeat(2_001)}),
            json!({"state": "settled", "note": "ok", "owner": "me"}),
        ] {
            assert!(new_state(wrong.to_string().as_bytes()).is_err(), "{wrong}");
        }
    }
}
