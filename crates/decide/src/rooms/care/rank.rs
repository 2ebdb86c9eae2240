//! The cautious ranking: how much each home is worth to this person, how sure that is, and how likely each is the best.
//!
//! A home's worth is the sum of its criteria, each brought to 0..1 and weighted. Its uncertainty comes from the intervals
//! of what is known; what is not known is as uncertain as comparable homes differ, never zero. Homes are ordered by a low
//! quantile of their worth, so that a home about which little is known does not win by luck. The probability of being the
//! best comes from draws of all criteria together. Must never look at who the person is.

use super::chance::{Draws, cut_normal};
use super::criteria::criterion_of;
use super::inputs::{METHOD, RankInputs, RankSettings, cut, cut_estimate};
use super::{Candidate, Criterion, limits};
use crate::DecideError;
use model::estimate::normal_quantile;
use model::{Contribution, Estimate, Explained, Explanation, RecordRef};
use serde::{Deserialize, Serialize};

/// Level of the interval of a worth.
const LEVEL: f64 = 0.9;
/// A home whose best imaginable worth, so many standard deviations up, is below another's worst cannot be the best.
/// The chance that this is wrong is far below the error of the draws.
const BEYOND_REACH: f64 = 4.5;
/// A quantity that stays so many standard deviations away from 0 and 1 is never cut, for all that matters.
const NEVER_CUT: f64 = 4.5;

/// What one criterion adds to a home's worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The criterion.
    pub criterion: Criterion,
    /// Its share of all weights, 0 to 1.
    pub share: f64,
    /// What is known, in the criterion's own unit; `None` where comparable homes stand in.
    pub known: Option<Estimate>,
    /// What it is worth, 0 to 1.
    pub worth: f64,
    /// Standard deviation of that.
    pub standard_deviation: f64,
    /// What it adds to the worth: share times worth.
    pub adds: f64,
    /// What its uncertainty takes from the cautious worth. Over all parts, what is added minus what is taken is the
    /// cautious worth.
    pub caution_takes: f64,
}

/// A home with its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// Place, from 1.
    pub place: usize,
    /// The Entity.
    pub entity: String,
    /// What people call it.
    pub name: String,
    /// What it is worth to this person, 0 to 1.
    pub worth: Explained<Estimate>,
    /// The low quantile of its worth, by which homes are ordered.
    pub cautious: f64,
    /// Each criterion that counts, in the order of [`Criterion::ALL`].
    pub parts: Vec<Part>,
    /// Probability that it is the best of the list; `None` where no draws were asked for.
    pub probability_best: Option<f64>,
    /// Standard error of that probability.
    pub probability_error: Option<f64>,
}

/// Homes in order, the best first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// Name and version of the method.
    pub method: String,
    /// How cautious and how exact.
    pub settings: RankSettings,
    /// The homes.
    pub homes: Vec<Ranked>,
}

impl Ranking {
    /// The home that stands first.
    pub fn first(&self) -> Option<&Ranked> {
        self.homes.first()
    }

    /// The home of an Entity.
    pub fn home(&self, entity: &str) -> Option<&Ranked> {
        self.homes.iter().find(|home| home.entity == entity)
    }
}

/// Ranks the homes that meet the limits.
pub fn rank(inputs: &RankInputs) -> Result<Ranking, DecideError> {
    let inputs = inputs.clone().canonical()?;
    let order = order(&inputs);
    let best = (inputs.settings.draws > 0).then(|| chances(&inputs, &order));
    let draws = f64::from(inputs.settings.draws.max(1));
    let homes = order.iter().enumerate().map(|(index, worth)| {
        let probability = best.as_ref().map(|best| best[index]);
        Ranked {
            place: index + 1,
            entity: worth.entity.clone(),
            name: worth.candidate.name.clone(),
            worth: explained(worth, &inputs.settings),
            cautious: worth.cautious,
            parts: worth.parts.iter().map(|drawn| drawn.part.clone()).collect(),
            probability_best: probability.map(cut),
            probability_error: probability.map(|p| cut((p * (1.0 - p) / draws).max(0.0).sqrt())),
        }
    });
    Ok(Ranking { method: METHOD.to_owned(), settings: inputs.settings, homes: homes.collect() })
}

/// A part, and the normal quantity that is cut to make it.
pub(super) struct DrawnPart {
    part: Part,
    mean: f64,
    standard_deviation: f64,
}

/// What a home is worth, before any draws.
pub(super) struct Worth<'a> {
    pub(super) entity: String,
    pub(super) cautious: f64,
    candidate: &'a Candidate,
    mean: f64,
    standard_deviation: f64,
    parts: Vec<DrawnPart>,
}

