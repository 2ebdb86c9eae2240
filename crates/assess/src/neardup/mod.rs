//! Texts that are nearly the same: every pair that shares enough of its shingles, and the groups they form.
//!
//! Holds the entry point, the shingles and what is told about a pair. It must never miss a pair above the threshold, call two
//! texts alike by a guess, or judge who wrote them: that two texts are alike says nothing of why.
//!
//! A text is the set of its shingles, runs of neighbouring words or letters (A. Z. Broder, "On the resemblance and containment of
//! documents", SEQUENCES 1997); two texts are as alike as the share of shingles that both have among those that either has, their
//! Jaccard index. Shingles are compared by hashes of 64 bits: among 25 million shingles two would share one by chance in one of
//! 60,000 runs.

mod join;

#[cfg(test)]
mod tests;

use crate::AssessError;
use crate::connected::Connected;
use crate::words::{letters_of, shared, stands_alone, whole, words_of};
use join::Sets;
use model::draws::mix;
use model::{Contribution, Explained, Explanation};
use rayon::prelude::*;
use std::ops::Range;

/// What shingles are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Words; in scripts without spaces, signs.
    #[default]
    Words,
    /// Letters and digits, with the spaces between words.
    Letters,
}

/// How texts are compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NeardupSettings {
    /// What shingles are made of.
    pub unit: Unit,
    /// Units in a shingle. A text that is shorter is one shingle.
    pub size: usize,
    /// Least similarity of a pair.
    pub least: f64,
}

impl Default for NeardupSettings {
    fn default() -> Self {
        Self { unit: Unit::Words, size: 3, least: 0.8 }
    }
}

/// Two texts that are alike; both are numbers of texts from 0, the lower first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NearPair {
    /// The lower number.
    pub left: u32,
    /// The higher number.
    pub right: u32,
    /// Shared shingles over all shingles of both.
    pub similarity: f64,
}

/// Which texts are alike. Texts with the same shingles are kept as one class, so that a million copies cost no more than one.
#[derive(Clone, Debug, PartialEq)]
pub struct NearDuplicates {
    /// Class of each text; [`NONE`] for a text without a word.
    class: Vec<u32>,
    /// First member of each class in `members`; one more at the end.
    starts: Vec<u32>,
    /// Texts by class, rising.
    members: Vec<u32>,
    /// Pairs of classes that are alike, the lower first, in order.
    alike: Vec<(u32, u32, f64)>,
}

/// No class, no group.
const NONE: u32 = u32::MAX;

/// Finds every pair of texts at least as alike as asked for.
///
/// An exact set similarity join (C. Xiao, W. Wang, X. Lin, J. X. Yu and G. Wang, "Efficient similarity joins for near-duplicate
/// detection", ACM Transactions on Database Systems 36, 2011). Memory is proportional to the shingles; time to them and to the
/// pairs that share a rare one. The result depends neither on the number of threads nor, but for the numbers, on the order of texts.
///
/// # Errors
/// Settings that nothing can be computed with.
pub fn near_duplicates<T: AsRef<str> + Sync>(
    texts: &[T],
    settings: &NeardupSettings,
) -> Result<NearDuplicates, AssessError> {
    settings.check()?;
    let shingled = texts.par_iter().map(|text| settings.set_of(text.as_ref())).collect();
    Ok(alike(shingled, settings.least))
}

/// Finds every pair of sets at least as alike as asked for; each set holds its hashes once, rising. An empty set is like nothing.
pub(crate) fn alike(shingled: Vec<Vec<u64>>, least: f64) -> NearDuplicates {
    let mut hashed: Vec<(u64, u32)> = shingled
        .par_iter()
        .enumerate()
        .filter(|(_, set)| !set.is_empty())
        .map(|(text, set)| (whole(set.len(), set), text as u32))
        .collect();
    hashed.par_sort_unstable();
    // Runs of the same set; where two sets share a hash by chance, the second stands alone.
    let mut runs: Vec<Vec<u32>> = Vec::new();
    for run in hashed.chunk_by(|a, b| a.0 == b.0) {
        let first = run[0].1;
        let (same, other): (Vec<u32>, Vec<u32>) =
            run.iter().map(|(_, text)| *text).partition(|text| shingled[*text as usize] == shingled[first as usize]);
        runs.push(same);
        runs.extend(other.into_iter().map(|text| vec![text]));
    }
    runs.sort_unstable_by_key(|run| run[0]);
    let mut found = NearDuplicates {
        class: vec![NONE; shingled.len()],
        starts: Vec::with_capacity(runs.len() + 1),
        members: Vec::with_capacity(hashed.len()),
        alike: Vec::new(),
    };
    for (class, run) in runs.iter().enumerate() {
        found.starts.push(found.members.len() as u32);
        run.iter().for_each(|text| found.class[*text as usize] = class as u32);
        found.members.extend(run);
    }
    found.starts.push(found.members.len() as u32);
    let firsts: Vec<&[u64]> = runs.iter().map(|run| shingled[run[0] as usize].as_slice()).collect();
    let sets = Sets::of(&firsts);
    drop(firsts);
    drop(shingled);
    found.alike = sets.join(least);
    found
}

