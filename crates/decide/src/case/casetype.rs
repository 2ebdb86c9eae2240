//! Reading a case type from its file: stages, tasks, milestones, listeners, the case file, and sentries.
//!
//! Every fault names file, key, what is wrong and what to write. Must never guess what was meant.

use super::plan::Transition;
use crate::DecideError;
use crate::feel::Expression;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Most items of a case type.
const MOST_ITEMS: usize = 200;

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// Holds other items.
    Stage,
    /// Work of a person.
    Task,
    /// Reached, not worked on.
    Milestone,
    /// Hears something from outside.
    Listener,
}

impl ItemKind {
    fn word(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Task => "task",
            Self::Milestone => "milestone",
            Self::Listener => "listener",
        }
    }
}

/// Opens or closes an item: what must have happened, and what must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentry {
    /// Item or piece of the case file, and what must have happened to it; all of them.
    pub on: Vec<(String, Transition)>,
    /// What must hold at the last of them.
    pub condition: Option<Expression>,
}

/// One item of a case type.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemType {
    /// Name, unique in the case type.
    pub name: String,
    /// What it is.
    pub kind: ItemKind,
    /// Stage it belongs to; `None` for the case itself.
    pub stage: Option<String>,
    /// Any of these opens it; without one it opens with its stage.
    pub entry: Vec<Sentry>,
    /// Any of these ends it.
    pub exit: Vec<Sentry>,
    /// Days after opening by which it should be done.
    pub due_days: Option<u32>,
    /// True where its stage cannot be complete without it.
    pub required: bool,
    /// True where it opens anew each time a sentry says so.
    pub repeats: bool,
    /// True where a person starts it.
    pub manual: bool,
    /// True for a listener that opens a completed case again.
    pub reopens: bool,
}

