//! Datasets: the list, one at a version with its rows, one row, files to take along, and the catalogue.
//!
//! Must never show or even name a restricted dataset, nor a version that the log does not name.

use crate::auth::visit::Visit;
use crate::error::{FieldFault, WebError};
use crate::form::Query;
use crate::pages::layout::Section;
use crate::pages::parts::{Direction, Field, Filters, Kind, Link, Pager, Sort};
use crate::pages::{
    ColumnLine, DatasetLine, DatasetPage, DatasetsPage, Distribution, RowPage, RowValue, VersionLine, links,
};
use crate::state::App;
use crate::{book, show};
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use model::table::ColumnData;
use model::{Column, ColumnType, Permission, Standing, Table, Value};
use publish::catalog::{Published, Publisher, data_json};
use publish::export;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::Entry;
use store::datasets::Dataset;

/// Columns that the list of rows shows, besides those that narrow or order it.
const COLUMNS_SHOWN: usize = 8;
/// Columns of text that have a field of their own among the filters.
const FIELDS_SHOWN: usize = 3;
/// Versions that the page lists.
const VERSIONS_SHOWN: usize = 50;
/// Names in the address that are no columns.
const NO_COLUMNS: [&str; 6] = ["version", "page", "sort", "q", "done", "lang"];
/// Ends a name in the address whose value need only be contained.
const CONTAINS: &str = "__contains";

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(links::DATASETS, get(list))
        .route("/datasets/{name}", get(page_or_file))
        .route("/datasets/{name}/rows/{id}", get(row))
        .route("/data.json", get(catalogue))
}

async fn list(visit: Visit) -> Result<Response, WebError> {
    visit.require(Permission::ReadOpen).await?;
    let app = &visit.app;
    let mut lines = Vec::new();
    for (dataset, newest) in open_datasets(app).await? {
        lines.push(DatasetLine {
            rows: app.lake.read(&dataset.name, newest.version).await?.len() as u64,
            dataset: Link::new(dataset.title, links::dataset(&dataset.name)),
            about: dataset.summary,
            standing: dataset.standing,
            simulated: dataset.simulated,
            changed: newest.at,
            licence: dataset.licence,
        });
    }
    show::page(&DatasetsPage { frame: visit.frame(Section::Datasets), lines })
}

/// Every dataset that has rows and may be seen, with the entry that named its newest version.
async fn open_datasets(app: &App) -> Result<Vec<(Dataset, Entry)>, WebError> {
    let mut found = Vec::new();
    for dataset in app.store.datasets().await?.into_iter().filter(|dataset| !dataset.restricted) {
        if let Some(newest) = app.store.dataset_history(&dataset.name).await?.into_iter().next() {
            found.push((dataset, newest));
        }
    }
    Ok(found)
}

/// A dataset at one version.
struct At {
    dataset: Dataset,
    /// Entries that named its versions, newest first.
    history: Vec<Entry>,
    /// The one that is looked at.
    entry: Entry,
}

impl At {
    /// The dataset at the version that the query names, or at the newest.
    async fn find(app: &App, name: &str, query: &Query) -> Result<Self, WebError> {
        let dataset = app.store.dataset(name).await?.filter(|dataset| !dataset.restricted).ok_or(WebError::NotFound)?;
        let history = app.store.dataset_history(name).await?;
        let wanted = query.get("version");
        let entry = if wanted.is_empty() {
            history.first()
        } else {
            let version: i64 = wanted.parse().map_err(|_| WebError::NotFound)?;
            history.iter().find(|entry| entry.version == version)
        };
        let entry = entry.cloned().ok_or(WebError::NotFound)?;
        Ok(Self { dataset, history, entry })
    }

    async fn table(&self, app: &App) -> Result<Arc<Table>, WebError> {
        Ok(app.lake.read(&self.dataset.name, self.entry.version).await?)
    }
}

async fn page_or_file(
    visit: Visit,
    query: Query,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    visit.require(Permission::ReadOpen).await?;
    match name.split_once('.') {
        None => page(&visit, &query, &name).await,
        Some((name, ending)) => file(&visit, &query, name, ending, &headers).await,
    }
}

