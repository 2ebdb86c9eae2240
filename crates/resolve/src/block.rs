//! Brings together the pairs that are worth comparing.
//!
//! Holds block keys and the blocks they make. Must never judge likeness. A block that would bring too many pairs is cut by
//! further keys, and what is still too large is refused and reported, never dropped in silence. Pairs are not written down
//! here: at a million records they would fill the memory, so whoever asks takes what it wants of them as they come.

use crate::compare::Reads;
use crate::records::{CodedColumn, Columns, Records, UNKNOWN};
use crate::spec::{By, LinkError, LinkSpec, Part};
use model::draws::scatter;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A pair of records in one word: the smaller number above, the larger below.
pub type Pair = u64;

/// Puts two records into a [`Pair`].
pub fn pair(one: u32, other: u32) -> Pair {
    u64::from(one.min(other)) << 32 | u64::from(one.max(other))
}

/// The two records of a [`Pair`].
pub fn records_of(pair: Pair) -> (u32, u32) {
    ((pair >> 32) as u32, pair as u32)
}

/// What blocking did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockReport {
    /// What each rule brought.
    pub rules: Vec<RuleReport>,
    /// Pairs of all rules; a pair counts once for each rule that brings it.
    pub pairs: u64,
    /// Pairs there could be.
    pub possible: f64,
}

/// What one rule brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleReport {
    /// The rule as it was written.
    pub rule: String,
    /// Pairs it brought.
    pub pairs: u64,
    /// Blocks that had to be cut.
    pub split: u64,
    /// Blocks refused because cutting was not enough: the value of their first record, and the pairs they would have brought.
    /// At most [`REFUSED_SHOWN`] of them, largest first.
    pub refused: Vec<(String, u64)>,
    /// Number of blocks refused.
    pub refused_total: u64,
    /// Pairs not compared because of that.
    pub refused_pairs: u64,
}

/// How many refused blocks a report names.
pub const REFUSED_SHOWN: usize = 20;

/// The blocks of all rules among some records: 4 bytes for each record of a block.
pub struct Blocks {
    rules: Vec<(Rule, RuleBlocks)>,
    report: BlockReport,
}

/// The blocks of one rule. Those of a single record are left out.
#[derive(Default)]
struct RuleBlocks {
    members: Vec<u32>,
    /// Where each block's second half begins, and where it ends. Members of the first half meet those of the second; where both
    /// are the same, all members meet each other.
    bounds: Vec<(u32, u32)>,
    /// Pairs of all blocks.
    pairs: u64,
}

/// Pairs that are held at once to take those out that several rules bring.
const HELD: u64 = 4_000_000;

/// Pairs that are asked for together.
pub const ASKED: usize = 64;

impl Blocks {
    /// Makes the blocks of all rules of a specification.
    pub fn new(
        records: &Records<'_>,
        columns: &mut Columns<'_>,
        among: &[u32],
        spec: &LinkSpec,
    ) -> Result<Self, LinkError> {
        let mut keys = KnownKeys { columns, known: FxHashMap::default() };
        let split = Rule::new(records, &mut keys, &spec.split_by, spec)?;
        let rules =
            spec.blocks.iter().map(|rule| Rule::new(records, &mut keys, rule, spec)).collect::<Result<Vec<_>, _>>()?;
        let make = |rule: Rule| {
            let mut maker = BlockMaker {
                apart: rule.two || rule.crossed,
                left_rows: if rule.two { records.left.len() as u32 } else { 0 },
                largest: spec.largest_block,
                made: RuleBlocks::default(),
                split: 0,
                refused: Vec::new(),
            };
            maker.rule(&rule.keys(among), &split);
            maker.refused.sort_unstable_by_key(|&(size, record)| (std::cmp::Reverse(size), record));
            (rule, maker)
        };
        let mut report = BlockReport { possible: possible(records, among), ..BlockReport::default() };
        let mut made = Vec::new();
        for ((rule, maker), written) in
            rules.into_par_iter().map(make).collect::<Vec<_>>().into_iter().zip(&spec.blocks)
        {
            let shown = maker.refused.iter().take(REFUSED_SHOWN);
            report.pairs += maker.made.pairs;
            report.rules.push(RuleReport {
                rule: written.join(" + "),
                pairs: maker.made.pairs,
                split: maker.split,
                refused: shown.map(|&(size, record)| (rule.written(records, record), size)).collect(),
                refused_total: maker.refused.len() as u64,
                refused_pairs: maker.refused.iter().map(|(size, _)| size).sum(),
            });
            made.push((rule, maker.made));
        }
        Ok(Self { rules: made, report })
    }

