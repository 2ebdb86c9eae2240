//! Too many extreme ratings in too few days, against the entity's own rate.
//!
//! Holds the scan over windows of time. It must never take a busy season for a campaign: expectations follow the
//! activity of all entities, grow where an entity's other ratings grow too, and vary between days as much as the data
//! show. A rating whose day is known only as a month counts in windows that hold the whole month, so that older spans
//! are measured by their own width.
//!
//! Counts are negative binomial (Poisson with rates that vary: Greenwood and Yule 1920), the entity's own rate being
//! itself uncertain; false discoveries are limited over all windows looked at (Benjamini and Hochberg 1995).

use super::{Coordination, CoordinationSettings, Group, GroupKind, Reason, group};
use crate::Voice;
use crate::chance::{false_discovery_threshold, hypergeometric_tail, negative_binomial_tail};
use rayon::prelude::*;

/// Widths of the windows, in days; the widths of the voices' own spans are added.
const WIDTHS: [i32; 6] = [1, 2, 4, 7, 14, 30];
/// Days over which activity and the spread of rates are measured.
const CELL_DAYS: i32 = 30;
/// Ratings within this share of the scale from an end are extreme.
const EXTREME: f64 = 0.1;
/// Voices of an average entity that an entity's own rate leans on.
const RATE_PRIOR: f64 = 0.5;
/// Spread of rates (variance over squared mean) where too few cells are full enough to measure it.
const USUAL_SPREAD: f64 = 0.2;
/// Fewer cells than this cannot tell the spread.
const FEWEST_CELLS: usize = 20;
/// Windows kept for the false discovery test; those above cannot pass it.
const WORTH_KEEPING: f64 = 1e-3;
/// No more bursts are looked for at one end of the scale of one entity.
const MOST_BURSTS: usize = 24;

/// How busy all entities together were, day by day.
struct Activity {
    first: i32,
    /// Sum of the activity of all days before; an average day has 1.
    until: Vec<f64>,
}

/// Extreme ratings of one entity in a window.
struct Found {
    members: Vec<usize>,
    expected: f64,
    p: f64,
    window: (i32, i32),
}

/// The voices of an entity at one end of the scale, and the others.
struct Side<'a> {
    extreme: Vec<&'a Voice>,
    index: Vec<usize>,
    other: Vec<&'a Voice>,
}

pub(super) fn find(
    voices: &[Voice],
    entities: &[Vec<usize>],
    copied: &Coordination,
    settings: &CoordinationSettings,
) -> Vec<Group> {
    let Some(activity) = Activity::of(voices, entities) else { return Vec::new() };
    let sides: Vec<Side<'_>> = entities
        .iter()
        .flat_map(|entity| [false, true].map(|high| Side::of(voices, entity, high, settings)))
        .filter(|side| side.extreme.len() >= settings.least_burst)
        .collect();
    let spread = spread_of_rates(&sides, &activity);
    let extremes: usize = sides.iter().map(|side| side.extreme.len()).sum();
    let usual_rate = extremes as f64 / (entities.len().max(1) as f64 * activity.total() * 2.0);
    let scanned: Vec<(Vec<Found>, usize)> =
        sides.par_iter().map(|side| scan(side, &activity, usual_rate, spread, settings)).collect();
    let tests = scanned.iter().map(|(_, tests)| tests).sum();
    let p_values: Vec<f64> = scanned.iter().flat_map(|(found, _)| found.iter().map(|one| one.p)).collect();
    let threshold = false_discovery_threshold(&p_values, tests, settings.false_discovery);
    let shown = |(side, found): (&Side<'_>, &(Vec<Found>, usize))| {
        let significant = found.0.iter().filter(|one| one.p <= threshold);
        significant.map(|one| describe(voices, side, one, copied)).collect::<Vec<_>>()
    };
    sides.iter().zip(&scanned).flat_map(shown).collect()
}

