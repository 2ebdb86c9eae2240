//! The first page: what came in, what it changed, what waits, and how far outside evidence counted.

use crate::auth::visit::Visit;
use crate::error::WebError;
use crate::pages::layout::Section;
use crate::pages::parts::Link;
use crate::pages::{CameIn, Changed, FirstPage, FlowStep, OutsideShare, Waiting, links};
use crate::state::App;
use crate::{book, show};
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use model::Permission;
use store::Page;

/// Entries of the log that the page looks back over.
const LOOK_BACK: i64 = 200;
/// Lines of "what came in".
const CAME_IN_LINES: usize = 8;

pub(crate) fn routes() -> Router<App> {
    Router::new().route(links::FIRST, get(first))
}

async fn first(visit: Visit) -> Result<Response, WebError> {
    visit.require(Permission::ReadOpen).await?;
    let app = &visit.app;
    let entries = app.store.newest_entries(LOOK_BACK).await?;
    let groups = app.store.problem_groups().await?;
    let mut came_in: Vec<CameIn> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.stage == "ingest" && entry.kind == "rows") {
        let name = entry.note["source"].as_str().unwrap_or_default();
        let Some(source) = app.office.sources.iter().find(|source| source.name == name) else { continue };
        let href = links::source(name);
        let rows = entry.note["added"].as_u64().unwrap_or(0) + entry.note["changed"].as_u64().unwrap_or(0);
        if let Some(line) = came_in.iter_mut().find(|line| line.source.href == href) {
            line.rows += rows;
            continue;
        }
        if came_in.len() == CAME_IN_LINES {
            continue;
        }
        let problems: i64 = groups.iter().filter(|group| group.source == name).map(|group| group.count).sum();
        came_in.push(CameIn {
            source: Link::new(&source.title, href),
            standing: source.standing,
            simulated: source.simulated,
            rows,
            problems: problems.unsigned_abs(),
            at: entry.at,
        });
    }
    let page = FirstPage {
        frame: visit.frame(Section::First),
        waiting: waiting(&visit, &groups).await?,
        came_in,
        changed: changed(app).await?,
        outside: outside(app).await?,
        flow: flow(app).await?,
    };
    show::page(&page)
}

async fn waiting(visit: &Visit, groups: &[store::problems::ProblemGroup]) -> Result<Vec<Waiting>, WebError> {
    let store = &visit.app.store;
    let mut lines = Vec::new();
    let mut add = |kind, count: i64, href: String| {
        if count > 0 {
            lines.push(Waiting { kind, count: count.unsigned_abs(), href });
        }
    };
    if visit.may(Permission::ReadCases) {
        let (_, own, free) = store.case_counts(&visit.viewer.account).await?;
        add("cases", own, format!("{}?state=active&owner={}", links::CASES, visit.viewer.account));
        add("free_cases", free, format!("{}?state=active&owner=-", links::CASES));
    }
    if visit.may(Permission::Judge) {
        add("pairs", store.review_queue(Page::new(1, 1)).await?.total, links::REVIEW.to_owned());
    }
    if visit.may(Permission::WorkSignals) {
        let open = store.signals("", "open", "", Page::new(1, 1)).await?.total;
        add("signals", open, format!("{}?state=open", links::SIGNALS));
    }
    if visit.may(Permission::WorkSources) {
        add("problems", groups.iter().map(|group| group.count).sum(), links::PROBLEMS.to_owned());
    }
    Ok(lines)
}

async fn changed(app: &App) -> Result<Vec<Changed>, WebError> {
    let book = book::current(app).await?;
    let assessed = book.homes.iter().filter(|home| home.figures.iter().any(|figure| figure.enough)).count();
    let signals = app.store.signals("", "", "", Page::new(1, 1)).await?.total;
    let mut lines = Vec::new();
    if assessed > 0 {
        lines.push(Changed { kind: "homes_assessed", count: assessed as u64, href: links::HOMES.to_owned() });
    }
    if signals > 0 {
        lines.push(Changed { kind: "signals", count: signals.unsigned_abs(), href: links::SIGNALS.to_owned() });
    }
    Ok(lines)
}

async fn outside(app: &App) -> Result<OutsideShare, WebError> {
    let share = app.store.outside_use().await?;
    Ok(OutsideShare {
        cases: share.cases.unsigned_abs(),
        cases_with: share.cases_using.unsigned_abs(),
        decisions: share.decisions.unsigned_abs(),
        decisions_with: share.decisions_using.unsigned_abs(),
        decisions_changed: share.decisions_changed.unsigned_abs(),
        hrefs: [links::CASES, links::CASES, links::CASES].map(str::to_owned),
    })
}

async fn flow(app: &App) -> Result<Vec<FlowStep>, WebError> {
    let book = book::current(app).await?;
    let mut rows = 0;
    let mut released = 0;
    for dataset in app.store.datasets().await? {
        let Some(version) = app.store.dataset_version(&dataset.name).await? else { continue };
        released += u64::from(!dataset.restricted);
        if !dataset.derived {
            rows += app.lake.read(&dataset.name, version).await?.len() as u64;
        }
    }
    let assessed = book.homes.iter().flat_map(|home| &home.figures).filter(|figure| figure.enough).count();
    let decisions = app.store.outside_use().await?.decisions;
    let steps = [
        ("sources", app.office.sources.len() as u64, links::SOURCES),
        ("rows", rows, links::DATASETS),
        ("homes", book.homes.len() as u64, links::HOMES),
        ("assessed", assessed as u64, links::HOMES),
        ("decisions", decisions.unsigned_abs(), links::CASES),
        ("releases", released, links::DATASETS),
    ];
    Ok(steps.map(|(kind, count, href)| FlowStep { kind, count, href: href.to_owned() }).to_vec())
}
