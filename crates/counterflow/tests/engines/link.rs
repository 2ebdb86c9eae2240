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
    for row in rows(&out) {
        assert!(
            row["prior adds"].parse::<f64>().expect("a weight") < 0.0,
            "the prior speaks against any pair: {row:?}"
        );
        check_sum(&row);
    }
}

/// What comparisons, rivals and the prior add is the weight.
fn check_sum(row: &HashMap<String, String>) {
    let adds = row.iter().filter(|(name, _)| name.ends_with(" adds"));
    let added: f64 = adds.filter_map(|(_, weight)| weight.parse::<f64>().ok()).sum();
    assert!((added - row["weight"].parse::<f64>().expect("a weight")).abs() < 1e-9, "{added}: {row:?}");
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

/// A file and the same file from its last row to its first tell the same of the same pairs, and all that is added is told.
#[test]
fn the_order_of_rows_changes_no_weight() {
    let folder = tempfile::tempdir().expect("a folder");
    let (out, turned) = (folder.path().join("pairs.csv"), folder.path().join("turned.csv"));
    let file = shared("entity-resolution/febrl/dataset1.csv");
    let lines = std::fs::read_to_string(&file).expect("the data set");
    let (head, body) = lines.split_once('\n').expect("a header");
    let reversed: Vec<&str> = std::iter::once(head).chain(body.lines().rev()).collect();
    std::fs::write(&turned, reversed.join("\n") + "\n").expect("written");
    let pairs = |input: &Path| {
        told(&["link", text(input), "-o", text(&out), "--json", "--reasons"]);
        let weight = |row: &HashMap<String, String>| {
            check_sum(row);
            let (one, other) = (row["left"].clone(), row["right"].clone());
            ((one.clone().min(other.clone()), one.max(other)), row["weight"].parse::<f64>().expect("a weight"))
        };
        rows(&out).iter().map(weight).collect::<HashMap<_, _>>()
    };
    let (there, back) = (pairs(&file), pairs(&turned));
    assert!(there.len() >= 500, "{}", there.len());
    assert_eq!(there.len(), back.len());
    for (pair, weight) in &there {
        let other = back.get(pair).unwrap_or_else(|| panic!("{pair:?} is in one order only"));
        assert!((weight - other).abs() < 1e-9, "{pair:?}: {weight} {other}");
    }
}

/// Dates of one form in one file and of another in the other; what cannot be read is told, and refused where it is all.
#[test]
fn dates_are_read_as_people_write_them_and_what_is_not_read_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    let (left, right, spec, out) = (file("left.csv"), file("right.csv"), file("spec.toml"), file("pairs.csv"));
    let (mut one, mut other) = ("id,name,born,beds\n".to_owned(), "id,name,born,beds\n".to_owned());
    for number in 0..120u32 {
        let (day, month, year) = (number % 28 + 1, number % 12 + 1, 1950 + number % 40);
        let name = format!("{}{}", ["ann", "bob", "cat", "dan", "eve"][number as usize % 5], number * 7919 % 1000);
        let beds = if number == 3 { "NaN".to_owned() } else { (number * 3).to_string() };
        one.push_str(&format!("l{number},{name},{day:02}/{month:02}/{year},{beds}\n"));
        other.push_str(&format!("r{number},{name},{month}/{day}/{year},{}\n", number * 3));
    }
    one.push_str("l120,zoe1,31/02/1999,7\n");
    std::fs::write(&left, &one).expect("written");
    std::fs::write(&right, &other).expect("written");
    let spec_text = "unsure = 0.01\nblocks = [[\"name/first:3\"], [\"born\"]]\n[[compare]]\ncolumn = \"name\"\nwith = \"jaro_winkler\"\n\
        [[compare]]\ncolumn = \"born\"\nwith = \"date\"\n[[compare]]\ncolumn = \"beds\"\nwith = \"number\"\n";
    std::fs::write(&spec, spec_text).expect("written");
    let call = ["link", text(&left), text(&right), "--spec", text(&spec), "-o", text(&out), "--json"];
    let found = told(&call);
    let right_ones =
        rows(&out).iter().filter(|row| row["verdict"] == "same" && row["left"][1..] == row["right"][1..]).count();
    assert_eq!(right_ones, 120, "{found}");
    let columns = found["read"]["columns"].as_array().expect("how columns were read");
    let of = |side: &Path, column: &str| {
        let is = |one: &&serde_json::Value| one["column"] == column && one["file"] == text(side);
        columns.iter().find(is).unwrap_or_else(|| panic!("{column}: {found}"))
    };
    assert_eq!(of(&left, "born")["order"]["taken"], "day first");
    assert_eq!(of(&right, "born")["order"]["taken"], "month first");
    assert_eq!((of(&left, "born")["unread"].as_u64(), of(&left, "born")["values"].as_u64()), (Some(1), Some(121)));
    assert_eq!(of(&left, "born")["first_unread"]["value"], "31/02/1999");
    assert_eq!(of(&left, "born")["first_unread"]["line"], 122);
    assert_eq!(of(&left, "beds")["first_unread"]["value"], "NaN");
    let output = super::counterflow(&call[..call.len() - 1]);
    let said = String::from_utf8_lossy(&output.stderr);
    for line in [
        "left.csv: column `born`: dates are read day first (values that can only be read day first: ",
        "right.csv: column `born`: dates are read month first",
        "left.csv: line 122: column `born`: there is `31/02/1999`, which cannot be read; 1 of 121 values count as not known",
        "left.csv: line 5: column `beds`: there is `NaN`, which cannot be read; 1 of 121 values",
    ] {
        assert!(said.contains(line), "expected `{line}`: {said}");
    }
    let guessed = told(&["link", text(&left), "-o", text(&out), "--json"]);
    let text_of = guessed["parameters"]["spec"].as_str().expect("a specification");
    assert!(text_of.contains("column = \"born\"\nwith = \"date\""), "{text_of}");
    // Whatever could be either is taken day first, and it is said.
    std::fs::write(&left, "id,name,born,beds\n1,ann,3/4/1999,1\n2,ann,3/4/1999,1\n3,bob,5/6/1980,2\n")
        .expect("written");
    let output = super::counterflow(&["link", text(&left), "--spec", text(&spec), "-o", text(&out)]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("dates are read day first (all 2 such dates could be read either way"), "{said}");
    std::fs::write(&left, "id,name,born,beds\n1,ann,soon,1\n2,ann,later,1\n3,bob,,2\n").expect("written");
    let said = refused(&["link", text(&left), "--spec", text(&spec), "-o", text(&out)]);
    let expected = "left.csv: line 2: column `born`: there is `soon`; none of its 2 values can be read as a date; write dates such as";
    assert!(said.contains(expected), "{said}");
}

