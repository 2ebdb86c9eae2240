//! What did not fit, grouped by cause with the fix that would repair most, and the rows.

use super::layout::{Frame, Section};
use super::parts::{Choice, Field, Filters, Kind, Link, Pager};
use super::{Page, Sampled, links, samples};
use crate::wording::Words;
use askama::Template;
use model::{Place, Problem, Severity};

/// One cause.
#[derive(Clone, Debug)]
pub struct CauseLine {
    /// The cause as a stable word.
    pub cause: String,
    /// The source it stands in.
    pub source: Link,
    /// How many.
    pub count: u64,
    /// How bad it is for the rows.
    pub severity: Severity,
    /// What would mend it.
    pub hint: String,
    /// The rows.
    pub href: String,
}

/// One problem.
#[derive(Clone, Debug)]
pub struct ProblemLine {
    /// The source.
    pub source: Link,
    /// The problem.
    pub problem: Problem,
}

/// The problems.
#[derive(Debug, Template)]
#[template(path = "problems.html")]
pub struct ProblemsPage {
    /// What stands around it.
    pub frame: Frame,
    /// What narrows it.
    pub filters: Filters,
    /// The causes, most rows first.
    pub causes: Vec<CauseLine>,
    /// The problems of the chosen cause or source.
    pub lines: Vec<ProblemLine>,
    /// Which of how many.
    pub pager: Pager,
}

impl ProblemsPage {
    /// "line 17, column `stars`", as far as it is known.
    fn place(&self, place: &Place) -> String {
        let words = &self.frame.words;
        let line = place.line.map(|line| words.say1("place-line", "line", line));
        let record = place.record.map(|record| words.say1("place-record", "record", record));
        let column = place.column.as_ref().map(|column| words.say1("place-column", "column", column));
        [Some(place.file.clone()), line.or(record), column].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

impl Page for ProblemsPage {
    fn title(&self) -> String {
        self.frame.say("problems-title")
    }
}

impl Sampled for ProblemsPage {
    const NAME: &'static str = "problems";

    fn samples(words: &Words) -> Vec<Self> {
        let severities = [Severity::Note, Severity::ValueLeftOut, Severity::RowLeftOut, Severity::FileLeftOut];
        let source = || Link::new("homes_au", links::source("homes_au"));
        let cause = |severity| CauseLine {
            cause: "not_a_number".to_owned(),
            source: source(),
            count: 81,
            severity,
            hint: "Write a number, or name the word for unknown in the mapping.".to_owned(),
            href: "/problems?cause=not_a_number".to_owned(),
        };
        let line = |line: Option<u64>| ProblemLine {
            source: source(),
            problem: Problem::new(
                "not_a_number",
                Severity::ValueLeftOut,
                Place { file: "homes.csv".to_owned(), line, record: Some(17), column: Some("stars".to_owned()) },
                "N/A <b>",
                "write a number",
            ),
        };
        let page = |causes: Vec<CauseLine>, lines: Vec<ProblemLine>| {
            let choices = vec![Choice::new("", words.say("filter-all"), true)];
            let fields = vec![Field::new(words, "source", Kind::Select(choices), "")];
            Self {
                frame: samples::frame(words, Section::Problems),
                filters: Filters::new(words, links::PROBLEMS, fields, Vec::new(), false),
                causes,
                pager: Pager::new(words, lines.len() as u64, 1, 100, |page| format!("?page={page}")),
                lines,
            }
        };
        vec![page(severities.map(cause).to_vec(), vec![line(Some(18)), line(None)]), page(Vec::new(), Vec::new())]
    }
}
