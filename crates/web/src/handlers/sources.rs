//! Sources: the list, one of them with its runs, reading it now or once more, and the bytes as they were received.
//!
//! Must never read a source itself: that is a job. Must never tell a stranger what an outside place answered.

use crate::auth::visit::Visit;
use crate::error::WebError;
use crate::form::{Answers, Query};
use crate::pages::layout::Section;
use crate::pages::parts::{Entry, Link, Timeline};
use crate::pages::{JobLine, SourceLine, SourcePage, SourceRun, SourcesPage, links};
use crate::show;
use crate::state::{App, SourceFacts};
use crate::wording::Words;
use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use model::Permission;
use std::collections::{BTreeMap, BTreeSet};
use store::evidence::RunTrace;
use store::jobs::Job;
use store::sources::SourceState;
use store::{Entry as LogEntry, NewEntry, Page};

/// Runs that the page of a source lists.
const RUNS: usize = 50;
/// Jobs that the page of a source lists.
const JOBS: i64 = 5;
/// Entries of the log in which is looked for what people asked for.
const LOOK_BACK: i64 = 1_000;
/// Problems read at once.
const PROBLEMS_AT_ONCE: i64 = 1_000;
/// What the log calls the wish of a person to read a source.
const ASKED: &str = "source";

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(links::SOURCES, get(list))
        .route("/sources/{name}", get(one))
        .route("/sources/{name}/read", post(read))
        .route("/sources/{name}/replay", post(replay))
        .route("/sources/{name}/jobs/{id}/cancel", post(cancel))
        .route("/sources/{name}/received/{hash}", get(received))
}

/// Where the bytes of a received file are.
pub(crate) fn received_path(source: &str, hash: &str, file: &str) -> String {
    let file = percent_encoding::utf8_percent_encode(file, percent_encoding::NON_ALPHANUMERIC);
    format!("{}/received/{hash}?file={file}", links::source(source))
}

/// Title of a source as links show it; its name where the office no longer configures it.
pub(crate) fn link(app: &App, name: &str) -> Link {
    let facts = app.office.sources.iter().find(|facts| facts.name == name);
    Link::new(facts.map_or(name, |facts| &facts.title), links::source(name))
}

fn facts<'a>(app: &'a App, name: &str) -> Result<&'a SourceFacts, WebError> {
    app.office.sources.iter().find(|facts| facts.name == name).ok_or(WebError::NotFound)
}

async fn list(visit: Visit) -> Result<Response, WebError> {
    visit.require(Permission::ReadOpen).await?;
    let app = &visit.app;
    let states = app.store.source_states().await?;
    let groups = app.store.problem_groups().await?;
    let mut lines = Vec::new();
    for facts in &app.office.sources {
        let state = states.iter().find(|state| state.source == facts.name);
        let of_it = groups.iter().filter(|group| group.source == facts.name);
        let problems = of_it.map(|group| group.count.unsigned_abs()).sum();
        lines.push(SourceLine {
            source: Link::new(&facts.title, links::source(&facts.name)),
            standing: facts.standing,
            simulated: facts.simulated,
            licence: facts.licence.clone(),
            state: word(state, problems),
            ran: state.map(|state| state.at),
            rows: rows_now(app, facts).await?,
            problems,
        });
    }
    lines.sort_by(|a, b| a.source.text.cmp(&b.source.text));
    show::page(&SourcesPage { frame: visit.frame(Section::Sources), lines })
}

/// How the last look went, as pages word it.
fn word(state: Option<&SourceState>, problems: u64) -> &'static str {
    match state {
        None => "never",
        Some(state) if state.state == "failed" => "failed",
        Some(_) if problems > 0 => "problems",
        Some(_) => "fine",
    }
}

/// Rows that hold now and came from this source.
async fn rows_now(app: &App, facts: &SourceFacts) -> Result<u64, WebError> {
    let mut rows = 0;
    for dataset in &facts.datasets {
        let Some(version) = app.store.dataset_version(dataset).await? else { continue };
        let table = app.lake.read(dataset, version).await?;
        let Some(column) = table.column("_source") else { continue };
        rows += (0..table.len()).filter(|row| column.text(*row) == Some(&facts.name)).count() as u64;
    }
    Ok(rows)
}

