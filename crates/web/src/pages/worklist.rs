//! The worklist: which case next, and why that one.

use super::layout::{Frame, Section};
use super::parts::{Choice, Field, Filters, Kind, Link, Pager, Sort};
use super::{Page, Sampled, links, samples};
use crate::wording::Words;
use askama::Template;
use model::case::CaseState;
use model::{Date, Permission};

/// One case of the list.
#[derive(Clone, Debug)]
pub struct CaseLine {
    /// Identifier, sent when the case is chosen.
    pub id: String,
    /// The person, leading to the case.
    pub person: Link,
    /// What is needed, worded.
    pub needs: String,
    /// By when a place is needed.
    pub due: Option<Date>,
    /// Days until then; negative where it is past.
    pub days_left: Option<i64>,
    /// Where it stands.
    pub state: CaseState,
    /// The next step, worded.
    pub next: String,
    /// Why it stands where it stands: `overdue`, `due_soon`, `signal`, `objection`, `waiting`.
    pub reason: &'static str,
    /// Whose it is; `None` where it is free.
    pub owner: Option<String>,
}

impl CaseLine {
    fn ended(&self) -> bool {
        self.state != CaseState::Active
    }
}

/// The worklist.
#[derive(Debug, Template)]
#[template(path = "worklist.html")]
pub struct WorklistPage {
    /// What stands around it.
    pub frame: Frame,
    /// What narrows it.
    pub filters: Filters,
    /// Heads of the columns person, needs, due, next, owner.
    pub sorts: Vec<Sort>,
    /// The cases.
    pub lines: Vec<CaseLine>,
    /// Which of how many.
    pub pager: Pager,
    /// True where some filter hides cases.
    pub filtered: bool,
}

impl Page for WorklistPage {
    fn title(&self) -> String {
        self.frame.say("worklist-title")
    }
}

impl WorklistPage {
    fn may_work(&self) -> bool {
        self.frame.may(Permission::WorkCases)
    }
}

impl Sampled for WorklistPage {
    const NAME: &'static str = "worklist";

    fn samples(words: &Words) -> Vec<Self> {
        let states = ["active", "completed", "terminated"]
            .map(|state| Choice::new(state, words.of("case-state", state), state == "active").with_count(14));
        let filters = || {
            let fields = vec![
                Field::new(words, "q", Kind::Search, ""),
                Field::new(words, "state", Kind::Select(states.to_vec()), ""),
            ];
            Filters::new(words, links::CASES, fields, vec![("sort".to_owned(), "due".to_owned())], true)
        };
        let sorts = || {
            let columns = ["person", "needs", "due", "next", "owner"];
            columns.map(|name| Sort::new(words.say(&format!("column-{name}")), format!("?sort={name}"), None)).to_vec()
        };
        let line = |reason: &'static str, days_left: i64| CaseLine {
            id: format!("case-{reason}"),
            person: Link::new("Person 17", links::case("c1")),
            needs: "Permanent care near Jannali".to_owned(),
            due: Some(samples::day("2026-12-01")),
            days_left: Some(days_left),
            state: CaseState::Active,
            next: words.of("next-step", "choose_home"),
            reason,
            owner: (reason != "waiting").then(|| "demo-manager".to_owned()),
        };
        let lines = vec![
            line("overdue", -2),
            line("due_soon", 0),
            line("signal", 1),
            line("objection", 30),
            line("waiting", 9),
        ];
        let pager = |total| Pager::new(words, total, 1, 50, |page| format!("?page={page}"));
        let page = |lines: Vec<CaseLine>, filtered| Self {
            frame: samples::frame(words, Section::Worklist),
            filters: filters(),
            sorts: sorts(),
            pager: pager(lines.len() as u64 * 20),
            lines,
            filtered,
        };
        vec![page(lines, true), page(Vec::new(), true), page(Vec::new(), false)]
    }
}
