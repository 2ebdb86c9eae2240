//! What is true when many answer: real answers with gold, workers, tags, any number of threads, a pipe.

use super::{counterflow, piped, refused, rows, shared, text, told};
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
        let truth = shared(&format!("crowd-truth/{set}/truth.csv"));
        let beside = ["--truth", text(&truth), "--truth-columns", "task=question,label=truth"];
        let called = ["crowd", text(&answers), "--columns", names, "-o", text(&out)];
        let found = told(&[&called[..], &beside, &["--json"]].concat());
        assert_eq!(found["found"]["settled"], true, "{found}");
        let (right, of_same) = against(&shared(&format!("crowd-truth/{set}/truth.csv")), &out);
        assert!(right >= accuracy && of_same >= f1, "{set}: accuracy {right}, F1 {of_same}");
        // What the program tells of it is what the labels say, and nothing was inferred from it.
        let told_truth = &found["found"]["truth"];
        assert!((told_truth["accuracy"].as_f64().expect("a number") - right).abs() < 1e-12, "{told_truth}");
        let table = told_truth["table"].as_array().expect("a table");
        let number = |part: &serde_json::Value, name: &str| part[name].as_f64().expect("a number");
        assert_eq!(table.iter().map(|part| number(part, "number")).sum::<f64>(), number(told_truth, "known"));
        let summed: f64 = table.iter().map(|part| number(part, "number") * number(part, "right")).sum();
        assert!((summed / number(told_truth, "known") - right).abs() < 1e-9, "{told_truth}");
        let surest = table.last().expect("a part");
        assert!(number(surest, "told") > 0.95 && number(surest, "right") > 0.84, "{set}: {surest}");
        let alone = folder.path().join("alone.csv");
        told(&["crowd", text(&answers), "--columns", names, "-o", text(&alone), "--json"]);
        let read = |path: &Path| std::fs::read_to_string(path).expect("a file");
        assert_eq!(read(&out), read(&alone));
        // On the terminal as a table.
        let called = counterflow(&[&called[..], &beside].concat());
        let said = String::from_utf8_lossy(&called.stderr).into_owned();
        assert!(said.contains("0.95 to 1.00") && said.contains("known ones are right"), "{said}");
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
    tags.push_str("p0,w0,boat\n");
    std::fs::write(&file, tags).expect("written");
    let found = told(&["crowd", text(&file), "--tags", "-o", text(&out), "--json"]);
    assert_eq!(found["read"]["said_twice"], 1, "{found}");
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

#[test]
fn crowd_tells_why_and_which_files_it_went_by() {
    let folder = tempfile::tempdir().expect("a folder");
    let [out, why, gold, groups] =
        ["labels.csv", "why.csv", "gold.csv", "groups.csv"].map(|name| folder.path().join(name));
    let answers = shared("crowd-truth/dog/answer.csv");
    std::fs::write(&gold, "task,label\n1,3\n").expect("written");
    std::fs::write(&groups, "task,group\n1,x\n").expect("written");
    let names = "task=question,label=answer";
    let files = ["--gold", text(&gold), "--task-groups", text(&groups), "--reasons", text(&why)];
    let found =
        told(&[&["crowd", text(&answers), "--columns", names, "-o", text(&out), "--json"][..], &files].concat());
    let parameters = &found["parameters"];
    assert_eq!((&parameters["gold"], &parameters["task_groups"]), (&text(&gold).into(), &text(&groups).into()));
    assert!(parameters["worker_groups"].is_null() && parameters["truth"].is_null(), "{parameters}");
    let given: HashMap<(String, String), String> = rows(&answers)
        .into_iter()
        .map(|row| ((row["question"].clone(), row["worker"].clone()), row["answer"].clone()))
        .collect();
    let labels: HashMap<String, String> =
        rows(&out).into_iter().map(|row| (row["task"].clone(), row["label"].clone())).collect();
    assert_eq!(labels["1"], "3");
    let mut weights: HashMap<String, f64> = HashMap::new();
    let reasons = rows(&why);
    assert_eq!(reasons.len(), given.len());
    for row in &reasons {
        assert_eq!(given[&(row["task"].clone(), row["worker"].clone())], row["label"], "{row:?}");
        let number = |name: &str| row[name].parse::<f64>().expect("a number");
        *weights.entry(row["task"].clone()).or_default() += number("weight");
        assert_eq!(row["speaks_for"] == labels[&row["task"]], number("evidence") >= 0.0, "{row:?}");
    }
    assert!(weights.len() == labels.len() && weights.values().all(|sum| (sum - 1.0).abs() < 1e-6));
}

