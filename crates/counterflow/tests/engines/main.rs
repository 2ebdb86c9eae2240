//! The engines as people call them: on real data with known truth, on what cannot be read, from and to pipes.

mod forecast;
mod graph;
mod predict;
mod reviews;

use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn shared(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name)
}

fn counterflow(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_counterflow")).args(arguments).output().expect("the program starts")
}

/// The last line of standard output of a call that works, as JSON.
fn told(arguments: &[&str]) -> serde_json::Value {
    let output = counterflow(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    serde_json::from_str(text.lines().last().expect("a line")).expect("JSON")
}

/// What a call that is wrong says. It must end with status 2.
fn refused(arguments: &[&str]) -> String {
    let output = counterflow(arguments);
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    said
}

fn rows(file: &Path) -> Vec<HashMap<String, String>> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(file).expect("a file");
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

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
    for (set, accuracy, f1) in [("product", 0.9385, 0.719), ("dog", 0.8385, 0.0)] {
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
    let mut child = Command::new(env!("CARGO_BIN_EXE_counterflow"))
        .args([&["crowd", "-"][..], &names].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let bytes = std::fs::read(&answers).expect("a file");
    child.stdin.take().expect("a pipe").write_all(&bytes).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    results.push(String::from_utf8(output.stdout).expect("UTF-8"));
    assert!(results.windows(2).all(|pair| pair[0] == pair[1]), "the results differ");

    let (parquet, again) = (folder.path().join("labels.parquet"), folder.path().join("again.jsonl"));
    told(&[&["crowd", text(&answers), "-o", text(&parquet), "--json"][..], &names].concat());
    // A table of labels is a table of answers of one worker.
    let renamed = ["--columns", "worker=second"];
    told(&[&["crowd", text(&parquet), "-o", text(&again), "--method", "majority", "--json"][..], &renamed].concat());
    assert_eq!(std::fs::read_to_string(again).expect("a file").lines().count(), 807);
}

#[test]
fn what_cannot_be_read_is_told_with_its_place_and_what_to_write() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, out) = (folder.path().join("answers.csv"), folder.path().join("labels.csv"));
    let long = format!("task,worker,label\na,b,{}\n", "x".repeat(20 << 20));
    let cases: [(&[u8], &str); 9] = [
        (b"", "answers.csv: the file is empty; write a header `task,worker,label`"),
        (b"task,worker,label\n", "answers.csv: there is a header and no row"),
        (
            b"task,worker,answer\na,b,c\n",
            "answers.csv: line 1: there is no column `label`, but `task`, `worker`, `answer`",
        ),
        (b"task,worker,label\na,b,c\nd,,e\n", "answers.csv: line 3: column `worker`: there is nothing; write a value"),
        (
            b"task,worker,label\na,b,c\na,b,d\n",
            "answers.csv: line 3: worker `b` answered task `a` with `d`, and with `c` in line 2",
        ),
        (b"task,worker,label\na,b,c\nd,e,c\n", "1 labels; write answers with two different labels at least"),
        (long.as_bytes(), "answers.csv: line 2"),
        (b"PAR1 this is none", "answers.csv: "),
        (b"\xff\xfet\0a\0", "answers.csv: "),
    ];
    for (bytes, message) in cases {
        std::fs::write(&file, bytes).expect("written");
        let said = refused(&["crowd", text(&file), "-o", text(&out)]);
        assert!(said.contains(message), "expected `{message}`: {}", &said[..said.len().min(400)]);
        assert!(!out.exists() && !folder.path().join("labels.csv.partial").exists(), "nothing is left behind");
    }
    std::fs::write(&file, "task,worker,label\na,b,1.5\na,c,NaN\n").expect("written");
    let said = refused(&["crowd", text(&file), "--numeric", "-o", text(&out)]);
    assert!(said.contains("line 3: column `label`: there is `NaN`; write a finite number"), "{said}");
    std::fs::write(&file, "task,worker,label\na,b,x\nc,d,y\n").expect("written");
    let gold = folder.path().join("gold.csv");
    std::fs::write(&gold, "task,label\nz,x\n").expect("written");
    let said = refused(&["crowd", text(&file), "--gold", text(&gold), "-o", text(&out)]);
    assert!(said.contains("gold.csv: line 2: column `task`: there is `z`; leave the line out"), "{said}");
    for (arguments, message) in [
        (["crowd", "nowhere.csv", "-o", text(&out)], "nowhere.csv: cannot be read"),
        (["crowd", text(&file), "-o", "labels.doc"], "ends in .csv, .jsonl or .parquet"),
        (["crowd", text(&file), "-o", "nofolder/labels.csv"], "there is no folder `nofolder`"),
        (["crowd", text(&file), "--columns", "task"], "write WANTED=FOUND"),
        (["crowd", text(&file), "--threads", "0"], "write 1 or more"),
    ] {
        let said = refused(&arguments);
        assert!(said.contains(message), "{said}");
    }
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
    for row in rows(&out).iter().take(50) {
        let added: f64 = row
            .iter()
            .filter(|(name, _)| name.ends_with(" adds"))
            .filter_map(|(_, weight)| weight.parse::<f64>().ok())
            .sum();
        assert!(added > row["weight"].parse::<f64>().expect("a weight"), "the prior speaks against any pair: {row:?}");
    }
}

