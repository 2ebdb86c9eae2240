//! Which records mean the same: doubles in files whose truth is known.

use super::{rows, shared, text, told};
use std::collections::HashMap;
use std::path::Path;

/// Pairs that are the same by the number inside `rec-17-org` and `rec-17-dup-0`.
fn entity(name: &str) -> &str {
    name.split('-').nth(1).expect("a number")
}

/// Best F1 of pairs over all thresholds of their weight, as the peers are scored.
fn best_f1(pairs: &Path, total: usize) -> f64 {
    let mut found: Vec<(f64, bool)> = rows(pairs)
        .iter()
        .map(|row| (row["weight"].parse().expect("a weight"), entity(&row["left"]) == entity(&row["right"])))
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut right, mut best) = (0.0, 0.0f64);
    for (number, (weight, same)) in found.iter().enumerate() {
        right += f64::from(u8::from(*same));
        if found.get(number + 1).is_none_or(|next| next.0 < *weight) {
            best = best.max(2.0 * right / (number as f64 + 1.0 + total as f64));
        }
    }
    best
}

fn true_pairs(left: &Path, right: Option<&Path>) -> usize {
    let names = |path: &Path| rows(path).into_iter().map(|row| row["rec_id"].clone()).collect::<Vec<_>>();
    let count = |names: Vec<String>| {
        let mut counts: HashMap<String, usize> = HashMap::new();
        names.iter().for_each(|name| *counts.entry(entity(name).to_owned()).or_default() += 1);
        counts
    };
    let left = count(names(left));
    match right {
        Some(right) => names(right).iter().filter_map(|name| left.get(entity(name))).sum(),
        None => left.values().map(|count| count * (count - 1) / 2).sum(),
    }
}

#[test]
fn link_finds_the_doubles_of_febrl_without_a_specification() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("pairs.csv");
    let file = |name: &str| shared(&format!("entity-resolution/febrl/{name}.csv"));
    let (one, left, right) = (file("dataset1"), file("dataset4a"), file("dataset4b"));
    let found = told(&["link", text(&one), "-o", text(&out), "--json"]);
    let f1 = best_f1(&out, true_pairs(&one, None));
    assert!(f1 >= 0.999, "febrl1: F1 {f1}, {found}");
    let found = told(&["link", text(&left), text(&right), "-o", text(&out), "--json", "--reasons"]);
    let f1 = best_f1(&out, true_pairs(&left, Some(&right)));
    assert!(f1 >= 0.999, "febrl4: F1 {f1}, {found}");
    for row in rows(&out).iter().take(50) {
        let added: f64 = row
            .iter()
            .filter(|(name, _)| name.ends_with(" adds"))
            .filter_map(|(_, weight)| weight.parse::<f64>().ok())
            .sum();
        assert!(added > row["weight"].parse::<f64>().expect("a weight"), "the prior speaks against any pair: {row:?}");
    }
}
