//! A small office to ask: every role, a case of somebody else, a decided case, homes, a signal, a pair to judge.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, header};
use decide::case::casetype::CaseType;
use decide::table::TableModel;
use lake::Lake;
use model::run::Chance;
use model::signal::{Signal, SignalKind};
use model::{
    Clock, ColumnType, Comparison, Estimate, Explanation, Judgement, Permission, Problem, Role, Severity, Standing,
    Table, Timestamp, Value, Verdict,
};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use store::accounts::{Account, Token};
use store::datasets::Dataset;
use store::{NewActivity, NewEntry, Store};
use tower::ServiceExt;
use web::auth::permissions::Permissions;
use web::routes::{Patience, site_with};
use web::state::{App, OfficeFacts, Shared, SourceFacts};
use web::wording::Wording;

/// Bytes that one request to this office may have.
pub(crate) const BODY_BYTES: usize = 300_000;
/// The password of every account.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// A text that would run in a page, and one that would run in a spreadsheet.
pub(crate) const HOSTILE_NAME: &str = "<script>alert(1)</script> & \"Garden\" House";
/// See [`HOSTILE_NAME`].
pub(crate) const FORMULA: &str = "=HYPERLINK(\"http://evil.example\")";
/// Who works on the case that the manager does not work on.
pub(crate) const OTHER_MANAGER: &str = "other-manager";

/// Time that moves on by a second each time somebody looks, so that nothing happens at the same moment.
pub(crate) struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.fetch_add(1, Ordering::Relaxed)).expect("a moment of this century")
    }
}

struct Counting(AtomicU64);

