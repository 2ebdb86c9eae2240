//! The stage: looks at sources, keeps what was received, turns it into rows, and names the new versions in the log.
//!
//! One received file is one Activity and one transaction. A process that dies in between leaves a Delta version that the log
//! does not name; [`settle`] takes it back at the next start.

use crate::connectors::{self, Reach, Received};
use crate::mapping::{DatasetMapping, Mapping, Told};
use crate::merge::{Changes, Origin, mark, merge};
use crate::watch::Watch;
use crate::{IngestError, Source};
use lake::Lake;
use model::{Run, Table};
use std::collections::{BTreeMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::path::Path;
use store::datasets::Dataset;
use store::{NewActivity, NewEntry, Store};
use tokio::task::JoinHandle;

/// Name of the stage in the log.
const STAGE: &str = "ingest";

/// What the stage works with.
#[derive(Clone, Copy)]
pub struct Intake<'a> {
    /// The store.
    pub store: &'a Store,
    /// The lake.
    pub lake: &'a Lake,
    /// The way out.
    pub client: &'a net::Client,
    /// The office folder.
    pub office: &'a Path,
    /// Mappings by name.
    pub mappings: &'a BTreeMap<String, Mapping>,
}

/// What came of a look at a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Files fetched.
    pub files: usize,
    /// Files that hold what was received before.
    pub unchanged_files: usize,
    /// What changed in each dataset.
    pub datasets: BTreeMap<String, Changes>,
    /// Problems found.
    pub problems: usize,
}

impl Outcome {
    fn add(&mut self, dataset: &str, changes: Changes) {
        let sum = self.datasets.entry(dataset.to_owned()).or_default();
        sum.added += changes.added;
        sum.changed += changes.changed;
        sum.removed += changes.removed;
        sum.unchanged += changes.unchanged;
    }
}

/// Looks at a source and takes in what is new. A look that fails is noted with its reason before the error comes back.
pub async fn look(intake: Intake<'_>, source: &Source, run: Run<'_>) -> Result<Outcome, IngestError> {
    let looked = look_at_files(intake, source, run).await;
    if let Err(error) = &looked {
        let mut writer = intake.store.begin(&NewActivity::of_the_program(STAGE, "look", run)).await?;
        writer.put_source_state(&source.name, "failed", &error.to_string(), "").await?;
        writer.commit().await?;
    }
    looked
}

async fn look_at_files(intake: Intake<'_>, source: &Source, run: Run<'_>) -> Result<Outcome, IngestError> {
    let connector = connectors::find(&source.connector).expect("sources are checked when they are read");
    let mapping = mapping_of(intake, source)?;
    let states = intake.store.source_states().await?;
    let tag = states.into_iter().find(|state| state.source == source.name).map(|state| state.etag);
    let reach =
        Reach { office: intake.office, client: intake.client, etag: tag.as_deref().filter(|tag| !tag.is_empty()) };
    let mut outcome = Outcome::default();
    let mut waiting: VecDeque<String> = connector.list(source, reach).await?.into();
    let mut seen: Vec<String> = waiting.iter().cloned().collect();
    while let Some(name) = waiting.pop_front() {
        if run.progress.cancelled() {
            return Err(IngestError::Cancelled);
        }
        let Some(received) = connector.fetch(source, &name, reach).await? else {
            outcome.unchanged_files += 1;
            continue;
        };
        if let Some(further) = received.further.clone().filter(|further| !seen.contains(further)) {
            seen.push(further.clone());
            waiting.push_back(further);
        }
        let hash = model::ids::content_hash(&received.bytes);
        take_in(intake, source, mapping, &received, &hash, run, &mut outcome).await?;
        run.progress.at(&source.title, (outcome.files + outcome.unchanged_files) as u64, seen.len() as u64);
    }
    Ok(outcome)
}

/// Takes in one file that somebody has at hand, as if the source had given it. `hash` is [`model::ids::content_hash`] of the bytes:
/// whoever reads a large file can make it meanwhile.
pub async fn take_file(
    intake: Intake<'_>,
    source: &Source,
    name: &str,
    bytes: Vec<u8>,
    hash: &str,
    run: Run<'_>,
) -> Result<Outcome, IngestError> {
    let mapping = mapping_of(intake, source)?;
    let mut outcome = Outcome::default();
    let received = Received { name: name.to_owned(), bytes: bytes.into(), etag: None, further: None };
    take_in(intake, source, mapping, &received, hash, run, &mut outcome).await?;
    Ok(outcome)
}

/// Reads what was received from a source before once more, with the mapping as it is now.
pub async fn replay(intake: Intake<'_>, source: &Source, run: Run<'_>) -> Result<Outcome, IngestError> {
    let mapping = mapping_of(intake, source)?;
    let mut outcome = Outcome::default();
    for file in intake.store.newest_received(&source.name).await? {
        let Some(bytes) = intake.lake.received_bytes(&file.hash).await? else {
            let error = std::io::Error::other("its received bytes are gone from the lake");
            return Err(IngestError::file(&file.name, error));
        };
        let received = Received { name: file.name, bytes: bytes.into(), etag: None, further: None };
        write(intake, source, mapping, &received, &file.hash, run, &mut outcome).await?;
    }
    Ok(outcome)
}

