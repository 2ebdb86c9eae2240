//! The stage: catches up with the log, assesses what is said, and names the new versions in one transaction.
//!
//! The only async file of this crate. Must never hold a method.

use crate::coordination::{self, Coordination, CoordinationSettings};
use crate::coverage::coverage;
use crate::filled_in::{self, FilledInSettings};
use crate::gather::{
    Behind, Gathered, Inputs, Read, add_beliefs, add_filled_in, coverage_table, filled_in_table, newest, results,
    trends_table,
};
use crate::official::{self, Ageing};
use crate::ratings::{self, RatingSettings};
use crate::spec::AssessmentSpec;
use crate::survey::{self, SurveySettings};
use crate::trend::{DatedRating, TrendSettings, trends};
use crate::{AssessError, Belief, Scale, Voice, combine, disagreement};
use lake::{Lake, LakeError};
use model::{ColumnType, Date, Run, Standing, Table};
use std::collections::BTreeMap;
use store::datasets::Dataset;
use store::{NewActivity, NewEntry, Store, StoreError};

/// Name of the stage in the log.
pub const STAGE: &str = "assess";
/// Method and version.
pub const METHOD: &str = "assess/2";
/// The aspect that stands for a whole.
pub const OVERALL: &str = "overall";

/// Why the stage could not go on.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// A method.
    #[error("assessments/{name}.toml: {error}")]
    Assess {
        /// Name of the specification.
        name: String,
        /// What is wrong.
        error: AssessError,
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
    /// Figures assessed, by dataset.
    pub figures: BTreeMap<String, usize>,
    /// Single voices heard.
    pub voices: usize,
    /// Groups of voices that count as fewer than they are.
    pub groups: usize,
    /// Rows that a method could not use.
    pub problems: usize,
}

