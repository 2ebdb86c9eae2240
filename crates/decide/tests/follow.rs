//! A signal about a home that was chosen gives its case the task to look again: once, and only for what came later.

use decide::case::casetype::CaseType;
use decide::case::plan::{CaseEvent, PlanState};
use decide::follow::{catch_up, look_again};
use decide::rooms::care::intake::CaseNeed;
use decide::stage::{Act, act, facts, open_cases};
use model::case::Decision;
use model::run::{Chance, Run, Unheard};
use model::signal::{Signal, SignalKind};
use model::{Clock, Date, Estimate, Explanation, Permission, Role, Timestamp, Viewer};
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};
use store::audit::NewAuditLine;
use store::{NewActivity, NewEntry, Store};

static COUNT: AtomicU64 = AtomicU64::new(0);

fn count() -> u64 {
    COUNT.fetch_add(1, Ordering::Relaxed)
}

struct Ticks;

impl Clock for Ticks {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + i64::try_from(count()).expect("few ticks")).expect("a moment")
    }
}

impl Chance for Ticks {
    fn bytes(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&count().to_be_bytes());
        bytes
    }
}

fn run() -> Run<'static> {
    Run { clock: &Ticks, chance: &Ticks, progress: &Unheard }
}

fn activity(kind: &str) -> NewActivity {
    let (id, at) = (run().new_id(), run().now());
    NewActivity { id, stage: "test".to_owned(), kind: kind.to_owned(), agent: "carla".to_owned(), at }
}

fn signal(id: &str, kind: SignalKind, entity: &str, size: f64) -> Signal {
    let day = Date::constant(2026, 11, 1);
    let estimate = Estimate { value: size, low: size, high: size, level: 0.9, voices: 9.0, independent_voices: 9.0 };
    Signal {
        id: id.to_owned(),
        kind,
        entity: entity.to_owned(),
        aspect: "overall".to_owned(),
        since: day,
        noticed: day,
        size: estimate,
        chance: 0.01,
        because: Explanation::default(),
    }
}

/// The analyze stage's part: these signals stand now.
async fn found(store: &Store, signals: &[Signal]) {
    let mut writer = store.begin(&activity("analyze")).await.expect("begins");
    writer.replace_signals(signals).await.expect("writes");
    writer.append(&NewEntry::about("signals", json!({}))).await.expect("appends");
    writer.commit().await.expect("commits");
}

async fn plan_of(store: &Store, case: &str) -> PlanState {
    PlanState::read(&read(store, case).await.plan).expect("a plan")
}

async fn read(store: &Store, case: &str) -> store::cases::StoredCase {
    let viewer = Viewer { account: "carla".to_owned(), role: Role::CaseManager, scopes: None };
    let line = NewAuditLine {
        id: run().new_id(),
        at: run().now(),
        permission: Permission::ReadCases,
        kind: "case",
        subject: case,
        outcome: "read",
    };
    store.case(&viewer, &line, case).await.expect("reads").expect("is there")
}

/// A case that chose a home, of which some signals were known.
async fn decided(store: &Store, case_type: &CaseType, case: &str, home: &str, known: &[&str]) {
    let need = json!({"kind_of_care": "permanent", "as_of": "2026-11-01", "wishes": []});
    let need = CaseNeed {
        person: format!("Person of {case} (simulated)"),
        place: String::new(),
        need: serde_json::from_value(need).expect("a need"),
        simulated: true,
        weights: None,
        weights_reason: String::new(),
        weights_account: String::new(),
    };
    open_cases(store, case_type, &[(case.to_owned(), need, None, String::new())], &activity("open"))
        .await
        .expect("opens");
    let decision = Decision {
        id: format!("decision of {case}"),
        case: case.to_owned(),
        chosen: home.to_owned(),
        ranked_first: home.to_owned(),
        ranked_first_without_community: home.to_owned(),
        reason: String::new(),
        account: "carla".to_owned(),
        at: run().now(),
        as_of: Date::constant(2026, 11, 1),
        inputs: json!({}),
        evidence: Vec::new(),
    };
    let completed = |task: &str| CaseEvent::TaskCompleted { task: task.to_owned() };
    let done = Act {
        events: vec![
            completed("check_need"),
            completed("choose_candidates"),
            CaseEvent::Occurred { listener: "decision_made".to_owned() },
            completed("decide"),
        ],
        facts: facts(3, true, false),
        kind: "decided",
        note: json!({"signals": known}),
        decision: Some(&decision),
    };
    act(store, case_type, &read(store, case).await, &done, &activity("decide")).await.expect("decides");
}

fn times_to_look_again(plan: &PlanState) -> usize {
    plan.open_items().iter().filter(|item| item.name == "look_again").count()
}

#[tokio::test]
async fn cases_look_again_once_for_each_signal_that_came_after_the_decision() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&format!("sqlite:{}", folder.path().join("store.db").display())).await.expect("a store");
    store.migrate().await.expect("tables");
    let text = include_str!("../../../demo/casetypes/placement.toml");
    let case_type = CaseType::parse("placement.toml", text).expect("the demo's case type");
    decided(&store, &case_type, "fallen", "h1", &[]).await;
    decided(&store, &case_type, "risen", "h2", &[]).await;
    decided(&store, &case_type, "knew", "h3", &["s3"]).await;

    assert!(!catch_up(&store, &case_type, run()).await.expect("works").ran, "no signal was looked for yet");
    let mut signals = vec![
        signal("s1", SignalKind::CommunityFell, "h1", -0.8),
        signal("s2", SignalKind::CommunityRose, "h2", 0.8),
        signal("s3", SignalKind::CommunityFell, "h3", -0.8),
        signal("s4", SignalKind::CommunityFell, "nobody's home", -0.8),
    ];
    found(&store, &signals).await;
    let first = catch_up(&store, &case_type, run()).await.expect("works");
    assert_eq!((first.ran, first.cases), (true, 1));
    for (case, times) in [("fallen", 1), ("risen", 0), ("knew", 0)] {
        assert_eq!(times_to_look_again(&plan_of(&store, case).await), times, "{case}");
    }

    // The same signals found anew, as after a rebuild, change nothing.
    found(&store, &signals).await;
    let again = catch_up(&store, &case_type, run()).await.expect("works");
    assert_eq!((again.ran, again.cases), (true, 0));
    let by_hand = look_again(&store, &case_type, "fallen", &signals[..1], &activity("by_hand")).await.expect("works");
    assert!(!by_hand, "the case has heard of it");

    signals.push(signal("s5", SignalKind::OfficialChanged, "h3", -1.0));
    signals.push(signal("s6", SignalKind::OfficialChanged, "h2", 1.0));
    found(&store, &signals).await;
    let third = catch_up(&store, &case_type, run()).await.expect("works");
    assert_eq!(third.cases, 1, "official stars that fell are a reason, those that rose are none");
    assert_eq!(times_to_look_again(&plan_of(&store, "knew").await), 1);
    let heard = store.timeline(&read(&store, "knew").await).await.expect("reads");
    let last = heard.iter().rev().find(|entry| entry.kind == decide::follow::HEARD).expect("it is on the timeline");
    assert_eq!(last.note["signals"], json!(["s5"]));
}
