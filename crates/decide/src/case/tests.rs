//! Tests of the case engine: the office's own placement case from intake to an objection, and case types with faults.

use super::plan::CaseEvent as E;
use super::*;
use model::Timestamp;
use model::case::CaseState;
use serde_json::{Map, Value as Json, json};

const PLACEMENT: &str = include_str!("../../../../demo/casetypes/placement.toml");

fn placement() -> CaseType {
    CaseType::parse("placement.toml", PLACEMENT).expect("the office's own case type")
}

fn facts(homes_left: u32, decided: bool, signal: bool) -> Map<String, Json> {
    let Json::Object(facts) = json!({"homes_left": homes_left, "decided": decided, "signal_about_candidate": signal})
    else {
        panic!("an object")
    };
    facts
}

fn day(text: &str) -> Timestamp {
    format!("{text}T09:00:00Z").parse().expect("a day")
}

fn done(task: &str) -> E {
    E::TaskCompleted { task: task.to_owned() }
}

fn heard(listener: &str) -> E {
    E::Occurred { listener: listener.to_owned() }
}

/// Opens a case, plays events on one day, and gives where it stands.
fn play(events: &[E]) -> PlanState {
    let case_type = placement();
    let mut state = open(&case_type, &facts(12, false, true), day("2025-03-03")).expect("opens").state;
    for event in events {
        state = advance(&case_type, &state, event, &facts(12, false, true), day("2025-03-04")).expect("advances").state;
    }
    state
}

fn open_names(state: &PlanState) -> Vec<(&str, ItemState)> {
    state.open_items().iter().map(|item| (item.name.as_str(), item.state)).collect()
}

fn tasks(state: &PlanState) -> Vec<&str> {
    let stages = ["intake", "search", "decision", "follow_up"];
    state.open_items().iter().map(|item| item.name.as_str()).filter(|name| !stages.contains(name)).collect()
}

#[test]
fn a_placement_goes_from_intake_to_review() {
    let state = play(&[]);
    assert_eq!(tasks(&state), ["check_need"]);
    assert_eq!(state.item("check_need").and_then(|item| item.due), Some("2025-03-06".parse().unwrap()));
    let state = play(&[done("check_need")]);
    assert_eq!(tasks(&state), ["choose_candidates"]);
    assert_eq!(state.item("intake").map(|item| item.state), Some(ItemState::Completed));
    let chosen = [done("check_need"), done("choose_candidates")];
    assert_eq!(tasks(&play(&chosen)), ["decide"]);
    let decided = [&chosen[..], &[heard("decision_made")]].concat();
    assert_eq!(tasks(&play(&decided)), ["send_letter", "decide"]);
    let placed = [&decided[..], &[done("decide"), done("send_letter")]].concat();
    let state = play(&placed);
    assert_eq!(tasks(&state), ["review_at_six_weeks"]);
    assert_eq!(state.item("placed").map(|item| item.state), Some(ItemState::Completed));
    assert_eq!(state.item("letter_sent").map(|item| item.state), Some(ItemState::Completed));
    assert_eq!(state.item("review_at_six_weeks").and_then(|item| item.due), Some("2025-04-15".parse().unwrap()));
    assert_eq!(state.state, CaseState::Active);
    let state = play(&[&placed[..], &[done("review_at_six_weeks")]].concat());
    assert_eq!(state.state, CaseState::Completed);
    assert!(state.open_items().is_empty(), "{:?}", open_names(&state));
}

#[test]
fn an_objection_opens_the_review_and_reopens_a_completed_case() {
    let all = ["check_need", "choose_candidates"].map(done).to_vec();
    let all = [all, vec![heard("decision_made")], ["decide", "send_letter", "review_at_six_weeks"].map(done).to_vec()]
        .concat();
    let objected = [&all[..], &[heard("objection_received")]].concat();
    let state = play(&objected);
    assert_eq!(state.state, CaseState::Active);
    assert_eq!(tasks(&state), ["review_after_objection"]);
    let twice = [&objected[..], &[done("review_after_objection"), heard("objection_received")]].concat();
    let state = play(&twice);
    assert_eq!(state.item("review_after_objection").map(|item| item.number), Some(2));
    assert_eq!(tasks(&state), ["review_after_objection"]);
    let state = play(&[&twice[..], &[done("review_after_objection")]].concat());
    assert_eq!(state.state, CaseState::Completed);
}

#[test]
fn a_signal_opens_one_look_and_only_about_candidates() {
    let state = play(&[heard("candidate_signalled"), heard("candidate_signalled")]);
    assert_eq!(tasks(&state), ["check_need", "look_again"], "two signals ask for one look");
    let case_type = placement();
    let state = play(&[]);
    let other = advance(&case_type, &state, &heard("candidate_signalled"), &facts(12, false, false), day("2025-03-05"));
    let other = other.expect("the signal is heard");
    assert_eq!(tasks(&other.state), ["check_need"]);
    let lines: Vec<(&str, Transition)> =
        other.entries.iter().map(|entry| (entry.item.as_str(), entry.transition)).collect();
    assert_eq!(lines, [("candidate_signalled", Transition::Occur)]);
}

#[test]
fn no_homes_left_asks_to_relax_until_there_are_some() {
    let case_type = placement();
    let none = facts(0, false, false);
    let state = open(&case_type, &none, day("2025-03-03")).expect("opens").state;
    let state = advance(&case_type, &state, &done("check_need"), &none, day("2025-03-03")).expect("advances").state;
    assert_eq!(tasks(&state), ["relax_limits", "choose_candidates"]);
    let change = E::Updated { file: "need".to_owned() };
    let state = advance(&case_type, &state, &change, &none, day("2025-03-03")).expect("advances").state;
    assert_eq!(tasks(&state), ["relax_limits", "choose_candidates"]);
    let some = facts(4, false, false);
    let state = advance(&case_type, &state, &change, &some, day("2025-03-03")).expect("advances").state;
    assert_eq!(tasks(&state), ["choose_candidates"]);
}

