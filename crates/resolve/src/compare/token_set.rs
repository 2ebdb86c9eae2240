//! Likeness of names as sets of words, where a rare word tells more than a common one.

use super::{About, Comparator, Grade, Reads, Subject, damerau_levenshtein};
use std::cmp::Ordering;

/// Likeness by shared words, each weighed by its rarity; a word with a typing error counts for most of itself.
pub struct TokenSet;

/// Share of its weight that a word with a typing error keeps.
const MISSPELT: f32 = 0.8;

impl Comparator for TokenSet {
    fn about(&self) -> About {
        About {
            name: "token_set",
            title: "Words in common",
            summary: "shared words in any order, rare ones count more: names of organizations and places of care",
            reads: Reads::Words,
            grades: &[
                "missing",
                "different",
                "little",
                "partly",
                "little_rare",
                "partly_rare",
                "contained",
                "contained_rare",
                "mostly",
                "exact",
            ],
        }
    }

    fn grade(&self, left: &Subject<'_>, right: &Subject<'_>) -> Grade {
        if left.words.is_empty() || right.words.is_empty() {
            return Grade::MISSING;
        }
        let likeness = token_likeness(left, right);
        // Words that so few values share by chance tell far more than as large a share of common words.
        let information = left.information.max(right.information);
        let rare = information >= MANY && likeness.shared >= information - RARE;
        match likeness {
            TokenLikeness { of_all, .. } if of_all > 0.999 => Grade(9),
            TokenLikeness { of_all, .. } if of_all >= 0.75 => Grade(8),
            TokenLikeness { of_lesser, .. } if of_lesser >= 0.95 => Grade(if rare { 7 } else { 6 }),
            TokenLikeness { of_all, .. } if of_all >= 0.4 => Grade(if rare { 5 } else { 3 }),
            TokenLikeness { of_all, .. } if of_all >= 0.15 => Grade(if rare { 4 } else { 2 }),
            _ => Grade::DIFFERENT,
        }
    }
}

/// Shared words are rare where fewer than eight values would hold them by chance: their weight is at most so many bits below what
/// tells one value from all others.
const RARE: f32 = 3.0;

/// Information of a column of 4,096 values: where there are fewer, nearly every word is rare, and to say so tells nothing.
const MANY: f32 = 12.0;

/// The weight of the words in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TokenLikeness {
    /// As a share of the words of both.
    pub of_all: f32,
    /// As a share of the side that has less of it.
    pub of_lesser: f32,
    /// In bits.
    pub shared: f32,
}

/// Weighs the words in common. The same in both directions.
pub fn token_likeness(one: &Subject<'_>, other: &Subject<'_>) -> TokenLikeness {
    // Which misspelt words meet depends on where one begins: always with fewer words, of as many with the text first in order.
    let turned = match one.words.len().cmp(&other.words.len()) {
        Ordering::Equal => one.text > other.text,
        unequal => unequal == Ordering::Greater,
    };
    let (left, right) = if turned { (other, one) } else { (one, other) };
    let total = |subject: &Subject<'_>| subject.words.iter().map(|word| word.weight).sum::<f32>();
    let (left_total, right_total) = (total(left), total(right));
    let lesser = left_total.min(right_total);
    if lesser <= 0.0 {
        return TokenLikeness { of_all: 0.0, of_lesser: 0.0, shared: 0.0 };
    }
    let mut shared = 0.0;
    // At most 64 words of a side can be found misspelt; names are far shorter.
    let (mut left_open, mut right_open) = (mask(left.words.len()), mask(right.words.len()));
    let (mut i, mut j) = (0, 0);
    while i < left.words.len() && j < right.words.len() {
        let (one, other) = (left.words[i], right.words[j]);
        if one.id == other.id {
            shared += one.weight;
            left_open &= !bit(i);
            right_open &= !bit(j);
        }
        i += usize::from(one.id <= other.id);
        j += usize::from(other.id <= one.id);
    }
    shared += misspelt(left, right, left_open, right_open);
    let of_all = shared / (left_total + right_total - shared).max(lesser);
    TokenLikeness { of_all, of_lesser: shared / lesser, shared }
}

