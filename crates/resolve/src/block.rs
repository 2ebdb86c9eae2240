//! Brings together the pairs that are worth comparing.
//!
//! Holds block keys and the pairs they make. Must never judge likeness. Several rules are united: a pair is compared once,
//! whichever rules bring it. A block that would bring too many pairs is cut by further keys, and what is still too large is
//! refused and reported, never dropped in silence.

use crate::records::{CodedColumn, Records, UNKNOWN};
use crate::spec::{By, LinkError, LinkSpec, Part};
use model::draws::scatter;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

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
    /// Pairs of all rules, each once.
    pub pairs: u64,
    /// Pairs there could be.
    pub possible: f64,
}

/// What one rule brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleReport {
    /// The rule as it was written.
    pub rule: String,
    /// Pairs it brought, before they were united with those of other rules.
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

/// Finds the pairs of all rules among the given records, sorted, each once.
pub fn block(records: &Records<'_>, among: &[u32], spec: &LinkSpec) -> Result<(Vec<Pair>, BlockReport), LinkError> {
    let split = spec.split_by.iter().map(|part| Part::parse(part)).collect::<Result<Vec<_>, _>>()?;
    let split = keys(records, among, &split)?;
    let mut report = BlockReport { possible: possible(records, among), ..BlockReport::default() };
    let mut pairs: Vec<Pair> = Vec::new();
    for rule in &spec.blocks {
        let parts = rule.iter().map(|part| Part::parse(part)).collect::<Result<Vec<_>, _>>()?;
        let keyed = keys(records, among, &parts)?;
        let mut told = RuleReport { rule: rule.join(" + "), ..RuleReport::default() };
        let mut maker = PairMaker {
            two: records.right.is_some(),
            largest: spec.largest_block,
            pairs: Vec::new(),
            refused: Vec::new(),
        };
        maker.rule(keyed, &split, &mut told);
        told.pairs = maker.pairs.len() as u64;
        maker.refused.sort_unstable_by_key(|&(size, record)| (std::cmp::Reverse(size), record));
        told.refused_total = maker.refused.len() as u64;
        told.refused_pairs = maker.refused.iter().map(|(size, _)| size).sum();
        for &(size, record) in maker.refused.iter().take(REFUSED_SHOWN) {
            let (table, row) = records.at(record);
            let left = (record as usize) < records.left.len();
            let value = |part: &Part| table.value(row, if left { &part.left } else { &part.right }).to_string();
            told.refused.push((parts.iter().map(value).collect::<Vec<_>>().join(" + "), size));
        }
        pairs.append(&mut maker.pairs);
        // Uniting after each rule keeps the memory near what the result needs.
        pairs.par_sort_unstable();
        pairs.dedup();
        report.rules.push(told);
    }
    report.pairs = pairs.len() as u64;
    Ok((pairs, report))
}

/// How many rules bring each of these pairs together, whether or not their blocks are small enough.
pub fn rules_of(records: &Records<'_>, pairs: &[Pair], spec: &LinkSpec) -> Result<Vec<u8>, LinkError> {
    let mut among: Vec<u32> = pairs.iter().flat_map(|&pair| <[u32; 2]>::from(records_of(pair))).collect();
    among.sort_unstable();
    among.dedup();
    let mut rules = vec![0u8; pairs.len()];
    for rule in &spec.blocks {
        let parts = rule.iter().map(|part| Part::parse(part)).collect::<Result<Vec<_>, _>>()?;
        let keyed = keys(records, &among, &parts)?;
        let mut by_record: FxHashMap<(u32, bool), Vec<u64>> = FxHashMap::default();
        for one in keyed.sorted {
            by_record.entry((one.record, one.right)).or_default().push(one.key);
        }
        let none = Vec::new();
        let of = |record: u32, right: bool| by_record.get(&(record, right)).unwrap_or(&none);
        let meet = |one: &[u64], other: &[u64]| one.iter().any(|key| other.contains(key));
        for (count, &pair) in rules.iter_mut().zip(pairs) {
            let (one, other) = records_of(pair);
            let apart = records.right.is_some() || keyed.crossed;
            let met = if apart {
                meet(of(one, false), of(other, true)) || meet(of(other, false), of(one, true))
            } else {
                meet(of(one, false), of(other, false))
            };
            *count += u8::from(met);
        }
    }
    Ok(rules)
}

/// Number of pairs there could be.
pub fn possible(records: &Records<'_>, among: &[u32]) -> f64 {
    let left = among.iter().filter(|&&record| (record as usize) < records.left.len()).count() as f64;
    let all = among.len() as f64;
    if records.right.is_some() { left * (all - left) } else { all * (all - 1.0) / 2.0 }
}

/// A record under a key. Within one table a rule such as `given=surname` makes keys of two kinds, that meet each other only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Keyed {
    key: u64,
    right: bool,
    record: u32,
}

/// The keys of all records, in order of the key; the second value tells whether left and right keys are made differently.
struct Keys {
    sorted: Vec<Keyed>,
    crossed: bool,
}

fn keys(records: &Records<'_>, among: &[u32], parts: &[Part]) -> Result<Keys, LinkError> {
    let crossed = records.right.is_none() && parts.iter().any(|part| part.left != part.right);
    let mut sorted = keys_of_side(records, among, parts, false)?;
    if crossed {
        sorted.extend(keys_of_side(records, among, parts, true)?);
    }
    sorted.par_sort_unstable();
    sorted.dedup();
    Ok(Keys { sorted, crossed })
}

