//! What was predicted and how far it can be believed, as tables, as JSON and in words.

use super::super::input::{cell, cut, given};
use super::super::output::Columns as Rows;
use super::columns::Columns;
use analyze::predict::{CalibrationBin, Earlier, Prediction};
use model::{Column, ColumnType, Table, Value};
use serde_json::json;

/// Columns that the result has beside those of the table.
pub(super) const ADDED: [&str; 3] = ["probability", "scored", "reasons"];
/// Area from which a prediction is too good to be true.
const TOO_GOOD: f64 = 0.98;
/// Share of all skill that rests on one column from which that is said.
const MOST_SKILL: f64 = 0.4;
/// Standard errors of an interval of 95 %.
const ERRORS: f64 = 1.959_964;

/// A prediction with the columns it was made by.
pub(super) struct Report<'a> {
    pub(super) columns: &'a Columns,
    pub(super) prediction: &'a Prediction,
}

impl Report<'_> {
    /// Rows that were scored, as they came, with probability and reasons.
    pub(super) fn scores(&self, table: &Table) -> anyhow::Result<Table> {
        let rows: Vec<usize> = self.prediction.rows.iter().map(|row| row.row).collect();
        let mut scores = Table::from_columns(given(table).cloned().collect())?.take(&rows);
        let mut added = ADDED.map(|name| match name {
            "probability" => Column::new(name, ColumnType::Number),
            _ => Column::new(name, ColumnType::Text),
        });
        for row in &self.prediction.rows {
            let reasons: Vec<String> =
                row.reasons.iter().map(|(column, part)| self.reason(table, *column, row.row, *part)).collect();
            let scored = if row.of_record { "for the record" } else { "still to come" };
            let values = [Value::Number(row.probability), scored.into(), reasons.join("; ").into()];
            for (column, value) in added.iter_mut().zip(values) {
                column.push(value).map_err(|value| anyhow::anyhow!("`{value}` does not fit `{}`", column.name))?;
            }
        }
        for column in added {
            scores.add_column(column)?;
        }
        Ok(scores)
    }

    fn name(&self, column: usize) -> &str {
        &self.columns.table.columns[column].name
    }

    /// A column with its value, and what it adds to the log odds.
    fn reason(&self, table: &Table, column: usize, row: usize, part: f64) -> String {
        let name = self.name(column);
        let found = table.column(name).and_then(|own| cell(own, row));
        format!("{name}={} ({part:+.2})", found.map_or_else(String::new, |text| cut(&text)))
    }

    /// What should make people look twice.
    pub(super) fn warnings(&self) -> Vec<String> {
        let record = &self.prediction.record;
        let mut warnings = Vec::new();
        if record.area >= TOO_GOOD {
            warnings.push(format!(
                "an area of {:.3} is too good to be true: look for a column that is known only when it has happened",
                record.area
            ));
        }
        if let Some(first) = record
            .columns
            .first()
            .filter(|own| own.lost >= MOST_SKILL * (record.area - 0.5) && own.lost > ERRORS * own.error)
        {
            let share = 100.0 * first.lost / (record.area - 0.5);
            warnings.push(format!(
                "{share:.0} % of the skill rests on `{}`: without it the area falls from {:.3} to {:.3}. See whether it says something of what is judged, or of who judges",
                self.name(first.column), record.area, first.without
            ));
        }
        for own in record.subgroups.iter().filter(|own| own.is_off()) {
            warnings.push(format!(
                "where `{}` is {} it said {:.3} and {:.3} happened ({:.3} to {:.3})",
                self.name(own.column),
                self.columns.shared(own.column, own.value),
                own.bin.said,
                own.bin.happened,
                own.bin.interval.0,
                own.bin.interval.1
            ));
        }
        warnings
    }

    /// What was chosen, for JSON.
    pub(super) fn chosen(&self) -> serde_json::Value {
        let chosen = &self.prediction.chosen;
        json!({
            "depth": chosen.depth, "trees": chosen.trees, "penalty": chosen.penalty, "share_of_trees": chosen.share_of_trees,
            "learned_from": self.prediction.learned_from,
        })
    }

    /// The record, for JSON.
    pub(super) fn told(&self) -> serde_json::Value {
        let record = &self.prediction.record;
        let bin = |bin: &CalibrationBin| json!({"rows": bin.rows, "said": bin.said, "happened": bin.happened, "low": bin.interval.0, "high": bin.interval.1});
        let earlier = |earlier: &Option<Earlier>| {
            earlier.map(|own| {
                json!({"mean": own.mean, "deviation": own.deviation, "standard_error": own.error, "unit": self.columns.unit.word()})
            })
        };
        let subgroup = |own: &analyze::predict::OfSubgroup| {
            let mut told = bin(&own.bin);
            told["column"] = self.name(own.column).into();
            told["value"] = self.columns.shared(own.column, own.value).into();
            told["area"] = own.area.map(|(area, _)| area).into();
            told["standard_error"] = own.area.map(|(_, error)| error).into();
            told["brier"] = own.brier.into();
            told["off"] = own.is_off().into();
            told
        };
        let column = |own: &analyze::predict::ColumnSkill| {
            json!({
                "column": self.name(own.column), "without": own.without, "lost": own.lost, "standard_error": own.error,
                "alone": own.alone,
            })
        };
        json!({
            "rows": record.rows, "happened": record.happened, "happened_before": record.happened_before,
            "area": record.area, "area_standard_error": record.area_error,
            "linear": {"area": record.linear_area, "brier": record.linear_brier, "earlier": earlier(&record.linear_earlier)},
            "above_linear": record.above_linear.0, "above_linear_standard_error": record.above_linear.1,
            "brier": record.brier, "brier_of_share": record.brier_of_share,
            "calibration": record.calibration.iter().map(bin).collect::<Vec<_>>(),
            "calibration_error": record.calibration_error,
            "lift": record.lift, "found_in_tenth": record.found_in_tenth, "earlier": earlier(&record.earlier),
            "subgroups": record.subgroups.iter().map(subgroup).collect::<Vec<_>>(),
            "columns": record.columns.iter().map(column).collect::<Vec<_>>(),
        })
    }

    /// The record as a table: part,name,value,low,high,said,rows.
    pub(super) fn record(&self) -> Table {
        let record = &self.prediction.record;
        let mut table = Rows::of(&["part", "name"], &["value", "low", "high", "said"], &[], &["rows"]);
        let rows = |count: usize| Value::Integer(count as i64);
        let mut figure = |part: &str, name: &str, value: f64, around: Option<f64>| {
            let end = |sign: f64| around.map_or(Value::Null, |error| Value::Number(value + sign * ERRORS * error));
            table.row([part.into(), name.into(), value.into(), end(-1.0), end(1.0), Value::Null, rows(record.rows)]);
        };
        figure("area", "blend", record.area, Some(record.area_error));
        figure("area", "linear", record.linear_area, None);
        figure("area", "blend above linear", record.above_linear.0, Some(record.above_linear.1));
        figure("brier", "blend", record.brier, None);
        figure("brier", "linear", record.linear_brier, None);
        figure("brier", "always the share that happened before", record.brier_of_share, None);
        figure("calibration error", "blend", record.calibration_error, None);
        figure("lift", "likeliest tenth", record.lift, None);
        figure("found", "likeliest tenth", record.found_in_tenth, None);
        let unit = self.columns.unit.word();
        for (name, earlier) in [("blend", record.earlier), ("linear", record.linear_earlier)] {
            if let Some(earlier) = earlier {
                figure(&format!("earlier, {unit}"), name, earlier.mean, Some(earlier.error));
            }
        }
        for own in &record.columns {
            figure("lost without", self.name(own.column), own.lost, Some(own.error));
        }
        for own in &record.columns {
            figure("area alone", self.name(own.column), own.alone, None);
        }
        let mut share = |part: &str, name: &str, bin: &CalibrationBin| {
            let numbers = [bin.happened, bin.interval.0, bin.interval.1, bin.said].map(Value::Number);
            let [value, low, high, said] = numbers;
            table.row([part.into(), name.into(), value, low, high, said, rows(bin.rows)]);
        };
        for (number, bin) in record.calibration.iter().enumerate() {
            share("calibration", &(number + 1).to_string(), bin);
        }
        for own in &record.subgroups {
            share(self.name(own.column), &self.columns.shared(own.column, own.value), &own.bin);
        }
        table.0
    }

    /// All of it in a few words.
    pub(super) fn summary(&self) -> String {
        let record = &self.prediction.record;
        let from = self.columns.unit.text(self.prediction.record_from);
        let mut summary = format!(
            "{} rows from {from} on, none of them seen before: area {:.3} (linear {:.3}), Brier {:.4} ({:.4} by the share alone); the likeliest tenth holds {:.0} % of what happened",
            record.rows,
            record.area,
            record.linear_area,
            record.brier,
            record.brier_of_share,
            100.0 * record.found_in_tenth
        );
        if let Some(earlier) = record.earlier {
            summary.push_str(&format!(", met {:.1} {} earlier", earlier.mean, self.columns.unit.word()));
        }
        summary
    }
}
