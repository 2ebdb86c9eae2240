//! One question of a form: label, hint, what is wrong, and the control.
//!
//! Its wording follows from its name: `field-NAME`, and `field-NAME-hint` where there is one. Must never keep what was sent
//! in a password.

use crate::wording::Words;
use askama::Template;

/// One answer to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub text: String,
    /// Chosen now.
    pub chosen: bool,
    /// How many rows it would leave, where that is counted.
    pub count: Option<u64>,
}

impl Choice {
    /// A choice.
    pub fn new(value: &str, text: impl Into<String>, chosen: bool) -> Self {
        Self { value: value.to_owned(), text: text.into(), chosen, count: None }
    }

    /// The same with the number of rows it would leave.
    #[must_use]
    pub fn with_count(self, count: u64) -> Self {
        Self { count: Some(count), ..self }
    }
}

/// What kind of control it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A line of text.
    Text,
    /// A line of text to search by.
    Search,
    /// A number, with the unit behind it (may be empty).
    Number {
        /// Such as `km`.
        unit: String,
    },
    /// A day.
    Date,
    /// Several lines.
    Area,
    /// One of many.
    Select(Vec<Choice>),
    /// One of few.
    Radios(Vec<Choice>),
    /// Any of few.
    Checks(Vec<Choice>),
    /// A password; never filled in again.
    Password,
    /// A file.
    File,
}

/// One question.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/field.html")]
pub struct Field {
    words: Words,
    /// Name under which it is sent.
    pub name: String,
    id: String,
    label: String,
    hint: Option<String>,
    fault: Option<String>,
    value: String,
    kind: Kind,
    required: bool,
    autocomplete: &'static str,
}

impl askama::filters::HtmlSafe for Field {}

impl Field {
    /// A question with an answer to begin with.
    pub fn new(words: &Words, name: &str, kind: Kind, value: impl Into<String>) -> Self {
        let key = format!("field-{name}");
        let hint_key = format!("{key}-hint");
        Self {
            words: words.clone(),
            name: name.to_owned(),
            id: format!("field-{}", name.replace('_', "-")),
            label: words.say(&key),
            hint: words.has(&hint_key).then(|| words.say(&hint_key)),
            fault: None,
            value: if kind == Kind::Password { String::new() } else { value.into() },
            kind,
            required: false,
            autocomplete: "off",
        }
    }

    /// A label that is data, such as the name of a column.
    #[must_use]
    pub fn labelled(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }

    /// Keeps identifiers apart where one page has the same question twice.
    #[must_use]
    pub fn within(self, form: &str) -> Self {
        Self { id: format!("{form}-{}", self.name.replace('_', "-")), ..self }
    }

    /// It must be answered.
    #[must_use]
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// What browsers may fill in (HTML `autocomplete`).
    #[must_use]
    pub fn autocomplete(self, autocomplete: &'static str) -> Self {
        Self { autocomplete, ..self }
    }

    /// What is wrong with the answer, as a key of the wording.
    #[must_use]
    pub fn wrong(self, key: &str) -> Self {
        Self { fault: Some(self.words.say(key)), ..self }
    }

    /// The line for the summary of faults above the form.
    pub fn fault(&self) -> Option<Fault> {
        let target = match self.kind {
            Kind::Radios(_) | Kind::Checks(_) => format!("{}-1", self.id),
            _ => self.id.clone(),
        };
        self.fault.clone().map(|text| Fault { text, href: format!("#{target}") })
    }

    fn described_by(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.id));
        let fault = self.fault.as_ref().map(|_| format!("{}-error", self.id));
        hint.into_iter().chain(fault).collect::<Vec<_>>().join(" ")
    }

    /// The `type` of a one-line control (HTML).
    fn input_type(&self) -> &'static str {
        match self.kind {
            Kind::Date => "date",
            Kind::Password => "password",
            Kind::Search => "search",
            _ => "text",
        }
    }

    fn grouped(&self) -> bool {
        matches!(self.kind, Kind::Radios(_) | Kind::Checks(_))
    }
}

/// One line of the summary of faults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub text: String,
    /// The control it stands at.
    pub href: String,
}
