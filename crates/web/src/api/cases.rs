//! Cases: the worklist, opening one, one case. Every look leaves an audit line in the name of whoever looks.
//!
//! Must never keep a person's name with the answers for repeated requests.

use super::ask::{Body, PathParts, day, json_bytes};
use super::operation::{CURSOR, LIMIT, Method, Operation, Parameter};
use super::refusal::ApiError;
use super::schema::{self, Component};
use super::shared::{SliceWire, address};
use crate::auth::visit::Visit;
use crate::error::WebError;
use crate::handlers::cases::{locate, places, read};
use crate::state::App;
use axum::Json;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use decide::case::plan::{ItemState, PlanState};
use decide::rooms::care::intake::{self, CaseNeed};
use decide::stage::put_cases;
use model::case::{CaseState, Decision};
use model::{Date, Permission};
use serde::Serialize;
use serde_json::{Value, json};
use store::cases::{CaseFilter, StoredCase, TimelineEntry};
use store::idempotency::EarlierAnswer;
use store::{Slice, StoreError};

/// Words of where a case stands.
const STATES: [CaseState; 3] = [CaseState::Active, CaseState::Completed, CaseState::Terminated];
/// Words of where an item of a plan stands.
const ITEM_STATES: [ItemState; 5] =
    [ItemState::Available, ItemState::Enabled, ItemState::Active, ItemState::Completed, ItemState::Terminated];
/// Orders of the worklist.
const SORTS: [&str; 3] = ["due", "title", "created"];
/// Wishes that one case has at most.
const MOST_WISHES: usize = 20;
/// Header of the key under which a request is done once.
const KEY: &str = "idempotency-key";

pub(super) const OPERATIONS: &[&Operation] = &[&LIST, &CREATE, &ONE];

static LIST: Operation = Operation {
    method: Method::Get,
    path: "/api/v1/cases",
    name: "listCases",
    summary: "List cases",
    text: "The worklist. Each call is noted in the audit.",
    permission: Permission::ReadCases,
    parameters: &[
        Parameter::query("state", "Where cases stand.", || schema::choice(&STATES.map(CaseState::word)), "active"),
        Parameter::query(
            "owner",
            "Account that has them; `-` for nobody.",
            || schema::given_text(schema::LONGEST),
            "-",
        ),
        Parameter::query(
            "q",
            "Part of what the office calls the person.",
            || schema::given_text(schema::LONGEST),
            "person",
        ),
        Parameter::query("due_before", "Only cases due before this day.", schema::date, "2026-12-31"),
        Parameter::query("sort", "Order; by due day where it is left out.", || schema::choice(&SORTS), "due"),
        CURSOR,
        LIMIT,
    ],
    takes: None,
    gives: (200, "CaseSlice"),
    also: &[],
    route: || get(list),
};

static CREATE: Operation = Operation {
    method: Method::Post,
    path: "/api/v1/cases",
    name: "openCase",
    summary: "Open a case",
    text: "Opens a case for a person. Sent again with the same key and body, it gives the earlier answer and opens nothing.",
    permission: Permission::WorkCases,
    parameters: &[
        Parameter::header(
            "Idempotency-Key",
            "Key of your own under which this is done once.",
            key_schema,
            "2026-11-25-person-1",
        ),
        Parameter::header(
            "X-CSRF",
            "The session's word, where a session's cookie comes instead of a token.",
            schema::text,
            "3f9a",
        ),
    ],
    takes: Some("NewCase"),
    gives: (201, "OpenedCase"),
    also: &[409],
    route: || post(create),
};

static ONE: Operation = Operation {
    method: Method::Get,
    path: "/api/v1/cases/{id}",
    name: "getCase",
    summary: "Get one case",
    text: "What the person needs, where the plan stands, what happened and what was decided. Each call is noted in the audit.",
    permission: Permission::ReadCases,
    parameters: &[Parameter::path(
        "id",
        "Identifier of the case.",
        || schema::given_text(schema::LONGEST),
        "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071",
    )],
    takes: None,
    gives: (200, "CaseDetail"),
    also: &[],
    route: || get(one),
};

