//! Cases: the worklist, opening by form and by list, one case, notes and objections. Every look leaves an audit line.

use crate::auth::visit::Visit;
use crate::error::WebError;
use crate::form::{Answers, Query};
use crate::handlers::homes::money;
use crate::handlers::page_of;
use crate::pages::layout::Section;
use crate::pages::parts::{
    Choice, Direction, Entry, EvidenceCard, Field, Figure, Filters, Kind, Link, Pager, Sort, Timeline,
};
use crate::pages::{
    CaseLine, CaseNewPage, CasePage, Decided, NextStep, PersonWithAccess, PlanLine, WorklistPage, links,
};
use crate::state::App;
use crate::wording::Words;
use crate::{book, show};
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use decide::case::plan::{CaseEvent, ItemState, PlanState};
use decide::rooms::care::book::HomeBook;
use decide::rooms::care::intake::{self, CaseNeed, Located};
use decide::stage::{Act, act, facts, open_cases};
use model::case::{CaseState, Decision, Evidence};
use model::{Date, Permission, Standing, Table};
use serde_json::json;
use std::sync::Arc;
use store::Page;
use store::cases::{CaseFilter, StoredCase};

/// Days before its due day from which a case counts as due soon.
const SOON_DAYS: i64 = 7;
/// Faults of one list that are told at once.
const MOST_FAULTS: usize = 50;
/// Rows of one list at most.
const MOST_ROWS: usize = 5_000;
/// Letters of an objection or note at most.
const LONGEST_NOTE: usize = 4_000;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(links::CASES, get(worklist))
        .route(links::CASES_ACTIONS, post(actions))
        .route(links::CASES_NEW, get(new).post(create))
        .route(links::CASES_LIST, post(create_list))
        .route("/cases/{id}", get(one))
        .route("/cases/{id}/claim", post(claim))
        .route("/cases/{id}/note", post(note))
        .route("/cases/{id}/objection", post(object))
}

/// A case with what it needs and where its plan stands, read in the visitor's name.
pub(crate) async fn read(visit: &Visit, id: &str) -> Result<(StoredCase, CaseNeed, PlanState), WebError> {
    visit.require(Permission::ReadCases).await?;
    let line = visit.audit_line(Permission::ReadCases, "case", id, "read");
    let case = visit.app.store.case(&visit.viewer, &line, id).await?.ok_or(WebError::NotFound)?;
    let need: CaseNeed = serde_json::from_value(case.need.clone())
        .map_err(|error| WebError::Internal(format!("need of case {id}: {error}")))?;
    let plan = PlanState::read(&case.plan).map_err(|error| WebError::Internal(error.to_string()))?;
    Ok((case, need, plan))
}

async fn worklist(visit: Visit, query: Query) -> Result<Response, WebError> {
    visit.require(Permission::ReadCases).await?;
    let words = &visit.words;
    let app = &visit.app;
    let size = app.office.rows_page;
    let filter = CaseFilter {
        state: query.get("state").to_owned(),
        owner: query.get("owner").to_owned(),
        words: query.get("q").to_owned(),
        sort: query.get("sort").to_owned(),
        ..CaseFilter::default()
    };
    let line = visit.audit_line(Permission::ReadCases, "worklist", "", "read");
    let ask = |page| app.store.worklist(&visit.viewer, &line, &filter, page);
    let found = page_of(Page::new(query.page(), size), ask).await?;
    let today = app.today();
    let lines = found.rows.iter().map(|case| case_line(words, case, today)).collect::<Vec<_>>();
    let page = WorklistPage {
        frame: visit.frame(Section::Worklist),
        filters: filters(&visit, &query),
        sorts: sorts(words, &query),
        lines,
        pager: Pager::new(
            words,
            found.total.unsigned_abs(),
            found.page.number.unsigned_abs(),
            size.unsigned_abs(),
            |page| query.with(&[("page", &page.to_string())]),
        ),
        filtered: ["q", "state", "owner"].iter().any(|name| !query.get(name).is_empty()),
    };
    show::page(&page)
}

