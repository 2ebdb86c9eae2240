//! How well scores put what came before what did not.
//!
//! Holds the area under the ROC curve with its standard error, alone and beside another on the same events. It must never know what is
//! scored, or by whom.

/// Chance that something that came has a higher score than something that did not, ties as half (the area under the ROC curve).
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// 0 to 1; one half is as good as lots.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
    /// For each that came, the share of those that did not which it stands above.
    above: Vec<f64>,
    /// For each that did not come, the share of those that came which stand above it.
    below: Vec<f64>,
}

impl Area {
    /// The area of the scores of what came and of what did not; `None` where either is empty. O(n log n), after X. Sun and W. Xu, "Fast
    /// implementation of DeLong's algorithm", 2014; standard error of E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, 1988.
    pub fn of(came: &[f64], did_not: &[f64]) -> Option<Self> {
        if came.is_empty() || did_not.is_empty() {
            return None;
        }
        let sorted = |scores: &[f64]| {
            let mut scores = scores.to_vec();
            scores.sort_unstable_by(f64::total_cmp);
            scores
        };
        let (high, low) = (sorted(came), sorted(did_not));
        // Whole halves are summed, so that the order of the events changes nothing.
        let halves_below = |score: f64, among: &[f64]| {
            among.partition_point(|other| *other < score) + among.partition_point(|other| *other <= score)
        };
        let halves: Vec<usize> = came.iter().map(|score| halves_below(*score, &low)).collect();
        let above: Vec<f64> = halves.iter().map(|halves| *halves as f64 / (2 * low.len()) as f64).collect();
        let share_above = |score: &f64| 1.0 - halves_below(*score, &high) as f64 / (2 * high.len()) as f64;
        let below: Vec<f64> = did_not.iter().map(share_above).collect();
        let won: u128 = halves.iter().map(|halves| *halves as u128).sum();
        let value = won as f64 / (2.0 * came.len() as f64 * did_not.len() as f64);
        let error = error_of(&above, &below);
        Some(Self { value, error, above, below })
    }

    /// The area of scores beside whether each came.
    pub fn of_events(scores: &[f64], came: &[bool]) -> Option<Self> {
        let of = |kind: bool| -> Vec<f64> {
            scores.iter().zip(came).filter(|(_, came)| **came == kind).map(|(score, _)| *score).collect()
        };
        Self::of(&of(true), &of(false))
    }

    /// By how much this area is larger than that of other scores of the same events in the same order, and the standard error of that; `None`
    /// where the events are not as many.
    pub fn more_than(&self, other: &Self) -> Option<(f64, f64)> {
        if self.above.len() != other.above.len() || self.below.len() != other.below.len() {
            return None;
        }
        let less = |one: &[f64], other: &[f64]| -> Vec<f64> { one.iter().zip(other).map(|(a, b)| a - b).collect() };
        let error = error_of(&less(&self.above, &other.above), &less(&self.below, &other.below));
        Some((self.value - other.value, error))
    }
}

/// Standard error of the mean over both kinds.
fn error_of(above: &[f64], below: &[f64]) -> f64 {
    (variance(above) / above.len() as f64 + variance(below) / below.len() as f64).sqrt()
}

/// Variance of values; 0 where there is one.
fn variance(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    if count < 2.0 {
        return 0.0;
    }
    let mean = values.iter().sum::<f64>() / count;
    values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (count - 1.0)
}

#[cfg(test)]
mod tests {
    use super::Area;

    #[test]
    fn the_area_counts_pairs_and_ties_as_half() {
        let area = Area::of(&[0.8, 0.5, 0.4], &[0.5, 0.3]).expect("both are there");
        // Pairs won: 2 + 1.5 + 1 of 6.
        assert_eq!(area.value, 4.5 / 6.0);
        assert!(Area::of(&[], &[1.0]).is_none());
        assert_eq!(Area::of_events(&[0.8, 0.5, 0.5, 0.4, 0.3], &[true, true, false, true, false]), Some(area));
    }

    #[test]
    fn the_error_is_that_of_delong() {
        // By hand: shares above 1, .75, .5 have variance .0625; shares below 1 - 1.5/3 and 1 have variance .125.
        let area = Area::of(&[0.8, 0.5, 0.4], &[0.5, 0.3]).expect("both are there");
        assert!((area.error - (0.0625_f64 / 3.0 + 0.125 / 2.0).sqrt()).abs() < 1e-12, "{}", area.error);
        let (more, error) = area.more_than(&area).expect("the same events");
        assert_eq!((more, error), (0.0, 0.0));
        let other = Area::of(&[0.8, 0.5], &[0.5, 0.3]).expect("both are there");
        assert_eq!(area.more_than(&other), None);
    }
}