    /// What blocking did.
    pub fn report(&self) -> &BlockReport {
        &self.report
    }

    /// The wanted pairs of all rules, sorted, each once. Asks for up to [`ASKED`] pairs together, which tells them from the first bit
    /// on, and once for a pair that several rules bring, as far as they can be held at once. On all cores; the same on any number of
    /// them.
    pub fn gather(&self, wanted: impl Fn(&[Pair]) -> u64 + Sync) -> Vec<Pair> {
        let (mut held, mut found): (Vec<Pair>, Vec<Pair>) = (Vec::new(), Vec::new());
        let look = |held: &mut Vec<Pair>, found: &mut Vec<Pair>| {
            sort_and_unite(held);
            let of_some = |pairs: &[Pair]| {
                let bits = wanted(pairs);
                pairs
                    .iter()
                    .enumerate()
                    .filter(move |(at, _)| bits >> at & 1 == 1)
                    .map(|(_, pair)| *pair)
                    .collect::<Vec<Pair>>()
            };
            found.par_extend(held.par_chunks(ASKED).with_min_len(16).flat_map_iter(of_some));
            held.clear();
        };
        for (_, blocks) in &self.rules {
            if blocks.pairs > HELD {
                found.par_extend(blocks.all().filter(|&pair| wanted(&[pair]) & 1 == 1));
                continue;
            }
            if held.len() as u64 + blocks.pairs > HELD {
                look(&mut held, &mut found);
            }
            held.par_extend(blocks.all());
        }
        look(&mut held, &mut found);
        sort_and_unite(&mut found);
        found
    }

    /// Hands out all pairs, some millions at a time; a pair comes once for each rule that brings it.
    pub fn each(&self, mut take: impl FnMut(&[Pair])) {
        let mut held: Vec<Pair> = Vec::new();
        for (_, blocks) in &self.rules {
            for block in 0..blocks.bounds.len() {
                held.extend(blocks.of(block));
                if held.len() as u64 >= HELD / 4 {
                    take(&held);
                    held.clear();
                }
            }
        }
        take(&held);
    }

    /// About so many pairs, drawn by a fixed rule, sorted, each once, with the share of all pairs they are. All where there are
    /// no more. Drawn record by record, a record's pairs with later records are taken together or not at all. What is drawn follows from
    /// a mark of each record, so that it does not depend on the order of rows.
    pub fn sample(&self, about: u64, by_record: bool, marks: &[u32]) -> (Vec<Pair>, f64) {
        if self.report.pairs <= about {
            return (self.gather(|_| u64::MAX), 1.0);
        }
        let share = about as f64 / self.report.pairs as f64;
        let limit = (share * u64::MAX as f64) as u64;
        let mut drawn: Vec<Pair> = Vec::new();
        for (_, blocks) in &self.rules {
            let drawn_by = |pair: Pair| {
                let (one, other) = records_of(pair);
                let own = u64::from(marks[one as usize]);
                if by_record { own } else { own + u64::from(marks[other as usize]) }
            };
            drawn.par_extend(blocks.all().filter(|&pair| scatter(drawn_by(pair)) < limit));
        }
        sort_and_unite(&mut drawn);
        (drawn, share)
    }

