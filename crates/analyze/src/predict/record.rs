//! How predictions did on what they had not seen.
//!
//! Holds the record that every use of a model must show, and which columns it owes its skill to. It must never count a row that was learned
//! from.

use super::blend::{Blend, Plan};
use super::features::Features;
use super::{ColumnValues, PredictionError, PredictionTable};
use model::estimate::wilson;
use model::ranking::Area;
use model::run::Progress;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Probability that the intervals of shares hold the true ones.
const LEVEL: f64 = 0.95;
/// Parts of the calibration table.
const BINS: usize = 10;
/// Different numbers of a column that are subgroups of their own; more are cut into quarters.
const MOST_NUMBERS: usize = 12;

/// What was said of rows, and what came.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored<'a> {
    /// Whether it happened, in the order of the times.
    pub happened: &'a [bool],
    /// When, in any unit.
    pub times: &'a [f64],
    /// What the model said.
    pub probabilities: Vec<f64>,
    /// What the linear yardstick said.
    pub yardstick: Vec<f64>,
}

/// Some rows that were said to be about as likely.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CalibrationBin {
    /// Number of rows.
    pub rows: usize,
    /// Mean of what was said.
    pub said: f64,
    /// Share that happened.
    pub happened: f64,
    /// Interval of that share, 95 %.
    pub interval: (f64, f64),
}

/// How much earlier what happened would have been met, had rows been gone through by their probability and not in the order of their times: the
/// row with the k-th highest probability takes the k-th earliest time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Earlier {
    /// Mean over what happened, in the unit of the times.
    pub mean: f64,
    /// Standard deviation over what happened.
    pub deviation: f64,
    /// Standard error of the mean.
    pub error: f64,
}

/// What a column has in common in a subgroup.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SubgroupValue {
    /// A category.
    Category(u32),
    /// Numbers from the first to the second, both included.
    Numbers(f64, f64),
    /// Nothing is known.
    Unknown,
}

/// How it did on rows that have something in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OfSubgroup {
    /// Number of the column.
    pub column: usize,
    /// What its rows share.
    pub value: SubgroupValue,
    /// What was said and what came.
    pub bin: CalibrationBin,
    /// Area under the ROC curve and its standard error, where both kinds are there.
    pub area: Option<(f64, f64)>,
    /// Mean squared difference of probability and truth.
    pub brier: f64,
}

impl OfSubgroup {
    /// True where what was said lies outside the interval of what came.
    pub fn is_off(&self) -> bool {
        self.bin.said < self.bin.interval.0 || self.bin.said > self.bin.interval.1
    }
}

/// What a column is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColumnSkill {
    /// Number of the column.
    pub column: usize,
    /// Area of a model that has never known it.
    pub without: f64,
    /// Area that is lost by that.
    pub lost: f64,
    /// Standard error of what is lost.
    pub error: f64,
    /// Area of a model that knows nothing else.
    pub alone: f64,
}

/// How a model did on rows it had not seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PredictionRecord {
    /// Rows of the record.
    pub rows: usize,
    /// Those where it happened.
    pub happened: usize,
    /// Share that happened among the rows learned from.
    pub happened_before: f64,
    /// Area under the ROC curve: chance that what happened was called likelier than what did not. One half is as good as lots.
    pub area: f64,
    /// Its standard error.
    pub area_error: f64,
    /// Area of the linear yardstick.
    pub linear_area: f64,
    /// Area above the yardstick's, and the standard error of that.
    pub above_linear: (f64, f64),
    /// Mean squared difference of probability and truth (G. W. Brier, 1950).
    pub brier: f64,
    /// That of the linear yardstick.
    pub linear_brier: f64,
    /// That of always saying what happened before.
    pub brier_of_share: f64,
    /// Ten parts with as many rows each, from the least likely to the likeliest.
    pub calibration: Vec<CalibrationBin>,
    /// Mean distance of what was said and what came over these parts.
    pub calibration_error: f64,
    /// How many times as often it happened in the likeliest tenth as in all rows.
    pub lift: f64,
    /// Share of all that happened which the likeliest tenth holds.
    pub found_in_tenth: f64,
    /// How much earlier what happened would have been met; `None` where all times are one.
    pub earlier: Option<Earlier>,
    /// The same for the linear yardstick.
    pub linear_earlier: Option<Earlier>,
    /// Errors by subgroup.
    pub subgroups: Vec<OfSubgroup>,
    /// What each column is worth, the most first.
    pub columns: Vec<ColumnSkill>,
}

