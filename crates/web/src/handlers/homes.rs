//! Homes: the list, one home, and why a figure is what it is.

use crate::auth::visit::Visit;
use crate::error::WebError;
use crate::form::Query;
use crate::handlers::titles_of;
use crate::number::Money;
use crate::pages::layout::Section;
use crate::pages::parts::{Choice, Direction, Field, Figure, Filters, Kind, Link, Pager, Sort, Timeline, Voices};
use crate::pages::{
    AspectLine, ContributionLine, Gap, HomeLine, HomePage, HomesPage, OfficialFact, PostLine, SeriesLine, VoiceGroup,
    WhyPage, WhyPart, links,
};
use crate::picture::{Told, map};
use crate::state::App;
use crate::wording::Words;
use crate::{book, show};
use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use decide::rooms::care::Ownership;
use decide::rooms::care::book::{Home, HomeBook};
use model::{Estimate, Explanation, Permission, Standing, Table};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Homes of which fewer posts are shown in one go.
const GROUPS_SHOWN: usize = 10;
/// Posts of one group that are shown.
const POSTS_SHOWN: usize = 5;
/// Spots on the map of the list.
const MOST_SPOTS: usize = 3_000;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(links::HOMES, get(list))
        .route("/homes/{id}", get(one))
        .route("/homes/{id}/why/{aspect}/{standing}", get(why))
}

/// A figure of a home as pages show it.
pub(crate) fn figure(words: &Words, home: &Home, aspect: &str, standing: Standing, simulated: bool) -> Figure {
    let known = home.figure(aspect, standing).filter(|figure| figure.enough);
    let about = format!("{}, {}", words.of_or_itself("aspect", aspect), home.name);
    let id = format!("f-{}-{}-{aspect}", short(&home.id), standing.word()).replace('_', "-");
    let estimate = known.map(|figure| figure.estimate);
    let shown = match standing {
        Standing::Official => Figure::official(words, id, about, estimate),
        _ => Figure::community(words, id, about, estimate).of_aspect(aspect).simulated(simulated),
    };
    if home.figure(aspect, standing).is_some() {
        shown.why(links::why(&home.id, aspect, standing.word()))
    } else {
        shown
    }
}

fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

/// Words for who owns a home.
pub(crate) fn ownership(words: &Words, home: &Home) -> String {
    words.of("ownership", home.ownership.map_or("unknown", Ownership::word))
}

/// The gap between both views, where their intervals do not meet.
pub(crate) fn gap(words: &Words, home: &Home, aspect: &str) -> String {
    let of = |standing| home.figure(aspect, standing).filter(|figure| figure.enough).map(|figure| figure.estimate);
    match (of(Standing::Official), of(Standing::Community)) {
        (Some(official), Some(community)) if community.low > official.high => words.say("gap-community-higher"),
        (Some(official), Some(community)) if community.high < official.low => words.say("gap-community-lower"),
        _ => String::new(),
    }
}

/// True for what posts speak of: the whole, and how it moves. Single aspects are asked about in surveys.
pub(crate) fn is_from_posts(aspect: &str) -> bool {
    Voices::of_aspect(aspect) != Voices::Answers
}

/// True where what communities say of homes rests on simulated rows.
pub(crate) fn community_is_simulated(book: &HomeBook) -> bool {
    book.simulated.contains("home_assessments")
}