/// Takes back Delta versions that the log does not name: what a process left that died between lake and log.
pub async fn settle(store: &Store, lake: &Lake, run: Run<'_>) -> Result<usize, IngestError> {
    let mut settled = 0;
    for dataset in lake.datasets().await? {
        let named = store.dataset_version(&dataset).await?;
        let activity = NewActivity::of_the_program(STAGE, "settle", run);
        if let Some(version) = lake.settle(&dataset, named, &activity.id).await? {
            let mut writer = store.begin(&activity).await?;
            writer.append(&NewEntry::rows(&dataset, version, serde_json::json!({"restored": named}))).await?;
            writer.commit().await?;
            settled += 1;
        }
    }
    Ok(settled)
}

async fn take_in(
    intake: Intake<'_>,
    source: &Source,
    mapping: &Mapping,
    received: &Received,
    hash: &str,
    run: Run<'_>,
    outcome: &mut Outcome,
) -> Result<(), IngestError> {
    if intake.store.received_last(&source.name, &received.name, hash).await? {
        outcome.unchanged_files += 1;
        return Ok(());
    }
    let (bytes, limit) = (received.bytes.len() as u64, source.max_bytes);
    if bytes > limit {
        return Err(IngestError::TooLarge { name: received.name.clone(), bytes, limit });
    }
    outcome.files += 1;
    write(intake, source, mapping, received, hash, run, outcome).await
}

/// One received file to rows: lake first, then one transaction that names the new versions.
async fn write(
    intake: Intake<'_>,
    source: &Source,
    mapping: &Mapping,
    received: &Received,
    hash: &str,
    run: Run<'_>,
    outcome: &mut Outcome,
) -> Result<(), IngestError> {
    let activity = NewActivity::of_the_program(STAGE, "receive", run);
    let origin = Origin {
        source: source.name.clone(),
        standing: source.kind.word().to_owned(),
        activity: activity.id.clone(),
        recorded_at: activity.at,
        received: hash.to_owned(),
        file: received.name.clone(),
    };
    let (watch, whole) = (Watch::default(), received.bytes.len());
    let kept = keep(intake.lake, received, hash);
    let (told, written) = match first_of_its_dataset(intake, mapping).await? {
        Some(dataset) => {
            // Nothing is there to compare with: rows are written while the file is still read.
            let work = write_as_read(intake, mapping, dataset, received, &origin, &watch);
            watch.while_doing(work, &received.name, whole, run).await?
        }
        None => {
            let reading = {
                let (mapping, bytes, name) = (mapping.clone(), received.bytes.clone(), received.name.clone());
                let watch = watch.clone();
                tokio::task::spawn_blocking(move || mapping.read_file(&name, &mut watch.over(&bytes)))
            };
            let parsed = watch.while_doing(reading, &received.name, whole, run).await;
            let parsed = parsed.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
            let mut written = Vec::new();
            // A file that could not be read to its end says nothing: what earlier ones said still stands.
            for (dataset, parts) in parsed.rows.into_iter().filter(|_| !parsed.left_out) {
                let (version, changes) = write_rows(intake, &dataset, parts, &origin, source).await?;
                written.push((dataset, version, changes));
            }
            (Told { problems: parsed.problems, left_out: parsed.left_out }, written)
        }
    };
    // A file that was read to its end before it was ended is named in the log: its rows are in the lake.
    if told.left_out && watch.ended() {
        return Err(IngestError::Cancelled);
    }
    let mut entries = Vec::new();
    for (dataset, version, changes) in written {
        outcome.add(&dataset, changes);
        if let Some(version) = version {
            let note = serde_json::json!({
                "source": source.name, "file": received.name, "added": changes.added, "changed": changes.changed,
                "removed": changes.removed, "unchanged": changes.unchanged,
            });
            entries.push(NewEntry::rows(&dataset, version, note));
        }
    }
    outcome.problems += told.problems.len();
    kept.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?;
    let mut writer = intake.store.begin(&activity).await?;
    for dataset in mapping.datasets() {
        writer.put_dataset(&registered(source, dataset)).await?;
    }
    let bytes = i64::try_from(received.bytes.len()).unwrap_or(i64::MAX);
    writer.put_received(&source.name, &received.name, hash, bytes).await?;
    writer.replace_problems(&source.name, &received.name, hash, &told.problems).await?;
    writer.put_source_state(&source.name, "read", "", received.etag.as_deref().unwrap_or_default()).await?;
    for entry in &entries {
        writer.append(entry).await?;
    }
    Ok(writer.commit().await?)
}

/// Keeps the bytes beside everything else; the log hears of nothing before they are there.
fn keep(lake: &Lake, received: &Received, hash: &str) -> JoinHandle<Result<(), lake::LakeError>> {
    let (lake, bytes, hash) = (lake.clone(), received.bytes.clone(), hash.to_owned());
    tokio::spawn(async move { lake.keep_bytes(&hash, bytes).await })
}