    /// Which rules bring each of these pairs together, a bit each, whether or not their blocks are small enough. Rules beyond
    /// the sixty-fourth are not looked at.
    pub fn rules_of(&self, pairs: &[Pair]) -> Vec<u64> {
        let of = |&pair: &Pair| {
            let (one, other) = records_of(pair);
            let met =
                self.rules.iter().take(64).enumerate().map(|(at, (rule, _))| u64::from(rule.meet(one, other)) << at);
            met.fold(0, |all, met| all | met)
        };
        pairs.par_iter().with_min_len(256).map(of).collect()
    }
}

fn sort_and_unite(pairs: &mut Vec<Pair>) {
    pairs.par_sort_unstable();
    pairs.dedup();
}

impl RuleBlocks {
    /// The pairs of all blocks.
    fn all(&self) -> impl ParallelIterator<Item = Pair> + '_ {
        (0..self.bounds.len()).into_par_iter().with_min_len(64).flat_map_iter(|block| self.of(block))
    }

    /// The pairs of a block.
    fn of(&self, block: usize) -> impl Iterator<Item = Pair> + '_ {
        let begin = if block == 0 { 0 } else { self.bounds[block - 1].1 as usize };
        let (cut, end) = (self.bounds[block].0 as usize, self.bounds[block].1 as usize);
        (begin..cut).flat_map(move |at| {
            let others = if cut == end { at + 1..end } else { cut..end };
            let one = self.members[at];
            self.members[others].iter().filter(move |&&other| other != one).map(move |&other| pair(one, other))
        })
    }
}

/// Number of pairs there could be.
pub fn possible(records: &Records<'_>, among: &[u32]) -> f64 {
    let left = among.iter().filter(|&&record| (record as usize) < records.left.len()).count() as f64;
    let all = among.len() as f64;
    if records.right.is_some() { left * (all - left) } else { all * (all - 1.0) / 2.0 }
}

/// A record under a key, in one word: 31 bits of the key, one that tells the keys of the other row where a rule such as
/// `given=surname` makes keys of two kinds that meet each other only, 32 bits of the record. One pair of values in two thousand
/// million shares a key by chance; their records are compared in vain.
type Keyed = u64;

fn keyed(key: u64, turned: bool, record: u32) -> Keyed {
    (key >> 33 << 33) | u64::from(turned) << 32 | u64::from(record)
}

fn key_of(keyed: Keyed) -> u64 {
    keyed >> 33
}

fn turned(keyed: Keyed) -> bool {
    keyed >> 32 & 1 == 1
}

/// Keys that were made, each once, for all rules.
struct KnownKeys<'c, 't> {
    columns: &'c mut Columns<'t>,
    known: FxHashMap<(String, String, By, Reads), Arc<PartKeys>>,
}

impl KnownKeys<'_, '_> {
    fn get(&mut self, left: &String, right: &String, by: By, reads: Reads) -> Result<Arc<PartKeys>, LinkError> {
        let name = (left.clone(), right.clone(), by, reads);
        if let Some(known) = self.known.get(&name) {
            return Ok(Arc::clone(known));
        }
        let column = self.columns.get(std::slice::from_ref(left), std::slice::from_ref(right), reads)?;
        let made = Arc::new(PartKeys::new(column, by));
        self.known.insert(name, Arc::clone(&made));
        Ok(made)
    }
}

/// A rule, with the keys of every value of its columns.
struct Rule {
    parts: Vec<Part>,
    keys: Vec<Arc<PartKeys>>,
    /// The keys of the other row, where left and right keys are made differently within one table.
    turned: Vec<Arc<PartKeys>>,
    crossed: bool,
    two: bool,
    left_rows: usize,
}

impl Rule {
    fn new(
        records: &Records<'_>,
        known: &mut KnownKeys<'_, '_>,
        written: &[String],
        spec: &LinkSpec,
    ) -> Result<Self, LinkError> {
        let parts = written.iter().map(|part| Part::parse(part)).collect::<Result<Vec<_>, _>>()?;
        let two = records.right.is_some();
        let crossed = !two && parts.iter().any(|part| part.left != part.right);
        let (mut keys, mut turned) = (Vec::new(), Vec::new());
        for part in &parts {
            let reads = spec.reads_of(part);
            keys.push(known.get(&part.left, &part.right, part.by, reads)?);
            if crossed {
                turned.push(known.get(&part.right, &part.left, part.by, reads)?);
            }
        }
        Ok(Self { parts, keys, turned, crossed, two, left_rows: records.left.len() })
    }