async fn list(visit: Visit, query: Query) -> Result<Response, WebError> {
    visit.require(Permission::ReadOpen).await?;
    let words = &visit.words;
    let book = book::current(&visit.app).await?;
    let filter = HomeFilter::of(&query);
    let mut found: Vec<&Home> = book.homes.iter().filter(|home| filter.fits(home)).collect();
    sort(&mut found, query.get("sort"));
    let unheard = found.iter().filter(|home| is_silent(home)).count() as u64;
    let size = visit.app.office.rows_page;
    let total = found.len() as u64;
    let pager = pager(words, &query, total, size);
    let simulated = community_is_simulated(&book);
    let lines = found.iter().skip(before(&pager)).take(rows_of_page(size)).map(|home| HomeLine {
        home: Link::new(&home.name, links::home(&home.id)),
        place: home.place(),
        ownership: ownership(words, home),
        official: figure(words, home, "overall", Standing::Official, false).short(),
        community: figure(words, home, "overall", Standing::Community, simulated).short(),
        gap: gap(words, home, "overall"),
    });
    let page = HomesPage {
        frame: visit.frame(Section::Homes),
        filters: filters(words, &book, &query),
        sorts: sorts(words, &query),
        lines: lines.collect(),
        pager,
        unheard: (unheard > 0 && query.get("heard").is_empty())
            .then(|| (unheard, query.with(&[("heard", SILENT), ("page", "")]))),
        coverage: super::coverage::part(&visit).await?,
        map: map_of(words, &found),
    };
    show::page(&page)
}

/// The page that is asked for; the last one where it lies beyond the end.
fn pager(words: &Words, query: &Query, total: u64, size: i64) -> Pager {
    Pager::new(words, total, query.page().unsigned_abs(), size.unsigned_abs(), |page| {
        query.with(&[("page", &page.to_string())])
    })
}

/// How many rows come before a page.
fn before(pager: &Pager) -> usize {
    usize::try_from(pager.first.saturating_sub(1)).unwrap_or(usize::MAX)
}

/// Rows of one page.
fn rows_of_page(size: i64) -> usize {
    usize::try_from(size).unwrap_or(1).max(1)
}

/// What `heard` may be: enough is said of a home, not enough is, nobody says anything.
pub(crate) const HEARD: [&str; 3] = ["yes", "no", SILENT];
pub(crate) const SILENT: &str = "silent";
/// Independent voices from which on somebody speaks about a home.
const LEAST_VOICES: f64 = 1.0;

/// True where enough is said of a home to speak of a view.
fn is_heard(home: &Home) -> bool {
    home.figure("overall", Standing::Community).is_some_and(|figure| figure.enough)
}

/// True where nobody speaks about a home.
fn is_silent(home: &Home) -> bool {
    let figure = home.figure("overall", Standing::Community);
    figure.is_none_or(|figure| figure.estimate.independent_voices < LEAST_VOICES)
}

/// What narrows a list of homes, on pages and in the API; empty text means any.
#[derive(Clone, Debug, Default)]
pub(crate) struct HomeFilter {
    /// Part of a name, former name, suburb or provider, in small letters.
    pub(crate) words: String,
    /// Word of an owner.
    pub(crate) ownership: String,
    /// State.
    pub(crate) state: String,
    /// Country.
    pub(crate) country: String,
    /// Planning region; the state where a home has none.
    pub(crate) region: String,
    /// One of [`HEARD`].
    pub(crate) heard: String,
}

impl HomeFilter {
    /// The filter that an address holds.
    fn of(query: &Query) -> Self {
        let text = |name: &str| query.get(name).to_owned();
        Self {
            words: query.get("q").trim().to_lowercase(),
            ownership: text("ownership"),
            state: text("state"),
            country: text("country"),
            region: text("region"),
            heard: text("heard"),
        }
    }

    /// True where a home is one of the list.
    pub(crate) fn fits(&self, home: &Home) -> bool {
        let said = |text: &str| text.to_lowercase().contains(&self.words);
        let is = |wanted: &str, found: &str| wanted.is_empty() || wanted == found;
        (self.words.is_empty()
            || [&home.name, &home.suburb, &home.provider, &home.other_names].into_iter().any(|text| said(text)))
            && is(&self.ownership, home.ownership.map_or("", Ownership::word))
            && is(&self.state, &home.state)
            && is(&self.country, &home.country)
            && is(&self.region, region_of(home))
            && match self.heard.as_str() {
                "yes" => is_heard(home),
                "no" => !is_heard(home),
                SILENT => is_silent(home),
                _ => true,
            }
    }
}

