//! Likeness of identifiers, whatever stands between their letters and digits.

use super::{About, Comparator, DamerauLevenshtein, Grade, Reads, Sketch, Subject};

/// Likeness by the number of typing errors, where `PS-1`, `ps 1` and `PS1` are one.
pub struct Identifier;

impl Comparator for Identifier {
    fn about(&self) -> About {
        About {
            name: "identifier",
            title: "Identifiers",
            summary: "letters and digits wrong, missing, too many or swapped, whatever stands between them: codes, numbers of registers",
            reads: Reads::Identifier,
            grades: DamerauLevenshtein.about().grades,
        }
    }

    fn grade(&self, left: &Subject<'_>, right: &Subject<'_>) -> Grade {
        DamerauLevenshtein.grade(left, right)
    }

    fn ceiling(&self, left: Sketch, right: Sketch) -> Grade {
        DamerauLevenshtein.ceiling(left, right)
    }
}