fn key_schema() -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": schema::LONGEST, "pattern": "^[!-~]+$"})
}

/// A case in a list.
#[derive(Serialize)]
struct CaseWire {
    id: String,
    person: String,
    state: &'static str,
    owner: Option<String>,
    due: Option<String>,
    care: Option<String>,
    place: Option<String>,
    simulated: bool,
    created_at: String,
    updated_at: String,
    version: i64,
    href: String,
}

impl CaseWire {
    fn new(case: &StoredCase, need: Option<&CaseNeed>) -> Self {
        let told = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Self {
            id: case.id.clone(),
            person: case.title.clone(),
            state: case.state.word(),
            owner: told(&case.owner),
            due: case.due.parse::<Date>().ok().map(|due| due.to_string()),
            care: need.and_then(|need| told(&need.need.kind_of_care)),
            place: need.and_then(|need| told(&need.place)),
            simulated: need.is_some_and(|need| need.simulated),
            created_at: case.created_at.to_string(),
            updated_at: case.updated_at.to_string(),
            version: case.version,
            href: address(&["cases", &case.id]),
        }
    }
}

/// One case.
#[derive(Serialize)]
struct CaseDetail {
    #[serde(flatten)]
    case: CaseWire,
    budget_line: Option<String>,
    ceiling: Option<f64>,
    distance: Option<f64>,
    wishes: Vec<String>,
    plan: Vec<PlanItemWire>,
    timeline: Vec<TimelineWire>,
    decisions: Vec<DecisionWire>,
}

#[derive(Serialize)]
struct PlanItemWire {
    item: String,
    state: &'static str,
}

#[derive(Serialize)]
struct TimelineWire {
    number: i64,
    at: String,
    who: String,
    kind: String,
    note: Value,
}

impl From<TimelineEntry> for TimelineWire {
    fn from(entry: TimelineEntry) -> Self {
        let TimelineEntry { number, at, agent, kind, note } = entry;
        Self { number, at: at.to_string(), who: agent, kind, note }
    }
}

#[derive(Serialize)]
struct DecisionWire {
    id: String,
    home: String,
    ranked_first: String,
    ranked_first_without_community: String,
    reason: String,
    account: String,
    at: String,
    as_of: String,
}

impl From<Decision> for DecisionWire {
    fn from(decision: Decision) -> Self {
        Self {
            id: decision.id,
            home: decision.chosen,
            ranked_first: decision.ranked_first,
            ranked_first_without_community: decision.ranked_first_without_community,
            reason: decision.reason,
            account: decision.account,
            at: decision.at.to_string(),
            as_of: decision.as_of.to_string(),
        }
    }
}

/// A case that was opened. Kept for repeated requests, therefore without anything about the person.
#[derive(Serialize)]
struct OpenedCase {
    id: String,
    state: &'static str,
    created_at: String,
    href: String,
}

async fn list(visit: Visit, parts: Parts) -> Result<Response, ApiError> {
    let mut asked = LIST.begin(&visit, &parts).await?;
    let filter = CaseFilter {
        state: asked.choice("state", &STATES.map(CaseState::word)),
        owner: asked.text("owner", schema::LONGEST),
        words: asked.text("q", schema::LONGEST),
        due_before: asked.day("due_before"),
        sort: asked.choice("sort", &SORTS),
        ..CaseFilter::default()
    };
    let slice = Slice::new(asked.cursor(), asked.limit());
    asked.checked()?;
    let line = visit.audit_line(Permission::ReadCases, "worklist", "", "read");
    let found = visit.app.store.worklist_after(&visit.viewer, &line, &filter, &slice).await?;
    let wire = |case: &StoredCase| CaseWire::new(case, serde_json::from_value(case.need.clone()).ok().as_ref());
    let items = found.rows.iter().map(wire).collect();
    Ok(Json(SliceWire { items, total: found.total, next: found.next }).into_response())
}

