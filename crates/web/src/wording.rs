//! What pages and letters say, in every language of the office: Fluent files compiled in, overridden by the office's own.
//!
//! Holds the languages and the look-up of words. It must never hold a sentence itself: those stand in `texts/*.ftl`.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::Arc;

/// A language that pages can be read in. A further one is one line in each `match` here and a file in `texts/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// English.
    English,
    /// Spanish.
    Spanish,
}

impl Language {
    /// Every language, in the order the switch lists them. The first one is used where nothing else is asked for.
    pub const ALL: [Self; 2] = [Self::English, Self::Spanish];

    /// The code that stands in `lang` attributes, cookies and file names (BCP 47).
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// The language of a code, if there is one.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// What the language calls itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Spanish => "Español",
        }
    }

    /// The first language of an `Accept-Language` header (RFC 9110) that we have, by its weights; ties go to the earlier.
    pub fn from_header(header: &str) -> Option<Self> {
        let mut best: Option<(f64, Self)> = None;
        for range in header.split(',') {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let primary = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
            let weight = parameters.trim().strip_prefix("q=").map_or(Some(1.0), |weight| weight.trim().parse().ok());
            let (Some(language), Some(weight)) = (Self::from_code(&primary), weight) else { continue };
            if weight > best.map_or(0.0, |(heaviest, _)| heaviest) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }

    fn built_in(self) -> &'static str {
        match self {
            Self::English => include_str!("../texts/en.ftl"),
            Self::Spanish => include_str!("../texts/es.ftl"),
        }
    }
}

/// A wording file that cannot be read: its place and what Fluent says, one complete sentence.
#[derive(Debug, thiserror::Error)]
#[error("texts/{file}: {fault}; mend the line or take it out, then the built-in wording is used")]
pub struct WordingFault {
    file: String,
    fault: String,
}

type Bundle = FluentBundle<FluentResource>;

/// The wording of an office in all its languages.
#[derive(Clone)]
pub struct Wording {
    languages: Vec<Words>,
}

impl Wording {
    /// The built-in wording, with the office's own messages put over it: `(file name, text)` such as `("es.ftl", "...")`.
    ///
    /// # Errors
    /// The first file with a syntax fault, or one whose name is no language.
    pub fn new(own: &[(String, String)]) -> Result<Self, WordingFault> {
        let mut languages = Vec::new();
        for language in Language::ALL {
            let code = language.code();
            let mut bundle = Bundle::new_concurrent(vec![code.parse().expect("codes are well formed")]);
            // Isolating marks are invisible characters around values: they would stand in exports, titles and tests.
            bundle.set_use_isolating(false);
            bundle.set_formatter(Some(match language {
                Language::English => format_english,
                Language::Spanish => format_spanish,
            }));
            bundle.add_resource_overriding(parse(&format!("{code}.ftl"), language.built_in())?);
            for (file, text) in own.iter().filter(|(file, _)| file.trim_end_matches(".ftl") == code) {
                bundle.add_resource_overriding(parse(file, text)?);
            }
            languages.push(Words { language, bundle: Arc::new(bundle) });
        }
        for (file, _) in own {
            if Language::from_code(file.trim_end_matches(".ftl")).is_none() {
                let fault = "this language is not built in; there are en.ftl and es.ftl".to_owned();
                return Err(WordingFault { file: file.clone(), fault });
            }
        }
        Ok(Self { languages })
    }

    /// The built-in wording alone.
    pub fn built_in() -> Self {
        Self::new(&[]).expect("the built-in wording is read by a test")
    }

    /// The words of one language.
    pub fn words(&self, language: Language) -> Words {
        self.languages.iter().find(|words| words.language == language).expect("every language was read").clone()
    }
}

fn parse(file: &str, text: &str) -> Result<FluentResource, WordingFault> {
    FluentResource::try_new(text.to_owned()).map_err(|(_, faults)| {
        let fault = faults.first().map_or_else(String::new, |fault| {
            let line = text.get(..fault.pos.start).unwrap_or_default().lines().count().max(1);
            format!("line {line}: {fault}")
        });
        WordingFault { file: file.to_owned(), fault }
    })
}

fn format_english<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    format_value(Language::English, value)
}

fn format_spanish<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    format_value(Language::Spanish, value)
}

fn format_value(language: Language, value: &FluentValue<'_>) -> Option<String> {
    if let FluentValue::Number(number) = value { Some(crate::number::whole(language, number.value)) } else { None }
}

/// What can be put into a message: text and counts. Other numbers are worded first ([`crate::number`]).
pub trait Argument {
    /// The value as Fluent takes it.
    fn argument(&self) -> FluentValue<'static>;
}

impl Argument for str {
    fn argument(&self) -> FluentValue<'static> {
        FluentValue::String(self.to_owned().into())
    }
}

impl Argument for String {
    fn argument(&self) -> FluentValue<'static> {
        self.as_str().argument()
    }
}

impl<T: Argument + ?Sized> Argument for &T {
    fn argument(&self) -> FluentValue<'static> {
        (**self).argument()
    }
}