impl PredictionRecord {
    /// The record of what was said, after learning from rows of which `before` tells what came. O(n log n).
    pub fn of(scored: &Scored<'_>, before: &[bool]) -> Self {
        let rows = scored.happened.len();
        let happened = scored.happened.iter().filter(|came| **came).count();
        let happened_before = before.iter().filter(|came| **came).count() as f64 / before.len().max(1) as f64;
        let area = Area::of_events(&scored.probabilities, scored.happened);
        let linear = Area::of_events(&scored.yardstick, scored.happened);
        let above = area.as_ref().zip(linear.as_ref()).and_then(|(own, linear)| own.more_than(linear));
        let order = likeliest_first(&scored.probabilities);
        let tenth = rows.div_ceil(10);
        let found = order[..tenth].iter().filter(|row| scored.happened[**row]).count() as f64;
        let rate = happened as f64 / rows.max(1) as f64;
        let calibration: Vec<CalibrationBin> = (0..BINS.min(rows))
            .rev()
            .map(|bin| bin_of(scored, &order[bin * rows / BINS.min(rows)..(bin + 1) * rows / BINS.min(rows)]))
            .collect();
        let off = calibration.iter().map(|bin| bin.rows as f64 * (bin.said - bin.happened).abs()).sum::<f64>();
        Self {
            rows,
            happened,
            happened_before,
            area: area.as_ref().map_or(f64::NAN, |area| area.value),
            area_error: area.as_ref().map_or(f64::NAN, |area| area.error),
            linear_area: linear.as_ref().map_or(f64::NAN, |area| area.value),
            above_linear: above.unwrap_or((f64::NAN, f64::NAN)),
            brier: brier(scored.probabilities.iter().copied(), scored.happened),
            linear_brier: brier(scored.yardstick.iter().copied(), scored.happened),
            brier_of_share: brier(std::iter::repeat_n(happened_before, rows), scored.happened),
            calibration,
            calibration_error: off / rows.max(1) as f64,
            lift: found / tenth.max(1) as f64 / rate,
            found_in_tenth: found / happened.max(1) as f64,
            earlier: earlier(scored, &order),
            linear_earlier: earlier(scored, &likeliest_first(&scored.yardstick)),
            subgroups: Vec::new(),
            columns: Vec::new(),
        }
    }
}

fn brier(said: impl Iterator<Item = f64>, happened: &[bool]) -> f64 {
    let square = |(said, came): (f64, &bool)| (said - f64::from(u8::from(*came))).powi(2);
    said.zip(happened).map(square).sum::<f64>() / happened.len().max(1) as f64
}

/// Rows from the likeliest to the least likely; what is as likely stays in the order of the times.
fn likeliest_first(probabilities: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|one, other| probabilities[*other].total_cmp(&probabilities[*one]));
    order
}

fn bin_of(scored: &Scored<'_>, rows: &[usize]) -> CalibrationBin {
    let happened = rows.iter().filter(|row| scored.happened[**row]).count() as f64;
    let count = rows.len().max(1) as f64;
    CalibrationBin {
        rows: rows.len(),
        said: rows.iter().map(|row| scored.probabilities[*row]).sum::<f64>() / count,
        happened: happened / count,
        interval: wilson(happened, rows.len() as f64, LEVEL),
    }
}

fn earlier(scored: &Scored<'_>, order: &[usize]) -> Option<Earlier> {
    let (first, last) = (scored.times.first()?, scored.times.last()?);
    if first == last {
        return None;
    }
    // Times rise, so the k-th earliest is the k-th.
    let gains: Vec<f64> = order
        .iter()
        .zip(scored.times)
        .filter(|(row, _)| scored.happened[**row])
        .map(|(row, instead)| scored.times[*row] - instead)
        .collect();
    let count = gains.len() as f64;
    let mean = gains.iter().sum::<f64>() / count;
    let square = gains.iter().map(|gain| (gain - mean) * (gain - mean)).sum::<f64>();
    let deviation = (square / (count - 1.0).max(1.0)).sqrt();
    Some(Earlier { mean, deviation, error: deviation / count.sqrt() })
}

