//! Who thinks alike: public conversations beside their published groups.

use super::{refused, rows, shared, text, told};
use std::collections::{HashMap, HashSet};

/// How far two groupings agree beyond chance, 1 where they are the same (L. Hubert and P. Arabie, "Comparing partitions", 1985).
fn adjusted_rand(pairs: &[(String, String)]) -> f64 {
    let twos = |counts: HashMap<String, f64>| counts.values().map(|count| count * (count - 1.0) / 2.0).sum::<f64>();
    let count = |of: &dyn Fn(&(String, String)) -> String| {
        let mut counts: HashMap<String, f64> = HashMap::new();
        pairs.iter().for_each(|pair| *counts.entry(of(pair)).or_default() += 1.0);
        twos(counts)
    };
    let (both, one, other) =
        (count(&|pair| format!("{} {}", pair.0, pair.1)), count(&|pair| pair.0.clone()), count(&|pair| pair.1.clone()));
    let all = pairs.len() as f64 * (pairs.len() as f64 - 1.0) / 2.0;
    let chance = one * other / all;
    (both - chance) / (0.5 * (one + other) - chance)
}

#[test]
fn opinion_finds_the_groups_of_public_conversations() {
    let folder = tempfile::tempdir().expect("a folder");
    let (out, comments) = (folder.path().join("groups.csv"), folder.path().join("comments.csv"));
    let conversations = [
        ("brexit-consensus", (5_312, 204, 50), 0.85),
        ("ssis.land-bank-farmland.2rumnecbeh.2021-08-01", (33_530, 404, 297), 0.85),
        ("15-per-hour-seattle", (2_995, 339, 54), 0.85),
        ("vtaiwan.uberx", (49_997, 1_921, 197), 0.85),
        // Known not to be found again: see docs/engines/opinion.md.
        ("football-concussions", (14_924, 1_487, 298), -1.0),
        ("scoop-hivemind.ubi", (7_174, 234, 71), -1.0),
        ("london.youth.policing", (640, 26, 39), -1.0),
    ];
    for (name, (votes, voters, listed), least) in conversations {
        let file = |what: &str| shared(&format!("polis/{name}/{what}.csv"));
        let given = file("votes");
        let found = told(&["opinion", text(&given), "--comments", text(&comments), "-o", text(&out), "--json"]);
        assert_eq!((&found["read"]["votes"], &found["read"]["voters"]), (&votes.into(), &voters.into()), "{name}");
        // Some comments got no vote.
        let spoken: HashSet<String> = rows(&file("votes")).iter().map(|row| row["comment-id"].clone()).collect();
        assert_eq!(rows(&file("comments")).len(), listed, "{name}");
        assert_eq!(found["read"]["comments"], spoken.len(), "{name}");
        let published: HashMap<String, String> = rows(&file("participants-votes"))
            .into_iter()
            .map(|row| (row["participant"].clone(), row["group-id"].clone()))
            .collect();
        let pairs: Vec<(String, String)> = rows(&out)
            .iter()
            .map(|row| (row["group"].clone(), published.get(&row["voter-id"]).cloned().unwrap_or_default()))
            .filter(|(own, theirs)| !own.is_empty() && !theirs.is_empty())
            .collect();
        let index = adjusted_rand(&pairs);
        assert!(index >= least, "{name}: adjusted Rand index {index} over {} voters, {found}", pairs.len());
        for row in rows(&comments) {
            assert!(["stands", "bridges", "divides"].contains(&row["what"].as_str()), "{row:?}");
            assert!(row["chance"].parse::<f64>().expect("a number") <= 0.05, "{row:?}");
            assert!(
                row["votes_by_group"].split(' ').count() == found["found"]["sizes"].as_array().expect("sizes").len()
            );
        }
    }
    // Where a voter stands is the sum of what its votes move it.
    let (given, reasons) = (shared("polis/brexit-consensus/votes.csv"), folder.path().join("reasons.csv"));
    told(&["opinion", text(&given), "--reasons", text(&reasons), "-o", text(&out), "--json"]);
    let mut sums: HashMap<String, [f64; 2]> = HashMap::new();
    for row in rows(&reasons) {
        let sum = sums.entry(row["voter-id"].clone()).or_default();
        for (sum, axis) in sum.iter_mut().zip(["x", "y"]) {
            *sum += row[axis].parse::<f64>().expect("a number");
        }
    }
    for row in rows(&out).iter().filter(|row| !row["x"].is_empty()) {
        let sum = sums[&row["voter-id"]];
        for (axis, sum) in ["x", "y"].into_iter().zip(sum) {
            assert!((row[axis].parse::<f64>().expect("a number") - sum).abs() < 1e-9, "{row:?}: {sum}");
        }
    }
    let file = folder.path().join("votes.csv");
    std::fs::write(&file, "voter-id,comment-id,vote\na,x,1\nb,x,2\n").expect("written");
    let said = refused(&["opinion", text(&file), "-o", text(&out)]);
    assert!(said.contains("votes.csv: line 3: column `vote`: there is `2`; write 1 for agree"), "{said}");
}
