//! `counterflow forecast`: on real counts, on gaps, holidays and changes that were planted, and on what cannot be read.

use super::{refused, rows, shared, text, told};
use std::collections::BTreeMap;
use std::path::Path;

/// Requests a day in the fifty wards of Chicago, the last 28 of 758 days held back, as `../shared/bench/gen_series.py` does.
fn wards() -> BTreeMap<String, Vec<f64>> {
    let last = day_number("2012-12-31");
    let mut wards: BTreeMap<String, Vec<f64>> = (1..=50).map(|ward| (format!("ward {ward}"), vec![0.0; 758])).collect();
    for row in rows(&shared("chicago-311-sanitation/sanitation_code_requests.csv")) {
        let back = last - day_number(&row["Creation_Date"][..10]);
        if let Some(values) = wards.get_mut(&format!("ward {}", row["Ward"]))
            && (0..758).contains(&back)
        {
            values[757 - back as usize] += 1.0;
        }
    }
    wards
}

fn day_number(date: &str) -> i64 {
    i64::from(model::time::days_since_epoch(date.parse().expect("a date")))
}

fn day(number: i64) -> String {
    model::time::date_from_days(number as i32).expect("a date").to_string()
}

fn write(file: &Path, series: &BTreeMap<String, Vec<f64>>, first: i64) {
    let mut lines = "unique_id,ds,y\n".to_owned();
    for (name, values) in series {
        for (value, number) in values.iter().zip(first..) {
            lines.push_str(&format!("{name},{},{value}\n", day(number)));
        }
    }
    std::fs::write(file, lines).expect("written");
}

/// Figures that a forecast tells of each day.
const FIGURES: [&str; 5] = ["yhat", "yhat_lower", "yhat_upper", "yhat_lower_80", "yhat_upper_80"];

/// Bands are judged over eleven spans of 28 days, as one alone is one draw of the season: requests fall in the last, a December.
#[test]
fn requests_of_a_city_are_foretold() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (file, out, methods) = (path("series.csv"), path("forecast.csv"), path("methods.csv"));
    let wards = wards();
    let (mut in_95, mut in_80, mut count) = (0.0, 0.0, 0.0);
    for length in (450..=730).step_by(28) {
        let known = wards.iter().map(|(name, values)| (name.clone(), values[..length].to_vec())).collect();
        write(&file, &known, day_number("2012-12-31") - 757);
        let found = told(&["forecast", text(&file), "--methods", text(&methods), "-o", text(&out), "--json"]);
        assert_eq!((&found["read"]["series"], &found["read"]["rows"]), (&50.into(), &(50 * length).into()));
        assert_eq!((&found["parameters"]["every"], &found["found"]["forecast"]), (&"day".into(), &50.into()));
        let mut told_of: BTreeMap<String, Vec<[f64; 5]>> = BTreeMap::new();
        for row in rows(&out) {
            let figures = FIGURES.map(|name| row[name].parse().expect("a number"));
            told_of.entry(row["unique_id"].clone()).or_default().push(figures);
        }
        let mut scaled = 0.0;
        let before = (in_95, in_80, count);
        for (name, values) in &wards {
            let (past, came) = (&values[..length], &values[length..length + 28]);
            let steps = past[7..].iter().zip(past).map(|(now, before)| (now - before).abs());
            let scale = steps.sum::<f64>() / (length - 7) as f64;
            let own = &told_of[name];
            assert_eq!(own.len(), 28);
            for (came, [middle, low, high, low_80, high_80]) in came.iter().zip(own) {
                assert!(low <= low_80 && low_80 <= middle && middle <= high_80 && high_80 <= high);
                scaled += (came - middle).abs() / scale / (50.0 * 28.0);
                in_95 += f64::from(u8::from(low <= came && came <= high));
                in_80 += f64::from(u8::from(low_80 <= came && came <= high_80));
                count += 1.0;
            }
        }
        // The aim is for the last span, as the peers are measured.
        assert!(length < 730 || scaled <= 0.632, "mean absolute scaled error {scaled}");
        let own = ((in_80 - before.1) / (count - before.2), (in_95 - before.0) / (count - before.2));
        assert!(length < 730 || ((own.0 - 0.80_f64).abs() <= 0.03 && (own.1 - 0.95_f64).abs() <= 0.02), "{own:?}");
    }
    let (in_95, in_80) = (in_95 / count, in_80 / count);
    assert!((in_80 - 0.80_f64).abs() <= 0.03 && (in_95 - 0.95_f64).abs() <= 0.02, "{in_80} in 80, {in_95} in 95");
    let weights: f64 = rows(&methods).iter().map(|row| row["weight"].parse::<f64>().expect("a number")).sum();
    assert!((weights - 50.0).abs() < 1e-6, "{weights}");
}

