//! Why one number is what it is: the method, its figures, what went in with what weight, and what was left out and why.

use super::layout::{Frame, Section};
use super::parts::{Figure, Link, Pager};
use super::{Page, Sampled, links, samples};
use crate::number;
use crate::wording::Words;
use askama::Template;
use std::collections::BTreeMap;

/// Figures that tell of one dataset, which follows in their name, and how they are worded.
const OF_DATASET: [(&str, &str); 2] =
    [("share_of_", "method-figure-share-of"), ("value_of_", "method-figure-value-of")];

/// One thing that went in.
#[derive(Clone, Debug)]
pub struct ContributionLine {
    /// What it is, leading to its row where it is one row.
    pub what: Link,
    /// What it said, in the unit of the number.
    pub value: f64,
    /// Its share of the number.
    pub weight: f64,
    /// Why it counted less, as a stable word; empty when it counted in full.
    pub discounted: String,
}

/// The explanation itself: a part of a page, and what "why?" opens in place.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/why.html")]
pub struct WhyPart {
    /// The words of the page.
    pub words: Words,
    /// Name and version of the method.
    pub method: String,
    /// Named figures of the method, as they come from [`model::Explanation`].
    pub figures: Vec<(String, f64)>,
    /// Titles of the datasets that figures tell of, by name.
    pub titles: BTreeMap<String, String>,
    /// What went in, heaviest first; may be cut.
    pub contributions: Vec<ContributionLine>,
    /// How many there are.
    pub contributions_total: u64,
    /// The page of its own, with all rows; empty on that page.
    pub whole: String,
    /// Keeps identifiers apart where several are open on one page.
    pub id: String,
}

impl askama::filters::HtmlSafe for WhyPart {}

impl WhyPart {
    fn value(&self, value: &f64) -> String {
        let whole = (value - value.round()).abs() < 1e-9;
        number::decimal(self.words.language(), *value, if whole { 0 } else { 2 })
    }

    /// The datasets that these figures tell of.
    pub fn datasets(figures: &[(String, f64)]) -> impl Iterator<Item = &str> {
        figures.iter().filter_map(|(name, _)| OF_DATASET.iter().find_map(|(prefix, _)| name.strip_prefix(prefix)))
    }

    /// What a figure of a method is called.
    fn figure_name(&self, name: &str) -> String {
        for (prefix, key) in OF_DATASET {
            if let Some(dataset) = name.strip_prefix(prefix) {
                return self.words.say1(key, "source", self.titles.get(dataset).map_or(dataset, String::as_str));
            }
        }
        self.words.of_or_itself("method-figure", name)
    }

    /// The name of a method without its version: `ratings/1` is worded as `method-ratings`.
    fn method_name(&self) -> &str {
        self.method.split('/').next().unwrap_or_default()
    }

    fn counted(&self) -> impl Iterator<Item = &ContributionLine> {
        self.contributions.iter().filter(|line| line.discounted.is_empty())
    }

    fn discounted(&self) -> impl Iterator<Item = &ContributionLine> {
        self.contributions.iter().filter(|line| !line.discounted.is_empty())
    }
}

/// The explanation as a page of its own.
#[derive(Debug, Template)]
#[template(path = "why.html")]
pub struct WhyPage {
    /// What stands around it.
    pub frame: Frame,
    /// What the number is about.
    pub about: Link,
    /// What of it, worded.
    pub aspect: String,
    /// The number.
    pub figure: Figure,
    /// The explanation.
    pub part: WhyPart,
    /// Which contributions of how many.
    pub pager: Pager,
}

impl Page for WhyPage {
    fn title(&self) -> String {
        self.frame.words.say2("why-title", "home", &self.about.text, "aspect", &self.aspect)
    }
}

impl Sampled for WhyPage {
    const NAME: &'static str = "why";

    fn samples(words: &Words) -> Vec<Self> {
        let line = |discounted: &str| ContributionLine {
            what: Link::new(words.of_or_itself("contribution", "post"), links::row("posts", 12, "r1")),
            value: 4.0,
            weight: if discounted.is_empty() { 0.026 } else { 0.0 },
            discounted: discounted.to_owned(),
        };
        let page = |contributions: Vec<ContributionLine>| Self {
            frame: samples::visitor(words, Section::Homes),
            about: samples::home(),
            aspect: words.of_or_itself("aspect", "overall"),
            figure: Figure::community(words, "figure", "", Some(samples::estimate(4.08, 3.61, 4.5))),
            pager: Pager::new(words, contributions.len() as u64, 1, 200, |page| format!("?page={page}")),
            part: WhyPart {
                words: words.clone(),
                method: "ratings/1".to_owned(),
                figures: vec![
                    ("prior_mean".to_owned(), 3.62),
                    ("left_out".to_owned(), 23.0),
                    ("share_of_posts".to_owned(), 0.4),
                ],
                titles: BTreeMap::from([("posts".to_owned(), "Posts about homes (simulated)".to_owned())]),
                contributions_total: contributions.len() as u64,
                contributions,
                whole: String::new(),
                id: "why".to_owned(),
            },
        };
        let in_place = Self {
            part: WhyPart { whole: "/homes/h1/why/overall/community".to_owned(), ..page(vec![line("")]).part },
            ..page(vec![])
        };
        vec![page(vec![line(""), line("copy_of_another"), line("burst")]), page(Vec::new()), in_place]
    }
}