/// Errors by what columns have in common; `rows` are those of the record in the table.
pub(super) fn subgroups(
    table: &PredictionTable,
    rows: &[usize],
    scored: &Scored<'_>,
    columns: &[usize],
) -> Vec<OfSubgroup> {
    let mut found = Vec::new();
    for &column in columns {
        for (value, places) in parted(&table.columns[column].values, rows) {
            let said: Vec<f64> = places.iter().map(|place| scored.probabilities[*place]).collect();
            let came: Vec<bool> = places.iter().map(|place| scored.happened[*place]).collect();
            found.push(OfSubgroup {
                column,
                value,
                bin: bin_of(scored, &places),
                area: Area::of_events(&said, &came).map(|area| (area.value, area.error)),
                brier: brier(said.into_iter(), &came),
            });
        }
    }
    found
}

/// Rows by what a column says of them.
fn parted(values: &ColumnValues, rows: &[usize]) -> Vec<(SubgroupValue, Vec<usize>)> {
    let numbers = match values {
        ColumnValues::Categories(values) => {
            let mut parts: BTreeMap<Option<u32>, Vec<usize>> = BTreeMap::new();
            for (place, row) in rows.iter().enumerate() {
                parts.entry(values[*row]).or_default().push(place);
            }
            let value = |category: Option<u32>| category.map_or(SubgroupValue::Unknown, SubgroupValue::Category);
            return parts.into_iter().map(|(category, places)| (value(category), places)).collect();
        }
        ColumnValues::Numbers(values) | ColumnValues::Times(values) => values,
    };
    let mut known: Vec<usize> = (0..rows.len()).filter(|place| !numbers[rows[*place]].is_nan()).collect();
    let unknown: Vec<usize> = (0..rows.len()).filter(|place| numbers[rows[*place]].is_nan()).collect();
    let at = |place: &usize| numbers[rows[*place]];
    known.sort_by(|one, other| at(one).total_cmp(&at(other)).then(one.cmp(other)));
    let mut different = known.iter().map(at).collect::<Vec<f64>>();
    different.dedup();
    let ends: Vec<f64> = match different.len() {
        0..=MOST_NUMBERS => different,
        _ => (1..=4).map(|quarter| at(&known[quarter * known.len() / 4 - 1])).collect(),
    };
    let mut parts = Vec::new();
    let mut begin = 0;
    for end in ends {
        let until = known.partition_point(|place| at(place) <= end);
        if until > begin {
            let places = known[begin..until].to_vec();
            parts.push((SubgroupValue::Numbers(at(&known[begin]), end), places));
        }
        begin = until.max(begin);
    }
    if !unknown.is_empty() {
        parts.push((SubgroupValue::Unknown, unknown));
    }
    parts
}

/// What each of `columns` columns is worth beside `whole`, the scores by all of them: the model is learned anew without it, and with nothing
/// else.
pub(super) fn column_skills(
    features: &Features,
    columns: usize,
    came: &[bool],
    split: usize,
    plan: &Plan,
    whole: &[f64],
    progress: &dyn Progress,
) -> Result<Vec<ColumnSkill>, PredictionError> {
    let area_of = |scores: &[f64]| Area::of_events(scores, &came[split..]).ok_or(PredictionError::Nothing);
    let area = |wanted: &dyn Fn(usize) -> bool| {
        let model = Blend::learned(features, &came[..split], plan, wanted)?;
        area_of(&plan.blend(&model.scores(features, split..came.len())))
    };
    let whole = area_of(whole)?;
    let done = std::sync::atomic::AtomicU64::new(0);
    let telling: Vec<usize> =
        (0..columns).filter(|column| !features.telling(split, &|own| own == *column).is_empty()).collect();
    let of_column = |&column: &usize| {
        let without = area(&|own| own != column)?;
        let alone = area(&|own| own == column)?;
        let (lost, error) = whole.more_than(&without).unwrap_or_default();
        let before = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        progress.at("columns left out", before + 1, telling.len() as u64);
        Ok(ColumnSkill { column, without: without.value, lost, error, alone: alone.value })
    };
    let mut skills: Vec<ColumnSkill> = telling.par_iter().map(of_column).collect::<Result<_, PredictionError>>()?;
    skills.sort_by(|one, other| other.lost.total_cmp(&one.lost).then(one.column.cmp(&other.column)));
    Ok(skills)
}
