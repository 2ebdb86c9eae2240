//! The first page: what came in, what it changed, what waits for the reader, and how far outside evidence counted.

use super::layout::{Frame, Section};
use super::parts::{Link, Mark};
use super::{Page, Sampled, samples};
use crate::wording::Words;
use askama::Template;
use model::{Standing, Timestamp};

/// What waits for the reader.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Which kind: `cases`, `free_cases`, `objections`, `pairs`, `signals`, `problems`.
    pub kind: &'static str,
    /// How many.
    pub count: u64,
    /// The list of them.
    pub href: String,
}

/// What one source brought.
#[derive(Clone, Debug)]
pub struct CameIn {
    /// The source.
    pub source: Link,
    /// Whose word it is.
    pub standing: Standing,
    /// It is simulated.
    pub simulated: bool,
    /// Rows that were new or different.
    pub rows: u64,
    /// Rows that did not fit.
    pub problems: u64,
    /// When.
    pub at: Timestamp,
}

/// What that changed.
#[derive(Clone, Debug)]
pub struct Changed {
    /// Which kind: `homes_assessed`, `signals`, `pairs_linked`, `cases_to_review`, `ratings_changed`.
    pub kind: &'static str,
    /// How many.
    pub count: u64,
    /// The list of them.
    pub href: String,
}

/// How far outside evidence counted.
#[derive(Clone, Debug)]
pub struct OutsideShare {
    /// Cases that are or were worked on.
    pub cases: u64,
    /// Those that used outside evidence.
    pub cases_with: u64,
    /// Decisions made.
    pub decisions: u64,
    /// Those that rest on outside evidence.
    pub decisions_with: u64,
    /// Those where leaving it out would have put another home first.
    pub decisions_changed: u64,
    /// Lists behind the three numbers.
    pub hrefs: [String; 3],
}

/// One box of the picture of what flows through.
#[derive(Clone, Debug)]
pub struct FlowStep {
    /// Which: `sources`, `rows`, `homes`, `assessed`, `decisions`, `releases`.
    pub kind: &'static str,
    /// How many.
    pub count: u64,
    /// The list of them.
    pub href: String,
}

/// The first page.
#[derive(Debug, Template)]
#[template(path = "first.html")]
pub struct FirstPage {
    /// What stands around it.
    pub frame: Frame,
    /// What waits, in order of haste; empty for somebody without a task.
    pub waiting: Vec<Waiting>,
    /// What came in lately, newest first.
    pub came_in: Vec<CameIn>,
    /// What that changed.
    pub changed: Vec<Changed>,
    /// How far outside evidence counted.
    pub outside: OutsideShare,
    /// The picture of what flows through.
    pub flow: Vec<FlowStep>,
}

impl Page for FirstPage {
    fn title(&self) -> String {
        self.frame.say("first-title")
    }
}

impl FirstPage {
    fn share(&self, part: &u64, whole: &u64) -> String {
        self.frame.words.share(&(*part as f64 / (*whole).max(1) as f64))
    }

    fn mark(&self, line: &CameIn) -> Mark {
        Mark::new(&self.frame.words, line.standing, line.simulated)
    }
}

impl Sampled for FirstPage {
    const NAME: &'static str = "first";

    fn samples(words: &Words) -> Vec<Self> {
        let waiting = ["cases", "free_cases", "objections", "pairs", "signals", "problems"].map(|kind| Waiting {
            kind,
            count: 12,
            href: format!("/{kind}"),
        });
        let changed = ["homes_assessed", "signals", "pairs_linked", "cases_to_review", "ratings_changed"]
            .map(|kind| Changed { kind, count: 1, href: format!("/{kind}") });
        let flow = ["sources", "rows", "homes", "assessed", "decisions", "releases"].map(|kind| FlowStep {
            kind,
            count: 20_172,
            href: format!("/{kind}"),
        });
        let came_in = CameIn {
            source: Link::new("posts", "/sources/posts"),
            standing: Standing::Community,
            simulated: true,
            rows: 412,
            problems: 3,
            at: samples::at("2026-11-25T06:00:00Z"),
        };
        let outside = |count: u64| OutsideShare {
            cases: count * 4,
            cases_with: count * 3,
            decisions: count * 2,
            decisions_with: count,
            decisions_changed: count / 3,
            hrefs: ["/cases?outside=yes", "/cases?decided=outside", "/cases?decided=changed"].map(str::to_owned),
        };
        let full = Self {
            frame: samples::frame(words, Section::First),
            waiting: waiting.to_vec(),
            came_in: vec![came_in],
            changed: changed.to_vec(),
            outside: outside(9),
            flow: flow.to_vec(),
        };
        let empty = Self {
            frame: samples::visitor(words, Section::First),
            waiting: Vec::new(),
            came_in: Vec::new(),
            changed: Vec::new(),
            outside: outside(0),
            flow: Vec::new(),
        };
        vec![full, empty]
    }
}
