//! At most one partner for each record, heaviest pairs first.
//!
//! Holds the choice among candidates. Must never make a choice that the weights do not make clear: those go to a person.

use super::{LABELLED, ScoredPair};
use model::Verdict;
use rustc_hash::{FxHashMap, FxHashSet};

/// Lets each record keep its heaviest partner. Where the next candidate lies within `margin` bits, all of them become unsure;
/// a pair that lost its partner to a heavier one becomes different. What a person has said of a pair stands, and comes first.
pub(super) fn one_to_one(pairs: &mut [ScoredPair], margin: f64) {
    pairs.sort_unstable_by(|one, other| {
        other.weight.total_cmp(&one.weight).then((one.left, one.right).cmp(&(other.left, other.right)))
    });
    let mut candidates: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    let mut taken: FxHashSet<u32> = FxHashSet::default();
    for (at, pair) in pairs.iter().enumerate() {
        if pair.held == LABELLED {
            if pair.verdict == Verdict::Same {
                taken.extend([pair.left, pair.right]);
            }
            continue;
        }
        candidates.entry(pair.left).or_default().push(at as u32);
        candidates.entry(pair.right).or_default().push(at as u32);
    }
    for at in 0..pairs.len() {
        let pair = pairs[at];
        if pair.held == LABELLED {
            continue;
        }
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
    fn what_a_person_said_comes_first() {
        let pair = |left, right, weight, verdict, held| ScoredPair {
            left,
            right,
            weight,
            pattern: 0,
            probability: crate::fellegi_sunter::probability(weight),
            verdict,
            held,
        };
        let mut pairs = [
            pair(0, 10, 9.0, Verdict::Same, ""),
            pair(0, 11, -3.0, Verdict::Same, LABELLED),
            pair(1, 12, 9.0, Verdict::Different, LABELLED),
            pair(1, 13, 8.5, Verdict::Same, ""),
        ];
        one_to_one(&mut pairs, 1.0);
        let said = |left, right| pairs.iter().find(|pair| (pair.left, pair.right) == (left, right)).expect("a pair");
        assert_eq!((said(0, 10).verdict, said(0, 10).held), (Verdict::Different, "outranked"));
        assert_eq!(said(0, 11).verdict, Verdict::Same);
        assert_eq!(said(1, 12).verdict, Verdict::Different);
        assert_eq!((said(1, 13).verdict, said(1, 13).held), (Verdict::Same, ""), "no rival: a person said it is not");
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
