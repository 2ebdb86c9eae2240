//! Datasets: what there is, under which terms, and the rows at a version. Restricted ones are not there at all.

use super::ask::{PathParts, cursor_of, opened};
use super::homes::STANDINGS;
use super::operation::{CURSOR, LIMIT, Method, Operation, Parameter};
use super::refusal::ApiError;
use super::schema::{self, Component};
use super::shared::{SliceWire, address};
use crate::auth::visit::Visit;
use crate::error::WebError;
use crate::state::App;
use axum::Json;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use model::{ColumnType, Permission, Standing, Table};
use publish::export::json_row;
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use store::datasets::Dataset;

const NAME: Parameter =
    Parameter::path("name", "Name of the dataset.", || schema::given_text(schema::LONGEST), "homes");
const VERSION: Parameter = Parameter::query(
    "version",
    "Version to read; the newest where it is left out.",
    || json!({"type": "integer", "format": "int64", "minimum": 0}),
    "0",
);

/// Words of what columns hold.
const KINDS: [&str; 6] = ["text", "integer", "number", "flag", "date", "timestamp"];

pub(super) const OPERATIONS: &[&Operation] = &[&LIST, &ONE, &ROWS, &ROW];

static LIST: Operation = Operation {
    method: Method::Get,
    path: "/api/v1/datasets",
    name: "listDatasets",
    summary: "List datasets",
    text: "Every open dataset by title, with its terms and newest version. The list is short and comes whole.",
    permission: Permission::ReadOpen,
    parameters: &[],
    takes: None,
    gives: (200, "DatasetSlice"),
    also: &[],
    route: || get(list),
};

static ONE: Operation = Operation {
    method: Method::Get,
    path: "/api/v1/datasets/{name}",
    name: "getDataset",
    summary: "Get one dataset",
    text: "Its terms, columns, number of rows and every version that was released, newest first.",
    permission: Permission::ReadOpen,
    parameters: &[NAME],
    takes: None,
    gives: (200, "DatasetDetail"),
    also: &[],
    route: || get(one),
};

static ROWS: Operation = Operation {
    method: Method::Get,
    path: "/api/v1/datasets/{name}/rows",
    name: "listRows",
    summary: "List rows of a dataset",
    text: "Rows at one version in their order. A cursor stays with the version that it began with.",
    permission: Permission::ReadOpen,
    parameters: &[NAME, VERSION, CURSOR, LIMIT],
    takes: None,
    gives: (200, "RowSlice"),
    also: &[],
    route: || get(rows),
};

static ROW: Operation = Operation {
    method: Method::Get,
    path: "/api/v1/datasets/{name}/rows/{id}",
    name: "getRow",
    summary: "Get one row",
    text: "The row of an identifier at one version.",
    permission: Permission::ReadOpen,
    parameters: &[
        NAME,
        Parameter::path(
            "id",
            "`_id` of the row.",
            || schema::given_text(schema::LONGEST),
            "6f1d0c2b9a7e4f53806b1c2d3e4f5a6b",
        ),
        VERSION,
    ],
    takes: None,
    gives: (200, "Row"),
    also: &[],
    route: || get(row),
};

/// A dataset in a list.
#[derive(Serialize)]
struct DatasetWire {
    name: String,
    title: String,
    summary: String,
    licence: String,
    licence_url: Option<String>,
    publisher: String,
    attribution: String,
    standing: &'static str,
    simulated: bool,
    derived: bool,
    version: Option<i64>,
    href: String,
}

impl DatasetWire {
    fn new(dataset: &Dataset, version: Option<i64>) -> Self {
        Self {
            name: dataset.name.clone(),
            title: dataset.title.clone(),
            summary: dataset.summary.clone(),
            licence: dataset.licence.clone(),
            licence_url: Some(dataset.licence_url.clone()).filter(|url| !url.is_empty()),
            publisher: dataset.publisher.clone(),
            attribution: dataset.attribution.clone(),
            standing: dataset.standing.word(),
            simulated: dataset.simulated,
            derived: dataset.derived,
            version,
            href: address(&["datasets", &dataset.name]),
        }
    }
}

/// One dataset.
#[derive(Serialize)]
struct DatasetDetail {
    #[serde(flatten)]
    dataset: DatasetWire,
    rows: usize,
    columns: Vec<ColumnWire>,
    versions: Vec<VersionWire>,
}

#[derive(Serialize)]
struct ColumnWire {
    name: String,
    kind: &'static str,
}

#[derive(Serialize)]
struct VersionWire {
    version: i64,
    at: String,
}

/// Rows of one version.
#[derive(Serialize)]
struct RowSlice {
    dataset: String,
    version: i64,
    simulated: bool,
    #[serde(flatten)]
    slice: SliceWire<Value>,
}

