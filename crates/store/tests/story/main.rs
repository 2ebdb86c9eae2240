//! One story through every table family, told on SQLite and, where a server is named, on PostgreSQL.
//!
//! `COUNTERFLOW_TEST_POSTGRES` names the server (`cargo xtask test` starts one); each test makes its own database there.

mod lists;
mod people;
mod places;
mod work;
mod writing;

use model::case::{Decision, Evidence};
use model::{Comparison, Judgement, Permission, Problem, Role, Severity, Standing, Verdict};
use places::{at, begin, case, line, places, viewer};
use serde_json::json;
use store::accounts::{Account, Token};
use store::cases::CaseFilter;
use store::datasets::Dataset;
use store::{NewEntry, Page, StoreError};

#[tokio::test]
async fn the_log_only_grows_and_names_what_readers_see() {
    for place in places("log").await {
        let store = &place.store;
        let mut writer = begin(store, "a1", 1).await;
        let first = writer.append(&NewEntry::rows("homes", 0, json!({"added": 3}))).await.expect("an entry");
        writer.move_position("ingest", first).await.expect("a position");
        writer.commit().await.expect("commits");
        let mut lost = begin(store, "a2", 2).await;
        lost.append(&NewEntry::rows("homes", 1, json!({}))).await.expect("an entry");
        drop(lost);
        assert_eq!(
            store.dataset_version("homes").await.expect("reads"),
            Some(0),
            "what was not committed is not there"
        );
        assert!(!store.knows_activity("a2").await.expect("reads"));
        let mut writer = begin(store, "a3", 3).await;
        writer.append(&NewEntry::rows("homes", 2, json!({}))).await.expect("an entry");
        writer.commit().await.expect("commits");
        let entries = store.entries_after(0, 10).await.expect("reads");
        let told: Vec<_> = entries.iter().map(|entry| (entry.position, entry.version)).collect();
        assert_eq!(told, [(1, 0), (2, 2)]);
        assert_eq!(entries[0].note, json!({"added": 3}));
        assert_eq!((store.position("ingest").await.expect("reads"), store.head().await.expect("reads")), (1, 2));
    }
}

