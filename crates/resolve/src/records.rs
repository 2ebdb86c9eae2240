//! The rows of one or two tables, ready to compare: each column coded, each distinct value prepared once.
//!
//! Holds memory layout only. Must never hold a rule of likeness. Records are numbered through: the rows of the left table,
//! then those of the right one.

use crate::block::hash;
use crate::compare::{Day, Reads, Subject, Word};
use crate::dates::{self, Orders};
use crate::normalize;
use crate::spec::LinkError;
use model::{Column, Table, Value};
use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::borrow::Cow;
use std::hash::BuildHasher;
use std::sync::Arc;

/// Letters of a run.
const RUN: usize = 3;

/// The code of a value that is not known.
pub const UNKNOWN: u32 = u32::MAX;

/// One or two tables side by side.
#[derive(Clone, Copy)]
pub struct Records<'t> {
    /// The left table, or the only one.
    pub left: &'t Table,
    /// The right table.
    pub right: Option<&'t Table>,
}

impl<'t> Records<'t> {
    /// Number of records of both tables.
    pub fn len(&self) -> usize {
        self.left.len() + self.right.map_or(0, Table::len)
    }

    /// True without records.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The table of a record, and its row there.
    pub fn at(&self, record: u32) -> (&'t Table, usize) {
        let row = record as usize;
        match self.right {
            Some(right) if row >= self.left.len() => (right, row - self.left.len()),
            _ => (self.left, row),
        }
    }

    /// Codes a column, or two that make one value.
    fn code(&self, left: &[String], right: &[String], reads: Reads) -> Result<CodedColumn, LinkError> {
        let sides = [("left", Some(self.left), left), ("right", self.right, right)];
        let mut sources = Vec::new();
        for (side, table, names) in sides {
            let Some(table) = table else { continue };
            let columns = names.iter().map(|name| column(table, name, side)).collect::<Result<Vec<_>, _>>()?;
            sources.push(Source { side, name: names.join(" and "), columns, rows: table.len() });
        }
        let (raw_codes, raw, begins) = intern_raw(&sources, self.len(), reads == Reads::Date);
        let mut orders = vec![Orders::default(); sources.len()];
        if reads == Reads::Date {
            for (at, orders) in orders.iter_mut().enumerate() {
                let end = begins.get(at + 1).copied().unwrap_or(raw.len());
                *orders = Orders::of(raw[begins[at]..end].iter().map(Cow::as_ref));
            }
        }
        // Within one table, and where both share their texts, the last order is that of all.
        let order_of = |text: usize| orders[begins.partition_point(|begin| *begin <= text) - 1].taken();
        let (mut column, unread) = CodedColumn::new(&raw_codes, &raw, reads, order_of);
        if matches!(reads, Reads::Date | Reads::Number | Reads::Place) {
            let mut rest = raw_codes.as_slice();
            for (source, orders) in sources.iter().zip(orders) {
                let (own, others) = rest.split_at(source.rows);
                rest = others;
                column.readings.push(Reading::new(source, reads, own, &raw, &unread, orders)?);
            }
        }
        Ok(column)
    }
}

/// A column of one table, or two that make one value, before it is coded.
struct Source<'t> {
    side: &'static str,
    name: String,
    columns: Vec<&'t Column>,
    rows: usize,
}

/// How the values of a column of one table were read, where not every text can be: dates, numbers and places.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// `left` or `right`.
    pub side: &'static str,
    /// The column; two that make one value with `and` between them.
    pub column: String,
    /// As what its values were read.
    pub reads: Reads,
    /// Records with a value.
    pub values: u64,
    /// Those of them whose value could not be read: it counts as unknown.
    pub unread: u64,
    /// The row of the first of these, from 0, and its value.
    pub first_unread: Option<(usize, String)>,
    /// What dates say of the order of day and month.
    pub orders: Orders,
}

impl Reading {
    /// # Errors
    /// Where none of the values can be read.
    fn new(
        source: &Source<'_>,
        reads: Reads,
        codes: &[u32],
        raw: &[Cow<'_, str>],
        unread: &[Option<bool>],
        orders: Orders,
    ) -> Result<Self, LinkError> {
        let state = |code: &u32| unread.get(*code as usize).copied().flatten();
        let (mut values, mut not_read) = (0, 0);
        for code in codes {
            values += u64::from(state(code).is_some());
            not_read += u64::from(state(code) == Some(true));
        }
        let first = codes.iter().position(|code| state(code) == Some(true));
        let first_unread = first.map(|row| (row, raw[codes[row] as usize].trim().to_owned()));
        let column = source.name.clone();
        match first_unread {
            Some((row, value)) if not_read == values => {
                Err(LinkError::Unread { side: source.side, column, reads, values, row, value })
            }
            first_unread => {
                Ok(Self { side: source.side, column, reads, values, unread: not_read, first_unread, orders })
            }
        }
    }
}

/// Coded columns, each made once, for all rules and comparisons that read them.
pub struct Columns<'t> {
    records: Records<'t>,
    known: Vec<Known>,
}

/// What is read of which columns of the left and of the right table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The column of the left table, or two that make one value.
    pub left: Vec<String>,
    /// The same of the right table.
    pub right: Vec<String>,
    /// How they are read.
    pub reads: Reads,
}

/// What was coded, and its codes.
struct Known {
    wanted: Wanted,
    column: Arc<CodedColumn>,
}

impl<'t> Columns<'t> {
    /// No column yet.
    pub fn new(records: Records<'t>) -> Self {
        Self { records, known: Vec::new() }
    }