fn filters(visit: &Visit, query: &Query) -> Filters {
    let words = &visit.words;
    let select = |name: &str, values: Vec<(String, String)>| {
        let any = Choice::new("", words.say("filter-all"), query.get(name).is_empty());
        let rest = values.into_iter().map(|(value, text)| Choice::new(&value, text, query.get(name) == value));
        Kind::Select(std::iter::once(any).chain(rest).collect())
    };
    let states = [CaseState::Active, CaseState::Completed, CaseState::Terminated]
        .map(|state| (state.word().to_owned(), words.of("case-state", state.word())))
        .to_vec();
    let own = visit.viewer.account.clone();
    let owners = vec![(own.clone(), own), ("-".to_owned(), words.say("worklist-nobody"))];
    let fields = vec![
        Field::new(words, "q", Kind::Search, query.get("q")),
        Field::new(words, "state", select("state", states), ""),
        Field::new(words, "owner", select("owner", owners), ""),
    ];
    let set = ["q", "state", "owner"].iter().any(|name| !query.get(name).is_empty());
    let kept =
        if query.get("sort").is_empty() { Vec::new() } else { vec![("sort".to_owned(), query.get("sort").to_owned())] };
    Filters::new(words, links::CASES, fields, kept, set)
}

fn sorts(words: &Words, query: &Query) -> Vec<Sort> {
    [("person", "title"), ("needs", ""), ("due", "due"), ("next", ""), ("owner", "")]
        .map(|(column, by)| {
            let current = !by.is_empty() && (query.get("sort") == by || (query.get("sort").is_empty() && by == "due"));
            let href = query.with(&[("sort", by), ("page", "")]);
            Sort::new(words.say(&format!("column-{column}")), href, current.then_some(Direction::Ascending))
        })
        .to_vec()
}

fn case_line(words: &Words, case: &StoredCase, today: Date) -> CaseLine {
    let need: Option<CaseNeed> = serde_json::from_value(case.need.clone()).ok();
    let plan = PlanState::read(&case.plan).ok();
    let due: Option<Date> = case.due.parse().ok();
    let days_left = due.map(|due| i64::from(model::time::days_since_epoch(due) - model::time::days_since_epoch(today)));
    let step = plan.as_ref().map_or("none", |plan| next_step(case, plan));
    let reason = match (step, days_left) {
        ("answer_objection", _) => "objection",
        ("review_evidence", _) => "signal",
        (_, Some(days)) if days < 0 => "overdue",
        (_, Some(days)) if days <= SOON_DAYS => "due_soon",
        _ => "waiting",
    };
    CaseLine {
        id: case.id.clone(),
        person: Link::new(&case.title, links::case(&case.id)),
        needs: need.map(|need| needs(words, &need)).unwrap_or_default(),
        due,
        days_left,
        state: case.state,
        next: words.of("next-step", step),
        reason,
        owner: (!case.owner.is_empty()).then(|| case.owner.clone()),
    }
}

fn needs(words: &Words, need: &CaseNeed) -> String {
    format!("{}, {}", words.of_or_itself("care", &need.need.kind_of_care), need.place)
}

/// The one next step of a case.
fn next_step(case: &StoredCase, plan: &PlanState) -> &'static str {
    let open =
        |name: &str| plan.item(name).is_some_and(|item| matches!(item.state, ItemState::Active | ItemState::Enabled));
    if open("review_after_objection") {
        "answer_objection"
    } else if open("look_again") {
        "review_evidence"
    } else if case.state != CaseState::Active {
        "none"
    } else if case.owner.is_empty() {
        "claim"
    } else if open("send_letter") {
        "send_letter"
    } else if open("decide") || open("choose_candidates") || open("relax_limits") || open("check_need") {
        "choose_home"
    } else {
        "none"
    }
}