impl Chance for Counting {
    fn bytes(&self) -> [u8; 10] {
        let mut bytes = [7; 10];
        bytes[2..].copy_from_slice(&self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        bytes
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Visitor,
    Session { cookie: String, csrf: String },
    Token(String),
}

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Ask {
    pub(crate) fn get(path: &str) -> Self {
        Self { method: Method::GET, path: path.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn form(path: &str, answers: &[(&str, &str)]) -> Self {
        let encode =
            |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let pairs: Vec<String> =
            answers.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        Self::raw(path, "application/x-www-form-urlencoded", pairs.join("&").into_bytes())
    }

    pub(crate) fn json(path: &str, body: &serde_json::Value) -> Self {
        Self::raw(path, "application/json", body.to_string().into_bytes())
    }

    pub(crate) fn raw(path: &str, kind: &str, body: Vec<u8>) -> Self {
        let headers = vec![("content-type".to_owned(), kind.to_owned())];
        Self { method: Method::POST, path: path.to_owned(), headers, body }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn is_api(&self) -> bool {
        self.path.starts_with("/api/")
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// True where the answer sends somebody not signed in to sign in.
    pub(crate) fn asks_to_sign_in(&self) -> bool {
        self.status == 401 || (self.status == 303 && self.header("location").starts_with("/sign-in"))
    }

    /// The value of the first cookie that it sets.
    pub(crate) fn cookie(&self) -> &str {
        self.header("set-cookie").split(';').next().and_then(|pair| pair.split_once('=')).map_or("", |(_, word)| word)
    }
}

/// What the tests ask for by identifier.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    /// A case that nobody works on.
    pub(crate) free: String,
    /// A case that [`OTHER_MANAGER`] works on.
    pub(crate) others: String,
    /// A case that was decided; its letter waits.
    pub(crate) decided: String,
    /// The home that was chosen for it.
    pub(crate) chosen: String,
    /// Two records that wait to be judged.
    pub(crate) pair: (String, String),
    /// Hash of a file received from the source `posts`.
    pub(crate) received: String,
}

/// The office.
pub(crate) struct Office {
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) known: Known,
    _folder: tempfile::TempDir,
}

fn demo(path: &str) -> PathBuf {
    Path::new("../../demo").join(path)
}

fn text(path: &str) -> String {
    std::fs::read_to_string(demo(path)).expect("a file of the demo office")
}

fn permissions() -> Permissions {
    let mut policies: Vec<(String, String)> = std::fs::read_dir(demo("policies"))
        .expect("policies")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "cedar"))
        .map(|path| (path.file_stem().expect("a name").to_string_lossy().into_owned(), path))
        .map(|(name, path)| (name, std::fs::read_to_string(path).expect("a policy")))
        .collect();
    policies.sort();
    Permissions::read(&policies).expect("policies that can be read")
}

#[expect(clippy::disallowed_methods, reason = "tests are told by their environment whether there is a PostgreSQL")]
fn postgres() -> Option<String> {
    std::env::var("COUNTERFLOW_TEST_POSTGRES").ok()
}

/// Makes an empty database on a server that is there for tests only; it goes with the server. Only the store speaks SQL, so
/// PostgreSQL's own program makes it.
fn new_database(server: &str) -> String {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let name = format!("site_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    let made = std::process::Command::new("psql")
        .args(["--quiet", &format!("{server}/postgres"), "--command", &format!("create database {name}")])
        .status();
    assert!(made.expect("psql is there, where PostgreSQL is").success(), "{name} was made");
    format!("{server}/{name}")
}

/// A short account name for a role.
pub(crate) fn account(role: Role) -> String {
    format!("the-{}", role.word().replace('_', "-"))
}

impl Office {
    pub(crate) async fn open() -> Self {
        Self::open_with(Patience::default()).await
    }

    pub(crate) async fn open_with(patience: Patience) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let address = match postgres() {
            Some(server) => new_database(&server),
            None => format!("sqlite:{}", folder.path().join("store.db").display()),
        };
        let store = Store::open(&address).await.expect("a store");
        store.migrate().await.expect("tables");
        let lake = Lake::open(&folder.path().join("lake"), 64 << 20).await.expect("a lake");
        let app = App::new(Shared {
            store,
            lake,
            office: facts(),
            permissions: permissions(),
            wording: Wording::built_in(),
            placement: CaseType::parse("placement.toml", &text("casetypes/placement.toml")).expect("a case type"),
            weights: TableModel::load(&text("tables/placement-weights.dmn")).expect("a decision table"),
            clock: Box::new(TestClock(AtomicI64::new(1_795_600_000))),
            chance: Box::new(Counting(AtomicU64::new(1))),
            metrics: web::routes::metrics_handle(),
            shelf: web::book::Shelf::default(),
            styles: "/assets/app.css".to_owned(),
            script: "/assets/app.js".to_owned(),
        });
        let router = site_with(app.clone(), patience).into_router();
        let mut office = Self { app, router, known: Known::default(), _folder: folder };
        office.fill().await;
        office
    }

    pub(crate) async fn ask(&self, who: &Who, ask: &Ask) -> Answer {
        let mut builder = Request::builder().method(ask.method.clone()).uri(&ask.path).header("host", "office.example");
        let mut body = ask.body.clone();
        let given = |name: &str| ask.headers.iter().any(|(known, _)| known == name);
        if !ask.is_api() && !given("accept") {
            builder = builder.header("accept", "text/html");
        }
        match who {
            Who::Visitor => {}
            Who::Session { cookie, csrf } => {
                builder = builder.header("cookie", format!("counterflow_session={cookie}"));
                if ask.is_api() && !given("x-csrf") {
                    builder = builder.header("x-csrf", csrf);
                }
                let kind = ask.headers.iter().find(|(name, _)| name == "content-type").map_or("", |(_, kind)| kind);
                let given = body.windows(5).any(|window| window == b"csrf=" || window == b"\"csrf");
                if kind == "application/x-www-form-urlencoded" && !given {
                    body.extend_from_slice(format!("&csrf={csrf}").as_bytes());
                }
                if let Some((_, boundary)) = kind.split_once("boundary=").filter(|_| !given) {
                    let part =
                        format!("--{boundary}\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n");
                    body.splice(0..0, part.into_bytes());
                }
            }
            Who::Token(token) => builder = builder.header("authorization", format!("Bearer {token}")),
        }
        for (name, value) in &ask.headers {
            builder = builder.header(name, value);
        }
        let request = builder.body(Body::from(body)).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("a router always answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        Answer { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// Somebody of a role, signed in with a browser.
    pub(crate) async fn signed_in(&self, role: Role) -> Who {
        self.session_of(&account(role)).await
    }

    pub(crate) async fn session_of(&self, account: &str) -> Who {
        let (cookie, csrf) = (web::auth::password::random_word(), web::auth::password::random_word());
        let mut writer = self.app.store.begin(&self.app.activity("sign_in", account)).await.expect("a writer");
        let hash = model::ids::content_hash(cookie.as_bytes());
        writer
            .put_session(&hash, account, &csrf, self.app.now() + Duration::from_secs(80_000))
            .await
            .expect("a session");
        writer.commit().await.expect("commits");
        Who::Session { cookie, csrf }
    }

    /// A program with a token of somebody of a role.
    pub(crate) async fn token(&self, role: Role, scopes: &[Permission]) -> Who {
        let secret = web::auth::password::random_word();
        let token = Token {
            name: "a program".to_owned(),
            hash: model::ids::content_hash(secret.as_bytes()),
            account: account(role),
            scopes: scopes.to_vec(),
            expires_at: self.app.now() + Duration::from_secs(80_000),
            revoked: false,
        };
        let mut writer =
            self.app.store.begin(&self.app.activity("make_token", &token.account)).await.expect("a writer");
        writer.put_token(&token).await.expect("a token");
        writer.commit().await.expect("commits");
        Who::Token(secret)
    }

    /// Number of audit lines about a subject; all where it is empty.
    pub(crate) async fn audit_lines(&self, viewer: &str, subject: &str) -> i64 {
        self.app.store.audit(viewer, subject, store::Page::new(1, 1)).await.expect("reads").total
    }

    async fn fill(&mut self) {
        self.put_accounts().await;
        self.put_datasets().await;
        self.put_work().await;
        let manager = self.signed_in(Role::CaseManager).await;
        self.known.free = self.open_case(&manager, "Person 1").await;
        self.known.others = self.open_case(&manager, "Person 2 <b>").await;
        self.known.decided = self.open_case(&manager, "Person 3").await;
        let other = self.session_of(OTHER_MANAGER).await;
        let claimed = self.ask(&other, &Ask::form(&format!("/cases/{}/claim", self.known.others), &[])).await;
        assert_eq!(claimed.status, 303, "{}", claimed.text);
        let case = self.known.decided.clone();
        self.known.chosen = self.decide(&manager, &case).await;
    }

    /// Opens a case by its form; gives its identifier.
    pub(crate) async fn open_case(&self, manager: &Who, person: &str) -> String {
        let key = format!("{:0>36}", self.app.new_id());
        let answers = [("person", person), ("care", "permanent"), ("place", "Jannali NSW"), ("idempotency_key", &key)];
        let opened = self.ask(manager, &Ask::form("/cases", &[])).await;
        assert_eq!(opened.status, 405, "cases are opened at /cases/new");
        let opened = self.ask(manager, &Ask::form("/cases/new", &answers)).await;
        assert_eq!(opened.status, 303, "{}", opened.text);
        let path = opened.header("location").split('?').next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// Decides a case for the home that the ranking puts first; gives that home.
    pub(crate) async fn decide(&self, manager: &Who, case: &str) -> String {
        let page = self.ask(manager, &Ask::get(&format!("/cases/{case}/decision"))).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let hidden = |name: &str| {
            let after = page.text.split(&format!("name=\"{name}\" value=\"")).nth(1).expect("a hidden value");
            after.split('"').next().expect("a quote closes").replace("&#38;", "&")
        };
        let home = hidden("home");
        let answers =
            [("home", home.as_str()), ("seen", &hidden("seen")), ("decision_reason", "the nearest to her family")];
        let decided = self.ask(manager, &Ask::form(&format!("/cases/{case}/decision"), &answers)).await;
        assert_eq!(decided.status, 303, "{}", decided.text);
        home
    }

    async fn put_accounts(&self) {
        let password_hash = web::auth::password::hash(PASSWORD).expect("long enough");
        let mut writer =
            self.app.store.begin(&self.app.activity("make_account", "counterflow")).await.expect("a writer");
        let mut all: Vec<(String, Role)> = Role::ALL.map(|role| (account(role), role)).to_vec();
        all.push((OTHER_MANAGER.to_owned(), Role::CaseManager));
        all.push(("second-administrator".to_owned(), Role::Administrator));
        all.push(("somebody".to_owned(), Role::None));
        for (name, role) in all {
            let account =
                Account { display_name: name.clone(), name, role, password_hash: password_hash.clone(), active: true };
            writer.put_account(&account).await.expect("an account");
        }
        writer.commit().await.expect("commits");
    }

    async fn put_datasets(&mut self) {
        let bytes = std::sync::Arc::new(b"<rss/>".to_vec());
        let received = model::ids::content_hash(&bytes);
        self.app.lake.keep_bytes(&received, bytes).await.expect("kept");
        let mut activity = self.activity();
        let mut writer = self.app.store.begin(&activity).await.expect("a writer");
        writer.put_received("posts", "posts.rss", &received, 6).await.expect("noted");
        writer.commit().await.expect("commits");
        for (name, restricted, table) in tables(&received) {
            self.put_dataset(name, restricted, table).await;
        }
        activity = self.activity();
        let mut writer = self.app.store.begin(&activity).await.expect("a writer");
        let problem = Problem {
            cause: "not_a_number".to_owned(),
            severity: Severity::ValueLeftOut,
            place: model::Place {
                file: "posts.rss".to_owned(),
                line: Some(3),
                record: Some(2),
                column: Some("rating".to_owned()),
            },
            found: FORMULA.to_owned(),
            hint: "write a number".to_owned(),
        };
        writer.replace_problems("posts", "posts.rss", &received, &[problem]).await.expect("problems");
        writer.commit().await.expect("commits");
        self.known.received = received;
    }

    pub(crate) async fn put_dataset(&self, name: &str, restricted: bool, table: Table) {
        let activity = self.activity();
        let version = self.app.lake.replace(name, table, &activity.id).await.expect("rows");
        let dataset = Dataset {
            name: name.to_owned(),
            title: format!("Title of {name}"),
            summary: "What it is".to_owned(),
            licence: "CC0 1.0".to_owned(),
            licence_url: "https://creativecommons.org/publicdomain/zero/1.0/".to_owned(),
            publisher: "A public authority".to_owned(),
            attribution: String::new(),
            standing: Standing::Official,
            simulated: name == "posts",
            derived: !["posts", "places_au", "agreed_prices", "free_places", "persons"].contains(&name),
            restricted,
        };
        let mut writer = self.app.store.begin(&activity).await.expect("a writer");
        writer.put_dataset(&dataset).await.expect("a dataset");
        let note = json!({"source": "posts", "file": "posts.rss", "added": 2, "changed": 0, "removed": 0});
        writer.append(&NewEntry::rows(name, version, note)).await.expect("an entry");
        writer.commit().await.expect("commits");
    }

    async fn put_work(&mut self) {
        let mut writer = self.app.store.begin(&self.activity()).await.expect("a writer");
        writer.replace_signals(&[signal("signal-1", "home-1"), signal("signal-2", "home-2")]).await.expect("signals");
        let compared = Comparison {
            name: "name".to_owned(),
            left: HOSTILE_NAME.to_owned(),
            right: "Garden".to_owned(),
            grade: "close".to_owned(),
            weight: 0.4,
        };
        let judgement = Judgement {
            left: "homes/home-1".to_owned(),
            right: "homes/home-2".to_owned(),
            verdict: Verdict::Unsure,
            weight: 0.4,
            probability: 0.55,
            comparisons: vec![compared],
        };
        writer.put_judgement("judgement-1", &judgement, "link/1").await.expect("a judgement");
        writer.commit().await.expect("commits");
        self.known.pair = (judgement.left, judgement.right);
    }

    pub(crate) fn activity(&self) -> NewActivity {
        NewActivity { stage: "ingest".to_owned(), ..self.app.activity("receive", "counterflow") }
    }
}

/// A signal about a home.
pub(crate) fn signal(id: &str, home: &str) -> Signal {
    Signal {
        id: id.to_owned(),
        kind: SignalKind::CommunityFell,
        entity: home.to_owned(),
        aspect: "overall".to_owned(),
        since: "2026-10-03".parse().expect("a date"),
        noticed: "2026-10-27".parse().expect("a date"),
        size: Estimate { value: -0.8, low: -1.1, high: -0.5, level: 0.9, voices: 40.0, independent_voices: 21.0 },
        chance: 0.004,
        because: explanation(),
    }
}

fn explanation() -> Explanation {
    let record = model::RecordRef { dataset: "posts".to_owned(), version: 0, id: "post-1".to_owned() };
    let contribution = model::Contribution {
        record: Some(record),
        label: "post".to_owned(),
        value: 2.0,
        weight: 1.0,
        discounted: String::new(),
    };
    let figures = vec![("prior_mean".to_owned(), 3.6)];
    Explanation { method: "ratings/1".to_owned(), figures, contributions: vec![contribution], contributions_total: 1 }
}

fn facts() -> OfficeFacts {
    OfficeFacts {
        name: "Test office".to_owned(),
        contact: "office@example.org".to_owned(),
        public_address: "http://office.example".to_owned(),
        notice: String::new(),
        body_bytes: BODY_BYTES,
        rows_page: 2,
        demo_logins: Vec::new(),
        sources: vec![SourceFacts {
            name: "posts".to_owned(),
            title: "Posts about homes".to_owned(),
            connector: "feed".to_owned(),
            address: "https://posts.example/feed".to_owned(),
            standing: Standing::Community,
            simulated: true,
            licence: "CC0 1.0".to_owned(),
            publisher: "Somebody".to_owned(),
            every_hours: 1,
            datasets: vec!["posts".to_owned()],
        }],
        kinds_of_care: vec!["permanent".to_owned(), "respite".to_owned()],
        country: "AU".to_owned(),
        localities: "places_au".to_owned(),
        currency: "AUD".to_owned(),
    }
}

const TEXT: ColumnType = ColumnType::Text;
const NUMBER: ColumnType = ColumnType::Number;

fn table(columns: &[(&str, ColumnType)], rows: Vec<Vec<Value>>) -> Table {
    let mut table = Table::with_columns(columns);
    for row in rows {
        table.push_row(row).expect("the row fits");
    }
    table
}

fn tables(received: &str) -> Vec<(&'static str, bool, Table)> {
    let homes = [
        ("home-1", HOSTILE_NAME, "Government"),
        ("home-2", FORMULA, "Not for profit"),
        ("home-3", "Elm", "For profit"),
    ];
    let home = |(number, (id, name, owner)): (usize, &(&str, &str, &str))| -> Vec<Value> {
        let latitude = -34.02 - number as f64 / 100.0;
        vec![
            (*id).into(),
            (*name).into(),
            "".into(),
            "Jannali".into(),
            "NSW".into(),
            "AU".into(),
            "Garden Care".into(),
            (*owner).into(),
            "South East Sydney".into(),
            "Small".into(),
            latitude.into(),
            151.06.into(),
            "locality".into(),
        ]
    };
    let text_columns =
        ["_id", "name", "other_names", "suburb", "state", "country", "provider", "ownership", "region", "size"];
    let mut columns: Vec<(&str, ColumnType)> = text_columns.map(|name| (name, TEXT)).to_vec();
    columns.extend([("latitude", NUMBER), ("longitude", NUMBER), ("place_exactness", TEXT)]);
    let homes_table = table(&columns, homes.iter().enumerate().map(home).collect());
    let members = homes.iter().flat_map(|(id, ..)| {
        ["agreed_prices", "free_places"]
            .map(|dataset| vec![(*id).into(), dataset.into(), format!("{dataset}-{id}").into()])
    });
    let because = serde_json::to_string(&explanation()).expect("plain data");
    let assessed = homes.iter().enumerate().flat_map(|(number, (id, ..))| {
        let because = because.clone();
        let heard = number < 2;
        let standings = if heard { vec!["official", "community"] } else { vec!["official"] };
        standings.into_iter().map(move |standing| {
            let value = 3.0 + number as f64 / 2.0;
            vec![
                format!("{id}-overall-{standing}").into(),
                (*id).into(),
                "overall".into(),
                standing.into(),
                value.into(),
                (value - 0.4).into(),
                (value + 0.4).into(),
                0.9.into(),
                40.0.into(),
                21.0.into(),
                true.into(),
                because.clone().into(),
                if standing == "official" { "" } else { "posts portal_gone" }.into(),
            ]
        })
    });
    let prices = homes.iter().map(|(id, ..)| vec![format!("agreed_prices-{id}").into(), 1_350.0.into()]);
    let places = homes.iter().map(|(id, ..)| vec![format!("free_places-{id}").into(), "permanent".into(), 3.0.into()]);
    let at: Timestamp = "2026-10-20T10:00:00Z".parse().expect("a moment");
    let post = |id: &str, content: &str| -> Vec<Value> {
        vec![
            id.into(),
            at.into(),
            content.into(),
            2.0.into(),
            "posts".into(),
            "posts.rss".into(),
            received.into(),
            "community".into(),
        ]
    };
    let posts =
        vec![post("post-1", HOSTILE_NAME), post("post-2", FORMULA), post("post-3", "@SUM(A1)"), post("post-4", "-1+1")];
    let voices = vec![
        vec!["home-1".into(), "post-1".into(), "group-1".into(), 1.0.into(), "".into()],
        vec!["home-1".into(), "post-2".into(), "group-2".into(), 1.0.into(), "burst".into()],
    ];
    let figures = ["value", "low", "high", "level", "voices", "independent_voices"].map(|name| (name, NUMBER));
    let mut assessed_columns = vec![("_id", TEXT), ("entity", TEXT), ("aspect", TEXT), ("standing", TEXT)];
    assessed_columns.extend(figures);
    assessed_columns.extend([("enough", ColumnType::Flag), ("because", TEXT), ("sources", TEXT)]);
    let posts_columns = [
        ("_id", TEXT),
        ("published", ColumnType::Timestamp),
        ("content", TEXT),
        ("rating", NUMBER),
        ("_source", TEXT),
        ("_file", TEXT),
        ("_received", TEXT),
        ("_standing", TEXT),
    ];
    let voices_columns = [("entity", TEXT), ("record", TEXT), ("group", TEXT), ("share", NUMBER), ("discounted", TEXT)];
    let place = vec!["Jannali".into(), "NSW".into(), (-34.02).into(), 151.06.into()];
    vec![
        ("homes", false, homes_table),
        ("home_members", false, table(&[("entity", TEXT), ("dataset", TEXT), ("record", TEXT)], members.collect())),
        ("home_assessments", false, table(&assessed_columns, assessed.collect())),
        ("agreed_prices", false, table(&[("_id", TEXT), ("weekly_price", NUMBER)], prices.collect())),
        ("free_places", false, table(&[("_id", TEXT), ("kind_of_care", TEXT), ("places", NUMBER)], places.collect())),
        ("posts", false, table(&posts_columns, posts)),
        ("home_voices", false, table(&voices_columns, voices)),
        (
            "places_au",
            false,
            table(&[("locality", TEXT), ("state", TEXT), ("latitude", NUMBER), ("longitude", NUMBER)], vec![place]),
        ),
        (
            "persons",
            true,
            table(&[("_id", TEXT), ("name", TEXT)], vec![vec!["person-1".into(), "Secret Person".into()]]),
        ),
    ]
}

/// Every address of the site with its methods, as the router itself knows them.
pub(crate) async fn addresses(router: &Router) -> Vec<(Method, String)> {
    // The router tells its paths in no other way than by its debug form; which methods they take it says when asked for another.
    let told = format!("{router:?}");
    let mut paths: Vec<String> = told
        .split("RouteId(")
        .skip(1)
        .filter_map(|part| part.split_once("): \"")?.1.split_once('"').map(|(path, _)| path.to_owned()))
        .filter(|path| !path.contains("__private"))
        .collect();
    paths.sort();
    paths.dedup();
    let mut found = Vec::new();
    for path in paths {
        let uri = path.replace(['{', '}', '*'], "");
        let request = Request::builder().method("PROPFIND").uri(&uri).body(Body::empty()).expect("a request");
        let response = router.clone().oneshot(request).await.expect("a router always answers");
        let allowed =
            response.headers().get(header::ALLOW).and_then(|methods| methods.to_str().ok()).unwrap_or_default();
        assert_eq!(response.status(), 405, "{path} takes a method that nobody has");
        for method in allowed.split(',').map(str::trim).filter(|method| *method != "HEAD") {
            found.push((method.parse().expect("a method"), path.clone()));
        }
    }
    found
}
