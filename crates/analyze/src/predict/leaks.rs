//! Columns that are known only when it has happened.
//!
//! Holds three signs of such a column: what happened follows from it; it lies later than its row; the table keeps its earlier value as the
//! history of the same entity, and it tells what that history does not. It must never judge a column by its name.
//!
//! The third needs no strong column: what an inspection finds foretells its result only somewhat, but the next row of the same licence
//! holds it as "found last time", which nobody needs of what is known beforehand.

use super::{ColumnValues, PredictionTable, in_order};
use model::ranking::Area;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Area from which what happened is said to follow from a column.
const FOLLOWS: f64 = 0.98;
/// Share of rows that lie before a column's own time from which the column is said to lie later.
const LATER: f64 = 0.01;
/// Share of what another column says that the earlier value must explain, and by how much more than the value of the same row does.
const KEPT: f64 = 0.25;
/// See [`KEPT`].
const KEPT_MORE: f64 = 0.2;
/// How sure it must be that a column tells more than its own history, in standard deviations.
const SURE: f64 = 4.0;
/// Pairs of rows of the same entity below which nothing is said.
const FEWEST_PAIRS: usize = 100;
/// Rows that a value must have to tell anything alone.
const FEWEST_ROWS: f64 = 5.0;
/// Values of a column that are told apart.
const MOST_VALUES: usize = 50;
/// Parts that more numbers are cut into.
const PARTS: usize = 20;

/// A column that is known only when it has happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leak {
    /// Number of the column.
    pub column: usize,
    /// How that is seen.
    pub reason: LeakReason,
}

/// How a leak is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LeakReason {
    /// The column alone tells what happened.
    Follows {
        /// Area under the ROC curve of the column alone.
        area: f64,
    },
    /// Its times lie after those of the rows.
    Later {
        /// Share of rows.
        share: f64,
    },
    /// The next row of the same entity holds it as history, and it tells of what happened beyond that history.
    KeptAsHistory {
        /// Number of the entities.
        entities: usize,
        /// Column that holds the earlier value.
        history: usize,
        /// Share of what that column says that the earlier value explains (the tau of L. A. Goodman and W. H. Kruskal, 1954).
        explained: f64,
        /// Area of the column alone, in rows that have one before them.
        area: f64,
        /// How far it tells of what happened among rows with the same history, in standard deviations of chance.
        beyond: f64,
    },
}

/// A column as few different values.
struct Coarse {
    codes: Vec<u32>,
    count: usize,
}

/// Looks for columns that are known only when it has happened. `entities` are lists of what each row is about, such as a licence: for each row
/// the number of its entity. O(entities × columns² × rows).
pub fn leaks(table: &PredictionTable, entities: &[Vec<Option<u32>>]) -> Vec<Leak> {
    let order = in_order(table);
    let came: Vec<bool> = order.iter().filter_map(|row| table.happened[*row]).collect();
    let coarse: Vec<Coarse> = table.columns.iter().map(|column| Coarse::of(table, &column.values, &order)).collect();
    let pairs: Vec<Vec<(u32, u32)>> = entities.iter().map(|entities| pairs(table, entities, &order)).collect();
    let of_column = |column: usize| {
        let area = coarse[column].area(&came, (0..came.len() as u32).map(|place| (place, place)));
        if let Some(area) = area.filter(|area| area.value >= FOLLOWS) {
            return Some(LeakReason::Follows { area: area.value });
        }
        if let ColumnValues::Times(values) = &table.columns[column].values {
            let later = order.iter().filter(|row| values[**row] > table.times[**row]).count();
            let share = later as f64 / order.len().max(1) as f64;
            return (share > LATER).then_some(LeakReason::Later { share });
        }
        let histories = pairs.iter().enumerate().filter_map(|(entities, pairs)| {
            let (history, explained) = kept_as(&coarse, column, pairs)?;
            let area = coarse[column].area(&came, pairs.iter().map(|(_, later)| (*later, *later)))?.value;
            let beyond = coarse[column].beyond(&came, pairs);
            let kept = LeakReason::KeptAsHistory { entities, history, explained, area, beyond };
            (beyond >= SURE).then_some(kept)
        });
        let explained = |reason: &LeakReason| match reason {
            LeakReason::KeptAsHistory { explained, .. } => *explained,
            _ => 0.0,
        };
        histories.max_by(|one, other| explained(one).total_cmp(&explained(other)))
    };
    let found: Vec<Option<LeakReason>> = (0..table.columns.len()).into_par_iter().map(of_column).collect();
    found.into_iter().enumerate().filter_map(|(column, reason)| Some(Leak { column, reason: reason? })).collect()
}

