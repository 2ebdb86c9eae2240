//! Compares blocked pairs and weighs them.
//!
//! Holds the coded columns of the comparisons and what is counted on them. Must never keep texts for pairs that nobody asks about.

mod reach;
mod repeats;

use super::apart::Apart;
use super::standing::{self, Standing};
use super::{LinkError, LinkSpec, ScoredPair};
use crate::block::{Blocks, Pair, possible, records_of};
use crate::compare::{About, Comparator, Grade, Reads, Sketch, Subject};
use crate::fellegi_sunter::{Observed, Parameters, Pattern, grade_of, pattern};
use crate::records::{CodedColumn, Columns, Reading, Records, UNKNOWN};
use crate::spec::CompareSpec;
use model::draws::scatter;
use model::{Comparison, Verdict};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::sync::Arc;

/// Records ready to be compared. Within one table, rows that agree in everything compared are taken once: the first stands
/// for all, its *repeats*.
pub(super) struct Compared {
    columns: Vec<(&'static dyn Comparator, Arc<CodedColumn>)>,
    /// The value of each record in each comparison, side by side: a pair is looked up in two places of memory.
    values: Vec<Coded>,
    /// The records that are compared, in order.
    among: Vec<u32>,
    /// For each repeat, the record that stands for it.
    repeats: Vec<(u32, u32)>,
    /// A mark of each record that follows from its values alone, to draw records by: what is drawn then does not depend on the order of
    /// rows. Few records share one.
    marks: Vec<u32>,
    /// For each comparison and value, what agreement on it tells more, or less, than agreement on an average value (log2): the
    /// chance that two compared records have one value, divided by the share of records that have this one. Empty where the
    /// specification does not ask for it.
    rarities: Vec<Vec<f64>>,
    /// How pairs stand beside their rivals, and the comparison by whose likeness; where each record means at most one other.
    standing: Option<(usize, Standing)>,
}

impl Compared {
    pub(super) fn new(records: &Records<'_>, columns: &mut Columns<'_>, spec: &LinkSpec) -> Result<Self, LinkError> {
        let mut compared = Vec::new();
        for compare in &spec.compare {
            let comparator = compare.comparator()?;
            let (left, right) = compare.sides();
            compared.push((comparator, columns.get(&left, &right, comparator.about().reads)?));
        }
        let all =
            0..u32::try_from(records.len()).expect("two tables in memory hold fewer than four thousand million rows");
        let columns = compared;
        let sketches: Vec<Vec<Sketch>> =
            columns.iter().map(|(comparator, column)| sketches(*comparator, column)).collect();
        let mut values = vec![Coded::default(); records.len() * columns.len()];
        values.par_chunks_mut(columns.len()).enumerate().with_min_len(4096).for_each(|(record, row)| {
            for ((value, (_, column)), sketches) in row.iter_mut().zip(&columns).zip(&sketches) {
                value.code = column.codes[record];
                value.sketch = sketches.get(value.code as usize).copied().unwrap_or_default();
            }
        });
        let (among, repeats) = if records.right.is_some() {
            (all.collect(), Vec::new())
        } else {
            repeats::collapse(&values, columns.len(), all)
        };
        let mark = |row: &[Coded]| {
            let mixed =
                row.iter().fold(0u64, |mark, value| scatter(mark.rotate_left(23) ^ u64::from(value.sketch.bits())));
            (mixed >> 32) as u32
        };
        let marks = values.par_chunks(columns.len()).with_min_len(4096).map(mark).collect();
        let rarity = |((_, column), compare): (&(&dyn Comparator, Arc<CodedColumn>), &CompareSpec)| {
            if compare.term_frequency { rarities(column, &among) } else { Vec::new() }
        };
        let rarities = columns.par_iter().zip(&spec.compare).map(rarity).collect();
        Ok(Self { columns, values, among, repeats, marks, rarities, standing: None })
    }

