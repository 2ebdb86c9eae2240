//! What must not happen to what is written: changed logs, half transactions, values that do not come back, cut backups.

use crate::places::{activity, at, begin, case, line, places, viewer};
use model::{Judgement, Role, Verdict};
use serde_json::json;
use sqlx::Connection;
use store::accounts::Account;
use store::idempotency::EarlierAnswer;
use store::{NewEntry, Store, StoreError};

async fn by_hand(address: &str, sql: &str) -> Result<(), sqlx::Error> {
    let mut connection = sqlx::AnyConnection::connect(&address.replace("sqlite:", "sqlite://")).await?;
    sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.map(|_| ())
}

#[tokio::test]
async fn what_only_grows_cannot_be_changed_by_hand_either() {
    for place in places("grows").await {
        let mut writer = begin(&place.store, "a1", 1).await;
        writer.append(&NewEntry::about("tick", json!({}))).await.expect("an entry");
        writer.put_case(&case("case-1", "")).await.expect("opens it");
        writer.add_to_timeline("case-1", "opened", &json!({})).await.expect("tells it");
        writer.put_signal_state("s1", "taken", "carla", "").await.expect("takes it");
        writer.commit().await.expect("commits");
        place.store.note_audit(&viewer(), &line("l1")).await.expect("notes it");
        let postgres = place.address.starts_with("postgres");
        for (table, column) in [
            ("log", "note"),
            ("activities", "agent"),
            ("audit", "viewer"),
            ("timeline", "note"),
            ("signal_history", "note"),
        ] {
            let mut attempts = vec![format!("update {table} set {column} = ''"), format!("delete from {table}")];
            attempts.extend(postgres.then(|| format!("truncate {table} cascade")));
            for sql in attempts {
                let refused = by_hand(&place.address, &sql).await.expect_err(&sql);
                assert!(refused.to_string().contains("only grows"), "{sql}: {refused}");
            }
        }
    }
}

#[tokio::test]
async fn writers_that_are_dropped_leave_nothing_and_hold_nobody_up() {
    for place in places("dropped").await {
        let store = &place.store;
        for turn in 0..30 {
            let mut lost = begin(store, &format!("lost-{turn}"), turn).await;
            lost.append(&NewEntry::rows("homes", turn, json!({}))).await.expect("an entry");
            lost.put_case(&case(&format!("case-{turn}"), "")).await.expect("opens it");
            drop(lost);
        }
        let mut writer = begin(store, "kept", 40).await;
        assert_eq!(writer.append(&NewEntry::about("tick", json!({}))).await.expect("an entry"), 1);
        writer.commit().await.expect("commits");
        assert_eq!(store.dataset_version("homes").await.expect("reads"), None);
        assert_eq!(store.outside_use().await.expect("reads").cases, 0);
    }
}

#[tokio::test]
async fn what_would_not_come_back_is_refused_at_the_door() {
    for place in places("door").await {
        let store = &place.store;
        let mut writer = begin(store, "a1", 1).await;
        let (left, right) = ("a/1".to_owned(), "b/1".to_owned());
        let judgement = Judgement {
            left,
            right,
            verdict: Verdict::Same,
            weight: f64::INFINITY,
            probability: 1.0,
            comparisons: vec![],
        };
        let refused = writer.put_judgement("j1", &judgement, "link/1").await.expect_err("no number");
        assert!(matches!(refused, StoreError::NotKept { .. }), "{refused}");
        let answer = EarlierAnswer { request_hash: "h".to_owned(), status: 201, body: "{}".to_owned() };
        writer.put_answer("carla", "key", &answer).await.expect("keeps it");
        writer.commit().await.expect("commits");
        let mut writer = begin(store, "a2", 2).await;
        let refused = writer.put_answer("carla", "key", &answer).await.expect_err("the key is used");
        assert!(matches!(refused, StoreError::Taken(_)), "{refused}");
        drop(writer);
        assert_eq!(store.earlier_answer("carla", "key").await.expect("reads"), Some(answer));
        let mut writer = begin(store, "a3", 90_000).await;
        assert_eq!(writer.forget_answers(at(80_000)).await.expect("forgets"), 1);
        writer.commit().await.expect("commits");
        let refused = store.begin(&activity("a3", 3)).await.expect_err("an Activity happens once");
        assert!(matches!(refused, StoreError::Taken(_)), "{refused}");
        if place.address.starts_with("postgres") {
            let refused = store.account("zero\0").await.expect_err("PostgreSQL has no zero character");
            assert!(matches!(refused, StoreError::Character), "{refused}");
        }
    }
}

