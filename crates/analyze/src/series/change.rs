//! Falls and rises in what voices say of one thing over time.
//!
//! Holds a sequential likelihood-ratio scan. It must never use a voice later than the day it speaks for, and never judge
//! whether a voice counts: weights come in, and copies or bursts that assess discounted weigh next to nothing.
//!
//! On each day with a voice, every earlier day of a window is tried as the day of change: mean of the voices since
//! against mean of those before. The strongest trial is a change when no change would give one so strong in a year, over
//! all days and trials, with more than the probability allowed (D. Siegmund and E. S. Venkatraman, "Using the generalized
//! likelihood ratio statistic for sequential detection of a change-point", 1995). After a change the voices since it are
//! the new "before".

use model::time::{date_from_days, days_since_epoch};
use model::{Contribution, Date, Estimate, Explanation, RecordRef};

/// Name and version of the method.
const METHOD: &str = "change/1";
/// Level of intervals, and the quantile it stands for.
const LEVEL: f64 = 0.9;
const QUANTILE: f64 = 1.644_853_627;
/// Integral of x times the square of the overshoot correction exp(-0.583 x), from 0 to infinity, over sqrt(2 pi).
const OVERSHOOT: f64 = 0.2934;
/// Contributions kept in an explanation.
const KEPT: usize = 20;

/// What one voice said on one day.
#[derive(Clone, Debug, PartialEq)]
pub struct DatedVoice {
    /// The row it comes from, where it is one row.
    pub record: Option<RecordRef>,
    /// When it was said.
    pub date: Date,
    /// What it said, on any scale; best without what its contributor always adds or takes off.
    pub value: f64,
    /// How much it counts, 0 to 1; a copy or a voice of a burst hardly at all.
    pub weight: f64,
}

/// How changes are looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChangeSettings {
    /// False signals that one thing gives in a year at most, on average.
    pub false_per_year: f64,
    /// Variance of voices about one unchanged thing, as learned from all things ([`noise`]).
    pub noise: f64,
    /// How many voices the learned variance counts for beside a thing's own.
    pub noise_voices: f64,
    /// Days back that a change is looked for.
    pub window_days: i32,
    /// Weight of voices needed before and since a change.
    pub least_before: f64,
    /// See `least_before`.
    pub least_since: f64,
    /// Smallest change worth a signal, in the unit of the values.
    pub least_size: f64,
    /// Standard deviation of true changes: what a size is shrunk with, because the strongest trial flatters itself.
    pub typical_size: f64,
}

impl ChangeSettings {
    /// For stars from 1 to 5, with the variance learned from all things.
    pub fn stars(noise: f64) -> Self {
        Self {
            false_per_year: 0.01,
            noise,
            noise_voices: 30.0,
            window_days: 180,
            least_before: 8.0,
            least_since: 4.0,
            least_size: 0.4,
            typical_size: 1.0,
        }
    }
}

/// A change that was noticed.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// First day of the new level, as far as the voices tell.
    pub since: Date,
    /// First day on which the voices up to it sufficed.
    pub noticed: Date,
    /// New level minus old; negative for a fall.
    pub size: Estimate,
    /// Probability that no change gives so strong a sign in a year.
    pub chance: f64,
    /// Why.
    pub because: Explanation,
}

/// Variance of single voices about unchanged things, from many series: differences of neighbours in time, so that slow
/// drift and changes hardly count. `None` without two voices in any series.
pub fn noise(series: &[&[DatedVoice]]) -> Option<f64> {
    let (mut squares, mut weights) = (0.0, 0.0);
    for voices in series {
        let mut sorted: Vec<&DatedVoice> = voices.iter().filter(|voice| usable(voice)).collect();
        sorted.sort_by_key(|voice| voice.date);
        for pair in sorted.windows(2) {
            let weight = pair[0].weight.min(pair[1].weight);
            squares += weight * (pair[1].value - pair[0].value).powi(2) / 2.0;
            weights += weight;
        }
    }
    (weights > 0.0).then(|| squares / weights)
}

/// Every change in the voices about one thing, in the order noticed. The order of the voices does not matter.
pub fn changes(voices: &[DatedVoice], settings: &ChangeSettings) -> Vec<Change> {
    let mut sorted: Vec<&DatedVoice> = voices.iter().filter(|voice| usable(voice)).collect();
    sorted.sort_by(|a, b| {
        (a.date, &a.record)
            .cmp(&(b.date, &b.record))
            .then(a.value.total_cmp(&b.value))
            .then(a.weight.total_cmp(&b.weight))
    });
    let days = Days::of(&sorted);
    let mut found = Vec::new();
    // Voices before this day belong to a level that is over.
    let mut level_start = 0;
    for now in 0..days.days.len() {
        if let Some(trial) = days.strongest(level_start, now, settings) {
            let chance = days.chance(now, trial.strength);
            let size = size(&trial, settings);
            if chance <= settings.false_per_year && size.value.abs() >= settings.least_size {
                found.push(days.change(&sorted, level_start, now, &trial, size, chance));
                level_start = trial.start;
            }
        }
    }
    found
}