/// The region by which coverage counts a home.
fn region_of(home: &Home) -> &str {
    if home.region.is_empty() { &home.state } else { &home.region }
}

fn sort(homes: &mut [&Home], by: &str) {
    let value = |home: &Home, standing| {
        let figure = home.figure("overall", standing).filter(|figure| figure.enough);
        figure.map_or(f64::NEG_INFINITY, |figure| figure.estimate.low)
    };
    match by {
        "official" => {
            homes.sort_by(|a, b| value(b, Standing::Official).total_cmp(&value(a, Standing::Official)));
        }
        "community" => {
            homes.sort_by(|a, b| value(b, Standing::Community).total_cmp(&value(a, Standing::Community)));
        }
        "ownership" => homes.sort_by_key(|home| home.ownership),
        _ => {}
    }
}

fn filters(words: &Words, book: &HomeBook, query: &Query) -> Filters {
    let choices = |name: &str, values: Vec<(String, String)>| {
        let any = Choice::new("", words.say("filter-any"), query.get(name).is_empty());
        let rest = values.into_iter().map(|(value, text)| Choice::new(&value, text, query.get(name) == value));
        Kind::Select(std::iter::once(any).chain(rest).collect())
    };
    let mut states: Vec<(String, String)> = Vec::new();
    let mut countries: Vec<(String, String)> = Vec::new();
    let mut regions: BTreeSet<&str> = BTreeSet::new();
    for home in &book.homes {
        for (list, value) in [(&mut states, &home.state), (&mut countries, &home.country)] {
            if !value.is_empty() && !list.iter().any(|(known, _)| known == value) {
                list.push((value.clone(), value.clone()));
            }
        }
        regions.insert(&home.region);
    }
    states.sort();
    countries.sort();
    let named = regions.into_iter().filter(|region| !region.is_empty());
    let regions: Vec<(String, String)> = named.map(|region| (region.to_owned(), region.to_owned())).collect();
    let heard = HEARD.map(|word| (word.to_owned(), words.of("heard", word))).to_vec();
    let owners = Ownership::ALL.map(|owner| (owner.word().to_owned(), words.of("ownership", owner.word()))).to_vec();
    let fields = vec![
        Field::new(words, "q", Kind::Search, query.get("q")),
        Field::new(words, "ownership", choices("ownership", owners), ""),
        Field::new(words, "country", choices("country", countries), ""),
        Field::new(words, "state", choices("state", states), ""),
        Field::new(words, "region", choices("region", regions), ""),
        Field::new(words, "heard", choices("heard", heard), ""),
    ];
    let set = ["q", "ownership", "country", "state", "region", "heard"].iter().any(|name| !query.get(name).is_empty());
    let kept = [("sort", query.get("sort"))];
    let kept = kept.into_iter().filter(|(_, value)| !value.is_empty());
    Filters::new(
        words,
        links::HOMES,
        fields,
        kept.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        set,
    )
}

fn sorts(words: &Words, query: &Query) -> Vec<Sort> {
    ["home", "ownership", "official", "community"]
        .map(|name| {
            let current = query.get("sort") == name || (query.get("sort").is_empty() && name == "home");
            let direction = current.then_some(match name {
                "official" | "community" => Direction::Descending,
                _ => Direction::Ascending,
            });
            let href = query.with(&[("sort", name), ("page", "")]);
            Sort::new(words.say(&format!("column-{name}")), href, direction)
        })
        .to_vec()
}

fn map_of(words: &Words, homes: &[&Home]) -> String {
    // A map of two continents says nothing; the list of one country does.
    let countries: BTreeSet<&str> = homes.iter().map(|home| home.country.as_str()).collect();
    if countries.len() != 1 {
        return String::new();
    }
    let spots: Vec<map::Spot> = homes.iter().take(MOST_SPOTS).filter_map(|home| spot(home)).collect();
    let told = Told {
        id: "map".to_owned(),
        title: words.say("homes-map-title"),
        description: words.say("homes-map-description"),
    };
    map::spots(&told, &spots, None)
}

