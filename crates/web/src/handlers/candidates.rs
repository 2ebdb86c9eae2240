//! From the homes that fit to a decision. A decision is made from exactly what its page showed, or not at all.

use crate::auth::visit::Visit;
use crate::error::{FieldFault, WebError};
use crate::form::{Answers, Query, pairs};
use crate::handlers::cases::{evidence_card, read, worded_wish};
use crate::handlers::homes::{community_is_simulated, gap, money, ownership, spot};
use crate::pages::layout::Section;
use crate::pages::parts::{Direction, Field, Figure, Kind, Link, Pager, Sort};
use crate::pages::{COMPARED_ASPECTS, CandidateCard, CandidatesPage, DecisionPage, LimitLine, WeightLine, links};
use crate::picture::{Told, map};
use crate::state::App;
use crate::wording::Words;
use crate::{book, show};
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use decide::case::plan::{CaseEvent, ItemState, PlanState};
use decide::decision::{Choice, decide};
use decide::rooms::care::book::HomeBook;
use decide::rooms::care::inputs::RankSettings;
use decide::rooms::care::intake::CaseNeed;
use decide::rooms::care::limits::{Limit, budget_pressure};
use decide::rooms::care::rank::Ranked;
use decide::rooms::care::weights::ChosenWeights;
use decide::rooms::care::{
    Candidate, Criterion, LimitReport, Need, RankInputs, Ranking, Sensitivity, Weights, first_without_community,
    limit_report, rank, sensitivity,
};
use decide::stage::{Act, act, facts};
use decide::{DecideError, rooms::care::sensitivity::Removed};
use model::{Estimate, Permission, Standing};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use store::cases::StoredCase;

/// Homes shown as cards.
const CARDS: usize = 3;
/// Limits that may be tried out, in kilometres or money a week.
const LIMITS_TRIED: std::ops::RangeInclusive<f64> = 1.0..=1e6;
/// Letters of a reason at most.
const LONGEST_REASON: usize = 2_000;
/// Homes that are compared side by side at most.
const COMPARED: usize = 4;
/// Stars a year from which on a home is said to get better or worse, where its interval leaves no doubt about the direction.
const LEAST_TREND: f64 = 0.1;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/cases/{id}/candidates", get(candidates))
        .route("/cases/{id}/weights", post(weights))
        .route("/cases/{id}/decision", get(before).post(confirm))
}

/// All that the candidate and decision pages are made from.
struct Found {
    book: Arc<HomeBook>,
    need: Need,
    homes: Vec<Candidate>,
    report: LimitReport,
    inputs: Option<RankInputs>,
    ranking: Ranking,
    weights: ChosenWeights,
    first_without: String,
    sensitivity: Option<Sensitivity>,
    seen: String,
}

pub(super) fn failed(error: DecideError) -> WebError {
    WebError::Internal(error.to_string())
}

/// The need with limits that the reader tries out.
fn with_wishes_of(need: &CaseNeed, tried: &Query) -> Need {
    let mut need = need.need.clone();
    let number = |name: &str| tried.get(name).parse::<f64>().ok().filter(|number| LIMITS_TRIED.contains(number));
    if let Some(distance) = number("distance") {
        need.max_distance_km = Some(distance);
    }
    if let Some(ceiling) = number("ceiling") {
        need.weekly_budget_ceiling = Some(ceiling);
    }
    let dropped: Vec<&str> = tried.get("without").split('|').collect();
    need.wishes.retain(|wish| !dropped.contains(&wish.word().as_str()));
    need
}

/// What the reader tries out, as it goes into addresses and into `seen`.
fn tried(query: &Query) -> String {
    let kept: Vec<(String, String)> = ["distance", "ceiling", "without"]
        .iter()
        .filter(|name| !query.get(name).is_empty())
        .map(|name| ((*name).to_owned(), query.get(name).to_owned()))
        .collect();
    Query(kept).with(&[]).trim_start_matches('?').to_owned()
}

