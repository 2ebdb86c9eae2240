//! Entities by the words of their names, updated in place.
//!
//! Holds vocabulary, postings and a neighbourhood of misspellings. Must never weigh anything.

use super::Named;
use super::background::{Usage, usage};
use crate::compare::damerau_levenshtein;
use crate::normalize;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// Shortest text that is looked at as a word with a typing error; the word itself has one letter more.
const SHORTEST_MISSPELT: usize = 4;

/// A word of any name or place.
pub(super) struct Word {
    pub(super) text: String,
    pub(super) usage: Usage,
    /// Aliases whose names hold it, in order.
    pub(super) aliases: Vec<u32>,
    /// Number of entities whose names hold it.
    pub(super) entities: u32,
    /// Number of entities in whose place it stands.
    pub(super) places: u32,
}

/// One name of an entity.
pub(super) struct Alias {
    pub(super) entity: u32,
    /// The name as given.
    pub(super) name: String,
    /// Its words, in order, short forms written out, without the legal form.
    pub(super) words: Vec<u32>,
}

/// An entity, as far as mentions need it.
pub(super) struct Entity {
    pub(super) id: String,
    pub(super) aliases: Vec<u32>,
    pub(super) place: Vec<u32>,
    pub(super) place_name: String,
    pub(super) region: String,
    pub(super) provider: Vec<u32>,
    pub(super) provider_name: String,
}

/// The whole index. Numbers of removed entities, aliases and words are not used again.
#[derive(Default)]
pub(super) struct Index {
    by_id: FxHashMap<String, u32>,
    pub(super) entities: Vec<Option<Entity>>,
    pub(super) aliases: Vec<Option<Alias>>,
    pub(super) words: Vec<Word>,
    vocabulary: FxHashMap<String, u32>,
    /// Hash of a word less one letter (or whole), to the last entry of its chain in `neighbours`.
    neighbourhood: FxHashMap<u64, u32>,
    /// A word and the entry before it, `u32::MAX` at the end.
    neighbours: Vec<(u32, u32)>,
    /// Hash of two neighbouring words of a name written as one, to both.
    glued: FxHashMap<u64, (u32, u32)>,
    regions: FxHashMap<String, u32>,
    /// Entities by the words of their place.
    places: FxHashMap<Vec<u32>, Vec<u32>>,
}

impl Index {
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(super) fn insert(&mut self, named: &Named<'_>) {
        let number = self.entities.len() as u32;
        let region = named.region.map(normalize::fold).unwrap_or_default();
        let mut entity = Entity {
            id: named.id.to_owned(),
            aliases: Vec::new(),
            place: self.units(named.place.unwrap_or_default()),
            place_name: named.place.unwrap_or_default().to_owned(),
            region,
            provider: self.units(named.provider.unwrap_or_default()),
            provider_name: named.provider.unwrap_or_default().to_owned(),
        };
        let mut words: Vec<u32> = Vec::new();
        for name in named.names {
            let alias = self.aliases.len() as u32;
            let units = self.units(name);
            if units.is_empty()
                || entity.aliases.iter().any(|&a| self.alias(a).is_some_and(|alias| alias.words == units))
            {
                continue;
            }
            for pair in units.windows(2) {
                let glued = format!("{}{}", self.words[pair[0] as usize].text, self.words[pair[1] as usize].text);
                self.glued.entry(hash(&glued)).or_insert((pair[0], pair[1]));
            }
            for &word in &units {
                let aliases = &mut self.words[word as usize].aliases;
                if aliases.last() != Some(&alias) {
                    aliases.push(alias);
                }
            }
            words.extend(&units);
            self.aliases.push(Some(Alias { entity: number, name: (*name).to_owned(), words: units }));
            entity.aliases.push(alias);
        }
        distinct(words).into_iter().for_each(|word| self.words[word as usize].entities += 1);
        distinct(entity.place.clone()).into_iter().for_each(|word| self.words[word as usize].places += 1);
        *self.regions.entry(entity.region.clone()).or_default() += 1;
        if !entity.place.is_empty() {
            self.places.entry(entity.place.clone()).or_default().push(number);
        }
        self.by_id.insert(entity.id.clone(), number);
        self.entities.push(Some(entity));
    }