/// A home as a spot on a map.
pub(crate) fn spot(home: &Home) -> Option<map::Spot> {
    let (latitude, longitude) = home.latitude.zip(home.longitude)?;
    Some(map::Spot { label: home.name.clone(), latitude, longitude, chosen: false })
}

async fn one(visit: Visit, Path(id): Path<String>) -> Result<Response, WebError> {
    visit.require(Permission::ReadOpen).await?;
    let words = &visit.words;
    let book = book::current(&visit.app).await?;
    let home = book.home(&id).ok_or(WebError::NotFound)?;
    let simulated = community_is_simulated(&book);
    let (voices, voices_total, posts_total) = voices(&visit.app, home).await?;
    let page = HomePage {
        frame: visit.frame(Section::Homes),
        name: home.name.clone(),
        place: [home.place(), home.country.clone()].join(", "),
        ownership: ownership(words, home),
        provider: home.provider.clone(),
        size: words.of_or_itself("size", &home.size.to_lowercase()),
        free_places: home.free_places().map(u64::from),
        price: home.price.as_ref().map(|(price, _)| money(&visit.app, *price)),
        aspects: aspects(words, home, simulated),
        facts: facts(words, home, &book),
        series: series(&visit.app, words, home).await?,
        happenings: Vec::new(),
        voices,
        voices_total,
        posts_total,
        more_voices: None,
        timeline: Timeline::new(words, Vec::new()),
        map: one_on_map(words, home),
        records: home.members.iter().map(|(dataset, record)| record_link(dataset, record)).collect(),
    };
    show::page(&page)
}

fn record_link(dataset: &str, record: &str) -> Link {
    Link::new(format!("{dataset} {}", short(record)), format!("{}/rows/{record}", links::dataset(dataset)))
}

/// An amount a week in the office's currency.
pub(crate) fn money(app: &App, amount: f64) -> Money {
    Money { amount, currency: app.office.currency.clone() }
}

fn one_on_map(words: &Words, home: &Home) -> String {
    let Some(spot) = spot(home) else { return String::new() };
    let told = Told {
        id: "map".to_owned(),
        title: words.say1("home-map-title", "home", &home.name),
        description: words.say1("home-map-description", "place", home.place()),
    };
    map::spots(&told, &[spot], None)
}

/// What is said of a home, overall first, then by aspect.
fn aspects(words: &Words, home: &Home, simulated: bool) -> Vec<AspectLine> {
    let mut names: Vec<&str> = vec!["overall"];
    for figure in &home.figures {
        // Hours a day are no stars: they stand among the facts.
        if !names.contains(&figure.aspect.as_str()) && figure.aspect != "nurse_hours" {
            names.push(&figure.aspect);
        }
    }
    names[1..].sort_unstable();
    names
        .into_iter()
        .map(|aspect| {
            let side = |standing| {
                let from_posts = simulated && is_from_posts(aspect);
                home.figure(aspect, standing).map(|_| figure(words, home, aspect, standing, from_posts))
            };
            let sentence = gap(words, home, aspect);
            AspectLine {
                aspect: aspect.to_owned(),
                official: side(Standing::Official),
                community: side(Standing::Community),
                gap: (!sentence.is_empty()).then(|| Gap { sentence, href: links::why(&home.id, aspect, "community") }),
            }
        })
        .collect()
}

