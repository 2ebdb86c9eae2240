//! The stage: catches up with the log, links registers, makes Entities and names the new versions, in one transaction.
//!
//! The only async file of this crate. Must never decide what is the same: that is the pure part's work.

use crate::entities::{Assembled, EntitySpec, Loaded, assemble, between_groups, clusters, group};
use crate::link::{self, Linkage};
use crate::mentions;
use lake::{Lake, LakeError};
use model::{Judgement, Run, Standing, Table};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::datasets::Dataset;
use store::{NewActivity, NewEntry, Store, StoreError};

/// Name of the stage in the log.
pub const STAGE: &str = "resolve";
/// Method and version: results of another version are computed anew.
pub const METHOD: &str = "link/1";

/// Why the stage could not go on.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// A linking specification.
    #[error("entities/{entity}.toml: {error}")]
    Link {
        /// Name of the specification.
        entity: String,
        /// What is wrong.
        error: crate::link::LinkError,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The lake.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

/// What the stage made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// False where nothing it reads had changed.
    pub ran: bool,
    /// Entities by dataset.
    pub entities: BTreeMap<String, usize>,
    /// Mentions of Entities in texts.
    pub mentions: usize,
    /// Pairs found the same.
    pub same: usize,
    /// Pairs for the review queue.
    pub unsure: usize,
}

/// Catches up with the log.
pub async fn catch_up(store: &Store, lake: &Lake, specs: &[EntitySpec], run: Run<'_>) -> Result<Outcome, StageError> {
    let head = store.head().await?;
    let read: Vec<&str> = specs.iter().flat_map(inputs).collect();
    if !store.has_news(STAGE, &read, &["judged"]).await? {
        return Ok(Outcome::default());
    }
    let activity = NewActivity::of_the_program(STAGE, "link", run);
    let by_people: Vec<Judgement> =
        store.judgements_of_people().await?.into_iter().map(|known| known.judgement).collect();
    let mut outcome = Outcome { ran: true, ..Outcome::default() };
    let mut entries = Vec::new();
    let mut datasets = Vec::new();
    let mut judgements = Vec::new();
    for (number, spec) in specs.iter().enumerate() {
        run.progress.at("entities", number as u64, specs.len() as u64);
        let tables = read_inputs(store, lake, spec).await?;
        let made = make(spec, &tables, &by_people)?;
        outcome.entities.insert(spec.dataset.clone(), made.assembled.entities.len());
        judgements.extend(made.computed);
        let mut results = Vec::new();
        for rule in &spec.mentions {
            let Some(texts) = tables.get(&rule.dataset) else { continue };
            let found = mentions::find(rule, &made.assembled.entities, texts, &by_people);
            outcome.mentions += found.table.len();
            judgements.extend(found.unsure);
            results.push((rule.result.clone(), found.table));
        }
        results.push((spec.dataset.clone(), made.assembled.entities));
        results.push((members_of(spec), made.assembled.members));
        for (name, table) in results {
            let standing = store.dataset_version(&name).await?;
            if let Some(version) = lake.replace_if_changed(&name, standing, table, &activity.id).await? {
                entries.push(NewEntry::rows(&name, version, serde_json::json!({"method": METHOD})));
            }
        }
        datasets.extend(registered(spec, store).await?);
    }
    let mut writer = store.begin(&activity).await?;
    writer.drop_scored_judgements().await?;
    for judgement in &judgements {
        match judgement.verdict {
            model::Verdict::Same => outcome.same += 1,
            model::Verdict::Unsure => outcome.unsure += 1,
            model::Verdict::Different => {}
        }
        let id = model::content_id([METHOD, judgement.left.as_str(), judgement.right.as_str()]);
        writer.put_judgement(&id, judgement, METHOD).await?;
    }
    for dataset in &datasets {
        writer.put_dataset(dataset).await?;
    }
    for entry in &entries {
        writer.append(entry).await?;
    }
    writer.move_position(STAGE, head).await?;
    writer.commit().await?;
    Ok(outcome)
}

