//! A number as people read it: with its interval, the voices behind it, whose word it is, and a "why?".
//!
//! The only way in which pages show an estimate. Must never show a value without its interval, nor a zero for what is not known.

use super::Mark;
use crate::number;
use crate::wording::{Argument, Words};
use askama::Template;
use decide::rooms::care::Criterion;
use model::{Estimate, Standing};

/// What a number counts.
#[derive(Clone, Debug, PartialEq)]
pub enum Quantity {
    /// Points of five.
    OfFive,
    /// A share of one.
    Share,
    /// Minutes of care for each resident and day.
    MinutesADay,
    /// Money a day.
    MoneyADay {
        /// Code (ISO 4217).
        currency: String,
    },
    /// Plain difference of points of five, with its sign.
    Difference,
    /// Points of five that something gained a year, with its sign.
    DifferenceAYear,
}

impl Quantity {
    /// What figures of an aspect count.
    pub fn of_aspect(aspect: &str) -> Self {
        if aspect == Criterion::Trend.word() { Self::DifferenceAYear } else { Self::OfFive }
    }
}

/// What the voices behind a number are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voices {
    /// Posts of people, of which copies count once.
    Posts,
    /// Answers in a survey.
    Answers,
    /// Both together.
    PostsAndAnswers,
    /// None: an official measurement.
    Measurement,
}

impl Voices {
    /// Who speaks of an aspect of a home: posts and surveys of the whole, posts of how it moves, surveys of single aspects.
    pub fn of_aspect(aspect: &str) -> Self {
        match Criterion::from_word(aspect) {
            Some(Criterion::Overall | Criterion::Community) => Self::PostsAndAnswers,
            Some(Criterion::Trend) => Self::Posts,
            _ => Self::Answers,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Posts => "posts",
            Self::Answers => "answers",
            Self::PostsAndAnswers => "both",
            Self::Measurement => "measurement",
        }
    }
}

/// One number of a page.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/figure.html")]
pub struct Figure {
    words: Words,
    /// Unique on its page: letters, digits, dashes.
    id: String,
    /// What it is a number of, for those who hear the page: "overall, residents".
    about: String,
    estimate: Option<Estimate>,
    quantity: Quantity,
    voices: Voices,
    standing: Standing,
    simulated: bool,
    why: Option<String>,
    short: bool,
}

impl askama::filters::HtmlSafe for Figure {}

impl Figure {
    /// A number of a community.
    pub fn community(
        words: &Words,
        id: impl Into<String>,
        about: impl Into<String>,
        estimate: Option<Estimate>,
    ) -> Self {
        Self::new(words, id.into(), about.into(), estimate, Standing::Community, Voices::Posts)
    }

    /// A number of an authority.
    pub fn official(
        words: &Words,
        id: impl Into<String>,
        about: impl Into<String>,
        estimate: Option<Estimate>,
    ) -> Self {
        Self::new(words, id.into(), about.into(), estimate, Standing::Official, Voices::Measurement)
    }

    fn new(
        words: &Words,
        id: String,
        about: String,
        estimate: Option<Estimate>,
        standing: Standing,
        voices: Voices,
    ) -> Self {
        let (words, quantity, why) = (words.clone(), Quantity::OfFive, None);
        Self { words, id, about, estimate, quantity, voices, standing, simulated: false, why, short: false }
    }

    /// A figure of a community about an aspect of a home: what it counts, and who speaks.
    #[must_use]
    pub fn of_aspect(self, aspect: &str) -> Self {
        self.counting(Quantity::of_aspect(aspect)).heard_from(Voices::of_aspect(aspect))
    }

    /// What it counts, where that is not points of five.
    #[must_use]
    pub fn counting(self, quantity: Quantity) -> Self {
        Self { quantity, ..self }
    }

    /// What its voices are, where they are not posts.
    #[must_use]
    pub fn heard_from(self, voices: Voices) -> Self {
        Self { voices, ..self }
    }

    /// Says that it rests on simulated rows.
    #[must_use]
    pub fn simulated(self, simulated: bool) -> Self {
        Self { simulated, ..self }
    }

    /// Where its explanation stands.
    #[must_use]
    pub fn why(self, href: impl Into<String>) -> Self {
        Self { why: Some(href.into()), ..self }
    }

    /// Without the way to its explanation, on the page that explains it.
    #[must_use]
    pub fn explained_here(self) -> Self {
        Self { why: None, ..self }
    }

    /// For cells of tables: value and interval, the voices as a count only.
    #[must_use]
    pub fn short(self) -> Self {
        Self { short: true, ..self }
    }

    /// The estimate, for the picture beside it.
    pub fn estimate(&self) -> Option<Estimate> {
        self.estimate
    }

    fn mark(&self) -> Mark {
        Mark::new(&self.words, self.standing, self.simulated)
    }

