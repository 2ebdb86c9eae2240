//! The stage: catches up with the log, looks for what is out of line, and puts the findings in place of those before.
//!
//! The only async file of this crate. What people did about a Signal stays with its identifier.

use crate::series::change::{Change, ChangeSettings, DatedVoice, changes, noise};
use crate::series::panel::{PanelSettings, Quarter, Stars, official_changes};
use crate::signals::{
    DisagreementSettings, FewVoices, SharedConstants, TwoViews, community_change, coordination, disagreements,
    filled_in, official_change, one_for_each, surest,
};
use crate::spec::AnalysisSpec;
use lake::{Lake, LakeError};
use model::signal::Signal;
use model::time::{date_from_days, days_since_epoch};
use model::{Date, Estimate, RecordRef, Run, Table};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{NewActivity, NewEntry, Store, StoreError};

/// Name of the stage in the log.
pub const STAGE: &str = "analyze";

/// Why the stage could not go on.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The lake.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

/// What the stage found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// False where nothing it reads had changed.
    pub ran: bool,
    /// Signals by kind.
    pub signals: BTreeMap<String, usize>,
}

/// Voices from which on a group that counts as few is worth somebody's look.
const LEAST_CAMPAIGN: usize = 5;
/// Share of those that go back within a year among the changes of official stars that are told.
const FALSE_CHANGES: f64 = 0.125;

/// A table at the version it was read.
type Inputs = BTreeMap<String, (i64, Arc<Table>)>;

/// Catches up with the log.
pub async fn catch_up(store: &Store, lake: &Lake, specs: &[AnalysisSpec], run: Run<'_>) -> Result<Outcome, StageError> {
    let head = store.head().await?;
    let read: Vec<&str> = specs.iter().flat_map(AnalysisSpec::inputs).collect();
    if !store.has_news(STAGE, &read, &[]).await? {
        return Ok(Outcome::default());
    }
    let mut outcome = Outcome { ran: true, ..Outcome::default() };
    let mut found = Vec::new();
    for (number, spec) in specs.iter().enumerate() {
        run.progress.at("analyses", number as u64, specs.len() as u64);
        let mut inputs = Inputs::new();
        for dataset in spec.inputs() {
            if let Some(version) = store.dataset_version(dataset).await? {
                inputs.insert(dataset.to_owned(), (version, lake.read(dataset, version).await?));
            }
        }
        found.extend(signals(spec, &inputs));
    }
    for signal in &found {
        *outcome.signals.entry(signal.kind.word().to_owned()).or_default() += 1;
    }
    let activity = NewActivity::of_the_program(STAGE, "analyze", run);
    let mut writer = store.begin(&activity).await?;
    writer.replace_signals(&found).await?;
    writer.append(&NewEntry::about("signals", serde_json::json!(outcome.signals))).await?;
    writer.move_position(STAGE, head).await?;
    writer.commit().await?;
    Ok(outcome)
}

/// All findings of one specification that are news. Pure.
fn signals(spec: &AnalysisSpec, inputs: &Inputs) -> Vec<Signal> {
    let mut found = Vec::new();
    let mut newest: Option<Date> = None;
    if let Some((_, voices)) = inputs.get(&spec.voices) {
        newest = (0..voices.len()).filter_map(|row| voices.date(row, "said_on")).max();
        found.extend(of_voices(voices));
    }
    found.extend(of_officials(spec, inputs));
    if let (Some((_, rows)), Some(received)) = (inputs.get(&spec.filled_in), newest) {
        found.extend(of_filled_in(rows, received));
    }
    if let (Some((_, gaps)), Some(until)) = (inputs.get(&spec.gaps), newest) {
        found.extend(of_gaps(gaps, until));
    }
    let last = newest.into_iter().chain(found.iter().map(|signal| signal.noticed)).max();
    let Some(last) = last else { return found };
    found.retain(|signal| days_since_epoch(last) - days_since_epoch(signal.noticed) <= spec.news_days);
    found
}

/// Changes in what communities say, and groups of voices that count as few.
fn of_voices(table: &Table) -> Vec<Signal> {
    let mut by_entity: BTreeMap<&str, Vec<DatedVoice>> = BTreeMap::new();
    let mut groups: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for row in 0..table.len() {
        let (Some(entity), Some(date), Some(value)) =
            (table.text(row, "entity"), table.date(row, "said_on"), table.number(row, "rating"))
        else {
            continue;
        };
        let weight = table.number(row, "share").unwrap_or(1.0);
        by_entity.entry(entity).or_default().push(DatedVoice { record: Some(record(table, row)), date, value, weight });
        if let Some(group) = table.text(row, "group").filter(|group| !group.is_empty()) {
            groups.entry((entity, group)).or_default().push(row);
        }
    }
    let series: Vec<&[DatedVoice]> = by_entity.values().map(Vec::as_slice).collect();
    let mut found = Vec::new();
    if let Some(noise) = noise(&series) {
        let settings = ChangeSettings::stars(noise);
        for (entity, voices) in &by_entity {
            let told: Vec<Change> = changes(voices, &settings);
            found.extend(told.iter().map(|change| community_change(entity, "overall", change)));
        }
    }
    for ((entity, group), rows) in groups {
        let dates: Vec<Date> = rows.iter().filter_map(|row| table.date(*row, "said_on")).collect();
        let (Some(since), Some(until)) = (dates.iter().min(), dates.iter().max()) else { continue };
        let counts_as: f64 = rows.iter().filter_map(|row| table.number(*row, "share")).sum();
        // A person who speaks again is no campaign, and a handful of copies moves no figure: both are discounted, and nobody
        // has to look.
        if rows.len() < LEAST_CAMPAIGN || group.starts_with("same_person") {
            continue;
        }
        found.push(coordination(&FewVoices {
            entity: entity.to_owned(),
            group: group.split('-').next().unwrap_or(group).to_owned(),
            records: rows.iter().map(|row| record(table, *row)).collect(),
            counts_as,
            since: *since,
            until: *until,
            chance: rows.iter().filter_map(|row| table.number(*row, "chance")).fold(0.0, f64::max),
        }));
    }
    found
}

