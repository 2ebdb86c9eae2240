//! The engines as people call them: on real data with known truth, on what cannot be read, from and to pipes.

mod coordination;
mod crowd;
mod forecast;
mod graph;
mod link;
mod neardup;
mod opinion;
mod place;
mod predict;
mod reviews;
mod trust;

use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn shared(name: &str) -> PathBuf {
    Path::new("../../../shared/data").join(name)
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

/// Standard output of a call that reads these bytes from standard input.
fn piped(arguments: &[&str], bytes: &[u8]) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_counterflow"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(bytes).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
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

#[test]
fn what_cannot_be_read_is_told_with_its_place_and_what_to_write() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, out) = (folder.path().join("answers.csv"), folder.path().join("labels.csv"));
    let long = format!("task,worker,label\na,b,{}\n", "x".repeat(20 << 20));
    let cases: [(&[u8], &str); 10] = [
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
        (long.as_bytes(), "answers.csv: line 2"),
        (b"PAR1 this is none", "answers.csv: "),
        (b"\xff\xfet\0a\0", "answers.csv: "),
        (
            b"task,worker,label,Stra\xdfe\na,b,c,d\n",
            "answers.csv: line 1: column `Stra\u{fffd}e`: wrong bytes: there is `Stra\u{fffd}e`; the file is not UTF-8",
        ),
        (
            b"task,worker,label\na,b,c\na,Jos\xe9,d\n",
            "answers.csv: line 3: column `worker`: wrong bytes: there is `Jos\u{fffd}`; the file is not UTF-8; save it as such, or say its encoding, such as `--encoding windows-1252`",
        ),
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
    // A file beside the first has names of columns of its own.
    std::fs::write(&gold, "question,truth\na,x\n").expect("written");
    let said = refused(&["crowd", text(&file), "--gold", text(&gold), "-o", text(&out)]);
    assert!(
        said.ends_with(
            "gold.csv: line 1: there is no column `task`, but `question`, `truth`; write it into the header, or say `--gold-columns task=NAME`"
        ),
        "{said}"
    );
    let said = refused(&["crowd", text(&file), "--workers", text(&out), "-o", text(&out)]);
    assert!(said.contains("labels.csv`: two results would go there; name two files"), "{said}");
    for (arguments, message) in [
        (["crowd", "nowhere.csv", "-o", text(&out)], "nowhere.csv: cannot be read"),
        (["crowd", text(&file), "-o", "labels.doc"], "ends in .csv, .jsonl or .parquet"),
        (["crowd", text(&file), "-o", "nofolder/labels.csv"], "there is no folder `nofolder`"),
        (["crowd", text(&file), "--columns", "task"], "write WANTED=FOUND"),
        (["crowd", text(&file), "--threads", "0"], "write 1 or more"),
        (["crowd", text(&file), "--encoding", "latin-99"], "`latin-99` is no encoding; write a label"),
    ] {
        let said = refused(&arguments);
        assert!(said.contains(message), "{said}");
    }
}

#[test]
fn text_of_another_encoding_is_read_where_it_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let [file, out] = ["votes.csv", "groups.csv"].map(|name| folder.path().join(name));
    std::fs::write(&file, b"task,worker,label\na,b,caf\xe9\na,c,tea\na,d,caf\xe9\n").expect("written");
    let told = told(&["crowd", text(&file), "--encoding", "windows-1252", "-o", text(&out), "--json"]);
    assert_eq!(told["parameters"]["encoding"], "windows-1252");
    assert!(std::fs::read_to_string(&out).expect("written").contains("caf\u{e9}"));
    // A mark says it as well.
    let marked: Vec<u8> = "\u{feff}task,worker,label\na,b,caf\u{e9}\na,c,tea\na,d,caf\u{e9}\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(piped(&["crowd", "-"], &marked).contains("caf\u{e9}"));
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

