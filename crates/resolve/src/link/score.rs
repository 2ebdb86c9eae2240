//! Compares blocked pairs and weighs them.
//!
//! Holds the coded columns of the comparisons and what is counted on them. Must never keep texts for pairs that nobody asks about.

use super::apart::Apart;
use super::{LinkError, LinkSpec, ScoredPair};
use crate::block::{Pair, records_of};
use crate::compare::{About, Comparator, Grade};
use crate::fellegi_sunter::{Observed, Parameters, Pattern, grade_of, pattern, probability};
use crate::records::{CodedColumn, Records, UNKNOWN};
use model::draws::scatter;
use model::{Comparison, Verdict};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Records ready to be compared. Within one table, rows that agree in everything compared are taken once: the first stands
/// for all, its *repeats*.
pub(super) struct Compared {
    columns: Vec<(&'static dyn Comparator, CodedColumn)>,
    /// The records that are compared, in order.
    among: Vec<u32>,
    /// For each repeat, the record that stands for it.
    repeats: Vec<(u32, u32)>,
    /// For each comparison, how often each value occurs among the compared records, as a share of those that have one.
    frequencies: Vec<Vec<f64>>,
    /// For each comparison, the chance that two compared records have one value.
    agreement: Vec<f64>,
}

impl Compared {
    pub(super) fn new(records: &Records<'_>, spec: &LinkSpec) -> Result<Self, LinkError> {
        let mut columns = Vec::new();
        for compare in &spec.compare {
            let comparator = compare.comparator()?;
            let (left, right) = compare.sides();
            columns.push((comparator, records.code(&left, &right, comparator.about().reads)?));
        }
        let all =
            0..u32::try_from(records.len()).expect("two tables in memory hold fewer than four thousand million rows");
        let (among, repeats) =
            if records.right.is_some() { (all.collect(), Vec::new()) } else { collapse(&columns, all) };
        let frequencies: Vec<Vec<f64>> = columns.iter().map(|(_, column)| frequencies(column, &among)).collect();
        let agreement = frequencies.iter().map(|shares| shares.iter().map(|share| share * share).sum()).collect();
        Ok(Self { columns, among, repeats, frequencies, agreement })
    }

    pub(super) fn among(&self) -> &[u32] {
        &self.among
    }

    pub(super) fn about(&self, comparison: usize) -> About {
        self.columns[comparison].0.about()
    }

    /// The grades of two records.
    fn pattern(&self, one: u32, other: u32) -> Pattern {
        pattern(self.columns.iter().map(|(comparator, column)| {
            let (left, right) = (column.codes[one as usize], column.codes[other as usize]);
            if left == UNKNOWN || right == UNKNOWN {
                return Grade::MISSING.0;
            }
            comparator.grade(&column.subject(left), &column.subject(right)).0
        }))
    }

    /// The grades of every pair, in order.
    pub(super) fn patterns(&self, pairs: &[Pair]) -> Vec<Pattern> {
        let grades = |&pair: &Pair| {
            let (one, other) = records_of(pair);
            self.pattern(one, other)
        };
        pairs.par_iter().with_min_len(1024).map(grades).collect()
    }

    /// What the parameters are learned from.
    pub(super) fn observed(
        &self,
        records: &Records<'_>,
        patterns: impl Iterator<Item = Pattern>,
        spec: &LinkSpec,
        possible: f64,
        apart: &Apart,
    ) -> Observed {
        let grades: Vec<usize> = self.columns.iter().map(|(comparator, _)| comparator.about().grades.len()).collect();
        let mut counted: FxHashMap<Pattern, u64> = FxHashMap::default();
        patterns.for_each(|pattern| *counted.entry(pattern).or_default() += 1);
        let mut patterns: Vec<(Pattern, u64)> = counted.into_iter().collect();
        patterns.sort_unstable();
        let left = self.among.partition_point(|&record| (record as usize) < records.left.len());
        let smaller = if records.right.is_some() { left.min(self.among.len() - left) } else { self.among.len() };
        let mut random = self.random(left, &grades, Draw::of(records, spec, apart), spec);
        let mut random_differ = spec.one_to_one || !apart.is_empty();
        let drawn = random.first().map_or(0, |counts| counts.iter().sum::<u64>());
        if random_differ && drawn < LEAST_KNOWN {
            random_differ = false;
            let draw = if records.right.is_some() { Draw::Across } else { Draw::Any };
            random = self.random(left, &grades, draw, spec);
        }
        Observed { grades, patterns, random, random_differ, possible, expected: smaller as f64 * 0.3 }
    }

