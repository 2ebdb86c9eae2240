//! Names as numbers: each text once, numbered as it first came.
//!
//! Holds all text in one piece, as millions of names come. It must never depend on the order of a hash map.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

/// Texts with their numbers, from 0.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    text: String,
    ends: Vec<usize>,
    /// Number of the text of a hash; where two texts share one, the next free hash above holds the second.
    numbers: HashMap<u64, u32, BuildHasherDefault<AsItIs>>,
}

/// A key that is a hash already.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl Names {
    /// The number of a text, which is added where it is new.
    pub(crate) fn number(&mut self, text: &str) -> u32 {
        let mut hash = rustc_hash::FxBuildHasher.hash_one(text);
        loop {
            match self.numbers.get(&hash) {
                Some(&number) if self.get(number) == text => return number,
                Some(_) => hash = hash.wrapping_add(1),
                None => break,
            }
        }
        let number = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.numbers.insert(hash, number);
        self.text.push_str(text);
        self.ends.push(self.text.len());
        number
    }

    /// The number of a text that is there.
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        let mut hash = rustc_hash::FxBuildHasher.hash_one(text);
        loop {
            let number = *self.numbers.get(&hash)?;
            if self.get(number) == text {
                return Some(number);
            }
            hash = hash.wrapping_add(1);
        }
    }

    /// The text of a number.
    pub(crate) fn get(&self, number: u32) -> &str {
        let number = number as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[number]]
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// All numbers, in the order of their texts.
    pub(crate) fn in_order(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        order.sort_unstable_by(|a, b| self.get(*a).cmp(self.get(*b)));
        order
    }

    /// The place of each number in that order, so that what is computed does not depend on who came first.
    pub(crate) fn ranks(&self) -> Vec<u32> {
        let mut ranks = vec![0; self.len()];
        self.in_order().iter().enumerate().for_each(|(rank, number)| ranks[*number as usize] = rank as u32);
        ranks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_has_one_number() {
        let mut names = Names::default();
        let given: Vec<u32> = ["b", "", "a", "b", "ab", ""].into_iter().map(|text| names.number(text)).collect();
        assert_eq!(given, [0, 1, 2, 0, 3, 1]);
        assert_eq!((names.get(2), names.get(1), names.find("ab"), names.find("c")), ("a", "", Some(3), None));
        assert_eq!((names.in_order(), names.ranks()), (vec![1, 2, 3, 0], vec![3, 0, 1, 2]));
    }
}
