//! What a decision tells others: the letter, and the same decision worked out again from its record. Must never change a decision.

use crate::auth::visit::Visit;
use crate::error::WebError;
use crate::form::{Answers, Query};
use crate::handlers::candidates::failed;
use crate::handlers::cases::read;
use crate::pages::layout::Section;
use crate::pages::parts::{Figure, Link};
use crate::pages::{LetterPage, OutsideSource, links};
use crate::state::App;
use crate::wording::Language;
use crate::{book, show};
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use decide::case::plan::{CaseEvent, ItemState};
use decide::decision::replay;
use decide::letter::{Beside, Letter, LetterSettings, SourceFacts, letter};
use decide::rooms::care::book::HomeBook;
use decide::rooms::care::intake::CaseNeed;
use decide::stage::{Act, act, facts};
use model::Permission;
use model::case::{Decision, Evidence};
use serde_json::json;
use std::collections::HashMap;
use store::cases::StoredCase;

/// Days within which a decision can be objected to.
const DAYS_TO_OBJECT: u32 = 28;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/cases/{id}/letter", get(show_letter).post(send_letter))
        .route("/cases/{id}/replay", get(show_replay))
}

async fn newest_decision(visit: &Visit, case: &StoredCase) -> Result<Decision, WebError> {
    visit.app.store.decisions(case).await?.pop().ok_or(WebError::NotFound)
}

async fn show_letter(visit: Visit, query: Query, Path(id): Path<String>) -> Result<Response, WebError> {
    let (case, need, plan) = read(&visit, &id).await?;
    let decision = newest_decision(&visit, &case).await?;
    let waiting =
        plan.item("send_letter").is_some_and(|item| matches!(item.state, ItemState::Active | ItemState::Enabled));
    // The letter is in the person's language, which need not be the worker's.
    let words = match Language::from_code(query.get("language")) {
        Some(language) => visit.app.wording.words(language),
        None => visit.words.clone(),
    };
    let visit = Visit { words, ..visit };
    let behind = behind(&visit.app, &decision).await?;
    let book = book::current(&visit.app).await?;
    let sources_of = |evidence: &Evidence| behind.get(&place(evidence)).cloned().unwrap_or_default();
    let contact = visit.app.office.contact.clone();
    let settings = LetterSettings {
        person: &need.person,
        contact: &contact,
        days_to_object: DAYS_TO_OBJECT,
        sources_of: &sources_of,
    };
    let letter = letter(&decision, &settings).map_err(failed)?;
    let page = letter_page(&visit, &case, &need, &letter, &book, query.get("print") == "large");
    let to_send = waiting && visit.may(Permission::WorkCases);
    show::page(&LetterPage { to_send, ..page })
}

fn letter_page(
    visit: &Visit,
    case: &StoredCase,
    need: &CaseNeed,
    letter: &Letter,
    book: &HomeBook,
    large: bool,
) -> LetterPage {
    let words = &visit.words;
    let home = book.home(&letter.home.entity);
    let reasons = letter.reasons.iter().filter(|reason| reason.beside != Beside::Unknown).map(|reason| {
        let beside = match reason.beside {
            Beside::Better => "better",
            Beside::Worse => "worse",
            _ => "similar",
        };
        words.say1(&format!("letter-reason-{beside}"), "what", words.of_or_itself("criterion", reason.criterion.word()))
    });
    let mut sources: Vec<OutsideSource> = Vec::new();
    for known in letter.outside_data.iter().flat_map(|used| &used.sources) {
        let named = OutsideSource {
            source: Link::new(&known.title, links::source(&known.name)),
            publisher: known.publisher.clone(),
            licence: known.licence.clone(),
            simulated: known.simulated,
        };
        if !sources.iter().any(|other| other.source.href == named.source.href) {
            sources.push(named);
        }
    }
    let outside = letter.outside_data.iter().filter_map(|used| {
        let aspect = used.said.aspect.as_str();
        let about = words.of_or_itself("aspect", aspect);
        let figure = Figure::community(words, "said", "", Some(used.said.estimate?));
        let figure = figure.of_aspect(aspect);
        Some(words.say2("letter-outside-said", "what", about, "figure", figure.sentence()))
    });
    LetterPage {
        frame: visit.frame(Section::Worklist),
        case: Link::new(&need.person, links::case(&case.id)),
        case_id: case.id.clone(),
        person: need.person.clone(),
        home: letter.home.name.clone(),
        home_place: home.map(decide::rooms::care::book::Home::place).unwrap_or_default(),
        on: letter.decided_on,
        reasons: reasons.collect(),
        outside: outside.collect(),
        sources,
        object_by: letter.object_by,
        large,
        simulated: need.simulated || letter.outside_data.iter().any(|source| source.simulated),
        to_send: false,
    }
}

/// Where a piece of evidence stands: dataset, version, row.
fn place(evidence: &Evidence) -> (String, i64, String) {
    (evidence.dataset.clone(), evidence.version, evidence.record.clone())
}

/// The sources behind each piece of evidence about the chosen home: those that its row names, or the one that its row came from.
async fn behind(app: &App, decision: &Decision) -> Result<HashMap<(String, i64, String), Vec<SourceFacts>>, WebError> {
    let mut behind = HashMap::new();
    for evidence in decision.evidence.iter().filter(|one| one.entity == decision.chosen) {
        let table = app.lake.read(&evidence.dataset, evidence.version).await?;
        let row = table.row_of(&evidence.record);
        let text = |column| row.and_then(|row| table.text(row, column)).unwrap_or_default().to_owned();
        let named = [text("sources"), text("_source")].join(" ");
        let known = |name: &str| app.office.sources.iter().find(|source| source.name == name);
        let facts = named.split_whitespace().map(|name| match known(name) {
            Some(source) => SourceFacts {
                name: name.to_owned(),
                title: source.title.clone(),
                publisher: source.publisher.clone(),
                licence: source.licence.clone(),
                simulated: source.simulated,
            },
            // The office took it out since; what the decision used is named all the same.
            None => SourceFacts {
                name: name.to_owned(),
                title: name.to_owned(),
                publisher: String::new(),
                licence: String::new(),
                simulated: evidence.simulated,
            },
        });
        behind.insert(place(evidence), facts.collect());
    }
    Ok(behind)
}

/// Notes that the letter went out.
async fn send_letter(Path(id): Path<String>, answers: Answers) -> Result<Response, WebError> {
    let visit = &answers.visit;
    visit.require(Permission::WorkCases).await?;
    let (case, ..) = read(visit, &id).await?;
    let app = &visit.app;
    let sent = Act {
        events: vec![CaseEvent::TaskCompleted { task: "send_letter".to_owned() }],
        facts: facts(1, true, false),
        kind: "letter_sent",
        note: json!({}),
        decision: None,
    };
    let activity = app.activity("send_letter", &visit.viewer.account);
    act(&app.store, &app.placement, &case, &sent, &activity).await?;
    Ok(show::go(&links::case(&id), "done-letter-sent"))
}

/// Computes the decision again from its record alone, and says whether the same comes out.
async fn show_replay(visit: Visit, Path(id): Path<String>) -> Result<Response, WebError> {
    let (case, ..) = read(&visit, &id).await?;
    let decision = newest_decision(&visit, &case).await?;
    let replayed = tokio::task::spawn_blocking(move || replay(&decision))
        .await
        .map_err(|error| WebError::Internal(error.to_string()))?
        .map_err(failed)?;
    if replayed.same {
        return Ok(show::go(&links::case(&id), "done-replayed"));
    }
    Ok((StatusCode::CONFLICT, axum::Json(replayed)).into_response())
}