/// The files that each command can read, written into a folder: what it is called with, and each file that is read.
fn all_that_is_read(folder: &Path) -> Vec<(Vec<String>, Vec<PathBuf>)> {
    let write = |name: &str, content: &str| {
        let file = folder.join(name);
        std::fs::write(&file, content).expect("written");
        file
    };
    let numbered = |header: &str, line: &dyn Fn(usize) -> String| {
        let lines: Vec<String> = (0..80).map(line).collect();
        format!("{header}\n{}\n", lines.join("\n"))
    };
    let answers = write("answers.csv", "task,worker,label\na,b,x\na,c,x\nd,b,y\nd,c,x\n");
    let [gold, truth] = ["gold.csv", "truth.csv"].map(|name| write(name, "task,label\na,x\n"));
    let workers = write("workers.csv", "worker,group\nb,one\n");
    let tasks = write("tasks.csv", "task,group\na,one\n");
    let record = |row: usize| format!("{row},name of {} house,town{}", row * 7919 % 1009, row % 20);
    let [left, right] = ["left.csv", "right.csv"].map(|name| write(name, &numbered("id,name,town", &record)));
    let labels = write("labels.csv", "left,right,same\n1,1,yes\n");
    let texts = write("texts.csv", "id,text\na,one text\nb,another text\n");
    let train = write("train.csv", "text,label\ngood,1\nbad,0\n");
    let series =
        write("series.csv", &numbered("ds,y", &|day| format!("2025-{:02}-{:02},{day}", 1 + day / 28, 1 + day % 28)));
    let holidays = write("holidays.csv", "ds\n2025-01-01\n");
    let plain = write("plain.csv", "some,file\n1,2\n");
    let clients = write("clients.csv", "client\na\n");
    let facilities = write("facilities.csv", "facility,capacity\nnorth,1\n");
    let options = write("options.csv", "client,facility,utility,cost\na,north,9,50\n");
    let budget = write("budget.csv", "budget\n140\n");
    let call = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    vec![
        (
            call(&[
                "crowd",
                text(&answers),
                "--gold",
                text(&gold),
                "--truth",
                text(&truth),
                "--worker-groups",
                text(&workers),
                "--task-groups",
                text(&tasks),
            ]),
            vec![answers, gold, truth, workers, tasks],
        ),
        (call(&["link", text(&left), text(&right), "--labels", text(&labels)]), vec![left, right, labels]),
        (call(&["neardup", text(&texts)]), vec![texts.clone()]),
        (call(&["coordination", text(&plain)]), vec![plain.clone()]),
        (call(&["trust", text(&plain)]), vec![plain.clone()]),
        (call(&["opinion", text(&plain)]), vec![plain.clone()]),
        (call(&["graph", text(&plain)]), vec![plain.clone()]),
        (call(&["predict", text(&plain), "--target", "some", "--time", "file"]), vec![plain]),
        (call(&["reviews", text(&texts), "--train", text(&train)]), vec![texts, train]),
        (call(&["forecast", text(&series), "--horizon", "2", "--holidays", text(&holidays)]), vec![series, holidays]),
        (call(&["place", text(folder)]), vec![clients, facilities, options, budget]),
    ]
}

#[test]
fn no_result_goes_to_a_file_that_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let other = tempfile::tempdir().expect("a folder");
    let cases = all_that_is_read(folder.path());
    assert_eq!(cases.len(), 11, "every command");
    for (call, files) in &cases {
        let call: Vec<&str> = call.iter().map(String::as_str).collect();
        for file in files {
            let before = std::fs::read(file).expect("it is there");
            let name = file.file_name().and_then(|name| name.to_str()).expect("a name");
            // The same name, another spelling of it, and other names of the same file.
            let dotted = folder.path().join(".").join(name);
            let (link, hard) = (other.path().join(format!("link-{name}")), other.path().join(format!("hard-{name}")));
            let mut named =
                vec![(file.clone(), "` is read as input; name another file"), (dotted, "` is the same file as `")];
            #[cfg(unix)]
            {
                std::os::unix::fs::symlink(file, &link).expect("a link");
                std::fs::hard_link(file, &hard).expect("a link");
                named.extend([(link.clone(), "` is the same file as `"), (hard.clone(), "` is the same file as `")]);
            }
            for (out, expected) in named {
                // `PathBuf` compares dots away, the words of a call do not.
                let said = refused(&[&call[..], &["-o", text(&out)]].concat());
                let whole = said.contains(expected) || said.contains("` is read as input; name another file");
                assert!(
                    whole && said.ends_with("name another file") && said.contains(name),
                    "{call:?} {out:?}: {said}"
                );
                assert_eq!(std::fs::read(file).expect("it is there"), before, "{call:?} -o {out:?}");
                assert!(!folder.path().join(format!("{name}.partial")).exists());
            }
            for path in [link, hard] {
                let _gone = std::fs::remove_file(path);
            }
        }
    }
    // Results beside the first, and what a result is made as before it is moved.
    let (answers, out) = (folder.path().join("answers.csv"), folder.path().join("out.csv"));
    let said = refused(&["crowd", text(&answers), "-o", text(&out), "--workers", text(&answers)]);
    assert!(said.ends_with("answers.csv` is read as input; name another file") && !out.exists(), "{said}");
    let begun = folder.path().join("out.csv.partial");
    std::fs::copy(&answers, &begun).expect("a copy");
    let said = refused(&["crowd", text(&begun), "-o", text(&out)]);
    assert!(said.contains("out.csv` is made as `") && begun.exists(), "{said}");
    std::fs::remove_file(&begun).expect("it is there");
    let network = folder.path().join("network.gexf");
    std::fs::write(&network, "source,target\na,b\n").expect("written");
    let said = refused(&["graph", text(&network), "--network", text(&network)]);
    assert!(said.ends_with("network.gexf` is read as input; name another file"), "{said}");
    // Two results by two spellings of one name.
    let again = format!("{}/./out.csv", text(folder.path()));
    let said = refused(&["crowd", text(&answers), "-o", text(&out), "--workers", &again]);
    assert!(said.contains("two results would go there"), "{said}");
    // A file that comes through standard input is read as well; one of no other use is not in the way.
    #[cfg(target_os = "linux")]
    {
        let before = std::fs::read(&answers).expect("it is there");
        let mut command = Command::new(env!("CARGO_BIN_EXE_counterflow"));
        command.args(["crowd", "-", "-o", text(&answers)]).stdin(std::fs::File::open(&answers).expect("it is there"));
        let output = command.output().expect("the program starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains("is where standard input comes from"), "{said}");
        assert_eq!(std::fs::read(&answers).expect("it is there"), before);
    }
    std::fs::write(&out, "old").expect("written");
    told(&["crowd", text(&answers), "-o", text(&out), "--json"]);
    assert!(std::fs::read_to_string(&out).expect("written").starts_with("task,"), "an old result is replaced");
}

