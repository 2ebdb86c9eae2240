//! What `deploy` says to start does start, keeps its state where it says, and leaves the office alone.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where the image and the unit have the office and the state.
const OFFICES: [&str; 2] = ["/usr/share/counterflow/demo", "/etc/counterflow/office"];
const STATE: &str = "/var/lib/counterflow";

fn root() -> PathBuf {
    Path::new("../..").canonicalize().expect("the repository is there")
}

/// The words with the places of this test in them, listening on a port that is free.
fn placed(words: &[String], office: &Path, state: &Path) -> Vec<String> {
    let place = |word: &String| {
        let word = OFFICES.iter().fold(word.clone(), |word, own| word.replace(own, &office.to_string_lossy()));
        word.replace(STATE, &state.to_string_lossy()).replace("0.0.0.0:8080", "127.0.0.1:0")
    };
    words.iter().map(place).collect()
}

fn folder_of(path: &Path, into: &Path) {
    std::fs::create_dir_all(into).expect("a folder");
    for entry in std::fs::read_dir(path).expect("is read") {
        let entry = entry.expect("is read");
        // Neither the state nor the data of the working copy belongs to what is started.
        if entry.file_name() == ".state" || entry.file_name() == "data" {
            continue;
        }
        let to = into.join(entry.file_name());
        if entry.file_type().expect("is known").is_dir() {
            folder_of(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), &to).expect("is copied");
        }
    }
}

fn answers(words: &[String], environment: &[(String, String)], office: &Path, state: &Path) {
    let before = files(office);
    let mut command = Command::new(env!("CARGO_BIN_EXE_counterflow"));
    command.args(words).envs(environment.iter().cloned()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut run = command.spawn().expect("the program starts");
    let mut out = BufReader::new(run.stdout.take().expect("is piped"));
    let mut line = String::new();
    out.read_line(&mut line).expect("is read");
    let address = line.trim().strip_prefix("serving on http://").map(str::to_owned);
    let answer = address.map(|address| {
        let mut stream = TcpStream::connect(address).expect("it listens");
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("is answered");
        answer
    });
    // SIGTERM is how both end it.
    let ended = Command::new("kill").arg(run.id().to_string()).status().expect("kill is there");
    let status = run.wait().expect("it ends");
    let mut said = String::new();
    run.stderr.take().expect("is piped").read_to_string(&mut said).expect("is read");
    let answer = answer.unwrap_or_else(|| panic!("`{words:?}` did not begin to serve: {line}{said}"));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}{said}");
    assert!(ended.success() && status.success(), "{status}: {said}");
    assert!(state.join("store.db").is_file(), "the state is in its place");
    assert_eq!(files(office), before, "the office is left as it was");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("is read") {
        let path = entry.expect("is read").path();
        if path.is_dir() {
            found.extend(files(&path));
        }
        found.push(path);
    }
    found.sort();
    found
}

#[test]
fn the_image_starts_what_it_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let (office, state) = (folder.path().join("office"), folder.path().join("state"));
    folder_of(&root().join("demo"), &office);
    let file = std::fs::read_to_string(root().join("deploy/Containerfile")).expect("is there");
    let last = file.rsplit("\nFROM ").next().expect("a stage");
    let of = |word: &str| last.lines().find_map(|line| line.strip_prefix(word)).unwrap_or_else(|| panic!("no {word}"));
    let words: Vec<String> = serde_json::from_str(of("CMD ")).expect("a list of words");
    assert_eq!(of("ENTRYPOINT "), "[\"/usr/bin/counterflow\"]");
    let variables: Vec<String> = of("ENV ").split(' ').map(str::to_owned).collect();
    let environment: Vec<(String, String)> = placed(&variables, &office, &state)
        .iter()
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    answers(&placed(&words, &office, &state), &environment, &office, &state);
}

#[test]
fn the_unit_starts_what_it_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let (office, state) = (folder.path().join("office"), folder.path().join("state"));
    folder_of(&root().join("demo"), &office);
    let file = std::fs::read_to_string(root().join("deploy/counterflow.service")).expect("is there");
    let start = file.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/bin/counterflow ")).expect("a start");
    let mut words: Vec<String> = start.split(' ').map(str::to_owned).collect();
    words.extend(["--listen".to_owned(), "0.0.0.0:8080".to_owned()]);
    answers(&placed(&words, &office, &state), &[], &office, &state);
}
