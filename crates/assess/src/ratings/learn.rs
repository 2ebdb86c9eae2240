//! The variances, group means and half-life that all voices have in common, learnt from the messages of each round.
//!
//! Holds the maximization steps. What it infers about contributors must never leave this folder.

use super::fit::{Common, Memory, Messages, Normal, log_likelihood, split_by};
use super::{Columns, RatingSettings};
use crate::chance::ln_gamma;
use crate::hierarchy::Hierarchy;
use rayon::prelude::*;

/// Half-lives that are tried, in days; the last one forgets nothing in a lifetime.
const HALF_LIVES: [f64; 8] = [90.0, 180.0, 365.0, 730.0, 1_460.0, 2_920.0, 5_840.0, 36_500.0];
/// Half-life before anything is learnt, in days.
const FIRST_HALF_LIFE: f64 = 1_460.0;
/// The half-life moves only for this much log likelihood, so that noise does not shorten memory.
const WORTH_MOVING: f64 = 0.5;
/// Contributors with two or more voices needed before severity can be told from noise.
const FEWEST_RETURNING: usize = 5;
/// Least variance of severities, as a share of the noise.
const LEAST_SEVERITY: f64 = 1e-4;

/// Least and greatest strength of the prior on a contributor's noise: from heavy tails to the same noise for all.
const STRENGTHS: (f64, f64) = (3.0, 1_000.0);

/// Strength before anything is learnt.
const FIRST_STRENGTH: f64 = 12.0;
/// The strength stays as it is after this round.
const LEARN_STRENGTH_UNTIL: usize = 18;
/// Voices that are enough to learn the strength from.
const LEARN_STRENGTH_FROM: usize = 6_000;

/// The voices of each contributor.
pub(super) struct People {
    starts: Vec<usize>,
    voices: Vec<usize>,
}

impl People {
    pub(super) fn of(columns: &Columns) -> Self {
        let mut starts = vec![0; columns.contributors + 1];
        columns.contributor.iter().for_each(|&person| starts[person + 1] += 1);
        (0..columns.contributors).for_each(|person| starts[person + 1] += starts[person]);
        let mut next = starts.clone();
        let mut voices = vec![0; columns.contributor.len()];
        for (voice, &person) in columns.contributor.iter().enumerate() {
            voices[next[person]] = voice;
            next[person] += 1;
        }
        Self { starts, voices }
    }

    fn voices_of(&self, person: usize) -> &[usize] {
        &self.voices[self.starts[person]..self.starts[person + 1]]
    }
}

/// Starting values: everything from the spread of the ratings.
pub(super) fn start(columns: &Columns, settings: &RatingSettings) -> Common {
    let total: f64 = columns.weight.iter().sum();
    let middle = (settings.scale.low + settings.scale.high) / 2.0;
    let (mean, variance) = if total > 0.0 {
        let weighted = || columns.rating.iter().zip(&columns.weight);
        let mean = weighted().map(|(rating, weight)| rating * weight).sum::<f64>() / total;
        (mean, weighted().map(|(rating, weight)| weight * (rating - mean).powi(2)).sum::<f64>() / total)
    } else {
        // Nobody spoke: a uniform distribution on the scale is all that is known.
        (middle, settings.scale.length().powi(2) / 12.0)
    };
    let variance = variance.max(1e-6 * settings.scale.length().powi(2));
    let groups =
        Hierarchy { means: vec![mean; columns.groups], mean_variances: vec![0.0; columns.groups], between: 0.0 };
    Common {
        quality: if total > 0.0 { 0.25 * variance } else { variance },
        half_life: settings.half_life_days.unwrap_or(FIRST_HALF_LIFE),
        severity: 0.15 * variance,
        noise: 0.6 * variance,
        noise_strength: FIRST_STRENGTH,
        groups,
    }
}

/// Learns the variance of quality and the group means from the entities' qualities, given relative to their groups.
pub(super) fn from_entities(columns: &Columns, quality: &[Normal], common: &mut Common, first: bool) {
    // MacKay's fixed point (1992): squares of what was learnt over the number of well-determined entities.
    let determined: f64 = quality.iter().map(|own| 1.0 - own.variance / common.quality).sum();
    let squares: f64 = quality.iter().map(|own| own.mean * own.mean).sum();
    let floor = 1e-4 * (common.noise + common.severity);
    let mut sums = vec![(0.0, 0.0); columns.groups];
    for (entity, own) in quality.iter().enumerate() {
        // What the voices alone say, the prior taken off again.
        let precision = 1.0 / own.variance - 1.0 / common.quality;
        if precision > 1e-9 {
            let weight = 1.0 / (1.0 / precision + common.quality);
            sums[columns.group[entity]].0 += weight * own.mean / own.variance / precision;
            sums[columns.group[entity]].1 += weight;
        }
    }
    let all: (f64, f64) = sums
        .iter()
        .enumerate()
        .fold((0.0, 0.0), |all, (group, sum)| (all.0 + sum.1 * common.groups.means[group] + sum.0, all.1 + sum.1));
    if all.1 <= 0.0 {
        return;
    }
    let raw: Vec<(f64, f64)> = sums
        .iter()
        .zip(&common.groups.means)
        .map(|(sum, mean)| if sum.1 > 0.0 { (mean + sum.0 / sum.1, 1.0 / sum.1) } else { (*mean, f64::INFINITY) })
        .collect();
    common.groups = Hierarchy::with_between(&raw, common.quality, all.0 / all.1);
    if first && determined > 0.5 {
        common.quality = (squares / determined).max(floor);
    }
}

