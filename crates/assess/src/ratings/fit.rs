//! The fit: messages between entities and contributors until nothing moves.
//!
//! Holds arithmetic on numbered columns. What it infers about contributors must never leave this folder.

use super::{Columns, RatingSettings, learn};
use crate::hierarchy::Hierarchy;
use rayon::prelude::*;

/// Rounds after which the fit stops even if something still moves a little.
const MAX_ROUNDS: usize = 60;
/// Rounds before the fit may stop, so that variances have left their starting values.
const MIN_ROUNDS: usize = 24;
/// Rounds between two looks at the half-life, which is dear to learn.
const LEARN_MEMORY_EVERY: usize = 3;
/// The half-life stays as it is after this round, so that the fit comes to rest.
const LEARN_MEMORY_UNTIL: usize = 21;
/// Voices that are enough to learn the half-life from.
const LEARN_MEMORY_FROM: usize = 20_000;
/// The fit stops when no entity moves by more than this share of the scale, and no variance by more than a hundredth.
const STILL: f64 = 2e-4;

/// Mean and variance of a normal message.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Normal {
    pub(super) mean: f64,
    pub(super) variance: f64,
}

/// What all voices have in common.
#[derive(Clone, Debug)]
pub(super) struct Common {
    /// Variance of an entity's quality around its group.
    pub(super) quality: f64,
    /// Days after which half of a departure from the group is forgotten.
    pub(super) half_life: f64,
    /// Variance of severities between contributors.
    pub(super) severity: f64,
    /// Typical noise variance of a contributor.
    pub(super) noise: f64,
    /// Prior voices that a contributor's own noise variance leans on.
    pub(super) noise_strength: f64,
    /// Group means.
    pub(super) groups: Hierarchy,
}

/// The fitted model, as far as explanations need it.
pub(super) struct Fitted {
    pub(super) common: Common,
    /// Quality of each entity at the day of assessment.
    pub(super) quality: Vec<Normal>,
    /// Share of each voice in its entity's value; the group's mean has the rest.
    pub(super) voice_share: Vec<f64>,
    /// What each voice says once its contributor's severity, learnt from other voices, is taken off.
    pub(super) levelled: Vec<f64>,
    pub(super) rounds: usize,
}

/// Messages and scratch of the fit, one place for each voice.
pub(super) struct Messages {
    /// To the entity: rating without severity, with the variance of noise and severity.
    pub(super) to_entity: Vec<Normal>,
    /// To the contributor: quality as all other voices of the entity see it, at the time of this voice.
    pub(super) to_contributor: Vec<Normal>,
    /// Variance of each voice's message as it looks without the voice itself, for likelihoods: a voice that is allowed
    /// to call itself noisy would excuse any memory.
    pub(super) unbiased: Vec<f64>,
    /// What the filter made of each voice: the share it took, and what is kept on the way to the next voice.
    pub(super) steps: Vec<Step>,
}

/// One step of an entity's filter.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Step {
    /// Mean before the voice, relative to the group.
    before: f64,
    /// Variance before the voice.
    before_variance: f64,
    /// Share of the voice in the mean after it (Kalman gain).
    gain: f64,
    /// What is kept of a departure from the group on the way here from the voice before.
    kept: f64,
}

/// Fits the model to the columns. The same columns always give the same result.
pub(super) fn fit(columns: &Columns, settings: &RatingSettings) -> Fitted {
    let mut common = learn::start(columns, settings);
    let people = learn::People::of(columns);
    let mut noise = vec![common.noise; columns.contributors];
    let mut messages = Messages::start(columns, &common);
    let mut quality = vec![Normal { mean: 0.0, variance: common.quality }; columns.group.len()];
    let mut rounds = 0;
    for round in 1..=MAX_ROUNDS {
        rounds = round;
        let before = (quality.clone(), common.clone());
        quality = entity_round(columns, &common, &mut messages);
        learn::from_entities(columns, &quality, &mut common, round < LEARN_MEMORY_EVERY);
        learn::from_contributors(columns, &people, &mut messages, &mut noise, &mut common, round);
        if round % LEARN_MEMORY_EVERY == 0 && round <= LEARN_MEMORY_UNTIL {
            learn::half_life(
                columns,
                &messages,
                &mut common,
                &mut noise,
                settings.half_life_days,
                round == LEARN_MEMORY_EVERY,
            );
        }
        if round >= MIN_ROUNDS && is_still(&before, &quality, &common, settings) {
            break;
        }
    }
    // One more pass, so that shares and values come from the same messages.
    let quality = entity_round(columns, &common, &mut messages);
    let voice_share = shares(columns, &common, &messages.steps);
    let levelled = messages.to_entity.iter().map(|message| message.mean).collect();
    let quality = absolute(columns, &common, &quality, &voice_share);
    Fitted { common, quality, voice_share, levelled, rounds }
}