async fn page(visit: &Visit, query: &Query, name: &str) -> Result<Response, WebError> {
    let app = &visit.app;
    let at = At::find(app, name, query).await?;
    let table = at.table(app).await?;
    let view = View::read(query, &table)?;
    let (held, asked) = (table.clone(), view.clone());
    let found = tokio::task::spawn_blocking(move || asked.rows(&held))
        .await
        .map_err(|error| WebError::Internal(error.to_string()))?;
    let size = app.office.rows_page.unsigned_abs().max(1);
    let pager = Pager::new(&visit.words, found.len() as u64, query.page().unsigned_abs(), size, |page| {
        query.with(&[("page", &page.to_string())])
    });
    let start = usize::try_from(pager.first.saturating_sub(1)).unwrap_or(usize::MAX);
    let shown = view.columns(&table);
    let version = at.entry.version;
    let line = |row: &usize| {
        let href = links::row(name, version, table.text(*row, "_id").unwrap_or_default());
        (href, shown.iter().map(|column| column.value(*row)).collect::<Vec<Value>>())
    };
    let rows = found.iter().skip(start).take(usize::try_from(size).unwrap_or(usize::MAX)).map(line).collect();
    let newest = at.history.first().filter(|newest| newest.version != version);
    let page = DatasetPage {
        frame: visit.frame(Section::Datasets),
        name: at.dataset.title.clone(),
        about: at.dataset.summary.clone(),
        standing: at.dataset.standing,
        simulated: at.dataset.simulated,
        licence: Link::new(&at.dataset.licence, &at.dataset.licence_url),
        version,
        changed: at.entry.at,
        newest: newest.map(|newest| Link::new(newest.version.to_string(), links::dataset(name))),
        sources: came_from(app, &at, &table).await?,
        used_in: used_in(app, name).await?,
        columns: table.columns().iter().map(column_line).collect(),
        versions: at.history.iter().take(VERSIONS_SHOWN).map(|entry| version_line(visit, name, entry)).collect(),
        distributions: [("CSV", "csv"), ("JSON", "json"), ("Parquet", "parquet")]
            .map(|(label, ending)| Distribution { name: label, href: links::distribution(name, ending, version) })
            .to_vec(),
        filters: view.filters(visit, name, query, &table),
        heads: shown.iter().map(|column| view.head(column, query)).collect(),
        rows,
        pager,
    };
    show::page(&page)
}

fn column_line(column: &Column) -> ColumnLine {
    let known = match &column.data {
        ColumnData::Text(text) => &text.valid,
        ColumnData::Integer(fixed) | ColumnData::Timestamp(fixed) => &fixed.valid,
        ColumnData::Number(fixed) => &fixed.valid,
        ColumnData::Flag(fixed) => &fixed.valid,
        ColumnData::Date(fixed) => &fixed.valid,
    };
    let filled = known.iter().filter(|known| **known).count() as f64 / known.len().max(1) as f64;
    ColumnLine { name: column.name.clone(), kind: column.kind(), about: String::new(), filled }
}

fn version_line(visit: &Visit, name: &str, entry: &Entry) -> VersionLine {
    let words = &visit.words;
    let what = match entry.note["source"].as_str() {
        Some(source) => words.say1("dataset-version-read", "what", super::sources::link(&visit.app, source).text),
        None => words.say("dataset-version-made"),
    };
    let href = format!("{}?version={}", links::dataset(name), entry.version);
    VersionLine { version: entry.version, at: entry.at, what, href }
}

/// Where the rows come from: their sources, or the datasets that they were made from.
async fn came_from(app: &App, at: &At, table: &Table) -> Result<Vec<Link>, WebError> {
    if let Some(column) = table.column("_source") {
        let names: BTreeSet<&str> = (0..table.len()).filter_map(|row| column.text(row)).collect();
        return Ok(names.into_iter().map(|name| super::sources::link(app, name)).collect());
    }
    let Some(inputs) = at.entry.note["inputs"].as_object() else { return Ok(Vec::new()) };
    let names: Vec<&str> = inputs.keys().map(String::as_str).collect();
    let open = app.store.datasets_named(&names).await?.into_iter().filter(|dataset| !dataset.restricted);
    Ok(open.map(|dataset| Link::new(dataset.title, links::dataset(&dataset.name))).collect())
}

