//! One community view of an entity from several community sources.
//!
//! Holds the combination by precision, in which each source's part is kept. It must never let comparable entities count
//! twice because two sources lean on them, nor hide that sources differ.
//!
//! Sources measure on scales of their own: the mean difference to the first source is taken off, and where two sources
//! differ by more than their intervals allow, both get the variance that is missing (DerSimonian and Laird 1986).

use crate::hierarchy::{Belief, Ground, Prior, estimate_within};
use model::estimate::normal_quantile;
use model::{Contribution, Estimate, Explained, Explanation};

/// Name and version of the method.
const METHOD: &str = "combine/1";
/// Entities that two sources must share before their difference is learnt.
const FEWEST_SHARED: usize = 10;

/// What one community source says of all entities, on one aspect and on the scale of the first source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceView {
    /// Name of the source, as a stable word.
    pub source: String,
    /// Its beliefs, each Entity once.
    pub beliefs: Vec<Belief>,
}

/// What a source says of an entity, the prior taken off.
#[derive(Clone, Copy)]
struct Said {
    mean: f64,
    variance: f64,
}

/// How a source differs from the first one.
#[derive(Clone, Copy, Default)]
struct Difference {
    offset: f64,
    variance: f64,
}

/// One belief for each entity of any source, by entity. The first source gives the scale and, where it knows the entity,
/// the prior; `bounds` are the ends of the scale.
pub fn combine(views: &[SourceView], aspect: &str, bounds: (f64, f64)) -> Vec<Belief> {
    let mut names: Vec<&str> =
        views.iter().flat_map(|view| view.beliefs.iter().map(|one| one.entity.as_str())).collect();
    names.sort_unstable();
    names.dedup();
    let ordered: Vec<Vec<&Belief>> = views.iter().map(by_entity).collect();
    let differences: Vec<Difference> = ordered.iter().map(|own| difference(&ordered[0], own)).collect();
    // Half of the missing variance belongs to the first source, as nobody can tell which of both is off.
    let shared = differences.iter().skip(1).map(|one| one.variance).filter(|variance| *variance > 0.0);
    let (sum, count) = shared.fold((0.0, 0.0), |(sum, count), variance| (sum + variance / 2.0, count + 1.0));
    let first = if count > 0.0 { sum / count } else { 0.0 };
    names
        .iter()
        .map(|name| {
            let parts: Vec<(usize, &Belief, Difference)> = ordered
                .iter()
                .enumerate()
                .filter_map(|(source, own)| {
                    let extra = if source == 0 { first } else { differences[source].variance / 2.0 };
                    let difference = Difference { variance: extra, ..differences[source] };
                    find(own, name).map(|belief| (source, belief, difference))
                })
                .collect();
            one_view(views, name, aspect, &parts, bounds)
        })
        .collect()
}

fn by_entity(view: &SourceView) -> Vec<&Belief> {
    let mut beliefs: Vec<&Belief> = view.beliefs.iter().collect();
    beliefs.sort_by(|a, b| a.entity.cmp(&b.entity));
    beliefs
}

fn find<'a>(beliefs: &[&'a Belief], name: &str) -> Option<&'a Belief> {
    beliefs.binary_search_by(|one| one.entity.as_str().cmp(name)).ok().map(|place| beliefs[place])
}

/// What the source itself said: the belief without its prior; `None` where nothing is left.
fn said(belief: &Belief) -> Option<Said> {
    let estimate: &Estimate = &belief.estimate.value;
    // The wider half, as an end of the interval may be cut by the scale.
    let half = (estimate.high - estimate.value).max(estimate.value - estimate.low);
    let own = (half / normal_quantile(0.5 + estimate.level / 2.0)).powi(2);
    let precision = 1.0 / own.max(1e-9) - 1.0 / belief.prior.variance.max(1e-9);
    if estimate.voices <= 0.0 || precision <= 1e-9 {
        return None;
    }
    let mean = (estimate.value / own.max(1e-9) - belief.prior.mean / belief.prior.variance.max(1e-9)) / precision;
    Some(Said { mean, variance: 1.0 / precision })
}

/// Mean difference of a source to the first, and the variance that both intervals together do not explain.
fn difference(first: &[&Belief], other: &[&Belief]) -> Difference {
    let pairs: Vec<(f64, f64)> = other
        .iter()
        .filter_map(|belief| {
            let (own, theirs) = (said(belief)?, said(find(first, &belief.entity)?)?);
            Some((own.mean - theirs.mean, own.variance + theirs.variance))
        })
        .collect();
    if pairs.len() < FEWEST_SHARED {
        return Difference::default();
    }
    let offset_at = |extra: f64| {
        let weight: f64 = pairs.iter().map(|(_, variance)| 1.0 / (variance + extra)).sum();
        pairs.iter().map(|(gap, variance)| gap / (variance + extra)).sum::<f64>() / weight
    };
    let offset = offset_at(0.0);
    let weights: Vec<f64> = pairs.iter().map(|(_, variance)| 1.0 / variance).collect();
    let sum: f64 = weights.iter().sum();
    let squares: f64 = pairs.iter().zip(&weights).map(|((gap, _), weight)| weight * (gap - offset).powi(2)).sum();
    let scale = sum - weights.iter().map(|weight| weight * weight).sum::<f64>() / sum;
    let variance = ((squares - (pairs.len() as f64 - 1.0)) / scale.max(1e-9)).max(0.0);
    Difference { offset: offset_at(variance), variance }
}

