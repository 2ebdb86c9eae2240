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
    let mut expected = linker.compared.score(&every, &patterns, &linker.parameters, &spec, spec.unsure);
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

/// A pair that no block brings, and one that the weights take for the same: what persons said of both stands, and what is said in
/// contradiction is refused.
#[test]
fn what_persons_said_stands() {
    let table = people(840);
    let spec = LinkSpec::from_toml(&SPEC.replace("[\"all\"], ", "")).expect("a good specification");
    let alone = Linker::new(&table, None, &spec).expect("the columns are there");
    let sure = alone.pairs()[0];
    let (one, other) = (sure.left, sure.right);
    let label = |left, right, same| Label { left, right, same };
    let far =
        (0..table.len() as u32).find(|row| alone.pairs().iter().all(|pair| pair.right != *row && pair.left != *row));
    let far = far.expect("somebody who stands once");
    let labels = [label(other, one, false), label(0, far, true)];
    let linker = Linker::with_labels(&table, None, &spec, &labels).expect("good labels");
    let said = |one, other| {
        let found =
            linker.pairs().iter().find(|pair| (pair.left, pair.right) == (one, other)).expect("a labelled pair");
        (found.verdict, found.held)
    };
    assert_eq!(said(one, other), (Verdict::Different, LABELLED));
    assert_eq!(said(0, far), (Verdict::Same, LABELLED));
    assert_eq!(linker.pairs().len(), alone.pairs().len() + 1);
    // A row that stands twice is compared once; what is said of both counts for it all the same.
    let mut twice = people(840);
    let again = (0..twice.columns().len()).map(|column| twice.columns()[column].value(5)).collect();
    twice.push_row(again).expect("the row fits");
    let last = twice.len() as u32 - 1;
    let linker = Linker::with_labels(&twice, None, &spec, &[label(5, last, false)]).expect("good labels");
    let both: Vec<&ScoredPair> = linker.pairs().iter().filter(|pair| (pair.left, pair.right) == (5, last)).collect();
    assert_eq!(both.len(), 1);
    assert_eq!((both[0].verdict, both[0].held), (Verdict::Different, LABELLED));
    let refused = |labels: &[Label]| {
        Linker::with_labels(&table, None, &spec, labels).err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert!(refused(&[label(3, 4, true), label(4, 3, false)]).contains("it is said to be the same and not to be"));
    assert!(refused(&[label(3, 3, true)]).contains("a record is the same as itself"));
    assert!(refused(&[label(3, 999_999, true)]).contains("there is no such row"));
}

/// Titles of many goods of few kinds, of which each of two shops has all, written in its own way.
fn goods(shop: u64) -> Table {
    let mut table = Table::with_columns(&["_id", "title"].map(|name| (name, ColumnType::Text)));
    let kinds = ["compact digital camera", "inkjet printer with scanner", "cordless telephone", "car stereo receiver"];
    for good in 0..600_u64 {
        let (maker, code) = (scatter(good) % 12, scatter(good ^ 0x77) % 90_000 + 10_000);
        let kind = kinds[(scatter(good ^ 0x55) % 4) as usize];
        let maker = [
            "sonex", "panavi", "canolux", "yamiko", "pioneta", "samsara", "toshika", "philo", "linko", "nettle",
            "belka", "garmo",
        ][maker as usize];
        let title = match shop {
            0 => format!("{maker} {kind} - dx{code}"),
            _ => format!(
                "{maker} dx-{}-{} {} black",
                code / 100,
                code % 100,
                kind.split(' ').next_back().unwrap_or(kind)
            ),
        };
        table.push_row(vec![format!("{shop}-{good}").into(), title.into()]).expect("the row fits");
    }
    table
}

#[test]
fn goods_of_one_kind_are_told_apart_by_their_rivals() {
    let (left, right) = (goods(0), goods(1));
    let text = crate::guess::guess(&left, Some(&right), &["_id"]).expect("titles can be compared");
    // The titles are short here; long ones are taken for titles by themselves.
    let text = text
        .replace("token_set", "letter_runs")
        .replace("/rarest:2", "/runs:10")
        .replace("term_frequency = true\n", "");
    assert!(text.contains("one_to_one = true"), "{text}");
    let spec = LinkSpec::from_toml(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let linker = Linker::new(&left, Some(&right), &spec).expect("the columns are there");
    let said = linker.pairs().iter().filter(|pair| pair.verdict == Verdict::Same);
    let (mut right_ones, mut all) = (0, 0);
    for pair in said {
        all += 1;
        right_ones += usize::from(pair.left + 600 == pair.right);
        let told: f64 = linker.comparisons(pair).iter().map(|one| one.weight).sum();
        assert!((told + linker.parameters.prior_weight() - pair.weight).abs() < 1e-6, "reasons add up to the weight");
    }
    assert!(all >= 450, "{all}");
    assert!(right_ones * 100 >= all * 97, "{right_ones} of {all}");
}

/// The pairs with their weights, by the names of their records.
fn by_name(table: &Table, spec: &LinkSpec) -> Vec<(String, String, f64)> {
    let linker = Linker::new(table, None, spec).expect("the columns are there");
    let name = |row: u32| table.text(row as usize, "_id").expect("a name").to_owned();
    let named = |pair: &ScoredPair| {
        let (one, other) = (name(pair.left), name(pair.right));
        (one.clone().min(other.clone()), one.max(other), pair.weight)
    };
    let mut pairs: Vec<(String, String, f64)> = linker.pairs().iter().map(named).collect();
    pairs.sort_by(|one, other| (&one.0, &one.1).cmp(&(&other.0, &other.1)));
    pairs
}

fn check_permuted(table: &Table, seed: u64, text: &str) {
    let spec = LinkSpec::from_toml(text).expect("a good specification");
    let mut rows: Vec<usize> = (0..table.len()).collect();
    rows.sort_by_key(|row| scatter(seed.rotate_left(40) ^ *row as u64));
    let (there, turned) = (by_name(table, &spec), by_name(&table.take(&rows), &spec));
    assert!(there.len() > 20, "{}", there.len());
    let names = |pairs: &[(String, String, f64)]| {
        pairs.iter().map(|(one, other, _)| (one.clone(), other.clone())).collect::<Vec<_>>()
    };
    assert_eq!(names(&there), names(&turned), "seed {seed}");
    for (one, other) in there.iter().zip(&turned) {
        assert!((one.2 - other.2).abs() < 1e-9, "seed {seed}: {one:?} {other:?}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(12))]
    #[test]
    fn the_order_of_rows_changes_nothing(seed in 0..u64::MAX) {
        // Without the column that all share, which would make everything one block.
        check_permuted(&people(150), seed, &SPEC.replace("[\"all\"], ", "").replace("\"name\"]", "\"name\"], [\"town/rarest:1\"]"));
    }
}

/// Random pairs and the pairs learned from are drawn: by what the records hold, not by where they stand.
#[test]
fn the_order_of_rows_changes_nothing_where_pairs_are_drawn() {
    let people = people(2_000);
    assert!(people.len().pow(2) > 100_000, "more than the random pairs that are asked for");
    check_permuted(&people, 7, SPEC);
}

/// Copies of whole rows are evidence like other doubles; where only names are compared, that many share one says nothing.
#[test]
fn copies_are_found_and_namesakes_are_not_declared_the_same() {
    let mut copies = Table::with_columns(&["_id", "name", "town", "born"].map(|name| (name, ColumnType::Text)));
    let mut namesakes = Table::with_columns(&["_id", "name"].map(|name| (name, ColumnType::Text)));
    for row in 0..220u64 {
        let person = if row < 200 { row } else { (row - 200) * 7 };
        let drawn = scatter(person);
        let born = format!("{}-{:02}-{:02}", 1940 + drawn % 60, drawn / 100 % 12 + 1, drawn / 10_000 % 28 + 1);
        let name = format!("{} {}", ["ann", "bob", "cat", "dan"][person as usize % 4], scatter(person + 500) % 60);
        let row_of = [row.to_string(), name, format!("town{}", scatter(person + 900) % 20), born];
        copies.push_row(row_of.map(Value::from).to_vec()).expect("the row fits");
        let shared = format!("name{}", scatter(row) % 60);
        namesakes.push_row([row.to_string(), shared].map(Value::from).to_vec()).expect("the row fits");
    }
    let same = |table: &Table| {
        let text = crate::guess::guess(table, None, &["_id"]).expect("there is something to compare");
        let spec = LinkSpec::from_toml(&text).expect("a good specification");
        let linker = Linker::new(table, None, &spec).expect("the columns are there");
        let same = linker.pairs().iter().filter(|pair| pair.verdict == Verdict::Same);
        (same.map(|pair| (pair.left, pair.right)).collect::<Vec<_>>(), linker.rows_repeated())
    };
    let (mut found, repeated) = same(&copies);
    found.sort_unstable_by_key(|(_, right)| *right);
    assert_eq!(found, (0..20).map(|copy| (copy * 7, 200 + copy)).collect::<Vec<_>>());
    assert_eq!(repeated, 20);
    let (found, repeated) = same(&namesakes);
    assert!(repeated > 100, "{repeated}");
    assert_eq!(found, []);
}
