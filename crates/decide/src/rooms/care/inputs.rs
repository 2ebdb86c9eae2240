//! Everything a ranking is made from, in the one form in which it is computed and recorded.
//!
//! What is ranked and what is recorded are the same bytes: numbers are cut to fifteen significant digits, which pass
//! through JSON and any database unchanged, and homes stand in the order of their identifiers.

use super::limits::{self, Outcome};
use super::weights::ChosenWeights;
use super::{Candidate, Need, Priors};
use crate::DecideError;
use model::Estimate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Name and version of the method; part of every record.
pub const METHOD: &str = "placement/1";
/// Most homes that are ranked at once.
const MOST_HOMES: usize = 5_000;
/// Most draws of chance.
const MOST_DRAWS: u32 = 200_000;

/// How cautious and how exact the ranking is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankSettings {
    /// Homes are ordered by this quantile of their worth: 0.5 ignores uncertainty, less is more cautious.
    pub quantile: f64,
    /// Correlation of the errors of one home's figures, 0 to below 1.
    pub shared_errors: f64,
    /// Draws for the probability of being the best; 0 leaves it out.
    pub draws: u32,
}

impl Default for RankSettings {
    fn default() -> Self {
        Self { quantile: 0.2, shared_errors: 0.3, draws: 8_192 }
    }
}

/// Everything a ranking is made from; replaying needs nothing else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankInputs {
    /// What the person needs.
    pub need: Need,
    /// Homes that may be chosen. Those that do not meet the limits are left out when ranking.
    pub candidates: Vec<Candidate>,
    /// What comparable homes are like.
    pub priors: Priors,
    /// How much each criterion counts.
    pub weights: ChosenWeights,
    /// How cautious and how exact.
    pub settings: RankSettings,
}

impl RankInputs {
    /// Inputs from all homes of the office: takes the priors from all, and keeps those that meet every limit that does not
    /// rest on what communities say (so that the record can tell what would be first without that).
    pub fn new(
        need: Need,
        homes: &[Candidate],
        weights: ChosenWeights,
        settings: RankSettings,
    ) -> Result<Self, DecideError> {
        let priors = Priors::from_homes(homes);
        let mut official = need.clone();
        official.wishes.retain(|wish| !wish.is_outside());
        let kept = homes.iter().filter(|home| limits::outcome(&official, home) == Outcome::Kept).cloned();
        Self { candidates: kept.collect(), need, priors, weights, settings }.canonical()
    }

    /// The form that is computed and recorded: checked, in order, numbers cut to what JSON carries exactly.
    pub fn canonical(mut self) -> Result<Self, DecideError> {
        self.check()?;
        self.candidates.sort_by(|left, right| left.entity.cmp(&right.entity));
        for candidate in &mut self.candidates {
            cut_candidate(candidate);
        }
        for number in [
            &mut self.need.latitude,
            &mut self.need.longitude,
            &mut self.need.weekly_budget_ceiling,
            &mut self.need.max_distance_km,
        ] {
            cut_some(number);
        }
        self.priors.change(cut);
        self.weights.used.change(cut);
        self.weights.table.change(cut);
        self.settings.quantile = cut(self.settings.quantile);
        self.settings.shared_errors = cut(self.settings.shared_errors);
        Ok(self)
    }

    fn check(&self) -> Result<(), DecideError> {
        let failed = |what: &str, wrong: String| Err(DecideError::Inputs { what: what.to_owned(), wrong });
        let settings = &self.settings;
        if !(settings.quantile > 0.0 && settings.quantile < 1.0) {
            return failed("quantile", format!("{} is not between 0 and 1; 0.2 is cautious", settings.quantile));
        }
        if !(0.0..0.95).contains(&settings.shared_errors) {
            return failed("shared errors", format!("{} is not from 0 to below 0.95", settings.shared_errors));
        }
        if settings.draws > MOST_DRAWS {
            return failed("draws", format!("{} is more than {MOST_DRAWS}; 8192 are enough", settings.draws));
        }
        if self.candidates.len() > MOST_HOMES {
            return failed(
                "candidates",
                format!("{} homes are more than {MOST_HOMES}; set a furthest distance", self.candidates.len()),
            );
        }
        check_need(&self.need)?;
        let mut seen = BTreeSet::new();
        for candidate in &self.candidates {
            if !seen.insert(&candidate.entity) {
                return failed(&candidate.entity, "the home is listed twice; list it once".to_owned());
            }
            check_candidate(candidate)?;
        }
        Ok(())
    }
}

