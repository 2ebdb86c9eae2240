//! One column as numbers: each distinct value once, with all that comparing it takes.
//!
//! Holds the texts, their words and runs, and what is read from them. It must never know which table a value is from.

use super::{Reading, Source};
use crate::block::hash;
use crate::compare::{Day, Reads, Subject, Word};
use crate::{dates, normalize};
use model::{Column, Value};
use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::borrow::Cow;
use std::hash::BuildHasher;

/// Letters of a run.
const RUN: usize = 3;

/// The code of a value that is not known.
pub const UNKNOWN: u32 = u32::MAX;

/// The value of one or more columns as one text; nothing where any of them is unknown.
fn raw_text<'t>(columns: &[&'t Column], row: usize) -> Option<Cow<'t, str>> {
    if let [column] = columns
        && let Some(text) = column.text(row)
    {
        return Some(Cow::Borrowed(text));
    }
    let values: Vec<Value> = columns.iter().map(|column| column.value(row)).collect();
    if values.iter().any(Value::is_null) {
        return None;
    }
    Some(Cow::Owned(values.iter().map(Value::to_string).collect::<Vec<_>>().join(",")))
}

/// A code for each record, the distinct texts in order of appearance, and where the texts of each source begin. `apart` keeps the texts
/// of sources apart: one text may mean two things.
pub(super) fn intern_raw<'t>(
    sources: &[Source<'t>],
    records: usize,
    apart: bool,
) -> (Vec<u32>, Vec<Cow<'t, str>>, Vec<usize>) {
    let mut codes = Vec::with_capacity(records);
    let mut known = Numbers::default();
    let mut texts: Vec<Cow<'t, str>> = Vec::new();
    let mut begins = Vec::new();
    for source in sources {
        begins.push(texts.len());
        if apart {
            known = Numbers::default();
        }
        for row in 0..source.rows {
            codes.push(match raw_text(&source.columns, row) {
                None => UNKNOWN,
                Some(text) => known.find(&text, |code| texts[code as usize] == text).unwrap_or_else(|free| {
                    texts.push(text);
                    known.take(free, texts.len() as u32 - 1)
                }),
            });
        }
    }
    (codes, texts, begins)
}

/// Which text has which number, by hashes alone: the texts stand elsewhere.
#[derive(Default)]
struct Numbers(FxHashMap<u64, u32>);

impl Numbers {
    /// The number of a text, or the free place where it belongs. `is` tells whether a number is that of the text.
    fn find(&self, text: &str, is: impl Fn(u32) -> bool) -> Result<u32, u64> {
        let mut place = FxBuildHasher.hash_one(text);
        // Two texts of one hash are next to impossible; the second stands in the next place.
        while let Some(&code) = self.0.get(&place) {
            if is(code) {
                return Ok(code);
            }
            place = place.wrapping_add(1);
        }
        Err(place)
    }

    /// Gives a free place a number.
    fn take(&mut self, place: u64, code: u32) -> u32 {
        self.0.insert(place, code);
        code
    }
}

/// Values that are prepared before they are coded: enough for all cores, few beside a column of millions.
const PREPARED_AT_ONCE: usize = 1 << 16;

/// A column of records: a code each, and the distinct values behind the codes.
pub struct CodedColumn {
    /// The code of each record; [`UNKNOWN`] where it has no value.
    pub codes: Vec<u32>,
    texts: String,
    /// Where each text ends; empty where all are short, see `width`.
    ends: Vec<u32>,
    /// Where all texts are short, the bytes that each is given, its length in the first: one look into memory in place of two.
    width: usize,
    words: Vec<Word>,
    word_ends: Vec<u32>,
    numbers: Vec<f64>,
    days: Vec<Option<Day>>,
    points: Vec<Option<[f64; 2]>>,
    /// In how many distinct values each word stands.
    word_counts: Vec<u32>,
    /// What tells one value from all others, in bits: log2 of their number.
    information: f32,
    /// How the values of each table were read, where not every text can be.
    pub(crate) readings: Vec<Reading>,
}