/// Each record needs a name, and a run can be repeated from what it says of itself.
#[test]
fn records_without_a_name_are_refused_and_the_parameters_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, out) = (folder.path().join("people.csv"), folder.path().join("pairs.csv"));
    std::fs::write(&file, "id,name,town\n1,anna smith,york\n,anna smith,york\n2,bob jones,leeds\n").expect("written");
    let said = refused(&["link", text(&file), "-o", text(&out)]);
    assert!(said.contains("people.csv: line 3: column `id`: there is nothing; write a name for the record"), "{said}");
    std::fs::write(&file, "key,name,town\n1,anna smith,york\n3,anna smith,york\n2,bob jones,leeds\n").expect("written");
    let found = told(&["link", text(&file), "--id", "key", "--reasons", "-o", text(&out), "--json"]);
    let parameters = &found["parameters"];
    assert_eq!((&parameters["left_id"], &parameters["reasons"]), (&"key".into(), &true.into()));
    assert!(parameters["labels"].is_null() && parameters["right_id"].is_null(), "{parameters}");
    assert!(found["found"]["prior_weight"].is_number(), "{found}");
}

/// Short and long words for a street are one, identifiers are one whatever stands between their parts, and a column that is compared in
/// two ways has two columns of reasons.
#[test]
fn streets_and_identifiers_are_one_however_they_are_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, spec, out) =
        (folder.path().join("a.csv"), folder.path().join("spec.toml"), folder.path().join("pairs.csv"));
    let mut lines = "id,address,code\n".to_owned();
    for number in 0..60u32 {
        let (road, code) = (
            format!("{} {}", number % 9 + 1, ["High", "Mill", "Lake", "Hill"][number as usize % 4]),
            100 + number * 37,
        );
        lines.push_str(&format!("{number}a,{road} St Sydney,PS-{code}\n{number}b,{road} Street Sydney,ps {code}\n"));
    }
    std::fs::write(&file, lines).expect("written");
    let spec_text = "unsure = 0.0\nblocks = [[\"code\"]]\n[[compare]]\ncolumn = \"address\"\nwith = \"token_set\"\n\
        [[compare]]\ncolumn = \"code\"\nwith = \"identifier\"\n[[compare]]\ncolumn = \"address\"\nwith = \"letter_runs\"\n";
    std::fs::write(&spec, spec_text).expect("written");
    told(&["link", text(&file), "--spec", text(&spec), "--reasons", "-o", text(&out), "--json"]);
    let pairs = rows(&out);
    assert_eq!(pairs.len(), 60);
    for row in &pairs {
        assert_eq!(row["left"].trim_end_matches('a'), row["right"].trim_end_matches('b'));
        assert_eq!(
            row["address (token_set) adds"], pairs[0]["address (token_set) adds"],
            "each address is the same: {row:?}"
        );
        assert!(row.contains_key("address (letter_runs) adds"), "{row:?}");
        check_sum(row);
    }
}

