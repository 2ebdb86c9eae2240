//! How far stated confidence holds, where the truth is known from elsewhere.
//!
//! Holds the count. It must never be asked while anything is inferred.

/// Where the parts of the table begin, so that what is told as .9 stands in the middle of one.
const FROM: [f64; 8] = [0.0, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95];

/// Labels that were told with about the same confidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ToldAlike {
    /// Least confidence of this part.
    pub from: f64,
    /// Where the next part begins.
    pub to: f64,
    /// Labels.
    pub number: usize,
    /// Mean confidence that was told.
    pub told: f64,
    /// Share that is right.
    pub right: f64,
}

/// What was told beside what is true.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// Labels whose truth is known.
    pub known: usize,
    /// Share of them that is right.
    pub accuracy: f64,
    /// By told confidence, without empty parts.
    pub table: Vec<ToldAlike>,
}

/// Counts what was told with which confidence, and whether it is right.
pub fn calibration(told: impl IntoIterator<Item = (f64, bool)>) -> Calibration {
    let mut sums = [(0usize, 0.0, 0.0); FROM.len()];
    for (confidence, right) in told {
        let part = FROM.iter().rposition(|from| confidence >= *from).unwrap_or_default();
        let sum = &mut sums[part];
        *sum = (sum.0 + 1, sum.1 + confidence, sum.2 + f64::from(u8::from(right)));
    }
    let known = sums.iter().map(|sum| sum.0).sum();
    let right: f64 = sums.iter().map(|sum| sum.2).sum();
    let part = |(place, &(number, told, right)): (usize, &(usize, f64, f64))| ToldAlike {
        from: FROM[place],
        to: FROM.get(place + 1).copied().unwrap_or(1.0),
        number,
        told: told / number as f64,
        right: right / number as f64,
    };
    let table = sums.iter().enumerate().filter(|(_, sum)| sum.0 > 0).map(part).collect();
    Calibration { known, accuracy: if known > 0 { right / known as f64 } else { 0.0 }, table }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_counts_each_label_once() {
        let found = calibration([(0.9, true), (0.88, false), (1.0, true), (0.85, true), (0.2, false)]);
        assert_eq!((found.known, found.accuracy), (5, 0.6));
        let parts: Vec<(f64, f64, usize)> = found.table.iter().map(|part| (part.from, part.to, part.number)).collect();
        assert_eq!(parts, [(0.0, 0.35, 1), (0.85, 0.95, 3), (0.95, 1.0, 1)]);
        assert!((found.table[1].told - 2.63 / 3.0).abs() < 1e-12 && (found.table[1].right - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(calibration([]), Calibration { known: 0, accuracy: 0.0, table: Vec::new() });
    }
}