/// What can happen in a kind of case.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseType {
    /// Stable name, as in addresses.
    pub name: String,
    /// Version; raised with every change that running cases should know of.
    pub version: u32,
    /// Facts that if-parts may use.
    pub facts: Vec<String>,
    /// Pieces of the case file that may change.
    pub files: Vec<String>,
    /// Items: stages first, then tasks, milestones, listeners, each in the order of the file.
    pub items: Vec<ItemType>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCaseType {
    name: String,
    version: u32,
    #[serde(default)]
    facts: Vec<String>,
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    stage: Vec<RawItem>,
    #[serde(default)]
    task: Vec<RawItem>,
    #[serde(default)]
    milestone: Vec<RawItem>,
    #[serde(default)]
    listener: Vec<RawItem>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawItem {
    name: String,
    stage: Option<String>,
    #[serde(default)]
    entry: Vec<RawSentry>,
    #[serde(default)]
    exit: Vec<RawSentry>,
    due_days: Option<u32>,
    required: Option<bool>,
    #[serde(default)]
    repeats: bool,
    #[serde(default)]
    manual: bool,
    #[serde(default)]
    reopens: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSentry {
    #[serde(default)]
    on: Vec<String>,
    #[serde(rename = "if")]
    condition: Option<String>,
}

/// Says in which file a fault stands.
struct Reader<'a> {
    file: &'a str,
}

impl CaseType {
    /// Reads a case type; `file` is what faults call the file.
    pub fn parse(file: &str, text: &str) -> Result<Self, DecideError> {
        let reader = Reader { file };
        let raw: RawCaseType = toml::from_str(text).map_err(|cause| reader.unreadable(text, &cause))?;
        reader.check_name("name", &raw.name)?;
        let mut case_type =
            Self { name: raw.name, version: raw.version, facts: raw.facts, files: raw.files, items: Vec::new() };
        let kinds = [
            (ItemKind::Stage, raw.stage),
            (ItemKind::Task, raw.task),
            (ItemKind::Milestone, raw.milestone),
            (ItemKind::Listener, raw.listener),
        ];
        for (kind, items) in kinds {
            for item in items {
                case_type.items.push(reader.item(kind, item, &case_type.facts)?);
            }
        }
        reader.check(&case_type)?;
        Ok(case_type)
    }

    /// The item of a name.
    pub fn item(&self, name: &str) -> Option<&ItemType> {
        self.items.iter().find(|item| item.name == name)
    }
}

impl Reader<'_> {
    fn fault(&self, key: impl Into<String>, wrong: impl Into<String>, write: impl Into<String>) -> DecideError {
        DecideError::CaseType { file: self.file.to_owned(), key: key.into(), wrong: wrong.into(), write: write.into() }
    }

    fn unreadable(&self, text: &str, cause: &toml::de::Error) -> DecideError {
        let start = cause.span().map_or(0, |span| span.start.min(text.len()));
        let line = text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count() + 1;
        self.fault(
            format!("line {line}"),
            cause.message(),
            "see `casetypes/placement.toml` of the demo office for the keys",
        )
    }

    fn check_name(&self, key: &str, name: &str) -> Result<(), DecideError> {
        let plain = name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
        if name.is_empty() || !plain {
            return Err(self.fault(
                key,
                format!("`{name}` is no name"),
                "write small letters, digits and `_`, such as `check_need`",
            ));
        }
        Ok(())
    }

    fn item(&self, kind: ItemKind, raw: RawItem, facts: &[String]) -> Result<ItemType, DecideError> {
        let place = format!("{}.{}", kind.word(), raw.name);
        self.check_name(&format!("{}.name", kind.word()), &raw.name)?;
        let refuse = |key: &str, given: bool| {
            let owner = format!("a {} has no `{key}`", kind.word());
            if given { Err(self.fault(format!("{place}.{key}"), owner, format!("take `{key}` out"))) } else { Ok(()) }
        };
        let task = kind == ItemKind::Task;
        let listener = kind == ItemKind::Listener;
        refuse("due_days", raw.due_days.is_some() && !task)?;
        refuse("manual", raw.manual && !task)?;
        refuse("reopens", raw.reopens && !listener)?;
        refuse("entry", !raw.entry.is_empty() && listener)?;
        refuse("exit", !raw.exit.is_empty() && (listener || kind == ItemKind::Milestone))?;
        refuse("stage", raw.stage.is_some() && (listener || kind == ItemKind::Stage))?;
        refuse("required", raw.required.is_some() && listener)?;
        refuse("repeats", raw.repeats && !(task || listener))?;
        if raw.repeats && task && raw.entry.is_empty() {
            return Err(self.fault(
                format!("{place}.repeats"),
                "nothing opens the task a second time",
                "give it an `entry`, such as `entry = [{ on = [\"objection_received.occur\"] }]`",
            ));
        }
        let entry = self.sentries(&format!("{place}.entry"), raw.entry, facts)?;
        let exit = self.sentries(&format!("{place}.exit"), raw.exit, facts)?;
        Ok(ItemType {
            required: raw.required.unwrap_or(!raw.repeats && !listener),
            name: raw.name,
            kind,
            stage: raw.stage,
            entry,
            exit,
            due_days: raw.due_days,
            repeats: raw.repeats,
            manual: raw.manual,
            reopens: raw.reopens,
        })
    }

    fn sentries(&self, key: &str, raw: Vec<RawSentry>, facts: &[String]) -> Result<Vec<Sentry>, DecideError> {
        let read = |(number, sentry): (usize, RawSentry)| {
            let key = format!("{key}.{number}");
            if sentry.on.is_empty() {
                return Err(self.fault(
                    format!("{key}.on"),
                    "nothing is named that must happen",
                    "write `on = [\"check_need.complete\"]`",
                ));
            }
            let on = sentry.on.iter().map(|on| self.on_part(&format!("{key}.on"), on)).collect::<Result<_, _>>()?;
            let condition = sentry.condition.as_deref().map(|text| Expression::parse(text, facts)).transpose();
            let condition = condition.map_err(|wrong| {
                let write = "write a FEEL expression over the names under `facts`, such as `homes_left > 0`";
                self.fault(format!("{key}.if"), wrong, write)
            })?;
            Ok(Sentry { on, condition })
        };
        raw.into_iter().enumerate().map(read).collect()
    }

    fn on_part(&self, key: &str, text: &str) -> Result<(String, Transition), DecideError> {
        let parts = text.split_once('.').and_then(|(item, word)| Some((item, Transition::from_word(word)?)));
        let words = || Transition::ALL.map(Transition::word).join(", ");
        parts.map(|(item, transition)| (item.to_owned(), transition)).ok_or_else(|| {
            self.fault(
                key,
                format!("`{text}` is no on-part"),
                format!("write `item.event` with an event of: {}", words()),
            )
        })
    }

    fn check(&self, case_type: &CaseType) -> Result<(), DecideError> {
        let items = &case_type.items;
        if items.len() > MOST_ITEMS {
            return Err(self.fault("task", format!("{} items", items.len()), format!("keep to {MOST_ITEMS}")));
        }
        if !items.iter().any(|item| item.kind == ItemKind::Task) {
            return Err(self.fault("task", "there is none", "add at least one `[[task]]` with a `name`"));
        }
        let mut kinds: BTreeMap<&str, &str> = BTreeMap::from([(case_type.name.as_str(), "case type")]);
        let files = case_type.files.iter().map(|file| (file.as_str(), "piece of the case file"));
        for (name, kind) in files.chain(items.iter().map(|item| (item.name.as_str(), item.kind.word()))) {
            if let Some(other) = kinds.insert(name, kind) {
                return Err(self.fault(
                    format!("{kind}.{name}"),
                    format!("the name is taken by a {other}"),
                    "give one of them another name",
                ));
            }
        }
        items.iter().try_for_each(|item| self.check_item(case_type, item))
    }

    fn check_item(&self, case_type: &CaseType, item: &ItemType) -> Result<(), DecideError> {
        let place = format!("{}.{}", item.kind.word(), item.name);
        if let Some(stage) = &item.stage {
            let stages: Vec<&str> = named(case_type, ItemKind::Stage);
            if !stages.contains(&stage.as_str()) {
                let write = format!("write one of: {}", stages.join(", "));
                return Err(self.fault(format!("{place}.stage"), format!("there is no stage `{stage}`"), write));
            }
        }
        for (name, transition) in item.entry.iter().chain(&item.exit).flat_map(|sentry| &sentry.on) {
            self.check_on(case_type, &place, name, *transition)?;
        }
        Ok(())
    }

    fn check_on(&self, case_type: &CaseType, place: &str, name: &str, on: Transition) -> Result<(), DecideError> {
        use Transition as T;
        let key = format!("{place}.on");
        let possible: &[T] = if case_type.files.iter().any(|file| file == name) {
            &[T::Update]
        } else if name == case_type.name {
            &[T::Create, T::Complete, T::Reactivate]
        } else {
            match case_type.item(name).map(|item| item.kind) {
                Some(ItemKind::Milestone | ItemKind::Listener) => &[T::Occur],
                Some(ItemKind::Stage | ItemKind::Task) => {
                    &[T::Enable, T::Start, T::ManualStart, T::Complete, T::Exit, T::ParentTerminate]
                }
                None => {
                    let known = case_type.items.iter().map(|item| item.name.as_str());
                    let known: Vec<&str> = known.chain(case_type.files.iter().map(String::as_str)).collect();
                    let write = format!("write one of: {}", known.join(", "));
                    return Err(self.fault(key, format!("there is no `{name}`"), write));
                }
            }
        };
        if possible.contains(&on) {
            return Ok(());
        }
        let words: Vec<String> = possible.iter().map(|one| format!("{name}.{}", one.word())).collect();
        Err(self.fault(
            key,
            format!("`{name}.{}` never happens", on.word()),
            format!("write one of: {}", words.join(", ")),
        ))
    }
}

fn named(case_type: &CaseType, kind: ItemKind) -> Vec<&str> {
    case_type.items.iter().filter(|item| item.kind == kind).map(|item| item.name.as_str()).collect()
}
