//! The signals: what is out of line, how big, since when, whose it is.

use super::layout::{Frame, Section};
use super::parts::{Choice, Field, Figure, Filters, Kind, Link, Pager, Quantity};
use super::{Page, Sampled, links, samples};
use crate::wording::Words;
use askama::Template;
use model::Date;
use model::signal::SignalKind;

/// One signal.
#[derive(Clone, Debug)]
pub struct SignalLine {
    /// What it is about, worded, leading to the signal.
    pub signal: Link,
    /// The home.
    pub home: Link,
    /// What kind.
    pub kind: SignalKind,
    /// Which aspect, worded.
    pub aspect: String,
    /// How big.
    pub size: Figure,
    /// Since when.
    pub since: Date,
    /// Whose it is; `None` where nobody's.
    pub owner: Option<String>,
    /// Where it stands: `open`, `taken`, `dismissed`, `settled`.
    pub state: &'static str,
}

/// The signals.
#[derive(Debug, Template)]
#[template(path = "signals.html")]
pub struct SignalsPage {
    /// What stands around it.
    pub frame: Frame,
    /// What narrows it.
    pub filters: Filters,
    /// The signals, the most urgent first.
    pub lines: Vec<SignalLine>,
    /// Which of how many.
    pub pager: Pager,
    /// The feed of them.
    pub feed: String,
}

impl Page for SignalsPage {
    fn title(&self) -> String {
        self.frame.say("signals-title")
    }
}

/// How big a signal is, for samples.
pub(super) fn sample_size(words: &Words, id: &str, why: bool) -> Figure {
    let estimate = samples::estimate(-0.92, -1.31, -0.54);
    let figure = Figure::community(words, id, "overall", Some(estimate)).counting(Quantity::Difference);
    if why { figure.why("/signals/s1/why") } else { figure.short() }
}

impl Sampled for SignalsPage {
    const NAME: &'static str = "signals";

    fn samples(words: &Words) -> Vec<Self> {
        let states = ["open", "taken", "dismissed", "settled"];
        let choices = states.map(|state| Choice::new(state, words.of("signal-state", state), false).with_count(2));
        let fields = || vec![Field::new(words, "state", Kind::Select(choices.to_vec()), "")];
        let line = |(number, kind): (usize, SignalKind)| SignalLine {
            signal: Link::new(words.of("signal-kind", kind.word()), links::signal(&format!("s{number}"))),
            home: samples::home(),
            kind,
            aspect: words.of_or_itself("aspect", "overall"),
            size: sample_size(words, &format!("size-{number}"), false),
            since: samples::day("2026-10-03"),
            owner: (number == 0).then(|| "demo-analyst".to_owned()),
            state: states[number % 4],
        };
        let page = |lines: Vec<SignalLine>| Self {
            frame: samples::visitor(words, Section::Signals),
            filters: Filters::new(words, links::SIGNALS, fields(), Vec::new(), true),
            pager: Pager::new(words, lines.len() as u64, 1, 50, |page| format!("?page={page}")),
            lines,
            feed: "/signals.atom".to_owned(),
        };
        vec![page(SignalKind::ALL.into_iter().enumerate().map(line).collect()), page(Vec::new())]
    }
}
