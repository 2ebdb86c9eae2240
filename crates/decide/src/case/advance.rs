//! Moving a case along: an event comes in, sentries listen, items open and close, until nothing moves any more.
//!
//! Pure: state and event in, new state and timeline lines out. Must never lose an event silently: what cannot happen now is
//! an error that says what can.

use super::casetype::{CaseType, ItemKind, ItemType, Sentry};
use super::plan::{CaseEvent, ItemState, PlanEntry, PlanItem, PlanState, Transition};
use crate::DecideError;
use model::case::CaseState;
use model::{Date, Timestamp};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeSet, VecDeque};

/// Most transitions that one event may bring about; more means that items keep opening each other.
const MOST_TRANSITIONS: usize = 1_000;

/// What an event led to.
#[derive(Clone, Debug, PartialEq)]
pub struct Advanced {
    /// Where the case stands now.
    pub state: PlanState,
    /// What happened, in order.
    pub entries: Vec<PlanEntry>,
}

/// Opens a case.
pub fn open(case_type: &CaseType, facts: &Map<String, Json>, at: Timestamp) -> Result<Advanced, DecideError> {
    let state = PlanState {
        case_type: case_type.name.clone(),
        case_type_version: case_type.version,
        state: CaseState::Active,
        items: Vec::new(),
        heard: BTreeSet::new(),
    };
    let mut engine = Engine::new(case_type, state, facts, at);
    engine.note(&case_type.name, 1, Transition::Create, "opened");
    // Listeners and waiting items stand ready before the first item starts: what starts at once may open others.
    engine.create_children(None);
    engine.settle()
}

/// Moves a case along by one event. `facts` are what if-parts may ask, as they are at this moment.
pub fn advance(
    case_type: &CaseType,
    state: &PlanState,
    event: &CaseEvent,
    facts: &Map<String, Json>,
    at: Timestamp,
) -> Result<Advanced, DecideError> {
    if state.case_type != case_type.name {
        let wrong = format!("the case is of type `{}`; hand in that type", state.case_type);
        return Err(DecideError::Plan { item: case_type.name.clone(), what: "advance", wrong });
    }
    let mut engine = Engine::new(case_type, state.clone(), facts, at);
    engine.happen(event)?;
    engine.settle()
}

struct Engine<'a> {
    case_type: &'a CaseType,
    state: PlanState,
    facts: &'a Map<String, Json>,
    at: Timestamp,
    entries: Vec<PlanEntry>,
    pending: VecDeque<(String, Transition)>,
}

impl<'a> Engine<'a> {
    fn new(case_type: &'a CaseType, state: PlanState, facts: &'a Map<String, Json>, at: Timestamp) -> Self {
        Self { case_type, state, facts, at, entries: Vec::new(), pending: VecDeque::new() }
    }

    fn happen(&mut self, event: &CaseEvent) -> Result<(), DecideError> {
        match event {
            CaseEvent::TaskCompleted { task } => {
                self.work(task, "be completed", &[ItemState::Active, ItemState::Enabled])
            }
            CaseEvent::TaskStarted { task } => self.work(task, "be started", &[ItemState::Enabled]),
            CaseEvent::Occurred { listener } => self.occur(listener),
            CaseEvent::Updated { file } => {
                if !self.case_type.files.contains(file) {
                    let wrong = format!("the case type knows: {}", self.case_type.files.join(", "));
                    return Err(fault(file, "change", wrong));
                }
                self.refuse_ended(file, "change")?;
                self.note(file, 1, Transition::Update, "changed");
                Ok(())
            }
            CaseEvent::Terminated => {
                let name = self.case_type.name.clone();
                self.refuse_ended(&name, "be ended")?;
                self.end_below(None, "terminated");
                self.state.state = CaseState::Terminated;
                self.note(&name, 1, Transition::Exit, "terminated");
                Ok(())
            }
        }
    }

    fn refuse_ended(&self, item: &str, what: &'static str) -> Result<(), DecideError> {
        if self.state.state == CaseState::Active {
            return Ok(());
        }
        Err(fault(item, what, format!("the case is {}", self.state.state.word())))
    }

    fn work(&mut self, task: &str, what: &'static str, from: &[ItemState]) -> Result<(), DecideError> {
        let is_task = self.case_type.item(task).is_some_and(|item| item.kind == ItemKind::Task);
        let open = || -> Vec<String> { self.state.open_items().iter().map(|item| item.name.clone()).collect() };
        if !is_task {
            return Err(fault(task, what, format!("there is no such task; open are: {}", open().join(", "))));
        }
        let index = self.state.items.iter().position(|item| item.name == task && from.contains(&item.state));
        let Some(index) = index else {
            let found = self.state.item(task).map_or("not there yet", |item| item.state.word());
            return Err(fault(task, what, format!("it is {found}; open are: {}", open().join(", "))));
        };
        if what == "be started" {
            self.set(index, ItemState::Active, Transition::ManualStart, "worker");
        } else {
            self.set(index, ItemState::Completed, Transition::Complete, "worker");
        }
        Ok(())
    }