/// One row.
#[derive(Serialize)]
struct RowWire {
    dataset: String,
    version: i64,
    standing: &'static str,
    simulated: bool,
    row: Value,
}

async fn list(visit: Visit, parts: Parts) -> Result<Response, ApiError> {
    LIST.begin(&visit, &parts).await?.checked()?;
    let mut items = Vec::new();
    for dataset in visit.app.store.datasets().await?.iter().filter(|dataset| !dataset.restricted) {
        items.push(DatasetWire::new(dataset, visit.app.store.dataset_version(&dataset.name).await?));
    }
    let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
    Ok(Json(SliceWire { items, total, next: None }).into_response())
}

/// An open dataset; a restricted one is none.
async fn open(app: &App, name: &str) -> Result<Dataset, ApiError> {
    let found = app.store.dataset(name).await?.filter(|dataset| !dataset.restricted);
    Ok(found.ok_or(WebError::NotFound)?)
}

async fn one(visit: Visit, path: PathParts, parts: Parts) -> Result<Response, ApiError> {
    ONE.begin(&visit, &parts).await?.checked()?;
    let app = &visit.app;
    let dataset = open(app, path.get(0)).await?;
    let history = app.store.dataset_history(&dataset.name).await?;
    let newest = history.first().map(|entry| entry.version);
    let table = match newest {
        Some(version) => app.lake.read(&dataset.name, version).await?,
        None => Arc::new(Table::default()),
    };
    let detail = DatasetDetail {
        dataset: DatasetWire::new(&dataset, newest),
        rows: table.len(),
        columns: table
            .columns()
            .iter()
            .map(|column| ColumnWire { name: column.name.clone(), kind: kind(column.kind()) })
            .collect(),
        versions: history
            .iter()
            .map(|entry| VersionWire { version: entry.version, at: entry.at.to_string() })
            .collect(),
    };
    Ok(Json(detail).into_response())
}

fn kind(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text => "text",
        ColumnType::Integer => "integer",
        ColumnType::Number => "number",
        ColumnType::Flag => "flag",
        ColumnType::Date => "date",
        ColumnType::Timestamp => "timestamp",
    }
}

/// The rows of a version that was released; the newest where none is named.
async fn read(app: &App, dataset: &Dataset, version: Option<i64>) -> Result<(i64, Arc<Table>), ApiError> {
    let history = app.store.dataset_history(&dataset.name).await?;
    let mut released = history.iter().map(|entry| entry.version);
    let found = released.find(|released| version.is_none_or(|wanted| wanted == *released)).ok_or(WebError::NotFound)?;
    Ok((found, app.lake.read(&dataset.name, found).await?))
}

async fn rows(visit: Visit, path: PathParts, parts: Parts) -> Result<Response, ApiError> {
    let mut asked = ROWS.begin(&visit, &parts).await?;
    let size = usize::try_from(asked.limit()).unwrap_or(1);
    let (version, cursor) = (asked.whole("version", 0, i64::MAX), asked.cursor());
    asked.checked()?;
    let (version, start) = begin_at(version, cursor.as_deref(), path.get(0)).ok_or_else(ApiError::cursor)?;
    let dataset = open(&visit.app, path.get(0)).await?;
    let (version, table) = read(&visit.app, &dataset, version).await?;
    let start = start.min(table.len());
    let end = start.saturating_add(size).min(table.len());
    let slice = SliceWire {
        items: (start..end).map(|row| json_row(&table, row)).collect(),
        total: i64::try_from(table.len()).unwrap_or(i64::MAX),
        next: (end < table.len()).then(|| cursor_of(&json!(["rows", dataset.name, version, end]))),
    };
    let answer = RowSlice { dataset: dataset.name, version, simulated: dataset.simulated, slice };
    Ok(Json(answer).into_response())
}

/// Version and first row, from the cursor or from the version that is asked for; `None` where they do not go together.
fn begin_at(version: Option<i64>, cursor: Option<&str>, dataset: &str) -> Option<(Option<i64>, usize)> {
    let Some(cursor) = cursor else { return Some((version, 0)) };
    let parts = opened(cursor)?;
    let [list, name, at, start] = parts.as_slice() else { return None };
    let (at, start) = at.as_i64().zip(start.as_u64().and_then(|start| usize::try_from(start).ok()))?;
    let fits = list == "rows" && name == dataset && version.is_none_or(|version| version == at);
    fits.then_some((Some(at), start))
}

async fn row(visit: Visit, path: PathParts, parts: Parts) -> Result<Response, ApiError> {
    let mut asked = ROW.begin(&visit, &parts).await?;
    let version = asked.whole("version", 0, i64::MAX);
    asked.checked()?;
    let dataset = open(&visit.app, path.get(0)).await?;
    let (version, table) = read(&visit.app, &dataset, version).await?;
    let found = table.row_of(path.get(1)).ok_or(WebError::NotFound)?;
    let answer = RowWire {
        dataset: dataset.name,
        version,
        standing: dataset.standing.word(),
        simulated: dataset.simulated,
        row: json_row(&table, found),
    };
    Ok(Json(answer).into_response())
}

