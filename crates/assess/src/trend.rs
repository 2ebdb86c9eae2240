//! How what communities say of a thing moves: stars a year, with an interval.
//!
//! Holds one line for each thing through its dated voices, each weighted by the share it counts for. It must never be read
//! as a forecast: it says how the last years went.
//!
//! The slope is that of weighted least squares. How far single voices scatter around their line is learnt from all things
//! together, so that five voices that happen to agree do not look sure. Slopes are then drawn towards the mean of all slopes
//! as far as they differ by no more than chance (G. Casella, "An introduction to empirical Bayes data analysis", 1985); how much
//! slopes truly differ is the moment estimate of R. DerSimonian and N. Laird ("Meta-analysis in clinical trials", 1986).

use crate::hierarchy::LEVEL;
use model::estimate::normal_quantile;
use model::{Contribution, Estimate, Explained, Explanation, RecordRef};
use std::collections::BTreeMap;

/// Name and version of the method.
const METHOD: &str = "trend/1";
/// Voices that an explanation names; how many there are is told.
const NAMED: usize = 200;
/// Days of a year.
const YEAR: f64 = 365.25;

/// One voice at its day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DatedRating<'a> {
    /// The Entity it is about.
    pub entity: &'a str,
    /// Where it stands.
    pub record: &'a RecordRef,
    /// Days since 1970-01-01.
    pub day: f64,
    /// What it says, in stars.
    pub rating: f64,
    /// The share of a voice that it counts for, 0 to 1.
    pub share: f64,
}

/// When a trend is told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrendSettings {
    /// Days before the newest voice of all that count.
    pub days: f64,
    /// Independent voices below which nothing is said of a thing.
    pub least_voices: f64,
    /// Days between the first and the last voice below which nothing is said of it.
    pub least_span: f64,
    /// Standard deviation, in stars a year, by which slopes of things are taken to differ at least: without it, a family of things
    /// of which none moved would make it impossible to see the first one that does.
    pub least_spread: f64,
}

impl Default for TrendSettings {
    /// Two years, eight voices, half a year; things differ by a quarter of a star a year at least.
    fn default() -> Self {
        Self { days: 730.0, least_voices: 8.0, least_span: 180.0, least_spread: 0.25 }
    }
}

/// How one thing moves.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// The Entity.
    pub entity: String,
    /// Stars a year, with its 90 % interval. A contribution says stars, and weighs how far it bends the line.
    pub slope: Explained<Estimate>,
}

/// Sums of one thing's voices.
struct Line<'a> {
    voices: Vec<&'a DatedRating<'a>>,
    independent: f64,
    /// Mean of the days, in years.
    day: f64,
    slope: f64,
    /// Weighted sum of squares of the days around their mean, in years squared.
    spread: f64,
    /// Weighted sum of squares around the line.
    left: f64,
}

