//! Comparators: how alike two values are, as one of a few grades.
//!
//! Holds one file a comparator, the trait they share and the list of them. Must never hold weights: what a grade is worth is
//! learned from the data (`fellegi_sunter`).

mod damerau_levenshtein;
mod date;
mod exact;
mod jaro_winkler;
mod letter_runs;
mod number;
mod place;
mod token_set;

pub use damerau_levenshtein::{DamerauLevenshtein, damerau_levenshtein};
pub use date::{DateDistance, Day};
pub use exact::Exact;
pub use jaro_winkler::{JaroWinkler, jaro_winkler};
pub use letter_runs::LetterRuns;
pub use number::NumberDistance;
pub use place::{PlaceDistance, haversine_km};
pub use token_set::{TokenLikeness, TokenSet, token_likeness};

/// Every comparator, in the order the reference lists them.
pub const ALL: &[&dyn Comparator] = &[
    &Exact,
    &JaroWinkler,
    &DamerauLevenshtein,
    &TokenSet,
    &LetterRuns,
    &NumberDistance,
    &DateDistance,
    &PlaceDistance,
];

/// The comparator of a name.
pub fn by_name(name: &str) -> Option<&'static dyn Comparator> {
    ALL.iter().copied().find(|comparator| comparator.about().name == name)
}

/// A grade of likeness: an index into [`About::grades`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grade(pub u8);

impl Grade {
    /// One of both values is not known. Speaks neither for nor against.
    pub const MISSING: Self = Self(0);
    /// Nothing alike.
    pub const DIFFERENT: Self = Self(1);
}

/// What a comparator reads from its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// The folded text of one column.
    Text,
    /// The words of a name, short forms written out, the legal form left out, with their weights.
    Words,
    /// The runs of three letters in the words of a text, with their share of it.
    Runs,
    /// The number of one column.
    Number,
    /// The date of one column (or eight digits, or an ISO date, in text).
    Date,
    /// Latitude and longitude, two columns of degrees.
    Place,
}

/// A comparator's paperwork.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The word that specifications use.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What it looks at, in one line.
    pub summary: &'static str,
    /// What it reads.
    pub reads: Reads,
    /// The grades, worst first: `missing`, `different`, then ever more alike. At most 15.
    pub grades: &'static [&'static str],
}

impl About {
    /// The best grade.
    pub fn best(&self) -> Grade {
        Grade(self.grades.len() as u8 - 1)
    }
}

/// A word inside a text to compare, or a run of letters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Word {
    /// Number of the word in the vocabulary of both tables, or a hash of the run.
    pub id: u32,
    /// Where it begins in the text, in bytes.
    pub start: u16,
    /// Where it ends.
    pub end: u16,
    /// What it tells: log2 of the number of records for each record that holds it. Never negative. Of a run: the same for each time it
    /// occurs, as a share of the length of the vector of all runs of the text.
    pub weight: f32,
}

/// One side of a comparison. Only what [`About::reads`] names is filled.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject<'a> {
    /// The folded text; empty where unknown.
    pub text: &'a str,
    /// Its words, sorted by `id`, each once.
    pub words: &'a [Word],
    /// What tells one value of the column from all others, in bits: log2 of their number.
    pub information: f32,
    /// The number.
    pub number: Option<f64>,
    /// The day.
    pub day: Option<Day>,
    /// Latitude and longitude in degrees (WGS 84).
    pub point: Option<[f64; 2]>,
}

/// Grades the likeness of two values. The same in both directions.
pub trait Comparator: Sync {
    /// Its paperwork.
    fn about(&self) -> About;

    /// How alike both are.
    fn grade(&self, left: &Subject<'_>, right: &Subject<'_>) -> Grade;

    /// How alike both are as a number, where that says more than the grade: from 0, nothing in common. Sets pairs of one record beside
    /// each other.
    fn likeness(&self, left: &Subject<'_>, right: &Subject<'_>) -> Option<f32> {
        let _ = (left, right);
        None
    }

    /// The best grade that two different values with these sketches can have: most pairs are told apart by it, without their texts.
    fn ceiling(&self, left: Sketch, right: Sketch) -> Grade {
        let _ = (left, right);
        self.about().best()
    }
}

/// A text at a glance: which letters stand in it (27 bits, some letters share one) and how many (5 bits). It says what two
/// texts cannot have in common, never what they have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sketch(u32);

impl Sketch {
    const LETTERS: u32 = 27;
    const LONG: u32 = 31;

    /// The sketch of a text.
    pub fn of(text: &str) -> Self {
        let (mut letters, mut length) = (0, 0);
        for letter in text.chars() {
            letters |= 1 << (u32::from(letter) % Self::LETTERS);
            length += 1;
        }
        Self(letters | Self::LONG.min(length) << Self::LETTERS)
    }

    /// Number of letters; nothing where there are too many to say.
    fn length(self) -> Option<u32> {
        Some(self.0 >> Self::LETTERS).filter(|length| *length < Self::LONG)
    }

    /// Letters of this text that the other one has not, each counted once.
    fn without(self, other: Self) -> u32 {
        (self.0 & !other.0 & ((1 << Self::LETTERS) - 1)).count_ones()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_grade_is_above_its_ceiling(left in "[a-eé0-3 ]{1,9}", right in "[a-eé0-3 ]{1,9}", more in "[a-e]{0,40}") {
            for (left, right) in [(left.clone(), right.clone()), (format!("{left}{more}"), format!("{more}{right}"))] {
                let subject = |text| Subject { text, ..Subject::default() };
                for comparator in ALL.iter().filter(|one| one.about().reads == Reads::Text && left != right) {
                    let grade = comparator.grade(&subject(&left), &subject(&right));
                    let ceiling = comparator.ceiling(Sketch::of(&left), Sketch::of(&right));
                    prop_assert!(grade <= ceiling, "{} {left} {right}", comparator.about().name);
                    prop_assert!(grade < comparator.about().best(), "only equal texts have the best grade");
                }
            }
        }
    }

    #[test]
    fn every_comparator_has_its_paperwork() {
        for comparator in ALL {
            let about = comparator.about();
            assert!(by_name(about.name).is_some_and(|found| found.about().title == about.title));
            assert_eq!(about.grades[..2], ["missing", "different"], "{}", about.name);
            assert!((3..=15).contains(&about.grades.len()));
            let missing = Subject::default();
            assert_eq!(comparator.grade(&missing, &missing), Grade::MISSING, "{}", about.name);
        }
    }
}
