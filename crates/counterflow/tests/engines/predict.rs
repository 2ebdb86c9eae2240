//! `counterflow predict`: on real inspections, with and without those who inspect, and on what cannot be learned from.

use super::{refused, rows, shared, text, told};
use std::collections::HashMap;
use std::fmt::Write as _;

/// What the inspection itself finds, which nobody knows before it.
const KNOWN_AFTER: [&str; 5] = ["criticalCount", "seriousCount", "minorCount", "pass_flag", "fail_flag"];

fn figure(told: &serde_json::Value, name: &str) -> f64 {
    told[name].as_f64().unwrap_or_else(|| panic!("no number `{name}` in {told}"))
}

#[test]
fn critical_violations_are_foretold_and_what_the_inspection_finds_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (table, out, record) =
        (shared("chicago-food-inspections/model_table_train.csv"), path("scores.csv"), path("record.csv"));
    let call =
        ["predict", text(&table), "--target", "criticalFound", "--time", "Inspection_Date", "--from", "2014-01-01"];
    let end = ["-o", text(&out), "--json"];
    // Columns known only afterwards are found, each with its reason, and nothing is written.
    let said = refused(&[&call[..], &end].concat());
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("  `")).collect();
    for name in KNOWN_AFTER {
        assert_eq!(lines.iter().filter(|line| line.starts_with(&format!("  `{name}`: "))).count(), 1, "{name}: {said}");
    }
    assert_eq!(lines.len(), KNOWN_AFTER.len(), "{said}");
    assert!(
        said.contains("what happened follows from it alone")
            && said.contains("of the same `License` keeps it in `pastFail`")
    );
    assert!(said.contains("--without-leaks") && !out.exists());
    // Without them, inspections of 2014 are judged by what was learned before.
    let more = ["--without-leaks", "--subgroups", "Facility_Type,Inspector_Assigned", "--record", text(&record)];
    let found = told(&[&call[..], &more, &end].concat());
    let own = &found["found"]["record"];
    assert_eq!((&own["rows"], &own["happened"]), (&2391.into(), &401.into()));
    assert_eq!(found["found"]["chosen"]["learned_from"], 14_684);
    let (area, linear) = (figure(own, "area"), figure(&own["linear"], "area"));
    // scikit-learn's logistic regression on the same columns: .715, 20.57 days (docs/engines/predict.md).
    assert!(area >= linear && area >= 0.716, "{area} beside {linear}");
    assert!(figure(&own["earlier"], "mean") >= 20.57, "{}", own["earlier"]);
    assert!(figure(own, "brier") < figure(own, "brier_of_share"), "{own}");
    // The office sees that it has learned who inspects.
    assert_eq!(own["columns"][0]["column"], "Inspector_Assigned");
    assert!(figure(&own["columns"][0], "lost") > 0.1, "{own}");
    let warnings = found["found"]["warnings"].to_string();
    assert!(warnings.contains("of the skill rests on `Inspector_Assigned`"), "{warnings}");
    let left_out = found["found"]["left_out"].to_string();
    assert!(["License", "Business_ID", "Inspection_ID"].iter().all(|name| left_out.contains(name)), "{left_out}");
    // Every row of the record comes out as it came in, with its probability and what moved it.
    let scores = rows(&out);
    assert_eq!(scores.len(), 2391);
    let probability = |row: &&HashMap<String, String>| row["probability"].parse::<f64>().expect("a number");
    let likely = scores.iter().max_by(|one, other| probability(one).total_cmp(&probability(other)));
    let likely = likely.expect("there are rows");
    assert!(likely["reasons"].contains(&format!("Inspector_Assigned={}", likely["Inspector_Assigned"])), "{likely:?}");
    assert!(
        scores.iter().all(|row| row["Inspection_Date"].as_str() >= "2014-01-01" && row["scored"] == "for the record")
    );
    let record = rows(&record);
    assert_eq!(record.iter().filter(|row| row["part"] == "Inspector_Assigned").count(), 6, "six colours");
    assert_eq!(record.iter().filter(|row| row["part"] == "calibration").count(), 10);
    // Without those who inspect less is known, and that is said.
    let more = ["--without-leaks", "--leave-out", "Inspector_Assigned", "--quick"];
    let found = told(&[&call[..], &more, &end].concat());
    let own = &found["found"]["record"];
    assert!(figure(own, "area") >= 0.578 && figure(own, "area") < area - 0.1, "{own}");
    assert!(own["columns"].as_array().is_some_and(Vec::is_empty));
}

/// Rows of which the last are still to come: `size` and `kind` tell, `until` is a date.
fn table(rows: u32) -> String {
    let mut lines = "id,date,size,kind,until,happened\n".to_owned();
    for row in 0..rows {
        let mixed = row.wrapping_mul(2_654_435_761) >> 8;
        let (size, kind) = (mixed % 10, (mixed / 10) % 3);
        let likely = size * 6 + kind * 15 > (mixed / 30) % 100;
        let happened = if row + 20 >= rows {
            ""
        } else if likely {
            "yes"
        } else {
            "no"
        };
        let day = 1 + row / 40;
        let size = if row % 13 == 0 { String::new() } else { size.to_string() };
        let (month, day) = (1 + day / 28, 1 + day % 28);
        let _ =
            writeln!(lines, "n{row},2025-{month:02}-{day:02},{size},k{kind},2024-12-{:02},{happened}", 1 + mixed % 28);
    }
    lines
}