/// What one round learns from one contributor.
#[derive(Clone, Copy, Default)]
struct Learnt {
    /// Square of the severity, and how well it is determined; 0 for those with one voice.
    severity: (f64, f64),
    /// Expected squares of the noise, and the number of voices behind them; both weighted.
    residual: (f64, f64),
}

/// What goes back to the entity for one voice, and how far it surprised all other voices.
#[derive(Clone, Copy, Default)]
struct Back {
    message: Normal,
    unbiased: f64,
    surprise: Surprise,
}

/// How far a voice lies from what all others let expect, and what is known of its contributor's noise without it.
#[derive(Clone, Copy, Default)]
struct Surprise {
    /// Square of the distance.
    square: f64,
    /// Variance of what was expected, without the voice's own noise.
    unsure: f64,
    /// Expected squares of the contributor's noise in the other voices, and their number.
    others: (f64, f64),
    weight: f64,
}

/// Sends contributors' severities back to the entities; learns severities' variance and noise.
pub(super) fn from_contributors(
    columns: &Columns,
    people: &People,
    messages: &mut Messages,
    noise: &mut [f64],
    common: &mut Common,
    round: usize,
) {
    let mut back = vec![Back::default(); people.voices.len()];
    let learnt: Vec<Learnt> = split_by(&people.starts, &mut back)
        .into_par_iter()
        .enumerate()
        .with_min_len(256)
        .map(|(person, back)| one_person(columns, messages, people.voices_of(person), noise[person], common, back))
        .collect();
    for (back, &voice) in back.iter().zip(&people.voices) {
        messages.to_entity[voice] = back.message;
        messages.unbiased[voice] = back.unbiased;
    }
    learn_noise(&learnt, common);
    if round.is_multiple_of(2) && round <= LEARN_STRENGTH_UNTIL {
        learn_strength(&back, common);
    }
    for (noise, one) in noise.iter_mut().zip(&learnt) {
        let known = common.noise_strength + one.residual.1;
        // A weight that looks at its own residual says more than it knows: the information in a Student t voice is
        // less than its weight by (n + 1) / (n + 3) at n degrees of freedom (Lange, Little and Taylor 1989).
        *noise = (common.noise_strength * common.noise + one.residual.0) / known * (known + 2.0) / known;
    }
    let returning = learnt.iter().filter(|one| one.severity.1 > 0.0).count();
    let (squares, determined) =
        learnt.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.severity.0, sum.1 + one.severity.1));
    common.severity = if returning >= FEWEST_RETURNING && determined > 0.5 {
        (squares / determined).max(LEAST_SEVERITY * common.noise)
    } else {
        // Nobody can be told to be severe: what looks like severity is noise.
        LEAST_SEVERITY * common.noise
    };
}

/// Severity of one contributor without each voice in turn, and what is left as noise.
fn one_person(
    columns: &Columns,
    messages: &Messages,
    voices: &[usize],
    noise: f64,
    common: &Common,
    back: &mut [Back],
) -> Learnt {
    let weight = |voice: usize| columns.weight[voice].max(1e-6);
    let said = |voice: usize| {
        let quality = messages.to_contributor[voice];
        (columns.rating[voice] - quality.mean, weight(voice) / (noise + quality.variance))
    };
    let prior = 1.0 / common.severity;
    let (precision, information) = voices.iter().fold((prior, 0.0), |sum, &voice| {
        let (value, own) = said(voice);
        (sum.0 + own, sum.1 + own * value)
    });
    let mut residual = (0.0, 0.0);
    for (back, &voice) in back.iter_mut().zip(voices) {
        let (value, own) = said(voice);
        let others = (precision - own).max(prior);
        let severity = (information - own * value) / others;
        let unsure = 1.0 / others + messages.to_contributor[voice].variance;
        let share = noise / (noise + unsure);
        let square = weight(voice) * ((share * (value - severity)).powi(2) + share * unsure);
        // The weight divides all of it, so that a hundred copies of one voice weigh as one, severities and all.
        let variance = (noise + 1.0 / others) / weight(voice);
        let message = Normal { mean: columns.rating[voice] - severity, variance };
        let surprise =
            Surprise { square: (value - severity).powi(2), unsure, others: (square, 0.0), weight: weight(voice) };
        *back = Back { message, unbiased: 0.0, surprise };
        residual = (residual.0 + square, residual.1 + weight(voice));
    }
    for (back, &voice) in back.iter_mut().zip(voices) {
        let others = (residual.0 - back.surprise.others.0, residual.1 - weight(voice));
        back.surprise.others = others;
        let by_others = (common.noise_strength * common.noise + others.0) / (common.noise_strength + others.1 - 2.0);
        back.unbiased = back.message.variance + (by_others - noise) / weight(voice);
    }
    let (mean, variance) = (information / precision, 1.0 / precision);
    let severity = if voices.len() > 1 { (mean * mean, 1.0 - variance * prior) } else { (0.0, 0.0) };
    Learnt { severity, residual }
}