fn is_still(before: &(Vec<Normal>, Common), quality: &[Normal], common: &Common, settings: &RatingSettings) -> bool {
    let (old, old_common) = before;
    let moved = old.iter().zip(quality).map(|(a, b)| (a.mean - b.mean).abs()).fold(0.0, f64::max);
    let changed = |a: f64, b: f64| (a - b).abs() > 0.01 * a.max(1e-9);
    moved < STILL * settings.scale.length()
        && !changed(old_common.quality, common.quality)
        && !changed(old_common.severity.max(1e-4), common.severity.max(1e-4))
        && !changed(old_common.noise, common.noise)
}

impl Messages {
    fn start(columns: &Columns, common: &Common) -> Self {
        let to_entity: Vec<Normal> = columns
            .rating
            .iter()
            .zip(&columns.weight)
            .map(|(rating, weight)| Normal {
                mean: *rating,
                variance: (common.noise + common.severity) / weight.max(1e-6),
            })
            .collect();
        let count = columns.rating.len();
        Self {
            unbiased: to_entity.iter().map(|message| message.variance).collect(),
            to_entity,
            to_contributor: vec![Normal { mean: 0.0, variance: common.quality }; count],
            steps: vec![Step::default(); count],
        }
    }
}

/// What is kept of a departure from the group over some days.
pub(super) fn kept_over(days: f64, half_life: f64) -> f64 {
    (-std::f64::consts::LN_2 * days / half_life).exp()
}

/// Filters and smooths every entity; gives its quality at the day of assessment, relative to its group.
fn entity_round(columns: &Columns, common: &Common, messages: &mut Messages) -> Vec<Normal> {
    let steps = split_by(&columns.starts, &mut messages.steps);
    let cavities = split_by(&columns.starts, &mut messages.to_contributor);
    let to_entity = &messages.to_entity;
    steps
        .into_par_iter()
        .zip(cavities)
        .enumerate()
        .with_min_len(16)
        .map(|(entity, (steps, cavities))| {
            let range = columns.starts[entity]..columns.starts[entity + 1];
            let centre = common.groups.means[columns.group[entity]];
            let (voices, ages) = (&to_entity[range.clone()], &columns.age[range]);
            let last = filter(voices, ages, centre, common, steps);
            smooth(voices, centre, common.quality, steps, cavities);
            last
        })
        .collect()
}

/// Kalman filter from the oldest voice to the day of assessment.
fn filter(voices: &[Normal], ages: &[f64], centre: f64, common: &Common, steps: &mut [Step]) -> Normal {
    let (mut mean, mut variance, mut age) = (0.0, common.quality, ages.first().copied().unwrap_or(0.0));
    for (index, voice) in voices.iter().enumerate() {
        let kept = kept_over(age - ages[index], common.half_life);
        mean *= kept;
        variance = common.quality + kept * kept * (variance - common.quality);
        let gain = variance / (variance + voice.variance);
        steps[index] = Step { before: mean, before_variance: variance, gain, kept };
        mean += gain * (voice.mean - centre - mean);
        variance *= 1.0 - gain;
        age = ages[index];
    }
    let kept = kept_over(age, common.half_life);
    Normal { mean: mean * kept, variance: common.quality + kept * kept * (variance - common.quality) }
}

