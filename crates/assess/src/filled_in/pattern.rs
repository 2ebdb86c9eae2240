//! The search for constants shared by many rows in many columns.
//!
//! Holds seeds, growth and the tests of a pattern. It must never know where the columns come from.

use super::{FilledIn, FilledInSettings, NOTHING, NumberColumn};
use std::collections::BTreeMap;

/// Columns of a seed: few enough that partly filled rows are met, enough that agreement is rare.
const SEED_COLUMNS: usize = 3;
/// Seeds that are grown for one combination of columns, largest first.
const SEEDS: usize = 8;
/// A seed's rows must be this many times what independence lets expect.
const SEED_LIFT: f64 = 3.0;
/// Values on each side that tell how often a value occurs by nature.
const NEIGHBOURS: usize = 2;
/// Standard deviations by which the constants together must stick out.
const SURE_PILE: f64 = 6.0;
/// A column that keeps less than this share of the rows is a step down to a smaller pattern.
const SMALL_LOSS: f64 = 0.95;
/// Share of a seed's rows that must agree in a column for it to join the pattern.
const AGREE: f64 = 0.5;

/// Every pattern that passes all tests, each set of rows once, largest first.
pub(super) fn search(columns: &[NumberColumn], rows: usize, settings: &FilledInSettings) -> Vec<FilledIn> {
    let fine: Vec<usize> =
        (0..columns.len()).filter(|&column| columns[column].values.len() >= settings.least_values).collect();
    let mut found: BTreeMap<Vec<usize>, FilledIn> = BTreeMap::new();
    for seed_columns in combinations(&fine) {
        for seed in seeds(columns, &seed_columns, rows, settings) {
            for pattern in grow(columns, &fine, seed, rows, settings) {
                found.entry(pattern.rows.clone()).or_insert(pattern);
            }
        }
    }
    let mut patterns: Vec<FilledIn> = found.into_values().collect();
    patterns.sort_by(|a, b| b.rows.len().cmp(&a.rows.len()).then_with(|| a.rows.cmp(&b.rows)));
    patterns
}

/// Combinations of columns to seed from: neighbours, as tables keep together what is measured together, and columns at
/// growing distances, so that constants spread over a table are met too.
fn combinations(fine: &[usize]) -> Vec<[usize; SEED_COLUMNS]> {
    let mut chosen = Vec::new();
    let mut distance = 1;
    while distance * (SEED_COLUMNS - 1) < fine.len() {
        for start in 0..fine.len() - distance * (SEED_COLUMNS - 1) {
            chosen.push([0, 1, 2].map(|place| fine[start + place * distance]));
        }
        distance = (distance * 3).div_ceil(2);
    }
    chosen
}

/// Sets of rows that agree in the seed's columns more often than independence lets expect.
fn seeds(
    columns: &[NumberColumn],
    chosen: &[usize; SEED_COLUMNS],
    rows: usize,
    settings: &FilledInSettings,
) -> Vec<Vec<usize>> {
    let mut keyed: Vec<([u32; SEED_COLUMNS], usize)> = (0..rows)
        .map(|row| (chosen.map(|column| columns[column].codes[row]), row))
        .filter(|(key, _)| !key.contains(&NOTHING))
        .collect();
    keyed.sort_unstable();
    let mut seeds: Vec<Vec<usize>> = keyed
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|run| {
            let share = |(column, code): (&usize, u32)| columns[*column].counts[code as usize] as f64 / rows as f64;
            let expected = rows as f64 * chosen.iter().zip(run[0].0).map(share).product::<f64>();
            run.len() >= settings.least_rows && run.len() as f64 >= SEED_LIFT * expected
        })
        .map(|run| run.iter().map(|(_, row)| *row).collect())
        .collect();
    seeds.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    seeds.truncate(SEEDS);
    seeds
}

/// Grows a seed, column by column, and tests the pattern wherever the next column would cost many of its rows: rows
/// filled in some columns hold those filled in more.
fn grow(
    columns: &[NumberColumn],
    fine: &[usize],
    seed: Vec<usize>,
    rows: usize,
    settings: &FilledInSettings,
) -> Vec<FilledIn> {
    let (mut members, mut constants): (Vec<usize>, Vec<(usize, u32)>) = (seed, Vec::new());
    let mut patterns = Vec::new();
    // The column that most rows agree in comes first: each narrows the rows, so that those which agree by chance drop
    // out before they can hide a column.
    loop {
        let free = fine.iter().filter(|column| !constants.iter().any(|(other, _)| other == *column));
        let best = free
            .filter_map(|&column| agreed(&columns[column], &members).map(|(code, count)| (count, column, code)))
            // A pile at the end of a column's range is natural: all said always, nobody fell.
            .filter(|&(_, column, code)| code > 0 && (code as usize) < columns[column].values.len() - 1)
            .filter(|&(count, column, code)| natural_share(&columns[column], code, count) <= settings.most_natural)
            .max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        if best.is_none_or(|(count, _, _)| (count as f64) < SMALL_LOSS * members.len() as f64) {
            patterns.extend(tested(columns, &constants, rows, settings));
        }
        let Some((_, column, code)) = best else { return patterns };
        constants.push((column, code));
        members.retain(|&row| columns[column].codes[row] == code);
    }
}