/// Messages of students an hour, and requests of fifty wards a week and a month: the unit is told from the dates, and the error is
/// less than that of repeating the last season.
#[test]
fn hours_weeks_and_months_are_foretold() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (file, out) = (path("series.csv"), path("forecast.csv"));
    // The last `horizon` values are held back.
    let errors =
        |series: &BTreeMap<String, Vec<f64>>, written: &dyn Fn(usize) -> String, call: (&str, usize, usize)| {
            let (every, season, horizon) = call;
            let mut lines = "unique_id,ds,y\n".to_owned();
            for (name, values) in series {
                let known = values[..values.len() - horizon].iter().enumerate();
                known.for_each(|(number, value)| lines.push_str(&format!("{name},{},{value}\n", written(number))));
            }
            std::fs::write(&file, lines).expect("written");
            let steps = horizon.to_string();
            let found = told(&["forecast", text(&file), "--horizon", &steps, "-o", text(&out), "--json"]);
            assert_eq!(found["parameters"]["every"], every);
            let (mut ours, mut repeated) = (0.0, 0.0);
            for row in rows(&out).chunks(horizon) {
                let values = &series[&row[0]["unique_id"]];
                let (past, came) = values.split_at(values.len() - horizon);
                let scale = past[season..].iter().zip(past).map(|(now, before)| (now - before).abs()).sum::<f64>()
                    / (past.len() - season) as f64;
                for (step, came) in came.iter().enumerate() {
                    let told: f64 = row[step]["yhat"].parse().expect("a number");
                    ours += (came - told).abs() / scale / (horizon * series.len()) as f64;
                    let before = past[past.len() - season + step % season];
                    repeated += (came - before).abs() / scale / (horizon * series.len()) as f64;
                }
            }
            (ours, repeated)
        };

    let messages = std::fs::read_to_string(shared("social-graphs/CollegeMsg.txt")).expect("a file");
    let moments: Vec<i64> = messages.lines().filter_map(|line| line.split(' ').nth(2)?.parse().ok()).collect();
    let first = moments.iter().min().expect("a message") / 3_600;
    let mut hours = vec![0.0; 40 * 24];
    for moment in moments {
        if let Some(hour) = hours.get_mut((moment / 3_600 - first) as usize) {
            *hour += 1.0;
        }
    }
    let hour = |number: usize| {
        let number = first + number as i64;
        format!("{}T{:02}:00:00Z", day(number.div_euclid(24)), number.rem_euclid(24))
    };
    let (ours, repeated) = errors(&BTreeMap::from([("all".to_owned(), hours)]), &hour, ("hour", 168, 168));
    assert!(ours <= 0.8 && ours < repeated, "hours: {ours} and {repeated}");

    let begin = day_number("2011-01-03");
    let (mut weeks, mut months) = (BTreeMap::new(), BTreeMap::new());
    for row in rows(&shared("chicago-311-sanitation/sanitation_code_requests.csv")) {
        let date = &row["Creation_Date"][..10];
        let week = (day_number(date) - begin).div_euclid(7);
        let part = |range: std::ops::Range<usize>| date[range].parse::<i64>().expect("a number");
        let month = (part(0..4) - 2011) * 12 + part(5..7) - 1;
        if (1..=50).any(|ward| row["Ward"] == ward.to_string()) {
            for (all, place, count) in [(&mut weeks, week, 208), (&mut months, month, 48)] {
                let series: &mut Vec<f64> =
                    all.entry(format!("ward {}", row["Ward"])).or_insert_with(|| vec![0.0; count]);
                if let Some(value) = usize::try_from(place).ok().and_then(|place| series.get_mut(place)) {
                    *value += 1.0;
                }
            }
        }
    }
    let week = |number: usize| day(begin + 7 * number as i64);
    let (ours, repeated) = errors(&weeks, &week, ("week", 52, 13));
    assert!(ours <= 0.65 && ours < repeated, "weeks: {ours} and {repeated}");
    let month = |number: usize| format!("{}-{:02}-01", 2011 + number / 12, number % 12 + 1);
    let (ours, repeated) = errors(&months, &month, ("month", 12, 6));
    assert!(ours <= 0.95 && ours < repeated, "months: {ours} and {repeated}");
}