fn keys_of_side(records: &Records<'_>, among: &[u32], parts: &[Part], turned: bool) -> Result<Vec<Keyed>, LinkError> {
    let mut columns = Vec::new();
    for part in parts {
        let (left, right) = if turned { (&part.right, &part.left) } else { (&part.left, &part.right) };
        let coded = records.code(std::slice::from_ref(left), std::slice::from_ref(right), part.reads())?;
        columns.push(PartKeys::new(coded, part.by));
    }
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    let two = records.right.is_some();
    let keyed = among.par_iter().flat_map_iter(|&record| {
        let right = if two { record as usize >= records.left.len() } else { turned };
        combine(&columns, record).into_iter().map(move |key| Keyed { key, right, record })
    });
    Ok(keyed.collect())
}

/// Every combination of the parts' keys of a record; nothing where a part has none.
fn combine(columns: &[PartKeys], record: u32) -> Vec<u64> {
    let mut combined = vec![0xcbf2_9ce4_8422_2325_u64];
    for column in columns {
        let keys = column.of(record);
        combined = combined
            .iter()
            .flat_map(|&so_far| keys.iter().map(move |&key| scatter(so_far.rotate_left(23) ^ key)))
            .collect();
    }
    combined
}

/// The keys of each distinct value of a column.
struct PartKeys {
    codes: Vec<u32>,
    keys: Vec<u64>,
    ends: Vec<u32>,
}

impl PartKeys {
    fn new(column: CodedColumn, by: By) -> Self {
        let (mut keys, mut ends) = (Vec::new(), vec![0]);
        for code in 0..column.len() as u32 {
            let begin = keys.len();
            let text = column.text(code);
            match by {
                By::Whole => keys.push(hash(text)),
                By::First(length) => keys.push(hash(&text.chars().take(length).collect::<String>())),
                By::Rarest(number) => keys.extend(rarest(&column, code, number)),
                By::Grams(length) => {
                    let letters: Vec<char> = text.chars().filter(|letter| *letter != ' ').collect();
                    keys.extend(letters.windows(length).map(|gram| hash(&gram.iter().collect::<String>())));
                    keys[begin..].sort_unstable();
                }
            }
            ends.push(keys.len() as u32);
        }
        Self { codes: column.codes, keys, ends }
    }

    fn of(&self, record: u32) -> &[u64] {
        match self.codes[record as usize] {
            UNKNOWN => &[],
            code => &self.keys[self.ends[code as usize] as usize..self.ends[code as usize + 1] as usize],
        }
    }
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

/// Makes the pairs of one rule.
struct PairMaker {
    two: bool,
    largest: u64,
    pairs: Vec<Pair>,
    /// Pairs of a refused block, and its first record.
    refused: Vec<(u64, u32)>,
}

impl PairMaker {
    fn rule(&mut self, keys: Keys, split: &Keys, told: &mut RuleReport) {
        let apart = self.two || keys.crossed;
        let mut split_keys: Option<FxHashMap<u32, Vec<u64>>> = None;
        for group in keys.sorted.chunk_by(|one, other| one.key == other.key) {
            if self.size(group, apart) <= self.largest {
                self.take(group, apart);
                continue;
            }
            if split.sorted.is_empty() {
                self.refuse(group, apart);
                continue;
            }
            told.split += 1;
            let by_record = split_keys.get_or_insert_with(|| {
                let mut by_record: FxHashMap<u32, Vec<u64>> = FxHashMap::default();
                split.sorted.iter().for_each(|keyed| by_record.entry(keyed.record).or_default().push(keyed.key));
                by_record
            });
            let mut parts: Vec<Keyed> = group
                .iter()
                .flat_map(|keyed| {
                    let keys = by_record.get(&keyed.record).map_or(&[][..], Vec::as_slice);
                    keys.iter().map(|&key| Keyed { key, ..*keyed })
                })
                .collect();
            parts.sort_unstable();
            for part in parts.chunk_by(|one, other| one.key == other.key) {
                if self.size(part, apart) <= self.largest { self.take(part, apart) } else { self.refuse(part, apart) }
            }
        }
    }

    fn refuse(&mut self, group: &[Keyed], apart: bool) {
        self.refused.push((self.size(group, apart), group[0].record));
    }

    /// Pairs that a block would bring.
    fn size(&self, group: &[Keyed], apart: bool) -> u64 {
        let all = group.len() as u64;
        let right = group.iter().filter(|keyed| keyed.right).count() as u64;
        if apart { right * (all - right) } else { all * (all - 1) / 2 }
    }

    fn take(&mut self, group: &[Keyed], apart: bool) {
        if apart {
            let cut = group.partition_point(|keyed| !keyed.right);
            for one in &group[..cut] {
                let others = group[cut..].iter().filter(|other| other.record != one.record);
                self.pairs.extend(others.map(|other| pair(one.record, other.record)));
            }
        } else {
            for (at, one) in group.iter().enumerate() {
                self.pairs.extend(group[at + 1..].iter().map(|other| pair(one.record, other.record)));
            }
        }
    }
}

/// FNV-1a over the bytes, mixed once more: the same on every machine.
fn hash(text: &str) -> u64 {
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
        let (pairs, report) = block(&records, &among, spec).expect("the columns are there");
        assert_eq!(pairs.into_iter().map(records_of).collect::<Vec<_>>(), expected);
        report
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