fn record(table: &Table, row: usize) -> RecordRef {
    RecordRef {
        dataset: table.text(row, "dataset").unwrap_or_default().to_owned(),
        version: table.number(row, "version").map_or(0, |version| version as i64),
        id: table.text(row, "record").unwrap_or_default().to_owned(),
    }
}

/// Changes of official stars that were noticed in the newest quarter: what was noticed before stands in the home's history, and
/// had its turn.
fn of_officials(spec: &AnalysisSpec, inputs: &Inputs) -> Vec<Signal> {
    let Some((_, members)) = inputs.get(&spec.members) else { return Vec::new() };
    let mut found = Vec::new();
    for rule in &spec.official {
        let Some((version, table)) = inputs.get(&rule.dataset) else { continue };
        let entity_of: BTreeMap<&str, &str> = (0..members.len())
            .filter(|row| members.text(*row, "dataset") == Some(&rule.dataset))
            .filter_map(|row| Some((members.text(row, "record")?, members.text(row, "entity")?)))
            .collect();
        for (aspect, column) in &rule.aspects {
            let mut series: BTreeMap<&str, BTreeMap<Date, Quarter>> = BTreeMap::new();
            for row in 0..table.len() {
                let id = table.text(row, "_id").unwrap_or_default();
                let (Some(entity), Some(date), Some(stars)) =
                    (entity_of.get(id), table.date(row, &rule.on), table.number(row, column))
                else {
                    continue;
                };
                let from = RecordRef { dataset: rule.dataset.clone(), version: *version, id: id.to_owned() };
                series.entry(entity).or_default().insert(date, Quarter { date, stars, record: Some(from) });
            }
            let series: Vec<Stars> = series
                .into_iter()
                .map(|(entity, quarters)| Stars {
                    entity: entity.to_owned(),
                    aspect: aspect.clone(),
                    quarters: quarters.into_values().collect(),
                })
                .collect();
            let newest = series.iter().flat_map(|one| one.quarters.iter().map(|quarter| quarter.date)).max();
            for change in official_changes(&series, &PanelSettings::default()) {
                if Some(change.noticed) == newest {
                    found.push(official_change(&series[change.series].entity, aspect, &change));
                }
            }
        }
    }
    one_for_each(surest(found, FALSE_CHANGES))
}

/// Rows whose values look filled in, one finding for each set of constants.
fn of_filled_in(table: &Table, received: Date) -> Vec<Signal> {
    let mut patterns: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for row in 0..table.len() {
        patterns.entry(table.text(row, "pattern").unwrap_or_default()).or_default().push(row);
    }
    let found = patterns.into_values().map(|rows| SharedConstants {
        entity: table.text(rows[0], "dataset").unwrap_or_default().to_owned(),
        constants: serde_json::from_str(table.text(rows[0], "constants").unwrap_or_default()).unwrap_or_default(),
        expected: table.number(rows[0], "expected").unwrap_or(0.0),
        records: rows.iter().map(|row| record(table, *row)).collect(),
        received,
    });
    found.map(|found| filled_in(&found)).collect()
}

/// Where communities and officials disagree.
fn of_gaps(table: &Table, until: Date) -> Vec<Signal> {
    let estimate = |row: usize, name: &str| {
        let number = |part: &str| table.number(row, &format!("{name}_{part}"));
        Some(Estimate {
            value: number("value")?,
            low: number("low")?,
            high: number("high")?,
            level: 0.9,
            voices: number("voices")?,
            independent_voices: number("voices")?,
        })
    };
    let since = date_from_days(days_since_epoch(until) - 365).unwrap_or(until);
    let views: Vec<TwoViews> = (0..table.len())
        .filter_map(|row| {
            Some(TwoViews {
                entity: table.text(row, "entity")?.to_owned(),
                aspect: table.text(row, "aspect")?.to_owned(),
                community: estimate(row, "community")?,
                official: estimate(row, "official")?,
                since,
                until,
            })
        })
        .collect();
    disagreements(&views, &DisagreementSettings::default())
}