/// Ranks the homes for a case. The heavy part runs beside the requests.
async fn find(app: &App, case: &CaseNeed, query: &Query) -> Result<Found, WebError> {
    let book = book::current(app).await?;
    let need = Need { as_of: app.today(), ..with_wishes_of(case, query) };
    let (app, case, tried) = (app.clone(), case.clone(), tried(query));
    tokio::task::spawn_blocking(move || rank_homes(&app, book, need, &case, &tried))
        .await
        .map_err(|error| WebError::Internal(error.to_string()))?
        .map_err(failed)
}

fn rank_homes(app: &App, book: Arc<HomeBook>, need: Need, case: &CaseNeed, tried: &str) -> Result<Found, DecideError> {
    let homes = book.candidates(&need, &app.office.country);
    let report = limit_report(&need, &homes);
    let weights = chosen_weights(app, &need, &homes, case)?;
    let inputs = RankInputs::new(need.clone(), &homes, weights.clone(), RankSettings::default())?;
    let ranking = rank(&inputs)?;
    let seen = format!("{}&{tried}", model::content_id([serde_json::to_string(&inputs).unwrap_or_default()]));
    let (first_without, sensitivity) = if ranking.homes.is_empty() {
        (String::new(), None)
    } else {
        (first_without_community(&inputs)?, Some(sensitivity(&inputs)?))
    };
    Ok(Found { book, need, homes, report, inputs: Some(inputs), ranking, weights, first_without, sensitivity, seen })
}

/// The table's weights, or those that the worker chose in their place.
fn chosen_weights(app: &App, need: &Need, homes: &[Candidate], case: &CaseNeed) -> Result<ChosenWeights, DecideError> {
    let wishes: Vec<String> = need.wishes.iter().map(decide::rooms::care::Wish::word).collect();
    let inputs = json!({
        "kind of care": need.kind_of_care,
        "wishes": wishes,
        "budget pressure": budget_pressure(need, homes).unwrap_or(0.0),
    });
    let table = app.weights.evaluate("weights", inputs.as_object().expect("an object was just written"))?;
    let table = ChosenWeights::of_table(&table)?;
    match &case.weights {
        Some(own) => table.changed(Weights::new(own.clone())?, &case.weights_reason, &case.weights_account),
        None => Ok(table),
    }
}

async fn candidates(visit: Visit, query: Query, Path(id): Path<String>) -> Result<Response, WebError> {
    let (case, need, _) = read(&visit, &id).await?;
    let found = find(&visit.app, &need, &query).await?;
    show::page(&candidates_page(&visit, &query, &case, &need, &found, None))
}

fn candidates_page(
    visit: &Visit,
    query: &Query,
    case: &StoredCase,
    need: &CaseNeed,
    found: &Found,
    wrong_reason: Option<&str>,
) -> CandidatesPage {
    let words = &visit.words;
    let mut ranked: Vec<&Ranked> = found.ranking.homes.iter().collect();
    let best = ranked.iter().take(CARDS).filter_map(|home| card(visit, case, found, query, home, "card"));
    let best: Vec<CandidateCard> = best.collect();
    let chosen = query.all("compare");
    let compared = ranked.iter().filter(|home| chosen.contains(&home.entity.as_str())).take(COMPARED);
    let compared: Vec<CandidateCard> =
        compared.filter_map(|home| card(visit, case, found, query, home, "compare")).collect();
    sort(&mut ranked, found, query.get("sort"));
    let size = visit.app.office.rows_page.unsigned_abs().max(1);
    let pager = Pager::new(words, ranked.len() as u64, query.page().unsigned_abs(), size, |page| {
        format!("{}#all", query.with(&[("page", &page.to_string())]))
    });
    let shown = ranked.iter().skip(pager.first.saturating_sub(1) as usize).take(size as usize);
    let lines = shown.filter_map(|home| card(visit, case, found, query, home, "line")).collect();
    let first = found.ranking.first().map(|home| home.entity.as_str()).unwrap_or_default();
    let reason = Field::new(words, "weights_reason", Kind::Area, "");
    CandidatesPage {
        frame: visit.frame(Section::Worklist),
        case: Link::new(&need.person, links::case(&case.id)),
        case_id: case.id.clone(),
        total: found.report.homes as u64,
        limits: found.report.limits.iter().map(|limit| limit_line(visit, query, found, limit)).collect(),
        best,
        too_many: chosen.len() > COMPARED,
        compared,
        lines,
        pager,
        kept: query.0.iter().filter(|(name, _)| !["compare", "done"].contains(&name.as_str())).cloned().collect(),
        sorts: sorts(words, query),
        map: map_of(words, found),
        weights: weight_lines(words, found),
        table: found.weights.table_version.get(..8).unwrap_or_default().to_owned(),
        reason: wrong_reason.map_or(reason.clone(), |key| reason.wrong(key)),
        given_reason: found.weights.reason.clone(),
        first_without: (!found.first_without.is_empty() && found.first_without != first)
            .then(|| home_link(&found.book, &found.first_without)),
    }
}

