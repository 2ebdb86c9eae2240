use super::*;
use crate::chance::tests::Dice;
use model::Value;

/// A table of correlated whole percents.
fn measured(dice: &mut Dice, rows: usize, columns: usize) -> Vec<Vec<f64>> {
    (0..rows)
        .map(|_| {
            let quality = dice.normal();
            (0..columns).map(|_| (80.0 + 5.0 * quality + 2.0 * dice.normal()).round().clamp(0.0, 100.0)).collect()
        })
        .collect()
}

fn table(rows: &[Vec<f64>]) -> Table {
    let names: Vec<String> = (0..rows[0].len()).map(|column| format!("c{column}")).collect();
    let columns: Vec<(&str, ColumnType)> = names.iter().map(|name| (name.as_str(), ColumnType::Number)).collect();
    let mut table = Table::with_columns(&columns);
    for row in rows {
        table.push_row(row.iter().map(|value| Value::from(*value)).collect()).expect("the row fits");
    }
    table
}

#[test]
fn strongly_correlated_measurements_are_not_suspicious() {
    let mut dice = Dice(2);
    let rows = measured(&mut dice, 4_000, 12);
    let found = find(&table(&rows), &FilledInSettings::default()).expect("settings are right");
    assert!(found.is_empty(), "{found:?}");
    // Ceilings: most columns at 100 in many rows.
    let capped: Vec<Vec<f64>> =
        rows.iter().map(|row| row.iter().map(|value| (value + 14.0).min(100.0)).collect()).collect();
    let found = find(&table(&capped), &FilledInSettings::default()).expect("settings are right");
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn constants_in_some_columns_of_some_rows_are_found() {
    let mut dice = Dice(4);
    let mut rows = measured(&mut dice, 2_000, 15);
    for row in (0..2_000).step_by(50) {
        // Means of the columns in the second half, as people fill gaps.
        (8..15).for_each(|column| rows[row][column] = 80.0);
    }
    let found = find(&table(&rows), &FilledInSettings::default()).expect("settings are right");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].rows, (0..2_000).step_by(50).collect::<Vec<usize>>());
    assert_eq!(found[0].constants.len(), 7);
}
