//! The acts of the placement room on the store: opening a case, working on it, deciding, writing, objecting.
//!
//! Each act is one transaction in somebody's name: the case, its timeline and the log's entry together. Pure parts decide what
//! happens; this only records it.

use crate::DecideError;
use crate::case::advance::{Advanced, advance, open};
use crate::case::casetype::CaseType;
use crate::case::plan::{CaseEvent, PlanState};
use crate::rooms::care::intake::CaseNeed;
use model::Date;
use model::case::{CaseState, Decision};
use serde_json::{Map, Value, json};
use store::cases::StoredCase;
use store::{NewActivity, NewEntry, Store, StoreError, Writer};

/// Why an act could not be done.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// What was asked does not fit the case.
    #[error(transparent)]
    Decide(#[from] DecideError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What if-parts of the case type may ask.
pub fn facts(homes_left: usize, decided: bool, signal_about_candidate: bool) -> Map<String, Value> {
    let values = json!({
        "homes_left": homes_left, "decided": decided, "signal_about_candidate": signal_about_candidate,
    });
    values.as_object().cloned().unwrap_or_default()
}

/// A new case, ready to be put.
///
/// # Errors
/// Where the case type does not open.
pub fn new_case(
    case_type: &CaseType,
    id: &str,
    need: &CaseNeed,
    due: Option<Date>,
    budget_line: &str,
    activity: &NewActivity,
) -> Result<(StoredCase, Advanced), DecideError> {
    let opened = open(case_type, &facts(1, false, false), activity.at)?;
    let case = StoredCase {
        id: id.to_owned(),
        case_type: case_type.name.clone(),
        title: need.person.clone(),
        state: opened.state.state,
        owner: String::new(),
        due: due.map(|due| due.to_string()).unwrap_or_default(),
        budget_line: budget_line.to_owned(),
        need: json!(need),
        plan: json!(opened.state),
        created_at: activity.at,
        updated_at: activity.at,
        version: 1,
    };
    Ok((case, opened))
}

/// Opens cases in one transaction; gives their identifiers.
pub async fn open_cases(
    store: &Store,
    case_type: &CaseType,
    cases: &[(String, CaseNeed, Option<Date>, String)],
    activity: &NewActivity,
) -> Result<(), ActError> {
    let mut writer = store.begin(activity).await?;
    put_cases(&mut writer, case_type, cases, activity).await?;
    Ok(writer.commit().await?)
}

/// Puts cases with their first timeline entries: identifier, need, due day, budget line.
pub async fn put_cases(
    writer: &mut Writer,
    case_type: &CaseType,
    cases: &[(String, CaseNeed, Option<Date>, String)],
    activity: &NewActivity,
) -> Result<(), ActError> {
    for (id, need, due, line) in cases {
        let (case, opened) = new_case(case_type, id, need, *due, line, activity)?;
        writer.put_case(&case).await?;
        writer.add_to_timeline(id, "opened", &json!({})).await?;
        put_plan_entries(writer, id, &opened).await?;
        writer.append(&NewEntry::about("case_opened", json!({"case": id}))).await?;
    }
    Ok(())
}

/// Something that happens to a case, with what the timeline and the log say about it.
pub struct Act<'a> {
    /// What happens to the plan, in order.
    pub events: Vec<CaseEvent>,
    /// What if-parts may ask.
    pub facts: Map<String, Value>,
    /// Word of the timeline entry.
    pub kind: &'a str,
    /// Details of the timeline entry.
    pub note: Value,
    /// A Decision that is made with it.
    pub decision: Option<&'a Decision>,
}

/// Does an act to a case that was just read. An event that the plan does not allow refuses the whole act.
pub async fn act(
    store: &Store,
    case_type: &CaseType,
    case: &StoredCase,
    act: &Act<'_>,
    activity: &NewActivity,
) -> Result<(), ActError> {
    let mut plan = PlanState::read(&case.plan)?;
    let mut steps = Vec::new();
    for event in &act.events {
        let advanced = advance(case_type, &plan, event, &act.facts, activity.at)?;
        plan = advanced.state.clone();
        steps.push(advanced);
    }
    let changed = StoredCase { state: plan.state, plan: json!(plan), ..case.clone() };
    let mut writer = store.begin(activity).await?;
    writer.change_case(&changed).await?;
    writer.add_to_timeline(&case.id, act.kind, &act.note).await?;
    for step in &steps {
        put_plan_entries(&mut writer, &case.id, step).await?;
    }
    if let Some(decision) = act.decision {
        writer.put_decision(decision).await?;
    }
    writer.append(&NewEntry::about(act.kind, json!({"case": case.id}))).await?;
    Ok(writer.commit().await?)
}

/// Lines for what the plan did by itself: milestones reached, tasks opened.
async fn put_plan_entries(writer: &mut Writer, case: &str, advanced: &Advanced) -> Result<(), StoreError> {
    for entry in &advanced.entries {
        let word = entry.transition.word();
        if matches!(word, "occur" | "start" | "complete" | "exit") {
            let note = json!({"item": entry.item, "transition": word, "because": entry.because});
            writer.add_to_timeline(case, "plan", &note).await?;
        }
    }
    Ok(())
}

/// True while work can be done on a case.
pub fn is_open(case: &StoredCase) -> bool {
    case.state == CaseState::Active
}
