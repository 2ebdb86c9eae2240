//! What Signals change in cases: where something is wrong with the home that was chosen, its cases get the task to look again.
//!
//! Each Case hears of each Signal once, and of none that was known when its Decision was made. Must never change a Decision,
//! and never close a task: people do.

use crate::case::casetype::CaseType;
use crate::case::plan::CaseEvent;
use crate::stage::{Act, ActError, act, facts, is_open};
use model::signal::{Signal, SignalKind};
use model::{Permission, Role, Run, Viewer};
use serde_json::json;
use store::audit::NewAuditLine;
use store::signals::SignalFilter;
use store::{NewActivity, NewEntry, Page, Store, StoreError};

/// Name of the stage in the log.
pub const STAGE: &str = "follow";
/// Word of the timeline entry by which a Case heard of Signals.
pub const HEARD: &str = "signalled";
/// Signals of one home that are looked at: the newest.
const NEWEST: i64 = 100;
/// Times that a Case somebody else changes meanwhile is tried.
const TRIES: usize = 3;

/// What the stage did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// False where there was no news.
    pub ran: bool,
    /// Cases that got the task to look again.
    pub cases: usize,
}

/// Whether a Signal about the chosen home is a reason to look at a Decision again. A home that got better is none.
pub fn asks_to_look_again(signal: &Signal) -> bool {
    match signal.kind {
        SignalKind::CommunityFell | SignalKind::Coordination | SignalKind::FilledIn | SignalKind::Disagreement => true,
        SignalKind::OfficialChanged => signal.size.value < 0.0,
        SignalKind::CommunityRose => false,
    }
}

/// Catches up with the log.
pub async fn catch_up(store: &Store, case_type: &CaseType, run: Run<'_>) -> Result<Outcome, ActError> {
    let head = store.head().await?;
    if !store.has_news(STAGE, &[], &["signals"]).await? {
        return Ok(Outcome::default());
    }
    let mut outcome = Outcome { ran: true, cases: 0 };
    for (home, cases) in store.cases_by_choice().await? {
        let found: Vec<Signal> = open_signals(store, &home).await?.into_iter().filter(asks_to_look_again).collect();
        for case in cases.iter().filter(|_| !found.is_empty()) {
            let activity = NewActivity::of_the_program(STAGE, "look_again", run);
            outcome.cases += usize::from(look_again(store, case_type, case, &found, &activity).await?);
        }
    }
    let activity = NewActivity::of_the_program(STAGE, "follow", run);
    let mut writer = store.begin(&activity).await?;
    writer.append(&NewEntry::about("followed", json!({"cases": outcome.cases}))).await?;
    writer.move_position(STAGE, head).await?;
    writer.commit().await?;
    Ok(outcome)
}

/// The Signals about a home that are neither dismissed nor settled, newest first.
pub async fn open_signals(store: &Store, home: &str) -> Result<Vec<Signal>, StoreError> {
    let filter = SignalFilter { entity: home.to_owned(), ..SignalFilter::default() };
    let found = store.signals_of(&filter, Page::new(1, NEWEST)).await?;
    let open = found.rows.into_iter().filter(|known| matches!(known.state.state.as_str(), "open" | "taken"));
    Ok(open.map(|known| known.signal).collect())
}

/// Gives a Case the task to look again because of Signals it has not heard of. False where it has heard of all of them, or
/// is closed.
pub async fn look_again(
    store: &Store,
    case_type: &CaseType,
    case: &str,
    signals: &[Signal],
    activity: &NewActivity,
) -> Result<bool, ActError> {
    for tried in 1.. {
        match told(store, case_type, case, signals, activity).await {
            Err(ActError::Store(StoreError::Changed(_))) if tried < TRIES => {}
            other => return other,
        }
    }
    Ok(false)
}

async fn told(
    store: &Store,
    case_type: &CaseType,
    case: &str,
    signals: &[Signal],
    activity: &NewActivity,
) -> Result<bool, ActError> {
    let viewer = Viewer { account: activity.agent.clone(), role: Role::CaseManager, scopes: None };
    let line = NewAuditLine {
        id: format!("{}-{case}", activity.id),
        at: activity.at,
        permission: Permission::WorkCases,
        kind: "case",
        subject: case,
        outcome: "told",
    };
    let Some(case) = store.case(&viewer, &line, case).await?.filter(is_open) else { return Ok(false) };
    let known = store.signals_heard(&case.id).await?;
    let news: Vec<&Signal> = signals.iter().filter(|signal| !known.contains(&signal.id)).collect();
    if news.is_empty() {
        return Ok(false);
    }
    let names: Vec<&str> = news.iter().map(|signal| signal.id.as_str()).collect();
    let heard = Act {
        events: vec![CaseEvent::Occurred { listener: "candidate_signalled".to_owned() }],
        facts: facts(1, true, true),
        kind: HEARD,
        note: json!({"signals": names}),
        decision: None,
    };
    act(store, case_type, &case, &heard, activity).await?;
    Ok(true)
}
