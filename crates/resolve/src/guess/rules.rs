//! Which blocking rules to use, where nobody wrote any.
//!
//! Holds the choice: the rules that find most of what is the same for the fewest pairs. Must never look at which rows belong
//! together: how a rule finds is taken from a plain picture of errors, what it costs is counted on a sample of the rows.

use super::Looks;
use crate::block::{hash, rarest_runs, run_counts};
use crate::dates::{self, Orders};
use crate::normalize;
use crate::spec::LARGEST_BLOCK;
use model::Table;
use model::draws::scatter;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Rows of each table on which costs are counted.
const SAMPLED: usize = 10_000;
/// Pairs for each record that all rules may bring together.
const PAIRS_EACH: f64 = 30.0;
/// Pairs that rules may bring in small tables, whatever the number of records.
const PAIRS_ANYHOW: f64 = 300_000.0;
/// Rules at most.
const MOST_RULES: usize = 14;
/// Columns from which rules are made: those that tell most.
const MOST_COLUMNS: usize = 9;
/// A rule that finds less than this share of what is the same is not worth its keys, nor is each pair for each record that it brings.
const LEAST_GAIN: f64 = 5e-4;

/// Rare runs of letters by which titles are brought together.
const RUNS: usize = 10;

/// The picture of errors: shares of pairs, with the chance that a column's values are equal where both are known. Most pairs have few
/// errors; some have many, as of somebody who moved.
const EQUAL: [(f64, f64); 2] = [(0.75, 0.8), (0.25, 0.4)];
/// The chance that values which are not equal still share a rare word, a rare run of letters, and that they still begin alike.
const SHARES_A_WORD: f64 = 0.7;
const SHARES_A_RUN: f64 = 0.95;
const BEGINS_ALIKE: f64 = 0.4;
/// What a shared rare word and a like beginning tell, as a share of what equal values tell.
const WORD_TELLS: f64 = 0.9;
const BEGINNING_TELLS: f64 = 0.6;
/// Bits that a pair may lack to be told from chance, and still be worth a look.
const UNSURE: f64 = 20.0;

/// One way of making keys of one column.
struct Key {
    column: usize,
    text: String,
    /// What must hold of the column, see [`picture`].
    bit: u32,
    /// The keys of each sampled row, by table.
    rows: [Vec<Vec<u64>>; 2],
}

/// A rule that could be used.
struct Candidate {
    parts: Vec<usize>,
    bits: u32,
    pairs: f64,
}

/// Rules for these columns, which stand with the most telling first; none where no column makes keys.
pub(super) fn choose(columns: &[Looks], tables: &[&Table]) -> Vec<Vec<String>> {
    let used: Vec<&Looks> = columns.iter().filter(|column| column.with != "number").take(MOST_COLUMNS).collect();
    let keys: Vec<Key> = used.iter().enumerate().flat_map(|(at, column)| keys(at, column, tables)).collect();
    let sampled: Vec<f64> = tables.iter().map(|table| table.len().clamp(1, SAMPLED) as f64).collect();
    let records: f64 = tables.iter().map(|table| table.len() as f64).sum();
    let scale: f64 = match tables {
        [one] => (one.len() as f64 / sampled[0]).powi(2),
        many => many.iter().zip(&sampled).map(|(table, sampled)| table.len() as f64 / sampled).product(),
    };
    let possible: f64 = match tables {
        [one] => (one.len() as f64).powi(2) / 2.0,
        many => many.iter().map(|table| table.len() as f64).product(),
    };
    let most = (PAIRS_EACH * records).max(PAIRS_ANYHOW);
    let mut candidates: Vec<Candidate> = combinations(&keys);
    candidates.par_iter_mut().for_each(|candidate| {
        candidate.pairs = scale * pairs(&candidate.parts, &keys, tables.len() == 2, scale);
    });
    // Where too little tells records apart, the rule of the fewest pairs is better than none; what it cannot bring is reported.
    let fewest = candidates.iter().min_by(|one, other| one.pairs.total_cmp(&other.pairs));
    let fewest: Option<Vec<String>> =
        fewest.map(|rule| rule.parts.iter().map(|part| keys[*part].text.clone()).collect());
    candidates.retain(|candidate| candidate.pairs <= most);
    let mut open = picture(&used, &keys, possible.log2() - UNSURE);
    let (mut rules, mut left) = (Vec::new(), most);
    while rules.len() < MOST_RULES {
        let gain = |candidate: &Candidate| {
            open.iter().filter(|(bits, _)| bits & candidate.bits == candidate.bits).map(|(_, share)| share).sum::<f64>()
        };
        // Making and sorting keys costs about as much as a pair for each record.
        let best = candidates
            .iter()
            .filter(|candidate| candidate.pairs <= left)
            .map(|candidate| (gain(candidate), candidate))
            .filter(|(gain, candidate)| *gain >= LEAST_GAIN * (1.0 + candidate.pairs / records))
            .max_by(|(gain, one), (other_gain, other)| {
                let value = |gain: f64, candidate: &Candidate| gain / (candidate.pairs + records);
                value(*gain, one).total_cmp(&value(*other_gain, other)).then_with(|| other.parts.cmp(&one.parts))
            });
        let Some((_, best)) = best else { break };
        left -= best.pairs;
        open.retain(|(bits, _)| bits & best.bits != best.bits);
        rules.push(best.parts.iter().map(|part| keys[*part].text.clone()).collect());
    }
    if rules.is_empty() { fewest.into_iter().collect() } else { rules }
}

