//! Finds in a free text which known thing is meant: a home named in a post, with typing errors, shortened, told apart by its suburb.
//!
//! Holds an index over names that is updated in place, and the weighing of what speaks for each candidate. Must never guess
//! where two are equally likely: then both are named, the heavier as the mention, the other as its rival, and the probability says so.
//!
//! The weighing is Bayes' rule over "this entity is meant", "another one is meant", "none is meant": a word of a name tells
//! log2 of its chance in a text that means the entity over its chance in a text that does not.

mod background;
mod candidate;
mod index;
mod reading;
mod weigh;

use index::Index;
use model::Comparison;

/// A thing with its names.
#[derive(Clone, Copy, Debug, Default)]
pub struct Named<'a> {
    /// Its identifier.
    pub id: &'a str,
    /// All names it has or had.
    pub names: &'a [&'a str],
    /// Where it is: a suburb, a town.
    pub place: Option<&'a str>,
    /// The larger area: a state.
    pub region: Option<&'a str>,
    /// Who runs it.
    pub provider: Option<&'a str>,
}

/// What is known about where a text comes from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surroundings<'a> {
    /// The suburb or town it is about.
    pub place: Option<&'a str>,
    /// The larger area it is about.
    pub region: Option<&'a str>,
}

/// A part of a text that means an entity.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    /// Identifier of the entity.
    pub entity: String,
    /// Where the name begins in the text, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What speaks for it, log2, the prior included.
    pub weight: f64,
    /// Probability that this entity is meant here.
    pub probability: f64,
    /// What speaks for and against; its weights and the prior's add up to `weight`.
    pub because: Vec<Comparison>,
    /// The next likely entity and its probability.
    pub rival: Option<(String, f64)>,
}

/// Names of many entities, ready to be found in texts.
#[derive(Default)]
pub struct MentionIndex {
    index: Index,
}

impl MentionIndex {
    /// An index of these entities. Takes time and memory in proportion to the letters of their names: each word also stands under itself less
    /// any one letter.
    pub fn new(entities: &[Named<'_>]) -> Self {
        let mut index = Self::default();
        entities.iter().for_each(|entity| index.insert(entity));
        index
    }

    /// Number of entities.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// True without entities.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds an entity; one of the same identifier is replaced.
    pub fn insert(&mut self, entity: &Named<'_>) {
        self.index.remove(entity.id);
        self.index.insert(entity);
    }

    /// Takes an entity out. False where there was none.
    pub fn remove(&mut self, id: &str) -> bool {
        self.index.remove(id)
    }

    /// The entities that the text means, in order of their place in it. Only those more likely meant than not (at least
    /// [`LEAST_PROBABILITY`]) are told; a text that names nothing gives nothing, and none is refused.
    ///
    /// Takes time in proportion to the letters of the text, and to the names that share a word with it: a common word brings many.
    pub fn find(&self, text: &str, context: Option<&Surroundings<'_>>) -> Vec<Mention> {
        weigh::find(&self.index, text, context)
    }
}

/// Mentions less likely than this are not told.
pub const LEAST_PROBABILITY: f64 = 0.3;

#[cfg(test)]
mod tests;