#[tokio::test]
async fn positions_grow_without_gaps_under_eight_writers() {
    for place in places("writers").await {
        let tasks: Vec<_> = (0..8)
            .map(|worker| {
                let store = place.store.clone();
                tokio::spawn(async move {
                    for turn in 0..10 {
                        let mut writer = begin(&store, &format!("w{worker}-{turn}"), turn).await;
                        writer.append(&NewEntry::about("tick", json!({}))).await.expect("an entry");
                        writer.commit().await.expect("commits");
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("the writer ends well");
        }
        let positions: Vec<_> =
            place.store.entries_after(0, 1_000).await.expect("reads").iter().map(|entry| entry.position).collect();
        assert_eq!(positions, (1..=80).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn data_sources_and_problems() {
    for place in places("data").await {
        let store = &place.store;
        let mut writer = begin(store, "a1", 1).await;
        let dataset = Dataset {
            name: "homes".to_owned(),
            title: "Homes".to_owned(),
            summary: "One row a home".to_owned(),
            licence: "CC BY 4.0".to_owned(),
            licence_url: String::new(),
            publisher: "Department".to_owned(),
            attribution: "Department".to_owned(),
            standing: Standing::Official,
            simulated: false,
            derived: false,
            restricted: false,
        };
        writer.put_dataset(&dataset).await.expect("registers");
        writer.put_received("s", "a.csv", "hash-1", 12).await.expect("notes");
        writer.put_source_state("s", "read", "", "tag").await.expect("notes");
        let found: Vec<Problem> = (0..450)
            .map(|row| {
                let place = model::Place { file: "a.csv".to_owned(), line: Some(row), ..Default::default() };
                Problem::new("not_a_number", Severity::ValueLeftOut, place, "many\0", "write a number")
            })
            .collect();
        writer.replace_problems("s", "a.csv", "hash-1", &found).await.expect("keeps them");
        writer.commit().await.expect("commits");
        assert_eq!(store.dataset("homes").await.expect("reads"), Some(dataset));
        assert!(store.received_last("s", "a.csv", "hash-1").await.expect("reads"));
        assert!(!store.received_last("s", "a.csv", "hash-2").await.expect("reads"));
        let groups = store.problem_groups().await.expect("reads");
        assert_eq!((groups.len(), groups[0].count), (1, 450));
        let page = store.problems("s", "not_a_number", Page::new(3, 200)).await.expect("reads");
        assert_eq!((page.rows.len(), page.total, page.pages()), (50, 450, 3));
        let mut writer = begin(store, "a2", 2).await;
        writer.put_received("s", "a.csv", "hash-2", 12).await.expect("notes");
        writer.replace_problems("s", "a.csv", "hash-2", &found[..1]).await.expect("a mended file has fewer");
        writer.commit().await.expect("commits");
        assert_eq!(store.problem_groups().await.expect("reads")[0].count, 1);
        let newest = store.newest_received("s").await.expect("reads");
        assert_eq!(newest.iter().map(|file| file.hash.as_str()).collect::<Vec<_>>(), ["hash-2"]);
        assert_eq!(store.received_total("s").await.expect("reads"), (2, 24));
    }
}

#[tokio::test]
async fn people_judge_and_may_take_it_back() {
    for place in places("judge").await {
        let store = &place.store;
        let judgement = |probability: f64, verdict| Judgement {
            left: "a/1".to_owned(),
            right: "b/2".to_owned(),
            verdict,
            weight: 0.5,
            probability,
            comparisons: vec![Comparison {
                name: "name".to_owned(),
                left: "Orr".to_owned(),
                right: "Or".to_owned(),
                grade: "close".to_owned(),
                weight: 0.5,
            }],
        };
        let mut writer = begin(store, "a1", 1).await;
        let unsure = judgement(0.5, Verdict::Unsure);
        writer.put_judgement("j1", &unsure, "link/1").await.expect("adds");
        writer.commit().await.expect("commits");
        let queue = store.review_queue(Page::new(1, 10)).await.expect("reads");
        assert_eq!((queue.total, &queue.rows[0].judgement), (1, &unsure));
        let mut writer = begin(store, "a2", 2).await;
        writer.put_judgement("j2", &judgement(1.0, Verdict::Same), "person").await.expect("adds");
        writer.commit().await.expect("commits");
        assert_eq!(store.review_queue(Page::new(1, 10)).await.expect("reads").total, 0);
        assert_eq!(store.judgements_of_people().await.expect("reads").len(), 1);
        let mut writer = begin(store, "a3", 3).await;
        assert!(writer.withdraw_judgement("j2").await.expect("withdraws"));
        assert!(!writer.withdraw_judgement("j2").await.expect("only once"));
        writer.commit().await.expect("commits");
        assert_eq!(store.review_queue(Page::new(1, 10)).await.expect("reads").total, 1);
        assert!(store.judgements_of_people().await.expect("reads").is_empty());
        let pair = store::judgements::pair_id("b/2", "a/1");
        assert_eq!(store.judgements_of_pair(&pair).await.expect("reads").len(), 2, "a withdrawn one is still told");
    }
}

#[tokio::test]
async fn accounts_sessions_and_tokens_end_when_they_should() {
    for place in places("accounts").await {
        let store = &place.store;
        let mut account = Account {
            name: "carla".to_owned(),
            display_name: "Carla".to_owned(),
            role: Role::CaseManager,
            password_hash: "$argon2id$".to_owned(),
            active: true,
        };
        let token = Token {
            name: "script".to_owned(),
            hash: "token-hash".to_owned(),
            account: "carla".to_owned(),
            scopes: vec![Permission::ReadOpen, Permission::ReadCases],
            expires_at: at(100),
            revoked: false,
        };
        let mut writer = begin(store, "a1", 1).await;
        writer.put_account(&account).await.expect("makes it");
        writer.put_session("session-hash", "carla", "csrf", at(100)).await.expect("opens it");
        writer.put_token(&token).await.expect("makes it");
        writer.commit().await.expect("commits");
        store.note_failed_sign_in("carla", at(1)).await.expect("notes it");
        let session = store.session("session-hash", at(99)).await.expect("reads").expect("it lasts");
        assert_eq!((session.account.role, session.csrf.as_str()), (Role::CaseManager, "csrf"));
        assert!(store.session("session-hash", at(101)).await.expect("reads").is_none(), "it ended");
        assert_eq!(store.token("token-hash", at(50)).await.expect("reads").map(|(token, _)| token), Some(token));
        assert_eq!(store.failed_sign_ins("carla", at(0)).await.expect("reads"), 1);
        let mut writer = begin(store, "a2", 2).await;
        assert!(!writer.revoke_token("somebody", "token-hash").await.expect("not theirs"));
        assert!(writer.revoke_token("carla", "token-hash").await.expect("revokes"));
        account.active = false;
        writer.put_account(&account).await.expect("changes it");
        writer.commit().await.expect("commits");
        assert!(store.token("token-hash", at(50)).await.expect("reads").is_none());
        assert!(store.session("session-hash", at(50)).await.expect("reads").is_none(), "the account is not active");
    }
}

#[tokio::test]
async fn cases_are_read_in_somebodys_name_and_changed_once() {
    for place in places("cases").await {
        let store = &place.store;
        let mut writer = begin(store, "a1", 1).await;
        for (id, due) in [("case-1", "2026-12-01"), ("case-2", "2026-11-28"), ("case-3", "2026-12-24")] {
            writer.put_case(&case(id, due)).await.expect("opens it");
        }
        writer.add_to_timeline("case-1", "opened", &json!({})).await.expect("tells it");
        writer.add_to_timeline("case-1", "claimed", &json!({"by": "carla"})).await.expect("tells it");
        writer.commit().await.expect("commits");
        let filter = CaseFilter { state: "active".to_owned(), words: "100%_PLACE".to_owned(), ..Default::default() };
        let list = store.worklist(&viewer(), &line("l1"), &filter, Page::new(1, 2)).await.expect("reads");
        let ids: Vec<_> = list.rows.iter().map(|case| case.id.as_str()).collect();
        assert_eq!((ids, list.total), (vec!["case-2", "case-1"], 3));
        let none = CaseFilter { words: "%".repeat(3), ..Default::default() };
        assert_eq!(store.worklist(&viewer(), &line("l2"), &none, Page::new(1, 2)).await.expect("reads").total, 0);
        let mut first = store.case(&viewer(), &line("l3"), "case-1").await.expect("reads").expect("it is there");
        let mut second = first.clone();
        assert_eq!(store.timeline(&first).await.expect("reads").iter().map(|e| e.number).collect::<Vec<_>>(), [1, 2]);
        first.owner = "carla".to_owned();
        let mut writer = begin(store, "a2", 2).await;
        writer.change_case(&first).await.expect("changes it");
        writer.commit().await.expect("commits");
        second.owner = "otto".to_owned();
        let mut writer = begin(store, "a3", 3).await;
        let late = writer.change_case(&second).await.expect_err("somebody was faster");
        assert!(matches!(late, StoreError::Changed(_)), "{late}");
        drop(writer);
        assert_eq!(store.case_counts("carla").await.expect("reads"), (3, 1, 2));
        let evidence = Evidence {
            entity: "home".to_owned(),
            aspect: "overall".to_owned(),
            dataset: "home_assessments".to_owned(),
            version: 1,
            record: "r".to_owned(),
            standing: Standing::Community,
            simulated: true,
            estimate: None,
            text: String::new(),
        };
        let decision = Decision {
            id: "d1".to_owned(),
            case: "case-1".to_owned(),
            chosen: "home".to_owned(),
            ranked_first: "home".to_owned(),
            ranked_first_without_community: "other".to_owned(),
            reason: String::new(),
            account: "carla".to_owned(),
            at: at(4),
            as_of: "2026-11-25".parse().expect("a date"),
            inputs: json!({}),
            evidence: vec![evidence],
        };
        let mut writer = begin(store, "a4", 4).await;
        writer.put_decision(&decision).await.expect("records it");
        writer.commit().await.expect("commits");
        assert_eq!(store.decisions(&first).await.expect("reads"), [decision]);
        let chosen = store.cases_by_choice().await.expect("reads");
        assert_eq!(chosen.into_iter().collect::<Vec<_>>(), [("home".to_owned(), vec!["case-1".to_owned()])]);
        let use_ = store.outside_use().await.expect("reads");
        assert_eq!((use_.cases, use_.cases_using, use_.decisions_using, use_.decisions_changed), (3, 1, 1, 1));
        let audit = store.audit("carla", "", Page::new(1, 10)).await.expect("reads");
        assert_eq!(audit.total, 3, "each reading left a line");
    }
}

#[tokio::test]
async fn a_job_is_done_by_one_and_taken_over_from_the_dead() {
    for place in places("jobs").await {
        let store = &place.store;
        assert!(store.queue_job("j1", "look", "homes", &json!({}), at(0)).await.expect("queues"));
        assert!(!store.queue_job("j2", "look", "homes", &json!({}), at(0)).await.expect("it is queued already"));
        let (first, second) = tokio::join!(store.claim_job(at(1)), store.claim_job(at(1)));
        let claimed: Vec<_> = [first.expect("asks"), second.expect("asks")].into_iter().flatten().collect();
        assert_eq!(claimed.len(), 1, "one worker gets it");
        let job = &claimed[0];
        assert!(store.report_job(job, 1, 2, "half", at(2)).await.expect("reports"));
        assert_eq!(store.claim_job(at(100)).await.expect("asks"), None, "the worker lives");
        let again = store.claim_job(at(2 + store::jobs::LEASE_SECONDS + 1)).await.expect("asks").expect("it died");
        assert_eq!((again.id.as_str(), again.attempts, again.done), ("j1", 2, 1));
        assert!(!store.report_job(job, 2, 2, "", at(200)).await.expect("asks"), "it is another worker's now");
        assert!(!store.finish_job(job, Ok(())).await.expect("asks"), "nor can the slow one end it");
        let mut writer = begin(store, "cancel", 250).await;
        assert!(!writer.cancel_job("j1", "posts").await.expect("asks"), "it is of another source");
        assert!(writer.cancel_job("j1", "homes").await.expect("cancels"));
        assert!(!writer.cancel_job("j1", "homes").await.expect("asks"), "it has ended");
        writer.commit().await.expect("commits");
        assert!(!store.report_job(&again, 2, 2, "", at(300)).await.expect("the worker hears of it"));
        store.queue_job("j3", "look", "homes", &json!({}), at(0)).await.expect("queues");
        let job = store.claim_job(at(400)).await.expect("asks").expect("a job");
        assert!(store.finish_job(&job, Err("no such file")).await.expect("ends"));
        let jobs = store.jobs_of("homes", 10).await.expect("reads");
        let failed: Vec<_> = jobs.iter().filter(|job| job.state == "failed").map(|job| job.id.as_str()).collect();
        assert_eq!(failed, ["j3"]);
    }
}

#[tokio::test]
async fn a_dump_from_either_engine_fits_either_engine() {
    let filled = places("dump").await;
    let mut dumps = Vec::new();
    for place in &filled {
        let mut writer = begin(&place.store, "a1", 1).await;
        writer.append(&NewEntry::rows("homes", 0, json!({"added": 3}))).await.expect("an entry");
        writer.put_case(&case("case-1", "2026-12-01")).await.expect("opens it");
        writer.add_to_timeline("case-1", "opened", &json!({"näme": "ü"})).await.expect("tells it");
        writer.commit().await.expect("commits");
        let mut dump = Vec::new();
        place.store.dump(&mut dump).await.expect("dumps");
        dumps.push(String::from_utf8(dump).expect("UTF-8"));
    }
    assert!(dumps.windows(2).all(|pair| pair[0] == pair[1]), "both engines dump the same");
    for (empty, dump) in places("load").await.iter().zip(dumps.iter().rev()) {
        empty.store.load(dump.as_bytes()).await.expect("loads");
        let mut again = Vec::new();
        empty.store.dump(&mut again).await.expect("dumps");
        assert_eq!(&String::from_utf8(again).expect("UTF-8"), dump);
        let refused = empty.store.load(dump.as_bytes()).await.expect_err("it is not empty any more");
        assert!(matches!(refused, StoreError::Backup(_)), "{refused}");
        let mut writer = begin(&empty.store, "a2", 2).await;
        assert_eq!(writer.append(&NewEntry::about("tick", json!({}))).await.expect("goes on"), 2);
    }
}