    /// The keys of the given records, in order of the key.
    fn keys(&self, among: &[u32]) -> Vec<Keyed> {
        let mut sorted = Vec::with_capacity(among.len());
        for &record in among {
            combine(&self.keys, record, |key| sorted.push(keyed(key, false, record)));
            combine(&self.turned, record, |key| sorted.push(keyed(key, true, record)));
        }
        sorted.par_sort_unstable();
        sorted.dedup();
        sorted
    }

    /// True where the rule brings both records together.
    fn meet(&self, one: u32, other: u32) -> bool {
        let meet = |left: &[Arc<PartKeys>], right: &[Arc<PartKeys>]| {
            // Keys are combined, so one of each part must be shared.
            left.iter().zip(right).all(|(left, right)| {
                let others = right.of(other);
                left.of(one).iter().any(|key| others.contains(key))
            })
        };
        if self.crossed {
            meet(&self.keys, &self.turned) || meet(&self.turned, &self.keys)
        } else {
            meet(&self.keys, &self.keys)
        }
    }

    /// The values of a record that the rule reads.
    fn written(&self, records: &Records<'_>, record: u32) -> String {
        let (table, row) = records.at(record);
        let left = (record as usize) < self.left_rows;
        let value = |part: &Part| table.value(row, if left { &part.left } else { &part.right }).to_string();
        self.parts.iter().map(value).collect::<Vec<_>>().join(" + ")
    }
}

/// Hands out every combination of the parts' keys of a record; none where a part has none.
fn combine(columns: &[Arc<PartKeys>], record: u32, mut take: impl FnMut(u64)) {
    const BEGIN: u64 = 0xcbf2_9ce4_8422_2325;
    let joined = |so_far: u64, key: u64| scatter(so_far.rotate_left(23) ^ key);
    match columns {
        [] => {}
        [only] => only.of(record).iter().for_each(|&key| take(joined(BEGIN, key))),
        [first, second] => {
            for &key in first.of(record) {
                let so_far = joined(BEGIN, key);
                second.of(record).iter().for_each(|&key| take(joined(so_far, key)));
            }
        }
        many => {
            let mut combined = vec![BEGIN];
            for column in many {
                let keys = column.of(record);
                combined =
                    combined.iter().flat_map(|&so_far| keys.iter().map(move |&key| joined(so_far, key))).collect();
            }
            combined.into_iter().for_each(take);
        }
    }
}

/// The keys of each distinct value of a column.
struct PartKeys {
    column: Arc<CodedColumn>,
    keys: Vec<u64>,
    ends: Vec<u32>,
}

impl PartKeys {
    fn new(column: Arc<CodedColumn>, by: By) -> Self {
        let (mut keys, mut ends) = (Vec::new(), vec![0]);
        let counts = match by {
            By::Runs(_) => run_counts((0..column.len() as u32).map(|code| column.text(code))),
            _ => FxHashMap::default(),
        };
        for code in 0..column.len() as u32 {
            let begin = keys.len();
            let text = column.text(code);
            match by {
                By::Whole => keys.push(hash(text)),
                By::First(length) => {
                    let end = text.char_indices().nth(length).map_or(text.len(), |(at, _)| at);
                    keys.push(hash(&text[..end]));
                }
                By::Rarest(number) => keys.extend(rarest(&column, code, number)),
                By::Grams(length) => {
                    let letters: Vec<char> = text.chars().filter(|letter| *letter != ' ').collect();
                    keys.extend(letters.windows(length).map(|gram| hash(&gram.iter().collect::<String>())));
                    keys[begin..].sort_unstable();
                }
                By::Runs(number) => {
                    keys.extend(rarest_runs(text, &counts, number));
                    // Equal values meet, however common their runs are.
                    keys.push(hash(text));
                }
            }
            ends.push(keys.len() as u32);
        }
        Self { column, keys, ends }
    }

