//! Signing in.

use super::layout::{Frame, Section};
use super::parts::{Fault, Field, Kind};
use super::{Page, Sampled, samples};
use crate::wording::Words;
use askama::Template;

/// The page to sign in on.
#[derive(Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    /// What stands around it.
    pub frame: Frame,
    /// Name of the account.
    pub account: Field,
    /// Password.
    pub password: Field,
    /// Where to go afterwards; a path of this office.
    pub back: String,
    /// Demo logins (account, password, role worded), where the office shows them.
    pub demo: Vec<(String, String, String)>,
}

impl SignInPage {
    fn faults(&self) -> Vec<Fault> {
        [&self.account, &self.password].into_iter().filter_map(Field::fault).collect()
    }
}

impl Page for SignInPage {
    fn title(&self) -> String {
        self.frame.say("sign-in-title")
    }

    fn faulty(&self) -> bool {
        !self.faults().is_empty()
    }
}

impl Sampled for SignInPage {
    const NAME: &'static str = "sign_in";

    fn samples(words: &Words) -> Vec<Self> {
        let page = |wrong: bool| {
            let account = Field::new(words, "account", Kind::Text, "").required().autocomplete("username");
            Self {
                frame: samples::visitor(words, Section::Aside),
                account: if wrong { account.wrong("fault-sign-in") } else { account },
                password: Field::new(words, "password", Kind::Password, "").required().autocomplete("current-password"),
                back: "/cases".to_owned(),
                demo: if wrong {
                    Vec::new()
                } else {
                    vec![("demo-manager".to_owned(), "sample".to_owned(), words.of("role", "case_manager"))]
                },
            }
        };
        vec![page(false), page(true)]
    }
}
