//! What will happen to this one: the probability of an event by what is known before it.
//!
//! Holds a model that learns from earlier rows, its record on later ones, and a look for columns that are known only afterwards. It must
//! never learn from a row that is later than those it is judged on, choose anything of the model by the rows of the record (leaks are looked
//! for in all rows), or give a probability without the columns that moved it.
//!
//! A blend of boosted trees (J. H. Friedman, "Greedy function approximation: a gradient boosting machine", 2001) and a penalized logistic
//! regression, which is the yardstick as well. How deep, how many, how strong the penalty and which share of either is chosen by rolling the
//! origin through the past; what was said there makes probabilities of scores (J. Platt, "Probabilities for SV machines", 2000).

mod blend;
mod boosted;
mod features;
mod leaks;
mod linear;
mod record;

#[cfg(test)]
mod tests;

pub use leaks::{Leak, LeakReason, leaks};
pub use record::{CalibrationBin, ColumnSkill, Earlier, OfSubgroup, PredictionRecord, Scored, SubgroupValue};

use blend::{Blend, Plan};
use features::Features;
use model::run::Progress;
use record::{column_skills, subgroups};
use std::cmp::Ordering;
use std::ops::Range;

/// Values of one column, one for each row.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnValues {
    /// Numbers; NaN where nothing is known.
    Numbers(Vec<f64>),
    /// Numbers of categories, from 0; `None` where nothing is known.
    Categories(Vec<Option<u32>>),
    /// Times, in the unit of the table's own; NaN where nothing is known. What tells is how long before the row's own time they lie.
    Times(Vec<f64>),
}

impl ColumnValues {
    fn len(&self) -> usize {
        match self {
            Self::Numbers(values) | Self::Times(values) => values.len(),
            Self::Categories(values) => values.len(),
        }
    }
}

/// A column that may tell of what will happen.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictionColumn {
    /// What it is called.
    pub name: String,
    /// Its values.
    pub values: ColumnValues,
}

/// Rows to learn from and to judge.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PredictionTable {
    /// What may tell of it.
    pub columns: Vec<PredictionColumn>,
    /// Whether it happened; `None` where that is still to come.
    pub happened: Vec<Option<bool>>,
    /// When each row stands, in any unit; all that its columns hold must have been known then.
    pub times: Vec<f64>,
}

/// How a model is learned and judged.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictionSettings {
    /// Rows from this time on are kept for the record; `None` for the last fifth.
    pub record_from: Option<f64>,
    /// Most boosted trees.
    pub most_trees: usize,
    /// Columns told as reasons for each row.
    pub reasons: usize,
    /// Numbers of columns by whose values errors are told apart.
    pub subgroups: Vec<usize>,
    /// Whether to leave out each column once and tell what is lost.
    pub leave_out: bool,
}

impl Default for PredictionSettings {
    fn default() -> Self {
        Self { record_from: None, most_trees: 600, reasons: 4, subgroups: Vec::new(), leave_out: true }
    }
}

/// Why nothing can be predicted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PredictionError {
    /// A setting that nothing can be learned with.
    #[error("the setting `{name}` is {found}; write {write}")]
    Setting {
        /// Which.
        name: &'static str,
        /// What was found.
        found: String,
        /// What to write.
        write: &'static str,
    },
    /// A column of another length than the table.
    #[error("column `{name}` has {found} rows, the table {rows}; give each row a value")]
    Length {
        /// Which.
        name: String,
        /// Its rows.
        found: usize,
        /// Rows of the table.
        rows: usize,
    },
    /// Too few rows of a kind.
    #[error("{found} rows {what}; at least {fewest} are needed")]
    Few {
        /// Rows of which kind.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many are needed.
        fewest: usize,
    },
    /// No column tells anything.
    #[error("no column has two different values in the rows to learn from; give a column that was known before")]
    Nothing,
}