async fn one(visit: Visit, path: PathParts, parts: Parts) -> Result<Response, ApiError> {
    ONE.begin(&visit, &parts).await?.checked()?;
    let (case, need, plan) = read(&visit, path.get(0)).await?;
    let store = &visit.app.store;
    let (timeline, decisions) = (store.timeline(&case).await?, store.decisions(&case).await?);
    Ok(Json(detail(&case, &need, &plan, timeline, decisions)).into_response())
}

fn detail(
    case: &StoredCase,
    need: &CaseNeed,
    plan: &PlanState,
    timeline: Vec<TimelineEntry>,
    decisions: Vec<Decision>,
) -> CaseDetail {
    CaseDetail {
        case: CaseWire::new(case, Some(need)),
        budget_line: Some(case.budget_line.clone()).filter(|line| !line.is_empty()),
        ceiling: need.need.weekly_budget_ceiling,
        distance: need.need.max_distance_km,
        wishes: need.need.wishes.iter().map(decide::rooms::care::Wish::word).collect(),
        plan: plan
            .items
            .iter()
            .map(|item| PlanItemWire { item: item.name.clone(), state: item.state.word() })
            .collect(),
        timeline: timeline.into_iter().map(TimelineWire::from).collect(),
        decisions: decisions.into_iter().map(DecisionWire::from).collect(),
    }
}

async fn create(visit: Visit, parts: Parts, request: Request) -> Result<Response, ApiError> {
    CREATE.begin(&visit, &parts).await?.checked()?;
    let key = idempotency_key(&parts.headers)?;
    let bytes = json_bytes(request).await?;
    let (app, account) = (&visit.app, &visit.viewer.account);
    let request_hash = model::ids::content_hash(&bytes);
    if let Some(answer) = earlier(app, account, key.as_deref(), &request_hash).await? {
        return Ok(answer);
    }
    let (need, due) = new_case(app, &bytes).await?;
    let id = app.new_id();
    let activity = app.activity("open_case", account);
    let opened = OpenedCase {
        id: id.clone(),
        state: CaseState::Active.word(),
        created_at: activity.at.to_string(),
        href: address(&["cases", &id]),
    };
    let body = serde_json::to_string(&opened).expect("four plain texts");
    let line = visit.audit_line(Permission::WorkCases, "case", &id, "changed");
    app.store.note_audit(&visit.viewer, &line).await?;
    let mut writer = app.store.begin(&activity).await?;
    put_cases(&mut writer, &app.placement, &[(id, need, due, String::new())], &activity).await?;
    if let Some(key) = &key {
        let answer = EarlierAnswer { request_hash: request_hash.clone(), status: 201, body: body.clone() };
        let kept = writer.put_answer(account, key, &answer).await;
        match kept {
            // The same request came in twice at once, and the other was faster: this one leaves nothing.
            Err(StoreError::Taken(_)) => {
                drop(writer);
                let answer = earlier(app, account, Some(key), &request_hash).await?;
                return Ok(answer.ok_or_else(|| WebError::Internal("an answer is taken and not there".to_owned()))?);
            }
            other => other?,
        }
    }
    writer.commit().await?;
    Ok(created(StatusCode::CREATED, body))
}

fn created(status: StatusCode, body: String) -> Response {
    let href = serde_json::from_str::<Value>(&body).ok().and_then(|body| body["href"].as_str().map(str::to_owned));
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
    if let Some(location) = href.and_then(|href| HeaderValue::from_str(&href).ok()) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// The key of a request, if it carries one.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get(KEY) else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| {
        !key.is_empty() && key.len() <= schema::LONGEST && key.bytes().all(|byte| byte.is_ascii_graphic())
    });
    let detail = "write 1 to 200 printable ASCII characters without blanks";
    key.map(|key| Some(key.to_owned())).ok_or_else(|| ApiError::fault("Idempotency-Key", "fault-choice", detail))
}

