//! A line between two kinds of texts, and probabilities from distances to it.
//!
//! Holds the two fits. It must never know what a term is.

use super::ReviewSettings;
use super::terms::Weights;
use model::draws::mix;

/// Times that all texts are gone through at most, and the largest violation at which nothing moves any more.
const MOST_ROUNDS: usize = 1000;
const STILL: f64 = 1e-3;

/// A line: above 0 on the side of the first kind.
#[derive(Clone, Debug)]
pub(super) struct Line {
    weights: Vec<f64>,
    offset: f64,
}

impl Line {
    /// How far a text is from the line, in the unit of the margin.
    pub(super) fn distance(&self, text: &Weights) -> f64 {
        self.offset + text.iter().map(|(term, weight)| self.weights[*term as usize] * weight).sum::<f64>()
    }

    /// What a term weighs.
    pub(super) fn weight(&self, term: u32) -> f64 {
        self.weights[term as usize]
    }
}

/// The line of a support vector machine with squared hinge loss, by coordinate descent in the dual (C.-J. Hsieh, K.-W. Chang, C.-J. Lin, S. S.
/// Keerthi and S. Sundararajan, "A dual coordinate descent method for large-scale linear SVM", ICML 2008). The offset is a term that
/// every text has. O(terms in texts) for a round.
pub(super) fn line(texts: &[&Weights], signs: &[bool], terms: usize, settings: &ReviewSettings) -> Line {
    let mut line = Line { weights: vec![0.0; terms], offset: 0.0 };
    let loss = 0.5 / settings.cost;
    let mut alphas = vec![0.0; texts.len()];
    let curvature: Vec<f64> =
        texts.iter().map(|text| 1.0 + text.iter().map(|(_, weight)| weight * weight).sum::<f64>() + loss).collect();
    let mut order: Vec<usize> = (0..texts.len()).collect();
    for round in 0..MOST_ROUNDS {
        for place in (1..order.len()).rev() {
            let drawn = mix(settings.seed ^ mix((round as u64) << 32 | place as u64));
            order.swap(place, (drawn % (place as u64 + 1)) as usize);
        }
        let mut most = 0.0_f64;
        for &text in &order {
            let sign = if signs[text] { 1.0 } else { -1.0 };
            let slope = sign * line.distance(texts[text]) - 1.0 + loss * alphas[text];
            let violation = if alphas[text] == 0.0 { slope.min(0.0) } else { slope };
            most = most.max(violation.abs());
            if violation.abs() < 1e-12 {
                continue;
            }
            let before = alphas[text];
            alphas[text] = (before - slope / curvature[text]).max(0.0);
            let step = (alphas[text] - before) * sign;
            line.offset += step;
            texts[text].iter().for_each(|(term, weight)| line.weights[*term as usize] += step * weight);
        }
        if most < STILL {
            break;
        }
    }
    line
}

/// Slope and offset of the sigmoid that makes what was found likeliest, by Newton's method with halved steps (H.-T. Lin, C.-J. Lin and
/// R. C. Weng, "A note on Platt's probabilistic outputs", Machine Learning 68, 2007).
pub(super) fn sigmoid(found: &[(f64, bool)]) -> (f64, f64) {
    let of_kind = |kind: bool| found.iter().filter(|(_, own)| *own == kind).count() as f64;
    let (first, second) = (of_kind(true), of_kind(false));
    // Targets short of 0 and 1, as a future text may be what no past one was.
    let target = |kind: bool| if kind { (first + 1.0) / (first + 2.0) } else { 1.0 / (second + 2.0) };
    let unlikely = |slope: f64, offset: f64| -> f64 {
        let loss = |(distance, kind): &(f64, bool)| {
            let raised = slope * distance + offset;
            // ln(1 + e^x) - t x, without overflow.
            raised.max(0.0) + (-raised.abs()).exp().ln_1p() - target(*kind) * raised
        };
        found.iter().map(loss).sum()
    };
    let (mut slope, mut offset) = (0.0, ((first + 1.0) / (second + 1.0)).ln());
    let mut value = unlikely(slope, offset);
    for _ in 0..100 {
        let (mut down, mut across, mut curve) = ([0.0; 2], 0.0, [1e-12; 2]);
        for (distance, kind) in found {
            let share = 1.0 / (1.0 + (-(slope * distance + offset)).exp());
            let (off, steep) = (share - target(*kind), share * (1.0 - share));
            down = [down[0] + distance * off, down[1] + off];
            curve = [curve[0] + distance * distance * steep, curve[1] + steep];
            across += distance * steep;
        }
        if down[0].abs() < 1e-9 && down[1].abs() < 1e-9 {
            break;
        }
        let whole = curve[0] * curve[1] - across * across;
        let step = [(curve[1] * down[0] - across * down[1]) / whole, (curve[0] * down[1] - across * down[0]) / whole];
        let mut length = 1.0;
        let better = loop {
            let tried = (slope - length * step[0], offset - length * step[1]);
            let lower = unlikely(tried.0, tried.1);
            if lower < value {
                break Some((tried, lower));
            }
            length /= 2.0;
            if length < 1e-10 {
                break None;
            }
        };
        let Some((tried, lower)) = better else { break };
        ((slope, offset), value) = (tried, lower);
    }
    (slope, offset)
}