    fn occur(&mut self, listener: &str) -> Result<(), DecideError> {
        let kind = self.case_type.item(listener).filter(|item| item.kind == ItemKind::Listener);
        let Some(kind) = kind else {
            let listeners = self.case_type.items.iter().filter(|item| item.kind == ItemKind::Listener);
            let known: Vec<&str> = listeners.map(|item| item.name.as_str()).collect();
            return Err(fault(
                listener,
                "occur",
                format!("nothing listens for it; the case type knows: {}", known.join(", ")),
            ));
        };
        if kind.reopens && self.state.state == CaseState::Completed {
            self.state.state = CaseState::Active;
            let name = self.case_type.name.clone();
            self.note(&name, 1, Transition::Reactivate, listener);
        }
        self.refuse_ended(listener, "occur")?;
        let index =
            self.state.items.iter().position(|item| item.name == listener && item.state == ItemState::Available);
        let Some(index) = index else {
            return Err(fault(listener, "occur", "it has occurred and does not repeat".to_owned()));
        };
        if kind.repeats {
            let number = self.state.items[index].number;
            self.state.items[index].number += 1;
            self.note(listener, number, Transition::Occur, "outside");
        } else {
            self.set(index, ItemState::Completed, Transition::Occur, "outside");
        }
        Ok(())
    }

    /// Lets sentries hear what happened until nothing moves any more.
    fn settle(mut self) -> Result<Advanced, DecideError> {
        loop {
            while let Some((name, transition)) = self.pending.pop_front() {
                if self.entries.len() > MOST_TRANSITIONS {
                    let wrong = "its items keep opening each other; take one sentry out".to_owned();
                    return Err(fault(&self.case_type.name, "advance", wrong));
                }
                if self.state.state == CaseState::Active {
                    self.hear(&name, transition);
                }
            }
            if !self.complete_stages() && !self.complete_case() {
                return Ok(Advanced { state: self.state, entries: self.entries });
            }
        }
    }

    fn hear(&mut self, name: &str, transition: Transition) {
        let case_type = self.case_type;
        let because = format!("{name}.{}", transition.word());
        for item in &case_type.items {
            if self.satisfied(item, "exit", &item.exit, name, transition) {
                self.exit(item, &because);
            }
            if self.satisfied(item, "entry", &item.entry, name, transition) {
                self.enter(item, &because);
            }
        }
    }

    /// Notes what was heard for an item's sentries, and tells whether one of them is satisfied by it.
    fn satisfied(&mut self, item: &ItemType, side: &str, sentries: &[Sentry], name: &str, on: Transition) -> bool {
        let listens = item.stage.as_ref().is_none_or(|stage| self.is_active(stage));
        if !listens {
            return false;
        }
        let mut any = false;
        for (number, sentry) in sentries.iter().enumerate() {
            let key = |part: usize| format!("{}/{side}/{number}/{part}", item.name);
            let parts = sentry.on.iter().enumerate();
            let heard: Vec<String> = parts
                .filter(|(_, (from, transition))| from == name && *transition == on)
                .map(|(part, _)| key(part))
                .collect();
            if heard.is_empty() {
                continue;
            }
            self.state.heard.extend(heard);
            let all = (0..sentry.on.len()).all(|part| self.state.heard.contains(&key(part)));
            // An if-part is asked each time a part happens; parts already heard stay heard until the sentry is satisfied.
            if all && sentry.condition.as_ref().is_none_or(|condition| condition.holds(self.facts)) {
                for part in 0..sentry.on.len() {
                    self.state.heard.remove(&key(part));
                }
                any = true;
            }
        }
        any
    }

    fn is_active(&self, stage: &str) -> bool {
        self.state.item(stage).is_some_and(|item| item.state == ItemState::Active)
    }

    fn enter(&mut self, item: &ItemType, because: &str) {
        let waiting =
            self.state.items.iter().position(|one| one.name == item.name && one.state == ItemState::Available);
        let open = self
            .state
            .items
            .iter()
            .any(|one| one.name == item.name && matches!(one.state, ItemState::Active | ItemState::Enabled));
        match waiting {
            Some(index) => self.begin(index, item, because),
            // What is open already need not be opened twice: one look serves both reasons.
            None if item.repeats && !open => {
                let number = self.state.item(&item.name).map_or(1, |last| last.number + 1);
                let index = self.create(item, number, because);
                self.begin(index, item, because);
            }
            None => {}
        }
    }

    fn exit(&mut self, item: &ItemType, because: &str) {
        let open = |one: &PlanItem| {
            one.name == item.name && matches!(one.state, ItemState::Available | ItemState::Enabled | ItemState::Active)
        };
        if let Some(index) = self.state.items.iter().position(open) {
            self.set(index, ItemState::Terminated, Transition::Exit, because);
            if item.kind == ItemKind::Stage {
                self.end_below(Some(&item.name), because);
            }
        }
    }

