//! Why one number is what it is: the method, its figures, what went in with what weight, and what was left out and why.

use super::layout::{Frame, Section};
use super::parts::{Figure, Link, Pager};
use super::{Page, Sampled, links, samples};
use crate::number;
use crate::wording::Words;
use askama::Template;

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

    /// What a figure of a method is called; figures about one source name it.
    fn figure_name(&self, name: &str) -> String {
        let of_source = [("share_of_", "method-figure-share-of"), ("value_of_", "method-figure-value-of")];
        for (prefix, key) in of_source {
            if let Some(source) = name.strip_prefix(prefix) {
                return self.words.say1(key, "source", source);
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
                figures: vec![("prior_mean".to_owned(), 3.62), ("left_out".to_owned(), 23.0)],
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