fn home_link(book: &HomeBook, id: &str) -> Link {
    let name = book.home(id).map_or_else(|| id.to_owned(), |home| home.name.clone());
    Link::new(name, links::home(id))
}

fn card(
    visit: &Visit,
    case: &StoredCase,
    found: &Found,
    query: &Query,
    ranked: &Ranked,
    kind: &str,
) -> Option<CandidateCard> {
    let words = &visit.words;
    let home = found.book.home(&ranked.entity)?;
    let candidate = found.homes.iter().find(|candidate| candidate.entity == ranked.entity)?;
    let simulated = community_is_simulated(&found.book);
    let shown = |aspect: &str, standing: Standing| {
        let known = home.figure(aspect, standing).filter(|figure| figure.enough).map(|figure| figure.estimate);
        let id = format!("{kind}-{}-{aspect}-{}", ranked.place, standing.word());
        let about = format!("{}, {}", words.of_or_itself("aspect", aspect), home.name);
        let why = links::why(&home.id, aspect, standing.word());
        let figure = match standing {
            Standing::Official => Figure::official(words, id, about, known),
            _ => Figure::community(words, id, about, known).of_aspect(aspect).simulated(simulated),
        };
        let figure = if home.figure(aspect, standing).is_some() { figure.why(why) } else { figure };
        if kind == "card" { figure } else { figure.short() }
    };
    let tried = tried(query);
    let mut choose = links::decide(&case.id, &home.id);
    if !tried.is_empty() {
        choose = format!("{choose}&{tried}");
    }
    Some(CandidateCard {
        rank: ranked.place as u64,
        home: Link::new(&home.name, links::home(&home.id)),
        place: home.place(),
        ownership: ownership(words, home),
        price: candidate.weekly_price.map(|price| money(&visit.app, price)),
        ceiling: money(&visit.app, found.need.weekly_budget_ceiling.unwrap_or(f64::from(u32::MAX))),
        distance: candidate.distance_km.unwrap_or(0.0),
        free_places: u64::from(candidate.free_places.get(&found.need.kind_of_care).copied().unwrap_or(0)),
        official: shown("overall", Standing::Official),
        community: shown("overall", Standing::Community),
        aspects: match kind {
            "compare" => COMPARED_ASPECTS.map(|aspect| shown(aspect, Standing::Official)).to_vec(),
            _ => Vec::new(),
        },
        gap: gap(words, home, "overall"),
        trend: trend_word(candidate.trend),
        id: home.id.clone(),
        chosen: query.all("compare").contains(&home.id.as_str()),
        best: ranked.probability_best.unwrap_or(0.0),
        choose,
    })
}

/// Whether what communities say of a home gets better or worse: only said where the interval leaves no doubt.
pub(super) fn trend_word(trend: Option<Estimate>) -> &'static str {
    match trend {
        Some(trend) if trend.low > 0.0 && trend.value >= LEAST_TREND => "rising",
        Some(trend) if trend.high < 0.0 && trend.value <= -LEAST_TREND => "falling",
        Some(_) => "steady",
        None => "unknown",
    }
}

