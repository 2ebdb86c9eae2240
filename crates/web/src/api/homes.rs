//! Homes: the list, one home with every figure, and why a figure is what it is.

use super::ask::{Asked, PathParts, cursor_of, opened};
use super::operation::{CURSOR, LIMIT, Method, Operation, Parameter};
use super::refusal::ApiError;
use super::schema::{self, Component};
use super::shared::{self, ExplanationWire, RowLink, SliceWire, address};
use crate::auth::visit::Visit;
use crate::book;
use crate::error::WebError;
use crate::handlers::homes::{HEARD, HomeFilter, community_is_simulated, is_from_posts};
use crate::state::App;
use axum::Json;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use decide::rooms::care::Ownership;
use decide::rooms::care::book::{DATASETS, Figure, Home, HomeBook, Pin};
use model::{Explanation, Permission, Standing};
use serde::Serialize;
use serde_json::{Value, json};

/// Words of who stands behind a figure.
pub(super) const STANDINGS: [&str; 3] = ["official", "community", "contributor"];

const HOME: Parameter = Parameter::path(
    "id",
    "Identifier of the home.",
    || schema::given_text(schema::LONGEST),
    "6f1d0c2b9a7e4f53806b1c2d3e4f5a6b",
);

pub(super) const OPERATIONS: &[&Operation] = &[&LIST, &ONE, &WHY];

static LIST: Operation = Operation {
    method: Method::Get,
    path: "/api/v1/homes",
    name: "listHomes",
    summary: "List homes",
    text: "Homes by name, each with what is said of it overall. The entity tag changes with the data behind the list.",
    permission: Permission::ReadOpen,
    parameters: &[
        Parameter::query(
            "q",
            "Part of a name, former name, suburb or provider.",
            || schema::given_text(schema::LONGEST),
            "garden",
        ),
        Parameter::query("ownership", "Who owns it.", || schema::choice(&owners()), "government"),
        Parameter::query("state", "State or province.", || schema::given_text(schema::LONGEST), "NSW"),
        Parameter::query("country", "Country (ISO 3166).", country_schema, "AU"),
        Parameter::query(
            "region",
            "Planning region; the state where a home has none.",
            || schema::given_text(schema::LONGEST),
            "South East Sydney",
        ),
        Parameter::query(
            "heard",
            "`yes`: enough is said to speak of a view; `no`: it is not; `silent`: nobody says anything.",
            || schema::choice(&HEARD),
            "silent",
        ),
        CURSOR,
        LIMIT,
        Parameter::header("If-None-Match", "Entity tag of an earlier answer.", schema::text, "W/\"0\""),
    ],
    takes: None,
    gives: (200, "HomeSlice"),
    also: &[304],
    route: || get(list),
};

static ONE: Operation = Operation {
    method: Method::Get,
    path: "/api/v1/homes/{id}",
    name: "getHome",
    summary: "Get one home",
    text: "Everything known of a home: every figure with its interval and the way to its reason, prices, free places, records.",
    permission: Permission::ReadOpen,
    parameters: &[HOME],
    takes: None,
    gives: (200, "HomeDetail"),
    also: &[],
    route: || get(one),
};

static WHY: Operation = Operation {
    method: Method::Get,
    path: "/api/v1/homes/{id}/why/{aspect}/{standing}",
    name: "explainFigure",
    summary: "Explain a figure of a home",
    text: "The method, its figures and the rows that went in, each with its weight and why it counted less.",
    permission: Permission::ReadOpen,
    parameters: &[
        HOME,
        Parameter::path("aspect", "What of the home.", || schema::given_text(schema::LONGEST), "overall"),
        Parameter::path("standing", "Whose word it is.", || schema::choice(&STANDINGS), "community"),
    ],
    takes: None,
    gives: (200, "FigureReason"),
    also: &[],
    route: || get(why),
};

fn owners() -> [&'static str; 3] {
    Ownership::ALL.map(Ownership::word)
}

fn country_schema() -> Value {
    json!({"type": "string", "pattern": "^[A-Z]{2}$", "minLength": 2, "maxLength": 2})
}