/// The combination for one entity. `parts` holds the source's number, its belief, and its difference.
fn one_view(
    views: &[SourceView],
    entity: &str,
    aspect: &str,
    parts: &[(usize, &Belief, Difference)],
    bounds: (f64, f64),
) -> Belief {
    let (_, leading, shift) = parts[0];
    let prior = Prior { mean: leading.prior.mean - shift.offset, variance: leading.prior.variance };
    let (mut precision, mut information) = (1.0 / prior.variance.max(1e-9), prior.mean / prior.variance.max(1e-9));
    let mut weights = Vec::new();
    for (source, belief, difference) in parts {
        let Some(said) = said(belief) else { continue };
        let own = 1.0 / (said.variance + difference.variance);
        precision += own;
        information += own * (said.mean - difference.offset);
        weights.push((*source, *belief, own, said.mean - difference.offset));
    }
    let total =
        |value: fn(&Estimate) -> f64| parts.iter().map(|(_, belief, _)| value(&belief.estimate.value)).sum::<f64>();
    let voices = total(|estimate| estimate.voices);
    let independent = total(|estimate| estimate.independent_voices);
    let mut contributions = vec![Contribution {
        record: None,
        label: "comparable_entities".to_owned(),
        value: prior.mean,
        weight: 1.0 / prior.variance.max(1e-9) / precision,
        discounted: String::new(),
    }];
    let mut figures = vec![("comparable_mean".to_owned(), prior.mean)];
    for (source, belief, own, value) in &weights {
        let share = own / precision;
        figures.push((format!("share_of_{}", views[*source].source), share));
        figures.push((format!("value_of_{}", views[*source].source), *value));
        contributions.extend(parts_of(belief, share));
    }
    contributions.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let because = Explanation {
        method: METHOD.to_owned(),
        figures,
        contributions_total: 1 + weights
            .iter()
            .map(|(_, belief, _, _)| belief.estimate.because.contributions_total.saturating_sub(1))
            .sum::<usize>(),
        contributions,
    };
    let enough = parts.iter().any(|(_, belief, _)| belief.ground == Ground::Enough);
    Belief {
        entity: entity.to_owned(),
        aspect: aspect.to_owned(),
        estimate: Explained::new(
            estimate_within(information / precision, 1.0 / precision, bounds, voices, independent),
            because,
        ),
        ground: if enough { Ground::Enough } else { Ground::NotEnough },
        prior,
    }
}

/// The rows behind one source's belief, with their shares of the combined value.
fn parts_of(belief: &Belief, share: f64) -> impl Iterator<Item = Contribution> + '_ {
    let rows = || belief.estimate.because.contributions.iter().filter(|one| one.record.is_some());
    let total: f64 = rows().map(|one| one.weight).sum();
    rows().map(move |one| Contribution { weight: share * one.weight / total.max(f64::MIN_POSITIVE), ..one.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::tests::Dice;
    use crate::hierarchy::{Hierarchy, Measured};

    fn view(source: &str, measured: &[(usize, Measured)]) -> SourceView {
        let values: Vec<Measured> = measured.iter().map(|(_, one)| *one).collect();
        let hierarchy = Hierarchy::fit(&values, 1);
        let belief = |(entity, one): &(usize, Measured)| {
            let leaning = hierarchy.lean(*one);
            Belief {
                entity: format!("home {entity:04}"),
                aspect: "overall".to_owned(),
                estimate: Explained::new(
                    estimate_within(leaning.mean, leaning.variance, (-9.0, 15.0), 5.0, 5.0),
                    Explanation::default(),
                ),
                ground: Ground::Enough,
                prior: hierarchy.prior(0),
            }
        };
        SourceView { source: source.to_owned(), beliefs: measured.iter().map(belief).collect() }
    }

    #[test]
    fn two_sources_know_more_than_one_and_their_intervals_cover() {
        let mut dice = Dice(41);
        let truth: Vec<f64> = (0..800).map(|_| 3.5 + 0.5 * dice.normal()).collect();
        let mut measure = |from: usize, to: usize, variance: f64, offset: f64| -> Vec<(usize, Measured)> {
            let one = |entity| {
                let value = truth[entity] + offset + f64::sqrt(variance) * dice.normal();
                (entity, Measured { group: 0, value, variance })
            };
            (from..to).map(one).collect()
        };
        let survey = view("survey", &measure(0, 600, 0.1, 0.0));
        let posts = view("posts", &measure(200, 800, 0.2, -0.7));
        let error = |beliefs: &[Belief], range: std::ops::Range<usize>| {
            let squares = beliefs.iter().filter_map(|one| {
                let entity: usize = one.entity[5..].parse().expect("a number");
                range.contains(&entity).then(|| (one.estimate.value.value - truth[entity]).powi(2))
            });
            (squares.sum::<f64>() / range.len() as f64).sqrt()
        };
        let alone = error(&survey.beliefs, 200..600);
        let both = combine(&[survey, posts], "overall", (-9.0, 15.0));
        assert_eq!(both.len(), 800);
        assert!(error(&both, 200..600) < 0.9 * alone, "{} {alone}", error(&both, 200..600));
        // The posts' scale is brought to the survey's also where only posts speak.
        assert!(error(&both, 600..800) < 0.4, "{}", error(&both, 600..800));
        let inside = both
            .iter()
            .zip(&truth)
            .filter(|(one, truth)| one.estimate.value.low <= **truth && **truth <= one.estimate.value.high);
        let covered = inside.count() as f64 / 800.0;
        assert!((0.87..=0.93).contains(&covered), "covered {covered}");
        let shares: f64 = both[300]
            .estimate
            .because
            .figures
            .iter()
            .filter(|(name, _)| name.starts_with("share_of"))
            .map(|(_, share)| share)
            .sum();
        assert!((0.5..1.0).contains(&shares), "{shares}");
    }
}