fn usable(voice: &DatedVoice) -> bool {
    voice.value.is_finite() && voice.weight.is_finite() && voice.weight > 0.0
}

/// Sums up to each day with voices.
struct Days {
    days: Vec<i32>,
    /// Before each day, and once after the last: weights, weighted values, weighted squares, number of voices.
    sums: Vec<[f64; 3]>,
    counts: Vec<usize>,
}

/// A day tried as the day of change.
struct Trial {
    start: usize,
    strength: f64,
    difference: f64,
    variance: f64,
    before: f64,
    since: f64,
    mean_before: f64,
    mean_since: f64,
}

impl Days {
    fn of(sorted: &[&DatedVoice]) -> Self {
        let mut all = Self { days: Vec::new(), sums: vec![[0.0; 3]], counts: vec![0] };
        for voice in sorted {
            let day = days_since_epoch(voice.date);
            if all.days.last() != Some(&day) {
                all.days.push(day);
                all.sums.push(all.sums[all.sums.len() - 1]);
                all.counts.push(all.counts[all.counts.len() - 1]);
            }
            let last = all.sums.len() - 1;
            all.sums[last][0] += voice.weight;
            all.sums[last][1] += voice.weight * voice.value;
            all.sums[last][2] += voice.weight * voice.value * voice.value;
            all.counts[last] += 1;
        }
        all
    }

    fn between(&self, from: usize, to: usize) -> [f64; 3] {
        let (start, end) = (self.sums[from], self.sums[to]);
        [end[0] - start[0], end[1] - start[1], end[2] - start[2]]
    }

    /// The strongest of all trials on day `now`, whose voices are known.
    fn strongest(&self, level_start: usize, now: usize, settings: &ChangeSettings) -> Option<Trial> {
        let first = self.days.partition_point(|day| *day < self.days[now] - settings.window_days);
        (first.max(level_start + 1)..=now)
            .filter_map(|start| self.trial(level_start, start, now, settings))
            .max_by(|a, b| a.strength.total_cmp(&b.strength))
    }

    fn trial(&self, level_start: usize, start: usize, now: usize, settings: &ChangeSettings) -> Option<Trial> {
        let before = self.between(level_start, start);
        let since = self.between(start, now + 1);
        if before[0] < settings.least_before || since[0] < settings.least_since {
            return None;
        }
        let (mean_before, mean_since) = (before[1] / before[0], since[1] / since[0]);
        let within = (before[2] - before[1] * mean_before + since[2] - since[1] * mean_since).max(0.0);
        let freedom = settings.noise_voices + before[0] + since[0];
        let variance_of_one = (settings.noise_voices * settings.noise + within) / freedom;
        let variance = variance_of_one * (1.0 / before[0] + 1.0 / since[0]);
        let difference = mean_since - mean_before;
        // The variance is an estimate: the likelihood ratio of Student's distribution, as a normal quantile.
        let strength = (freedom * (difference * difference / variance / freedom).ln_1p()).sqrt();
        Some(Trial {
            start,
            strength,
            difference,
            variance,
            before: before[0],
            since: since[0],
            mean_before,
            mean_since,
        })
    }

    /// Probability that a thing without a change, with as many voices in a year, gives a trial as strong in that year.
    fn chance(&self, now: usize, strength: f64) -> f64 {
        let year_ago = self.days.partition_point(|day| *day <= self.days[now] - 365);
        let voices = self.between(year_ago, now + 1)[0].max(1.0);
        let rate = voices * OVERSHOOT * strength * (-strength * strength / 2.0).exp();
        1.0 - (-rate).exp()
    }

    fn change(
        &self,
        sorted: &[&DatedVoice],
        level_start: usize,
        now: usize,
        trial: &Trial,
        size: Estimate,
        chance: f64,
    ) -> Change {
        let date = |day: usize| date_from_days(self.days[day]).expect("the day was made from a date");
        let since = &sorted[self.counts[trial.start]..self.counts[now + 1]];
        let mut contributions: Vec<Contribution> = since
            .iter()
            .map(|voice| Contribution {
                record: voice.record.clone(),
                label: "voice_since".to_owned(),
                value: voice.value,
                weight: voice.weight / trial.since,
                discounted: String::new(),
            })
            .collect();
        contributions.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        contributions.truncate(KEPT);
        let voices = (self.counts[now + 1] - self.counts[level_start]) as f64;
        Change {
            since: date(trial.start),
            noticed: date(now),
            size: Estimate { voices, ..size },
            chance,
            because: Explanation {
                method: METHOD.to_owned(),
                figures: vec![
                    ("mean_before".to_owned(), trial.mean_before),
                    ("mean_since".to_owned(), trial.mean_since),
                    ("voices_before".to_owned(), trial.before),
                    ("voices_since".to_owned(), trial.since),
                    ("strength".to_owned(), trial.strength),
                ],
                contributions,
                contributions_total: since.len(),
            },
        }
    }
}

