//! Findings as Signals that somebody can own.
//!
//! Holds one maker for each kind of finding. It must never decide who owns a Signal, and never give one for a difference
//! that chance explains: of many things compared at once, the expected share of false findings is bounded (Y. Benjamini and
//! Y. Hochberg, "Controlling the false discovery rate", 1995).

use crate::distribution::upper_tail;
use crate::series::change::Change;
use crate::series::panel::OfficialChange;
use model::signal::{Signal, SignalKind};
use model::{Contribution, Date, Estimate, Explanation, RecordRef, content_id};
use std::collections::BTreeMap;

/// Level of intervals, and the quantile it stands for.
const LEVEL: f64 = 0.9;
const QUANTILE: f64 = 1.644_853_627;
/// Contributions kept in an explanation.
const KEPT: usize = 20;

/// The Signal of a change in what communities say.
pub fn community_change(entity: &str, aspect: &str, change: &Change) -> Signal {
    let kind = if change.size.value < 0.0 { SignalKind::CommunityFell } else { SignalKind::CommunityRose };
    Signal {
        id: id(kind, entity, aspect, &change.noticed.to_string()),
        kind,
        entity: entity.to_owned(),
        aspect: aspect.to_owned(),
        since: change.since,
        noticed: change.noticed,
        size: change.size,
        chance: change.chance,
        because: change.because.clone(),
    }
}

/// The Signal of a change of official stars.
pub fn official_change(entity: &str, aspect: &str, change: &OfficialChange) -> Signal {
    let kind = SignalKind::OfficialChanged;
    Signal {
        id: id(kind, entity, aspect, &change.since.to_string()),
        kind,
        entity: entity.to_owned(),
        aspect: aspect.to_owned(),
        since: change.since,
        noticed: change.noticed,
        size: change.size,
        chance: change.chance,
        because: change.because.clone(),
    }
}

/// The surest of some findings, so many that the share of false ones among them is expected to stay within `bound`. Each
/// `chance` is the probability that the finding itself is false (M. A. Newton and others, "Detecting differential gene expression
/// with a semiparametric hierarchical mixture method", 2004). The order given is kept.
pub fn surest(mut signals: Vec<Signal>, bound: f64) -> Vec<Signal> {
    let mut chances: Vec<f64> = signals.iter().map(|signal| signal.chance).collect();
    chances.sort_by(f64::total_cmp);
    let (mut sum, mut greatest) = (0.0, f64::NEG_INFINITY);
    for (number, chance) in chances.iter().enumerate() {
        sum += chance;
        // Findings that are equally sure stand or fall together.
        let last_of_equals = chances.get(number + 1) != Some(chance);
        if last_of_equals && sum / (number as f64 + 1.0) <= bound {
            greatest = *chance;
        }
    }
    signals.retain(|signal| signal.chance <= greatest);
    signals
}

/// Findings of one kind about one thing as one: the surest stands, and says why for all of them.
pub fn one_for_each(signals: Vec<Signal>) -> Vec<Signal> {
    let mut by_entity: BTreeMap<String, Vec<Signal>> = BTreeMap::new();
    for signal in signals {
        by_entity.entry(signal.entity.clone()).or_default().push(signal);
    }
    let one = |mut own: Vec<Signal>| {
        own.sort_by(|a, b| a.chance.total_cmp(&b.chance).then_with(|| a.aspect.cmp(&b.aspect)));
        let mut own = own.into_iter();
        let mut first = own.next()?;
        for other in own {
            let record = other.because.contributions.into_iter().find_map(|part| part.record);
            let (value, discounted) = (other.size.value, "told_by_another_aspect".to_owned());
            let told = Contribution { record, label: other.aspect, value, weight: 0.0, discounted };
            first.because.contributions.push(told);
            first.because.contributions_total += 1;
        }
        Some(first)
    };
    by_entity.into_values().filter_map(one).collect()
}

/// What communities and officials say of one aspect of one thing, on one scale.
#[derive(Clone, Debug, PartialEq)]
pub struct TwoViews {
    /// The Entity.
    pub entity: String,
    /// What of the Entity.
    pub aspect: String,
    /// What communities say.
    pub community: Estimate,
    /// What officials say, on the same scale.
    pub official: Estimate,
    /// First day of what both rest on.
    pub since: Date,
    /// Last day of what both rest on.
    pub until: Date,
}