async fn one(visit: Visit, Path(name): Path<String>) -> Result<Response, WebError> {
    visit.require(Permission::ReadOpen).await?;
    let (app, words) = (&visit.app, &visit.words);
    let facts = facts(app, &name)?;
    let state = app.store.source_states().await?.into_iter().find(|state| state.source == name);
    let problems = problems_by_file(app, &name).await?;
    let mut runs = runs(app, facts).await?;
    if let Some(state) = &state {
        add_last_look(&mut runs, state, visit.may(Permission::WorkSources));
    }
    runs.truncate(RUNS);
    let page = SourcePage {
        frame: visit.frame(Section::Sources),
        title: facts.title.clone(),
        about: facts.publisher.clone(),
        address: facts.address.clone(),
        standing: facts.standing,
        simulated: facts.simulated,
        licence: facts.licence.clone(),
        schedule: schedule(words, facts.every_hours),
        intake: words.say("source-intake-all"),
        connector: facts.connector.clone(),
        dataset: dataset(app, facts).await?,
        proved: Vec::new(),
        decisions: crate::reliance::decisions_of(app, facts).await?,
        jobs: jobs(&visit, &name).await?,
        runs,
        problems: problems.values().sum(),
        problems_href: format!("{}{}", links::PROBLEMS, Query::default().with(&[("source", &name)])),
        timeline: timeline(&visit, &name).await?,
        name,
    };
    show::page(&page)
}

fn schedule(words: &Words, hours: u32) -> String {
    if hours == 0 { words.say("source-schedule-asked") } else { words.say1("source-schedule-hours", "hours", hours) }
}

/// The first dataset that the source fills and that readers may see.
async fn dataset(app: &App, facts: &SourceFacts) -> Result<Link, WebError> {
    for name in &facts.datasets {
        if let Some(dataset) = app.store.dataset(name).await?.filter(|dataset| !dataset.restricted) {
            return Ok(Link::new(dataset.title, links::dataset(name)));
        }
    }
    Ok(Link::new(facts.datasets.first().map_or("", String::as_str), links::DATASETS))
}

/// Open problems of a source by the file they stand in.
async fn problems_by_file(app: &App, source: &str) -> Result<BTreeMap<String, u64>, WebError> {
    let mut counts = BTreeMap::new();
    let mut number = 1;
    loop {
        let page = app.store.problems(source, "", Page::new(number, PROBLEMS_AT_ONCE)).await?;
        let pages = page.pages();
        for known in page.rows {
            *counts.entry(known.problem.place.file).or_default() += 1;
        }
        if number >= pages {
            return Ok(counts);
        }
        number += 1;
    }
}

/// What was read, newest first: one run for each received file that changed rows.
async fn runs(app: &App, facts: &SourceFacts) -> Result<Vec<SourceRun>, WebError> {
    let mut entries = Vec::new();
    for dataset in &facts.datasets {
        entries.extend(app.store.dataset_history(dataset).await?);
    }
    entries.retain(|entry| entry.note["source"].as_str() == Some(&facts.name));
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.position));
    Ok(told(&entries, &app.store.run_traces(&facts.name).await?))
}

/// Runs as the log tells them, with what the store still has of each. What it has no more is not known, and not nothing.
fn told(entries: &[LogEntry], traces: &BTreeMap<String, RunTrace>) -> Vec<SourceRun> {
    let mut newest_of = BTreeSet::new();
    let mut runs: Vec<(&str, SourceRun)> = Vec::new();
    for entry in entries {
        let counted = ["added", "changed", "removed"].map(|name| entry.note[name].as_u64().unwrap_or(0));
        let rows: u64 = counted.iter().sum();
        if let Some((_, run)) = runs.last_mut().filter(|(activity, _)| *activity == entry.activity) {
            run.rows += rows;
            continue;
        }
        let newest = newest_of.insert(entry.note["file"].as_str().unwrap_or_default());
        let trace = traces.get(&entry.activity).copied().unwrap_or_default();
        // Problems of a file are replaced when it comes again: only those of the newest one of a name are all there.
        let problems = newest.then(|| trace.problems.unsigned_abs());
        let state = if problems.is_some_and(|problems| problems > 0) { "problems" } else { "fine" };
        let bytes = trace.bytes.map(i64::unsigned_abs);
        runs.push((&entry.activity, SourceRun { at: entry.at, state, rows, problems, bytes, failure: String::new() }));
    }
    runs.into_iter().map(|(_, run)| run).collect()
}