/// What is said of one row.
#[derive(Clone, Debug, PartialEq)]
pub struct RowPrediction {
    /// Its number in the table.
    pub row: usize,
    /// Probability that it happens, or would have happened.
    pub probability: f64,
    /// Columns that moved it most, and by how much on the scale of log odds, measured from the mean of what was learned from.
    pub reasons: Vec<(usize, f64)>,
    /// True where the row was kept for the record, and the model had not seen it or anything later.
    pub of_record: bool,
}

/// What was chosen by rolling the origin through the past.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChosenModel {
    /// Splits from root to leaf in each tree.
    pub depth: usize,
    /// Boosted trees.
    pub trees: usize,
    /// Penalty on the square of the linear model's weights.
    pub penalty: f64,
    /// Share of the trees in the score; the rest is the linear model's.
    pub share_of_trees: f64,
}

/// A prediction, its record, and what it was learned by.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// Rows of the record and rows whose event is still to come, in the order of the table.
    pub rows: Vec<RowPrediction>,
    /// How it did on rows it had not seen.
    pub record: PredictionRecord,
    /// What was chosen.
    pub chosen: ChosenModel,
    /// First time of the record.
    pub record_from: f64,
    /// Rows learned from for the record.
    pub learned_from: usize,
}

/// Fewest rows of either kind to learn from.
const FEWEST_LEARNED: usize = 50;
/// Fewest rows of either kind for the record.
const FEWEST_JUDGED: usize = 10;

/// Learns from the past, says of what is later and of what is still to come how likely it is, and how far that can be believed.
///
/// Rows of the record are judged by a model that has seen only earlier ones; rows still to come by one that has seen all that happened.
/// The order of rows changes nothing, nor does the number of threads. O(rows × features × trees), and that twice more for each column
/// where each is left out.
///
/// # Errors
/// Settings that nothing can be learned with, columns of another length, too few rows of either kind.
pub fn predict(
    table: &PredictionTable,
    settings: &PredictionSettings,
    progress: &dyn Progress,
) -> Result<Prediction, PredictionError> {
    check(table, settings)?;
    let order = in_order(table);
    let record_from = settings.record_from.unwrap_or_else(|| last_fifth(table, &order));
    let split = order.partition_point(|row| table.times[*row] < record_from);
    let came: Vec<bool> = order.iter().filter_map(|row| table.happened[*row]).collect();
    enough(&came[..split], FEWEST_LEARNED, ["before the record happened", "before the record did not happen"])?;
    enough(&came[split..], FEWEST_JUDGED, ["of the record happened", "of the record did not happen"])?;
    let times: Vec<f64> = order.iter().map(|row| table.times[*row]).collect();
    let features = Features::of(table, &order);
    if features.telling(split, &|_| true).is_empty() {
        return Err(PredictionError::Nothing);
    }
    progress.at("choosing", 0, 1);
    let plan = Plan::chosen(&features, &came[..split], &times[..split], settings)?;
    let model = Blend::learned(&features, &came[..split], &plan, &|_| true)?;
    let scores = model.scores(&features, split..order.len());
    let blended = plan.blend(&scores);
    let scored = Scored {
        happened: &came[split..],
        times: &times[split..],
        probabilities: plan.blended.probabilities(&blended),
        yardstick: plan.linear.probabilities(&scores.linear),
    };
    let mut record = PredictionRecord::of(&scored, &came[..split]);
    record.subgroups = subgroups(table, &order[split..], &scored, &settings.subgroups);
    if settings.leave_out {
        record.columns = column_skills(&features, table.columns.len(), &came, split, &plan, &blended, progress)?;
    }
    let judge = Judge { table, plan: &plan, most_reasons: settings.reasons };
    let mut rows = judge.told(&model, &features, split..order.len(), &order, true);
    let coming: Vec<usize> = (0..table.happened.len()).filter(|row| table.happened[*row].is_none()).collect();
    if !coming.is_empty() {
        let all = Blend::learned(&features, &came, &plan, &|_| true)?;
        let ahead = features.same_of(table, &coming);
        rows.extend(judge.told(&all, &ahead, 0..coming.len(), &coming, false));
    }
    rows.sort_by_key(|row| row.row);
    Ok(Prediction { rows, record, chosen: plan.chosen, record_from, learned_from: split })
}

