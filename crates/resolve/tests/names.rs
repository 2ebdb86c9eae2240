//! Names without an id: hospitals named in reviews against the official register.

mod shared;

use model::{ColumnType, Table, Verdict};
use resolve::evaluate::evaluate;
use resolve::link::{Dataset, LinkSpec, link};
use std::collections::BTreeSet;

fn names(rows: impl IntoIterator<Item = [String; 3]>) -> Table {
    let mut table = Table::with_columns(&["_id", "source", "name"].map(|name| (name, ColumnType::Text)));
    for row in rows {
        table.push_row(row.into_iter().map(Into::into).collect()).expect("the row fits");
    }
    table
}

#[test]
fn the_sixteen_hospitals_of_the_reviews_are_found_in_the_register() {
    let folder = "community-reviews-taiwan-hospitals";
    let reviews = shared::table(&shared::data(&format!("{folder}/reviews.csv")));
    let named: BTreeSet<(&str, &str)> = (0..reviews.len())
        .filter_map(|row| Some((reviews.text(row, "source_file")?, reviews.text(row, "hospital_name")?)))
        .collect();
    let left = names(named.into_iter().map(|(file, name)| [file, "reviews", name].map(str::to_owned)));
    let register: serde_json::Value =
        serde_json::from_str(&shared::data(&format!("{folder}/register_hospitals.json"))).expect("JSON");
    let text = |entry: &serde_json::Value, field: &str| entry[field].as_str().unwrap_or_default().to_owned();
    let right = names(
        register
            .as_array()
            .expect("a list")
            .iter()
            .map(|entry| [text(entry, "id"), "register".to_owned(), text(entry, "name")]),
    );
    let spec = LinkSpec::from_toml(
        r#"
        one_to_one = true
        blocks = [["name/rarest:4"]]
        [[compare]]
        column = "name"
        with = "token_set"
        "#,
    )
    .expect("a good specification");
    let linkage =
        link(Dataset { name: "reviews", table: &left }, Some(Dataset { name: "register", table: &right }), &spec)
            .expect("the columns are there");
    let found: Vec<(String, String)> = linkage
        .judgements
        .iter()
        .filter(|said| said.verdict == Verdict::Same)
        .map(|said| (said.left.replace("reviews/", ""), said.right.replace("register/", "")))
        .collect();
    let links = shared::table(&shared::data(&format!("{folder}/links.csv")));
    let truth: Vec<(String, String)> = (0..links.len())
        .map(|row| (links.value(row, "source_file").to_string(), links.value(row, "register_id").to_string()))
        .collect();
    let evaluation = evaluate(&found, &truth);
    assert_eq!(
        (evaluation.precision.hits, evaluation.precision.total, evaluation.recall.total),
        (16, 16, 16),
        "{found:?}"
    );
}