/// Puts the last look before the runs, where it changed no row: it failed, or there was nothing new.
fn add_last_look(runs: &mut Vec<SourceRun>, state: &SourceState, may_work: bool) {
    let failed = state.state == "failed";
    let newer = runs.first().is_none_or(|run| state.at > run.at);
    if !failed && !newer {
        return;
    }
    let failure = if failed && may_work { state.message.clone() } else { String::new() };
    let word = if failed { "failed" } else { "unchanged" };
    runs.insert(0, SourceRun { at: state.at, state: word, rows: 0, problems: None, bytes: None, failure });
}

/// What people asked of this source.
async fn timeline(visit: &Visit, source: &str) -> Result<Timeline, WebError> {
    let (app, words) = (&visit.app, &visit.words);
    let entries = app.store.newest_entries(LOOK_BACK).await?;
    let asked =
        entries.into_iter().filter(|entry| entry.kind == ASKED && entry.note["source"].as_str() == Some(source));
    let entry = |entry: LogEntry| Entry {
        at: entry.at,
        who: if visit.may(Permission::WorkSources) { entry.agent } else { app.office.name.clone() },
        what: words.say(match entry.note["asked"].as_str() {
            Some("replay") => "source-replay",
            Some("cancel") => "job-cancel",
            _ => "source-read-now",
        }),
        detail: String::new(),
        links: Vec::new(),
        withdrawn: false,
    };
    Ok(Timeline::new(words, asked.map(entry).collect()))
}

async fn read(Path(name): Path<String>, answers: Answers) -> Result<Response, WebError> {
    ask(&answers.visit, &name, "look").await
}

async fn replay(Path(name): Path<String>, answers: Answers) -> Result<Response, WebError> {
    ask(&answers.visit, &name, "replay").await
}

/// Queues a job for the worker, in the name of whoever asked.
async fn ask(visit: &Visit, name: &str, job: &str) -> Result<Response, WebError> {
    visit.require(Permission::WorkSources).await?;
    let app = &visit.app;
    let facts = facts(app, name)?;
    let mut writer = app.store.begin(&app.activity(job, &visit.viewer.account)).await?;
    let payload = serde_json::json!({"source": facts.name});
    let queued = writer.queue_job(&app.new_id(), job, &facts.name, &payload).await?;
    if queued {
        writer.append(&NewEntry::about(ASKED, serde_json::json!({"source": facts.name, "asked": job}))).await?;
        writer.commit().await?;
    }
    Ok(show::go(&links::source(name), if queued { "done-source-queued" } else { "done-source-waiting" }))
}

/// The newest jobs about a source, for those who work on sources: what went wrong may tell of the office's network.
async fn jobs(visit: &Visit, source: &str) -> Result<Vec<JobLine>, WebError> {
    if !visit.may(Permission::WorkSources) {
        return Ok(Vec::new());
    }
    let found = visit.app.store.jobs_of(source, JOBS).await?;
    let line = |job: Job| {
        let open = matches!(job.state.as_str(), "queued" | "running");
        let units = (job.done.unsigned_abs(), job.total.unsigned_abs());
        JobLine {
            progress: (job.state == "running" && units.1 > 0).then_some(units),
            again: (job.state == "queued" && job.attempts > 0).then_some(job.run_after),
            cancel: open.then(|| format!("{}/jobs/{}/cancel", links::source(source), job.id)),
            asked: job.name,
            at: job.created_at,
            message: job.message,
            state: job.state,
        }
    };
    Ok(found.into_iter().map(line).collect())
}

/// Cancels a job; what it committed is kept.
async fn cancel(Path((name, id)): Path<(String, String)>, answers: Answers) -> Result<Response, WebError> {
    let visit = &answers.visit;
    visit.require(Permission::WorkSources).await?;
    let app = &visit.app;
    let source = facts(app, &name)?;
    let mut writer = app.store.begin(&app.activity("cancel", &visit.viewer.account)).await?;
    let ended = writer.cancel_job(&id, &source.name).await?;
    if ended {
        writer.append(&NewEntry::about(ASKED, serde_json::json!({"source": source.name, "asked": "cancel"}))).await?;
        writer.commit().await?;
    }
    Ok(show::go(&links::source(&name), if ended { "done-job-cancelled" } else { "done-job-ended" }))
}

