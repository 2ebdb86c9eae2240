//! What is believed of a home of which nothing is known: what comparable homes are like, with room for the unknown.

use super::{Candidate, Criterion};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Fewest homes that tell what homes are like; below, a middling guess with wide room stands in.
const FEWEST_HOMES: usize = 5;

/// What comparable homes are like in one criterion, in its unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prior {
    /// Mean of the homes.
    pub mean: f64,
    /// Spread of the homes: how far off a home of which nothing is known may be.
    pub standard_deviation: f64,
    /// Number of homes it was taken from; 0 where it is a guess.
    pub homes: usize,
}

/// A [`Prior`] for each criterion. Taken from all homes of the office, not from the list that is ranked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Priors {
    by_criterion: BTreeMap<Criterion, Prior>,
}

impl Priors {
    /// Takes the priors from homes that are comparable to those that will be ranked.
    pub fn from_homes<'a>(homes: impl IntoIterator<Item = &'a Candidate> + Clone) -> Self {
        let known = |criterion: Criterion| homes.clone().into_iter().filter_map(move |home| criterion.estimate(home));
        let measured = |criterion| {
            let values: Vec<f64> = known(criterion).map(|estimate| estimate.value).collect();
            (values.len() >= FEWEST_HOMES).then(|| (criterion, spread(values)))
        };
        Self { by_criterion: Criterion::ALL.into_iter().filter_map(measured).collect() }
    }

    /// The prior of a criterion.
    pub fn of(&self, criterion: Criterion) -> Prior {
        self.by_criterion.get(&criterion).copied().unwrap_or_else(|| guess(criterion))
    }

    /// All that were taken from homes.
    pub fn all(&self) -> impl Iterator<Item = (Criterion, Prior)> {
        self.by_criterion.iter().map(|(criterion, prior)| (*criterion, *prior))
    }

    pub(super) fn change(&mut self, change: impl Fn(f64) -> f64) {
        for prior in self.by_criterion.values_mut() {
            prior.mean = change(prior.mean);
            prior.standard_deviation = change(prior.standard_deviation);
        }
    }
}

/// Mean and spread. Values are sorted first, so that the order of homes changes no last digit.
fn spread(mut values: Vec<f64>) -> Prior {
    values.sort_by(f64::total_cmp);
    let homes = values.len();
    let count = homes as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (count - 1.0);
    // The mean itself is uncertain: a new home may lie off by both.
    Prior { mean, standard_deviation: (variance * (1.0 + 1.0 / count)).sqrt(), homes }
}

fn guess(criterion: Criterion) -> Prior {
    let (mean, standard_deviation) = match criterion {
        Criterion::Distance => (50.0, 30.0),
        Criterion::Price => (1_000.0, 300.0),
        Criterion::Trend => (0.0, 0.5),
        _ => (3.0, 1.0),
    };
    Prior { mean, standard_deviation, homes: 0 }
}
