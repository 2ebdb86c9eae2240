//! What was forecast, as tables.

use super::rows::All;
use analyze::forecast::{Alarms, Forecast, ForecastError};
use model::{ColumnType, Table, Value};
use std::collections::BTreeMap;

type Found = Result<(Forecast, Alarms), ForecastError>;

/// Series with the names of what was found in them.
pub(super) struct Named<'a> {
    pub(super) all: &'a All,
    pub(super) seasons: &'a [f64],
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A number, or nothing where a band has no end.
fn number(value: f64) -> Value {
    if value.is_finite() { Value::Number(value) } else { Value::Null }
}

/// Both ends of a band, or nothing where one is missing: half a band says less than it seems to.
fn ends(lower: f64, upper: f64) -> [Value; 2] {
    if lower.is_finite() && upper.is_finite() { [lower, upper].map(Value::Number) } else { [Value::Null, Value::Null] }
}

/// Whether a band of a forecast is missing.
pub(super) fn has_no_band(forecast: &Forecast) -> bool {
    let missing = |end: &f64| !end.is_finite();
    forecast.bands.iter().any(|band| band.lower.iter().chain(&band.upper).any(missing))
}

impl Named<'_> {
    /// Name, end and findings of each series that has any.
    fn each<'a>(&'a self, found: &'a [Found]) -> impl Iterator<Item = (&'a str, i64, usize, &'a (Forecast, Alarms))> {
        self.all
            .series
            .iter()
            .zip(found)
            .filter_map(|(own, found)| Some((own.name.as_str(), own.first, own.values.len(), found.as_ref().ok()?)))
    }

    fn when(&self, first: i64, position: usize) -> Value {
        Value::Text(self.all.calendar.written(self.all.calendar.at(first, position as i64)))
    }

    /// A line for each position to come.
    pub(super) fn forecasts(&self, found: &[Found], levels: &[f64]) -> Table {
        let mut columns = vec![
            ("unique_id".to_owned(), ColumnType::Text),
            ("ds".to_owned(), ColumnType::Text),
            ("yhat".to_owned(), ColumnType::Number),
        ];
        for (place, level) in levels.iter().enumerate() {
            let suffix = if place == 0 { String::new() } else { format!("_{level}") };
            columns.extend(["lower", "upper"].map(|end| (format!("yhat_{end}{suffix}"), ColumnType::Number)));
        }
        columns.push(("mean".to_owned(), ColumnType::Number));
        let mut table = table(&columns);
        for (name, first, length, (forecast, _)) in self.each(found) {
            for step in 0..forecast.mean.len() {
                let mut row = vec![text(name), self.when(first, length + step), number(forecast.median[step])];
                row.extend(forecast.bands.iter().flat_map(|band| ends(band.lower[step], band.upper[step])));
                row.push(number(forecast.mean[step]));
                table.push_row(row).expect("values were made for these columns");
            }
        }
        table
    }

    /// A line for each value and each change of level out of line.
    pub(super) fn alarms(&self, found: &[Found]) -> Table {
        let numbers = ["value", "expected", "size", "lower", "upper", "chance"];
        let texts = ["unique_id", "ds", "what"].map(|name| (name.to_owned(), ColumnType::Text));
        let columns: Vec<_> =
            texts.into_iter().chain(numbers.map(|name| (name.to_owned(), ColumnType::Number))).collect();
        let mut table = table(&columns);
        for (name, first, _, (_, alarms)) in self.each(found) {
            let mut rows: Vec<(usize, Vec<Value>)> = Vec::new();
            for own in &alarms.anomalies {
                let size = own.value - own.expected;
                let figures = [own.value, own.expected, size, f64::NAN, f64::NAN, own.chance].map(number);
                let row = [text(name), self.when(first, own.position), text("value")];
                rows.push((own.position, row.into_iter().chain(figures).collect()));
            }
            for own in &alarms.changes {
                let figures = [own.after, own.before, own.size, own.lower, own.upper, own.chance].map(number);
                let row = [text(name), self.when(first, own.since), text("level")];
                rows.push((own.since, row.into_iter().chain(figures).collect()));
            }
            rows.sort_by_key(|(position, _)| *position);
            rows.into_iter().for_each(|(_, row)| table.push_row(row).expect("values were made for these columns"));
        }
        table
    }

    /// A line for each method that was tried.
    pub(super) fn methods(&self, found: &[Found]) -> Table {
        let columns = [
            ("unique_id", ColumnType::Text),
            ("method", ColumnType::Text),
            ("weight", ColumnType::Number),
            ("past_error", ColumnType::Number),
        ];
        let mut table = Table::with_columns(&columns);
        for (name, _, _, (forecast, _)) in self.each(found) {
            for own in &forecast.methods {
                let error = own.rolling_error.map_or(Value::Null, number);
                let row = vec![text(name), text(&own.method), number(own.weight), error];
                table.push_row(row).expect("values were made for these columns");
            }
        }
        table
    }

    /// A line for each position to come, with what the mean is the sum of.
    pub(super) fn parts(&self, found: &[Found]) -> Table {
        let mut columns = vec![("unique_id".to_owned(), ColumnType::Text), ("ds".to_owned(), ColumnType::Text)];
        columns.push(("level".to_owned(), ColumnType::Number));
        columns.extend(self.seasons.iter().map(|season| (format!("season_{season}"), ColumnType::Number)));
        columns.push(("holidays".to_owned(), ColumnType::Number));
        let mut table = table(&columns);
        for (name, first, length, (forecast, _)) in self.each(found) {
            let parts = &forecast.components;
            for step in 0..forecast.mean.len() {
                let mut row = vec![text(name), self.when(first, length + step), number(parts.level[step])];
                row.extend(parts.seasons.iter().map(|season| number(season[step])));
                row.push(number(parts.flags[step]));
                table.push_row(row).expect("values were made for these columns");
            }
        }
        table
    }

    /// The mean weight of each method over all series, the heaviest first.
    pub(super) fn shares(&self, found: &[Found]) -> Vec<(String, f64)> {
        let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
        let mut count = 0.0;
        for (_, _, _, (forecast, _)) in self.each(found) {
            count += 1.0;
            forecast.methods.iter().for_each(|own| *sums.entry(&own.method).or_default() += own.weight);
        }
        let mut shares: Vec<(String, f64)> =
            sums.into_iter().map(|(method, sum)| (method.to_owned(), sum / count)).collect();
        shares.retain(|(_, share)| *share > 0.0);
        shares.sort_by(|one, other| other.1.total_cmp(&one.1));
        shares
    }
}

fn table(columns: &[(String, ColumnType)]) -> Table {
    Table::with_columns(&columns.iter().map(|(name, kind)| (name.as_str(), *kind)).collect::<Vec<_>>())
}