/// The trend of every thing of which enough is known, by Entity.
pub fn trends(voices: &[DatedRating<'_>], settings: &TrendSettings) -> Vec<Trend> {
    let newest = voices.iter().map(|voice| voice.day).fold(f64::NEG_INFINITY, f64::max);
    let mut by_entity: BTreeMap<&str, Vec<&DatedRating<'_>>> = BTreeMap::new();
    let counts =
        |voice: &&DatedRating<'_>| voice.share > 0.0 && voice.rating.is_finite() && newest - voice.day <= settings.days;
    for voice in voices.iter().filter(counts) {
        by_entity.entry(voice.entity).or_default().push(voice);
    }
    let lines: Vec<(&str, Line<'_>)> =
        by_entity.into_iter().filter_map(|(entity, own)| Some((entity, line(own, settings)?))).collect();
    let free: f64 = lines.iter().map(|(_, line)| (line.independent - 2.0).max(0.0)).sum();
    if free <= 0.0 {
        return Vec::new();
    }
    let noise = lines.iter().map(|(_, line)| line.left).sum::<f64>() / free;
    let measured: Vec<(f64, f64)> = lines.iter().map(|(_, line)| (line.slope, noise / line.spread)).collect();
    let (mean, between) = differences(&measured);
    let between = between.max(settings.least_spread.powi(2));
    let half = normal_quantile(0.5 + LEVEL / 2.0);
    let told = lines.iter().zip(&measured).map(|((entity, line), (slope, variance))| {
        let kept = between / (between + variance);
        let (value, deviation) = (mean + kept * (slope - mean), (kept * variance).sqrt());
        let slope = Estimate {
            value,
            low: value - half * deviation,
            high: value + half * deviation,
            level: LEVEL,
            voices: line.voices.len() as f64,
            independent_voices: line.independent,
        };
        let because = explanation(line, mean, kept);
        Trend { entity: (*entity).to_owned(), slope: Explained::new(slope, because) }
    });
    told.collect()
}

fn explanation(line: &Line<'_>, mean: f64, kept: f64) -> Explanation {
    let mut contributions = vec![Contribution {
        record: None,
        label: "comparable_entities".to_owned(),
        value: mean,
        weight: 1.0 - kept,
        discounted: String::new(),
    }];
    contributions.extend(line.voices.iter().map(|voice| Contribution {
        record: Some(voice.record.clone()),
        label: "voice".to_owned(),
        value: voice.rating,
        weight: kept * voice.share * (voice.day / YEAR - line.day).powi(2) / line.spread,
        discounted: String::new(),
    }));
    contributions.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.record.cmp(&b.record)));
    let contributions_total = contributions.len();
    contributions.truncate(NAMED);
    let figures = [("slope_of_voices", line.slope), ("comparable_mean", mean), ("comparable_share", 1.0 - kept)];
    Explanation {
        method: METHOD.to_owned(),
        figures: figures.map(|(name, value)| (name.to_owned(), value)).to_vec(),
        contributions,
        contributions_total,
    }
}

fn line<'a>(own: Vec<&'a DatedRating<'a>>, settings: &TrendSettings) -> Option<Line<'a>> {
    let independent: f64 = own.iter().map(|voice| voice.share).sum();
    let (first, last) = own
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), voice| (low.min(voice.day), high.max(voice.day)));
    if independent < settings.least_voices || last - first < settings.least_span {
        return None;
    }
    let mean = |value: fn(&DatedRating<'_>) -> f64| {
        own.iter().map(|voice| voice.share * value(voice)).sum::<f64>() / independent
    };
    let (day, rating) = (mean(|voice| voice.day / YEAR), mean(|voice| voice.rating));
    let sum = |value: &dyn Fn(f64, f64) -> f64| -> f64 {
        own.iter().map(|voice| voice.share * value(voice.day / YEAR - day, voice.rating - rating)).sum()
    };
    let spread = sum(&|years, _| years * years);
    // All share on one day: there is no line through one point.
    if spread < 1e-6 {
        return None;
    }
    let slope = sum(&|years, stars| years * stars) / spread;
    let left = sum(&|years, stars| (stars - slope * years).powi(2));
    Some(Line { voices: own, independent, day, slope, spread, left })
}