#[test]
fn place_keeps_every_limit_and_says_why_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("clients.csv", "client,need\na,x\nb,x\nc,y\nd,y\n");
    write("facilities.csv", "facility,capacity\nnorth,1\nsouth,2\n");
    write(
        "options.csv",
        "client,facility,utility,cost\na,north,9,50\nb,north,8,50\nb,south,3,40\nc,south,7,40\nd,south,2,40\n",
    );
    write("budget.csv", "budget\n140\n");
    let (out, places) = (folder.path().join("out.csv"), folder.path().join("places.csv"));
    let folder_text = text(folder.path());
    let found = told(&["place", folder_text, "-o", text(&out), "--places", text(&places), "--json"]);
    assert_eq!((&found["value"], &found["placed"]), (&19.0.into(), &3.into()), "{found}");
    assert!(found["gap"].as_f64().expect("a gap") < 0.05, "{found}");
    let by_client: HashMap<String, HashMap<String, String>> =
        rows(&out).into_iter().map(|row| (row["client"].clone(), row)).collect();
    let of = |client: &str, column: &str| by_client[client][column].clone();
    assert_eq!(
        (of("a", "facility"), of("b", "facility"), of("d", "facility")),
        ("north".into(), "south".into(), String::new())
    );
    assert_eq!((of("b", "liked_better"), of("b", "better_by")), ("north".into(), "5".into()));
    assert!(!of("b", "why_not").is_empty() && of("a", "why_not").is_empty());
    assert_eq!(rows(&places).len(), 2);

    write("together.csv", "set,client\ns,b\ns,d\n");
    let found = told(&["place", folder_text, "-o", text(&out), "--json"]);
    let homes: Vec<String> =
        rows(&out).into_iter().map(|row| format!("{} {}", row["client"], row["facility"])).collect();
    assert!(homes.contains(&"b south".to_owned()) == homes.contains(&"d south".to_owned()), "{homes:?} {found}");
    write("apart.csv", "client,other\nb,d\n");
    let said = refused(&["place", folder_text, "-o", text(&out)]);
    assert!(said.contains("clients `b` and `d` must be apart, but they must be together"), "{said}");
    write("apart.csv", "client,other\nb,nobody\n");
    let said = refused(&["place", folder_text, "-o", text(&out)]);
    assert!(
        said.contains("apart.csv: line 2: column `other`: there is `nobody`; clients.csv has no such client"),
        "{said}"
    );
    std::fs::remove_file(folder.path().join("apart.csv")).expect("it is there");
    write("fixed.csv", "client,facility\na,north\nb,north\n");
    let said = refused(&["place", folder_text, "-o", text(&out)]);
    assert!(
        said.contains(
            "clients `b` and `d` must be together, but the other is not allowed where the one is fixed: `north`"
        ),
        "{said}"
    );
    std::fs::remove_file(folder.path().join("together.csv")).expect("it is there");
    let said = refused(&["place", folder_text, "-o", text(&out)]);
    assert!(said.contains("facility `north` has 1 places and 2 clients are fixed in it: 1 too many"), "{said}");
    write("fixed.csv", "client,facility\na,south\n");
    let said = refused(&["place", folder_text, "-o", text(&out)]);
    assert!(
        said.contains("fixed.csv: line 2: column `facility`: there is `south`; options.csv does not allow it"),
        "{said}"
    );
    std::fs::remove_file(folder.path().join("fixed.csv")).expect("it is there");
    write("options.csv", "client,facility,utility,cost\na,north,9,50\na,north,8,50\n");
    let said = refused(&["place", folder_text, "-o", text(&out)]);
    assert!(said.contains("options.csv: line 3: client `a` and facility `north` stand in line 2 already"), "{said}");
    write("budget.csv", "budget\n-1\n");
    let said = refused(&["place", folder_text, "-o", text(&out)]);
    assert!(said.contains("budget.csv: line 2: column `budget`: there is `-1`; write 0 or more"), "{said}");
    let said = refused(&["place", folder_text, "--columns", "client=person", "-o", text(&out)]);
    assert!(said.contains("`--columns client=person`: the files of a folder have fixed columns"), "{said}");
}