#[tokio::test]
async fn a_store_of_a_newer_version_is_left_alone() {
    for place in places("newer").await {
        by_hand(&place.address, "insert into migrations (name) values ('9999_later')").await.expect("inserts");
        let refused = place.store.migrate().await.expect_err("it is newer");
        assert!(matches!(refused, StoreError::Newer(_)), "{refused}");
    }
}

#[tokio::test]
async fn two_programs_that_start_at_once_make_the_tables_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = format!("sqlite:{}", folder.path().join("100% new?#.db").display());
    let starting: Vec<_> = (0..4)
        .map(|_| {
            let address = address.clone();
            tokio::spawn(async move { Store::open(&address).await.expect("opens").migrate().await })
        })
        .collect();
    for started in starting {
        started.await.expect("ends well").expect("migrates");
    }
    assert!(folder.path().join("100% new?#.db").exists(), "the file has the name that was asked for");
    let told = Store::open("mysql://root:secret@host/x").await.expect_err("another engine").to_string();
    assert!(!told.contains("secret"), "{told}");
}

async fn filled(store: &Store) -> Vec<u8> {
    let mut writer = begin(store, "a1", 1).await;
    writer.append(&NewEntry::rows("homes", 0, json!({"added": 3}))).await.expect("an entry");
    for number in 0..250 {
        writer.put_case(&case(&format!("case-{number}"), "")).await.expect("opens it");
    }
    let account = Account {
        name: "carla".to_owned(),
        display_name: "Carla".to_owned(),
        role: Role::CaseManager,
        password_hash: "$argon2id$".to_owned(),
        active: true,
    };
    writer.put_account(&account).await.expect("makes it");
    writer.commit().await.expect("commits");
    let mut dump = Vec::new();
    store.dump(&mut dump).await.expect("dumps");
    dump
}

#[tokio::test]
async fn a_cut_or_foreign_dump_is_refused_and_changes_nothing() {
    let whole = {
        let place = places("whole").await.remove(0);
        String::from_utf8(filled(&place.store).await).expect("UTF-8")
    };
    let lines: Vec<&str> = whole.lines().collect();
    let cut = lines[..lines.len() - 1].join("\n");
    let short = [&lines[..5], &lines[6..]].concat().join("\n");
    let other = whole.replace("\"table\":\"cases\"", "\"table\":\"users\"");
    let column = whole.replace("\"budget_line\"", "\"a) select\"");
    for place in places("cut").await {
        for (wrong, what) in [(&cut, "cut off"), (&short, "rows"), (&other, "no table"), (&column, "no column")] {
            let refused = place.store.load(wrong.as_bytes()).await.expect_err(what).to_string();
            assert!(refused.contains(what), "{what}: {refused}");
        }
        assert!(place.store.load(&b"{}\n"[..]).await.is_err());
        assert!(place.store.load(&b"\xff\xfe"[..]).await.is_err());
        assert_eq!(place.store.outside_use().await.expect("reads").cases, 0);
        place.store.load(whole.as_bytes()).await.expect("the whole one fits");
        assert_eq!(place.store.outside_use().await.expect("reads").cases, 250);
    }
}

#[tokio::test]
async fn a_copy_taken_while_somebody_writes_holds_what_was_committed() {
    for place in places("copy").await {
        let before = filled(&place.store).await;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("copy.db");
        let mut writer = begin(&place.store, "a2", 2).await;
        writer.append(&NewEntry::about("tick", json!({}))).await.expect("an entry");
        if place.address.starts_with("postgres") {
            assert!(matches!(place.store.backup_to(&file).await, Err(StoreError::Backup(_))));
            continue;
        }
        place.store.backup_to(&file).await.expect("copies");
        assert!(place.store.backup_to(&file).await.is_err(), "a file that is there is not written over");
        writer.commit().await.expect("commits");
        let copy = Store::open(&format!("sqlite:{}", file.display())).await.expect("opens");
        copy.migrate().await.expect("it has all tables");
        let mut after = Vec::new();
        copy.dump(&mut after).await.expect("dumps");
        assert!(before == after, "the copy holds what was committed when it began");
    }
}

#[tokio::test]
async fn outside_use_is_told_for_a_span_of_time() {
    for place in places("span").await {
        let store = &place.store;
        for (number, seconds) in [(1, 10), (2, 20), (3, 30)] {
            let mut writer = begin(store, &format!("a{number}"), seconds).await;
            writer.put_case(&case(&format!("case-{number}"), "")).await.expect("opens it");
            writer.commit().await.expect("commits");
        }
        let told = store.outside_use_between(at(10), at(30)).await.expect("reads");
        assert_eq!((told.cases, told.decisions, told.decisions_using, told.decisions_changed), (2, 0, 0, 0));
    }
}
