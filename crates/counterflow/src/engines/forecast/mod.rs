//! `counterflow forecast`: what comes next in many series at once, how sure that is, and what was out of line.
//!
//! Holds the command: what it is called with and what it writes. It must never hold a method: those are in `analyze::forecast`.

mod calendar;
mod rows;
mod tables;

use super::Common;
use crate::terminal::{WrongInput, note};
use analyze::forecast::{
    AlarmSettings, Alarms, Forecast, ForecastError, ForecastSettings, Series, alarms_all, forecast_all,
};
use calendar::Every;
use model::run::Progress;
use rows::{Holidays, Lines};
use serde_json::json;
use std::path::PathBuf;

/// Series that are worked on between two looks at the bar.
const AT_ONCE: usize = 256;
/// Simulated series that changes are judged by, at most.
const MOST_DRAWS: usize = 100_000;
/// Series that are named when they are left out.
const NAMED: usize = 5;

/// How the command is called.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Values: unique_id,ds,y; ds is a date, a moment or a whole number, an empty y is a gap
    input: PathBuf,
    /// Positions to forecast
    #[arg(long, value_parser = super::count::<usize>, default_value_t = 28)]
    horizon: usize,
    /// How far apart positions are; found from the dates where not given
    #[arg(long, value_enum)]
    every: Option<Every>,
    /// Lengths of seasons in positions; 7 and 365.25 for days, 24, 168 and 8766 for hours, 52.18 for weeks and 12 for months where not given
    #[arg(long, value_parser = super::number, value_delimiter = ',')]
    seasons: Option<Vec<f64>>,
    /// Bands in percent; the columns of the first are yhat_lower and yhat_upper, those of the others have its number
    #[arg(long, value_parser = super::number, value_delimiter = ',', default_values_t = [95.0, 80.0])]
    levels: Vec<f64>,
    /// Positions without a line are zeros, as where only what happened was written down
    #[arg(long)]
    zeros: bool,
    /// Days on which things are different: ds and, where they are of several kinds, holiday; those to come as well
    #[arg(long)]
    holidays: Option<PathBuf>,
    /// Past points to forecast from, by which methods are weighed and bands are measured
    #[arg(long, value_parser = super::count::<usize>, default_value_t = ForecastSettings::new(1, &[]).origins)]
    origins: usize,
    /// Where to write what was out of line in the past: unique_id,ds,what,value,expected,size,lower,upper,chance
    #[arg(long)]
    anomalies: Option<PathBuf>,
    /// Share of false alarms that is put up with
    #[arg(long, value_parser = super::number, default_value_t = AlarmSettings::new(&[]).false_alarms, requires = "anomalies")]
    false_alarms: f64,
    /// Where to write the part of each method: unique_id,method,weight,past_error
    #[arg(long)]
    methods: Option<PathBuf>,
    /// Where to write what each forecast is the sum of: unique_id,ds,level,season_…,holidays
    #[arg(long)]
    parts: Option<PathBuf>,
    /// Seed of the simulated series that changes are judged by
    #[arg(long, value_parser = super::count::<u64>, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    check_levels(&arguments.levels)?;
    let mut run = arguments.common.begin()?;
    let output = run.output(&arguments.common.output)?;
    let anomalies_to = run.maybe_output(arguments.anomalies.as_deref())?;
    let methods_to = run.maybe_output(arguments.methods.as_deref())?;
    let parts_to = run.maybe_output(arguments.parts.as_deref())?;
    let input = run.input(&arguments.input, &arguments.common.columns)?;
    let lines = Lines::read(&input, &run.bar)?;
    let all = rows::series(&input, &lines, arguments.every, arguments.zeros)?;
    let holidays = match &arguments.holidays {
        Some(path) => Holidays::read(&run.another(path), &all.calendar, &run.bar)?,
        None => Holidays::default(),
    };
    let seasons = arguments.seasons.clone().unwrap_or_else(|| all.calendar.seasons());
    let settings = ForecastSettings {
        horizon: arguments.horizon,
        seasons: seasons.clone(),
        levels: arguments.levels.iter().map(|level| level / 100.0).collect(),
        origins: arguments.origins,
    };
    let usual = AlarmSettings::new(&seasons);
    // A chance so small can only be told among as many draws.
    let draws = usual.draws.max((1.0 / arguments.false_alarms).ceil() as usize).min(MOST_DRAWS);
    if anomalies_to.is_some() && arguments.false_alarms < 1.0 / MOST_DRAWS as f64 {
        let found = arguments.false_alarms;
        return Err(
            WrongInput(format!("`--false-alarms {found}`: write a share of 0.00001 or more, such as 0.05")).into()
        );
    }
    let alarm_settings = AlarmSettings { false_alarms: arguments.false_alarms, seed: arguments.seed, draws, ..usual };
    let wrong = |error: ForecastError| WrongInput(format!("{}: {error}", input.name()));
    let mut found: Vec<Result<(Forecast, Alarms), ForecastError>> = Vec::with_capacity(all.series.len());
    for some in all.series.chunks(AT_ONCE) {
        run.bar.at("series", found.len() as u64, all.series.len() as u64);
        let flags: Vec<(Vec<f64>, usize)> =
            some.iter().map(|own| holidays.flags(own, &all.calendar, arguments.horizon)).collect();
        let ahead: Vec<Series<'_>> = some
            .iter()
            .zip(&flags)
            .map(|(own, (flags, columns))| Series { values: &own.values, flags, flag_columns: *columns })
            .collect();
        let forecasts = run.work(|| forecast_all(&ahead, &settings)).map_err(wrong)?;
        let alarms = if anomalies_to.is_some() {
            let past: Vec<Series<'_>> = some
                .iter()
                .zip(&flags)
                .map(|(own, (flags, columns))| {
                    let known = &flags[..own.values.len() * columns];
                    Series { values: &own.values, flags: known, flag_columns: *columns }
                })
                .collect();
            run.work(|| alarms_all(&past, &alarm_settings)).map_err(wrong)?
        } else {
            some.iter().map(|_| Ok(Alarms::default())).collect()
        };
        found.extend(forecasts.into_iter().zip(alarms).map(|(forecast, alarms)| Ok((forecast?, alarms?))));
    }
    let named = tables::Named { all: &all, seasons: &seasons };
    output.write(named.forecasts(&found, &arguments.levels))?;
    if let Some(to) = anomalies_to {
        to.write(named.alarms(&found))?;
    }
    if let Some(to) = methods_to {
        to.write(named.methods(&found))?;
    }
    if let Some(to) = parts_to {
        to.write(named.parts(&found))?;
    }
    let left_out: Vec<(&str, String)> = all
        .series
        .iter()
        .zip(&found)
        .filter_map(|(own, found)| Some((own.name.as_str(), found.as_ref().err()?.to_string())))
        .collect();
    for (name, why) in left_out.iter().take(NAMED) {
        note(&format!("{}: series `{name}` is left out: {why}", input.name()));
    }
    let good = || found.iter().filter_map(|found| found.as_ref().ok());
    let (anomalies, changes) = (
        good().map(|(_, alarms)| alarms.anomalies.len()).sum::<usize>(),
        good().map(|(_, alarms)| alarms.changes.len()).sum::<usize>(),
    );
    let without_band = good().filter(|(forecast, _)| tables::has_no_band(forecast)).count();
    let gaps: usize = all.series.iter().map(|own| own.values.iter().filter(|value| value.is_nan()).count()).sum();
    let read = json!({"rows": lines.len(), "series": all.series.len(), "gaps": gaps, "holidays": holidays.days()});
    let told = json!({
        "forecast": good().count(), "left_out": left_out.len(), "without_band": without_band, "anomalies": anomalies, "changes": changes,
        "methods": named.shares(&found),
    });
    let parameters = json!({
        "horizon": arguments.horizon, "every": all.calendar.word(), "seasons": seasons, "levels": arguments.levels,
        "origins": arguments.origins, "zeros": arguments.zeros, "false_alarms": arguments.false_alarms, "seed": arguments.seed,
        "holidays": arguments.holidays,
    });
    let mut summary =
        format!("{} of {} series forecast, {} ahead", good().count(), all.series.len(), arguments.horizon);
    if without_band > 0 {
        summary.push_str(&format!("; {without_band} without a band, too little of their past being known"));
    }
    if arguments.anomalies.is_some() {
        summary.push_str(&format!("; {anomalies} values and {changes} changes of level out of line"));
    }
    run.end(&read, &told, &parameters, &summary);
    Ok(())
}

/// Whether bands can be made of what was typed.
fn check_levels(levels: &[f64]) -> Result<(), WrongInput> {
    for (place, level) in levels.iter().enumerate() {
        let write = if *level > 0.0 && *level < 1.0 {
            let percent = (1e6 * level).round() / 1e4;
            format!("percent are meant; write {percent}, not {level}")
        } else if !(*level > 0.0 && *level < 100.0) {
            "write percent above 0 and below 100, such as 80 and 95".to_owned()
        } else if levels[..place].contains(level) {
            "it is there twice; write each level once".to_owned()
        } else {
            continue;
        };
        return Err(WrongInput(format!("`--levels {level}`: {write}")));
    }
    Ok(())
}
