//! Links the records of two tables, or of one with itself: blocks, compares, learns, weighs and judges.
//!
//! Holds the one way through the parts of this crate. Must never decide by hand what a column is worth.

mod apart;
mod assign;
mod labelled;
mod recall;
mod score;
mod standing;
#[cfg(test)]
mod tests;

use crate::block::{BlockReport, Blocks, Pair, pair, records_of};
use crate::fellegi_sunter::{Chances, Parameters, Pattern, Rivals, beside_rivals, probability, weight_of};
use crate::records::{Columns, Reading, Records};
pub use crate::spec::{LinkError, LinkSpec};
use apart::Apart;
pub use labelled::LABELLED;
use labelled::Labelled;
use model::{Comparison, Judgement, Table, Verdict};
use score::Compared;
pub use score::RIVALS;

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
    /// Why the verdict is not what the probability says; empty where it is. `outranked`, `tied`, `labelled`, or the column that holds
    /// both apart.
    pub held: &'static str,
}

impl ScoredPair {
    /// Takes this weight, and what follows from it.
    fn judge(&mut self, weight: f64, spec: &LinkSpec) {
        (self.weight, self.probability) = (weight, probability(weight));
        self.verdict = match self.probability {
            same if same >= spec.same => Verdict::Same,
            unsure if unsure >= spec.unsure => Verdict::Unsure,
            _ => Verdict::Different,
        };
    }
}

/// What a person says of two records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// Row of the left table.
    pub left: u32,
    /// Row of the right table; of the left one where there is no right one.
    pub right: u32,
    /// Whether both are the same.
    pub same: bool,
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

/// Rivals less likely than this take nothing that shows.
const RIVAL: f64 = 0.001;

/// Links two tables, or one with itself where there is no right one. Costs what [`Linker::with_labels`] costs, and a text for each
/// reason of each pair.
///
/// # Errors
/// As [`Linker::with_labels`], and where a table has no column `_id`.
pub fn link(left: Dataset<'_>, right: Option<Dataset<'_>>, spec: &LinkSpec) -> Result<Linkage, LinkError> {
    let linker = Linker::new(left.table, right.map(|right| right.table), spec)?;
    let judgements = linker.judgements(left, right)?;
    Ok(Linkage { judgements, learned: linker.learned(), prior: linker.parameters.prior, blocking: linker.blocking })
}

impl<'t> Linker<'t> {
    /// Blocks, compares, learns and weighs. The same pairs with the same weights whatever the order of the rows, save that of rows which
    /// agree in everything compared the first stands for all.
    ///
    /// # Errors
    /// As [`Self::with_labels`].
    pub fn new(left: &'t Table, right: Option<&'t Table>, spec: &'t LinkSpec) -> Result<Self, LinkError> {
        Self::with_labels(left, right, spec, &[])
    }

