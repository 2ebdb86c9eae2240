//! The pages: one typed struct each, with its template beside it, filled by handlers and rendered here.
//!
//! Must never load anything or read a request; a page says with what it is given. Every page renders from its samples in
//! every language, which one test does.

pub mod layout;
pub mod links;
pub mod parts;
pub mod samples;

mod account;
mod accounts;
mod audit;
mod candidates;
mod case;
mod case_new;
mod dataset;
mod datasets;
mod decision;
mod first;
mod home;
mod homes;
mod letter;
mod problems;
mod refusal;
mod review;
mod row;
mod sign_in;
mod signal;
mod signals;
mod source;
mod sources;
mod why;
mod worklist;

pub use account::{AccountPage, NewToken, TokenLine};
pub use accounts::{AccountLine, AccountsPage};
pub use audit::{AuditLine, AuditPage};
pub use candidates::{COMPARED_ASPECTS, CandidateCard, CandidatesPage, LimitLine, Trend, WeightLine};
pub use case::{CasePage, Decided, NextStep, PersonWithAccess, PlanLine};
pub use case_new::CaseNewPage;
pub use dataset::{ColumnLine, DatasetPage, Distribution, VersionLine};
pub use datasets::{DatasetLine, DatasetsPage};
pub use decision::DecisionPage;
pub use first::{CameIn, Changed, FirstPage, FlowStep, OutsideShare, Waiting};
pub use home::{AspectLine, Gap, HomePage, OfficialFact, PostLine, SeriesLine, VoiceGroup};
pub use homes::{CoverageLine, CoveragePart, HomeLine, HomesPage};
pub use letter::{LetterPage, OutsideSource};
pub use problems::{CauseLine, ProblemLine, ProblemsPage};
pub use refusal::RefusalPage;
pub use review::{Pair, ReviewPage, Side};
pub use row::{RowPage, RowValue};
pub use sign_in::SignInPage;
pub use signal::SignalPage;
pub use signals::{SignalLine, SignalsPage};
pub use source::{JobLine, ProvedLine, SourcePage, SourceRun};
pub use sources::{SourceLine, SourcesPage};
pub use why::{ContributionLine, WhyPage, WhyPart};
pub use worklist::{CaseLine, WorklistPage};

use crate::wording::Words;
use askama::Template;

/// What every page has.
pub trait Page: Template {
    /// Its title, also its only heading of the first level.
    fn title(&self) -> String;

    /// True where it shows faults of a form; its title then says so first.
    fn faulty(&self) -> bool {
        false
    }
}

/// A page that can be rendered from invented views: full, empty, failed.
pub trait Sampled: Page + Sized {
    /// Name for tests and the gallery.
    const NAME: &'static str;

    /// The views.
    fn samples(words: &Words) -> Vec<Self>;
}

/// A page's name and what renders all its samples.
pub struct Rendered {
    /// Name of the page.
    pub name: &'static str,
    /// Renders each sample to HTML.
    pub render: fn(&Words) -> Vec<String>,
}

const fn rendered<P: Sampled>() -> Rendered {
    Rendered { name: P::NAME, render: render_samples::<P> }
}

fn render_samples<P: Sampled>(words: &Words) -> Vec<String> {
    P::samples(words).iter().map(|page| page.render().expect("samples render: writing text cannot fail")).collect()
}

/// Every page. A new page is its file, its template and one line here.
pub const ALL: &[Rendered] = &[
    rendered::<FirstPage>(),
    rendered::<WorklistPage>(),
    rendered::<CasePage>(),
    rendered::<CaseNewPage>(),
    rendered::<CandidatesPage>(),
    rendered::<DecisionPage>(),
    rendered::<LetterPage>(),
    rendered::<HomesPage>(),
    rendered::<HomePage>(),
    rendered::<WhyPage>(),
    rendered::<SourcesPage>(),
    rendered::<SourcePage>(),
    rendered::<ReviewPage>(),
    rendered::<SignalsPage>(),
    rendered::<SignalPage>(),
    rendered::<DatasetsPage>(),
    rendered::<DatasetPage>(),
    rendered::<RowPage>(),
    rendered::<ProblemsPage>(),
    rendered::<AccountsPage>(),
    rendered::<AccountPage>(),
    rendered::<AuditPage>(),
    rendered::<SignInPage>(),
    rendered::<RefusalPage>(),
];

#[cfg(test)]
mod tests;
