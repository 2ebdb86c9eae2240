//! Taking in a new case: one form for one person, and one for a list.

use super::layout::{Frame, Section};
use super::parts::{Choice, Fault, Field, Kind};
use super::{Page, Sampled, samples};
use crate::wording::Words;
use askama::Template;

/// The intake form.
#[derive(Debug, Template)]
#[template(path = "case_new.html")]
pub struct CaseNewPage {
    /// What stands around it.
    pub frame: Frame,
    /// The questions, in order, with what was answered and what is wrong.
    pub fields: Vec<Field>,
    /// The question for a list of cases as a file.
    pub list: Field,
    /// What is wrong with single rows of the list that was sent, worded, with their lines.
    pub list_faults: Vec<String>,
    /// Key that makes sending twice open one case only.
    pub idempotency_key: String,
}

impl CaseNewPage {
    fn faults(&self) -> Vec<Fault> {
        self.fields.iter().chain([&self.list]).filter_map(Field::fault).collect()
    }
}

impl Page for CaseNewPage {
    fn title(&self) -> String {
        self.frame.say("case-new-title")
    }

    fn faulty(&self) -> bool {
        !self.faults().is_empty()
    }
}

impl Sampled for CaseNewPage {
    const NAME: &'static str = "case_new";

    fn samples(words: &Words) -> Vec<Self> {
        let choices = |kind: &str, values: &[&str]| -> Vec<Choice> {
            values.iter().map(|value| Choice::new(value, words.of(kind, value), false)).collect()
        };
        let fields = |wrong: bool| {
            let person = Field::new(words, "person", Kind::Text, "").required();
            let ceiling = Field::new(words, "ceiling", Kind::Number { unit: "AUD".to_owned() }, "a lot");
            vec![
                if wrong { person.wrong("fault-missing") } else { person },
                Field::new(words, "care", Kind::Radios(choices("care", &["permanent", "respite"])), ""),
                Field::new(words, "place", Kind::Text, "Jannali"),
                Field::new(words, "due", Kind::Date, "2026-12-01"),
                if wrong { ceiling.wrong("fault-number") } else { ceiling },
                Field::new(words, "distance", Kind::Number { unit: "km".to_owned() }, "25"),
                Field::new(
                    words,
                    "wishes",
                    Kind::Checks(choices("wish", &["government", "not_for_profit", "small"])),
                    "",
                ),
            ]
        };
        let page = |wrong: bool| {
            let list = Field::new(words, "list", Kind::File, "");
            Self {
                frame: samples::frame(words, Section::Worklist),
                fields: fields(wrong),
                list: if wrong { list.wrong("fault-list-rows") } else { list },
                list_faults: if wrong { vec!["Line 3, due: Write a day".to_owned()] } else { Vec::new() },
                idempotency_key: "0190".to_owned(),
            }
        };
        vec![page(false), page(true)]
    }
}