impl CodedColumn {
    /// The column, and for each raw text whether it could not be read; nothing where it is empty. `order_of` tells the order of the
    /// dates among which a raw text stands.
    pub(super) fn new(
        raw_codes: &[u32],
        raw: &[Cow<'_, str>],
        reads: Reads,
        order_of: impl Fn(usize) -> dates::Order + Sync,
    ) -> (Self, Vec<Option<bool>>) {
        let prepare = |at: usize, text: &Cow<'_, str>| {
            let read = match reads {
                Reads::Words => Some(normalize::units(&normalize::name(text).words).join(" ")),
                Reads::Text | Reads::Runs => Some(normalize::fold(text)),
                Reads::Identifier => Some(normalize::identifier(text)),
                Reads::Number => number(text).map(|number| number.to_string()),
                Reads::Date => dates::read(text, order_of(at)).map(dates::digits),
                Reads::Place => point(text).map(|_| text.trim().to_owned()),
            };
            // What cannot be read still brings records together that have it.
            let unread = read.is_none();
            (read.unwrap_or_else(|| text.trim().to_owned()), unread)
        };
        let mut known = Numbers::default();
        let mut column = Self::empty();
        let mut recode: Vec<u32> = Vec::with_capacity(raw.len());
        let mut unread: Vec<Option<bool>> = Vec::new();
        for (part_at, part) in raw.chunks(PREPARED_AT_ONCE).enumerate() {
            let begin = part_at * PREPARED_AT_ONCE;
            let prepared: Vec<(String, bool)> =
                part.par_iter().enumerate().map(|(at, text)| prepare(begin + at, text)).collect();
            if matches!(reads, Reads::Date | Reads::Number | Reads::Place) {
                unread.extend(prepared.iter().map(|(text, unread)| (!text.is_empty()).then_some(*unread)));
            }
            recode.extend(prepared.iter().map(|(text, _)| match text.as_str() {
                "" => UNKNOWN,
                text => known.find(text, |code| column.text(code) == text).unwrap_or_else(|free| {
                    let code = column.add(text);
                    known.take(free, code)
                }),
            }));
        }
        drop(known);
        column.information = (column.len() as f32).log2();
        column.codes =
            raw_codes.iter().map(|&code| if code == UNKNOWN { code } else { recode[code as usize] }).collect();
        match reads {
            Reads::Text | Reads::Identifier => column.widen(),
            Reads::Words => column.read_words(),
            Reads::Runs => column.read_runs(),
            Reads::Number => {
                column.numbers =
                    column.read(|text| text.parse().ok().filter(|n: &f64| n.is_finite()).unwrap_or(f64::NAN))
            }
            Reads::Date => column.days = column.read(|text| dates::of_digits(text).map(day)),
            Reads::Place => column.points = column.read(point),
        }
        (column, unread)
    }

    fn empty() -> Self {
        Self {
            codes: Vec::new(),
            texts: String::new(),
            ends: vec![0],
            width: 0,
            words: Vec::new(),
            word_ends: Vec::new(),
            numbers: Vec::new(),
            days: Vec::new(),
            points: Vec::new(),
            word_counts: Vec::new(),
            information: 0.0,
            readings: Vec::new(),
        }
    }

    /// Number of distinct values.
    pub fn len(&self) -> usize {
        self.texts.len().checked_div(self.width).unwrap_or(self.ends.len().saturating_sub(1))
    }

    /// True without values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The prepared text of a code.
    pub fn text(&self, code: u32) -> &str {
        let code = code as usize;
        if self.width > 0 {
            let begin = code * self.width + 1;
            return &self.texts[begin..begin + usize::from(self.texts.as_bytes()[begin - 1])];
        }
        &self.texts[self.ends[code] as usize..self.ends[code + 1] as usize]
    }

    /// The first byte that stands for a code, for who wants it near; 0 where there is none.
    pub fn first_byte(&self, code: u32) -> u8 {
        let begin = match self.width {
            0 => self.ends.get(code as usize).map_or(usize::MAX, |end| *end as usize),
            width => (code as usize).saturating_mul(width),
        };
        self.texts.as_bytes().get(begin).copied().unwrap_or(0)
    }

