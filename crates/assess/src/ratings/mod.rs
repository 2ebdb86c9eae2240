//! What contributors say of entities, as one estimate each: their severity and reliability, age, copies and bursts considered.
//!
//! Holds the settings, the entry point and the way from voices to numbered columns. It must never give out what is
//! inferred about a contributor: severity and reliability live inside `fit` and leave it only as weights of voices.
//!
//! Model: rating = quality of the entity at that time + severity of the contributor + noise. Quality follows an
//! Ornstein-Uhlenbeck process around the mean of the comparable group, so that older voices say less about today by a
//! half-life, learnt from the data unless given. Severities are normal around 0; each contributor's noise variance has
//! an inverse gamma prior (noise is then Student t), so that sparse contributors lean on all. Fitted by empirical Bayes:
//! Gaussian belief propagation between entities and contributors (exact means where it converges, Weiss and Freeman
//! 2001), Kalman filter and smoother along time, expectation maximization for the variances.

mod explain;
mod fit;
mod learn;

use crate::coordination::Coordination;
use crate::hierarchy::{Belief, Comparable, Numbers};
use crate::{AssessError, Scale, Voice};
use model::Date;

/// How ratings are assessed.
#[derive(Clone, Debug, PartialEq)]
pub struct RatingSettings {
    /// The scale on which voices rate.
    pub scale: Scale,
    /// What is rated, as a stable word that goes into the result.
    pub aspect: String,
    /// Days after which an entity's departure from its like is half forgotten; learnt from the data where none.
    pub half_life_days: Option<f64>,
    /// Fewer independent voices than this are called not enough.
    pub enough_voices: f64,
    /// Contributions listed with each explanation, heaviest first.
    pub contributions_kept: usize,
}

impl RatingSettings {
    /// Settings for one to five stars: half-life learnt, three voices are enough, 200 contributions listed.
    pub fn stars(aspect: &str) -> Self {
        Self {
            scale: Scale::STARS,
            aspect: aspect.to_owned(),
            half_life_days: None,
            enough_voices: 3.0,
            contributions_kept: 200,
        }
    }
}

/// What is believed of every entity on `as_of`, in the order of `entities`.
///
/// Voices about entities that are not listed, off the scale, or said after `as_of` are left out; the explanation tells
/// how many of an entity's were. `coordination` comes from the same slice of voices.
pub fn assess(
    voices: &[Voice],
    coordination: &Coordination,
    entities: &[Comparable],
    as_of: Date,
    settings: &RatingSettings,
) -> Result<Vec<Belief>, AssessError> {
    let columns = Columns::of(voices, coordination, entities, as_of, settings)?;
    let fitted = fit::fit(&columns, settings);
    Ok(explain::beliefs(voices, coordination, entities, &columns, &fitted, settings))
}

/// The voices that count as columns, sorted by entity, then by age from old to new.
pub(crate) struct Columns {
    /// First voice of each entity; one more at the end.
    pub(crate) starts: Vec<usize>,
    /// Group of each entity.
    pub(crate) group: Vec<usize>,
    /// Number of groups.
    pub(crate) groups: usize,
    /// Position in the caller's slice.
    pub(crate) source: Vec<usize>,
    /// Contributor of each voice.
    pub(crate) contributor: Vec<usize>,
    /// Number of contributors.
    pub(crate) contributors: usize,
    /// Age in days at `as_of`.
    pub(crate) age: Vec<f64>,
    /// Rating as given.
    pub(crate) rating: Vec<f64>,
    /// Given weight times the share that coordination leaves.
    pub(crate) weight: Vec<f64>,
    /// Voices of each entity that were left out.
    pub(crate) left_out: Vec<usize>,
}

impl Columns {
    fn of(
        voices: &[Voice],
        coordination: &Coordination,
        entities: &[Comparable],
        as_of: Date,
        settings: &RatingSettings,
    ) -> Result<Self, AssessError> {
        let scale = settings.scale.checked()?;
        check_half_life(settings.half_life_days)?;
        if coordination.shares.len() != voices.len() {
            let (found, expected) = (coordination.shares.len(), voices.len());
            return Err(AssessError::Length { what: "shares of coordination", found, expected });
        }
        let by_name = entity_order(entities)?;
        let groups = Numbers::of(entities.iter().map(|one| one.group.as_str()));
        let contributors =
            Numbers::of(voices.iter().map(|voice| voice.contributor.as_str()).filter(|id| !id.is_empty()));
        let today = f64::from(model::time::days_since_epoch(as_of));
        let mut left_out = vec![0; entities.len()];
        let mut rows: Vec<(usize, f64, usize)> = Vec::with_capacity(voices.len());
        for (index, voice) in voices.iter().enumerate() {
            let Ok(position) = by_name.binary_search_by(|&entity| entities[entity].entity.as_str().cmp(&voice.entity))
            else {
                continue;
            };
            let age = today - voice.when.middle();
            if scale.holds(voice.rating) && age >= 0.0 && voice.weight > 0.0 {
                rows.push((by_name[position], age, index));
            } else {
                left_out[by_name[position]] += 1;
            }
        }
        rows.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
        let mut starts = vec![0; entities.len() + 1];
        rows.iter().for_each(|row| starts[row.0 + 1] += 1);
        (0..entities.len()).for_each(|entity| starts[entity + 1] += starts[entity]);
        // A voice without a name is a contributor of its own.
        let mut next = contributors.len();
        let contributor =
            rows.iter().map(|row| number_of(&contributors, &voices[row.2].contributor, &mut next)).collect();
        let weight = |row: &(usize, f64, usize)| voices[row.2].weight.min(1.0) * coordination.shares[row.2];
        Ok(Self {
            starts,
            group: entities.iter().map(|one| groups.get(&one.group).unwrap_or(0)).collect(),
            groups: groups.len(),
            contributor,
            contributors: next,
            age: rows.iter().map(|row| row.1).collect(),
            rating: rows.iter().map(|row| voices[row.2].rating).collect(),
            weight: rows.iter().map(weight).collect(),
            source: rows.iter().map(|row| row.2).collect(),
            left_out,
        })
    }
}

fn number_of(contributors: &Numbers<'_>, id: &str, next: &mut usize) -> usize {
    contributors.get(id).unwrap_or_else(|| {
        *next += 1;
        *next - 1
    })
}

fn check_half_life(half_life: Option<f64>) -> Result<(), AssessError> {
    match half_life {
        Some(days) if !(days.is_finite() && days > 0.0) => Err(AssessError::Setting {
            name: "half_life_days",
            found: days.to_string(),
            write: "a number of days above 0, or leave it out to learn it",
        }),
        _ => Ok(()),
    }
}

/// Positions of the entities, sorted by name.
fn entity_order(entities: &[Comparable]) -> Result<Vec<usize>, AssessError> {
    let mut order: Vec<usize> = (0..entities.len()).collect();
    order.sort_by(|&a, &b| entities[a].entity.cmp(&entities[b].entity));
    match order.windows(2).find(|pair| entities[pair[0]].entity == entities[pair[1]].entity) {
        Some(pair) => Err(AssessError::EntityTwice(entities[pair[0]].entity.clone())),
        None => Ok(order),
    }
}

#[cfg(test)]
mod tests;
