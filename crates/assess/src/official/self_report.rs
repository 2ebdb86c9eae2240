//! What a place reports of itself against what was measured.
//!
//! Holds the bias of self-reports, overall and by comparable group, and each entity's value from both figures. It must
//! never drop a self-report because it is biased: the bias is taken off and the uncertainty kept.

use crate::AssessError;
use crate::hierarchy::{Belief, Ground, Hierarchy, Measured, Numbers, Prior, estimate_within};
use model::{Contribution, Estimate, Explained, Explanation, RecordRef};

/// Name and version of the method.
const METHOD: &str = "self_report/1";
/// Differences further than this many robust standard deviations from the middle are pulled in to it (Huber 1964).
const FAR_OUT: f64 = 4.0;
/// Median absolute deviation of a normal distribution, as a share of its standard deviation.
const DEVIATION_SHARE: f64 = 0.674_489_75;

/// One figure of an entity, as measured and as reported by itself; blank is `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct SelfReport {
    /// The row it comes from.
    pub record: RecordRef,
    /// The Entity.
    pub entity: String,
    /// Its comparable group.
    pub group: String,
    /// As measured by somebody else, such as hours from payrolls.
    pub measured: Option<f64>,
    /// As reported by the place itself.
    pub reported: Option<f64>,
}

/// What is known of both figures.
#[derive(Clone, Debug, PartialEq)]
pub struct SelfReportSettings {
    /// What is measured, as a stable word.
    pub aspect: String,
    /// Standard deviation of the measured figure's error, as a share of the figure.
    pub measured_error: f64,
    /// Least and greatest possible value.
    pub bounds: (f64, f64),
}

/// How much the places of a group report above what was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupBias {
    /// The group.
    pub group: String,
    /// Mean of reported minus measured, in the unit of the figure.
    pub bias: Explained<Estimate>,
    /// Share of its places that report more than was measured.
    pub over_reporting: f64,
    /// Places with both figures.
    pub places: usize,
}

/// The bias of every group, and what is believed of every entity; both in sorted order.
pub fn assess(
    reports: &[SelfReport],
    settings: &SelfReportSettings,
) -> Result<(Vec<GroupBias>, Vec<Belief>), AssessError> {
    if !(settings.measured_error >= 0.0 && settings.measured_error < 1.0) {
        let found = settings.measured_error.to_string();
        return Err(AssessError::Setting { name: "measured_error", found, write: "a share from 0 to 1, such as 0.05" });
    }
    let groups = Numbers::of(reports.iter().map(|one| one.group.as_str()));
    let error = |value: f64| (settings.measured_error * value).powi(2).max(1e-9);
    let differences = Differences::of(reports, &groups);
    let biases = Hierarchy::fit(&differences.measured, groups.len());
    // Inside a group places differ in their bias: that spread is what a corrected self-report still carries.
    let typical = middle(reports.iter().filter_map(|one| one.measured).collect());
    let carried = (differences.spread - error(typical)).max(0.1 * differences.spread).max(1e-9);
    let known: Vec<Measured> = reports
        .iter()
        .filter_map(|one| {
            let value = one.measured.filter(|value| value.is_finite())?;
            Some(Measured { group: groups.get(&one.group)?, value, variance: error(value) })
        })
        .collect();
    let values = Hierarchy::fit(&known, groups.len());
    let mut beliefs: Vec<Belief> = reports
        .iter()
        .filter_map(|one| {
            let group = groups.get(&one.group)?;
            let correction = (biases.means[group], carried + biases.mean_variances[group]);
            Some(belief(one, values.prior(group), correction, one.measured.map(error), settings))
        })
        .collect();
    beliefs.sort_by(|a, b| a.entity.cmp(&b.entity));
    let shown = (0..groups.len()).map(|group| differences.bias_of(group, groups.word(group), &biases)).collect();
    Ok((shown, beliefs))
}

/// Differences between reported and measured figures, far ones pulled in.
struct Differences {
    measured: Vec<Measured>,
    over: Vec<usize>,
    count: Vec<usize>,
    spread: f64,
}

impl Differences {
    fn of(reports: &[SelfReport], groups: &Numbers<'_>) -> Self {
        let raw: Vec<(usize, f64)> = reports
            .iter()
            .filter_map(|one| {
                let difference = one.reported? - one.measured?;
                difference.is_finite().then_some(())?;
                Some((groups.get(&one.group)?, difference))
            })
            .collect();
        let (mut over, mut count) = (vec![0; groups.len()], vec![0; groups.len()]);
        for (group, difference) in &raw {
            count[*group] += 1;
            over[*group] += usize::from(*difference > 0.0);
        }
        let centre = middle(raw.iter().map(|(_, difference)| *difference).collect());
        let deviation =
            middle(raw.iter().map(|(_, difference)| (difference - centre).abs()).collect()) / DEVIATION_SHARE;
        let reach = FAR_OUT * deviation.max(1e-9);
        let pulled: Vec<(usize, f64)> =
            raw.iter().map(|(group, difference)| (*group, difference.clamp(centre - reach, centre + reach))).collect();
        let spread = pulled.iter().map(|(_, difference)| (difference - centre).powi(2)).sum::<f64>()
            / pulled.len().max(1) as f64;
        // The group's mean is wanted, not each place's: every difference carries the whole spread as its error.
        let measured =
            pulled.iter().map(|&(group, value)| Measured { group, value, variance: spread.max(1e-9) }).collect();
        Self { measured, over, count, spread: spread.max(1e-9) }
    }