/// How disagreements are looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DisagreementSettings {
    /// Share of the findings that may be false, on average.
    pub false_discovery: f64,
    /// Gap up to which both are taken to agree.
    pub least_gap: f64,
}

impl Default for DisagreementSettings {
    /// One finding in ten may be false; half a star is agreement.
    fn default() -> Self {
        Self { false_discovery: 0.1, least_gap: 0.5 }
    }
}

/// The Signals of all disagreements that many comparisons leave standing, in the order given. `chance` is the share of
/// false findings among all at least as strong.
pub fn disagreements(views: &[TwoViews], settings: &DisagreementSettings) -> Vec<Signal> {
    let gaps: Vec<(f64, f64)> = views
        .iter()
        .map(|view| {
            let variance = view.community.standard_deviation().powi(2) + view.official.standard_deviation().powi(2);
            (view.community.value - view.official.value, variance.sqrt().max(1e-9))
        })
        .collect();
    // Largest over all true gaps that still count as agreement: at one of its two ends.
    let tail = |(gap, deviation): &(f64, f64)| {
        let (near, far) = (gap.abs() - settings.least_gap, gap.abs() + settings.least_gap);
        (upper_tail(near / deviation) + upper_tail(far / deviation)).min(1.0)
    };
    let rates = false_discovery_rates(&gaps.iter().map(tail).collect::<Vec<_>>());
    let findings = views.iter().zip(&gaps).zip(rates);
    findings
        .filter(|((_, (gap, _)), rate)| *rate <= settings.false_discovery && gap.abs() > settings.least_gap)
        .map(|((view, gap), rate)| disagreement(view, *gap, rate, settings))
        .collect()
}

fn disagreement(view: &TwoViews, (gap, deviation): (f64, f64), rate: f64, settings: &DisagreementSettings) -> Signal {
    let kind = SignalKind::Disagreement;
    let direction = if gap > 0.0 { "community_above" } else { "community_below" };
    let contribution = |label: &str, value: f64| Contribution {
        record: None,
        label: label.to_owned(),
        value,
        weight: 0.5,
        discounted: String::new(),
    };
    Signal {
        id: id(kind, &view.entity, &view.aspect, direction),
        kind,
        entity: view.entity.clone(),
        aspect: view.aspect.clone(),
        since: view.since,
        noticed: view.until,
        size: Estimate {
            value: gap,
            low: gap - QUANTILE * deviation,
            high: gap + QUANTILE * deviation,
            level: LEVEL,
            voices: view.community.voices,
            independent_voices: view.community.independent_voices,
        },
        chance: rate,
        because: Explanation {
            method: "disagreement_signal/1".to_owned(),
            figures: vec![
                ("least_gap".to_owned(), settings.least_gap),
                ("false_discovery".to_owned(), settings.false_discovery),
            ],
            contributions: vec![
                contribution("community", view.community.value),
                contribution("official", view.official.value),
            ],
            contributions_total: 2,
        },
    }
}

/// Benjamini and Hochberg's adjusted probabilities: the share of false findings expected when everything at least as
/// strong is found.
pub fn false_discovery_rates(probabilities: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|a, b| probabilities[*b].total_cmp(&probabilities[*a]));
    let mut rates = vec![1.0; probabilities.len()];
    let mut least = 1.0_f64;
    for (weaker, one) in order.into_iter().enumerate() {
        let at_least_as_strong = (probabilities.len() - weaker) as f64;
        least = least.min(probabilities[one] * probabilities.len() as f64 / at_least_as_strong);
        rates[one] = least;
    }
    rates
}

/// Many voices about one thing that turned out to be few.
#[derive(Clone, Debug, PartialEq)]
pub struct FewVoices {
    /// The Entity they speak about.
    pub entity: String,
    /// Kind of group, as a stable word: `copies`, `burst`.
    pub group: String,
    /// The rows of the voices.
    pub records: Vec<RecordRef>,
    /// As how many they count.
    pub counts_as: f64,
    /// First day of the group.
    pub since: Date,
    /// Last day of the group.
    pub until: Date,
    /// Probability that independent voices look like this.
    pub chance: f64,
}

