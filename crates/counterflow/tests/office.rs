//! The program as people call it: a demo office is filled, rebuilt, backed up and restored, on each engine there is.

use lake::Lake;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use store::Store;

/// Posts of the small world that these tests make.
const POSTS: &str = "3000";
const DEMO: &str = "../../demo";

#[expect(clippy::disallowed_methods, reason = "tests are told by their environment whether there is a PostgreSQL")]
fn postgres() -> Option<String> {
    std::env::var("COUNTERFLOW_TEST_POSTGRES").ok()
}

fn counterflow(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_counterflow")).args(arguments).output().expect("the program starts")
}

/// Standard output of a call that works.
fn works(arguments: &[&str]) -> String {
    let output = counterflow(arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?} ended with {:?}: {said}", output.status.code());
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).display().to_string()
}

#[test]
fn an_office_is_filled_rebuilt_backed_up_and_restored() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = path(folder.path(), "state");
    let office = ["--office", DEMO, "--state", &state];
    let with = |command: &[&'static str]| -> Vec<String> {
        command.iter().map(|word| (*word).to_owned()).chain(office.iter().map(|word| (*word).to_owned())).collect()
    };
    let call = |command: &[&'static str]| {
        let words = with(command);
        works(&words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let filled = call(&["demo", "--once", "--json", "--posts", POSTS]);
    let reports: serde_json::Value = serde_json::from_str(filled.trim()).expect("one line of JSON");
    let stage = |name: &str| {
        reports.as_array().and_then(|all| all.iter().find(|one| one["stage"] == name)).expect("every stage reports")
    };
    let ingested = &stage("ingest")["made"];
    let added = |source: &str, dataset: &str| ingested[source]["datasets"][dataset]["added"].as_u64();
    assert_eq!(added("homes_au", "homes_au"), Some(1_838));
    assert_eq!(added("homes_us", "homes_us"), Some(10_345));
    assert_eq!(added("penalties_us", "penalties_us"), Some(11_789));
    // Ten of the 81 doubled home-quarters are doubled word for word: they go in once, and all 81 are Problems.
    assert_eq!(added("homes_au_panel", "homes_au_panel"), Some(20_162));
    assert_eq!(ingested["homes_au_panel"]["problems"].as_u64(), Some(81));
    assert!(stage("assess")["made"]["figures"]["home_assessments"].as_u64() > Some(20_000));
    assert_eq!(stage("decide")["made"]["cases"].as_u64(), Some(120));

    every_word_of_an_explanation_is_worded(Path::new(&state));
    every_assessed_row_names_its_sources(Path::new(&state));
    let again = call(&["demo", "--once", "--posts", POSTS]);
    assert!(again.contains("filled already"), "{again}");
    let rebuilt = call(&["rebuild"]);
    assert!(rebuilt.contains("with the same result"), "{rebuilt}");

    let backup = path(folder.path(), "backup");
    let mut words = with(&["backup"]);
    words.push(backup.clone());
    works(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let elsewhere = path(folder.path(), "elsewhere");
    let restored = works(&["restore", "--office", DEMO, "--state", &elsewhere, &backup]);
    assert!(restored.contains("put back"), "{restored}");
    let rebuilt = works(&["rebuild", "--office", DEMO, "--state", &elsewhere]);
    assert!(rebuilt.contains("with the same result"), "{rebuilt}");
    let refused = counterflow(&["restore", "--office", DEMO, "--state", &elsewhere, &backup]);
    assert_eq!(refused.status.code(), Some(2), "a place that is not empty is left as it is");
}

/// The newest rows of a dataset of a filled office.
async fn rows(state: &Path, dataset: &str) -> Arc<model::Table> {
    let store = Store::open(&format!("sqlite:{}", state.join("store.db").display())).await.expect("a store");
    let lake = Lake::open(&state.join("lake"), 1 << 30).await.expect("a lake");
    let version = store.dataset_version(dataset).await.expect("reads").expect("it is there");
    store.close().await;
    lake.read(dataset, version).await.expect("reads")
}

#[tokio::main(flavor = "current_thread")]
async fn every_word_of_an_explanation_is_worded(state: &Path) {
    let words = web::wording::Wording::built_in().words(web::wording::Language::Spanish);
    let mut unworded = BTreeSet::new();
    let mut look = |kind: &str, word: &str| {
        let about_a_source = word.starts_with("share_of_") || word.starts_with("value_of_");
        if !word.is_empty() && !about_a_source && !words.has(&format!("{kind}-{word}")) {
            unworded.insert(format!("{kind}-{word}"));
        }
    };
    let mut explained = 0;
    for dataset in ["home_assessments", "home_trends"] {
        let table = rows(state, dataset).await;
        for row in 0..table.len() {
            let text = table.text(row, "because").expect("every figure is explained");
            let because: model::Explanation = serde_json::from_str(text).expect("an explanation");
            look("method", because.method.split('/').next().unwrap_or_default());
            because.figures.iter().for_each(|(name, _)| look("method-figure", name));
            for part in &because.contributions {
                look("contribution", &part.label);
                look("discounted", &part.discounted);
            }
            explained += 1;
        }
    }
    assert!(explained > 20_000, "{explained} figures");
    assert_eq!(unworded, BTreeSet::new(), "people would read these words as the program writes them");
}

#[tokio::main(flavor = "current_thread")]
async fn every_assessed_row_names_its_sources(state: &Path) {
    let table = rows(state, "home_assessments").await;
    let mut portals = BTreeSet::new();
    for row in 0..table.len() {
        let (standing, sources) = (table.text(row, "standing"), table.text(row, "sources").unwrap_or_default());
        let voices = table.number(row, "voices").unwrap_or(0.0);
        if standing == Some("community") && voices > 0.0 {
            assert!(!sources.is_empty(), "row {row} rests on {voices} voices and names no source");
            portals.extend(sources.split(' ').map(str::to_owned));
        }
    }
    assert_eq!(Vec::from_iter(portals), ["homes_au", "posts_atom", "posts_json", "posts_rss"]);
}

#[test]
fn the_office_works_the_same_on_postgresql() {
    let Some(server) = postgres() else {
        eprintln!("COUNTERFLOW_TEST_POSTGRES is not set: PostgreSQL is left to the run that sets it");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let state = path(folder.path(), "state");
    let store = format!("{server}/postgres");
    let office = ["--office", DEMO, "--state", &state, "--store", &store];
    let filled = works(&[&["demo", "--once", "--json", "--posts", POSTS], &office[..]].concat());
    let reports: serde_json::Value = serde_json::from_str(filled.trim()).expect("one line of JSON");
    assert_eq!(reports.as_array().map(Vec::len), Some(6), "every stage reports");
    let rebuilt = works(&[&["rebuild"], &office[..]].concat());
    assert!(rebuilt.contains("with the same result"), "{rebuilt}");
}

#[test]
fn a_wrong_office_is_told_what_to_write() {
    let folder = tempfile::tempdir().expect("a folder");
    let office = path(folder.path(), "office");
    works(&["new", &office]);
    let sound = works(&["check", "--office", &office]);
    assert!(sound.contains("is sound"), "{sound}");
    let source = "title = \"x\"\nconnector = \"ftp\"\naddress = \"x\"\nmapping = \"none\"\nkind = \"official\"\n\
                  licence = \"x\"\npublisher = \"x\"\n";
    std::fs::write(folder.path().join("office/sources/x.toml"), source).expect("a file");
    let output = counterflow(&["check", "--office", &office]);
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(2));
    assert!(told.contains("sources/x.toml: `connector` is `ftp`; write one of folder, http_file, feed"), "{told}");
    let twice = counterflow(&["new", &office]);
    assert_eq!(twice.status.code(), Some(2), "an office that is there is left as it is");
    let nowhere = counterflow(&["check", "--office", &path(folder.path(), "nowhere")]);
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("counterflow new"), "it says what makes one");
}