    /// How many random pairs reach each grade of each comparison; all pairs where there are no more than asked for.
    fn random(&self, left: usize, grades: &[usize], draw: Draw<'_>, spec: &LinkSpec) -> Vec<Vec<u64>> {
        let all = self.among.len();
        let none = || grades.iter().map(|&grades| vec![0_u64; grades]).collect::<Vec<_>>();
        if all < 2 {
            return none();
        }
        let every = (all * all) as u64 <= 2 * spec.random_pairs;
        let draws = if every { all * all } else { spec.random_pairs as usize };
        let pattern_of = |at: usize| {
            let (one, other) = if every {
                (at / all, at % all)
            } else {
                let chance = scatter(spec.seed.rotate_left(32) ^ at as u64);
                (within(all, chance >> 32), within(all, chance & 0xffff_ffff))
            };
            let (first, second) = (self.among[one], self.among[other]);
            let wanted = match draw {
                Draw::Any => one < other,
                Draw::Across => one < left && other >= left,
                Draw::Within => one < other && (one < left) == (other < left),
                Draw::Apart(apart) => one < other && apart.holds(first, second),
            };
            wanted.then(|| self.pattern(first, second))
        };
        let add = |mut counts: Vec<Vec<u64>>, pattern: Pattern| {
            counts.iter_mut().enumerate().for_each(|(at, counts)| counts[grade_of(pattern, at)] += 1);
            counts
        };
        let join = |mut one: Vec<Vec<u64>>, other: Vec<Vec<u64>>| {
            one.iter_mut().flatten().zip(other.iter().flatten()).for_each(|(sum, count)| *sum += count);
            one
        };
        (0..draws).into_par_iter().with_min_len(4096).filter_map(pattern_of).fold(none, add).reduce(none, join)
    }

    /// The pairs whose probability reaches the unsure one.
    pub(super) fn score(
        &self,
        pairs: &[Pair],
        patterns: &[Pattern],
        learned: &Parameters,
        spec: &LinkSpec,
    ) -> Vec<ScoredPair> {
        let scored = |(&pair, &pattern): (&Pair, &Pattern)| {
            let (one, other) = records_of(pair);
            let scored = self.scored(one, other, pattern, learned, spec);
            (scored.probability >= spec.unsure).then_some(scored)
        };
        pairs.par_iter().zip(patterns).with_min_len(4096).filter_map(scored).collect()
    }

    /// Repeats with the record that stands for them.
    pub(super) fn score_repeats(&self, learned: &Parameters, spec: &LinkSpec) -> Vec<ScoredPair> {
        let scored = |&(repeat, first): &(u32, u32)| {
            let scored = self.scored(first, repeat, self.pattern(first, repeat), learned, spec);
            (scored.probability >= spec.unsure).then_some(scored)
        };
        self.repeats.par_iter().filter_map(scored).collect()
    }

    fn scored(&self, one: u32, other: u32, pattern: Pattern, learned: &Parameters, spec: &LinkSpec) -> ScoredPair {
        let rarity: f64 = (0..self.columns.len()).map(|at| self.rarity(one, other, pattern, at, spec)).sum();
        let weight = learned.pattern_weight(pattern) + rarity;
        let probability = probability(weight);
        let verdict = match probability {
            same if same >= spec.same => Verdict::Same,
            unsure if unsure >= spec.unsure => Verdict::Unsure,
            _ => Verdict::Different,
        };
        ScoredPair { left: one, right: other, pattern, weight, probability, verdict, held: "" }
    }

    /// What full agreement on this value tells more, or less, than full agreement on an average one (log2).
    fn rarity(&self, one: u32, other: u32, pattern: Pattern, at: usize, spec: &LinkSpec) -> f64 {
        let (comparator, column) = &self.columns[at];
        let grade = grade_of(pattern, at);
        if !spec.compare[at].term_frequency || grade != usize::from(comparator.about().best().0) {
            return 0.0;
        }
        let frequency = |record: u32| self.frequencies[at][column.codes[record as usize] as usize];
        (self.agreement[at] / frequency(one).max(frequency(other))).log2()
    }