    /// Gives every text the same room, where all are short.
    fn widen(&mut self) {
        let longest = self.ends.windows(2).map(|ends| ends[1] - ends[0]).max().unwrap_or(0) as usize;
        let width = (longest + 1).next_power_of_two();
        if width > 16 {
            return;
        }
        let mut wide = String::with_capacity(self.len() * width);
        for code in 0..self.len() as u32 {
            let text = self.text(code);
            wide.push(char::from(text.len() as u8));
            wide.push_str(text);
            (text.len() + 1..width).for_each(|_| wide.push(' '));
        }
        (self.texts, self.ends, self.width) = (wide, Vec::new(), width);
    }

    /// The value of a code, to be compared; an empty subject for [`UNKNOWN`].
    pub fn subject(&self, code: u32) -> Subject<'_> {
        if code == UNKNOWN {
            return Subject::default();
        }
        let at = code as usize;
        let words = match self.word_ends.get(at + 1) {
            Some(&end) => &self.words[self.word_ends[at] as usize..end as usize],
            None => &[],
        };
        // A text costs a look into memory, which whoever reads a number, a date or a place has no need of.
        let read = !(self.numbers.is_empty() && self.days.is_empty() && self.points.is_empty());
        Subject {
            text: if read { "" } else { self.text(code) },
            words,
            information: self.information,
            number: self.numbers.get(at).copied().filter(|number| !number.is_nan()),
            day: self.days.get(at).copied().flatten(),
            point: self.points.get(at).copied().flatten(),
        }
    }

    /// In how many distinct values a word stands.
    pub fn word_count(&self, word: u32) -> u32 {
        self.word_counts[word as usize]
    }

    /// How many of the given records have each code.
    pub fn counts(&self, records: impl Iterator<Item = u32>) -> Vec<u32> {
        let mut counts = vec![0; self.len()];
        for record in records {
            let code = self.codes[record as usize];
            if code != UNKNOWN {
                counts[code as usize] += 1;
            }
        }
        counts
    }

    fn add(&mut self, text: &str) -> u32 {
        self.texts.push_str(text);
        self.ends.push(u32::try_from(self.texts.len()).expect("a table's column of text is below 2 GiB"));
        self.ends.len() as u32 - 2
    }

    fn read<T: Send>(&self, parse: impl Fn(&str) -> T + Sync) -> Vec<T> {
        (0..self.len() as u32).into_par_iter().map(|code| parse(self.text(code))).collect()
    }

    fn read_words(&mut self) {
        let mut vocabulary: FxHashMap<&str, u32> = FxHashMap::default();
        self.word_ends.push(0);
        for code in 0..self.len() {
            let (from, to) = (self.ends[code] as usize, self.ends[code + 1] as usize);
            let text = &self.texts[from..to];
            let begin = self.words.len();
            for piece in text.split(' ') {
                let start = piece.as_ptr() as usize - text.as_ptr() as usize;
                // A text longer than its offsets can say is no name: its tail is left out of the comparison.
                let (Ok(start), Ok(end)) = (u16::try_from(start), u16::try_from(start + piece.len())) else { break };
                let id = *vocabulary.entry(piece).or_insert_with(|| {
                    self.word_counts.push(0);
                    self.word_counts.len() as u32 - 1
                });
                if self.words[begin..].iter().all(|word| word.id != id) {
                    self.word_counts[id as usize] += 1;
                    self.words.push(Word { id, start, end, weight: 0.0 });
                }
            }
            self.word_ends.push(self.words.len() as u32);
        }
        let places = places(vocabulary.iter().map(|(word, id)| ((hash(word), *word), *id)).collect());
        self.renumber(&places);
        let values = self.len() as f32;
        for word in &mut self.words {
            word.weight = (values / self.word_counts[word.id as usize] as f32).log2().max(0.1);
        }
    }

    /// Gives words and runs, numbered as they appeared, the numbers of their places, and puts those of each value in order: sums over
    /// them then do not depend on which row came first.
    fn renumber(&mut self, places: &[u32]) {
        let mut counts = vec![0; places.len()];
        places.iter().zip(&self.word_counts).for_each(|(place, count)| counts[*place as usize] = *count);
        self.word_counts = counts;
        let mut begin = 0;
        for &end in self.word_ends.get(1..).unwrap_or_default() {
            let own = &mut self.words[begin..end as usize];
            own.iter_mut().for_each(|word| word.id = places[word.id as usize]);
            own.sort_unstable_by_key(|word| word.id);
            begin = end as usize;
        }
    }

    fn read_runs(&mut self) {
        let mut known: FxHashMap<[char; RUN], u32> = FxHashMap::default();
        self.word_ends.push(0);
        let (mut letters, mut runs): (Vec<char>, Vec<u32>) = (Vec::new(), Vec::new());
        for code in 0..self.len() {
            let (from, to) = (self.ends[code] as usize, self.ends[code + 1] as usize);
            letters.clear();
            // The ends of words are as good as letters. Of a text as long as a book the beginning must do.
            letters.push(' ');
            letters.extend(self.texts[from..to].chars().take(usize::from(u16::MAX)));
            letters.push(' ');
            runs.clear();
            for run in letters.windows(RUN) {
                // A run over the end of a word would say in which order the words stand.
                if run[1] == ' ' {
                    continue;
                }
                let run = [run[0], run[1], run[2]];
                let next = known.len() as u32;
                runs.push(*known.entry(run).or_insert(next));
            }
            runs.sort_unstable();
            self.word_counts.resize(known.len(), 0);
            for same in runs.chunk_by(|one, other| one == other) {
                self.word_counts[same[0] as usize] += 1;
                self.words.push(Word { id: same[0], start: 0, end: 0, weight: same.len() as f32 });
            }
            self.word_ends.push(self.words.len() as u32);
        }
        let places = places(known.into_iter().collect());
        self.renumber(&places);
        let values = self.len() as f32;
        for code in 0..self.len() {
            let (from, to) = (self.word_ends[code] as usize, self.word_ends[code + 1] as usize);
            let own = &mut self.words[from..to];
            for run in own.iter_mut() {
                run.weight *= ((1.0 + values) / (1.0 + self.word_counts[run.id as usize] as f32)).ln() + 1.0;
            }
            let length = own.iter().map(|run| run.weight * run.weight).sum::<f32>().sqrt();
            own.iter_mut().for_each(|run| run.weight /= length);
        }
    }
}