/// The homes that meet the limits, the best first. Inputs are canonical.
pub(super) fn order(inputs: &RankInputs) -> Vec<Worth<'_>> {
    let left = limits::left(&inputs.need, &inputs.candidates);
    let mut order: Vec<Worth> = left.into_iter().map(|candidate| worth(candidate, inputs)).collect();
    order.sort_by(before);
    order
}

/// Whoever is worth more by the cautious measure comes first; then by the best guess; then by identifier.
pub(super) fn before(left: &Worth, right: &Worth) -> std::cmp::Ordering {
    let by_worth = right.cautious.total_cmp(&left.cautious).then_with(|| right.mean.total_cmp(&left.mean));
    by_worth.then_with(|| left.entity.cmp(&right.entity))
}

/// What one home is worth. It does not depend on any other home of the list.
pub(super) fn worth<'a>(candidate: &'a Candidate, inputs: &RankInputs) -> Worth<'a> {
    let counting = Criterion::ALL.into_iter().filter(|criterion| inputs.weights.used.given(*criterion) > 0.0);
    let mut parts: Vec<DrawnPart> = counting.map(|criterion| drawn_part(criterion, candidate, inputs)).collect();
    let mean: f64 = parts.iter().map(|drawn| drawn.part.adds).sum();
    let spread = |drawn: &DrawnPart| drawn.part.share * drawn.part.standard_deviation;
    let covariance = |one: &DrawnPart, other: &DrawnPart| {
        let correlation = correlation(one.part.criterion, other.part.criterion, inputs.settings.shared_errors);
        correlation * spread(one) * spread(other)
    };
    let with_all: Vec<f64> =
        parts.iter().map(|one| parts.iter().map(|other| covariance(one, other)).sum::<f64>()).collect();
    let standard_deviation = with_all.iter().sum::<f64>().max(0.0).sqrt();
    let caution = -normal_quantile(inputs.settings.quantile);
    for (drawn, covariance) in parts.iter_mut().zip(with_all) {
        let takes = if standard_deviation > 0.0 { caution * covariance / standard_deviation } else { 0.0 };
        drawn.part.caution_takes = cut(takes);
    }
    Worth {
        entity: candidate.entity.clone(),
        cautious: cut(mean - caution * standard_deviation),
        candidate,
        mean: cut(mean),
        standard_deviation: cut(standard_deviation),
        parts,
    }
}

fn correlation(one: Criterion, other: Criterion, shared: f64) -> f64 {
    if one == other {
        1.0
    } else if one.shares_errors() && other.shares_errors() {
        shared
    } else {
        0.0
    }
}

fn drawn_part(criterion: Criterion, candidate: &Candidate, inputs: &RankInputs) -> DrawnPart {
    let known = criterion.estimate(candidate);
    let prior = inputs.priors.of(criterion);
    let (value, deviation) = known
        .map_or((prior.mean, prior.standard_deviation), |estimate| (estimate.value, estimate.standard_deviation()));
    let (start, slope) = criterion.line(&inputs.need, &inputs.priors);
    let (mean, standard_deviation) = (start + slope * value, slope.abs() * deviation);
    let (worth, worth_deviation) = cut_normal(mean, standard_deviation);
    let share = cut(inputs.weights.used.share(criterion));
    let part = Part {
        criterion,
        share,
        known: known.map(cut_estimate),
        worth: cut(worth),
        standard_deviation: cut(worth_deviation),
        adds: cut(share * worth),
        caution_takes: 0.0,
    };
    DrawnPart { part, mean, standard_deviation }
}

/// For each home, how often it was the best when all criteria of all homes were drawn.
///
/// Each home draws from its own stream, so that a home's draws do not depend on who else stands in the list.
fn chances(inputs: &RankInputs, order: &[Worth]) -> Vec<f64> {
    let reach = |worth: &Worth, sign: f64| worth.mean + sign * BEYOND_REACH * worth.standard_deviation;
    let floor = order.iter().map(|worth| reach(worth, -1.0)).fold(f64::NEG_INFINITY, f64::max);
    let contenders: Vec<usize> = (0..order.len()).filter(|&index| reach(&order[index], 1.0) >= floor).collect();
    let day = inputs.need.as_of.to_string();
    let stream = |&index: &usize| Draws::from_content(&[METHOD, &day, &order[index].entity]);
    let mut streams: Vec<Draws> = contenders.iter().map(stream).collect();
    let plan = |&index: &usize| DrawPlan::new(&order[index], inputs.settings.shared_errors);
    let plans: Vec<DrawPlan> = contenders.iter().map(plan).collect();
    let mut wins = vec![0.0; order.len()];
    let mut drawn = vec![0.0; contenders.len()];
    for _ in 0..inputs.settings.draws {
        for ((plan, stream), drawn) in plans.iter().zip(&mut streams).zip(&mut drawn) {
            *drawn = plan.draw(stream);
        }
        let best = drawn.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let ties = drawn.iter().filter(|worth| **worth >= best).count() as f64;
        for (slot, &index) in contenders.iter().enumerate() {
            if drawn[slot] >= best {
                wins[index] += 1.0 / ties;
            }
        }
    }
    wins.iter_mut().for_each(|wins| *wins /= f64::from(inputs.settings.draws));
    wins
}

