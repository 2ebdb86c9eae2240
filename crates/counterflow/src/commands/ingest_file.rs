//! `counterflow ingest-file`: one file to a versioned table, by the same way that every source takes. For analysts without an office.

use crate::terminal::{Bar, WrongInput, say};
use crate::wiring::{CANCELLED, MachineChance, MachineClock};
use ingest::{Intake, Source};
use lake::Lake;
use model::Run;
use model::ids::ContentHasher;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;
use store::Store;

/// MiB of tables kept in memory for reading.
const RESIDENT_MB: usize = 256;
/// Bytes that are read at once.
const PART: usize = 4 << 20;
/// Problems that are told; all are in the store.
const TOLD: usize = 10;

/// What the caller wishes.
pub(crate) struct Wish<'a> {
    pub(crate) file: &'a Path,
    pub(crate) mapping: Option<&'a Path>,
    pub(crate) state: Option<&'a Path>,
    pub(crate) show_mapping: bool,
    pub(crate) json: bool,
}

pub(crate) async fn run(wish: &Wish<'_>) -> anyhow::Result<()> {
    let name = wish.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let began = Instant::now();
    let (bytes, hash) =
        read(wish.file).map_err(|error| WrongInput(format!("`{}` cannot be read: {error}", wish.file.display())))?;
    let stem = wish.file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let text = match wish.mapping {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|error| WrongInput(format!("`{}` cannot be read: {error}", path.display())))?,
        None => ingest::draft::draft(&stem, &name, &bytes).map_err(WrongInput)?,
    };
    if wish.show_mapping {
        say(text.trim_end());
        return Ok(());
    }
    let mapping =
        ingest::mapping::Mapping::parse("file", &text).map_err(|fault| WrongInput(format!("the mapping: {fault}")))?;
    let datasets: Vec<String> = mapping.datasets().iter().map(|dataset| dataset.dataset.clone()).collect();
    let (folder, temporary) = place(wish.state)?;
    let done = take_in(&folder, mapping, &name, bytes, &hash).await;
    let took = began.elapsed();
    if temporary {
        std::fs::remove_dir_all(&folder)?;
    }
    let (outcome, versions, problems) = done?;
    if !wish.json {
        let kept =
            if temporary { "nothing was kept: name --state FOLDER to keep it" } else { "kept in the state folder" };
        for (dataset, changes) in &outcome.datasets {
            let version = versions.get(dataset).copied().unwrap_or_default();
            say(&format!("{dataset}: {} rows added, version {version}; {kept}", changes.added));
        }
        if outcome.unchanged_files > 0 {
            say(&format!("{}: nothing new, the same bytes were taken in before", datasets.join(", ")));
        }
        for problem in &problems {
            let place = &problem.place;
            let line = place.line.map(|line| format!("line {line}")).unwrap_or_default();
            let column = place.column.as_deref().unwrap_or_default();
            say(&format!("  {line} {column}: {} `{}`; {}", problem.cause, problem.found, problem.hint));
        }
        say(&format!("{} problems, {:.2} s", outcome.problems, took.as_secs_f64()));
        return Ok(());
    }
    let rows: BTreeMap<&String, usize> =
        outcome.datasets.iter().map(|(dataset, changes)| (dataset, changes.added)).collect();
    say(&serde_json::json!({
        "wall_s": took.as_secs_f64(), "rows_added": rows, "versions": versions, "problems": outcome.problems,
        "unchanged_files": outcome.unchanged_files,
    })
    .to_string());
    Ok(())
}

/// The bytes of a file and their hash, which is made while the file is read.
fn read(file: &Path) -> std::io::Result<(Vec<u8>, String)> {
    let mut file = std::fs::File::open(file)?;
    let length = usize::try_from(file.metadata()?.len()).map_err(std::io::Error::other)?;
    let mut bytes = vec![0; length];
    let hash = std::thread::scope(|scope| {
        let (sender, parts) = std::sync::mpsc::channel::<&[u8]>();
        let hashing = scope.spawn(move || {
            let mut hasher = ContentHasher::default();
            parts.iter().for_each(|part| hasher.update(part));
            hasher.finish()
        });
        for part in bytes.chunks_mut(PART) {
            file.read_exact(part)?;
            // The other end lives until this one is dropped.
            let _taken = sender.send(part);
        }
        drop(sender);
        Ok::<String, std::io::Error>(hashing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })?;
    Ok((bytes, hash))
}

/// Where store and lake go, and whether they go away afterwards.
fn place(state: Option<&Path>) -> anyhow::Result<(PathBuf, bool)> {
    let folder = match state {
        Some(folder) => folder.to_owned(),
        None => std::env::temp_dir().join(format!("counterflow-ingest-{}", std::process::id())),
    };
    std::fs::create_dir_all(&folder)?;
    Ok((folder, state.is_none()))
}

type Done = (ingest::Outcome, BTreeMap<String, i64>, Vec<model::Problem>);

async fn take_in(
    folder: &Path,
    mapping: ingest::mapping::Mapping,
    name: &str,
    bytes: Vec<u8>,
    hash: &str,
) -> anyhow::Result<Done> {
    let bar = Bar::new(&CANCELLED);
    let run = Run { clock: &MachineClock, chance: &MachineChance, progress: &bar };
    let store = Store::open(&format!("sqlite:{}", folder.join("store.db").display())).await?;
    store.migrate().await?;
    let lake = Lake::open(&folder.join("lake"), RESIDENT_MB << 20).await?;
    ingest::stage::settle(&store, &lake, run).await?;
    let client = net::Client::new(net::Guard::new(Vec::new()))?;
    let source = Source::parse(
        "file",
        "title = \"A file at hand\"\nconnector = \"folder\"\naddress = \".\"\nmapping = \"file\"\nkind = \"contributor\"\n\
         licence = \"not told\"\npublisher = \"not told\"\n",
    )
    .map_err(anyhow::Error::msg)?;
    let datasets: Vec<String> = mapping.datasets().iter().map(|dataset| dataset.dataset.clone()).collect();
    let mappings = BTreeMap::from([("file".to_owned(), mapping)]);
    let intake = Intake { store: &store, lake: &lake, client: &client, office: folder, mappings: &mappings };
    let outcome = ingest::stage::take_file(intake, &source, name, bytes, hash, run).await?;
    let mut versions = BTreeMap::new();
    for dataset in datasets {
        if let Some(version) = store.dataset_version(&dataset).await? {
            versions.insert(dataset, version);
        }
    }
    let problems = store.problems("file", "", store::Page::new(1, TOLD as i64)).await?.rows;
    store.close().await;
    Ok((outcome, versions, problems.into_iter().map(|known| known.problem).collect()))
}
