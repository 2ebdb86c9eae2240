//! Signals: the list, one of them with why it is one, what people do with it, and the feed.
//!
//! Must never tell somebody who may not work on signals who does, or what they wrote about one.

use crate::auth::visit::Visit;
use crate::error::WebError;
use crate::form::{Answers, Query};
use crate::handlers::{page_of, titles_of};
use crate::pages::layout::Section;
use crate::pages::parts::{Choice, Entry, Field, Figure, Filters, Kind, Link, Pager, Quantity, Timeline};
use crate::pages::{ContributionLine, SignalLine, SignalPage, SignalsPage, WhyPage, WhyPart, links};
use crate::state::App;
use crate::wording::Words;
use crate::{book, show};
use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use decide::follow::look_again;
use decide::rooms::care::book::HomeBook;
use model::signal::{Signal, SignalKind};
use model::{Permission, Timestamp};
use publish::feed;
use std::collections::BTreeSet;
use store::signals::{ConcernedCase, KnownSignal, SignalStep};
use store::{NewEntry, Page};

/// The feed of signals.
const FEED: &str = "/signals.atom";
/// Signals that the feed holds.
const FEED_ENTRIES: i64 = 100;
/// Earlier signals that the page of one lists.
const EARLIER: i64 = 20;
/// Where a signal may stand.
pub(crate) const STATES: [&str; 4] = ["open", "taken", "dismissed", "settled"];
/// Letters that a reason has at least: "no" is none.
pub(crate) const SHORTEST_REASON: usize = 10;
/// Letters that a reason or an outcome has at most.
pub(crate) const LONGEST_TEXT: usize = 2_000;
/// Cases that the page of a signal leads to at most.
const CASES_SHOWN: usize = 20;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(links::SIGNALS, get(list))
        .route(FEED, get(atom))
        .route("/signals/{id}", get(one))
        .route("/signals/{id}/why", get(why))
        .route("/signals/{id}/take", post(take))
        .route("/signals/{id}/tasks", post(tasks))
        .route("/signals/{id}/dismiss", post(dismiss))
        .route("/signals/{id}/settle", post(settle))
}

/// What signals are worded with.
struct Known {
    book: std::sync::Arc<HomeBook>,
    simulated: BTreeSet<String>,
}

impl Known {
    async fn load(app: &App) -> Result<Self, WebError> {
        let registered = app.store.datasets().await?;
        let simulated = registered.into_iter().filter(|dataset| dataset.simulated).map(|dataset| dataset.name);
        Ok(Self { book: book::current(app).await?, simulated: simulated.collect() })
    }

    fn home(&self, entity: &str) -> Link {
        // Values that look filled in are found in a dataset, not about one home.
        match self.book.home(entity) {
            Some(home) => Link::new(&home.name, links::home(entity)),
            None => Link::new(entity, links::dataset(entity)),
        }
    }

    /// How big a signal is.
    fn size(&self, words: &Words, signal: &Signal) -> Figure {
        let kind = signal.kind;
        let id = format!("size-{}", signal.id).replace('_', "-");
        let about =
            format!("{}, {}", words.of("signal-kind", kind.word()), words.of_or_itself("aspect", &signal.aspect));
        let quantity = match kind {
            SignalKind::Coordination | SignalKind::FilledIn => Quantity::Share,
            _ => Quantity::Difference,
        };
        let figure = match kind {
            SignalKind::OfficialChanged | SignalKind::FilledIn => Figure::official(words, id, about, Some(signal.size)),
            _ => Figure::community(words, id, about, Some(signal.size)),
        };
        figure.counting(quantity).simulated(self.is_simulated(signal))
    }

    /// True where any row that went in is simulated.
    fn is_simulated(&self, signal: &Signal) -> bool {
        let mut records = signal.because.contributions.iter().filter_map(|part| part.record.as_ref());
        records.any(|record| self.simulated.contains(&record.dataset))
    }
}