#[test]
fn what_is_still_to_come_is_told_the_same_way_every_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (file, turned, out) = (path("table.csv"), path("turned.csv"), path("scores.csv"));
    let content = table(2_000);
    std::fs::write(&file, &content).expect("written");
    let mut lines: Vec<&str> = content.lines().skip(1).collect();
    lines.reverse();
    std::fs::write(&turned, format!("id,date,size,kind,until,happened\n{}\n", lines.join("\n"))).expect("written");
    let mut tables = Vec::new();
    for (file, threads) in [(&file, "1"), (&file, "2"), (&turned, "2")] {
        let call = ["predict", text(file), "--target", "happened", "--time", "date", "--threads", threads];
        let found = told(&[&call[..], &["-o", text(&out), "--json"]].concat());
        assert_eq!((&found["read"]["rows"], &found["read"]["still_to_come"]), (&2000.into(), &20.into()));
        assert!(figure(&found["found"]["record"], "area") > 0.65, "{found}");
        assert!(found["found"]["left_out"].to_string().contains("\"id\""), "{found}");
        let mut scores = rows(&out);
        scores.sort_by(|one, other| one["id"].cmp(&other["id"]));
        assert_eq!(scores.iter().filter(|row| row["scored"] == "still to come").count(), 20);
        let told: Vec<[String; 3]> =
            scores.iter().map(|row| ["id", "probability", "reasons"].map(|name| row[name].clone())).collect();
        tables.push(told);
    }
    assert!(tables[0] == tables[1] && tables[0] == tables[2]);
}

#[test]
fn what_cannot_be_predicted_from_is_told_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (file, out) = (path("table.csv"), path("scores.csv"));
    let good = table(2_000);
    let with = |from: &str, to: &str| good.replacen(from, to, 1);
    let cases = [
        (String::new(), "the file is empty"),
        (with("date,size", "day,size"), "line 1: there is no column `date`, but `id`, `day`"),
        (with("2025-01-02", "soon"), "line 2: column `date`: there is `soon`; write a date such as"),
        (with(",yes\n", ",perhaps\n"), "column `happened`: there is `perhaps`; write 1 or 0, yes or no"),
        (with("n1,2025-01-02,", "n1,2025-01-02,inf"), "line 3: column `size`: there is `inf"),
        (good.replace(",yes\n", ",no\n"), "0 rows before the record happened; at least 50 are needed"),
        (with("size,kind", "probability,kind"), "column `probability` is what the result adds"),
        (good.lines().take(30).collect::<Vec<_>>().join("\n"), "at least 50 are needed"),
        (good.replace("2024-12-", "2025-12-"), "`until`: it lies after the row's own time in 100 % of the rows"),
    ];
    for (content, expected) in cases {
        std::fs::write(&file, content).expect("written");
        let said = refused(&["predict", text(&file), "--target", "happened", "--time", "date", "-o", text(&out)]);
        assert!(said.contains(expected), "{expected}: {said}");
        assert!(!out.exists(), "{expected}");
    }
    // One cell that is no date does not hide that the others lie in the future.
    let future = good.replace("2024-12-", "2025-12-");
    let cell = future.lines().nth(2).and_then(|line| line.split(',').nth(4)).expect("a cell");
    std::fs::write(&file, future.replacen(cell, "n/a", 1)).expect("written");
    let said = refused(&["predict", text(&file), "--target", "happened", "--time", "date", "-o", text(&out)]);
    assert!(said.contains("column `until`: there is `n/a`; write a date or a moment as in the other lines"), "{said}");
    // Nor that times are numbers.
    let mut lines = "when,decided,size,happened\n".to_owned();
    for row in 0..2_000 {
        lines.push_str(&format!(
            "{row},{},{},{}\n",
            row + 5 + row % 7,
            row % 11,
            if row % 3 == 0 { "yes" } else { "no" }
        ));
    }
    std::fs::write(&file, lines).expect("written");
    let said = refused(&["predict", text(&file), "--target", "happened", "--time", "when", "-o", text(&out)]);
    assert!(said.contains("`decided`: it lies after the row's own time in 100 % of the rows"), "{said}");
    std::fs::write(&file, &good).expect("written");
    let call = ["predict", text(&file), "--target", "happened", "--time", "date", "-o", text(&out)];
    let said = refused(&[&call[..], &["--columns", "nothing=nowhere"]].concat());
    assert!(said.contains("there is no column `nowhere`, but `id`, `date`"), "{said}");
    let said = refused(&[&call[..], &["--columns", "size=kind"]].concat());
    assert!(said.contains("there is a column `size` already"), "{said}");
    for (more, expected) in [
        (&["--from", "soon"][..], "`--from soon`: write a date such as 2026-01-31"),
        (
            &["--from", "2031-01-01"],
            "0 rows of the record happened; at least 10 are needed on that side of `--from 2031-01-01`; rows of which it is known reach from 2025-01-02 to 2025-02-23: write a time between, or leave `--from` out",
        ),
        (
            &["--from", "2024-01-01"],
            "0 rows before the record happened; at least 50 are needed on that side of `--from",
        ),
        (&["--leave-out", "colour"], "there is no column `colour`, but "),
        (&["--subgroups", "id"], "`--subgroups id`: there is no such column, or it is left out"),
        (&["--entity", "date"], "`--entity date`: that is the target or the time"),
        (&["--most-trees", "0"], "the setting `most_trees` is 0"),
        (&["--leave-out", "size,kind,until"], "no column has two different values"),
    ] {
        let said = refused(&[&call[..], more].concat());
        assert!(said.contains(expected), "{expected}: {said}");
    }
}
