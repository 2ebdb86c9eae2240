//! Which records mean the same: doubles in files whose truth is known.

use super::{refused, rows, shared, text, told};
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

/// What a person said of pairs stands, and what cannot be meant is refused with its line.
#[test]
fn labels_stand_and_wrong_ones_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (out, labels, things) =
        (folder.path().join("pairs.csv"), folder.path().join("labels.csv"), folder.path().join("things.csv"));
    let file = shared("entity-resolution/febrl/dataset1.csv");
    let judged = "left,right,same\nrec-0-org,rec-1-org,yes\nrec-2-dup-0,rec-2-org,no\n";
    std::fs::write(&labels, judged).expect("a file of labels");
    let link =
        ["link", text(&file), "--labels", text(&labels), "-o", text(&out), "--clusters", text(&things), "--json"];
    let found = told(&link);
    assert_eq!(found["read"]["labels"], 2);
    assert_eq!(found["found"]["labels_agreed"], 0, "the weights say the opposite of both");
    let pairs = rows(&out);
    let verdict = |one: &str, other: &str| {
        let is = |row: &&HashMap<String, String>| {
            (row["left"] == one && row["right"] == other) || (row["left"] == other && row["right"] == one)
        };
        pairs.iter().find(is).unwrap_or_else(|| panic!("{one} and {other}"))["verdict"].clone()
    };
    assert_eq!(verdict("rec-0-org", "rec-1-org"), "same");
    assert_eq!(verdict("rec-2-org", "rec-2-dup-0"), "different");
    let thing = |record: &str| {
        rows(&things).into_iter().find(|row| row["record"] == record).expect("every record is of a thing")["thing"]
            .clone()
    };
    assert_eq!(thing("rec-0-org"), thing("rec-1-org"));
    assert_ne!(thing("rec-2-org"), thing("rec-2-dup-0"));
    for (labels_text, said) in [
        (
            "left,right,same\nrec-0-org,nobody,yes\n",
            "line 2: column `right`: there is `nobody`; write the name of a record",
        ),
        (
            "left,right,same\nrec-0-org,rec-1-org,perhaps\n",
            "line 2: column `same`: there is `perhaps`; write `yes` or `no`",
        ),
        (
            "left,right,same\nrec-0-org,rec-1-org,yes\nrec-1-org,rec-0-org,no\n",
            "line 3: column `same`: there is `no`; line 2 says otherwise of this pair; keep one",
        ),
        (
            "left,right,same\nrec-0-org,rec-0-org,yes\n",
            "line 2: column `right`: there is `rec-0-org`; a record is the same",
        ),
    ] {
        std::fs::write(&labels, labels_text).expect("a file of labels");
        let error = refused(&link);
        assert!(error.contains(said), "{error}");
    }
}
