//! Linking as a whole, against comparing everything in full.

use super::*;
use crate::block::pair;
use model::draws::scatter;
use model::{ColumnType, Table, Value};

/// People of whom every third is written twice, with a letter changed; all in one block.
fn people(count: u64) -> Table {
    let names = ["_id", "name", "town", "code", "all"];
    let mut table = Table::with_columns(&names.map(|name| (name, ColumnType::Text)));
    let letters = |seed: u64, length: u64, of: u64| -> String {
        (0..length).map(|at| char::from(b'a' + (scatter(seed * 64 + at) % of) as u8)).collect()
    };
    for person in 0..count {
        let (name, town) = (letters(person, 7, 20), letters(1_000_000 + scatter(person) % 40, 5, 26));
        let code = (scatter(person ^ 0xabc) % 9_000_000 + 1_000_000).to_string();
        let mut row = |id: String, name: &str, town: &str, code: &str| {
            table.push_row([&id, name, town, code, "x"].map(Value::from).to_vec()).expect("the row fits");
        };
        row(format!("{person}"), &name, &town, &code);
        if person % 3 == 0 {
            let (other_name, other_code) = (format!("{}z{}", &name[..3], &name[4..]), format!("{}7", &code[..6]));
            match person % 4 {
                0 => row(format!("{person} again"), &other_name, &town, &code),
                1 => row(format!("{person} again"), &name, "", &other_code),
                2 => row(format!("{person} again"), &other_name, "", &other_code),
                _ => row(format!("{person} again"), &name, &town, ""),
            }
        }
    }
    table
}

const SPEC: &str = r#"
same = 0.95
unsure = 0.01
dependent = true
largest_block = 10000000
random_pairs = 50000
blocks = [["all"], ["name"], ["code/first:4"]]
[[compare]]
column = "name"
with = "jaro_winkler"
term_frequency = true
[[compare]]
column = "town"
with = "token_set"
term_frequency = true
[[compare]]
column = "code"
with = "damerau_levenshtein"
"#;

#[test]
fn giving_up_early_changes_nothing() {
    let table = people(840);
    let spec = LinkSpec::from_toml(SPEC).expect("a good specification");
    let linker = Linker::new(&table, None, &spec).expect("the columns are there");
    assert!(linker.blocking().pairs > LEARNED_FROM, "enough pairs to be looked at as they come");
    let all = 0..table.len() as u32;
    let every: Vec<Pair> = all.clone().flat_map(|one| (one + 1..all.end).map(move |other| pair(one, other))).collect();
    let patterns = linker.compared.patterns(&every);
    let mut expected = linker.compared.score(&every, &patterns, &linker.parameters, &spec);
    expected.sort_unstable_by_key(|pair| (pair.left, pair.right));
    let mut found = linker.pairs().to_vec();
    found.sort_unstable_by_key(|pair| (pair.left, pair.right));
    assert!(found.len() > 200, "{}", found.len());
    assert_eq!(found, expected);
}

#[test]
fn one_thread_finds_what_many_find() {
    let table = people(840);
    let spec = LinkSpec::from_toml(SPEC).expect("a good specification");
    let link = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| Linker::new(&table, None, &spec).expect("the columns are there").pairs().to_vec())
    };
    assert_eq!(link(1), link(3));
}
