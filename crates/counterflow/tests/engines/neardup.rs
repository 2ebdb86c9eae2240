//! Texts that are nearly the same: the comments of citizens beside the plain definition.

use super::{refused, rows, shared, text, told};
use std::collections::{HashMap, HashSet};

/// Every pair of texts with a Jaccard index of .8 or more, by the plain definition: words, shingles of three, shared over all.
fn alike(texts: &[(String, String)]) -> Vec<(String, String, u32)> {
    let shingles = |text: &str| -> HashSet<String> {
        let lower = text.to_lowercase();
        let quote = |letter: char| letter == '\'' || letter == '’';
        let words: Vec<String> = lower
            .split(|letter: char| !letter.is_alphanumeric() && !quote(letter))
            .map(|word| word.replace(quote, ""))
            .filter(|word| !word.is_empty())
            .collect();
        let size = words.len().clamp(1, 3);
        words.windows(size).map(|run| run.join(" ")).collect()
    };
    let sets: Vec<HashSet<String>> = texts.iter().map(|(_, text)| shingles(text)).collect();
    let mut holders: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut pairs = Vec::new();
    for (right, set) in sets.iter().enumerate() {
        let mut both: HashMap<usize, usize> = HashMap::new();
        for shingle in set {
            let own = holders.entry(shingle).or_default();
            own.iter().for_each(|left| *both.entry(*left).or_default() += 1);
            own.push(right);
        }
        for (left, both) in both {
            let index = both as f64 / (set.len() + sets[left].len() - both) as f64;
            if index >= 0.8 {
                pairs.push((texts[left].0.clone(), texts[right].0.clone(), (index * 1e6).round() as u32));
            }
        }
    }
    pairs.sort_unstable();
    pairs
}

#[test]
fn neardup_finds_the_same_comment_of_citizens() {
    let folder = tempfile::tempdir().expect("a folder");
    let (out, groups) = (folder.path().join("pairs.csv"), folder.path().join("groups.csv"));
    let comments = shared("proposals-decide-madrid/comments.csv");
    let told_of = told(&["neardup", text(&comments), "-o", text(&out), "--json"]);
    let texts: Vec<(String, String)> =
        rows(&comments).into_iter().map(|row| (row["id"].clone(), row["text"].clone())).collect();
    let expected = alike(&texts);
    let mut found: Vec<(String, String, u32)> = rows(&out)
        .into_iter()
        .map(|row| {
            let similarity: f64 = row["similarity"].parse().expect("a number");
            (row["left"].clone(), row["right"].clone(), (similarity * 1e6).round() as u32)
        })
        .collect();
    found.sort_unstable();
    assert!(expected.len() > 3_000, "{} pairs", expected.len());
    assert_eq!(found.len(), expected.len(), "{told_of}");
    assert_eq!(found, expected);
    let grouped = told(&["neardup", text(&comments), "--groups", "-o", text(&groups), "--json", "--threads", "1"]);
    assert_eq!(grouped["found"], told_of["found"], "on one thread and two");
    let group: HashMap<String, String> =
        rows(&groups).into_iter().map(|row| (row["id"].clone(), row["group"].clone())).collect();
    assert_eq!(group.len(), texts.len());
    assert!(found.iter().all(|(left, right, _)| group[left] == group[right]));
    // One text, posted again under a proposal by the same hand or another.
    assert_eq!(group["17629"], "17626");
}

#[test]
fn groups_come_with_the_other_columns_of_their_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, out) = (folder.path().join("texts.csv"), folder.path().join("groups.csv"));
    std::fs::write(&file, "id,who,text\n1,x,one two three four\n2,y,One two three four!\n").expect("written");
    told(&["neardup", text(&file), "--groups", "-o", text(&out), "--json"]);
    let found: Vec<[String; 3]> =
        rows(&out).into_iter().map(|row| ["id", "group", "who"].map(|name| row[name].clone())).collect();
    assert_eq!(found, [["1", "1", "x"], ["2", "1", "y"]]);
    std::fs::write(&file, "id,group,text\n1,x,one\n").expect("written");
    let said = refused(&["neardup", text(&file), "--groups", "-o", text(&out)]);
    assert!(said.contains("line 1: column `group` is what the result adds; rename it"), "{said}");
}

#[test]
fn neardup_says_what_is_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, out) = (folder.path().join("texts.csv"), folder.path().join("pairs.csv"));
    std::fs::write(&file, "id,text\n1,one two three four\n1,five\n").expect("written");
    let said = refused(&["neardup", text(&file), "-o", text(&out)]);
    assert!(said.contains("line 3: column `id`: there is `1`; line 2 has it already"), "{said}");
    let copies: String = (0..40).map(|number| format!("{number},the same words again\n")).collect();
    std::fs::write(&file, format!("id,text\n{copies}")).expect("written");
    let said = refused(&["neardup", text(&file), "-o", text(&out), "--most-pairs", "100"]);
    assert!(said.contains("780 pairs are alike, 100 may be written; say `--groups`"), "{said}");
    let said = refused(&["neardup", text(&file), "-o", text(&out), "--least", "0"]);
    assert!(said.contains("setting `least` is 0; write a share above 0"), "{said}");
    assert!(!out.exists(), "nothing is left half-written");
    told(&["neardup", text(&file), "-o", text(&out), "--reasons", "--json"]);
    assert_eq!(rows(&out)[0]["passage"], "the same words again");
}