    /// Sets the pairs of each record beside each other, where each record means at most one other and a comparison tells likeness as a
    /// number: the first such one.
    pub(super) fn set_beside(&mut self, blocks: &Blocks, spec: &LinkSpec) {
        let nothing = Subject::default();
        let by = self.columns.iter().position(|(comparator, _)| comparator.likeness(&nothing, &nothing).is_some());
        if let Some(at) = by.filter(|_| spec.one_to_one) {
            let records = self.values.len() / self.columns.len();
            let standing = Standing::new(records, blocks, |one, other| self.likeness(at, one, other));
            self.standing = Some((at, standing));
        }
    }

    fn likeness(&self, at: usize, one: u32, other: u32) -> f32 {
        let (comparator, column) = &self.columns[at];
        let subject = |record: u32| column.subject(column.codes[record as usize]);
        comparator.likeness(&subject(one), &subject(other)).unwrap_or_default()
    }

    /// The number of comparisons, the standing included.
    pub(super) fn comparisons_made(&self) -> usize {
        self.columns.len() + usize::from(self.standing.is_some())
    }

    /// What a comparison is called in reasons.
    pub(super) fn title(&self, at: usize, spec: &LinkSpec) -> String {
        spec.compare.get(at).map_or_else(|| standing::TITLE.to_owned(), CompareSpec::title)
    }

    /// The grades of a comparison, worst first.
    pub(super) fn grades(&self, at: usize) -> &'static [&'static str] {
        self.columns.get(at).map_or(standing::GRADES, |(comparator, _)| comparator.about().grades)
    }