/// Shifts of one, two and four standard deviations in forty series each, and forty series without any: what is asked for is that one
/// series in twenty without a change gives an alarm.
#[test]
fn shifts_of_three_sizes_are_found_and_few_that_are_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (file, out, alarms) = (path("series.csv"), path("forecast.csv"), path("alarms.csv"));
    let sizes = [0.0, 1.0, 2.0, 4.0];
    let mut chance = simulate::Chance::stream(5, "shifts");
    let mut series = BTreeMap::new();
    for size in sizes {
        for number in 0..40 {
            let value = |day: usize| {
                let usual = 20.0 + 2.0 * (day % 7) as f64;
                chance.normal(usual, 1.0) + if day >= 200 { size } else { 0.0 }
            };
            series.insert(format!("{size} {number:02}"), (0..400).map(value).collect());
        }
    }
    let first = day_number("2024-01-01");
    write(&file, &series, first);
    let call = ["forecast", text(&file), "--horizon", "7", "--anomalies", text(&alarms), "-o", text(&out), "--json"];
    told(&call);
    let mut found = [0.0; 4];
    let mut names: Vec<String> = Vec::new();
    for row in rows(&alarms).into_iter().filter(|row| row["what"] == "level") {
        let name = &row["unique_id"];
        let kind = sizes.iter().position(|size| name.starts_with(&format!("{size} "))).expect("a size");
        let right = sizes[kind] == 0.0 || (day_number(&row["ds"]) - first - 200).abs() <= 40;
        if right && !names.contains(name) {
            found[kind] += 1.0 / 40.0;
            names.push(name.clone());
        }
    }
    assert!(found[0] <= 0.125 && found[1] >= 0.5 && found[2] >= 0.95 && found[3] >= 0.999, "{found:?}");
}

#[test]
fn gaps_holidays_and_changes_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (file, out, alarms, days) = (path("series.csv"), path("forecast.csv"), path("alarms.csv"), path("days.csv"));
    let first = day_number("2024-01-01");
    // A weekly pattern with a step on day 200, a day far out of line, and every fiftieth day closed.
    let values: Vec<f64> = (0..400)
        .map(|day| {
            let noise = f64::from((day * 7919 % 13) as u8) / 6.0 - 1.0;
            let step = if day >= 200 { 12.0 } else { 0.0 };
            let out_of_line = if day == 120 { 40.0 } else { 0.0 };
            if day % 50 == 49 { 0.0 } else { 50.0 + 3.0 * f64::from((day % 7) as u8) + step + out_of_line + noise }
        })
        .collect();
    write(&file, &BTreeMap::from([("a".to_owned(), values)]), first);
    let closed: String = (0..9).map(|number| format!("{},closed\n", day(first + 50 * number + 49))).collect();
    std::fs::write(&days, format!("ds,holiday\n{closed}")).expect("written");
    let call = ["forecast", text(&file), "--horizon", "60", "--holidays", text(&days), "--anomalies", text(&alarms)];
    let found = told(&[&call[..], &["-o", text(&out), "--json"]].concat());
    assert_eq!((&found["read"]["gaps"], &found["read"]["holidays"]), (&0.into(), &9.into()));
    let told_of = rows(&alarms);
    let step = told_of.iter().find(|row| row["what"] == "level").expect("the step is told");
    assert!((day_number(&step["ds"]) - first - 200).abs() <= 3, "{step:?}");
    assert!((step["size"].parse::<f64>().expect("a number") - 12.0).abs() < 2.0, "{step:?}");
    assert!(told_of.iter().any(|row| row["what"] == "value" && day_number(&row["ds"]) == first + 120), "{told_of:?}");
    let forecast = rows(&out);
    let on = |number: i64| forecast.iter().find(|row| day_number(&row["ds"]) == first + number).expect("a line");
    let middle = |number: i64| on(number)["yhat"].parse::<f64>().expect("a number");
    assert!(middle(449) < 20.0 && middle(448) > 50.0, "{} and {}", middle(449), middle(448));
    // Lines that are not there are gaps, or zeros where that is said.
    std::fs::write(&file, "unique_id,ds,y\na,2024-01-01,5\na,2024-01-02,6\na,2024-01-05,5\na,2024-01-06,\n")
        .expect("written");
    for (more, gaps) in [(&[][..], 3), (&["--zeros"], 1)] {
        let found =
            told(&[&["forecast", text(&file), "--horizon", "2", "-o", text(&out), "--json"][..], more].concat());
        assert_eq!(found["read"]["gaps"], gaps);
        assert_eq!(rows(&out)[0]["ds"], "2024-01-07");
    }
}

#[test]
fn the_order_of_lines_and_threads_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let wards: BTreeMap<String, Vec<f64>> = wards().into_iter().take(3).collect();
    let (file, turned, out) = (path("series.csv"), path("turned.csv"), path("forecast.csv"));
    write(&file, &wards, day_number("2011-01-01"));
    let content = std::fs::read_to_string(&file).expect("written");
    let mut lines: Vec<&str> = content.lines().skip(1).collect();
    lines.reverse();
    std::fs::write(&turned, format!("unique_id,ds,y\n{}\n", lines.join("\n"))).expect("written");
    let mut tables = Vec::new();
    for (file, threads) in [(&file, "1"), (&file, "2"), (&turned, "2")] {
        told(&["forecast", text(file), "--threads", threads, "-o", text(&out), "--json"]);
        tables.push(std::fs::read_to_string(&out).expect("written"));
    }
    assert!(tables[0] == tables[1] && tables[0] == tables[2]);
}