/// What of a home's worth is drawn how. Parts that are never cut add up to one normal quantity, drawn at once.
struct DrawPlan {
    /// Mean of the parts that are never cut.
    mean: f64,
    /// What one unit of the errors that all figures share adds to them.
    common: f64,
    /// Standard deviation of their own errors together.
    own: f64,
    /// Parts that may be cut: share, mean, what shared and own errors add.
    cut: Vec<[f64; 4]>,
}

impl DrawPlan {
    fn new(worth: &Worth, shared_errors: f64) -> Self {
        let mut plan = Self { mean: 0.0, common: 0.0, own: 0.0, cut: Vec::new() };
        for drawn in &worth.parts {
            let (share, mean, deviation) = (drawn.part.share, drawn.mean, drawn.standard_deviation);
            let shared = if drawn.part.criterion.shares_errors() { shared_errors } else { 0.0 };
            let (common, own) = (deviation * shared.sqrt(), deviation * (1.0 - shared).sqrt());
            let room = NEVER_CUT * deviation;
            if room == 0.0 {
                plan.mean += share * mean.clamp(0.0, 1.0);
            } else if mean - room > 0.0 && mean + room < 1.0 {
                plan.mean += share * mean;
                plan.common += share * common;
                plan.own = plan.own.hypot(share * own);
            } else {
                plan.cut.push([share, mean, common, own]);
            }
        }
        plan
    }

    /// One draw of the worth.
    fn draw(&self, draws: &mut Draws) -> f64 {
        let shared = draws.normal();
        let steady = self.mean + self.common * shared + self.own * draws.normal();
        let cut = self
            .cut
            .iter()
            .map(|[share, mean, common, own]| share * (mean + common * shared + own * draws.normal()).clamp(0.0, 1.0));
        steady + cut.sum::<f64>()
    }
}

fn explained(worth: &Worth, settings: &RankSettings) -> Explained<Estimate> {
    let half = worth.standard_deviation * normal_quantile(0.5 + LEVEL / 2.0);
    let voices = worth.candidate.community.map_or((0.0, 0.0), |view| (view.voices, view.independent_voices));
    let estimate = Estimate {
        value: worth.mean,
        low: cut((worth.mean - half).max(0.0)),
        high: cut((worth.mean + half).min(1.0)),
        level: LEVEL,
        voices: voices.0,
        independent_voices: voices.1,
    };
    let mut contributions: Vec<Contribution> =
        worth.parts.iter().map(|drawn| contribution(worth.candidate, &drawn.part)).collect();
    // A stable sort: parts of equal weight stay in the order of the criteria.
    contributions.sort_by(|left, right| right.weight.total_cmp(&left.weight));
    let unknown = worth.parts.iter().filter(|drawn| drawn.part.known.is_none()).count();
    let figures = [
        ("cautious_worth", worth.cautious),
        ("caution_takes", cut(worth.mean - worth.cautious)),
        ("quantile", settings.quantile),
        ("standard_deviation", worth.standard_deviation),
        ("criteria_unknown", unknown as f64),
    ];
    let because = Explanation {
        method: METHOD.to_owned(),
        figures: figures.map(|(name, value)| (name.to_owned(), value)).to_vec(),
        contributions_total: contributions.len(),
        contributions,
    };
    Explained::new(estimate, because)
}

fn contribution(candidate: &Candidate, part: &Part) -> Contribution {
    let evidence = candidate.evidence.iter().find(|evidence| criterion_of(evidence) == Some(part.criterion));
    let record = evidence.map(|evidence| RecordRef {
        dataset: evidence.dataset.clone(),
        version: evidence.version,
        id: evidence.record.clone(),
    });
    let discounted = if part.known.is_some() { String::new() } else { "nothing_known".to_owned() };
    Contribution { record, label: part.criterion.word().to_owned(), value: part.worth, weight: part.share, discounted }
}