macro_rules! counts {
    ($($kind:ty),*) => {$(
        impl Argument for $kind {
            fn argument(&self) -> FluentValue<'static> {
                FluentValue::from(*self as f64)
            }
        }
    )*};
}
counts!(u32, u64, usize, i64);

/// The words of one language. Cheap to clone; every part of a page carries one.
#[derive(Clone)]
pub struct Words {
    language: Language,
    bundle: Arc<Bundle>,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Words({})", self.language.code())
    }
}

/// What stands on a page where a message is missing. A test finds it; a reader at least sees which one.
pub const MISSING: char = '⟦';

impl Words {
    /// Which language these are.
    pub fn language(&self) -> Language {
        self.language
    }

    /// A message without values.
    pub fn say(&self, key: &str) -> String {
        self.format(key, None)
    }

    /// A message with one value.
    pub fn say1(&self, key: &str, name: &'static str, value: impl Argument) -> String {
        self.say_all(key, &[(name, &value)])
    }

    /// A message with two values.
    pub fn say2(
        &self,
        key: &str,
        a: &'static str,
        value_a: impl Argument,
        b: &'static str,
        value_b: impl Argument,
    ) -> String {
        self.say_all(key, &[(a, &value_a), (b, &value_b)])
    }

    /// A message with any number of values.
    pub fn say_all(&self, key: &str, values: &[(&'static str, &dyn Argument)]) -> String {
        let mut arguments = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            arguments.set(*name, value.argument());
        }
        self.format(key, Some(&arguments))
    }

    /// The message for a stable word of the model: `of("role", "case_manager")` is the message `role-case_manager`.
    pub fn of(&self, kind: &str, word: &str) -> String {
        self.say(&format!("{kind}-{word}"))
    }

    /// Like [`Words::of`], with one value.
    pub fn of1(&self, kind: &str, word: &str, name: &'static str, value: impl Argument) -> String {
        self.say1(&format!("{kind}-{word}"), name, value)
    }

    /// Like [`Words::of`], but the word itself (underscores as spaces) where nobody has worded it: names that sources bring.
    pub fn of_or_itself(&self, kind: &str, word: &str) -> String {
        let key = format!("{kind}-{word}");
        if self.has(&key) { self.say(&key) } else { word.replace('_', " ") }
    }

    /// The office's notice: in its own wording of this language (`office-notice`), else as `office.toml` says it.
    pub fn office_notice(&self, written: &str) -> String {
        if self.has("office-notice") { self.say("office-notice") } else { written.to_owned() }
    }

    /// True where there is such a message.
    pub fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    fn format(&self, key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return format!("{MISSING}{key}⟧");
        };
        let mut faults = Vec::new();
        let text = self.bundle.format_pattern(pattern, arguments, &mut faults).into_owned();
        if faults.is_empty() { text } else { format!("{MISSING}{key}: a value is missing⟧ {text}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wanted_language_is_found() {
        for (header, expected) in [
            ("es-MX,es;q=0.9,en;q=0.8", Some(Language::Spanish)),
            ("de, en;q=0.5, es;q=0.4", Some(Language::English)),
            ("en;q=0.3, es;q=0.7", Some(Language::Spanish)),
            ("es;q=0, fr", None),
            ("", None),
            ("es;q=much", None),
        ] {
            assert_eq!(Language::from_header(header), expected, "{header}");
        }
    }

    #[test]
    fn an_office_words_it_its_own_way_and_a_fault_is_placed() {
        let own = vec![("en.ftl".to_owned(), "nav-worklist = My clients\n".to_owned())];
        let wording = Wording::new(&own).expect("well formed");
        assert_eq!(wording.words(Language::English).say("nav-worklist"), "My clients");
        assert_ne!(wording.words(Language::Spanish).say("nav-worklist"), "My clients");
        let broken = vec![("en.ftl".to_owned(), "ok = Fine\nbroken { = x\n".to_owned())];
        let fault = Wording::new(&broken).err().expect("a fault").to_string();
        assert!(fault.starts_with("texts/en.ftl: line 2:"), "{fault}");
        assert!(Wording::new(&[("xx.ftl".to_owned(), String::new())]).is_err());
    }

    #[test]
    fn counts_are_written_as_the_reader_writes_them() {
        let own = [("en.ftl", "n"), ("es.ftl", "n")].map(|(file, key)| {
            (file.to_owned(), format!("{key} = {{ $n ->\n    [one] one\n   *[other] {{ $n }} many\n }}\n"))
        });
        let wording = Wording::new(&own).expect("well formed");
        let (english, spanish) = (wording.words(Language::English), wording.words(Language::Spanish));
        assert_eq!(english.say1("n", "n", 1_usize), "one");
        assert_eq!(english.say1("n", "n", 20_172_u64), "20,172 many");
        assert_eq!(spanish.say1("n", "n", 20_172_u64), "20.172 many");
        assert!(english.say("n").contains(MISSING), "a forgotten value shows");
        assert!(english.say("no-such-key").contains(MISSING));
    }
}