    /// The comparator of a comparison.
    pub(super) fn with(&self, at: usize) -> &'static str {
        self.columns.get(at).map_or(standing::TITLE, |(comparator, _)| comparator.about().name)
    }

    pub(super) fn among(&self) -> &[u32] {
        &self.among
    }

    /// A mark of each record that follows from its values alone.
    pub(super) fn marks(&self) -> &[u32] {
        &self.marks
    }

    /// How dates, numbers and places were read, by column and table.
    pub(super) fn readings(&self) -> impl Iterator<Item = &Reading> {
        self.columns.iter().flat_map(|(_, column)| &column.readings)
    }

    /// Some compared records of these, in an order that follows from their values alone.
    fn in_order(&self, some: &[u32]) -> Vec<u32> {
        let most = (DRAWN_AMONG as f64 / some.len().max(1) as f64 * f64::from(u32::MAX)) as u32;
        let mut drawn: Vec<u32> = match some.len() {
            0..=DRAWN_AMONG => some.to_vec(),
            _ => some.iter().copied().filter(|record| self.marks[*record as usize] <= most).collect(),
        };
        let text = |at: usize, code: u32| if code == UNKNOWN { "" } else { self.columns[at].1.text(code) };
        drawn.par_sort_unstable_by(|one, other| {
            let values = self.values_of(*one).iter().zip(self.values_of(*other)).enumerate();
            let texts = || {
                let mut unlike = values.filter(|(_, (one, other))| one.code != other.code);
                unlike.next().map_or(Ordering::Equal, |(at, (one, other))| text(at, one.code).cmp(text(at, other.code)))
            };
            self.marks[*one as usize].cmp(&self.marks[*other as usize]).then_with(texts)
        });
        drawn
    }

    fn about(&self, comparison: usize) -> About {
        self.columns[comparison].0.about()
    }

    fn values_of(&self, record: u32) -> &[Coded] {
        let begin = record as usize * self.columns.len();
        &self.values[begin..begin + self.columns.len()]
    }

    /// The grades of two records.
    fn pattern(&self, one: u32, other: u32) -> Pattern {
        let values = self.values_of(one).iter().zip(self.values_of(other)).enumerate();
        pattern(values.map(|(at, (left, right))| self.grade(at, left.code, right.code).0))
    }

    fn grade(&self, at: usize, left: u32, right: u32) -> Grade {
        if left == UNKNOWN || right == UNKNOWN {
            return Grade::MISSING;
        }
        let (comparator, column) = &self.columns[at];
        comparator.grade(&column.subject(left), &column.subject(right))
    }

    /// The grades of every pair, in order, its standing beside rivals included.
    pub(super) fn patterns(&self, pairs: &[Pair]) -> Vec<Pattern> {
        let grades = |&pair: &Pair| {
            let (one, other) = records_of(pair);
            let standing = self.standing.as_ref().map_or(0, |(at, standing)| {
                let grade = standing.grade(one, other, self.likeness(*at, one, other));
                u64::from(grade.0) << (4 * self.columns.len())
            });
            self.pattern(one, other) | standing
        };
        let together = |pairs: &[Pair]| {
            self.bring(pairs.iter().map(|pair| records_of(*pair)));
            pairs.iter().map(grades).collect::<Vec<_>>()
        };
        pairs.par_chunks(TOGETHER).with_min_len(16).flat_map_iter(together).collect()
    }

    /// What the parameters are learned from: the patterns of this share of the blocked pairs.
    pub(super) fn observed(
        &self,
        records: &Records<'_>,
        patterns: impl Iterator<Item = Pattern>,
        share: f64,
        spec: &LinkSpec,
        apart: &Apart,
    ) -> Observed {
        let grades: Vec<usize> = (0..self.comparisons_made()).map(|at| self.grades(at).len()).collect();
        let left = self.among.partition_point(|&record| (record as usize) < records.left.len());
        let right = self.among.len() - left;
        let (smaller, most) = match records.right {
            Some(_) => (left.min(right), left.min(right) as f64),
            None => (self.among.len(), PARTNERS * self.among.len() as f64),
        };
        // Within one table titles are written in one way, and are more alike than those of two.
        let within = spec.one_to_one && self.standing.is_none();
        let mut random = self.random(left, Draw::of(records, within, apart), spec);
        let mut random_differ = within || !apart.is_empty();
        let drawn: u64 = random.iter().map(|(_, pairs)| pairs).sum();
        if random_differ && drawn < LEAST_KNOWN {
            random_differ = false;
            let draw = if records.right.is_some() { Draw::Across } else { Draw::Any };
            random = self.random(left, draw, spec);
        }
        Observed {
            grades,
            patterns: counted(patterns),
            random,
            random_differ,
            possible: share * possible(records, &self.among),
            expected: share * smaller as f64 * 0.3,
            // Where grades are taken as independent, pairs that agree by such dependence would fill the bound and push others out.
            most: if spec.dependent { share * most } else { f64::INFINITY },
            dependent: spec.dependent,
            rivals: None,
            of_blocked: self.standing.as_ref().map(|_| self.columns.len()),
            labelled: Vec::new(),
        }
    }

    /// How many random pairs have each pattern; all pairs where there are no more than asked for.
    fn random(&self, left: usize, draw: Draw<'_>, spec: &LinkSpec) -> Vec<(Pattern, u64)> {
        let (mut among, rights) = (self.in_order(&self.among[..left]), self.in_order(&self.among[left..]));
        let left = among.len();
        among.extend(rights);
        let all = among.len();
        if all < 2 {
            return Vec::new();
        }
        let every = (all * all) as u64 <= 2 * spec.random_pairs;
        let draws = if every { all * all } else { spec.random_pairs as usize };
        let drawn = |at: usize| {
            let (one, other) = if every {
                (at / all, at % all)
            } else {
                let chance = scatter(spec.seed.rotate_left(32) ^ at as u64);
                (within(all, chance >> 32), within(all, chance & 0xffff_ffff))
            };
            let (first, second) = (among[one], among[other]);
            let wanted = match draw {
                Draw::Any => one < other,
                Draw::Across => one < left && other >= left,
                Draw::Within => one < other && (one < left) == (other < left),
                Draw::Apart(apart) => one < other && apart.holds(first, second),
            };
            wanted.then_some((first, second))
        };
        let patterns_of = |part: usize| {
            let pairs: Vec<(u32, u32)> =
                (part * TOGETHER..draws.min((part + 1) * TOGETHER)).filter_map(drawn).collect();
            self.bring(pairs.iter().copied());
            pairs.into_iter().map(|(one, other)| self.pattern(one, other))
        };
        let parts = (0..draws.div_ceil(TOGETHER)).into_par_iter().with_min_len(64);
        let patterns: Vec<Pattern> = parts.flat_map_iter(patterns_of).collect();
        counted(patterns.into_iter())
    }

    /// The pairs whose probability reaches this one.
    pub(super) fn score(
        &self,
        pairs: &[Pair],
        patterns: &[Pattern],
        learned: &Parameters,
        spec: &LinkSpec,
        least: f64,
    ) -> Vec<ScoredPair> {
        let scored = |(&pair, &pattern): (&Pair, &Pattern)| {
            let (one, other) = records_of(pair);
            let scored = self.scored(one, other, pattern, learned, spec);
            (scored.probability >= least).then_some(scored)
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
        let rarity: f64 = (0..self.columns.len()).map(|at| self.rarity(one, other, pattern, at, learned)).sum();
        let weight = learned.pattern_weight(pattern) + rarity;
        let mut pair = ScoredPair {
            left: one,
            right: other,
            pattern,
            weight: 0.0,
            probability: 0.0,
            verdict: Verdict::Different,
            held: "",
        };
        pair.judge(weight, spec);
        pair
    }

    /// What full agreement on this value tells more, or less, than full agreement on an average one (log2); the less, the more it
    /// follows from another agreement.
    fn rarity(&self, one: u32, other: u32, pattern: Pattern, at: usize, learned: &Parameters) -> f64 {
        if grade_of(pattern, at) != usize::from(self.about(at).best().0) {
            return 0.0;
        }
        let rarity = self.rarity_of(at, self.values_of(one)[at].code, self.values_of(other)[at].code);
        rarity * learned.left_of_agreement(pattern, at)
    }

    /// Of two values that are compared as equal, the commoner one counts.
    fn rarity_of(&self, at: usize, left: u32, right: u32) -> f64 {
        match self.rarities[at].as_slice() {
            [] => 0.0,
            rarities => rarities[left as usize].min(rarities[right as usize]),
        }
    }

    /// Reads from the values of some pairs what will be read again. They stand anywhere in memory: asked for together they come at the
    /// same time, one after the other each would be waited for.
    fn bring(&self, pairs: impl Iterator<Item = (u32, u32)> + Clone) {
        let read = self.bring_values(pairs.clone());
        let texts = |record: u32| {
            let values = self.values_of(record).iter().zip(&self.columns);
            values.fold(0, |read, (value, (_, column))| read ^ column.first_byte(value.code))
        };
        let read = pairs.fold(read as u8, |read, (one, other)| read ^ texts(one) ^ texts(other));
        std::hint::black_box(read);
    }

    /// The same of the values alone, without their texts.
    fn bring_values(&self, pairs: impl Iterator<Item = (u32, u32)>) -> u32 {
        let ends = |record: u32| {
            let values = self.values_of(record);
            values.first().map_or(0, |value| value.code) ^ values.last().map_or(0, |value| value.code)
        };
        std::hint::black_box(pairs.fold(0, |read, (one, other)| read ^ ends(one) ^ ends(other)))
    }

    /// What the columns of `apart` tell about the compared records, their repeats included.
    pub(super) fn apart(&self, columns: &mut Columns<'_>, spec: &LinkSpec) -> Result<Apart, LinkError> {
        let mut apart = Apart::default();
        for (at, name) in spec.apart.iter().enumerate() {
            let name = std::slice::from_ref(name);
            let column = columns.get(name, name, Reads::Text)?;
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
                weight: learned.weight(pair.pattern, at)
                    + self.rarity(pair.left, pair.right, pair.pattern, at, learned),
            }
        };
        let mut comparisons: Vec<Comparison> = (0..self.columns.len()).map(comparison).collect();
        let more = |name: &str, grade: &str, weight: f64| Comparison {
            name: name.to_owned(),
            left: String::new(),
            right: String::new(),
            grade: grade.to_owned(),
            weight,
        };
        if self.standing.is_some() {
            let at = self.columns.len();
            let grade = standing::GRADES[grade_of(pair.pattern, at)];
            comparisons.push(more(standing::TITLE, grade, learned.weight(pair.pattern, at)));
        }
        if spec.one_to_one {
            // What the pair's weight lacks is what its rivals took.
            let told: f64 = comparisons.iter().map(|one| one.weight).sum::<f64>() + learned.prior_weight();
            if told - pair.weight > LEAST_TOLD {
                comparisons.push(more(RIVALS, "likely", pair.weight - told));
            }
        }
        comparisons
    }
}

