//! Runs the stages one after another until none finds news. Must never know what a stage does.

use crate::office::Office;
use crate::terminal::WrongInput;
use crate::wiring::Opened;
use decide::case::casetype::CaseType;
use ingest::{Intake, Outcome};
use model::Run;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Instant;

/// What one stage made, for people and for `--json`.
#[derive(Debug, Serialize)]
pub(crate) struct StageReport {
    pub(crate) stage: &'static str,
    pub(crate) seconds: f64,
    pub(crate) made: serde_json::Value,
}

/// Specifications of the office for all stages.
pub(crate) struct Specifications {
    pub(crate) mappings: BTreeMap<String, ingest::mapping::Mapping>,
    pub(crate) entities: Vec<resolve::entities::EntitySpec>,
    pub(crate) assessments: Vec<assess::spec::AssessmentSpec>,
    pub(crate) analyses: Vec<analyze::spec::AnalysisSpec>,
}

impl Specifications {
    /// Reads them; gives also what is wrong, one sentence each.
    pub(crate) fn read(office: &Office) -> anyhow::Result<(Self, Vec<String>)> {
        let mut faults = Vec::new();
        let mut read =
            Self { mappings: BTreeMap::new(), entities: Vec::new(), assessments: Vec::new(), analyses: Vec::new() };
        for (name, text) in crate::office::files(&office.folder.join("mappings"), "toml")? {
            match ingest::mapping::Mapping::parse(&name, &text) {
                Ok(mapping) => {
                    read.mappings.insert(name, mapping);
                }
                Err(fault) => faults.push(format!("mappings/{name}.toml: {fault}")),
            }
        }
        for (name, text) in crate::office::files(&office.folder.join("entities"), "toml")? {
            match resolve::entities::EntitySpec::parse(&name, &text) {
                Ok(spec) => read.entities.push(spec),
                Err(fault) => faults.push(format!("entities/{name}.toml: {fault}")),
            }
        }
        for (name, text) in crate::office::files(&office.folder.join("assessments"), "toml")? {
            match assess::spec::AssessmentSpec::parse(&name, &text) {
                Ok(spec) => read.assessments.push(spec),
                Err(fault) => faults.push(format!("assessments/{name}.toml: {fault}")),
            }
        }
        for (name, text) in crate::office::files(&office.folder.join("analyses"), "toml")? {
            match analyze::spec::AnalysisSpec::parse(&name, &text) {
                Ok(spec) => read.analyses.push(spec),
                Err(fault) => faults.push(format!("analyses/{name}.toml: {fault}")),
            }
        }
        for source in &office.sources {
            if !read.mappings.contains_key(&source.mapping) {
                let known: Vec<&str> = read.mappings.keys().map(String::as_str).collect();
                faults.push(format!(
                    "sources/{}.toml: `mapping` is `{}`; write one of {}",
                    source.name,
                    source.mapping,
                    known.join(", ")
                ));
            }
        }
        Ok((read, faults))
    }

    /// Like [`Specifications::read`], for a command that needs all of them right.
    pub(crate) fn sound(office: &Office) -> anyhow::Result<Self> {
        let (read, faults) = Self::read(office)?;
        if faults.is_empty() { Ok(read) } else { Err(WrongInput(faults.join("\n")).into()) }
    }
}

/// Looks at sources (all, or one) and gives what came of each. A source that fails does not stop the others.
pub(crate) async fn look(
    opened: &Opened,
    specifications: &Specifications,
    only: Option<&str>,
    replay: bool,
    run: Run<'_>,
) -> anyhow::Result<(StageReport, Vec<String>)> {
    let began = Instant::now();
    let intake = Intake {
        store: &opened.store,
        lake: &opened.lake,
        client: &opened.client,
        office: &opened.office.folder,
        mappings: &specifications.mappings,
    };
    let mut failures = Vec::new();
    let mut made: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    for source in opened.office.sources.iter().filter(|source| only.is_none_or(|name| source.name == name)) {
        let looked = if replay {
            ingest::stage::replay(intake, source, run).await
        } else {
            ingest::stage::look(intake, source, run).await
        };
        match looked {
            Ok(outcome) => {
                made.insert(source.name.clone(), described(&outcome));
            }
            Err(error) => failures.push(format!("source `{}`: {error}", source.name)),
        }
    }
    let report = StageReport { stage: "ingest", seconds: began.elapsed().as_secs_f64(), made: serde_json::json!(made) };
    Ok((report, failures))
}

fn described(outcome: &Outcome) -> serde_json::Value {
    let datasets: BTreeMap<&String, serde_json::Value> = outcome
        .datasets
        .iter()
        .map(|(name, changes)| {
            let figures = serde_json::json!({
                "added": changes.added, "changed": changes.changed, "removed": changes.removed,
                "unchanged": changes.unchanged,
            });
            (name, figures)
        })
        .collect();
    serde_json::json!({
        "files": outcome.files, "unchanged_files": outcome.unchanged_files, "problems": outcome.problems,
        "datasets": datasets,
    })
}

/// Lets every stage after ingest catch up with the log.
pub(crate) async fn catch_up(opened: &Opened, specifications: &Specifications) -> anyhow::Result<Vec<StageReport>> {
    let mut reports = Vec::new();
    let began = Instant::now();
    let made = resolve::stage::catch_up(&opened.store, &opened.lake, &specifications.entities, opened.run()).await?;
    reports.push(StageReport {
        stage: "resolve",
        seconds: began.elapsed().as_secs_f64(),
        made: serde_json::json!({
            "ran": made.ran, "entities": made.entities, "mentions": made.mentions, "same": made.same,
            "unsure": made.unsure,
        }),
    });
    let began = Instant::now();
    let made = assess::stage::catch_up(&opened.store, &opened.lake, &specifications.assessments, opened.run()).await?;
    reports.push(StageReport {
        stage: "assess",
        seconds: began.elapsed().as_secs_f64(),
        made: serde_json::json!({
            "ran": made.ran, "figures": made.figures, "voices": made.voices, "groups": made.groups,
            "problems": made.problems,
        }),
    });
    let began = Instant::now();
    let made = analyze::stage::catch_up(&opened.store, &opened.lake, &specifications.analyses, opened.run()).await?;
    reports.push(StageReport {
        stage: "analyze",
        seconds: began.elapsed().as_secs_f64(),
        made: serde_json::json!({"ran": made.ran, "signals": made.signals}),
    });
    Ok(reports)
}

/// The same, and then the cases that new Signals concern.
pub(crate) async fn catch_up_with_cases(
    opened: &Opened,
    specifications: &Specifications,
    placement: &CaseType,
) -> anyhow::Result<Vec<StageReport>> {
    let mut reports = catch_up(opened, specifications).await?;
    let began = Instant::now();
    let followed = decide::follow::catch_up(&opened.store, placement, opened.run()).await?;
    reports.push(StageReport {
        stage: "follow",
        seconds: began.elapsed().as_secs_f64(),
        made: serde_json::json!({"ran": followed.ran, "cases_to_look_at_again": followed.cases}),
    });
    Ok(reports)
}