/// Refuses a need that no limit can be computed from.
pub fn check_need(need: &Need) -> Result<(), DecideError> {
    let failed = |what: &str, wrong: &str| Err(DecideError::Inputs { what: what.to_owned(), wrong: wrong.to_owned() });
    if need.kind_of_care.trim().is_empty() {
        return failed("kind of care", "it is empty; name one");
    }
    let positive = |number: Option<f64>| number.is_none_or(|number| number.is_finite() && number > 0.0 && number < 1e9);
    if !positive(need.weekly_budget_ceiling) {
        return failed("weekly budget ceiling", "give an amount above 0, or leave it out");
    }
    if !positive(need.max_distance_km) {
        return failed("furthest distance", "give kilometres above 0, or leave it out");
    }
    Ok(())
}

fn check_candidate(candidate: &Candidate) -> Result<(), DecideError> {
    let failed = |wrong: String| Err(DecideError::Inputs { what: candidate.entity.clone(), wrong });
    let amount = |number: Option<f64>| number.is_none_or(|number| (0.0..1e9).contains(&number));
    if !amount(candidate.weekly_price) || !amount(candidate.distance_km) {
        return failed("price and distance are from 0 up, or unknown".to_owned());
    }
    let estimates = candidate.community.iter().chain(&candidate.trend).chain(candidate.official.values());
    let evidence = candidate.evidence.iter().filter_map(|evidence| evidence.estimate.as_ref());
    for estimate in estimates.chain(evidence) {
        let numbers = [estimate.value, estimate.low, estimate.high, estimate.voices, estimate.independent_voices];
        let sound = numbers.iter().all(|number| number.is_finite() && number.abs() < 1e9)
            && estimate.low <= estimate.high
            && estimate.level > 0.0
            && estimate.level < 1.0;
        if !sound {
            return failed(format!("an estimate is not sound: {estimate:?}; assess the home again"));
        }
    }
    Ok(())
}

fn cut_candidate(candidate: &mut Candidate) {
    for number in
        [&mut candidate.weekly_price, &mut candidate.distance_km, &mut candidate.latitude, &mut candidate.longitude]
    {
        cut_some(number);
    }
    let own = candidate.community.iter_mut().chain(&mut candidate.trend).chain(candidate.official.values_mut());
    let evidence = candidate.evidence.iter_mut().filter_map(|evidence| evidence.estimate.as_mut());
    own.chain(evidence).for_each(|estimate| *estimate = cut_estimate(*estimate));
    candidate.evidence.sort_by(|left, right| {
        let key = |one: &model::case::Evidence| {
            (one.aspect.clone(), one.dataset.clone(), one.version, one.record.clone(), one.text.clone())
        };
        key(left).cmp(&key(right))
    });
}

/// Cuts every number of an estimate.
pub(super) fn cut_estimate(estimate: Estimate) -> Estimate {
    let Estimate { value, low, high, level, voices, independent_voices } = estimate;
    let [value, low, high, level, voices, independent_voices] =
        [value, low, high, level, voices, independent_voices].map(cut);
    Estimate { value, low, high, level, voices, independent_voices }
}

fn cut_some(number: &mut Option<f64>) {
    *number = number.filter(|number| number.is_finite()).map(cut);
}

/// Cuts to nine decimals: below a million these are at most fifteen significant digits, which every JSON reader gets back
/// exactly. Larger numbers keep fewer decimals.
pub(crate) fn cut(number: f64) -> f64 {
    let decimals = if number.abs() < 1e6 { 1e9 } else { 1e5 };
    let cut = (number * decimals).round() / decimals;
    // Negative zero would print another way than zero.
    cut + 0.0
}