/// Rows of the same entity that follow each other in time, as places in the order.
fn pairs(table: &PredictionTable, entities: &[Option<u32>], order: &[usize]) -> Vec<(u32, u32)> {
    let mut last: BTreeMap<u32, u32> = BTreeMap::new();
    let mut pairs = Vec::new();
    for (place, row) in order.iter().enumerate() {
        let Some(entity) = entities.get(*row).copied().flatten() else { continue };
        if let Some(before) = last.insert(entity, place as u32)
            && table.times[order[before as usize]] < table.times[*row]
        {
            pairs.push((before, place as u32));
        }
    }
    pairs
}

/// The other column that the earlier value of a column explains best, if well enough and not as well by the value of the same row.
fn kept_as(coarse: &[Coarse], column: usize, pairs: &[(u32, u32)]) -> Option<(usize, f64)> {
    if pairs.len() < FEWEST_PAIRS {
        return None;
    }
    let of_other = |other: usize| {
        let earlier = coarse[column].explains(&coarse[other], pairs.iter().copied());
        let now = coarse[column].explains(&coarse[other], pairs.iter().map(|(_, later)| (*later, *later)));
        (earlier >= KEPT && earlier - now >= KEPT_MORE).then_some((other, earlier))
    };
    let others = (0..coarse.len()).filter(|other| *other != column).filter_map(of_other);
    others.max_by(|one, other| one.1.total_cmp(&other.1))
}

impl Coarse {
    fn of(table: &PredictionTable, values: &ColumnValues, order: &[usize]) -> Self {
        let numbers: Vec<f64> = match values {
            ColumnValues::Numbers(values) => order.iter().map(|row| values[*row]).collect(),
            ColumnValues::Times(values) => order.iter().map(|row| table.times[*row] - values[*row]).collect(),
            ColumnValues::Categories(values) => {
                let own = || order.iter().map(|row| values[*row]);
                let mut counts: BTreeMap<Option<u32>, usize> = BTreeMap::new();
                own().for_each(|category| *counts.entry(category).or_default() += 1);
                let mut frequent: Vec<(Option<u32>, usize)> = counts.into_iter().collect();
                frequent.sort_by_key(|(category, count)| (usize::MAX - count, *category));
                // All that are rare are one.
                frequent.truncate(MOST_VALUES - 1);
                let code: BTreeMap<Option<u32>, u32> =
                    frequent.iter().zip(0..).map(|((category, _), code)| (*category, code)).collect();
                let rest = code.len() as u32;
                let codes = own().map(|category| code.get(&category).copied().unwrap_or(rest)).collect();
                return Self { codes, count: rest as usize + 1 };
            }
        };
        let mut known: Vec<f64> = numbers.iter().copied().filter(|value| !value.is_nan()).collect();
        known.sort_unstable_by(f64::total_cmp);
        let parts: Vec<f64> =
            (1..=PARTS).filter_map(|part| known.get((part * known.len() / PARTS).max(1) - 1)).copied().collect();
        let mut ends = known;
        ends.dedup();
        if ends.len() > MOST_VALUES {
            ends = parts;
            ends.dedup();
        }
        let unknown = ends.len() as u32;
        let code = |value: &f64| {
            if value.is_nan() { unknown } else { ends.partition_point(|end| end < value).min(ends.len() - 1) as u32 }
        };
        Self { codes: numbers.iter().map(code).collect(), count: ends.len() + 1 }
    }