fn sort(ranked: &mut [&Ranked], found: &Found, by: &str) {
    let candidates: HashMap<&str, &Candidate> =
        found.homes.iter().map(|candidate| (candidate.entity.as_str(), candidate)).collect();
    let number = |home: &Ranked| -> f64 {
        let Some(candidate) = candidates.get(home.entity.as_str()) else { return f64::INFINITY };
        match by {
            "official" => -candidate.official.get("overall").map_or(f64::NEG_INFINITY, |figure| figure.low),
            "community" => -candidate.community.map_or(f64::NEG_INFINITY, |figure| figure.low),
            "price" => candidate.weekly_price.unwrap_or(f64::INFINITY),
            "distance" => candidate.distance_km.unwrap_or(f64::INFINITY),
            "ownership" => candidate.ownership.map_or(9.0, |owner| owner as u8 as f64),
            "trend" => -candidate.trend.map_or(f64::NEG_INFINITY, |trend| trend.value),
            _ => home.place as f64,
        }
    };
    if by == "home" {
        ranked.sort_by(|a, b| a.name.cmp(&b.name));
    } else {
        ranked.sort_by(|a, b| number(a).total_cmp(&number(b)).then(a.place.cmp(&b.place)));
    }
}

fn sorts(words: &Words, query: &Query) -> Vec<Sort> {
    ["home", "official", "community", "price", "distance", "ownership", "trend", "best"]
        .map(|name| {
            let current = query.get("sort") == name || (query.get("sort").is_empty() && name == "best");
            Sort::new(
                words.say(&format!("column-{name}")),
                format!("{}#all", query.with(&[("sort", name), ("page", "")])),
                current.then_some(Direction::Ascending),
            )
        })
        .to_vec()
}

fn limit_line(
    visit: &Visit,
    query: &Query,
    found: &Found,
    effect: &decide::rooms::care::limits::LimitEffect,
) -> LimitLine {
    let words = &visit.words;
    let need = &found.need;
    let (name, value, parameter) = match &effect.limit {
        Limit::KindOfCare => ("care", words.of_or_itself("care", &need.kind_of_care), ""),
        Limit::FreePlace => ("free_place", words.say("value-yes"), ""),
        Limit::Price => {
            let ceiling = money(&visit.app, need.weekly_budget_ceiling.unwrap_or(0.0));
            ("price", words.say1("up-to", "value", words.money(&ceiling)), "ceiling")
        }
        Limit::Distance => {
            let furthest = words.kilometres(&need.max_distance_km.unwrap_or(0.0));
            ("distance", words.say1("up-to", "value", furthest), "distance")
        }
        Limit::Wish { word, .. } => ("wishes", worded_wish(words, word), "without"),
    };
    let helpful = effect.relaxed.iter().find(|relaxed| relaxed.more > 0);
    let relaxed = helpful.and_then(|relaxed| {
        let (value, to) = match (parameter, relaxed.by) {
            ("ceiling", Some(by)) => {
                let to = need.weekly_budget_ceiling? + by;
                (words.money(&money(&visit.app, to)), to.to_string())
            }
            ("distance", Some(by)) => {
                let to = need.max_distance_km? + by;
                (words.kilometres(&to), to.to_string())
            }
            ("without", _) => {
                let Limit::Wish { word, .. } = &effect.limit else { return None };
                (words.say("limit-dropped"), word.clone())
            }
            _ => return None,
        };
        Some((value, relaxed.more as u64, query.with(&[(parameter, &to)])))
    });
    LimitLine {
        name: words.of("limit", name),
        value,
        excludes: (effect.excludes_alone + effect.unknown_alone) as u64,
        alone: effect.excludes_only as u64,
        relaxed,
    }
}

fn weight_lines(words: &Words, found: &Found) -> Vec<WeightLine> {
    Criterion::ALL
        .iter()
        .map(|criterion| {
            let name = format!("weight_{}", criterion.word());
            let used = found.weights.used.given(*criterion);
            WeightLine {
                field: Field::new(words, &name, Kind::Number { unit: String::new() }, words.decimal(&used, 1)),
                table_says: words.decimal(&found.weights.table.given(*criterion), 1),
            }
        })
        .collect()
}

fn map_of(words: &Words, found: &Found) -> String {
    let spots: Vec<map::Spot> = found
        .ranking
        .homes
        .iter()
        .filter_map(|ranked| {
            let spot = spot(found.book.home(&ranked.entity)?)?;
            Some(map::Spot { chosen: ranked.place <= CARDS, ..spot })
        })
        .collect();
    if spots.is_empty() {
        return String::new();
    }
    let told = Told {
        id: "map".to_owned(),
        title: words.say("candidates-map-title"),
        description: words.say("candidates-map-description"),
    };
    // The picture is drawn around longitude first, as GeoJSON has it.
    map::spots(&told, &spots, found.need.longitude.zip(found.need.latitude))
}