fn inputs(spec: &EntitySpec) -> impl Iterator<Item = &str> {
    let registers = spec.registers.iter().map(|register| register.dataset.as_str());
    let places = spec.places.iter().map(|places| places.dataset.as_str());
    registers.chain(places).chain(spec.mentions.iter().map(|rule| rule.dataset.as_str()))
}

fn members_of(spec: &EntitySpec) -> String {
    format!("{}_members", spec.name)
}

async fn read_inputs(
    store: &Store,
    lake: &Lake,
    spec: &EntitySpec,
) -> Result<BTreeMap<String, Arc<Table>>, StageError> {
    let mut tables = BTreeMap::new();
    for dataset in inputs(spec) {
        if let Some(version) = store.dataset_version(dataset).await? {
            tables.insert(dataset.to_owned(), lake.read(dataset, version).await?);
        }
    }
    Ok(tables)
}

/// Name of the table of all rows while it is linked; rows carry the name of their own dataset.
const ALL_ROWS: &str = "all";

/// A Judgement with the rows' own identifiers.
fn of_rows(judgement: Judgement) -> Judgement {
    let own = |id: &str| id.strip_prefix(ALL_ROWS).and_then(|id| id.strip_prefix('/')).unwrap_or(id).to_owned();
    Judgement { left: own(&judgement.left), right: own(&judgement.right), ..judgement }
}

struct Made {
    assembled: Assembled,
    computed: Vec<Judgement>,
}

/// The pure work between reading and writing. A register that is not there yet is passed over.
fn make(spec: &EntitySpec, tables: &BTreeMap<String, Arc<Table>>, by_people: &[Judgement]) -> Result<Made, StageError> {
    let loaded: Vec<Loaded<'_>> = spec
        .registers
        .iter()
        .filter_map(|register| {
            let table = tables.get(&register.dataset)?;
            Some(Loaded { register, table, groups: group(register, table) })
        })
        .collect();
    let mut found = Vec::new();
    for rule in &spec.links {
        let table = rule.table(&loaded);
        if table.is_empty() {
            continue;
        }
        let linkage: Linkage = link::link(link::Dataset { name: ALL_ROWS, table: &table }, None, &rule.spec)
            .map_err(|error| StageError::Link { entity: spec.name.clone(), error })?;
        found.extend(linkage.judgements.into_iter().map(of_rows));
    }
    let computed = between_groups(&loaded, found);
    let clusters = clusters(&loaded, &computed, by_people);
    let places = spec.places.as_ref().and_then(|places| tables.get(&places.dataset));
    let assembled = assemble(spec, &loaded, &clusters, places.map(Arc::as_ref));
    Ok(Made { assembled, computed })
}

/// What the registry says of the results.
async fn registered(spec: &EntitySpec, store: &Store) -> Result<Vec<Dataset>, StageError> {
    let of = |names: Vec<&str>, all: &[Dataset]| -> Vec<Dataset> {
        all.iter().filter(|dataset| names.contains(&dataset.name.as_str())).cloned().collect()
    };
    let all = store.datasets().await?;
    let registers = of(spec.registers.iter().map(|register| register.dataset.as_str()).collect(), &all);
    let entities = "One row for each, put together from all sources that know it.";
    let members = "One row for each row of a source, with what it belongs to.";
    let members_title = format!("{}: which rows belong to which", spec.title);
    let mut datasets = vec![
        Dataset::derived(&spec.dataset, &spec.title, entities, Standing::Official, &registers),
        Dataset::derived(&members_of(spec), &members_title, members, Standing::Official, &registers),
    ];
    for rule in &spec.mentions {
        let texts = of(vec![&rule.dataset], &all);
        let title = format!("{}: who is meant in what was written", spec.title);
        let summary = "One row for each home that a post means.";
        datasets.push(Dataset::derived(&rule.result, &title, summary, Standing::Community, &texts));
    }
    Ok(datasets)
}