    /// Codes columns on all cores, those that are not known yet.
    pub fn prepare(&mut self, wanted: Vec<Wanted>) -> Result<(), LinkError> {
        let mut open: Vec<Wanted> = Vec::new();
        for mut one in wanted {
            // Within one table only the left names are read.
            if self.records.right.is_none() {
                one.right = one.left.clone();
            }
            if self.find(&one).is_none() && !open.contains(&one) {
                open.push(one);
            }
        }
        let code = |wanted: Wanted| {
            let column = Arc::new(self.records.code(&wanted.left, &wanted.right, wanted.reads)?);
            Ok(Known { wanted, column })
        };
        let made = open.into_par_iter().map(code).collect::<Vec<Result<Known, LinkError>>>();
        for known in made {
            self.known.push(known?);
        }
        Ok(())
    }

    fn find(&self, wanted: &Wanted) -> Option<&Arc<CodedColumn>> {
        self.known.iter().find(|known| known.wanted == *wanted).map(|known| &known.column)
    }

    /// A column, or two that make one value, coded.
    pub fn get(&mut self, left: &[String], right: &[String], reads: Reads) -> Result<Arc<CodedColumn>, LinkError> {
        let right = if self.records.right.is_some() { right } else { left };
        let wanted = Wanted { left: left.to_vec(), right: right.to_vec(), reads };
        self.prepare(vec![wanted.clone()])?;
        Ok(Arc::clone(self.find(&wanted).expect("what was prepared is there")))
    }
}

fn column<'t>(table: &'t Table, name: &str, side: &'static str) -> Result<&'t Column, LinkError> {
    table.column(name).ok_or_else(|| LinkError::Column {
        side,
        column: name.to_owned(),
        known: table.columns().iter().map(|column| format!("`{}`", column.name)).collect::<Vec<_>>().join(", "),
    })
}

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
fn intern_raw<'t>(sources: &[Source<'t>], records: usize, apart: bool) -> (Vec<u32>, Vec<Cow<'t, str>>, Vec<usize>) {
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
    fn new(
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

fn point(text: &str) -> Option<[f64; 2]> {
    let (latitude, longitude) = text.split_once(',')?;
    let point: [f64; 2] = [latitude.trim().parse().ok()?, longitude.trim().parse().ok()?];
    (point[0].abs() <= 90.0 && point[1].abs() <= 180.0).then_some(point)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ColumnType;

    #[test]
    fn values_that_only_differ_in_spelling_share_a_code() {
        let mut table = Table::with_columns(&[("name", ColumnType::Text)]);
        for name in ["St. Basil's Pty Ltd", "SAINT BASILS", "", "Moree Lodge"] {
            table.push_row(vec![name.into()]).expect("the row fits");
        }
        let records = Records { left: &table, right: Some(&table) };
        let name = ["name".to_owned()];
        let column = records.code(&name, &name, Reads::Words).expect("the column is there");
        assert_eq!(column.codes, [0, 0, UNKNOWN, 1, 0, 0, UNKNOWN, 1]);
        assert_eq!(column.text(1), "moree lodge");
        assert_eq!(column.subject(0).words.len(), 2);
        let error = records.code(&["x".to_owned()], &name, Reads::Text).err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some("the left table has no column `x`; it has `name`"));
    }

    #[test]
    fn numbers_and_places_are_read_as_people_write_them() {
        for (text, expected) in [
            ("12", Some(12.0)),
            (" -1.5 ", Some(-1.5)),
            ("$1,234.50", Some(1234.5)),
            ("€ 7", Some(7.0)),
            ("1,5", None),
            ("12,34,567", None),
            ("NaN", None),
            ("inf", None),
            ("1e999", None),
            ("abc", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
        assert_eq!(point("-33.8,151.2"), Some([-33.8, 151.2]));
        assert_eq!(point("NaN,151.2"), None);
    }

    /// One text means two days where the files are of two orders; what cannot be read is counted with its first row.
    #[test]
    fn dates_are_read_in_the_order_of_their_file() {
        let table = |values: &[&str]| {
            let mut table = Table::with_columns(&[("born", ColumnType::Text)]);
            values.iter().for_each(|value| table.push_row(vec![(*value).into()]).expect("the row fits"));
            table
        };
        let (left, right) =
            (table(&["3/4/2019", "25/4/2019", "", "soon"]), table(&["4/3/2019", "3/4/2019", "4/25/2019"]));
        let born = ["born".to_owned()];
        let column =
            Records { left: &left, right: Some(&right) }.code(&born, &born, Reads::Date).expect("dates can be read");
        let written: Vec<&str> =
            column.codes.iter().map(|code| if *code == UNKNOWN { "" } else { column.text(*code) }).collect();
        assert_eq!(written, ["20190403", "20190425", "", "soon", "20190403", "20190304", "20190425"]);
        let told: Vec<_> = column.readings.iter().map(|one| (one.values, one.unread, one.orders.taken())).collect();
        assert_eq!(told, [(3, 1, dates::Order::DayFirst), (3, 0, dates::Order::MonthFirst)]);
        assert_eq!(column.readings[0].first_unread, Some((3, "soon".to_owned())));
        let none = table(&["soon", "later"]);
        let error = Records { left: &none, right: None }.code(&born, &born, Reads::Date).err();
        let error = error.map(|error| error.to_string()).unwrap_or_default();
        assert!(error.starts_with("the left table: column `born`, row 1: there is `soon`"), "{error}");
    }
}