    /// How well the shares of what came by the value in the first row of a pair tell of the second row of it. What few rows have tells nothing:
    /// else a value of its own in each row would tell all.
    fn area(&self, came: &[bool], pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Option<Area> {
        let mut sums = vec![(0.0_f64, 0.0_f64); self.count];
        for (from, to) in pairs.clone() {
            let sum = &mut sums[self.codes[from as usize] as usize];
            sum.0 += f64::from(u8::from(came[to as usize]));
            sum.1 += 1.0;
        }
        let all = sums.iter().fold((0.0, 0.0), |all, own| (all.0 + own.0, all.1 + own.1));
        let share = |from: u32| match sums[self.codes[from as usize] as usize] {
            (happened, rows) if rows >= FEWEST_ROWS => happened / rows,
            _ => all.0 / all.1,
        };
        let scores: Vec<f64> = pairs.clone().map(|(from, _)| share(from)).collect();
        let kinds: Vec<bool> = pairs.map(|(_, to)| came[to as usize]).collect();
        Area::of_events(&scores, &kinds)
    }

    /// How far a value tells of what came among rows whose row before had the same value, in standard deviations of chance: the score test of a
    /// logistic regression with an offset for each value before. Every other pair is scored by what the rest says of its value, so that
    /// chance alone gives 0 on average.
    fn beyond(&self, came: &[bool], pairs: &[(u32, u32)]) -> f64 {
        let mut sums = [vec![(0.0_f64, 0.0_f64); self.count], vec![(0.0, 0.0); self.count]];
        for (place, (_, now)) in pairs.iter().enumerate() {
            let sum = &mut sums[place % 2][self.codes[*now as usize] as usize];
            sum.0 += f64::from(u8::from(came[*now as usize]));
            sum.1 += 1.0;
        }
        let all = sums.iter().flatten().fold((0.0, 0.0), |all, own| (all.0 + own.0, all.1 + own.1));
        let share = all.0 / all.1;
        // Rows, what came, scores, their squares and their products with what came, by the value before.
        let mut strata = vec![[0.0_f64; 5]; self.count];
        for (place, (before, now)) in pairs.iter().enumerate() {
            let (happened, rows) = sums[1 - place % 2][self.codes[*now as usize] as usize];
            // As much as a few rows with the share of all.
            let score = (happened + 5.0 * share) / (rows + 5.0);
            let own = f64::from(u8::from(came[*now as usize]));
            let stratum = &mut strata[self.codes[*before as usize] as usize];
            for (sum, part) in stratum.iter_mut().zip([1.0, own, score, score * score, score * own]) {
                *sum += part;
            }
        }
        let (mut slope, mut variance) = (0.0, 0.0);
        for [rows, happened, score, square, product] in strata {
            if rows > 1.0 {
                slope += product - score * happened / rows;
                let spread = square - score * score / rows;
                variance += happened / rows * (1.0 - happened / rows) * spread * rows / (rows - 1.0);
            }
        }
        if variance > 0.0 { slope / variance.sqrt() } else { 0.0 }
    }

    /// Share of what another column says in the second row of a pair that this one's value in the first explains, 0 to 1.
    fn explains(&self, other: &Self, pairs: impl Iterator<Item = (u32, u32)>) -> f64 {
        let mut table = vec![0.0_f64; self.count * other.count];
        let mut all = 0.0;
        for (from, to) in pairs {
            table[self.codes[from as usize] as usize * other.count + other.codes[to as usize] as usize] += 1.0;
            all += 1.0;
        }
        let mut columns = vec![0.0; other.count];
        let mut within = 0.0;
        for row in table.chunks_exact(other.count) {
            let sum: f64 = row.iter().sum();
            if sum > 0.0 {
                within += row.iter().map(|count| count * count).sum::<f64>() / sum;
            }
            columns.iter_mut().zip(row).for_each(|(column, count)| *column += count);
        }
        let alone = columns.iter().map(|count| count * count).sum::<f64>() / (all * all);
        if alone < 1.0 { (within / all - alone) / (1.0 - alone) } else { 0.0 }
    }
}