#[test]
fn engines_leave_what_they_were_given_alone() {
    // The same names in both files of a link are two records, and a result goes to one place only.
    let folder = tempfile::tempdir().expect("a folder");
    let (one, other) = (folder.path().join("one.csv"), folder.path().join("other.csv"));
    let lines = |shift: usize| {
        let mut text = "id,name,town\n".to_owned();
        for number in 0..200 {
            text.push_str(&format!(
                "{},name of {} house,town{}\n",
                number,
                (number + shift) * 7919 % 1009,
                number % 20
            ));
        }
        text
    };
    std::fs::write(&one, lines(0)).expect("written");
    std::fs::write(&other, lines(0)).expect("written");
    let (out, clusters) = (folder.path().join("pairs.csv"), folder.path().join("things.csv"));
    told(&["link", text(&one), text(&other), "-o", text(&out), "--clusters", text(&clusters), "--json"]);
    let things: HashSet<String> = rows(&clusters).into_iter().map(|row| row["thing"].clone()).collect();
    assert_eq!(things.len(), 200, "each record of one file means one of the other");
    std::fs::write(&other, "id,name\n1,a\n1,b\n").expect("written");
    let said = refused(&["link", text(&other), "-o", text(&out)]);
    assert!(said.contains("line 3: column `id`: `1` names the record of line 2 already"), "{said}");
    let said = refused(&["link", text(&one), text(&other), "-o", text(&out)]);
    assert!(said.contains("other.csv: line 3: column `id`: `1` names"), "of the second file as well: {said}");
}

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

/// The ratings among traders with a header, and the labels that are known: true for fraud.
fn traders(folder: &Path) -> (PathBuf, HashMap<String, bool>) {
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
    let found = told(&["coordination", text(&shares), "--texts", "-o", text(&out), "--json"]);
    let accounts: Vec<String> = rows(&out).into_iter().map(|row| row["account_id"].clone()).collect();
    assert_eq!(accounts, ["a", "b", "c"], "{found}");
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
    let file = folder.path().join("votes.csv");
    std::fs::write(&file, "voter-id,comment-id,vote\na,x,1\nb,x,2\n").expect("written");
    let said = refused(&["opinion", text(&file), "-o", text(&out)]);
    assert!(said.contains("votes.csv: line 3: column `vote`: there is `2`; write 1 for agree"), "{said}");
}
