//! Real tables: a survey with invented values, and two without.

use assess::filled_in::{self, FilledInSettings};
use model::{ColumnType, Table, Value};

/// Reads a CSV; a column of numbers and blanks becomes numbers, any other text.
fn read(path: &str) -> Table {
    let path = format!("../../../shared/data/{path}");
    let mut reader = csv::Reader::from_path(path).expect("the file is there");
    let names: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let kinds: Vec<ColumnType> = (0..names.len())
        .map(|column| {
            let number =
                rows.iter().all(|row| row[column].trim().is_empty() || row[column].trim().parse::<f64>().is_ok());
            if number { ColumnType::Number } else { ColumnType::Text }
        })
        .collect();
    let columns: Vec<(&str, ColumnType)> = names.iter().map(String::as_str).zip(kinds.iter().copied()).collect();
    let mut table = Table::with_columns(&columns);
    for row in &rows {
        let values = row.iter().zip(&kinds).map(|(text, kind)| match kind {
            ColumnType::Number => text.trim().parse::<f64>().map_or(Value::Null, Value::from),
            _ => Value::from(text),
        });
        table.push_row(values.collect()).expect("the row fits");
    }
    table
}

#[test]
fn invented_values_of_the_us_survey_are_found_and_no_other_row() {
    let table = read("patient-survey-us-hospitals/hcahps_by_hospital.csv");
    assert_eq!(table.len(), 3_190);
    let found = filled_in::find(&table, &FilledInSettings::default()).expect("settings are right");
    let mut suspicious: Vec<usize> = found.iter().flat_map(|one| one.rows.iter().copied()).collect();
    suspicious.sort_unstable();
    suspicious.dedup();
    // The truth, as the data's description tells it: ten scores at these constants.
    let constants = [87.0, 91.0, 91.0, 85.0, 79.0, 87.0, 81.0, 88.0, 82.0, 88.0];
    let scores: Vec<&str> = table
        .columns()
        .iter()
        .map(|column| column.name.as_str())
        .filter(|name| name.ends_with("LINEAR_SCORE"))
        .collect();
    assert_eq!(scores.len(), constants.len());
    let invented =
        |row: &usize| scores.iter().zip(constants).all(|(name, value)| table.number(*row, name) == Some(value));
    let truth: Vec<usize> = (0..table.len()).filter(invented).collect();
    assert_eq!(truth.len(), 890);
    let hit = suspicious.iter().filter(|row| truth.contains(row)).count() as f64;
    let (precision, recall) = (hit / suspicious.len().max(1) as f64, hit / truth.len() as f64);
    assert!(precision >= 0.999 && recall >= 0.999, "precision {precision}, recall {recall}, {} patterns", found.len());
    let without_survey = found.iter().find(|one| one.rows.len() == 441);
    assert!(
        without_survey.is_some_and(|one| one.constants.len() > 20),
        "the 441 rows without any survey are a pattern of their own"
    );
}

#[test]
fn nothing_is_found_in_the_australian_files() {
    for path in ["care-homes-australia/homes_2025-02_detailed.csv", "care-homes-australia/star_ratings_panel.csv"] {
        let table = read(path);
        let found = filled_in::find(&table, &FilledInSettings::default()).expect("settings are right");
        assert!(found.is_empty(), "{path}: {found:?}");
    }
}