/// The word of a state as pages take it.
pub(crate) fn state_word(known: &KnownSignal) -> &'static str {
    STATES.into_iter().find(|word| *word == known.state.state).unwrap_or("open")
}

/// Whose a signal is, for somebody who may know it.
fn owner(visit: &Visit, known: &KnownSignal) -> Option<String> {
    let shown = visit.may(Permission::WorkSignals) && !known.state.owner.is_empty();
    shown.then(|| known.state.owner.clone())
}

async fn list(visit: Visit, query: Query) -> Result<Response, WebError> {
    visit.require(Permission::ReadOpen).await?;
    let (app, words) = (&visit.app, &visit.words);
    let (kind, state) = (query.get("kind"), query.get("state"));
    let page = Page::new(query.page(), app.office.rows_page);
    let found = page_of(page, |page| app.store.signals(kind, state, "", page)).await?;
    let known = Known::load(app).await?;
    let line = |found: &KnownSignal| SignalLine {
        signal: Link::new(words.of("signal-kind", found.signal.kind.word()), links::signal(&found.signal.id)),
        home: known.home(&found.signal.entity),
        kind: found.signal.kind,
        aspect: words.of_or_itself("aspect", &found.signal.aspect),
        size: known.size(words, &found.signal).short(),
        since: found.signal.since,
        owner: owner(&visit, found),
        state: state_word(found),
    };
    let (total, number) = (found.total.unsigned_abs(), found.page.number.unsigned_abs());
    let page = SignalsPage {
        frame: visit.frame(Section::Signals),
        filters: filters(words, kind, state),
        lines: found.rows.iter().map(line).collect(),
        pager: Pager::new(words, total, number, found.page.size.unsigned_abs(), |page| {
            query.with(&[("page", &page.to_string())])
        }),
        feed: FEED.to_owned(),
    };
    show::page(&page)
}

fn filters(words: &Words, kind: &str, state: &str) -> Filters {
    let select = |group: &str, all: &[&str], chosen: &str| {
        let choices = all.iter().map(|word| Choice::new(word, words.of(group, word), *word == chosen));
        Kind::Select(
            std::iter::once(Choice::new("", words.say("filter-all"), chosen.is_empty())).chain(choices).collect(),
        )
    };
    let kinds = SignalKind::ALL.map(SignalKind::word);
    let fields = vec![
        Field::new(words, "kind", select("signal-kind", &kinds, kind), ""),
        Field::new(words, "state", select("signal-state", &STATES, state), ""),
    ];
    Filters::new(words, links::SIGNALS, fields, Vec::new(), !kind.is_empty() || !state.is_empty())
}

async fn one(visit: Visit, Path(id): Path<String>) -> Result<Response, WebError> {
    visit.require(Permission::ReadOpen).await?;
    show::page(&signal_page(&visit, &id, None).await?)
}

/// Cases that a signal concerns and that have not heard of it.
pub(crate) async fn cases_to_tell(app: &App, signal: &Signal) -> Result<Vec<ConcernedCase>, WebError> {
    let concerned = app.store.cases_concerned(signal).await?;
    Ok(concerned.into_iter().filter(|case| !case.heard).collect())
}

/// A text that was not taken: which field, what was written, what is wrong with it.
type Refused<'a> = Option<(&'static str, &'a str, &'static str)>;