/// For each number that was given as words appeared, the place of its word among all words in an order of their own.
fn places<K: Ord + Send>(mut known: Vec<(K, u32)>) -> Vec<u32> {
    known.par_sort_unstable();
    let mut places = vec![0; known.len()];
    known.iter().enumerate().for_each(|(place, (_, id))| places[*id as usize] = place as u32);
    places
}

fn day(date: model::Date) -> Day {
    Day::of(model::time::days_since_epoch(date))
}

/// A finite number, as people write it: with a sign of money before it, and a comma between its thousands.
pub(crate) fn number(text: &str) -> Option<f64> {
    let plain = text.trim().trim_start_matches(['$', '€', '£']).trim_start();
    let (whole, _) = plain.split_once('.').unwrap_or((plain, ""));
    let mut groups = whole.trim_start_matches(['-', '+']).split(',');
    let first = groups.next().map_or(0, str::len);
    let thousands = whole.contains(',') && (1..=3).contains(&first) && groups.all(|group| group.len() == 3);
    let number: f64 = if thousands { plain.replace(',', "").parse() } else { plain.parse() }.ok()?;
    number.is_finite().then_some(number)
}

pub(super) fn point(text: &str) -> Option<[f64; 2]> {
    let (latitude, longitude) = text.split_once(',')?;
    let point: [f64; 2] = [latitude.trim().parse().ok()?, longitude.trim().parse().ok()?];
    (point[0].abs() <= 90.0 && point[1].abs() <= 180.0).then_some(point)
}
