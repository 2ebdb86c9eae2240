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
    let cases: [(&[u8], &str); 11] = [
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
    // A file beside the first has no other names of columns, so none are offered.
    std::fs::write(&gold, "question,truth\na,x\n").expect("written");
    let said = refused(&["crowd", text(&file), "--gold", text(&gold), "-o", text(&out)]);
    assert!(
        said.ends_with(
            "gold.csv: line 1: there is no column `task`, but `question`, `truth`; write it into the header"
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
