//! What to link and how, as an office writes it in TOML.
//!
//! Holds the specification and its check. Must never hold learned parameters.
//!
//! ```toml
//! same = 0.95                      # from this probability on: the same
//! unsure = 0.5                     # from this probability on: somebody should look
//! one_to_one = true                # each record of one table means at most one of the other
//! dependent = true                 # count what two comparisons both say only once (a town and its postcode)
//! apart = ["quarter"]              # rows of one quarter are different things, unless they agree in everything compared
//! blocks = [["suburb"], ["state", "name/rarest:2"], ["given=surname", "surname=given"]]
//! split_by = ["name/first:3"]      # how to cut a block that is too large
//!
//! [[compare]]
//! column = "name"                  # or left = "Service Name" and right = "name"; columns = [..] where two make one value
//! with = "token_set"
//! term_frequency = true            # agreement on a rare value tells more
//! ```

use crate::compare::{self, Comparator, Reads};
use crate::records::Wanted;
use serde::Deserialize;

/// What can be wrong with a specification or with the tables it is used on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LinkError {
    /// The text is not TOML of the right shape.
    #[error("the link specification cannot be read: {0}")]
    Toml(String),
    /// No such comparator.
    #[error("`{found}` is no comparator; write one of {known}")]
    Comparator {
        /// What was written.
        found: String,
        /// What could be.
        known: String,
    },
    /// A block part that means nothing.
    #[error(
        "`{0}` is no block part; write `column`, `left=right`, and after a slash `first:4`, `rarest:2`, `grams:3` or `runs:8`"
    )]
    Part(String),
    /// A table lacks a column.
    #[error("the {side} table has no column `{column}`; it has {known}")]
    Column {
        /// `left` or `right`.
        side: &'static str,
        /// The column.
        column: String,
        /// The columns it has.
        known: String,
    },
    /// None of the values of a column can be read as what it is compared as.
    #[error(
        "the {side} table: column `{column}`, row {}: there is `{value}`; {}",
        .row + 1,
        cannot_read(*.reads, *.values)
    )]
    Unread {
        /// `left` or `right`.
        side: &'static str,
        /// The column.
        column: String,
        /// As what its values should be read.
        reads: Reads,
        /// How many there are.
        values: u64,
        /// The row of the first one, from 0.
        row: usize,
        /// The first one.
        value: String,
    },
    /// Something else that cannot be done, with what to write instead.
    #[error("{0}")]
    Setting(String),
}

/// That none of so many values can be read as a date, a number or a place, and what to write.
pub fn cannot_read(reads: Reads, values: u64) -> String {
    let (kind, such) = match reads {
        Reads::Date => ("date", "dates such as 2019-03-04, 4/3/2019 or 4 March 2019"),
        Reads::Place => ("place", "degrees of latitude and longitude such as -33.87 and 151.21"),
        _ => ("number", "numbers such as 12, -1.5 or 1,200"),
    };
    format!(
        "none of its {values} values can be read as a {kind}; write {such}, or compare it `with` another comparator, such as `exact`"
    )
}

/// How two tables, or the rows of one, are linked.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkSpec {
    /// Probability from which two records are the same.
    #[serde(default = "default_same")]
    pub same: f64,
    /// Probability from which a person should look. Pairs below it are not reported.
    #[serde(default = "default_unsure")]
    pub unsure: f64,
    /// Each record of one table means at most one record of the other, as in registers without doubles. Then the pairs of a record share
    /// one chance, and where titles are compared (`letter_runs`) it tells how far a pair is ahead of its rivals.
    #[serde(default)]
    pub one_to_one: bool,
    /// How many bits of weight, rivals heard, the best candidate must lie above the next where each record means at most one.
    #[serde(default = "default_margin")]
    pub margin: f64,
    /// Columns of which an equal value says that two rows are different things, unless they agree in everything compared.
    /// Only within one table.
    #[serde(default)]
    pub apart: Vec<String>,
    /// Rules that bring likely pairs together; a pair that one rule brings is compared.
    pub blocks: Vec<Vec<String>>,
    /// Parts added to the keys of a block that is too large.
    #[serde(default)]
    pub split_by: Vec<String>,
    /// Most pairs that a block may bring.
    #[serde(default = "default_largest_block")]
    pub largest_block: u64,
    /// Learn which comparisons say the same as another one (a town and its postcode), and count what they tell once. Needs many
    /// pairs; a few thousand records of which most mean the same thing do not tell such comparisons from errors that come together.
    #[serde(default)]
    pub dependent: bool,
    /// What is compared.
    pub compare: Vec<CompareSpec>,
    /// Number of random pairs from which chance agreement is learned.
    #[serde(default = "default_random_pairs")]
    pub random_pairs: u64,
    /// Where the random pairs begin.
    #[serde(default)]
    pub seed: u64,
}