/// What rivals took from a weight is told from here on: less is the rounding of sums.
const LEAST_TOLD: f64 = 1e-9;

/// Records of a table that random pairs are drawn from.
const DRAWN_AMONG: usize = 1 << 17;

/// Pairs whose values are asked for at the same time.
const TOGETHER: usize = 32;

/// The name, in reasons, of what the rivals of a pair took from its weight.
pub const RIVALS: &str = "rivals";

/// A value of a record: its code in the column, and the sketch of its text, or a mark of it where the comparison is not of texts.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Coded {
    code: u32,
    sketch: Sketch,
}

/// Records hash by their codes: equal codes have equal sketches.
impl std::hash::Hash for Coded {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.code.hash(state);
    }
}

fn sketches(comparator: &dyn Comparator, column: &CodedColumn) -> Vec<Sketch> {
    let of = match comparator.about().reads {
        Reads::Text | Reads::Identifier => Sketch::of,
        _ => Sketch::mark,
    };
    (0..column.len() as u32).into_par_iter().map(|code| of(column.text(code))).collect()
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
    fn of(records: &Records<'_>, within: bool, apart: &'a Apart) -> Self {
        match records.right {
            Some(_) if within => Self::Within,
            Some(_) => Self::Across,
            None if apart.is_empty() => Self::Any,
            None => Self::Apart(apart),
        }
    }
}

