//! The list of homes, with official and community view side by side.

use super::layout::{Frame, Section};
use super::parts::{Choice, Field, Figure, Filters, Kind, Link, Pager, Quantity, Sort, Voices};
use super::{Page, Sampled, links, samples};
use crate::wording::Words;
use askama::Template;

/// One home.
#[derive(Clone, Debug)]
pub struct HomeLine {
    /// The home.
    pub home: Link,
    /// Locality and state.
    pub place: String,
    /// Who runs it, worded.
    pub ownership: String,
    /// What officials say, overall.
    pub official: Figure,
    /// What residents say, overall.
    pub community: Figure,
    /// The gap between both, worded; empty where they agree.
    pub gap: String,
}

/// How far one region or kind of owner is spoken about.
#[derive(Clone, Debug)]
pub struct CoverageLine {
    /// Its name, leading to the row that says so.
    pub name: Link,
    /// Its homes.
    pub homes: u64,
    /// Share of them with a voice.
    pub share: Figure,
    /// Homes of which nobody speaks.
    pub silent: u64,
    /// Where these are listed.
    pub silent_href: String,
}

/// About which homes and regions nobody speaks.
#[derive(Clone, Debug)]
pub struct CoveragePart {
    /// Share of all homes with a voice.
    pub whole: Option<Figure>,
    /// By region, most silent homes first.
    pub regions: Vec<CoverageLine>,
    /// By kind of owner.
    pub owners: Vec<CoverageLine>,
}

impl CoveragePart {
    /// Both tables with the keys of their titles.
    fn tables(&self) -> [(&'static str, &[CoverageLine]); 2] {
        [("coverage-regions", &self.regions), ("coverage-owners", &self.owners)]
    }
}

/// The homes.
#[derive(Debug, Template)]
#[template(path = "homes.html")]
pub struct HomesPage {
    /// What stands around it.
    pub frame: Frame,
    /// What narrows it.
    pub filters: Filters,
    /// Heads of the columns home, ownership, official, community.
    pub sorts: Vec<Sort>,
    /// The homes.
    pub lines: Vec<HomeLine>,
    /// Which of how many.
    pub pager: Pager,
    /// Homes of which nobody speaks, and where they are listed.
    pub unheard: Option<(u64, String)>,
    /// About which regions nobody speaks; none where it was not counted.
    pub coverage: Option<CoveragePart>,
    /// A map of what the filters leave, as SVG; empty where there is none.
    pub map: String,
}

impl Page for HomesPage {
    fn title(&self) -> String {
        self.frame.say("homes-title")
    }
}

impl Sampled for HomesPage {
    const NAME: &'static str = "homes";

    fn samples(words: &Words) -> Vec<Self> {
        let filters = || {
            let state =
                vec![Choice::new("", words.say("filter-all"), true), Choice::new("NSW", "NSW", false).with_count(571)];
            let fields = vec![
                Field::new(words, "q", Kind::Search, "mild"),
                Field::new(words, "region", Kind::Select(state), ""),
            ];
            Filters::new(words, links::HOMES, fields, Vec::new(), false)
        };
        let line = |number: u64| HomeLine {
            home: samples::home(),
            place: "Jannali NSW".to_owned(),
            ownership: words.of("ownership", "government"),
            official: samples::official(words, &format!("official-{number}")).short(),
            community: if number == 1 {
                samples::community(words, "community-1").short()
            } else {
                Figure::community(words, format!("community-{number}"), "overall", None).short()
            },
            gap: if number == 1 { words.say("gap-community-lower") } else { String::new() },
        };
        let columns = ["home", "ownership", "official", "community"];
        let page = |lines: Vec<HomeLine>| Self {
            frame: samples::visitor(words, Section::Homes),
            filters: filters(),
            sorts: columns
                .map(|name| Sort::new(words.say(&format!("column-{name}")), format!("?sort={name}"), None))
                .to_vec(),
            pager: Pager::new(words, lines.len() as u64 * 600, 1, 50, |page| format!("?page={page}")),
            unheard: (!lines.is_empty()).then(|| (212, "/homes?heard=no".to_owned())),
            coverage: (!lines.is_empty()).then(|| sample_coverage(words)),
            map: samples::map(words),
            lines,
        };
        vec![page(vec![line(1), line(2)]), page(Vec::new())]
    }
}

fn sample_coverage(words: &Words) -> CoveragePart {
    let share = |id: &str| {
        let estimate = samples::estimate(0.42, 0.31, 0.54);
        let figure = Figure::community(words, id, "North", Some(estimate)).simulated(true);
        figure.counting(Quantity::Share).heard_from(Voices::Measurement)
    };
    let line = |number: u64| CoverageLine {
        name: Link::new("North <b>", links::row("home_coverage", 3, "c1")),
        homes: 57,
        share: share(&format!("coverage-{number}")).short(),
        silent: 33 * number,
        silent_href: "/homes?region=North&heard=silent".to_owned(),
    };
    CoveragePart { whole: Some(share("coverage-all")), regions: vec![line(1), line(0)], owners: vec![line(2)] }
}
