//! Trust among raters: traders whose fraud is known.

use super::coordination::traders;
use super::{refused, rows, text, told};
use std::collections::HashMap;

#[test]
fn trust_tells_fraudulent_traders_better_than_the_plain_rule() {
    let folder = tempfile::tempdir().expect("a folder");
    let (ratings, labels) = traders(folder.path());
    let out = folder.path().join("raters.csv");
    let area = |method: &str| {
        told(&["trust", text(&ratings), "--method", method, "-o", text(&out), "--json"]);
        let known: Vec<(f64, bool)> = rows(&out)
            .iter()
            .filter(|row| row["given"] != "0")
            .filter_map(|row| Some((row["log_odds"].parse().expect("a number"), *labels.get(&row["account"])?)))
            .collect();
        let of = |fraud: bool| known.iter().filter(move |one| one.1 == fraud).map(|one| one.0);
        let (mut sum, mut pairs) = (0.0, 0.0);
        for bad in of(true) {
            for good in of(false) {
                sum += if bad < good { 1.0 } else { f64::from(u8::from(bad == good)) / 2.0 };
                pairs += 1.0;
            }
        }
        sum / pairs
    };
    let (plain, ours) = (area("plain"), area("mixture"));
    assert!((plain - 0.759).abs() < 0.001 && ours >= 0.86, "plain {plain}, ours {ours}");
    let found = rows(&out);
    assert_eq!(found.len(), 5_881);
    let flagged = |flag: &str| found.iter().filter(|row| row["flags"].contains(flag)).count();
    assert_eq!((flagged("in_concert"), flagged("against_others")), (34, 128));

    // The odds of a rater are those taken before, and what its ratings say.
    let reasons = folder.path().join("reasons.csv");
    told(&["trust", text(&ratings), "--reasons", text(&reasons), "-o", text(&out), "--json"]);
    let mut sums: HashMap<String, f64> = HashMap::new();
    for row in rows(&reasons) {
        *sums.entry(row["rater"].clone()).or_insert(9.0_f64.ln()) += row["weight"].parse::<f64>().expect("a number");
    }
    for row in rows(&out).iter().filter(|row| row["given"] != "0") {
        let told: f64 = row["log_odds"].parse().expect("a number");
        assert!((told - sums[&row["account"]]).abs() < 1e-3, "{row:?}: {}", sums[&row["account"]]);
    }
    let said = refused(&["trust", text(&ratings), "--method", "plain", "--reasons", text(&reasons), "-o", text(&out)]);
    assert!(said.contains("`--reasons`: the plain rule weighs no rating"), "{said}");

    // The last rating of a pair counts, whatever line it stands in.
    let file = folder.path().join("again.csv");
    std::fs::write(&file, "rater,rated,rating,time\na,x,1,20\na,x,5,10\nb,x,1,5\nb,y,2,\n").expect("written");
    let told_again = told(&["trust", text(&file), "--things", "-o", text(&out), "--json"]);
    assert_eq!(told_again["read"]["said_again"], 1, "{told_again}");
    let things: Vec<String> = rows(&out).into_iter().map(|row| format!("{}{}", row["account"], row["thing"])).collect();
    assert_eq!(things, ["a", "b", "x", "y"]);
    std::fs::write(&file, "rater,rated,rating\na,x,high\n").expect("written");
    let said = refused(&["trust", text(&file), "-o", text(&out)]);
    assert!(said.contains("again.csv: line 2: column `rating`: there is `high`; write a finite number"), "{said}");
}

#[test]
fn two_ratings_at_one_time_and_numbers_beyond_reckoning_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, out) = (folder.path().join("ratings.csv"), folder.path().join("trust.csv"));
    for (content, expected) in [
        (
            "rater,rated,rating,time\na,x,5,7\na,x,-5,7\n",
            "line 3: column `rating`: there is `-5`; another line has another rating of the same by the same at the same time",
        ),
        (
            "rater,rated,rating\na,x,1e200\n",
            "line 2: column `rating`: there is `1e200`; write a number between -1e100 and 1e100",
        ),
        (
            "rater,rated,rating,rating\na,x,1,2\n",
            "line 1: column `rating` stands there twice; give one of them another name",
        ),
    ] {
        std::fs::write(&file, content).expect("written");
        let said = super::refused(&["trust", super::text(&file), "-o", super::text(&out)]);
        assert!(said.contains(expected), "{said}");
        assert!(!out.exists());
    }
}