#[test]
fn what_cannot_happen_says_what_can() {
    let case_type = placement();
    let state = play(&[]);
    for (event, message) in [
        (done("decide"), "`decide` cannot be completed: it is not there yet; open are: check_need, intake"),
        (done("dance"), "`dance` cannot be completed: there is no such task; open are: check_need, intake"),
        (
            heard("rain"),
            "`rain` cannot occur: nothing listens for it; the case type knows: decision_made, objection_received, candidate_signalled",
        ),
        (E::Updated { file: "x".into() }, "`x` cannot change: the case type knows: need, evidence"),
    ] {
        let error = advance(&case_type, &state, &event, &facts(1, false, false), day("2025-03-04"));
        assert_eq!(error.expect_err(message).to_string(), message);
    }
    let ended = play(&[E::Terminated]);
    assert_eq!(ended.state, CaseState::Terminated);
    assert!(ended.open_items().is_empty());
    let error = advance(&case_type, &ended, &heard("objection_received"), &facts(1, false, false), day("2025-03-04"));
    assert_eq!(error.expect_err("ended").to_string(), "`objection_received` cannot occur: the case is terminated");
}

#[test]
fn the_state_passes_through_json_and_the_timeline_tells_all() {
    let case_type = placement();
    let opened = open(&case_type, &facts(1, false, false), day("2025-03-03")).expect("opens");
    let recorded = serde_json::to_value(&opened.state).unwrap();
    assert_eq!(PlanState::read(&recorded), Ok(opened.state.clone()));
    assert!(PlanState::read(&json!({"case_type": 3})).is_err());
    let started: Vec<&str> = opened
        .entries
        .iter()
        .filter(|entry| entry.transition == Transition::Start)
        .map(|entry| entry.item.as_str())
        .collect();
    assert_eq!(started, ["intake", "check_need"]);
}

#[test]
fn items_that_open_each_other_for_ever_are_stopped() {
    let text = r#"
        name = "loop"
        version = 1
        [[task]]
        name = "one"
        repeats = true
        entry = [{ on = ["go.occur"] }, { on = ["two.exit"] }]
        exit = [{ on = ["one.start"] }]
        [[task]]
        name = "two"
        repeats = true
        entry = [{ on = ["one.exit"] }]
        exit = [{ on = ["two.start"] }]
        [[task]]
        name = "stay"
        [[listener]]
        name = "go"
    "#;
    let case_type = CaseType::parse("loop.toml", text).expect("it can be read");
    let state = open(&case_type, &Map::new(), day("2025-03-03")).expect("opens").state;
    let error = advance(&case_type, &state, &heard("go"), &Map::new(), day("2025-03-03"));
    assert!(error.expect_err("a loop").to_string().contains("keep opening each other"));
}

#[test]
fn faults_name_file_key_and_what_to_write() {
    let head = "name = \"t\"\nversion = 1\nfacts = [\"ready\"]\nfiles = [\"evidence\"]\n";
    let cases = [
        ("name = \"t\"", "t.toml: `line 1`: missing field `version`"),
        ("name = \"t\"\nversion = 1\n[[task]]\nname = \"a\"\ndue = 3", "t.toml: `line 5`: unknown field `due`"),
        ("[[stage]]\nname = \"s\"", "t.toml: `task`: there is none"),
        ("[[task]]\nname = \"Check Need\"", "t.toml: `task.name`: `Check Need` is no name; write small letters"),
        ("[[task]]\nname = \"a\"\n[[task]]\nname = \"a\"", "t.toml: `task.a`: the name is taken by a task"),
        ("[[task]]\nname = \"a\"\nstage = \"s\"", "t.toml: `task.a.stage`: there is no stage `s`"),
        (
            "[[task]]\nname = \"a\"\nentry = [{ on = [\"b.complete\"] }]",
            "t.toml: `task.a.on`: there is no `b`; write one of: a, evidence",
        ),
        (
            "[[task]]\nname = \"a\"\nentry = [{ on = [\"evidence.occur\"] }]",
            "`evidence.occur` never happens; write one of: evidence.update",
        ),
        (
            "[[task]]\nname = \"a\"\nentry = [{ on = [\"a.finish\"] }]",
            "t.toml: `task.a.entry.0.on`: `a.finish` is no on-part",
        ),
        ("[[task]]\nname = \"a\"\nentry = [{ on = [] }]", "`task.a.entry.0.on`: nothing is named that must happen"),
        (
            "[[task]]\nname = \"a\"\nentry = [{ on = [\"evidence.update\"], if = \"steady\" }]",
            "t.toml: `task.a.entry.0.if`: `steady` is not known here; use one of: ready; write a FEEL expression",
        ),
        ("[[task]]\nname = \"a\"\nrepeats = true", "`task.a.repeats`: nothing opens the task a second time"),
        (
            "[[task]]\nname = \"a\"\n[[milestone]]\nname = \"m\"\ndue_days = 3",
            "`milestone.m.due_days`: a milestone has no `due_days`",
        ),
    ];
    for (text, expected) in cases {
        let text = if text.starts_with("name") { text.to_owned() } else { format!("{head}{text}") };
        let error = CaseType::parse("t.toml", &text).expect_err(expected).to_string();
        assert!(error.contains(expected), "wanted `{expected}`, got `{error}`");
    }
}