async fn weights(Path(id): Path<String>, answers: Answers) -> Result<Response, WebError> {
    let visit = &answers.visit;
    visit.require(Permission::WorkCases).await?;
    let (case, need, _) = read(visit, &id).await?;
    let app = &visit.app;
    let (mut own, mut wrong) = (BTreeMap::new(), Vec::new());
    for criterion in Criterion::ALL {
        let name = format!("weight_{}", criterion.word());
        let text = answers.get(&name).replace(',', ".");
        match text.parse::<f64>().ok().filter(|weight| (0.0..=100.0).contains(weight)) {
            Some(weight) => drop(own.insert(criterion, weight)),
            None => wrong.push(FieldFault::new(&name, "fault-number", "write a number from 0 to 100")),
        }
    }
    wrong.extend(too_long(&answers, "weights_reason"));
    if !wrong.is_empty() {
        return Err(WebError::Invalid(wrong));
    }
    let changed = CaseNeed {
        weights: Some(own),
        weights_reason: answers.get("weights_reason").to_owned(),
        weights_account: visit.viewer.account.clone(),
        ..need.clone()
    };
    let query = Query::default();
    if let Err(WebError::Internal(_)) = find(app, &changed, &query).await {
        let found = find(app, &need, &query).await?;
        let page = candidates_page(visit, &query, &case, &need, &found, Some("fault-reason"));
        return show::with_status(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let mut writer = app.store.begin(&app.activity("weights", &visit.viewer.account)).await?;
    let stored = StoredCase { need: json!(changed), ..case.clone() };
    writer.change_case(&stored).await?;
    writer.add_to_timeline(&id, "weights", &json!({"text": changed.weights_reason})).await?;
    writer.append(&store::NewEntry::about("weights", json!({"case": id}))).await?;
    writer.commit().await?;
    Ok(show::go(&links::of_case(&id, "candidates"), "done-weights"))
}

/// A reason that is longer than anybody reads.
fn too_long(answers: &Answers, field: &str) -> Option<FieldFault> {
    let long = answers.get(field).chars().count() > LONGEST_REASON;
    long.then(|| FieldFault::new(field, "fault-too-long", format!("write at most {LONGEST_REASON} letters")))
}

async fn before(visit: Visit, query: Query, Path(id): Path<String>) -> Result<Response, WebError> {
    visit.require(Permission::WorkCases).await?;
    let (case, need, _) = read(&visit, &id).await?;
    let found = find(&visit.app, &need, &query).await?;
    let first = found.ranking.first().map(|home| home.entity.clone()).unwrap_or_default();
    let chosen = if query.get("home").is_empty() { first } else { query.get("home").to_owned() };
    show::page(&decision_page(&visit, &case, &need, &found, &chosen, false)?)
}

fn decision_page(
    visit: &Visit,
    case: &StoredCase,
    need: &CaseNeed,
    found: &Found,
    chosen: &str,
    wrong: bool,
) -> Result<DecisionPage, WebError> {
    let words = &visit.words;
    let first = found.ranking.first().map(|home| home.entity.as_str()).unwrap_or_default();
    let ranked = found.ranking.home(chosen).ok_or(WebError::NotFound)?;
    let candidate = found.homes.iter().find(|candidate| candidate.entity == ranked.entity).ok_or(WebError::NotFound)?;
    let cards = candidate.evidence.iter().enumerate();
    let reason = Field::new(words, "decision_reason", Kind::Area, "");
    let flips = found.sensitivity.iter().flat_map(|found| &found.flips);
    Ok(DecisionPage {
        frame: visit.frame(Section::Worklist),
        case: Link::new(&need.person, links::case(&case.id)),
        case_id: case.id.clone(),
        chosen: home_link(&found.book, chosen),
        chosen_id: chosen.to_owned(),
        ranked_first: home_link(&found.book, first),
        follows: chosen == first,
        first_without: home_link(&found.book, &found.first_without),
        community_changed: found.first_without != first,
        evidence: cards.map(|(number, evidence)| evidence_card(words, evidence, &found.book, number)).collect(),
        would_change: flips.map(|flip| flip_sentence(words, &found.book, flip)).collect(),
        reason: if wrong { reason.wrong("fault-reason") } else { reason },
        seen: found.seen.clone(),
    })
}

fn flip_sentence(words: &Words, book: &HomeBook, flip: &decide::rooms::care::sensitivity::Flip) -> String {
    let first = home_link(book, &flip.first).text;
    match &flip.removed {
        Removed::Source { dataset } => words.say2("flip-source", "source", dataset.clone(), "home", first),
        Removed::Item { entity, criterion, .. } => {
            let what = format!("{}, {}", words.of_or_itself("aspect", criterion.word()), home_link(book, entity).text);
            words.say2("flip-item", "what", what, "home", first)
        }
    }
}

/// Decides from what the page showed. Where anything has moved on since, the reader is told and sees it anew.
async fn confirm(Path(id): Path<String>, answers: Answers) -> Result<Response, WebError> {
    let visit = &answers.visit;
    visit.require(Permission::WorkCases).await?;
    let (case, need, plan) = read(visit, &id).await?;
    if let Some(fault) = too_long(&answers, "decision_reason") {
        return Err(WebError::Invalid(vec![fault]));
    }
    let app = &visit.app;
    let (_, tried) = answers.get("seen").split_once('&').unwrap_or(("", ""));
    let query = Query(pairs(tried));
    let found = find(app, &need, &query).await?;
    if found.seen != answers.get("seen") {
        return Err(WebError::Conflict(visit.words.say("fault-moved-on")));
    }
    let inputs = found.inputs.clone().ok_or(WebError::NotFound)?;
    let choice = Choice {
        case: id.clone(),
        chosen: answers.get("home").to_owned(),
        reason: answers.get("decision_reason").to_owned(),
        account: visit.viewer.account.clone(),
        at: app.now(),
        limits: Some(found.report.clone()),
    };
    let decision = tokio::task::spawn_blocking(move || decide(&inputs, &choice))
        .await
        .map_err(|error| WebError::Internal(error.to_string()))?;
    let decision = match decision {
        Ok(decision) => decision,
        Err(DecideError::Reason { .. }) => {
            let page = decision_page(visit, &case, &need, &found, answers.get("home"), true)?;
            return show::with_status(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
        Err(error) => return Err(WebError::Conflict(error.to_string())),
    };
    let home = home_link(&found.book, &decision.chosen).text;
    // Whoever decides sees these; only what comes later is a reason to look again.
    let known = decide::follow::open_signals(&app.store, &decision.chosen).await?;
    let known: Vec<String> = known.into_iter().map(|signal| signal.id).collect();
    let done = Act {
        events: deciding_events(&plan),
        facts: facts(found.ranking.homes.len(), true, false),
        kind: "decided",
        note: json!({"text": home, "decision": decision.id, "reason": decision.reason, "signals": known}),
        decision: Some(&decision),
    };
    let activity = app.activity("decide", &visit.viewer.account);
    act(&app.store, &app.placement, &case, &done, &activity).await?;
    Ok(show::go(&links::of_case(&id, "letter"), "done-decided"))
}

/// Deciding completes what leads up to it, as far as it is still open.
fn deciding_events(plan: &PlanState) -> Vec<CaseEvent> {
    let mut events = Vec::new();
    let undone = |name: &str| plan.item(name).is_none_or(|item| !matches!(item.state, ItemState::Completed));
    for task in ["check_need", "choose_candidates"] {
        if undone(task) {
            events.push(CaseEvent::TaskCompleted { task: task.to_owned() });
        }
    }
    for task in ["review_after_objection", "look_again"] {
        let open = plan.item(task).is_some_and(|item| matches!(item.state, ItemState::Active | ItemState::Enabled));
        if open {
            events.push(CaseEvent::TaskCompleted { task: task.to_owned() });
        }
    }
    // The letter's task waits inside the decision's stage, so the decision has to be heard before its task completes.
    events.push(CaseEvent::Occurred { listener: "decision_made".to_owned() });
    if undone("decide") {
        events.push(CaseEvent::TaskCompleted { task: "decide".to_owned() });
    }
    events
}
