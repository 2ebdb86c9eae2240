//! Links the records of two tables, or of one with itself: blocks, compares, learns, weighs and judges.
//!
//! Holds the one way through the parts of this crate. Must never decide by hand what a column is worth.

mod apart;
mod assign;
mod recall;
mod score;
#[cfg(test)]
mod tests;

use crate::block::{BlockReport, Blocks, Pair, records_of};
use crate::compare::About;
use crate::fellegi_sunter::{Chances, Parameters, Pattern, weight_of};
use crate::records::{Columns, Records};
pub use crate::spec::{LinkError, LinkSpec};
use apart::Apart;
use model::{Comparison, Judgement, Table, Verdict};
use score::Compared;

/// A table and the name of its dataset. It must have a text column `_id` where Judgements are wanted.
#[derive(Clone, Copy)]
pub struct Dataset<'t> {
    /// The dataset's name, the first part of a record's identifier.
    pub name: &'t str,
    /// Its rows.
    pub table: &'t Table,
}

/// Two records and how sure it is that they are the same. Records are numbered through: left rows, then right rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoredPair {
    /// The left record.
    pub left: u32,
    /// The right record.
    pub right: u32,
    /// The grades reached.
    pub pattern: Pattern,
    /// Sum of weights, log2, the prior's included.
    pub weight: f64,
    /// Probability that both are the same.
    pub probability: f64,
    /// What follows from it.
    pub verdict: Verdict,
    /// Why the verdict is not what the probability says; empty where it is. `outranked`, `tied`, or the column that holds both apart.
    pub held: &'static str,
}

/// What was learned about one comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Learned {
    /// Its name.
    pub name: String,
    /// The comparator.
    pub about: &'static str,
    /// For each grade but `missing`, worst first: the grade, its chance among the same, its chance among others, its weight; all
    /// whatever other comparisons say.
    pub grades: Vec<(&'static str, f64, f64, f64)>,
    /// The comparison on which it depends among the same.
    pub same_given: Option<String>,
    /// The comparison on which it depends among others: what it tells beyond that one is less.
    pub others_given: Option<String>,
}

/// All that linking found.
#[derive(Clone, Debug, PartialEq)]
pub struct Linkage {
    /// Pairs at or above the unsure probability, and pairs held apart in spite of it; heaviest first.
    pub judgements: Vec<Judgement>,
    /// What was learned.
    pub learned: Vec<Learned>,
    /// Probability that two records taken at random are the same.
    pub prior: f64,
    /// What blocking did.
    pub blocking: BlockReport,
}

/// Records compared and weighed; hands out pairs without the texts of their reasons, which at a million records matters.
pub struct Linker<'t> {
    records: Records<'t>,
    spec: &'t LinkSpec,
    compared: Compared,
    parameters: Parameters,
    blocking: BlockReport,
    blocking_recall: Option<f64>,
    pairs: Vec<ScoredPair>,
}

/// Pairs from which weights are learned, where blocks bring more: many thousands of the same are among them, and more would
/// not change a digit that is shown.
const LEARNED_FROM: u64 = 500_000;

/// Links two tables, or one with itself where there is no right one.
pub fn link(left: Dataset<'_>, right: Option<Dataset<'_>>, spec: &LinkSpec) -> Result<Linkage, LinkError> {
    let linker = Linker::new(left.table, right.map(|right| right.table), spec)?;
    let judgements = linker.judgements(left, right)?;
    Ok(Linkage { judgements, learned: linker.learned(), prior: linker.parameters.prior, blocking: linker.blocking })
}

