//! How much of what is the same blocking brought together.
//!
//! Holds an estimate from the pairs found. Must never count pairs that nobody compared.
//!
//! Two sets of rules that share no column find independently of each other, as far as errors in one column come without errors
//! in another. So the share of the second set's finds that the first set finds too is the first set's recall, and the number of
//! all pairs that are the same is the product of both sets' finds, divided by what both found (G. A. F. Seber, "The Estimation
//! of Animal Abundance", 1982: Lincoln and Petersen, with Chapman's correction). Errors that come together make the estimate
//! too good. Rules that read columns of both sets take no part in it, but what they found counts as found.

use super::{LinkError, LinkSpec, ScoredPair};
use crate::block::{Blocks, Pair, pair};
use crate::spec::Part;
use rustc_hash::FxHashMap;

/// Columns whose division into two sets is tried in all ways; those of a longer list stand on the second side.
const MOST_COLUMNS: usize = 14;

/// The share of what is the same that some rule brought together; nothing where no two rules read different columns.
pub(super) fn estimate(blocks: &Blocks, pairs: &[ScoredPair], spec: &LinkSpec) -> Result<Option<f64>, LinkError> {
    let same: Vec<&ScoredPair> = pairs.iter().filter(|pair| pair.probability >= 0.5).collect();
    let named: Vec<Pair> = same.iter().map(|found| pair(found.left, found.right)).collect();
    let mut found: FxHashMap<u64, f64> = FxHashMap::default();
    for (rules, pair) in blocks.rules_of(&named).into_iter().zip(&same) {
        *found.entry(rules).or_default() += pair.probability;
    }
    let mut found: Vec<(u64, f64)> = found.into_iter().collect();
    found.sort_unstable_by_key(|(rules, _)| *rules);
    Ok(of_counts(&columns_of(spec)?, &found))
}

/// For each rule the columns it reads, a bit each.
fn columns_of(spec: &LinkSpec) -> Result<Vec<u64>, LinkError> {
    let mut names: Vec<String> = Vec::new();
    let mut bit = |name: &String| {
        let at = names.iter().position(|known| known == name).unwrap_or_else(|| {
            names.push(name.clone());
            names.len() - 1
        });
        1u64 << at.min(63)
    };
    let columns = |rule: &Vec<String>| {
        let parts = rule.iter().map(|part| Part::parse(part)).collect::<Result<Vec<_>, _>>()?;
        Ok(parts.iter().fold(0, |columns, part| columns | bit(&part.left) | bit(&part.right)))
    };
    spec.blocks.iter().map(columns).collect()
}

/// From the columns of each rule, and how many pairs each set of rules found.
fn of_counts(columns: &[u64], found: &[(u64, f64)]) -> Option<f64> {
    let used = columns.iter().fold(0, |all, columns| all | columns);
    let sides = (64 - used.leading_zeros() as usize).min(MOST_COLUMNS);
    let all: f64 = found.iter().map(|(_, pairs)| pairs).sum();
    let rules_within = |side: u64| {
        columns
            .iter()
            .enumerate()
            .filter(|(_, own)| *own & !side == 0)
            .fold(0u64, |rules, (at, _)| rules | 1 << at.min(63))
    };
    let mut best: Option<(f64, f64)> = None;
    // The last column's side is fixed: both sets may be exchanged.
    for side in 1..1u64 << sides.saturating_sub(1) {
        let (one, other) = (rules_within(side), rules_within(!side));
        if one == 0 || other == 0 {
            continue;
        }
        let by = |rules: u64| found.iter().filter(|(mask, _)| mask & rules != 0).map(|(_, pairs)| pairs).sum::<f64>();
        let both: f64 =
            found.iter().filter(|(mask, _)| mask & one != 0 && mask & other != 0).map(|(_, pairs)| pairs).sum();
        let total = (by(one) + 1.0) * (by(other) + 1.0) / (both + 1.0) - 1.0;
        // The most overlap tells most surely.
        if best.is_none_or(|(most, _)| both > most) {
            best = Some((both, total));
        }
    }
    best.filter(|_| all > 0.0).map(|(_, total)| all / total.max(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_independent_sets_of_rules_miss_is_told() {
        // Nine in ten by the first column, half by the second: one in twenty is missed. All counts are expected values.
        let found = [(0b01, 45_000.0), (0b10, 5_000.0), (0b11, 45_000.0)];
        let recall = of_counts(&[0b01, 0b10], &found).expect("two rules");
        assert!((recall - 0.95).abs() < 1e-4, "{recall}");
        // A rule of both columns adds what it found and takes no side.
        let found = [(0b001, 45_000.0), (0b010, 5_000.0), (0b011, 45_000.0), (0b100, 1_000.0)];
        let recall = of_counts(&[0b01, 0b10, 0b11], &found).expect("two rules");
        assert!((recall - 0.96).abs() < 1e-4, "{recall}");
        assert_eq!(of_counts(&[0b11, 0b01], &[(0b01, 10.0)]), None, "both read one column");
        assert_eq!(of_counts(&[0b01], &[(0b01, 10.0)]), None);
    }
}