    /// True where the interval spans more than half of what could be.
    fn weak(&self) -> bool {
        let span = match self.quantity {
            Quantity::OfFive | Quantity::Difference | Quantity::DifferenceAYear => 2.0,
            Quantity::Share => 0.5,
            Quantity::MinutesADay | Quantity::MoneyADay { .. } => return false,
        };
        self.estimate.is_some_and(|estimate| estimate.high - estimate.low > span)
    }

    /// A value of the estimate, with no digit that its interval swallows.
    fn written(&self, value: f64, estimate: &Estimate) -> String {
        let language = self.words.language();
        let digits = number::digits_carried(estimate.half_width());
        match &self.quantity {
            Quantity::OfFive => number::decimal(language, value, digits.min(1)),
            Quantity::Difference | Quantity::DifferenceAYear if value > 0.0 => {
                format!("+{}", number::decimal(language, value, digits.min(1)))
            }
            Quantity::Difference | Quantity::DifferenceAYear => number::decimal(language, value, digits.min(1)),
            Quantity::Share => number::share(language, value),
            Quantity::MinutesADay => number::whole(language, value),
            Quantity::MoneyADay { currency } => {
                number::money(language, &number::Money { amount: value.round(), currency: currency.clone() })
            }
        }
    }

    fn unit(&self) -> &'static str {
        match self.quantity {
            Quantity::OfFive => "figure-of-five",
            Quantity::Share => "figure-share",
            Quantity::MinutesADay => "figure-minutes",
            Quantity::MoneyADay { .. } => "figure-money",
            Quantity::Difference => "figure-difference",
            Quantity::DifferenceAYear => "figure-difference-year",
        }
    }

    /// "4.1 of 5".
    fn value(&self, estimate: &Estimate) -> String {
        self.words.say1(self.unit(), "value", self.written(estimate.value, estimate))
    }

    /// "probably between 3.6 and 4.5"; nothing where both ends read the same.
    fn interval(&self, estimate: &Estimate) -> String {
        let (low, high) = (self.written(estimate.low, estimate), self.written(estimate.high, estimate));
        if low == high {
            return String::new();
        }
        let key = if self.short { "figure-interval-short" } else { "figure-interval" };
        self.words.say2(key, "low", low, "high", high)
    }

    /// "from 38 independent voices (61 posts)"; nothing for measurements.
    fn heard(&self, estimate: &Estimate) -> String {
        if self.voices == Voices::Measurement {
            return String::new();
        }
        let key = if self.short { "figure-voices-short" } else { "figure-voices" };
        let (independent, voices) = (estimate.independent_voices.round() as u64, estimate.voices.round() as u64);
        let values: [(&str, &dyn Argument); 3] =
            [("independent", &independent), ("voices", &voices), ("kind", &self.voices.word())];
        self.words.say_all(key, &values)
    }

    /// The whole sentence, for letters, titles of pictures and tests.
    pub fn sentence(&self) -> String {
        let Some(estimate) = &self.estimate else { return self.words.say("figure-unknown") };
        let parts = [self.value(estimate), self.interval(estimate), self.heard(estimate)];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::{Language, Wording};

    fn estimate(value: f64, low: f64, high: f64) -> Option<Estimate> {
        Some(Estimate { value, low, high, level: 0.9, voices: 61.0, independent_voices: 38.2 })
    }

    #[test]
    fn a_number_reads_as_a_sentence_in_both_languages() {
        let wording = Wording::built_in();
        let figure = |language| Figure::community(&wording.words(language), "f", "overall", estimate(4.08, 3.61, 4.5));
        assert_eq!(
            figure(Language::English).sentence(),
            "4.1 of 5, probably between 3.6 and 4.5, from 38 independent voices (61 posts)"
        );
        assert_eq!(
            figure(Language::Spanish).sentence(),
            "4,1 de 5, probablemente entre 3,6 y 4,5, de 38 voces independientes (61 publicaciones)"
        );
    }

    #[test]
    fn digits_that_the_interval_swallows_are_left_out() {
        let words = Wording::built_in().words(Language::English);
        let wide = Figure::official(&words, "f", "overall", estimate(3.4, 1.9, 4.6));
        assert_eq!(wide.sentence(), "3 of 5, probably between 2 and 5");
        let unknown = Figure::community(&words, "f", "overall", None);
        assert_eq!(unknown.sentence(), "Not enough is known");
        assert!(!unknown.to_string().contains("0 of 5"));
    }

    #[test]
    fn one_voice_is_one_voice() {
        let words = Wording::built_in().words(Language::English);
        let one = Estimate { value: 4.0, low: 2.5, high: 4.9, level: 0.9, voices: 1.0, independent_voices: 1.0 };
        let sentence = Figure::community(&words, "f", "overall", Some(one)).sentence();
        assert!(sentence.ends_with("from one independent voice (one post)"), "{sentence}");
    }
}
