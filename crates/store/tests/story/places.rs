//! An empty store on each engine there is, and small things to put in.

use model::case::CaseState;
use model::{Permission, Role, Timestamp, Viewer};
use serde_json::json;
use sqlx::Connection;
use store::audit::NewAuditLine;
use store::cases::StoredCase;
use store::{NewActivity, Store, Writer};

/// A store of a test's own, gone when the test ends.
pub(crate) struct Place {
    pub(crate) store: Store,
    pub(crate) address: String,
    made_in: MadeIn,
}

enum MadeIn {
    Folder { _folder: tempfile::TempDir },
    Server { server: String, database: String },
}

impl Drop for Place {
    fn drop(&mut self) {
        let MadeIn::Server { server, database } = &self.made_in else { return };
        let (server, sql) = (server.clone(), format!("drop database if exists {database} with (force)"));
        // A test may end by a panic in the middle of its runtime: another thread has its own.
        let cleaner = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(administer(&server, sql));
        });
        let cleaned = cleaner.join();
        assert!(cleaned.is_ok() || std::thread::panicking(), "the database of the test goes with it");
    }
}

async fn administer(server: &str, sql: String) {
    sqlx::any::install_default_drivers();
    let mut admin = sqlx::AnyConnection::connect(&format!("{server}/postgres")).await.expect("the server");
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut admin).await.expect("is done");
}

#[expect(clippy::disallowed_methods, reason = "tests are told by their environment whether there is a PostgreSQL")]
fn postgres() -> Option<String> {
    std::env::var("COUNTERFLOW_TEST_POSTGRES").ok()
}

/// An empty, migrated store on each engine there is.
pub(crate) async fn places(name: &str) -> Vec<Place> {
    let folder = tempfile::tempdir().expect("a folder");
    let address = format!("sqlite:{}", folder.path().join("store.db").display());
    let mut places = vec![place(address, MadeIn::Folder { _folder: folder }).await];
    match postgres() {
        None => eprintln!("COUNTERFLOW_TEST_POSTGRES is not set: told on SQLite only"),
        Some(server) => {
            let database = format!("story_{name}_{}", std::process::id());
            administer(&server, format!("drop database if exists {database}")).await;
            administer(&server, format!("create database {database}")).await;
            places.push(place(format!("{server}/{database}"), MadeIn::Server { server, database }).await);
        }
    }
    places
}

async fn place(address: String, made_in: MadeIn) -> Place {
    let store = Store::open(&address).await.expect("a store");
    store.migrate().await.expect("tables");
    store.migrate().await.expect("migrating twice changes nothing");
    Place { store, address, made_in }
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).expect("a moment")
}

pub(crate) fn activity(id: &str, seconds: i64) -> NewActivity {
    NewActivity {
        id: id.to_owned(),
        stage: "ingest".to_owned(),
        kind: "receive".to_owned(),
        agent: "counterflow".to_owned(),
        at: at(seconds),
    }
}

pub(crate) async fn begin(store: &Store, id: &str, seconds: i64) -> Writer {
    store.begin(&activity(id, seconds)).await.expect("a transaction")
}

pub(crate) fn viewer() -> Viewer {
    Viewer { account: "carla".to_owned(), role: Role::CaseManager, scopes: None }
}

pub(crate) fn line(id: &str) -> NewAuditLine<'_> {
    NewAuditLine {
        id: id.to_owned(),
        at: at(50),
        permission: Permission::ReadCases,
        kind: "case",
        subject: "case-1",
        outcome: "read",
    }
}

pub(crate) fn case(id: &str, due: &str) -> StoredCase {
    StoredCase {
        id: id.to_owned(),
        case_type: "placement".to_owned(),
        title: format!("100%_place for {id}"),
        state: CaseState::Active,
        owner: String::new(),
        due: due.to_owned(),
        budget_line: "B1".to_owned(),
        need: json!({"kind_of_care": "permanent"}),
        plan: json!({}),
        created_at: at(0),
        updated_at: at(0),
        version: 1,
    }
}