/// One figure about a home.
#[derive(Serialize)]
struct FigureWire {
    aspect: String,
    standing: &'static str,
    value: f64,
    low: f64,
    high: f64,
    level: f64,
    voices: f64,
    independent_voices: f64,
    enough: bool,
    simulated: bool,
    as_of: Option<String>,
    row: RowLink,
    why: String,
}

impl FigureWire {
    fn new(home: &str, figure: &Figure, community_simulated: bool) -> Self {
        let estimate = figure.estimate;
        Self {
            aspect: figure.aspect.clone(),
            standing: figure.standing.word(),
            value: estimate.value,
            low: estimate.low,
            high: estimate.high,
            level: estimate.level,
            voices: estimate.voices,
            independent_voices: estimate.independent_voices,
            enough: figure.enough,
            simulated: community_simulated && figure.standing == Standing::Community && is_from_posts(&figure.aspect),
            as_of: figure.as_of.map(|day| day.to_string()),
            row: row_link(&figure.pin),
            why: address(&["homes", home, "why", &figure.aspect, figure.standing.word()]),
        }
    }
}

fn row_link(pin: &Pin) -> RowLink {
    RowLink::new(pin.dataset, pin.version, &pin.record)
}

/// A home in a list.
#[derive(Serialize)]
struct HomeWire {
    id: String,
    name: String,
    suburb: String,
    state: String,
    country: String,
    ownership: Option<&'static str>,
    provider: String,
    latitude: Option<f64>,
    longitude: Option<f64>,
    figures: Vec<FigureWire>,
    href: String,
}

impl HomeWire {
    fn new(home: &Home, simulated: bool, shown: impl Fn(&Figure) -> bool) -> Self {
        let figures = home.figures.iter().filter(|figure| shown(figure));
        Self {
            id: home.id.clone(),
            name: home.name.clone(),
            suburb: home.suburb.clone(),
            state: home.state.clone(),
            country: home.country.clone(),
            ownership: home.ownership.map(Ownership::word),
            provider: home.provider.clone(),
            latitude: home.latitude,
            longitude: home.longitude,
            figures: figures.map(|figure| FigureWire::new(&home.id, figure, simulated)).collect(),
            href: address(&["homes", &home.id]),
        }
    }
}

/// One home.
#[derive(Serialize)]
struct HomeDetail {
    #[serde(flatten)]
    home: HomeWire,
    other_names: String,
    region: String,
    size: String,
    place_exactness: String,
    weekly_price: Option<PriceWire>,
    free_places: Vec<FreePlacesWire>,
    records: Vec<MemberWire>,
}

#[derive(Serialize)]
struct PriceWire {
    amount: f64,
    currency: String,
    simulated: bool,
    row: RowLink,
}

#[derive(Serialize)]
struct FreePlacesWire {
    care: String,
    places: u32,
    simulated: bool,
    row: RowLink,
}

/// A row that was brought together into a home.
#[derive(Serialize)]
struct MemberWire {
    dataset: String,
    id: String,
    href: String,
}

/// Why a figure is what it is.
#[derive(Serialize)]
struct FigureReason {
    home: String,
    figure: FigureWire,
    because: ExplanationWire,
}

/// The filter that a request asks for.
fn filter(asked: &mut Asked) -> HomeFilter {
    let words = asked.text("q", schema::LONGEST).to_lowercase();
    let ownership = asked.choice("ownership", &owners());
    let [state, country, region] = ["state", "country", "region"].map(|name| asked.text(name, schema::LONGEST));
    let code = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
    if !country.is_empty() && !code {
        asked.fault("country", "fault-choice", "write the two capital letters of a country, such as AU");
    }
    let heard = asked.choice("heard", &HEARD);
    HomeFilter { words, ownership, state, country, region, heard }
}