#[test]
fn crowd_takes_known_tags_and_groups_of_tagged_tasks() {
    let folder = tempfile::tempdir().expect("a folder");
    let [file, gold, groups, truth, out, why] =
        ["tags.csv", "gold.csv", "groups.csv", "truth.csv", "accepted.csv", "why.csv"]
            .map(|name| folder.path().join(name));
    // Three who agree on what is wrong, two who know.
    let (mut tags, mut known, mut of_group) = (TASK.to_owned(), "task,label\n".to_owned(), "task,group\n".to_owned());
    let mut true_tags = known.clone();
    for task in 0..60 {
        let right = if task % 2 == 0 { "river" } else { "sea" };
        for worker in 0..5 {
            tags.push_str(&format!("p{task},w{worker},{}\n", if worker < 2 { right } else { "boat" }));
        }
        *(if task < 20 { &mut known } else { &mut true_tags }) += &format!("p{task},{right}\n");
        of_group.push_str(&format!("p{task},{}\n", task % 2));
    }
    for (path, text) in [(&file, &tags), (&gold, &known), (&groups, &of_group), (&truth, &true_tags)] {
        std::fs::write(path, text).expect("written");
    }
    let files =
        ["--gold", text(&gold), "--task-groups", text(&groups), "--truth", text(&truth), "--reasons", text(&why)];
    let found = told(&[&["crowd", text(&file), "--tags", "-o", text(&out), "--json"][..], &files].concat());
    assert_eq!((&found["found"]["truth"]["known"], &found["found"]["truth"]["accuracy"]), (&80.into(), &1.0.into()));
    for row in rows(&out) {
        assert_eq!(row["accepted"], if row["label"] == "boat" { "no" } else { "yes" }, "{row:?}");
    }
    assert!(
        rows(&why)
            .iter()
            .all(|row| (row["said"] == "yes") == ((row["label"] == "boat") == (row["worker"].as_str() >= "w2")))
    );
}

const TASK: &str = "task,worker,label\n";

#[test]
fn crowd_of_numbers_takes_what_is_known_and_tells_of_workers() {
    let folder = tempfile::tempdir().expect("a folder");
    let [file, gold, truth, out, workers] =
        ["numbers.csv", "gold.csv", "truth.csv", "values.csv", "workers.csv"].map(|name| folder.path().join(name));
    let (mut numbers, mut known, mut others) = (TASK.to_owned(), "task,label\n".to_owned(), "task,label\n".to_owned());
    // All say 10 too much, each in their own way; the last says 7 always.
    for task in 0..60u32 {
        let value = f64::from(task * 37 % 60);
        for worker in 0..5u32 {
            let off = f64::from((task * 13 + worker * worker * 29 + task * worker * 7) % 11) / 5.0 - 1.0;
            numbers.push_str(&format!("t{task},w{worker},{:.3}\n", value + 10.0 + off + f64::from(worker) / 7.0));
        }
        numbers.push_str(&format!("t{task},same,7\n"));
        *(if task < 15 { &mut known } else { &mut others }) += &format!("t{task},{value}\n");
    }
    for (path, text) in [(&file, &numbers), (&gold, &known), (&truth, &others)] {
        std::fs::write(path, text).expect("written");
    }
    let all = ["--gold", text(&gold), "--truth", text(&truth), "--workers", text(&workers)];
    let found = told(&[&["crowd", text(&file), "--numeric", "-o", text(&out), "--json"][..], &all].concat());
    let truth_told = &found["found"]["truth"];
    assert_eq!((&truth_told["known"], &found["found"]["settled"]), (&45.into(), &true.into()), "{found}");
    assert!(truth_told["root_mean_square_error"].as_f64().expect("a number") < 1.0, "{found}");
    assert!(found["found"]["all_may_be_off_by"].is_null() && found["parameters"]["gold"] == text(&gold), "{found}");
    for row in rows(&workers) {
        let number = |name: &str| row[name].parse::<f64>().expect("a number");
        assert!(number("low") < number("bias") && number("bias") < number("high"), "{row:?}");
        assert_eq!(row["flags"].contains("always_the_same"), row["worker"] == "same", "{row:?}");
        assert!(row["worker"] == "same" || (number("bias") - 10.0).abs() < 1.5, "{row:?}");
    }
    // Told on the terminal where it was not settled.
    let hasty = counterflow(&["crowd", text(&file), "--numeric", "--most-rounds", "4", "-o", text(&out)]);
    let said = String::from_utf8_lossy(&hasty.stderr).into_owned();
    assert!(said.contains("values still moved at the end: raise --most-rounds"), "{said}");
}

#[test]
fn crowd_of_numbers_refuses_what_it_cannot_take() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, out) = (folder.path().join("numbers.csv"), folder.path().join("values.csv"));
    std::fs::write(&file, format!("{TASK}a,w,1\na,w,9\na,v,2\nb,v,3\nb,w,4\n")).expect("written");
    let said = refused(&["crowd", text(&file), "--numeric", "-o", text(&out)]);
    assert!(said.contains("line 3: worker `w` answered task `a` with `9`, and with `1` in line 2; keep one"), "{said}");
    std::fs::write(&file, format!("{TASK}a,w,1e200\na,v,-1e200\nb,v,3\nb,w,4\n")).expect("written");
    let said = refused(&["crowd", text(&file), "--numeric", "-o", text(&out)]);
    assert!(said.contains("line 2: column `label`: there is `1e200`"), "{said}");
    assert!(!out.exists());
    std::fs::write(&file, format!("{TASK}a,w,1\na,w,1\na,v,2\nb,v,3\nb,w,4\n")).expect("written");
    for option in
        ["--method=majority", "--tolerance=0.1", "--worker-groups=g.csv", "--task-groups=g.csv", "--reasons=r.csv"]
    {
        let said = refused(&["crowd", text(&file), "--numeric", option, "-o", text(&out)]);
        let name = option.split('=').next().expect("a name");
        assert!(said.contains(&format!("`{name}` and `--numeric`: ")) && said.ends_with("leave it out"), "{said}");
    }
    let found = told(&["crowd", text(&file), "--numeric", "-o", text(&out), "--json"]);
    assert_eq!(found["read"]["said_twice"], 1);
    for row in rows(&out) {
        let number = |name: &str| row[name].parse::<f64>().expect("a number");
        let near = if row["task"] == "a" { 0.5..2.5 } else { 2.5..4.5 };
        assert!(near.contains(&number("value")) && number("low") < number("high"), "{row:?}");
    }
}

