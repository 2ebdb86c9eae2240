//! A case: who, what is needed by when, where it stands, and the one next step.

use super::layout::{Frame, Section};
use super::parts::{EvidenceCard, Field, Kind, Link, Timeline};
use super::{Page, Sampled, links, samples};
use crate::number::Money;
use crate::wording::Words;
use askama::Template;
use model::case::CaseState;
use model::{Date, Permission};

/// The one next step, as the button.
#[derive(Clone, Debug)]
pub struct NextStep {
    /// Which: `claim`, `choose_home`, `decide`, `send_letter`, `answer_objection`, `review_evidence`, `none`.
    pub kind: &'static str,
    /// Where it leads.
    pub href: String,
    /// It changes something at once, so it is sent as a form.
    pub posts: bool,
}

/// One line of the plan.
#[derive(Clone, Debug)]
pub struct PlanLine {
    /// What it is, worded: plans are data of the office.
    pub name: String,
    /// Where it leads, if there is something to do.
    pub href: Option<String>,
    /// `stage`, `task` or `milestone`.
    pub kind: &'static str,
    /// `available`, `enabled`, `active`, `completed`, `terminated`, as CMMN calls it.
    pub state: &'static str,
    /// Whose it is; empty where nobody's.
    pub owner: String,
}

/// Somebody who can see the case.
#[derive(Clone, Debug)]
pub struct PersonWithAccess {
    /// Name of the account.
    pub name: String,
    /// Why, worded.
    pub because: String,
}

/// What was decided.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The home.
    pub home: Link,
    /// When.
    pub on: Date,
    /// By whom.
    pub account: String,
    /// The reason for departing from the ranking; empty where the choice follows it.
    pub reason: String,
    /// The letter.
    pub letter: String,
    /// Replaying the decision from its record.
    pub replay: String,
}

/// A case.
#[derive(Debug, Template)]
#[template(path = "case.html")]
pub struct CasePage {
    /// What stands around it.
    pub frame: Frame,
    /// Identifier.
    pub id: String,
    /// The person.
    pub person: String,
    /// Where it stands.
    pub state: CaseState,
    /// Whose it is.
    pub owner: Option<String>,
    /// Kind of care, worded.
    pub care: String,
    /// Where the person lives: locality, worded.
    pub place: String,
    /// By when a place is needed.
    pub due: Option<Date>,
    /// Days until then.
    pub days_left: Option<i64>,
    /// What may be spent a day.
    pub ceiling: Money,
    /// How far away it may be, in kilometres.
    pub distance: f64,
    /// What the person wishes, each worded.
    pub wishes: Vec<String>,
    /// The person and their data are simulated.
    pub simulated: bool,
    /// The next step.
    pub next: NextStep,
    /// What was decided, if it was.
    pub decided: Option<Decided>,
    /// The plan.
    pub plan: Vec<PlanLine>,
    /// The evidence the case relies on.
    pub evidence: Vec<EvidenceCard>,
    /// What happened.
    pub timeline: Timeline,
    /// Who can see it.
    pub people: Vec<PersonWithAccess>,
    /// The forms at the foot: a note, and an objection with who makes it.
    pub note: Field,
    /// What the person objects to.
    pub objection: Field,
}

impl Page for CasePage {
    fn title(&self) -> String {
        self.frame.words.say1("case-title", "person", &self.person)
    }
}

impl CasePage {
    fn may_work(&self) -> bool {
        self.frame.may(Permission::WorkCases)
    }

    fn tag(state: &str) -> &'static str {
        match state {
            "completed" => "govuk-tag--green",
            "active" => "govuk-tag--blue",
            "enabled" => "govuk-tag--yellow",
            _ => "govuk-tag--grey",
        }
    }

    fn action(&self, part: &str) -> String {
        links::of_case(&self.id, part)
    }
}

impl Sampled for CasePage {
    const NAME: &'static str = "case";

    fn samples(words: &Words) -> Vec<Self> {
        let plan_line = |name: &str, kind, state| PlanLine {
            name: name.to_owned(),
            href: (state == "active").then(|| links::of_case("c1", "candidates")),
            kind,
            state,
            owner: "demo-manager".to_owned(),
        };
        let plan = vec![
            plan_line("Understand what is needed", "stage", "completed"),
            plan_line("Choose a home", "task", "active"),
            plan_line("Decide", "task", "available"),
            plan_line("Placed", "milestone", "enabled"),
            plan_line("Visit", "task", "terminated"),
        ];
        let page = |step: &'static str, decided: Option<Decided>| Self {
            frame: samples::frame(words, Section::Worklist),
            id: "c1".to_owned(),
            person: "Person 17".to_owned(),
            state: if decided.is_some() { CaseState::Completed } else { CaseState::Active },
            owner: decided.is_some().then(|| "demo-manager".to_owned()),
            care: words.of("care", "permanent"),
            place: "Jannali NSW".to_owned(),
            due: Some(samples::day("2026-12-01")),
            days_left: Some(6),
            ceiling: Money { amount: 310.0, currency: "AUD".to_owned() },
            distance: 25.0,
            wishes: vec![words.of("wish", "not_for_profit")],
            simulated: true,
            next: NextStep { kind: step, href: links::of_case("c1", "candidates"), posts: step == "claim" },
            decided,
            plan: plan.clone(),
            evidence: vec![samples::evidence(words, "evidence-1")],
            timeline: Timeline::new(words, vec![samples::entry("Case opened")]),
            people: vec![PersonWithAccess { name: "demo-manager".to_owned(), because: "Owner".to_owned() }],
            note: Field::new(words, "note", Kind::Area, ""),
            objection: Field::new(words, "objection", Kind::Area, ""),
        };
        let decided = Decided {
            home: samples::home(),
            on: samples::day("2026-11-24"),
            account: "demo-manager".to_owned(),
            reason: "Daughter lives nearby.".to_owned(),
            letter: links::of_case("c1", "letter"),
            replay: links::of_case("c1", "replay"),
        };
        let mut samples: Vec<Self> =
            ["claim", "choose_home", "decide", "send_letter", "answer_objection", "review_evidence"]
                .map(|step| page(step, None))
                .into();
        samples.push(page("none", Some(decided)));
        let empty = Self {
            plan: Vec::new(),
            evidence: Vec::new(),
            timeline: Timeline::new(words, Vec::new()),
            wishes: Vec::new(),
            due: None,
            days_left: None,
            ..page("claim", None)
        };
        samples.push(empty);
        samples
    }
}
