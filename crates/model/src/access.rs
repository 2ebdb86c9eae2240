//! Who reads and who may do what. The rules themselves are Cedar policies in the office folder.

use serde::{Deserialize, Serialize};

/// What an Account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the office's accounts and settings; sees no case by that alone.
    Administrator,
    /// Answers for sources, mappings and problems.
    Steward,
    /// Looks at data, signals and measures; sees no case.
    Analyst,
    /// Judges whether records mean the same thing.
    Reviewer,
    /// Works on cases.
    CaseManager,
    /// Signed in, without a task.
    None,
}

impl Role {
    /// Every role, in the order pages list them.
    pub const ALL: [Self; 6] =
        [Self::Administrator, Self::Steward, Self::Analyst, Self::Reviewer, Self::CaseManager, Self::None];

    /// The word that stands in the store, in policies and in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Steward => "steward",
            Self::Analyst => "analyst",
            Self::Reviewer => "reviewer",
            Self::CaseManager => "case_manager",
            Self::None => "none",
        }
    }

    /// The role of a word, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// Something that a Viewer may or may not do. Each is one action in the policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See datasets, homes, sources, and what was released.
    ReadOpen,
    /// See signals and take, dismiss or settle them.
    WorkSignals,
    /// See Problems, correct and replay sources.
    WorkSources,
    /// See the review queue and judge.
    Judge,
    /// See cases and persons.
    ReadCases,
    /// Open cases, work on tasks, decide.
    WorkCases,
    /// Manage accounts and tokens of others.
    ManageAccounts,
    /// Read the audit.
    ReadAudit,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 8] = [
        Self::ReadOpen,
        Self::WorkSignals,
        Self::WorkSources,
        Self::Judge,
        Self::ReadCases,
        Self::WorkCases,
        Self::ManageAccounts,
        Self::ReadAudit,
    ];

    /// The word that stands in policies and token scopes.
    pub fn word(self) -> &'static str {
        match self {
            Self::ReadOpen => "read_open",
            Self::WorkSignals => "work_signals",
            Self::WorkSources => "work_sources",
            Self::Judge => "judge",
            Self::ReadCases => "read_cases",
            Self::WorkCases => "work_cases",
            Self::ManageAccounts => "manage_accounts",
            Self::ReadAudit => "read_audit",
        }
    }

    /// The permission of a word, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.word() == word)
    }
}

/// An Agent with Permissions, reading. Every read of personal data is made in the name of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Name of the Account; `visitor` for somebody not signed in.
    pub account: String,
    /// What the Account is for.
    pub role: Role,
    /// Where the Viewer came in by a token: the only permissions it carries.
    pub scopes: Option<Vec<Permission>>,
}

impl Viewer {
    /// Somebody not signed in.
    pub fn visitor() -> Self {
        Self { account: "visitor".to_owned(), role: Role::None, scopes: None }
    }
}
