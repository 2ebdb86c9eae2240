use super::*;
use model::run::Unheard;
use proptest::prelude::*;

/// Numbers that look drawn, from 0 to 1.
fn drawn(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || model::draws::next_share(&mut state)
}

fn numbers(name: &str, values: Vec<f64>) -> PredictionColumn {
    PredictionColumn { name: name.to_owned(), values: ColumnValues::Numbers(values) }
}

/// Rows whose log odds are known: a line in one column, a threshold in another, a category, and one that says nothing.
fn world(rows: usize, seed: u64) -> (PredictionTable, Vec<f64>) {
    let mut draw = drawn(seed);
    let (mut line, mut step, mut kind, mut nothing) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut happened, mut truth) = (Vec::new(), Vec::new());
    for row in 0..rows {
        let (a, b, c) = (draw() * 4.0 - 2.0, draw() * 4.0 - 2.0, (draw() * 3.0) as u32);
        let odds = -2.0 + a + if b.abs() < 0.7 { 2.5 } else { 0.0 } + [0.0, 0.8, -0.8][c as usize];
        let likely = 1.0 / (1.0 + (-odds).exp());
        line.push(a);
        step.push(if row % 17 == 3 { f64::NAN } else { b });
        kind.push((row % 19 != 4).then_some(c));
        nothing.push(draw());
        happened.push(Some(draw() < likely));
        truth.push(likely);
    }
    let kind = PredictionColumn { name: "kind".to_owned(), values: ColumnValues::Categories(kind) };
    let columns = vec![numbers("line", line), numbers("step", step), kind, numbers("nothing", nothing)];
    (PredictionTable { columns, happened, times: (0..rows).map(|row| (row / 7) as f64).collect() }, truth)
}

fn quick() -> PredictionSettings {
    PredictionSettings { most_trees: 200, ..PredictionSettings::default() }
}

#[test]
fn what_can_be_known_is_found_and_probabilities_are_what_they_say() {
    let (mut table, truth) = world(6_000, 1);
    for row in 5_800..6_000 {
        table.happened[row] = None;
    }
    let found = predict(&table, &PredictionSettings { subgroups: vec![2, 3], ..quick() }, &Unheard).expect("sound");
    let record = &found.record;
    // The best that anybody could do on the same rows.
    let judged: Vec<&RowPrediction> = found.rows.iter().filter(|row| row.of_record).collect();
    let scores: Vec<f64> = judged.iter().map(|row| truth[row.row]).collect();
    let came: Vec<bool> = judged.iter().filter_map(|row| table.happened[row.row]).collect();
    let best = model::ranking::Area::of_events(&scores, &came).expect("both kinds").value;
    assert!(record.area > best - 0.02, "{} beside {best}", record.area);
    assert!(record.area > record.linear_area + 0.01 && record.above_linear.0 > 3.0 * record.above_linear.1);
    assert!(record.brier < record.linear_brier && record.linear_brier < record.brier_of_share, "{record:?}");
    assert!(record.calibration_error < 0.04, "{}", record.calibration_error);
    // Rows still to come are told as well, and are near the truth.
    let ahead: Vec<&RowPrediction> = found.rows.iter().filter(|row| !row.of_record).collect();
    assert_eq!((ahead.len(), judged.len()), (200, record.rows));
    let off = ahead.iter().map(|row| (row.probability - truth[row.row]).abs()).sum::<f64>() / 200.0;
    assert!(off < 0.05, "{off}");
    // What carries the skill is found by leaving it out; what says nothing loses nothing.
    let lost = |column: usize| record.columns.iter().find(|own| own.column == column).expect("is there").lost;
    assert!(lost(0) > lost(2) && lost(2) > 0.005 && lost(3) < 0.005, "{:?}", record.columns);
    assert_eq!(record.subgroups.iter().filter(|own| own.column == 2).count(), 4, "three kinds and those unknown");
    assert_eq!(record.subgroups.iter().map(|own| own.bin.rows).sum::<usize>(), 2 * record.rows);
    assert_eq!(record.calibration.iter().map(|bin| bin.rows).sum::<usize>(), record.rows);
    assert!(record.lift > 1.5 && record.found_in_tenth > 0.15);
}