/// Datasets whose newest version was made from this one.
async fn used_in(app: &App, name: &str) -> Result<Vec<Link>, WebError> {
    let open = open_datasets(app).await?.into_iter();
    let made = open.filter(|(_, newest)| newest.note["inputs"].get(name).is_some());
    Ok(made.map(|(dataset, _)| Link::new(dataset.title, links::dataset(&dataset.name))).collect())
}

/// What a reader wants to see of the rows.
#[derive(Clone, Debug, Default)]
struct View {
    tests: Vec<Test>,
    /// Text that some column of text contains, in small letters; empty for any row.
    anywhere: String,
    /// The column that orders, and whether the largest comes first.
    sort: Option<(String, bool)>,
}

/// What a column has to say.
#[derive(Clone, Debug)]
struct Test {
    column: String,
    value: String,
    /// The value need only be contained, in small or large letters.
    contains: bool,
}

impl View {
    /// Reads the query; a name that is no column is a fault: who mistypes a filter must not get all rows.
    fn read(query: &Query, table: &Table) -> Result<Self, WebError> {
        let fault = |name: &str| {
            let detail = format!("`{name}` is no column of this dataset at this version");
            WebError::Invalid(vec![FieldFault::new(name, "fault-choice", detail)])
        };
        let mut view = Self { anywhere: query.get("q").trim().to_lowercase(), ..Self::default() };
        for (name, value) in
            query.0.iter().filter(|(name, value)| !NO_COLUMNS.contains(&name.as_str()) && !value.is_empty())
        {
            let (column, contains) = match name.strip_suffix(CONTAINS) {
                Some(column) => (column, true),
                None => (name.as_str(), false),
            };
            table.column(column).ok_or_else(|| fault(name))?;
            let value = if contains { value.trim().to_lowercase() } else { value.clone() };
            view.tests.push(Test { column: column.to_owned(), value, contains });
        }
        let sort = query.get("sort");
        if !sort.is_empty() {
            let column = sort.strip_prefix('-').unwrap_or(sort);
            table.column(column).ok_or_else(|| fault("sort"))?;
            view.sort = Some((column.to_owned(), sort.starts_with('-')));
        }
        Ok(view)
    }

    /// Numbers of the rows that fit, in order.
    fn rows(&self, table: &Table) -> Vec<usize> {
        let tests: Vec<(&Test, &Column)> =
            self.tests.iter().filter_map(|test| Some((test, table.column(&test.column)?))).collect();
        let texts: Vec<&Column> = table.columns().iter().filter(|column| plain_text(column)).collect();
        let said = |column: &Column, row: usize, value: &str| {
            column.text(row).is_some_and(|text| text.to_lowercase().contains(value))
        };
        let fits = |row: &usize| {
            tests.iter().all(|(test, column)| test.fits(column, *row))
                && (self.anywhere.is_empty() || texts.iter().any(|column| said(column, *row, &self.anywhere)))
        };
        let mut rows: Vec<usize> = (0..table.len()).filter(fits).collect();
        if let Some((name, descending)) = &self.sort
            && let Some(column) = table.column(name)
        {
            rows.sort_by(|a, b| order(column, *a, *b, *descending));
        }
        rows
    }