async fn list(visit: Visit, parts: Parts) -> Result<Response, ApiError> {
    let mut asked = LIST.begin(&visit, &parts).await?;
    let filter = filter(&mut asked);
    let (size, cursor) = (asked.limit(), asked.cursor());
    asked.checked()?;
    let after = cursor.as_deref().map(|cursor| position(cursor).ok_or_else(ApiError::cursor)).transpose()?;
    // Before the book: should it be renewed in between, the tag is too old, never too new.
    let tag = entity_tag(&visit.app).await?;
    if known(&parts.headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, tagged(&tag)).into_response());
    }
    let book = book::current(&visit.app).await?;
    let slice = slice(&book, &filter, after.as_ref(), usize::try_from(size).unwrap_or(1));
    Ok((tagged(&tag), Json(slice)).into_response())
}

/// Where a home stands in the order of the book: name, suburb, identifier.
type Position = (String, String, String);

fn position(cursor: &str) -> Option<Position> {
    let parts = opened(cursor)?;
    let texts: Vec<&str> = parts.iter().filter_map(Value::as_str).collect();
    match (texts.as_slice(), parts.len()) {
        (["homes", name, suburb, id], 4) => Some(((*name).to_owned(), (*suburb).to_owned(), (*id).to_owned())),
        _ => None,
    }
}

fn slice(book: &HomeBook, filter: &HomeFilter, after: Option<&Position>, size: usize) -> SliceWire<HomeWire> {
    let simulated = community_is_simulated(book);
    let found: Vec<&Home> = book.homes.iter().filter(|home| filter.fits(home)).collect();
    let key = |home: &Home| (home.name.clone(), home.suburb.clone(), home.id.clone());
    let start = after.map_or(0, |after| found.partition_point(|home| key(home) <= *after));
    let shown: Vec<&Home> = found.iter().skip(start).take(size).copied().collect();
    let more = start + shown.len() < found.len();
    let last = shown.last().filter(|_| more);
    SliceWire {
        items: shown.iter().map(|home| HomeWire::new(home, simulated, |figure| figure.aspect == "overall")).collect(),
        total: i64::try_from(found.len()).unwrap_or(i64::MAX),
        next: last.map(|home| cursor_of(&json!(["homes", home.name, home.suburb, home.id]))),
    }
}

/// Names the versions of everything that a book is made from; weak, because answers may be compressed.
async fn entity_tag(app: &App) -> Result<String, ApiError> {
    let mut versions = Vec::with_capacity(DATASETS.len());
    for dataset in DATASETS {
        versions.push(format!("{:?}", app.store.dataset_version(dataset).await?));
    }
    Ok(format!("W/\"{}\"", model::content_id(versions)))
}

/// True where the request names this tag (RFC 9110, section 13.1.2: weak comparison).
fn known(headers: &HeaderMap, tag: &str) -> bool {
    let named = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    named.flat_map(|line| line.split(',')).any(|named| named.trim() == "*" || opaque(named) == opaque(tag))
}