/// The pattern of these constants, if it passes all tests.
fn tested(
    columns: &[NumberColumn],
    constants: &[(usize, u32)],
    rows: usize,
    settings: &FilledInSettings,
) -> Option<FilledIn> {
    let mut constants = constants.to_vec();
    constants.sort_unstable();
    let members: Vec<usize> = (0..rows).filter(|&row| misses(columns, &constants, row) == 0).collect();
    if constants.len() < settings.least_columns || members.len() < settings.least_rows {
        return None;
    }
    let near_misses = (0..rows).filter(|&row| (1..=2).contains(&misses(columns, &constants, row))).count();
    let log_share = |&(column, code): &(usize, u32)| {
        // One is added, so that a value that occurs nowhere else is not impossible.
        let natural =
            (columns[column].counts[code as usize] - members.len().min(columns[column].counts[code as usize])) as f64;
        ((natural + 1.0) / (columns[column].filled.saturating_sub(members.len()) as f64 + 2.0)).ln()
    };
    let log_expected = (rows as f64).ln() + constants.iter().map(log_share).sum::<f64>();
    let count = members.len() as f64;
    // Chernoff's bound on the Poisson tail: so many or more, where this number was to be expected.
    let log_chance = if count.ln() > log_expected { count * (log_expected - count.ln() + 1.0) } else { 0.0 };
    let common = near_misses as f64 > settings.most_near_misses * count;
    if common || log_chance > settings.most_chance.ln() || !piles_up(columns, &constants, count, settings) {
        return None;
    }
    Some(describe(columns, &constants, members, log_expected, near_misses))
}

/// The value in which most of the rows agree, and how many do.
fn agreed(column: &NumberColumn, members: &[usize]) -> Option<(u32, usize)> {
    let mut codes: Vec<u32> = members.iter().map(|&row| column.codes[row]).collect();
    codes.sort_unstable();
    let longest = codes.chunk_by(|a, b| a == b).max_by_key(|run| run.len())?;
    let enough = longest[0] != NOTHING && longest.len() as f64 >= AGREE * members.len() as f64;
    enough.then_some((longest[0], longest.len()))
}

/// Share of the other rows that hold the value.
fn natural_share(column: &NumberColumn, code: u32, members: usize) -> f64 {
    let others = column.filled.saturating_sub(members).max(1);
    column.counts[code as usize].saturating_sub(members) as f64 / others as f64
}

/// True where the constants stick out of their columns: each occurs more often than its neighbouring values, by about
/// the number of rows found. Measured values that happen to meet do not.
fn piles_up(columns: &[NumberColumn], constants: &[(usize, u32)], rows: f64, settings: &FilledInSettings) -> bool {
    let (mut excess, mut variance) = (0.0, 0.0);
    for &(column, code) in constants {
        let (counts, code) = (&columns[column].counts, code as usize);
        let around = code.saturating_sub(NEIGHBOURS)..(code + NEIGHBOURS + 1).min(counts.len());
        let others = around.clone().filter(|&other| other != code);
        let natural = others.map(|other| counts[other] as f64).sum::<f64>() / (around.len() - 1).max(1) as f64;
        excess += counts[code] as f64 - natural;
        variance += natural.max(1.0) * (1.0 + 1.0 / (around.len() - 1).max(1) as f64);
    }
    excess >= settings.least_pile * rows * constants.len() as f64 && excess >= SURE_PILE * variance.sqrt()
}

/// Number of constants that a row does not share.
fn misses(columns: &[NumberColumn], constants: &[(usize, u32)], row: usize) -> usize {
    constants.iter().filter(|(column, code)| columns[*column].codes[row] != *code).count()
}

fn describe(
    columns: &[NumberColumn],
    constants: &[(usize, u32)],
    members: Vec<usize>,
    log_expected: f64,
    near_misses: usize,
) -> FilledIn {
    let shown = |column: usize, code: u32| (columns[column].name.clone(), columns[column].values[code as usize]);
    let is_constant = |column: usize| constants.iter().any(|(other, _)| *other == column);
    let also = (0..columns.len()).filter(|&column| !is_constant(column)).filter_map(|column| {
        let code = columns[column].codes[members[0]];
        let same = code != NOTHING && members.iter().all(|&row| columns[column].codes[row] == code);
        same.then(|| shown(column, code))
    });
    FilledIn {
        also_constant: also.collect(),
        constants: constants.iter().map(|&(column, code)| shown(column, code)).collect(),
        rows: members,
        log_expected,
        near_misses,
    }
}
