//! Titles of goods and names of restaurants of two sources each, beside the plain way: the nearest title in both directions.

#[path = "shared/data.rs"]
mod shared;

use model::{ColumnType, Table, Verdict};
use resolve::guess::guess;
use resolve::link::{LinkSpec, Linker};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A file with `|` between its columns, whose names may be addresses of which the last part counts.
fn read(name: &str) -> Table {
    let text = shared::data(&format!("entity-resolution/{name}.csv"));
    let mut reader = csv::ReaderBuilder::new().delimiter(b'|').from_reader(text.as_bytes());
    let names: Vec<String> = reader
        .headers()
        .expect("a header")
        .iter()
        .map(|name| name.rsplit('#').next().unwrap_or(name).to_owned())
        .collect();
    let columns: Vec<(&str, ColumnType)> = names.iter().map(|name| (name.as_str(), ColumnType::Text)).collect();
    let mut table = Table::with_columns(&columns);
    for record in reader.records() {
        let record = record.expect("a record");
        table.push_row(record.iter().map(|value| value.trim().into()).collect()).expect("the row fits");
    }
    table
}

type Names = BTreeSet<(String, String)>;

/// Best F1 over all thresholds; pairs of equal weight are taken together.
fn best_f1(mut found: Vec<(f64, (String, String))>, truth: &Names) -> f64 {
    found.sort_by(|one, other| other.0.total_cmp(&one.0));
    let (mut right, mut best) = (0.0, 0.0f64);
    for (at, (weight, pair)) in found.iter().enumerate() {
        right += f64::from(u8::from(truth.contains(pair)));
        if found.get(at + 1).is_none_or(|next| next.0 < *weight) {
            best = best.max(2.0 * right / (at as f64 + 1.0 + truth.len() as f64));
        }
    }
    best
}

/// Cosine of runs of three letters within words, weighed by their rarity among all titles; a pair counts where each is the other's nearest.
fn nearest_titles(left: &Table, right: &Table) -> Vec<(f64, (String, String))> {
    let runs = |table: &Table, row: usize| {
        let mut counts: BTreeMap<String, f64> = BTreeMap::new();
        for word in table.value(row, "name").to_string().to_lowercase().split_whitespace() {
            let padded: Vec<char> = format!(" {word} ").chars().collect();
            padded.windows(3).for_each(|run| *counts.entry(run.iter().collect()).or_default() += 1.0);
        }
        counts
    };
    let (mut lefts, mut rights): (Vec<_>, Vec<_>) =
        ((0..left.len()).map(|row| runs(left, row)).collect(), (0..right.len()).map(|row| runs(right, row)).collect());
    let mut holders: HashMap<String, f64> = HashMap::new();
    let all = (lefts.len() + rights.len()) as f64;
    lefts
        .iter()
        .chain(&rights)
        .flat_map(BTreeMap::keys)
        .for_each(|run| *holders.entry(run.clone()).or_default() += 1.0);
    for title in lefts.iter_mut().chain(&mut rights) {
        title.iter_mut().for_each(|(run, weight)| *weight *= ((1.0 + all) / (1.0 + holders[run])).ln() + 1.0);
        let length = title.values().map(|weight| weight * weight).sum::<f64>().sqrt();
        title.values_mut().for_each(|weight| *weight /= length);
    }
    let mut by_run: HashMap<&str, Vec<(usize, f64)>> = HashMap::new();
    for (row, title) in rights.iter().enumerate() {
        title.iter().for_each(|(run, weight)| by_run.entry(run).or_default().push((row, *weight)));
    }
    let mut nearest_left: Vec<(f64, usize)> = vec![(0.0, usize::MAX); rights.len()];
    let mut nearest_right: Vec<(f64, usize)> = vec![(0.0, usize::MAX); lefts.len()];
    for (one, title) in lefts.iter().enumerate() {
        let mut likenesses = vec![0.0; rights.len()];
        for (run, weight) in title {
            by_run.get(run.as_str()).into_iter().flatten().for_each(|(other, own)| likenesses[*other] += weight * own);
        }
        for (other, &likeness) in likenesses.iter().enumerate() {
            if likeness > nearest_right[one].0 {
                nearest_right[one] = (likeness, other);
            }
            if likeness > nearest_left[other].0 {
                nearest_left[other] = (likeness, one);
            }
        }
    }
    let id = |table: &Table, row: usize| table.value(row, "id").to_string();
    let mutual = nearest_right
        .iter()
        .enumerate()
        .filter(|(one, (_, other))| nearest_left.get(*other).is_some_and(|(_, back)| back == one));
    mutual.map(|(one, (likeness, other))| (*likeness, (id(left, one), id(right, *other)))).collect()
}

fn check(folder: &str, files: [&str; 2], baseline: std::ops::Range<f64>, least: f64) {
    let [left, right] = files.map(|file| read(&format!("{folder}/{file}")));
    let truth = read(&format!("{folder}/gt"));
    let truth: Names =
        (0..truth.len()).map(|row| (truth.value(row, "D1").to_string(), truth.value(row, "D2").to_string())).collect();
    let plain = best_f1(nearest_titles(&left, &right), &truth);
    assert!(baseline.contains(&plain), "the plain way is the one that is known: {plain}");
    let text = guess(&left, Some(&right), &["id"]).expect("columns can be compared");
    let spec = LinkSpec::from_toml(&text).expect("a guess can be read");
    let linker = Linker::new(&left, Some(&right), &spec).expect("the columns are there");
    let name = |record: u32| match record as usize {
        row if row < left.len() => left.value(row, "id").to_string(),
        row => right.value(row - left.len(), "id").to_string(),
    };
    let open = linker.pairs().iter().filter(|pair| pair.verdict != Verdict::Different);
    let ours = best_f1(open.map(|pair| (pair.weight, (name(pair.left), name(pair.right)))).collect(), &truth);
    assert!(ours >= least && ours > plain, "{folder}: {ours}, nearest titles {plain}\n{text}");
}

#[test]
fn goods_of_two_shops_are_linked_better_than_by_the_nearest_title() {
    check("abt-buy", ["abt", "buy"], 0.88..0.89, 0.92);
}

#[test]
fn restaurants_of_two_guides_are_linked_better_than_by_the_nearest_name() {
    check("restaurants", ["rest1", "rest2"], 0.86..0.87, 0.87);
}