/// Says of rows what a model thinks of them.
struct Judge<'a> {
    table: &'a PredictionTable,
    plan: &'a Plan,
    most_reasons: usize,
}

impl Judge<'_> {
    /// Probability and reasons of a range of the features; `rows` are the numbers of all of them in the table.
    fn told(
        &self,
        model: &Blend,
        features: &Features,
        range: Range<usize>,
        rows: &[usize],
        of_record: bool,
    ) -> Vec<RowPrediction> {
        let probabilities = self.plan.blended.probabilities(&self.plan.blend(&model.scores(features, range.clone())));
        let parts = model.parts(features, range.clone(), self.table.columns.len(), self.plan);
        let of_row = |(place, (probability, parts)): (usize, (f64, Vec<f64>))| {
            let mut reasons: Vec<(usize, f64)> =
                parts.into_iter().enumerate().filter(|(_, part)| *part != 0.0).collect();
            reasons.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()).then(one.0.cmp(&other.0)));
            reasons.truncate(self.most_reasons);
            RowPrediction { row: rows[place], probability, reasons, of_record }
        };
        range.zip(probabilities.into_iter().zip(parts)).map(of_row).collect()
    }
}

fn check(table: &PredictionTable, settings: &PredictionSettings) -> Result<(), PredictionError> {
    let rows = table.happened.len();
    let lengths = table.columns.iter().map(|column| (column.name.as_str(), column.values.len()));
    for (name, found) in lengths.chain([("time", table.times.len())]) {
        if found != rows {
            return Err(PredictionError::Length { name: name.to_owned(), found, rows });
        }
    }
    let wrong = |name, found: String, write| Err(PredictionError::Setting { name, found, write });
    if let Some(time) = table.times.iter().find(|time| !time.is_finite()) {
        return wrong("time", time.to_string(), "a finite time for each row");
    }
    if settings.most_trees == 0 || settings.most_trees > 100_000 {
        return wrong("most_trees", settings.most_trees.to_string(), "1 to 100000; 600 are usual");
    }
    if let Some(column) = settings.subgroups.iter().find(|column| **column >= table.columns.len()) {
        return wrong("subgroups", column.to_string(), "numbers of columns of the table");
    }
    Ok(())
}

/// Fewer than `fewest` of either kind are too few.
fn enough(came: &[bool], fewest: usize, what: [&'static str; 2]) -> Result<(), PredictionError> {
    let happened = came.iter().filter(|came| **came).count();
    for (found, what) in [happened, came.len() - happened].into_iter().zip(what) {
        if found < fewest {
            return Err(PredictionError::Few { what, found, fewest });
        }
    }
    Ok(())
}

/// Rows whose event is known by time, then by all they hold, so that the order of the table changes nothing.
fn in_order(table: &PredictionTable) -> Vec<usize> {
    let mut order: Vec<usize> = (0..table.happened.len()).filter(|row| table.happened[*row].is_some()).collect();
    let by_columns = |one: usize, other: usize| {
        let by = |column: &PredictionColumn| match &column.values {
            ColumnValues::Numbers(values) | ColumnValues::Times(values) => values[one].total_cmp(&values[other]),
            ColumnValues::Categories(values) => values[one].cmp(&values[other]),
        };
        table.columns.iter().map(by).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    };
    order.sort_by(|&one, &other| {
        let by_time = table.times[one].total_cmp(&table.times[other]);
        by_time.then_with(|| by_columns(one, other)).then(table.happened[one].cmp(&table.happened[other]))
    });
    order
}

/// The first time of the last fifth of the rows; rows of one time stay together.
fn last_fifth(table: &PredictionTable, order: &[usize]) -> f64 {
    let at = |place: usize| order.get(place).map_or(f64::INFINITY, |row| table.times[*row]);
    let from = at(order.len() * 4 / 5);
    // Where most rows share one time, that time would be all of them.
    if from > at(0) {
        from
    } else {
        order.iter().map(|row| table.times[*row]).find(|time| *time > from).unwrap_or(from)
    }
}