#[test]
fn the_reasons_of_a_row_add_up_to_what_is_said_of_it() {
    let (table, _) = world(3_000, 2);
    let settings = PredictionSettings { reasons: 4, leave_out: false, ..quick() };
    let found = predict(&table, &settings, &Unheard).expect("sound");
    let log_odds = |probability: f64| (probability / (1.0 - probability)).ln();
    // What remains is the same for all.
    let rest = |row: &RowPrediction| log_odds(row.probability) - row.reasons.iter().map(|(_, part)| part).sum::<f64>();
    let first = rest(&found.rows[0]);
    for row in &found.rows {
        assert!((rest(row) - first).abs() < 1e-4, "{row:?}: {} beside {first}", rest(row));
        assert!(row.reasons.windows(2).all(|two| two[0].1.abs() >= two[1].1.abs()));
    }
    // A high value of the first column speaks for it, a low one against it.
    let values = match &table.columns[0].values {
        ColumnValues::Numbers(values) => values,
        _ => unreachable!("they are numbers"),
    };
    let of_first = |row: &RowPrediction| row.reasons.iter().find(|own| own.0 == 0).map_or(0.0, |own| own.1);
    assert!(found.rows.iter().filter(|row| values[row.row] > 1.5).all(|row| of_first(row) > 0.0));
    assert!(found.rows.iter().filter(|row| values[row.row] < -1.5).all(|row| of_first(row) < 0.0));
}

#[test]
fn nothing_later_than_the_record_begins_is_learned_from() {
    let (table, _) = world(3_000, 3);
    let from = 300.0;
    let settings = PredictionSettings { record_from: Some(from), leave_out: false, ..quick() };
    let found = predict(&table, &settings, &Unheard).expect("sound");
    // Turning around all that came later changes the record, and not one probability in it.
    let mut turned = table.clone();
    let later = |row: &usize| table.times[*row] >= from;
    (0..3_000).filter(later).for_each(|row| turned.happened[row] = turned.happened[row].map(|came| !came));
    let other = predict(&turned, &settings, &Unheard).expect("sound");
    assert_eq!(found.rows, other.rows);
    assert!(found.record.area > 0.7 && other.record.area < 0.3, "{} {}", found.record.area, other.record.area);
    assert_eq!(found.learned_from, 2_100);
}

#[test]
fn what_is_known_only_afterwards_is_found() {
    let mut draw = drawn(4);
    let licences = 400;
    let visits = 8;
    let rows = licences * visits;
    let (mut dirt, mut severity, mut last, mut age, mut closed, mut beds, mut beds_before) =
        (vec![], vec![], vec![f64::NAN; rows], vec![], vec![], vec![], vec![f64::NAN; rows]);
    let (mut happened, mut times, mut entities) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..rows {
        let licence = row % licences;
        let temper = f64::from(licence as u32 % 5) / 5.0;
        let came = draw() < 0.2 + 0.2 * temper;
        times.push((row / licences) as f64 * 100.0 + draw() * 50.0);
        happened.push(Some(came));
        entities.push(Some(licence as u32));
        dirt.push(temper + draw());
        // What the visit itself finds: somewhat tied to what happened.
        severity.push((draw() * 4.0 + if came { 1.0 } else { 0.0 }).floor());
        age.push(draw() * 10.0);
        closed.push(times[row] + draw() * 9.0);
        // Known before, and kept as history as well: no leak.
        beds.push((f64::from(licence as u32 % 7) + draw() * 9.0).floor());
        if row >= licences {
            last[row] = severity[row - licences];
            beds_before[row] = beds[row - licences];
        }
    }
    let follows = happened.iter().map(|came| if *came == Some(true) { 2.0 } else { 0.0 }).collect();
    let columns = vec![
        numbers("dirt", dirt),
        numbers("severity", severity),
        numbers("severity_last_time", last),
        numbers("age", age),
        PredictionColumn { name: "closed".to_owned(), values: ColumnValues::Times(closed) },
        numbers("follows", follows),
        numbers("beds", beds),
        numbers("beds_before", beds_before),
    ];
    let table = PredictionTable { columns, happened, times };
    let found = leaks(&table, &[entities.clone()]);
    assert_eq!(found.iter().map(|leak| leak.column).collect::<Vec<_>>(), [1, 4, 5], "{found:?}");
    assert!(
        matches!(found[0].reason, LeakReason::KeptAsHistory { entities: 0, history: 2, explained, .. } if explained > 0.999)
    );
    assert!(matches!(found[1].reason, LeakReason::Later { share } if share > 0.99));
    assert!(matches!(found[2].reason, LeakReason::Follows { area } if area > 0.999));
    // Without what a row is about the history cannot be seen.
    assert_eq!(leaks(&table, &[]).len(), 2);
}