#[test]
fn crowd_is_compared_only_with_what_was_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let [file, truth, out] = ["answers.csv", "truth.csv", "labels.csv"].map(|name| folder.path().join(name));
    std::fs::write(&file, format!("{TASK}a,v,1\na,w,1\nb,v,2\nb,w,2\n")).expect("written");
    for option in [&[][..], &["--tags"], &["--numeric"]] {
        let called = [&["crowd", text(&file), "-o", text(&out), "--truth", text(&truth)][..], option].concat();
        // No task of it was answered.
        std::fs::write(&truth, "task,label\nx1,1\nx2,2\n").expect("written");
        let said = refused(&called);
        let wanted =
            "truth.csv: line 2: column `task`: there is `x1`; no task of this file was answered: write tasks as `";
        assert!(said.contains(wanted) && said.contains("answers.csv` has them, such as `a`"), "{said}");
        assert!(!out.exists());
        // Some were.
        std::fs::write(&truth, "task,label\nx1,1\nb,2\nx2,2\nx2,2\n").expect("written");
        let found = told(&[&called[..], &["--json"]].concat());
        let beside = &found["found"]["truth"];
        assert_eq!((&beside["known"], &beside["not_answered"]), (&1.into(), &2.into()), "{option:?}: {found}");
        let said = String::from_utf8_lossy(&counterflow(&called).stderr).into_owned();
        assert!(said.contains("; 2 known tasks were left out, as nobody answered them"), "{said}");
        std::fs::remove_file(&out).expect("removed");
    }
}

#[test]
fn crowd_takes_other_names_of_columns_of_what_is_known() {
    let folder = tempfile::tempdir().expect("a folder");
    let [file, known, out] = ["answers.csv", "known.csv", "labels.csv"].map(|name| folder.path().join(name));
    std::fs::write(&file, format!("{TASK}a,v,1\na,w,1\nb,v,2\nb,w,1\n")).expect("written");
    std::fs::write(&known, "question,answer\nb,2\n").expect("written");
    for (option, columns) in [("--gold", "--gold-columns"), ("--truth", "--truth-columns")] {
        for more in [&[][..], &["--tags"], &["--numeric"]] {
            let called = [&["crowd", text(&file), "-o", text(&out), option, text(&known)][..], more].concat();
            let said = refused(&called);
            assert!(said.contains("known.csv: line 1: there is no column `task`, but `question`, `answer`"), "{said}");
            assert!(said.contains(&format!("`{columns} task=NAME`")), "{said}");
            told(&[&called[..], &[columns, "task=question,label=answer", "--json"]].concat());
        }
        let alone = counterflow(&["crowd", text(&file), "-o", text(&out), columns, "task=question"]);
        assert!(String::from_utf8_lossy(&alone.stderr).contains(option), "nothing says which file is meant");
        assert_eq!(alone.status.code(), Some(2));
    }
}

#[test]
fn crowd_takes_it_when_all_agree() {
    let folder = tempfile::tempdir().expect("a folder");
    let [file, out, workers, why] =
        ["answers.csv", "labels.csv", "workers.csv", "why.csv"].map(|name| folder.path().join(name));
    let answers: String = (0..20).map(|place| format!("t{},w{},yes\n", place / 4, place % 4)).collect();
    std::fs::write(&file, format!("{TASK}{answers}")).expect("written");
    for method in ["hierarchical", "dawid-skene", "one-coin", "wawa", "majority"] {
        let files = ["--workers", text(&workers), "--reasons", text(&why), "--json"];
        let found = told(&[&["crowd", text(&file), "-o", text(&out), "--method", method][..], &files].concat());
        assert_eq!((&found["read"]["labels"], &found["found"]["labels"]), (&1.into(), &5.into()), "{found}");
        for row in rows(&out) {
            let sure = row["confidence"].parse::<f64>().expect("a number");
            assert!(
                row["label"] == "yes" && row["second"].is_empty() && sure > 0.9 && sure <= 1.0,
                "{method}: {row:?}"
            );
        }
        for row in rows(&workers) {
            assert!(row["flags"].is_empty() && row["copies"].is_empty(), "{method}: {row:?}");
        }
        assert!(rows(&why).iter().all(|row| row["speaks_for"] == "yes"), "{method}");
    }
}