async fn signal_page(visit: &Visit, id: &str, refused: Refused<'_>) -> Result<SignalPage, WebError> {
    let (app, words) = (&visit.app, &visit.words);
    let found = app.store.signal(id).await?.ok_or(WebError::NotFound)?;
    let known = Known::load(app).await?;
    let signal = &found.signal;
    let history = app.store.signal_history(id).await?;
    let others = app.store.signals("", "", &signal.entity, Page::new(1, EARLIER)).await?;
    let concerned =
        if visit.may(Permission::WorkSignals) { app.store.cases_concerned(signal).await? } else { Vec::new() };
    let shown = if visit.may(Permission::ReadCases) { CASES_SHOWN } else { 0 };
    let field = |name: &'static str| match refused {
        Some((refused, text, fault)) if refused == name => {
            Field::new(words, name, Kind::Area, text).required().wrong(fault)
        }
        _ => Field::new(words, name, Kind::Area, "").required(),
    };
    Ok(SignalPage {
        frame: visit.frame(Section::Signals),
        id: signal.id.clone(),
        kind: signal.kind,
        home: known.home(&signal.entity),
        aspect: words.of_or_itself("aspect", &signal.aspect),
        size: known.size(words, signal).why(why_path(id)),
        since: signal.since,
        noticed: signal.noticed,
        chance: signal.chance,
        owner: owner(visit, &found),
        state: state_word(&found),
        cases: concerned.iter().filter(|case| !case.heard).count() as u64,
        cases_told: concerned.iter().filter(|case| case.heard).count() as u64,
        case_links: concerned.iter().take(shown).map(|case| Link::new(&case.id, links::case(&case.id))).collect(),
        chart: String::new(),
        timeline: timeline(visit, signal, &history),
        earlier: others.rows.iter().filter(|other| other.signal.id != id).map(|other| earlier(visit, other)).collect(),
        reason: field("signal_reason"),
        outcome: field("outcome"),
    })
}

fn why_path(id: &str) -> String {
    format!("{}/why", links::signal(id))
}

fn earlier(visit: &Visit, other: &KnownSignal) -> (Link, String) {
    let words = &visit.words;
    let kind = words.of("signal-kind", other.signal.kind.word());
    let text = format!("{kind}, {}", words.short_date(&other.signal.since));
    let mut became = words.of("signal-state", state_word(other));
    if visit.may(Permission::WorkSignals) && !other.state.note.is_empty() {
        became = format!("{became}. {}", other.state.note);
    }
    (Link::new(text, links::signal(&other.signal.id)), became)
}

/// What happened to a signal, newest first; what people did only for those who may do the same.
fn timeline(visit: &Visit, signal: &Signal, history: &[SignalStep]) -> Timeline {
    let words = &visit.words;
    let noticed = Entry {
        at: model::time::midnight(signal.noticed),
        who: visit.app.office.name.clone(),
        what: words.say("signal-noticed"),
        detail: String::new(),
        links: Vec::new(),
        withdrawn: false,
    };
    let shown = if visit.may(Permission::WorkSignals) { history } else { &[] };
    let steps = shown.iter().rev().filter_map(|step| {
        let at = step.state.at?;
        Some(Entry {
            at,
            who: step.agent.clone(),
            what: words.of_or_itself("signal-state", &step.state.state),
            detail: step.state.note.clone(),
            links: Vec::new(),
            withdrawn: false,
        })
    });
    Timeline::new(words, steps.chain([noticed]).collect())
}

async fn why(visit: Visit, query: Query, Path(id): Path<String>) -> Result<Response, WebError> {
    visit.require(Permission::ReadOpen).await?;
    let (app, words) = (&visit.app, &visit.words);
    let found = app.store.signal(&id).await?.ok_or(WebError::NotFound)?;
    let known = Known::load(app).await?;
    let because = &found.signal.because;
    let (all, size) = (because.contributions.len() as u64, app.office.rows_page.unsigned_abs().max(1));
    let pager =
        Pager::new(words, all, query.page().unsigned_abs(), size, |page| query.with(&[("page", &page.to_string())]));
    let before = usize::try_from(pager.first.saturating_sub(1)).unwrap_or(usize::MAX);
    let shown = because.contributions.iter().skip(before).take(usize::try_from(size).unwrap_or(1)).map(|part| {
        let row = part.record.as_ref().map(|record| links::row(&record.dataset, record.version, &record.id));
        ContributionLine {
            what: Link::new(words.of_or_itself("contribution", &part.label), row.unwrap_or_default()),
            value: part.value,
            weight: part.weight,
            discounted: part.discounted.clone(),
        }
    });
    let page = WhyPage {
        frame: visit.frame(Section::Signals),
        about: Link::new(known.home(&found.signal.entity).text, links::signal(&id)),
        aspect: words.of_or_itself("aspect", &found.signal.aspect),
        figure: known.size(words, &found.signal),
        part: WhyPart {
            words: words.clone(),
            method: because.method.clone(),
            figures: because.figures.clone(),
            titles: titles_of(&visit.app, &because.figures).await?,
            contributions: shown.collect(),
            contributions_total: because.contributions_total as u64,
            whole: String::new(),
            id: "why".to_owned(),
        },
        pager,
    };
    show::page(&page)
}