/// One comparison: of what, and how.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompareSpec {
    /// Its name in reasons; the first column where it is left out.
    #[serde(default)]
    pub name: String,
    /// The column of both tables.
    #[serde(default)]
    pub column: String,
    /// The columns of both tables where two make one value (latitude, longitude).
    #[serde(default)]
    pub columns: Vec<String>,
    /// The column of the left table, where the tables differ.
    #[serde(default)]
    pub left: String,
    /// The column of the right table.
    #[serde(default)]
    pub right: String,
    /// The comparator, see [`compare::ALL`].
    pub with: String,
    /// Agreement on a rare value tells more than agreement on a common one.
    #[serde(default)]
    pub term_frequency: bool,
}

impl CompareSpec {
    /// The columns read on the left and on the right.
    pub fn sides(&self) -> (Vec<String>, Vec<String>) {
        if !self.columns.is_empty() {
            return (self.columns.clone(), self.columns.clone());
        }
        let or = |one: &String| if one.is_empty() { self.column.clone() } else { one.clone() };
        (vec![or(&self.left)], vec![or(&self.right)])
    }

    /// What it is called in reasons.
    pub fn title(&self) -> String {
        let (left, _) = self.sides();
        if self.name.is_empty() { left.join(" and ") } else { self.name.clone() }
    }

    /// The comparator it names.
    pub fn comparator(&self) -> Result<&'static dyn Comparator, LinkError> {
        compare::by_name(&self.with).ok_or_else(|| LinkError::Comparator {
            found: self.with.clone(),
            known: compare::ALL.iter().map(|known| format!("`{}`", known.about().name)).collect::<Vec<_>>().join(", "),
        })
    }
}

/// How a block part makes keys of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// The whole value.
    Whole,
    /// Its first characters.
    First(usize),
    /// Its rarest words, one key each. Words that only one value has bring nothing together and are passed over.
    Rarest(usize),
    /// Each run of so many characters, one key each.
    Grams(usize),
    /// Its rarest runs of four characters, whatever stands between the words, one key each: `PS-LX350H` meets `PSLX350H`. Runs that only
    /// one value has are passed over.
    Runs(usize),
}

/// One part of a block rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Column of the left table.
    pub left: String,
    /// Column of the right table; of the other row within one table.
    pub right: String,
    /// How its keys are made.
    pub by: By,
}

impl Part {
    /// Reads `column`, `column/first:4`, `left=right/rarest:2`.
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        let wrong = || LinkError::Part(text.to_owned());
        let (columns, by) = text.rsplit_once('/').unwrap_or((text, ""));
        let by = match by.split_once(':') {
            None if by.is_empty() => By::Whole,
            Some((way, number)) => {
                let number = number.parse().ok().filter(|number| (1..=32).contains(number)).ok_or_else(wrong)?;
                match way {
                    "first" => By::First(number),
                    "rarest" => By::Rarest(number),
                    "grams" => By::Grams(number),
                    "runs" => By::Runs(number),
                    _ => return Err(wrong()),
                }
            }
            None => return Err(wrong()),
        };
        let (left, right) = columns.split_once('=').unwrap_or((columns, columns));
        if left.is_empty() || right.is_empty() {
            return Err(wrong());
        }
        Ok(Self { left: left.to_owned(), right: right.to_owned(), by })
    }
}

impl LinkSpec {
    /// Reads and checks a specification.
    pub fn from_toml(text: &str) -> Result<Self, LinkError> {
        let spec: Self = toml::from_str(text).map_err(|error| LinkError::Toml(error.to_string()))?;
        spec.check()?;
        Ok(spec)
    }