/// The Signal of a group; its size is the number of voices that do not count.
pub fn coordination(group: &FewVoices) -> Signal {
    let mut records = group.records.clone();
    records.sort();
    let marks: Vec<String> = records.iter().map(|record| format!("{}/{}", record.dataset, record.id)).collect();
    let kind = SignalKind::Coordination;
    let voices = records.len() as f64;
    Signal {
        id: id(kind, &group.entity, &group.group, &content_id(&marks)),
        kind,
        entity: group.entity.clone(),
        aspect: group.group.clone(),
        since: group.since,
        noticed: group.until,
        size: Estimate {
            value: (voices - group.counts_as).max(0.0),
            low: 0.0,
            high: voices,
            level: LEVEL,
            voices,
            independent_voices: group.counts_as,
        },
        chance: group.chance,
        because: Explanation {
            method: "coordination_signal/1".to_owned(),
            figures: vec![("voices".to_owned(), voices), ("counts_as".to_owned(), group.counts_as)],
            contributions: shares(&records, "voice", "counted_as_one"),
            contributions_total: records.len(),
        },
    }
}

/// Rows of a dataset that share constants which look filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedConstants {
    /// The Entity or dataset they belong to.
    pub entity: String,
    /// The columns, with the constant of each.
    pub constants: Vec<(String, f64)>,
    /// The rows.
    pub records: Vec<RecordRef>,
    /// Number of such rows that independent columns would let expect.
    pub expected: f64,
    /// When the rows were received.
    pub received: Date,
}

/// The Signal of filled-in rows; its size is the number of rows.
pub fn filled_in(found: &SharedConstants) -> Signal {
    let mut records = found.records.clone();
    records.sort();
    let marks: Vec<String> = found.constants.iter().map(|(column, value)| format!("{column}={value}")).collect();
    let kind = SignalKind::FilledIn;
    let rows = records.len() as f64;
    Signal {
        id: id(kind, &found.entity, "rows", &content_id(&marks)),
        kind,
        entity: found.entity.clone(),
        aspect: "rows".to_owned(),
        since: found.received,
        noticed: found.received,
        size: Estimate {
            value: (rows - found.expected).max(0.0),
            low: (rows - found.expected - QUANTILE * found.expected.sqrt()).max(0.0),
            high: rows,
            level: LEVEL,
            voices: rows,
            independent_voices: 0.0,
        },
        // Markov's bound: no more can be said of a count from its expectation alone.
        chance: if rows > 0.0 { (found.expected / rows).min(1.0) } else { 1.0 },
        because: Explanation {
            method: "filled_in_signal/1".to_owned(),
            figures: found.constants.clone(),
            contributions: shares(&records, "row", "filled_in"),
            contributions_total: records.len(),
        },
    }
}

fn shares(records: &[RecordRef], label: &str, discounted: &str) -> Vec<Contribution> {
    let share = |record: &RecordRef| Contribution {
        record: Some(record.clone()),
        label: label.to_owned(),
        value: 1.0,
        weight: 1.0 / records.len() as f64,
        discounted: discounted.to_owned(),
    };
    records.iter().take(KEPT).map(share).collect()
}

fn id(kind: SignalKind, entity: &str, aspect: &str, which: &str) -> String {
    content_id([kind.word(), entity, aspect, which])
}

#[cfg(test)]
mod tests {
    use super::*;
    use simulate::Chance;

    fn estimate(value: f64, deviation: f64) -> Estimate {
        let half = QUANTILE * deviation;
        Estimate { value, low: value - half, high: value + half, level: LEVEL, voices: 9.0, independent_voices: 8.0 }
    }

    fn view(number: usize, community: Estimate, official: Estimate) -> TwoViews {
        let day = Date::constant(2025, 2, 28);
        let entity = format!("h{number}");
        TwoViews { entity, aspect: "overall".to_owned(), community, official, since: day, until: day }
    }

    #[test]
    fn few_of_many_findings_are_false() {
        let mut chance = Chance::stream(1, "views");
        let (mut found, mut wrong) = (0, 0);
        for _ in 0..40 {
            let real: Vec<bool> = (0..500).map(|number| number % 20 == 0).collect();
            let views: Vec<TwoViews> = real
                .iter()
                .enumerate()
                .map(|(number, real)| {
                    let gap = if *real { 2.0 } else { 0.5 };
                    let seen = chance.normal(gap, 0.3);
                    view(number, estimate(3.0 + seen, 0.24), estimate(3.0, 0.18))
                })
                .collect();
            for signal in disagreements(&views, &DisagreementSettings::default()) {
                found += 1;
                let number: usize = signal.entity[1..].parse().unwrap();
                wrong += usize::from(!real[number]);
            }
        }
        let share = wrong as f64 / found as f64;
        assert!(found > 800 && share <= 0.1, "{found} found, {share} of them false");
    }