impl Activity {
    fn of(voices: &[Voice], entities: &[Vec<usize>]) -> Option<Self> {
        let first = voices.iter().map(|voice| voice.when.first).min()?;
        let last = voices.iter().map(|voice| voice.when.last).max()?;
        // Cells end on the last day, as relative dates are counted back from it.
        let cell = |voice: &Voice| ((f64::from(last) - voice.when.middle()) / f64::from(CELL_DAYS)) as usize;
        let cells = ((last - first) / CELL_DAYS) as usize + 1;
        let mut sums = vec![0.0; cells];
        for entity in entities {
            let mut own = vec![0.0_f64; cells];
            entity.iter().for_each(|&index| own[cell(&voices[index])] += 1.0);
            // An entity's burst must not look like everybody's season.
            let most = 2.0 * entity.len() as f64 / cells as f64 + 1.0;
            sums.iter_mut().zip(&own).for_each(|(sum, own)| *sum += own.min(most));
        }
        let days = f64::from(last - first + 1);
        let total: f64 = sums.iter().sum();
        // Half an average cell for each, so that a silent month does not make a single voice in it a wonder.
        let lean = 0.05 * total / cells as f64;
        let mut until = vec![0.0];
        for day in first..=last {
            let cell = ((last - day) / CELL_DAYS) as usize;
            let width = f64::from((last - cell as i32 * CELL_DAYS - first + 1).min(CELL_DAYS));
            let density = (sums[cell] + lean * width / f64::from(CELL_DAYS)) / width;
            until.push(until[until.len() - 1] + density);
        }
        let scale = days / until[until.len() - 1].max(f64::MIN_POSITIVE);
        until.iter_mut().for_each(|sum| *sum *= scale);
        Some(Self { first, until })
    }

    /// Activity from one day to another, both included, in average days.
    fn within(&self, from: i32, to: i32) -> f64 {
        let place = |day: i32| ((day - self.first).max(0) as usize).min(self.until.len() - 1);
        self.until[place(to + 1)] - self.until[place(from)]
    }

    fn total(&self) -> f64 {
        self.until[self.until.len() - 1]
    }

    fn last(&self) -> i32 {
        self.first + self.until.len() as i32 - 2
    }
}

impl<'a> Side<'a> {
    fn of(voices: &'a [Voice], entity: &[usize], high: bool, settings: &CoordinationSettings) -> Self {
        let near = EXTREME * settings.scale.length();
        let is_extreme = |index: &usize| {
            let rating = voices[*index].rating;
            if high { rating >= settings.scale.high - near } else { rating <= settings.scale.low + near }
        };
        let (index, other): (Vec<usize>, Vec<usize>) = entity.iter().copied().partition(is_extreme);
        let of = |some: &[usize]| some.iter().map(|&index| &voices[index]).collect();
        Self { extreme: of(&index), other: of(&other), index }
    }
}