fn dataset_properties() -> Vec<(&'static str, Value)> {
    vec![
        ("name", schema::name()),
        ("title", schema::text()),
        ("summary", schema::text()),
        ("licence", schema::said("Licence in words.", schema::text())),
        ("licence_url", schema::maybe(schema::text())),
        ("publisher", schema::text()),
        ("attribution", schema::said("Words that must stand wherever rows are shown.", schema::text())),
        ("standing", schema::choice(&STANDINGS)),
        ("simulated", schema::said("True where rows come from a simulation.", schema::flag())),
        ("derived", schema::said("True where a stage made it.", schema::flag())),
        ("version", schema::said("Newest version; `null` before the first rows.", schema::maybe(schema::count()))),
        ("href", schema::address()),
    ]
}

fn sample_dataset() -> Dataset {
    Dataset {
        name: "homes".to_owned(),
        title: "Homes".to_owned(),
        summary: "Every home as one thing".to_owned(),
        licence: "CC BY 4.0".to_owned(),
        licence_url: "https://creativecommons.org/licenses/by/4.0/".to_owned(),
        publisher: "A public authority".to_owned(),
        attribution: "Contains public information".to_owned(),
        standing: Standing::Official,
        simulated: false,
        derived: true,
        restricted: false,
    }
}

pub(super) fn components() -> Vec<Component> {
    let row_schema = || {
        json!({
            "type": "object",
            "description": "Column names and values; `null` where nothing is known.",
            "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
        })
    };
    let wire = || DatasetWire::new(&sample_dataset(), Some(3));
    let column = || ColumnWire { name: "name".to_owned(), kind: "text" };
    let version = || VersionWire { version: 3, at: "2026-11-25T07:00:00Z".to_owned() };
    let detail = DatasetDetail { dataset: wire(), rows: 2_600, columns: vec![column()], versions: vec![version()] };
    let sample_row = json!({"_id": "6f1d", "name": "Garden House", "latitude": -34.02, "region": null});
    let slice = RowSlice {
        dataset: "homes".to_owned(),
        version: 3,
        simulated: false,
        slice: SliceWire { items: vec![sample_row.clone()], total: 1, next: None },
    };
    let one =
        RowWire { dataset: "homes".to_owned(), version: 3, standing: "official", simulated: false, row: sample_row };
    let mut detailed = dataset_properties();
    detailed.extend([
        ("rows", schema::said("Number of rows of the newest version.", schema::count())),
        ("columns", schema::list(schema::of("Column"))),
        ("versions", schema::said("Newest first.", schema::list(schema::of("Version")))),
    ]);
    let pinned = [("dataset", schema::name()), ("version", schema::count()), ("simulated", schema::flag())];
    let sliced =
        [("items", schema::list(row_schema())), ("total", schema::count()), ("next", schema::maybe(schema::name()))];
    let rows: Vec<(&str, Value)> = pinned.iter().cloned().chain(sliced).collect();
    let alone = [("standing", schema::choice(&STANDINGS)), ("row", row_schema())];
    let row: Vec<(&str, Value)> = pinned.into_iter().chain(alone).collect();
    let list = SliceWire { items: vec![wire()], total: 1, next: None };
    vec![
        Component::new("Dataset", schema::object(&dataset_properties()), &wire()),
        Component::new("DatasetSlice", schema::slice_of("Dataset"), &list),
        Component::new(
            "Column",
            schema::object(&[("name", schema::text()), ("kind", schema::choice(&KINDS))]),
            &column(),
        ),
        Component::new(
            "Version",
            schema::object(&[("version", schema::count()), ("at", schema::moment())]),
            &version(),
        ),
        Component::new("DatasetDetail", schema::object(&detailed), &detail),
        Component::new("RowSlice", schema::object(&rows), &slice),
        Component::new("Row", schema::object(&row), &one),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_stays_with_its_dataset_and_version() {
        let cursor = cursor_of(&json!(["rows", "homes", 3, 50]));
        let at = |version, dataset| begin_at(version, Some(&cursor), dataset);
        assert_eq!(at(None, "homes"), Some((Some(3), 50)));
        assert_eq!(at(Some(3), "homes"), Some((Some(3), 50)));
        assert_eq!(at(Some(2), "homes"), None);
        assert_eq!(at(None, "posts"), None);
        assert_eq!(begin_at(None, Some("zz"), "homes"), None);
        assert_eq!(begin_at(Some(2), None, "homes"), Some((Some(2), 0)));
    }
}