#[test]
fn what_nothing_can_be_learned_from_is_refused() {
    let (table, _) = world(1_000, 5);
    let said = |table: &PredictionTable, settings: &PredictionSettings| {
        predict(table, settings, &Unheard).expect_err("refused").to_string()
    };
    let never = PredictionTable { happened: vec![Some(false); 1_000], ..table.clone() };
    assert_eq!(said(&never, &quick()), "0 rows before the record happened; at least 50 are needed");
    let late = PredictionSettings { record_from: Some(1e9), ..quick() };
    assert_eq!(said(&table, &late), "0 rows of the record happened; at least 10 are needed");
    let once = PredictionTable { times: vec![1.0; 1_000], ..table.clone() };
    assert!(said(&once, &quick()).contains("at least 50 are needed"), "{}", said(&once, &quick()));
    let two = PredictionTable { times: (0..1_000).map(|row| f64::from(row >= 800)).collect(), ..table.clone() };
    assert!(said(&two, &quick()).contains("times that can be told apart"), "{}", said(&two, &quick()));
    let endless = PredictionTable { times: vec![f64::NAN; 1_000], ..table.clone() };
    assert_eq!(said(&endless, &quick()), "the setting `time` is NaN; write a finite time for each row");
    let same = PredictionTable { columns: vec![numbers("same", vec![1.0; 1_000])], ..table.clone() };
    assert!(said(&same, &quick()).starts_with("no column has two different values"));
    let short = PredictionTable { columns: vec![numbers("short", vec![1.0; 3])], ..table.clone() };
    assert_eq!(said(&short, &quick()), "column `short` has 3 rows, the table 1000; give each row a value");
    let none = PredictionSettings { most_trees: 0, ..quick() };
    assert!(said(&table, &none).contains("`most_trees` is 0"));
    let other = PredictionSettings { subgroups: vec![9], ..quick() };
    assert!(said(&table, &other).contains("`subgroups` is 9"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn the_order_of_rows_changes_nothing(seed in 0_u64..1_000) {
        let (table, _) = world(700, seed);
        let mut order: Vec<usize> = (0..700).collect();
        let mut draw = drawn(seed + 1);
        for place in (1..700).rev() {
            order.swap(place, (draw() * (place + 1) as f64) as usize);
        }
        let values = |values: &ColumnValues| match values {
            ColumnValues::Numbers(values) => ColumnValues::Numbers(order.iter().map(|row| values[*row]).collect()),
            ColumnValues::Times(values) => ColumnValues::Times(order.iter().map(|row| values[*row]).collect()),
            ColumnValues::Categories(values) => ColumnValues::Categories(order.iter().map(|row| values[*row]).collect()),
        };
        let columns = table.columns.iter();
        let turned = PredictionTable {
            columns: columns.map(|own| PredictionColumn { name: own.name.clone(), values: values(&own.values) }).collect(),
            happened: order.iter().map(|row| table.happened[*row]).collect(),
            times: order.iter().map(|row| table.times[*row]).collect(),
        };
        let settings = PredictionSettings { most_trees: 40, ..PredictionSettings::default() };
        let (one, other) = (predict(&table, &settings, &Unheard), predict(&turned, &settings, &Unheard));
        let (one, other) = (one.expect("sound"), other.expect("sound"));
        prop_assert_eq!(&one.record, &other.record);
        let mut back: Vec<RowPrediction> =
            other.rows.into_iter().map(|row| RowPrediction { row: order[row.row], ..row }).collect();
        back.sort_by_key(|row| row.row);
        prop_assert_eq!(one.rows, back);
    }
}