/// The size of a change, shrunk by how large true changes usually are.
fn size(trial: &Trial, settings: &ChangeSettings) -> Estimate {
    let true_variance = settings.typical_size * settings.typical_size;
    let kept = true_variance / (true_variance + trial.variance);
    let half = QUANTILE * (kept * trial.variance).sqrt();
    let value = kept * trial.difference;
    Estimate {
        value,
        low: value - half,
        high: value + half,
        level: LEVEL,
        voices: trial.before + trial.since,
        independent_voices: trial.before + trial.since,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use simulate::Chance;

    fn voice(day: i32, value: f64, weight: f64) -> DatedVoice {
        DatedVoice { record: None, date: date_from_days(day).expect("a valid day"), value, weight }
    }

    #[test]
    fn false_signals_are_as_rare_as_allowed() {
        let mut chance = Chance::stream(5, "calm");
        // 3,000 calm years each at four rates; the setting allows one in a hundred.
        for rate in [12_usize, 50, 200, 700] {
            let years = 3_000;
            let found: usize = (0..years / 3)
                .map(|_| {
                    let mut voices: Vec<DatedVoice> = (0..3 * rate)
                        .map(|_| voice(chance.below(3 * 365) as i32, chance.normal(0.0, 1.0), 1.0))
                        .collect();
                    chance.shuffle(&mut voices);
                    changes(&voices, &ChangeSettings { least_size: 0.0, ..ChangeSettings::stars(1.0) }).len()
                })
                .sum();
            let per_year = found as f64 / years as f64;
            assert!(per_year <= 0.013, "{per_year} false signals a year at {rate} voices a year");
        }
    }

    #[test]
    fn a_fall_is_found_with_its_size() {
        let mut chance = Chance::stream(6, "falls");
        let (mut covered, mut late, mut found) = (0, 0, 0);
        for _ in 0..400 {
            let voices: Vec<DatedVoice> = (0..600)
                .map(|_| {
                    let day = chance.below(730) as i32;
                    voice(day, chance.normal(if day >= 500 { -1.2 } else { 0.0 }, 0.9), 1.0)
                })
                .collect();
            let changes = changes(&voices, &ChangeSettings::stars(0.81));
            let Some(fall) = changes.iter().find(|change| change.noticed >= voice(500, 0.0, 1.0).date) else {
                continue;
            };
            found += 1;
            covered += usize::from(fall.size.low <= -1.2 && -1.2 <= fall.size.high);
            late += usize::from(days_since_epoch(fall.noticed) > 530);
        }
        assert_eq!(found, 400);
        assert!(late < 20, "{late} of 400 noticed after a month");
        assert!((320..=385).contains(&covered), "{covered} of 400 intervals hold the true size");
    }

    #[test]
    fn discounted_voices_make_no_fall() {
        let mut chance = Chance::stream(7, "burst");
        let mut voices: Vec<DatedVoice> =
            (0..60).map(|_| voice(chance.below(400) as i32, chance.normal(4.0, 0.8), 1.0)).collect();
        let settings = ChangeSettings::stars(0.64);
        let burst = |weight| (0..50).map(move |one| voice(300 + one % 4, 1.0, weight));
        assert!(!changes(&[voices.clone(), burst(1.0).collect()].concat(), &settings).is_empty());
        voices.extend(burst(0.03));
        assert_eq!(changes(&voices, &settings), []);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn nothing_later_is_used(seed in 0_u64..1_000, until in 100_i32..700) {
            let mut chance = Chance::stream(seed, "prefix");
            let voices: Vec<DatedVoice> = (0..300)
                .map(|_| {
                    let day = chance.below(730) as i32;
                    let level = f64::from((day / 240) % 2);
                    voice(day, chance.normal(level, 0.7), 0.2 + 0.8 * chance.unit())
                })
                .collect();
            let settings = ChangeSettings::stars(0.49);
            let end = voice(until, 0.0, 1.0).date;
            let then: Vec<DatedVoice> = voices.iter().filter(|voice| voice.date <= end).cloned().collect();
            let now = changes(&voices, &settings);
            let known: Vec<Change> = now.into_iter().filter(|change| change.noticed <= end).collect();
            prop_assert_eq!(changes(&then, &settings), known);
        }
    }
}
