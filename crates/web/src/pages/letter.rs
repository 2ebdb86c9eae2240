//! The letter to the person: what was decided, on which outside data, from whom, and how to object by when.

use super::layout::{Frame, Section};
use super::parts::Link;
use super::{Page, Sampled, links, samples};
use crate::wording::{Language, Words};
use askama::Template;
use model::Date;

/// A source of outside data that the decision used.
#[derive(Clone, Debug)]
pub struct OutsideSource {
    /// Its name, leading to its page.
    pub source: Link,
    /// Who publishes it; empty where unknown.
    pub publisher: String,
    /// Its licence; empty where unknown.
    pub licence: String,
    /// It is simulated.
    pub simulated: bool,
}

/// A letter.
#[derive(Debug, Template)]
#[template(path = "letter.html")]
pub struct LetterPage {
    /// What stands around it.
    pub frame: Frame,
    /// The case.
    pub case: Link,
    /// Identifier of the case; the reference to quote.
    pub case_id: String,
    /// The person.
    pub person: String,
    /// The home.
    pub home: String,
    /// Where it is.
    pub home_place: String,
    /// Date of the decision.
    pub on: Date,
    /// Why this home, each a sentence for the person.
    pub reasons: Vec<String>,
    /// What the outside data said, each a sentence.
    pub outside: Vec<String>,
    /// Every source of it.
    pub sources: Vec<OutsideSource>,
    /// Last day for an objection.
    pub object_by: Date,
    /// Large print.
    pub large: bool,
    /// Parts of it are simulated.
    pub simulated: bool,
    /// The reader may note that it was sent, and it was not yet.
    pub to_send: bool,
}

impl LetterPage {
    fn other_languages(&self) -> Vec<(Language, String)> {
        let own = self.frame.words.language();
        let others = Language::ALL.into_iter().filter(|language| *language != own);
        others
            .map(|language| {
                (language, format!("{}?language={}", links::of_case(&self.case_id, "letter"), language.code()))
            })
            .collect()
    }

    fn action(&self) -> String {
        links::of_case(&self.case_id, "letter")
    }

    fn size_href(&self) -> String {
        let print = if self.large { "normal" } else { "large" };
        let code = self.frame.words.language().code();
        format!("{}?language={code}&print={print}", links::of_case(&self.case_id, "letter"))
    }
}

impl Page for LetterPage {
    fn title(&self) -> String {
        self.frame.say("letter-title")
    }
}

impl Sampled for LetterPage {
    const NAME: &'static str = "letter";

    fn samples(words: &Words) -> Vec<Self> {
        let page = |large: bool| Self {
            frame: samples::frame(words, Section::Worklist),
            case: Link::new("Person 17", links::case("c1")),
            case_id: "c1".to_owned(),
            person: "Person 17".to_owned(),
            home: "Anglicare Mildred Symons House".to_owned(),
            home_place: "Jannali NSW".to_owned(),
            on: samples::day("2026-11-24"),
            reasons: vec!["It is 4 km from where you live now.".to_owned()],
            outside: if large { Vec::new() } else { vec![samples::community(words, "x").sentence()] },
            sources: if large {
                Vec::new()
            } else {
                vec![OutsideSource {
                    source: Link::new("posts", links::source("posts")),
                    publisher: "A forum".to_owned(),
                    licence: "CC BY 4.0".to_owned(),
                    simulated: true,
                }]
            },
            object_by: samples::day("2026-12-22"),
            large,
            simulated: !large,
            to_send: !large,
        };
        vec![page(false), page(true)]
    }
}
