//! From the fit to beliefs that explain themselves down to single rows.
//!
//! Holds the writing of explanations. A voice appears with what it said and what it weighed; severity and reliability of
//! its contributor must never appear as numbers.

use super::fit::{Fitted, Normal};
use super::{Columns, RatingSettings};
use crate::Voice;
use crate::coordination::Coordination;
use crate::hierarchy::{Belief, Comparable, Ground, Prior, estimate_within};
use model::{Contribution, Explained, Explanation};
use rayon::prelude::*;

/// Name and version of the method.
const METHOD: &str = "ratings/1";
/// The sum of all corrections for severity is shown only when so many people stand behind it that none is recognizable.
const FEWEST_TO_SHOW_LEVELLING: usize = 5;
/// Where the voices leave more than this share of the prior variance, there is not enough to speak of a view.
const NEARLY_PRIOR: f64 = 0.8;

pub(super) fn beliefs(
    voices: &[Voice],
    coordination: &Coordination,
    entities: &[Comparable],
    columns: &Columns,
    fitted: &Fitted,
    settings: &RatingSettings,
) -> Vec<Belief> {
    let bounds = (settings.scale.low, settings.scale.high);
    entities
        .par_iter()
        .enumerate()
        .map(|(entity, comparable)| {
            let range = columns.starts[entity]..columns.starts[entity + 1];
            let source = &columns.source[range.clone()];
            let independent = coordination.independent(source);
            let Normal { mean, variance } = fitted.quality[entity];
            let group = columns.group[entity];
            let groups = &fitted.common.groups;
            let prior_variance = fitted.common.quality + groups.mean_variances[group];
            let prior = Prior { mean: groups.means[group], variance: prior_variance };
            let nearly_prior = variance > NEARLY_PRIOR * prior_variance;
            let ground =
                if independent < settings.enough_voices || nearly_prior { Ground::NotEnough } else { Ground::Enough };
            let estimate = estimate_within(mean, variance, bounds, source.len() as f64, independent);
            let because = explanation(voices, coordination, columns, fitted, settings, entity, prior);
            Belief {
                entity: comparable.entity.clone(),
                aspect: settings.aspect.clone(),
                estimate: Explained::new(estimate, because),
                ground,
                prior,
            }
        })
        .collect()
}

fn explanation(
    voices: &[Voice],
    coordination: &Coordination,
    columns: &Columns,
    fitted: &Fitted,
    settings: &RatingSettings,
    entity: usize,
    prior: Prior,
) -> Explanation {
    let range = columns.starts[entity]..columns.starts[entity + 1];
    let said: f64 = fitted.voice_share[range.clone()].iter().sum();
    let mut order: Vec<usize> = range.clone().collect();
    order.sort_by(|&a, &b| fitted.voice_share[b].total_cmp(&fitted.voice_share[a]).then(a.cmp(&b)));
    let mut contributions = vec![Contribution {
        record: None,
        label: "comparable_entities".to_owned(),
        value: prior.mean,
        weight: 1.0 - said,
        discounted: String::new(),
    }];
    contributions.extend(order.iter().take(settings.contributions_kept).map(|&row| {
        let index = columns.source[row];
        Contribution {
            record: Some(voices[index].record.clone()),
            label: "voice".to_owned(),
            value: columns.rating[row],
            weight: fitted.voice_share[row],
            discounted: coordination.discounted(index).to_owned(),
        }
    }));
    contributions.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    Explanation {
        method: METHOD.to_owned(),
        figures: figures(columns, fitted, entity, prior, said),
        contributions,
        contributions_total: range.len() + 1,
    }
}

fn figures(columns: &Columns, fitted: &Fitted, entity: usize, prior: Prior, said: f64) -> Vec<(String, f64)> {
    let range = columns.starts[entity]..columns.starts[entity + 1];
    let total: f64 = columns.weight[range.clone()].iter().sum();
    let plain = range.clone().map(|row| columns.rating[row]).sum::<f64>() / range.len().max(1) as f64;
    let mut people: Vec<usize> = columns.contributor[range.clone()].to_vec();
    people.sort_unstable();
    people.dedup();
    let mut figures = vec![
        ("comparable_mean".to_owned(), prior.mean),
        ("comparable_share".to_owned(), 1.0 - said),
        ("half_life_days".to_owned(), fitted.common.half_life),
        ("rounds".to_owned(), fitted.rounds as f64),
        ("left_out".to_owned(), columns.left_out[entity] as f64),
    ];
    if !range.is_empty() {
        figures.push(("plain_mean".to_owned(), plain));
        figures.push(("voices_after_discounts".to_owned(), total));
    }
    if people.len() >= FEWEST_TO_SHOW_LEVELLING {
        let levelling = range.map(|row| fitted.voice_share[row] * (fitted.levelled[row] - columns.rating[row])).sum();
        figures.push(("levelling_of_severities".to_owned(), levelling));
    }
    figures
}