/// Typical noise (gamma prior on precisions, expectation maximization).
fn learn_noise(learnt: &[Learnt], common: &mut Common) {
    let spoke = learnt.iter().filter(|one| one.residual.1 > 0.0);
    let (precisions, count) = spoke.fold((0.0, 0.0), |(sum, count), one| {
        let (squares, voices) = one.residual;
        let strength = common.noise_strength;
        (sum + (strength + voices) / (strength * common.noise + squares), count + 1.0)
    });
    if count > 0.0 {
        common.noise = count / precisions;
    }
}

/// How much contributors differ in their noise: the strength under which each voice surprises the others least. Each
/// voice is Student t given the contributor's other voices.
fn learn_strength(back: &[Back], common: &mut Common) {
    let step = (back.len() / LEARN_STRENGTH_FROM).max(1);
    let sample: Vec<&Surprise> = back.iter().step_by(step).map(|back| &back.surprise).collect();
    let likelihood = |strength: f64, noise: f64| {
        let parts: Vec<f64> =
            sample.par_chunks(512).map(|part| part.iter().map(|one| student(one, strength, noise)).sum()).collect();
        parts.iter().sum::<f64>()
    };
    let (mut best, mut likeliest) = ((common.noise_strength, common.noise), f64::NEG_INFINITY);
    for factor in [0.5, 0.75, 1.0, 1.35, 2.0] {
        let strength = (common.noise_strength * factor).clamp(STRENGTHS.0, STRENGTHS.1);
        for noise in [0.85, 0.95, 1.0, 1.05, 1.18].map(|factor| factor * common.noise) {
            let found = likelihood(strength, noise);
            if found > likeliest {
                (best, likeliest) = ((strength, noise), found);
            }
        }
    }
    (common.noise_strength, common.noise) = best;
}

/// Log density of a voice under a Student t whose degrees of freedom and scale come from the contributor's other voices.
fn student(one: &Surprise, strength: f64, noise: f64) -> f64 {
    let freedom = strength + one.others.1;
    let scale = (strength * noise + one.others.0) / freedom + one.unsure;
    let constant = ln_gamma((freedom + 1.0) / 2.0) - ln_gamma(freedom / 2.0) - 0.5 * (freedom * scale).ln();
    one.weight * (constant - (freedom + 1.0) / 2.0 * (1.0 + one.square / (freedom * scale)).ln())
}

/// Moves the half-life, and the variances that go with it, to where the voices are likeliest.
pub(super) fn half_life(
    columns: &Columns,
    messages: &Messages,
    common: &mut Common,
    noise: &mut [f64],
    given: Option<f64>,
    first: bool,
) {
    let memory = Memory { half_life: common.half_life, quality: common.quality, noise: 1.0 };
    let (mut best, mut likeliest) = (memory, log_likelihood(columns, messages, common, memory) + WORTH_MOVING);
    let near = |days: &f64| first || (0.4..2.6).contains(&(days / memory.half_life)) || *days == 36_500.0;
    let tried = match given {
        Some(days) => vec![days],
        None => HALF_LIVES.into_iter().filter(near).collect(),
    };
    for half_life in tried {
        for quality in [0.8, 0.93, 1.0, 1.08, 1.25].map(|factor| factor * memory.quality) {
            for noise in [0.8, 0.9, 1.0, 1.1] {
                let other = Memory { half_life, quality, noise };
                let found = log_likelihood(columns, messages, common, other);
                if found > likeliest {
                    (best, likeliest) = (other, found);
                }
            }
        }
    }
    (common.half_life, common.quality) = (best.half_life, best.quality);
    common.noise *= best.noise;
    noise.iter_mut().for_each(|own| *own *= best.noise);
}