    fn of(&self, record: u32) -> &[u64] {
        match self.column.codes[record as usize] {
            UNKNOWN => &[],
            code => &self.keys[self.ends[code as usize] as usize..self.ends[code as usize + 1] as usize],
        }
    }
}

/// Letters of a run that brings values together.
const BLOCK_RUN: usize = 4;

/// The runs of four letters of a text, spaces left out, each once; all of it where it is shorter.
fn block_runs(text: &str) -> Vec<u64> {
    let letters: Vec<char> = text.chars().filter(|letter| *letter != ' ').take(usize::from(u16::MAX)).collect();
    let run = |run: &[char]| {
        // Not the hash of a text: a run must not meet a value that is written like it.
        run.iter().fold(BLOCK_RUN as u64, |hash, letter| scatter(hash.rotate_left(21) ^ u64::from(*letter)))
    };
    let mut runs: Vec<u64> = letters.windows(BLOCK_RUN.min(letters.len().max(1))).map(run).collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

/// In how many texts each run stands.
pub(crate) fn run_counts<'t>(texts: impl Iterator<Item = &'t str>) -> FxHashMap<u64, u32> {
    let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
    texts.flat_map(block_runs).for_each(|run| *counts.entry(run).or_default() += 1);
    counts
}

/// The rarest runs of a text, of those that another of the counted texts has.
pub(crate) fn rarest_runs(text: &str, counts: &FxHashMap<u64, u32>, number: usize) -> Vec<u64> {
    let mut runs = block_runs(text);
    runs.retain(|run| counts[run] > 1);
    runs.sort_unstable_by_key(|run| (counts[run], *run));
    runs.truncate(number);
    runs
}

fn rarest(column: &CodedColumn, code: u32, number: usize) -> Vec<u64> {
    let subject = column.subject(code);
    let mut words: Vec<_> = subject.words.iter().filter(|word| column.word_count(word.id) > 1).collect();
    words.sort_unstable_by_key(|word| (column.word_count(word.id), word.id));
    // Equal values meet, however rare or common their words are.
    let whole = std::iter::once(hash(subject.text));
    words
        .iter()
        .take(number)
        .map(|word| hash(&subject.text[usize::from(word.start)..usize::from(word.end)]))
        .chain(whole)
        .collect()
}

/// Makes the blocks of one rule.
struct BlockMaker {
    apart: bool,
    /// Records from this number on are of the right table; 0 where there is one table.
    left_rows: u32,
    largest: u64,
    made: RuleBlocks,
    /// Blocks that were cut.
    split: u64,
    /// Pairs of a refused block, and its first record.
    refused: Vec<(u64, u32)>,
}

impl BlockMaker {
    fn rule(&mut self, keys: &[Keyed], split: &Rule) {
        for group in keys.chunk_by(|one, other| key_of(*one) == key_of(*other)) {
            if group.len() < 2 || self.size(group) <= self.largest {
                self.take(group);
                continue;
            }
            if split.keys.is_empty() {
                self.refuse(group);
                continue;
            }
            self.split += 1;
            let mut parts: Vec<Keyed> = Vec::new();
            for &member in group {
                combine(&split.keys, member as u32, |key| parts.push(keyed(key, turned(member), member as u32)));
            }
            parts.sort_unstable();
            parts.dedup();
            for part in parts.chunk_by(|one, other| key_of(*one) == key_of(*other)) {
                if self.size(part) <= self.largest { self.take(part) } else { self.refuse(part) }
            }
        }
    }

    fn refuse(&mut self, group: &[Keyed]) {
        self.refused.push((self.size(group), group[0] as u32));
    }