fn facts(words: &Words, home: &Home, book: &HomeBook) -> Vec<OfficialFact> {
    let mut facts = Vec::new();
    if let Some(hours) = home.figure("nurse_hours", Standing::Official) {
        facts.push(OfficialFact {
            name: words.of_or_itself("aspect", "nurse_hours"),
            value: words.decimal(&hours.estimate.value, 2),
            row: pin_link(&hours.pin),
            standing: Standing::Official,
            simulated: false,
        });
    }
    for (kind, (places, pin)) in &home.places {
        facts.push(OfficialFact {
            name: words.say1("fact-free-places", "care", words.of_or_itself("care", kind)),
            value: places.to_string(),
            row: pin_link(pin),
            standing: Standing::Official,
            simulated: book.simulated.contains(pin.dataset),
        });
    }
    facts
}

fn pin_link(pin: &decide::rooms::care::book::Pin) -> Link {
    Link::new(pin.dataset, links::row(pin.dataset, pin.version, &pin.record))
}

/// Official stars over the quarters.
async fn series(app: &App, words: &Words, home: &Home) -> Result<Vec<SeriesLine>, WebError> {
    let own: Vec<&str> = home
        .members
        .iter()
        .filter(|(dataset, _)| dataset == "homes_au_panel")
        .map(|(_, record)| record.as_str())
        .collect();
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let Some(table) = newest(app, "homes_au_panel").await? else { return Ok(Vec::new()) };
    let mut lines: BTreeMap<model::Date, Option<f64>> = BTreeMap::new();
    for row in 0..table.len() {
        let id = table.text(row, "_id").unwrap_or_default();
        if let Some(on) = table.date(row, "quarter").filter(|_| own.contains(&id)) {
            lines.insert(on, table.number(row, "overall_stars"));
        }
    }
    let line = |(number, (on, stars)): (usize, (model::Date, Option<f64>))| {
        let exact = stars.map(|stars| Estimate {
            value: stars,
            low: (stars - 0.5).max(1.0),
            high: (stars + 0.5).min(5.0),
            level: 0.9,
            voices: 1.0,
            independent_voices: 1.0,
        });
        let about = words.say1("series-official-on", "day", words.date(&on));
        SeriesLine {
            on,
            official: Some(Figure::official(words, format!("series-{number}"), about, exact).short()),
            community: None,
        }
    };
    Ok(lines.into_iter().enumerate().map(line).collect())
}

/// The newest rows of a dataset, where there are any.
pub(super) async fn newest(app: &App, dataset: &str) -> Result<Option<Arc<Table>>, WebError> {
    match app.store.dataset_version(dataset).await? {
        Some(version) => Ok(Some(app.lake.read(dataset, version).await?)),
        None => Ok(None),
    }
}

/// Posts about a home, grouped into independent voices, heaviest first.
async fn voices(app: &App, home: &Home) -> Result<(Vec<VoiceGroup>, u64, u64), WebError> {
    let (Some(voices), Some(posts)) = (newest(app, "home_voices").await?, newest(app, "posts").await?) else {
        return Ok((Vec::new(), 0, 0));
    };
    let version = app.store.dataset_version("posts").await?.unwrap_or(0);
    let mut groups: BTreeMap<String, (f64, String, Vec<&str>)> = BTreeMap::new();
    let mut posts_total = 0;
    for row in 0..voices.len() {
        if voices.text(row, "entity") != Some(home.id.as_str()) {
            continue;
        }
        posts_total += 1;
        let record = voices.text(row, "record").unwrap_or_default();
        let group = voices.text(row, "group").filter(|group| !group.is_empty()).unwrap_or(record);
        let entry = groups.entry(group.to_owned()).or_default();
        entry.0 += voices.number(row, "share").unwrap_or(0.0);
        if entry.1.is_empty() {
            voices.text(row, "discounted").unwrap_or_default().clone_into(&mut entry.1);
        }
        entry.2.push(record);
    }
    let whole: f64 = groups.values().map(|(share, ..)| share).sum();
    let mut sorted: Vec<(f64, String, Vec<&str>)> = groups.into_values().collect();
    sorted.sort_by(|a, b| b.2.len().cmp(&a.2.len()).then(b.0.total_cmp(&a.0)).then(a.2.cmp(&b.2)));
    let total = sorted.len() as u64;
    let shown = sorted.into_iter().take(GROUPS_SHOWN).map(|(share, because, records)| VoiceGroup {
        because: if because.is_empty() { "single".to_owned() } else { because },
        posts_total: records.len() as u64,
        posts: posts_of(&posts, version, &records),
        weight: if whole > 0.0 { share / whole } else { 0.0 },
    });
    Ok((shown.collect(), total, posts_total))
}