/// Chosen cases are taken or given back together; those that somebody else changed meanwhile are left as they are.
async fn actions(answers: Answers) -> Result<Response, WebError> {
    let visit = &answers.visit;
    visit.require(Permission::WorkCases).await?;
    let owner = match answers.get("action") {
        "claim" => visit.viewer.account.clone(),
        "release" => String::new(),
        _ => return Err(WebError::NotFound),
    };
    for id in answers.all("case") {
        let (case, ..) = read(visit, id).await?;
        take(visit, &case, &owner).await?;
    }
    Ok(show::go(&answers.back(), "done-cases-changed"))
}

async fn claim(Path(id): Path<String>, answers: Answers) -> Result<Response, WebError> {
    let visit = &answers.visit;
    visit.require(Permission::WorkCases).await?;
    let (case, ..) = read(visit, &id).await?;
    take(visit, &case, &visit.viewer.account).await?;
    Ok(show::go(&links::case(&id), "done-case-taken"))
}

async fn take(visit: &Visit, case: &StoredCase, owner: &str) -> Result<(), WebError> {
    let app = &visit.app;
    let changed = StoredCase { owner: owner.to_owned(), ..case.clone() };
    let mut writer = app.store.begin(&app.activity("claim", &visit.viewer.account)).await?;
    writer.change_case(&changed).await?;
    let kind = if owner.is_empty() { "released" } else { "claimed" };
    writer.add_to_timeline(&case.id, kind, &json!({})).await?;
    writer.append(&store::NewEntry::about(kind, json!({"case": case.id}))).await?;
    Ok(writer.commit().await?)
}

fn new_page(
    visit: &Visit,
    given: &intake::Answers<'_>,
    faults: &[intake::Fault],
    list_wrong: Option<&[String]>,
    key: &str,
) -> CaseNewPage {
    let words = &visit.words;
    let currency = visit.app.office.currency.clone();
    let kinds = visit.app.office.kinds_of_care.iter();
    let care = kinds.map(|kind| Choice::new(kind, words.of_or_itself("care", kind), given.care == kind)).collect();
    let wishes = OFFERED_WISHES
        .map(|(wish, word)| Choice::new(wish, words.of("wish", word), given.wishes.contains(&wish)))
        .to_vec();
    let fields = vec![
        Field::new(words, "person", Kind::Text, given.person).required(),
        Field::new(words, "care", Kind::Radios(care), given.care).required(),
        Field::new(words, "place", Kind::Text, given.place).required(),
        Field::new(words, "due", Kind::Date, given.due),
        Field::new(words, "ceiling", Kind::Number { unit: currency }, given.ceiling),
        Field::new(words, "distance", Kind::Number { unit: "km".to_owned() }, given.distance),
        Field::new(words, "wishes", Kind::Checks(wishes), ""),
    ];
    let wrong = |field: Field| match faults.iter().find(|(name, _)| *name == field.name) {
        Some((_, key)) => field.wrong(key),
        None => field,
    };
    let list = Field::new(words, "list", Kind::File, "");
    CaseNewPage {
        frame: visit.frame(Section::Worklist),
        fields: fields.into_iter().map(wrong).collect(),
        list: match list_wrong {
            None => list,
            Some([]) => list.wrong("fault-list"),
            Some(_) => list.wrong("fault-list-rows"),
        },
        list_faults: list_wrong.unwrap_or_default().to_vec(),
        idempotency_key: key.to_owned(),
    }
}

/// Wishes that the form offers, with the word of their wording.
const OFFERED_WISHES: [(&str, &str); 4] = [
    ("owner:government", "government"),
    ("owner:not_for_profit", "not_for_profit"),
    ("owner:for_profit", "for_profit"),
    ("with:small", "small"),
];

/// A wish as the form words it.
pub(crate) fn worded_wish(words: &Words, wish: &str) -> String {
    let offered = OFFERED_WISHES.iter().find(|(known, _)| *known == wish);
    offered.map_or_else(|| wish.to_owned(), |(_, word)| words.of("wish", word))
}