    /// Where the second half of a group begins: those of the right table, or under a turned key. Records are in order, and turned keys
    /// come last.
    fn cut(&self, group: &[Keyed]) -> usize {
        let first = |&member: &Keyed| !turned(member) && (self.left_rows == 0 || (member as u32) < self.left_rows);
        if self.apart { group.partition_point(first) } else { group.len() }
    }

    /// Pairs that a block would bring.
    fn size(&self, group: &[Keyed]) -> u64 {
        let (all, first) = (group.len() as u64, self.cut(group) as u64);
        if self.apart { first * (all - first) } else { all * (all - 1) / 2 }
    }

    fn take(&mut self, group: &[Keyed]) {
        let size = self.size(group);
        if size == 0 {
            return;
        }
        let cut = self.made.members.len() + self.cut(group);
        self.made.members.extend(group.iter().map(|member| *member as u32));
        self.made.bounds.push((cut as u32, self.made.members.len() as u32));
        self.made.pairs += size;
    }
}

/// FNV-1a over the bytes, mixed once more: the same on every machine.
pub(crate) fn hash(text: &str) -> u64 {
    scatter(
        text.bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{ColumnType, Table};

    fn table(rows: &[(&str, &str)]) -> Table {
        let mut table = Table::with_columns(&[("given", ColumnType::Text), ("sur", ColumnType::Text)]);
        for (given, sur) in rows {
            table.push_row(vec![(*given).into(), (*sur).into()]).expect("the row fits");
        }
        table
    }

    fn spec(blocks: &str, more: &str) -> LinkSpec {
        let text = format!("blocks = {blocks}\n{more}\n[[compare]]\ncolumn = \"given\"\nwith = \"exact\"");
        LinkSpec::from_toml(&text).expect("a good specification")
    }

    fn check(left: &Table, right: Option<&Table>, spec: &LinkSpec, expected: &[(u32, u32)]) -> BlockReport {
        let records = Records { left, right };
        let among: Vec<u32> = (0..records.len() as u32).collect();
        let mut columns = Columns::new(records);
        let blocks = Blocks::new(&records, &mut columns, &among, spec).expect("the columns are there");
        let pairs = blocks.gather(|_| u64::MAX);
        let rules = blocks.rules_of(&pairs);
        assert!(rules.iter().all(|rules| *rules != 0), "each pair is brought by a rule");
        assert_eq!(pairs.into_iter().map(records_of).collect::<Vec<_>>(), expected);
        blocks.report().clone()
    }

    #[test]
    fn rules_are_united_and_swapped_columns_meet() {
        let people = table(&[("ann", "lee"), ("lee", "ann"), ("ann", "lee"), ("Ann", "roe"), ("", "lee")]);
        check(&people, None, &spec(r#"[["given", "sur"]]"#, ""), &[(0, 2)]);
        check(&people, None, &spec(r#"[["given=sur", "sur=given"]]"#, ""), &[(0, 1), (1, 2)]);
        check(&people, None, &spec(r#"[["given", "sur"], ["given/first:3"]]"#, ""), &[(0, 2), (0, 3), (2, 3)]);
        check(
            &people,
            Some(&people),
            &spec(r#"[["given", "sur/grams:2"]]"#, ""),
            &[(0, 5), (0, 7), (1, 6), (2, 5), (2, 7), (3, 8)],
        );
    }

    #[test]
    fn a_block_too_large_is_cut_or_refused_aloud() {
        let people = table(&[("a", "x"), ("a", "x"), ("a", "y"), ("a", "y"), ("b", "x"), ("b", "z")]);
        let report = check(&people, None, &spec(r#"[["given"]]"#, "largest_block = 2"), &[(4, 5)]);
        assert_eq!(report.rules[0].refused, [("a".to_owned(), 6)]);
        let cut = spec(r#"[["given"]]"#, "largest_block = 2\nsplit_by = [\"sur\"]");
        let report = check(&people, None, &cut, &[(0, 1), (2, 3), (4, 5)]);
        assert_eq!((report.rules[0].split, report.rules[0].refused_total), (1, 0));
    }
}