    fn bias_of(&self, group: usize, name: &str, biases: &Hierarchy) -> GroupBias {
        let count = self.count[group] as f64;
        let (mean, variance) = (biases.means[group], biases.mean_variances[group]);
        let bias = estimate_within(mean, variance, (f64::NEG_INFINITY, f64::INFINITY), count, count);
        let figures = vec![("places".to_owned(), count), ("spread_between_places".to_owned(), self.spread.sqrt())];
        let because = Explanation { method: METHOD.to_owned(), figures, ..Explanation::default() };
        GroupBias {
            group: name.to_owned(),
            bias: Explained::new(bias, because),
            over_reporting: self.over[group] as f64 / count.max(1.0),
            places: self.count[group],
        }
    }
}

fn belief(
    report: &SelfReport,
    prior: Prior,
    correction: (f64, f64),
    measured_variance: Option<f64>,
    settings: &SelfReportSettings,
) -> Belief {
    let (bias, carried) = correction;
    let mut parts = vec![("comparable_entities", prior.mean, prior.mean, prior.variance.max(1e-9), None)];
    if let (Some(value), Some(variance)) = (report.measured, measured_variance) {
        parts.push(("measured", value, value, variance, Some(&report.record)));
    }
    if let Some(value) = report.reported {
        parts.push(("self_reported", value, value - bias, carried, Some(&report.record)));
    }
    let precision: f64 = parts.iter().map(|part| 1.0 / part.3).sum();
    let mean = parts.iter().map(|part| part.2 / part.3).sum::<f64>() / precision;
    let voices = (parts.len() - 1) as f64;
    let mut contributions: Vec<Contribution> = parts
        .iter()
        .map(|(label, shown, _, variance, record)| Contribution {
            record: record.cloned(),
            label: (*label).to_owned(),
            value: *shown,
            weight: 1.0 / variance / precision,
            discounted: if *label == "self_reported" { "self_report_bias".to_owned() } else { String::new() },
        })
        .collect();
    contributions.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let because = Explanation {
        method: METHOD.to_owned(),
        figures: vec![("self_report_bias".to_owned(), bias), ("comparable_mean".to_owned(), prior.mean)],
        contributions_total: contributions.len(),
        contributions,
    };
    Belief {
        entity: report.entity.clone(),
        aspect: settings.aspect.clone(),
        estimate: Explained::new(estimate_within(mean, 1.0 / precision, settings.bounds, voices, voices), because),
        ground: if report.measured.is_some() || report.reported.is_some() { Ground::Enough } else { Ground::NotEnough },
        prior,
    }
}

/// Median; 0 of nothing.
fn middle(mut values: Vec<f64>) -> f64 {
    values.retain(|value| value.is_finite());
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::tests::Dice;

    #[test]
    fn the_bias_of_each_group_is_found_and_silent_measurements_are_filled_honestly() {
        let mut dice = Dice(77);
        let (mut reports, mut truth) = (Vec::new(), Vec::new());
        for place in 0..1_200 {
            let group = place % 3;
            let value = (0.7 + 0.2 * dice.normal()).max(0.05);
            let bias = [0.02, 0.10, 0.20][group] + 0.08 * dice.normal();
            truth.push(value);
            reports.push(SelfReport {
                record: RecordRef { dataset: "facilities".to_owned(), version: 1, id: place.to_string() },
                entity: format!("place {place:04}"),
                group: ["government", "non profit", "for profit"][group].to_owned(),
                measured: (place % 4 != 0).then_some(value * (1.0 + 0.05 * dice.normal())),
                reported: Some(value + bias),
            });
        }
        let settings = SelfReportSettings { aspect: "rn_hours".to_owned(), measured_error: 0.05, bounds: (0.0, 24.0) };
        let (biases, beliefs) = assess(&reports, &settings).expect("settings are right");
        for (bias, expected) in biases.iter().zip([0.20, 0.02, 0.10]) {
            let found = bias.bias.value;
            assert!(found.low - 0.01 < expected && expected < found.high + 0.01, "{} {found:?}", bias.group);
        }
        let inside = beliefs
            .iter()
            .zip(&truth)
            .filter(|(one, truth)| one.estimate.value.low <= **truth && **truth <= one.estimate.value.high);
        let covered = inside.count() as f64 / 1_200.0;
        assert!((0.87..=0.93).contains(&covered), "covered {covered}");
        assert!(beliefs[0].estimate.value.half_width() > 2.0 * beliefs[1].estimate.value.half_width());
    }
}