    #[test]
    fn the_surest_are_kept_up_to_the_share_of_false_ones_and_each_thing_once() {
        let change = |entity: &str, aspect: &str, chance: f64| {
            let view = view(0, estimate(4.9, 0.1), estimate(2.0, 0.1));
            let mut signal = disagreements(&[view], &DisagreementSettings::default()).remove(0);
            (signal.entity, signal.aspect, signal.chance) = (entity.to_owned(), aspect.to_owned(), chance);
            signal.because.contributions_total = 2;
            signal
        };
        let all = vec![
            change("b", "overall", 0.19),
            change("a", "overall", 0.09),
            change("a", "staffing", 0.02),
            change("c", "overall", 0.19),
        ];
        // .02, .09 and both .19: .1225 on average; without the last two .055.
        let kept = surest(all.clone(), 0.1);
        assert_eq!(kept.iter().map(|signal| signal.chance).collect::<Vec<_>>(), [0.09, 0.02]);
        assert_eq!(surest(all, 0.13).len(), 4);
        assert!(surest(vec![change("a", "overall", 0.3)], 0.1).is_empty());
        let one = one_for_each(kept);
        assert_eq!((one.len(), one[0].aspect.as_str()), (1, "staffing"));
        assert_eq!(
            (one[0].because.contributions.last().unwrap().label.as_str(), one[0].because.contributions_total),
            ("overall", 3)
        );
    }

    #[test]
    fn adjusted_probabilities_are_those_of_the_paper() {
        let rates = false_discovery_rates(&[0.01, 0.04, 0.03, 0.5]);
        let expected = [0.04, 0.16 / 3.0, 0.16 / 3.0, 0.5];
        assert!(rates.iter().zip(expected).all(|(rate, expected)| (rate - expected).abs() < 1e-12), "{rates:?}");
    }

    #[test]
    fn the_same_finding_keeps_its_identifier() {
        let one = view(1, estimate(4.9, 0.1), estimate(2.0, 0.1));
        let later = TwoViews { until: Date::constant(2025, 3, 9), ..one.clone() };
        let ids = |view| disagreements(&[view], &DisagreementSettings::default())[0].id.clone();
        assert_eq!(ids(one.clone()), ids(later));
        let turned = TwoViews { community: one.official, official: one.community, ..one.clone() };
        assert_ne!(ids(one), ids(turned));
    }

    #[test]
    fn a_group_is_named_by_its_voices_in_any_order() {
        let record = |id: &str| RecordRef { dataset: "posts".to_owned(), version: 3, id: id.to_owned() };
        let day = Date::constant(2025, 2, 28);
        let group = FewVoices {
            entity: "h1".to_owned(),
            group: "burst".to_owned(),
            records: vec![record("b"), record("a"), record("c")],
            counts_as: 1.0,
            since: day,
            until: day,
            chance: 1e-6,
        };
        let mut other = group.clone();
        other.records.reverse();
        assert_eq!(coordination(&group), coordination(&other));
        assert_eq!(coordination(&group).size.value, 2.0);
    }

    #[test]
    fn filled_in_rows_say_how_many_and_which() {
        let record = |id: usize| RecordRef { dataset: "survey".to_owned(), version: 1, id: id.to_string() };
        let found = SharedConstants {
            entity: "survey".to_owned(),
            constants: vec![("clean".to_owned(), 87.0), ("quiet".to_owned(), 82.0)],
            records: (0..890).map(record).collect(),
            expected: 0.000_1,
            received: Date::constant(2025, 2, 28),
        };
        let signal = filled_in(&found);
        assert!(signal.size.low <= signal.size.value && signal.size.value <= signal.size.high);
        assert_eq!((signal.because.contributions_total, signal.because.contributions.len()), (890, KEPT));
        assert!(signal.chance < 1e-6);
    }
}