    /// What the columns of `apart` tell about the compared records, their repeats included.
    pub(super) fn apart(&self, records: &Records<'_>, spec: &LinkSpec) -> Result<Apart, LinkError> {
        let mut apart = Apart::default();
        for (at, name) in spec.apart.iter().enumerate() {
            let name = std::slice::from_ref(name);
            let column = records.code(name, name, crate::compare::Reads::Text)?;
            let of_record = self.among.iter().map(|&record| (record, record)).chain(self.repeats.iter().copied());
            for (record, first) in of_record {
                match column.codes[record as usize] {
                    UNKNOWN => {}
                    code => apart.add(first, at, code),
                }
            }
        }
        Ok(apart)
    }

    pub(super) fn comparisons(
        &self,
        records: &Records<'_>,
        pair: &ScoredPair,
        learned: &Parameters,
        spec: &LinkSpec,
    ) -> Vec<Comparison> {
        let comparison = |at: usize| {
            let grade = grade_of(pair.pattern, at);
            let (left, right) = spec.compare[at].sides();
            let right = if records.right.is_some() { right } else { left.clone() };
            let written = |record: u32, columns: &[String]| {
                let (table, row) = records.at(record);
                columns.iter().map(|column| table.value(row, column).to_string()).collect::<Vec<_>>().join(", ")
            };
            Comparison {
                name: spec.compare[at].title(),
                left: written(pair.left, &left),
                right: written(pair.right, &right),
                grade: self.about(at).grades[grade].to_owned(),
                weight: learned.weight(at, grade) + self.rarity(pair.left, pair.right, pair.pattern, at, spec),
            }
        };
        (0..self.columns.len()).map(comparison).collect()
    }
}

/// Which pairs chance agreement is learned from.
#[derive(Clone, Copy)]
enum Draw<'a> {
    /// Any pair of one table.
    Any,
    /// Pairs of both tables.
    Across,
    /// Pairs inside each table: two things, where registers have no doubles.
    Within,
    /// Pairs that a column tells apart.
    Apart(&'a Apart),
}

impl<'a> Draw<'a> {
    fn of(records: &Records<'_>, spec: &LinkSpec, apart: &'a Apart) -> Self {
        match records.right {
            Some(_) if spec.one_to_one => Self::Within,
            Some(_) => Self::Across,
            None if apart.is_empty() => Self::Any,
            None => Self::Apart(apart),
        }
    }
}

/// Fewest pairs known to be two things from which chance agreement is learned.
const LEAST_KNOWN: u64 = 1_000;

/// The first record of each combination of values, and for every other record the first one.
fn collapse(
    columns: &[(&'static dyn Comparator, CodedColumn)],
    all: std::ops::Range<u32>,
) -> (Vec<u32>, Vec<(u32, u32)>) {
    let same = |one: u32, other: u32| {
        columns.iter().all(|(_, column)| column.codes[one as usize] == column.codes[other as usize])
    };
    // Chains of records whose values hash alike; the first of each is compared in full.
    let mut firsts: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
    let (mut among, mut repeats) = (Vec::new(), Vec::new());
    for record in all {
        let key = columns.iter().fold(0, |key, (_, column)| scatter(key ^ u64::from(column.codes[record as usize])));
        let chain = firsts.entry(key).or_default();
        match chain.iter().find(|&&first| same(first, record)) {
            Some(&first) => repeats.push((record, first)),
            None => {
                chain.push(record);
                among.push(record);
            }
        }
    }
    (among, repeats)
}

fn frequencies(column: &CodedColumn, among: &[u32]) -> Vec<f64> {
    let counts = column.counts(among.iter().copied());
    let known: u32 = counts.iter().sum();
    counts.iter().map(|&count| f64::from(count.max(1)) / f64::from(known.max(1))).collect()
}

fn within(length: usize, chance: u64) -> usize {
    ((chance * length as u64) >> 32) as usize
}