async fn take(Path(id): Path<String>, answers: Answers) -> Result<Response, WebError> {
    let visit = &answers.visit;
    visit.require(Permission::WorkSignals).await?;
    change(visit, &id, "taken", "").await?;
    Ok(show::go(&links::signal(&id), "done-signal-taken"))
}

async fn tasks(Path(id): Path<String>, answers: Answers) -> Result<Response, WebError> {
    let visit = &answers.visit;
    visit.require(Permission::WorkSignals).await?;
    let told = tell_cases(visit, &id, None).await?;
    Ok(show::go(&links::signal(&id), if told == 0 { "done-signal-tasks-none" } else { "done-signal-tasks" }))
}

async fn dismiss(Path(id): Path<String>, answers: Answers) -> Result<Response, WebError> {
    close(&answers, &id, "signal_reason", "dismissed", "done-signal-dismissed").await
}

async fn settle(Path(id): Path<String>, answers: Answers) -> Result<Response, WebError> {
    close(&answers, &id, "outcome", "settled", "done-signal-settled").await
}

async fn close(
    answers: &Answers,
    id: &str,
    field: &'static str,
    state: &str,
    done: &str,
) -> Result<Response, WebError> {
    let visit = &answers.visit;
    visit.require(Permission::WorkSignals).await?;
    let text = answers.get(field);
    if let Some(fault) = note_fault(state, text) {
        let page = signal_page(visit, id, Some((field, text, fault))).await?;
        return show::with_status(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    change(visit, id, state, text).await?;
    Ok(show::go(&links::signal(id), done))
}

/// What is wrong with the note that comes with a new state, as a key of the wording: a dismissal has a reason, a settlement an
/// outcome, and who takes a signal has said all.
pub(crate) fn note_fault(state: &str, note: &str) -> Option<&'static str> {
    let letters = note.chars().count();
    match state {
        _ if letters > LONGEST_TEXT => Some("fault-too-long"),
        "dismissed" if letters < SHORTEST_REASON => Some("fault-reason"),
        "settled" if note.is_empty() => Some("fault-missing"),
        "taken" if !note.is_empty() => Some("fault-choice"),
        _ => None,
    }
}

/// Where a signal may stand to get a state.
fn may_come_from(state: &str) -> &'static [&'static str] {
    if state == "taken" { &["open"] } else { &["open", "taken"] }
}

/// Notes what somebody does with a signal. Permission and note were looked at before.
pub(crate) async fn change(visit: &Visit, id: &str, state: &str, note: &str) -> Result<(), WebError> {
    let (app, account) = (&visit.app, &visit.viewer.account);
    let mut writer = app.store.begin(&app.activity("signal", account)).await?;
    // The head of the log is held from here on: two people cannot take one signal.
    writer.append(&NewEntry::about("signal", serde_json::json!({"signal": id, "state": state}))).await?;
    let known = app.store.signal(id).await?.ok_or(WebError::NotFound)?;
    standing_in(&known, may_come_from(state))?;
    let owner = if known.state.owner.is_empty() { account } else { &known.state.owner };
    writer.put_signal_state(id, state, owner, note).await?;
    Ok(writer.commit().await?)
}

fn standing_in(known: &KnownSignal, states: &[&str]) -> Result<(), WebError> {
    let state = state_word(known);
    if states.contains(&state) {
        return Ok(());
    }
    Err(WebError::Conflict(format!("the signal is {state} already; look at it again to see by whom")))
}

