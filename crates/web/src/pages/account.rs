//! The reader's own account: the password, and tokens for programs.

use super::layout::{Frame, Section};
use super::parts::{Choice, Fault, Field, Kind};
use super::{Page, Sampled, samples};
use crate::wording::Words;
use askama::Template;
use model::{Date, Permission, Timestamp};

/// One token.
#[derive(Clone, Debug)]
pub struct TokenLine {
    /// Identifier; never the token itself.
    pub id: String,
    /// What it is for, as its owner wrote it.
    pub name: String,
    /// What it carries.
    pub scopes: Vec<Permission>,
    /// Until when it is valid.
    pub until: Option<Date>,
    /// When it was last used.
    pub used: Option<Timestamp>,
}

/// A token just made: the only time it is shown.
#[derive(Clone)]
pub struct NewToken {
    /// The token.
    pub secret: String,
}

/// Tokens never reach a log.
impl std::fmt::Debug for NewToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewToken")
    }
}

/// The reader's account.
#[derive(Debug, Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    /// What stands around it.
    pub frame: Frame,
    /// The questions for another password.
    pub password: Vec<Field>,
    /// Tokens.
    pub tokens: Vec<TokenLine>,
    /// A token just made.
    pub new_token: Option<NewToken>,
    /// The questions for a new token.
    pub token: Vec<Field>,
}

impl AccountPage {
    fn faults(&self) -> Vec<Fault> {
        self.password.iter().chain(&self.token).filter_map(Field::fault).collect()
    }

    fn scopes(&self, line: &TokenLine) -> String {
        line.scopes.iter().map(|scope| self.frame.of("permission", scope.word())).collect::<Vec<_>>().join("; ")
    }
}

impl Page for AccountPage {
    fn title(&self) -> String {
        self.frame.say("account-title")
    }

    fn faulty(&self) -> bool {
        !self.faults().is_empty()
    }
}

impl Sampled for AccountPage {
    const NAME: &'static str = "account";

    fn samples(words: &Words) -> Vec<Self> {
        let scopes = || {
            Permission::ALL.map(|scope| Choice::new(scope.word(), words.of("permission", scope.word()), false)).to_vec()
        };
        let line = |used: bool| TokenLine {
            id: format!("t{used}"),
            name: "Nightly export".to_owned(),
            scopes: vec![Permission::ReadOpen, Permission::WorkSignals],
            until: used.then(|| samples::day("2027-01-01")),
            used: used.then(|| samples::at("2026-11-25T06:00:00Z")),
        };
        let page = |wrong: bool, tokens: Vec<TokenLine>| {
            let current = Field::new(words, "password_now", Kind::Password, "").autocomplete("current-password");
            Self {
                frame: samples::frame(words, Section::Aside),
                password: vec![
                    if wrong { current.wrong("fault-password") } else { current },
                    Field::new(words, "password_new", Kind::Password, "").autocomplete("new-password"),
                ],
                new_token: wrong.then(|| NewToken { secret: "cf_sample".to_owned() }),
                tokens,
                token: vec![
                    Field::new(words, "token_name", Kind::Text, ""),
                    Field::new(words, "scopes", Kind::Checks(scopes()), ""),
                    Field::new(words, "until", Kind::Date, ""),
                ],
            }
        };
        vec![page(false, Vec::new()), page(true, vec![line(true), line(false)])]
    }
}
