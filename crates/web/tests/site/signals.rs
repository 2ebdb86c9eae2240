//! Signals that change cases: said before, done once for each signal and case, seen by nobody who may not see cases.

use crate::office::{Ask, Office, Who, account, signal};
use model::Role;
use serde_json::json;

const SIGNAL: &str = "signal_9%";
const PATH: &str = "/signals/signal_9%25";
const API_PATH: &str = "/api/v1/signals/signal_9%25";

/// An office in which two signals came up after the decision: one about the chosen home, one about another.
async fn office_with_news() -> Office {
    let office = Office::open().await;
    let mut writer = office.app.store.begin(&office.activity()).await.expect("a writer");
    let elsewhere =
        ["home-1", "home-2", "home-3"].into_iter().find(|home| *home != office.known.chosen).expect("another");
    // A name like that of the signal where `_` and `%` stand for anything.
    let signals = [
        signal(SIGNAL, &office.known.chosen),
        signal("signalX9!", &office.known.chosen),
        signal("elsewhere", elsewhere),
    ];
    writer.replace_signals(&signals).await.expect("signals");
    writer.commit().await.expect("commits");
    office
}

async fn heard(office: &Office, manager: &Who) -> Vec<String> {
    let case = office.ask(manager, &Ask::get(&format!("/api/v1/cases/{}", office.known.decided))).await.json();
    let entries = case["timeline"].as_array().expect("a timeline").clone();
    entries
        .iter()
        .filter(|entry| entry["kind"] == "signalled")
        .map(|entry| entry["note"]["signals"].to_string())
        .collect()
}

#[tokio::test]
async fn a_signal_becomes_tasks_once() {
    let office = office_with_news().await;
    let (analyst, manager) = (office.signed_in(Role::Analyst).await, office.signed_in(Role::CaseManager).await);
    let page = office.ask(&analyst, &Ask::get(PATH)).await;
    assert!(page.text.contains("One running case was decided for this home."), "{}", page.text);
    assert!(!page.text.contains(&office.known.decided), "who may not read cases is led to none");
    let page = office.ask(&manager, &Ask::get(PATH)).await;
    assert!(page.text.contains(&format!("/cases/{}", office.known.decided)), "{}", page.text);
    let stranger = office.ask(&Who::Visitor, &Ask::get(PATH)).await;
    assert!(!stranger.text.contains("running case") && !stranger.text.contains(&office.known.decided));

    let done = office.ask(&analyst, &Ask::form(&format!("{PATH}/tasks"), &[])).await;
    assert_eq!((done.status, done.header("location").split("done=").nth(1)), (303, Some("done-signal-tasks")));
    let case = office.ask(&manager, &Ask::get(&format!("/api/v1/cases/{}", office.known.decided))).await.json();
    let plan = case["plan"].as_array().expect("a plan");
    assert!(plan.iter().any(|item| item["item"] == "look_again" && item["state"] == "active"), "{plan:?}");
    assert_eq!(heard(&office, &manager).await, ["[\"signal_9%\"]"]);
    let line = office.audit_lines(&account(Role::Analyst), &office.known.decided).await;
    assert_eq!(line, 1, "the case names who told it");

    let again = office.ask(&analyst, &Ask::form(&format!("{PATH}/tasks"), &[])).await;
    assert_eq!(again.header("location").split("done=").nth(1), Some("done-signal-tasks-none"));
    assert_eq!(heard(&office, &manager).await.len(), 1, "each case hears of each signal once");
    let page = office.ask(&analyst, &Ask::get(PATH)).await;
    assert!(page.text.contains("One case knows of it already."), "{}", page.text);
    let known = office.app.store.signal(SIGNAL).await.expect("reads").expect("it is there");
    assert_eq!((known.state.state.as_str(), known.state.owner), ("taken", account(Role::Analyst)));
}

#[tokio::test]
async fn a_program_says_how_many_cases_it_expects() {
    let office = office_with_news().await;
    let manager = office.signed_in(Role::CaseManager).await;
    let before = office.ask(&manager, &Ask::get(API_PATH)).await.json();
    assert_eq!(before["cases_to_tell"], 1);
    assert!(office.ask(&Who::Visitor, &Ask::get(API_PATH)).await.json()["cases_to_tell"].is_null());
    let path = format!("{API_PATH}/tasks");
    let wrong = office.ask(&manager, &Ask::json(&path, &json!({"cases": 12}))).await;
    assert_eq!(wrong.status, 409, "{}", wrong.text);
    assert_eq!(heard(&office, &manager).await.len(), 0, "nothing is done that was not announced");
    for body in [json!({"cases": -1}), json!({"cases": "1"}), json!({"case": 1}), json!({"cases": 1.5})] {
        assert_eq!(office.ask(&manager, &Ask::json(&path, &body)).await.status, 422, "{body}");
    }
    let done = office.ask(&manager, &Ask::json(&path, &json!({"cases": 1}))).await;
    assert_eq!((done.status, &done.json()["cases"]), (200, &json!(1)), "{}", done.text);
    let again = office.ask(&manager, &Ask::json(&path, &json!({}))).await;
    assert_eq!((again.status, &again.json()["cases"]), (200, &json!(0)), "{}", again.text);
}

#[tokio::test]
async fn a_closed_signal_and_one_about_another_home_tell_nobody() {
    let office = office_with_news().await;
    let manager = office.signed_in(Role::CaseManager).await;
    let elsewhere = office.ask(&manager, &Ask::form("/signals/elsewhere/tasks", &[])).await;
    assert_eq!(elsewhere.header("location").split("done=").nth(1), Some("done-signal-tasks-none"));
    let reason = [("signal_reason", "one loud week, all from one voice")];
    assert_eq!(office.ask(&manager, &Ask::form(&format!("{PATH}/dismiss"), &reason)).await.status, 303);
    let closed = office.ask(&manager, &Ask::form(&format!("{PATH}/tasks"), &[])).await;
    assert_eq!(closed.status, 409, "{}", closed.text);
    assert_eq!(office.ask(&manager, &Ask::form("/signals/nothing/tasks", &[])).await.status, 404);
    assert_eq!(heard(&office, &manager).await.len(), 0);
}
