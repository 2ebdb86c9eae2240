//! A process that is killed at any point of taking in a file loses nothing it acknowledged and applies nothing twice.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Rows of the file: enough that a run takes long enough to be killed in the midst.
const ROWS: usize = 60_000;
/// Points of a run at which it is killed.
const POINTS: u32 = 8;

fn file(folder: &Path) -> String {
    let mut text = String::from("number,name,price,day\n");
    for row in 0..ROWS {
        text.push_str(&format!("{row},\"Home {row}, north\",{}.5,2026-0{}-1{}\n", row % 997, 1 + row % 9, row % 10));
    }
    let path = folder.join("homes.csv");
    std::fs::write(&path, text).expect("a file");
    path.to_string_lossy().into_owned()
}

fn ingest(file: &str, state: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_counterflow"));
    command.args(["ingest-file", file, "--json", "--state"]).arg(state).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What a run that is left to its end says.
fn finished(file: &str, state: &Path) -> serde_json::Value {
    let output = ingest(file, state).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "ended with {:?}: {said}", output.status.code());
    serde_json::from_slice(&output.stdout).expect("one line of JSON")
}

#[test]
fn what_is_killed_at_any_point_comes_out_whole_and_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = file(folder.path());
    let began = Instant::now();
    let whole = finished(&file, &folder.path().join("whole"));
    let took = began.elapsed();
    assert_eq!(whole["rows_added"]["homes"], ROWS);
    let (mut killed, mut acknowledged) = (0, 0);
    for point in 1..=POINTS {
        let state = folder.path().join(format!("killed-{point}"));
        let mut run = ingest(&file, &state).spawn().expect("the program starts");
        std::thread::sleep(took * point / POINTS);
        let over = run.try_wait().expect("is asked").is_some();
        run.kill().expect("is killed, or over");
        run.wait().expect("has ended");
        let after = finished(&file, &state);
        if over || after["unchanged_files"] == 1 {
            // It was acknowledged before the kill: the second run finds the same bytes and adds nothing.
            acknowledged += 1;
            assert_eq!(after["unchanged_files"], 1, "point {point}: {after}");
        } else {
            killed += 1;
            assert_eq!(after["rows_added"]["homes"], ROWS, "point {point}: {after}");
        }
        let third = finished(&file, &state);
        assert_eq!(third["unchanged_files"], 1, "point {point}: taken in twice: {third}");
        assert!(third["versions"]["homes"].is_i64(), "point {point}: {third}");
    }
    assert!(killed > 0, "{acknowledged} of {POINTS} runs were over before they were killed; {ROWS} rows are too few");
}

#[test]
fn a_call_that_is_wrong_says_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state");
    for (name, bytes, told) in
        [("nothing.csv", &b""[..], "no columns"), ("picture.bin", &[0xff, 0xd8, 0, 1][..], "no format that is known")]
    {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        let output = ingest(&path.to_string_lossy(), &state).output().expect("the program starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{name}: {said}");
        assert!(said.contains(told), "{name}: {said}");
    }
    let missing = ingest("no-such-file.csv", &state).output().expect("the program starts");
    assert_eq!(missing.status.code(), Some(2));
}