#[test]
fn words_that_are_no_numbers_and_folders_that_take_no_file_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("votes.jsonl");
    for (call, expected) in [
        (&["trust", "a.csv", "--window", "x"][..], "write a finite number such as 0.5"),
        (&["trust", "a.csv", "--unfair", "nan"], "write a finite number such as 0.5"),
        (&["trust", "a.csv", "--method", "x"], "[possible values: mixture, plain]"),
        (&["coordination", "a.csv", "--false-discovery", "5%"], "write a finite number such as 0.5"),
        (&["coordination", "a.csv", "--least-objects", "two"], "write a whole number of 0 or more such as 10"),
        (&["neardup", "a.csv", "--least", "0,5"], "write a finite number such as 0.5"),
        (&["neardup", "a.csv", "--most-pairs", "1e6"], "write a whole number of 0 or more such as 10"),
        (&["opinion", "a.csv", "--groups", "2.5"], "write a whole number of 0 or more such as 10"),
        (&["opinion", "a.csv", "--false-share", "few"], "write a finite number such as 0.5"),
        (&["graph", "a.csv", "--damping", "x"], "write a finite number such as 0.5"),
        (&["graph", "a.csv", "--windows", "b.csv", "--window", "1.5"], "write a whole number such as 60"),
        (
            &["graph", "a.csv", "--links", "b.csv", "--link-method", "x"],
            "[possible values: common_neighbours, jaccard,",
        ),
        (
            &["predict", "a.csv", "--target", "a", "--time", "b", "--most-trees", "x"],
            "write a whole number of 0 or more",
        ),
        (&["crowd", "a.csv", "--threads", "all"], "write a whole number of 0 or more such as 10"),
    ] {
        let said = refused(call);
        assert!(said.contains(expected), "{call:?}: {said}");
    }
    // JSON has no header.
    for (content, expected) in [
        (
            "[{\"task\": 1}]\n",
            "line 1: there is an array; write one object into each line, such as `{\"task\": …, \"worker\": …, \"label\": …}`",
        ),
        (
            "{\"task\": 1}\n",
            "there is no column `worker`, but `task`; write it into each object, or say `--columns worker=NAME`",
        ),
    ] {
        std::fs::write(&file, content).expect("written");
        let said = refused(&["crowd", text(&file)]);
        assert!(said.ends_with(expected), "{said}");
    }
    #[cfg(target_os = "linux")]
    {
        std::fs::write(&file, "{\"task\": 1, \"worker\": 2, \"label\": 3}\n").expect("written");
        let said = refused(&["crowd", text(&file), "-o", "/proc/x.csv"]);
        assert!(said.contains("`/proc/x.csv`: the folder `/proc` cannot be written to ("), "{said}");
    }
}