fn posts_of(posts: &Table, version: i64, records: &[&str]) -> Vec<PostLine> {
    let mut lines: Vec<PostLine> = (0..posts.len())
        .filter(|row| posts.text(*row, "_id").is_some_and(|id| records.contains(&id)))
        .filter_map(|row| {
            let model::Value::Timestamp(at) = posts.value(row, "published") else { return None };
            let id = posts.text(row, "_id").unwrap_or_default();
            Some(PostLine {
                at,
                row: Link::new("posts", links::row("posts", version, id)),
                text: posts.text(row, "content").unwrap_or_default().to_owned(),
                stars: posts.number(row, "rating"),
            })
        })
        .collect();
    lines.sort_by_key(|line| line.at);
    lines.truncate(POSTS_SHOWN);
    lines
}

async fn why(
    visit: Visit,
    query: Query,
    headers: HeaderMap,
    Path((id, aspect, standing)): Path<(String, String, String)>,
) -> Result<Response, WebError> {
    visit.require(Permission::ReadOpen).await?;
    let words = &visit.words;
    let book = book::current(&visit.app).await?;
    let home = book.home(&id).ok_or(WebError::NotFound)?;
    let standing = match standing.as_str() {
        "official" => Standing::Official,
        "community" => Standing::Community,
        _ => return Err(WebError::NotFound),
    };
    let known = home.figure(&aspect, standing).ok_or(WebError::NotFound)?;
    let table = visit.app.lake.read(known.pin.dataset, known.pin.version).await?;
    let row = table.row_of(&known.pin.record).ok_or(WebError::NotFound)?;
    let because: Explanation = table
        .text(row, "because")
        .and_then(|text| serde_json::from_str(text).ok())
        .ok_or_else(|| WebError::Internal(format!("the explanation of {} cannot be read", known.pin.record)))?;
    let size = visit.app.office.rows_page;
    let total = because.contributions.len() as u64;
    let pager = pager(words, &query, total, size);
    let contributions = because.contributions.iter().skip(before(&pager)).take(rows_of_page(size)).map(|part| {
        let href = part.record.as_ref().map(|record| links::row(&record.dataset, record.version, &record.id));
        ContributionLine {
            what: Link::new(words.of_or_itself("contribution", &part.label), href.unwrap_or_default()),
            value: part.value,
            weight: part.weight,
            discounted: part.discounted.clone(),
        }
    });
    let alone = headers.get("counterflow-part").is_some_and(|part| part == "why");
    let whole = if alone { links::why(&home.id, &aspect, standing.word()) } else { String::new() };
    let part = WhyPart {
        words: words.clone(),
        method: because.method.clone(),
        figures: because.figures.clone(),
        titles: titles_of(&visit.app, &because.figures).await?,
        contributions: contributions.collect(),
        contributions_total: because.contributions_total as u64,
        whole,
        id: format!("why-{}-{}-{}", short(&home.id), aspect, standing.word()).replace('_', "-"),
    };
    if alone {
        let html = part.render().map_err(|error| WebError::Internal(error.to_string()))?;
        return Ok(Html(html).into_response());
    }
    let page = WhyPage {
        frame: visit.frame(Section::Homes),
        about: Link::new(&home.name, links::home(&home.id)),
        aspect: words.of_or_itself("aspect", &aspect),
        figure: figure(words, home, &aspect, standing, community_is_simulated(&book) && is_from_posts(&aspect))
            .explained_here(),
        part,
        pager,
    };
    show::page(&page)
}