/// How much rates vary between cells beyond chance, from the typical cell, so that bursts themselves do not count.
fn spread_of_rates(sides: &[Side<'_>], activity: &Activity) -> f64 {
    let last = activity.last();
    let cells = ((last - activity.first) / CELL_DAYS) as usize;
    let mut measured: Vec<(f64, f64)> = Vec::new();
    for side in sides {
        let mut counts = vec![0.0; cells + 1];
        for voice in &side.extreme {
            counts[(((f64::from(last) - voice.when.middle()) / f64::from(CELL_DAYS)) as usize).min(cells)] += 1.0;
        }
        let exposure = |cell: usize| {
            let to = last - cell as i32 * CELL_DAYS;
            activity.within(to - CELL_DAYS + 1, to)
        };
        let mut rates: Vec<f64> = (0..cells).map(|cell| counts[cell] / exposure(cell).max(1e-9)).collect();
        rates.sort_by(f64::total_cmp);
        let Some(&rate) = rates.get(cells / 2) else { continue };
        let full = (0..cells).map(|cell| (counts[cell], rate * exposure(cell))).filter(|(_, mean)| *mean >= 3.0);
        measured.extend(full);
    }
    if measured.len() < FEWEST_CELLS {
        return USUAL_SPREAD;
    }
    let (mut low, mut high) = (0.01_f64, 4.0_f64);
    for _ in 0..40 {
        let spread = (low * high).sqrt();
        let mut squares: Vec<f64> =
            measured.iter().map(|(count, mean)| (count - mean).powi(2) / (mean + spread * mean * mean)).collect();
        squares.sort_by(f64::total_cmp);
        // Half of all chi-squares with one degree of freedom lie below .4549.
        if squares[squares.len() / 2] > 0.4549 { low = spread } else { high = spread }
    }
    (low * high).sqrt()
}

/// The bursts at one end of the scale of an entity, strongest first, and the number of windows looked at.
fn scan(
    side: &Side<'_>,
    activity: &Activity,
    usual_rate: f64,
    spread: f64,
    settings: &CoordinationSettings,
) -> (Vec<Found>, usize) {
    let mut left: Vec<usize> = (0..side.extreme.len()).collect();
    let mut taken: Vec<(i32, i32)> = Vec::new();
    let mut found: Vec<Found> = Vec::new();
    let mut tests = 0;
    while found.len() < MOST_BURSTS {
        let (best, looked_at) = strongest(side, &left, &taken, activity, usual_rate, spread, settings);
        tests = tests.max(looked_at);
        let Some(best) = best.filter(|best| best.p <= WORTH_KEEPING) else { break };
        let inside = |place: &usize| covers(best.window, side.extreme[*place]);
        left.retain(|place| !inside(place));
        taken.push(best.window);
        found.push(best);
    }
    // What was to be expected is told by the days without any burst, not by those without the stronger ones only.
    let rest = activity.total() - taken.iter().map(|window| activity.within(window.0, window.1)).sum::<f64>();
    let rate = (left.len() as f64 + RATE_PRIOR) / (rest.max(0.0) + RATE_PRIOR / usual_rate);
    for one in &mut found {
        one.expected = one.expected.min(rate * activity.within(one.window.0, one.window.1));
    }
    (found, tests)
}

fn covers(window: (i32, i32), voice: &Voice) -> bool {
    window.0 <= voice.when.first && voice.when.last <= window.1
}

fn strongest(
    side: &Side<'_>,
    left: &[usize],
    taken: &[(i32, i32)],
    activity: &Activity,
    usual_rate: f64,
    spread: f64,
    settings: &CoordinationSettings,
) -> (Option<Found>, usize) {
    let mut widths: Vec<i32> = side.extreme.iter().map(|voice| voice.when.width()).collect();
    widths.extend(WIDTHS);
    widths.sort_unstable();
    widths.dedup();
    let rest = activity.total() - taken.iter().map(|window| activity.within(window.0, window.1)).sum::<f64>();
    let others_left = side.other.iter().filter(|voice| !taken.iter().any(|&window| covers(window, voice))).count();
    let (mut best, mut tests): (Option<Found>, usize) = (None, 0);
    for (place, &start) in left.iter().enumerate() {
        let from = side.extreme[start].when.first;
        if place > 0 && side.extreme[left[place - 1]].when.first == from {
            continue;
        }
        for &width in &widths {
            let window = (from, from + width - 1);
            tests += 1;
            let reach = left[place..].iter().copied().take_while(|&other| side.extreme[other].when.first <= window.1);
            let members: Vec<usize> = reach.filter(|&other| covers(window, side.extreme[other])).collect();
            let count = members.len() as f64;
            let exposure = activity.within(window.0, window.1);
            let outside = (rest - exposure).max(1e-9);
            let own = left.len() as f64 - count + RATE_PRIOR;
            let mean = own / (outside + RATE_PRIOR / usual_rate) * exposure;
            if members.len() < settings.least_burst || count < settings.burst_ratio * mean {
                continue;
            }
            let others = side.other.iter().filter(|voice| covers(window, voice)).count() as f64;
            let others_expected = (others_left as f64 - others).max(0.0) * exposure / outside;
            let mean = mean * ((others + 1.0) / (others_expected + 1.0)).max(1.0);
            if count < settings.burst_ratio * mean {
                continue;
            }
            let p = negative_binomial_tail(members.len() as u64, mean, 1.0 / (spread + 1.0 / own));
            if best.as_ref().is_none_or(|best| p < best.p) {
                best = Some(Found { members, expected: mean, p, window });
            }
        }
    }
    (best, tests)
}

/// A burst as a group, with everything about its voices that is out of line with the entity's others.
fn describe(voices: &[Voice], side: &Side<'_>, found: &Found, copied: &Coordination) -> Group {
    let members: Vec<usize> = found.members.iter().map(|&place| side.index[place]).collect();
    let width = f64::from(found.window.1 - found.window.0 + 1);
    let mut reasons = vec![
        Reason { label: "voices", found: members.len() as f64, expected: found.expected },
        Reason { label: "days", found: width, expected: width * members.len() as f64 / found.expected.max(1e-9) },
    ];
    let single = |index: usize| voices[index].contributor_voices.is_some_and(|count| count <= 1);
    let empty = |index: usize| voices[index].text.trim().is_empty();
    let copy = |index: usize| copied.shares[index] < 1.0;
    reasons.extend(excess("empty_texts", side, &members, empty));
    reasons.extend(excess("single_voice_accounts", side, &members, single));
    reasons.extend(excess("copied_texts", side, &members, copy));
    let counts_as = (found.expected + 1.0).min(members.len() as f64);
    group(voices, GroupKind::Burst, members, counts_as, found.p, reasons)
}

/// A mark that the burst's voices bear more often than the entity's other extreme ones, if it is beyond chance.
fn excess(label: &'static str, side: &Side<'_>, members: &[usize], marked: impl Fn(usize) -> bool) -> Option<Reason> {
    let inside = members.iter().filter(|&&index| marked(index)).count();
    let all = side.index.iter().filter(|&&index| marked(index)).count();
    let chance = hypergeometric_tail(inside as u64, members.len() as u64, all as u64, side.index.len() as u64);
    let outside = (side.index.len() - members.len()).max(1);
    let expected = (all - inside) as f64 / outside as f64 * members.len() as f64;
    (chance < 0.01).then_some(Reason { label, found: inside as f64, expected })
}
