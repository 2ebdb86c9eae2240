//! Australian homes: the panel of 11 quarters brought together, and linked to the detailed file, without an id.

mod shared;

use model::{ColumnType, Judgement, Table, Value};
use resolve::cluster::{Bond, Cluster, cluster};
use resolve::evaluate::Evaluation;
use resolve::link::{Dataset, LinkSpec, link};
use std::collections::BTreeMap;

const SPEC: &str = include_str!("homes.toml");
const FIELDS: [&str; 4] = ["name", "suburb", "state", "provider"];

/// Both files under the columns that they share; the detailed file is a twelfth period.
fn homes() -> Table {
    let names = ["period", "name", "suburb", "state", "provider", "_id"];
    let mut homes = Table::with_columns(&names.map(|name| (name, ColumnType::Text)));
    let mut add = |path: &str, period: Option<&str>, columns: [&str; 4]| {
        let file = shared::table(&shared::data(path));
        for row in 0..file.len() {
            let period = period.map_or_else(|| file.value(row, "reporting_period"), Value::from);
            let id = format!("{}-{row:06}", if columns[0] == "Service Name" { "detailed" } else { "panel" });
            let values = columns.map(|column| file.value(row, column));
            homes.push_row([period].into_iter().chain(values).chain([id.into()]).collect()).expect("the row fits");
        }
    };
    let detailed = ["Service Name", "Service Suburb", "State/Territory", "Provider Name"];
    add("care-homes-australia/homes_2025-02_detailed.csv", Some("detailed"), detailed);
    let panel = ["service_name", "service_suburb", "state", "provider_name"];
    add("care-homes-australia/star_ratings_panel.csv", None, panel);
    homes
}

fn clusters(homes: &Table, judgements: &[Judgement]) -> Vec<Cluster> {
    let bonds: Vec<Bond<'_>> = judgements
        .iter()
        .map(|said| Bond {
            left: &said.left,
            right: &said.right,
            verdict: said.verdict,
            weight: said.weight,
            by_person: false,
        })
        .collect();
    let ids: Vec<String> = (0..homes.len()).map(|row| format!("homes/{}", homes.value(row, "_id"))).collect();
    cluster(ids.iter().map(String::as_str), &bonds)
}

#[test]
fn quarters_of_one_home_come_together() {
    let homes = homes();
    let spec = LinkSpec::from_toml(SPEC).expect("a good specification");
    let linkage = link(Dataset { name: "homes", table: &homes }, None, &spec).expect("the columns are there");
    let clusters = clusters(&homes, &linkage.judgements);
    let mut cluster_of: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, cluster) in clusters.iter().enumerate() {
        cluster.members.iter().for_each(|member| _ = cluster_of.insert(member, at));
    }
    let key = |row: usize| FIELDS.map(|field| homes.text(row, field).unwrap_or("").to_owned());
    let of_row = |row: usize| cluster_of[format!("homes/{}", homes.value(row, "_id")).as_str()];

    // What links exactly: rows of one name, suburb, state and provider are one home, doubles included.
    let mut by_key: BTreeMap<[String; 4], Vec<usize>> = BTreeMap::new();
    (0..homes.len()).for_each(|row| by_key.entry(key(row)).or_default().push(row));
    for (key, rows) in &by_key {
        assert!(rows.iter().all(|&row| of_row(row) == of_row(rows[0])), "{key:?}");
    }
    let of_january = |row: &usize| homes.text(*row, "period") == Some("January 2025");
    let (mut linked, mut exactly) = (0, 0);
    for row in (0..homes.len()).filter(|&row| homes.text(row, "period") == Some("detailed")) {
        let rows: Vec<usize> = clusters[of_row(row)].members.iter().map(|member| by_id(member)).collect();
        linked += usize::from(rows.iter().any(of_january));
        exactly += usize::from(by_key[&key(row)].iter().any(of_january));
    }
    // The same publication: of 1,838 homes 1,835 are written alike, one more is found by likeness.
    assert_eq!((linked, exactly), (1836, 1835));

    // No two homes that one quarter lists under different names became one.
    for cluster in &clusters {
        let mut seen = BTreeMap::new();
        for row in cluster.members.iter().map(|member| by_id(member)) {
            let key = key(row).map(|text| text.to_lowercase());
            let first = seen.entry(homes.text(row, "period").map(str::to_owned)).or_insert_with(|| key.clone());
            assert_eq!(*first, key);
        }
    }

    // The sample judged by hand, weighed back to the strata it was drawn from.
    let mut counts = [[0.0_f64; 2]; 2];
    let mut plain = [[0_u64; 2]; 2];
    let mut reader = csv::Reader::from_reader(include_bytes!("judged_homes.csv").as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a well-formed row")).collect();
    let mut sampled: BTreeMap<&str, f64> = BTreeMap::new();
    rows.iter().for_each(|row| *sampled.entry(row.get(10).expect("stratum")).or_default() += 1.0);
    for row in &rows {
        let side = |from: usize| [0, 1, 2, 3].map(|at| row.get(from + at).expect("a field").to_owned());
        let (left, right) = (by_key[&side(0)][0], by_key[&side(4)][0]);
        let same = match row.get(8) {
            Some("same") => 1,
            Some("different") => 0,
            _ => continue,
        };
        let found = usize::from(of_row(left) == of_row(right));
        let pairs: f64 = row.get(11).expect("pairs").parse().expect("a number");
        counts[same][found] += pairs / sampled[row.get(10).expect("stratum")];
        plain[same][found] += 1;
    }
    let evaluation = Evaluation::from_counts(plain[1][1], plain[0][1], plain[1][0]);
    let weighed = [counts[1][1] / (counts[1][1] + counts[0][1]), counts[1][1] / (counts[1][1] + counts[1][0])];
    assert!(evaluation.precision.value >= 0.98, "{evaluation:?}");
    assert!(weighed[0] >= 0.98 && weighed[1] >= 0.95, "{evaluation:?}, weighed {weighed:?}");
}

/// The row of a member: detailed rows stand first.
fn by_id(member: &str) -> usize {
    let (file, row) = member.trim_start_matches("homes/").split_once('-').expect("file and row");
    row.parse::<usize>().expect("a row number") + if file == "panel" { 1838 } else { 0 }
}