/// The hash of each run of `size` neighbouring units, in order.
pub(crate) fn shingles(units: &[u64], size: usize) -> impl Iterator<Item = u64> {
    units.windows(size).map(move |run| run.iter().fold(size as u64, |sum, unit| mix(sum.rotate_left(17) ^ unit)))
}

impl NeardupSettings {
    fn check(&self) -> Result<(), AssessError> {
        let wrong = |name, found: String, write| Err(AssessError::Setting { name, found, write });
        if !(self.least > 0.0 && self.least <= 1.0) {
            return wrong("least", self.least.to_string(), "a share above 0, such as 0.8, 1 at most");
        }
        if self.size == 0 {
            return wrong("size", "0".to_owned(), "1 or more; 3 words or 5 letters are usual");
        }
        Ok(())
    }

    /// The shingles of a text by their hashes, rising, each once.
    fn set_of(&self, text: &str) -> Vec<u64> {
        let units: Vec<u64> = match self.unit {
            Unit::Words => words_of(text),
            Unit::Letters => letters_of(text).into_iter().map(|letter| mix(u64::from(u32::from(letter)))).collect(),
        };
        if units.is_empty() {
            return units;
        }
        let size = self.size.min(units.len());
        let mut set: Vec<u64> = shingles(&units, size).collect();
        set.sort_unstable();
        set.dedup();
        set
    }
}

impl NearDuplicates {
    /// Number of texts that were given.
    pub fn texts(&self) -> usize {
        self.class.len()
    }

    /// Texts without a word, which are like nothing.
    pub fn empty(&self) -> usize {
        self.class.len() - self.members.len()
    }

    /// Texts of a class, rising.
    pub(crate) fn of(&self, class: u32) -> &[u32] {
        &self.members[self.starts[class as usize] as usize..self.starts[class as usize + 1] as usize]
    }

    /// Number of classes.
    pub(crate) fn classes(&self) -> u32 {
        self.starts.len() as u32 - 1
    }

    /// Pairs of classes that are alike, with their similarity.
    pub(crate) fn alike_classes(&self) -> &[(u32, u32, f64)] {
        &self.alike
    }

    /// Number of pairs of texts; known without making them, as a thousand copies are half a million pairs.
    pub fn pairs_total(&self) -> u64 {
        let same = |class: u32| {
            let members = self.of(class).len() as u64;
            members * (members - 1) / 2
        };
        let between = |(left, right, _): &(u32, u32, f64)| self.of(*left).len() as u64 * self.of(*right).len() as u64;
        (0..self.classes()).map(same).sum::<u64>() + self.alike.iter().map(between).sum::<u64>()
    }

    /// Every pair of texts, in the order of their classes.
    pub fn pairs(&self) -> impl Iterator<Item = NearPair> + '_ {
        let pair = |one: u32, other: u32, similarity: f64| NearPair {
            left: one.min(other),
            right: one.max(other),
            similarity,
        };
        let same = (0..self.classes()).flat_map(move |class| {
            let members = self.of(class);
            let later = move |(place, one): (usize, &'_ u32)| {
                let one = *one;
                members[place + 1..].iter().map(move |other| pair(one, *other, 1.0))
            };
            members.iter().enumerate().flat_map(later)
        });
        let between = self.alike.iter().flat_map(move |&(left, right, similarity)| {
            let others = self.of(right);
            self.of(left).iter().flat_map(move |one| others.iter().map(move |other| pair(*one, *other, similarity)))
        });
        same.chain(between)
    }

    /// The group of each text: the lowest text that it is connected with by pairs, itself where it stands alone. Two texts of one
    /// group need not be alike themselves.
    pub fn groups(&self) -> Vec<u32> {
        let mut connected = Connected::alone(self.classes() as usize);
        self.alike.iter().for_each(|(left, right, _)| connected.connect(*left, *right));
        let of = |(text, class): (usize, &u32)| match *class {
            NONE => text as u32,
            // Classes rise with their first text, and so do the texts of their roots.
            class => self.of(connected.root(class))[0],
        };
        self.class.iter().enumerate().map(of).collect()
    }
}