    /// The columns shown: the first ones, and those that narrow or order the rows.
    fn columns<'a>(&self, table: &'a Table) -> Vec<&'a Column> {
        let asked = |column: &Column| {
            self.tests.iter().any(|test| test.column == column.name)
                || self.sort.as_ref().is_some_and(|(name, _)| *name == column.name)
        };
        let first: BTreeSet<&str> = table
            .columns()
            .iter()
            .filter(|column| plain(column))
            .take(COLUMNS_SHOWN)
            .map(|column| column.name.as_str())
            .collect();
        table.columns().iter().filter(|column| first.contains(column.name.as_str()) || asked(column)).collect()
    }

    fn head(&self, column: &Column, query: &Query) -> Sort {
        let direction = self.sort.as_ref().filter(|(name, _)| *name == column.name);
        let direction = direction.map(|(_, down)| if *down { Direction::Descending } else { Direction::Ascending });
        let minus = if direction == Some(Direction::Ascending) { "-" } else { "" };
        let next = format!("{minus}{}", column.name);
        Sort::new(&column.name, format!("{}#rows", query.with(&[("sort", &next), ("page", "")])), direction)
    }

    fn filters(&self, visit: &Visit, name: &str, query: &Query, table: &Table) -> Filters {
        let words = &visit.words;
        let mut fields = vec![Field::new(words, "q", Kind::Search, query.get("q"))];
        for column in table.columns().iter().filter(|column| plain_text(column)).take(FIELDS_SHOWN) {
            let field = format!("{}{CONTAINS}", column.name);
            fields.push(Field::new(words, &field, Kind::Search, query.get(&field)).labelled(&column.name));
        }
        // What the form does not ask for stays as it is in the address.
        let stays = |name: &str| !["page", "done"].contains(&name) && fields.iter().all(|field| field.name != name);
        let kept = query.0.iter().filter(|(name, value)| stays(name) && !value.is_empty()).cloned().collect();
        let set = !self.tests.is_empty() || !self.anywhere.is_empty();
        Filters::new(words, &links::dataset(name), fields, kept, set)
    }
}

impl Test {
    fn fits(&self, column: &Column, row: usize) -> bool {
        match (column.text(row), self.contains) {
            (Some(text), true) => text.to_lowercase().contains(&self.value),
            (Some(text), false) => text == self.value,
            (None, true) => column.value(row).to_string().contains(&self.value),
            (None, false) => column.value(row).to_string() == self.value,
        }
    }
}

/// Columns that came with the rows, not those that say where a row is from.
fn plain(column: &Column) -> bool {
    !column.name.starts_with('_')
}

fn plain_text(column: &Column) -> bool {
    plain(column) && column.kind() == ColumnType::Text
}

/// Compares two rows by a column; what is not known comes last, whichever way it is ordered.
fn order(column: &Column, a: usize, b: usize, descending: bool) -> Ordering {
    fn known<T>(a: Option<T>, b: Option<T>, descending: bool, compare: impl Fn(&T, &T) -> Ordering) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) if descending => compare(&b, &a),
            (Some(a), Some(b)) => compare(&a, &b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }
    match &column.data {
        ColumnData::Text(text) => known(text.get(a), text.get(b), descending, Ord::cmp),
        ColumnData::Integer(fixed) | ColumnData::Timestamp(fixed) => {
            known(fixed.get(a), fixed.get(b), descending, Ord::cmp)
        }
        ColumnData::Number(fixed) => known(fixed.get(a), fixed.get(b), descending, f64::total_cmp),
        ColumnData::Flag(fixed) => known(fixed.get(a), fixed.get(b), descending, Ord::cmp),
        ColumnData::Date(fixed) => known(fixed.get(a), fixed.get(b), descending, Ord::cmp),
    }
}

async fn row(visit: Visit, query: Query, Path((name, id)): Path<(String, String)>) -> Result<Response, WebError> {
    visit.require(Permission::ReadOpen).await?;
    let app = &visit.app;
    let at = At::find(app, &name, &query).await?;
    let table = at.table(app).await?;
    let row = table.row_of(&id).ok_or(WebError::NotFound)?;
    let source = table.text(row, "_source");
    let recorded_at = match table.value(row, "_recorded_at") {
        Value::Timestamp(moment) => moment,
        _ => at.entry.at,
    };
    let received = match (source, table.text(row, "_received"), table.text(row, "_file")) {
        (Some(source), Some(hash), Some(file)) if visit.may(Permission::WorkSources) => {
            Some(super::sources::received_path(source, hash, file))
        }
        _ => None,
    };
    let version = at.entry.version;
    let dataset = Link::new(at.dataset.title, format!("{}?version={version}", links::dataset(&name)));
    let value = |column: &Column| RowValue { column: column.name.clone(), value: column.value(row) };
    let page = RowPage {
        frame: visit.frame(Section::Datasets),
        version,
        values: table.columns().iter().map(value).collect(),
        standing: table.text(row, "_standing").and_then(standing).unwrap_or(at.dataset.standing),
        simulated: at.dataset.simulated,
        source: source.map_or_else(|| dataset.clone(), |source| super::sources::link(app, source)),
        recorded_at,
        licence: at.dataset.licence,
        received,
        about: homes_of(app, &name, &table, row, &id).await?,
        dataset,
        id,
    };
    show::page(&page)
}

