//! What is told of people's doings and of what was relied on: last sign-ins, uses of tokens, concerned cases, runs.

use crate::places::{at, begin, case, places};
use model::case::{Decision, Evidence};
use model::signal::{Signal, SignalKind};
use model::{Estimate, Explanation, Permission, Problem, Role, Severity, Standing};
use serde_json::json;
use std::collections::BTreeSet;
use store::accounts::{Account, Token};
use store::evidence::RunTrace;
use store::{NewActivity, Store};

async fn put_account(store: &Store, name: &str) {
    let mut writer = begin(store, &format!("make-{name}"), 1).await;
    let account = Account {
        name: name.to_owned(),
        display_name: name.to_owned(),
        role: Role::Analyst,
        password_hash: "$argon2id$".to_owned(),
        active: true,
    };
    writer.put_account(&account).await.expect("makes it");
    writer.commit().await.expect("commits");
}

#[tokio::test]
async fn the_last_sign_in_and_the_last_use_of_a_token_are_told() {
    for place in places("seen").await {
        let store = &place.store;
        for name in ["carla", "otto"] {
            put_account(store, name).await;
        }
        for (id, seconds) in [("s1", 10), ("s2", 30), ("s3", 20)] {
            let activity = NewActivity {
                id: id.to_owned(),
                stage: "web".to_owned(),
                kind: "sign_in".to_owned(),
                agent: "carla".to_owned(),
                at: at(seconds),
            };
            store.begin(&activity).await.expect("begins").commit().await.expect("commits");
        }
        let seen = store.last_sign_ins().await.expect("reads");
        assert_eq!((seen.get("carla"), seen.get("otto")), (Some(&at(30)), None));

        let token = Token {
            name: "script".to_owned(),
            hash: "token-hash".to_owned(),
            account: "carla".to_owned(),
            scopes: vec![Permission::ReadOpen],
            expires_at: at(10_000),
            revoked: false,
        };
        let mut writer = begin(store, "t1", 40).await;
        writer.put_token(&token).await.expect("makes it");
        writer.commit().await.expect("commits");
        assert!(store.token_uses("carla").await.expect("reads").is_empty());
        let used = |seconds| store.note_token_use("token-hash", at(seconds), at(seconds - 600));
        for seconds in [100, 200, 650] {
            used(seconds).await.expect("notes it");
            let noted = store.token_uses("carla").await.expect("reads")["token-hash"];
            assert_eq!(noted, at(100), "within ten minutes it is noted once");
        }
        used(800).await.expect("notes it");
        used(300).await.expect("a late one changes nothing");
        assert_eq!(store.token_uses("carla").await.expect("reads")["token-hash"], at(800));
        assert!(store.token_uses("otto").await.expect("reads").is_empty());
        // While somebody writes, a program that reads does not wait.
        let writer = begin(store, "t2", 900).await;
        used(2_000).await.expect("it is left for the next time, or noted");
        drop(writer);
    }
}

fn decision(id: &str, case: &str, chosen: &str, seconds: i64) -> Decision {
    let evidence = |dataset: &str, standing| Evidence {
        entity: chosen.to_owned(),
        aspect: "overall".to_owned(),
        dataset: dataset.to_owned(),
        version: 1,
        record: "r".to_owned(),
        standing,
        simulated: false,
        estimate: None,
        text: String::new(),
    };
    Decision {
        id: id.to_owned(),
        case: case.to_owned(),
        chosen: chosen.to_owned(),
        ranked_first: chosen.to_owned(),
        ranked_first_without_community: chosen.to_owned(),
        reason: String::new(),
        account: "carla".to_owned(),
        at: at(seconds),
        as_of: "2026-11-25".parse().expect("a date"),
        inputs: json!({"evidence": [{"dataset": "never_used", "standing": "official"}]}),
        evidence: vec![evidence("prices", Standing::Official), evidence("views", Standing::Community)],
    }
}

fn signal(id: &str, entity: &str) -> Signal {
    Signal {
        id: id.to_owned(),
        kind: SignalKind::CommunityFell,
        entity: entity.to_owned(),
        aspect: "overall".to_owned(),
        since: "2026-10-03".parse().expect("a date"),
        noticed: "2026-10-27".parse().expect("a date"),
        size: Estimate { value: -0.8, low: -1.1, high: -0.5, level: 0.9, voices: 4.0, independent_voices: 2.0 },
        chance: 0.004,
        because: Explanation::default(),
    }
}

