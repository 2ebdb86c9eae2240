//! One signal: what is out of line, why, whose it is, what to do with it, and what became of earlier ones.

use super::layout::{Frame, Section};
use super::parts::{Field, Figure, Kind, Link, Timeline};
use super::signals::sample_size;
use super::{Page, Sampled, links, samples};
use crate::wording::Words;
use askama::Template;
use model::signal::SignalKind;
use model::{Date, Permission};

/// A signal.
#[derive(Debug, Template)]
#[template(path = "signal.html")]
pub struct SignalPage {
    /// What stands around it.
    pub frame: Frame,
    /// Identifier.
    pub id: String,
    /// What kind.
    pub kind: SignalKind,
    /// The home.
    pub home: Link,
    /// Which aspect, worded.
    pub aspect: String,
    /// How big.
    pub size: Figure,
    /// When it began.
    pub since: Date,
    /// When there was enough to say so.
    pub noticed: Date,
    /// Probability that it is only chance.
    pub chance: f64,
    /// Whose it is.
    pub owner: Option<String>,
    /// Where it stands: `open`, `taken`, `dismissed`, `settled`.
    pub state: &'static str,
    /// Running cases that would get a task to look again.
    pub cases: u64,
    /// Running cases that know of it already.
    pub cases_told: u64,
    /// Where these cases are, for those who may read them.
    pub case_links: Vec<Link>,
    /// The series around it, as SVG; empty where there is none.
    pub chart: String,
    /// What happened to it.
    pub timeline: Timeline,
    /// Earlier ones of the same home or kind, with what became of them, worded.
    pub earlier: Vec<(Link, String)>,
    /// The reason for dismissing it.
    pub reason: Field,
    /// What became of it.
    pub outcome: Field,
}

impl SignalPage {
    fn may_work(&self) -> bool {
        self.frame.may(Permission::WorkSignals) && matches!(self.state, "open" | "taken")
    }

    /// How many of the cases are listed, where that is not all of them; nothing for those who see none.
    fn listed(&self) -> Option<u64> {
        let listed = self.case_links.len() as u64;
        (listed > 0 && listed < self.cases + self.cases_told).then_some(listed)
    }

    fn action(&self, part: &str) -> String {
        format!("{}/{part}", links::signal(&self.id))
    }
}

impl Page for SignalPage {
    fn title(&self) -> String {
        let kind = self.frame.of("signal-kind", self.kind.word());
        self.frame.words.say2("signal-title", "kind", kind, "home", &self.home.text)
    }

    fn faulty(&self) -> bool {
        self.reason.fault().is_some() || self.outcome.fault().is_some()
    }
}

impl Sampled for SignalPage {
    const NAME: &'static str = "signal";

    fn samples(words: &Words) -> Vec<Self> {
        let page = |state: &'static str, wrong: bool| {
            let reason = Field::new(words, "signal_reason", Kind::Area, "");
            Self {
                frame: samples::frame(words, Section::Signals),
                id: "s1".to_owned(),
                kind: SignalKind::CommunityFell,
                home: samples::home(),
                aspect: words.of_or_itself("aspect", "overall"),
                size: sample_size(words, "size", true),
                since: samples::day("2026-10-03"),
                noticed: samples::day("2026-10-27"),
                chance: 0.0004,
                owner: (state == "taken").then(|| "demo-analyst".to_owned()),
                state,
                cases: if state == "open" { 12 } else { 0 },
                cases_told: if state == "taken" { 2 } else { 0 },
                case_links: if state == "taken" { Vec::new() } else { vec![Link::new("c1", links::case("c1"))] },
                chart: String::new(),
                timeline: Timeline::new(words, vec![samples::entry("Noticed")]),
                earlier: if wrong { vec![(samples::home(), words.of("signal-state", "settled"))] } else { Vec::new() },
                reason: if wrong { reason.wrong("fault-reason") } else { reason },
                outcome: Field::new(words, "outcome", Kind::Area, ""),
            }
        };
        vec![page("open", false), page("taken", true), page("settled", false)]
    }
}
