//! What is true when many answer: real answers with gold, workers, tags, any number of threads, a pipe.

use super::{piped, rows, shared, text, told};
use std::collections::HashMap;
use std::path::Path;

/// Accuracy, and F1 of the label `1`.
fn against(truth: &Path, labels: &Path) -> (f64, f64) {
    let truth: HashMap<String, String> =
        rows(truth).into_iter().map(|row| (row["question"].clone(), row["truth"].clone())).collect();
    let (mut right, mut all, mut both, mut given, mut wanted) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for row in rows(labels) {
        let Some(truth) = truth.get(&row["task"]) else { continue };
        all += 1.0;
        right += f64::from(u8::from(*truth == row["label"]));
        both += f64::from(u8::from(*truth == "1" && row["label"] == "1"));
        given += f64::from(u8::from(row["label"] == "1"));
        wanted += f64::from(u8::from(*truth == "1"));
    }
    (right / all, 2.0 * both / (given + wanted))
}

#[test]
fn crowd_is_right_on_real_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("labels.csv");
    let names = "task=question,label=answer";
    for (set, accuracy, f1) in [("product", 0.938, 0.72), ("dog", 0.839, 0.0)] {
        let answers = shared(&format!("crowd-truth/{set}/answer.csv"));
        let found = told(&["crowd", text(&answers), "--columns", names, "-o", text(&out), "--json"]);
        assert_eq!(found["found"]["settled"], true, "{found}");
        let (right, of_same) = against(&shared(&format!("crowd-truth/{set}/truth.csv")), &out);
        assert!(right >= accuracy && of_same >= f1, "{set}: accuracy {right}, F1 {of_same}");
    }
}

#[test]
fn crowd_answers_the_same_on_any_number_of_threads_and_from_a_pipe() {
    let folder = tempfile::tempdir().expect("a folder");
    let answers = shared("crowd-truth/dog/answer.csv");
    let names = ["--columns", "task=question,label=answer"];
    let mut results = Vec::new();
    for threads in ["1", "2"] {
        let out = folder.path().join(format!("{threads}.csv"));
        told(&[&["crowd", text(&answers), "-o", text(&out), "--threads", threads, "--json"][..], &names].concat());
        results.push(std::fs::read_to_string(out).expect("a file"));
    }
    results.push(piped(&[&["crowd", "-"][..], &names].concat(), &std::fs::read(&answers).expect("a file")));
    assert!(results.windows(2).all(|pair| pair[0] == pair[1]), "the results differ");

    let (parquet, again) = (folder.path().join("labels.parquet"), folder.path().join("again.jsonl"));
    told(&[&["crowd", text(&answers), "-o", text(&parquet), "--json"][..], &names].concat());
    // A table of labels is a table of answers of one worker.
    let renamed = ["--columns", "worker=second"];
    told(&[&["crowd", text(&parquet), "-o", text(&again), "--method", "majority", "--json"][..], &renamed].concat());
    assert_eq!(std::fs::read_to_string(again).expect("a file").lines().count(), 807);
}

#[test]
fn crowd_tells_of_workers_and_takes_tags() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, out) = (folder.path().join("tags.csv"), folder.path().join("accepted.csv"));
    let mut tags = "task,worker,label\n".to_owned();
    for task in 0..60 {
        for worker in 0..5 {
            tags.push_str(&format!("p{task},w{worker},boat\n"));
            if worker < 4 {
                tags.push_str(&format!("p{task},w{worker},{}\n", if task % 2 == 0 { "river" } else { "sea" }));
            }
        }
        tags.push_str(&format!("p{task},w4,nonsense{}\n", task % 7));
    }
    std::fs::write(&file, tags).expect("written");
    told(&["crowd", text(&file), "--tags", "-o", text(&out), "--json"]);
    for row in rows(&out) {
        let wanted = if row["label"].starts_with("nonsense") { "no" } else { "yes" };
        assert_eq!(row["accepted"], wanted, "{row:?}");
    }
    let workers = folder.path().join("workers.csv");
    let answers = shared("crowd-truth/product/answer.csv");
    let names = "task=question,label=answer";
    told(&["crowd", text(&answers), "--columns", names, "-o", text(&out), "--workers", text(&workers), "--json"]);
    let found = rows(&workers);
    assert_eq!(found.len(), 176);
    for row in &found {
        let number = |name: &str| row[name].parse::<f64>().expect("a number");
        assert!(
            number("low") <= number("reliability") + 1e-9 && number("reliability") <= number("high") + 1e-9,
            "{row:?}"
        );
    }
}
