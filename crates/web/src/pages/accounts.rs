//! The accounts of the office: who may come in, and what for.

use super::layout::{Frame, Section};
use super::parts::{Choice, Fault, Field, Kind};
use super::{Page, Sampled, samples};
use crate::wording::Words;
use askama::Template;
use model::{Role, Timestamp};

/// One account.
#[derive(Clone, Debug)]
pub struct AccountLine {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// It may not sign in at present.
    pub closed: bool,
    /// When it last signed in.
    pub seen: Option<Timestamp>,
    /// The question for another role; none where whoever looks may not change it, with the key of why in `fixed`.
    pub change: Option<Field>,
    /// Why it cannot be changed here, as a key of the wording.
    pub fixed: &'static str,
}

/// The accounts.
#[derive(Debug, Template)]
#[template(path = "accounts.html")]
pub struct AccountsPage {
    /// What stands around it.
    pub frame: Frame,
    /// The accounts, by name.
    pub lines: Vec<AccountLine>,
    /// The questions for a new one.
    pub fields: Vec<Field>,
}

impl AccountsPage {
    fn faults(&self) -> Vec<Fault> {
        self.fields.iter().filter_map(Field::fault).collect()
    }

    fn action(name: &str, part: &str) -> String {
        format!("{}/{part}", super::links::account(name))
    }
}

impl Page for AccountsPage {
    fn title(&self) -> String {
        self.frame.say("accounts-title")
    }

    fn faulty(&self) -> bool {
        !self.faults().is_empty()
    }
}

impl Sampled for AccountsPage {
    const NAME: &'static str = "accounts";

    fn samples(words: &Words) -> Vec<Self> {
        let roles = || {
            Role::ALL.map(|role| Choice::new(role.word(), words.of("role", role.word()), role == Role::None)).to_vec()
        };
        let line = |role: Role| AccountLine {
            name: format!("demo-{}", role.word()),
            role,
            closed: role == Role::None,
            seen: (role != Role::None).then(|| samples::at("2026-11-25T06:00:00Z")),
            change: (role != Role::Administrator)
                .then(|| Field::new(words, "role", Kind::Select(roles()), "").within(&format!("role-{}", role.word()))),
            fixed: "account-fixed-own",
        };
        let page = |wrong: bool| {
            let name = Field::new(words, "account", Kind::Text, "").required();
            Self {
                frame: samples::frame(words, Section::Accounts),
                lines: Role::ALL.map(line).to_vec(),
                fields: vec![
                    if wrong { name.wrong("fault-taken") } else { name },
                    Field::new(words, "role", Kind::Select(roles()), ""),
                    Field::new(words, "password", Kind::Password, "").autocomplete("new-password"),
                ],
            }
        };
        vec![page(false), page(true)]
    }
}
