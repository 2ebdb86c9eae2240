//! Every mapping file on real data: counts, problems by cause, single values. The cases are files in
//! `tests/cases/mappings/expected`; each names a mapping, a file in the shared data, and what must come out.

use ingest::mapping::{Mapping, Parsed};
use model::Table;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// Path from the root of the repository.
    mapping: String,
    /// Path from the folder of shared data.
    file: String,
    /// Rows of each dataset.
    rows: BTreeMap<String, usize>,
    /// Problems by cause.
    #[serde(default)]
    problems: BTreeMap<String, usize>,
    /// Known values by dataset and column.
    #[serde(default)]
    known: BTreeMap<String, BTreeMap<String, usize>>,
    #[serde(default)]
    value: Vec<Expected>,
}

/// Values of the one row in which the `where` columns have these values.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    dataset: String,
    #[serde(rename = "where")]
    at: BTreeMap<String, String>,
    is: BTreeMap<String, String>,
}

fn root() -> PathBuf {
    PathBuf::from("../..")
}

fn read(mapping: &str, data: &str) -> Parsed {
    let path = root().join(mapping);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mapping = Mapping::parse(mapping, &text).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
    let data_path = Path::new("../../../shared/data").join(data);
    let mut bytes = std::fs::File::open(&data_path).unwrap_or_else(|error| panic!("{}: {error}", data_path.display()));
    mapping.read_file(data, &mut bytes)
}

fn check(name: &str, case: &Case) -> Vec<String> {
    let parsed = read(&case.mapping, &case.file);
    let tables: BTreeMap<String, Table> = parsed
        .rows
        .into_iter()
        .map(|(dataset, mut parts)| {
            assert_eq!(parts.len(), 1, "{name}: the files are smaller than one part");
            (dataset, parts.remove(0))
        })
        .collect();
    let mut wrong = Vec::new();
    let mut differs = |what: String, found: String, expected: String| {
        if found != expected {
            wrong.push(format!("{name}: {what}: found {found}, expected {expected}"));
        }
    };
    let rows: BTreeMap<&str, usize> = tables.iter().map(|(dataset, table)| (dataset.as_str(), table.len())).collect();
    differs("rows".into(), format!("{rows:?}"), format!("{:?}", case.rows));
    let mut problems: BTreeMap<&str, usize> = BTreeMap::new();
    for problem in &parsed.problems {
        *problems.entry(&problem.cause).or_default() += 1;
    }
    differs("problems".into(), format!("{problems:?}"), format!("{:?}", case.problems));
    for (dataset, table) in &tables {
        let ids: std::collections::BTreeSet<_> = (0..table.len()).map(|row| table.text(row, "_id")).collect();
        differs(format!("{dataset}: different identifiers"), ids.len().to_string(), table.len().to_string());
    }
    for (dataset, columns) in &case.known {
        for (column, expected) in columns {
            let table = &tables[dataset];
            let known = (0..table.len()).filter(|row| !table.value(*row, column).is_null()).count();
            differs(format!("{dataset}.{column}: known values"), known.to_string(), expected.to_string());
        }
    }
    for expected in &case.value {
        let table = &tables[&expected.dataset];
        let is =
            |row: &usize| expected.at.iter().all(|(column, value)| table.value(*row, column).to_string() == *value);
        let rows: Vec<usize> = (0..table.len()).filter(is).collect();
        differs(format!("rows where {:?}", expected.at), rows.len().to_string(), "1".to_owned());
        for (column, value) in expected.is.iter().filter(|_| !rows.is_empty()) {
            differs(
                format!("{column} where {:?}", expected.at),
                table.value(rows[0], column).to_string(),
                value.clone(),
            );
        }
    }
    wrong
}

#[test]
fn every_mapping_gives_what_its_case_expects() {
    let folder = root().join("tests/cases/mappings/expected");
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the cases are there").map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let mut wrong = Vec::new();
    for path in &names {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let case: Case =
            toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap_or_else(|error| panic!("{name}: {error}"));
        wrong.extend(check(&name, &case));
    }
    assert!(names.len() >= 20, "only {} cases", names.len());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_mapping_that_is_shipped_can_be_read() {
    for folder in ["demo/mappings", "tests/cases/mappings"] {
        for entry in std::fs::read_dir(root().join(folder)).expect("the folder is there") {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "toml") {
                let text = std::fs::read_to_string(&path).unwrap();
                Mapping::parse("m", &text).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
            }
        }
    }
}

/// Means that the README of the data gives: stars of rated US homes by kind of owner.
#[test]
fn mean_stars_by_owner_are_those_of_the_readme() {
    let parsed = read("demo/mappings/homes_us.toml", "care-facilities-us/facilities.csv");
    let table = &parsed.rows[0].1[0];
    for (owner, mean, homes) in
        [("for_profit", 2.787, 7_506), ("government", 3.247, 786), ("not_for_profit", 3.456, 2_053)]
    {
        let of_owner: Vec<usize> =
            (0..table.len()).filter(|row| table.text(*row, "ownership") == Some(owner)).collect();
        let stars: Vec<f64> = of_owner.iter().filter_map(|row| table.number(*row, "stars")).collect();
        let found = stars.iter().sum::<f64>() / stars.len() as f64;
        assert_eq!(of_owner.len(), homes, "{owner}");
        assert!((found - mean).abs() < 0.0005, "{owner}: {found}");
    }
}

/// The README: for profit 3.64, not for profit 3.80, government 4.13 stars; shares of residents add up to about 100.
#[test]
fn australian_means_and_shares_are_those_of_the_readme() {
    let parsed = read("demo/mappings/homes_au.toml", "care-homes-australia/homes_2025-02_detailed.csv");
    let homes = &parsed.rows[0].1[0];
    for (owner, mean, count) in [("for_profit", 3.64, 628), ("not_for_profit", 3.80, 1_025), ("government", 4.13, 185)]
    {
        let of_owner: Vec<usize> =
            (0..homes.len()).filter(|row| homes.text(*row, "ownership") == Some(owner)).collect();
        let stars: Vec<f64> = of_owner.iter().filter_map(|row| homes.number(*row, "overall_stars")).collect();
        let found = stars.iter().sum::<f64>() / stars.len() as f64;
        assert_eq!(of_owner.len(), count);
        assert!((found - mean).abs() < 0.005, "{owner}: {found}");
    }
    let answers = &parsed.rows[1].1[0];
    let mut sums: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    for row in 0..answers.len() {
        let key = (answers.text(row, "home").unwrap(), answers.text(row, "question").unwrap());
        *sums.entry(key).or_default() += answers.number(row, "percent").unwrap();
    }
    assert_eq!(sums.len(), 1_764 * 12);
    assert!(sums.values().all(|sum| (97.0..=103.0).contains(sum)), "{:?}", sums.values().find(|sum| **sum < 97.0));
    let exact = sums.iter().filter(|((_, question), sum)| *question == "food" && **sum == 100.0).count();
    assert_eq!(exact, 1_270);
}