#[tokio::test]
async fn a_signal_concerns_the_cases_that_were_last_decided_for_its_home() {
    for place in places("concerned").await {
        let store = &place.store;
        let mut writer = begin(store, "a1", 1).await;
        for (id, due) in [("case-1", "2026-12-03"), ("case-2", "2026-12-01"), ("case-3", "2026-12-02"), ("case-4", "")]
        {
            writer.put_case(&case(id, due)).await.expect("opens it");
        }
        // The third was decided for another home later; the fourth was never decided.
        for (id, case, home, seconds) in [
            ("d1", "case-1", "elm", 2),
            ("d2", "case-2", "elm", 3),
            ("d3", "case-3", "elm", 4),
            ("d4", "case-3", "oak", 5),
        ] {
            writer.put_decision(&decision(id, case, home, seconds)).await.expect("records it");
        }
        let heard = json!({"signals": ["x", "a_b%"]});
        writer.add_to_timeline("case-2", "signalled", &heard).await.expect("tells it");
        // Somebody wrote the name in a note, and another signal has a name like it: neither is hearing of it.
        writer.add_to_timeline("case-1", "noted", &json!({"text": "\"a_b%\""})).await.expect("tells it");
        writer.add_to_timeline("case-1", "signalled", &json!({"signals": ["aXbY"]})).await.expect("tells it");
        writer.commit().await.expect("commits");
        let concerned = store.cases_concerned(&signal("a_b%", "elm")).await.expect("reads");
        let told: Vec<_> = concerned.iter().map(|case| (case.id.as_str(), case.heard)).collect();
        assert_eq!(told, [("case-2", true), ("case-1", false)], "those due first come first");
        assert_eq!(store.cases_concerned(&signal("a_b%", "oak")).await.expect("reads").len(), 1);
        assert!(store.cases_concerned(&signal("a_b%", "ash")).await.expect("reads").is_empty());

        assert_eq!(store.decisions_total().await.expect("reads"), 4);
        let first = store.reliance_after(&(String::new(), String::new()), 3).await.expect("reads");
        assert_eq!(first.len(), 3);
        let on = BTreeSet::from([("prices", "official"), ("views", "community")]);
        let on: BTreeSet<_> = on.into_iter().map(|(name, word)| (name.to_owned(), word.to_owned())).collect();
        assert_eq!(first[0].on, on, "what was only weighed is not what was relied on");
        let rest = store.reliance_after(&first[2].place, 3).await.expect("reads");
        assert_eq!(rest.iter().map(|one| one.place.1.as_str()).collect::<Vec<_>>(), ["d4"]);
    }
}

#[tokio::test]
async fn a_run_is_known_by_what_is_left_of_it() {
    for place in places("runs").await {
        let store = &place.store;
        let problem = Problem {
            cause: "not_a_number".to_owned(),
            severity: Severity::ValueLeftOut,
            place: model::Place { file: "a.csv".to_owned(), line: Some(3), record: None, column: None },
            found: "x".to_owned(),
            hint: "write a number".to_owned(),
        };
        for (activity, hash, bytes, problems) in [("r1", "h1", 60, 3), ("r2", "h2", 70, 1)] {
            let mut writer = begin(store, activity, 1).await;
            writer.put_received("posts", "a.csv", hash, bytes).await.expect("notes it");
            let found: Vec<Problem> = (0..problems)
                .map(|line| Problem {
                    place: model::Place { line: Some(line), ..problem.place.clone() },
                    ..problem.clone()
                })
                .collect();
            writer.replace_problems("posts", "a.csv", hash, &found).await.expect("puts them");
            writer.commit().await.expect("commits");
        }
        let traces = store.run_traces("posts").await.expect("reads");
        assert_eq!(traces.get("r1"), Some(&RunTrace { bytes: Some(60), problems: 0 }), "its problems were replaced");
        assert_eq!(traces.get("r2"), Some(&RunTrace { bytes: Some(70), problems: 1 }));
        assert!(store.run_traces("other").await.expect("reads").is_empty());
    }
}