/// Why two texts are as alike as they are: the words in runs that both share, the longest first. The value of a contribution is the
/// number of shingles in a run, its weight their share among all shingles of both.
///
/// # Errors
/// As [`near_duplicates`].
pub fn explain(left: &str, right: &str, settings: &NeardupSettings) -> Result<Explained<f64>, AssessError> {
    settings.check()?;
    let (one, other) = (settings.set_of(left), settings.set_of(right));
    let both = shared(&one, &other);
    let either = one.len() + other.len() - both;
    let similarity = if either == 0 { 0.0 } else { both as f64 / either as f64 };
    let mut contributions: Vec<Contribution> = settings
        .shared_runs(left, &other)
        .into_iter()
        .map(|(text, shingles)| Contribution {
            record: None,
            label: text,
            value: shingles as f64,
            weight: shingles as f64 / either.max(1) as f64,
            discounted: String::new(),
        })
        .collect();
    contributions.sort_by(|a, b| b.value.total_cmp(&a.value));
    let figures = vec![
        ("shared_shingles".to_owned(), both as f64),
        ("shingles_of_left".to_owned(), one.len() as f64),
        ("shingles_of_right".to_owned(), other.len() as f64),
    ];
    let contributions_total = contributions.len();
    let method = "neardup/1".to_owned();
    Ok(Explained::new(similarity, Explanation { method, figures, contributions, contributions_total }))
}

impl NeardupSettings {
    /// Passages of a text that are made of shingles of a set, each with how many different ones it is made of. Passages begin and
    /// end with whole words, as people read.
    fn shared_runs(&self, text: &str, set: &[u64]) -> Vec<(String, usize)> {
        let words = places_of_words(text);
        let units: Vec<usize> = words.iter().map(|place| self.units_in(&text[place.clone()])).collect();
        let mut held: Vec<(bool, Range<usize>)> = Vec::new();
        for (first, place) in words.iter().enumerate() {
            // As many words as hold every shingle that begins within the first.
            let (mut last, mut more) = (first, 0);
            while more + 1 < self.size && last + 1 < words.len() {
                last += 1;
                more += units[last];
            }
            let window = place.start..words[last].end;
            let is_tail = self.units_in(&text[window.clone()]) < self.size;
            if units[first] == 0 || (is_tail && first > 0) {
                continue;
            }
            let own = self.set_of(&text[window.clone()]);
            held.push((own.iter().all(|hash| set.binary_search(hash).is_ok()), window));
        }
        let runs = held.chunk_by(|one, other| one.0 == other.0).filter(|run| run[0].0);
        runs.map(|run| {
            let passage = &text[run[0].1.start..run[run.len() - 1].1.end];
            (passage.split_whitespace().collect::<Vec<_>>().join(" "), self.set_of(passage).len())
        })
        .collect()
    }

    /// Units in a piece of text.
    fn units_in(&self, piece: &str) -> usize {
        match self.unit {
            Unit::Words => words_of(piece).len(),
            Unit::Letters => letters_of(piece).len(),
        }
    }
}

/// Where the words of a text lie: what stands between white space, and each sign that counts as a word.
fn places_of_words(text: &str) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut begun = None;
    for (place, letter) in text.char_indices() {
        let alone = stands_alone(letter);
        if alone || letter.is_whitespace() {
            places.extend(begun.take().map(|start| start..place));
        }
        if alone {
            places.push(place..place + letter.len_utf8());
        } else if !letter.is_whitespace() && begun.is_none() {
            begun = Some(place);
        }
    }
    places.extend(begun.map(|start| start..text.len()));
    places
}