/// Rows that stand twice under two ids are found and told; what is wrong with a file is said so that nobody mends the wrong thing.
#[test]
fn copies_are_found_and_messages_name_the_cause() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, other, out) =
        (folder.path().join("people.csv"), folder.path().join("other.csv"), folder.path().join("pairs.csv"));
    let mut lines = "id,name,town,born\n".to_owned();
    for row in 0..220u32 {
        let person = if row < 200 { row } else { row - 200 };
        let (name, town) = (person * 37 % 101, person * 13 % 17);
        let (year, month, day) = (1950 + person % 43, person % 12 + 1, person % 28 + 1);
        lines.push_str(&format!("{row},Name{name} Smith{},Town{town},{year}-{month:02}-{day:02}\n", person % 23));
    }
    std::fs::write(&file, lines).expect("written");
    let call = ["link", text(&file), "-o", text(&out)];
    let found = told(&["link", text(&file), "-o", text(&out), "--json"]);
    assert_eq!((&found["found"]["same"], &found["found"]["rows_repeated"]), (&20.into(), &20.into()), "{found}");
    let said = super::counterflow(&call);
    let said = String::from_utf8_lossy(&said.stderr).into_owned() + &String::from_utf8_lossy(&said.stdout);
    assert!(said.contains("20 rows agree with an earlier one in everything compared"), "{said}");
    std::fs::write(&file, "name,town\nAnn Smith,York\nBob Jones,Leeds\nAnn Smith,Hull\n").expect("written");
    let said = refused(&call);
    let expected = "people.csv: line 4: column `name`: `Ann Smith` names the record of line 2 already; the column was taken for the \
        names of records, as none is called `id`; say with `--id NAME` which column names them, or add one";
    assert!(said.contains(expected), "{said}");
    std::fs::write(&file, "id,name,town\n1,Ann Smith,York\n2,Ann Smith,York\n").expect("written");
    let said = refused(&call);
    assert!(said.contains("people.csv: too few rows (2)"), "{said}");
    std::fs::write(&other, "id,place\n1,York\n").expect("written");
    let said = refused(&["link", text(&file), text(&other), "-o", text(&out)]);
    assert!(said.contains("other.csv: no column beside the names of records is in both"), "{said}");
    assert!(said.contains("(left: `name`, `town`; right: `place`)"), "{said}");
}