/// The answer to the same request, if it was made before.
async fn earlier(
    app: &App,
    account: &str,
    key: Option<&str>,
    request_hash: &str,
) -> Result<Option<Response>, ApiError> {
    let Some(key) = key else { return Ok(None) };
    let Some(answer) = app.store.earlier_answer(account, key).await? else { return Ok(None) };
    if answer.request_hash != request_hash {
        let detail = "another request came under this key before; send this one under a new key";
        return Err(WebError::Conflict(detail.to_owned()).into());
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::CREATED);
    Ok(Some(created(status, answer.body)))
}

/// The need that a body tells, with all its faults at once.
async fn new_case(app: &App, bytes: &[u8]) -> Result<(CaseNeed, Option<Date>), ApiError> {
    let places = places(app).await?;
    let locate = |text: &str| locate(places.as_deref(), text);
    need(bytes, &app.office.kinds_of_care, &locate, app.today())
}

fn need(
    bytes: &[u8],
    kinds_of_care: &[String],
    locate: &dyn Fn(&str) -> Option<intake::Located>,
    today: Date,
) -> Result<(CaseNeed, Option<Date>), ApiError> {
    let mut body = Body::read(bytes, &["person", "care", "place", "due", "ceiling", "distance", "wishes"])?;
    let [person, care, place, due] = ["person", "care", "place", "due"].map(|name| body.text(name, schema::LONGEST));
    let [ceiling, distance] = ["ceiling", "distance"].map(|name| body.number(name));
    let wishes = body.texts("wishes", MOST_WISHES, schema::LONGEST);
    if !due.is_empty() && day(&due).is_none() {
        body.fault("due", "fault-date", "write a day, such as 2026-12-01");
    }
    let answers = intake::Answers {
        person: &person,
        care: &care,
        place: &place,
        due: &due,
        ceiling: &ceiling,
        distance: &distance,
        wishes: wishes.iter().map(String::as_str).collect(),
    };
    match intake::read(&answers, kinds_of_care, locate, today) {
        Ok(read) => body.checked().map(|()| read),
        Err(faults) => {
            for (field, key) in faults {
                let kinds = kinds_of_care.join(", ");
                body.fault(field, key, told(field, key, &kinds));
            }
            Err(WebError::Invalid(body.faults).into())
        }
    }
}

/// What is wrong with a field, in English.
fn told(field: &str, key: &str, kinds_of_care: &str) -> String {
    match (field, key) {
        (_, "fault-missing") => "write something here".to_owned(),
        (_, "fault-too-long") => format!("write at most {} letters", schema::LONGEST),
        ("care", _) => format!("write one of: {kinds_of_care}"),
        ("place", _) => "write a locality that exists, with its state, such as Jannali NSW".to_owned(),
        ("due", _) => "write a day, such as 2026-12-01".to_owned(),
        ("wishes", _) => {
            "write wishes such as owner:government|not_for_profit, with:garden, without:large or stars:staffing>=3"
                .to_owned()
        }
        _ => "write a number above zero that is no slip of the pen".to_owned(),
    }
}

fn case_properties() -> Vec<(&'static str, Value)> {
    vec![
        ("id", schema::name()),
        ("person", schema::said("The name or number under which the office knows the person.", schema::text())),
        ("state", schema::choice(&STATES.map(CaseState::word))),
        ("owner", schema::maybe(schema::name())),
        ("due", schema::maybe(schema::date())),
        ("care", schema::maybe(schema::name())),
        ("place", schema::maybe(schema::name())),
        ("simulated", schema::said("True where person and need are simulated.", schema::flag())),
        ("created_at", schema::moment()),
        ("updated_at", schema::moment()),
        ("version", schema::count()),
        ("href", schema::address()),
    ]
}

