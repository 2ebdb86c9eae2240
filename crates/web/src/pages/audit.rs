//! Who read which person's data, and who did what.

use super::layout::{Frame, Section};
use super::parts::{Field, Filters, Kind, Link, Pager};
use super::{Page, Sampled, links, samples};
use crate::wording::Words;
use askama::Template;
use model::Timestamp;

/// One line of the audit.
#[derive(Clone, Debug)]
pub struct AuditLine {
    /// When.
    pub at: Timestamp,
    /// Which account.
    pub account: String,
    /// What, as a stable word: `read`, `sign_in`, `decide`.
    pub action: String,
    /// On what.
    pub target: Link,
    /// From where: by page or by token.
    pub by: String,
}

/// The audit.
#[derive(Debug, Template)]
#[template(path = "audit.html")]
pub struct AuditPage {
    /// What stands around it.
    pub frame: Frame,
    /// What narrows it.
    pub filters: Filters,
    /// The lines, newest first.
    pub lines: Vec<AuditLine>,
    /// Which of how many.
    pub pager: Pager,
}

impl Page for AuditPage {
    fn title(&self) -> String {
        self.frame.say("audit-title")
    }
}

impl Sampled for AuditPage {
    const NAME: &'static str = "audit";

    fn samples(words: &Words) -> Vec<Self> {
        let line = |action: &str| AuditLine {
            at: samples::at("2026-11-25T06:00:00Z"),
            account: "demo-manager".to_owned(),
            action: action.to_owned(),
            target: Link::new("Person 17", links::case("c1")),
            by: "page".to_owned(),
        };
        let page = |lines: Vec<AuditLine>| {
            let fields =
                vec![Field::new(words, "account", Kind::Search, ""), Field::new(words, "from", Kind::Date, "")];
            Self {
                frame: samples::frame(words, Section::Audit),
                filters: Filters::new(words, links::AUDIT, fields, Vec::new(), false),
                pager: Pager::cursor(words, 9_000, 1, lines.len() as u64, None, Some("?before=9".to_owned())),
                lines,
            }
        };
        vec![page(["read", "sign_in", "decide", "something_new"].map(line).to_vec()), page(Vec::new())]
    }
}