/// Backward information filter (Fraser and Potter 1969); gives quality at each voice as all other voices see it.
fn smooth(voices: &[Normal], centre: f64, quality: f64, steps: &[Step], cavities: &mut [Normal]) {
    let (mut precision, mut information) = (0.0, 0.0);
    for index in (0..voices.len()).rev() {
        let step = steps[index];
        let total = 1.0 / step.before_variance.max(1e-12) + precision;
        let mean = (step.before / step.before_variance.max(1e-12) + information) / total;
        cavities[index] = Normal { mean: centre + mean, variance: 1.0 / total };
        precision += 1.0 / voices[index].variance;
        information += (voices[index].mean - centre) / voices[index].variance;
        let moved = quality * (1.0 - step.kept * step.kept);
        let shrink = 1.0 + moved * precision;
        precision *= step.kept * step.kept / shrink;
        information *= step.kept / shrink;
    }
}

/// Share of each voice in the value of its entity at the day of assessment.
fn shares(columns: &Columns, common: &Common, steps: &[Step]) -> Vec<f64> {
    let mut shares = vec![0.0; steps.len()];
    for entity in 0..columns.group.len() {
        let range = columns.starts[entity]..columns.starts[entity + 1];
        let Some(youngest) = range.clone().next_back() else { continue };
        let mut rest = kept_over(columns.age[youngest], common.half_life);
        for index in range.rev() {
            shares[index] = rest * steps[index].gain;
            rest *= (1.0 - steps[index].gain) * steps[index].kept;
        }
    }
    shares
}

/// Qualities on the scale itself, with the uncertainty of the group's mean where it counts.
fn absolute(columns: &Columns, common: &Common, quality: &[Normal], voice_share: &[f64]) -> Vec<Normal> {
    quality
        .iter()
        .enumerate()
        .map(|(entity, own)| {
            let group = columns.group[entity];
            let said: f64 = voice_share[columns.starts[entity]..columns.starts[entity + 1]].iter().sum();
            Normal {
                mean: common.groups.means[group] + own.mean,
                variance: own.variance + (1.0 - said).powi(2) * common.groups.mean_variances[group],
            }
        })
        .collect()
}

/// What a likelihood is asked for: another memory, with other variances.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    /// Half-life in days.
    pub(super) half_life: f64,
    /// Variance of quality.
    pub(super) quality: f64,
    /// Factor on the variance of the messages.
    pub(super) noise: f64,
}

/// Log likelihood of the voices under another memory, means of the messages as they are; from a part of the entities
/// where there are very many voices.
pub(super) fn log_likelihood(columns: &Columns, messages: &Messages, common: &Common, memory: Memory) -> f64 {
    let voices = &messages.to_entity;
    let Memory { half_life, quality, noise } = memory;
    let step = (voices.len() / LEARN_MEMORY_FROM).max(1);
    let parts: Vec<f64> = (0..columns.group.len().div_ceil(step))
        .into_par_iter()
        .with_min_len(16)
        .map(|part| {
            let entity = part * step;
            let centre = common.groups.means[columns.group[entity]];
            let (mut mean, mut variance, mut sum) = (0.0, quality, 0.0);
            let mut age = columns.age.get(columns.starts[entity]).copied().unwrap_or(0.0);
            let range = columns.starts[entity]..columns.starts[entity + 1];
            for (index, voice) in range.clone().zip(&voices[range]) {
                let kept = kept_over(age - columns.age[index], half_life);
                mean *= kept;
                variance = quality + kept * kept * (variance - quality);
                let spread = variance + noise * messages.unbiased[index];
                let surprise = voice.mean - centre - mean;
                sum -= 0.5 * (spread.ln() + surprise * surprise / spread) * columns.weight[index].min(1.0);
                mean += variance / spread * surprise;
                variance *= 1.0 - variance / spread;
                age = columns.age[index];
            }
            sum
        })
        .collect();
    // Summed in order, so that the number of threads never shows.
    parts.iter().sum()
}

/// Cuts a slice at the given starts.
pub(super) fn split_by<'a, T>(starts: &[usize], mut slice: &'a mut [T]) -> Vec<&'a mut [T]> {
    let mut parts = Vec::with_capacity(starts.len().saturating_sub(1));
    for bounds in starts.windows(2) {
        let (part, rest) = slice.split_at_mut(bounds[1] - bounds[0]);
        parts.push(part);
        slice = rest;
    }
    parts
}