fn detail_schema() -> Value {
    let mut properties = case_properties();
    properties.extend([
        ("budget_line", schema::maybe(schema::name())),
        ("ceiling", schema::said("Most that may be paid a week.", schema::maybe(schema::number()))),
        ("distance", schema::said("Furthest that a home may be, in kilometres.", schema::maybe(schema::number()))),
        ("wishes", schema::list(schema::text())),
        ("plan", schema::list(schema::of("PlanItem"))),
        ("timeline", schema::said("Oldest first.", schema::list(schema::of("TimelineEntry")))),
        ("decisions", schema::said("Oldest first.", schema::list(schema::of("Decision")))),
    ]);
    schema::object(&properties)
}

fn new_case_schema() -> Value {
    let wish = schema::said(
        "`owner:government|not_for_profit`, `with:garden`, `without:large` or `stars:staffing>=3`.",
        schema::given_text(schema::LONGEST),
    );
    let mut wishes = schema::list(wish);
    wishes["maxItems"] = MOST_WISHES.into();
    let above_zero = |most: u32| json!({"type": ["number", "null"], "exclusiveMinimum": 0, "maximum": most});
    let whole = schema::object(&[
        (
            "person",
            schema::said(
                "The name or number under which the office knows the person.",
                schema::given_text(schema::LONGEST),
            ),
        ),
        ("care", schema::said("Kind of care, as this office names it.", schema::given_text(schema::LONGEST))),
        ("place", schema::said("Locality and state.", schema::given_text(schema::LONGEST))),
        ("due", schema::said("By when.", schema::maybe(schema::date()))),
        ("ceiling", schema::said("Most that may be paid a week.", above_zero(100_000))),
        ("distance", schema::said("Furthest that a home may be, in kilometres.", above_zero(5_000))),
        ("wishes", wishes),
    ]);
    schema::requiring(&["person", "care", "place"], whole)
}

fn sample_case() -> CaseWire {
    let id = ONE.parameters[0].example;
    CaseWire {
        id: id.to_owned(),
        person: "Person 1".to_owned(),
        state: "active",
        owner: None,
        due: Some("2026-12-01".to_owned()),
        care: Some("permanent".to_owned()),
        place: Some("JANNALI NSW".to_owned()),
        simulated: true,
        created_at: "2026-11-25T07:00:00Z".to_owned(),
        updated_at: "2026-11-25T07:00:00Z".to_owned(),
        version: 1,
        href: address(&["cases", id]),
    }
}

fn sample_detail() -> CaseDetail {
    CaseDetail {
        case: sample_case(),
        budget_line: None,
        ceiling: Some(1_350.0),
        distance: Some(20.0),
        wishes: vec!["with:small".to_owned()],
        plan: vec![PlanItemWire { item: "check_need".to_owned(), state: "active" }],
        timeline: vec![TimelineWire {
            number: 1,
            at: "2026-11-25T07:00:00Z".to_owned(),
            who: "someone".to_owned(),
            kind: "opened".to_owned(),
            note: json!({}),
        }],
        decisions: vec![DecisionWire {
            id: "019ab2c5".to_owned(),
            home: "6f1d0c2b9a7e4f53806b1c2d3e4f5a6b".to_owned(),
            ranked_first: "6f1d0c2b9a7e4f53806b1c2d3e4f5a6b".to_owned(),
            ranked_first_without_community: "7a2e".to_owned(),
            reason: String::new(),
            account: "someone".to_owned(),
            at: "2026-11-25T07:00:00Z".to_owned(),
            as_of: "2026-11-25".to_owned(),
        }],
    }
}

