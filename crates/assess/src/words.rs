//! Texts as words, in any script, by their hashes, and what two sets of hashes share.
//!
//! Holds what every comparison of texts begins with. It must never know who wrote, nor keep a text.

use model::draws::mix;
use unicode_normalization::UnicodeNormalization;

/// Hashes of the words of a text, in order: lower case, compatibility forms folded, punctuation and signs dropped.
pub(crate) fn words_of(text: &str) -> Vec<u64> {
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    let add = |hash: u64, letter: char| (hash ^ u64::from(u32::from(letter))).wrapping_mul(0x0100_0000_01b3);
    let (mut words, mut word, mut length) = (Vec::new(), START, 0);
    for letter in text.nfkc().flat_map(char::to_lowercase) {
        let alone = stands_alone(letter);
        if length > 0 && (alone || !letter.is_alphanumeric()) && letter != '\'' && letter != '’' {
            words.push(mix(word));
            (word, length) = (START, 0);
        }
        if alone {
            words.push(mix(add(START, letter)));
        } else if letter.is_alphanumeric() {
            word = add(word, letter);
            length += 1;
        }
    }
    if length > 0 {
        words.push(mix(word));
    }
    words
}

/// The words of a text as they are written, folded as in [`words_of`]; every other sign but white space is a word of its own.
pub(crate) fn tokens_of(text: &str) -> Vec<String> {
    let (mut tokens, mut word) = (Vec::new(), String::new());
    for letter in text.nfkc().flat_map(char::to_lowercase) {
        let alone = stands_alone(letter);
        if !alone && (letter.is_alphanumeric() || (!word.is_empty() && matches!(letter, '\'' | '’'))) {
            word.push(if letter == '’' { '\'' } else { letter });
            continue;
        }
        if !word.is_empty() {
            tokens.push(std::mem::take(&mut word));
        }
        if alone || !(letter.is_whitespace() || letter.is_control()) {
            tokens.push(letter.to_string());
        }
    }
    if !word.is_empty() {
        tokens.push(word);
    }
    tokens
}

/// Signs of scripts that put no spaces between words: each counts as a word.
pub(crate) fn stands_alone(letter: char) -> bool {
    matches!(u32::from(letter),
        0x0e00..=0x0eff      // Thai, Lao
        | 0x1000..=0x109f    // Myanmar
        | 0x1780..=0x17ff    // Khmer
        | 0x3041..=0x30ff    // Hiragana, Katakana
        | 0x3400..=0x4dbf    // Han, extension A
        | 0x4e00..=0x9fff    // Han
        | 0xf900..=0xfaff    // Han, compatibility
        | 0x2_0000..=0x3_ffff // Han, further extensions
    ) && letter.is_alphanumeric()
}

/// The letters and digits of a text, folded as its words are, with one space between words.
pub(crate) fn letters_of(text: &str) -> Vec<char> {
    let mut letters: Vec<char> = Vec::new();
    for letter in text.nfkc().flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() {
            letters.push(letter);
        } else if letter != '\'' && letter != '’' && letters.last().is_some_and(|last| *last != ' ') {
            letters.push(' ');
        }
    }
    if letters.last() == Some(&' ') {
        letters.pop();
    }
    letters
}

/// Members that two rising sets share.
pub(crate) fn shared<T: Ord + Copy>(one: &[T], other: &[T]) -> usize {
    let (mut left, mut right, mut both) = (0, 0, 0);
    while left < one.len() && right < other.len() {
        let (a, b) = (one[left], other[right]);
        both += usize::from(a == b);
        left += usize::from(a <= b);
        right += usize::from(b <= a);
    }
    both
}

/// One hash for a whole set of hashes, which begins with `start`.
pub(crate) fn whole(start: usize, set: &[u64]) -> u64 {
    set.iter().fold(start as u64, |sum, hash| mix(sum.rotate_left(5) ^ hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_words_and_signs_in_any_script() {
        assert_eq!(tokens_of("Don’t  go – it's 2 BAD!"), ["don't", "go", "–", "it's", "2", "bad", "!"]);
        assert_eq!(tokens_of("醫院很好。"), ["醫", "院", "很", "好", "。"]);
        assert!(tokens_of(" \n\u{0}").is_empty());
    }
}