/// Mean of measured slopes, each weighted by how exact it is, and the variance by which they differ beyond chance.
fn differences(measured: &[(f64, f64)]) -> (f64, f64) {
    let weight = |variance: f64| 1.0 / variance.max(1e-12);
    let whole: f64 = measured.iter().map(|(_, variance)| weight(*variance)).sum();
    let mean = measured.iter().map(|(slope, variance)| weight(*variance) * slope).sum::<f64>() / whole;
    let found: f64 = measured.iter().map(|(slope, variance)| weight(*variance) * (slope - mean).powi(2)).sum();
    let squares: f64 = measured.iter().map(|(_, variance)| weight(*variance).powi(2)).sum();
    let chance = measured.len() as f64 - 1.0;
    let scale = whole - squares / whole;
    (mean, if scale > 0.0 { ((found - chance) / scale).max(0.0) } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use simulate::Chance;

    fn record() -> RecordRef {
        RecordRef { dataset: "posts".to_owned(), version: 1, id: "p".to_owned() }
    }

    /// Voices about many things over two years whose true slopes are given.
    fn voices<'a>(
        names: &'a [String],
        record: &'a RecordRef,
        slopes: &[f64],
        each: usize,
        chance: &mut Chance,
    ) -> Vec<DatedRating<'a>> {
        let mut voices = Vec::new();
        for (name, slope) in names.iter().zip(slopes) {
            for _ in 0..each {
                let day = 20_000.0 + chance.unit() * 730.0;
                let rating = 3.5 + slope * (day - 20_365.0) / YEAR + chance.normal(0.0, 1.0);
                voices.push(DatedRating { entity: name, record, day, rating, share: 1.0 });
            }
        }
        voices
    }

    #[test]
    fn intervals_cover_the_true_slope_as_often_as_they_say() {
        let mut chance = Chance::stream(7, "trends");
        let names: Vec<String> = (0..2_000).map(|number| format!("h{number:04}")).collect();
        let slopes: Vec<f64> = names.iter().map(|_| chance.normal(-0.1, 0.4)).collect();
        let found = trends(&voices(&names, &record(), &slopes, 20, &mut chance), &TrendSettings::default());
        assert_eq!(found.len(), names.len());
        let covered = found
            .iter()
            .zip(&slopes)
            .filter(|(trend, slope)| (trend.slope.value.low..=trend.slope.value.high).contains(slope));
        let share = covered.count() as f64 / names.len() as f64;
        assert!((0.87..=0.93).contains(&share), "{share} of the intervals cover");
    }

    #[test]
    fn where_nothing_moves_hardly_anything_is_said_to_and_the_one_that_falls_is() {
        let mut chance = Chance::stream(8, "trends");
        let names: Vec<String> = (0..1_000).map(|number| format!("h{number:04}")).collect();
        let mut slopes = vec![0.0; names.len()];
        slopes[0] = -1.5;
        let found = trends(&voices(&names, &record(), &slopes, 24, &mut chance), &TrendSettings::default());
        let told = |trend: &&Trend| trend.slope.value.low > 0.0 || trend.slope.value.high < 0.0;
        let wrong = found[1..].iter().filter(told).count();
        assert!(wrong <= 10, "{wrong} of 999 that do not move are said to");
        assert!(found[0].slope.value.high < 0.0, "{:?}", found[0]);
        let weights: f64 = found[0].slope.because.contributions.iter().map(|one| one.weight).sum();
        assert!((weights - 1.0).abs() < 1e-9, "what went in makes the whole: {weights}");
    }

    #[test]
    fn little_is_not_enough() {
        let record = record();
        let voice = |entity, day: f64, share| DatedRating { entity, record: &record, day, rating: 3.0, share };
        let few: Vec<_> = (0..7).map(|number| voice("few", 20_000.0 + 50.0 * f64::from(number), 1.0)).collect();
        let copies: Vec<_> = (0..30).map(|number| voice("copies", 20_000.0 + 20.0 * f64::from(number), 0.1)).collect();
        let sudden: Vec<_> = (0..30).map(|number| voice("sudden", 20_000.0 + f64::from(number), 1.0)).collect();
        let enough: Vec<_> = (0..9).map(|number| voice("enough", 20_000.0 + 50.0 * f64::from(number), 1.0)).collect();
        let all = [few, copies, sudden, enough].concat();
        let told: Vec<String> = trends(&all, &TrendSettings::default()).into_iter().map(|one| one.entity).collect();
        assert_eq!(told, ["enough"]);
        assert!(trends(&[], &TrendSettings::default()).is_empty());
    }
}