    fn begin(&mut self, index: usize, item: &ItemType, because: &str) {
        match item.kind {
            ItemKind::Milestone => self.set(index, ItemState::Completed, Transition::Occur, because),
            ItemKind::Listener => {}
            ItemKind::Task if item.manual => self.set(index, ItemState::Enabled, Transition::Enable, because),
            ItemKind::Task | ItemKind::Stage => self.set(index, ItemState::Active, Transition::Start, because),
        }
        self.state.items[index].due = item.due_days.and_then(|days| day_after(self.at, days));
        if item.kind == ItemKind::Stage {
            self.create_children(Some(&item.name));
        }
    }

    /// Brings the items of a stage (or of the case) into being and begins those that wait for nothing.
    fn create_children(&mut self, stage: Option<&str>) {
        let case_type = self.case_type;
        let children = || case_type.items.iter().filter(move |item| item.stage.as_deref() == stage);
        let because = stage.unwrap_or(&case_type.name);
        let created: Vec<usize> = children().map(|item| self.create(item, 1, because)).collect();
        for (item, index) in children().zip(created) {
            if item.entry.is_empty() {
                self.begin(index, item, because);
            }
        }
    }

    fn create(&mut self, item: &ItemType, number: u32, because: &str) -> usize {
        self.state.items.push(PlanItem {
            name: item.name.clone(),
            number,
            state: ItemState::Available,
            since: self.at,
            due: None,
        });
        self.note(&item.name, number, Transition::Create, because);
        self.state.items.len() - 1
    }

    fn set(&mut self, index: usize, state: ItemState, transition: Transition, because: &str) {
        let item = &mut self.state.items[index];
        item.state = state;
        item.since = self.at;
        let (name, number) = (item.name.clone(), item.number);
        self.note(&name, number, transition, because);
    }

    fn note(&mut self, item: &str, number: u32, transition: Transition, because: &str) {
        let because = because.to_owned();
        self.entries.push(PlanEntry { at: self.at, item: item.to_owned(), number, transition, because });
        self.pending.push_back((item.to_owned(), transition));
    }

    /// Ends everything below a stage, or below the case.
    fn end_below(&mut self, stage: Option<&str>, because: &str) {
        for index in 0..self.state.items.len() {
            let item = &self.state.items[index];
            let kind = self.case_type.item(&item.name);
            let below = stage.is_none() || kind.is_some_and(|kind| kind.stage.as_deref() == stage);
            let open = matches!(item.state, ItemState::Available | ItemState::Enabled | ItemState::Active);
            if below && open {
                self.set(index, ItemState::Terminated, Transition::ParentTerminate, because);
            }
        }
    }

    /// Completes each active stage in which nothing is being worked on and nothing required is left.
    fn complete_stages(&mut self) -> bool {
        let case_type = self.case_type;
        let stages = case_type.items.iter().filter(|item| item.kind == ItemKind::Stage);
        let done: Vec<&ItemType> =
            stages.filter(|stage| self.is_active(&stage.name) && self.nothing_left(Some(&stage.name))).collect();
        for stage in &done {
            self.end_waiting(&stage.name);
            let index = self.state.items.iter().rposition(|item| item.name == stage.name);
            let index = index.expect("an active stage stands in the plan");
            self.set(index, ItemState::Completed, Transition::Complete, &stage.name);
        }
        !done.is_empty()
    }

    fn complete_case(&mut self) -> bool {
        if self.state.state != CaseState::Active || !self.nothing_left(None) {
            return false;
        }
        self.state.state = CaseState::Completed;
        let name = self.case_type.name.clone();
        self.note(&name, 1, Transition::Complete, &name.clone());
        true
    }

    /// True where no child is being worked on and every required child is done (CMMN 1.1, table 8.11, auto-complete).
    fn nothing_left(&self, stage: Option<&str>) -> bool {
        let children = self.case_type.items.iter().filter(|item| item.stage.as_deref() == stage);
        children.into_iter().all(|child| {
            let mut items = self.state.items.iter().filter(|item| item.name == child.name);
            let working = items.clone().any(|item| item.state == ItemState::Active);
            let waiting = items.any(|item| matches!(item.state, ItemState::Available | ItemState::Enabled));
            !(working || child.required && waiting)
        })
    }

    /// What a completed stage leaves waiting will never be opened.
    fn end_waiting(&mut self, stage: &str) {
        for index in 0..self.state.items.len() {
            let item = &self.state.items[index];
            let below = self.case_type.item(&item.name).is_some_and(|kind| kind.stage.as_deref() == Some(stage));
            if below && matches!(item.state, ItemState::Available | ItemState::Enabled) {
                self.set(index, ItemState::Terminated, Transition::ParentTerminate, stage);
            }
        }
    }
}

fn fault(item: &str, what: &'static str, wrong: String) -> DecideError {
    DecideError::Plan { item: item.to_owned(), what, wrong }
}

fn day_after(at: Timestamp, days: u32) -> Option<Date> {
    let days = i32::try_from(days).ok()?;
    model::time::date_from_days(model::time::days_since_epoch(model::time::date_of(at)).checked_add(days)?)
}