impl<'t> Linker<'t> {
    /// Blocks, compares, learns and weighs.
    pub fn new(left: &'t Table, right: Option<&'t Table>, spec: &'t LinkSpec) -> Result<Self, LinkError> {
        spec.check()?;
        let setting = |message: &str| Err(LinkError::Setting(message.to_owned()));
        if spec.one_to_one && right.is_none() {
            return setting("`one_to_one` wants two tables; leave it out, or name the column of `apart`");
        }
        if right.is_some() && !spec.apart.is_empty() {
            return setting("`apart` is for the rows of one table; leave it out, or link one table with itself");
        }
        let records = Records { left, right };
        let mut columns = Columns::new(records);
        columns.prepare(spec.reads()?)?;
        let compared = Compared::new(&records, &mut columns, spec)?;
        let blocks = Blocks::new(&records, &mut columns, compared.among(), spec)?;
        let (sample, share) = blocks.sample(LEARNED_FROM);
        let patterns = compared.patterns(&sample);
        let mut apart = compared.apart(&mut columns, spec)?;
        let learn = |apart: &Apart| {
            let held = |pair: Pair| {
                let (one, other) = records_of(pair);
                apart.holds(one, other)
            };
            // What is known to be two things must not be taken for the same while learning.
            let open = sample.iter().zip(&patterns).filter(|(pair, _)| !held(**pair)).map(|(_, pattern)| *pattern);
            Parameters::learn(&compared.observed(&records, open, share, spec, apart))
        };
        let score = |parameters: &Parameters| {
            if share >= 1.0 {
                return compared.score(&sample, &patterns, parameters, spec);
            }
            let (reach, least) = (compared.reach(parameters), weight_of(spec.unsure));
            let pairs = blocks.gather(|pair| compared.may_reach(pair, least, &reach));
            compared.score(&pairs, &compared.patterns(&pairs), parameters, spec)
        };
        let mut parameters = learn(&apart);
        let mut pairs = score(&parameters);
        if !apart.is_empty() {
            // A home that changed its provider is told from its provider's other homes by its own earlier quarters.
            apart.unite(&pairs, spec.same);
            parameters = learn(&apart);
            pairs = score(&parameters);
            apart = compared.apart(&mut columns, spec)?;
            apart.unite(&pairs, spec.same);
            for pair in pairs.iter_mut().filter(|pair| apart.holds(pair.left, pair.right)) {
                (pair.verdict, pair.held) = (Verdict::Different, "apart");
            }
        }
        let blocking_recall = recall::estimate(&blocks, &pairs, spec)?;
        let blocking = blocks.report().clone();
        drop((blocks, sample, patterns));
        if spec.one_to_one {
            assign::one_to_one(&mut pairs, spec.margin);
        }
        pairs.extend(compared.score_repeats(&parameters, spec));
        pairs.sort_unstable_by(|one, other| {
            other.weight.total_cmp(&one.weight).then((one.left, one.right).cmp(&(other.left, other.right)))
        });
        Ok(Self { records, spec, compared, parameters, blocking, blocking_recall, pairs })
    }

    /// The pairs at or above the unsure probability, heaviest first.
    pub fn pairs(&self) -> &[ScoredPair] {
        &self.pairs
    }

    /// What blocking did.
    pub fn blocking(&self) -> &BlockReport {
        &self.blocking
    }

    /// The share of what is the same that some rule brought together, estimated from rules that share no column; nothing where the rules cannot tell.
    pub fn blocking_recall(&self) -> Option<f64> {
        self.blocking_recall
    }

    /// What was learned, by comparison.
    pub fn learned(&self) -> Vec<Learned> {
        let learned = |(at, spec): (usize, &crate::spec::CompareSpec)| {
            let about: About = self.compared.about(at);
            let grade = |grade: usize| {
                let (same, others) = (&self.parameters.same[at], &self.parameters.others[at]);
                (about.grades[grade], same.of(grade), others.of(grade), self.parameters.weight_alone(at, grade))
            };
            let title = |chances: &Chances| chances.given.map(|given| self.spec.compare[given].title());
            Learned {
                name: spec.title(),
                about: about.name,
                grades: (1..about.grades.len()).map(grade).collect(),
                same_given: title(&self.parameters.same[at]),
                others_given: title(&self.parameters.others[at]),
            }
        };
        self.spec.compare.iter().enumerate().map(learned).collect()
    }

    /// What speaks for and against a pair. Its weights and the prior's add up to the pair's.
    pub fn comparisons(&self, pair: &ScoredPair) -> Vec<Comparison> {
        let mut comparisons = self.compared.comparisons(&self.records, pair, &self.parameters, self.spec);
        if !pair.held.is_empty() {
            let grade = pair.held.to_owned();
            comparisons.push(Comparison {
                name: "held".to_owned(),
                left: String::new(),
                right: String::new(),
                grade,
                weight: 0.0,
            });
        }
        comparisons
    }

    fn judgements(&self, left: Dataset<'_>, right: Option<Dataset<'_>>) -> Result<Vec<Judgement>, LinkError> {
        for (side, dataset) in [("left", Some(left)), ("right", right)] {
            if dataset.is_some_and(|dataset| dataset.table.column("_id").is_none()) {
                let known = "no `_id`; give each row a stable text of its own".to_owned();
                return Err(LinkError::Column { side, column: "_id".to_owned(), known });
            }
        }
        let id = |record: u32| {
            let (table, row) = self.records.at(record);
            let of_right = right.filter(|_| (record as usize) >= left.table.len());
            format!("{}/{}", of_right.unwrap_or(left).name, table.value(row, "_id"))
        };
        let judgement = |pair: &ScoredPair| Judgement {
            left: id(pair.left),
            right: id(pair.right),
            verdict: pair.verdict,
            weight: pair.weight,
            probability: pair.probability,
            comparisons: self.comparisons(pair),
        };
        Ok(self.pairs.iter().map(judgement).collect())
    }
}
