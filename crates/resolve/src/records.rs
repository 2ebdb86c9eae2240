//! The rows of one or two tables, ready to compare: each column coded, each distinct value prepared once.
//!
//! Holds memory layout only. Must never hold a rule of likeness. Records are numbered through: the rows of the left table,
//! then those of the right one.

use crate::compare::{Day, Reads, Subject, Word};
use crate::normalize;
use crate::spec::LinkError;
use model::{Column, Date, Table, Value};
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
            sources.push((columns, table.len()));
        }
        let (raw_codes, raw) = intern_raw(&sources, self.len());
        Ok(CodedColumn::new(&raw_codes, &raw, reads))
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

/// A code for each record, and the distinct texts in order of appearance.
fn intern_raw<'t>(sources: &[(Vec<&'t Column>, usize)], records: usize) -> (Vec<u32>, Vec<Cow<'t, str>>) {
    let mut codes = Vec::with_capacity(records);
    let mut known = Numbers::default();
    let mut texts: Vec<Cow<'t, str>> = Vec::new();
    for (columns, rows) in sources {
        for row in 0..*rows {
            codes.push(match raw_text(columns, row) {
                None => UNKNOWN,
                Some(text) => known.find(&text, |code| texts[code as usize] == text).unwrap_or_else(|free| {
                    texts.push(text);
                    known.take(free, texts.len() as u32 - 1)
                }),
            });
        }
    }
    (codes, texts)
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
}

impl CodedColumn {
    fn new(raw_codes: &[u32], raw: &[Cow<'_, str>], reads: Reads) -> Self {
        let prepare = |text: &Cow<'_, str>| match reads {
            Reads::Words => normalize::units(&normalize::name(text).words).join(" "),
            Reads::Text | Reads::Runs => normalize::fold(text),
            Reads::Number | Reads::Date | Reads::Place => text.trim().to_owned(),
        };
        let mut known = Numbers::default();
        let mut column = Self::empty();
        let mut recode: Vec<u32> = Vec::with_capacity(raw.len());
        for part in raw.chunks(PREPARED_AT_ONCE) {
            let prepared: Vec<String> = part.par_iter().map(prepare).collect();
            recode.extend(prepared.iter().map(|text| match text.as_str() {
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
            Reads::Text => column.widen(),
            Reads::Words => column.read_words(),
            Reads::Runs => column.read_runs(),
            Reads::Number => {
                column.numbers =
                    column.read(|text| text.parse().ok().filter(|n: &f64| n.is_finite()).unwrap_or(f64::NAN))
            }
            Reads::Date => column.days = column.read(|text| days(text).map(Day::of)),
            Reads::Place => column.points = column.read(point),
        }
        column
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
            self.words[begin..].sort_unstable_by_key(|word| word.id);
            self.word_ends.push(self.words.len() as u32);
        }
        let values = self.len() as f32;
        for word in &mut self.words {
            word.weight = (values / self.word_counts[word.id as usize] as f32).log2().max(0.1);
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

/// Days of an ISO date or of eight digits.
pub(crate) fn days(text: &str) -> Option<i32> {
    let dashed = match text.len() {
        8 if text.bytes().all(|byte| byte.is_ascii_digit()) => format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]),
        _ => text.get(..10).unwrap_or(text).to_owned(),
    };
    dashed.parse::<Date>().ok().map(model::time::days_since_epoch)
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
    fn dates_are_read_in_both_spellings() {
        assert_eq!(days("19700102"), Some(1));
        assert_eq!(days("1970-01-02T00:00"), Some(1));
        assert_eq!(days("19701302"), None);
        assert_eq!(point("-33.8,151.2"), Some([-33.8, 151.2]));
    }
}
