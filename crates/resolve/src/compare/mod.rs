//! Comparators: how alike two values are, as one of a few grades.
//!
//! Holds one file a comparator, the trait they share and the list of them. Must never hold weights: what a grade is worth is
//! learned from the data (`fellegi_sunter`).

mod damerau_levenshtein;
mod date;
mod exact;
mod identifier;
mod jaro_winkler;
mod letter_runs;
mod number;
mod place;
mod token_set;

pub use damerau_levenshtein::{DamerauLevenshtein, damerau_levenshtein};
pub use date::{DateDistance, Day};
pub use exact::Exact;
pub use identifier::Identifier;
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
    &Identifier,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reads {
    /// The folded text of one column.
    Text,
    /// The words of a name, short forms written out, the legal form left out, with their weights.
    Words,
    /// The runs of three letters in the words of a text, with their share of it.
    Runs,
    /// The number of one column.
    Number,
    /// The letters and digits of one column, without what stands between them.
    Identifier,
    /// The date of one column, in any of the forms of [`crate::dates::read`].
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

    /// In place of a sketch, where nobody asks for the ceiling of a text: a mark by which it is told from others.
    pub(crate) fn mark(text: &str) -> Self {
        Self(crate::block::hash(text) as u32)
    }

    /// All bits.
    pub(crate) fn bits(self) -> u32 {
        self.0
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
                let texts = |reads| matches!(reads, Reads::Text | Reads::Identifier);
                for comparator in ALL.iter().filter(|one| texts(one.about().reads) && left != right) {
                    let grade = comparator.grade(&subject(&left), &subject(&right));
                    let ceiling = comparator.ceiling(Sketch::of(&left), Sketch::of(&right));
                    prop_assert!(grade <= ceiling, "{} {left} {right}", comparator.about().name);
                    prop_assert!(grade < comparator.about().best(), "only equal texts have the best grade");
                }
            }
        }

        /// In one table it is chance which of two records stands left.
        #[test]
        fn every_comparator_is_the_same_in_both_directions(
            texts in proptest::array::uniform2("[a-dA]{0,3}[a-e]{4,9}( [a-e]{1,3}[a-c]{4,8}){0,4}( [0-9]{1,3})?"),
            numbers in proptest::array::uniform2(-300.0..300.0f64),
            days in proptest::array::uniform2(-40_000..40_000i32),
            points in proptest::array::uniform2((-90.0..90.0f64, -180.0..180.0f64)),
        ) {
            let text = |name: &str, reads: Reads| one_column(&texts, name, reads);
            for comparator in ALL {
                let about = comparator.about();
                let column = match about.reads {
                    Reads::Text | Reads::Words | Reads::Runs | Reads::Identifier => Some(text("text", about.reads)),
                    Reads::Number | Reads::Date | Reads::Place => None,
                };
                let subject = |at: usize| match &column {
                    Some(column) => column.subject(column.codes[at]),
                    None => Subject {
                        number: Some(numbers[at]),
                        day: Some(Day::of(days[at])),
                        point: Some([points[at].0, points[at].1]),
                        ..Subject::default()
                    },
                };
                let (one, other) = (subject(0), subject(1));
                prop_assert_eq!(comparator.grade(&one, &other), comparator.grade(&other, &one), "{}", about.name);
                prop_assert_eq!(comparator.likeness(&one, &other), comparator.likeness(&other, &one));
                let (left, right) = (Sketch::of(&texts[0]), Sketch::of(&texts[1]));
                prop_assert_eq!(comparator.ceiling(left, right), comparator.ceiling(right, left));
            }
            let [one, other] = &texts;
            prop_assert_eq!(jaro_winkler(one, other), jaro_winkler(other, one));
        }

        /// Nor may it matter which row of a table comes first.
        #[test]
        fn likeness_of_words_does_not_depend_on_other_rows(
            texts in proptest::collection::vec("[a-c]{5,7}( [a-c]{5,7}){0,4}", 2..12), seed in 0..1_000usize,
        ) {
            let mut turned = texts.clone();
            turned.rotate_left(seed % texts.len());
            turned[seed % 2..].reverse();
            for (comparator, reads) in [(&TokenSet as &dyn Comparator, Reads::Words), (&LetterRuns, Reads::Runs)] {
                let (column, other) = (one_column(&texts, "text", reads), one_column(&turned, "text", reads));
                let of = |text: &String| turned.iter().position(|one| one == text).expect("the same texts");
                for (at, text) in texts.iter().enumerate().skip(1) {
                    let grade = comparator.grade(&column.subject(column.codes[0]), &column.subject(column.codes[at]));
                    let (first, second) = (other.codes[of(&texts[0])], other.codes[of(text)]);
                    let turned = comparator.grade(&other.subject(first), &other.subject(second));
                    prop_assert_eq!(grade, turned, "{} {}", texts[0], text);
                }
            }
        }
    }

    fn one_column(texts: &[String], name: &str, reads: Reads) -> std::sync::Arc<crate::records::CodedColumn> {
        let mut table = model::Table::with_columns(&[(name, model::ColumnType::Text)]);
        texts.iter().for_each(|text| table.push_row(vec![text.as_str().into()]).expect("the row fits"));
        let name = [name.to_owned()];
        let records = crate::records::Records { left: &table, right: None };
        crate::records::Columns::new(records).get(&name, &name, reads).expect("the column is there")
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