/// The columns of pairs that are the same, with the share of such pairs: for each column a bit that its values are equal, and one
/// that they are equal or near. Pairs in which too little agrees to be recognised, in bits, are left out: nothing is gained by comparing them.
fn picture(columns: &[&Looks], keys: &[Key], least: f64) -> Vec<(u32, f64)> {
    let mut states = Vec::new();
    for (share, equal) in EQUAL {
        let mut of_share = vec![(0u32, share, 0.0f64)];
        for (at, column) in columns.iter().enumerate() {
            let near = keys.iter().any(|key| key.column == at && key.bit == near_bit(at));
            let (near, near_tells) = match (near, column.with) {
                (false, _) => (0.0, 0.0),
                (true, "token_set") => (SHARES_A_WORD, WORD_TELLS),
                (true, "letter_runs") => (SHARES_A_RUN, WORD_TELLS),
                (true, _) => (BEGINS_ALIKE, BEGINNING_TELLS),
            };
            let chances = [
                (equal_bit(at) | near_bit(at), column.both * equal, 1.0),
                (near_bit(at), column.both * (1.0 - equal) * near, near_tells),
                (0, 1.0 - column.both * (equal + (1.0 - equal) * near), 0.0),
            ];
            let information = -column.agree.log2();
            of_share = of_share
                .iter()
                .flat_map(|&(bits, share, told)| {
                    chances
                        .iter()
                        .map(move |&(more, chance, tells)| (bits | more, share * chance, told + tells * information))
                })
                .filter(|(_, share, _)| *share > 0.0)
                .collect();
        }
        let recognised = of_share.into_iter().filter(|(_, _, told)| *told >= least);
        states.extend(recognised.map(|(bits, share, _)| (bits, share)));
    }
    states
}

fn equal_bit(column: usize) -> u32 {
    1 << (2 * column)
}

fn near_bit(column: usize) -> u32 {
    2 << (2 * column)
}

