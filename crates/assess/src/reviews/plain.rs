//! The same classifier written down as its papers say it, on whole vectors and without any care for time: what the quick one is held
//! against.
//!
//! Holds one function. It must never share a step with the quick one beyond what a word is.

use super::{LabelledReview, ReviewSettings};
use crate::words::tokens_of;
use std::collections::{BTreeMap, BTreeSet};

type Vector = BTreeMap<String, f64>;

/// Probability of each text to have been made up.
pub(super) fn probabilities(reviews: &[LabelledReview<'_>], texts: &[&str], settings: &ReviewSettings) -> Vec<f64> {
    let groups: Vec<u32> = reviews.iter().map(|own| own.group).collect::<BTreeSet<_>>().into_iter().collect();
    assert!((3..=10).contains(&groups.len()), "each group is a part of its own");
    let mut found: Vec<([f64; 2], bool)> = Vec::new();
    for group in groups {
        let seen: Vec<_> = reviews.iter().filter(|own| own.group != group).copied().collect();
        let lines = Plain::learned(&seen, settings);
        let unseen = reviews.iter().filter(|own| own.group == group);
        found.extend(unseen.map(|own| (lines.distances(own.text), own.deceptive)));
    }
    let spread = |of: usize| {
        let mean = found.iter().map(|own| own.0[of]).sum::<f64>() / found.len() as f64;
        (found.iter().map(|own| (own.0[of] - mean).powi(2)).sum::<f64>() / found.len() as f64).sqrt()
    };
    let sum = |distances: [f64; 2]| distances[0] / spread(0) + distances[1] / spread(1);
    let summed: Vec<(f64, bool)> = found.iter().map(|(distances, kind)| (sum(*distances), *kind)).collect();
    let (slope, offset) = likeliest(&summed);
    let lines = Plain::learned(reviews, settings);
    texts.iter().map(|text| 1.0 / (1.0 + (-(slope * sum(lines.distances(text)) + offset)).exp())).collect()
}

/// What was learned: how rare each term is, to which kind it belongs, and the two lines.
struct Plain {
    longest: usize,
    rarity: Vector,
    leaning: Vector,
    by_rarity: Vector,
    by_leaning: Vector,
}

impl Plain {
    fn learned(reviews: &[LabelledReview<'_>], settings: &ReviewSettings) -> Self {
        let taken: Vec<(Vector, bool)> =
            reviews.iter().map(|own| (terms(own.text, settings.longest), own.deceptive)).collect();
        let all: BTreeSet<&String> = taken.iter().flat_map(|(own, _)| own.keys()).collect();
        let texts_with =
            |term: &String, kind: bool| taken.iter().filter(|own| own.1 == kind && own.0.contains_key(term)).count();
        let sum = |kind| all.iter().map(|term| texts_with(term, kind) as f64 + 1.0).sum::<f64>();
        let sums = (sum(true), sum(false));
        let rarity = |term: &&String| {
            let with = (texts_with(term, true) + texts_with(term, false)) as f64;
            ((*term).clone(), ((1.0 + reviews.len() as f64) / (1.0 + with)).ln() + 1.0)
        };
        let leaning = |term: &&String| {
            let share = |kind, sum: f64| (texts_with(term, kind) as f64 + 1.0) / sum;
            ((*term).clone(), (share(true, sums.0) / share(false, sums.1)).ln())
        };
        let mut own = Self {
            longest: settings.longest,
            rarity: all.iter().map(rarity).collect(),
            leaning: all.iter().map(leaning).collect(),
            by_rarity: Vector::new(),
            by_leaning: Vector::new(),
        };
        let kinds: Vec<bool> = taken.iter().map(|(_, kind)| *kind).collect();
        let weighed: Vec<[Vector; 2]> = reviews.iter().map(|review| own.weighed(review.text)).collect();
        let line = |of: usize| {
            best_line(&weighed.iter().map(|own| own[of].clone()).collect::<Vec<_>>(), &kinds, settings.cost)
        };
        (own.by_rarity, own.by_leaning) = (line(0), line(1));
        own
    }

    fn weighed(&self, text: &str) -> [Vector; 2] {
        let known = || terms(text, self.longest).into_iter().filter(|(term, _)| self.rarity.contains_key(term));
        let by_rarity = known().map(|(term, count)| (term.clone(), (1.0 + count.ln()) * self.rarity[&term]));
        let by_leaning = known().map(|(term, _)| (term.clone(), self.leaning[&term]));
        [by_rarity.collect(), by_leaning.collect()].map(|own: Vector| {
            let length = own.values().map(|weight| weight * weight).sum::<f64>().sqrt();
            own.into_iter().map(|(term, weight)| (term, if length > 0.0 { weight / length } else { 0.0 })).collect()
        })
    }

    fn distances(&self, text: &str) -> [f64; 2] {
        let [rare, lean] = self.weighed(text);
        [distance(&self.by_rarity, &rare), distance(&self.by_leaning, &lean)]
    }
}

/// The term that every text has: a line's offset.
const ALWAYS: &str = "";

fn distance(line: &Vector, text: &Vector) -> f64 {
    let weight = |term: &str| line.get(term).copied().unwrap_or(0.0);
    weight(ALWAYS) + text.iter().map(|(term, own)| weight(term) * own).sum::<f64>()
}

fn terms(text: &str, longest: usize) -> Vector {
    let words = tokens_of(text);
    let mut counts = Vector::new();
    for length in 1..=longest {
        for run in words.windows(length) {
            *counts.entry(run.join(" ")).or_default() += 1.0;
        }
    }
    counts
}

/// The line for which half its squared length plus `cost` for each squared shortfall is least: plain steps downhill, with momentum as
/// of a function that is curved by 1 at least.
fn best_line(texts: &[Vector], kinds: &[bool], cost: f64) -> Vector {
    // No text is longer than 1, and the offset adds 1.
    let steepest = 1.0 + 4.0 * cost * texts.len() as f64;
    let momentum = (steepest.sqrt() - 1.0) / (steepest.sqrt() + 1.0);
    let terms: BTreeSet<&str> = texts.iter().flat_map(|text| text.keys().map(String::as_str)).chain([ALWAYS]).collect();
    let terms: Vec<&str> = terms.into_iter().collect();
    let whole = |text: &Vector| -> Vec<f64> {
        terms.iter().map(|term| if *term == ALWAYS { 1.0 } else { text.get(*term).copied().unwrap_or(0.0) }).collect()
    };
    let texts: Vec<Vec<f64>> = texts.iter().map(whole).collect();
    let (mut line, mut before) = (vec![0.0; terms.len()], vec![0.0; terms.len()]);
    for _ in 0..2_000 {
        let ahead: Vec<f64> = line.iter().zip(&before).map(|(now, then)| now + momentum * (now - then)).collect();
        let mut slope = ahead.clone();
        for (text, kind) in texts.iter().zip(kinds) {
            let side = if *kind { 1.0 } else { -1.0 };
            let distance: f64 = ahead.iter().zip(text).map(|(weight, own)| weight * own).sum();
            let short = (1.0 - side * distance).max(0.0);
            slope.iter_mut().zip(text).for_each(|(slope, own)| *slope -= 2.0 * cost * side * short * own);
        }
        let next = ahead.iter().zip(&slope).map(|(ahead, slope)| ahead - slope / steepest).collect();
        before = std::mem::replace(&mut line, next);
        if slope.iter().map(|down| down * down).sum::<f64>() < 1e-14 {
            break;
        }
    }
    terms.into_iter().map(str::to_owned).zip(line).collect()
}

/// Slope and offset of the sigmoid under which what was found is likeliest, by halving both ranges.
fn likeliest(found: &[(f64, bool)]) -> (f64, f64) {
    let of_kind = |kind| found.iter().filter(|own| own.1 == kind).count() as f64;
    let target = |kind| if kind { (of_kind(true) + 1.0) / (of_kind(true) + 2.0) } else { 1.0 / (of_kind(false) + 2.0) };
    let (first, second) = (target(true), target(false));
    let unlikely = |slope: f64, offset: f64| -> f64 {
        let of = |(distance, kind): &(f64, bool)| {
            let share = 1.0 / (1.0 + (-(slope * distance + offset)).exp());
            let target = if *kind { first } else { second };
            -(target * share.ln() + (1.0 - target) * (1.0 - share).ln())
        };
        found.iter().map(of).sum()
    };
    let least = |value: &dyn Fn(f64) -> f64| {
        let (mut low, mut high) = (-8.0, 8.0);
        while high - low > 1e-6 {
            let (one, other) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
            if value(one) < value(other) { high = other } else { low = one }
        }
        f64::midpoint(low, high)
    };
    let offset_of = |slope: f64| least(&|offset| unlikely(slope, offset));
    let slope = least(&|slope| unlikely(slope, offset_of(slope)));
    (slope, offset_of(slope))
}
