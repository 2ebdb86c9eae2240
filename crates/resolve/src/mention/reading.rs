//! A text as units with their places in it, matched with the words of the index.
//!
//! Holds tokens and their readings. Must never weigh anything.

use super::index::Index;
use crate::normalize;

/// How a piece of text is read as a word of the index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reading {
    /// The word.
    pub(super) word: u32,
    /// The unit of the text.
    pub(super) unit: u32,
    /// How many units it covers, less one.
    pub(super) further: u32,
    /// Typing errors between both.
    pub(super) errors: usize,
    /// True where the unit holds a further word beside this one.
    pub(super) half: bool,
}

/// A text taken apart.
pub(super) struct ReadText {
    /// Where each unit begins and ends, in bytes.
    pub(super) spans: Vec<(usize, usize)>,
    /// All readings, sorted by word, then by unit.
    pub(super) readings: Vec<Reading>,
    /// Places of entities that the text names: from which unit to which, and the words.
    pub(super) places: Vec<(u32, u32, Vec<u32>)>,
    /// The word that each unit is, where it is one.
    pub(super) words: Vec<Option<u32>>,
}

/// Units that stand for the end of a line.
const LINE_BREAK: usize = 6;

/// Most words of the name of a place.
const LONGEST_PLACE: usize = 5;

impl ReadText {
    pub(super) fn new(index: &Index, text: &str) -> Self {
        let units = units(text);
        let words: Vec<Option<u32>> = units.iter().map(|(unit, ..)| index.word(unit)).collect();
        let mut readings = Vec::new();
        for (at, (unit, ..)) in units.iter().enumerate() {
            let mut add = |word: u32, further: u32, errors: usize, half: bool| {
                readings.push(Reading { word, unit: at as u32, further, errors, half });
            };
            match (words[at], index.glued(unit)) {
                (Some(word), _) => add(word, 0, 0, false),
                (None, Some((one, other))) => {
                    add(one, 0, 0, true);
                    add(other, 0, 0, true);
                }
                (None, None) => index.misspelt(unit).into_iter().for_each(|(word, errors)| add(word, 0, errors, false)),
            }
            if let Some((next, ..)) = units.get(at + 1)
                && unit.len() + next.len() > 5
                && let Some(word) = index.word(&format!("{unit}{next}"))
            {
                add(word, 1, 0, false);
            }
        }
        let places = places(index, &words);
        readings.sort_unstable_by_key(|reading| (reading.word, reading.unit, reading.errors));
        let spans = units.into_iter().map(|(_, start, end)| (start, end)).collect();
        Self { spans, readings, places, words }
    }

    /// The readings of a word.
    pub(super) fn of(&self, word: u32) -> &[Reading] {
        let from = self.readings.partition_point(|reading| reading.word < word);
        let to = from + self.readings[from..].partition_point(|reading| reading.word == word);
        &self.readings[from..to]
    }
}

/// The places that the words name; of overlapping ones the longest.
fn places(index: &Index, words: &[Option<u32>]) -> Vec<(u32, u32, Vec<u32>)> {
    let mut places = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let run: Vec<u32> = words[at..].iter().take(LONGEST_PLACE).map_while(|word| *word).collect();
        let named = (1..=run.len()).rev().find(|&length| !index.at_place(&run[..length]).is_empty());
        if let Some(length) = named {
            places.push((at as u32, (at + length) as u32, run[..length].to_vec()));
        }
        at += named.unwrap_or(1);
    }
    places
}

/// The folded units of a text with their places: words, and pairs of neighbouring characters where no spaces are written.
fn units(text: &str) -> Vec<(String, usize, usize)> {
    let mut units = Vec::new();
    let mut before = 0;
    for (start, end) in pieces(text) {
        let piece = &text[start..end];
        if text[before..start].contains('\n') {
            // No name goes on in the next line: units that are no words stand between.
            units.extend((0..LINE_BREAK).map(|_| (String::new(), before, start)));
        }
        before = end;
        if !piece.chars().next().is_some_and(normalize::is_unspaced) {
            let folded = normalize::fold(piece);
            let long = folded.split(' ').filter(|word| !word.is_empty()).flat_map(|word| long_form(word).split(' '));
            units.extend(long.map(|word| (word.to_owned(), start, end)));
            continue;
        }
        let letters: Vec<(usize, char)> = piece.char_indices().collect();
        let end_of = |at: usize| letters.get(at + 1).map_or(end, |(next, _)| start + next);
        if letters.len() <= 2 {
            units.push((normalize::fold(piece), start, end));
        } else {
            for (pair, (offset, _)) in letters.iter().enumerate().take(letters.len() - 1) {
                let (from, to) = (start + offset, end_of(pair + 1));
                units.push((normalize::fold(&text[from..to]), from, to));
            }
        }
    }
    units
}

/// The long form of a word in a text, where nobody knows which word of the name is the last: `st` is rather a saint.
fn long_form(word: &str) -> &str {
    match normalize::long_form(word, false) {
        same if same == word && word == "ac" => normalize::long_form(word, true),
        long => long,
    }
}

/// Where words begin and end: runs of letters and digits, apostrophes and dots of initials inside, `&` and `@` by themselves.
fn pieces(text: &str) -> Vec<(usize, usize)> {
    let mut pieces = Vec::new();
    let mut open: Option<(usize, bool)> = None;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let unspaced = normalize::is_unspaced(letter) && letter.is_alphanumeric();
        let next = letters.peek().map(|(_, next)| *next);
        let inner = match open {
            Some((start, _)) => {
                matches!(letter, '\'' | '’' | '`' | 'ʼ') && next.is_some_and(char::is_alphabetic)
                    || letter == '.' && next.is_some_and(char::is_alphabetic) && is_initial(&text[start..at])
            }
            None => false,
        };
        let belongs = letter.is_alphanumeric() || inner || matches!(letter, '\u{300}'..='\u{36f}') && open.is_some();
        if let Some((start, before)) = open
            && (!belongs || before != unspaced)
        {
            pieces.push((start, at));
            open = None;
        }
        if belongs && open.is_none() {
            open = Some((at, unspaced));
        } else if matches!(letter, '&' | '@') {
            pieces.push((at, at + 1));
        }
    }
    pieces.extend(open.map(|(start, _)| (start, text.len())));
    pieces
}

/// `R` or `R.S`.
fn is_initial(piece: &str) -> bool {
    piece.rsplit('.').next().is_some_and(|last| last.chars().count() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_know_where_they_stand() {
        let text = "My dad’s at St. Basil's (R.S.L. wing), 長庚紀念 & co.";
        let found: Vec<(String, &str)> =
            units(text).into_iter().map(|(unit, start, end)| (unit, &text[start..end])).collect();
        let expected = [
            ("my", "My"),
            ("dads", "dad’s"),
            ("at", "at"),
            ("saint", "St"),
            ("basils", "Basil's"),
            ("rsl", "R.S.L"),
            ("wing", "wing"),
            ("長庚", "長庚"),
            ("庚紀", "庚紀"),
            ("紀念", "紀念"),
            ("and", "&"),
            ("co", "co"),
        ];
        assert_eq!(found.iter().map(|(unit, piece)| (unit.as_str(), *piece)).collect::<Vec<_>>(), expected);
    }
}
