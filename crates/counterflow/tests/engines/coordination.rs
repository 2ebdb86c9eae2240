//! Accounts that act together: traders who rate the same accounts at the same time.

use super::{refused, rows, shared, text, told};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The ratings among traders with a header, and the labels that are known: true for fraud.
pub(crate) fn traders(folder: &Path) -> (PathBuf, HashMap<String, bool>) {
    let ratings = std::fs::read_to_string(shared("trust-bitcoin/soc-sign-bitcoinotc.csv")).expect("a file");
    let file = folder.join("ratings.csv");
    std::fs::write(&file, format!("rater,rated,rating,time\n{ratings}")).expect("written");
    let labels = std::fs::read_to_string(shared("trust-bitcoin/otc_gt_half.csv")).expect("a file");
    let label = |line: &str| line.split_once(',').map(|(name, label)| (name.to_owned(), label.trim() == "-1"));
    (file, labels.lines().filter_map(label).collect())
}

#[test]
fn coordination_finds_traders_who_rate_the_same_accounts_within_a_minute() {
    let folder = tempfile::tempdir().expect("a folder");
    let (ratings, labels) = traders(folder.path());
    let file = |name: &str| folder.path().join(name);
    let (out, ties, objects) = (file("groups.csv"), file("ties.csv"), file("objects.csv"));
    let call = [
        "coordination",
        text(&ratings),
        "--columns",
        "object_id=rated,account_id=rater,timestamp_share=time",
        "--ties",
        text(&ties),
        "--objects",
        text(&objects),
        "-o",
        text(&out),
        "--json",
    ];
    let found = told(&call);
    assert_eq!(found["read"], serde_json::json!({"shares": 35_592, "accounts": 4_814, "objects": 5_858}));
    let groups = rows(&out);
    assert_eq!((groups.len(), &found["found"]["groups"]), (34, &8.into()), "{found}");
    assert_eq!(found["found"]["independent_accounts"], 4_814 - 34 + 8);
    // Every account among them of which it is known what it was, was fraudulent.
    let known: Vec<bool> = groups.iter().filter_map(|row| labels.get(&row["account_id"]).copied()).collect();
    assert_eq!(known, vec![true; 13]);
    assert!(rows(&ties).iter().all(|row| row["objects"].parse::<u32>().expect("a number") >= 2));
    assert!(rows(&objects).iter().all(|row| row["accounts"].parse::<u32>().expect("a number") >= 2));

    // The same rows in another order, on one thread, give the same file.
    let first = std::fs::read_to_string(&out).expect("a file");
    let lines = std::fs::read_to_string(&ratings).expect("a file");
    let (header, rest) = lines.split_once('\n').expect("a header");
    let turned: Vec<&str> = std::iter::once(header).chain(rest.lines().rev()).collect();
    std::fs::write(&ratings, turned.join("\n")).expect("written");
    told(&[&call[..], &["--threads", "1"]].concat());
    assert_eq!(first, std::fs::read_to_string(&out).expect("a file"));
}

#[test]
fn coordination_reads_times_and_texts_and_refuses_what_are_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let (shares, out) = (folder.path().join("shares.csv"), folder.path().join("groups.csv"));
    let mut posts = "account_id,text,timestamp_share\n".to_owned();
    for day in 1..=9 {
        for account in ["a", "b", "c"] {
            let text = format!("The home at number {day} {}0 is the best one in town; believe me", day % 4);
            posts.push_str(&format!("{account},{text}!,2026-01-0{day}T09:30:0{day}Z\n"));
        }
        for account in 0..90 {
            let text = format!("Visit {} of {} was fine; {} thanks", account * day, account, day * 7919 % 97);
            posts.push_str(&format!("p{account},{text},2026-01-0{day} 1{}:{}:00\n", day, 10 + account % 50));
        }
    }
    std::fs::write(&shares, &posts).expect("written");
    let voices = folder.path().join("voices.csv");
    let call = ["coordination", text(&shares), "--texts", "-o", text(&out), "--voices", text(&voices), "--json"];
    let found = told(&call);
    let accounts: Vec<String> = rows(&out).into_iter().map(|row| row["account_id"].clone()).collect();
    assert_eq!(accounts, ["a", "b", "c"], "{found}");
    // What three said in concert is one voice, whatever else was said.
    let of_three: Vec<HashMap<String, String>> =
        rows(&voices).into_iter().filter(|row| row["object_id"].starts_with("The home at number")).collect();
    assert!(!of_three.is_empty() && of_three.iter().all(|row| (&*row["accounts"], &*row["independent"]) == ("3", "1")));
    let objects = ["--columns", "object_id=text"];
    for (time, message) in [
        ("yesterday", "column `timestamp_share`: there is `yesterday`; write seconds since 1970, or a moment such as"),
        ("1767225600000", "say `--milliseconds` if these are thousandths of a second"),
        ("NaN", "write seconds since 1970"),
        ("", "there is nothing; write a value"),
    ] {
        std::fs::write(&shares, format!("account_id,text,timestamp_share\nx,y,1.5\nx,y,{time}\n")).expect("written");
        let said = refused(&[&["coordination", text(&shares), "-o", text(&out)][..], &objects].concat());
        assert!(said.contains("shares.csv: line 3") && said.contains(message), "{said}");
    }
    let said = refused(&[&["coordination", text(&shares), "--window", "0"][..], &objects].concat());
    assert!(said.contains("line 3") || said.contains("window"), "{said}");
}