fn tagged(tag: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::ETAG, HeaderValue::from_str(tag).expect("a tag is made of digits and letters"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers
}

async fn one(visit: Visit, path: PathParts, parts: Parts) -> Result<Response, ApiError> {
    ONE.begin(&visit, &parts).await?.checked()?;
    let book = book::current(&visit.app).await?;
    let home = book.home(path.get(0)).ok_or(WebError::NotFound)?;
    let is_simulated = |pin: &Pin| book.simulated.contains(pin.dataset);
    let detail = HomeDetail {
        home: HomeWire::new(home, community_is_simulated(&book), |_| true),
        other_names: home.other_names.clone(),
        region: home.region.clone(),
        size: home.size.clone(),
        place_exactness: home.place_exactness.clone(),
        weekly_price: home.price.as_ref().map(|(amount, pin)| PriceWire {
            amount: *amount,
            currency: visit.app.office.currency.clone(),
            simulated: is_simulated(pin),
            row: row_link(pin),
        }),
        free_places: home
            .places
            .iter()
            .map(|(care, (places, pin))| FreePlacesWire {
                care: care.clone(),
                places: *places,
                simulated: is_simulated(pin),
                row: row_link(pin),
            })
            .collect(),
        records: home
            .members
            .iter()
            .map(|(dataset, id)| MemberWire {
                dataset: dataset.clone(),
                id: id.clone(),
                href: address(&["datasets", dataset, "rows", id]),
            })
            .collect(),
    };
    Ok(Json(detail).into_response())
}

async fn why(visit: Visit, path: PathParts, parts: Parts) -> Result<Response, ApiError> {
    WHY.begin(&visit, &parts).await?.checked()?;
    let book = book::current(&visit.app).await?;
    let home = book.home(path.get(0)).ok_or(WebError::NotFound)?;
    let all = [Standing::Official, Standing::Community, Standing::Contributor];
    let standing = all.into_iter().find(|standing| standing.word() == path.get(2)).ok_or(WebError::NotFound)?;
    let figure = home.figure(path.get(1), standing).ok_or(WebError::NotFound)?;
    let because = explanation(&visit.app, &figure.pin).await?;
    let reason = FigureReason {
        home: home.id.clone(),
        figure: FigureWire::new(&home.id, figure, community_is_simulated(&book)),
        because: ExplanationWire::from(&because),
    };
    Ok(Json(reason).into_response())
}

async fn explanation(app: &App, pin: &Pin) -> Result<Explanation, ApiError> {
    let table = app.lake.read(pin.dataset, pin.version).await?;
    let row = table.row_of(&pin.record).ok_or(WebError::NotFound)?;
    let read = table.text(row, "because").and_then(|text| serde_json::from_str(text).ok());
    Ok(read.ok_or_else(|| WebError::Internal(format!("the explanation of {} cannot be read", pin.record)))?)
}

fn sample_figure(home: &str) -> Figure {
    let pin = Pin { dataset: "home_assessments", version: 4, record: format!("{home}-overall") };
    Figure {
        aspect: "overall".to_owned(),
        standing: Standing::Community,
        estimate: shared::SAMPLE_ESTIMATE,
        enough: true,
        as_of: Some(model::Date::constant(2026, 11, 20)),
        pin,
    }
}

fn sample_home() -> Home {
    let id = HOME.example.to_owned();
    Home {
        id: id.clone(),
        name: "Garden House".to_owned(),
        other_names: String::new(),
        suburb: "Jannali".to_owned(),
        state: "NSW".to_owned(),
        country: "AU".to_owned(),
        provider: "Garden Care".to_owned(),
        ownership: Some(Ownership::NotForProfit),
        region: "South East Sydney".to_owned(),
        size: "Small".to_owned(),
        latitude: Some(-34.02),
        longitude: Some(151.06),
        place_exactness: "locality".to_owned(),
        figures: vec![sample_figure(&id)],
        price: None,
        places: std::collections::BTreeMap::new(),
        members: Vec::new(),
    }
}

fn figure_schema() -> Value {
    let mut properties = vec![
        ("aspect", schema::said("What of the home, as a stable word.", schema::text())),
        ("standing", schema::said("Whose word it is.", schema::choice(&STANDINGS))),
    ];
    properties.extend(shared::estimate_properties());
    properties.extend([
        (
            "enough",
            schema::said("False where nearly nothing was said: then the value is next to the prior.", schema::flag()),
        ),
        ("simulated", schema::said("True where it rests on simulated rows.", schema::flag())),
        ("as_of", schema::maybe(schema::date())),
        ("row", schema::of("RowLink")),
        ("why", schema::said("Where the reason is.", schema::address())),
    ]);
    schema::object(&properties)
}

fn home_properties() -> Vec<(&'static str, Value)> {
    vec![
        ("id", schema::name()),
        ("name", schema::text()),
        ("suburb", schema::text()),
        ("state", schema::text()),
        ("country", schema::said("ISO 3166, two letters.", schema::text())),
        ("ownership", schema::maybe(schema::choice(&owners()))),
        ("provider", schema::text()),
        ("latitude", schema::maybe(schema::between(-90.0, 90.0))),
        ("longitude", schema::maybe(schema::between(-180.0, 180.0))),
        ("figures", schema::list(schema::of("Figure"))),
        ("href", schema::address()),
    ]
}

fn detail_schema() -> Value {
    let mut properties = home_properties();
    properties.extend([
        ("other_names", schema::text()),
        ("region", schema::text()),
        ("size", schema::text()),
        ("place_exactness", schema::text()),
        ("weekly_price", schema::maybe(schema::of("Price"))),
        ("free_places", schema::list(schema::of("FreePlaces"))),
        ("records", schema::said("Rows brought together into it.", schema::list(schema::of("Member")))),
    ]);
    schema::object(&properties)
}

pub(super) fn components() -> Vec<Component> {
    let home = sample_home();
    let wire = || HomeWire::new(&home, true, |_| true);
    let row = || RowLink::new("free_places", 2, "a71c");
    let price = || PriceWire { amount: 1_350.0, currency: "AUD".to_owned(), simulated: true, row: row() };
    let places = || FreePlacesWire { care: "permanent".to_owned(), places: 3, simulated: true, row: row() };
    let member = || MemberWire {
        dataset: "homes_au".to_owned(),
        id: "b82d".to_owned(),
        href: address(&["datasets", "homes_au", "rows", "b82d"]),
    };
    let detail = HomeDetail {
        home: wire(),
        other_names: String::new(),
        region: home.region.clone(),
        size: home.size.clone(),
        place_exactness: home.place_exactness.clone(),
        weekly_price: Some(price()),
        free_places: vec![places()],
        records: vec![member()],
    };
    let reason = FigureReason {
        home: home.id.clone(),
        figure: FigureWire::new(&home.id, &home.figures[0], true),
        because: ExplanationWire::from(&shared::sample_explanation()),
    };
    let priced = [("currency", schema::text()), ("simulated", schema::flag()), ("row", schema::of("RowLink"))];
    let [currency, simulated, of_row] = priced;
    let price_schema = schema::object(&[("amount", schema::number()), currency, simulated.clone(), of_row.clone()]);
    let places_schema = schema::object(&[("care", schema::text()), ("places", schema::count()), simulated, of_row]);
    let member_schema =
        schema::object(&[("dataset", schema::name()), ("id", schema::text()), ("href", schema::address())]);
    let reason_schema = schema::object(&[
        ("home", schema::name()),
        ("figure", schema::of("Figure")),
        ("because", schema::of("Explanation")),
    ]);
    let list = SliceWire { items: vec![wire()], total: 1, next: None };
    vec![
        Component::new("Figure", figure_schema(), &reason.figure),
        Component::new("Home", schema::object(&home_properties()), &wire()),
        Component::new("HomeSlice", schema::slice_of("Home"), &list),
        Component::new("Price", price_schema, &price()),
        Component::new("FreePlaces", places_schema, &places()),
        Component::new("Member", member_schema, &member()),
        Component::new("HomeDetail", detail_schema(), &detail),
        Component::new("FigureReason", reason_schema, &reason),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_walked_through_without_loss_or_repeat() {
        let mut book = HomeBook::default();
        for (name, id) in [("A", "1"), ("A", "2"), ("B", "0"), ("C", "9"), ("D", "3")] {
            book.homes.push(Home { name: name.to_owned(), id: id.to_owned(), ..sample_home() });
        }
        let filter = HomeFilter { words: "jann".to_owned(), state: "NSW".to_owned(), ..HomeFilter::default() };
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let slice = slice(&book, &filter, after.as_ref(), 2);
            assert_eq!(slice.total, 5);
            seen.extend(slice.items.into_iter().map(|home| home.id));
            let Some(next) = slice.next else { break };
            after = Some(position(&next).expect("its own cursor"));
        }
        assert_eq!(seen, ["1", "2", "0", "9", "3"]);
        assert!(position(&cursor_of(&json!(["rows", "a", "b", "c"]))).is_none());
        assert!(position(&cursor_of(&json!(["homes", "a", 1, "b", "c"]))).is_none());
    }

    #[test]
    fn entity_tags_are_compared_weakly() {
        let asked =
            |value: &'static str| HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(value))]);
        for value in ["W/\"a\"", "\"a\"", "\"b\", W/\"a\"", "*"] {
            assert!(known(&asked(value), "W/\"a\""), "{value}");
        }
        assert!(!known(&asked("\"b\""), "W/\"a\""));
        assert!(!known(&HeaderMap::new(), "W/\"a\""));
    }
}