fn standing(word: &str) -> Option<Standing> {
    [Standing::Official, Standing::Community, Standing::Contributor].into_iter().find(|one| one.word() == word)
}

/// Homes that a row speaks about: itself, the one it names, or those it was brought together into.
async fn homes_of(app: &App, name: &str, table: &Table, row: usize, id: &str) -> Result<Vec<Link>, WebError> {
    let mut entities: BTreeSet<String> = table.text(row, "entity").map(str::to_owned).into_iter().collect();
    if name == "homes" {
        entities.insert(id.to_owned());
    }
    if let Some(version) = app.store.dataset_version("home_members").await? {
        let members = app.lake.read("home_members", version).await?;
        let of_it =
            |row: &usize| members.text(*row, "record") == Some(id) && members.text(*row, "dataset") == Some(name);
        entities
            .extend((0..members.len()).filter(of_it).filter_map(|row| Some(members.text(row, "entity")?.to_owned())));
    }
    let book = book::current(app).await?;
    let homes = entities.iter().filter_map(|entity| book.home(entity));
    Ok(homes.map(|home| Link::new(&home.name, links::home(&home.id))).collect())
}

/// A version of a dataset as a file. Its tag names dataset, version and form, which together never change.
async fn file(
    visit: &Visit,
    query: &Query,
    name: &str,
    ending: &str,
    headers: &HeaderMap,
) -> Result<Response, WebError> {
    let app = &visit.app;
    let kind = match ending {
        "csv" => "text/csv; charset=utf-8; header=present",
        "json" => "application/json",
        "parquet" => "application/vnd.apache.parquet",
        _ => return Err(WebError::NotFound),
    };
    let at = At::find(app, name, query).await?;
    let (version, simulated) = (at.entry.version, at.dataset.simulated);
    let tag = format!("\"{name}-{version}-{ending}\"");
    let mut said = HeaderMap::new();
    let mut say = |name: header::HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            said.insert(name, value);
        }
    };
    say(header::ETAG, &tag);
    // Kept by whoever asks, who asks each time whether it still holds: a newer version may have come.
    say(header::CACHE_CONTROL, "no-cache");
    if simulated {
        say(header::HeaderName::from_static("x-simulated"), "true");
    }
    if !at.dataset.licence_url.is_empty() {
        say(header::LINK, &format!("<{}>; rel=\"license\"", at.dataset.licence_url));
    }
    if known_already(headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, said).into_response());
    }
    say(header::CONTENT_TYPE, kind);
    say(header::CONTENT_DISPOSITION, &format!("attachment; filename=\"{name}-{version}.{ending}\""));
    let body = if ending == "parquet" {
        app.lake.parquet(name, version).await?
    } else {
        let (table, as_csv) = (at.table(app).await?, ending == "csv");
        tokio::task::spawn_blocking(move || written(&table, simulated, as_csv))
            .await
            .map_err(|error| WebError::Internal(error.to_string()))?
            .map_err(|error| WebError::Internal(error.to_string()))?
    };
    Ok((said, body).into_response())
}

/// True where whoever asks has what the tag names (RFC 9110, `If-None-Match`).
fn known_already(headers: &HeaderMap, tag: &str) -> bool {
    let all = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = all.flat_map(|line| line.split(',')).map(|one| one.trim().trim_start_matches("W/"));
    tags.any(|one| one == tag || one == "*")
}