/// Weight of the words that only a typing error keeps from being shared.
fn misspelt(left: &Subject<'_>, right: &Subject<'_>, left_open: u64, mut right_open: u64) -> f32 {
    let mut found = 0.0;
    for i in bits(left_open) {
        let one = left.words[i];
        let text = &left.text[usize::from(one.start)..usize::from(one.end)];
        if text.len() <= SHORT {
            continue;
        }
        let partner = bits(right_open).find(|&j| {
            let other = right.words[j];
            let other_text = &right.text[usize::from(other.start)..usize::from(other.end)];
            // Hardly anybody errs in the first letter; most words are told apart by it.
            other_text.len() > SHORT
                && other_text.as_bytes()[0] == text.as_bytes()[0]
                && damerau_levenshtein(text, other_text, errors_in(text.len().min(other_text.len()))).is_some()
        });
        if let Some(j) = partner {
            right_open &= !bit(j);
            found += MISSPELT * one.weight.min(right.words[j].weight);
        }
    }
    found
}

/// Bytes of a word up to which another one is another word, whatever is wrong with it.
const SHORT: usize = 4;

/// Typing errors at which a word of so many bytes is still taken for the same.
fn errors_in(length: usize) -> usize {
    if length <= 8 { 1 } else { 2 }
}

fn mask(length: usize) -> u64 {
    if length >= 64 { u64::MAX } else { (1 << length) - 1 }
}

fn bit(at: usize) -> u64 {
    if at < 64 { 1 << at } else { 0 }
}

fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = mask.trailing_zeros() as usize;
        mask &= mask.wrapping_sub(1);
        (at < 64).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Word;

    /// Words with a weight each: `whiddon:9 moree:8 home:1`.
    fn grade(left: &str, right: &str) -> &'static str {
        let (left_text, left_words) = subject(left);
        let (right_text, right_words) = subject(right);
        let left = Subject { text: &left_text, words: &left_words, information: 14.0, ..Subject::default() };
        let right = Subject { text: &right_text, words: &right_words, information: 14.0, ..Subject::default() };
        let there = TokenSet.grade(&left, &right);
        assert_eq!(there, TokenSet.grade(&right, &left));
        TokenSet.about().grades[usize::from(there.0)]
    }

    fn subject(spec: &str) -> (String, Vec<Word>) {
        let (mut text, mut words) = (String::new(), Vec::new());
        for piece in spec.split(' ') {
            let (word, weight) = piece.split_once(':').expect("word:weight");
            let start = text.len() as u16;
            text.push_str(word);
            let id = word.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
            words.push(Word { id, start, end: text.len() as u16, weight: weight.parse().expect("a number") });
            text.push(' ');
        }
        words.sort_by_key(|word| word.id);
        (text, words)
    }

    #[test]
    fn rare_words_decide() {
        assert_eq!(grade("whiddon:9 moree:8 home:1", "moree:8 whiddon:9 home:1"), "exact");
        assert_eq!(grade("whiddon:9 moree:8 home:1", "whiddon:9 moree:8"), "mostly");
        assert_eq!(grade("whiddon:9 moree:8 home:1", "whiddon:9 casino:8 home:1"), "little");
        assert_eq!(grade("montclaire:9", "bolton:6 clarke:6 montclaire:9"), "contained");
        assert_eq!(grade("montclare:9 lodge:5", "montclaire:9 lodge:5"), "mostly");
        assert_eq!(grade("regis:4", "mercy:5"), "different");
        assert_eq!(grade("montclaire:13 lodge:5", "bolton:6 clarke:6 montclaire:13"), "partly_rare");
        assert_eq!(grade("montclaire:13", "bolton:6 clarke:6 montclaire:13"), "contained_rare");
    }
}
