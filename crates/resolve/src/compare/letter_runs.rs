//! Likeness of titles as sets of short runs of letters, where a rare run tells more than a common one.

use super::{About, Comparator, Grade, Reads, Subject};

/// The cosine of the angle between two texts as vectors of runs of three letters, each weighed by how often it occurs and how few
/// values have it (G. Salton and C. Buckley, "Term-weighting approaches in automatic text retrieval", 1988). For titles, in which the
/// same thing is named by words that are written, joined and ordered in many ways.
pub struct LetterRuns;

/// The least cosine of each grade after `different`.
const BOUNDS: [f32; 13] = [0.05, 0.08, 0.12, 0.16, 0.2, 0.25, 0.3, 0.36, 0.43, 0.5, 0.6, 0.75, 0.9999];

impl Comparator for LetterRuns {
    fn about(&self) -> About {
        About {
            name: "letter_runs",
            title: "Runs of letters in common",
            summary: "shared runs of three letters, rare ones count more: titles of goods, works and documents",
            reads: Reads::Runs,
            grades: &[
                "missing",
                "different",
                "at_least_5",
                "at_least_8",
                "at_least_12",
                "at_least_16",
                "at_least_20",
                "at_least_25",
                "at_least_30",
                "at_least_36",
                "at_least_43",
                "at_least_50",
                "at_least_60",
                "at_least_75",
                "same",
            ],
        }
    }

    fn grade(&self, left: &Subject<'_>, right: &Subject<'_>) -> Grade {
        if left.words.is_empty() || right.words.is_empty() {
            return Grade::MISSING;
        }
        let cosine = cosine(left, right);
        Grade(1 + BOUNDS.partition_point(|bound| *bound <= cosine) as u8)
    }

    fn likeness(&self, left: &Subject<'_>, right: &Subject<'_>) -> Option<f32> {
        Some(cosine(left, right))
    }
}

/// The cosine, from 0 (no run in common) to 1 (the same runs, equally often). Adds up in the order of the runs' numbers, which is the
/// same in both directions.
fn cosine(left: &Subject<'_>, right: &Subject<'_>) -> f32 {
    let (mut i, mut j, mut sum) = (0, 0, 0.0);
    while i < left.words.len() && j < right.words.len() {
        let (one, other) = (left.words[i], right.words[j]);
        if one.id == other.id {
            sum += one.weight * other.weight;
        }
        i += usize::from(one.id <= other.id);
        j += usize::from(other.id <= one.id);
    }
    sum
}