    /// All columns that are read.
    pub fn reads(&self) -> Result<Vec<Wanted>, LinkError> {
        let mut read = Vec::new();
        for compare in &self.compare {
            let (left, right) = compare.sides();
            read.push(Wanted { left, right, reads: compare.comparator()?.about().reads });
        }
        for part in self.blocks.iter().flatten().chain(&self.split_by) {
            let part = Part::parse(part)?;
            let reads = self.reads_of(&part);
            read.push(Wanted { left: vec![part.left], right: vec![part.right], reads });
        }
        Ok(read)
    }

    /// What a block part reads of its columns: a day or an identifier where they are compared as such, however they are written.
    pub fn reads_of(&self, part: &Part) -> Reads {
        let is_of = |compare: &&CompareSpec| {
            let (left, right) = compare.sides();
            left == [part.left.as_str()] && right == [part.right.as_str()]
        };
        let compared = self.compare.iter().filter(is_of).filter_map(|compare| compare.comparator().ok());
        let special = |reads: &Reads| matches!(reads, Reads::Date | Reads::Identifier);
        match part.by {
            By::Rarest(_) => Reads::Words,
            _ => compared.map(|compared| compared.about().reads).find(special).unwrap_or(Reads::Text),
        }
    }

    /// Finds what cannot be done.
    pub fn check(&self) -> Result<(), LinkError> {
        let setting =
            |wrong: bool, message: &str| if wrong { Err(LinkError::Setting(message.to_owned())) } else { Ok(()) };
        setting(!(0.0..=1.0).contains(&self.unsure), "`unsure` is a probability; write a number from 0 to 1")?;
        setting(
            !(self.unsure..=1.0).contains(&self.same),
            "`same` is a probability; write a number from `unsure` to 1",
        )?;
        setting(self.blocks.is_empty(), "no blocks; write `blocks = [[\"column\"]]`, or every pair would be compared")?;
        setting(self.compare.is_empty(), "nothing to compare; write a `[[compare]]` with `column` and `with`")?;
        setting(self.compare.len() > 15, "at most 15 comparisons; leave out those that say the same as another")?;
        setting(
            self.random_pairs == 0,
            "`random_pairs` is 0; write at least 10000, chance agreement is learned from them",
        )?;
        for part in self.blocks.iter().flatten().chain(&self.split_by) {
            Part::parse(part)?;
        }
        for compare in &self.compare {
            let (left, right) = compare.sides();
            let pair = compare.comparator()?.about().reads == Reads::Place;
            let named = left.iter().chain(&right).all(|column| !column.is_empty());
            setting(!named, "a comparison without a column; write `column`, or `left` and `right`")?;
            setting(
                pair != (left.len() == 2),
                "`place` wants `columns = [\"latitude\", \"longitude\"]`, others one column",
            )?;
        }
        Ok(())
    }
}

/// Most pairs that a block may bring where a specification does not say.
pub(crate) const LARGEST_BLOCK: u64 = 50_000;

fn default_same() -> f64 {
    0.95
}
fn default_unsure() -> f64 {
    0.5
}
fn default_margin() -> f64 {
    1.0
}
fn default_largest_block() -> u64 {
    LARGEST_BLOCK
}
fn default_random_pairs() -> u64 {
    1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_specification_is_read_and_faults_are_named() {
        let good = "blocks = [[\"suburb\", \"a=b/first:4\"]]\n[[compare]]\ncolumn = \"name\"\nwith = \"token_set\"";
        let spec = LinkSpec::from_toml(good).expect("a good specification");
        assert_eq!((spec.same, spec.unsure, spec.one_to_one), (0.95, 0.5, false));
        let part = Part::parse(&spec.blocks[0][1]).expect("a good part");
        assert_eq!(part, Part { left: "a".to_owned(), right: "b".to_owned(), by: By::First(4) });
        for (bad, told) in [
            (good.replace("token_set", "tokens"), "`tokens` is no comparator; write one of `exact`"),
            (good.replace("first:4", "runs:0"), "`a=b/runs:0` is no block part"),
            (good.replace("first:4", "last:4"), "`a=b/last:4` is no block part"),
            (format!("same = 0.4\n{good}"), "`same` is a probability"),
            (good.replace("with", "wiht"), "the link specification cannot be read"),
            (good.replace("token_set", "place"), "`place` wants `columns"),
        ] {
            let error = LinkSpec::from_toml(&bad).expect_err("a bad specification").to_string();
            assert!(error.starts_with(told), "{error}");
        }
    }
}