pub(super) fn components() -> Vec<Component> {
    let plan =
        schema::object(&[("item", schema::name()), ("state", schema::choice(&ITEM_STATES.map(ItemState::word)))]);
    let entry = schema::object(&[
        ("number", schema::count()),
        ("at", schema::moment()),
        ("who", schema::text()),
        ("kind", schema::text()),
        ("note", schema::said("Details, by kind.", json!({}))),
    ]);
    let decision = schema::object(&[
        ("id", schema::name()),
        ("home", schema::said("The home that was chosen.", schema::text())),
        ("ranked_first", schema::text()),
        ("ranked_first_without_community", schema::text()),
        ("reason", schema::said("Why the choice departs from the ranking; empty where it does not.", schema::text())),
        ("account", schema::text()),
        ("at", schema::moment()),
        ("as_of", schema::date()),
    ]);
    let opened = schema::object(&[
        ("id", schema::name()),
        ("state", schema::choice(&STATES.map(CaseState::word))),
        ("created_at", schema::moment()),
        ("href", schema::address()),
    ]);
    let sample = sample_detail();
    let id = sample.case.id.clone();
    let sample_opened = OpenedCase {
        href: address(&["cases", &id]),
        id,
        state: "active",
        created_at: "2026-11-25T07:00:00Z".to_owned(),
    };
    let new = json!({
        "person": "Person 1", "care": "permanent", "place": "Jannali NSW", "due": "2026-12-01", "ceiling": 1350.5,
        "distance": 20, "wishes": ["with:small"],
    });
    let list = SliceWire { items: vec![sample_case()], total: 1, next: None };
    vec![
        Component::new("Case", schema::object(&case_properties()), &sample_case()),
        Component::new("CaseSlice", schema::slice_of("Case"), &list),
        Component::new("PlanItem", plan, &sample.plan[0]),
        Component::new("TimelineEntry", entry, &sample.timeline[0]),
        Component::new("Decision", decision, &sample.decisions[0]),
        Component::new("CaseDetail", detail_schema(), &sample),
        Component::new("NewCase", new_case_schema(), &new),
        Component::new("OpenedCase", opened, &sample_opened),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &Value) -> Result<(CaseNeed, Option<Date>), Vec<String>> {
        let somewhere = |text: &str| {
            (text == "Jannali NSW").then(|| intake::Located {
                name: text.to_owned(),
                latitude: -34.0,
                longitude: 151.0,
            })
        };
        let today = "2026-11-25".parse().expect("a day");
        need(body.to_string().as_bytes(), &["permanent".to_owned()], &somewhere, today).map_err(|error| match error {
            ApiError::Web(WebError::Invalid(faults)) => faults.into_iter().map(|fault| fault.field).collect(),
            other => vec![format!("{other:?}")],
        })
    }

    #[test]
    fn the_example_opens_a_case() {
        let all = components();
        let new = all.iter().find(|component| component.name == "NewCase").expect("it is described");
        let (need, due) = read(&new.example).expect("the example is right");
        assert_eq!(need.need.weekly_budget_ceiling, Some(1_350.5));
        assert_eq!(due, Some(Date::constant(2026, 12, 1)));
    }

    #[test]
    fn all_wrong_fields_come_at_once() {
        let wrong = json!({
            "person": "x\u{0}", "care": 5, "place": "Nowhere", "due": "20261201", "ceiling": "lots", "distance": -1,
            "wishes": ["dance"], "colour": "red",
        });
        let mut fields = read(&wrong).expect_err("everything is wrong");
        fields.sort_unstable();
        assert_eq!(fields, ["care", "ceiling", "colour", "distance", "due", "person", "place", "wishes"]);
        assert_eq!(read(&json!({})).expect_err("nothing is there"), ["person", "care", "place"]);
    }

    #[test]
    fn keys_are_short_and_printable() {
        let with = |value: &[u8]| {
            let value = HeaderValue::from_bytes(value).expect("a header");
            idempotency_key(&HeaderMap::from_iter([(header::HeaderName::from_static(KEY), value)])).ok()
        };
        assert_eq!(with(b"a-1"), Some(Some("a-1".to_owned())));
        assert_eq!(idempotency_key(&HeaderMap::new()).ok(), Some(None));
        assert_eq!(with(b""), None);
        assert_eq!(with(b"a b"), None);
        assert_eq!(with("ä".as_bytes()), None);
        assert_eq!(with("x".repeat(201).as_bytes()), None);
    }
}
