//! At most one partner for each record, heaviest pairs first.
//!
//! Holds the choice among candidates. Must never make a choice that the weights do not make clear: those go to a person.

use super::ScoredPair;
use model::Verdict;
use rustc_hash::{FxHashMap, FxHashSet};

/// Lets each record keep its heaviest partner. Where the next candidate lies within `margin` bits, all of them become unsure;
/// a pair that lost its partner to a heavier one becomes different.
pub(super) fn one_to_one(pairs: &mut [ScoredPair], margin: f64) {
    pairs.sort_unstable_by(|one, other| {
        other.weight.total_cmp(&one.weight).then((one.left, one.right).cmp(&(other.left, other.right)))
    });
    let mut candidates: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for (at, pair) in pairs.iter().enumerate() {
        candidates.entry(pair.left).or_default().push(at as u32);
        candidates.entry(pair.right).or_default().push(at as u32);
    }
    let mut taken: FxHashSet<u32> = FxHashSet::default();
    for at in 0..pairs.len() {
        let pair = pairs[at];
        if taken.contains(&pair.left) || taken.contains(&pair.right) {
            (pairs[at].verdict, pairs[at].held) = (Verdict::Different, "outranked");
            continue;
        }
        let rival = candidates[&pair.left].iter().chain(&candidates[&pair.right]).any(|&other| {
            let rival = &pairs[other as usize];
            other as usize != at
                && !taken.contains(&rival.left)
                && !taken.contains(&rival.right)
                && (rival.weight - pair.weight).abs() < margin
        });
        if rival {
            (pairs[at].verdict, pairs[at].held) = (Verdict::Unsure, "tied");
        } else {
            taken.insert(pair.left);
            taken.insert(pair.right);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(u32, u32, f64)], expected: &[(Verdict, &str)]) {
        let scored = |&(left, right, weight): &(u32, u32, f64)| ScoredPair {
            left,
            right,
            weight,
            pattern: 0,
            probability: crate::fellegi_sunter::probability(weight),
            verdict: Verdict::Same,
            held: "",
        };
        let mut found: Vec<ScoredPair> = pairs.iter().map(scored).collect();
        one_to_one(&mut found, 1.0);
        assert_eq!(found.iter().map(|pair| (pair.verdict, pair.held)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_heaviest_wins_and_ties_wait_for_a_person() {
        let same = (Verdict::Same, "");
        let outranked = (Verdict::Different, "outranked");
        let tied = (Verdict::Unsure, "tied");
        check(&[(0, 10, 9.0), (0, 11, 7.0), (1, 11, 6.5), (1, 10, 6.0)], &[same, outranked, same, outranked]);
        check(&[(0, 10, 9.0), (0, 11, 8.5), (2, 12, 3.0)], &[tied, tied, same]);
        check(&[(0, 10, 9.0), (1, 11, 9.0), (0, 11, 9.0), (1, 10, 9.0)], &[tied; 4]);
    }
}