/// Bytes as received, for those who mend the source; never those that hold personal data.
async fn received(
    visit: Visit,
    query: Query,
    Path((name, hash)): Path<(String, String)>,
) -> Result<Response, WebError> {
    visit.require(Permission::WorkSources).await?;
    let app = &visit.app;
    let facts = facts(app, &name)?;
    let datasets: Vec<&str> = facts.datasets.iter().map(String::as_str).collect();
    let restricted = app.store.datasets_named(&datasets).await?.iter().any(|dataset| dataset.restricted);
    if restricted || !app.store.received_before(&name, query.get("file"), &hash).await? {
        return Err(WebError::NotFound);
    }
    let bytes = app.lake.received_bytes(&hash).await?.ok_or(WebError::NotFound)?;
    let disposition = format!("attachment; filename=\"{name}-{}\"", hash.get(..12).unwrap_or(&hash));
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(state: &str, at: &str) -> SourceState {
        SourceState {
            source: "posts".to_owned(),
            state: state.to_owned(),
            message: "10.0.0.7 did not answer".to_owned(),
            etag: String::new(),
            at: at.parse().expect("a moment"),
        }
    }

    #[test]
    fn a_look_that_changed_nothing_is_a_run_too() {
        let run = |at: &str| SourceRun {
            at: at.parse().expect("a moment"),
            state: "fine",
            rows: 3,
            problems: Some(0),
            bytes: Some(9),
            failure: String::new(),
        };
        let after = |state: &SourceState, may_work| {
            let mut runs = vec![run("2026-11-25T06:00:00Z")];
            add_last_look(&mut runs, state, may_work);
            runs.iter().map(|run| (run.state, run.failure.clone())).collect::<Vec<_>>()
        };
        let fine = ("fine", String::new());
        assert_eq!(after(&state("read", "2026-11-25T06:00:00Z"), true), std::slice::from_ref(&fine));
        let unchanged = ("unchanged", String::new());
        assert_eq!(after(&state("read", "2026-11-25T07:00:00Z"), true), [unchanged, fine.clone()]);
        let failed = state("failed", "2026-11-25T07:00:00Z");
        assert_eq!(after(&failed, true)[0], ("failed", failed.message.clone()));
        assert_eq!(after(&failed, false)[0], ("failed", String::new()), "strangers hear nothing of the network");
    }

    #[test]
    fn what_is_not_known_of_a_run_is_not_nothing() {
        let entry = |position: i64, activity: &str, file: &str| LogEntry {
            position,
            activity: activity.to_owned(),
            stage: "ingest".to_owned(),
            agent: "counterflow".to_owned(),
            kind: "rows".to_owned(),
            dataset: "posts".to_owned(),
            version: position,
            note: serde_json::json!({"file": file, "added": 2, "changed": 1}),
            at: "2026-11-25T06:00:00Z".parse().expect("a moment"),
        };
        let entries = [entry(5, "c", "a.csv"), entry(4, "b", "b.csv"), entry(3, "b", "b.csv"), entry(1, "a", "a.csv")];
        let traces = BTreeMap::from([
            ("c".to_owned(), RunTrace { bytes: Some(70), problems: 4 }),
            ("b".to_owned(), RunTrace { bytes: Some(9), problems: 0 }),
            ("a".to_owned(), RunTrace { bytes: Some(60), problems: 0 }),
        ]);
        let found = told(&entries, &traces);
        let told: Vec<_> = found.iter().map(|run| (run.state, run.rows, run.problems, run.bytes)).collect();
        assert_eq!(
            told,
            [("problems", 3, Some(4), Some(70)), ("fine", 6, Some(0), Some(9)), ("fine", 3, None, Some(60)),]
        );
    }

    #[test]
    fn the_state_of_a_source_is_its_worst_news() {
        let read = state("read", "2026-11-25T06:00:00Z");
        assert_eq!([word(None, 0), word(Some(&read), 0), word(Some(&read), 2)], ["never", "fine", "problems"]);
        assert_eq!(word(Some(&state("failed", "2026-11-25T06:00:00Z")), 2), "failed");
    }
}