    /// The same with what persons said of some pairs: weights are learned from it too, and the verdict on these pairs is theirs,
    /// whether or not a block brings them.
    ///
    /// Takes time in proportion to the records times the comparisons and rules (times the logarithm of the records, to sort their keys), to
    /// the pairs that blocks bring times the comparisons, and to the rounds of learning times the different patterns; memory in
    /// proportion to the records and to the pairs told, not to those compared.
    ///
    /// # Errors
    /// Where the specification cannot be used ([`LinkSpec::check`]) or does not fit the number of tables, a column is not there, none of
    /// the values of a column can be read as what it is compared as, or a label names a row that is not there, a record beside
    /// itself, or one pair in two ways.
    pub fn with_labels(
        left: &'t Table,
        right: Option<&'t Table>,
        spec: &'t LinkSpec,
        labels: &[Label],
    ) -> Result<Self, LinkError> {
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
        let mut compared = Compared::new(&records, &mut columns, spec)?;
        let blocks = Blocks::new(&records, &mut columns, compared.among(), spec)?;
        compared.set_beside(&blocks, spec);
        let labelled = Labelled::new(&records, labels)?;
        // By one comparison alone, equal rivals cannot be told from nobody being meant, and learning would end there.
        let hears_rivals = spec.one_to_one && compared.comparisons_made() > 1;
        let (sample, share) = blocks.sample(LEARNED_FROM, hears_rivals, compared.marks());
        let patterns = compared.patterns(&sample);
        let mut apart = compared.apart(&mut columns, spec)?;
        let repeated = compared.repeated(labelled.pairs());
        let learn = |apart: &Apart| {
            let held = |pair: Pair| {
                let (one, other) = records_of(pair);
                apart.holds(one, other)
            };
            // What is known to be two things must not be taken for the same while learning, and what is labelled is counted as such.
            let open = |&(pair, _): &(&Pair, &Pattern)| !held(*pair) && labelled.of(*pair).is_none();
            let open = || sample.iter().zip(&patterns).filter(open);
            let mut observed = compared.observed(&records, open().map(|(_, pattern)| *pattern), share, spec, apart);
            // Of rows that a column may hold apart, what agrees in everything compared may be known to be two things.
            if apart.is_empty() {
                compared.add_repeated(&mut observed, &repeated, share);
            }
            if hears_rivals {
                let pairs = open().map(|(pair, pattern)| {
                    let (left, right) = records_of(*pair);
                    (left, right, *pattern)
                });
                observed.rivals = Some(Rivals::new(pairs, &observed.patterns));
            }
            let named = compared.patterns(labelled.pairs());
            observed.labelled = named.into_iter().zip(labelled.answers()).collect();
            Parameters::learn(&observed)
        };
        let least = if hears_rivals { spec.unsure.min(RIVAL) } else { spec.unsure };
        let score = |parameters: &Parameters| {
            if share >= 1.0 {
                return compared.score(&sample, &patterns, parameters, spec, least);
            }
            let (reach, weight) = (compared.reach(parameters), weight_of(least));
            let pairs = blocks.gather(|pairs| compared.may_reach(pairs, weight, &reach));
            compared.score(&pairs, &compared.patterns(&pairs), parameters, spec, least)
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
        if hears_rivals {
            // Of labelled pairs nothing is open.
            pairs.retain(|one| labelled.of(pair(one.left, one.right)).is_none());
            let weights: Vec<(u32, u32, f64)> = pairs.iter().map(|pair| (pair.left, pair.right, pair.weight)).collect();
            let left = beside_rivals(records.len(), &weights);
            pairs.iter_mut().zip(left).for_each(|(pair, weight)| pair.judge(weight, spec));
            pairs.retain(|pair| pair.probability >= spec.unsure);
        }
        let blocking_recall = recall::estimate(&blocks, &pairs, spec)?;
        let blocking = blocks.report().clone();
        drop((blocks, sample, patterns));
        pairs.extend(compared.score_repeats(&parameters, spec));
        labelled.settle(&mut pairs, |open| compared.score(open, &compared.patterns(open), &parameters, spec, 0.0));
        if spec.one_to_one {
            assign::one_to_one(&mut pairs, spec.margin);
        }
        pairs.sort_unstable_by(|one, other| {
            other.weight.total_cmp(&one.weight).then((one.left, one.right).cmp(&(other.left, other.right)))
        });
        Ok(Self { records, spec, compared, parameters, blocking, blocking_recall, pairs })
    }

    /// The pairs at or above the unsure probability, heaviest first.
    pub fn pairs(&self) -> &[ScoredPair] {
        &self.pairs
    }

    /// How many rows of one table agree with an earlier row in everything compared.
    pub fn rows_repeated(&self) -> usize {
        self.compared.rows_repeated()
    }

    /// What blocking did.
    pub fn blocking(&self) -> &BlockReport {
        &self.blocking
    }

    /// The share of what is the same that some rule brought together, estimated from rules that share no column; nothing where the rules cannot tell.
    pub fn blocking_recall(&self) -> Option<f64> {
        self.blocking_recall
    }

    /// What speaks for a pair before its records are looked at: the prior's weight, log2 of the odds.
    pub fn prior_weight(&self) -> f64 {
        self.parameters.prior_weight()
    }

    /// How the dates, numbers and places that are compared were read, by column and table.
    pub fn readings(&self) -> impl Iterator<Item = &Reading> {
        self.compared.readings()
    }

    /// What was learned, by comparison.
    pub fn learned(&self) -> Vec<Learned> {
        let learned = |at: usize| {
            let grades = self.compared.grades(at);
            let grade = |grade: usize| {
                let (same, others) = (&self.parameters.same[at], &self.parameters.others[at]);
                (grades[grade], same.of(grade), others.of(grade), self.parameters.weight_alone(at, grade))
            };
            let title = |chances: &Chances| chances.given.map(|given| self.compared.title(given, self.spec));
            Learned {
                name: self.compared.title(at, self.spec),
                about: self.compared.with(at),
                grades: (1..grades.len()).map(grade).collect(),
                same_given: title(&self.parameters.same[at]),
                others_given: title(&self.parameters.others[at]),
            }
        };
        (0..self.compared.comparisons_made()).map(learned).collect()
    }

    /// What speaks for and against a pair: the comparisons of [`Self::learned`] in their order, then what its rivals took, then what holds
    /// it. The weights and the prior's add up to the pair's.
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