    pub(super) fn remove(&mut self, id: &str) -> bool {
        let Some(number) = self.by_id.remove(id) else { return false };
        let Some(entity) = self.entities[number as usize].take() else { return false };
        let mut words = Vec::new();
        for alias_number in entity.aliases {
            let Some(alias) = self.aliases[alias_number as usize].take() else { continue };
            for &word in &alias.words {
                self.words[word as usize].aliases.retain(|&other| other != alias_number);
            }
            words.extend(alias.words);
        }
        distinct(words).into_iter().for_each(|word| self.words[word as usize].entities -= 1);
        if let Some(entities) = self.places.get_mut(&entity.place) {
            entities.retain(|&other| other != number);
            if entities.is_empty() {
                self.places.remove(&entity.place);
            }
        }
        distinct(entity.place).into_iter().for_each(|word| self.words[word as usize].places -= 1);
        if let Some(count) = self.regions.get_mut(&entity.region) {
            *count -= 1;
        }
        true
    }

    pub(super) fn alias(&self, alias: u32) -> Option<&Alias> {
        self.aliases[alias as usize].as_ref()
    }

    /// Entities whose place has these words; none where there is no such place.
    pub(super) fn at_place(&self, words: &[u32]) -> &[u32] {
        self.places.get(words).map_or(&[], Vec::as_slice)
    }

    /// Number of different places.
    pub(super) fn places(&self) -> usize {
        self.places.len()
    }

    /// The share of entities whose region is this one.
    pub(super) fn region_share(&self, region: &str) -> f64 {
        f64::from(self.regions.get(region).copied().unwrap_or(0).max(1)) / self.len().max(1) as f64
    }

    /// The word of this spelling.
    pub(super) fn word(&self, text: &str) -> Option<u32> {
        self.vocabulary.get(text).copied()
    }

    /// The two words that, written as one, give this text.
    pub(super) fn glued(&self, text: &str) -> Option<(u32, u32)> {
        let &(one, other) = self.glued.get(&hash(text))?;
        let (first, second) = (&self.words[one as usize].text, &self.words[other as usize].text);
        (text.len() == first.len() + second.len()
            && text.starts_with(first.as_str())
            && text.ends_with(second.as_str()))
        .then_some((one, other))
    }

    /// Words that a typing error or two keep from being this text, with the number of errors.
    pub(super) fn misspelt(&self, text: &str) -> Vec<(u32, usize)> {
        let letters = text.chars().count();
        if letters < SHORTEST_MISSPELT || usage(text) != Usage::Other {
            return Vec::new();
        }
        let limit = if letters >= 8 { 2 } else { 1 };
        let mut found: Vec<(u32, usize)> = Vec::new();
        for key in shortened(text) {
            let mut at = self.neighbourhood.get(&key).copied().unwrap_or(u32::MAX);
            while let Some(&(word, before)) = self.neighbours.get(at as usize) {
                // Hardly anybody errs in the first letter, and so many short words differ in it.
                let begins_alike = letters > 5 || self.words[word as usize].text.chars().next() == text.chars().next();
                if begins_alike
                    && found.iter().all(|&(other, _)| other != word)
                    && let Some(errors) = damerau_levenshtein(text, &self.words[word as usize].text, limit)
                {
                    found.push((word, errors));
                }
                at = before;
            }
        }
        found.sort_unstable_by_key(|&(word, errors)| (errors, word));
        found.truncate(8);
        found
    }

    fn units(&mut self, name: &str) -> Vec<u32> {
        let units = normalize::units(&normalize::name(name).words);
        units.into_iter().map(|unit| self.intern(unit)).collect()
    }

    fn intern(&mut self, text: String) -> u32 {
        if let Some(&word) = self.vocabulary.get(&text) {
            return word;
        }
        let word = self.words.len() as u32;
        if text.chars().count() > SHORTEST_MISSPELT {
            for key in shortened(&text) {
                let before = self.neighbourhood.insert(key, self.neighbours.len() as u32).unwrap_or(u32::MAX);
                self.neighbours.push((word, before));
            }
        }
        self.words.push(Word { usage: usage(&text), text: text.clone(), aliases: Vec::new(), entities: 0, places: 0 });
        self.vocabulary.insert(text, word);
        word
    }
}

/// Hashes of the text and of the text less any one letter.
fn shortened(text: &str) -> Vec<u64> {
    let mut keys = vec![hash(text)];
    for (at, letter) in text.char_indices() {
        let (before, after) = (&text[..at], &text[at + letter.len_utf8()..]);
        let mut less = String::with_capacity(text.len());
        less.push_str(before);
        less.push_str(after);
        keys.push(hash(&less));
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    text.hash(&mut hasher);
    hasher.finish()
}

fn distinct(mut words: Vec<u32>) -> Vec<u32> {
    words.sort_unstable();
    words.dedup();
    words
}