async fn new(visit: Visit) -> Result<Response, WebError> {
    visit.require(Permission::WorkCases).await?;
    let key = visit.app.new_id();
    show::page(&new_page(&visit, &intake::Answers::default(), &[], None, &key))
}

/// Opens one case. The key of the form is the case's identifier: sending the form twice finds the case of the first time.
async fn create(answers: Answers) -> Result<Response, WebError> {
    let visit = &answers.visit;
    visit.require(Permission::WorkCases).await?;
    let app = &visit.app;
    let given = intake::Answers {
        person: answers.get("person"),
        care: answers.get("care"),
        place: answers.get("place"),
        due: answers.get("due"),
        ceiling: answers.get("ceiling"),
        distance: answers.get("distance"),
        wishes: answers.all("wishes"),
    };
    let places = places(app).await?;
    let read = intake::read(&given, &app.office.kinds_of_care, &|text| locate(places.as_deref(), text), app.today());
    let (need, due) = match read {
        Ok(read) => read,
        Err(faults) => {
            let page = new_page(visit, &given, &faults, None, answers.get("idempotency_key"));
            return show::with_status(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let id = new_case_id(&answers, 0);
    let line = visit.audit_line(Permission::WorkCases, "case", &id, "changed");
    if app.store.case(&visit.viewer, &line, &id).await?.is_none() {
        let activity = app.activity("open_case", &visit.viewer.account);
        let cases = [(id.clone(), need, due, String::new())];
        open_cases(&app.store, &app.placement, &cases, &activity).await?;
    }
    Ok(show::go(&links::case(&id), "done-case-opened"))
}

/// The identifier of a case that a form opens: the same one where the same form is sent again.
fn new_case_id(answers: &Answers, row: usize) -> String {
    let (account, key) = (answers.visit.viewer.account.as_str(), answers.get("idempotency_key"));
    if key.len() == 36 { model::content_id([account, key, &row.to_string()]) } else { answers.visit.app.new_id() }
}

/// Opens the cases of a list. All rows are looked at; those that do not fit come back with their line, and nothing is opened
/// until all fit, so that a mended list can simply be sent again.
async fn create_list(answers: Answers) -> Result<Response, WebError> {
    let visit = &answers.visit;
    visit.require(Permission::WorkCases).await?;
    let app = &visit.app;
    let wrong = |visit: &Visit, faults: &[String]| {
        let page = new_page(visit, &intake::Answers::default(), &[], Some(faults), &visit.app.new_id());
        show::with_status(StatusCode::UNPROCESSABLE_ENTITY, &page)
    };
    let Some((_, bytes)) = &answers.file else { return wrong(visit, &[]) };
    let places = places(app).await?;
    let locate = |text: &str| locate(places.as_deref(), text);
    let Some(rows) = list_rows(bytes) else { return wrong(visit, &[]) };
    let mut cases = Vec::new();
    let mut faults = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let cell = |name: &str| row.iter().find(|(column, _)| column == name).map_or("", |(_, value)| value.as_str());
        let wishes = cell("wishes");
        let given = intake::Answers {
            person: cell("person"),
            care: cell("care"),
            place: cell("place"),
            due: cell("due"),
            ceiling: cell("ceiling"),
            distance: cell("distance"),
            wishes: wishes.split(';').map(str::trim).filter(|wish| !wish.is_empty()).collect(),
        };
        match intake::read(&given, &app.office.kinds_of_care, &locate, app.today()) {
            Ok((need, due)) => cases.push((new_case_id(&answers, number), need, due, cell("budget_line").to_owned())),
            Err(found) => faults.extend(found.iter().map(|(field, key)| {
                format!("{} {}, {field}: {}", visit.words.say("list-line"), number + 2, visit.words.say(key))
            })),
        }
    }
    if cases.is_empty() || !faults.is_empty() {
        faults.truncate(MOST_FAULTS);
        return wrong(visit, &faults);
    }
    let line = visit.audit_line(Permission::WorkCases, "case", &cases[0].0, "changed");
    if app.store.case(&visit.viewer, &line, &cases[0].0).await?.is_none() {
        let activity = app.activity("open_cases", &visit.viewer.account);
        open_cases(&app.store, &app.placement, &cases, &activity).await?;
    }
    Ok(show::go(links::CASES, "done-cases-opened"))
}

/// Rows of an uploaded list, in whatever CSV dialect it comes; `None` where it is none.
fn list_rows(bytes: &[u8]) -> Option<Vec<Vec<(String, String)>>> {
    let format = formats::find("csv")?;
    let mut rows = Vec::new();
    let mut input = bytes;
    let options = formats::ReadOptions::default();
    let read = format.read(&mut input, &options, &mut |reading| {
        for row in 0..reading.table.len() {
            let cells = reading
                .table
                .columns()
                .iter()
                .map(|column| (column.name.trim().to_lowercase(), column.text(row).unwrap_or_default().to_owned()));
            rows.push(cells.collect());
        }
        if rows.len() > MOST_ROWS { std::ops::ControlFlow::Break(()) } else { std::ops::ControlFlow::Continue(()) }
    });
    read.ok().filter(|()| !rows.is_empty() && rows.len() <= MOST_ROWS).map(|()| rows)
}

/// The localities in which places are looked up.
pub(crate) async fn places(app: &App) -> Result<Option<Arc<Table>>, WebError> {
    super::homes::newest(app, &app.office.localities).await
}

/// The middle of all places of a name: `Jannali NSW`, `jannali, nsw`; `Jannali` alone where one state only has it.
pub fn locate(places: Option<&Table>, text: &str) -> Option<Located> {
    let folded = |text: &str| text.to_uppercase().replace(',', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let wanted = folded(text);
    let places = places.filter(|_| !wanted.is_empty())?;
    let mut whole: Vec<usize> = Vec::new();
    let mut bare: Vec<usize> = Vec::new();
    for row in 0..places.len() {
        let locality = places.text(row, "locality").unwrap_or_default();
        if !locality.is_empty() && wanted.starts_with(&locality.to_uppercase()) {
            let name = folded(&format!("{locality} {}", places.text(row, "state").unwrap_or_default()));
            if name == wanted {
                whole.push(row);
            } else if folded(locality) == wanted {
                bare.push(row);
            }
        }
    }
    let state = |row: &usize| places.text(*row, "state").unwrap_or_default();
    let one_state = bare.windows(2).all(|pair| state(&pair[0]) == state(&pair[1]));
    let rows = if whole.is_empty() && one_state { bare } else { whole };
    let first = rows.first()?;
    let found: Vec<(f64, f64)> =
        rows.iter().filter_map(|row| places.number(*row, "latitude").zip(places.number(*row, "longitude"))).collect();
    let many = found.len() as f64;
    let latitude = found.iter().map(|(latitude, _)| latitude).sum::<f64>() / many;
    let longitude = found.iter().map(|(_, longitude)| longitude).sum::<f64>() / many;
    let name = format!("{} {}", places.text(*first, "locality").unwrap_or_default(), state(first));
    Some(Located { name, latitude, longitude })
}

async fn one(visit: Visit, Path(id): Path<String>) -> Result<Response, WebError> {
    let (case, need, plan) = read(&visit, &id).await?;
    let app = &visit.app;
    let words = &visit.words;
    let book = book::current(app).await?;
    let decisions = app.store.decisions(&case).await?;
    let timeline = app.store.timeline(&case).await?;
    let due: Option<Date> = case.due.parse().ok();
    let days = |due: Date| i64::from(model::time::days_since_epoch(due) - model::time::days_since_epoch(app.today()));
    let step = next_step(&case, &plan);
    let last = decisions.last();
    let page = CasePage {
        frame: visit.frame(Section::Worklist),
        id: case.id.clone(),
        person: need.person.clone(),
        state: case.state,
        owner: (!case.owner.is_empty()).then(|| case.owner.clone()),
        care: words.of_or_itself("care", &need.need.kind_of_care),
        place: need.place.clone(),
        due,
        days_left: due.map(days),
        ceiling: money(app, need.need.weekly_budget_ceiling.unwrap_or(0.0)),
        distance: need.need.max_distance_km.unwrap_or(0.0),
        wishes: need.need.wishes.iter().map(|wish| worded_wish(words, &wish.word())).collect(),
        simulated: need.simulated,
        next: NextStep { kind: step, href: step_href(&case.id, step), posts: step == "claim" },
        decided: last.map(|decision| decided(&case.id, decision, &book)),
        plan: plan.items.iter().filter_map(|item| plan_line(words, app, &case, item)).collect(),
        evidence: last.map(|decision| evidence_cards(words, decision, &book)).unwrap_or_default(),
        timeline: Timeline::new(words, timeline.iter().rev().map(|entry| timeline_entry(words, entry)).collect()),
        people: people(&visit, &case).await?,
        note: Field::new(words, "note", Kind::Area, ""),
        objection: Field::new(words, "objection", Kind::Area, ""),
    };
    show::page(&page)
}

fn step_href(id: &str, step: &str) -> String {
    match step {
        "claim" => links::of_case(id, "claim"),
        "send_letter" => links::of_case(id, "letter"),
        "none" => links::case(id),
        _ => links::of_case(id, "candidates"),
    }
}

fn decided(id: &str, decision: &Decision, book: &HomeBook) -> Decided {
    let name = book.home(&decision.chosen).map_or_else(|| decision.chosen.clone(), |home| home.name.clone());
    Decided {
        home: Link::new(name, links::home(&decision.chosen)),
        on: model::time::date_of(decision.at),
        account: decision.account.clone(),
        reason: decision.reason.clone(),
        letter: links::of_case(id, "letter"),
        replay: links::of_case(id, "replay"),
    }
}

/// Items of the plan that a reader needs to see: listeners are not.
fn plan_line(words: &Words, app: &App, case: &StoredCase, item: &decide::case::plan::PlanItem) -> Option<PlanLine> {
    use decide::case::casetype::ItemKind;
    let kind = match app.placement.item(&item.name)?.kind {
        ItemKind::Stage => "stage",
        ItemKind::Task => "task",
        ItemKind::Milestone => "milestone",
        ItemKind::Listener => return None,
    };
    let state = match item.state.word() {
        "available" => "available",
        "enabled" => "enabled",
        "active" => "active",
        "completed" => "completed",
        _ => "terminated",
    };
    let open = kind == "task" && matches!(state, "active" | "enabled");
    let step = match item.name.as_str() {
        "send_letter" => "letter",
        _ => "candidates",
    };
    Some(PlanLine {
        name: words.of_or_itself("plan-item", &item.name),
        href: open.then(|| links::of_case(&case.id, step)),
        kind,
        state,
        owner: if open { case.owner.clone() } else { String::new() },
    })
}

/// Evidence as cards, each leading to its row.
pub(crate) fn evidence_cards(words: &Words, decision: &Decision, book: &HomeBook) -> Vec<EvidenceCard> {
    decision
        .evidence
        .iter()
        .enumerate()
        .map(|(number, evidence)| evidence_card(words, evidence, book, number))
        .collect()
}

/// One piece of evidence as a card.
pub(crate) fn evidence_card(words: &Words, evidence: &Evidence, book: &HomeBook, number: usize) -> EvidenceCard {
    let name = book.home(&evidence.entity).map_or_else(|| evidence.entity.clone(), |home| home.name.clone());
    let figure = evidence.estimate.map(|estimate| {
        let id = format!("evidence-{number}");
        let about = format!("{}, {name}", words.of_or_itself("aspect", &evidence.aspect));
        match evidence.standing {
            Standing::Official => Figure::official(words, id, about, Some(estimate)),
            _ => Figure::community(words, id, about, Some(estimate))
                .of_aspect(&evidence.aspect)
                .simulated(evidence.simulated),
        }
    });
    EvidenceCard {
        words: words.clone(),
        home: Link::new(name, links::home(&evidence.entity)),
        aspect: words.of_or_itself("aspect", &evidence.aspect),
        figure,
        text: evidence.text.clone(),
        standing: evidence.standing,
        simulated: evidence.simulated,
        dataset: Link::new(&evidence.dataset, links::row(&evidence.dataset, evidence.version, &evidence.record)),
        version: evidence.version,
    }
}

fn timeline_entry(words: &Words, entry: &store::cases::TimelineEntry) -> Entry {
    let text = |name: &str| entry.note[name].as_str().unwrap_or_default().to_owned();
    let (what, detail) = if entry.kind == "plan" {
        let item = words.of_or_itself("plan-item", &text("item"));
        (words.of_or_itself("plan-event", &text("transition")), item)
    } else {
        (words.of_or_itself("timeline", &entry.kind), text("text"))
    };
    // Only what a case heard of is linked: what was known at a decision stands in its evidence.
    let heard = entry.note["signals"].as_array().filter(|_| entry.kind == decide::follow::HEARD);
    let signals = heard.into_iter().flatten().filter_map(|id| id.as_str());
    let links = signals.map(|id| Link::new(words.say("timeline-signal"), links::signal(id))).collect();
    Entry { at: entry.at, who: entry.agent.clone(), what, detail, links, withdrawn: false }
}

/// Who can see the case: every active account whose role may read cases.
async fn people(visit: &Visit, case: &StoredCase) -> Result<Vec<PersonWithAccess>, WebError> {
    let words = &visit.words;
    let mut people = Vec::new();
    for account in visit.app.store.accounts().await?.into_iter().filter(|account| account.active) {
        let viewer = model::Viewer { account: account.name.clone(), role: account.role, scopes: None };
        if visit.app.permissions.allow(&viewer, Permission::ReadCases) {
            let owner = account.name == case.owner;
            let because = if owner { words.say("access-owner") } else { words.of("role", account.role.word()) };
            people.push(PersonWithAccess { name: account.name, because });
        }
    }
    Ok(people)
}

async fn note(Path(id): Path<String>, answers: Answers) -> Result<Response, WebError> {
    let visit = &answers.visit;
    visit.require(Permission::WorkCases).await?;
    let (case, ..) = read(visit, &id).await?;
    let text: String = answers.get("note").chars().take(LONGEST_NOTE).collect();
    if text.is_empty() {
        return Ok(show::go(&links::case(&id), ""));
    }
    let app = &visit.app;
    let mut writer = app.store.begin(&app.activity("note", &visit.viewer.account)).await?;
    writer.add_to_timeline(&case.id, "noted", &json!({"text": text})).await?;
    writer.append(&store::NewEntry::about("noted", json!({"case": case.id}))).await?;
    writer.commit().await?;
    Ok(show::go(&links::case(&id), "done-noted"))
}

/// An objection opens the task to look again; also where everything was done before.
async fn object(Path(id): Path<String>, answers: Answers) -> Result<Response, WebError> {
    let visit = &answers.visit;
    visit.require(Permission::WorkCases).await?;
    let (case, ..) = read(visit, &id).await?;
    let text: String = answers.get("objection").chars().take(LONGEST_NOTE).collect();
    let app = &visit.app;
    let objected = Act {
        events: vec![CaseEvent::Occurred { listener: "objection_received".to_owned() }],
        facts: facts(1, true, false),
        kind: "objected",
        note: json!({"text": text}),
        decision: None,
    };
    let activity = app.activity("object", &visit.viewer.account);
    act(&app.store, &app.placement, &case, &objected, &activity).await?;
    Ok(show::go(&links::case(&id), "done-objection"))
}