/// Gives every case that a signal concerns the task to look again, once for each signal and case; gives how many got it.
/// `expected` is how many whoever asks was told it would be: where it is another number, nothing is done. Permission was looked
/// at before; whoever has none to read cases hears of numbers only.
pub(crate) async fn tell_cases(visit: &Visit, id: &str, expected: Option<u64>) -> Result<u64, WebError> {
    let (app, account) = (&visit.app, &visit.viewer.account);
    let known = app.store.signal(id).await?.ok_or(WebError::NotFound)?;
    standing_in(&known, &["open", "taken"])?;
    let cases = cases_to_tell(app, &known.signal).await?;
    if expected.is_some_and(|expected| expected != cases.len() as u64) {
        return Err(WebError::Conflict(format!("it would be {} cases now; look at the signal again", cases.len())));
    }
    let mut told = 0;
    for case in &cases {
        // Each case is an act of its own: where one fails, asking again goes on with those that are left.
        let (signals, activity) = (std::slice::from_ref(&known.signal), app.activity("look_again", account));
        told += u64::from(look_again(&app.store, &app.placement, &case.id, signals, &activity).await?);
    }
    if told > 0 && state_word(&known) == "open" {
        // Whoever turns a signal into tasks has it from then on, unless somebody else took it meanwhile.
        match change(visit, id, "taken", "").await {
            Err(WebError::Conflict(_)) => {}
            other => other?,
        }
    }
    Ok(told)
}

/// The newest signals as an Atom feed, for whoever wants to hear of them.
async fn atom(visit: Visit) -> Result<Response, WebError> {
    visit.require(Permission::ReadOpen).await?;
    let (app, words) = (&visit.app, &visit.words);
    let known = Known::load(app).await?;
    let found = app.store.signals("", "", "", Page::new(1, FEED_ENTRIES)).await?;
    let root = app.office.public_address.trim_end_matches('/');
    let changed = |one: &KnownSignal| one.state.at.unwrap_or_else(|| model::time::midnight(one.signal.noticed));
    let newest = found.rows.iter().map(changed).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let entries: Vec<feed::Entry> = found
        .rows
        .iter()
        .map(|one| {
            let signal = &one.signal;
            let kind = words.of("signal-kind", signal.kind.word());
            let home = known.home(&signal.entity).text;
            let mark = if known.is_simulated(signal) { words.say("mark-simulated") } else { String::new() };
            let parts = [
                words.of("signal-means", signal.kind.word()),
                known.size(words, signal).sentence(),
                words.of("signal-state", state_word(one)),
                mark,
            ];
            let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            feed::Entry {
                id: format!("{root}{}", links::signal(&signal.id)),
                title: words.say2("signal-title", "kind", kind, "home", home),
                summary: said.join(" · "),
                link: format!("{root}{}", links::signal(&signal.id)),
                updated: changed(one).to_string(),
            }
        })
        .collect();
    let title = format!("{}: {}", app.office.name, words.say("signals-title"));
    let body = feed::atom(&title, &format!("{root}{FEED}"), &newest.to_string(), &entries);
    Ok(([(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], body).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_comes_with_the_note_that_it_needs() {
        assert_eq!(note_fault("dismissed", "no"), Some("fault-reason"));
        assert_eq!(note_fault("dismissed", "one loud week"), None);
        assert_eq!(note_fault("settled", ""), Some("fault-missing"));
        assert_eq!(note_fault("settled", "ok"), None);
        assert_eq!(note_fault("settled", &"x".repeat(2_001)), Some("fault-too-long"));
        assert_eq!(note_fault("taken", ""), None);
        assert_eq!(note_fault("taken", "x"), Some("fault-choice"));
    }

    #[test]
    fn what_is_closed_stays_closed() {
        assert_eq!(may_come_from("taken"), ["open"]);
        assert_eq!(may_come_from("dismissed"), ["open", "taken"]);
        assert_eq!(may_come_from("settled"), ["open", "taken"]);
    }
}