/// Half a band would be read as a whole one.
#[test]
fn a_short_series_has_no_band_and_it_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, out) = (folder.path().join("series.csv"), folder.path().join("forecast.csv"));
    let series = [("two", 2), ("four", 4), ("long", 60)];
    let series = series.map(|(name, length)| (name.to_owned(), (0..length).map(|at| f64::from(at * 7 % 5)).collect()));
    write(&file, &series.into(), day_number("2024-01-01"));
    let found = told(&["forecast", text(&file), "--horizon", "3", "-o", text(&out), "--json"]);
    assert_eq!((&found["found"]["forecast"], &found["found"]["without_band"]), (&3.into(), &2.into()));
    let lines = rows(&out);
    assert_eq!(lines.len(), 9);
    for row in lines {
        for end in FIGURES[1..].iter().map(|name| &row[*name]) {
            assert_eq!(end.is_empty(), row["unique_id"] != "long", "{row:?}");
        }
        assert!(!row["yhat"].is_empty(), "{row:?}");
    }
}

#[test]
fn what_cannot_be_forecast_is_told_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let out = path("forecast.csv");
    let cases = [
        ("empty.csv", "", "the file is empty; write a header `ds,y`"),
        ("column.csv", "unique_id,ds\na,1\n", "there is no column `y`"),
        ("date.csv", "unique_id,ds,y\na,soon,1\n", "line 2: column `ds`: there is `soon`; write a date such as"),
        (
            "style.csv",
            "unique_id,ds,y\na,2024-01-01,1\na,5,1\n",
            "line 3: column `ds`: there is `5`; write it as in the lines before",
        ),
        ("value.csv", "unique_id,ds,y\na,1,many\n", "line 2: column `y`: there is `many`; write a finite number"),
        (
            "twice.csv",
            "unique_id,ds,y\na,1,1\na,2,1\na,2,3\n",
            "line 4: column `ds`: there is `2`; line 3 of the same series",
        ),
        (
            "step.csv",
            "unique_id,ds,y\na,2024-01-01,1\na,2024-01-08,1\nb,2024-01-01,1\nb,2024-01-18,1\n",
            "line 5: column `ds`: there is `2024-01-18`; that is no whole number of steps (week) after 2024-01-01",
        ),
        ("far.csv", "unique_id,ds,y\na,1,1\na,90000000000,1\n", "the series would have 90000000000 positions"),
    ];
    for (name, content, expected) in cases {
        let file = path(name);
        std::fs::write(&file, content).expect("written");
        let said = refused(&["forecast", text(&file), "-o", text(&out)]);
        assert!(said.contains(expected) && said.contains(name), "{name}: {said}");
        assert!(!out.exists(), "{name}");
    }
    let file = path("month.csv");
    std::fs::write(&file, "ds,y\n2024-01-01T00:00:00Z,1\n2024-01-01T12:00:00Z,100\n2024-02-01T00:00:00Z,3\n")
        .expect("written");
    let said = refused(&["forecast", text(&file), "--every", "month", "-o", text(&out)]);
    assert!(said.contains("line 3: column `ds`: there is `2024-01-01T12:00:00Z`; line 2 of the same series"), "{said}");
    let file = path("good.csv");
    std::fs::write(&file, "ds,y\n2024-01-01,1\n2024-01-02,2\n").expect("written");
    for (more, expected) in [
        (&["--horizon", "0"][..], "the setting `horizon` is 0"),
        (&["--levels", "100"], "`--levels 100`: write percent above 0 and below 100, such as 80 and 95"),
        (&["--levels", "80,195"], "`--levels 195`: write percent above 0 and below 100"),
        (&["--levels", "0"], "`--levels 0`: write percent above 0 and below 100"),
        (&["--levels", "0.95"], "`--levels 0.95`: percent are meant; write 95, not 0.95"),
        (&["--levels", "80,95,80"], "`--levels 80`: it is there twice; write each level once"),
        (&["--seasons", "1"], "the setting `seasons` is 1"),
        (&["--every", "number"], "`--every` does not fit the column `ds`"),
    ] {
        let said = refused(&[&["forecast", text(&file), "-o", text(&out)][..], more].concat());
        assert!(said.contains(expected), "{said}");
    }
    // One series of which nothing is known is left out, and said.
    std::fs::write(&file, "unique_id,ds,y\na,2024-01-01,1\na,2024-01-02,2\nb,2024-01-01,\n").expect("written");
    let found = told(&["forecast", text(&file), "-o", text(&out), "--json"]);
    assert_eq!((&found["found"]["forecast"], &found["found"]["left_out"]), (&1.into(), &1.into()));
}