/// The dataset of a mapping that makes one only, where no version of it is there yet.
async fn first_of_its_dataset<'a>(intake: Intake<'_>, mapping: &'a Mapping) -> Result<Option<&'a str>, IngestError> {
    let [dataset] = mapping.datasets() else { return Ok(None) };
    let version = intake.store.dataset_version(&dataset.dataset).await?;
    Ok(version.is_none().then_some(dataset.dataset.as_str()))
}

/// What became of each dataset: its new version, if there is one, and what changed.
type Written = Vec<(String, Option<i64>, Changes)>;

/// Writes the first version of a dataset while its file is read. A file that cannot be read to its end makes none.
async fn write_as_read(
    intake: Intake<'_>,
    mapping: &Mapping,
    dataset: &str,
    received: &Received,
    origin: &Origin,
    watch: &Watch,
) -> Result<(Told, Written), IngestError> {
    let (sender, mut parts) = tokio::sync::mpsc::channel(1);
    let (mapping, bytes, name) = (mapping.clone(), received.bytes.clone(), received.name.clone());
    let (origin_of_parts, watch) = (origin.clone(), watch.clone());
    let reading = tokio::task::spawn_blocking(move || {
        let (mut rows, mut clash) = (0, None);
        let mut sink = |_: usize, part: Table| {
            rows += part.len();
            let marked = mark(part, &origin_of_parts).map_err(|error| clash.insert(error).to_string());
            // Whoever takes no more has failed, and says so itself.
            let _taken = sender.blocking_send(marked);
        };
        let reading = AssertUnwindSafe(|| mapping.read_parts(&name, &mut watch.over(&bytes), &mut sink));
        let told = std::panic::catch_unwind(reading);
        if !told.as_ref().is_ok_and(|told| !told.left_out) {
            // Without this word the parts that came would be taken for all of them.
            let _taken = sender.blocking_send(Err("the file could not be read to its end".to_owned()));
        }
        (told.unwrap_or_else(|panic| std::panic::resume_unwind(panic)), rows, clash)
    });
    let version = match parts.recv().await {
        Some(Ok(first)) => Some(intake.lake.replace_as_they_come(dataset, first, parts, &origin.activity).await),
        Some(Err(_)) => None,
        None => Some(intake.lake.replace_parts(dataset, Vec::new(), &origin.activity).await),
    };
    let (told, added, clash) = reading.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
    if let Some(error) = clash {
        return Err(IngestError::Rows { dataset: dataset.to_owned(), error });
    }
    match version {
        _ if told.left_out => Ok((told, Vec::new())),
        Some(version) => {
            let changes = Changes { added, ..Changes::default() };
            Ok((told, vec![(dataset.to_owned(), Some(version?), changes)]))
        }
        None => Ok((told, Vec::new())),
    }
}

/// Puts rows into a dataset; no new version where nothing changed.
async fn write_rows(
    intake: Intake<'_>,
    dataset: &str,
    parts: Vec<Table>,
    origin: &Origin,
    source: &Source,
) -> Result<(Option<i64>, Changes), IngestError> {
    let clash = |error| IngestError::Rows { dataset: dataset.to_owned(), error };
    let parts = parts.into_iter().map(|part| mark(part, origin)).collect::<Result<Vec<_>, _>>().map_err(clash)?;
    let added: usize = parts.iter().map(Table::len).sum();
    let Some(version) = intake.store.dataset_version(dataset).await? else {
        let version = intake.lake.replace_parts(dataset, parts, &origin.activity).await?;
        return Ok((Some(version), Changes { added, ..Changes::default() }));
    };
    let existing = intake.lake.read(dataset, version).await?;
    let new = model::table::concatenate(parts).map_err(clash)?;
    let (merged, changes) = merge(&existing, &new, origin, source.holds).map_err(clash)?;
    if changes.none() {
        return Ok((None, changes));
    }
    Ok((Some(intake.lake.replace(dataset, merged, &origin.activity).await?), changes))
}

/// What the registry says of a dataset that a source fills.
fn registered(source: &Source, mapping: &DatasetMapping) -> Dataset {
    Dataset {
        name: mapping.dataset.clone(),
        title: mapping.title.clone(),
        summary: mapping.summary.clone(),
        licence: source.licence.clone(),
        licence_url: source.licence_url.clone(),
        publisher: source.publisher.clone(),
        attribution: source.attribution.clone(),
        standing: source.kind,
        simulated: source.simulated,
        derived: false,
        restricted: source.restricted,
    }
}

fn mapping_of<'a>(intake: Intake<'a>, source: &Source) -> Result<&'a Mapping, IngestError> {
    intake.mappings.get(&source.mapping).ok_or_else(|| IngestError::Mapping {
        source_name: source.name.clone(),
        fault: format!("there is no mappings/{}.toml; write one or name another", source.mapping),
    })
}
