//! Equal or not.

use super::{About, Comparator, Grade, Reads, Sketch, Subject};

/// Equal texts once case, accents and punctuation are taken away.
pub struct Exact;

impl Comparator for Exact {
    fn about(&self) -> About {
        About {
            name: "exact",
            title: "Equal",
            summary: "equal once case, accents and punctuation are taken away",
            reads: Reads::Text,
            grades: &["missing", "different", "exact"],
        }
    }

    fn grade(&self, left: &Subject<'_>, right: &Subject<'_>) -> Grade {
        if left.text.is_empty() || right.text.is_empty() {
            Grade::MISSING
        } else if left.text == right.text {
            Grade(2)
        } else {
            Grade::DIFFERENT
        }
    }

    fn ceiling(&self, _left: Sketch, _right: Sketch) -> Grade {
        Grade::DIFFERENT
    }
}