/// Catches up with the log.
pub async fn catch_up(
    store: &Store,
    lake: &Lake,
    specs: &[AssessmentSpec],
    run: Run<'_>,
) -> Result<Outcome, StageError> {
    let head = store.head().await?;
    let inputs: Vec<&str> = specs.iter().flat_map(AssessmentSpec::inputs).collect();
    if !store.has_news(STAGE, &inputs, &[]).await? {
        return Ok(Outcome::default());
    }
    let activity = NewActivity::of_the_program(STAGE, "assess", run);
    let mut outcome = Outcome { ran: true, ..Outcome::default() };
    let mut entries = Vec::new();
    let mut datasets = Vec::new();
    for (number, spec) in specs.iter().enumerate() {
        run.progress.at("assessments", number as u64, specs.len() as u64);
        let inputs = read_inputs(store, lake, spec).await?;
        let made = make(spec, &inputs).map_err(|error| StageError::Assess { name: spec.name.clone(), error })?;
        let Some(made) = made else { continue };
        outcome.figures.insert(spec.dataset.clone(), made.results.len());
        outcome.voices += made.voices.len();
        outcome.groups += made.groups;
        outcome.problems += made.problems;
        let versions: BTreeMap<&String, i64> = inputs.iter().map(|(name, read)| (name, read.version)).collect();
        let results = [
            (&spec.dataset, made.results),
            (&spec.voices_dataset, made.voices),
            (&spec.gaps_dataset, made.gaps),
            (&spec.coverage_dataset, made.coverage),
            (&spec.trends_dataset, made.trends),
            (&spec.filled_in_dataset, made.filled_in),
        ];
        for (name, table) in results {
            let standing = store.dataset_version(name).await?;
            if let Some(version) = lake.replace_if_changed(name, standing, table, &activity.id).await? {
                let note = serde_json::json!({"method": METHOD, "inputs": versions});
                entries.push(NewEntry::rows(name, version, note));
            }
        }
        datasets.extend(registered(spec, store).await?);
    }
    let mut writer = store.begin(&activity).await?;
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

async fn read_inputs(store: &Store, lake: &Lake, spec: &AssessmentSpec) -> Result<Inputs, StageError> {
    let mut inputs = Inputs::new();
    for dataset in spec.inputs() {
        if let Some(version) = store.dataset_version(dataset).await? {
            inputs.insert(dataset.to_owned(), Read { version, table: lake.read(dataset, version).await? });
        }
    }
    Ok(inputs)
}

/// What one specification gives.
pub struct Made {
    /// One row for each figure.
    pub results: Table,
    /// One row for each voice, with its share.
    pub voices: Table,
    /// One row for each Entity of which both communities and officials speak.
    pub gaps: Table,
    /// One row for each region and kind of owner: of how many Entities somebody speaks.
    pub coverage: Table,
    /// One row for each Entity of which it is known how what is said of it moves.
    pub trends: Table,
    /// One row for each row of a source whose values look filled in.
    pub filled_in: Table,
    /// Groups of voices that count as fewer than they are.
    pub groups: usize,
    /// Rows that a method could not use.
    pub problems: usize,
}

/// The pure work between reading and writing; `None` where there are no Entities yet.
///
/// # Errors
/// Settings that no result can be computed with.
pub fn make(spec: &AssessmentSpec, inputs: &Inputs) -> Result<Option<Made>, AssessError> {
    let Some(gathered) = Gathered::new(spec, inputs) else { return Ok(None) };
    let mut made = Made {
        results: results(),
        voices: voices_table(),
        gaps: gaps_table(),
        coverage: coverage_table(&[]),
        trends: trends_table(&[], OVERALL, &Behind::default()),
        filled_in: filled_in_table(),
        groups: 0,
        problems: 0,
    };
    let mut dated: Vec<DatedRating<'_>> = Vec::new();
    let mut views: Vec<combine::SourceView> = Vec::new();
    let mut aspects: Vec<Belief> = Vec::new();
    let (mut behind_answers, mut behind_voices) = (Behind::default(), Behind::default());
    let voices: Vec<Vec<Voice>> = spec.voices.iter().map(|rule| gathered.voices(rule)).collect();
    let as_of = newest_day(&gathered, spec, &voices);
    for rule in &spec.surveys {
        let answers = gathered.answers(rule);
        let (beliefs, problems) = survey::assess(&answers, &gathered.comparable, &SurveySettings::australia())?;
        behind_answers.merge(&gathered.behind(answers.iter().map(|one| (one.entity.as_str(), &one.record))));
        made.problems += problems.len();
        let (overall, single): (Vec<Belief>, Vec<Belief>) =
            beliefs.into_iter().partition(|belief| belief.aspect == OVERALL);
        views.push(combine::SourceView { source: rule.dataset.clone(), beliefs: overall });
        aspects.extend(single);
    }
    for (rule, voices) in spec.voices.iter().zip(&voices) {
        let found = coordination::find(voices, &CoordinationSettings::on(Scale::STARS))?;
        made.groups += found.groups.len();
        let beliefs = ratings::assess(voices, &found, &gathered.comparable, as_of, &RatingSettings::stars(OVERALL))?;
        add_voices(&mut made.voices, voices, &found);
        behind_voices.merge(&gathered.behind(voices.iter().map(|one| (one.entity.as_str(), &one.record))));
        dated.extend(voices.iter().enumerate().map(|(number, voice)| DatedRating {
            entity: &voice.entity,
            record: &voice.record,
            day: voice.when.middle(),
            rating: voice.rating,
            share: found.shares[number] * voice.weight,
        }));
        views.push(combine::SourceView { source: rule.dataset.clone(), beliefs });
    }
    let overall = combine::combine(&views, OVERALL, (Scale::STARS.low, Scale::STARS.high));
    let mut behind_both = behind_answers.clone();
    behind_both.merge(&behind_voices);
    add_beliefs(&mut made.results, &overall, Standing::Community, as_of, &behind_both);
    add_beliefs(&mut made.results, &aspects, Standing::Community, as_of, &behind_answers);
    let official = assess_official(spec, &gathered, as_of, &mut made.results)?;
    add_gaps(&mut made.gaps, &overall, &official);
    made.coverage = coverage_table(&coverage(&gathered.heard(&overall), LEAST_HEARD));
    made.trends = trends_table(&trends(&dated, &TrendSettings::default()), OVERALL, &behind_voices);
    for dataset in &spec.measured {
        let Some(read) = inputs.get(dataset) else { continue };
        for found in filled_in::find(&read.table, &FilledInSettings::default())? {
            add_filled_in(&mut made.filled_in, dataset, read, &found);
        }
    }
    Ok(Some(made))
}

fn assess_official(
    spec: &AssessmentSpec,
    gathered: &Gathered<'_>,
    as_of: Date,
    results: &mut Table,
) -> Result<Vec<Belief>, AssessError> {
    let mut overall = Vec::new();
    let sanctions = gathered.sanctions();
    for rule in &spec.official {
        for (aspect, column) in &rule.aspects {
            let history = gathered.ratings(rule, column);
            let rated = history.iter().map(|one| (one.entity.as_str(), &one.record));
            let behind = gathered.behind(rated.chain(sanctions.iter().map(|one| (one.entity.as_str(), &one.record))));
            let ageing = Ageing::learn(&history, &sanctions, Scale::STARS);
            let beliefs =
                official::rating::assess(&newest(&history), &sanctions, &ageing, aspect, Scale::STARS, as_of)?;
            add_beliefs(results, &beliefs, Standing::Official, as_of, &behind);
            if aspect == OVERALL {
                overall.extend(beliefs);
            }
        }
    }
    for rule in &spec.self_reports {
        let settings = official::SelfReportSettings {
            aspect: rule.aspect.clone(),
            measured_error: 0.05,
            bounds: (rule.bounds[0], rule.bounds[1]),
        };
        let reports = gathered.self_reports(rule);
        let (_, beliefs) = official::self_report::assess(&reports, &settings)?;
        let behind = gathered.behind(reports.iter().map(|one| (one.entity.as_str(), &one.record)));
        add_beliefs(results, &beliefs, Standing::Official, as_of, &behind);
    }
    Ok(overall)
}

/// Independent voices from which on an Entity counts as spoken about.
const LEAST_HEARD: f64 = 1.0;

/// Smallest difference between both views that is called one, in stars.
const LEAST_GAP: f64 = 0.5;

fn gaps_table() -> Table {
    let mut columns = vec![("_id".to_owned(), ColumnType::Text), ("entity".to_owned(), ColumnType::Text)];
    columns.push(("aspect".to_owned(), ColumnType::Text));
    for side in ["community", "official", "gap"] {
        columns.extend(["value", "low", "high", "voices"].map(|part| (format!("{side}_{part}"), ColumnType::Number)));
    }
    columns.push(("probability".to_owned(), ColumnType::Number));
    let columns: Vec<(&str, ColumnType)> = columns.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
    Table::with_columns(&columns)
}

/// Both views of every Entity that has both, on one scale.
fn add_gaps(table: &mut Table, community: &[Belief], official: &[Belief]) {
    let enough = |belief: &&Belief| belief.ground == crate::hierarchy::Ground::Enough;
    let official: BTreeMap<&str, &Belief> =
        official.iter().filter(enough).map(|belief| (belief.entity.as_str(), belief)).collect();
    let pairs: Vec<disagreement::Pair> = community
        .iter()
        .filter(enough)
        .filter_map(|belief| {
            Some(disagreement::Pair {
                entity: belief.entity.clone(),
                community: belief.estimate.value,
                official: official.get(belief.entity.as_str())?.estimate.value,
            })
        })
        .collect();
    let said: BTreeMap<&str, &disagreement::Pair> = pairs.iter().map(|pair| (pair.entity.as_str(), pair)).collect();
    for gap in disagreement::gaps(&pairs, LEAST_GAP) {
        let Some(pair) = said.get(gap.entity.as_str()) else { continue };
        let mut row: Vec<model::Value> =
            vec![model::content_id([gap.entity.as_str(), OVERALL]).into(), gap.entity.as_str().into(), OVERALL.into()];
        for estimate in [pair.community, gap.official, gap.gap.value] {
            row.extend([estimate.value, estimate.low, estimate.high, estimate.voices].map(model::Value::from));
        }
        row.push(gap.probability.into());
        table.push_row(row).expect("values were made for these columns");
    }
}

/// The newest day that anything read is of. The clock is not asked: the same rows give the same result on any day.
fn newest_day(gathered: &Gathered<'_>, spec: &AssessmentSpec, voices: &[Vec<Voice>]) -> Date {
    let said = voices.iter().flatten().filter_map(|voice| voice.when.last_date());
    let rated = spec.official.iter().flat_map(|rule| {
        let column = rule.aspects.values().next().map(String::as_str).unwrap_or_default();
        gathered.ratings(rule, column).into_iter().map(|rating| rating.on)
    });
    said.chain(rated).max().unwrap_or(Date::constant(1970, 1, 1))
}

fn voices_table() -> Table {
    Table::with_columns(&[
        ("_id", ColumnType::Text),
        ("entity", ColumnType::Text),
        ("dataset", ColumnType::Text),
        ("record", ColumnType::Text),
        ("version", ColumnType::Integer),
        ("said_on", ColumnType::Date),
        ("rating", ColumnType::Number),
        ("share", ColumnType::Number),
        ("discounted", ColumnType::Text),
        ("group", ColumnType::Text),
        ("chance", ColumnType::Number),
    ])
}

fn add_voices(table: &mut Table, voices: &[Voice], found: &Coordination) {
    let mut group_of: BTreeMap<usize, (String, f64)> = BTreeMap::new();
    for group in &found.groups {
        let first = group.voices.first().map(|voice| voices[*voice].record.id.clone()).unwrap_or_default();
        for voice in &group.voices {
            group_of.entry(*voice).or_insert_with(|| (format!("{}-{first}", group.kind.word()), group.chance));
        }
    }
    for (number, voice) in voices.iter().enumerate() {
        let row = vec![
            model::content_id([voice.record.dataset.as_str(), voice.record.id.as_str(), voice.entity.as_str()]).into(),
            voice.entity.as_str().into(),
            voice.record.dataset.as_str().into(),
            voice.record.id.as_str().into(),
            voice.record.version.into(),
            voice.when.last_date().into(),
            voice.rating.into(),
            (found.shares[number] * voice.weight).into(),
            found.discounted(number).into(),
            group_of.get(&number).map(|(group, _)| group.clone()).unwrap_or_default().into(),
            group_of.get(&number).map_or(model::Value::Null, |(_, chance)| (*chance).into()),
        ];
        table.push_row(row).expect("values were made for these columns");
    }
}

async fn registered(spec: &AssessmentSpec, store: &Store) -> Result<[Dataset; 6], StageError> {
    let sources = store.datasets_named(&spec.inputs()).await?;
    let results = "One row for each figure: value, 90 % interval, voices, and why.";
    let voices = "One row for each voice: what it is about and for how much it counts.";
    let gaps = "One row for each home of which both residents and officials speak: both views on one scale.";
    let coverage =
        "One row for each region and kind of owner: how many homes there are, and of how many somebody speaks.";
    let trends = "One row for each home of which enough is known: how what residents say moves, in stars a year.";
    let coverage_title = format!("{}: about whom nobody speaks", spec.title);
    let trends_title = format!("{}: how what is said moves", spec.title);
    let filled_in = "One row for each row of a source that shares constants with many others, as if filled in by hand.";
    let filled_in_title = format!("{}: values that look filled in", spec.title);
    let gaps_title = format!("{}: where views differ", spec.title);
    let voices_title = format!("{}: single voices", spec.title);
    Ok([
        Dataset::derived(&spec.dataset, &spec.title, results, Standing::Community, &sources),
        Dataset::derived(&spec.voices_dataset, &voices_title, voices, Standing::Community, &sources),
        Dataset::derived(&spec.gaps_dataset, &gaps_title, gaps, Standing::Community, &sources),
        Dataset::derived(&spec.coverage_dataset, &coverage_title, coverage, Standing::Community, &sources),
        Dataset::derived(&spec.trends_dataset, &trends_title, trends, Standing::Community, &sources),
        Dataset::derived(&spec.filled_in_dataset, &filled_in_title, filled_in, Standing::Official, &sources),
    ])
}