/// Most other records of one table that mean the same as one of them, on average.
const PARTNERS: f64 = 20.0;

/// Fewest pairs known to be two things from which chance agreement is learned.
const LEAST_KNOWN: u64 = 1_000;

/// How often each pattern occurs, sorted by pattern.
fn counted(patterns: impl Iterator<Item = Pattern>) -> Vec<(Pattern, u64)> {
    let mut counted: FxHashMap<Pattern, u64> = FxHashMap::default();
    patterns.for_each(|pattern| *counted.entry(pattern).or_default() += 1);
    let mut patterns: Vec<(Pattern, u64)> = counted.into_iter().collect();
    patterns.sort_unstable();
    patterns
}

/// For each value, log2 of the chance that two records agree, divided by the share of records that have the value.
fn rarities(column: &CodedColumn, among: &[u32]) -> Vec<f64> {
    let counts = column.counts(among.iter().copied());
    let known: u32 = counts.iter().sum();
    let share = |count: &u32| f64::from((*count).max(1)) / f64::from(known.max(1));
    // Whole numbers: their sum does not depend on which value came first.
    let agreeing: u64 = counts.iter().map(|count| u64::from((*count).max(1)).pow(2)).sum();
    let agreement = agreeing as f64 / f64::from(known.max(1)).powi(2);
    counts.iter().map(|count| (agreement / share(count)).log2()).collect()
}

fn within(length: usize, chance: u64) -> usize {
    ((chance * length as u64) >> 32) as usize
}
