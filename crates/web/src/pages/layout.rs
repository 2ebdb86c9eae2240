//! What stands around every page: header, navigation by role, banner for what is simulated, language switch, footer.
//!
//! Must never know what a page is about, only which section it stands in.

use super::links;
use crate::wording::{Language, Words};
use model::{Permission, Role};

/// A part of the site, as the navigation lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The first page.
    First,
    /// Cases.
    Worklist,
    /// Homes.
    Homes,
    /// Signals.
    Signals,
    /// Pairs to judge.
    Review,
    /// Sources.
    Sources,
    /// Problems.
    Problems,
    /// Datasets.
    Datasets,
    /// Accounts.
    Accounts,
    /// The audit.
    Audit,
    /// None of them: signing in, refusals.
    Aside,
}

impl Section {
    /// What the navigation lists, in its order, each with its address, its wording and what one must be allowed.
    const LISTED: [(Self, &'static str, &'static str, Permission); 9] = [
        (Self::Worklist, links::CASES, "nav-worklist", Permission::ReadCases),
        (Self::Homes, links::HOMES, "nav-homes", Permission::ReadOpen),
        (Self::Signals, links::SIGNALS, "nav-signals", Permission::ReadOpen),
        (Self::Review, links::REVIEW, "nav-review", Permission::Judge),
        (Self::Sources, links::SOURCES, "nav-sources", Permission::ReadOpen),
        (Self::Problems, links::PROBLEMS, "nav-problems", Permission::WorkSources),
        (Self::Datasets, links::DATASETS, "nav-datasets", Permission::ReadOpen),
        (Self::Accounts, links::ACCOUNTS, "nav-accounts", Permission::ManageAccounts),
        (Self::Audit, links::AUDIT, "nav-audit", Permission::ReadAudit),
    ];
}

/// Whoever is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Name of the account.
    pub name: String,
    /// What it is for.
    pub role: Role,
}

/// One line of the navigation.
pub(crate) struct NavLine {
    pub(crate) href: &'static str,
    pub(crate) text: String,
    pub(crate) current: bool,
}

/// What a page needs to be framed.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The reader's language.
    pub words: Words,
    /// Name of the office.
    pub office: String,
    /// Whom to write to.
    pub contact: String,
    /// The office's notice on what is simulated; empty where nothing is. Stands on every page.
    pub notice: String,
    /// Where the reader is: path and query, to come back to after choosing a language or signing in.
    pub here: String,
    /// Which part of the site this is.
    pub section: Section,
    /// Whoever is signed in.
    pub signed_in: Option<SignedIn>,
    /// What they may do: decides which sections and actions are shown. The handlers check it again.
    pub permissions: Vec<Permission>,
    /// Token that every form carries, against requests forged elsewhere.
    pub csrf: String,
    /// What was just done, worded; shown once.
    pub done: Option<String>,
    /// Address of the style sheet, with its content hash.
    pub styles: String,
    /// Address of the script, with its content hash.
    pub script: String,
}

impl Frame {
    /// See [`Words::say`].
    pub fn say(&self, key: &str) -> String {
        self.words.say(key)
    }

    /// See [`Words::of`].
    pub fn of(&self, kind: &str, word: &str) -> String {
        self.words.of(kind, word)
    }

    /// True where the reader may do this.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// The same frame in another section.
    #[must_use]
    pub fn in_section(self, section: Section) -> Self {
        Self { section, ..self }
    }

    pub(crate) fn navigation(&self) -> Vec<NavLine> {
        let allowed = Section::LISTED.into_iter().filter(|(.., needs)| self.may(*needs));
        let line = |(section, href, key, _): (Section, &'static str, &'static str, Permission)| NavLine {
            href,
            text: self.say(key),
            current: section == self.section,
        };
        allowed.map(line).collect()
    }

    pub(crate) fn languages(&self) -> [(Language, bool); 2] {
        Language::ALL.map(|language| (language, language == self.words.language()))
    }
}
