//! `counterflow ingest-file`: one file to a versioned table, by the same way that every source takes. For analysts without an office.

use crate::terminal::{Bar, WrongInput, say};
use crate::wiring::{CANCELLED, MachineChance, MachineClock};
use ingest::{Intake, Source};
use lake::Lake;
use model::ids::ContentHasher;
use model::run::{Chance, Progress};
use model::{Clock, Run};
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
    /// MiB that the file may have: it lies in memory while it is read.
    pub(crate) most_mb: u64,
    pub(crate) json: bool,
}

pub(crate) async fn run(wish: &Wish<'_>) -> anyhow::Result<()> {
    tokio::spawn(crate::wiring::hear_the_end());
    let name = wish.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let began = Instant::now();
    let cannot = |error| WrongInput(format!("`{}` cannot be read: {error}", wish.file.display()));
    let length = std::fs::metadata(wish.file).map_err(cannot)?.len();
    if length > wish.most_mb << 20 {
        let (has, most) = (length.div_ceil(1 << 20), wish.most_mb);
        let hint = format!("split it, or say `--most-mb {has}`: so much memory and half of it more is needed");
        return Err(WrongInput(format!("`{}` has {has} MiB, {most} are allowed; {hint}", wish.file.display())).into());
    }
    let bar = Bar::new(&CANCELLED);
    let (bytes, hash) = read(wish.file, &bar).map_err(cannot)?;
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
    let most = wish.most_mb << 20;
    let done = take_in(&folder, mapping, &name, bytes, &hash, most, &bar).await;
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
fn read(file: &Path, bar: &Bar) -> std::io::Result<(Vec<u8>, String)> {
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
        for (number, part) in bytes.chunks_mut(PART).enumerate() {
            file.read_exact(part)?;
            bar.at("bytes from the disk, MiB", (number * PART) as u64 >> 20, length as u64 >> 20);
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
    if let Some(folder) = state {
        std::fs::create_dir_all(folder)?;
        return Ok((folder.to_owned(), false));
    }
    // A name that nobody had before: what another process left must not be taken for ours.
    let folder = std::env::temp_dir()
        .join(format!("counterflow-{}", model::ids::time_id(MachineClock.now(), MachineChance.bytes())));
    std::fs::create_dir(&folder)?;
    Ok((folder, true))
}

type Done = (ingest::Outcome, BTreeMap<String, i64>, Vec<model::Problem>);

async fn take_in(
    folder: &Path,
    mapping: ingest::mapping::Mapping,
    name: &str,
    bytes: Vec<u8>,
    hash: &str,
    most_bytes: u64,
    bar: &Bar,
) -> anyhow::Result<Done> {
    let run = Run { clock: &MachineClock, chance: &MachineChance, progress: bar };
    let store = Store::open(&format!("sqlite:{}", folder.join("store.db").display())).await?;
    store.migrate().await?;
    let lake = Lake::open(&folder.join("lake"), RESIDENT_MB << 20).await?;
    ingest::stage::settle(&store, &lake, run).await?;
    let client = net::Client::new(net::Guard::new(Vec::new()))?;
    let mut source = Source::parse(
        "file",
        "title = \"A file at hand\"\nconnector = \"folder\"\naddress = \".\"\nmapping = \"file\"\nkind = \"contributor\"\n\
         licence = \"not told\"\npublisher = \"not told\"\n",
    )
    .map_err(anyhow::Error::msg)?;
    source.max_bytes = most_bytes;
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