/// The ways of making keys of a column, with the keys of the sampled rows.
fn keys(at: usize, column: &Looks, tables: &[&Table]) -> Vec<Key> {
    let values = |table: &Table| -> Vec<Option<String>> {
        let step = (table.len() / SAMPLED).max(1);
        let rows = (0..table.len()).step_by(step).take(SAMPLED);
        rows.map(|row| Some(table.value(row, &column.name).to_string()).filter(|text| !text.trim().is_empty()))
            .collect()
    };
    let mut values: Vec<Vec<Option<String>>> = tables.iter().map(|table| values(table)).collect();
    if column.with == "date" {
        // Days meet however they are written.
        for values in &mut values {
            let order = Orders::of(values.iter().flatten().map(String::as_str)).taken();
            for text in values.iter_mut().flatten() {
                if let Some(date) = dates::read(text, order) {
                    *text = dates::digits(date);
                }
            }
        }
    }
    let key = |text: String, bit: u32, of: &dyn Fn(&str) -> Vec<u64>| {
        let rows = |table: usize| {
            let of = |value: &Option<String>| value.as_deref().map_or_else(Vec::new, of);
            values.get(table).map_or_else(Vec::new, |values| values.iter().map(of).collect())
        };
        Key { column: at, text, bit, rows: [rows(0), rows(1)] }
    };
    let mut keys = Vec::new();
    // Nobody writes a text of many words twice in the same way.
    if column.words < 8.0 {
        keys.push(key(column.name.clone(), equal_bit(at), &|text| vec![hash(&normalize::fold(text))]));
    }
    match column.with {
        "token_set" => {
            let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
            let words = |text: &str| -> Vec<u64> {
                let name = normalize::name(text);
                let mut words: Vec<u64> = normalize::units(&name.words).iter().map(|word| hash(word)).collect();
                words.sort_unstable();
                words.dedup();
                words
            };
            for text in values.iter().flatten().flatten() {
                words(text).into_iter().for_each(|word| *counts.entry(word).or_default() += 1);
            }
            keys.push(key(format!("{}/rarest:2", column.name), near_bit(at), &|text| {
                let mut words = words(text);
                words.sort_unstable_by_key(|word| (counts[word], *word));
                words.truncate(2);
                words
            }));
        }
        "letter_runs" => {
            let folded: Vec<String> = values.iter().flatten().flatten().map(|text| normalize::fold(text)).collect();
            let counts = run_counts(folded.iter().map(String::as_str));
            let rarest = |text: &str| rarest_runs(&normalize::fold(text), &counts, RUNS);
            keys.push(key(format!("{}/runs:{RUNS}", column.name), near_bit(at), &rarest));
        }
        "jaro_winkler" => {
            let first = |text: &str| vec![hash(&normalize::fold(text).chars().take(4).collect::<String>())];
            keys.push(key(format!("{}/first:4", column.name), near_bit(at), &first));
        }
        _ => {}
    }
    keys
}

/// Single keys, and keys of two or three columns together.
fn combinations(keys: &[Key]) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut add = |parts: &[usize]| {
        let bits = parts.iter().fold(0, |bits, part| bits | keys[*part].bit);
        found.push(Candidate { parts: parts.to_vec(), bits, pairs: 0.0 });
    };
    for one in 0..keys.len() {
        add(&[one]);
        for other in (one + 1..keys.len()).filter(|other| keys[*other].column != keys[one].column) {
            add(&[one, other]);
            let whole = |part: usize| keys[part].bit == equal_bit(keys[part].column);
            if whole(one) && whole(other) {
                (other + 1..keys.len()).filter(|third| whole(*third)).for_each(|third| add(&[one, other, third]));
            }
        }
    }
    found
}

/// Pairs that a rule brings among the sampled rows. Under a word so common that its block would be cut in the full tables, hardly
/// any are left; the rarer word beside it finds them.
fn pairs(parts: &[usize], keys: &[Key], two: bool, scale: f64) -> f64 {
    // The joined keys of all rows, with the table in the last bit, in order: those of one block stand side by side.
    let mut all: Vec<u64> = Vec::new();
    for table in 0..if two { 2 } else { 1 } {
        for row in 0..keys[parts[0]].rows[table].len() {
            join(parts, keys, table, row, 0x9e37_79b9_7f4a_7c15, &mut |key| all.push(key & !1 | table as u64));
        }
    }
    all.sort_unstable();
    let by_words =
        parts.iter().any(|part| keys[*part].text.contains("/rarest:") || keys[*part].text.contains("/runs:"));
    let of = |block: &[u64]| {
        let (all, left) = (block.len() as f64, block.partition_point(|key| key & 1 == 0) as f64);
        let pairs = if two { left * (all - left) } else { all * (all - 1.0) / 2.0 };
        if by_words && pairs * scale > LARGEST_BLOCK as f64 { 0.0 } else { pairs }
    };
    all.chunk_by(|one, other| one | 1 == other | 1).map(of).sum()
}

/// Hands out the keys of a row under a rule: one of each part, in every combination.
fn join(parts: &[usize], keys: &[Key], table: usize, row: usize, so_far: u64, take: &mut impl FnMut(u64)) {
    match parts {
        [] => take(so_far),
        [part, rest @ ..] => {
            for key in &keys[*part].rows[table][row] {
                join(rest, keys, table, row, scatter(so_far.rotate_left(23) ^ key), take);
            }
        }
    }
}