/// All rows as CSV or JSON; each simulated one says that it is.
fn written(table: &Table, simulated: bool, as_csv: bool) -> std::io::Result<Vec<u8>> {
    let marked;
    let table = if simulated && table.column("simulated").is_none() {
        marked = with_mark(table);
        &marked
    } else {
        table
    };
    let mut out = Vec::new();
    if as_csv {
        export::csv(table, export::Reader::Spreadsheet, &mut out)?;
        return Ok(out);
    }
    out.extend_from_slice(b"[");
    for row in 0..table.len() {
        out.extend_from_slice(if row == 0 { b"\n" } else { b",\n" });
        serde_json::to_writer(&mut out, &export::json_row(table, row))?;
    }
    out.extend_from_slice(b"\n]\n");
    Ok(out)
}

fn with_mark(table: &Table) -> Table {
    let mut mark = Column::new("simulated", ColumnType::Flag);
    for _ in 0..table.len() {
        mark.push(Value::Flag(true)).expect("a flag fits a column of flags");
    }
    let mut marked = table.clone();
    marked.add_column(mark).expect("it is as long as the table, which has no column of that name");
    marked
}

async fn catalogue(visit: Visit, headers: HeaderMap) -> Result<Response, WebError> {
    visit.require(Permission::ReadOpen).await?;
    let office = &visit.app.office;
    let published = open_datasets(&visit.app).await?.into_iter().map(|(dataset, newest)| Published {
        name: dataset.name,
        title: dataset.title,
        summary: dataset.summary,
        licence: dataset.licence,
        licence_url: dataset.licence_url,
        publisher: dataset.publisher,
        attribution: dataset.attribution,
        simulated: dataset.simulated,
        modified: model::time::date_of(newest.at).to_string(),
        version: newest.version,
    });
    let published: Vec<Published> = published.collect();
    let publisher = Publisher { name: &office.name, public_address: &office.public_address, contact: &office.contact };
    let body = data_json(&publisher, &published).to_string();
    let tag = format!("\"{}\"", model::ids::content_hash(body.as_bytes()));
    let said = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if known_already(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, said).into_response());
    }
    Ok((said, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::with_columns(&[
            ("_id", ColumnType::Text),
            ("name", ColumnType::Text),
            ("beds", ColumnType::Integer),
        ]);
        for (id, name, beds) in [("a", "Orr Lodge", Some(40)), ("b", "Elm", None), ("c", "Orrville", Some(9_i64))] {
            table.push_row(vec![id.into(), name.into(), beds.into()]).expect("the row fits");
        }
        table
    }

    fn found(query: &str) -> Vec<usize> {
        let query = Query(crate::form::pairs(query));
        View::read(&query, &table()).expect("columns that are there").rows(&table())
    }

    #[test]
    fn rows_are_narrowed_and_ordered() {
        assert_eq!(found(""), [0, 1, 2]);
        assert_eq!(found("name__contains=ORR&version=3"), [0, 2]);
        assert_eq!(found("name=Orr+Lodge"), [0]);
        assert_eq!(found("beds=9"), [2]);
        assert_eq!(found("q=elm"), [1]);
        assert_eq!(found("sort=beds"), [2, 0, 1], "what is not known comes last");
        assert_eq!(found("sort=-beds"), [0, 2, 1], "both ways");
        let mistyped = Query(crate::form::pairs("nmae=Elm"));
        assert!(matches!(View::read(&mistyped, &table()), Err(WebError::Invalid(_))));
    }

    #[test]
    fn simulated_files_say_so_in_every_row() {
        let csv = String::from_utf8(written(&table(), true, true).expect("memory can be written")).expect("UTF-8");
        assert_eq!(csv.lines().nth(2), Some("b,Elm,,true"));
        let json = written(&table(), true, false).expect("memory can be written");
        let rows: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
        assert_eq!(rows[2], serde_json::json!({"_id": "c", "name": "Orrville", "beds": 9, "simulated": true}));
        let real = String::from_utf8(written(&table(), false, true).expect("memory can be written")).expect("UTF-8");
        assert!(!real.contains("simulated"));
    }

    #[test]
    fn a_tag_that_is_known_is_found_among_others() {
        let mut headers = HeaderMap::new();
        assert!(!known_already(&headers, "\"homes-3-csv\""));
        headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static("\"x\", W/\"homes-3-csv\""));
        assert!(known_already(&headers, "\"homes-3-csv\""));
        assert!(!known_already(&headers, "\"homes-4-csv\""));
    }
}
