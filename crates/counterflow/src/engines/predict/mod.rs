//! `counterflow predict`: how likely something is for each row, by what was known before, and how far that can be believed.

mod columns;
mod report;

use super::{Common, count};
use crate::terminal::{Bar, WrongInput, note};
use crate::wiring::CANCELLED;
use analyze::predict::{Leak, PredictionError, PredictionSettings, leaks, predict};
use columns::{Choice, Columns};
use report::Report;
use serde_json::{Value, json};
use std::path::PathBuf;

/// How the command is called.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The table: a row for each event, with what was known before it
    input: PathBuf,
    /// Column that tells whether it happened: 1 or 0, yes or no; empty where that is still to come
    #[arg(long)]
    target: String,
    /// Column that tells when: a date, a moment or a number
    #[arg(long)]
    time: String,
    /// What the target says where it happened, if not 1, yes or true
    #[arg(long)]
    positive: Option<String>,
    /// Rows from this time on are kept for the record; the last fifth where it is not given
    #[arg(long)]
    from: Option<String>,
    /// Columns that say what a row is about, such as a licence; looked for where not given
    #[arg(long, value_delimiter = ',')]
    entity: Vec<String>,
    /// Columns of numbers that are names of kinds
    #[arg(long, value_delimiter = ',')]
    categories: Vec<String>,
    /// Columns to leave out
    #[arg(long, value_delimiter = ',')]
    leave_out: Vec<String>,
    /// Columns that are known before it happens, whatever they look like
    #[arg(long, value_delimiter = ',')]
    known_before: Vec<String>,
    /// Go on without the columns that are known only when it has happened
    #[arg(long)]
    without_leaks: bool,
    /// Columns by whose values errors are told apart
    #[arg(long, value_delimiter = ',')]
    subgroups: Vec<String>,
    /// Where to write the record: part,name,value,low,high,said,rows
    #[arg(long)]
    record: Option<PathBuf>,
    /// Do not leave out each column once to see what it is worth
    #[arg(long)]
    quick: bool,
    /// Most boosted trees
    #[arg(long, value_parser = count::<usize>, default_value_t = PredictionSettings::default().most_trees)]
    most_trees: usize,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut run = arguments.common.begin()?;
    let output = run.output(&arguments.common.output)?;
    let record_to = run.maybe_output(arguments.record.as_deref())?;
    let input = run.input(&arguments.input, &arguments.common.columns)?;
    let table = input.table(&run.bar)?;
    let choice = Choice {
        target: &arguments.target,
        time: &arguments.time,
        positive: arguments.positive.as_deref(),
        entities: &arguments.entity,
        categories: &arguments.categories,
        left_out: &arguments.leave_out,
        known_before: &arguments.known_before,
    };
    let mut columns = Columns::read(&input, &table, &choice)?;
    if let Some(name) = report::ADDED.into_iter().find(|name| table.column(name).is_some()) {
        let file = input.name();
        return Err(WrongInput(format!("{file}: line 1: column `{name}` is what the result adds; rename it")).into());
    }
    let from = arguments.from.as_deref().map(|from| columns.unit.parse(from)).transpose()?;
    let found = run.work(|| leaks(&columns.table, &columns.entities));
    let is_known = |leak: &Leak| arguments.known_before.contains(&columns.table.columns[leak.column].name);
    let found: Vec<Leak> = found.into_iter().filter(|leak| !is_known(leak)).collect();
    let known_after: Vec<(String, String)> = found.iter().map(|leak| columns.leak(leak)).collect();
    if !known_after.is_empty() && !arguments.without_leaks {
        let lines: String = known_after.iter().map(|(name, why)| format!("\n  `{name}`: {why}")).collect();
        return Err(WrongInput(format!(
            "{}: columns that are known only when it has happened:{lines}\nsay `--without-leaks` to go on without them, or `--known-before NAME` for one that is known before",
            input.name()
        ))
        .into());
    }
    columns.leave_out(&found.iter().map(|leak| leak.column).collect::<Vec<_>>());
    let settings = PredictionSettings {
        record_from: from,
        most_trees: arguments.most_trees,
        subgroups: columns.places("--subgroups", &arguments.subgroups)?,
        leave_out: !arguments.quick,
        ..PredictionSettings::default()
    };
    let wrong = |error: PredictionError| {
        let few = matches!(error, PredictionError::Few { what, .. } if what.contains("the record"));
        let from = arguments.from.as_deref().filter(|_| few).and_then(|from| columns.known_between(from));
        WrongInput(format!("{}: {error}{}", input.name(), from.unwrap_or_default()))
    };
    let bar = Bar::new(&CANCELLED);
    let prediction = run.work(|| predict(&columns.table, &settings, &bar)).map_err(wrong)?;
    let report = Report { columns: &columns, prediction: &prediction };
    output.write(report.scores(&table)?)?;
    if let Some(to) = record_to {
        to.write(report.record())?;
    }
    let warnings = report.warnings();
    warnings.iter().for_each(|warning| note(&format!("{}: {warning}", input.name())));
    let still_to_come = columns.table.happened.iter().filter(|happened| happened.is_none()).count();
    let read = json!({"rows": table.len(), "still_to_come": still_to_come, "columns": columns.table.columns.len()});
    let named = |list: &[(String, String)]| -> Vec<Value> {
        list.iter().map(|(name, why)| json!({"column": name, "why": why})).collect()
    };
    let found = json!({
        "scored": prediction.rows.len(), "record": report.told(), "chosen": report.chosen(), "warnings": warnings,
        "known_after": named(&known_after), "left_out": named(&columns.left_out),
    });
    let parameters = json!({
        "target": arguments.target, "time": arguments.time, "positive": arguments.positive,
        "from": columns.unit.text(prediction.record_from), "entity": arguments.entity,
        "categories": arguments.categories, "leave_out": arguments.leave_out,
        "known_before": arguments.known_before, "without_leaks": arguments.without_leaks,
        "subgroups": arguments.subgroups, "most_trees": settings.most_trees, "quick": arguments.quick,
    });
    run.end(&read, &found, &parameters, &report.summary());
    Ok(())
}
