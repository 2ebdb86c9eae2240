//! A source: what it is, how far it proved right, for what, in how many decisions.

use super::layout::{Frame, Section};
use super::parts::{Figure, Link, Mark, Quantity, Timeline, Voices};
use super::sources::SourcesPage;
use super::{Page, Sampled, links, samples};
use crate::wording::Words;
use askama::Template;
use model::{Permission, Standing, Timestamp};

/// How far a source proved right for one aspect.
#[derive(Clone, Debug)]
pub struct ProvedLine {
    /// The aspect, worded.
    pub aspect: String,
    /// How often it was right.
    pub figure: Figure,
}

/// One run of a source.
#[derive(Clone, Debug)]
pub struct SourceRun {
    /// When.
    pub at: Timestamp,
    /// How it went: `fine`, `problems`, `failed`, `unchanged`.
    pub state: &'static str,
    /// Rows that were new or different.
    pub rows: u64,
    /// Rows that did not fit; `None` where that is not known any more.
    pub problems: Option<u64>,
    /// Size of what was received; `None` where that is not known any more.
    pub bytes: Option<u64>,
    /// What went wrong and what to do; empty where nothing.
    pub failure: String,
}

/// A job about the source: one that waits or runs, or one of the last that ended.
#[derive(Clone, Debug)]
pub struct JobLine {
    /// What was asked for: `look` or `replay`.
    pub asked: String,
    /// `queued`, `running`, `done`, `failed` or `cancelled`.
    pub state: String,
    /// When it was asked for.
    pub at: Timestamp,
    /// What it is at, or why it failed; empty where nothing is to be said.
    pub message: String,
    /// Units done, and in all; `None` where nobody knows how many there are.
    pub progress: Option<(u64, u64)>,
    /// When it is tried again, where it failed before.
    pub again: Option<Timestamp>,
    /// Where a press of the button cancels it; `None` once it ended.
    pub cancel: Option<String>,
}

/// A source.
#[derive(Debug, Template)]
#[template(path = "source.html")]
pub struct SourcePage {
    /// What stands around it.
    pub frame: Frame,
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Who publishes it; empty where unknown.
    pub about: String,
    /// Where it is read from; may be a name of the office for an address within.
    pub address: String,
    /// Whose word it is.
    pub standing: Standing,
    /// It is simulated.
    pub simulated: bool,
    /// Its licence.
    pub licence: String,
    /// How often it is read, worded.
    pub schedule: String,
    /// How its rows come in: the intake rule, worded.
    pub intake: String,
    /// Which connector reads it.
    pub connector: String,
    /// The dataset it fills.
    pub dataset: Link,
    /// How far it proved right; empty where nothing can be told yet.
    pub proved: Vec<ProvedLine>,
    /// Decisions that relied on it.
    pub decisions: u64,
    /// Its jobs, newest first; only for those who work on sources.
    pub jobs: Vec<JobLine>,
    /// Its runs, newest first.
    pub runs: Vec<SourceRun>,
    /// Open problems.
    pub problems: u64,
    /// Where they are listed.
    pub problems_href: String,
    /// What happened.
    pub timeline: Timeline,
}

impl SourcePage {
    fn tag(state: &str) -> &'static str {
        SourcesPage::tag(state)
    }

    fn mark(&self) -> Mark {
        Mark::new(&self.frame.words, self.standing, self.simulated)
    }

    fn may_work(&self) -> bool {
        self.frame.may(Permission::WorkSources)
    }

    /// True while a job waits or runs: the page then looks again by itself, where scripts run.
    fn at_work(&self) -> bool {
        self.jobs.iter().any(|job| job.cancel.is_some())
    }

    fn job_tag(state: &str) -> &'static str {
        match state {
            "running" | "queued" => "govuk-tag--blue",
            "failed" => "govuk-tag--red",
            "cancelled" => "govuk-tag--grey",
            _ => "govuk-tag--green",
        }
    }

    fn href(&self) -> String {
        links::source(&self.name)
    }

    fn action(&self, part: &str) -> String {
        format!("{}/{part}", links::source(&self.name))
    }
}

impl Page for SourcePage {
    fn title(&self) -> String {
        self.title.clone()
    }
}

impl Sampled for SourcePage {
    const NAME: &'static str = "source";

    fn samples(words: &Words) -> Vec<Self> {
        let run = |state: &'static str| SourceRun {
            at: samples::at("2026-11-25T06:00:00Z"),
            state,
            rows: 412,
            problems: (state != "fine").then_some(3),
            bytes: (state != "unchanged").then_some(1_500_000),
            failure: if state == "failed" { "The address did not answer.".to_owned() } else { String::new() },
        };
        let figure = Figure::community(words, "proved-1", "staffing", Some(samples::estimate(0.71, 0.62, 0.79)))
            .counting(Quantity::Share)
            .heard_from(Voices::Answers)
            .why("/sources/posts/why");
        let job = |state: &str, cancel: bool| JobLine {
            asked: "look".to_owned(),
            state: state.to_owned(),
            at: samples::at("2026-11-25T06:00:00Z"),
            message: if state == "failed" { "The address did not answer.".to_owned() } else { String::new() },
            progress: (state == "running").then_some((40, 120)),
            again: (state == "queued").then(|| samples::at("2026-11-25T06:01:00Z")),
            cancel: cancel.then(|| "/sources/posts/jobs/j1/cancel".to_owned()),
        };
        let jobs = vec![job("queued", true), job("running", true), job("failed", false), job("done", false)];
        let page = |frame: Frame, runs: Vec<SourceRun>, proved: Vec<ProvedLine>| Self {
            frame,
            jobs: if runs.is_empty() { Vec::new() } else { jobs.clone() },
            name: "posts".to_owned(),
            title: "Posts about homes".to_owned(),
            about: "A forum".to_owned(),
            address: "{simulator}/posts.rss".to_owned(),
            standing: Standing::Community,
            simulated: true,
            licence: "CC0 1.0".to_owned(),
            schedule: "Every hour".to_owned(),
            intake: "All rows".to_owned(),
            connector: "feed".to_owned(),
            dataset: Link::new("posts", links::dataset("posts")),
            decisions: proved.len() as u64,
            proved,
            problems: runs.len() as u64,
            runs,
            problems_href: "/problems?source=posts".to_owned(),
            timeline: Timeline::new(words, vec![samples::entry("Mapping corrected")]),
        };
        let proved = vec![ProvedLine { aspect: words.of_or_itself("aspect", "staffing"), figure }];
        let runs = ["fine", "problems", "failed", "unchanged"].map(run).to_vec();
        vec![
            page(samples::frame(words, Section::Sources), runs, proved),
            page(samples::visitor(words, Section::Sources), Vec::new(), Vec::new()),
        ]
    }
}
